//! Floats from the text of a field, and the text of ints and floats.

#![forbid(unsafe_code)]

use crate::ucs::{Text, Unit};

/// Longer texts are left to Python's `float`.
const LONGEST: usize = 64;

/// What `float` makes of a decimal number in ASCII; `None` for anything else that `float` may accept, such as spaces,
/// underscores, digits of other scripts, and the names of infinities and NaNs.
#[inline]
pub fn parse_float(text: Text<'_>) -> Option<f64> {
    fn copied<U: Unit>(units: &[U], place: &mut [u8; LONGEST]) -> Option<f64> {
        let place = place.get_mut(..units.len())?;
        for (byte, &unit) in place.iter_mut().zip(units) {
            *byte = u8::from_character(unit.into())?;
        }
        parse_bytes(place)
    }
    match text {
        Text::Ucs1(bytes) => parse_bytes(bytes),
        Text::Ucs2(units) => copied(units, &mut [0; LONGEST]),
        Text::Ucs4(units) => copied(units, &mut [0; LONGEST]),
    }
}

/// Both are the nearest float, half to even, so the result is Python's to the bit.
fn parse_bytes(bytes: &[u8]) -> Option<f64> {
    if bytes.len() > LONGEST || !bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
    {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// Room for the digits of an int and its sign.
pub type Digits = [u8; 20];

/// `str(value)`
#[inline]
pub fn decimal(value: i64, digits: &mut Digits) -> &[u8] {
    let mut rest = value.unsigned_abs();
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        start -= 1;
        digits[start] = b'-';
    }
    &digits[start..]
}

/// `repr(value)`; `None` where `zmij` has another layout, and for what is not finite.
///
/// Both print the shortest digits that round to the float. Between these limits `repr` writes an exponent of -5 where `zmij`
/// writes zeros, and exponents of at least two digits.
#[inline]
pub fn float_repr(value: f64, buffer: &mut zmij::Buffer) -> Option<&[u8]> {
    if !value.is_finite() || (1e-9..1e-4).contains(&value.abs()) {
        return None;
    }
    Some(buffer.format_finite(value).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{decimal, float_repr, parse_float};
    use crate::ucs::Text;

    #[test]
    fn floats() {
        for (text, expected) in [("1", 1.0), ("-1.5e3", -1500.0), (".5", 0.5), ("5.", 5.0), ("1e999", f64::INFINITY)] {
            assert_eq!(parse_float(Text::Ucs1(text.as_bytes())), Some(expected), "{text}");
            let wide: Vec<u16> = text.bytes().map(u16::from).collect();
            assert_eq!(parse_float(Text::Ucs2(&wide)), Some(expected), "{text}");
        }
        for text in ["", "+", ".", "e5", "1e", "nan", "inf", "1_0", " 1", "1 ", "0x1", "--1", "1.2.3", "1e5.0"] {
            assert_eq!(parse_float(Text::Ucs1(text.as_bytes())), None, "{text}");
        }
        assert_eq!(parse_float(Text::Ucs2(&[0x661])), None);
    }

    #[test]
    fn texts() {
        for value in [0, 7, -7, 10, 99, 100, i64::MAX, i64::MIN, 1_234_567_890] {
            assert_eq!(decimal(value, &mut [0; 20]), value.to_string().as_bytes());
        }
        let mut buffer = zmij::Buffer::new();
        for (value, text) in
            [(0.0, "0.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (0.1, "0.1"), (1e-10, "1e-10"), (1e22, "1e+22")]
        {
            assert_eq!(float_repr(value, &mut buffer), Some(text.as_bytes()));
        }
        assert_eq!(float_repr(1e-5, &mut buffer), None);
        assert_eq!(float_repr(f64::NAN, &mut buffer), None);
    }
}
