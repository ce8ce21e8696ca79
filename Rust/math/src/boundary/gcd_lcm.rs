//! Greatest common divisors and least common multiples.

use super::int;
use super::integer::{from_limbs, from_u64, from_u128, limbs};
use super::interrupt::interruptible;
use crate::natural::{self, Error, Natural, SignalPoll};
use cpython_api::types::PyInt;
use cpython_api::{Borrowed, Bound, IntView, Objects, PyErr, PyObject, PyResult, Python, entry, into_c_result};

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

    /// Whether this is the magnitude of an int. It allocates nothing if the int has a few limbs.
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

/// Numbers of up to this many limbs are put together on the stack.
const FEW: usize = 8;

/// A number of a few limbs.
#[derive(Clone, Copy)]
struct Few {
    /// Zero from `len` on.
    limbs: [u64; FEW],
    len: usize,
}

impl Few {
    fn new(limbs: &[u64]) -> Option<Self> {
        let limbs = natural::significant(limbs);
        let mut few = Self { limbs: [0; FEW], len: limbs.len() };
        few.limbs.get_mut(..few.len)?.copy_from_slice(limbs);
        Some(few)
    }

    #[inline]
    fn of_word(word: u64) -> Self {
        let mut limbs = [0; FEW];
        limbs[0] = word;
        Self { limbs, len: usize::from(word != 0) }
    }

    /// The magnitude of what is exactly an int, and whether that is negative.
    #[inline]
    fn of(object: Borrowed<'_, '_>) -> Option<(Self, bool)> {
        let mut limbs = [0; FEW];
        let (negative, len) = object.exact_limbs(&mut limbs)?;
        Some((Self { limbs, len }, negative))
    }

    /// The value, if it has one limb at most.
    #[inline]
    fn short(&self) -> Option<u64> {
        (self.len <= 1).then_some(self.limbs[0])
    }

    fn as_slice(&self) -> &[u64] {
        &self.limbs[..self.len]
    }

    /// The product with a word that is not 0, if it is one of a few limbs, too.
    #[inline]
    fn times_word(mut self, factor: u64) -> Option<Self> {
        let mut carry = 0;
        for limb in &mut self.limbs[..self.len] {
            carry += u128::from(*limb) * u128::from(factor);
            *limb = carry as u64;
            carry >>= 64;
        }
        if carry != 0 {
            *self.limbs.get_mut(self.len)? = carry as u64;
            self.len += 1;
        }
        Some(self)
    }

    /// The product, if it is one of a few limbs, too.
    fn times(&self, other: &Self) -> Option<Self> {
        let mut product = [0; 2 * FEW];
        for (index, factor) in other.as_slice().iter().enumerate() {
            let mut carry = 0;
            for (target, limb) in product[index..].iter_mut().zip(self.as_slice().iter().chain([&0])) {
                let sum = u128::from(*limb) * u128::from(*factor) + u128::from(*target) + carry;
                (*target, carry) = (sum as u64, sum >> 64);
            }
        }
        Self::new(&product)
    }
}

/// An operation that puts any number of ints together, in any order.
trait Fold {
    /// The number that changes nothing.
    const IDENTITY: u64;
    /// The result that no further argument changes.
    const ABSORBING: u64;

    /// The result for two words.
    fn of_words(one: u64, other: u64) -> u128;

    /// The result for an int of a few limbs and a word that is not 0; `None` if it is not computed here.
    fn of_long_and_word(_long: Borrowed<'_, '_>, _word: u64) -> Option<u64> {
        None
    }

    /// The result for two different numbers, of which neither is the identity or the absorbing one.
    fn step(one: Magnitude, other: Magnitude, poll: &mut SignalPoll<'_>) -> Result<Magnitude, Error> {
        match (one, other) {
            (Magnitude::Small(a), Magnitude::Small(b)) => {
                let result = Self::of_two_limbs(a, b);
                Ok(Magnitude::from_limbs(natural::copy(natural::significant(&result))?))
            }
            (a, b) => Ok(Magnitude::from_limbs(Self::of_limbs(a.into_limbs()?, b.into_limbs()?, poll)?)),
        }
    }

    /// As [`step`](Self::step), for numbers of any length that are not zero.
    fn of_limbs(one: Natural, other: Natural, poll: &mut SignalPoll<'_>) -> Result<Natural, Error>;

    /// As [`step`](Self::step), for numbers of two limbs at most that are not zero.
    fn of_two_limbs(one: u128, other: u128) -> [u64; 4];

    /// As [`step`](Self::step), for numbers of a few limbs; `None` if the result may have more.
    fn step_few(one: Few, other: Few) -> Option<Few>;

    /// As [`step_few`](Self::step_few), for a word that is not 0.
    fn step_few_and_word(one: Few, word: u64) -> Option<Few>;

    /// As [`step`](Self::step), for a number of any length and a word, which are not zero.
    fn step_large_and_word(one: Natural, word: u64) -> Result<Magnitude, Error>;

    /// The result for a long number and a short one, which is neither the identity nor the absorbing one.
    fn step_short(py: Python<'_>, long: &IntView<'_, '_>, short: u64) -> PyResult<Magnitude>;
}

/// The greatest common divisor.
struct Gcd;

fn gcd_short(long: &IntView<'_, '_>, short: u64) -> u64 {
    let mut remainder = natural::Remainder::new(short);
    long.for_each_chunk_from_top(|chunk| remainder.push(chunk, IntView::CHUNK_BITS));
    natural::gcd_u64(short, remainder.finish())
}

/// The greatest common divisor with a number of one limb, which is not zero.
fn gcd_limb(long: &[u64], short: u64) -> u64 {
    natural::gcd_u64(short, natural::rem_limb(long, short))
}

impl Fold for Gcd {
    const IDENTITY: u64 = 0;
    const ABSORBING: u64 = 1;

    #[inline(always)]
    fn of_words(one: u64, other: u64) -> u128 {
        natural::gcd_u64(one, other).into()
    }

    #[inline(always)]
    fn of_long_and_word(long: Borrowed<'_, '_>, word: u64) -> Option<u64> {
        let mut limbs = [0; FEW];
        let (_, len) = long.exact_limbs(&mut limbs)?;
        Some(gcd_limb(&limbs[..len], word))
    }

    fn of_limbs(one: Natural, other: Natural, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        natural::gcd(one, other, poll)
    }

    fn of_two_limbs(one: u128, other: u128) -> [u64; 4] {
        let [low, high] = natural::words(natural::gcd_u128(one, other));
        [low, high, 0, 0]
    }

    fn step_few(mut one: Few, mut other: Few) -> Option<Few> {
        match (one.short(), other.short()) {
            (Some(a), Some(b)) => Few::new(&[natural::gcd_u64(a, b)]),
            (None, Some(short)) => Few::new(&[gcd_limb(one.as_slice(), short)]),
            (Some(short), None) => Few::new(&[gcd_limb(other.as_slice(), short)]),
            (None, None) if one.len == 2 && other.len == 2 => {
                let divisor = natural::gcd_u128(natural::low(&one.limbs), natural::low(&other.limbs));
                Few::new(&natural::words(divisor))
            }
            (None, None) => {
                let mut never = || Ok(());
                let poll = &mut SignalPoll::new(&mut never);
                Few::new(natural::gcd_in_place(&mut one.limbs, &mut other.limbs, poll).ok()?)
            }
        }
    }

    #[inline]
    fn step_few_and_word(one: Few, word: u64) -> Option<Few> {
        Some(Few::of_word(gcd_limb(one.as_slice(), word)))
    }

    fn step_large_and_word(one: Natural, word: u64) -> Result<Magnitude, Error> {
        Ok(Magnitude::Small(gcd_limb(&one, word).into()))
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

    #[inline(always)]
    fn of_words(one: u64, other: u64) -> u128 {
        natural::lcm_u64(one, other)
    }

    fn of_limbs(one: Natural, other: Natural, poll: &mut SignalPoll<'_>) -> Result<Natural, Error> {
        let divisor = natural::gcd(natural::copy(&one)?, natural::copy(&other)?, poll)?;
        let (quotient, _) = natural::div_rem(&one, &divisor, poll)?;
        natural::mul(&quotient, &other, poll)
    }

    fn of_two_limbs(one: u128, other: u128) -> [u64; 4] {
        natural::wide_mul(one / natural::gcd_u128(one, other), other)
    }

    fn step_few(one: Few, other: Few) -> Option<Few> {
        let divisor = Gcd::step_few(one, other)?;
        let (mut factor, other) = if one.len < other.len { (one, other) } else { (other, one) };
        let dividend = &mut factor.limbs[..factor.len];
        match divisor.short() {
            Some(0) => return None,
            Some(1) => {}
            Some(divisor) => _ = natural::div_limb_in_place(dividend, divisor),
            None => {
                let mut quotient = [0; FEW];
                let mut never = || Ok(());
                let poll = &mut SignalPoll::new(&mut never);
                natural::div_rem_few(dividend, divisor.as_slice(), &mut quotient, poll).ok()?;
                factor = Few::new(&quotient)?;
            }
        }
        other.times(&factor)
    }

    #[inline]
    fn step_few_and_word(one: Few, word: u64) -> Option<Few> {
        match word.checked_div(gcd_limb(one.as_slice(), word)) {
            Some(1) => Some(one),
            quotient => one.times_word(quotient?),
        }
    }

    fn step_large_and_word(mut one: Natural, word: u64) -> Result<Magnitude, Error> {
        let quotient = word.checked_div(gcd_limb(&one, word)).unwrap_or(0);
        if quotient != 1 {
            natural::mul_limb(&mut one, quotient, 0)?;
        }
        Ok(Magnitude::from_limbs(one))
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

/// The result for two words, or for a number of a few limbs and a word that is not 0, in either order; `None` for other
/// arguments.
#[inline(always)]
fn with_a_word<'py, F: Fold>(py: Python<'py>, args: Objects<'_>) -> Option<PyResult<Bound<'py>>> {
    if args.len() != 2 {
        return None;
    }
    let (a, b) = (args.get(py, 0)?, args.get(py, 1)?);
    let (long, word) = match (a.exact_i64(), b.exact_i64()) {
        (Some(a), Some(b)) => return Some(from_u128(py, F::of_words(a.unsigned_abs(), b.unsigned_abs()))),
        (Some(word), None) => (b, word),
        (None, Some(word)) => (a, word),
        _ => return None,
    };
    if word == 0 { None } else { F::of_long_and_word(long, word.unsigned_abs()).map(|result| from_u64(py, result)) }
}

/// Puts all arguments together.
fn fold<'py, F: Fold>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    if let Some(result) = with_a_word::<F>(py, args) {
        return result;
    }
    let few = match two_magnitudes(py, args) {
        Some((a, b)) if a != 0 && b != 0 => Some(from_limbs(py, &F::of_two_limbs(a, b))),
        _ => fold_few::<F>(py, args),
    };
    if let Some(result) = few {
        return result;
    }
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
                let Folded::Value(value) = result else { continue };
                match (value, short) {
                    (Magnitude::Large(value), Some(word)) => {
                        F::step_large_and_word(value, word).map_err(|_| PyErr::no_memory(py))?
                    }
                    (value, _) => {
                        let next = Magnitude::of(py, &view)?;
                        interruptible(py, |poll| F::step(value, next, poll))?
                    }
                }
            }
        };
        result = Folded::Value(value);
    }
    match result {
        Folded::Object(object) => object.abs(),
        Folded::Value(value) => value.to_object(py),
    }
}

/// The result for the ints of one word at the start of the arguments, as long as it is a word, too, and how many these are.
/// No Python code runs.
#[inline]
fn fold_words<F: Fold>(py: Python<'_>, args: Objects<'_>) -> (u64, usize) {
    let mut result = F::IDENTITY;
    for index in 0..args.len() {
        let Some(next) = args.get(py, index).and_then(|argument| argument.exact_i64()) else { return (result, index) };
        if result != F::ABSORBING {
            match u64::try_from(F::of_words(result, next.unsigned_abs())) {
                Ok(value) => result = value,
                Err(_) => return (result, index),
            }
        }
    }
    (result, args.len())
}

/// As [`fold`], of ints of a few limbs; `None` if an argument is anything else, or the result may be larger. No Python code
/// runs.
fn fold_few<'py, F: Fold>(py: Python<'py>, args: Objects<'_>) -> Option<PyResult<Bound<'py>>> {
    let (word, words) = fold_words::<F>(py, args);
    if words == args.len() {
        return Some(from_u64(py, word));
    }
    // The argument that is the result, as long as it is one of them.
    let mut same = None;
    let mut negative = false;
    let mut result = Few::of_word(word);
    for index in words..args.len() {
        let argument = args.get(py, index)?;
        if result.short() == Some(F::ABSORBING) {
            argument.exact_sign()?;
            continue;
        }
        if let Some(word) = argument.exact_i64().map(i64::unsigned_abs) {
            if word == F::ABSORBING {
                (result, negative, same) = (Few::of_word(word), false, None);
            } else if word != F::IDENTITY {
                let next = F::step_few_and_word(result, word)?;
                if next.limbs != result.limbs {
                    (result, same) = (next, None);
                }
            }
            continue;
        }
        let (next, next_negative) = Few::of(argument)?;
        if next.short() == Some(F::IDENTITY) || next.limbs == result.limbs {
            continue;
        }
        if result.short() == Some(F::IDENTITY) || next.short() == Some(F::ABSORBING) {
            (result, negative, same) = (next, next_negative, Some(argument));
        } else {
            (result, same) = (F::step_few(result, next)?, None);
        }
    }
    match same {
        Some(object) if !negative => Some(Ok(object.to_owned())),
        _ => Some(from_limbs(py, result.as_slice())),
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

/// The result for one argument or two, if no more is to do than to look at them or to work with words.
#[inline(always)]
fn quick<F: Fold>(py: Python<'_>, args: Objects<'_>) -> Option<*mut PyObject> {
    let a = args.get(py, 0)?;
    let b = match args.len() {
        1 if a.exact_sign()? >= 0 => return Some(a.to_owned().into_ptr()),
        2 => args.get(py, 1)?,
        _ => return None,
    };
    let words = |a, b| u64::try_from(F::of_words(a, b)).ok().map(|result| int(py, result));
    // Small numbers take no call.
    let (zero, other) = match (a.exact_small_index(), b.exact_small_index()) {
        (Some(a), Some(b)) => return words(a as u64, b as u64),
        (Some(0), None) => (a, b),
        (None, Some(0)) => (b, a),
        _ => return words(a.exact_i64()?.unsigned_abs(), b.exact_i64()?.unsigned_abs()),
    };
    match other.exact_sign()? {
        1 | -1 if F::ABSORBING == 0 => Some(zero.to_owned().into_ptr()),
        1 => Some(other.to_owned().into_ptr()),
        -1 => Some(into_c_result(other.cast_borrowed::<PyInt>()?.abs())),
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
    // SAFETY: the parsing code passes an array of that many arguments, which its caller keeps alive.
    let args = unsafe { Objects::from_raw(args, args_length) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(divisor) = quick::<Gcd>(py, args) {
        return divisor;
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.gcd", move |py| fold::<Gcd>(py, args)) }
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
    // SAFETY: the parsing code passes an array of that many arguments, which its caller keeps alive.
    let args = unsafe { Objects::from_raw(args, args_length) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(multiple) = quick::<Lcm>(py, args) {
        return multiple;
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.lcm", move |py| fold::<Lcm>(py, args)) }
}
