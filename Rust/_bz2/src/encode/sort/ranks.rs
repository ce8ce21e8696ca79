//! Valleys that their first bytes do not tell apart, sorted by the ranks of the valleys behind them.
//!
//! The rank of a valley is the place of the last one in the order that it is not told apart from. Two that agree up to
//! the valley so many behind them compare as those do. So their ranks sort them, and twice as many are agreed on.

use super::valleys::ALIKE;
use std::collections::TryReserveError;

/// In the order, this many from here on are where they belong.
const DONE: u32 = 1 << 31;

/// Replaces `ranks` by the rank of each valley, no two the same. The order is of no use after this.
pub(super) fn rank(order: &mut [u32], ranks: &mut [u32], keys: &mut Vec<u64>) -> Result<(), TryReserveError> {
    if !begin(order, ranks) {
        return Ok(());
    }
    let count = order.len();
    let mut reach = 1;
    let mut effort = EFFORT * count;
    while reach < count {
        let mut place = 0;
        // Where a row of valleys begins that are done.
        let mut done = None;
        let mut left = 0;
        while place < count {
            if order[place] & DONE != 0 {
                let skip = (order[place] ^ DONE) as usize;
                join(order, &mut done, place, skip);
                place += skip;
                continue;
            }
            let end = ranks[order[place] as usize] as usize + 1;
            keys.clear();
            keys.try_reserve(end - place)?;
            keys.extend(order[place..end].iter().map(|number| {
                let behind = *number as usize + reach;
                let behind = if behind < count { behind } else { behind - count };
                u64::from(ranks[behind]) << 32 | u64::from(*number)
            }));
            // Without the numbers: that many are alike makes this quick.
            keys.sort_unstable_by_key(|key| key >> 32);
            for alike in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
                let rank = (place + alike.len() - 1) as u32;
                for (key, slot) in alike.iter().zip(&mut order[place..]) {
                    *slot = *key as u32;
                    ranks[*key as u32 as usize] = rank;
                }
                if alike.len() == 1 {
                    join(order, &mut done, place, 1);
                } else {
                    done = None;
                    left += alike.len();
                }
                place += alike.len();
            }
        }
        if left == 0 {
            break;
        }
        if left > count / 4 {
            from_the_end(order, ranks, &mut effort);
        }
        reach *= 2;
    }
    Ok(())
}

/// A group of at most so many is sorted again for each of its members, until all of it is told apart.
const FEW: usize = 64;

/// As that may be in vain, the groups sorted so have together at most so many times as many members as there are valleys.
const EFFORT: usize = 8;

/// Sorts groups of a few by the ranks of the valleys next to theirs, from the end of the block to its start: what is
/// next has been sorted before. So where a long piece of the block comes again all its valleys are told apart at once.
fn from_the_end(order: &mut [u32], ranks: &mut [u32], effort: &mut usize) {
    let count = order.len();
    let mut room = [0; FEW];
    for number in (0..count).rev() {
        let end = ranks[number] as usize;
        let belongs = |place: usize| order[place] & DONE == 0 && ranks[order[place] as usize] as usize == end;
        if order[end] & DONE != 0 || (end >= FEW && belongs(end - FEW)) {
            continue;
        }
        let len = (0..=end).rev().take_while(|place| belongs(*place)).count();
        let Some(left) = effort.checked_sub(len) else { return };
        *effort = left;
        for (key, other) in room.iter_mut().zip(&order[end + 1 - len..=end]) {
            let behind = if *other as usize + 1 < count { *other as usize + 1 } else { 0 };
            *key = u64::from(ranks[behind]) << 32 | u64::from(*other);
        }
        let keys = &mut room[..len];
        keys.sort_unstable();
        let mut place = end + 1 - len;
        for alike in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
            for (key, slot) in alike.iter().zip(&mut order[place..]) {
                *slot = *key as u32;
                ranks[*key as u32 as usize] = (place + alike.len() - 1) as u32;
            }
            if alike.len() == 1 {
                order[place] = 1 | DONE;
            }
            place += alike.len();
        }
    }
}

/// Makes what is done at `place` part of the row before it, if there is one.
#[inline]
fn join(order: &mut [u32], done: &mut Option<usize>, place: usize, count: usize) {
    let start = *done.get_or_insert(place);
    order[place] = 1 | DONE;
    order[start] = (place + count - start) as u32 | DONE;
}

/// The ranks as the bytes have told; returns whether there is anything left to do.
fn begin(order: &mut [u32], ranks: &mut [u32]) -> bool {
    let (mut end, mut left) = (order.len(), false);
    for place in (0..order.len()).rev() {
        let number = order[place] & !ALIKE;
        ranks[number as usize] = (end - 1) as u32;
        if order[place] & ALIKE != 0 {
            (order[place], left) = (number, true);
            continue;
        }
        if end == place + 1 {
            order[place] = 1 | DONE;
        }
        end = place;
    }
    left
}
