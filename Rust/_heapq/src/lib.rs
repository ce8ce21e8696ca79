//! CPython's `_heapq` module: min-heaps and max-heaps in lists.
//!
//! Follows `Modules/_heapqmodule.c` of CPython. [`heap`] is the algorithm; `boundary` runs it on a locked list, whose items
//! are compared without a reference to each where no Python code has to be asked.
//!
//! Differences: when another thread empties the list, the functions raise another exception; see Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod heap;
