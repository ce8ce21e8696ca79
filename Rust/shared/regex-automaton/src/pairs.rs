//! A search for the first two characters of the matches of an alternation, in blocks of the text.
//!
//! The loops over a block have no branches, so that the compiler turns them into vector instructions of the target.

use crate::char_at::{CharAt, Pairs};
use crate::class::Classes;
use crate::nfa::{Nfa, Node, NodeId};
use crate::sparse::SparseSet;
use crate::unit::literal;
use try_alloc::{NoMemory, collect, extend, push};

/// With more pairs than this, the search is slower than the DFA.
const MAX_PAIRS: usize = 24;

/// The maximum number of characters of a test; if more characters pass it, no pairs are used.
const MAX_CHARS: usize = 4;

/// The characters that are compared at a time.
const BLOCK: usize = 32;

/// The tests that can follow a node, and the nodes after them. `None` if the pattern can end there.
fn tests(nfa: &Nfa, from: NodeId, seen: &mut SparseSet) -> Result<Option<Vec<(u32, NodeId)>>, NoMemory> {
    let (mut found, mut stack) = (Vec::new(), Vec::new());
    seen.reset(nfa.nodes.len())?;
    push(&mut stack, from)?;
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &nfa.nodes[id as usize] {
            Node::Match => return Ok(None),
            Node::Fail => {}
            Node::Char { unit, next } => push(&mut found, (*unit, *next))?,
            Node::Split(targets) => extend(&mut stack, targets)?,
            Node::Assert { next, .. } | Node::Mark { next, .. } => push(&mut stack, *next)?,
        }
        if found.len() > MAX_PAIRS {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// The characters that pass a test, and whether these are all of them or only those below 256. `None` if there are too many.
fn chars(classes: &Classes, unit: u32) -> Result<Option<(Vec<u32>, bool)>, NoMemory> {
    let mut chars = Vec::new();
    if let Some(ch) = literal(classes.units(), unit) {
        push(&mut chars, ch)?;
        return Ok(Some((chars, true)));
    }
    for ch in (0..=255).filter(|&ch| classes.latin1_accepts(ch, unit)) {
        if chars.len() == MAX_CHARS {
            return Ok(None);
        }
        push(&mut chars, u32::from(ch))?;
    }
    Ok(Some((chars, false)))
}

impl Pairs {
    /// The pairs, if there are few and every match has at least two characters.
    pub(crate) fn new(nfa: &Nfa, classes: &Classes) -> Result<Option<Pairs>, NoMemory> {
        let mut seen = SparseSet::default();
        let mut exact = true;
        let mut all: Vec<[u32; 2]> = Vec::new();
        let Some(firsts) = tests(nfa, nfa.start, &mut seen)? else { return Ok(None) };
        for (first, next) in firsts {
            let Some((firsts, first_exact)) = chars(classes, first)? else { return Ok(None) };
            let Some(seconds) = tests(nfa, next, &mut seen)? else { return Ok(None) };
            for (second, _) in seconds {
                let Some((seconds, second_exact)) = chars(classes, second)? else { return Ok(None) };
                exact &= first_exact && second_exact;
                for &second in &seconds {
                    for &first in &firsts {
                        push(&mut all, [first, second])?;
                    }
                }
                if all.len() > 4 * MAX_PAIRS {
                    return Ok(None);
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        if all.is_empty() || all.len() > MAX_PAIRS {
            return Ok(None);
        }
        let narrow = all.iter().filter_map(|&[a, b]| Some([u8::try_from(a).ok()?, u8::try_from(b).ok()?]));
        let wide = all.iter().filter_map(|&[a, b]| Some([u16::try_from(a).ok()?, u16::try_from(b).ok()?]));
        Ok(Some(Pairs { narrow: collect(narrow)?, wide: collect(wide)?, all, exact }))
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
