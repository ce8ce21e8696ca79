//! The window and hash tables of the fast profile.
//!
//! As in zlib the window has twice the size of the longest distance or more, and its last part becomes the first when it is full.
//! Hash tables hold positions in the window; 0 stands for none.

use crate::config::{Checked, Error};
use crate::tables::{MAX_MATCH, MIN_MATCH};
use crate::window::{Check, Input};
use crate::words::Words;
use std::ops::Range;

/// With so much input a decision does not depend on what follows: a match two bytes ahead, and the string after it.
pub(crate) const LOOKAHEAD: usize = MAX_MATCH + MIN_MATCH + 1;

/// What a window of 32 KiB, the only one with blocks other than stored ones, keeps when it slides.
pub(crate) const LONGEST_KEPT: usize = 32_768 - LOOKAHEAD;

/// The smallest window, for stored blocks of some size.
const MIN_WINDOW: usize = 2048;

/// Bytes after the window that may be read, though nothing depends on them.
const PADDING: usize = 16;

/// The strings that are hashed for long matches.
pub(crate) const HASHED: usize = 4;

/// Most streams are short, and clearing the tables would take most of their time. So up to this position smaller tables do.
pub(crate) const GROW_AT: usize = 16_384;
const SMALL_HASH_BITS: u32 = 14;
/// The same for levels below `LARGE_TABLE_LEVEL`, which do with fewer entries.
const QUICK_SMALL_HASH_BITS: u32 = 13;
/// From this level on chains are searched so far that strings in them that only have the same hash would take time.
const LARGE_TABLE_LEVEL: u8 = 4;
const SMALL_HASH3_BITS: u32 = 12;

/// Up to this position in the window a new stream starts after the one before, whose strings stay in the tables: all are before its
/// first byte. Clearing the tables would take a tenth of the time of a stream of 200 bytes.
const MAX_ORIGIN: usize = 8192;

/// The smallest table of strings.
const MIN_HASH_BITS: u32 = 10;

/// At how many places of a match the search looks for a chain that is better to follow. More take too long where there are long runs.
const MAX_PARTS: usize = 16;

/// How many bits fewer the table of strings of three bytes has.
const HASH3_FEWER_BITS: u32 = 3;

/// A match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Match {
    /// 0 for none.
    pub(crate) len: usize,
    pub(crate) dist: usize,
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many strings are compared at most.
    pub(crate) max_chain: u32,
    /// The length of a match that ends the search.
    pub(crate) nice_length: usize,
}

#[derive(Debug)]
pub(crate) struct History {
    w_size: usize,
    pub(crate) window: Vec<u8>,
    /// The last position with each hash of four bytes.
    head: Vec<u16>,
    /// The last position with each hash of three bytes.
    head3: Vec<u16>,
    /// For each position, modulo `w_size`, the one before it in its hash chain; as in `Window`, it grows.
    prev: Vec<u16>,
    pub(crate) strstart: usize,
    pub(crate) lookahead: usize,
    /// Where the current block starts; negative when the window has slid past it.
    pub(crate) block_start: isize,
    /// Where the stream starts, or 0 when the window has slid past it.
    origin: usize,
    /// Where the data start that matches may refer to.
    start: usize,
    /// The first position of a match, 1 at least; as in zlib it is not the first of the stream.
    first: usize,
    /// The first string that is not in the hash tables.
    next_insert: usize,
    /// How many entries `head` is to have.
    hash_size: usize,
    /// A match at `strstart`, when a better one is being looked for.
    pub(crate) current: Match,
}

impl History {
    /// Empty tables: nothing can be done with them.
    pub(crate) fn unused() -> Self {
        Self {
            w_size: 0,
            window: Vec::new(),
            head: Vec::new(),
            head3: Vec::new(),
            prev: Vec::new(),
            strstart: 0,
            lookahead: 0,
            block_start: 0,
            origin: 0,
            start: 0,
            first: 1,
            next_insert: 0,
            hash_size: 0,
            current: Match::default(),
        }
    }

    pub(crate) fn new(config: &Checked) -> Result<Self, Error> {
        let w_size = 1_usize << config.window_bits;
        let hash_bits = (config.mem_level + 7).max(MIN_HASH_BITS);
        let mut history = Self { w_size, hash_size: 1 << hash_bits, ..Self::unused() };
        history.window.try_reserve_exact(history.capacity() + PADDING)?;
        history.head.try_reserve_exact(1 << hash_bits)?;
        history.head3.try_reserve_exact(1 << (hash_bits - HASH3_FEWER_BITS))?;
        history.prev.try_reserve_exact(w_size)?;
        history.prev.resize(256, 0);
        history.reset(config.level);
        Ok(history)
    }

    /// Up to where to go before `grow_tables`.
    #[inline]
    pub(crate) fn grow_at(&self, position: usize) -> usize {
        if self.head.len() < self.hash_size { self.origin + position } else { usize::MAX }
    }

    /// Whether the main table still has the initial size of low levels, and is to grow.
    pub(crate) fn has_small_tables(&self) -> bool {
        self.head.len() == 1 << QUICK_SMALL_HASH_BITS && self.head.len() < self.hash_size
    }

    /// Enlarges the initial tables to their full size.
    #[cold]
    pub(crate) fn grow_tables(&mut self) {
        grow::<1>(&mut self.head, self.hash_size);
        grow::<1>(&mut self.head3, self.hash_size >> HASH3_FEWER_BITS);
    }

    /// Enlarges the main table alone, whose entries are in buckets of two, to `size` or the full size, whichever is smaller.
    #[cold]
    pub(crate) fn grow_buckets(&mut self, size: usize) {
        grow::<2>(&mut self.head, size.min(self.hash_size));
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.window.capacity() + 2 * (self.prev.capacity() + self.head.capacity() + self.head3.capacity())
    }

    pub(crate) fn try_clone(&self) -> Result<Self, Error> {
        fn copy<T: Copy>(from: &[T], capacity: usize) -> Result<Vec<T>, Error> {
            let mut to = Vec::new();
            to.try_reserve_exact(capacity)?;
            to.extend_from_slice(from);
            Ok(to)
        }
        Ok(Self {
            window: copy(&self.window, self.capacity() + PADDING)?,
            head: copy(&self.head, self.hash_size)?,
            head3: copy(&self.head3, self.hash_size >> HASH3_FEWER_BITS)?,
            prev: copy(&self.prev, self.w_size)?,
            ..*self
        })
    }

    pub(crate) fn reset(&mut self, level: u8) {
        let bits = if level < LARGE_TABLE_LEVEL { QUICK_SMALL_HASH_BITS } else { SMALL_HASH_BITS };
        // A window that slides before the tables grow would be one more case.
        let small = if self.w_size > GROW_AT { self.hash_size.min(1 << bits) } else { self.hash_size };
        let end = self.strstart + self.lookahead;
        let goes_on = self.head.len() == small && end <= MAX_ORIGIN.min(self.w_size / 4);
        self.origin = if goes_on { end } else { 0 };
        if !goes_on {
            // Within what `new` reserved.
            let small3 = (self.hash_size >> HASH3_FEWER_BITS).min(1 << SMALL_HASH3_BITS);
            for (table, size) in [(&mut self.head, small), (&mut self.head3, small3)] {
                table.clear();
                table.resize(size, 0);
            }
        }
        self.strstart = self.origin;
        self.lookahead = 0;
        self.block_start = self.origin as isize;
        self.start = self.origin;
        self.first = self.origin + 1;
        self.next_insert = self.origin;
        self.current = Match::default();
    }

    /// How many bytes the window has room for.
    fn capacity(&self) -> usize {
        (2 * self.w_size).max(MIN_WINDOW)
    }

    /// What comes from here on does not refer to what was before.
    pub(crate) fn forget(&mut self) {
        self.start = self.strstart;
        self.first = self.first.max(self.strstart);
        self.next_insert = self.strstart;
    }

    /// The longest lookahead for which there is always room, but for one byte.
    pub(crate) fn room(&self) -> usize {
        self.capacity() - self.w_size - 1
    }

    /// The longest distance that is used; a match at it does not start at the first byte after the window has slid.
    pub(crate) fn max_dist(&self) -> usize {
        self.w_size - LOOKAHEAD
    }

    /// Whether there is a byte before `strstart` that a match may refer to.
    #[inline(always)]
    pub(crate) fn has_previous(&self) -> bool {
        self.strstart > self.start
    }

    /// Reads input until there is as much lookahead as `wanted`, and slides the window when it is full.
    pub(crate) fn fill(&mut self, input: &mut Input<'_>, check: &mut Check, wanted: usize) {
        while self.lookahead < wanted && input.avail_in() > 0 {
            let end = self.strstart + self.lookahead;
            if end == self.capacity() {
                // Positions are taken modulo `w_size`, so that the window slides by a multiple of it.
                let keep = if wanted > LOOKAHEAD { 0 } else { self.max_dist() + 1 };
                let slide = (self.strstart - keep) / self.w_size * self.w_size;
                self.window.copy_within(slide..end, 0);
                self.strstart -= slide;
                self.block_start -= slide as isize;
                self.origin = self.origin.saturating_sub(slide);
                self.start = self.start.saturating_sub(slide);
                self.first = self.first.saturating_sub(slide).max(1);
                self.next_insert = self.next_insert.saturating_sub(slide);
                for table in [&mut self.head, &mut self.head3, &mut self.prev] {
                    for position in table {
                        *position = position.saturating_sub(slide as u16);
                    }
                }
                continue;
            }
            let data = check.read_buf(input, self.capacity() - end);
            self.append(data);
        }
    }

    /// Appends to the lookahead.
    fn append(&mut self, data: &[u8]) {
        let end = self.strstart + self.lookahead;
        let needed = end + data.len() + PADDING;
        if self.window.len() < needed {
            // Within what `new` reserved.
            self.window.resize(needed.next_power_of_two().min(self.capacity() + PADDING), 0);
        }
        self.window[end..][..data.len()].copy_from_slice(data);
        self.lookahead += data.len();
        let used = end + data.len();
        if self.prev.len() < used && self.prev.len() < self.w_size {
            // Positions are taken modulo the length, so that those already there keep their places.
            self.prev.resize(used.next_power_of_two().min(self.w_size), 0);
        }
    }

    /// Puts `dictionary` into the window; the caller puts its strings into the hash tables.
    pub(crate) fn set_dictionary(&mut self, dictionary: &[u8]) {
        if self.strstart + dictionary.len() >= self.grow_at(GROW_AT) {
            self.grow_tables();
        }
        if dictionary.len() >= self.w_size {
            self.forget();
        }
        let mut input = Input { data: &dictionary[dictionary.len().saturating_sub(self.w_size)..], next_in: 0 };
        let mut check = Check { wrap: crate::config::Wrap::Raw, adler: 0, total_in: 0 };
        while input.avail_in() > 0 {
            self.fill(&mut input, &mut check, 1);
            self.strstart += self.lookahead;
            self.lookahead = 0;
        }
        self.block_start = self.strstart as isize;
    }

    /// The tables and all that a search needs.
    #[inline(always)]
    pub(crate) fn finder(&mut self) -> Finder<'_> {
        let max_dist = self.max_dist();
        Finder {
            end: self.strstart + self.lookahead,
            window: Words::new(&self.window),
            tables: Tables {
                head: &mut self.head,
                head3: &mut self.head3,
                prev: &mut self.prev,
                three: true,
                three_inside: true,
            },
            start: self.start,
            first: self.first,
            max_dist,
            next_insert: &mut self.next_insert,
        }
    }

    /// Puts the strings before `strstart` into the hash tables.
    pub(crate) fn insert_strings(&mut self) {
        let end = self.strstart;
        self.finder().insert_strings(end);
    }
}

/// Doubles a table until it has `size` entries, for which `new` has reserved memory.
///
/// An index consists of the highest bits of a product. In a table of twice the size, the strings of a bucket of `WAYS` entries therefore
/// belong to two neighbouring buckets, and each of these gets a copy of the bucket.
fn grow<const WAYS: usize>(table: &mut Vec<u16>, size: usize) {
    while table.len() < size {
        const GROUP: usize = 16;
        let len = table.len();
        table.resize(2 * len, 0);
        for group in (0..len / GROUP).rev() {
            let mut entries = [0; GROUP];
            entries.copy_from_slice(&table[group * GROUP..][..GROUP]);
            let doubled = &mut table[group * (2 * GROUP)..][..2 * GROUP];
            for (pair, bucket) in doubled.chunks_exact_mut(2 * WAYS).zip(entries.chunks_exact(WAYS)) {
                pair[..WAYS].copy_from_slice(bucket);
                pair[WAYS..].copy_from_slice(bucket);
            }
        }
    }
}

/// See [`History`].
#[derive(Debug)]
pub(crate) struct Finder<'a> {
    pub(crate) window: Words<'a>,
    /// Where the lookahead ends.
    pub(crate) end: usize,
    pub(crate) tables: Tables<'a>,
    /// Where the data start that matches may refer to.
    pub(crate) start: usize,
    /// The first position of a match.
    pub(crate) first: usize,
    pub(crate) max_dist: usize,
    next_insert: &'a mut usize,
}

/// The hash tables of [`History`].
#[derive(Debug)]
pub(crate) struct Tables<'a> {
    pub(crate) head: &'a mut [u16],
    pub(crate) head3: &'a mut [u16],
    prev: &'a mut [u16],
    /// Whether matches of three bytes are looked for.
    pub(crate) three: bool,
    /// Whether they may refer to strings inside of longer matches, without lazy evaluation.
    pub(crate) three_inside: bool,
}

/// Multiplicative hashing (Knuth, "The Art of Computer Programming", volume 3, section 6.4) to the size of a table, which
/// is a power of two.
#[inline(always)]
pub(crate) fn multiplicative(value: u32, table: usize) -> usize {
    (value.wrapping_mul(0x9e37_79b1) >> (32 - table.trailing_zeros())) as usize & (table - 1)
}

/// The same to a table of `1 << (64 - shift)` entries, of the bytes of `word` that are left when it is shifted by `narrow`.
#[inline(always)]
pub(crate) fn prefix_hash(word: u64, narrow: u32, shift: u32) -> usize {
    ((word << narrow).wrapping_mul(0x9e37_79b1_85eb_ca87) >> shift) as usize
}

impl Tables<'_> {
    /// Puts `string`, which is at `at`, into the hash tables, and returns those with the same hashes before it.
    #[inline(always)]
    fn insert(&mut self, string: u32, at: usize) -> (u16, u16) {
        let slot = &mut self.head[multiplicative(string, self.head.len())];
        let prev_mask = self.prev.len() - 1;
        let found = *slot;
        self.prev[at & prev_mask] = found;
        *slot = at as u16;
        if !self.three {
            return (found, 0);
        }
        let slot = &mut self.head3[multiplicative(string << 8, self.head3.len())];
        let found3 = *slot;
        *slot = at as u16;
        (found, found3)
    }
}

/// Puts the strings from `from` to `end` into the hash tables.
///
/// The tables are passed by value, so that a caller's can stay in registers.
#[inline(never)]
fn insert_all(mut tables: Tables<'_>, window: Words<'_>, from: usize, end: usize) {
    for at in from..end {
        tables.insert(window.u32_at(at), at);
    }
}

/// The same with two ranges.
#[inline(never)]
fn insert_both(mut tables: Tables<'_>, window: Words<'_>, first: Range<usize>, second: Range<usize>) {
    for range in [first, second] {
        for at in range {
            tables.insert(window.u32_at(at), at);
        }
    }
}

impl Finder<'_> {
    /// Puts the strings before `end` into the hash tables, as far as there is input.
    #[inline(always)]
    pub(crate) fn insert_strings(&mut self, end: usize) {
        let end = end.min((self.end + 1).saturating_sub(HASHED));
        let from = *self.next_insert;
        if from < end {
            let Tables { head, head3, prev, three, three_inside } = &mut self.tables;
            let tables = Tables { head, head3, prev, three: *three, three_inside: *three_inside };
            insert_all(tables, self.window, from, end);
            *self.next_insert = end;
        }
    }

    /// Puts the strings before `middle` and those from `from` to `end` into the hash tables, as far as there is input.
    #[inline(always)]
    pub(crate) fn insert_ends(&mut self, middle: usize, from: usize, end: usize) {
        let last = (self.end + 1).saturating_sub(HASHED);
        let (middle, end) = (middle.min(last), end.min(last));
        let Tables { head, head3, prev, three, three_inside } = &mut self.tables;
        let tables = Tables { head, head3, prev, three: *three && *three_inside, three_inside: *three_inside };
        insert_both(tables, self.window, *self.next_insert..middle, from.max(middle)..end);
        *self.next_insert = end.max(from.max(middle));
    }

    /// Leaves the strings before `end` out of the table of heads, but writes the link of each, to the string at the distance `dist`,
    /// which has the same bytes: the search in the chains of all parts of a match may reach them.
    #[inline(never)]
    pub(crate) fn link_strings(&mut self, end: usize, dist: usize) {
        let prev_mask = self.tables.prev.len() - 1;
        for at in (*self.next_insert).max(end.saturating_sub(prev_mask + 1))..end {
            self.tables.prev[at & prev_mask] = at.saturating_sub(dist) as u16;
        }
        self.skip_strings(end);
    }

    /// Leaves the strings before `end` out of the hash tables.
    #[inline(always)]
    pub(crate) fn skip_strings(&mut self, end: usize) {
        *self.next_insert = end.max(*self.next_insert);
    }

    /// The longest match at `at` that is longer than `best_len`, if there is one.
    ///
    /// `at` has not been inserted into the hash tables yet, and is now.
    ///
    /// With `ALL_CHAINS` the search follows not only the chain of the first four bytes, but, after each match that it finds, the
    /// chain of that part of the match which was last seen furthest back, as fast_zlib (Konstantin Nosov) and zlib-ng do. What it
    /// passes over is not longer than the match. All strings must have been inserted.
    #[inline(always)]
    pub(crate) fn longest_match<const ALL_CHAINS: bool>(
        &mut self,
        at: usize,
        best_len: usize,
        limits: Limits,
    ) -> Match {
        let mut best = Match { len: best_len, dist: 0 };
        let lookahead = self.end - at;
        if lookahead < HASHED {
            return best;
        }
        if *self.next_insert < at {
            self.insert_strings(at);
        }
        *self.next_insert = at + 1;
        let window = self.window;
        let string = window.u32_at(at);
        let (head_match, head3) = self.tables.insert(string, at);
        let prev = &*self.tables.prev;
        let prev_mask = prev.len() - 1;
        // Of the positions only those after `limit` are used, and so never 0.
        let limit = at.saturating_sub(self.max_dist).max(self.first) - 1;
        // The match of three bytes, for when there is no longer one.
        let short = || {
            let found = usize::from(head3);
            if best_len < MIN_MATCH && found > limit && (window.u32_at(found) ^ string) & 0xff_ffff == 0 {
                Match { len: MIN_MATCH, dist: at - found }
            } else {
                Match { len: best_len, dist: 0 }
            }
        };
        let mut cur_match = usize::from(head_match);
        if cur_match <= limit {
            return short();
        }
        let max = lookahead.min(MAX_MATCH);
        let nice_length = limits.nice_length.min(max);
        let mut chain_length = limits.max_chain;
        // `cur_match` is in the chain of the four bytes at `offset` in the string, where it is after `last`.
        let (mut offset, mut last) = (0, limit);
        macro_rules! next_match {
            ($best:expr) => {
                cur_match = usize::from(prev[cur_match & prev_mask]);
                chain_length -= 1;
                if cur_match <= last || chain_length == 0 {
                    return $best;
                }
            };
        }
        // Where a string starts that has its bytes from `offset` on at `position`, above that offset; less than 1 if it is out of reach.
        let start_and_offset =
            |position: u16, offset: usize| usize::from(position).saturating_sub(offset) << 16 | offset;
        // The last string before the one at `start` with the byte after the longest match and the three before it, if all such
        // strings have been inserted.
        let head = &*self.tables.head;
        let longer = |best: Match, start: usize| {
            let offset = best.len - MIN_MATCH;
            if start + offset > at {
                return usize::MAX;
            }
            start_and_offset(head[multiplicative(window.u32_at(at + offset), head.len())], offset)
        };
        macro_rules! go_on_from {
            ($furthest:expr) => {
                let furthest: usize = $furthest;
                if furthest >> 16 <= limit {
                    return best;
                }
                offset = furthest & 0xffff;
                cur_match = (furthest >> 16) + offset;
                last = limit + offset;
            };
        }
        // What is longer than the match at `start` is in the chains of all its parts: the one with the longest step is followed.
        macro_rules! next_in_any_chain {
            ($start:expr) => {
                chain_length -= 1;
                if chain_length == 0 {
                    return best;
                }
                let mut furthest = longer(best, $start).min(start_and_offset(prev[cur_match & prev_mask], offset));
                // Strings from `at` on have not been inserted.
                let parts = (best.len - MIN_MATCH).min(best.dist);
                for n in parts.saturating_sub(MAX_PARTS)..parts {
                    furthest = furthest.min(start_and_offset(prev[($start + n) & prev_mask], n));
                }
                go_on_from!(furthest);
            };
        }
        if best.len < HASHED {
            while window.u32_at(cur_match) != string {
                next_match!(short());
            }
            let len = window.match_len(at, cur_match, max);
            best = Match { len, dist: at - cur_match };
            if len >= nice_length {
                return best;
            }
            if ALL_CHAINS {
                next_in_any_chain!(cur_match);
            } else {
                next_match!(best);
            }
        } else if best.len >= max {
            return best;
        } else if ALL_CHAINS {
            go_on_from!(longer(best, cur_match).min(start_and_offset(head_match, 0)));
        }
        loop {
            let at_end = best.len - MIN_MATCH;
            let end = window.u32_at(at + at_end);
            while window.u32_at(cur_match + at_end - offset) != end {
                next_match!(best);
            }
            let start = cur_match - offset;
            let len = window.match_len(at, start, max);
            if len > best.len {
                best = Match { len, dist: at - start };
                if len >= nice_length {
                    return best;
                }
                if ALL_CHAINS {
                    next_in_any_chain!(start);
                    continue;
                }
            }
            next_match!(best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{History, Limits, MAX_MATCH};
    use crate::config::{Config, Wrap};
    use crate::window::{Check, Input};

    /// What the search passes over in the chains of all parts is not longer than the longest match.
    #[test]
    fn all_chains_find_the_same_match() {
        let mut state = 1_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for round in 0..60 {
            // Bytes of a few values, runs of them, and repetitions from anywhere before.
            let mut data = Vec::new();
            while data.len() < 3000 {
                let byte = b'a' + random(2 + round % 7) as u8;
                data.extend(std::iter::repeat_n(byte, 1 + random(1 + round % 5 * 10) as usize));
                if random(4) == 0 {
                    let from = random(data.len() as u32) as usize;
                    let to = (from + random(300) as usize).min(data.len());
                    data.extend_from_within(from..to);
                }
            }
            let config = Config::default().check().expect("valid parameters");
            let mut histories = [History::new(&config).expect("memory"), History::new(&config).expect("memory")];
            for history in &mut histories {
                let mut check = Check { wrap: Wrap::Raw, adler: 0, total_in: 0 };
                history.fill(&mut Input { data: &data, next_in: 0 }, &mut check, data.len());
            }
            let [one, all] = &mut histories;
            let (mut one, mut all) = (one.finder(), all.finder());
            for at in 0..data.len() {
                let nice_length = [MAX_MATCH, 30][at % 2];
                let limits = Limits { max_chain: u32::MAX, nice_length };
                let best_len = [2, 4, 7, 20, 100][random(5) as usize];
                let (one, all) =
                    (one.longest_match::<false>(at, best_len, limits), all.longest_match::<true>(at, best_len, limits));
                assert_eq!((one.len, one.dist), (all.len, all.dist), "round {round}, at {at}, more than {best_len}");
            }
        }
    }
}
