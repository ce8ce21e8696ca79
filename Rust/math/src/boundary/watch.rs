//! Long work on natural numbers that can be stopped, and what becomes of it when it is.

use crate::natural::{Stop, Watch};
use cpython_api::{PyErr, PyResult, Python, check_signals};

/// Does `work`, in which signals are looked for.
#[inline]
pub(super) fn watched<T>(py: Python<'_>, work: impl FnOnce(&mut Watch<'_>) -> Result<T, Stop>) -> PyResult<T> {
    let mut raised = None;
    let mut ask = || {
        check_signals(py).map_err(|error| {
            raised = Some(error);
            Stop::Interrupted
        })
    };
    let result = work(&mut Watch::new(&mut ask));
    match (result, raised) {
        (_, Some(error)) => Err(error),
        (Ok(value), None) => Ok(value),
        (Err(_), None) => Err(PyErr::no_memory(py)),
    }
}
