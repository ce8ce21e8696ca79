//! Integer square roots.
//!
//! Newton's method with as many bits as are known to be right. For `n` of `2c+1` or `2c+2` bits and `d = c >> s` with
//! falling `s`, `a` is within one of the square root of `n >> 2(c-d)`; with `e` the `d` before, the next one is
//! `(a << (d-e-1)) + (n >> (2c-e-d+1)) / a`. The last one is the root or one more.

use super::{
    Natural, Stop, Watch, add_assign, bit_len, compare, div_rem, from_limb, mul, normalize, shl, shr, sub_assign,
};
use std::cmp::Ordering;

/// The square root without its fraction.
pub fn isqrt(n: &[u64], watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    if let [] | [_] = n {
        return from_limb(isqrt_u64(n.first().copied().unwrap_or(0)));
    }
    let c = (bit_len(n) - 1) / 2;
    let mut s = c.ilog2() + 1;
    // The first bits at once: d of 31 at most, whose number has at most 64 bits.
    let mut d = 0;
    while s > 0 && c >> (s - 1) <= 31 {
        s -= 1;
        d = c >> s;
    }
    let start = shr(n, 2 * (c - d))?;
    let mut a = from_limb(isqrt_u64(start.first().copied().unwrap_or(0)))?;
    for s in (0..s).rev() {
        let e = d;
        d = c >> s;
        let (mut quotient, _) = div_rem(&shr(n, 2 * c - e - d + 1)?, &a, watch)?;
        a = shl(&a, d - e - 1)?;
        if a.len() < quotient.len() {
            std::mem::swap(&mut a, &mut quotient);
        }
        if add_assign(&mut a, &quotient) {
            a.try_reserve(1).map_err(|_| Stop::NoMemory)?;
            a.push(1);
        }
    }
    if compare(&mul(&a, &a, watch)?, n) == Ordering::Greater {
        sub_assign(&mut a, &[1]);
        normalize(&mut a);
    }
    Ok(a)
}

/// The square root of one limb: the processor's, put right by one.
#[inline]
pub fn isqrt_u64(n: u64) -> u64 {
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
    use super::super::testing::{Random, slow_mul, watched};
    use super::super::{add_assign, compare};
    use super::{isqrt, isqrt_u64};
    use std::cmp::Ordering;

    #[test]
    fn roots_of_one_limb() {
        for root in (0..1000).chain((1 << 32) - 1000..1 << 32).chain([94_906_265, 94_906_266, 3_037_000_499]) {
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
    fn the_square_is_not_greater_and_the_next_one_is() {
        let mut random = Random(5);
        for len in (0..40).chain([64, 100]) {
            for _ in 0..20 {
                let mut number = random.natural(len);
                for _ in 0..2 {
                    let root = watched(|watch| isqrt(&number, watch));
                    assert_ne!(compare(&slow_mul(&root, &root), &number), Ordering::Greater);
                    let mut next = root.clone();
                    next.push(0);
                    add_assign(&mut next, &[1]);
                    super::normalize(&mut next);
                    assert_eq!(compare(&slow_mul(&next, &next), &number), Ordering::Greater);
                    // And a number that is a square.
                    number = slow_mul(&number, &number);
                }
            }
        }
    }
}
