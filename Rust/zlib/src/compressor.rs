//! The state of `zlib.Compress` objects.

use crate::failure::{Failure, MEMORY};
use crate::pool::StreamPool;
use crate::shape::Shape;
use crate::small::{MOST, OVERHEAD, Small};
use crate::stream::{Deflate, DeflateConfig, DeflateFlush, Method, ReturnCode, Strategy};
use cpython_api::{BlockOutput, FIRST_BLOCK, InstanceData, OutBuf, PyMutex, Python};
use std::ffi::CStr;
use std::mem::MaybeUninit;

/// Work on less than this is done before detaching would have paid.
pub(crate) const DETACH_FROM: usize = 2048;

/// Streams between uses, of all objects and functions.
pub(crate) static POOL: StreamPool = StreamPool::new(MEMORY);

/// The parameters of a stream, checked as far as their types say it; zlib checks the ranges.
pub(crate) fn config(
    level: i32,
    method: i32,
    window_bits: i32,
    mem_level: i32,
    strategy: i32,
) -> Result<DeflateConfig, ReturnCode> {
    let method = Method::try_from(method).map_err(|()| ReturnCode::StreamError)?;
    let strategy = Strategy::try_from(strategy).map_err(|()| ReturnCode::StreamError)?;
    Ok(DeflateConfig { level, method, window_bits, mem_level, strategy })
}

/// What zlib-rs is asked for in place of `config`, for an object, to be within the memory that zlib takes.
///
/// The hash table of zlib-rs is twice as large as zlib's, and what it collects of a block is not shared between two
/// uses. Two levels less of memory make blocks four times shorter, which makes results neither longer nor shorter.
fn frugal(config: DeflateConfig) -> DeflateConfig {
    let mem_level = match config.mem_level {
        mem_level @ 1..=9 => (mem_level - 2).max(1),
        wrong => wrong,
    };
    DeflateConfig { mem_level, ..config }
}

/// A `zlib.Compress` object.
#[derive(Debug)]
pub(crate) struct Compressor {
    /// `None` when the stream has been finished.
    work: PyMutex<Option<Work>>,
}

/// What a stream has come to.
#[derive(Debug)]
enum Work {
    /// Little has been put in, and it may stay at that.
    Little(Little),
    /// It is being compressed.
    Stream(Deflate),
}

/// The beginning of a stream.
#[derive(Debug)]
struct Little {
    config: DeflateConfig,
    stream: Small,
    /// How it was asked to flush when it was last called, and whether it was.
    last: Option<DeflateFlush>,
}

impl InstanceData for Compressor {
    const NAME: &'static CStr = c"zlib.Compress";

    fn release(self, _py: Python<'_>) {}
}

const NO_MEMORY: Failure = Failure::Memory("Can't allocate memory for compression object");

impl Compressor {
    pub(crate) fn new(config: Result<DeflateConfig, ReturnCode>, dictionary: Option<&[u8]>) -> Result<Self, Failure> {
        let bytes = dictionary.unwrap_or_default();
        if let Ok(config) = config
            && bytes.len() <= MOST
            && let Some(shape) = Shape::new(config)
            && let Some(shape) = if dictionary.is_some() { shape.with_dictionary(bytes) } else { Some(shape) }
        {
            let stream = Small::new(shape, bytes).map_err(|_| NO_MEMORY)?;
            let little = Little { config: frugal(config), stream, last: None };
            return Ok(Self { work: PyMutex::new(Some(Work::Little(little))) });
        }
        let created = config.and_then(|config| POOL.deflate(frugal(config)));
        let mut stream = created.map_err(|code| match code {
            ReturnCode::MemError => NO_MEMORY,
            ReturnCode::StreamError => Failure::Value("Invalid initialization option"),
            code => Failure::Zlib(code, None, "while creating compression object"),
        })?;
        if let Some(dictionary) = dictionary {
            stream.set_dictionary(dictionary).map_err(|_| Failure::Value("Invalid dictionary"))?;
        }
        Ok(Self { work: PyMutex::new(Some(Work::Stream(stream))) })
    }

    pub(crate) fn compress<'py>(&self, py: Python<'py>, data: &[u8]) -> Result<BlockOutput<'py>, Failure> {
        const CONTEXT: &str = "while compressing data";
        // The header comes with the first piece of data, as from zlib.
        let mut header = [MaybeUninit::uninit(); OVERHEAD];
        let mut header = OutBuf::new(&mut header);
        let kept = match &mut *self.work.lock(py) {
            Some(Work::Little(Little { stream, last, .. })) if stream.takes(data.len()) => {
                stream.keep(data).map_err(|_| NO_MEMORY)?;
                stream.begin(&mut header);
                *last = Some(DeflateFlush::NoFlush);
                true
            }
            _ => false,
        };
        if kept {
            let mut output = BlockOutput::new(py, header.len(), usize::MAX)?;
            output.fill(false, |out| out.extend_from_slice(header.filled()));
            return Ok(output);
        }
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut work = self.work.lock(py);
        let stream = stream(&mut work, &mut output, CONTEXT)?;
        deflate(stream, data, &mut output, DeflateFlush::NoFlush, CONTEXT)?;
        Ok(output)
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>, mode: i32) -> Result<BlockOutput<'py>, Failure> {
        const CONTEXT: &str = "while flushing";
        let mode = DeflateFlush::try_from(mode).map_err(|()| inconsistent(CONTEXT))?;
        if mode == DeflateFlush::Finish {
            let little = self.work.lock(py).take_if(|work| matches!(work, Work::Little(_)));
            if let Some(Work::Little(Little { stream, .. })) = little {
                let room = stream.room_needed();
                let mut output = BlockOutput::new(py, room, usize::MAX)?;
                output.fill(room >= DETACH_FROM, |out| stream.finish(out)).map_err(|_| NO_MEMORY)?;
                return Ok(output);
            }
        }
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        const { assert!(MOST + OVERHEAD <= FIRST_BLOCK) };
        if let Some(Work::Little(Little { stream, last, .. })) = &mut *self.work.lock(py) {
            // As much may have been flushed before, with nothing since.
            if last.replace(mode).is_some_and(|last| rank(last) >= rank(mode)) {
                return Ok(output);
            }
            let long = stream.room_needed() >= DETACH_FROM;
            output.fill(long, |out| stream.flush(mode, out)).map_err(|_| NO_MEMORY)?;
            return Ok(output);
        }
        let mut work = self.work.lock(py);
        let stream = stream(&mut work, &mut output, CONTEXT)?;
        match deflate(stream, &[], &mut output, mode, CONTEXT)? {
            ReturnCode::StreamEnd => {
                if let Some(Work::Stream(stream)) = work.take() {
                    POOL.keep_deflate(stream);
                }
            }
            // There was nothing to flush, or no more of it when the room was just used up.
            ReturnCode::Ok | ReturnCode::BufError => {}
            code => return Err(Failure::Zlib(code, stream.message(), CONTEXT)),
        }
        Ok(output)
    }

    pub(crate) fn copy(&self, py: Python<'_>) -> Result<Self, Failure> {
        let copy = match &mut *self.work.lock(py) {
            Some(Work::Little(Little { config, stream, last })) => {
                let stream = stream.try_clone().map_err(|_| NO_MEMORY)?;
                Work::Little(Little { config: *config, stream, last: *last })
            }
            Some(Work::Stream(stream)) => match stream.try_clone() {
                Ok(copy) => Work::Stream(copy),
                Err(ReturnCode::MemError) => return Err(NO_MEMORY),
                Err(ReturnCode::StreamError) => return Err(Failure::Value("Inconsistent stream state")),
                Err(code) => return Err(Failure::Zlib(code, stream.message(), "while copying compression object")),
            },
            None => return Err(Failure::Value("Inconsistent stream state")),
        };
        Ok(Self { work: PyMutex::new(Some(copy)) })
    }
}

impl Little {
    /// Makes `stream` one that has done what this one has, so that it can go on.
    fn repeat(&self, stream: &mut Deflate) -> Result<(), ReturnCode> {
        if !self.stream.dictionary().is_empty() {
            stream.set_dictionary(self.stream.dictionary())?;
        }
        if !self.stream.has_begun() {
            return Ok(());
        }
        let [forgotten, written, _] = self.stream.parts();
        let first = if self.stream.has_forgotten() { DeflateFlush::FullFlush } else { DeflateFlush::NoFlush };
        for (mut data, mode) in [(forgotten, first), (written, DeflateFlush::SyncFlush)] {
            loop {
                // Once more, which nobody needs.
                let mut room = [MaybeUninit::uninit(); 512];
                let mut out = OutBuf::new(&mut room);
                let step = stream.step(data, &mut out, mode);
                data = &data[step.consumed..];
                match step.code {
                    ReturnCode::Ok if out.remaining() == 0 => {}
                    ReturnCode::Ok | ReturnCode::BufError => break,
                    code => return Err(code),
                }
            }
        }
        let (bits, count) = self.stream.held();
        stream.prime(bits, count)
    }
}

/// How much a flush does, as zlib ranks them.
fn rank(flush: DeflateFlush) -> i32 {
    match flush {
        DeflateFlush::Block => 1,
        flush => 2 * flush as i32,
    }
}

fn inconsistent(context: &'static str) -> Failure {
    Failure::Zlib(ReturnCode::StreamError, None, context)
}

/// The stream that `work` is, or becomes when more is asked for than little data can give.
fn stream<'a>(
    work: &'a mut Option<Work>,
    output: &mut BlockOutput<'_>,
    context: &'static str,
) -> Result<&'a mut Deflate, Failure> {
    if let Some(Work::Little(little)) = work {
        let mut stream = POOL.deflate(little.config).map_err(|_| NO_MEMORY)?;
        little.repeat(&mut stream).map_err(|_| NO_MEMORY)?;
        let [.., rest] = little.stream.parts();
        if !rest.is_empty() {
            deflate(&mut stream, rest, output, DeflateFlush::NoFlush, context)?;
        }
        *work = Some(Work::Stream(stream));
    }
    match work {
        Some(Work::Stream(stream)) => Ok(stream),
        _ => Err(inconsistent(context)),
    }
}

/// Compresses all of `data`, and flushes as `mode` says; returns zlib's last result.
pub(crate) fn deflate(
    stream: &mut Deflate,
    mut data: &[u8],
    output: &mut BlockOutput<'_>,
    mode: DeflateFlush,
    context: &'static str,
) -> Result<ReturnCode, Failure> {
    let long = data.len() >= DETACH_FROM || mode != DeflateFlush::NoFlush;
    loop {
        output.grow()?;
        let step = output.fill(long, |out| stream.step(data, out, mode));
        data = &data[step.consumed..];
        if step.code == ReturnCode::StreamError {
            return Err(Failure::Zlib(step.code, stream.message(), context));
        }
        // With room left, zlib has done all that was asked for; but of more than it can count it has seen a part only.
        if output.remaining() > 0 && (data.is_empty() || step.consumed == 0) {
            return Ok(step.code);
        }
    }
}
