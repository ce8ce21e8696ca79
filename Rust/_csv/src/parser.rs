//! The state machine of `Reader`: fields from the lines of a record.
//!
//! A field whose value is a part of its line is passed to the caller as a slice of the line. Only a field with a
//! doubled quote or an escape, or one of several lines, is put together in a buffer.

#![forbid(unsafe_code)]

use crate::dialect::{Dialect, Quoting};
use crate::ucs::{Buffer, Hits, NoMemory, Text, Unit};

/// `ParserState` of C.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatCrnl,
    AfterEscapedCrnl,
}

/// A field of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// `None`: an empty one without quotes, as `QUOTE_NOTNULL` and `QUOTE_STRINGS` have it.
    Null,
    /// A `str`.
    Text(Text<'a>),
    /// A `float`: one without quotes, as `QUOTE_NONNUMERIC` and `QUOTE_STRINGS` have it.
    Number(Text<'a>),
}

/// What takes the fields.
pub trait Fields {
    /// What goes wrong there.
    type Error;

    /// Takes the next field.
    fn field(&mut self, field: Field<'_>) -> Result<(), Self::Error>;
}

/// Why a line is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Error<E> {
    /// A field is longer than the limit.
    FieldLimit,
    /// A closing quote is followed by neither a delimiter nor the end of the line.
    AfterQuote,
    /// A line goes on after a newline.
    NewLine,
    /// There is no memory.
    NoMemory,
    /// The field was not taken.
    Field(E),
}

impl<E> From<NoMemory> for Error<E> {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

/// The state between the lines of a record.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    unquoted: bool,
    field: Buffer,
}

#[inline(always)]
fn is_newline(character: u32) -> bool {
    character == u32::from(b'\n') || character == u32::from(b'\r')
}

impl Parser {
    /// Forgets the record that has been begun.
    #[inline]
    pub fn reset(&mut self) {
        self.state = State::StartRecord;
        self.unquoted = false;
        self.field.clear();
    }

    /// Whether the record is complete.
    #[inline]
    pub fn is_complete(&self) -> bool {
        self.state == State::StartRecord
    }

    /// Whether there are characters of a field that has not ended.
    #[inline]
    pub fn has_text(&self) -> bool {
        !self.field.is_empty()
    }

    /// Whether a field has been begun and not ended, when there are no more lines.
    #[inline]
    pub fn has_open_field(&self) -> bool {
        self.has_text() || self.state == State::InQuotedField
    }

    /// Ends that field, and adds it to `fields`.
    pub fn finish<S: Fields>(&mut self, dialect: &Dialect, fields: &mut S) -> Result<(), Error<S::Error>> {
        Line::<u8, S> { parser: self, dialect, limit: usize::MAX, line: &[], fields }.save(&[])
    }

    /// Reads a line. A field may have `limit` characters.
    #[inline]
    pub fn line<U: Unit, S: Fields>(
        &mut self,
        dialect: &Dialect,
        limit: usize,
        line: &[U],
        fields: &mut S,
    ) -> Result<(), Error<S::Error>> {
        let mut reading = Line { parser: self, dialect, limit, line, fields };
        let mut at = reading.plain_fields()?;
        while let Some(&unit) = line.get(at) {
            at = match reading.parser.state {
                State::StartRecord | State::StartField => reading.start_of_field(at, unit.into())?,
                State::InField => reading.in_field(at)?,
                State::InQuotedField => reading.in_quoted_field(at)?,
                _ => {
                    reading.step(Some(unit.into()))?;
                    at + 1
                }
            };
        }
        reading.step(None)
    }

    /// The same by one character at a time, as in C.
    pub fn line_by_characters<S: Fields>(
        &mut self,
        dialect: &Dialect,
        limit: usize,
        line: Text<'_>,
        fields: &mut S,
    ) -> Result<(), Error<S::Error>> {
        let mut reading = Line::<u8, S> { parser: self, dialect, limit, line: &[], fields };
        line.characters().map(Some).chain([None]).try_for_each(|character| reading.step(character))
    }
}

/// A line that is being read.
struct Line<'a, U, S> {
    parser: &'a mut Parser,
    dialect: &'a Dialect,
    limit: usize,
    line: &'a [U],
    fields: &'a mut S,
}

impl<'a, U: Unit, S: Fields> Line<'a, U, S> {
    /// Reads the fields at the start of the line that have neither quotes nor escapes, and a delimiter after them. This does what
    /// [`in_field`](Self::in_field) does, without its steps from one state to the next.
    #[inline(always)]
    fn plain_fields(&mut self) -> Result<usize, Error<S::Error>> {
        let options = self.dialect.options();
        let are_texts = matches!(options.quoting, Quoting::Minimal | Quoting::All | Quoting::None);
        if self.parser.state != State::StartRecord || !are_texts || options.skipinitialspace {
            return Ok(0);
        }
        let (line, quote, delimiter) = (self.line, self.dialect.opening_quote(), options.delimiter);
        let (mut at, mut hits) = (0, Hits::default());
        loop {
            let Some(end) = self.dialect.next_in_field(line, &mut hits) else { return Ok(at) };
            let (Some(run), Some([found, after @ ..])) = (line.get(at..end), line.get(end..)) else { return Ok(at) };
            let found = (*found).into();
            let state = if found == delimiter {
                State::StartField
            } else if is_newline(found) && end > 0 && after.iter().all(|&unit| is_newline(unit.into())) {
                State::StartRecord
            } else {
                return Ok(at);
            };
            let is_quoted = run.first().is_some_and(|&unit| Some(unit.into()) == quote);
            if is_quoted || run.len() > self.limit {
                return Ok(at);
            }
            self.parser.unquoted = true;
            if let Err(error) = self.fields.field(Field::Text(U::text(run))) {
                self.parser.state = if run.is_empty() { State::StartField } else { State::InField };
                self.parser.field.push_text(U::text(run))?;
                return Err(Error::Field(error));
            }
            self.parser.state = state;
            if state == State::StartRecord {
                return Ok(line.len());
            }
            at = end + 1;
        }
    }

    /// Reads from the first character of a field on.
    #[inline(always)]
    fn start_of_field(&mut self, at: usize, first: u32) -> Result<usize, Error<S::Error>> {
        if self.parser.state == State::StartRecord {
            if is_newline(first) {
                self.parser.state = State::EatCrnl;
                return Ok(at + 1);
            }
            self.parser.state = State::StartField;
        }
        self.parser.unquoted = true;
        if Some(first) == self.dialect.opening_quote() {
            self.parser.unquoted = false;
            self.parser.state = State::InQuotedField;
            return self.in_quoted_field(at + 1);
        }
        let options = self.dialect.options();
        if first == u32::from(b' ') && options.skipinitialspace && options.escapechar != Some(first) {
            return Ok(at + 1);
        }
        self.in_field(at)
    }

    /// Reads up to the end of a field without quotes, or to an escape.
    #[inline(always)]
    fn in_field(&mut self, at: usize) -> Result<usize, Error<S::Error>> {
        let end = self.dialect.find_in_field(self.line, at);
        let run = &self.line[at..end];
        if !run.is_empty() {
            if self.limit > 0 {
                self.parser.state = State::InField;
            }
            self.check_limit(run)?;
        }
        let next = self.line.get(end).map(|&unit| unit.into());
        let state = match next {
            None => State::StartRecord,
            Some(character) if character == self.dialect.options().delimiter => State::StartField,
            Some(character) if is_newline(character) => State::EatCrnl,
            Some(_) => {
                self.parser.field.push_text(U::text(run))?;
                self.parser.state = State::EscapedChar;
                return Ok(end + 1);
            }
        };
        self.save(run)?;
        self.parser.state = state;
        Ok(end + usize::from(next.is_some()))
    }

    /// Reads up to the end of a quoted field, or to an escape.
    #[inline(always)]
    fn in_quoted_field(&mut self, at: usize) -> Result<usize, Error<S::Error>> {
        let options = self.dialect.options();
        let (mut start, mut hits) = (at, Hits::after(at));
        loop {
            let Some(end) = self.dialect.next_in_quoted_field(self.line, &mut hits) else {
                self.push(&self.line[start..])?;
                return Ok(self.line.len());
            };
            let (run, found) = (&self.line[start..end], self.line[end].into());
            if Some(found) == options.escapechar {
                self.push(run)?;
                self.parser.state = State::EscapeInQuotedField;
                return Ok(end + 1);
            }
            if !options.doublequote {
                self.push(run)?;
                self.parser.state = State::InField;
                return Ok(end + 1);
            }
            let next: Option<u32> = self.line.get(end + 1).map(|&unit| unit.into());
            let state = match next {
                Some(character) if character == found => {
                    // One of the two quotes is text.
                    if self.room() >= run.len() {
                        self.parser.state = State::QuoteInQuotedField;
                    }
                    self.push(&self.line[start..=end])?;
                    self.parser.state = State::InQuotedField;
                    self.dialect.next_in_quoted_field(self.line, &mut hits);
                    start = end + 2;
                    continue;
                }
                None => State::StartRecord,
                Some(character) if character == options.delimiter => State::StartField,
                Some(character) if is_newline(character) => State::EatCrnl,
                Some(_) => {
                    self.push(run)?;
                    self.parser.state = State::QuoteInQuotedField;
                    return Ok(end + 1);
                }
            };
            self.check_limit(run)?;
            self.parser.state = State::QuoteInQuotedField;
            self.save(run)?;
            self.parser.state = state;
            return Ok(end + 1 + usize::from(next.is_some()));
        }
    }

    /// Takes one character, or the end of the line: `parse_process_char` of C.
    #[inline]
    fn step(&mut self, character: Option<u32>) -> Result<(), Error<S::Error>> {
        let options = self.dialect.options();
        let newline = u32::from(b'\n');
        match self.parser.state {
            State::StartRecord | State::StartField => {
                if self.parser.state == State::StartRecord {
                    match character {
                        None => return Ok(()),
                        Some(character) if is_newline(character) => {
                            self.parser.state = State::EatCrnl;
                            return Ok(());
                        }
                        Some(_) => self.parser.state = State::StartField,
                    }
                }
                self.parser.unquoted = true;
                match character {
                    None => self.end_of_record(State::StartRecord),
                    Some(character) if is_newline(character) => self.end_of_record(State::EatCrnl),
                    quote if quote == self.dialect.opening_quote() => {
                        self.parser.unquoted = false;
                        self.parser.state = State::InQuotedField;
                        Ok(())
                    }
                    escape if escape == options.escapechar => {
                        self.parser.state = State::EscapedChar;
                        Ok(())
                    }
                    Some(space) if space == u32::from(b' ') && options.skipinitialspace => Ok(()),
                    Some(delimiter) if delimiter == options.delimiter => self.save(&[]),
                    Some(character) => self.add(character, State::InField),
                }
            }
            State::EscapedChar => match character {
                Some(character) if is_newline(character) => self.add(character, State::AfterEscapedCrnl),
                character => self.add(character.unwrap_or(newline), State::InField),
            },
            State::AfterEscapedCrnl if character.is_none() => Ok(()),
            State::AfterEscapedCrnl | State::InField => match character {
                None => self.end_of_record(State::StartRecord),
                Some(character) if is_newline(character) => self.end_of_record(State::EatCrnl),
                escape if escape == options.escapechar => {
                    self.parser.state = State::EscapedChar;
                    Ok(())
                }
                Some(delimiter) if delimiter == options.delimiter => self.end_of_record(State::StartField),
                // In C the state after an escaped newline stays until the end of the field.
                Some(character) => self.add(character, self.parser.state),
            },
            State::InQuotedField => match character {
                None => Ok(()),
                escape if escape == options.escapechar => {
                    self.parser.state = State::EscapeInQuotedField;
                    Ok(())
                }
                quote if quote == self.dialect.opening_quote() => {
                    self.parser.state = if options.doublequote { State::QuoteInQuotedField } else { State::InField };
                    Ok(())
                }
                Some(character) => self.add(character, State::InQuotedField),
            },
            State::EscapeInQuotedField => self.add(character.unwrap_or(newline), State::InQuotedField),
            State::QuoteInQuotedField => match character {
                None => self.end_of_record(State::StartRecord),
                Some(character) if Some(character) == self.dialect.opening_quote() => {
                    self.add(character, State::InQuotedField)
                }
                Some(delimiter) if delimiter == options.delimiter => self.end_of_record(State::StartField),
                Some(character) if is_newline(character) => self.end_of_record(State::EatCrnl),
                Some(_) if options.strict => Err(Error::AfterQuote),
                Some(character) => self.add(character, State::InField),
            },
            State::EatCrnl => match character {
                None => {
                    self.parser.state = State::StartRecord;
                    Ok(())
                }
                Some(character) if is_newline(character) => Ok(()),
                Some(_) => Err(Error::NewLine),
            },
        }
    }

    /// Ends the field in the buffer, adds it to the record, and goes on in another state.
    fn end_of_record(&mut self, state: State) -> Result<(), Error<S::Error>> {
        self.save(&[])?;
        self.parser.state = state;
        Ok(())
    }

    /// Adds a character to the field: `parse_add_char` of C.
    fn add(&mut self, character: u32, state: State) -> Result<(), Error<S::Error>> {
        if self.parser.field.len() >= self.limit {
            return Err(Error::FieldLimit);
        }
        self.parser.field.push(character)?;
        self.parser.state = state;
        Ok(())
    }

    /// How many characters more the field may have.
    #[inline(always)]
    fn room(&self) -> usize {
        self.limit.saturating_sub(self.parser.field.len())
    }

    /// Refuses a field that would be too long with these characters. The buffer gets those up to the limit.
    #[inline(always)]
    fn check_limit(&mut self, run: &[U]) -> Result<(), Error<S::Error>> {
        let room = self.room();
        if run.len() > room {
            self.parser.field.push_text(U::text(&run[..room]))?;
            return Err(Error::FieldLimit);
        }
        Ok(())
    }

    /// Adds characters to the field.
    #[inline(always)]
    fn push(&mut self, run: &[U]) -> Result<(), Error<S::Error>> {
        self.check_limit(run)?;
        Ok(self.parser.field.push_text(U::text(run))?)
    }

    /// Ends a field with these characters, whose length has been checked, and adds it: `parse_save_field` of C.
    #[inline(always)]
    fn save(&mut self, run: &[U]) -> Result<(), Error<S::Error>> {
        let in_line = self.parser.field.is_empty();
        if !in_line {
            self.parser.field.push_text(U::text(run))?;
        }
        let text = if in_line { U::text(run) } else { self.parser.field.text() };
        let field = match (self.parser.unquoted, text.is_empty(), self.dialect.options().quoting) {
            (true, true, Quoting::NotNull | Quoting::Strings) => Field::Null,
            (true, false, Quoting::NonNumeric | Quoting::Strings) => Field::Number(text),
            _ => Field::Text(text),
        };
        if let Err(error) = self.fields.field(field) {
            if in_line {
                self.parser.field.push_text(U::text(run))?;
            }
            return Err(Error::Field(error));
        }
        if !in_line {
            self.parser.field.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
