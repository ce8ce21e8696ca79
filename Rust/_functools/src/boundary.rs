//! What Python calls: the functions of the module, and its state. The classes are in files of their own.
//!
//! The C side parses the arguments that Argument Clinic does not, as CPython's C module does.

use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyModule, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, ModuleState, Py, PyErr, PyObject, PyResult, Python, Thread, Traversal, Visit, entry,
    exec_with_classes,
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
pub unsafe extern "C" fn functools_exec(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes four classes, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |module, [placeholder, partial, _, key]| {
            let py = module.py();
            let Some(class) = placeholder.as_class::<placeholder::Placeholder>() else {
                unreachable!("the class of Placeholder")
            };
            let placeholder = class.object(py, placeholder::Placeholder)?;
            module.add(c"Placeholder", &placeholder)?;
            Ok(State {
                kwd_mark: py.import_attribute(c"builtins", c"object")?.call0()?.unbind(),
                placeholder: placeholder.unbind(),
                partial_type: partial.unbind(),
                key_type: key.unbind(),
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
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let seq: Arg<'_> = unsafe { Arg::new(&seq) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call, or NULL when there is no first
    // value.
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
        let item = item?;
        result = function.call([&result, &item])?;
        // Most items have another reference.
        Thread::current(py).release(item);
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
