//! Attachment: which threads may touch Python objects.

use crate::ffi_call::{infallible, new_reference, status, status_or_err};
use crate::types::{PyAny, PyStr};
use crate::{Bound, PyResult};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::marker::PhantomData;
use std::{mem, ptr};

/// The proof that the current thread is attached to an interpreter for the lifetime `'py`.
///
/// Every function that touches the interpreter takes one. It is a zero-sized value that can be copied but never leaves
/// its thread. The entries hand one to a body that is generic over `'py`, and the lifetime is invariant, so none can be
/// kept after the call:
///
/// ```compile_fail,E0521
/// # use cpython_api::{Python, entry_value};
/// # use std::cell::Cell;
/// thread_local! { static KEPT: Cell<Option<Python<'static>>> = const { Cell::new(None) } }
/// unsafe {
///     entry_value(c"keep", |py| {
///         KEPT.set(Some(py));
///         Ok(())
///     });
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Python<'py> {
    // The lifetime in the target of a `*mut` is invariant; a raw pointer keeps the token on its thread.
    _attached: PhantomData<*mut &'py ffi::PyThreadState>,
}

impl<'py> Python<'py> {
    /// Makes a token for a thread that the caller knows to be attached.
    ///
    /// # Safety
    ///
    /// - The current thread is attached to an interpreter, and stays so for all of `'py` but for the time inside
    ///   [`detach`](Self::detach).
    #[inline]
    pub unsafe fn assume_attached() -> Self {
        Self { _attached: PhantomData }
    }

    /// Runs `work` with this thread detached, so that a stop-the-world pause does not have to wait for it.
    ///
    /// `work` is `Send`, which a token and a [`Bound`] are not: it can only use private data and
    /// immutable memory. Detaching costs two atomic operations and may wait for a pause to end: it pays for work of
    /// microseconds, not for less.
    ///
    /// ```compile_fail,E0277
    /// # use cpython_api::{Bound, Python};
    /// fn use_while_detached(object: &Bound<'_>) -> usize {
    ///     object.py().detach(|| object.as_ptr() as usize)
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # use cpython_api::Python;
    /// fn token_while_detached(py: Python<'_>) {
    ///     py.detach(|| py.detach(|| ()))
    /// }
    /// ```
    #[inline]
    pub fn detach<T: Send>(self, work: impl FnOnce() -> T + Send) -> T {
        struct Reattach(*mut ffi::PyThreadState);
        impl Drop for Reattach {
            #[inline]
            fn drop(&mut self) {
                // SAFETY: the thread state was saved by this thread, below, and is restored exactly once.
                unsafe { ffi::PyEval_RestoreThread(self.0) };
            }
        }
        // SAFETY: this thread is attached, as `self` proves, and the guard attaches it again, also after a panic.
        let _reattach = Reattach(unsafe { ffi::PyEval_SaveThread() });
        work()
    }

    /// `None`
    #[inline]
    #[expect(non_snake_case, reason = "the name is Python's")]
    pub fn None(self) -> Bound<'py, PyAny> {
        let none = &raw mut ffi::_Py_NoneStruct;
        // SAFETY: a static object, which is immortal: references to it are not counted.
        let none = unsafe { Bound::from_owned_or_null(self, none) };
        // SAFETY: the address of a static is not NULL.
        unsafe { none.unwrap_unchecked() }
    }

    /// `NotImplemented`
    #[inline]
    #[expect(non_snake_case, reason = "the name is Python's")]
    pub fn NotImplemented(self) -> Bound<'py, PyAny> {
        let object = &raw mut ffi::_Py_NotImplementedStruct;
        // SAFETY: a static object, which is immortal: references to it are not counted.
        let object = unsafe { Bound::from_owned_or_null(self, object) };
        // SAFETY: the address of a static is not NULL.
        unsafe { object.unwrap_unchecked() }
    }

    /// `from module import name`
    #[inline]
    pub fn import_attribute(self, module: &CStr, name: &CStr) -> PyResult<Bound<'py>> {
        // Interned here, as the interpreter would intern new strings later, and keep each of them when memory runs out then.
        let (module, name) = (PyStr::intern(self, module)?, PyStr::intern(self, name)?);
        new_reference!(self, PyImport_ImportModuleAttr(module, name))
    }

    /// Runs `body` one level of C recursion deeper, unless the stack is used up: then `RecursionError` is raised, with
    /// `place` at the end of its message.
    #[inline]
    pub fn with_recursion<T>(self, place: &CStr, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        struct Leave;
        impl Drop for Leave {
            #[inline]
            fn drop(&mut self) {
                // SAFETY: entered below.
                unsafe { ffi::Py_LeaveRecursiveCall() };
            }
        }
        let status = infallible!(self, Py_EnterRecursiveCall(place));
        // SAFETY: a failure, any other number than 0, comes with an exception.
        unsafe { status_or_err(self, -i32::from(status != 0)) }?;
        let _leave = Leave;
        body()
    }

    /// Runs the handlers of signals that have come in, so that long work can be stopped.
    #[inline]
    pub fn check_signals(self) -> PyResult<()> {
        status!(self, PyErr_CheckSignals()).map(drop)
    }

    /// Runs long `work` on private data, which calls its argument from time to time and ends early once that fails.
    ///
    /// Each call runs the handlers of signals that have come in, and fails when one raises; that exception is the result. From
    /// the first call on the thread is detached in between, so that a stop-the-world pause does not have to wait.
    #[inline]
    pub fn interruptible<T: Send>(
        self,
        work: impl FnOnce(&mut dyn FnMut() -> Result<(), Interrupted>) -> T + Send,
    ) -> PyResult<T> {
        /// The state of a thread that is detached, or NULL.
        struct Detached(*mut ffi::PyThreadState);
        impl Detached {
            #[inline]
            fn attach(&mut self) {
                let state = mem::replace(&mut self.0, ptr::null_mut());
                if !state.is_null() {
                    // SAFETY: the state was saved by this thread, below, and is restored exactly once.
                    unsafe { ffi::PyEval_RestoreThread(state) };
                }
            }
        }
        impl Drop for Detached {
            #[inline]
            fn drop(&mut self) {
                self.attach();
            }
        }
        let mut raised = None;
        // Dropped after a panic, too.
        let mut detached = Detached(ptr::null_mut());
        let result = work(&mut || {
            detached.attach();
            if let Err(error) = self.check_signals() {
                raised = Some(error);
                return Err(Interrupted);
            }
            // SAFETY: this thread is attached, as `self` and the call above see to.
            detached.0 = unsafe { ffi::PyEval_SaveThread() };
            Ok(())
        });
        detached.attach();
        match raised {
            Some(error) => Err(error),
            None => Ok(result),
        }
    }
}

/// The handler of a signal has raised an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;
