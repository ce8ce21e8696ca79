//! The state of `BZ2Compressor` objects.

#![forbid(unsafe_code)]

use super::error::CallError;
use crate::compress::Compress;
use cpython_api::{BlockOutput, FIRST_BLOCK, InstanceData, PyMutex, Python};
use std::ffi::CStr;

/// Adding less input than this to a block takes less time than detaching.
const DETACH_FROM: usize = 1024;

/// A `BZ2Compressor` object.
#[derive(Debug)]
pub(crate) struct Compressor {
    state: PyMutex<State>,
}

#[derive(Debug)]
struct State {
    stream: Compress,
    flushed: bool,
}

impl InstanceData for Compressor {
    const NAME: &'static CStr = c"_bz2.BZ2Compressor";

    fn release(self, _py: Python<'_>) {}
}

impl Compressor {
    /// A new stream, with blocks of `level` times 100 kB, 1 to 9.
    pub(crate) fn new(level: u8) -> Self {
        Self { state: PyMutex::new(State { stream: Compress::new(level), flushed: false }) }
    }

    pub(crate) fn compress<'py>(&self, py: Python<'py>, mut data: &[u8]) -> Result<BlockOutput<'py>, CallError> {
        let mut guard = self.state.lock(py);
        let stream = guard.stream_unless_flushed(CallError::Flushed)?;
        // Most calls only add to the block, and have no output.
        let first = if stream.fits(data.len()) { 0 } else { FIRST_BLOCK };
        let detach = data.len() >= DETACH_FROM || first > 0;
        let mut output = BlockOutput::new(py, first, usize::MAX).map_err(|_| CallError::FirstBlock)?;
        while !data.is_empty() {
            if first > 0 {
                output.grow()?;
            }
            let step = output.fill(detach, |out| stream.step(data, out))?;
            data = &data[step.consumed..];
        }
        Ok(output)
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>) -> Result<BlockOutput<'py>, CallError> {
        let mut guard = self.state.lock(py);
        guard.stream_unless_flushed(CallError::RepeatedFlush)?;
        guard.flushed = true;
        let stream = &mut guard.stream;
        let remaining = py.detach(|| stream.finish())?;
        let mut output = BlockOutput::new(py, remaining, usize::MAX).map_err(|_| CallError::FirstBlock)?;
        output.fill(false, |out| stream.step(&[], out))?;
        Ok(output)
    }
}

impl State {
    fn stream_unless_flushed(&mut self, error: CallError) -> Result<&mut Compress, CallError> {
        if self.flushed { Err(error) } else { Ok(&mut self.stream) }
    }
}
