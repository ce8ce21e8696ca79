//! The checksum of two pieces of data from those of the pieces, as zlib's `adler32_combine` and `crc32_combine`.

#![forbid(unsafe_code)]

/// The largest prime below 65536 (RFC 1950).
const BASE: u64 = 65521;
/// The polynomial of the CRC-32, with its bits reversed.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The Adler-32 of two pieces: `adler1` of the first, and `adler2` of the second, which has `len2` bytes. A negative length
/// gives zlib's value for that.
pub fn adler32_combine(adler1: u32, adler2: u32, len2: i64) -> u32 {
    let Ok(len2) = u64::try_from(len2) else { return u32::MAX };
    let sums = |adler: u32| (u64::from(adler & 0xffff) % BASE, u64::from(adler >> 16) % BASE);
    let ((a1, b1), (a2, b2)) = (sums(adler1), sums(adler2));
    // The second piece starts with a sum of a1 in place of 1, which b counts once for each of its bytes.
    let rest = len2 % BASE;
    let a = (a1 + a2 + BASE - 1) % BASE;
    let b = (b1 + b2 + rest * (a1 + BASE - 1)) % BASE;
    (b << 16 | a) as u32
}

/// The CRC-32 of two pieces: `crc1` of the first, and `crc2` of the second, which has `len2` bytes. A negative length counts
/// as 0.
pub fn crc32_combine(crc1: u32, crc2: u32, len2: i64) -> u32 {
    // x to the power of 8 * len2, by squaring.
    let mut rest = u64::try_from(len2).unwrap_or(0);
    let (mut power, mut square) = (1 << 31, 1 << (31 - 8));
    while rest > 0 {
        if rest & 1 == 1 {
            power = multiply(power, square);
        }
        square = multiply(square, square);
        rest >>= 1;
    }
    multiply(power, crc1) ^ crc2
}

/// The product of two polynomials modulo that of the CRC; bit 31 is the coefficient of 1.
fn multiply(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for bit in (0..32).rev() {
        if a >> bit & 1 == 1 {
            product ^= b;
        }
        b = b >> 1 ^ (POLYNOMIAL * (b & 1));
    }
    product
}

#[cfg(test)]
mod tests {
    use super::{adler32_combine, crc32_combine};
    use crate::testing::random_bytes;
    use crate::{adler32, crc32};

    #[test]
    fn two_pieces_have_the_checksum_of_the_whole() {
        let data = random_bytes(70_000);
        for cut in (0..data.len()).step_by(997).chain([0, 1, 65520, 65521, 65522, data.len()]) {
            let (first, second) = data.split_at(cut);
            let len = second.len() as i64;
            assert_eq!(crc32_combine(crc32(0, first), crc32(0, second), len), crc32(0, &data), "{cut}");
            assert_eq!(adler32_combine(adler32(1, first), adler32(1, second), len), adler32(1, &data), "{cut}");
        }
    }

    #[test]
    fn negative_lengths_end() {
        assert_eq!(adler32_combine(1, 1, -1), u32::MAX);
        assert_eq!(crc32_combine(1, 2, i64::MIN), 3);
    }
}
