//! What the tests of the safe layer share: an interpreter of their own.
//!
//! The test programs are linked with the interpreter that `make` has built. Each starts it once and attaches each
//! test's thread to it.

#![expect(clippy::multiple_unsafe_ops_per_block, reason = "some calls of C follow each other")]

use cpython_api::{Bound, PyObject, Python};
use cpython_sys as ffi;
use std::sync::Once;

/// Runs `test` on a thread that is attached for as long.
pub(crate) fn with_python<T>(test: impl FnOnce(Python<'_>) -> T) -> T {
    static START: Once = Once::new();
    START.call_once(|| {
        let program = concat!(env!("CPYTHON_BUILDDIR"), "/python\0");
        // SAFETY: the strings end in NUL, and the configuration is freed once. The main thread's attachment is given
        // up, so that every test can attach its own thread.
        unsafe {
            let config = ffi::PyInitConfig_Create();
            ffi::PyInitConfig_SetStr(config, c"program_name".as_ptr(), program.as_ptr().cast());
            assert_eq!(ffi::Py_InitializeFromInitConfig(config), 0, "the interpreter does not start");
            ffi::PyInitConfig_Free(config);
            ffi::PyEval_SaveThread();
        }
    });
    struct Detach;
    impl Drop for Detach {
        fn drop(&mut self) {
            // SAFETY: the thread state was made below, for this thread, which is attached again here.
            unsafe {
                ffi::PyThreadState_Clear(ffi::PyThreadState_Get());
                ffi::PyThreadState_DeleteCurrent();
            }
        }
    }
    // SAFETY: the interpreter runs until the process ends; the thread is attached by its new state.
    let (_detach, py) = unsafe {
        ffi::PyEval_RestoreThread(ffi::PyThreadState_New(ffi::PyInterpreterState_Main()));
        (Detach, Python::assume_attached())
    };
    test(py)
}

/// Takes over a new reference.
pub(crate) fn owned(py: Python<'_>, object: *mut PyObject) -> Bound<'_> {
    // SAFETY: the tests hand over new references.
    unsafe { Bound::from_owned_or_null(py, object) }.expect("an object")
}
