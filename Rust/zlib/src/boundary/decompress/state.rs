//! The state of `zlib.Decompress` objects.

#![forbid(unsafe_code)]

use crate::boundary::compress::state::DETACH_FROM;
use crate::boundary::error::Failure;
use crate::boundary::memory::POOL;
use crate::boundary::release::{HAS_FIXES_OF_3_14_8, no_first_block};
use crate::boxed::Boxed;
use crate::return_code::ReturnCode;
use cpython_api::types::{PyBytes, PyType};
use cpython_api::{
    BlockOutput, Borrowed, Bound, Buffer, FIRST_BLOCK, InstanceData, Py, PyErr, PyMutex, PyResult, Python, Traversal,
    Visit,
};
use incremental_decompress::{OutOfMemory, UnusedData};
use inflate::{Flush, Inflate};
use std::ffi::CStr;
use std::mem::offset_of;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// With more room for output than this the thread is detached, however short the input: a short input can expand to
/// that much.
pub(crate) const DETACH_FROM_ROOM: usize = 64 * 1024;

/// The limit of the first block of output, which is allocated before anything has been decompressed.
const MAX_FIRST_BLOCK: usize = 1 << 20;
const EXPANSION_UNIT: usize = 64;

const DECOMPRESSING: &str = "while decompressing data";

/// A `zlib.Decompress` object.
///
/// C reads the first field by its offset, without the lock, as it does in its own module. It is written while the lock is
/// held.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Decompress {
    eof: AtomicBool,
    /// The dictionary that the stream may ask for. It never changes, so the collector can look at it.
    pub(crate) zdict: Option<Py>,
    /// How many bytes of output [`EXPANSION_UNIT`] bytes of input gave in the last call, from which the next one estimates
    /// the length of its output.
    expansion: AtomicU32,
    state: PyMutex<State>,
}

const _: () = assert!(offset_of!(Decompress, eof) == 0, "zlibmodule.c has another offset");

#[derive(Debug)]
struct State {
    /// `None` when `flush` has met the end of the stream.
    stream: Option<Boxed<Inflate>>,
    /// The input after the end of the stream.
    unused_data: UnusedData<Py<PyBytes>>,
    /// Input that was not looked at because the limit of output was reached; nothing stands for `b''`.
    unconsumed_tail: Option<Py<PyBytes>>,
}

impl InstanceData for Decompress {
    const NAME: &'static CStr = c"zlib.Decompress";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references(&self.zdict)
    }

    fn release(self, py: Python<'_>) {
        let Self { zdict, state, .. } = self;
        let State { stream, unused_data, unconsumed_tail, .. } = state.into_inner();
        if let Some(stream) = stream {
            POOL.keep_inflate(stream);
        }
        if let Some(zdict) = zdict {
            zdict.drop_ref(py);
        }
        let bytes = [unused_data.into_joined(), unconsumed_tail];
        bytes.into_iter().flatten().for_each(|reference| reference.drop_ref(py));
    }
}

/// Why a call raises: a failure, or an exception that is already set.
#[derive(Debug)]
pub(crate) enum Raise {
    Failure(Failure),
    Set(PyErr),
}

impl From<Failure> for Raise {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<PyErr> for Raise {
    fn from(error: PyErr) -> Self {
        Self::Set(error)
    }
}

impl From<cpython_api::OutOfMemory> for Raise {
    fn from(error: cpython_api::OutOfMemory) -> Self {
        Self::Failure(error.into())
    }
}

/// A stream that decompresses, or why there is none. A raw one gets its dictionary at once.
pub(crate) fn prepare(
    created: Result<Boxed<Inflate>, ReturnCode>,
    window_bits: i32,
    zdict: Option<Borrowed<'_, '_>>,
) -> Result<Boxed<Inflate>, Raise> {
    let mut stream = created.map_err(|code| match code {
        ReturnCode::MemError => Failure::Memory("Can't allocate memory for decompression object"),
        ReturnCode::StreamError => Failure::Value("Invalid initialization option"),
        code => Failure::Zlib(code, None, "while creating decompression object"),
    })?;
    if let Some(zdict) = zdict.filter(|_| window_bits < 0) {
        set_dictionary(&mut stream, &Buffer::of(&zdict)?.input()?)?;
    }
    Ok(stream)
}

/// Hands the stream its dictionary.
pub(crate) fn set_dictionary(stream: &mut Inflate, dictionary: &[u8]) -> Result<(), Failure> {
    if u32::try_from(dictionary.len()).is_err() {
        return Err(Failure::Overflow("zdict length does not fit in an unsigned int"));
    }
    stream.set_dictionary(dictionary).map_err(|error| Failure::Zlib(error.into(), None, "while setting zdict"))
}

/// The result of one step.
pub(crate) struct Step {
    pub(crate) consumed: usize,
    pub(crate) code: ReturnCode,
}

/// One step, detached if it may be long.
pub(crate) fn step(stream: &mut Inflate, data: &[u8], output: &mut BlockOutput<'_>, mode: Flush) -> Step {
    let long = data.len() >= DETACH_FROM || output.remaining() > DETACH_FROM_ROOM;
    let inflate::Step { consumed, status } = output.fill(long, |out| stream.step(data, out, mode));
    Step { consumed, code: status.into() }
}

/// How far a run over some input came.
struct Run {
    consumed: usize,
    code: ReturnCode,
}

impl Decompress {
    pub(crate) fn new(window_bits: i32, zdict: Option<Borrowed<'_, '_>>) -> Result<Self, Raise> {
        let stream = prepare(POOL.inflate(window_bits), window_bits, zdict)?;
        let state = State { stream: Some(stream), unused_data: UnusedData::default(), unconsumed_tail: None };
        Ok(Self {
            eof: AtomicBool::new(false),
            zdict: zdict.map(|zdict| zdict.to_owned().unbind()),
            expansion: AtomicU32::new(0),
            state: PyMutex::new(state),
        })
    }

    pub(crate) fn decompress<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        limit: usize,
    ) -> Result<BlockOutput<'py>, Raise> {
        let expansion = self.expansion.load(Ordering::Relaxed) as usize;
        let first = if expansion == 0 {
            FIRST_BLOCK
        } else {
            let expected = data.len().saturating_mul(expansion) / EXPANSION_UNIT;
            expected.saturating_add(expected / 16).saturating_add(512).clamp(FIRST_BLOCK / 8, MAX_FIRST_BLOCK)
        };
        let mut output = BlockOutput::new(py, first, limit)?;
        let zdict = self.zdict.as_ref().map(|zdict| zdict.bind(py));
        // Asking for a buffer may run any code, which must not meet the lock; bytes can be had without asking.
        let at_hand = zdict.and_then(at_hand);
        let mut consumed = 0;
        let mut run = self.run(py, data, &mut consumed, &mut output, at_hand)?;
        while let (Err(Failure::NeedDictionary), Some(zdict)) = (&run, zdict) {
            let buffer = Buffer::of(&zdict)?;
            let dictionary = buffer.input()?;
            run = self.run(py, data, &mut consumed, &mut output, Some(&dictionary))?;
        }
        run?;
        if let Some(expansion) = output.len().saturating_mul(EXPANSION_UNIT).checked_div(consumed) {
            self.expansion.store(expansion.try_into().unwrap_or(u32::MAX), Ordering::Relaxed);
        }
        Ok(output)
    }

    /// Decompresses `data` from `consumed` on, under the lock. The unused input is kept, unless a dictionary is needed
    /// that can be had.
    fn run(
        &self,
        py: Python<'_>,
        data: &[u8],
        consumed: &mut usize,
        output: &mut BlockOutput<'_>,
        dictionary: Option<&[u8]>,
    ) -> Result<Result<(), Failure>, Raise> {
        let mut old = Replaced::default();
        let result = {
            let mut state = self.state.lock(py);
            let state = &mut *state;
            let result = inflate(state.stream.as_deref_mut(), &data[*consumed..], output, dictionary);
            match result {
                Err(failure) => Err(failure.into()),
                Ok(Run { code: ReturnCode::NeedDict, consumed: more }) if self.zdict.is_some() => {
                    *consumed += more;
                    Ok(Err(Failure::NeedDictionary))
                }
                Ok(run) => {
                    *consumed += run.consumed;
                    state.keep(py, &data[*consumed..], run.code, &mut old).map(|()| match run.code {
                        ReturnCode::StreamEnd => {
                            self.eof.store(true, Ordering::Relaxed);
                            Ok(())
                        }
                        // No progress is no error: the output was just full, or the input empty.
                        ReturnCode::Ok | ReturnCode::BufError => Ok(()),
                        code => {
                            let message = state.stream.as_ref().and_then(|stream| stream.message());
                            Err(Failure::Zlib(code, message, DECOMPRESSING))
                        }
                    })
                }
            }
        };
        old.drop_refs(py);
        result
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>, length: usize) -> Result<BlockOutput<'py>, Raise> {
        let mut output = BlockOutput::new(py, length, usize::MAX).map_err(|_| no_first_block(length))?;
        let mut old = Replaced::default();
        let result = {
            let mut state = self.state.lock(py);
            let state = &mut *state;
            let tail = state.unconsumed_tail.as_ref().map(|tail| tail.bind(py).to_owned());
            let data = tail.as_ref().map(|tail| tail.as_bytes()).unwrap_or_default();
            let result = finish(state.stream.as_deref_mut(), data, &mut output);
            let result = match result {
                Ok(run) => {
                    let kept = state.keep(py, &data[run.consumed..], run.code, &mut old);
                    kept.and_then(|()| match run.code {
                        ReturnCode::StreamEnd => {
                            self.eof.store(true, Ordering::Relaxed);
                            if let Some(stream) = state.stream.take() {
                                POOL.keep_inflate(stream);
                            }
                            Ok(())
                        }
                        code @ (ReturnCode::DataError | ReturnCode::MemError) if HAS_FIXES_OF_3_14_8 => {
                            let message = state.stream.as_ref().and_then(|stream| stream.message());
                            Err(Failure::Zlib(code, message, DECOMPRESSING).into())
                        }
                        _ => Ok(()),
                    })
                }
                Err(failure) => Err(failure.into()),
            };
            old.more = tail.map(Bound::unbind);
            result
        };
        old.drop_refs(py);
        result.map(|()| output)
    }

    pub(crate) fn copy(&self, py: Python<'_>) -> Result<Self, Failure> {
        let mut guard = self.state.lock(py);
        let state = &mut *guard;
        let stream = state.stream.as_mut().ok_or(Failure::Value("Inconsistent stream state"))?;
        let copy = stream.try_clone().map_err(ReturnCode::from);
        let copy = copy.and_then(|copy| Boxed::new(copy).map_err(|_| ReturnCode::MemError));
        let stream = copy.map_err(|code| match code {
            ReturnCode::MemError => Failure::Memory("Can't allocate memory for compression object"),
            ReturnCode::StreamError => Failure::Value("Inconsistent stream state"),
            code => Failure::Zlib(code, None, "while copying compression object"),
        })?;
        let unused_data = state.unused_data.try_clone(|joined| joined.clone_ref(py));
        let copy = State {
            stream: Some(stream),
            unused_data: unused_data.map_err(|OutOfMemory| Failure::Memory(""))?,
            unconsumed_tail: state.unconsumed_tail.as_ref().map(|tail| tail.clone_ref(py)),
        };
        let expansion = AtomicU32::new(self.expansion.load(Ordering::Relaxed));
        let zdict = self.zdict.as_ref().map(|zdict| zdict.clone_ref(py));
        let eof = AtomicBool::new(self.eof.load(Ordering::Relaxed));
        Ok(Self { eof, zdict, expansion, state: PyMutex::new(copy) })
    }

    pub(crate) fn unused_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        // The guard is a temporary: the lock is released at the end of this statement.
        let unused_data = JoinedData::new(py, &mut self.state.lock(py).unused_data)?;
        unused_data.into_bytes(py)
    }

    pub(crate) fn unconsumed_tail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let data = self.state.lock(py).unconsumed_tail.as_ref().map(|data| data.bind(py).to_owned());
        data.map_or_else(|| PyBytes::new(py, b""), Ok)
    }
}

/// References that have been replaced under the lock, to be released after it.
#[derive(Default)]
struct Replaced {
    unconsumed_tail: Option<Py<PyBytes>>,
    more: Option<Py<PyBytes>>,
}

impl Replaced {
    fn drop_refs(self, py: Python<'_>) {
        let references = [self.unconsumed_tail, self.more];
        references.into_iter().flatten().for_each(|reference| reference.drop_ref(py));
    }
}

impl State {
    /// Keeps the input that is left: after the end of the stream as `unused_data`, before it as `unconsumed_tail`.
    fn keep(&mut self, py: Python<'_>, left: &[u8], code: ReturnCode, old: &mut Replaced) -> Result<(), Raise> {
        let ended = code == ReturnCode::StreamEnd;
        if ended {
            self.unused_data.append(left).map_err(|OutOfMemory| Raise::Set(PyErr::no_memory(py)))?;
        }
        if (!ended && !left.is_empty()) || self.unconsumed_tail.is_some() {
            let tail = if left.is_empty() || (ended && HAS_FIXES_OF_3_14_8) {
                None
            } else {
                Some(PyBytes::new(py, left)?.unbind())
            };
            old.unconsumed_tail = std::mem::replace(&mut self.unconsumed_tail, tail);
        }
        Ok(())
    }
}

/// How much output `len` bytes of input give when `consumed` of them have given `written`, and some more: an estimate
/// that is a little too large saves a copy. It is at most 64 times what has been written, for data that was repetitive
/// at first.
pub(crate) fn estimated_length(written: usize, consumed: usize, len: usize) -> usize {
    let estimate = (written as f64 * len as f64 / consumed.max(1) as f64) as usize;
    let estimate = estimate.saturating_add(estimate / 16).saturating_add(512);
    estimate.clamp(written.saturating_add(written / 8), written.saturating_mul(64))
}

/// Decompresses `data` until its end, the end of the stream, the limit of `output`, or an error of the stream.
fn inflate(
    stream: Option<&mut Inflate>,
    data: &[u8],
    output: &mut BlockOutput<'_>,
    dictionary: Option<&[u8]>,
) -> Result<Run, Failure> {
    let mut run = Run { consumed: 0, code: ReturnCode::StreamError };
    let Some(stream) = stream else { return Ok(run) };
    let mut dictionary = dictionary;
    loop {
        let step = step(stream, &data[run.consumed..], output, Flush::Sync);
        run.consumed += step.consumed;
        run.code = step.code;
        match step.code {
            ReturnCode::Ok | ReturnCode::BufError => {}
            ReturnCode::NeedDict => match dictionary.take() {
                Some(dictionary) => {
                    set_dictionary(stream, dictionary)?;
                    continue;
                }
                None => return Ok(run),
            },
            _ => return Ok(run),
        }
        if output.remaining() == 0 {
            if output.is_at_limit() {
                return Ok(run);
            }
            output.grow_to(estimated_length(output.len(), run.consumed, data.len()))?;
        } else if run.consumed == data.len() || step.consumed == 0 {
            return Ok(run);
        }
    }
}

/// Decompresses the last of the input.
fn finish(stream: Option<&mut Inflate>, data: &[u8], output: &mut BlockOutput<'_>) -> Result<Run, Failure> {
    let mut run = Run { consumed: 0, code: ReturnCode::StreamError };
    let Some(stream) = stream else { return Ok(run) };
    loop {
        let step = step(stream, &data[run.consumed..], output, Flush::Finish);
        run.consumed += step.consumed;
        run.code = step.code;
        if !matches!(step.code, ReturnCode::Ok | ReturnCode::BufError) {
            return Ok(run);
        }
        if output.remaining() == 0 {
            output.grow()?;
        } else if run.consumed == data.len() || step.consumed == 0 {
            return Ok(run);
        }
    }
}

/// All of the unused data, to be used after the lock has been released.
pub(crate) struct JoinedData<'py> {
    data: Option<Bound<'py, PyBytes>>,
    /// An object that `data` has replaced.
    _replaced: Option<Bound<'py, PyBytes>>,
}

impl<'py> JoinedData<'py> {
    pub(crate) fn new(py: Python<'py>, unused_data: &mut UnusedData<Py<PyBytes>>) -> PyResult<Self> {
        let (data, replaced) = unused_data.read(|before, tail| join(py, before, tail))?;
        let data = data.map(|data| data.bind(py).to_owned());
        Ok(Self { data, _replaced: replaced.map(|replaced| replaced.into_bound(py)) })
    }

    /// The `bytes` object.
    pub(crate) fn into_bytes(self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.data.map_or_else(|| PyBytes::new(py, b""), Ok)
    }
}

/// A `bytes` object of both parts.
fn join(py: Python<'_>, before: Option<&Py<PyBytes>>, tail: &[u8]) -> PyResult<Py<PyBytes>> {
    let before = before.map(|data| data.bind(py).as_bytes()).unwrap_or_default();
    let data = PyBytes::new_with(py, before.len().checked_add(tail.len()), |out| {
        out.extend_from_slice(before);
        out.extend_from_slice(tail);
        Ok(())
    })?;
    Ok(data.unbind())
}

/// The contents of a dictionary that is a `bytes` object: they can be had without running any code.
pub(crate) fn at_hand<'a>(zdict: Borrowed<'a, '_>) -> Option<&'a [u8]> {
    zdict.cast_borrowed::<PyBytes>().map(Borrowed::as_bytes)
}

impl Raise {
    /// Raises the exception, if that has not been done; `zlib_error` is the module's own.
    pub(crate) fn raise(self, zlib_error: Borrowed<'_, '_, PyType>) -> PyErr {
        match self {
            Self::Failure(failure) => failure.raise(zlib_error),
            Self::Set(error) => error,
        }
    }
}
