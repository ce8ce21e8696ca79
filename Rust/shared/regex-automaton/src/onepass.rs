//! Captures of a match whose path is determined by one character at a time (a one-pass automaton, as in RE2 and the
//! Rust crate regex-automata).
//!
//! The span of the match is known, so a path of the automaton from its start to its end exists, and the preferred one
//! is wanted. If for each character only one transition is possible from the current node, the path is found in one
//! pass over the match. Assertions need not be evaluated: since a path exists, it takes the only possible transition.
//! As soon as a second transition is possible, the backtracking matcher is used instead.

use crate::char_at::CharAt;
use crate::class::{Classes, EDGE_CLASS, UNKNOWN_CLASS, Wide};
use crate::escapes::Escapes;
use crate::nfa::{Nfa, Node, NodeId};
use crate::scan::{POLL_INTERVAL, Scan};
use crate::sparse::SparseSet;
use crate::{Stop, capacity_bytes};
use try_alloc::{NoMemory, extend, push, reserve, resize};

/// The transition has not been computed.
const UNKNOWN: u64 = u64::MAX;
/// More than one transition is possible.
const AMBIGUOUS: u64 = u64::MAX - 1;

/// The maximum number of entries of the table.
const MAX_ENTRIES: usize = 1 << 17;

/// The transitions computed so far, a row for each node: the start of the next node's row in the low half, and in the
/// high half the index of the marks that are set before the character. The column of [`EDGE_CLASS`] is for the end of
/// the match.
#[derive(Debug, Default)]
pub(crate) struct OnePass {
    table: Vec<u64>,
    width: usize,
    /// The characters below 256 that leave a node with a transition to itself, once they have been determined; the
    /// inner `None` if there are more than three.
    escapes: Vec<Option<Option<Escapes>>>,
    /// Lists of marks, each after its length. The empty list is at 0.
    marks: Vec<u32>,
    /// The pattern has been found not to be one-pass.
    refused: bool,
    visited: SparseSet,
    stack: Vec<(NodeId, usize)>,
    path: Vec<u32>,
}

impl OnePass {
    pub(crate) fn memory_usage(&self) -> usize {
        capacity_bytes(&self.table) + capacity_bytes(&self.escapes) + capacity_bytes(&self.marks)
    }

    /// Makes room for the classes. Returns whether the table can be used.
    fn prepare(&mut self, nfa: &Nfa, classes: usize) -> Result<bool, NoMemory> {
        if self.refused {
            return Ok(false);
        }
        if self.width < classes {
            let size = (classes + 4) * nfa.nodes.len();
            if size > MAX_ENTRIES {
                self.refused = true;
                return Ok(false);
            }
            self.table.clear();
            resize(&mut self.table, size, UNKNOWN)?;
            self.escapes.clear();
            resize(&mut self.escapes, nfa.nodes.len(), None)?;
            self.marks.clear();
            push(&mut self.marks, 0)?;
            // This comes last, so that the next call makes the table again if one of the steps above has failed.
            self.width = classes + 4;
        }
        Ok(true)
    }

    /// The characters that leave a node with a transition to itself.
    fn escapes(
        &mut self,
        nfa: &Nfa,
        classes: &Classes,
        wide: &Wide,
        node: NodeId,
    ) -> Result<Option<Escapes>, NoMemory> {
        if let Some(known) = self.escapes[node as usize] {
            return Ok(known);
        }
        let row = node as usize * self.width;
        let mut escapes = Some(Escapes::default());
        for ch in 0..=u8::MAX {
            let class = classes.latin1[usize::from(ch)];
            let index = row + usize::from(class);
            if self.table[index] == UNKNOWN {
                self.table[index] = self.compute(nfa, classes, wide, node, class)?;
            }
            if self.table[index] != row as u64 && !escapes.as_mut().is_some_and(|escapes| escapes.push(ch)) {
                escapes = None;
                break;
            }
        }
        self.escapes[node as usize] = Some(escapes);
        Ok(escapes)
    }

    #[cold]
    fn compute(
        &mut self,
        nfa: &Nfa,
        classes: &Classes,
        wide: &Wide,
        node: NodeId,
        class: u16,
    ) -> Result<u64, NoMemory> {
        self.visited.reset(nfa.nodes.len())?;
        self.path.clear();
        self.stack.clear();
        push(&mut self.stack, (node, 0))?;
        let (mut asserts, mut again) = (false, false);
        let mut result = None;
        while let Some((mut id, length)) = self.stack.pop() {
            self.path.truncate(length);
            loop {
                if !self.visited.insert(id) {
                    again = true;
                    break;
                }
                let target = match &nfa.nodes[id as usize] {
                    Node::Fail => break,
                    Node::Match if class == EDGE_CLASS => id,
                    Node::Match => break,
                    Node::Char { unit, next } if wide.accepts(classes, class, *unit) => *next,
                    Node::Char { .. } => break,
                    Node::Split(targets) => {
                        let Some((&first, rest)) = targets.split_first() else { break };
                        let length = self.path.len();
                        reserve(&mut self.stack, rest.len())?;
                        self.stack.extend(rest.iter().rev().map(|&other| (other, length)));
                        id = first;
                        continue;
                    }
                    Node::Assert { next, .. } => {
                        asserts = true;
                        id = *next;
                        continue;
                    }
                    Node::Mark { mark, next } => {
                        push(&mut self.path, *mark)?;
                        id = *next;
                        continue;
                    }
                };
                if result.is_some() {
                    return Ok(AMBIGUOUS);
                }
                let index = if self.path.is_empty() { 0 } else { self.marks.len() };
                if index != 0 {
                    push(&mut self.marks, self.path.len() as u32)?;
                    extend(&mut self.marks, &self.path)?;
                }
                result = Some((index as u64) << 32 | (target as usize * self.width) as u64);
                break;
            }
        }
        // A second path to the same node counts if an assertion may block the first.
        Ok(if asserts && again { AMBIGUOUS } else { result.unwrap_or(AMBIGUOUS) })
    }
}

impl<T: CharAt> Scan<'_, '_, T> {
    /// Fills the marks of the match from `start` to `end`, which is known to exist, if the pattern is one-pass there.
    pub(crate) fn one_pass(&mut self, start: usize, end: usize) -> Result<bool, Stop> {
        let automaton = self.automaton;
        let (nfa, classes) = (&automaton.nfa, &automaton.classes);
        let count = self.cache.wide.count(classes);
        if automaton.visited_bits == 0 || !self.cache.one_pass.prepare(nfa, count)? {
            return Ok(false);
        }
        self.cache.memory.reset_marks(automaton.marks)?;
        let width = self.cache.one_pass.width;
        let mut row = nfa.start as usize * width;
        let (mut at, mut polled) = (start, start);
        while at <= end {
            if at >= polled + POLL_INTERVAL {
                polled = at;
                if (self.poll)() {
                    return Err(Stop::Interrupted);
                }
            }
            // Transitions that are known and set no mark.
            let block = &self.text[..end.min(polled + POLL_INTERVAL)];
            let table = &self.cache.one_pass.table;
            let mut repeated = 0;
            while at < block.len() {
                let class = self.cache.wide.known(classes, block[at].get());
                if !T::NARROW && class == UNKNOWN_CLASS {
                    break;
                }
                let entry = table[row + usize::from(class)];
                if entry > u64::from(u32::MAX) {
                    break;
                }
                at += 1;
                if entry as usize != row {
                    repeated = 0;
                    row = entry as usize;
                    continue;
                }
                repeated += 1;
                if repeated == 8 {
                    break;
                }
            }
            if repeated == 8
                && let Some(bytes) = T::bytes(block)
            {
                // A loop: search for the characters that leave it.
                let node = (row / width) as NodeId;
                if let Some(escapes) = self.cache.one_pass.escapes(nfa, classes, &self.cache.wide, node)? {
                    at = escapes.find(&bytes[at..]).map_or(bytes.len(), |escape| at + escape);
                }
                continue;
            }
            let class = if at < end {
                let ch = self.text[at].get();
                match self.cache.wide.known(classes, ch) {
                    UNKNOWN_CLASS => {
                        let class = self.cache.wide.class(classes, ch, automaton.tables)?;
                        if usize::from(class) >= self.cache.one_pass.width {
                            // The table is made wider the next time.
                            return Ok(false);
                        }
                        class
                    }
                    class => class,
                }
            } else {
                EDGE_CLASS
            };
            let one_pass = &mut self.cache.one_pass;
            let index = row + usize::from(class);
            let mut entry = one_pass.table[index];
            if entry >= AMBIGUOUS {
                if entry == UNKNOWN {
                    let node = (row / width) as NodeId;
                    entry = one_pass.compute(nfa, classes, &self.cache.wide, node, class)?;
                    one_pass.table[index] = entry;
                }
                if entry == AMBIGUOUS {
                    one_pass.refused = true;
                    return Ok(false);
                }
            }
            let list = (entry >> 32) as usize;
            if list != 0 {
                let length = one_pass.marks[list] as usize;
                for &mark in &one_pass.marks[list + 1..][..length] {
                    self.cache.memory.mark(mark, at);
                }
            }
            row = entry as u32 as usize;
            at += 1;
        }
        Ok(true)
    }
}
