//! What safe code may try in order to break memory, and what keeps it from that. Misuse that the compiler refuses is in
//! `compile_fail` examples of the documentation; this is the rest. Each test says how it failed before there was a check.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{owned, with_python};
use cpython_api::exceptions::{PySystemError, PyTypeError, PyValueError};
use cpython_api::types::{PyBytes, PyDict, PyInt, PyList, PyModule, PyStr, PyTuple, PyType};
use cpython_api::{
    BlockOutput, Borrowed, Bound, Buffer, ModuleState, OutBuf, PyErr, PyResult, Python, StrData, Traversal, Visit,
    entry, entry_unraisable, entry_value, module_exec,
};
use std::ffi::CStr;
use std::mem::MaybeUninit;

fn eval<'py>(py: Python<'py>, source: &str) -> Bound<'py> {
    let eval = py.import_attribute(c"builtins", c"eval").expect("eval");
    let source = PyStr::new(py, source).expect("a str");
    let globals = PyDict::new(py).expect("a dict");
    eval.call([&source, &globals]).expect("a value")
}

/// The message of the exception that is set, which is cleared.
fn message(py: Python<'_>) -> String {
    // SAFETY: the callers have seen the sentinel of an entry, which comes with an exception.
    let exception = unsafe { PyErr::already_set(py) }.fetch(py);
    let class = exception.get_type().name().expect("a name");
    format!("{}: {}", class.to_string_lossy(), exception.str().expect("a str").to_string_lossy())
}

/// Another buffer in place of the one that was passed, with more bytes than that one has.
fn replace(out: &mut OutBuf<'_>) {
    *out = OutBuf::new(vec![MaybeUninit::uninit(); 4096].leak());
    out.extend_repeat(b'x', 4096);
}

/// With the length of the cursor taken on trust, this made an object of 4,096 bytes in the memory of one of 16:
/// The status was 0, and the object read beyond its memory.
#[test]
fn an_output_buffer_cannot_be_replaced() {
    with_python(|py| {
        // SAFETY: the thread is attached.
        let status = unsafe {
            entry_value(c"test.bytes", |py| {
                PyBytes::new_with(py, Some(16), |out| {
                    replace(out);
                    Ok(())
                })
                .map(drop)
            })
        };
        assert_eq!(status, -1);
        assert!(message(py).contains("another buffer"));
        let replaced = PyBytes::try_new_with(py, 16, |out| {
            replace(out);
            true
        });
        assert!(replaced.expect("no error").is_none());
        // SAFETY: the thread is attached.
        let made = unsafe { entry(c"test.bytes", |py| PyBytes::new(py, b"x").map(Bound::into_any)) };
        assert!(owned(py, made).is_instance_of::<PyBytes>());
        for detached in [false, true] {
            // SAFETY: the thread is attached.
            let status = unsafe {
                entry_value(c"test.blocks", |py| {
                    let mut output = BlockOutput::new(py, 16, usize::MAX).map_err(|_| PyErr::no_memory(py))?;
                    output.fill(detached, replace);
                    Ok(())
                })
            };
            assert_eq!(status, -1);
            assert!(message(py).contains("another buffer"));
        }
    });
}

/// An object with bytes that have not been written would show what was in the memory before.
#[test]
fn an_object_that_is_not_filled_is_not_made() {
    with_python(|py| {
        let make = |len, bytes: &'static [u8], done| {
            let made = PyBytes::try_new_with(py, len, |out| {
                out.extend_from_slice(bytes);
                done
            });
            made.expect("no error").map(|made| made.as_bytes().to_vec())
        };
        assert_eq!(make(3, b"abc", true).as_deref(), Some(&b"abc"[..]));
        assert_eq!(make(0, b"", true).as_deref(), Some(&b""[..]));
        assert_eq!(make(3, b"ab", true), None);
        assert_eq!(make(3, b"abc", false), None);
    });
}

/// `PyUnicode_FromKindAndData` checks nothing: in strings longer than one it took what is above U+10FFFF for a character.
/// The results were `str` objects, so that the first assertion failed.
#[test]
fn characters_beyond_unicode_are_refused() {
    with_python(|py| {
        for characters in [&[0x11_0000][..], &[0x61, 0x1F_FFFF], &[u32::MAX; 3]] {
            let Err(error) = PyStr::from_data(py, StrData::Ucs4(characters)) else { panic!("{characters:?}") };
            assert!(error.matches::<PyValueError>(py));
            error.clear(py);
        }
    });
}

/// C functions compare the names of keywords as strings without a look at their type: an `int` reached `enumerate`.
#[test]
fn names_of_keywords_are_strings() {
    with_python(|py| {
        let enumerate = eval(py, "enumerate");
        let values = [PyList::empty(py).expect("a list").into_any(), PyInt::new(py, 1).expect("an int").into_any()];
        let values = [values[0].as_borrowed(), values[1].as_borrowed()];
        let names = PyTuple::from_slice(py, &values[1..]).expect("a tuple");
        let Err(error) = enumerate.vectorcall(&values, Some(&names)) else { panic!("it has been called") };
        assert!(error.matches::<PyTypeError>(py));
        error.clear(py);
    });
}

/// An exporter may point into the view that it has filled, and may look for its address at release. `Buffer` held the view by
/// value, so that it moved with it; all 100 views below were then released at another address.
#[test]
fn buffers_can_be_moved() {
    with_python(|py| {
        let mut moved = 0;
        // SAFETY: the thread is attached, and the counter lives longer than the object.
        let exporter = owned(py, unsafe { cpython_sys::shim_test_exporter(&mut moved) });
        let buffers: Vec<Buffer<'_>> = (0..100).map(|_| Buffer::of(&exporter).expect("a buffer")).collect();
        let buffers: Box<[Buffer<'_>]> = buffers.into_iter().rev().collect();
        assert!(buffers.iter().all(|buffer| &*buffer.input().expect("the contents") == b"abc"));
        drop(buffers);
        drop(exporter);
        assert_eq!(moved, 0);
    });
}

struct State;

impl ModuleState for State {
    const NAME: &'static CStr = c"test";

    fn new<'py>(_py: Python<'py>, _module: &Bound<'py, PyModule>) -> PyResult<Self> {
        Ok(Self)
    }

    fn traverse(&self, _visit: &mut Visit<'_>) -> Traversal {
        Ok(())
    }

    fn release(self, _py: Python<'_>) {}
}

/// The collector takes the module from a class that it clears; a class that never had one looks the same. Before,
/// `class_state` made a reference out of NULL: a build with debug assertions ended the process, another one read from address 0.
#[test]
fn a_class_without_a_module_has_no_state() {
    with_python(|py| {
        for source in ["type('C', (), {})", "int", "__import__('decimal').Decimal"] {
            let class = eval(py, source).cast_into::<PyType>().expect("a class");
            let class: Borrowed<'_, '_, PyType> = class.as_borrowed();
            let Err(error) = class.module_state::<State>() else { panic!("{source} has a state") };
            assert!(error.matches::<PySystemError>(py));
            error.clear(py);
        }
    });
}

/// A module whose definition reserves other memory than a `rust_module`, or none, has no state of Rust.
#[test]
fn a_module_without_a_state_has_none() {
    with_python(|py| {
        for source in ["type(__import__('sys'))('m')", "__import__('sys')", "__import__('_datetime')"] {
            let module = eval(py, source).cast_into::<PyModule>().expect("a module");
            assert!(module.as_borrowed().state::<State>().is_err_and(|error| {
                let right = error.matches::<PySystemError>(py);
                error.clear(py);
                right
            }));
            assert!(module_exec::<State>(module.as_borrowed()).is_err_and(|error| {
                let right = error.matches::<PySystemError>(py);
                error.clear(py);
                right
            }));
        }
    });
}

/// In one critical section of a list no other thread appends to it, so that what is counted and what is appended agree.
#[test]
fn critical_sections_keep_other_threads_out() {
    const THREADS: usize = 4;
    const ROUNDS: usize = 500;
    let list = with_python(|py| PyList::empty(py).expect("a list").unbind());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                with_python(|py| {
                    let list = list.bind(py);
                    for _ in 0..ROUNDS {
                        list.with_critical_section(|| {
                            let len = list.len();
                            std::thread::yield_now();
                            assert_eq!(list.len(), len);
                            list.append(&py.None()).expect("memory");
                            assert_eq!(list.len(), len + 1);
                        });
                    }
                });
            });
        }
    });
    with_python(|py| {
        assert_eq!(list.bind(py).len(), THREADS * ROUNDS);
        list.drop_ref(py);
    });
}

/// A panic in a critical section ends it: another thread can begin one.
#[test]
fn a_panic_ends_a_critical_section() {
    with_python(|py| {
        let list = PyList::empty(py).expect("a list");
        // SAFETY: the thread is attached.
        let status = unsafe {
            entry_value(c"test.section", |_| -> PyResult<()> { list.with_critical_section(|| panic!("inside")) })
        };
        assert_eq!(status, -1);
        assert!(message(py).contains("inside"));
        let list = list.unbind();
        py.detach(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| with_python(|py| list.bind(py).append(&py.None()).expect("memory")));
            });
        });
        assert_eq!(list.bind(py).len(), 1);
        list.drop_ref(py);
    });
}

/// What a finalizer raises goes to `sys.unraisablehook`; the exception that was set stays.
#[test]
fn an_unraisable_error_leaves_the_exception_that_was_set() {
    with_python(|py| {
        let sys = PyModule::import(py, c"sys").expect("sys");
        let seen = PyList::empty(py).expect("a list");
        let name = PyStr::intern(py, c"unraisablehook").expect("a str");
        let before = sys.getattr(&name).expect("the hook");
        sys.setattr(&name, &seen.getattr_named(c"append").expect("a method")).expect("the hook");
        let set = PyValueError::new_err(py, "set before");
        // SAFETY: the thread is attached.
        unsafe { entry_unraisable(c"test.finalizer", |py| Err(PySystemError::new_err(py, "in the finalizer"))) };
        assert!(set.matches::<PyValueError>(py));
        assert_eq!(set.fetch(py).str().expect("a str").to_string_lossy(), "set before");
        sys.setattr(&name, &before).expect("the hook");
        assert_eq!(seen.len(), 1);
    });
}
