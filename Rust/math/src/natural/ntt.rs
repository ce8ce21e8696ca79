//! Products by the number-theoretic transform, for long numbers.
//!
//! The transform is the fast Fourier transform over a prime field (Pollard, "The Fast Fourier Transform in a Finite
//! Field", 1971), here modulo `p = 2**64 - 2**32 + 1`, known as the Goldilocks prime: it has roots of unity of order
//! `2**32`, and a product of two words is reduced by a few additions. Numbers become polynomials with coefficients of 16
//! bits. A coefficient of the product is less than `min(lengths) * 2**32`, so it is exact while the shorter number has
//! less than `2**32` coefficients.
//!
//! A step of the transform takes a polynomial modulo `x**2m - r**2` to its remainders modulo `x**m - r` and `x**m + r`. Without
//! reordering, the remainders come out in bit-reversed order, and so do the roots `r`, which one table holds for all steps.
//! The inverse transform takes the same steps backwards. Where a power of two would be too long by far, the product is computed
//! modulo `x**2m - 1` and modulo `x**m - i`, with `i` a root of -1, and so has room for `3m` coefficients.

use super::{Error, Natural, SignalPoll, normalize, zeros};
use std::hint::select_unpredictable;

const P: u64 = 0xffff_ffff_0000_0001;
/// `2**64 mod p`
const EPSILON: u64 = 0xffff_ffff;
/// A generator of the multiplicative group of the field.
const GENERATOR: u64 = 7;
/// Up to this many coefficients the steps go over the whole block; longer ones are halved first, to stay in the cache.
const CACHED: usize = 1 << 11;
/// Coefficients in a limb.
const PER_LIMB: usize = 4;

/// What corrects a result that has left 64 bits. Half of them do, which no branch predictor foresees.
#[inline(always)]
fn epsilon_if(condition: bool) -> u64 {
    select_unpredictable(condition, EPSILON, 0)
}

#[inline(always)]
fn add(a: u64, b: u64) -> u64 {
    let (sum, borrow) = a.overflowing_sub(P - b);
    sum.wrapping_sub(epsilon_if(borrow))
}

#[inline(always)]
fn sub(a: u64, b: u64) -> u64 {
    let (difference, borrow) = a.overflowing_sub(b);
    difference.wrapping_sub(epsilon_if(borrow))
}

/// The product, by `2**64 = 2**32 - 1` and `2**96 = -1` in the field.
#[inline(always)]
fn mul(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let (low, high) = (product as u64, (product >> 64) as u64);
    let (difference, borrow) = low.overflowing_sub(high >> 32);
    let difference = difference.wrapping_sub(epsilon_if(borrow));
    let (sum, carry) = difference.overflowing_add((high & EPSILON) * EPSILON);
    let sum = sum.wrapping_add(epsilon_if(carry));
    select_unpredictable(sum >= P, sum.wrapping_sub(P), sum)
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = mul(result, base);
        }
        base = mul(base, base);
        exponent >>= 1;
    }
    result
}

fn inverse(a: u64) -> u64 {
    power(a, P - 2)
}

/// The roots of the steps, in bit-reversed order: the block with index `s`, a polynomial modulo `x**2m - r**2`, has `r`
/// at `s`, and its halves have the indices `2s` and `2s + 1`. With the inverse of a generator, their inverses.
fn roots(len: usize, generator: u64) -> Result<Natural, Error> {
    let mut table = zeros(len)?;
    table[0] = 1;
    let mut done = 1;
    // A primitive root of unity of order 4, 8, 16...
    let mut order = 4;
    while done < len {
        let root = power(generator, (P - 1) / order);
        let (known, rest) = table.split_at_mut(done);
        rest.iter_mut().zip(known).for_each(|(new, old)| *new = mul(*old, root));
        done *= 2;
        order *= 2;
    }
    Ok(table)
}

/// A step for two values: `x, y = x + r*y, x - r*y`.
#[inline(always)]
fn butterfly(x: u64, y: u64, root: u64) -> [u64; 2] {
    let product = mul(y, root);
    [add(x, product), sub(x, product)]
}

/// Takes [`butterfly`] back, up to a factor of two: `x, y = x + y, (x - y) / r`.
#[inline(always)]
fn butterfly_back(x: u64, y: u64, inverse: u64) -> [u64; 2] {
    [add(x, y), mul(sub(x, y), inverse)]
}

/// Two steps for four values: one with the first root, and one for each half with another.
#[inline(always)]
fn butterflies([a, b, c, d]: [u64; 4], [root, low, high]: [u64; 3]) -> [u64; 4] {
    let ([a, c], [b, d]) = (butterfly(a, c, root), butterfly(b, d, root));
    let ([a, b], [c, d]) = (butterfly(a, b, low), butterfly(c, d, high));
    [a, b, c, d]
}

#[inline(always)]
fn butterflies_back([a, b, c, d]: [u64; 4], [root, low, high]: [u64; 3]) -> [u64; 4] {
    let ([a, b], [c, d]) = (butterfly_back(a, b, low), butterfly_back(c, d, high));
    let ([a, c], [b, d]) = (butterfly_back(a, c, root), butterfly_back(b, d, root));
    [a, b, c, d]
}

/// Two steps for a block.
#[inline(always)]
fn two_steps(block: &mut [u64], roots: [u64; 3], step: impl Fn([u64; 4], [u64; 3]) -> [u64; 4]) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    let (a, b) = low.split_at_mut(low.len() / 2);
    let (c, d) = high.split_at_mut(high.len() / 2);
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        [*a, *b, *c, *d] = step([*a, *b, *c, *d], roots);
    }
}

/// The roots of two steps for each block from this index on.
#[inline(always)]
fn roots_from(index: usize, roots: &[u64]) -> impl Iterator<Item = [u64; 3]> {
    let (pairs, _) = roots[2 * index..].as_chunks::<2>();
    roots[index..].iter().zip(pairs).map(|(root, [low, high])| [*root, *low, *high])
}

/// Transforms the block with this index, of at least four values.
fn transform(block: &mut [u64], index: usize, roots: &[u64], poll: &mut SignalPoll<'_>) -> Result<(), Error> {
    poll.spend(block.len())?;
    if block.len() > CACHED {
        two_steps(block, [roots[index], roots[2 * index], roots[2 * index + 1]], butterflies);
        let quarter = block.len() / 4;
        let parts = block.chunks_exact_mut(quarter).enumerate();
        return parts.into_iter().try_for_each(|(part, block)| transform(block, 4 * index + part, roots, poll));
    }
    let (mut len, mut first) = (block.len(), index);
    while len > 4 {
        let parts = block.chunks_exact_mut(len).zip(roots_from(first, roots));
        parts.for_each(|(part, roots)| two_steps(part, roots, butterflies));
        (len, first) = (len / 4, 4 * first);
    }
    if len == 4 {
        let (parts, _) = block.as_chunks_mut::<4>();
        parts.iter_mut().zip(roots_from(first, roots)).for_each(|(part, roots)| *part = butterflies(*part, roots));
    } else {
        let (parts, _) = block.as_chunks_mut::<2>();
        parts.iter_mut().zip(&roots[first..]).for_each(|(part, root)| *part = butterfly(part[0], part[1], *root));
    }
    Ok(())
}

/// Takes [`transform`] back, up to a factor of the block's length. `inverses` has the inverse of each root.
fn transform_back(block: &mut [u64], index: usize, inverses: &[u64], poll: &mut SignalPoll<'_>) -> Result<(), Error> {
    poll.spend(block.len())?;
    if block.len() > CACHED {
        let quarter = block.len() / 4;
        for (part, block) in block.chunks_exact_mut(quarter).enumerate() {
            transform_back(block, 4 * index + part, inverses, poll)?;
        }
        two_steps(block, [inverses[index], inverses[2 * index], inverses[2 * index + 1]], butterflies_back);
        return Ok(());
    }
    let is_power_of_four = block.len().trailing_zeros().is_multiple_of(2);
    let mut len = if is_power_of_four { 4 } else { 2 };
    let first = index * (block.len() / len);
    if is_power_of_four {
        let (parts, _) = block.as_chunks_mut::<4>();
        let roots = roots_from(first, inverses);
        parts.iter_mut().zip(roots).for_each(|(part, roots)| *part = butterflies_back(*part, roots));
    } else {
        let (parts, _) = block.as_chunks_mut::<2>();
        let roots = &inverses[first..];
        parts.iter_mut().zip(roots).for_each(|(part, root)| *part = butterfly_back(part[0], part[1], *root));
    }
    while len < block.len() {
        len *= 4;
        let roots = roots_from(index * (block.len() / len), inverses);
        let parts = block.chunks_exact_mut(len).zip(roots);
        parts.for_each(|(part, roots)| two_steps(part, roots, butterflies_back));
    }
    Ok(())
}

/// How the coefficients of a product are computed.
#[derive(Clone, Copy)]
struct Shape {
    /// The length of the first part, the polynomial modulo `x**whole - 1`.
    whole: usize,
    /// Whether there is a second part of half that length, the polynomial modulo `x**(whole/2) - i`.
    has_half: bool,
}

impl Shape {
    fn for_len(len: usize) -> Self {
        let power = len.next_power_of_two().max(16);
        if len <= power / 4 * 3 {
            Self { whole: power / 2, has_half: true }
        } else {
            Self { whole: power, has_half: false }
        }
    }

    fn len(self) -> usize {
        self.whole + if self.has_half { self.whole / 2 } else { 0 }
    }
}

/// The coefficients of a number, transformed.
fn transformed(number: &[u64], shape: Shape, roots: &[u64], poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let mut values = zeros(shape.len())?;
    for (four, limb) in values.chunks_exact_mut(PER_LIMB).zip(number) {
        four.copy_from_slice(&[limb & 0xffff, (limb >> 16) & 0xffff, (limb >> 32) & 0xffff, limb >> 48]);
    }
    let (whole, half) = values.split_at_mut(shape.whole);
    if shape.has_half {
        let (first, second) = whole.split_at_mut(half.len());
        for ((x, y), z) in first.iter_mut().zip(second).zip(&mut *half) {
            // x**2m is 1 in the first part and -1 in the second.
            let third = *z;
            *z = add(sub(*x, third), mul(*y, roots[1]));
            *x = add(*x, third);
        }
        transform(half, 2, roots, poll)?;
    }
    transform(whole, 0, roots, poll)?;
    Ok(values)
}

/// `left * right`; the shorter one has less than `2**30` limbs.
pub(super) fn mul_ntt(left: &[u64], right: &[u64], poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let len = left.len().checked_add(right.len()).ok_or(Error::NoMemory)?;
    let shape = Shape::for_len(len.checked_mul(PER_LIMB).ok_or(Error::NoMemory)?);
    let mut table = roots(shape.whole / 4 * 3, GENERATOR)?;
    let mut values = transformed(left, shape, &table, poll)?;
    let scale = inverse(shape.whole as u64);
    if std::ptr::eq(left, right) {
        values.iter_mut().for_each(|x| *x = mul(mul(*x, *x), scale));
    } else {
        let others = transformed(right, shape, &table, poll)?;
        values.iter_mut().zip(others).for_each(|(x, y)| *x = mul(mul(*x, y), scale));
    }
    table = roots(table.len(), inverse(GENERATOR))?;
    let (whole, half) = values.split_at_mut(shape.whole);
    transform_back(whole, 0, &table, poll)?;
    if shape.has_half {
        transform_back(half, 2, &table, poll)?;
        // Both parts have been scaled by the length of the first one, so what is here is half of the second.
        let i = power(GENERATOR, (P - 1) / 4);
        let half_of = |x: u64| if x & 1 == 0 { x / 2 } else { x / 2 + (P / 2 + 1) };
        let (first, second) = whole.split_at_mut(half.len());
        for ((x, y), z) in first.iter_mut().zip(second).zip(&mut *half) {
            let (sum, difference) = (half_of(*x), sub(*z, half_of(mul(*y, i))));
            (*x, *z) = (add(sum, difference), sub(sum, difference));
        }
    }
    let mut product = zeros(len)?;
    let mut carry = 0_u128;
    for (limb, four) in product.iter_mut().zip(values.chunks_exact(PER_LIMB)) {
        for (place, coefficient) in four.iter().enumerate() {
            carry += u128::from(*coefficient);
            *limb |= (carry as u64 & 0xffff) << (16 * place);
            carry >>= 16;
        }
    }
    normalize(&mut product);
    Ok(product)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, interruptible, slow_mul};
    use super::{GENERATOR, P, Shape, add, inverse, mul, mul_ntt, power, sub};

    #[test]
    fn field_arithmetic() {
        let mut random = Random(8);
        let special = [0, 1, 2, 0xffff_ffff, 0x1_0000_0000, P - 1, P - 2, P / 2];
        let mut values: Vec<u64> = (0..50).map(|_| random.limb() % P).collect();
        values.extend(special);
        let exact = |value: u128| (value % u128::from(P)) as u64;
        for &a in &values {
            for &b in &values {
                let (x, y) = (u128::from(a), u128::from(b));
                assert_eq!(add(a, b), exact(x + y));
                assert_eq!(sub(a, b), exact(x + u128::from(P) - y));
                assert_eq!(mul(a, b), exact(x * y));
            }
            if a != 0 {
                assert_eq!(mul(a, inverse(a)), 1);
            }
        }
        assert_eq!(power(GENERATOR, (P - 1) / 2), P - 1);
    }

    #[test]
    fn products_are_those_of_the_definition() {
        let mut random = Random(12);
        for left in [1, 2, 3, 5, 6, 7, 12, 24, 25, 90, 300] {
            for right in [1, 2, 3, 6, 8, 13, 100, 257, 385] {
                let (left, right) = (random.natural(left), random.natural(right));
                assert_eq!(interruptible(|poll| mul_ntt(&left, &right, poll)), slow_mul(&left, &right));
            }
            let number = random.natural(left);
            assert_eq!(interruptible(|poll| mul_ntt(&number, &number, poll)), slow_mul(&number, &number));
        }
        for len in [700, 768, 769, 1500] {
            let ones = vec![u64::MAX; len];
            assert_eq!(interruptible(|poll| mul_ntt(&ones, &ones, poll)), slow_mul(&ones, &ones));
        }
        assert!(Shape::for_len(24).has_half && !Shape::for_len(25).has_half);
    }
}
