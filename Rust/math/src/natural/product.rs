//! Products of many factors: factorials, falling factorials, binomial coefficients.
//!
//! Multiplying one factor after the other takes quadratic time. Here factors are gathered into limbs, limbs into short
//! numbers, and those are multiplied with others of their length, so that fast multiplication pays.

use super::{Natural, Stop, Watch, copy, from_limb, mul, mul_limb, shl};

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
    pub fn multiply(&mut self, factor: u64, watch: &mut Watch<'_>) -> Result<(), Stop> {
        match self.limb.checked_mul(factor) {
            Some(product) => {
                self.limb = product;
                Ok(())
            }
            None => {
                let full = std::mem::replace(&mut self.limb, factor);
                self.multiply_limb(full, watch)
            }
        }
    }

    fn multiply_limb(&mut self, limb: u64, watch: &mut Watch<'_>) -> Result<(), Stop> {
        watch.spend(self.leaf.len() + 1)?;
        if self.leaf.is_empty() {
            self.leaf = copy(&[limb])?;
        } else {
            mul_limb(&mut self.leaf, limb, 0)?;
        }
        if self.leaf.len() >= LEAF {
            let leaf = std::mem::take(&mut self.leaf);
            self.multiply_number(leaf, watch)?;
        }
        Ok(())
    }

    /// Adds a factor of any size.
    pub fn multiply_number(&mut self, mut factor: Natural, watch: &mut Watch<'_>) -> Result<(), Stop> {
        self.zero |= factor.is_empty();
        while let Some(level) = self.levels.pop_if(|level| level.len() < 2 * factor.len()) {
            factor = mul(&level, &factor, watch)?;
        }
        self.levels.try_reserve(1).map_err(|_| Stop::NoMemory)?;
        self.levels.push(factor);
        Ok(())
    }

    /// The product.
    pub fn finish(mut self, watch: &mut Watch<'_>) -> Result<Natural, Stop> {
        if self.zero || self.limb == 0 {
            return Ok(Vec::new());
        }
        self.multiply_limb(self.limb, watch)?;
        let mut product = std::mem::take(&mut self.leaf);
        if product.is_empty() {
            product = from_limb(1)?;
        }
        while let Some(level) = self.levels.pop() {
            product = mul(&level, &product, watch)?;
        }
        Ok(product)
    }
}

/// `n!`
///
/// The odd part is, over all `i`, the product of the odd numbers up to `n >> i`; each of these products continues the
/// one before. The power of two in it is `n` less the number of its bits that are set.
pub fn factorial(n: u64, watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    let mut inner = from_limb(1)?;
    let mut outer = from_limb(1)?;
    let mut next = 3;
    for i in (0..n.checked_ilog2().unwrap_or(0)).rev() {
        let mut odd = ProductTree::new();
        while next <= n >> i {
            odd.multiply(next, watch)?;
            next += 2;
        }
        inner = mul(&inner, &odd.finish(watch)?, watch)?;
        outer = mul(&outer, &inner, watch)?;
    }
    shl(&outer, n - u64::from(n.count_ones()))
}

/// `n * (n-1) * ... * (n-k+1)`, for `k <= n`.
pub fn falling(n: u64, k: u64, watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    let mut product = ProductTree::new();
    for factor in n - k + 1..=n {
        product.multiply(factor, watch)?;
    }
    product.finish(watch)
}

/// The number of subsets of `k` out of `n`, for `k <= n - k`.
pub fn binomial(n: u64, k: u64, watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    if k == 0 {
        return from_limb(1);
    }
    if n / k < 32 { binomial_by_primes(n, k, watch) } else { binomial_by_cancelling(n, k, watch) }
}

/// A prime divides the coefficient as often as there are carries when `k` and `n - k` are added in its base (Kummer).
fn binomial_by_primes(n: u64, k: u64, watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    let mut product = ProductTree::new();
    for_each_prime(n, watch, |prime, watch| {
        let (mut a, mut b, mut carry) = (k, n - k, 0);
        while a > 0 || b > 0 {
            carry = u64::from(a % prime + b % prime + carry >= prime);
            (a, b) = (a / prime, b / prime);
            if carry == 1 {
                product.multiply(prime, watch)?;
            }
        }
        Ok(())
    })?;
    product.finish(watch)
}

/// `n * (n-1) * ... * (n-k+1)` where `1 * 2 * ... * k` has been cancelled: each prime in it is taken out of its
/// multiples above, which hold it often enough.
fn binomial_by_cancelling(n: u64, k: u64, watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    let first = n - k + 1;
    let len = usize::try_from(k).map_err(|_| Stop::NoMemory)?;
    let mut factors: Vec<u64> = Vec::new();
    factors.try_reserve_exact(len).map_err(|_| Stop::NoMemory)?;
    factors.extend(first..=n);
    for_each_prime(k, watch, |prime, watch| {
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
        watch.spend((k / prime) as usize)
    })?;
    let mut product = ProductTree::new();
    for factor in factors {
        product.multiply(factor, watch)?;
    }
    product.finish(watch)
}

/// Calls `visit` with each prime up to `limit`, in order (the sieve of Eratosthenes, odd numbers only).
fn for_each_prime(
    limit: u64,
    watch: &mut Watch<'_>,
    mut visit: impl FnMut(u64, &mut Watch<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    if limit >= 2 {
        visit(2, watch)?;
    }
    // The bit at `i` stands for 2i + 1.
    let len = usize::try_from(limit.div_ceil(2)).map_err(|_| Stop::NoMemory)?;
    let mut composite = super::zeros(len.div_ceil(64))?;
    for index in 1..len {
        if composite[index / 64] >> (index % 64) & 1 != 0 {
            continue;
        }
        let prime = 2 * index + 1;
        visit(prime as u64, watch)?;
        // The first multiple without a smaller prime factor is the square, at (prime**2 - 1) / 2.
        let Some(square) = index.checked_mul(2 * index + 2).filter(|square| *square < len) else { continue };
        watch.spend((len - square) / prime)?;
        for multiple in (square..len).step_by(prime) {
            composite[multiple / 64] |= 1 << (multiple % 64);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{slow_mul, watched};
    use super::super::{Natural, from_limb};
    use super::{ProductTree, binomial_by_cancelling, binomial_by_primes, factorial, falling, for_each_prime};

    fn slow_product(factors: impl IntoIterator<Item = u64>) -> Natural {
        factors.into_iter().fold(vec![1], |product, factor| slow_mul(&product, &[factor]))
    }

    #[test]
    fn factorials_and_falling_factorials() {
        for n in (0..70).chain([100, 127, 128, 129, 500, 1000]) {
            assert_eq!(watched(|watch| factorial(n, watch)), slow_product(1..=n));
        }
        for (n, k) in [(5, 0), (5, 1), (5, 5), (1000, 300), (u64::MAX, 3), (u64::MAX, 40)] {
            assert_eq!(watched(|watch| falling(n, k, watch)), slow_product(n - k + 1..=n));
        }
    }

    #[test]
    fn both_ways_to_a_binomial_coefficient_fit_the_definition() {
        for n in (0..80).chain([200, 999, 1024]) {
            for k in (0..=n / 2).step_by(if n < 80 { 1 } else { 37 }) {
                let numerator = slow_product(n - k + 1..=n);
                let by_primes = watched(|watch| binomial_by_primes(n, k, watch));
                assert_eq!(slow_mul(&by_primes, &slow_product(1..=k)), numerator, "{n} {k}");
                let by_cancelling = watched(|watch| binomial_by_cancelling(n, k, watch));
                assert_eq!(by_cancelling, by_primes, "{n} {k}");
            }
        }
        let huge = watched(|watch| binomial_by_cancelling(u64::MAX, 100, watch));
        assert_eq!(slow_mul(&huge, &slow_product(1..=100)), slow_product(u64::MAX - 99..=u64::MAX));
    }

    #[test]
    fn products_with_zeros_and_long_factors() {
        let product = watched(|watch| {
            let mut tree = ProductTree::new();
            for factor in 1..=2000 {
                tree.multiply(factor, watch)?;
            }
            tree.multiply_number(vec![1, 2, 3], watch)?;
            tree.finish(watch)
        });
        assert_eq!(product, slow_mul(&slow_product(1..=2000), &[1, 2, 3]));
        let zero = watched(|watch| {
            let mut tree = ProductTree::new();
            tree.multiply_number(vec![5; 40], watch)?;
            tree.multiply_number(Vec::new(), watch)?;
            tree.finish(watch)
        });
        assert!(zero.is_empty());
        let zero = watched(|watch| {
            let mut tree = ProductTree::new();
            tree.multiply(u64::MAX, watch)?;
            tree.multiply(0, watch)?;
            tree.multiply(7, watch)?;
            tree.finish(watch)
        });
        assert!(zero.is_empty());
        assert_eq!(watched(|watch| ProductTree::new().finish(watch)), from_limb(1).expect("memory"));
    }

    #[test]
    fn primes() {
        let mut primes = Vec::new();
        watched(|watch| {
            for_each_prime(2000, watch, |prime, _| {
                primes.push(prime);
                Ok(())
            })
        });
        let slow: Vec<u64> = (2..=2000).filter(|n| (2..*n).all(|d| n % d != 0)).collect();
        assert_eq!(primes, slow);
    }
}
