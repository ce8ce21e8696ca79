//! Levels 1 to 3: the first match that is found is taken.

use crate::config::Flush;
use crate::longest_match::Search;
use crate::stream::{BlockState, Deflate, Io};
use crate::tables::MIN_MATCH;
use crate::window::{MIN_LOOKAHEAD, NIL, Window, insert};
use crate::words::Words;

impl Deflate {
    pub(crate) fn deflate_fast(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        self.window.next_insert = 0;
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
            if self.fast_run()
                && let Some(state) = self.flush_block(io, false)
            {
                return state;
            }
        }
        self.window.insert = self.window.strstart.min(MIN_MATCH - 1);
        self.flush_rest(io, flush)
    }

    /// Goes on until there is too little lookahead, at least by one symbol, or the block is full, which is the result.
    fn fast_run(&mut self) -> bool {
        let max_dist = self.window.max_dist();
        let max_insert_length = usize::from(self.tuning.max_lazy);
        let (chain_length, nice_match) = (usize::from(self.tuning.max_chain), usize::from(self.tuning.nice_length));
        let (mut strstart, mut lookahead) = (self.window.strstart, self.window.lookahead);
        let Window { window, prev, head, hash, match_length, match_start, prev_length, .. } = &mut self.window;
        let (window, prev, head) = (Words::new(window), &mut prev[..], &mut head[..]);
        let (hash, prev_length) = (*hash, *prev_length);
        let mut full;
        loop {
            let mut hash_head = NIL;
            if lookahead >= MIN_MATCH {
                hash_head = insert(head, prev, hash.of(window.u32_at(strstart)), strstart);
            }
            if hash_head != NIL && strstart - hash_head <= max_dist {
                let search = Search { window, prev, max_dist, chain_length, nice_match };
                *match_length = search.longest_match(strstart, lookahead, prev_length, hash_head, match_start);
            }
            let len = *match_length;
            if len >= MIN_MATCH {
                full = self.block.tally_dist(strstart - *match_start, len - MIN_MATCH);
                lookahead -= len;
                if len <= max_insert_length && lookahead >= MIN_MATCH {
                    for at in strstart + 1..strstart + len {
                        insert(head, prev, hash.of(window.u32_at(at)), at);
                    }
                }
                strstart += len;
                *match_length = 0;
            } else {
                full = self.block.tally_lit(window.bytes()[strstart]);
                lookahead -= 1;
                strstart += 1;
            }
            if full || lookahead < MIN_LOOKAHEAD {
                break;
            }
        }
        (self.window.strstart, self.window.lookahead) = (strstart, lookahead);
        full
    }
}
