//! The machine formats in pickles: the representation of the items on the machine where the array was pickled.

#![forbid(unsafe_code)]

use crate::typecode::{Format, Typecode};

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Integers.
    Integers {
        /// The number of bytes of each.
        size: usize,
        /// Whether they have a sign.
        signed: bool,
    },
    /// Floats, with the number of bytes of each.
    Floats(usize),
    /// Pairs of floats, with the number of bytes of each float.
    Complex(usize),
    /// Text in UTF-16 or UTF-32, with the number of bits of a unit.
    Text(u32),
}

/// A machine format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineFormat {
    /// What the bytes are.
    pub content: Content,
    /// Whether the first byte of a number is its lowest.
    pub little_endian: bool,
}

impl MachineFormat {
    /// The format with this number: `enum machine_format_code`.
    pub fn from_code(code: i32) -> Option<Self> {
        let content = match code {
            0 | 1 => Content::Integers { size: 1, signed: code == 1 },
            2..=13 => Content::Integers { size: 2 << ((code - 2) / 4), signed: (code - 2) % 4 >= 2 },
            14..=17 => Content::Floats(if code < 16 { 4 } else { 8 }),
            18..=21 => Content::Text(if code < 20 { 16 } else { 32 }),
            22..=25 => Content::Complex(if code < 24 { 4 } else { 8 }),
            26 | 27 => Content::Floats(2),
            _ => return None,
        };
        Some(Self { content, little_endian: code < 2 || code % 2 == 0 })
    }

    /// A number of which the length of the bytes is a multiple. For text C asks for twice the size of a unit.
    pub fn unit(self) -> usize {
        match self.content {
            Content::Integers { size, .. } | Content::Floats(size) => size,
            Content::Complex(size) => 2 * size,
            Content::Text(bits) => bits as usize / 4,
        }
    }

    /// The type code for integers of this format: the last one with the same size and sign; `None` for other content.
    pub fn integer_typecode(self) -> Option<Typecode> {
        let Content::Integers { size, signed } = self.content else { return None };
        let fits = |format: Format| format.is_integer() && format.size() == size && format.is_signed() == signed;
        Typecode::ALL.into_iter().rev().find(|code| fits(code.format()))
    }
}

/// The number of the format that items have on this machine.
pub fn code_of(typecode: Typecode) -> i32 {
    let little = match typecode.format() {
        Format::U8 => return 0,
        Format::I8 => return 1,
        Format::U16 => 2,
        Format::I16 => 4,
        Format::U32 => 6,
        Format::I32 => 8,
        Format::U64 => 10,
        Format::I64 => 12,
        Format::F32 => 14,
        Format::F64 => 16,
        Format::Char => 20,
        Format::C32 => 22,
        Format::C64 => 24,
        Format::F16 => 26,
    };
    little + i32::from(cfg!(target_endian = "big"))
}

#[cfg(test)]
mod tests {
    use super::{Content, MachineFormat, code_of};
    use crate::typecode::Typecode;

    #[test]
    fn formats_of_this_machine() {
        for typecode in Typecode::ALL.into_iter().filter(|code| !code.is_new()) {
            let format = MachineFormat::from_code(code_of(typecode)).expect("a format");
            assert_eq!(format.little_endian, cfg!(target_endian = "little") || typecode.format().size() == 1);
            match format.content {
                Content::Text(bits) => assert_eq!((bits, typecode.is_unicode()), (32, true)),
                Content::Integers { size, signed } => {
                    assert_eq!((size, signed), (typecode.format().size(), typecode.format().is_signed()));
                    let found = format.integer_typecode().expect("a code");
                    assert_eq!(found.format(), typecode.format());
                }
                Content::Floats(size) => assert_eq!(size, typecode.format().size()),
                Content::Complex(size) => assert_eq!(2 * size, typecode.format().size()),
            }
        }
    }

    #[test]
    fn numbers_that_are_no_format() {
        assert_eq!(MachineFormat::from_code(-1), None);
        assert_eq!(MachineFormat::from_code(28), None);
        assert_eq!(MachineFormat::from_code(i32::MAX), None);
    }
}
