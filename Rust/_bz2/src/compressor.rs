//! The state of `BZ2Compressor` objects.

use crate::encode::{self, MOST};
use crate::failure::Failure;
use crate::stream::{Action, Compress, Error};
use cpython_api::{BlockOutput, ExceptionType, FIRST_BLOCK, Payload, PyMutex, Python};
use std::ffi::CStr;

/// Taking less than this is done before detaching would have paid, unless it fills a block.
const DETACH_FROM: usize = 1024;

/// A `BZ2Compressor` object.
#[derive(Debug)]
pub(crate) struct Compressor {
    state: PyMutex<State>,
}

#[derive(Debug)]
struct State {
    level: u8,
    work: Work,
    flushed: bool,
}

/// What a stream has come to.
#[derive(Debug)]
enum Work {
    /// Little has been put in, and it may stay at that.
    Little(Vec<u8>),
    /// It is being compressed.
    Stream(Compress),
}

impl Payload for Compressor {
    fn release(self, _py: Python<'_>) {}
}

impl Compressor {
    /// A new stream, with blocks of `level` times 100 kB, 1 to 9.
    pub(crate) fn new(level: u8) -> Self {
        Self { state: PyMutex::new(State { level, work: Work::Little(Vec::new()), flushed: false }) }
    }

    pub(crate) fn compress<'py>(&self, py: Python<'py>, data: &[u8]) -> Result<BlockOutput<'py>, Failure> {
        if self.state.lock(py).keep(data)? {
            return Ok(BlockOutput::new(py, 0, usize::MAX)?);
        }
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut state = self.state.lock(py);
        let State { level, work, .. } = state.unless_flushed(c"Compressor has been flushed")?;
        if let Work::Little(little) = work {
            let mut stream = Compress::new((*level).into())?;
            run(&mut stream, little, &mut output)?;
            *work = Work::Stream(stream);
        }
        if let Work::Stream(stream) = work {
            run(stream, data, &mut output)?;
        }
        Ok(output)
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>) -> Result<BlockOutput<'py>, Failure> {
        let mut guard = self.state.lock(py);
        let state = guard.unless_flushed(c"Repeated call to flush()")?;
        state.flushed = true;
        let little = match &mut state.work {
            Work::Little(little) => Some((std::mem::take(little), state.level)),
            Work::Stream(_) => None,
        };
        drop(guard);
        if let Some((data, level)) = little {
            let packed = py.detach(|| encode::compress(&data, level)).map_err(|_| Error::Memory)?;
            let mut output = BlockOutput::new(py, packed.len(), usize::MAX)?;
            output.fill(false, |out| out.extend_from_slice(&packed));
            return Ok(output);
        }
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut guard = self.state.lock(py);
        loop {
            // Nothing else is done with a stream that has been flushed.
            let Work::Stream(stream) = &mut guard.work else { return Ok(output) };
            output.grow()?;
            if output.fill(true, |out| stream.step(&[], out, Action::Finish))?.ended {
                // Its memory is not needed any more.
                guard.work = Work::Little(Vec::new());
                return Ok(output);
            }
        }
    }
}

impl State {
    fn unless_flushed(&mut self, message: &'static CStr) -> Result<&mut Self, Failure> {
        if self.flushed { Err(Failure::Text(ExceptionType::ValueError, message)) } else { Ok(self) }
    }

    /// Keeps `data` if all of it is still little; returns whether it is.
    fn keep(&mut self, data: &[u8]) -> Result<bool, Failure> {
        let state = self.unless_flushed(c"Compressor has been flushed")?;
        match &mut state.work {
            Work::Little(little) if little.len() + data.len() <= MOST => {
                little.try_reserve(data.len()).map_err(|_| Error::Memory)?;
                little.extend_from_slice(data);
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

/// Puts all of `data` into the stream.
fn run(stream: &mut Compress, mut data: &[u8], output: &mut BlockOutput<'_>) -> Result<(), Failure> {
    // A small piece may be the one that fills a block, and then it is not little work; but that is rare.
    let long = data.len() >= DETACH_FROM;
    while !data.is_empty() {
        output.grow()?;
        let step = output.fill(long, |out| stream.step(data, out, Action::Run))?;
        data = &data[step.consumed..];
    }
    Ok(())
}
