//! Calls, and the exceptions that are objects before they are raised.

use crate::{Borrowed, Bound, ExceptionType, PyErr, PyResult, Python, str_interned};
use cpython_sys as ffi;
use std::ffi::{CStr, c_int};
use std::ptr;

/// Takes over what a C function has returned: a new reference, or NULL with an exception set.
///
/// # Safety
///
/// - `object` is a new reference, or NULL with an exception set.
#[inline]
pub(crate) unsafe fn owned_or_err(py: Python<'_>, object: *mut ffi::PyObject) -> PyResult<Bound<'_>> {
    // SAFETY: handed on.
    unsafe { Bound::from_owned_or_null(py, object).ok_or_else(|| PyErr::already_set(py)) }
}

/// Reads C's status: negative with an exception set, or fine.
///
/// # Safety
///
/// - A negative `status` comes with an exception.
#[inline]
pub(crate) unsafe fn status_or_err(py: Python<'_>, status: c_int) -> PyResult<c_int> {
    // SAFETY: handed on.
    if status < 0 { Err(unsafe { PyErr::already_set(py) }) } else { Ok(status) }
}

/// `callable(argument)`. It may run any Python code, as every call may.
#[inline]
pub fn call1<'py>(callable: Borrowed<'_, 'py>, argument: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = callable.py();
    // SAFETY: both objects are live and the thread attached; the result is as asked.
    unsafe { owned_or_err(py, ffi::PyObject_CallOneArg(callable.as_ptr(), argument.as_ptr())) }
}

/// `callable(*arguments)`.
#[inline]
pub fn call<'py, const N: usize>(
    callable: Borrowed<'_, 'py>,
    arguments: [Borrowed<'_, 'py>; N],
) -> PyResult<Bound<'py>> {
    let py = callable.py();
    let pointers = arguments.map(Borrowed::as_ptr);
    // SAFETY: all objects are live and the thread attached; there are as many pointers as are said.
    unsafe { owned_or_err(py, ffi::PyObject_Vectorcall(callable.as_ptr(), pointers.as_ptr(), N, ptr::null_mut())) }
}

/// `from module import name`.
#[inline]
pub fn import_attribute<'py>(py: Python<'py>, module: &CStr, name: &CStr) -> PyResult<Bound<'py>> {
    // Interned here, as the interpreter would intern new strings later, and keep each of them when memory runs out then.
    let (module, name) = (str_interned(py, module)?, str_interned(py, name)?);
    // SAFETY: both are live strings and the thread is attached; the result is as asked.
    unsafe { owned_or_err(py, ffi::PyImport_ImportModuleAttr(module.as_ptr(), name.as_ptr())) }
}

/// `None`, `True` or `False`.
#[derive(Clone, Copy, Debug)]
pub enum Constant {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
}

/// A reference to one of the constants.
#[inline]
pub fn constant(py: Python<'_>, constant: Constant) -> Bound<'_> {
    let id = match constant {
        Constant::None => ffi::Py_CONSTANT_NONE,
        Constant::True => ffi::Py_CONSTANT_TRUE,
        Constant::False => ffi::Py_CONSTANT_FALSE,
    };
    // SAFETY: the thread is attached, and these constants are there as long as any interpreter.
    let Some(object) = (unsafe { Bound::from_owned_or_null(py, ffi::Py_GetConstant(id)) }) else {
        unreachable!("the constants exist while an interpreter runs")
    };
    object
}

/// Runs `body` one level of C recursion deeper, unless the stack is used up: then `RecursionError` is raised, with
/// `place` at the end of its message.
#[inline]
pub fn with_recursion<T>(py: Python<'_>, place: &CStr, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    struct Leave;
    impl Drop for Leave {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: entered below.
            unsafe { ffi::Py_LeaveRecursiveCall() };
        }
    }
    // SAFETY: the thread is attached, the text ends in NUL, and a failure sets an exception.
    unsafe { status_or_err(py, -i32::from(ffi::Py_EnterRecursiveCall(place.as_ptr()) != 0)) }?;
    let _leave = Leave;
    body()
}

impl PyErr {
    /// Raises `exception` with `value`: an instance of it, or the argument to make one.
    #[cold]
    pub fn from_value(exception: Borrowed<'_, '_>, value: Borrowed<'_, '_>) -> Self {
        // SAFETY: both objects are live and the thread attached. What is no exception makes a SystemError.
        unsafe {
            ffi::PyErr_SetObject(exception.as_ptr(), value.as_ptr());
            Self::already_set(exception.py())
        }
    }

    /// Raises `exception` with `prefix`, which is UTF-8, and at most `limit` bytes of the name of the type of `object`.
    #[cold]
    pub fn with_type_name(exception: ExceptionType, prefix: &CStr, object: Borrowed<'_, '_>, limit: u16) -> Self {
        let py = object.py();
        // SAFETY: both objects are live and the thread attached, and the text ends in NUL.
        unsafe {
            let exception = exception.bind(py).as_ptr();
            ffi::shim_PyErr_Format_type(exception, prefix.as_ptr(), object.as_ptr(), limit.into());
            Self::already_set(py)
        }
    }

    /// Raises `exception` with `prefix`, which is UTF-8, and the `repr` of `object`, which may run any Python code.
    #[cold]
    pub fn with_repr(exception: ExceptionType, prefix: &CStr, object: Borrowed<'_, '_>) -> Self {
        let py = object.py();
        // SAFETY: both objects are live and the thread attached, and the text ends in NUL.
        unsafe {
            ffi::shim_PyErr_Format_repr(exception.bind(py).as_ptr(), prefix.as_ptr(), object.as_ptr());
            Self::already_set(py)
        }
    }

    /// Adds a note: when serializing which item of `container`.
    #[cold]
    pub fn note_item(self, container: Borrowed<'_, '_>, item: Place<'_, '_>) -> Self {
        let (key, index) = match item {
            Place::Key(key) => (key.as_ptr(), 0),
            Place::Index(index) => (ptr::null_mut(), ffi::Py_ssize_t::try_from(index).unwrap_or(ffi::Py_ssize_t::MAX)),
        };
        // SAFETY: the objects are live and the thread attached; an exception is set before and after.
        unsafe {
            ffi::shim_add_note_of_item(container.as_ptr(), key, index);
            Self::already_set(container.py())
        }
    }

    /// Adds a note: when serializing an object of which type.
    #[cold]
    pub fn note_object(self, object: Borrowed<'_, '_>) -> Self {
        // SAFETY: the object is live and the thread attached; an exception is set before and after.
        unsafe {
            ffi::shim_add_note_of_object(object.as_ptr());
            Self::already_set(object.py())
        }
    }

    /// Runs `body` while this exception is put aside. An exception of `body` replaces it.
    #[cold]
    pub fn set_aside(self, py: Python<'_>, body: impl FnOnce() -> PyResult<()>) -> Self {
        // SAFETY: the thread is attached; an exception is set, which is taken and given back.
        unsafe {
            let raised = Bound::from_owned_or_null(py, ffi::PyErr_GetRaisedException());
            match (body(), raised) {
                (Ok(()), Some(raised)) => ffi::PyErr_SetRaisedException(raised.into_ptr()),
                (Ok(()), None) => unreachable!("an exception was set"),
                (Err(_), _) => {}
            }
            Self::already_set(py)
        }
    }
}

/// Which item of a container.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a, 'py> {
    /// The value of this key of a dict.
    Key(Borrowed<'a, 'py>),
    /// The item at this index of a sequence.
    Index(usize),
}
