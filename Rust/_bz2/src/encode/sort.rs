//! The rotations of a block in order.
//!
//! They are sorted by their first eight bytes. Those that are alike so far are then sorted by the ranks of what follows
//! after as many bytes as are known to be alike, which doubles that number each time.

#![forbid(unsafe_code)]

use std::cmp::Reverse;
use std::collections::TryReserveError;

fn room<T>(len: usize) -> Result<Vec<T>, TryReserveError> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(len)?;
    Ok(vec)
}

/// Where each rotation starts, in their order. Of those that are all alike the last comes first, as mostly in libbzip2.
pub(super) fn rotations(block: &[u8]) -> Result<Vec<u32>, TryReserveError> {
    let len = block.len();
    let mut keys: Vec<(u64, u32)> = room(len)?;
    let mut key = (0..8).fold(0, |key, index| key << 8 | u64::from(block[index % len]));
    for start in (0..len).rev() {
        key = key >> 8 | u64::from(block[start]) << 56;
        keys.push((key, start as u32));
    }
    keys.sort_unstable_by_key(|(key, _)| *key);

    let mut order = room(len)?;
    order.extend(keys.iter().map(|(_, start)| *start));
    let mut ranks = room(len)?;
    ranks.resize(len, 0_u32);
    // Rotations that are alike so far: from here to there.
    let mut alike: Vec<(u32, u32)> = room(len / 2)?;
    for (first, group) in groups(&keys, |(key, _)| *key) {
        for (_, start) in group {
            ranks[*start as usize] = first as u32;
        }
        if group.len() > 1 {
            let end = first + group.len();
            order[first..end].sort_unstable_by_key(|start: &u32| Reverse(*start));
            alike.push((first as u32, end as u32));
        }
    }
    let mut known = 8;
    let mut next: Vec<(u32, u32)> = room(len / 2)?;
    let mut by_rank: Vec<(u32, u32)> = room(len)?;
    drop(keys);
    while !alike.is_empty() && known < len {
        let rank_behind = |start: u32, ranks: &[u32]| ranks[(start as usize + known) % len];
        // All are sorted before a rank changes.
        for &(from, to) in &alike {
            let group = &mut order[from as usize..to as usize];
            by_rank.clear();
            by_rank.extend(group.iter().map(|start| (rank_behind(*start, &ranks), *start)));
            by_rank.sort_unstable_by_key(|(rank, start)| (*rank, Reverse(*start)));
            for (place, (_, start)) in group.iter_mut().zip(&by_rank) {
                *place = *start;
            }
        }
        next.clear();
        let mut changes = room(order.len())?;
        for &(from, to) in &alike {
            let group = &order[from as usize..to as usize];
            for (first, part) in groups(group, |start| rank_behind(*start, &ranks)) {
                let first = from + first as u32;
                changes.extend(part.iter().map(|start| (*start, first)));
                if part.len() > 1 {
                    next.push((first, first + part.len() as u32));
                }
            }
        }
        for (start, rank) in changes {
            ranks[start as usize] = rank;
        }
        if next == alike {
            // If twice as many bytes tell no more of them apart, then no number does.
            break;
        }
        std::mem::swap(&mut alike, &mut next);
        known *= 2;
    }
    Ok(order)
}

/// Neighbours with the same key, and where they begin.
fn groups<T, K: PartialEq>(items: &[T], key: impl Fn(&T) -> K) -> impl Iterator<Item = (usize, &[T])> {
    let mut first = 0;
    items.chunk_by(move |a, b| key(a) == key(b)).map(move |group| {
        first += group.len();
        (first - group.len(), group)
    })
}
