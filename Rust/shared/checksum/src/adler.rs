//! Adler-32 (RFC 1950): the sum of all bytes, and the sum of these sums, both modulo 65521.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use cpu_level::Level;

/// The largest prime below 2^16.
const BASE: u32 = 65521;

/// zlib's `NMAX`: how many bytes can be added before the sums have to be brought into range.
const NMAX: usize = 5552;

/// Continues an Adler-32 over more data.
///
/// `adler` is 1 for the first piece and the result for the pieces before it from then on.
#[inline]
pub fn adler32(adler: u32, data: &[u8]) -> u32 {
    at_level(Level::detect(), adler, data)
}

fn at_level(level: Level, adler: u32, data: &[u8]) -> u32 {
    match data {
        // Like zlib, which brings a start that no checksum can be into range even when nothing follows.
        [] => (((adler >> 16) % BASE) << 16) | ((adler & 0xffff) % BASE),
        [byte] => {
            // Like zlib, which does not quite bring such a start into range here: it subtracts once.
            let a = once((adler & 0xffff) + u32::from(*byte));
            once((adler >> 16) + a) << 16 | a
        }
        #[cfg(target_arch = "x86_64")]
        _ if level == Level::Avx512 && data.len() <= avx512::MAX_SHORT => {
            // SAFETY: the level says that the processor has the instructions.
            unsafe { avx512::update_short(adler, data) }
        }
        #[cfg(target_arch = "x86_64")]
        _ if level == Level::Avx512 => {
            let (groups, tail) = data.as_chunks();
            // SAFETY: the level says that the processor has the instructions.
            let adler = unsafe { avx512::update(adler, groups) };
            if tail.is_empty() {
                return adler;
            }
            // SAFETY: the level says that the processor has the instructions.
            unsafe { avx512::update_short(adler, tail) }
        }
        #[cfg(target_arch = "x86_64")]
        _ if level == Level::Avx2 => {
            let (vectors, tail) = data.as_chunks();
            // SAFETY: the level says that the processor has the instructions.
            portable(unsafe { avx2::update(adler, vectors) }, tail)
        }
        _ => portable(adler, data),
    }
}

fn once(sum: u32) -> u32 {
    if sum >= BASE { sum - BASE } else { sum }
}

/// zlib's loop.
fn portable(adler: u32, data: &[u8]) -> u32 {
    let (mut a, mut b) = (adler & 0xffff, adler >> 16);
    for piece in data.chunks(NMAX) {
        let (vectors, tail) = piece.as_chunks::<16>();
        for vector in vectors {
            // A byte counts once for itself and once for each byte after it.
            let (mut sum, mut weighted) = (0_u32, 0_u32);
            for (byte, weight) in vector.iter().zip((1..=16).rev()) {
                sum += u32::from(*byte);
                weighted += u32::from(*byte) * weight;
            }
            b += 16 * a + weighted;
            a += sum;
        }
        for byte in tail {
            a += u32::from(*byte);
            b += a;
        }
        a %= BASE;
        b %= BASE;
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::{adler32, at_level};
    use crate::testing::random_bytes;
    use cpu_level::Level;

    /// The two sums as RFC 1950 defines them.
    fn oracle(adler: u32, data: &[u8]) -> u32 {
        let (mut a, mut b) = (adler & 0xffff, adler >> 16);
        for byte in data {
            a = (a + u32::from(*byte)) % 65521;
            b = (b + a) % 65521;
        }
        b << 16 | a
    }

    #[test]
    fn nothing_is_in_range() {
        for (start, expected) in [(1, 1), (0, 0), (0x7fff_ffff, 0x7fff_000e), (0xffff_ffff, 0x000e_000e)] {
            assert_eq!(adler32(start, b""), expected);
            for level in Level::available() {
                assert_eq!(at_level(level, start, b""), expected);
            }
        }
    }

    #[test]
    fn one_byte_is_what_it_is_in_zlib() {
        // The first two starts are in range, the others are not, and their results may not be either.
        for (start, byte, expected) in [
            (1, b'a', 0x0062_0062),
            (0xfff0_fff0, 0xff, 0x00fd_00fe),
            (0xffff_ffdf, 10, 0xfff7_ffe9),
            (0xffff_ffff, 0xff, 0x011b_010d),
        ] {
            assert_eq!(adler32(start, &[byte]), expected, "{start:#x}");
        }
    }

    #[test]
    fn every_length_and_alignment_equals_the_definition() {
        assert_eq!(adler32(1, b"Wikipedia"), 0x11e6_0398);
        let mut data = random_bytes(1400);
        // The largest sums.
        data.extend_from_slice(&[0xff; 13_000]);
        for start in [0, 1, 7, 33, 1390] {
            for len in (0..300).chain([511, 512, 1023, 1024, 1337, 5552, 5553, 11_105, 13_000]) {
                let piece = &data[start..][..len];
                for adler in [1, 0, 0xfff0_fff0, 0x0001_fff0, 0xffff_ffff] {
                    if adler == 0xffff_ffff && len < 16 {
                        // Not quite brought into range, as in zlib.
                        continue;
                    }
                    let expected = oracle(adler, piece);
                    assert_eq!(adler32(adler, piece), expected, "{len} from {start} after {adler:#x}");
                    for level in Level::available() {
                        let found = at_level(level, adler, piece);
                        assert_eq!(found, expected, "{len} from {start} after {adler:#x}, {}", level.name());
                    }
                }
            }
        }
    }

    /// As long as the sums can grow before they are brought into range, and longer.
    #[test]
    fn the_largest_sums_do_not_overflow() {
        let data = vec![0xff; 3 << 20];
        for len in [256 << 10, (256 << 10) + 255, 512 << 10, (1 << 20) + 77, data.len()] {
            let expected = oracle(0xfff0_fff0, &data[..len]);
            for level in Level::available() {
                assert_eq!(at_level(level, 0xfff0_fff0, &data[..len]), expected, "{len}, {}", level.name());
            }
        }
    }
}
