//! CPython's `math` module: functions of doubles, exact sums, and integers.
//!
//! Follows `Modules/mathmodule.c` of CPython, and from 3.15 on `Modules/mathintegermodule.c` too.
//!
//! Where the functions come from:
//!
//! - `acos` `acosh` `asin` `asinh` `atan` `atan2` `atanh` `cbrt` `ceil` `copysign` `cos` `cosh` `degrees` `erf` `erfc`
//!   `exp` `exp2` `expm1` `fabs` `floor` `fma` `fmod` `frexp` `isclose` `ldexp` `lgamma` `log` `log10` `log2`
//!   `modf` `nextafter` `pow` `radians` `sin` `sinh` `sqrt` `tan` `trunc` `ulp`: the crate pymath, which calls the
//!   C library where CPython does; [`real`] adds ints of any size to `ldexp` and the logarithms.
//! - `tanh`: the C library.
//! - `gamma` `log1p` `remainder`: pymath, corrected in [`real`] where it differs from CPython.
//! - `fsum`: [`sum`], and [`superaccumulator`] for many numbers; [`long_sum`] joins both. `dist` `hypot` `sumprod`:
//!   [`extended`]. pymath has these too, but its allocations abort the process when memory runs out, and it takes
//!   slices, not iterators.
//! - `comb` `factorial` `gcd` `isqrt` `lcm` `perm` `prod`: [`natural`] and [`combinatorics`].
//!
//! New in CPython 3.15: `fmax` `fmin` `isnormal` `issubnormal` `signbit`, which are in [`real`], and the submodule
//! `math.integer`, to which the functions of integers have moved; `_math_integermodule.c` is its C side.
//!
//! Differences:
//!
//! - sumprod and prod do not keep the float and int objects of their arguments. Where Python's operators take over, as
//!   for a `Fraction` among floats, these see equal objects in their place.
//! - sumprod is in extended precision also where a pair of ints follows or precedes one with a float (CPython issue 139074).

#[cfg(feature = "python")]
pub mod boundary;

pub mod combinatorics;
pub mod extended;
pub mod libm;
pub mod long_sum;
pub mod natural;
pub mod real;
pub mod sum;
pub mod superaccumulator;
