//! The lengths of Huffman codes, as libbzip2 finds them: of codes that are equally good this is the same.

#![forbid(unsafe_code)]

/// More than there are symbols, and than there are nodes.
const LEAVES: usize = 258;
const NODES: usize = 2 * LEAVES;

/// What is above a node: nothing yet.
const NONE: u16 = 0;

/// A heap of nodes, the lightest on top, which is at place 1. Node 0 is lighter than all, and stays out.
///
/// A weight has the depth of the node's tree in its lowest eight bits: of equally frequent ones the flat is lighter.
struct Heap {
    nodes: [u16; LEAVES + 2],
    len: usize,
    weights: [u32; NODES],
}

impl Heap {
    fn weight(&self, place: usize) -> u32 {
        self.weights[usize::from(self.nodes[place])]
    }

    fn push(&mut self, node: u16) {
        self.len += 1;
        let weight = self.weights[usize::from(node)];
        let mut place = self.len;
        while weight < self.weight(place / 2) {
            self.nodes[place] = self.nodes[place / 2];
            place /= 2;
        }
        self.nodes[place] = node;
    }

    fn pop(&mut self) -> u16 {
        let top = self.nodes[1];
        let node = self.nodes[self.len];
        self.len -= 1;
        let weight = self.weights[usize::from(node)];
        let mut place = 1;
        while place * 2 <= self.len {
            let mut below = place * 2;
            if below < self.len && self.weight(below + 1) < self.weight(below) {
                below += 1;
            }
            if weight < self.weight(below) {
                break;
            }
            self.nodes[place] = self.nodes[below];
            place = below;
        }
        self.nodes[place] = node;
        top
    }
}

/// Finds lengths for symbols that occur so often, from 3 to 258 of them, none longer than `limit`.
///
/// The format has no symbols without a code; those that do not occur count once.
pub(super) fn lengths(counts: &[u16], limit: u8, lengths: &mut [u8]) {
    let mut weights = [0; NODES];
    for (weight, count) in weights[1..].iter_mut().zip(counts) {
        *weight = u32::from(*count).max(1) << 8;
    }
    while !depths(counts.len(), weights, limit, lengths) {
        for weight in &mut weights[1..=counts.len()] {
            *weight = ((*weight >> 8) / 2 + 1) << 8;
        }
    }
}

/// Builds the tree over leaves of these weights, and notes the depth of each; returns whether none is below `limit`.
fn depths(leaves: usize, weights: [u32; NODES], limit: u8, depths: &mut [u8]) -> bool {
    let mut heap = Heap { nodes: [0; LEAVES + 2], len: 0, weights };
    let mut parents = [NONE; NODES];
    for leaf in 1..=leaves {
        heap.push(leaf as u16);
    }
    let mut new = leaves;
    while heap.len > 1 {
        new += 1;
        let pair = [heap.pop(), heap.pop()].map(usize::from);
        let [a, b] = pair.map(|node| heap.weights[node]);
        heap.weights[new] = (a & !0xff) + (b & !0xff) | 1 + (a & 0xff).max(b & 0xff);
        for node in pair {
            parents[node] = new as u16;
        }
        heap.push(new as u16);
    }
    // From the root, the last node, down.
    let mut depth = [0_u8; NODES];
    for node in (1..new).rev() {
        depth[node] = depth[usize::from(parents[node])].saturating_add(1);
    }
    depths.copy_from_slice(&depth[1..=leaves]);
    depths.iter().all(|depth| *depth <= limit)
}
