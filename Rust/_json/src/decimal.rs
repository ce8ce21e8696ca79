//! Decimal numbers as floats, rounded to the nearest and ties to even, as Python's `float` rounds.
//!
//! Three ways, each for what the one before it cannot do:
//!
//! - Clinger's fast path: small numbers and powers of ten are exact as floats, so that one operation rounds once (W. D.
//!   Clinger, How to Read Floating Point Numbers Accurately, PLDI 1990);
//! - the Eisel-Lemire algorithm: the digits times a power of five, of which 128 bits are known (D. Lemire, Number Parsing
//!   at a Gigabyte per Second, Software: Practice and Experience 51 (8), 2021);
//! - the standard library for numbers of more than 19 digits that are near the middle between two floats.

#![forbid(unsafe_code)]

/// The number `mantissa * 10**exponent`, with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The first 19 digits.
    pub mantissa: u64,
    /// The power of ten.
    pub exponent: i64,
    /// Whether there is a minus sign.
    pub negative: bool,
    /// Whether digits other than zero may follow those of the mantissa.
    pub truncated: bool,
}

/// The most digits that always fit into the mantissa.
pub const MANTISSA_DIGITS: usize = 19;

impl Decimal {
    /// The nearest float, unless the mantissa does not tell it.
    #[inline]
    pub fn to_f64(self) -> Option<f64> {
        let value = if !self.truncated && self.mantissa <= 1 << 53 && self.exponent.unsigned_abs() <= 22 {
            let (mantissa, power) = (self.mantissa as f64, EXACT_POWERS[self.exponent.unsigned_abs() as usize & 31]);
            if self.exponent < 0 { mantissa / power } else { mantissa * power }
        } else {
            self.rounded()?
        };
        Some(if self.negative { -value } else { value })
    }

    #[inline(never)]
    fn rounded(self) -> Option<f64> {
        let value = eisel_lemire(self.mantissa, self.exponent)?;
        if self.truncated && eisel_lemire(self.mantissa + 1, self.exponent)? != value {
            return None;
        }
        Some(value)
    }
}

/// The powers of ten that are exact as floats, and zeros up to a power of two.
const EXACT_POWERS: [f64; 32] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
];

/// How many bits of the mantissa of a float are stored.
const STORED_BITS: u32 = 52;
/// The exponent of infinity.
const INFINITE: i32 = 0x7FF;

/// The float nearest to `digits * 10**power`; `None` when 128 bits of the power of five do not tell.
fn eisel_lemire(digits: u64, power: i64) -> Option<f64> {
    if digits == 0 || power < SMALLEST_POWER.into() {
        return Some(0.0);
    }
    if power > LARGEST_POWER.into() {
        return Some(f64::INFINITY);
    }
    let power = power as i32;
    let zeros = digits.leading_zeros();
    let (low, high) = product(digits << zeros, POWERS_OF_FIVE[(power - SMALLEST_POWER) as usize]);
    if low == u64::MAX && !(-27..=55).contains(&power) {
        return None;
    }
    // The bits of the float and two more: one to round by, and one because the highest may not be set.
    let top = (high >> 63) as u32;
    let shift = top + 64 - STORED_BITS - 3;
    let mut mantissa = high >> shift;
    // The binary logarithm of 10 is 217706 / 2**16, exact enough for these powers.
    let mut exponent = ((power * 217_706) >> 16) + 63 + top as i32 - zeros as i32 + 1023;
    if exponent <= 0 {
        // A subnormal number, or zero.
        if exponent <= -63 {
            return Some(0.0);
        }
        mantissa >>= 1 - exponent;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        // Rounding may have made it a normal number, whose exponent of one is then its highest bit.
        return Some(f64::from_bits(mantissa));
    }
    if low <= 1 && (-4..=23).contains(&power) && mantissa & 3 == 1 && mantissa << shift == high {
        // Exactly the middle between two floats, of which the even one is taken.
        mantissa &= !1;
    }
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    if mantissa >> (STORED_BITS + 1) != 0 {
        mantissa >>= 1;
        exponent += 1;
    }
    if exponent >= INFINITE {
        return Some(f64::INFINITY);
    }
    let stored = mantissa & !(1 << STORED_BITS);
    Some(f64::from_bits((exponent as u64) << STORED_BITS | stored))
}

/// The highest 128 bits of the product, low and high half; the second half of the power is used when it can change a bit
/// that counts.
#[inline(always)]
fn product(digits: u64, (power_high, power_low): (u64, u64)) -> (u64, u64) {
    let first = u128::from(digits) * u128::from(power_high);
    let (low, high) = (first as u64, (first >> 64) as u64);
    if high & (u64::MAX >> (STORED_BITS + 3)) != u64::MAX >> (STORED_BITS + 3) {
        return (low, high);
    }
    let second = u128::from(digits) * u128::from(power_low);
    let (low, carry) = low.overflowing_add((second >> 64) as u64);
    (low, high + u64::from(carry))
}

/// Below it, 19 digits make zero; above the largest, one digit makes infinity.
const SMALLEST_POWER: i32 = -342;
const LARGEST_POWER: i32 = 308;
const POWERS: usize = (LARGEST_POWER - SMALLEST_POWER + 1) as usize;

/// The first 128 bits of each power of five, high and low half: rounded down, but up from 5**-27 to 5**-1, as the paper
/// asks for.
static POWERS_OF_FIVE: [(u64, u64); POWERS] = {
    /// Five to 342 has 795 bits; its inverse has to have 128 more.
    const LIMBS: usize = 16;

    const fn top(number: &[u64; LIMBS]) -> (u64, u64) {
        let mut limb = LIMBS - 1;
        while number[limb] == 0 {
            limb -= 1;
        }
        let third = if limb >= 2 { number[limb - 2] } else { 0 };
        let second = if limb >= 1 { number[limb - 1] } else { 0 };
        let zeros = number[limb].leading_zeros();
        if zeros == 0 {
            return (number[limb], second);
        }
        (number[limb] << zeros | second >> (64 - zeros), second << zeros | third >> (64 - zeros))
    }

    let mut powers = [(0, 0); POWERS];
    let one = -SMALLEST_POWER as usize;
    let mut number = [0u64; LIMBS];
    number[0] = 1;
    let mut power = 0;
    while power <= LARGEST_POWER as usize {
        powers[one + power] = top(&number);
        let (mut limb, mut carry) = (0, 0u128);
        while limb < LIMBS {
            let product = number[limb] as u128 * 5 + carry;
            number[limb] = product as u64;
            carry = product >> 64;
            limb += 1;
        }
        power += 1;
    }
    // Two to 1023 divided by five, again and again: floors of floors are floors.
    let mut number = [0u64; LIMBS];
    number[LIMBS - 1] = 1 << 63;
    let mut power = 1;
    while power <= one {
        let (mut limb, mut remainder) = (LIMBS, 0u128);
        while limb > 0 {
            limb -= 1;
            let part = remainder << 64 | number[limb] as u128;
            number[limb] = (part / 5) as u64;
            remainder = part % 5;
        }
        let (high, low) = top(&number);
        powers[one - power] =
            if power > 27 { (high, low) } else { (high + (low == u64::MAX) as u64, low.wrapping_add(1)) };
        power += 1;
    }
    powers
};

#[cfg(test)]
mod tests {
    use super::{Decimal, POWERS_OF_FIVE, SMALLEST_POWER};
    use crate::testing::Random;

    fn check(mantissa: u64, exponent: i64) {
        let expected: f64 = format!("{mantissa}e{exponent}").parse().expect("a number");
        let decimal = Decimal { mantissa, exponent, negative: false, truncated: false };
        if let Some(value) = decimal.to_f64() {
            assert_eq!(value.to_bits(), expected.to_bits(), "{mantissa}e{exponent}");
        }
        let negative = Decimal { negative: true, ..decimal };
        assert_eq!(negative.to_f64().map(f64::to_bits), decimal.to_f64().map(|value| (-value).to_bits()));
        // With more digits, of which nothing is known.
        let truncated = Decimal { truncated: true, ..decimal };
        if let Some(value) = truncated.to_f64() {
            for more in ["0", "4", "9999999"] {
                let longer: f64 = format!("{mantissa}.{more}e{exponent}").parse().expect("a number");
                assert_eq!(value.to_bits(), longer.to_bits(), "{mantissa}.{more}e{exponent}");
            }
        }
    }

    #[test]
    fn powers_of_five_that_are_known() {
        let of = |power: i32| POWERS_OF_FIVE[(power - SMALLEST_POWER) as usize];
        assert_eq!(of(0), (1 << 63, 0));
        assert_eq!(of(1), (5 << 61, 0));
        assert_eq!(of(27), (7_450_580_596_923_828_125 << 1, 0));
        assert_eq!(of(-1), (0xCCCC_CCCC_CCCC_CCCC, 0xCCCC_CCCC_CCCC_CCCD));
        for power in super::SMALLEST_POWER..=super::LARGEST_POWER {
            assert!(of(power).0 >> 63 == 1, "{power}");
        }
    }

    #[test]
    fn numbers_of_all_sizes() {
        let mut random = Random::new(17);
        for exponent in -400..=400 {
            for mantissa in [0, 1, 2, 5, 9, 1 << 53, (1 << 53) + 1, 9_999_999_999_999_999_999, u64::MAX - 1] {
                check(mantissa, exponent);
            }
            for _ in 0..60 {
                check(random.next() >> random.below(64), exponent);
            }
        }
    }

    #[test]
    fn the_middle_between_two_floats_and_its_neighbours() {
        let mut random = Random::new(18);
        for _ in 0..20_000 {
            let odd = (random.next() >> 10) | 1;
            for mantissa in [odd - 1, odd, odd + 1] {
                check(mantissa, 0);
                check(mantissa << 3, -(random.below(4) as i64));
            }
        }
        for (mantissa, exponent) in [
            (9_007_199_254_740_993, 0),
            (2_470_328_229_206_232_720, -342),
            (2_470_328_229_206_232_721, -342),
            (17_976_931_348_623_157, 292),
            (17_976_931_348_623_158, 292),
            (17_976_931_348_623_159, 292),
            (22_250_738_585_072_011, -324),
            (22_250_738_585_072_014, -324),
        ] {
            check(mantissa, exponent);
        }
    }

    #[test]
    fn nearly_all_floats_need_no_other_way() {
        let mut random = Random::new(19);
        let mut found = 0;
        for _ in 0..10_000 {
            let decimal = Decimal {
                mantissa: random.next(),
                exponent: random.below(600) as i64 - 300,
                negative: false,
                truncated: false,
            };
            found += usize::from(decimal.to_f64().is_some());
        }
        assert!(found > 9_990, "{found}");
    }
}
