//! Floats as Python's `repr` prints them.
//!
//! `zmij` finds the shortest digits that round to the float, the nearest ones if there are several (a variant of R.
//! Giulietti's Schubfach, The Schubfach way to render doubles, 2020); `repr` is defined in the same way. The layouts
//! differ for magnitudes from 1e-9 to 1e-4 only: `repr` writes an exponent of -5 where `zmij` writes zeros, and
//! exponents of at least two digits.

#![forbid(unsafe_code)]

/// Room for what is printed: 17 digits, the point, a sign, and zeros or an exponent.
pub struct Buffer {
    shortest: zmij::Buffer,
    text: [u8; 32],
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buffer").finish_non_exhaustive()
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Buffer {
    /// An empty buffer.
    #[inline]
    pub fn new() -> Self {
        Self { shortest: zmij::Buffer::new(), text: [0; 32] }
    }

    /// The result of `float.__repr__` for `value`, which is finite.
    #[inline]
    pub fn format(&mut self, value: f64) -> &[u8] {
        let text = self.shortest.format_finite(value).as_bytes();
        // Both write small exponents as zeros, and exponents of at least two digits alike. Between these limits `zmij` writes
        // zeros for an exponent of -5, and exponents of one digit.
        if !(1e-9..1e-4).contains(&value.abs()) {
            return text;
        }
        Self::with_exponent(&mut self.text, text)
    }

    /// Writes a small number again with an exponent of two digits.
    #[inline(never)]
    fn with_exponent<'a>(out: &'a mut [u8; 32], text: &[u8]) -> &'a [u8] {
        let mut len = 0;
        let mut push = |bytes: &[u8]| {
            out[len..len + bytes.len()].copy_from_slice(bytes);
            len += bytes.len();
        };
        let text = match text.strip_prefix(b"-") {
            Some(text) => {
                push(b"-");
                text
            }
            None => text,
        };
        if let Some([first, more @ ..]) = text.strip_prefix(b"0.0000") {
            push(&[*first]);
            if !more.is_empty() {
                push(b".");
                push(more);
            }
            push(b"e-05");
        } else if let Some((exponent, mantissa)) = text.split_last() {
            // The mantissa ends in "e-".
            push(mantissa);
            push(&[b'0', *exponent]);
        }
        &out[..len]
    }
}

#[cfg(test)]
mod tests {
    use super::Buffer;
    use crate::testing::Random;

    fn repr(value: f64) -> String {
        String::from_utf8(Buffer::new().format(value).to_vec()).expect("ASCII")
    }

    /// The same from Rust's own shortest digits, which another algorithm finds. Where two candidates are equally near,
    /// Rust takes the larger and Python the even one, which exact printing in as many digits gives.
    fn naive(value: f64) -> String {
        let mut text = format!("{value:e}");
        let count = text.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count();
        let even = format!("{value:.*e}", count.max(1) - 1);
        if even.len() == text.len() && even.parse() == Ok(value) {
            text = even;
        }
        let (mantissa, exponent) = text.split_once('e').expect("an exponent");
        let exponent: i32 = exponent.parse().expect("a number");
        if value == 0.0 || (-4..16).contains(&exponent) {
            let places = usize::try_from(count as i32 - 1 - exponent).unwrap_or(0).max(1);
            return format!("{value:.places$}");
        }
        format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }

    #[test]
    fn python_s_own_examples() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (1e16, "1e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1.234e16, "1.234e+16"),
            (1e22, "1e+22"),
            (1e100, "1e+100"),
            (1e-4, "0.0001"),
            (1.5e-4, "0.00015"),
            (9.999e-5, "9.999e-05"),
            (1e-5, "1e-05"),
            (1e-7, "1e-07"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (-2.225_073_858_507_201e-308, "-2.225073858507201e-308"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
        ] {
            assert_eq!(repr(value), text);
            assert_eq!(naive(value), text);
        }
    }

    fn check_random(count: u64, seed: u64) {
        let mut random = Random::new(seed);
        for _ in 0..count {
            let bits = random.next();
            // Any bits, and values of the sizes that documents have.
            for value in [f64::from_bits(bits), bits as i64 as f64 / 1000.0, (bits % 1_000_000) as f64 / 100.0] {
                if value.is_finite() {
                    assert_eq!(repr(value), naive(value), "{:x}", value.to_bits());
                }
            }
        }
        for exponent in 0..0x7FF {
            for mantissa in [0, 1, 2, (1 << 52) - 1, 1 << 51] {
                let value = f64::from_bits(exponent << 52 | mantissa);
                assert_eq!(repr(value), naive(value), "{:x}", value.to_bits());
            }
        }
    }

    #[test]
    fn random_floats() {
        check_random(100_000, 5);
    }

    #[test]
    #[ignore = "minutes: run it after a change here or of zmij"]
    fn many_random_floats() {
        check_random(100_000_000, 11);
    }
}
