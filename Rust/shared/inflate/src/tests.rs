//! Streams in pieces, headers, errors, dictionaries, and memory that runs out. The crate `deflate-difftest` compares with zlib.

use crate::{Error, Flush, Inflate, Memory, Status, Step};
use deflate::{Config, Deflate, Strategy};
use outbuf::OutBuf;
use std::cell::Cell;
use std::ffi::{CStr, c_uint, c_void};
use std::mem::MaybeUninit;

thread_local! {
    /// How many more requests are granted on this thread, and how many blocks are out.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static OUT: Cell<isize> = const { Cell::new(0) };
}

/// Lets the next `count` requests of this thread succeed and no more.
fn grant(count: usize) {
    LEFT.set(count);
}

/// How many blocks this thread has out.
fn blocks_out() -> isize {
    OUT.get()
}

/// Memory from the global allocator, with the size in front of each block.
fn memory() -> Memory {
    const HEAD: usize = 16;
    unsafe extern "C" fn zalloc(_: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
        if LEFT.get() == 0 {
            return std::ptr::null_mut();
        }
        LEFT.set(LEFT.get() - 1);
        OUT.set(OUT.get() + 1);
        let size = items as usize * size as usize + HEAD;
        let layout = std::alloc::Layout::from_size_align(size, HEAD).expect("a small block");
        // SAFETY: the size is not zero.
        let block = unsafe { std::alloc::alloc(layout) };
        assert!(!block.is_null(), "a small block");
        // The contents of new memory must not matter.
        // SAFETY: the block has `size` bytes.
        unsafe { block.write_bytes(0xa5, size) };
        // SAFETY: the block has room for its size, and is aligned to 16 bytes.
        unsafe { block.cast::<usize>().write(size) };
        // SAFETY: the block has at least `HEAD` bytes.
        unsafe { block.add(HEAD).cast() }
    }
    unsafe extern "C" fn zfree(_: *mut c_void, memory: *mut c_void) {
        OUT.set(OUT.get() - 1);
        // SAFETY: the memory came from `zalloc`, `HEAD` bytes after the start of its block.
        let block = unsafe { memory.cast::<u8>().sub(HEAD) };
        // SAFETY: `zalloc` wrote the size there.
        let size = unsafe { block.cast::<usize>().read() };
        let layout = std::alloc::Layout::from_size_align(size, HEAD).expect("as before");
        // SAFETY: the block is from this allocator, with this layout, and is given back once.
        unsafe { std::alloc::dealloc(block, layout) };
    }
    // SAFETY: the functions do as the contract says.
    unsafe { Memory::new(zalloc, zfree) }
}

/// Data of runs, matches and noise.
fn random_data(seed: &mut u64, len: usize) -> Vec<u8> {
    let mut next = || {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        (*seed >> 20) as usize
    };
    let mut data = Vec::with_capacity(len + 300);
    while data.len() < len {
        match next() % 4 {
            0 => data.extend((0..next() % 40).map(|_| next() as u8)),
            1 => data.extend(std::iter::repeat_n(next() as u8, next() % 300)),
            2 => data.extend_from_slice(&b"the quick brown fox jumps over the lazy dog; "[next() % 20..]),
            _ if !data.is_empty() => {
                let start = next() % data.len();
                let end = (start + next() % 260).min(data.len());
                data.extend_from_within(start..end);
            }
            _ => {}
        }
    }
    data.truncate(len);
    data
}

/// A whole stream.
fn compress(config: &Config, dictionary: &[u8], data: &[u8]) -> Vec<u8> {
    let mut stream = Deflate::new(config).expect("memory");
    if !dictionary.is_empty() {
        stream.set_dictionary(dictionary).expect("at the start");
    }
    let mut memory = vec![MaybeUninit::uninit(); 2 * data.len() + 100];
    let mut output = OutBuf::new(&mut memory);
    stream.deflate(&mut &data[..], &mut output, deflate::Flush::Finish).expect("there is room");
    output.filled().to_vec()
}

/// Decodes with pieces and room of these sizes, until a result that is neither progress nor the lack of it.
fn decode(stream: &mut Inflate, data: &[u8], piece: usize, room: usize) -> (Vec<u8>, usize, Status) {
    let (mut result, mut consumed) = (Vec::new(), 0_usize);
    loop {
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut out = OutBuf::new(&mut memory);
        let end = data.len().min(consumed.saturating_add(piece));
        let Step { consumed: more, status } = stream.step(&data[consumed..end], &mut out, Flush::Sync);
        consumed += more;
        result.extend_from_slice(out.filled());
        if status != Status::Ok {
            return (result, consumed, status);
        }
    }
}

/// Data, the window bits and the stream, for many parameters.
fn streams(seed: &mut u64) -> Vec<(Vec<u8>, i32, Vec<u8>)> {
    let mut streams = Vec::new();
    let strategies = [Strategy::Default, Strategy::HuffmanOnly, Strategy::Fixed, Strategy::Rle];
    for (round, len) in [0, 1, 5, 100, 3000, 40_000, 150_000].into_iter().cycle().take(70).enumerate() {
        let data = random_data(seed, len);
        let config = Config {
            level: [6, 0, 9][round % 3],
            window_bits: [15, -15, 31, 9, -12][round % 5],
            strategy: strategies[round / 2 % 4],
            ..Config::default()
        };
        let packed = compress(&config, b"", &data);
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
            let mut stream = Inflate::new(memory(), window_bits).expect("memory");
            let result = decode(&mut stream, &packed, piece, room);
            assert_eq!(result, (data.clone(), len, Status::StreamEnd), "{window_bits} {piece} {room}");
            // There it stays.
            assert_eq!(decode(&mut stream, b"x", 1, 1), (Vec::new(), 0, Status::StreamEnd));
        }
        let auto = if window_bits > 0 { 47 } else { window_bits };
        let mut stream = Inflate::new(memory(), auto).expect("memory");
        assert_eq!(decode(&mut stream, &packed, usize::MAX, 5000), (data, len, Status::StreamEnd));
    }
    assert_eq!(blocks_out(), 0);
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
        let mut stream = Inflate::new(memory(), window_bits).expect("memory");
        assert_eq!(decode(&mut stream, data, 1, 9).2, Status::DataError, "{message:?}");
        assert_eq!(stream.message(), Some(message));
    }
    // Everything that gzip's header can have, with its checksum.
    let mut header = b"\x1f\x8b\x08\x1e\x01\x02\x03\x04\x00\x03\x05\x00extraname\0comment\0".to_vec();
    header.extend_from_slice(&(checksum::crc32(0, &header) as u16).to_le_bytes());
    let config = Config { window_bits: 31, ..Config::default() };
    let packed = compress(&config, b"", b"data");
    let packed = [&header, &packed[10..]].concat();
    for piece in [1, 7, 1000] {
        let mut stream = Inflate::new(memory(), 31).expect("memory");
        assert_eq!(decode(&mut stream, &packed, piece, 9).0, b"data");
    }
    for wrong in [7, 16 + 7, 48, 1000, -7, -16, i32::MIN, i32::MAX] {
        assert_eq!(Inflate::new(memory(), wrong).err(), Some(Error::Stream), "{wrong}");
    }
    for right in [0, 8, 15, 16, 31, 32, 47, -8, -15] {
        assert!(Inflate::new(memory(), right).is_ok(), "{right}");
    }
}

#[test]
fn a_distance_beyond_the_window_is_refused() {
    // A kilobyte without repetitions, twice.
    let half: Vec<u8> = (0..1024_u32).map(|at| (at.wrapping_mul(at).wrapping_mul(0x9e37_79b1) >> 13) as u8).collect();
    let data = [half.as_slice(), &half].concat();
    let config = Config { window_bits: -15, ..Config::default() };
    let packed = compress(&config, b"", &data);
    // The output of one step can be referred to whatever the window is.
    for (window_bits, room, good) in [(-9, 5000, true), (-9, 600, false), (-10, 600, true), (-15, 600, true)] {
        let mut stream = Inflate::new(memory(), window_bits).expect("memory");
        let (_, _, code) = decode(&mut stream, &packed, usize::MAX, room);
        assert_eq!(code == Status::StreamEnd, good, "{window_bits} {room}");
        assert_eq!(stream.message(), if good { None } else { Some(c"invalid distance too far back") });
    }
}

#[test]
fn dictionaries_and_copies() {
    let dictionary = random_data(&mut 33, 700);
    let data = [&dictionary[300..], &dictionary[250..]].concat();
    for window_bits in [15, -15, 9, -9, -10] {
        let config = Config { window_bits, ..Config::default() };
        let packed = compress(&config, &dictionary, &data);
        let mut stream = Inflate::new(memory(), window_bits).expect("memory");
        let mut consumed = 0;
        if window_bits > 0 {
            assert_eq!(stream.set_dictionary(&dictionary), Err(Error::Stream));
            consumed = decode(&mut stream, &packed, 3, 100).1;
            assert_eq!(decode(&mut stream, &packed[consumed..], 3, 100), (Vec::new(), 0, Status::NeedDict));
            assert_eq!(stream.set_dictionary(b"another"), Err(Error::Data));
        }
        stream.set_dictionary(&dictionary).expect("the right one");
        let mut copy = stream.try_clone().expect("memory");
        let expected = (data.clone(), packed.len() - consumed, Status::StreamEnd);
        assert_eq!(decode(&mut stream, &packed[consumed..], 50, 60), expected);
        assert_eq!(decode(&mut copy, &packed[consumed..], 9999, 9999), expected, "{window_bits}");
    }
    grant(0);
    assert_eq!(Inflate::new(memory(), 9).err(), Some(Error::Memory));
    grant(1);
    // There is none left for the window.
    let mut stream = Inflate::new(memory(), -9).expect("memory");
    assert_eq!(decode(&mut stream, b"\x4b\x4c\x04\x00", 2, 1).2, Status::MemError);
    grant(usize::MAX);
    // What is lost stays lost.
    assert_eq!(decode(&mut stream, b"more", 2, 1), (Vec::new(), 0, Status::MemError));
    drop(stream);
    assert_eq!(blocks_out(), 0);
}
