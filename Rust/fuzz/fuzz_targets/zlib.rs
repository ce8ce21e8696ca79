//! zlib: every stream in pieces decodes as it does at once, and what each profile writes, in whatever pieces and flushes, decodes to the
//! data.
#![no_main]

use deflate::{Config, Deflate, Profile, Strategy};
use fuzz::choices;
use inflate::{Flush, Inflate, Memory, Status};
use libfuzzer_sys::fuzz_target;
use outbuf::OutBuf;
use std::ffi::{c_uint, c_void};
use std::mem::MaybeUninit;

/// The most that is decoded: a short stream can stand for a thousand times as much.
const MAX_OUTPUT: usize = 1 << 20;

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

fn memory() -> Memory {
    // SAFETY: calloc gives memory of that size or NULL, which free takes back.
    unsafe { Memory::new(allocate, release) }
}

/// Decodes with at most `piece` bytes of input and `room` of output a step; returns the output and the last result.
fn decode(data: &[u8], window_bits: i32, piece: usize, room: usize) -> (Vec<u8>, Status) {
    let mut stream = Inflate::new(memory(), window_bits).expect("memory");
    let (mut output, mut position) = (Vec::new(), 0_usize);
    let mut buffer = vec![MaybeUninit::uninit(); room];
    loop {
        let input = &data[position..data.len().min(position.saturating_add(piece))];
        let mut out = OutBuf::new(&mut buffer);
        let step = stream.step(input, &mut out, Flush::Sync);
        position += step.consumed;
        output.extend_from_slice(out.filled());
        let stuck = step.consumed == 0 && out.is_empty();
        if !matches!(step.status, Status::Ok | Status::BufError) || stuck || output.len() >= MAX_OUTPUT {
            return (output, step.status);
        }
    }
}

/// Compresses in pieces, each of them flushed as `flush` says.
fn encode(data: &[u8], config: &Config, piece: usize, room: usize, flush: impl Fn(usize) -> deflate::Flush) -> Vec<u8> {
    let mut stream = Deflate::new(config).expect("valid parameters");
    let mut output = Vec::new();
    let mut buffer = vec![MaybeUninit::uninit(); room];
    let pieces = data.chunks(piece).enumerate().map(|(number, piece)| (piece, flush(number)));
    for (mut piece, flush) in pieces.chain([(&b""[..], deflate::Flush::Finish)]) {
        loop {
            let mut out = OutBuf::new(&mut buffer);
            let result = stream.deflate(&mut piece, &mut out, flush);
            output.extend_from_slice(out.filled());
            assert!(result.is_ok() || result == Err(deflate::Error::Buf), "{result:?}");
            if out.remaining() > 0 {
                break;
            }
        }
    }
    output
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let Some((more, data)) = choices(data) else { return };
    let (piece, room) = (1 + usize::from(more & 15), 1 + usize::from(more >> 4) * 9);
    for window_bits in [15, -15, 47] {
        let (whole, status) = decode(data, window_bits, usize::MAX, 1 << 16);
        let (pieces, status_of_pieces) = decode(data, window_bits, piece, room);
        if whole.len() < MAX_OUTPUT && pieces.len() < MAX_OUTPUT {
            assert_eq!(status_of_pieces, status);
            // How much comes out before damage is found depends on the room.
            if status != Status::DataError {
                assert_eq!(pieces, whole);
            }
        }
    }
    let window_bits = [15, 9, -15, -9, 31, 25][usize::from(choice % 6)];
    let strategies = [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed];
    for profile in [Profile::Fast, Profile::Exact] {
        let config = Config {
            level: i32::from(choice / 6 % 10),
            method: 8,
            window_bits,
            mem_level: 1 + i32::from(more % 9),
            strategy: if more < 128 { Strategy::Default } else { strategies[usize::from(more % 5)] },
            profile,
        };
        let flushes = [
            deflate::Flush::No,
            deflate::Flush::Sync,
            deflate::Flush::Partial,
            deflate::Flush::Full,
            deflate::Flush::Block,
        ];
        let whole = encode(data, &config, usize::MAX, 1 << 16, |_| deflate::Flush::No);
        assert_eq!(decode(&whole, window_bits, usize::MAX, 1 << 16), (data.to_vec(), Status::StreamEnd));
        let pieces = encode(data, &config, 1 + usize::from(more), 8 + room, |_| deflate::Flush::No);
        if profile == Profile::Fast {
            assert_eq!(pieces, whole);
        }
        let flushed = encode(data, &config, 1 + usize::from(more) * 7, 8 + room, |number| {
            flushes[(number + usize::from(choice)) % flushes.len()]
        });
        for stream in [pieces, flushed] {
            assert_eq!(decode(&stream, window_bits, usize::MAX, 1 << 16), (data.to_vec(), Status::StreamEnd));
        }
    }
});
