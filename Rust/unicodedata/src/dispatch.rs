//! The comparison of characters with ranges, compiled for the vector instructions of the baseline and for AVX2.

use crate::quick_check::{self, CHUNK, KnownRange, RANGES};

/// [`quick_check::within_ranges`]
#[inline(always)]
pub(crate) fn within_ranges(
    chunks: &[[u16; CHUNK]],
    ranges: &[KnownRange<u16>; RANGES],
    before: &mut u8,
) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    if cpu_level::Level::detected() >= cpu_level::Level::Avx2 {
        // SAFETY: the processor has the instructions of the level.
        return unsafe { avx2(chunks, ranges, before) };
    }
    portable(chunks, ranges, before)
}

#[inline(never)]
fn portable(chunks: &[[u16; CHUNK]], ranges: &[KnownRange<u16>; RANGES], before: &mut u8) -> (usize, usize) {
    quick_check::within_ranges(chunks, ranges, before)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt,sse4.2")]
fn avx2(chunks: &[[u16; CHUNK]], ranges: &[KnownRange<u16>; RANGES], before: &mut u8) -> (usize, usize) {
    quick_check::within_ranges(chunks, ranges, before)
}

#[cfg(test)]
mod tests {
    use super::{portable, within_ranges};
    use crate::quick_check::{CHUNK, KnownRange, RANGES};
    use crate::tables::Range;

    #[test]
    fn all_levels_find_the_same() {
        cpu_level::Level::detect();
        let ranges: [KnownRange<u16>; RANGES] =
            [(0, 0xC0, 0), (0x300, 0x15, 230), (0x316, 4, 220), (0x900, 2, 0), (0xFF00, 0x100, 0)]
                .map(|(first, len, combining)| KnownRange::new(Range { first, len, combining }));
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
            assert_eq!(within_ranges(&chunks, &ranges, &mut found_before), expected, "{chunks:x?}");
            assert_eq!(found_before, expected_before, "{chunks:x?}");
        }
    }
}
