//! The search of a hash chain for the longest match.

use crate::tables::{MAX_MATCH, MIN_MATCH};
use crate::words::Words;

/// Where and how to search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search<'a> {
    pub(crate) window: Words<'a>,
    /// See [`Window::prev`](crate::window::Window::prev).
    pub(crate) prev: &'a [u16],
    pub(crate) max_dist: usize,
    /// How many strings are compared at most; not 0.
    pub(crate) chain_length: usize,
    /// The length of a match that ends the search.
    pub(crate) nice_match: usize,
}

impl Search<'_> {
    /// zlib's `longest_match`: the length of the longest match of the string at `strstart`, and its start when it is longer than
    /// `prev_length`.
    ///
    /// `cur_match` is the head of the chain, at most `max_dist` before `strstart`.
    #[inline(always)]
    pub(crate) fn longest_match(
        &self,
        strstart: usize,
        lookahead: usize,
        prev_length: usize,
        cur_match: usize,
        match_start: &mut usize,
    ) -> usize {
        let (window, prev) = (self.window, self.prev);
        let mask = prev.len() - 1;
        let max = lookahead.min(MAX_MATCH);
        let nice_match = self.nice_match.min(lookahead);
        let limit = strstart.saturating_sub(self.max_dist);
        let mut chain_length = self.chain_length;
        let mut best_len = prev_length;
        let mut cur_match = cur_match;

        if prev_length >= max {
            // No match can be longer. (zlib may find one that goes past the input, and cuts it.)
            return max;
        }
        if prev_length == 0 {
            return self.longest_match_unfiltered(strstart, lookahead, cur_match, match_start);
        }
        // The next string in the chain, unless the search ends.
        macro_rules! next_match {
            () => {
                cur_match = usize::from(prev[cur_match & mask]);
                chain_length -= 1;
                if cur_match <= limit || chain_length == 0 {
                    return best_len.min(lookahead);
                }
            };
        }
        // Compares all of a string; the search ends with a match of `nice_match` bytes.
        macro_rules! compare {
            () => {
                let len = window.match_len(strstart, cur_match, max);
                if len > best_len {
                    *match_start = cur_match;
                    best_len = len;
                    if len >= nice_match {
                        return best_len.min(lookahead);
                    }
                }
            };
        }

        let start = window.u32_at(strstart);
        while best_len < MIN_MATCH {
            if (window.u32_at(cur_match) ^ start) & 0xff_ffff == 0 {
                compare!();
            }
            next_match!();
        }
        while best_len == MIN_MATCH {
            if window.u32_at(cur_match) == start {
                compare!();
            }
            next_match!();
        }
        // Only a string with the same four bytes up to the one after the longest match can be longer.
        loop {
            let at_end = best_len - MIN_MATCH;
            let end = window.u32_at(strstart + at_end);
            while window.u32_at(cur_match + at_end) != end {
                next_match!();
            }
            compare!();
            next_match!();
        }
    }

    /// The same with a `prev_length` of 0, which `deflate_fast` has after a `deflate_slow` whose last symbol was a match.
    ///
    /// zlib compares the bytes at `best_len - 1` and `best_len` first: here the byte before the string.
    #[cold]
    #[inline(never)]
    fn longest_match_unfiltered(
        &self,
        strstart: usize,
        lookahead: usize,
        cur_match: usize,
        match_start: &mut usize,
    ) -> usize {
        let limit = strstart.saturating_sub(self.max_dist);
        let (mut best_len, mut cur_match) = (0, cur_match);
        for _ in 0..self.chain_length {
            if best_len > 0 || self.window.bytes()[cur_match - 1] == self.window.bytes()[strstart - 1] {
                let len = self.window.match_len(strstart, cur_match, lookahead.min(MAX_MATCH));
                if len > best_len && len >= MIN_MATCH {
                    *match_start = cur_match;
                    best_len = len;
                    if len >= self.nice_match.min(lookahead) {
                        break;
                    }
                }
            }
            cur_match = usize::from(self.prev[cur_match & (self.prev.len() - 1)]);
            if cur_match <= limit {
                break;
            }
        }
        best_len.min(lookahead)
    }
}
