//! The safe layer at work in an interpreter of its own.
//!
//! The test program is linked with the interpreter that `make` has built. It starts it once and attaches each test's
//! thread to it.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]
#![expect(clippy::multiple_unsafe_ops_per_block, reason = "some calls of C follow each other")]

mod common;

use common::{owned, with_python};
use cpython_api::exceptions::{ExceptionClass, PyOverflowError, PyRuntimeError, PyValueError};
use cpython_api::types::{PyBool, PyByteArray, PyBytes, PyInt, PyList, PyWeakref};
use cpython_api::{
    BlockOutput, Bound, Buffer, FIRST_BLOCK, Input, Instance, InstanceData, Lock, Nullable, OutOfMemory, Py, Py_buffer,
    PyErr, PyMutex, PyObject, Python, RawLock, RawMutex, RawSpinLock, SpinLock, entry, entry_next, entry_value,
    instance_slots, method, method_next, method_none, method_none_with, method_value, method_value_with, method_with,
    new_object, raw_free, raw_malloc, read_blocks, rust_instance, setter,
};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::sync::Barrier;
use std::time::Duration;
use std::{ptr, thread};

fn bytes<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, content).expect("a bytes object")
}

fn bytearray<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py> {
    PyByteArray::new(py, content).expect("a bytearray").into_any()
}

/// A view, released at the end.
struct View(Py_buffer);

impl View {
    fn of(object: &Bound<'_>) -> Self {
        let mut view = MaybeUninit::<Py_buffer>::zeroed();
        // SAFETY: the object is live, and the view is filled when the call succeeds.
        unsafe {
            assert_eq!(ffi::PyObject_GetBuffer(object.as_ptr(), view.as_mut_ptr(), ffi::PyBUF_SIMPLE as i32), 0);
            Self(view.assume_init())
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: filled by `of`, on a thread that is still attached.
        unsafe { ffi::PyBuffer_Release(&mut self.0) };
    }
}

/// Clears the exception that is set, and returns the name of its type and its message.
fn take_exception(py: Python<'_>) -> (String, String) {
    fn text(py: Python<'_>, object: &Bound<'_>) -> String {
        let text = owned(py, unsafe_str(object));
        // SAFETY: a str is live, and what it returns lives as long.
        unsafe { CStr::from_ptr(ffi::PyUnicode_AsUTF8(text.as_ptr())) }.to_string_lossy().into_owned()
    }
    fn unsafe_str(object: &Bound<'_>) -> *mut PyObject {
        // SAFETY: the object is live and the thread attached.
        unsafe { ffi::PyObject_Str(object.as_ptr()) }
    }
    // SAFETY: the thread is attached; the call returns a new reference, or NULL when nothing is set.
    let exception = owned(py, unsafe { ffi::PyErr_GetRaisedException() });
    // SAFETY: as above; the type of an object is live as long as the object.
    let class = owned(py, unsafe { ffi::PyObject_Type(exception.as_ptr()) });
    (text(py, &class), text(py, &exception))
}

fn reference_count(object: &Bound<'_>) -> isize {
    // SAFETY: the object is live.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) }
}

#[test]
fn references_are_counted() {
    with_python(|py| {
        let object = bytearray(py, b"x");
        assert_eq!(reference_count(&object), 1);
        let second = object.clone();
        let third = object.as_borrowed().to_owned().unbind();
        assert_eq!(reference_count(&object), 3);
        assert_eq!(third.bind(py).as_ptr(), object.as_ptr());
        drop(second);
        third.drop_ref(py);
        assert_eq!(reference_count(&object), 1);
        let pointer = object.into_ptr();
        let object = owned(py, pointer);
        assert_eq!(reference_count(&object), 1);
    });
}

#[test]
fn bytes_are_filled_in_place_and_shrunk() {
    with_python(|py| {
        for (capacity, written) in [(0, 0), (1, 0), (1, 1), (8, 3), (100_000, 99_999), (100_000, 5)] {
            let object = PyBytes::new_with(py, Some(capacity), |out| {
                assert_eq!(out.capacity(), capacity);
                out.extend_repeat(b'z', written);
                Ok(())
            })
            .expect("a bytes object");
            assert_eq!(object.as_bytes(), vec![b'z'; written]);
        }
        // The empty object is shared, and must have stayed what it is.
        assert_eq!(bytes(py, b"").as_bytes(), b"");
        assert!(bytearray(py, b"x").cast::<PyBytes>().is_err());
    });
}

#[test]
fn bytes_that_cannot_be_had_are_a_memory_error() {
    with_python(|py| {
        for capacity in [None, Some(usize::MAX), Some(isize::MAX as usize + 1), Some(isize::MAX as usize - 64)] {
            assert!(PyBytes::new_with(py, capacity, |_| unreachable!()).is_err());
            let (class, _) = take_exception(py);
            // CPython itself says OverflowError for the sizes to which an object header can no longer be added.
            assert!(class.contains("MemoryError") || class.contains("OverflowError"), "{class}");
        }
    });
}

#[test]
fn an_error_while_filling_leaves_nothing_behind() {
    with_python(|py| {
        let result = PyBytes::new_with(py, Some(64), |out| {
            out.push(b'x');
            Err(PyValueError::new_err(py, "no"))
        });
        assert!(result.is_err());
        assert_eq!(take_exception(py), ("<class 'ValueError'>".into(), "no".into()));
    });
}

#[test]
fn bytes_are_lent_and_what_can_change_is_copied() {
    with_python(|py| {
        let content: Vec<u8> = (0..100_000_u32).map(|i| i as u8).collect();
        for (object, lent) in [(bytes(py, &content).into_any(), true), (bytearray(py, &content), false)] {
            let view = View::of(&object);
            // SAFETY: the view is filled and released after its last use.
            let input = unsafe { Input::from_view(py, &view.0) }.expect("an input");
            assert_eq!(&input[..], &content[..]);
            assert_eq!(input.as_ptr().cast::<std::ffi::c_void>() == view.0.buf, lent);
            let mut collected = Vec::new();
            let mut blocks = 0;
            // SAFETY: as above.
            unsafe {
                read_blocks(py, &view.0, |block| {
                    collected.extend_from_slice(block);
                    blocks += 1;
                });
            }
            assert_eq!(collected, content);
            assert_eq!(blocks == 1, lent);
        }
        let empty = bytearray(py, b"");
        let view = View::of(&empty);
        // SAFETY: as above.
        assert!(unsafe { Input::from_view(py, &view.0) }.expect("an input").is_empty());
    });
}

#[test]
fn exceptions_have_the_type_and_the_message_they_were_given() {
    with_python(|py| {
        let all = [
            (PyRuntimeError::class(py), "<class 'RuntimeError'>"),
            (PyOverflowError::class(py), "<class 'OverflowError'>"),
            (PyValueError::class(py), "<class 'ValueError'>"),
        ];
        for (exception, class) in all {
            let _set: PyErr = PyErr::format(&exception, format_args!("{} \u{20ac}", 42));
            assert_eq!(take_exception(py), (class.into(), "42 \u{20ac}".into()));
        }
        // Short texts are formatted on the stack, and longer ones in memory of the interpreter.
        for len in (0..260).chain([5000]) {
            let (part, rest) = ("\u{20ac}".repeat(len / 4), "x".repeat(len % 4));
            let _set: PyErr = PyValueError::new_err(py, format_args!("{part}{rest}{}", 7));
            assert_eq!(take_exception(py).1, format!("{part}{rest}7"));
        }
        let _set: PyErr = PyErr::no_memory(py);
        assert_eq!(take_exception(py).0, "<class 'MemoryError'>");
    });
}

#[test]
fn entries_return_values_and_sentinels() {
    with_python(|py| {
        // SAFETY: the thread is attached.
        unsafe {
            let object = entry(c"test.object", |py| PyInt::new(py, 7).map(Bound::into_any));
            assert_eq!(ffi::PyLong_AsLong(owned(py, object).as_ptr()), 7);
            assert_eq!(entry_value(c"test.unit", |_| Ok(())), 0);
            assert_eq!(entry_value(c"test.u32", |_| Ok(u32::MAX)), u32::MAX);
            assert!(ffi::PyErr_Occurred().is_null());
            let failed = |py: Python<'_>| Err::<(), _>(PyValueError::new_err(py, "no"));
            assert_eq!(entry_value(c"test.unit", failed), -1);
            assert_eq!(take_exception(py).1, "no");
            let item = entry_next(c"test.next", |py| Ok(Some(py.None())));
            assert!(owned(py, item).is_none());
            assert!(entry_next(c"test.next", |_| Ok(None)).is_null() && ffi::PyErr_Occurred().is_null());
            assert!(entry_next(c"test.next", |py| Err(PyValueError::new_err(py, "no"))).is_null());
            assert_eq!(take_exception(py).1, "no");
            assert!(entry_next(c"test.next", |_| panic!("stop")).is_null());
            assert!(take_exception(py).1.contains("test.next: internal error"));
        }
    });
}

#[test]
fn a_panic_becomes_a_system_error() {
    with_python(|py| {
        // SAFETY: the thread is attached.
        let object = unsafe { entry(c"test.panic", |_| -> Result<Bound<'_>, _> { panic!("the message {}", 1) }) };
        assert!(object.is_null());
        let (class, message) = take_exception(py);
        assert_eq!(class, "<class 'SystemError'>");
        for part in ["test.panic: internal error", "the message 1", "embedded.rs"] {
            assert!(message.contains(part), "{message}");
        }
        // SAFETY: the thread is attached.
        let number =
            unsafe { entry_value(c"test.payload", |_| -> Result<u32, _> { std::panic::panic_any(vec![1, 2]) }) };
        assert_eq!(number, u32::MAX);
        let (class, message) = take_exception(py);
        assert_eq!(class, "<class 'SystemError'>");
        assert!(message.contains("test.payload") && !message.contains("the message"), "{message}");
    });
}

#[test]
fn detached_work_runs_and_a_panic_in_it_attaches_again() {
    with_python(|py| {
        let data = vec![1_u8; 1000];
        let sum = py.detach(|| {
            // SAFETY: asks only whether this thread is attached.
            assert!(unsafe { ffi::PyThreadState_GetUnchecked() }.is_null());
            data.iter().map(|byte| u32::from(*byte)).sum::<u32>()
        });
        assert_eq!(sum, 1000);
        // SAFETY: the thread is attached.
        let failed = unsafe {
            entry_value(c"test.detached", |py| {
                py.detach(|| assert_eq!(data.len(), 0, "inside"));
                Ok(())
            })
        };
        assert_eq!(failed, -1);
        assert_eq!(take_exception(py).0, "<class 'SystemError'>");
    });
}

fn serves_one_thread_at_a_time<R: RawLock + Sync>() {
    const THREADS: usize = 4;
    const ROUNDS: usize = 5_000;
    let counter = Lock::<R, _>::new((0_usize, 0_usize));
    let barrier = Barrier::new(THREADS);
    with_python(|_| ());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                barrier.wait();
                with_python(|py| {
                    for round in 0..ROUNDS {
                        // Half of them without waiting for it otherwise.
                        let mut pair = loop {
                            let tried = if round % 2 == 0 { counter.try_lock() } else { Some(counter.lock(py)) };
                            match tried {
                                Some(pair) => break pair,
                                None => py.detach(thread::yield_now),
                            }
                        };
                        assert_eq!(pair.0, pair.1);
                        assert!(counter.is_locked() && counter.try_lock().is_none());
                        pair.0 += 1;
                        // Sometimes for so long that the others sleep.
                        if round % 1_000 == 0 {
                            thread::sleep(Duration::from_millis(2));
                        }
                        thread::yield_now();
                        pair.1 += 1;
                    }
                });
            });
        }
    });
    let mut counter = counter;
    assert!(!counter.is_locked());
    assert_eq!(*counter.get_mut(), (THREADS * ROUNDS, THREADS * ROUNDS));
    assert_eq!(counter.into_inner(), (THREADS * ROUNDS, THREADS * ROUNDS));
}

#[test]
fn a_mutex_serves_one_thread_at_a_time() {
    serves_one_thread_at_a_time::<RawMutex>();
}

#[test]
fn a_spinlock_serves_one_thread_at_a_time() {
    serves_one_thread_at_a_time::<RawSpinLock>();
    with_python(|py| {
        let lock = SpinLock::new(7);
        // SAFETY: no other thread has the lock.
        let guard = unsafe { lock.try_lock_alone() }.expect("nobody holds it");
        // SAFETY: as before.
        assert!(lock.is_locked() && unsafe { lock.try_lock_alone() }.is_none());
        drop(guard);
        assert_eq!(*lock.lock(py), 7);
    });
}

#[test]
fn a_class_without_data_has_a_layout_of_its_own() {
    struct Empty;
    impl InstanceData for Empty {
        const NAME: &'static CStr = c"empty";
        fn release(self, _py: Python<'_>) {}
    }
    // 0 would be the size of an `object`.
    assert!(instance_slots::<Empty>().basicsize < 0);
}

#[test]
fn null_is_no_reference() {
    with_python(|py| {
        // SAFETY: NULL is allowed.
        assert!(unsafe { Bound::from_owned_or_null(py, ptr::null_mut()) }.is_none());
    });
}

#[test]
fn output_grows_by_blocks_up_to_its_limit() {
    with_python(|py| {
        for (first, limit, len) in [
            (0, 0, 0),
            (10, usize::MAX, 10),
            (10, usize::MAX, 9),
            (FIRST_BLOCK, usize::MAX, 5),
            (1, usize::MAX, 500_000),
            (FIRST_BLOCK, usize::MAX, 1_500_000),
            (FIRST_BLOCK, 100, 100),
            (FIRST_BLOCK, 50_000, 50_000),
        ] {
            let mut output = BlockOutput::new(py, first, limit).expect("memory");
            assert!(output.is_empty() && output.remaining() == first.min(limit));
            while output.len() < len {
                output.grow().expect("memory");
                let wanted = len - output.len();
                let detached = output.len().is_multiple_of(2);
                let start = output.len();
                let remaining = output.remaining();
                output.fill(detached, |out| {
                    assert_eq!(out.capacity(), remaining);
                    (0..remaining.min(wanted)).for_each(|i| out.push((start + i) as u8));
                });
            }
            assert_eq!(output.is_at_limit(), len == limit);
            if output.is_at_limit() {
                output.grow().expect("nothing to do");
                assert_eq!(output.remaining(), 0);
            }
            let expected: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let object = output.finish().expect("a bytes object");
            let object = object.cast_into::<PyBytes>().expect("bytes");
            assert_eq!(object.as_bytes(), expected, "{first} {limit} {len}");
            assert!(len == 0 || len == 5 || reference_count(&object) == 1);
        }
        for first in [usize::MAX, isize::MAX as usize, isize::MAX as usize - 64] {
            assert_eq!(BlockOutput::new(py, first, usize::MAX).err(), Some(OutOfMemory));
            // SAFETY: the thread is attached.
            assert!(unsafe { ffi::PyErr_Occurred() }.is_null());
        }
    });
}

#[test]
fn buffers_are_asked_for_and_released() {
    with_python(|py| {
        for object in [bytes(py, b"abc").into_any(), bytearray(py, b"abc")] {
            assert!(object.is_buffer());
            let before = reference_count(&object);
            let buffer = Buffer::of(&object).expect("a buffer");
            assert_eq!(reference_count(&object), before + 1);
            assert_eq!(&buffer.input().expect("an input")[..], b"abc");
            drop(buffer);
            assert_eq!(reference_count(&object), before);
        }
        let object = PyBool::new(py, true);
        assert!(!object.is_buffer());
        assert!(Buffer::of(&object).is_err());
        assert_eq!(take_exception(py).1, "a bytes-like object is required, not 'bool'");
    });
}

#[test]
fn raw_memory_comes_and_goes() {
    for size in [0, 1, 100_000] {
        let memory = raw_malloc(size).cast::<u8>();
        assert!(!memory.is_null());
        // SAFETY: the block has `size` bytes, and is given back once.
        unsafe {
            memory.write_bytes(1, size);
            raw_free(memory.cast());
        }
    }
    assert!(raw_malloc(usize::MAX).is_null());
    // SAFETY: NULL is allowed.
    unsafe { raw_free(ptr::null_mut()) };
}

/// What the objects of the test's type hold.
struct Held {
    number: u64,
    other: PyMutex<Option<Py>>,
}

impl InstanceData for Held {
    fn release(self, py: Python<'_>) {
        assert_ne!(self.number, 13, "a panic while an object dies");
        if let Some(other) = self.other.into_inner() {
            other.drop_ref(py);
        }
    }
}

#[test]
fn bodies_of_methods_get_handles() {
    with_python(|py| {
        extern "C" fn held() -> rust_instance {
            instance_slots::<Held>()
        }
        let argument = bytearray(py, b"x");
        let before = reference_count(&argument);
        let [none, other] = [ptr::null_mut(), argument.as_ptr()];
        // SAFETY: the thread is attached. The class is kept as long as its objects, which are made with this data, and objects and
        // arguments are kept during the calls.
        unsafe {
            let class = ffi::shim_test_type(Some(held));
            let made = new_object(py, class, Held { number: 7, other: PyMutex::new(None) }).expect("an object");
            let this = made.as_ptr();
            let number = owned(
                py,
                method::<Held>(c"number", this, |this| Ok(PyInt::new(this.py(), this.data().number)?.into_any())),
            );
            assert!(number.eq(&PyInt::new(py, 7).expect("an int")).expect("equality"));
            let same = |found: *mut PyObject, object: *mut PyObject| assert_eq!(owned(py, found).as_ptr(), object);
            same(method_with::<Held, _>(c"one", this, other, |_, argument| Ok(argument.to_owned())), other);
            same(method_with::<Held, _>(c"two", this, [this, other], |_, [_, second]| Ok(second.to_owned())), other);
            let or_self = |argument: *mut PyObject| {
                method_with::<Held, _>(c"any", this, Nullable(argument), |this, argument| {
                    Ok(argument.map_or_else(|| this.to_any().to_owned(), |argument| argument.to_owned()))
                })
            };
            same(or_self(none), this);
            same(or_self(other), other);
            same(method_none::<Held>(c"nothing", this, |_| Ok(())), py.None().as_ptr());
            same(method_none_with::<Held, _>(c"nothing", this, other, |_, _| Ok(())), py.None().as_ptr());
            assert_eq!(method_value::<Held, _>(c"plain", this, |this| Ok(this.data().number as isize)), 7);
            assert_eq!(method_value_with::<Held, _, _>(c"plain", this, other, |_, other| Ok(other.is_none())), 0);
            assert_eq!(
                setter::<Held>(c"set", this, other, |_, value| {
                    assert!(value.is_some());
                    Ok(())
                }),
                0
            );
            assert_eq!(
                setter::<Held>(c"deleted", this, none, |_, value| {
                    assert!(value.is_none());
                    Ok(())
                }),
                0
            );
            same(method_next::<Held>(c"next", this, |this| Ok(Some(this.to_any().to_owned()))), this);
            assert!(method_next::<Held>(c"next", this, |_| Ok(None)).is_null() && ffi::PyErr_Occurred().is_null());
            assert_eq!(
                setter::<Held>(c"raised", this, other, |this, _| Err(PyValueError::new_err(this.py(), "no"))),
                -1
            );
            assert_eq!(take_exception(py).1, "no");
            assert!(method_none::<Held>(c"held.fail", this, |_| panic!("on purpose")).is_null());
            assert!(take_exception(py).1.starts_with("held.fail: internal error"));
            ffi::Py_DecRef(class.cast());
        }
        assert_eq!(reference_count(&argument), before);
    });
}

#[test]
fn objects_have_data_until_they_die() {
    with_python(|py| {
        extern "C" fn held() -> rust_instance {
            instance_slots::<Held>()
        }
        // SAFETY: the thread is attached. The class is kept as long as its objects.
        let class = unsafe { ffi::shim_test_type(Some(held)) };
        assert!(!class.is_null());
        let held = bytearray(py, b"x");
        for number in [7, 13] {
            let other = PyMutex::new(Some(held.clone().unbind()));
            // SAFETY: as above.
            let object = unsafe { new_object(py, class, Held { number, other }) }.expect("an object");
            // SAFETY: the object was made with this data.
            let object: Bound<'_, Instance<Held>> = unsafe { object.cast_into_unchecked() };
            assert_eq!(object.data().number, number);
            assert!(object.data().other.lock(py).is_some());
            assert_eq!(reference_count(&held), 2);
            // The callback is called when the weak reference is cleared.
            let cleared = PyList::empty(py).expect("a list");
            let append = cleared.getattr_named(c"append").expect("a method");
            let weak = PyWeakref::new(&object, Some(&append)).expect("a weak reference");
            assert!(weak.upgrade().expect("an answer").is_some_and(|found| found.is(&object)));
            drop(object);
            assert!(weak.upgrade().expect("an answer").is_none());
            assert!(cleared.get_item(0).is_some_and(|item| item.is(&weak)));
            // What a panic leaves allocated leaks, and nothing else happens.
            assert_eq!(reference_count(&held), if number == 13 { 2 } else { 1 });
        }
        // SAFETY: the reference is this test's.
        unsafe { ffi::Py_DecRef(class.cast()) };
    });
}
