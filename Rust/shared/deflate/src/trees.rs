//! Huffman codes of a block. With zlib's algorithms they are made as zlib makes them: the same lengths where several sets of lengths
//! are optimal. `two_queues.rs` is faster.
//!
//! Huffman, "A Method for the Construction of Minimum-Redundancy Codes", 1952. Codes over the longest length are shortened
//! as by Haruhiko Okumura's `ar`: a leaf moves down, and two of those too long become its brothers.

use crate::config::Algorithms;
use crate::tables::{
    BL_CODES, BL_ORDER, Code, D_CODES, END_BLOCK, EXTRA_BLBITS, EXTRA_DBITS, EXTRA_LBITS, L_CODES, LITERALS, MAX_BITS,
    MAX_BL_BITS, REP_3_6, REPZ_3_10, REPZ_11_138, STATIC_DTREE, STATIC_LTREE, next_codes,
};
use crate::two_queues;

/// The frequencies of a block's symbols.
#[derive(Clone, Debug)]
pub(crate) struct Frequencies {
    pub(crate) lit: [u16; L_CODES],
    pub(crate) dist: [u16; D_CODES],
}

impl Frequencies {
    /// Those of an empty block.
    pub(crate) const fn new() -> Self {
        let mut lit = [0; L_CODES];
        lit[END_BLOCK] = 1;
        Self { lit, dist: [0; D_CODES] }
    }

    /// How many matches there are: each has a distance.
    pub(crate) fn matches(&self) -> usize {
        self.dist.iter().map(|f| usize::from(*f)).sum()
    }
}

/// Where the lengths of a block are summed up, in bits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lengths {
    /// With its own codes.
    pub(crate) opt_len: i64,
    /// With fixed codes.
    pub(crate) static_len: i64,
}

/// A kind of code: what is known before there are frequencies.
struct Alphabet<'a> {
    /// Extra bits of the symbols from `extra_base` on.
    extra_bits: &'a [u8],
    extra_base: usize,
    static_tree: Option<&'a [Code]>,
    max_length: usize,
}

const LITERALS_AND_LENGTHS: Alphabet<'static> = Alphabet {
    extra_bits: &EXTRA_LBITS,
    extra_base: LITERALS + 1,
    static_tree: Some(&STATIC_LTREE),
    max_length: MAX_BITS,
};

const DISTANCES: Alphabet<'static> =
    Alphabet { extra_bits: &EXTRA_DBITS, extra_base: 0, static_tree: Some(&STATIC_DTREE), max_length: MAX_BITS };

const CODE_LENGTHS: Alphabet<'static> =
    Alphabet { extra_bits: &EXTRA_BLBITS, extra_base: 0, static_tree: None, max_length: MAX_BL_BITS };

/// An element of the heap: frequency, depth and number of a node, the number in the lowest bits.
///
/// The frequencies of a block add up to at most 32,768, and a Huffman tree over them is at most 22 deep.
type Node = u32;

const NODE_BITS: u32 = 10;
const DEPTH_BITS: u32 = 6;

const fn number(node: Node) -> usize {
    (node & ((1 << NODE_BITS) - 1)) as usize
}

/// zlib's `smaller`: the depth decides between equal frequencies, and the first is the smaller one when all is equal.
#[inline(always)]
const fn smaller(n: Node, m: Node) -> bool {
    n >> NODE_BITS <= m >> NODE_BITS
}

/// zlib's `pqdownheap`: moves the node at `k` down until it is smaller than both of its sons.
#[inline(always)]
fn pqdownheap<const HEAP: usize>(heap: &mut [Node; HEAP], heap_len: usize, mut k: usize, v: Node) {
    let mut j = 2 * k;
    while j <= heap_len && j < HEAP {
        if j < heap_len && j + 1 < HEAP && smaller(heap[j + 1], heap[j]) {
            j += 1;
        }
        if smaller(v, heap[j]) {
            break;
        }
        heap[k] = heap[j];
        k = j;
        j *= 2;
    }
    heap[k] = v;
}

/// How many unused symbols are skipped together.
const GROUP: usize = 16;

/// The symbols that have a code, in order. Most symbols of a short block have none.
struct Used<const N: usize> {
    symbols: [u16; N],
    count: usize,
}

impl<const N: usize> Used<N> {
    fn symbols(&self) -> &[u16] {
        &self.symbols[..self.count]
    }
}

/// zlib's `build_tree`: makes the codes, which are all zero before, for the given frequencies, adds up lengths, and returns the
/// symbols used.
///
/// `HEAP` is at least `2 * N`. The two smallest symbols get a frequency when there are fewer than two with one.
fn build_tree<const N: usize, const HEAP: usize>(
    freq: &mut [u16; N],
    codes: &mut [Code; N],
    alphabet: &Alphabet<'_>,
    algorithms: Algorithms,
    lengths: &mut Lengths,
) -> Used<N> {
    let mut used = Used { symbols: [0; N], count: 0 };
    for (start, group) in freq.chunks(GROUP).enumerate() {
        if group.iter().fold(0, |any, f| any | f) == 0 {
            continue;
        }
        for (n, &f) in group.iter().enumerate() {
            if f != 0 {
                used.symbols[used.count] = (start * GROUP + n) as u16;
                used.count += 1;
            }
        }
    }
    // At least one distance code must be there, and at least one bit is sent even for a single code.
    while used.count < 2 {
        let node = match used.symbols() {
            [code] if *code < 2 => code + 1,
            _ => 0,
        };
        used.symbols[used.count] = node;
        used.count += 1;
        freq[usize::from(node)] = 1;
        lengths.opt_len -= 1;
        if let Some(tree) = alphabet.static_tree {
            lengths.static_len -= i64::from(tree[usize::from(node)].len);
        }
    }
    // zlib has the symbols in this order in its heap.
    let order = [used.symbols[0], used.symbols[1]];
    if order[0] > order[1] {
        used.symbols.swap(0, 1);
    }
    let max_length = alphabet.max_length;
    let bl_count = match algorithms {
        Algorithms::Fast => two_queues::code_lengths(freq, used.symbols(), codes, max_length),
        Algorithms::Zlib => heap_code_lengths::<N, HEAP>(freq, order, used.symbols(), codes, max_length),
    };
    let mut next_code = next_codes(bl_count);
    for &n in used.symbols() {
        let n = usize::from(n);
        codes[n].assign(&mut next_code);
        let f = i64::from(freq[n]);
        let extra_bits =
            if n >= alphabet.extra_base { i64::from(alphabet.extra_bits[n - alphabet.extra_base]) } else { 0 };
        lengths.opt_len += f * (i64::from(codes[n].len) + extra_bits);
        if let Some(tree) = alphabet.static_tree {
            lengths.static_len += f * (i64::from(tree[n].len) + extra_bits);
        }
    }
    used
}

/// The code lengths that zlib chooses: those of the tree that its heap makes, in which the first two symbols are in that `order`.
fn heap_code_lengths<const N: usize, const HEAP: usize>(
    freq: &[u16; N],
    order: [u16; 2],
    used: &[u16],
    codes: &mut [Code; N],
    max_length: usize,
) -> [u16; MAX_BITS + 1] {
    let mut heap = [0 as Node; HEAP];
    for (place, &n) in heap[1..].iter_mut().zip(order.iter().chain(&used[2..])) {
        *place = u32::from(freq[usize::from(n)]) << (NODE_BITS + DEPTH_BITS) | Node::from(n);
    }
    let max_code = usize::from(used[used.len() - 1]);
    let mut heap_len = used.len();
    for n in (1..=heap_len / 2).rev() {
        let v = heap[n];
        pqdownheap(&mut heap, heap_len, n, v);
    }

    // The two least frequent nodes become sons of a new one, until there is one.
    let mut dad = [0_u16; HEAP];
    // The nodes by decreasing frequency.
    let mut sorted = [0_u16; HEAP];
    let mut heap_max = HEAP;
    let mut node = N;
    loop {
        let n = heap[1];
        let last = heap[heap_len];
        heap_len -= 1;
        pqdownheap(&mut heap, heap_len, 1, last);
        let m = heap[1];
        heap_max -= 2;
        sorted[heap_max + 1] = number(n) as u16;
        sorted[heap_max] = number(m) as u16;
        const DEPTH: Node = ((1 << DEPTH_BITS) - 1) << NODE_BITS;
        let depth = (n & DEPTH).max(m & DEPTH) + (1 << NODE_BITS);
        let sum = (n >> (NODE_BITS + DEPTH_BITS)) + (m >> (NODE_BITS + DEPTH_BITS));
        dad[number(n)] = node as u16;
        dad[number(m)] = node as u16;
        pqdownheap(&mut heap, heap_len, 1, sum << (NODE_BITS + DEPTH_BITS) | depth | node as Node);
        node += 1;
        if heap_len < 2 {
            break;
        }
    }
    heap_max -= 1;
    sorted[heap_max] = number(heap[1]) as u16;

    gen_bitlen(codes, &dad, &sorted[heap_max..], max_code, max_length)
}

/// zlib's `gen_bitlen`: the code lengths, from the tree of `dad`s, whose nodes are `sorted` by decreasing frequency.
fn gen_bitlen<const N: usize, const HEAP: usize>(
    codes: &mut [Code; N],
    dad: &[u16; HEAP],
    sorted: &[u16],
    max_code: usize,
    max_length: usize,
) -> [u16; MAX_BITS + 1] {
    let mut bl_count = [0_u16; MAX_BITS + 1];
    let mut overflow = 0;
    let mut len = [0_u8; HEAP];
    for &n in &sorted[1..] {
        let n = usize::from(n);
        let mut bits = usize::from(len[usize::from(dad[n])]) + 1;
        if bits > max_length {
            bits = max_length;
            overflow += 1;
        }
        len[n] = bits as u8;
        if n > max_code {
            continue;
        }
        bl_count[bits] += 1;
        codes[n].len = bits as u16;
    }
    if overflow == 0 {
        return bl_count;
    }
    while overflow > 0 {
        let mut bits = max_length - 1;
        while bl_count[bits] == 0 {
            bits -= 1;
        }
        bl_count[bits] -= 1;
        bl_count[bits + 1] += 2;
        bl_count[max_length] -= 1;
        overflow -= 2;
    }
    let mut leaves = sorted.iter().rev().map(|n| usize::from(*n)).filter(|n| *n <= max_code);
    for bits in (1..=max_length).rev() {
        for m in leaves.by_ref().take(usize::from(bl_count[bits])) {
            codes[m].len = bits as u16;
        }
    }
    bl_count
}

/// The codes of a block, and how they are sent.
#[derive(Debug)]
pub(crate) struct DynamicCodes {
    pub(crate) lit: [Code; L_CODES],
    pub(crate) dist: [Code; D_CODES],
    bl: [Code; BL_CODES],
    /// How many lengths of literal and length codes are sent, of distance codes, and of code length codes.
    pub(crate) lcodes: usize,
    pub(crate) dcodes: usize,
    pub(crate) blcodes: usize,
    /// The run-length coded lengths: symbols of the code length alphabet, with their extra bits from bit 8 on.
    items: [u16; L_CODES + D_CODES],
    item_count: usize,
}

impl DynamicCodes {
    /// The codes for these frequencies, and the block's length with them and with fixed codes, without the three bits of
    /// the block's header.
    pub(crate) fn build(freq: &mut Frequencies, algorithms: Algorithms) -> (Self, Lengths) {
        let mut built = Self {
            lit: [Code::default(); L_CODES],
            dist: [Code::default(); D_CODES],
            bl: [Code::default(); BL_CODES],
            lcodes: 0,
            dcodes: 0,
            blcodes: 0,
            items: [0; L_CODES + D_CODES],
            item_count: 0,
        };
        let mut lengths = Lengths::default();
        let lit = build_tree::<L_CODES, { 2 * L_CODES + 1 }>(
            &mut freq.lit,
            &mut built.lit,
            &LITERALS_AND_LENGTHS,
            algorithms,
            &mut lengths,
        );
        let dist = build_tree::<D_CODES, { 2 * D_CODES + 1 }>(
            &mut freq.dist,
            &mut built.dist,
            &DISTANCES,
            algorithms,
            &mut lengths,
        );
        built.build_bl_tree(lit.symbols(), dist.symbols(), algorithms, &mut lengths);
        (built, lengths)
    }

    /// zlib's `build_bl_tree`: the code of the code lengths, of these literals and lengths, and of these distances.
    fn build_bl_tree(&mut self, lit: &[u16], dist: &[u16], algorithms: Algorithms, lengths: &mut Lengths) {
        let mut freq = [0_u16; BL_CODES];
        let mut count = 0;
        let mut emit = |symbol: usize, extra: usize| {
            freq[symbol & 31] += 1;
            self.items[count] = symbol as u16 | (extra as u16) << 8;
            count += 1;
        };
        self.lcodes = scan_tree(&self.lit, lit, &mut emit);
        self.dcodes = scan_tree(&self.dist, dist, &mut emit);
        self.item_count = count;
        build_tree::<BL_CODES, { 2 * BL_CODES + 1 }>(&mut freq, &mut self.bl, &CODE_LENGTHS, algorithms, lengths);
        let unused = BL_ORDER.iter().rev().take_while(|n| self.bl[usize::from(**n)].len == 0).count();
        self.blcodes = (BL_CODES - unused).max(4);
        lengths.opt_len += 3 * self.blcodes as i64 + 5 + 5 + 4;
    }

    /// zlib's `send_all_trees`: sends the codes in `send(value, bits)`.
    pub(crate) fn send_all_trees(&self, mut send: impl FnMut(u32, u32)) {
        send((self.lcodes - 257) as u32, 5);
        send((self.dcodes - 1) as u32, 5);
        send((self.blcodes - 4) as u32, 4);
        for n in &BL_ORDER[..self.blcodes] {
            send(u32::from(self.bl[usize::from(*n)].len), 3);
        }
        for item in &self.items[..self.item_count] {
            let (symbol, extra) = (usize::from(item & 31), u32::from(item >> 8));
            let code = self.bl[symbol];
            let len = u32::from(code.len);
            send(u32::from(code.code) | extra << len, len + u32::from(EXTRA_BLBITS[symbol]));
        }
    }
}

/// zlib's `scan_tree`: run-length codes the code lengths (RFC 1951, section 3.2.7) as `emit(symbol, extra bits)`. Only the symbols
/// in `used` have codes. Returns how many lengths are sent.
fn scan_tree(codes: &[Code], used: &[u16], mut emit: impl FnMut(usize, usize)) -> usize {
    // The symbol after the current run of equal lengths, that length, and how many there are.
    let (mut end, mut curlen, mut run) = (0, 0, 0);
    for &n in used {
        let n = usize::from(n);
        let len = usize::from(codes[n].len);
        if n > end || len != curlen {
            send_run(curlen, run, &mut emit);
            send_run(0, n - end, &mut emit);
            (curlen, run) = (len, 0);
        }
        run += 1;
        end = n + 1;
    }
    send_run(curlen, run, &mut emit);
    end
}

/// Sends `run` equal code lengths, which those before and after differ from.
#[inline(always)]
fn send_run(curlen: usize, mut run: usize, mut emit: impl FnMut(usize, usize)) {
    if curlen == 0 {
        while run >= 3 {
            let count = run.min(138);
            if count <= 10 {
                emit(REPZ_3_10, count - 3);
            } else {
                emit(REPZ_11_138, count - 11);
            }
            run -= count;
        }
    } else if run >= 4 {
        emit(curlen, 0);
        run -= 1;
        while run >= 3 {
            let count = run.min(6);
            emit(REP_3_6, count - 3);
            run -= count;
        }
    }
    for _ in 0..run {
        emit(curlen, 0);
    }
}
