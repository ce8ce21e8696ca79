//! The ways in from C, one for each kind of failure that C can be told of.
//!
//! A panic is a bug of ours, and input never causes one. If it happens all the same, it must not unwind into C, print,
//! or end the process: it becomes a `SystemError` that names the function and says where it came from. Where nothing
//! can be raised, the error goes to `sys.unraisablehook`.

use crate::err::Message;
use crate::{Bound, ExceptionType, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_int, c_uint, c_void};
use std::fmt::Write as _;
use std::mem;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::ptr;
use std::sync::{Once, OnceLock};

/// What an entry point returns to C: the value, or the sentinel that says that an exception is set.
pub trait EntryValue {
    /// The C type.
    type C;
    /// The value as C has it. An owned reference is handed over.
    fn into_c(self) -> Self::C;
    /// The sentinel.
    fn failure() -> Self::C;
}

impl EntryValue for Bound<'_> {
    type C = *mut ffi::PyObject;
    #[inline]
    fn into_c(self) -> Self::C {
        self.into_ptr()
    }
    #[inline]
    fn failure() -> Self::C {
        ptr::null_mut()
    }
}

/// Clinic's `-> unsigned_int`: -1 is an error when an exception is set, and a value when none is.
impl EntryValue for u32 {
    type C = c_uint;
    #[inline]
    fn into_c(self) -> Self::C {
        self
    }
    #[inline]
    fn failure() -> Self::C {
        c_uint::MAX
    }
}

/// Clinic's `-> double`: -1.0 is an error when an exception is set, and a value when none is.
impl EntryValue for f64 {
    type C = f64;
    #[inline]
    fn into_c(self) -> Self::C {
        self
    }
    #[inline]
    fn failure() -> Self::C {
        -1.0
    }
}

/// -1.0 in the real part is an error when an exception is set, as `PyComplex_AsCComplex` has it.
impl EntryValue for ffi::Py_complex {
    type C = ffi::Py_complex;
    #[inline]
    fn into_c(self) -> Self::C {
        self
    }
    #[inline]
    fn failure() -> Self::C {
        ffi::Py_complex { real: -1.0, imag: 0.0 }
    }
}

/// Clinic's `-> bool`.
impl EntryValue for bool {
    type C = c_int;
    #[inline]
    fn into_c(self) -> Self::C {
        self.into()
    }
    #[inline]
    fn failure() -> Self::C {
        -1
    }
}

impl EntryValue for () {
    type C = c_int;
    #[inline]
    fn into_c(self) -> Self::C {
        0
    }
    #[inline]
    fn failure() -> Self::C {
        -1
    }
}

/// Returns to C what came of a few steps that cannot panic, taken before an [`entry`] to save its cost: arithmetic that
/// is total, and calls of CPython. Whatever could panic belongs into the entry; it would end the process here.
#[inline]
pub fn leave<T: EntryValue>(result: PyResult<T>) -> T::C {
    match result {
        Ok(value) => value.into_c(),
        Err(PyErr { .. }) => T::failure(),
    }
}

thread_local! {
    /// How many entries this thread is in; the panic hook is quiet inside them.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// What the hook saw: the place and the message of the panic.
    static PANIC: RefCell<Message> = const { RefCell::new(Message::new()) };
}

/// Runs the body of a function that C calls, and returns what C expects.
///
/// `name` is the function's name for messages, such as `binascii.hexlify`.
///
/// # Safety
///
/// - The current thread is attached to an interpreter, as it is in every call that Python makes.
/// - `'py` is not picked longer than the call.
#[inline]
pub unsafe fn entry<'py, T: EntryValue>(
    name: &'static CStr,
    body: impl FnOnce(Python<'py>) -> PyResult<T>,
) -> <T as EntryValue>::C {
    // SAFETY: the caller vouches for it.
    let py = unsafe { Python::assume_attached() };
    match guard(|| body(py)) {
        Ok(Ok(value)) => value.into_c(),
        Ok(Err(PyErr { .. })) => T::failure(),
        Err(Panicked) => {
            let _set: PyErr = system_error(py, name);
            T::failure()
        }
    }
}

/// Runs the body of a function that cannot fail for C, such as a deallocation, on an attached thread.
///
/// An exception that is set already belongs to somebody else: it is put aside meanwhile and is set again at the end. One
/// that the body raises goes to `sys.unraisablehook`, and so does what becomes of a panic.
///
/// # Safety
///
/// As for [`entry`].
#[inline]
pub unsafe fn entry_unraisable<'py>(name: &'static CStr, body: impl FnOnce(Python<'py>) -> PyResult<()>) {
    // SAFETY: the caller vouches for it.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: the thread is attached. What was set, or NULL for nothing, is kept until it is set again below.
    let before = unsafe { ffi::PyErr_GetRaisedException() };
    let failed = match guard(|| body(py)) {
        Ok(Ok(())) => false,
        Ok(Err(PyErr { .. })) => true,
        Err(Panicked) => {
            let _set: PyErr = system_error(py, name);
            true
        }
    };
    if failed {
        write_unraisable(py, name);
    }
    // SAFETY: the reference is handed over; NULL clears, and nothing is set any more.
    unsafe { ffi::PyErr_SetRaisedException(before) };
}

/// Runs the body of a function that the collector calls, such as a traversal, while every other thread is stopped.
///
/// No Python code can run and no object be made at such a time, so the body has no token, and what became of a panic is
/// told to `sys.unraisablehook` later, in the main thread. A traversal cut short tells the collector too little, and it
/// may then clear objects that are in use: the C side visits what it owns itself, before it asks Rust.
///
/// The value is what `body` returns, and 0 after a panic.
#[inline]
pub fn entry_traverse(name: &'static CStr, body: impl FnOnce() -> c_int) -> c_int {
    guard(body).unwrap_or_else(|Panicked| {
        postpone(name);
        0
    })
}

/// The body has panicked; what the hook saw of it is in `PANIC`.
struct Panicked;

/// Runs `body`, and catches and silences a panic in it.
#[inline]
fn guard<T>(body: impl FnOnce() -> T) -> Result<T, Panicked> {
    install_hook();
    DEPTH.set(DEPTH.get() + 1);
    // Whatever the body has left half done was its own: what outlives a call is guarded by locks of its own.
    let result = panic::catch_unwind(AssertUnwindSafe(body)).map_err(discard);
    DEPTH.set(DEPTH.get() - 1);
    result
}

/// Frees what a panic was called with. That may be any value, whose drop may panic in its turn.
#[cold]
fn discard(payload: Box<dyn Any + Send>) -> Panicked {
    // The first message is the one to tell.
    let first = PANIC.with_borrow_mut(|what| mem::replace(what, Message::new()));
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // It has shown how its kind drops, so this one is kept for good.
        mem::forget(second);
    }
    PANIC.set(first);
    Panicked
}

/// What is said of the panic that this thread has caught last.
fn describe(name: &CStr) -> Message {
    let mut text = Message::new();
    let what = PANIC.replace(Message::new());
    // Only a full buffer fails, and then what is there will do.
    let _ = write!(
        text,
        "{}: internal error, please report it: {}",
        name.to_string_lossy(),
        what.as_c_str().to_string_lossy()
    );
    text
}

/// Raises `SystemError` for a panic. An exception that was set when it happened becomes the context.
#[cold]
fn system_error(py: Python<'_>, name: &CStr) -> PyErr {
    // SAFETY: the thread is attached; a reference of our own, or NULL for nothing.
    let context = unsafe { ffi::PyErr_GetRaisedException() };
    let error = PyErr::new(ExceptionType::SystemError.bind(py), describe(name).as_c_str());
    if context.is_null() {
        return error;
    }
    // SAFETY: an exception is set, as `error` proves, so the first call gives a live one. The second takes over the
    // context, the third the exception, which is set as before.
    unsafe {
        let raised = ffi::PyErr_GetRaisedException();
        ffi::PyException_SetContext(raised, context);
        ffi::PyErr_SetRaisedException(raised);
        PyErr::already_set(py)
    }
}

/// Hands the exception that is set to `sys.unraisablehook`.
#[cold]
fn write_unraisable(_py: Python<'_>, name: &CStr) {
    // SAFETY: the thread is attached; the format takes one C string, which is given.
    unsafe { ffi::PyErr_FormatUnraisable(c"Exception ignored in %s".as_ptr(), name.as_ptr()) };
}

/// A panic that waits to be told of.
struct Postponed {
    name: &'static CStr,
    text: Message,
}

/// Has the main thread tell of the panic that this thread has caught last, which happened where no Python code may run.
#[cold]
fn postpone(name: &'static CStr) {
    // SAFETY: the queue takes a pointer that nobody else has, from PyMem_RawMalloc, and gives it to `tell` once. When
    // there is no memory or no room in the queue, nobody is told.
    unsafe {
        let memory = ffi::PyMem_RawMalloc(size_of::<Postponed>()).cast::<Postponed>();
        if memory.is_null() {
            return;
        }
        memory.write(Postponed { name, text: describe(name) });
        if ffi::Py_AddPendingCall(Some(tell), memory.cast()) < 0 {
            ffi::PyMem_RawFree(memory.cast());
        }
    }
}

/// Tells of a panic that has been postponed.
///
/// # Safety
///
/// - The thread is attached, as it is in pending calls.
/// - `memory` is a `Postponed` from `PyMem_RawMalloc`, given up by the caller.
unsafe extern "C" fn tell(memory: *mut c_void) -> c_int {
    // SAFETY: the caller vouches for the thread and the memory, which is read and given back once.
    unsafe {
        let py = Python::assume_attached();
        let Postponed { name, text } = memory.cast::<Postponed>().read();
        ffi::PyMem_RawFree(memory);
        let _set: PyErr = PyErr::new(ExceptionType::SystemError.bind(py), text.as_c_str());
        write_unraisable(py, name);
    }
    0
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// The hook that was there before ours.
static PREVIOUS: OnceLock<Hook> = OnceLock::new();

/// Makes panics inside entries quiet and remembered. Outside of them, as in tests, the hook that was there stays.
#[inline]
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // Ours captures nothing, and so its box takes no memory: without any, the process would end here.
        let _first = PREVIOUS.set(panic::take_hook());
        panic::set_hook(Box::new(hook));
    });
}

fn hook(info: &PanicHookInfo<'_>) {
    if DEPTH.get() == 0 {
        if let Some(previous) = PREVIOUS.get() {
            previous(info);
        }
        return;
    }
    PANIC.with(|what| {
        // Taken already only if formatting the message panics in its turn: the first place is the one to tell.
        if let Ok(mut what) = what.try_borrow_mut() {
            *what = Message::new();
            let _ = write!(what, "{info}");
        }
    });
}
