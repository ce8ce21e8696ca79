//! Decimal digits of integers.
//!
//! Eight digits are found from one multiplication: the number divided by 10^6 with 48 bits of fraction has the first two
//! digits as its integer part, and the next two after a multiplication of the fraction by 100 (J. E. Anhalt III, jeaiii_to_text,
//! 2022). Pairs of digits come from a table. How many digits a number has is found without waiting for them, so that the
//! next text can be written at the same time.

#![forbid(unsafe_code)]

/// Room for the text of an `i64`, of which the last store may write beyond the end of it.
pub const ROOM: usize = 32;
/// Room for the text of a `u128` and a sign.
pub const LONG_ROOM: usize = 48;

const WORD: u64 = 100_000_000;

/// The text of the numbers of two digits, the first one in the low byte, and zeros up to a power of two.
static PAIRS: [u16; 128] = {
    let mut pairs = [0; 128];
    let mut value = 0;
    while value < 100 {
        pairs[value as usize] = (b'0' as u16 + value / 10) | (b'0' as u16 + value % 10) << 8;
        value += 1;
    }
    pairs
};

/// The text of the eight digits of a number below 10^8, the first one in the lowest byte.
#[inline(always)]
fn eight_digits(value: u32) -> u64 {
    const BITS: u32 = 48;
    const FRACTION: u64 = (1 << BITS) - 1;
    // Rounded up by less than 1. So the fractions below are too large by less than 10^8 * 10^6 / 2^48 < 0.36, and the integer
    // parts are right.
    const RECIPROCAL: u64 = (1 << BITS) / 1_000_000 + 1;
    let pair = |fixed: u64| u64::from(PAIRS[(fixed >> BITS) as usize & 127]);
    let first = u64::from(value) * RECIPROCAL;
    let second = (first & FRACTION) * 100;
    let third = (second & FRACTION) * 100;
    let fourth = (third & FRACTION) * 100;
    pair(first) | pair(second) << 16 | pair(third) << 32 | pair(fourth) << 48
}

#[inline(always)]
fn put(out: &mut [u8], at: usize, word: u64) {
    if let Some(room) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *room = word.to_le_bytes();
    }
}

/// Writes eight digits.
#[inline(always)]
fn put_eight(out: &mut [u8], at: usize, value: u32) {
    put(out, at, eight_digits(value));
}

/// Writes the last `count` of eight digits.
#[inline(always)]
fn put_last(out: &mut [u8], at: usize, value: u32, count: usize) {
    put(out, at, eight_digits(value) >> (64 - count * 8));
}

/// Writes the last `count` of the two digits of a number below 100.
#[inline(always)]
fn put_pair(out: &mut [u8], at: usize, value: usize, count: usize) {
    if let Some(room) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *room = (PAIRS[value & 127] >> (16 - count * 8)).to_le_bytes();
    }
}

/// The powers of ten that a `u64` holds, but one is zero, so that zero has a digit.
const POWERS: [u64; 20] = {
    let mut powers = [0; 20];
    let mut power = 1_u64;
    let mut exponent = 1;
    while exponent < 20 {
        power *= 10;
        powers[exponent] = power;
        exponent += 1;
    }
    powers
};

/// The number of digits of a number. The next text is written after them, so it is computed without waiting for the
/// digits.
#[inline(always)]
fn digit_count(value: u64) -> usize {
    // 1233 / 2^12 is the logarithm of two to the base of ten, near enough for 64 bits (H. S. Warren, Hacker's Delight,
    // second edition, section 11-4).
    let bits = 64 - (value | 1).leading_zeros();
    let estimate = ((bits * 1233) >> 12) as usize;
    estimate + usize::from(value >= POWERS[estimate])
}

/// Writes a number without leading zeros; returns where it ends.
#[inline(always)]
fn put_u64(out: &mut [u8], at: usize, value: u64) -> usize {
    let count = digit_count(value);
    let end = at + count;
    if count <= 2 {
        put_pair(out, at, value as usize, count);
        return end;
    }
    if count <= 8 {
        put_last(out, at, value as u32, count);
        return end;
    }
    let (high, low) = (value / WORD, (value % WORD) as u32);
    if count <= 10 {
        put_pair(out, at, high as usize, count - 8);
    } else if count <= 16 {
        put_last(out, at, high as u32, count - 8);
    } else {
        put_last(out, at, (high / WORD) as u32, count - 16);
        put_eight(out, end - 16, (high % WORD) as u32);
    }
    put_eight(out, end - 8, low);
    end
}

/// Writes the decimal digits of a number, after a sign when it is negative; returns how long the text is.
#[inline(always)]
pub fn format(value: i64, out: &mut [u8; ROOM]) -> usize {
    out[0] = b'-';
    put_u64(out, usize::from(value < 0), value.unsigned_abs())
}

/// The same for a number of which the magnitude has more than 64 bits.
#[inline(never)]
pub fn format_long(negative: bool, magnitude: u128, out: &mut [u8; LONG_ROOM]) -> usize {
    const TWO_WORDS: u128 = WORD as u128 * WORD as u128;
    let put_sixteen = |out: &mut [u8; LONG_ROOM], at: usize, value: u64| {
        put_eight(out, at, (value / WORD) as u32);
        put_eight(out, at + 8, (value % WORD) as u32);
        at + 16
    };
    out[0] = b'-';
    let at = usize::from(negative);
    let (high, low) = (magnitude / TWO_WORDS, (magnitude % TWO_WORDS) as u64);
    let at = match u64::try_from(high) {
        Ok(0) => return put_u64(out, at, low),
        Ok(high) => put_u64(out, at, high),
        Err(_) => {
            let at = put_u64(out, at, (high / TWO_WORDS) as u64);
            put_sixteen(out, at, (high % TWO_WORDS) as u64)
        }
    };
    put_sixteen(out, at, low)
}

#[cfg(test)]
mod tests {
    use super::{LONG_ROOM, ROOM, eight_digits, format, format_long};
    use crate::testing::Random;

    fn check(value: i64) {
        let mut out = [b'x'; ROOM];
        let len = format(value, &mut out);
        assert_eq!(std::str::from_utf8(&out[..len]), Ok(&*value.to_string()));
    }

    fn check_long(magnitude: u128) {
        let mut out = [b'x'; LONG_ROOM];
        for (sign, negative) in [("", false), ("-", true)] {
            let len = format_long(negative, magnitude, &mut out);
            assert_eq!(std::str::from_utf8(&out[..len]), Ok(&*format!("{sign}{magnitude}")));
        }
    }

    #[test]
    fn all_pairs_are_right() {
        let pair = |value: u32| u64::from(b'0') * 0x101 + u64::from((value / 10) | ((value % 10) << 8));
        let check = |value: u32| {
            let [a, b, c, d] = [1_000_000, 10_000, 100, 1].map(|power| pair(value / power % 100));
            assert_eq!(eight_digits(value), a | b << 16 | c << 32 | d << 48, "{value}");
        };
        for high in 0..10_000 {
            for low in [0, 1, 49, 99, 100, 4999, 5000, 9900, 9998, 9999, high] {
                check(high * 10_000 + low);
                check(low * 10_000 + high);
            }
        }
    }

    #[test]
    fn numbers_of_all_lengths() {
        let mut random = Random::new(23);
        for value in [0, 1, 9, 10, 99, 100, -1, i64::MAX, i64::MIN, i64::MIN + 1] {
            check(value);
        }
        for exponent in 0..19 {
            for near in -2..=2 {
                check(10_i64.pow(exponent) + near);
                check(-(10_i64.pow(exponent)) + near);
            }
        }
        for _ in 0..20_000 {
            check((random.next() >> random.below(64)) as i64);
            check((random.next() >> random.below(64)) as i64 | i64::MIN);
        }
    }

    #[test]
    fn long_numbers_of_all_lengths() {
        let mut random = Random::new(24);
        for exponent in 0..39 {
            let power = 10_u128.pow(exponent);
            for magnitude in [power - 1, power, power + 1] {
                check_long(magnitude);
            }
        }
        check_long(u128::MAX);
        for _ in 0..20_000 {
            let wide = u128::from(random.next()) << 64 | u128::from(random.next());
            check_long(wide >> random.below(128));
        }
    }
}
