//! The checksum of bzip2: CRC-32 with the polynomial of Ethernet, the most significant bit first (CRC-32/BZIP2).
//!
//! Other formats, and the crate that computes their CRC-32 by carry-less multiplication (V. Gopal et al., "Fast CRC
//! Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009), take the least significant bit of each
//! byte first. With the bits of each byte reversed, the result is the same with its bits reversed.

#![forbid(unsafe_code)]

const POLYNOMIAL: u32 = 0x04c1_1db7;

/// The checksum of each byte, for short data.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc << 1) ^ (POLYNOMIAL * (crc >> 31));
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// Shorter data is taken byte by byte.
const SHORT: usize = 32;

/// How many bytes are reversed at once.
const CHUNK: usize = 1024;

/// Updates a checksum. It starts with all bits set, and is inverted at the end.
pub(crate) fn update(mut crc: u32, data: &[u8]) -> u32 {
    if data.len() < SHORT {
        return data.iter().fold(crc, |crc, byte| (crc << 8) ^ TABLE[usize::from((crc >> 24) as u8 ^ byte)]);
    }
    let mut reversed = [0; CHUNK];
    for chunk in data.chunks(CHUNK) {
        let reversed = &mut reversed[..chunk.len()];
        for (target, byte) in reversed.iter_mut().zip(chunk) {
            *target = byte.reverse_bits();
        }
        // The crate inverts at the start and at the end.
        let mut hasher = crc32fast::Hasher::new_with_initial(!crc.reverse_bits());
        hasher.update(reversed);
        crc = (!hasher.finalize()).reverse_bits();
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, update};

    #[test]
    fn equals_the_definition() {
        assert_eq!(!update(!0, b"123456789"), 0xfc89_1918);
        let data: Vec<u8> = (0..3 * CHUNK as u32).map(|index| (index * index) as u8).collect();
        for len in (0..100).chain([CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) {
            let (head, tail) = data[..len].split_at(len / 3);
            assert_eq!(update(update(!0, head), tail), update(!0, &data[..len]));
            let bitwise = data[..len].iter().fold(!0_u32, |crc, byte| {
                (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| (crc << 1) ^ (0x04c1_1db7 * (crc >> 31)))
            });
            assert_eq!(update(!0, &data[..len]), bitwise);
        }
    }
}
