//! What Python calls: the functions of the module, and its state. The classes are in files of their own.
//!
//! The C side parses the arguments that Argument Clinic does not, as CPython's C module does.

use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyModule, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Class, ModuleState, Py, PyErr, PyObject, PyResult, PyTypeObject, Python, Traversal, Visit,
    entry, entry_value, module_exec_with,
};
use std::ffi::{CStr, c_int};

pub mod key;
pub mod lru_cache;
pub mod partial;
pub mod placeholder;

/// The state of the module.
#[derive(Debug)]
pub(crate) struct State {
    /// An object that separates the positional arguments from the others in the keys of caches.
    kwd_mark: Py,
    /// The only instance of its class.
    placeholder: Py,
    partial_type: Py<PyType>,
    key_type: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_functools";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.kwd_mark)?;
        visit.reference(&self.placeholder)?;
        visit.reference(&self.partial_type)?;
        visit.reference(&self.key_type)
    }

    fn release(self, py: Python<'_>) {
        self.kwd_mark.drop_ref(py);
        self.placeholder.drop_ref(py);
        self.partial_type.drop_ref(py);
        self.key_type.drop_ref(py);
    }
}

/// Makes the state of the module, and adds `Placeholder`.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_exec(
    module: *mut PyObject,
    kwd_mark: *mut PyObject,
    placeholder_type: *mut PyTypeObject,
    partial_type: *mut PyObject,
    key_type: *mut PyObject,
) -> c_int {
    // SAFETY: the slot passes the module, which the interpreter keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot keeps the object for the call.
    let kwd_mark: Arg<'_> = unsafe { Arg::new(&kwd_mark) };
    // SAFETY: the slot keeps the class, which has the slots of `functools_placeholder_instance`.
    let placeholder_type = unsafe { Class::new(&placeholder_type) };
    // SAFETY: the slot keeps the class for the call.
    let partial_type = unsafe { Arg::<PyType>::new(&partial_type) };
    // SAFETY: as above.
    let key_type = unsafe { Arg::<PyType>::new(&key_type) };
    // SAFETY: the slot is called on an attached thread.
    unsafe {
        entry_value(c"_functools", move |py| {
            module_exec_with(module.bind(py), |py, module| {
                let placeholder = placeholder_type.object(py, placeholder::Placeholder)?;
                module.add(c"Placeholder", &placeholder)?;
                Ok(State {
                    kwd_mark: kwd_mark.bind(py).to_owned().unbind(),
                    placeholder: placeholder.unbind(),
                    partial_type: partial_type.bind(py).to_owned().unbind(),
                    key_type: key_type.bind(py).to_owned().unbind(),
                })
            })
        })
    }
}

/// Applies a function to what it has returned before and the next item.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _functools_reduce_impl(
    _module: *mut PyObject,
    func: *mut PyObject,
    seq: *mut PyObject,
    result: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes objects, which its caller keeps for the call.
    let func: Arg<'_> = unsafe { Arg::new(&func) };
    // SAFETY: as above.
    let seq: Arg<'_> = unsafe { Arg::new(&seq) };
    // SAFETY: as above, or NULL when there is no first value.
    let result: Option<Arg<'_>> = unsafe { Arg::optional(&result) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_functools.reduce", move |py| {
            reduce(func.bind(py), seq.bind(py), result.map(|result| result.bind(py).to_owned()))
        })
    }
}

fn reduce<'py>(
    function: Borrowed<'_, 'py>,
    iterable: Borrowed<'_, 'py>,
    initial: Option<Bound<'py>>,
) -> PyResult<Bound<'py>> {
    let py = function.py();
    let mut items = iterable.iter().map_err(|error| {
        if error.matches::<PyTypeError>(py) {
            error.clear(py);
            return PyTypeError::new_err(py, "reduce() arg 2 must support iteration");
        }
        error
    })?;
    let Some(mut result) = initial.map(Ok).or_else(|| items.next()).transpose()? else {
        return Err(PyTypeError::new_err(py, "reduce() of empty iterable with no initial value"));
    };
    for item in items {
        result = function.call([&result, &item?])?;
    }
    Ok(result)
}

/// The function that makes objects to compare by `mycmp`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _functools_cmp_to_key_impl(module: *mut PyObject, mycmp: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let mycmp: Arg<'_> = unsafe { Arg::new(&mycmp) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_functools.cmp_to_key", move |py| {
            let class = &module.bind(py).state::<State>()?.key_type;
            key::new(class.bind(py), mycmp.bind(py), None)
        })
    }
}

/// Room for a few objects, and more in memory when there are more. `filler` is any object.
fn with_objects<'a, 'py, R>(
    filler: Borrowed<'a, 'py>,
    count: usize,
    body: impl FnOnce(&mut [Borrowed<'a, 'py>]) -> PyResult<R>,
) -> PyResult<R> {
    const FEW: usize = 10;
    if count <= FEW {
        return body(&mut [filler; FEW][..count]);
    }
    let mut objects = Vec::new();
    objects.try_reserve_exact(count).map_err(|_| PyErr::no_memory(filler.py()))?;
    objects.resize(count, filler);
    body(&mut objects)
}
