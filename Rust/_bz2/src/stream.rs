//! libbz2-rs-sys as a safe type, [`Compress`].

use libbz2_rs_sys as bz;
use libbz2_rs_sys::bz_stream;
use outbuf::OutBuf;
use std::ffi::{c_int, c_uint};
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

/// Why a stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no memory.
    Memory,
    /// This is not bzip2's format, or a checksum is wrong.
    Data,
    /// The calls came in an order that makes no sense.
    Sequence,
    /// A parameter makes no sense.
    Parameter,
    /// Anything else, by the library's number.
    Other(c_int),
}

/// What one step of a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How much of the input has been consumed.
    pub consumed: usize,
    /// Whether the stream has ended.
    pub ended: bool,
}

/// What a compressor is to do with its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Take it.
    Run,
    /// Take it and end the stream.
    Finish,
}

/// The struct that the library works on, at an address that never changes: the library remembers it.
///
/// Its state comes from Rust's allocator, which can be asked for memory that is zero without touching it; a request that
/// fails is an error of the library. Of any other allocator's memory the library clears all itself, 7.6 MB for the
/// largest blocks, which for little data is a hundred times the work.
///
/// # Invariants
///
/// - `raw` points to a `bz_stream` that belongs to this value: the only item of a `Vec` with `capacity`.
struct Raw {
    raw: NonNull<bz_stream>,
    capacity: usize,
}

// SAFETY: between steps the struct points to nothing but its own state, which is plain memory.
unsafe impl Send for Raw {}

impl Raw {
    fn new() -> Result<Self, Error> {
        // A box cannot be asked for without ending the process when there is no memory.
        let mut memory = Vec::new();
        memory.try_reserve_exact(1).map_err(|_| Error::Memory)?;
        memory.push(bz_stream::zeroed());
        let mut memory = ManuallyDrop::new(memory);
        let capacity = memory.capacity();
        let raw = NonNull::new(memory.as_mut_ptr()).ok_or(Error::Memory)?;
        Ok(Self { raw, capacity })
    }

    /// Runs one step, which consumes as much as the library can count.
    ///
    /// # Safety
    ///
    /// - `step` is the function of the library for what this was set up for.
    unsafe fn step(
        &mut self,
        input: &[u8],
        out: &mut OutBuf<'_>,
        step: impl FnOnce(*mut bz_stream) -> c_int,
    ) -> Result<Step, Error> {
        let count = |len: usize| c_uint::try_from(len).unwrap_or(c_uint::MAX);
        let spare = out.spare_mut();
        let (avail_in, avail_out) = (count(input.len()), count(spare.len()));
        let pointer = self.raw.as_ptr();
        // SAFETY: the struct is live (invariants). The library reads `avail_in` bytes of the input, which outlives the
        // call, and writes at most `avail_out` to the spare memory; each byte less that is left has been written.
        unsafe {
            (*pointer).next_in = input.as_ptr().cast();
            (*pointer).avail_in = avail_in;
            (*pointer).next_out = spare.as_mut_ptr().cast();
            (*pointer).avail_out = avail_out;
            let code = step(pointer);
            let (left_in, left_out) = ((*pointer).avail_in, (*pointer).avail_out);
            ((*pointer).next_in, (*pointer).avail_in) = (ptr::null(), 0);
            ((*pointer).next_out, (*pointer).avail_out) = (ptr::null_mut(), 0);
            out.advance((avail_out - left_out) as usize);
            check(code)?;
            Ok(Step { consumed: (avail_in - left_in) as usize, ended: code == bz::BZ_STREAM_END })
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: it is the only item of a `Vec` of this capacity (invariants), and is given back once.
        drop(unsafe { Vec::from_raw_parts(self.raw.as_ptr(), 1, self.capacity) });
    }
}

/// Tells an error of the library from success.
fn check(code: c_int) -> Result<(), Error> {
    match code {
        bz::BZ_OK | bz::BZ_RUN_OK | bz::BZ_FLUSH_OK | bz::BZ_FINISH_OK | bz::BZ_STREAM_END => Ok(()),
        bz::BZ_PARAM_ERROR => Err(Error::Parameter),
        bz::BZ_MEM_ERROR => Err(Error::Memory),
        bz::BZ_DATA_ERROR | bz::BZ_DATA_ERROR_MAGIC => Err(Error::Data),
        bz::BZ_SEQUENCE_ERROR => Err(Error::Sequence),
        code => Err(Error::Other(code)),
    }
}

/// A stream that compresses.
///
/// # Invariants
///
/// - `raw` has been set up for compression.
pub struct Compress {
    raw: Raw,
}

impl Compress {
    /// A new stream with blocks of `level` times 100 kB, 1 to 9.
    pub fn new(level: i32) -> Result<Self, Error> {
        let raw = Raw::new()?;
        // SAFETY: the struct is live, and asks for the default allocator.
        check(unsafe { bz::BZ2_bzCompressInit(raw.raw.as_ptr(), level, 0, 0) })?;
        Ok(Self { raw })
    }

    /// Compresses `input` into `out` until one of them is used up, or with [`Action::Finish`] the stream has ended.
    ///
    /// Of more than 4 GiB only as much is taken as the library can count, and then the stream is not ended.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, action: Action) -> Result<Step, Error> {
        let action = match action {
            Action::Finish if input.len() <= c_uint::MAX as usize => bz::BZ_FINISH,
            // The library takes it for an error to be run without input.
            _ if input.is_empty() => return Ok(Step { consumed: 0, ended: false }),
            _ => bz::BZ_RUN,
        };
        // SAFETY: the struct is set up for compression (invariants).
        unsafe { self.raw.step(input, out, |raw| bz::BZ2_bzCompress(raw, action)) }
    }
}

impl Drop for Compress {
    fn drop(&mut self) {
        // SAFETY: the struct is set up for compression (invariants), and not used after this.
        unsafe { bz::BZ2_bzCompressEnd(self.raw.raw.as_ptr()) };
    }
}

impl std::fmt::Debug for Compress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compress").finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
