//! Properties of a pattern, computed when it is compiled.

use crate::ast::Ast;
use crate::nfa::{Nfa, Node};
use crate::sparse::SparseSet;
use try_alloc::{NoMemory, extend, push};

/// The number of characters that the sequence matches, if it is the same for every match.
pub(crate) fn fixed_length(seq: &[Ast]) -> Option<usize> {
    let mut total = 0_usize;
    for node in seq {
        let length = match node {
            Ast::Unit(_) => 1,
            Ast::Fail => return None,
            Ast::At(_) | Ast::Mark(_) => 0,
            Ast::Branch(alternatives) => {
                let mut lengths = alternatives.iter().map(|alternative| fixed_length(alternative));
                let first = lengths.next()??;
                if !lengths.all(|length| length == Some(first)) {
                    return None;
                }
                first
            }
            Ast::Repeat { min, max, body, .. } => {
                if min != max {
                    return None;
                }
                fixed_length(body)?.checked_mul(*min as usize)?
            }
        };
        total = total.checked_add(length)?;
    }
    Some(total)
}

/// The assertion that the pattern starts with.
pub(crate) fn first_assertion(ast: &[Ast]) -> Option<u32> {
    let first = ast.iter().find(|node| !matches!(node, Ast::Mark(_)))?;
    match first {
        Ast::At(at) => Some(*at),
        _ => None,
    }
}

/// The length of the shortest match: a breadth-first search in which epsilon transitions have the length 0.
pub(crate) fn shortest(nfa: &Nfa) -> Result<usize, NoMemory> {
    let mut seen = SparseSet::default();
    seen.reset(nfa.nodes.len())?;
    let (mut current, mut following) = (Vec::new(), Vec::new());
    push(&mut current, nfa.start)?;
    let mut length = 0;
    loop {
        while let Some(id) = current.pop() {
            if !seen.insert(id) {
                continue;
            }
            match &nfa.nodes[id as usize] {
                Node::Match => return Ok(length),
                Node::Fail => {}
                Node::Char { next, .. } => push(&mut following, *next)?,
                Node::Split(targets) => extend(&mut current, targets)?,
                Node::Assert { next, .. } | Node::Mark { next, .. } => push(&mut current, *next)?,
            }
        }
        if following.is_empty() {
            // The pattern never matches.
            return Ok(usize::MAX);
        }
        std::mem::swap(&mut current, &mut following);
        length += 1;
    }
}

/// Whether an assertion can be reached from the start by epsilon transitions.
pub(crate) fn starts_with_assertion(nfa: &Nfa) -> Result<bool, NoMemory> {
    let mut seen = SparseSet::default();
    seen.reset(nfa.nodes.len())?;
    let mut stack = Vec::new();
    push(&mut stack, nfa.start)?;
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &nfa.nodes[id as usize] {
            Node::Assert { .. } => return Ok(true),
            Node::Match | Node::Fail | Node::Char { .. } => {}
            Node::Split(targets) => extend(&mut stack, targets)?,
            Node::Mark { next, .. } => push(&mut stack, *next)?,
        }
    }
    Ok(false)
}
