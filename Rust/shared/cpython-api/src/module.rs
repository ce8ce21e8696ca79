//! What a module keeps: its state.

use crate::Python;
use cpython_sys as ffi;

/// The state of `module`.
///
/// # Safety
///
/// - `module` is a module whose definition reserves the size of an `S` as its state, and lives for `'a`.
/// - All zero bytes are an `S`: a module's state starts that way.
#[inline]
pub unsafe fn module_state<'a, S>(_py: Python<'_>, module: *mut ffi::PyObject) -> &'a S {
    // SAFETY: the caller vouches for module and type; the interpreter allocates the state before it runs any code of
    // the module and keeps it as long as the module.
    unsafe { &*ffi::PyModule_GetState(module).cast::<S>() }
}
