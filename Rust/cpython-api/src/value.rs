//! Objects of the common built-in types, seen at one glance, and many of them in one go.
//!
//! A serialiser looks at each object of a tree. One call tells it the type and the value, and a [`Batch`] takes as many
//! items of a container as need no Python code, under one lock.

use crate::text::StrData;
use crate::{Borrowed, Bound, Python};
use cpython_sys as ffi;
use std::marker::PhantomData;
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
    },
    /// A `dict`.
    Dict {
        /// Whether it is not of a subclass.
        exact: bool,
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
            ffi::SHIM_LIST => Value::Sequence { exact: (*value).kind != 0 },
            ffi::SHIM_DICT => Value::Dict { exact: (*value).kind != 0 },
            _ => Value::Other,
        }
    }
}

/// How many values a batch holds.
const CAPACITY: usize = 32;

/// A few objects, each with an owned reference.
///
/// # Invariants
///
/// - The first `len` values are filled, and their references belong to the batch.
pub struct Batch<'py> {
    values: [MaybeUninit<ffi::shim_value>; CAPACITY],
    len: usize,
    _py: PhantomData<Python<'py>>,
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("len", &self.len).finish_non_exhaustive()
    }
}

impl<'py> Batch<'py> {
    /// An empty batch.
    #[inline]
    pub fn new(_py: Python<'py>) -> Self {
        Self { values: [const { MaybeUninit::uninit() }; CAPACITY], len: 0, _py: PhantomData }
    }

    /// Gives up all references.
    #[inline]
    pub fn clear(&mut self) {
        let len = std::mem::take(&mut self.len);
        if len > 0 {
            // SAFETY: so many references were owned, and are not any more; the thread is attached for `'py`.
            unsafe { ffi::shim_release(self.values.as_mut_ptr().cast(), len as ffi::Py_ssize_t) };
        }
    }

    /// The object at an index, and what it is.
    ///
    /// # Panics
    ///
    /// When there are not so many.
    #[inline]
    pub fn get(&self, index: usize) -> (Borrowed<'_, 'py>, Value<'_>) {
        let value = self.values[..self.len][index].as_ptr();
        // SAFETY: the value is filled, and its object lives as long as the batch is not changed; the thread is attached
        // for `'py`.
        unsafe {
            let py = Python::assume_attached();
            let Some(object) = Borrowed::from_borrowed_or_null(py, (*value).object) else {
                unreachable!("a batch holds objects")
            };
            (object, interpret(value))
        }
    }

    /// Takes the last object out.
    #[inline]
    pub fn pop(&mut self) -> Option<Bound<'py>> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: the value is filled, and its reference does not belong to the batch any more; the thread is attached
        // for `'py`.
        unsafe { Bound::from_owned_or_null(Python::assume_attached(), (*self.values[self.len].as_ptr()).object) }
    }

    /// Clears the batch and lends the place of its first values, to be filled.
    #[inline]
    pub(crate) fn start(&mut self, limit: usize) -> &mut [MaybeUninit<ffi::shim_value>] {
        self.clear();
        &mut self.values[..limit.min(CAPACITY)]
    }

    /// Takes over the first `count` values.
    ///
    /// # Safety
    ///
    /// - They have been filled since [`start`](Self::start) with owned references, and the batch was empty.
    #[inline]
    pub(crate) unsafe fn filled(&mut self, count: usize) {
        debug_assert!(count <= CAPACITY && self.len == 0);
        self.len = count;
    }
}

impl Drop for Batch<'_> {
    #[inline]
    fn drop(&mut self) {
        self.clear();
    }
}
