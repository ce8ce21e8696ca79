//! Level 1 of the fast profile: of each hash only the last position is looked at, and the first match is taken.
//!
//! Most of the time goes by between a branch of the processor that was predicted wrong and its correction. So strings of
//! five bytes are hashed, whose matches are fewer and worth more, and two positions are looked at together, as in
//! Intel's ISA-L. Where there is no such match, one of three bytes is looked for in the record before, if there seem to be
//! records of a few bytes: tables of numbers have many.

use crate::config::Flush;
use crate::history::{LOOKAHEAD, QUICK_GROW_AT, multiplicative, prefix_hash};
use crate::parser::{FIVE, FOUR};
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::{MAX_MATCH, MIN_MATCH};

/// How many strings are hashed again when the length of strings changes.
const RENEWED: usize = 4096;

/// After `1 << PATIENCE` pairs of bytes without a match, one pair is passed over for each that is looked at, after twice as
/// many two, up to `MAX_SKIPPED`.
const PATIENCE: u32 = 8;
const MAX_SKIPPED: u32 = 64;

impl Deflate {
    pub(crate) fn deflate_quick(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        loop {
            if self.history.lookahead < LOOKAHEAD {
                self.history.fill(&mut io.input, &mut self.check, LOOKAHEAD);
                if self.history.lookahead < LOOKAHEAD && flush == Flush::No {
                    return BlockState::NeedMore;
                }
                if self.history.lookahead == 0 {
                    break;
                }
            }
            if self.history.strstart >= self.history.grow_at(QUICK_GROW_AT) {
                self.history.grow_tables();
            }
            if ![0, self.parser.quick.narrow].contains(&self.parser.quick.hashed) {
                self.renew_quick_table();
            }
            let whole = flush != Flush::No && io.input.avail_in() == 0;
            if self.quick_run(if whole { 1 } else { LOOKAHEAD })
                && let Some(state) = self.flush_block(io, false)
            {
                return state;
            }
        }
        self.flush_rest(io, flush)
    }

    /// Rebuilds the table for another length of strings.
    #[cold]
    fn renew_quick_table(&mut self) {
        let at = self.history.strstart;
        let quick = &mut self.parser.quick;
        quick.hashed = quick.narrow;
        let narrow = quick.narrow;
        self.history.other_hashes();
        let finder = self.history.finder();
        let (window, head) = (finder.window, finder.tables.head);
        let shift = 64 - head.len().trailing_zeros();
        for before in at.saturating_sub(RENEWED).max(finder.start)..at.min(finder.end.saturating_sub(8)) {
            head[prefix_hash(window.u64_at(before), narrow, shift)] = before as u16;
        }
    }

    /// Goes on while there is so much lookahead; returns whether the block is to end.
    fn quick_run(&mut self, min_lookahead: usize) -> bool {
        let (history, block, splitter) = (&mut self.history, &mut self.block, &mut self.parser.splitter);
        let block_start = history.block_start;
        let stop = history.grow_at(QUICK_GROW_AT);
        let quick = &mut self.parser.quick;
        if quick.hashed == 0 {
            quick.begin(&history.window[history.strstart..][..history.lookahead]);
        }
        let mut at = history.strstart;
        let finder = history.finder();
        let (window, head, head3, end) = (finder.window, finder.tables.head, finder.tables.head3, finder.end);
        let (max_dist, start) = (finder.max_dist, finder.start);
        let shift = 64 - head.len().trailing_zeros();
        let mask = head.len() - 1;
        let narrow = quick.narrow;
        let mut max_dist4 = quick.max_dist4;
        let mut full = false;
        // An iteration makes three symbols at most, but for those that are skipped, which are as many as there is room for.
        let last_symbol = block.pending.sym_end() - 2;
        let mut next_stop = splitter.next_check.min(quick.next_learn).min(last_symbol);
        macro_rules! enter {
            ($word:expr, $at:expr) => {{
                let slot = &mut head[prefix_hash($word, narrow, shift) & mask];
                let found = usize::from(*slot);
                *slot = $at as u16;
                found
            }};
        }
        while end - at >= min_lookahead && at < stop {
            if block.pending.sym_next() >= next_stop {
                let symbols = block.pending.sym_next();
                if symbols >= splitter.next_check {
                    full = splitter.should_end(&block.freq, symbols, (at as isize - block_start) as usize);
                    quick.learn(&block.freq, symbols);
                    max_dist4 = quick.max_dist4;
                    if quick.narrow != narrow {
                        break;
                    }
                }
                if quick.next_learn < splitter.next_check && symbols >= quick.next_learn {
                    quick.next_learn *= 2;
                    quick.learn(&block.freq, symbols);
                    max_dist4 = quick.max_dist4;
                    if quick.narrow != narrow {
                        break;
                    }
                }
                if full || symbols >= last_symbol {
                    full = true;
                    break;
                }
                next_stop = splitter.next_check.min(quick.next_learn).min(last_symbol);
            }
            if quick.continued > 0 {
                if quick.continued > at - start {
                    // A full flush or a dictionary has come between.
                    quick.continued = 0;
                    continue;
                }
                // What is longer than a match goes on at the same distance.
                let len = window.match_len(at, at - quick.continued, (end - at).min(MAX_MATCH));
                if len >= MIN_MATCH {
                    block.tally_dist(quick.continued, len - MIN_MATCH);
                    at += len;
                }
                if len < MAX_MATCH {
                    quick.continued = 0;
                }
                continue;
            }
            if end - at < 9 {
                block.tally_lit(window.bytes()[at]);
                at += 1;
                continue;
            }
            let limit = at.saturating_sub(max_dist).max(start).saturating_sub(1);
            let (here, next) = (window.u64_at(at), window.u64_at(at + 1));
            let found = enter!(here, at);
            let found_next = enter!(next, at + 1);
            let max = (end - at).min(MAX_MATCH);
            let difference = here ^ window.u64_at(found);
            let difference_next = next ^ window.u64_at(found_next);
            let limit4 = limit.max(at.saturating_sub(max_dist4));
            let matches = difference << narrow == 0 && (found > limit4 || (difference << FIVE == 0 && found > limit));
            let matches_next = difference_next << narrow == 0
                && (found_next > limit4 + 1 || (difference_next << FIVE == 0 && found_next > limit + 1));
            // Lazy evaluation, as far as the two words go.
            let longer = difference.trailing_zeros() >> 3 >= difference_next.trailing_zeros() >> 3;
            let (difference, from) = if matches && (longer || !matches_next) {
                (difference, found)
            } else if matches_next {
                block.tally_lit(here as u8);
                at += 1;
                (difference_next, found_next)
            } else {
                if narrow == FOUR {
                    // A match of three bytes that is near.
                    let mut enter3 = |string: u32, at: usize| {
                        let slot = &mut head3[multiplicative(string << 8, head3.len())];
                        usize::from(std::mem::replace(slot, at as u16))
                    };
                    let found = enter3(here as u32, at);
                    let found_next = enter3(next as u32, at + 1);
                    let limit3 = limit.max(at.saturating_sub(quick.max_dist3));
                    let equal = found > limit3 && (here as u32 ^ window.u32_at(found)) & 0xff_ffff == 0;
                    if equal || (found_next > limit3 + 1 && (next as u32 ^ window.u32_at(found_next)) & 0xff_ffff == 0)
                    {
                        let from = if equal { found } else { found_next };
                        if !equal {
                            block.tally_lit(here as u8);
                            at += 1;
                        }
                        let len = window.match_len(at, from, max - 1);
                        block.tally_dist(at - from, len - MIN_MATCH);
                        quick.misses = 0;
                        at += len;
                        continue;
                    }
                }
                block.tally_lit(here as u8);
                block.tally_lit(next as u8);
                at += 2;
                quick.misses += 1;
                let skipped = (quick.misses >> PATIENCE).min(MAX_SKIPPED) as usize * 2;
                if skipped > 0 {
                    let room = block.pending.sym_end() - block.pending.sym_next();
                    let skipped = skipped.min(room).min(end - at);
                    for &byte in &window.bytes()[at..at + skipped] {
                        block.tally_lit(byte);
                    }
                    at += skipped;
                }
                continue;
            };
            quick.misses = 0;
            let max = max.min(end - at);
            let len = match difference {
                0 => window.match_len(at, from, max),
                _ => (difference.trailing_zeros() as usize / 8).min(max),
            };
            let dist = at - from;
            block.tally_dist(dist, len - MIN_MATCH);
            // Some of the strings that are passed over, for later matches: more where matches are few.
            if len > 5 && end - at >= 10 {
                enter!(window.u64_at(at + 2), at + 2);
            }
            if narrow == FOUR && end - at >= 17 {
                for inside in at + 3..(at + len - 1).min(at + 9) {
                    enter!(window.u64_at(inside), inside);
                }
            }
            at += len;
            quick.continued = if len == MAX_MATCH { dist } else { 0 };
            // With less lookahead than after the longest matches.
            if end - at >= 9 && len < MAX_MATCH - 8 {
                enter!(window.u64_at(at - 1), at - 1);
            }
        }
        history.lookahead -= at - history.strstart;
        history.strstart = at;
        full
    }
}
