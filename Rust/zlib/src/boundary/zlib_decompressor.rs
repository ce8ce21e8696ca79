//! The constructor, method and attributes of `zlib._ZlibDecompressor`.

pub(crate) mod state;

use super::module_state::{or_raise_in_class, or_raise_in_method};
use cpython_api::types::PyType;
use cpython_api::{
    Arg, Borrowed, Bound, Py_buffer, Py_ssize_t, PyObject, PyResult, PyTypeObject, View, entry, instance_slots, method,
    new_object, rust_instance,
};
use state::ZlibDecompressor;
use std::ffi::c_int;

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn zlib_ZlibDecompressor_instance() -> rust_instance {
    instance_slots::<ZlibDecompressor>()
}

/// Makes an object, of parsed arguments.
///
/// # Safety
///
/// Called by the type's `tp_new` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_new(
    cls: *mut PyTypeObject,
    wbits: c_int,
    zdict: *mut PyObject,
) -> *mut PyObject {
    fn new<'py>(
        class: Borrowed<'_, 'py, PyType>,
        wbits: i32,
        zdict: Option<Borrowed<'_, 'py>>,
    ) -> PyResult<Bound<'py>> {
        let data = or_raise_in_class(class, ZlibDecompressor::new(wbits, zdict))?;
        // SAFETY: the call below, which is the only one, passes this class. It has the slots above and no subclasses.
        unsafe { new_object(class.py(), class.as_type_ptr(), data) }
    }
    let cls = cls.cast::<PyObject>();
    // SAFETY: `tp_new` passes this class, which its caller keeps for the call.
    let class = unsafe { Arg::<PyType>::new(&cls) };
    // SAFETY: `tp_new` passes NULL or an argument, which its caller keeps for the call.
    let zdict: Option<Arg<'_>> = unsafe { Arg::optional(&zdict) };
    // SAFETY: `tp_new` is called on an attached thread.
    unsafe { entry(c"zlib._ZlibDecompressor", move |py| new(class.bind(py), wbits, zdict.map(|zdict| zdict.bind(py)))) }
}

/// Decompresses more.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_decompress_impl(
    self_: *mut PyObject,
    data: *mut Py_buffer,
    max_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // The largest number is what callers pass who mean no limit.
    let limit = usize::try_from(max_length).ok().filter(|_| max_length != Py_ssize_t::MAX);
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<ZlibDecompressor>(c"zlib._ZlibDecompressor.decompress", self_, move |this| {
            let py = this.py();
            or_raise_in_method(this, this.data().decompress(py, &data.input(py)?, limit))?.finish()
        })
    }
}

/// The attribute `unused_data`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_unused_data(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<ZlibDecompressor>(c"zlib._ZlibDecompressor.unused_data", self_, move |this| {
            let py = this.py();
            this.data().unused_data(py).map(Bound::into_any)
        })
    }
}
