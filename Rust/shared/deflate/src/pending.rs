//! The pending output (`pending_buf`), the bits that do not make a byte yet (`bi_buf`), and the symbols of the current
//! block (`sym_buf`).

use crate::bytes::{load_u32, store_u32, store_u64};
use crate::config::Error;
use outbuf::OutBuf;

/// A literal or a match: the distance (0 for a literal) in the lower 16 bits, the byte or `length - MIN_MATCH` above.
pub(crate) type Symbol = u32;

/// zlib's `pending_buf`, with `sym_buf` in its upper three quarters.
///
/// A block is written over those of its symbols that have been read. The output cannot overtake the reading. With fixed
/// codes a symbol takes at most 31 bits, and dynamic codes are only used for a block that is shorter with them. The
/// symbols start at a quarter of the buffer and take 24 bits each.
#[derive(Debug)]
pub(crate) struct Pending {
    buf: Vec<u8>,
    /// zlib's `lit_bufsize`: the largest number of symbols of a block, plus 1.
    lit_bufsize: usize,
    /// The start of `sym_buf`: at a quarter of the part of the buffer that is in use. This part grows to the full
    /// buffer with the first block that is large enough.
    sym_buf: usize,
    /// Number of symbols of the current block.
    sym_next: usize,
    /// Where the output starts that has not been flushed.
    pending_out: usize,
    /// Where it ends.
    pending_end: usize,
    bi_buf: u64,
    bi_valid: u32,
}

/// Bytes of a symbol in `sym_buf`.
pub(crate) const SYMBOL_BYTES: usize = 3;
/// So that a symbol can be stored and loaded as four bytes.
const SLACK: usize = 1;
/// The number of symbols for which the symbol buffer is first allocated, since most streams are short.
const FIRST_SYMBOLS: usize = 512;

impl Pending {
    /// For blocks of `lit_bufsize - 1` symbols.
    pub(crate) fn new(lit_bufsize: usize) -> Result<Self, Error> {
        let mut buf = Vec::new();
        buf.try_reserve_exact(4 * lit_bufsize + SLACK)?;
        let sym_buf = lit_bufsize.min(FIRST_SYMBOLS);
        buf.resize(4 * sym_buf + SLACK, 0);
        Ok(Self { buf, lit_bufsize, sym_buf, sym_next: 0, pending_out: 0, pending_end: 0, bi_buf: 0, bi_valid: 0 })
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.buf.capacity()
    }

    pub(crate) fn try_clone(&self) -> Result<Self, Error> {
        let mut buf = Vec::new();
        buf.try_reserve_exact(4 * self.lit_bufsize + SLACK)?;
        buf.extend_from_slice(&self.buf);
        Ok(Self { buf, ..*self })
    }

    pub(crate) fn reset(&mut self) {
        (self.sym_next, self.pending_out, self.pending_end, self.bi_buf, self.bi_valid) = (0, 0, 0, 0, 0);
    }

    /// zlib's `pending_buf_size`.
    pub(crate) fn size(&self) -> usize {
        4 * self.lit_bufsize
    }

    /// How many bytes wait for room.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.pending_end - self.pending_out
    }

    /// How many bits are not yet output.
    #[inline]
    pub(crate) fn bi_valid(&self) -> u32 {
        self.bi_valid
    }

    /// Number of symbols of the current block.
    #[inline(always)]
    pub(crate) fn sym_next(&self) -> usize {
        self.sym_next
    }

    /// The number of symbols that end a block.
    #[inline(always)]
    pub(crate) fn sym_end(&self) -> usize {
        self.lit_bufsize - 1
    }

    /// Starts a block without symbols.
    pub(crate) fn clear_symbols(&mut self) {
        self.sym_next = 0;
    }

    #[inline(always)]
    pub(crate) fn push_symbol(&mut self, symbol: Symbol) {
        if self.sym_next + 1 >= self.sym_buf && self.sym_buf < self.lit_bufsize {
            self.grow_symbols();
        }
        let at = self.sym_buf + SYMBOL_BYTES * self.sym_next;
        store_u32(&mut self.buf, at, symbol);
        self.sym_next += 1;
    }

    /// The memory of the current block's symbols with room for `count` more, as far as a block can have them, and how many there are,
    /// to be changed by who appends to them.
    #[inline(always)]
    pub(crate) fn symbols_mut(&mut self, count: usize) -> (&mut [u8], &mut usize) {
        while self.sym_next + count >= self.sym_buf && self.sym_buf < self.lit_bufsize {
            self.grow_symbols();
        }
        (&mut self.buf[self.sym_buf..], &mut self.sym_next)
    }

    #[cold]
    #[inline(never)]
    fn grow_symbols(&mut self) {
        let (old, new) = (self.sym_buf, (4 * self.sym_buf).min(self.lit_bufsize));
        let len = self.buf.len().max(4 * new + SLACK);
        // Within what `new` reserved.
        self.buf.resize(len, 0);
        self.buf.copy_within(old..old + SYMBOL_BYTES * self.sym_next, new);
        self.sym_buf = new;
    }

    fn make_room(&mut self, end: usize) {
        if end > self.buf.len() {
            // Within what `new` reserved, as the bounds of a block's length say.
            self.buf.resize(end.max(2 * self.buf.len()).min(self.buf.capacity()), 0);
        }
    }

    pub(crate) fn put_byte(&mut self, byte: u8) {
        self.make_room(self.pending_end + 1);
        self.buf[self.pending_end] = byte;
        self.pending_end += 1;
    }

    pub(crate) fn put_bytes(&mut self, bytes: &[u8]) {
        self.make_room(self.pending_end + bytes.len());
        self.buf[self.pending_end..][..bytes.len()].copy_from_slice(bytes);
        self.pending_end += bytes.len();
    }

    /// Appends the lower `len` bits of `value`, at most 16.
    pub(crate) fn send_bits(&mut self, value: u32, len: u32) {
        debug_assert!(len <= 16 && value >> len == 0);
        self.bi_buf |= u64::from(value) << self.bi_valid;
        self.bi_valid += len;
        if self.bi_valid > 48 {
            self.bi_flush();
        }
    }

    /// Outputs all whole bytes of the bit buffer.
    pub(crate) fn bi_flush(&mut self) {
        while self.bi_valid >= 8 {
            self.put_byte(self.bi_buf as u8);
            self.bi_buf >>= 8;
            self.bi_valid -= 8;
        }
    }

    /// Outputs the bit buffer and aligns to a byte boundary.
    pub(crate) fn bi_windup(&mut self) {
        self.bi_flush();
        if self.bi_valid > 0 {
            self.put_byte(self.bi_buf as u8);
        }
        self.bi_buf = 0;
        self.bi_valid = 0;
    }

    /// Moves as much as there is room for to the output.
    pub(crate) fn flush(&mut self, output: &mut OutBuf<'_>) {
        self.bi_flush();
        let len = self.len().min(output.remaining());
        output.extend_from_slice(&self.buf[self.pending_out..][..len]);
        self.pending_out += len;
        if self.pending_out == self.pending_end {
            (self.pending_out, self.pending_end) = (0, 0);
        }
    }

    /// Appends the symbols of the block, each as `encode` has it: at most 48 bits and how many they are. `encode_two` has the bits of
    /// two symbols if they are 48 at most.
    #[inline(always)]
    pub(crate) fn send_symbols(
        &mut self,
        encode: impl Fn(Symbol) -> (u64, u32),
        encode_two: impl Fn(Symbol, Symbol) -> Option<(u64, u32)>,
    ) {
        self.bi_flush();
        let (mut bi_buf, mut bi_valid, mut end) = (self.bi_buf, self.bi_valid, self.pending_end);
        let first = self.sym_buf;
        let past = first + SYMBOL_BYTES * self.sym_next;
        let buf = &mut self.buf[..];
        let mut at = first;
        while at < past {
            let symbol = load_u32(buf, at) & 0xff_ffff;
            at += SYMBOL_BYTES;
            let two = if at < past { encode_two(symbol, load_u32(buf, at) & 0xff_ffff) } else { None };
            at += if two.is_some() { SYMBOL_BYTES } else { 0 };
            let (bits, len) = two.unwrap_or_else(|| encode(symbol));
            bi_buf |= bits << bi_valid;
            bi_valid += len;
            if end + 8 <= at {
                store_u64(buf, end, bi_buf);
                end += (bi_valid >> 3) as usize;
                // At most 7 and 48 bits are there.
                bi_buf >>= bi_valid & 56;
                bi_valid &= 7;
            } else {
                // Eight bytes would reach into the symbols that have not been read.
                while bi_valid >= 8 {
                    buf[end] = bi_buf as u8;
                    end += 1;
                    bi_buf >>= 8;
                    bi_valid -= 8;
                }
            }
        }
        (self.bi_buf, self.bi_valid, self.pending_end) = (bi_buf, bi_valid, end);
    }
}
