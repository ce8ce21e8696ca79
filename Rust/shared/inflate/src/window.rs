//! The sliding window: the last bytes of the output of earlier calls.

use crate::allocation::{Allocation, Memory};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

/// A ring buffer, allocated when it is first needed.
///
/// # Invariants
///
/// - The first `have` bytes of the ring are initialised: it is filled from its start on.
/// - `next` is less than the size of the ring, and at most `have`; when it is less than `have`, the ring is full.
pub(crate) struct Window {
    ring: Option<Allocation<MaybeUninit<u8>>>,
    /// zlib's `whave`: how many bytes are valid.
    have: usize,
    /// zlib's `wnext`: where the next byte goes.
    next: usize,
}

impl Window {
    pub(crate) const fn new() -> Self {
        Self { ring: None, have: 0, next: 0 }
    }

    /// Empties the window, and keeps its memory.
    pub(crate) fn reset(&mut self) {
        (self.have, self.next) = (0, 0);
    }

    /// How far back a distance can go.
    #[inline(always)]
    pub(crate) fn have(&self) -> usize {
        self.have
    }

    /// zlib's `updatewindow`: appends output, of which the last `1 << bits` bytes are kept. `None` if there is no memory.
    pub(crate) fn update(&mut self, memory: Memory, bits: u8, output: &[u8]) -> Option<()> {
        let ring = match &mut self.ring {
            // The ring may come from an earlier stream with another window size.
            Some(ring) if ring.len() == 1 << bits => ring,
            other => {
                // A new ring has no valid bytes. If there is no memory for it, the window stays without a ring, and has
                // none either.
                *other = None;
                (self.have, self.next) = (0, 0);
                other.insert(Allocation::new(memory, 1 << bits, MaybeUninit::uninit())?)
            }
        };
        let output = &output[output.len().saturating_sub(ring.len())..];
        if output.len() == ring.len() {
            self.next = 0;
        }
        let (first, second) = output.split_at(output.len().min(ring.len() - self.next));
        OutBuf::new(&mut ring[self.next..]).extend_from_slice(first);
        OutBuf::new(ring).extend_from_slice(second);
        self.next = if second.is_empty() { (self.next + first.len()) % ring.len() } else { second.len() };
        self.have = ring.len().min(self.have + output.len());
        Some(())
    }

    /// The bytes from `distance` before the end on, up to `len` of them, and as many as are contiguous.
    ///
    /// # Panics
    ///
    /// When `distance` is 0 or more than [`have`](Self::have).
    #[inline(always)]
    pub(crate) fn contiguous(&self, distance: usize, len: usize) -> &[MaybeUninit<u8>] {
        let ring = self.ring.as_deref().unwrap_or_default();
        let (start, contiguous) = self.place(distance);
        // All of this is initialised: it ends at `next` or at `have`.
        &ring[..self.have][start..][..contiguous.min(len)]
    }

    /// Where the bytes from `distance` before the end on are in the ring, and how many of them are contiguous.
    #[inline(always)]
    fn place(&self, distance: usize) -> (usize, usize) {
        match self.next.checked_sub(distance) {
            Some(start) => (start, distance),
            None => (self.have + self.next - distance, distance - self.next),
        }
    }

    /// The bytes from `distance` before the end on, `len` of them, and `more` of the ring that have no meaning; `None` if they are not
    /// contiguous, or there are not so many more.
    #[inline(always)]
    pub(crate) fn piece(&self, distance: usize, len: usize, more: usize) -> Option<&[MaybeUninit<u8>]> {
        let (start, contiguous) = self.place(distance);
        if len > contiguous {
            return None;
        }
        self.ring.as_deref()?.get(start..start + len + more)
    }

    /// Appends the bytes from `distance` before the end on to `out`: `len` at most, and as many as are contiguous. Returns
    /// how many.
    pub(crate) fn copy_to(&self, out: &mut OutBuf<'_>, distance: usize, len: usize) -> usize {
        let bytes = self.contiguous(distance, len);
        out.spare_mut()[..bytes.len()].copy_from_slice(bytes);
        // SAFETY: the bytes are initialised (`contiguous`), and have been copied there.
        unsafe { out.advance(bytes.len()) };
        bytes.len()
    }

    pub(crate) fn try_clone(&self) -> Option<Self> {
        let ring = match &self.ring {
            Some(ring) => Some(ring.try_clone()?),
            None => None,
        };
        Some(Self { ring, ..*self })
    }
}
