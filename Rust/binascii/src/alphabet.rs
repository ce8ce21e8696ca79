//! Alphabets: the characters that stand for the digits of an encoding, and the reverse table that a decoder looks up.
//!
//! An alphabet given by the caller is any sequence of bytes, with repeated and non-ASCII ones too. As in C, the last of two
//! equal characters counts when decoding.

#![forbid(unsafe_code)]

/// Marks in a [`ReverseTable`] a byte that is not in the alphabet. It is the top bit, which vector instructions test.
pub(crate) const INVALID: u8 = 0x80;

/// The pad character of base64 and base32 (RFC 4648, section 3.2).
pub(crate) const PAD: u8 = b'=';

/// The base64 alphabet (RFC 4648, table 1).
pub const BASE64: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The base32 alphabet (RFC 4648, table 3).
pub const BASE32: [u8; 32] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The base85 alphabet (RFC 1924).
pub const BASE85: [u8; 85] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// The Ascii85 alphabet (PostScript Language Reference, third edition, section 3.13): `!` to `u`.
pub const ASCII85: [u8; 85] = {
    let mut characters = [0; 85];
    let mut value = 0;
    while value < characters.len() {
        characters[value] = b'!' + value as u8;
        value += 1;
    }
    characters
};

/// The base64 alphabet that is safe in URLs and file names (RFC 4648, table 2).
pub const URLSAFE_BASE64: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The base32 alphabet that keeps the order of the data (RFC 4648, table 4).
pub const BASE32HEX: [u8; 32] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// The Z85 alphabet (ZeroMQ RFC 32).
pub const Z85: [u8; 85] = *b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// The base64 alphabet of crypt(3), in which the digits come first.
pub const CRYPT: [u8; 64] = *b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The alphabet of uuencode (POSIX, uuencode): space to `_`.
pub const UU: [u8; 64] = {
    let mut characters = [0; 64];
    let mut value = 0;
    while value < characters.len() {
        characters[value] = b' ' + value as u8;
        value += 1;
    }
    characters
};

/// The alphabet of BinHex 4.0 (RFC 1741, appendix A).
pub const BINHEX: [u8; 64] = *b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

/// The reverse table of [`BASE64`].
pub static BASE64_REVERSE: ReverseTable = ReverseTable::new(&BASE64, Some(PAD));
/// The reverse table of [`URLSAFE_BASE64`].
pub static URLSAFE_BASE64_REVERSE: ReverseTable = ReverseTable::new(&URLSAFE_BASE64, Some(PAD));
/// The reverse table of [`BASE32HEX`].
pub static BASE32HEX_REVERSE: ReverseTable = ReverseTable::new(&BASE32HEX, Some(PAD));
/// The reverse table of [`Z85`].
pub static Z85_REVERSE: ReverseTable = ReverseTable::new(&Z85, None);
/// The reverse table of [`BASE32`].
pub static BASE32_REVERSE: ReverseTable = ReverseTable::new(&BASE32, Some(PAD));
/// The reverse table of [`BASE85`].
pub static BASE85_REVERSE: ReverseTable = ReverseTable::new(&BASE85, None);
/// The reverse table of [`ASCII85`].
pub static ASCII85_REVERSE: ReverseTable = ReverseTable::new(&ASCII85, None);

/// The value of each character of an alphabet, [`INVALID`] for every other byte.
///
/// `repr(C)` keeps the values first, so that none of their vectors crosses a cache line.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct ReverseTable {
    values: [u8; 256],
    printable: bool,
}

impl ReverseTable {
    /// The reverse table of `alphabet`. `pad` is never in it, even when the alphabet has that character.
    #[inline]
    pub const fn new<const N: usize>(alphabet: &[u8; N], pad: Option<u8>) -> Self {
        const { assert!(N <= INVALID as usize) };
        let mut values = [INVALID; 256];
        let mut value = 0;
        while value < N {
            values[alphabet[value] as usize] = value as u8;
            value += 1;
        }
        // In a loop of its own, which the compiler turns into vector instructions.
        let mut printable = true;
        value = 0;
        while value < N {
            printable &= alphabet[value].wrapping_sub(b' ') <= b'~' - b' ';
            value += 1;
        }
        if let Some(pad) = pad {
            values[pad as usize] = INVALID;
        }
        Self { values, printable }
    }

    /// The reverse table of hexadecimal digits, in both cases.
    pub(crate) const fn hex() -> Self {
        let mut table = Self::new(b"0123456789abcdef", None);
        let mut upper = b'A';
        while upper <= b'F' {
            table.values[upper as usize] = upper - b'A' + 10;
            upper += 1;
        }
        table
    }

    /// The values of all bytes.
    #[inline(always)]
    pub(crate) fn all(&self) -> &[u8; 256] {
        &self.values
    }

    /// The value of `byte`, or [`INVALID`].
    #[inline(always)]
    pub(crate) fn value(&self, byte: u8) -> u8 {
        self.values[usize::from(byte)]
    }

    /// Whether `byte` is in the alphabet.
    #[inline(always)]
    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.value(byte) != INVALID
    }

    /// Whether all characters are printable ASCII. Only such alphabets have vector kernels: these look up no others, and
    /// read NUL where there is no more text.
    #[inline(always)]
    pub(crate) fn is_printable(&self) -> bool {
        self.printable
    }

    /// The values of the 128 ASCII characters, in two vectors.
    #[inline(always)]
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn ascii_values(&self) -> [&[u8; 64]; 2] {
        let (quarters, _) = self.values.as_chunks::<64>();
        [&quarters[0], &quarters[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_value() {
        for (alphabet, table) in [
            (&BASE64[..], &BASE64_REVERSE),
            (&URLSAFE_BASE64[..], &URLSAFE_BASE64_REVERSE),
            (&BASE32[..], &BASE32_REVERSE),
            (&BASE32HEX[..], &BASE32HEX_REVERSE),
            (&BASE85[..], &BASE85_REVERSE),
            (&ASCII85[..], &ASCII85_REVERSE),
            (&Z85[..], &Z85_REVERSE),
        ] {
            assert!(table.is_printable());
            for byte in 0..=255 {
                let expected = alphabet.iter().position(|character| *character == byte).map_or(INVALID, |at| at as u8);
                assert_eq!(table.value(byte), expected);
                assert_eq!(table.contains(byte), expected != INVALID);
            }
        }
    }

    #[test]
    fn unusual_alphabets() {
        let table = ReverseTable::new(b"aba=", Some(PAD));
        assert_eq!([b'a', b'b', b'=', b'c'].map(|byte| table.value(byte)), [2, 1, INVALID, INVALID]);
        assert_eq!(ReverseTable::new(b"a=", None).value(b'='), 1);
        for alphabet in [b"a\0", b"a\x80", b"\xffa", b"\x7fa", b"\na"] {
            assert!(!ReverseTable::new(alphabet, None).is_printable());
        }
    }
}
