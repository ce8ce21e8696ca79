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

use crate::ast::Ast;
use crate::opcode::MAXREPEAT;

pub(crate) type NodeId = u32;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

struct Compiler {
    nodes: Vec<Node>,
    known: HashMap<Node, NodeId>,
    limit: usize,
}

/// Compiles the tree. `None` when the automaton would have more than `limit` nodes.
pub(crate) fn compile(ast: &[Ast], limit: usize) -> Option<Nfa> {
    let mut compiler = Compiler { nodes: vec![Node::Fail, Node::Match], known: HashMap::new(), limit };
    let start = compiler.sequence(ast, &[MATCH])?[0];
    Some(renumber(compiler.nodes, start))
}

impl Compiler {
    fn node(&mut self, node: Node) -> Option<NodeId> {
        if let Some(&id) = self.known.get(&node) {
            return Some(id);
        }
        let id = self.push(node.clone())?;
        self.known.insert(node, id);
        Some(id)
    }

    fn push(&mut self, node: Node) -> Option<NodeId> {
        if self.nodes.len() >= self.limit {
            return None;
        }
        self.nodes.push(node);
        Some(self.nodes.len() as NodeId - 1)
    }

    /// The alternatives without those that fail or repeat an earlier one.
    fn alternatives(targets: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
        let mut seen = std::collections::HashSet::new();
        targets.into_iter().filter(|&target| target != FAIL && seen.insert(target)).collect()
    }

    fn split(&mut self, targets: impl IntoIterator<Item = NodeId>) -> Option<NodeId> {
        let targets = Self::alternatives(targets);
        match targets[..] {
            [] => Some(FAIL),
            [only] => Some(only),
            _ => self.node(Node::Split(targets.into())),
        }
    }

    fn character(&mut self, unit: u32, next: NodeId) -> Option<NodeId> {
        if next == FAIL { Some(FAIL) } else { self.node(Node::Char { unit, next }) }
    }

    /// Compiles `seq` before `then`, which has one node for each case (see the module's documentation), and returns the
    /// entry for each case.
    fn sequence(&mut self, seq: &[Ast], then: &[NodeId]) -> Option<Vec<NodeId>> {
        let mut then = then.to_vec();
        for item in seq.iter().rev() {
            then = self.item(item, &then)?;
        }
        Some(then)
    }

    fn item(&mut self, item: &Ast, then: &[NodeId]) -> Option<Vec<NodeId>> {
        let consumed = then.last().copied()?;
        match item {
            Ast::Fail => Some(vec![FAIL; then.len()]),
            Ast::Unit(unit) => Some(vec![self.character(*unit, consumed)?; then.len()]),
            Ast::At(at) => then
                .iter()
                .map(|&next| if next == FAIL { Some(FAIL) } else { self.node(Node::Assert { at: *at, next }) })
                .collect(),
            Ast::Mark(mark) => then
                .iter()
                .map(|&next| if next == FAIL { Some(FAIL) } else { self.node(Node::Mark { mark: *mark, next }) })
                .collect(),
            Ast::Branch(alternatives) => {
                let entries = alternatives
                    .iter()
                    .map(|alternative| self.sequence(alternative, then))
                    .collect::<Option<Vec<_>>>()?;
                (0..then.len()).map(|k| self.split(entries.iter().map(|entry| entry[k]))).collect()
            }
            Ast::Repeat { min, max, greedy, body } => self.repeat(*min, *max, *greedy, body, then),
        }
    }

    fn repeat(&mut self, min: u32, max: u32, greedy: bool, body: &[Ast], then: &[NodeId]) -> Option<Vec<NodeId>> {
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
        Some(entry)
    }

    fn prefer(&mut self, greedy: bool, body: NodeId, then: NodeId) -> Option<NodeId> {
        if greedy { self.split([body, then]) } else { self.split([then, body]) }
    }

    /// Up to `count` optional iterations.
    fn optional(&mut self, count: u32, greedy: bool, body: &[Ast], then: &[NodeId]) -> Option<Vec<NodeId>> {
        let consumed = then.last().copied()?;
        let mut entry = then.to_vec();
        for _ in 0..count {
            // After an empty iteration only the tail of the repetition is tried.
            let mut after = then.to_vec();
            // After a non-empty iteration, a further one is tried if any is left.
            after.push(*entry.last()?);
            let bodies = self.sequence(body, &after)?;
            let next = (0..then.len()).map(|k| self.prefer(greedy, bodies[k], then[k])).collect::<Option<Vec<_>>>()?;
            if next == entry {
                break;
            }
            entry = next;
        }
        debug_assert!(consumed == *then.last()?);
        Some(entry)
    }

    /// Any number of optional iterations.
    fn star(&mut self, greedy: bool, body: &[Ast], then: &[NodeId]) -> Option<Vec<NodeId>> {
        let depth = then.len() - 1;
        let again = self.push(Node::Fail)?;
        let mut after = then.to_vec();
        after.push(again);
        let bodies = self.sequence(body, &after)?;
        let order = if greedy { [bodies[depth], then[depth]] } else { [then[depth], bodies[depth]] };
        self.nodes[again as usize] = Node::Split(Self::alternatives(order).into());
        let mut entry = (0..depth).map(|k| self.prefer(greedy, bodies[k], then[k])).collect::<Option<Vec<_>>>()?;
        entry.push(again);
        Some(entry)
    }
}

/// Keeps the nodes that can be reached from the start.
fn renumber(old: Vec<Node>, start: NodeId) -> Nfa {
    let mut number = vec![NodeId::MAX; old.len()];
    let mut order = Vec::new();
    let mut stack = vec![MATCH, start];
    while let Some(id) = stack.pop() {
        if number[id as usize] != NodeId::MAX {
            continue;
        }
        number[id as usize] = order.len() as NodeId;
        order.push(id);
        match &old[id as usize] {
            Node::Fail | Node::Match => {}
            Node::Char { next, .. } | Node::Assert { next, .. } | Node::Mark { next, .. } => stack.push(*next),
            Node::Split(targets) => stack.extend(targets.iter().rev()),
        }
    }
    let map = |id: NodeId| number[id as usize];
    let nodes: Vec<Node> = order
        .iter()
        .map(|&id| match &old[id as usize] {
            Node::Fail => Node::Fail,
            Node::Match => Node::Match,
            Node::Char { unit, next } => Node::Char { unit: *unit, next: map(*next) },
            Node::Assert { at, next } => Node::Assert { at: *at, next: map(*next) },
            Node::Mark { mark, next } => Node::Mark { mark: *mark, next: map(*next) },
            Node::Split(targets) => Node::Split(targets.iter().map(|&target| map(target)).collect()),
        })
        .collect();
    let mut edges: Vec<(NodeId, NodeId)> = Vec::new();
    for (id, node) in nodes.iter().enumerate() {
        for &target in successors(node) {
            edges.push((target, id as NodeId));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    let mut offsets = vec![0_u32; nodes.len() + 1];
    for &(target, _) in &edges {
        offsets[target as usize + 1] += 1;
    }
    for k in 0..nodes.len() {
        offsets[k + 1] += offsets[k];
    }
    Nfa {
        nodes,
        start: map(start),
        offsets,
        predecessors: edges.into_iter().map(|(_, source)| source).collect(),
        matched: map(MATCH),
    }
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
