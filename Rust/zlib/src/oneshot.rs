//! `zlib.compress` and `zlib.decompress`: a whole stream in one call.

use crate::boundary::release::no_first_block;
use crate::compressor::{DETACH_FROM, POOL, config, deflate};
use crate::decompressor::{estimated_length, step};
use crate::failure::Failure;
use crate::fast::Fast;
use crate::shape::Shape;
use crate::small;
use crate::stream::{DeflateFlush, InflateFlush, ReturnCode};
use cpython_api::{BlockOutput, FIRST_BLOCK, Python};

const DEFLATED: i32 = 8;
const DEF_MEM_LEVEL: i32 = 8;
const DEFAULT_STRATEGY: i32 = 0;

/// The first block of output has room for so many times the input, as text needs, up to a size from which the length of the
/// rest is estimated.
const USUAL_EXPANSION: usize = 4;
const MAX_FIRST_BLOCK: usize = 128 << 10;

const NO_MEMORY: Failure = Failure::Memory("Out of memory while compressing data");

pub(crate) fn compress<'py>(
    py: Python<'py>,
    data: &[u8],
    level: i32,
    window_bits: i32,
) -> Result<BlockOutput<'py>, Failure> {
    const CONTEXT: &str = "while compressing data";
    let created = config(level, DEFLATED, window_bits, DEF_MEM_LEVEL, DEFAULT_STRATEGY);
    let shape = created.ok().and_then(Shape::new);
    if let Some(shape) = shape
        && data.len() <= small::MOST
    {
        let mut output = BlockOutput::new(py, data.len() + small::OVERHEAD, usize::MAX)?;
        output.fill(data.len() >= DETACH_FROM, |out| {
            shape.write_header(out);
            shape.write_body(data, out).map_err(|_| NO_MEMORY)
        })?;
        return Ok(output);
    }
    if let Some(shape) = shape
        && shape.is_fastest()
    {
        let mut stream = Fast::new(shape, data).map_err(|_| NO_MEMORY)?;
        let mut output = BlockOutput::new(py, FIRST_BLOCK, usize::MAX)?;
        while !output.fill(true, |out| stream.step(out)).map_err(|_| NO_MEMORY)? {
            output.grow()?;
        }
        return Ok(output);
    }
    let mut stream = created.and_then(|config| POOL.deflate(config)).map_err(|code| match code {
        ReturnCode::MemError => NO_MEMORY,
        ReturnCode::StreamError => Failure::Text("Bad compression level"),
        code => Failure::Zlib(code, None, CONTEXT),
    })?;
    // Little data cannot become much more: then the first block is all there is.
    let most = data.len().saturating_add(data.len() / 8).saturating_add(64);
    let mut output = BlockOutput::new(py, most.min(FIRST_BLOCK), usize::MAX)?;
    deflate(&mut stream, data, &mut output, DeflateFlush::Finish, CONTEXT)?;
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
    let mut output = BlockOutput::new(py, first, usize::MAX).map_err(|_| no_first_block(first))?;
    let mut stream = POOL.inflate(window_bits).map_err(|code| match code {
        ReturnCode::MemError => Failure::Memory("Out of memory while decompressing data"),
        code => Failure::Zlib(code, None, "while preparing to decompress data"),
    })?;
    let mut consumed = 0;
    loop {
        let step = step(&mut stream, &data[consumed..], &mut output, InflateFlush::Finish);
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
