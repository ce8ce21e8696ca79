//! `Reader`: records from the lines of an iterator.
//!
//! A call of `__next__` takes the row out of the object, and puts it back at its end. Lines are requested in between,
//! which may run any Python code, and `__next__` again: then there is another row, which counts, as in C.
//!
//! The critical section of the object keeps other threads out, as in C, unless the iterator waits. The row has a lock of its own for these
//! cases, which is biased towards the thread that has made the reader.

use super::dialect::Dialect;
use super::{State, text_object};
use crate::number;
use crate::parser::{Error, Field, Fields, Parser};
use crate::ucs::Text;
use cpython_api::types::{PyDict, PyFloat, PyIterator, PyList, PyModule, PyStr, PyType};
use cpython_api::{
    Arg, BiasedLock, Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyErr, PyObject, PyResult, Python,
    SharedRef, StrData, Traversal, Visit, entry, instance_slots, method_next, rust_instance,
};
use std::ffi::{CStr, c_ulong};
use std::mem::{self, offset_of};
use std::sync::atomic::{AtomicUsize, Ordering};

unsafe extern "C" {
    /// `PyNumber_Float`
    fn csv_number_float(text: *mut PyObject) -> *mut PyObject;
}

/// The data of a reader. C reads the first two fields.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Reader {
    dialect: Py<Instance<Dialect>>,
    /// How many lines have been read.
    line_num: AtomicUsize,
    module: Py<PyModule>,
    input: SharedRef<PyIterator>,
    /// How many calls of `__next__` there have been.
    calls: AtomicUsize,
    kept: BiasedLock<Kept>,
}

const _: () = assert!(offset_of!(Reader, dialect) == 0 && offset_of!(Reader, line_num) == size_of::<usize>());
const _: () = assert!(size_of::<c_ulong>() == size_of::<usize>(), "line_num is an unsigned long");

/// What is kept between calls.
#[derive(Debug, Default)]
struct Kept {
    /// None as long as there has been no call, and while a call has it.
    row: Option<Box<Row>>,
    /// Whether it has been returned.
    is_finished: bool,
}

/// What has been read of a row. The fields are `str`, `float` and `None`, which the collector does not track.
#[derive(Debug, Default)]
struct Row {
    parser: Parser,
    /// Whether a line since the parser has been reset is not ASCII.
    has_other: bool,
    fields: Vec<Py>,
}

impl Row {
    fn release(self, py: Python<'_>) {
        self.fields.into_iter().for_each(|field| field.drop_ref(py));
    }
}

impl InstanceData for Reader {
    const NAME: &'static CStr = c"_csv.reader";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(csv_reader_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.dialect)?;
        visit.reference(&self.module)?;
        visit.shared(&self.input)
    }

    fn clear(&self, py: Python<'_>) {
        // The dialect is older than this object, or nothing else refers to it, so a reference cycle through it has
        // another object, which is cleared.
        self.input.set(py, None);
    }

    fn release(self, py: Python<'_>) {
        self.kept.into_inner().row.into_iter().for_each(|row| row.release(py));
        self.dialect.drop_ref(py);
        self.module.drop_ref(py);
        drop(self.input.into_inner().map(|input| input.into_bound(py)));
    }
}

/// A row that a call is reading.
struct Reading<'py> {
    /// Without the fields.
    row: Box<Row>,
    fields: Vec<Bound<'py>>,
    is_finished: bool,
    /// The number of the call that has begun it.
    call: usize,
}

/// The fields of a row that come from a line.
///
/// # Invariants
///
/// - If `are_ascii` is set, the text of the fields is ASCII: all lines since the parser has been reset are ASCII, to which it adds
///   nothing but `\n`.
struct RowFields<'a, 'py> {
    py: Python<'py>,
    are_ascii: bool,
    fields: &'a mut Vec<Bound<'py>>,
}

impl Fields for RowFields<'_, '_> {
    type Error = PyErr;

    #[inline(always)]
    fn field(&mut self, field: Field<'_>) -> PyResult<()> {
        let py = self.py;
        let object = match field {
            // SAFETY: the text is ASCII (invariants).
            Field::Text(Text::Ucs1(units)) if self.are_ascii => unsafe { PyStr::from_ascii(py, [units]) }?.into_any(),
            Field::Text(text) => text_object(py, text)?.into_any(),
            Field::Number(text) => float_object(py, text)?,
            Field::Null => py.None(),
        };
        if self.fields.len() == self.fields.capacity() {
            self.fields.try_reserve(16).map_err(|_| PyErr::no_memory(py))?;
        }
        self.fields.push(object);
        Ok(())
    }
}

/// `float(text)`
#[inline]
fn float_object<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py>> {
    if let Some(value) = number::parse_float(text) {
        return PyFloat::new(py, value).map(Bound::into_any);
    }
    let text = text_object(py, text)?;
    // SAFETY: a live str and an attached thread.
    let value = unsafe { csv_number_float(text.as_ptr()) };
    // SAFETY: a new reference, or NULL with an exception set.
    let value = unsafe { Bound::from_owned_or_null(py, value) };
    // SAFETY: `csv_number_float` has returned NULL, and so has set an exception.
    value.ok_or_else(|| unsafe { PyErr::already_set(py) })
}

impl Reader {
    /// Begins a row with what was kept, and forgets the one that was not finished.
    #[inline]
    fn begin<'py>(&self, py: Python<'py>, kept: Kept) -> PyResult<Reading<'py>> {
        let call = self.calls.load(Ordering::Relaxed).wrapping_add(1);
        self.calls.store(call, Ordering::Relaxed);
        let mut reading = Reading::new(py, kept, call)?;
        reading.is_finished = false;
        reading.fields.clear();
        reading.row.parser.reset();
        reading.row.has_other = false;
        Ok(reading)
    }

    /// Keeps a row at the end of a call, or its memory.
    #[inline]
    fn end(this: Borrowed<'_, '_, Instance<Self>>, reading: Reading<'_>) {
        let Reading { mut row, fields, is_finished, .. } = reading;
        row.fields = fields.into_iter().map(Bound::unbind).collect();
        let before = mem::replace(&mut *this.lock(|data| &data.kept), Kept { row: Some(row), is_finished });
        before.row.into_iter().for_each(|row| row.release(this.py()));
    }

    /// Takes over the row of another call that has begun and ended since this one has.
    #[cold]
    fn take_over<'py>(this: Borrowed<'_, 'py, Instance<Self>>, reading: &mut Reading<'py>) -> PyResult<()> {
        let mut kept = this.lock(|data| &data.kept);
        let call = this.data().calls.load(Ordering::Relaxed);
        let is_finished = kept.is_finished;
        let row = kept.row.take();
        drop(kept);
        *reading = Reading::new(this.py(), Kept { row, is_finished }, call)?;
        Ok(())
    }

    #[inline]
    fn next<'py>(this: Borrowed<'_, 'py, Instance<Self>>) -> PyResult<Option<Bound<'py>>> {
        this.with_critical_section(|| {
            let kept = mem::take(&mut *this.lock(|data| &data.kept));
            let mut reading = this.data().begin(this.py(), kept)?;
            let row = Self::read(this, &mut reading);
            reading.is_finished |= matches!(row, Ok(Some(_)));
            Self::end(this, reading);
            row
        })
    }

    #[inline(always)]
    fn read<'py>(this: Borrowed<'_, 'py, Instance<Self>>, reading: &mut Reading<'py>) -> PyResult<Option<Bound<'py>>> {
        let (py, data) = (this.py(), this.data());
        let Some(mut input) = data.input.get(py) else { return Ok(None) };
        let state = data.module.bind(py).state::<State>()?;
        let dialect = data.dialect.bind(py).data();
        let core = dialect.core(py)?;
        loop {
            let line = input.next().transpose()?;
            if data.calls.load(Ordering::Relaxed) != reading.call {
                Self::take_over(this, reading)?;
            }
            let Some(line) = line else {
                if reading.is_finished || !reading.row.parser.has_open_field() {
                    // In C a row that another call has returned may be finished again, which crashes.
                    return Ok(None);
                }
                if core.options().strict {
                    return Err(state.error(py, "unexpected end of data"));
                }
                let mut fields = RowFields { py, are_ascii: false, fields: &mut reading.fields };
                let finished = reading.row.parser.finish(core, &mut fields);
                finished.map_err(|error| parse_error(py, state, dialect, 0, error))?;
                break;
            };
            let Ok(text) = line.cast::<PyStr>() else { return Err(not_a_string(state, &line)) };
            if reading.is_finished {
                return Err(state.error(py, "iterator has already advanced the reader"));
            }
            data.line_num.store(data.line_num.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
            let limit = state.field_limit.load(Ordering::Relaxed);
            let most = usize::try_from(limit).unwrap_or(0);
            let Row { parser, has_other, .. } = &mut *reading.row;
            *has_other |= !text.is_ascii();
            let mut fields = RowFields { py, are_ascii: !*has_other, fields: &mut reading.fields };
            let read = match text.data() {
                StrData::Ucs1(line) => parser.line(core, most, line, &mut fields),
                StrData::Ucs2(line) => parser.line(core, most, line, &mut fields),
                StrData::Ucs4(line) => parser.line(core, most, line, &mut fields),
            };
            read.map_err(|error| parse_error(py, state, dialect, limit, error))?;
            if parser.is_complete() {
                break;
            }
        }
        PyList::from_tail(py, &mut reading.fields, 0).map(|row| Some(row.into_any()))
    }
}

impl<'py> Reading<'py> {
    #[inline]
    fn new(py: Python<'py>, kept: Kept, call: usize) -> PyResult<Self> {
        let Kept { row, is_finished } = kept;
        let mut row = match row {
            Some(row) => row,
            None => try_alloc::boxed(Row::default()).map_err(|_| PyErr::no_memory(py))?,
        };
        // The vector stays where it is.
        let fields = mem::take(&mut row.fields).into_iter().map(|field| field.into_bound(py)).collect();
        Ok(Self { row, fields, is_finished, call })
    }
}

#[cold]
fn not_a_string(state: &State, line: &Bound<'_>) -> PyErr {
    match line.get_type().c_name() {
        Ok(class) => state.error(
            line.py(),
            format_args!(
                "iterator should return strings, not {} (the file should be opened in text mode)",
                class.to_string_lossy()
            ),
        ),
        Err(error) => error,
    }
}

#[cold]
fn parse_error(py: Python<'_>, state: &State, dialect: &Dialect, limit: isize, error: Error<PyErr>) -> PyErr {
    match error {
        Error::Field(error) => error,
        Error::NoMemory => PyErr::no_memory(py),
        Error::FieldLimit => state.error(py, format_args!("field larger than field limit ({limit})")),
        Error::NewLine => {
            state.error(py, "new-line character seen in unquoted field - do you need to open the file with newline=''?")
        }
        Error::AfterQuote => {
            let options = dialect.options();
            // Either may be a surrogate.
            let mut message = Vec::new();
            let parts = [
                &[u32::from(b'\''), options.delimiter][..],
                &b"' expected after '".map(u32::from),
                &[options.quotechar.unwrap_or_default(), u32::from(b'\'')],
            ];
            if message.try_reserve_exact(parts.iter().map(|part| part.len()).sum()).is_err() {
                return PyErr::no_memory(py);
            }
            parts.iter().for_each(|part| message.extend_from_slice(part));
            match PyStr::from_wide(py, &message) {
                Ok(message) => PyErr::from_value(&state.error.bind(py), &message),
                Err(error) => error,
            }
        }
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn csv_reader_instance() -> rust_instance {
    instance_slots::<Reader>()
}

/// Makes a reader.
///
/// # Safety
///
/// Called by the C side alone, with this module, an object, an object or NULL, and a dict or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_new_reader(
    module: *mut PyObject,
    iterable: *mut PyObject,
    dialect: *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the C side passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let iterable: Arg<'_> = unsafe { Arg::new(&iterable) };
    // SAFETY: the C side passes an object that its caller keeps for the call, or NULL when it is left out.
    let dialect: Option<Arg<'_>> = unsafe { Arg::optional(&dialect) };
    // SAFETY: the C side passes a dict that its caller keeps for the call, or NULL when there are no keywords.
    let keywords = unsafe { Arg::<PyDict>::optional(&keywords) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_csv.reader", move |py| {
            let module = module.bind(py);
            let state = module.state::<State>()?;
            let input = iterable.bind(py).iter()?;
            let dialect = dialect.map(|dialect| dialect.bind(py));
            let dialect = state.call_dialect(py, dialect, keywords.map(|keywords| keywords.bind(py)))?;
            new(py, module, &state.reader_type.bind(py), dialect, input)
        })
    }
}

fn new<'py>(
    py: Python<'py>,
    module: Borrowed<'_, 'py, PyModule>,
    class: &Bound<'py, PyType>,
    dialect: Bound<'py, Instance<Dialect>>,
    input: Bound<'py, PyIterator>,
) -> PyResult<Bound<'py>> {
    let Some(class) = class.as_class::<Reader>() else { unreachable!("the class of readers") };
    let reader = Reader {
        dialect: dialect.unbind(),
        line_num: AtomicUsize::new(0),
        module: module.to_owned().unbind(),
        input: SharedRef::new(Some(input)),
        calls: AtomicUsize::new(0),
        kept: BiasedLock::new(Kept::default()),
    };
    class.object(py, reader)
}

/// The next row.
///
/// # Safety
///
/// Called by the type's slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_reader_next(reader: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { method_next::<Reader>(c"_csv.reader.__next__", reader, Reader::next) }
}
