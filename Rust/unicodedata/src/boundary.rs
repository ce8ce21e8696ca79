//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/unicodedata.h`. The functions are the module's and, but for a few, methods of `UCD`, too. One that is called as
//! such a method answers for Unicode 3.2.0. To those that return text, which C makes a `str` of, C says so by `is_old`.

#[cfg(Py_3_15)]
mod graphemes;
mod names;
mod normalization;
mod numbers;

use crate::TABLES;
use crate::properties;
use crate::version::Version;
use cpython_api::types::{PyAny, PyStr};
use cpython_api::{
    Arg, Bound, Class, InstanceData, PyObject, PyResult, PyTypeObject, Python, StrData, entry, instance_slots,
    rust_instance,
};
use std::ffi::{CStr, c_char, c_int};

#[cfg(Py_3_15)]
pub use graphemes::{
    unicodedata_GraphemeBreakIterator_instance, unicodedata_GraphemeBreakIterator_next, unicodedata_Segment_instance,
    unicodedata_Segment_repr, unicodedata_Segment_str, unicodedata_exec, unicodedata_iter_graphemes_impl,
};
pub use names::{unicodedata_UCD_lookup_impl, unicodedata_UCD_name_impl, unicodedata_getcode, unicodedata_getname};
pub use normalization::{unicodedata_is_normalized_from, unicodedata_normalize_from, unicodedata_quick_check};
pub use numbers::{unicodedata_old_decimal, unicodedata_old_numeric};

/// The data of the object for Unicode 3.2.0: the text of its attribute `unidata_version`.
#[derive(Debug)]
#[repr(C)]
struct Ucd {
    unidata_version: [u8; 8],
}

impl InstanceData for Ucd {
    const NAME: &'static CStr = c"unicodedata.UCD";

    fn release(self, _py: Python<'_>) {}
}

/// The version of Unicode that a function is asked for.
#[inline]
fn version(is_old: c_int) -> Version {
    if is_old == 0 { Version::Current } else { Version::V3_2_0 }
}

/// The version of Unicode that a function answers for: the current one if its `self` is the module.
///
/// # Safety
///
/// - `owner` is the `self` of a function that is being called.
#[inline]
unsafe fn version_of(owner: *mut PyObject) -> Version {
    // SAFETY: an object, which the caller keeps for the call (the caller's promise).
    let owner = unsafe { Arg::<PyAny>::new(&owner) };
    if owner.is_module() { Version::Current } else { Version::V3_2_0 }
}

/// A `str` of ASCII.
#[inline]
fn ascii<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py>> {
    PyStr::from_data(py, StrData::Ucs1(text)).map(Bound::into_any)
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_UCD_instance() -> rust_instance {
    instance_slots::<Ucd>()
}

/// Makes the object for Unicode 3.2.0.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the class that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_new(cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the slot passes the class with these slots, and keeps it for the call.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: modules are executed on an attached thread.
    unsafe {
        entry(c"unicodedata.UCD", move |py| {
            // The quick check asks for the level later, without looking for it.
            cpu_level::Level::detect();
            class.object(py, Ucd { unidata_version: *b"3.2.0\0\0\0" })
        })
    }
}

/// The `General_Category` of a character.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_category_of(is_old: c_int, chr: c_int) -> *const c_char {
    properties::category(&TABLES, version(is_old), chr as u32).as_ptr()
}

/// The `Bidi_Class` of a character.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_bidirectional_of(is_old: c_int, chr: c_int) -> *const c_char {
    properties::bidirectional(&TABLES, version(is_old), chr as u32).as_ptr()
}

/// The `East_Asian_Width` of a character.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_east_asian_width_of(is_old: c_int, chr: c_int) -> *const c_char {
    properties::east_asian_width(&TABLES, version(is_old), chr as u32).as_ptr()
}

/// The `Decomposition_Mapping` of a character.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_decomposition_impl(owner: *mut PyObject, chr: c_int) -> *mut PyObject {
    // SAFETY: the parsing code passes the object that the function is of.
    let version = unsafe { version_of(owner) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"unicodedata.decomposition", move |py| {
            ascii(py, properties::decomposition(&TABLES, version, chr as u32).as_bytes())
        })
    }
}

/// The `Canonical_Combining_Class` of a character.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_combining_of(is_old: c_int, chr: c_int) -> u8 {
    properties::combining(&TABLES, version(is_old), chr as u32)
}

/// The `Bidi_Mirrored` property of a character.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_mirrored_of(is_old: c_int, chr: c_int) -> u8 {
    properties::mirrored(&TABLES, version(is_old), chr as u32)
}

/// The block that a character is in.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_block_of(chr: c_int) -> *const c_char {
    properties::block(&TABLES, chr as u32).as_ptr()
}

/// The `Grapheme_Cluster_Break` of a character.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_grapheme_cluster_break_of(chr: c_int) -> *const c_char {
    properties::grapheme_cluster_break(&TABLES, chr as u32).as_ptr()
}

/// The `Indic_Conjunct_Break` of a character.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_indic_conjunct_break_of(chr: c_int) -> *const c_char {
    properties::indic_conjunct_break(&TABLES, chr as u32).as_ptr()
}

/// Whether a character is `Extended_Pictographic`.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_extended_pictographic_of(chr: c_int) -> c_int {
    TABLES.grapheme(chr as u32).is_pictographic().into()
}
