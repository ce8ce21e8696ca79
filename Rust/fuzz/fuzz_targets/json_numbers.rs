//! Numbers are recognised alike in every width of text, and floats are written as they are read.
#![no_main]

use _json::float::Buffer;
use _json::scan::{Number, number, parse_float, skip_whitespace};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let two: Vec<u16> = data.iter().map(|unit| u16::from(*unit)).collect();
    let four: Vec<u32> = data.iter().map(|unit| u32::from(*unit)).collect();
    let start = skip_whitespace(data, 0);
    assert_eq!((skip_whitespace(&two, 0), skip_whitespace(&four, 0)), (start, start));
    let found = number(data, start);
    assert_eq!((number(&two, start), number(&four, start)), (found, found));
    if let Some((kind, end)) = found {
        let text = std::str::from_utf8(&data[start..end]).expect("digits and signs");
        match kind {
            Number::Int(value) => assert_eq!(text.parse(), Ok(value)),
            Number::BigInt => assert!(text.parse::<i64>().is_err() || text == i64::MIN.to_string()),
            Number::Float(decimal) => {
                let value: f64 = text.parse().expect("a number");
                if let Some(found) = decimal.to_f64() {
                    assert_eq!(found.to_bits(), value.to_bits());
                }
            }
        }
    }
    if let Some(bits) = data.first_chunk() {
        let value = f64::from_bits(u64::from_le_bytes(*bits));
        if value.is_finite() {
            let mut buffer = Buffer::new();
            let text = buffer.format(value);
            assert_eq!(parse_float(text).map(f64::to_bits), Some(value.to_bits()));
        }
    }
});
