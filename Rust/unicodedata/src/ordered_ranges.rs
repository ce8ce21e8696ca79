//! Whether text of two bytes a character is in known ranges, and its marks in canonical order: by vectors, which the compiler makes for
//! the baseline and for AVX2.

/// The number of characters that are tested together.
pub(crate) const CHUNK: usize = 16;
/// The largest number of ranges with which the characters of a chunk are compared.
pub(crate) const RANGES: usize = 5;
/// So many chunks are looked at together if those before them were within the ranges.
const BLOCK: usize = 8;
/// Distinguishes a starter from a mark: it may come after any character.
const STARTER: u16 = 0x100;

/// A range of characters of one combining class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OrderedRange {
    /// The first one, and the number of them, with the highest bit inverted: vector instructions compare signed numbers.
    first: u16,
    len: i16,
    order: u16,
}

impl OrderedRange {
    /// The highest bit of `first` and of `len` is inverted.
    #[inline(always)]
    pub(crate) fn new(first: u16, len: u16, class: u8) -> Self {
        Self { first, len: len as i16, order: order_of(class) }
    }
}

/// How many chunks have units of these ranges alone, in canonical order, until there is one that has not; and how many units of that.
///
/// `before` is the combining class of the character before the first one, and is set to that of the last one of the chunks.
#[inline(always)]
pub(crate) fn within(chunks: &[[u16; CHUNK]], ranges: &[OrderedRange; RANGES], before: &mut u8) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    if cpu_level::Level::detected() >= cpu_level::Level::Avx2 {
        // SAFETY: the processor has the instructions of the level.
        return unsafe { avx2(chunks, ranges, before) };
    }
    portable(chunks, ranges, before)
}

#[inline(never)]
fn portable(chunks: &[[u16; CHUNK]], ranges: &[OrderedRange; RANGES], before: &mut u8) -> (usize, usize) {
    within_at_any_level(chunks, ranges, before)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt,sse4.2")]
fn avx2(chunks: &[[u16; CHUNK]], ranges: &[OrderedRange; RANGES], before: &mut u8) -> (usize, usize) {
    within_at_any_level(chunks, ranges, before)
}

/// [`within`], with the instructions of the function into which it is inlined.
#[inline(always)]
fn within_at_any_level(chunks: &[[u16; CHUNK]], ranges: &[OrderedRange; RANGES], before: &mut u8) -> (usize, usize) {
    let mut classes = [0; BLOCK * CHUNK + 1];
    classes[0] = order_of(*before);
    let (mut within, mut block, mut units_after) = (0, 1, 0);
    // Slices are taken without indexing, which could panic.
    while let Some(rest) = chunks.get(within..).filter(|rest| !rest.is_empty()) {
        // Blocks get longer as long as all chunks are within the ranges.
        let units = rest.get(..block).unwrap_or(rest).as_flattened();
        let all = orders(units, ranges, classes.get_mut(1..).unwrap_or_default());
        let found = classes.get(..=units.len()).unwrap_or_default();
        let ordered = if all & STARTER != 0 || is_ordered(found) {
            units.len() / CHUNK
        } else {
            found.windows(CHUNK + 1).step_by(CHUNK).take_while(|classes| is_ordered(classes)).count()
        };
        within += ordered;
        let rest = found.get(ordered * CHUNK..).unwrap_or_default();
        let is_last = rest.len() > 1;
        if is_last {
            units_after = rest.windows(2).take_while(|classes| is_ordered(classes)).count();
        }
        classes[0] = rest.first().copied().unwrap_or_default();
        if is_last {
            break;
        }
        block = BLOCK.min(2 * block);
    }
    *before = (classes[0] as u8).wrapping_sub(1);
    (within, units_after)
}

/// A number for a combining class, with which canonical order can be seen by one comparison: a character must not have a smaller one
/// than the low byte of that of the character before it.
#[inline(always)]
fn order_of(class: u8) -> u16 {
    (u16::from(class) + 1) | if class == 0 { STARTER } else { 0 }
}

/// Finds these numbers. That of a unit in none of the ranges is 0. Returns the bits that all of them have.
#[inline(always)]
fn orders(units: &[u16], ranges: &[OrderedRange; RANGES], orders: &mut [u16]) -> u16 {
    // A copy, so that the loop has the ranges in registers.
    let ranges = *ranges;
    let mut all = u16::MAX;
    for (place, &unit) in orders.iter_mut().zip(units) {
        let mut order = 0;
        for range in ranges {
            order |= if (unit.wrapping_sub(range.first) as i16) < range.len { range.order } else { 0 };
        }
        *place = order;
        all &= order;
    }
    all
}

/// Whether characters are in canonical order, and all of them in a range.
#[inline(always)]
fn is_ordered(orders: &[u16]) -> bool {
    let mut found = false;
    for (&before, &order) in orders.iter().zip(orders.get(1..).unwrap_or_default()) {
        found |= before & 0xFF > order;
    }
    !found
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, OrderedRange, RANGES, portable, within};

    #[test]
    fn all_levels_find_the_same() {
        cpu_level::Level::detect();
        let ranges: [OrderedRange; RANGES] =
            [(0, 0xC0, 0), (0x300, 0x15, 230), (0x316, 4, 220), (0x900, 2, 0), (0xFF00, 0x100, 0)]
                .map(|(first, len, class)| OrderedRange::new(first ^ 0x8000, len ^ 0x8000, class));
        // Letters, marks in canonical order and not, the first and last units of ranges, and units in none.
        let units = [0x61, 0x62, 0xBF, 0xC0, 0x300, 0x314, 0x315, 0x316, 0x319, 0x900, 0x902, 0xFF00, 0xFFFF, 0x8000];
        let mut state = 1_u64;
        let mut below = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % end
        };
        for round in 0..if cfg!(miri) { 20 } else { 5000 } {
            let kinds = 2 + below(units.len() - 1);
            let chunks: Vec<[u16; CHUNK]> = (0..round % 40)
                .map(|_| std::array::from_fn(|_| if below(20) > 0 { units[below(2)] } else { units[below(kinds)] }))
                .collect();
            let before = [0, 220, 230][below(3)];
            let (mut expected_before, mut found_before) = (before, before);
            let expected = portable(&chunks, &ranges, &mut expected_before);
            assert_eq!(within(&chunks, &ranges, &mut found_before), expected, "{chunks:x?}");
            assert_eq!(found_before, expected_before, "{chunks:x?}");
        }
    }
}
