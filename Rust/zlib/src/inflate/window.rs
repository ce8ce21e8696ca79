//! The last bytes of the output of earlier steps.

use crate::owned::Owned;
use crate::stream::Memory;
use outbuf::OutBuf;
use std::mem::MaybeUninit;
use std::slice;

/// A ring of bytes, made when it is first needed.
///
/// # Invariants
///
/// - The first `have` bytes of the ring are initialised: it is filled from its start on.
pub(super) struct Window {
    ring: Option<Owned<MaybeUninit<u8>>>,
    /// How many bytes there are, and where the next one goes.
    have: usize,
    next: usize,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { ring: None, have: 0, next: 0 }
    }

    /// An empty one, in the memory of this one.
    pub(super) fn restarted(self) -> Self {
        Self { ring: self.ring, ..Self::new() }
    }

    pub(super) fn exists(&self) -> bool {
        self.ring.is_some()
    }

    /// How far back a distance can go.
    #[inline(always)]
    pub(super) fn have(&self) -> usize {
        self.have
    }

    /// Takes in what has been written last; there is room for `1 << bits` bytes. `None` if there is no memory.
    pub(super) fn extend(&mut self, memory: Memory, bits: u8, data: &[u8]) -> Option<()> {
        let ring = match &mut self.ring {
            // That of another stream may have another size.
            Some(ring) if ring.len() == 1 << bits => ring,
            other => {
                // A new ring has no bytes; and when there is no memory for it, neither has this window.
                *other = None;
                (self.have, self.next) = (0, 0);
                other.insert(Owned::new(memory, 1 << bits, MaybeUninit::uninit())?)
            }
        };
        let data = &data[data.len().saturating_sub(ring.len())..];
        let (first, second) = data.split_at(data.len().min(ring.len() - self.next));
        OutBuf::new(&mut ring[self.next..]).extend_from_slice(first);
        OutBuf::new(ring).extend_from_slice(second);
        self.next = if second.is_empty() { (self.next + first.len()) % ring.len() } else { second.len() };
        self.have = ring.len().min(self.have + data.len());
        Some(())
    }

    /// Writes bytes from `distance` on before the end, which there are; `most` at most, and as many as lie in a row.
    #[inline(always)]
    pub(super) fn copy_to(&self, out: &mut OutBuf<'_>, distance: usize, most: usize) -> usize {
        let ring = self.ring.as_deref().unwrap_or_default();
        // SAFETY: so many are initialised (invariants), and there are no more than the ring has.
        let bytes = unsafe { slice::from_raw_parts(ring.as_ptr().cast::<u8>(), self.have) };
        let (start, len) = match self.next.checked_sub(distance) {
            Some(start) => (start, distance),
            None => (self.have + self.next - distance, distance - self.next),
        };
        let len = len.min(most);
        out.extend_from_slice(&bytes[start..][..len]);
        len
    }

    pub(super) fn try_clone(&self, memory: Memory) -> Option<Self> {
        let ring = match &self.ring {
            Some(ring) => Some(ring.try_clone(memory)?),
            None => None,
        };
        Some(Self { ring, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use crate::testing::memory;
    use outbuf::OutBuf;
    use std::mem::MaybeUninit;

    #[test]
    fn a_ring_of_another_size_starts_empty() {
        for (first, second) in [(15, 9), (9, 15)] {
            let mut window = Window::new();
            let data = vec![b'a'; 1 << first];
            assert!(window.extend(memory(), first, &data).is_some());
            assert!(window.extend(memory(), second, b"xyz").is_some());
            assert_eq!(window.have(), 3);
            let mut memory = [MaybeUninit::uninit(); 8];
            let mut out = OutBuf::new(&mut memory);
            assert_eq!(window.copy_to(&mut out, 3, 8), 3);
            assert_eq!(out.filled(), b"xyz");
        }
    }
}
