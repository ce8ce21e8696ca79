//! `Z_HUFFMAN_ONLY`: every byte is a literal.

use crate::config::Flush;
use crate::stream::{BlockState, Deflate, Io};

impl Deflate {
    pub(crate) fn deflate_huff(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        self.window.next_insert = 0;
        loop {
            if self.window.lookahead == 0 {
                self.window.fill_window(&mut io.input, &mut self.check);
                if self.window.lookahead == 0 {
                    if flush == Flush::No {
                        return BlockState::NeedMore;
                    }
                    break;
                }
            }
            let window = &mut self.window;
            window.match_length = 0;
            let room = self.block.pending.sym_end() - self.block.pending.sym_next();
            let count = window.lookahead.min(room);
            let mut full = false;
            for &byte in &window.window[window.strstart..][..count] {
                full = self.block.tally_lit(byte);
            }
            window.strstart += count;
            window.lookahead -= count;
            if full && let Some(state) = self.flush_block(io, false) {
                return state;
            }
        }
        self.window.insert = 0;
        self.flush_rest(io, flush)
    }
}
