//! The arguments of a vectorcall (PEP 590), and calls with arguments in an array.

use crate::exceptions::PyTypeError;
use crate::types::{PyStr, PyTuple};
use crate::{Borrowed, Bound, Py, PyObject, PyResult, Python};
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::ptr;
use std::slice;

/// The flag that says that the callee may use the place before the arguments.
const ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

/// The arguments that C has passed to a vectorcall function.
///
/// # Invariants
///
/// - `start` points to `count` objects and then the values of as many keywords as `names` has, which are live for `'a` and
///   stay there.
/// - `names` is NULL or a tuple that is live for `'a`, of names that are `str`s.
/// - If `has_place`, there is one more place before `start`, which this value alone may use.
#[derive(Debug)]
pub struct CallArguments<'a> {
    start: *const *mut PyObject,
    count: usize,
    has_place: bool,
    names: *mut PyObject,
    _arguments: PhantomData<&'a PyObject>,
}

/// The `count` objects whose pointers start at `start`.
///
/// # Safety
///
/// - If `count` is not 0, `start` points to that many pointers to live objects, which nobody changes for `'a`.
/// - Somebody else owns references to these objects for all of `'a`.
#[inline]
unsafe fn objects<'a, 'py>(_py: Python<'py>, start: *const *mut PyObject, count: usize) -> &'a [Borrowed<'a, 'py>] {
    if count == 0 {
        return &[];
    }
    // SAFETY: that many pointers to live objects, which stay (the caller's promise); a `Borrowed` is such a pointer
    // (`repr(transparent)`).
    unsafe { slice::from_raw_parts(start.cast(), count) }
}

impl<'a> CallArguments<'a> {
    /// Takes the arguments of a function that C calls as a vectorcall function. `_function` is any argument of that function: its
    /// lifetime is the one of the call.
    ///
    /// # Safety
    ///
    /// - They are the arguments of the call as C passed them, and this is called once for a call.
    #[inline]
    pub unsafe fn new(
        _function: &'a *mut PyObject,
        start: *const *mut PyObject,
        nargsf: usize,
        names: *mut PyObject,
    ) -> Self {
        let (count, has_place) = (nargsf & !ARGUMENTS_OFFSET, nargsf & ARGUMENTS_OFFSET != 0);
        Self { start, count, has_place, names, _arguments: PhantomData }
    }

    /// The positional arguments.
    #[inline]
    pub fn positional<'py>(&self, py: Python<'py>) -> &'a [Borrowed<'a, 'py>] {
        // SAFETY: `start` points to `count` objects, which are live for `'a` and stay there (invariants).
        unsafe { objects(py, self.start, self.count) }
    }

    /// The names of the keyword arguments.
    #[inline]
    pub fn names<'py>(&self, py: Python<'py>) -> Option<Borrowed<'a, 'py, PyTuple>> {
        // SAFETY: NULL, or live for `'a` (invariants).
        let names = unsafe { Borrowed::from_borrowed_or_null(py, self.names) }?;
        // SAFETY: a tuple (invariants).
        Some(unsafe { names.cast_unchecked() })
    }

    /// The positional arguments and then the values of the keyword arguments.
    #[inline]
    pub fn all<'py>(&self, py: Python<'py>) -> &'a [Borrowed<'a, 'py>] {
        let named = self.names(py).map_or(0, |names| names.len());
        // SAFETY: `start` points to `count` objects and a value for each name, which are live for `'a` and stay there
        // (invariants).
        unsafe { objects(py, self.start, self.count + named) }
    }

    /// Calls `function` with the same arguments.
    #[inline]
    pub fn call<'py>(self, function: &Bound<'py>) -> PyResult<Bound<'py>> {
        let nargsf = self.count | if self.has_place { ARGUMENTS_OFFSET } else { 0 };
        // SAFETY: live objects, as the invariants say, and an attached thread. The flag that says that there is a place
        // before the arguments is passed on with the count.
        let result = unsafe { ffi::PyObject_Vectorcall(function.as_ptr(), self.start, nargsf, self.names) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(function.py(), result) }
    }

    /// Calls `function` with `bound` before these arguments. They come back when all together are many. It cannot panic.
    #[inline]
    pub fn call_after<'py>(
        self,
        function: &Bound<'py>,
        bound: &[Borrowed<'_, 'py>],
    ) -> Result<PyResult<Bound<'py>>, Self> {
        let py = function.py();
        let given = self.all(py);
        let result = if given.is_empty() {
            // SAFETY: live objects and an attached thread (invariants), and no names. A `Borrowed` is a pointer to an object
            // (`repr(transparent)`).
            unsafe { ffi::PyObject_Vectorcall(function.as_ptr(), bound.as_ptr().cast(), bound.len(), ptr::null_mut()) }
        } else if bound.is_empty() {
            return Ok(self.call(function));
        } else if let ([first], true) = (bound, self.has_place) {
            // SAFETY: the place before the arguments is there for the callee to use (invariants).
            let place = unsafe { self.start.cast_mut().sub(1) };
            // SAFETY: the place can be read and written by the callee (invariants). What is there has to be there again
            // after the call.
            let kept = unsafe { place.replace(first.as_ptr()) };
            // SAFETY: one positional argument more than there are; all are live, and the thread attached. The flag is not set, as the
            // place has been used.
            let result = unsafe { ffi::PyObject_Vectorcall(function.as_ptr(), place, self.count + 1, self.names) };
            // SAFETY: the place can still be written: the arguments stay for the call (invariants).
            unsafe { place.write(kept) };
            result
        } else if bound.len() + given.len() <= FEW {
            let mut stack = Stack::default();
            for (place, object) in stack.places().zip(bound.iter().chain(given)) {
                *place = object.as_ptr();
            }
            // SAFETY: the objects are live, that many are bound and positional, and the thread is attached.
            unsafe { stack.call(function, bound.len() + self.count, self.names) }
        } else {
            return Err(self);
        };
        // SAFETY: a new reference, or NULL with an exception set.
        Ok(unsafe { crate::ffi_call::owned_or_err(py, result) })
    }

    /// As [`call_after`](Self::call_after), but arguments take the places of `placeholder` in `bound` first, which is `places` times in
    /// it. They come back when they are fewer, too.
    #[inline]
    pub fn call_filled<'py>(
        self,
        function: &Bound<'py>,
        bound: &[Borrowed<'_, 'py>],
        placeholder: &Bound<'py>,
        places: usize,
    ) -> Result<PyResult<Bound<'py>>, Self> {
        let given = self.all(function.py());
        if self.count < places || bound.len() + given.len() > FEW {
            return Err(self);
        }
        let mut stack = Stack::default();
        let [_, free @ ..] = &mut stack.0;
        let Some((first, rest)) = free.split_at_mut_checked(bound.len()) else { return Err(self) };
        let mut given = given.iter();
        for (place, bound) in first.iter_mut().zip(bound) {
            // Branches, which are predicted: selecting where to read from takes longer.
            if bound.is(placeholder)
                && let Some(given) = given.next()
            {
                *place = given.as_ptr();
            } else {
                *place = bound.as_ptr();
            }
        }
        for (place, given) in rest.iter_mut().zip(given) {
            *place = given.as_ptr();
        }
        // SAFETY: the objects are live, that many are bound and positional without the placeholders, and the thread is attached.
        let result = unsafe { stack.call(function, bound.len() + self.count - places, self.names) };
        // SAFETY: a new reference, or NULL with an exception set.
        Ok(unsafe { crate::ffi_call::owned_or_err(function.py(), result) })
    }
}

/// How many arguments are put on the stack at most.
const FEW: usize = 10;

/// The arguments of a call, after a place that is free for the callee.
struct Stack([*mut PyObject; FEW + 1]);

impl Default for Stack {
    #[inline]
    fn default() -> Self {
        Self([ptr::null_mut(); FEW + 1])
    }
}

impl Stack {
    #[inline]
    fn places(&mut self) -> impl Iterator<Item = &mut *mut PyObject> {
        self.0.iter_mut().skip(1)
    }

    /// Calls a function with the first `count` objects, and the values of `names` after them.
    ///
    /// # Safety
    ///
    /// - So many live objects have been put into the places, `names` is NULL or a tuple of `str`s, and the thread is attached.
    #[inline]
    unsafe fn call(&self, function: &Bound<'_>, count: usize, names: *mut PyObject) -> *mut PyObject {
        let [_, arguments @ ..] = &self.0;
        // SAFETY: so many live objects, names that are NULL or a tuple of `str`s, and an attached thread (the caller's
        // promise). The place before the arguments is free.
        unsafe { ffi::PyObject_Vectorcall(function.as_ptr(), arguments.as_ptr(), count | ARGUMENTS_OFFSET, names) }
    }
}

/// A tuple whose items are read often: where they are is known.
///
/// # Invariants
///
/// - `start` points to the `len` items of `tuple`.
#[derive(Debug)]
pub struct TupleItems {
    tuple: Py<PyTuple>,
    start: *const *mut PyObject,
    len: usize,
}

// SAFETY: a tuple is never changed, and every use needs an attached thread.
unsafe impl Send for TupleItems {}
// SAFETY: a tuple is never changed, and every use needs an attached thread.
unsafe impl Sync for TupleItems {}

impl TupleItems {
    /// Takes over a reference to a tuple.
    #[inline]
    pub fn new(tuple: Bound<'_, PyTuple>) -> Self {
        let items = tuple.as_slice();
        let (start, len) = (items.as_ptr().cast(), items.len());
        Self { tuple: tuple.unbind(), start, len }
    }

    /// The items.
    #[inline]
    pub fn as_slice<'py>(&self, py: Python<'py>) -> &[Borrowed<'_, 'py>] {
        // SAFETY: the items of a live tuple (invariants).
        unsafe { objects(py, self.start, self.len) }
    }

    /// The tuple.
    #[inline]
    pub fn tuple(&self) -> &Py<PyTuple> {
        &self.tuple
    }

    /// Takes the reference.
    #[inline]
    pub fn into_tuple(self) -> Py<PyTuple> {
        self.tuple
    }
}

impl<'py> Bound<'py> {
    /// `self(*positional, **named)`: `arguments` is the positional arguments and then a value for each of `names`. Names that are no
    /// `str`s raise `TypeError`: C functions take them for strings without a look.
    ///
    /// # Panics
    ///
    /// When there are more names than arguments.
    #[inline]
    pub fn vectorcall(
        &self,
        arguments: &[Borrowed<'_, 'py>],
        names: Option<&Bound<'py, PyTuple>>,
    ) -> PyResult<Bound<'py>> {
        let named = names.map_or(0, |names| names.len());
        assert!(named <= arguments.len(), "a keyword without a value");
        if let Some(names) = names
            && !names.as_slice().iter().all(|name| name.is_instance_of::<PyStr>())
        {
            return Err(PyTypeError::new_err(self.py(), "keywords must be strings"));
        }
        let count = arguments.len() - named;
        let names = names.map_or(ptr::null_mut(), |names| names.as_ptr());
        // SAFETY: live objects and an attached thread (invariants); there are `count` positional arguments and then as many values as
        // names, which are strings. A `Borrowed` is a pointer to an object (`repr(transparent)`).
        let result = unsafe { ffi::PyObject_Vectorcall(self.as_ptr(), arguments.as_ptr().cast(), count, names) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(self.py(), result) }
    }
}

impl<'a, 'py> Borrowed<'a, 'py, PyTuple> {
    /// The items, which the tuple keeps alive and nobody can change.
    #[inline]
    pub fn as_slice(self) -> &'a [Borrowed<'a, 'py>] {
        let mut count = 0;
        // SAFETY: a live tuple and an attached thread (invariants); the number is written to a variable of its type.
        let start = unsafe { ffi::shim_tuple_items(self.as_ptr(), &mut count) };
        // SAFETY: that many items, which live as long as the tuple.
        unsafe { objects(self.py(), start, usize::try_from(count).unwrap_or(0)) }
    }
}

impl<'py> Bound<'py, PyTuple> {
    /// The items, which the tuple keeps alive and nobody can change.
    #[inline]
    pub fn as_slice(&self) -> &[Borrowed<'_, 'py>] {
        self.as_borrowed().as_slice()
    }
}
