//! Quotients, by the schoolbook (Knuth, volume 2, 4.3.1, algorithm D).

use super::{Natural, Stop, Watch, add_assign, compare, copy, normalize, shl, shr, zeros};
use std::cmp::Ordering;

/// Quotient and remainder.
///
/// # Panics
///
/// When the divisor is zero.
pub fn div_rem(number: &[u64], divisor: &[u64], watch: &mut Watch<'_>) -> Result<(Natural, Natural), Stop> {
    if compare(number, divisor) == Ordering::Less {
        return Ok((Vec::new(), copy(number)?));
    }
    if let [divisor] = divisor {
        return div_rem_limb(number, *divisor);
    }
    // With the top bit of the divisor set, a quotient limb guessed from the top limbs is at most two too large, and
    // looking at one limb more leaves one too large in two cases of 2**64.
    let shift = u64::from(divisor[divisor.len() - 1].leading_zeros());
    let divisor = shl(divisor, shift)?;
    let mut rest = shl(number, shift)?;
    rest.try_reserve_exact((number.len() + 1).saturating_sub(rest.len())).map_err(|_| Stop::NoMemory)?;
    rest.resize(number.len() + 1, 0);
    let len = divisor.len();
    let (top, second) = (divisor[len - 1], divisor[len - 2]);
    let mut quotient = zeros(rest.len() - len)?;
    for index in (0..quotient.len()).rev() {
        watch.spend(len)?;
        let window = &mut rest[index..=index + len];
        let mut guess = guess(window[len], window[len - 1], window[len - 2], top, second);
        if subtract_multiple(window, &divisor, guess) {
            guess -= 1;
            // The carry out of the window meets the borrow.
            add_assign(window, &divisor);
        }
        quotient[index] = guess;
    }
    normalize(&mut quotient);
    normalize(&mut rest);
    Ok((quotient, shr(&rest, shift)?))
}

/// A quotient limb, from the three top limbs of the number and the two of the divisor.
#[inline]
fn guess(high: u64, middle: u64, low: u64, top: u64, second: u64) -> u64 {
    let number = (u128::from(high) << 64) | u128::from(middle);
    // A remainder is less than the divisor, so when `high` reaches `top` they are equal.
    let mut guess = if high >= top { u64::MAX } else { (number / u128::from(top)) as u64 };
    let mut remainder = number - u128::from(guess) * u128::from(top);
    // A remainder of more than a limb is out of the next limb's reach.
    while remainder >> 64 == 0 && u128::from(guess) * u128::from(second) > (remainder << 64 | u128::from(low)) {
        guess -= 1;
        remainder += u128::from(top);
    }
    guess
}

/// `window -= divisor * factor`; tells whether that went below zero.
#[inline]
fn subtract_multiple(window: &mut [u64], divisor: &[u64], factor: u64) -> bool {
    let (low, high) = window.split_at_mut(divisor.len());
    let mut carry = 0_u64;
    for (target, limb) in low.iter_mut().zip(divisor) {
        let product = u128::from(*limb) * u128::from(factor) + u128::from(carry);
        let (difference, borrow) = target.overflowing_sub(product as u64);
        *target = difference;
        carry = (product >> 64) as u64 + u64::from(borrow);
    }
    let (difference, borrow) = high[0].overflowing_sub(carry);
    high[0] = difference;
    borrow
}

/// The quotient and the remainder of a division by one limb.
fn div_rem_limb(number: &[u64], divisor: u64) -> Result<(Natural, Natural), Stop> {
    let mut quotient = copy(number)?;
    let mut remainder = 0_u64;
    for limb in quotient.iter_mut().rev() {
        let part = (u128::from(remainder) << 64) | u128::from(*limb);
        *limb = (part / u128::from(divisor)) as u64;
        remainder = (part % u128::from(divisor)) as u64;
    }
    normalize(&mut quotient);
    Ok((quotient, super::from_limb(remainder)?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, slow_mul, watched};
    use super::super::{add_assign, compare, normalize};
    use super::div_rem;
    use std::cmp::Ordering;

    #[test]
    fn quotient_and_remainder_make_the_number_again() {
        let mut random = Random(3);
        for _ in 0..40 {
            for number_len in [0, 1, 2, 3, 5, 9, 33] {
                for divisor_len in [1, 2, 3, 7, 20] {
                    let number = random.natural(number_len);
                    let divisor = random.natural(divisor_len);
                    if divisor.is_empty() {
                        continue;
                    }
                    let (quotient, remainder) = watched(|watch| div_rem(&number, &divisor, watch));
                    assert_eq!(compare(&remainder, &divisor), Ordering::Less);
                    let mut again = slow_mul(&quotient, &divisor);
                    again.resize(number.len() + 1, 0);
                    add_assign(&mut again, &remainder);
                    normalize(&mut again);
                    assert_eq!(again, number);
                }
            }
        }
    }

    #[test]
    fn the_rare_guesses() {
        // The first guess is the largest limb; and one that is still too large after the correction.
        for (number, divisor) in [
            (vec![0, 0, u64::MAX - 1, u64::MAX], vec![1, u64::MAX]),
            (vec![0, 0, 1 << 63, (1 << 63) - 1], vec![1, 0, 1 << 63]),
            (vec![3, 0, 1 << 63], vec![1, 0, 1 << 61]),
        ] {
            let (quotient, remainder) = watched(|watch| div_rem(&number, &divisor, watch));
            let mut again = slow_mul(&quotient, &divisor);
            again.resize(number.len() + 1, 0);
            add_assign(&mut again, &remainder);
            normalize(&mut again);
            assert_eq!(again, number);
        }
    }
}
