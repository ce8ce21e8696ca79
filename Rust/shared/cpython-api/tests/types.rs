//! The types of objects: each method, and each way to fail.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{owned, with_python};
use cpython_api::exceptions::*;
use cpython_api::types::*;
use cpython_api::{Bound, Buffer, PyErr, PyResult, Python, StrData};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The value of an expression.
fn eval<'py>(py: Python<'py>, source: &str) -> Bound<'py> {
    let eval = py.import_attribute(c"builtins", c"eval").expect("eval");
    let source = PyStr::new(py, source).expect("a str");
    // There is no frame to take the globals of.
    let globals = PyDict::new(py).expect("a dict");
    eval.call([&source, &globals]).unwrap_or_else(|_| panic!("{}", source.to_string_lossy()))
}

fn text(object: &Bound<'_>) -> String {
    object.str().expect("a str").to_string_lossy().into_owned()
}

fn int<'py>(py: Python<'py>, value: i64) -> Bound<'py> {
    PyInt::new(py, value).expect("an int").into_any()
}

/// The message of an error, which is cleared.
fn message<T>(py: Python<'_>, result: PyResult<T>) -> String {
    let Err(error) = result else { panic!("no error") };
    let exception = error.fetch(py);
    let class = exception.get_type().name().expect("a name");
    format!("{}: {}", class.to_string_lossy(), text(&exception))
}

#[test]
fn a_latin1_character_is_a_str_of_one() {
    with_python(|py| {
        for (source, expected) in [
            ("':'", Some(b':')),
            ("'\\xe9'", Some(0xe9)),
            ("'\\0'", Some(0)),
            ("'\\u0100'", None),
            ("''", None),
            ("'ab'", None),
            ("b':'", None),
            ("type('Subclass', (str,), {})(':')", None),
        ] {
            assert_eq!(eval(py, source).latin1_character(), expected, "{source}");
        }
        for (source, expected) in [
            ("'\\xe9'", Some(0xe9)),
            ("'\\u20ac'", Some(0x20ac)),
            ("'\\ud800'", Some(0xd800)),
            ("'\\U0010ffff'", Some(0x10_ffff)),
            ("'\\u20ac\\u20ac'", None),
            ("''", None),
            ("8364", None),
            ("type('Subclass', (str,), {})('a')", None),
        ] {
            assert_eq!(eval(py, source).exact_character(), expected, "{source}");
        }
    });
}

#[test]
fn the_lower_words_of_ints_are_read() {
    with_python(|py| {
        for (source, expected) in [
            ("(0, 1, 2**30 - 1, 2**30, 2**32 - 1)", &[0, 1, (1 << 30) - 1, 1 << 30, u32::MAX][..]),
            ("(2**32, 2**32 + 5, 2**60 - 1, 2**31)", &[0, 5, u32::MAX, 1 << 31]),
            ("(7, 2**60, 8)", &[7]),
            ("(7, -1, 8)", &[7]),
            ("(7, 8, True)", &[7, 8]),
            ("(7, 8.0)", &[7]),
            ("('a', 8)", &[]),
            ("()", &[]),
            ("(1, 2, 3, 4, 5, 6, 7)", &[1, 2, 3, 4, 5, 6]),
        ] {
            let tuple = eval(py, source).cast_into::<PyTuple>().expect("a tuple");
            let mut words = [9; 6];
            let count = tuple.read_low_words(&mut words);
            assert_eq!(&words[..count], expected, "{source}");
        }
    });
}

#[test]
fn casts_look_at_the_type() {
    with_python(|py| {
        let list = PyList::empty(py).expect("a list");
        assert!(list.cast::<PyList>().is_ok() && list.cast::<PyDict>().is_err());
        assert_eq!(message(py, list.cast::<PyDict>().map_err(PyErr::from)), "TypeError: expected dict, got list");
        let flag = eval(py, "True");
        assert!(flag.cast::<PyInt>().is_ok() && flag.cast_exact::<PyInt>().is_none());
        assert!(flag.cast::<PyBool>().is_ok_and(|flag| flag.is_true()));
        assert!(flag.is_instance_of::<PyBool>() && !flag.is_exact_instance_of::<PyInt>());
        assert!(flag.clone().cast_into::<PyBool>().is_ok() && flag.cast_into::<PyStr>().is_err());
        for (source, checks) in [
            ("b''", [true, false, false, false]),
            ("1j", [false, true, false, false]),
            ("slice(1)", [false, false, true, false]),
            ("memoryview(b'')", [false, false, false, true]),
        ] {
            let object = eval(py, source);
            let found = [
                object.is_instance_of::<PyBytes>(),
                object.is_instance_of::<PyComplex>(),
                object.is_instance_of::<PySlice>(),
                object.is_instance_of::<PyMemoryView>(),
            ];
            assert_eq!(found, checks, "{source}");
        }
    });
}

#[test]
fn attributes_and_items() {
    with_python(|py| {
        let object = eval(py, "type('C', (), {})()");
        let name = PyStr::intern(py, c"name").expect("a str");
        assert!(!object.hasattr(&name).expect("an answer"));
        assert!(object.getattr_opt(&name).expect("an answer").is_none());
        assert!(message(py, object.getattr(&name)).starts_with("AttributeError: "));
        object.setattr(&name, &name).expect("an attribute");
        assert!(object.getattr(&name).expect("the attribute").is(&name));
        assert!(object.getattr_opt(&name).expect("an answer").is_some_and(|value| value.is(&name)));
        object.delattr(&name).expect("an attribute");
        assert!(message(py, object.delattr(&name)).starts_with("AttributeError: "));

        let mapping = eval(py, "__import__('collections').UserDict()");
        mapping.set_item(&name, &name).expect("an item");
        assert!(mapping.get_item(&name).expect("the item").is(&name) && mapping.contains(&name).expect("an answer"));
        assert_eq!(mapping.len().expect("a length"), 1);
        mapping.del_item(&name).expect("an item");
        assert!(message(py, mapping.get_item(&name)).starts_with("KeyError: "));
        assert!(message(py, int(py, 1).len()).starts_with("TypeError: "));
        assert_eq!(text(&eval(py, "'abc'").get_index(1).expect("an item")), "b");
        assert!(message(py, eval(py, "'abc'").get_index(3)).starts_with("IndexError: "));
    });
}

#[test]
fn calls() {
    with_python(|py| {
        let show = eval(py, "lambda *args, **kwargs: f'{args}{kwargs}'");
        let (one, two) = (int(py, 1), int(py, 2));
        let key = PyStr::intern(py, c"key").expect("a str");
        assert_eq!(text(&show.call0().expect("a result")), "(){}");
        assert_eq!(text(&show.call1(&one).expect("a result")), "(1,){}");
        assert_eq!(text(&show.call([&one, &two]).expect("a result")), "(1, 2){}");
        assert_eq!(text(&show.call_with(&[&one], &[(&key, &two)]).expect("a result")), "(1,){'key': 2}");
        let arguments = PyTuple::pack(py, [one.clone()]).expect("a tuple");
        let keywords = PyDict::new(py).expect("a dict");
        keywords.set_item(&key, &two).expect("an item");
        assert_eq!(text(&show.call_tuple(&arguments, None).expect("a result")), "(1,){}");
        assert_eq!(text(&show.call_tuple(&arguments, Some(&keywords)).expect("a result")), "(1,){'key': 2}");
        let name = PyStr::intern(py, c"__add__").expect("a str");
        assert_eq!(text(&one.call_method(&name, [&two]).expect("a result")), "3");
        let format = PyStr::intern(py, c"format").expect("a str");
        let many = eval(py, "'{}{}{}{}{}{}{}{}{}'");
        let result = many.call_method(&format, [&one; 9]).expect("a result");
        assert_eq!(text(&result), "111111111");
        assert!(message(py, one.call0()).starts_with("TypeError: 'int' object is not callable"));
        assert!(show.is_callable() && !one.is_callable());
    });
}

#[test]
fn comparison_hash_and_operators() {
    with_python(|py| {
        let (one, two) = (int(py, 1), int(py, 2));
        assert!(one.eq(&int(py, 1)).expect("an answer") && one.lt(&two).expect("an answer"));
        assert!(one.compare(&two, CompareOp::Ne).expect("an answer"));
        assert!(one.rich_compare(&two, CompareOp::Ge).expect("an answer").cast::<PyBool>().is_ok_and(|b| !b.is_true()));
        assert_eq!(CompareOp::from_raw(4), Some(CompareOp::Gt));
        assert_eq!((CompareOp::from_raw(6), CompareOp::from_raw(-1)), (None, None));
        assert!(message(py, one.lt(&py.None())).starts_with("TypeError: "));
        assert_eq!(one.hash().expect("a hash"), 1);
        assert_eq!(int(py, -1).hash().expect("a hash"), -2);
        assert!(message(py, eval(py, "[]").hash()).starts_with("TypeError: "));
        assert_eq!(text(&eval(py, "'a'").repr().expect("a repr")), "'a'");
        assert!(one.is_truthy().expect("an answer") && py.None().is_none());
        let results =
            [one.add(&two), one.sub(&two), one.mul(&two), one.floor_div(&two), one.true_div(&two), one.rem(&two)];
        let results: Vec<String> = results.into_iter().map(|result| text(&result.expect("a number"))).collect();
        assert_eq!(results, ["3", "-1", "2", "0", "0.5", "1"]);
        assert_eq!(text(&int(py, -3).abs().expect("a number")), "3");
        assert_eq!(int(py, i64::MIN).as_i64().expect("a number"), i64::MIN);
        assert_eq!(int(py, -1).as_i64().expect("a number"), -1);
        assert!(message(py, eval(py, "2**64").as_i64()).starts_with("OverflowError: "));
        assert!(message(py, eval(py, "2**64").as_index()).starts_with("IndexError: "));
        assert_eq!((int(py, -1).as_index().expect("a number"), int(py, 5).as_f64().expect("a number")), (-1, 5.0));
        assert!(message(py, eval(py, "''").as_f64()).starts_with("TypeError: "));
        assert_eq!(eval(py, "1+2j").as_complex().expect("a number"), (1.0, 2.0));
        assert!(one.is_instance(&eval(py, "int")).expect("an answer"));
        assert!(message(py, one.is_instance(&one)).starts_with("TypeError: "));
    });
}

#[test]
fn dicts_lists_tuples_and_sets() {
    with_python(|py| {
        let (one, two) = (int(py, 1), int(py, 2));
        let dict = PyDict::new(py).expect("a dict");
        assert!(dict.is_empty() && dict.get_item(&one).expect("an answer").is_none());
        dict.set_item(&one, &two).expect("an item");
        assert!(dict.set_default(&one, &one).expect("a value").is(&two) && dict.contains_key(&one).expect("an answer"));
        assert_eq!((text(&dict), dict.len()), ("{1: 2}".into(), 1));
        assert_eq!(text(&dict.items().expect("items")), "[(1, 2)]");
        assert_eq!(text(&dict.keys().expect("keys")), "[1]");
        let copy = dict.copy().expect("a copy");
        dict.del_item(&one).expect("an item");
        assert_eq!((text(&dict), text(&copy)), ("{}".into(), "{1: 2}".into()));
        assert!(message(py, dict.del_item(&one)).starts_with("KeyError: "));
        assert!(message(py, dict.set_item(&dict, &one)).starts_with("TypeError: "));
        assert_eq!(dict.with_critical_section(|| dict.len()), 0);

        let list = PyList::new(py, [Ok(two.clone()), Ok(one.clone())]).expect("a list");
        list.sort().expect("a sorted list");
        list.append(&py.None()).expect("an item");
        list.set_item(0, two.clone()).expect("an item");
        assert!(message(py, list.set_item(9, two.clone())).starts_with("IndexError: "));
        list.extend(&eval(py, "(7, 8)")).expect("items");
        assert_eq!((text(&list), list.len()), ("[2, 2, None, 7, 8]".into(), 5));
        assert!(list.get_item(0).is_some_and(|item| item.is(&two)) && list.get_item(5).is_none());
        assert_eq!(list.items().count(), 5);
        let other = PyList::new(py, [Ok(one.clone())]).expect("a list");
        other.insert(0, &two).expect("an item");
        other.insert(usize::MAX, &py.None()).expect("an item");
        assert_eq!(text(&other), "[2, 1, None]");
        assert!(other.pop().expect("an answer").is_some_and(|item| item.is_none()));
        other.del_slice(0..1).expect("items");
        assert_eq!(text(&other), "[1]");
        assert!(other.pop().expect("an answer").is_some_and(|item| item.is(&one)));
        assert!(other.pop().expect("an answer").is_none());
        assert!(message(py, list.sort()).starts_with("TypeError: "));
        assert!(message(py, PyList::new(py, [one.getattr_named(c"nothing")])).starts_with("AttributeError: "));
        let tuple = list.as_tuple().expect("a tuple");
        assert_eq!((tuple.len(), tuple.items().count(), tuple.get_item(5).is_none()), (5, 5, true));
        assert_eq!(text(&PyTuple::new(py, 3, |index| Ok(int(py, index as i64))).expect("a tuple")), "(0, 1, 2)");
        assert!(message(py, PyTuple::new(py, 3, |_| one.getattr_named(c"no"))).starts_with("AttributeError: "));
        assert!(PyTuple::empty(py).expect("a tuple").is_empty());
        assert_eq!(text(&PyTuple::pack(py, [one.clone(), two.clone()]).expect("a tuple")), "(1, 2)");
        assert_eq!(text(&list.to_tuple().expect("a tuple")), "(2, 2, None, 7, 8)");

        let set = PySet::new(py, Some(&list)).expect("a set");
        set.add(&one).expect("an item");
        assert!(set.contains(&one).expect("an answer") && set.discard(&one).expect("an answer"));
        assert_eq!((set.discard(&one).expect("an answer"), set.len(), set.is_empty()), (false, 4, false));
        assert!(message(py, set.add(&list)).starts_with("TypeError: "));
        assert_eq!(text(&PyFrozenSet::new(py, None).expect("a set")), "frozenset()");
        assert!(set.is_instance_of::<PyAnySet>());
    });
}

#[test]
fn numbers_and_bytes() {
    with_python(|py| {
        assert_eq!(text(&PyInt::new(py, u64::MAX).expect("an int")), "18446744073709551615");
        assert_eq!(text(&PyInt::new(py, -5_i32).expect("an int")), "-5");
        assert_eq!(text(&PyInt::from_decimal(py, c"-12").expect("an int")), "-12");
        assert!(message(py, PyInt::from_decimal(py, c"x")).starts_with("ValueError: "));
        assert_eq!(text(&PyInt::from_f64(py, 1e3).expect("an int")), "1000");
        assert!(message(py, PyInt::from_f64(py, f64::NAN)).starts_with("ValueError: "));
        let large = PyInt::from_limbs(py, true, &[0, 1]).expect("an int");
        assert_eq!((text(&large), large.small(), large.is_negative()), ("-18446744073709551616".into(), None, true));
        assert_eq!(large.view().expect("a view").limb_len(), 2);
        assert_eq!(text(&large.int_repr().expect("a repr")), "-18446744073709551616");
        assert_eq!(PyInt::new(py, 7_u8).expect("an int").small(), Some(7));
        assert_eq!(PyFloat::new(py, 1.5).expect("a float").value(), 1.5);
        assert_eq!(text(&PyComplex::new(py, 1.0, -1.0).expect("a complex")), "(1-1j)");
        assert_eq!(text(&PyBool::new(py, true)), "True");
        let bytes = PyBytes::new(py, b"abc").expect("bytes");
        assert_eq!(bytes.as_bytes(), b"abc");
        let array = PyByteArray::new(py, b"abc").expect("a bytearray");
        assert_eq!(array.to_bytes().expect("bytes").as_bytes(), b"abc");
        assert!(array.is_instance_of::<PyByteArray>() && !array.is_instance_of::<PyBytes>());
        let slice = PySlice::new(py, None, None, Some(&int(py, -2))).expect("a slice");
        let indices = slice.indices(5).expect("indices");
        assert_eq!(indices, SliceIndices { start: 4, stop: -1, step: -2, count: 3 });
        let wrong = PySlice::new(py, None, None, Some(&int(py, 0))).expect("a slice");
        assert!(message(py, wrong.indices(5)).starts_with("ValueError: "));
    });
}

#[test]
fn texts() {
    with_python(|py| {
        let text = PyStr::new(py, "a\u{e9}\u{1f600}").expect("a str");
        assert_eq!((text.len(), text.to_str().expect("UTF-8")), (3, "a\u{e9}\u{1f600}"));
        assert_eq!(text.data(), StrData::Ucs4(&[0x61, 0xE9, 0x1F600]));
        assert!(text.same_text(&PyStr::new(py, "a\u{e9}\u{1f600}").expect("a str")).expect("an answer"));
        let lone = PyStr::from_data(py, StrData::Ucs2(&[0xD800])).expect("a str");
        assert!(message(py, lone.to_str()).starts_with("UnicodeEncodeError: "));
        assert_eq!(lone.to_string_lossy(), "\u{fffd}");
        assert_eq!(text.concat(&lone).expect("a str").len(), 4);
        let long = "x".repeat(1000);
        assert_eq!(PyStr::format(py, format_args!("<{long}>")).expect("a str").len(), 1002);
        assert!(PyStr::intern(py, c"name").expect("a str").is(&PyStr::intern(py, c"name").expect("a str")));
        for characters in [&[0x11_0000][..], &[0x11_0000, 0x61], &[0x61, 0x1F_FFFF], &[0x1F_FFFF; 20], &[u32::MAX, 1]] {
            let wrong = PyStr::from_data(py, StrData::Ucs4(characters));
            assert_eq!(message(py, wrong), "ValueError: character out of range", "{characters:?}");
        }
        struct Fails;
        impl std::fmt::Display for Fails {
            fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                Err(std::fmt::Error)
            }
        }
        assert!(message(py, PyStr::format(py, format_args!("{}", Fails))).starts_with("SystemError: "));
    });
}

#[test]
fn builders_refuse_characters_out_of_range() {
    with_python(|py| {
        let wrong = [StrData::Ucs1(b"a"), StrData::Ucs4(&[0x11_0000])];
        let builder = cpython_api::StrBuilder::for_pieces(py, wrong.into_iter());
        assert_eq!(message(py, builder), "ValueError: character out of range");
        let announced = [StrData::Ucs4(&[0x10_FFFF, 0x61])];
        let mut builder = cpython_api::StrBuilder::for_pieces(py, announced.into_iter()).expect("a builder");
        let pushed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            builder.push(StrData::Ucs4(&[0x11_0000]));
        }));
        assert!(pushed.is_err());
    });
}

#[test]
fn iterators() {
    with_python(|py| {
        let items: Vec<String> =
            eval(py, "iter('ab')").iter().expect("an iterator").map(|item| text(&item.expect("an item"))).collect();
        assert_eq!(items, ["a", "b"]);
        assert!(message(py, int(py, 1).iter()).starts_with("TypeError: "));
        let mut failing = eval(py, "(1 // x for x in (1, 0))").iter().expect("an iterator");
        assert!(failing.next().expect("an item").is_ok());
        assert!(message(py, failing.next().expect("an error")).starts_with("ZeroDivisionError: "));
        assert!(failing.next().is_none());
    });
}

/// An iterator whose class loses `__next__` while it runs: C's own loops call NULL here.
#[test]
fn an_iterator_that_is_none_any_more_is_refused() {
    with_python(|py| {
        let source = "[C := type('C', (), {'__iter__': lambda s: s, '__next__': lambda s: 1}), C()]";
        let made = eval(py, source).cast_into::<PyList>().expect("a list");
        let (class, object) = made.get_item(0).zip(made.get_item(1)).expect("two");
        let mut iterator = object.iter().expect("an iterator");
        let mut items = cpython_api::Items::new(object.as_borrowed()).expect("items");
        assert!(iterator.next().expect("an item").is_ok());
        assert!(matches!(items.next_item(), Ok(cpython_api::Item::Number(_))));
        class.delattr(&PyStr::intern(py, c"__next__").expect("a str")).expect("an attribute");
        assert!(message(py, iterator.next().expect("an error")).starts_with("TypeError: "));
        assert!(message(py, items.next_item()).starts_with("TypeError: "));
    });
}

#[test]
fn exceptions_are_raised_matched_fetched_and_chained() {
    with_python(|py| {
        let error = PyValueError::new_err(py, format_args!("bad level: {}", 7));
        assert!(error.matches::<PyValueError>(py) && error.matches::<PyException>(py));
        assert!(!error.matches::<PyKeyError>(py));
        assert!(error.matches_object(&eval_aside(py, "(KeyError, ValueError)", &error)));
        let exception = error.fetch(py);
        assert_eq!(text(&exception), "bad level: 7");
        assert!(exception.cast::<PyValueError>().is_ok() && exception.cast::<PyKeyError>().is_err());
        exception.add_note("a note").expect("a note");
        assert_eq!(text(&exception.getattr_named(c"__notes__").expect("notes")), "['a note']");

        let chained = PyErr::restore(exception).chain(py, || PyRuntimeError::new_err(py, "outer")).fetch(py);
        assert_eq!(text(&chained), "outer");
        assert_eq!(text(&chained.cause().expect("a cause")), "bad level: 7");
        assert!(chained.context().expect("a context").is(&chained.cause().expect("a cause")));

        PyKeyError::from_args(&int(py, 7)).clear(py);
        assert_eq!(
            message(py, Err::<(), _>(PyOSError::from_args(&eval(py, "(2, 'no')")))),
            "FileNotFoundError: [Errno 2] no"
        );
        let long = "x".repeat(2000);
        assert_eq!(
            message(py, Err::<(), _>(PyTypeError::new_err(py, long.as_str()))).len(),
            2000 + "TypeError: ".len()
        );
    });
}

/// Evaluates while an exception is put aside.
fn eval_aside<'py>(py: Python<'py>, source: &str, _set: &PyErr) -> Bound<'py> {
    // The one that is set would be taken for one of the evaluation.
    let raised = PySystemError::new_err(py, "replaced").fetch(py);
    let result = eval(py, source);
    drop(raised);
    let _again: PyErr = PyValueError::new_err(py, "bad level: 7");
    result
}

/// Two values can stand for one exception; the second finds none, and C is told of an error all the same.
#[test]
fn an_error_without_its_exception_is_a_system_error() {
    with_python(|py| {
        let (first, second) = (PyValueError::new_err(py, "a"), PyValueError::new_err(py, "b"));
        first.clear(py);
        assert_eq!(message(py, Err::<(), _>(second)), "SystemError: an error was returned without an exception");
        // SAFETY: the thread is attached.
        let status = unsafe {
            cpython_api::entry_value(c"test.twice", |py| -> PyResult<()> {
                let (first, second) = (PyValueError::new_err(py, "a"), PyValueError::new_err(py, "b"));
                first.clear(py);
                Err(second)
            })
        };
        assert_eq!(status, -1);
        // SAFETY: an entry that returns its sentinel has set an exception.
        let error = unsafe { PyErr::already_set(py) };
        assert!(error.matches::<PySystemError>(py));
        error.clear(py);
    });
}

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Counted(u32);

impl Drop for Counted {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn capsules_hold_a_value() {
    with_python(|py| {
        let capsule = PyCapsule::new(py, c"test", Counted(7)).expect("a capsule");
        assert_eq!(capsule.value::<Counted>().expect("the value").0, 7);
        assert!(capsule.value::<u32>().is_none());
        drop(capsule);
        assert_eq!(DROPPED.load(Ordering::SeqCst), 1);
        let foreign = py.import_attribute(c"datetime", c"datetime_CAPI").expect("a capsule");
        assert!(foreign.cast::<PyCapsule>().expect("a capsule").value::<Counted>().is_none());
    });
}

#[test]
fn weak_references_and_views() {
    with_python(|py| {
        // SAFETY: the thread is attached.
        assert!(owned(py, unsafe { cpython_sys::Py_GetConstant(cpython_sys::Py_CONSTANT_NONE) }).is_none());
        let object = eval(py, "type('C', (), {})()");
        let reference = PyWeakref::new(&object, None).expect("a reference");
        assert!(reference.upgrade().expect("an answer").is_some_and(|found| found.is(&object)));
        drop(object);
        assert!(reference.upgrade().expect("an answer").is_none());
        assert!(message(py, PyWeakref::new(&int(py, 1), None)).starts_with("TypeError: "));
        let view = PyMemoryView::new(&PyBytes::new(py, b"abc").expect("bytes")).expect("a view");
        // Buffers that are moved about stay valid: one of a memoryview points into itself.
        let buffers: Vec<Buffer<'_>> = (0..10).map(|_| Buffer::of(&view).expect("a buffer")).collect();
        assert!(buffers.iter().all(|buffer| &*buffer.input().expect("the contents") == b"abc"));
        assert!(message(py, PyMemoryView::new(&int(py, 1))).starts_with("TypeError: "));
        assert!(message(py, Buffer::of(&int(py, 1))).starts_with("TypeError: "));

        let array = PyByteArray::new(py, b"abcdef").expect("a bytearray");
        let buffer = Buffer::of_writable(&array).expect("a buffer");
        assert_eq!((buffer.len(), buffer.is_empty(), buffer.write(4, b"xy")), (6, false, Some(())));
        assert_eq!((buffer.write(5, b"xy"), buffer.write(7, b""), buffer.write(usize::MAX, b"x")), (None, None, None));
        drop(buffer);
        assert_eq!(array.to_bytes().expect("bytes").as_bytes(), b"abcdxy");
        assert!(message(py, Buffer::of_writable(&view)).starts_with("BufferError: "));
        assert_eq!(Buffer::of(&view).expect("a buffer").write(0, b"x"), None);
    });
}

#[test]
fn types_and_modules() {
    with_python(|py| {
        let class = eval(py, "__import__('decimal').Decimal").cast_into::<PyType>().expect("a type");
        assert_eq!(text(&class.name().expect("a name")), "Decimal");
        assert_eq!(text(&class.fully_qualified_name().expect("a name")), "decimal.Decimal");
        assert!(class.is_subclass(&eval(py, "object")).expect("an answer"));
        let error = Bound::<PyType>::new_exception(py, c"test.error", Some(c"A test."), None).expect("a class");
        assert!(error.is_subclass(&eval(py, "Exception")).expect("an answer"));
        let module = eval(py, "type(__import__('sys'))('m')").cast_into::<PyModule>().expect("a module");
        module.add_int(c"ONE", 1).expect("a constant");
        module.add_str(c"TWO", "two").expect("a constant");
        module.add_type(&error).expect("a type");
        assert!(module.getattr_named(c"error").expect("an attribute").is(&error));
        assert!(message(py, PyModule::import(py, c"no_such_module")).starts_with("ModuleNotFoundError: "));
        assert!(class.is_instance_of::<PyType>() && !module.is_instance_of::<PyType>());
    });
}

#[test]
fn tuples_are_built_item_by_item() {
    with_python(|py| {
        let built = PyTuple::build(py, 9, |items| {
            items.extend_i64(&[-5, 256, i64::MIN])?;
            items.extend_u64(&[7, u64::MAX])?;
            items.push(py.None())?;
            items.extend_f64(&[1.5, -0.0])?;
            items.extend_bytes(b"a")
        });
        let expected = "(-5, 256, -9223372036854775808, 7, 18446744073709551615, None, 1.5, -0.0, b'a')";
        assert_eq!(text(&built.expect("a tuple")), expected);
        assert!(PyTuple::build(py, 0, |_| Ok(())).expect("a tuple").is_empty());
        let wrong = "SystemError: a sequence is filled with too few or too many items";
        assert_eq!(message(py, PyTuple::build(py, 2, |items| items.push(py.None()))), wrong);
        assert_eq!(message(py, PyTuple::build(py, 2, |items| items.extend_i64(&[1, 2, 3]))), wrong);
        assert_eq!(message(py, PyTuple::build(py, 0, |items| items.push(py.None()))), wrong);
        assert_eq!(message(py, PyTuple::build(py, usize::MAX, |_| Ok(()))), "MemoryError: ");
        let error = PyTuple::build(py, 3, |items| {
            items.extend_f64(&[1.0])?;
            Err(PyValueError::new_err(py, "no"))
        });
        assert_eq!(message(py, error), "ValueError: no");
        // Few items and many: all references to them are given up after an error, and as many are kept as the tuple has items.
        let (sys, name) = (eval(py, "__import__('sys')"), PyStr::new(py, "getrefcount").expect("a str"));
        let item = eval(py, "object()");
        let references = || text(&sys.call_method(&name, [item.as_any()]).expect("a number"));
        let before = references();
        for len in [1, 2, 7, 8, 9, 20] {
            let error = PyTuple::build(py, len, |items| {
                items.push(item.clone())?;
                Err(PyValueError::new_err(py, "no"))
            });
            assert_eq!(message(py, error), "ValueError: no");
            assert_eq!(references(), before, "{len}");
            let built = PyTuple::build(py, len, |items| (0..len).try_for_each(|_| items.push(item.clone())));
            let built = built.expect("a tuple");
            assert_eq!(built.items().filter(|other| other.is(&item)).count(), len);
            assert_eq!(references(), (before.parse::<usize>().expect("a number") + len).to_string(), "{len}");
            drop(built);
            assert_eq!(references(), before, "{len}");
        }
    });
}

#[test]
fn lists_are_built_item_by_item() {
    with_python(|py| {
        let built = PyList::build(py, 4, |items| {
            items.extend_i64(&[-5, 256])?;
            items.push(py.None())?;
            items.extend_f64(&[1.5])
        });
        let built = built.expect("a list");
        assert_eq!(text(&built), "[-5, 256, None, 1.5]");
        built.append(&py.None()).expect("appended");
        assert_eq!(text(&built), "[-5, 256, None, 1.5, None]");
        let empty = PyList::build(py, 0, |_| Ok(())).expect("a list");
        empty.append(&built).expect("appended");
        assert_eq!(text(&empty), "[[-5, 256, None, 1.5, None]]");
        let wrong = "SystemError: a sequence is filled with too few or too many items";
        assert_eq!(message(py, PyList::build(py, 2, |items| items.push(py.None()))), wrong);
        assert_eq!(message(py, PyList::build(py, 0, |items| items.push(py.None()))), wrong);
        assert_eq!(message(py, PyList::build(py, usize::MAX, |_| Ok(()))), "MemoryError: ");
        let error = PyList::build(py, 3, |items| {
            items.extend_f64(&[1.0])?;
            Err(PyValueError::new_err(py, "no"))
        });
        assert_eq!(message(py, error), "ValueError: no");
    });
}

#[test]
fn parts_of_buffers_are_read() {
    with_python(|py| {
        for source in ["b'abcdef'", "bytearray(b'abcdef')", "memoryview(bytearray(b'abcdef'))"] {
            let object = eval(py, source);
            let buffer = Buffer::of(&object).expect("a buffer");
            let part = |start, len| buffer.with_range(start, len, <[u8]>::to_vec).expect("memory");
            assert_eq!(part(1, 3).as_deref(), Some(&b"bcd"[..]));
            assert_eq!(part(6, 0).as_deref(), Some(&b""[..]));
            assert_eq!((part(4, 3), part(7, 0), part(usize::MAX, 2)), (None, None, None));
            let held = buffer.unbind();
            let mut target = [std::mem::MaybeUninit::uninit(); 4];
            assert_eq!(held.copy_range(py, 2, &mut target), Some(&b"cdef"[..]));
            assert_eq!(held.copy_range(py, 3, &mut target), None);
            assert_eq!((held.len(), held.is_empty()), (6, false));
            held.release(py);
        }
        let long = eval(py, "bytearray(range(250)) * 4");
        let buffer = Buffer::of(&long).expect("a buffer");
        assert_eq!(buffer.with_range(1, 999, |bytes| bytes[998]).expect("memory"), Some(249));
        assert_eq!(eval(py, "b'xyz'").as_borrowed().bytes_contents(), Some(&b"xyz"[..]));
        assert_eq!(long.as_borrowed().bytes_contents(), None);
        let dict = eval(py, "{1: 2}").cast_into::<PyDict>().expect("a dict");
        dict.clear();
        assert!(dict.is_empty());
    });
}
