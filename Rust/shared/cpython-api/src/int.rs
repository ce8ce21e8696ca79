//! `int` objects of any size: reading their digits, and making new ones of digits.
//!
//! CPython keeps an `int` as digits of 30 or 15 bits, as it was configured. Here they are limbs of 64 bits, least
//! significant first.

use crate::ffi_call::{owned_or_err, ssize, status_or_err};
use crate::types::IntoPyInt;
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpu_level::Level;
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

    /// The value, if `PyLong_Export` has given it instead of the digits: for all compact ints, and perhaps more.
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

    /// A chunk is two digits of 30 bits, or four of 15 bits.
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
                // Mostly the next digit is not zero; all of the lower digits of a power of two are.
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
            // SAFETY: the export has as many digits of this size as it says, and they live as long as the object
            // (invariants).
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
        // SAFETY: the writer has `count` digits of two bytes, which are uninitialised, and nobody else has them.
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

/// 15 words of 32 bits have as many bits as 16 digits of 30 bits.
const GROUP: usize = 15;
const GROUP_DIGITS: usize = 16;

/// The number of words that [`from_pieces`] requests at a time: some groups, which fit in the L1 cache.
const PIECE: usize = 32 * GROUP;
const PIECE_DIGITS: usize = 32 * GROUP_DIGITS;

/// A new `int` of words of 32 bits, the least significant first.
#[inline]
pub(crate) fn from_words<'py>(py: Python<'py>, words: &[u32]) -> PyResult<Bound<'py>> {
    let layout = Layout::of(py);
    if words.len() < GROUP && layout.size == 4 {
        return from_few_words(py, words, layout);
    }
    from_word_pieces::<GROUP, GROUP_DIGITS>(py, words.len(), {
        let mut left = words;
        move |piece| {
            let (now, later) = left.split_at(piece.len());
            piece.copy_from_slice(now);
            left = later;
        }
    })
}

/// The same of fewer words than a group has, in digits of 30 bits: one by one takes less time than a whole group.
#[inline]
fn from_few_words<'py>(py: Python<'py>, words: &[u32], layout: Layout) -> PyResult<Bound<'py>> {
    let count = (words.len() * 32).div_ceil(layout.bits as usize).max(1);
    let mut digits = ptr::null_mut();
    // SAFETY: the thread is attached; the call returns a writer and its digits, or NULL with an exception set.
    let writer = unsafe { ffi::PyLongWriter_Create(0, ssize(count), &mut digits) };
    if writer.is_null() {
        // SAFETY: the call has failed.
        return Err(unsafe { PyErr::already_set(py) });
    }
    // SAFETY: the writer has `count` digits of four bytes, which are uninitialised, and nobody else has them.
    let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<MaybeUninit<u32>>(), count) };
    let (mut buffer, mut filled, mut words) = (0_u64, 0, words.iter());
    for digit in digits {
        // At most 28 bits are left over, so that there is room for a word.
        if filled < layout.bits {
            buffer |= u64::from(words.next().copied().unwrap_or(0)) << filled;
            filled += 32;
        }
        digit.write((buffer & ((1 << layout.bits) - 1)) as u32);
        buffer >>= layout.bits;
        filled -= layout.bits;
    }
    // SAFETY: all digits have been written. The call takes over the writer, and drops zeros at the top.
    let object = unsafe { ffi::PyLongWriter_Finish(writer) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned_or_err(py, object) }
}

/// A new `int` of `count` words of 32 bits, the least significant first, which `next` writes.
pub(crate) fn from_pieces<'py>(py: Python<'py>, count: usize, next: impl FnMut(&mut [u32])) -> PyResult<Bound<'py>> {
    from_word_pieces::<PIECE, PIECE_DIGITS>(py, count, next)
}

/// Asks `next` for `WORDS` words at a time, which make `DIGITS` digits of 30 bits.
#[inline]
fn from_word_pieces<'py, const WORDS: usize, const DIGITS: usize>(
    py: Python<'py>,
    count: usize,
    mut next: impl FnMut(&mut [u32]),
) -> PyResult<Bound<'py>> {
    const { assert!(WORDS.is_multiple_of(GROUP) && WORDS / GROUP * GROUP_DIGITS == DIGITS) };
    let layout = Layout::of(py);
    // As many digits of 30 bits, or pairs of digits of 15 bits.
    let pairs = (count / GROUP * GROUP_DIGITS + (count % GROUP * 32).div_ceil(30)).max(1);
    let digit_count = pairs.checked_mul(30 / layout.bits as usize);
    let digit_count = digit_count.and_then(|count| ffi::Py_ssize_t::try_from(count).ok());
    let Some(digit_count) = digit_count else { return Err(PyErr::no_memory(py)) };
    let mut digits = ptr::null_mut();
    // SAFETY: the thread is attached; the call returns a writer and its digits, or NULL with an exception set.
    let writer = unsafe { ffi::PyLongWriter_Create(0, digit_count, &mut digits) };
    if writer.is_null() {
        // SAFETY: the call has failed.
        return Err(unsafe { PyErr::already_set(py) });
    }
    let (mut words, mut piece, mut left, mut at) = ([0; WORDS], [0; DIGITS], count, 0);
    while at < pairs {
        let asked = left.min(WORDS);
        next(&mut words[..asked]);
        words[asked..].fill(0);
        left -= asked;
        split_words(&words, &mut piece);
        let made = &piece[..DIGITS.min(pairs - at)];
        if layout.size == 4 {
            // SAFETY: the writer has `pairs` digits of four bytes, which are uninitialised, and nobody else has them.
            let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<MaybeUninit<u32>>(), pairs) };
            for (digit, pair) in digits[at..].iter_mut().zip(made) {
                digit.write(*pair);
            }
        } else {
            // SAFETY: the writer has `2 * pairs` digits of two bytes, which are uninitialised, and nobody else has
            // them.
            let digits = unsafe { slice::from_raw_parts_mut(digits.cast::<[MaybeUninit<u16>; 2]>(), pairs) };
            for ([low, high], pair) in digits[at..].iter_mut().zip(made) {
                low.write((pair & 0x7fff) as u16);
                high.write((pair >> 15) as u16);
            }
        }
        at += made.len();
    }
    // SAFETY: all digits have been written. The call takes over the writer, and drops zeros at the top.
    let object = unsafe { ffi::PyLongWriter_Finish(writer) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned_or_err(py, object) }
}

/// Makes digits of 30 bits of groups of words.
#[inline]
fn split_words<const WORDS: usize, const DIGITS: usize>(words: &[u32; WORDS], digits: &mut [u32; DIGITS]) {
    #[cfg(target_arch = "x86_64")]
    if WORDS > GROUP && Level::detect() >= Level::Avx2 {
        // SAFETY: the processor has the instructions, as the level says.
        return unsafe { split_words_avx2(words, digits) };
    }
    split_groups(words, digits);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn split_words_avx2(words: &[u32], digits: &mut [u32]) {
    split_groups(words, digits);
}

#[inline(always)]
fn split_groups(words: &[u32], digits: &mut [u32]) {
    let groups = words.as_chunks::<GROUP>().0;
    for (group, digits) in groups.iter().zip(digits.as_chunks_mut::<GROUP_DIGITS>().0) {
        // Digit `at` starts 2 * at bits below word `at`.
        for at in 0..GROUP_DIGITS {
            let low = if at == 0 { 0 } else { group[at - 1] };
            let high = if at == GROUP { 0 } else { group[at] };
            digits[at] = ((u64::from(high) << 32 | u64::from(low)) >> (32 - 2 * at)) as u32 & ((1 << 30) - 1);
        }
    }
}
