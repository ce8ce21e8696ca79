//! The methods of `zlib.Compress`.

pub(crate) mod state;

use super::module_state::or_raise_in_method;
use cpython_api::types::PyBytes;
use cpython_api::{
    Borrowed, Bound, Instance, Py_buffer, PyObject, PyResult, PyTypeObject, View, instance_slots, method, new_object,
    rust_instance,
};
use state::Compress;
use std::ffi::c_int;

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn zlib_Compress_instance() -> rust_instance {
    instance_slots::<Compress>()
}

/// Compresses more.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_compress_impl(
    self_: *mut PyObject,
    _cls: *mut PyTypeObject,
    data: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Compress>(c"zlib.Compress.compress", self_, move |this| {
            let py = this.py();
            or_raise_in_method(this, this.data().compress(py, &data.input(py)?))?.finish()
        })
    }
}

/// Flushes.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_flush_impl(
    self_: *mut PyObject,
    _cls: *mut PyTypeObject,
    mode: c_int,
) -> *mut PyObject {
    const NO_FLUSH: c_int = 0;
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Compress>(c"zlib.Compress.flush", self_, move |this| {
            let py = this.py();
            if mode == NO_FLUSH {
                return PyBytes::new(py, b"").map(Bound::into_any);
            }
            or_raise_in_method(this, this.data().flush(py, mode))?.finish()
        })
    }
}

/// Copies the object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_copy_impl(self_: *mut PyObject, _cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"zlib.Compress.copy", self_, copy) }
}

/// Copies the object for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress___copy___impl(self_: *mut PyObject, _cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"zlib.Compress.__copy__", self_, copy) }
}

/// Copies the object for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress___deepcopy___impl(
    self_: *mut PyObject,
    _cls: *mut PyTypeObject,
    _memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"zlib.Compress.__deepcopy__", self_, copy) }
}

fn copy<'py>(this: Borrowed<'_, 'py, Instance<Compress>>) -> PyResult<Bound<'py>> {
    let data = or_raise_in_method(this, this.data().copy(this.py()))?;
    // SAFETY: the class of an object with a `Compress` has the slots above, and no subclasses.
    unsafe { new_object(this.py(), this.get_type().as_type_ptr(), data) }
}
