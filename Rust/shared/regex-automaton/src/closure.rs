//! Epsilon closures of lists of NFA nodes, in either direction.

use crate::class::{Context, holds};
use crate::nfa::{Nfa, Node, NodeId};
use crate::sparse::SparseSet;

/// The item that starts the pattern at every position, at the lowest priority.
pub(crate) const SEARCH: u32 = u32::MAX;

/// In the reverse direction, the item that says that the start of the pattern has been reached.
pub(crate) const REACHED: u32 = u32::MAX - 1;

/// The parameters of an epsilon closure.
pub(crate) struct Closure<'a> {
    pub(crate) nfa: &'a Nfa,
    pub(crate) reverse: bool,
    /// The characters on both sides, if they are known.
    pub(crate) around: Option<(Context, Context)>,
}

impl Closure<'_> {
    /// Adds the nodes that can be reached from `node` by epsilon transitions.
    pub(crate) fn add(&self, node: NodeId, visited: &mut SparseSet, stack: &mut Vec<u32>, out: &mut Vec<u32>) {
        stack.push(node);
        while let Some(id) = stack.pop() {
            if !visited.insert(id) {
                continue;
            }
            if self.reverse {
                self.backwards(id, stack, out);
            } else {
                self.forwards(id, stack, out);
            }
        }
    }

    fn forwards(&self, id: NodeId, stack: &mut Vec<u32>, out: &mut Vec<u32>) {
        match &self.nfa.nodes[id as usize] {
            Node::Fail => {}
            Node::Match | Node::Char { .. } => out.push(id),
            Node::Split(targets) => stack.extend(targets.iter().rev()),
            Node::Mark { next, .. } => stack.push(*next),
            Node::Assert { at, next } => match self.around {
                None => out.push(id),
                Some((before, after)) if holds(*at, before, after) => stack.push(*next),
                Some(_) => {}
            },
        }
    }

    fn backwards(&self, id: NodeId, stack: &mut Vec<u32>, out: &mut Vec<u32>) {
        if id == self.nfa.start {
            out.push(REACHED);
        }
        for &source in self.nfa.predecessors(id) {
            match &self.nfa.nodes[source as usize] {
                Node::Fail | Node::Match => {}
                Node::Char { .. } => out.push(source),
                Node::Split(_) | Node::Mark { .. } => stack.push(source),
                Node::Assert { at, .. } => match self.around {
                    None => out.push(source),
                    Some((before, after)) if holds(*at, before, after) => stack.push(source),
                    Some(_) => {}
                },
            }
        }
    }
}
