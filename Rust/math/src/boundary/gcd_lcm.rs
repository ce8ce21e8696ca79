//! Greatest common divisors and least common multiples.

use super::int;
use super::integer::{from_limbs, from_u64, from_u128, limbs};
use super::interrupt::interruptible;
use crate::natural::{self, Error, Natural, SignalPoll};
use cpython_api::types::PyInt;
use cpython_api::{Borrowed, Bound, IntView, Objects, PyErr, PyObject, PyResult, Python, entry};

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

/// Numbers of so many limbs are put together on the stack.
const FEW: usize = 8;

/// A number with zeros above it.
type Few = [u64; FEW];

fn few(limbs: &[u64]) -> Few {
    std::array::from_fn(|index| limbs.get(index).copied().unwrap_or(0))
}

/// An operation that puts any number of ints together, in any order.
trait Fold {
    /// The number that changes nothing.
    const IDENTITY: u64;
    /// The number that nothing changes.
    const ABSORBING: u64;

    /// The result for two numbers, of which neither is one of these and which are not equal.
    fn step(one: Magnitude, other: Magnitude, poll: &mut SignalPoll<'_>) -> Result<Magnitude, Error>;

    /// As [`step`](Self::step), for numbers of a few limbs; `None` where that has to be asked.
    fn step_few(one: &mut Few, other: &mut Few) -> Option<Few>;

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

    fn step_few(one: &mut Few, other: &mut Few) -> Option<Few> {
        let divisor = natural::gcd_in_place(one, other, &mut SignalPoll::new(&mut || Ok(()))).ok()?;
        Some(few(divisor))
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

    fn step_few(one: &mut Few, other: &mut Few) -> Option<Few> {
        if one[2..] != other[2..] || one[2..] != [0; FEW - 2] {
            return None;
        }
        let (a, b) = (natural::low(one), natural::low(other));
        Some(few(&natural::wide_mul(a.checked_div(natural::gcd_u128(a, b))?, b)))
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

/// As [`fold`], of ints of a few limbs; `None` if an argument is anything else, or the result may be larger. No Python code
/// runs.
fn fold_few<'py, F: Fold>(py: Python<'py>, args: Objects<'_>) -> Option<PyResult<Bound<'py>>> {
    let is = |(limbs, len): (&Few, usize), value: u64| len <= 1 && limbs[0] == value;
    // The argument that is the result, as long as it is one of them.
    let mut same = args.get(py, 0);
    let mut result = [0; FEW];
    let (mut negative, mut len) = same?.exact_limbs(&mut result)?;
    for index in 1..args.len() {
        let argument = args.get(py, index)?;
        let mut next = [0; FEW];
        let (next_negative, next_len) = argument.exact_limbs(&mut next)?;
        if is((&next, next_len), F::IDENTITY) || is((&result, len), F::ABSORBING) || next == result {
            continue;
        }
        if is((&result, len), F::IDENTITY) || is((&next, next_len), F::ABSORBING) {
            (result, len, negative, same) = (next, next_len, next_negative, Some(argument));
        } else {
            result = F::step_few(&mut result, &mut next)?;
            (len, same) = (natural::significant(&result).len(), None);
        }
    }
    match same {
        Some(object) if !negative => Some(Ok(object.to_owned())),
        _ => Some(from_limbs(py, &result[..len])),
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

/// Two arguments that are ints and not negative, of which one is 0: the other one, and the zero.
#[inline]
fn one_and_zero<'a, 'py>(py: Python<'py>, args: Objects<'a>) -> Option<(Borrowed<'a, 'py>, Borrowed<'a, 'py>)> {
    if args.len() != 2 {
        return None;
    }
    let (a, b) = (args.get(py, 0)?, args.get(py, 1)?);
    match (a.exact_sign()?, b.exact_sign()?) {
        (0 | 1, 0) => Some((a, b)),
        (0, 1) => Some((b, a)),
        _ => None,
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
    // SAFETY: the parsing code passes an array of so many arguments, which its caller keeps alive.
    let args = unsafe { Objects::from_raw(args, args_length) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some((a, b)) = two_small(py, args) {
        return int(py, natural::gcd_u64(a, b));
    }
    if let Some((number, _)) = one_and_zero(py, args) {
        return number.to_owned().into_ptr();
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.gcd", |py| gcd(py, args)) }
}

fn gcd<'py>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    match two_magnitudes(py, args) {
        Some((a, b)) if a != 0 && b != 0 => from_u128(py, natural::gcd_u128(a, b)),
        _ => fold_few::<Gcd>(py, args).unwrap_or_else(|| fold::<Gcd>(py, args)),
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
    if let Some((_, zero)) = one_and_zero(py, args) {
        return zero.to_owned().into_ptr();
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.lcm", |py| lcm(py, args)) }
}

fn lcm<'py>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    match two_magnitudes(py, args) {
        Some((a, b)) if a != 0 && b != 0 => from_limbs(py, &natural::wide_mul(a / natural::gcd_u128(a, b), b)),
        _ => fold_few::<Lcm>(py, args).unwrap_or_else(|| fold::<Lcm>(py, args)),
    }
}
