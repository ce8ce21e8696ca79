//! Where the encoder writes: values that hold no others, keys, separators and line breaks.

use crate::boundary::json_encoder;
use crate::boundary::markers::Markers;
use crate::boundary::setting;
use crate::boundary::text::to_text;
use crate::escape::{self, Style};
use crate::float;
use crate::units::Text;
use crate::writer::{NoMemory, Short, Writer};
use cpython_api::{
    Borrowed, Bound, Constant, ExceptionType, PyErr, PyResult, Python, StrData, Value, call1, constant, int_repr,
    sequence_repeat, str_append, str_concat, str_data, str_from_data,
};

/// What can go wrong with a scalar.
pub(super) enum Failure {
    NoMemory,
    Raised(PyErr),
}

impl From<NoMemory> for Failure {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl Failure {
    #[cold]
    pub(super) fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::NoMemory => PyErr::no_memory(py),
            Self::Raised(error) => error,
        }
    }
}

/// Whether a key has been written, or left out with its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Written,
    Skipped,
}

/// The line breaks of one level.
struct Indent<'py> {
    /// A line break with the indentation of this level.
    newline: Bound<'py>,
    newline_short: Option<Short>,
    /// The same behind an item separator; the outermost level has none.
    separator: Option<Bound<'py>>,
    separator_short: Option<Short>,
    /// What stands before the first key of this level and before another one.
    key_starts: [Option<Short>; 2],
}

impl<'py> Indent<'py> {
    fn new(newline: Bound<'py>, separator: Option<Bound<'py>>) -> Self {
        let short = |text: &Bound<'py>| str_data(text.as_borrowed()).and_then(|data| Short::new(to_text(data)));
        let (newline_short, separator_short) = (short(&newline), separator.as_ref().and_then(short));
        let key_starts = [newline_short, separator_short].map(before_quote);
        Self { newline, newline_short, separator, separator_short, key_starts }
    }
}

/// What comes before a key, with the opening quote. Made ahead: a text that has just been put together byte by byte
/// cannot be read as a whole until the processor has written it.
fn before_quote(text: Option<Short>) -> Option<Short> {
    text.and_then(|text| text.before(b'"'))
}

/// Output, its layout, and what has to be known of it.
pub(super) struct Sink<'a, 'py> {
    py: Python<'py>,
    pub(super) out: Writer,
    pub(super) markers: Option<Markers<'a, 'py>>,
    /// The function that encodes strings, when it is not one of this module.
    encoder: Borrowed<'a, 'py>,
    style: Option<Style>,
    allow_nan: bool,
    skip_keys: bool,
    item_separator: Borrowed<'a, 'py>,
    item_separator_text: Text<'a>,
    item_separator_short: Option<Short>,
    key_separator_text: Text<'a>,
    /// What stands before the first key of a dict and before another one, when output is not indented.
    key_starts: [Option<Short>; 2],
    /// A closing quote and the key separator.
    key_end: Option<Short>,
    indent: Option<Borrowed<'a, 'py>>,
    /// The levels that have been reached, when output is indented.
    indents: Vec<Indent<'py>>,
}

impl<'a, 'py> Sink<'a, 'py> {
    /// # Safety
    ///
    /// - The objects of the settings live for `'a`.
    pub(super) unsafe fn new(py: Python<'py>, settings: &'a json_encoder, indent_level: isize) -> PyResult<Self> {
        let none = constant(py, Constant::None).as_ptr();
        // SAFETY: the caller vouches for the objects.
        let get = |object| unsafe { setting(py, object) };
        let optional = |object| get(object).map(|object| (object.as_ptr() != none).then_some(object));
        let text = |object: Borrowed<'a, 'py>| match str_data(object) {
            Some(data) => Ok(to_text(data)),
            None => Err(PyErr::new(ExceptionType::TypeError.bind(py), c"separators must be strings")),
        };
        let item_separator = get(settings.item_separator)?;
        let item_separator_text = text(item_separator)?;
        let item_separator_short = Short::new(item_separator_text);
        let key_separator_text = text(get(settings.key_separator)?)?;
        let mut sink = Self {
            py,
            out: Writer::new(),
            markers: optional(settings.markers)?.map(Markers::new).transpose()?,
            encoder: get(settings.encoder)?,
            style: match settings.fast_encode {
                1 => Some(Style::Ascii),
                2 => Some(Style::Unicode),
                _ => None,
            },
            allow_nan: settings.allow_nan != 0,
            skip_keys: settings.skipkeys != 0,
            item_separator,
            item_separator_text,
            item_separator_short,
            key_starts: [Some(Short::EMPTY), item_separator_short].map(before_quote),
            key_separator_text,
            key_end: Short::new(key_separator_text).and_then(|text| text.behind(b'"')),
            indent: optional(settings.indent)?,
            indents: Vec::new(),
        };
        if let Some(indent) = sink.indent {
            let mut newline = str_from_data(py, StrData::Ucs1(b"\n"))?;
            if indent_level != 0 {
                newline = str_append(newline, sequence_repeat(indent, indent_level)?.as_borrowed())?;
            }
            sink.push_indent(Indent::new(newline, None))?;
        }
        Ok(sink)
    }

    /// Whether strings are encoded without calling anything.
    pub(super) fn encodes_itself(&self) -> bool {
        self.style.is_some()
    }

    /// Has to come before anything that may run Python code.
    #[inline]
    pub(super) fn before_python_code(&mut self) -> PyResult<()> {
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
    pub(super) fn short(&mut self, text: Short) -> PyResult<()> {
        self.out.short(text).map_err(|_| PyErr::no_memory(self.py))
    }

    #[inline(never)]
    fn text(&mut self, text: Text<'_>) -> PyResult<()> {
        self.out.text(text).map_err(|_| PyErr::no_memory(self.py))
    }

    fn push_indent(&mut self, indent: Indent<'py>) -> PyResult<()> {
        self.indents.try_reserve(1).map_err(|_| PyErr::no_memory(self.py))?;
        self.indents.push(indent);
        Ok(())
    }

    /// Makes the line breaks of a level, unless it has been reached before.
    #[inline]
    pub(super) fn enter_level(&mut self, level: usize) -> PyResult<()> {
        match self.indent {
            Some(indent) if level >= self.indents.len() => self.add_level(indent),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn add_level(&mut self, indent: Borrowed<'a, 'py>) -> PyResult<()> {
        let Some(outer) = self.indents.last() else { return Ok(()) };
        let newline = str_concat(outer.newline.as_borrowed(), indent)?;
        let separator = str_concat(self.item_separator, newline.as_borrowed())?;
        self.push_indent(Indent::new(newline, Some(separator)))
    }

    #[inline(always)]
    pub(super) fn newline(&mut self, level: usize) -> PyResult<()> {
        if self.indent.is_some() { self.write_newline(level) } else { Ok(()) }
    }

    #[inline(never)]
    fn write_newline(&mut self, level: usize) -> PyResult<()> {
        if let Some(indent) = self.indents.get(level)
            && let Some(data) = str_data(indent.newline.as_borrowed())
        {
            self.out.text(to_text(data)).map_err(|_| PyErr::no_memory(self.py))?;
        }
        Ok(())
    }

    /// What comes between two items of a level, when it is short.
    #[inline(always)]
    fn between_items(&self, level: usize) -> Option<Short> {
        match self.indent {
            None => self.item_separator_short,
            Some(_) => self.indents.get(level)?.separator_short,
        }
    }

    /// What comes before a key of a level, when it is short.
    #[inline(always)]
    fn before_key(&self, first: bool, level: usize) -> Option<Short> {
        let starts = match self.indent {
            None => &self.key_starts,
            Some(_) => &self.indents.get(level)?.key_starts,
        };
        starts[usize::from(!first)]
    }

    /// Writes what comes between two items.
    #[inline(always)]
    pub(super) fn separator(&mut self, level: usize) -> PyResult<()> {
        match self.between_items(level) {
            Some(text) => self.short(text),
            None => self.long_separator(level),
        }
    }

    #[inline(never)]
    fn long_separator(&mut self, level: usize) -> PyResult<()> {
        if self.indent.is_none() {
            return self.text(self.item_separator_text);
        }
        if let Some(Indent { separator: Some(separator), .. }) = self.indents.get(level)
            && let Some(data) = str_data(separator.as_borrowed())
        {
            self.out.text(to_text(data)).map_err(|_| PyErr::no_memory(self.py))?;
        }
        Ok(())
    }

    /// Writes a scalar; anything else is left alone.
    #[inline(always)]
    pub(super) fn scalar(&mut self, object: Borrowed<'_, 'py>, value: Value<'_>) -> Result<(), Failure> {
        match value {
            Value::Str(data) => self.string(object, data)?,
            Value::Int(value) => self.out.ascii(itoa::Buffer::new().format(value).as_bytes())?,
            Value::Float(value) => self.float(object, value)?,
            Value::None => self.out.short(Short::literal(b"null"))?,
            Value::True => self.out.short(Short::literal(b"true"))?,
            Value::False => self.out.short(Short::literal(b"false"))?,
            Value::BigInt => self.big_int(object)?,
            _ => {}
        }
        Ok(())
    }

    #[inline(always)]
    fn string(&mut self, object: Borrowed<'_, 'py>, data: StrData<'_>) -> Result<(), Failure> {
        match self.style {
            Some(style) => escape::string(to_text(data), style, &mut self.out)?,
            None => self.call_encoder(object)?,
        }
        Ok(())
    }

    /// Writes what the user's function makes of a string.
    #[inline(never)]
    fn call_encoder(&mut self, string: Borrowed<'_, 'py>) -> PyResult<()> {
        self.before_python_code()?;
        let encoded = call1(self.encoder, string)?;
        match str_data(encoded.as_borrowed()) {
            Some(data) => self.text(to_text(data)),
            None => Err(PyErr::with_type_name(
                ExceptionType::TypeError,
                c"encoder() must return a string, not ",
                encoded.as_borrowed(),
                80,
            )),
        }
    }

    #[inline(never)]
    fn big_int(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        let Some(text) = int_repr(object) else { return Ok(()) };
        match str_data(text?.as_borrowed()) {
            Some(data) => self.text(to_text(data)),
            None => Ok(()),
        }
    }

    #[inline(always)]
    fn float(&mut self, object: Borrowed<'_, 'py>, value: f64) -> Result<(), Failure> {
        if value.is_finite() {
            self.out.ascii(float::Buffer::new().format(value))?;
        } else {
            let name = self.non_finite(object, value)?;
            self.out.ascii(name)?;
        }
        Ok(())
    }

    #[cold]
    fn non_finite(&mut self, object: Borrowed<'_, 'py>, value: f64) -> PyResult<&'static [u8]> {
        if !self.allow_nan {
            self.before_python_code()?;
            let message = c"Out of range float values are not JSON compliant: ";
            return Err(PyErr::with_repr(ExceptionType::ValueError, message, object));
        }
        Ok(if value.is_nan() {
            b"NaN"
        } else if value > 0.0 {
            b"Infinity"
        } else {
            b"-Infinity"
        })
    }

    /// Writes a key with what comes before and behind it; one of another type may have to be left out.
    #[inline(always)]
    pub(super) fn key(
        &mut self,
        key: Borrowed<'_, 'py>,
        value: Value<'_>,
        first: &mut bool,
        level: usize,
    ) -> PyResult<Keep> {
        // Nearly all are plain strings, which are written in one go.
        if let Value::Str(StrData::Ucs1(text)) = value
            && let Some(style) = self.style
            && escape::is_short_and_plain(text, style)
            && let Some(start) = self.before_key(*first, level)
            && let Some(end) = self.key_end
        {
            *first = false;
            self.out.between(start, text, end).map_err(|_| PyErr::no_memory(self.py))?;
            return Ok(Keep::Written);
        }
        self.any_key(key, value, first, level)
    }

    #[inline(never)]
    fn any_key(&mut self, key: Borrowed<'_, 'py>, value: Value<'_>, first: &mut bool, level: usize) -> PyResult<Keep> {
        match value {
            Value::Sequence { .. } | Value::Dict { .. } | Value::Other if self.skip_keys => return Ok(Keep::Skipped),
            Value::Sequence { .. } | Value::Dict { .. } | Value::Other => {
                let message = c"keys must be str, int, float, bool or None, not ";
                return Err(PyErr::with_type_name(ExceptionType::TypeError, message, key, 100));
            }
            // The float is refused before anything is written for it.
            Value::Float(float) if !float.is_finite() => drop(self.non_finite(key, float)?),
            _ => {}
        }
        if !*first {
            self.separator(level)?;
        } else {
            *first = false;
            self.newline(level)?;
        }
        match value {
            Value::Str(data) => self.string(key, data).map_err(|failure| failure.raise(self.py))?,
            _ => self.other_key(key, value)?,
        }
        self.text(self.key_separator_text)?;
        Ok(Keep::Written)
    }

    /// Writes a key that is no `str`, as a string.
    #[inline(never)]
    fn other_key(&mut self, key: Borrowed<'_, 'py>, value: Value<'_>) -> PyResult<()> {
        let mut digits = itoa::Buffer::new();
        let mut float = float::Buffer::new();
        let text: &[u8] = match value {
            Value::Float(value) if value.is_finite() => float.format(value),
            Value::Float(value) => self.non_finite(key, value)?,
            Value::True => b"true",
            Value::False => b"false",
            Value::None => b"null",
            Value::Int(value) => digits.format(value).as_bytes(),
            _ => {
                let Some(text) = int_repr(key) else { return Ok(()) };
                let text = text?;
                let Some(data) = str_data(text.as_borrowed()) else { return Ok(()) };
                return self.string(text.as_borrowed(), data).map_err(|failure| failure.raise(self.py));
            }
        };
        let data = StrData::Ucs1(text);
        match self.style {
            Some(_) => self.string(key, data).map_err(|failure| failure.raise(self.py)),
            None => self.call_encoder(str_from_data(self.py, data)?.as_borrowed()),
        }
    }
}
