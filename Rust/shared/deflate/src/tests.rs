//! Streams whose bytes are known, states, errors, and memory.

use crate::{Config, Deflate, Error, Flush, Profile, Status, Strategy};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

const PROFILES: [Profile; 2] = [Profile::Exact, Profile::Fast];

fn config(profile: Profile) -> Config {
    Config { profile, ..Config::default() }
}

/// One call: the bytes, what was read, and the result.
fn call(stream: &mut Deflate, data: &[u8], room: usize, flush: Flush) -> (Vec<u8>, usize, Result<Status, Error>) {
    let mut memory = vec![MaybeUninit::uninit(); room];
    let mut output = OutBuf::new(&mut memory);
    let mut rest = data;
    let result = stream.deflate(&mut rest, &mut output, flush);
    (output.filled().to_vec(), data.len() - rest.len(), result)
}

fn whole(config: &Config, data: &[u8]) -> Vec<u8> {
    let mut stream = Deflate::new(config).expect("valid parameters");
    let (bytes, read, result) = call(&mut stream, data, 2 * data.len() + 1000, Flush::Finish);
    assert_eq!((read, result), (data.len(), Ok(Status::StreamEnd)));
    bytes
}

#[test]
fn short_streams_in_each_format() {
    for profile in PROFILES {
        let zlib = Config { level: 6, ..config(profile) };
        assert_eq!(whole(&zlib, b""), b"\x78\x9c\x03\x00\x00\x00\x00\x01");
        assert_eq!(whole(&zlib, b"a"), b"\x78\x9c\x4b\x04\x00\x00\x62\x00\x62");
        let raw = Config { window_bits: -15, ..zlib };
        assert_eq!(whole(&raw, b"a"), b"\x4b\x04\x00");
        let gzip = Config { window_bits: 31, ..zlib };
        assert_eq!(
            whole(&gzip, b"a"),
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x04\x00\x43\xbe\xb7\xe8\x01\x00\x00\x00"
        );
        let stored = Config { level: 0, ..raw };
        assert_eq!(whole(&stored, b"ab"), b"\x01\x02\x00\xfd\xffab");
        // A run: a literal and a match at distance 1 with fixed codes.
        let runs = Config { strategy: Strategy::Rle, ..raw };
        assert_eq!(whole(&runs, &[b'a'; 9]), b"\x4b\x84\x01\x00");
    }
}

#[test]
fn flushes_end_at_byte_boundaries() {
    for profile in PROFILES {
        let mut stream = Deflate::new(&Config { window_bits: -15, ..config(profile) }).expect("valid parameters");
        let (bytes, read, result) = call(&mut stream, b"a", 100, Flush::No);
        assert_eq!((&bytes[..], read, result), (&b""[..], 1, Ok(Status::Ok)));
        let (bytes, ..) = call(&mut stream, b"", 100, Flush::Sync);
        assert_eq!(bytes, b"\x4a\x04\x00\x00\x00\xff\xff");
        // There is nothing to flush a second time.
        assert_eq!(call(&mut stream, b"", 100, Flush::Sync).2, Err(Error::Buf));
        let (bytes, _, result) = call(&mut stream, b"", 100, Flush::Finish);
        assert_eq!((&bytes[..], result), (&b"\x03\x00"[..], Ok(Status::StreamEnd)));
        assert_eq!(call(&mut stream, b"b", 100, Flush::No).2, Err(Error::Stream));
        assert_eq!(call(&mut stream, b"b", 100, Flush::Finish).2, Err(Error::Buf));
        assert_eq!(call(&mut stream, b"", 0, Flush::Finish).2, Err(Error::Buf));
        stream.reset();
        let (bytes, _, result) = call(&mut stream, b"a", 100, Flush::Finish);
        assert_eq!((&bytes[..], result), (&b"\x4b\x04\x00"[..], Ok(Status::StreamEnd)));
    }
}

#[test]
fn parameters_out_of_range() {
    let good = config(Profile::Exact);
    for window_bits in [0, 7, 16, 24, 32, -8, -16, i32::MIN, i32::MAX] {
        assert_eq!(Deflate::new(&Config { window_bits, ..good }).err(), Some(Error::Stream), "{window_bits}");
    }
    for level in [-2, 10, i32::MIN, i32::MAX] {
        assert_eq!(Deflate::new(&Config { level, ..good }).err(), Some(Error::Stream), "{level}");
    }
    for mem_level in [0, 10, -1] {
        assert_eq!(Deflate::new(&Config { mem_level, ..good }).err(), Some(Error::Stream), "{mem_level}");
    }
    assert_eq!(Deflate::new(&Config { method: 7, ..good }).err(), Some(Error::Stream));
}

#[test]
fn dictionaries_have_their_time() {
    for profile in PROFILES {
        let mut gzip = Deflate::new(&Config { window_bits: 31, ..config(profile) }).expect("valid parameters");
        assert_eq!(gzip.set_dictionary(b"abc"), Err(Error::Stream));
        let mut zlib = Deflate::new(&config(profile)).expect("valid parameters");
        assert_eq!(zlib.set_dictionary(b"some words"), Ok(()));
        let (bytes, ..) = call(&mut zlib, b"some words", 100, Flush::Finish);
        // FDICT is set, the Adler-32 of the dictionary follows, and the data are one match.
        assert_eq!(bytes[..6], *b"\x78\xbb\x15\xfa\x04\x04");
        assert!(bytes.len() < 20, "{bytes:?}");
        assert_eq!(zlib.set_dictionary(b"abc"), Err(Error::Stream));
    }
}

#[test]
fn a_copy_goes_its_own_way() {
    for profile in PROFILES {
        let mut stream = Deflate::new(&config(profile)).expect("valid parameters");
        let (start, ..) = call(&mut stream, &[1; 5000], 10_000, Flush::No);
        let mut copy = stream.try_clone().expect("memory");
        let (one, ..) = call(&mut stream, b"one", 10_000, Flush::Finish);
        let (other, ..) = call(&mut copy, b"other", 10_000, Flush::Finish);
        for (end, rest) in [(b"one".as_slice(), one), (b"other", other)] {
            let data = [&[1; 5000][..], end].concat();
            assert_eq!(whole(&config(profile), &data), [&start[..], &rest].concat());
        }
    }
}

/// What zlib allocates for its state: `deflate_state`, the window, `prev`, `head` and `pending_buf`.
fn zlib_memory(window_bits: u32, mem_level: u32) -> usize {
    5936 + (2 << window_bits) + (2 << window_bits) + (2 << (mem_level + 7)) + (4 << (mem_level + 6))
}

#[test]
fn no_more_memory_than_zlib() {
    for profile in PROFILES {
        for window_bits in 9..=15 {
            for mem_level in 1..=9 {
                let config = Config { window_bits, mem_level, ..config(profile) };
                let mut stream = Deflate::new(&config).expect("valid parameters");
                let data: Vec<u8> = (0..40_000_u32).flat_map(|n| (n.wrapping_mul(n) >> 7).to_le_bytes()).collect();
                let (_, read, result) = call(&mut stream, &data, 200_000, Flush::Finish);
                assert_eq!((read, result), (data.len(), Ok(Status::StreamEnd)));
                let (ours, zlib) = (stream.memory(), zlib_memory(window_bits as u32, mem_level as u32));
                assert!(ours <= zlib, "{profile:?}, window {window_bits}, memory {mem_level}: {ours} for {zlib}");
            }
        }
    }
}

#[test]
fn parameters_change_in_the_middle() {
    for profile in PROFILES {
        let mut stream =
            Deflate::new(&Config { level: 1, window_bits: -15, ..config(profile) }).expect("valid parameters");
        assert_eq!(call(&mut stream, &[7; 3000], 10_000, Flush::No).2, Ok(Status::Ok));
        let mut memory = vec![MaybeUninit::uninit(); 1000];
        let mut output = OutBuf::new(&mut memory);
        assert_eq!(stream.params(&mut &b""[..], &mut output, 10, Strategy::Default), Err(Error::Stream));
        assert_eq!(stream.params(&mut &b""[..], &mut output, 0, Strategy::Default), Ok(()));
        assert!(!output.is_empty());
        let (bytes, _, result) = call(&mut stream, b"stored", 100, Flush::Finish);
        assert_eq!(result, Ok(Status::StreamEnd));
        assert!(bytes.ends_with(b"stored"), "{bytes:?}");
    }
}

/// After a short stream the hash tables are not cleared, whatever level has filled them, and the window goes on.
#[test]
fn a_stream_used_again_after_a_few_bytes() {
    let data = b"abcabcabdabcabc, one string comes after another, and one string comes again abcabcabd".repeat(4);
    for (first, second) in [1, 2, 6, 9].into_iter().flat_map(|first| [1, 2, 6, 9].map(|second| (first, second))) {
        for len in [0, 1, 3, 4, 5, 8, 9, 10, 60, 127, 128, 129, 200] {
            for dictionary in [0, 3, 40] {
                let config = Config { level: first, window_bits: -15, ..config(Profile::Fast) };
                let mut stream = Deflate::new(&config).expect("valid parameters");
                stream.set_dictionary(&data[7..][..dictionary]).expect("a raw stream");
                let _ = call(&mut stream, &data[..len], 1000, Flush::Sync);
                let config = Config { level: second, ..config };
                assert_eq!(stream.params(&mut &b""[..], &mut OutBuf::new(&mut []), second, Strategy::Default), Ok(()));
                let _ = call(&mut stream, &data[len..][..len / 3], 1000, Flush::Finish);
                assert_eq!(stream.restart(&config), Ok(true));
                let (bytes, ..) = call(&mut stream, &data, 1000, Flush::Finish);
                assert_eq!(bytes, whole(&config, &data), "{len} bytes at levels {first}, {second}");
            }
        }
    }
}

/// A stream that starts anywhere in the window is like a new one, also where the window slides and the tables grow.
#[test]
fn a_long_stream_after_short_ones() {
    let mut data = Vec::new();
    let mut state = 1_u32;
    while data.len() < 140_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let back = (state >> 8) as usize % 33_000 + 1;
        match data.len().checked_sub(back) {
            Some(start) if state >> 30 != 0 => {
                data.extend_from_within(start..start + (back).min((state >> 4) as usize % 40))
            }
            _ => data.extend_from_slice(format!("{state} {}", char::from((state >> 24) as u8)).as_bytes()),
        }
    }
    for strategy in [Strategy::Default, Strategy::HuffmanOnly, Strategy::Rle] {
        for level in [0, 1, 2, 6] {
            let config = Config { level, strategy, ..config(Profile::Fast) };
            let expected = whole(&config, &data);
            for origin in [1, 100, 5000, 8192, 8193] {
                let mut stream = Deflate::new(&config).expect("valid parameters");
                let _ = call(&mut stream, &data[..origin], 10_000, Flush::Finish);
                assert_eq!(stream.restart(&config), Ok(true));
                let (bytes, ..) = call(&mut stream, &data, 200_000, Flush::Finish);
                assert!(bytes == expected, "level {level}, {strategy:?} after {origin} bytes");
            }
        }
    }
}

/// The same at level 1 for a mixture of data: the output does not depend on when the window slid, even where the first position of a
/// bucket is out of reach.
#[test]
fn a_mixture_after_short_streams() {
    let mut state = 4_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let mut data = Vec::new();
    while data.len() < 110_000 {
        match next() % 4 {
            0 => data.extend((0..3000).map(|_| next())),
            1 => data.extend(b"the quick brown fox 4".repeat(140)),
            _ => data.extend((0..3000).map(|_| 128 + next() % 5)),
        }
    }
    let config = Config { level: 1, ..config(Profile::Fast) };
    let expected = whole(&config, &data);
    for origin in (0..=6300).step_by(700) {
        let mut stream = Deflate::new(&config).expect("valid parameters");
        let _ = call(&mut stream, &data[..origin], 10_000, Flush::Finish);
        assert_eq!(stream.restart(&config), Ok(true));
        let (bytes, ..) = call(&mut stream, &data, 200_000, Flush::Finish);
        assert!(bytes == expected, "after {origin} bytes");
    }
}

/// At level 1, the strings of a dictionary are still found after the parser has learned from the data.
#[test]
fn level_1_keeps_a_long_dictionary() {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let lines: Vec<String> = (0..1000).map(|_| format!("{:x} and {:x}, {:x}\n", next(), next(), next())).collect();
    let dictionary = lines.concat();
    let data: String = (0..400).map(|n| format!("{}{}", n % 10, lines[next() as usize % lines.len()])).collect();
    let config = Config { level: 1, window_bits: -15, ..config(Profile::Fast) };
    let mut stream = Deflate::new(&config).expect("valid parameters");
    stream.set_dictionary(dictionary.as_bytes()).expect("a raw stream");
    let (bytes, ..) = call(&mut stream, data.as_bytes(), 20_000, Flush::Finish);
    // A line takes a literal and a match, four bytes at most on average.
    assert!(bytes.len() < 400 * 4, "{} bytes", bytes.len());
}

/// Matches that follow one another without a search take no more bytes than those that zlib finds, nor depend on cuts.
#[test]
fn repetitions() {
    let line = [&[0_u8][..], &[255, 128, 32].repeat(400)].concat();
    let period: Vec<u8> = (0..300_u32).map(|n| ((n * n) >> 3) as u8).collect();
    // The data, and the length of zlib's raw stream at levels 4, 6 and 9.
    for (name, data, zlib) in [
        ("an image of one colour", line.repeat(60), [233, 263, 171]),
        ("a period", period.repeat(250), [715, 715, 715]),
        ("zeros", vec![0; 100_000], [114, 114, 114]),
    ] {
        for (level, zlib) in [4, 6, 9].into_iter().zip(zlib) {
            let config = Config { level, window_bits: -15, ..config(Profile::Fast) };
            let bytes = whole(&config, &data);
            assert!(bytes.len() <= zlib + zlib / 200 + 8, "{name} at level {level}: {} bytes", bytes.len());
            let mut stream = Deflate::new(&config).expect("valid parameters");
            let mut pieces = Vec::new();
            for piece in data.chunks(777) {
                pieces.extend(call(&mut stream, piece, 10_000, Flush::No).0);
            }
            pieces.extend(call(&mut stream, b"", 10_000, Flush::Finish).0);
            assert!(pieces == bytes, "{name} at level {level} in pieces");
        }
    }
}
