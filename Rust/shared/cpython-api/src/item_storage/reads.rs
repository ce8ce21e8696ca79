//! Copies and comparisons of all items as they were at one moment, without the lock unless a writer has it.

use super::{ItemStorage, StoredItem, copy, copy_repeated};
use crate::Python;
use crate::ffi_call::ssize;
use crate::seq_lock::Version;
use crate::types::{SliceIndices, UnpackedSlice};
use cpython_sys as ffi;
use outbuf::OutBuf;
use std::array;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicIsize, AtomicPtr, AtomicUsize, Ordering};

/// Items of a storage.
///
/// # Invariants
///
/// - There are `len` initialised items of `item_size` bytes at `start`, in memory that can be read until the thread reaches its next
///   safepoint, or for as long as it holds the lock.
#[derive(Clone, Copy, Debug)]
struct ItemsView {
    start: *mut u8,
    len: usize,
    item_size: usize,
}

impl ItemsView {
    /// How many bytes the items have.
    #[inline]
    fn size(self) -> usize {
        self.len * self.item_size
    }

    /// Copies the items of a slice to `to`.
    ///
    /// # Safety
    ///
    /// - The invariants still hold.
    /// - `indices` are those of a slice of `len` items, and so many items can be written at `to`, in memory that nobody else
    ///   accesses and that is aligned to their size.
    #[inline]
    unsafe fn copy_slice(self, indices: &SliceIndices, to: *mut u8) {
        if indices.count == 0 {
            return;
        }
        // SAFETY: a slice that is not empty starts at an item.
        let first = unsafe { self.start.offset(indices.start * self.item_size as isize) };
        if indices.step == 1 {
            // SAFETY: so many items are there from the first one on, and can be written (the caller's promise).
            return unsafe { copy(first, to, indices.count * self.item_size) };
        }
        match self.item_size {
            // SAFETY: items of one byte, as many as can be written (the caller's promise).
            1 => unsafe { copy_steps::<u8>(first, indices, to) },
            // SAFETY: items of two bytes, as many as can be written (the caller's promise).
            2 => unsafe { copy_steps::<u16>(first, indices, to) },
            // SAFETY: items of four bytes, as many as can be written (the caller's promise).
            4 => unsafe { copy_steps::<u32>(first, indices, to) },
            // SAFETY: items of eight bytes, as many as can be written (the caller's promise).
            8 => unsafe { copy_steps::<u64>(first, indices, to) },
            // SAFETY: items of 16 bytes, the only other size, as many as can be written (the caller's promise).
            _ => unsafe { copy_steps::<[u64; 2]>(first, indices, to) },
        }
    }
}

/// Copies the items of a slice one by one.
///
/// # Safety
///
/// - `first` is the first of `indices.count` items, which are `indices.step` items apart, aligned to their size, and readable.
/// - So many items can be written at `to`, in memory that nobody else accesses and that is aligned to their size.
unsafe fn copy_steps<T: StoredItem>(first: *mut u8, indices: &SliceIndices, to: *mut u8) {
    for index in 0..indices.count {
        let offset = index as isize * indices.step * T::SIZE as isize;
        // SAFETY: there is an item at this distance (the caller's promise).
        let from = unsafe { first.offset(offset) };
        // SAFETY: there is room for that many items (the caller's promise).
        let to = unsafe { to.add(index * T::SIZE) };
        // SAFETY: an item can be read there, is aligned to its size, and is one of a storage (the caller's promise).
        let item = unsafe { T::load(from) };
        // SAFETY: an item can be written there, aligned to its size, in memory of our own (the caller's promise).
        unsafe { item.store(to) };
    }
}

/// Memory for new items, which is no part of a storage yet: two words, which functions return in registers. A whole storage would be
/// returned in memory and read from there in larger parts than it was written in, which takes longer than to copy few items.
///
/// # Invariants
///
/// - If `count` is not 0, `start` is memory from `PyMem_Malloc` for `count` items that belongs to this value.
#[derive(Debug)]
struct NewItems {
    start: NonNull<u8>,
    count: usize,
}

impl NewItems {
    /// Uninitialised memory for that number of items; `None` without memory.
    #[inline]
    fn allocate(_py: Python<'_>, count: usize, item_size: usize) -> Option<Self> {
        let start = if count == 0 { NonNull::dangling() } else { super::allocate(count, item_size)? };
        Some(Self { start, count })
    }

    /// Gives the memory back.
    #[inline]
    fn release(self, _py: Python<'_>) {
        if self.count > 0 {
            // SAFETY: the memory came from this allocator and belongs to this value (invariants), which ends here.
            unsafe { ffi::PyMem_Free(self.start.as_ptr().cast()) };
        }
    }
}

impl<K: Copy> ItemStorage<K> {
    /// A storage of the same kind with new items.
    ///
    /// # Safety
    ///
    /// - The items have been initialised, and have the size of those of this storage.
    #[inline(always)]
    unsafe fn with_new_items(&self, items: NewItems) -> Self {
        let start = if items.count == 0 { ptr::null_mut() } else { items.start.as_ptr() };
        Self {
            start: AtomicPtr::new(start),
            len: AtomicIsize::new(items.count as isize),
            capacity: AtomicUsize::new(items.count),
            ..self.empty_like()
        }
    }

    /// The items, if nobody holds the lock.
    #[inline]
    fn view(&self) -> Option<(Version, ItemsView)> {
        let version = self.lock.version()?;
        let view = self.raw_view();
        // Then both parts were there at one moment. The memory is not freed before this thread has reached a safepoint after that.
        self.lock.is_unchanged(version).then_some((version, view))
    }

    /// The address and the number of items, which make a view if they are those of one moment.
    #[inline]
    fn raw_view(&self) -> ItemsView {
        let start = self.start.load(Ordering::Relaxed);
        ItemsView { start, len: self.len(), item_size: self.item_size() }
    }

    /// The items of storages that nobody holds the lock of.
    #[inline]
    fn views<const N: usize>(storages: [&Self; N]) -> Option<([Version; N], [ItemsView; N])> {
        let views = storages.map(Self::view);
        if views.iter().any(Option::is_none) {
            return None;
        }
        let views = views.map(|view| view.expect("a view of each storage"));
        Some((views.map(|(version, _)| version), views.map(|(_, view)| view)))
    }

    /// Whether the items are still those that were seen.
    #[inline]
    fn are_unchanged<const N: usize>(storages: [&Self; N], versions: [Version; N]) -> bool {
        storages.iter().zip(versions).all(|(storage, version)| storage.lock.is_unchanged(version))
    }

    /// Calls `read` while the locks of all storages are held, which may be the same. Everybody acquires locks in the order of the
    /// addresses.
    #[cold]
    #[inline(never)]
    fn with_locks<const N: usize, R>(
        storages: [&Self; N],
        py: Python<'_>,
        read: impl FnOnce([ItemsView; N]) -> R,
    ) -> R {
        let mut order = storages;
        order.sort_unstable_by_key(|storage| ptr::from_ref(*storage));
        let _guards: [_; N] = array::from_fn(|index| {
            let is_same = index > 0 && ptr::eq(order[index - 1], order[index]);
            (!is_same).then(|| order[index].lock.lock(py))
        });
        read(storages.map(Self::raw_view))
    }

    /// Calls `read`, which has no safepoint, for the items of storages, which may be the same. What it returns may be dropped.
    #[inline]
    fn read<const N: usize, R>(storages: [&Self; N], py: Python<'_>, read: impl Fn([ItemsView; N]) -> R) -> R {
        if let Some((versions, views)) = Self::views(storages) {
            let result = read(views);
            if Self::are_unchanged(storages, versions) {
                return result;
            }
        }
        Self::with_locks(storages, py, read)
    }

    /// A new storage, with items that are made of those of other storages, which may be the same: `plan` says how many there are, and gives
    /// a value to `fill`. `None` without memory.
    ///
    /// # Safety
    ///
    /// - `fill` has no safepoint, initialises so many items at the address that it gets as `plan` has said for the same views, and
    ///   writes nothing else.
    #[inline(always)]
    unsafe fn build<const N: usize, P>(
        storages: [&Self; N],
        py: Python<'_>,
        plan: impl Fn([ItemsView; N]) -> Option<(usize, P)>,
        fill: impl Fn([ItemsView; N], P, *mut u8),
    ) -> Option<Self> {
        let item_size = storages[0].item_size();
        let items = 'items: {
            if let Some((versions, views)) = Self::views(storages) {
                let (count, planned) = plan(views)?;
                let items = NewItems::allocate(py, count, item_size)?;
                // The allocation can have had a safepoint: that of a lock of tracemalloc.
                if Self::are_unchanged(storages, versions) {
                    fill(views, planned, items.start.as_ptr());
                    if Self::are_unchanged(storages, versions) {
                        break 'items items;
                    }
                }
                items.release(py);
            }
            Self::with_locks(storages, py, |views| {
                let (count, planned) = plan(views)?;
                let items = NewItems::allocate(py, count, item_size)?;
                fill(views, planned, items.start.as_ptr());
                Some(items)
            })?
        };
        // SAFETY: `fill` has initialised them, for views that have not changed, and they have the size of the first storage's.
        Some(unsafe { storages[0].with_new_items(items) })
    }

    /// Appends copies of all items to `out`, unless they do not fit or somebody changes them meanwhile: then it returns false. This
    /// cannot panic.
    #[inline]
    pub fn try_append_to(&self, _py: Python<'_>, out: &mut OutBuf<'_>) -> bool {
        let Some((version, view)) = self.view() else { return false };
        let size = view.size();
        let Some(room) = out.spare_mut().get_mut(..size) else { return false };
        // SAFETY: there are that many initialised bytes, and room for them.
        unsafe { copy(view.start, room.as_mut_ptr().cast(), size) };
        if !self.lock.is_unchanged(version) {
            return false;
        }
        // SAFETY: there was room for that many bytes, and they are initialised now.
        unsafe { out.advance(size) };
        true
    }

    /// A new storage with all items; `None` without memory.
    #[inline(always)]
    pub fn to_copy(&self, py: Python<'_>) -> Option<Self> {
        // SAFETY: there are that many bytes, and room for them.
        let fill = |[view]: [ItemsView; 1], (), to: *mut u8| unsafe { copy(view.start, to, view.size()) };
        // SAFETY: all items are written, by memcpy.
        unsafe { Self::build([self], py, |[view]| Some((view.len, ())), fill) }
    }

    /// A new storage with the items of a slice; `None` without memory.
    #[inline(always)]
    pub fn to_slice(&self, py: Python<'_>, slice: &UnpackedSlice) -> Option<Self> {
        let plan = |[view]: [ItemsView; 1]| {
            let indices = slice.adjust(view.len);
            Some((indices.count, indices))
        };
        let fill = |[view]: [ItemsView; 1], indices: SliceIndices, to: *mut u8| {
            // SAFETY: the indices are adjusted to the number of items. There is room for those of the slice.
            unsafe { view.copy_slice(&indices, to) };
        };
        // SAFETY: all items of the slice are written, by memcpy or atomic stores.
        unsafe { Self::build([self], py, plan, fill) }
    }

    /// A new storage with all items and then those of another storage, which may be the same; `None` without memory.
    ///
    /// # Panics
    ///
    /// When the items have another size.
    #[inline(always)]
    pub fn to_joined(&self, other: &Self, py: Python<'_>) -> Option<Self> {
        assert!(self.item_size() == other.item_size(), "items of another size");
        let plan = |[first, second]: [ItemsView; 2]| Some((first.len.checked_add(second.len)?, ()));
        let fill = |[first, second]: [ItemsView; 2], (), to: *mut u8| {
            // SAFETY: there are that many initialised bytes, and room for all.
            unsafe { copy(first.start, to, first.size()) };
            // SAFETY: so much room is there.
            let to = unsafe { to.add(first.size()) };
            // SAFETY: there are that many initialised bytes, and as much room after the first items.
            unsafe { copy(second.start, to, second.size()) };
        };
        // SAFETY: all items of both are written, by memcpy.
        unsafe { Self::build([self, other], py, plan, fill) }
    }

    /// A new storage with all items so many times; `None` without memory.
    #[inline(always)]
    pub fn to_repeated(&self, times: usize, py: Python<'_>) -> Option<Self> {
        let plan = |[view]: [ItemsView; 1]| Some((view.len.checked_mul(times)?, ()));
        let fill = |[view]: [ItemsView; 1], (), to: *mut u8| {
            // SAFETY: there is memory for so many items, so that their bytes can be counted. It is new.
            unsafe { copy_repeated(view.start, view.size(), to, view.size() * times) };
        };
        // SAFETY: all of them are written, by memcpy.
        unsafe { Self::build([self], py, plan, fill) }
    }

    /// Whether the bytes of all items are those of another storage, which may be the same.
    #[inline]
    pub fn has_same_bytes(&self, other: &Self, py: Python<'_>) -> bool {
        Self::read([self, other], py, |[a, b]| {
            a.size() == b.size()
                // SAFETY: both have that many initialised bytes.
                && (a.size() == 0 || unsafe { ffi::shim_equal_shared(a.start.cast(), b.start.cast(), ssize(a.size())) != 0 })
        })
    }
}
