//! Level 0: stored blocks, copied from input to output where there is room.

use crate::config::Flush;
use crate::stream::{BlockState, Deflate, Io};

/// The longest stored block.
const MAX_STORED: usize = 65_535;

impl Deflate {
    /// Bytes that the header of a stored block takes with the bits before it.
    fn stored_header_len(&self) -> usize {
        (self.block.pending.bi_valid() as usize + 42) >> 3
    }

    fn in_window(&self) -> usize {
        (self.window.strstart as isize - self.window.block_start) as usize
    }

    pub(crate) fn deflate_stored(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        self.window.next_insert = 0;
        let w_size = self.window.w_size();
        // The shortest block that is worth writing when neither flushing nor finishing.
        let min_block = (self.block.pending.size() - 5).min(w_size);
        let start = io.input.next_in;
        let mut last = false;
        // Blocks that go straight to the output, from the window first, then from the input.
        while !last {
            let header = self.stored_header_len();
            if io.avail_out() < header {
                break;
            }
            let left = self.in_window();
            let available = left + io.input.avail_in();
            let len = MAX_STORED.min(available).min(io.avail_out() - header);
            if len < min_block && ((len == 0 && flush != Flush::Finish) || flush == Flush::No || len != available) {
                break;
            }
            last = flush == Flush::Finish && len == available;
            self.block.stored_block_header(len, last);
            self.flush_pending(io);
            let left = left.min(len);
            if left > 0 {
                let from = self.window.block_start as usize;
                io.output.extend_from_slice(&self.window.window[from..][..left]);
                self.window.block_start += left as isize;
            }
            if len > left {
                let data = self.check.read_buf(&mut io.input, len - left);
                io.output.extend_from_slice(data);
            }
        }
        self.keep_history(&io.input.data[start..io.input.next_in], &io.input.data[..io.input.next_in]);
        if last {
            return BlockState::FinishDone;
        }
        if flush != Flush::No && flush != Flush::Finish && io.input.avail_in() == 0 && self.in_window() == 0 {
            return BlockState::BlockDone;
        }
        self.store_in_window(io);

        // A block that goes through `pending`, when there is enough for one, or when flushing.
        let have = (self.block.pending.size() - self.stored_header_len()).min(MAX_STORED);
        let min_block = have.min(w_size);
        let left = self.in_window();
        let mut last = false;
        if left >= min_block
            || ((left > 0 || flush == Flush::Finish) && flush != Flush::No && io.input.avail_in() == 0 && left <= have)
        {
            let len = left.min(have);
            last = flush == Flush::Finish && io.input.avail_in() == 0 && len == left;
            let from = self.window.block_start as usize;
            self.block.stored_block(&self.window.window[from..][..len], last);
            self.window.block_start += len as isize;
            self.flush_pending(io);
        }
        if last { BlockState::FinishStarted } else { BlockState::NeedMore }
    }

    /// Puts what was copied straight from the input into the window, for a later level that looks for matches.
    fn keep_history(&mut self, used: &[u8], consumed: &[u8]) {
        if used.is_empty() {
            return;
        }
        let window = &mut self.window;
        let w_size = window.w_size();
        if used.len() >= w_size {
            self.slides = 2;
            window.write(0, &consumed[consumed.len() - w_size..]);
            window.strstart = w_size;
            window.insert = w_size;
        } else {
            if window.window_size() - window.strstart <= used.len() {
                window.slide_bytes(window.strstart);
                window.strstart -= w_size;
                self.slides = (self.slides + 1).min(2);
                window.insert = window.insert.min(window.strstart);
            }
            window.write(window.strstart, used);
            window.strstart += used.len();
            window.insert += used.len().min(w_size - window.insert);
        }
        window.block_start = window.strstart as isize;
    }

    /// Fills the window with what input is left.
    fn store_in_window(&mut self, io: &mut Io<'_, '_>) {
        let window = &mut self.window;
        let w_size = window.w_size();
        let mut have = window.window_size() - window.strstart;
        if io.input.avail_in() > have && window.block_start >= w_size as isize {
            window.slide_bytes(window.strstart);
            window.block_start -= w_size as isize;
            window.strstart -= w_size;
            self.slides = (self.slides + 1).min(2);
            have += w_size;
            window.insert = window.insert.min(window.strstart);
        }
        let data = self.check.read_buf(&mut io.input, have);
        if !data.is_empty() {
            window.write(window.strstart, data);
            window.strstart += data.len();
            window.insert += data.len().min(w_size - window.insert);
        }
    }
}
