//! The methods and attributes of `zlib.Decompress`.

pub(crate) mod state;

use super::module_state::or_raise_in_method;
use cpython_api::exceptions::PyValueError;
use cpython_api::{
    Borrowed, Bound, Instance, Py_buffer, Py_ssize_t, PyObject, PyResult, PyTypeObject, View, instance_slots, method,
    new_object, rust_instance,
};
use state::Decompress;

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn zlib_Decompress_instance() -> rust_instance {
    instance_slots::<Decompress>()
}

/// Decompresses more.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_decompress_impl(
    self_: *mut PyObject,
    _cls: *mut PyTypeObject,
    data: *mut Py_buffer,
    max_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Decompress>(c"zlib.Decompress.decompress", self_, move |this| {
            let py = this.py();
            let limit = match usize::try_from(max_length) {
                Ok(0) => usize::MAX,
                Ok(limit) => limit,
                Err(_) => return Err(PyValueError::new_err(py, "max_length must be non-negative")),
            };
            or_raise_in_method(this, this.data().decompress(py, &data.input(py)?, limit))?.finish()
        })
    }
}

/// Decompresses the rest.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_flush_impl(
    self_: *mut PyObject,
    _cls: *mut PyTypeObject,
    length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Decompress>(c"zlib.Decompress.flush", self_, move |this| {
            let py = this.py();
            let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
                return Err(PyValueError::new_err(py, "length must be greater than zero"));
            };
            or_raise_in_method(this, this.data().flush(py, length))?.finish()
        })
    }
}

/// Copies the object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_copy_impl(self_: *mut PyObject, _cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"zlib.Decompress.copy", self_, copy) }
}

/// Copies the object for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress___copy___impl(self_: *mut PyObject, _cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"zlib.Decompress.__copy__", self_, copy) }
}

/// Copies the object for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress___deepcopy___impl(
    self_: *mut PyObject,
    _cls: *mut PyTypeObject,
    _memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"zlib.Decompress.__deepcopy__", self_, copy) }
}

fn copy<'py>(this: Borrowed<'_, 'py, Instance<Decompress>>) -> PyResult<Bound<'py>> {
    let data = or_raise_in_method(this, this.data().copy(this.py()))?;
    // SAFETY: the class of an object with a `Decompress` has the slots above, and no subclasses.
    unsafe { new_object(this.py(), this.get_type().as_type_ptr(), data) }
}

/// The attribute `unused_data`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_unused_data(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Decompress>(c"zlib.Decompress.unused_data", self_, move |this| {
            this.data().unused_data(this.py()).map(Bound::into_any)
        })
    }
}

/// The attribute `unconsumed_tail`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_unconsumed_tail(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Decompress>(c"zlib.Decompress.unconsumed_tail", self_, move |this| {
            let py = this.py();
            this.data().unconsumed_tail(py).map(Bound::into_any)
        })
    }
}
