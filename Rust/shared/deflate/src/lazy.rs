//! Levels 2 to 9 of the fast profile: hash chains of four-byte strings, a table of three-byte strings, and a search
//! for a better match at the next byte.

use crate::config::{ALL_CHAINS_LEVEL, Flush};
use crate::history::{GROW_AT, LOOKAHEAD, Limits, Match};
use crate::parser::Parser;
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::{MAX_MATCH, MIN_MATCH};

/// The tuning of a level.
#[derive(Clone, Copy, Debug)]
struct Depth {
    /// For a match of this length a better one is looked for with half the effort.
    good_length: usize,
    /// For a match of this length no better one is looked for; 0 without lazy evaluation.
    max_lazy: usize,
    max_chain: u32,
    nice_length: usize,
}

/// How to search at a byte, and at the next one; the latter for a match shorter than `good_length`, and for one that is not.
struct Effort {
    max_lazy: usize,
    first: Limits,
    next: [Limits; 2],
}

impl Depth {
    fn effort(self, parser: &Parser) -> Effort {
        // With few different literals each string of four bytes is so frequent that long hash chains give no better
        // matches. Most of the 256 literals occur in machine code and the like, where the first links have the best
        // matches.
        let less =
            (parser.min_len > 5 || parser.literals > MANY_LITERALS) && parser.poor && self.max_chain < LONG_CHAINS;
        let thorough = parser.dense && THOROUGH_CHAINS.contains(&self.max_chain);
        let max_chain = match () {
            _ if less => self.max_chain.div_ceil(2),
            // Where a symbol stands for many bytes on average, there are few searches for a byte, and each symbol that
            // is saved counts.
            _ if thorough => 2 * self.max_chain,
            // In text and programs the last links of the longest chains shorten the output by less than a thousandth.
            _ if parser.literals > SOME_LITERALS && !parser.dense => self.max_chain.min(1000),
            _ => self.max_chain,
        };
        let nice_length = if thorough { MAX_MATCH } else { self.nice_length };
        let limits = |max_chain| Limits { max_chain, nice_length };
        // In logs a near match is better than a slightly longer one.
        let first = if parser.log && self.max_chain < LONG_CHAINS { max_chain.div_ceil(4) } else { max_chain };
        // After a match, and more so after one of `good_length` or more, the search for a better one is worth less time.
        let next = match self.max_chain {
            LONG_CHAINS.. if parser.log => [16, 8],
            LONG_CHAINS.. => [first, first.div_ceil(4)],
            _ if parser.log => [first.div_ceil(8), first.div_ceil(16)],
            _ => [first.div_ceil(2), first.div_ceil(4)],
        };
        let max_lazy = if thorough { MAX_MATCH } else { self.max_lazy };
        Effort { max_lazy, first: limits(first), next: next.map(limits) }
    }
}

/// Levels with chains of at least this length, 8 and 9, follow the chains of all parts of a match.
const LONG_CHAINS: u32 = 500;

const _: () = {
    let first = ALL_CHAINS_LEVEL as usize;
    assert!(DEPTHS[first - 1].max_chain < LONG_CHAINS && DEPTHS[first].max_chain >= LONG_CHAINS);
};

/// With fewer different literals than this, chains are long, and what is found at their ends counts.
const SOME_LITERALS: usize = 44;

/// Data with at least this many different literals are taken for binary.
const MANY_LITERALS: usize = 160;

/// The tuning of each level.
const DEPTHS: [Depth; 10] = {
    const fn row(good_length: usize, max_lazy: usize, nice_length: usize, max_chain: u32) -> Depth {
        Depth { good_length, max_lazy, max_chain, nice_length }
    }
    [
        row(0, 0, 8, 1),
        row(0, 0, 8, 4),
        row(0, 0, 16, 4),
        row(0, 0, 32, 10),
        row(4, 8, 30, 16),
        row(8, 16, 40, 32),
        row(8, 32, 128, 80),
        row(8, 64, 130, 160),
        row(32, 258, 258, 700),
        row(32, 258, 258, 4096),
    ]
};

/// Without lazy evaluation, the number of strings at the start of a match that are inserted into the hash tables.
const MAX_INSERT: usize = 6;

/// The levels with chains of these lengths, 6 and 7, search more where symbols stand for many bytes.
const THOROUGH_CHAINS: std::ops::Range<u32> = 80..LONG_CHAINS;

/// After `1 << PATIENCE` strings without a match, one is passed over for each that is looked for, after twice as many two, up to
/// `MAX_SKIPPED`.
const PATIENCE: u32 = 8;
const MAX_SKIPPED: usize = 3;

/// Inside of a match as long as can be, at up to this distance, most strings are not inserted.
const SHORT_PERIOD: usize = 16;

impl Deflate {
    pub(crate) fn deflate_lazy(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
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
            let lookahead = if flush == Flush::No { LOOKAHEAD } else { 1 };
            let lookahead = if io.input.avail_in() > 0 { LOOKAHEAD } else { lookahead };
            if self.history.strstart >= self.history.grow_at(GROW_AT) {
                self.history.grow_tables();
            }
            let ended = match DEPTHS[usize::from(self.level)].max_lazy {
                0 => self.lazy_run::<false, false>(lookahead),
                _ if self.level >= ALL_CHAINS_LEVEL => self.lazy_run::<true, true>(lookahead),
                _ => self.lazy_run::<true, false>(lookahead),
            };
            if ended && let Some(state) = self.flush_block(io, false) {
                return state;
            }
        }
        self.flush_rest(io, flush)
    }

    /// Goes on while there is so much lookahead; returns whether the block is to end.
    fn lazy_run<const LAZY: bool, const ALL_CHAINS: bool>(&mut self, min_lookahead: usize) -> bool {
        let depth = DEPTHS[usize::from(self.level)];
        let (history, block, parser) = (&mut self.history, &mut self.block, &mut self.parser);
        if parser.min_len == 0 {
            let end = history.strstart + history.lookahead.min(256);
            parser.begin(&history.window[history.strstart..end]);
        }
        let mut effort = depth.effort(parser);
        // Where the chains of all parts of a match are followed, each string has to be in its chain: the link of one that is not would be
        // that of whatever had this memory before.
        let short_period = if depth.max_chain < LONG_CHAINS { SHORT_PERIOD } else { 0 };
        let block_start = history.block_start;
        let stop = history.grow_at(GROW_AT);
        let mut at = history.strstart;
        let mut current = history.current;
        let mut finder = history.finder();
        finder.tables.three = parser.three();
        finder.tables.three_inside = parser.often_three;
        let window = finder.window.bytes();
        let mut min_len = parser.min_len;
        let end = finder.end;
        let mut full = false;
        // An iteration makes three symbols at most.
        let last_symbol = block.pending.sym_end() - 2;
        let mut next_check = parser.next_learn.min(last_symbol);
        let mut misses = parser.misses;
        let mut repetition = parser.repetition;
        while end - at >= min_lookahead.max(1) && at < stop {
            if block.pending.sym_next() >= next_check {
                if block.pending.sym_next() >= parser.next_learn {
                    full = parser.learn(block, (at as isize - block_start) as usize);
                    min_len = parser.min_len;
                    effort = depth.effort(parser);
                    finder.tables.three = parser.three();
                    finder.tables.three_inside = parser.often_three;
                    next_check = parser.next_learn.min(last_symbol);
                }
                if full || block.pending.sym_next() >= last_symbol {
                    full = true;
                    break;
                }
            }
            if LAZY && repetition.longest > 0 {
                let max = (end - at).min(MAX_MATCH);
                if let Some(dist) = repetition.go_on(|dist| {
                    at >= finder.first.saturating_add(dist) && finder.window.match_len(at, at - dist, max) == MAX_MATCH
                }) {
                    block.tally_dist(dist, MAX_MATCH - MIN_MATCH);
                    at += MAX_MATCH;
                    continue;
                }
                // A string inside the repetition also occurs in its last period, which is nearer: only those are inserted.
                let last = at.saturating_sub(repetition.longest.max(MAX_MATCH));
                if ALL_CHAINS {
                    finder.link_strings(last, repetition.longest);
                } else {
                    finder.skip_strings(last);
                }
                repetition.longest = 0;
            }
            if current.len == 0 {
                current = finder.longest_match::<ALL_CHAINS>(at, min_len - 1, effort.first);
                if current.dist == 0 || (current.len == MIN_MATCH && current.dist > parser.too_far) {
                    current = Match::default();
                    misses += 1;
                    if misses < 1 << PATIENCE {
                        block.tally_lit(window[at]);
                        at += 1;
                        continue;
                    }
                    // In noise not every string is looked for.
                    let room = block.pending.sym_end() - block.pending.sym_next();
                    let literals = 1 + (misses >> PATIENCE).min(MAX_SKIPPED);
                    let literals = literals.min(room).min(end - at);
                    for &byte in &window[at..at + literals] {
                        block.tally_lit(byte);
                    }
                    at += literals;
                    continue;
                }
                misses = 0;
            }
            if LAZY && current.len < effort.max_lazy && end - at > 1 {
                let good = usize::from(current.len >= depth.good_length);
                let next = finder.longest_match::<ALL_CHAINS>(at + 1, current.len - 1, effort.next[good]);
                if better(current, next, 2) {
                    block.tally_lit(window[at]);
                    at += 1;
                    current = next;
                    continue;
                }
            }
            block.tally_dist(current.dist, current.len - MIN_MATCH);
            if !LAZY && current.len > MAX_INSERT {
                finder.insert_ends(at + MAX_INSERT, at + current.len - 2, at + current.len);
            } else if current.len == MAX_MATCH && current.dist <= short_period {
                // All strings of a period occur again after its end.
                finder.insert_strings(at + SHORT_PERIOD);
                finder.skip_strings(at + MAX_MATCH - 4 * SHORT_PERIOD);
            }
            at += current.len;
            finder.insert_strings(at);
            if current.len == MAX_MATCH {
                repetition.begin(current.dist);
            }
            current = Match::default();
        }
        history.lookahead -= at - history.strstart;
        history.strstart = at;
        history.current = current;
        parser.misses = misses;
        parser.repetition = repetition;
        full
    }
}

/// Whether a later match is better by more than `bits`, taking a byte for four bits.
#[inline(always)]
fn better(current: Match, next: Match, bits: i32) -> bool {
    next.dist > 0
        && next.len >= current.len
        && 4 * (next.len as i32 - current.len as i32) + current.dist.ilog2() as i32 - next.dist.ilog2() as i32 > bits
}
