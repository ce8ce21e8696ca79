//! When the fast profile ends a block.
//!
//! Every so many symbols their distribution is compared with that of the block before them, as libdeflate does: literals by
//! three of their bits, matches by whether they are long. A block ends where the sum of the absolute differences is large.

use crate::tables::LITERALS;
use crate::trees::Frequencies;

/// The kinds of symbols that are distinguished.
const KINDS: usize = 10;

/// How many symbols are looked at together.
const STEP: usize = 512;

/// The shortest block, in bytes, that ends here.
const MIN_BLOCK_LENGTH: usize = 10_000;

/// The first length code of what counts as a long match: nine bytes.
const LONG: usize = LITERALS + 1 + 6;

/// What is known of the current block.
#[derive(Clone, Debug)]
pub(crate) struct Splitter {
    /// Counts of the block up to the last comparison.
    observations: [u32; KINDS],
    /// The number of symbols at which the next comparison is due.
    pub(crate) next_check: usize,
}

impl Splitter {
    pub(crate) fn new() -> Self {
        Self { observations: [0; KINDS], next_check: STEP }
    }

    /// Whether the block is to end, after `symbols` symbols for `bytes` bytes.
    #[inline(never)]
    pub(crate) fn should_end(&mut self, freq: &Frequencies, symbols: usize, bytes: usize) -> bool {
        let mut now = [0_u32; KINDS];
        for (high, literals) in freq.lit[..LITERALS].chunks_exact(64).enumerate() {
            let (mut even, mut odd) = (0, 0);
            for pair in literals.chunks_exact(2) {
                even += u32::from(pair[0]);
                odd += u32::from(pair[1]);
            }
            now[2 * high] = even;
            now[2 * high + 1] = odd;
        }
        now[8] = freq.lit[LITERALS + 1..LONG].iter().map(|f| u32::from(*f)).sum();
        now[9] = freq.lit[LONG..].iter().map(|f| u32::from(*f)).sum();
        self.next_check = symbols + STEP;
        let old_count: u32 = self.observations.iter().sum();
        if old_count == 0 {
            self.observations = now;
            return false;
        }
        let new_count = symbols as u32 - old_count;
        let mut delta = 0;
        for (now, old) in now.iter().zip(&self.observations) {
            delta += (old * new_count).abs_diff((now - old) * old_count);
        }
        let mut cutoff = new_count * 200 / 512 * old_count;
        let items = old_count + new_count;
        if items < 8192 {
            cutoff += (u64::from(cutoff) * u64::from(8192 - items) / 8192) as u32;
        }
        if bytes >= MIN_BLOCK_LENGTH && delta + (bytes / 4096).min(symbols / 1024) as u32 * old_count >= cutoff {
            return true;
        }
        self.observations = now;
        false
    }
}
