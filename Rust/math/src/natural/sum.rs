//! Exact sums of products of integers.

use super::{
    Error, Natural, SignalPoll, add_assign, compare, mul, normalize, significant, sub_assign, wide_mul, words,
};
use std::cmp::Ordering;

/// A sum to which products are added.
///
/// Products whose sum fits are added in 128 bits, those of numbers of up to two limbs in an array, and longer ones in two
/// vectors, one for each sign, so that each addition only touches the limbs that it has to.
#[derive(Debug, Default)]
pub struct ProductSum {
    small: i128,
    /// The products of numbers of up to two limbs, in two's complement; `None` before the first one.
    wide: Option<[u64; WIDE]>,
    positive: Natural,
    negative: Natural,
}

/// The sum of `2**63` products of two limbs by two fits.
const WIDE: usize = 5;

impl ProductSum {
    /// The sum of nothing.
    pub const fn new() -> Self {
        Self { small: 0, wide: None, positive: Vec::new(), negative: Vec::new() }
    }

    /// Adds `x * y`.
    #[inline(always)]
    pub fn add_small(&mut self, x: i64, y: i64) {
        let product = i128::from(x) * i128::from(y);
        match self.small.checked_add(product) {
            Some(sum) => self.small = sum,
            None => {
                let full = std::mem::replace(&mut self.small, product);
                self.add_wide(full < 0, &words(full.unsigned_abs()));
            }
        }
    }

    /// Adds the product of two magnitudes, or subtracts it.
    #[inline]
    pub fn add_u128(&mut self, negative: bool, x: u128, y: u128) {
        let product = x.checked_mul(y).and_then(|product| i128::try_from(product).ok());
        let sum = product.and_then(|product| self.small.checked_add(if negative { -product } else { product }));
        match sum {
            Some(sum) => self.small = sum,
            None => self.add_wide(negative, &wide_mul(x, y)),
        }
    }

    /// As [`add_u128`](Self::add_u128), for magnitudes of any size.
    pub fn add(&mut self, negative: bool, x: &[u64], y: &[u64], poll: &mut SignalPoll<'_>) -> Result<(), Error> {
        let product = mul(x, y, poll)?;
        poll.spend(product.len())?;
        self.add_limbs(negative, &product)
    }

    fn add_wide(&mut self, negative: bool, limbs: &[u64]) {
        let wide = self.wide.get_or_insert_default();
        let _: bool = if negative { sub_assign(wide, limbs) } else { add_assign(wide, limbs) };
    }

    fn add_limbs(&mut self, negative: bool, limbs: &[u64]) -> Result<(), Error> {
        let limbs = significant(limbs);
        let sum = if negative { &mut self.negative } else { &mut self.positive };
        // A limb more is for the carry.
        if sum.len() <= limbs.len() {
            let missing = limbs.len() + 1 - sum.len();
            sum.try_reserve(missing).map_err(|_| Error::NoMemory)?;
            sum.resize(limbs.len() + 1, 0);
        }
        if add_assign(sum, limbs) {
            sum.try_reserve(1).map_err(|_| Error::NoMemory)?;
            sum.push(1);
        }
        Ok(())
    }

    /// The sum, if it is kept in 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        (self.wide.is_none() && self.positive.is_empty() && self.negative.is_empty()).then_some(self.small)
    }

    /// Calls `take` with the sign of the sum, true if it is negative, and its magnitude.
    pub fn finish<T>(mut self, take: impl FnOnce(bool, &[u64]) -> T) -> Result<T, Error> {
        self.add_wide(self.small < 0, &words(self.small.unsigned_abs()));
        let mut wide = self.wide.unwrap_or_default();
        let negative = wide[WIDE - 1] >> 63 != 0;
        if negative {
            let negated = wide;
            wide = [0; WIDE];
            sub_assign(&mut wide, &negated);
        }
        if self.positive.is_empty() && self.negative.is_empty() {
            return Ok(take(negative, significant(&wide)));
        }
        self.add_limbs(negative, &wide)?;
        normalize(&mut self.positive);
        normalize(&mut self.negative);
        let negative = compare(&self.positive, &self.negative) == Ordering::Less;
        let (mut larger, smaller) =
            if negative { (self.negative, self.positive) } else { (self.positive, self.negative) };
        sub_assign(&mut larger, &smaller);
        Ok(take(negative, significant(&larger)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, interruptible};
    use super::super::{Error, Natural};
    use super::ProductSum;

    fn finish(sum: ProductSum) -> Result<(bool, Natural), Error> {
        sum.finish(|negative, magnitude| (negative, magnitude.to_vec()))
    }

    #[test]
    fn sums_of_words() {
        let mut sum = ProductSum::new();
        for _ in 0..5 {
            sum.add_small(i64::MIN, i64::MIN);
        }
        assert_eq!(sum.as_i128(), None);
        // 5 * 2**126
        assert_eq!(finish(sum), Ok((false, vec![0, 1 << 62, 1])));
        let mut sum = ProductSum::new();
        sum.add_small(-3, 5);
        assert_eq!(sum.as_i128(), Some(-15));
        assert_eq!(finish(sum), Ok((true, vec![15])));
        assert_eq!(finish(ProductSum::new()), Ok((false, vec![])));
    }

    #[test]
    fn many_products_of_two_limbs_of_both_signs() {
        let mut sum = ProductSum::new();
        for _ in 0..9 {
            sum.add_u128(true, u128::MAX, u128::MAX);
            sum.add_small(i64::MAX, i64::MIN);
        }
        assert_eq!(sum.as_i128(), None);
        for _ in 0..9 {
            sum.add_small(i64::MAX, i64::MAX);
            sum.add_small(i64::MAX, 1);
        }
        for _ in 0..8 {
            sum.add_u128(false, u128::MAX, u128::MAX);
        }
        // -(2**128 - 1)**2
        assert_eq!(finish(sum), Ok((true, vec![1, 0, u64::MAX - 1, u64::MAX])));
    }

    #[test]
    fn added_products_can_be_subtracted() {
        let mut random = Random(31);
        let pairs: Vec<_> = (0..60).map(|_| (random.natural(5), random.natural(3))).collect();
        let mut sum = ProductSum::new();
        for (x, y) in &pairs {
            interruptible(|poll| sum.add(false, x, y, poll));
        }
        sum.add_small(-7, 1);
        for (x, y) in pairs.iter().rev() {
            interruptible(|poll| sum.add(true, y, x, poll));
        }
        assert_eq!(finish(sum), Ok((true, vec![7])));
        let mut sum = ProductSum::new();
        sum.add_u128(true, 1 << 100, 5);
        assert_eq!(sum.as_i128(), Some(-5 << 100));
        sum.add_u128(true, 1 << 100, 1 << 50);
        sum.add_u128(false, 1 << 100, 5);
        assert_eq!(finish(sum), Ok((true, vec![0, 0, 1 << 22])));
        let mut sum = ProductSum::new();
        interruptible(|poll| sum.add(false, &[], &[1], poll));
        interruptible(|poll| sum.add(false, &[u64::MAX; 4], &[u64::MAX; 4], poll));
        interruptible(|poll| sum.add(false, &[u64::MAX; 4], &[2], poll));
        // (2**256 - 1) * (2**256 + 1)
        assert_eq!(finish(sum), Ok((false, vec![u64::MAX; 8])));
    }
}
