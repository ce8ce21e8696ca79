//! Combinations and permutations.

use super::int;
use super::integer::{computed, factorial, from_limbs, from_u64, limbs, small_natural};
use crate::combinatorics;
use crate::natural::{self, Error, Natural, SignalPoll};
use cpython_api::exceptions::{PyOverflowError, PyValueError};
use cpython_api::types::PyInt;
use cpython_api::{Arg, Borrowed, Bound, PyObject, PyResult, Python, entry};

/// Ways of choosing `k` out of `n`. They are counted by different algorithms, depending on how large the numbers are.
trait Choice {
    /// Whether there are as many for `n - k`.
    const SYMMETRIC: bool;
    /// What must not be too large, as error messages name it.
    const LIMITED: &'static str;

    /// Their number, if a quick test shows that it fits.
    fn small(n: u64, k: u64) -> Option<u64>;

    /// Their number for `k <= n`.
    fn medium(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error>;

    /// Their number for an `n` of two words and a small `k`, computed without an allocation; `None` if `k` is too large.
    fn few(n: u128, k: u64) -> Option<[u64; 16]>;

    /// Their number for any `n`.
    fn large(n: &[u64], k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error>;
}

struct Permutations;

impl Choice for Permutations {
    const SYMMETRIC: bool = false;
    const LIMITED: &'static str = "k";

    #[inline]
    fn small(n: u64, k: u64) -> Option<u64> {
        combinatorics::permutations(n, k)
    }

    fn medium(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        natural::falling(n, k, poll)
    }

    fn few(n: u128, k: u64) -> Option<[u64; 16]> {
        natural::falling_short(n, k)
    }

    fn large(n: &[u64], k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        natural::falling_large(n, k, poll)
    }
}

struct Combinations;

impl Choice for Combinations {
    const SYMMETRIC: bool = true;
    const LIMITED: &'static str = "min(n - k, k)";

    #[inline]
    fn small(n: u64, k: u64) -> Option<u64> {
        combinatorics::combinations(n, k)
    }

    fn medium(n: u64, k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        natural::binomial(n, k.min(n - k), poll)
    }

    fn few(n: u128, k: u64) -> Option<[u64; 16]> {
        let mut product = natural::falling_short(n, k)?;
        natural::div_assign_small(&mut product, combinatorics::factorial(k)? as u32);
        Some(product)
    }

    fn large(n: &[u64], k: u64, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        natural::binomial_large(n, k, poll)
    }
}

/// Permutations.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_perm_impl(_module: *mut PyObject, n: *mut PyObject, k: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let n: Arg<'_> = unsafe { Arg::new(&n) };
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let k: Arg<'_> = unsafe { Arg::new(&k) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(result) = small::<Permutations>(n.bind(py), k.bind(py)) {
        return int(py, result);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.perm", move |py| perm(n.bind(py), k.bind(py))) }
}

fn perm<'py>(n: Borrowed<'_, 'py>, k: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    match quick::<Permutations>(n, k) {
        Some(result) => result,
        None if k.is_none() => factorial(n),
        None => count::<Permutations>(n, k),
    }
}

/// Combinations.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_comb_impl(_module: *mut PyObject, n: *mut PyObject, k: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let n: Arg<'_> = unsafe { Arg::new(&n) };
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let k: Arg<'_> = unsafe { Arg::new(&k) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(result) = small::<Combinations>(n.bind(py), k.bind(py)) {
        return int(py, result);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.comb", move |py| comb(n.bind(py), k.bind(py))) }
}

fn comb<'py>(n: Borrowed<'_, 'py>, k: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    quick::<Combinations>(n, k).unwrap_or_else(|| count::<Combinations>(n, k))
}

/// The result for small ints, if a quick test shows that it fits.
#[inline(always)]
fn small<C: Choice>(n: Borrowed<'_, '_>, k: Borrowed<'_, '_>) -> Option<u64> {
    C::small(small_natural(n)?, small_natural(k)?)
}

/// The result for an `n` of two words and a small `k`, computed without an allocation; `None` for others.
#[inline]
fn quick<'py, C: Choice>(n: Borrowed<'_, 'py>, k: Borrowed<'_, 'py>) -> Option<PyResult<Bound<'py>>> {
    let (py, k) = (n.py(), small_natural(k)?);
    let (false, value) = n.exact_u128()? else { return None };
    if value >> 64 == 0 {
        return None;
    }
    match k {
        0 => Some(from_u64(py, 1)),
        1 => Some(Ok(n.to_owned())),
        _ => C::few(value, k).map(|product| from_limbs(py, &product)),
    }
}

/// The result for any objects.
fn count<'py, C: Choice>(n: Borrowed<'_, 'py>, k: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    let (n, mut k) = (n.index()?, k.index()?);
    if n.is_negative() {
        return Err(PyValueError::new_err(py, "n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(PyValueError::new_err(py, "k must be a non-negative integer"));
    }
    match (fits(&n), fits(&k)) {
        (Some(n), Some(k)) => {
            return match C::small(n, k) {
                Some(value) => from_u64(py, value),
                None => computed(py, |poll| C::medium(n, k, poll)),
            };
        }
        (Some(_), None) => return from_u64(py, 0),
        // Such an n is 2**63 at least, and so k is the smaller of k and n - k.
        (None, Some(k)) if !C::SYMMETRIC || k <= 1 << 62 => return large::<C>(&n, k),
        _ => {}
    }
    let rest = difference(&n, &k)?;
    if rest.is_negative() {
        return from_u64(py, 0);
    }
    if C::SYMMETRIC && difference(&rest, &k)?.is_negative() {
        k = rest;
    }
    match fits(&k) {
        Some(k) => large::<C>(&n, k),
        None => Err(PyOverflowError::new_err(py, format_args!("{} must not exceed {}", C::LIMITED, i64::MAX))),
    }
}

/// The value of an int that fits.
fn fits(int: &Bound<'_, PyInt>) -> Option<u64> {
    int.small().and_then(|value| u64::try_from(value).ok())
}

/// `left - right`
fn difference<'py>(left: &Bound<'py, PyInt>, right: &Bound<'py, PyInt>) -> PyResult<Bound<'py, PyInt>> {
    // The difference of ints is an int, which this makes sure of.
    left.sub(right)?.index()
}

/// The result for an `n` of any size.
fn large<'py, C: Choice>(n: &Bound<'py, PyInt>, k: u64) -> PyResult<Bound<'py>> {
    let py = n.py();
    match k {
        0 => return from_u64(py, 1),
        1 => return Ok(n.clone().into_any()),
        _ => {}
    }
    let limbs = limbs(py, &n.view()?)?;
    computed(py, |poll| C::large(&limbs, k, poll))
}
