//! Protection against amplification: entities that expand to far more than the document's own size ("billion laughs"), and
//! memory far larger than the document.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::error::Error;

/// The default maximum of the amplification factor.
const MAXIMUM: f32 = 100.0;
/// The default activation threshold: the number of bytes from which on the amplification is limited, 8 MiB.
const THRESHOLD: u64 = 8 << 20;
/// The default activation threshold for memory: 64 MiB.
const MEMORY_THRESHOLD: u64 = 64 << 20;
/// The length of the shortest declaration of an external entity, `<!ENTITY a SYSTEM 'b'>`: the divisor of the factor
/// when no direct byte has been counted.
const SHORTEST: u64 = 22;

/// The counts of a document and all its external entities.
#[derive(Debug)]
pub(crate) struct Accounting {
    /// Bytes of the document that have been read.
    direct: AtomicU64,
    /// Bytes of replacement text and of external entities that have been read.
    indirect: AtomicU64,
    maximum: AtomicU32,
    threshold: AtomicU64,
    /// The same limits for memory.
    memory_maximum: AtomicU32,
    memory_threshold: AtomicU64,
}

impl Accounting {
    pub(crate) const fn new() -> Self {
        Self {
            direct: AtomicU64::new(0),
            indirect: AtomicU64::new(0),
            maximum: AtomicU32::new(MAXIMUM.to_bits()),
            threshold: AtomicU64::new(THRESHOLD),
            memory_maximum: AtomicU32::new(MAXIMUM.to_bits()),
            memory_threshold: AtomicU64::new(MEMORY_THRESHOLD),
        }
    }

    pub(crate) fn set_maximum(&self, factor: f32) {
        self.maximum.store(factor.to_bits(), Relaxed);
    }

    pub(crate) fn set_threshold(&self, bytes: u64) {
        self.threshold.store(bytes, Relaxed);
    }

    pub(crate) fn set_memory_maximum(&self, factor: f32) {
        self.memory_maximum.store(factor.to_bits(), Relaxed);
    }

    pub(crate) fn set_memory_threshold(&self, bytes: u64) {
        self.memory_threshold.store(bytes, Relaxed);
    }

    /// Checks the memory that a parser holds.
    pub(crate) fn check_memory(&self, bytes: usize) -> Result<(), Error> {
        let direct = self.direct.load(Relaxed);
        let is_tolerable = (bytes as u64) < self.memory_threshold.load(Relaxed)
            || bytes as f32 / direct.max(1) as f32 <= f32::from_bits(self.memory_maximum.load(Relaxed));
        if is_tolerable { Ok(()) } else { Err(Error::NoMemory) }
    }

    /// Sets the number of bytes of the document itself that have been read.
    pub(crate) fn set_direct(&self, bytes: u64) {
        self.direct.store(bytes, Relaxed);
    }

    /// Whether a part of the document has been counted.
    pub(crate) fn has_direct(&self) -> bool {
        self.direct.load(Relaxed) > 0
    }

    /// Counts bytes of entities.
    pub(crate) fn add_indirect(&self, bytes: usize) -> Result<(), Error> {
        let bytes = bytes as u64;
        let indirect = self.indirect.fetch_add(bytes, Relaxed).saturating_add(bytes);
        let direct = self.direct.load(Relaxed);
        let output = direct.saturating_add(indirect);
        if output < self.threshold.load(Relaxed) {
            return Ok(());
        }
        let factor = match direct {
            0 => (SHORTEST + indirect) as f32 / SHORTEST as f32,
            _ => output as f32 / direct as f32,
        };
        if factor <= f32::from_bits(self.maximum.load(Relaxed)) { Ok(()) } else { Err(Error::AmplificationLimitBreach) }
    }
}
