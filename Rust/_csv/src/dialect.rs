//! The options of a dialect, and the characters that they make special.

#![forbid(unsafe_code)]

use crate::ucs::{Hits, Needles, NoMemory, Text, Unit};

/// When fields are quoted, and which fields of a reader are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// `QUOTE_MINIMAL`
    Minimal,
    /// `QUOTE_ALL`
    All,
    /// `QUOTE_NONNUMERIC`
    NonNumeric,
    /// `QUOTE_NONE`
    None,
    /// `QUOTE_STRINGS`
    Strings,
    /// `QUOTE_NOTNULL`
    NotNull,
}

/// All of them, in the order of their numbers in Python.
pub const QUOTINGS: [Quoting; 6] =
    [Quoting::Minimal, Quoting::All, Quoting::NonNumeric, Quoting::None, Quoting::Strings, Quoting::NotNull];

/// The options of a dialect.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The character between fields.
    pub delimiter: u32,
    /// The character around quoted fields.
    pub quotechar: Option<u32>,
    /// The character before one that loses its meaning.
    pub escapechar: Option<u32>,
    /// When fields are quoted.
    pub quoting: Quoting,
    /// Whether a quote in a quoted field is doubled.
    pub doublequote: bool,
    /// Whether spaces after a delimiter are skipped.
    pub skipinitialspace: bool,
    /// Whether bad input is an error.
    pub strict: bool,
}

/// How many special characters a writer searches for at once: those of `excel`, and a few more.
const FEW: usize = 4;
const SOME: usize = 6;

/// The characters for which a writer quotes or escapes.
#[derive(Debug)]
enum Specials {
    Few(Needles<FEW>),
    Some(Needles<SOME>),
    /// More, in order: the characters of a long line terminator are among them.
    Many(Vec<u32>),
}

/// The options, and what is derived from them.
#[derive(Debug)]
pub struct Dialect {
    options: Options,
    in_field: Needles<4>,
    in_quoted_field: Needles<2>,
    specials: Specials,
}

impl Dialect {
    /// Derives what is searched for. `lineterminator` is what a writer writes after each record.
    pub fn new(options: Options, lineterminator: Text<'_>) -> Result<Self, NoMemory> {
        let Options { delimiter, quotechar, escapechar, .. } = options;
        let newlines = ['\n', '\r'].map(u32::from);
        // Those that end a run in a field come first, and then the others of a writer.
        let (mut distinct, mut count) = ([0; SOME], 0);
        let mut add = |character| {
            if !distinct[..count.min(SOME)].contains(&character) {
                if let Some(place) = distinct.get_mut(count) {
                    *place = character;
                }
                count += 1;
            }
            count
        };
        add(delimiter);
        add(newlines[0]);
        let mut in_field = add(newlines[1]);
        if let Some(escapechar) = escapechar {
            in_field = add(escapechar);
        }
        if let Some(quotechar) = quotechar {
            add(quotechar);
        }
        for character in lineterminator.characters() {
            if add(character) > SOME {
                break;
            }
        }
        let in_field = Needles::new(&distinct[..in_field.min(4)]);
        let quotes = [quotechar, escapechar];
        let in_quoted_field = match quotes {
            [Some(quotechar), Some(escapechar)] => Needles::new(&[quotechar, escapechar]),
            [Some(only), None] | [None, Some(only)] => Needles::new(&[only]),
            [None, None] => Needles::new(&[]),
        };
        let specials = if count <= FEW {
            Specials::Few(Needles::new(&distinct[..count]))
        } else if count <= SOME {
            Specials::Some(Needles::new(&distinct[..count]))
        } else {
            let mut many = Vec::new();
            many.try_reserve_exact(lineterminator.len() + 5).map_err(|_| NoMemory)?;
            many.push(delimiter);
            many.extend(newlines);
            many.extend(quotes.into_iter().flatten());
            many.extend(lineterminator.characters());
            many.sort_unstable();
            many.dedup();
            Specials::Many(many)
        };
        Ok(Self { options, in_field, in_quoted_field, specials })
    }

    /// The options.
    #[inline(always)]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The character that begins a quoted field.
    #[inline(always)]
    pub fn opening_quote(&self) -> Option<u32> {
        if self.options.quoting == Quoting::None { None } else { self.options.quotechar }
    }

    /// The index of the first character from `from` on that is special in a field without quotes.
    #[inline(always)]
    pub fn find_in_field<U: Unit>(&self, units: &[U], from: usize) -> usize {
        self.in_field.find(units, from)
    }

    /// The next of the characters that are special in a field without quotes.
    #[inline(always)]
    pub fn next_in_field<U: Unit>(&self, units: &[U], hits: &mut Hits) -> Option<usize> {
        hits.next(units, &self.in_field)
    }

    /// The next of the characters that are special in a quoted field.
    #[inline(always)]
    pub fn next_in_quoted_field<U: Unit>(&self, units: &[U], hits: &mut Hits) -> Option<usize> {
        hits.next(units, &self.in_quoted_field)
    }

    /// The index of the first character from `from` on for which a writer quotes or escapes.
    #[inline(always)]
    pub fn find_special<U: Unit>(&self, units: &[U], from: usize) -> usize {
        match &self.specials {
            Specials::Few(needles) => needles.find(units, from),
            Specials::Some(needles) => needles.find(units, from),
            Specials::Many(characters) => {
                let rest = &units[from..];
                let is_special = |unit: &U| characters.binary_search(&(*unit).into()).is_ok();
                from + rest.iter().position(is_special).unwrap_or(rest.len())
            }
        }
    }
}
