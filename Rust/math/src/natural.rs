//! Natural numbers of any size: limbs of 64 bits, least significant first.
//!
//! Python's own integers have digits of 30 bits; a product of two limbs does the work of four and a half products of
//! digits. Every allocation can fail without harm, and long work can be interrupted.

#![forbid(unsafe_code)]

mod div;
mod gcd;
mod mul;
mod ntt;
mod product;
mod sqrt;
mod sum;

pub(crate) use div::rem_in_place;
pub use div::{Remainder, div_assign_small, div_limb_in_place, div_rem, div_rem_few, rem_limb};
pub use gcd::{gcd, gcd_in_place, gcd_u64, gcd_u128, lcm_u64};
pub use mul::{mul, mul_limb};
pub use product::{ProductTree, binomial, binomial_large, factorial, falling, falling_large, falling_short};
pub use sqrt::{isqrt, isqrt_short, isqrt_u64, isqrt_u128};
pub use sum::ProductSum;

/// Limbs, with a highest one that is not zero; zero has none.
pub type Natural = Vec<u64>;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no memory for the result, or on the way to it.
    NoMemory,
    /// The poll has raised an exception, as a signal handler may do.
    Interrupted,
}

/// Lets long work be interrupted: it calls `poll` once in a hundred thousand operations on limbs.
pub struct SignalPoll<'a> {
    left: usize,
    poll: &'a mut dyn FnMut() -> Result<(), Error>,
}

const INTERVAL: usize = 100_000;

impl<'a> SignalPoll<'a> {
    /// Work in which `poll` is called.
    pub fn new(poll: &'a mut dyn FnMut() -> Result<(), Error>) -> Self {
        Self { left: INTERVAL, poll }
    }

    /// Counts that number of operations.
    #[inline]
    pub fn spend(&mut self, operations: usize) -> Result<(), Error> {
        match self.left.checked_sub(operations) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = INTERVAL;
                (self.poll)()
            }
        }
    }
}

/// So many zero limbs.
pub(crate) fn zeros(len: usize) -> Result<Natural, Error> {
    let mut limbs = with_capacity(len)?;
    limbs.resize(len, 0);
    Ok(limbs)
}

/// An empty number with room for that number of limbs.
pub(crate) fn with_capacity(len: usize) -> Result<Natural, Error> {
    let mut limbs = Vec::new();
    limbs.try_reserve_exact(len).map_err(|_| Error::NoMemory)?;
    Ok(limbs)
}

/// A copy.
pub fn copy(limbs: &[u64]) -> Result<Natural, Error> {
    let mut copy = with_capacity(limbs.len())?;
    copy.extend_from_slice(limbs);
    Ok(copy)
}

/// A number of one limb, or zero.
pub fn from_limb(limb: u64) -> Result<Natural, Error> {
    from_u128(limb.into())
}

/// The limbs of a number of at most two.
pub fn words(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

/// The limbs of a product of numbers of at most two.
pub fn wide_mul(x: u128, y: u128) -> [u64; 4] {
    let ([x0, x1], [y0, y1]) = (words(x), words(y));
    let product = |x: u64, y: u64| u128::from(x) * u128::from(y);
    let low = product(x0, y0);
    // Neither sum can leave 128 bits.
    let middle = product(x1, y0) + (low >> 64);
    let other = product(x0, y1) + u128::from(middle as u64);
    let high = product(x1, y1) + (middle >> 64) + (other >> 64);
    [low as u64, other as u64, high as u64, (high >> 64) as u64]
}

/// A number of at most two limbs.
pub fn from_u128(number: u128) -> Result<Natural, Error> {
    copy(significant(&words(number)))
}

/// The value of at most two limbs; of more, that of the lowest two.
pub fn low(limbs: &[u64]) -> u128 {
    let limb = |index| u128::from(limbs.get(index).copied().unwrap_or(0));
    limb(0) | (limb(1) << 64)
}

/// Takes the zero limbs off the top.
pub fn normalize(limbs: &mut Natural) {
    limbs.truncate(significant(limbs).len());
}

/// The limbs without the zeros at the top.
pub fn significant(limbs: &[u64]) -> &[u64] {
    &limbs[..limbs.iter().rposition(|limb| *limb != 0).map_or(0, |last| last + 1)]
}

/// How many bits a number has.
pub fn bit_len(limbs: &[u64]) -> u64 {
    limbs.last().map_or(0, |top| limbs.len() as u64 * 64 - u64::from(top.leading_zeros()))
}

/// `limbs << bits`
pub fn shl(limbs: &[u64], bits: u64) -> Result<Natural, Error> {
    if limbs.is_empty() {
        return Ok(Vec::new());
    }
    let whole = usize::try_from(bits / 64).map_err(|_| Error::NoMemory)?;
    let mut shifted = with_capacity(limbs.len().checked_add(whole + 1).ok_or(Error::NoMemory)?)?;
    shifted.resize(whole, 0);
    let bits = (bits % 64) as u32;
    let mut carry = 0;
    for limb in limbs {
        shifted.push((limb << bits) | carry);
        carry = if bits == 0 { 0 } else { limb >> (64 - bits) };
    }
    shifted.push(carry);
    normalize(&mut shifted);
    Ok(shifted)
}

/// `limbs >> bits`
pub fn shr(limbs: &[u64], bits: u64) -> Result<Natural, Error> {
    let whole = usize::try_from(bits / 64).unwrap_or(usize::MAX);
    let limbs = limbs.get(whole..).unwrap_or(&[]);
    let mut shifted = with_capacity(limbs.len())?;
    let bits = (bits % 64) as u32;
    for (index, limb) in limbs.iter().enumerate() {
        let above = limbs.get(index + 1).copied().unwrap_or(0);
        shifted.push(if bits == 0 { *limb } else { (limb >> bits) | (above << (64 - bits)) });
    }
    normalize(&mut shifted);
    Ok(shifted)
}

/// `left += right`, of which the lower limbs of `left` are taken; the carry beyond it is returned.
pub(crate) fn add_assign(left: &mut [u64], right: &[u64]) -> bool {
    let (low, high) = left.split_at_mut(right.len());
    let mut carry = false;
    for (l, r) in low.iter_mut().zip(right) {
        let (sum, first) = l.overflowing_add(*r);
        let (sum, second) = sum.overflowing_add(carry.into());
        (*l, carry) = (sum, first | second);
    }
    for l in high {
        if !carry {
            break;
        }
        (*l, carry) = l.overflowing_add(1);
    }
    carry
}

/// `left -= right`; the borrow beyond `left` is returned.
pub(crate) fn sub_assign(left: &mut [u64], right: &[u64]) -> bool {
    let (low, high) = left.split_at_mut(right.len());
    let mut borrow = false;
    for (l, r) in low.iter_mut().zip(right) {
        let (difference, first) = l.overflowing_sub(*r);
        let (difference, second) = difference.overflowing_sub(borrow.into());
        (*l, borrow) = (difference, first | second);
    }
    for l in high {
        if !borrow {
            break;
        }
        (*l, borrow) = l.overflowing_sub(1);
    }
    borrow
}

/// Compares numbers without zero limbs at the top.
pub(crate) fn compare(left: &[u64], right: &[u64]) -> std::cmp::Ordering {
    left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

#[cfg(test)]
pub(crate) mod testing {
    //! What the tests of the parts share.

    use super::{Error, Natural, SignalPoll, normalize};

    pub(crate) fn interruptible<T>(work: impl FnOnce(&mut SignalPoll<'_>) -> Result<T, Error>) -> T {
        match work(&mut SignalPoll::new(&mut || Ok(()))) {
            Ok(value) => value,
            Err(error) => panic!("{error:?}"),
        }
    }

    pub(crate) struct Random(pub(crate) u64);

    impl Random {
        pub(crate) fn limb(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        /// Limbs at random, with runs of zeros and ones, where carries go wrong.
        pub(crate) fn natural(&mut self, len: usize) -> Natural {
            let mut limbs: Natural = (0..len)
                .map(|_| match self.limb() % 8 {
                    0 => 0,
                    1 => u64::MAX,
                    2 => 1 << (self.limb() % 64),
                    _ => self.limb(),
                })
                .collect();
            normalize(&mut limbs);
            limbs
        }
    }

    /// The product by the definition.
    pub(crate) fn slow_mul(left: &[u64], right: &[u64]) -> Natural {
        let mut product = vec![0; left.len() + right.len()];
        for (i, l) in left.iter().enumerate() {
            let mut carry = 0;
            for (j, r) in right.iter().enumerate() {
                let sum = u128::from(*l) * u128::from(*r) + u128::from(product[i + j]) + carry;
                product[i + j] = sum as u64;
                carry = sum >> 64;
            }
            product[i + right.len()] = carry as u64;
        }
        normalize(&mut product);
        product
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{Random, interruptible, slow_mul};
    use super::{Error, SignalPoll, bit_len, mul, shl, shr, significant, wide_mul, words};

    #[test]
    fn shifts_are_products_with_powers_of_two() {
        let mut random = Random(9);
        for len in 0..6 {
            for bits in [0, 1, 17, 63, 64, 65, 128, 200] {
                let number = random.natural(len);
                let mut power = vec![0; bits / 64 + 1];
                power[bits / 64] = 1 << (bits % 64);
                let shifted = shl(&number, bits as u64).expect("memory");
                assert_eq!(shifted, slow_mul(&number, &power));
                assert_eq!(shr(&shifted, bits as u64).expect("memory"), number);
                if !number.is_empty() {
                    assert_eq!(bit_len(&shifted), bit_len(&number) + bits as u64);
                }
            }
        }
    }

    #[test]
    fn products_of_two_limbs() {
        let mut random = Random(10);
        let mut numbers: Vec<u128> = vec![0, 1, u128::MAX, u64::MAX.into(), 1 << 64];
        numbers.extend((0..20).map(|_| u128::from(random.limb()) << 64 | u128::from(random.limb())));
        for &x in &numbers {
            for &y in &numbers {
                assert_eq!(significant(&wide_mul(x, y)), slow_mul(&words(x), &words(y)));
            }
        }
    }

    #[test]
    fn work_can_be_interrupted() {
        let number = vec![3; 30_000];
        let mut calls = 0;
        let mut poll = || {
            calls += 1;
            if calls == 3 { Err(Error::Interrupted) } else { Ok(()) }
        };
        assert!(mul(&number, &number, &mut SignalPoll::new(&mut poll)) == Err(Error::Interrupted));
        assert_eq!(calls, 3);
        assert_eq!(shl(&[1], u64::MAX), Err(Error::NoMemory));
        assert!(interruptible(|poll| mul(&[], &[1], poll)).is_empty());
    }
}
