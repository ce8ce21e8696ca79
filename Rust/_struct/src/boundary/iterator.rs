//! `unpack_iterator`: the structs in a buffer, one after the other.

use super::object::{Object, format_of, struct_error};
use super::state::State;
use super::unpack::unpack_bytes;
use crate::format::Format;
use cpython_api::types::{PyBytes, PyInt};
use cpython_api::{
    Bound, Buffer, Class, HeldBuffer, InstanceData, Py, PyErr, PyObject, PyResult, Python, SpinLock, Traversal, Visit,
    instance_slots, method, method_next, rust_instance,
};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes of a struct are copied to the stack.
const SHORT: usize = 256;

/// The data of an iterator. It has the format that the `Struct` had when the iterator was made.
#[derive(Debug)]
pub(crate) struct UnpackIterator {
    format: Format,
    source: Source,
}

/// Where the structs are.
#[derive(Debug)]
enum Source {
    /// In an object that nobody can change, from an offset on.
    Bytes(Py<PyBytes>, AtomicUsize),
    /// In the buffer of another object, which is released at the end.
    Buffer(SpinLock<Option<Rest>>),
}

/// What has not been read of a buffer.
#[derive(Debug)]
struct Rest {
    buffer: HeldBuffer,
    start: usize,
}

impl InstanceData for UnpackIterator {
    const NAME: &'static CStr = c"_struct.unpack_iterator";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        match &self.source {
            Source::Bytes(bytes, _) => visit.reference(bytes),
            Source::Buffer(rest) => {
                visit.locked(rest, |visit, rest| rest.as_ref().map_or(Ok(()), |rest| rest.buffer.traverse(visit)))
            }
        }
    }

    fn clear(&self, py: Python<'_>) {
        if let Source::Buffer(rest) = &self.source {
            end(py, rest);
        }
    }

    fn release(self, py: Python<'_>) {
        match self.source {
            Source::Bytes(bytes, _) => bytes.drop_ref(py),
            Source::Buffer(rest) => {
                if let Some(rest) = rest.into_inner() {
                    rest.buffer.release(py);
                }
            }
        }
    }
}

/// Releases the buffer.
#[cold]
fn end(py: Python<'_>, rest: &SpinLock<Option<Rest>>) {
    // The guard is a temporary: the lock is released before the buffer is, which may run Python code.
    let rest = rest.lock(py).take();
    if let Some(rest) = rest {
        rest.buffer.release(py);
    }
}

impl UnpackIterator {
    #[inline]
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py>>> {
        let size = self.format.size();
        match &self.source {
            Source::Bytes(bytes, start) => {
                let bytes = bytes.bind(py).to_any().bytes_contents().unwrap_or_default();
                // The offset does not grow after the end, however often it is looked for more.
                if start.load(Ordering::Relaxed) >= bytes.len() {
                    return Ok(None);
                }
                let start = start.fetch_add(size, Ordering::Relaxed);
                let bytes = bytes.get(start..).and_then(|bytes| bytes.get(..size));
                bytes.map(|bytes| unpack_bytes(py, &self.format, bytes)).transpose()
            }
            Source::Buffer(rest) => self.next_of_buffer(py, rest),
        }
    }

    /// Copies the next struct under the lock, and makes its objects without.
    // Not inlined: the copy takes room on the stack that the other source does not need.
    #[inline(never)]
    fn next_of_buffer<'py>(&self, py: Python<'py>, rest: &SpinLock<Option<Rest>>) -> PyResult<Option<Bound<'py>>> {
        let size = self.format.size();
        let (mut short, mut long) = ([const { MaybeUninit::uninit() }; SHORT], Vec::new());
        let target = if size <= SHORT {
            &mut short[..size]
        } else {
            long.try_reserve_exact(size).map_err(|_| PyErr::no_memory(py))?;
            &mut long.spare_capacity_mut()[..size]
        };
        match copy_next(py, rest, target) {
            Some(bytes) => unpack_bytes(py, &self.format, bytes).map(Some),
            None => {
                end(py, rest);
                Ok(None)
            }
        }
    }

    /// How many structs have not been read yet.
    fn len(&self, py: Python<'_>) -> usize {
        let bytes = match &self.source {
            Source::Bytes(bytes, start) => {
                bytes.bind(py).as_bytes().len().saturating_sub(start.load(Ordering::Relaxed))
            }
            Source::Buffer(rest) => {
                let rest = rest.lock(py);
                rest.as_ref().map_or(0, |rest| rest.buffer.len().saturating_sub(rest.start))
            }
        };
        bytes / self.format.size().max(1)
    }
}

/// Copies the next struct. `None` after the last one.
#[inline]
fn copy_next<'a>(py: Python<'_>, rest: &SpinLock<Option<Rest>>, target: &'a mut [MaybeUninit<u8>]) -> Option<&'a [u8]> {
    let mut guard = rest.lock(py);
    let rest = guard.as_mut()?;
    let size = target.len();
    let bytes = rest.buffer.copy_range(py, rest.start, target)?;
    rest.start += size;
    Some(bytes)
}

/// An iterator over the structs in the buffer of an object.
pub(crate) fn iter_unpack<'py>(object: Object<'_, 'py>, exporter: &Bound<'py>) -> PyResult<Bound<'py>> {
    let py = object.py();
    let mut copy = None;
    let format = format_of(object, &mut copy)?;
    let size = format.size();
    if size == 0 {
        return Err(struct_error(object, format_args!("cannot iteratively unpack with a struct of length 0")));
    }
    let format = format.try_clone().map_err(|_| PyErr::no_memory(py))?;
    let (source, len) = match exporter.cast_exact::<PyBytes>() {
        Some(bytes) => (Source::Bytes(bytes.clone().unbind(), AtomicUsize::new(0)), bytes.as_bytes().len()),
        None => {
            let buffer = Buffer::of(exporter)?;
            let len = buffer.len();
            (Source::Buffer(SpinLock::new(Some(Rest { buffer: buffer.unbind(), start: 0 }))), len)
        }
    };
    let iterator = UnpackIterator { format, source };
    if !len.is_multiple_of(size) {
        iterator.release(py);
        return Err(struct_error(
            object,
            format_args!("iterative unpacking requires a buffer of a multiple of {size} bytes"),
        ));
    }
    let class = object.get_type();
    let class = class.as_borrowed().module_state::<State>()?.iterators.bind(py).as_type_ptr();
    // SAFETY: the class of the slots below, which the state of the module keeps.
    let class = unsafe { Class::new(&class) };
    class.object(py, iterator)
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn _struct_unpack_iterator_instance() -> rust_instance {
    instance_slots::<UnpackIterator>()
}

/// The next tuple.
///
/// # Safety
///
/// Called by the type's slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_unpack_iterator_next(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method_next::<UnpackIterator>(c"_struct.unpack_iterator.__next__", iterator, move |iterator| {
            iterator.data().next(iterator.py())
        })
    }
}

/// How many tuples are to come.
///
/// # Safety
///
/// Called by the method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_unpack_iterator_length_hint(
    iterator: *mut PyObject,
    _ignored: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<UnpackIterator>(c"_struct.unpack_iterator.__length_hint__", iterator, move |iterator| {
            let py = iterator.py();
            PyInt::new(py, iterator.data().len(py)).map(Bound::into_any)
        })
    }
}
