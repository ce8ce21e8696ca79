//! White space and numbers.

#![forbid(unsafe_code)]

use crate::ucs::Ucs;

/// What a number is, when it is not left to a function of the user.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer of at most 18 digits.
    Int(i64),
    /// A longer one.
    BigInt,
    /// One with a fraction or an exponent.
    Float,
}

/// The most digits that always fit into an `i64`.
const INT_DIGITS: usize = 18;

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

#[inline(always)]
fn skip_digits<U: Ucs>(document: &[U], mut at: usize) -> usize {
    while ascii_at(document, at).is_ascii_digit() {
        at += 1;
    }
    at
}

/// Recognises the number at `start`, and says where it ends: RFC 8259's grammar, taking as much as is one.
#[inline]
pub fn number<U: Ucs>(document: &[U], start: usize) -> Option<(Number, usize)> {
    let negative = ascii_at(document, start) == b'-';
    let first = start + usize::from(negative);
    let mut at = first;
    let mut value: i64 = 0;
    match ascii_at(document, first) {
        b'0' => at += 1,
        b'1'..=b'9' => {
            // More than 18 digits may wrap, and then the value is not used.
            while let digit @ b'0'..=b'9' = ascii_at(document, at) {
                value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
                at += 1;
            }
        }
        _ => return None,
    }
    let whole = at;
    if ascii_at(document, at) == b'.' && ascii_at(document, at + 1).is_ascii_digit() {
        at = skip_digits(document, at + 2);
    }
    if matches!(ascii_at(document, at), b'e' | b'E') {
        let sign = usize::from(matches!(ascii_at(document, at + 1), b'+' | b'-'));
        let digits = at + 1 + sign;
        let end = skip_digits(document, digits);
        if end > digits {
            at = end;
        }
    }
    let number = if at > whole {
        Number::Float
    } else if whole - first > INT_DIGITS {
        Number::BigInt
    } else {
        Number::Int(if negative { -value } else { value })
    };
    Some((number, at))
}

/// The value of the text of a [`Number::Float`], rounded to the nearest as Python's `float` rounds.
#[inline]
pub fn float(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Number, float, number, skip_whitespace};

    fn numbers(text: &str) -> Option<(Number, usize)> {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let widest: Vec<u32> = text.chars().map(u32::from).collect();
        let found = number(text.as_bytes(), 0);
        assert_eq!(number(&wide, 0), found, "{text}");
        assert_eq!(number(&widest, 0), found, "{text}");
        found
    }

    #[test]
    fn numbers_end_where_the_grammar_says() {
        use Number::{BigInt, Float, Int};
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
            ("1234567890123456789", Some((BigInt, 19))),
            ("99999999999999999999999999", Some((BigInt, 26))),
            ("1.", Some((Int(1), 1))),
            ("1.x", Some((Int(1), 1))),
            ("1.5", Some((Float, 3))),
            ("1.5.5", Some((Float, 3))),
            ("1e", Some((Int(1), 1))),
            ("1e+", Some((Int(1), 1))),
            ("1e-x", Some((Int(1), 1))),
            ("1e5", Some((Float, 3))),
            ("1E+05]", Some((Float, 5))),
            ("1.5e", Some((Float, 3))),
            ("1.5e-7", Some((Float, 6))),
            ("0e0", Some((Float, 3))),
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
            assert_eq!(float(text.as_bytes()).map(f64::to_bits), Some(value.to_bits()), "{text}");
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
