//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! One file for each encoding; the functions whose signatures differ between releases of CPython are in a file named for the
//! release.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: `data` is a view
//! that the caller fills before the call and releases after it. `make regen` writes `Include/rust/binascii.h`.

pub mod checksums;
pub mod hex;
pub mod quoted_printable;
pub mod uu;

// The functions in these two have the same conditions again, for cbindgen, which reads each file by itself.
#[cfg(not(Py_3_15))]
pub mod v3_14;
#[cfg(Py_3_15)]
pub mod v3_15;

use cpython_api::{
    Borrowed, Bound, ExceptionType, OutBuf, PyErr, PyObject, PyResult, Python, bytes_with, module_state,
};
use std::mem::MaybeUninit;

/// What each copy of the module keeps: its exceptions, made when the module is executed.
#[repr(C)]
#[derive(Debug)]
#[expect(non_snake_case, reason = "the names are those of C and of Python")]
pub struct binascii_state {
    /// `binascii.Error`
    pub Error: *mut PyObject,
    /// `binascii.Incomplete`
    pub Incomplete: *mut PyObject,
}

/// Raises `binascii.Error`.
///
/// # Safety
///
/// - `module` is this module, executed.
pub(crate) unsafe fn error(py: Python<'_>, module: *mut PyObject, message: impl std::fmt::Display) -> PyErr {
    // SAFETY: the C side reserves a binascii_state for the module and fills it before any function can be called; the
    // exception lives as long as the module.
    let exception = unsafe {
        let state: &binascii_state = module_state(py, module);
        Borrowed::from_borrowed_or_null(py, state.Error)
    };
    match exception {
        Some(exception) => PyErr::format(exception, format_args!("{message}")),
        // The collector has cleared the module, and only a finaliser can still be calling it.
        None => PyErr::new(ExceptionType::SystemError.bind(py), c"binascii has been cleared"),
    }
}

/// From how many bytes of output on the thread detaches from the interpreter.
///
/// It detaches once before the allocation. mimalloc has a page for each larger object, and the interpreter frees it only when
/// all threads have passed a quiescent state (QSBR). In a loop of calls that stay attached, each call touches a new page
/// until then: about ten page faults for a result of 128 KiB, which take four times as long as the work. A thread that
/// detaches passes a quiescent state, so the page of the result before is used again.
///
/// It detaches once more for the work, so that a stop-the-world pause does not have to wait for it.
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
    if let Some(capacity @ ..=SMALL) = capacity {
        // The length of a short result is found first, because shrinking the object takes longer than a copy.
        let mut memory = [MaybeUninit::uninit(); SMALL];
        let mut out = OutBuf::new(&mut memory[..capacity]);
        work(&mut out).map_err(raise)?;
        let result = out.filled();
        return bytes_with(py, Some(result.len()), |out| {
            out.extend_from_slice(result);
            Ok(())
        });
    }
    if capacity.is_some_and(|capacity| capacity >= DETACH_FROM) {
        py.detach(|| ());
    }
    bytes_with(py, capacity, |out| {
        let result = if out.capacity() < DETACH_FROM { work(out) } else { py.detach(|| work(out)) };
        result.map_err(raise)
    })
}

/// [`bytes_from`] for work that cannot fail, and mostly fills the capacity.
#[inline]
pub(crate) fn bytes_of<'py>(
    py: Python<'py>,
    capacity: Option<usize>,
    work: impl FnOnce(&mut OutBuf<'_>) + Send,
) -> PyResult<Bound<'py>> {
    let large = capacity.is_some_and(|capacity| capacity >= DETACH_FROM);
    if large {
        py.detach(|| ());
    }
    bytes_with(py, capacity, |out| {
        if large {
            py.detach(|| work(out))
        } else {
            work(out)
        }
        Ok(())
    })
}
