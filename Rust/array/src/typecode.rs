//! The type codes: which machine type the items of an array have.

#![forbid(unsafe_code)]

use std::ffi::{CStr, c_long};

/// How the bytes of an item are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A signed integer of 8 bits.
    I8,
    /// An unsigned integer of 8 bits.
    U8,
    /// A signed integer of 16 bits.
    I16,
    /// An unsigned integer of 16 bits.
    U16,
    /// A signed integer of 32 bits.
    I32,
    /// An unsigned integer of 32 bits.
    U32,
    /// A signed integer of 64 bits.
    I64,
    /// An unsigned integer of 64 bits.
    U64,
    /// IEEE 754 binary16.
    F16,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Two binary32: the real and the imaginary part.
    C32,
    /// Two binary64.
    C64,
    /// A code point in 32 bits.
    Char,
}

impl Format {
    /// How many bytes an item has.
    pub const fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 | Self::Char => 4,
            Self::I64 | Self::U64 | Self::F64 | Self::C32 => 8,
            Self::C64 => 16,
        }
    }

    /// How many bytes the numbers have of which an item is made.
    pub const fn number_size(self) -> usize {
        match self {
            Self::C32 | Self::C64 => self.size() / 2,
            _ => self.size(),
        }
    }

    /// Whether the items are integers.
    pub const fn is_integer(self) -> bool {
        use Format::{I8, I16, I32, I64, U8, U16, U32, U64};
        matches!(self, I8 | U8 | I16 | U16 | I32 | U32 | I64 | U64)
    }

    /// Whether the items are signed integers.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64)
    }
}

/// A type code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(non_camel_case_types, reason = "upper and lower case are different codes")]
pub enum Typecode {
    /// `signed char`
    b,
    /// `unsigned char`
    B,
    /// `wchar_t`
    u,
    /// `Py_UCS4`
    w,
    /// `short`
    h,
    /// `unsigned short`
    H,
    /// `int`
    i,
    /// `unsigned int`
    I,
    /// `long`
    l,
    /// `unsigned long`
    L,
    /// `long long`
    q,
    /// `unsigned long long`
    Q,
    /// Half-precision floats, from CPython 3.15 on.
    e,
    /// `float`
    f,
    /// `double`
    d,
    /// `float complex`, from CPython 3.15 on.
    Zf,
    /// `double complex`, from CPython 3.15 on.
    Zd,
}

impl Typecode {
    /// All of them, in the order of `array.typecodes`.
    pub const ALL: [Self; 17] = {
        use Typecode::{B, H, I, L, Q, Zd, Zf, b, d, e, f, h, i, l, q, u, w};
        [b, B, u, w, h, H, i, I, l, L, q, Q, e, f, d, Zf, Zd]
    };

    /// Whether the code is new in CPython 3.15.
    pub const fn is_new(self) -> bool {
        matches!(self, Self::e | Self::Zf | Self::Zd)
    }

    /// The code as a C string, as in the format of an exported buffer.
    pub const fn as_c_str(self) -> &'static CStr {
        match self {
            Self::b => c"b",
            Self::B => c"B",
            Self::u => c"u",
            Self::w => c"w",
            Self::h => c"h",
            Self::H => c"H",
            Self::i => c"i",
            Self::I => c"I",
            Self::l => c"l",
            Self::L => c"L",
            Self::q => c"q",
            Self::Q => c"Q",
            Self::e => c"e",
            Self::f => c"f",
            Self::d => c"d",
            Self::Zf => c"Zf",
            Self::Zd => c"Zd",
        }
    }

    /// The code.
    pub const fn as_str(self) -> &'static str {
        const TEXTS: [&str; Typecode::ALL.len()] = {
            let mut texts = [""; Typecode::ALL.len()];
            let mut index = 0;
            while index < texts.len() {
                let code = Typecode::ALL[index];
                texts[code as usize] = match code.as_c_str().to_str() {
                    Ok(text) => text,
                    Err(_) => panic!("a type code is ASCII"),
                };
                index += 1;
            }
            texts
        };
        TEXTS[self as usize]
    }

    /// The code with this text.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// How the bytes of an item are read. `wchar_t` has 32 bits, as on every Unix.
    pub const fn format(self) -> Format {
        const LONG: bool = size_of::<c_long>() == 8;
        match self {
            Self::b => Format::I8,
            Self::B => Format::U8,
            Self::u | Self::w => Format::Char,
            Self::h => Format::I16,
            Self::H => Format::U16,
            Self::i => Format::I32,
            Self::I => Format::U32,
            Self::l if LONG => Format::I64,
            Self::l => Format::I32,
            Self::L if LONG => Format::U64,
            Self::L => Format::U32,
            Self::q => Format::I64,
            Self::Q => Format::U64,
            Self::e => Format::F16,
            Self::f => Format::F32,
            Self::d => Format::F64,
            Self::Zf => Format::C32,
            Self::Zd => Format::C64,
        }
    }

    /// Whether the items are characters.
    pub const fn is_unicode(self) -> bool {
        matches!(self, Self::u | Self::w)
    }
}
