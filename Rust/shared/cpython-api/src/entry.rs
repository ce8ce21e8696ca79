//! The entry points from C, one for each way of reporting failure to C.
//!
//! A panic is a bug of ours, and input never causes one. If it happens all the same, it must not unwind into C, print,
//! or end the process: it becomes a `SystemError` that names the function and says where it came from. Where nothing
//! can be raised, the error goes to `sys.unraisablehook`.

use crate::err::Message;
use crate::exceptions::{ExceptionClass, PySystemError};
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::fmt::Write as _;
use std::mem::{self, ManuallyDrop};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::ptr;
use std::sync::{Once, OnceLock};

/// What an entry point returns to C: the value, or the sentinel that says that an exception is set.
pub trait EntryValue {
    /// The C type.
    type C;
    /// The value as C has it. Ownership of a reference passes to C.
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

/// Length slots such as `sq_length`.
impl EntryValue for isize {
    type C = ffi::Py_ssize_t;
    #[inline]
    fn into_c(self) -> Self::C {
        self
    }
    #[inline]
    fn failure() -> Self::C {
        -1
    }
}

/// Returns a result to C that was reached without an [`entry`]: by steps that cannot panic.
///
/// A function that C calls must not unwind. rustc ends the process where one does, and leaves a call of its handler in
/// every function that could: `make check` looks for that call in the functions that were built, so a function that
/// returns by this and is not free of panics fails it.
#[inline]
pub fn into_c_result<T: EntryValue>(result: PyResult<T>) -> T::C {
    match result {
        Ok(value) => value.into_c(),
        Err(PyErr { .. }) => T::failure(),
    }
}

thread_local! {
    /// How many entries this thread is in, in builds with debug assertions: the panic hook is quiet inside them alone, so
    /// that a test that fails outside says why. In other builds all code runs in entries, and nothing is counted.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The message of the last panic, with its place, as the hook saw it.
    static PANIC: RefCell<Message> = const { RefCell::new(Message::new()) };
}

/// Runs the body of a function that C calls and that returns an object.
///
/// `name` is the function's name for messages, such as `binascii.hexlify`. The body gets a token for a lifetime that it
/// cannot choose, so that nothing of it stays after the call. [`Arg`](crate::Arg) shows how arguments get in. A `move` closure
/// is cheaper: its captures, if they are two words at most, are passed on in registers.
///
/// ```compile_fail,E0521
/// # use cpython_api::{Bound, entry};
/// # use std::cell::RefCell;
/// thread_local! { static KEPT: RefCell<Option<Bound<'static>>> = const { RefCell::new(None) } }
/// unsafe {
///     entry(c"keep", |py| {
///         KEPT.set(Some(py.None()));
///         Ok(py.None())
///     });
/// }
/// ```
///
/// # Safety
///
/// - The current thread is attached to an interpreter, as it is in every call that Python makes.
#[inline]
pub unsafe fn entry(
    name: &'static CStr,
    body: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py>>,
) -> *mut ffi::PyObject {
    // SAFETY: this thread is attached (the caller's promise), and stays so for the call.
    let py = unsafe { Python::assume_attached() };
    let name = Name::new(name);
    guard(
        move || into_c_result(checked(py, body(py))),
        move || {
            raise_panic(name);
            ptr::null_mut()
        },
    )
}

/// Runs the body of a `tp_iternext` slot: `None` ends the iteration; the result is NULL then, without an exception.
///
/// # Safety
///
/// As for [`entry`].
#[inline]
pub unsafe fn entry_next(
    name: &'static CStr,
    body: impl for<'py> FnOnce(Python<'py>) -> PyResult<Option<Bound<'py>>>,
) -> *mut ffi::PyObject {
    // SAFETY: this thread is attached (the caller's promise), and stays so for the call.
    let py = unsafe { Python::assume_attached() };
    let name = Name::new(name);
    guard(
        move || match checked(py, body(py)) {
            Ok(Some(item)) => item.into_ptr(),
            Ok(None) | Err(PyErr { .. }) => ptr::null_mut(),
        },
        move || {
            raise_panic(name);
            ptr::null_mut()
        },
    )
}

/// Runs the body of a function that C calls and that returns a status or a plain value.
///
/// # Safety
///
/// As for [`entry`].
#[inline]
pub unsafe fn entry_value<T: EntryValue>(
    name: &'static CStr,
    body: impl for<'py> FnOnce(Python<'py>) -> PyResult<T>,
) -> <T as EntryValue>::C {
    // SAFETY: this thread is attached (the caller's promise), and stays so for the call.
    let py = unsafe { Python::assume_attached() };
    let name = Name::new(name);
    guard(
        move || into_c_result(checked(py, body(py))),
        move || {
            raise_panic(name);
            T::failure()
        },
    )
}

/// Makes sure that an error has its exception.
#[inline]
fn checked<T>(py: Python<'_>, result: PyResult<T>) -> PyResult<T> {
    result.map_err(|error| {
        error.into_raised(py);
        // SAFETY: an exception is set now, if none was before.
        unsafe { PyErr::already_set(py) }
    })
}

/// Runs the body of a function that cannot fail for C, such as a finalizer, on an attached thread.
///
/// An exception that is set already is not that of the body: it is saved, and is set again at the end. One that the
/// body raises goes to `sys.unraisablehook`, and so does that of a panic.
///
/// # Safety
///
/// As for [`entry`].
#[inline]
pub unsafe fn entry_unraisable(name: &'static CStr, body: impl for<'py> FnOnce(Python<'py>) -> PyResult<()>) {
    // SAFETY: this thread is attached (the caller's promise), and stays so for the call.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: the thread is attached. The exception that was set, or NULL for none, is kept until it is set again below.
    let before = unsafe { ffi::PyErr_GetRaisedException() };
    // SAFETY: this thread is attached (the caller's promise).
    if unsafe { entry_value(name, body) } < 0 {
        // SAFETY: the thread is attached; the format takes one C string, which is given.
        unsafe { ffi::PyErr_FormatUnraisable(c"Exception ignored in %s".as_ptr(), name.as_ptr()) };
    }
    let _: Python<'_> = py;
    // SAFETY: the reference is handed over; NULL clears, and nothing is set any more.
    unsafe { ffi::PyErr_SetRaisedException(before) };
}

/// Runs the part of a deallocation that gives up the contents of an object, on an attached thread.
///
/// It cannot fail. A panic goes to `sys.unraisablehook`, and leaks what is left; an exception that is set stays so.
///
/// # Safety
///
/// As for [`entry`].
#[inline]
pub unsafe fn entry_dealloc(name: &'static CStr, body: impl for<'py> FnOnce(Python<'py>)) {
    // SAFETY: this thread is attached (the caller's promise), and stays so for the call.
    let py = unsafe { Python::assume_attached() };
    let name = Name::new(name);
    guard(move || body(py), move || report_panic(name));
}

/// Runs the body of a function that the collector calls, such as a traversal, while every other thread is stopped.
///
/// No Python code can run and no object be made at such a time, so the body has no token, and a panic is reported to
/// `sys.unraisablehook` later, in the main thread. A traversal cut short reports too few references to the collector,
/// and it may then clear objects that are in use.
///
/// The value is that of `body`, and 0 after a panic.
#[inline]
pub fn entry_traverse(name: &'static CStr, body: impl FnOnce() -> c_int) -> c_int {
    let name = Name::new(name);
    guard(body, move || {
        postpone(name);
        0
    })
}

/// The name of an entry, in one word instead of two: every call passes it on.
///
/// # Invariants
///
/// - The pointer is that of a `&'static CStr`.
#[repr(transparent)]
#[derive(Clone, Copy)]
struct Name(*const c_char);

impl Name {
    #[inline]
    const fn new(name: &'static CStr) -> Self {
        Self(name.as_ptr())
    }

    fn get(self) -> &'static CStr {
        // SAFETY: a string that ends in NUL and lives for ever (invariants).
        unsafe { CStr::from_ptr(self.0) }
    }
}

/// Runs `body`. When it panics, silences the panic and returns the result of `panicked`.
#[inline]
fn guard<R>(body: impl FnOnce() -> R, panicked: impl FnOnce() -> R) -> R {
    // The C calling convention passes two words in registers, and would copy a larger value to memory.
    if size_of_val(&body) <= 2 * size_of::<usize>() {
        return catch(body, panicked);
    }
    let mut body = ManuallyDrop::new(body);
    // SAFETY: the closure is called once, and nobody else uses the body.
    catch(|| unsafe { ManuallyDrop::take(&mut body) }(), panicked)
}

/// As [`guard`].
///
/// This is a function of its own for each body, so that [`catch_unwind`](panic::catch_unwind), which may call the handler that
/// ends the process, is not inlined into the exported function: `check_panic_free` looks for that call there. It is
/// `extern "C"` so that the compiler knows that nothing unwinds out of it; an exported function ends in a jump to it.
#[inline(never)]
extern "C" fn catch<R>(body: impl FnOnce() -> R, panicked: impl FnOnce() -> R) -> R {
    if !HOOK.is_completed() {
        return catch_first(body, panicked);
    }
    if cfg!(debug_assertions) {
        DEPTH.set(DEPTH.get() + 1);
    }
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    if cfg!(debug_assertions) {
        DEPTH.set(DEPTH.get() - 1);
    }
    result.unwrap_or_else(|payload| {
        discard(payload);
        panicked()
    })
}

/// As [`catch`], before there is a panic hook.
#[cold]
#[inline(never)]
extern "C" fn catch_first<R>(body: impl FnOnce() -> R, panicked: impl FnOnce() -> R) -> R {
    install_hook();
    catch(body, panicked)
}

// The functions from here to `tell` are `extern "C"` so that nothing unwinds out of them. They run library code after a panic
// has been caught: another panic, for which they give no cause, ends the process.

/// Frees the value that a panic was called with. That may be any value, whose drop may panic in its turn.
#[cold]
#[inline(never)]
#[expect(improper_ctypes_definitions, reason = "both sides are Rust")]
extern "C" fn discard(payload: Box<dyn Any + Send>) {
    // The first message is the one to report.
    let first = PANIC.with_borrow_mut(|what| mem::replace(what, Message::new()));
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // The drop of this payload has panicked, and its drop may panic as well, so it is leaked.
        mem::forget(second);
    }
    PANIC.set(first);
}

/// The message about the panic that this thread has caught last.
fn describe(name: &CStr) -> Message {
    let mut text = Message::new();
    let panic = PANIC.replace(Message::new());
    // Only a full buffer fails, and then its contents will do.
    let _ = write!(
        text,
        "{}: internal error, please report it: {}",
        name.to_string_lossy(),
        panic.as_c_str().to_string_lossy()
    );
    text
}

/// Raises `SystemError` for a panic, on an attached thread. An exception that was set when it happened becomes the context.
#[cold]
#[inline(never)]
extern "C" fn raise_panic(name: Name) {
    let name = name.get();
    // SAFETY: only entries call this, whose callers promise an attached thread.
    let py = unsafe { Python::assume_attached() };
    let context = crate::err::take(py);
    let error = PyErr::new(PySystemError::class(py), describe(name).as_c_str());
    if let Some(context) = context {
        let raised = error.fetch(py);
        // SAFETY: only instances of BaseException can be raised.
        raised.set_context(Some(&unsafe { context.cast_into_unchecked() }));
        let _set: PyErr = PyErr::restore(raised);
    }
}

/// Reports a panic to `sys.unraisablehook`, on an attached thread. An exception that is set stays so.
#[cold]
#[inline(never)]
extern "C" fn report_panic(name: Name) {
    let name = name.get();
    // SAFETY: only entries call this, whose callers promise an attached thread.
    let py = unsafe { Python::assume_attached() };
    let before = crate::err::take(py);
    PyErr::new(PySystemError::class(py), describe(name).as_c_str()).write_unraisable(py, name);
    if let Some(before) = before {
        // SAFETY: only instances of BaseException can be raised.
        let _set: PyErr = PyErr::restore(unsafe { before.cast_into_unchecked() });
    }
}

/// A panic that is to be reported later.
struct Postponed {
    name: &'static CStr,
    text: Message,
}

/// Has the main thread report the panic that this thread has caught last, which happened where no Python code may run.
#[cold]
#[inline(never)]
extern "C" fn postpone(name: Name) {
    let name = name.get();
    // SAFETY: any size may be requested.
    let memory = unsafe { ffi::PyMem_RawMalloc(size_of::<Postponed>()) }.cast::<Postponed>();
    if memory.is_null() {
        return;
    }
    // SAFETY: the memory is large enough, and `malloc` aligns for any type.
    unsafe { memory.write(Postponed { name, text: describe(name) }) };
    // SAFETY: the queue takes a pointer that nobody else has and gives it to `tell` once.
    if unsafe { ffi::Py_AddPendingCall(Some(tell), memory.cast()) } < 0 {
        // The queue is full, and the panic is not reported.
        // SAFETY: the memory is of this allocator and nobody has it.
        unsafe { ffi::PyMem_RawFree(memory.cast()) };
    }
}

/// Reports a panic that has been postponed.
///
/// # Safety
///
/// - The thread is attached, as it is in pending calls.
/// - `memory` is a `Postponed` from `PyMem_RawMalloc`, given up by the caller.
unsafe extern "C" fn tell(memory: *mut c_void) -> c_int {
    // SAFETY: the thread is attached (the caller's promise).
    let py = unsafe { Python::assume_attached() };
    // SAFETY: the memory is that of a `Postponed` (the caller's promise), read once.
    let Postponed { name, text } = unsafe { memory.cast::<Postponed>().read() };
    // SAFETY: it is of this allocator, and given back once.
    unsafe { ffi::PyMem_RawFree(memory) };
    PyErr::new(PySystemError::class(py), text.as_c_str()).write_unraisable(py, name);
    0
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// The hook that was there before ours.
static PREVIOUS: OnceLock<Hook> = OnceLock::new();

static HOOK: Once = Once::new();

/// Makes panics inside entries quiet and remembered.
#[cold]
#[inline(never)]
extern "C" fn install_hook() {
    HOOK.call_once(|| {
        // Ours captures nothing, and so its box takes no memory: without any, the process would end here.
        let _first = PREVIOUS.set(panic::take_hook());
        panic::set_hook(Box::new(hook));
    });
}

fn hook(info: &PanicHookInfo<'_>) {
    // This is a second panic during the first, which ends the process: the message goes to the previous hook.
    let fatal = info.payload().downcast_ref::<&str>().is_some_and(|text| text.contains("cannot unwind"));
    if fatal || (cfg!(debug_assertions) && DEPTH.get() == 0) {
        if let Some(previous) = PREVIOUS.get() {
            previous(info);
        }
        return;
    }
    PANIC.with(|panic| {
        // Taken already only if formatting the message panics in its turn: the first place is the one to report.
        if let Ok(mut panic) = panic.try_borrow_mut() {
            *panic = Message::new();
            let _ = write!(panic, "{info}");
        }
    });
}
