//! The state of `zlib._ZlibDecompressor` objects, which have the interface of those of `bz2` and `lzma`.

#![forbid(unsafe_code)]

use crate::boundary::compress::state::DETACH_FROM;
use crate::boundary::decompress::state::{DETACH_FROM_ROOM, JoinedData, Raise, at_hand, prepare, set_dictionary};
use crate::boundary::error::Failure;
use crate::boundary::memory::POOL;
use crate::boxed::Boxed;
use crate::return_code::ReturnCode;
use cpython_api::types::PyBytes;
use cpython_api::{
    BlockOutput, Borrowed, Bound, Buffer, InstanceData, Py, PyMutex, PyResult, Python, Traversal, Visit,
};
use incremental_decompress::{Decoder, Incremental, OutOfMemory, Progress, Refusal, Status, Step};
use inflate::{Flush, Inflate};
use outbuf::OutBuf;
use std::ffi::CStr;
use std::mem::offset_of;
use std::sync::atomic::{AtomicBool, Ordering};

/// The limit of the first block of output, which is allocated before anything has been decompressed.
const MAX_FIRST_BLOCK: usize = 16 << 20;
/// The size of the first block of output if the caller gives no limit.
const FIRST_BLOCK: usize = 16 << 10;

type State = Incremental<ZlibDecoder, Py<PyBytes>>;

/// A `zlib._ZlibDecompressor` object.
///
/// C reads the first two fields by their offsets, without the lock, as it does in its own module. They are written while
/// the lock is held.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct ZlibDecompressor {
    eof: AtomicBool,
    needs_input: AtomicBool,
    /// The dictionary that the stream may ask for. It never changes, so the collector can look at it.
    pub(crate) zdict: Option<Py>,
    state: PyMutex<State>,
}

const _: () = assert!(
    offset_of!(ZlibDecompressor, eof) == 0 && offset_of!(ZlibDecompressor, needs_input) == 1,
    "zlibmodule.c has other offsets"
);

impl InstanceData for ZlibDecompressor {
    const NAME: &'static CStr = c"zlib._ZlibDecompressor";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references(&self.zdict)
    }

    fn release(self, py: Python<'_>) {
        let (decoder, unused_data) = self.state.into_inner().into_parts();
        if let Some(ZlibDecoder(stream)) = decoder {
            POOL.keep_inflate(stream);
        }
        if let Some(zdict) = self.zdict {
            zdict.drop_ref(py);
        }
        if let Some(data) = unused_data {
            data.drop_ref(py);
        }
    }
}

impl ZlibDecompressor {
    pub(crate) fn new(window_bits: i32, zdict: Option<Borrowed<'_, '_>>) -> Result<Self, Raise> {
        let stream = prepare(POOL.inflate(window_bits), window_bits, zdict)?;
        let state = State::new(ZlibDecoder(stream));
        let (eof, needs_input) = (state.eof().into(), state.needs_input().into());
        Ok(Self { eof, needs_input, zdict: zdict.map(|zdict| zdict.to_owned().unbind()), state: PyMutex::new(state) })
    }

    /// Decompresses the input that has been kept and then `data`, to at most `limit` bytes.
    pub(crate) fn decompress<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        limit: Option<usize>,
    ) -> Result<BlockOutput<'py>, Raise> {
        let first = limit.map_or(FIRST_BLOCK, |limit| limit.min(MAX_FIRST_BLOCK));
        let no_memory = |_| Failure::Memory("Insufficient memory for buffer allocation");
        let mut output = BlockOutput::new(py, first, limit.unwrap_or(usize::MAX)).map_err(no_memory)?;
        let zdict = self.zdict.as_ref().map(|zdict| zdict.bind(py));
        let at_hand = zdict.and_then(at_hand);
        let mut result = self.run(py, data, &mut output, at_hand);
        while let (Err(Failure::NeedDictionary), Some(zdict)) = (&result, zdict) {
            // The data has been kept. Asking for a buffer may run any code, which must not meet the lock.
            let buffer = Buffer::of(&zdict)?;
            let dictionary = buffer.input()?;
            result = self.run(py, &[], &mut output, Some(&dictionary));
        }
        result?;
        Ok(output)
    }

    /// Decompresses under the lock.
    fn run(
        &self,
        py: Python<'_>,
        data: &[u8],
        output: &mut BlockOutput<'_>,
        dictionary: Option<&[u8]>,
    ) -> Result<(), Failure> {
        let mut state = self.state.lock(py);
        let result = decompress(&mut state, data, output, dictionary);
        self.eof.store(state.eof(), Ordering::Relaxed);
        self.needs_input.store(state.needs_input(), Ordering::Relaxed);
        result
    }

    pub(crate) fn unused_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        // The guard is a temporary: the lock is released at the end of this statement.
        let unused_data = JoinedData::new(py, self.state.lock(py).unused_data())?;
        unused_data.into_bytes(py)
    }
}

/// The stream as [`Incremental`] uses it.
#[derive(Debug)]
struct ZlibDecoder(Boxed<Inflate>);

impl Decoder for ZlibDecoder {
    type Error = ReturnCode;

    const ENDS_WITH_INPUT: bool = false;
    const ERRORS_ARE_FINAL: bool = false;

    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Step<ReturnCode> {
        let inflate::Step { consumed, status } = self.0.step(input, out, Flush::Sync);
        let result = match ReturnCode::from(status) {
            ReturnCode::Ok | ReturnCode::BufError => Ok(Status::Running),
            ReturnCode::StreamEnd => Ok(Status::Ended),
            ReturnCode::NeedDict => Ok(Status::NeedsDictionary),
            code => Err(code),
        };
        Step { consumed, result }
    }
}

/// Decompresses the input that has been kept and then `data`. If a dictionary is needed and there is none, the rest of the
/// input is kept.
fn decompress(
    state: &mut State,
    data: &[u8],
    output: &mut BlockOutput<'_>,
    mut dictionary: Option<&[u8]>,
) -> Result<(), Failure> {
    const NO_MEMORY: Failure = Failure::Memory("");
    let mut call = state.begin(data).map_err(|refusal| match refusal {
        Refusal::OutOfMemory => NO_MEMORY,
        Refusal::Ended | Refusal::Failed => Failure::Eof("End of stream already reached"),
    })?;
    let needs_dictionary = loop {
        let long = call.remaining() >= DETACH_FROM || output.remaining() > DETACH_FROM_ROOM;
        match output.fill(long, |out| call.step(out)) {
            Ok(Progress::OutputFull) if output.is_at_limit() => break false,
            Ok(Progress::OutputFull) => output.grow()?,
            Ok(Progress::Done) => break false,
            Ok(Progress::NeedsDictionary) => match (dictionary.take(), call.parts()) {
                (Some(dictionary), Some((decoder, ..))) => set_dictionary(&mut decoder.0, dictionary)?,
                _ => break true,
            },
            Err(code) => {
                let message = call.parts().and_then(|(decoder, ..)| decoder.0.message());
                return Err(Failure::Zlib(code, message, "while decompressing data"));
            }
        }
    };
    if let Some(ZlibDecoder(stream)) = call.end().map_err(|OutOfMemory| NO_MEMORY)? {
        POOL.keep_inflate(stream);
    }
    if needs_dictionary { Err(Failure::NeedDictionary) } else { Ok(()) }
}
