//! The exact sum of many doubles, in fixed point (Neal, "Fast Exact Summation Using Small and Large Superaccumulators",
//! 2015).
//!
//! All doubles are multiples of the smallest one, `2**-1074`, so a sum is an integer multiple of it. It is kept in
//! chunks of 32 bits, each in a word of 64: a mantissa is shifted to its place and cut in two, and the parts are added
//! to two neighbouring chunks. The bits of a word above its lower 32 are carried to the next word from time to time,
//! and at the end.
//!
//! An addition always costs the same, where [`ExactSum`](crate::sum::ExactSum) goes through all of its partial sums.
//! But to begin and to round take a pass over the chunks, so it pays from some dozens of numbers on. The results are
//! the same, as both are rounded once. If an intermediate sum leaves the range of doubles, the result of `ExactSum`
//! depends on its partial sums. So numbers are refused here when the sum of their magnitudes comes near the end of that
//! range.

#![forbid(unsafe_code)]

/// There is a number that is not finite, or so large that a sum could leave the range of doubles, or there are too many; so
/// many before that one have been added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge(pub usize);

/// Smaller numbers are counted only; the magnitudes of all others are added up.
pub const LARGE: f64 = f64::from_bits(LARGE_EXPONENT << 52);
const LARGE_EXPONENT: u64 = 960 + 1023;

/// How many numbers there may be: those that are counted only have a sum below `2**992`.
const MOST: u64 = 1 << 32;

/// The largest sum of magnitudes, rounded errors included, that is far enough from the range of doubles.
const LARGEST_SUM: f64 = f64::from_bits((1020 + 1023) << 52);

/// The upper half of the last numbers goes one chunk further, and the highest chunk has the sign.
const CHUNKS: usize = 66;
const _: () = assert!((1020 + 1023 - 1) / 32 + 1 < CHUNKS - 1);

const MASK: i64 = 0xffff_ffff;

/// How many numbers are added between carries: each adds less than `2**53` to a chunk, which has room for `2**63`.
const INTERVAL: usize = 1 << 9;

/// A sum to which numbers are added.
#[derive(Clone, Debug)]
pub struct SmallSuperaccumulator {
    chunks: [i64; CHUNKS],
    /// How many numbers may be added until there must be a carry.
    left: usize,
    count: u64,
    /// The sum of the magnitudes of large numbers.
    large: f64,
}

impl Default for SmallSuperaccumulator {
    fn default() -> Self {
        Self::new()
    }
}

impl SmallSuperaccumulator {
    /// The sum of nothing.
    pub const fn new() -> Self {
        Self { chunks: [0; CHUNKS], left: INTERVAL, count: 0, large: 0.0 }
    }

    /// Adds all numbers, or those before one that is refused.
    #[inline]
    pub fn add(&mut self, numbers: &[f64]) -> Result<(), TooLarge> {
        for (index, some) in numbers.chunks(INTERVAL).enumerate() {
            let done = index * INTERVAL;
            self.count += some.len() as u64;
            if self.count > MOST {
                return Err(TooLarge(done));
            }
            if self.left < some.len() {
                self.carry();
                self.left = INTERVAL;
            }
            self.left -= some.len();
            for (index, number) in some.iter().enumerate() {
                if exponent(*number) >= LARGE_EXPONENT && !self.counts_large(*number) {
                    return Err(TooLarge(done + index));
                }
                self.add_one(*number);
            }
        }
        Ok(())
    }

    /// Adds a number that is finite.
    #[inline(always)]
    fn add_one(&mut self, number: f64) {
        let bits = number.to_bits();
        let exponent = exponent(number);
        // A number without exponent has no leading bit, and stands where those of the first exponent do.
        let is_normal = u64::from(exponent != 0);
        let magnitude = ((bits & ((1 << 52) - 1)) | (is_normal << 52)) as i64;
        let sign = (bits as i64) >> 63;
        let mantissa = (magnitude ^ sign) - sign;
        let place = exponent - is_normal;
        let (chunk, shift) = ((place >> 5) as usize % 64, place & 31);
        // The sign goes with the upper part.
        self.chunks[chunk] += (mantissa << shift) & MASK;
        self.chunks[chunk + 1] += mantissa >> (32 - shift);
    }

    /// Counts a large number; returns whether the sum cannot leave the range of doubles with it.
    #[inline(never)]
    fn counts_large(&mut self, number: f64) -> bool {
        let large = self.large + number.abs();
        let counts = large <= LARGEST_SUM;
        if counts {
            self.large = large;
        }
        counts
    }

    /// Carries on what is above 32 bits, after which no chunk but the highest has more, or is negative.
    fn carry(&mut self) {
        let mut carry = 0;
        let last = CHUNKS - 1;
        for chunk in &mut self.chunks[..last] {
            let value = *chunk + carry;
            *chunk = value & MASK;
            carry = value >> 32;
        }
        self.chunks[last] += carry;
    }

    /// Passes doubles to `take` whose sum is this one and that do not overlap, the largest first.
    pub fn expand<E>(mut self, mut take: impl FnMut(f64) -> Result<(), E>) -> Result<(), E> {
        loop {
            let number = self.clone().finish();
            if number == 0.0 {
                return Ok(());
            }
            take(number)?;
            self.carry();
            self.add_one(-number);
        }
    }

    /// The sum, rounded once, half to even. A sum of zero is positive.
    pub fn finish(mut self) -> f64 {
        self.carry();
        let negative = self.chunks[CHUNKS - 1] < 0;
        if negative {
            self.chunks.iter_mut().for_each(|chunk| *chunk = -*chunk);
            self.carry();
        }
        let Some(top) = self.chunks.iter().rposition(|chunk| *chunk != 0) else { return 0.0 };
        let chunk = |index: Option<usize>| index.map_or(0, |index| self.chunks[index] as u64);
        // The highest 96 bits, of which 64 at least are significant, moved up until the first one is.
        let high = (chunk(Some(top)) << 32) | chunk(top.checked_sub(1));
        let low = chunk(top.checked_sub(2)) << 32;
        let zeros = high.leading_zeros();
        let high = (high << zeros) | ((u128::from(low) << zeros) >> 64) as u64;
        let rest = low << zeros != 0 || (top > 2 && self.chunks[..top - 2].iter().any(|chunk| *chunk != 0));
        // So many bits has the sum. A double keeps 53 of them.
        let bits = 32 * (top as u32 + 1) - zeros;
        let magnitude = if bits <= 53 {
            high >> (64 - bits)
        } else {
            let (mantissa, below) = (high >> 11, high & 0x7ff);
            let up = below > 0x400 || (below == 0x400 && (rest || mantissa & 1 == 1));
            // The leading bit makes up for the exponent being one too small, and a carry out of the mantissa goes there.
            (u64::from(bits - 53) << 52) + mantissa + u64::from(up)
        };
        f64::from_bits(magnitude | (u64::from(negative) << 63))
    }
}

/// The exponent as doubles store it.
#[inline(always)]
fn exponent(number: f64) -> u64 {
    (number.to_bits() >> 52) & 0x7ff
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_SUM, SmallSuperaccumulator, TooLarge};
    use crate::natural::testing::Random;
    use crate::sum::ExactSum;

    fn sum(numbers: &[f64]) -> Result<f64, TooLarge> {
        let mut total = SmallSuperaccumulator::new();
        total.add(numbers)?;
        Ok(total.finish())
    }

    /// The bits of both sums.
    fn both(numbers: &[f64]) -> (u64, u64) {
        let mut partials = ExactSum::new();
        numbers.iter().for_each(|number| assert_eq!(partials.add(*number), Ok(())));
        let expected = partials.finish().expect("finite").to_bits();
        (sum(numbers).expect("not too large").to_bits(), expected)
    }

    #[test]
    fn single_numbers_come_back() {
        let mut power = 5e-324;
        while power < LARGEST_SUM / 2.0 {
            for number in [power, -power, power * 1.75, power * (2.0 - f64::EPSILON)] {
                assert_eq!(sum(&[number]), Ok(number));
            }
            power *= 2.0;
        }
        assert_eq!(sum(&[]).map(f64::to_bits), Ok(0));
        assert_eq!(sum(&[-0.0]).map(f64::to_bits), Ok(0));
        assert_eq!(sum(&[1.5, -1.5]).map(f64::to_bits), Ok(0));
    }

    #[test]
    fn ties_go_to_even_unless_something_is_below() {
        let one = 9_007_199_254_740_992.0_f64;
        for tiny in [0.0, 5e-324, -5e-324, 1e-30, -1e-200, 2.0_f64.powi(-11), -(2.0_f64.powi(-64))] {
            for start in [one, one + 2.0, one + 4.0, one / 2.0] {
                for sign in [1.0, -1.0] {
                    let numbers = [sign * start, sign * start.min(one) / one, sign * tiny];
                    let (ours, expected) = both(&numbers);
                    assert_eq!(ours, expected, "{numbers:?}");
                }
            }
        }
    }

    #[test]
    fn sums_are_those_of_the_partial_sums() {
        let mut random = Random(3);
        for round in 0..4000 {
            let range = [1, 3, 40, 120, 1900][round % 5];
            let start = if round % 2 == 0 { 0 } else { 2030 - range };
            let mut numbers: Vec<f64> = (0..random.limb() % 40)
                .map(|_| {
                    let exponent = start + random.limb() % (range + 1);
                    f64::from_bits(
                        (random.limb() & 0x800f_ffff_ffff_ffff & !(random.limb() & 0xffff)) | (exponent << 52),
                    )
                })
                .collect();
            // Cancellation leaves the low bits.
            if round % 3 == 0 {
                numbers.extend(numbers.clone().iter().map(|number| -number * (1.0 + f64::EPSILON)));
            }
            let (ours, expected) = both(&numbers);
            assert_eq!(ours, expected, "{numbers:?}");
        }
    }

    #[test]
    fn many_numbers_are_carried_in_time() {
        for number in
            [f64::from_bits((31 << 52) | 0xf_ffff_ffff_ffff), -f64::from_bits((63 << 52) | 0xf_ffff_ffff_ffff)]
        {
            let mut total = SmallSuperaccumulator::new();
            for _ in 0..100 {
                assert_eq!(total.add(&vec![number; 997]), Ok(()));
            }
            assert_eq!(total.finish(), number * 99_700.0);
        }
    }

    #[test]
    fn numbers_are_refused_before_a_sum_is_too_large() {
        for number in [2.0_f64.powi(1021), -f64::MAX, f64::INFINITY, f64::NAN] {
            assert_eq!(sum(&[1.0, number]), Err(TooLarge(1)));
        }
        let half = LARGEST_SUM / 2.0;
        assert_eq!(sum(&[half, half, -half]), Err(TooLarge(2)));
        assert_eq!(sum(&[half, -half]), Ok(0.0));
        let mut total = SmallSuperaccumulator { count: super::MOST, ..SmallSuperaccumulator::new() };
        assert_eq!(total.add(&[1.0]), Err(TooLarge(0)));
        assert_eq!(sum(&[vec![1.0; 1000], vec![f64::MAX]].concat()), Err(TooLarge(1000)));
    }

    #[test]
    fn expansions_have_the_sum() {
        let mut random = Random(5);
        for _ in 0..300 {
            let numbers: Vec<f64> = (0..random.limb() % 30)
                .map(|_| f64::from_bits((random.limb() & 0x800f_ffff_ffff_ffff) | ((random.limb() % 2030) << 52)))
                .collect();
            let mut total = SmallSuperaccumulator::new();
            assert_eq!(total.add(&numbers), Ok(()));
            let mut parts = Vec::new();
            let kept = total.clone().expand(|part| {
                parts.push(part);
                Ok::<(), ()>(())
            });
            assert_eq!(kept, Ok(()));
            assert!(parts.iter().is_sorted_by(|one, other| one.abs() > other.abs()), "{parts:?}");
            assert!(parts.len() <= 45, "{parts:?}");
            parts.iter_mut().for_each(|part| *part = -*part);
            assert_eq!(total.add(&parts), Ok(()));
            assert_eq!(total.finish(), 0.0);
        }
    }
}
