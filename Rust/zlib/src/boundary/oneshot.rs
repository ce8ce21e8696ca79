//! `zlib.compress` and `zlib.decompress`: a whole stream in one call.

#![forbid(unsafe_code)]

use crate::boundary::compress::state::{config, deflate};
use crate::boundary::decompress::state::{estimated_length, step};
use crate::boundary::error::Failure;
use crate::boundary::memory::POOL;
use crate::boundary::release::no_first_block;
use crate::boxed::Boxed;
use crate::return_code::ReturnCode;
use cpython_api::{BlockOutput, FIRST_BLOCK, Python};
use deflate::Flush;
use inflate::{Inflate, Status};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

const DEFLATED: i32 = 8;
const DEF_MEM_LEVEL: i32 = 8;
const DEFAULT_STRATEGY: i32 = 0;

/// The ratio of the first block of output to the input, which text needs, up to a size from which the length of the
/// rest is estimated.
const USUAL_EXPANSION: usize = 4;
const MAX_FIRST_BLOCK: usize = 128 << 10;

/// Output of up to this number of bytes is written to the stack first, since a block of the usual size would be
/// allocated for a few bytes, which are copied in the end. A `bufsize` that is larger than the default is obeyed.
const MAX_ON_STACK: usize = 1024;
const DEF_BUF_SIZE: usize = 16 << 10;

pub(crate) fn compress<'py>(
    py: Python<'py>,
    data: &[u8],
    level: i32,
    window_bits: i32,
) -> Result<BlockOutput<'py>, Failure> {
    const CONTEXT: &str = "while compressing data";
    let created = config(level, DEFLATED, window_bits, DEF_MEM_LEVEL, DEFAULT_STRATEGY);
    let mut stream = created.and_then(|config| POOL.deflate(&config)).map_err(|code| match code {
        ReturnCode::MemError => Failure::Memory("Out of memory while compressing data"),
        ReturnCode::StreamError => Failure::Text("Bad compression level"),
        code => Failure::Zlib(code, None, CONTEXT),
    })?;
    // With room for all of the output, its bytes do not depend on how much there is.
    let bound = usize::try_from(stream.bound(data.len() as u64)).unwrap_or(usize::MAX);
    let mut output = BlockOutput::new(py, bound.min(FIRST_BLOCK), usize::MAX)?;
    deflate(&mut stream, data, &mut output, Flush::Finish, CONTEXT)?;
    POOL.keep_deflate(stream);
    Ok(output)
}

pub(crate) fn decompress<'py>(
    py: Python<'py>,
    data: &[u8],
    window_bits: i32,
    first: usize,
) -> Result<BlockOutput<'py>, Failure> {
    let first = first.max(data.len().saturating_mul(USUAL_EXPANSION).min(MAX_FIRST_BLOCK)).max(1);
    if data.len() <= MAX_ON_STACK / USUAL_EXPANSION && first <= DEF_BUF_SIZE {
        return decompress_few(py, data, window_bits);
    }
    let output = BlockOutput::new(py, first, usize::MAX).map_err(|_| no_first_block(first))?;
    let stream = new_stream(window_bits)?;
    decompress_rest(stream, data, 0, output)
}

fn new_stream(window_bits: i32) -> Result<Boxed<Inflate>, Failure> {
    POOL.inflate(window_bits).map_err(|code| match code {
        ReturnCode::MemError => Failure::Memory("Out of memory while decompressing data"),
        code => Failure::Zlib(code, None, "while preparing to decompress data"),
    })
}

/// For a few bytes of input.
fn decompress_few<'py>(py: Python<'py>, data: &[u8], window_bits: i32) -> Result<BlockOutput<'py>, Failure> {
    let mut stream = new_stream(window_bits)?;
    let mut memory = [MaybeUninit::uninit(); MAX_ON_STACK];
    let mut out = OutBuf::new(&mut memory);
    let step = stream.step(data, &mut out, inflate::Flush::Finish);
    let ended = step.status == Status::StreamEnd;
    let mut output = BlockOutput::new(py, if ended { out.len() } else { DEF_BUF_SIZE }, usize::MAX)?;
    output.fill(false, |block| block.extend_from_slice(out.filled()));
    if ended {
        POOL.keep_inflate(stream);
        return Ok(output);
    }
    decompress_rest(stream, data, step.consumed, output)
}

/// Goes on after `consumed` bytes.
fn decompress_rest<'py>(
    mut stream: Boxed<Inflate>,
    data: &[u8],
    mut consumed: usize,
    mut output: BlockOutput<'py>,
) -> Result<BlockOutput<'py>, Failure> {
    loop {
        let step = step(&mut stream, &data[consumed..], &mut output, inflate::Flush::Finish);
        consumed += step.consumed;
        let exhausted = output.remaining() > 0 && (consumed == data.len() || step.consumed == 0);
        match step.code {
            ReturnCode::StreamEnd => {
                POOL.keep_inflate(stream);
                return Ok(output);
            }
            ReturnCode::Ok | ReturnCode::BufError if !exhausted => {
                output.grow_to(estimated_length(output.len(), consumed, data.len()))?;
            }
            code => return Err(Failure::Zlib(code, stream.message(), "while decompressing data")),
        }
    }
}
