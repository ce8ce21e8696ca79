//! How a block is written: stored, with fixed codes or with codes of its own.

use crate::config::{Algorithms, Strategy};
use crate::pending::{Pending, Symbol};
use crate::tables::{
    BASE_DIST, BASE_LENGTH, Code, D_CODES, END_BLOCK, EXTRA_DBITS, EXTRA_LBITS, L_CODES, LENGTH_CODE, LITERALS,
    STATIC_DTREE, STATIC_LTREE, d_code,
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
        self.pending.send_symbols(|symbol| {
            let (dist, lc) = ((symbol & 0xffff) as usize, (symbol >> 16 & 0xff) as usize);
            if dist == 0 {
                let Code { code, len } = ltree[lc];
                return (u64::from(code), u32::from(len));
            }
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
            count += u32::from(EXTRA_DBITS[dist_code]);
            (bits, count)
        });
        self.send_code(ltree[END_BLOCK]);
    }
}
