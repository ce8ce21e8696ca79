//! The lengths of Huffman codes, as libbzip2 finds them: of codes that are equally good this is the same.

/// More than there are symbols, and than there are nodes.
const LEAVES: usize = 258;
const NODES: usize = 2 * LEAVES;

/// A heap of nodes, the lightest on top, which is at place 1. What is at place 0 is lighter than all, and stays.
///
/// An item is a node with its weight above it. A weight has the depth of the node's tree in its lowest eight bits: of
/// equally frequent ones the flat is lighter.
struct Heap {
    items: [u64; LEAVES + 2],
    len: usize,
}

fn weight(item: u64) -> u64 {
    item >> 16
}

impl Heap {
    fn push(&mut self, item: u64) {
        self.len += 1;
        let mut place = self.len;
        while weight(item) < weight(self.items[place / 2]) {
            self.items[place] = self.items[place / 2];
            place /= 2;
        }
        self.items[place] = item;
    }

    fn pop(&mut self) -> u64 {
        let top = self.items[1];
        let item = self.items[self.len];
        self.len -= 1;
        let mut place = 1;
        while place * 2 <= self.len {
            let mut below = place * 2;
            if below < self.len && weight(self.items[below + 1]) < weight(self.items[below]) {
                below += 1;
            }
            if weight(item) < weight(self.items[below]) {
                break;
            }
            self.items[place] = self.items[below];
            place = below;
        }
        self.items[place] = item;
        top
    }
}

/// Finds lengths for symbols that occur so often, from 3 to 258 of them, none longer than `limit`.
///
/// The format has no symbols without a code; those that do not occur count once.
pub(super) fn lengths(counts: &[u32], limit: u8, lengths: &mut [u8]) {
    let mut weights = [0; LEAVES];
    for (weight, count) in weights.iter_mut().zip(counts) {
        *weight = (*count).max(1);
    }
    while !depths(&weights[..counts.len()], limit, lengths) {
        for weight in &mut weights {
            *weight = *weight / 2 + 1;
        }
    }
}

/// Builds the tree over leaves of these weights, and notes the depth of each; returns whether none is below `limit`.
fn depths(weights: &[u32], limit: u8, depths: &mut [u8]) -> bool {
    let mut heap = Heap { items: [0; LEAVES + 2], len: 0 };
    let mut parents = [0_u16; NODES];
    for (leaf, weight) in weights.iter().enumerate() {
        heap.push(u64::from(*weight) << 24 | leaf as u64);
    }
    let mut new = weights.len();
    while heap.len > 1 {
        let (first, second) = (heap.pop(), heap.pop());
        let depth = 1 + (weight(first) & 0xff).max(weight(second) & 0xff);
        let sum = (first >> 24) + (second >> 24);
        for item in [first, second] {
            parents[(item & 0xffff) as usize] = new as u16;
        }
        heap.push(sum << 24 | depth << 16 | new as u64);
        new += 1;
    }
    // From the root, the last node, down.
    let mut depth = [0_u8; NODES];
    for node in (0..new - 1).rev() {
        depth[node] = depth[usize::from(parents[node])].saturating_add(1);
    }
    depths.copy_from_slice(&depth[..weights.len()]);
    depths.iter().all(|depth| *depth <= limit)
}
