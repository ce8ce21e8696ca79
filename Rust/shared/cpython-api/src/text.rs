//! The characters of `str` objects as CPython stores them, and new `str` objects of them.

use crate::ffi_call::{infallible, owned_or_err};
use crate::types::PyStr;
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

/// Characters in one of the widths in which a `str` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrData<'a> {
    /// One byte each: Latin-1.
    Ucs1(&'a [u8]),
    /// Two bytes each, lone surrogates included.
    Ucs2(&'a [u16]),
    /// Four bytes each.
    Ucs4(&'a [u32]),
}

impl<'a> StrData<'a> {
    /// The characters of a `str`, given its kind and the address of its data.
    ///
    /// # Safety
    ///
    /// - `kind` and `data` are those of a str of `length` characters that lives for `'a`.
    #[inline]
    pub(crate) unsafe fn from_raw(kind: c_int, data: *const c_void, length: ffi::Py_ssize_t) -> Self {
        let length = usize::try_from(length).unwrap_or(0);
        match kind {
            // SAFETY: a str of this kind has `length` characters of one byte, which nobody changes, and lives for `'a`
            // (the caller's promise).
            1 => Self::Ucs1(unsafe { slice::from_raw_parts(data.cast(), length) }),
            // SAFETY: as of one byte, of two bytes each, aligned to two.
            2 => Self::Ucs2(unsafe { slice::from_raw_parts(data.cast(), length) }),
            // SAFETY: as of one byte, of four bytes each, the only other kind, aligned to four.
            _ => Self::Ucs4(unsafe { slice::from_raw_parts(data.cast(), length) }),
        }
    }

    #[inline]
    fn parts(self) -> (c_int, *const c_void, usize) {
        match self {
            Self::Ucs1(units) => (1, units.as_ptr().cast(), units.len()),
            Self::Ucs2(units) => (2, units.as_ptr().cast(), units.len()),
            Self::Ucs4(units) => (4, units.as_ptr().cast(), units.len()),
        }
    }

    /// A number that is at least as large as every character, and of the class that `PyUnicode_New` asks for. It is more
    /// than U+10FFFF only if a character is.
    #[inline]
    fn max_character(self) -> u32 {
        match self {
            Self::Ucs1(units) if units.is_ascii() => 0x7F,
            Self::Ucs1(_) => 0xFF,
            Self::Ucs2(units) => units.iter().fold(0, |all, &unit| all | unit).into(),
            // All bits together are rarely more than a character can be, and joining them is vectorised on every processor.
            Self::Ucs4(units) => match units.iter().fold(0, |all, &unit| all | unit) {
                all @ 0..=MAX_CHARACTER => all,
                _ => units.iter().fold(0, |most, &unit| most.max(unit)),
            },
        }
    }
}

/// A unit of the characters of a `str`: `u8`, `u16` or `u32`.
pub trait StrUnit: Copy + private::Sealed {
    /// The largest character of this width.
    const MAX_CHARACTER: u32;
}

mod private {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for u16 {}
    impl Sealed for u32 {}
}

impl StrUnit for u8 {
    const MAX_CHARACTER: u32 = 0xFF;
}

impl StrUnit for u16 {
    const MAX_CHARACTER: u32 = 0xFFFF;
}

impl StrUnit for u32 {
    const MAX_CHARACTER: u32 = MAX_CHARACTER;
}

/// The last code point of Unicode, which is the largest character of a `str`.
const MAX_CHARACTER: u32 = 0x10_FFFF;

#[cold]
fn out_of_range(py: Python<'_>) -> PyErr {
    crate::exceptions::PyValueError::new_err(py, "character out of range")
}

impl PyStr {
    /// A `str` of these characters, in the narrowest width that holds them; `ValueError` above U+10FFFF.
    #[inline]
    pub fn from_data<'py>(py: Python<'py>, data: StrData<'_>) -> PyResult<Bound<'py, Self>> {
        // The class of the characters is looked for once. C does it again where they are in a narrower width than they need.
        match data {
            StrData::Ucs1(units) if units.len() > 1 && is_ascii(units) => {
                // SAFETY: they are ASCII.
                return unsafe { Self::from_ascii(py, [units]) };
            }
            StrData::Ucs1(units) if units.len() > 1 => {
                // SAFETY: not all are ASCII, and there are two at least.
                return unsafe { Self::from_units(py, [units]) };
            }
            StrData::Ucs2(units) if data.max_character() > 0xFF => {
                // SAFETY: there is one above U+00FF.
                return unsafe { Self::from_units(py, [units]) };
            }
            StrData::Ucs4(units) => match data.max_character() {
                0..=0xFFFF => {}
                // SAFETY: the largest is above U+FFFF and not above U+10FFFF.
                0x1_0000..=MAX_CHARACTER => return unsafe { Self::from_units(py, [units]) },
                _ => return Err(out_of_range(py)),
            },
            _ => {}
        }
        let (kind, start, len) = data.parts();
        // SAFETY: the thread is attached, and there are `len` units of that kind at `start`, none above U+10FFFF.
        let object = unsafe { ffi::PyUnicode_FromKindAndData(kind, start, len as ffi::Py_ssize_t) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A `str` of pieces, one after the other.
    ///
    /// # Safety
    ///
    /// - The pieces are ASCII.
    #[inline(always)]
    pub unsafe fn from_ascii<'py, const N: usize>(py: Python<'py>, pieces: [&[u8]; N]) -> PyResult<Bound<'py, Self>> {
        debug_assert!(pieces.iter().all(|piece| piece.is_ascii()), "not ASCII");
        let mut len = 0usize;
        for piece in pieces {
            let sum = len.checked_add(piece.len()).filter(|&sum| ffi::Py_ssize_t::try_from(sum).is_ok());
            len = sum.ok_or_else(|| PyErr::no_memory(py))?;
        }
        if len < 2 {
            // All share the empty one and those of one character.
            let only = pieces.into_iter().find(|piece| !piece.is_empty()).unwrap_or_default();
            return Self::from_data(py, StrData::Ucs1(only));
        }
        let mut at = ptr::null_mut::<u8>();
        // SAFETY: the thread is attached, and the address of the characters is written to a variable of its type.
        let object = unsafe { ffi::shim_PyUnicode_New_ascii(len as ffi::Py_ssize_t, &mut at) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        for piece in pieces {
            // SAFETY: the str has `len` bytes, the sum of the lengths, and nobody else sees it before it is filled; the pieces
            // are ASCII (the caller's promise).
            unsafe { copy_short(piece, at) };
            // SAFETY: the str has room for this piece and those after it.
            at = unsafe { at.add(piece.len()) };
        }
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A `str` of pieces, one after the other, in the width that they have.
    ///
    /// # Safety
    ///
    /// - The largest character of all pieces needs this width: it is above U+007F of one byte, above U+00FF of two, and above
    ///   U+FFFF and not above U+10FFFF of four. If it has one byte, there are two characters at least.
    #[inline]
    pub unsafe fn from_units<'py, U: StrUnit, const N: usize>(
        py: Python<'py>,
        pieces: [&[U]; N],
    ) -> PyResult<Bound<'py, Self>> {
        let mut len = 0usize;
        for piece in pieces {
            let sum = len.checked_add(piece.len()).filter(|&sum| ffi::Py_ssize_t::try_from(sum).is_ok());
            len = sum.ok_or_else(|| PyErr::no_memory(py))?;
        }
        let fill = |out: &mut [MaybeUninit<U>]| {
            let mut at = out.as_mut_ptr().cast::<U>();
            for piece in pieces {
                // SAFETY: the slice has room for all pieces. Bytes are copied, as many as the units have.
                let bytes = unsafe { slice::from_raw_parts(piece.as_ptr().cast::<u8>(), size_of_val(piece)) };
                // SAFETY: the slice has room for all pieces, and is not part of any.
                unsafe { copy_short(bytes, at.cast()) };
                // SAFETY: the slice has room for this piece and those after it.
                at = unsafe { at.add(piece.len()) };
            }
        };
        // SAFETY: all is filled; the other promises are the caller's.
        unsafe { Self::from_units_with(py, len, fill) }
    }

    /// A `str` of `len` characters that `fill` writes, in the width of its units.
    ///
    /// # Safety
    ///
    /// - `fill` initialises all of the memory.
    /// - As for [`from_units`](Self::from_units).
    #[inline]
    pub unsafe fn from_units_with<'py, U: StrUnit>(
        py: Python<'py>,
        len: usize,
        fill: impl FnOnce(&mut [MaybeUninit<U>]),
    ) -> PyResult<Bound<'py, Self>> {
        let mut at = ptr::null_mut::<c_void>();
        let Ok(size) = ffi::Py_ssize_t::try_from(len) else { return Err(PyErr::no_memory(py)) };
        // SAFETY: the thread is attached, and the address of the characters is written to a variable of its type.
        let object = unsafe { ffi::shim_PyUnicode_New_wide(size, U::MAX_CHARACTER, &mut at) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the str has `len` units of this width, aligned to it, which nobody else sees before they are filled.
        fill(unsafe { slice::from_raw_parts_mut(at.cast(), len) });
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A `str` of `len` characters that `fill` writes.
    ///
    /// # Safety
    ///
    /// - `len` is at least two: there is one `str` for each character, and one that is empty.
    /// - `fill` initialises all of the memory with ASCII characters.
    #[inline]
    pub unsafe fn from_ascii_with<'py>(
        py: Python<'py>,
        len: usize,
        fill: impl FnOnce(&mut [MaybeUninit<u8>]),
    ) -> PyResult<Bound<'py, Self>> {
        let mut at = ptr::null_mut::<u8>();
        let Ok(size) = ffi::Py_ssize_t::try_from(len) else { return Err(PyErr::no_memory(py)) };
        // SAFETY: the thread is attached, and the address of the characters is written to a variable of its type.
        let object = unsafe { ffi::shim_PyUnicode_New_ascii(size, &mut at) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the str has `len` bytes, which nobody else sees before they are filled.
        fill(unsafe { slice::from_raw_parts_mut(at.cast(), len) });
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }
}

/// Whether the bytes, which are mostly few, are ASCII; without a branch for each byte.
#[inline(always)]
fn is_ascii(bytes: &[u8]) -> bool {
    #[inline(always)]
    fn ends<const N: usize>(bytes: &[u8]) -> Option<bool> {
        let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
        Some((0..N).fold(0, |all, index| all | first[index] | last[index]) < 0x80)
    }
    if bytes.len() > 16 {
        return bytes.is_ascii();
    }
    ends::<8>(bytes).or_else(|| ends::<4>(bytes)).or_else(|| ends::<2>(bytes)).unwrap_or_else(|| bytes.is_ascii())
}

/// Copies bytes, which are mostly few: up to 16 without a call of `memcpy`.
///
/// # Safety
///
/// - There is memory for them at `to`, which is not a part of them.
#[inline(always)]
unsafe fn copy_short(from: &[u8], to: *mut u8) {
    /// Copies both ends, which overlap in the middle, if they are that long; returns whether they are.
    #[inline(always)]
    fn ends<const N: usize>(from: &[u8], to: &mut [MaybeUninit<u8>]) -> bool {
        let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) else { return false };
        if let Some(to) = to.first_chunk_mut() {
            *to = first.map(MaybeUninit::new);
        }
        if let Some(to) = to.last_chunk_mut() {
            *to = last.map(MaybeUninit::new);
        }
        true
    }
    if from.len() > 16 {
        // SAFETY: as the caller promises.
        unsafe { ptr::copy_nonoverlapping(from.as_ptr(), to, from.len()) };
        return;
    }
    // SAFETY: as the caller promises; nothing is read.
    let to = unsafe { slice::from_raw_parts_mut(to.cast(), from.len()) };
    let _ = ends::<8>(from, to) || ends::<4>(from, to) || ends::<2>(from, to) || ends::<1>(from, to);
}

/// A `str` that is put together from pieces: one allocation, filled in order.
///
/// # Invariants
///
/// - `object` is a new str of `len` characters of `kind` bytes that nobody else has seen; the first `filled` are set.
#[derive(Debug)]
pub struct StrBuilder<'py> {
    object: Bound<'py, PyStr>,
    kind: c_int,
    len: usize,
    filled: usize,
    max_character: u32,
    seen: u32,
}

impl<'py> StrBuilder<'py> {
    /// Makes room for all `pieces`; `ValueError` when one has a character above U+10FFFF.
    #[inline]
    pub fn for_pieces<'a>(py: Python<'py>, pieces: impl Iterator<Item = StrData<'a>>) -> PyResult<Self> {
        let (mut len, mut max_character) = (0usize, 0);
        for piece in pieces {
            let Some(sum) = len.checked_add(piece.parts().2) else { return Err(PyErr::no_memory(py)) };
            len = sum;
            max_character = piece.max_character().max(max_character);
        }
        Self::new(py, len, max_character)
    }

    /// Makes room for `len` characters, of which the widest is as wide as the widest of `like`.
    #[inline]
    pub fn with_len(py: Python<'py>, len: usize, like: StrData<'_>) -> PyResult<Self> {
        Self::new(py, len, like.max_character())
    }

    #[inline]
    fn new(py: Python<'py>, len: usize, max_character: u32) -> PyResult<Self> {
        if max_character > MAX_CHARACTER {
            return Err(out_of_range(py));
        }
        let max_character = class(max_character);
        let Ok(size) = ffi::Py_ssize_t::try_from(len) else { return Err(PyErr::no_memory(py)) };
        // SAFETY: the thread is attached, as the token proves.
        let object = unsafe { ffi::PyUnicode_New(size, max_character) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the call makes a str. Its memory is not read before it is filled.
        let object: Bound<'py, PyStr> = unsafe { object.cast_into_unchecked() };
        let kind = infallible!(py, shim_PyUnicode_KIND(object));
        Ok(Self { object, kind, len, filled: 0, max_character, seen: 0 })
    }

    /// Writes one of the pieces, in the order in which they were announced.
    ///
    /// # Panics
    ///
    /// When it is not one of them: too long, or with wider characters.
    #[inline]
    pub fn push(&mut self, piece: StrData<'_>) {
        let (_, _, len) = piece.parts();
        let max_character = piece.max_character();
        assert!(len <= self.len - self.filled, "too many characters");
        assert!(max_character <= MAX_CHARACTER && class(max_character) <= self.max_character, "a wider character");
        self.seen = self.seen.max(max_character);
        if len == 0 {
            return;
        }
        match self.kind {
            // SAFETY: the units of the str have one byte.
            1 => write(unsafe { self.spare::<u8>(len) }, piece),
            // SAFETY: they have two bytes.
            2 => write(unsafe { self.spare::<u16>(len) }, piece),
            // SAFETY: they have four bytes, the only other kind.
            _ => write(unsafe { self.spare::<u32>(len) }, piece),
        }
        self.filled += len;
    }

    /// The units that come next.
    ///
    /// # Safety
    ///
    /// - `T` has the size of the kind, and there are `len` more units.
    #[inline]
    unsafe fn spare<T>(&mut self, len: usize) -> &mut [MaybeUninit<T>] {
        let start = infallible!(self.object.py(), shim_PyUnicode_DATA(self.object)).cast::<MaybeUninit<T>>();
        // SAFETY: the str has more units than are filled (the caller's promise).
        let start = unsafe { start.add(self.filled) };
        // SAFETY: there are `len` from there on, which nobody else has seen (invariants).
        unsafe { slice::from_raw_parts_mut(start, len) }
    }

    /// The finished `str`.
    ///
    /// # Panics
    ///
    /// When pieces that were announced have not been written.
    #[inline]
    pub fn finish(self) -> Bound<'py, PyStr> {
        assert_eq!(self.filled, self.len, "missing characters");
        assert!(class(self.seen) == self.max_character, "missing wide characters");
        self.object
    }
}

/// The largest character of the class that a character is in: ASCII, Latin-1, the Basic Multilingual Plane, or all.
#[inline]
fn class(character: u32) -> u32 {
    match character {
        0..=0x7F => 0x7F,
        0x80..=0xFF => 0xFF,
        0x100..=0xFFFF => 0xFFFF,
        _ => MAX_CHARACTER,
    }
}

/// A unit that characters are written as. Those that are too wide are cut off; the caller has compared them before.
trait Unit: Copy {
    fn from_character(character: u32) -> Self;
}

impl Unit for u8 {
    #[inline(always)]
    fn from_character(character: u32) -> Self {
        character as Self
    }
}

impl Unit for u16 {
    #[inline(always)]
    fn from_character(character: u32) -> Self {
        character as Self
    }
}

impl Unit for u32 {
    #[inline(always)]
    fn from_character(character: u32) -> Self {
        character
    }
}

#[inline]
fn write<T: Unit>(target: &mut [MaybeUninit<T>], piece: StrData<'_>) {
    #[inline(always)]
    fn convert<T: Unit, U: Copy + Into<u32>>(target: &mut [MaybeUninit<T>], units: &[U]) {
        for (to, &from) in target.iter_mut().zip(units) {
            to.write(T::from_character(from.into()));
        }
    }
    match piece {
        StrData::Ucs1(units) => convert(target, units),
        StrData::Ucs2(units) => convert(target, units),
        StrData::Ucs4(units) => convert(target, units),
    }
}

/// What the tables of the interpreter have of a character in Unicode's current version.
pub mod character {
    use cpython_sys as ffi;

    /// The value as a decimal digit, or -1.
    #[inline]
    pub fn decimal(character: u32) -> i32 {
        // SAFETY: the function looks a number up in constants.
        unsafe { ffi::_PyUnicode_ToDecimalDigit(character) }
    }

    /// The value as a digit, or -1.
    #[inline]
    pub fn digit(character: u32) -> i32 {
        // SAFETY: as above.
        unsafe { ffi::_PyUnicode_ToDigit(character) }
    }

    /// The numeric value, or -1.0.
    #[inline]
    pub fn numeric(character: u32) -> f64 {
        // SAFETY: as above.
        unsafe { ffi::_PyUnicode_ToNumeric(character) }
    }
}
