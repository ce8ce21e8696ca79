//! Little streams against zlib-rs: what they decompress to, their headers, how long they are.

use super::{MOST, OVERHEAD, Shape};
use crate::stream::{Deflate, DeflateConfig, Inflate, ReturnCode, Strategy};
use crate::testing::{compress_with, inflate_with, memory, random_data};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

fn compress(config: DeflateConfig, data: &[u8]) -> Vec<u8> {
    let shape = Shape::new(config).expect("a possible shape");
    // Not a byte more than promised.
    let mut room = vec![MaybeUninit::uninit(); data.len() + OVERHEAD];
    let mut out = OutBuf::new(&mut room);
    shape.write_header(&mut out);
    shape.write_body(data, &mut out).expect("memory");
    out.filled().to_vec()
}

/// Data of many sorts: alike, random, with two symbols, with frequencies that make deep trees, up to the most there is.
fn samples(seed: &mut u64) -> Vec<Vec<u8>> {
    let mut samples = vec![Vec::new(), vec![7], vec![0; MOST], (0..=255).collect(), b"abcabcabcabcabc".to_vec()];
    let (mut deep, mut next) = (Vec::new(), (1, 1));
    for symbol in 0..16 {
        deep.extend(std::iter::repeat_n(symbol * 16, next.0));
        next = (next.1, next.0 + next.1);
    }
    // In an order without repetitions.
    let len = deep.len();
    deep = (0..len).map(|index| deep[(index * 1009) % len]).collect();
    samples.push(deep);
    for len in [1, 2, 3, 4, 5, 20, 100, 257, 258, 259, 600, 1000, 2047, 4000, MOST] {
        samples.push(random_data(seed, len));
        let noise = random_data(seed, len * 40);
        samples.push(
            noise.chunks(40).map(|chunk| chunk.iter().fold(0, |all: u8, byte| all.wrapping_mul(31) ^ byte)).collect(),
        );
        samples.push(samples[samples.len() - 1].iter().map(|byte| byte & 1).collect());
    }
    samples
}

#[test]
fn what_is_compressed_comes_back() {
    let mut seed = 21;
    for window_bits in [8, 9, 12, 15, -9, -15, 24 + 1, 31] {
        for level in -1..=9 {
            for data in samples(&mut seed) {
                let config = DeflateConfig { level, window_bits, ..DeflateConfig::default() };
                let packed = compress(config, &data);
                let mut inflate =
                    Inflate::new(memory(), if window_bits == 8 { 9 } else { window_bits }).expect("memory");
                let result = inflate_with(&mut inflate, &packed, 501);
                let len = data.len();
                assert_eq!(result, (data, packed.len(), ReturnCode::StreamEnd), "{window_bits} {level} {len}");
            }
        }
    }
}

#[test]
fn headers_and_stored_data_are_those_of_zlib() {
    for window_bits in [8, 9, 14, 15, -9, 25, 31] {
        for level in -1..=9 {
            let config = DeflateConfig { level, window_bits, ..DeflateConfig::default() };
            // A byte has no repetitions, and is shortest in the same form.
            for data in [b"".as_slice(), b"x", b"\xff", if level == 0 { &[7; 100] } else { b"xyz" }] {
                let theirs = compress_with(&mut Deflate::new(memory(), config).expect("memory"), data);
                assert_eq!(compress(config, data), theirs, "{config:?}");
            }
        }
    }
}

#[test]
fn little_streams_are_no_longer_than_those_of_zlib_rs() {
    let mut seed = 22;
    for level in 1..=9 {
        let (mut ours, mut theirs) = (0, 0);
        for data in (0..6).flat_map(|_| samples(&mut seed)) {
            let config = DeflateConfig { level, ..DeflateConfig::default() };
            ours += compress(config, &data).len();
            theirs += compress_with(&mut Deflate::new(memory(), config).expect("memory"), &data).len();
        }
        assert!(ours * 100 <= theirs * 101, "level {level}: {ours} for {theirs}");
    }
}

#[test]
fn what_zlib_refuses_and_other_strategies_have_no_shape() {
    for level in -3..12 {
        for window_bits in -17..50 {
            for mem_level in [0, 1, 9, 10] {
                let config = DeflateConfig { level, window_bits, mem_level, ..DeflateConfig::default() };
                let possible = Deflate::new(memory(), config).is_ok();
                assert_eq!(Shape::new(config).is_some(), possible, "{config:?}");
            }
        }
    }
    for strategy in [Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed] {
        assert!(Shape::new(DeflateConfig { strategy, ..DeflateConfig::default() }).is_none());
    }
}
