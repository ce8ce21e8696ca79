//! Huffman codes of limited length.

#![forbid(unsafe_code)]

/// A code for `N` symbols: of each its length, and its bits in the order in which they are written.
pub(crate) struct Code<const N: usize> {
    pub(crate) lengths: [u8; N],
    pub(crate) bits: [u16; N],
}

impl<const N: usize> Code<N> {
    /// The best code for symbols that occur so often, none of them longer than `limit`.
    ///
    /// A code of less than two symbols is not complete, and some decoders refuse it: then others are given a place.
    pub(crate) fn new(frequencies: &[u16; N], limit: u8) -> Self {
        const { assert!(N >= 2 && N <= 1 << 9) };
        // Of each symbol that occurs its frequency, then its number. Without a branch: which do, nobody foresees.
        let mut leaves = [0_u32; N];
        let mut count = 0;
        for (symbol, frequency) in frequencies.iter().enumerate() {
            leaves[count] = u32::from(*frequency) << 16 | symbol as u32;
            count += usize::from(*frequency > 0);
        }
        if count < 2 {
            for (symbol, _) in frequencies.iter().enumerate().filter(|(_, count)| **count == 0).take(2 - count) {
                leaves[count] = 1 << 16 | symbol as u32;
                count += 1;
            }
            leaves[..2].sort_unstable_by_key(|leaf| leaf & 0xffff);
        }
        let in_order = leaves;
        Self::of_lengths_at(lengths(&mut leaves[..count], limit), in_order[..count].iter().map(|leaf| leaf & 0xffff))
    }

    /// The canonical code with these lengths, of these symbols in order.
    fn of_lengths_at(lengths: [u8; N], symbols: impl Iterator<Item = u32> + Clone) -> Self {
        let mut counts = [0_u16; 16];
        for symbol in symbols.clone() {
            counts[usize::from(lengths[symbol as usize]) % 16] += 1;
        }
        let mut next = firsts(counts);
        let mut bits = [0; N];
        for symbol in symbols {
            let length = usize::from(lengths[symbol as usize]) % 16;
            bits[symbol as usize] = next[length].reverse_bits() >> (16 - length);
            next[length] += 1;
        }
        Self { lengths, bits }
    }

    /// The canonical code with these lengths.
    pub(crate) const fn of_lengths(lengths: [u8; N]) -> Self {
        let mut counts = [0_u16; 16];
        let mut symbol = 0;
        while symbol < N {
            counts[lengths[symbol] as usize] += 1;
            symbol += 1;
        }
        let mut next = firsts(counts);
        let mut bits = [0; N];
        symbol = 0;
        while symbol < N {
            let length = lengths[symbol] as usize;
            if length > 0 {
                bits[symbol] = next[length].reverse_bits() >> (16 - length);
                next[length] += 1;
            }
            symbol += 1;
        }
        Self { lengths, bits }
    }

    /// The bits of a symbol, and how many they are.
    pub(crate) fn of(&self, symbol: usize) -> (u32, u32) {
        (u32::from(self.bits[symbol]), u32::from(self.lengths[symbol]))
    }

    /// How many bits the symbols take that occur so often.
    pub(crate) fn cost(&self, frequencies: &[u16; N]) -> u32 {
        self.lengths.iter().zip(frequencies).map(|(length, count)| u32::from(*length) * u32::from(*count)).sum()
    }
}

/// The first code of each length, when there are so many of each (RFC 1951, 3.2.2).
const fn firsts(mut counts: [u16; 16]) -> [u16; 16] {
    counts[0] = 0;
    let (mut first, mut length) = (0, 0);
    while length < 16 {
        let count = counts[length];
        counts[length] = first;
        first = (first + count) << 1;
        length += 1;
    }
    counts
}

/// The lengths of the best code for these leaves, two of them at least: of each its weight, then its symbol.
fn lengths<const N: usize>(leaves: &mut [u32], limit: u8) -> [u8; N] {
    leaves.sort_unstable();
    let mut result = [0; N];
    while !depths(leaves, limit, &mut result) {
        // Too deep. The order stays, and when all are alike, the tree is as flat as can be.
        for leaf in leaves.iter_mut() {
            *leaf = (*leaf >> 16).div_ceil(2) << 16 | *leaf & 0xffff;
        }
    }
    result
}

/// Builds the tree over leaves that are in order, and notes the depth of each. Returns whether none is below `limit`.
///
/// Pairs come about in order, too: so the lightest two are always at the front of the leaves or of the pairs.
fn depths<const N: usize>(leaves: &[u32], limit: u8, result: &mut [u8; N]) -> bool {
    let mut weights = [0_u32; N];
    let mut leaf_parents = [0_u16; N];
    let mut pair_parents = [0_u16; N];
    let pairs = leaves.len() - 1;
    let (mut leaf, mut pair) = (0, 0);
    for new in 0..pairs {
        for _ in 0..2 {
            if leaf < leaves.len() && (pair == new || leaves[leaf] >> 16 <= weights[pair]) {
                weights[new] += leaves[leaf] >> 16;
                leaf_parents[leaf] = new as u16;
                leaf += 1;
            } else {
                weights[new] += weights[pair];
                pair_parents[pair] = new as u16;
                pair += 1;
            }
        }
    }
    // From the root, the last pair, down. A depth takes the place of a weight.
    weights[pairs - 1] = 0;
    for pair in (0..pairs - 1).rev() {
        weights[pair] = weights[usize::from(pair_parents[pair])] + 1;
    }
    for (leaf, parent) in leaves.iter().zip(leaf_parents) {
        let depth = weights[usize::from(parent)] + 1;
        if depth > u32::from(limit) {
            return false;
        }
        result[(*leaf & 0xffff) as usize] = depth as u8;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_complete_and_no_longer_than_allowed() {
        let mut fibonacci = [0_u16; 30];
        (fibonacci[0], fibonacci[1]) = (1, 1);
        for index in 2..24 {
            fibonacci[index] = fibonacci[index - 1] + fibonacci[index - 2];
        }
        let mut one = [0; 30];
        one[7] = 9;
        for (frequencies, limit) in [(fibonacci, 15), (fibonacci, 7), ([0; 30], 15), (one, 15), ([1; 30], 5)] {
            let code = Code::new(&frequencies, limit);
            let used = code.lengths.iter().filter(|length| **length > 0);
            let sum: u32 = used.clone().map(|length| 1 << (15 - length)).sum();
            assert_eq!(sum, 1 << 15, "{:?}", code.lengths);
            assert!(used.max() <= Some(&limit));
            assert!(frequencies.iter().zip(code.lengths).all(|(frequency, length)| *frequency == 0 || length > 0));
        }
    }

    #[test]
    fn the_code_of_the_specification() {
        let code = Code::of_lengths([3, 3, 3, 3, 3, 2, 4, 4]);
        assert_eq!(code.bits, [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111]);
    }
}
