//! The arguments of functions that C calls: pointers that become handles once a thread is known to be attached.
//!
//! The `unsafe` part of an exported function is its prologue: one line for each argument, which states its kind, and
//! the call of the entry. The closure that the entry runs is safe code:
//!
//! ```no_run
//! # use cpython_api::{Arg, Borrowed, Bound, Input, Py_buffer, PyObject, PyResult, Python, View, entry};
//! # use cpython_api::types::{PyBytes, PyModule};
//! /// # Safety
//! ///
//! /// Called by the parsing code alone.
//! #[unsafe(no_mangle)]
//! pub unsafe extern "C" fn example_reversed_impl(module: *mut PyObject, data: *mut Py_buffer) -> *mut PyObject {
//!     // SAFETY: the parsing code passes this module, which its caller keeps for the call.
//!     let module = unsafe { Arg::<PyModule>::new(&module) };
//!     // SAFETY: the parsing code fills the view before the call, and releases it after.
//!     let data = unsafe { View::new(&data) };
//!     // SAFETY: the parsing code calls on an attached thread.
//!     unsafe { entry(c"example.reversed", move |py| reversed(module.bind(py), &*data.input(py)?)) }
//! }
//!
//! fn reversed<'py>(module: Borrowed<'_, 'py, PyModule>, data: &[u8]) -> PyResult<Bound<'py>> {
//!     let data: Vec<u8> = data.iter().rev().copied().collect();
//!     Ok(PyBytes::new(module.py(), &data)?.into_any())
//! }
//! ```

use crate::buffer::class_of;
use crate::types::PyAny;
use crate::{Borrowed, Input, PyObject, PyResult, Python};
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

/// An object that C has passed, of type `T`.
///
/// Its lifetime is that of the variable with the pointer, so that it does not outlive the call.
///
/// ```compile_fail,E0515
/// # use cpython_api::{Arg, PyObject};
/// unsafe fn outlives<'a>(object: *mut PyObject) -> Arg<'a> {
///     unsafe { Arg::new(&object) }
/// }
/// ```
///
/// # Invariants
///
/// - `object` is live for `'a`, and a `T`.
#[derive(Debug)]
pub struct Arg<'a, T = PyAny> {
    object: NonNull<PyObject>,
    _argument: PhantomData<(&'a PyObject, T)>,
}

impl<T> Clone for Arg<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Arg<'_, T> {}

impl<'a, T> Arg<'a, T> {
    /// Whether the object is a module, as the `self` of its functions is. Its class may be a subclass: a program can assign one to
    /// `__class__`.
    #[inline]
    pub fn is_module(self) -> bool {
        // SAFETY: the object is live (invariants).
        let is_exact = ptr::eq(unsafe { class_of(self.object.as_ptr()) }, &raw const ffi::PyModule_Type);
        // SAFETY: the object is live (invariants).
        is_exact || unsafe { ffi::shim_PyModule_Check(self.object.as_ptr()) } != 0
    }

    /// Takes an argument.
    ///
    /// # Safety
    ///
    /// - The object is not NULL, and a `T` or of a subclass.
    /// - The caller of the function keeps it until the function returns.
    #[inline]
    pub unsafe fn new(argument: &'a *mut PyObject) -> Self {
        debug_assert!(!argument.is_null(), "an argument of C is NULL");
        // SAFETY: not NULL (the caller's promise).
        Self { object: unsafe { NonNull::new_unchecked(*argument) }, _argument: PhantomData }
    }

    /// Takes an argument that may be left out; `None` when it is NULL.
    ///
    /// # Safety
    ///
    /// - As for [`new`](Self::new), but for NULL.
    #[inline]
    pub unsafe fn optional(argument: &'a *mut PyObject) -> Option<Self> {
        NonNull::new(*argument).map(|object| Self { object, _argument: PhantomData })
    }

    /// The handle.
    #[inline]
    pub fn bind<'py>(self, py: Python<'py>) -> Borrowed<'a, 'py, T> {
        // SAFETY: the object is live for `'a` (invariants).
        let object: Borrowed<'a, 'py> = unsafe { Borrowed::from_ptr(py, self.object.as_ptr()) };
        // SAFETY: it is a `T` (invariants).
        unsafe { object.cast_unchecked() }
    }
}

/// A buffer that Argument Clinic's parsing code has filled, and releases after the call.
///
/// # Invariants
///
/// - `view` has been filled by `PyObject_GetBuffer` with `PyBUF_SIMPLE` and is not released during `'a`; or its `obj` is
///   NULL and its memory is immutable for `'a`, as Argument Clinic's converters leave it for `str`.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    view: &'a ffi::Py_buffer,
}

impl<'a> View<'a> {
    /// Takes an argument.
    ///
    /// # Safety
    ///
    /// - The view is not NULL. It is filled, as the invariants of this type say, and the caller of the function releases it
    ///   after the function has returned.
    #[inline]
    pub unsafe fn new(argument: &'a *mut ffi::Py_buffer) -> Self {
        // SAFETY: not NULL, and it stays for the call (the caller's promise).
        Self { view: unsafe { &**argument } }
    }

    /// Takes an argument that may be left out; `None` when its memory is NULL.
    ///
    /// # Safety
    ///
    /// - As for [`new`](Self::new), but the view may be all zero.
    #[inline]
    pub unsafe fn optional(argument: &'a *mut ffi::Py_buffer) -> Option<Self> {
        // SAFETY: not NULL, and it stays for the call (the caller's promise).
        let view = unsafe { &**argument };
        (!view.buf.is_null()).then_some(Self { view })
    }

    /// How many bytes there are.
    #[inline]
    pub fn len(self) -> usize {
        usize::try_from(self.view.len).unwrap_or(0)
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// How many bytes an item of the exporter has.
    #[inline]
    pub fn item_size(self) -> usize {
        usize::try_from(self.view.itemsize).unwrap_or(0)
    }

    #[inline]
    pub(crate) fn as_raw(self) -> &'a ffi::Py_buffer {
        self.view
    }

    /// The contents, borrowed or copied.
    #[inline]
    pub fn input(self, py: Python<'_>) -> PyResult<Input<'a>> {
        // SAFETY: the view is filled and stays so for `'a` (invariants).
        unsafe { Input::from_view(py, self.view) }
    }

    /// The contents, if nobody can write to them.
    #[inline]
    pub fn as_bytes(self, py: Python<'_>) -> Option<&'a [u8]> {
        // SAFETY: the view is filled and stays so for `'a` (invariants).
        unsafe { crate::buffer::borrow(py, self.view) }
    }

    /// The contents, if they are at most `limit` bytes and can be borrowed. This cannot panic, so that short input can be
    /// worked on without the cost of an [`entry`](crate::entry()).
    #[inline]
    pub fn short(self, py: Python<'_>, limit: usize) -> Option<&'a [u8]> {
        if self.len() > limit { None } else { self.as_bytes(py) }
    }

    /// Passes the `len` bytes from `start` on to `read`: in their place or, when others may write to them, as a copy. `None` when
    /// there are not so many.
    #[inline]
    pub fn with_range<R>(
        self,
        py: Python<'_>,
        start: usize,
        len: usize,
        read: impl FnOnce(&[u8]) -> R,
    ) -> PyResult<Option<R>> {
        // SAFETY: the view is filled and stays so for the call (invariants).
        unsafe { crate::buffer::with_range(py, self.view, start, len, read) }
    }

    /// Writes to the memory from `offset` on; `None` when that is not writable, or too short.
    #[inline]
    pub fn write(self, _py: Python<'_>, offset: usize, bytes: &[u8]) -> Option<()> {
        // SAFETY: the view is filled and stays so for the call (invariants).
        unsafe { crate::buffer::write(self.view, offset, bytes) }
    }

    /// Passes the contents to `read` once and in order, in as few pieces as possible without a copy of all.
    #[inline]
    pub fn read_blocks(self, py: Python<'_>, read: impl FnMut(&[u8])) {
        // SAFETY: the view is filled and stays so for the call (invariants).
        unsafe { crate::read_blocks(py, self.view, read) }
    }
}

/// A C string that is an argument.
///
/// # Safety
///
/// - The pointer is not NULL, and the caller of the function keeps the string, which ends in NUL, until it returns.
#[inline]
pub unsafe fn c_str_arg(argument: &*const std::ffi::c_char) -> &std::ffi::CStr {
    // SAFETY: a string that ends in NUL and stays (the caller's promise).
    unsafe { std::ffi::CStr::from_ptr(*argument) }
}
