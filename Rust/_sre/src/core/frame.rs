//! The stack of the matcher.

use std::cell::Cell;

/// The purpose of a frame: the action when everything after it has failed or, for a body, when the body has matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The next alternative is tried.
    Branch,
    /// An item is given back.
    RepeatOne,
    /// One more item is taken.
    MinRepeatOne,
    /// The previous count of a loop is restored.
    Count,
    /// The tail of the loop is tried.
    MaxUntil,
    /// The body of the loop is tried.
    MinUntil,
    /// The previous count and position of a loop are restored.
    LastPosition,
    /// A mandatory iteration of a possessive loop.
    PossessiveMin,
    /// An optional iteration of a possessive loop.
    PossessiveMax,
    /// The body of an atomic group.
    AtomicGroup,
    /// The body of a positive assertion.
    Assert,
    /// The body of a negative assertion.
    AssertNot,
}

/// A frame: a choice point, or the start of a body that ends in `Success`.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The purpose.
    pub kind: Kind,
    /// Whether the marks are saved.
    pub has_marks: bool,
    /// The index of an instruction or of an alternative.
    pub place: u32,
    /// The innermost loop.
    pub repeat: u32,
    /// The number of active loops.
    pub loops: u32,
    /// The number of valid marks (`lastmark` + 1).
    pub mark_count: u32,
    /// The group that was closed last (`lastindex`).
    pub last_index: u32,
    /// The position in the text.
    pub position: usize,
    /// How often an item or a body has matched.
    pub count: usize,
    /// The number of saved marks below this frame.
    pub saved: usize,
    /// For a loop: its previous `last_position`. For a body: the frame of the enclosing body.
    pub before: usize,
}

/// A loop that is being matched.
#[derive(Clone, Copy, Debug)]
pub struct LoopState {
    /// Its index in the program; `NONE` for a possessive loop.
    pub place: u32,
    /// The enclosing loop.
    pub outer: u32,
    /// The number of iterations that have been started, minus one.
    pub count: isize,
    /// The position at which the last iteration started (`last_ptr`): an empty iteration is not followed by another one.
    pub last_position: usize,
}

/// The maximum number of marks, frames, saved marks or loops for which a thread keeps the memory: that of an ordinary match.
const KEPT: usize = 256;

/// The memory of a matcher.
#[derive(Debug, Default)]
pub struct Stacks {
    /// The positions of the starts and ends of groups. Those that have not been set are left over from other matches.
    pub marks: Vec<usize>,
    /// The frames.
    pub frames: Vec<Frame>,
    /// The marks that the frames have saved.
    pub saved: Vec<usize>,
    /// The loops that are being matched.
    pub loops: Vec<LoopState>,
}

thread_local! {
    /// The memory of the last matcher of the thread, for the next one: allocating it takes longer than a short match.
    static STACKS: Cell<Stacks> =
        const { Cell::new(Stacks { marks: Vec::new(), frames: Vec::new(), saved: Vec::new(), loops: Vec::new() }) };
}

impl Stacks {
    /// Empty stacks, with the memory that the thread has kept.
    #[inline]
    pub fn take() -> Self {
        STACKS.try_with(Cell::take).unwrap_or_default()
    }

    /// Makes room for marks; `None` if the allocation fails.
    #[inline]
    pub fn reserve_marks(&mut self, len: usize) -> Option<()> {
        if self.marks.len() < len {
            self.marks.try_reserve_exact(len - self.marks.len()).ok()?;
            self.marks.resize(len, 0);
        }
        Some(())
    }

    /// Removes all frames and loops.
    #[inline]
    pub fn clear(&mut self) {
        self.frames.clear();
        self.saved.clear();
        self.loops.clear();
    }

    /// Keeps the memory for the next matcher of the thread.
    #[inline]
    pub fn keep(mut self) {
        self.clear();
        let capacities = [self.marks.capacity(), self.frames.capacity(), self.saved.capacity(), self.loops.capacity()];
        if capacities.iter().all(|capacity| *capacity <= KEPT) {
            // When the thread ends there is no next matcher.
            let _ = STACKS.try_with(|kept| kept.set(self));
        }
    }
}
