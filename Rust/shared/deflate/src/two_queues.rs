//! Code lengths of the fast profile: Huffman codes from two queues.
//!
//! Van Leeuwen, "On the Construction of Huffman Trees", 1976: with the leaves sorted by frequency, the inner nodes come by
//! increasing frequency, too, so that the next two of all nodes are at the heads of two queues. Of the inner nodes only the depths
//! are needed: they say how many leaves there are at each depth. Codes that are too long are shortened as in zlib.

use crate::tables::{Code, MAX_BITS};

/// No tree is deeper: frequencies add up to 32,768 or so, and the sum of the two smallest of `n` nodes grows as the Fibonacci
/// numbers.
const MAX_DEPTH: usize = 31;

/// Sets the lengths of the codes of the symbols in `used`, two or more. Returns how many codes there are of each length.
pub(crate) fn code_lengths<const N: usize>(
    freq: &[u16; N],
    used: &[u16],
    codes: &mut [Code; N],
    max_length: usize,
) -> [u16; MAX_BITS + 1] {
    // A frequency, and in the lower 16 bits the symbol.
    let mut leaves = [0_u32; N];
    let leaves = &mut leaves[..used.len()];
    for (leaf, &n) in leaves.iter_mut().zip(used) {
        *leaf = u32::from(freq[usize::from(n)]) << 16 | u32::from(n);
    }
    leaves.sort_unstable();
    let mut bl_count = limited(inner_nodes(&mut [0; N], leaves), max_length);
    // The least frequent symbols have the longest codes.
    let mut bits = max_length;
    let counts = bl_count;
    for leaf in &*leaves {
        while bl_count[bits] == 0 {
            bits -= 1;
        }
        bl_count[bits] -= 1;
        codes[(leaf & 0xffff) as usize].len = bits as u16;
    }
    counts
}

/// Makes the tree, in room for as many nodes as there are leaves. Returns how many inner nodes there are at each depth.
fn inner_nodes(nodes: &mut [u32], leaves: &[u32]) -> [u16; MAX_DEPTH + 1] {
    let count = leaves.len() - 1;
    let nodes = &mut nodes[..count];
    // A node is its frequency, and later its father.
    let (mut leaf, mut node) = (0, 0);
    for new in 0..count {
        let mut sum = 0;
        for _ in 0..2 {
            let next = leaves.get(leaf).map_or(u32::MAX, |leaf| leaf >> 16);
            if node == new || next <= nodes[node] {
                sum += next;
                leaf += 1;
            } else {
                sum += nodes[node];
                nodes[node] = new as u32;
                node += 1;
            }
        }
        nodes[new] = sum;
    }
    // From the root on a node is its depth.
    let mut counts = [0; MAX_DEPTH + 1];
    nodes[count - 1] = 0;
    counts[0] = 1;
    for node in (0..count - 1).rev() {
        let depth = nodes[nodes[node] as usize] + 1;
        nodes[node] = depth;
        counts[depth as usize & MAX_DEPTH] += 1;
    }
    counts
}

/// How many leaves there are at each depth, of which none is more than `max_length`.
fn limited(inner: [u16; MAX_DEPTH + 1], max_length: usize) -> [u16; MAX_BITS + 1] {
    let mut bl_count = [0; MAX_BITS + 1];
    // By how much the Kraft sum exceeds 1 when longer codes are cut to `max_length`, in units of 2 to the power
    // `-max_length`.
    let mut overflow = 0_u32;
    let mut deep = 0;
    for depth in 1..=MAX_DEPTH {
        let leaves = 2 * inner[depth - 1] - inner[depth];
        if depth <= max_length {
            bl_count[depth] = leaves;
        } else {
            deep += leaves;
        }
    }
    if deep == 0 {
        return bl_count;
    }
    bl_count[max_length] += deep;
    for (length, count) in bl_count[..=max_length].iter().enumerate() {
        overflow += u32::from(*count) << (max_length - length);
    }
    overflow -= 1 << max_length;
    for _ in 0..overflow {
        let mut bits = max_length - 1;
        while bl_count[bits] == 0 {
            bits -= 1;
        }
        // A leaf moves down, and one of the longest becomes its brother.
        bl_count[bits] -= 1;
        bl_count[bits + 1] += 2;
        bl_count[max_length] -= 1;
    }
    bl_count
}

#[cfg(test)]
mod tests {
    use super::code_lengths;
    use crate::tables::{Code, MAX_BITS};

    /// The length of all codes by merging the two least frequent, the definition.
    fn optimal(freq: &[u16]) -> u64 {
        let mut nodes: Vec<u64> = freq.iter().filter(|f| **f > 0).map(|f| u64::from(*f)).collect();
        let mut total = 0;
        while nodes.len() > 1 {
            nodes.sort_unstable_by(|a, b| b.cmp(a));
            let sum = nodes.pop().expect("two") + nodes.pop().expect("two");
            total += sum;
            nodes.push(sum);
        }
        total
    }

    #[test]
    fn codes_are_optimal_and_complete() {
        let mut state = 1_u32;
        for round in 0..3000 {
            let mut freq = [0_u16; 286];
            let count = 2 + round % 285;
            for f in &mut freq[..count] {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *f = match round % 3 {
                    0 => (state >> 30) as u16,
                    1 => (state >> 25) as u16,
                    _ => 1 << (state >> 29),
                };
            }
            // As rare as can be for the depth, which is too deep for 15 bits at 7 rounds of ten.
            if round % 10 == 0 {
                let (mut a, mut b) = (1, 1);
                for f in freq.iter_mut().take(23) {
                    *f = a;
                    (a, b) = (b, (a + b).min(20_000));
                }
            }
            freq[0] = freq[0].max(1);
            freq[1] = freq[1].max(1);
            let used: Vec<u16> = (0..286).filter(|n| freq[usize::from(*n)] > 0).collect();
            for max_length in [MAX_BITS, 9] {
                let mut codes = [Code::default(); 286];
                let counts = code_lengths(&freq, &used, &mut codes, max_length);
                let mut kraft = 0_u64;
                let mut total = 0;
                let mut found = [0; MAX_BITS + 1];
                for (code, f) in codes.iter().zip(&freq) {
                    assert_eq!(code.len == 0, *f == 0);
                    assert!(usize::from(code.len) <= max_length);
                    if *f > 0 {
                        kraft += 1 << (max_length - usize::from(code.len));
                        found[usize::from(code.len)] += 1;
                        total += u64::from(*f) * u64::from(code.len);
                    }
                }
                assert_eq!((kraft, found), (1 << max_length, counts));
                let deepest = used.len() < 10 || max_length == MAX_BITS && round % 10 != 0;
                assert!(if deepest { total == optimal(&freq) } else { total >= optimal(&freq) });
            }
        }
    }
}
