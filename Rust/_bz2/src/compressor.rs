//! The state of `BZ2Compressor` objects.

use crate::failure::Failure;
use crate::stream::{Action, Compress};
use cpython_api::{BlockOutput, ExceptionType, FIRST_BLOCK, Payload, PyMutex, Python};

/// Taking less than this is done before detaching would have paid, unless it fills a block.
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

impl Payload for Compressor {
    fn release(self, _py: Python<'_>) {}
}

impl Compressor {
    pub(crate) fn new(level: i32) -> Result<Self, Failure> {
        let stream = Compress::new(level)?;
        Ok(Self { state: PyMutex::new(State { stream, flushed: false }) })
    }

    pub(crate) fn compress<'py>(&self, py: Python<'py>, mut data: &[u8]) -> Result<BlockOutput<'py>, Failure> {
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut state = self.state.lock(py);
        if state.flushed {
            return Err(Failure::Text(ExceptionType::ValueError, c"Compressor has been flushed"));
        }
        let stream = &mut state.stream;
        // A small piece may be the one that fills a block, and then it is not little work; but that is rare.
        let long = data.len() >= DETACH_FROM;
        while !data.is_empty() {
            output.grow()?;
            let step = output.fill(long, |out| stream.step(data, out, Action::Run))?;
            data = &data[step.consumed..];
        }
        Ok(output)
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>) -> Result<BlockOutput<'py>, Failure> {
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut state = self.state.lock(py);
        if state.flushed {
            return Err(Failure::Text(ExceptionType::ValueError, c"Repeated call to flush()"));
        }
        state.flushed = true;
        let stream = &mut state.stream;
        loop {
            output.grow()?;
            if output.fill(true, |out| stream.step(&[], out, Action::Finish))?.ended {
                return Ok(output);
            }
        }
    }
}
