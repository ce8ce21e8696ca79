//! The functions that Python calls: those of the module here, the methods of its classes in the files below `boundary/`.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: a `Py_buffer` is a
//! view that the caller fills before the call and releases after it. `make regen` writes `Include/rust/zlib.h`.

pub mod compress;
pub mod decompress;
mod error;
mod memory;
pub mod module_state;
mod oneshot;
pub(crate) mod release;
#[cfg(Py_3_15)]
pub mod v3_15;
pub mod zlib_decompressor;

use checksum::{adler32, crc32};
use compress::state::{Compress, config};
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyInt, PyModule};
use cpython_api::{
    Arg, Borrowed, Bound, Py_buffer, Py_ssize_t, PyObject, PyResult, Python, View, entry, entry_value, new_object,
};
use decompress::state::Decompress;
use error::Failure;
use module_state::{State, or_raise};
use std::ffi::{c_int, c_uint};

/// Compresses.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_compress_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    level: c_int,
    wbits: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"zlib.compress", move |py| {
            let result = oneshot::compress(py, &data.input(py)?, level, wbits);
            or_raise(module.bind(py), result)?.finish()
        })
    }
}

/// Decompresses.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_decompress_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    wbits: c_int,
    bufsize: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"zlib.decompress", move |py| {
            let Ok(bufsize) = usize::try_from(bufsize) else {
                return Err(PyValueError::new_err(py, "bufsize must be non-negative"));
            };
            let result = oneshot::decompress(py, &data.input(py)?, wbits, bufsize);
            or_raise(module.bind(py), result)?.finish()
        })
    }
}

/// Makes a `zlib.Compress` object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[expect(non_snake_case, reason = "the names are Python's")]
pub unsafe extern "C" fn zlib_compressobj_impl(
    module: *mut PyObject,
    level: c_int,
    method: c_int,
    wbits: c_int,
    memLevel: c_int,
    strategy: c_int,
    zdict: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call and releases it after, or leaves it all zero.
    let zdict = unsafe { View::optional(&zdict) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"zlib.compressobj", move |py| {
            let zdict = zdict.map(|zdict| zdict.input(py)).transpose()?;
            let created = match zdict.as_deref() {
                Some(zdict) if u32::try_from(zdict.len()).is_err() => {
                    Err(Failure::Overflow("zdict length does not fit in an unsigned int"))
                }
                zdict => Compress::new(config(level, method, wbits, memLevel, strategy), zdict),
            };
            new_compress(module.bind(py), created)
        })
    }
}

fn new_compress<'py>(module: Borrowed<'_, 'py, PyModule>, created: Result<Compress, Failure>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let class = module.state::<State>()?.classes(py)?.compress.bind(py);
    let data = or_raise(module, created)?;
    // SAFETY: the state holds the class zlib.Compress, which has the slots of a `Compress` and no subclasses.
    unsafe { new_object(py, class.as_type_ptr(), data) }
}

/// Makes a `zlib.Decompress` object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_decompressobj_impl(
    module: *mut PyObject,
    wbits: c_int,
    zdict: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes NULL or an argument, which its caller keeps for the call.
    let zdict: Option<Arg<'_>> = unsafe { Arg::optional(&zdict) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"zlib.decompressobj", move |py| {
            new_decompress(module.bind(py), wbits, zdict.map(|zdict| zdict.bind(py)))
        })
    }
}

fn new_decompress<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    wbits: i32,
    zdict: Option<Borrowed<'_, 'py>>,
) -> PyResult<Bound<'py>> {
    let py = module.py();
    if zdict.is_some_and(|zdict| !zdict.is_buffer()) {
        return Err(PyTypeError::new_err(py, "zdict argument must support the buffer protocol"));
    }
    let class = module.state::<State>()?.classes(py)?.decompress.bind(py);
    let data = or_raise(module, Decompress::new(wbits, zdict))?;
    // SAFETY: the state holds the class zlib.Decompress, which has the slots of a `Decompress` and no subclasses.
    unsafe { new_object(py, class.as_type_ptr(), data) }
}

/// Continues an Adler-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_adler32_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    value: c_uint,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"zlib.adler32", move |py| PyInt::new(py, continued_adler32(py, data, value)).map(Bound::into_any)) }
}

fn continued_adler32(py: Python<'_>, data: View<'_>, value: u32) -> u32 {
    // Empty data has no blocks, but a start out of range is still brought into it.
    let mut value = if data.is_empty() { adler32(value, b"") } else { value };
    data.read_blocks(py, |block| value = adler32(value, block));
    value
}

/// Continues a CRC-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_crc32_impl(_module: *mut PyObject, data: *mut Py_buffer, value: c_uint) -> c_uint {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry_value(c"zlib.crc32", move |py| {
            let mut value = value;
            data.read_blocks(py, |block| value = crc32(value, block));
            Ok(value)
        })
    }
}
