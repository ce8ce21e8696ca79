//! The fast profile without hash tables: level 0, `Z_HUFFMAN_ONLY` and `Z_RLE`.

use crate::config::Flush;
use crate::history::LOOKAHEAD;
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::{MAX_MATCH, MIN_MATCH};
use crate::words::Words;

/// The longest stored block, when the window and the pending buffer have room for it.
const MAX_STORED: usize = 32_768;

impl Deflate {
    /// Level 0: stored blocks of one size, and the rest.
    pub(crate) fn deflate_store(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        const HEADER: usize = 8;
        let len = MAX_STORED.min(self.history.room()).min(self.block.pending.size() - HEADER);
        loop {
            // With one byte more the block is known not to be the last one.
            self.history.fill(&mut io.input, &mut self.check, len + 1);
            let more = self.history.lookahead > len;
            if !more && flush == Flush::No {
                return BlockState::NeedMore;
            }
            let len = self.history.lookahead.min(len);
            let last = !more && flush == Flush::Finish;
            if len > 0 || last {
                let data = &self.history.window[self.history.strstart..][..len];
                self.block.stored_block(data, last);
                self.history.strstart += len;
                self.history.lookahead -= len;
                self.history.block_start = self.history.strstart as isize;
                self.flush_pending(io);
                if io.avail_out() == 0 {
                    return if last { BlockState::FinishStarted } else { BlockState::NeedMore };
                }
            }
            if !more {
                return if last { BlockState::FinishDone } else { BlockState::BlockDone };
            }
        }
    }

    /// Whether the current block, which does not end the data, is to end.
    fn block_is_full(&mut self) -> bool {
        let symbols = self.block.pending.sym_next();
        if symbols >= self.parser.splitter.next_check {
            let bytes = self.history.strstart as isize - self.history.block_start;
            if self.parser.splitter.should_end(&self.block.freq, symbols, bytes as usize) {
                return true;
            }
        }
        symbols == self.block.pending.sym_end()
    }

    /// `Z_HUFFMAN_ONLY`: every byte is a literal.
    pub(crate) fn deflate_literals(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        loop {
            self.history.fill(&mut io.input, &mut self.check, 1);
            if self.history.lookahead == 0 {
                if flush == Flush::No {
                    return BlockState::NeedMore;
                }
                break;
            }
            if self.block_is_full() {
                if let Some(state) = self.flush_block(io, false) {
                    return state;
                }
                continue;
            }
            let symbols = self.block.pending.sym_next();
            let room = self.parser.splitter.next_check.min(self.block.pending.sym_end()) - symbols;
            let count = self.history.lookahead.min(room);
            for &byte in &self.history.window[self.history.strstart..][..count] {
                self.block.tally_lit(byte);
            }
            self.history.strstart += count;
            self.history.lookahead -= count;
        }
        self.flush_rest(io, flush)
    }

    /// `Z_RLE`: matches at distance one only.
    pub(crate) fn deflate_runs(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
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
            if self.block_is_full() {
                if let Some(state) = self.flush_block(io, false) {
                    return state;
                }
                continue;
            }
            let history = &mut self.history;
            let at = history.strstart;
            let max = history.lookahead.min(MAX_MATCH);
            let len = if history.has_previous() { Words::new(&history.window).match_len(at, at - 1, max) } else { 0 };
            let used = if len >= MIN_MATCH {
                self.block.tally_dist(1, len - MIN_MATCH);
                len
            } else {
                self.block.tally_lit(history.window[at]);
                1
            };
            history.strstart += used;
            history.lookahead -= used;
        }
        self.flush_rest(io, flush)
    }
}
