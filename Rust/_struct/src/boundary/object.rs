//! The data of a `Struct` object.

use super::state::State;
use crate::format::Format;
use cpython_api::exceptions::PyRuntimeError;
use cpython_api::types::PyType;
use cpython_api::{
    Attribute, Borrowed, Declaration, Instance, InstanceData, PyErr, PyMutex, PyResult, Python, instance_slots,
    rust_instance,
};
use std::ffi::CStr;
use std::fmt;
use std::mem::offset_of;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicPtr, Ordering};

/// The data of a `Struct`: its format, which `__init__` may replace.
///
/// A format never changes. The first one stays as long as the object, so that it is read without a lock and without counting
/// references. Only after `__init__` has replaced it, each call takes a copy of the format of the moment: an `Arc` cannot be
/// made without aborting when memory runs out. Either way a call has one format from its start to its end.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Struct {
    /// The size and the number of values, or -1: where CPython's `_testbuffer` looks for them.
    s_size: AtomicIsize,
    s_len: AtomicIsize,
    /// The space of C's pointers to its codes and its format, so that the next field has the same offset as in C.
    _s_codes_and_s_format: [usize; 2],
    /// The list of weak references, which is C's: `__weaklistoffset__` is the offset of this field.
    weak_references: AtomicPtr<()>,
    first: First,
    /// At most one. It has memory of its own, as hardly any object has one.
    replacement: PyMutex<Vec<Format>>,
    is_replaced: AtomicBool,
    pub(crate) is_init_called: AtomicBool,
}

const _: () =
    assert!(offset_of!(Struct, weak_references) == 4 * size_of::<usize>(), "_structmodule.c has another offset");

/// The first format of an object.
#[derive(Debug)]
enum First {
    /// The object was made with it.
    Made(Format),
    /// It is set later.
    Set(OnceLock<Format>),
}

impl First {
    #[inline]
    fn get(&self) -> Option<&Format> {
        match self {
            Self::Made(format) => Some(format),
            Self::Set(format) => format.get(),
        }
    }
}

impl Struct {
    /// The data of an object, with a format or without one yet.
    pub(crate) fn new(format: Option<Format>) -> Self {
        let (size, len) = format.as_ref().map_or((-1, -1), |format| (format.size() as isize, format.len() as isize));
        Self {
            s_size: AtomicIsize::new(size),
            s_len: AtomicIsize::new(len),
            _s_codes_and_s_format: [0; 2],
            first: format.map_or_else(|| First::Set(OnceLock::new()), First::Made),
            weak_references: AtomicPtr::default(),
            replacement: PyMutex::new(Vec::new()),
            is_replaced: AtomicBool::new(false),
            is_init_called: AtomicBool::new(false),
        }
    }

    /// Changes the format of an object that is being made with one.
    #[inline]
    pub(crate) fn first_format(&mut self, change: impl FnOnce(&mut Format) -> PyResult<()>) -> PyResult<()> {
        if let First::Made(format) = &mut self.first {
            change(format)?;
            *self.s_size.get_mut() = format.size() as isize;
            *self.s_len.get_mut() = format.len() as isize;
        }
        Ok(())
    }

    /// The size, or -1 before there is a format.
    #[inline]
    pub(crate) fn size(&self) -> isize {
        self.s_size.load(Ordering::Relaxed)
    }

    /// The number of values, or -1 before there is a format.
    #[cfg(not(Py_3_15))]
    #[inline]
    pub(crate) fn len(&self) -> isize {
        self.s_len.load(Ordering::Relaxed)
    }

    /// Whether there is a format.
    #[cfg(Py_3_15)]
    pub(crate) fn is_ready(&self) -> bool {
        self.first.get().is_some()
    }

    /// Sets the format, or another one.
    pub(crate) fn set_format(&self, py: Python<'_>, format: Format) -> PyResult<()> {
        let mut replacement = Vec::new();
        replacement.try_reserve_exact(1).map_err(|_| PyErr::no_memory(py))?;
        let (size, len) = (format.size() as isize, format.len() as isize);
        // Of threads that do this at the same time, the one that sets the format last sets its size and its number of values, too.
        let mut current = self.replacement.lock(py);
        let format = match &self.first {
            First::Set(first) => first.set(format),
            First::Made(_) => Err(format),
        };
        if let Err(format) = format {
            replacement.push(format);
            std::mem::swap(&mut *current, &mut replacement);
            self.is_replaced.store(true, Ordering::Release);
        }
        self.s_size.store(size, Ordering::Relaxed);
        self.s_len.store(len, Ordering::Relaxed);
        drop(current);
        Ok(())
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn _struct_Struct_instance() -> rust_instance {
    instance_slots::<Struct>()
}

impl InstanceData for Struct {
    const NAME: &'static CStr = c"_struct.Struct";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(_struct_Struct_instance) });
    const ATTRIBUTES: &'static [Attribute] = super::ATTRIBUTES;

    fn release(self, _py: Python<'_>) {}
}

/// A `Struct`, whose class leads to the state of the module.
pub(crate) type Object<'a, 'py> = Borrowed<'a, 'py, Instance<Struct>>;

/// The format that an object has at this moment; `RuntimeError` before it has one. `copy` is where a copy is kept, if one is made.
#[inline]
pub(crate) fn format_of<'a>(object: Object<'a, '_>, copy: &'a mut Option<Format>) -> PyResult<&'a Format> {
    let data = object.data();
    match data.first.get() {
        Some(first) if !data.is_replaced.load(Ordering::Acquire) => Ok(first),
        Some(_) => replacement_of(object, copy),
        None => Err(not_initialized(object.py())),
    }
}

/// A copy of the format that has replaced the first one.
#[cold]
fn replacement_of<'a>(object: Object<'_, '_>, copy: &'a mut Option<Format>) -> PyResult<&'a Format> {
    let py = object.py();
    let current = object.data().replacement.lock(py).first().map(Format::try_clone);
    match current {
        Some(Ok(format)) => Ok(copy.insert(format)),
        Some(Err(_)) => Err(PyErr::no_memory(py)),
        None => Err(not_initialized(py)),
    }
}

#[cold]
fn not_initialized(py: Python<'_>) -> PyErr {
    PyRuntimeError::new_err(py, "Struct object is not initialized")
}

/// Raises `struct.error`.
#[cold]
pub(crate) fn struct_error(object: Object<'_, '_>, message: fmt::Arguments<'_>) -> PyErr {
    struct_error_of(object.get_type().as_borrowed(), message)
}

/// Raises `struct.error` for the class.
#[cold]
pub(crate) fn struct_error_of(class: Borrowed<'_, '_, PyType>, message: fmt::Arguments<'_>) -> PyErr {
    match class.module_state::<State>() {
        Ok(state) => PyErr::format(&state.error.bind(class.py()), message),
        Err(error) => error,
    }
}
