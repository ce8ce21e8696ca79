//! Functions of integers.

use super::int;
use super::interrupt::interruptible;
use crate::combinatorics;
use crate::natural::{self, Error, Natural, SignalPoll};
use cpython_api::exceptions::{PyOverflowError, PyValueError};
use cpython_api::types::PyInt;
use cpython_api::{Arg, Borrowed, Bound, IntView, Objects, PyErr, PyObject, PyResult, Python, entry};
use std::ffi::c_long;

/// The limbs of an int, without its sign.
pub(super) fn limbs(py: Python<'_>, view: &IntView<'_, '_>) -> PyResult<Natural> {
    let mut limbs = Vec::new();
    let len = view.limb_len();
    limbs.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
    limbs.resize(len, 0);
    view.copy_limbs(&mut limbs);
    natural::normalize(&mut limbs);
    Ok(limbs)
}

/// A new int that is not negative.
fn from_limbs<'py>(py: Python<'py>, limbs: &[u64]) -> PyResult<Bound<'py>> {
    PyInt::from_limbs(py, false, limbs).map(Bound::into_any)
}

fn from_u64(py: Python<'_>, value: u64) -> PyResult<Bound<'_>> {
    PyInt::new(py, value).map(Bound::into_any)
}

fn from_u128(py: Python<'_>, value: u128) -> PyResult<Bound<'_>> {
    from_limbs(py, &natural::words(value))
}

/// A new int, of what `work` computes.
fn computed<'py>(
    py: Python<'py>,
    work: impl FnOnce(&mut SignalPoll<'_>) -> Result<Natural, Error> + Send,
) -> PyResult<Bound<'py>> {
    from_limbs(py, &interruptible(py, work)?)
}

/// The magnitude of an int: up to 128 bits of it, or more.
enum Magnitude {
    Small(u128),
    Large(Natural),
}

impl Magnitude {
    fn of(py: Python<'_>, view: &IntView<'_, '_>) -> PyResult<Self> {
        match view.as_u128() {
            Some(value) => Ok(Self::Small(value)),
            None => Ok(Self::Large(limbs(py, view)?)),
        }
    }

    fn from_limbs(limbs: Natural) -> Self {
        if limbs.len() <= 2 { Self::Small(natural::low(&limbs)) } else { Self::Large(limbs) }
    }

    fn into_limbs(self) -> Result<Natural, Error> {
        match self {
            Self::Small(value) => natural::from_u128(value),
            Self::Large(limbs) => Ok(limbs),
        }
    }

    /// Whether this is the magnitude of an int, told without allocating for one of a few limbs.
    fn equals(&self, view: &IntView<'_, '_>) -> bool {
        const FEW: usize = 32;
        let Self::Large(limbs) = self else { return false };
        if limbs.len() >= FEW || view.limb_len().abs_diff(limbs.len()) > 1 || view.limb_len() > FEW {
            return false;
        }
        let mut others = [0; FEW];
        view.copy_limbs(&mut others);
        others[..limbs.len()] == *limbs && others[limbs.len()..].iter().all(|limb| *limb == 0)
    }

    fn to_object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        match self {
            Self::Small(value) => from_u128(py, *value),
            Self::Large(limbs) => from_limbs(py, limbs),
        }
    }
}

/// An operation that puts any number of ints together, in any order.
trait Fold {
    /// The number that changes nothing.
    const IDENTITY: u64;
    /// The number that nothing changes.
    const ABSORBING: u64;

    /// The result for two numbers, of which neither is one of these and which are not equal.
    fn step(one: Magnitude, other: Magnitude, poll: &mut SignalPoll<'_>) -> Result<Magnitude, Error>;

    /// The result for a long number and a short one, which is none of these.
    fn step_short(py: Python<'_>, long: &IntView<'_, '_>, short: u64) -> PyResult<Magnitude>;
}

/// The greatest common divisor.
struct Gcd;

fn gcd_short(long: &IntView<'_, '_>, short: u64) -> u64 {
    let mut remainder = natural::Remainder::new(short);
    long.for_each_chunk_from_top(|chunk| remainder.push(chunk, IntView::CHUNK_BITS));
    natural::gcd_u64(short, remainder.finish())
}

impl Fold for Gcd {
    const IDENTITY: u64 = 0;
    const ABSORBING: u64 = 1;

    fn step(one: Magnitude, other: Magnitude, poll: &mut SignalPoll<'_>) -> Result<Magnitude, Error> {
        match (one, other) {
            (Magnitude::Small(a), Magnitude::Small(b)) => Ok(Magnitude::Small(natural::gcd_u128(a, b))),
            (a, b) => Ok(Magnitude::from_limbs(natural::gcd(a.into_limbs()?, b.into_limbs()?, poll)?)),
        }
    }

    fn step_short(_py: Python<'_>, long: &IntView<'_, '_>, short: u64) -> PyResult<Magnitude> {
        Ok(Magnitude::Small(gcd_short(long, short).into()))
    }
}

/// The least common multiple.
struct Lcm;

impl Fold for Lcm {
    const IDENTITY: u64 = 1;
    const ABSORBING: u64 = 0;

    fn step(one: Magnitude, other: Magnitude, poll: &mut SignalPoll<'_>) -> Result<Magnitude, Error> {
        if let (Magnitude::Small(a), Magnitude::Small(b)) = (&one, &other) {
            let quotient = a.checked_div(natural::gcd_u128(*a, *b)).unwrap_or(0);
            return Ok(match quotient.checked_mul(*b) {
                Some(multiple) => Magnitude::Small(multiple),
                None => Magnitude::from_limbs(natural::copy(natural::significant(&natural::wide_mul(quotient, *b)))?),
            });
        }
        let (a, b) = (one.into_limbs()?, other.into_limbs()?);
        if a.is_empty() || b.is_empty() {
            return Ok(Magnitude::Small(0));
        }
        let divisor = natural::gcd(natural::copy(&a)?, natural::copy(&b)?, poll)?;
        let (quotient, _) = natural::div_rem(&a, &divisor, poll)?;
        Ok(Magnitude::from_limbs(natural::mul(&quotient, &b, poll)?))
    }

    fn step_short(py: Python<'_>, long: &IntView<'_, '_>, short: u64) -> PyResult<Magnitude> {
        let quotient = short.checked_div(gcd_short(long, short)).unwrap_or(0);
        let mut multiple = limbs(py, long)?;
        natural::mul_limb(&mut multiple, quotient, 0).map_err(|_| PyErr::no_memory(py))?;
        Ok(Magnitude::from_limbs(multiple))
    }
}

/// The result of the arguments so far: the first one as it is, as long as no other has changed it.
enum Folded<'py> {
    Object(Bound<'py, PyInt>),
    Value(Magnitude),
}

/// Puts all arguments together.
fn fold<'py, F: Fold>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    let Some(first) = args.get(py, 0) else { return from_u64(py, F::IDENTITY) };
    let mut result = Folded::Object(first.index()?);
    for index in 1..args.len() {
        let Some(next) = args.get(py, index) else { break };
        let next = next.index()?;
        if matches!(result, Folded::Value(Magnitude::Small(value)) if value == F::ABSORBING.into()) {
            continue;
        }
        let short = next.small().map(i64::unsigned_abs);
        match short {
            Some(next) if next == F::IDENTITY => continue,
            Some(next) if next == F::ABSORBING => {
                result = Folded::Value(Magnitude::Small(next.into()));
                continue;
            }
            _ => {}
        }
        let value = match &result {
            Folded::Object(object) => match step_objects::<F>(object, &next, short)? {
                Step::First => continue,
                Step::Second => {
                    result = Folded::Object(next);
                    continue;
                }
                Step::Value(value) => value,
            },
            Folded::Value(value) => {
                let view = next.view()?;
                if value.equals(&view) {
                    continue;
                }
                let next = Magnitude::of(py, &view)?;
                let Folded::Value(value) = result else { continue };
                interruptible(py, |poll| F::step(value, next, poll))?
            }
        };
        result = Folded::Value(value);
    }
    match result {
        Folded::Object(object) => object.abs(),
        Folded::Value(value) => value.to_object(py),
    }
}

/// The result for two objects: the magnitude of one of them, or another.
enum Step {
    First,
    Second,
    Value(Magnitude),
}

/// `short` is the magnitude of `next` if that is short.
fn step_objects<'py, F: Fold>(
    first: &Bound<'py, PyInt>,
    next: &Bound<'py, PyInt>,
    short: Option<u64>,
) -> PyResult<Step> {
    let py = first.py();
    let short_first = first.small().map(i64::unsigned_abs);
    if short_first == Some(F::IDENTITY) {
        return Ok(Step::Second);
    }
    if short_first == Some(F::ABSORBING) {
        return Ok(Step::First);
    }
    let (view, next) = (first.view()?, next.view()?);
    match (short_first, short) {
        (Some(short), None) => return Ok(Step::Value(F::step_short(py, &next, short)?)),
        (None, Some(short)) => return Ok(Step::Value(F::step_short(py, &view, short)?)),
        _ => {}
    }
    if view.has_magnitude_of(&next) {
        return Ok(Step::First);
    }
    let (value, next) = (Magnitude::of(py, &view)?, Magnitude::of(py, &next)?);
    Ok(Step::Value(interruptible(py, |poll| F::step(value, next, poll))?))
}

/// The magnitudes of two arguments that have 128 bits at most.
#[inline]
fn two_magnitudes(py: Python<'_>, args: Objects<'_>) -> Option<(u128, u128)> {
    if args.len() != 2 {
        return None;
    }
    Some((args.get(py, 0)?.exact_u128()?.1, args.get(py, 1)?.exact_u128()?.1))
}

/// The absolute values of two arguments that are small ints.
#[inline]
fn two_small(py: Python<'_>, args: Objects<'_>) -> Option<(u64, u64)> {
    if args.len() != 2 {
        return None;
    }
    let (a, b) = (args.get(py, 0)?.exact_i64()?, args.get(py, 1)?.exact_i64()?);
    Some((a.unsigned_abs(), b.unsigned_abs()))
}

/// The value of an argument that is a small int and not negative.
#[inline]
fn small_natural(argument: Borrowed<'_, '_>) -> Option<u64> {
    u64::try_from(argument.exact_i64()?).ok()
}

/// Greatest common divisor.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_gcd_impl(
    _module: *mut PyObject,
    args: *const *mut PyObject,
    args_length: isize,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an array of so many arguments, which its caller keeps alive.
    let args = unsafe { Objects::from_raw(args, args_length) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some((a, b)) = two_small(py, args) {
        return int(py, natural::gcd_u64(a, b));
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.gcd", move |py| gcd(py, args)) }
}

fn gcd<'py>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    match two_magnitudes(py, args) {
        Some((a, b)) if a != 0 && b != 0 => from_u128(py, natural::gcd_u128(a, b)),
        _ => fold::<Gcd>(py, args),
    }
}

/// Least common multiple.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_lcm_impl(
    _module: *mut PyObject,
    args: *const *mut PyObject,
    args_length: isize,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an array of so many arguments, which its caller keeps alive.
    let args = unsafe { Objects::from_raw(args, args_length) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some((a, b)) = two_small(py, args)
        && let Ok(multiple) = u64::try_from(natural::lcm_u64(a, b))
    {
        return int(py, multiple);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.lcm", move |py| lcm(py, args)) }
}

fn lcm<'py>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    match two_magnitudes(py, args) {
        Some((a, b)) if a != 0 && b != 0 => from_limbs(py, &natural::wide_mul(a / natural::gcd_u128(a, b), b)),
        _ => fold::<Lcm>(py, args),
    }
}

/// Integer square root.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isqrt(_module: *mut PyObject, n: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python passes an argument that its caller keeps alive.
    let n: Arg<'_> = unsafe { Arg::new(&n) };
    // SAFETY: Python calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some((false, n)) = n.bind(py).exact_u128()
        && let Ok(n) = u64::try_from(n)
    {
        return int(py, natural::isqrt_u64(n));
    }
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"math.isqrt", move |py| isqrt(n.bind(py))) }
}

fn isqrt<'py>(n: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    if let Some((false, n)) = n.exact_u128() {
        return from_u64(py, natural::isqrt_u128(n));
    }
    let n = n.index()?;
    let view = n.view()?;
    if view.is_negative() {
        return Err(PyValueError::new_err(py, "isqrt() argument must be nonnegative"));
    }
    let mut few = [0; 5];
    if view.limb_len() <= few.len() {
        view.copy_limbs(&mut few);
        if let Some(root) = natural::isqrt_short(natural::significant(&few)) {
            return from_u128(py, root);
        }
    }
    let limbs = limbs(py, &view)?;
    drop(view);
    computed(py, |poll| natural::isqrt(&limbs, poll))
}

/// The factorial.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_factorial(_module: *mut PyObject, arg: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python passes an argument that its caller keeps alive.
    let n: Arg<'_> = unsafe { Arg::new(&arg) };
    // SAFETY: Python calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(value) = small_natural(n.bind(py)).and_then(combinatorics::factorial) {
        return int(py, value);
    }
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"math.factorial", move |py| factorial(n.bind(py))) }
}

fn factorial<'py>(n: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    let n = n.index()?;
    let n = n.small().or(n.is_negative().then_some(-1));
    let Some(n) = n.filter(|n| c_long::try_from(*n).is_ok() || *n < 0) else {
        let limit = c_long::MAX;
        return Err(PyOverflowError::new_err(py, format_args!("factorial() argument should not exceed {limit}")));
    };
    let Ok(n) = u64::try_from(n) else {
        return Err(PyValueError::new_err(py, "factorial() not defined for negative values"));
    };
    if let Some(value) = combinatorics::factorial(n) {
        return from_u64(py, value);
    }
    computed(py, |poll| natural::factorial(n, poll))
}

/// The arguments of perm and comb.
fn n_and_k<'py>(n: &Bound<'py>, k: &Bound<'py>) -> PyResult<(Bound<'py, PyInt>, Bound<'py, PyInt>)> {
    let py = n.py();
    let (n, k) = (n.index()?, k.index()?);
    if n.is_negative() {
        return Err(PyValueError::new_err(py, "n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(PyValueError::new_err(py, "k must be a non-negative integer"));
    }
    Ok((n, k))
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

fn too_large(py: Python<'_>, what: &str) -> PyErr {
    PyOverflowError::new_err(py, format_args!("{what} must not exceed {}", i64::MAX))
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
    // SAFETY: as above.
    let k: Arg<'_> = unsafe { Arg::new(&k) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.perm", move |py| perm(n.bind(py), k.bind(py))) }
}

fn perm<'py>(n: Borrowed<'_, 'py>, k: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    if let (Some(n), Some(k)) = (small_natural(n), small_natural(k))
        && let Some(value) = combinatorics::permutations(n, k)
    {
        return from_u64(py, value);
    }
    if let (Some((false, n_value)), Some(k)) = (n.exact_u128(), small_natural(k))
        && let Some(result) = large_u128(&n, n_value, k, false)
    {
        return result;
    }
    if k.is_none() {
        return factorial(n);
    }
    let (n, k) = n_and_k(&n, &k)?;
    match (fits(&n), fits(&k)) {
        (Some(n), Some(k)) => small_perm(py, n, k),
        (Some(_), None) => from_u64(py, 0),
        (None, Some(k)) => large(&n, k, false),
        (None, None) if difference(&n, &k)?.is_negative() => from_u64(py, 0),
        (None, None) => Err(too_large(py, "k")),
    }
}

#[inline]
fn small_perm(py: Python<'_>, n: u64, k: u64) -> PyResult<Bound<'_>> {
    match combinatorics::permutations(n, k) {
        Some(value) => from_u64(py, value),
        None => computed(py, |poll| natural::falling(n, k, poll)),
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
    // SAFETY: as above.
    let k: Arg<'_> = unsafe { Arg::new(&k) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.comb", move |py| comb(n.bind(py), k.bind(py))) }
}

fn comb<'py>(n: Borrowed<'_, 'py>, k: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    if let (Some(n), Some(k)) = (small_natural(n), small_natural(k))
        && let Some(value) = combinatorics::combinations(n, k)
    {
        return from_u64(py, value);
    }
    if let (Some((false, n_value)), Some(k)) = (n.exact_u128(), small_natural(k))
        && let Some(result) = large_u128(&n, n_value, k, true)
    {
        return result;
    }
    let (n, mut k) = n_and_k(&n, &k)?;
    match (fits(&n), fits(&k)) {
        (Some(n), Some(k)) => return small_comb(py, n, k),
        (Some(_), None) => return from_u64(py, 0),
        // Such an n is 2**63 at least, and so k is the smaller of k and n - k.
        (None, Some(k)) if k <= 1 << 62 => return large(&n, k, true),
        _ => {}
    }
    let rest = difference(&n, &k)?;
    if rest.is_negative() {
        return from_u64(py, 0);
    }
    if difference(&rest, &k)?.is_negative() {
        k = rest;
    }
    match fits(&k) {
        Some(k) => large(&n, k, true),
        None => Err(too_large(py, "min(n - k, k)")),
    }
}

#[inline]
fn small_comb(py: Python<'_>, n: u64, k: u64) -> PyResult<Bound<'_>> {
    match combinatorics::combinations(n, k) {
        Some(value) => from_u64(py, value),
        None => computed(py, |poll| natural::binomial(n, k.min(n - k), poll)),
    }
}

/// Permutations or combinations of few of an `n` of two limbs; `None` for any others.
fn large_u128<'py>(object: &Bound<'py>, n: u128, k: u64, combinations: bool) -> Option<PyResult<Bound<'py>>> {
    let py = object.py();
    if n >> 64 == 0 {
        return None;
    }
    match k {
        0 => return Some(from_u64(py, 1)),
        1 => return Some(Ok(object.clone())),
        _ => {}
    }
    let mut product = natural::falling_short(n, k)?;
    if combinations {
        natural::div_assign_small(&mut product, combinatorics::factorial(k)? as u32);
    }
    Some(from_limbs(py, &product))
}

/// Permutations or combinations of an `n` of any size.
fn large<'py>(n: &Bound<'py, PyInt>, k: u64, combinations: bool) -> PyResult<Bound<'py>> {
    let py = n.py();
    match k {
        0 => return from_u64(py, 1),
        1 => return Ok(n.clone().into_any()),
        _ => {}
    }
    let limbs = limbs(py, &n.view()?)?;
    let count = if combinations { natural::binomial_large } else { natural::falling_large };
    computed(py, |poll| count(&limbs, k, poll))
}
