//! Decoding tables of canonical Huffman codes, as made by zlib's `inflate_table`.
//!
//! A table is indexed by the next bits of the input, as many as its root has. A code that is longer leads to a subtable
//! in the same array, which is indexed by the bits after those of the root. The entries have libdeflate's layout, by
//! which one shift drops a code together with its extra bits:
//!
//! | bits | literal | length or distance | pointer to a subtable | end of block, invalid |
//! | --- | --- | --- | --- | --- |
//! | 0 to 7 | length of the code | length of the code and of the extra bits | bits of the root | length of the code |
//! | 8 to 11 | length of the code | length of the code | bits of the subtable's index | length of the code |
//! | 12 to 15 | 0 | 0 | [`EXCEPTIONAL`], [`SUBTABLE`] | [`EXCEPTIONAL`], [`END_OF_BLOCK`] |
//! | 16 to 30 | the literal | the base | the start of the subtable | 0 |
//! | 31 | [`LITERAL`] | 0 | 0 | 0 |
//!
//! In a subtable the length of a code is counted without the bits of the root. Which codes are refused, and which entries
//! are invalid, is as in zlib.

#![forbid(unsafe_code)]

/// The bits of the roots. All tables are filled up to these, even if all codes are shorter.
pub(crate) const LENGTH_ROOT: u32 = 10;
pub(crate) const DISTANCE_ROOT: u32 = 8;
pub(crate) const CODE_LENGTH_ROOT: u32 = 7;
/// The largest number of entries with these roots, by zlib's `enough.c`: `enough 288 10 15`, `enough 32 8 15`.
pub(crate) const LENGTH_ENTRIES: usize = 1334;
pub(crate) const DISTANCE_ENTRIES: usize = 402;

pub(crate) const LITERAL: u32 = 1 << 31;
pub(crate) const EXCEPTIONAL: u32 = 1 << 15;
pub(crate) const SUBTABLE: u32 = 1 << 14;
pub(crate) const END_OF_BLOCK: u32 = 1 << 13;
/// The entry of a code that has no meaning. Input that has it is damaged.
const INVALID: u32 = EXCEPTIONAL;

/// zlib's `lencode` and `distcode`.
pub(crate) type LengthTable = [u32; LENGTH_ENTRIES];
pub(crate) type DistanceTable = [u32; DISTANCE_ENTRIES];

/// zlib's `codetype`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeType {
    /// The code of code lengths.
    CodeLengths,
    /// The code of literals and lengths.
    Lengths,
    Distances,
}

/// The length of the code of an entry; of a pointer to a subtable, the bits of the subtable's index.
#[inline(always)]
pub(crate) const fn code_length(entry: u32) -> u32 {
    entry >> 8 & 15
}

/// The number of extra bits after the code of a length or a distance.
#[inline(always)]
pub(crate) const fn extra_bits(entry: u32) -> u32 {
    (entry & 0xff) - code_length(entry)
}

/// The literal, the base of a length or a distance, or the start of a subtable.
#[inline(always)]
pub(crate) const fn value(entry: u32) -> usize {
    (entry >> 16 & 0x7fff) as usize
}

/// The entry of a symbol, without the length of its code (RFC 1951, 3.2.5).
const fn symbol_entry(code_type: CodeType, symbol: u32) -> u32 {
    let (base, extra) = match (code_type, symbol) {
        (CodeType::CodeLengths, _) | (CodeType::Lengths, 0..=255) => return LITERAL | symbol << 16,
        (CodeType::Lengths, 256) => return EXCEPTIONAL | END_OF_BLOCK,
        (CodeType::Lengths, 257..=264) => (symbol - 257 + 3, 0),
        (CodeType::Lengths, 265..=284) => {
            let extra = (symbol - 257) / 4 - 1;
            (3 + ((4 + (symbol - 257) % 4) << extra), extra)
        }
        (CodeType::Lengths, 285) => (258, 0),
        (CodeType::Distances, 0..=3) => (1 + symbol, 0),
        (CodeType::Distances, 4..=29) => {
            let extra = symbol / 2 - 1;
            (1 + ((2 + symbol % 2) << extra), extra)
        }
        _ => return INVALID,
    };
    base << 16 | extra
}

const fn symbol_entries<const N: usize>(code_type: CodeType) -> [u32; N] {
    let mut entries = [0; N];
    let mut symbol = 0;
    while symbol < N {
        entries[symbol] = symbol_entry(code_type, symbol as u32);
        symbol += 1;
    }
    entries
}

static CODE_LENGTH_SYMBOLS: [u32; 19] = symbol_entries(CodeType::CodeLengths);
static LENGTH_SYMBOLS: [u32; 288] = symbol_entries(CodeType::Lengths);
static DISTANCE_SYMBOLS: [u32; 32] = symbol_entries(CodeType::Distances);

/// An entry with the length of its code.
#[inline(always)]
const fn with_length(entry: u32, length: u32) -> u32 {
    entry + (length << 8 | length)
}

/// Makes the table of the canonical code with these code lengths. Returns whether there is such a code, and one that zlib
/// accepts: complete, empty, or of a single code of one bit.
pub(crate) fn inflate_table(code_type: CodeType, lengths: &[u8], table: &mut [u32]) -> bool {
    match code_type {
        CodeType::CodeLengths => fill(&CODE_LENGTH_SYMBOLS, false, lengths, table, CODE_LENGTH_ROOT),
        CodeType::Lengths => fill(&LENGTH_SYMBOLS, true, lengths, table, LENGTH_ROOT),
        CodeType::Distances => fill(&DISTANCE_SYMBOLS, true, lengths, table, DISTANCE_ROOT),
    }
}

/// Makes the table of entries of `symbols`. `may_be_incomplete` says whether a single code of one bit is accepted.
#[inline(always)]
const fn fill(symbols: &[u32], may_be_incomplete: bool, lengths: &[u8], table: &mut [u32], root: u32) -> bool {
    // Four counters in turn, because most lengths are equal and each addition would wait for the one before.
    let mut counters = [[0_u16; 16]; 4];
    let mut at = 0;
    while at < lengths.len() {
        counters[at % 4][lengths[at] as usize & 15] += 1;
        at += 1;
    }
    let mut counts = [0_u16; 16];
    at = 0;
    while at < 16 {
        counts[at] = counters[0][at] + counters[1][at] + counters[2][at] + counters[3][at];
        at += 1;
    }
    let mut longest = 15;
    while longest > 0 && counts[longest as usize] == 0 {
        longest -= 1;
    }
    if longest == 0 {
        // No code at all, which is an error only when one is read.
        table[0] = with_length(INVALID, 1);
        double(table, 0, root);
        return true;
    }
    let (mut left, mut length) = (1_i32, 1);
    while length < 16 {
        left = (left << 1) - counts[length as usize] as i32;
        if left < 0 {
            return false;
        }
        length += 1;
    }
    if left > 0 && (!may_be_incomplete || longest != 1) {
        return false;
    }

    // The symbols by the length of their codes, and of the same length in order.
    let mut offsets = [0_u16; 16];
    length = 1;
    while length < 15 {
        offsets[length as usize + 1] = offsets[length as usize] + counts[length as usize];
        length += 1;
    }
    let mut sorted = [0_u16; 288];
    at = 0;
    while at < lengths.len() {
        let length = lengths[at] as usize & 15;
        if length > 0 {
            sorted[offsets[length] as usize] = at as u16;
            offsets[length] += 1;
        }
        at += 1;
    }

    // Codes that are not longer than the root. The table has `1 << length` entries at each length, and is doubled for the
    // next one.
    let mut code = 0_u32;
    (at, length) = (0, 1);
    table[0] = with_length(INVALID, 1);
    while length <= root {
        double(table, length - 1, length);
        let end = at + counts[length as usize] as usize;
        while at < end {
            let reversed = code.reverse_bits() >> (32 - length);
            table[reversed as usize] = with_length(symbols[sorted[at] as usize], length);
            at += 1;
            code += 1;
        }
        if length >= longest {
            double(table, length, root);
            return true;
        }
        code <<= 1;
        length += 1;
    }

    // Longer codes. Of the subtable in use: the bits that lead there, its start, and the bits of its index.
    let mut free = 1_usize << root;
    let (mut prefix, mut start, mut bits) = (usize::MAX, 0, 0);
    while length <= longest {
        let end = at + counts[length as usize] as usize;
        while at < end {
            let reversed = (code.reverse_bits() >> (32 - length)) as usize;
            if reversed % (1 << root) != prefix {
                prefix = reversed % (1 << root);
                // As many bits as the codes need that are still to come with this prefix.
                bits = length - root;
                let mut left = (1_i32 << bits) - (end - at) as i32;
                while left > 0 && bits + root < longest {
                    bits += 1;
                    left = (left << 1) - counts[(bits + root) as usize] as i32;
                }
                start = free;
                free += 1 << bits;
                table[prefix] = EXCEPTIONAL | SUBTABLE | (start as u32) << 16 | bits << 8 | root;
            }
            let entry = with_length(symbols[sorted[at] as usize], length - root);
            let mut place = reversed >> root;
            while place < 1 << bits {
                table[start + place] = entry;
                place += 1 << (length - root);
            }
            at += 1;
            code += 1;
        }
        code <<= 1;
        length += 1;
    }
    true
}

/// Doubles a table of `1 << from` entries until it has `1 << to`.
#[inline(always)]
const fn double(table: &mut [u32], from: u32, to: u32) {
    let mut bits = from;
    while bits < to {
        let (entries, rest) = table.split_at_mut(1 << bits);
        rest.split_at_mut(1 << bits).0.copy_from_slice(entries);
        bits += 1;
    }
}

/// The tables of the fixed codes (RFC 1951, 3.2.6).
pub(crate) static FIXED_LENGTHS: LengthTable = {
    let mut lengths = [8; 288];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    let mut table = [0; LENGTH_ENTRIES];
    assert!(fill(&symbol_entries::<288>(CodeType::Lengths), true, &lengths, &mut table, LENGTH_ROOT));
    table
};
pub(crate) static FIXED_DISTANCES: DistanceTable = {
    let mut table = [0; DISTANCE_ENTRIES];
    assert!(fill(&symbol_entries::<32>(CodeType::Distances), true, &[5; 32], &mut table, DISTANCE_ROOT));
    table
};
