//! Random streams: random data, parameters, calls, cuts and flushes, all from a number.

#![forbid(unsafe_code)]

use crate::corpus::{KINDS, generate};
use crate::libz::{self, CDeflate};
use crate::random::Random;
use deflate::{Config, Deflate, Error, Flush, Profile, Status, Strategy};
use outbuf::OutBuf;
use std::ffi::c_ulong;
use std::mem::MaybeUninit;

fn code(result: Result<Status, Error>) -> i32 {
    match result {
        Ok(Status::Ok) => libz::OK,
        Ok(Status::StreamEnd) => libz::STREAM_END,
        Err(Error::Stream) => libz::STREAM_ERROR,
        Err(Error::Mem) => libz::MEM_ERROR,
        Err(Error::Buf) => libz::BUF_ERROR,
    }
}

/// Data of up to `max` bytes: of one kind, or pieces of several.
pub(crate) fn data(random: &mut Random, max: usize) -> Vec<u8> {
    let len = if random.one_in(3) { random.below(max) } else { random.skewed(max.ilog2()) };
    if random.one_in(8) {
        // Few different bytes, with copies of what came before.
        let symbols = 1 + random.skewed(8).min(255);
        let mut data = Vec::with_capacity(len + 300);
        while data.len() < len {
            if data.len() > 4 && random.one_in(3) {
                let from = data.len() - 1 - random.skewed(15).min(data.len() - 1);
                let count = random.skewed(9).min(data.len() - from);
                data.extend_from_within(from..from + count);
            } else {
                data.push(random.below(symbols) as u8);
            }
        }
        data.truncate(len);
        return data;
    }
    let mut data = Vec::new();
    let pieces = if random.one_in(3) { 1 + random.below(4) } else { 1 };
    for _ in 0..pieces {
        let kind = random.choose(&KINDS);
        data.extend(generate(kind, len / pieces, random.next_u64() % 50));
    }
    data
}

struct Pair {
    ours: Deflate,
    theirs: CDeflate,
}

impl Pair {
    /// One call of both: what was read and whether the stream ended.
    fn call(&mut self, input: &[u8], room: usize, call: Call) -> (i32, usize) {
        let mut expected = vec![0; room];
        let (expected_code, expected_read, written) = match call {
            Call::Deflate(flush) => self.theirs.deflate(input, &mut expected, flush as i32),
            Call::Params(level, strategy) => self.theirs.params(input, &mut expected, level, strategy as i32),
        };
        expected.truncate(written);
        let mut memory = vec![MaybeUninit::uninit(); room];
        let mut output = OutBuf::new(&mut memory);
        let mut rest = input;
        let found = code(match call {
            Call::Deflate(flush) => self.ours.deflate(&mut rest, &mut output, flush),
            Call::Params(level, strategy) => {
                self.ours.params(&mut rest, &mut output, level, strategy).map(|()| Status::Ok)
            }
        });
        let read = input.len() - rest.len();
        assert_eq!((found, read, output.len()), (expected_code, expected_read, written), "{call:?}, room {room}");
        assert!(output.filled() == expected, "{call:?}: other bytes");
        assert_eq!(self.ours.adler(), self.theirs.adler(), "{call:?}: check value");
        (found, read)
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Deflate(Flush),
    Params(i32, Strategy),
}

pub(crate) const STRATEGIES: [Strategy; 5] =
    [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed];

/// The exact profile: each call like zlib's. Returns what was done.
pub fn exact(seed: u64, max: usize) -> Vec<String> {
    let random = &mut Random::new(seed);
    let config = Config {
        level: random.below(11) as i32 - 1,
        method: 8,
        window_bits: if random.one_in(2) {
            random.choose(&[15, -15, 31])
        } else {
            random.choose(&[8, 9, 10, 11, 12, 13, 14, 15, -8, -9, -10, -11, -12, -13, -14, -15, 24, 25, 26, 29, 30, 31])
        },
        mem_level: if random.one_in(2) { 8 } else { 1 + random.below(9) as i32 },
        strategy: if random.one_in(2) { Strategy::Default } else { random.choose(&STRATEGIES) },
        profile: Profile::Exact,
    };
    let mut log = vec![format!("seed {seed} max {max} {config:?}")];
    let ours = Deflate::new(&config);
    let theirs =
        CDeflate::new(config.level, config.method, config.window_bits, config.mem_level, config.strategy as i32);
    let (Ok(ours), Ok(theirs)) = (ours, theirs) else {
        assert_eq!(Deflate::new(&config).map(|_| ()), Err(Error::Stream));
        assert_eq!(
            CDeflate::new(config.level, config.method, config.window_bits, config.mem_level, config.strategy as i32)
                .map(|_| ())
                .err(),
            Some(libz::STREAM_ERROR)
        );
        return log;
    };
    let mut pair = Pair { ours, theirs };
    if random.one_in(6) {
        let longest = if random.one_in(4) { 80_000 } else { 2000 };
        let dictionary = data(random, longest);
        let found = code(pair.ours.set_dictionary(&dictionary).map(|()| Status::Ok));
        assert_eq!(found, pair.theirs.set_dictionary(&dictionary));
    }
    let shape = random.below(6);
    for round in 0..if random.one_in(10) { 2 } else { 1 } {
        let data = data(random, max);
        log.push(format!("data {}", data.len()));
        if config.level != 0 && round == 0 {
            // zlib 1.2.13 does not look at the level (which may be 0 in another round), 1.3 does.
            assert_eq!(pair.ours.bound(data.len() as u64) as c_ulong, pair.theirs.bound(data.len()));
        }
        let mut rest = &data[..];
        let mut calls = 0;
        loop {
            calls += 1;
            // Whole streams, pieces of one size, and any pieces.
            let piece = match shape {
                0 => rest.len(),
                1 => 1 + random.skewed(8),
                2 => 1000,
                _ => random.skewed(17),
            }
            .min(rest.len());
            let room = match shape {
                0 | 2 => data.len() + 1000,
                1 => 1 + random.skewed(6),
                3 => 1 + random.below(3),
                _ => 1 + random.skewed(17),
            };
            let flush = if piece == rest.len() && random.one_in(2) || calls > 40_000 {
                Flush::Finish
            } else if shape < 5 && !random.one_in(10) || calls > 30_000 {
                Flush::No
            } else {
                random.choose(&[Flush::No, Flush::Partial, Flush::Sync, Flush::Full, Flush::Block, Flush::Finish])
            };
            let flush = if shape == 0 { Flush::Finish } else { flush };
            let call = if shape > 2 && random.one_in(20) && flush != Flush::Finish {
                Call::Params(
                    random.below(11) as i32 - 1,
                    if random.one_in(2) { Strategy::Default } else { random.choose(&STRATEGIES) },
                )
            } else {
                Call::Deflate(flush)
            };
            log.push(format!("{call:?} {piece} {room}"));
            let (code, read) = pair.call(&rest[..piece], room, call);
            rest = &rest[read..];
            if code == libz::STREAM_END {
                break;
            }
            if flush == Flush::Finish {
                // After the first `Finish` only more of it is right, but wrong calls give zlib's errors.
                loop {
                    let room = 1 + random.skewed(14);
                    let wrong = random.one_in(30);
                    let flush = if wrong { Flush::Sync } else { Flush::Finish };
                    let input = if random.one_in(30) { rest } else { &rest[..0] };
                    log.push(format!("end {flush:?} {} {room}", input.len()));
                    let (code, read) = pair.call(input, room, Call::Deflate(flush));
                    rest = &rest[read..];
                    if code == libz::STREAM_END {
                        break;
                    }
                }
                break;
            }
            if random.one_in(60) {
                log.push("copy".to_owned());
                pair = Pair { ours: pair.ours.try_clone().expect("memory"), theirs: pair.theirs.copy() };
            }
            if random.one_in(40) {
                let dictionary = self::data(random, 3000);
                log.push(format!("dictionary {}", dictionary.len()));
                let found = code_of(pair.ours.set_dictionary(&dictionary));
                assert_eq!(found, pair.theirs.set_dictionary(&dictionary));
            }
        }
        log.push("reset".to_owned());
        pair.ours.reset();
        pair.theirs.reset();
    }
    log
}

fn code_of(result: Result<(), Error>) -> i32 {
    code(result.map(|()| Status::Ok))
}

/// Compresses `data`, flushed at the given places, in the pieces and into the rooms that `cuts` has.
fn compress(
    stream: &mut Deflate,
    data: &[u8],
    flushes: &[(usize, Flush)],
    mut cuts: impl FnMut() -> (usize, usize),
) -> Vec<u8> {
    let mut result = Vec::new();
    let mut at = 0;
    for &(end, flush) in flushes {
        loop {
            let (piece, room) = cuts();
            let piece = piece.min(end - at);
            let now = if at + piece == end { flush } else { Flush::No };
            let mut memory = vec![MaybeUninit::uninit(); room];
            let mut output = OutBuf::new(&mut memory);
            let mut rest = &data[at..at + piece];
            let status = match stream.deflate(&mut rest, &mut output, now) {
                Err(Error::Buf) => Status::Ok,
                status => status.expect("a valid call"),
            };
            result.extend_from_slice(output.filled());
            at += piece - rest.len();
            let full = output.remaining() == 0;
            if status == Status::StreamEnd
                || (at == end && rest.is_empty() && now == flush && flush != Flush::Finish && !full)
            {
                break;
            }
        }
    }
    result
}

/// The fast profile: decompressed, and the same with any cuts.
pub fn fast(seed: u64, max: usize) {
    let random = &mut Random::new(seed);
    let config = Config {
        level: random.below(10) as i32,
        method: 8,
        window_bits: if random.one_in(2) {
            random.choose(&[15, -15, 31])
        } else {
            random.choose(&[9, 10, 11, 12, 13, 14, -9, -10, -12, 25, 27])
        },
        mem_level: if random.one_in(2) { 8 } else { 1 + random.below(9) as i32 },
        strategy: if random.one_in(2) { Strategy::Default } else { random.choose(&STRATEGIES) },
        profile: Profile::Fast,
    };
    let mut stream = Deflate::new(&config).expect("valid parameters");
    let mut dictionary = Vec::new();
    if random.one_in(4) && config.window_bits < 16 {
        let longest = if random.one_in(4) { 80_000 } else { 2000 };
        dictionary = data(random, longest);
        stream.set_dictionary(&dictionary).expect("in time");
    }
    let mut pieces = Vec::new();
    let mut bytes = Vec::new();
    if !random.one_in(3) {
        for _ in 0..random.below(6) {
            bytes.extend(data(random, max / 4));
            pieces.push((bytes.len(), random.choose(&[Flush::Partial, Flush::Sync, Flush::Full, Flush::Block])));
        }
    }
    bytes.extend(data(random, max));
    pieces.push((bytes.len(), Flush::Finish));
    let whole =
        compress(&mut stream.try_clone().expect("memory"), &bytes, &pieces, || (usize::MAX, 2 * bytes.len() + 100_000));
    let inflated = libz::inflate_all(&whole, config.window_bits, &dictionary, bytes.len());
    assert!(
        inflated.as_ref() == Some(&bytes),
        "{config:?}, dictionary {}, {pieces:?}: does not decompress",
        dictionary.len()
    );
    let small = random.one_in(3);
    let reused = random.one_in(3);
    if reused {
        // A stream that was used before is like a new one.
        let other = data(random, max);
        stream.reset();
        compress(&mut stream, &other, &[(other.len(), Flush::Finish)], || (usize::MAX, 2 * other.len() + 100_000));
        stream.reset();
        if !dictionary.is_empty() {
            stream.set_dictionary(&dictionary).expect("in time");
        }
    }
    let cut = compress(&mut stream, &bytes, &pieces, || {
        if small { (random.skewed(6), 8 + random.skewed(6)) } else { (random.skewed(17), 8 + random.skewed(17)) }
    });
    assert!(
        cut == whole,
        "{config:?}, dictionary {}, {pieces:?}, reused {reused}: other bytes with cuts",
        dictionary.len()
    );
}

#[cfg(test)]
mod tests {
    use super::{compress, generate, libz};
    use deflate::{Config, Deflate, Flush, Profile};

    #[test]
    fn nothing_refers_to_data_before_a_full_flush() {
        for profile in [Profile::Exact, Profile::Fast] {
            for level in 0..=9 {
                for kind in ["zeros", "text", "period11", "code", "int32"] {
                    let config = Config { level, window_bits: -15, profile, ..Config::default() };
                    let mut stream = Deflate::new(&config).expect("valid parameters");
                    // Also where a match as long as can be ends there.
                    for len in (258..270).chain([5000]) {
                        stream.reset();
                        let data = generate(kind, len, 1);
                        let cuts = || (usize::MAX, 20_000);
                        compress(&mut stream, &data, &[(data.len(), Flush::Full)], cuts);
                        let rest = compress(&mut stream, &data, &[(data.len(), Flush::Finish)], cuts);
                        let inflated = libz::inflate_all(&rest, -15, b"", data.len());
                        assert!(inflated.as_ref() == Some(&data), "{profile:?}, level {level}, {kind}, {len}");
                    }
                }
            }
        }
    }

    #[test]
    fn exact_output_is_that_of_zlib() {
        for seed in 0..2000 {
            super::exact(seed, 3000);
        }
        for seed in 0..20 {
            super::exact(seed, 300_000);
        }
    }

    #[test]
    fn fast_output_decompresses_and_does_not_depend_on_cuts() {
        for seed in 0..2000 {
            super::fast(seed, 3000);
        }
        for seed in 0..20 {
            super::fast(seed, 300_000);
        }
    }
}
