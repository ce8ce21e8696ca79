//! The instructions of a program, which is translated from a code list once and is immutable.

use super::set::{Fold, Set};
use super::text::Unit;
use super::words::Words;
use std::sync::OnceLock;

/// An assertion about a position (`AT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the code lists")]
pub enum At {
    Beginning,
    BeginningLine,
    End,
    EndLine,
    EndString,
    Boundary,
    NonBoundary,
    LocBoundary,
    LocNonBoundary,
    UniBoundary,
    UniNonBoundary,
}

/// A test of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Any character but a line feed.
    Any,
    /// Any character.
    AnyAll,
    /// No character.
    Never,
    /// This character.
    Literal(u32),
    /// Any character but this one.
    NotLiteral(u32),
    /// A character whose lower case in ASCII is this one.
    LiteralIgnore(u32),
    /// A character whose lower case in ASCII is not this one.
    NotLiteralIgnore(u32),
    /// A character whose lower case is this one.
    LiteralUniIgnore(u32),
    /// A character whose lower case is not this one.
    NotLiteralUniIgnore(u32),
    /// This character, ignoring case in the locale.
    LiteralLocIgnore(u32),
    /// Any character but this one, ignoring case in the locale.
    NotLiteralLocIgnore(u32),
    /// A character of a set.
    In(u32),
}

/// An instruction. Numbers are indices into the lists of the program; jumps lead forward only, except those to the bodies of
/// loops.
#[derive(Clone, Copy, Debug)]
pub enum Instruction {
    /// One character.
    Item(Item),
    /// A sequence of characters, stored in `literals`.
    Literal {
        /// The index of the first one.
        start: u32,
        /// How many there are.
        len: u32,
    },
    /// A position.
    At(At),
    /// Sets a mark.
    Mark(u32),
    /// Continues at another instruction.
    Jump(u32),
    /// A branch, with the index of its first alternative.
    Branch(u32),
    /// An item as often as possible; backtracks to fewer times.
    RepeatOne(u32),
    /// An item as few times as possible; backtracks to more times.
    MinRepeatOne(u32),
    /// An item as often as possible, without backtracking.
    PossessiveRepeatOne(u32),
    /// Enters a loop, and continues at its `MaxUntil` or `MinUntil`.
    Repeat(u32),
    /// The end of a body that is repeated as often as possible.
    MaxUntil,
    /// The end of a body that is repeated as few times as possible.
    MinUntil,
    /// A body as often as possible, without backtracking into it.
    PossessiveRepeat(u32),
    /// A body, without backtracking into it.
    AtomicGroup {
        /// The instruction after the body.
        after: u32,
    },
    /// A positive assertion: the body has to match `back` characters before the position.
    Assert {
        /// 0 for a look-ahead.
        back: u32,
        /// The instruction after the body.
        after: u32,
    },
    /// A negative assertion: the body must not match `back` characters before the position.
    AssertNot {
        /// 0 for a look-ahead.
        back: u32,
        /// The instruction after the body.
        after: u32,
    },
    /// A back-reference: the text of a group.
    GroupRef {
        /// The group, from 0 on.
        group: u32,
        /// How the case is folded for the comparison.
        fold: Fold,
    },
    /// A conditional: continues at another instruction if a group has not matched.
    GroupRefExists {
        /// The group, from 0 on.
        group: u32,
        /// The instruction for that case.
        otherwise: u32,
    },
    /// The end of the program, or of a body.
    Success,
    /// Never matches.
    Failure,
}

/// An alternative of a branch.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    /// Where it starts.
    pub body: u32,
    /// The next alternative.
    pub next: Option<u32>,
    /// The test of its first character.
    pub guard: Option<Item>,
    /// The index in `dispatches` of its branch, if it has a table, and its own index there.
    pub dispatch: Option<(u32, u8)>,
}

/// A repeat of an item.
#[derive(Clone, Copy, Debug)]
pub struct RepeatOne {
    /// The item.
    pub item: Item,
    /// How often it has to match.
    pub min: usize,
    /// How often it may match.
    pub max: usize,
    /// The test of the first character of the tail.
    pub guard: Option<Item>,
    /// The assertion that the tail starts with.
    pub at: Option<At>,
    /// Whether no byte matches both the item and the guard, and whether no character does.
    pub disjoint: (bool, bool),
}

impl RepeatOne {
    /// Whether no character of a text with units `C` matches both the item and the guard.
    #[inline(always)]
    pub fn is_disjoint<C: Unit>(&self) -> bool {
        if size_of::<C>() == 1 { self.disjoint.0 } else { self.disjoint.1 }
    }
}

/// A repeat of a body.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    /// Where the body starts.
    pub body: u32,
    /// The instruction at its end.
    pub until: u32,
    /// How often it has to match.
    pub min: usize,
    /// How often it may match.
    pub max: usize,
}

/// How a search finds the positions at which a match can start.
#[derive(Debug)]
pub enum Start {
    /// Anywhere.
    Any,
    /// The pattern starts with a literal.
    Prefix {
        /// The number of its characters, which are the first ones of `literals`.
        len: usize,
        /// Its first bytes, if all characters are bytes. Computed by the first search in a long text; empty if the allocation fails.
        bytes: OnceLock<Vec<u8>>,
        /// The number of characters that need not be matched again.
        skip: usize,
        /// Whether the pattern consists of the literal alone.
        is_all: bool,
        /// The instruction after the skipped characters.
        entry: usize,
    },
}

/// The characters with which a match can start.
#[derive(Debug)]
pub struct First {
    /// A table of the first 256 characters.
    pub(super) table: [bool; 256],
    /// The other characters with which a match can start.
    pub(super) others: Others,
    /// Whether a match can start at the beginning of the string, whatever its first character is: after `^`.
    pub(super) at_beginning: bool,
    /// Whether a match can start at the end of the string: an empty one, as of `\s*$`.
    pub(super) at_end: bool,
    /// Whether there are at most three characters in the table.
    pub(super) is_sparse: bool,
    /// These characters, if there is any; filled up to three by repetition.
    pub(super) needles: Option<[u8; 3]>,
}

/// The characters above 255 with which a match can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// None.
    None,
    /// At most eight; filled up by repetition.
    Few([u32; 8]),
    /// Any, or unknown ones.
    Any,
}

/// A branch with a table.
#[derive(Debug)]
pub struct Dispatch {
    /// The indices of the alternatives.
    pub(super) alternatives: Vec<u32>,
    /// The bit sets. Computed by the first match; `None` if the allocation fails.
    pub(super) sets: OnceLock<Option<Vec<u64>>>,
}

/// Whether a program never backtracks: see `straight.rs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Straight {
    /// On bytes.
    pub(super) bytes: bool,
    /// On wider characters.
    pub(super) wide: bool,
}

/// A pattern that matches the runs of an item: `\w+`, or `\b\w+\b`.
#[derive(Clone, Copy, Debug)]
pub struct LoneRun {
    /// The item.
    pub item: Item,
    /// The assertion before and after the run. It is a word boundary, and the item matches word characters only, so that it
    /// cannot hold within a run.
    pub(super) boundary: Option<At>,
}

/// A positive look-behind assertion of a literal, with which a program starts: `(?<=literal)`.
#[derive(Clone, Copy, Debug)]
pub struct Behind {
    /// The index of its first character in `literals`.
    pub(super) start: u32,
    /// How many there are.
    pub(super) len: u32,
    /// The instruction after the assertion.
    pub(super) after: u32,
}

/// A program.
#[derive(Debug)]
pub struct Program {
    /// The members, as in the code list, of those sets that have to evaluate them.
    pub members: Vec<u32>,
    /// The instructions.
    pub instructions: Vec<Instruction>,
    /// The prefix, and the literals.
    pub literals: Vec<u32>,
    /// The character sets.
    pub sets: Vec<Set>,
    /// The alternatives of branches.
    pub alternatives: Vec<Alternative>,
    /// The branches with a table.
    pub dispatches: Vec<Dispatch>,
    /// The first alternative, if the program is a branch of literals without groups.
    pub first_word: Option<u32>,
    /// Their table, created by the first search in a long text.
    pub(super) words: OnceLock<Option<Box<Words>>>,
    /// The repeats of items.
    pub repeats: Vec<RepeatOne>,
    /// The repeats of bodies.
    pub loops: Vec<Loop>,
    /// How many groups there are.
    pub groups: usize,
    /// The minimum number of characters of a match.
    pub min_width: usize,
    /// How a search finds the positions at which a match can start.
    pub start: Start,
    /// The characters with which a match can start, if they are known and it cannot be empty in the middle of a line. Computed by the
    /// first search.
    pub first: OnceLock<Option<Box<First>>>,
    /// The repeated item, if the program starts with an unbounded repeat and has no back-references and conditionals. If such a
    /// program fails, it also fails at the other positions of the run of these items, because the tail has already been tried at
    /// each of them. Or the item after a word boundary at the start, if it matches word characters only: the boundary is not in
    /// their run.
    pub leading: Option<Item>,
    /// The item, if the pattern matches the runs of an item.
    pub lone_run: Option<LoneRun>,
    /// The look-behind assertion with which the program starts, if it is a literal.
    pub behind: Option<Behind>,
    /// Whether a match can start at the beginning of the string only.
    pub is_anchored: bool,
    /// Whether the program never backtracks.
    pub straight: Straight,
    /// Whether there is a conditional: it may test a group that is open, and thus see stale marks.
    pub has_conditional: bool,
    /// Whether the result depends on the locale: for a pattern with `LOCALE`, or with a part such as `(?L:\w)`.
    pub has_locale: bool,
}

impl Program {
    /// A program without instructions.
    pub(super) fn new(groups: usize) -> Self {
        Self {
            members: Vec::new(),
            instructions: Vec::new(),
            literals: Vec::new(),
            sets: Vec::new(),
            alternatives: Vec::new(),
            dispatches: Vec::new(),
            first_word: None,
            words: OnceLock::new(),
            repeats: Vec::new(),
            loops: Vec::new(),
            groups,
            min_width: 0,
            start: Start::Any,
            first: OnceLock::new(),
            leading: None,
            lone_run: None,
            behind: None,
            is_anchored: false,
            straight: Straight::default(),
            has_conditional: false,
            has_locale: false,
        }
    }
}
