//! The encoder: the text of a document from objects.
//!
//! A container is locked while its items are written, by a critical section as in C (CPython 3.15). They are read in
//! batches. Items that are written without running Python code, as most strings, numbers and constants are, need no
//! reference. A batch ends with the first item of another kind, as writing it may give up the lock for a while. So the
//! items are those that C, which takes them one by one, would have seen.
//!
//! Nested containers are written by recursion, which the interpreter limits, as in C; batches are not on the stack.

use crate::boundary::markers::Markers;
use crate::boundary::notes::{Place, note_item, note_object};
use crate::boundary::objects::json_encoder;
use crate::boundary::sink::{Digits, ItemStart, Keep, Sink};
use crate::boundary::text::from_writer;
use crate::writer::NoMemory;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyList, PyStr, PyTuple};
use cpython_api::{
    BLOCK, Batch, Borrowed, Bound, DictPosition, Items, ListPosition, Numbers, PyErr, PyResult, Python, StrData, Value,
};
use std::ops::ControlFlow;

/// The message for an object of a subclass of list or tuple that cannot be iterated over.
const SEQUENCE_MESSAGE: &std::ffi::CStr =
    if cfg!(Py_3_15) { c"encoder_listencode_list needs a sequence" } else { c"_iterencode_list needs a sequence" };

/// From this number of items on it pays to look for numbers first.
const LONG: usize = 8;

const RECURSION: &std::ffi::CStr = c" while encoding a JSON object";

/// Encodes an object.
pub(super) fn encode<'py>(
    settings: &json_encoder,
    object: Borrowed<'_, 'py>,
    indent_level: isize,
) -> PyResult<Bound<'py, PyStr>> {
    let py = object.py();
    let value = object.value();
    // A document that is an integer, a constant or an empty container needs no encoder.
    if settings.indent.bind(py).is_none() {
        let mut digits = Digits::default();
        let text = match value {
            Value::Int(_) | Value::None | Value::True | Value::False => digits.format(value),
            Value::Sequence { exact: true, len: 0 } => Some(&b"[]"[..]),
            Value::Dict { len: 0, .. } => Some(&b"{}"[..]),
            _ => None,
        };
        if let Some(text) = text {
            return PyStr::from_data(py, StrData::Ucs1(text));
        }
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
        Ok(()) => from_writer(py, &mut encoder.sink.out),
        Err(error) => Err(encoder.sink.before_notes(error)),
    }
}

/// The next step after a batch has been written.
enum Next<'py> {
    /// The next batch.
    Batch,
    /// To write the object that ended the batch. For a dict there is its key, and whether that has been written.
    Item { key: Option<(Bound<'py>, bool)>, object: Bound<'py>, kind: Kind },
    /// To raise MemoryError: there is no memory for an item of a list, or for the item with this key.
    NoMemory { key: Option<Bound<'py>> },
    /// Nothing: the list of pairs is at its end.
    End,
}

/// The kind of an object, all that the recursion keeps of a `Value` on the C stack.
#[derive(Clone, Copy)]
enum Kind {
    /// A scalar, or an empty container.
    Leaf,
    Sequence {
        exact: bool,
        /// Whether it has so many items that it pays to look for numbers first.
        is_long: bool,
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
            Value::Sequence { exact, len } => Self::Sequence { exact, is_long: len >= LONG },
            Value::Dict { exact, .. } => Self::Dict { exact },
            Value::Other => Self::Other,
            _ => Self::Leaf,
        }
    }
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
            Kind::Sequence { exact, is_long } => self.sequence(object, exact, is_long, level),
            Kind::Dict { exact: true } if !self.sort_keys => self.dict(object, level),
            Kind::Dict { .. } => self.listed_dict(object, level),
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
    fn sequence(&mut self, object: Borrowed<'_, 'py>, exact: bool, is_long: bool, level: usize) -> PyResult<()> {
        self.py.with_recursion(RECURSION, || {
            let list;
            let items = if exact {
                object
            } else {
                list = self.subclass_items(object)?;
                match &list {
                    Some(list) => list.as_borrowed(),
                    None => return Ok(()),
                }
            };
            self.enter(object)?;
            self.sink.byte(b'[')?;
            self.sink.enter_level(level + 1)?;
            self.sink.newline(level + 1)?;
            items.with_list_section(|| self.locked_items(object, items, exact && is_long, level))?;
            self.leave()?;
            self.sink.newline(level)?;
            self.sink.byte(b']')
        })
    }

    /// A list or tuple of the items of a subclass of either. If there are none, the text is written, and there is no list.
    #[inline(never)]
    fn subclass_items(&mut self, object: Borrowed<'_, 'py>) -> PyResult<Option<Bound<'py>>> {
        self.sink.before_python_code()?;
        let items = object.fast_sequence(SEQUENCE_MESSAGE)?;
        if matches!(items.value(), Value::Sequence { len: 0, .. }) {
            self.sink.byte(b'[')?;
            self.sink.byte(b']')?;
            return Ok(None);
        }
        Ok(Some(items))
    }

    /// Writes the items of a list whose critical section has been entered, or of a tuple.
    #[inline(always)]
    fn locked_items(
        &mut self,
        object: Borrowed<'_, 'py>,
        items: Borrowed<'_, 'py>,
        is_long: bool,
        level: usize,
    ) -> PyResult<()> {
        let mut position =
            if is_long { self.first_numbers(object, items, level + 1)? } else { ListPosition::default() };
        while !position.is_done() {
            let error = match self.sequence_batch(items, &mut position, level + 1) {
                Next::Batch | Next::End => continue,
                Next::Item { object: item, kind, .. } => {
                    let calls = self.sink.python_calls;
                    match self.object(item.as_borrowed(), kind, level + 1) {
                        Ok(()) => {
                            if calls != self.sink.python_calls {
                                position.resume();
                            }
                            continue;
                        }
                        Err(error) => error,
                    }
                }
                Next::NoMemory { .. } => PyErr::no_memory(self.py),
            };
            return Err(self.note(error, object, Place::Index(position.index() - 1)));
        }
        Ok(())
    }

    /// Writes the numbers that a list or tuple begins with; returns the position after them.
    #[inline(never)]
    fn first_numbers(
        &mut self,
        object: Borrowed<'_, 'py>,
        items: Borrowed<'_, 'py>,
        level: usize,
    ) -> PyResult<ListPosition> {
        let mut source = Items::new(items)?;
        let mut numbers = Numbers::new();
        let Some(next) = self.sink.item_start(level).other else { return Ok(ListPosition::default()) };
        let mut index = 0;
        loop {
            let is_last = source.next_numbers(BLOCK, &mut numbers);
            let written = match self.sink.numbers(&numbers, index == 0, &next) {
                Ok(written) => written,
                Err(NoMemory) => {
                    return Err(self.note(PyErr::no_memory(self.py), object, Place::Index(index)));
                }
            };
            index += written;
            if is_last || written < BLOCK {
                return Ok(ListPosition::at(index));
            }
        }
    }

    /// Writes the next items up to the first that may run Python code. `position` counts that one, too.
    #[inline(never)]
    fn sequence_batch(&mut self, items: Borrowed<'_, 'py>, position: &mut ListPosition, level: usize) -> Next<'py> {
        let Self { sink, batch, .. } = self;
        let mut first = position.index() == 0;
        let next = sink.item_start(level);
        if sink.out.close_if_full().is_err() {
            return Next::NoMemory { key: None };
        }
        // SAFETY: `sequence` has entered the critical section of a list; the items are no other object than a tuple then.
        // Plain text is written without any of what is forbidden; no reference that is taken is given up.
        let read = unsafe {
            position.read(&items, batch, |item, value| {
                let start = if std::mem::take(&mut first) { &ItemStart::FIRST } else { &next };
                ControlFlow::Break(match sink.plain_item(item, value, start, level) {
                    Ok(true) => return ControlFlow::Continue(()),
                    Ok(false) => Next::Item { key: None, object: item.to_owned(), kind: Kind::of(value) },
                    Err(NoMemory) => Next::NoMemory { key: None },
                })
            })
        };
        read.break_value().unwrap_or(Next::Batch)
    }

    /// Writes a dict.
    #[inline(never)]
    fn dict(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.py.with_recursion(RECURSION, || {
            let mut first = true;
            self.open_dict(object, level)?;
            object.with_critical_section(|| self.locked_pairs(object, &mut first, level))?;
            self.close_dict(first, level)
        })
    }

    /// Writes the pairs of a dict sorted, or as a subclass gives them.
    #[inline(never)]
    fn listed_dict(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.py.with_recursion(RECURSION, || {
            let mut first = true;
            self.open_dict(object, level)?;
            self.listed_pairs(object, &mut first, level)?;
            self.close_dict(first, level)
        })
    }

    #[inline(always)]
    fn open_dict(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.enter(object)?;
        self.sink.byte(b'{')?;
        self.sink.enter_level(level + 1)
    }

    #[inline(always)]
    fn close_dict(&mut self, is_empty: bool, level: usize) -> PyResult<()> {
        self.leave()?;
        if !is_empty {
            self.sink.newline(level)?;
        }
        self.sink.byte(b'}')
    }

    /// Writes the pairs of a dict whose critical section has been entered.
    #[inline(always)]
    fn locked_pairs(&mut self, object: Borrowed<'_, 'py>, first: &mut bool, level: usize) -> PyResult<()> {
        let mut position = DictPosition::default();
        while !position.is_done() {
            let next = self.dict_batch(object, &mut position, first, level + 1);
            let calls = self.sink.python_calls;
            self.pair(next, object, first, level + 1)?;
            if calls != self.sink.python_calls {
                position.resume();
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn listed_pairs(&mut self, object: Borrowed<'_, 'py>, first: &mut bool, level: usize) -> PyResult<()> {
        let items = self.item_list(object)?;
        let mut index = 0;
        loop {
            match self.next_pair(&items, &mut index)? {
                Next::End => return Ok(()),
                next => self.pair(next, object, first, level + 1)?,
            }
        }
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

    /// Writes the item that has ended a batch, with its key if that has not been written.
    #[inline(always)]
    fn pair(&mut self, next: Next<'py>, object: Borrowed<'_, 'py>, first: &mut bool, level: usize) -> PyResult<()> {
        let (key, error) = match next {
            Next::Batch | Next::End => return Ok(()),
            Next::Item { key, object: item, kind } => {
                if let Some((key, false)) = &key
                    && self.key(key, first, level)? == Keep::Skipped
                {
                    return Ok(());
                }
                match self.object(item.as_borrowed(), kind, level) {
                    Ok(()) => return Ok(()),
                    Err(error) => (key.map(|(key, _)| key), error),
                }
            }
            Next::NoMemory { key } => (key, PyErr::no_memory(self.py)),
        };
        Err(self.note_key(error, object, key))
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
        // SAFETY: `dict` has entered the critical section; as in `sequence_batch`.
        let read = unsafe {
            position.read(&object, batch, |(key, key_value), (item, value)| {
                let written = match sink.plain_key(key_value, first, level) {
                    Ok(Some(Keep::Skipped)) => return ControlFlow::Continue(()),
                    Ok(Some(Keep::Written)) => sink.plain(item, value).map(|written| (true, written)),
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
        read.break_value().unwrap_or(Next::Batch)
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
