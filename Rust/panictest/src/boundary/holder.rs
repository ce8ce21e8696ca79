//! A class with all that `Include/rust/class.h` offers, and the state of the module.

use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyModule, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Class, Instance, InstanceData, ModuleState, Py, PyMutex, PyObject, PyResult, PyTypeObject,
    Python, Traversal, Vectorcall, Visit, entry, instance_slots, method, method_with, rust_instance,
};
use std::ffi::CStr;

/// The state of the module: an exception of its own.
#[derive(Debug)]
pub(crate) struct State {
    error: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"panictest";

    fn new<'py>(py: Python<'py>, _module: &Bound<'py, PyModule>) -> PyResult<Self> {
        Ok(Self { error: Bound::<PyType>::new_exception(py, c"panictest.Error", None, None)?.unbind() })
    }

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.error)
    }

    fn release(self, py: Python<'_>) {
        self.error.drop_ref(py);
    }
}

/// Returns the exception that is kept in the state of the module.
///
/// ```text
/// [clinic input]
/// class panictest.Holder "PyObject *" "&Holder"
/// panictest.error
///
/// Return the exception in the state of the module.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_error_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.error", move |py| Ok(module.bind(py).state::<State>()?.error.bind(py).to_owned().into_any()))
    }
}

/// The data of a `Holder` object.
#[derive(Debug)]
struct Holder {
    item: PyMutex<Option<Py>>,
    content: [u8; 4],
}

impl Holder {
    /// Another reference to the object that is held.
    fn item<'py>(&self, py: Python<'py>) -> Bound<'py> {
        let item = self.item.lock(py).as_ref().map(|item| item.clone_ref(py));
        item.map_or_else(|| py.None(), |item| item.into_bound(py))
    }
}

impl InstanceData for Holder {
    const NAME: &'static CStr = c"panictest.Holder";
    const CALL: Option<Vectorcall> = Some(call);

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.locked(&self.item, |visit, item| visit.references(item))
    }

    fn clear(&self, py: Python<'_>) {
        // The guard is a temporary: the lock is released before the reference is.
        let item = self.item.lock(py).take();
        drop(item.map(|item| item.into_bound(py)));
    }

    fn buffer(&self) -> &[u8] {
        &self.content
    }

    fn release(self, py: Python<'_>) {
        drop(self.item.into_inner().map(|item| item.into_bound(py)));
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn panictest_Holder_instance() -> rust_instance {
    instance_slots::<Holder>()
}

/// Makes an object.
///
/// ```text
/// [clinic input]
/// @classmethod
/// panictest.Holder.__new__
///
///     item: object
///
/// An object that holds another one.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_Holder_impl(cls: *mut PyTypeObject, item: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item = unsafe { Arg::<'_>::new(&item) };
    // SAFETY: `tp_new` passes this class, which has the slots above and no subclasses, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.Holder", move |py| {
            let item = PyMutex::new(Some(item.bind(py).to_owned().unbind()));
            class.object(py, Holder { item, content: *b"held" })
        })
    }
}

/// Gets the object that is held.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_Holder_item(holder: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { method::<Holder>(c"panictest.Holder.item", holder, move |holder| Ok(holder.data().item(holder.py()))) }
}

/// Exchanges the object that is held.
///
/// ```text
/// [clinic input]
/// panictest.Holder.exchange
///
///     item: object
///     /
///
/// Hold another object, and return the one held before.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_Holder_exchange(holder: *mut PyObject, item: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_with::<Holder, _>(c"panictest.Holder.exchange", holder, item, move |holder, item| {
            Ok(exchange(holder.data(), item))
        })
    }
}

fn exchange<'py>(holder: &Holder, item: Borrowed<'_, 'py>) -> Bound<'py> {
    let py = item.py();
    let item = item.to_owned().unbind();
    let before = holder.item.lock(py).replace(item);
    before.map_or_else(|| py.None(), |before| before.into_bound(py))
}

/// Returns the exception that is kept in the state of the class's module.
///
/// ```text
/// [clinic input]
/// panictest.Holder.error
///
/// Return the exception in the state of the class's module.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_Holder_error_impl(holder: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Holder>(c"panictest.Holder.error", holder, move |holder| {
            let py = holder.py();
            let class = holder.to_any().get_type();
            Ok(class.as_borrowed().module_state::<State>()?.error.bind(py).to_owned().into_any())
        })
    }
}

/// The call of an object: the object that is held.
///
/// # Safety
///
/// - C calls this as the vectorcall of an object of the class, on an attached thread.
unsafe extern "C" fn call(
    holder: *mut PyObject,
    _arguments: *const *mut PyObject,
    count: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: an object of this class (the caller's promise), which its caller keeps for the call.
    let holder = unsafe { Arg::<Instance<Holder>>::new(&holder) };
    // The highest bit says that C may use the place before the arguments.
    let any = count << 1 != 0 || !names.is_null();
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry(c"panictest.Holder", move |py| {
            if any {
                return Err(PyTypeError::new_err(py, "Holder objects take no arguments"));
            }
            Ok(holder.bind(py).data().item(py))
        })
    }
}
