//! Iterators of arrays.

use super::array::{Array, This};
use super::convert::load_as;
use super::module::State;
use crate::typecode::Format;
use cpython_api::types::{PyInt, PyTuple};
use cpython_api::{
    Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyObject, PyResult, PyTypeObject, Python, Traversal,
    Visit, instance_slots, into_c_result, method, method_none_with, method_unguarded, rust_instance,
};
use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::{AtomicIsize, Ordering};

/// The data of an iterator. Threads that share one may get an item twice, as with a list's.
#[derive(Debug)]
struct ArrayIterator {
    array: Py<Instance<Array>>,
    /// The index of the next item, or `EXHAUSTED`.
    index: AtomicIsize,
    next: Next,
}

/// Makes the next object for items of a format; NULL at the end, without an exception. It cannot unwind: C calls it by the slot.
#[expect(improper_ctypes_definitions, reason = "both sides are Rust")]
type Next = extern "C" fn(&ArrayIterator, Python<'_>) -> *mut PyObject;

const EXHAUSTED: isize = -1;

impl InstanceData for ArrayIterator {
    const NAME: &'static CStr = c"array.arrayiterator";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(array_arrayiterator_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.array)
    }

    fn release(self, py: Python<'_>) {
        self.array.drop_ref(py);
    }
}

/// The slots of the class of iterators that are the same for all classes.
#[unsafe(no_mangle)]
pub extern "C" fn array_arrayiterator_instance() -> rust_instance {
    instance_slots::<ArrayIterator>()
}

/// The slot `tp_iter` of arrays.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_iter(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    unsafe { method(c"array.array.__iter__", array, iter) }
}

fn iter<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = array.py();
    let iterator = array.module_state::<State>()?.iterator.bind(py);
    let Some(class) = iterator.as_class::<ArrayIterator>() else { unreachable!("the class of iterators") };
    let next = next_of(array.data().items.kind().format());
    class.object(py, ArrayIterator { array: array.to_owned().unbind(), index: AtomicIsize::new(0), next })
}

/// The slot `tp_iternext`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_arrayiterator_next(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    unsafe {
        method_unguarded::<ArrayIterator, _, _>(iterator, (), |iterator, ()| {
            (iterator.data().next)(iterator.data(), iterator.py())
        })
    }
}

/// A function for each format, so that each item is read without looking at it.
fn next_of(format: Format) -> Next {
    macro_rules! next_of {
        ($($format:ident)*) => {
            match format {
                $(Format::$format => {
                    #[expect(improper_ctypes_definitions, reason = "both sides are Rust")]
                    extern "C" fn next(iterator: &ArrayIterator, py: Python<'_>) -> *mut PyObject {
                        next_item(iterator, py, Format::$format)
                    }
                    next
                })*
            }
        };
    }
    next_of! { I8 U8 I16 U16 I32 U32 I64 U64 F16 F32 F64 C32 C64 Char }
}

#[inline(always)]
fn next_item(iterator: &ArrayIterator, py: Python<'_>, format: Format) -> *mut PyObject {
    let index = iterator.index.load(Ordering::Relaxed);
    let Ok(place) = usize::try_from(index) else { return ptr::null_mut() };
    let array = iterator.array.bind(py);
    // Stored first, which the next call waits for. An item that is no character is passed over, too.
    iterator.index.store(index + 1, Ordering::Relaxed);
    match load_as(py, &array.data().items, format, place) {
        Some(item) => into_c_result(item),
        None => {
            iterator.index.store(EXHAUSTED, Ordering::Relaxed);
            ptr::null_mut()
        }
    }
}

/// `iterator.__reduce__()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_arrayiterator___reduce___impl(
    iterator: *mut PyObject,
    _class: *mut PyTypeObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.arrayiterator.__reduce__", iterator, reduce) }
}

fn reduce<'py>(iterator: Borrowed<'_, 'py, Instance<ArrayIterator>>) -> PyResult<Bound<'py>> {
    let (py, data) = (iterator.py(), iterator.data());
    let function = py.import_attribute(c"builtins", c"iter")?;
    let index = data.index.load(Ordering::Relaxed);
    if index == EXHAUSTED {
        let arguments = PyTuple::pack(py, [PyTuple::empty(py)?.into_any()])?;
        return Ok(PyTuple::pack(py, [function, arguments.into_any()])?.into_any());
    }
    let arguments = PyTuple::pack(py, [data.array.bind(py).to_owned().into_any()])?;
    Ok(PyTuple::pack(py, [function, arguments.into_any(), PyInt::new(py, index)?.into_any()])?.into_any())
}

/// `iterator.__setstate__(index)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_arrayiterator___setstate___impl(
    iterator: *mut PyObject,
    state: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class and an object, which their caller keeps, on an
    // attached thread.
    unsafe {
        method_none_with::<ArrayIterator, _>(
            c"array.arrayiterator.__setstate__",
            iterator,
            state,
            move |iterator, state| {
                let py = iterator.py();
                let index = state.as_ssize()?;
                let iterator = iterator.data();
                if iterator.index.load(Ordering::Relaxed) != EXHAUSTED {
                    let len = iterator.array.bind(py).data().items.len();
                    iterator.index.store(index.clamp(0, len as isize), Ordering::Relaxed);
                }
                Ok(())
            },
        )
    }
}
