//! The system's zlib, declared here by hand (`zlib.h`).

use std::ffi::{c_char, c_int, c_uint, c_ulong, c_void};

#[repr(C)]
struct ZStream {
    next_in: *const u8,
    avail_in: c_uint,
    total_in: c_ulong,
    next_out: *mut u8,
    avail_out: c_uint,
    total_out: c_ulong,
    msg: *const c_char,
    state: *mut c_void,
    zalloc: *const c_void,
    zfree: *const c_void,
    opaque: *mut c_void,
    data_type: c_int,
    adler: c_ulong,
    reserved: c_ulong,
}

unsafe extern "C" {
    fn zlibVersion() -> *const c_char;
    fn deflateInit2_(
        stream: *mut ZStream,
        level: c_int,
        method: c_int,
        window_bits: c_int,
        mem_level: c_int,
        strategy: c_int,
        version: *const c_char,
        stream_size: c_int,
    ) -> c_int;
    fn deflate(stream: *mut ZStream, flush: c_int) -> c_int;
    fn deflateEnd(stream: *mut ZStream) -> c_int;
    fn deflateReset(stream: *mut ZStream) -> c_int;
    fn deflateCopy(to: *mut ZStream, from: *mut ZStream) -> c_int;
    fn deflateParams(stream: *mut ZStream, level: c_int, strategy: c_int) -> c_int;
    fn deflateSetDictionary(stream: *mut ZStream, dictionary: *const u8, len: c_uint) -> c_int;
    fn deflateBound(stream: *mut ZStream, len: c_ulong) -> c_ulong;
    fn inflateInit2_(stream: *mut ZStream, window_bits: c_int, version: *const c_char, stream_size: c_int) -> c_int;
    fn inflate(stream: *mut ZStream, flush: c_int) -> c_int;
    fn inflateSetDictionary(stream: *mut ZStream, dictionary: *const u8, len: c_uint) -> c_int;
    fn inflateEnd(stream: *mut ZStream) -> c_int;
}

/// `Z_OK`.
pub const OK: i32 = 0;
/// `Z_STREAM_END`.
pub const STREAM_END: i32 = 1;
/// `Z_NEED_DICT`.
pub const NEED_DICT: i32 = 2;
/// `Z_STREAM_ERROR`.
pub const STREAM_ERROR: i32 = -2;
/// `Z_DATA_ERROR`.
pub const DATA_ERROR: i32 = -3;
/// `Z_MEM_ERROR`.
pub const MEM_ERROR: i32 = -4;
/// `Z_BUF_ERROR`.
pub const BUF_ERROR: i32 = -5;

/// The version of the library.
pub fn version() -> String {
    // SAFETY: a static C string.
    unsafe { std::ffi::CStr::from_ptr(c_version()) }.to_string_lossy().into_owned()
}

/// The same as a static C string.
fn c_version() -> *const c_char {
    // SAFETY: the function takes nothing and can be called at any time.
    unsafe { zlibVersion() }
}

fn new_stream() -> Box<ZStream> {
    // SAFETY: all zero is a valid value of each field: null pointers and numbers.
    Box::new(unsafe { std::mem::zeroed() })
}

/// A stream of zlib.
pub struct CDeflate(Box<ZStream>);

impl std::fmt::Debug for CDeflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CDeflate")
    }
}

impl CDeflate {
    /// `deflateInit2`, or its error.
    pub fn new(level: i32, method: i32, window_bits: i32, mem_level: i32, strategy: i32) -> Result<Self, i32> {
        let mut stream = new_stream();
        // SAFETY: the stream is zeroed and stays where it is; the size is that of the structure.
        let code = unsafe {
            deflateInit2_(
                &mut *stream,
                level,
                method,
                window_bits,
                mem_level,
                strategy,
                c_version(),
                size_of::<ZStream>() as c_int,
            )
        };
        if code == OK { Ok(Self(stream)) } else { Err(code) }
    }

    /// `deflate`: the result, the bytes read and the bytes written.
    pub fn deflate(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> (i32, usize, usize) {
        self.call(input, output, |stream| {
            // SAFETY: the stream is initialised, and input and output are there for the call.
            unsafe { deflate(stream, flush) }
        })
    }

    /// `deflateParams`, likewise.
    pub fn params(&mut self, input: &[u8], output: &mut [u8], level: i32, strategy: i32) -> (i32, usize, usize) {
        self.call(input, output, |stream| {
            // SAFETY: the stream is initialised, and input and output are there for the call.
            unsafe { deflateParams(stream, level, strategy) }
        })
    }

    fn call(&mut self, input: &[u8], output: &mut [u8], call: impl FnOnce(&mut ZStream) -> i32) -> (i32, usize, usize) {
        self.0.next_in = input.as_ptr();
        self.0.avail_in = input.len() as c_uint;
        self.0.next_out = output.as_mut_ptr();
        self.0.avail_out = output.len() as c_uint;
        let code = call(&mut self.0);
        (code, input.len() - self.0.avail_in as usize, output.len() - self.0.avail_out as usize)
    }

    /// `deflateReset`.
    pub fn reset(&mut self) {
        // SAFETY: the stream is initialised.
        unsafe { deflateReset(&mut *self.0) };
    }

    /// `deflateCopy`.
    pub fn copy(&mut self) -> Self {
        let mut to = new_stream();
        // SAFETY: both streams are there, and this one is initialised.
        assert_eq!(unsafe { deflateCopy(&mut *to, &mut *self.0) }, OK);
        Self(to)
    }

    /// `deflateSetDictionary`.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        // SAFETY: the stream is initialised, and the dictionary is only read during the call.
        unsafe { deflateSetDictionary(&mut *self.0, dictionary.as_ptr(), dictionary.len() as c_uint) }
    }

    /// `deflateBound`.
    pub fn bound(&mut self, len: usize) -> c_ulong {
        // SAFETY: the stream is initialised.
        unsafe { deflateBound(&mut *self.0, len as c_ulong) }
    }

    /// The check value.
    pub fn adler(&self) -> u32 {
        self.0.adler as u32
    }
}

impl Drop for CDeflate {
    fn drop(&mut self) {
        // SAFETY: the stream is initialised and not used again.
        unsafe { deflateEnd(&mut *self.0) };
    }
}

/// A stream of zlib that decompresses.
pub struct CInflate(Box<ZStream>);

impl std::fmt::Debug for CInflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CInflate")
    }
}

impl CInflate {
    /// `inflateInit2`, or its error.
    pub fn new(window_bits: i32) -> Result<Self, i32> {
        let mut stream = new_stream();
        // SAFETY: the stream is zeroed and stays where it is; the size is that of the structure.
        let code = unsafe { inflateInit2_(&mut *stream, window_bits, c_version(), size_of::<ZStream>() as c_int) };
        if code == OK { Ok(Self(stream)) } else { Err(code) }
    }

    /// `inflate`: the result, the bytes read and the bytes written.
    pub fn inflate(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> (i32, usize, usize) {
        self.0.next_in = input.as_ptr();
        self.0.avail_in = input.len() as c_uint;
        self.0.next_out = output.as_mut_ptr();
        self.0.avail_out = output.len() as c_uint;
        // SAFETY: the stream is initialised, and input and output are there for the call.
        let code = unsafe { inflate(&mut *self.0, flush) };
        (code, input.len() - self.0.avail_in as usize, output.len() - self.0.avail_out as usize)
    }

    /// `inflateSetDictionary`.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        // SAFETY: the stream is initialised, and the dictionary is only read during the call.
        unsafe { inflateSetDictionary(&mut *self.0, dictionary.as_ptr(), dictionary.len() as c_uint) }
    }

    /// The message about the data.
    pub fn message(&self) -> Option<String> {
        // SAFETY: NULL, or one of zlib's constant messages.
        (!self.0.msg.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(self.0.msg) }.to_string_lossy().into_owned())
    }
}

impl Drop for CInflate {
    fn drop(&mut self) {
        // SAFETY: the stream is initialised and not used again.
        unsafe { inflateEnd(&mut *self.0) };
    }
}

/// Decompresses a whole stream, which may need `dictionary`; `None` when it is not one of `max` bytes at most.
pub fn inflate_all(data: &[u8], window_bits: i32, dictionary: &[u8], max: usize) -> Option<Vec<u8>> {
    let mut stream = new_stream();
    // SAFETY: the stream is zeroed and stays where it is.
    let code = unsafe { inflateInit2_(&mut *stream, window_bits, c_version(), size_of::<ZStream>() as c_int) };
    assert_eq!(code, OK);
    if window_bits < 0 && !dictionary.is_empty() {
        // SAFETY: the stream is initialised, and the dictionary is only read during the call.
        unsafe { inflateSetDictionary(&mut *stream, dictionary.as_ptr(), dictionary.len() as c_uint) };
    }
    let mut output = vec![0; max + 1];
    stream.next_in = data.as_ptr();
    stream.avail_in = data.len() as c_uint;
    stream.next_out = output.as_mut_ptr();
    stream.avail_out = output.len() as c_uint;
    let code = loop {
        // SAFETY: the stream is initialised, and input and output are there for the call.
        let code = unsafe { inflate(&mut *stream, 4) };
        if code != NEED_DICT {
            break code;
        }
        // SAFETY: the stream is initialised, and asks for a dictionary, which is a slice of this length.
        unsafe { inflateSetDictionary(&mut *stream, dictionary.as_ptr(), dictionary.len() as c_uint) };
    };
    output.truncate(output.len() - stream.avail_out as usize);
    let whole = code == STREAM_END && stream.avail_in == 0;
    // SAFETY: the stream is initialised and not used again.
    unsafe { inflateEnd(&mut *stream) };
    whole.then_some(output)
}
