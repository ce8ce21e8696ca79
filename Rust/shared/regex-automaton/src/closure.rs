//! Epsilon closures of lists of NFA nodes, in either direction.

use crate::class::{Context, holds};
use crate::nfa::{Nfa, Node, NodeId};
use crate::sparse::SparseSet;
use try_alloc::{NoMemory, push, reserve};

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
    pub(crate) fn add(
        &self,
        node: NodeId,
        visited: &mut SparseSet,
        stack: &mut Vec<u32>,
        out: &mut Vec<u32>,
    ) -> Result<(), NoMemory> {
        stack.clear();
        push(stack, node)?;
        while let Some(id) = stack.pop() {
            if !visited.insert(id) {
                continue;
            }
            if self.reverse {
                self.backwards(id, stack, out)?;
            } else {
                self.forwards(id, stack, out)?;
            }
        }
        Ok(())
    }

    fn forwards(&self, id: NodeId, stack: &mut Vec<u32>, out: &mut Vec<u32>) -> Result<(), NoMemory> {
        match &self.nfa.nodes[id as usize] {
            Node::Fail => Ok(()),
            Node::Match | Node::Char { .. } => push(out, id),
            Node::Split(targets) => {
                reserve(stack, targets.len())?;
                stack.extend(targets.iter().rev());
                Ok(())
            }
            Node::Mark { next, .. } => push(stack, *next),
            Node::Assert { at, next } => match self.around {
                None => push(out, id),
                Some((before, after)) if holds(*at, before, after) => push(stack, *next),
                Some(_) => Ok(()),
            },
        }
    }

    fn backwards(&self, id: NodeId, stack: &mut Vec<u32>, out: &mut Vec<u32>) -> Result<(), NoMemory> {
        if id == self.nfa.start {
            push(out, REACHED)?;
        }
        for &source in self.nfa.predecessors(id) {
            match &self.nfa.nodes[source as usize] {
                Node::Fail | Node::Match => {}
                Node::Char { .. } => push(out, source)?,
                Node::Split(_) | Node::Mark { .. } => push(stack, source)?,
                Node::Assert { at, .. } => match self.around {
                    None => push(out, source)?,
                    Some((before, after)) if holds(*at, before, after) => push(stack, source)?,
                    Some(_) => {}
                },
            }
        }
        Ok(())
    }
}
