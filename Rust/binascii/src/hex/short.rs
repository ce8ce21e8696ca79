//! Hexadecimal of a few bytes, in less time than it takes to choose and set up a kernel.
//!
//! The first and the last bytes are converted as two blocks of a fixed length, which overlap where there are fewer bytes
//! than in both: so no length needs a loop. Nothing here can panic.

use super::portable::PAIRS;
#[cfg(target_arch = "x86_64")]
use super::sse2;
use super::{DecodeError, HEX_REVERSE};
use crate::alphabet::INVALID;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// The most bytes that are encoded here, and decoded.
///
/// cbindgen:ignore
pub const MAX: usize = 32;

/// Encodes `data`; returns false, and writes nothing that counts, when it has more than [`MAX`] bytes or `out` too little
/// space.
#[inline(always)]
pub fn encode(data: &[u8], out: &mut OutBuf<'_>) -> bool {
    let len = 2 * data.len();
    let Some(text) = out.spare_mut().get_mut(..len) else { return false };
    let done = encode_all(data, text);
    if done {
        // SAFETY: the digits of the first and of the last bytes have been stored, which are all.
        unsafe { out.advance(len) }
    }
    done
}

/// Stores the digits of `data` to `text`; returns false when there are more than [`MAX`] bytes.
///
/// A call of this function leaves the buffer of the caller in registers.
#[inline(never)]
fn encode_all(data: &[u8], text: &mut [MaybeUninit<u8>]) -> bool {
    encode_ends::<16, 32>(data, text)
        || encode_ends::<8, 16>(data, text)
        || encode_ends::<4, 8>(data, text)
        || encode_ends::<2, 4>(data, text)
        || encode_ends::<1, 2>(data, text)
        || data.is_empty()
}

/// Stores the digits of the first `N` bytes at the start of `text`, and those of the last `N` at its end; returns false when
/// these are not all bytes.
#[inline(always)]
fn encode_ends<const N: usize, const DIGITS: usize>(data: &[u8], text: &mut [MaybeUninit<u8>]) -> bool {
    if data.len() > 2 * N {
        return false;
    }
    let (Some(first), Some(last)) = (data.first_chunk::<N>(), data.last_chunk::<N>()) else { return false };
    let Some(text_first) = text.first_chunk_mut::<DIGITS>() else { return false };
    encode_block(first, text_first);
    let Some(text_last) = text.last_chunk_mut::<DIGITS>() else { return false };
    encode_block(last, text_last);
    true
}

/// Stores the digits of `N` bytes.
#[inline(always)]
fn encode_block<const N: usize, const DIGITS: usize>(data: &[u8; N], text: &mut [MaybeUninit<u8>; DIGITS]) {
    const { assert!(DIGITS == 2 * N) };
    #[cfg(target_arch = "x86_64")]
    if let ([block], [text]) = (data.as_chunks::<16>().0, text.as_chunks_mut::<32>().0) {
        // SAFETY: every x86-64 processor has SSE2.
        return unsafe { sse2::encode_16(block, text) };
    } else if let ([block], [text]) = (data.as_chunks::<8>().0, text.as_chunks_mut::<16>().0) {
        // SAFETY: every x86-64 processor has SSE2.
        return unsafe { sse2::encode_8(block, text) };
    }
    for (place, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(data) {
        *place = PAIRS[usize::from(*byte)].map(MaybeUninit::new);
    }
}

/// How a few bytes are encoded with separators.
#[derive(Clone, Copy, Debug)]
pub struct Groups {
    /// The bytes of a group.
    group: usize,
    /// The bytes of the first group if it is shorter, or zero.
    first: usize,
    /// The length of the text.
    len: usize,
}

impl Groups {
    /// The groups of `data` for a call of [`encode_with_sep`](super::encode_with_sep); `None` when it has more than [`MAX`] bytes.
    #[inline]
    pub fn of(data: &[u8], bytes_per_sep: isize) -> Option<Self> {
        // A division of small numbers takes less time.
        let len = u8::try_from(data.len()).ok().filter(|len| usize::from(*len) <= MAX)?;
        let group = u8::try_from(bytes_per_sep.unsigned_abs()).unwrap_or(u8::MAX);
        if group == 0 || group >= len {
            return Some(Self { group: MAX, first: 0, len: 2 * data.len() });
        }
        let (whole, rest) = (usize::from(len / group), usize::from(len % group));
        let separators = if rest == 0 { whole - 1 } else { whole };
        // After a shorter first group, both ways of counting are the same.
        let first = if bytes_per_sep > 0 { rest } else { 0 };
        Some(Self { group: group.into(), first, len: 2 * data.len() + separators })
    }

    /// The length of the text.
    #[inline]
    pub fn text_len(&self) -> usize {
        self.len
    }
}

/// Encodes `data`, with `sep` between its `groups`; returns false, and writes nothing, when `out` has not exactly the space.
///
/// The processor has the instructions of `level` if it is [`Level::detected`] or lower, which is checked.
#[inline]
pub fn encode_with_sep(level: Level, data: &[u8], sep: u8, groups: Groups, out: &mut OutBuf<'_>) -> bool {
    let Groups { group, first, len } = groups;
    let text = out.spare_mut();
    if text.len() != len || len < 2 * data.len() {
        return false;
    }
    #[cfg(target_arch = "x86_64")]
    if level.min(Level::detected()) >= Level::Avx512
        // SAFETY: the processor has the instructions of its own level.
        && unsafe { super::avx512::encode_short_groups(data, sep, group, first, text) }
    {
        // SAFETY: the kernel has stored all of `text`.
        unsafe { out.advance(len) };
        return true;
    }
    let _ = level;
    let mut places = text.iter_mut();
    let mut put = |byte: u8| {
        if let Some(place) = places.next() {
            place.write(byte);
        }
    };
    // How many bytes of the group are still to come.
    let mut left = if first == 0 { group } else { first };
    for byte in data {
        if left == 0 {
            put(sep);
            left = group;
        }
        left -= 1;
        let [high, low] = PAIRS[usize::from(*byte)];
        put(high);
        put(low);
    }
    if places.len() != 0 {
        // The groups of other data.
        return false;
    }
    // SAFETY: each place has been stored to.
    unsafe { out.advance(len) };
    true
}

/// The bytes of `N` pairs at the start of a text, and of `N` pairs at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends<const N: usize>([[u8; N]; 2]);

impl<const N: usize> Ends<N> {
    /// Decodes the two ends of `pairs`; `None` when these are not all of it.
    #[inline(always)]
    pub fn decode(pairs: &[[u8; 2]]) -> Option<Result<Self, DecodeError>> {
        if pairs.len() > 2 * N {
            return None;
        }
        let (first, last) = (pairs.first_chunk::<N>()?, pairs.last_chunk::<N>()?);
        Some(match (decode_block(first), decode_block(last)) {
            (Some(first), Some(last)) => Ok(Self([first, last])),
            _ => Err(DecodeError::NonHexDigit),
        })
    }

    /// The first bytes.
    #[inline(always)]
    pub fn first(&self) -> &[u8; N] {
        &self.0[0]
    }

    /// Writes the bytes to `out`, which is empty and has exactly the space for them.
    #[inline(always)]
    pub fn write(self, out: &mut OutBuf<'_>) {
        let Self([first, last]) = self;
        let text = out.spare_mut();
        let len = text.len();
        let Some(text_first) = text.first_chunk_mut::<N>() else { return };
        *text_first = first.map(MaybeUninit::new);
        let Some(text_last) = text.last_chunk_mut::<N>() else { return };
        *text_last = last.map(MaybeUninit::new);
        if len <= 2 * N {
            // SAFETY: the first and the last `N` bytes have been stored, which are all.
            unsafe { out.advance(len) }
        }
    }
}

/// The bytes of `N` pairs, which is a power of two; `None` when there is another character than digits.
#[inline(always)]
fn decode_block<const N: usize>(pairs: &[[u8; 2]; N]) -> Option<[u8; N]> {
    let (mut bytes, mut valid) = ([0; N], true);
    if N < 4 || !cfg!(target_arch = "x86_64") {
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = (HEX_REVERSE.value(*high), HEX_REVERSE.value(*low));
            valid &= (high | low) & INVALID == 0;
            *byte = high << 4 | low;
        }
    }
    #[cfg(target_arch = "x86_64")]
    if N == 4 {
        for (bytes, pairs) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(pairs.as_chunks::<4>().0) {
            // SAFETY: every x86-64 processor has SSE2.
            (*bytes, valid) = unsafe { sse2::decode_4(pairs) };
        }
    } else {
        for (bytes, pairs) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(pairs.as_chunks::<8>().0) {
            // SAFETY: every x86-64 processor has SSE2.
            let (decoded, all) = unsafe { sse2::decode_8(pairs) };
            *bytes = decoded;
            valid &= all;
        }
    }
    valid.then_some(bytes)
}
