//! Integer square roots, by Zimmermann's method ("Karatsuba Square Root", 1999).
//!
//! With `n = a3*B**3 + a2*B**2 + a1*B + a0` and the root `s` and the remainder `r` of the upper half, the quotient of
//! `r*B + a1` by `2*s`, which is that of its half by `s`, is the lower half of the root, or one more.

use super::div::{div_rem_2by1, reciprocal, shift_left};
use super::{
    Error, Natural, SignalPoll, add_assign, copy, div_rem, from_limb, mul, normalize, shl, shr, sub_assign, zeros,
};

/// The square root without its fraction.
pub fn isqrt(n: &[u64], poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    if let Some(root) = isqrt_short(n) {
        return super::from_u128(root);
    }
    let [.., top] = n else { return from_limb(0) };
    // An even number of limbs, of which one of the two highest bits is set.
    let shift = u64::from(top.leading_zeros() & !1) + if n.len() % 2 == 1 { 64 } else { 0 };
    let (root, _) = sqrt_rem(&shl(n, shift)?, poll)?;
    shr(&root, shift / 2)
}

/// The square root without its fraction, if the number has four limbs at most.
pub fn isqrt_short(n: &[u64]) -> Option<u128> {
    let Some(top) = n.last() else { return Some(0) };
    if n.len() <= 2 {
        return Some(isqrt_u128(super::low(n)).into());
    }
    let missing = 4_usize.checked_sub(n.len())?;
    // One of the two highest bits has to be set.
    let shift = top.leading_zeros() & !1;
    let mut shifted = [0; 4];
    shift_left(n, shift, &mut shifted[missing..]);
    let (root, _) = sqrt_rem_u256(shifted);
    Some(root >> (32 * missing as u32 + shift / 2))
}

/// As [`sqrt_rem`], where all that is computed fits three limbs.
fn sqrt_rem_u256([n0, n1, n2, n3]: [u64; 4]) -> (u128, [u64; 3]) {
    let (high_root, high_rest) = sqrt_rem_u128(u128::from(n3) << 64 | u128::from(n2));
    // Half of `high_rest * 2**64 + n1` by the upper half of the root. The remainder is twice that at most, and the
    // quotient 2**64.
    let half = high_rest << 63 | u128::from(n1 >> 1);
    let divisor = u128::from(high_root);
    let (quotient, rest) = if half >> 64 >= divisor {
        (u64::MAX, half - (divisor << 64) + divisor)
    } else {
        let (quotient, rest) = div_rem_2by1((half >> 64) as u64, half as u64, high_root, reciprocal(high_root));
        (quotient, rest.into())
    };
    let mut root = u128::from(high_root) << 64 | u128::from(quotient);
    let square = u128::from(quotient) * u128::from(quotient);
    let (low, borrow) = n0.overflowing_sub(square as u64);
    let high = (rest << 1 | u128::from(n1 & 1)) as i128 - (square >> 64) as i128 - i128::from(borrow);
    let (mut low, mut high) = (low, high);
    if high < 0 {
        // The root is one too large, and the remainder two times the smaller root and one too small.
        root -= 1;
        let carry;
        (low, carry) = low.overflowing_add((root << 1) as u64 | 1);
        high += (root >> 63) as i128 + i128::from(carry);
    }
    (root, [low, high as u64, (high >> 64) as u64])
}

/// The square root of two limbs.
pub fn isqrt_u128(n: u128) -> u64 {
    if let Ok(n) = u64::try_from(n) {
        return isqrt_u64(n);
    }
    // One of the two highest bits has to be set.
    let shift = n.leading_zeros() & !1;
    sqrt_rem_u128(n << shift).0 >> (shift / 2)
}

/// The square root without its fraction, and the number less its square.
fn sqrt_rem(n: &[u64], poll: &mut SignalPoll<'_>) -> Result<(Natural, Natural), Error> {
    if let [low, high] = n {
        let (root, rest) = sqrt_rem_u128(u128::from(*high) << 64 | u128::from(*low));
        return Ok((from_limb(root)?, super::from_u128(rest)?));
    }
    if let [n0, n1, n2, n3] = n {
        let (root, rest) = sqrt_rem_u256([*n0, *n1, *n2, *n3]);
        return Ok((super::from_u128(root)?, copy(super::significant(&rest))?));
    }
    let quarter = n.len() / 4;
    let (high_root, high_rest) = sqrt_rem(&n[2 * quarter..], poll)?;
    // Half of the numerator by the root, whose top bit is set already: so nothing has to be shifted for the division.
    let mut numerator = joined(&n[quarter..2 * quarter], &high_rest, 0)?;
    let is_odd = halve(&mut numerator);
    normalize(&mut numerator);
    let (quotient, rest) = div_rem(&numerator, &high_root, poll)?;
    let mut root = zeros(quarter)?;
    root.try_reserve_exact(high_root.len() + 1).map_err(|_| Error::NoMemory)?;
    root.extend_from_slice(&high_root);
    // The quotient may have a limb more than its place, when all limbs of the root are ones.
    root.push(0);
    add_assign(&mut root, &quotient);
    // Room for the sign, as two's complement, and for twice the root.
    let room = (root.len() + 1).saturating_sub(quarter + rest.len());
    let mut remainder = joined(&n[..quarter], &rest, room)?;
    double(&mut remainder[quarter..], is_odd);
    if sub_assign(&mut remainder, &mul(&quotient, &quotient, poll)?) {
        // The root is one too large, and the remainder two times the smaller root and one too small.
        sub_assign(&mut root, &[1]);
        add_assign(&mut remainder, &root);
        add_assign(&mut remainder, &root);
        add_assign(&mut remainder, &[1]);
    }
    normalize(&mut root);
    normalize(&mut remainder);
    Ok((root, remainder))
}

/// `limbs >>= 1`. Returns the bit that is lost.
fn halve(limbs: &mut [u64]) -> bool {
    let mut above = 0;
    for limb in limbs.iter_mut().rev() {
        (*limb, above) = (*limb >> 1 | above << 63, *limb & 1);
    }
    above != 0
}

/// `limbs <<= 1`, with a new lowest bit. The highest one has to be zero.
fn double(limbs: &mut [u64], bit: bool) {
    let mut below = u64::from(bit);
    for limb in limbs {
        (*limb, below) = (*limb << 1 | below, *limb >> 63);
    }
}

/// `low`, above it `high`, and above both `room` zero limbs.
fn joined(low: &[u64], high: &[u64], room: usize) -> Result<Natural, Error> {
    let mut limbs = super::with_capacity(low.len() + high.len() + room)?;
    limbs.extend_from_slice(low);
    limbs.extend_from_slice(high);
    limbs.resize(low.len() + high.len() + room, 0);
    if room == 0 {
        normalize(&mut limbs);
    }
    Ok(limbs)
}

/// The square root and the remainder of a number of which one of the two highest bits is set.
fn sqrt_rem_u128(n: u128) -> (u64, u128) {
    let root = isqrt_u64((n >> 64) as u64);
    let rest = (n >> 64) as u64 - root * root;
    let numerator = u128::from(rest) << 32 | (n >> 32 & 0xffff_ffff);
    // The remainder is twice the root at most, and so the quotient 2**32.
    let (quotient, rest) = if rest == 2 * root {
        (1 << 32, (n >> 32) as u64 & 0xffff_ffff)
    } else {
        match u64::try_from(numerator) {
            Ok(numerator) => (numerator / (2 * root), numerator % (2 * root)),
            Err(_) => ((numerator / u128::from(2 * root)) as u64, (numerator % u128::from(2 * root)) as u64),
        }
    };
    let root = (u128::from(root) << 32) + u128::from(quotient);
    let rest =
        (u128::from(rest) << 32 | (n & 0xffff_ffff)) as i128 - (u128::from(quotient) * u128::from(quotient)) as i128;
    if rest < 0 {
        let root = root - 1;
        (root as u64, (rest + (2 * root + 1) as i128) as u128)
    } else {
        (root as u64, rest as u128)
    }
}

/// The square root of one limb: the processor's, put right by one.
#[inline]
pub fn isqrt_u64(n: u64) -> u64 {
    if n >> 52 == 0 {
        // n is exact as a double, and so is the root of a square. The root of the number just below the square of r is not
        // rounded up to r: it differs from r by more than half a unit in the last place.
        return (n as i64 as f64).sqrt() as u32 as u64;
    }
    // The double is within one part in 2**53 of n, and its root so much closer that only the last bit can be wrong.
    let root = ((n as f64).sqrt() as u64).min(u32::MAX.into());
    if root * root > n {
        root - 1
    } else if root < u32::MAX.into() && (root + 1) * (root + 1) <= n {
        root + 1
    } else {
        root
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, interruptible, slow_mul};
    use super::super::{add_assign, compare, sub_assign};
    use super::{isqrt, isqrt_u64, sqrt_rem_u128};
    use std::cmp::Ordering;

    #[test]
    fn roots_of_one_limb() {
        for root in (0..1000).chain((1 << 32) - 1000..1 << 32).chain((1 << 26) - 1000..(1 << 26) + 1000).chain([
            94_906_265,
            94_906_266,
            3_037_000_499,
        ]) {
            let square: u64 = root * root;
            assert_eq!(isqrt_u64(square), root);
            if root > 0 {
                assert_eq!(isqrt_u64(square - 1), root - 1);
            }
            assert_eq!(isqrt_u64(square.saturating_add(2 * root)), root);
        }
        assert_eq!(isqrt_u64(u64::MAX), u32::MAX.into());
    }

    #[test]
    fn roots_of_two_limbs() {
        let mut random = Random(21);
        let top = u128::MAX >> 64;
        let roots = [1 << 63, (1 << 63) + 1, top - 1, top].into_iter();
        for root in roots.chain((0..1000).map(|_| u128::from(random.limb() | 1 << 63))) {
            let square = root * root;
            for (number, expected) in
                [(square, root), (square - 1, root - 1), (square + root, root), (square + 2 * root, root)]
            {
                if number >= 1 << 126 {
                    assert_eq!(sqrt_rem_u128(number), (expected as u64, number - expected * expected));
                }
            }
        }
    }

    #[test]
    fn long_roots() {
        let mut random = Random(22);
        for len in [150, 151, 333, 600] {
            let root = random.natural(len);
            let mut square = slow_mul(&root, &root);
            assert!(interruptible(|poll| isqrt(&square, poll)) == root);
            sub_assign(&mut square, &[1]);
            let mut below = root.clone();
            sub_assign(&mut below, &[1]);
            assert!(interruptible(|poll| isqrt(&square, poll)) == below);
            let ones = vec![u64::MAX; 2 * len];
            assert!(interruptible(|poll| isqrt(&ones, poll)) == vec![u64::MAX; len]);
        }
    }

    #[test]
    fn the_square_is_not_greater_and_the_next_one_is() {
        let mut random = Random(5);
        for len in (0..40).chain([64, 100]) {
            for _ in 0..20 {
                let mut number = random.natural(len);
                for _ in 0..2 {
                    let root = interruptible(|poll| isqrt(&number, poll));
                    assert_ne!(compare(&slow_mul(&root, &root), &number), Ordering::Greater);
                    let mut next = root.clone();
                    next.push(0);
                    add_assign(&mut next, &[1]);
                    super::super::normalize(&mut next);
                    assert_eq!(compare(&slow_mul(&next, &next), &number), Ordering::Greater);
                    // And a number that is a square.
                    number = slow_mul(&number, &number);
                }
            }
        }
    }
}
