//! The functions that the C side calls.
//!
//! The parsing of arguments is in `_jsonmodule.c`, as it is in C's module: by hand, but for the three functions of
//! CPython 3.15, where Argument Clinic's code parses them.

use crate::boundary::decode::{Hooks, decode_value, scan_string};
use crate::boundary::encode::encode;
use crate::boundary::objects::{json_encoder, json_scanner};
use crate::escape::Style;
use crate::ucs::Ucs;
use crate::unescape::{self, Source};
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyAny, PyDict, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Class, Instance, PyObject, PyResult, PyTypeObject, Python, StrData, StrUnit, entry,
    entry_value, into_c_result, rust_instance,
};
use std::ffi::{CStr, c_int, c_void};
use std::slice;

mod decode;
mod encode;
mod markers;
mod memo;
mod notes;
pub mod objects;
mod sink;
mod text;

/// The slots of the class of scanners.
#[unsafe(no_mangle)]
pub extern "C" fn json_scanner_instance() -> rust_instance {
    cpython_api::instance_slots::<json_scanner>()
}

/// The slots of the class of encoders.
#[unsafe(no_mangle)]
pub extern "C" fn json_encoder_instance() -> rust_instance {
    cpython_api::instance_slots::<json_encoder>()
}

/// A new scanner with the attributes of `context`. The other two are the classes `float` and `int`.
///
/// # Safety
///
/// Called by the C side alone, with the class of scanners and objects that live for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_scanner_new(
    cls: *mut PyTypeObject,
    context: *mut PyObject,
    float: *mut PyObject,
    int: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let context = unsafe { Arg::<PyAny>::new(&context) };
    // SAFETY: the C side passes the class with the slots of `json_scanner_instance`, which cannot be subclassed. Its caller
    // keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"_json.make_scanner", move |py| class.object(py, new_scanner(context.bind(py), float, int)?)) }
}

fn new_scanner(context: Borrowed<'_, '_>, float: *mut PyObject, int: *mut PyObject) -> PyResult<json_scanner> {
    let py = context.py();
    // The name is interned first: an attribute's name is interned in the end, and a new string that cannot be, because
    // memory has run out, is kept for ever.
    let attribute = |name| context.getattr(&PyStr::intern(py, name)?);
    let strict = attribute(c"strict")?.is_truthy()?;
    let object_hook = attribute(c"object_hook")?;
    let object_pairs_hook = attribute(c"object_pairs_hook")?;
    let array_hook = if cfg!(Py_3_15) { attribute(c"array_hook")? } else { py.None() };
    let parse_float = attribute(c"parse_float")?;
    let parse_int = attribute(c"parse_int")?;
    let parse_constant = attribute(c"parse_constant")?;
    Ok(json_scanner {
        strict: strict.into(),
        plain_float: (parse_float.as_ptr() == float).into(),
        plain_int: (parse_int.as_ptr() == int).into(),
        object_hook: object_hook.unbind(),
        object_pairs_hook: object_pairs_hook.unbind(),
        array_hook: array_hook.unbind(),
        parse_float: parse_float.unbind(),
        parse_int: parse_int.unbind(),
        parse_constant: parse_constant.unbind(),
    })
}

/// A new encoder. The objects are the nine arguments of the class, in their order.
///
/// # Safety
///
/// Called by the C side alone, with the class of encoders and nine objects that live for the call; the fifth and the sixth are
/// `str`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_encoder_new(
    cls: *mut PyTypeObject,
    objects: *const *mut PyObject,
    fast_encode: c_int,
) -> *mut PyObject {
    // SAFETY: the C side passes an array of nine.
    let objects: &[*mut PyObject; 9] = unsafe { &*objects.cast() };
    // SAFETY: the C side passes objects that its caller keeps for the call.
    let objects = objects.each_ref().map(|object| unsafe { Arg::<PyAny>::new(object) });
    // SAFETY: the C side passes the class with the slots of `json_encoder_instance`, which cannot be subclassed. Its caller
    // keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_json.make_encoder", move |py| {
            let [a, b, c, d, e, f, sort_keys, skipkeys, allow_nan] = objects.map(|object| object.bind(py));
            let flags = [sort_keys.is_truthy()?, skipkeys.is_truthy()?, allow_nan.is_truthy()?];
            class.object(py, new_encoder([a, b, c, d, e, f], flags, fast_encode)?)
        })
    }
}

#[inline]
fn new_encoder(
    objects: [Borrowed<'_, '_>; 6],
    [sort_keys, skipkeys, allow_nan]: [bool; 3],
    fast_encode: c_int,
) -> PyResult<json_encoder> {
    let markers = objects[0];
    if !markers.is_none() && !markers.is_instance_of::<PyDict>() {
        let message = c"make_encoder() argument 1 must be dict or None, not ";
        return Err(PyTypeError::with_type_name(message, &markers, 200));
    }
    let [markers, defaultfn, encoder, indent, key_separator, item_separator] =
        objects.map(|object| object.to_owned().unbind());
    Ok(json_encoder {
        markers,
        defaultfn,
        encoder,
        indent,
        key_separator,
        item_separator,
        sort_keys: sort_keys.into(),
        skipkeys: skipkeys.into(),
        allow_nan: allow_nan.into(),
        fast_encode,
    })
}

/// Raises the exception for an object that is no `str`; returns 0.
///
/// # Safety
///
/// Called by the C side alone, with an object that lives for the call.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn json_refuse(object: *mut PyObject) -> c_int {
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let object = unsafe { Arg::<PyAny>::new(&object) };
    // SAFETY: the C side calls on an attached thread.
    let status = unsafe {
        entry_value::<()>(c"_json", move |py| {
            Err(PyTypeError::with_type_name(c"first argument must be a string, not ", &object.bind(py), 80))
        })
    };
    status + 1
}

/// Decodes the JSON value at `index` of a `str`; returns it and the index after it.
///
/// # Safety
///
/// Called by the C side alone, with a scanner and a str that live for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_scan_once(scanner: *mut PyObject, string: *mut PyObject, index: isize) -> *mut PyObject {
    // SAFETY: the C side passes the object that is called, a scanner, which its caller keeps for the call.
    let scanner = unsafe { Arg::<Instance<json_scanner>>::new(&scanner) };
    // SAFETY: the C side passes a str that its caller keeps for the call.
    let string = unsafe { Arg::<PyStr>::new(&string) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_json.Scanner", move |py| {
            let (value, end) = decode_value(&Hooks::new(py, scanner.bind(py).data()), string.bind(py), index)?;
            PyTuple::with_int(value, end).map(Bound::into_any)
        })
    }
}

/// Decodes the string whose first character is at `end` of a `str`, and stores the index after it there. The `str` has
/// `length` characters of `kind` bytes each from `data` on.
///
/// # Safety
///
/// Called by the C side alone, with a str that lives for the call, its storage, and a variable of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_scanstring(
    string: *mut PyObject,
    kind: c_int,
    data: *const c_void,
    length: isize,
    end: *mut isize,
    strict: c_int,
) -> *mut PyObject {
    // SAFETY: the C side passes its variable, which nobody else uses during the call.
    let end = unsafe { &mut *end };
    // SAFETY: the C side passes the storage of the str.
    let simple = match unsafe { str_data(kind, data, length) } {
        // SAFETY: the C side calls on an attached thread.
        StrData::Ucs1(units) => unsafe { scan_simple(units, end) },
        // SAFETY: as above.
        StrData::Ucs2(units) => unsafe { scan_simple(units, end) },
        // SAFETY: as above.
        StrData::Ucs4(units) => unsafe { scan_simple(units, end) },
    };
    let at = match simple {
        Ok(value) => return value,
        Err(at) => at,
    };
    // SAFETY: the C side passes a str that its caller keeps for the call.
    let string = unsafe { Arg::<PyStr>::new(&string) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(SCANSTRING, move |py| {
            let (value, after) = scan_string(string.bind(py), *end, at, strict != 0)?;
            *end = after;
            Ok(value)
        })
    }
}

const SCANSTRING: &CStr = c"_json.scanstring";

/// As `json_scanstring`, for a string that has no escapes and no control characters, or is one escape. For any other, returns the
/// position up to which it is plain. The closures have two words at most.
///
/// # Safety
///
/// - The thread is attached.
#[inline(always)]
unsafe fn scan_simple<U: Source>(document: &[U], end: &mut isize) -> Result<*mut PyObject, usize> {
    // No document has that many units.
    let start = usize::try_from(*end).unwrap_or(usize::MAX);
    let at = match unescape::plain(document, start) {
        Ok((units, after)) => {
            *end = after as isize;
            // SAFETY: the thread is attached (the caller's promise).
            return Ok(unsafe { entry(SCANSTRING, move |py| text::text_object(py, U::text(units))) });
        }
        Err(at) => at,
    };
    if at == start
        && let Some((character, after)) = unescape::one_escape(document, at)
    {
        *end = after as isize;
        // SAFETY: the thread is attached (the caller's promise).
        return Ok(unsafe { entry(SCANSTRING, move |py| text::character_object(py, character)) });
    }
    Err(at)
}

/// The characters of a `str`: `length` of `kind` bytes each from `data` on.
///
/// # Safety
///
/// - These are those of a str that lives for `'a`.
#[inline(always)]
unsafe fn str_data<'a>(kind: c_int, data: *const c_void, length: isize) -> StrData<'a> {
    let length = length.unsigned_abs();
    match kind {
        // SAFETY: the str has that many characters of one byte, which nobody changes, and lives for `'a` (the caller's
        // promise).
        1 => StrData::Ucs1(unsafe { slice::from_raw_parts(data.cast(), length) }),
        // SAFETY: the same of two bytes, to which the storage of such a str is aligned.
        2 => StrData::Ucs2(unsafe { slice::from_raw_parts(data.cast(), length) }),
        // SAFETY: the same of four bytes.
        _ => StrData::Ucs4(unsafe { slice::from_raw_parts(data.cast(), length) }),
    }
}

/// The JSON string for a `str`; with `ascii` not zero, of ASCII characters alone. The `str` has `length` characters of
/// `kind` bytes each from `data` on; `is_ascii` is not zero when it is flagged as ASCII.
///
/// # Safety
///
/// Called by the C side alone, with the storage of a str that lives for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_encode_string(
    kind: c_int,
    data: *const c_void,
    length: isize,
    is_ascii: c_int,
    ascii: c_int,
) -> *mut PyObject {
    let style = if ascii != 0 { Style::Ascii } else { Style::Unicode };
    let to_ascii = style == Style::Ascii;
    // SAFETY: the C side passes the storage of the str.
    match unsafe { str_data(kind, data, length) } {
        // SAFETY: the C side calls on an attached thread.
        StrData::Ucs1(units) => unsafe { encode_units(units, style, is_ascii != 0 || to_ascii) },
        // SAFETY: as above.
        StrData::Ucs2(units) => unsafe { encode_units(units, style, to_ascii) },
        // SAFETY: as above.
        StrData::Ucs4(units) => unsafe { encode_units(units, style, to_ascii) },
    }
}

/// The JSON string for the text of a `str`, which is all ASCII with `to_ascii`.
///
/// # Safety
///
/// - The thread is attached.
#[inline(always)]
unsafe fn encode_units<U: Ucs + StrUnit>(units: &[U], style: Style, to_ascii: bool) -> *mut PyObject {
    const NAME: &CStr = c"_json.encode_basestring";
    if units.len() <= text::FEW {
        // SAFETY: the thread is attached (the caller's promise).
        let py = unsafe { Python::assume_attached() };
        let text = if to_ascii { text::few_to_ascii(py, units, style) } else { text::few_to_unicode(py, units) };
        into_c_result(text)
    } else if to_ascii && style == Style::Ascii {
        // SAFETY: the thread is attached (the caller's promise). Here and below the closure has two words.
        unsafe { entry(NAME, move |py| text::to_ascii(py, units, Style::Ascii)) }
    } else if to_ascii {
        // SAFETY: the thread is attached (the caller's promise).
        unsafe { entry(NAME, move |py| text::to_ascii(py, units, Style::Unicode)) }
    } else {
        // SAFETY: the thread is attached (the caller's promise).
        unsafe { entry(NAME, move |py| text::to_unicode(py, units)) }
    }
}

/// Encodes an object; returns the text as the only item of a tuple.
///
/// # Safety
///
/// Called by the C side alone, with an encoder and an object that live for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_encode(
    encoder: *mut PyObject,
    object: *mut PyObject,
    indent_level: isize,
) -> *mut PyObject {
    // SAFETY: the C side passes the object that is called, an encoder, which its caller keeps for the call.
    let encoder = unsafe { Arg::<Instance<json_encoder>>::new(&encoder) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let object = unsafe { Arg::<PyAny>::new(&object) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_json.Encoder", move |py| {
            let text = encode(encoder.bind(py).data(), object.bind(py), indent_level)?;
            PyTuple::single(&text).map(Bound::into_any)
        })
    }
}
