//! The memory of an array: items of one size, which threads change under a lock, read without one, and export as a buffer.
//!
//! Readers of a single item take no lock, as those of CPython's lists do not. So memory that they may be reading is given back
//! only after every thread has passed a point where it reads none (quiescent-state-based reclamation, `pycore_qsbr.h`), and the
//! items are never looked at through a Rust reference: they are loaded and stored atomically one at a time, or copied between the
//! storage and private memory by C's `memcpy`. C code may write to an exported buffer at the same time: see
//! [`StoredItem`] for what is read then.
//!
//! While a buffer is exported, the length stays as it is.

use crate::argument::View;
use crate::exceptions::PyBufferError;
use crate::ffi_call::ssize;
use crate::{PyErr, PyMutex, PyMutexGuard, PyObject, PyResult, Python};
use cpython_sys as ffi;
use outbuf::OutBuf;
use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::ops::{ControlFlow, Range};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// How many bytes are copied at a time; a multiple of the size of every item.
const BLOCK: usize = 4096;

/// What a buffer without items points to.
#[repr(C, align(16))]
struct Aligned([u8; 16]);
static NO_ITEMS: Aligned = Aligned([0; 16]);

/// An item, as a number of its size.
///
/// # C code that writes at the same time
///
/// Whoever has a buffer of the storage, such as a `memoryview`, may write the items by plain C stores, and without the
/// lock. By the rules of C and of Rust such a store and an atomic access at the same time are a data race, whose result
/// neither language defines. It is defined by the machine, because neither compiler sees both accesses: the shims and the
/// writers are C, compiled apart, without optimisation across languages. Then this holds:
///
/// - A relaxed load of up to 8 bytes is one aligned load instruction, and the result is kept: the compiler must expect any
///   value from it, and does not load again. So a value that has been compared is the value that is used.
/// - All bits are a value of the type. If the writer stores the item by one aligned instruction, the value is the old or the
///   new one. If it stores the bytes in parts, as `memcpy` may, each byte is an old or a new one. An item of 16 bytes is
///   two accesses, each of which may find the old or the new half.
/// - Other memory is neither read nor written. There is no order between these accesses and others.
///
/// An index, a length or a pointer is never stored in this memory, so a value that nobody has written breaks nothing.
///
/// # Safety
///
/// - `SIZE` is the size of the type, and the functions access that many bytes.
pub unsafe trait StoredItem: Copy {
    /// The number of bytes.
    const SIZE: usize;
    /// The item with these bytes, in the order of the machine; `None` if they are not of its size.
    #[doc(hidden)]
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
    /// Reads the item at `from` with relaxed atomic loads, of 8 bytes at most.
    ///
    /// # Safety
    ///
    /// - The bytes can be read, and are aligned to their number, or to 8.
    /// - They are an item of this size of an [`ItemStorage`], or memory that nobody else accesses.
    #[doc(hidden)]
    unsafe fn load(from: *mut u8) -> Self;
    /// Writes the item to `to` with relaxed atomic stores, of 8 bytes at most.
    ///
    /// # Safety
    ///
    /// - As for [`load`](Self::load), and the bytes can be written.
    #[doc(hidden)]
    unsafe fn store(self, to: *mut u8);
}

macro_rules! stored_items {
    ($($type:ty, $atomic:ty;)*) => {$(
        // SAFETY: the atomic type has the size of the other one.
        unsafe impl StoredItem for $type {
            const SIZE: usize = size_of::<Self>();
            #[inline(always)]
            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_ne_bytes)
            }
            #[inline(always)]
            unsafe fn load(from: *mut u8) -> Self {
                // SAFETY: readable, aligned, and accessed by Rust code in this way alone: an item of this size, or
                // private (the caller's promise).
                unsafe { <$atomic>::from_ptr(from.cast()) }.load(Ordering::Relaxed)
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut u8) {
                // SAFETY: writable, aligned, and accessed by Rust code in this way alone: an item of this size, or
                // private (the caller's promise).
                unsafe { <$atomic>::from_ptr(to.cast()) }.store(self, Ordering::Relaxed);
            }
        }
    )*}
}

stored_items! {
    u8, AtomicU8;
    u16, AtomicU16;
    u32, AtomicU32;
    u64, AtomicU64;
}

// SAFETY: twice 8 bytes.
unsafe impl StoredItem for [u64; 2] {
    const SIZE: usize = 16;
    #[inline(always)]
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (first, last) = bytes.split_at_checked(8)?;
        Some([u64::from_bytes(first)?, u64::from_bytes(last)?])
    }
    #[inline(always)]
    unsafe fn load(from: *mut u8) -> Self {
        // SAFETY: there are 16 bytes (the caller's promise).
        let second = unsafe { from.add(8) };
        // SAFETY: the first 8 bytes can be read, and are aligned to 8 (the caller's promise).
        let first = unsafe { u64::load(from) };
        // SAFETY: the other 8 bytes can be read, and are aligned to 8 (the caller's promise).
        [first, unsafe { u64::load(second) }]
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: there are 16 bytes (the caller's promise).
        let second = unsafe { to.add(8) };
        // SAFETY: the first 8 bytes can be written, and are aligned to 8 (the caller's promise).
        unsafe { self[0].store(to) };
        // SAFETY: the other 8 bytes can be written, and are aligned to 8 (the caller's promise).
        unsafe { self[1].store(second) };
    }
}

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
/// The layout is C's for as far as it goes: a buffer that is exported has its length in `len`.
///
/// # Invariants
///
/// - `start` is NULL, or memory from `PyMem_Malloc` for `capacity` items of `item_size` bytes, a power of two up to 16. At
///   each moment, the first `len` items of the memory that `start` points to are initialised, and `len <= capacity`.
/// - `start`, `len` and `capacity` are written while the lock is held. The memory is never given another address but by a new
///   `start`, and the old one is freed after all readers have gone on, so that no reader sees the same address, other than
///   NULL, for two memories. `len` does not change while `exports` is not 0.
/// - Rust code accesses the items in memory that others may access by the functions of [`StoredItem`] for items of
///   `item_size`, and by nothing else. C code (the shims, and whoever has a buffer) may access them in any way.
#[repr(C)]
pub struct ItemStorage<K> {
    start: AtomicPtr<u8>,
    len: AtomicIsize,
    capacity: AtomicUsize,
    lock: PyMutex<()>,
    item_size: u8,
    kind: K,
    exports: AtomicU32,
}

impl<K: Copy> ItemStorage<K> {
    /// No items.
    ///
    /// # Panics
    ///
    /// When the size is no power of two up to 16.
    #[inline]
    pub const fn new(kind: K, item_size: usize) -> Self {
        assert!(item_size.is_power_of_two() && item_size <= 16, "no size of items");
        Self {
            start: AtomicPtr::new(ptr::null_mut()),
            len: AtomicIsize::new(0),
            capacity: AtomicUsize::new(0),
            lock: PyMutex::new(()),
            item_size: item_size as u8,
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

    /// Waits until no other thread changes the items, and keeps others from it.
    ///
    /// As with any [`PyMutex`], no Python code may run until the result is dropped.
    #[inline]
    pub fn lock<'a, 'py>(&'a self, py: Python<'py>) -> LockedItems<'a, 'py, K> {
        LockedItems { _guard: self.lock.lock(py), storage: self, retired: Retired { memory: None, size: 0, _py: py } }
    }

    /// Locks this storage and another one; `None` when they are the same. Everybody locks two in the order of their addresses.
    #[inline]
    pub fn lock_two<'a, 'py>(
        &'a self,
        other: &'a Self,
        py: Python<'py>,
    ) -> Option<(LockedItems<'a, 'py, K>, LockedItems<'a, 'py, K>)> {
        if ptr::eq(self, other) {
            None
        } else if ptr::from_ref(self) < ptr::from_ref(other) {
            let first = self.lock(py);
            Some((first, other.lock(py)))
        } else {
            let first = other.lock(py);
            Some((self.lock(py), first))
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

    /// A storage of `count` items, which `fill` writes to its memory; `None` without memory.
    ///
    /// # Safety
    ///
    /// - `fill` initialises so many items at the address that it gets, and writes nothing else.
    #[inline]
    unsafe fn filled(kind: K, item_size: usize, count: usize, fill: impl FnOnce(*mut u8)) -> Option<Self> {
        let mut storage = Self::new(kind, item_size);
        storage.reserve_exact(count)?;
        if count > 0 {
            fill(*storage.start.get_mut());
            *storage.len.get_mut() = count as isize;
        }
        Some(storage)
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
        let start = items.storage.start.load(Ordering::Relaxed);
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

/// Copies one item.
///
/// # Safety
///
/// - It can be read at `from` and written at `to`, both of which are aligned to its size.
/// - Each is the place of an item of this size of a storage, or memory that nobody else accesses.
#[inline(always)]
unsafe fn move_item<T: StoredItem>(from: *mut u8, to: *mut u8) {
    // SAFETY: an item can be read there, and is aligned to its size; its place is as the contract says (the caller's promise).
    let item = unsafe { T::load(from) };
    // SAFETY: an item can be written there, as before (the caller's promise).
    unsafe { item.store(to) };
}

/// Memory to be freed when nobody reads it any more.
#[derive(Debug)]
struct Retired<'py> {
    memory: Option<NonNull<u8>>,
    size: usize,
    _py: Python<'py>,
}

impl Drop for Retired<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            // SAFETY: the memory came from PyMem_Malloc, no `start` points to it, and it is freed once. The thread is attached,
            // as the token proves, and has no lock: it is a field after the guard.
            unsafe { ffi::shim_free_delayed(memory.as_ptr().cast(), ssize(self.size)) };
        }
    }
}

/// The items of a storage, while nobody else changes their number or uses methods that write to them.
///
/// # Invariants
///
/// - This thread has the lock of `storage`.
#[derive(Debug)]
pub struct LockedItems<'a, 'py, K> {
    // The lock is given up before memory is freed, which may run Python code: fields are dropped in this order.
    _guard: PyMutexGuard<'a, ()>,
    storage: &'a ItemStorage<K>,
    retired: Retired<'py>,
}

impl<K: Copy> LockedItems<'_, '_, K> {
    /// How many items there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.storage.len()
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a buffer is exported.
    #[inline]
    pub fn is_exported(&self) -> bool {
        self.storage.exports.load(Ordering::Acquire) != 0
    }

    /// How many bytes an item has.
    #[inline(always)]
    pub fn item_size(&self) -> usize {
        self.storage.item_size()
    }

    #[inline(always)]
    fn size(&self) -> usize {
        self.item_size()
    }

    /// The address of `count` items from `index` on.
    ///
    /// # Panics
    ///
    /// When there are not that many.
    #[inline(always)]
    fn place(&self, index: usize, count: usize) -> *mut u8 {
        let len = self.len();
        assert!(index <= len && count <= len - index, "past the end");
        // SAFETY: the memory has that many items (invariants); an offset of 0 is one of a NULL, too.
        unsafe { self.storage.start.load(Ordering::Relaxed).add(index * self.size()) }
    }

    /// Copies items from `index` on to `out`.
    ///
    /// # Panics
    ///
    /// When there are not as many, or `out` is not of the size of a number of items.
    #[inline]
    pub fn read(&self, index: usize, out: &mut [u8]) {
        let from = self.place(index, count_of(out, self.size()));
        // SAFETY: there are that many initialised items.
        unsafe { copy(from, out.as_mut_ptr(), out.len()) };
    }

    /// Appends copies of the items in a range to `out`.
    ///
    /// # Panics
    ///
    /// When there are not as many, or `out` has not enough room.
    #[inline]
    pub fn append_to(&self, range: Range<usize>, out: &mut OutBuf<'_>) {
        let from = self.place(range.start, range.len());
        let len = range.len() * self.size();
        let room = &mut out.spare_mut()[..len];
        // SAFETY: there are that many initialised items.
        unsafe { copy(from, room.as_mut_ptr().cast(), len) };
        // SAFETY: there was room for that many bytes, and they are initialised now.
        unsafe { out.advance(len) };
    }

    /// A copy of items; `None` without memory.
    ///
    /// # Panics
    ///
    /// When there are not as many.
    pub fn copy(&self, range: Range<usize>) -> Option<Vec<u8>> {
        let from = self.place(range.start, range.len());
        let len = range.len() * self.size();
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(len).ok()?;
        // SAFETY: there are that many initialised items, and room for them.
        unsafe { copy(from, bytes.as_mut_ptr(), len) };
        // SAFETY: that many bytes are initialised now.
        unsafe { bytes.set_len(len) };
        Some(bytes)
    }

    /// A new storage with the items in a range; `None` without memory.
    ///
    /// # Panics
    ///
    /// When there are not as many.
    #[inline]
    pub fn to_storage(&self, range: Range<usize>) -> Option<ItemStorage<K>> {
        let (from, len) = (self.place(range.start, range.len()), range.len() * self.size());
        // SAFETY: there are that many initialised items, and room for them.
        let fill = |to: *mut u8| unsafe { copy(from, to, len) };
        // SAFETY: that many items are written.
        unsafe { ItemStorage::filled(self.storage.kind, self.size(), range.len(), fill) }
    }

    /// A new storage with `count` of the items: that at `start`, and others that are `step` apart; `None` without memory.
    ///
    /// # Panics
    ///
    /// When there are no such items.
    pub fn to_strided(&self, start: usize, step: isize, count: usize) -> Option<ItemStorage<K>> {
        let Some(last) = count.checked_sub(1) else { return Some(ItemStorage::new(self.storage.kind, self.size())) };
        let last = (last as isize).checked_mul(step).and_then(|span| start.checked_add_signed(span));
        let Some(last) = last else { unreachable!("past the end") };
        // All items are between these two.
        let (_, from, size) = (self.place(last, 1), self.place(start, 1), self.size());
        let fill = |to: *mut u8| {
            for index in 0..count {
                let offset = index as isize * step * size as isize;
                // SAFETY: there is an item at this place (above).
                let from = unsafe { from.offset(offset) };
                // SAFETY: there is room for that many items.
                let to = unsafe { to.add(index * size) };
                // `from` is the place of an item, and `to` in memory that nobody else has.
                match size {
                    // SAFETY: items of one byte can be read at `from` and written at `to`.
                    1 => unsafe { move_item::<u8>(from, to) },
                    // SAFETY: items of two bytes can be read at `from` and written at `to`, both aligned to two.
                    2 => unsafe { move_item::<u16>(from, to) },
                    // SAFETY: items of four bytes can be read at `from` and written at `to`, both aligned to four.
                    4 => unsafe { move_item::<u32>(from, to) },
                    // SAFETY: items of eight bytes can be read at `from` and written at `to`, both aligned to eight.
                    8 => unsafe { move_item::<u64>(from, to) },
                    // SAFETY: items of 16 bytes, the only other size, can be read at `from` and written at `to`, both
                    // aligned to eight.
                    _ => unsafe { move_item::<[u64; 2]>(from, to) },
                }
            }
        };
        // SAFETY: each of that many items is written.
        unsafe { ItemStorage::filled(self.storage.kind, size, count, fill) }
    }

    /// A new storage with all items and then those of another storage, which may be the same; `None` without memory.
    ///
    /// # Panics
    ///
    /// When the items have another size.
    #[inline]
    pub fn to_joined(&self, other: &LockedItems<'_, '_, K>) -> Option<ItemStorage<K>> {
        assert!(self.size() == other.size(), "items of another size");
        let (first, second) = (self.place(0, self.len()), other.place(0, other.len()));
        let (len, more) = (self.len() * self.size(), other.len() * self.size());
        let fill = |to: *mut u8| {
            // SAFETY: there are that many initialised items, and room for all.
            unsafe { copy(first, to, len) };
            // SAFETY: so much room is there.
            let to = unsafe { to.add(len) };
            // SAFETY: there are `more` initialised bytes, and as much room after the first items.
            unsafe { copy(second, to, more) };
        };
        // SAFETY: all items of both are written.
        unsafe { ItemStorage::filled(self.storage.kind, self.size(), self.len().checked_add(other.len())?, fill) }
    }

    /// A new storage with all items so many times; `None` without memory.
    #[inline]
    pub fn to_repeated(&self, times: usize) -> Option<ItemStorage<K>> {
        let (count, len) = (self.len().checked_mul(times)?, self.len() * self.size());
        let from = self.place(0, self.len());
        // SAFETY: there is memory for so many items, so that their bytes can be counted. It is new.
        let fill = |to: *mut u8| unsafe { copy_repeated(from, len, to, len * times) };
        // SAFETY: all of them are written.
        unsafe { ItemStorage::filled(self.storage.kind, self.size(), count, fill) }
    }

    /// Passes copies of the items in a range to `read`, a block at a time, until it breaks off.
    ///
    /// # Panics
    ///
    /// When there are not as many.
    #[inline]
    pub fn blocks<R>(
        &self,
        range: Range<usize>,
        mut read: impl FnMut(usize, &[u8]) -> ControlFlow<R>,
    ) -> ControlFlow<R> {
        let mut block = MaybeUninit::<[u8; BLOCK]>::uninit();
        let most = BLOCK / self.size();
        let mut index = range.start;
        while index < range.end {
            let count = most.min(range.end - index);
            let (from, len) = (self.place(index, count), count * self.size());
            // SAFETY: there are that many initialised items, and the block has room for them.
            unsafe { copy(from, block.as_mut_ptr().cast(), len) };
            // SAFETY: that many bytes have just been initialised.
            read(index, unsafe { slice::from_raw_parts(block.as_ptr().cast(), len) })?;
            index += count;
        }
        ControlFlow::Continue(())
    }

    /// Whether the bytes of the first `count` items are those of another storage, which may be the same.
    ///
    /// # Panics
    ///
    /// When there are not as many, or the items have another size.
    #[inline]
    pub fn same_bytes(&self, other: &LockedItems<'_, '_, K>, count: usize) -> bool {
        assert!(self.size() == other.size(), "items of another size");
        let (a, b, len) = (self.place(0, count), other.place(0, count), count * self.size());
        // SAFETY: both have that many initialised items.
        len == 0 || unsafe { ffi::shim_equal_shared(a.cast(), b.cast(), ssize(len)) != 0 }
    }

    /// The index of the first of `count` items that `find` says differs from that of another storage, which may be the same:
    /// it gets copies of both, a block at a time, and returns an index in the block.
    ///
    /// # Panics
    ///
    /// When there are not as many, or the items have another size.
    pub fn first_difference(
        &self,
        other: &LockedItems<'_, '_, K>,
        count: usize,
        mut find: impl FnMut(&[u8], &[u8]) -> Option<usize>,
    ) -> Option<usize> {
        assert!(self.size() == other.size(), "items of another size");
        let (mut first, mut second) = (MaybeUninit::<[u8; BLOCK]>::uninit(), MaybeUninit::<[u8; BLOCK]>::uninit());
        let most = BLOCK / self.size();
        for index in (0..count).step_by(most) {
            let part = most.min(count - index);
            let block = self.private(index, part, &mut first);
            let others = other.private(index, part, &mut second);
            if let Some(place) = find(block, others) {
                return Some(index + place);
            }
        }
        None
    }

    /// Replaces items from `index` on by as many others.
    ///
    /// # Panics
    ///
    /// When there are not as many.
    #[inline]
    pub fn write(&mut self, index: usize, bytes: &[u8]) {
        let to = self.place(index, count_of(bytes, self.size()));
        // SAFETY: there are that many items, aligned to their size.
        unsafe { self.put(to, bytes) };
    }

    /// Stores bytes, by an instruction if they are an item.
    ///
    /// # Safety
    ///
    /// - The bytes are a number of items, and so many can be written at `to`, the place of an item, or memory for items that
    ///   nobody else accesses.
    #[inline(always)]
    unsafe fn put(&self, to: *mut u8, bytes: &[u8]) {
        match *bytes {
            // SAFETY: a byte can be written, at the place of an item of that size (the caller's promise).
            [byte] => unsafe { byte.store(to) },
            [a, b] if self.size() == 2 => {
                // SAFETY: two bytes can be written, at the place of an item of that size, which is aligned to it (the
                // caller's promise).
                unsafe { u16::from_ne_bytes([a, b]).store(to) }
            }
            [a, b, c, d] if self.size() == 4 => {
                // SAFETY: four bytes can be written, at the place of an item of that size, which is aligned to it (the
                // caller's promise).
                unsafe { u32::from_ne_bytes([a, b, c, d]).store(to) }
            }
            [a, b, c, d, e, f, g, h] if self.size() == 8 => {
                // SAFETY: eight bytes can be written, at the place of an item of that size, which is aligned to it (the
                // caller's promise).
                unsafe { u64::from_ne_bytes([a, b, c, d, e, f, g, h]).store(to) }
            }
            // SAFETY: that many bytes can be written (the caller's promise), and read from the slice.
            _ => unsafe { copy(bytes.as_ptr(), to, bytes.len()) },
        }
    }

    /// Makes room at once for `count` more items that are appended one after the other, as much as there would be in the end.
    /// Without memory for that, or while a buffer is exported, nothing happens: appending says so.
    pub fn reserve(&mut self, count: usize) {
        let (storage, len) = (self.storage, self.len());
        let Some(end) = len.checked_add(count) else { return };
        let mut capacity = storage.capacity();
        if end <= capacity || self.is_exported() {
            return;
        }
        while capacity < end {
            let Some(grown) = grown_capacity(capacity + 1, capacity, self.size()) else { return };
            capacity = grown;
        }
        let Some(memory) = allocate(capacity, self.size()) else { return };
        // SAFETY: there are that many items, and room for more.
        unsafe { copy(storage.start.load(Ordering::Relaxed), memory.as_ptr(), len * self.size()) };
        self.publish(memory.as_ptr(), capacity);
    }

    /// Replaces each item by what `change` makes of it.
    ///
    /// # Panics
    ///
    /// When the items have another size.
    #[inline]
    pub fn update_each<T: StoredItem>(&mut self, change: impl Fn(T) -> T) {
        assert!(self.size() == T::SIZE, "items of another size");
        let (start, len) = (self.place(0, self.len()), self.len());
        for index in 0..len {
            // SAFETY: there is an item at this place, aligned to its size.
            let place = unsafe { start.add(index * T::SIZE) };
            // SAFETY: an item can be read at this place, and is aligned to its size.
            let item = unsafe { T::load(place) };
            // SAFETY: an item can be written at this place, and is aligned to its size.
            unsafe { change(item).store(place) };
        }
    }

    /// Passes all items to `change`, a block at a time, and stores what it makes of them.
    pub fn update(&mut self, mut change: impl FnMut(&mut [u8])) {
        let mut block = MaybeUninit::<[u8; BLOCK]>::uninit();
        let (most, len) = (BLOCK / self.size(), self.len());
        for index in (0..len).step_by(most) {
            let block = self.private(index, most.min(len - index), &mut block);
            change(block);
            self.write(index, block);
        }
    }

    /// Exchanges the items, from both ends on.
    fn exchange_items<T: StoredItem>(&mut self) {
        let len = self.len();
        let Some(last) = len.checked_sub(1) else { return };
        let (start, end) = (self.place(0, len), self.place(last, 1));
        for offset in (0..len / 2).map(|index| index * T::SIZE) {
            // SAFETY: there is an item at this place, aligned to its size.
            let first = unsafe { start.add(offset) };
            // SAFETY: there is an item at this place, counted from the last one and aligned to its size.
            let last = unsafe { end.sub(offset) };
            // SAFETY: there is an item at `first`, aligned to its size.
            let a = unsafe { T::load(first) };
            // SAFETY: there is an item at `last`, aligned to its size.
            let b = unsafe { T::load(last) };
            // SAFETY: there is an item at `first`, aligned to its size.
            unsafe { b.store(first) };
            // SAFETY: there is an item at `last`, aligned to its size.
            unsafe { a.store(last) };
        }
    }

    /// Reverses the order of all items, where `reverse` does that for a block of them.
    pub fn reverse_with(&mut self, mut reverse: impl FnMut(&mut [u8])) {
        // Large ones take less time one by one than two copies of them.
        match self.size() {
            8 => return self.exchange_items::<u64>(),
            16 => return self.exchange_items::<[u64; 2]>(),
            _ => {}
        }
        let (mut first, mut last) = (MaybeUninit::<[u8; BLOCK]>::uninit(), MaybeUninit::<[u8; BLOCK]>::uninit());
        let most = BLOCK / self.size();
        let (mut start, mut end) = (0, self.len());
        while end - start > most {
            let count = most.min((end - start) / 2);
            let block = self.private(start, count, &mut first);
            let other = self.private(end - count, count, &mut last);
            reverse(block);
            reverse(other);
            self.write(end - count, block);
            self.write(start, other);
            start += count;
            end -= count;
        }
        let block = self.private(start, end - start, &mut first);
        reverse(block);
        self.write(start, block);
    }

    /// A copy of `count` items in a block.
    #[inline]
    fn private<'b>(&self, index: usize, count: usize, block: &'b mut MaybeUninit<[u8; BLOCK]>) -> &'b mut [u8] {
        let (from, len) = (self.place(index, count), count * self.size());
        assert!(len <= BLOCK, "more than a block");
        // SAFETY: there are that many initialised items, and the block has room for them.
        unsafe { copy(from, block.as_mut_ptr().cast(), len) };
        // SAFETY: that many bytes have just been initialised, and the block is borrowed.
        unsafe { slice::from_raw_parts_mut(block.as_mut_ptr().cast(), len) }
    }

    /// Moves items within the storage.
    ///
    /// # Panics
    ///
    /// When there are not as many.
    pub fn move_within(&mut self, range: Range<usize>, to: usize) {
        let (from, target) = (self.place(range.start, range.len()), self.place(to, range.len()));
        let len = range.len() * self.size();
        if len > 0 {
            // SAFETY: there are that many items at both places.
            unsafe { ffi::shim_move_shared(target.cast(), from.cast(), ssize(len)) };
        }
    }

    /// Replaces the items in a range by others.
    #[inline]
    pub fn splice(&mut self, range: Range<usize>, bytes: &[u8]) -> Result<(), ResizeError> {
        let storage = self.storage;
        let one = bytes.len() == storage.item_size();
        let end = self.len();
        let start = storage.start.load(Ordering::Relaxed);
        if one && range.start == end && range.end == end && end < storage.capacity() && !self.is_exported() {
            // SAFETY: there is memory for one more item.
            let place = unsafe { start.add(end * storage.item_size()) };
            // SAFETY: the bytes are an item, for which there is memory at the place; nobody reads it before `len` says that it
            // is there.
            unsafe { self.put(place, bytes) };
            storage.len.store((end + 1) as isize, Ordering::Release);
            return Ok(());
        }
        let count = count_of(bytes, self.size());
        // SAFETY: there are that many bytes to copy.
        self.splice_with(range, count, |to| unsafe { copy(bytes.as_ptr(), to, bytes.len()) })
    }

    /// Replaces the items in a range by some of another storage.
    ///
    /// # Panics
    ///
    /// When there are not as many, or the items have another size.
    pub fn splice_items(
        &mut self,
        range: Range<usize>,
        other: &LockedItems<'_, '_, K>,
        items: Range<usize>,
    ) -> Result<(), ResizeError> {
        assert!(self.size() == other.size(), "items of another size");
        let (from, len) = (other.place(items.start, items.len()), items.len() * self.size());
        // SAFETY: there are that many items in the other storage, which is locked, and another one, as both are locked.
        self.splice_with(range, items.len(), |to| unsafe { copy(from, to, len) })
    }

    /// Appends the contents of a buffer.
    ///
    /// # Panics
    ///
    /// When its length is not that of a number of items.
    pub fn append_view(&mut self, view: View<'_>) -> Result<(), ResizeError> {
        let (count, end) = (view.len() / self.size(), self.len());
        assert!(count * self.size() == view.len(), "not a number of items");
        let view = view.as_raw();
        // SAFETY: a filled view has that many bytes. They are not in this storage: its items would be exported, and so `splice_with`
        // would not come to this.
        self.splice_with(end..end, count, |to| unsafe { copy(view.buf.cast(), to, view.len as usize) })
    }

    /// Repeats all items, so that they are there `times` times.
    pub fn repeat(&mut self, times: usize) -> Result<(), ResizeError> {
        let len = self.len();
        if times == 0 || len == 0 {
            return self.splice(0..len, &[]);
        }
        let size = self.size();
        let bytes = len * size;
        let from = self.place(0, len);
        let more = len.checked_mul(times - 1).ok_or(ResizeError::Memory)?;
        if more == 0 {
            return Ok(());
        }
        // SAFETY: there is room for `more` items. Those that are there are in memory that is not freed before the lock is given up,
        // and are not overwritten.
        let fill = |to: *mut u8| unsafe { copy_repeated(from, bytes, to, more * size) };
        self.splice_with(len..len, more, fill)
    }

    /// Replaces the items in a range by `count` others, which `fill` writes.
    ///
    /// Memory is given back when less than half of it is used.
    #[inline]
    fn splice_with(
        &mut self,
        range: Range<usize>,
        count: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<(), ResizeError> {
        let (storage, size, len) = (self.storage, self.size(), self.len());
        assert!(range.start <= range.end && range.end <= len, "past the end");
        let new_len = (len - range.len()).checked_add(count).ok_or(ResizeError::Memory)?;
        if new_len != len && self.is_exported() {
            return Err(ResizeError::Exported);
        }
        let (start, capacity) = (storage.start.load(Ordering::Relaxed), storage.capacity());
        let (tail, target) = (len - range.end, range.start + count);
        let enough = new_len <= capacity && !start.is_null();
        if enough && (len < new_len + 16 || (new_len >= capacity / 2 && new_len > 0)) {
            // SAFETY: the old items are within the capacity.
            let from = unsafe { start.add(range.end * size) };
            // SAFETY: so are the new ones.
            let to = unsafe { start.add(target * size) };
            if tail > 0 && target != range.end {
                // SAFETY: there are `tail` items at `from`, and room for as many at `to`, both within the capacity.
                unsafe { ffi::shim_move_shared(to.cast(), from.cast(), ssize(tail * size)) };
            }
            // SAFETY: the start of the range is within the capacity.
            fill(unsafe { start.add(range.start * size) });
            storage.len.store(new_len as isize, Ordering::Release);
            return Ok(());
        }
        if new_len == 0 {
            storage.len.store(0, Ordering::Release);
            self.publish(ptr::null_mut(), 0);
            return Ok(());
        }
        let capacity = grown_capacity(new_len, len, size).ok_or(ResizeError::Memory)?;
        let memory = allocate(capacity, size).ok_or(ResizeError::Memory)?.as_ptr();
        // SAFETY: the items before the range are in the old memory, and there is room for them in the new one.
        unsafe { copy(start, memory, range.start * size) };
        // SAFETY: there is room for `new_len` items.
        fill(unsafe { memory.add(range.start * size) });
        // SAFETY: those after the range are in the old memory.
        let from = unsafe { start.add(range.end * size) };
        // SAFETY: there is room for them after the new ones.
        let to = unsafe { memory.add(target * size) };
        // SAFETY: there are `tail` items at `from` in the old memory, and room for as many at `to` in the new one.
        unsafe { copy(from, to, tail * size) };
        // A length that both memories have, until the new one is in its place.
        storage.len.store(len.min(new_len) as isize, Ordering::Release);
        self.publish(memory, capacity);
        storage.len.store(new_len as isize, Ordering::Release);
        Ok(())
    }

    /// Puts other memory in the place of that of the storage, which is freed later.
    fn publish(&mut self, memory: *mut u8, capacity: usize) {
        let storage = self.storage;
        assert!(self.retired.memory.is_none(), "moved twice under one lock");
        self.retired.size = storage.capacity() * self.size();
        self.retired.memory = NonNull::new(storage.start.swap(memory, Ordering::AcqRel));
        storage.capacity.store(capacity, Ordering::Relaxed);
    }
}
