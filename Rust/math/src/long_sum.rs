//! The exact sum of numbers from an iterator of unknown length: few by partial sums (Shewchuk), many in fixed point.

#![forbid(unsafe_code)]

use crate::sum::{ExactSum, SumError};
use crate::superaccumulator::{SmallSuperaccumulator, TooLarge};

/// A sum of many numbers: in fixed point up to the first number that this refuses, and from that one on by partial
/// sums.
///
/// The partial sums differ from those of all numbers, but their sum is the same.
#[derive(Debug)]
pub struct LongSum {
    fixed: Option<SmallSuperaccumulator>,
    partials: ExactSum,
}

impl LongSum {
    /// Goes on with a sum of numbers that are all smaller than `2**960`.
    pub fn new(few: &ExactSum) -> Self {
        let mut fixed = SmallSuperaccumulator::new();
        let mut sum = Self { fixed: None, partials: ExactSum::new() };
        if fixed.add(few.partials()).is_ok() {
            sum.fixed = Some(fixed);
        }
        sum
    }

    /// Whether all numbers are so small that an addition cannot have failed.
    #[inline]
    pub fn is_in_fixed_point(&self) -> bool {
        self.fixed.is_some()
    }

    /// Adds numbers, until there is an error.
    #[inline]
    pub fn add(&mut self, mut numbers: &[f64]) -> Result<(), SumError> {
        if let Some(fixed) = &mut self.fixed {
            let Err(TooLarge(added)) = fixed.add(numbers) else { return Ok(()) };
            self.leave_fixed_point()?;
            numbers = numbers.get(added..).unwrap_or(&[]);
        }
        numbers.iter().try_for_each(|number| self.partials.add(*number))
    }

    #[cold]
    #[inline(never)]
    fn leave_fixed_point(&mut self) -> Result<(), SumError> {
        match self.fixed.take() {
            Some(fixed) => fixed.expand(|part| self.partials.add(part)),
            None => Ok(()),
        }
    }

    /// The sum, rounded once.
    pub fn finish(self) -> Result<f64, SumError> {
        match self.fixed {
            Some(fixed) => Ok(fixed.finish()),
            None => self.partials.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LongSum;
    use crate::natural::testing::Random;
    use crate::sum::{ExactSum, SumError};

    fn by_partials(numbers: &[f64]) -> Result<f64, SumError> {
        let mut sum = ExactSum::new();
        numbers.iter().try_for_each(|number| sum.add(*number))?;
        sum.finish()
    }

    fn in_fixed_point(numbers: &[f64]) -> Result<f64, SumError> {
        let mut few = ExactSum::new();
        few.add(1e-300)?;
        let mut sum = LongSum::new(&few);
        sum.add(&[-1e-300])?;
        numbers.chunks(7).try_for_each(|numbers| sum.add(numbers))?;
        sum.finish()
    }

    #[test]
    fn both_ways_agree() {
        let mut random = Random(9);
        for round in 0..2000 {
            let range = [1, 60, 2046][round % 3];
            let numbers: Vec<f64> = (0..random.limb() % 40)
                .map(|_| {
                    let exponent = 2046 - random.limb() % range;
                    f64::from_bits((random.limb() & 0x800f_ffff_ffff_ffff) | (exponent << 52))
                })
                .collect();
            assert_eq!(in_fixed_point(&numbers), by_partials(&numbers), "{numbers:?}");
        }
    }

    #[test]
    fn specials_and_overflow() {
        let (infinity, max) = (f64::INFINITY, f64::MAX);
        for numbers in [
            &[1.0, infinity, 2.0, max][..],
            &[1.0, infinity, -infinity],
            &[1.0, max, -max, 1e-300],
            &[1.0, max, max, -max],
            &[max, 2.0_f64.powi(970)],
            &[2.0_f64.powi(970), 1.0, max],
            &[2.0_f64.powi(969), 1.0, max, -1.0],
        ] {
            assert_eq!(in_fixed_point(numbers), by_partials(numbers), "{numbers:?}");
        }
        assert!(in_fixed_point(&[1.0, f64::NAN, 2.0]).is_ok_and(f64::is_nan));
    }

    #[test]
    fn fixed_point_is_left_for_good() {
        let mut sum = LongSum::new(&ExactSum::new());
        assert_eq!(sum.add(&[1.0, 1e300]), Ok(()));
        assert!(sum.is_in_fixed_point());
        assert_eq!(sum.add(&[1e308, -1e308, -1e300]), Ok(()));
        assert!(!sum.is_in_fixed_point());
        assert_eq!(sum.finish(), Ok(1.0));
    }
}
