//! Streams compared with those of libbz2-rs-sys, which writes the bytes of libbzip2.

use super::Compress;
use libbz2_rs_sys as bz;
use outbuf::OutBuf;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

/// [`Compress`] as the library does it.
struct Oracle {
    raw: Box<bz::bz_stream>,
}

impl Oracle {
    fn new(level: u8) -> Self {
        let mut raw = Box::new(bz::bz_stream::zeroed());
        // SAFETY: the struct is live, does not move, and selects the default allocator.
        assert_eq!(unsafe { bz::BZ2_bzCompressInit(&mut *raw, level.into(), 0, 0) }, bz::BZ_OK);
        Self { raw }
    }

    /// Runs one step with space for `capacity` bytes; returns how much has been consumed, and the output.
    fn step(&mut self, input: &[u8], capacity: usize, action: c_int) -> (usize, Vec<u8>) {
        let mut out = vec![0; capacity];
        let raw = &mut *self.raw;
        (raw.next_in, raw.avail_in) = (input.as_ptr().cast(), input.len() as u32);
        (raw.next_out, raw.avail_out) = (out.as_mut_ptr().cast(), capacity as u32);
        // SAFETY: the struct is set up, and both buffers are as long as said.
        let code = unsafe { bz::BZ2_bzCompress(raw, action) };
        assert!(code >= 0, "{code}");
        (raw.next_in, raw.next_out) = (ptr::null(), ptr::null_mut());
        out.truncate(capacity - raw.avail_out as usize);
        (input.len() - raw.avail_in as usize, out)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // SAFETY: the struct is set up, and not used after this.
        unsafe { bz::BZ2_bzCompressEnd(&mut *self.raw) };
    }
}

/// Compresses with the library; the tests of the decoder use it too.
pub(crate) fn library(data: &[u8], level: u8) -> Vec<u8> {
    let mut stream = Oracle::new(level);
    let capacity = data.len() + data.len() / 50 + 10_000;
    let mut packed = if data.is_empty() { Vec::new() } else { stream.step(data, capacity, bz::BZ_RUN).1 };
    packed.extend(stream.step(&[], capacity, bz::BZ_FINISH).1);
    packed
}

fn ours(data: &[u8], level: u8) -> Vec<u8> {
    let mut memory = vec![MaybeUninit::uninit(); data.len() + data.len() / 50 + 10_000];
    let mut out = OutBuf::new(&mut memory);
    let mut stream = Compress::new(level);
    assert_eq!(stream.step(data, &mut out).expect("memory").consumed, data.len());
    stream.finish().expect("memory");
    assert!(stream.step(&[], &mut out).expect("memory").ended);
    out.filled().to_vec()
}

fn compare(data: &[u8], level: u8, label: &str) {
    assert!(ours(data, level) == library(data, level), "{label}, {} bytes, level {level}", data.len());
}

fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 20) as usize
}

/// Data of one of eight kinds: noise over large and small alphabets, words, runs, self-similar and repetitive strings.
fn sample(kind: usize, len: usize, seed: &mut u64) -> Vec<u8> {
    let mut data: Vec<u8> = Vec::new();
    while data.len() < len {
        let done = data.len();
        match kind {
            0 => data.push(random(seed) as u8),
            1 => data.push(b'a' + (random(seed) & 1) as u8),
            2 => data.extend_from_slice(&b"the quick brown fox jumps over the lazy dog; "[random(seed) % 44..]),
            3 => data.extend(std::iter::repeat_n(random(seed) as u8 & 3, random(seed) % 700)),
            4 => data.extend(std::iter::repeat_n(random(seed) as u8 & 1, random(seed) % 6)),
            // The Fibonacci word and the Thue-Morse word, of which every factor occurs again.
            5 if done < 2 => data = b"ab".to_vec(),
            5 => data.extend_from_within(..if done.is_multiple_of(2) { done / 2 } else { done * 5 / 8 }),
            6 => data.push(b'a' + (done.count_ones() & 1) as u8),
            // A long string repeated, with one bit changed.
            _ if done < len / 3 => data.extend_from_slice(&random(seed).to_le_bytes()),
            _ => {
                data.extend_from_within(..done.min(len - done));
                data[done] ^= 1;
            }
        }
    }
    data.truncate(len);
    data
}

#[test]
fn small_inputs() {
    let mut seed = 41;
    for run in (0..40).chain(250..270).chain(500..520) {
        compare(&[vec![b'a'; run], vec![b'b'; run % 9]].concat(), 1 + (run % 9) as u8, "a run");
    }
    compare(&(0..=255).collect::<Vec<_>>(), 9, "all bytes");
    for len in 1..300 {
        compare(&sample(len % 8, len, &mut seed), 9, "a sample");
    }
}

#[test]
fn medium_inputs() {
    let mut seed = 42;
    for (index, len) in [1000, 5000, 9999, 10_000, 20_000, 70_000].into_iter().enumerate() {
        for kind in 0..8 {
            compare(&sample(kind, len, &mut seed), 1 + (index + kind) as u8 % 9, &format!("kind {kind}"));
        }
    }
}

#[test]
fn full_blocks() {
    let mut seed = 43;
    for (kind, len) in [(0, 99_980), (1, 99_981), (2, 99_982), (6, 100_000), (7, 210_000), (3, 3_000_000)] {
        for len in [len, len + 1] {
            compare(&sample(kind, len, &mut seed), 1, &format!("kind {kind}"));
        }
    }
    compare(&sample(2, 950_000, &mut seed), 9, "text");
    // The last run makes the block longer than its limit, and the byte after it belongs to the next block.
    for prefix in 99_970..99_985 {
        let noise = sample(6, prefix, &mut seed);
        compare(&[&noise[..], &[b'x'; 300], b"y"].concat(), 1, "a run at the end");
    }
}

#[test]
fn periodic_blocks() {
    let mut seed = 44;
    for period in [1, 2, 3, 5, 8, 30, 256, 300] {
        let root = sample(0, period, &mut seed);
        for len in [period * 2, period * 7, period * 13, 9999 / period * period, 20_000 / period * period] {
            let data: Vec<u8> = root.iter().copied().cycle().take(len).collect();
            compare(&data, 9, &format!("period {period}"));
        }
        let letters: Vec<u8> = root.iter().map(|byte| byte & 1).cycle().take(period * 40).collect();
        compare(&letters, 9, &format!("letters of period {period}"));
    }
    for byte in [0, 251] {
        compare(&vec![byte; 255 * 30_000], 1, "one byte");
    }
    // In a large block with a long root another of the equal rows may be named; only origPtr differs.
    let data = sample(0, 2500, &mut seed).repeat(7);
    let (mut ours, theirs) = (ours(&data, 9), library(&data, 9));
    ours[14..18].copy_from_slice(&theirs[14..18]);
    assert!(ours == theirs);
}

#[test]
fn steps_of_any_size() {
    let mut seed = 45;
    for round in 0..6 {
        let data = sample([2, 3, 7][round % 3], 250_000, &mut seed);
        let (mut ours, mut theirs) = (Compress::new(1), Oracle::new(1));
        let mut rest = &data[..];
        while !rest.is_empty() {
            let piece = &rest[..(1 + random(&mut seed) % [90_000, 3000][round % 2]).min(rest.len())];
            let capacity = 1 + random(&mut seed) % 40_000;
            let (consumed, expected) = theirs.step(piece, capacity, bz::BZ_RUN);
            let mut memory = vec![MaybeUninit::uninit(); capacity];
            let mut out = OutBuf::new(&mut memory);
            assert_eq!(ours.step(piece, &mut out).expect("memory").consumed, consumed);
            assert!(out.filled() == expected);
            rest = &rest[consumed..];
        }
        let (_, expected) = theirs.step(&[], 300_000, bz::BZ_FINISH);
        let mut memory = vec![MaybeUninit::uninit(); 300_000];
        let mut out = OutBuf::new(&mut memory);
        assert_eq!(ours.finish().expect("memory"), expected.len());
        assert!(ours.step(&[], &mut out).expect("memory").ended && out.filled() == expected);
    }
}
