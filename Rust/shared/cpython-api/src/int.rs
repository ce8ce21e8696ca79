//! `int` objects of any size: reading their digits, and making new ones of digits.
//!
//! CPython keeps an `int` as digits of 30 or 15 bits, as it was configured. Here they are limbs of 64 bits, least
//! significant first.

use crate::ffi_call::{owned_or_err, status_or_err};
use crate::types::IntoPyInt;
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::c_int;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

/// How digits are stored.
#[derive(Clone, Copy)]
struct Layout {
    bits: u32,
    size: u8,
}

impl Layout {
    #[inline]
    fn of(_py: Python<'_>) -> Self {
        // SAFETY: the interpreter runs, as `_py` proves.
        let layout = unsafe { ffi::PyLong_GetNativeLayout() };
        // SAFETY: the layout is static and never changes.
        let layout = unsafe { &*layout };
        debug_assert!(layout.digits_order == -1 && matches!(layout.digit_size, 2 | 4));
        Self { bits: layout.bits_per_digit.into(), size: layout.digit_size }
    }
}

/// Digits of 30 bits or of 15.
enum Digits<'a> {
    Large(&'a [u32]),
    Small(&'a [u16]),
}

/// The value of an `int` while it is lent: a small one, or the digits of a larger one, which nobody can change.
///
/// # Invariants
///
/// - `export` was filled by `PyLong_Export` from an object that lives for `'a`.
#[derive(Debug)]
pub struct IntView<'a, 'py> {
    export: ffi::PyLongExport,
    py: Python<'py>,
    _object: PhantomData<&'a ffi::PyObject>,
}

impl<'a, 'py> IntView<'a, 'py> {
    /// Looks at an `int`; `TypeError` for anything else.
    #[inline]
    pub fn new(object: Borrowed<'a, 'py>) -> PyResult<Self> {
        let py = object.py();
        let mut export = MaybeUninit::uninit();
        // SAFETY: the object is live and the thread attached; the call fills the export or sets an exception.
        let status = unsafe { ffi::PyLong_Export(object.as_ptr(), export.as_mut_ptr()) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(py, status) }?;
        // SAFETY: filled by the call.
        let export = unsafe { export.assume_init() };
        Ok(Self { export, py, _object: PhantomData })
    }

    /// The value, if it is one of those that are kept whole: all that fit a machine word comfortably, and perhaps more.
    #[inline]
    pub fn small(&self) -> Option<i64> {
        self.export.digits.is_null().then_some(self.export.value)
    }

    /// Whether the value is below zero.
    #[inline]
    pub fn is_negative(&self) -> bool {
        if self.export.digits.is_null() { self.export.value < 0 } else { self.export.negative != 0 }
    }

    /// Whether the magnitudes are equal.
    pub fn has_magnitude_of(&self, other: &Self) -> bool {
        if self.export.digits.is_null() || other.export.digits.is_null() {
            return self.export.digits == other.export.digits
                && self.export.value.unsigned_abs() == other.export.value.unsigned_abs();
        }
        let size = usize::from(Layout::of(self.py).size);
        // SAFETY: each export has as many digits of this size as it says, which live as long as its object.
        let bytes =
            |view: &Self| unsafe { slice::from_raw_parts(view.export.digits.cast::<u8>(), view.digit_count() * size) };
        bytes(self) == bytes(other)
    }

    /// The magnitude, if it has 128 bits at most.
    #[inline]
    pub fn as_u128(&self) -> Option<u128> {
        if let Some(value) = self.small() {
            return Some(value.unsigned_abs().into());
        }
        let layout = Layout::of(self.py);
        let count = self.digit_count();
        if count > 128 / layout.bits as usize + 1 {
            return None;
        }
        let mut value = 0_u128;
        for index in (0..count).rev() {
            let digit = self.digit(layout, index);
            if value >> (128 - layout.bits) != 0 {
                return None;
            }
            value = value << layout.bits | u128::from(digit);
        }
        Some(value)
    }

    /// How many limbs hold the magnitude.
    #[inline]
    pub fn limb_len(&self) -> usize {
        if let Some(value) = self.small() {
            return usize::from(value != 0);
        }
        let (count, bits) = (self.digit_count(), Layout::of(self.py).bits as usize);
        // 64 digits make as many limbs as a digit has bits, and no product of the whole count can overflow.
        count / 64 * bits + (count % 64 * bits).div_ceil(64)
    }

    /// Writes the magnitude, with zeros above it.
    ///
    /// # Panics
    ///
    /// When there is no room for [`limb_len`](Self::limb_len) limbs.
    pub fn copy_limbs(&self, limbs: &mut [u64]) {
        limbs.fill(0);
        if let Some(value) = self.small() {
            if value != 0 {
                limbs[0] = value.unsigned_abs();
            }
            return;
        }
        let mut at = 0;
        let mut buffer = 0_u128;
        let mut filled = 0;
        self.for_each_chunk(false, |chunk| {
            buffer |= u128::from(chunk) << filled;
            filled += Self::CHUNK_BITS;
            if filled >= 64 {
                limbs[at] = buffer as u64;
                at += 1;
                buffer >>= 64;
                filled -= 64;
            }
        });
        if buffer != 0 {
            limbs[at] = buffer as u64;
        }
    }

    /// How many bits a chunk of [`for_each_chunk_from_top`](Self::for_each_chunk_from_top) has.
    pub const CHUNK_BITS: u32 = 60;

    /// Shows the bits of the magnitude, in chunks, the highest first.
    #[inline]
    pub fn for_each_chunk_from_top(&self, show: impl FnMut(u64)) {
        self.for_each_chunk(true, show);
    }

    /// A chunk is of two or four digits, whichever way they are stored.
    #[inline]
    fn for_each_chunk(&self, from_top: bool, show: impl FnMut(u64)) {
        #[inline]
        fn each<D: Copy + Into<u64>, const N: usize>(digits: &[D], from_top: bool, mut show: impl FnMut(u64)) {
            let bits = IntView::CHUNK_BITS as usize / N;
            let joined = |digits: &[D]| digits.iter().rev().fold(0, |chunk, digit| chunk << bits | (*digit).into());
            let (chunks, rest) = digits.as_chunks::<N>();
            if from_top {
                if !rest.is_empty() {
                    show(joined(rest));
                }
                chunks.iter().rev().for_each(|chunk| show(joined(chunk)));
            } else {
                chunks.iter().for_each(|chunk| show(joined(chunk)));
                if !rest.is_empty() {
                    show(joined(rest));
                }
            }
        }
        if let Some(value) = self.small() {
            let magnitude = value.unsigned_abs();
            let (high, low) = (magnitude >> Self::CHUNK_BITS, magnitude & ((1 << Self::CHUNK_BITS) - 1));
            let chunks = if from_top { [high, low] } else { [low, high] };
            chunks.into_iter().for_each(show);
        } else {
            match self.digits(Layout::of(self.py)) {
                Digits::Large(digits) => each::<u32, 2>(digits, from_top, show),
                Digits::Small(digits) => each::<u16, 4>(digits, from_top, show),
            }
        }
    }

    /// The highest 64 bits of the magnitude, or all of it when it is shorter; whether any bit below them is set; and how
    /// many bits there are in all.
    pub fn top_bits(&self) -> (u64, bool, u64) {
        if let Some(value) = self.small() {
            let magnitude = value.unsigned_abs();
            return (magnitude, false, u64::from(64 - magnitude.leading_zeros()));
        }
        let layout = Layout::of(self.py);
        let count = self.digit_count();
        // Digits go in from the top until 64 bits are there; what is below is only remembered as not zero.
        let (mut top, mut filled, mut sticky) = (0_u64, 0, false);
        let mut bits = (count as u64).saturating_sub(1).saturating_mul(layout.bits.into());
        for index in (0..count).rev() {
            let value = self.digit(layout, index);
            let width = if index + 1 == count { 32 - value.leading_zeros() } else { layout.bits };
            if index + 1 == count {
                bits = bits.saturating_add(width.into());
            }
            let taken = width.min(64 - filled);
            if taken > 0 {
                top = (top << taken) | u64::from(value >> (width - taken));
                filled += taken;
            }
            sticky |= taken < width && value & ((1 << (width - taken)) - 1) != 0;
            if filled == 64 {
                // Mostly the next digit tells; below the one bit of a power of two there are only zeros.
                sticky = sticky || self.has_digit_below(index);
                break;
            }
        }
        (top, sticky, bits)
    }

    /// Whether a digit below `end`, which is one of them or their number, is not zero.
    fn has_digit_below(&self, end: usize) -> bool {
        /// Blocks are long enough for vectors, and short enough to find the first one soon.
        fn any<D: Copy + Default + std::ops::BitOr<Output = D> + PartialEq>(digits: &[D]) -> bool {
            let zero = D::default();
            digits.rchunks(256).any(|block| block.iter().fold(zero, |all, digit| all | *digit) != zero)
        }
        match self.digits(Layout::of(self.py)) {
            Digits::Large(digits) => any(&digits[..end]),
            Digits::Small(digits) => any(&digits[..end]),
        }
    }

    /// The digits, the least significant first, of a value that is not small.
    #[inline]
    fn digits(&self, layout: Layout) -> Digits<'_> {
        let count = self.digit_count();
        if layout.size == 4 {
            // SAFETY: the export has as many digits of this size as it says, and they live as long as the object (invariants).
            Digits::Large(unsafe { slice::from_raw_parts(self.export.digits.cast(), count) })
        } else {
            // SAFETY: as above.
            Digits::Small(unsafe { slice::from_raw_parts(self.export.digits.cast(), count) })
        }
    }

    /// A digit of a value that is not small.
    #[inline]
    fn digit(&self, layout: Layout, index: usize) -> u32 {
        match self.digits(layout) {
            Digits::Large(digits) => digits[index],
            Digits::Small(digits) => digits[index].into(),
        }
    }

    #[inline]
    fn digit_count(&self) -> usize {
        usize::try_from(self.export.ndigits).unwrap_or(0)
    }
}

impl Drop for IntView<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        if !self.export.digits.is_null() {
            // SAFETY: filled by `new`, given back once, on a thread that is attached.
            unsafe { ffi::PyLong_FreeExport(&mut self.export) };
        }
    }
}

/// A new `int` with the magnitude `limbs`.
pub(crate) fn from_limbs<'py>(py: Python<'py>, negative: bool, limbs: &[u64]) -> PyResult<Bound<'py>> {
    let layout = Layout::of(py);
    let used = limbs.iter().rposition(|limb| *limb != 0).map_or(0, |last| last + 1);
    let limbs = &limbs[..used];
    if limbs.len() <= 1 && !negative {
        return limbs.first().copied().unwrap_or(0).into_py_int(py);
    }
    let Some(bits) = limbs.len().checked_mul(64) else { return Err(PyErr::no_memory(py)) };
    let bits = bits - limbs.last().map_or(0, |top| top.leading_zeros() as usize);
    // An int of no digits cannot be made, but one of a single zero can.
    let count = bits.div_ceil(layout.bits as usize).max(1);
    let Ok(count) = ffi::Py_ssize_t::try_from(count) else { return Err(PyErr::no_memory(py)) };
    let mut digits = ptr::null_mut();
    // SAFETY: the thread is attached; the call returns a writer and its digits, or NULL with an exception set.
    let writer = unsafe { ffi::PyLongWriter_Create(c_int::from(negative), count, &mut digits) };
    if writer.is_null() {
        // SAFETY: the call has failed.
        return Err(unsafe { PyErr::already_set(py) });
    }
    if layout.size == 4 {
        // SAFETY: the writer has `count` digits of four bytes, which are uninitialised, and nobody else has them.
        let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<MaybeUninit<u32>>(), count as usize) };
        write_digits(limbs, layout.bits, digits, |digit| digit);
    } else {
        // SAFETY: as above, of two bytes.
        let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<MaybeUninit<u16>>(), count as usize) };
        write_digits(limbs, layout.bits, digits, |digit| digit as u16);
    }
    // SAFETY: all digits have been written. The call takes over the writer.
    let object = unsafe { ffi::PyLongWriter_Finish(writer) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned_or_err(py, object) }
}

/// Writes every one of `digits`.
#[inline]
fn write_digits<D>(limbs: &[u64], bits: u32, digits: &mut [MaybeUninit<D>], narrow: impl Fn(u32) -> D) {
    let mask = (1_u64 << bits) - 1;
    let mut limbs = limbs.iter();
    let mut buffer = 0_u128;
    let mut filled = 0;
    for digit in digits {
        if filled < bits {
            buffer |= u128::from(limbs.next().copied().unwrap_or(0)) << filled;
            filled += 64;
        }
        digit.write(narrow((buffer as u64 & mask) as u32));
        buffer >>= bits;
        filled -= bits;
    }
}

/// How many words [`from_words`] asks for at a time: a whole number of groups, in a near cache.
const PIECE: usize = 32 * GROUP;

/// 15 words have as many bits as 16 digits of 30 bits.
const GROUP: usize = 15;
const GROUP_DIGITS: usize = 16;

/// A new `int` of `count` words of 32 bits, the least significant first. `next` writes them, piece by piece.
pub(crate) fn from_words<'py>(
    py: Python<'py>,
    count: usize,
    mut next: impl FnMut(&mut [u32]),
) -> PyResult<Bound<'py>> {
    let layout = Layout::of(py);
    // Digits of 15 bits are written in pairs.
    let per_pair = 30 / layout.bits as usize;
    let pairs = count / GROUP * GROUP_DIGITS + (count % GROUP * 32).div_ceil(30);
    let digit_count = pairs.max(1).checked_mul(per_pair).and_then(|count| ffi::Py_ssize_t::try_from(count).ok());
    let Some(digit_count) = digit_count else { return Err(PyErr::no_memory(py)) };
    let mut digits = ptr::null_mut();
    // SAFETY: the thread is attached; the call returns a writer and its digits, or NULL with an exception set.
    let writer = unsafe { ffi::PyLongWriter_Create(0, digit_count, &mut digits) };
    if writer.is_null() {
        // SAFETY: the call has failed.
        return Err(unsafe { PyErr::already_set(py) });
    }
    if layout.size == 4 {
        // SAFETY: the writer has `digit_count` digits of four bytes, which are uninitialised, and nobody else has them.
        let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<MaybeUninit<u32>>(), digit_count as usize) };
        write_words(count, &mut next, digits, |pair| [pair]);
    } else {
        // SAFETY: as above, of two bytes.
        let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<MaybeUninit<u16>>(), digit_count as usize) };
        write_words(count, &mut next, digits, |pair| [(pair & 0x7fff) as u16, (pair >> 15) as u16]);
    }
    // SAFETY: all digits have been written. The call takes over the writer, and drops zeros at the top.
    let object = unsafe { ffi::PyLongWriter_Finish(writer) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned_or_err(py, object) }
}

/// Writes every one of `digits`; `split` makes the digits of 30 bits.
#[inline]
fn write_words<D: Copy, const SPLIT: usize>(
    count: usize,
    next: &mut impl FnMut(&mut [u32]),
    mut digits: &mut [MaybeUninit<D>],
    split: impl Fn(u32) -> [D; SPLIT],
) {
    if count == 0 {
        digits.iter_mut().zip(split(0)).for_each(|(digit, zero)| _ = digit.write(zero));
    }
    let mut words = [0; PIECE];
    let mut left = count;
    while left > 0 {
        let piece = left.min(PIECE);
        next(&mut words[..piece]);
        left -= piece;
        words[piece..].fill(0);
        for group in words[..piece.next_multiple_of(GROUP)].as_chunks().0 {
            let whole = digits.len().min(GROUP_DIGITS * SPLIT);
            let (now, later) = digits.split_at_mut(whole);
            for (targets, pair) in now.chunks_exact_mut(SPLIT).zip(pairs_of_group(group)) {
                targets.iter_mut().zip(split(pair)).for_each(|(target, digit)| _ = target.write(digit));
            }
            digits = later;
        }
    }
}

/// Cuts 480 bits into pieces of 30.
#[inline(always)]
fn pairs_of_group(words: &[u32; GROUP]) -> [u32; GROUP_DIGITS] {
    std::array::from_fn(|at| {
        let low = if at == 0 { 0 } else { words[at - 1] };
        let high = if at == GROUP { 0 } else { words[at] };
        // Piece `at` starts 2 * at bits below word `at`.
        ((u64::from(high) << 32 | u64::from(low)) >> (32 - 2 * at)) as u32 & ((1 << 30) - 1)
    })
}
