//! The constants of RFC 1951: alphabets, base values, extra bits, and the codes of blocks with fixed Huffman codes.

/// The shortest match that has a code.
pub(crate) const MIN_MATCH: usize = 3;
/// The longest match that has a code.
pub(crate) const MAX_MATCH: usize = 258;

/// Literal bytes.
pub(crate) const LITERALS: usize = 256;
/// The symbol that ends a block.
pub(crate) const END_BLOCK: usize = 256;
/// Length codes.
pub(crate) const LENGTH_CODES: usize = 29;
/// Literal, end-of-block and length codes.
pub(crate) const L_CODES: usize = LITERALS + 1 + LENGTH_CODES;
/// Distance codes.
pub(crate) const D_CODES: usize = 30;
/// Codes for the code lengths.
pub(crate) const BL_CODES: usize = 19;
/// The longest code of a literal, length or distance.
pub(crate) const MAX_BITS: usize = 15;
/// The longest code of a code length.
pub(crate) const MAX_BL_BITS: usize = 7;

/// Extra bits of each length code.
pub(crate) const EXTRA_LBITS: [u8; LENGTH_CODES] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
/// Extra bits of each distance code.
pub(crate) const EXTRA_DBITS: [u8; D_CODES] =
    [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/// Extra bits of each code length code.
pub(crate) const EXTRA_BLBITS: [u8; BL_CODES] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];
/// The order in which the lengths of the code length codes are sent.
pub(crate) const BL_ORDER: [u8; BL_CODES] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Repeat the previous code length 3 to 6 times.
pub(crate) const REP_3_6: usize = 16;
/// Repeat a code length of zero 3 to 10 times.
pub(crate) const REPZ_3_10: usize = 17;
/// Repeat a code length of zero 11 to 138 times.
pub(crate) const REPZ_11_138: usize = 18;

/// `match length - MIN_MATCH` at which each length code starts.
pub(crate) const BASE_LENGTH: [u8; LENGTH_CODES] = {
    let mut table = [0; LENGTH_CODES];
    let (mut code, mut length) = (0, 0_u16);
    while code < LENGTH_CODES - 1 {
        table[code] = length as u8;
        length += 1 << EXTRA_LBITS[code];
        code += 1;
    }
    // Length 258 has a code of its own.
    table[LENGTH_CODES - 1] = 255;
    table
};

/// The length code of each `match length - MIN_MATCH`.
pub(crate) const LENGTH_CODE: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < LENGTH_CODES {
        let mut length = BASE_LENGTH[code] as usize;
        while length < 256 {
            table[length] = code as u8;
            length += 1;
        }
        code += 1;
    }
    table
};

/// `distance - 1` at which each distance code starts.
pub(crate) const BASE_DIST: [u16; D_CODES] = {
    let mut table = [0; D_CODES];
    let (mut code, mut dist) = (0, 0_u32);
    while code < D_CODES {
        table[code] = dist as u16;
        dist += 1 << EXTRA_DBITS[code];
        code += 1;
    }
    table
};

/// The distance code of each `distance - 1` below 256, and of each `(distance - 1) >> 7` from there on.
const DIST_CODE: [u8; 512] = {
    let mut table = [0; 512];
    let mut code = 0;
    while code < D_CODES {
        let start = BASE_DIST[code] as usize;
        let end = start + (1 << EXTRA_DBITS[code]);
        let mut dist = start;
        while dist < end {
            if dist < 256 {
                table[dist] = code as u8;
                dist += 1;
            } else {
                table[256 + (dist >> 7)] = code as u8;
                dist += 128;
            }
        }
        code += 1;
    }
    table
};

/// The distance code of a distance, given `distance - 1`, which is less than 32,768.
#[inline(always)]
pub(crate) fn d_code(dist: usize) -> usize {
    let index = if dist < 256 { dist } else { 256 + ((dist >> 7) & 255) };
    usize::from(DIST_CODE[index & 511])
}

/// Stands for the distance code of a literal.
pub(crate) const NO_DISTANCE: usize = 31;

/// The same with `NO_DISTANCE` for 65,535.
const DIST_CODE_OR_NONE: [u8; 1024] = {
    let mut table = [0; 1024];
    let mut index = 0;
    while index < 512 {
        table[index] = DIST_CODE[index];
        index += 1;
    }
    table[256 + (u16::MAX >> 7) as usize] = NO_DISTANCE as u8;
    table
};

/// The distance code of a distance, given `distance - 1`, or `NO_DISTANCE` for 65,535, without a branch.
#[inline(always)]
pub(crate) fn d_code_or_none(dist: u16) -> usize {
    let index = if dist < 256 { dist } else { 256 + (dist >> 7) };
    usize::from(DIST_CODE_OR_NONE[usize::from(index) & 1023] & 31)
}

/// A Huffman code: its bits, the first to be sent lowest, and how many they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) code: u16,
    pub(crate) len: u16,
}

/// The first code of each length, from how many codes there are of each (RFC 1951, section 3.2.2).
pub(crate) const fn next_codes(bl_count: [u16; MAX_BITS + 1]) -> [u16; MAX_BITS + 1] {
    let mut next_code = [0_u16; MAX_BITS + 1];
    let mut bits = 2;
    while bits <= MAX_BITS {
        next_code[bits] = (next_code[bits - 1] + bl_count[bits - 1]) << 1;
        bits += 1;
    }
    next_code
}

/// The bits of each byte in reverse order.
const REVERSED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).reverse_bits();
        byte += 1;
    }
    table
};

impl Code {
    /// Gives the next code to a symbol of known code length.
    #[inline(always)]
    pub(crate) const fn assign(&mut self, next_code: &mut [u16; MAX_BITS + 1]) {
        let next = &mut next_code[self.len as usize & MAX_BITS];
        let [low, high] = next.to_le_bytes();
        self.code = u16::from_be_bytes([REVERSED[low as usize], REVERSED[high as usize]]) >> (16 - self.len);
        *next = next.wrapping_add(1);
    }
}

const fn gen_codes(codes: &mut [Code]) {
    let mut bl_count = [0_u16; MAX_BITS + 1];
    let mut n = 0;
    while n < codes.len() {
        bl_count[codes[n].len as usize] += 1;
        n += 1;
    }
    let mut next_code = next_codes(bl_count);
    n = 0;
    while n < codes.len() {
        codes[n].assign(&mut next_code);
        n += 1;
    }
}

/// The literal and length codes of blocks with fixed codes (two of them never occur).
pub(crate) const STATIC_LTREE: [Code; L_CODES + 2] = {
    let mut codes = [Code { code: 0, len: 8 }; L_CODES + 2];
    let mut n = 144;
    while n < 280 {
        codes[n].len = if n < 256 { 9 } else { 7 };
        n += 1;
    }
    gen_codes(&mut codes);
    codes
};

/// The distance codes of blocks with fixed codes.
pub(crate) const STATIC_DTREE: [Code; D_CODES] = {
    let mut codes = [Code { code: 0, len: 5 }; D_CODES];
    gen_codes(&mut codes);
    codes
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_distances_of_the_rfc() {
        // RFC 1951, section 3.2.5.
        for (length, code, extra) in
            [(3, 257, 0), (10, 264, 0), (11, 265, 1), (130, 280, 4), (257, 284, 5), (258, 285, 0)]
        {
            let found = usize::from(LENGTH_CODE[length - MIN_MATCH]);
            assert_eq!((found + LITERALS + 1, EXTRA_LBITS[found]), (code, extra), "length {length}");
        }
        for (distance, code, extra) in [
            (1, 0, 0),
            (4, 3, 0),
            (5, 4, 1),
            (256, 15, 6),
            (257, 16, 7),
            (24576, 28, 13),
            (24577, 29, 13),
            (32768, 29, 13),
        ] {
            let found = d_code(distance - 1);
            assert_eq!((found, EXTRA_DBITS[found]), (code, extra), "distance {distance}");
        }
    }

    #[test]
    fn fixed_codes_of_the_rfc() {
        // RFC 1951, section 3.2.6, the bits reversed.
        for (symbol, len, code) in
            [(0, 8, 0b0011_0000), (143, 8, 0b1011_1111), (144, 9, 0b1_1001_0000), (256, 7, 0), (280, 8, 0b1100_0000)]
        {
            let found = STATIC_LTREE[symbol];
            assert_eq!((found.len, found.code.reverse_bits() >> (16 - found.len)), (len, code), "symbol {symbol}");
        }
        assert_eq!(STATIC_DTREE[1], Code { code: 0b10000, len: 5 });
    }
}
