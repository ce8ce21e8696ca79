//! Objects of the common built-in types, seen at one glance, and many of them in one go.
//!
//! A serialiser looks at each object of a tree. One call tells it the type and the value, and a [`Batch`] has room for
//! as many items of a container as are looked at in one go.

#![expect(clippy::multiple_unsafe_ops_per_block, reason = "moves to the modules that use it")]

use crate::text::StrData;
use crate::{Borrowed, Python};
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

/// Looks at an object.
#[inline]
pub fn view<'a>(object: Borrowed<'a, '_>) -> Value<'a> {
    let mut value = MaybeUninit::<ffi::shim_value>::zeroed();
    // SAFETY: the object is live for `'a` and the thread attached; the fields that are not filled in stay zero.
    unsafe {
        ffi::shim_view(object.as_ptr(), value.as_mut_ptr());
        interpret(value.as_ptr())
    }
}

/// # Safety
///
/// - `value` has been filled by a shim, and its object lives for `'a`.
#[inline]
unsafe fn interpret<'a>(value: *const ffi::shim_value) -> Value<'a> {
    // SAFETY: the tag is always set, and says which other fields are.
    unsafe {
        match (*value).tag as u32 {
            ffi::SHIM_NONE => Value::None,
            ffi::SHIM_TRUE => Value::True,
            ffi::SHIM_FALSE => Value::False,
            ffi::SHIM_STR => Value::Str(StrData::from_raw((*value).kind, (*value).data, (*value).length)),
            ffi::SHIM_INT => Value::Int((*value).integer),
            ffi::SHIM_BIG_INT => Value::BigInt,
            ffi::SHIM_FLOAT => Value::Float((*value).real),
            ffi::SHIM_LIST => Value::Sequence { exact: (*value).kind != 0, len: (*value).length as usize },
            ffi::SHIM_DICT => Value::Dict { exact: (*value).kind != 0, len: (*value).length as usize },
            _ => Value::Other,
        }
    }
}

/// How many values a batch holds.
const CAPACITY: usize = 32;

/// Room for what is seen of a few objects.
pub struct Batch {
    values: [MaybeUninit<ffi::shim_value>; CAPACITY],
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch for one container after the other.
    #[inline]
    pub const fn new() -> Self {
        Self { values: [const { MaybeUninit::uninit() }; CAPACITY] }
    }

    /// Where the values go, and how many have room.
    #[inline]
    pub(crate) fn room(&mut self) -> (*mut ffi::shim_value, usize) {
        (self.values.as_mut_ptr().cast(), CAPACITY)
    }

    /// An object, and what is seen of it.
    ///
    /// # Safety
    ///
    /// - The value at `index` has been filled by a shim, and its object lives for `'a`.
    #[inline]
    pub(crate) unsafe fn get<'a, 'py>(&self, py: Python<'py>, index: usize) -> (Borrowed<'a, 'py>, Value<'a>) {
        let value = self.values[index].as_ptr();
        // SAFETY: handed on; the object is always set.
        unsafe {
            let Some(object) = Borrowed::from_borrowed_or_null(py, (*value).object) else {
                unreachable!("a batch holds objects")
            };
            (object, interpret(value))
        }
    }

    /// Where to go on behind a pair of a dict.
    ///
    /// # Safety
    ///
    /// - The value at `index` has been filled by a shim, as that of a key.
    #[inline]
    pub(crate) unsafe fn next(&self, index: usize) -> ffi::Py_ssize_t {
        // SAFETY: handed on.
        unsafe { (*self.values[index].as_ptr()).next }
    }
}
