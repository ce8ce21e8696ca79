//! What C calls. Every function here can be armed to panic, and does nothing else; other mistakes are in `defects`.

use crate::panics;
use cpython_api::{
    ExceptionType, PyErr, PyObject, PyResult, Python, entry, entry_value, entry_traverse, entry_unraisable, int_from_u32,
};
use std::ffi::{CStr, c_char, c_int};

pub mod defects;

/// Makes the next call of a place panic.
///
/// ```text
/// [clinic input]
/// module panictest
/// class panictest.Panics "PyObject *" "&Panics_spec"
/// [clinic start generated code]
/// ```
///
/// ```text
/// [clinic input]
/// panictest.arm
///
///     place: str
///     kind: str = "literal"
///     /
///
/// Make the next call of a place panic.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_arm_impl(
    _module: *mut PyObject,
    place: *const c_char,
    kind: *const c_char,
) -> *mut PyObject {
    // SAFETY: the parsing code passes strings that end in NUL and outlive the call, on an attached thread.
    unsafe {
        entry(c"panictest.arm", |py| {
            let (place, kind) = (CStr::from_ptr(place).to_string_lossy(), CStr::from_ptr(kind).to_string_lossy());
            if panics::arm(&place, &kind) {
                int_from_u32(py, 0)
            } else {
                Err(PyErr::new(ExceptionType::ValueError.bind(py), c"no such place or kind"))
            }
        })
    }
}

/// Panics if a function is armed.
///
/// ```text
/// [clinic input]
/// panictest.function
///
/// Panic if armed.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_function_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.function", |py| {
            panics::fire("function");
            int_from_u32(py, 0)
        })
    }
}

/// Panics, if armed, while this thread is detached and an object is held.
///
/// ```text
/// [clinic input]
/// panictest.detached
///
/// Panic if a function is armed, in detached work.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_detached_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.detached", |py| {
            let held = int_from_u32(py, u32::MAX)?;
            py.detach(|| panics::fire("function"));
            Ok(held)
        })
    }
}

/// Panics, if armed, while an exception is set.
///
/// ```text
/// [clinic input]
/// panictest.pending
///
/// Raise ValueError, and panic before it is handed on if armed.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_pending_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.pending", |py| {
            let error = PyErr::new(ExceptionType::ValueError.bind(py), c"set before");
            panics::fire("pending");
            Err::<cpython_api::Bound<'_>, _>(error)
        })
    }
}

/// Panics if a method is armed.
///
/// ```text
/// [clinic input]
/// panictest.Panics.method
///
/// Panic if armed.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_Panics_method_impl(_self: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.Panics.method", |py| {
            panics::fire("method");
            int_from_u32(py, 0)
        })
    }
}

/// Gets the property.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_get(_self: *mut PyObject) -> *mut PyObject {
    // SAFETY: getters are called on an attached thread.
    unsafe {
        entry(c"panictest.Panics.property", |py| {
            panics::fire("get");
            int_from_u32(py, 0)
        })
    }
}

/// Does nothing that can fail but panic if `place` is armed.
fn fire(place: &str) -> impl FnOnce(Python<'_>) -> PyResult<()> {
    move |_| {
        panics::fire(place);
        Ok(())
    }
}

/// Sets the property.
///
/// # Safety
///
/// Called by the type's setter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_set(_self: *mut PyObject) -> c_int {
    // SAFETY: setters are called on an attached thread.
    unsafe { entry_value(c"panictest.Panics.property", fire("set")) }
}

/// Has a part in making an object.
///
/// # Safety
///
/// Called by the type's `tp_new` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_new(_self: *mut PyObject) -> c_int {
    // SAFETY: `tp_new` is called on an attached thread.
    unsafe { entry_value(c"panictest.Panics", fire("new")) }
}

/// Fails in a slot; both the length and the truth are asked for here.
///
/// # Safety
///
/// Called by the type's slots alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_len(_self: *mut PyObject) -> c_int {
    // SAFETY: slots are called on an attached thread.
    unsafe { entry_value(c"panictest.Panics.__len__", fire("len")) }
}

/// Has a part in the end of an object.
///
/// # Safety
///
/// Called by the type's `tp_dealloc` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_dealloc(_self: *mut PyObject) {
    // SAFETY: deallocation is called on an attached thread.
    unsafe { entry_unraisable(c"panictest.Panics.__del__", fire("dealloc")) }
}

/// Has a part in the traversal of an object.
///
/// # Safety
///
/// Called by the type's `tp_traverse` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_traverse(_self: *mut PyObject) -> c_int {
    entry_traverse(c"panictest.Panics.__traverse__", || {
        panics::fire("traverse");
        0
    })
}

/// Has a part in the execution of the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_exec(_module: *mut PyObject) -> c_int {
    // SAFETY: the slot is called on an attached thread.
    unsafe { entry_value(c"panictest", fire("exec")) }
}
