//! The state of `BZ2Decompressor` objects.

use crate::decode::Decompress;
use crate::failure::Failure;
use crate::stream::Error;
use cpython_api::{BlockOutput, Bound, ExceptionType, FIRST_BLOCK, Payload, Py, PyMutex, PyResult, Python, bytes_with};

/// A `BZ2Decompressor` object.
#[derive(Debug)]
pub(crate) struct Decompressor {
    state: PyMutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None` behind the end of the stream.
    stream: Option<Decompress>,
    failed: bool,
    /// Input that was taken but not looked at because the limit of output was reached, from `start` on.
    pending: Vec<u8>,
    start: usize,
    needs_input: bool,
    /// What came behind the end of the stream; nothing stands for `b''`.
    unused_data: Option<Py>,
}

impl Payload for Decompressor {
    fn release(self, py: Python<'_>) {
        if let Some(data) = self.state.into_inner().unused_data {
            data.drop_ref(py);
        }
    }
}

impl Decompressor {
    pub(crate) fn new() -> Self {
        let stream = Some(Decompress::new());
        let state =
            State { stream, failed: false, pending: Vec::new(), start: 0, needs_input: true, unused_data: None };
        Self { state: PyMutex::new(state) }
    }

    /// Decompresses `data`, and before it what was left over, to at most `limit` bytes.
    pub(crate) fn decompress<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        limit: usize,
    ) -> Result<BlockOutput<'py>, Failure> {
        let mut output = BlockOutput::new(py, FIRST_BLOCK, limit)?;
        self.state.lock(py).decompress(py, data, &mut output)?;
        Ok(output)
    }

    pub(crate) fn eof(&self, py: Python<'_>) -> bool {
        self.state.lock(py).stream.is_none()
    }

    pub(crate) fn needs_input(&self, py: Python<'_>) -> bool {
        self.state.lock(py).needs_input
    }

    pub(crate) fn unused_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        let data = self.state.lock(py).unused_data.as_ref().map(|data| data.bind(py).to_owned());
        data.map_or_else(|| bytes_with(py, Some(0), |_| Ok(())), Ok)
    }
}

impl State {
    fn decompress(&mut self, py: Python<'_>, data: &[u8], output: &mut BlockOutput<'_>) -> Result<(), Failure> {
        let Some(stream) = &mut self.stream else {
            return Err(Failure::Text(ExceptionType::EofError, c"End of stream already reached"));
        };
        if self.failed {
            let message = c"Decompressor is unusable after a previous error";
            return Err(Failure::Text(ExceptionType::ValueError, message));
        }
        let from_pending = self.start < self.pending.len();
        if from_pending && !data.is_empty() {
            append(&mut self.pending, &mut self.start, data)?;
        }
        let input = if from_pending { &self.pending[self.start..] } else { data };
        let (consumed, ended) = match run(stream, input, output) {
            Ok(run) => run,
            Err(failure) => {
                if matches!(failure, Failure::Stream(_)) {
                    self.failed = true;
                    self.needs_input = false;
                }
                self.forget_pending();
                return Err(failure);
            }
        };
        let left = &input[consumed..];
        if ended {
            if !left.is_empty() {
                let unused = bytes_with(py, Some(left.len()), |out| {
                    out.extend_from_slice(left);
                    Ok(())
                })?;
                // The first and only time: after this no more input is taken.
                self.unused_data = Some(unused.unbind());
            }
            self.forget_pending();
            self.stream = None;
            self.needs_input = false;
        } else if left.is_empty() {
            self.pending.clear();
            self.start = 0;
            self.needs_input = true;
        } else if from_pending {
            self.start += consumed;
            self.needs_input = false;
        } else {
            self.pending.clear();
            self.start = 0;
            append(&mut self.pending, &mut self.start, &data[consumed..])?;
            self.needs_input = false;
        }
        Ok(())
    }

    fn forget_pending(&mut self) {
        self.pending = Vec::new();
        self.start = 0;
    }
}

/// Puts `data` behind what is pending. Room in front is used before more is asked for.
fn append(pending: &mut Vec<u8>, start: &mut usize, data: &[u8]) -> Result<(), Failure> {
    if pending.capacity() - pending.len() < data.len() && *start > 0 {
        pending.drain(..*start);
        *start = 0;
    }
    pending.try_reserve_exact(data.len()).map_err(|_| Error::Memory)?;
    pending.extend_from_slice(data);
    Ok(())
}

/// Decompresses `data` until its end, the end of the stream, or the limit of `output`. Returns how much of it was
/// consumed, and whether the stream has ended.
fn run(stream: &mut Decompress, data: &[u8], output: &mut BlockOutput<'_>) -> Result<(usize, bool), Failure> {
    let mut consumed = 0;
    loop {
        // Any byte may be the one that completes a block, and then this is long work.
        let step = output.fill(true, |out| stream.step(&data[consumed..], out))?;
        consumed += step.consumed;
        if step.ended || consumed == data.len() {
            return Ok((consumed, step.ended));
        }
        if output.room() == 0 {
            if output.is_at_limit() {
                return Ok((consumed, false));
            }
            output.grow()?;
        }
    }
}
