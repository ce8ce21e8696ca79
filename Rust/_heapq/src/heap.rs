//! Binary heaps in an array, after J. W. J. Williams, "Algorithm 232: Heapsort" (1964), and R. W. Floyd, "Algorithm 245:
//! Treesort 3" (1964): the children of the item at `k` are at `2k + 1` and `2k + 2`.
//!
//! A comparison may run any code, so which items are compared, and in which order, is as in C.

#![forbid(unsafe_code)]

/// An array that is a heap, or becomes one.
pub trait Heap {
    /// Why two items cannot be compared.
    type Error;

    /// How many items there are. It stays the same: a comparison that changes the number fails.
    fn size(&self) -> usize;

    /// Whether the item at `left` belongs above the one at `right`: in a min-heap, whether it is less.
    fn above(&mut self, left: usize, right: usize) -> Result<bool, Self::Error>;

    /// Exchanges two items.
    fn swap(&mut self, left: usize, right: usize);

    /// Does the part of [`sift_up`] whose comparisons run no Python code. Returns the position of the item if
    /// comparisons are left.
    #[inline]
    fn sift_up_at_once(&mut self, _top: usize, position: usize) -> Option<usize> {
        Some(position)
    }

    /// Does the part of [`sift_down`] whose comparisons run no Python code. Returns the position of the item if
    /// comparisons are left.
    #[inline]
    fn sift_down_at_once(&mut self, top: usize) -> Option<usize> {
        Some(top)
    }
}

/// Moves the item at `position` up to its place, at most to `top`.
#[inline]
pub fn sift_up<H: Heap>(heap: &mut H, top: usize, position: usize) -> Result<(), H::Error> {
    match heap.sift_up_at_once(top, position) {
        Some(position) => climb(heap, top, position),
        None => Ok(()),
    }
}

/// Moves the item at `position` up, comparison by comparison.
#[inline]
fn climb<H: Heap>(heap: &mut H, top: usize, mut position: usize) -> Result<(), H::Error> {
    while position > top {
        let parent = (position - 1) / 2;
        if !heap.above(position, parent)? {
            break;
        }
        heap.swap(position, parent);
        position = parent;
    }
    Ok(())
}

/// Moves the item at `top` down to its place. Both subtrees below it are heaps.
///
/// The item goes down to a leaf first, along the smaller children, and then up again. As it belongs far down most of the
/// time, this takes fewer comparisons than comparing it with the smaller child at each level (Knuth, The Art of Computer
/// Programming, volume 3, section 5.2.3, exercise 18).
#[inline]
pub fn sift_down<H: Heap>(heap: &mut H, top: usize) -> Result<(), H::Error> {
    match heap.sift_down_at_once(top) {
        Some(position) => descend(heap, top, position),
        None => Ok(()),
    }
}

/// Moves an item on its way down from `top`, comparison by comparison. A function of its own, so that those who do not call it do
/// without its frame.
#[inline(never)]
fn descend<H: Heap>(heap: &mut H, top: usize, mut position: usize) -> Result<(), H::Error> {
    let len = heap.size();
    while position < len / 2 {
        let mut child = 2 * position + 1;
        if child + 1 < len {
            child += usize::from(!heap.above(child, child + 1)?);
        }
        heap.swap(position, child);
        position = child;
    }
    climb(heap, top, position)
}

/// From how many items on parents are moved to their places as soon as their children are, while these are in the cache.
const LARGE: usize = 2501;

/// Makes a heap of an array, in linear time.
#[inline]
pub fn heapify<H: Heap>(heap: &mut H) -> Result<(), H::Error> {
    // The first position without children.
    let leaves = heap.size() / 2;
    if heap.size() < LARGE {
        return (0..leaves).rev().try_for_each(|position| sift_down(heap, position));
    }
    // The first position of the row of the first leaf: this row has children in its first part alone, and the row above has
    // no other children than these in its last part.
    let row = (1 << (leaves + 1).ilog2()) - 1;
    for position in (leaves / 2..row).rev().chain((row..leaves).rev()) {
        let mut position = position;
        sift_down(heap, position)?;
        // An odd position is that of a first child: both children of the parent are heaps now.
        while position % 2 == 1 {
            position /= 2;
            sift_down(heap, position)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Heap, heapify, sift_down, sift_up};

    /// A min-heap that counts its comparisons and fails at one of them.
    struct Numbers {
        items: Vec<u64>,
        comparisons: usize,
        limit: usize,
    }

    impl Heap for Numbers {
        type Error = usize;

        fn size(&self) -> usize {
            self.items.len()
        }

        fn above(&mut self, left: usize, right: usize) -> Result<bool, usize> {
            if self.comparisons == self.limit {
                return Err(self.comparisons);
            }
            self.comparisons += 1;
            Ok(self.items[left] < self.items[right])
        }

        fn swap(&mut self, left: usize, right: usize) {
            self.items.swap(left, right);
        }
    }

    impl Numbers {
        fn new(items: Vec<u64>) -> Self {
            Self { items, comparisons: 0, limit: usize::MAX }
        }

        fn is_heap(&self) -> bool {
            (1..self.items.len()).all(|index| self.items[(index - 1) / 2] <= self.items[index])
        }
    }

    /// Random numbers by a linear congruential generator, with many equal ones.
    fn numbers(len: usize) -> Vec<u64> {
        let mut state = len as u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % (1 + len as u64 / 2)
        };
        (0..len).map(|_| next()).collect()
    }

    fn sorted(mut items: Vec<u64>) -> Vec<u64> {
        items.sort_unstable();
        items
    }

    #[test]
    fn every_size_becomes_a_heap() {
        for len in (0..70).chain([511, 512, 1023, 1024, 2499, 2500, 2501, 2502, 3000, 4094, 4095, 4096, 4097, 10_000]) {
            let mut heap = Numbers::new(numbers(len));
            assert_eq!(heapify(&mut heap), Ok(()));
            assert!(heap.is_heap(), "{len}");
            assert!(heap.comparisons <= 2 * len, "{len}");
            assert_eq!(sorted(heap.items), sorted(numbers(len)));
        }
    }

    #[test]
    fn a_large_heap_is_that_of_the_simple_order() {
        for len in [2501, 4095, 4096, 5000, 8191, 10_000] {
            let (mut heap, mut simple) = (Numbers::new(numbers(len)), Numbers::new(numbers(len)));
            assert_eq!(heapify(&mut heap), Ok(()));
            for position in (0..len / 2).rev() {
                assert_eq!(sift_down(&mut simple, position), Ok(()));
            }
            assert_eq!((heap.items, heap.comparisons), (simple.items, simple.comparisons));
        }
    }

    #[test]
    fn items_go_in_and_come_out_in_order() {
        let mut heap = Numbers::new(Vec::new());
        for item in numbers(1000) {
            heap.items.push(item);
            let last = heap.items.len() - 1;
            assert_eq!(sift_up(&mut heap, 0, last), Ok(()));
            assert!(heap.is_heap());
        }
        let mut out = Vec::new();
        while !heap.items.is_empty() {
            out.push(heap.items.swap_remove(0));
            if !heap.items.is_empty() {
                assert_eq!(sift_down(&mut heap, 0), Ok(()));
            }
        }
        assert_eq!(out, sorted(numbers(1000)));
    }

    #[test]
    fn a_comparison_that_fails_ends_it_without_losing_an_item() {
        for limit in 0..200 {
            let mut heap = Numbers { limit, ..Numbers::new(numbers(100)) };
            if heapify(&mut heap).is_ok() {
                assert!(heap.is_heap() && limit > 100);
            }
            assert_eq!(sorted(heap.items), sorted(numbers(100)));
        }
    }
}
