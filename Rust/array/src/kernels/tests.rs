//! Each kernel against a loop over single items.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use super::{
    Needle, count, find, find_no_character, first_difference, from_floats, from_ints, half_to_f64, order, reverse,
};
use crate::typecode::Format;
use std::cmp::Ordering;

const FORMATS: [Format; 14] = [
    Format::I8,
    Format::U8,
    Format::I16,
    Format::U16,
    Format::I32,
    Format::U32,
    Format::I64,
    Format::U64,
    Format::F16,
    Format::F32,
    Format::F64,
    Format::C32,
    Format::C64,
    Format::Char,
];

/// Whether an item is equal to one that is looked for.
type Equal = Box<dyn Fn(&[u8]) -> bool>;

/// A generator of numbers: xorshift64*, by S. Vigna.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Items of bytes that are few different ones, so that some are equal.
    fn items(&mut self, format: Format, len: usize) -> Vec<u8> {
        let choices: Vec<Vec<u8>> = (0..5)
            .map(|choice| {
                let zero = choice == 0;
                (0..format.size()).map(|_| if zero { 0 } else { self.next() as u8 }).collect()
            })
            .collect();
        (0..len).flat_map(|_| choices[self.next() as usize % 5].clone()).collect()
    }
}

/// An integer item.
fn integer(format: Format, item: &[u8]) -> i128 {
    let mut bytes = [if format.is_signed() && item[item.len() - 1] >= 0x80 { 0xFF } else { 0 }; 16];
    bytes[..item.len()].copy_from_slice(item);
    i128::from_le_bytes(bytes)
}

/// The parts of another number.
fn parts(format: Format, item: &[u8]) -> (f64, f64) {
    let single = |at: usize| f64::from(f32::from_ne_bytes(item[at..at + 4].try_into().expect("4 bytes")));
    let double = |at: usize| f64::from_ne_bytes(item[at..at + 8].try_into().expect("8 bytes"));
    match format {
        Format::F16 => (half_to_f64(u16::from_ne_bytes(item.try_into().expect("2 bytes"))), 0.0),
        Format::F32 => (single(0), 0.0),
        Format::F64 => (double(0), 0.0),
        Format::C32 => (single(0), single(4)),
        _ => (double(0), double(8)),
    }
}

#[test]
#[cfg(target_endian = "little")]
fn searching() {
    let mut random = Random(1);
    for format in FORMATS {
        for len in [0, 1, 2, 63, 64, 65, 500] {
            let bytes = random.items(format, len);
            let items: Vec<&[u8]> = bytes.chunks(format.size()).collect();
            for wanted in items.iter().take(7) {
                let is_number = format.is_integer() || format == Format::Char;
                let (needle, equal): (Needle, Equal) = if is_number {
                    let value = integer(format, wanted);
                    let needle = match format {
                        Format::Char => Needle::character(format, value as u32),
                        _ => Needle::int(format, value),
                    };
                    (needle, Box::new(move |item| integer(format, item) == value))
                } else {
                    let value = parts(format, wanted).0;
                    (Needle::float(format, value), Box::new(move |item| parts(format, item) == (value, 0.0)))
                };
                assert_eq!(
                    count(format, &bytes, needle),
                    items.iter().filter(|item| equal(item)).count(),
                    "{format:?}"
                );
                assert_eq!(find(format, &bytes, needle), items.iter().position(|item| equal(item)), "{format:?}");
            }
        }
    }
}

#[test]
fn values_that_no_item_has() {
    assert_eq!(Needle::int(Format::U8, 256), Needle::Never);
    assert_eq!(Needle::int(Format::U8, -1), Needle::Never);
    assert_eq!(Needle::int(Format::I8, -128), Needle::Bits(-128_i64 as u64));
    assert_eq!(Needle::int(Format::F64, (1 << 53) + 1), Needle::Never);
    assert_eq!(Needle::int(Format::F64, i128::MAX), Needle::Never);
    assert_eq!(Needle::int(Format::F64, i128::MIN), Needle::Float(i128::MIN as f64));
    assert_eq!(Needle::float(Format::I16, 1.5), Needle::Never);
    assert_eq!(Needle::float(Format::I16, -0.0), Needle::Bits(0));
    assert_eq!(Needle::float(Format::U64, f64::NAN), Needle::Never);
    assert_eq!(Needle::float(Format::U64, f64::INFINITY), Needle::Never);
    assert_eq!(Needle::float(Format::U64, 2.0_f64.powi(64)), Needle::Never);
    assert_eq!(Needle::float(Format::U64, 2.0_f64.powi(63)), Needle::Bits(1 << 63));
    assert_eq!(Needle::character(Format::U32, 65), Needle::Never);
    assert_eq!(count(Format::U8, &[7; 1000], Needle::Bits(7)), 1000);
    assert_eq!(count(Format::F64, &f64::NAN.to_ne_bytes(), Needle::Float(f64::NAN)), 0);
}

#[test]
fn ints_that_are_floats() {
    let mut random = Random(5);
    for index in 0..100_000 {
        let bits = (u128::from(random.next()) << 64 | u128::from(random.next())) as i128;
        // Values of any length, and with any number of zeros at the end.
        let value = (bits >> (index % 128)) & (-1 << (index / 128 % 128));
        let float = value as f64;
        let expected = if float as i128 == value { Needle::Float(float) } else { Needle::Never };
        assert_eq!(Needle::int(Format::F32, value), expected, "{value}");
        for format in [Format::I8, Format::U32, Format::I64, Format::U64] {
            let expected =
                if float as i128 == value { Needle::int(format, value) } else { Needle::int(format, float as i128) };
            assert_eq!(Needle::float(format, float), expected, "{float} {format:?}");
        }
    }
}

#[test]
fn differences() {
    let mut random = Random(2);
    for format in FORMATS {
        let size = format.size();
        for len in [0, 1, 63, 64, 65, 300] {
            let a = random.items(format, len);
            for place in (0..len).step_by(13) {
                let mut b = a.clone();
                let top = (place + 1) * size - 1;
                b[top] ^= 0x40;
                let equal = |index: usize| {
                    let range = index * size..(index + 1) * size;
                    if format.is_integer() || format == Format::Char {
                        a[range.clone()] == b[range]
                    } else {
                        parts(format, &a[range.clone()]) == parts(format, &b[range])
                    }
                };
                assert_eq!(super::first_difference(format, &a, &b), first_difference(format, &a, &b));
                assert_eq!(first_difference(format, &a, &b), (0..len).find(|index| !equal(*index)), "{format:?}");
            }
        }
    }
    let (zero, minus) = (0.0_f64.to_ne_bytes(), (-0.0_f64).to_ne_bytes());
    assert_eq!(first_difference(Format::F64, &zero, &minus), None);
    assert_eq!(first_difference(Format::F64, &f64::NAN.to_ne_bytes(), &f64::NAN.to_ne_bytes()), Some(0));
}

#[test]
fn orders() {
    let compare = |format, a: i64, b: i64| order(format, false, &a.to_le_bytes(), &b.to_le_bytes());
    if cfg!(target_endian = "little") {
        assert_eq!(compare(Format::I8, -1, 1), Some(Ordering::Less));
        assert_eq!(compare(Format::U8, -1, 1), Some(Ordering::Greater));
        assert_eq!(compare(Format::I64, -1, 1), Some(Ordering::Less));
        assert_eq!(compare(Format::U64, -1, 1), Some(Ordering::Greater));
        assert_eq!(compare(Format::Char, -1, 1), Some(Ordering::Greater));
        assert_eq!(order(Format::Char, true, &[0xFF; 4], &[0; 4]), Some(Ordering::Less));
    }
    let compare = |a: f64, b: f64| order(Format::F64, false, &a.to_ne_bytes(), &b.to_ne_bytes());
    assert_eq!(compare(1.0, 2.0), Some(Ordering::Less));
    assert_eq!(compare(f64::NAN, 2.0), None);
}

#[test]
fn reversing() {
    let mut random = Random(3);
    for format in FORMATS {
        for len in [0, 1, 2, 5, 16, 33, 257] {
            let bytes = random.items(format, len);
            let mut reversed = bytes.clone();
            reverse(format, &mut reversed);
            let mut portable = bytes.clone();
            super::reverse(format, &mut portable);
            assert_eq!(portable, reversed);
            let expected: Vec<u8> = bytes.chunks(format.size()).rev().flatten().copied().collect();
            assert_eq!(reversed, expected, "{format:?}");
        }
    }
}

#[test]
fn conversions() {
    let mut out = [0; 24];
    assert_eq!(from_ints(Format::I8, &[127, -128, 128], &mut out), 2);
    assert_eq!(out[..2], [127, 128]);
    assert_eq!(from_ints(Format::U64, &[1, 2, -1], &mut out), 2);
    assert_eq!(from_ints(Format::I64, &[i64::MIN, 2, -1], &mut out), 3);
    assert_eq!(out[..8], i64::MIN.to_ne_bytes());
    assert_eq!(from_ints(Format::F32, &[1], &mut out), 0);
    assert_eq!(from_floats(Format::F32, &[1.5, 1e300], &mut out), Some(()));
    assert_eq!(out[..4], 1.5_f32.to_ne_bytes());
    assert_eq!(out[4..8], f32::INFINITY.to_ne_bytes());
    assert_eq!(from_floats(Format::F16, &[1.5], &mut out), None);
}

#[test]
fn halves() {
    for (bits, value) in [
        (0, 0.0),
        (0x3C00, 1.0),
        (0xC000, -2.0),
        (0x7BFF, 65504.0),
        (1, 2.0_f64.powi(-24)),
        (0x03FF, 1023.0 * 2.0_f64.powi(-24)),
        (0x7C00, f64::INFINITY),
    ] {
        assert_eq!(half_to_f64(bits), value);
    }
    assert!(half_to_f64(0x7E00).is_nan());
    assert!(half_to_f64(0x8000).is_sign_negative());
}

#[test]
fn numbers_that_are_no_characters() {
    let bytes: Vec<u8> = [65_u32, 0x10_FFFF, 0x11_0000].iter().flat_map(|unit| unit.to_ne_bytes()).collect();
    assert_eq!(find_no_character(&bytes), Some(2));
    assert_eq!(find_no_character(&bytes[..8]), None);
}
