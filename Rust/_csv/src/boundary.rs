//! What Python calls: the functions of the module, and its state. The classes are in files of their own.
//!
//! The C side parses the arguments, as CPython's C module does.

use crate::ucs::Text;
use cpython_api::exceptions::{ErrorMessage, PyKeyError, PyTypeError};
use cpython_api::types::{PyDict, PyInt, PyModule, PyStr, PyTuple, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Instance, ModuleState, Py, PyErr, PyObject, PyResult, Python, StrData, Traversal, Visit,
    entry, exec_with_classes, into_c_result,
};
use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicIsize, Ordering};

pub mod dialect;
pub mod reader;
pub mod writer;

use dialect::{Dialect, Excel};

/// How many characters a field of a reader may have, until it is set.
const FIELD_LIMIT: isize = 128 * 1024;

/// The state of the module.
#[derive(Debug)]
pub(crate) struct State {
    dialect_type: Py<PyType>,
    reader_type: Py<PyType>,
    writer_type: Py<PyType>,
    /// The registered dialects, by name. Python code can put any object into it.
    dialects: Py<PyDict>,
    /// `_csv.Error`
    error: Py<PyType>,
    field_limit: AtomicIsize,
    excel: Excel,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_csv";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references([&self.dialect_type, &self.reader_type, &self.writer_type, &self.error])?;
        visit.reference(&self.dialects)
    }

    fn release(self, py: Python<'_>) {
        for class in [self.dialect_type, self.reader_type, self.writer_type, self.error] {
            class.drop_ref(py);
        }
        self.dialects.drop_ref(py);
        self.excel.release(py);
    }
}

impl State {
    /// Raises `_csv.Error`.
    #[cold]
    fn error(&self, py: Python<'_>, message: impl ErrorMessage) -> PyErr {
        PyErr::raise(&self.error.bind(py), message)
    }

    /// The object that is registered by a name.
    fn registered<'py>(&self, name: &Bound<'py>) -> PyResult<Bound<'py>> {
        let py = name.py();
        let found = self.dialects.bind(py).get_item(name)?;
        found.ok_or_else(|| self.error(py, "unknown dialect"))
    }

    /// `Dialect(dialect, **keywords)`
    fn call_dialect<'py>(
        &self,
        py: Python<'py>,
        dialect: Option<Borrowed<'_, 'py>>,
        keywords: Option<Borrowed<'_, 'py, PyDict>>,
    ) -> PyResult<Bound<'py, Instance<Dialect>>> {
        // Without options a dialect is used as it is, and the class is called only if it is a subclass, which may have
        // an __init__.
        let class = self.dialect_type.bind(py);
        if keywords.is_none_or(|keywords| keywords.is_empty()) {
            let found = match dialect {
                None => return self.excel.dialect(py, &class),
                Some(name) if name.is_exact_instance_of::<PyStr>() => self.registered(&name)?,
                Some(dialect) => dialect.to_owned(),
            };
            if found.get_type().is(&class)
                && let Some(found) = found.as_borrowed().cast_instance::<Dialect>()
            {
                return Ok(found.to_owned());
            }
        }
        let arguments = match dialect {
            Some(dialect) => PyTuple::from_slice(py, &[dialect])?,
            None => PyTuple::empty(py)?,
        };
        let made = class.call_tuple(&arguments, keywords.as_deref())?;
        match made.as_borrowed().cast_instance::<Dialect>() {
            Some(made) => Ok(made.to_owned()),
            None => Err(PyTypeError::new_err(py, "Dialect() has not returned a Dialect")),
        }
    }
}

/// The characters of a `str` for the core.
#[inline(always)]
fn text(data: StrData<'_>) -> Text<'_> {
    match data {
        StrData::Ucs1(units) => Text::Ucs1(units),
        StrData::Ucs2(units) => Text::Ucs2(units),
        StrData::Ucs4(units) => Text::Ucs4(units),
    }
}

/// A `str` of text of the core.
#[inline(always)]
fn text_object<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py, PyStr>> {
    let data = match text {
        Text::Ucs1(units) => StrData::Ucs1(units),
        Text::Ucs2(units) => StrData::Ucs2(units),
        Text::Ucs4(units) => StrData::Ucs4(units),
    };
    PyStr::from_data(py, data)
}

/// Makes the state of the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes and the dict that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_make_state(
    module: *mut PyObject,
    classes: *const *mut PyObject,
    dialects: *mut PyObject,
    error: *mut PyObject,
) -> c_int {
    // SAFETY: the slot keeps the dict for the call.
    let dialects = unsafe { Arg::<PyDict>::new(&dialects) };
    // SAFETY: the slot keeps the class for the call.
    let error = unsafe { Arg::<PyType>::new(&error) };
    // SAFETY: the slot is called with this module, and passes three classes, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |module, [dialect, reader, writer]| {
            let py = module.py();
            Ok(State {
                excel: Excel::new(py)?,
                dialect_type: dialect.unbind(),
                reader_type: reader.unbind(),
                writer_type: writer.unbind(),
                dialects: dialects.bind(py).to_owned().unbind(),
                error: error.bind(py).to_owned().unbind(),
                field_limit: AtomicIsize::new(FIELD_LIMIT),
            })
        })
    }
}

/// The names of all dialects.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _csv_list_dialects_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_csv.list_dialects", move |py| {
            module.bind(py).state::<State>()?.dialects.bind(py).keys().map(Bound::into_any)
        })
    }
}

/// Registers a dialect by a name.
///
/// # Safety
///
/// Called by the C side alone, with this module, an object, an object or NULL, and a dict or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_register(
    module: *mut PyObject,
    name: *mut PyObject,
    dialect: *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the C side passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let name: Arg<'_> = unsafe { Arg::new(&name) };
    // SAFETY: the C side passes an object that its caller keeps for the call, or NULL when it is left out.
    let dialect: Option<Arg<'_>> = unsafe { Arg::optional(&dialect) };
    // SAFETY: the C side passes a dict that its caller keeps for the call, or NULL when there are no keywords.
    let keywords = unsafe { Arg::<PyDict>::optional(&keywords) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_csv.register_dialect", move |py| {
            let name = name.bind(py);
            if !name.is_instance_of::<PyStr>() {
                return Err(PyTypeError::new_err(py, "dialect name must be a string"));
            }
            let state = module.bind(py).state::<State>()?;
            let dialect = dialect.map(|dialect| dialect.bind(py));
            let dialect = state.call_dialect(py, dialect, keywords.map(|keywords| keywords.bind(py)))?;
            state.dialects.bind(py).set_item(&name, &dialect)?;
            Ok(py.None())
        })
    }
}

/// Forgets the dialect with a name.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _csv_unregister_dialect_impl(module: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let name: Arg<'_> = unsafe { Arg::new(&name) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_csv.unregister_dialect", move |py| {
            let (state, name) = (module.bind(py).state::<State>()?, name.bind(py));
            let dialects = state.dialects.bind(py);
            // As PyDict_Pop(), which does not hash the name when there is nothing.
            if dialects.is_empty() {
                return Err(state.error(py, "unknown dialect"));
            }
            if let Err(error) = dialects.del_item(&name) {
                if !error.matches::<PyKeyError>(py) {
                    return Err(error);
                }
                error.clear(py);
                // Hashing or comparing the name may have raised it, and does again.
                dialects.contains_key(&name)?;
                return Err(state.error(py, "unknown dialect"));
            }
            Ok(py.None())
        })
    }
}

/// The dialect with a name.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _csv_get_dialect_impl(module: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let name: Arg<'_> = unsafe { Arg::new(&name) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let state = module.bind(py).state::<State>();
    into_c_result(state.and_then(|state| state.registered(&name.bind(py))))
}

/// Returns the limit of the length of fields, and sets a new one if it is given.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _csv_field_size_limit_impl(module: *mut PyObject, new_limit: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes an object that its caller keeps for the call, or NULL when it is left out.
    let new_limit: Option<Arg<'_>> = unsafe { Arg::optional(&new_limit) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    into_c_result(field_size_limit(module.bind(py), new_limit.map(|new_limit| new_limit.bind(py))))
}

#[inline]
fn field_size_limit<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    new_limit: Option<Borrowed<'_, 'py>>,
) -> PyResult<Bound<'py>> {
    let limit = &module.state::<State>()?.field_limit;
    let old = match new_limit {
        None => limit.load(Ordering::Relaxed),
        Some(new) if new.is_exact_instance_of::<PyInt>() => limit.swap(new.as_ssize()?, Ordering::Relaxed),
        Some(_) => return Err(PyTypeError::new_err(module.py(), "limit must be an integer")),
    };
    PyInt::new(module.py(), old).map(Bound::into_any)
}
