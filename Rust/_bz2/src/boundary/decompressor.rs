//! The state of `BZ2Decompressor` objects.

#![forbid(unsafe_code)]

use super::error::CallError;
use crate::decompress::Decompress;
use crate::stream::Error;
use cpython_api::types::PyBytes;
use cpython_api::{BlockOutput, Bound, FIRST_BLOCK, InstanceData, Py, PyMutex, PyResult, Python};
use incremental_decompress::{Decoder, Incremental, OutOfMemory, Progress, Refusal, Status, Step};
use outbuf::OutBuf;
use std::ffi::CStr;
use std::mem::offset_of;
use std::sync::atomic::{AtomicBool, Ordering};

/// Copying this much output takes less time than detaching.
const ATTACHED_UP_TO: usize = 256;

type State = Incremental<Decompress, Py<PyBytes>>;

/// A `BZ2Decompressor` object.
///
/// C reads the first two fields by their offsets, without the lock, as it does in its own module. They are written while
/// the lock is held.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Decompressor {
    eof: AtomicBool,
    needs_input: AtomicBool,
    state: PyMutex<State>,
}

const _: () = assert!(
    offset_of!(Decompressor, eof) == 0 && offset_of!(Decompressor, needs_input) == 1,
    "_bz2module.c has other offsets"
);

impl Decoder for Decompress {
    type Error = Error;

    const ENDS_WITH_INPUT: bool = true;
    const ERRORS_ARE_FINAL: bool = true;

    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Step<Error> {
        match Decompress::step(self, input, out) {
            Ok(step) => {
                let status = if step.ended { Status::Ended } else { Status::Running };
                Step { consumed: step.consumed, result: Ok(status) }
            }
            Err(error) => Step { consumed: 0, result: Err(error) },
        }
    }
}

impl InstanceData for Decompressor {
    const NAME: &'static CStr = c"_bz2.BZ2Decompressor";

    fn release(self, py: Python<'_>) {
        let (_, unused_data) = self.state.into_inner().into_parts();
        if let Some(data) = unused_data {
            data.drop_ref(py);
        }
    }
}

impl Decompressor {
    pub(crate) fn new() -> Self {
        let state = State::new(Decompress::new());
        let (eof, needs_input) = (state.eof().into(), state.needs_input().into());
        Self { eof, needs_input, state: PyMutex::new(state) }
    }

    /// Decompresses the input that has been kept and then `data`, to at most `limit` bytes.
    pub(crate) fn decompress<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        limit: usize,
    ) -> Result<BlockOutput<'py>, CallError> {
        let output = BlockOutput::new(py, FIRST_BLOCK, limit).map_err(|_| CallError::FirstBlock)?;
        let mut state = self.state.lock(py);
        let result = Self::decompress_locked(&mut state, data, output);
        self.eof.store(state.eof(), Ordering::Relaxed);
        self.needs_input.store(state.needs_input(), Ordering::Relaxed);
        result
    }

    fn decompress_locked<'py>(
        state: &mut State,
        data: &[u8],
        mut output: BlockOutput<'py>,
    ) -> Result<BlockOutput<'py>, CallError> {
        let mut call = state.begin(data)?;
        loop {
            // Any byte of input can be the one that completes a block, which takes long.
            let remaining = output.remaining();
            let quick = remaining <= ATTACHED_UP_TO
                && call.parts().is_some_and(|(decoder, ..)| decoder.has_buffered(remaining));
            if output.fill(!quick, |out| call.step(out))? != Progress::OutputFull || output.is_at_limit() {
                break;
            }
            output.grow()?;
        }
        call.end().map_err(|OutOfMemory| Error::Memory)?;
        Ok(output)
    }

    pub(crate) fn unused_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        let (data, replaced) = {
            let mut state = self.state.lock(py);
            let (data, replaced) = state.unused_data().read(|joined, tail| join(py, joined, tail))?;
            (data.map(|data| data.bind(py).to_owned()), replaced)
        };
        if let Some(replaced) = replaced {
            replaced.drop_ref(py);
        }
        data.map_or_else(|| PyBytes::new(py, b""), Ok).map(Bound::into_any)
    }
}

/// A `bytes` object of both parts.
fn join(py: Python<'_>, joined: Option<&Py<PyBytes>>, tail: &[u8]) -> PyResult<Py<PyBytes>> {
    let head = joined.map(|data| data.bind(py).as_bytes()).unwrap_or_default();
    let data = PyBytes::new_with(py, head.len().checked_add(tail.len()), |out| {
        out.extend_from_slice(head);
        out.extend_from_slice(tail);
        Ok(())
    })?;
    Ok(data.unbind())
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Ended => Self::Ended,
            Refusal::Failed => Self::Failed,
            Refusal::OutOfMemory => Self::Stream(Error::Memory),
        }
    }
}
