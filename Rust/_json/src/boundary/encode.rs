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
use crate::boundary::sink::{Keep, Sink};
use crate::boundary::text::from_writer;
use crate::writer::Short;
use cpython_api::{
    Batch, Borrowed, Bound, DictPosition, ExceptionType, FastSequence, Place, PyErr, PyResult, Python, Value, call1,
    dict_len, dict_read, list_get, list_sort, mapping_items, tuple_of_one, two_items, view, with_recursion,
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

/// What is to be written when a batch has been.
enum Next<'py> {
    /// The next batch.
    Batch,
    /// An object that stood at the end of it, and what it is. A dict's has its key.
    Nested { key: Option<Bound<'py>>, object: Bound<'py>, kind: Kind },
    /// Nothing.
    End,
}

/// What is not a scalar: the least that has to be kept on the machine's stack.
#[derive(Clone, Copy)]
enum Kind {
    Sequence { exact: bool },
    Dict { exact: bool },
    Other,
}

impl Kind {
    #[inline(always)]
    fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Sequence { exact } => Some(Self::Sequence { exact }),
            Value::Dict { exact } => Some(Self::Dict { exact }),
            Value::Other => Some(Self::Other),
            _ => None,
        }
    }
}

/// Where the items of a dict come from.
enum Pairs<'py> {
    /// The dict itself.
    Dict(DictPosition),
    /// A list of them, because they are sorted or those of a subclass, and the next index.
    List(Bound<'py>, usize),
}

struct Encoder<'a, 'py> {
    py: Python<'py>,
    sink: Sink<'a, 'py>,
    batch: Batch<'py>,
    default: Borrowed<'a, 'py>,
    sort_keys: bool,
    /// How many items are read in one go: one, where writing an item runs Python code.
    limit: usize,
}

impl<'a, 'py> Encoder<'a, 'py> {
    /// # Safety
    ///
    /// - The objects of the settings live for `'a`.
    unsafe fn new(py: Python<'py>, settings: &'a json_encoder, indent_level: isize) -> PyResult<Self> {
        // SAFETY: the caller vouches for the objects.
        let (sink, default) = unsafe { (Sink::new(py, settings, indent_level)?, setting(py, settings.defaultfn)?) };
        let limit = if sink.encodes_itself() { usize::MAX } else { 1 };
        Ok(Self { py, sink, batch: Batch::new(py), default, sort_keys: settings.sort_keys != 0, limit })
    }

    /// Writes an object of any type.
    #[inline(always)]
    fn object(&mut self, object: Borrowed<'_, 'py>, value: Value<'_>, level: usize) -> PyResult<()> {
        match Kind::of(value) {
            Some(kind) => self.nested(object, kind, level),
            None => self.sink.scalar(object, value).map_err(|failure| failure.raise(self.py)),
        }
    }

    #[inline(always)]
    fn nested(&mut self, object: Borrowed<'_, 'py>, kind: Kind, level: usize) -> PyResult<()> {
        match kind {
            Kind::Sequence { exact } => self.sequence(object, exact, level),
            Kind::Dict { exact } => self.dict(object, exact, level),
            Kind::Other => self.other(object, level),
        }
    }

    /// The same, not inlined where the machine's stack grows.
    #[inline(never)]
    fn replacement(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.object(object, view(object), level)
    }

    /// Writes what `default` makes of an object.
    #[inline(never)]
    fn other(&mut self, object: Borrowed<'_, 'py>, level: usize) -> PyResult<()> {
        self.enter(object)?;
        self.sink.before_python_code()?;
        let replacement = call1(self.default, object)?;
        with_recursion(self.py, RECURSION, || {
            let result = self.replacement(replacement.as_borrowed(), level);
            result.map_err(|error| self.sink.before_notes(error).note_object(object))
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
        self.sink.before_notes(error).note_item(container, item)
    }

    /// Writes a list, a tuple or a subclass of one.
    #[inline(never)]
    fn sequence(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        with_recursion(self.py, RECURSION, || self.sequence_items(object, exact, level))
    }

    #[inline(always)]
    fn sequence_items(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        if !exact {
            self.sink.before_python_code()?;
        }
        let sequence = FastSequence::new(object, c"_iterencode_list needs a sequence")?;
        if sequence.is_empty() {
            return self.sink.short(Short::literal(b"[]"));
        }
        self.enter(object)?;
        self.sink.short(Short::literal(b"["))?;
        self.sink.enter_level(level + 1)?;
        self.sink.newline(level + 1)?;
        let mut index = 0;
        loop {
            match self.sequence_batch(&sequence, &mut index, object, level + 1)? {
                Next::Batch => {}
                Next::Nested { object: item, kind, .. } => {
                    if let Err(error) = self.nested(item.as_borrowed(), kind, level + 1) {
                        return Err(self.note(error, object, Place::Index(index - 1)));
                    }
                }
                Next::End => break,
            }
        }
        self.leave()?;
        self.sink.newline(level)?;
        self.sink.short(Short::literal(b"]"))
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
        for place in 0..count {
            if *index > 0 {
                self.sink.separator(level)?;
            }
            let (item, value) = self.batch.get(place);
            if let Some(kind) = Kind::of(value) {
                *index += 1;
                return Ok(self.last_of_batch(None, kind));
            }
            if let Err(failure) = self.sink.scalar(item, value) {
                let error = failure.raise(self.py);
                return Err(self.note(error, object, Place::Index(*index)));
            }
            *index += 1;
        }
        self.batch.clear();
        Ok(Next::Batch)
    }

    /// What has to be done for the last object of the batch; the batch is given up.
    #[inline(always)]
    fn last_of_batch(&mut self, key: Option<Bound<'py>>, kind: Kind) -> Next<'py> {
        let next = match self.batch.pop() {
            Some(object) => Next::Nested { key, object, kind },
            None => Next::Batch,
        };
        self.batch.clear();
        next
    }

    /// Writes a dict or a subclass of it.
    #[inline(never)]
    fn dict(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        with_recursion(self.py, RECURSION, || self.dict_items(object, exact, level))
    }

    #[inline(always)]
    fn dict_items(&mut self, object: Borrowed<'_, 'py>, exact: bool, level: usize) -> PyResult<()> {
        if dict_len(object)? == 0 {
            return self.sink.short(Short::literal(b"{}"));
        }
        self.enter(object)?;
        self.sink.short(Short::literal(b"{"))?;
        self.sink.enter_level(level + 1)?;
        let mut first = true;
        let mut pairs = if self.sort_keys || !exact {
            Pairs::List(self.item_list(object)?, 0)
        } else {
            Pairs::Dict(DictPosition::default())
        };
        loop {
            let next = match &mut pairs {
                Pairs::Dict(position) => self.dict_batch(object, position, &mut first, level + 1)?,
                Pairs::List(items, index) => self.list_pair(object, items, index, &mut first, level + 1)?,
            };
            match next {
                Next::Batch => {}
                Next::Nested { key, object: item, kind } => {
                    if let Err(error) = self.nested(item.as_borrowed(), kind, level + 1) {
                        return Err(self.note_key(error, object, key));
                    }
                }
                Next::End => break,
            }
        }
        // The list is given up before the dict is.
        drop(pairs);
        self.leave()?;
        if !first {
            self.sink.newline(level)?;
        }
        self.sink.short(Short::literal(b"}"))
    }

    #[cold]
    fn note_key(&mut self, error: PyErr, dict: Borrowed<'_, 'py>, key: Option<Bound<'py>>) -> PyErr {
        match key {
            Some(key) => self.note(error, dict, Place::Key(key.as_borrowed())),
            None => error,
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
        for pair in 0..pairs {
            let (key, key_value) = self.batch.get(2 * pair);
            if self.sink.key(key, key_value, first, level)? == Keep::Skipped {
                continue;
            }
            let (item, value) = self.batch.get(2 * pair + 1);
            if let Some(kind) = Kind::of(value) {
                let key = key.to_owned();
                return Ok(self.last_of_batch(Some(key), kind));
            }
            if let Err(failure) = self.sink.scalar(item, value) {
                let error = failure.raise(self.py);
                let key = key.to_owned();
                return Err(self.note(error, object, Place::Key(key.as_borrowed())));
            }
        }
        self.batch.clear();
        Ok(Next::Batch)
    }

    /// The items of a dict sorted, or as a subclass gives them.
    #[inline(never)]
    fn item_list(&mut self, object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
        self.sink.before_python_code()?;
        let items = mapping_items(object)?;
        if self.sort_keys {
            list_sort(items.as_borrowed())?;
        }
        Ok(items)
    }

    /// Writes the next key of such a list, and its value if that is a scalar.
    #[inline(never)]
    fn list_pair(
        &mut self,
        object: Borrowed<'_, 'py>,
        items: &Bound<'py>,
        index: &mut usize,
        first: &mut bool,
        level: usize,
    ) -> PyResult<Next<'py>> {
        let Some(pair) = list_get(items.as_borrowed(), *index)? else { return Ok(Next::End) };
        *index += 1;
        let Some((key, item)) = two_items(pair.as_borrowed()) else {
            let message = c"items must return 2-tuples";
            return Err(PyErr::new(ExceptionType::ValueError.bind(self.py), message));
        };
        if self.sink.key(key.as_borrowed(), view(key.as_borrowed()), first, level)? == Keep::Skipped {
            return Ok(Next::Batch);
        }
        let value = view(item.as_borrowed());
        if let Some(kind) = Kind::of(value) {
            return Ok(Next::Nested { key: Some(key), object: item, kind });
        }
        match self.sink.scalar(item.as_borrowed(), value) {
            Ok(()) => Ok(Next::Batch),
            Err(failure) => {
                let error = failure.raise(self.py);
                Err(self.note(error, object, Place::Key(key.as_borrowed())))
            }
        }
    }
}
