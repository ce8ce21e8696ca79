//! A search for the first two characters of the matches of an alternation, in blocks of the text.
//!
//! The loops over a block have no branches, so that the compiler turns them into vector instructions of the target.

use crate::char_at::{CharAt, Pairs};
use crate::class::Classes;
use crate::nfa::{Nfa, Node, NodeId};
use crate::unit::literal;

/// With more pairs than this, the search is slower than the DFA.
const MAX_PAIRS: usize = 24;

/// The maximum number of characters of a test; if more characters pass it, no pairs are used.
const MAX_CHARS: usize = 4;

/// The characters that are compared at a time.
const BLOCK: usize = 32;

/// The tests that can follow a node, and the nodes after them. `None` if the pattern can end there.
fn tests(nfa: &Nfa, from: NodeId) -> Option<Vec<(u32, NodeId)>> {
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut stack = vec![from];
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &nfa.nodes[id as usize] {
            Node::Match => return None,
            Node::Fail => {}
            Node::Char { unit, next } => found.push((*unit, *next)),
            Node::Split(targets) => stack.extend_from_slice(targets),
            Node::Assert { next, .. } | Node::Mark { next, .. } => stack.push(*next),
        }
        if found.len() > MAX_PAIRS {
            return None;
        }
    }
    Some(found)
}

impl Pairs {
    /// The pairs, if there are few and every match has at least two characters.
    pub(crate) fn new(nfa: &Nfa, classes: &Classes) -> Option<Pairs> {
        let mut exact = true;
        let mut chars = |unit: u32| {
            if let Some(ch) = literal(classes.units(), unit) {
                return Some(vec![ch]);
            }
            exact = false;
            let chars: Vec<u32> = (0..=255).filter(|&ch| classes.latin1_accepts(ch, unit)).map(u32::from).collect();
            (chars.len() <= MAX_CHARS).then_some(chars)
        };
        let mut all: Vec<[u32; 2]> = Vec::new();
        for (first, next) in tests(nfa, nfa.start)? {
            let first = chars(first)?;
            for (second, _) in tests(nfa, next)? {
                for &second in &chars(second)? {
                    all.extend(first.iter().map(|&first| [first, second]));
                }
                if all.len() > 4 * MAX_PAIRS {
                    return None;
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        if all.is_empty() || all.len() > MAX_PAIRS {
            return None;
        }
        let narrow = all.iter().filter_map(|&[a, b]| Some([u8::try_from(a).ok()?, u8::try_from(b).ok()?])).collect();
        let wide = all.iter().filter_map(|&[a, b]| Some([u16::try_from(a).ok()?, u16::try_from(b).ok()?])).collect();
        Some(Pairs { narrow, wide, all, exact })
    }

    /// The first position of a pair in the text.
    pub(crate) fn find<T: CharAt>(&self, text: &[T]) -> Option<usize> {
        let pairs = T::pairs(self);
        let mut at = 0;
        while let (Some(firsts), Some(seconds)) = (
            text.get(at..).and_then(|rest| rest.first_chunk::<BLOCK>()),
            text.get(at + 1..).and_then(|rest| rest.first_chunk::<BLOCK>()),
        ) {
            let mut hits = [0_u8; BLOCK];
            for &[first, second] in pairs {
                for ((hit, &a), &b) in hits.iter_mut().zip(firsts).zip(seconds) {
                    *hit |= u8::from((a == first) & (b == second));
                }
            }
            if hits.iter().fold(0, |any, &hit| any | hit) != 0 {
                return hits.iter().position(|&hit| hit != 0).map(|found| at + found);
            }
            at += BLOCK;
        }
        let rest = text.get(at..)?;
        rest.windows(2).position(|window| pairs.iter().any(|pair| window == pair)).map(|found| at + found)
    }
}
