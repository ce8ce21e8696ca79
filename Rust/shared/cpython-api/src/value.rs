//! The type and the value of an object of a common built-in type, found by one call.

use crate::text::StrData;
use crate::{Borrowed, Bound};
use cpython_sys as ffi;
use std::mem::MaybeUninit;

/// What an object is. A subclass counts as its base.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
    /// A `str`, with its characters.
    Str(StrData<'a>),
    /// An `int` that fits.
    Int(i64),
    /// A larger one.
    BigInt,
    /// A `float`.
    Float(f64),
    /// A `list` or `tuple`.
    Sequence {
        /// Whether it is not of a subclass.
        exact: bool,
        /// How many items it has now, whatever a subclass says.
        len: usize,
    },
    /// A `dict` or `frozendict`.
    Dict {
        /// Whether it is not of a subclass.
        exact: bool,
        /// How many items it has now, whatever a subclass says.
        len: usize,
    },
    /// Anything else.
    Other,
}

impl<'a> Borrowed<'a, '_> {
    /// The type and the value of this object, borrowed for as long as the object is. It runs no Python code.
    #[inline]
    pub fn value(self) -> Value<'a> {
        let mut value = MaybeUninit::<ffi::shim_value>::uninit();
        // SAFETY: the object is live and the thread attached (invariants); the call sets the tag and what belongs to it.
        unsafe { ffi::shim_view(self.as_ptr(), value.as_mut_ptr()) };
        // SAFETY: filled by the call, for an object that lives for `'a`.
        unsafe { interpret(value.as_ptr()) }
    }
}

impl Bound<'_> {
    /// The type and the value of this object, borrowed for as long as this reference is. It runs no Python code.
    #[inline]
    pub fn value(&self) -> Value<'_> {
        self.as_borrowed().value()
    }
}

/// The [`Value`] that a shim has described.
///
/// # Safety
///
/// - `value` has been filled by a shim: its tag is set, and the fields that the tag names. Its object lives for `'a`.
#[inline]
pub(crate) unsafe fn interpret<'a>(value: *const ffi::shim_value) -> Value<'a> {
    // SAFETY: called for the tags that name the field `kind`, which is set (the caller's promise).
    let kind = || unsafe { (*value).kind };
    // SAFETY: called for the tags that name the field `length`, which is set (the caller's promise).
    let length = || unsafe { (*value).length };
    // SAFETY: called for the tag that names the field `data`, which is set (the caller's promise).
    let data = || unsafe { (*value).data };
    // SAFETY: called for the tag that names the field `integer`, which is set (the caller's promise).
    let integer = || unsafe { (*value).integer };
    // SAFETY: called for the tag that names the field `real`, which is set (the caller's promise).
    let real = || unsafe { (*value).real };
    // SAFETY: the tag is always set (the caller's promise).
    match unsafe { (*value).tag } as u32 {
        ffi::SHIM_NONE => Value::None,
        ffi::SHIM_TRUE => Value::True,
        ffi::SHIM_FALSE => Value::False,
        // SAFETY: these are the parts of one str, which lives for `'a` (the caller's promise).
        ffi::SHIM_STR => Value::Str(unsafe { StrData::from_raw(kind(), data(), length()) }),
        ffi::SHIM_INT => Value::Int(integer()),
        ffi::SHIM_BIG_INT => Value::BigInt,
        ffi::SHIM_FLOAT => Value::Float(real()),
        ffi::SHIM_LIST => Value::Sequence { exact: kind() != 0, len: length() as usize },
        ffi::SHIM_DICT => Value::Dict { exact: kind() != 0, len: length() as usize },
        _ => Value::Other,
    }
}
