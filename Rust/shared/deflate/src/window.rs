//! The sliding window and the hash chains of the strings in it.

use crate::bytes::load_u32;
use crate::config::{Checked, Error, Wrap};
use crate::tables::{MAX_MATCH, MIN_MATCH};
use checksum::{adler32, crc32};

/// With less input than this, a match might be cut short, and the string after it could not be hashed.
pub(crate) const MIN_LOOKAHEAD: usize = MAX_MATCH + MIN_MATCH + 1;

/// No position, in a hash chain: no match starts at the first byte of the window.
pub(crate) const NIL: usize = 0;

/// After so few bytes it is faster to take the strings out of the hash table than to clear it.
const FEW: usize = 4096;

/// Bytes after the window that may be read, though nothing depends on them.
const PADDING: usize = 16;

/// The input of one call, the check value over all that was read, and how much that was.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) next_in: usize,
}

impl Input<'_> {
    #[inline]
    pub(crate) fn avail_in(&self) -> usize {
        self.data.len() - self.next_in
    }
}

/// The check value over the data, and their length.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) wrap: Wrap,
    /// Of the data so far; of the dictionary before the first data.
    pub(crate) adler: u32,
    pub(crate) total_in: u64,
}

impl Check {
    /// zlib's `read_buf`: up to `size` bytes of input, counted and checked.
    pub(crate) fn read_buf<'a>(&mut self, input: &mut Input<'a>, size: usize) -> &'a [u8] {
        let data = &input.data[input.next_in..];
        let data = &data[..data.len().min(size)];
        input.next_in += data.len();
        self.total_in += data.len() as u64;
        match self.wrap {
            Wrap::Raw => {}
            Wrap::Zlib => self.adler = adler32(self.adler, data),
            Wrap::Gzip => self.adler = crc32(self.adler, data),
        }
        data
    }
}

/// zlib's `UPDATE_HASH` over the three bytes of a string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash {
    shift: u32,
    mask: u32,
}

impl Hash {
    /// The hash of the lower three bytes of `string`.
    #[inline(always)]
    pub(crate) fn of(self, string: u32) -> usize {
        let (first, second, third) = (string & 0xff, string >> 8 & 0xff, string >> 16 & 0xff);
        (((first << self.shift ^ second) << self.shift ^ third) & self.mask) as usize
    }

    /// The hash with the first two bytes of a string in it.
    #[inline(always)]
    pub(crate) fn roll(self, first: u8, second: u8) -> RollingHash {
        RollingHash { hash: self, ins_h: u32::from(first) << self.shift ^ u32::from(second) }
    }
}

/// The hash of consecutive strings, each from the one before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollingHash {
    hash: Hash,
    ins_h: u32,
}

impl RollingHash {
    /// With the last byte of the next string.
    #[inline(always)]
    pub(crate) fn update(self, third: u8) -> Self {
        Self { ins_h: (self.ins_h << self.hash.shift ^ u32::from(third)) & self.hash.mask, ..self }
    }

    #[inline(always)]
    pub(crate) fn index(self) -> usize {
        self.ins_h as usize
    }
}

/// Puts the string at `at` at the head of its hash chain, and returns the one that was there.
#[inline(always)]
pub(crate) fn insert(head: &mut [u16], prev: &mut [u16], hash: usize, at: usize) -> usize {
    let (head_mask, prev_mask) = (head.len() - 1, prev.len() - 1);
    let slot = &mut head[hash & head_mask];
    let hash_head = *slot;
    prev[at & prev_mask] = hash_head;
    *slot = at as u16;
    usize::from(hash_head)
}

/// The window and its hash chains, with zlib's names.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) w_bits: u32,
    /// Twice `w_size` bytes, as far as they have been used.
    pub(crate) window: Vec<u8>,
    /// For each position, modulo `w_size`, the one before it in its hash chain. Its length is a power of two that grows to
    /// `w_size` as the window fills.
    pub(crate) prev: Vec<u16>,
    /// The last position with each hash.
    pub(crate) head: Vec<u16>,
    pub(crate) hash: Hash,
    pub(crate) strstart: usize,
    pub(crate) lookahead: usize,
    /// Where the current block starts; negative when the window has slid past it.
    pub(crate) block_start: isize,
    /// How many strings before `strstart` are still to be inserted into the hash table.
    pub(crate) insert: usize,
    pub(crate) match_start: usize,
    pub(crate) match_length: usize,
    pub(crate) prev_length: usize,
    pub(crate) match_available: bool,
    /// Whether strings may be in the table that are not in the window where they were.
    moved: bool,
    /// `deflate_slow` inserts strings some way ahead: the first that it has not inserted.
    pub(crate) next_insert: usize,
}

impl Window {
    /// Empty tables: nothing can be done with them.
    pub(crate) fn unused() -> Self {
        Self {
            w_bits: 0,
            window: Vec::new(),
            prev: Vec::new(),
            head: Vec::new(),
            hash: Hash { shift: 0, mask: 0 },
            strstart: 0,
            lookahead: 0,
            block_start: 0,
            insert: 0,
            match_start: 0,
            match_length: MIN_MATCH - 1,
            prev_length: MIN_MATCH - 1,
            match_available: false,
            moved: false,
            next_insert: 0,
        }
    }

    pub(crate) fn new(config: &Checked) -> Result<Self, Error> {
        let w_size = 1_usize << config.window_bits;
        let hash_bits = config.mem_level + 7;
        let mut window = Vec::new();
        window.try_reserve_exact(2 * w_size + PADDING)?;
        let mut prev = Vec::new();
        prev.try_reserve_exact(w_size)?;
        prev.resize(256, 0);
        let mut head = Vec::new();
        head.try_reserve_exact(1 << hash_bits)?;
        head.resize(1 << hash_bits, NIL as u16);
        Ok(Self {
            w_bits: config.window_bits,
            window,
            prev,
            head,
            hash: Hash { shift: hash_bits.div_ceil(MIN_MATCH as u32), mask: (1 << hash_bits) - 1 },
            ..Self::unused()
        })
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.window.capacity() + 2 * (self.prev.capacity() + self.head.capacity())
    }

    pub(crate) fn try_clone(&self) -> Result<Self, Error> {
        let mut window = Vec::new();
        window.try_reserve_exact(2 * self.w_size() + PADDING)?;
        window.extend_from_slice(&self.window);
        let mut prev = Vec::new();
        prev.try_reserve_exact(self.w_size())?;
        prev.extend_from_slice(&self.prev);
        let mut head = Vec::new();
        head.try_reserve_exact(self.head.len())?;
        head.extend_from_slice(&self.head);
        Ok(Self { window, prev, head, ..*self })
    }

    /// zlib's `lm_init`.
    pub(crate) fn reset(&mut self) {
        let end = self.strstart + self.lookahead;
        if self.moved || end > FEW {
            self.clear_hash();
        } else {
            // Only these strings can be in the table.
            for at in 0..end {
                let hash = self.hash.of(load_u32(&self.window, at));
                self.head[hash] = NIL as u16;
            }
        }
        debug_assert!(self.head.iter().all(|position| usize::from(*position) == NIL));
        self.moved = false;
        self.strstart = 0;
        self.lookahead = 0;
        self.block_start = 0;
        self.insert = 0;
        self.match_start = 0;
        self.match_length = MIN_MATCH - 1;
        self.prev_length = MIN_MATCH - 1;
        self.match_available = false;
        self.next_insert = 0;
    }

    #[inline(always)]
    pub(crate) fn w_size(&self) -> usize {
        1 << self.w_bits
    }

    /// The longest distance that is used: a match needs no input past the window.
    #[inline(always)]
    pub(crate) fn max_dist(&self) -> usize {
        self.w_size() - MIN_LOOKAHEAD
    }

    /// zlib's `window_size`.
    #[inline(always)]
    pub(crate) fn window_size(&self) -> usize {
        2 * self.w_size()
    }

    /// Makes `..end` of the window there, and some bytes after it.
    fn grow(&mut self, end: usize) {
        let needed = end + PADDING;
        if self.window.len() < needed {
            // Within what `new` reserved.
            let len = needed.next_power_of_two().min(self.window_size() + PADDING);
            self.window.resize(len, 0);
        }
    }

    /// Makes `prev` large enough for the positions below `end`.
    fn grow_prev(&mut self, end: usize) {
        if self.prev.len() < end && self.prev.len() < self.w_size() {
            // Positions are taken modulo the length, so that those already there keep their places.
            let len = end.next_power_of_two().min(self.w_size());
            self.prev.resize(len, 0);
        }
    }

    /// Writes to the window from `at` on.
    pub(crate) fn write(&mut self, at: usize, data: &[u8]) {
        self.moved |= at < self.strstart;
        self.grow(at + data.len());
        self.window[at..][..data.len()].copy_from_slice(data);
    }

    /// Moves the upper half of the window to the lower one, up to `end`.
    pub(crate) fn slide_bytes(&mut self, end: usize) {
        let w_size = self.w_size();
        self.window.copy_within(w_size..end, 0);
        self.moved = true;
    }

    /// zlib's `CLEAR_HASH`.
    pub(crate) fn clear_hash(&mut self) {
        self.head.fill(NIL as u16);
    }

    /// zlib's `slide_hash`: positions after the window has slid by `w_size`.
    pub(crate) fn slide_hash(&mut self) {
        let w_size = self.w_size() as u16;
        for table in [&mut self.head, &mut self.prev] {
            for position in table {
                *position = position.saturating_sub(w_size);
            }
        }
    }

    /// Inserts the string at `at` into its hash chain, and returns the one before it there.
    #[inline(always)]
    pub(crate) fn insert_string(&mut self, at: usize) -> usize {
        let hash = self.hash.of(load_u32(&self.window, at));
        insert(&mut self.head, &mut self.prev, hash, at)
    }

    /// zlib's `fill_window`: reads input until there is enough lookahead, and slides the window when it is full.
    pub(crate) fn fill_window(&mut self, input: &mut Input<'_>, check: &mut Check) {
        let w_size = self.w_size();
        loop {
            let mut more = self.window_size() - self.lookahead - self.strstart;
            if self.strstart >= w_size + self.max_dist() {
                self.slide_bytes(self.strstart + self.lookahead);
                self.match_start = self.match_start.wrapping_sub(w_size);
                self.strstart -= w_size;
                self.block_start -= w_size as isize;
                self.next_insert = self.next_insert.saturating_sub(w_size);
                self.insert = self.insert.min(self.strstart);
                self.slide_hash();
                more += w_size;
            }
            if input.avail_in() == 0 {
                break;
            }
            let data = check.read_buf(input, more);
            self.write(self.strstart + self.lookahead, data);
            self.lookahead += data.len();
            self.grow_prev(self.strstart + self.lookahead);
            while self.insert > 0 && self.lookahead + self.insert >= MIN_MATCH {
                self.insert_string(self.strstart - self.insert);
                self.insert -= 1;
            }
            if self.lookahead >= MIN_LOOKAHEAD || input.avail_in() == 0 {
                break;
            }
        }
    }

    /// zlib's `deflateSetDictionary`, but for the check value.
    pub(crate) fn set_dictionary(&mut self, dictionary: &[u8], wrap: Wrap) {
        let w_size = self.w_size();
        let mut dictionary = dictionary;
        if dictionary.len() >= w_size {
            if wrap == Wrap::Raw {
                self.clear_hash();
                self.strstart = 0;
                self.block_start = 0;
                self.insert = 0;
            }
            dictionary = &dictionary[dictionary.len() - w_size..];
        }
        let mut input = Input { data: dictionary, next_in: 0 };
        let mut check = Check { wrap: Wrap::Raw, adler: 0, total_in: 0 };
        self.fill_window(&mut input, &mut check);
        while self.lookahead >= MIN_MATCH {
            let end = self.strstart + self.lookahead - (MIN_MATCH - 1);
            for at in self.strstart..end {
                self.insert_string(at);
            }
            self.strstart = end;
            self.lookahead = MIN_MATCH - 1;
            self.fill_window(&mut input, &mut check);
        }
        self.strstart += self.lookahead;
        self.block_start = self.strstart as isize;
        self.insert = self.lookahead;
        self.lookahead = 0;
        self.match_length = MIN_MATCH - 1;
        self.prev_length = MIN_MATCH - 1;
        self.match_available = false;
        self.next_insert = 0;
    }
}
