//! The 16-bit CRC of the BinHex 4 format, also known as CRC-16/XMODEM.
//!
//! Polynomial x^16 + x^12 + x^5 + 1, most significant bit first, no final inversion.
//!
//! The C module looks up one table entry a byte, and every look-up waits for the one before it. Here sixteen bytes are
//! folded in one step: a CRC is linear over XOR, so the new register is the XOR of what each byte contributes alone,
//! and the contribution of a byte depends only on its value and on how many bytes follow it in the step: one table for
//! each distance ("slicing", Kounavis and Berry, 2008). The sixteen look-ups do not wait for each other. Where the processor multiplies polynomials, longer
//! data is first reduced with that.

#[cfg(target_arch = "x86_64")]
mod folding;

use cpu_level::Level;

/// The polynomial without its leading term.
const POLYNOMIAL: u16 = 0x1021;

/// How many bytes one step takes.
const STEP: usize = 16;

/// `TABLES[d][b]` is the CRC of the byte `b` followed by `d` zero bytes.
static TABLES: [[u16; 256]; STEP] = {
    let mut tables = [[0; 256]; STEP];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut distance = 0;
        while distance < STEP {
            let mut bit = 0;
            while bit < 8 {
                crc = (crc << 1) ^ (POLYNOMIAL * (crc >> 15));
                bit += 1;
            }
            tables[distance][byte] = crc;
            distance += 1;
        }
        byte += 1;
    }
    tables
};

/// Continues `crc`, the CRC of what came before (0 at the start), over `data`, with the instructions of [`Level::detected`]. This
/// cannot panic.
pub fn update(crc: u16, data: &[u8]) -> u16 {
    update_at(Level::detected(), crc, data)
}

/// [`update`] with the instructions of `level`, which this processor must have.
fn update_at(level: Level, crc: u16, data: &[u8]) -> u16 {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx2
        && let (blocks, rest) = data.as_chunks()
        && let Some((first, blocks)) = blocks.split_first()
    {
        let folded = if level >= Level::Avx512 {
            // SAFETY: the level says that the processor has these instructions.
            unsafe { folding::fold_vpclmulqdq(crc, first, blocks) }
        } else {
            // SAFETY: the level says that the processor has these instructions.
            unsafe { folding::fold_pclmulqdq(crc, first, blocks) }
        };
        return update_by_tables(update_by_tables(0, &folded), rest);
    }
    let _ = level;
    update_by_tables(crc, data)
}

fn update_by_tables(mut crc: u16, data: &[u8]) -> u16 {
    let (steps, rest) = data.as_chunks::<STEP>();
    for step in steps {
        // The register is as wide as two bytes: it is XORed to the first two.
        let mut bytes = *step;
        bytes[0] ^= (crc >> 8) as u8;
        bytes[1] ^= crc as u8;
        crc = 0;
        for (byte, table) in bytes.iter().zip(TABLES.iter().rev()) {
            crc ^= table[usize::from(*byte)];
        }
    }
    for byte in rest {
        crc = crc << 8 ^ TABLES[0][usize::from((crc >> 8) as u8 ^ byte)];
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::{Level, update_at};
    use crate::testing::Random;

    /// The polynomial division, one bit at a time.
    fn oracle(crc: u16, data: &[u8]) -> u16 {
        data.iter().fold(crc, |crc, byte| {
            (0..8).rev().fold(crc, |crc, bit| {
                let carry = crc >> 15 ^ u16::from(byte >> bit & 1);
                (crc << 1) ^ (0x1021 * carry)
            })
        })
    }

    /// The CRC, on which all levels must agree.
    fn update(crc: u16, data: &[u8]) -> u16 {
        let result = update_at(Level::Portable, crc, data);
        for level in Level::available() {
            assert_eq!(update_at(level, crc, data), result, "{} on {} bytes", level.name(), data.len());
        }
        result
    }

    #[test]
    fn known_values() {
        for (crc, data, expected) in
            [(0, &b""[..], 0), (0xbeef, b"", 0xbeef), (0, b"123456789", 0x31c3), (0xffff, b"123456789", 0x29b1)]
        {
            assert_eq!(oracle(crc, data), expected, "the oracle on {data:?}");
            assert_eq!(update(crc, data), expected, "{data:?}");
        }
    }

    #[test]
    fn every_length_and_alignment_equals_the_definition() {
        let data = Random::new().bytes(1500);
        for start in [0, 1, 7, 15, 33] {
            for len in (0..300).chain([511, 512, 513, 1023, 1024, 1025, 1337]) {
                let piece = &data[start..][..len];
                for crc in [0, 1, 0xffff, 0x8001] {
                    assert_eq!(update(crc, piece), oracle(crc, piece), "{len} bytes from {start} after {crc:#x}");
                }
            }
        }
    }

    #[test]
    fn pieces_continue_each_other() {
        let data = Random::new().bytes(5000);
        let whole = update(0, &data);
        assert_eq!(whole, oracle(0, &data));
        for cut in (0..data.len()).step_by(37) {
            let (head, tail) = data.split_at(cut);
            assert_eq!(update(update(0, head), tail), whole);
        }
    }
}
