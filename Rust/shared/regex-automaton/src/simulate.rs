//! Matching with captures: a backtracking matcher that visits each pair of a node and a position once, and the Pike VM.
//!
//! The backtracking matcher with a bit set of the visited pairs is that of RE2 ("BitState") and of the Rust crate
//! regex-automata. The other one is Pike's simulation of the nondeterministic automaton with submatches ("The Text
//! Editor sam", 1987; Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009), whose memory does not
//! depend on the length of the text. Both try paths in the order of preference, so that the first path that reaches the
//! end of the pattern is the one that the matcher of `Modules/_sre` finds: a pair that has failed once fails again,
//! because the continuation depends on the node and the position alone.

use crate::char_at::CharAt;
use crate::class::{Context, holds};
use crate::nfa::{Node, NodeId};
use crate::scan::{Scan, Task};
use crate::sparse::SparseSet;
use crate::{Stop, UNSET, capacity_bytes};
use try_alloc::{NoMemory, extend, push, reserve, resize};

/// Work memory of both matchers.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    visited: Vec<u64>,
    stack: Vec<Frame>,
    /// The marks of the current path and, as the last one, `lastindex`.
    slots: Vec<usize>,
    /// The slots of the preferred match that the Pike VM has found so far.
    best: Vec<usize>,
    current: Threads,
    following: Threads,
}

#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Follow a path.
    Explore { node: NodeId, at: usize },
    /// Undo the change of a mark.
    Restore { slot: u32, value: usize },
}

/// The slot that holds the start of the match.
const SLOT_START: usize = 0;
/// The slot that holds `lastindex`.
const SLOT_LASTINDEX: usize = 1;
/// The slot of the first mark.
const SLOT_MARKS: usize = 2;

impl Memory {
    pub(crate) fn memory_usage(&self) -> usize {
        let slots = capacity_bytes(&self.current.slots) + capacity_bytes(&self.following.slots);
        capacity_bytes(&self.visited) + capacity_bytes(&self.stack) + slots
    }

    /// Unsets the marks.
    pub(crate) fn reset_marks(&mut self, marks: usize) -> Result<(), NoMemory> {
        self.reset_slots(SLOT_MARKS + marks)
    }

    /// Stores a mark.
    pub(crate) fn mark(&mut self, mark: u32, at: usize) {
        set_mark(&mut self.slots, mark, at, |_, _| {});
    }

    fn reset_slots(&mut self, count: usize) -> Result<(), NoMemory> {
        self.slots.clear();
        resize(&mut self.slots, count, UNSET)
    }

    /// The marks of the match that was found.
    pub(crate) fn marks(&self) -> &[usize] {
        self.slots.get(SLOT_MARKS..).unwrap_or(&[])
    }

    /// The number of the last group that was closed.
    pub(crate) fn lastindex(&self) -> Option<usize> {
        self.slots.get(SLOT_LASTINDEX).copied().filter(|&index| index != UNSET)
    }
}

impl<T: CharAt> Scan<'_, '_, T> {
    /// Whether the span is short enough for [`backtrack`](Self::backtrack).
    pub(crate) fn can_backtrack(&self, start: usize, end: usize) -> bool {
        (end - start + 1).saturating_mul(self.automaton.nfa.nodes.len()) <= self.automaton.visited_bits
    }

    /// Fills the marks of the match from `start` to `end`, which is known to exist.
    pub(crate) fn backtrack(&mut self, start: usize, end: usize) -> Result<bool, Stop> {
        let automaton = self.automaton;
        let width = end - start + 1;
        let bits = width * automaton.nfa.nodes.len();
        let mut memory = std::mem::take(&mut self.cache.memory);
        memory.reset_slots(SLOT_MARKS + automaton.marks)?;
        memory.visited.clear();
        resize(&mut memory.visited, bits.div_ceil(64), 0)?;
        memory.stack.clear();
        push(&mut memory.stack, Frame::Explore { node: automaton.nfa.start, at: start })?;
        let mut steps = 0_u32;
        let mut found = false;
        'frames: while let Some(frame) = memory.stack.pop() {
            let (mut node, mut at) = match frame {
                Frame::Restore { slot, value } => {
                    memory.slots[slot as usize] = value;
                    continue;
                }
                Frame::Explore { node, at } => (node, at),
            };
            loop {
                steps = steps.wrapping_add(1);
                if steps & 0xffff == 0 && (self.poll)() {
                    return Err(Stop::Interrupted);
                }
                let pair = node as usize * width + (at - start);
                let bit = 1_u64 << (pair % 64);
                if memory.visited[pair / 64] & bit != 0 {
                    continue 'frames;
                }
                memory.visited[pair / 64] |= bit;
                // Room for the old values that `set_mark` saves.
                reserve(&mut memory.stack, 4)?;
                match &automaton.nfa.nodes[node as usize] {
                    Node::Fail => continue 'frames,
                    Node::Match if at == end => {
                        found = true;
                        break 'frames;
                    }
                    Node::Match => continue 'frames,
                    Node::Char { unit, next } => {
                        if at >= end {
                            continue 'frames;
                        }
                        let class = self.class_at(at)?;
                        if !self.cache.wide.accepts(&automaton.classes, class, *unit) {
                            continue 'frames;
                        }
                        node = *next;
                        at += 1;
                    }
                    Node::Split(targets) => {
                        reserve(&mut memory.stack, targets.len())?;
                        let (&first, rest) = match targets.split_first() {
                            Some(parts) => parts,
                            None => continue 'frames,
                        };
                        memory.stack.extend(rest.iter().rev().map(|&node| Frame::Explore { node, at }));
                        node = first;
                    }
                    Node::Assert { at: assertion, next } => {
                        let (before, after) = self.around(at)?;
                        if !holds(*assertion, before, after) {
                            continue 'frames;
                        }
                        node = *next;
                    }
                    Node::Mark { mark, next } => {
                        set_mark(&mut memory.slots, *mark, at, |slot, value| {
                            memory.stack.push(Frame::Restore { slot, value });
                        });
                        node = *next;
                    }
                }
            }
        }
        self.cache.memory = memory;
        Ok(found)
    }
}

/// Stores a mark, and `lastindex` at the end of a group. `saved` gets the old values.
fn set_mark(slots: &mut [usize], mark: u32, at: usize, mut saved: impl FnMut(u32, usize)) {
    let slot = SLOT_MARKS + mark as usize;
    saved(slot as u32, slots[slot]);
    slots[slot] = at;
    if mark & 1 != 0 {
        saved(SLOT_LASTINDEX as u32, slots[SLOT_LASTINDEX]);
        slots[SLOT_LASTINDEX] = mark as usize / 2 + 1;
    }
}

/// The threads of the Pike VM at one position, in order of preference.
#[derive(Debug, Default)]
struct Threads {
    visited: SparseSet,
    /// The slots of each node.
    slots: Vec<usize>,
}

impl Threads {
    fn reset(&mut self, nodes: usize, width: usize) -> Result<(), NoMemory> {
        self.visited.reset(nodes)?;
        let size = nodes.checked_mul(width).ok_or(NoMemory)?;
        if self.slots.len() < size { resize(&mut self.slots, size, UNSET) } else { Ok(()) }
    }
}

impl<T: CharAt> Scan<'_, '_, T> {
    /// Runs the Pike VM. The marks of the match are in the memory afterwards.
    pub(crate) fn pike(&mut self, task: Task) -> Result<Option<(usize, usize)>, Stop> {
        let mut memory = std::mem::take(&mut self.cache.memory);
        let result = self.pike_in(task, &mut memory);
        self.cache.memory = memory;
        result
    }

    fn pike_in(&mut self, task: Task, memory: &mut Memory) -> Result<Option<(usize, usize)>, Stop> {
        let automaton = self.automaton;
        let nodes = automaton.nfa.nodes.len();
        let width = SLOT_MARKS + if task.marks { automaton.marks } else { 0 };
        memory.current.reset(nodes, width)?;
        memory.following.reset(nodes, width)?;
        let mut best: Option<usize> = None;
        let mut at = task.start;
        let mut work = 0;
        loop {
            if best.is_none() && (at == task.start || task.search) {
                memory.reset_slots(width)?;
                memory.slots[SLOT_START] = at;
                let around = self.around(at)?;
                add_thread(self.automaton, memory, false, automaton.nfa.start, at, around, task.marks)?;
            }
            work += memory.current.visited.len() + 1;
            if work >= 1 << 16 {
                work = 0;
                if (self.poll)() {
                    return Err(Stop::Interrupted);
                }
            }
            if memory.current.visited.len() == 0 && (best.is_some() || !task.search) {
                break;
            }
            let class = if at < self.end { Some(self.class_at(at)?) } else { None };
            let around = if at < self.end { self.around(at + 1)? } else { (0, 0) };
            for index in 0..memory.current.visited.len() {
                let Some(node) = memory.current.visited.get(index) else { break };
                match &automaton.nfa.nodes[node as usize] {
                    Node::Match => {
                        let rejected = (task.full && at != self.end) || (task.advance && at == task.start);
                        if !rejected {
                            memory.best.clear();
                            extend(&mut memory.best, &memory.current.slots[node as usize * width..][..width])?;
                            best = Some(at);
                            break;
                        }
                    }
                    Node::Char { unit, next }
                        if class.is_some_and(|class| self.cache.wide.accepts(&automaton.classes, class, *unit)) =>
                    {
                        memory.slots.copy_from_slice(&memory.current.slots[node as usize * width..][..width]);
                        add_thread(automaton, memory, true, *next, at + 1, around, task.marks)?;
                    }
                    _ => {}
                }
            }
            if at >= self.end {
                break;
            }
            std::mem::swap(&mut memory.current, &mut memory.following);
            memory.following.visited.clear();
            at += 1;
        }
        let Some(end) = best else { return Ok(None) };
        std::mem::swap(&mut memory.slots, &mut memory.best);
        Ok(Some((memory.slots[SLOT_START], end)))
    }
}

/// Adds a thread with the slots of `memory`, following epsilon transitions.
fn add_thread(
    automaton: &crate::Automaton,
    memory: &mut Memory,
    following: bool,
    node: NodeId,
    at: usize,
    (before, after): (Context, Context),
    marks: bool,
) -> Result<(), NoMemory> {
    let Memory { stack, slots, current, following: later, .. } = memory;
    let threads = if following { later } else { current };
    let width = slots.len();
    stack.clear();
    push(stack, Frame::Explore { node, at })?;
    while let Some(frame) = stack.pop() {
        let mut node = match frame {
            Frame::Restore { slot, value } => {
                slots[slot as usize] = value;
                continue;
            }
            Frame::Explore { node, .. } => node,
        };
        while threads.visited.insert(node) {
            // Room for the old values that `set_mark` saves.
            reserve(stack, 4)?;
            match &automaton.nfa.nodes[node as usize] {
                Node::Fail => break,
                Node::Match | Node::Char { .. } => {
                    threads.slots[node as usize * width..][..width].copy_from_slice(slots);
                    break;
                }
                Node::Split(targets) => {
                    reserve(stack, targets.len())?;
                    let Some((&first, rest)) = targets.split_first() else { break };
                    stack.extend(rest.iter().rev().map(|&node| Frame::Explore { node, at }));
                    node = first;
                }
                Node::Assert { at: assertion, next } => {
                    if !holds(*assertion, before, after) {
                        break;
                    }
                    node = *next;
                }
                Node::Mark { mark, next } => {
                    if marks {
                        set_mark(slots, *mark, at, |slot, value| stack.push(Frame::Restore { slot, value }));
                    }
                    node = *next;
                }
            }
        }
    }
    Ok(())
}
