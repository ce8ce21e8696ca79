//! The state of `zlib.Compress` objects.

use crate::failure::{Failure, MEMORY};
use crate::spare::Spares;
use crate::stream::{Deflate, DeflateConfig, DeflateFlush, Method, ReturnCode, Strategy};
use cpython_api::{BlockOutput, FIRST_BLOCK, Payload, PyMutex, Python};

/// Work on less than this is done before detaching would have paid.
pub(crate) const DETACH_FROM: usize = 2048;

/// Streams between uses, of all objects and functions.
pub(crate) static SPARES: Spares = Spares::new(MEMORY);

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

/// A `zlib.Compress` object.
#[derive(Debug)]
pub(crate) struct Compressor {
    /// `None` when the stream has been finished.
    stream: PyMutex<Option<Deflate>>,
}

impl Payload for Compressor {
    fn release(self, _py: Python<'_>) {}
}

impl Compressor {
    pub(crate) fn new(config: Result<DeflateConfig, ReturnCode>, dictionary: Option<&[u8]>) -> Result<Self, Failure> {
        let created = config.and_then(|config| SPARES.deflate(config));
        let mut stream = created.map_err(|code| match code {
            ReturnCode::MemError => Failure::Memory(c"Can't allocate memory for compression object"),
            ReturnCode::StreamError => Failure::Value(c"Invalid initialization option"),
            code => Failure::Zlib(code, None, "while creating compression object"),
        })?;
        if let Some(dictionary) = dictionary {
            stream.set_dictionary(dictionary).map_err(|_| Failure::Value(c"Invalid dictionary"))?;
        }
        Ok(Self { stream: PyMutex::new(Some(stream)) })
    }

    pub(crate) fn compress<'py>(&self, py: Python<'py>, data: &[u8]) -> Result<BlockOutput<'py>, Failure> {
        const CONTEXT: &str = "while compressing data";
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut stream = self.stream.lock(py);
        let stream = stream.as_mut().ok_or(Failure::Zlib(ReturnCode::StreamError, None, CONTEXT))?;
        deflate(stream, data, &mut output, DeflateFlush::NoFlush, CONTEXT)?;
        Ok(output)
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>, mode: i32) -> Result<BlockOutput<'py>, Failure> {
        const CONTEXT: &str = "while flushing";
        let inconsistent = Failure::Zlib(ReturnCode::StreamError, None, CONTEXT);
        let mode = DeflateFlush::try_from(mode).map_err(|()| inconsistent)?;
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut guard = self.stream.lock(py);
        let stream = guard.as_mut().ok_or(inconsistent)?;
        match deflate(stream, &[], &mut output, mode, CONTEXT)? {
            ReturnCode::StreamEnd => {
                if let Some(stream) = guard.take() {
                    SPARES.keep_deflate(stream);
                }
            }
            // There was nothing to flush, or no more of it when the room was just used up.
            ReturnCode::Ok | ReturnCode::BufError => {}
            code => return Err(Failure::Zlib(code, stream.message(), CONTEXT)),
        }
        Ok(output)
    }

    pub(crate) fn copy(&self, py: Python<'_>) -> Result<Self, Failure> {
        let mut guard = self.stream.lock(py);
        let stream = guard.as_mut().ok_or(Failure::Value(c"Inconsistent stream state"))?;
        match stream.try_clone() {
            Ok(copy) => Ok(Self { stream: PyMutex::new(Some(copy)) }),
            Err(ReturnCode::MemError) => Err(Failure::Memory(c"Can't allocate memory for compression object")),
            Err(ReturnCode::StreamError) => Err(Failure::Value(c"Inconsistent stream state")),
            Err(code) => Err(Failure::Zlib(code, stream.message(), "while copying compression object")),
        }
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
        if output.room() > 0 && (data.is_empty() || step.consumed == 0) {
            return Ok(step.code);
        }
    }
}
