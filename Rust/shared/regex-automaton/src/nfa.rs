//! The nondeterministic finite automaton (Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968).
//!
//! The transitions of a [`Node::Split`] are ordered by preference, so that the paths of the automaton in depth-first
//! order are the ones that the backtracking matcher of `Modules/_sre/sre_lib.h` tries, in the same order.
//!
//! # Empty iterations
//!
//! `MAX_UNTIL` and `MIN_UNTIL` do not start another optional iteration when the position equals `last_ptr`, the
//! position at which the latest optional iteration started. The continuation of a repeated item therefore depends on
//! whether a character has been consumed since then, for each enclosing repetition. Enclosing repetitions start their
//! iterations earlier, so if an inner iteration has consumed a character, so have the outer ones: at a nesting depth of
//! `d` repetitions there are only `d + 1` cases, numbered by the count of outer repetitions whose current iteration has
//! consumed a character. The compiler creates one entry for each of these cases; consuming a character always leads to
//! the last one. Equal nodes are created once (hash consing), so copies exist only where an empty iteration is
//! possible. There is no cycle of epsilon transitions.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::CompileError;
use crate::ast::Ast;
use crate::opcode::MAXREPEAT;
use crate::sparse::SparseSet;
use try_alloc::{NoMemory, collect, copy, entry, filled, push, reserve, try_collect};

pub(crate) type NodeId = u32;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// No transition.
    Fail,
    /// The end of the pattern.
    Match,
    /// Consumes a character that passes the test.
    Char { unit: u32, next: NodeId },
    /// Epsilon transitions, in order of preference.
    Split(Box<[NodeId]>),
    /// Continues if the assertion holds.
    Assert { at: u32, next: NodeId },
    /// Stores the position.
    Mark { mark: u32, next: NodeId },
}

impl Node {
    /// The node with its targets replaced.
    fn map(&self, target: impl Fn(NodeId) -> NodeId) -> Result<Node, NoMemory> {
        Ok(match self {
            Node::Fail => Node::Fail,
            Node::Match => Node::Match,
            Node::Char { unit, next } => Node::Char { unit: *unit, next: target(*next) },
            Node::Assert { at, next } => Node::Assert { at: *at, next: target(*next) },
            Node::Mark { mark, next } => Node::Mark { mark: *mark, next: target(*next) },
            Node::Split(targets) => {
                let mut targets = copy(targets)?;
                targets.iter_mut().for_each(|id| *id = target(*id));
                Node::Split(targets)
            }
        })
    }
}

/// The automaton, with the transitions in both directions.
#[derive(Debug)]
pub(crate) struct Nfa {
    pub(crate) nodes: Vec<Node>,
    pub(crate) start: NodeId,
    /// The nodes that lead to a node: `predecessors[offsets[n]..offsets[n + 1]]`.
    offsets: Vec<u32>,
    predecessors: Vec<NodeId>,
    /// The node [`Node::Match`].
    pub(crate) matched: NodeId,
}

const FAIL: NodeId = 0;
const MATCH: NodeId = 1;

type Result<T, E = CompileError> = std::result::Result<T, E>;

struct Compiler {
    nodes: Vec<Node>,
    known: HashMap<Node, NodeId>,
    limit: usize,
    /// The alternatives of the node that is being created.
    alternatives: SparseSet,
}

/// Compiles the tree. The pattern is unsupported if the automaton would have more than `limit` nodes.
pub(crate) fn compile(ast: &[Ast], limit: usize) -> Result<Nfa> {
    let mut compiler = Compiler { nodes: Vec::new(), known: HashMap::new(), limit, alternatives: SparseSet::default() };
    push(&mut compiler.nodes, Node::Fail)?;
    push(&mut compiler.nodes, Node::Match)?;
    let start = compiler.sequence(ast, &[MATCH])?[0];
    Ok(renumber(&compiler.nodes, start)?)
}

impl Compiler {
    fn node(&mut self, node: Node) -> Result<NodeId> {
        match entry(&mut self.known, node)? {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(vacant) => {
                // The key is the node too: no target is replaced in the copy.
                let copy = vacant.key().map(std::convert::identity)?;
                Ok(*vacant.insert(add(&mut self.nodes, copy, self.limit)?))
            }
        }
    }

    /// The alternatives without those that fail or repeat an earlier one.
    fn alternatives(&mut self, targets: impl IntoIterator<Item = NodeId>) -> Result<&[NodeId], NoMemory> {
        self.alternatives.reset(self.nodes.len())?;
        for target in targets {
            if target != FAIL {
                self.alternatives.insert(target);
            }
        }
        Ok(self.alternatives.members())
    }

    fn split(&mut self, targets: impl IntoIterator<Item = NodeId>) -> Result<NodeId> {
        match self.alternatives(targets)? {
            [] => Ok(FAIL),
            [only] => Ok(*only),
            several => {
                let several = copy(several)?;
                self.node(Node::Split(several))
            }
        }
    }

    fn character(&mut self, unit: u32, next: NodeId) -> Result<NodeId> {
        if next == FAIL { Ok(FAIL) } else { self.node(Node::Char { unit, next }) }
    }

    /// Compiles `seq` before `then`, which has one node for each case (see the module's documentation), and returns the entry
    /// for each case. There is at least one case.
    fn sequence(&mut self, seq: &[Ast], then: &[NodeId]) -> Result<Vec<NodeId>> {
        let mut then = copy(then)?.into_vec();
        for item in seq.iter().rev() {
            then = self.item(item, &then)?;
        }
        Ok(then)
    }

    fn item(&mut self, item: &Ast, then: &[NodeId]) -> Result<Vec<NodeId>> {
        match item {
            Ast::Fail => Ok(filled(FAIL, then.len())?),
            Ast::Unit(unit) => {
                let consumed = then[then.len() - 1];
                Ok(filled(self.character(*unit, consumed)?, then.len())?)
            }
            Ast::At(at) => try_collect(
                then.iter()
                    .map(|&next| if next == FAIL { Ok(FAIL) } else { self.node(Node::Assert { at: *at, next }) }),
            ),
            Ast::Mark(mark) => try_collect(
                then.iter()
                    .map(|&next| if next == FAIL { Ok(FAIL) } else { self.node(Node::Mark { mark: *mark, next }) }),
            ),
            Ast::Branch(alternatives) => {
                let entries = try_collect(alternatives.iter().map(|alternative| self.sequence(alternative, then)))?;
                try_collect((0..then.len()).map(|k| self.split(entries.iter().map(|entry| entry[k]))))
            }
            Ast::Repeat { min, max, greedy, body } => self.repeat(*min, *max, *greedy, body, then),
        }
    }

    fn repeat(&mut self, min: u32, max: u32, greedy: bool, body: &[Ast], then: &[NodeId]) -> Result<Vec<NodeId>> {
        let mut entry = if max == MAXREPEAT {
            self.star(greedy, body, then)?
        } else {
            self.optional(max - min, greedy, body, then)?
        };
        // Mandatory iterations do not change last_ptr: they are a plain sequence.
        for _ in 0..min {
            let before = self.sequence(body, &entry)?;
            if before == entry {
                // The item is empty or cannot match: further iterations change nothing.
                break;
            }
            entry = before;
        }
        Ok(entry)
    }

    fn prefer(&mut self, greedy: bool, body: NodeId, then: NodeId) -> Result<NodeId> {
        if greedy { self.split([body, then]) } else { self.split([then, body]) }
    }

    /// Up to `count` optional iterations.
    fn optional(&mut self, count: u32, greedy: bool, body: &[Ast], then: &[NodeId]) -> Result<Vec<NodeId>> {
        let mut entry = copy(then)?.into_vec();
        // After an empty iteration only the tail of the repetition is tried.
        let mut after = copy(then)?.into_vec();
        for _ in 0..count {
            // After a non-empty iteration, a further one is tried if any is left.
            after.truncate(then.len());
            push(&mut after, entry[then.len() - 1])?;
            let bodies = self.sequence(body, &after)?;
            let next = try_collect((0..then.len()).map(|k| self.prefer(greedy, bodies[k], then[k])))?;
            if next == entry {
                break;
            }
            entry = next;
        }
        Ok(entry)
    }

    /// Any number of optional iterations.
    fn star(&mut self, greedy: bool, body: &[Ast], then: &[NodeId]) -> Result<Vec<NodeId>> {
        let depth = then.len() - 1;
        let again = add(&mut self.nodes, Node::Fail, self.limit)?;
        let mut after = copy(then)?.into_vec();
        push(&mut after, again)?;
        let bodies = self.sequence(body, &after)?;
        let order = if greedy { [bodies[depth], then[depth]] } else { [then[depth], bodies[depth]] };
        self.nodes[again as usize] = Node::Split(copy(self.alternatives(order)?)?);
        let mut entry = try_collect((0..depth).map(|k| self.prefer(greedy, bodies[k], then[k])))?;
        push(&mut entry, again)?;
        Ok(entry)
    }
}

/// Adds a node.
fn add(nodes: &mut Vec<Node>, node: Node, limit: usize) -> Result<NodeId> {
    if nodes.len() >= limit {
        return Err(CompileError::Unsupported);
    }
    push(nodes, node)?;
    Ok(nodes.len() as NodeId - 1)
}

/// Keeps the nodes that can be reached from the start.
fn renumber(old: &[Node], start: NodeId) -> Result<Nfa, NoMemory> {
    let mut number = filled(NodeId::MAX, old.len())?;
    let mut order = Vec::new();
    let mut stack = Vec::new();
    push(&mut stack, MATCH)?;
    push(&mut stack, start)?;
    while let Some(id) = stack.pop() {
        if number[id as usize] != NodeId::MAX {
            continue;
        }
        number[id as usize] = order.len() as NodeId;
        push(&mut order, id)?;
        let targets = successors(&old[id as usize]);
        reserve(&mut stack, targets.len())?;
        stack.extend(targets.iter().rev());
    }
    let map = |id: NodeId| number[id as usize];
    let nodes = try_collect(order.iter().map(|&id| old[id as usize].map(map)))?;
    let mut edges: Vec<(NodeId, NodeId)> = Vec::new();
    for (id, node) in nodes.iter().enumerate() {
        for &target in successors(node) {
            push(&mut edges, (target, id as NodeId))?;
        }
    }
    edges.sort_unstable();
    edges.dedup();
    let mut offsets = filled(0_u32, nodes.len() + 1)?;
    for &(target, _) in &edges {
        offsets[target as usize + 1] += 1;
    }
    for k in 0..nodes.len() {
        offsets[k + 1] += offsets[k];
    }
    let predecessors = collect(edges.into_iter().map(|(_, source)| source))?;
    Ok(Nfa { nodes, start: map(start), offsets, predecessors, matched: map(MATCH) })
}

fn successors(node: &Node) -> &[NodeId] {
    match node {
        Node::Fail | Node::Match => &[],
        Node::Char { next, .. } | Node::Assert { next, .. } | Node::Mark { next, .. } => std::slice::from_ref(next),
        Node::Split(targets) => targets,
    }
}

impl Nfa {
    /// The nodes with a transition to `id`.
    pub(crate) fn predecessors(&self, id: NodeId) -> &[NodeId] {
        let id = id as usize;
        &self.predecessors[self.offsets[id] as usize..self.offsets[id + 1] as usize]
    }
}
