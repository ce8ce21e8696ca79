//! Linear-time matching of the code lists that CPython's `re` compiles.
//!
//! `Lib/re/_compiler.py` translates a pattern into a list of codes, and `Modules/_sre/sre_lib.h` matches it by
//! backtracking, which takes exponential time for some patterns. This crate matches the same code list in time
//! proportional to the length of the text, with the same results, or refuses the pattern
//! ([`CompileError::Unsupported`]).
//!
//! - `parse.rs`, `ast.rs`, `factor.rs`, `facts.rs`: the syntax tree of the code list, its properties, and the check for
//!   unsupported opcodes.
//! - `unit.rs`, `char_at.rs`, `class.rs`: tests of single characters, and equivalence classes of characters.
//! - `nfa.rs`: the nondeterministic automaton, and why it has the paths of the backtracking matcher.
//! - `closure.rs`, `dfa.rs`, `scan.rs`: the lazy DFA, forward for the end of the match and backward for its start.
//! - `onepass.rs`, `simulate.rs`: captures, and matching without the DFA.
//! - `prefilter.rs`, `prefix.rs`, `pairs.rs`, `escapes.rs`: literal prefixes, first characters, and characters that leave a loop.
//!
//! # Supported patterns
//!
//! Literals and sets of every kind with `IGNORECASE`, `ASCII` and `UNICODE`, groups, alternation, greedy and non-greedy
//! repetition, and the assertions `^ $ \A \Z \b \B` with and without `MULTILINE`. Refused are back-references,
//! look-around, conditionals, atomic groups, possessive quantifiers, `LOCALE`, more than 1024 different character
//! tests, nesting deeper than 64 levels, patterns whose counted repetitions need more nodes than
//! [`Options::node_limit`], and more than four million pairs of a node and a mark.

//! # Example
//!
//! ```
//! use regex_automaton::{Automaton, Cache, CharTables, Input, Mode, Options, Text};
//!
//! struct NoTables;
//!
//! impl CharTables for NoTables {
//!     fn category(&self, _: u32, _: u32) -> bool {
//!         false
//!     }
//!     fn lower(&self, ch: u32) -> u32 {
//!         ch
//!     }
//!     fn upper(&self, ch: u32) -> u32 {
//!         ch
//!     }
//! }
//!
//! // LITERAL 'a', MARK 0, LITERAL 'b', MARK 1, SUCCESS: the pattern a(b)
//! let code = [16, 97, 17, 0, 16, 98, 17, 1, 1];
//! let automaton = Automaton::compile(&code, &Options::new(&NoTables)).unwrap();
//! let input = Input { text: Text::One(b"xxab"), pos: 0, end: 4, mode: Mode::Search, must_advance: false };
//! let mut marks = [0; 2];
//! let found = automaton.captures(&mut Cache::new(), &input, &mut marks, &mut || false);
//! let found = found.unwrap().unwrap();
//! assert_eq!((found.start, found.end, found.lastindex, marks), (2, 4, Some(1), [3, 4]));
//! ```

#![forbid(unsafe_code)]

mod ast;
mod char_at;
mod class;
mod closure;
mod dfa;
mod escapes;
mod factor;
mod facts;
mod nfa;
mod onepass;
mod opcode;
mod pairs;
mod parse;
mod prefilter;
mod prefix;
mod scan;
mod simulate;
mod sparse;
mod unit;

use char_at::CharAt;
use class::{Classes, Wide};
use dfa::{Dfa, Scratch};
use nfa::Nfa;
use prefilter::Prefilter;
use prefix::PrefixFinder;
use scan::Scan;
use try_alloc::NoMemory;

/// The version of the code list that the crate reads: `_sre.MAGIC`.
pub const MAGIC: u32 = opcode::MAGIC;

/// The maximum number of marks, of all nodes, that the Pike VM may keep for one position.
const MAX_SLOTS: usize = 1 << 22;

/// A mark that is not set.
pub const UNSET: usize = usize::MAX;

/// The part of the Unicode database that `_sre` uses.
pub trait CharTables: Sync {
    /// Whether the character belongs to the category: one of the numbers `CATEGORY_UNI_DIGIT` (10),
    /// `CATEGORY_UNI_SPACE` (12), `CATEGORY_UNI_WORD` (14, with the underscore) and `CATEGORY_UNI_LINEBREAK` (16).
    fn category(&self, category: u32, ch: u32) -> bool;
    /// `Py_UNICODE_TOLOWER`.
    fn lower(&self, ch: u32) -> u32;
    /// `Py_UNICODE_TOUPPER`.
    fn upper(&self, ch: u32) -> u32;
}

/// Limits and tables of an automaton.
#[derive(Clone, Copy)]
pub struct Options {
    /// The character database.
    pub tables: &'static dyn CharTables,
    /// The greatest number of NFA nodes.
    pub node_limit: usize,
    /// The memory of the states of each of the two DFAs of a [`Cache`], in bytes.
    pub dfa_memory: usize,
    /// The maximum number of pairs of a node and a position in the bit set of the backtracking matcher for captures.
    /// The Pike VM handles longer matches.
    pub visited_bits: usize,
}

impl Options {
    /// The default limits.
    pub fn new(tables: &'static dyn CharTables) -> Options {
        Options { tables, node_limit: 10_000, dfa_memory: 1 << 21, visited_bits: 1 << 22 }
    }
}

/// The characters of a text, in the three widths of CPython's `str`; bytes-like objects are [`Text::One`].
#[derive(Clone, Copy, Debug)]
pub enum Text<'t> {
    /// One byte per character.
    One(&'t [u8]),
    /// Two bytes per character.
    Two(&'t [u16]),
    /// Four bytes per character.
    Four(&'t [u32]),
}

impl Text<'_> {
    /// The number of characters.
    pub fn len(&self) -> usize {
        match self {
            Text::One(text) => text.len(),
            Text::Two(text) => text.len(),
            Text::Four(text) => text.len(),
        }
    }

    /// Whether there are no characters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where the match has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `Pattern.match`: at the start position.
    Match,
    /// `Pattern.fullmatch`: from the start position to the end position.
    Fullmatch,
    /// `Pattern.search`: anywhere from the start position on.
    Search,
}

/// The input of a search.
#[derive(Clone, Copy, Debug)]
pub struct Input<'t> {
    /// The whole text: the characters before `pos` are visible to `^` and `\b`.
    pub text: Text<'t>,
    /// Where to start.
    pub pos: usize,
    /// Where the text ends for the pattern (`endpos`).
    pub end: usize,
    /// Where the match has to be.
    pub mode: Mode,
    /// `SRE_STATE.must_advance`: an empty match at `pos` is not accepted.
    pub must_advance: bool,
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The poll function returned true.
    Interrupted,
    /// Memory could not be allocated.
    Memory,
    /// The characters of the text belong to more equivalence classes than the automaton supports (65535), or its states take
    /// more memory than it can address. The caller has to use another matcher.
    Limit,
    /// `pos` is greater than `end`, or one of them greater than the length. (With the matcher of `_sre`, some patterns
    /// match in this case; the caller has to use it.)
    Bounds,
}

impl From<NoMemory> for Stop {
    fn from(NoMemory: NoMemory) -> Stop {
        Stop::Memory
    }
}

/// Why a pattern has no automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// The pattern is not supported.
    Unsupported,
    /// Memory could not be allocated.
    Memory,
}

impl From<NoMemory> for CompileError {
    fn from(NoMemory: NoMemory) -> CompileError {
        CompileError::Memory
    }
}

/// A match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The group that was closed last (`Match.lastindex`).
    pub lastindex: Option<usize>,
}

/// A compiled pattern. It is immutable: threads share it, each with a [`Cache`].
pub struct Automaton {
    nfa: Nfa,
    classes: Classes,
    tables: &'static dyn CharTables,
    dfa_memory: usize,
    visited_bits: usize,
    /// The number of marks that the pattern can set.
    marks: usize,
    /// Every match starts at the start of the text.
    anchored: bool,
    /// There are assertions before the first character.
    start_asserts: bool,
    /// The length of all matches, if it is the same.
    fixed_length: Option<usize>,
    /// The length of the shortest match.
    minimum: usize,
    prefilter: Option<Prefilter>,
    /// The pattern is nothing but the prefix of the prefilter.
    literal: bool,
}

/// The memory of a search: the DFA states that have been constructed, and work space. It belongs to one [`Automaton`]
/// and can be kept for its next search.
#[derive(Debug)]
pub struct Cache {
    forward: Dfa,
    backward: Dfa,
    wide: Wide,
    scratch: Scratch,
    one_pass: onepass::OnePass,
    memory: simulate::Memory,
}

impl Cache {
    /// An empty cache. It allocates nothing.
    pub fn new() -> Cache {
        Cache {
            forward: Dfa::new(false),
            backward: Dfa::new(true),
            wide: Wide::default(),
            scratch: Scratch::default(),
            one_pass: onepass::OnePass::default(),
            memory: simulate::Memory::default(),
        }
    }

    /// The approximate size of the allocated memory, in bytes.
    pub fn memory_usage(&self) -> usize {
        self.forward.memory_usage()
            + self.backward.memory_usage()
            + self.wide.memory_usage()
            + self.one_pass.memory_usage()
            + self.memory.memory_usage()
    }
}

/// The size of the memory of a vector, in bytes.
fn capacity_bytes<T>(vector: &Vec<T>) -> usize {
    vector.capacity() * size_of::<T>()
}

impl Default for Cache {
    fn default() -> Cache {
        Cache::new()
    }
}

impl std::fmt::Debug for Automaton {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Automaton").field("nodes", &self.nfa.nodes.len()).field("marks", &self.marks).finish()
    }
}

impl Automaton {
    /// Compiles the code list of a pattern: the output of `_compile()` in `Lib/re/_compiler.py`, which `_sre.compile()`
    /// accepts.
    ///
    /// # Errors
    ///
    /// See [`CompileError`].
    pub fn compile(code: &[u32], options: &Options) -> Result<Automaton, CompileError> {
        let parsed = parse::parse(code)?;
        let nfa = nfa::compile(&parsed.ast, options.node_limit)?;
        if nfa.nodes.len().saturating_mul(parsed.marks + 2) > MAX_SLOTS {
            return Err(CompileError::Unsupported);
        }
        let first = facts::first_assertion(&parsed.ast);
        let anchored = matches!(first, Some(opcode::AT_BEGINNING | opcode::AT_BEGINNING_STRING));
        let lines = first == Some(opcode::AT_BEGINNING_LINE);
        let fixed_length = facts::fixed_length(&parsed.ast);
        let minimum = facts::shortest(&nfa)?;
        let start_asserts = facts::starts_with_assertion(&nfa)?;
        let classes = Classes::new(parsed.units, parsed.assertions, options.tables)?;
        let (prefilter, literal) = match Prefilter::new(&nfa, &classes, lines)? {
            Some((prefilter, literal)) => (Some(prefilter), literal),
            None => (None, false),
        };
        Ok(Automaton {
            nfa,
            classes,
            tables: options.tables,
            dfa_memory: options.dfa_memory,
            visited_bits: options.visited_bits,
            marks: parsed.marks,
            anchored,
            start_asserts,
            fixed_length,
            minimum,
            prefilter,
            literal,
        })
    }

    /// The span of the match.
    ///
    /// `poll` is called once per several tens of thousands of characters; if it returns true, the search stops.
    ///
    /// # Errors
    ///
    /// See [`Stop`].
    pub fn search(
        &self,
        cache: &mut Cache,
        input: &Input<'_>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(usize, usize)>, Stop> {
        match input.text {
            Text::One(text) => self.search_in(cache, text, input, poll),
            Text::Two(text) => self.search_in(cache, text, input, poll),
            Text::Four(text) => self.search_in(cache, text, input, poll),
        }
    }

    fn search_in<T: CharAt>(
        &self,
        cache: &mut Cache,
        text: &[T],
        input: &Input<'_>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(usize, usize)>, Stop> {
        if input.pos > input.end || input.end > text.len() {
            return Err(Stop::Bounds);
        }
        let finder = PrefixFinder::default();
        let mut scan = Scan { automaton: self, cache, text, end: input.end, poll, finder: &finder };
        scan.span(input.pos, input.mode, input.must_advance)
    }

    /// The spans of successive matches, at most `limit`, as `findall`, `split` and `sub` go through them. Afterwards
    /// `input` is ready for the next call; there are no more matches if fewer than `limit` spans were added.
    ///
    /// # Errors
    ///
    /// See [`Stop`]. The spans found before are in `spans`.
    pub fn spans(
        &self,
        cache: &mut Cache,
        input: &mut Input<'_>,
        limit: usize,
        spans: &mut Vec<(usize, usize)>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Stop> {
        match input.text {
            Text::One(text) => self.spans_in(cache, text, input, limit, spans, poll),
            Text::Two(text) => self.spans_in(cache, text, input, limit, spans, poll),
            Text::Four(text) => self.spans_in(cache, text, input, limit, spans, poll),
        }
    }

    fn spans_in<T: CharAt>(
        &self,
        cache: &mut Cache,
        text: &[T],
        input: &mut Input<'_>,
        limit: usize,
        spans: &mut Vec<(usize, usize)>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Stop> {
        if input.pos > input.end || input.end > text.len() {
            return Err(Stop::Bounds);
        }
        let finder = PrefixFinder::default();
        let mut scan = Scan { automaton: self, cache, text, end: input.end, poll, finder: &finder };
        for _ in 0..limit {
            let Some((start, end)) = scan.span(input.pos, input.mode, input.must_advance)? else { break };
            try_alloc::push(spans, (start, end))?;
            input.pos = end;
            input.must_advance = start == end;
        }
        Ok(())
    }

    /// The match with its groups. `marks[2 * k]` and `marks[2 * k + 1]` become the span of group `k + 1`, or
    /// [`UNSET`].
    ///
    /// # Errors
    ///
    /// See [`Stop`].
    pub fn captures(
        &self,
        cache: &mut Cache,
        input: &Input<'_>,
        marks: &mut [usize],
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Found>, Stop> {
        match input.text {
            Text::One(text) => self.captures_in(cache, text, input, marks, poll),
            Text::Two(text) => self.captures_in(cache, text, input, marks, poll),
            Text::Four(text) => self.captures_in(cache, text, input, marks, poll),
        }
    }

    fn captures_in<T: CharAt>(
        &self,
        cache: &mut Cache,
        text: &[T],
        input: &Input<'_>,
        marks: &mut [usize],
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Found>, Stop> {
        if self.marks == 0 {
            for mark in marks.iter_mut() {
                *mark = UNSET;
            }
            let span = self.search_in(cache, text, input, poll)?;
            return Ok(span.map(|(start, end)| Found { start, end, lastindex: None }));
        }
        if input.pos > input.end || input.end > text.len() {
            return Err(Stop::Bounds);
        }
        let finder = PrefixFinder::default();
        let mut scan = Scan { automaton: self, cache, text, end: input.end, poll, finder: &finder };
        let Some((start, end)) = scan.captures(input.pos, input.mode, input.must_advance)? else { return Ok(None) };
        let mut found = cache.memory.marks().iter();
        for mark in marks.iter_mut() {
            *mark = found.next().copied().unwrap_or(UNSET);
        }
        Ok(Some(Found { start, end, lastindex: cache.memory.lastindex() }))
    }

    /// The number of marks that the pattern can set: twice its highest group.
    pub fn marks(&self) -> usize {
        self.marks
    }
}
