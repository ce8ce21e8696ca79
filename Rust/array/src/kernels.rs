//! Operations on all items of an array: searching, comparing, reversing, converting numbers.
//!
//! The items are bytes in the order of the machine, a whole number of items. Loops are over small arrays that the compiler turns
//! into vector instructions: those of every processor here, and wider ones where [`crate::dispatch`] inlines these functions.

#![forbid(unsafe_code)]

use crate::typecode::Format;
use std::cmp::Ordering;

/// How many items are looked at before the result is: enough for vector instructions.
const STEP: usize = 64;

/// The value of a half (IEEE 754 binary16) with these bits.
#[inline(always)]
pub fn half_to_f64(bits: u16) -> f64 {
    let (exponent, fraction) = (u64::from(bits >> 10 & 0x1F), u64::from(bits & 0x3FF));
    let magnitude = match exponent {
        0 => fraction as f64 * 2.0_f64.powi(-24),
        31 => f64::from_bits(0x7FF << 52 | fraction << 42),
        _ => f64::from_bits((exponent + 1023 - 15) << 52 | fraction << 42),
    };
    if bits >> 15 != 0 { -magnitude } else { magnitude }
}

/// An item that is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Needle {
    /// No item is equal to it.
    Never,
    /// An integer or a character, in the first bytes of the number.
    Bits(u64),
    /// A float, or a real part next to an imaginary part of zero.
    Float(f64),
}

impl Needle {
    /// The needle that matches the items equal to an `int`: they are compared by value, as Python compares numbers.
    pub fn int(format: Format, value: i128) -> Self {
        let in_range = |low: i128, high: i128| {
            if low <= value && value <= high { Self::Bits(value as u64) } else { Self::Never }
        };
        match format {
            Format::I8 => in_range(i8::MIN.into(), i8::MAX.into()),
            Format::U8 => in_range(0, u8::MAX.into()),
            Format::I16 => in_range(i16::MIN.into(), i16::MAX.into()),
            Format::U16 => in_range(0, u16::MAX.into()),
            Format::I32 => in_range(i32::MIN.into(), i32::MAX.into()),
            Format::U32 => in_range(0, u32::MAX.into()),
            Format::I64 => in_range(i64::MIN.into(), i64::MAX.into()),
            Format::U64 => in_range(0, u64::MAX.into()),
            Format::F16 | Format::F32 | Format::F64 | Format::C32 | Format::C64 => {
                // The value of a float has at most 53 bits that are followed by zeros. Conversions between i128 and f64 are
                // functions that not every C compiler's runtime has.
                let magnitude = value.unsigned_abs();
                let zeros = (u128::BITS - magnitude.leading_zeros()).saturating_sub(f64::MANTISSA_DIGITS);
                let bits = (magnitude >> zeros) as u64;
                let float = (bits as f64 * 2.0_f64.powi(zeros as i32)).copysign(if value < 0 { -1.0 } else { 1.0 });
                if u128::from(bits) << zeros == magnitude { Self::Float(float) } else { Self::Never }
            }
            Format::Char => Self::Never,
        }
    }

    /// The needle that matches the items equal to a `float`.
    pub fn float(format: Format, value: f64) -> Self {
        match format {
            Format::F16 | Format::F32 | Format::F64 | Format::C32 | Format::C64 => Self::Float(value),
            Format::Char => Self::Never,
            _ if value.trunc() != value => Self::Never,
            _ if (0.0..2.0_f64.powi(64)).contains(&value) => Self::int(format, (value as u64).into()),
            _ if (-(2.0_f64.powi(63))..0.0).contains(&value) => Self::int(format, (value as i64).into()),
            _ => Self::Never,
        }
    }

    /// The needle that matches the items equal to a character.
    pub fn character(format: Format, character: u32) -> Self {
        if format == Format::Char { Self::Bits(character.into()) } else { Self::Never }
    }
}

/// Calls a generic function for the type of the numbers.
macro_rules! by_size {
    ($size:expr, $function:ident::<_>($($argument:expr),*), $bits:expr) => {
        match $size {
            1 => $function::<u8, 1>($($argument),*, $bits as u8),
            2 => $function::<u16, 2>($($argument),*, $bits as u16),
            4 => $function::<u32, 4>($($argument),*, $bits as u32),
            _ => $function::<u64, 8>($($argument),*, $bits),
        }
    };
}

/// An unsigned number that is read from bytes.
trait Number<const N: usize>: Copy + PartialEq {
    fn read(bytes: &[u8; N]) -> Self;
}

macro_rules! numbers {
    ($($type:ty, $size:literal;)*) => {$(
        impl Number<$size> for $type {
            #[inline(always)]
            fn read(bytes: &[u8; $size]) -> Self {
                Self::from_ne_bytes(*bytes)
            }
        }
    )*}
}

numbers! { u8, 1; u16, 2; u32, 4; u64, 8; }

#[inline(always)]
fn count_bits<T: Number<N>, const N: usize>(bytes: &[u8], wanted: T) -> usize {
    let items = bytes.as_chunks::<N>().0;
    // Few enough that the number fits a byte, so that as many lanes as possible are used.
    items
        .chunks(248)
        .map(|part| usize::from(part.iter().fold(0_u8, |sum, item| sum + u8::from(T::read(item) == wanted))))
        .sum()
}

#[inline(always)]
fn find_in<const N: usize>(bytes: &[u8], is_wanted: impl Fn(&[u8; N]) -> bool) -> Option<usize> {
    let items = bytes.as_chunks::<N>().0;
    let mut start = 0;
    for part in items.chunks(STEP) {
        if part.iter().fold(false, |any, item| any | is_wanted(item)) {
            return part.iter().position(&is_wanted).map(|index| start + index);
        }
        start += part.len();
    }
    None
}

#[inline(always)]
fn find_bits<T: Number<N>, const N: usize>(bytes: &[u8], wanted: T) -> Option<usize> {
    find_in::<N>(bytes, |item| T::read(item) == wanted)
}

/// The value of a number of 2, 4 or 8 bytes.
#[inline(always)]
fn f16_at(bytes: &[u8; 2]) -> f64 {
    half_to_f64(u16::from_ne_bytes(*bytes))
}

#[inline(always)]
fn f32_at(bytes: &[u8; 4]) -> f64 {
    f32::from_ne_bytes(*bytes).into()
}

#[inline(always)]
fn c32_at(bytes: &[u8; 8]) -> (f64, f64) {
    let [a, b, c, d, e, f, g, h] = *bytes;
    (f32_at(&[a, b, c, d]), f32_at(&[e, f, g, h]))
}

#[inline(always)]
fn c64_at(bytes: &[u8; 16]) -> (f64, f64) {
    let (halves, _) = bytes.as_chunks::<8>();
    (f64::from_ne_bytes(halves[0]), f64::from_ne_bytes(halves[1]))
}

#[inline(always)]
fn count_in<const N: usize>(bytes: &[u8], is_wanted: impl Fn(&[u8; N]) -> bool) -> usize {
    bytes.as_chunks::<N>().0.iter().map(|item| usize::from(is_wanted(item))).sum()
}

/// How many items are equal to what is looked for.
#[inline(always)]
pub fn count(format: Format, bytes: &[u8], needle: Needle) -> usize {
    match needle {
        Needle::Never => 0,
        Needle::Bits(bits) => by_size!(format.size(), count_bits::<_>(bytes), bits),
        Needle::Float(value) => match format {
            Format::F16 => count_in(bytes, |item| f16_at(item) == value),
            Format::F32 => count_in(bytes, |item| f32_at(item) == value),
            Format::F64 => count_in(bytes, |item| f64::from_ne_bytes(*item) == value),
            Format::C32 => count_in(bytes, |item| c32_at(item) == (value, 0.0)),
            Format::C64 => count_in(bytes, |item| c64_at(item) == (value, 0.0)),
            _ => 0,
        },
    }
}

/// The index of the first item that is equal to what is looked for.
#[inline(always)]
pub fn find(format: Format, bytes: &[u8], needle: Needle) -> Option<usize> {
    match needle {
        Needle::Never => None,
        Needle::Bits(bits) => by_size!(format.size(), find_bits::<_>(bytes), bits),
        Needle::Float(value) => match format {
            Format::F16 => find_in(bytes, |item| f16_at(item) == value),
            Format::F32 => find_in(bytes, |item| f32_at(item) == value),
            Format::F64 => find_in(bytes, |item| f64::from_ne_bytes(*item) == value),
            Format::C32 => find_in(bytes, |item| c32_at(item) == (value, 0.0)),
            Format::C64 => find_in(bytes, |item| c64_at(item) == (value, 0.0)),
            _ => None,
        },
    }
}

/// The index of the first item that is no character: more than U+10FFFF.
#[inline(always)]
pub fn find_no_character(bytes: &[u8]) -> Option<usize> {
    find_in::<4>(bytes, |item| u32::from_ne_bytes(*item) > 0x10_FFFF)
}

#[inline(always)]
fn difference_in<const N: usize>(a: &[u8], b: &[u8], differ: impl Fn(&[u8; N], &[u8; N]) -> bool) -> Option<usize> {
    let (a, b) = (a.as_chunks::<N>().0, b.as_chunks::<N>().0);
    let mut start = 0;
    for (a, b) in a.chunks(STEP).zip(b.chunks(STEP)) {
        if a.iter().zip(b).fold(false, |any, (a, b)| any | differ(a, b)) {
            return a.iter().zip(b).position(|(a, b)| differ(a, b)).map(|index| start + index);
        }
        start += a.len();
    }
    None
}

/// The index of the first item that is not equal to that of the other array, which is as long: floats are compared as floats.
#[inline(always)]
pub fn first_difference(format: Format, a: &[u8], b: &[u8]) -> Option<usize> {
    match format {
        Format::F16 => difference_in(a, b, |a, b| f16_at(a) != f16_at(b)),
        Format::F32 => difference_in(a, b, |a, b| f32::from_ne_bytes(*a) != f32::from_ne_bytes(*b)),
        Format::F64 => difference_in(a, b, |a, b| f64::from_ne_bytes(*a) != f64::from_ne_bytes(*b)),
        Format::C32 => difference_in(a, b, |a, b| c32_at(a) != c32_at(b)),
        Format::C64 => difference_in(a, b, |a, b| c64_at(a) != c64_at(b)),
        // The bytes of equal integers are equal, and comparing bytes is what `memcmp` is for.
        _ if a == b => None,
        _ => difference_in::<1>(a, b, |a, b| a != b).map(|index| index / format.size()),
    }
}

/// How two items are ordered that are not complex; `None` when one is a NaN. Characters are compared as C compares the machine
/// type, `wchar_t` with a sign.
pub fn order(format: Format, signed_characters: bool, a: &[u8], b: &[u8]) -> Option<Ordering> {
    #[inline(always)]
    fn read<const N: usize>(bytes: &[u8]) -> [u8; N] {
        bytes.first_chunk().copied().unwrap_or([0; N])
    }
    macro_rules! compare {
        ($type:ty) => {
            <$type>::from_ne_bytes(read(a)).partial_cmp(&<$type>::from_ne_bytes(read(b)))
        };
    }
    match format {
        Format::I8 => compare!(i8),
        Format::U8 => compare!(u8),
        Format::I16 => compare!(i16),
        Format::U16 => compare!(u16),
        Format::Char if signed_characters => compare!(i32),
        Format::I32 => compare!(i32),
        Format::U32 | Format::Char => compare!(u32),
        Format::I64 => compare!(i64),
        Format::U64 => compare!(u64),
        Format::F16 => f16_at(&read(a)).partial_cmp(&f16_at(&read(b))),
        Format::F32 => compare!(f32),
        Format::F64 => compare!(f64),
        Format::C32 | Format::C64 => None,
    }
}

/// How many bytes are reversed at a time: as many as are copied out of an array at a time.
const REVERSED: usize = 4096;

/// Reverses the order of items: few in place, others out of a copy, which is a loop of vector instructions.
#[inline(always)]
fn reverse_items<const N: usize>(bytes: &mut [u8]) {
    let items = bytes.as_chunks_mut::<N>().0;
    let len = items.len() * N;
    if !(256..=REVERSED).contains(&len) {
        items.reverse();
        return;
    }
    let mut copy = [0; REVERSED];
    let copy = copy[..len].as_chunks_mut::<N>().0;
    copy.copy_from_slice(items);
    for (item, other) in items.iter_mut().zip(copy.iter().rev()) {
        *item = *other;
    }
}

/// Reverses the order of the items.
#[inline(always)]
pub fn reverse(format: Format, bytes: &mut [u8]) {
    match format.size() {
        1 => bytes.reverse(),
        2 => reverse_items::<2>(bytes),
        4 => reverse_items::<4>(bytes),
        8 => reverse_items::<8>(bytes),
        _ => reverse_items::<16>(bytes),
    }
}

/// Converts integers to items, and returns how many were in the range of the format before the first that was not.
#[inline(always)]
pub fn from_ints(format: Format, values: &[i64], out: &mut [u8]) -> usize {
    macro_rules! convert {
        ($type:ty, $size:literal) => {{
            let outside = |value: &i64| <$type>::try_from(*value).is_err();
            let all = !values.iter().fold(false, |any, value| any | outside(value));
            let count = if all { values.len() } else { values.iter().position(outside).unwrap_or(values.len()) };
            for (item, value) in out.as_chunks_mut::<$size>().0.iter_mut().zip(&values[..count]) {
                *item = (*value as $type).to_ne_bytes();
            }
            count
        }};
    }
    match format {
        Format::I8 => convert!(i8, 1),
        Format::U8 => convert!(u8, 1),
        Format::I16 => convert!(i16, 2),
        Format::U16 => convert!(u16, 2),
        Format::I32 => convert!(i32, 4),
        Format::U32 => convert!(u32, 4),
        Format::I64 => convert!(i64, 8),
        Format::U64 => convert!(u64, 8),
        _ => 0,
    }
}

/// Converts floats to items; `None` if the items are of no format into which every float can be converted.
#[inline(always)]
pub fn from_floats(format: Format, values: &[f64], out: &mut [u8]) -> Option<()> {
    match format {
        Format::F32 => {
            for (item, value) in out.as_chunks_mut::<4>().0.iter_mut().zip(values) {
                *item = (*value as f32).to_ne_bytes();
            }
        }
        Format::F64 => {
            for (item, value) in out.as_chunks_mut::<8>().0.iter_mut().zip(values) {
                *item = value.to_ne_bytes();
            }
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests;
