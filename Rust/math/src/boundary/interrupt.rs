//! Long work on natural numbers, in which signals are handled.

#![forbid(unsafe_code)]

use crate::natural::{Error, SignalPoll};
use cpython_api::{Interrupted, PyErr, PyResult, Python};

/// Does `work`, in which the handlers of signals run and other threads can stop the world.
#[inline]
pub(super) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&mut SignalPoll<'_>) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let result = py.interruptible(|poll| {
        let mut poll = || poll().map_err(|Interrupted| Error::Interrupted);
        work(&mut SignalPoll::new(&mut poll))
    })?;
    result.map_err(|_| PyErr::no_memory(py))
}
