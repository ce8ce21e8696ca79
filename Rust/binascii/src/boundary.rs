//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! One file for each encoding; the functions whose signatures differ between releases of CPython are in a file named for the
//! release.
//!
//! Arguments arrive parsed: `data` is a view that the caller fills before the call and releases after it.

mod checksums;
mod hex;
mod quoted_printable;
mod uu;

// The functions in these two have the same conditions again, for cbindgen, which reads each file by itself.
#[cfg(not(Py_3_15))]
mod v3_14;
#[cfg(Py_3_15)]
mod v3_15;

use cpython_api::{Borrowed, ExceptionType, PyErr, PyObject, Python, module_state};

/// What each copy of the module keeps: its exceptions, made when the module is executed.
///
/// ```text
/// [clinic input]
/// module binascii
/// [clinic start generated code]
/// ```
///
/// ```text
/// [python input]
/// class ascii_buffer_converter(CConverter):
///     type = 'Py_buffer'
///     converter = 'ascii_buffer_converter'
///     impl_by_reference = True
///     c_default = "{NULL, NULL}"
///
///     def cleanup(self):
///         return f"if ({self.name}.obj) {{\n   PyBuffer_Release(&{self.name});\n}}\n"
/// [python start generated code]
/// ```
#[repr(C)]
#[derive(Debug)]
#[expect(non_snake_case, reason = "the names are those of C and of Python")]
pub struct binascii_state {
    /// `binascii.Error`
    pub Error: *mut PyObject,
    /// `binascii.Incomplete`
    pub Incomplete: *mut PyObject,
}

/// Raises `binascii.Error`.
///
/// # Safety
///
/// - `module` is this module, executed.
pub(crate) unsafe fn error(py: Python<'_>, module: *mut PyObject, message: impl std::fmt::Display) -> PyErr {
    // SAFETY: the C side reserves a binascii_state for the module and fills it before any function can be called; the
    // exception lives as long as the module.
    let exception = unsafe {
        let state: &binascii_state = module_state(py, module);
        Borrowed::from_borrowed_or_null(py, state.Error)
    };
    match exception {
        Some(exception) => PyErr::format(exception, format_args!("{message}")),
        // The collector has cleared the module, and only a finaliser can still be calling it.
        None => PyErr::new(ExceptionType::SystemError.bind(py), c"binascii has been cleared"),
    }
}
