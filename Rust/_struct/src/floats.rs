//! Floats of 2, 4 or 8 bytes (IEEE 754 binary16, binary32 and binary64), in either byte order.
//!
//! C keeps the payload and the quiet bit of a NaN, so here the bits are shifted rather than converted: a conversion
//! would set the quiet bit.

#![forbid(unsafe_code)]

use crate::format::{Field, Kind};

/// The quiet bit of a binary64 NaN.
const QUIET: u64 = 1 << 51;
/// The quiet bit of a binary32 NaN.
const QUIET_SINGLE: u32 = 1 << 22;

/// A float that is too large for the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Rounds to a half float, half to even.
pub fn to_half(value: f64) -> Result<u16, TooLarge> {
    let bits = value.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    let exponent = (bits >> 52) as i32 & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0x7ff {
        let payload = (fraction >> 42) as u16;
        let is_nan = fraction != 0;
        return Ok(sign | 0x7c00 | if is_nan && payload == 0 { 0x200 } else { payload });
    }
    let exponent = exponent - 1023;
    if exponent >= 16 {
        return Err(TooLarge);
    }
    if exponent < -25 {
        return Ok(sign);
    }
    // A subnormal half float has as many bits fewer as its exponent is below the smallest one.
    let shift = 42 + (-14 - exponent).max(0);
    let significand = fraction | 1 << 52;
    let rest = significand & ((1 << shift) - 1);
    let half = 1 << (shift - 1);
    let mut rounded = (significand >> shift) as u16;
    if rest > half || (rest == half && rounded & 1 != 0) {
        rounded += 1;
    }
    // The leading bit of a normal number adds one to the exponent, and so does a carry out of the fraction.
    let magnitude = rounded + if exponent >= -14 { ((exponent + 14) as u16) << 10 } else { 0 };
    if magnitude >= 0x7c00 { Err(TooLarge) } else { Ok(sign | magnitude) }
}

/// The value of a half float.
pub fn from_half(half: u16) -> f64 {
    let sign = u64::from(half & 0x8000) << 48;
    let exponent = u64::from(half >> 10 & 0x1f);
    let fraction = u64::from(half & 0x3ff);
    f64::from_bits(match exponent {
        0 => sign | (fraction as f64 * (1.0 / 16_777_216.0)).to_bits(),
        0x1f => sign | 0x7ff << 52 | fraction << 42,
        _ => sign | (exponent + 1023 - 15) << 52 | fraction << 42,
    })
}

/// Rounds to a `float`. A NaN stays signalling if its payload has other bits that fit.
#[inline]
pub fn to_single(value: f64) -> Result<f32, TooLarge> {
    if value.is_nan() {
        return Ok(f32::from_bits(single_nan(value, true)));
    }
    let single = value as f32;
    if single.is_infinite() && !value.is_infinite() { Err(TooLarge) } else { Ok(single) }
}

/// As C's cast does: too large is infinite, and every NaN becomes quiet.
pub fn cast_to_single(value: f64) -> f32 {
    if value.is_nan() { f32::from_bits(single_nan(value, false)) } else { value as f32 }
}

fn single_nan(value: f64, may_signal: bool) -> u32 {
    let bits = value.to_bits();
    let payload = (bits >> 29) as u32 & (QUIET_SINGLE - 1);
    let quiet = if may_signal && bits & QUIET == 0 && payload != 0 { 0 } else { QUIET_SINGLE };
    (bits >> 32) as u32 & 0x8000_0000 | 0x7f80_0000 | quiet | payload
}

/// The value of a `float`.
#[inline]
pub fn from_single(single: f32, quiets: bool) -> f64 {
    if !single.is_nan() {
        return f64::from(single);
    }
    let bits = single.to_bits();
    let quiet = if quiets { QUIET } else { 0 };
    let sign = u64::from(bits & 0x8000_0000) << 32;
    f64::from_bits(sign | 0x7ff << 52 | quiet | u64::from(bits & 0x007f_ffff) << 29)
}

/// Stores floats one after the other, and returns how many: all, or those before the first that is too large.
#[inline]
pub fn store(field: &Field, values: impl Iterator<Item = f64>, out: &mut [u8]) -> usize {
    #[inline]
    fn each<const N: usize>(
        values: impl Iterator<Item = f64>,
        out: &mut [u8],
        bytes: impl Fn(f64) -> Result<[u8; N], TooLarge>,
    ) -> usize {
        let mut count = 0;
        for (value, place) in values.zip(out.as_chunks_mut::<N>().0) {
            let Ok(bytes) = bytes(value) else { break };
            *place = bytes;
            count += 1;
        }
        count
    }
    match (field.kind, field.swapped) {
        (Kind::Half, swapped) => each(values, out, |value| {
            let half = to_half(value)?;
            Ok((if swapped { half.swap_bytes() } else { half }).to_ne_bytes())
        }),
        (Kind::Float, false) => each(values, out, |value| Ok(to_single(value)?.to_bits().to_ne_bytes())),
        (Kind::Float, true) => each(values, out, |value| Ok(to_single(value)?.to_bits().swap_bytes().to_ne_bytes())),
        (_, false) => each(values, out, |value| Ok(value.to_bits().to_ne_bytes())),
        (_, true) => each(values, out, |value| Ok(value.to_bits().swap_bytes().to_ne_bytes())),
    }
}

/// Loads floats one after the other.
#[inline]
pub fn load(field: &Field, bytes: &[u8], values: &mut [f64]) {
    #[inline]
    fn each<const N: usize>(bytes: &[u8], values: &mut [f64], value: impl Fn([u8; N]) -> f64) {
        for (place, bytes) in values.iter_mut().zip(bytes.as_chunks::<N>().0) {
            *place = value(*bytes);
        }
    }
    let quiets = field.quiets;
    match (field.kind, field.swapped) {
        (Kind::Half, false) => each(bytes, values, |value| from_half(u16::from_ne_bytes(value))),
        (Kind::Half, true) => each(bytes, values, |value| from_half(u16::from_ne_bytes(value).swap_bytes())),
        (Kind::Float, swapped) => {
            let single = |value| {
                let bits = u32::from_ne_bytes(value);
                f32::from_bits(if swapped { bits.swap_bytes() } else { bits })
            };
            // Usually there is no NaN, and the compiler makes vectors of a loop without one.
            if bytes.as_chunks().0.iter().fold(false, |any, value| any | single(*value).is_nan()) {
                each(bytes, values, |value| from_single(single(value), quiets));
            } else {
                each(bytes, values, |value| f64::from(single(value)));
            }
        }
        (_, false) => each(bytes, values, f64::from_ne_bytes),
        (_, true) => each(bytes, values, |value| f64::from_bits(u64::from_ne_bytes(value).swap_bytes())),
    }
}

/// Stores the two parts of a complex number. C's native code casts to `float`, and code for the other byte order refuses a part
/// that is too large.
pub fn store_complex(field: &Field, parts: (f64, f64), out: &mut [u8]) -> Result<(), TooLarge> {
    let half = field.size / 2;
    for (part, place) in [parts.0, parts.1].into_iter().zip(out.chunks_mut(half.max(1))) {
        match (field.kind, field.swapped) {
            (Kind::FloatComplex, false) => place.copy_from_slice(&cast_to_single(part).to_ne_bytes()),
            (Kind::FloatComplex, true) => {
                place.copy_from_slice(&to_single(part)?.to_bits().swap_bytes().to_ne_bytes());
            }
            (_, false) => place.copy_from_slice(&part.to_ne_bytes()),
            (_, true) => place.copy_from_slice(&part.to_bits().swap_bytes().to_ne_bytes()),
        }
    }
    Ok(())
}

/// The two parts of a complex number at the start of some bytes.
pub fn load_complex(field: &Field, bytes: &[u8]) -> (f64, f64) {
    let mut parts = [0.0; 2];
    match (field.kind, field.swapped) {
        (Kind::FloatComplex, swapped) => {
            for (part, bytes) in parts.iter_mut().zip(bytes.as_chunks().0) {
                let bits = u32::from_ne_bytes(*bytes);
                *part = from_single(f32::from_bits(if swapped { bits.swap_bytes() } else { bits }), !swapped);
            }
        }
        (_, swapped) => {
            for (part, bytes) in parts.iter_mut().zip(bytes.as_chunks().0) {
                let bits = u64::from_ne_bytes(*bytes);
                *part = f64::from_bits(if swapped { bits.swap_bytes() } else { bits });
            }
        }
    }
    (parts[0], parts[1])
}

#[cfg(test)]
mod tests {
    use super::{TooLarge, cast_to_single, from_half, from_single, to_half, to_single};

    #[test]
    fn every_half_float_is_stored_as_itself() {
        for half in 0..=u16::MAX {
            assert_eq!(to_half(from_half(half)), Ok(half), "{half:#x}");
        }
    }

    #[test]
    fn half_floats_are_rounded_to_the_nearest_and_to_even() {
        // The value halfway between two neighbours goes to the even one, and what is next to it to the nearer one.
        for half in 0..0x7bff_u16 {
            let (low, high) = (from_half(half), from_half(half + 1));
            let middle = (low + high) / 2.0;
            let even = if half & 1 == 0 { half } else { half + 1 };
            assert_eq!(to_half(middle), Ok(even));
            assert_eq!(to_half(middle.next_down()), Ok(half));
            assert_eq!(to_half(middle.next_up()), Ok(half + 1));
            assert_eq!(to_half(-middle), Ok(even | 0x8000));
        }
        assert_eq!(to_half(65519.999), Ok(0x7bff));
        assert_eq!(to_half(65520.0), Err(TooLarge));
        assert_eq!(to_half(1e300), Err(TooLarge));
        assert_eq!(to_half(f64::INFINITY), Ok(0x7c00));
        assert_eq!(to_half(5e-324), Ok(0));
        assert_eq!(to_half(-0.0), Ok(0x8000));
        assert_eq!(to_half(f64::from_bits(0x7ff0_0000_0000_0001)), Ok(0x7e00));
    }

    #[test]
    fn singles() {
        assert_eq!(to_single(1e39), Err(TooLarge));
        assert_eq!(to_single(f64::NEG_INFINITY), Ok(f32::NEG_INFINITY));
        assert_eq!(cast_to_single(1e39), f32::INFINITY);
        assert_eq!(to_single(1e-50), Ok(0.0));
        let signalling = 0x7fb1_2345_u32;
        let kept = from_single(f32::from_bits(signalling), false);
        assert_eq!(to_single(kept).map(f32::to_bits), Ok(signalling));
        assert_eq!(from_single(f32::from_bits(signalling), true).to_bits(), kept.to_bits() | 1 << 51);
        assert_eq!(cast_to_single(kept).to_bits(), signalling | 1 << 22);
        // Without a payload that fits it has to become quiet, or it would be an infinity.
        assert_eq!(to_single(f64::from_bits(0xfff0_0000_0000_0001)).map(f32::to_bits), Ok(0xffc0_0000));
    }
}
