//! zlib: every stream in pieces ends as it does at once, both decoders say the same, and what each encoder writes
//! decodes to what it was.
#![no_main]

use fuzz::choices;
use libfuzzer_sys::fuzz_target;
use outbuf::OutBuf;
use std::ffi::{c_uint, c_void};
use std::mem::MaybeUninit;
use zlib::fast::Fast;
use zlib::reader::Reader;
use zlib::shape::Shape;
use zlib::small::{self, Small};
use zlib::stream::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateFlush, Memory, ReturnCode};

/// The most that is decoded: a short stream can stand for a thousand times as much.
const MOST: usize = 1 << 20;

unsafe extern "C" {
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

unsafe extern "C" fn allocate(_: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
    // SAFETY: any two numbers will do.
    unsafe { calloc(items as usize, size as usize) }
}

unsafe extern "C" fn release(_: *mut c_void, memory: *mut c_void) {
    // SAFETY: what is taken back came from calloc.
    unsafe { free(memory) }
}

fn memory() -> Memory {
    // SAFETY: calloc gives memory of that size or NULL, which free takes back.
    unsafe { Memory::new(allocate, release) }
}

/// Decodes with at most `piece` bytes of input and `room` of output a step; returns the output and the last result.
fn inflate(data: &[u8], window_bits: i32, piece: usize, room: usize) -> (Vec<u8>, ReturnCode) {
    let mut stream = Inflate::new(memory(), window_bits).expect("memory");
    let (mut output, mut position) = (Vec::new(), 0_usize);
    let mut buffer = vec![MaybeUninit::uninit(); room];
    loop {
        let input = &data[position..data.len().min(position.saturating_add(piece))];
        let mut out = OutBuf::new(&mut buffer);
        let step = stream.step(input, &mut out, InflateFlush::SyncFlush);
        position += step.consumed;
        output.extend_from_slice(out.filled());
        let stuck = step.consumed == 0 && out.is_empty();
        if step.code != ReturnCode::Ok && step.code != ReturnCode::BufError || stuck || output.len() >= MOST {
            return (output, step.code);
        }
    }
}

/// The same with the decoder of the module.
fn decode(data: &[u8], window_bits: i32, piece: usize, room: usize) -> (Vec<u8>, ReturnCode) {
    let mut stream = Reader::new(memory(), window_bits).expect("memory");
    let (mut output, mut position) = (Vec::new(), 0_usize);
    let mut buffer = vec![MaybeUninit::uninit(); room];
    loop {
        let input = &data[position..data.len().min(position.saturating_add(piece))];
        let mut out = OutBuf::new(&mut buffer);
        let step = stream.step(input, &mut out, InflateFlush::SyncFlush);
        position += step.consumed;
        output.extend_from_slice(out.filled());
        let stuck = step.consumed == 0 && out.is_empty();
        if step.code != ReturnCode::Ok && step.code != ReturnCode::BufError || stuck || output.len() >= MOST {
            return (output, step.code);
        }
    }
}

fn deflate(data: &[u8], config: DeflateConfig, piece: usize) -> Option<Vec<u8>> {
    let mut stream = Deflate::new(memory(), config).ok()?;
    let (mut output, mut position) = (Vec::new(), 0_usize);
    let mut buffer = vec![MaybeUninit::uninit(); 1000];
    loop {
        let end = data.len().min(position + piece);
        let flush = if end == data.len() { DeflateFlush::Finish } else { DeflateFlush::NoFlush };
        let mut out = OutBuf::new(&mut buffer);
        let step = stream.step(&data[position..end], &mut out, flush);
        position += step.consumed;
        output.extend_from_slice(out.filled());
        if step.code == ReturnCode::StreamEnd {
            return Some(output);
        }
        assert_eq!(step.code, ReturnCode::Ok);
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let Some((more, data)) = choices(data) else { return };
    for window_bits in [15, -15, 47] {
        let (whole, code) = inflate(data, window_bits, usize::MAX, 1 << 16);
        let (piece, room) = (1 + usize::from(more & 15), 1 + usize::from(more >> 4) * 9);
        let (pieces, code_of_pieces) = inflate(data, window_bits, piece, room);
        let (ours, code_of_ours) = decode(data, window_bits, usize::MAX, 1 << 16);
        let (ours_in_pieces, code_of_ours_in_pieces) = decode(data, window_bits, piece, room);
        if whole.len() < MOST && ours.len() < MOST && ours_in_pieces.len() < MOST {
            assert_eq!((code_of_ours, code_of_ours_in_pieces), (code, code));
            // What comes out before damage is found depends on the room.
            if code != ReturnCode::DataError {
                assert_eq!((&ours, &ours_in_pieces), (&whole, &whole));
            }
        }
        if whole.len() < MOST && pieces.len() < MOST && code == ReturnCode::StreamEnd {
            assert_eq!((&pieces, code_of_pieces), (&whole, code));
        }
    }
    let window_bits = [15, 9, -15, -9, 31, 25][usize::from(choice % 6)];
    let level = i32::from(choice / 6 % 10);
    let config = DeflateConfig { level, window_bits, mem_level: 1 + i32::from(more % 9), ..DeflateConfig::default() };
    let back = |stream: &[u8]| inflate(stream, window_bits, usize::MAX, 1 << 16);
    if let Some(stream) = deflate(data, config, 1 + usize::from(more) * 64) {
        assert_eq!(back(&stream), (data.to_vec(), ReturnCode::StreamEnd));
    }
    let Some(shape) = Shape::new(config) else { return };
    let mut fast = Fast::new(shape, data).expect("memory");
    let (mut stream, mut room) = (Vec::new(), vec![MaybeUninit::uninit(); 1 + usize::from(more) * 16]);
    loop {
        let mut out = OutBuf::new(&mut room);
        let ended = fast.step(&mut out).expect("memory");
        stream.extend_from_slice(out.filled());
        if ended {
            break;
        }
    }
    assert_eq!(back(&stream), (data.to_vec(), ReturnCode::StreamEnd));
    if data.len() <= small::MOST {
        let mut pieces = Small::new(shape, b"").expect("memory");
        let mut stream = Vec::new();
        for (number, piece) in data.chunks(1 + usize::from(more) * 7).enumerate() {
            pieces.keep(piece).expect("memory");
            let mut buffer = vec![MaybeUninit::uninit(); pieces.room_needed()];
            let mut out = OutBuf::new(&mut buffer);
            let flushes =
                [DeflateFlush::SyncFlush, DeflateFlush::PartialFlush, DeflateFlush::FullFlush, DeflateFlush::Block];
            pieces.flush(flushes[(number + usize::from(choice)) % 4], &mut out).expect("memory");
            stream.extend_from_slice(out.filled());
        }
        let mut buffer = vec![MaybeUninit::uninit(); pieces.room_needed()];
        let mut out = OutBuf::new(&mut buffer);
        pieces.finish(&mut out).expect("memory");
        stream.extend_from_slice(out.filled());
        assert_eq!(back(&stream), (data.to_vec(), ReturnCode::StreamEnd));
        let mut buffer = vec![MaybeUninit::uninit(); data.len() + small::OVERHEAD];
        let mut out = OutBuf::new(&mut buffer);
        shape.write_header(&mut out);
        shape.write_body(data, &mut out).expect("memory");
        assert_eq!(back(out.filled()), (data.to_vec(), ReturnCode::StreamEnd));
    }
});
