//! Huffman codes of a block, made as zlib makes them: the same lengths where several sets of lengths are optimal.
//!
//! Huffman, "A Method for the Construction of Minimum-Redundancy Codes", 1952. Codes over the longest length are shortened
//! as by Haruhiko Okumura's `ar`: a leaf moves down, and two of those too long become its brothers.

use crate::tables::{
    BL_CODES, BL_ORDER, Code, D_CODES, END_BLOCK, EXTRA_BLBITS, EXTRA_DBITS, EXTRA_LBITS, L_CODES, LITERALS, MAX_BITS,
    MAX_BL_BITS, REP_3_6, REPZ_3_10, REPZ_11_138, STATIC_DTREE, STATIC_LTREE, assign_codes, next_codes,
};

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

/// zlib's `build_tree`: makes the codes, which are all zero before, for the given frequencies, adds up lengths, and returns the largest symbol used.
///
/// `HEAP` is at least `2 * N`. The two smallest symbols get a frequency when there are fewer than two with one.
fn build_tree<const N: usize, const HEAP: usize>(
    freq: &mut [u16; N],
    codes: &mut [Code; N],
    alphabet: &Alphabet<'_>,
    lengths: &mut Lengths,
) -> usize {
    let mut heap = [0 as Node; HEAP];
    let mut heap_len = 0;
    let mut max_code = None;
    // Most symbols of a short block are unused, so that they are skipped together.
    for (start, group) in freq.chunks(GROUP).enumerate() {
        if group.iter().fold(0, |any, f| any | f) == 0 {
            continue;
        }
        for (n, &f) in group.iter().enumerate() {
            if f != 0 {
                let n = start * GROUP + n;
                heap_len += 1;
                heap[heap_len] = u32::from(f) << (NODE_BITS + DEPTH_BITS) | n as Node;
                max_code = Some(n);
            }
        }
    }
    // At least one distance code must be there, and at least one bit is sent even for a single code.
    while heap_len < 2 {
        let node = match max_code {
            None => 0,
            Some(code) if code < 2 => code + 1,
            Some(_) => 0,
        };
        max_code = Some(max_code.map_or(node, |code| code.max(node)));
        heap_len += 1;
        heap[heap_len] = 1 << (NODE_BITS + DEPTH_BITS) | node as Node;
        freq[node] = 1;
        lengths.opt_len -= 1;
        if let Some(tree) = alphabet.static_tree {
            lengths.static_len -= i64::from(tree[node].len);
        }
    }
    let max_code = max_code.unwrap_or(0);
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

    let sorted = &sorted[heap_max..];
    let bl_count = gen_bitlen(freq, codes, &dad, sorted, max_code, alphabet, lengths);
    let mut next_code = next_codes(bl_count);
    if sorted.len() < N / 2 {
        // Canonical codes go by symbol within a length.
        for group in codes.chunks_mut(GROUP) {
            if group.iter().fold(0, |any, code| any | code.len) != 0 {
                assign_codes(group, &mut next_code);
            }
        }
    } else {
        assign_codes(codes, &mut next_code);
    }
    max_code
}

/// zlib's `gen_bitlen`: the code lengths, from the tree of `dad`s, whose nodes are `sorted` by decreasing frequency.
fn gen_bitlen<const N: usize, const HEAP: usize>(
    freq: &[u16; N],
    codes: &mut [Code; N],
    dad: &[u16; HEAP],
    sorted: &[u16],
    max_code: usize,
    alphabet: &Alphabet<'_>,
    lengths: &mut Lengths,
) -> [u16; MAX_BITS + 1] {
    let max_length = alphabet.max_length;
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
        let xbits =
            if n >= alphabet.extra_base { usize::from(alphabet.extra_bits[n - alphabet.extra_base]) } else { 0 };
        let f = i64::from(freq[n]);
        lengths.opt_len += f * (bits + xbits) as i64;
        if let Some(tree) = alphabet.static_tree {
            lengths.static_len += f * (usize::from(tree[n].len) + xbits) as i64;
        }
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
            lengths.opt_len += (bits as i64 - i64::from(codes[m].len)) * i64::from(freq[m]);
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
    pub(crate) fn build(freq: &mut Frequencies) -> (Self, Lengths) {
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
        let max = build_tree::<L_CODES, { 2 * L_CODES + 1 }>(
            &mut freq.lit,
            &mut built.lit,
            &LITERALS_AND_LENGTHS,
            &mut lengths,
        );
        built.lcodes = max + 1;
        let max = build_tree::<D_CODES, { 2 * D_CODES + 1 }>(&mut freq.dist, &mut built.dist, &DISTANCES, &mut lengths);
        built.dcodes = max + 1;
        built.build_bl_tree(&mut lengths);
        (built, lengths)
    }

    /// zlib's `build_bl_tree`: the code of the code lengths.
    fn build_bl_tree(&mut self, lengths: &mut Lengths) {
        let mut freq = [0_u16; BL_CODES];
        let mut count = 0;
        for codes in [&self.lit[..self.lcodes], &self.dist[..self.dcodes]] {
            scan_tree(codes, |symbol, extra| {
                freq[symbol & 31] += 1;
                self.items[count] = symbol as u16 | (extra as u16) << 8;
                count += 1;
            });
        }
        self.item_count = count;
        build_tree::<BL_CODES, { 2 * BL_CODES + 1 }>(&mut freq, &mut self.bl, &CODE_LENGTHS, lengths);
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

/// zlib's `scan_tree`: run-length codes the code lengths (RFC 1951, section 3.2.7) as `emit(symbol, extra bits)`.
fn scan_tree(codes: &[Code], mut emit: impl FnMut(usize, usize)) {
    let mut prevlen = None;
    let mut rest = codes;
    while let Some(first) = rest.first() {
        let curlen = usize::from(first.len);
        let (max_count, min_count) = match prevlen {
            _ if curlen == 0 => (138, 3),
            Some(prev) if prev == curlen => (6, 3),
            _ => (7, 4),
        };
        let mut count = 1;
        let longest = rest.len().min(max_count);
        while count < longest && usize::from(rest[count].len) == curlen {
            count += 1;
        }
        rest = &rest[count..];
        if count < min_count {
            for _ in 0..count {
                emit(curlen, 0);
            }
        } else if curlen != 0 {
            let mut count = count;
            if prevlen != Some(curlen) {
                emit(curlen, 0);
                count -= 1;
            }
            emit(REP_3_6, count - 3);
        } else if count <= 10 {
            emit(REPZ_3_10, count - 3);
        } else {
            emit(REPZ_11_138, count - 11);
        }
        prevlen = Some(curlen);
    }
}
