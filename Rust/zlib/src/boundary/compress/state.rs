//! The state of `zlib.Compress` objects.

#![forbid(unsafe_code)]

use crate::boundary::error::Failure;
use crate::boundary::memory::POOL;
use crate::boxed::Boxed;
use crate::return_code::ReturnCode;
use cpython_api::{BlockOutput, FIRST_BLOCK, InstanceData, PyMutex, Python};
use deflate::{Config, Deflate, Flush, Strategy};
use std::ffi::CStr;
use zlib_profile::profile;

/// The length of input from which the thread is detached for the work: with less the work takes less time than to
/// detach.
pub(crate) const DETACH_FROM: usize = 2048;

/// The most that one call of zlib's `deflate` takes: `UINT_MAX`. The results of level 0 depend on it.
const MAX_INPUT: usize = u32::MAX as usize;

const NO_MEMORY: Failure = Failure::Memory("Can't allocate memory for compression object");

/// The parameters of a stream in the profile of this process.
pub(crate) fn config(
    level: i32,
    method: i32,
    window_bits: i32,
    mem_level: i32,
    strategy: i32,
) -> Result<Config, ReturnCode> {
    let strategy = Strategy::try_from(strategy)?;
    Ok(Config { level, method, window_bits, mem_level, strategy, profile: profile() })
}

/// A `zlib.Compress` object.
#[derive(Debug)]
pub(crate) struct Compress {
    /// `None` after the stream has been finished.
    stream: PyMutex<Option<Boxed<Deflate>>>,
}

impl InstanceData for Compress {
    const NAME: &'static CStr = c"zlib.Compress";

    fn release(self, _py: Python<'_>) {
        if let Some(stream) = self.stream.into_inner() {
            POOL.keep_deflate(stream);
        }
    }
}

impl Compress {
    pub(crate) fn new(config: Result<Config, ReturnCode>, dictionary: Option<&[u8]>) -> Result<Self, Failure> {
        let created = config.and_then(|config| POOL.deflate(&config));
        let mut stream = created.map_err(|code| match code {
            ReturnCode::MemError => NO_MEMORY,
            ReturnCode::StreamError => Failure::Value("Invalid initialization option"),
            code => Failure::Zlib(code, None, "while creating compression object"),
        })?;
        if let Some(dictionary) = dictionary {
            stream.set_dictionary(dictionary).map_err(|_| Failure::Value("Invalid dictionary"))?;
        }
        Ok(Self { stream: PyMutex::new(Some(stream)) })
    }

    pub(crate) fn compress<'py>(&self, py: Python<'py>, data: &[u8]) -> Result<BlockOutput<'py>, Failure> {
        const CONTEXT: &str = "while compressing data";
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut stream = self.stream.lock(py);
        let stream = stream.as_mut().ok_or(inconsistent(CONTEXT))?;
        deflate(stream, data, &mut output, Flush::No, CONTEXT)?;
        Ok(output)
    }

    pub(crate) fn flush<'py>(&self, py: Python<'py>, mode: i32) -> Result<BlockOutput<'py>, Failure> {
        const CONTEXT: &str = "while flushing";
        let mode = Flush::try_from(mode).map_err(|_| inconsistent(CONTEXT))?;
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        let mut guard = self.stream.lock(py);
        let stream = guard.as_mut().ok_or(inconsistent(CONTEXT))?;
        match deflate(stream, &[], &mut output, mode, CONTEXT)? {
            ReturnCode::StreamEnd => {
                if let Some(stream) = guard.take() {
                    POOL.keep_deflate(stream);
                }
            }
            // There was nothing to flush, or no more of it when the room was just used up.
            ReturnCode::Ok | ReturnCode::BufError => {}
            code => return Err(Failure::Zlib(code, None, CONTEXT)),
        }
        Ok(output)
    }

    pub(crate) fn copy(&self, py: Python<'_>) -> Result<Self, Failure> {
        let copy = match &*self.stream.lock(py) {
            Some(stream) => stream.try_clone().ok().and_then(|copy| Boxed::new(copy).ok()).ok_or(NO_MEMORY)?,
            None => return Err(Failure::Value("Inconsistent stream state")),
        };
        Ok(Self { stream: PyMutex::new(Some(copy)) })
    }
}

fn inconsistent(context: &'static str) -> Failure {
    Failure::Zlib(ReturnCode::StreamError, None, context)
}

/// Compresses all of `data`, and flushes as `mode` says; returns the last return code.
///
/// The calls and the room in each are those of `zlibmodule.c`: at level 0, and where the room is just used up by a flush,
/// zlib's output depends on them.
pub(crate) fn deflate(
    stream: &mut Deflate,
    mut data: &[u8],
    output: &mut BlockOutput<'_>,
    mode: Flush,
    context: &'static str,
) -> Result<ReturnCode, Failure> {
    loop {
        let (mut piece, rest) = data.split_at(data.len().min(MAX_INPUT));
        data = rest;
        let flush = if rest.is_empty() { mode } else { Flush::No };
        let long = piece.len() >= DETACH_FROM || mode != Flush::No;
        let code = loop {
            output.grow()?;
            let code = output.fill(long, |out| ReturnCode::from(stream.deflate(&mut piece, out, flush)));
            if code == ReturnCode::StreamError {
                return Err(inconsistent(context));
            }
            if output.remaining() > 0 {
                break code;
            }
        };
        if rest.is_empty() {
            return Ok(code);
        }
    }
}
