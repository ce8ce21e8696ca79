//! What Python calls: the functions that Argument Clinic's parsing code ends in, and those of the classes.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/_struct.h`. The functions of the module have the objects of the cache as their first argument, so that they end
//! in the methods.

mod constructor;
mod iterator;
mod object;
mod pack;
mod state;
mod unpack;

// The functions in these two have the same conditions again, for cbindgen, which reads each file by itself.
#[cfg(not(Py_3_15))]
mod v3_14;
#[cfg(Py_3_15)]
mod v3_15;
#[cfg(not(Py_3_15))]
use v3_14 as release;
#[cfg(Py_3_15)]
use v3_15 as release;

use cpython_api::types::PyInt;
use cpython_api::{
    Attribute, Bound, Objects, Py_buffer, Py_ssize_t, PyObject, View, method, method_unguarded, method_with,
};
use object::Struct;
use std::ffi::c_void;

pub use constructor::{_struct_Struct_call, _struct_Struct_repr, _struct_Struct_sizeof};
pub use iterator::{
    _struct_unpack_iterator_instance, _struct_unpack_iterator_length_hint, _struct_unpack_iterator_next,
};
pub use object::_struct_Struct_instance;
pub use state::{_struct__clearcache_impl, _struct_cache, _struct_cached, _struct_exec};
#[cfg(not(Py_3_15))]
pub use v3_14::{
    _struct_Struct___init___impl, _struct_Struct_check_pack_into, _struct_Struct_new, _struct_Struct_sizeof_method,
};
#[cfg(Py_3_15)]
pub use v3_15::{_struct_Struct___init___impl, _struct_Struct_impl, _struct_Struct_init, _struct_Struct_new};

/// The attributes of `Struct`, which are read-only members in C since CPython 3.15.
const ATTRIBUTES: &[Attribute] = &{
    let set = if cfg!(Py_3_15) { Some(Attribute::REFUSE) } else { None };
    // SAFETY: the getters are called with a Struct, the other function with anything.
    let format = unsafe { Attribute::new(c"format", release::format, set, 0) };
    // SAFETY: as above.
    let size = unsafe { Attribute::new(c"size", size, set, 0) };
    [format.with_doc(c"struct format string"), size.with_doc(c"struct size in bytes"), Attribute::END]
};

/// `calcsize()`: the size, or -1 of an object without a format.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_size(object: *mut PyObject) -> Py_ssize_t {
    // SAFETY: the parsing code passes an object of this class, which it keeps for the call, on an attached thread.
    unsafe { method_unguarded::<Struct, _, _>(object, (), |object, ()| object.data().size()) }
}

/// `Struct.size`
///
/// # Safety
///
/// Called as the getter alone.
unsafe extern "C" fn size(object: *mut PyObject, _number: *mut c_void) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Struct>(c"_struct.Struct.size", object, move |object| {
            let py = object.py();
            PyInt::new(py, object.data().size() as i64).map(Bound::into_any)
        })
    }
}

/// Packs values into a new `bytes` object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_pack_impl(
    object: *mut PyObject,
    values: *const *mut PyObject,
    values_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes that many objects, which its caller keeps for the call.
    let values = unsafe { Objects::from_raw(values, values_length) };
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"_struct.Struct.pack", object, move |object| pack::pack(object, values)) }
}

/// Packs values into a buffer.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_pack_into_impl(
    object: *mut PyObject,
    buffer: *mut Py_buffer,
    offset: Py_ssize_t,
    values: *const *mut PyObject,
    values_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: the parsing code passes that many objects, which its caller keeps for the call.
    let values = unsafe { Objects::from_raw(values, values_length) };
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method(c"_struct.Struct.pack_into", object, move |object| pack::pack_into(object, buffer, offset, values))
    }
}

/// Unpacks a buffer.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_unpack_impl(object: *mut PyObject, buffer: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"_struct.Struct.unpack", object, move |object| unpack::unpack(object, buffer)) }
}

/// Unpacks a part of a buffer.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_unpack_from_impl(
    object: *mut PyObject,
    buffer: *mut Py_buffer,
    offset: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe { method(c"_struct.Struct.unpack_from", object, move |object| unpack::unpack_from(object, buffer, offset)) }
}

/// Makes an iterator over the structs in a buffer.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_iter_unpack_impl(
    object: *mut PyObject,
    buffer: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_with(c"_struct.Struct.iter_unpack", object, buffer, move |object, buffer| {
            iterator::iter_unpack(object, &buffer)
        })
    }
}
