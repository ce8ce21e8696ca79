//! What a stream is made with: levels, strategies, wrappers, and the numbers that a level stands for.

/// How a compressor looks for matches; the numbers are those of `zlib.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Strategy {
    /// For ordinary data.
    Default = 0,
    /// For data that a filter or predictor made, with many small values: short matches are not worth it.
    Filtered = 1,
    /// No matches: Huffman coding only.
    HuffmanOnly = 2,
    /// Matches at distance one only, which are runs of one byte.
    Rle = 3,
    /// Fixed Huffman codes only.
    Fixed = 4,
}

impl TryFrom<i32> for Strategy {
    type Error = Error;

    fn try_from(number: i32) -> Result<Self, Error> {
        Ok(match number {
            0 => Self::Default,
            1 => Self::Filtered,
            2 => Self::HuffmanOnly,
            3 => Self::Rle,
            4 => Self::Fixed,
            _ => return Err(Error::Stream),
        })
    }
}

/// How much of the output a call of `deflate` completes; the numbers are those of `zlib.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Flush {
    /// Output comes when it suits compression.
    No = 0,
    /// All input so far can be decompressed; an empty block with fixed codes follows it.
    Partial = 1,
    /// All input so far can be decompressed; an empty stored block follows it, so output ends at a byte boundary.
    Sync = 2,
    /// As `Sync`, and later data never refer to earlier data.
    Full = 3,
    /// The stream ends.
    Finish = 4,
    /// A block ends, but up to seven bits of it may stay in the compressor.
    Block = 5,
}

impl TryFrom<i32> for Flush {
    type Error = Error;

    fn try_from(number: i32) -> Result<Self, Error> {
        Ok(match number {
            0 => Self::No,
            1 => Self::Partial,
            2 => Self::Sync,
            3 => Self::Full,
            4 => Self::Finish,
            5 => Self::Block,
            _ => return Err(Error::Stream),
        })
    }
}

impl Flush {
    /// The order of the flushes by how much they complete: `Block` comes between `No` and `Partial`.
    pub(crate) fn rank(self) -> i32 {
        match self {
            Self::Block => 1,
            other => 2 * other as i32,
        }
    }
}

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A parameter is out of range, or the call does not fit the state of the stream (`Z_STREAM_ERROR`).
    Stream,
    /// There is no memory (`Z_MEM_ERROR`).
    Mem,
    /// No progress is possible without more input or more room for output (`Z_BUF_ERROR`).
    Buf,
}

impl From<std::collections::TryReserveError> for Error {
    fn from(_: std::collections::TryReserveError) -> Self {
        Self::Mem
    }
}

/// What a successful call of `deflate` came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There may be more to do (`Z_OK`).
    Ok,
    /// The stream is complete (`Z_STREAM_END`).
    StreamEnd,
}

/// Whether the output is that of zlib or may differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Byte for byte the output of zlib 1.2.12 to 1.3.1.
    Exact,
    /// Faster, and about as small or smaller.
    #[default]
    Fast,
}

/// The parameters of a stream, as `deflateInit2` takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// 0 (no compression) to 9 (best), or -1 for the default, 6.
    pub level: i32,
    /// 8, which stands for DEFLATE.
    pub method: i32,
    /// The base-2 logarithm of the window: 9 to 15 for the zlib format (8 means 9), 25 to 31 for gzip, -9 to -15 for raw.
    pub window_bits: i32,
    /// 1 (least memory) to 9 (most).
    pub mem_level: i32,
    /// One of the strategies.
    pub strategy: Strategy,
    /// Which of the two compressors.
    pub profile: Profile,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            level: -1,
            method: 8,
            window_bits: 15,
            mem_level: 8,
            strategy: Strategy::Default,
            profile: Profile::default(),
        }
    }
}

/// What surrounds the DEFLATE data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// Nothing (RFC 1951).
    Raw,
    /// A zlib header and an Adler-32 (RFC 1950).
    Zlib,
    /// A gzip header, a CRC-32 and a length (RFC 1952).
    Gzip,
}

/// The algorithms that compress a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithms {
    /// Those of zlib. The exact profile always uses them, and the fast one for some parameters: see
    /// [`Checked::algorithms`].
    Zlib,
    /// Those of the fast profile.
    Fast,
}

/// The algorithms of the fast profile are used with the default window and with a `memLevel` of the default or more.
const FAST_WINDOW_BITS: u32 = 15;
const FAST_MIN_MEM_LEVEL: u32 = 8;

/// A `Config` that has been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    pub(crate) level: u8,
    pub(crate) wrap: Wrap,
    pub(crate) window_bits: u32,
    pub(crate) mem_level: u32,
    pub(crate) strategy: Strategy,
    pub(crate) profile: Profile,
}

impl Checked {
    /// The algorithms for these parameters.
    ///
    /// In small windows, in short blocks and with fixed codes the choice of each match counts for more. There zlib's own
    /// choices are taken, so that no output is longer than zlib's.
    pub(crate) fn algorithms(&self) -> Algorithms {
        let large = self.window_bits == FAST_WINDOW_BITS && self.mem_level >= FAST_MIN_MEM_LEVEL;
        match (self.profile, self.strategy) {
            (Profile::Exact, _) => Algorithms::Zlib,
            // zlib's stored blocks depend on how the output is cut.
            (Profile::Fast, _) if self.level == 0 => Algorithms::Fast,
            (Profile::Fast, Strategy::Default | Strategy::HuffmanOnly | Strategy::Rle) if large => Algorithms::Fast,
            (Profile::Fast, _) => Algorithms::Zlib,
        }
    }
}

/// The level that a number stands for.
pub(crate) fn level(number: i32) -> Result<u8, Error> {
    match number {
        -1 => Ok(6),
        0..=9 => Ok(number as u8),
        _ => Err(Error::Stream),
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<Checked, Error> {
        let (wrap, window_bits) = match self.window_bits {
            bits @ -15..=-9 => (Wrap::Raw, -bits),
            // zlib has no windows of 256 bytes: it makes and announces one of 512 bytes instead, in the zlib format only.
            8 => (Wrap::Zlib, 9),
            bits @ 9..=15 => (Wrap::Zlib, bits),
            bits @ 25..=31 => (Wrap::Gzip, bits - 16),
            _ => return Err(Error::Stream),
        };
        if self.method != 8 || !(1..=9).contains(&self.mem_level) {
            return Err(Error::Stream);
        }
        Ok(Checked {
            level: level(self.level)?,
            wrap,
            window_bits: window_bits as u32,
            mem_level: self.mem_level as u32,
            strategy: self.strategy,
            profile: self.profile,
        })
    }
}

/// How a level looks for matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Func {
    /// Not at all.
    Stored,
    /// The first good match is taken.
    Fast,
    /// A match is taken if there is no better one a byte later ("lazy evaluation").
    Slow,
}

/// The tuning of a level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tuning {
    /// With a previous match of this length a quarter of the chain is searched.
    pub(crate) good_length: u16,
    /// `Slow`: with a previous match of this length no better one is looked for. `Fast`: the strings inside of longer
    /// matches are not inserted into the hash table.
    pub(crate) max_lazy: u16,
    /// A match of this length ends a search.
    pub(crate) nice_length: u16,
    /// How many links of a hash chain are followed.
    pub(crate) max_chain: u16,
    pub(crate) func: Func,
}

/// The fast profile follows the chains of all parts of a match from this level on, see
/// [`Finder::longest_match`](crate::history::Finder::longest_match).
pub(crate) const ALL_CHAINS_LEVEL: u8 = 8;

/// zlib's `configuration_table`.
pub(crate) const CONFIGURATION_TABLE: [Tuning; 10] = {
    const fn row(good_length: u16, max_lazy: u16, nice_length: u16, max_chain: u16, func: Func) -> Tuning {
        Tuning { good_length, max_lazy, nice_length, max_chain, func }
    }
    [
        row(0, 0, 0, 0, Func::Stored),
        row(4, 4, 8, 4, Func::Fast),
        row(4, 5, 16, 8, Func::Fast),
        row(4, 6, 32, 32, Func::Fast),
        row(4, 4, 16, 16, Func::Slow),
        row(8, 16, 32, 32, Func::Slow),
        row(8, 16, 128, 128, Func::Slow),
        row(8, 32, 128, 256, Func::Slow),
        row(32, 128, 258, 1024, Func::Slow),
        row(32, 258, 258, 4096, Func::Slow),
    ]
};
