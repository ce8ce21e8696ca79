//! Binary search for the place at which an item is inserted.

#![forbid(unsafe_code)]

use std::hint::select_unpredictable;

/// The places among which the search is: from `lo` to `hi`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first place.
    pub lo: usize,
    /// The last place.
    pub hi: usize,
}

/// A step of the search.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The index whose item is compared.
    pub mid: usize,
    /// The index that is compared next if the place is at or before `mid`.
    pub below: usize,
    /// The index that is compared next if the place is after `mid`.
    pub above: usize,
}

impl Bounds {
    /// Finds the place, with about log2(hi - lo) comparisons: `is_after` returns whether it is after the item at an
    /// index.
    ///
    /// `PREDICTED` says to go on as the processor predicts: it then reads the next item, right in half of all cases, before it
    /// knows the answer, which takes less time if a comparison is slow. If it is fast, waiting takes less time than a wrong
    /// prediction.
    ///
    /// After an error the search can be continued with the same bounds: the item that was to be compared is the next one.
    #[inline]
    pub fn search<E, const PREDICTED: bool>(
        &mut self,
        mut is_after: impl FnMut(Step) -> Result<bool, E>,
    ) -> Result<usize, E> {
        while self.lo < self.hi {
            let mid = self.lo.midpoint(self.hi);
            let step = Step { mid, below: self.lo.midpoint(mid), above: (mid + 1).midpoint(self.hi) };
            let after = is_after(step)?;
            if PREDICTED {
                if after {
                    self.lo = mid + 1;
                } else {
                    self.hi = mid;
                }
            } else {
                self.lo = select_unpredictable(after, mid + 1, self.lo);
                self.hi = select_unpredictable(after, self.hi, mid);
            }
        }
        Ok(self.lo)
    }
}

#[cfg(test)]
mod tests {
    use super::Bounds;
    use std::convert::Infallible;

    fn places(items: &[u32], item: u32, lo: usize, hi: usize) -> (usize, usize) {
        let left = Bounds { lo, hi }.search::<_, true>(|step| Ok::<_, Infallible>(items[step.mid] < item));
        let right = Bounds { lo, hi }.search::<_, false>(|step| Ok::<_, Infallible>(items[step.mid] <= item));
        (left.unwrap_or_else(|never| match never {}), right.unwrap_or_else(|never| match never {}))
    }

    #[test]
    fn places_are_those_of_a_linear_search() {
        for len in 0..40 {
            let items: Vec<u32> = (0..len).map(|index| index / 3 * 2).collect();
            for item in 0..len + 2 {
                let left = items.iter().filter(|other| **other < item).count();
                let right = items.iter().filter(|other| **other <= item).count();
                assert_eq!(places(&items, item, 0, items.len()), (left, right));
                let (lo, hi) = (items.len() / 4, items.len() / 2);
                assert_eq!(places(&items, item, lo, hi), (left.clamp(lo, hi), right.clamp(lo, hi)));
            }
        }
    }

    #[test]
    fn bounds_without_a_place_are_not_searched() {
        assert_eq!(places(&[], 1, 7, 3), (7, 7));
        assert_eq!(places(&[], 1, 5, 5), (5, 5));
    }

    #[test]
    fn the_next_index_is_foretold_and_bounds_do_not_overflow() {
        let mut expected = None;
        let mut bounds = Bounds { lo: 0, hi: usize::MAX };
        let place = bounds.search::<_, false>(|step| {
            assert!(expected.is_none_or(|mid| mid == step.mid));
            let after = step.mid < 12_345;
            expected = Some(if after { step.above } else { step.below });
            Ok::<_, Infallible>(after)
        });
        assert_eq!(place, Ok(12_345));
    }

    #[test]
    fn a_search_is_continued_after_an_error() {
        let whole = |fails_at: Option<usize>| {
            let (mut bounds, mut asked, mut failed) = (Bounds { lo: 0, hi: 100 }, Vec::new(), false);
            loop {
                let place = bounds.search::<_, false>(|step| {
                    if fails_at == Some(asked.len()) && !failed {
                        failed = true;
                        return Err(());
                    }
                    asked.push(step.mid);
                    Ok(step.mid < 60)
                });
                if let Ok(place) = place {
                    assert_eq!(failed, fails_at.is_some());
                    return (place, asked);
                }
            }
        };
        assert_eq!(whole(None).0, 60);
        for comparison in 0..6 {
            assert_eq!(whole(Some(comparison)), whole(None));
        }
    }
}
