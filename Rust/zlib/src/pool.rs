//! A pool of finished streams, to be used again.
//!
//! The state of a compressor is some 370 KiB, most of which has to be zero at first: for an input of a few bytes,
//! getting and clearing it is most of the work. A stream that has come to its end needs a third of it cleared only, and
//! no memory. So a few are kept. What is reset compresses to the same bytes as what is new: the tests compare them. A
//! decompressor is smaller, and gains less; but there, little is much of a few bytes' work. Of our own the memory is kept.

#![forbid(unsafe_code)]

use crate::reader::Reader;
use crate::stream::{Deflate, DeflateConfig, Memory, ReturnCode};
use std::sync::Mutex;

/// How many of each kind are kept at most, for so many threads that work at the same time.
const SLOTS: usize = 4;

/// A few places to keep something. Nobody waits: a place that another thread is at is passed over.
#[derive(Debug)]
struct Slots<T> {
    slots: [Mutex<Option<T>>; SLOTS],
}

impl<T> Slots<T> {
    const fn new() -> Self {
        Self { slots: [const { Mutex::new(None) }; SLOTS] }
    }

    fn take(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        self.slots.iter().find_map(|slot| slot.try_lock().ok()?.take_if(|value| fits(value)))
    }

    fn put(&self, value: T) {
        for slot in &self.slots {
            if let Ok(mut slot) = slot.try_lock()
                && slot.is_none()
            {
                *slot = Some(value);
                return;
            }
        }
        // All are taken. A program that has changed its parameters should not be left without: the first gives way.
        let old = self.slots[0].try_lock().ok().and_then(|mut slot| slot.replace(value));
        drop(old);
    }
}

/// A pool of streams, all from the same memory.
#[derive(Debug)]
pub struct StreamPool {
    memory: Memory,
    deflate: Slots<Deflate>,
    inflate: Slots<Reader>,
}

impl StreamPool {
    /// An empty pool, for streams from `memory`.
    pub const fn new(memory: Memory) -> Self {
        Self { memory, deflate: Slots::new(), inflate: Slots::new() }
    }

    /// A stream at its beginning: one that was kept, if it fits, or else a new one.
    pub fn deflate(&self, config: DeflateConfig) -> Result<Deflate, ReturnCode> {
        match self.deflate.take(|stream| stream.has_shape_of(config)) {
            Some(mut stream) => stream.restart(config).map(|()| stream),
            None => Deflate::new(self.memory, config),
        }
    }

    /// Keeps a stream that has come to its end, if there is room; one that has not is dropped, because it may have left
    /// more behind than a reset clears.
    pub fn keep_deflate(&self, stream: Deflate) {
        if stream.has_ended() {
            self.deflate.put(stream);
        }
    }

    /// A stream that decompresses at its beginning: one that was kept, or else a new one.
    pub fn inflate(&self, window_bits: i32) -> Result<Reader, ReturnCode> {
        match self.inflate.take(|_| true) {
            Some(stream) => stream.restarted(window_bits),
            None => Reader::new(self.memory, window_bits),
        }
    }

    /// Keeps a stream, in whatever state: of a stream that decompresses only the memory is used again.
    pub fn keep_inflate(&self, stream: Reader) {
        self.inflate.put(stream);
    }
}

#[cfg(test)]
mod tests {
    use super::StreamPool;
    use crate::stream::{DeflateConfig, ReturnCode, Strategy};
    use crate::testing::{compress_with, inflate_with, memory, random_data};

    #[test]
    fn a_stream_used_again_makes_the_bytes_of_a_new_one() {
        let pool = StreamPool::new(memory());
        let mut seed = 11;
        let strategies = [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed];
        for round in 0..400 {
            let data = random_data(&mut seed, (round * 7919) % 90_000);
            let config = DeflateConfig {
                level: (round as i32 * 7) % 10,
                window_bits: [15, -15, 31, 15][round / 2 % 4],
                mem_level: [8, 8, 1][round / 3 % 3],
                strategy: strategies[round / 5 % 5],
                ..DeflateConfig::default()
            };
            let mut again = pool.deflate(config).expect("memory");
            let mut fresh = StreamPool::new(memory()).deflate(config).expect("memory");
            assert_eq!(compress_with(&mut again, &data), compress_with(&mut fresh, &data), "{round} {config:?}");
            pool.keep_deflate(again);
        }
    }

    #[test]
    fn a_stream_of_another_shape_is_not_used() {
        let pool = StreamPool::new(memory());
        let config = DeflateConfig::default();
        let mut stream = pool.deflate(config).expect("memory");
        compress_with(&mut stream, b"abc");
        pool.keep_deflate(stream);
        let raw = DeflateConfig { window_bits: -15, ..config };
        assert!(pool.deflate.take(|stream| stream.has_shape_of(raw)).is_none());
        assert!(pool.deflate.take(|stream| stream.has_shape_of(config)).is_some());
        assert!(pool.deflate.take(|stream| stream.has_shape_of(config)).is_none());
        // One in the middle of its work is not kept.
        pool.keep_deflate(pool.deflate(config).expect("memory"));
        assert!(pool.deflate.take(|stream| stream.has_shape_of(config)).is_none());
    }

    #[test]
    fn a_stream_used_again_reads_what_a_new_one_reads() {
        let pool = StreamPool::new(memory());
        let mut seed = 12;
        for round in 0..300 {
            let data = random_data(&mut seed, (round * 7919) % 70_000);
            let window_bits = [15, -15, 31, 9, -9, 25][round % 6];
            let config = DeflateConfig { level: (round % 10) as i32, window_bits, ..DeflateConfig::default() };
            let mut packed = compress_with(&mut pool.deflate(config).expect("memory"), &data);
            // Some end in the middle, and some in an error.
            match round % 7 {
                3 => packed.truncate(packed.len() / 2),
                5 => packed[0] ^= 0xff,
                _ => {}
            }
            // Some look further back than they may.
            let window_bits = match round % 5 {
                0 => window_bits.signum() * 9,
                2 | 4 if window_bits > 0 => 47,
                _ => window_bits,
            };
            let mut again = pool.inflate(window_bits).expect("memory");
            let mut fresh = StreamPool::new(memory()).inflate(window_bits).expect("memory");
            assert_eq!(inflate_with(&mut again, &packed, 999), inflate_with(&mut fresh, &packed, 999), "{round}");
            pool.keep_inflate(again);
        }
        for wrong in [7, 100, -16] {
            assert_eq!(pool.inflate(wrong).err(), Some(ReturnCode::StreamError));
        }
    }
}
