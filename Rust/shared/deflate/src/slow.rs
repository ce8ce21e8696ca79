//! Levels 4 to 9: lazy evaluation. A match is taken if there is no longer one at the next byte.

use crate::config::{Flush, Strategy};
use crate::longest_match::Search;
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::MIN_MATCH;
use crate::window::{Hash, MIN_LOOKAHEAD, NIL};
use crate::words::Words;

/// Matches of the shortest length that are farther away take more bits than literals.
const TOO_FAR: usize = 4096;

/// How many strings are inserted into the hash chains at once, ahead of the search.
///
/// The string at `strstart + n` takes the place of the one `w_size` before it in `prev`, which is farther from `strstart` than
/// `max_dist` for `n` below `MIN_LOOKAHEAD`.
const INSERT_AHEAD: usize = 128;

/// Why a run ended.
enum Run {
    /// There is too little lookahead.
    Lookahead,
    /// A match has filled the block.
    Match,
    /// A literal has filled the block, and belongs to it.
    Literal,
    /// A literal has been sent while there is no room for output.
    OutputFull,
}

/// The hash chains, and the first string that is not in them.
struct Chains<'a> {
    window: Words<'a>,
    head: &'a mut [u16],
    prev: &'a mut [u16],
    hash: Hash,
    next_insert: usize,
    /// Where the lookahead ends.
    input_end: usize,
}

impl Chains<'_> {
    /// Inserts the strings from `next_insert` on, up to the one before `end` and as far as the lookahead allows.
    #[inline(always)]
    fn insert_strings(&mut self, end: usize) {
        let end = end.min(self.input_end.saturating_sub(MIN_MATCH - 1));
        if self.next_insert < end {
            // From the first two bytes of the first string to the last byte of the last one.
            let bytes = &self.window.bytes()[self.next_insert..end + MIN_MATCH - 1];
            insert_all(self.head, self.prev, self.hash, self.next_insert, bytes);
            self.next_insert = end;
        }
    }
}

/// Inserts the strings of `bytes`, of which the first starts at `at`.
#[inline(never)]
fn insert_all(head: &mut [u16], prev: &mut [u16], hash: Hash, at: usize, bytes: &[u8]) {
    let (head_mask, prev_mask) = (head.len() - 1, prev.len() - 1);
    let [first, second, third_bytes @ ..] = bytes else { return };
    let mut hash = hash.roll(*first, *second);
    for (n, &byte) in third_bytes.iter().enumerate() {
        hash = hash.update(byte);
        let slot = &mut head[hash.index() & head_mask];
        prev[(at + n) & prev_mask] = *slot;
        *slot = (at + n) as u16;
    }
}

impl Deflate {
    pub(crate) fn deflate_slow(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        loop {
            if self.window.lookahead < MIN_LOOKAHEAD {
                self.window.fill_window(&mut io.input, &mut self.check);
                if self.window.lookahead < MIN_LOOKAHEAD && flush == Flush::No {
                    return BlockState::NeedMore;
                }
                if self.window.lookahead == 0 {
                    break;
                }
            }
            let output_full = io.avail_out() == 0;
            match self.slow_run(output_full) {
                Run::Lookahead => {}
                Run::OutputFull => return BlockState::NeedMore,
                Run::Match => {
                    if let Some(state) = self.flush_block(io, false) {
                        return state;
                    }
                }
                Run::Literal => {
                    self.flush_block_only(io, false);
                    self.window.strstart += 1;
                    self.window.lookahead -= 1;
                    if io.avail_out() == 0 {
                        return BlockState::NeedMore;
                    }
                }
            }
        }
        let window = &mut self.window;
        if window.match_available {
            self.block.tally_lit(window.window[window.strstart - 1]);
            window.match_available = false;
        }
        window.insert = window.strstart.min(MIN_MATCH - 1);
        self.flush_rest(io, flush)
    }

    /// Goes on until there is too little lookahead, at least by one byte, or the block is full.
    fn slow_run(&mut self, output_full: bool) -> Run {
        let tuning = self.tuning;
        let max_dist = self.window.max_dist();
        let filtered = self.strategy == Strategy::Filtered;
        let state = &mut self.window;
        let block = &mut self.block;
        let input_end = state.strstart + state.lookahead;
        let mut chains = Chains {
            window: Words::new(&state.window),
            head: &mut state.head,
            prev: &mut state.prev,
            hash: state.hash,
            next_insert: state.next_insert.max(state.strstart),
            input_end,
        };
        let window = chains.window;
        let prev_mask = chains.prev.len() - 1;
        let (max_lazy, good_length) = (usize::from(tuning.max_lazy), usize::from(tuning.good_length));
        let mut strstart = state.strstart;
        let (mut match_length, mut match_start) = (state.match_length, state.match_start);
        let mut match_available = state.match_available;
        let mut prev_length;
        let run = loop {
            let lookahead = input_end - strstart;
            let mut hash_head = NIL;
            if lookahead >= MIN_MATCH {
                if chains.next_insert <= strstart {
                    chains.insert_strings(strstart + INSERT_AHEAD);
                }
                hash_head = usize::from(chains.prev[strstart & prev_mask]);
            } else {
                // It is never inserted, unless a flush ends right after it.
                chains.next_insert = chains.next_insert.max(strstart + 1);
            }
            prev_length = match_length;
            let prev_match = match_start;
            match_length = MIN_MATCH - 1;
            if hash_head != NIL && prev_length < max_lazy && strstart - hash_head <= max_dist {
                let good = prev_length >= good_length;
                let search = Search {
                    window,
                    prev: chains.prev,
                    max_dist,
                    chain_length: usize::from(if good { tuning.max_chain >> 2 } else { tuning.max_chain }),
                    nice_match: usize::from(tuning.nice_length),
                };
                match_length = search.longest_match(strstart, lookahead, prev_length, hash_head, &mut match_start);
                if match_length <= 5
                    && (filtered || (match_length == MIN_MATCH && strstart.wrapping_sub(match_start) > TOO_FAR))
                {
                    match_length = MIN_MATCH - 1;
                }
            }
            if prev_length >= MIN_MATCH && match_length <= prev_length {
                let full = block.tally_dist(strstart - 1 - prev_match, prev_length - MIN_MATCH);
                // The match started at the previous byte.
                let end = strstart + prev_length - 1;
                if chains.next_insert < end {
                    chains.insert_strings(end);
                    chains.next_insert = chains.next_insert.max(end);
                }
                strstart = end;
                prev_length = 0;
                match_available = false;
                match_length = MIN_MATCH - 1;
                if full {
                    break Run::Match;
                }
            } else if match_available {
                if block.tally_lit(window.bytes()[strstart - 1]) {
                    break Run::Literal;
                }
                strstart += 1;
                if output_full {
                    break Run::OutputFull;
                }
            } else {
                match_available = true;
                strstart += 1;
            }
            if input_end - strstart < MIN_LOOKAHEAD {
                break Run::Lookahead;
            }
        };
        state.next_insert = chains.next_insert;
        (state.strstart, state.lookahead) = (strstart, input_end - strstart);
        (state.match_length, state.match_start, state.prev_length) = (match_length, match_start, prev_length);
        state.match_available = match_available;
        run
    }
}
