//! The encoder: the text of a document from objects.
//!
//! A container is read in batches. Items that are written without running Python code, as most strings, numbers and
//! constants are, are written under the container's lock, so that none of them needs a reference. A batch ends with the
//! first item of another kind. So the items are those that C, which takes them one by one, would have seen.
//!
//! Nested containers are written by recursion, which the interpreter limits, as in C; batches are not on the stack.

use crate::boundary::json_encoder;
use crate::boundary::markers::Markers;
use crate::boundary::notes::{Place, note_item, note_object};
use crate::boundary::sink::{Digits, Keep, Sink};
use crate::boundary::text::from_writer;
use crate::writer::{NoMemory, ShortText};
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyList, PyStr, PyTuple};
use cpython_api::{Batch, Borrowed, Bound, DictPosition, FastSequence, PyErr, PyResult, Python, StrData, Value};
use std::ops::ControlFlow;

/// The message for an object of a subclass of list or tuple that cannot be iterated over.
const SEQUENCE_MESSAGE: &std::ffi::CStr =
    if cfg!(Py_3_15) { c"encoder_listencode_list needs a sequence" } else { c"_iterencode_list needs a sequence" };

const RECURSION: &std::ffi::CStr = c" while encoding a JSON object";

/// Encodes an object: a tuple of the one `str`.
pub(super) fn encode<'py>(
    settings: &json_encoder,
    object: Borrowed<'_, 'py>,
    indent_level: isize,
) -> PyResult<Bound<'py>> {
    let py = object.py();
    let value = object.value();
    // A document that is an integer or a constant needs nothing of what follows.
    if settings.indent.bind(py).is_none()
        && matches!(value, Value::Int(_) | Value::None | Value::True | Value::False)
        && let Some(text) = Digits::default().format(value)
    {
        return only(PyStr::from_data(py, StrData::Ucs1(text))?);
    }
    let mut batch = Batch::new();
    let mut encoder = Encoder {
        py,
        sink: Sink::new(py, settings, indent_level)?,
        batch: &mut batch,
        default: settings.defaultfn.bind(py),
        sort_keys: settings.sort_keys != 0,
    };
    match encoder.object(object, Kind::of(value), 0) {
        Ok(()) => only(from_writer(py, &mut encoder.sink.out)?),
        Err(error) => Err(encoder.sink.before_notes(error)),
    }
}

/// A tuple of one.
fn only<'py>(text: Bound<'py, PyStr>) -> PyResult<Bound<'py>> {
    let py = text.py();
    PyTuple::pack(py, [text.into_any()]).map(Bound::into_any)
}

/// What is to be written when a batch has been.
enum Next<'py> {
    /// The next batch.
    Batch,
    /// An object that ended it. A dict's has its key, which has been written or has not.
    Item { key: Option<(Bound<'py>, bool)>, object: Bound<'py>, kind: Kind },
    /// Nothing, as there is no memory for an item of a list, or for that with this key.
    NoMemory { key: Option<Bound<'py>> },
    /// Nothing more.
    End,
}

impl Next<'_> {
    /// What comes after a batch.
    #[inline(always)]
    fn after(read: ControlFlow<Self, bool>) -> Self {
        match read {
            ControlFlow::Break(next) => next,
            ControlFlow::Continue(true) => Self::Batch,
            ControlFlow::Continue(false) => Self::End,
        }
    }
}

/// The kind of an object: the least that has to be kept on the C stack.
#[derive(Clone, Copy)]
enum Kind {
    /// A scalar, or an empty container.
    Leaf,
    Sequence {
        exact: bool,
    },
    Dict {
        exact: bool,
    },
    Other,
}

impl Kind {
    #[inline(always)]
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Sequence { exact: true, len: 0 } | Value::Dict { len: 0, .. } => Self::Leaf,
            Value::Sequence { exact, .. } => Self::Sequence { exact },
            Value::Dict { exact, .. } => Self::Dict { exact },
            Value::Other => Self::Other,
            _ => Self::Leaf,
        }
    }
}

/// Where the items of a dict come from.
enum Pairs<'py> {
    /// The dict itself.
    Dict(DictPosition),
    /// A list of them, because they are sorted or those of a subclass, and the next index.
    List(Bound<'py, PyList>, usize),
}

struct Encoder<'a, 'py> {
    py: Python<'py>,
    sink: Sink<'a, 'py>,
    /// Lent, as moving it would take longer than writing a short document.
    batch: &'a mut Batch,
    default: Borrowed<'a, 'py>,
    sort_keys: bool,
}

impl<'py> Encoder<'_, 'py> {
    /// Writes an object of any type.
    #[inline(always)]
    fn object(&mut self, object: Borrowed<'_, 'py>, kind: Kind, level: usize) -> PyResult<()> {
        match kind {
            Kind::Leaf => self.scalar(object),
            Kind::Sequence { exact } => self.sequence(object, exact, level),
            Kind::Dict { exact } => self.dict(object, exact, level),
            Kind::Other => self.other(object, level),
        }
    }

    #[inline(never)]
    fn scalar(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        self.sink.scalar(object, object.value())
    }

    /// Writes an object of any type, not inlined where the C stack grows.
    #[inline(never)]
    fn replacement(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.object(object, Kind::of(object.value()), level)
    }

    /// Writes what `default` makes of an object.
    #[inline(never)]
    fn other(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.enter(object)?;
        self.sink.before_python_code()?;
        let replacement = self.default.call1(&object)?;
        self.py.with_recursion(RECURSION, || {
            let result = self.replacement(replacement.as_borrowed(), level);
            result.map_err(|error| note_object(self.sink.before_notes(error), object))
        })?;
        drop(replacement);
        self.leave()
    }

    #[inline(never)]
    fn enter(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        self.sink.markers.as_mut().map_or(Ok(()), |markers| markers.enter(object))
    }

    #[inline(never)]
    fn leave(&mut self) -> PyResult<()> {
        self.sink.markers.as_mut().map_or(Ok(()), Markers::leave)
    }

    #[cold]
    fn note(&mut self, error: PyErr, container: Borrowed<'_, 'py>, item: Place<'_, 'py>) -> PyErr {
        note_item(self.sink.before_notes(error), container, item)
    }

    /// Writes a list, a tuple or a subclass of one.
    #[inline(never)]
    fn sequence(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        self.py.with_recursion(RECURSION, || self.sequence_items(object, exact, level))
    }

    #[inline(always)]
    fn sequence_items(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        if !exact {
            self.sink.before_python_code()?;
        }
        let sequence = FastSequence::new(&object, SEQUENCE_MESSAGE)?;
        if sequence.is_empty() {
            return self.sink.short(&ShortText::literal(b"[]"));
        }
        self.enter(object)?;
        self.sink.short(&ShortText::literal(b"["))?;
        self.sink.enter_level(level + 1)?;
        self.sink.newline(level + 1)?;
        let mut index = 0;
        loop {
            let error = match self.sequence_batch(&sequence, &mut index, level + 1) {
                Next::Batch => continue,
                Next::Item { object: item, kind, .. } => match self.object(item.as_borrowed(), kind, level + 1) {
                    Ok(()) => continue,
                    Err(error) => error,
                },
                Next::NoMemory { .. } => PyErr::no_memory(self.py),
                Next::End => break,
            };
            return Err(self.note(error, object, Place::Index(index - 1)));
        }
        self.leave()?;
        self.sink.newline(level)?;
        self.sink.short(&ShortText::literal(b"]"))
    }

    /// Writes the next items up to the first that may run Python code. `index` counts that one, too.
    #[inline(never)]
    fn sequence_batch(&mut self, sequence: &FastSequence<'py>, index: &mut usize, level: usize) -> Next<'py> {
        let Self { sink, batch, .. } = self;
        let mut first = *index == 0;
        if sink.out.close_if_full().is_err() {
            return Next::NoMemory { key: None };
        }
        // SAFETY: what is plain is written without any of what is forbidden; no reference that is taken is given up.
        let read = unsafe {
            sequence.read(index, batch, |item, value| {
                let written = match std::mem::take(&mut first) {
                    true => sink.plain(value),
                    false => sink.plain_separator(level).and_then(|()| sink.plain(value)),
                };
                ControlFlow::Break(match written {
                    Ok(true) => return ControlFlow::Continue(()),
                    Ok(false) => Next::Item { key: None, object: item.to_owned(), kind: Kind::of(value) },
                    Err(NoMemory) => Next::NoMemory { key: None },
                })
            })
        };
        Next::after(read)
    }

    /// Writes a dict or a subclass of it.
    #[inline(never)]
    fn dict(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        self.py.with_recursion(RECURSION, || self.dict_items(object, exact, level))
    }

    #[inline(always)]
    fn dict_items(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        self.enter(object)?;
        self.sink.short(&ShortText::literal(b"{"))?;
        self.sink.enter_level(level + 1)?;
        let mut first = true;
        let mut pairs = if self.sort_keys || !exact {
            Pairs::List(self.item_list(object)?, 0)
        } else {
            Pairs::Dict(DictPosition::default())
        };
        loop {
            let next = match &mut pairs {
                Pairs::Dict(position) => self.dict_batch(object, position, &mut first, level + 1),
                Pairs::List(items, index) => self.next_pair(items, index)?,
            };
            let (key, error) = match next {
                Next::Batch => continue,
                Next::Item { key, object: item, kind } => {
                    if let Some((key, false)) = &key
                        && self.key(key, &mut first, level + 1)? == Keep::Skipped
                    {
                        continue;
                    }
                    match self.object(item.as_borrowed(), kind, level + 1) {
                        Ok(()) => continue,
                        Err(error) => (key.map(|(key, _)| key), error),
                    }
                }
                Next::NoMemory { key } => (key, PyErr::no_memory(self.py)),
                Next::End => break,
            };
            return Err(self.note_key(error, object, key));
        }
        // The list is given up before the dict is.
        drop(pairs);
        self.leave()?;
        if !first {
            self.sink.newline(level)?;
        }
        self.sink.short(&ShortText::literal(b"}"))
    }

    #[cold]
    fn note_key(&mut self, error: PyErr, dict: Borrowed<'_, 'py>, key: Option<Bound<'py>>) -> PyErr {
        match key {
            Some(key) => self.note(error, dict, Place::Key(key.as_borrowed())),
            None => error,
        }
    }

    #[inline(never)]
    fn key(&mut self, key: &Bound<'py>, first: &mut bool, level: usize) -> PyResult<Keep> {
        self.sink.key(key.as_borrowed(), key.value(), first, level)
    }

    /// Writes the next keys and values up to the first of either that may run Python code.
    #[inline(never)]
    fn dict_batch(
        &mut self,
        object: Borrowed<'_, 'py>,
        position: &mut DictPosition,
        first: &mut bool,
        level: usize,
    ) -> Next<'py> {
        let Self { sink, batch, .. } = self;
        if sink.out.close_if_full().is_err() {
            return Next::NoMemory { key: None };
        }
        // SAFETY: as in `sequence_batch`.
        let read = unsafe {
            position.read(&object, batch, |(key, key_value), (item, value)| {
                let written = match sink.plain_key(key_value, first, level) {
                    Ok(Some(Keep::Skipped)) => return ControlFlow::Continue(()),
                    Ok(Some(Keep::Written)) => sink.plain(value).map(|written| (true, written)),
                    Ok(None) => Ok((false, false)),
                    Err(NoMemory) => return ControlFlow::Break(Next::NoMemory { key: None }),
                };
                ControlFlow::Break(match written {
                    Ok((_, true)) => return ControlFlow::Continue(()),
                    Ok((key_written, false)) => {
                        let key = Some((key.to_owned(), key_written));
                        Next::Item { key, object: item.to_owned(), kind: Kind::of(value) }
                    }
                    Err(NoMemory) => Next::NoMemory { key: Some(key.to_owned()) },
                })
            })
        };
        Next::after(read)
    }

    /// The items of a dict sorted, or as a subclass gives them.
    #[inline(never)]
    fn item_list(&mut self, object: Borrowed<'_, 'py>) -> PyResult<Bound<'py, PyList>> {
        self.sink.before_python_code()?;
        let items = object.mapping_items()?;
        if self.sort_keys {
            items.sort()?;
        }
        Ok(items)
    }

    /// The next pair of such a list.
    #[inline(never)]
    fn next_pair(&mut self, items: &Bound<'py, PyList>, index: &mut usize) -> PyResult<Next<'py>> {
        let Some(pair) = items.get_item(*index) else { return Ok(Next::End) };
        *index += 1;
        let Some((key, object)) = pair.cast::<PyTuple>().ok().and_then(|pair| pair.as_pair()) else {
            return Err(PyValueError::new_err(self.py, "items must return 2-tuples"));
        };
        let kind = Kind::of(object.value());
        Ok(Next::Item { key: Some((key, false)), object, kind })
    }
}
