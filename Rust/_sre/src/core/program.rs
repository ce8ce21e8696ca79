//! The instructions of a program, which is made once of a code list and does not change.

use super::set::{Fold, Set};
use super::text::Unit;
use std::sync::OnceLock;

/// A position that is asked for.
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

/// What one character has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Any but a line feed.
    Any,
    /// Any.
    AnyAll,
    /// None.
    Never,
    /// This one.
    Literal(u32),
    /// Any but this one.
    NotLiteral(u32),
    /// This one is its lower case in ASCII.
    LiteralIgnore(u32),
    /// This one is not its lower case in ASCII.
    NotLiteralIgnore(u32),
    /// This one is its lower case.
    LiteralUniIgnore(u32),
    /// This one is not its lower case.
    NotLiteralUniIgnore(u32),
    /// This one, but for the case in the locale.
    LiteralLocIgnore(u32),
    /// Any but this one, but for the case in the locale.
    NotLiteralLocIgnore(u32),
    /// One of a set.
    In(u32),
}

/// An instruction. Numbers are places in the lists of the program; places in the list of instructions are always ahead, but those of
/// the bodies of loops.
#[derive(Clone, Copy, Debug)]
pub enum Instruction {
    /// One character.
    Item(Item),
    /// These characters of the literals.
    Literal {
        /// The place of the first one.
        start: u32,
        /// How many there are.
        len: u32,
    },
    /// A position.
    At(At),
    /// Sets a mark.
    Mark(u32),
    /// Goes on elsewhere.
    Jump(u32),
    /// One of the alternatives, from this one on.
    Branch(u32),
    /// An item as often as possible; backtracks to fewer times.
    RepeatOne(u32),
    /// An item as few times as possible; backtracks to more times.
    MinRepeatOne(u32),
    /// An item as often as possible.
    PossessiveRepeatOne(u32),
    /// Begins a loop, and goes on at its end.
    Repeat(u32),
    /// The end of a body that is repeated as often as possible.
    MaxUntil,
    /// The end of a body that is repeated as few times as possible.
    MinUntil,
    /// A body as often as possible, without backtracking into it.
    PossessiveRepeat(u32),
    /// A body, without backtracking into it.
    AtomicGroup {
        /// Where it goes on.
        after: u32,
    },
    /// A body that has to match from `back` characters before on.
    Assert {
        /// 0 for a look-ahead.
        back: u32,
        /// Where it goes on.
        after: u32,
    },
    /// A body that must not match from `back` characters before on.
    AssertNot {
        /// 0 for a look-ahead.
        back: u32,
        /// Where it goes on.
        after: u32,
    },
    /// The text of a group.
    GroupRef {
        /// The group, from 0 on.
        group: u32,
        /// In which case it is compared.
        fold: Fold,
    },
    /// Goes on elsewhere if a group has not matched.
    GroupRefExists {
        /// The group, from 0 on.
        group: u32,
        /// Where it goes on then.
        otherwise: u32,
    },
    /// The end of the program, or of a body.
    Success,
    /// Does not match.
    Failure,
}

/// An alternative of a branch.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    /// Where it starts.
    pub body: u32,
    /// The one that is tried next.
    pub next: Option<u32>,
    /// What its first character has to be.
    pub guard: Option<Item>,
}

/// The repeat of an item.
#[derive(Clone, Copy, Debug)]
pub struct RepeatOne {
    /// The item.
    pub item: Item,
    /// How often it has to match.
    pub min: usize,
    /// How often it may match.
    pub max: usize,
    /// What the first character after it has to be.
    pub guard: Option<Item>,
    /// The position that has to come after it.
    pub at: Option<At>,
    /// Whether no byte is both the item and what has to come after it; and no character.
    pub disjoint: (bool, bool),
}

impl RepeatOne {
    /// Whether no character of a text is both the item and what has to come after it.
    #[inline(always)]
    pub fn is_disjoint<C: Unit>(&self) -> bool {
        if size_of::<C>() == 1 { self.disjoint.0 } else { self.disjoint.1 }
    }
}

/// The repeat of a body.
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

/// How a search finds places where a match can start.
#[derive(Clone, Debug)]
pub enum Start {
    /// Anywhere.
    Any,
    /// The pattern starts with a literal.
    Prefix {
        /// Its characters.
        characters: Vec<u32>,
        /// Its first bytes, if all characters are bytes.
        bytes: Vec<u8>,
        /// How many of them need not be matched again.
        skip: usize,
        /// Whether that is all of the pattern.
        is_all: bool,
        /// Where the program goes on after those that are skipped.
        entry: usize,
    },
}

/// The characters with which a match can start.
#[derive(Clone, Debug)]
pub struct First {
    /// Of the first 256.
    pub(super) table: [bool; 256],
    /// Whether others can.
    pub(super) others: bool,
    /// The bytes of the table, if they are at most three, repeated to three.
    pub(super) needles: Option<[u8; 3]>,
}

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    /// The code list that it was made of.
    pub code: Vec<u32>,
    /// The instructions.
    pub instructions: Vec<Instruction>,
    /// The literals.
    pub literals: Vec<u32>,
    /// The character sets.
    pub sets: Vec<Set>,
    /// The alternatives of branches.
    pub alternatives: Vec<Alternative>,
    /// The repeats of items.
    pub repeats: Vec<RepeatOne>,
    /// The repeats of bodies.
    pub loops: Vec<Loop>,
    /// How many groups there are.
    pub groups: usize,
    /// How many characters a match has at least.
    pub min_width: usize,
    /// How a search finds places where a match can start.
    pub start: Start,
    /// The characters with which a match can start, if it cannot be empty and they are known. The first search finds them.
    pub first: OnceLock<Option<First>>,
    /// The item that the program starts with, as often as possible, if nothing asks for the text of a group. Where such a program
    /// fails, it fails in the rest of the row of these items, too: whatever comes after the row, or a part of it, has been tried
    /// at all places where it could start.
    pub leading: Option<Item>,
    /// Whether a match can start at the beginning of the string only.
    pub is_anchored: bool,
    /// Whether there is a conditional: it may ask for a group that is open, so that stale marks are seen.
    pub has_conditional: bool,
}
