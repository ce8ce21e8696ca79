//! Round trips, damaged streams, and failing allocations.

use super::Error;
use crate::compress::Compress;
use crate::decompress::Decompress;
use outbuf::OutBuf;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::mem::MaybeUninit;

thread_local! {
    /// How many more large allocations succeed on this thread.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The system's allocator, in which large allocations can fail.
struct Limited;

/// Allocations up to this size always succeed.
const LARGE: usize = 4000;

fn granted(size: usize) -> bool {
    if size <= LARGE || LEFT.get() == usize::MAX {
        return true;
    }
    let granted = LEFT.get() > 0;
    LEFT.set(LEFT.get().saturating_sub(1));
    granted
}

// SAFETY: every call is forwarded to the system's allocator, or returns NULL.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !granted(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's contract is that of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !granted(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's contract is that of the system's allocator.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !granted(size) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's contract is that of the system's allocator.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract is that of the system's allocator.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Limited = Limited;

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

/// Compresses `data` as one stream, with space for `capacity` bytes in each step.
fn compress(mut data: &[u8], level: u8, capacity: usize) -> Vec<u8> {
    let mut stream = Compress::new(level);
    let mut result = Vec::new();
    loop {
        if data.is_empty() {
            stream.finish().expect("memory");
        }
        let mut memory = vec![MaybeUninit::uninit(); capacity];
        let mut out = OutBuf::new(&mut memory);
        let step = stream.step(data, &mut out).expect("memory");
        data = &data[step.consumed..];
        result.extend_from_slice(out.filled());
        if step.ended {
            return result;
        }
    }
}

/// Decompresses all of `data`; returns the output, how much is consumed, and whether the stream has ended.
fn decompress(data: &[u8], capacity: usize) -> Result<(Vec<u8>, usize, bool), Error> {
    let mut stream = Decompress::new();
    let (mut result, mut consumed) = (Vec::new(), 0);
    loop {
        let mut memory = vec![MaybeUninit::uninit(); capacity];
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
fn round_trips() {
    for (level, len, capacity) in [(1, 0, 10), (1, 1, 100), (1, 250_000, 999), (5, 20_000, 7), (9, 120_000, 100_000)] {
        let data = data(len);
        let mut packed = compress(&data, level, capacity);
        let end = packed.len();
        packed.extend_from_slice(b"more");
        assert_eq!(decompress(&packed, capacity), Ok((data, end, true)), "{level} {len} {capacity}");
    }
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
            // Damage to a count may make the decoder wait for more input; the block size may be larger.
            Ok((result, _, ended)) => assert!(!ended || result == data, "damage at {position} is not detected"),
        }
        let cut = decompress(&packed[..position], 100);
        assert!(cut.is_ok_and(|(result, consumed, ended)| data.starts_with(&result) && consumed == position && !ended));
    }
}

#[test]
fn failing_allocations_are_errors() {
    let packed = compress(b"abc", 1, 100);
    for grant in 0..4 {
        LEFT.set(grant);
        let result = decompress(&packed, 100);
        LEFT.set(usize::MAX);
        assert!(result.is_ok_and(|(result, ..)| result == b"abc") || grant < 1, "{grant}");
    }
}

/// After a failed allocation the call can be repeated, and the stream is the same.
#[test]
fn compression_resumes_after_a_failed_allocation() {
    let mut failures = 0;
    for data in [data(60_000), b"abc".repeat(9000)] {
        let expected = compress(&data, 1, 100_000);
        for grant in 0..20 {
            let mut memory = vec![MaybeUninit::uninit(); 100_000];
            let mut out = OutBuf::new(&mut memory);
            let mut stream = Compress::new(1);
            LEFT.set(grant);
            let taken = stream.step(&data, &mut out);
            let finished = if taken.is_ok() { stream.finish() } else { Ok(0) };
            LEFT.set(usize::MAX);
            if taken.is_err() || finished.is_err() {
                assert!(taken == Err(Error::Memory) || finished == Err(Error::Memory), "{grant}");
                failures += 1;
            }
            if taken.is_err() {
                assert_eq!(stream.step(&data, &mut out).expect("memory").consumed, data.len());
            }
            stream.finish().expect("memory");
            assert!(stream.step(&[], &mut out).is_ok_and(|step| step.ended));
            assert!(out.filled() == expected, "{grant}");
        }
    }
    assert!((8..30).contains(&failures), "{failures}");
}
