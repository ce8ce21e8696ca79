//! `Z_RLE`: matches at distance one only.

use crate::config::Flush;
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::{MAX_MATCH, MIN_MATCH};
use crate::words::Words;

impl Deflate {
    pub(crate) fn deflate_rle(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        self.window.next_insert = 0;
        loop {
            if self.window.lookahead <= MAX_MATCH {
                self.window.fill_window(&mut io.input, &mut self.check);
                if self.window.lookahead <= MAX_MATCH && flush == Flush::No {
                    return BlockState::NeedMore;
                }
                if self.window.lookahead == 0 {
                    break;
                }
            }
            let window = &mut self.window;
            window.match_length = 0;
            let (strstart, lookahead) = (window.strstart, window.lookahead);
            let len = match strstart {
                0 => 0,
                _ => Words::new(&window.window).match_len(strstart, strstart - 1, lookahead.min(MAX_MATCH)),
            };
            let (used, full) = if len >= MIN_MATCH {
                (len, self.block.tally_dist(1, len - MIN_MATCH))
            } else {
                (1, self.block.tally_lit(window.window[strstart]))
            };
            window.strstart += used;
            window.lookahead -= used;
            if full && let Some(state) = self.flush_block(io, false) {
                return state;
            }
        }
        self.window.insert = 0;
        self.flush_rest(io, flush)
    }
}
