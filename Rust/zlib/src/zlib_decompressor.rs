//! The state of `zlib._ZlibDecompressor` objects, which have the interface of those of `bz2` and `lzma`.

use crate::compressor::SPARES;
use crate::decompressor::{Raise, prepare, set_dictionary, step};
use crate::failure::Failure;
use crate::reader::Reader;
use crate::stream::{InflateFlush, ReturnCode};
use cpython_api::{
    BlockOutput, Borrowed, Bound, Buffer, Payload, Py, PyMutex, PyResult, Python, bytes_as_slice, bytes_with,
};

/// The most that is asked for before anything has been decompressed, whatever the limit.
const MAX_FIRST_BLOCK: usize = 16 << 20;
/// What is asked for when there is no limit.
const FIRST_BLOCK: usize = 16 << 10;

/// A `zlib._ZlibDecompressor` object.
#[derive(Debug)]
pub(crate) struct ZlibDecompressor {
    /// The dictionary that the stream may ask for. It never changes, so the collector can look at it.
    pub(crate) zdict: Option<Py>,
    state: PyMutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None` behind the end of the stream.
    stream: Option<Reader>,
    /// Input that was taken but not looked at because the limit of output was reached, from `start` on.
    pending: Vec<u8>,
    start: usize,
    needs_input: bool,
    /// What came behind the end of the stream; nothing stands for `b''`.
    unused_data: Option<Py>,
}

impl Payload for ZlibDecompressor {
    fn release(self, py: Python<'_>) {
        let Self { zdict, state } = self;
        [zdict, state.into_inner().unused_data].into_iter().flatten().for_each(|reference| reference.drop_ref(py));
    }
}

impl ZlibDecompressor {
    pub(crate) fn new(window_bits: i32, zdict: Option<Borrowed<'_, '_>>) -> Result<Self, Raise> {
        let stream = Some(prepare(SPARES.inflate(window_bits), window_bits, zdict)?);
        let state = State { stream, pending: Vec::new(), start: 0, needs_input: true, unused_data: None };
        Ok(Self { zdict: zdict.map(|zdict| zdict.to_owned().unbind()), state: PyMutex::new(state) })
    }

    /// Decompresses `data`, and before it what was left over, to at most `limit` bytes.
    pub(crate) fn decompress<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        limit: Option<usize>,
    ) -> Result<BlockOutput<'py>, Raise> {
        let first = limit.map_or(FIRST_BLOCK, |limit| limit.min(MAX_FIRST_BLOCK));
        let no_memory = |_| Failure::Memory(c"Insufficient memory for buffer allocation");
        let mut output = BlockOutput::new(py, first, limit.unwrap_or(usize::MAX)).map_err(no_memory)?;
        let zdict = self.zdict.as_ref().map(|zdict| zdict.bind(py));
        let at_hand = zdict.and_then(bytes_as_slice);
        let mut result = self.state.lock(py).decompress(py, Some(data), &mut output, at_hand);
        while let (Err(Raise::Failure(Failure::NeedDictionary)), Some(zdict)) = (&result, zdict) {
            // The data has been kept. Asking for a buffer may run any code, which must not meet the lock.
            let buffer = Buffer::get(zdict)?;
            let dictionary = buffer.input()?;
            result = self.state.lock(py).decompress(py, None, &mut output, Some(&dictionary));
        }
        result?;
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

/// What a run over some input came to, when it did not fail.
struct Run {
    consumed: usize,
    ended: bool,
    needs_dictionary: bool,
}

impl State {
    /// Decompresses what is pending and then `data`. With `None` the call goes on that came back for a dictionary.
    fn decompress(
        &mut self,
        py: Python<'_>,
        data: Option<&[u8]>,
        output: &mut BlockOutput<'_>,
        dictionary: Option<&[u8]>,
    ) -> Result<(), Raise> {
        let Some(stream) = &mut self.stream else {
            return Err(Failure::Eof(c"End of stream already reached").into());
        };
        let data = data.unwrap_or_default();
        let from_pending = self.start < self.pending.len();
        if from_pending && !data.is_empty() {
            append(&mut self.pending, &mut self.start, data)?;
        }
        let input = if from_pending { &self.pending[self.start..] } else { data };
        let run = match inflate(stream, input, output, dictionary) {
            Ok(run) => run,
            Err(failure) => {
                self.forget_pending();
                return Err(failure.into());
            }
        };
        let left = &input[run.consumed..];
        if run.ended {
            if !left.is_empty() {
                let unused = bytes_with(py, Some(left.len()), |out| {
                    out.extend_from_slice(left);
                    Ok(())
                })?;
                // The first and only time: after this no more input is taken.
                self.unused_data = Some(unused.unbind());
            }
            self.forget_pending();
            if let Some(stream) = self.stream.take() {
                SPARES.keep_inflate(stream);
            }
            self.needs_input = false;
        } else if left.is_empty() {
            self.pending.clear();
            self.start = 0;
            self.needs_input = true;
        } else if from_pending {
            self.start += run.consumed;
            self.needs_input = false;
        } else {
            self.pending.clear();
            self.start = 0;
            append(&mut self.pending, &mut self.start, &data[run.consumed..])?;
            self.needs_input = false;
        }
        if run.needs_dictionary { Err(Failure::NeedDictionary.into()) } else { Ok(()) }
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
    pending.try_reserve_exact(data.len()).map_err(|_| Failure::Memory(c""))?;
    pending.extend_from_slice(data);
    Ok(())
}

fn inflate(
    stream: &mut Reader,
    data: &[u8],
    output: &mut BlockOutput<'_>,
    mut dictionary: Option<&[u8]>,
) -> Result<Run, Failure> {
    let mut run = Run { consumed: 0, ended: false, needs_dictionary: false };
    loop {
        let step = step(stream, &data[run.consumed..], output, InflateFlush::SyncFlush);
        run.consumed += step.consumed;
        match step.code {
            ReturnCode::Ok | ReturnCode::BufError => {}
            ReturnCode::StreamEnd => {
                run.ended = true;
                return Ok(run);
            }
            ReturnCode::NeedDict => match dictionary.take() {
                Some(dictionary) => {
                    set_dictionary(stream, dictionary)?;
                    continue;
                }
                None => {
                    run.needs_dictionary = true;
                    return Ok(run);
                }
            },
            code => return Err(Failure::Zlib(code, stream.message(data, run.consumed), "while decompressing data")),
        }
        if output.room() == 0 {
            if output.is_at_limit() {
                return Ok(run);
            }
            output.grow()?;
        } else if run.consumed == data.len() || step.consumed == 0 {
            return Ok(run);
        }
    }
}
