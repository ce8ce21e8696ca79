//! The checksum of bzip2: CRC-32 with the polynomial of Ethernet, the most significant bit first (CRC-32/BZIP2), computed
//! eight bytes at a time (M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-Based CRC
//! Generators", ISCC 2005).

#![forbid(unsafe_code)]

const POLYNOMIAL: u32 = 0x04c1_1db7;

/// `TABLES[k][b]` is the checksum of byte `b` followed by `k` zero bytes.
static TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc << 1) ^ (POLYNOMIAL * (crc >> 31));
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut place = 1;
    while place < 8 {
        byte = 0;
        while byte < 256 {
            let crc = tables[place - 1][byte];
            tables[place][byte] = (crc << 8) ^ tables[0][(crc >> 24) as usize];
            byte += 1;
        }
        place += 1;
    }
    tables
};

/// Updates a checksum. It starts with all bits set, and is inverted at the end.
pub(crate) fn update(mut crc: u32, data: &[u8]) -> u32 {
    let (eights, rest) = data.as_chunks::<8>();
    for &[a, b, c, d, e, f, g, h] in eights {
        let [w, x, y, z] = crc.to_be_bytes();
        let table = |place: usize, byte: u8| TABLES[place][usize::from(byte)];
        crc = (table(7, a ^ w) ^ table(6, b ^ x) ^ table(5, c ^ y) ^ table(4, d ^ z))
            ^ (table(3, e) ^ table(2, f) ^ table(1, g) ^ table(0, h));
    }
    for byte in rest {
        crc = (crc << 8) ^ TABLES[0][usize::from((crc >> 24) as u8 ^ byte)];
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::update;

    #[test]
    fn equals_the_definition() {
        assert_eq!(!update(!0, b"123456789"), 0xfc89_1918);
        let data: Vec<u8> = (0..100_u32).map(|index| (index * index) as u8).collect();
        for len in 0..100 {
            let (head, tail) = data[..len].split_at(len / 3);
            assert_eq!(update(update(!0, head), tail), update(!0, &data[..len]));
            let bitwise = data[..len].iter().fold(!0_u32, |crc, byte| {
                (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| (crc << 1) ^ (0x04c1_1db7 * (crc >> 31)))
            });
            assert_eq!(update(!0, &data[..len]), bitwise);
        }
    }
}
