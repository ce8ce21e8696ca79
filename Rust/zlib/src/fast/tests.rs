//! Streams of level 1 against zlib-rs's decoder, and their lengths beside those of zlib-rs.

use super::Fast;
use crate::shape::Shape;
use crate::stream::{Deflate, DeflateConfig, Inflate, ReturnCode};
use crate::testing::{compress_with, inflate_with, memory, random_data};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

fn config(window_bits: i32) -> DeflateConfig {
    DeflateConfig { level: 1, window_bits, ..DeflateConfig::default() }
}

/// Compresses with `room` bytes at a time, exactly as long as what is lent, so that writing past it would show.
fn compress(window_bits: i32, data: &[u8], room: usize) -> Vec<u8> {
    let shape = Shape::new(config(window_bits)).expect("a possible shape");
    let mut stream = Fast::new(shape, data).expect("memory");
    let mut result = Vec::new();
    loop {
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut out = OutBuf::new(&mut memory);
        let ended = stream.step(&mut out).expect("memory");
        result.extend_from_slice(out.filled());
        if ended {
            return result;
        }
        assert_eq!(out.remaining(), 0, "it goes on while there is room");
    }
}

fn check(window_bits: i32, data: &[u8], room: usize) -> usize {
    let packed = compress(window_bits, data, room);
    let mut inflate = Inflate::new(memory(), if window_bits == 8 { 9 } else { window_bits }).expect("memory");
    let (back, consumed, code) = inflate_with(&mut inflate, &packed, 50_000);
    assert!(back == data, "{window_bits} {}", data.len());
    assert_eq!((consumed, code), (packed.len(), ReturnCode::StreamEnd));
    packed.len()
}

fn noise(seed: &mut u64, len: usize) -> Vec<u8> {
    let step = |_| {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        (*seed >> 32) as u8
    };
    (0..len).map(step).collect()
}

#[test]
fn every_short_length_comes_back() {
    let mut seed = 31;
    for len in 0..600 {
        for data in [random_data(&mut seed, len), noise(&mut seed, len), vec![7; len]] {
            check([15, -15, 31, 9, 8][len % 5], &data, 2000);
        }
    }
}

#[test]
fn any_window_and_any_room_will_do() {
    let mut seed = 32;
    for window_bits in [8, 9, 12, 15, -9, -15, 25, 31] {
        for len in [0, 1, 5000, 40_000, 200_000] {
            let data = random_data(&mut seed, len);
            for room in [1, 7, 777, 32_768, 300_000] {
                if len <= 5000 || room > 1 {
                    check(window_bits, &data, room);
                }
            }
        }
    }
}

/// Blocks end by a count of symbols: each sort of them, with lengths around that.
#[test]
fn blocks_end_anywhere() {
    let mut seed = 33;
    let long = noise(&mut seed, 200_000);
    let bytes = long.len();
    // One repetition and one literal more each time, and repetitions of all lengths.
    let lengths: Vec<u8> = (0..1500).flat_map(|index| long[..5 + index % 300].to_vec()).collect();
    for data in [&long, &lengths] {
        for len in (20_440..20_560).chain(40_930..40_980).chain([65_535, 65_536, 65_537, 131_071, bytes]) {
            check(-15, &data[..len], bytes);
        }
    }
    // Each pair of symbols is another one, and then all are alike.
    let mut changing = long;
    changing.extend(std::iter::repeat_n(0, 3_000_000));
    changing.extend(noise(&mut seed, 50_000));
    assert!(check(31, &changing, 100_000) < 260_000);
}

/// What is repeated at a distance is found up to the window's size, and not beyond.
#[test]
fn distances_end_with_the_window() {
    let mut seed = 34;
    let piece = noise(&mut seed, 300);
    for window_bits in [9, 10, 12, 14, 15] {
        let window = 1 << window_bits;
        for distance in window - 5..window + 5 {
            // Zeros between, of which few are looked at.
            let data = [&piece[..], &vec![0; distance - piece.len()], &piece].concat();
            let len = check(-window_bits, &data, 1000);
            assert_eq!(len < 450, distance <= window, "{window_bits} {distance} {len}");
        }
    }
    // Places that look alike in 16 bits.
    for distance in [32_769, 65_535, 65_536, 65_537, 131_072] {
        let data = [&piece[..], &vec![0; distance - piece.len()], &piece].concat();
        check(15, &data, 1000);
    }
}

#[test]
fn noise_is_stored_and_what_follows_it_is_found() {
    let mut seed = 35;
    let mut data = noise(&mut seed, 300_000);
    let stored = check(15, &data, 400_000);
    assert!(stored <= data.len() + data.len() / 4000 + 20, "{stored}");
    data.extend(b"some text that comes again, ".repeat(1000));
    assert!(check(15, &data, 400_000) < stored + 1000);
}

#[test]
fn streams_are_about_as_long_as_those_of_zlib_rs() {
    let mut seed = 36;
    let (mut ours, mut theirs) = (0, 0);
    for len in [5000, 20_000, 100_000, 300_000] {
        let data = random_data(&mut seed, len);
        ours += check(15, &data, len);
        theirs += compress_with(&mut Deflate::new(memory(), config(15)).expect("memory"), &data).len();
    }
    assert!(ours * 100 <= theirs * 102, "{ours} for {theirs}");
}

#[test]
fn headers_are_those_of_zlib() {
    for window_bits in [9, 15, 25, 31, -15] {
        let data = [7; 5000];
        let theirs = compress_with(&mut Deflate::new(memory(), config(window_bits)).expect("memory"), &data);
        let len = [0, 2, 10][usize::from(window_bits > 0) + usize::from(window_bits > 15)];
        assert_eq!(compress(window_bits, &data, 100)[..len], theirs[..len]);
    }
}
