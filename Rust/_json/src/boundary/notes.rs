//! The notes that say where in a document an exception arose.

#![forbid(unsafe_code)]

use cpython_api::exceptions::{ExceptionClass, PyBaseException};
use cpython_api::types::PyStr;
use cpython_api::{Borrowed, Bound, PyErr, PyResult, Python};

/// Which item of a container.
#[derive(Clone, Copy)]
pub(super) enum Place<'a, 'py> {
    /// The value of this key of a dict.
    Key(Borrowed<'a, 'py>),
    /// The item at this index of a sequence.
    Index(usize),
}

/// Adds the note: when serializing which item of `container`.
#[cold]
pub(super) fn note_item<'py>(error: PyErr, container: Borrowed<'_, 'py>, item: Place<'_, 'py>) -> PyErr {
    let py = container.py();
    add_note(py, error, || {
        let text = serializing(container)?.concat(&PyStr::new(py, " item ")?)?;
        match item {
            Place::Key(key) => text.concat(&key.repr()?),
            Place::Index(index) => text.concat(&PyStr::format(py, format_args!("{index}"))?),
        }
    })
}

/// Adds the note: when serializing an object of which type.
#[cold]
pub(super) fn note_object(error: PyErr, object: Borrowed<'_, '_>) -> PyErr {
    add_note(object.py(), error, || serializing(object)?.concat(&PyStr::new(object.py(), " object")?))
}

fn serializing<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py, PyStr>> {
    PyStr::new(object.py(), "when serializing ")?.concat(&object.get_type().fully_qualified_name()?)
}

/// Adds a note whatever `add_note` of the exception's class does. An exception that arises meanwhile replaces this one,
/// which becomes its context.
fn add_note<'py>(py: Python<'py>, error: PyErr, note: impl FnOnce() -> PyResult<Bound<'py, PyStr>>) -> PyErr {
    let exception = error.fetch(py);
    let add =
        || PyBaseException::class(py).call_method(&PyStr::intern(py, c"add_note")?, [&exception, note()?.as_any()]);
    match add() {
        Ok(_) => PyErr::restore(exception),
        Err(error) => {
            let raised = error.fetch(py);
            raised.set_context(Some(&exception));
            PyErr::restore(raised)
        }
    }
}
