//! The safe layer at work in an interpreter of its own.
//!
//! The test program is linked with the interpreter that `make` has built. It starts it once and attaches each test's
//! thread to it.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use cpython_api::{
    BLOCK, Bound, ExceptionType, FloatRepr, Input, IntView, Item, Items, Number, Numbers, Py_buffer, PyErr, PyMutex,
    PyObject, Python, bool_new, bytes_as_slice, bytes_with, check_signals, complex_as_parts, complex_new, entry,
    float_as_double, float_new, int_from_f64, int_from_i64, int_from_limbs, int_from_u32, int_from_u64, is_exact_float,
    is_exact_int, is_int, is_str, number_absolute, number_add, number_floor_divide, number_index, number_multiply,
    number_subtract, number_true_divide, object_len, pair, read_blocks, sequence_tuple, str_as_latin1,
};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::sync::{Barrier, Once};
use std::{ptr, thread};

/// Runs `test` on a thread that is attached for as long.
fn with_python<T>(test: impl FnOnce(Python<'_>) -> T) -> T {
    static START: Once = Once::new();
    START.call_once(|| {
        let program = concat!(env!("CPYTHON_BUILDDIR"), "/python\0");
        // SAFETY: the strings end in NUL, and the configuration is freed once. The main thread's attachment is given
        // up, so that every test can attach its own thread.
        unsafe {
            let config = ffi::PyInitConfig_Create();
            ffi::PyInitConfig_SetStr(config, c"program_name".as_ptr(), program.as_ptr().cast());
            assert_eq!(ffi::Py_InitializeFromInitConfig(config), 0, "the interpreter does not start");
            ffi::PyInitConfig_Free(config);
            ffi::PyEval_SaveThread();
        }
    });
    struct Detach;
    impl Drop for Detach {
        fn drop(&mut self) {
            // SAFETY: the thread state was made below, for this thread, which is attached again here.
            unsafe {
                ffi::PyThreadState_Clear(ffi::PyThreadState_Get());
                ffi::PyThreadState_DeleteCurrent();
            }
        }
    }
    // SAFETY: the interpreter runs until the process ends; the thread is attached by its new state.
    let (_detach, py) = unsafe {
        ffi::PyEval_RestoreThread(ffi::PyThreadState_New(ffi::PyInterpreterState_Main()));
        (Detach, Python::assume_attached())
    };
    test(py)
}

fn owned(py: Python<'_>, object: *mut PyObject) -> Bound<'_> {
    // SAFETY: the tests hand over new references.
    unsafe { Bound::from_owned_or_null(py, object) }.expect("an object")
}

fn bytes<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py> {
    bytes_with(py, Some(content.len()), |out| {
        out.extend_from_slice(content);
        Ok(())
    })
    .expect("a bytes object")
}

fn bytearray<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py> {
    // SAFETY: the content has as many bytes as it says.
    owned(py, unsafe { ffi::PyByteArray_FromStringAndSize(content.as_ptr().cast(), content.len() as isize) })
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
            let object = bytes_with(py, Some(capacity), |out| {
                assert_eq!(out.capacity(), capacity);
                out.extend_repeat(b'z', written);
                Ok(())
            })
            .expect("a bytes object");
            assert_eq!(bytes_as_slice(object.as_borrowed()), Some(&vec![b'z'; written][..]));
        }
        // The empty object is shared, and must have stayed what it is.
        assert_eq!(bytes_as_slice(bytes(py, b"").as_borrowed()), Some(&b""[..]));
        assert!(bytes_as_slice(bytearray(py, b"x").as_borrowed()).is_none());
    });
}

#[test]
fn bytes_that_cannot_be_had_are_a_memory_error() {
    with_python(|py| {
        for capacity in [None, Some(usize::MAX), Some(isize::MAX as usize + 1), Some(isize::MAX as usize - 64)] {
            assert!(bytes_with(py, capacity, |_| unreachable!()).is_err());
            let (class, _) = take_exception(py);
            // CPython itself says OverflowError for the sizes that an object header no longer fits beside.
            assert!(class.contains("MemoryError") || class.contains("OverflowError"), "{class}");
        }
    });
}

#[test]
fn an_error_while_filling_leaves_nothing_behind() {
    with_python(|py| {
        let result = bytes_with(py, Some(64), |out| {
            out.push(b'x');
            Err(PyErr::new(ExceptionType::ValueError.bind(py), c"no"))
        });
        assert!(result.is_err());
        assert_eq!(take_exception(py), ("<class 'ValueError'>".into(), "no".into()));
    });
}

#[test]
fn bytes_are_lent_and_what_can_change_is_copied() {
    with_python(|py| {
        let content: Vec<u8> = (0..100_000_u32).map(|i| i as u8).collect();
        for (object, lent) in [(bytes(py, &content), true), (bytearray(py, &content), false)] {
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
            (ExceptionType::BufferError, "<class 'BufferError'>"),
            (ExceptionType::OverflowError, "<class 'OverflowError'>"),
            (ExceptionType::SystemError, "<class 'SystemError'>"),
            (ExceptionType::TypeError, "<class 'TypeError'>"),
            (ExceptionType::ValueError, "<class 'ValueError'>"),
        ];
        for (exception, class) in all {
            let _set: PyErr = PyErr::format(exception.bind(py), format_args!("{} \u{20ac}", 42));
            assert_eq!(take_exception(py), (class.into(), "42 \u{20ac}".into()));
        }
        let _set: PyErr = PyErr::no_memory(py);
        assert_eq!(take_exception(py).0, "<class 'MemoryError'>");
    });
}

#[test]
fn text_is_read_as_it_is_stored() {
    with_python(|py| {
        // SAFETY: the literals are UTF-8 and end in NUL.
        let text = |literal: &CStr| owned(py, unsafe { ffi::PyUnicode_FromString(literal.as_ptr()) });
        let latin1 = text(c"\u{e9}t\u{e9}");
        assert!(is_str(latin1.as_borrowed()));
        assert_eq!(str_as_latin1(latin1.as_borrowed()), Some(&b"\xe9t\xe9"[..]));
        assert_eq!(str_as_latin1(text(c"\u{20ac}").as_borrowed()), None);
        assert_eq!(str_as_latin1(bytes(py, b"x").as_borrowed()), None);
        assert_eq!(object_len(latin1.as_borrowed()).expect("a length"), 3);
        let number = int_from_u32(py, u32::MAX).expect("an int");
        assert!(!is_str(number.as_borrowed()));
        // SAFETY: the object is live and the thread attached.
        assert_eq!(unsafe { ffi::PyLong_AsLong(number.as_ptr()) }, i64::from(u32::MAX));
        assert!(object_len(number.as_borrowed()).is_err());
        assert_eq!(take_exception(py).1, "object of type 'int' has no len()");
    });
}

#[test]
fn entries_return_values_and_sentinels() {
    with_python(|py| {
        // SAFETY: the thread is attached.
        unsafe {
            let object = entry(c"test.object", |py| int_from_u32(py, 7));
            assert_eq!(ffi::PyLong_AsLong(owned(py, object).as_ptr()), 7);
            assert_eq!(entry(c"test.unit", |_| Ok(())), 0);
            assert_eq!(entry(c"test.u32", |_| Ok(u32::MAX)), u32::MAX);
            assert!(ffi::PyErr_Occurred().is_null());
            let failed = |py| Err::<(), _>(PyErr::new(ExceptionType::ValueError.bind(py), c"no"));
            assert_eq!(entry(c"test.unit", failed), -1);
            assert_eq!(take_exception(py).1, "no");
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
        let number = unsafe { entry(c"test.payload", |_| -> Result<u32, _> { std::panic::panic_any(vec![1, 2]) }) };
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
            entry(c"test.detached", |py| {
                py.detach(|| assert_eq!(data.len(), 0, "inside"));
                Ok(())
            })
        };
        assert_eq!(failed, -1);
        assert_eq!(take_exception(py).0, "<class 'SystemError'>");
    });
}

#[test]
fn a_mutex_serves_one_thread_at_a_time() {
    const THREADS: usize = 4;
    const ROUNDS: usize = 5_000;
    let counter = PyMutex::new((0_usize, 0_usize));
    let barrier = Barrier::new(THREADS);
    with_python(|_| ());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                barrier.wait();
                with_python(|py| {
                    for _ in 0..ROUNDS {
                        let mut pair = counter.lock(py);
                        assert_eq!(pair.0, pair.1);
                        pair.0 += 1;
                        thread::yield_now();
                        pair.1 += 1;
                    }
                });
            });
        }
    });
    let mut counter = counter;
    assert_eq!(*counter.get_mut(), (THREADS * ROUNDS, THREADS * ROUNDS));
}

#[test]
fn null_is_no_reference() {
    with_python(|py| {
        // SAFETY: NULL is allowed.
        assert!(unsafe { Bound::from_owned_or_null(py, ptr::null_mut()) }.is_none());
    });
}

#[test]
fn numbers_make_the_round_trip() {
    with_python(|py| {
        for value in [0.0, -1.0, f64::INFINITY] {
            let object = float_new(py, value).expect("a float");
            assert!(is_exact_float(object.as_borrowed()) && !is_int(object.as_borrowed()));
            assert_eq!(float_as_double(object.as_borrowed()).ok(), Some(value));
            assert_eq!(complex_as_parts(object.as_borrowed()).ok(), Some((value, 0.0)));
        }
        let z = complex_new(py, -1.0, 2.5).expect("a complex");
        assert_eq!(complex_as_parts(z.as_borrowed()).ok(), Some((-1.0, 2.5)));
        assert_eq!(FloatRepr::new(py, 1e22).expect("text").to_string(), "1e+22");
        for (value, small) in [(int_from_i64(py, -7), -7), (int_from_u64(py, 9), 9), (int_from_f64(py, -2.5), -2)] {
            let value = value.expect("an int");
            assert!(is_exact_int(value.as_borrowed()));
            let view = IntView::new(value.as_borrowed()).expect("a view");
            assert_eq!((view.small(), view.is_negative()), (Some(small), small < 0));
        }
    });
}

#[test]
fn limbs_make_the_round_trip() {
    with_python(|py| {
        for limbs in [&[][..], &[1], &[u64::MAX], &[0, 1], &[5, 0, 1 << 63], &[u64::MAX; 9], &[1, 2, 3, 4, 5, 6, 7, 8]]
        {
            for negative in [false, true] {
                let int = int_from_limbs(py, negative && !limbs.is_empty(), limbs).expect("an int");
                let view = IntView::new(int.as_borrowed()).expect("a view");
                let mut back = vec![7; view.limb_len() + 1];
                view.copy_limbs(&mut back);
                back.truncate(limbs.len());
                assert_eq!(back, limbs);
                assert_eq!(view.is_negative(), negative && !limbs.is_empty());
                let (top, _, bits) = view.top_bits();
                assert_eq!(u32::from(top == 0), u32::from(bits == 0));
            }
        }
        let int = int_from_limbs(py, false, &[1, 0, 1 << 62]).expect("an int");
        let view = IntView::new(int.as_borrowed()).expect("a view");
        assert_eq!(view.top_bits(), (1 << 63, true, 191));
    });
}

#[test]
fn operators_are_python_s() {
    with_python(|py| {
        let int = |value| int_from_i64(py, value).expect("an int");
        let (a, b) = (int(-7), int(2));
        let (a, b) = (a.as_borrowed(), b.as_borrowed());
        let small = |object: cpython_api::PyResult<Bound<'_>>| {
            let object = object.expect("an int");
            IntView::new(object.as_borrowed()).expect("a view").small()
        };
        assert_eq!(small(number_add(a, b)), Some(-5));
        assert_eq!(small(number_subtract(a, b)), Some(-9));
        assert_eq!(small(number_multiply(a, b)), Some(-14));
        assert_eq!(small(number_floor_divide(a, b)), Some(-4));
        assert_eq!(small(number_absolute(a)), Some(7));
        assert_eq!(small(number_index(b)), Some(2));
        let quotient = number_true_divide(a, b).expect("a float");
        assert_eq!(float_as_double(quotient.as_borrowed()).ok(), Some(-3.5));
        assert!(check_signals(py).is_ok());
        assert!(!a.is_none());
    });
}

#[test]
fn items_come_in_blocks_and_one_by_one() {
    with_python(|py| {
        let values =
            [float_new(py, 1.5), bool_new(py, true), int_from_u64(py, u64::MAX)].map(|value| value.expect("one"));
        let first = pair(&values[0], &values[1]).expect("a tuple");
        let mixed = pair(&values[1], &values[2]).expect("a tuple");
        let mut numbers = Numbers::new();
        let mut items = Items::new(first.as_borrowed()).expect("items");
        assert_eq!(items.tuple_len(), Some(2));
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [Number::Float(1.5), Number::Bool(true)]);
        assert!(numbers.are_floats(1) && !numbers.are_floats(2));
        items.step_back(1);
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!((numbers.len(), numbers.get(0)), (1, Number::Bool(true)));
        assert!(matches!(items.next(), Ok(Item::End)));
        let mut items = Items::new(mixed.as_borrowed()).expect("items");
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!(numbers.len(), 1);
        assert!(matches!(items.next(), Ok(Item::Object(_))));
        assert!(matches!(items.next(), Ok(Item::End)));
        assert!(Items::of_tuple(values[0].as_borrowed()).is_none());
        let iterable = bytes(py, b"ab");
        let mut items = Items::new(iterable.as_borrowed()).expect("items");
        assert!(!items.in_blocks());
        assert!(matches!(items.next(), Ok(Item::Number(Number::Int(97)))));
        assert!(matches!(items.next(), Ok(Item::Number(Number::Int(98)))));
        assert!(matches!(items.next(), Ok(Item::End)));
        let tuple = sequence_tuple(iterable.as_borrowed()).expect("a tuple");
        assert_eq!(Items::of_tuple(tuple.as_borrowed()).and_then(|items| items.tuple_len()), Some(2));
    });
}
