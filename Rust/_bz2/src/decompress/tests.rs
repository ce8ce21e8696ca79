//! The decoder compared with libbz2-rs-sys: the same output, consumption and errors for the same pieces of valid and
//! damaged streams.

use super::Decompress;
use crate::compress::tests::library as compress;
use crate::stream::{Error, Step};
use libbz2_rs_sys as bz;
use outbuf::OutBuf;
use std::mem::MaybeUninit;
use std::ptr;

/// [`Decompress`] as the library does it.
struct Oracle {
    raw: Box<bz::bz_stream>,
}

impl Oracle {
    fn new() -> Self {
        let mut raw = Box::new(bz::bz_stream::zeroed());
        // SAFETY: the struct is live, does not move, and selects the default allocator.
        assert_eq!(unsafe { bz::BZ2_bzDecompressInit(&mut *raw, 0, 0) }, bz::BZ_OK);
        Self { raw }
    }

    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Result<Step, Error> {
        let spare = out.spare_mut();
        let (before_in, before_out) = (input.len() as u32, spare.len() as u32);
        let raw = &mut *self.raw;
        (raw.next_in, raw.avail_in) = (input.as_ptr().cast(), before_in);
        (raw.next_out, raw.avail_out) = (spare.as_mut_ptr().cast(), before_out);
        // SAFETY: the struct is set up, and both buffers are as long as said.
        let code = unsafe { bz::BZ2_bzDecompress(raw) };
        let (left_in, left_out) = (self.raw.avail_in, self.raw.avail_out);
        // SAFETY: so much has been written.
        unsafe { out.advance((before_out - left_out) as usize) };
        (self.raw.next_in, self.raw.next_out) = (ptr::null(), ptr::null_mut());
        match code {
            bz::BZ_OK => Ok(Step { consumed: (before_in - left_in) as usize, ended: false }),
            bz::BZ_STREAM_END => Ok(Step { consumed: (before_in - left_in) as usize, ended: true }),
            bz::BZ_DATA_ERROR | bz::BZ_DATA_ERROR_MAGIC => Err(Error::Data),
            code => panic!("{code}"),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // SAFETY: the struct is set up, and not used after this.
        unsafe { bz::BZ2_bzDecompressEnd(&mut *self.raw) };
    }
}

fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 20) as usize
}

fn random_data(seed: &mut u64, len: usize) -> Vec<u8> {
    let mut data = Vec::new();
    while data.len() < len {
        match random(seed) % 5 {
            0 => data.extend((0..random(seed) % 40).map(|_| random(seed) as u8)),
            1 => data.extend(std::iter::repeat_n(random(seed) as u8, random(seed) % 700)),
            2 => data.extend(std::iter::repeat_n(b'x', random(seed) % 9)),
            _ => data.extend_from_slice(&b"the quick brown fox jumps over the lazy dog; "[random(seed) % 20..]),
        }
    }
    data.truncate(len);
    data
}

/// Feeds `packed` to a decoder in pieces of up to `piece` bytes, with space for up to `capacity` bytes of output each;
/// returns the output, and where the stream ends.
fn decompress(
    packed: &[u8],
    mut seed: u64,
    piece: usize,
    capacity: usize,
    mut step: impl FnMut(&[u8], &mut OutBuf<'_>) -> Result<Step, Error>,
) -> Result<(Vec<u8>, Option<usize>), Error> {
    let (mut at, mut result) = (0, Vec::new());
    loop {
        let input = &packed[at..(at + 1 + random(&mut seed) % piece).min(packed.len())];
        let mut memory = vec![MaybeUninit::uninit(); 1 + random(&mut seed) % capacity];
        let mut out = OutBuf::new(&mut memory);
        let step = step(input, &mut out)?;
        result.extend_from_slice(out.filled());
        at += step.consumed;
        if step.ended || at == packed.len() && out.remaining() > 0 {
            return Ok((result, step.ended.then_some(at)));
        }
    }
}

/// Feeds both decoders the same pieces and compares; returns the output. Within a stream the library consumes input
/// earlier, so only the end of the stream is compared.
fn compare(packed: &[u8], seed: &mut u64, piece: usize, capacity: usize) -> Result<Vec<u8>, Error> {
    random(seed);
    let (mut ours, mut theirs) = (Decompress::new(), Oracle::new());
    let expected = decompress(packed, *seed, piece, capacity, |input, out| theirs.step(input, out));
    let result = decompress(packed, *seed, piece, capacity, |input, out| ours.step(input, out));
    assert!(result == expected, "{piece} {capacity} {:?} {:?} for {packed:02x?}", result.err(), expected.err());
    result.map(|(result, _)| result)
}

#[test]
fn streams_in_pieces() {
    let mut seed = 31;
    for (level, len) in [(1, 0), (1, 1), (1, 300), (9, 5000), (1, 99_990), (1, 250_000), (2, 230_000)] {
        let data = random_data(&mut seed, len);
        let packed = compress(&data, level);
        for (piece, capacity) in [(1, 5000), (3, 7), (5000, 3), (usize::MAX / 2, 1000), (1000, 200_000)] {
            if len * 10 > 100_000 * capacity.min(piece) {
                continue;
            }
            let followed = [&packed[..], b"more"].concat();
            let result = compare(&followed, &mut seed, piece, capacity);
            assert!(result == Ok(data.clone()), "{level} {len} {piece} {capacity}");
        }
    }
    // Runs of every length, at the end of the block too.
    for run in 0..600 {
        let data = [vec![b'a'; run], vec![b'b'; run % 7]].concat();
        assert!(compare(&compress(&data, 1), &mut seed, 20, 40) == Ok(data));
    }
}

#[test]
fn damaged_streams() {
    let mut seed = 32;
    let rounds = if cfg!(miri) { 10 } else { 6000 };
    let mut errors = 0;
    for round in 0..rounds {
        let len = [30, 300, 3000][round % 3];
        let data = random_data(&mut seed, len);
        let mut packed = compress(&data, 1);
        for _ in 0..=random(&mut seed) % 3 {
            let place = random(&mut seed) % packed.len();
            match random(&mut seed) % 3 {
                0 => packed[place] ^= 1 << (random(&mut seed) % 8),
                1 => packed[place] = random(&mut seed) as u8,
                _ => packed.truncate(place + 1),
            }
        }
        errors += usize::from(compare(&packed, &mut seed, 1 + round % 90, 1 + round % 700).is_err());
    }
    assert!(errors > rounds / 2);
}

/// Writes bits, for streams that no encoder writes.
#[derive(Default)]
struct Writer(Vec<bool>);

impl Writer {
    fn put(&mut self, value: u64, count: u32) -> &mut Self {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        self.0
            .chunks(8)
            .map(|bits| {
                bits.iter()
                    .rev()
                    .enumerate()
                    .fold(0, |byte, (place, bit)| byte | u8::from(*bit) << (place + 8 - bits.len()))
            })
            .collect()
    }
}

/// Random items in the order of the format: incomplete and oversubscribed codes, too many selectors, randomised blocks.
#[test]
fn streams_that_no_encoder_writes() {
    let mut seed = 33;
    for round in 0..4000 {
        let mut writer = Writer::default();
        writer.put(0x425a_6831, 32).put(0x3141_5926_5359, 48).put(7, 32);
        writer.put((round & 1) as u64, 1).put((random(&mut seed) % 40) as u64, 24);
        writer.put(0x8000, 16).put(0b1110 << 12, 16);
        let groups = 2 + random(&mut seed) % 2;
        let selectors = if round % 50 == 0 { 18002 + random(&mut seed) % 9000 } else { 1 + random(&mut seed) % 3 };
        writer.put(groups as u64, 3).put(selectors as u64, 15);
        for _ in 0..selectors {
            writer.put([0, 0b10][random(&mut seed) % 2], 1 + (random(&mut seed) % 2) as u32);
        }
        for _ in 0..groups {
            writer.put(1 + (random(&mut seed) % 4) as u64, 5);
            for _ in 0..5 {
                for _ in 0..random(&mut seed) % 3 {
                    writer.put(2 + (random(&mut seed) & 7 == 0) as u64, 2);
                }
                writer.put(0, 1);
            }
        }
        for _ in 0..random(&mut seed) % 200 {
            writer.put(random(&mut seed) as u64 & random(&mut seed) as u64 & 0xffff, 16);
        }
        let _ = compare(&writer.bytes(), &mut seed, 1 + round % 60, 1 + round % 40);
    }
}

#[test]
fn a_small_block_takes_little_memory() {
    let packed = compress(b"little", 9);
    let mut memory = [MaybeUninit::uninit(); 100];
    let mut stream = Decompress::new();
    assert!(stream.step(&packed, &mut OutBuf::new(&mut memory)).is_ok_and(|step| step.ended));
    assert!(stream.column.bytes.capacity() <= 256);
    assert!(stream.inverse.rows.capacity() <= 256);
    assert_eq!(stream.step(b"", &mut OutBuf::new(&mut memory)), Err(Error::Sequence));
}
