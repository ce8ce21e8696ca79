//! Attachment: which threads may touch Python objects.

use cpython_sys as ffi;
use std::marker::PhantomData;

/// The proof that the current thread is attached to an interpreter for the lifetime `'py`.
///
/// Every function that touches the interpreter asks for one. It is a zero-sized value that can be copied but never
/// leaves its thread.
#[derive(Clone, Copy, Debug)]
pub struct Python<'py> {
    _attached: PhantomData<(&'py (), *mut ffi::PyThreadState)>,
}

impl<'py> Python<'py> {
    /// Takes the caller's word for it that this thread is attached.
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
    /// `work` is `Send`, which a token and a [`Bound`](crate::Bound) are not: it can only use private data and
    /// immutable memory. Detaching costs two atomic operations and may wait for a pause to end: it pays for work of
    /// microseconds, not for less.
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
}
