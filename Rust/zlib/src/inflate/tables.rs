//! Tables that decode deflate's Huffman codes, several bits at a time.
//!
//! A code that is no longer than the root of its table is found in one step; of a longer one the root's bits lead to a
//! table of further bits behind it. What is refused, and which entries stand for nothing, is as in zlib.

#![forbid(unsafe_code)]

/// How many entries the tables of literals and of distances have at most, with roots of so many bits (zlib's
/// `enough.c`).
pub(super) const LITERALS: usize = 1332;
pub(super) const DISTANCES: usize = 592;
pub(super) const LITERALS_ROOT: u32 = 10;
pub(super) const DISTANCES_ROOT: u32 = 9;

/// What is decoded.
///
/// The lowest four bits of an entry are how many bits it takes, the next four how many bits follow; then come these
/// flags, and from bit 16 on a value: a literal or the length of a code; of a length or a distance the least; of a
/// further table the place.
pub(super) const LITERAL: u32 = 1 << 8;
pub(super) const BASE: u32 = 1 << 9;
pub(super) const END: u32 = 1 << 10;
pub(super) const FURTHER: u32 = 1 << 11;
/// Stands for nothing: data that comes here is damaged.
const INVALID: u32 = 1 << 12;

/// What a code is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Lengths,
    Literals,
    Distances,
}

/// How many bits an entry takes.
#[inline(always)]
pub(super) const fn length(entry: u32) -> u32 {
    entry & 15
}

/// How many bits follow; of a further table how many lead on.
#[inline(always)]
pub(super) const fn extra(entry: u32) -> u32 {
    entry >> 4 & 15
}

#[inline(always)]
pub(super) const fn value(entry: u32) -> usize {
    (entry >> 16) as usize
}

/// The entry of a symbol, but for how many bits it takes (RFC 1951, 3.2.5).
const fn symbol(kind: Kind, symbol: usize) -> u32 {
    let symbol = symbol as u32;
    let (base, extra) = match (kind, symbol) {
        (Kind::Lengths, _) | (Kind::Literals, 0..=255) => return LITERAL | symbol << 16,
        (Kind::Literals, 256) => return END,
        (Kind::Literals, 257..=264) => (symbol - 257 + 3, 0),
        (Kind::Literals, 265..=284) => {
            let extra = (symbol - 257) / 4 - 1;
            (3 + ((4 + (symbol - 257) % 4) << extra), extra)
        }
        (Kind::Literals, 285) => (258, 0),
        (Kind::Distances, 0..=3) => (1 + symbol, 0),
        (Kind::Distances, 4..=29) => {
            let extra = symbol / 2 - 1;
            (1 + ((2 + symbol % 2) << extra), extra)
        }
        _ => return INVALID,
    };
    BASE | base << 16 | extra << 4
}

/// Makes the table of the canonical code with these lengths, with a root of `root` bits or less; returns how many.
/// `None` if there is no such code, or one with gaps that zlib refuses.
pub(super) const fn build(kind: Kind, lengths: &[u8], table: &mut [u32], root: u32) -> Option<u32> {
    // In turn, because most are 0, and each count would wait for the one before.
    let mut counted = [[0_u16; 16]; 4];
    let mut at = 0;
    while at < lengths.len() {
        counted[at % 4][lengths[at] as usize] += 1;
        at += 1;
    }
    let mut counts = [0_u16; 16];
    at = 0;
    while at < 16 {
        counts[at] = counted[0][at] + counted[1][at] + counted[2][at] + counted[3][at];
        at += 1;
    }
    let (mut least, mut most) = (1, 15);
    while most > 0 && counts[most] == 0 {
        most -= 1;
    }
    if most == 0 {
        // No symbols; it is an error only when one is needed.
        (table[0], table[1]) = (INVALID | 1, INVALID | 1);
        return Some(1);
    }
    while counts[least] == 0 {
        least += 1;
    }
    let (mut left, mut length) = (1_i32, 1);
    while length < 16 {
        left = (left << 1) - counts[length] as i32;
        if left < 0 {
            return None;
        }
        length += 1;
    }
    if left > 0 && (matches!(kind, Kind::Lengths) || most != 1) {
        return None;
    }
    let root = if root as usize > most { most } else { root as usize };
    let root = if root < least { least } else { root };

    // The symbols by length, and with the same length in order.
    let mut places = [0_u16; 16];
    length = 1;
    while length < 15 {
        places[length + 1] = places[length] + counts[length];
        length += 1;
    }
    let mut sorted = [0_u16; 288];
    at = 0;
    while at < lengths.len() {
        let length = lengths[at] as usize;
        if length > 0 {
            sorted[places[length] as usize] = at as u16;
            places[length] += 1;
        }
        at += 1;
    }

    let (mut code, mut free) = (0_u32, 1 << root);
    // Of the further table in use: which bits lead there, where it is, and how many bits it is for.
    let (mut prefix, mut start, mut bits) = (usize::MAX, 0, 0);
    (at, length) = (0, least);
    while length <= most {
        if counts[length] == 0 {
            length += 1;
            code <<= 1;
            continue;
        }
        let entry = symbol(kind, sorted[at] as usize);
        let reversed = (code.reverse_bits() >> (32 - length)) as usize;
        if length <= root {
            let mut place = reversed;
            while place < 1 << root {
                table[place] = entry | length as u32;
                place += 1 << length;
            }
        } else {
            if reversed % (1 << root) != prefix {
                prefix = reversed % (1 << root);
                // As many bits as are needed for the codes that are left to come here.
                bits = length - root;
                let mut left = 1_i32 << bits;
                while bits + root < most {
                    left -= counts[bits + root] as i32;
                    if left <= 0 {
                        break;
                    }
                    bits += 1;
                    left <<= 1;
                }
                start = free;
                free += 1 << bits;
                table[prefix] = FURTHER | (start as u32) << 16 | (bits as u32) << 4 | root as u32;
            }
            let mut place = reversed >> root;
            while place < 1 << bits {
                table[start + place] = entry | (length - root) as u32;
                place += 1 << (length - root);
            }
        }
        at += 1;
        code += 1;
        counts[length] -= 1;
    }
    if left > 0 {
        // One code of one bit: the other bit stands for nothing.
        table[1] = INVALID | 1;
    }
    Some(root as u32)
}

/// The tables of the fixed codes (RFC 1951, 3.2.6), as long as those of others.
pub(super) const FIXED_LITERALS_ROOT: u32 = 9;
pub(super) const FIXED_DISTANCES_ROOT: u32 = 5;
pub(super) static FIXED_LITERALS: [u32; LITERALS] = {
    let mut lengths = [8; 288];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    let mut table = [0; LITERALS];
    assert!(build(Kind::Literals, &lengths, &mut table, FIXED_LITERALS_ROOT).is_some());
    table
};
pub(super) static FIXED_DISTANCES: [u32; DISTANCES] = {
    let mut table = [0; DISTANCES];
    assert!(build(Kind::Distances, &[5; 32], &mut table, FIXED_DISTANCES_ROOT).is_some());
    table
};
