//! The methods of arrays, but for those of pickles.

use super::array::{Array, This, code, object_like, resize_error};
use super::convert::{from_object, to_object};
use super::extend::{extend, from_list};
use super::search;
use super::text::{from_unicode, to_list, to_unicode};
use crate::dispatch;
use crate::typecode::{Format, Typecode};
use cpython_api::exceptions::{PyEOFError, PyIndexError, PyTypeError, PyValueError};
use cpython_api::types::{PyBytes, PyInt, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Buffer, LockedItems, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python,
    View, into_c_result, method, method_none, method_none_with, method_unguarded, method_with,
};

/// How much `tofile` writes at a time, in bytes.
const FILE_BLOCK: usize = 64 * 1024;

/// `array.append(v)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_append_impl(array: *mut PyObject, v: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.append", array, v, append) }
}

/// `array.buffer_info()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_buffer_info_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.buffer_info", array, buffer_info) }
}

#[inline(always)]
fn byteswap(items: &mut LockedItems<'_, '_, Typecode>) {
    items.swap_bytes(items.kind().format().number_size());
}

/// `array.byteswap()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_byteswap_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    let swapped = unsafe {
        method_unguarded::<Array, _, _>(array, (), |array, ()| {
            let py = array.py();
            array.data().items.try_lock(py).map(|mut items| {
                byteswap(&mut items);
                into_c_result(Ok(py.None()))
            })
        })
    };
    // SAFETY: as above.
    swapped.unwrap_or_else(|| unsafe {
        method_none::<Array>(c"array.array.byteswap", array, move |array| {
            byteswap(&mut array.data().items.lock(array.py()));
            Ok(())
        })
    })
}

/// `array.clear()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_clear_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_none::<Array>(c"array.array.clear", array, move |array| {
            let py = array.py();
            array.data().change(py, |items| items.splice(0..items.len(), &[]))
        })
    }
}

/// `array.__copy__()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array___copy___impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__copy__", array, copy) }
}

/// `array.__deepcopy__(memo)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array___deepcopy___impl(array: *mut PyObject, _unused: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__deepcopy__", array, copy) }
}

/// `array.count(v)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_count_impl(array: *mut PyObject, v: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe {
        method_with::<Array, _>(c"array.array.count", array, v, move |array, v| {
            Ok(PyInt::new(array.py(), search::count(array, v)?)?.into_any())
        })
    }
}

/// `array.extend(iterable)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_extend_impl(
    array: *mut PyObject,
    _class: *mut PyTypeObject,
    bb: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.extend", array, bb, extend) }
}

/// `array.fromfile(f, n)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_fromfile_impl(
    array: *mut PyObject,
    _class: *mut PyTypeObject,
    f: *mut PyObject,
    n: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.fromfile", array, f, move |array, f| from_file(array, f, n)) }
}

/// `array.fromlist(list)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_fromlist_impl(array: *mut PyObject, list: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.fromlist", array, list, from_list) }
}

/// `array.frombytes(buffer)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_frombytes_impl(array: *mut PyObject, buffer: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_none::<Array>(c"array.array.frombytes", array, move |array| from_view(array.py(), array.data(), buffer))
    }
}

/// `array.fromunicode(ustr)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_fromunicode_impl(array: *mut PyObject, ustr: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a str, which its caller keeps for the call.
    let ustr = unsafe { Arg::<PyStr>::new(&ustr) };
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_none::<Array>(c"array.array.fromunicode", array, move |array| from_unicode(array, ustr.bind(array.py())))
    }
}

/// `array.index(v, start, stop)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_index_impl(
    array: *mut PyObject,
    v: *mut PyObject,
    start: Py_ssize_t,
    stop: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_with(c"array.array.index", array, v, move |array, v| index(array, v, start, stop)) }
}

/// `array.insert(i, v)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_insert_impl(
    array: *mut PyObject,
    i: Py_ssize_t,
    v: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.insert", array, v, move |array, v| insert(array, i, v)) }
}

/// `array.pop(i)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_pop_impl(array: *mut PyObject, i: Py_ssize_t) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.pop", array, move |array| pop(array, i)) }
}

/// `array.remove(v)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_remove_impl(array: *mut PyObject, v: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.remove", array, v, remove) }
}

/// `array.reverse()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_reverse_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_none::<Array>(c"array.array.reverse", array, move |array| {
            let py = array.py();
            let items = &array.data().items;
            let format = items.kind().format();
            items.lock(py).reverse_with(|block| dispatch::reverse(format, block));
            Ok(())
        })
    }
}

/// `array.tofile(f)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_tofile_impl(
    array: *mut PyObject,
    _class: *mut PyTypeObject,
    f: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe { method_none_with(c"array.array.tofile", array, f, to_file) }
}

/// `array.tolist()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_tolist_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.tolist", array, to_list) }
}

/// `array.tobytes()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_tobytes_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    let bytes = unsafe {
        method_unguarded::<Array, _, _>(array, (), |array, ()| {
            array.data().try_to_bytes(array.py()).transpose().map(into_c_result)
        })
    };
    // SAFETY: as above.
    bytes.unwrap_or_else(|| unsafe { method(c"array.array.tobytes", array, to_bytes) })
}

/// `array.tounicode()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_tounicode_impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.tounicode", array, move |array| Ok(to_unicode(array)?.into_any())) }
}

/// `array.__sizeof__()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array___sizeof___impl(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__sizeof__", array, size_of_array) }
}

fn append<'py>(array: This<'_, 'py>, object: Borrowed<'_, 'py>) -> PyResult<()> {
    let item = from_object(&object, code(array))?;
    array.data().append(array.py(), item.bytes())
}

fn buffer_info<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let (py, items) = (array.py(), &array.data().items);
    let locked = items.lock(py);
    let (address, len) = (items.address(), locked.len());
    drop(locked);
    Ok(PyTuple::pack(py, [PyInt::new(py, address)?.into_any(), PyInt::new(py, len)?.into_any()])?.into_any())
}

fn copy<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    object_like(array, array.data().items.to_copy(array.py()))
}

fn from_file<'py>(array: This<'_, 'py>, file: Borrowed<'_, 'py>, count: Py_ssize_t) -> PyResult<()> {
    let (py, data) = (array.py(), array.data());
    let Ok(count) = usize::try_from(count) else {
        return Err(PyValueError::new_err(py, "negative count"));
    };
    let size = count.checked_mul(data.items.item_size()).filter(|size| isize::try_from(*size).is_ok());
    let size = size.ok_or_else(|| PyErr::no_memory(py))?;
    let read = file.call_method(&PyStr::intern(py, c"read")?, [PyInt::new(py, size)?.as_any()])?;
    let Ok(bytes) = read.cast::<PyBytes>() else {
        return Err(PyTypeError::new_err(py, "read() didn't return bytes"));
    };
    append_buffer(py, data, bytes)?;
    if bytes.as_borrowed().as_bytes().len() != size {
        return Err(PyEOFError::new_err(py, "read() didn't return enough bytes"));
    }
    Ok(())
}

/// Appends the items that a `bytes` or a `bytearray` exports, which in a subclass may be others than its own bytes.
pub(super) fn append_buffer<'py>(py: Python<'py>, array: &Array, bytes: &Bound<'py>) -> PyResult<()> {
    let buffer = Buffer::of(bytes)?;
    check_bytes(py, array, buffer.item_size(), buffer.len())?;
    array.append(py, &buffer.input()?)
}

fn check_bytes(py: Python<'_>, array: &Array, item_size: usize, len: usize) -> PyResult<()> {
    if item_size != 1 {
        return Err(PyTypeError::new_err(py, "a bytes-like object is required"));
    }
    if !len.is_multiple_of(array.items.item_size()) {
        return Err(PyValueError::new_err(py, "bytes length not a multiple of item size"));
    }
    Ok(())
}

fn from_view(py: Python<'_>, array: &Array, view: View<'_>) -> PyResult<()> {
    check_bytes(py, array, view.item_size(), view.len())?;
    array.change(py, |items| items.append_view(view))
}

fn index<'py>(
    array: This<'_, 'py>,
    object: Borrowed<'_, 'py>,
    start: Py_ssize_t,
    stop: Py_ssize_t,
) -> PyResult<Bound<'py>> {
    let py = array.py();
    let len = array.data().items.len() as isize;
    let from_end = |index: isize| if index < 0 { index.saturating_add(len).max(0) } else { index } as usize;
    match search::find(array, object, from_end(start)..from_end(stop))? {
        Some(index) => Ok(PyInt::new(py, index)?.into_any()),
        None => Err(PyValueError::new_err(py, "array.index(x): x not in array")),
    }
}

fn insert<'py>(array: This<'_, 'py>, index: Py_ssize_t, object: Borrowed<'_, 'py>) -> PyResult<()> {
    let item = from_object(&object, code(array))?;
    array.data().change(array.py(), |items| {
        let len = items.len() as isize;
        let index = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) } as usize;
        items.splice(index..index, item.bytes())
    })
}

fn pop<'py>(array: This<'_, 'py>, index: Py_ssize_t) -> PyResult<Bound<'py>> {
    let (py, data) = (array.py(), array.data());
    let format = code(array).format();
    let mut items = data.items.lock(py);
    let len = items.len();
    let place = if index < 0 { index.wrapping_add(len as isize) } else { index } as usize;
    if place >= len {
        drop(items);
        let message = if len == 0 { "pop from empty array" } else { "pop index out of range" };
        return Err(PyIndexError::new_err(py, message));
    }
    let mut bytes = [0; 16];
    let bytes = &mut bytes[..format.size()];
    items.read(place, bytes);
    if format == Format::Char && dispatch::find_no_character(bytes).is_some() {
        drop(items);
        return to_object(py, code(array), bytes);
    }
    let removed = items.splice(place..place + 1, &[]);
    drop(items);
    removed.map_err(|error| resize_error(py, error))?;
    to_object(py, code(array), bytes)
}

fn remove<'py>(array: This<'_, 'py>, object: Borrowed<'_, 'py>) -> PyResult<()> {
    let (py, data) = (array.py(), array.data());
    let Some(index) = search::find(array, object, 0..usize::MAX)? else {
        return Err(PyValueError::new_err(py, "array.remove(x): x not in array"));
    };
    data.change(py, |items| {
        // Others may have removed items meanwhile.
        let range = index.min(items.len())..(index + 1).min(items.len());
        items.splice(range, &[])
    })
}

fn to_file<'py>(array: This<'_, 'py>, file: Borrowed<'_, 'py>) -> PyResult<()> {
    let (py, items) = (array.py(), &array.data().items);
    let write = PyStr::intern(py, c"write")?;
    let most = FILE_BLOCK / items.item_size();
    // The items that there are now, as far as writing leaves them.
    let len = items.len();
    for start in (0..len).step_by(most) {
        let locked = items.lock(py);
        let end = (start + most).min(len).min(locked.len());
        let block = if start < end { Some(locked.copy(start..end)) } else { None };
        drop(locked);
        let Some(block) = block else { break };
        let block = block.ok_or_else(|| PyErr::no_memory(py))?;
        file.call_method(&write, [PyBytes::new(py, &block)?.as_any()])?;
    }
    Ok(())
}

fn to_bytes<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    array.data().to_bytes(array.py())
}

/// The size of the fields of an object of C, of which the number of items is the first.
const FIELDS: usize = 6 * size_of::<usize>();

fn size_of_array<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let items = &array.data().items;
    let size = array.basic_size_with(FIELDS)? as usize + items.capacity() * items.item_size();
    Ok(PyInt::new(array.py(), size)?.into_any())
}
