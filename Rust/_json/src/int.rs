//! Decimal digits of integers.
//!
//! Eight digits are found from one multiplication: the number divided by 10^6 with 48 bits of fraction has the first two
//! digits as its integer part, and the next two after a multiplication of the fraction by 100 (J. E. Anhalt III, jeaiii_to_text,
//! 2022). Pairs of digits come from a table. How many digits a number has is found by comparisons, which a processor
//! mostly predicts, so that the next text can be written at the same time.

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

/// The text of the number of two digits that is the integer part of a number with [`BITS`] bits of fraction.
#[inline(always)]
fn pair(fixed: u64) -> u16 {
    PAIRS[(fixed >> BITS) as usize & 127]
}

const BITS: u32 = 48;

/// The text of the eight digits of a number below 10^8, in pairs.
#[inline(always)]
fn eight_digits(value: u32) -> [u16; 4] {
    const FRACTION: u64 = (1 << BITS) - 1;
    // Rounded up by less than 1. So the fractions below are too large by less than 10^8 * 10^6 / 2^48 < 0.36, and the integer
    // parts are right.
    const RECIPROCAL: u64 = (1 << BITS) / 1_000_000 + 1;
    let first = u64::from(value) * RECIPROCAL;
    let second = (first & FRACTION) * 100;
    let third = (second & FRACTION) * 100;
    let fourth = (third & FRACTION) * 100;
    [first, second, third, fourth].map(pair)
}

#[inline(always)]
fn put<const N: usize>(out: &mut [u8], at: usize, bytes: [u8; N]) {
    if let Some(room) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *room = bytes;
    }
}

/// Writes eight digits; returns where they end.
#[inline(always)]
fn put_eight(out: &mut [u8], at: usize, value: u32) -> usize {
    // Four stores take less time than joining the pairs.
    if let Some(room) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<8>) {
        for (room, pair) in room.as_chunks_mut().0.iter_mut().zip(eight_digits(value)) {
            *room = pair.to_le_bytes();
        }
    }
    at + 8
}

/// Writes a number below 10^8 without leading zeros; returns where it ends.
#[inline(always)]
fn put_short(out: &mut [u8], at: usize, value: u32) -> usize {
    if value < 100 {
        let zeros = usize::from(value < 10);
        put(out, at, (PAIRS[value as usize & 127] >> (8 * zeros)).to_le_bytes());
        return at + 2 - zeros;
    }
    let [a, b, c, d] = eight_digits(value).map(u64::from);
    if value < 10_000 {
        let zeros = usize::from(value < 1000);
        put(out, at, ((c | d << 16) as u32 >> (8 * zeros)).to_le_bytes());
        return at + 4 - zeros;
    }
    let zeros = if value < 1_000_000 { 2 + usize::from(value < 100_000) } else { usize::from(value < 10_000_000) };
    put(out, at, ((a | b << 16 | c << 32 | d << 48) >> (8 * zeros)).to_le_bytes());
    at + 8 - zeros
}

/// Writes a number without leading zeros; returns where it ends.
#[inline(always)]
fn put_u64(out: &mut [u8], at: usize, value: u64) -> usize {
    if value < WORD {
        return put_short(out, at, value as u32);
    }
    let (high, low) = (value / WORD, (value % WORD) as u32);
    if high < WORD {
        let at = put_short(out, at, high as u32);
        return put_eight(out, at, low);
    }
    let at = put_short(out, at, (high / WORD) as u32);
    let at = put_eight(out, at, (high % WORD) as u32);
    put_eight(out, at, low)
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
        let at = put_eight(out, at, (value / WORD) as u32);
        put_eight(out, at, (value % WORD) as u32)
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
        let pair = |value: u32| u16::from(b'0') * 0x101 + ((value / 10) | ((value % 10) << 8)) as u16;
        let check = |value: u32| {
            let pairs = [1_000_000, 10_000, 100, 1].map(|power| pair(value / power % 100));
            assert_eq!(eight_digits(value), pairs, "{value}");
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
