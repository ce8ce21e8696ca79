//! Little streams against zlib-rs: what they decompress to, their headers, how long they are.

use super::{MOST, OVERHEAD, Shape, Small};
use crate::stream::{Deflate, DeflateConfig, DeflateFlush, Inflate, ReturnCode, Strategy};
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
    for (window_bits, strategy) in [8, 9, 14, 15, -9, 25, 31].into_iter().flat_map(|bits| STRATEGIES.map(|s| (bits, s)))
    {
        for level in -1..=9 {
            let config = DeflateConfig { level, window_bits, strategy, ..DeflateConfig::default() };
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
fn what_zlib_refuses_has_no_shape() {
    for level in -3..12 {
        for window_bits in -17..50 {
            for mem_level in [0, 1, 9, 10] {
                let config = DeflateConfig { level, window_bits, mem_level, ..DeflateConfig::default() };
                let possible = Deflate::new(memory(), config).is_ok();
                assert_eq!(Shape::new(config).is_some(), possible, "{config:?}");
            }
        }
    }
}

/// Writes `data` in pieces, with the flushes of zlib's numbers behind them, and the end behind the last.
fn compress_pieces(config: DeflateConfig, dictionary: &[u8], data: &[u8], cuts: &[(usize, i32)]) -> Vec<u8> {
    let shape = Shape::new(config).expect("a possible shape");
    let shape = if dictionary.is_empty() { Some(shape) } else { shape.with_dictionary(dictionary) };
    let mut stream = Small::new(shape.expect("a container that names one"), dictionary).expect("memory");
    let mut packed = Vec::new();
    let mut done = 0;
    for (cut, flush) in cuts {
        stream.keep(&data[done..*cut]).expect("memory");
        done = *cut;
        if *flush > 0 {
            // A copy goes on as the original would.
            stream = stream.try_clone().expect("memory");
            let mut room = vec![MaybeUninit::uninit(); stream.room_needed()];
            let mut out = OutBuf::new(&mut room);
            let flush = DeflateFlush::try_from(*flush).expect("one of zlib's");
            stream.flush(flush, &mut out).expect("memory");
            let whole = matches!(flush, DeflateFlush::SyncFlush | DeflateFlush::FullFlush);
            assert!(!whole || out.filled().ends_with(&[0, 0, 0xff, 0xff]) && stream.held() == (0, 0));
            packed.extend_from_slice(out.filled());
        }
    }
    stream.keep(&data[done..]).expect("memory");
    let mut room = vec![MaybeUninit::uninit(); stream.room_needed()];
    let mut out = OutBuf::new(&mut room);
    stream.finish(&mut out).expect("memory");
    packed.extend_from_slice(out.filled());
    packed
}

fn inflate(window_bits: i32, dictionary: &[u8], packed: &[u8]) -> (Vec<u8>, usize, ReturnCode) {
    let mut inflate = Inflate::new(memory(), window_bits).expect("memory");
    if window_bits < 0 && !dictionary.is_empty() {
        inflate.set_dictionary(dictionary).expect("raw");
    }
    let (data, consumed, code) = inflate_with(&mut inflate, packed, 333);
    if code != ReturnCode::NeedDict {
        return (data, consumed, code);
    }
    inflate.set_dictionary(dictionary).expect("the right one");
    let (data, more, code) = inflate_with(&mut inflate, &packed[consumed..], 333);
    (data, consumed + more, code)
}

const STRATEGIES: [Strategy; 5] =
    [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed];

#[test]
fn pieces_with_flushes_and_dictionaries_come_back() {
    let mut seed = 23;
    let samples = samples(&mut seed);
    let mut next = 7_usize;
    let mut random = |below: usize| {
        next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (next >> 33) % below
    };
    for round in 0..3000 {
        let data = &samples[random(samples.len())];
        let window_bits = [9, 15, -9, -15, 25, 31][random(6)];
        let dictionary = if window_bits < 16 && random(2) == 0 { &samples[random(samples.len())][..] } else { b"" };
        let config = DeflateConfig {
            level: random(10) as i32,
            window_bits,
            strategy: STRATEGIES[random(5)],
            ..DeflateConfig::default()
        };
        let mut cuts: Vec<_> =
            (0..random(6)).map(|_| (random(data.len() + 1), [0, 1, 2, 2, 3, 5][random(6)])).collect();
        cuts.sort_unstable();
        let packed = compress_pieces(config, dictionary, data, &cuts);
        let result = inflate(window_bits, dictionary, &packed);
        assert_eq!(result, (data.clone(), packed.len(), ReturnCode::StreamEnd), "{round} {config:?} {cuts:?}");
    }
}

/// The sum of lengths over pieces of text, ours and those of zlib-rs.
fn lengths(config: DeflateConfig, dictionary: &[u8]) -> (usize, usize) {
    let (mut ours, mut theirs) = (0, 0);
    for data in samples(&mut 24) {
        ours += compress_pieces(config, dictionary, &data, &[]).len();
        let mut stream = Deflate::new(memory(), config).expect("memory");
        if !dictionary.is_empty() {
            stream.set_dictionary(dictionary).expect("at the start");
        }
        theirs += compress_with(&mut stream, &data).len();
    }
    (ours, theirs)
}

#[test]
fn strategies_and_dictionaries_do_what_they_do_in_zlib_rs() {
    let text = b"the quick brown fox jumps over the lazy dog; ".repeat(3);
    for strategy in STRATEGIES {
        for level in [1, 3, 6, 9] {
            let config = DeflateConfig { level, strategy, ..DeflateConfig::default() };
            for dictionary in [b"", text.as_slice()] {
                let (ours, theirs) = lengths(config, dictionary);
                assert!(ours * 100 <= theirs * 102, "{config:?}: {ours} for {theirs}");
                // Nor is more looked for than the strategy says.
                let simple = matches!(strategy, Strategy::HuffmanOnly | Strategy::Rle);
                assert!(!simple || ours * 100 >= theirs * 98, "{config:?}: {ours} for {theirs}");
            }
        }
    }
}

#[test]
fn what_has_been_forgotten_is_not_referred_to() {
    let data = random_data(&mut 25, 1000);
    for strategy in STRATEGIES {
        let config = DeflateConfig { strategy, window_bits: -15, ..DeflateConfig::default() };
        let twice = [data.as_slice(), &data].concat();
        let whole = compress_pieces(config, b"", &twice, &[(1000, 3)]);
        let marker = compress_pieces(config, b"", &data, &[(1000, 3)]).len() - 2;
        // What is behind the flush decodes by itself.
        assert_eq!(inflate(-15, b"", &whole[marker..]).0, data, "{strategy:?}");
        // Nor is a run referred to that goes on.
        let zeros = compress_pieces(config, b"", &[0; 2000], &[(1000, 3)]);
        let marker = compress_pieces(config, b"", &[0; 1000], &[(1000, 3)]).len() - 2;
        assert_eq!(inflate(-15, b"", &zeros[marker..]).0, [0; 1000], "{strategy:?}");
        let referring = compress_pieces(config, b"", &twice, &[(1000, 2)]);
        let refers = matches!(strategy, Strategy::Default | Strategy::Filtered | Strategy::Fixed);
        assert_eq!(referring.len() < whole.len() - 100, refers, "{strategy:?}");
    }
}
