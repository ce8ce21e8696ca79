//! Properties of a pattern, computed when it is compiled.

use crate::ast::Ast;
use crate::nfa::{Nfa, Node};

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
pub(crate) fn shortest(nfa: &Nfa) -> usize {
    let mut seen = vec![false; nfa.nodes.len()];
    let mut current = vec![nfa.start];
    let mut following = Vec::new();
    let mut length = 0;
    loop {
        while let Some(id) = current.pop() {
            if std::mem::replace(&mut seen[id as usize], true) {
                continue;
            }
            match &nfa.nodes[id as usize] {
                Node::Match => return length,
                Node::Fail => {}
                Node::Char { next, .. } => following.push(*next),
                Node::Split(targets) => current.extend_from_slice(targets),
                Node::Assert { next, .. } | Node::Mark { next, .. } => current.push(*next),
            }
        }
        if following.is_empty() {
            // The pattern never matches.
            return usize::MAX;
        }
        std::mem::swap(&mut current, &mut following);
        length += 1;
    }
}

/// Whether an assertion can be reached from the start by epsilon transitions.
pub(crate) fn starts_with_assertion(nfa: &Nfa) -> bool {
    let mut seen = vec![false; nfa.nodes.len()];
    let mut stack = vec![nfa.start];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut seen[id as usize], true) {
            continue;
        }
        match &nfa.nodes[id as usize] {
            Node::Assert { .. } => return true,
            Node::Match | Node::Fail | Node::Char { .. } => {}
            Node::Split(targets) => stack.extend_from_slice(targets),
            Node::Mark { next, .. } => stack.push(*next),
        }
    }
    false
}
