//! The statistics of the current block, from which the parsers of the fast profile choose their parameters.

use crate::block::Block;
use crate::split::Splitter;
use crate::tables::{LITERALS, MIN_MATCH};
use crate::trees::Frequencies;

/// The shortest match worth taking, by the number of different literals: where literals are cheap, short matches are not.
fn min_match_len(literals: usize) -> usize {
    match literals {
        0..=5 => 9,
        6..=7 => 8,
        8..=9 => 7,
        10..=15 => 6,
        16..=44 => 4,
        _ => MIN_MATCH,
    }
}
/// A block is dense if its symbols stand for at least this number of bytes on average, see [`Parser::dense`].
const DENSE: usize = 12;
/// A block is poor if its symbols stand for fewer bytes than this on average, see [`Parser::poor`].
const POOR: usize = 6;

/// How many frequent literals, each more than a 128th of the symbols, a block of a log has: the digits, and little else.
const LOG_LITERALS: std::ops::RangeInclusive<usize> = 9..=12;

/// The longest distance of matches of three bytes, whatever literals take.
const TOO_FAR: usize = 4096;

/// The number of symbols from which the parser learns first.
const FIRST_LEARN: usize = 64;

/// A match of `MAX_MATCH` bytes that may continue: at levels 4 to 9, such matches follow one another without a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repetition {
    /// The last two distances of such matches, the shorter one first: in an image of one colour a pixel and a line repeat.
    distances: [usize; 2],
    /// Which of them was last used.
    last: usize,
    /// The longest distance since the last search; 0 when the match has ended.
    pub(crate) longest: usize,
}

impl Default for Repetition {
    fn default() -> Self {
        Self { distances: [usize::MAX; 2], last: 0, longest: 0 }
    }
}

impl Repetition {
    /// Begins with a distance that a search has found.
    #[inline(always)]
    pub(crate) fn begin(&mut self, dist: usize) {
        let other = self.distances[self.last];
        self.distances = match self.distances {
            [near, far] if near == dist || far == dist => [near, far],
            _ => [dist.min(other), dist.max(other)],
        };
        self.last = usize::from(self.distances[1] == dist);
        self.longest = dist;
    }

    /// The shorter one of the distances at which there is such a match.
    #[inline(always)]
    pub(crate) fn go_on(&mut self, is_match: impl Fn(usize) -> bool) -> Option<usize> {
        self.last = self.distances.iter().position(|&dist| is_match(dist))?;
        let dist = self.distances[self.last];
        self.longest = self.longest.max(dist);
        Some(dist)
    }
}

/// The state of the parser.
#[derive(Clone, Debug)]
pub(crate) struct Parser {
    pub(crate) splitter: Splitter,
    pub(crate) quick: Quick,
    /// The shortest match worth taking; 0 before the first byte.
    pub(crate) min_len: usize,
    /// How many different literals the block has.
    pub(crate) literals: usize,
    /// Whether symbols stand for many bytes on average, or for few.
    pub(crate) dense: bool,
    pub(crate) poor: bool,
    /// Whether the data are like a log: long matches, and between them digits and few other literals.
    pub(crate) log: bool,
    /// Whether more than a third of the matches have three bytes.
    pub(crate) often_three: bool,
    /// The number of symbols of the block from which the parser learns next.
    pub(crate) next_learn: usize,
    /// How many strings have been looked for without a match, since the last one.
    pub(crate) misses: usize,
    /// The matches that need no search at levels 4 to 9.
    pub(crate) repetition: Repetition,
    /// How often it has been found that there are few matches, since the last time there were more.
    few: u32,
    /// Matches of three bytes at a longer distance take more bits than their literals.
    pub(crate) too_far: usize,
    /// How many matches and symbols the block had when `few` was last updated.
    learned: (usize, usize),
}

impl Parser {
    pub(crate) fn new() -> Self {
        Self {
            splitter: Splitter::new(),
            quick: Quick::new(),
            min_len: 0,
            literals: 0,
            dense: false,
            poor: true,
            log: false,
            often_three: false,
            next_learn: FIRST_LEARN,
            misses: 0,
            repetition: Repetition::default(),
            few: 0,
            too_far: TOO_FAR,
            learned: (0, 0),
        }
    }

    /// The next symbol is the first of a block.
    pub(crate) fn begin_block(&mut self) {
        self.splitter = Splitter::new();
        self.next_learn = FIRST_LEARN;
        self.learned = (0, 0);
    }

    /// Chooses the parameters of the first block from the next bytes, as there is no block before it.
    pub(crate) fn begin(&mut self, next: &[u8]) {
        // So few bytes, as the first message of a connection may have, say nothing about those that follow.
        if next.len() < FIRST_LEARN {
            self.min_len = MIN_MATCH;
            return;
        }
        // A quick test: more than 15 different values of the low six bits show that there are many literals. Fewer show
        // nothing, so the bytes are counted.
        let some = next.iter().take(64).fold(0_u64, |some, byte| some | 1 << (byte & 63));
        if some.count_ones() > 15 {
            self.min_len = MIN_MATCH;
            return;
        }
        let mut seen = [0_u8; 256];
        next.iter().for_each(|byte| seen[usize::from(*byte)] = 1);
        let literals: u16 = seen.iter().map(|seen| u16::from(*seen)).sum();
        self.min_len = match min_match_len(usize::from(literals)) {
            len @ 6.. if 2 * most_frequent(next) < next.len() => len,
            _ => MIN_MATCH,
        };
    }

    /// Whether matches of three bytes are looked for: not in logs, where they save little, nor where longer ones are rare, though there
    /// once in a while, since data change.
    pub(crate) fn three(&self) -> bool {
        self.min_len == MIN_MATCH && !self.log && self.few.is_multiple_of(8)
    }

    /// Learns from the block so far, `bytes` bytes; returns whether the block is to end.
    #[cold]
    #[inline(never)]
    pub(crate) fn learn(&mut self, block: &Block, bytes: usize) -> bool {
        let symbols = block.pending.sym_next();
        let threshold = (symbols >> 10) as u16;
        let literals: u16 = block.freq.lit[..LITERALS].iter().map(|f| u16::from(*f > threshold)).sum();
        let literals = usize::from(literals);
        let matches = block.freq.matches();
        self.dense = bytes >= DENSE * symbols;
        self.poor = bytes < POOR * symbols;
        let frequent = block.freq.lit[..LITERALS].iter().filter(|f| usize::from(**f) > symbols / 128).count();
        self.log = !self.poor && LOG_LITERALS.contains(&frequent) && 3 * matches <= 2 * symbols;
        self.often_three = 3 * usize::from(block.freq.lit[LITERALS + 1]) > matches;
        // Early there is not enough to tell that literals are cheap.
        let early = symbols < self.splitter.next_check;
        if !early {
            self.literals = literals;
            self.too_far = if 16 * matches < symbols {
                max_dist3(literal_bits(&block.freq, symbols, matches)).min(TOO_FAR)
            } else {
                TOO_FAR
            };
            // Only the symbols since the last time count, as most of the block may be data of another kind.
            let recent = (matches - self.learned.0, symbols - self.learned.1);
            self.few = if 16 * recent.0 < recent.1 { self.few + 1 } else { 0 };
            self.learned = (matches, symbols);
        }
        self.min_len = match min_match_len(literals) {
            // Where many symbols are matches, literals are not cheap.
            _ if 2 * matches > symbols || self.dense => MIN_MATCH,
            _ if early => self.min_len,
            len => len,
        };
        self.next_learn = match symbols {
            ..512 => 2 * self.next_learn,
            _ => symbols + 512,
        };
        if early {
            return false;
        }
        let ended = self.splitter.should_end(&block.freq, symbols, bytes);
        self.next_learn = self.next_learn.min(self.splitter.next_check);
        ended
    }
}

/// How often the most frequent byte occurs.
fn most_frequent(bytes: &[u8]) -> usize {
    let mut counts = [0_usize; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    counts.into_iter().max().unwrap_or(0)
}

/// How far a word is shifted for its lowest bytes, which level 1 hashes: five, or four where there are few matches.
pub(crate) const FIVE: u32 = 64 - 5 * 8;
pub(crate) const FOUR: u32 = 64 - 4 * 8;

/// How the hash table of level 1 is organised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hashing {
    /// The length of the strings that are hashed: `FIVE` or `FOUR`.
    pub(crate) narrow: u32,
    /// Whether the table has buckets of two positions for each hash, as at level 1 of libdeflate.
    pub(crate) buckets: bool,
}

/// What level 1 remembers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quick {
    /// Pairs of bytes without a match since the last one.
    pub(crate) misses: u32,
    /// The distance of a match that was as long as can be, and may go on.
    pub(crate) continued: usize,
    /// How the table should be organised from here on.
    pub(crate) hashing: Hashing,
    /// How it is organised now.
    pub(crate) hashed: Hashing,
    /// Whether [`Quick::begin`] has been called.
    pub(crate) begun: bool,
    /// The longest distance of matches of four bytes.
    pub(crate) max_dist4: usize,
    /// The number of symbols to learn from first.
    pub(crate) next_learn: usize,
    /// The same for three bytes.
    pub(crate) max_dist3: usize,
    /// How many bytes of the last dictionary can be reached, and how many bytes of input had been read before it.
    pub(crate) dictionary: usize,
    pub(crate) dictionary_at: u64,
}

/// In binary data, matches of three bytes are taken at least up to this distance.
const BINARY_MAX_DIST3: usize = 2048;

/// In a block with fewer symbols, a small number of matches does not yet mean that the data are noise.
const EARLY: usize = 512;

/// With shorter codes for literals, in 256ths of a bit, short matches save too little for buckets to be worth their time.
const MANY_BITS: u64 = 5 * 256;

impl Quick {
    pub(crate) const fn new() -> Self {
        let hashing = Hashing { narrow: FOUR, buckets: false };
        Self {
            misses: 0,
            continued: 0,
            hashing,
            hashed: hashing,
            begun: false,
            max_dist4: 4096,
            max_dist3: 64,
            next_learn: 64,
            dictionary: 0,
            dictionary_at: 0,
        }
    }

    /// Sets the state for the first bytes of the stream, or of its dictionary, by whether they are binary data.
    pub(crate) fn begin(&mut self, next: &[u8]) {
        self.begun = true;
        let high = next.iter().filter(|byte| **byte >= 128).count();
        if high > 0 && 16 * high >= next.len() {
            self.hashing.buckets = true;
            (self.max_dist3, self.max_dist4) = (BINARY_MAX_DIST3, 32_768);
        }
    }

    /// Adapts to the block so far. With `keep`, `hashing` does not change.
    #[inline(never)]
    pub(crate) fn learn(&mut self, freq: &Frequencies, symbols: usize, keep: bool) {
        let matches = freq.matches();
        let long = matches - usize::from(freq.lit[LITERALS + 1]);
        let high: usize = freq.lit[LITERALS / 2..LITERALS].iter().map(|f| usize::from(*f)).sum();
        let Hashing { narrow, buckets } = self.hashing;
        // A change of the table takes time, so there is hysteresis. In binary data, such as machine code, where an eighth of the literals
        // or more are above 127, the hashed strings stay at four bytes. There a second position for each hash makes up for the chains that
        // zlib has, but not in noise, nor where there are many matches.
        let binary = 8 * high >= symbols - matches;
        let many = long * if narrow == FIVE { 3 } else { 2 } >= symbols;
        let literal = literal_bits(freq, symbols, matches);
        let some = symbols < 2 * FIRST_LEARN || literal >= MANY_BITS && (symbols < EARLY || 10 * matches >= symbols);
        let hashing = Hashing {
            narrow: if many && !binary { FIVE } else { FOUR },
            buckets: binary && some && 10 * long < symbols * if buckets { 5 } else { 4 },
        };
        self.hashing = if keep { self.hashing } else { hashing };
        self.max_dist3 = max_dist3(literal).max(if self.hashing.buckets { BINARY_MAX_DIST3 } else { 0 });
        self.max_dist4 = 2 << ((4 * literal).saturating_sub(FAR_MATCH) / 256).min(15);
    }
}

/// How many 256ths of a bit the length and the distance of a match take, without the extra bits of the distance.
const FAR_MATCH: u64 = 11 * 256;

/// The average length of the codes of literals, in 256ths of a bit, from their frequencies.
fn literal_bits(freq: &Frequencies, symbols: usize, matches: usize) -> u64 {
    let bits: i32 = freq.lit[..LITERALS].iter().map(|f| i32::from(*f as i16) * i32::from(log2(*f))).sum();
    let literals = (symbols - matches).max(1) as u64;
    u64::from(log2(symbols as u16) as u16).saturating_sub(bits as u64 / literals)
}

/// The longest distance at which a match of three bytes takes fewer bits than three literals. The size of a literal is
/// in units of 1/256 bit.
fn max_dist3(literal: u64) -> usize {
    16 << ((3 * literal).saturating_sub(FAR_MATCH + 3 * 256) / 256).min(15)
}

/// The binary logarithm, in 256ths, of what is not 0; between powers of two it is taken for a line.
#[inline(always)]
fn log2(value: u16) -> i16 {
    // The exponent of a floating-point number, and the first bits of its fraction.
    ((f32::from(value).to_bits() >> 15) as i32 - (127 << 8)) as i16
}
