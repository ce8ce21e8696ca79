//! What C calls. Every function here can be armed to panic, and does nothing else; other defects are in `defects`.

use crate::panics;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyInt, PyModule};
use cpython_api::{
    Arg, Bound, Class, InstanceData, Py, PyObject, PyResult, PyTypeObject, Python, Traversal, Visit, c_str_arg, entry,
    entry_value, instance_slots, module_exec, rust_instance,
};
use std::ffi::{CStr, c_char, c_int};

pub mod defects;
pub mod holder;

/// Makes the next call of a place panic.
///
/// ```text
/// [clinic input]
/// module panictest
/// class panictest.Panics "PyObject *" "&Panics"
/// [clinic start generated code]
/// ```
///
/// ```text
/// [clinic input]
/// panictest.arm
///
///     place: str
///     kind: str = "literal"
///     /
///
/// Make the next call of a place panic.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_arm_impl(
    _module: *mut PyObject,
    place: *const c_char,
    kind: *const c_char,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a string that ends in NUL and outlives the call.
    let place = unsafe { c_str_arg(&place) };
    // SAFETY: the parsing code passes a string that ends in NUL and outlives the call.
    let kind = unsafe { c_str_arg(&kind) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"panictest.arm", move |py| arm(py, place, kind)) }
}

fn arm<'py>(py: Python<'py>, place: &CStr, kind: &CStr) -> PyResult<Bound<'py>> {
    if panics::arm(&place.to_string_lossy(), &kind.to_string_lossy()) {
        zero(py)
    } else {
        Err(PyValueError::new_err(py, "no such place or kind"))
    }
}

fn zero(py: Python<'_>) -> PyResult<Bound<'_>> {
    PyInt::new(py, 0).map(Bound::into_any)
}

/// Panics if a function is armed.
///
/// ```text
/// [clinic input]
/// panictest.function
///
/// Panic if armed.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_function_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.function", move |py| {
            panics::fire("function");
            zero(py)
        })
    }
}

/// Panics, if armed, while this thread is detached and an object is held.
///
/// ```text
/// [clinic input]
/// panictest.detached
///
/// Panic if a function is armed, in detached work.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_detached_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.detached", move |py| {
            let held = PyInt::new(py, u32::MAX)?;
            py.detach(|| panics::fire("function"));
            Ok(held.into_any())
        })
    }
}

/// Panics, if armed, while an exception is set.
///
/// ```text
/// [clinic input]
/// panictest.pending
///
/// Raise ValueError, and panic before the exception is returned, if armed.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_pending_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.pending", move |py| {
            let error = PyValueError::new_err(py, "set before");
            panics::fire("pending");
            Err::<Bound<'_>, _>(error)
        })
    }
}

/// Panics if a method is armed.
///
/// ```text
/// [clinic input]
/// panictest.Panics.method
///
/// Panic if armed.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_Panics_method_impl(_self: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.Panics.method", move |py| {
            panics::fire("method");
            zero(py)
        })
    }
}

/// Gets the property.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_get(_self: *mut PyObject) -> *mut PyObject {
    // SAFETY: getters are called on an attached thread.
    unsafe {
        entry(c"panictest.Panics.property", move |py| {
            panics::fire("get");
            zero(py)
        })
    }
}

/// Does nothing that can fail but panic if `place` is armed.
fn fire(place: &str) -> impl FnOnce(Python<'_>) -> PyResult<()> {
    move |_| {
        panics::fire(place);
        Ok(())
    }
}

/// Sets the property.
///
/// # Safety
///
/// Called by the type's setter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_set(_self: *mut PyObject) -> c_int {
    // SAFETY: setters are called on an attached thread.
    unsafe { entry_value(c"panictest.Panics.property", fire("set")) }
}

/// The data of a `Panics` object.
#[derive(Debug)]
struct Panics {
    item: Option<Py>,
}

impl InstanceData for Panics {
    const NAME: &'static CStr = c"panictest.Panics";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        // The panic comes last, so that the collector has seen everything.
        visit.references(&self.item)?;
        panics::fire("traverse");
        Ok(())
    }

    fn release(self, py: Python<'_>) {
        if let Some(item) = self.item {
            item.drop_ref(py);
        }
        panics::fire("dealloc");
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn panictest_Panics_instance() -> rust_instance {
    instance_slots::<Panics>()
}

/// Makes an object.
///
/// # Safety
///
/// Called by the type's `tp_new` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_new(cls: *mut PyTypeObject, item: *mut PyObject) -> *mut PyObject {
    // SAFETY: `tp_new` passes NULL or an argument, which its caller keeps.
    let item = unsafe { Arg::optional(&item) };
    // SAFETY: `tp_new` passes this class, which has the slots above and no subclasses, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: `tp_new` is called on an attached thread.
    unsafe {
        entry(c"panictest.Panics", move |py| {
            panics::fire("new");
            class.object(py, Panics { item: item.map(|item: Arg<'_>| item.bind(py).to_owned().unbind()) })
        })
    }
}

/// Fails in a slot; both the length and the truth are asked for here.
///
/// # Safety
///
/// Called by the type's slots alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_len(_self: *mut PyObject) -> c_int {
    // SAFETY: slots are called on an attached thread.
    unsafe { entry_value(c"panictest.Panics.__len__", fire("len")) }
}

/// Has a part in the execution of the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_exec(module: *mut PyObject) -> c_int {
    // SAFETY: the slot is called with the module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot is called on an attached thread.
    unsafe {
        entry_value(c"panictest", move |py| {
            panics::fire("exec");
            module_exec::<holder::State>(module.bind(py))
        })
    }
}
