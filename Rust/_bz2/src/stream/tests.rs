//! Streams against each other, against damage, and against memory that runs out.

use super::{Action, Compress, Decompress, Error, Memory};
use outbuf::OutBuf;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

thread_local! {
    /// How many more requests are granted on this thread, and how many blocks are out.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static OUT: Cell<isize> = const { Cell::new(0) };
}

/// Memory from the global allocator, with the size in front of each block.
fn memory() -> Memory {
    const HEAD: usize = 16;
    unsafe extern "C" fn alloc(_: *mut c_void, items: c_int, size: c_int) -> *mut c_void {
        if LEFT.get() == 0 {
            return std::ptr::null_mut();
        }
        LEFT.set(LEFT.get() - 1);
        OUT.set(OUT.get() + 1);
        let size = items as usize * size as usize + HEAD;
        let layout = std::alloc::Layout::from_size_align(size, HEAD).expect("a small block");
        // SAFETY: the size is not zero, and the block has room for its size.
        unsafe {
            let block = std::alloc::alloc(layout);
            // What has not been written must not matter.
            block.write_bytes(0xa5, size);
            block.cast::<usize>().write(size);
            block.add(HEAD).cast()
        }
    }
    unsafe extern "C" fn free(_: *mut c_void, memory: *mut c_void) {
        OUT.set(OUT.get() - 1);
        // SAFETY: the memory came from `alloc`, which wrote the size in front of it.
        unsafe {
            let block = memory.cast::<u8>().sub(HEAD);
            let size = block.cast::<usize>().read();
            std::alloc::dealloc(block, std::alloc::Layout::from_size_align(size, HEAD).expect("as before"));
        }
    }
    // SAFETY: the functions do as the contract says.
    unsafe { Memory::new(alloc, free) }
}

fn data(len: usize) -> Vec<u8> {
    let mut seed = 5_u64;
    let mut data = Vec::new();
    while data.len() < len {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        match seed % 3 {
            0 => data.extend_from_slice(&seed.to_le_bytes()),
            1 => data.extend(std::iter::repeat_n(b'x', (seed >> 20) as usize % 300)),
            _ => data.extend_from_slice(b"the quick brown fox "),
        }
    }
    data.truncate(len);
    data
}

fn compress(mut data: &[u8], level: i32, room: usize) -> Vec<u8> {
    let mut stream = Compress::new(memory(), level).expect("memory");
    let mut result = Vec::new();
    loop {
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut out = OutBuf::new(&mut memory);
        let action = if data.is_empty() { Action::Finish } else { Action::Run };
        let step = stream.step(data, &mut out, action).expect("no error");
        data = &data[step.consumed..];
        result.extend_from_slice(out.filled());
        if step.ended {
            return result;
        }
    }
}

/// Decompresses all of `data`; returns what comes out, what is consumed, and whether the stream has ended.
fn decompress(data: &[u8], room: usize) -> Result<(Vec<u8>, usize, bool), Error> {
    let mut stream = Decompress::new(memory())?;
    let (mut result, mut consumed) = (Vec::new(), 0);
    loop {
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut out = OutBuf::new(&mut memory);
        let step = stream.step(&data[consumed..], &mut out);
        let step = match step {
            Ok(step) => step,
            Err(error) => {
                assert_eq!(stream.step(&data[consumed..], &mut out), Err(Error::Sequence), "after {error:?}");
                return Err(error);
            }
        };
        consumed += step.consumed;
        result.extend_from_slice(out.filled());
        if step.ended || (consumed == data.len() && out.remaining() > 0) {
            return Ok((result, consumed, step.ended));
        }
    }
}

#[test]
fn what_is_compressed_comes_back() {
    for (level, len, room) in [(1, 0, 10), (1, 1, 100), (1, 250_000, 999), (5, 20_000, 7), (9, 120_000, 100_000)] {
        let data = data(len);
        let mut packed = compress(&data, level, room);
        let end = packed.len();
        packed.extend_from_slice(b"more");
        assert_eq!(decompress(&packed, room), Ok((data, end, true)), "{level} {len} {room}");
    }
    assert_eq!(OUT.get(), 0);
}

#[test]
fn damage_is_an_error_or_the_same_data() {
    let data = data(600);
    let packed = compress(&data, 9, 1000);
    for position in 0..packed.len() {
        let mut damaged = packed.clone();
        damaged[position] ^= 1 << (position % 8);
        match decompress(&damaged, 100) {
            Err(error) => assert_eq!(error, Error::Data),
            // Damage to the count of bytes may make the decoder wait for more; the size of blocks may be larger.
            Ok((result, _, ended)) => assert!(!ended || result == data, "damage at {position} goes unnoticed"),
        }
        let cut = decompress(&packed[..position], 100);
        assert!(cut.is_ok_and(|(result, consumed, ended)| data.starts_with(&result) && consumed == position && !ended));
    }
}

#[test]
fn running_out_of_memory_is_an_error() {
    let packed = compress(b"abc", 1, 100);
    for grant in 0..8 {
        LEFT.set(grant);
        let stream = Compress::new(memory(), 9);
        assert!(stream.is_ok() || grant < 5, "{grant}");
        drop(stream);
        LEFT.set(grant);
        let result = decompress(&packed, 100);
        assert!(result.is_ok_and(|(result, ..)| result == b"abc") || grant < 5, "{grant}");
        LEFT.set(usize::MAX);
        assert_eq!(OUT.get(), 0);
    }
    LEFT.set(0);
    assert_eq!(Compress::new(memory(), 9).err(), Some(Error::Memory));
    assert_eq!(Decompress::new(memory()).err(), Some(Error::Memory));
    LEFT.set(usize::MAX);
    assert_eq!(Compress::new(memory(), 0).err(), Some(Error::Parameter));
    assert_eq!(Compress::new(memory(), 10).err(), Some(Error::Parameter));
    assert_eq!(OUT.get(), 0);
}
