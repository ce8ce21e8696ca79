//! Level 1 of the fast profile: a hash table with one position for each hash (no chains), and the first match is taken.
//!
//! Most of the time is lost to mispredicted branches. So strings of five bytes are hashed, whose matches are fewer and
//! longer, and two positions are searched together, as in Intel's ISA-L. Where there is no such match, a match of three
//! bytes with the record before is tried, if the data seem to have records of a few bytes, as tables of numbers have.

use crate::block::Tally;
use crate::config::Flush;
use crate::history::{Finder, GROW_AT, History, LOOKAHEAD, multiplicative, prefix_hash};
use crate::parser::{FIVE, FOUR, Hashing, Quick};
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::{MAX_MATCH, MIN_MATCH};

/// How many strings are hashed again when the organisation of the table changes.
const RENEWED: usize = 4096;

/// After `1 << PATIENCE` pairs of bytes without a match, one pair is passed over for each that is looked at, after twice as
/// many two, up to `MAX_SKIPPED`.
const PATIENCE: u32 = 8;
const MAX_SKIPPED: usize = 64;

/// The bytes of two words, of which the second starts a byte later.
const WORDS: usize = 9;

/// At this position the table of binary data, which have many different strings, gets so many entries.
const BUCKETS_GROW_AT: usize = 8448;
const BUCKETS_GROW_TO: usize = 1 << 14;

/// The position in the window at which the table grows.
fn grow_at(history: &History, hashed: Hashing) -> usize {
    history.grow_at(if hashed.buckets && history.has_small_tables() { BUCKETS_GROW_AT } else { GROW_AT })
}

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
            let Quick { begun, hashing, hashed, .. } = self.parser.quick;
            if self.history.strstart >= grow_at(&self.history, hashed) {
                match hashed.buckets {
                    true if self.history.has_small_tables() => self.history.grow_buckets(BUCKETS_GROW_TO),
                    true => self.history.grow_buckets(usize::MAX),
                    false => self.history.grow_tables(),
                }
            }
            if !begun {
                let end = self.history.strstart + self.history.lookahead.min(256);
                self.parser.quick.begin(&self.history.window[self.history.strstart..end]);
                continue;
            }
            if hashed != hashing {
                self.renew_quick_table(RENEWED);
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

    /// How many bytes have been compressed since the last dictionary, or since the start of the stream.
    fn since_dictionary(&self) -> usize {
        let data = self.check.total_in - self.parser.quick.dictionary_at - self.history.lookahead as u64;
        usize::try_from(data).unwrap_or(usize::MAX)
    }

    /// Rebuilds the table from the last `count` strings, after [`Quick::hashing`] has changed.
    #[cold]
    fn renew_quick_table(&mut self, count: usize) {
        let at = self.history.strstart;
        let hashing = self.parser.quick.hashing;
        self.parser.quick.hashed = hashing;
        let finder = self.history.finder();
        let (window, head) = (finder.window, finder.tables.head);
        let shift = 64 - head.len().trailing_zeros();
        for before in at.saturating_sub(count).max(finder.start)..at.min(finder.end.saturating_sub(8)) {
            let hash = prefix_hash(window.u64_at(before), hashing.narrow, shift);
            if hashing.buckets {
                head[hash | 1] = head[hash & !1];
                head[hash & !1] = before as u16;
            } else {
                head[hash] = before as u16;
            }
        }
    }

    /// Puts the strings of a dictionary into the table.
    pub(crate) fn insert_quick_dictionary(&mut self, dictionary: &[u8]) {
        self.parser.quick.begin(&dictionary[..dictionary.len().min(256)]);
        // At first, all matches are in the dictionary.
        self.parser.quick.hashing.buckets = true;
        self.parser.quick.dictionary = dictionary.len().min(self.history.max_dist());
        self.parser.quick.dictionary_at = self.check.total_in;
        self.renew_quick_table(dictionary.len());
    }

    /// Goes on while there is so much lookahead; returns whether the block is to end.
    fn quick_run(&mut self, min_lookahead: usize) -> bool {
        match self.parser.quick.hashed {
            Hashing { narrow: FIVE, .. } => self.quick_run_of::<FIVE, false>(min_lookahead),
            Hashing { buckets: false, .. } => self.quick_run_of::<FOUR, false>(min_lookahead),
            Hashing { buckets: true, .. } => self.quick_run_of::<FOUR, true>(min_lookahead),
        }
    }

    /// The same for one organisation of the table.
    fn quick_run_of<const NARROW: u32, const BUCKETS: bool>(&mut self, min_lookahead: usize) -> bool {
        // The table keeps its organisation until as many bytes have been compressed as the dictionary has, as it would be rebuilt
        // without most of the dictionary's strings.
        let kept = self.parser.quick.dictionary.saturating_sub(self.since_dictionary());
        let (history, block, splitter) = (&mut self.history, &mut self.block, &mut self.parser.splitter);
        let block_start = history.block_start;
        let stop = grow_at(history, self.parser.quick.hashed);
        let quick = &mut self.parser.quick;
        let mut at = history.strstart;
        let keep_until = at + kept;
        let mut finder = history.finder();
        let (window, end, start) = (finder.window, finder.end, finder.start);
        // Before this there are two words.
        let words_end = stop.min((end + 1).saturating_sub(min_lookahead.max(WORDS)));
        let mut full = false;
        // An iteration makes three symbols at most, but for those that are skipped, which are as many as there is room for.
        let last_symbol = block.pending.sym_end() - 2;
        let mut next_stop = splitter.next_check.min(quick.next_learn).min(last_symbol);
        while end - at >= min_lookahead && at < stop {
            let symbols = block.pending.sym_next();
            if symbols >= next_stop {
                let check = symbols >= splitter.next_check;
                let learn = quick.next_learn < splitter.next_check && symbols >= quick.next_learn;
                if check {
                    full = splitter.should_end(&block.freq, symbols, (at as isize - block_start) as usize);
                } else if learn {
                    quick.next_learn *= 2;
                }
                if check || learn {
                    quick.learn(&block.freq, symbols, at < keep_until);
                    if quick.hashing != quick.hashed {
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
                // A repetition that is longer than `MAX_MATCH` continues at the same distance.
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
            if end - at < WORDS {
                block.tally_lit(window.bytes()[at]);
                at += 1;
                continue;
            }
            let room = block.pending.sym_end() - symbols;
            at = block.tally(room.min(next_stop.saturating_sub(symbols) + 3 + 2 * MAX_SKIPPED), |tally| {
                let limits = (words_end, next_stop, symbols + room);
                symbols_at::<NARROW, BUCKETS>(tally, &mut finder, quick, at, limits)
            });
        }
        history.lookahead -= at - history.strstart;
        history.strstart = at;
        full
    }
}

/// Makes symbols of the bytes from `at` on, while there are two words before `words_end`, up to `next_stop` symbols and the rest of an
/// iteration, and `last_symbol` at most. Returns where they end.
#[inline(always)]
fn symbols_at<const NARROW: u32, const BUCKETS: bool>(
    tally: &mut Tally<'_>,
    finder: &mut Finder<'_>,
    quick: &mut Quick,
    mut at: usize,
    (words_end, next_stop, last_symbol): (usize, usize, usize),
) -> usize {
    let (window, end, max_dist, first) = (finder.window, finder.end, finder.max_dist, finder.first);
    let (head, head3) = (&mut *finder.tables.head, &mut *finder.tables.head3);
    let shift = 64 - head.len().trailing_zeros();
    let mask = head.len() - 1;
    let Quick { max_dist3, max_dist4, mut misses, .. } = *quick;
    let mut continued = 0;
    macro_rules! enter {
        ($word:expr, $at:expr) => {{
            let hash = prefix_hash($word, NARROW, shift) & mask;
            if BUCKETS {
                let found = head[hash & !1];
                let second = std::mem::replace(&mut head[(hash | 1) & mask], found);
                head[hash & !1] = $at as u16;
                (usize::from(found), usize::from(second))
            } else {
                (usize::from(std::mem::replace(&mut head[hash], $at as u16)), 0)
            }
        }};
    }
    while at < words_end && tally.count() < next_stop && continued == 0 {
        let limit = at.saturating_sub(max_dist).max(first) - 1;
        let (here, next) = (window.u64_at(at), window.u64_at(at + 1));
        let (mut found, second) = enter!(here, at);
        let (mut found_next, second_next) = enter!(next, at + 1);
        let mut difference = here ^ window.u64_at(found);
        let mut difference_next = next ^ window.u64_at(found_next);
        if BUCKETS {
            // The longer of the two matches of each string. A first position that is out of reach does not count, as the bytes
            // there depend on when the window slid.
            let bytes = |difference: u64| difference.trailing_zeros() >> 3;
            let other = here ^ window.u64_at(second);
            let longer = (second > limit) & ((found <= limit) | (bytes(other) > bytes(difference)));
            (difference, found) = if longer { (other, second) } else { (difference, found) };
            let other = next ^ window.u64_at(second_next);
            let longer =
                (second_next > limit + 1) & ((found_next <= limit + 1) | (bytes(other) > bytes(difference_next)));
            (difference_next, found_next) = if longer { (other, second_next) } else { (difference_next, found_next) };
        }
        let (matches, matches_next) = if NARROW == FIVE {
            ((difference << FIVE == 0) & (found > limit), (difference_next << FIVE == 0) & (found_next > limit + 1))
        } else {
            let limit4 = limit.max(at.saturating_sub(max_dist4));
            (
                difference << FOUR == 0 && (found > limit4 || (difference << FIVE == 0 && found > limit)),
                difference_next << FOUR == 0
                    && (found_next > limit4 + 1 || (difference_next << FIVE == 0 && found_next > limit + 1)),
            )
        };
        let mut enter3 = |string: u32, at: usize| {
            let slot = &mut head3[multiplicative(string << 8, head3.len())];
            usize::from(std::mem::replace(slot, at as u16))
        };
        let found3 = if BUCKETS { (enter3(here as u32, at), enter3(next as u32, at + 1)) } else { (0, 0) };
        if !(matches | matches_next) {
            if NARROW == FOUR {
                // A match of three bytes that is near.
                let (found, found_next) =
                    if BUCKETS { found3 } else { (enter3(here as u32, at), enter3(next as u32, at + 1)) };
                let limit3 = limit.max(at.saturating_sub(max_dist3));
                let equal = found > limit3 && (here as u32 ^ window.u32_at(found)) & 0xff_ffff == 0;
                if equal || (found_next > limit3 + 1 && (next as u32 ^ window.u32_at(found_next)) & 0xff_ffff == 0) {
                    let from = if equal { found } else { found_next };
                    if !equal {
                        tally.lit(here as u8);
                        at += 1;
                    }
                    let len = window.match_len(at, from, (end - at).min(MAX_MATCH) - 1);
                    tally.dist(at - from, len - MIN_MATCH);
                    misses = 0;
                    if BUCKETS && end - at >= 10 {
                        enter!(window.u64_at(at + 2), at + 2);
                        enter3(window.u32_at(at + 2), at + 2);
                    }
                    at += len;
                    continue;
                }
            }
            tally.lit(here as u8);
            tally.lit(next as u8);
            at += 2;
            misses += 1;
            if misses >= 1 << PATIENCE {
                let skipped = 2 * (misses >> PATIENCE).min(MAX_SKIPPED as u32) as usize;
                let skipped = skipped.min(last_symbol - tally.count()).min(end - at);
                for &byte in &window.bytes()[at..at + skipped] {
                    tally.lit(byte);
                }
                at += skipped;
            }
            continue;
        }
        misses = 0;
        // Lazy evaluation, as far as the two words go.
        let longer = difference.trailing_zeros() >> 3 >= difference_next.trailing_zeros() >> 3;
        let is_next = matches_next & !(matches & longer);
        let (difference, from) = if is_next { (difference_next, found_next) } else { (difference, found) };
        // Which of the two it is cannot be predicted.
        tally.lit_if(is_next, here as u8);
        at += usize::from(is_next);
        let max = (end - at).min(MAX_MATCH);
        let len = match difference {
            0 => window.match_len(at, from, max),
            _ => (difference.trailing_zeros() as usize / 8).min(max),
        };
        let dist = at - from;
        tally.dist(dist, len - MIN_MATCH);
        // Some of the strings that are passed over, for later matches: more where matches are few.
        if len > 5 && end - at >= 10 {
            enter!(window.u64_at(at + 2), at + 2);
        }
        if NARROW == FOUR && end - at >= 17 {
            for inside in at + 3..(at + len - 1).min(at + 9) {
                // In binary data, only the first string of a run of one byte is inserted: its match is the longest.
                if !BUCKETS || window.u32_at(inside) != window.u32_at(inside - 1) {
                    enter!(window.u64_at(inside), inside);
                }
            }
        }
        at += len;
        continued = if len == MAX_MATCH { dist } else { 0 };
        // With less lookahead than after the longest matches.
        if end - at >= 9 && len < MAX_MATCH - 8 {
            enter!(window.u64_at(at - 1), at - 1);
        }
    }
    (quick.misses, quick.continued) = (misses, continued);
    at
}
