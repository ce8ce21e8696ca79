//! The line that a `Writer` puts together.

#![forbid(unsafe_code)]

use crate::dialect::{Dialect, Quoting};
use crate::ucs::{Buffer, NoMemory, Text, Unit};

/// Why a record cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A character has to be escaped, and the dialect has no `escapechar`.
    NoEscapechar,
    /// An empty field has to be quoted where spaces are delimiters and are skipped.
    EmptyField,
    /// The only field is empty, and is not to be quoted.
    SingleEmptyField,
    /// There is no memory.
    NoMemory,
}

impl From<NoMemory> for Error {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

/// What a special character of a field needs.
enum Need {
    /// This character before it.
    Escape(u32),
    /// Another quote, and quotes around the field.
    Double(u32),
    /// Quotes around the field.
    Quotes,
}

fn need(dialect: &Dialect, character: u32) -> Result<Need, Error> {
    let options = dialect.options();
    let escape = || options.escapechar.map(Need::Escape).ok_or(Error::NoEscapechar);
    if options.quoting == Quoting::None {
        return escape();
    }
    if Some(character) == options.quotechar {
        return if options.doublequote { Ok(Need::Double(character)) } else { escape() };
    }
    if Some(character) == options.escapechar {
        return escape();
    }
    Ok(Need::Quotes)
}

/// A record that is being put together.
#[derive(Debug, Default)]
pub struct Record {
    buffer: Buffer,
    fields: usize,
    is_null: bool,
}

impl Record {
    /// Begins a new record, in the same memory.
    #[inline]
    pub fn reset(&mut self) {
        self.buffer.clear();
        self.fields = 0;
        self.is_null = false;
    }

    /// The text of the record.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        self.buffer.text()
    }

    /// Adds a field.
    #[inline]
    pub fn field(&mut self, dialect: &Dialect, field: Text<'_>, quoted: bool) -> Result<(), Error> {
        self.is_null = false;
        match field {
            Text::Ucs1(units) => self.append(dialect, units, quoted),
            Text::Ucs2(units) => self.append(dialect, units, quoted),
            Text::Ucs4(units) => self.append(dialect, units, quoted),
        }
    }

    /// Adds the field of `None`.
    #[inline]
    pub fn null(&mut self, dialect: &Dialect, quoted: bool) -> Result<(), Error> {
        self.is_null = true;
        let options = dialect.options();
        if is_space(dialect) && matches!(options.quoting, Quoting::Strings | Quoting::NotNull) {
            return Err(Error::EmptyField);
        }
        self.append::<u8>(dialect, &[], quoted)
    }

    /// Adds the line terminator.
    #[inline]
    pub fn finish(&mut self, dialect: &Dialect, lineterminator: Text<'_>) -> Result<(), Error> {
        if self.fields > 0 && self.buffer.is_empty() {
            let quoting = dialect.options().quoting;
            if quoting == Quoting::None || (self.is_null && matches!(quoting, Quoting::Strings | Quoting::NotNull)) {
                return Err(Error::SingleEmptyField);
            }
            self.fields -= 1;
            self.null(dialect, true)?;
        }
        Ok(self.buffer.push_text(lineterminator)?)
    }

    #[inline(always)]
    fn append<U: Unit>(&mut self, dialect: &Dialect, units: &[U], mut quoted: bool) -> Result<(), Error> {
        if units.is_empty() && is_space(dialect) {
            if dialect.options().quoting == Quoting::None {
                return Err(Error::EmptyField);
            }
            quoted = true;
        }
        let first = dialect.find_special(units, 0);
        if first < units.len() {
            return self.append_special(dialect, units, first, quoted);
        }
        self.append_plain(dialect, units, quoted)
    }

    /// Adds a field in which nothing is escaped.
    #[inline(always)]
    fn append_plain<U: Unit>(&mut self, dialect: &Dialect, units: &[U], quoted: bool) -> Result<(), Error> {
        let options = dialect.options();
        let quote = if quoted { options.quotechar } else { None };
        self.buffer.push_around([(self.fields > 0).then_some(options.delimiter), quote], units, quote)?;
        self.fields += 1;
        Ok(())
    }

    /// Adds a field with special characters, the first of which is at an index.
    #[inline(never)]
    fn append_special<U: Unit>(
        &mut self,
        dialect: &Dialect,
        units: &[U],
        first: usize,
        mut quoted: bool,
    ) -> Result<(), Error> {
        let options = dialect.options();
        if options.quoting != Quoting::None && !quoted {
            // Whether there are quotes around it is known at the first character that needs them.
            let mut at = first;
            while let Some(&unit) = units.get(at) {
                if let Need::Quotes | Need::Double(_) = need(dialect, unit.into())? {
                    quoted = true;
                    break;
                }
                at = dialect.find_special(units, at + 1);
            }
        }
        let quote = if quoted { options.quotechar } else { None };
        self.buffer.push_around([(self.fields > 0).then_some(options.delimiter), quote], &units[..first], None)?;
        let (mut done, mut at) = (first, first);
        while let Some(&unit) = units.get(at) {
            if let Need::Escape(before) | Need::Double(before) = need(dialect, unit.into())? {
                self.buffer.push_around([None, None], &units[done..at], Some(before))?;
                done = at;
            }
            at = dialect.find_special(units, at + 1);
        }
        self.buffer.push_around([None, None], &units[done..], quote)?;
        self.fields += 1;
        Ok(())
    }
}

/// Whether delimiters are spaces that a reader would skip.
#[inline(always)]
fn is_space(dialect: &Dialect) -> bool {
    dialect.options().delimiter == u32::from(b' ') && dialect.options().skipinitialspace
}

#[cfg(test)]
mod tests {
    use super::{Error, Record};
    use crate::dialect::{Dialect, Options, QUOTINGS, Quoting};
    use crate::ucs::{Text, Unit, Width};

    /// `join_append_data` of C, character by character.
    fn naive(options: &Options, end: &[u32], field: &[u32], first: bool, mut quoted: bool) -> Result<Vec<u32>, Error> {
        let mut out = Vec::new();
        for &character in field {
            let mut escaped = false;
            let special = character == options.delimiter
                || Some(character) == options.escapechar
                || Some(character) == options.quotechar
                || [10, 13].contains(&character)
                || end.contains(&character);
            if special {
                if options.quoting == Quoting::None {
                    escaped = true;
                } else {
                    if Some(character) == options.quotechar {
                        if options.doublequote {
                            out.push(character);
                        } else {
                            escaped = true;
                        }
                    } else if Some(character) == options.escapechar {
                        escaped = true;
                    }
                    quoted |= !escaped;
                }
                if escaped {
                    out.push(options.escapechar.ok_or(Error::NoEscapechar)?);
                }
            }
            out.push(character);
        }
        if quoted {
            let quote = options.quotechar.expect("a quote");
            out.insert(0, quote);
            out.push(quote);
        }
        if !first {
            out.insert(0, options.delimiter);
        }
        Ok(out)
    }

    #[test]
    fn fields_are_written_as_by_characters() {
        let mut state = 7_u64;
        let mut below = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % limit
        };
        let characters = [0x61, 0x62, 0x2C, 0x22, 0x5C, 10, 13, 0xE9, 0x4E2D, 0x1F600, 0x3B];
        for _ in 0..40_000 {
            let options = Options {
                delimiter: [0x2C, 0x3B, 0x4E2D][below(3)],
                quotechar: Some([0x22, 0x27, 0x1F600][below(3)]),
                escapechar: [None, Some(0x5C), Some(0xE9)][below(3)],
                quoting: QUOTINGS[below(6)],
                doublequote: below(2) > 0,
                skipinitialspace: false,
                strict: false,
            };
            let end: &[u32] = [&[13, 10][..], &[10], &[0x61], &[1, 2, 3, 4, 5, 0x62, 6], &[]][below(5)];
            let dialect = Dialect::new(options, Text::Ucs4(end)).expect("memory");
            let mut record = Record::default();
            let mut expected = Vec::new();
            for index in 0..3 {
                let most = characters.len() - below(characters.len());
                let field: Vec<u32> = (0..below(30)).map(|_| characters[below(most)]).collect();
                let quoted = options.quoting != Quoting::None && below(3) == 0;
                let wanted = naive(&options, end, &field, index == 0, quoted);
                let narrow: Option<Vec<u8>> = field.iter().map(|&each| u8::from_character(each)).collect();
                let found = match narrow {
                    Some(narrow) => record.field(&dialect, Text::Ucs1(&narrow), quoted),
                    None => record.field(&dialect, Text::Ucs4(&field), quoted),
                };
                assert_eq!(found, wanted.as_ref().map(|_| ()).map_err(|error| *error), "{options:?} {field:?}");
                let Ok(wanted) = wanted else { break };
                expected.extend(wanted);
                assert_eq!(record.text().characters().collect::<Vec<_>>(), expected, "{options:?} {field:?}");
            }
        }
        assert_eq!(Width::of(0xFF), Width::Ucs1);
    }
}
