//! The module: its state, its constants, and the constructor of arrays.

use super::array::Array;
use super::extend::{append_items, fill_from_sequence, fill_from_subclass, sequence_len};
use super::methods::append_buffer;
use super::text::fill_from_text;
use crate::typecode::Typecode;
use cpython_api::exceptions::{PyDeprecationWarning, PyTypeError, PyValueError, warn};
use cpython_api::types::{PyByteArray, PyBytes, PyList, PyModule, PyStr, PyTuple, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Class, InstanceData, ModuleState, Py, PyErr, PyObject, PyResult, PyTypeObject, Python,
    StrData, Traversal, Visit, audit, entry, exec_with_classes,
};
use std::ffi::{CStr, c_int};

/// The state of the module.
#[derive(Debug)]
pub(super) struct State {
    pub(super) array: Py<PyType>,
    pub(super) iterator: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"array";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.array)?;
        visit.reference(&self.iterator)
    }

    fn release(self, py: Python<'_>) {
        self.array.drop_ref(py);
        self.iterator.drop_ref(py);
    }
}

/// The type codes of this release.
pub(super) fn typecodes() -> impl Iterator<Item = Typecode> {
    Typecode::ALL.into_iter().filter(|code| cfg!(Py_3_15) || !code.is_new())
}

/// `array.typecodes`
fn add_typecodes<'py>(py: Python<'py>, module: &Bound<'py, PyModule>) -> PyResult<()> {
    if cfg!(Py_3_15) {
        let mut codes = Vec::new();
        for code in typecodes() {
            codes.push(PyStr::new(py, code.as_str())?.into_any());
        }
        return module.add(c"typecodes", &PyTuple::from_vec(py, codes)?);
    }
    let codes: String = typecodes().map(Typecode::as_str).collect();
    module.add_str(c"typecodes", &codes)
}

/// Makes the state of the module, and adds what is not a function or a class.
///
/// # Safety
///
/// - Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_exec(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes two classes, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |module, [array, iterator]| {
            let py = module.py();
            // Swapping bytes asks for the level later, without looking for it.
            cpu_level::Level::detect();
            // The old name of the class.
            module.add(c"ArrayType", &array)?;
            let register = py.import_attribute(c"collections.abc", c"MutableSequence")?;
            register.call_method(&PyStr::intern(py, c"register")?, [array.as_any()])?;
            add_typecodes(py, module)?;
            Ok(State { array: array.unbind(), iterator: iterator.unbind() })
        })
    }
}

/// `array(typecode, initializer)`, after the arguments have been parsed.
///
/// # Safety
///
/// - Called by `tp_new` and `tp_vectorcall` in `arraymodule.c` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_new(
    class: *mut PyTypeObject,
    typecode: *mut PyObject,
    initial: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the constructor is called for the class of arrays, or a subclass, which its caller keeps.
    let class = unsafe { Class::<Array>::new(&class) };
    // SAFETY: an object that the caller keeps for the call.
    let typecode = unsafe { Arg::<'_>::new(&typecode) };
    // SAFETY: an object that the caller keeps for the call, or NULL.
    let initial = unsafe { Arg::<'_>::optional(&initial) };
    // SAFETY: constructors are called on an attached thread.
    unsafe {
        entry(c"array.array", move |py| {
            let typecode = typecode_argument(typecode.bind(py))?;
            let array = new(py, typecode, initial.map(|initial| initial.bind(py)))?;
            class.object(py, array)
        })
    }
}

/// The first argument of the constructor as the type code that it is to be, with the messages of CPython's parsing function for the
/// format `C`, or `s` from 3.15 on.
fn typecode_argument<'a, 'py>(argument: Borrowed<'a, 'py>) -> PyResult<Borrowed<'a, 'py, PyStr>> {
    let py = argument.py();
    let Some(code) = argument.cast_borrowed::<PyStr>() else {
        let before = if cfg!(Py_3_15) {
            c"array() argument 1 must be str, not "
        } else {
            c"array() argument 1 must be a unicode character, not "
        };
        if argument.is_none() {
            return Err(PyTypeError::new_err(py, format_args!("{}None", before.to_string_lossy())));
        }
        return Err(PyTypeError::with_type_name(before, &argument, 50));
    };
    if cfg!(Py_3_15) {
        if code.to_str()?.contains('\0') {
            return Err(PyValueError::new_err(py, "embedded null character"));
        }
    } else if code.len() != 1 {
        let message = "array() argument 1 must be a unicode character, not a string of length";
        return Err(PyTypeError::new_err(py, format_args!("{message} {}", code.len())));
    }
    Ok(code)
}

/// The initial value of a new array.
enum Initial<'a, 'py> {
    Nothing,
    Sequence(Borrowed<'a, 'py>, usize),
    Bytes(Borrowed<'a, 'py>),
    Text(Borrowed<'a, 'py, PyStr>),
    Array(super::array::This<'a, 'py>),
    Iterator(Bound<'py>),
}

/// The data of a new array. The audit hooks are called first.
pub(super) fn new<'py>(
    py: Python<'py>,
    code: Borrowed<'_, 'py, PyStr>,
    initial: Option<Borrowed<'_, 'py>>,
) -> PyResult<Array> {
    // The hooks get an exact str, not an object of a subclass.
    let exact;
    let code = if code.is_exact_instance_of::<PyStr>() {
        code
    } else {
        exact = PyStr::from_data(py, code.data())?;
        exact.as_borrowed()
    };
    let none = py.None();
    audit(py, c"array.__new__", [&code, initial.as_deref().unwrap_or(&none)])?;
    let code_text = match code.data() {
        StrData::Ucs1(code) if code.is_ascii() => std::str::from_utf8(code).unwrap_or_default(),
        // Another character is no type code.
        _ => "",
    };
    if code_text == "u" {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        warn::<PyDeprecationWarning>(py, message)?;
    }
    let typecode = typecodes().find(|typecode| typecode.as_str() == code_text);
    let initial = match initial {
        None => Initial::Nothing,
        Some(initial) => initial_of(py, code, typecode, initial)?,
    };
    let Some(typecode) = typecode else {
        let codes = if cfg!(Py_3_15) {
            "b, B, u, w, h, H, i, I, l, L, q, Q, e, f, d, Zf or Zd"
        } else {
            "b, B, u, w, h, H, i, I, l, L, q, Q, f or d"
        };
        return Err(PyValueError::new_err(py, format_args!("bad typecode (must be {codes})")));
    };
    if let Initial::Array(other) = initial {
        return other.data().items.to_copy(py).map(Array::new).ok_or_else(|| PyErr::no_memory(py));
    }
    let count = match &initial {
        Initial::Sequence(_, len) => *len,
        Initial::Text(text) => text.len(),
        _ => 0,
    };
    let mut array = Array::with_room(typecode, count).ok_or_else(|| PyErr::no_memory(py))?;
    let filled = match initial {
        Initial::Nothing | Initial::Array(_) => Ok(()),
        Initial::Sequence(sequence, _) => {
            if sequence.is_exact_instance_of::<PyList>() || sequence.is_exact_instance_of::<PyTuple>() {
                fill_from_sequence(py, &mut array, sequence)
            } else {
                fill_from_subclass(&mut array, sequence)
            }
        }
        Initial::Bytes(bytes) => append_buffer(py, &array, &bytes),
        Initial::Text(text) => fill_from_text(&mut array, text),
        Initial::Iterator(iterator) => append_items(py, &array, iterator.as_borrowed()),
    };
    match filled {
        Ok(()) => Ok(array),
        Err(error) => {
            InstanceData::release(array, py);
            Err(error)
        }
    }
}

fn initial_of<'a, 'py>(
    py: Python<'py>,
    code: Borrowed<'_, 'py, PyStr>,
    typecode: Option<Typecode>,
    initial: Borrowed<'a, 'py>,
) -> PyResult<Initial<'a, 'py>> {
    let text = initial.cast_borrowed::<PyStr>();
    let array = initial.cast_instance::<Array>();
    if !typecode.is_some_and(Typecode::is_unicode) {
        if text.is_some() {
            return Err(cannot_use(py, "a str", code));
        }
        if array.is_some_and(|array| array.data().items.kind().is_unicode()) {
            return Err(cannot_use(py, "a unicode array", code));
        }
    }
    if let Some(len) = sequence_len(&initial) {
        return Ok(Initial::Sequence(initial, len));
    }
    if initial.is_instance_of::<PyBytes>() || initial.is_instance_of::<PyByteArray>() {
        return Ok(Initial::Bytes(initial));
    }
    if let Some(text) = text {
        return Ok(Initial::Text(text));
    }
    match array {
        Some(array) if Some(array.data().items.kind()) == typecode => Ok(Initial::Array(array)),
        _ => Ok(Initial::Iterator(initial.iter()?.into_any())),
    }
}

/// The `TypeError` of a text for an array of numbers. The code may be a lone surrogate, which Rust cannot format.
#[cold]
fn cannot_use<'py>(py: Python<'py>, what: &str, code: Borrowed<'_, 'py, PyStr>) -> PyErr {
    let message = || {
        let start = format_args!("cannot use {what} to initialize an array with typecode '");
        PyStr::format(py, start)?.add(&code)?.add(&PyStr::new(py, "'")?)
    };
    message().map_or_else(|error| error, |message| PyTypeError::from_args(&message))
}
