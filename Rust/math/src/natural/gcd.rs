//! Greatest common divisors, by Lehmer's method.
//!
//! The first steps of Euclid's algorithm depend on the leading bits alone. So they are made on the highest 128 bits of
//! both numbers, as long as Jebelean's condition proves that the full numbers have the same quotients. Then all of
//! these steps are applied to the full numbers together: one pass over the limbs removes about sixty bits.

use super::{Error, Natural, SignalPoll, compare, copy, low, rem_in_place, rem_limb, significant, sub_assign, words};
use std::cmp::Ordering;
use std::mem::swap;

/// The greatest common divisor; that of a number and zero is the number.
pub fn gcd(mut a: Natural, mut b: Natural, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let len = a.len().max(b.len());
    for number in [&mut a, &mut b] {
        number.try_reserve_exact(len - number.len()).map_err(|_| Error::NoMemory)?;
        number.resize(len, 0);
    }
    copy(gcd_in_place(&mut a, &mut b, poll)?)
}

/// As [`gcd`], in place: both slices have the same length, and may have leading zeros. The result is in one of the two,
/// and the other is overwritten.
pub fn gcd_in_place<'a>(
    mut a: &'a mut [u64],
    mut b: &'a mut [u64],
    poll: &mut SignalPoll<'_>,
) -> Result<&'a [u64], Error> {
    // Above their significant limbs both numbers have zeros throughout.
    let (mut a_len, mut b_len) = (significant(a).len(), significant(b).len());
    if compare(&a[..a_len], &b[..b_len]) == Ordering::Less {
        swap(&mut a, &mut b);
        swap(&mut a_len, &mut b_len);
    }
    while b_len > 2 {
        let (x, y) = leading(&a[..a_len], &b[..b_len]);
        let steps = Steps::of(x, y);
        if steps.v0 == 0 {
            // Not one step is certain: a division brings the numbers together.
            if !reduce_once(&mut a[..a_len], &b[..a_len], (x >> 64) as u64, (y >> 64) as u64) {
                rem_in_place(&mut a[..a_len], &b[..b_len], poll)?;
            }
            a_len = significant(&a[..a_len]).len();
            swap(&mut a, &mut b);
            swap(&mut a_len, &mut b_len);
            continue;
        }
        poll.spend(4 * a_len)?;
        let (x, y) = (&mut a[..a_len], &mut b[..a_len]);
        if steps.even {
            combine(x, y, [steps.u0, steps.v0], [steps.v1, steps.u1]);
        } else {
            combine(y, x, [steps.v0, steps.u0], [steps.u1, steps.v1]);
            swap(&mut a, &mut b);
        }
        b_len = significant(&b[..a_len]).len();
        a_len = significant(&a[..a_len]).len();
    }
    match b[..b_len] {
        [] => return Ok(&a[..a_len]),
        [divisor] => {
            b[0] = gcd_u64(divisor, rem_limb(&a[..a_len], divisor));
            return Ok(&b[..1]);
        }
        _ => {}
    }
    if a_len > 2 {
        rem_in_place(&mut a[..a_len], &b[..b_len], poll)?;
    }
    let divisor = gcd_u128(low(a), low(b));
    b[..2].copy_from_slice(&words(divisor));
    Ok(significant(&b[..2]))
}

/// `a %= b`, if the leading bits `x` and `y` of both, in the same places, are enough to tell the quotient but for the last
/// few: those are made up for by subtractions. Returns whether they were.
fn reduce_once(a: &mut [u64], b: &[u64], x: u64, y: u64) -> bool {
    // With that number of bits the quotient by `y + 1`, which is never too large, is too small by three at most.
    if y >> 32 == 0 {
        return false;
    }
    let quotient = if y == u64::MAX { u64::from(x == y) } else { x / (y + 1) };
    let mut carry = 0_u64;
    for (target, limb) in a.iter_mut().zip(b) {
        let product = u128::from(*limb) * u128::from(quotient) + u128::from(carry);
        let (difference, borrow) = target.overflowing_sub(product as u64);
        *target = difference;
        carry = (product >> 64) as u64 + u64::from(borrow);
    }
    while a.iter().rev().ge(b.iter().rev()) {
        sub_assign(a, b);
    }
    true
}

/// The highest 128 bits of `a`, which has more than two limbs, and the bits of `b` in the same places.
fn leading(a: &[u64], b: &[u64]) -> (u128, u128) {
    let top = a.len() - 1;
    let shift = a[top].leading_zeros();
    let bits = |limbs: &[u64]| {
        let limb = |index: usize| limbs.get(index).copied().unwrap_or(0);
        let high = (u128::from(limb(top)) << 64) | u128::from(limb(top - 1));
        if shift == 0 { high } else { (high << shift) | u128::from(limb(top - 2) >> (64 - shift)) }
    };
    (bits(a), bits(b))
}

/// Steps of Euclid's algorithm, put together.
///
/// After an even number of them the numbers are `u0*a - v0*b` and `v1*b - u1*a`, after an odd number `v0*b - u0*a` and
/// `u1*a - v1*b`. As `a` is the larger number, `u0 <= v0` and `u1 <= v1` after the first step.
#[derive(Clone, Copy)]
struct Steps {
    u0: u64,
    v0: u64,
    u1: u64,
    v1: u64,
    even: bool,
}

impl Steps {
    const NONE: Self = Self { u0: 1, v0: 0, u1: 0, v1: 1, even: true };

    /// As many steps as the leading bits of the numbers make certain, `x >= y`.
    ///
    /// They are made in two halves on 64 bits, which the processor divides at once: first on the highest 64, and then
    /// on the highest 64 of what these leave of the 128. Jebelean's condition holds for all steps if it holds for the
    /// last, so for the second half it is asked of that one alone.
    fn of(x: u128, y: u128) -> Self {
        let first = Self::of_words((x >> 64) as u64, (y >> 64) as u64, 1 << 31);
        if first.v0 == 0 {
            return first;
        }
        let (x, y) = first.apply(x, y);
        let shift = 64 - x.leading_zeros().min(64);
        let second = Self::of_words((x >> shift) as u64, (y >> shift) as u64, 1 << 30);
        let both = first.then(second);
        let (x, y) = second.apply(x, y);
        let certain = y >= u128::from(both.v1) && x - y >= u128::from(both.v0) + u128::from(both.v1);
        if certain { both } else { first }
    }

    /// As many steps as numbers make certain of which these are the leading bits, with factors below `limit`, which is
    /// `1 << 32` at most.
    #[inline]
    fn of_words(mut x: u64, mut y: u64, limit: u64) -> Self {
        let Self { mut u0, mut v0, mut u1, mut v1, .. } = Self::NONE;
        // Two steps at a time, so that `x` and `y` need not be swapped.
        loop {
            let Some((rest, u, v)) = Self::one(x, y, [u0, v0], [u1, v1], limit) else {
                return Self { u0, v0, u1, v1, even: true };
            };
            (x, u0, v0) = (rest, u, v);
            let Some((rest, u, v)) = Self::one(y, x, [u1, v1], [u0, v0], limit) else {
                return Self { u0: u1, v0: v1, u1: u0, v1: v0, even: false };
            };
            (y, u1, v1) = (rest, u, v);
        }
    }

    /// The next step: the remainder and its two factors; `None` if they are not certain.
    #[inline(always)]
    fn one(x: u64, y: u64, [u0, v0]: [u64; 2], [u1, v1]: [u64; 2], limit: u64) -> Option<(u64, u64, u64)> {
        let quotient = x.checked_div(y)?;
        let rest = x % y;
        if quotient >= limit {
            return None;
        }
        let (u2, v2) = (u0 + quotient * u1, v0 + quotient * v1);
        let certain = v2 < limit && rest >= v2 && y - rest >= v1 + v2;
        certain.then_some((rest, u2, v2))
    }

    /// The two numbers after the steps, if these are certain for them.
    #[inline]
    fn apply(self, x: u128, y: u128) -> (u128, u128) {
        // The products may be too large, but their difference is not.
        let difference = |plus: (u64, u128), minus: (u64, u128)| {
            let left = u128::from(plus.0).wrapping_mul(plus.1);
            left.wrapping_sub(u128::from(minus.0).wrapping_mul(minus.1))
        };
        if self.even {
            (difference((self.u0, x), (self.v0, y)), difference((self.v1, y), (self.u1, x)))
        } else {
            (difference((self.v0, y), (self.u0, x)), difference((self.u1, x), (self.v1, y)))
        }
    }

    /// These steps and then others. The factors of both have to be small enough for their products.
    #[inline]
    fn then(self, next: Self) -> Self {
        Self {
            u0: next.u0 * self.u0 + next.v0 * self.u1,
            v0: next.u0 * self.v0 + next.v0 * self.v1,
            u1: next.u1 * self.u0 + next.v1 * self.u1,
            v1: next.u1 * self.v0 + next.v1 * self.v1,
            even: self.even == next.even,
        }
    }
}

/// `a, b = plus_a * a - minus_b * b, plus_b * b - minus_a * a`, of which neither is negative nor longer than before. The
/// factors are less than 2**62.
fn combine(a: &mut [u64], b: &mut [u64], [plus_a, minus_b]: [u64; 2], [plus_b, minus_a]: [u64; 2]) {
    let (mut carry_a, mut carry_b) = (0_i128, 0_i128);
    for (x, y) in a.iter_mut().zip(b) {
        // Each product is less than 2**126, and the carries are less than 2**63.
        let product = |left: u64, right: u64| (u128::from(left) * u128::from(right)) as i128;
        carry_a += product(plus_a, *x) - product(minus_b, *y);
        carry_b += product(plus_b, *y) - product(minus_a, *x);
        (*x, *y) = (carry_a as u64, carry_b as u64);
        carry_a >>= 64;
        carry_b >>= 64;
    }
    debug_assert!(carry_a == 0 && carry_b == 0);
}

/// Stein's binary algorithm, which needs no division.
#[inline]
pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    b >>= b.trailing_zeros();
    while a != b {
        let difference = a.abs_diff(b);
        a = a.min(b);
        b = difference >> difference.trailing_zeros();
    }
    a << twos
}

/// The least common multiple; that of any number and 0 is 0.
#[inline]
pub fn lcm_u64(a: u64, b: u64) -> u128 {
    // A division would take longer than the rest of this function.
    let quotient = match gcd_u64(a, b) {
        1 => a,
        divisor => a.checked_div(divisor).unwrap_or(0),
    };
    u128::from(quotient) * u128::from(b)
}

/// Euclid's algorithm, many steps at once while both numbers are longer than a word.
pub fn gcd_u128(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a.max(b), a.min(b));
    while b >> 64 != 0 {
        let shift = a.leading_zeros();
        let leading = |number: u128| (number << shift >> 64) as u64;
        let steps = Steps::of_words(leading(a), leading(b), 1 << 32);
        (a, b) = if steps.v0 == 0 { (b, a % b) } else { steps.apply(a, b) };
    }
    if b == 0 { a } else { gcd_u64(b as u64, (a % b) as u64).into() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, interruptible, slow_mul};
    use super::super::{Natural, div_rem, low};
    use super::{gcd, gcd_u64, gcd_u128, lcm_u64};

    fn euclid(mut a: Natural, mut b: Natural) -> Natural {
        while !b.is_empty() {
            let (_, rest) = interruptible(|poll| div_rem(&a, &b, poll));
            (a, b) = (b, rest);
        }
        a
    }

    #[test]
    fn divisors_are_those_of_euclid() {
        let mut random = Random(4);
        let lengths = [0, 1, 2, 3, 4, 5, 8, 20, 41];
        for left in lengths {
            for right in lengths {
                for common in [1, 3] {
                    let factor = random.natural(common);
                    let a = slow_mul(&random.natural(left), &factor);
                    let b = slow_mul(&random.natural(right), &factor);
                    assert_eq!(interruptible(|poll| gcd(a.clone(), b.clone(), poll)), euclid(a, b));
                }
            }
        }
    }

    #[test]
    fn fibonacci_numbers_have_the_most_steps() {
        let (mut a, mut b): (Natural, Natural) = (vec![1], vec![1]);
        for _ in 0..3000 {
            let mut sum = b.clone();
            sum.push(0);
            super::super::add_assign(&mut sum, &a);
            super::super::normalize(&mut sum);
            (a, b) = (b, sum);
        }
        assert_eq!(interruptible(|poll| gcd(a.clone(), b.clone(), poll)), [1]);
    }

    #[test]
    fn numbers_of_two_words() {
        let euclid = |mut a: u128, mut b: u128| {
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        let mut random = Random(9);
        let mut number = |bits: u32| {
            let limbs = random.natural(2);
            low(&limbs) >> (128 - bits)
        };
        for bits in 1..=128 {
            for other in [1, 30, 63, 64, 65, 100, 127, 128] {
                let (a, b, factor) = (number(bits), number(other), number(20));
                assert_eq!(gcd_u128(a, b), euclid(a, b));
                let (a, b) = ((a >> 20) * factor, (b >> 20) * factor);
                assert_eq!(gcd_u128(a, b), euclid(a, b));
            }
        }
        // Few steps, all steps, and as many as there can be.
        for (a, b) in [((1 << 127) + 1, (1 << 126) + 3), (u128::MAX, u128::MAX - 1), (u128::MAX, u128::MAX), (0, 0)] {
            assert_eq!(gcd_u128(a, b), euclid(a, b));
        }
        let (mut a, mut b) = (1_u128, 1_u128);
        while let Some(sum) = a.checked_add(b) {
            (a, b) = (sum, a);
            assert_eq!(gcd_u128(a, b), 1);
        }
    }

    #[test]
    fn small_numbers() {
        for a in 0..60_u64 {
            for b in 0..60_u64 {
                let expected = (1..=60).rev().find(|d| a % d == 0 && b % d == 0).unwrap_or(0);
                assert_eq!(gcd_u64(a, b), if a + b == 0 { 0 } else { expected });
            }
        }
        assert_eq!(gcd_u64(u64::MAX, u64::MAX - 1), 1);
        assert_eq!((lcm_u64(0, 0), lcm_u64(0, 5), lcm_u64(4, 6)), (0, 0, 12));
        assert_eq!(lcm_u64(u64::MAX, u64::MAX - 1), u128::from(u64::MAX) * u128::from(u64::MAX - 1));
    }
}
