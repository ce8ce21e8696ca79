//! Products of many factors: factorials, falling factorials, binomial coefficients.
//!
//! Multiplying one factor after the other takes quadratic time. Here factors are gathered into limbs, limbs into short
//! numbers, and those are multiplied with others of their length, so that fast multiplication pays.

use super::mul::schoolbook;
use super::{
    Error, Natural, SignalPoll, copy, div_rem, from_limb, mul, mul_limb, shl, significant, sub_assign, with_capacity,
    words,
};

/// How many limbs are gathered before they are multiplied as a number.
const LEAF: usize = 16;

/// A product to which factors are added one by one.
#[derive(Debug)]
pub struct ProductTree {
    limb: u64,
    leaf: Natural,
    /// Products of about the length of a leaf, of two leaves, of four..., the longest first.
    levels: Vec<Natural>,
    zero: bool,
}

impl Default for ProductTree {
    fn default() -> Self {
        Self::new()
    }
}

impl ProductTree {
    /// The product of nothing, which is 1.
    pub const fn new() -> Self {
        Self { limb: 1, leaf: Vec::new(), levels: Vec::new(), zero: false }
    }

    /// Adds a factor.
    #[inline]
    pub fn multiply(&mut self, factor: u64, poll: &mut SignalPoll<'_>) -> Result<(), Error> {
        match self.limb.checked_mul(factor) {
            Some(product) => {
                self.limb = product;
                Ok(())
            }
            None => {
                let full = std::mem::replace(&mut self.limb, factor);
                self.multiply_limb(full, poll)
            }
        }
    }

    fn multiply_limb(&mut self, limb: u64, poll: &mut SignalPoll<'_>) -> Result<(), Error> {
        poll.spend(self.leaf.len() + 1)?;
        if self.leaf.is_empty() {
            self.leaf = copy(&[limb])?;
        } else {
            mul_limb(&mut self.leaf, limb, 0)?;
        }
        self.push_full_leaf(poll)
    }

    /// Adds a factor of two limbs at most.
    pub fn multiply_u128(&mut self, factor: u128, poll: &mut SignalPoll<'_>) -> Result<(), Error> {
        let [low, high] = words(factor);
        if high == 0 {
            return self.multiply(low, poll);
        }
        poll.spend(2 * self.leaf.len() + 2)?;
        if self.leaf.is_empty() {
            self.leaf = with_capacity(LEAF + 3)?;
            self.leaf.extend([low, high]);
        } else {
            let mut product = [0; LEAF + 3];
            let len = self.leaf.len() + 2;
            let product = &mut product[..len];
            schoolbook(&self.leaf, &[low, high], product);
            self.leaf.try_reserve(2).map_err(|_| Error::NoMemory)?;
            self.leaf.clear();
            self.leaf.extend_from_slice(significant(product));
        }
        self.push_full_leaf(poll)
    }

    /// A leaf has less than `LEAF` limbs while factors are added to it.
    fn push_full_leaf(&mut self, poll: &mut SignalPoll<'_>) -> Result<(), Error> {
        if self.leaf.len() >= LEAF {
            let leaf = std::mem::take(&mut self.leaf);
            self.multiply_number(leaf, poll)?;
        }
        Ok(())
    }

    /// Adds a factor of any size.
    pub fn multiply_number(&mut self, mut factor: Natural, poll: &mut SignalPoll<'_>) -> Result<(), Error> {
        self.zero |= factor.is_empty();
        while let Some(level) = self.levels.pop_if(|level| level.len() < 2 * factor.len()) {
            factor = mul(&level, &factor, poll)?;
        }
        self.levels.try_reserve(1).map_err(|_| Error::NoMemory)?;
        self.levels.push(factor);
        Ok(())
    }

    /// The product.
    pub fn finish(mut self, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        if self.zero || self.limb == 0 {
            return Ok(Vec::new());
        }
        if self.limb != 1 {
            self.multiply_limb(self.limb, poll)?;
        }
        let mut product = std::mem::take(&mut self.leaf);
        if product.is_empty() {
            product = match self.levels.pop() {
                Some(level) => level,
                None => from_limb(1)?,
            };
        }
        while let Some(level) = self.levels.pop() {
            product = mul(&level, &product, poll)?;
        }
        Ok(product)
    }
}

/// `n!`
pub fn factorial(n: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    if n <= 256 { short_factorial(n) } else { factorial_by_odd_parts(n, poll) }
}

/// Multiplies one factor after the other into a number that has room for `256!`.
fn short_factorial(n: u64) -> Result<Natural, Error> {
    let mut product = with_capacity(28)?;
    product.push(1);
    let mut limb = 1_u64;
    for factor in 2..=n {
        limb = match limb.checked_mul(factor) {
            Some(limb) => limb,
            None => {
                mul_limb(&mut product, limb, 0)?;
                factor
            }
        };
    }
    mul_limb(&mut product, limb, 0)?;
    Ok(product)
}

/// The odd part of a factorial is, over all `i`, the product of the odd numbers up to `n >> i`; each of these products continues the
/// one before. The power of two in it is `n` less the number of its bits that are set.
fn factorial_by_odd_parts(n: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let mut inner = from_limb(1)?;
    let mut outer = from_limb(1)?;
    let mut next = 3;
    for i in (0..n.checked_ilog2().unwrap_or(0)).rev() {
        let mut odd = ProductTree::new();
        while next <= n >> i {
            odd.multiply(next, poll)?;
            next += 2;
        }
        inner = mul(&inner, &odd.finish(poll)?, poll)?;
        outer = mul(&outer, &inner, poll)?;
    }
    shl(&outer, n - u64::from(n.count_ones()))
}

/// `n * (n-1) * ... * (n-k+1)`, for `k <= n`.
pub fn falling(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let mut product = ProductTree::new();
    for factor in n - k + 1..=n {
        product.multiply(factor, poll)?;
    }
    product.finish(poll)
}

/// The product of `n`, which is more than a limb, and the numbers below it, `k` in all, of which there may be eight.
pub fn falling_short(n: u128, k: u64) -> Option<[u64; 16]> {
    let mut product = [0; 16];
    if k > 8 {
        return None;
    }
    product[0] = 1;
    for i in 0..k as usize {
        let [low, high] = words(n - i as u128);
        let (mut carry, mut next_carry) = (0_u64, 0_u64);
        // The number of limbs that the product has so far: two after the first factor.
        for limb in &mut product[..2 * i + 2] {
            // Neither sum can leave 128 bits.
            let by_low = u128::from(*limb) * u128::from(low) + u128::from(carry);
            let by_high = u128::from(*limb) * u128::from(high) + u128::from(next_carry) + (by_low >> 64);
            *limb = by_low as u64;
            (carry, next_carry) = (by_high as u64, (by_high >> 64) as u64);
        }
    }
    Some(product)
}

/// [`falling`] for an `n` of any size.
pub fn falling_large(n: &[u64], k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let mut product = ProductTree::new();
    for subtrahend in 0..k {
        let mut factor = copy(n)?;
        sub_assign(&mut factor, &[subtrahend]);
        super::normalize(&mut factor);
        poll.spend(n.len())?;
        product.multiply_number(factor, poll)?;
    }
    product.finish(poll)
}

/// [`binomial`] for an `n` of any size.
pub fn binomial_large(n: &[u64], k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let (quotient, _) = div_rem(&falling_large(n, k, poll)?, &factorial(k, poll)?, poll)?;
    Ok(quotient)
}

/// The number of subsets of `k` out of `n`, for `k <= n - k`.
pub fn binomial(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    if k == 0 {
        return from_limb(1);
    }
    if n / k < 32 { binomial_by_primes(n, k, poll) } else { binomial_by_cancelling(n, k, poll) }
}

/// A prime divides the coefficient as often as there are carries when `k` and `n - k` are added in its base (Kummer).
fn binomial_by_primes(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let mut product = ProductTree::new();
    for_each_prime(n, poll, |prime, poll| {
        let (mut a, mut b, mut carry) = (k, n - k, 0);
        while a > 0 || b > 0 {
            carry = u64::from(a % prime + b % prime + carry >= prime);
            (a, b) = (a / prime, b / prime);
            if carry == 1 {
                product.multiply(prime, poll)?;
            }
        }
        Ok(())
    })?;
    product.finish(poll)
}

/// `n * (n-1) * ... * (n-k+1)` where `1 * 2 * ... * k` has been cancelled: each prime in it is taken out of its
/// multiples above, which hold it often enough.
fn binomial_by_cancelling(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let first = n - k + 1;
    let len = usize::try_from(k).map_err(|_| Error::NoMemory)?;
    let mut factors: Vec<u64> = Vec::new();
    factors.try_reserve_exact(len).map_err(|_| Error::NoMemory)?;
    factors.extend(first..=n);
    for_each_prime(k, poll, |prime, poll| {
        // How often the prime is in k!.
        let mut left = 0;
        let mut power = k;
        while power > 0 {
            power /= prime;
            left += power;
        }
        // Both fit: the prime is at most k, which is a length.
        let start = ((prime - first % prime) % prime) as usize;
        for factor in factors[start..].iter_mut().step_by(prime as usize) {
            while left > 0 && *factor % prime == 0 {
                *factor /= prime;
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        debug_assert_eq!(left, 0);
        poll.spend((k / prime) as usize)
    })?;
    let mut product = ProductTree::new();
    for factor in factors {
        product.multiply(factor, poll)?;
    }
    product.finish(poll)
}

/// Calls `visit` with each prime up to `limit`, in order (the sieve of Eratosthenes, odd numbers only).
fn for_each_prime(
    limit: u64,
    poll: &mut SignalPoll<'_>,
    mut visit: impl FnMut(u64, &mut SignalPoll<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    if limit >= 2 {
        visit(2, poll)?;
    }
    // The bit at `i` stands for 2i + 1.
    let len = usize::try_from(limit.div_ceil(2)).map_err(|_| Error::NoMemory)?;
    let mut composite = super::zeros(len.div_ceil(64))?;
    for index in 1..len {
        if composite[index / 64] >> (index % 64) & 1 != 0 {
            continue;
        }
        let prime = 2 * index + 1;
        visit(prime as u64, poll)?;
        // The first multiple without a smaller prime factor is the square, at (prime**2 - 1) / 2.
        let Some(square) = index.checked_mul(2 * index + 2).filter(|square| *square < len) else { continue };
        poll.spend((len - square) / prime)?;
        for multiple in (square..len).step_by(prime) {
            composite[multiple / 64] |= 1 << (multiple % 64);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{interruptible, slow_mul};
    use super::super::{Natural, from_limb, significant, words};
    use super::{
        ProductTree, binomial_by_cancelling, binomial_by_primes, binomial_large, factorial, factorial_by_odd_parts,
        falling, falling_large, falling_short, for_each_prime,
    };

    fn slow_product(factors: impl IntoIterator<Item = u64>) -> Natural {
        factors.into_iter().fold(vec![1], |product, factor| slow_mul(&product, &[factor]))
    }

    #[test]
    fn factorials_and_falling_factorials() {
        for n in (0..70).chain([100, 127, 128, 129, 255, 256, 257, 500, 1000]) {
            assert_eq!(interruptible(|poll| factorial(n, poll)), slow_product(1..=n));
        }
        for (n, k) in [(5, 0), (5, 1), (5, 5), (1000, 300), (u64::MAX, 3), (u64::MAX, 40)] {
            assert_eq!(interruptible(|poll| falling(n, k, poll)), slow_product(n - k + 1..=n));
        }
    }

    #[test]
    fn both_ways_to_a_binomial_coefficient_fit_the_definition() {
        for n in (0..80).chain([200, 999, 1024]) {
            for k in (0..=n / 2).step_by(if n < 80 { 1 } else { 37 }) {
                let numerator = slow_product(n - k + 1..=n);
                let by_primes = interruptible(|poll| binomial_by_primes(n, k, poll));
                assert_eq!(slow_mul(&by_primes, &slow_product(1..=k)), numerator, "{n} {k}");
                let by_cancelling = interruptible(|poll| binomial_by_cancelling(n, k, poll));
                assert_eq!(by_cancelling, by_primes, "{n} {k}");
            }
        }
        let huge = interruptible(|poll| binomial_by_cancelling(u64::MAX, 100, poll));
        assert_eq!(slow_mul(&huge, &slow_product(1..=100)), slow_product(u64::MAX - 99..=u64::MAX));
    }

    #[test]
    fn both_ways_to_a_factorial_and_numbers_of_any_size() {
        for n in [0, 1, 2, 3, 20, 64, 200] {
            assert_eq!(interruptible(|poll| factorial_by_odd_parts(n, poll)), slow_product(1..=n));
        }
        for (n, k) in [(5, 0), (5, 1), (5, 5), (1000, 300), (u64::MAX, 3), (u64::MAX, 40)] {
            let small = interruptible(|poll| falling(n, k, poll));
            assert_eq!(interruptible(|poll| falling_large(&[n], k, poll)), small);
            let divided = interruptible(|poll| binomial_large(&[n], k, poll));
            assert_eq!(slow_mul(&divided, &slow_product(1..=k)), small);
        }
        // 2**64, 2**64 - 1 and 2**64 - 2.
        let product = slow_mul(&slow_mul(&[0, 1], &[u64::MAX]), &[u64::MAX - 1]);
        assert_eq!(interruptible(|poll| falling_large(&[0, 1], 3, poll)), product);
    }

    #[test]
    fn products_with_zeros_and_long_factors() {
        let product = interruptible(|poll| {
            let mut tree = ProductTree::new();
            for factor in 1..=2000 {
                tree.multiply(factor, poll)?;
            }
            tree.multiply_number(vec![1, 2, 3], poll)?;
            tree.finish(poll)
        });
        assert_eq!(product, slow_mul(&slow_product(1..=2000), &[1, 2, 3]));
        let (factor, one) = ([u64::MAX, 5], vec![1]);
        for count in [1, 2, 7, 8, 9, 40] {
            let product = interruptible(|poll| {
                let mut tree = ProductTree::new();
                for _ in 0..count {
                    tree.multiply_u128((5 << 64) | u128::from(u64::MAX), poll)?;
                    tree.multiply_u128(3, poll)?;
                }
                tree.finish(poll)
            });
            let expected = (0..count).fold(one.clone(), |product, _| slow_mul(&slow_mul(&product, &factor), &[3]));
            assert_eq!(product, expected);
        }
        let zero = interruptible(|poll| {
            let mut tree = ProductTree::new();
            tree.multiply_number(vec![5; 40], poll)?;
            tree.multiply_number(Vec::new(), poll)?;
            tree.finish(poll)
        });
        assert!(zero.is_empty());
        let zero = interruptible(|poll| {
            let mut tree = ProductTree::new();
            tree.multiply(u64::MAX, poll)?;
            tree.multiply(0, poll)?;
            tree.multiply(7, poll)?;
            tree.finish(poll)
        });
        assert!(zero.is_empty());
        assert_eq!(interruptible(|poll| ProductTree::new().finish(poll)), from_limb(1).expect("memory"));
    }

    #[test]
    fn primes() {
        let mut primes = Vec::new();
        interruptible(|poll| {
            for_each_prime(2000, poll, |prime, _| {
                primes.push(prime);
                Ok(())
            })
        });
        let slow: Vec<u64> = (2..=2000).filter(|n| (2..*n).all(|d| n % d != 0)).collect();
        assert_eq!(primes, slow);
    }

    #[test]
    fn few_factors_of_two_limbs() {
        for n in [1 << 64, u128::MAX, (1 << 100) + 12345] {
            for k in 2..=8 {
                let expected = interruptible(|poll| falling_large(&words(n), k, poll));
                assert_eq!(falling_short(n, k).map(|product| significant(&product).to_vec()), Some(expected));
            }
            assert_eq!(falling_short(n, 9), None);
        }
    }
}
