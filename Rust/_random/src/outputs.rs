//! A generator for many threads.
//!
//! The outputs of the current block, and a position in them, are atomic. A thread that takes a few outputs reads them, and
//! then moves the position by compare-and-exchange: if that succeeds, no other thread had moved it meanwhile, and the
//! outputs were those of the position. So each call gets the outputs that one of some order of calls gets, and
//! no output is lost or handed out twice. There is nothing to wait for: a thread that fails has seen another one succeed.
//!
//! All else (the next block, many outputs, another state) is done by one thread at a time, the one that has the state,
//! which is in a lock. It first moves the position to [`FROZEN`], where no other thread finds outputs, and at the end
//! to where it continues. Each time the generation changes, which is part of the position: a thread that has slept since it
//! read the outputs of an earlier generation fails.
//!
//! Memory order: the stores of outputs come after a release fence that follows freezing, and the loads before an acquire
//! fence that precedes the exchange. A thread that has read an output of a later generation therefore sees that the
//! position has changed, and fails. (The same protocol as that of a sequence lock: H.-J. Boehm, "Can seqlocks get along with
//! programming language memory models?", MSPC 2012.)

#![forbid(unsafe_code)]

use crate::mt19937::{self, Block, N};
use std::array;
use std::ops::DerefMut;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// The index, in a position, at which there are no outputs. No index in a block is as large.
const FROZEN: u64 = 0x3ff;

/// How many bits the index has; the generation has the other 54, which are not used up in a thousand years.
const INDEX_BITS: u32 = 10;

/// The bytes of a cache line, or of two where they are fetched in pairs.
const LINE: usize = 128;

/// The outputs of a block that have not been taken yet.
#[derive(Debug)]
#[repr(C)]
pub struct Outputs {
    /// In the same order in memory, the position has cache lines of its own: it is all that is written again and again.
    words: [AtomicU32; N],
    _before: [u8; LINE],
    position: AtomicU64,
    _after: [u8; LINE],
}

impl Outputs {
    /// Those of the state that is all zero, in which CPython's generator is until it is seeded.
    pub fn new() -> Self {
        Self {
            words: array::from_fn(|_| AtomicU32::new(0)),
            _before: [0; LINE],
            position: AtomicU64::new(0),
            _after: [0; LINE],
        }
    }

    /// The next outputs; `None` if this block does not have so many, or is frozen.
    #[inline]
    pub fn take<const COUNT: usize>(&self) -> Option<[u32; COUNT]> {
        let mut taken = [0; COUNT];
        self.fill(&mut taken).then_some(taken)
    }

    /// Takes as many outputs as there is room for. False if this block does not have so many, or is frozen: then none are taken.
    #[inline]
    pub fn fill(&self, target: &mut [u32]) -> bool {
        let mut position = self.position.load(Ordering::Acquire);
        loop {
            let index = (position & FROZEN) as usize;
            let Some(words) = self.words.get(index..index + target.len()) else { return false };
            for (word, output) in target.iter_mut().zip(words) {
                *word = output.load(Ordering::Relaxed);
            }
            fence(Ordering::Acquire);
            let next = position + target.len() as u64;
            match self.position.compare_exchange_weak(position, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(other) => position = other,
            }
        }
    }

    /// Where the position is. The caller has the state, so that the block is not frozen.
    fn index(&self) -> usize {
        (self.position.load(Ordering::Acquire) & FROZEN) as usize
    }

    /// Moves the position to where no thread finds outputs. Returns the next generation, and the index before. The caller
    /// has the state, so that no other thread does the same.
    fn freeze(&self) -> (u64, usize) {
        let generation = (self.position.load(Ordering::Relaxed) >> INDEX_BITS).wrapping_add(1) << INDEX_BITS;
        let before = self.position.swap(generation | FROZEN, Ordering::AcqRel);
        fence(Ordering::Release);
        (generation, (before & FROZEN) as usize)
    }

    /// The opposite of [`freeze`](Self::freeze).
    fn thaw(&self, generation: u64, index: usize) {
        self.position.store(generation | index as u64, Ordering::Release);
    }

    /// Stores outputs from an index on, while the block is frozen.
    fn store(&self, block: &Block, index: usize) {
        for (output, word) in self.words.iter().zip(block).skip(index) {
            output.store(*word, Ordering::Relaxed);
        }
    }
}

impl Default for Outputs {
    fn default() -> Self {
        Self::new()
    }
}

/// The words of a state and the index of the next one, N when all have been used: what `getstate()` returns.
pub fn state(mt: &Block, outputs: &Outputs) -> (Block, usize) {
    (*mt, outputs.index())
}

/// Continues with another state.
pub fn set_state(mt: &mut Block, outputs: &Outputs, new: &Block, index: usize) {
    let (generation, _) = outputs.freeze();
    *mt = *new;
    let index = index.min(N);
    if index < N {
        let mut block = [0; N];
        mt19937::temper(mt, &mut block);
        outputs.store(&block, index);
    }
    outputs.thaw(generation, index);
}

/// A generator in the hands of one thread, until this is dropped.
#[derive(Debug)]
pub struct Frozen<'a, S: DerefMut<Target = Block>> {
    mt: S,
    outputs: &'a Outputs,
    /// The position at which the other threads find no outputs.
    generation: u64,
    index: usize,
    /// The outputs of the state, if they are not those that the other threads have seen.
    block: Block,
    fresh: bool,
}

impl<'a, S: DerefMut<Target = Block>> Frozen<'a, S> {
    /// Takes the generator. `mt` is its state, or the guard of its lock, so that no other thread does the same.
    #[inline]
    pub fn new(mt: S, outputs: &'a Outputs) -> Self {
        let (generation, index) = outputs.freeze();
        Self { mt, outputs, generation, index, block: [0; N], fresh: false }
    }

    /// Takes as many outputs as there is room for.
    pub fn fill(&mut self, mut target: &mut [u32]) {
        loop {
            let count = target.len().min(N - self.index);
            let (now, later) = target.split_at_mut(count);
            let range = self.index..self.index + count;
            if self.fresh {
                now.copy_from_slice(&self.block[range]);
            } else {
                for (word, output) in now.iter_mut().zip(&self.outputs.words[range]) {
                    *word = output.load(Ordering::Relaxed);
                }
            }
            self.index += count;
            if later.is_empty() {
                return;
            }
            mt19937::next_block(&mut self.mt, &mut self.block);
            (self.fresh, self.index, target) = (true, 0, later);
        }
    }
}

impl<S: DerefMut<Target = Block>> Drop for Frozen<'_, S> {
    #[inline]
    fn drop(&mut self) {
        if self.fresh {
            self.outputs.store(&self.block, self.index);
        }
        self.outputs.thaw(self.generation, self.index);
    }
}

#[cfg(test)]
mod tests {
    use super::{Frozen, Outputs, set_state, state};
    use crate::mt19937::{Block, N, from_word, next_block};
    use std::sync::Mutex;
    use std::thread;

    /// What the boundary does.
    fn pair(mt: &Mutex<Block>, outputs: &Outputs) -> [u32; 2] {
        outputs.take().unwrap_or_else(|| {
            let mut taken = [0; 2];
            Frozen::new(mt.lock().expect("not poisoned"), outputs).fill(&mut taken);
            taken
        })
    }

    fn sequence(mut mt: Block, count: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let mut block = [0; N];
        while found.len() < count {
            next_block(&mut mt, &mut block);
            found.extend_from_slice(&block);
        }
        found.truncate(count);
        found
    }

    #[test]
    fn any_way_of_taking_outputs_gives_the_same_sequence() {
        let (mut mt, outputs) = ([0; N], Outputs::new());
        assert_eq!(outputs.take::<3>(), Some([0; 3]));
        set_state(&mut mt, &outputs, &from_word(1), N);
        let mut found = Vec::new();
        for count in (0..2000).map(|n| n * 37 % 1500) {
            match count % 3 {
                0 => {
                    let mut taken = vec![0; count];
                    Frozen::new(&mut mt, &outputs).fill(&mut taken);
                    found.extend(taken);
                }
                1 => found.extend(outputs.take::<1>().into_iter().flatten()),
                _ => found.extend(outputs.take::<2>().into_iter().flatten()),
            }
            if count % 7 == 0 {
                let (words, index) = state(&mt, &outputs);
                set_state(&mut mt, &outputs, &words, index);
            }
        }
        assert_eq!(found, sequence(from_word(1), found.len()));
    }

    #[test]
    fn threads_share_one_sequence() {
        const THREADS: usize = 4;
        const CALLS: usize = 50_000;
        let (mt, outputs) = (Mutex::new([0; N]), Outputs::new());
        set_state(&mut mt.lock().expect("not poisoned"), &outputs, &from_word(7), N);
        let mut found: Vec<[u32; 2]> = thread::scope(|scope| {
            let work = || (0..CALLS).map(|_| pair(&mt, &outputs)).collect::<Vec<_>>();
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        let mut expected: Vec<[u32; 2]> =
            sequence(from_word(7), 2 * THREADS * CALLS).chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert!(found == expected);
    }
}
