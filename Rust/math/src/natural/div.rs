//! Quotients.
//!
//! - Short divisors and short quotients: the schoolbook (Knuth, "The Art of Computer Programming", volume 2, 4.3.1,
//!   algorithm D). A limb of the quotient comes from the reciprocal of the divisor's two top limbs (Möller and Granlund, "Improved
//!   Division by Invariant Integers", 2011), and is at most one too large.
//! - Others: the recursive method of Burnikel and Ziegler ("Fast Recursive Division", 1998), in which the work is done by
//!   products.

use super::{
    Error, Natural, SignalPoll, add_assign, compare, copy, mul, normalize, shl, shr, significant, sub_assign, zeros,
};
use std::cmp::Ordering;

/// From this many limbs of divisor and quotient on the recursive method is faster.
const RECURSIVE: usize = 80;

/// Quotient and remainder.
///
/// # Panics
///
/// When the divisor is zero.
pub fn div_rem(number: &[u64], divisor: &[u64], poll: &mut SignalPoll<'_>) -> Result<(Natural, Natural), Error> {
    if compare(number, divisor) == Ordering::Less {
        return Ok((Vec::new(), copy(number)?));
    }
    if let [divisor] = divisor {
        return div_rem_limb(number, *divisor);
    }
    // The top bit of the divisor has to be set. The number gets a limb more, which is less than the divisor's top one.
    let shift = u64::from(divisor[divisor.len() - 1].leading_zeros());
    let divisor = shl(divisor, shift)?;
    let mut rest = shl(number, shift)?;
    rest.try_reserve_exact((number.len() + 1).saturating_sub(rest.len())).map_err(|_| Error::NoMemory)?;
    rest.resize(number.len() + 1, 0);
    let mut quotient = zeros(rest.len() - divisor.len())?;
    divide(&mut rest, &divisor, &mut quotient, poll)?;
    normalize(&mut quotient);
    normalize(&mut rest);
    Ok((quotient, shr(&rest, shift)?))
}

/// Numbers of up to this many limbs are divided on the stack.
const FEW: usize = 8;
/// The same, in longer arrays, which take longer to clear.
const MORE: usize = 16;

/// `number %= divisor`, for a number of the divisor's length at least, and a divisor of two limbs and more. The remainder gets
/// zeros above it.
pub(crate) fn rem_in_place(number: &mut [u64], divisor: &[u64], poll: &mut SignalPoll<'_>) -> Result<(), Error> {
    if number.len() <= FEW {
        return div_rem_few(number, divisor, &mut [0; FEW], poll);
    }
    if number.len() <= MORE {
        return div_rem_few(number, divisor, &mut [0; MORE], poll);
    }
    let (_, rest) = div_rem(number, divisor, poll)?;
    let (low, high) = number.split_at_mut(rest.len());
    low.copy_from_slice(&rest);
    high.fill(0);
    Ok(())
}

/// [`rem_in_place`] for `N` limbs at most, which needs no allocation, and the quotient.
pub fn div_rem_few<const N: usize>(
    number: &mut [u64],
    divisor: &[u64],
    quotient: &mut [u64; N],
    poll: &mut SignalPoll<'_>,
) -> Result<(), Error> {
    let len = number.len();
    let shift = divisor.last().map_or(0, |top| top.leading_zeros());
    // N + 1 limbs are needed, which is no length of an array here; 2 * N is one.
    let (mut rest, mut shifted) = ([[0; N]; 2], [0; N]);
    let rest = rest.as_flattened_mut();
    shift_left(number, shift, rest);
    shift_left(divisor, shift, &mut shifted);
    schoolbook(&mut rest[..=len], &shifted[..divisor.len()], &mut quotient[..len + 1 - divisor.len()], poll)?;
    let (low, high) = number.split_at_mut(divisor.len());
    for (index, limb) in low.iter_mut().enumerate() {
        *limb = ((u128::from(rest[index + 1]) << 64 | u128::from(rest[index])) >> shift) as u64;
    }
    high.fill(0);
    Ok(())
}

/// `limbs << bits`, for less than 64 bits.
pub(super) fn shift_left(limbs: &[u64], bits: u32, shifted: &mut [u64]) {
    let mut below = 0;
    for (target, limb) in shifted.iter_mut().zip(limbs.iter().chain([&0])) {
        *target = ((u128::from(*limb) << 64 | u128::from(below)) << bits >> 64) as u64;
        below = *limb;
    }
}

/// Divides `rest`, which keeps the remainder. It has as many limbs as the others together; its top limb is less than
/// the divisor's, whose top bit is set.
fn divide(rest: &mut [u64], divisor: &[u64], quotient: &mut [u64], poll: &mut SignalPoll<'_>) -> Result<(), Error> {
    let len = divisor.len();
    if len < RECURSIVE || quotient.len() < RECURSIVE {
        schoolbook(rest, divisor, quotient, poll)
    } else if quotient.len() < len {
        // The top limbs give a quotient that is too large by two at most.
        let dropped = len - quotient.len();
        divide(&mut rest[dropped..], &divisor[dropped..], quotient, poll)?;
        subtract_product(&mut rest[..=len], &divisor[..dropped], divisor, quotient, poll)
    } else {
        // The recursion halves the divisor, which is made longer until it can.
        let halvings = (len / RECURSIVE).ilog2() + 1;
        let padded = len.next_multiple_of(1 << halvings);
        let padding = padded - len;
        let mut long_divisor = zeros(padded)?;
        long_divisor[padding..].copy_from_slice(divisor);
        // Where the padding is longer than the rest of the quotient, the number gets zeros on top, too.
        let mut long_rest = zeros((padding + rest.len()).max(2 * padded))?;
        long_rest[padding..][..rest.len()].copy_from_slice(rest);
        if quotient.len() < padded {
            let mut long_quotient = zeros(padded)?;
            divide_2n_by_1n(&mut long_rest, &long_divisor, &mut long_quotient, poll)?;
            quotient.copy_from_slice(&long_quotient[..quotient.len()]);
        } else {
            let mut at = quotient.len() - quotient.len() % padded;
            if at < quotient.len() {
                divide(&mut long_rest[at..], &long_divisor, &mut quotient[at..], poll)?;
            }
            while at > 0 {
                at -= padded;
                let window = &mut long_rest[at..at + 2 * padded];
                divide_2n_by_1n(window, &long_divisor, &mut quotient[at..at + padded], poll)?;
            }
        }
        rest.copy_from_slice(&long_rest[padding..][..rest.len()]);
        Ok(())
    }
}

/// Divides `rest`, of twice the divisor's length and with an upper half that is less than the divisor, by way of two
/// quotients of half the length. Only the lower half of `rest` remains.
fn divide_2n_by_1n(
    rest: &mut [u64],
    divisor: &[u64],
    quotient: &mut [u64],
    poll: &mut SignalPoll<'_>,
) -> Result<(), Error> {
    let len = divisor.len();
    if len % 2 == 1 || len < RECURSIVE {
        return schoolbook(rest, divisor, quotient, poll);
    }
    let half = len / 2;
    divide_3n_by_2n(&mut rest[half..], divisor, &mut quotient[half..], poll)?;
    divide_3n_by_2n(&mut rest[..len + half], divisor, &mut quotient[..half], poll)
}

/// Divides `rest`, of one and a half times the divisor's length and with upper two thirds that are less than the divisor.
fn divide_3n_by_2n(
    rest: &mut [u64],
    divisor: &[u64],
    quotient: &mut [u64],
    poll: &mut SignalPoll<'_>,
) -> Result<(), Error> {
    let half = quotient.len();
    let (low, high) = divisor.split_at(half);
    if rest[2 * half..] == *high {
        // The quotient of the upper parts is too large for its place: less one, it is all ones, and the remainder is
        // the middle third and the upper half of the divisor.
        quotient.fill(u64::MAX);
        rest[2 * half..].fill(0);
        add_assign(&mut rest[half..], high);
    } else {
        divide_2n_by_1n(&mut rest[half..], high, quotient, poll)?;
    }
    subtract_product(rest, low, divisor, quotient, poll)
}

/// `rest -= quotient * low`, where `low` are limbs of the divisor that have been left out. While that is negative, the
/// quotient is too large.
fn subtract_product(
    rest: &mut [u64],
    low: &[u64],
    divisor: &[u64],
    quotient: &mut [u64],
    poll: &mut SignalPoll<'_>,
) -> Result<(), Error> {
    let product = mul(significant(quotient), significant(low), poll)?;
    let mut negative = sub_assign(rest, &product);
    while negative {
        sub_assign(quotient, &[1]);
        // The carry meets the borrow.
        negative = !add_assign(rest, divisor);
    }
    Ok(())
}

/// As [`divide`] and [`divide_2n_by_1n`], limb by limb, for divisors of two limbs and more.
fn schoolbook(rest: &mut [u64], divisor: &[u64], quotient: &mut [u64], poll: &mut SignalPoll<'_>) -> Result<(), Error> {
    let len = divisor.len();
    let reciprocal = Reciprocal::of_two(divisor[len - 1], divisor[len - 2]);
    for (index, digit) in quotient.iter_mut().enumerate().rev() {
        poll.spend(len)?;
        let window = &mut rest[index..=index + len];
        let mut guess = reciprocal.divide(window[len], window[len - 1], window[len - 2]);
        if subtract_multiple(window, divisor, guess) {
            guess -= 1;
            // The carry out of the window meets the borrow.
            add_assign(window, divisor);
        }
        *digit = guess;
    }
    Ok(())
}

/// The two top limbs of a divisor, the top bit set, and their reciprocal: `(2**192 - 1) / divisor - 2**64`.
#[derive(Clone, Copy)]
struct Reciprocal {
    high: u64,
    low: u64,
    reciprocal: u64,
}

/// `(2**128 - 1) / divisor - 2**64`, for a divisor with its top bit set.
pub(super) fn reciprocal(divisor: u64) -> u64 {
    let number = (u128::from(!divisor) << 64) | u128::from(u64::MAX);
    (number / u128::from(divisor)) as u64
}

impl Reciprocal {
    /// Algorithm 6 of Möller and Granlund.
    fn of_two(high: u64, low: u64) -> Self {
        let mut v = reciprocal(high);
        let (mut p, carry) = high.wrapping_mul(v).overflowing_add(low);
        if carry {
            v -= 1;
            if p >= high {
                v -= 1;
                p -= high;
            }
            p = p.wrapping_sub(high);
        }
        let t = u128::from(v) * u128::from(low);
        let (p, carry) = p.overflowing_add((t >> 64) as u64);
        if carry {
            v -= 1;
            if (p, t as u64) >= (high, low) {
                v -= 1;
            }
        }
        Self { high, low, reciprocal: v }
    }

    /// The quotient of three limbs by the two, at most `2**64 - 1`: algorithm 4 of Möller and Granlund.
    #[inline(always)]
    fn divide(self, n2: u64, n1: u64, n0: u64) -> u64 {
        let divisor = (u128::from(self.high) << 64) | u128::from(self.low);
        let upper = (u128::from(n2) << 64) | u128::from(n1);
        // A remainder is less than the divisor, so they can only be equal here.
        if upper >= divisor {
            return u64::MAX;
        }
        let q = (u128::from(self.reciprocal) * u128::from(n2)).wrapping_add(upper);
        let (mut q1, q0) = ((q >> 64) as u64, q as u64);
        let r1 = n1.wrapping_sub(q1.wrapping_mul(self.high));
        let r = (u128::from(r1) << 64 | u128::from(n0))
            .wrapping_sub(u128::from(self.low) * u128::from(q1))
            .wrapping_sub(divisor);
        q1 = q1.wrapping_add(1);
        let mut r = r;
        if (r >> 64) as u64 >= q0 {
            q1 = q1.wrapping_sub(1);
            r = r.wrapping_add(divisor);
        }
        if r >= divisor { q1.wrapping_add(1) } else { q1 }
    }
}

/// Quotient and remainder of `high`, less than the divisor, and `low`: algorithm 1 of Möller and Granlund.
#[inline(always)]
pub(super) fn div_rem_2by1(high: u64, low: u64, divisor: u64, reciprocal: u64) -> (u64, u64) {
    let q = u128::from(reciprocal) * u128::from(high) + ((u128::from(high) << 64) | u128::from(low));
    let (mut q1, q0) = (((q >> 64) as u64).wrapping_add(1), q as u64);
    let mut r = low.wrapping_sub(q1.wrapping_mul(divisor));
    if r > q0 {
        q1 = q1.wrapping_sub(1);
        r = r.wrapping_add(divisor);
    }
    if r >= divisor { (q1.wrapping_add(1), r - divisor) } else { (q1, r) }
}

/// `window -= divisor * factor`; returns whether the result is negative.
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

/// Divides limb by limb from the top, shifted so that the divisor's top bit is set. Each limb of the quotient goes to
/// `store`, and the remainder is returned.
#[inline(always)]
fn divide_by_limb(number: &[u64], divisor: u64, mut store: impl FnMut(usize, u64)) -> u64 {
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let reciprocal = reciprocal(divisor);
    let shifted = |low: u64, high: u64| ((u128::from(high) << 64 | u128::from(low)) << shift >> 64) as u64;
    let mut above = number.last().copied().unwrap_or(0);
    let mut remainder = shifted(above, 0);
    for (index, below) in number.iter().enumerate().rev().skip(1) {
        let (quotient, rest) = div_rem_2by1(remainder, shifted(*below, above), divisor, reciprocal);
        store(index + 1, quotient);
        (remainder, above) = (rest, *below);
    }
    let (quotient, rest) = div_rem_2by1(remainder, above << shift, divisor, reciprocal);
    if !number.is_empty() {
        store(0, quotient);
    }
    rest >> shift
}

/// The quotient and the remainder of a division by one limb.
fn div_rem_limb(number: &[u64], divisor: u64) -> Result<(Natural, Natural), Error> {
    let mut quotient = zeros(number.len())?;
    let remainder = divide_by_limb(number, divisor, |index, digit| quotient[index] = digit);
    normalize(&mut quotient);
    Ok((quotient, super::from_limb(remainder)?))
}

/// Divides by one limb, which is not zero, and returns the remainder.
pub fn div_limb_in_place(number: &mut [u64], divisor: u64) -> u64 {
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let reciprocal = reciprocal(divisor);
    let mut rest = 0;
    for index in (0..number.len()).rev() {
        // The bits of this limb follow those of the one above, which the remainder has.
        let limb = number[index];
        let high = rest | if shift == 0 { 0 } else { limb >> (64 - shift) };
        let (quotient, remainder) = div_rem_2by1(high, limb << shift, divisor, reciprocal);
        (number[index], rest) = (quotient, remainder);
    }
    rest >> shift
}

/// The remainder of a division by one limb, which is not zero.
pub fn rem_limb(number: &[u64], divisor: u64) -> u64 {
    divide_by_limb(number, divisor, |_, _| ())
}

/// The remainder of a number that comes in pieces, from its top, by a divisor of one limb.
#[derive(Debug)]
pub struct Remainder {
    // All shifted so that the top bit of the divisor is set.
    divisor: u64,
    reciprocal: u64,
    rest: u64,
    shift: u32,
}

impl Remainder {
    /// The remainder of nothing yet.
    ///
    /// # Panics
    ///
    /// When the divisor is zero.
    pub fn new(divisor: u64) -> Self {
        let shift = divisor.leading_zeros();
        let divisor = divisor << shift;
        Self { divisor, reciprocal: reciprocal(divisor), rest: 0, shift }
    }

    /// Takes the next `bits` bits, 64 at most.
    #[inline]
    pub fn push(&mut self, piece: u64, bits: u32) {
        // Less than the divisor times `2**bits`.
        let number = u128::from(self.rest) << bits | u128::from(piece) << self.shift;
        (_, self.rest) = div_rem_2by1((number >> 64) as u64, number as u64, self.divisor, self.reciprocal);
    }

    /// The remainder.
    #[inline]
    pub fn finish(self) -> u64 {
        self.rest >> self.shift
    }
}

/// `limbs /= divisor`, without the remainder.
///
/// # Panics
///
/// When the divisor is zero.
pub fn div_assign_small(limbs: &mut [u64], divisor: u32) {
    let divisor = u64::from(divisor);
    let mut rest = 0;
    for limb in limbs.iter_mut().rev() {
        // The processor divides 64 bits at once, so a limb takes two divisions.
        let high = rest << 32 | *limb >> 32;
        let low = ((high % divisor) << 32) | (*limb & 0xffff_ffff);
        *limb = ((high / divisor) << 32) | (low / divisor);
        rest = low % divisor;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, interruptible, slow_mul};
    use super::super::{Natural, add_assign, compare, mul, normalize, significant};
    use super::{
        FEW, RECURSIVE, Remainder, div_assign_small, div_limb_in_place, div_rem, div_rem_few, rem_in_place, rem_limb,
    };
    use std::cmp::Ordering;

    fn check(number: &[u64], divisor: &[u64]) {
        let (quotient, remainder) = interruptible(|poll| div_rem(number, divisor, poll));
        assert_eq!(compare(&remainder, divisor), Ordering::Less);
        let mut again = interruptible(|poll| mul(&quotient, divisor, poll));
        again.resize(number.len() + 1, 0);
        add_assign(&mut again, &remainder);
        normalize(&mut again);
        assert!(again == number);
        let mut rest = number.to_vec();
        if divisor.len() > 1 && number.len() >= divisor.len() {
            interruptible(|poll| rem_in_place(&mut rest, divisor, poll));
            normalize(&mut rest);
            assert!(rest == remainder);
            if number.len() <= FEW {
                let (mut rest, mut few) = (number.to_vec(), [0; FEW]);
                interruptible(|poll| div_rem_few(&mut rest, divisor, &mut few, poll));
                assert!(significant(&few) == quotient && significant(&rest) == remainder);
            }
        }
        if let [divisor] = divisor {
            assert_eq!(rem_limb(number, *divisor), remainder.first().copied().unwrap_or(0));
            let mut rest = number.to_vec();
            assert_eq!(div_limb_in_place(&mut rest, *divisor), rem_limb(number, *divisor));
            normalize(&mut rest);
            assert!(rest == quotient);
        }
    }

    #[test]
    fn quotient_and_remainder_make_the_number_again() {
        let mut random = Random(3);
        for _ in 0..40 {
            for number_len in [0, 1, 2, 3, 5, 9, 33] {
                for divisor_len in [1, 2, 3, 7, 20] {
                    let (number, divisor) = (random.natural(number_len), random.natural(divisor_len));
                    if !divisor.is_empty() {
                        check(&number, &divisor);
                    }
                }
            }
        }
    }

    #[test]
    fn long_quotients() {
        let mut random = Random(15);
        let lengths = [RECURSIVE - 1, RECURSIVE, RECURSIVE + 1, 2 * RECURSIVE, 3 * RECURSIVE + 1, 5 * RECURSIVE, 1000];
        for divisor_len in lengths {
            for quotient_len in lengths.into_iter().chain([1, 3]) {
                let divisor = random.natural(divisor_len);
                check(&random.natural(divisor_len + quotient_len), &divisor);
                // Multiples, the numbers just below them, and powers of two: quotients of ones.
                let mut number = slow_mul(&divisor, &random.natural(quotient_len));
                check(&number, &divisor);
                if !number.is_empty() {
                    super::sub_assign(&mut number, &[1]);
                    normalize(&mut number);
                    check(&number, &divisor);
                }
                let ones: Natural = vec![u64::MAX; divisor_len + quotient_len];
                check(&ones, &ones[..divisor_len]);
                let mut power = vec![0; divisor_len];
                power[divisor_len - 1] = 1 << (random.limb() % 64);
                check(&ones, &power);
                power[0] = 1;
                check(&ones, &power);
                let mut below = power.clone();
                below.splice(0..0, vec![u64::MAX; quotient_len]);
                super::sub_assign(&mut below[quotient_len..], &[1]);
                check(&below, &power);
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
            (vec![0, 0, 0, 1 << 63], vec![u64::MAX, 1 << 63]),
            (vec![u64::MAX; 5], vec![u64::MAX, u64::MAX]),
        ] {
            check(&number, &divisor);
        }
        for divisor in [1, 2, 3, 1 << 63, u64::MAX, u64::MAX - 1, (1 << 63) + 1, 0x1234_5678_9abc] {
            check(&[u64::MAX; 7], &[divisor]);
            check(&[0, 0, 0, 1], &[divisor]);
        }
    }

    #[test]
    fn one_limb_and_less() {
        let mut random = Random(12);
        for divisor in [1, 2, 3, 7, 1 << 32, (1 << 63) + 1, u64::MAX, random.limb(), random.limb() >> 20] {
            for len in 0..6 {
                let number = random.natural(len);
                let mut remainder = Remainder::new(divisor);
                number.iter().rev().for_each(|limb| {
                    // In pieces of 4 and 60 bits.
                    remainder.push(limb >> 60, 4);
                    remainder.push(limb & ((1 << 60) - 1), 60);
                });
                assert_eq!(remainder.finish(), rem_limb(&number, divisor));
                let small = (divisor as u32).max(1);
                let mut quotient = number.clone();
                div_assign_small(&mut quotient, small);
                normalize(&mut quotient);
                assert_eq!(quotient, interruptible(|poll| div_rem(&number, &[small.into()], poll)).0);
            }
        }
    }
}
