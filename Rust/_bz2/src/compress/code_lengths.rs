//! Lengths of Huffman codes (`BZ2_hbMakeCodeLengths` of libbzip2; D. A. Huffman, 1952). Among the codes that are equally
//! good this is the one that libbzip2 finds.

const MAX_ALPHA_SIZE: usize = 258;
const MAX_NODES: usize = 2 * MAX_ALPHA_SIZE;

/// A binary heap of nodes with the lightest at index 1. Index 0 holds a sentinel that is lighter than all.
///
/// An item has the number of a node in its lower 16 bits and its weight above them. The lower eight bits of a weight are
/// the height of the node's tree: of two nodes with equal frequencies the flatter one is lighter.
struct Heap {
    items: [u64; MAX_ALPHA_SIZE + 2],
    len: usize,
}

fn weight(item: u64) -> u64 {
    item >> 16
}

impl Heap {
    #[doc(alias = "UPHEAP")]
    fn push(&mut self, item: u64) {
        self.len += 1;
        let mut index = self.len;
        while weight(item) < weight(self.items[index / 2]) {
            self.items[index] = self.items[index / 2];
            index /= 2;
        }
        self.items[index] = item;
    }

    #[doc(alias = "DOWNHEAP")]
    fn pop(&mut self) -> u64 {
        let top = self.items[1];
        let item = self.items[self.len];
        self.len -= 1;
        let mut index = 1;
        while index * 2 <= self.len {
            let mut child = index * 2;
            if child < self.len && weight(self.items[child + 1]) < weight(self.items[child]) {
                child += 1;
            }
            if weight(item) < weight(self.items[child]) {
                break;
            }
            self.items[index] = self.items[child];
            index = child;
        }
        self.items[index] = item;
        top
    }
}

/// Computes code lengths of at most `max_len` for 3 to 258 symbols with these frequencies.
///
/// In the format every symbol of the alphabet has a code; a frequency of 0 counts as 1. When a code is too long, the
/// frequencies are halved and the tree is built again.
#[doc(alias = "BZ2_hbMakeCodeLengths")]
pub(super) fn code_lengths(frequencies: &[u32], max_len: u8, lengths: &mut [u8]) {
    let mut weights = [0; MAX_ALPHA_SIZE];
    for (weight, frequency) in weights.iter_mut().zip(frequencies) {
        *weight = (*frequency).max(1);
    }
    while !huffman_depths(&weights[..frequencies.len()], max_len, lengths) {
        for weight in &mut weights {
            *weight = *weight / 2 + 1;
        }
    }
}

/// Builds the Huffman tree of these weights and stores the depth of each leaf; returns whether all are at most `max_len`.
fn huffman_depths(weights: &[u32], max_len: u8, depths: &mut [u8]) -> bool {
    let mut heap = Heap { items: [0; MAX_ALPHA_SIZE + 2], len: 0 };
    let mut parents = [0_u16; MAX_NODES];
    for (leaf, weight) in weights.iter().enumerate() {
        heap.push(u64::from(*weight) << 24 | leaf as u64);
    }
    let mut node = weights.len();
    while heap.len > 1 {
        let (first, second) = (heap.pop(), heap.pop());
        let height = 1 + (weight(first) & 0xff).max(weight(second) & 0xff);
        let sum = (first >> 24) + (second >> 24);
        for item in [first, second] {
            parents[(item & 0xffff) as usize] = node as u16;
        }
        heap.push(sum << 24 | height << 16 | node as u64);
        node += 1;
    }
    // From the root, the last node, to the leaves.
    let mut depth_of = [0_u8; MAX_NODES];
    for child in (0..node - 1).rev() {
        depth_of[child] = depth_of[usize::from(parents[child])].saturating_add(1);
    }
    depths.copy_from_slice(&depth_of[..weights.len()]);
    depths.iter().all(|depth| *depth <= max_len)
}
