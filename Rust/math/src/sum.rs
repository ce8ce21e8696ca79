//! The exact sum of doubles (Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997).
//!
//! The sum so far is kept as partial sums that do not overlap and grow in size. A new number goes through them: each
//! addition gives a rounded sum, which goes on, and its exact error, which is kept unless it is zero. In the end
//! the partial sums are added from the top, and only one rounding is left.
//!
//! The order of the additions is that of CPython, because it shows: a sum beyond the range of doubles is an error even
//! where numbers still to come would bring it back.

#![forbid(unsafe_code)]

/// Why there is no sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SumError {
    /// A partial sum is too large.
    Overflow,
    /// There were infinities of both signs.
    InfinityMinusInfinity,
    /// There is no memory for more partial sums.
    NoMemory,
}

const INLINE: usize = 32;
/// The length of what is kept inline when nothing is, since there is too much of it.
const SPILLED: usize = usize::MAX;

/// A sum to which numbers are added.
#[derive(Debug)]
pub struct ExactSum {
    inline: [f64; INLINE],
    len: usize,
    /// All partial sums, once there are too many.
    spilled: Vec<f64>,
    specials: f64,
    infinities: f64,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes a number through the partial sums. Returns what comes out at the top, and how many errors stay.
#[inline(always)]
fn pass_through(partials: &mut [f64], number: f64) -> (f64, usize) {
    let mut x = number;
    let mut kept = 0;
    for index in 0..partials.len() {
        let mut y = partials[index];
        if x.abs() < y.abs() {
            (x, y) = (y, x);
        }
        let sum = x + y;
        let error = y - (sum - x);
        if error != 0.0 {
            partials[kept] = error;
            kept += 1;
        }
        x = sum;
    }
    (x, kept)
}

impl ExactSum {
    /// The sum of nothing.
    pub const fn new() -> Self {
        Self { inline: [0.0; INLINE], len: 0, spilled: Vec::new(), specials: 0.0, infinities: 0.0 }
    }

    /// Adds a number. A loop that does little else is a third longer when this is a call.
    #[inline(always)]
    pub fn add(&mut self, number: f64) -> Result<(), SumError> {
        let Some(partials) = self.inline.get_mut(..self.len) else { return self.add_to_spilled(number) };
        let (x, kept) = pass_through(partials, number);
        self.len = kept;
        if x == 0.0 {
            return Ok(());
        }
        if !x.is_finite() {
            return self.add_special(number);
        }
        match self.inline.get_mut(kept) {
            Some(place) => *place = x,
            None => return self.spill(x),
        }
        self.len = kept + 1;
        Ok(())
    }

    /// Adds numbers, one after the other. The sum of most ints, and often that of the first of other numbers, is exact as a
    /// double. While it is, it stays in a register.
    #[inline(never)]
    pub fn add_all(&mut self, numbers: &[f64]) -> Result<(), SumError> {
        let mut sum = match self.len {
            0 => 0.0,
            1 => self.inline[0],
            _ => return numbers.iter().try_for_each(|number| self.add(*number)),
        };
        let mut done = 0;
        for number in numbers {
            // The error of a sum by two_sum (Knuth, "The Art of Computer Programming" 2, 4.2.2), for which it does not matter
            // which of the two is larger.
            let next = sum + number;
            let added = next - sum;
            let error = (sum - (next - added)) + (number - added);
            if error != 0.0 {
                // It is a NaN if the sum overflows or is not finite.
                if error.is_finite() {
                    self.inline[..2].copy_from_slice(&[error, next]);
                    self.len = 2;
                    return numbers[done + 1..].iter().try_for_each(|number| self.add(*number));
                }
                break;
            }
            sum = next;
            done += 1;
        }
        self.inline[0] = sum;
        self.len = usize::from(sum != 0.0);
        numbers[done..].iter().try_for_each(|number| self.add(*number))
    }

    #[cold]
    #[inline(never)]
    fn add_special(&mut self, number: f64) -> Result<(), SumError> {
        if number.is_finite() {
            return Err(SumError::Overflow);
        }
        if number.is_infinite() {
            self.infinities += number;
        }
        self.specials += number;
        self.len = 0;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn spill(&mut self, last: f64) -> Result<(), SumError> {
        self.spilled.clear();
        self.spilled.try_reserve(2 * INLINE).map_err(|_| SumError::NoMemory)?;
        self.spilled.extend_from_slice(&self.inline);
        self.spilled.push(last);
        self.len = SPILLED;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn add_to_spilled(&mut self, number: f64) -> Result<(), SumError> {
        let (x, kept) = pass_through(&mut self.spilled, number);
        self.spilled.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if !x.is_finite() {
            return self.add_special(number);
        }
        self.spilled.try_reserve(1).map_err(|_| SumError::NoMemory)?;
        self.spilled.push(x);
        Ok(())
    }

    /// Numbers that do not overlap, the smallest first, with the sum of those that have been added and are finite.
    pub fn partials(&self) -> &[f64] {
        self.inline.get(..self.len).unwrap_or(&self.spilled)
    }

    /// The sum, rounded once.
    pub fn finish(&self) -> Result<f64, SumError> {
        if self.specials != 0.0 {
            return if self.infinities.is_nan() { Err(SumError::InfinityMinusInfinity) } else { Ok(self.specials) };
        }
        let mut rest = self.partials().iter().rev();
        let Some(&top) = rest.next() else { return Ok(0.0) };
        let mut sum = top;
        let mut error = 0.0;
        for &partial in rest.by_ref() {
            let before = sum;
            sum = before + partial;
            error = partial - (sum - before);
            if error != 0.0 {
                break;
            }
        }
        // The error may be exactly half of the last place; then the next partial sum decides the direction of rounding.
        if let Some(&below) = rest.next()
            && ((error < 0.0 && below < 0.0) || (error > 0.0 && below > 0.0))
        {
            let twice = error * 2.0;
            let rounded = sum + twice;
            if twice == rounded - sum {
                sum = rounded;
            }
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::{ExactSum, SPILLED, SumError};

    fn sum(numbers: &[f64]) -> Result<f64, SumError> {
        let mut sum = ExactSum::new();
        numbers.iter().try_for_each(|number| sum.add(*number))?;
        // Adding all numbers of a piece at once gives the same partial sums, however long the pieces are.
        for len in 1..4 {
            let mut same = ExactSum::new();
            numbers.chunks(len).try_for_each(|piece| same.add_all(piece))?;
            assert_eq!(same.partials(), sum.partials());
            assert_eq!((same.specials.to_bits(), same.len), (sum.specials.to_bits(), sum.len));
        }
        sum.finish()
    }

    #[test]
    fn sums_are_rounded_once() {
        for (numbers, expected) in [
            (&[][..], 0.0),
            (&[0.1; 10], 1.0),
            (&[1e100, 1.0, -1e100], 1.0),
            (&[3.0, -3.0, -0.0, 0.0, 5e-324], 5e-324),
            (&[3.0, 1e16, 1.0, -1e16, -4.0, 7.0], 7.0),
            (&[f64::MAX, -f64::MAX, f64::MAX, -f64::MAX, 2.0], 2.0),
            (&[1e-16, 1.0, 1e16], 10_000_000_000_000_002.0),
            (&[9_007_199_254_740_992.0, -0.5, -5e-324], 9_007_199_254_740_991.0),
            (&[9_007_199_254_740_994.0, 1.0, 5e-324], 9_007_199_254_740_996.0),
        ] {
            assert_eq!(sum(numbers), Ok(expected), "{numbers:?}");
        }
    }

    #[test]
    fn specials() {
        assert_eq!(sum(&[f64::INFINITY, 1.0, f64::INFINITY]), Ok(f64::INFINITY));
        assert_eq!(sum(&[f64::INFINITY, f64::NEG_INFINITY]), Err(SumError::InfinityMinusInfinity));
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), Err(SumError::Overflow));
        assert!(sum(&[f64::NAN, f64::INFINITY]).is_ok_and(f64::is_nan));
    }

    #[test]
    fn more_partial_sums_than_fit_inline() {
        // Powers of two too far from each other to share a partial sum.
        let powers: Vec<f64> = (0..38).map(|i| 2.0_f64.powi(54 * i - 1000)).collect();
        let mut total = ExactSum::new();
        for power in &powers {
            assert_eq!(total.add(*power), Ok(()));
        }
        assert_eq!((total.len, total.spilled.len()), (SPILLED, 38));
        for power in powers.iter().rev() {
            assert_eq!(total.add(-*power), Ok(()));
        }
        assert_eq!(total.finish(), Ok(0.0));
        // An infinity takes the place of them all.
        for number in powers.iter().chain(&[f64::INFINITY, 1.0]) {
            assert_eq!(total.add(*number), Ok(()));
        }
        assert_eq!((total.len, total.finish()), (1, Ok(f64::INFINITY)));
    }
}
