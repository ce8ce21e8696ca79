//! MT19937 of Matsumoto and Nishimura (1998), with the initialisation of 2002.
//!
//! The state is a block of 624 words. The recurrence makes the next block of it, and tempering makes an output of each
//! word. Both work on whole blocks, in loops that compile to vector instructions.

use cpu_level::Level;

/// How many words the state has: the degree of the recurrence.
pub const N: usize = 624;
const M: usize = 397;
const MATRIX_A: u32 = 0x9908_b0df;
const UPPER_MASK: u32 = 0x8000_0000;
const LOWER_MASK: u32 = 0x7fff_ffff;

/// The words of a state, or the outputs that are tempered from them.
pub type Block = [u32; N];

/// The state after `init_genrand(seed)` of the reference implementation.
#[doc(alias = "init_genrand")]
pub const fn from_word(seed: u32) -> Block {
    let mut mt = [0; N];
    let mut last = seed;
    mt[0] = seed;
    let mut index = 1;
    while index < N {
        last = (last ^ (last >> 30)).wrapping_mul(1_812_433_253).wrapping_add(index as u32);
        mt[index] = last;
        index += 1;
    }
    mt
}

/// The state that a key is added to.
static BEFORE_KEY: Block = from_word(19_650_218);

/// The state after `init_by_array` of the reference implementation, for the key of the words that `word` returns for each
/// index below `len`, which is not zero.
#[doc(alias = "init_by_array")]
#[inline]
pub fn set_key(mt: &mut Block, len: usize, word: impl Fn(usize) -> u32) {
    *mt = BEFORE_KEY;
    let mut last = mt[0];
    // The next word to change, 1 to N - 1 again and again. The one after N - 1 follows a copy of it in the first word.
    let mut i = 1;
    let mut j = 0;
    for _ in 0..len.max(N) {
        last = (mt[i] ^ (last ^ (last >> 30)).wrapping_mul(1_664_525)).wrapping_add(word(j)).wrapping_add(j as u32);
        mt[i] = last;
        i = if i + 1 < N { i + 1 } else { 1 };
        j = if j + 1 < len { j + 1 } else { 0 };
    }
    for _ in 1..N {
        last = (mt[i] ^ (last ^ (last >> 30)).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
        mt[i] = last;
        i = if i + 1 < N { i + 1 } else { 1 };
    }
    mt[0] = UPPER_MASK;
}

/// Makes the next block of a state, and the outputs of its words.
#[inline]
pub fn next_block(mt: &mut Block, outputs: &mut Block) {
    next_block_at(Level::detect(), mt, outputs);
}

/// The same with the vector instructions of a level that this processor has.
#[inline]
fn next_block_at(level: Level, mt: &mut Block, outputs: &mut Block) {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx2 {
        // SAFETY: the processor has the instructions, as the level says.
        return unsafe { next_block_avx2(mt, outputs) };
    }
    let _ = level;
    next_block_portable(mt, outputs);
}

fn next_block_portable(mt: &mut Block, outputs: &mut Block) {
    twist(mt);
    temper(mt, outputs);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn next_block_avx2(mt: &mut Block, outputs: &mut Block) {
    twist(mt);
    temper(mt, outputs);
}

/// The recurrence, of 624 steps.
#[inline(always)]
fn twist(mt: &mut Block) {
    #[inline(always)]
    fn step(word: u32, next: u32, far: u32) -> u32 {
        let y = (word & UPPER_MASK) | (next & LOWER_MASK);
        far ^ (y >> 1) ^ ((y & 1).wrapping_neg() & MATRIX_A)
    }
    // The loops read the old block here. Of the new one they read what is at least N - M words back.
    let old = *mt;
    for k in 0..N - M {
        mt[k] = step(old[k], old[k + 1], old[k + M]);
    }
    for k in N - M..2 * (N - M) {
        mt[k] = step(old[k], old[k + 1], mt[k - (N - M)]);
    }
    for k in 2 * (N - M)..N - 1 {
        mt[k] = step(old[k], old[k + 1], mt[k - (N - M)]);
    }
    mt[N - 1] = step(old[N - 1], mt[0], mt[M - 1]);
}

/// The outputs of the words of a state.
#[inline(always)]
pub fn temper(mt: &Block, outputs: &mut Block) {
    for (output, &word) in outputs.iter_mut().zip(mt) {
        let mut y = word;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        *output = y ^ (y >> 18);
    }
}

/// The words of the state from which outputs were tempered: the inverse of the tempering.
#[inline]
pub fn untemper(outputs: &Block, mt: &mut Block) {
    untemper_at(Level::detect(), outputs, mt);
}

#[inline]
fn untemper_at(level: Level, outputs: &Block, mt: &mut Block) {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx2 {
        // SAFETY: the processor has the instructions, as the level says.
        return unsafe { untemper_avx2(outputs, mt) };
    }
    let _ = level;
    untemper_portable(outputs, mt);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn untemper_avx2(outputs: &Block, mt: &mut Block) {
    untemper_portable(outputs, mt);
}

#[inline(always)]
fn untemper_portable(outputs: &Block, mt: &mut Block) {
    for (word, &output) in mt.iter_mut().zip(outputs) {
        // Each step of tempering in reverse order. A step keeps as many bits as it shifts by, and each repetition finds as
        // many more.
        let mut y = output;
        y ^= y >> 18;
        y ^= (y << 15) & 0xefc6_0000;
        let shifted = y;
        for _ in 0..4 {
            y = shifted ^ ((y << 7) & 0x9d2c_5680);
        }
        let shifted = y;
        for _ in 0..2 {
            y = shifted ^ (y >> 11);
        }
        *word = y;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Block, Level, N, from_word, next_block, next_block_at, set_key, temper, untemper_at};

    fn from_key(len: usize, word: impl Fn(usize) -> u32) -> Block {
        let mut mt = [0; N];
        set_key(&mut mt, len, word);
        mt
    }

    /// The first outputs after a state.
    pub(crate) fn outputs(mut mt: Block, count: usize) -> Vec<u32> {
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
    fn outputs_of_the_reference_implementation() {
        // The first of mt19937ar.out, which comes with the reference implementation.
        let key = [0x123, 0x234, 0x345, 0x456];
        let expected = [1_067_595_299, 955_945_823, 477_289_528, 4_107_218_783, 4_228_976_476];
        assert_eq!(outputs(from_key(key.len(), |index| key[index]), 5), expected);
        // std::mt19937 of C++: "the 10000th consecutive invocation of a default-constructed object".
        assert_eq!(outputs(from_word(5489), 10_000)[9_999], 4_123_659_995);
    }

    #[test]
    fn every_level_agrees_with_single_steps() {
        for level in Level::available() {
            let mut mt = from_word(42);
            let mut naive: Vec<u32> = mt.to_vec();
            for round in 0..5 {
                for k in round * N..(round + 1) * N {
                    let y = (naive[k] & 0x8000_0000) | (naive[k + 1] & 0x7fff_ffff);
                    let odd = if y & 1 == 0 { 0 } else { 0x9908_b0df };
                    naive.push(naive[k + 397] ^ (y >> 1) ^ odd);
                }
                let (mut block, mut tempered) = ([0; N], [0; N]);
                next_block_at(level, &mut mt, &mut block);
                assert_eq!(mt[..], naive[(round + 1) * N..], "{level:?}");
                temper(&mt, &mut tempered);
                assert_eq!(block, tempered, "{level:?}");
                untemper_at(level, &block, &mut tempered);
                assert_eq!(mt, tempered, "{level:?}");
            }
        }
    }

    #[test]
    fn keys_of_any_length() {
        let state = |len: usize| from_key(len, |index| index as u32 * 7);
        for len in [1, 2, 623, 624, 625, 1000, 5000] {
            assert_eq!(state(len)[0], 0x8000_0000);
            assert_ne!(state(len), state(len + 1));
        }
    }
}
