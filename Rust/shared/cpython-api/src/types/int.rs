//! `int`, of any size.

use crate::ffi_call::{infallible, new_reference};
use crate::types::{PyStr, python_type};
use crate::{Bound, IntView, PyErr, PyResult, PyTypeObject, Python};
use std::ffi::CStr;
use std::ptr;

python_type! {
    /// `int`
    PyInt, "int", shim_PyLong_Check, shim_PyLong_CheckExact
}

/// A machine integer that an `int` is made of.
pub trait IntoPyInt: Copy {
    /// A new `int`.
    fn into_py_int(self, py: Python<'_>) -> PyResult<Bound<'_>>;
}

macro_rules! into_int {
    ($($type:ty => $function:ident($as:ty))*) => {$(
        impl IntoPyInt for $type {
            #[inline]
            fn into_py_int(self, py: Python<'_>) -> PyResult<Bound<'_>> {
                new_reference!(py, $function(<$as>::from(self)))
            }
        }
    )*}
}

into_int! {
    i32 => PyLong_FromLongLong(i64)
    i64 => PyLong_FromLongLong(i64)
    isize => PyLong_FromSsize_t(isize)
    u8 => PyLong_FromUnsignedLongLong(u64)
    u16 => PyLong_FromUnsignedLongLong(u64)
    u32 => PyLong_FromUnsignedLongLong(u64)
    u64 => PyLong_FromUnsignedLongLong(u64)
}

impl IntoPyInt for usize {
    #[inline]
    fn into_py_int(self, py: Python<'_>) -> PyResult<Bound<'_>> {
        (self as u64).into_py_int(py)
    }
}

impl PyInt {
    /// A new `int`.
    #[inline]
    pub fn new(py: Python<'_>, value: impl IntoPyInt) -> PyResult<Bound<'_, Self>> {
        let object = value.into_py_int(py)?;
        // SAFETY: the calls make ints.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// `int(value)` of a double; `OverflowError` of an infinity and `ValueError` of a NaN.
    #[inline]
    pub fn from_f64(py: Python<'_>, value: f64) -> PyResult<Bound<'_, Self>> {
        let object = new_reference!(py, PyLong_FromDouble(value))?;
        // SAFETY: the call makes an int.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A new `int` with the magnitude `limbs`, the least significant first.
    #[inline]
    pub fn from_limbs<'py>(py: Python<'py>, negative: bool, limbs: &[u64]) -> PyResult<Bound<'py, Self>> {
        let object = crate::int::from_limbs(py, negative, limbs)?;
        // SAFETY: the function makes an int.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A new `int` of words of 32 bits, the least significant first.
    #[inline]
    pub fn from_words<'py>(py: Python<'py>, words: &[u32]) -> PyResult<Bound<'py, Self>> {
        let object = crate::int::from_words(py, words)?;
        // SAFETY: the function makes an int.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A new `int` of `count` words of 32 bits, the least significant first. `next` writes them, some hundred at a time.
    #[inline]
    pub fn from_pieces<'py>(py: Python<'py>, count: usize, next: impl FnMut(&mut [u32])) -> PyResult<Bound<'py, Self>> {
        let object = crate::int::from_pieces(py, count, next)?;
        // SAFETY: the function makes an int.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// `int(text)` for decimal digits, with the limit on their number.
    #[inline]
    pub fn from_decimal<'py>(py: Python<'py>, text: &CStr) -> PyResult<Bound<'py, Self>> {
        // SAFETY: the thread is attached, as the token proves, and the text ends in NUL; no end is requested.
        let object = unsafe { cpython_sys::PyLong_FromString(text.as_ptr(), ptr::null_mut(), 10) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { crate::ffi_call::owned_or_err(py, object) }?;
        // SAFETY: the call makes an int.
        Ok(unsafe { object.cast_into_unchecked() })
    }
}

impl<'py> Bound<'py, PyInt> {
    /// The value, if the object is of `int` itself and fits. It runs no Python code.
    #[inline]
    pub fn small(&self) -> Option<i64> {
        self.exact_i64()
    }

    /// The digits.
    #[inline]
    pub fn view(&self) -> PyResult<IntView<'_, 'py>> {
        IntView::new(self.as_borrowed().to_any())
    }

    /// `int.__repr__(self)`, whatever a subclass has.
    #[inline]
    pub fn int_repr(&self) -> PyResult<Bound<'py, PyStr>> {
        let text = new_reference!(self.py(), shim_PyLong_Type_repr(self))?;
        // SAFETY: the call makes a str.
        Ok(unsafe { text.cast_into_unchecked() })
    }

    /// The value; `OverflowError` where it does not fit.
    #[inline]
    pub fn as_isize(&self) -> PyResult<isize> {
        let value = infallible!(self.py(), PyLong_AsSsize_t(self));
        if value == -1 && !infallible!(self.py(), PyErr_Occurred()).is_null() {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// `self < 0`
    #[inline]
    pub fn is_negative(&self) -> bool {
        infallible!(self.py(), shim_PyLong_IsNegative(self)) != 0
    }
}

/// The start of a `PyLongObject` with digits of 30 bits. `internal.c` of cpython-sys compares the offsets and the meaning of the tag with
/// those of CPython's headers.
#[repr(C)]
struct SmallInt {
    _header: [u8; cpython_sys::SHIM_TYPE_OFFSET as usize],
    _class: *const PyTypeObject,
    tag: usize,
    digit: u32,
}

/// Values of objects that are of `int` itself. These run no Python code.
impl Bound<'_> {
    /// The value, if it fits.
    #[inline]
    pub fn exact_i64(&self) -> Option<i64> {
        let mut value = 0;
        // SAFETY: the object is live and the thread attached (invariants); the value is stored if there is one.
        let found = unsafe { cpython_sys::shim_small_int(self.as_ptr(), &mut value) };
        (found != 0).then_some(value)
    }

    /// The value, if it is a small one that is not negative, without a call. It is `None` for some or all of these, too: then
    /// [`exact_i64`](Self::exact_i64) has the answer.
    #[inline]
    pub fn exact_small_index(&self) -> Option<usize> {
        if !self.as_borrowed().has_type(&raw const cpython_sys::PyLong_Type) {
            return None;
        }
        // SAFETY: a static variable that nobody writes to.
        if unsafe { cpython_sys::shim_digit_size } != 4 {
            return None;
        }
        let int = self.as_ptr().cast::<SmallInt>();
        // SAFETY: an `int` starts with this field, which nobody changes.
        let tag = unsafe { (*int).tag };
        // A single digit and the sign "positive", or no digit and the sign "zero"; the bit of immortal ones does not matter.
        match tag & !4 {
            // SAFETY: it has a digit, which nobody changes. No reference, as the object may end after it, and the structure is padded.
            0b1000 => Some(unsafe { (*int).digit } as usize),
            0b0001 => Some(0),
            _ => None,
        }
    }

    /// Whether the value is negative, and its magnitude, if that fits.
    #[inline]
    pub fn exact_u128(&self) -> Option<(bool, u128)> {
        let mut words = [0; 2];
        // SAFETY: the object is live and the thread attached (invariants); there is room for two words.
        let sign = unsafe { cpython_sys::shim_int_magnitude(self.as_ptr(), words.as_mut_ptr()) };
        (sign != 0).then(|| (sign < 0, u128::from(words[1]) << 64 | u128::from(words[0])))
    }

    /// The sign: -1, 0 or 1.
    #[inline]
    pub fn exact_sign(&self) -> Option<i32> {
        Some(infallible!(self.py(), shim_int_sign(self))).filter(|sign| *sign <= 1)
    }

    /// Writes the magnitude to the first of `limbs`, which are zero, and returns whether the value is negative, and how many limbs
    /// the magnitude has; `None` if it does not fit.
    #[inline]
    pub fn exact_limbs<const N: usize>(&self, limbs: &mut [u64; N]) -> Option<(bool, usize)> {
        const { assert!(N > 0 && N < 1000) };
        // SAFETY: the object is live and the thread attached (invariants); there is room for `N` words.
        let found = unsafe { cpython_sys::shim_int_words(self.as_ptr(), limbs.as_mut_ptr(), N as i32) };
        usize::try_from(found).ok().map(|found| (found % 2 != 0, found / 2))
    }
}
