//! CPython's `_random` module: the Mersenne Twister that `random` uses.
//!
//! Follows `Modules/_randommodule.c` of CPython. The generator is MT19937: M. Matsumoto and T. Nishimura, "Mersenne Twister:
//! A 623-dimensionally equidistributed uniform pseudo-random number generator", ACM Transactions on Modeling and Computer
//! Simulation 8 (1998).
//!
//! - `boundary.rs`: the class `Random`, and the functions that Argument Clinic's code calls.
//!
//! The pure core, which knows nothing of Python:
//!
//! - `mt19937.rs`: the recurrence, tempering and initialisation.
//! - `outputs.rs`: a generator for many threads, which take small numbers of outputs without a lock.
//!
//! Differences: the size of objects; see Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod mt19937;
pub mod outputs;
