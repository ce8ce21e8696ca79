//! How a block is written: stored, with fixed codes or with codes of its own.

use crate::bytes::store_u32;
use crate::config::{Algorithms, Strategy};
use crate::pending::{Pending, SYMBOL_BYTES, Symbol};
use crate::tables::{
    BASE_DIST, BASE_LENGTH, Code, D_CODES, END_BLOCK, EXTRA_DBITS, EXTRA_LBITS, L_CODES, LENGTH_CODE, LITERALS,
    NO_DISTANCE, STATIC_DTREE, STATIC_LTREE, d_code, d_code_or_none,
};
use crate::trees::{DynamicCodes, Frequencies};

const STORED_BLOCK: u32 = 0;
const STATIC_TREES: u32 = 1;
const DYN_TREES: u32 = 2;

/// The current block: its symbols, their frequencies, and where output goes.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) pending: Pending,
    pub(crate) freq: Frequencies,
}

/// The symbols of a block while more are appended: their number is in a register, and nothing is ever moved.
#[derive(Debug)]
pub(crate) struct Tally<'a> {
    symbols: &'a mut [u8],
    count: usize,
    freq: &'a mut Frequencies,
}

impl Tally<'_> {
    /// How many symbols the block has.
    #[inline(always)]
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Appends a literal.
    #[inline(always)]
    pub(crate) fn lit(&mut self, byte: u8) {
        self.lit_if(true, byte);
    }

    /// Appends a literal if `condition` is true. There is room for it in either case.
    #[inline(always)]
    pub(crate) fn lit_if(&mut self, condition: bool, byte: u8) {
        store_u32(self.symbols, SYMBOL_BYTES * self.count, u32::from(byte) << 16);
        self.freq.lit[usize::from(byte)] += u16::from(condition);
        self.count += usize::from(condition);
    }

    /// Appends a match of `length + MIN_MATCH` bytes.
    #[inline(always)]
    pub(crate) fn dist(&mut self, distance: usize, length: usize) {
        store_u32(self.symbols, SYMBOL_BYTES * self.count, (distance | length << 16) as Symbol);
        self.freq.lit[usize::from(LENGTH_CODE[length & 255]) + LITERALS + 1] += 1;
        self.freq.dist[d_code(distance - 1)] += 1;
        self.count += 1;
    }
}

impl Block {
    /// zlib's `_tr_tally_lit`: whether the block is full after this literal.
    #[inline(always)]
    pub(crate) fn tally_lit(&mut self, byte: u8) -> bool {
        self.pending.push_symbol(u32::from(byte) << 16);
        self.freq.lit[usize::from(byte)] += 1;
        self.pending.sym_next() == self.pending.sym_end()
    }

    /// zlib's `_tr_tally_dist`: whether the block is full after a match of `length + MIN_MATCH` bytes.
    #[inline(always)]
    pub(crate) fn tally_dist(&mut self, distance: usize, length: usize) -> bool {
        self.pending.push_symbol((distance | length << 16) as Symbol);
        self.freq.lit[usize::from(LENGTH_CODE[length & 255]) + LITERALS + 1] += 1;
        self.freq.dist[d_code(distance - 1)] += 1;
        self.pending.sym_next() == self.pending.sym_end()
    }

    /// Runs `work`, which appends up to `room` symbols, as far as a block can have them.
    #[inline(always)]
    pub(crate) fn tally<T>(&mut self, room: usize, work: impl FnOnce(&mut Tally<'_>) -> T) -> T {
        let (symbols, count) = self.pending.symbols_mut(room);
        let mut tally = Tally { symbols, count: *count, freq: &mut self.freq };
        let result = work(&mut tally);
        *count = tally.count;
        result
    }

    pub(crate) fn init_block(&mut self) {
        self.pending.clear_symbols();
        self.freq = Frequencies::new();
    }

    /// zlib's `_tr_stored_block`: a stored block, of at most 65,535 bytes.
    pub(crate) fn stored_block(&mut self, data: &[u8], last: bool) {
        self.stored_block_header(data.len(), last);
        self.pending.put_bytes(data);
    }

    /// The header of a stored block; the data are output after it.
    pub(crate) fn stored_block_header(&mut self, len: usize, last: bool) {
        self.pending.send_bits(STORED_BLOCK << 1 | u32::from(last), 3);
        self.pending.bi_windup();
        self.pending.put_bytes(&(len as u16).to_le_bytes());
        self.pending.put_bytes(&(!(len as u16)).to_le_bytes());
    }

    /// zlib's `_tr_align`: an empty block with fixed codes, all of it output but at most seven bits.
    pub(crate) fn align(&mut self) {
        self.pending.send_bits(STATIC_TREES << 1, 3);
        self.send_code(STATIC_LTREE[END_BLOCK]);
        self.pending.bi_flush();
    }

    fn send_code(&mut self, code: Code) {
        self.pending.send_bits(u32::from(code.code), u32::from(code.len));
    }

    /// zlib's `_tr_flush_block`: ends the block in the shortest of the three forms.
    ///
    /// `data` are the bytes it stands for, unless the window has slid past them.
    pub(crate) fn flush_block(&mut self, data: Option<&[u8]>, strategy: Strategy, algorithms: Algorithms, last: bool) {
        let (codes, lengths) = DynamicCodes::build(&mut self.freq, algorithms);
        let static_lenb = (lengths.static_len + 3 + 7) >> 3;
        let mut opt_lenb = (lengths.opt_len + 3 + 7) >> 3;
        if static_lenb <= opt_lenb || strategy == Strategy::Fixed {
            opt_lenb = static_lenb;
        }
        if let Some(data) = data
            && data.len() as i64 + 4 <= opt_lenb
        {
            self.stored_block(data, last);
        } else if static_lenb == opt_lenb {
            self.pending.send_bits(STATIC_TREES << 1 | u32::from(last), 3);
            self.compress_block(&STATIC_LTREE, &STATIC_DTREE);
        } else {
            self.pending.send_bits(DYN_TREES << 1 | u32::from(last), 3);
            codes.send_all_trees(|value, bits| self.pending.send_bits(value, bits));
            self.compress_block(&codes.lit, &codes.dist);
        }
        self.init_block();
        if last {
            self.pending.bi_windup();
        }
    }

    /// zlib's `compress_block`: sends the symbols of the block, and its end.
    fn compress_block(&mut self, ltree: &[Code], dtree: &[Code; D_CODES]) {
        let ltree: &[Code; L_CODES] = ltree.first_chunk().expect("a code for each literal and length");
        let matches = self.freq.matches();
        if matches >= MANY_MATCHES && 8 * matches >= self.pending.sym_next() {
            self.send_mixed(ltree, dtree);
        } else {
            let literal = |symbol: Symbol| {
                let Code { code, len } = ltree[(symbol >> 16 & 0xff) as usize];
                (u64::from(code), u32::from(len))
            };
            self.pending.send_symbols(
                |symbol| if symbol & 0xffff == 0 { literal(symbol) } else { match_bits(symbol, ltree, dtree) },
                |one, two| {
                    let ((one_bits, one_len), (two_bits, two_len)) = (literal(one), literal(two));
                    ((one | two) & 0xffff == 0).then_some((one_bits | two_bits << one_len, one_len + two_len))
                },
            );
        }
        self.send_code(ltree[END_BLOCK]);
    }

    /// Sends symbols of which it cannot be predicted whether they are literals or matches, without a branch.
    #[inline(never)]
    fn send_mixed(&mut self, ltree: &[Code; L_CODES], dtree: &[Code; D_CODES]) {
        // The literals, and then the lengths with their extra bits: the bits, and from bit 24 on how many they are.
        let mut first = [0_u32; 512];
        for (entry, code) in first.iter_mut().zip(&ltree[..LITERALS]) {
            *entry = u32::from(code.code) | u32::from(code.len) << 24;
        }
        for (length_code, code) in ltree[LITERALS + 1..].iter().enumerate().filter(|(_, code)| code.len > 0) {
            let (base, extra) = (usize::from(BASE_LENGTH[length_code]), u32::from(EXTRA_LBITS[length_code]));
            let entry = u32::from(code.code) | (u32::from(code.len) + extra) << 24;
            for (bits, length) in first[LITERALS + base..].iter_mut().take(1 << extra).enumerate() {
                *length = entry | (bits as u32) << code.len;
            }
        }
        // The distance codes, and one of no bits for literals: the base distance, how many bits the code has, how many there are with
        // the extra bits, and the code.
        let mut distances = [(0_u16, 0_u8, 0_u8, 0_u16); 32];
        for (n, (entry, code)) in distances.iter_mut().zip(dtree).enumerate() {
            *entry = (BASE_DIST[n], code.len as u8, code.len as u8 + EXTRA_DBITS[n], code.code);
        }
        distances[NO_DISTANCE] = (u16::MAX, 0, 0, 0);
        self.pending.send_symbols(
            |symbol| {
                let dist = symbol as u16;
                let first = first[(symbol >> 16 & 0xff) as usize + if dist > 0 { LITERALS } else { 0 }];
                let dist = dist.wrapping_sub(1);
                let (base, len, count, code) = distances[d_code_or_none(dist)];
                let second = u64::from(code) | u64::from(dist - base) << len;
                let first_count = first >> 24;
                (u64::from(first & 0xff_ffff) | second << first_count, first_count + u32::from(count))
            },
            |_, _| None,
        );
    }
}

/// With fewer matches a block is sent in less time the other way.
const MANY_MATCHES: usize = 3000;

/// The bits of a match, and how many they are.
#[inline(always)]
fn match_bits(symbol: Symbol, ltree: &[Code; L_CODES], dtree: &[Code; D_CODES]) -> (u64, u32) {
    let (dist, lc) = ((symbol & 0xffff) as usize, (symbol >> 16 & 0xff) as usize);
    let length_code = usize::from(LENGTH_CODE[lc]);
    let Code { code, len } = ltree[length_code + LITERALS + 1];
    let (mut bits, mut count) = (u64::from(code), u32::from(len));
    bits |= ((lc - usize::from(BASE_LENGTH[length_code])) as u64) << count;
    count += u32::from(EXTRA_LBITS[length_code]);
    let dist_code = d_code(dist - 1);
    let Code { code, len } = dtree[dist_code];
    bits |= u64::from(code) << count;
    count += u32::from(len);
    bits |= ((dist - 1 - usize::from(BASE_DIST[dist_code])) as u64) << count;
    (bits, count + u32::from(EXTRA_DBITS[dist_code]))
}
