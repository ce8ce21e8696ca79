//! The checksum of two pieces of data from those of the pieces, as zlib's `adler32_combine` and `crc32_combine`.

#![forbid(unsafe_code)]

/// The largest prime below 65536 (RFC 1950).
const BASE: u64 = 65521;
/// The polynomial of the CRC-32, with its bits reversed: bit 31 of a word is the coefficient of 1, bit 0 that of x^31.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// `REDUCTION[low]`: the four coefficients that x^4 moves out of a word, modulo the polynomial.
const REDUCTION: [u32; 16] = {
    let mut table = [0; 16];
    let mut low = 0;
    while low < table.len() {
        let mut value = low as u32;
        let mut bit = 0;
        while bit < 4 {
            value = times_x(value);
            bit += 1;
        }
        table[low] = value;
        low += 1;
    }
    table
};

/// `SQUARES[k]`: x to the power of 2^k. The power of 2^32 is x again.
const SQUARES: [u32; 32] = {
    let mut table = [1 << 30; 32];
    let mut k = 1;
    while k < table.len() {
        table[k] = multiply(table[k - 1], table[k - 1]);
        k += 1;
    }
    table
};

/// The Adler-32 of two pieces: `adler1` of the first, and `adler2` of the second, which has `len2` bytes. A negative length
/// gives zlib's value for that, and so do words that are no Adler-32, whose sums are not below [`BASE`].
pub fn adler32_combine(adler1: u32, adler2: u32, len2: i64) -> u32 {
    let Ok(len2) = u64::try_from(len2) else { return u32::MAX };
    let sums = |adler: u32| (u64::from(adler & 0xffff), u64::from(adler >> 16));
    let ((a1, b1), (a2, b2)) = (sums(adler1), sums(adler2));
    // The second piece starts with a sum of a1 in place of 1, which b counts once for each of its bytes.
    let rest = len2 % BASE;
    let less = |sum: u64, amount: u64| if sum >= amount { sum - amount } else { sum };
    let a = less(less(a1 + a2 + BASE - 1, BASE), BASE);
    let b = less(less(rest * a1 % BASE + b1 + b2 + BASE - rest, 2 * BASE), BASE);
    // Sums that were not below BASE may leave one of 17 bits.
    (b << 16 | a) as u32
}

/// The CRC-32 of two pieces: `crc1` of the first, and `crc2` of the second, which has `len2` bytes. A negative length counts
/// as 0.
pub fn crc32_combine(crc1: u32, crc2: u32, len2: i64) -> u32 {
    // crc1 times x to the power of 8 * len2: a factor for each bit of the length.
    let mut rest = u64::try_from(len2).unwrap_or(0);
    let mut product = crc1;
    while rest > 0 {
        product = multiply(SQUARES[(rest.trailing_zeros() as usize + 3) % SQUARES.len()], product);
        rest &= rest - 1;
    }
    product ^ crc2
}

/// A polynomial times x, modulo that of the CRC.
const fn times_x(a: u32) -> u32 {
    a >> 1 ^ (POLYNOMIAL * (a & 1))
}

/// The product of two polynomials modulo that of the CRC, by Horner's rule with four coefficients of `a` at a time.
const fn multiply(mut a: u32, b: u32) -> u32 {
    // The multiples of b by polynomials of degree 3.
    let mut multiples = [0; 16];
    let mut factor = b;
    let mut bit = 8;
    while bit > 0 {
        let mut low = 0;
        while low < 16 {
            multiples[low + bit] = multiples[low] ^ factor;
            low += 2 * bit;
        }
        factor = times_x(factor);
        bit /= 2;
    }
    let mut product: u32 = 0;
    let mut digit = 0;
    while digit < 8 {
        product = product >> 4 ^ REDUCTION[(product & 15) as usize] ^ multiples[(a & 15) as usize];
        a >>= 4;
        digit += 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::{adler32_combine, crc32_combine, times_x};
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

    /// The product, one coefficient at a time.
    fn product(a: u32, mut b: u32) -> u32 {
        let mut product = 0;
        for bit in (0..32).rev() {
            product ^= if a >> bit & 1 == 1 { b } else { 0 };
            b = times_x(b);
        }
        product
    }

    #[test]
    fn long_lengths() {
        for len in (0..63).flat_map(|bit| [1 << bit, (1 << bit) - 1, 0x5555_5555_5555_5555 >> bit]).chain([i64::MAX]) {
            let (mut rest, mut square, mut expected) = (len, 1 << (31 - 8), 0x8765_4321);
            while rest > 0 {
                if rest & 1 == 1 {
                    expected = product(expected, square);
                }
                square = product(square, square);
                rest >>= 1;
            }
            assert_eq!(crc32_combine(0x8765_4321, 0, len), expected, "{len}");
        }
    }

    #[test]
    fn negative_lengths_end() {
        assert_eq!(adler32_combine(1, 1, -1), u32::MAX);
        assert_eq!(crc32_combine(1, 2, i64::MIN), 3);
    }
}
