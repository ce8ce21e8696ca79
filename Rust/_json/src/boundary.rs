//! The functions that the C side calls, and what scanners and encoders are made of.
//!
//! The parsing of arguments is in `_jsonmodule.c`, as it is in C's module: by hand, but for the three functions of
//! CPython 3.15, where Argument Clinic's code parses them.

use crate::boundary::decode::{Hooks, decode_value, scan_string};
use crate::boundary::encode::encode;
use crate::escape::{self, Style};
use crate::ucs::Text;
use cpython_api::types::{PyAny, PyInt, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Class, Instance, InstanceData, Py, PyObject, PyResult, PyTypeObject, Python, Traversal,
    Vectorcall, Visit, entry, into_c_result, rust_instance,
};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::slice;

mod decode;
mod encode;
mod markers;
mod memo;
mod notes;
mod sink;
mod text;

unsafe extern "C" {
    /// The call of a scanner: parses the arguments, and calls `json_scan_once`.
    fn json_scanner_vectorcall(
        callable: *mut PyObject,
        args: *const *mut PyObject,
        nargsf: usize,
        kwnames: *mut PyObject,
    ) -> *mut PyObject;

    /// The call of an encoder: parses the arguments, and calls `json_encode`.
    fn json_encoder_vectorcall(
        callable: *mut PyObject,
        args: *const *mut PyObject,
        nargsf: usize,
        kwnames: *mut PyObject,
    ) -> *mut PyObject;
}

/// A scanner. C reads the fields that are members of the class.
///
/// It needs no `clear`: a scanner refers to what was there before it, so a cycle with it goes through another object that
/// refers to it and can be cleared, as with a tuple.
#[repr(C)]
#[derive(Debug)]
pub struct json_scanner {
    /// Whether control characters in strings are refused.
    pub strict: c_char,
    /// Whether `parse_float` is `float` itself.
    pub plain_float: c_char,
    /// Whether `parse_int` is `int` itself.
    pub plain_int: c_char,
    /// Called with each dict, or `None`.
    pub object_hook: Py,
    /// Called with the pairs of each object, or `None`.
    pub object_pairs_hook: Py,
    /// Called with each list, or `None`, which it always is before CPython 3.15.
    pub array_hook: Py,
    /// Called with the text of each float.
    pub parse_float: Py,
    /// Called with the text of each integer.
    pub parse_int: Py,
    /// Called with `NaN`, `Infinity` or `-Infinity`.
    pub parse_constant: Py,
}

impl InstanceData for json_scanner {
    const NAME: &'static CStr = c"_json.Scanner";
    const CALL: Option<Vectorcall> = Some(json_scanner_vectorcall);

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.object_hook)?;
        visit.reference(&self.object_pairs_hook)?;
        visit.reference(&self.array_hook)?;
        visit.reference(&self.parse_float)?;
        visit.reference(&self.parse_int)?;
        visit.reference(&self.parse_constant)
    }

    fn release(self, py: Python<'_>) {
        self.object_hook.drop_ref(py);
        self.object_pairs_hook.drop_ref(py);
        self.array_hook.drop_ref(py);
        self.parse_float.drop_ref(py);
        self.parse_int.drop_ref(py);
        self.parse_constant.drop_ref(py);
    }
}

/// An encoder. C reads the fields that are members of the class. It needs no `clear`, as a scanner does not.
#[repr(C)]
#[derive(Debug)]
pub struct json_encoder {
    /// A dict with the containers that are being written, by their `id`, or `None`.
    pub markers: Py,
    /// Called with what is of no known type.
    pub defaultfn: Py,
    /// Called with each `str`.
    pub encoder: Py,
    /// What each level is indented by, or `None`.
    pub indent: Py,
    /// Between key and value: a `str`.
    pub key_separator: Py,
    /// Between items: a `str`.
    pub item_separator: Py,
    /// Whether keys are sorted.
    pub sort_keys: c_char,
    /// Whether keys of other types are left out.
    pub skipkeys: c_char,
    /// Whether NaN and the infinities may be written.
    pub allow_nan: c_int,
    /// Which of this module's functions `encoder` is: 1 is `encode_basestring_ascii`, 2 `encode_basestring`, 0 neither.
    pub fast_encode: c_int,
}

impl InstanceData for json_encoder {
    const NAME: &'static CStr = c"_json.Encoder";
    const CALL: Option<Vectorcall> = Some(json_encoder_vectorcall);

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.markers)?;
        visit.reference(&self.defaultfn)?;
        visit.reference(&self.encoder)?;
        visit.reference(&self.indent)?;
        visit.reference(&self.key_separator)?;
        visit.reference(&self.item_separator)
    }

    fn release(self, py: Python<'_>) {
        self.markers.drop_ref(py);
        self.defaultfn.drop_ref(py);
        self.encoder.drop_ref(py);
        self.indent.drop_ref(py);
        self.key_separator.drop_ref(py);
        self.item_separator.drop_ref(py);
    }
}

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

/// A new encoder. The objects are its first six fields, in their order.
///
/// # Safety
///
/// Called by the C side alone, with the class of encoders and six objects that live for the call; the last two are `str`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_encoder_new(
    cls: *mut PyTypeObject,
    objects: *const *mut PyObject,
    sort_keys: c_int,
    skipkeys: c_int,
    allow_nan: c_int,
    fast_encode: c_int,
) -> *mut PyObject {
    // SAFETY: the C side passes an array of six.
    let objects: &[*mut PyObject; 6] = unsafe { &*objects.cast() };
    // SAFETY: the C side passes objects that its caller keeps for the call.
    let objects = objects.each_ref().map(|object| unsafe { Arg::<PyAny>::new(object) });
    // SAFETY: the C side passes the class with the slots of `json_encoder_instance`, which cannot be subclassed. Its caller
    // keeps it.
    let class = unsafe { Class::new(&cls) };
    let new = |py: Python<'_>| {
        let [markers, defaultfn, encoder, indent, key_separator, item_separator] =
            objects.map(|object| object.bind(py).to_owned().unbind());
        json_encoder {
            markers,
            defaultfn,
            encoder,
            indent,
            key_separator,
            item_separator,
            sort_keys: (sort_keys != 0).into(),
            skipkeys: (skipkeys != 0).into(),
            allow_nan,
            fast_encode,
        }
    };
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"_json.make_encoder", move |py| class.object(py, new(py))) }
}

/// Decodes the JSON value at `index` of a `str`: a tuple of the value and of the index after it.
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
            decode_value(&Hooks::new(py, scanner.bind(py).data()), string.bind(py), index)
        })
    }
}

/// Decodes the string whose first character is at `end` of a `str`: a tuple of it and of the index after it.
///
/// # Safety
///
/// Called by the C side alone, with a str that lives for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_scanstring(string: *mut PyObject, end: isize, strict: c_int) -> *mut PyObject {
    // SAFETY: the C side passes a str that its caller keeps for the call.
    let string = unsafe { Arg::<PyStr>::new(&string) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_json.scanstring", move |py| {
            let (value, end) = scan_string(string.bind(py), end, strict != 0)?;
            pair(value, PyInt::new(py, end)?.into_any())
        })
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
    let length = length.unsigned_abs();
    let style = if ascii != 0 { Style::Ascii } else { Style::Unicode };
    let text = match kind {
        1 => {
            // SAFETY: the str has so many characters of one byte, which nobody changes, and lives for the call.
            let units: &[u8] = unsafe { slice::from_raw_parts(data.cast(), length) };
            let is_ascii = is_ascii != 0;
            if length <= escape::TINY_TEXT && (is_ascii || style == Style::Ascii) {
                // SAFETY: the C side calls on an attached thread.
                return into_c_result(text::encode_tiny(unsafe { Python::assume_attached() }, units, style));
            }
            // SAFETY: the C side calls on an attached thread.
            return unsafe { entry(c"_json.encode_basestring", move |py| encode_latin1(py, units, is_ascii, style)) };
        }
        // SAFETY: the same of two bytes, to which the storage of such a str is aligned.
        2 => Text::Ucs2(unsafe { slice::from_raw_parts(data.cast(), length) }),
        // SAFETY: the same of four bytes.
        _ => Text::Ucs4(unsafe { slice::from_raw_parts(data.cast(), length) }),
    };
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"_json.encode_basestring", move |py| text::encode_string(py, text, false, style)) }
}

#[inline(always)]
fn encode_latin1<'py>(py: Python<'py>, units: &[u8], is_ascii: bool, style: Style) -> PyResult<Bound<'py>> {
    if is_ascii && escape::is_plain_ascii(units) {
        // SAFETY: the quotes are ASCII, and so is the text, which has been looked at.
        unsafe { PyStr::from_ascii(py, [b"\"", units, b"\""]) }.map(Bound::into_any)
    } else {
        text::encode_string(py, Text::Ucs1(units), is_ascii, style)
    }
}

/// Encodes an object: a tuple of the one `str`.
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
    unsafe { entry(c"_json.Encoder", move |py| encode(encoder.bind(py).data(), object.bind(py), indent_level)) }
}

/// A tuple of two.
#[inline]
fn pair<'py>(first: Bound<'py>, second: Bound<'py>) -> PyResult<Bound<'py>> {
    let py = first.py();
    PyTuple::pack(py, [first, second]).map(Bound::into_any)
}
