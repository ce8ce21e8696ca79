//! The state of the module, and the cache of the functions of the module.

use cpython_api::types::{PyDict, PyModule, PyStr, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, ModuleState, Py, PyErr, PyObject, PyResult, Python, Traversal, Visit, entry,
    exec_with_classes,
};
use std::ffi::{CStr, c_int};

/// How many formats the cache has at most.
const MAX_CACHE: usize = 100;

/// The state of the module.
#[derive(Debug)]
pub(crate) struct State {
    /// `Struct` objects by their formats.
    cache: Py<PyDict>,
    pub(crate) error: Py<PyType>,
    structs: Py<PyType>,
    pub(crate) iterators: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_struct";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.cache)?;
        visit.reference(&self.error)?;
        visit.reference(&self.structs)?;
        visit.reference(&self.iterators)
    }

    fn release(self, py: Python<'_>) {
        self.cache.drop_ref(py);
        self.error.drop_ref(py);
        self.structs.drop_ref(py);
        self.iterators.drop_ref(py);
    }
}

impl State {
    /// The object for a format, which is added to the cache if it is not there.
    fn find<'py>(&self, format: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
        let cache = self.cache.bind(format.py());
        if let Some(object) = cache.get_item(&format)? {
            return Ok(object);
        }
        let object = self.structs.bind(format.py()).call1(&format)?;
        if cache.len() >= MAX_CACHE {
            cache.clear();
        }
        if let Err(error) = cache.set_item(&format, &object) {
            error.clear(format.py());
        }
        Ok(object)
    }
}

/// Makes the state of the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_exec(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes two classes, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |module, [structs, iterators]| {
            let py = module.py();
            let error = Bound::<PyType>::new_exception(py, c"struct.error", None, None)?;
            module.add(c"error", &error)?;
            Ok(State {
                cache: PyDict::new(py)?.unbind(),
                error: error.unbind(),
                structs: structs.unbind(),
                iterators: iterators.unbind(),
            })
        })
    }
}

/// The cache of the module, which its state keeps.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, after [`_struct_exec`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_cache(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: modules are executed on an attached thread.
    let py = unsafe { Python::assume_attached() };
    // Nothing here panics.
    module.bind(py).state::<State>().map_or(std::ptr::null_mut(), |state| state.cache.as_ptr())
}

/// The `Struct` for a format, from the cache or a new one.
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
    unsafe {
        entry(c"_struct", move |py| {
            let (state, format) = (module.bind(py).state::<State>()?, format.bind(py));
            match format.bytes_contents() {
                // Comparing bytes and str as keys would be a BytesWarning under -bb.
                Some(bytes) => state.find(decoded(py, bytes)?.as_any().as_borrowed()),
                None => state.find(format),
            }
        })
    }
}

/// `bytes.decode('ascii', 'surrogateescape')`
fn decoded<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyStr>> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.is_ascii()
    {
        return PyStr::new(py, text);
    }
    let mut characters = Vec::new();
    characters.try_reserve_exact(bytes.len()).map_err(|_| PyErr::no_memory(py))?;
    characters.extend(bytes.iter().map(|byte| if byte.is_ascii() { 0 } else { 0xdc00 } + u32::from(*byte)));
    PyStr::from_wide(py, &characters)
}

/// `_clearcache()`
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
            module.bind(py).state::<State>()?.cache.bind(py).clear();
            Ok(py.None())
        })
    }
}
