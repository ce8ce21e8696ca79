//! Random streams, damaged or not, decompressed with any cuts by the crate `inflate` and by zlib.

use crate::check::{STRATEGIES, data};
use crate::libz::{self, CDeflate, CInflate};
use crate::random::Random;
use deflate::Flush;
use inflate::{Inflate, Memory, Status, Step};
use outbuf::OutBuf;
use std::ffi::{c_uint, c_void};
use std::mem::MaybeUninit;

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

/// Memory from calloc.
pub fn memory() -> Memory {
    // SAFETY: calloc gives memory of that size or NULL, which free takes back.
    unsafe { Memory::new(allocate, release) }
}

fn code(status: Status) -> i32 {
    match status {
        Status::Ok => libz::OK,
        Status::StreamEnd => libz::STREAM_END,
        Status::NeedDict => libz::NEED_DICT,
        Status::BufError => libz::BUF_ERROR,
        Status::DataError => libz::DATA_ERROR,
        Status::MemError => libz::MEM_ERROR,
    }
}

/// A stream with random parameters, its window bits and its dictionary.
fn stream(random: &mut Random, max: usize) -> (Vec<u8>, i32, Vec<u8>) {
    let data = data(random, max);
    let window_bits = random.choose(&[15, 15, -15, 31, 9, -9, 12, 25, -12]);
    let level = random.below(10) as i32;
    let strategy = if random.one_in(2) { 0 } else { random.choose(&STRATEGIES) as i32 };
    let mut deflate = CDeflate::new(level, 8, window_bits, 1 + random.below(9) as i32, strategy).expect("valid");
    let mut dictionary = Vec::new();
    if random.one_in(5) && window_bits < 16 {
        dictionary = self::data(random, 3000);
        deflate.set_dictionary(&dictionary);
    }
    let mut packed = vec![0; 2 * data.len() + 1000];
    let (result, _, written) = deflate.deflate(&data, &mut packed, Flush::Finish as i32);
    assert_eq!(result, libz::STREAM_END);
    packed.truncate(written);
    (packed, window_bits, dictionary)
}

/// Each call reads and writes as much as zlib's, with the same result and the same message.
pub fn check(seed: u64, max: usize) {
    let random = &mut Random::new(seed);
    let (mut packed, mut window_bits, dictionary) = stream(random, max);
    for _ in 0..random.choose(&[0, 0, 1, 1, 3]) {
        // Damage to a header is found at once: half of it is elsewhere.
        let end = if random.one_in(2) { packed.len().min(60) } else { packed.len() };
        let place = random.below(end.max(1));
        if let Some(byte) = packed.get_mut(place) {
            *byte ^= 1 << random.below(8);
        }
    }
    if random.one_in(8) {
        packed.truncate(random.below(packed.len() + 1));
    }
    packed.extend_from_slice(&b"what follows"[random.below(13)..]);
    if random.one_in(4) {
        // A smaller window than the stream needs, or one that the header says.
        window_bits = match window_bits {
            ..0 => -9,
            0..16 => random.choose(&[0, 8, 9, 47, 32, 40]),
            _ => random.choose(&[25, 47, 16, 32]),
        };
    }
    let mut ours = Inflate::new(memory(), window_bits).expect("valid parameters");
    let mut theirs = CInflate::new(window_bits).expect("valid parameters");
    let (mut rest, small) = (&packed[..], random.one_in(3));
    for call in 0..2000 {
        let (piece, room) = match call {
            1000.. => (usize::MAX, 1 << 20),
            _ if small => (random.skewed(5), random.skewed(6)),
            _ => (random.skewed(16), random.skewed(17)),
        };
        let input = &rest[..piece.min(rest.len())];
        let finish = random.one_in(5);
        let flush = if finish { inflate::Flush::Finish } else { inflate::Flush::Sync };
        let mut expected = vec![0; room];
        // Z_SYNC_FLUSH and Z_FINISH.
        let (expected_code, expected_read, written) = theirs.inflate(input, &mut expected, if finish { 4 } else { 2 });
        let mut room = vec![MaybeUninit::uninit(); room];
        let mut output = OutBuf::new(&mut room);
        let Step { consumed, status } = ours.step(input, &mut output, flush);
        let context = format!("seed {seed} max {max}, call {call}, window bits {window_bits}");
        if status == Status::DataError || expected_code == libz::DATA_ERROR {
            // How much of the output before the error is written depends on the loops.
            assert_eq!(code(status), expected_code, "{context}");
            let message = ours.message().map(|message| message.to_string_lossy().into_owned());
            assert_eq!(message, theirs.message(), "{context}");
            break;
        }
        assert_eq!((code(status), consumed, output.len()), (expected_code, expected_read, written), "{context}");
        assert!(output.filled() == &expected[..written], "{context}: other bytes");
        rest = &rest[consumed..];
        if status == Status::NeedDict {
            assert_eq!(ours.set_dictionary(&dictionary).is_ok(), theirs.set_dictionary(&dictionary) == libz::OK);
        }
        if status == Status::StreamEnd && random.one_in(2) {
            break;
        }
        if random.one_in(50) {
            ours = ours.try_clone().expect("memory");
        }
        if rest.is_empty() && call > 1000 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_are_those_of_zlib() {
        for seed in 0..4000 {
            super::check(seed, 3000);
        }
        for seed in 0..60 {
            super::check(seed, 300_000);
        }
    }
}
