//! The output of the encoder: scalars, keys, separators and line breaks.
//!
//! Functions named plain run while the container that holds the item is locked. They make no object and call the
//! interpreter only to look at objects. They fail only when there is no memory, and the exception is raised after the
//! container has been unlocked.

#![forbid(unsafe_code)]

use crate::boundary::markers::Markers;
use crate::boundary::objects::json_encoder;
use crate::boundary::text::{text_object, text_of, to_text};
use crate::escape::{self, Style};
use crate::float;
use crate::int;
use crate::ucs::Text;
use crate::writer::{NoMemory, ShortText, Writer, copy_short};
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyInt, PyStr};
use cpython_api::{BLOCK, Borrowed, Bound, IntView, Number, Numbers, Py, PyErr, PyResult, Python, StrData, Value};

/// Whether a key has been written, or left out with its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Written,
    Skipped,
}

/// The line breaks of one level.
struct Indent<'py> {
    /// A line break with the indentation of this level.
    newline: Bound<'py, PyStr>,
    /// The same after an item separator; the outermost level has none.
    separator: Option<Bound<'py, PyStr>>,
    separator_short: Option<ShortText>,
    /// The text before the first key of this level, and before another one.
    key_starts: [Option<ShortText>; 2],
}

impl<'py> Indent<'py> {
    fn new(newline: Bound<'py, PyStr>, separator: Option<Bound<'py, PyStr>>) -> Self {
        let short = |text: &Bound<'py, PyStr>| ShortText::new(to_text(text.data()));
        let separator_short = separator.as_ref().and_then(short);
        let key_starts = [short(&newline), separator_short].map(before_quote);
        Self { newline, separator, separator_short, key_starts }
    }
}

/// The text before a key, with the opening quote. It is made once: a text that has just been written byte by byte cannot be
/// loaded as a whole until the processor's store buffer is empty.
fn before_quote(text: Option<ShortText>) -> Option<ShortText> {
    text.and_then(|text| text.append(b'"'))
}

const TRUE: &ShortText = &ShortText::literal(b"true");
const FALSE: &ShortText = &ShortText::literal(b"false");
const QUOTE: &ShortText = &ShortText::literal(b"\"");

/// The texts before an item of a list: before a string, with the quote, and before anything else.
#[derive(Clone, Copy)]
pub(super) struct ItemStart {
    string: Option<ShortText>,
    pub(super) other: Option<ShortText>,
}

impl ItemStart {
    /// Before the first item.
    pub(super) const FIRST: Self = Self { string: Some(*QUOTE), other: Some(ShortText::EMPTY) };
}

/// Output and its layout.
pub(super) struct Sink<'a, 'py> {
    py: Python<'py>,
    pub(super) out: Writer,
    pub(super) markers: Option<Markers<'a, 'py>>,
    /// The function that encodes strings, when it is not one of this module.
    encoder: Borrowed<'a, 'py>,
    style: Option<Style>,
    allow_nan: bool,
    skip_keys: bool,
    item_separator: Borrowed<'a, 'py, PyStr>,
    item_separator_text: Text<'a>,
    item_separator_short: Option<ShortText>,
    key_separator_text: Text<'a>,
    /// A closing quote and the key separator.
    key_end: Option<ShortText>,
    layout: Layout<'a, 'py>,
    /// How often Python code may have run, which may have changed any container.
    pub(super) python_calls: usize,
}

/// The line breaks, and the texts before keys.
struct Layout<'a, 'py> {
    /// The text before the first key of a dict, and before another one, when output is not indented.
    key_starts: [Option<ShortText>; 2],
    indent: Option<Borrowed<'a, 'py>>,
    /// The levels that have been reached, when output is indented.
    indents: Vec<Indent<'py>>,
}

impl Layout<'_, '_> {
    /// The text before the first key of a level, and before another one, with the quote.
    #[inline(always)]
    fn key_starts(&self, level: usize) -> &[Option<ShortText>; 2] {
        match self.indent {
            None => &self.key_starts,
            Some(_) => self.indents.get(level).map_or(&[None, None], |indent| &indent.key_starts),
        }
    }
}

impl<'a, 'py> Sink<'a, 'py> {
    pub(super) fn new(py: Python<'py>, settings: &'a json_encoder, indent_level: isize) -> PyResult<Self> {
        let get = |object: &'a Py| object.bind(py);
        let optional = |object| Some(get(object)).filter(|object| !object.is_none());
        let text = |object: Borrowed<'a, 'py>| {
            let text = object.cast_borrowed::<PyStr>();
            text.ok_or_else(|| PyTypeError::new_err(py, "separators must be strings"))
        };
        let item_separator = text(get(&settings.item_separator))?;
        let item_separator_text = to_text(item_separator.data());
        let item_separator_short = ShortText::new(item_separator_text);
        let key_separator_text = to_text(text(get(&settings.key_separator))?.data());
        let mut sink = Self {
            py,
            out: Writer::new(),
            markers: optional(&settings.markers).map(Markers::new).transpose()?,
            encoder: get(&settings.encoder),
            style: match settings.fast_encode {
                0 => Some(Style::Ascii),
                1 => Some(Style::Unicode),
                _ => None,
            },
            allow_nan: settings.allow_nan != 0,
            skip_keys: settings.skipkeys != 0,
            item_separator,
            item_separator_text,
            item_separator_short,
            key_separator_text,
            key_end: ShortText::new(key_separator_text).and_then(|text| text.prepend(b'"')),
            layout: Layout {
                key_starts: [Some(ShortText::EMPTY), item_separator_short].map(before_quote),
                indent: optional(&settings.indent),
                indents: Vec::new(),
            },
            python_calls: 0,
        };
        if let Some(indent) = sink.layout.indent {
            let mut newline = PyStr::from_data(py, StrData::Ucs1(b"\n"))?;
            if indent_level != 0 {
                newline = newline.append(&indent.repeat(indent_level)?)?;
            }
            sink.push_indent(Indent::new(newline, None))?;
        }
        Ok(sink)
    }

    /// Has to be called before anything that may run Python code.
    #[inline]
    pub(super) fn before_python_code(&mut self) -> PyResult<()> {
        self.python_calls += 1;
        self.markers.as_mut().map_or(Ok(()), Markers::publish)
    }

    /// The same while an exception is set, as notes print objects.
    #[cold]
    pub(super) fn before_notes(&mut self, error: PyErr) -> PyErr {
        match &mut self.markers {
            Some(markers) => markers.publish_after(self.py, error),
            None => error,
        }
    }

    #[inline(always)]
    pub(super) fn byte(&mut self, character: u8) -> PyResult<()> {
        self.out.byte(character).map_err(|_| PyErr::no_memory(self.py))
    }

    fn text(&mut self, text: Text<'_>) -> PyResult<()> {
        self.plain_text(text).map_err(|_| PyErr::no_memory(self.py))
    }

    #[inline(never)]
    fn plain_text(&mut self, text: Text<'_>) -> Result<(), NoMemory> {
        self.out.text(text)
    }

    fn push_indent(&mut self, indent: Indent<'py>) -> PyResult<()> {
        self.layout.indents.try_reserve(1).map_err(|_| PyErr::no_memory(self.py))?;
        self.layout.indents.push(indent);
        Ok(())
    }

    /// Makes the line breaks of a level, unless it has been reached before.
    #[inline]
    pub(super) fn enter_level(&mut self, level: usize) -> PyResult<()> {
        match self.layout.indent {
            Some(indent) if level >= self.layout.indents.len() => self.add_level(indent),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn add_level(&mut self, indent: Borrowed<'a, 'py>) -> PyResult<()> {
        let Some(outer) = self.layout.indents.last() else { return Ok(()) };
        let newline = outer.newline.concat(&indent)?;
        let separator = self.item_separator.concat(&newline)?;
        self.push_indent(Indent::new(newline, Some(separator)))
    }

    #[inline(always)]
    pub(super) fn newline(&mut self, level: usize) -> PyResult<()> {
        self.plain_newline(level).map_err(|_| PyErr::no_memory(self.py))
    }

    #[inline(always)]
    fn plain_newline(&mut self, level: usize) -> Result<(), NoMemory> {
        if self.layout.indent.is_some() { self.write_newline(level) } else { Ok(()) }
    }

    #[inline(never)]
    fn write_newline(&mut self, level: usize) -> Result<(), NoMemory> {
        if let Some(indent) = self.layout.indents.get(level) {
            self.out.text(to_text(indent.newline.data()))?;
        }
        Ok(())
    }

    /// Writes the separator of two items.
    #[inline(always)]
    pub(super) fn plain_separator(&mut self, level: usize) -> Result<(), NoMemory> {
        let text = match self.layout.indent {
            None => &self.item_separator_short,
            Some(_) => self.layout.indents.get(level).map_or(&None, |indent| &indent.separator_short),
        };
        match text {
            Some(text) => self.out.short(text),
            None => self.long_separator(level),
        }
    }

    #[inline(never)]
    fn long_separator(&mut self, level: usize) -> Result<(), NoMemory> {
        if self.layout.indent.is_none() {
            return self.plain_text(self.item_separator_text);
        }
        if let Some(Indent { separator: Some(separator), .. }) = self.layout.indents.get(level) {
            self.out.text(to_text(separator.data()))?;
        }
        Ok(())
    }

    /// The texts before the items of a list but the first.
    #[inline(always)]
    pub(super) fn item_start(&self, level: usize) -> ItemStart {
        match self.layout.indent {
            None => ItemStart { string: self.layout.key_starts[1], other: self.item_separator_short },
            Some(_) => self.layout.indents.get(level).map_or(ItemStart { string: None, other: None }, |indent| {
                ItemStart { string: indent.key_starts[1], other: indent.separator_short }
            }),
        }
    }

    /// Writes an item of a list with the separator before it, as [`plain`](Self::plain) does. The separator is written even
    /// when the item is not.
    #[inline(always)]
    pub(super) fn plain_item(
        &mut self,
        item: Borrowed<'_, 'py>,
        value: Value<'_>,
        start: &ItemStart,
        level: usize,
    ) -> Result<bool, NoMemory> {
        // The separator in one go with a short string and its quotes, or with a number of few digits.
        match value {
            Value::Str(text) => {
                if let Some(style) = self.style
                    && let Some(start) = &start.string
                    && escape::quoted(start, to_text(text), QUOTE, style, &mut self.out)?
                {
                    return Ok(true);
                }
            }
            Value::Int(value) => {
                if let Some(start) = &start.other {
                    self.out.short_and_fill(start, |room| int::format(value, room))?;
                    return Ok(true);
                }
            }
            _ => {}
        }
        match &start.other {
            Some(start) => self.out.short(start)?,
            None => self.long_separator(level)?,
        }
        self.plain(item, value)
    }

    /// Writes numbers with the separators before them, up to the first that may not be written; returns how many.
    #[inline(always)]
    pub(super) fn numbers(&mut self, numbers: &Numbers, is_first: bool, next: &ShortText) -> Result<usize, NoMemory> {
        let mut written = 0;
        self.out.fill_some::<u8, { BLOCK * NUMBER_ROOM }>(numbers.len() * NUMBER_ROOM, |room| {
            let (end, count) = match numbers.ints() {
                Some(ints) => put_numbers(room, ints, is_first, next, |&value, room| Some(int::format(value, room))),
                None => put_numbers(room, numbers.iter(), is_first, next, put_number),
            };
            written = count;
            end
        })?;
        Ok(written)
    }

    /// Writes a scalar, unless that may run Python code or raise anything; returns whether it has. Anything else is left
    /// alone.
    #[inline(always)]
    pub(super) fn plain(&mut self, object: Borrowed<'_, 'py>, value: Value<'_>) -> Result<bool, NoMemory> {
        match value {
            Value::Str(data) => return self.plain_string(to_text(data)),
            Value::Int(value) => self.out.fill(|room| int::format(value, room))?,
            Value::BigInt => return self.plain_long(object),
            Value::Float(value) if value.is_finite() => self.out.latin1(float::Buffer::new().format(value))?,
            Value::Float(value) if self.allow_nan => self.out.latin1(non_finite(value))?,
            Value::None => self.out.short(const { &ShortText::literal(b"null") })?,
            Value::True => self.out.short(TRUE)?,
            Value::False => self.out.short(FALSE)?,
            // C iterates over a subclass of list. It does not call `items()` of a subclass of dict that is empty.
            Value::Sequence { exact: true, len: 0 } => self.out.short(const { &ShortText::literal(b"[]") })?,
            Value::Dict { len: 0, .. } => self.out.short(const { &ShortText::literal(b"{}") })?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Writes an integer of at most 128 bits.
    #[inline(never)]
    fn plain_long(&mut self, object: Borrowed<'_, 'py>) -> Result<bool, NoMemory> {
        let Some((negative, magnitude)) = long(object) else { return Ok(false) };
        self.out.fill(|room| int::format_long(negative, magnitude, room))?;
        Ok(true)
    }

    #[inline(always)]
    fn plain_string(&mut self, text: Text<'_>) -> Result<bool, NoMemory> {
        let Some(style) = self.style else { return Ok(false) };
        escape::string(text, style, &mut self.out)?;
        Ok(true)
    }

    /// Writes a scalar; anything else is left alone.
    pub(super) fn scalar(&mut self, object: Borrowed<'_, 'py>, value: Value<'_>) -> PyResult<()> {
        if self.plain(object, value).map_err(|_| PyErr::no_memory(self.py))? {
            return Ok(());
        }
        match value {
            Value::Str(_) => self.call_encoder(object),
            Value::Float(_) => Err(self.refused(object)),
            Value::BigInt => self.big_int(object),
            _ => Ok(()),
        }
    }

    /// Writes the result of the user's function for a string.
    #[inline(never)]
    fn call_encoder(&mut self, string: Borrowed<'_, 'py>) -> PyResult<()> {
        self.before_python_code()?;
        let encoded = self.encoder.call1(&string)?;
        match text_of(&encoded) {
            Some(text) => self.text(text),
            None => Err(PyTypeError::with_type_name(c"encoder() must return a string, not ", &encoded, 80)),
        }
    }

    #[inline(never)]
    fn big_int(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        let Some(int) = object.cast_borrowed::<PyInt>() else { return Ok(()) };
        self.text(to_text(int.int_repr()?.data()))
    }

    /// The error for a float that may not be written.
    #[cold]
    fn refused(&mut self, float: Borrowed<'_, 'py>) -> PyErr {
        match self.before_python_code() {
            Ok(()) => {
                let message = c"Out of range float values are not JSON compliant: ";
                PyValueError::with_repr(message, &float)
            }
            Err(error) => error,
        }
    }

    /// Writes a key with the separators before and after it; a key of another type may have to be left out.
    pub(super) fn key(
        &mut self,
        key: Borrowed<'_, 'py>,
        value: Value<'_>,
        first: &mut bool,
        level: usize,
    ) -> PyResult<Keep> {
        let no_memory = |_| PyErr::no_memory(key.py());
        if let Some(keep) = self.plain_key(value, first, level).map_err(no_memory)? {
            return Ok(keep);
        }
        match value {
            Value::Sequence { .. } | Value::Dict { .. } | Value::Other => {
                let message = c"keys must be str, int, float, bool or None, not ";
                return Err(PyTypeError::with_type_name(message, &key, 100));
            }
            // The float is refused before anything is written for it.
            Value::Float(value) if !value.is_finite() && !self.allow_nan => return Err(self.refused(key)),
            _ => {}
        }
        self.plain_before_key(first, level).map_err(no_memory)?;
        let text;
        let key = match value {
            Value::Str(_) => key,
            _ => {
                let mut buffer = Digits::default();
                text = match buffer.format(value) {
                    Some(digits) => text_object(self.py, Text::Ucs1(digits))?,
                    None => match key.cast_borrowed::<PyInt>() {
                        Some(int) => int.int_repr()?.into_any(),
                        None => return Ok(Keep::Written),
                    },
                };
                text.as_borrowed()
            }
        };
        match text_of(&key) {
            Some(text) if self.plain_string(text).map_err(no_memory)? => {}
            _ => self.call_encoder(key)?,
        }
        self.text(self.key_separator_text)?;
        Ok(Keep::Written)
    }

    /// Writes a key, or leaves it out, unless that may run Python code or raise anything: then nothing is written.
    #[inline(always)]
    pub(super) fn plain_key(
        &mut self,
        value: Value<'_>,
        first: &mut bool,
        level: usize,
    ) -> Result<Option<Keep>, NoMemory> {
        // Nearly all are strings that are written in one go.
        if let Value::Str(text) = value
            && let Some(style) = self.style
            && let Some(start) = &self.layout.key_starts(level)[usize::from(!*first)]
            && let Some(end) = &self.key_end
            && escape::quoted(start, to_text(text), end, style, &mut self.out)?
        {
            *first = false;
            return Ok(Some(Keep::Written));
        }
        self.any_plain_key(value, first, level)
    }

    #[inline(never)]
    fn any_plain_key(&mut self, value: Value<'_>, first: &mut bool, level: usize) -> Result<Option<Keep>, NoMemory> {
        match value {
            Value::Sequence { .. } | Value::Dict { .. } | Value::Other => {
                return Ok(self.skip_keys.then_some(Keep::Skipped));
            }
            Value::Float(value) if !value.is_finite() && !self.allow_nan => return Ok(None),
            Value::BigInt => return Ok(None),
            _ if self.style.is_none() => return Ok(None),
            _ => {}
        }
        self.plain_before_key(first, level)?;
        let mut buffer = Digits::default();
        match value {
            Value::Str(data) => self.plain_string(to_text(data))?,
            _ => self.plain_string(Text::Ucs1(buffer.format(value).unwrap_or_default()))?,
        };
        self.plain_text(self.key_separator_text)?;
        Ok(Some(Keep::Written))
    }

    fn plain_before_key(&mut self, first: &mut bool, level: usize) -> Result<(), NoMemory> {
        if std::mem::take(first) { self.plain_newline(level) } else { self.plain_separator(level) }
    }
}

/// Room for a number and the text before it, of which the last stores may write beyond the end of it.
const NUMBER_ROOM: usize = ShortText::SIZE + int::ROOM;

/// Writes numbers with the text `next` before each but the first of a list; returns where they end, and how many have been
/// written before the first that `put` refuses.
#[inline(always)]
fn put_numbers<T>(
    room: &mut [u8],
    numbers: impl IntoIterator<Item = T>,
    is_first: bool,
    next: &ShortText,
    put: impl Fn(T, &mut [u8; int::ROOM]) -> Option<usize>,
) -> (usize, usize) {
    let (mut end, mut written) = (0, 0);
    for number in numbers {
        let Some(room) = room.get_mut(end..).and_then(<[u8]>::first_chunk_mut::<NUMBER_ROOM>) else { break };
        let start = if is_first && written == 0 { 0 } else { next.put(room) };
        let Some(room) = room.get_mut(start..).and_then(<[u8]>::first_chunk_mut) else { break };
        let Some(len) = put(number, room) else { break };
        end += start + len;
        written += 1;
    }
    (end, written)
}

/// Writes a number; returns how long its text is. A float that is no number or infinite is refused.
#[inline(always)]
fn put_number(number: Number, room: &mut [u8; int::ROOM]) -> Option<usize> {
    match number {
        Number::Int(value) => Some(int::format(value, room)),
        Number::Float(value) if value.is_finite() => {
            let mut buffer = float::Buffer::new();
            let text = buffer.format(value);
            copy_short(room.get_mut(..text.len())?, text);
            Some(text.len())
        }
        Number::Float(_) => None,
        Number::Bool(value) => Some(if value { TRUE } else { FALSE }.put(room)),
    }
}

/// How a float that is no number or infinite is written.
#[cold]
fn non_finite(value: f64) -> &'static [u8] {
    if value.is_nan() {
        b"NaN"
    } else if value > 0.0 {
        b"Infinity"
    } else {
        b"-Infinity"
    }
}

/// The sign and the magnitude of an integer of at most 128 bits.
fn long(object: Borrowed<'_, '_>) -> Option<(bool, u128)> {
    let view = IntView::new(object).ok()?;
    Some((view.is_negative(), view.as_u128()?))
}

/// Memory for the text of a number or a constant.
#[derive(Default)]
pub(super) struct Digits {
    digits: [u8; int::ROOM],
    float: float::Buffer,
}

impl Digits {
    /// The text of a number that is not too long, or of a constant.
    pub(super) fn format(&mut self, value: Value<'_>) -> Option<&[u8]> {
        Some(match value {
            Value::Float(value) if value.is_finite() => self.float.format(value),
            Value::Float(value) => non_finite(value),
            Value::True => b"true",
            Value::False => b"false",
            Value::None => b"null",
            Value::Int(value) => {
                let len = int::format(value, &mut self.digits);
                &self.digits[..len]
            }
            _ => return None,
        })
    }
}
