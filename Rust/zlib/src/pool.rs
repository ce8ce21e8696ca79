//! A pool of finished streams, to be used again.
//!
//! The state of a compressor is about 260 KiB and that of a decompressor about 40 KiB. For an input of a few bytes, allocating and
//! clearing it would be most of the work, so a few are kept. A stream that is used again gives the same bytes as a new one.

#![cfg_attr(not(test), forbid(unsafe_code))]

use crate::boxed::Boxed;
use crate::return_code::ReturnCode;
use deflate::{Config, Deflate};
use inflate::{Inflate, Memory};
use std::sync::Mutex;

/// How many of each kind are kept at most, for as many threads that work at the same time.
const SLOTS: usize = 4;

/// A few slots for values. Nobody waits: a slot that another thread is using is passed over.
#[derive(Debug)]
struct Slots<T> {
    slots: [Mutex<Option<T>>; SLOTS],
}

impl<T> Slots<T> {
    const fn new() -> Self {
        Self { slots: [const { Mutex::new(None) }; SLOTS] }
    }

    fn take(&self, fits: impl Fn(&mut T) -> bool) -> Option<T> {
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
        // All are in use. So that a program whose parameters have changed finds its streams, the first is replaced.
        let old = self.slots[0].try_lock().ok().and_then(|mut slot| slot.replace(value));
        drop(old);
    }
}

/// A pool of streams.
#[derive(Debug)]
pub struct StreamPool {
    memory: Memory,
    deflate: Slots<Boxed<Deflate>>,
    inflate: Slots<Boxed<Inflate>>,
}

impl StreamPool {
    /// An empty pool, whose decompressors get their memory from `memory`.
    pub const fn new(memory: Memory) -> Self {
        Self { memory, deflate: Slots::new(), inflate: Slots::new() }
    }

    /// A new compressor, or one that was kept and is reset.
    pub fn deflate(&self, config: &Config) -> Result<Boxed<Deflate>, ReturnCode> {
        // One that cannot be used is not changed, and wrong parameters are an error below.
        if let Some(stream) = self.deflate.take(|stream| stream.restart(config) == Ok(true)) {
            return Ok(stream);
        }
        Boxed::new(Deflate::new(config)?).map_err(|_| ReturnCode::MemError)
    }

    /// Keeps a compressor in any state.
    pub fn keep_deflate(&self, stream: Boxed<Deflate>) {
        self.deflate.put(stream);
    }

    /// A new decompressor, in memory that was kept if there is any.
    pub fn inflate(&self, window_bits: i32) -> Result<Boxed<Inflate>, ReturnCode> {
        match self.inflate.take(|_| true) {
            Some(mut stream) => {
                stream.reset(window_bits)?;
                Ok(stream)
            }
            None => Boxed::new(Inflate::new(self.memory, window_bits)?).map_err(|_| ReturnCode::MemError),
        }
    }

    /// Keeps a decompressor in any state: its memory is used again.
    pub fn keep_inflate(&self, stream: Boxed<Inflate>) {
        self.inflate.put(stream);
    }
}

#[cfg(test)]
mod tests;
