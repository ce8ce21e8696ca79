//! Products.
//!
//! - Up to a few dozen limbs: the schoolbook method, each limb of one number times the other.
//! - Above: Karatsuba's method (Karatsuba and Ofman, "Multiplication of Many-Digital Numbers by Automatic Computers",
//!   1962). With `a = a1*B + a0` and `b = b1*B + b0`, the three products `a1*b1`, `a0*b0` and `(a1 + a0)*(b1 + b0)` do
//!   for four.
//! - Above some thousands: the number-theoretic transform, in [`ntt`](super::ntt).
//!
//! A long number is multiplied by a short one in pieces of the short one's length.

use super::ntt::mul_ntt;
use super::{Error, Natural, SignalPoll, add_assign, normalize, significant, sub_assign, zeros};

/// From this many limbs on Karatsuba's method is faster than the schoolbook.
const KARATSUBA: usize = 32;
/// From this many limbs on the number-theoretic transform is faster than Karatsuba's method.
const NTT: usize = 4000;
/// Longer numbers are halved by Karatsuba's method first: the transform takes some hundred bytes a limb.
const NTT_MAX: usize = 1 << 20;

/// `left * right`
pub fn mul(left: &[u64], right: &[u64], poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
    let (left, right) = if left.len() >= right.len() { (left, right) } else { (right, left) };
    if (NTT..=NTT_MAX).contains(&right.len()) && left.len() <= 2 * right.len() {
        return mul_ntt(left, right, poll);
    }
    let mut product = zeros(left.len().checked_add(right.len()).ok_or(Error::NoMemory)?)?;
    if right.len() < KARATSUBA {
        poll.spend(left.len() * right.len())?;
        schoolbook(left, right, &mut product);
    } else if left.len() == right.len() {
        let mut scratch = zeros(scratch_len(right.len()))?;
        karatsuba(left, right, &mut product, &mut scratch, poll)?;
    } else {
        for (index, piece) in left.chunks(right.len()).enumerate() {
            let part = mul(significant(piece), right, poll)?;
            add_assign(&mut product[index * right.len()..], &part);
        }
    }
    normalize(&mut product);
    Ok(product)
}

/// `left * right + add`
pub fn mul_limb(left: &mut Natural, right: u64, add: u64) -> Result<(), Error> {
    let mut carry = u128::from(add);
    for limb in left.iter_mut() {
        carry += u128::from(*limb) * u128::from(right);
        *limb = carry as u64;
        carry >>= 64;
    }
    if carry != 0 {
        left.try_reserve(1).map_err(|_| Error::NoMemory)?;
        left.push(carry as u64);
    }
    normalize(left);
    Ok(())
}

/// Writes the product, which takes all of `product`.
pub(super) fn schoolbook(left: &[u64], right: &[u64], product: &mut [u64]) {
    product.fill(0);
    for (index, factor) in right.iter().enumerate() {
        let (row, above) = product[index..].split_at_mut(left.len());
        above[0] = add_row(row, left, *factor);
    }
}

/// `row += left * factor`; the carry is returned.
#[inline]
fn add_row(row: &mut [u64], left: &[u64], factor: u64) -> u64 {
    let mut carry = 0_u64;
    for (target, limb) in row.iter_mut().zip(left) {
        // At most (2**64 - 1)**2 + 2 * (2**64 - 1), which is 2**128 - 1.
        let sum = u128::from(*limb) * u128::from(factor) + u128::from(*target) + u128::from(carry);
        *target = sum as u64;
        carry = (sum >> 64) as u64;
    }
    carry
}

/// What [`karatsuba`] needs for numbers of `len` limbs: two sums and their product, and as much for the half.
fn scratch_len(len: usize) -> usize {
    4 * len + 8 * usize::BITS as usize
}

/// Writes the product of numbers of equal length.
fn karatsuba(
    left: &[u64],
    right: &[u64],
    product: &mut [u64],
    scratch: &mut [u64],
    poll: &mut SignalPoll<'_>,
) -> Result<(), Error> {
    let len = left.len();
    if (NTT..=NTT_MAX).contains(&len) {
        let value = mul_ntt(left, right, poll)?;
        let (low, high) = product.split_at_mut(value.len());
        low.copy_from_slice(&value);
        high.fill(0);
        return Ok(());
    }
    if len < KARATSUBA {
        poll.spend(len * len)?;
        schoolbook(left, right, product);
        return Ok(());
    }
    // The upper half is the shorter one when the length is odd.
    let half = len.div_ceil(2);
    let (left_low, left_high) = left.split_at(half);
    let (right_low, right_high) = right.split_at(half);
    {
        let (low, high) = product.split_at_mut(2 * half);
        karatsuba(left_low, right_low, low, scratch, poll)?;
        karatsuba(left_high, right_high, high, scratch, poll)?;
    }
    // The sums have a limb more than the half, for the carry.
    let (sums, scratch) = scratch.split_at_mut(4 * (half + 1));
    let (left_sum, sums) = sums.split_at_mut(half + 1);
    let (right_sum, middle) = sums.split_at_mut(half + 1);
    for (sum, low, high) in [(&mut *left_sum, left_low, left_high), (&mut *right_sum, right_low, right_high)] {
        sum[..half].copy_from_slice(low);
        sum[half] = 0;
        add_assign(sum, high);
    }
    karatsuba(left_sum, right_sum, middle, scratch, poll)?;
    sub_assign(middle, &product[..2 * half]);
    sub_assign(middle, &product[2 * half..]);
    // The middle product is less than the rest of the whole, so what is cut off is zero.
    let room = product.len() - half;
    let middle = significant(middle);
    add_assign(&mut product[half..], &middle[..middle.len().min(room)]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, interruptible, slow_mul};
    use super::{KARATSUBA, NTT, mul, mul_limb};

    #[test]
    fn products_are_those_of_the_definition() {
        let mut random = Random(1);
        let near = KARATSUBA - 1..KARATSUBA + 4;
        let lengths: Vec<usize> = (0..8).chain(near).chain([63, 64, 65, 127, 130, 200, 257]).collect();
        for &left in &lengths {
            for &right in &lengths {
                let (left, right) = (random.natural(left), random.natural(right));
                assert_eq!(interruptible(|poll| mul(&left, &right, poll)), slow_mul(&left, &right));
            }
        }
        let ones = vec![u64::MAX; 333];
        assert_eq!(interruptible(|poll| mul(&ones, &ones, poll)), slow_mul(&ones, &ones));
    }

    #[test]
    fn long_products() {
        let mut random = Random(6);
        for (left, right) in [(NTT, NTT), (NTT + 1, NTT - 1), (2 * NTT, NTT), (2 * NTT + 9, NTT), (NTT / 8, 3 * NTT)] {
            let (left, right) = (random.natural(left), random.natural(right));
            assert!(interruptible(|poll| mul(&left, &right, poll)) == slow_mul(&left, &right));
        }
    }

    #[test]
    fn a_limb_can_be_multiplied_in() {
        let mut random = Random(2);
        for len in 0..5 {
            let number = random.natural(len);
            let factor = random.limb();
            let mut product = number.clone();
            assert_eq!(mul_limb(&mut product, factor, 0), Ok(()));
            assert_eq!(product, slow_mul(&number, &[factor]));
        }
    }
}
