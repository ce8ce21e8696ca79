//! Functions of integers.

use super::interrupt::interruptible;
use crate::combinatorics;
use crate::natural::{self, Error, Natural, SignalPoll};
use cpython_api::{
    Borrowed, Bound, ExceptionType, IntView, Objects, PyErr, PyObject, PyResult, Python, entry, int_from_limbs,
    int_from_u64, leave, number_absolute, number_index, number_subtract, small_int,
};
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

/// A new int, of what `work` computes.
fn computed<'py>(
    py: Python<'py>,
    work: impl FnOnce(&mut SignalPoll<'_>) -> Result<Natural, Error> + Send,
) -> PyResult<Bound<'py>> {
    int_from_limbs(py, false, &interruptible(py, work)?)
}

/// The magnitude of an int: up to 128 bits of it, or more.
enum Magnitude {
    Small(u128),
    Large(Natural),
}

impl Magnitude {
    fn of(py: Python<'_>, int: &Bound<'_>) -> PyResult<Self> {
        let view = IntView::new(int.as_borrowed())?;
        if let Some(value) = view.as_u128() {
            return Ok(Self::Small(value));
        }
        Ok(Self::Large(limbs(py, &view)?))
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

    fn gcd(self, other: Self, poll: &mut SignalPoll<'_>) -> Result<Self, Error> {
        match (self, other) {
            (Self::Small(a), Self::Small(b)) => Ok(Self::Small(natural::gcd_u128(a, b))),
            (a, b) => Ok(Self::from_limbs(natural::gcd(a.into_limbs()?, b.into_limbs()?, poll)?)),
        }
    }

    fn lcm(self, other: Self, poll: &mut SignalPoll<'_>) -> Result<Self, Error> {
        if let (Self::Small(a), Self::Small(b)) = (&self, &other) {
            let quotient = a.checked_div(natural::gcd_u128(*a, *b)).unwrap_or(0);
            return Ok(match quotient.checked_mul(*b) {
                Some(multiple) => Self::Small(multiple),
                None => Self::from_limbs(natural::mul(&natural::from_u128(quotient)?, &natural::from_u128(*b)?, poll)?),
            });
        }
        let (a, b) = (self.into_limbs()?, other.into_limbs()?);
        if a.is_empty() || b.is_empty() {
            return Ok(Self::Small(0));
        }
        let divisor = natural::gcd(natural::copy(&a)?, natural::copy(&b)?, poll)?;
        let (quotient, _) = natural::div_rem(&a, &divisor, poll)?;
        Ok(Self::from_limbs(natural::mul(&quotient, &b, poll)?))
    }

    /// Whether this is the magnitude of an int, told without allocating for one of a few limbs.
    fn equals(&self, int: &Bound<'_>) -> PyResult<bool> {
        const FEW: usize = 32;
        let Self::Large(limbs) = self else { return Ok(false) };
        let view = IntView::new(int.as_borrowed())?;
        if limbs.len() >= FEW || view.limb_len().abs_diff(limbs.len()) > 1 || view.limb_len() > FEW {
            return Ok(false);
        }
        let mut others = [0; FEW];
        view.copy_limbs(&mut others);
        Ok(others[..limbs.len()] == *limbs && others[limbs.len()..].iter().all(|limb| *limb == 0))
    }

    fn to_object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        match self {
            Self::Small(value) => int_from_limbs(py, false, &natural::words(*value)),
            Self::Large(limbs) => int_from_limbs(py, false, limbs),
        }
    }
}

/// The result of the arguments so far: the first one as it is, as long as no other has changed it.
enum Folded<'py> {
    Object(Bound<'py>),
    Value(Magnitude),
}

fn have_equal_magnitudes<'py>(one: &Bound<'py>, other: &Bound<'py>) -> PyResult<bool> {
    Ok(IntView::new(one.as_borrowed())?.has_magnitude_of(&IntView::new(other.as_borrowed())?))
}

/// Puts all arguments together by `step`, for which `identity` and a number that is already the result change nothing, and nothing changes
/// `absorbing`.
fn fold<'py>(
    py: Python<'py>,
    args: Objects<'_>,
    identity: u64,
    absorbing: u64,
    step: impl Fn(Magnitude, Magnitude, &mut SignalPoll<'_>) -> Result<Magnitude, Error> + Sync,
) -> PyResult<Bound<'py>> {
    let Some(first) = args.get(py, 0) else { return int_from_u64(py, identity) };
    let mut result = Folded::Object(number_index(first)?);
    for index in 1..args.len() {
        let Some(next) = args.get(py, index) else { break };
        let next = number_index(next)?;
        if matches!(result, Folded::Value(Magnitude::Small(value)) if value == absorbing.into()) {
            continue;
        }
        match small_int(next.as_borrowed()).map(i64::unsigned_abs) {
            Some(next) if next == identity => continue,
            Some(next) if next == absorbing => {
                result = Folded::Value(Magnitude::Small(next.into()));
                continue;
            }
            _ => {}
        }
        if let Folded::Object(object) = &result
            && small_int(object.as_borrowed()).is_some_and(|first| first.unsigned_abs() == identity)
        {
            result = Folded::Object(next);
            continue;
        }
        let value = match result {
            Folded::Object(object) if have_equal_magnitudes(&object, &next)? => {
                result = Folded::Object(object);
                continue;
            }
            Folded::Object(object) => Magnitude::of(py, &object)?,
            Folded::Value(value) => value,
        };
        if value.equals(&next)? {
            result = Folded::Value(value);
            continue;
        }
        let next = Magnitude::of(py, &next)?;
        result = Folded::Value(interruptible(py, |poll| step(value, next, poll))?);
    }
    match result {
        Folded::Object(object) => number_absolute(object.as_borrowed()),
        Folded::Value(value) => value.to_object(py),
    }
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
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        let args = Objects::from_raw(args, args_length);
        let py = Python::assume_attached();
        if let Some((a, b)) = two_small(py, args) {
            return leave(int_from_u64(py, natural::gcd_u64(a, b)));
        }
        entry(c"math.gcd", |py| fold(py, args, 0, 1, Magnitude::gcd))
    }
}

/// The absolute values of two arguments that are small ints.
#[inline]
fn two_small(py: Python<'_>, args: Objects<'_>) -> Option<(u64, u64)> {
    if args.len() != 2 {
        return None;
    }
    let (a, b) = (small_int(args.get(py, 0)?)?, small_int(args.get(py, 1)?)?);
    Some((a.unsigned_abs(), b.unsigned_abs()))
}

/// The value of an argument that is a small int and not negative.
///
/// # Safety
///
/// - `argument` is an object that somebody else keeps alive.
#[inline]
unsafe fn small_natural(py: Python<'_>, argument: *mut PyObject) -> Option<u64> {
    // SAFETY: handed on.
    let argument = unsafe { Borrowed::from_borrowed_or_null(py, argument) };
    u64::try_from(argument.and_then(small_int)?).ok()
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
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        let args = Objects::from_raw(args, args_length);
        let py = Python::assume_attached();
        if let Some((a, b)) = two_small(py, args)
            && let Ok(multiple) = u64::try_from(natural::lcm_u64(a, b))
        {
            return leave(int_from_u64(py, multiple));
        }
        entry(c"math.lcm", |py| {
            if let Some((a, b)) = two_small(py, args) {
                let multiple = natural::lcm_u64(a, b);
                return int_from_limbs(py, false, &natural::words(multiple));
            }
            fold(py, args, 1, 0, Magnitude::lcm)
        })
    }
}

/// The argument as an int.
///
/// # Safety
///
/// - `argument` is an object that somebody else keeps alive.
unsafe fn index<'py>(py: Python<'py>, argument: *mut PyObject) -> PyResult<Bound<'py>> {
    // SAFETY: handed on.
    match unsafe { Borrowed::from_borrowed_or_null(py, argument) } {
        Some(argument) => number_index(argument),
        None => unreachable!("an argument is an object"),
    }
}

fn value_error(py: Python<'_>, message: &std::ffi::CStr) -> PyErr {
    PyErr::new(ExceptionType::ValueError.bind(py), message)
}

/// Integer square root.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isqrt(_module: *mut PyObject, n: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python calls on an attached thread, with an argument that it keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if let Some(n) = small_natural(py, n) {
            return leave(int_from_u64(py, natural::isqrt_u64(n)));
        }
        entry(c"math.isqrt", |py| {
            let n = index(py, n)?;
            let view = IntView::new(n.as_borrowed())?;
            if view.is_negative() {
                return Err(value_error(py, c"isqrt() argument must be nonnegative"));
            }
            let mut few = [0; 5];
            if view.limb_len() <= few.len() {
                view.copy_limbs(&mut few);
                if let Some(root) = natural::isqrt_short(natural::significant(&few)) {
                    return int_from_limbs(py, false, &natural::words(root));
                }
            }
            let limbs = limbs(py, &view)?;
            drop(view);
            computed(py, |poll| natural::isqrt(&limbs, poll))
        })
    }
}

/// The factorial.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_factorial(_module: *mut PyObject, arg: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python calls on an attached thread, with an argument that it keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if let Some(value) = small_natural(py, arg).and_then(combinatorics::factorial) {
            return leave(int_from_u64(py, value));
        }
        entry(c"math.factorial", |py| factorial(py, arg))
    }
}

/// # Safety
///
/// - `n` is an object that somebody else keeps alive.
unsafe fn factorial<'py>(py: Python<'py>, n: *mut PyObject) -> PyResult<Bound<'py>> {
    // SAFETY: handed on.
    let n = unsafe { index(py, n) }?;
    let n = {
        let view = IntView::new(n.as_borrowed())?;
        view.small().or(view.is_negative().then_some(-1))
    };
    let Some(n) = n.filter(|n| c_long::try_from(*n).is_ok() || *n < 0) else {
        let overflow_error = ExceptionType::OverflowError.bind(py);
        let limit = c_long::MAX;
        return Err(PyErr::format(overflow_error, format_args!("factorial() argument should not exceed {limit}")));
    };
    let Ok(n) = u64::try_from(n) else {
        return Err(value_error(py, c"factorial() not defined for negative values"));
    };
    if let Some(value) = combinatorics::factorial(n) {
        return int_from_u64(py, value);
    }
    computed(py, |poll| natural::factorial(n, poll))
}

/// The arguments of perm and comb.
///
/// # Safety
///
/// - Both are objects that somebody else keeps alive.
unsafe fn n_and_k<'py>(py: Python<'py>, n: *mut PyObject, k: *mut PyObject) -> PyResult<(Bound<'py>, Bound<'py>)> {
    // SAFETY: handed on.
    let (n, k) = unsafe { (index(py, n)?, index(py, k)?) };
    if IntView::new(n.as_borrowed())?.is_negative() {
        return Err(value_error(py, c"n must be a non-negative integer"));
    }
    if IntView::new(k.as_borrowed())?.is_negative() {
        return Err(value_error(py, c"k must be a non-negative integer"));
    }
    Ok((n, k))
}

/// The value of an int that fits.
fn fits(int: &Bound<'_>) -> PyResult<Option<u64>> {
    Ok(IntView::new(int.as_borrowed())?.small().and_then(|value| u64::try_from(value).ok()))
}

fn too_large(py: Python<'_>, what: &str) -> PyErr {
    let overflow_error = ExceptionType::OverflowError.bind(py);
    PyErr::format(overflow_error, format_args!("{what} must not exceed {}", i64::MAX))
}

/// Permutations.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_perm_impl(_module: *mut PyObject, n: *mut PyObject, k: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        entry(c"math.perm", |py| {
            if let (Some(n), Some(k)) = (small_natural(py, n), small_natural(py, k))
                && let Some(value) = combinatorics::permutations(n, k)
            {
                return int_from_u64(py, value);
            }
            if Borrowed::from_borrowed_or_null(py, k).is_some_and(Borrowed::is_none) {
                return factorial(py, n);
            }
            let (n, k) = n_and_k(py, n, k)?;
            match (fits(&n)?, fits(&k)?) {
                (Some(n), Some(k)) => small_perm(py, n, k),
                (Some(_), None) => int_from_u64(py, 0),
                (None, Some(k)) => large(&n, k, false),
                (None, None) => {
                    let rest = number_subtract(n.as_borrowed(), k.as_borrowed())?;
                    if IntView::new(rest.as_borrowed())?.is_negative() {
                        return int_from_u64(py, 0);
                    }
                    Err(too_large(py, "k"))
                }
            }
        })
    }
}

#[inline]
fn small_perm(py: Python<'_>, n: u64, k: u64) -> PyResult<Bound<'_>> {
    match combinatorics::permutations(n, k) {
        Some(value) => int_from_u64(py, value),
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
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        entry(c"math.comb", |py| {
            if let (Some(n), Some(k)) = (small_natural(py, n), small_natural(py, k))
                && let Some(value) = combinatorics::combinations(n, k)
            {
                return int_from_u64(py, value);
            }
            let (n, mut k) = n_and_k(py, n, k)?;
            match (fits(&n)?, fits(&k)?) {
                (Some(n), Some(k)) => return small_comb(py, n, k),
                (Some(_), None) => return int_from_u64(py, 0),
                // Such an n is 2**63 at least, and so k is the smaller of k and n - k.
                (None, Some(k)) if k <= 1 << 62 => return large(&n, k, true),
                _ => {}
            }
            let rest = number_subtract(n.as_borrowed(), k.as_borrowed())?;
            if IntView::new(rest.as_borrowed())?.is_negative() {
                return int_from_u64(py, 0);
            }
            let difference = number_subtract(rest.as_borrowed(), k.as_borrowed())?;
            if IntView::new(difference.as_borrowed())?.is_negative() {
                k = rest;
            }
            match fits(&k)? {
                Some(k) => large(&n, k, true),
                None => Err(too_large(py, "min(n - k, k)")),
            }
        })
    }
}

#[inline]
fn small_comb(py: Python<'_>, n: u64, k: u64) -> PyResult<Bound<'_>> {
    match combinatorics::combinations(n, k) {
        Some(value) => int_from_u64(py, value),
        None => computed(py, |poll| natural::binomial(n, k.min(n - k), poll)),
    }
}

/// Permutations or combinations of an `n` of any size.
fn large<'py>(n: &Bound<'py>, k: u64, combinations: bool) -> PyResult<Bound<'py>> {
    let py = n.py();
    match k {
        0 => return int_from_u64(py, 1),
        1 => return Ok(n.clone()),
        _ => {}
    }
    let view = IntView::new(n.as_borrowed())?;
    if let (2, Some(n)) = (k, view.as_u128()) {
        let mut product = natural::wide_mul(n, n.saturating_sub(1));
        if combinations {
            let shifted = |low: u64, high: u64| low >> 1 | high << 63;
            let [a, b, c, d] = product;
            product = [shifted(a, b), shifted(b, c), shifted(c, d), d >> 1];
        }
        return int_from_limbs(py, false, &product);
    }
    let limbs = limbs(py, &view)?;
    drop(view);
    let count = if combinations { natural::binomial_large } else { natural::falling_large };
    computed(py, |poll| count(&limbs, k, poll))
}
