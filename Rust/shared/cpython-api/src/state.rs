//! The state of modules: Rust values that are made when a module is executed, and are dropped with it.
//!
//! A module's C definition reserves a `rust_module` as its state, and has `rust_module_traverse` and `rust_module_free`,
//! which are written once for all. The `Py_mod_exec` slot is a function of the boundary that ends in [`module_exec`].
//! Before that there is no state, and asking for it is an error. There is no `m_clear`: the state stays until the
//! module dies, so that no reference to it dangles. Cycles through it end all the same, as they go through a class or the
//! module's dict, which the collector clears.

use crate::exceptions::{ExceptionClass, PySystemError};
use crate::gc::{Traversal, Visit};
use crate::types::{PyModule, PyType};
use crate::{
    Arg, Borrowed, Bound, PyErr, PyObject, PyResult, PyTypeObject, Python, entry_dealloc, entry_traverse, entry_value,
};
use cpython_sys as ffi;
use std::any::TypeId;
use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The state of a module.
///
/// ```no_run
/// # use cpython_api::{Bound, ModuleState, Py, PyErr, PyResult, Python, Traversal, Visit};
/// # use cpython_api::types::{PyModule, PyType};
/// struct State {
///     error: Py<PyType>,
/// }
///
/// impl ModuleState for State {
///     const NAME: &'static std::ffi::CStr = c"example";
///
///     fn new(py: Python<'_>, module: &Bound<'_, PyModule>) -> PyResult<Self> {
///         # let module: &Bound<'_, PyModule> = module;
///         let error = Bound::<PyType>::new_exception(py, c"example.error", None, None)?;
///         # let _ = module;
///         Ok(State { error: error.unbind() })
///     }
///
///     fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
///         visit.reference(&self.error)
///     }
///
///     fn release(self, py: Python<'_>) {
///         self.error.drop_ref(py);
///     }
/// }
/// ```
pub trait ModuleState: Send + Sync + Sized + 'static {
    /// The name of the module, for messages.
    const NAME: &'static CStr;

    /// Makes the state, and adds the attributes of the module other than its functions.
    ///
    /// A module that is executed by [`module_exec_with`] alone does without.
    fn new<'py>(py: Python<'py>, module: &Bound<'py, PyModule>) -> PyResult<Self> {
        let _ = module;
        Err(PySystemError::new_err(py, "the state of this module is made by its C side"))
    }

    /// Shows the collector the references that the state owns.
    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal;

    /// Gives up the references that the state owns.
    fn release(self, py: Python<'_>);
}

/// The memory of a state: any `Contents<S>` starts with the same fields.
#[repr(C)]
struct Contents<S> {
    /// The functions for this type, which C calls.
    head: ffi::rust_state,
    tag: TypeId,
    state: S,
}

/// Visits the objects of a state: `m_traverse`.
///
/// # Safety
///
/// - `contents` is a `Contents<S>` that nobody frees meanwhile; `visit` and `argument` are those of the collector.
unsafe extern "C" fn traverse_contents<S: ModuleState>(
    contents: *mut ffi::rust_state,
    visit: ffi::visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the type is right, and the contents stay (the caller's promise).
    let state = unsafe { &(*contents.cast::<Contents<S>>()).state };
    // SAFETY: the two belong together (the caller's promise).
    let mut visit = unsafe { Visit::from_raw(visit, argument) };
    entry_traverse(S::NAME, || crate::gc::into_raw(state.traverse(&mut visit)))
}

/// Drops a state and frees its memory: `m_free`.
///
/// # Safety
///
/// - `contents` is a `Contents<S>` from `PyMem_RawMalloc` that is not used any more, and the thread is attached.
unsafe extern "C" fn drop_contents<S: ModuleState>(contents: *mut ffi::rust_state) {
    // SAFETY: the contents are live (the caller's promise).
    let state = unsafe { &raw mut (*contents.cast::<Contents<S>>()).state };
    // SAFETY: the state is moved out once (the caller's promise).
    let state = unsafe { state.read() };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_dealloc(S::NAME, |py| state.release(py)) };
    // SAFETY: the memory is of this allocator, and no more used.
    unsafe { crate::raw_free(contents.cast()) };
}

/// Makes the state of a module that is being executed: the end of its `Py_mod_exec` slot.
///
/// `SystemError` when the module's definition does not reserve a `rust_module`, or when it has its state already.
pub fn module_exec<S: ModuleState>(module: Borrowed<'_, '_, PyModule>) -> PyResult<()> {
    module_exec_with(module, S::new)
}

/// The last step of a `Py_mod_exec` function: makes the state of the module from the classes that C has made.
///
/// # Safety
///
/// - `module` is a module, and `classes` points to `N` classes. The caller keeps them until the function returns.
/// - The current thread is attached.
pub unsafe fn exec_with_classes<S: ModuleState, const N: usize>(
    module: *mut PyObject,
    classes: *const *mut PyObject,
    new: impl for<'py> FnOnce(&Bound<'py, PyModule>, [Bound<'py, PyType>; N]) -> PyResult<S>,
) -> c_int {
    // SAFETY: a module that is kept for the call (the caller's promise).
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: there are that many pointers (the caller's promise).
    let classes = unsafe { *classes.cast::<[*mut PyObject; N]>() };
    // SAFETY: classes that are kept for the call (the caller's promise).
    let classes = classes.each_ref().map(|class| unsafe { Arg::<PyType>::new(class) });
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry_value(S::NAME, move |py| {
            let classes = classes.map(|class| class.bind(py).to_owned());
            module_exec_with(module.bind(py), |_, module| new(module, classes))
        })
    }
}

/// As [`module_exec`], with a state that `new` makes: of what the C side has made before, for one.
pub fn module_exec_with<'py, S: ModuleState>(
    module: Borrowed<'_, 'py, PyModule>,
    new: impl FnOnce(Python<'py>, &Bound<'py, PyModule>) -> PyResult<S>,
) -> PyResult<()> {
    const { assert!(align_of::<Contents<S>>() <= 16, "malloc aligns no more") };
    let py = module.py();
    // SAFETY: a live module and an attached thread (invariants).
    let slot = unsafe { ffi::shim_module_slot(module.as_ptr()) };
    // SAFETY: NULL, or the slot of this module, which is live for the call.
    let slot = unsafe { slot_of(slot) };
    let Some(slot) = slot.filter(|slot| slot.load(Ordering::Acquire).is_null()) else {
        return Err(PySystemError::new_err(py, "the module does not reserve a rust_module, or has its state already"));
    };
    let contents = crate::raw_malloc(size_of::<Contents<S>>()).cast::<Contents<S>>();
    if contents.is_null() {
        return Err(PyErr::no_memory(py));
    }
    let state = match new(py, &module) {
        Ok(state) => state,
        Err(error) => {
            // SAFETY: the memory is of this allocator, and nobody has it.
            unsafe { crate::raw_free(contents.cast()) };
            return Err(error);
        }
    };
    let head = ffi::rust_state { traverse: Some(traverse_contents::<S>), free: Some(drop_contents::<S>) };
    let made = Contents { head, tag: TypeId::of::<S>(), state };
    // SAFETY: the memory is new, large enough, and aligned.
    unsafe { contents.write(made) };
    // Another thread may have executed the module meanwhile: a state that is set is never replaced, as it may be borrowed.
    if slot.compare_exchange(ptr::null_mut(), contents.cast(), Ordering::AcqRel, Ordering::Acquire).is_err() {
        // SAFETY: written above, and nobody else has it.
        unsafe { drop_contents::<S>(contents.cast()) };
        return Err(PySystemError::new_err(py, "the module has its state already"));
    }
    Ok(())
}

/// The slot of a module, which threads may read while the module is executed in another.
///
/// # Safety
///
/// - `slot` is NULL or that of a module that lives for `'a`.
#[inline]
unsafe fn slot_of<'a>(slot: *mut *mut ffi::rust_state) -> Option<&'a AtomicPtr<ffi::rust_state>> {
    // SAFETY: not NULL, so the slot of a live module (the caller's promise), aligned by C. All of Rust uses it in this way; C
    // frees the state when the module dies.
    (!slot.is_null()).then(|| unsafe { AtomicPtr::from_ptr(slot) })
}

/// Reads the contents of a slot.
///
/// # Safety
///
/// - `slot` is NULL or that of a module that lives for `'a`.
#[inline]
unsafe fn state_in<'a, S: ModuleState>(slot: *mut *mut ffi::rust_state) -> Option<&'a S> {
    // SAFETY: NULL, or the slot of a module that lives for `'a` (the caller's promise).
    let contents = unsafe { slot_of(slot) }?.load(Ordering::Acquire).cast::<Contents<()>>();
    // SAFETY: NULL, or contents, which all start with a tag, and live as long as the module.
    if contents.is_null() || unsafe { (*contents).tag } != TypeId::of::<S>() {
        return None;
    }
    // SAFETY: the tag says that it is this type; the state is only shared until the module dies.
    Some(unsafe { &(*contents.cast::<Contents<S>>()).state })
}

#[cold]
#[inline]
fn no_state(py: Python<'_>, name: &CStr) -> PyErr {
    let class = PySystemError::class(py).as_ptr();
    // The format of C, because nothing of it can panic.
    // SAFETY: the thread is attached, as the token proves; the format takes one C string, which is given.
    unsafe { ffi::PyErr_Format(class, c"the module %s has not been executed".as_ptr(), name.as_ptr()) };
    // SAFETY: the call has set it, or another.
    unsafe { PyErr::already_set(py) }
}

impl<'a> Borrowed<'a, '_, PyModule> {
    /// The state, lent for as long as the module is; `SystemError` before it has been executed, and for another module.
    #[inline]
    pub fn state<S: ModuleState>(self) -> PyResult<&'a S> {
        // SAFETY: a live module and an attached thread (invariants).
        let slot = unsafe { ffi::shim_module_slot(self.as_ptr()) };
        // SAFETY: the slot of this module, which lives for `'a`.
        unsafe { state_in(slot) }.ok_or_else(|| no_state(self.py(), S::NAME))
    }
}

impl<'a> Borrowed<'a, '_, PyType> {
    /// The state of the module that a class was made with. `SystemError` when the class has none, as after the collector has
    /// cleared it.
    #[inline]
    pub fn module_state<S: ModuleState>(self) -> PyResult<&'a S> {
        // SAFETY: a live type and an attached thread (invariants).
        let slot = unsafe { ffi::shim_class_slot(self.as_ptr().cast::<PyTypeObject>()) };
        // SAFETY: NULL, or the slot of the module, which the class holds until the collector clears it: then no thread has
        // a reference to an object of the class.
        unsafe { state_in(slot) }.ok_or_else(|| no_state(self.py(), S::NAME))
    }
}

/// The state of `module` as C has laid it out.
///
/// # Safety
///
/// - `module` is a module whose definition reserves the size of an `S` as its state, and lives for `'a`.
/// - All zero bytes are an `S`: a module's state starts that way.
#[inline]
pub unsafe fn module_state<'a, S>(_py: Python<'_>, module: *mut PyObject) -> &'a S {
    // SAFETY: a live module and an attached thread; its state is allocated before it runs any code.
    let state = unsafe { ffi::PyModule_GetState(module) }.cast::<S>();
    // SAFETY: the state is an `S` (the caller's promise), and lives as long as the module.
    unsafe { &*state }
}
