//! `Writer`: rows to the `write` method of an object.
//!
//! A call takes the memory for the record out of the object, so that a row is put together by one call alone, whatever others do
//! meanwhile. No lock is held.

use super::dialect::Dialect;
use super::{State, text, text_object};
use crate::dialect::Quoting;
use crate::number::{self, Digits};
use crate::record::{self, Record};
use crate::ucs::Text;
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyDict, PyFloat, PyInt, PyList, PyModule, PyStr, PyTuple};
use cpython_api::{
    Arg, Batch, Borrowed, Bound, Declaration, Instance, InstanceData, ListPosition, Py, PyErr, PyMutex, PyObject,
    PyResult, Python, Traversal, Value, Visit, entry, instance_slots, method_none_with, method_with, rust_instance,
};
use std::ffi::{CStr, c_int};
use std::mem::{self, offset_of};
use std::ops::ControlFlow;

unsafe extern "C" {
    /// `PyNumber_Check`
    fn csv_is_number(object: *mut PyObject) -> c_int;
}

/// The data of a writer. C reads the first field.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Writer {
    dialect: Py<Instance<Dialect>>,
    write: Py,
    module: Py<PyModule>,
    /// The memory for the next record.
    record: PyMutex<Record>,
}

const _: () = assert!(offset_of!(Writer, dialect) == 0);

impl InstanceData for Writer {
    const NAME: &'static CStr = c"_csv.writer";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(csv_writer_instance) });

    // It needs no `clear`: a writer refers only to older objects, so a reference cycle with it has another object,
    // which is cleared.
    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.dialect)?;
        visit.reference(&self.write)?;
        visit.reference(&self.module)
    }

    fn release(self, py: Python<'_>) {
        self.dialect.drop_ref(py);
        self.write.drop_ref(py);
        self.module.drop_ref(py);
    }
}

/// Why fields are not added any more for now.
enum Stop<'py> {
    /// Writing this one takes Python code.
    Object(Bound<'py>),
    Error(record::Error),
}

impl Writer {
    /// Takes the memory for records out of the object meanwhile.
    #[inline(always)]
    fn with_record<R>(&self, py: Python<'_>, work: impl FnOnce(&mut Record) -> R) -> R {
        let mut record = mem::take(&mut *self.record.lock(py));
        let result = work(&mut record);
        let before = mem::replace(&mut *self.record.lock(py), record);
        drop(before);
        result
    }

    fn writerow<'py>(&self, py: Python<'py>, row: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
        let line = self.with_record(py, |record| self.line(py, row, record))?;
        self.write.bind(py).call1(&line)
    }

    fn writerows(&self, rows: Borrowed<'_, '_>) -> PyResult<()> {
        let py = rows.py();
        let write = self.write.bind(py);
        self.with_record(py, |record| {
            for row in rows.iter()? {
                write.call1(&self.line(py, row?.as_borrowed(), record)?)?;
            }
            Ok(())
        })
    }

    /// The line of a row.
    #[inline]
    fn line<'py>(&self, py: Python<'py>, row: Borrowed<'_, 'py>, record: &mut Record) -> PyResult<Bound<'py, PyStr>> {
        record.reset();
        let data = self.dialect.bind(py).data();
        let core = data.core(py)?;
        let mut joining = Joining { core, record, floats: zmij::Buffer::new() };
        if row.is_exact_instance_of::<PyList>() || row.is_exact_instance_of::<PyTuple>() {
            self.join_sequence(py, row, &mut joining)?;
        } else {
            self.join_iterable(py, row, &mut joining)?;
        }
        let lineterminator = data.lineterminator().bind(py);
        let finished = record.finish(core, text(lineterminator.data()));
        finished.map_err(|error| self.error(py, error))?;
        record_object(py, record.text())
    }

    /// Adds the items of a list or tuple.
    #[inline]
    fn join_sequence<'py>(&self, py: Python<'py>, row: Borrowed<'_, 'py>, joining: &mut Joining<'_>) -> PyResult<()> {
        let (mut batch, mut position) = (Batch::new(), ListPosition::default());
        loop {
            let stop = row.with_list_section(|| {
                // SAFETY: a tuple, or a list in its critical section. Adding a scalar writes to memory of Rust's, and at most takes a
                // reference.
                unsafe { position.read(&row, &mut batch, |item, value| joining.scalar(item, value)) }
            });
            match stop {
                ControlFlow::Continue(()) if position.is_done() => return Ok(()),
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(stop) => {
                    self.join_object(py, stop, joining)?;
                    // A list may have others now.
                    position.resume();
                }
            }
        }
    }

    /// Adds the items of an iterable.
    fn join_iterable<'py>(&self, py: Python<'py>, row: Borrowed<'_, 'py>, joining: &mut Joining<'_>) -> PyResult<()> {
        let items = row.iter().map_err(|error| {
            if error.matches::<PyTypeError>(py) {
                error.clear(py);
                return self.not_iterable(row);
            }
            error
        })?;
        for item in items {
            let item = item?;
            if let ControlFlow::Break(stop) = joining.scalar(item.as_borrowed(), item.value()) {
                self.join_object(py, stop, joining)?;
            }
        }
        Ok(())
    }

    /// Adds a field whose text takes Python code.
    fn join_object<'py>(&self, py: Python<'py>, stop: Stop<'py>, joining: &mut Joining<'_>) -> PyResult<()> {
        let added = match stop {
            Stop::Error(error) => Err(error),
            Stop::Object(item) => {
                let quoted = joining.is_quoted(item.as_borrowed(), Value::Other);
                let string = item.str()?;
                joining.record.field(joining.core, text(string.data()), quoted)
            }
        };
        added.map_err(|error| self.error(py, error))
    }

    #[cold]
    fn not_iterable(&self, row: Borrowed<'_, '_>) -> PyErr {
        let py = row.py();
        let raise = || {
            let class = row.get_type().c_name()?;
            let message = format_args!("iterable expected, not {}", class.to_string_lossy());
            Ok(self.module.bind(py).state::<State>()?.error(py, message))
        };
        match raise() {
            Ok(error) | Err(error) => error,
        }
    }

    #[cold]
    fn error(&self, py: Python<'_>, error: record::Error) -> PyErr {
        let message = match error {
            record::Error::NoMemory => return PyErr::no_memory(py),
            record::Error::NoEscapechar => "need to escape, but no escapechar set",
            record::Error::EmptyField => {
                "empty field must be quoted if delimiter is a space and skipinitialspace is true"
            }
            record::Error::SingleEmptyField => "single empty field record must be quoted",
        };
        match self.module.bind(py).state::<State>() {
            Ok(state) => state.error(py, message),
            Err(error) => error,
        }
    }
}

/// A `str` of the text of a record.
#[inline(always)]
fn record_object<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py, PyStr>> {
    match text {
        Text::Ucs1(_) => text_object(py, text),
        // SAFETY: a record is as wide as the widest str that has been added to it, or as a character that is. A str has a character that
        // needs its width (PEP 393).
        Text::Ucs2(units) => unsafe { PyStr::from_units(py, [units]) },
        // SAFETY: as for two bytes, a character of the record needs this width; and no character of a str is above
        // U+10FFFF.
        Text::Ucs4(units) => unsafe { PyStr::from_units(py, [units]) },
    }
}

/// A row that is being put together.
struct Joining<'a> {
    core: &'a crate::dialect::Dialect,
    record: &'a mut Record,
    floats: zmij::Buffer,
}

impl Joining<'_> {
    /// Whether a field is to be quoted, whatever is in it. It runs no Python code.
    #[inline(always)]
    fn is_quoted(&self, item: Borrowed<'_, '_>, value: Value<'_>) -> bool {
        match self.core.options().quoting {
            Quoting::Minimal | Quoting::None => false,
            Quoting::All => true,
            Quoting::Strings => matches!(value, Value::Str(_)),
            Quoting::NotNull => !matches!(value, Value::None),
            // SAFETY: a live object and an attached thread.
            Quoting::NonNumeric => unsafe { csv_is_number(item.as_ptr()) == 0 },
        }
    }

    /// Adds a field whose text is known without Python code, or stops at another one.
    #[inline(always)]
    fn scalar<'py>(&mut self, item: Borrowed<'_, 'py>, value: Value<'_>) -> ControlFlow<Stop<'py>> {
        let quoted = self.is_quoted(item, value);
        let core = self.core;
        let mut digits = Digits::default();
        let added = match value {
            Value::Str(data) => self.record.field(core, text(data), quoted),
            Value::None => self.record.null(core, quoted),
            Value::Int(value) if item.is_exact_instance_of::<PyInt>() => {
                self.record.field(core, Text::Ucs1(number::decimal(value, &mut digits)), quoted)
            }
            Value::Float(value) if item.is_exact_instance_of::<PyFloat>() => {
                match number::float_repr(value, &mut self.floats) {
                    Some(repr) => self.record.field(core, Text::Ucs1(repr), quoted),
                    None => return ControlFlow::Break(Stop::Object(item.to_owned())),
                }
            }
            Value::True => self.record.field(core, Text::Ucs1(b"True"), quoted),
            Value::False => self.record.field(core, Text::Ucs1(b"False"), quoted),
            _ => return ControlFlow::Break(Stop::Object(item.to_owned())),
        };
        match added {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Stop::Error(error)),
        }
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn csv_writer_instance() -> rust_instance {
    instance_slots::<Writer>()
}

/// Makes a writer.
///
/// # Safety
///
/// Called by the C side alone, with this module, an object, an object or NULL, and a dict or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_new_writer(
    module: *mut PyObject,
    file: *mut PyObject,
    dialect: *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the C side passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let file: Arg<'_> = unsafe { Arg::new(&file) };
    // SAFETY: the C side passes an object that its caller keeps for the call, or NULL when it is left out.
    let dialect: Option<Arg<'_>> = unsafe { Arg::optional(&dialect) };
    // SAFETY: the C side passes a dict that its caller keeps for the call, or NULL when there are no keywords.
    let keywords = unsafe { Arg::<PyDict>::optional(&keywords) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"_csv.writer", move |py| {
            let module = module.bind(py);
            let state = module.state::<State>()?;
            let write = file.bind(py).getattr_opt(&PyStr::intern(py, c"write")?)?;
            let Some(write) = write.filter(|write| write.is_callable()) else {
                return Err(PyTypeError::new_err(py, "argument 1 must have a \"write\" method"));
            };
            let dialect = dialect.map(|dialect| dialect.bind(py));
            let dialect = state.call_dialect(py, dialect, keywords.map(|keywords| keywords.bind(py)))?;
            let class = state.writer_type.bind(py);
            let Some(class) = class.as_class::<Writer>() else { unreachable!("the class of writers") };
            let writer = Writer {
                dialect: dialect.unbind(),
                write: write.unbind(),
                module: module.to_owned().unbind(),
                record: PyMutex::new(Record::default()),
            };
            class.object(py, writer)
        })
    }
}

/// Writes a row; returns what the `write` method returns.
///
/// # Safety
///
/// Called by the method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_writerow(writer: *mut PyObject, row: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_with::<Writer, _>(c"_csv.writer.writerow", writer, row, move |writer, row| {
            writer.data().writerow(writer.py(), row)
        })
    }
}

/// Writes rows.
///
/// # Safety
///
/// Called by the method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_writerows(writer: *mut PyObject, rows: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_none_with::<Writer, _>(c"_csv.writer.writerows", writer, rows, move |writer, rows| {
            writer.data().writerows(rows)
        })
    }
}
