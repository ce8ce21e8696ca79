//! Streams against each other, against what is wrong, and against memory that runs out.

use super::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateFlush, ReturnCode, Step};
use crate::testing::{blocks_out, compress_with, grant, inflate_with, memory, random_data};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

fn config(level: i32, window_bits: i32, mem_level: i32) -> DeflateConfig {
    DeflateConfig { level, window_bits, mem_level, ..DeflateConfig::default() }
}

#[test]
fn what_is_compressed_comes_back() {
    let mut seed = 1;
    for window_bits in [9, 12, 15, -9, -15, 25, 31] {
        for mem_level in [1, 8, 9] {
            for level in 0..=9 {
                let data = random_data(&mut seed, (level as usize * 5003 + mem_level as usize) % 40_000);
                let mut deflate = Deflate::new(memory(), config(level, window_bits, mem_level)).expect("memory");
                let mut packed = compress_with(&mut deflate, &data);
                let len = packed.len();
                packed.extend_from_slice(b"more");
                let mut inflate = Inflate::new(memory(), window_bits).expect("memory");
                let result = inflate_with(&mut inflate, &packed, 501);
                assert_eq!(result, (data, len, ReturnCode::StreamEnd), "{window_bits} {mem_level} {level}");
            }
        }
    }
}

#[test]
fn copies_go_their_own_ways() {
    let mut seed = 2;
    let data = random_data(&mut seed, 100_000);
    for level in [0, 1, 3, 6, 9] {
        for cut in [0, 1, 5000, 70_000, 99_999] {
            let mut first = Deflate::new(memory(), config(level, 31, 8)).expect("memory");
            let mut head = vec![MaybeUninit::uninit(); 200_000];
            let mut head = OutBuf::new(&mut head);
            first.step(&data[..cut], &mut head, DeflateFlush::NoFlush);
            let mut second = first.try_clone().expect("memory");
            let rest = compress_with(&mut first, &data[cut..]);
            drop(first);
            assert_eq!(compress_with(&mut second, &data[cut..]), rest);
            let packed = [head.filled(), &rest].concat();

            let mut first = Inflate::new(memory(), 47).expect("memory");
            let mut head = vec![MaybeUninit::uninit(); cut / 2];
            let mut head = OutBuf::new(&mut head);
            let Step { consumed, .. } = first.step(&packed, &mut head, InflateFlush::SyncFlush);
            let mut second = first.try_clone().expect("memory");
            let expected = (data[head.len()..].to_vec(), packed.len() - consumed, ReturnCode::StreamEnd);
            assert_eq!(inflate_with(&mut first, &packed[consumed..], 4000), expected);
            drop(first);
            assert_eq!(inflate_with(&mut second, &packed[consumed..], 10), expected);
        }
    }
    assert_eq!(blocks_out(), 0);
}

#[test]
fn dictionaries() {
    let dictionary = b"the quick brown fox jumps over the lazy dog";
    let data = b"a lazy dog, the quick brown fox";
    for window_bits in [15, -15] {
        let mut deflate = Deflate::new(memory(), config(9, window_bits, 8)).expect("memory");
        deflate.set_dictionary(dictionary).expect("at the start");
        let packed = compress_with(&mut deflate, data);
        let mut inflate = Inflate::new(memory(), window_bits).expect("memory");
        if window_bits > 0 {
            let (_, consumed, code) = inflate_with(&mut inflate, &packed, 100);
            assert_eq!((consumed, code), (6, ReturnCode::NeedDict));
            assert_eq!(inflate.set_dictionary(b"another"), Err(ReturnCode::DataError));
            inflate.set_dictionary(dictionary).expect("the right one");
            assert_eq!(inflate_with(&mut inflate, &packed[consumed..], 100).0, data);
        } else {
            inflate.set_dictionary(dictionary).expect("any time");
            assert_eq!(inflate_with(&mut inflate, &packed, 100).0, data);
        }
    }
    let mut gzip = Deflate::new(memory(), config(9, 31, 8)).expect("memory");
    assert_eq!(gzip.set_dictionary(dictionary), Err(ReturnCode::StreamError));
}

#[test]
fn wrong_parameters_are_refused() {
    for wrong in [config(10, 15, 8), config(-2, 15, 8), config(6, 7, 8), config(6, -8, 8), config(6, 16, 8)] {
        assert_eq!(Deflate::new(memory(), wrong).err(), Some(ReturnCode::StreamError), "{wrong:?}");
    }
    for wrong in [config(6, 15, 0), config(6, 15, 10), config(6, i32::MIN, 8), config(6, i32::MAX, 8)] {
        assert_eq!(Deflate::new(memory(), wrong).err(), Some(ReturnCode::StreamError), "{wrong:?}");
    }
    for wrong in [1, 7, -7, -16, 17, 63, 1000, i32::MIN, i32::MAX] {
        assert_eq!(Inflate::new(memory(), wrong).err(), Some(ReturnCode::StreamError), "{wrong}");
    }
    assert_eq!(blocks_out(), 0);
}

#[test]
fn damage_is_an_error_or_other_data() {
    let mut seed = 3;
    let data = random_data(&mut seed, 3000);
    let packed = compress_with(&mut Deflate::new(memory(), config(6, 15, 8)).expect("memory"), &data);
    for position in 0..packed.len() {
        let mut damaged = packed.clone();
        damaged[position] ^= 1 << (position % 8);
        let mut inflate = Inflate::new(memory(), 15).expect("memory");
        let room = [700, 100][position % 2];
        let (result, consumed, code) = inflate_with(&mut inflate, &damaged, room);
        assert!(consumed <= damaged.len());
        assert!(code != ReturnCode::StreamEnd || result == data, "damage at {position} goes unnoticed");
        if code == ReturnCode::DataError {
            let message = inflate.message(&damaged, consumed);
            // The loop for long output and the one for short output find the same.
            let mut inflate = Inflate::new(memory(), 15).expect("memory");
            let (_, consumed, _) = inflate_with(&mut inflate, &damaged, 800 - room);
            assert_eq!(inflate.message(&damaged, consumed), message, "damage at {position}");
            assert!(message.is_some_and(|message| message != super::FORGOTTEN));
        }
        let (result, _, code) =
            inflate_with(&mut Inflate::new(memory(), 15).expect("memory"), &packed[..position], 700);
        assert!(data.starts_with(&result) && code == ReturnCode::BufError, "cut at {position}");
    }
}

#[test]
fn running_out_of_memory_is_an_error() {
    grant(0);
    assert_eq!(Deflate::new(memory(), config(6, 15, 8)).err(), Some(ReturnCode::MemError));
    assert_eq!(Inflate::new(memory(), 15).err(), Some(ReturnCode::MemError));
    grant(2);
    let mut deflate = Deflate::new(memory(), config(6, 15, 8)).expect("the first");
    let mut inflate = Inflate::new(memory(), 15).expect("the second");
    assert_eq!(deflate.try_clone().err(), Some(ReturnCode::MemError));
    assert_eq!(inflate.try_clone().err(), Some(ReturnCode::MemError));
    // What was there goes on.
    let packed = compress_with(&mut deflate, b"abc");
    assert_eq!(inflate_with(&mut inflate, &packed, 10).0, b"abc");
    drop((deflate, inflate));
    grant(usize::MAX);
    assert_eq!(blocks_out(), 0);
}

#[test]
fn the_header_says_the_level_that_was_asked_for() {
    for (window_bits, len, level, expected) in [
        (15, 2, 1, &[0x78, 0x01][..]),
        (15, 2, 2, &[0x78, 0x5e]),
        (9, 2, 1, &[0x18, 0x19]),
        (31, 10, 1, &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3]),
        (31, 10, 2, &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
    ] {
        let mut stream = Deflate::new(memory(), config(level, window_bits, 8)).expect("memory");
        let mut header = Vec::new();
        // Also when it comes byte by byte.
        while header.len() < len {
            let mut room = [MaybeUninit::uninit(); 1];
            let mut out = OutBuf::new(&mut room);
            stream.step(b"", &mut out, DeflateFlush::Finish);
            header.extend_from_slice(out.filled());
        }
        assert_eq!(header, expected, "{window_bits} {level}");
    }
}
