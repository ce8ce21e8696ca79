//! The objects of `cmp_to_key`: functions that make keys, and the keys.

use cpython_api::exceptions::{PyAttributeError, PyTypeError};
use cpython_api::types::{CompareOp, PyInt, PyType};
use cpython_api::{
    Borrowed, Bound, Class, Instance, InstanceData, Py, PyObject, PyResult, Python, SharedRef, Traversal, Vectorcall,
    Visit, instance_slots, into_c_result, method, method_unguarded, method_with, rust_instance, setter,
};
use std::ffi::{CStr, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

unsafe extern "C" {
    /// The call of a key: parses the arguments, and calls `functools_key_call`.
    fn functools_key_vectorcall(
        callable: *mut PyObject,
        args: *const *mut PyObject,
        nargsf: usize,
        kwnames: *mut PyObject,
    ) -> *mut PyObject;
}

/// The data of a key, or of a function that makes keys, which has no object.
#[derive(Debug)]
pub(crate) struct Key {
    compare: Py,
    /// The object that the key was made for, which lives as long as the key.
    object: Option<Py>,
    /// Whether the attribute `obj` has been set or deleted.
    replaced: AtomicBool,
    /// The object that it has been set to.
    replacement: SharedRef,
}

impl Key {
    /// The object that the key stands for.
    fn object<'py>(&self, py: Python<'py>) -> Option<Bound<'py>> {
        if self.replaced.load(Ordering::Acquire) {
            return self.replacement.get(py);
        }
        self.object.as_ref().map(|object| object.bind(py).to_owned())
    }

    /// The same without a reference of its own, if the attribute has never been set.
    #[inline]
    fn first_object<'py>(&self, py: Python<'py>) -> Option<Borrowed<'_, 'py>> {
        if self.replaced.load(Ordering::Acquire) {
            return None;
        }
        self.object.as_ref().map(|object| object.bind(py))
    }
}

impl InstanceData for Key {
    const NAME: &'static CStr = c"functools.KeyWrapper";
    const CALL: Option<Vectorcall> = Some(functools_key_vectorcall);

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.compare)?;
        visit.references(&self.object)?;
        visit.shared(&self.replacement)
    }

    fn clear(&self, py: Python<'_>) {
        // The function and the object are older than the key, so a reference cycle through them has another object,
        // which is cleared.
        self.replacement.set(py, None);
    }

    fn release(self, py: Python<'_>) {
        self.compare.drop_ref(py);
        drop(self.object.map(|object| object.into_bound(py)));
        drop(self.replacement.into_inner().map(|object| object.into_bound(py)));
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn functools_key_instance() -> rust_instance {
    instance_slots::<Key>()
}

/// A key of `class`, which is that of keys.
pub(super) fn new<'py>(
    class: Borrowed<'_, 'py, PyType>,
    compare: Borrowed<'_, 'py>,
    object: Option<Bound<'py>>,
) -> PyResult<Bound<'py>> {
    let py = class.py();
    let class = class.as_type_ptr();
    // SAFETY: the class of keys, which the caller keeps, has the slots above.
    let class = unsafe { Class::new(&class) };
    let (compare, object) = (compare.to_owned().unbind(), object.map(Bound::unbind));
    class.object(py, Key { compare, object, replaced: AtomicBool::new(false), replacement: SharedRef::new(None) })
}

/// A key for an object, made by another one.
///
/// # Safety
///
/// Called by the C side alone, with a key and an object that live for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_key_call(key: *mut PyObject, object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side passes the object that is called, a key, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Key, _>(c"functools.KeyWrapper", key, object, move |key, object| {
            let py = key.py();
            new(key.get_type().as_borrowed(), key.data().compare.bind(py), Some(object.to_owned()))
        })
    }
}

/// Compares two keys: `tp_richcompare`.
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_key_richcompare(
    key: *mut PyObject,
    other: *mut PyObject,
    op: c_int,
) -> *mut PyObject {
    // SAFETY: the slot is called with an object of its class and another, which its caller keeps, on an attached thread.
    let compared = unsafe {
        method_unguarded::<Key, _, _>(key, other, |key, other| {
            let (py, left, right) = (key.py(), key.data(), key.cast_like(other)?.data());
            let (x, y) = (left.first_object(py)?, right.first_object(py)?);
            Some(into_c_result(compare(left.compare.bind(py), x, y, CompareOp::from_raw(op)?)))
        })
    };
    // SAFETY: as above.
    compared.unwrap_or_else(|| unsafe {
        method_with(c"functools.KeyWrapper", key, other, move |key, other| compare_any(key, other, op))
    })
}

fn compare_any<'py>(
    key: Borrowed<'_, 'py, Instance<Key>>,
    other: Borrowed<'_, 'py>,
    op: c_int,
) -> PyResult<Bound<'py>> {
    let py = key.py();
    let Some(other) = key.cast_like(other) else {
        return Err(PyTypeError::new_err(py, "other argument must be K instance"));
    };
    let (Some(x), Some(y)) = (key.data().object(py), other.data().object(py)) else {
        return Err(PyAttributeError::new_err(py, "object"));
    };
    let Some(op) = CompareOp::from_raw(op) else { unreachable!("there is no other operator") };
    compare(key.data().compare.bind(py), x.as_borrowed(), y.as_borrowed(), op)
}

#[inline]
fn compare<'py>(
    function: Borrowed<'_, 'py>,
    x: Borrowed<'_, 'py>,
    y: Borrowed<'_, 'py>,
    op: CompareOp,
) -> PyResult<Bound<'py>> {
    let order = function.call([&x, &y])?;
    match order.exact_compare_with_zero(op) {
        Some(answer) => Ok(answer),
        None => order.rich_compare(&PyInt::new(function.py(), 0)?, op),
    }
}

/// The object that a key stands for, or None.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_key_object(key: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Key>(c"functools.KeyWrapper.obj", key, move |key| {
            let py = key.py();
            Ok(key.data().object(py).unwrap_or_else(|| py.None()))
        })
    }
}

/// Sets the object that a key stands for, or, if that is NULL, deletes it.
///
/// # Safety
///
/// Called by the class's setter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_key_set_object(
    key: *mut PyObject,
    object: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    // SAFETY: a setter is called with an object of its class and an object or NULL, which its caller keeps, on an
    // attached thread.
    unsafe {
        setter::<Key>(c"functools.KeyWrapper.obj", key, object, move |key, object| {
            let py = key.py();
            let key = key.data();
            key.replacement.set(py, object.map(|object| object.to_owned()));
            key.replaced.store(true, Ordering::Release);
            Ok(())
        })
    }
}
