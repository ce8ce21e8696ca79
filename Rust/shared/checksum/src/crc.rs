//! CRC-32, the one of zlib, gzip and PNG ("ISO-HDLC").

#[cfg(target_arch = "x86_64")]
mod avx512;

#[cfg(target_arch = "x86_64")]
use cpu_level::Level;

/// Continues a CRC-32 over more data.
///
/// `crc` is 0 for the first piece and the result for the pieces before it from then on, so that
/// `crc32(crc32(0, a), b)` is the CRC-32 of `a` followed by `b`.
#[inline]
pub fn crc32(crc: u32, data: &[u8]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if data.len() >= avx512::MIN && Level::detect() == Level::Avx512 {
        // SAFETY: the level says that the processor has the instructions.
        return unsafe { avx512::update(crc, data) };
    }
    portable(crc, data)
}

/// The same with what crc32fast chooses.
fn portable(crc: u32, data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(crc);
    hasher.update(data);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::{crc32, portable};
    use crate::testing::random_bytes;

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
            assert_eq!(portable(crc, data), expected, "{data:?}");
        }
    }

    #[test]
    fn every_length_and_alignment_equals_the_definition() {
        let data = random_bytes(3000);
        for start in [0, 1, 7, 15, 33] {
            for len in (0..700).chain([767, 768, 769, 1023, 1024, 1025, 1337, 2047, 2048, 2049, 2900]) {
                let piece = &data[start..][..len];
                for crc in [0, 1, 0xffff_ffff, 0x8000_0001] {
                    let expected = oracle(crc, piece);
                    assert_eq!(crc32(crc, piece), expected, "{len} bytes from {start} after {crc:#x}");
                    assert_eq!(portable(crc, piece), expected, "{len} bytes from {start} after {crc:#x}");
                }
            }
        }
    }

    /// Nothing before or after the data is read: each piece is a block of its own.
    #[test]
    fn pieces_at_the_ends_of_blocks() {
        for len in 0..200 {
            let data = random_bytes(len).into_boxed_slice();
            assert_eq!(crc32(7, &data), oracle(7, &data), "{len}");
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
}
