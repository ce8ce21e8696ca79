//! The one way in from C.
//!
//! A panic is a bug of ours, and input never causes one. If it happens all the same, it must not unwind into C, print,
//! or end the process: it becomes a `SystemError` that names the function and says where it came from.

use crate::err::Message;
use crate::{Bound, ExceptionType, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_int, c_uint};
use std::fmt::Write as _;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::sync::Once;

/// What an entry point returns to C: the value, or the sentinel that says that an exception is set.
pub trait EntryValue {
    /// The C type.
    type C;
    /// The value as C has it. An owned reference is handed over.
    fn into_c(self) -> Self::C;
    /// The sentinel.
    fn failure() -> Self::C;
}

impl EntryValue for Bound<'_> {
    type C = *mut ffi::PyObject;
    fn into_c(self) -> Self::C {
        self.into_ptr()
    }
    fn failure() -> Self::C {
        ptr::null_mut()
    }
}

/// Clinic's `-> unsigned_int`: -1 is an error when an exception is set, and a value when none is.
impl EntryValue for u32 {
    type C = c_uint;
    fn into_c(self) -> Self::C {
        self
    }
    fn failure() -> Self::C {
        c_uint::MAX
    }
}

/// Clinic's `-> double`: -1.0 is an error when an exception is set, and a value when none is.
impl EntryValue for f64 {
    type C = f64;
    fn into_c(self) -> Self::C {
        self
    }
    fn failure() -> Self::C {
        -1.0
    }
}

/// -1.0 in the real part is an error when an exception is set, as `PyComplex_AsCComplex` has it.
impl EntryValue for ffi::Py_complex {
    type C = ffi::Py_complex;
    fn into_c(self) -> Self::C {
        self
    }
    fn failure() -> Self::C {
        ffi::Py_complex { real: -1.0, imag: 0.0 }
    }
}

/// Clinic's `-> bool`.
impl EntryValue for bool {
    type C = c_int;
    fn into_c(self) -> Self::C {
        self.into()
    }
    fn failure() -> Self::C {
        -1
    }
}

impl EntryValue for () {
    type C = c_int;
    fn into_c(self) -> Self::C {
        0
    }
    fn failure() -> Self::C {
        -1
    }
}

thread_local! {
    /// How many entries this thread is in; the panic hook is quiet inside them.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// What the hook saw: the place and the message of the panic.
    static PANIC: RefCell<Message> = const { RefCell::new(Message::new()) };
}

/// Runs the body of a function that C calls, and returns what C expects.
///
/// `name` is the function's name for messages, such as `binascii.hexlify`.
///
/// # Safety
///
/// - The current thread is attached to an interpreter, as it is in every call that Python makes.
/// - `'py` is not picked longer than the call.
#[inline]
pub unsafe fn entry<'py, T: EntryValue>(
    name: &'static CStr,
    body: impl FnOnce(Python<'py>) -> PyResult<T>,
) -> <T as EntryValue>::C {
    install_hook();
    // SAFETY: the caller vouches for it.
    let py = unsafe { Python::assume_attached() };
    DEPTH.set(DEPTH.get() + 1);
    // Whatever the body has left half done was its own: what outlives a call is guarded by locks of its own.
    let result = panic::catch_unwind(AssertUnwindSafe(|| body(py)));
    DEPTH.set(DEPTH.get() - 1);
    match result {
        Ok(Ok(value)) => value.into_c(),
        Ok(Err(PyErr { .. })) => T::failure(),
        Err(payload) => {
            // Dropping a payload may panic again, and what it holds is not worth that.
            mem::forget(payload);
            let _set: PyErr = system_error(py, name);
            T::failure()
        }
    }
}

#[cold]
fn system_error(py: Python<'_>, name: &CStr) -> PyErr {
    PANIC.with_borrow_mut(|what| {
        let exception = ExceptionType::SystemError.bind(py);
        let error = PyErr::format(
            exception,
            format_args!(
                "{}: internal error, please report it: {}",
                name.to_string_lossy(),
                what.as_c_str().to_string_lossy()
            ),
        );
        what.clear();
        error
    })
}

/// Makes panics inside entries quiet and remembered. Outside of them, as in tests, the hook that was there stays.
#[inline]
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if DEPTH.get() == 0 {
                return previous(info);
            }
            PANIC.with(|what| {
                // Taken already only if formatting the message panics in its turn: the first place is the one to tell.
                if let Ok(mut what) = what.try_borrow_mut() {
                    what.clear();
                    let _ = write!(what, "{info}");
                }
            });
        }));
    });
}
