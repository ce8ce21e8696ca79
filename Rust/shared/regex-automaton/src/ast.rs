//! The syntax tree of a code list.

/// A node of the tree; the list of nodes of a level is a sequence.
pub(crate) enum Ast {
    /// The character test with this number.
    Unit(u32),
    /// Never matches.
    Fail,
    /// An assertion, one of the `AT_` codes.
    At(u32),
    /// Stores the position into a mark.
    Mark(u32),
    /// Alternatives, in order of preference.
    Branch(Vec<Vec<Ast>>),
    /// A repetition.
    Repeat { min: u32, max: u32, greedy: bool, body: Vec<Ast> },
}
