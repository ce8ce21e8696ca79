//! What Python calls: the functions that Argument Clinic's parsing code ends in, and those of the classes.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/_struct.h`. The functions of the module have the objects of the cache as their first argument, so that they end
//! in the methods.

mod iterator;
mod object;
mod pack;
mod unpack;

use cpython_api::types::{PyModule, PyStr, PyType};
use cpython_api::{
    Arg, Bound, Class, Instance, Objects, Py_buffer, Py_ssize_t, PyObject, PyTypeObject, Python, View, entry,
    entry_value, instance_slots, module_exec, rust_instance,
};
use object::{Classes, State, Struct, format_of};
use std::ffi::c_int;
use std::sync::atomic::Ordering;

pub use iterator::{
    _struct_unpack_iterator_instance, _struct_unpack_iterator_length_hint, _struct_unpack_iterator_next,
};

/// Makes the state of the module, and returns its cache.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_exec(
    module: *mut PyObject,
    structs: *mut PyObject,
    iterators: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot passes a class, which it keeps for the call.
    let structs = unsafe { Arg::<PyType>::new(&structs) };
    // SAFETY: as above.
    let iterators = unsafe { Arg::<PyType>::new(&iterators) };
    // SAFETY: modules are executed on an attached thread.
    unsafe {
        entry(c"_struct", |py| {
            let module = module.bind(py);
            module_exec::<State>(module)?;
            let classes = Classes {
                structs: structs.bind(py).to_owned().unbind(),
                iterators: iterators.bind(py).to_owned().unbind(),
            };
            let state = module.state::<State>()?;
            state.set_classes(py, classes);
            Ok(state.cache(py))
        })
    }
}

/// Returns a new `Struct` for a format, which is added to the cache.
///
/// # Safety
///
/// Called by the converter of the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_cached(module: *mut PyObject, format: *mut PyObject) -> *mut PyObject {
    // SAFETY: the converter passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the converter passes an object, which its caller keeps for the call.
    let format: Arg<'_> = unsafe { Arg::new(&format) };
    // SAFETY: the converter is called on an attached thread.
    unsafe { entry(c"_struct", move |py| module.bind(py).state::<State>()?.add(format.bind(py))) }
}

/// Empties the cache.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct__clearcache_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_struct._clearcache", move |py| {
            module.bind(py).state::<State>()?.clear_cache(py);
            Ok(py.None())
        })
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn _struct_Struct_instance() -> rust_instance {
    instance_slots::<Struct>()
}

/// Makes an object that has no format yet.
///
/// # Safety
///
/// Called by `tp_new` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_new(cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: `tp_new` passes this class or a subclass, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: `tp_new` is called on an attached thread.
    unsafe { entry(c"_struct.Struct", move |py| class.object(py, Struct::new())) }
}

/// Parses a format, a `bytes` or a `str`, and sets it.
///
/// # Safety
///
/// Called by `tp_new` and `tp_init` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_compile(object: *mut PyObject, text: *mut PyObject) -> c_int {
    // SAFETY: the caller passes an object of this class, and keeps it for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the caller passes an object, and keeps it for the call.
    let text: Arg<'_> = unsafe { Arg::new(&text) };
    // SAFETY: the slots are called on an attached thread.
    unsafe { entry_value(c"_struct.Struct", move |py| object::compile(object.bind(py), &text.bind(py))) }
}

/// Whether an object has a format.
///
/// # Safety
///
/// Called by the slots and getters of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_is_ready(object: *mut PyObject) -> c_int {
    // SAFETY: a slot is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: slots are called on an attached thread.
    unsafe { entry_value(c"_struct.Struct", move |py| Ok(object.bind(py).data().is_ready())) }
}

/// Sets whether `__init__` has been called, and returns whether it had been before.
///
/// # Safety
///
/// Called by `tp_init` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_init_called(object: *mut PyObject, called: c_int) -> c_int {
    // SAFETY: a slot is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry_value(c"_struct.Struct", move |py| {
            let flag = &object.bind(py).data().is_init_called;
            Ok(if called != 0 { flag.swap(true, Ordering::Relaxed) } else { flag.load(Ordering::Relaxed) })
        })
    }
}

/// The format as a `str`.
///
/// # Safety
///
/// Called by the getter and by `tp_repr` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_format(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: getters are called on an attached thread.
    unsafe {
        entry(c"_struct.Struct.format", move |py| {
            PyStr::new(py, format_of(object.bind(py))?.text()).map(Bound::into_any)
        })
    }
}

/// The size, or -1 of an object without a format.
///
/// # Safety
///
/// Called by the getter and the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_size(object: *mut PyObject) -> Py_ssize_t {
    // SAFETY: the caller passes an object of this class, and keeps it for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: getters are called on an attached thread.
    let py = unsafe { Python::assume_attached() };
    object.bind(py).data().size_and_len().0
}

/// How many codes with values the format has, as C counts them.
///
/// # Safety
///
/// Called by `__sizeof__` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_codes(object: *mut PyObject) -> Py_ssize_t {
    // SAFETY: a method is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: methods are called on an attached thread.
    unsafe { entry_value(c"_struct.Struct.__sizeof__", move |py| Ok(format_of(object.bind(py))?.codes() as isize)) }
}

/// Checks the number of arguments of `pack_into`, before any is looked at.
///
/// # Safety
///
/// Called by the method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_check_pack_into(object: *mut PyObject, count: Py_ssize_t) -> c_int {
    // SAFETY: a method is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: methods are called on an attached thread.
    unsafe {
        entry_value(c"_struct.Struct.pack_into", move |py| {
            let object = object.bind(py);
            let format = format_of(object)?;
            match usize::try_from(count).unwrap_or(0) {
                0 => Err(object::struct_error(object, format_args!("pack_into expected buffer argument"))),
                1 => Err(object::struct_error(object, format_args!("pack_into expected offset argument"))),
                count => pack::check_count(object, &format, count - 2, "pack_into"),
            }
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the parsing code passes so many objects, which its caller keeps for the call.
    let values = unsafe { Objects::from_raw(values, values_length) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_struct.Struct.pack", move |py| pack::pack(object.bind(py), values)) }
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: the parsing code passes so many objects, which its caller keeps for the call.
    let values = unsafe { Objects::from_raw(values, values_length) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_struct.Struct.pack_into", move |py| pack::pack_into(object.bind(py), buffer, offset, values)) }
}

/// Unpacks a buffer.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_unpack_impl(object: *mut PyObject, buffer: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_struct.Struct.unpack", move |py| unpack::unpack(object.bind(py), buffer)) }
}

/// Unpacks a `bytes` object.
///
/// # Safety
///
/// Called by the method alone, with a `bytes` object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_unpack_bytes(object: *mut PyObject, bytes: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the method passes an object, which its caller keeps for the call.
    let bytes: Arg<'_> = unsafe { Arg::new(&bytes) };
    // SAFETY: methods are called on an attached thread.
    unsafe { entry(c"_struct.Struct.unpack", move |py| unpack::unpack_object(object.bind(py), bytes.bind(py))) }
}

/// Unpacks a part of a `bytes` object.
///
/// # Safety
///
/// Called by the method alone, with a `bytes` object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_unpack_bytes_from(
    object: *mut PyObject,
    bytes: *mut PyObject,
    offset: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the method passes an object, which its caller keeps for the call.
    let bytes: Arg<'_> = unsafe { Arg::new(&bytes) };
    // SAFETY: methods are called on an attached thread.
    unsafe {
        entry(c"_struct.Struct.unpack_from", move |py| {
            unpack::unpack_object_from(object.bind(py), bytes.bind(py), offset)
        })
    }
}

/// How many values the format has, or -1 of an object without a format.
///
/// # Safety
///
/// Called by the methods alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_len(object: *mut PyObject) -> Py_ssize_t {
    // SAFETY: a method is called with an object of its class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: methods are called on an attached thread.
    let py = unsafe { Python::assume_attached() };
    object.bind(py).data().size_and_len().1
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let buffer = unsafe { View::new(&buffer) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_struct.Struct.unpack_from", move |py| unpack::unpack_from(object.bind(py), buffer, offset)) }
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
    // SAFETY: the parsing code passes an object of this class, which its caller keeps for the call.
    let object = unsafe { Arg::<Instance<Struct>>::new(&object) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let buffer: Arg<'_> = unsafe { Arg::new(&buffer) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_struct.Struct.iter_unpack", move |py| iterator::iter_unpack(object.bind(py), &buffer.bind(py))) }
}
