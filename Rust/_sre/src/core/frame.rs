//! The stack of the matcher.

/// What happens when everything after a frame has failed, or, for those of bodies, when the body has matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The next alternative is tried.
    Branch,
    /// An item is given back.
    RepeatOne,
    /// One more item is taken.
    MinRepeatOne,
    /// The count of a loop is what it was before.
    Count,
    /// What comes after the loop is tried.
    MaxUntil,
    /// The body of the loop is tried.
    MinUntil,
    /// The count and the position of a loop are what they were before.
    LastPosition,
    /// A body that has to match again.
    PossessiveMin,
    /// A body that may match again.
    PossessiveMax,
    /// A body that is not tried in another way after it has matched.
    AtomicGroup,
    /// A body that has to match.
    Assert,
    /// A body that must not match.
    AssertNot,
}

/// A frame: a choice to come back to, or the beginning of a body that ends in `Success`.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// What it is for.
    pub kind: Kind,
    /// Whether the marks are saved.
    pub has_marks: bool,
    /// The instruction, or an alternative.
    pub place: u32,
    /// The innermost loop.
    pub repeat: u32,
    /// How many loops there were.
    pub loops: u32,
    /// How many marks were valid.
    pub mark_count: u32,
    /// The group that was closed last.
    pub last_index: u32,
    /// The position.
    pub position: usize,
    /// How often an item or a body has matched.
    pub count: usize,
    /// How many marks were saved before.
    pub saved: usize,
    /// Before a loop: its last position. For a body: the frame of the body around it.
    pub before: usize,
}

/// A loop that is being matched.
#[derive(Clone, Copy, Debug)]
pub struct LoopState {
    /// Its place in the program; none for a possessive one.
    pub place: u32,
    /// The loop around it.
    pub outer: u32,
    /// How often the body has been begun; -1 before the first time.
    pub count: isize,
    /// Where it was begun last: a body that has matched nothing is not begun again.
    pub last_position: usize,
}

/// How many marks need no memory of their own.
const FEW: usize = 8;

/// The positions of the starts and ends of groups.
#[derive(Clone, Debug)]
pub struct Marks {
    len: usize,
    few: [usize; FEW],
    /// All, if they are more.
    many: Vec<usize>,
}

impl Marks {
    /// So many marks that are not set; `None` if there is no memory for them.
    #[inline]
    pub fn new(len: usize, unset: usize) -> Option<Self> {
        let mut many = Vec::new();
        if len > FEW {
            many.try_reserve_exact(len).ok()?;
            many.resize(len, unset);
        }
        Some(Self { len, few: [unset; FEW], many })
    }

    /// All marks.
    #[inline(always)]
    pub fn all(&self) -> &[usize] {
        if self.len > FEW { &self.many } else { self.few.get(..self.len).unwrap_or_default() }
    }

    /// All marks.
    #[inline(always)]
    pub fn all_mut(&mut self) -> &mut [usize] {
        if self.len > FEW { &mut self.many } else { self.few.get_mut(..self.len).unwrap_or_default() }
    }
}
