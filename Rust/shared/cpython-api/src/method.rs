//! The entries of methods, slots and setters of a class: the pointers that C passes become handles, with which the body runs.
//!
//! Each is [`entry`] or one of its relatives after the same prologue. The body captures numbers and other plain values.
//! Arguments of a particular type are made handles before the call, as [`Arg`] shows. An example:
//!
//! ```no_run
//! # use cpython_api::{Borrowed, Instance, InstanceData, PyObject, PyResult, Py_ssize_t, Python, method_none_with, method_value};
//! # use std::sync::atomic::{AtomicIsize, Ordering};
//! struct Counter {
//!     count: AtomicIsize,
//! }
//!
//! impl InstanceData for Counter {
//!     fn release(self, _py: Python<'_>) {}
//! }
//!
//! /// `counter.add(number)`
//! ///
//! /// # Safety
//! ///
//! /// Called by the parsing code alone.
//! #[unsafe(no_mangle)]
//! pub unsafe extern "C" fn example_Counter_add_impl(counter: *mut PyObject, number: *mut PyObject) -> *mut PyObject {
//!     // SAFETY: the parsing code passes an object of the class and an object, which its caller keeps for the call, on an
//!     // attached thread.
//!     unsafe { method_none_with(c"example.Counter.add", counter, number, add) }
//! }
//!
//! fn add(counter: Borrowed<'_, '_, Instance<Counter>>, number: Borrowed<'_, '_>) -> PyResult<()> {
//!     counter.data().count.fetch_add(number.as_ssize()?, Ordering::Relaxed);
//!     Ok(())
//! }
//!
//! /// `len(counter)`
//! ///
//! /// # Safety
//! ///
//! /// Called as the slot alone.
//! #[unsafe(no_mangle)]
//! pub unsafe extern "C" fn example_Counter_len(counter: *mut PyObject) -> Py_ssize_t {
//!     // SAFETY: a slot is called with an object of its class, which its caller keeps for the call, on an attached thread.
//!     unsafe {
//!         method_value::<Counter, _>(c"example.Counter.__len__", counter, |counter| {
//!             Ok(counter.data().count.load(Ordering::Relaxed))
//!         })
//!     }
//! }
//! ```
//!
//! What a body gets cannot outlive the call:
//!
//! ```compile_fail,E0521
//! # use cpython_api::{Borrowed, InstanceData, PyObject, Python, method_none_with};
//! # use std::cell::RefCell;
//! # struct Data;
//! # impl InstanceData for Data { fn release(self, _py: Python<'_>) {} }
//! thread_local! { static KEPT: RefCell<Option<Borrowed<'static, 'static>>> = const { RefCell::new(None) } }
//! unsafe fn keep(this: *mut PyObject, object: *mut PyObject) {
//!     unsafe {
//!         method_none_with::<Data, _>(c"keep", this, object, |_, object| {
//!             KEPT.set(Some(object));
//!             Ok(())
//!         })
//!     };
//! }
//! ```

use crate::{
    Arg, Borrowed, Bound, EntryValue, Instance, InstanceData, PyObject, PyResult, Python, entry, entry_next,
    entry_value,
};
use std::ffi::{CStr, c_int};
use std::marker::PhantomData;

/// The objects that C passes to a method besides the one that it is called for: one, [none or one](Nullable), or an array.
pub trait Arguments: Copy {
    /// The handles.
    type Bound<'a, 'py>;

    /// Makes handles of the pointers.
    ///
    /// # Safety
    ///
    /// - The pointers are objects, or NULL where the type says so.
    /// - Somebody else owns references to them for all of the lifetime `'a` that the caller picks.
    unsafe fn bind<'a, 'py>(self, py: Python<'py>) -> Self::Bound<'a, 'py>;
}

impl Arguments for () {
    type Bound<'a, 'py> = ();

    #[inline]
    unsafe fn bind<'a, 'py>(self, _py: Python<'py>) -> Self::Bound<'a, 'py> {}
}

impl Arguments for *mut PyObject {
    type Bound<'a, 'py> = Borrowed<'a, 'py>;

    #[inline]
    unsafe fn bind<'a, 'py>(self, py: Python<'py>) -> Self::Bound<'a, 'py> {
        // SAFETY: an object that is kept for the lifetime (the caller's promise).
        unsafe { Borrowed::from_ptr(py, self) }
    }
}

impl<const N: usize> Arguments for [*mut PyObject; N] {
    type Bound<'a, 'py> = [Borrowed<'a, 'py>; N];

    #[inline]
    unsafe fn bind<'a, 'py>(self, py: Python<'py>) -> Self::Bound<'a, 'py> {
        // SAFETY: objects that are kept for the lifetime (the caller's promise).
        self.map(|argument| unsafe { argument.bind(py) })
    }
}

/// An argument that may be NULL: one that is left out, or no value for a setter that deletes.
#[derive(Clone, Copy, Debug)]
pub struct Nullable(pub *mut PyObject);

impl Arguments for Nullable {
    type Bound<'a, 'py> = Option<Borrowed<'a, 'py>>;

    #[inline]
    unsafe fn bind<'a, 'py>(self, py: Python<'py>) -> Self::Bound<'a, 'py> {
        // SAFETY: NULL, or an object that is kept for the lifetime (the caller's promise).
        unsafe { Borrowed::from_borrowed_or_null(py, self.0) }
    }
}

/// Arguments that are kept during the call, as those of [`Arg`] are.
///
/// # Invariants
///
/// - The arguments are as their type says, and somebody else owns references to them for `'a`.
struct Kept<'a, A> {
    arguments: A,
    _call: PhantomData<&'a A>,
}

impl<'a, A: Arguments> Kept<'a, A> {
    /// Takes the arguments.
    ///
    /// # Safety
    ///
    /// - They are as their type says, and the caller of the function keeps them until the function returns.
    #[inline]
    unsafe fn new(arguments: &'a A) -> Self {
        Self { arguments: *arguments, _call: PhantomData }
    }

    /// The handles.
    #[inline]
    fn bind<'py>(self, py: Python<'py>) -> A::Bound<'a, 'py> {
        // SAFETY: as the invariants say.
        unsafe { self.arguments.bind(py) }
    }
}

/// Runs the body of a method, slot or getter that takes no argument and returns an object.
///
/// # Safety
///
/// - As for [`method_with`].
#[inline]
pub unsafe fn method<T: InstanceData>(
    name: &'static CStr,
    this: *mut PyObject,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>) -> PyResult<Bound<'py>>,
) -> *mut PyObject {
    // SAFETY: an object with a `T`, kept for the call, and an attached thread (the caller's promise); there are no
    // arguments.
    unsafe { method_with::<T, _>(name, this, (), move |this, ()| body(this)) }
}

/// Runs the body of a method or slot that takes arguments and returns an object.
///
/// # Safety
///
/// - `this` is an object with the data `T`, and the arguments are objects, or NULL where their type says so.
/// - The caller of the function keeps them until it returns.
/// - The current thread is attached.
#[inline]
pub unsafe fn method_with<T: InstanceData, A: Arguments>(
    name: &'static CStr,
    this: *mut PyObject,
    arguments: A,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, A::Bound<'a, 'py>) -> PyResult<Bound<'py>>,
) -> *mut PyObject {
    // SAFETY: an object with a `T`, which is kept for the call (the caller's promise).
    let this = unsafe { Arg::<Instance<T>>::new(&this) };
    // SAFETY: the arguments are as their type says, and kept for the call (the caller's promise).
    let arguments = unsafe { Kept::new(&arguments) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(name, move |py| body(this.bind(py), arguments.bind(py))) }
}

/// As [`method`], for one that returns `None`.
///
/// # Safety
///
/// - As for [`method_with`].
#[inline]
pub unsafe fn method_none<T: InstanceData>(
    name: &'static CStr,
    this: *mut PyObject,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>) -> PyResult<()>,
) -> *mut PyObject {
    // SAFETY: an object with a `T`, kept for the call, and an attached thread (the caller's promise); there are no
    // arguments.
    unsafe { method_none_with::<T, _>(name, this, (), move |this, ()| body(this)) }
}

/// As [`method_with`], for one that returns `None`.
///
/// # Safety
///
/// - As for [`method_with`].
#[inline]
pub unsafe fn method_none_with<T: InstanceData, A: Arguments>(
    name: &'static CStr,
    this: *mut PyObject,
    arguments: A,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, A::Bound<'a, 'py>) -> PyResult<()>,
) -> *mut PyObject {
    // SAFETY: an object with a `T` and arguments as their type says, kept for the call, and an attached thread (the
    // caller's promise).
    unsafe {
        method_with::<T, A>(name, this, arguments, move |this, arguments| {
            body(this, arguments).map(|()| this.py().None())
        })
    }
}

/// As [`method`], for a slot or a function of the parsing code that returns a status or a plain value.
///
/// # Safety
///
/// - As for [`method_with`].
#[inline]
pub unsafe fn method_value<T: InstanceData, V: EntryValue>(
    name: &'static CStr,
    this: *mut PyObject,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>) -> PyResult<V>,
) -> V::C {
    // SAFETY: an object with a `T`, kept for the call, and an attached thread (the caller's promise); there are no
    // arguments.
    unsafe { method_value_with::<T, _, V>(name, this, (), move |this, ()| body(this)) }
}

/// As [`method_with`], for a slot or a function of the parsing code that returns a status or a plain value.
///
/// # Safety
///
/// - As for [`method_with`].
#[inline]
pub unsafe fn method_value_with<T: InstanceData, A: Arguments, V: EntryValue>(
    name: &'static CStr,
    this: *mut PyObject,
    arguments: A,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, A::Bound<'a, 'py>) -> PyResult<V>,
) -> V::C {
    // SAFETY: an object with a `T`, which is kept for the call (the caller's promise).
    let this = unsafe { Arg::<Instance<T>>::new(&this) };
    // SAFETY: the arguments are as their type says, and kept for the call (the caller's promise).
    let arguments = unsafe { Kept::new(&arguments) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_value(name, move |py| body(this.bind(py), arguments.bind(py))) }
}

/// As [`method`], for the slot `tp_iternext`: `None` ends the iteration.
///
/// # Safety
///
/// - As for [`method_with`].
#[inline]
pub unsafe fn method_next<T: InstanceData>(
    name: &'static CStr,
    this: *mut PyObject,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>) -> PyResult<Option<Bound<'py>>>,
) -> *mut PyObject {
    // SAFETY: an object with a `T`, which is kept for the call (the caller's promise).
    let this = unsafe { Arg::<Instance<T>>::new(&this) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_next(name, move |py| body(this.bind(py))) }
}

/// Runs a body that cannot panic, without the guard of an entry: for methods and slots that take nanoseconds.
///
/// The value is what C gets, or `None` where the body leaves the call to one with a guard. `make check` looks at the
/// functions that were built for calls that could panic, as [`into_c_result`](crate::into_c_result) says.
///
/// ```no_run
/// # use cpython_api::{Borrowed, Bound, Instance, InstanceData, PyObject, PyResult, Python, into_c_result};
/// # use cpython_api::{method, method_unguarded};
/// # struct Node;
/// # impl InstanceData for Node { fn release(self, _py: Python<'_>) {} }
/// # type This<'a, 'py> = Borrowed<'a, 'py, Instance<Node>>;
/// # fn own_child<'py>(_node: This<'_, 'py>) -> Option<Bound<'py>> { None }
/// # fn child<'py>(node: This<'_, 'py>) -> PyResult<Bound<'py>> { Ok(node.py().None()) }
/// /// `node.child()`
/// ///
/// /// # Safety
/// ///
/// /// Called by the parsing code alone.
/// #[unsafe(no_mangle)]
/// pub unsafe extern "C" fn example_Node_child_impl(node: *mut PyObject) -> *mut PyObject {
///     // SAFETY: the parsing code passes an object of the class, which its caller keeps for the call, on an attached
///     // thread.
///     let own = unsafe { method_unguarded(node, (), |node, ()| own_child(node).map(|child| into_c_result(Ok(child)))) };
///     // SAFETY: as above.
///     own.unwrap_or_else(|| unsafe { method(c"example.Node.child", node, child) })
/// }
/// ```
///
/// # Safety
///
/// - As for [`method_with`].
#[inline(always)]
pub unsafe fn method_unguarded<T: InstanceData, A: Arguments, V>(
    this: *mut PyObject,
    arguments: A,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, A::Bound<'a, 'py>) -> V,
) -> V {
    // SAFETY: an object with a `T`, which is kept for the call (the caller's promise).
    let this = unsafe { Arg::<Instance<T>>::new(&this) };
    // SAFETY: the arguments are as their type says, and kept for the call (the caller's promise).
    let arguments = unsafe { Kept::new(&arguments) };
    // SAFETY: the thread is attached (the caller's promise), and stays so for the call.
    let py = unsafe { Python::assume_attached() };
    body(this.bind(py), arguments.bind(py))
}

/// Runs the body of a setter, or of another slot that stores or deletes an object; there is no value when it deletes.
///
/// # Safety
///
/// - As for [`method_with`]; `value` is an object or NULL.
#[inline]
pub unsafe fn setter<T: InstanceData>(
    name: &'static CStr,
    this: *mut PyObject,
    value: *mut PyObject,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, Option<Borrowed<'a, 'py>>) -> PyResult<()>,
) -> c_int {
    // SAFETY: an object with a `T`, and an object or NULL, kept for the call, and an attached thread (the caller's
    // promise).
    unsafe { method_value_with(name, this, Nullable(value), body) }
}
