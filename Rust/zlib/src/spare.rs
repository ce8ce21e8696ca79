//! Finished streams that wait to be used again.
//!
//! The state of a compressor is some 370 KiB, most of which has to be zero at first: for an input of a few bytes,
//! getting and clearing it is most of the work. A stream that has come to its end needs a third of it cleared only, and
//! no memory. So a few are kept. What is reset compresses to the same bytes as what is new: the tests compare them.

#![forbid(unsafe_code)]

use crate::stream::{Deflate, DeflateConfig, Memory, ReturnCode};
use std::sync::Mutex;

/// How many are kept at most, for so many threads that compress at the same time.
const SLOTS: usize = 4;

/// A place to keep streams, all from the same memory.
#[derive(Debug)]
pub struct Spares {
    memory: Memory,
    slots: [Mutex<Option<Deflate>>; SLOTS],
}

impl Spares {
    /// An empty place, for streams from `memory`.
    pub const fn new(memory: Memory) -> Self {
        Self { memory, slots: [const { Mutex::new(None) }; SLOTS] }
    }

    /// A stream at its beginning: one that was kept, if it fits, or else a new one.
    pub fn get(&self, config: DeflateConfig) -> Result<Deflate, ReturnCode> {
        match self.take(config) {
            Some(stream) => Ok(stream),
            None => Deflate::new(self.memory, config),
        }
    }

    fn take(&self, config: DeflateConfig) -> Option<Deflate> {
        // Nobody waits: a slot that another thread is at is passed over.
        for slot in &self.slots {
            if let Ok(mut slot) = slot.try_lock()
                && let Some(mut stream) = slot.take_if(|stream| stream.has_shape_of(config))
            {
                drop(slot);
                return stream.restart(config).ok().map(|()| stream);
            }
        }
        None
    }

    /// Keeps a stream that has come to its end, if there is room; one that has not is dropped, because it may have left
    /// more behind than a reset clears.
    pub fn keep(&self, stream: Deflate) {
        if !stream.has_ended() {
            return;
        }
        for slot in &self.slots {
            if let Ok(mut slot) = slot.try_lock()
                && slot.is_none()
            {
                *slot = Some(stream);
                return;
            }
        }
        // All are taken. A program that has changed its parameters should not be left without: the first gives way.
        if let Ok(mut slot) = self.slots[0].try_lock() {
            let old = slot.replace(stream);
            drop(slot);
            drop(old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spares;
    use crate::stream::{DeflateConfig, Strategy};
    use crate::testing::{compress_with, memory, random_data};

    #[test]
    fn a_stream_used_again_makes_the_bytes_of_a_new_one() {
        let spares = Spares::new(memory());
        let mut seed = 11;
        let strategies =
            [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed];
        for round in 0..400 {
            let data = random_data(&mut seed, (round * 7919) % 90_000);
            let config = DeflateConfig {
                level: (round as i32 * 7) % 10,
                window_bits: [15, -15, 31, 15][round / 2 % 4],
                mem_level: [8, 8, 1][round / 3 % 3],
                strategy: strategies[round / 5 % 5],
                ..DeflateConfig::default()
            };
            let mut again = spares.get(config).expect("memory");
            let mut fresh = Spares::new(memory()).get(config).expect("memory");
            assert_eq!(compress_with(&mut again, &data), compress_with(&mut fresh, &data), "{round} {config:?}");
            spares.keep(again);
        }
    }

    #[test]
    fn a_stream_of_another_shape_is_not_used() {
        let spares = Spares::new(memory());
        let config = DeflateConfig::default();
        let mut stream = spares.get(config).expect("memory");
        compress_with(&mut stream, b"abc");
        spares.keep(stream);
        let raw = DeflateConfig { window_bits: -15, ..config };
        assert!(spares.take(raw).is_none());
        assert!(spares.take(config).is_some());
        assert!(spares.take(config).is_none());
        // One in the middle of its work is not kept.
        spares.keep(spares.get(config).expect("memory"));
        assert!(spares.take(config).is_none());
    }
}
