//! Output whose length is not known beforehand, as that of a decompressor.

use crate::ffi_call::{infallible, owned_or_err};
use crate::types::PyBytes;
use crate::types::bytes_shrink as shrink;
use crate::{Bound, OutBuf, PyResult, Python};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// The sizes of the blocks, in KiB, those of CPython (`BUFFER_BLOCK_SIZE`); the last one is repeated.
const BLOCK_KIB: [usize; 17] = [
    32,
    64,
    256,
    1 << 10,
    4 << 10,
    8 << 10,
    16 << 10,
    16 << 10,
    32 << 10,
    32 << 10,
    32 << 10,
    32 << 10,
    64 << 10,
    64 << 10,
    128 << 10,
    128 << 10,
    256 << 10,
];

/// The size of the first block, unless the caller knows better.
pub const FIRST_BLOCK: usize = BLOCK_KIB[0] << 10;

/// There is no memory for more output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// Output that grows by blocks, each a `bytes` object; they are joined at the end.
///
/// What fits into the first block is never copied, unless most of the block stayed empty; anything longer is copied
/// once.
///
/// # Invariants
///
/// - Each block is a `bytes` object that nobody else has a reference to.
/// - All of each block in `full` is initialised, and the first `filled` bytes of `last` are.
/// - `before` is the sum of the lengths of `full`, `capacity` the length of `last`; `before + capacity <= limit`.
#[derive(Debug)]
pub struct BlockOutput<'py> {
    full: Vec<Bound<'py, PyBytes>>,
    last: Bound<'py, PyBytes>,
    capacity: usize,
    filled: usize,
    before: usize,
    limit: usize,
}

impl<'py> BlockOutput<'py> {
    /// Output with space for `first` bytes to begin with, and for `limit` in all.
    #[inline]
    pub fn new(py: Python<'py>, first: usize, limit: usize) -> Result<Self, OutOfMemory> {
        let capacity = first.min(limit);
        Ok(Self { full: Vec::new(), last: block(py, capacity)?, capacity, filled: 0, before: 0, limit })
    }

    /// How much has been written.
    #[inline]
    pub fn len(&self) -> usize {
        self.before + self.filled
    }

    /// Whether nothing has been written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much can be written before the output has to grow.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.capacity - self.filled
    }

    /// Whether as much has been written as may be.
    #[inline]
    pub fn is_at_limit(&self) -> bool {
        self.len() == self.limit
    }

    /// Lets `fill` write into the space that remains, if `detached` with this thread detached.
    #[inline]
    pub fn fill<T: Send>(&mut self, detached: bool, fill: impl FnOnce(&mut OutBuf<'_>) -> T + Send) -> T {
        let start = infallible!(self.last.py(), PyBytes_AsString(self.last)).cast::<MaybeUninit<u8>>();
        // SAFETY: the block has `capacity` bytes.
        let spare = unsafe { start.add(self.filled) };
        // SAFETY: they are there from `spare` on, and nobody else sees them; those after `filled` are only written to. An
        // object of no bytes is shared, but none are written to it.
        let spare = unsafe { slice::from_raw_parts_mut(spare, self.capacity - self.filled) };
        let py = self.last.py();
        let (result, written) =
            if detached { py.detach(|| OutBuf::with(spare, fill)) } else { OutBuf::with(spare, fill) };
        self.filled += written;
        result
    }

    /// Makes space for more, unless some remains, or the limit is reached.
    pub fn grow(&mut self) -> Result<(), OutOfMemory> {
        if self.remaining() > 0 {
            return Ok(());
        }
        let size = BLOCK_KIB[(self.full.len() + 1).min(BLOCK_KIB.len() - 1)] << 10;
        let size = size.min(self.limit - self.len());
        if size == 0 {
            return Ok(());
        }
        let next = block(self.last.py(), size)?;
        self.full.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.before += self.capacity;
        self.full.push(std::mem::replace(&mut self.last, next));
        (self.capacity, self.filled) = (size, 0);
        Ok(())
    }

    /// Makes space for `total` bytes in all by one block, to which what has been written is moved, for a caller that can
    /// estimate how long the output becomes. Falls back to [`grow`](Self::grow) without memory for that, or when there are
    /// several blocks.
    pub fn grow_to(&mut self, total: usize) -> Result<(), OutOfMemory> {
        let (py, total) = (self.last.py(), total.min(self.limit));
        if !self.full.is_empty() || total <= self.capacity {
            return self.grow();
        }
        let Ok(next) = block(py, total) else { return self.grow() };
        let before = std::mem::replace(&mut self.last, next);
        self.capacity = total;
        let filled = std::mem::take(&mut self.filled);
        let start = infallible!(py, PyBytes_AsString(before)).cast::<u8>();
        // SAFETY: the first `filled` bytes of the block are initialised (invariants).
        let bytes = unsafe { slice::from_raw_parts(start, filled) };
        self.fill(false, |out| out.extend_from_slice(bytes));
        Ok(())
    }

    /// All that has been written, as a `bytes` object.
    pub fn finish(self) -> PyResult<Bound<'py>> {
        // An object keeps the memory that it was made with, so a block is handed out only if little of it is unused.
        if self.full.is_empty() && self.filled >= self.capacity - self.capacity / 8 {
            let bytes = if self.filled == self.capacity { Ok(self.last) } else { shrink(self.last, self.filled) };
            return bytes.map(Bound::into_any);
        }
        let py = self.last.py();
        let bytes = PyBytes::new_with(py, Some(self.len()), |out| {
            for block in &self.full {
                out.extend_from_slice(block.as_bytes());
            }
            let start = infallible!(py, PyBytes_AsString(self.last)).cast::<u8>();
            // SAFETY: the first `filled` bytes of the last block are initialised (invariants).
            out.extend_from_slice(unsafe { slice::from_raw_parts(start, self.filled) });
            Ok(())
        });
        bytes.map(Bound::into_any)
    }
}

/// A new `bytes` object of `size` uninitialised bytes.
#[inline]
fn block(py: Python<'_>, size: usize) -> Result<Bound<'_, PyBytes>, OutOfMemory> {
    let size = ffi::Py_ssize_t::try_from(size).map_err(|_| OutOfMemory)?;
    // SAFETY: the thread is attached, as the token proves; NULL requests uninitialised contents.
    let object = unsafe { ffi::PyBytes_FromStringAndSize(ptr::null(), size) };
    // SAFETY: a new reference, or NULL with an exception set, as for a size too large.
    let object = unsafe { owned_or_err(py, object) }.map_err(|error| {
        // The caller raises its own, when it has given up its locks.
        error.clear(py);
        OutOfMemory
    })?;
    // SAFETY: the call makes a bytes object.
    Ok(unsafe { object.cast_into_unchecked() })
}
