//! Products.
//!
//! Below a few dozen limbs each limb of one number is multiplied with the other. Above, Karatsuba's method: with
//! `a = a1*B + a0` and `b = b1*B + b0`, the three products `a1*b1`, `a0*b0` and `(a1 + a0)*(b1 + b0)` do for four. A
//! long number is multiplied with a short one in pieces of the short one's length.

use super::{Natural, Stop, Watch, add_assign, normalize, significant, sub_assign, zeros};

/// Up to this many limbs the simple method is faster.
const KARATSUBA: usize = 32;

/// `left * right`
pub fn mul(left: &[u64], right: &[u64], watch: &mut Watch<'_>) -> Result<Natural, Stop> {
    let (left, right) = if left.len() >= right.len() { (left, right) } else { (right, left) };
    let mut product = zeros(left.len().checked_add(right.len()).ok_or(Stop::NoMemory)?)?;
    if right.len() < KARATSUBA {
        watch.spend(left.len() * right.len())?;
        simple(left, right, &mut product);
    } else {
        let mut scratch = zeros(scratch_len(right.len()))?;
        if left.len() == right.len() {
            karatsuba(left, right, &mut product, &mut scratch, watch)?;
        } else {
            let mut part = zeros(2 * right.len())?;
            for (index, piece) in left.chunks(right.len()).enumerate() {
                let part = &mut part[..piece.len() + right.len()];
                if piece.len() == right.len() {
                    karatsuba(piece, right, part, &mut scratch, watch)?;
                } else {
                    part.copy_from_slice(&padded(mul(right, significant(piece), watch)?, part.len())?);
                }
                add_assign(&mut product[index * right.len()..], part);
            }
        }
    }
    normalize(&mut product);
    Ok(product)
}

fn padded(mut limbs: Natural, len: usize) -> Result<Natural, Stop> {
    limbs.try_reserve_exact(len.saturating_sub(limbs.len())).map_err(|_| Stop::NoMemory)?;
    limbs.resize(len, 0);
    Ok(limbs)
}

/// `left * right + add`
pub fn mul_limb(left: &mut Natural, right: u64, add: u64) -> Result<(), Stop> {
    let mut carry = u128::from(add);
    for limb in left.iter_mut() {
        carry += u128::from(*limb) * u128::from(right);
        *limb = carry as u64;
        carry >>= 64;
    }
    if carry != 0 {
        left.try_reserve(1).map_err(|_| Stop::NoMemory)?;
        left.push(carry as u64);
    }
    normalize(left);
    Ok(())
}

/// Writes the product, which takes all of `product`.
fn simple(left: &[u64], right: &[u64], product: &mut [u64]) {
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
    watch: &mut Watch<'_>,
) -> Result<(), Stop> {
    let len = left.len();
    if len < KARATSUBA {
        watch.spend(len * len)?;
        simple(left, right, product);
        return Ok(());
    }
    // The upper half is the shorter one when the length is odd.
    let half = len.div_ceil(2);
    let (left_low, left_high) = left.split_at(half);
    let (right_low, right_high) = right.split_at(half);
    {
        let (low, high) = product.split_at_mut(2 * half);
        karatsuba(left_low, right_low, low, scratch, watch)?;
        karatsuba(left_high, right_high, high, scratch, watch)?;
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
    karatsuba(left_sum, right_sum, middle, scratch, watch)?;
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
    use super::super::testing::{Random, slow_mul, watched};
    use super::{KARATSUBA, mul, mul_limb};

    #[test]
    fn products_are_those_of_the_definition() {
        let mut random = Random(1);
        let near = KARATSUBA - 1..KARATSUBA + 4;
        let lengths: Vec<usize> = (0..8).chain(near).chain([63, 64, 65, 127, 130, 200, 257]).collect();
        for &left in &lengths {
            for &right in &lengths {
                let (left, right) = (random.natural(left), random.natural(right));
                assert_eq!(watched(|watch| mul(&left, &right, watch)), slow_mul(&left, &right));
            }
        }
        let ones = vec![u64::MAX; 333];
        assert_eq!(watched(|watch| mul(&ones, &ones, watch)), slow_mul(&ones, &ones));
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
