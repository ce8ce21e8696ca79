//! CPython's `math` module: functions of doubles, exact sums, and integers.
//!
//! Follows `Modules/mathmodule.c` of CPython.
//!
//! Where the functions come from:
//!
//! - `acos` `acosh` `asin` `asinh` `atan` `atan2` `atanh` `cbrt` `ceil` `copysign` `cos` `cosh` `degrees` `erf` `erfc`
//!   `exp` `exp2` `expm1` `fabs` `floor` `fma` `fmod` `frexp` `isclose` `ldexp` `lgamma` `log` `log10` `log2`
//!   `modf` `nextafter` `pow` `radians` `sin` `sinh` `sqrt` `tan` `trunc` `ulp`: the crate pymath, which calls the
//!   C library where CPython does; [`real`] adds ints of any size to `ldexp` and the logarithms.
//! - `tanh`: the C library.
//! - `gamma` `log1p` `remainder`: pymath, mended in [`real`] where it differs from CPython.
//! - `fsum`: [`sum`], and [`accumulator`] for many numbers. `dist` `hypot` `sumprod`: [`extended`]. pymath has these
//!   too, but allocates without a way to fail and takes slices, not what an iterable gives one by one.
//! - `comb` `factorial` `gcd` `isqrt` `lcm` `perm` `prod`: [`natural`] and [`small`].
//!
//! Differences:
//!
//! - sumprod and prod do not keep the float and int objects of their arguments. Where Python's operators take over, as
//!   for a `Fraction` among floats, these see equal objects in their place.

#[cfg(feature = "python")]
pub mod boundary;

pub mod accumulator;
pub mod extended;
pub mod natural;
pub mod real;
pub mod small;
pub mod sum;
