//! Helpers for the tests of the cores: a buffer with guards, and a random generator.

use core::fmt::Debug;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// Runs `write` on a buffer of exactly `capacity` bytes and returns what it wrote.
///
/// # Panics
///
/// When a byte outside the buffer has changed.
pub(crate) fn exact(capacity: usize, write: impl FnOnce(&mut OutBuf<'_>)) -> Vec<u8> {
    const GUARD: usize = 64;
    // Different bytes, so that a store of any one value over them shows.
    let guard: Vec<u8> = (0..GUARD as u8).map(|i| i.wrapping_mul(37) ^ 0xa5).collect();
    let mut memory: Vec<MaybeUninit<u8>> = Vec::new();
    memory.extend(guard.iter().map(|byte| MaybeUninit::new(*byte)));
    memory.resize(GUARD + capacity, MaybeUninit::uninit());
    memory.extend(guard.iter().map(|byte| MaybeUninit::new(*byte)));
    let mut out = OutBuf::new(&mut memory[GUARD..GUARD + capacity]);
    write(&mut out);
    let written = out.filled().to_vec();
    for (found, expected) in [(&memory[..GUARD], &guard), (&memory[GUARD + capacity..], &guard)] {
        // SAFETY: the guards were initialised above, and initialised memory stays so.
        let found: Vec<u8> = found.iter().map(|byte| unsafe { byte.assume_init() }).collect();
        assert_eq!(&found, expected, "a store outside the buffer");
    }
    written
}

/// Holds what every level encodes against the text that is right.
pub(crate) fn assert_encoded(expected: &[u8], capacity: usize, encode: impl Fn(Level, &mut OutBuf<'_>)) {
    for level in Level::available() {
        let found = exact(capacity, |out| encode(level, out));
        assert_eq!(found.escape_ascii().to_string(), expected.escape_ascii().to_string(), "{level:?}");
    }
}

/// Holds what every level decodes of `text` against the bytes that are right, or the error.
pub(crate) fn assert_decoded<E: PartialEq + Clone + Debug>(
    text: &[u8],
    expected: &Result<Vec<u8>, E>,
    capacity: usize,
    decode: impl Fn(Level, &mut OutBuf<'_>) -> Result<(), E>,
) {
    for level in Level::available() {
        let mut result = Ok(());
        let found = exact(capacity, |out| result = decode(level, out));
        assert_eq!(result.map(|()| found), *expected, "{level:?} {}", text.escape_ascii());
    }
}

/// Holds what every level writes of short input against the bytes that are right, unless it says that it has not. Input that
/// is `taken` may not be refused.
pub(crate) fn assert_short<E: Debug>(
    expected: &Result<Vec<u8>, E>,
    capacity: usize,
    taken: bool,
    write: impl Fn(Level, &mut OutBuf<'_>) -> bool,
) {
    for level in Level::available() {
        let mut done = false;
        let found = exact(capacity, |out| done = write(level, out));
        assert!(done || !taken, "{level:?}: refused {expected:?}");
        if done {
            assert_eq!(&found, expected.as_ref().expect("text that is not valid is refused"), "{level:?}");
        } else {
            assert_eq!(found, b"", "{level:?}");
        }
    }
}

/// Passes texts of one character in which one byte is another: each one in each place.
pub(crate) fn every_byte_in_every_place(lengths: &[usize], character: u8, check: impl Fn(&[u8])) {
    for &len in lengths {
        for place in 0..len {
            for byte in 0..=255 {
                let mut text = vec![character; len];
                text[place] = byte;
                check(&text);
            }
        }
    }
}

/// Passes random texts of the characters of one of the alphabets, most of them short, and their number.
pub(crate) fn random_texts(alphabets: &[&[u8]], mut check: impl FnMut(&mut Random, usize, Vec<u8>)) {
    let mut random = Random::new();
    for round in 0..5000 {
        let len = random.below([20, 100, 3000][(round % 16 / 14) + usize::from(round % 50 == 0)]);
        let text = (0..len).map(|_| random.pick(alphabets[round % alphabets.len()])).collect();
        check(&mut random, round, text);
    }
}

/// A small xorshift generator with a fixed seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 8
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn pick(&mut self, bytes: &[u8]) -> u8 {
        bytes[self.below(bytes.len())]
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}
