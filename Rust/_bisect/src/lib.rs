//! CPython's `_bisect` module: binary search in sorted lists.
//!
//! Follows `Modules/_bisectmodule.c` of CPython. [`search`] is the search; `boundary` compares the items: those of a locked
//! list directly where no Python code has to be asked, all others as C does, in the same order.
//!
//! Differences: an insertion is one step for other threads where no Python code is asked; see Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod search;
