//! What the tests share: memory that counts and can run out, data that is alike in every run, whole streams.

use crate::reader::Reader;
use crate::stream::{Deflate, DeflateFlush, Inflate, InflateFlush, Memory, ReturnCode, Step};
use outbuf::OutBuf;
use std::cell::Cell;
use std::ffi::{c_uint, c_void};
use std::mem::MaybeUninit;

thread_local! {
    /// How many more requests are granted on this thread, and how many blocks are out.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static OUT: Cell<isize> = const { Cell::new(0) };
}

/// Lets the next `count` requests of this thread succeed and no more.
pub(crate) fn grant(count: usize) {
    LEFT.set(count);
}

/// How many blocks this thread has out.
pub(crate) fn blocks_out() -> isize {
    OUT.get()
}

/// Memory from the global allocator, with the size in front of each block.
pub(crate) fn memory() -> Memory {
    const HEAD: usize = 16;
    unsafe extern "C" fn zalloc(_: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
        if LEFT.get() == 0 {
            return std::ptr::null_mut();
        }
        LEFT.set(LEFT.get() - 1);
        OUT.set(OUT.get() + 1);
        let size = items as usize * size as usize + HEAD;
        let layout = std::alloc::Layout::from_size_align(size, HEAD).expect("a small block");
        // SAFETY: the size is not zero.
        let block = unsafe { std::alloc::alloc(layout) };
        assert!(!block.is_null(), "a small block");
        // The contents of new memory must not matter.
        // SAFETY: the block has `size` bytes.
        unsafe { block.write_bytes(0xa5, size) };
        // SAFETY: the block has room for its size, and is aligned to 16 bytes.
        unsafe { block.cast::<usize>().write(size) };
        // SAFETY: the block has at least `HEAD` bytes.
        unsafe { block.add(HEAD).cast() }
    }
    unsafe extern "C" fn zfree(_: *mut c_void, memory: *mut c_void) {
        OUT.set(OUT.get() - 1);
        // SAFETY: the memory came from `zalloc`, `HEAD` bytes after the start of its block.
        let block = unsafe { memory.cast::<u8>().sub(HEAD) };
        // SAFETY: `zalloc` wrote the size there.
        let size = unsafe { block.cast::<usize>().read() };
        let layout = std::alloc::Layout::from_size_align(size, HEAD).expect("as before");
        // SAFETY: the block is from this allocator, with this layout, and is given back once.
        unsafe { std::alloc::dealloc(block, layout) };
    }
    // SAFETY: the functions do as the contract says.
    unsafe { Memory::new(zalloc, zfree) }
}

/// Data with some order in it: runs, repetitions, noise.
pub(crate) fn random_data(seed: &mut u64, len: usize) -> Vec<u8> {
    let mut next = || {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        (*seed >> 20) as usize
    };
    let mut data = Vec::with_capacity(len + 300);
    while data.len() < len {
        match next() % 4 {
            0 => data.extend((0..next() % 40).map(|_| next() as u8)),
            1 => data.extend(std::iter::repeat_n(next() as u8, next() % 300)),
            2 => data.extend_from_slice(&b"the quick brown fox jumps over the lazy dog; "[next() % 20..]),
            _ if !data.is_empty() => {
                let start = next() % data.len();
                let end = (start + next() % 260).min(data.len());
                data.extend_from_within(start..end);
            }
            _ => {}
        }
    }
    data.truncate(len);
    data
}

/// Compresses `data` to the end of the stream, with little room at a time.
pub(crate) fn compress_with(stream: &mut Deflate, mut data: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    loop {
        let mut room = [MaybeUninit::uninit(); 777];
        let mut out = OutBuf::new(&mut room);
        let step = stream.step(data, &mut out, DeflateFlush::Finish);
        data = &data[step.consumed..];
        result.extend_from_slice(out.filled());
        match step.code {
            ReturnCode::Ok => {}
            ReturnCode::StreamEnd => return result,
            code => panic!("{code:?}"),
        }
    }
}

/// What all decoders can do.
pub(crate) trait Decode {
    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step;
}

impl Decode for Inflate {
    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        Self::step(self, input, out, flush)
    }
}

impl Decode for Reader {
    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        Self::step(self, input, out, flush)
    }
}

/// Decompresses `data` with `room` bytes at a time, until a result that is neither progress nor the lack of it.
pub(crate) fn inflate_with(stream: &mut impl Decode, data: &[u8], room: usize) -> (Vec<u8>, usize, ReturnCode) {
    let (mut result, mut consumed) = (Vec::new(), 0);
    loop {
        // Exactly as long as what is lent, so that writing past it would show.
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut out = OutBuf::new(&mut memory);
        let step = stream.step(&data[consumed..], &mut out, InflateFlush::SyncFlush);
        consumed += step.consumed;
        result.extend_from_slice(out.filled());
        if step.code != ReturnCode::Ok {
            return (result, consumed, step.code);
        }
    }
}
