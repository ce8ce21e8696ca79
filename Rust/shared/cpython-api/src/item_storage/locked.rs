//! The items of a storage while its lock is held.

use super::{ItemStorage, ResizeError, StoredItem, allocate, byteswap, copy, copy_repeated, count_of, grown_capacity};
use crate::Python;
use crate::argument::View;
use crate::ffi_call::ssize;
use crate::seq_lock::SeqLockGuard;
use cpython_sys as ffi;
use outbuf::OutBuf;
use std::mem::MaybeUninit;
use std::ops::{ControlFlow, Range};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::Ordering;

/// How many bytes are copied at a time; a multiple of the size of every item.
const BLOCK: usize = 4096;

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
    _guard: SeqLockGuard<'a, ()>,
    storage: &'a ItemStorage<K>,
    retired: Retired<'py>,
}

impl<K: Copy> ItemStorage<K> {
    /// Waits until no other thread changes the items, and keeps others from it.
    ///
    /// As with any [`Lock`](crate::Lock), no Python code may run until the result is dropped.
    #[inline]
    pub fn lock<'a, 'py>(&'a self, py: Python<'py>) -> LockedItems<'a, 'py, K> {
        self.locked(py, self.lock.lock(py))
    }

    /// As [`lock`](Self::lock), but `None` if the lock is held. This cannot panic.
    #[inline]
    pub fn try_lock<'a, 'py>(&'a self, py: Python<'py>) -> Option<LockedItems<'a, 'py, K>> {
        Some(self.locked(py, self.lock.try_lock()?))
    }

    #[inline]
    fn locked<'a, 'py>(&'a self, py: Python<'py>, guard: SeqLockGuard<'a, ()>) -> LockedItems<'a, 'py, K> {
        LockedItems { _guard: guard, storage: self, retired: Retired { memory: None, size: 0, _py: py } }
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

    /// What the items are.
    #[inline(always)]
    pub fn kind(&self) -> K {
        self.storage.kind()
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

    /// Reverses the order of the bytes in each number of `number_size` bytes, of which an item has one or two. This cannot panic.
    #[inline(always)]
    pub fn swap_bytes(&mut self, number_size: usize) {
        let (start, len) = (self.storage.start.load(Ordering::Relaxed), self.len() * self.size());
        // SAFETY: there are that many bytes of items (invariants).
        unsafe { byteswap::swap_bytes(start, len, self.size(), number_size) };
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
