//! The checksums that several modules share.
//!
//! `binascii` and `zlib` both offer CRC-32, with the same meaning of the starting value, so it has its home here.

#![forbid(unsafe_code)]

/// Continues a CRC-32 (the one of zlib, gzip and PNG; "ISO-HDLC") over more data.
///
/// `crc` is 0 for the first piece and the result for the pieces before it from then on, so that
/// `crc32(crc32(0, a), b)` is the CRC-32 of `a` followed by `b`.
#[inline]
pub fn crc32(crc: u32, data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(crc);
    hasher.update(data);
    hasher.finalize()
}

/// Continues an Adler-32 (RFC 1950) over more data.
///
/// `adler` is 1 for the first piece and the result for the pieces before it from then on.
#[inline]
pub fn adler32(adler: u32, data: &[u8]) -> u32 {
    if data.is_empty() {
        // Like zlib, which brings a start that no checksum can be into range even when nothing follows.
        return (((adler >> 16) % 65521) << 16) | ((adler & 0xffff) % 65521);
    }
    zlib_rs::adler32::adler32(adler, data)
}

#[cfg(test)]
mod tests {
    use super::{adler32, crc32};

    /// One bit at a time, as the polynomial division is defined: 0x04C11DB7 with its bits reversed.
    fn oracle(crc: u32, data: &[u8]) -> u32 {
        let mut register = !crc;
        for byte in data {
            register ^= u32::from(*byte);
            for _ in 0..8 {
                register = (register >> 1) ^ (0xedb8_8320 * (register & 1));
            }
        }
        !register
    }

    fn random_bytes(count: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        (0..count).map(step).collect()
    }

    #[test]
    fn known_values() {
        for (crc, data, expected) in [
            (0, &b""[..], 0),
            (0xdead_beef, b"", 0xdead_beef),
            (0, b"123456789", 0xcbf4_3926),
            (0xffff_ffff, b"\0", 0xffff_ffff),
        ] {
            assert_eq!(oracle(crc, data), expected, "the oracle on {data:?}");
            assert_eq!(crc32(crc, data), expected, "{data:?}");
        }
    }

    #[test]
    fn every_length_and_alignment_equals_the_definition() {
        let data = random_bytes(1400);
        for start in [0, 1, 7, 15, 33] {
            for len in (0..300).chain([511, 512, 513, 1023, 1024, 1025, 1337]) {
                let piece = &data[start..][..len];
                for crc in [0, 1, 0xffff_ffff, 0x8000_0001] {
                    assert_eq!(crc32(crc, piece), oracle(crc, piece), "{len} bytes from {start} after {crc:#x}");
                }
            }
        }
    }

    #[test]
    fn pieces_continue_each_other() {
        let data = random_bytes(5000);
        let whole = crc32(0, &data);
        assert_eq!(whole, oracle(0, &data));
        for cut in (0..data.len()).step_by(37) {
            let (head, tail) = data.split_at(cut);
            assert_eq!(crc32(crc32(0, head), tail), whole);
        }
    }

    /// The two sums as RFC 1950 defines them.
    fn adler_oracle(adler: u32, data: &[u8]) -> u32 {
        let (mut a, mut b) = (adler & 0xffff, adler >> 16);
        for byte in data {
            a = (a + u32::from(*byte)) % 65521;
            b = (b + a) % 65521;
        }
        b << 16 | a
    }

    #[test]
    fn adler32_of_nothing_is_in_range() {
        for (start, expected) in [(1, 1), (0, 0), (0x7fff_ffff, 0x7fff_000e), (0xffff_ffff, 0x000e_000e)] {
            assert_eq!(adler32(start, b""), expected);
        }
    }

    #[test]
    fn adler32_of_every_length_and_alignment_equals_the_definition() {
        assert_eq!(adler32(1, b"Wikipedia"), 0x11e6_0398);
        let mut data = random_bytes(1400);
        // The largest sums.
        data.extend_from_slice(&[0xff; 13_000]);
        for start in [0, 1, 7, 33, 1390] {
            for len in (0..300).chain([511, 512, 1023, 1337, 5552, 5553, 11_105, 13_000]) {
                let piece = &data[start..][..len];
                for adler in [1, 0, 0xfff0_fff0, 0x0001_fff0] {
                    assert_eq!(
                        adler32(adler, piece),
                        adler_oracle(adler, piece),
                        "{len} from {start} after {adler:#x}"
                    );
                }
            }
        }
    }
}
