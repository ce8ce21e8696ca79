//! The functions that Python calls: constructors, methods and attributes of the two classes.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: `data` is a view
//! that the caller fills before the call and releases after it. `make regen` writes `Include/rust/_bz2.h`.

pub(crate) mod compressor;
pub(crate) mod decompressor;
pub(crate) mod error;

use compressor::Compressor;
use cpython_api::exceptions::PyValueError;
use cpython_api::{
    Arg, BlockOutput, Bound, Class, Instance, Py_buffer, Py_ssize_t, PyObject, PyResult, PyTypeObject, Python, View,
    entry, instance_slots, rust_instance,
};
use decompressor::Decompressor;
use error::CallError;
use std::ffi::c_int;

fn finish<'py>(py: Python<'py>, result: Result<BlockOutput<'py>, CallError>) -> PyResult<Bound<'py>> {
    match result {
        Ok(output) => output.finish(),
        Err(error) => Err(error.raise(py)),
    }
}

/// The slots of `BZ2Compressor` that are the same for all classes.
#[unsafe(no_mangle)]
pub extern "C" fn _bz2_BZ2Compressor_instance() -> rust_instance {
    instance_slots::<Compressor>()
}

/// Creates a compressor.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_impl(cls: *mut PyTypeObject, compresslevel: c_int) -> *mut PyObject {
    // SAFETY: the parsing code passes this class, which has the slots above and no subclasses, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"_bz2.BZ2Compressor", move |py| class.object(py, new_compressor(py, compresslevel)?)) }
}

fn new_compressor(py: Python<'_>, compresslevel: c_int) -> PyResult<Compressor> {
    match u8::try_from(compresslevel) {
        Ok(level @ 1..=9) => Ok(Compressor::new(level)),
        _ => Err(PyValueError::new_err(py, "compresslevel must be between 1 and 9")),
    }
}

/// Compresses more.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_compress_impl(self_: *mut PyObject, data: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: methods and attributes are called with an object of the class, which their caller keeps for the call.
    let this = unsafe { Arg::<Instance<Compressor>>::new(&self_) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: Python calls on an attached thread.
    unsafe {
        entry(c"_bz2.BZ2Compressor.compress", move |py| finish(py, this.bind(py).data().compress(py, &data.input(py)?)))
    }
}

/// Ends the stream.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_flush_impl(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods and attributes are called with an object of the class, which their caller keeps for the call.
    let this = unsafe { Arg::<Instance<Compressor>>::new(&self_) };
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"_bz2.BZ2Compressor.flush", move |py| finish(py, this.bind(py).data().flush(py))) }
}

/// The slots of `BZ2Decompressor` that are the same for all classes.
#[unsafe(no_mangle)]
pub extern "C" fn _bz2_BZ2Decompressor_instance() -> rust_instance {
    instance_slots::<Decompressor>()
}

/// Creates a decompressor.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_impl(cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this class, which has the slots above and no subclasses, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"_bz2.BZ2Decompressor", move |py| class.object(py, Decompressor::new())) }
}

/// Decompresses more.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_decompress_impl(
    self_: *mut PyObject,
    data: *mut Py_buffer,
    max_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: methods and attributes are called with an object of the class, which their caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompressor>>::new(&self_) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
    // SAFETY: Python calls on an attached thread.
    unsafe {
        entry(c"_bz2.BZ2Decompressor.decompress", move |py| {
            finish(py, this.bind(py).data().decompress(py, &data.input(py)?, limit))
        })
    }
}

/// The attribute `unused_data`.
///
/// # Safety
///
/// Only the class's getter may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_unused_data(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods and attributes are called with an object of the class, which their caller keeps for the call.
    let this = unsafe { Arg::<Instance<Decompressor>>::new(&self_) };
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"_bz2.BZ2Decompressor.unused_data", move |py| this.bind(py).data().unused_data(py)) }
}
