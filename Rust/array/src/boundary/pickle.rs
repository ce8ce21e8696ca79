//! Pickles: `__reduce_ex__`, and the function that makes an array of what another machine has pickled.

use super::array::{Array, This, code};
use super::module::{State, new, typecodes};
use super::text::to_list;
use crate::machine_format::{self, Content, MachineFormat};
use crate::typecode::Typecode;
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyBytes, PyComplex, PyFloat, PyInt, PyList, PyModule, PyStr, PyTuple, PyType};
use cpython_api::{Arg, Borrowed, Bound, PyObject, PyResult, PyTypeObject, Python, entry, method_with};
#[cfg(Py_3_15)]
use std::ffi::c_char;
use std::ffi::c_int;

/// `MACHINE_FORMAT_CODE_MAX`
const LAST_FORMAT: c_int = if cfg!(Py_3_15) { 27 } else { 21 };

/// `array.__reduce_ex__(protocol)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array___reduce_ex___impl(
    array: *mut PyObject,
    _class: *mut PyTypeObject,
    value: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_with(c"array.array.__reduce_ex__", array, value, reduce_ex) }
}

fn reduce_ex<'py>(array: This<'_, 'py>, value: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = array.py();
    let reconstructor = py.import_attribute(c"array", c"_array_reconstructor")?;
    if !value.is_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err(py, "__reduce_ex__ argument should be an integer"));
    }
    let protocol = value.as_long()?;
    let dict = array.getattr_opt(&PyStr::intern(py, c"__dict__")?)?.unwrap_or_else(|| py.None());
    let class = array.get_type().into_any();
    let typecode = PyStr::new(py, code(array).as_str())?.into_any();
    if protocol < 3 {
        let arguments = PyTuple::pack(py, [typecode, to_list(array)?])?;
        return Ok(PyTuple::pack(py, [class, arguments.into_any(), dict])?.into_any());
    }
    let format = PyInt::new(py, machine_format::code_of(code(array)))?.into_any();
    let items = array.data().to_bytes(py)?;
    let arguments = PyTuple::pack(py, [class, typecode, format, items])?;
    Ok(PyTuple::pack(py, [reconstructor, arguments.into_any(), dict])?.into_any())
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn array__array_reconstructor_impl(
    module: *mut PyObject,
    arraytype: *mut PyTypeObject,
    typecode: c_int,
    mformat_code: c_int,
    items: *mut PyObject,
) -> *mut PyObject {
    let known = move || {
        let typecode = char::from_u32(u32::try_from(typecode).ok()?)?;
        Typecode::from_text(typecode.encode_utf8(&mut [0; 4]))
    };
    // SAFETY: the parsing code passes this module, a class and an object, which its caller keeps, on an attached
    // thread.
    unsafe { reconstruct(module, arraytype, known, mformat_code, items) }
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn array__array_reconstructor_impl(
    module: *mut PyObject,
    arraytype: *mut PyTypeObject,
    typecode: *const c_char,
    mformat_code: c_int,
    items: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a string, which it keeps for the call.
    let typecode = unsafe { cpython_api::c_str_arg(&typecode) };
    let known = move || Typecode::from_text(typecode.to_str().ok()?);
    // SAFETY: the parsing code passes this module, a class and an object, which its caller keeps, on an attached
    // thread.
    unsafe { reconstruct(module, arraytype, known, mformat_code, items) }
}

/// # Safety
///
/// - `module` is this module; it, `arraytype` and `items` are objects that the caller keeps for the call.
/// - The thread is attached.
unsafe fn reconstruct(
    module: *mut PyObject,
    arraytype: *mut PyTypeObject,
    typecode: impl FnOnce() -> Option<Typecode>,
    mformat_code: c_int,
    items: *mut PyObject,
) -> *mut PyObject {
    let class = arraytype.cast();
    // SAFETY: this module, which the caller keeps for the call (its promise).
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: an object that the caller keeps for the call (its promise).
    let class = unsafe { Arg::<'_>::new(&class) };
    // SAFETY: an object that the caller keeps for the call (its promise).
    let items = unsafe { Arg::<'_>::new(&items) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry(c"array._array_reconstructor", move |py| {
            reconstructed(module.bind(py), class.bind(py), typecode(), mformat_code, items.bind(py))
        })
    }
}

fn reconstructed<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    class: Borrowed<'_, 'py>,
    typecode: Option<Typecode>,
    mformat_code: c_int,
    items: Borrowed<'_, 'py>,
) -> PyResult<Bound<'py>> {
    let py = module.py();
    let name = |object: &Bound<'py>| object.get_type().c_name();
    let Ok(class) = class.cast::<PyType>() else {
        let name = name(&class)?;
        let name = name.to_string_lossy();
        return Err(PyTypeError::new_err(py, format_args!("first argument must be a type object, not {name}")));
    };
    if class.as_class::<Array>().is_none() {
        let (name, base) = (class.c_name()?, module.state::<State>()?.array.bind(py).c_name()?);
        let (name, base) = (name.to_string_lossy(), base.to_string_lossy());
        return Err(PyTypeError::new_err(py, format_args!("{name} is not a subtype of {base}")));
    }
    let Some(typecode) = typecode.filter(|typecode| typecodes().any(|known| known == *typecode)) else {
        return Err(PyValueError::new_err(py, "second argument must be a valid type code"));
    };
    let Some(format) = MachineFormat::from_code(mformat_code).filter(|_| mformat_code <= LAST_FORMAT) else {
        return Err(PyValueError::new_err(py, "third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.cast_borrowed::<PyBytes>() else {
        let name = name(&items)?;
        let name = name.to_string_lossy();
        return Err(PyTypeError::new_err(py, format_args!("fourth argument should be bytes, not {name}")));
    };
    if mformat_code == machine_format::code_of(typecode) {
        return make(class, typecode, bytes.to_owned().into_any());
    }
    let bytes = bytes.as_bytes();
    if !bytes.len().is_multiple_of(format.unit()) {
        return Err(PyValueError::new_err(py, "string length not a multiple of item size"));
    }
    let little = format.little_endian;
    let converted = match format.content {
        Content::Text(bits) => PyStr::decode_utf(py, bytes, bits, Some(little))?.into_any(),
        Content::Integers { size, signed } => list(py, bytes, size, |item| integer(py, item, signed, little))?,
        Content::Floats(size) => {
            list(py, bytes, size, |item| Ok(PyFloat::new(py, float(py, item, little))?.into_any()))?
        }
        Content::Complex(size) => list(py, bytes, 2 * size, |item| {
            let (real, imag) = item.split_at(size);
            Ok(PyComplex::new(py, float(py, real, little), float(py, imag, little))?.into_any())
        })?,
    };
    make(class, format.integer_typecode().unwrap_or(typecode), converted)
}

/// A list of what `item` makes of each `size` bytes.
fn list<'py>(
    py: Python<'py>,
    bytes: &[u8],
    size: usize,
    item: impl Fn(&[u8]) -> PyResult<Bound<'py>>,
) -> PyResult<Bound<'py>> {
    Ok(PyList::new(py, bytes.chunks_exact(size).map(item))?.into_any())
}

/// The bytes of a number, the lowest first, of which there are at most 8.
fn lowest_first(item: &[u8], little_endian: bool) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..item.len()].copy_from_slice(item);
    if !little_endian {
        bytes[..item.len()].reverse();
    }
    bytes
}

/// An integer of the pickled machine.
fn integer<'py>(py: Python<'py>, item: &[u8], signed: bool, little_endian: bool) -> PyResult<Bound<'py>> {
    let value = u64::from_le_bytes(lowest_first(item, little_endian));
    let unused = 64 - 8 * item.len() as u32;
    let int = if signed { PyInt::new(py, (value << unused) as i64 >> unused) } else { PyInt::new(py, value) };
    Ok(int?.into_any())
}

/// A float of the pickled machine.
fn float(py: Python<'_>, item: &[u8], little_endian: bool) -> f64 {
    let bytes = lowest_first(item, little_endian);
    match item.len() {
        2 => PyFloat::unpack_half(py, [bytes[0], bytes[1]], true),
        4 => f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).into(),
        _ => f64::from_le_bytes(bytes),
    }
}

/// Calls the constructor, whatever the class has in its place.
fn make<'py>(class: &Bound<'py, PyType>, typecode: Typecode, items: Bound<'py>) -> PyResult<Bound<'py>> {
    let py = class.py();
    let Some(class) = class.as_class::<Array>() else { unreachable!("a class of arrays") };
    class.object(py, new(py, PyStr::new(py, typecode.as_str())?.as_borrowed(), Some(items.as_borrowed()))?)
}
