//! Output whose length is not known beforehand, as that of a decompressor.

use crate::bytes::shrink;
use crate::{Bound, OutBuf, PyResult, Python, bytes_as_slice, bytes_with};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// How large the blocks are, in KiB; the last size is repeated. Large ones come late, so that little is asked for in
/// vain, and soon enough for there to be few.
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

/// Output that grows by blocks, each a `bytes` object, of which the end makes one.
///
/// What fits into the first block is never copied, unless most of the block stayed empty; anything longer is copied
/// once.
///
/// # Invariants
///
/// - Each block is a `bytes` object that nobody else has a reference to.
/// - All of each block in `full` is initialised, and the first `filled` bytes of `last` are.
/// - `before` is the sum of the lengths of `full`, `room` the length of `last`; `before + room <= limit`.
#[derive(Debug)]
pub struct BlockOutput<'py> {
    full: Vec<Bound<'py>>,
    last: Bound<'py>,
    room: usize,
    filled: usize,
    before: usize,
    limit: usize,
}

impl<'py> BlockOutput<'py> {
    /// Room for `first` bytes to begin with, and for `limit` in all.
    #[inline]
    pub fn new(py: Python<'py>, first: usize, limit: usize) -> Result<Self, OutOfMemory> {
        let room = first.min(limit);
        Ok(Self { full: Vec::new(), last: block(py, room)?, room, filled: 0, before: 0, limit })
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
    pub fn room(&self) -> usize {
        self.room - self.filled
    }

    /// Whether as much has been written as may be.
    #[inline]
    pub fn is_at_limit(&self) -> bool {
        self.len() == self.limit
    }

    /// Lets `fill` write into the room that there is, if `detached` with this thread detached.
    #[inline]
    pub fn fill<T: Send>(&mut self, detached: bool, fill: impl FnOnce(&mut OutBuf<'_>) -> T + Send) -> T {
        // SAFETY: the block has `room` bytes, which nobody else sees; what is behind `filled` is only written to. An
        // object of no bytes is shared, but none are written to it.
        let spare = unsafe {
            let start = ffi::PyBytes_AsString(self.last.as_ptr()).cast::<MaybeUninit<u8>>();
            slice::from_raw_parts_mut(start.add(self.filled), self.room - self.filled)
        };
        let mut out = OutBuf::new(spare);
        let result = if detached { self.last.py().detach(|| fill(&mut out)) } else { fill(&mut out) };
        self.filled += out.len();
        result
    }

    /// Makes room for more, unless there is some, or the limit is reached.
    pub fn grow(&mut self) -> Result<(), OutOfMemory> {
        if self.room() > 0 {
            return Ok(());
        }
        let size = BLOCK_KIB[(self.full.len() + 1).min(BLOCK_KIB.len() - 1)] << 10;
        let size = size.min(self.limit - self.len());
        if size == 0 {
            return Ok(());
        }
        let next = block(self.last.py(), size)?;
        self.full.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.before += self.room;
        self.full.push(std::mem::replace(&mut self.last, next));
        (self.room, self.filled) = (size, 0);
        Ok(())
    }

    /// All that has been written, as a `bytes` object.
    pub fn finish(self) -> PyResult<Bound<'py>> {
        // An object keeps the memory that it was made with, so a block is handed out only if little of it is unused.
        if self.full.is_empty() && self.filled >= self.room - self.room / 8 {
            return if self.filled == self.room { Ok(self.last) } else { shrink(self.last, self.filled) };
        }
        bytes_with(self.last.py(), Some(self.len()), |out| {
            for block in &self.full {
                out.extend_from_slice(bytes_as_slice(block.as_borrowed()).unwrap_or_default());
            }
            // SAFETY: the first `filled` bytes of the last block are initialised (invariants).
            let last =
                unsafe { slice::from_raw_parts(ffi::PyBytes_AsString(self.last.as_ptr()).cast::<u8>(), self.filled) };
            out.extend_from_slice(last);
            Ok(())
        })
    }
}

/// A new `bytes` object of `size` uninitialised bytes.
#[inline]
fn block(py: Python<'_>, size: usize) -> Result<Bound<'_>, OutOfMemory> {
    let size = ffi::Py_ssize_t::try_from(size).map_err(|_| OutOfMemory)?;
    // SAFETY: NULL asks for uninitialised contents. A size too large is refused with an exception, which is cleared:
    // the caller raises its own, when it has given up its locks.
    unsafe {
        let object = Bound::from_owned_or_null(py, ffi::PyBytes_FromStringAndSize(ptr::null(), size));
        object.ok_or_else(|| {
            ffi::PyErr_Clear();
            OutOfMemory
        })
    }
}
