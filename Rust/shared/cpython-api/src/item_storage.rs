//! The memory of an array: items of one size, which threads change under a lock, read without one, and export as a buffer.
//!
//! Readers of a single item take no lock, as those of CPython's lists do not. So memory that they may be reading is given back
//! only after every thread has passed a point where it reads none (quiescent-state-based reclamation, `pycore_qsbr.h`), and the
//! items are never looked at through a Rust reference: they are loaded and stored atomically one at a time, or copied between the
//! storage and private memory by C's `memcpy`. C code may write to an exported buffer at the same time: see
//! [`StoredItem`] for what is read then.
//!
//! While a buffer is exported, the length stays as it is.

mod byteswap;
mod locked;
mod reads;
mod stored_item;

pub use locked::LockedItems;
pub use stored_item::StoredItem;

use crate::exceptions::PyBufferError;
use crate::ffi_call::ssize;
use crate::seq_lock::SeqLock;
use crate::{PyErr, PyObject, PyResult, Python, WeakrefList};
use cpython_sys as ffi;
use std::ffi::{CStr, c_int};
use std::mem::offset_of;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// What a buffer without items points to.
#[repr(C, align(16))]
struct Aligned([u8; 16]);
static NO_ITEMS: Aligned = Aligned([0; 16]);

/// Why the number of items cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResizeError {
    /// A buffer is exported.
    Exported,
    /// There is no memory.
    Memory,
}

/// Items that threads share.
///
/// The layout is that of an array in C, as far as it goes: a buffer that is exported has its length in `len`, and the weak references
/// to the object that has the storage are at the same offset.
///
/// # Invariants
///
/// - `start` is NULL, or memory from `PyMem_Malloc` for `capacity` items of `item_size` bytes, a power of two up to 16. At
///   each moment, the first `len` items of the memory that `start` points to are initialised, and `len <= capacity`.
/// - `start`, `len` and `capacity` are written while the lock is held. The memory is never given another address but by a new
///   `start`, and the old one is freed after all readers have gone on, so that no reader sees the same address, other than
///   NULL, for two memories. `len` does not change while `exports` is not 0.
/// - Rust code accesses the items in memory that others may access by the functions of [`StoredItem`] for items of
///   `item_size`, and by nothing else that the compiler knows. C code (the shims, and whoever has a buffer) and assembly may access
///   them in any way.
#[repr(C)]
pub struct ItemStorage<K> {
    start: AtomicPtr<u8>,
    len: AtomicIsize,
    capacity: AtomicUsize,
    lock: SeqLock<()>,
    weak_references: WeakrefList,
    item_size: u8,
    kind: K,
    exports: AtomicU32,
}

impl<K: Copy> ItemStorage<K> {
    /// The offset of the weak references.
    pub const WEAK_REFERENCES: usize = offset_of!(Self, weak_references);

    /// No items.
    ///
    /// # Panics
    ///
    /// When the size is no power of two up to 16.
    #[inline]
    pub const fn new(kind: K, item_size: usize) -> Self {
        assert!(item_size.is_power_of_two() && item_size <= 16, "no size of items");
        Self::with_size(kind, item_size as u8)
    }

    /// No items, of the same kind.
    #[inline]
    const fn empty_like(&self) -> Self {
        Self::with_size(self.kind, self.item_size)
    }

    /// No items, of a size that has been checked.
    #[inline]
    const fn with_size(kind: K, item_size: u8) -> Self {
        Self {
            start: AtomicPtr::new(ptr::null_mut()),
            len: AtomicIsize::new(0),
            capacity: AtomicUsize::new(0),
            lock: SeqLock::new(()),
            weak_references: WeakrefList::new(),
            item_size,
            kind,
            exports: AtomicU32::new(0),
        }
    }

    /// What the items are.
    #[inline(always)]
    pub const fn kind(&self) -> K {
        self.kind
    }

    /// How many bytes an item has.
    #[inline(always)]
    pub const fn item_size(&self) -> usize {
        self.item_size as usize
    }

    /// How many items there are at this moment.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed) as usize
    }

    /// Whether there are none at this moment.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For how many items there is memory at this moment.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.capacity.load(Ordering::Relaxed)
    }

    /// Where the items are at this moment, for information.
    #[inline]
    pub fn address(&self) -> usize {
        self.start.load(Ordering::Relaxed).addr()
    }

    /// An item, without a lock; `None` past the end, and when the items have another size.
    #[inline(always)]
    pub fn load<T: StoredItem>(&self, _py: Python<'_>, index: usize) -> Option<T> {
        if T::SIZE != self.item_size() {
            return None;
        }
        loop {
            let start = self.start.load(Ordering::Acquire);
            // NULL is not memory whose release is delayed: `start` can be NULL again at once, after other memory that
            // had items.
            if start.is_null() {
                return None;
            }
            // The length is read before `start` is read again: if both reads give the same memory, then the length in
            // between is one that this memory has had, as the address is used again only after all readers have passed
            // a quiescent state.
            let len = self.len.load(Ordering::Acquire);
            if index >= len as usize {
                return None;
            }
            if ptr::eq(start, self.start.load(Ordering::Acquire)) {
                // SAFETY: `start` is not NULL, and its memory has had more than `index` items, all of which are initialised
                // (invariants).
                let item = unsafe { start.add(index * T::SIZE) };
                // SAFETY: it is not freed before this thread, which is attached, has passed a quiescent state, at the
                // earliest after this function. The items are aligned to their size, as is the memory.
                return Some(unsafe { T::load(item) });
            }
        }
    }

    /// Makes room for exactly `count` items in a storage that has none and has never had any; `None` without memory.
    pub fn reserve_exact(&mut self, count: usize) -> Option<()> {
        assert!(self.start.get_mut().is_null(), "there is memory already");
        if count > 0 {
            let memory = allocate(count, self.item_size())?;
            *self.start.get_mut() = memory.as_ptr();
            *self.capacity.get_mut() = count;
        }
        Some(())
    }

    /// Appends items to a storage that nobody else has, and that has room for them.
    ///
    /// # Panics
    ///
    /// When it has not, or the bytes are not a number of items.
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) {
        let (size, len, capacity) = (self.item_size(), *self.len.get_mut() as usize, *self.capacity.get_mut());
        let count = count_of(bytes, size);
        assert!(count <= capacity - len, "no room");
        // SAFETY: there is memory for `capacity` items, which are not fewer than `len`; an offset of 0 is one of a NULL, too.
        let end = unsafe { self.start.get_mut().add(len * size) };
        // SAFETY: and for `count` more.
        unsafe { copy(bytes.as_ptr(), end, bytes.len()) };
        *self.len.get_mut() = (len + count) as isize;
    }

    /// Gives the memory back.
    #[inline]
    pub fn release(mut self, _py: Python<'_>) {
        // SAFETY: the memory came from this allocator. Nobody else has the storage, so nobody reads it.
        unsafe { ffi::PyMem_Free((*self.start.get_mut()).cast()) };
    }

    /// Fills a view with all items: the slot `bf_getbuffer`.
    ///
    /// # Safety
    ///
    /// - The storage is part of `object`, a live object, and has a fixed address.
    /// - `view` is NULL or can be written, and goes to [`end_export`](Self::end_export) after it has been filled.
    pub unsafe fn export(
        &self,
        py: Python<'_>,
        object: *mut PyObject,
        view: *mut ffi::Py_buffer,
        flags: c_int,
        format: &'static CStr,
    ) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err(py, "array_buffer_getbuf: view==NULL argument is obsolete"));
        }
        let has = |flag: u32| flags as u32 & flag == flag;
        let items = self.lock(py);
        let start = self.start.load(Ordering::Relaxed);
        let start = if start.is_null() { NO_ITEMS.0.as_ptr().cast_mut() } else { start };
        let size = ffi::Py_ssize_t::from(self.item_size);
        if self.exports.load(Ordering::Relaxed) == u32::MAX {
            drop(items);
            return Err(PyErr::no_memory(py));
        }
        // SAFETY: the view can be written (the caller's promise).
        let view = unsafe { &mut *view };
        view.buf = start.cast();
        view.len = self.len.load(Ordering::Relaxed) * size;
        view.readonly = 0;
        view.ndim = 1;
        view.itemsize = size;
        view.suboffsets = ptr::null_mut();
        view.shape = if has(ffi::PyBUF_ND) { self.len.as_ptr() } else { ptr::null_mut() };
        view.strides = if has(ffi::PyBUF_STRIDES) { &raw mut view.itemsize } else { ptr::null_mut() };
        view.format = if has(ffi::PyBUF_FORMAT) { format.as_ptr().cast_mut() } else { ptr::null_mut() };
        view.internal = ptr::null_mut();
        // Under the lock, so that nobody who has it sees the number grow.
        self.exports.fetch_add(1, Ordering::Relaxed);
        drop(items);
        // SAFETY: a live object (the caller's promise); the view owns the new reference.
        unsafe { ffi::Py_IncRef(object) };
        view.obj = object;
        Ok(())
    }

    /// The slot `bf_releasebuffer`.
    ///
    /// # Safety
    ///
    /// - An [`export`](Self::export) has been made for which this has not been called yet.
    #[inline]
    pub unsafe fn end_export(&self) {
        self.exports.fetch_sub(1, Ordering::Release);
    }
}

impl<K> std::fmt::Debug for ItemStorage<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ItemStorage").finish_non_exhaustive()
    }
}

/// Uninitialised memory for that number of items.
#[inline]
fn allocate(count: usize, item_size: usize) -> Option<NonNull<u8>> {
    let size = count.checked_mul(item_size).filter(|size| isize::try_from(*size).is_ok())?;
    // SAFETY: any size may be requested. The callers have a token: the thread is attached.
    NonNull::new(unsafe { ffi::PyMem_Malloc(size) }.cast())
}

/// The size in bytes from which memory grows by larger steps. Each step copies all items, to pages that are new.
const LARGE: usize = 1 << 16;

/// The number of items for which memory is allocated when `needed` are: a sixteenth more, and a few, as in C, and an
/// eighth more when they are many.
#[inline]
fn grown_capacity(needed: usize, before: usize, item_size: usize) -> Option<usize> {
    let shift = if needed < LARGE / item_size { 4 } else { 3 };
    needed.checked_add((needed >> shift) + if before < 8 { 3 } else { 7 })
}

/// Copies between a storage and private memory, or between two that do not overlap.
///
/// # Safety
///
/// - `len` bytes can be read at `from`, and written at `to`.
#[inline]
unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    if len > 0 {
        // SAFETY: `len` bytes can be read at `from`, and written at `to` (the caller's promise).
        unsafe { ffi::shim_copy_shared(to.cast(), from.cast(), ssize(len)) };
    }
}

/// How many items of a size these bytes are.
///
/// # Panics
///
/// When they are not a number of items.
#[inline(always)]
fn count_of(bytes: &[u8], size: usize) -> usize {
    let count = bytes.len() >> size.trailing_zeros();
    assert!(count * size == bytes.len(), "not a number of items");
    count
}

/// Writes `total` bytes that repeat the `len` bytes at `from`.
///
/// # Safety
///
/// - `len` bytes can be read at `from`, `total`, a multiple of that, can be written at `to`, and the two do not overlap.
#[inline]
unsafe fn copy_repeated(from: *const u8, len: usize, to: *mut u8, total: usize) {
    let mut done = len.min(total);
    // SAFETY: the caller's promise.
    unsafe { copy(from, to, done) };
    while done < total {
        let part = done.min(total - done);
        // SAFETY: `done` is less than `total`, which can be written.
        let next = unsafe { to.add(done) };
        // SAFETY: so many bytes have been written from `to` on, which end where these start.
        unsafe { copy(to, next, part) };
        done += part;
    }
}
