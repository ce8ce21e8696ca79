//! zlib-rs as two safe types, [`Deflate`] and [`Inflate`].
//!
//! The difference from zlib-rs's own safe interface is what a Python module needs beyond it: memory from a given
//! allocator, whose refusal is an error and not the end of the process; copies of streams; and the messages of errors.

pub use inflate::Memory;
use outbuf::OutBuf;
use std::ffi::{CStr, c_uint, c_void};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use zlib_rs::c_api::z_stream;
use zlib_rs::deflate::DeflateStream;
use zlib_rs::inflate::InflateStream;
pub use zlib_rs::{DeflateConfig, DeflateFlush, InflateFlush, Method, ReturnCode, Strategy};
use zlib_rs::{InflateConfig, deflate};

fn raw_stream(memory: Memory) -> z_stream {
    let (zalloc, zfree) = memory.functions();
    z_stream {
        next_in: ptr::null(),
        avail_in: 0,
        total_in: 0,
        next_out: ptr::null_mut(),
        avail_out: 0,
        total_out: 0,
        msg: ptr::null_mut(),
        state: ptr::null_mut(),
        zalloc: Some(zalloc),
        zfree: Some(zfree),
        opaque: ptr::null_mut::<c_void>(),
        data_type: 0,
        adler: 0,
        reserved: 0,
    }
}

/// What one step of a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How much of the input has been consumed.
    pub consumed: usize,
    /// What zlib calls the result.
    pub code: ReturnCode,
}

/// Points `raw` at the buffers, of which a step takes as much as zlib can count.
fn lend(raw: &mut z_stream, input: &[u8], out: &mut OutBuf<'_>) -> (c_uint, c_uint) {
    let count = |len: usize| c_uint::try_from(len).unwrap_or(c_uint::MAX);
    let spare = out.spare_mut();
    raw.next_in = input.as_ptr();
    raw.avail_in = count(input.len());
    raw.next_out = spare.as_mut_ptr().cast();
    raw.avail_out = count(spare.len());
    (raw.avail_in, raw.avail_out)
}

/// Takes the buffers back, and counts.
///
/// # Safety
///
/// - `lent` is what [`lend`] returned for `raw` and `out`, and since then `raw` has run one step.
unsafe fn take_back(raw: &mut z_stream, out: &mut OutBuf<'_>, lent: (c_uint, c_uint), code: ReturnCode) -> Step {
    let consumed = (lent.0 - raw.avail_in) as usize;
    // SAFETY: so much room less is left because so much has been written, from the start of the spare memory.
    unsafe { out.advance((lent.1 - raw.avail_out) as usize) };
    // Nothing is left that points to memory of others.
    (raw.next_in, raw.avail_in, raw.next_out, raw.avail_out) = (ptr::null(), 0, ptr::null_mut(), 0);
    Step { consumed, code }
}

/// What zlib-rs says when a stream is in the state that an error has left.
const FORGOTTEN: &CStr = c"repeated call with bad state";

fn message(raw: &z_stream) -> Option<&'static CStr> {
    // SAFETY: zlib-rs sets NULL or one of its constant messages, which end in NUL.
    if raw.msg.is_null() { None } else { Some(unsafe { CStr::from_ptr(raw.msg) }) }
}

/// A stream that compresses.
///
/// # Invariants
///
/// - `raw` has been set up by `deflate::init` or `deflate::copy` and not been ended; its state is its own.
pub struct Deflate {
    raw: z_stream,
    window_bits: i32,
    mem_level: i32,
    ended: bool,
    header: Header,
}

/// What is to be changed in the header that zlib-rs writes.
#[derive(Clone, Copy)]
struct Header {
    /// Whether the stream is compressed by level 2 where level 1 was asked for.
    ///
    /// zlib-rs follows zlib-ng, whose level 1 is made for speed alone: its results are larger than zlib's by a quarter,
    /// and by a third on JSON. Level 2 with [a smaller search](FASTEST) makes results as long as zlib's, in half the
    /// time.
    poses_as_fastest: bool,
    has_dictionary: bool,
}

/// How level 2 searches when it stands for level 1: only the last place with the same hash is looked at, and what is
/// inside a repetition is not entered. In zlib's order: good length, laziness, nice length, length of chains.
const FASTEST: (usize, usize, usize, usize) = (4, 0, 8, 1);

impl Header {
    /// Takes the level that does the work, and notes what to say of it.
    fn for_config(config: DeflateConfig) -> (DeflateConfig, Self) {
        let poses_as_fastest = config.level == 1;
        let level = if poses_as_fastest { 2 } else { config.level };
        (DeflateConfig { level, ..config }, Self { poses_as_fastest, has_dictionary: false })
    }

    /// Where the header names the level, and what stands there for the fastest: in the zlib container the two bits
    /// FLEVEL with the check bits behind them (RFC 1950), in gzip's the byte XFL (RFC 1952). A raw stream has neither.
    fn fastest(self, window_bits: i32) -> Option<(usize, u8)> {
        const XFL_FASTEST: u8 = 4;
        match window_bits {
            ..0 => None,
            0..=15 => {
                let first = 0x08 | (window_bits.max(9) as u16 - 8) << 4;
                let flags = if self.has_dictionary { 0x20 } else { 0 };
                Some((1, (flags + (31 - (first << 8 | flags) % 31)) as u8))
            }
            _ => Some((8, XFL_FASTEST)),
        }
    }
}

// SAFETY: between steps the stream points to nothing but its own state, and `Memory` works on any thread.
unsafe impl Send for Deflate {}

impl Deflate {
    /// A new stream.
    pub fn new(memory: Memory, config: DeflateConfig) -> Result<Self, ReturnCode> {
        let mut raw = raw_stream(memory);
        let (config, header) = Header::for_config(config);
        match deflate::init(&mut raw, config) {
            ReturnCode::Ok => {
                let DeflateConfig { window_bits, mem_level, .. } = config;
                let mut stream = Self { raw, window_bits, mem_level, ended: false, header };
                stream.tune();
                Ok(stream)
            }
            code => Err(code),
        }
    }

    /// Whether this stream could be [restarted](Self::restart) with `config`.
    pub(crate) fn has_shape_of(&self, config: DeflateConfig) -> bool {
        (self.window_bits, self.mem_level) == (config.window_bits, config.mem_level)
    }

    /// Whether the stream has come to its end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Makes a stream that has come to its end a new one, of the same shape.
    pub(crate) fn restart(&mut self, config: DeflateConfig) -> Result<(), ReturnCode> {
        debug_assert!(self.ended && self.has_shape_of(config));
        self.ended = false;
        let (config, header) = Header::for_config(config);
        self.header = header;
        match deflate::reset(self.stream()) {
            ReturnCode::Ok => {}
            code => return Err(code),
        }
        // Before the first step this changes nothing but the numbers.
        match deflate::params(self.stream(), config.level, config.strategy) {
            ReturnCode::Ok => {
                self.tune();
                Ok(())
            }
            code => Err(code),
        }
    }

    fn tune(&mut self) {
        if self.header.poses_as_fastest {
            let (good, lazy, nice, chain) = FASTEST;
            deflate::tune(self.stream(), good, lazy, nice, chain);
        }
    }

    fn stream(&mut self) -> &mut DeflateStream<'static> {
        // SAFETY: `raw` is set up (invariants), and is lent for as long as the result is.
        match unsafe { DeflateStream::from_stream_mut(&mut self.raw) } {
            Some(stream) => stream,
            None => unreachable!("a stream that has been set up has a state and an allocator"),
        }
    }

    /// Compresses `input` into `out` until one of them is used up.
    ///
    /// Of more than 4 GiB only as much is taken as zlib can count, and then nothing is flushed.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: DeflateFlush) -> Step {
        let flush = if input.len() > c_uint::MAX as usize { DeflateFlush::NoFlush } else { flush };
        let lent = lend(&mut self.raw, input, out);
        let code = deflate::deflate(self.stream(), flush);
        self.ended = code == ReturnCode::StreamEnd;
        if self.header.poses_as_fastest
            && let Some((position, byte)) = self.header.fastest(self.window_bits)
        {
            let written = (lent.1 - self.raw.avail_out) as usize;
            // The header is in the first bytes; a total that has wrapped around at 32 bits is smaller than what was written.
            let start = (self.raw.total_out as usize).checked_sub(written);
            if let Some(start) = start.filter(|start| (*start..*start + written).contains(&position)) {
                out.spare_mut()[position - start].write(byte);
            }
        }
        // SAFETY: lent above, and run once.
        unsafe { take_back(&mut self.raw, out, lent, code) }
    }

    /// Starts from a dictionary. There must have been no step yet, or for a raw stream a flush.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), ReturnCode> {
        if dictionary.len() > c_uint::MAX as usize {
            return Err(ReturnCode::StreamError);
        }
        match deflate::set_dictionary(self.stream(), dictionary) {
            ReturnCode::Ok => {
                self.header.has_dictionary |= !dictionary.is_empty();
                Ok(())
            }
            code => Err(code),
        }
    }

    /// Puts `count` bits, less than eight, in front of what is written next, behind a flush to a whole byte.
    pub fn prime(&mut self, bits: u8, count: u32) -> Result<(), ReturnCode> {
        match deflate::prime(self.stream(), count as i32, i32::from(bits)) {
            ReturnCode::Ok => Ok(()),
            code => Err(code),
        }
    }

    /// An independent stream in the same state.
    pub fn try_clone(&mut self) -> Result<Self, ReturnCode> {
        let mut copy = MaybeUninit::uninit();
        match deflate::copy(&mut copy, self.stream()) {
            ReturnCode::Ok => {
                // SAFETY: both structs have the layout of C's z_stream, and `copy` has been set up.
                let raw = unsafe { copy.as_ptr().cast::<z_stream>().read() };
                let Self { window_bits, mem_level, ended, header, .. } = *self;
                Ok(Self { raw, window_bits, mem_level, ended, header })
            }
            code => Err(code),
        }
    }

    /// What zlib says of the last error.
    pub fn message(&self) -> Option<&'static CStr> {
        message(&self.raw)
    }
}

impl Drop for Deflate {
    fn drop(&mut self) {
        // A stream that is given up in the middle is no error here.
        let _ = deflate::end(self.stream());
    }
}

impl std::fmt::Debug for Deflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deflate").finish_non_exhaustive()
    }
}

/// A stream that decompresses by zlib-rs, with which tests and the fuzz target compare [`Reader`](crate::reader::Reader).
///
/// # Invariants
///
/// - `raw` has been set up by `inflate::init` or `inflate::copy` and not been ended; its state is its own.
pub struct Inflate {
    raw: z_stream,
    memory: Memory,
    window_bits: i32,
    has_dictionary: bool,
    /// The first error in the data, which is what every later step ends in, too.
    error: Option<&'static CStr>,
}

// SAFETY: between steps the stream points to nothing but its own state, and `Memory` works on any thread.
unsafe impl Send for Inflate {}

impl Inflate {
    /// A new stream. `window_bits` is as in zlib: 8 to 15 for zlib's container, 0 for what its header says, the same
    /// negative for raw streams, plus 16 for gzip's, plus 32 for either.
    pub fn new(memory: Memory, window_bits: i32) -> Result<Self, ReturnCode> {
        let mut raw = raw_stream(memory);
        match zlib_rs::inflate::init(&mut raw, InflateConfig { window_bits }) {
            ReturnCode::Ok => Ok(Self { raw, memory, window_bits, has_dictionary: false, error: None }),
            code => Err(code),
        }
    }

    fn stream(&mut self) -> &mut InflateStream<'static> {
        // SAFETY: `raw` is set up (invariants), and is lent for as long as the result is.
        match unsafe { InflateStream::from_stream_mut(&mut self.raw) } {
            Some(stream) => stream,
            None => unreachable!("a stream that has been set up has a state and an allocator"),
        }
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    ///
    /// Of more than 4 GiB only as much is taken as zlib can count.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        let flush = if input.len() > c_uint::MAX as usize { InflateFlush::NoFlush } else { flush };
        let lent = lend(&mut self.raw, input, out);
        // SAFETY: the stream points to input and output that outlive the call.
        let code = unsafe { zlib_rs::inflate::inflate(self.stream(), flush) };
        // SAFETY: lent above, and run once.
        unsafe { take_back(&mut self.raw, out, lent, code) }
    }

    /// Gives the stream the dictionary that it needs; a raw stream takes one at any time.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), ReturnCode> {
        match zlib_rs::inflate::set_dictionary(self.stream(), dictionary) {
            ReturnCode::Ok => {
                self.has_dictionary = true;
                Ok(())
            }
            code => Err(code),
        }
    }

    /// An independent stream in the same state.
    pub fn try_clone(&mut self) -> Result<Self, ReturnCode> {
        // Copying a stream without an output buffer is refused, even if it points to nothing.
        self.raw.next_out = NonNull::dangling().as_ptr();
        let mut copy = MaybeUninit::uninit();
        // SAFETY: source and target are two values, and the source is set up (invariants).
        let code = unsafe { zlib_rs::inflate::copy(&mut copy, self.stream()) };
        self.raw.next_out = ptr::null_mut();
        match code {
            ReturnCode::Ok => {
                // SAFETY: both structs have the layout of C's z_stream, and `copy` has been set up.
                let mut raw = unsafe { copy.as_ptr().cast::<z_stream>().read() };
                raw.next_out = ptr::null_mut();
                Ok(Self { raw, ..*self })
            }
            code => Err(code),
        }
    }

    /// What zlib says of the last error, which the first `consumed` bytes of `input` have led to since the stream was
    /// last asked, or began.
    ///
    /// zlib-rs forgets what is wrong when its fast loop has found it: it looks at the state again, and then says that
    /// it is bad. If `input` is all that the stream has seen, it is read once more without that loop, to find out.
    /// Otherwise the text is that of the one error that damage makes common there.
    pub fn message(&mut self, input: &[u8], consumed: usize) -> Option<&'static CStr> {
        if self.error.is_some() {
            return self.error;
        }
        let mut found = message(&self.raw);
        if found == Some(FORGOTTEN) {
            let whole = self.raw.total_in as usize == consumed && !self.has_dictionary;
            let again = if whole { self.first_error(input) } else { None };
            found = again.or(Some(c"invalid distance too far back"));
        }
        self.error = found;
        found
    }

    /// Looks for an error from the beginning on, so little room at a time that the fast loop is not entered.
    fn first_error(&self, mut input: &[u8]) -> Option<&'static CStr> {
        let mut stream = Self::new(self.memory, self.window_bits).ok()?;
        loop {
            let mut room = [MaybeUninit::uninit(); 200];
            let step = stream.step(input, &mut OutBuf::new(&mut room), InflateFlush::SyncFlush);
            input = &input[step.consumed..];
            match step.code {
                ReturnCode::Ok => {}
                ReturnCode::DataError => return message(&stream.raw).filter(|found| *found != FORGOTTEN),
                _ => return None,
            }
        }
    }
}

impl Drop for Inflate {
    fn drop(&mut self) {
        zlib_rs::inflate::end(self.stream());
    }
}

impl std::fmt::Debug for Inflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflate").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
