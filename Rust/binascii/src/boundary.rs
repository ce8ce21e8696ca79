//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! One file for each encoding; the functions whose signatures differ between releases of CPython are in a file named for the
//! release.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: `data` is a view
//! that the caller fills before the call and releases after it. `make regen` writes `Include/rust/binascii.h`.
//!
//! Short input takes less time than an [`entry`](cpython_api::entry()) and the choice of a kernel: most functions try a `short`
//! function of the core first, none of which can panic.

pub mod checksums;
pub mod hex;
pub mod quoted_printable;
pub mod uu;

// The functions in these two have the same conditions again, for cbindgen, which reads each file by itself.
#[cfg(not(Py_3_15))]
pub mod v3_14;
#[cfg(Py_3_15)]
pub mod v3_15;

use cpu_level::Level;
use cpython_api::exceptions::{ErrorMessage, ExceptionClass, PyValueError};
use cpython_api::types::{PyBytes, PyModule, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, ModuleState, OutBuf, Py, PyErr, PyObject, PyResult, Python, Traversal, Visit, entry_value,
    module_exec,
};
use std::convert::Infallible;
use std::ffi::{CStr, c_int};
use std::fmt::Display;
use std::mem::MaybeUninit;

/// The state of a module object.
#[derive(Debug)]
struct State {
    /// `binascii.Error`
    error: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"binascii";

    fn new<'py>(py: Python<'py>, module: &Bound<'py, PyModule>) -> PyResult<Self> {
        // From here on the functions for short input know it.
        Level::detect();
        let error = Bound::<PyType>::new_exception(py, c"binascii.Error", None, Some(&PyValueError::class(py)))?;
        module.add(c"Error", &error)?;
        let incomplete = Bound::<PyType>::new_exception(py, c"binascii.Incomplete", None, None)?;
        module.add(c"Incomplete", &incomplete)?;
        #[cfg(Py_3_15)]
        v3_15::add_alphabets(module)?;
        Ok(Self { error: error.unbind() })
    }

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.error)
    }

    fn release(self, py: Python<'_>) {
        self.error.drop_ref(py);
    }
}

/// Executes the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_exec(module: *mut PyObject) -> c_int {
    // SAFETY: the slot passes the module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot is called on an attached thread.
    unsafe { entry_value(c"binascii", move |py| module_exec::<State>(module.bind(py))) }
}

/// Raises `binascii.Error`.
#[cold]
pub(crate) fn error(module: Borrowed<'_, '_, PyModule>, message: impl ErrorMessage) -> PyErr {
    match module.state::<State>() {
        Ok(state) => PyErr::raise(state.error.bind(module.py()).as_any(), message),
        Err(error) => error,
    }
}

/// Raises `binascii.Error` with the message `literal`, or with that of `reason`.
#[cold]
pub(crate) fn error_for(
    module: Borrowed<'_, '_, PyModule>,
    literal: Option<&'static str>,
    reason: impl Display,
) -> PyErr {
    match literal {
        Some(message) => error(module, message),
        None => error(module, format_args!("{reason}")),
    }
}

/// Makes a `bytes` object from what `decode` writes to `SPACE` bytes on the stack, unless that returns false.
///
/// Neither this function nor the next can panic unless their argument can.
#[inline(always)]
pub(crate) fn short_bytes<'py, const SPACE: usize>(
    py: Python<'py>,
    decode: impl FnOnce(&mut OutBuf<'_>) -> bool,
) -> Option<PyResult<Bound<'py>>> {
    let mut memory = [MaybeUninit::uninit(); SPACE];
    let mut out = OutBuf::new(&mut memory);
    decode(&mut out).then(|| PyBytes::new(py, out.filled()).map(Bound::into_any))
}

/// Makes a `bytes` object of `len` bytes, all of which `encode` writes, unless that returns false.
#[inline(always)]
pub(crate) fn short_bytes_of<'py>(
    py: Python<'py>,
    len: usize,
    encode: impl FnOnce(&mut OutBuf<'_>) -> bool,
) -> Option<PyResult<Bound<'py>>> {
    PyBytes::try_new_with(py, len, encode).map(|bytes| bytes.map(Bound::into_any)).transpose()
}

/// From how many bytes of output on the thread detaches from the interpreter.
///
/// It detaches once before the allocation. mimalloc has a page for each larger object, and the interpreter frees it only when
/// all threads have passed a quiescent state (QSBR). In a loop of calls that stay attached, each call touches a new page
/// until then: about ten page faults for a result of 128 KiB, which take four times as long as the work. A thread that
/// detaches passes a quiescent state, so the page of the result before is used again.
///
/// It detaches again for the work, so that a stop-the-world pause does not have to wait for it.
const DETACH_FROM: usize = 128 * 1024;

/// The longest result that is made on the stack.
const SMALL: usize = 64;

/// Makes a `bytes` object of at most `capacity` bytes from what `work` writes, and from its error an exception.
///
/// `work` may run detached from the interpreter. All its data is private: lent by immutable objects, or copied.
#[inline]
pub(crate) fn bytes_from<'py, E: Send>(
    py: Python<'py>,
    capacity: Option<usize>,
    raise: impl FnOnce(E) -> PyErr,
    work: impl FnOnce(&mut OutBuf<'_>) -> Result<(), E> + Send,
) -> PyResult<Bound<'py>> {
    if capacity.is_some_and(|capacity| capacity <= SMALL) {
        // The length of a short result is found first, because shrinking the object takes longer than a copy.
        // There is always room for a whole vector: a load waits for a store with a mask, but not for a plain one.
        let mut memory = [MaybeUninit::uninit(); SMALL];
        let mut out = OutBuf::new(&mut memory);
        work(&mut out).map_err(raise)?;
        let result = out.filled();
        return PyBytes::new(py, result).map(Bound::into_any);
    }
    full_bytes_from(py, capacity, raise, work)
}

/// [`bytes_from`] for work that fills the capacity if it does not fail.
#[inline]
pub(crate) fn full_bytes_from<'py, E: Send>(
    py: Python<'py>,
    capacity: Option<usize>,
    raise: impl FnOnce(E) -> PyErr,
    work: impl FnOnce(&mut OutBuf<'_>) -> Result<(), E> + Send,
) -> PyResult<Bound<'py>> {
    if capacity.is_some_and(|capacity| capacity >= DETACH_FROM) {
        return detached_bytes_from(py, capacity, raise, work);
    }
    PyBytes::new_with(py, capacity, |out| work(out).map_err(raise)).map(Bound::into_any)
}

/// [`full_bytes_from`] for at least [`DETACH_FROM`] bytes. A function of its own, so that `work` can be inlined above.
#[cold]
#[inline(never)]
fn detached_bytes_from<'py, E: Send>(
    py: Python<'py>,
    capacity: Option<usize>,
    raise: impl FnOnce(E) -> PyErr,
    work: impl FnOnce(&mut OutBuf<'_>) -> Result<(), E> + Send,
) -> PyResult<Bound<'py>> {
    py.detach(|| ());
    PyBytes::new_with(py, capacity, |out| py.detach(|| work(out)).map_err(raise)).map(Bound::into_any)
}

/// [`bytes_from`] for work that cannot fail, and mostly fills the capacity.
#[inline]
pub(crate) fn bytes_of<'py>(
    py: Python<'py>,
    capacity: Option<usize>,
    work: impl FnOnce(&mut OutBuf<'_>) + Send,
) -> PyResult<Bound<'py>> {
    full_bytes_from(
        py,
        capacity,
        |never: Infallible| match never {},
        |out| {
            work(out);
            Ok(())
        },
    )
}
