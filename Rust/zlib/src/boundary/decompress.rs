//! The methods and attributes of `zlib.Decompress`.

pub(crate) mod state;

use super::module_state::or_raise_in_method;
use cpython_api::exceptions::PyValueError;
use cpython_api::{
    Arg, Borrowed, Bound, Instance, Py_buffer, Py_ssize_t, PyObject, PyResult, PyTypeObject, View, entry,
    instance_slots, new_object, rust_instance,
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.decompress", move |py| {
            let limit = match usize::try_from(max_length) {
                Ok(0) => usize::MAX,
                Ok(limit) => limit,
                Err(_) => return Err(PyValueError::new_err(py, "max_length must be non-negative")),
            };
            let this = this.bind(py);
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.flush", move |py| {
            let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
                return Err(PyValueError::new_err(py, "length must be greater than zero"));
            };
            let this = this.bind(py);
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"zlib.Decompress.copy", move |py| copy(this.bind(py))) }
}

/// Copies the object for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress___copy___impl(self_: *mut PyObject, _cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"zlib.Decompress.__copy__", move |py| copy(this.bind(py))) }
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"zlib.Decompress.__deepcopy__", move |py| copy(this.bind(py))) }
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
    // SAFETY: a getter is called with an object of its class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: getters are called on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.unused_data", move |py| this.bind(py).data().unused_data(py).map(Bound::into_any))
    }
}

/// The attribute `unconsumed_tail`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_unconsumed_tail(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompress>>::new(&self_) };
    // SAFETY: getters are called on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.unconsumed_tail", move |py| {
            this.bind(py).data().unconsumed_tail(py).map(Bound::into_any)
        })
    }
}
