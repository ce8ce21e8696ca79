//! From objects to the text of a document.
//!
//! A container is read in batches, under its lock, and a batch ends with the first item that is not a string, a number
//! or a constant. Nothing that is written between two batches runs Python code, so the items are those that C, which
//! takes them one by one, would have seen.
//!
//! Nesting is recursion of the machine's stack, which the interpreter watches, as in C; batches are not on it.

use crate::boundary::json_encoder;
use crate::boundary::markers::Markers;
use crate::boundary::setting;
use crate::boundary::text::{from_writer, to_text};
use crate::escape::{self, Style};
use crate::float;
use crate::units::Text;
use crate::writer::{NoMemory, Writer};
use cpython_api::{
    Batch, Borrowed, Bound, Constant, DictPosition, ExceptionType, FastSequence, Item, PyErr, PyResult, Python,
    StrData, Value, call1, constant, dict_len, dict_read, int_repr, list_get, list_sort, mapping_items,
    sequence_repeat, str_append, str_concat, str_data, str_from_data, tuple_of_one, two_items, view, with_recursion,
};

const RECURSION: &std::ffi::CStr = c" while encoding a JSON object";

/// Encodes an object: a tuple of the one `str`.
///
/// # Safety
///
/// - The objects of the settings live for the call.
pub(super) unsafe fn encode<'py>(
    py: Python<'py>,
    settings: &json_encoder,
    object: Borrowed<'_, 'py>,
    indent_level: isize,
) -> PyResult<Bound<'py>> {
    // SAFETY: the caller vouches for the objects.
    let mut encoder = unsafe { Encoder::new(py, settings, indent_level) }?;
    match encoder.object(object, view(object), 0) {
        Ok(()) => tuple_of_one(from_writer(py, &mut encoder.sink.out)?),
        Err(error) => Err(encoder.sink.before_notes(error)),
    }
}

/// Where output goes, and how values that hold no others are written.
struct Sink<'a, 'py> {
    py: Python<'py>,
    out: Writer,
    markers: Option<Markers<'a, 'py>>,
    /// The function that encodes strings, when it is not one of this module.
    encoder: Borrowed<'a, 'py>,
    style: Option<Style>,
    allow_nan: bool,
}

impl From<NoMemory> for Failure {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

/// What can go wrong with a scalar.
enum Failure {
    NoMemory,
    Raised(PyErr),
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl Failure {
    #[cold]
    fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::NoMemory => PyErr::no_memory(py),
            Self::Raised(error) => error,
        }
    }
}

impl<'py> Sink<'_, 'py> {
    /// Has to come before anything that may run Python code.
    #[inline]
    fn before_python_code(&mut self) -> PyResult<()> {
        self.markers.as_mut().map_or(Ok(()), Markers::publish)
    }

    /// The same while an exception is set, as notes print objects.
    #[cold]
    fn before_notes(&mut self, error: PyErr) -> PyErr {
        match &mut self.markers {
            Some(markers) => markers.publish_after(self.py, error),
            None => error,
        }
    }

    #[inline(always)]
    fn ascii(&mut self, text: &[u8]) -> PyResult<()> {
        self.out.ascii(text).map_err(|_| PyErr::no_memory(self.py))
    }

    #[inline(always)]
    fn text(&mut self, text: Text<'_>) -> PyResult<()> {
        self.out.text(text).map_err(|_| PyErr::no_memory(self.py))
    }

    /// Writes a scalar; anything else is left alone.
    #[inline(always)]
    fn scalar(&mut self, object: Borrowed<'_, 'py>, value: Value<'_>) -> Result<(), Failure> {
        match value {
            Value::Str(data) => self.string(object, data)?,
            Value::Int(value) => self.out.ascii(itoa::Buffer::new().format(value).as_bytes())?,
            Value::Float(value) => self.float(object, value)?,
            Value::None => self.out.ascii(b"null")?,
            Value::True => self.out.ascii(b"true")?,
            Value::False => self.out.ascii(b"false")?,
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

/// The line breaks of one level.
struct Indent<'py> {
    /// A line break with the indentation of this level.
    newline: Bound<'py>,
    /// The same behind an item separator; the outermost level has none.
    separator: Option<Bound<'py>>,
}

/// What is to be written when a batch has been.
enum Next<'py> {
    /// The next batch.
    Batch,
    /// A container, or an object of no known type, that stood at the end of it. A dict's has its key.
    Nested { key: Option<Bound<'py>>, object: Bound<'py> },
    /// Nothing.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Written,
    Skipped,
}

struct Encoder<'a, 'py> {
    py: Python<'py>,
    sink: Sink<'a, 'py>,
    batch: Batch<'py>,
    default: Borrowed<'a, 'py>,
    item_separator: Borrowed<'a, 'py>,
    item_separator_text: Text<'a>,
    key_separator_text: Text<'a>,
    indent: Option<Borrowed<'a, 'py>>,
    /// The levels that have been reached, when output is indented.
    indents: Vec<Indent<'py>>,
    sort_keys: bool,
    skip_keys: bool,
    /// How many items are read in one go: one, where writing an item runs Python code.
    limit: usize,
}

impl<'a, 'py> Encoder<'a, 'py> {
    /// # Safety
    ///
    /// - The objects of the settings live for `'a`.
    unsafe fn new(py: Python<'py>, settings: &'a json_encoder, indent_level: isize) -> PyResult<Self> {
        let none = constant(py, Constant::None).as_ptr();
        let style = match settings.fast_encode {
            1 => Some(Style::Ascii),
            2 => Some(Style::Unicode),
            _ => None,
        };
        // SAFETY: the caller vouches for the objects.
        let get = |object| unsafe { setting(py, object) };
        let optional = |object| get(object).map(|object| (object.as_ptr() != none).then_some(object));
        let text = |object: Borrowed<'a, 'py>| match str_data(object) {
            Some(data) => Ok(to_text(data)),
            None => Err(PyErr::new(ExceptionType::TypeError.bind(py), c"separators must be strings")),
        };
        let item_separator = get(settings.item_separator)?;
        let mut encoder = Self {
            py,
            sink: Sink {
                py,
                out: Writer::new(),
                markers: optional(settings.markers)?.map(Markers::new).transpose()?,
                encoder: get(settings.encoder)?,
                style,
                allow_nan: settings.allow_nan != 0,
            },
            batch: Batch::new(py),
            default: get(settings.defaultfn)?,
            item_separator,
            item_separator_text: text(item_separator)?,
            key_separator_text: text(get(settings.key_separator)?)?,
            indent: optional(settings.indent)?,
            indents: Vec::new(),
            sort_keys: settings.sort_keys != 0,
            skip_keys: settings.skipkeys != 0,
            limit: if style.is_some() { usize::MAX } else { 1 },
        };
        if let Some(indent) = encoder.indent {
            let mut newline = str_from_data(py, StrData::Ucs1(b"\n"))?;
            if indent_level != 0 {
                newline = str_append(newline, sequence_repeat(indent, indent_level)?.as_borrowed())?;
            }
            encoder.push_indent(Indent { newline, separator: None })?;
        }
        Ok(encoder)
    }

    fn push_indent(&mut self, indent: Indent<'py>) -> PyResult<()> {
        self.indents.try_reserve(1).map_err(|_| PyErr::no_memory(self.py))?;
        self.indents.push(indent);
        Ok(())
    }

    /// Makes the line breaks of a level, unless it has been reached before.
    #[inline]
    fn enter_level(&mut self, level: usize) -> PyResult<()> {
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
        self.push_indent(Indent { newline, separator: Some(separator) })
    }

    #[inline]
    fn newline(&mut self, level: usize) -> PyResult<()> {
        if let Some(indent) = self.indents.get(level)
            && let Some(data) = str_data(indent.newline.as_borrowed())
        {
            self.sink.text(to_text(data))?;
        }
        Ok(())
    }

    #[inline(always)]
    fn separator(&mut self, level: usize) -> PyResult<()> {
        if self.indent.is_none() {
            return self.sink.text(self.item_separator_text);
        }
        self.separator_with_newline(level)
    }

    #[inline(never)]
    fn separator_with_newline(&mut self, level: usize) -> PyResult<()> {
        if let Some(Indent { separator: Some(separator), .. }) = self.indents.get(level)
            && let Some(data) = str_data(separator.as_borrowed())
        {
            self.sink.text(to_text(data))?;
        }
        Ok(())
    }

    /// Writes an object of any type.
    #[inline(never)]
    fn object(&mut self, object: Borrowed<'_, 'py>, value: Value<'_>, level: usize) -> PyResult<()> {
        match value {
            Value::Sequence { exact } => with_recursion(self.py, RECURSION, || self.sequence(object, exact, level)),
            Value::Dict { exact } => with_recursion(self.py, RECURSION, || self.dict(object, exact, level)),
            Value::Other => self.other(object, level),
            scalar => self.sink.scalar(object, scalar).map_err(|failure| failure.raise(self.py)),
        }
    }

    /// Writes what `default` makes of an object.
    #[inline(never)]
    fn other(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.enter(object)?;
        self.sink.before_python_code()?;
        let replacement = call1(self.default, object)?;
        with_recursion(self.py, RECURSION, || {
            let replacement = replacement.as_borrowed();
            let result = self.object(replacement, view(replacement), level);
            result.map_err(|error| self.sink.before_notes(error).note_object(object))
        })?;
        drop(replacement);
        self.leave()
    }

    #[inline(always)]
    fn enter(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        self.sink.markers.as_mut().map_or(Ok(()), |markers| markers.enter(object))
    }

    #[inline(always)]
    fn leave(&mut self) -> PyResult<()> {
        self.sink.markers.as_mut().map_or(Ok(()), Markers::leave)
    }

    #[cold]
    fn note(&mut self, error: PyErr, container: Borrowed<'_, 'py>, item: Item<'_, 'py>) -> PyErr {
        self.sink.before_notes(error).note_item(container, item)
    }

    /// Writes a list, a tuple or a subclass of one.
    #[inline(never)]
    fn sequence(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        if !exact {
            self.sink.before_python_code()?;
        }
        let sequence = FastSequence::new(object, c"_iterencode_list needs a sequence")?;
        if sequence.is_empty() {
            return self.sink.ascii(b"[]");
        }
        self.enter(object)?;
        self.sink.ascii(b"[")?;
        self.enter_level(level + 1)?;
        self.newline(level + 1)?;
        let mut index = 0;
        loop {
            match self.sequence_batch(&sequence, &mut index, object, level + 1)? {
                Next::Batch => {}
                Next::Nested { object: item, .. } => {
                    let item = item.as_borrowed();
                    if let Err(error) = self.object(item, view(item), level + 1) {
                        return Err(self.note(error, object, Item::Index(index - 1)));
                    }
                }
                Next::End => break,
            }
        }
        self.leave()?;
        self.newline(level)?;
        self.sink.ascii(b"]")
    }

    /// Writes the next items up to the first that is not a scalar.
    #[inline(never)]
    fn sequence_batch(
        &mut self,
        sequence: &FastSequence<'py>,
        index: &mut usize,
        object: Borrowed<'_, 'py>,
        level: usize,
    ) -> PyResult<Next<'py>> {
        let count = sequence.read(*index, &mut self.batch, self.limit);
        if count == 0 {
            return Ok(Next::End);
        }
        let mut next = Next::Batch;
        for position in 0..count {
            if *index > 0 {
                self.separator(level)?;
            }
            let (item, value) = self.batch.get(position);
            if let Value::Sequence { .. } | Value::Dict { .. } | Value::Other = value {
                next = Next::Nested { key: None, object: item.to_owned() };
            } else if let Err(failure) = self.sink.scalar(item, value) {
                let error = failure.raise(self.py);
                return Err(self.note(error, object, Item::Index(*index)));
            }
            *index += 1;
        }
        self.batch.clear();
        Ok(next)
    }

    /// Writes a dict or a subclass of it.
    #[inline(never)]
    fn dict(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        if dict_len(object)? == 0 {
            return self.sink.ascii(b"{}");
        }
        self.enter(object)?;
        self.sink.ascii(b"{")?;
        self.enter_level(level + 1)?;
        let mut first = true;
        if self.sort_keys || !exact {
            self.items(object, &mut first, level + 1)?;
        } else {
            let mut position = DictPosition::default();
            loop {
                match self.dict_batch(object, &mut position, &mut first, level + 1)? {
                    Next::Batch => {}
                    Next::Nested { key, object: item } => self.item(object, key, item, level + 1)?,
                    Next::End => break,
                }
            }
        }
        self.leave()?;
        if !first {
            self.newline(level)?;
        }
        self.sink.ascii(b"}")
    }

    /// Writes a value that is not a scalar.
    #[inline(always)]
    fn item(
        &mut self,
        dict: Borrowed<'_, 'py>,
        key: Option<Bound<'py>>,
        item: Bound<'py>,
        level: usize,
    ) -> PyResult<()> {
        let value = view(item.as_borrowed());
        match (self.object(item.as_borrowed(), value, level), key) {
            (Err(error), Some(key)) => Err(self.note(error, dict, Item::Key(key.as_borrowed()))),
            (result, _) => result,
        }
    }

    /// Writes the next keys and values up to the first value that is not a scalar.
    #[inline(never)]
    fn dict_batch(
        &mut self,
        object: Borrowed<'_, 'py>,
        position: &mut DictPosition,
        first: &mut bool,
        level: usize,
    ) -> PyResult<Next<'py>> {
        let pairs = dict_read(object, position, &mut self.batch, self.limit);
        if pairs == 0 {
            return Ok(Next::End);
        }
        let mut next = Next::Batch;
        for pair in 0..pairs {
            if self.key(BatchOr::Batch(2 * pair), first, level)? == Keep::Skipped {
                continue;
            }
            let (key, _) = self.batch.get(2 * pair);
            let (item, value) = self.batch.get(2 * pair + 1);
            if let Value::Sequence { .. } | Value::Dict { .. } | Value::Other = value {
                next = Next::Nested { key: Some(key.to_owned()), object: item.to_owned() };
            } else if let Err(failure) = self.sink.scalar(item, value) {
                let error = failure.raise(self.py);
                let key = key.to_owned();
                return Err(self.note(error, object, Item::Key(key.as_borrowed())));
            }
        }
        self.batch.clear();
        Ok(next)
    }

    /// Writes a key with what comes before and behind it; one of another type may have to be left out.
    #[inline(always)]
    fn key(&mut self, key: BatchOr<'_, 'py>, first: &mut bool, level: usize) -> PyResult<Keep> {
        let place = key;
        let (key, value) = place.get(&self.batch);
        match value {
            Value::Sequence { .. } | Value::Dict { .. } | Value::Other if self.skip_keys => return Ok(Keep::Skipped),
            Value::Sequence { .. } | Value::Dict { .. } | Value::Other => {
                let message = c"keys must be str, int, float, bool or None, not ";
                return Err(PyErr::with_type_name(ExceptionType::TypeError, message, key, 100));
            }
            // The float is refused before anything is written for it.
            Value::Float(float) if !float.is_finite() => drop(self.sink.non_finite(key, float)?),
            _ => {}
        }
        if !*first {
            self.separator(level)?;
        } else {
            *first = false;
            self.newline(level)?;
        }
        let (key, value) = place.get(&self.batch);
        match value {
            Value::Str(data) => self.sink.string(key, data).map_err(|failure| failure.raise(self.py))?,
            _ => self.sink.other_key(key, value)?,
        }
        self.sink.text(self.key_separator_text)?;
        Ok(Keep::Written)
    }

    /// Writes the items of a dict sorted, or as a subclass gives them.
    #[inline(never)]
    fn items(&mut self, object: Borrowed<'_, 'py>, first: &mut bool, level: usize) -> PyResult<()> {
        self.sink.before_python_code()?;
        let items = mapping_items(object)?;
        if self.sort_keys {
            list_sort(items.as_borrowed())?;
        }
        let mut index = 0;
        while let Some(pair) = list_get(items.as_borrowed(), index)? {
            index += 1;
            let Some((key, item)) = two_items(pair.as_borrowed()) else {
                let message = c"items must return 2-tuples";
                return Err(PyErr::new(ExceptionType::ValueError.bind(self.py), message));
            };
            if self.key(BatchOr::Object(key.as_borrowed()), first, level)? == Keep::Written {
                self.item(object, Some(key), item, level)?;
            }
        }
        Ok(())
    }
}

/// An object: one of the batch, or another.
#[derive(Clone, Copy)]
enum BatchOr<'a, 'py> {
    Batch(usize),
    Object(Borrowed<'a, 'py>),
}

impl<'a, 'py> BatchOr<'a, 'py> {
    #[inline(always)]
    fn get<'b>(self, batch: &'b Batch<'py>) -> (Borrowed<'b, 'py>, Value<'b>)
    where
        'a: 'b,
    {
        match self {
            Self::Batch(index) => batch.get(index),
            Self::Object(object) => (object, view(object)),
        }
    }
}
