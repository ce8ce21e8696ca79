//! White space and numbers: where they end, and the digits of numbers.

#![forbid(unsafe_code)]

use crate::decimal::{Decimal, MANTISSA_DIGITS};
use crate::ucs::Ucs;

/// A number of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// An integer that fits.
    Int(i64),
    /// A longer one.
    BigInt,
    /// A number with a fraction or an exponent.
    Float(Decimal),
}

/// Exponents are counted up to here. No document is so long that its digits bring a float back from there.
const EXPONENT_MAX: i64 = 1 << 58;

/// The position of the first unit at or after `at` that is no white space.
#[inline(always)]
pub fn skip_whitespace<U: Ucs>(document: &[U], mut at: usize) -> usize {
    while let Some(unit) = document.get(at) {
        if !matches!(unit.ascii(), b' ' | b'\t' | b'\n' | b'\r') {
            break;
        }
        at += 1;
    }
    at
}

#[inline(always)]
fn ascii_at<U: Ucs>(document: &[U], at: usize) -> u8 {
    document.get(at).map_or(0xFF, |unit| unit.ascii())
}

/// Adds the digits from `at` on to `mantissa`, which wraps around; returns where they end. The digits after a block of eight are
/// taken at once in a fraction, as there are often many, and one by one in an integer.
#[inline(always)]
fn take_digits<U: Ucs, const FRACTION: bool>(document: &[U], mut at: usize, mantissa: &mut u64) -> usize {
    if let Some(bytes) = U::as_bytes(document) {
        let mut is_first = true;
        while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*block) ^ 0x3030_3030_3030_3030;
            let count = digit_count(word);
            if count == 8 {
                *mantissa = mantissa.wrapping_mul(SCALES[8]).wrapping_add(leading_digits(word, 8));
                at += 8;
            } else if FRACTION || is_first {
                *mantissa = mantissa.wrapping_mul(SCALES[count]).wrapping_add(leading_digits(word, count));
                return at + count;
            } else {
                break;
            }
            is_first = false;
        }
    }
    while let digit @ b'0'..=b'9' = ascii_at(document, at) {
        *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    at
}

/// Ten to the power of a number of digits.
const SCALES: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The number of digits at the start of a block of eight bytes, each of which has been XORed with `b'0'`.
#[inline(always)]
fn digit_count(word: u64) -> usize {
    // A digit is now below 10. Other bytes have the highest bit set, or get it by the addition; a carry out of one does not
    // change the bytes before it.
    let others = (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
    (others.trailing_zeros() / 8) as usize
}

/// The value of the first `count` digits of such a block. They are shifted to its end, after zeros, so that no branch depends on
/// their number, and combined in pairs within the word (SWAR; D. Lemire, Quickly parsing eight digits, 2022).
#[inline(always)]
fn leading_digits(word: u64, count: usize) -> u64 {
    let ones = word.checked_shl(64 - 8 * count as u32).unwrap_or(0);
    let twos = ones.wrapping_mul(10 << 8 | 1) >> 8 & 0x00FF_00FF_00FF_00FF;
    let fours = twos.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// The first digits of a number that has more than fit, as many as do; zeros at its start are none of them. Returns their
/// value and how many digits follow.
#[cold]
#[inline(never)]
fn first_digits<U: Ucs>(units: &[U]) -> (u64, usize) {
    let digits = units.iter().map(|unit| unit.ascii()).filter(u8::is_ascii_digit).skip_while(|&digit| digit == b'0');
    let mantissa = digits.clone().take(MANTISSA_DIGITS).fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    (mantissa, digits.count().saturating_sub(MANTISSA_DIGITS))
}

/// How many digits follow the zeros at the start, without the point.
#[inline]
fn significant_digits<U: Ucs>(units: &[U], has_point: bool) -> usize {
    match units.iter().take_while(|unit| matches!(unit.ascii(), b'0' | b'.')).count() {
        0 => units.len() - usize::from(has_point),
        // Only a zero is followed by the point, if there is one.
        zeros => units.len() - zeros,
    }
}

/// The value of the number at `start` if it is one digit, as many are.
#[inline(always)]
pub fn one_digit<U: Ucs>(document: &[U], start: usize) -> Option<i64> {
    let value = ascii_at(document, start).wrapping_sub(b'0');
    let is_longer = matches!(ascii_at(document, start + 1), b'0'..=b'9' | b'.' | b'e' | b'E');
    (value < 10 && !is_longer).then_some(value.into())
}

/// Recognises the number at `start` and its end: the longest prefix that the grammar of RFC 8259 allows.
#[inline]
pub fn number<U: Ucs>(document: &[U], start: usize) -> Option<(Number, usize)> {
    let negative = ascii_at(document, start) == b'-';
    let first = start + usize::from(negative);
    let mut mantissa = 0;
    let mut at = match ascii_at(document, first) {
        b'0' => first + 1,
        b'1'..=b'9' => take_digits::<_, false>(document, first, &mut mantissa),
        _ => return None,
    };
    let integer_end = at;
    // Most integers: what follows is for fractions, exponents and integers with many digits.
    if !matches!(ascii_at(document, at), b'.' | b'e' | b'E') && at - first < MANTISSA_DIGITS {
        return Some((Number::Int(if negative { -(mantissa as i64) } else { mantissa as i64 }), at));
    }
    let mut fraction = 0;
    if ascii_at(document, at) == b'.' && ascii_at(document, at + 1).is_ascii_digit() {
        at = take_digits::<_, true>(document, at + 1, &mut mantissa);
        fraction = at - integer_end - 1;
    }
    let digits_end = at;
    let mut exponent = 0i64;
    if matches!(ascii_at(document, at), b'e' | b'E') {
        let sign = ascii_at(document, at + 1);
        let first = at + 1 + usize::from(matches!(sign, b'+' | b'-'));
        let mut end = first;
        while let digit @ b'0'..=b'9' = ascii_at(document, end) {
            exponent = (exponent * 10 + i64::from(digit - b'0')).min(EXPONENT_MAX);
            end += 1;
        }
        if end > first {
            at = end;
        }
        if sign == b'-' {
            exponent = -exponent;
        }
    }
    let number = if at > integer_end {
        let mut dropped = 0;
        // Neither the point nor zeros before the first other digit take room in the mantissa.
        if digits_end - first > MANTISSA_DIGITS
            && significant_digits(&document[first..digits_end], fraction > 0) > MANTISSA_DIGITS
        {
            (mantissa, dropped) = first_digits(&document[first..digits_end]);
        }
        let exponent = exponent - fraction as i64 + dropped as i64;
        Number::Float(Decimal { mantissa, exponent, negative, truncated: dropped > 0 })
    } else if at - first > MANTISSA_DIGITS || mantissa > i64::MAX as u64 {
        Number::BigInt
    } else {
        Number::Int(if negative { -(mantissa as i64) } else { mantissa as i64 })
    };
    Some((number, at))
}

/// How many limbs of 64 bits [`limbs`] returns, and how many digits they always hold.
const LIMBS: usize = 4;
const LIMBS_DIGITS: usize = 77;

/// The value of an integer without its sign, the lowest limb first; `None` when it has too many digits.
pub fn limbs<U: Ucs>(digits: &[U]) -> Option<[u64; LIMBS]> {
    if digits.len() > LIMBS_DIGITS {
        return None;
    }
    let mut limbs = [0; LIMBS];
    for chunk in digits.chunks(MANTISSA_DIGITS) {
        let mut carry = 0;
        take_digits::<_, false>(chunk, 0, &mut carry);
        let scale = 10_u64.pow(chunk.len() as u32);
        for limb in &mut limbs {
            let product = u128::from(*limb) * u128::from(scale) + u128::from(carry);
            (*limb, carry) = (product as u64, (product >> 64) as u64);
        }
    }
    Some(limbs)
}

/// The float of a text, by the standard library.
#[cold]
#[inline(never)]
pub fn parse_float(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{LIMBS_DIGITS, Number, first_digits, limbs, number, one_digit, parse_float, skip_whitespace};
    use crate::decimal::Decimal;
    use crate::testing::Random;

    fn numbers(text: &str) -> Option<(Number, usize)> {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let widest: Vec<u32> = text.chars().map(u32::from).collect();
        let found = number(text.as_bytes(), 0);
        assert_eq!(number(&wide, 0), found, "{text}");
        assert_eq!(number(&widest, 0), found, "{text}");
        if let Some(value) = one_digit(text.as_bytes(), 0) {
            assert_eq!(found, Some((Number::Int(value), 1)), "{text}");
        }
        found
    }

    #[test]
    fn limbs_hold_all_digits() {
        // Adds digit by digit to decimal digits that are counted in limbs of ten.
        let to_decimal = |limbs: &[u64]| {
            let mut decimal = vec![0_u64];
            for bit in limbs.iter().rev().flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1)) {
                let mut carry = bit;
                for digit in &mut decimal {
                    let doubled = *digit * 2 + carry;
                    (*digit, carry) = (doubled % 10, doubled / 10);
                }
                if carry > 0 {
                    decimal.push(carry);
                }
            }
            decimal.iter().rev().map(|&digit| b'0' + digit as u8).collect::<Vec<u8>>()
        };
        let mut random = Random::new(31);
        for len in 1..=LIMBS_DIGITS {
            let mut digits: Vec<u8> = (0..len).map(|_| b'0' + random.below(10) as u8).collect();
            digits[0] = b'1' + random.below(9) as u8;
            for digits in [digits, vec![b'9'; len]] {
                let wide: Vec<u16> = digits.iter().map(|&digit| digit.into()).collect();
                assert_eq!(limbs(&digits).map(|limbs| to_decimal(&limbs)), Some(digits.clone()));
                assert_eq!(limbs(&wide), limbs(&digits));
            }
        }
        assert_eq!(limbs(&[b'1'; LIMBS_DIGITS + 1]), None);
    }

    #[test]
    fn numbers_end_where_the_grammar_says() {
        use Number::{BigInt, Float, Int};
        let float = |mantissa, exponent| Float(Decimal { mantissa, exponent, negative: false, truncated: false });
        let dropped = |mantissa, exponent| Float(Decimal { mantissa, exponent, negative: false, truncated: true });
        let cases: &[(&str, Option<(Number, usize)>)] = &[
            ("", None),
            ("-", None),
            ("x", None),
            ("+1", None),
            (".5", None),
            ("-a", None),
            ("0", Some((Int(0), 1))),
            ("-0", Some((Int(0), 2))),
            ("007", Some((Int(0), 1))),
            ("-12,", Some((Int(-12), 3))),
            ("123456789012345678", Some((Int(123_456_789_012_345_678), 18))),
            ("-999999999999999999", Some((Int(-999_999_999_999_999_999), 19))),
            ("1234567890123456789", Some((Int(1_234_567_890_123_456_789), 19))),
            ("-9223372036854775807", Some((Int(-i64::MAX), 20))),
            ("9223372036854775807", Some((Int(i64::MAX), 19))),
            ("9223372036854775808", Some((BigInt, 19))),
            ("-9223372036854775808", Some((BigInt, 20))),
            ("12345678901234567890", Some((BigInt, 20))),
            ("99999999999999999999999999", Some((BigInt, 26))),
            ("1.", Some((Int(1), 1))),
            ("1.x", Some((Int(1), 1))),
            ("1.5", Some((float(15, -1), 3))),
            ("1.5.5", Some((float(15, -1), 3))),
            ("1e", Some((Int(1), 1))),
            ("1e+", Some((Int(1), 1))),
            ("1e-x", Some((Int(1), 1))),
            ("1e5", Some((float(1, 5), 3))),
            ("1E+05]", Some((float(1, 5), 5))),
            ("12345678901234567890e5", Some((dropped(1_234_567_890_123_456_789, 6), 22))),
            ("1234567890123456789e5", Some((float(1_234_567_890_123_456_789, 5), 21))),
            ("1.234567890123456789", Some((float(1_234_567_890_123_456_789, -18), 20))),
            ("1.2345678901234567891", Some((dropped(1_234_567_890_123_456_789, -18), 21))),
            ("0.000001234567890123456789", Some((float(1_234_567_890_123_456_789, -24), 26))),
            ("0.0000012345678901234567891", Some((dropped(1_234_567_890_123_456_789, -24), 27))),
            ("10.000000000000000000", Some((dropped(1_000_000_000_000_000_000, -17), 21))),
            ("1.5e", Some((float(15, -1), 3))),
            ("1.5e-7", Some((float(15, -8), 6))),
            ("0e0", Some((float(0, 0), 3))),
            ("12\u{661}", Some((Int(12), 2))),
        ];
        for (text, expected) in cases {
            if text.is_ascii() {
                assert_eq!(numbers(text), *expected, "{text}");
            } else {
                let wide: Vec<u16> = text.encode_utf16().collect();
                assert_eq!(number(&wide, 0), *expected, "{text}");
            }
        }
    }

    #[test]
    fn floats_are_rounded_to_the_nearest() {
        for (text, value) in [
            ("0.1", 0.1),
            ("-0.0", -0.0),
            ("1e999", f64::INFINITY),
            ("-1e999", f64::NEG_INFINITY),
            ("1e-999", 0.0),
            ("9007199254740993.0", 9_007_199_254_740_992.0),
            ("2.4703282292062328e-324", 5e-324),
            ("2.4703282292062327e-324", 0.0),
            ("1e99999999999999999999999", f64::INFINITY),
        ] {
            assert_eq!(to_float(text).to_bits(), value.to_bits(), "{text}");
        }
    }

    /// The value that a decoder takes.
    fn to_float(text: &str) -> f64 {
        let Some((Number::Float(decimal), end)) = numbers(text) else { panic!("{text}: no float") };
        assert_eq!(end, text.len());
        decimal.to_f64().or_else(|| parse_float(text.as_bytes())).expect("a number")
    }

    #[test]
    fn floats_are_those_of_the_standard_library() {
        let mut random = Random::new(21);
        for round in 0..30_000 {
            let value = f64::from_bits(random.next());
            let digits = "0".repeat(random.below(3) as usize * 12);
            let texts = [
                format!("{value:e}"),
                format!("{:.*e}", random.below(30) as usize, value),
                format!("{:.*}", random.below(25) as usize + 1, random.next() as f64 / 1e9),
                format!("0.{digits}{}", random.next()),
                format!("{}{digits}.{}", random.next() | 1, random.next()),
                format!("{}{digits}.5e{}", random.next() | 1, random.below(700) as i32 - 350),
                format!("-{}e{digits}{}", random.next() >> random.below(64), random.below(30)),
            ];
            for text in texts.iter().filter(|_| value.is_finite()) {
                let Some((Number::Float(_), _)) = numbers(text) else { continue };
                let expected: f64 = text.parse().expect("a number");
                assert_eq!(to_float(text).to_bits(), expected.to_bits(), "{text} {round}");
            }
        }
    }

    #[test]
    fn digits_that_do_not_fit() {
        assert_eq!(first_digits(b"000.001234567890123456789012"), (1_234_567_890_123_456_789, 3));
        assert_eq!(first_digits(b"0.000"), (0, 0));
    }

    #[test]
    fn a_byte_next_to_the_digits_is_none() {
        for byte in 0..=255u8 {
            for at in 0..20 {
                let mut text = *b"12345678901234567890";
                text[at] = byte;
                let wide: Vec<u16> = text.iter().map(|&byte| byte.into()).collect();
                assert_eq!(number(&text, 0), number(&wide, 0), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn white_space_is_what_json_says() {
        assert_eq!(skip_whitespace(b" \t\r\n\x0b", 0), 4);
        assert_eq!(skip_whitespace(b"  ", 0), 2);
        assert_eq!(skip_whitespace(b"a", 7), 7);
        assert_eq!(skip_whitespace(&[0x20u16, 0x3000], 0), 1);
    }
}
