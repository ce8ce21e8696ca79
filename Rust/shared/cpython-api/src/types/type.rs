//! `type`

use crate::ffi_call::status;
use crate::types::{PyStr, python_type};
use crate::{Bound, PyResult, PyTypeObject};

python_type! {
    /// `type`
    PyType, "type", shim_PyType_Check
}

impl<'py> Bound<'py, PyType> {
    /// The pointer, still owned by this value.
    #[inline]
    pub fn as_type_ptr(&self) -> *mut PyTypeObject {
        self.as_ptr().cast()
    }

    /// The function of the slot `tp_new`, to compare it with another one.
    #[inline]
    pub fn tp_new(&self) -> *const () {
        // SAFETY: a live type and an attached thread (invariants).
        unsafe { cpython_sys::shim_tp_new(self.as_type_ptr()) }.cast_const().cast()
    }

    /// The function of the slot `tp_init`, to compare it with another one.
    #[inline]
    pub fn tp_init(&self) -> *const () {
        // SAFETY: a live type and an attached thread (invariants).
        unsafe { cpython_sys::shim_tp_init(self.as_type_ptr()) }.cast_const().cast()
    }

    /// The type's name in C, `tp_name`, as in messages with `"%s"`.
    pub fn tp_name(&self) -> PyResult<Bound<'py, PyStr>> {
        self.tp_name_up_to(usize::MAX)
    }

    /// The type's name in C, `tp_name`, as in messages with `"%.200s"`: the characters that are complete in the first 200 bytes.
    pub fn c_name(&self) -> PyResult<Bound<'py, PyStr>> {
        self.tp_name_up_to(200)
    }

    fn tp_name_up_to(&self, limit: usize) -> PyResult<Bound<'py, PyStr>> {
        // SAFETY: a live type and an attached thread (invariants).
        let name = unsafe { cpython_sys::shim_tp_name(self.as_type_ptr()) };
        // SAFETY: a string that ends in NUL. It is copied before another thread could have given the type another name and freed
        // this one, which needs all threads to stop.
        let name = unsafe { std::ffi::CStr::from_ptr(name) }.to_bytes();
        let name = &name[..name.len().min(limit)];
        let complete = match std::str::from_utf8(name) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => name.len(),
        };
        PyStr::new(self.py(), &String::from_utf8_lossy(&name[..complete]))
    }

    /// `cls.__name__`
    #[inline]
    pub fn name(&self) -> PyResult<Bound<'py, PyStr>> {
        // SAFETY: a live type and an attached thread (invariants).
        let name = unsafe { cpython_sys::PyType_GetName(self.as_type_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        let name = unsafe { crate::ffi_call::owned_or_err(self.py(), name) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { name.cast_into_unchecked() })
    }

    /// `cls.__qualname__`
    #[inline]
    pub fn qualname(&self) -> PyResult<Bound<'py>> {
        // SAFETY: a live type and an attached thread (invariants).
        let name = unsafe { cpython_sys::PyType_GetQualName(self.as_type_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(self.py(), name) }
    }

    /// `cls.__module__`, which can be any object.
    #[inline]
    pub fn module_name(&self) -> PyResult<Bound<'py>> {
        // SAFETY: a live type and an attached thread (invariants).
        let name = unsafe { cpython_sys::PyType_GetModuleName(self.as_type_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(self.py(), name) }
    }

    /// `cls.__module__ + "." + cls.__qualname__`, without a module for the built-in types, as messages have it.
    #[inline]
    pub fn fully_qualified_name(&self) -> PyResult<Bound<'py, PyStr>> {
        // SAFETY: a live type and an attached thread (invariants).
        let name = unsafe { cpython_sys::PyType_GetFullyQualifiedName(self.as_type_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        let name = unsafe { crate::ffi_call::owned_or_err(self.py(), name) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { name.cast_into_unchecked() })
    }

    /// `issubclass(cls, other)`. It may run any Python code.
    #[inline]
    pub fn is_subclass(&self, other: &Bound<'py>) -> PyResult<bool> {
        status!(self.py(), PyObject_IsSubclass(self, other)).map(|result| result != 0)
    }

    /// A new exception class, `module.name`; `bases` is a class or a tuple of them, `Exception` when there is none.
    pub fn new_exception(
        py: crate::Python<'py>,
        name: &std::ffi::CStr,
        doc: Option<&std::ffi::CStr>,
        bases: Option<&Bound<'py>>,
    ) -> PyResult<Self> {
        let doc = doc.map_or(std::ptr::null(), std::ffi::CStr::as_ptr);
        let bases = bases.map_or(std::ptr::null_mut(), |bases| bases.as_ptr());
        // SAFETY: the thread is attached, as the token proves; the texts end in NUL, and what may be NULL is or is live.
        let class = unsafe { cpython_sys::PyErr_NewExceptionWithDoc(name.as_ptr(), doc, bases, std::ptr::null_mut()) };
        // SAFETY: a new reference, or NULL with an exception set.
        let class = unsafe { crate::ffi_call::owned_or_err(py, class) }?;
        // SAFETY: the call makes a class.
        Ok(unsafe { class.cast_into_unchecked() })
    }
}
