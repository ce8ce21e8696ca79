use super::StreamPool;
use crate::boxed::Boxed;
use crate::return_code::ReturnCode;
use deflate::{Config, Deflate, Flush, Profile, Strategy};
use inflate::{Inflate, Memory};
use outbuf::OutBuf;
use std::ffi::{c_uint, c_void};
use std::mem::MaybeUninit;

fn pool() -> StreamPool {
    unsafe extern "C" {
        fn calloc(count: usize, size: usize) -> *mut c_void;
        fn free(memory: *mut c_void);
    }
    unsafe extern "C" fn allocate(_: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
        // SAFETY: any two numbers may be requested.
        unsafe { calloc(items as usize, size as usize) }
    }
    unsafe extern "C" fn release(_: *mut c_void, memory: *mut c_void) {
        // SAFETY: the memory came from calloc.
        unsafe { free(memory) }
    }
    // SAFETY: calloc gives memory of that size or NULL, which free takes back.
    StreamPool::new(unsafe { Memory::new(allocate, release) })
}

/// Text-like data with noise in it.
fn data(seed: usize, len: usize) -> Vec<u8> {
    let mut state = seed as u64 * 2 + 1;
    let mut data = Vec::new();
    while data.len() < len {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match state >> 62 {
            0 => data.extend_from_slice(&state.to_le_bytes()),
            1 => data.extend_from_slice(&b"some words that come again "[(state >> 40) as usize % 20..]),
            2 => data.extend(std::iter::repeat_n((state >> 30) as u8, (state >> 40) as usize % 300)),
            _ => data.extend_from_within(data.len() / 2..data.len().min(data.len() / 2 + 100)),
        }
    }
    data.truncate(len);
    data
}

fn compress(stream: &mut Deflate, data: &[u8], flush: Flush) -> Vec<u8> {
    let mut memory = vec![MaybeUninit::uninit(); 2 * data.len() + 100_000];
    let mut output = OutBuf::new(&mut memory);
    stream.deflate(&mut &data[..], &mut output, flush).expect("there is room");
    output.filled().to_vec()
}

fn decompress(stream: &mut Inflate, data: &[u8]) -> (Vec<u8>, ReturnCode) {
    let mut memory = vec![MaybeUninit::uninit(); 200_000];
    let mut output = OutBuf::new(&mut memory);
    let step = stream.step(data, &mut output, inflate::Flush::Sync);
    (output.filled().to_vec(), step.status.into())
}

fn config(round: usize) -> Config {
    let strategies = [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed];
    Config {
        level: (round as i32 * 7) % 10,
        method: 8,
        window_bits: [15, -15, 31, 15, 9, -12][round / 2 % 6],
        mem_level: [8, 8, 1, 9][round / 3 % 4],
        strategy: strategies[round / 5 % 5],
        profile: [Profile::Fast, Profile::Exact][round / 7 % 2],
    }
}

#[test]
fn a_stream_used_again_gives_the_bytes_of_a_new_one() {
    let pool = pool();
    for round in 0..600 {
        let data = data(round, (round * 7919) % 90_000);
        let config = config(round);
        let mut again = pool.deflate(&config).expect("memory");
        let mut fresh = Deflate::new(&config).expect("memory");
        assert_eq!(
            compress(&mut again, &data, Flush::Finish),
            compress(&mut fresh, &data, Flush::Finish),
            "{round} {config:?}"
        );
        pool.keep_deflate(again);
        // Others are kept in the middle of a stream.
        let mut other = pool.deflate(&self::config(round + 1)).expect("memory");
        compress(&mut other, &data, Flush::No);
        pool.keep_deflate(other);
    }
}

#[test]
fn a_stream_of_another_size_is_not_used() {
    let pool = pool();
    let config = Config::default();
    pool.keep_deflate(Boxed::new(Deflate::new(&config).expect("memory")).expect("memory"));
    let small = Config { window_bits: 9, ..config };
    assert!(pool.deflate.take(|stream| stream.restart(&small) == Ok(true)).is_none());
    let exact = Config { profile: Profile::Exact, ..config };
    assert!(pool.deflate.take(|stream| stream.restart(&exact) == Ok(true)).is_none());
    let raw = Config { window_bits: -15, level: 1, ..config };
    assert!(pool.deflate.take(|stream| stream.restart(&raw) == Ok(true)).is_some());
    assert!(pool.deflate.take(|stream| stream.restart(&config) == Ok(true)).is_none());
}

#[test]
fn a_decompressor_used_again_reads_what_a_new_one_reads() {
    let pool = pool();
    for round in 0..300 {
        let data = data(round, (round * 7919) % 70_000);
        let window_bits = [15, -15, 31, 9, -9, 25][round % 6];
        let config = Config { level: (round % 10) as i32, window_bits, ..Config::default() };
        let mut packed = compress(&mut pool.deflate(&config).expect("memory"), &data, Flush::Finish);
        // Some end in the middle, and some in an error.
        match round % 7 {
            3 => packed.truncate(packed.len() / 2),
            5 => packed[0] ^= 0xff,
            _ => {}
        }
        // Some refer to data before the window.
        let window_bits = match round % 5 {
            0 => window_bits.signum() * 9,
            2 | 4 if window_bits > 0 => 47,
            _ => window_bits,
        };
        let mut again = pool.inflate(window_bits).expect("memory");
        let mut fresh = self::pool().inflate(window_bits).expect("memory");
        assert_eq!(decompress(&mut again, &packed), decompress(&mut fresh, &packed), "{round}");
        pool.keep_inflate(again);
    }
    for wrong in [7, 100, -16] {
        assert_eq!(pool.inflate(wrong).err(), Some(ReturnCode::StreamError));
    }
}
