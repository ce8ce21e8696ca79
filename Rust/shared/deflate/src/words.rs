//! Words of the window: four or eight bytes from any position on.
//!
//! The searches read little else. With slices in place of one comparison they take about a tenth more of time.

/// Words of four or eight bytes, the first byte the lowest.
///
/// # Invariants
///
/// - `count` is 0, or `count + 7` is the length of `data`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a> {
    data: &'a [u8],
    count: usize,
}

impl<'a> Words<'a> {
    /// The words of `data`, whose last seven bytes start none.
    #[inline(always)]
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, count: data.len().saturating_sub(7) }
    }

    /// The bytes themselves.
    #[inline(always)]
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.data
    }

    /// The four bytes from `at` on.
    ///
    /// # Panics
    ///
    /// When there are not eight bytes from `at` on.
    #[inline(always)]
    pub(crate) fn u32_at(self, at: usize) -> u32 {
        assert!(at < self.count);
        // SAFETY: the four bytes from `at` on end before `count + 7`, where the data end (invariant).
        u32::from_le(unsafe { self.data.as_ptr().wrapping_add(at).cast::<u32>().read_unaligned() })
    }

    /// The eight bytes from `at` on.
    ///
    /// # Panics
    ///
    /// When there are not eight bytes from `at` on.
    #[inline(always)]
    pub(crate) fn u64_at(self, at: usize) -> u64 {
        assert!(at < self.count);
        // SAFETY: the eight bytes from `at` on end at `count + 7` at most, where the data end (invariant).
        u64::from_le(unsafe { self.data.as_ptr().wrapping_add(at).cast::<u64>().read_unaligned() })
    }

    /// How many bytes from `a` and from `b` on are equal, up to `max`.
    ///
    /// # Panics
    ///
    /// When there are not eight bytes from the last that is compared on.
    #[inline(always)]
    pub(crate) fn match_len(self, a: usize, b: usize, max: usize) -> usize {
        let mut len = 0;
        while len < max {
            let difference = self.u64_at(a + len) ^ self.u64_at(b + len);
            if difference != 0 {
                return (len + (difference.trailing_zeros() >> 3) as usize).min(max);
            }
            len += 8;
        }
        max
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_end_where_the_data_do() {
        let data: Vec<u8> = (0..20).collect();
        let words = Words::new(&data);
        assert_eq!(words.u64_at(12), u64::from_le_bytes([12, 13, 14, 15, 16, 17, 18, 19]));
        assert_eq!(words.u32_at(12), u32::from_le_bytes([12, 13, 14, 15]));
        for len in 0..20 {
            let words = Words::new(&data[..len]);
            for at in [len.saturating_sub(7), len, usize::MAX] {
                assert!(std::panic::catch_unwind(|| words.u32_at(at)).is_err(), "{at} of {len}");
                assert!(std::panic::catch_unwind(|| words.u64_at(at)).is_err(), "{at} of {len}");
            }
        }
    }

    #[test]
    fn matches_end_at_the_first_difference() {
        for len in 0..40 {
            let mut data = vec![7_u8; 100];
            data[50 + len] = 8;
            let words = Words::new(&data);
            for max in 0..42 {
                assert_eq!(words.match_len(0, 50, max), len.min(max));
            }
        }
    }
}
