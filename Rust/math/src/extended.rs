//! Sums with two or three doubles in place of one: the Euclidean norm and the dot product, to the bits of CPython.
//!
//! The error-free transformations are those of Ogita, Rump and Oishi, "Accurate Sum and Dot Product" (2005). A product
//! and its exact error take a fused multiplication and addition: an instruction where the processor has it, and
//! otherwise a call of the C library, slower but the same.

use std::sync::atomic::{AtomicU8, Ordering};

/// A number as a sum of two.
#[derive(Clone, Copy)]
struct DoubleLength {
    high: f64,
    low: f64,
}

/// A sum and its error, for `|a| >= |b|`.
#[inline(always)]
fn fast_two_sum(a: f64, b: f64) -> DoubleLength {
    let high = a + b;
    DoubleLength { high, low: (a - high) + b }
}

/// A sum and its error.
#[inline(always)]
fn two_sum(a: f64, b: f64) -> DoubleLength {
    let high = a + b;
    let b_in_high = high - a;
    DoubleLength { high, low: (a - (high - b_in_high)) + (b - b_in_high) }
}

/// A product and its error.
#[inline(always)]
fn two_product(a: f64, b: f64) -> DoubleLength {
    let high = a * b;
    DoubleLength { high, low: a.mul_add(b, -high) }
}

/// The sum of a dot product in three parts.
#[derive(Clone, Copy, Debug, Default)]
pub struct TripleLength {
    high: f64,
    low: f64,
    tiny: f64,
}

impl TripleLength {
    /// The sum with `x * y` added.
    #[inline(always)]
    fn add_product(self, x: f64, y: f64) -> Self {
        let product = two_product(x, y);
        let high = two_sum(self.high, product.high);
        let low = two_sum(self.low, product.low);
        let middle = two_sum(low.high, high.low);
        Self { high: high.high, low: middle.high, tiny: self.tiny + low.low + middle.low }
    }

    /// The sum rounded to a double.
    pub fn round(self) -> f64 {
        let last = two_sum(self.low, self.high);
        self.tiny + last.low + last.high
    }

    /// Adds an integer, exactly.
    pub fn add_integer(&mut self, integer: i128) {
        let magnitude = integer.unsigned_abs();
        // Parts of 53 bits are doubles.
        let part = |shift: u32| {
            let part = ((magnitude >> shift) as u64 & ((1 << 53) - 1)) as f64 * power_of_two(shift as i32);
            if integer < 0 { -part } else { part }
        };
        self.add_products(&[part(106), part(53), part(0)], &[1.0; 3]);
    }

    /// Adds the products of pairs, until one makes the sum an infinity or a NaN; that one is not added. Returns how many
    /// have been.
    #[inline]
    pub fn add_products(&mut self, x: &[f64], y: &[f64]) -> usize {
        self.add_pairs(x.iter().copied().zip(y.iter().copied()))
    }

    /// [`add_products`](Self::add_products) where it is known what the processor has.
    #[inline]
    pub fn add_products_by(&mut self, x: &[f64], y: &[f64], fma: Fma) -> usize {
        self.add_pairs_by(x.iter().copied().zip(y.iter().copied()), fma)
    }

    /// As [`add_products`](Self::add_products).
    #[inline]
    pub fn add_pairs(&mut self, pairs: impl Iterator<Item = (f64, f64)>) -> usize {
        self.add_pairs_by(pairs, Fma::detect())
    }

    #[inline]
    fn add_pairs_by(&mut self, pairs: impl Iterator<Item = (f64, f64)>, fma: Fma) -> usize {
        #[cfg(target_arch = "x86_64")]
        if fma.0 {
            // SAFETY: the processor has the instructions, as the answer says.
            return unsafe { add_pairs_fma(self, pairs) };
        }
        let _: Fma = fma;
        add_pairs(self, pairs)
    }
}

#[inline(always)]
fn add_pairs(total: &mut TripleLength, pairs: impl Iterator<Item = (f64, f64)>) -> usize {
    let mut done = 0;
    for (x, y) in pairs {
        let next = total.add_product(x, y);
        if !next.high.is_finite() {
            break;
        }
        *total = next;
        done += 1;
    }
    done
}

/// [`add_pairs`], compiled for FMA instructions.
///
/// # Safety
///
/// - The processor has FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma")]
unsafe fn add_pairs_fma(total: &mut TripleLength, pairs: impl Iterator<Item = (f64, f64)>) -> usize {
    add_pairs(total, pairs)
}

/// Whether the processor has fused multiplication and addition.
#[derive(Clone, Copy, Debug)]
pub struct Fma(bool);

/// 0 as long as it is not known, 1 for no, 2 for yes.
static FMA: AtomicU8 = AtomicU8::new(if cfg!(target_arch = "x86_64") { 0 } else { 1 });

impl Fma {
    /// The answer, if it is known.
    #[inline]
    pub fn known() -> Option<Self> {
        // Relaxed is enough: every thread stores the same value.
        match FMA.load(Ordering::Relaxed) {
            0 => None,
            found => Some(Self(found == 2)),
        }
    }

    /// The answer.
    #[inline]
    pub fn detect() -> Self {
        Self::known().unwrap_or_else(Self::probe)
    }

    #[cold]
    fn probe() -> Self {
        #[cfg(target_arch = "x86_64")]
        FMA.store(1 + u8::from(std::arch::is_x86_feature_detected!("fma")), Ordering::Relaxed);
        Self::known().unwrap_or(Self(false))
    }
}

/// The square root of the sum of the squares of `vector`. The entries may be overwritten.
#[inline]
pub fn norm(vector: &mut [f64]) -> f64 {
    norm_by(vector, Fma::detect())
}

/// [`norm`] where it is known what the processor has.
#[inline]
pub fn norm_by(vector: &mut [f64], fma: Fma) -> f64 {
    match vector {
        [] => return 0.0,
        [x] if !x.is_nan() => return x.abs(),
        _ => {}
    }
    let max = largest(vector);
    if max == f64::INFINITY {
        return max;
    }
    let has_nan = || vector.iter().any(|x| x.is_nan());
    if max == 0.0 {
        return if has_nan() { f64::NAN } else { 0.0 };
    }
    // A NaN among the entries makes the sum a NaN.
    let norm = finite_norm(vector, max, fma);
    if norm.is_nan() { f64::NAN } else { norm }
}

/// The largest magnitude of the entries that are not NaNs.
#[inline]
fn largest(vector: &[f64]) -> f64 {
    let larger = |max: f64, x: f64| if x > max { x } else { max };
    // Four maxima that do not depend on each other, so that the compiler uses vector instructions.
    let mut max = [0.0_f64; 4];
    let (chunks, rest) = vector.as_chunks::<4>();
    for chunk in chunks {
        max = std::array::from_fn(|lane| larger(max[lane], chunk[lane].abs()));
    }
    let [a, b, c, d] = max;
    rest.iter().fold(larger(larger(a, b), larger(c, d)), |max, x| larger(max, x.abs()))
}

/// The norm of entries that are not infinite, of which `max`, not 0, is the largest magnitude; a NaN if one of them is.
#[inline]
fn finite_norm(vector: &mut [f64], max: f64, fma: Fma) -> f64 {
    let exponent = exponent(max);
    if exponent < -1023 {
        // The scale would be too large: the entries, all subnormal, are made normal first.
        vector.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * finite_norm(vector, max / f64::MIN_POSITIVE, fma);
    }
    let scale = power_of_two(-exponent);
    #[cfg(target_arch = "x86_64")]
    if fma.0 {
        // SAFETY: the processor has the instructions.
        return unsafe { scaled_norm_fma(vector, scale) };
    }
    scaled_norm(vector, scale)
}

/// [`scaled_norm`], compiled for FMA instructions.
///
/// # Safety
///
/// - The processor has FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma")]
#[inline]
unsafe fn scaled_norm_fma(vector: &[f64], scale: f64) -> f64 {
    scaled_norm(vector, scale)
}

/// The norm where `scale` brings the entries below 1, and the largest to 0.5 at least.
///
/// The sum of the squares starts at 1, and so is never less than a square: that is what makes the fast sum exact. The
/// errors of the squares and of the sums are added up on their own. In the end one step of Newton's method corrects the
/// rounding of the square root.
#[inline(always)]
fn scaled_norm(vector: &[f64], scale: f64) -> f64 {
    let (mut sum, mut square_errors, mut sum_errors) = (1.0, 0.0, 0.0);
    for x in vector {
        let x = x * scale;
        let square = two_product(x, x);
        let next = fast_two_sum(sum, square.high);
        sum = next.high;
        square_errors += square.low;
        sum_errors += next.low;
    }
    let mut root = (sum - 1.0 + (square_errors + sum_errors)).sqrt();
    let square = two_product(-root, root);
    let next = fast_two_sum(sum, square.high);
    sum = next.high;
    square_errors += square.low;
    sum_errors += next.low;
    let rest = sum - 1.0 + (square_errors + sum_errors);
    root += rest / (2.0 * root);
    root / scale
}

/// The `e` for which a positive finite `x` is `m * 2**e` with `0.5 <= m < 1`.
#[inline]
fn exponent(x: f64) -> i32 {
    let bits = x.to_bits();
    match (bits >> 52) as i32 {
        0 => 64 - bits.leading_zeros() as i32 - 1074,
        biased => biased - 1022,
    }
}

/// `2**exponent`, for exponents from -1074 to 1023.
#[inline]
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(if exponent >= -1022 { ((exponent + 1023) as u64) << 52 } else { 1 << (exponent + 1074) })
}

#[cfg(test)]
mod tests {
    use super::{TripleLength, exponent, norm, power_of_two};

    fn norm_of(vector: &[f64]) -> f64 {
        norm(&mut vector.to_vec())
    }

    #[test]
    fn norms() {
        for scale in [1.0, 1e-300, 1e300, f64::MIN_POSITIVE, 5e-324, 2e-323] {
            assert_eq!(norm_of(&[3.0 * scale, 4.0 * scale]), 5.0 * scale);
            assert_eq!(norm_of(&[2.0 * scale; 4]), 4.0 * scale);
        }
        assert_eq!(norm_of(&[]), 0.0);
        assert_eq!(norm_of(&[7.0]), 7.0);
        assert_eq!(norm_of(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(norm_of(&[f64::NAN, f64::INFINITY]), f64::INFINITY);
        assert!(norm_of(&[f64::NAN, 1.0]).is_nan());
    }

    #[test]
    fn powers_of_two_and_their_exponents() {
        let mut power = 5e-324;
        for e in -1074..=1023 {
            assert_eq!(power_of_two(e), power);
            assert_eq!(exponent(power), e + 1);
            power *= 2.0;
        }
        assert_eq!(exponent(f64::MAX), 1024);
    }

    #[test]
    fn integers_are_added_exactly() {
        for integer in [0, 1, -1, i128::MAX, i128::MIN, (1 << 53) + 1, -(1 << 106) - (1 << 60) - 1] {
            let mut total = TripleLength::default();
            total.add_integer(integer);
            assert_eq!(total.round(), integer as f64);
            total.add_integer(-(integer / 2));
            total.add_integer(integer / 2 - integer);
            total.add_integer(7);
            assert_eq!(total.round(), 7.0, "{integer}");
        }
    }

    #[test]
    fn dot_products_keep_what_a_double_loses() {
        let mut total = TripleLength::default();
        assert_eq!(total.add_products(&[1e150, 1.0, -1e150], &[1e150, 1e-10, 1e150]), 3);
        assert_eq!(total.round(), 1e-10);
        assert_eq!(total.add_products(&[1.0, 1e200, 1.0], &[1.0, 1e200, 1.0]), 1);
        assert_eq!(total.round(), 1.0 + 1e-10);
        assert_eq!(TripleLength::default().add_products(&[f64::NAN], &[0.0]), 0);
    }

    /// The compiler's multiplication and addition, and the C library's, give the same bits.
    #[test]
    fn both_ways_of_a_fused_product_agree() {
        let mut state = 77_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            f64::from_bits((state & 0x800f_ffff_ffff_ffff) | ((state >> 3 & 0x1ff) + 0x300) << 52)
        };
        for _ in 0..1000 {
            let x: Vec<f64> = (0..9).map(|_| random()).collect();
            let y: Vec<f64> = (0..9).map(|_| random()).collect();
            let (mut one, mut other) = (TripleLength::default(), TripleLength::default());
            assert_eq!(one.add_products(&x, &y), super::add_pairs(&mut other, x.into_iter().zip(y)));
            assert_eq!(one.round().to_bits(), other.round().to_bits());
        }
    }
}
