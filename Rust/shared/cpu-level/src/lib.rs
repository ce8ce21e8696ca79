//! Which vector instructions this processor has, found once at run time.
//!
//! One binary runs on any x86-64, so a core with vector kernels asks [`Level::detect`] which of them to call. There
//! are few levels on purpose: each is a path that tests run by forcing it. Other architectures are
//! [`Level::Portable`].

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU8, Ordering};

/// A set of vector instructions, each level including those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing beyond the target's baseline (SSE2 on x86-64).
    Portable = 1,
    /// AVX2, with BMI1, BMI2, POPCNT, LZCNT, SSE4.2 and PCLMULQDQ: Haswell (2013) and Zen (2017).
    Avx2 = 2,
    /// AVX-512 F, BW, CD, DQ, VL, VBMI, VBMI2 and VNNI, with VPCLMULQDQ: Ice Lake (2019) and Zen 4 (2022).
    Avx512 = 3,
}

/// The level of this processor as a number, or 0 before it is known.
static FOUND: AtomicU8 = AtomicU8::new(0);

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];

    /// The highest level of this processor. After the first call this is one load.
    #[inline]
    pub fn detect() -> Self {
        Self::found().unwrap_or_else(|| {
            let level = Self::probe();
            FOUND.store(level as u8, Ordering::Relaxed);
            level
        })
    }

    /// What [`detect`](Self::detect) has found, or [`Portable`](Self::Portable) before its first call. Unlike that one, this
    /// function cannot panic.
    #[inline]
    pub fn detected() -> Self {
        Self::found().unwrap_or(Self::Portable)
    }

    #[inline]
    fn found() -> Option<Self> {
        // Relaxed is enough: every thread stores the same value.
        match FOUND.load(Ordering::Relaxed) {
            1 => Some(Self::Portable),
            2 => Some(Self::Avx2),
            3 => Some(Self::Avx512),
            _ => None,
        }
    }

    /// The levels that this processor can run, lowest first, for tests that force each in turn.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|level| *level <= Self::detect())
    }

    /// The name that a user reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        }
    }

    #[cold]
    #[cfg(target_arch = "x86_64")]
    fn probe() -> Self {
        macro_rules! has {
            ($($feature:tt)*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
        }
        if !has!("avx2" "bmi1" "bmi2" "popcnt" "lzcnt" "sse4.2" "pclmulqdq") {
            return Self::Portable;
        }
        if !has!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl" "avx512vbmi" "avx512vbmi2" "avx512vnni" "vpclmulqdq")
        {
            return Self::Avx2;
        }
        Self::Avx512
    }

    #[cold]
    #[cfg(not(target_arch = "x86_64"))]
    fn probe() -> Self {
        Self::Portable
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! features {
    ($($feature:tt)*) => { [$(($feature, std::arch::is_x86_feature_detected!($feature))),*] };
}

/// The features of this processor, of those that code here or in a crate that is linked may ask for.
#[cfg(target_arch = "x86_64")]
pub fn features() -> impl Iterator<Item = &'static str> {
    let all = features!(
        "sse4.1" "sse4.2" "popcnt" "lzcnt" "bmi1" "bmi2" "fma" "pclmulqdq" "vpclmulqdq" "sha" "aes" "vaes" "gfni" "avx"
        "avx2" "avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl" "avx512ifma" "avx512vbmi" "avx512vbmi2"
        "avx512vnni" "avx512bitalg" "avx512vpopcntdq"
    );
    all.into_iter().filter_map(|(name, found)| found.then_some(name))
}

/// Nothing is asked for on other architectures.
#[cfg(not(target_arch = "x86_64"))]
pub fn features() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

#[cfg(test)]
mod tests {
    use super::{Level, features};

    #[test]
    fn the_features_explain_the_level() {
        let found: Vec<&str> = features().collect();
        assert_eq!(Level::detect() >= Level::Avx2, ["avx2", "bmi2", "pclmulqdq"].iter().all(|f| found.contains(f)));
        assert_eq!(
            Level::detect() == Level::Avx512,
            ["avx512vbmi2", "avx512vnni", "vpclmulqdq"].iter().all(|f| found.contains(f))
        );
    }

    #[test]
    fn the_highest_available_level_is_the_detected_one() {
        let levels: Vec<Level> = Level::available().collect();
        assert_eq!(levels.first(), Some(&Level::Portable));
        assert_eq!(levels.last(), Some(&Level::detect()));
        assert!(levels.is_sorted());
        assert_eq!(Level::detect(), Level::probe());
        assert_eq!(Level::detected(), Level::detect());
    }
}
