//! Alternations of many words.

use std::collections::HashMap;

use crate::ast::Ast;
use crate::unit::{Fold, Unit};
use try_alloc::{NoMemory, collect, entry, push, try_collect, with_capacity};

/// Alternatives are factored into a tree of at most this depth.
const MAX_FACTORED: usize = 32;

/// The test at the start of an alternative, if it is a literal, and how its character is folded.
fn leading_literal(alternative: &[Ast], units: &[Unit]) -> Option<(u32, Fold)> {
    let Some(&Ast::Unit(number)) = alternative.first() else { return None };
    match units[number as usize] {
        Unit::Literal { negate: false, fold, .. } => Some((number, fold)),
        _ => None,
    }
}

/// Groups alternatives that start with the same literals, so that a list of words becomes a prefix tree (trie).
///
/// This is done only if all alternatives start with a literal, with the same case folding. Then alternatives with
/// different literals never match at the same position, so their order has no meaning; those with the same literal keep
/// their order.
pub(crate) fn factor(alternatives: Vec<Vec<Ast>>, units: &[Unit], depth: usize) -> Result<Vec<Vec<Ast>>, NoMemory> {
    if depth >= MAX_FACTORED || alternatives.len() < 3 {
        return Ok(alternatives);
    }
    let mut folds = None;
    let mut numbers = HashMap::new();
    for alternative in &alternatives {
        match leading_literal(alternative, units) {
            Some((number, fold)) if *folds.get_or_insert(fold) == fold => {
                let next = numbers.len();
                entry(&mut numbers, number)?.or_insert(next);
            }
            _ => return Ok(alternatives),
        }
    }
    if numbers.len() == alternatives.len() {
        return Ok(alternatives);
    }
    let mut groups: Vec<Vec<Vec<Ast>>> = with_capacity(numbers.len())?;
    groups.resize_with(numbers.len(), Vec::new);
    for alternative in alternatives {
        if let Some((number, _)) = leading_literal(&alternative, units) {
            push(&mut groups[numbers[&number]], alternative)?;
        }
    }
    try_collect(groups.into_iter().map(|group| common_prefix(group, units, depth)))
}

/// Factors out the literals with which all alternatives start.
fn common_prefix(mut group: Vec<Vec<Ast>>, units: &[Unit], depth: usize) -> Result<Vec<Ast>, NoMemory> {
    if group.len() == 1 {
        return Ok(group.pop().unwrap_or_default());
    }
    let mut length = 0;
    loop {
        let mut heads = group.iter().map(|alternative| leading_literal(&alternative[length..], units));
        match heads.next().flatten() {
            Some(first) if heads.all(|head| head == Some(first)) => length += 1,
            _ => break,
        }
    }
    let mut prefix = Vec::new();
    let mut rests = with_capacity(group.len())?;
    for mut alternative in group {
        rests.push(collect(alternative.drain(length..))?);
        if prefix.is_empty() {
            prefix = alternative;
        }
    }
    push(&mut prefix, Ast::Branch(factor(rests, units, depth + 1)?))?;
    Ok(prefix)
}
