//! Permutations and combinations that fit 64 bits.
//!
//! A factorial is an odd number times a power of two. Odd numbers have inverses modulo `2**64`, so a quotient of
//! factorials that is known to fit is a product of two or three table entries, shifted.

#![forbid(unsafe_code)]

const LEN: usize = 128;

/// The odd parts of the factorials, modulo `2**64`.
const ODD: [u64; LEN] = {
    let mut table = [1_u64; LEN];
    let mut n = 1;
    while n < LEN {
        table[n] = table[n - 1].wrapping_mul((n as u64) >> n.trailing_zeros());
        n += 1;
    }
    table
};

/// Their inverses.
const INVERSE: [u64; LEN] = {
    let mut table = [1_u64; LEN];
    let mut n = 0;
    while n < LEN {
        // Newton's method; an odd number is its own inverse modulo 8, and each step doubles the bits.
        let mut inverse = ODD[n];
        let mut step = 0;
        while step < 5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(ODD[n].wrapping_mul(inverse)));
            step += 1;
        }
        table[n] = inverse;
        n += 1;
    }
    table
};

/// For each `k` the largest `n` of the table for which there are fewer than `2**64` combinations of `k`; 0 for none.
const COMBINATIONS: [u8; LEN / 2] = {
    let mut limits = [0; LEN / 2];
    // A row of Pascal's triangle, where u128::MAX stands for anything too large.
    let mut row = [0_u128; LEN / 2];
    row[0] = 1;
    let mut n = 0;
    while n < LEN {
        let mut k = LEN / 2 - 1;
        while k > 0 {
            if n > 0 {
                row[k] = row[k].saturating_add(row[k - 1]);
            }
            k -= 1;
        }
        k = 0;
        while k < LEN / 2 {
            if 2 * k <= n && row[k] <= u64::MAX as u128 {
                limits[k] = n as u8;
            }
            k += 1;
        }
        n += 1;
    }
    limits
};

/// For each `k` the largest `n` of the table for which there are fewer than `2**64` permutations of `k`.
const PERMUTATIONS: [u8; 21] = {
    let mut limits = [0; 21];
    let mut k = 0;
    while k < limits.len() {
        let mut n = k;
        while n < LEN {
            let mut product = 1_u128;
            let mut i = 0;
            while i < k && product <= u64::MAX as u128 {
                product *= (n - i) as u128;
                i += 1;
            }
            if product > u64::MAX as u128 {
                break;
            }
            limits[k] = n as u8;
            n += 1;
        }
        k += 1;
    }
    limits
};

/// The exponents of two in the factorials: a table, as not every processor has an instruction that counts bits.
const TWOS: [u8; LEN] = {
    let mut table = [0; LEN];
    let mut n = 0;
    while n < LEN {
        table[n] = (n as u32 - n.count_ones()) as u8;
        n += 1;
    }
    table
};

/// The factorials that fit.
const FACTORIALS: [u64; 21] = {
    let mut table = [1; 21];
    let mut n = 1;
    while n < table.len() {
        table[n] = table[n - 1] * n as u64;
        n += 1;
    }
    table
};

/// `n!`, if it fits.
#[inline]
pub fn factorial(n: u64) -> Option<u64> {
    FACTORIALS.get(usize::try_from(n).ok()?).copied()
}

/// The number of subsets of `k` out of `n`, if it is easily seen to fit.
#[inline]
pub fn combinations(n: u64, k: u64) -> Option<u64> {
    let Some(rest) = n.checked_sub(k) else { return Some(0) };
    let k = k.min(rest);
    if k < COMBINATIONS.len() as u64 && n <= COMBINATIONS[k as usize].into() {
        let (n, k) = (n as usize, k as usize);
        // All indices are in range. Indexing would leave the code of a panic, which a function called by Python must not have.
        let odd = ODD.get(n)?.wrapping_mul(*INVERSE.get(k)?).wrapping_mul(*INVERSE.get(n - k)?);
        return Some(odd << (TWOS.get(n)? - TWOS.get(k)? - TWOS.get(n - k)?));
    }
    // The only products of that many factors that fit are those of the table.
    if k > 34 {
        return None;
    }
    let mut result = 1_u64;
    for i in 0..k {
        result = result.checked_mul(n - i)? / (i + 1);
    }
    Some(result)
}

/// `n * (n-1) * ... * (n-k+1)`, if it fits.
#[inline]
pub fn permutations(n: u64, k: u64) -> Option<u64> {
    if k > n {
        return Some(0);
    }
    let limit = *PERMUTATIONS.get(usize::try_from(k).ok()?)?;
    if n <= limit.into() {
        let (n, k) = (n as usize, k as usize);
        return Some(ODD.get(n)?.wrapping_mul(*INVERSE.get(n - k)?) << (TWOS.get(n)? - TWOS.get(n - k)?));
    }
    (0..k).try_fold(1_u64, |product, i| product.checked_mul(n - i))
}

#[cfg(test)]
mod tests {
    use super::{combinations, factorial, permutations};

    fn slow_permutations(n: u64, k: u64) -> Option<u64> {
        (0..k).try_fold(1_u64, |product, i| product.checked_mul(n - i))
    }

    #[test]
    fn values_that_fit_are_right_and_others_are_not_there() {
        let mut row = vec![1_u128];
        for n in 0..140_u64 {
            for k in 0..=n {
                assert_eq!(permutations(n, k), slow_permutations(n, k), "{n} {k}");
                let exact = u64::try_from(row[k as usize]).ok();
                match combinations(n, k) {
                    None => assert!(n > 127 || exact.is_none(), "{n} {k}"),
                    some => assert_eq!(some, exact, "{n} {k}"),
                }
            }
            assert_eq!((combinations(n, n + 1), permutations(n, n + 1)), (Some(0), Some(0)));
            let next: Vec<u128> = (0..=n as usize + 1)
                .map(|k| {
                    let above = |k: usize| row.get(k).copied().unwrap_or(0);
                    if k == 0 { 1 } else { above(k).saturating_add(above(k - 1)) }
                })
                .collect();
            row = next;
        }
        for n in 0..25 {
            assert_eq!(factorial(n), slow_permutations(n, n));
        }
        assert_eq!(combinations(u64::MAX, 1), Some(u64::MAX));
        assert_eq!(combinations(u64::MAX, 2), None);
        assert_eq!(combinations(4_294_967_296, 2), Some(9_223_372_034_707_292_160));
        assert_eq!(permutations(u64::MAX, 30), None);
    }
}
