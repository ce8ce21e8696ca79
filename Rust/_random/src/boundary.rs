//! The class `Random`, and the functions that Argument Clinic's parsing code ends in.
//!
//! That code is CPython's, and locks the object. Here it does not (see `_randommodule.c`): the data is made for many
//! threads.

use crate::mt19937::{self, Block, N};
use crate::outputs::{Frozen, Locked, Outputs, Taken};
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyFloat, PyInt, PyTuple};
use cpython_api::{
    Borrowed, Bound, Class, InstanceData, Plain, PyErr, PyMutex, PyMutexGuard, PyObject, PyResult, PyTypeObject,
    Python, entry, instance_slots, method, method_none_with, rust_instance, setter, times, urandom,
};
use std::ffi::{CStr, c_int};
use std::process;

/// The limit of the words of an int: 2**57. No int can have as many, and C raises MemoryError for them.
const MOST_WORDS: u64 = i64::MAX as u64 / 64;

/// The data of a `Random` object.
#[derive(Debug)]
struct Random {
    outputs: Outputs,
    lock: PyMutex<()>,
}

impl InstanceData for Random {
    const NAME: &'static CStr = c"_random.Random";
    // SAFETY: zeros are arrays of numbers, atomic or not, and an unlocked mutex.
    const PLAIN: Option<Plain> = Some(unsafe { Plain::new() });

    fn release(self, _py: Python<'_>) {}
}

impl Random {
    fn locked<'a>(&'a self, py: Python<'_>) -> Locked<'a, PyMutexGuard<'a, ()>> {
        Locked::new(&self.outputs, self.lock.lock(py))
    }

    /// The next outputs.
    #[inline]
    fn take<const COUNT: usize>(&self, py: Python<'_>) -> [u32; COUNT] {
        match self.outputs.take() {
            Some((taken, false)) => taken,
            Some((taken, true)) => self.prepare(py, taken),
            None => self.take_of_two_blocks(py),
        }
    }

    #[cold]
    fn prepare<T>(&self, py: Python<'_>, taken: T) -> T {
        self.locked(py).prepare();
        taken
    }

    #[cold]
    fn take_of_two_blocks<const COUNT: usize>(&self, py: Python<'_>) -> [u32; COUNT] {
        let mut taken = [0; COUNT];
        self.fill(py, &mut taken);
        taken
    }

    /// Takes a few outputs.
    #[inline]
    fn fill(&self, py: Python<'_>, target: &mut [u32]) {
        loop {
            match self.outputs.fill(target) {
                Taken::All => return,
                Taken::AllAndPrepare => return self.prepare(py, ()),
                Taken::Nothing => self.prepare(py, ()),
            }
        }
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn _random_Random_instance() -> rust_instance {
    instance_slots::<Random>()
}

/// Makes an object whose state is all zero, as C's is until it is seeded.
///
/// # Safety
///
/// Called as `tp_new` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _random_Random_new(cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: `tp_new` passes the class or a subclass, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: C calls on an attached thread.
    unsafe {
        entry(c"_random.Random", move |py| class.object(py, Random { outputs: Outputs::new(), lock: PyMutex::new(()) }))
    }
}

/// `Random(seed)`, for `tp_init`; `seed` may be NULL.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn random_init_impl(random: *mut PyObject, seed: *mut PyObject) -> c_int {
    // SAFETY: the parsing code passes an object of the class and an object or NULL, which its caller keeps, on an
    // attached thread.
    unsafe {
        setter::<Random>(c"_random.Random", random, seed, move |random, seed| {
            self::seed(random.py(), random.data(), seed)
        })
    }
}

/// `random.seed(n)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _random_Random_seed_impl(random: *mut PyObject, n: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_none_with::<Random, _>(c"_random.Random.seed", random, n, move |random, n| {
            seed(random.py(), random.data(), Some(n))
        })
    }
}

fn seed(py: Python<'_>, random: &Random, seed: Option<Borrowed<'_, '_>>) -> PyResult<()> {
    let mut mt = [0; N];
    match seed.filter(|seed| !seed.is_none()) {
        None => seed_by_system(py, &mut mt)?,
        Some(seed) => match seed.cast_borrowed::<PyInt>() {
            Some(int) => seed_by_int(&mut mt, int)?,
            None => seed_by_limbs(&mut mt, &[seed.hash()? as u64]),
        },
    }
    random.locked(py).set_state(&mt, N);
    Ok(())
}

/// The key is the magnitude of an int.
fn seed_by_int(mt: &mut Block, int: Borrowed<'_, '_, PyInt>) -> PyResult<()> {
    let view = int.view()?;
    if let Some(value) = view.small() {
        seed_by_limbs(mt, &[value.unsigned_abs()]);
        return Ok(());
    }
    let len = view.limb_len();
    let mut limbs = Vec::new();
    limbs.try_reserve_exact(len).map_err(|_| PyErr::no_memory(int.py()))?;
    limbs.resize(len, 0);
    view.copy_limbs(&mut limbs);
    seed_by_limbs(mt, &limbs);
    Ok(())
}

/// The key is all words of 32 bits of a number, and one of zero.
fn seed_by_limbs(mt: &mut Block, limbs: &[u64]) {
    let word = |index: usize| (limbs[index / 2] >> (index % 2 * 32)) as u32;
    let len = (0..2 * limbs.len()).rev().find(|index| word(*index) != 0).map_or(1, |last| last + 1);
    mt19937::set_key(mt, len, word);
}

/// The key is the system's entropy or, if there is none, the time and the process.
fn seed_by_system(py: Python<'_>, mt: &mut Block) -> PyResult<()> {
    let mut key = [0; N];
    match urandom(py, &mut key) {
        Ok(()) => mt19937::set_key(mt, key.len(), |index| key[index]),
        Err(error) => {
            error.clear(py);
            let (time, monotonic) = times(py)?;
            let key = [time as u32, (time >> 32) as u32, process::id(), monotonic as u32, (monotonic >> 32) as u32];
            mt19937::set_key(mt, key.len(), |index| key[index]);
        }
    }
    Ok(())
}

/// `random.random()`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _random_Random_random_impl(random: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Random>(c"_random.Random.random", random, move |random| {
            let py = random.py();
            let [a, b] = random.data().take(py);
            // The 53 bits of a double: the upper 27 of one output, and the upper 26 of the next.
            let value = (f64::from(a >> 5) * 67_108_864.0 + f64::from(b >> 6)) * (1.0 / 9_007_199_254_740_992.0);
            PyFloat::new(py, value).map(Bound::into_any)
        })
    }
}

/// `random.getrandbits(k)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _random_Random_getrandbits_impl(random: *mut PyObject, k: u64) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Random>(c"_random.Random.getrandbits", random, move |random| {
            getrandbits(random.py(), random.data(), k).map(Bound::into_any)
        })
    }
}

/// The words of the int are outputs, of which the last one loses its lower bits.
#[inline]
fn getrandbits<'py>(py: Python<'py>, random: &Random, k: u64) -> PyResult<Bound<'py, PyInt>> {
    match k {
        0 => PyInt::new(py, 0),
        1..=32 => {
            let [word] = random.take(py);
            PyInt::new(py, word >> (32 - k))
        }
        33..=64 => {
            let [low, high] = random.take(py);
            PyInt::new(py, u64::from(high >> (64 - k)) << 32 | u64::from(low))
        }
        _ => many_bits(py, random, k),
    }
}

/// How many outputs are taken at once without the lock, at most.
const FEW: usize = 32;

#[inline]
fn many_bits<'py>(py: Python<'py>, random: &Random, k: u64) -> PyResult<Bound<'py, PyInt>> {
    // Of the last output the upper bits are used.
    let unused = k.wrapping_neg() % 32;
    if k <= 32 * FEW as u64 {
        let mut words = [0; FEW];
        let words = &mut words[..k.div_ceil(32) as usize];
        random.fill(py, words);
        if let Some(last) = words.last_mut() {
            *last >>= unused;
        }
        return PyInt::from_words(py, words);
    }
    let count = k.div_ceil(32);
    if count > MOST_WORDS {
        return Err(PyErr::no_memory(py));
    }
    let mut left = count as usize;
    let mut generator = None;
    PyInt::from_pieces(py, left, |words| {
        // Locked once there is memory for the int.
        generator.get_or_insert_with(|| Frozen::new(random.locked(py))).fill(words);
        left -= words.len();
        if left == 0
            && let Some(last) = words.last_mut()
        {
            *last >>= unused;
        }
    })
}

/// `random.getstate()`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _random_Random_getstate_impl(random: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Random>(c"_random.Random.getstate", random, move |random| {
            let py = random.py();
            let (mt, index) = random.data().locked(py).state();
            let mut numbers = [index as u64; N + 1];
            for (number, word) in numbers.iter_mut().zip(mt) {
                *number = word.into();
            }
            PyTuple::build(py, N + 1, |tuple| tuple.extend_u64(&numbers)).map(Bound::into_any)
        })
    }
}

/// `random.setstate(state)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _random_Random_setstate_impl(random: *mut PyObject, state: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_none_with::<Random, _>(c"_random.Random.setstate", random, state, move |random, state| {
            setstate(random.data(), state)
        })
    }
}

fn setstate(random: &Random, state: Borrowed<'_, '_>) -> PyResult<()> {
    let py = state.py();
    let Some(state) = state.cast_borrowed::<PyTuple>() else {
        return Err(PyTypeError::new_err(py, "state vector must be a tuple"));
    };
    if state.len() != N + 1 {
        return Err(PyValueError::new_err(py, "state vector is the wrong size"));
    }
    let mut mt = [0; N];
    let done = state.read_low_words(&mut mt);
    for (word, item) in mt.iter_mut().zip(state.as_slice()).skip(done) {
        // Bits above the 32nd are dropped, as in C.
        *word = item.as_unsigned_long_by_call()? as u32;
    }
    let index = state.get_item(N).map_or(Ok(-1), |item| item.as_long())?;
    match usize::try_from(index) {
        Ok(index) if index <= N => random.locked(py).set_state(&mt, index),
        _ => return Err(PyValueError::new_err(py, "invalid state")),
    }
    Ok(())
}
