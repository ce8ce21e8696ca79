//! Reading the memory of other objects.
//!
//! On a free-threaded build another thread may write to a `bytearray` while we read it, and holding its buffer only
//! keeps it from being resized. A Rust slice over such memory would be undefined behaviour. So only memory that nobody
//! can write is borrowed as a slice, that of `bytes` and `str`; anything else is copied into private memory first, and
//! the call works on the copy, however often it reads it.

use crate::ffi_call::infallible;
use crate::raw::RawBlock;
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The contents of a buffer: borrowed, or copied.
#[derive(Debug)]
pub struct Input<'a> {
    memory: Memory<'a>,
}

#[derive(Debug)]
enum Memory<'a> {
    Borrowed(&'a [u8]),
    Copied(RawBlock),
}

impl<'a> Input<'a> {
    /// Takes the contents of `view`.
    ///
    /// # Safety
    ///
    /// - `view` has been filled by `PyObject_GetBuffer` with `PyBUF_SIMPLE` and is not released during `'a`; or its
    ///   `obj` is NULL and its memory is immutable for `'a`, as Argument Clinic's converters leave it for `str`.
    #[inline]
    pub unsafe fn from_view(py: Python<'_>, view: &'a ffi::Py_buffer) -> PyResult<Self> {
        // SAFETY: the promise of this function is that of `borrow`.
        let memory = match unsafe { borrow(py, view) } {
            Some(bytes) => Memory::Borrowed(bytes),
            // SAFETY: the memory of a filled view can be read until it is released.
            None => Memory::Copied(unsafe { copy_of(py, view.buf.cast(), length(view)) }?),
        };
        Ok(Self { memory })
    }
}

impl Deref for Input<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.memory {
            Memory::Borrowed(bytes) => bytes,
            // SAFETY: `copy_of` has initialised all of it.
            Memory::Copied(block) => unsafe { block.initialised(block.len()) },
        }
    }
}

/// Passes the contents of `view` to `read` once and in order: in one piece when the memory can be borrowed, otherwise in
/// copied blocks, so that no copy of the whole is made.
///
/// # Safety
///
/// As for [`Input::from_view`].
#[inline]
pub unsafe fn read_blocks(py: Python<'_>, view: &ffi::Py_buffer, mut read: impl FnMut(&[u8])) {
    // SAFETY: the promise of this function is that of `borrow`.
    match unsafe { borrow(py, view) } {
        Some(bytes) => read(bytes),
        // SAFETY: the view is filled (the caller's promise).
        None => unsafe { read_copies(view, read) },
    }
}

/// Passes the contents of `view` to `read` in copied blocks. The memory of a block would cost every caller, if this were
/// inlined.
///
/// # Safety
///
/// - `view` has been filled by `PyObject_GetBuffer` and is not released during the call.
#[inline(never)]
unsafe fn read_copies(view: &ffi::Py_buffer, mut read: impl FnMut(&[u8])) {
    const BLOCK: usize = 16 * 1024;
    let mut block = [MaybeUninit::<u8>::uninit(); BLOCK];
    let total = length(view);
    let mut done = 0;
    while done < total {
        let size = BLOCK.min(total - done);
        // SAFETY: the view has `total` readable bytes, and `done` is less.
        let source = unsafe { view.buf.cast::<u8>().add(done) };
        // SAFETY: `done + size <= total`; `size` is at most BLOCK, the size of the block.
        unsafe { ffi::shim_copy_shared(block.as_mut_ptr().cast(), source.cast(), size as ffi::Py_ssize_t) };
        // SAFETY: that many bytes have just been initialised.
        read(unsafe { slice::from_raw_parts(block.as_ptr().cast::<u8>(), size) });
        done += size;
    }
}

/// Passes a part of `view` to `read`: in its place when the memory can be borrowed, otherwise as a copy. `None` when the view
/// is shorter.
///
/// # Safety
///
/// As for [`Input::from_view`].
#[inline]
pub(crate) unsafe fn with_range<R>(
    py: Python<'_>,
    view: &ffi::Py_buffer,
    start: usize,
    len: usize,
    read: impl FnOnce(&[u8]) -> R,
) -> PyResult<Option<R>> {
    if start.checked_add(len).is_none_or(|end| end > length(view)) {
        return Ok(None);
    }
    // SAFETY: the promise of this function is that of `borrow`.
    if let Some(bytes) = unsafe { borrow(py, view) } {
        return Ok(bytes.get(start..).and_then(|bytes| bytes.get(..len)).map(read));
    }
    if len == 0 {
        return Ok(Some(read(&[])));
    }
    // SAFETY: the view has `start + len` bytes from `buf` on.
    let source = unsafe { view.buf.cast::<u8>().add(start) };
    // SAFETY: so `len` bytes can be read there until the view is released.
    unsafe { with_copy(py, source, len, read) }.map(Some)
}

/// Passes a copy of `len` bytes that others may be writing to `read`.
///
/// # Safety
///
/// - `len` bytes can be read at `source`, whoever writes to them meanwhile.
#[inline]
unsafe fn with_copy<R>(py: Python<'_>, source: *const u8, len: usize, read: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
    const SHORT: usize = 256;
    if len > SHORT {
        // SAFETY: `len` bytes can be read at `source` (the caller's promise).
        let block = unsafe { copy_of(py, source, len) }?;
        // SAFETY: `copy_of` has initialised all of it.
        return Ok(read(unsafe { block.initialised(len) }));
    }
    let mut block = [MaybeUninit::<u8>::uninit(); SHORT];
    // SAFETY: `len` bytes can be read (the caller's promise), and the block has as many.
    unsafe { ffi::shim_copy_shared(block.as_mut_ptr().cast(), source.cast(), len as ffi::Py_ssize_t) };
    // SAFETY: that many bytes have just been initialised.
    Ok(read(unsafe { slice::from_raw_parts(block.as_ptr().cast::<u8>(), len) }))
}

/// Writes to the memory of `view` from `offset` on; `None` when that is not writable, or too short.
///
/// # Safety
///
/// - `view` has been filled by `PyObject_GetBuffer` and is not released during the call.
#[inline]
pub(crate) unsafe fn write(view: &ffi::Py_buffer, offset: usize, bytes: &[u8]) -> Option<()> {
    if view.readonly != 0 || offset.checked_add(bytes.len())? > length(view) {
        return None;
    }
    // SAFETY: the memory has `length` bytes from `buf` on, and `offset` is not more.
    let target = unsafe { view.buf.cast::<u8>().add(offset) };
    // SAFETY: that many bytes can be written there until the view is released, whoever accesses them meanwhile. A `bytes` object,
    // which Rust may have lent, is never writable.
    unsafe { ffi::shim_copy_shared(target.cast(), bytes.as_ptr().cast(), bytes.len() as ffi::Py_ssize_t) };
    Some(())
}

/// The memory of `view` as a slice, if nobody can write to it.
///
/// # Safety
///
/// As for [`Input::from_view`].
#[inline]
pub(crate) unsafe fn borrow<'a>(_py: Python<'_>, view: &'a ffi::Py_buffer) -> Option<&'a [u8]> {
    // SAFETY: a view holds a reference to `obj` until it is released. That `obj` is a bytes object is not enough: a
    // subclass can have a `__buffer__` of its own.
    if !view.obj.is_null() && (view.buf.cast() != bytes_start(view.obj) || !unsafe { is_bytes(view.obj) }) {
        return None;
    }
    if view.len <= 0 {
        // An empty view may have any pointer.
        return Some(&[]);
    }
    // SAFETY: the memory is `len` bytes long, lives as long as the view is held, and nobody writes to it.
    Some(unsafe { slice::from_raw_parts(view.buf.cast(), length(view)) })
}

/// Where an object has its bytes, if it is a bytes object.
#[inline]
pub(crate) fn bytes_start(object: *mut ffi::PyObject) -> *mut u8 {
    object.cast::<u8>().wrapping_add(ffi::SHIM_BYTES_OFFSET as usize)
}

/// The type of an object, which it keeps until another one is assigned to `__class__`.
///
/// # Safety
///
/// - The object is live.
#[inline]
pub(crate) unsafe fn class_of(object: *mut ffi::PyObject) -> *mut ffi::PyTypeObject {
    let class = object.cast::<u8>().wrapping_add(ffi::SHIM_TYPE_OFFSET as usize).cast::<*mut ffi::PyTypeObject>();
    // SAFETY: every object has a pointer to its type there, aligned by C. Another one is assigned to `__class__` while all other
    // threads are stopped.
    unsafe { AtomicPtr::from_ptr(class) }.load(Ordering::Relaxed)
}

/// Whether an object is a bytes object, or of a subclass.
///
/// # Safety
///
/// - The object is live, and the thread attached.
#[inline]
unsafe fn is_bytes(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the object is live (the caller's promise).
    let class = unsafe { class_of(object) };
    // SAFETY: the object is live and the thread attached (the caller's promise).
    ptr::eq(class, &raw const ffi::PyBytes_Type) || unsafe { ffi::shim_PyBytes_Check(object) != 0 }
}

/// The length of a filled view, which is never negative.
#[inline]
fn length(view: &ffi::Py_buffer) -> usize {
    usize::try_from(view.len).unwrap_or(0)
}

/// Copies `len` bytes that others may be writing into private memory, all of which is initialised.
///
/// # Safety
///
/// - `len` bytes can be read at `source`, whoever writes to them meanwhile.
#[inline]
unsafe fn copy_of(py: Python<'_>, source: *const u8, len: usize) -> PyResult<RawBlock> {
    let Some(mut block) = RawBlock::new(len) else { return Err(PyErr::no_memory(py)) };
    // SAFETY: both are `len` bytes long, the target is new, and `len` came from a Py_ssize_t.
    unsafe { ffi::shim_copy_shared(block.as_mut().as_mut_ptr().cast(), source.cast(), len as ffi::Py_ssize_t) };
    Ok(block)
}

impl Bound<'_> {
    /// Whether the object's type supports the buffer protocol. It runs no Python code.
    #[inline]
    pub fn is_buffer(&self) -> bool {
        infallible!(self.py(), PyObject_CheckBuffer(self)) != 0
    }
}

/// A buffer of an object, held until this is dropped.
///
/// ```no_run
/// # use cpython_api::{Bound, Buffer, PyResult};
/// fn checksum(object: &Bound<'_>) -> PyResult<u32> {
///     let buffer = Buffer::of(object)?;
///     let input = buffer.input()?;
///     Ok(input.iter().map(|byte| u32::from(*byte)).sum())
/// }
/// ```
///
/// # Invariants
///
/// - `view` is a `Py_buffer` from `PyMem_RawMalloc`, which belongs to this value. It has been filled by
///   `PyObject_GetBuffer`, and is released once, by `Drop`. It stays in its place, as the exporter may point into it:
///   `PyBuffer_FillInfo` has `shape` point to `len`.
pub struct Buffer<'py> {
    view: NonNull<ffi::Py_buffer>,
    py: Python<'py>,
}

impl<'py> Buffer<'py> {
    /// Asks `object` for its buffer, which may run any Python code; `TypeError` when it has none.
    #[inline]
    pub fn of(object: &Bound<'py>) -> PyResult<Self> {
        Self::with_flags(object, ffi::PyBUF_SIMPLE)
    }

    /// Asks `object` for a buffer to write to, which may run any Python code; `BufferError` when it has none.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, Buffer, PyResult};
    /// # use cpython_api::exceptions::PyValueError;
    /// fn pack_into(object: &Bound<'_>, offset: usize, bytes: &[u8]) -> PyResult<()> {
    ///     let buffer = Buffer::of_writable(object)?;
    ///     let too_short = || PyValueError::new_err(object.py(), "the buffer is too short");
    ///     buffer.write(offset, bytes).ok_or_else(too_short)
    /// }
    /// ```
    #[inline]
    pub fn of_writable(object: &Bound<'py>) -> PyResult<Self> {
        Self::with_flags(object, ffi::PyBUF_WRITABLE)
    }

    fn with_flags(object: &Bound<'py>, flags: u32) -> PyResult<Self> {
        let py = object.py();
        let memory = crate::raw_malloc(size_of::<ffi::Py_buffer>()).cast::<ffi::Py_buffer>();
        let Some(view) = NonNull::new(memory) else { return Err(PyErr::no_memory(py)) };
        // SAFETY: the object is live and the thread attached (invariants); the memory is large enough for a view.
        let status = unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), memory, flags as _) };
        if status < 0 {
            // SAFETY: the memory is of this allocator, and nothing is in it.
            unsafe { crate::raw_free(memory.cast()) };
            // SAFETY: -1 comes with an exception.
            return Err(unsafe { PyErr::already_set(py) });
        }
        Ok(Self { view, py })
    }

    /// How many bytes there are.
    #[inline]
    pub fn len(&self) -> usize {
        // SAFETY: the view is filled (invariants).
        length(unsafe { self.view.as_ref() })
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes an item of the exporter has.
    #[inline]
    pub fn item_size(&self) -> usize {
        // SAFETY: the view is filled (invariants).
        usize::try_from(unsafe { self.view.as_ref() }.itemsize).unwrap_or(0)
    }

    /// Writes to the memory from `offset` on; `None` when that is not writable, or too short.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        // SAFETY: the view is filled (invariants).
        let view = unsafe { self.view.as_ref() };
        // SAFETY: it is not released while it is borrowed.
        unsafe { write(view, offset, bytes) }
    }

    /// Passes the `len` bytes from `start` on to `read`: in their place or, when others may write to them, as a copy. `None` when
    /// there are not so many.
    #[inline]
    pub fn with_range<R>(&self, start: usize, len: usize, read: impl FnOnce(&[u8]) -> R) -> PyResult<Option<R>> {
        // SAFETY: the view is filled (invariants).
        let view = unsafe { self.view.as_ref() };
        // SAFETY: it is not released while it is borrowed.
        unsafe { with_range(self.py, view, start, len, read) }
    }

    /// Makes this buffer one that can be kept while detached.
    #[inline]
    pub fn unbind(self) -> HeldBuffer {
        let this = std::mem::ManuallyDrop::new(self);
        HeldBuffer { view: this.view }
    }

    /// The contents, borrowed or copied.
    #[inline]
    pub fn input(&self) -> PyResult<Input<'_>> {
        // SAFETY: the view is filled (invariants).
        let view = unsafe { self.view.as_ref() };
        // SAFETY: it is not released while it is borrowed.
        unsafe { Input::from_view(self.py, view) }
    }
}

impl std::fmt::Debug for Buffer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buffer").finish_non_exhaustive()
    }
}

impl Drop for Buffer<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the view is filled and released once (invariants); the thread is attached, as `py` proves.
        unsafe { ffi::PyBuffer_Release(self.view.as_ptr()) };
        // SAFETY: the memory is of this allocator, and given back once.
        unsafe { crate::raw_free(self.view.as_ptr().cast()) };
    }
}

/// A buffer of an object that outlives an attachment, for the state of objects.
///
/// It has no `Drop`: releasing a buffer may run any Python code, so it takes an attached thread, which
/// [`release`](Self::release) asks for. One that is lost is a leak.
///
/// ```no_run
/// # use cpython_api::{Bound, Buffer, HeldBuffer, InstanceData, PyResult, Python, Traversal, Visit};
/// struct Lines(HeldBuffer);
///
/// impl InstanceData for Lines {
///     fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
///         self.0.traverse(visit)
///     }
///
///     fn release(self, py: Python<'_>) {
///         self.0.release(py);
///     }
/// }
///
/// fn lines(object: &Bound<'_>) -> PyResult<Lines> {
///     Ok(Lines(Buffer::of(object)?.unbind()))
/// }
/// ```
///
/// # Invariants
///
/// - Those of [`Buffer`].
pub struct HeldBuffer {
    view: NonNull<ffi::Py_buffer>,
}

// SAFETY: a view that is filled can be read on any thread, and every use that takes the interpreter asks for an attached one.
unsafe impl Send for HeldBuffer {}
// SAFETY: as for Send; the view itself is only read.
unsafe impl Sync for HeldBuffer {}

impl HeldBuffer {
    /// How many bytes there are.
    #[inline]
    pub fn len(&self) -> usize {
        // SAFETY: the view is filled (invariants).
        length(unsafe { self.view.as_ref() })
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies the bytes from `start` on; `None` when they are fewer. It runs no Python code, makes no object and waits for nothing.
    #[inline]
    pub fn copy_range<'a>(&self, _py: Python<'_>, start: usize, target: &'a mut [MaybeUninit<u8>]) -> Option<&'a [u8]> {
        if start.checked_add(target.len())? > self.len() {
            return None;
        }
        // SAFETY: the view is filled (invariants).
        let view = unsafe { self.view.as_ref() };
        // SAFETY: it has `start` bytes and more from `buf` on.
        let source = unsafe { view.buf.cast::<u8>().add(start) };
        // SAFETY: that many bytes can be read there, whoever writes to them meanwhile.
        unsafe { ffi::shim_copy_shared(target.as_mut_ptr().cast(), source.cast(), target.len() as ffi::Py_ssize_t) };
        // SAFETY: that many bytes have just been initialised.
        Some(unsafe { slice::from_raw_parts(target.as_ptr().cast(), target.len()) })
    }

    /// Shows the collector the object whose buffer this is.
    #[inline]
    pub fn traverse(&self, visit: &mut crate::Visit<'_>) -> crate::Traversal {
        // SAFETY: the view is filled (invariants).
        let exporter = unsafe { self.view.as_ref() }.obj;
        if exporter.is_null() {
            return Ok(());
        }
        // SAFETY: the view has a reference to the object.
        unsafe { visit.pointer(exporter) }
    }

    /// A buffer that is released at the end of its scope.
    #[inline]
    pub fn into_bound(self, py: Python<'_>) -> Buffer<'_> {
        Buffer { view: self.view, py }
    }

    /// Releases the buffer, which may run any Python code.
    #[inline]
    pub fn release(self, py: Python<'_>) {
        drop(self.into_bound(py));
    }
}

impl std::fmt::Debug for HeldBuffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldBuffer").finish_non_exhaustive()
    }
}
