//! The data of scanner and encoder objects.

use cpython_api::{InstanceData, Py, PyObject, Python, Traversal, Vectorcall, Visit};
use std::ffi::{CStr, c_char, c_int};

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
/// It needs no `clear`: a scanner refers only to older objects, so a reference cycle with it has another object that
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
    /// Which of the module's functions `encoder` is, by its index in their table: 0 is `encode_basestring_ascii`, 1
    /// `encode_basestring`, and any other number something else.
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
