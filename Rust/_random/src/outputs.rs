//! A generator for many threads.
//!
//! The outputs of a block, and a position in them, are atomic. A thread that takes a few outputs reads them, and then moves the
//! position by compare-and-exchange: if that succeeds, no other thread had moved it meanwhile, and the outputs
//! were those of the position. So each call gets the outputs that one of some order of calls gets, and no output is lost or
//! handed out twice. No thread has to wait for another one: one that fails has seen another one succeed. It does wait for a moment
//! where that is faster for all: when another thread takes outputs at a high rate.
//!
//! There is memory for two blocks, the current one and the next. The generation, a part of the position, is the number of the
//! current block, and its last bit says where that is. Whoever comes to a quarter of a block prepares the next one in
//! the other place, so that mostly nobody waits at the end. Preparing, taking many outputs and setting another state are
//! done by one thread at a time, the one that has the lock. To do more than prepare, it first moves the position to
//! [`FROZEN`], where no other thread finds outputs, and at the end to where it continues.
//!
//! Memory order: a block is stored in the place of one that is no longer current. The stores come after a release fence that
//! follows a look at the position or a change of it, and the loads before an acquire fence that precedes the
//! exchange. A thread that has read an output of a later block therefore sees that the position has changed, and
//! fails. (The protocol is that of a sequence lock: H.-J. Boehm, "Can seqlocks get along with programming language memory
//! models?", MSPC 2012.)

#![forbid(unsafe_code)]

use crate::mt19937::{self, Block, N};
use std::array;
use std::hint::spin_loop;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};

/// The index, in a position, at which there are no outputs. No index in a block is as large.
const FROZEN: u64 = 0x3ff;

/// How many bits the index has; the generation has the other 54, which are not used up in a thousand years.
const INDEX_BITS: u32 = 10;

/// The next block is prepared by the thread that comes to this index.
const PREPARE: usize = N / 4;

/// The bytes of a cache line, or of two where they are fetched in pairs.
const LINE: usize = 128;

/// How many outputs another thread takes in a few pauses if it does little else.
const BUSY: u64 = 2;

/// How often a thread pauses before it looks whether another one takes outputs: about as long as a cache line takes to move.
const FIRST_PAUSES: usize = 2;

/// How often it pauses then, and how often it looks again. A pause takes 5 to 60 ns, depending on the processor, and all of them about
/// as long as some hundred calls of `random()`.
const PAUSES: usize = 64;
const ROUNDS: usize = 16;

/// What a thread has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nothing: there are not so many outputs, and the next block has to be [prepared](Locked::prepare).
    Nothing,
    /// As many outputs as were requested.
    All,
    /// The same, and the next block should be prepared.
    AllAndPrepare,
}

/// The outputs of a block that have not been taken yet, and perhaps those of the next one.
#[derive(Debug)]
#[repr(C)]
pub struct Outputs {
    /// In the same order in memory, the position has cache lines of its own: it is all that is written again and again.
    blocks: [[AtomicU32; N]; 2],
    /// The generation of the latest block that has been prepared.
    prepared: AtomicU64,
    _before: [u8; LINE],
    position: AtomicU64,
    /// The thread that has taken the last outputs, as an address of its own; 0 before the first.
    last_thread: AtomicUsize,
    _after: [u8; LINE],
}

impl Outputs {
    /// Those of the state that is all zero, in which CPython's generator is until it is seeded.
    pub fn new() -> Self {
        Self {
            blocks: array::from_fn(|_| array::from_fn(|_| AtomicU32::new(0))),
            prepared: AtomicU64::new(0),
            _before: [0; LINE],
            position: AtomicU64::new(0),
            last_thread: AtomicUsize::new(0),
            _after: [0; LINE],
        }
    }

    /// The position, after a wait if another thread takes outputs at a high rate.
    #[inline]
    fn position_to_take(&self) -> u64 {
        thread_local! {
            static HERE: u8 = const { 0 };
        }
        let this_thread = HERE.with(|here| ptr::from_ref(here).addr());
        if self.last_thread.load(Ordering::Relaxed) != this_thread {
            self.back_off();
            self.last_thread.store(this_thread, Ordering::Relaxed);
        }
        self.position.load(Ordering::Acquire)
    }

    /// Leaves the position to a thread that takes outputs one after the other, for a moment. Otherwise the cache line would move
    /// between two cores at each call, which takes longer than the call. (Backoff: T. E. Anderson, "The performance of spin lock
    /// alternatives for shared-memory multiprocessors", 1990.)
    #[cold]
    fn back_off(&self) {
        let mut before = self.position.load(Ordering::Relaxed);
        for pauses in [FIRST_PAUSES].into_iter().chain([PAUSES; ROUNDS]) {
            (0..pauses).for_each(|_| spin_loop());
            let after = self.position.load(Ordering::Relaxed);
            if after.wrapping_sub(before) < BUSY {
                break;
            }
            before = after;
        }
    }

    /// The next outputs, if this block has so many, and whether the next block should be prepared.
    #[inline]
    pub fn take<const COUNT: usize>(&self) -> Option<([u32; COUNT], bool)> {
        let mut position = self.position_to_take();
        loop {
            let (generation, index) = split(position);
            let words = self.block(generation).get(index..index + COUNT)?;
            let taken = array::from_fn(|at| words[at].load(Ordering::Relaxed));
            match self.advance(position, position + COUNT as u64) {
                Ok(()) => return Some((taken, comes_to_prepare(index, COUNT))),
                Err(other) => position = other,
            }
        }
    }

    /// Takes as many outputs as there is room for, which are fewer than a block has.
    #[inline]
    pub fn fill(&self, target: &mut [u32]) -> Taken {
        let mut position = self.position_to_take();
        loop {
            let (generation, index) = split(position);
            let next = match self.block(generation).get(index..index + target.len()) {
                Some(words) => {
                    load(words, target);
                    position + target.len() as u64
                }
                None => match self.load_of_two(generation, index, target) {
                    Some(next) => next,
                    None => return Taken::Nothing,
                },
            };
            match self.advance(position, next) {
                Ok(()) if comes_to_prepare(index, target.len()) => return Taken::AllAndPrepare,
                Ok(()) => return Taken::All,
                Err(other) => position = other,
            }
        }
    }

    /// Moves the position, after outputs have been read, unless another thread has moved it: then this is where.
    #[inline]
    fn advance(&self, position: u64, next: u64) -> Result<(), u64> {
        fence(Ordering::Acquire);
        self.position.compare_exchange_weak(position, next, Ordering::AcqRel, Ordering::Acquire).map(drop)
    }

    /// Reads the last outputs of a block, and the first ones of the next block, if that has been prepared. Returns the position
    /// after them.
    #[cold]
    fn load_of_two(&self, generation: u64, index: usize, target: &mut [u32]) -> Option<u64> {
        let last = self.block(generation).get(index..)?;
        let next = generation.wrapping_add(1);
        if self.prepared.load(Ordering::Acquire) != next {
            return None;
        }
        let (now, later) = target.split_at_mut_checked(last.len())?;
        load(last, now);
        load(self.block(next).get(..later.len())?, later);
        Some(next << INDEX_BITS | later.len() as u64)
    }

    /// Where the block of a generation is.
    #[inline]
    fn block(&self, generation: u64) -> &[AtomicU32; N] {
        let [even, odd] = &self.blocks;
        if generation.is_multiple_of(2) { even } else { odd }
    }

    fn store(&self, generation: u64, block: &Block) {
        for (output, word) in self.block(generation).iter().zip(block) {
            output.store(*word, Ordering::Relaxed);
        }
    }
}

impl Default for Outputs {
    fn default() -> Self {
        Self::new()
    }
}

#[inline]
fn split(position: u64) -> (u64, usize) {
    (position >> INDEX_BITS, (position & FROZEN) as usize)
}

#[inline]
fn comes_to_prepare(index: usize, count: usize) -> bool {
    index < PREPARE && index + count >= PREPARE
}

#[inline]
fn load(outputs: &[AtomicU32], target: &mut [u32]) {
    for (word, output) in target.iter_mut().zip(outputs) {
        *word = output.load(Ordering::Relaxed);
    }
}

/// A generator while one thread has the lock of it, whose guard is `L`.
#[derive(Debug)]
pub struct Locked<'a, L> {
    outputs: &'a Outputs,
    _lock: L,
}

impl<'a, L> Locked<'a, L> {
    /// No other thread makes a value of this type for the same outputs, as long as this one lives.
    pub fn new(outputs: &'a Outputs, lock: L) -> Self {
        Self { outputs, _lock: lock }
    }

    /// The number of the current block, and where the position is. The block is not frozen, and may be used up meanwhile.
    fn current(&self) -> (u64, usize) {
        split(self.outputs.position.load(Ordering::Acquire))
    }

    /// The words of the state from which the outputs of a block are tempered. Without the lock, no block is stored.
    fn words(&self, generation: u64) -> Block {
        let (mut block, mut mt) = ([0; N], [0; N]);
        load(self.outputs.block(generation), &mut block);
        mt19937::untemper(&block, &mut mt);
        mt
    }

    /// Prepares the next block, unless that has been done.
    pub fn prepare(&self) {
        let (generation, _) = self.current();
        let next = generation.wrapping_add(1);
        if self.outputs.prepared.load(Ordering::Relaxed) == next {
            return;
        }
        let (mut mt, mut block) = (self.words(generation), [0; N]);
        mt19937::next_block(&mut mt, &mut block);
        // Nobody gets to the next block before it has been prepared.
        fence(Ordering::Release);
        self.outputs.store(next, &block);
        self.outputs.prepared.store(next, Ordering::Release);
    }

    /// The words of the state and the index of the next one, N when all have been used: what `getstate()` returns.
    pub fn state(&self) -> (Block, usize) {
        let (generation, index) = self.current();
        (self.words(generation), index)
    }

    /// Moves the position to where no thread finds outputs. Returns the number of the current block, and where the position was.
    fn freeze(&self) -> (u64, usize) {
        let before = self.outputs.position.fetch_or(FROZEN, Ordering::AcqRel);
        fence(Ordering::Release);
        split(before)
    }

    /// Continues at an index of the same block, or of another one, which becomes the next.
    fn thaw(&self, mut generation: u64, index: usize, block: Option<&Block>) {
        if let Some(block) = block {
            generation = generation.wrapping_add(1);
            self.outputs.store(generation, block);
        }
        self.outputs.position.store(generation << INDEX_BITS | index as u64, Ordering::Release);
    }

    /// Continues with another state.
    pub fn set_state(self, mt: &Block, index: usize) {
        let mut block = [0; N];
        mt19937::temper(mt, &mut block);
        let (generation, _) = self.freeze();
        self.thaw(generation, index.min(N), Some(&block));
    }
}

/// A generator from which other threads take nothing, until this is dropped.
#[derive(Debug)]
pub struct Frozen<'a, L> {
    locked: Locked<'a, L>,
    generation: u64,
    index: usize,
    /// The outputs of the state, and its words, if they are not those that the other threads have seen.
    block: Block,
    mt: Block,
    fresh: bool,
}

impl<'a, L> Frozen<'a, L> {
    /// Moves the position to where no thread finds outputs.
    #[inline]
    pub fn new(locked: Locked<'a, L>) -> Self {
        let (generation, index) = locked.freeze();
        Self { locked, generation, index, block: [0; N], mt: [0; N], fresh: false }
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
                load(&self.locked.outputs.block(self.generation)[range], now);
            }
            self.index += count;
            if later.is_empty() {
                return;
            }
            if !self.fresh {
                self.mt = self.locked.words(self.generation);
                self.fresh = true;
            }
            mt19937::next_block(&mut self.mt, &mut self.block);
            (self.index, target) = (0, later);
        }
    }
}

impl<L> Drop for Frozen<'_, L> {
    #[inline]
    fn drop(&mut self) {
        self.locked.thaw(self.generation, self.index, self.fresh.then_some(&self.block));
    }
}

#[cfg(test)]
mod tests {
    use super::{Frozen, Locked, Outputs, Taken};
    use crate::mt19937::tests::outputs;
    use crate::mt19937::{N, from_word};
    use std::sync::{Mutex, MutexGuard};
    use std::thread;

    /// A generator as the boundary has it.
    struct Shared {
        outputs: Outputs,
        lock: Mutex<()>,
    }

    impl Shared {
        fn new(seed: u32) -> Self {
            let new = Self { outputs: Outputs::new(), lock: Mutex::new(()) };
            new.locked().set_state(&from_word(seed), N);
            new
        }

        fn locked(&self) -> Locked<'_, MutexGuard<'_, ()>> {
            Locked::new(&self.outputs, self.lock.lock().expect("not poisoned"))
        }

        fn take<const COUNT: usize>(&self) -> [u32; COUNT] {
            if let Some((taken, prepare)) = self.outputs.take() {
                if prepare {
                    self.locked().prepare();
                }
                return taken;
            }
            let mut taken = [0; COUNT];
            loop {
                let found = self.outputs.fill(&mut taken);
                if found != Taken::All {
                    self.locked().prepare();
                }
                if found != Taken::Nothing {
                    return taken;
                }
            }
        }
    }

    #[test]
    fn any_way_of_taking_outputs_gives_the_same_outputs() {
        let shared = Shared::new(1);
        let mut found = Vec::new();
        for count in (0..4000).map(|n| n * 37 % 1500) {
            match count % 3 {
                0 => {
                    let mut taken = vec![0; count];
                    Frozen::new(shared.locked()).fill(&mut taken);
                    found.extend(taken);
                }
                1 => found.extend(shared.take::<1>()),
                _ => found.extend(shared.take::<31>()),
            }
            if count % 7 == 0 {
                let (words, index) = shared.locked().state();
                shared.locked().set_state(&words, index);
            }
        }
        assert_eq!(found, outputs(from_word(1), found.len()));
    }

    #[test]
    fn the_state_that_is_all_zero() {
        let outputs = Outputs::new();
        assert_eq!(outputs.fill(&mut [7; 3]), Taken::All);
        assert_eq!(Locked::new(&outputs, ()).state(), ([0; N], 3));
    }

    #[test]
    fn threads_share_one_outputs() {
        const THREADS: usize = 4;
        const CALLS: usize = 50_000;
        let shared = Shared::new(7);
        let mut found: Vec<[u32; 2]> = thread::scope(|scope| {
            let work = || (0..CALLS).map(|_| shared.take()).collect::<Vec<_>>();
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        let all = outputs(from_word(7), 2 * THREADS * CALLS);
        let mut expected: Vec<[u32; 2]> = all.as_chunks().0.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert!(found == expected);
    }
}
