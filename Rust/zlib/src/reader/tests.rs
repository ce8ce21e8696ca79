//! The decoder against zlib-rs, which agrees where the window is the largest, and against what zlib is known to refuse.

use super::Reader;
use crate::stream::{Deflate, DeflateConfig, Inflate, InflateFlush, ReturnCode, Step, Strategy};
use crate::testing::{Decode, blocks_out, compress_with, grant, memory, random_data};
use outbuf::OutBuf;
use std::ffi::CStr;
use std::mem::MaybeUninit;

/// Decodes with pieces and room of these sizes, until a result that is neither progress nor the lack of it.
fn decode(stream: &mut impl Decode, data: &[u8], piece: usize, room: usize) -> (Vec<u8>, usize, ReturnCode) {
    let (mut result, mut consumed) = (Vec::new(), 0_usize);
    loop {
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut out = OutBuf::new(&mut memory);
        let end = data.len().min(consumed.saturating_add(piece));
        let Step { consumed: more, code } = stream.step(&data[consumed..end], &mut out, InflateFlush::SyncFlush);
        consumed += more;
        result.extend_from_slice(out.filled());
        if code != ReturnCode::Ok {
            return (result, consumed, code);
        }
    }
}

/// Streams of all sorts, with their `wbits`.
fn streams(seed: &mut u64) -> Vec<(Vec<u8>, i32, Vec<u8>)> {
    let mut streams = Vec::new();
    let strategies = [Strategy::Default, Strategy::HuffmanOnly, Strategy::Fixed, Strategy::Rle];
    for (round, len) in [0, 1, 5, 100, 3000, 40_000, 150_000].into_iter().cycle().take(70).enumerate() {
        let data = random_data(seed, len);
        let config = DeflateConfig {
            level: [6, 0, 9][round % 3],
            window_bits: [15, -15, 31, 9, -12][round % 5],
            strategy: strategies[round / 2 % 4],
            ..DeflateConfig::default()
        };
        let packed = compress_with(&mut Deflate::new(memory(), config).expect("memory"), &data);
        streams.push((data, config.window_bits, packed));
    }
    streams
}

#[test]
fn streams_are_decoded_in_any_pieces() {
    for (data, window_bits, mut packed) in streams(&mut 31) {
        let len = packed.len();
        packed.extend_from_slice(b"more");
        for (piece, room) in [(usize::MAX, 300_000), (usize::MAX, 777), (1, 1000), (100, 1), (13, 400)] {
            if room == 1 && data.len() > 5000 {
                continue;
            }
            let mut stream = Reader::new(memory(), window_bits).expect("memory");
            let result = decode(&mut stream, &packed, piece, room);
            assert_eq!(result, (data.clone(), len, ReturnCode::StreamEnd), "{window_bits} {piece} {room}");
            // There it stays.
            assert_eq!(decode(&mut stream, b"x", 1, 1), (Vec::new(), 0, ReturnCode::StreamEnd));
        }
        let auto = if window_bits > 0 { 47 } else { window_bits };
        let mut stream = Reader::new(memory(), auto).expect("memory");
        assert_eq!(decode(&mut stream, &packed, usize::MAX, 5000), (data, len, ReturnCode::StreamEnd));
    }
    assert_eq!(blocks_out(), 0);
}

#[test]
fn damage_is_what_it_is_in_zlib_rs() {
    let mut seed = 32_u64;
    let mut random = 5_usize;
    for (_, window_bits, packed) in streams(&mut seed).into_iter().filter(|(data, ..)| data.len() < 10_000) {
        let window_bits = match window_bits {
            ..0 => -15,
            9 => 15,
            bits => bits,
        };
        for _ in 0..200 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut damaged = packed.clone();
            let place = (random >> 33) % damaged.len().min([20, usize::MAX][random >> 20 & 1]);
            damaged[place] ^= 1 << (random >> 60 & 7);
            let mut ours = Reader::new(memory(), window_bits).expect("memory");
            let mut theirs = Inflate::new(memory(), window_bits).expect("memory");
            // In one piece and with much room, zlib-rs can say what was wrong.
            let expected = decode(&mut theirs, &damaged, usize::MAX, 300_000);
            let result = decode(&mut ours, &damaged, usize::MAX, 300_000);
            assert_eq!((result.1, result.2), (expected.1, expected.2), "{window_bits} {place}");
            if result.2 == ReturnCode::DataError {
                assert_eq!(ours.message(), theirs.message(&damaged, expected.1), "{window_bits} {place}");
                assert_eq!(decode(&mut ours, b"more", 4, 9), (Vec::new(), 0, ReturnCode::DataError));
            } else {
                assert_eq!(result.0, expected.0);
            }
            // And in pieces it is the same.
            let mut again = Reader::new(memory(), window_bits).expect("memory");
            let (output, consumed, code) = decode(&mut again, &damaged, 1, 1);
            if code != ReturnCode::BufError {
                assert_eq!((output, code, again.message()), (result.0, result.2, ours.message()));
                assert!(consumed <= result.1);
            }
        }
    }
}

#[test]
fn headers() {
    let refused: [(&[u8], i32, &CStr); 9] = [
        (b"\x78\x9d", 15, c"incorrect header check"),
        (b"\x1f\x8b", 15, c"incorrect header check"),
        (b"\x78\x9c", 31, c"incorrect header check"),
        (b"\x77\x09", 15, c"unknown compression method"),
        (b"\x78\x9c", 14, c"invalid window size"),
        (b"\x88\x1c", 15, c"invalid window size"),
        (b"\x1f\x8b\x07\x00", 31, c"unknown compression method"),
        (b"\x1f\x8b\x08\x20", 47, c"unknown header flags set"),
        (b"\x1f\x8b\x08\x02\0\0\0\0\0\x03\0\0", 31, c"header crc mismatch"),
    ];
    for (data, window_bits, message) in refused {
        let mut stream = Reader::new(memory(), window_bits).expect("memory");
        assert_eq!(decode(&mut stream, data, 1, 9).2, ReturnCode::DataError, "{message:?}");
        assert_eq!(stream.message(), Some(message));
    }
    // Everything that gzip's header can have, with its checksum.
    let mut header = b"\x1f\x8b\x08\x1e\x01\x02\x03\x04\x00\x03\x05\x00extraname\0comment\0".to_vec();
    header.extend_from_slice(&(checksum::crc32(0, &header) as u16).to_le_bytes());
    let config = DeflateConfig { window_bits: 31, ..DeflateConfig::default() };
    let packed = compress_with(&mut Deflate::new(memory(), config).expect("memory"), b"data");
    let packed = [&header, &packed[10..]].concat();
    for piece in [1, 7, 1000] {
        let mut stream = Reader::new(memory(), 31).expect("memory");
        assert_eq!(decode(&mut stream, &packed, piece, 9).0, b"data");
    }
    for wrong in [7, 16 + 7, 48, 1000, -7, -16, i32::MIN, i32::MAX] {
        assert_eq!(Reader::new(memory(), wrong).err(), Some(ReturnCode::StreamError), "{wrong}");
    }
    for right in [0, 8, 15, 16, 31, 32, 47, -8, -15] {
        assert!(Reader::new(memory(), right).is_ok(), "{right}");
    }
}

#[test]
fn a_distance_beyond_the_window_is_refused() {
    // A kilobyte without repetitions, twice.
    let half: Vec<u8> = (0..1024_u32).map(|at| (at.wrapping_mul(at).wrapping_mul(0x9e37_79b1) >> 13) as u8).collect();
    let data = [half.as_slice(), &half].concat();
    let config = DeflateConfig { window_bits: -15, ..DeflateConfig::default() };
    let packed = compress_with(&mut Deflate::new(memory(), config).expect("memory"), &data);
    // The output of one step can be referred to whatever the window is.
    for (window_bits, room, good) in [(-9, 5000, true), (-9, 600, false), (-10, 600, true), (-15, 600, true)] {
        let mut stream = Reader::new(memory(), window_bits).expect("memory");
        let (_, _, code) = decode(&mut stream, &packed, usize::MAX, room);
        assert_eq!(code == ReturnCode::StreamEnd, good, "{window_bits} {room}");
        assert_eq!(stream.message(), if good { None } else { Some(c"invalid distance too far back") });
    }
}

#[test]
fn dictionaries_and_copies() {
    let dictionary = random_data(&mut 33, 700);
    let data = [&dictionary[300..], &dictionary[250..]].concat();
    for window_bits in [15, -15, 9, -9, -10] {
        let config = DeflateConfig { window_bits, ..DeflateConfig::default() };
        let mut deflate = Deflate::new(memory(), config).expect("memory");
        deflate.set_dictionary(&dictionary).expect("at the start");
        let packed = compress_with(&mut deflate, &data);
        let mut stream = Reader::new(memory(), window_bits).expect("memory");
        let mut consumed = 0;
        if window_bits > 0 {
            assert_eq!(stream.set_dictionary(&dictionary), Err(ReturnCode::StreamError));
            consumed = decode(&mut stream, &packed, 3, 100).1;
            assert_eq!(decode(&mut stream, &packed[consumed..], 3, 100), (Vec::new(), 0, ReturnCode::NeedDict));
            assert_eq!(stream.set_dictionary(b"another"), Err(ReturnCode::DataError));
        }
        stream.set_dictionary(&dictionary).expect("the right one");
        let mut copy = stream.try_clone().expect("memory");
        let expected = (data.clone(), packed.len() - consumed, ReturnCode::StreamEnd);
        assert_eq!(decode(&mut stream, &packed[consumed..], 50, 60), expected);
        assert_eq!(decode(&mut copy, &packed[consumed..], 9999, 9999), expected, "{window_bits}");
    }
    grant(0);
    assert_eq!(Reader::new(memory(), 9).err(), Some(ReturnCode::MemError));
    grant(1);
    // There is none left for the window.
    let mut stream = Reader::new(memory(), -9).expect("memory");
    assert_eq!(decode(&mut stream, b"\x4b\x4c\x04\x00", 2, 1).2, ReturnCode::MemError);
    grant(usize::MAX);
    // What is lost stays lost.
    assert_eq!(decode(&mut stream, b"more", 2, 1), (Vec::new(), 0, ReturnCode::MemError));
    drop(stream);
    assert_eq!(blocks_out(), 0);
}
