//! Formats: the text is parsed once into a list of fields, which never changes.

#![forbid(unsafe_code)]

use crate::few::Few;

/// The largest size of a struct, and the largest number of its values: that of C's `Py_ssize_t`.
const MAX: usize = isize::MAX as usize;

/// What a format character stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// `c`
    #[default]
    Char,
    /// `b`, `h`, `i`, `l`, `q`, `n`
    Signed,
    /// `B`, `H`, `I`, `L`, `Q`, `N`
    Unsigned,
    /// `P`
    Pointer,
    /// `?`
    Bool,
    /// `e`
    Half,
    /// `f`
    Float,
    /// `d`
    Double,
    /// `F`, `Zf`
    FloatComplex,
    /// `D`, `Zd`
    DoubleComplex,
    /// `s`
    Bytes,
    /// `p`
    Pascal,
}

/// How a number is stored: its type and byte order in one, so that one branch finds the code for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after its type, and `Swapped` means the other byte order")]
pub enum Layout {
    I8,
    U8,
    I16,
    I16Swapped,
    U16,
    U16Swapped,
    I32,
    I32Swapped,
    U32,
    U32Swapped,
    I64,
    I64Swapped,
    U64,
    U64Swapped,
    Pointer,
    Bool,
    Half,
    HalfSwapped,
    Single,
    SingleSwapped,
    Double,
    DoubleSwapped,
    /// Text, all bytes of it.
    Bytes,
    /// A complex number, a character, or text with its length.
    #[default]
    Other,
}

impl Layout {
    fn of(kind: Kind, size: usize, swapped: bool) -> Self {
        match (kind, size, swapped) {
            (Kind::Signed, 1, _) => Self::I8,
            (Kind::Signed, 2, false) => Self::I16,
            (Kind::Signed, 2, true) => Self::I16Swapped,
            (Kind::Signed, 4, false) => Self::I32,
            (Kind::Signed, 4, true) => Self::I32Swapped,
            (Kind::Signed, _, false) => Self::I64,
            (Kind::Signed, _, true) => Self::I64Swapped,
            (Kind::Unsigned, 1, _) => Self::U8,
            (Kind::Unsigned, 2, false) => Self::U16,
            (Kind::Unsigned, 2, true) => Self::U16Swapped,
            (Kind::Unsigned, 4, false) => Self::U32,
            (Kind::Unsigned, 4, true) => Self::U32Swapped,
            (Kind::Unsigned, _, false) => Self::U64,
            (Kind::Unsigned, _, true) => Self::U64Swapped,
            (Kind::Pointer, ..) => Self::Pointer,
            (Kind::Bool, ..) => Self::Bool,
            (Kind::Half, _, false) => Self::Half,
            (Kind::Half, _, true) => Self::HalfSwapped,
            (Kind::Float, _, false) => Self::Single,
            (Kind::Float, _, true) => Self::SingleSwapped,
            (Kind::Double, _, false) => Self::Double,
            (Kind::Double, _, true) => Self::DoubleSwapped,
            (Kind::Bytes, ..) => Self::Bytes,
            _ => Self::Other,
        }
    }

    /// Whether it is one of an unsigned integer of 64 bits.
    #[inline]
    pub fn is_u64(self) -> bool {
        matches!(self, Self::U64 | Self::U64Swapped)
    }

    /// Whether it is one of a number.
    #[inline]
    pub fn is_number(self) -> bool {
        !matches!(self, Self::Bytes | Self::Other)
    }
}

/// The release of CPython whose formats are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// 3.14
    V3_14,
    /// 3.15: the codes `Zf` and `Zd`, and native code for floats of standard size in the byte order of the machine.
    V3_15,
}

/// One value of a format, or several of the same kind in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// What the values are.
    pub kind: Kind,
    /// How they are stored.
    pub layout: Layout,
    /// The characters of the format code; the second one may be 0.
    pub characters: [u8; 2],
    /// Whether the byte order is not that of the machine.
    pub swapped: bool,
    /// Whether C reads a float by a conversion, which makes a signalling NaN a quiet one.
    pub quiets: bool,
    /// Where the first value starts.
    pub offset: usize,
    /// How many bytes a value has.
    pub size: usize,
    /// How many values there are.
    pub repeat: usize,
}

impl Field {
    /// The format code, for messages.
    pub fn code(&self) -> &str {
        let code = if self.characters[1] == 0 { &self.characters[..1] } else { &self.characters };
        std::str::from_utf8(code).unwrap_or_default()
    }
}

/// A format that has been parsed. The default is an empty one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// ASCII characters.
    text: Few<u8, 15>,
    size: usize,
    len: usize,
    codes: usize,
    fields: Few<Field, 3>,
}

/// Why a text is no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// A NUL.
    EmbeddedNull,
    /// A character that is no format code in this mode.
    BadChar,
    /// A number at the end.
    CountWithoutCode,
    /// The size or the number of values is not a `Py_ssize_t`.
    TooLong,
    /// There is no memory for the fields.
    NoMemory,
}

/// A format code: its text, kind, size and alignment.
type Code = (&'static str, Kind, usize, usize);

macro_rules! native {
    ($($code:literal $kind:ident $type:ty,)*) => {
        &[$(($code, Kind::$kind, size_of::<$type>(), align_of::<$type>())),*]
    };
}

use std::ffi::{c_int, c_long, c_longlong, c_short, c_uint, c_ulong, c_ulonglong, c_ushort, c_void};

const NATIVE: &[Code] = native! {
    "b" Signed i8,
    "B" Unsigned u8,
    "c" Char u8,
    "s" Bytes u8,
    "p" Pascal u8,
    "h" Signed c_short,
    "H" Unsigned c_ushort,
    "i" Signed c_int,
    "I" Unsigned c_uint,
    "l" Signed c_long,
    "L" Unsigned c_ulong,
    "n" Signed isize,
    "N" Unsigned usize,
    "q" Signed c_longlong,
    "Q" Unsigned c_ulonglong,
    "?" Bool bool,
    "e" Half c_short,
    "f" Float f32,
    "d" Double f64,
    "F" FloatComplex [f32; 2],
    "D" DoubleComplex [f64; 2],
    "Zf" FloatComplex [f32; 2],
    "Zd" DoubleComplex [f64; 2],
    "P" Pointer *const c_void,
};

const STANDARD: &[Code] = &[
    ("b", Kind::Signed, 1, 1),
    ("B", Kind::Unsigned, 1, 1),
    ("c", Kind::Char, 1, 1),
    ("s", Kind::Bytes, 1, 1),
    ("p", Kind::Pascal, 1, 1),
    ("h", Kind::Signed, 2, 1),
    ("H", Kind::Unsigned, 2, 1),
    ("i", Kind::Signed, 4, 1),
    ("I", Kind::Unsigned, 4, 1),
    ("l", Kind::Signed, 4, 1),
    ("L", Kind::Unsigned, 4, 1),
    ("q", Kind::Signed, 8, 1),
    ("Q", Kind::Unsigned, 8, 1),
    ("?", Kind::Bool, 1, 1),
    ("e", Kind::Half, 2, 1),
    ("f", Kind::Float, 4, 1),
    ("d", Kind::Double, 8, 1),
    ("F", Kind::FloatComplex, 8, 1),
    ("D", Kind::DoubleComplex, 16, 1),
    ("Zf", Kind::FloatComplex, 8, 1),
    ("Zd", Kind::DoubleComplex, 16, 1),
];

/// The index of each code of one character.
const fn indices(codes: &[Code]) -> [u8; 128] {
    let mut indices = [u8::MAX; 128];
    let mut index = 0;
    while index < codes.len() {
        if let [character] = codes[index].0.as_bytes() {
            indices[*character as usize] = index as u8;
        }
        index += 1;
    }
    indices
}

const NATIVE_INDICES: [u8; 128] = indices(NATIVE);
const STANDARD_INDICES: [u8; 128] = indices(STANDARD);

/// The byte order and the sizes that the first character chooses.
#[derive(Clone, Copy)]
struct Mode {
    native: bool,
    swapped: bool,
    release: Release,
}

impl Mode {
    /// Returns the mode and the rest of the text.
    fn of(text: &[u8], release: Release) -> (Self, &[u8]) {
        let little = cfg!(target_endian = "little");
        let (native, swapped, rest) = match text {
            [b'<', rest @ ..] => (false, !little, rest),
            [b'>' | b'!', rest @ ..] => (false, little, rest),
            [b'=', rest @ ..] => (false, false, rest),
            [b'@', rest @ ..] => (true, false, rest),
            rest => (true, false, rest),
        };
        (Self { native, swapped, release }, rest)
    }

    /// The code at the start of a text.
    #[inline]
    fn code(self, text: &[u8]) -> Result<&'static Code, Invalid> {
        let (codes, indices) = if self.native { (NATIVE, &NATIVE_INDICES) } else { (STANDARD, &STANDARD_INDICES) };
        let code = match text {
            [b'Z', ..] if self.release == Release::V3_15 => {
                codes.iter().find(|code| code.0.len() == 2 && text.starts_with(code.0.as_bytes()))
            }
            [character, ..] => indices.get(usize::from(*character)).and_then(|index| codes.get(usize::from(*index))),
            [] => None,
        };
        code.ok_or(Invalid::BadChar)
    }

    /// See [`Field::quiets`].
    fn quiets(self) -> bool {
        self.native || (self.release == Release::V3_15 && !self.swapped)
    }
}

/// The white space of C's locale "C".
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Takes a decimal number off the start of a text; `None` when there is none.
fn take_count(text: &mut &[u8]) -> Result<Option<usize>, Invalid> {
    let mut count = None;
    while let [digit @ b'0'..=b'9', rest @ ..] = *text {
        let value = count.unwrap_or(0_usize).checked_mul(10).and_then(|tens| tens.checked_add((digit - b'0').into()));
        count = Some(value.filter(|value| *value <= MAX).ok_or(Invalid::TooLong)?);
        *text = rest;
    }
    Ok(count)
}

impl Format {
    /// Parses a format.
    pub fn parse(text: &[u8], release: Release) -> Result<Self, Invalid> {
        let mut format = Self::default();
        format.set(text, release)?;
        Ok(format)
    }

    /// Parses a format in place, where this one is empty: a format is not small, so moving it takes some time.
    pub fn set(&mut self, text: &[u8], release: Release) -> Result<(), Invalid> {
        if text.contains(&0) {
            return Err(Invalid::EmbeddedNull);
        }
        let (mode, mut rest) = Mode::of(text, release);
        let (mut size, mut len, mut codes) = (0_usize, 0_usize, 0_usize);
        while let Some(byte) = rest.first() {
            if is_space(*byte) {
                rest = &rest[1..];
                continue;
            }
            let counted = take_count(&mut rest)?;
            if counted.is_some() && rest.is_empty() {
                return Err(Invalid::CountWithoutCode);
            }
            let count = counted.unwrap_or(1);
            if let [b'x', after @ ..] = rest {
                size = size.checked_add(count).filter(|size| *size <= MAX).ok_or(Invalid::TooLong)?;
                rest = after;
                continue;
            }
            let (code, kind, width, alignment) = *mode.code(rest)?;
            rest = &rest[code.len()..];
            let is_text = matches!(kind, Kind::Bytes | Kind::Pascal);
            let repeat = if is_text { 1 } else { count };
            len = len.checked_add(repeat).filter(|len| *len <= MAX).ok_or(Invalid::TooLong)?;
            let offset = size.checked_next_multiple_of(alignment).ok_or(Invalid::TooLong)?;
            let bytes = count.checked_mul(width).ok_or(Invalid::TooLong)?;
            size = offset.checked_add(bytes).filter(|size| *size <= MAX).ok_or(Invalid::TooLong)?;
            if repeat == 0 {
                continue;
            }
            codes += 1;
            let field = Field {
                kind,
                layout: Layout::of(kind, width, mode.swapped),
                characters: match *code.as_bytes() {
                    [first, second] => [first, second],
                    [first, ..] => [first, 0],
                    [] => [0; 2],
                },
                swapped: mode.swapped,
                quiets: mode.quiets(),
                offset,
                size: if is_text { count } else { width },
                repeat,
            };
            add(&mut self.fields, field)?;
        }
        self.text = Few::try_from_slice(text).map_err(|_| Invalid::NoMemory)?;
        (self.size, self.len, self.codes) = (size, len, codes);
        Ok(())
    }

    /// A copy; an error if there is no memory for it.
    pub fn try_clone(&self) -> Result<Self, Invalid> {
        let text = Few::try_from_slice(self.text.as_slice()).map_err(|_| Invalid::NoMemory)?;
        let fields = Few::try_from_slice(self.fields.as_slice()).map_err(|_| Invalid::NoMemory)?;
        Ok(Self { text, size: self.size, len: self.len, codes: self.codes, fields })
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        // Every byte is a format code, a digit or white space.
        std::str::from_utf8(self.text.as_slice()).unwrap_or_default()
    }

    /// How many bytes a packed struct has.
    #[inline]
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many values there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many codes there are that have values, as C counts them.
    pub fn codes(&self) -> usize {
        self.codes
    }

    /// The fields in the order of their offsets.
    #[inline]
    pub fn fields(&self) -> &[Field] {
        self.fields.as_slice()
    }
}

/// Adds a field, or makes the last one longer if the new one continues it: `II` is `2I`.
#[inline]
fn add(fields: &mut Few<Field, 3>, field: Field) -> Result<(), Invalid> {
    if let Some(last) = fields.last_mut()
        && last.kind == field.kind
        && last.characters == field.characters
        && !matches!(field.kind, Kind::Bytes | Kind::Pascal)
        && last.offset + last.size * last.repeat == field.offset
    {
        // The sum is that of values of the format, which has been found to fit.
        last.repeat += field.repeat;
        return Ok(());
    }
    fields.try_push(field).map_err(|_| Invalid::NoMemory)
}

#[cfg(test)]
mod tests {
    use super::{Field, Format, Invalid, Kind, Release};

    fn parse(text: &str) -> Result<Format, Invalid> {
        Format::parse(text.as_bytes(), Release::V3_14)
    }

    fn offsets(text: &str) -> (Vec<(&'static str, usize, usize, usize)>, usize) {
        let format = parse(text).expect("a format");
        let code = |field: &Field| -> &'static str { field.code().to_owned().leak() };
        let fields = format.fields().iter().map(|field| (code(field), field.offset, field.size, field.repeat));
        (fields.collect(), format.size())
    }

    #[test]
    fn native_fields_are_aligned_and_standard_ones_are_not() {
        assert_eq!(offsets("bi"), (vec![("b", 0, 1, 1), ("i", 4, 4, 1)], 8));
        assert_eq!(offsets("<bi"), (vec![("b", 0, 1, 1), ("i", 1, 4, 1)], 5));
        assert_eq!(offsets("b0i").1, 4);
        assert_eq!(offsets("0i").1, 0);
        assert_eq!(offsets("bxh3xd").1, 16);
    }

    #[test]
    fn runs_of_one_code_are_one_field() {
        assert_eq!(offsets("II2I I"), (vec![("I", 0, 4, 5)], 20));
        assert_eq!(offsets("<HxH").0.len(), 2);
        assert_eq!(offsets("ss").0, [("s", 0, 1, 1), ("s", 1, 1, 1)]);
        assert_eq!(parse("II2I3s").expect("a format").codes(), 4);
        assert_eq!(parse("II2I3s").expect("a format").len(), 5);
    }

    #[test]
    fn text_counts_bytes() {
        assert_eq!(offsets("3s0p10p"), (vec![("s", 0, 3, 1), ("p", 3, 0, 1), ("p", 3, 10, 1)], 13));
        assert_eq!(parse("0c").expect("a format").codes(), 0);
    }

    #[test]
    fn invalid_formats_are_refused() {
        for (text, reason) in [
            ("\0", Invalid::EmbeddedNull),
            ("i\0", Invalid::EmbeddedNull),
            ("$", Invalid::BadChar),
            ("<n", Invalid::BadChar),
            ("i<", Invalid::BadChar),
            ("Zf", Invalid::BadChar),
            ("1 i", Invalid::BadChar),
            ("i\u{e9}", Invalid::BadChar),
            ("12", Invalid::CountWithoutCode),
            ("9223372036854775808x", Invalid::TooLong),
            ("9223372036854775807xx", Invalid::TooLong),
            ("9223372036854775807xh", Invalid::TooLong),
            ("4611686018427387904h", Invalid::TooLong),
            ("99999999999999999999999999999999s", Invalid::TooLong),
        ] {
            assert_eq!(parse(text), Err(reason), "{text}");
        }
        assert_eq!(parse("9223372036854775807x").expect("a format").size(), isize::MAX as usize);
        assert_eq!(parse("9223372036854775807s").expect("a format").len(), 1);
    }

    #[test]
    fn complex_codes_of_two_characters() {
        let format = Format::parse(b"<Zf Zd", Release::V3_15).expect("a format");
        assert_eq!(format.fields()[1].kind, Kind::DoubleComplex);
        assert_eq!((format.size(), format.len()), (24, 2));
        assert_eq!(Format::parse(b"Z", Release::V3_15), Err(Invalid::BadChar));
    }
}
