//! Integers of 1, 2, 4 or 8 bytes, in either byte order.

#![forbid(unsafe_code)]

use crate::format::{Field, Kind, Layout};

/// The smallest and the largest integer that a field can have.
pub fn limits(field: &Field) -> (i64, u64) {
    let bits = 8 * field.size.clamp(1, 8) as u32;
    match field.kind {
        Kind::Signed => (i64::MIN >> (64 - bits), (i64::MAX >> (64 - bits)) as u64),
        _ => (0, u64::MAX >> (64 - bits)),
    }
}

/// Stores integers one after the other, and returns how many: all, or those before the first that is out of range.
#[inline]
pub fn store(field: &Field, values: &[i64], out: &mut [u8]) -> usize {
    /// Each type has a loop of its own, of which the compiler makes vectors.
    #[inline]
    fn each<const N: usize>(
        values: &[i64],
        out: &mut [u8],
        fits: impl Fn(i64) -> bool,
        bytes: impl Fn(i64) -> [u8; N],
    ) -> usize {
        let all = values.iter().fold(true, |all, value| all & fits(*value));
        let count = if all { values.len() } else { values.iter().take_while(|value| fits(**value)).count() };
        for (value, place) in values[..count].iter().zip(out.as_chunks_mut::<N>().0) {
            *place = bytes(*value);
        }
        count
    }
    match field.layout {
        Layout::I8 => each(values, out, |value| i8::try_from(value).is_ok(), |value| (value as i8).to_ne_bytes()),
        Layout::U8 => each(values, out, |value| u8::try_from(value).is_ok(), |value| (value as u8).to_ne_bytes()),
        Layout::I16 => each(values, out, |value| i16::try_from(value).is_ok(), |value| (value as i16).to_ne_bytes()),
        Layout::I16Swapped => {
            each(values, out, |value| i16::try_from(value).is_ok(), |value| (value as i16).swap_bytes().to_ne_bytes())
        }
        Layout::U16 => each(values, out, |value| u16::try_from(value).is_ok(), |value| (value as u16).to_ne_bytes()),
        Layout::U16Swapped => {
            each(values, out, |value| u16::try_from(value).is_ok(), |value| (value as u16).swap_bytes().to_ne_bytes())
        }
        Layout::I32 => each(values, out, |value| i32::try_from(value).is_ok(), |value| (value as i32).to_ne_bytes()),
        Layout::I32Swapped => {
            each(values, out, |value| i32::try_from(value).is_ok(), |value| (value as i32).swap_bytes().to_ne_bytes())
        }
        Layout::U32 => each(values, out, |value| u32::try_from(value).is_ok(), |value| (value as u32).to_ne_bytes()),
        Layout::U32Swapped => {
            each(values, out, |value| u32::try_from(value).is_ok(), |value| (value as u32).swap_bytes().to_ne_bytes())
        }
        Layout::I64 => each(values, out, |_| true, i64::to_ne_bytes),
        Layout::I64Swapped => each(values, out, |_| true, |value| value.swap_bytes().to_ne_bytes()),
        Layout::U64 => each(values, out, |value| value >= 0, i64::to_ne_bytes),
        Layout::U64Swapped => each(values, out, |value| value >= 0, |value| value.swap_bytes().to_ne_bytes()),
        // C takes negative numbers for a pointer, too.
        Layout::Pointer => each(
            values,
            out,
            |value| field.size == 8 || usize::try_from(value).is_ok(),
            |value| (value as usize).to_ne_bytes(),
        ),
        _ => 0,
    }
}

/// Stores the 64 bits of an integer that is in range for a field of 8 bytes.
pub fn store_word(field: &Field, value: u64, out: &mut [u8]) {
    let value = if field.swapped { value.swap_bytes() } else { value };
    if let Some(place) = out.first_chunk_mut() {
        *place = value.to_ne_bytes();
    }
}

/// Loads integers one after the other. Those of 8 bytes are loaded by their bits, whether they are signed or not.
#[inline]
pub fn load(field: &Field, bytes: &[u8], values: &mut [i64]) {
    #[inline]
    fn each<const N: usize>(bytes: &[u8], values: &mut [i64], value: impl Fn([u8; N]) -> i64) {
        for (place, bytes) in values.iter_mut().zip(bytes.as_chunks::<N>().0) {
            *place = value(*bytes);
        }
    }
    match field.layout {
        Layout::I8 => each(bytes, values, |value| i8::from_ne_bytes(value).into()),
        Layout::U8 => each(bytes, values, |value| u8::from_ne_bytes(value).into()),
        Layout::I16 => each(bytes, values, |value| i16::from_ne_bytes(value).into()),
        Layout::I16Swapped => each(bytes, values, |value| i16::from_ne_bytes(value).swap_bytes().into()),
        Layout::U16 => each(bytes, values, |value| u16::from_ne_bytes(value).into()),
        Layout::U16Swapped => each(bytes, values, |value| u16::from_ne_bytes(value).swap_bytes().into()),
        Layout::I32 => each(bytes, values, |value| i32::from_ne_bytes(value).into()),
        Layout::I32Swapped => each(bytes, values, |value| i32::from_ne_bytes(value).swap_bytes().into()),
        Layout::U32 => each(bytes, values, |value| u32::from_ne_bytes(value).into()),
        Layout::U32Swapped => each(bytes, values, |value| u32::from_ne_bytes(value).swap_bytes().into()),
        Layout::I64Swapped | Layout::U64Swapped => each(bytes, values, |value| i64::from_ne_bytes(value).swap_bytes()),
        _ => each(bytes, values, i64::from_ne_bytes),
    }
}

/// Loads unsigned integers of 4 or 8 bytes one after the other.
#[inline]
pub fn load_words(field: &Field, bytes: &[u8], values: &mut [u64]) {
    #[inline]
    fn each<const N: usize>(bytes: &[u8], values: &mut [u64], value: impl Fn([u8; N]) -> u64) {
        for (place, bytes) in values.iter_mut().zip(bytes.as_chunks::<N>().0) {
            *place = value(*bytes);
        }
    }
    match (field.size, field.swapped) {
        (4, false) => each(bytes, values, |value| u32::from_ne_bytes(value).into()),
        (4, true) => each(bytes, values, |value| u32::from_ne_bytes(value).swap_bytes().into()),
        (_, false) => each(bytes, values, u64::from_ne_bytes),
        (_, true) => each(bytes, values, |value| u64::from_ne_bytes(value).swap_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::{limits, load, load_words, store, store_word};
    use crate::format::{Field, Format, Kind, Release};

    fn field(text: &str) -> Field {
        Format::parse(text.as_bytes(), Release::V3_14).expect("a format").fields()[0]
    }

    #[test]
    fn stored_values_are_loaded_again() {
        for order in ['<', '>'] {
            for code in "bBhHiIqQ".chars() {
                let field = field(&format!("{order}{code}"));
                let (low, high) = limits(&field);
                let high = i64::try_from(high).unwrap_or(i64::MAX);
                let values: Vec<i64> = [low, high, 0, 1, 2, 77, 100].into_iter().cycle().take(131).collect();
                let mut out = vec![0; values.len() * field.size];
                assert_eq!(store(&field, &values, &mut out), values.len());
                let mut loaded = vec![0; values.len()];
                load(&field, &out, &mut loaded);
                assert_eq!(loaded, values, "{order}{code}");
                // Byte by byte, as the standard says.
                let last = &out[out.len() - field.size..];
                let mut expected = values[values.len() - 1].to_le_bytes()[..field.size].to_vec();
                if order == '>' {
                    expected.reverse();
                }
                assert_eq!(last, expected);
            }
        }
    }

    #[test]
    fn the_first_value_out_of_range_ends_the_run() {
        for code in "bBhHiI".chars() {
            let field = field(&format!("<{code}"));
            let (low, high) = limits(&field);
            for bad in [low - 1, high as i64 + 1, i64::MIN, i64::MAX] {
                let mut out = vec![0xff; 3 * field.size];
                assert_eq!(store(&field, &[1, 2, bad, 3], &mut out), 2, "{code} {bad}");
                assert_eq!(&out[2 * field.size..], vec![0xff; field.size]);
            }
        }
        assert_eq!(store(&field("<Q"), &[1, -1], &mut [0; 16]), 1);
    }

    #[test]
    fn words() {
        let mut out = [0; 8];
        store_word(&field(">Q"), u64::MAX - 1, &mut out);
        assert_eq!(out, [255, 255, 255, 255, 255, 255, 255, 254]);
        let mut words = [0; 2];
        load_words(&field(">Q"), &[out, [0; 8]].concat(), &mut words);
        assert_eq!(words, [u64::MAX - 1, 0]);
        assert_eq!(limits(&field("<q")), (i64::MIN, i64::MAX as u64));
        assert_eq!(limits(&field("P")), (0, u64::MAX));
        assert_eq!(field("P").kind, Kind::Pointer);
    }
}
