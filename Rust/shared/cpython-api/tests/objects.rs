//! Values, containers, text, numbers and calls of the safe layer, at work in an interpreter of its own.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{owned, with_python};
use cpython_api::{
    Batch, Borrowed, Bound, Constant, DictPosition, ExceptionType, FastSequence, PyErr, PyResult, Python, StrBuilder,
    StrData, call, call1, constant, dict_contains, dict_delete, dict_from_end, dict_intern, dict_len, dict_new,
    dict_read, dict_set, dict_update_from_end, float_new, id, import_attribute, int_from_decimal, int_from_i64,
    int_from_isize, int_repr, list_append, list_append_from_end, list_from_end, list_get, list_sort, mapping_items,
    sequence_repeat, str_append, str_concat, str_data, str_from_ascii, str_from_data, str_interned, tuple_of_one,
    tuple_of_two, two_items, view, with_recursion,
};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::ops::ControlFlow;

fn text(object: &Bound<'_>) -> String {
    // SAFETY: the object is live and the thread attached; a str and what it returns live long enough.
    unsafe {
        let text = owned(object.py(), ffi::PyObject_Str(object.as_ptr()));
        CStr::from_ptr(ffi::PyUnicode_AsUTF8(text.as_ptr())).to_string_lossy().into_owned()
    }
}

/// Clears the exception that must be set, and returns it.
fn raised<'py, T>(py: Python<'py>, result: PyResult<T>) -> Bound<'py> {
    assert!(result.is_err());
    // SAFETY: an exception is set, and handed over.
    owned(py, unsafe { ffi::PyErr_GetRaisedException() })
}

fn int(py: Python<'_>, value: i64) -> Bound<'_> {
    int_from_i64(py, value).expect("an int")
}

fn string<'py>(py: Python<'py>, text: &str) -> Bound<'py> {
    let units: Vec<u32> = text.chars().map(u32::from).collect();
    str_from_data(py, StrData::Ucs4(&units)).expect("a str")
}

fn list<'py>(py: Python<'py>, items: impl IntoIterator<Item = Bound<'py>>) -> Bound<'py> {
    list_from_end(py, &mut items.into_iter().collect(), 0).expect("a list")
}

fn references(object: &Bound<'_>) -> isize {
    // SAFETY: the object is live.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) }
}

fn builtin<'py>(py: Python<'py>, name: &CStr) -> Bound<'py> {
    import_attribute(py, c"builtins", name).expect("a builtin")
}

#[test]
fn numbers_are_made_and_printed() {
    with_python(|py| {
        assert_eq!(text(&int(py, i64::MIN)), "-9223372036854775808");
        assert_eq!(text(&int_from_isize(py, -5).expect("an int")), "-5");
        assert_eq!(text(&float_new(py, 0.5).expect("a float")), "0.5");
        let big = int_from_decimal(py, c"123456789012345678901234567890").expect("an int");
        assert_eq!(text(&big), "123456789012345678901234567890");
        assert!(text(&raised(py, int_from_decimal(py, c"1x"))).contains("invalid literal"));
        assert_eq!(text(&int_repr(big.as_borrowed()).expect("an int").expect("a str")), text(&big));
        assert!(int_repr(string(py, "1").as_borrowed()).is_none());
        let address = id(big.as_borrowed()).expect("an int");
        assert_eq!(text(&address), big.as_ptr().addr().to_string());
    });
}

#[test]
fn text_is_read_and_made_in_every_width() {
    with_python(|py| {
        for (sample, width) in [("", 1), ("abc", 1), ("\u{e9}", 1), ("\u{20ac}x", 2), ("x\u{1f600}", 4)] {
            let object = string(py, sample);
            assert_eq!(text(&object), sample);
            let found = match str_data(object.as_borrowed()).expect("a str") {
                StrData::Ucs1(units) => (1, units.len()),
                StrData::Ucs2(units) => (2, units.len()),
                StrData::Ucs4(units) => (4, units.len()),
            };
            assert_eq!(found, (width, sample.chars().count()));
        }
        assert!(str_data(int(py, 1).as_borrowed()).is_none());
        assert!(text(&raised(py, str_from_data(py, StrData::Ucs4(&[0x7FFF_FFFF])))).contains("out of range"));
        raised(py, str_from_data(py, StrData::Ucs4(&[0x11_0000])));
        for (pieces, whole) in [([b"\"".as_slice(), b"abc", b"\""], "\"abc\""), ([b"", b"a", b""], "a"), ([b""; 3], "")]
        {
            // SAFETY: all of them are ASCII.
            let object = unsafe { str_from_ascii(py, pieces) };
            assert_eq!(text(&object.expect("a str")), whole);
        }
        assert_eq!(text(&str_interned(py, c"name").expect("a str")), "name");
        let (a, b) = (string(py, "a"), string(py, "\u{20ac}"));
        assert_eq!(text(&str_concat(a.as_borrowed(), b.as_borrowed()).expect("a str")), "a\u{20ac}");
        raised(py, str_concat(a.as_borrowed(), int(py, 1).as_borrowed()));
        assert_eq!(text(&str_append(a.clone(), b.as_borrowed()).expect("a str")), "a\u{20ac}");
        assert!(text(&raised(py, str_append(a.clone(), int(py, 1).as_borrowed()))).contains("internal"));
        let repeated = sequence_repeat(b.as_borrowed(), 3).expect("a str");
        assert_eq!(text(&repeated), "\u{20ac}\u{20ac}\u{20ac}");
        raised(py, sequence_repeat(py_none(py).as_borrowed(), 3));
    });
}

fn py_none(py: Python<'_>) -> Bound<'_> {
    constant(py, Constant::None)
}

#[test]
fn a_str_is_built_of_pieces() {
    with_python(|py| {
        let pieces = [
            StrData::Ucs1(b"abc"),
            StrData::Ucs1(b""),
            StrData::Ucs1(b"\xe9"),
            StrData::Ucs2(&[0x20AC, 0x41]),
            StrData::Ucs4(&[0x1F600]),
        ];
        for count in 0..=pieces.len() {
            let pieces = &pieces[..count];
            let mut builder = StrBuilder::for_pieces(py, pieces.iter().copied()).expect("memory");
            pieces.iter().for_each(|piece| builder.push(*piece));
            let built = builder.finish();
            let expected: String = "abc\u{e9}\u{20ac}A\u{1f600}".chars().take([0, 3, 3, 4, 6, 7][count]).collect();
            assert_eq!(text(&built), expected);
            // One that is stored as it has to be is equal to another.
            let dict = dict_new(py).expect("a dict");
            dict_set(dict.as_borrowed(), built.as_borrowed(), built.as_borrowed()).expect("set");
            assert!(dict_contains(dict.as_borrowed(), string(py, &expected).as_borrowed()).expect("asked"));
        }
        let wrong: [(&[StrData<'_>], &[StrData<'_>]); 3] = [
            (&pieces[..1], &[]),
            (&pieces[..1], &[StrData::Ucs1(b"abcd")]),
            (&pieces[..1], &[StrData::Ucs2(&[1, 2, 0x20AC])]),
        ];
        for (announced, written) in wrong {
            let builder = StrBuilder::for_pieces(py, announced.iter().copied()).expect("memory");
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let mut builder = builder;
                written.iter().for_each(|piece| builder.push(*piece));
                drop(builder.finish());
            }));
            assert!(result.is_err());
        }
    });
}

#[test]
fn lists_and_tuples_move_references() {
    with_python(|py| {
        let item = list(py, []);
        let mut items = vec![int(py, 1), item.clone(), item.clone()];
        let made = list_from_end(py, &mut items, 1).expect("a list");
        assert_eq!((items.len(), references(&item)), (1, 3));
        assert_eq!(text(&made), "[[], []]");
        list_append(made.as_borrowed(), int(py, 5).as_borrowed()).expect("appended");
        let mut more = vec![int(py, 6)];
        list_append_from_end(made.as_borrowed(), &mut more, 0).expect("extended");
        assert!(more.is_empty());
        assert_eq!(text(&list_get(made.as_borrowed(), 3).expect("an item").expect("there")), "6");
        assert!(list_get(made.as_borrowed(), 4).expect("nothing").is_none());
        let number = int(py, 1);
        raised(py, list_append(number.as_borrowed(), item.as_borrowed()));
        raised(py, list_sort(number.as_borrowed()));
        raised(py, list_get(number.as_borrowed(), 0));
        drop(made);
        let sorted = list(py, [int(py, 3), int(py, 1)]);
        list_sort(sorted.as_borrowed()).expect("sorted");
        assert_eq!(text(&sorted), "[1, 3]");
        let pair = tuple_of_two(int(py, 1), item.clone()).expect("a tuple");
        let (first, second) = two_items(pair.as_borrowed()).expect("two");
        assert_eq!((text(&first), text(&second)), ("1".to_owned(), "[]".to_owned()));
        assert_eq!(text(&tuple_of_one(first).expect("a tuple")), "(1,)");
        assert!(two_items(tuple_of_one(item.clone()).expect("a tuple").as_borrowed()).is_none());
        assert!(two_items(list(py, [item.clone(), item.clone()]).as_borrowed()).is_none());
    });
}

#[test]
fn dicts_are_filled_and_asked() {
    with_python(|py| {
        let value = list(py, []);
        let mut items = vec![int(py, 0)];
        for key in ["a", "b", "a", "c", "d", "e", "f", "g"] {
            items.extend([string(py, key), value.clone()]);
        }
        let dict = dict_from_end(py, &mut items, 1).expect("a dict");
        assert_eq!((items.len(), dict_len(dict.as_borrowed()).expect("a dict")), (1, 7));
        assert_eq!(references(&value), 8);
        items.extend([string(py, "h"), int(py, 1), string(py, "a"), int(py, 2)]);
        dict_update_from_end(dict.as_borrowed(), &mut items, 1).expect("filled");
        assert_eq!((items.len(), references(&value)), (1, 7));
        assert_eq!(text(&dict), "{'a': 2, 'b': [], 'c': [], 'd': [], 'e': [], 'f': [], 'g': [], 'h': 1}");
        // What cannot be a key gives all references up.
        items.extend([list(py, []), value.clone(), string(py, "x"), value.clone()]);
        let error = raised(py, dict_update_from_end(dict.as_borrowed(), &mut items, 1));
        assert!(text(&error).contains("unhashable"));
        assert_eq!(references(&value), 7);
        let (a, x) = (string(py, "a"), string(py, "x"));
        assert!(dict_contains(dict.as_borrowed(), a.as_borrowed()).expect("asked"));
        dict_delete(dict.as_borrowed(), a.as_borrowed()).expect("deleted");
        raised(py, dict_delete(dict.as_borrowed(), a.as_borrowed()));
        assert!(!dict_contains(dict.as_borrowed(), x.as_borrowed()).expect("asked"));
        let memo = dict_new(py).expect("a dict");
        let first = dict_intern(memo.as_borrowed(), &string(py, "long key")).expect("a str");
        let second = dict_intern(memo.as_borrowed(), &string(py, "long key")).expect("a str");
        assert_eq!(first.as_ptr(), second.as_ptr());
        assert_eq!(text(&mapping_items(memo.as_borrowed()).expect("a list")), "[('long key', 'long key')]");
        let other = int(py, 1);
        raised(py, dict_len(other.as_borrowed()));
        raised(py, dict_contains(other.as_borrowed(), a.as_borrowed()));
        raised(py, dict_set(other.as_borrowed(), a.as_borrowed(), a.as_borrowed()));
        raised(py, dict_delete(other.as_borrowed(), a.as_borrowed()));
        raised(py, dict_intern(other.as_borrowed(), &a));
        raised(py, mapping_items(other.as_borrowed()));
    });
}

#[test]
fn values_are_what_they_are() {
    with_python(|py| {
        let view = |object: &Bound<'_>| format!("{:?}", view(object.as_borrowed()));
        assert_eq!(view(&py_none(py)), "None");
        assert_eq!(view(&constant(py, Constant::True)), "True");
        assert_eq!(view(&constant(py, Constant::False)), "False");
        assert_eq!(view(&string(py, "ab")), "Str(Ucs1([97, 98]))");
        assert_eq!(view(&string(py, "\u{20ac}")), "Str(Ucs2([8364]))");
        for value in [0, -1, 1 << 40, i64::MAX, i64::MIN] {
            assert_eq!(view(&int(py, value)), format!("Int({value})"));
        }
        assert_eq!(view(&int_from_decimal(py, c"9223372036854775808").expect("an int")), "BigInt");
        assert_eq!(view(&float_new(py, -0.5).expect("a float")), "Float(-0.5)");
        assert_eq!(view(&list(py, [])), "Sequence { exact: true, len: 0 }");
        assert_eq!(view(&tuple_of_one(py_none(py)).expect("a tuple")), "Sequence { exact: true, len: 1 }");
        assert_eq!(view(&dict_new(py).expect("a dict")), "Dict { exact: true, len: 0 }");
        let ordered = import_attribute(py, c"collections", c"OrderedDict").expect("a type");
        assert_eq!(view(&call(ordered.as_borrowed(), []).expect("a dict")), "Dict { exact: false, len: 0 }");
        assert_eq!(view(&ordered), "Other");
    });
}

/// How many items are read from a place on, what the last of them is, and whether there may be more.
fn items(sequence: &FastSequence<'_>, start: usize) -> (usize, String, bool) {
    let (mut index, mut last) = (start, String::new());
    // SAFETY: nothing is done but looking.
    let read = unsafe {
        sequence.read(&mut index, &mut Batch::new(), |_, value| {
            last = format!("{value:?}");
            ControlFlow::<()>::Continue(())
        })
    };
    (index - start, last, read == ControlFlow::Continue(true))
}

/// The keys that are read next, until one that is asked for has been seen, and whether there may be more.
fn keys(dict: Borrowed<'_, '_>, position: &mut DictPosition, until: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    // SAFETY: nothing is done but looking.
    let read = unsafe {
        dict_read(dict, position, &mut Batch::new(), |(_, key), _| {
            found.push(format!("{key:?}"));
            if found.last().is_some_and(|key| key == until) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    };
    (found, read != ControlFlow::Continue(false))
}

#[test]
fn batches_end_after_a_container_with_items() {
    with_python(|py| {
        let inner = list(py, [int(py, 0)]);
        let mut values: Vec<Bound<'_>> = (0..40).map(|value| int(py, value)).collect();
        values.insert(3, inner.clone());
        let object = list(py, values);
        let sequence = FastSequence::new(object.as_borrowed(), c"no").expect("a list");
        assert!(!sequence.is_empty());
        assert_eq!(items(&sequence, 0), (4, "Sequence { exact: true, len: 1 }".to_owned(), true));
        assert_eq!(references(&inner), 2);
        let (count, last, more) = items(&sequence, 4);
        assert_eq!((last, more), (format!("Int({})", count + 2), true));
        assert!(count < 37 && items(&sequence, 4 + count) == (37 - count, "Int(39)".to_owned(), false));
        assert_eq!(items(&sequence, 41), (0, String::new(), false));
        assert_eq!(items(&sequence, usize::MAX), (0, String::new(), false));
        // An item can be kept.
        let mut batch = Batch::new();
        let mut index = 3;
        // SAFETY: a reference is taken, and none given up.
        let taken = unsafe { sequence.read(&mut index, &mut batch, |item, _| ControlFlow::Break(item.to_owned())) };
        assert_eq!((taken.break_value().map(|item| item.as_ptr()), index), (Some(inner.as_ptr()), 4));
        drop(sequence);
        let tuple = tuple_of_two(int(py, 1), int(py, 2)).expect("a tuple");
        let sequence = FastSequence::new(tuple.as_borrowed(), c"no").expect("a tuple");
        assert_eq!((items(&sequence, 0).0, items(&sequence, 1).0), (2, 1));
        let error = raised(py, FastSequence::new(int(py, 1).as_borrowed(), c"no sequence"));
        assert_eq!(text(&error), "no sequence");
        drop(object);
        assert_eq!(references(&inner), 1);
    });
}

#[test]
fn dicts_are_read_in_order_whatever_their_keys() {
    with_python(|py| {
        let inner = list(py, [int(py, 0)]);
        for extra in [None, Some(int(py, 7))] {
            // A dict with other keys than strings has a table of another kind.
            let mut pairs = Vec::new();
            let mut expected = Vec::new();
            for value in 0..40 {
                let key = match &extra {
                    Some(extra) if value == 1 => extra.clone(),
                    _ => string(py, &format!("k{value}")),
                };
                expected.push(format!("{:?}", cpython_api::view(key.as_borrowed())));
                pairs.extend([key, if value == 2 { inner.clone() } else { int(py, value) }]);
            }
            let dict = dict_new(py).expect("a dict");
            for pair in pairs.chunks(2) {
                dict_set(dict.as_borrowed(), pair[0].as_borrowed(), pair[1].as_borrowed()).expect("set");
            }
            dict_delete(dict.as_borrowed(), pairs[8].as_borrowed()).expect("deleted");
            expected.remove(4);
            drop(pairs);
            let mut position = DictPosition::default();
            let (mut found, mut more) = keys(dict.as_borrowed(), &mut position, "");
            assert_eq!((found.len(), more, references(&inner)), (3, true, 2));
            while more {
                // What lies behind one that is broken off at comes next.
                let next = keys(dict.as_borrowed(), &mut position, &expected[7]);
                found.extend(next.0);
                more = next.1;
            }
            assert_eq!(found, expected);
            assert_eq!(keys(dict.as_borrowed(), &mut position, ""), (Vec::new(), false));
        }
        assert_eq!(references(&inner), 1);
        assert_eq!(keys(inner.as_borrowed(), &mut DictPosition::default(), ""), (Vec::new(), false));
    });
}

#[test]
fn calls_and_exceptions() {
    with_python(|py| {
        let (len, max) = (builtin(py, c"len"), builtin(py, c"max"));
        assert_eq!(text(&call1(len.as_borrowed(), string(py, "abc").as_borrowed()).expect("a length")), "3");
        let (one, two) = (int(py, 1), int(py, 2));
        assert_eq!(text(&call(max.as_borrowed(), [one.as_borrowed(), two.as_borrowed()]).expect("an int")), "2");
        raised(py, call1(len.as_borrowed(), one.as_borrowed()));
        raised(py, import_attribute(py, c"builtins", c"no_such_name"));

        let error = PyErr::from_value(ExceptionType::StopIteration.bind(py), one.as_borrowed());
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "1");
        let error = PyErr::with_type_name(ExceptionType::TypeError, c"not ", one.as_borrowed(), 2);
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "not in");
        let error = PyErr::with_repr(ExceptionType::ValueError, c"bad: ", string(py, "x").as_borrowed());
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "bad: 'x'");

        let error = PyErr::new(ExceptionType::ValueError.bind(py), c"inner").set_aside(py, || Ok(()));
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "inner");
        let error = PyErr::new(ExceptionType::ValueError.bind(py), c"inner")
            .set_aside(py, || Err(PyErr::new(ExceptionType::TypeError.bind(py), c"other")));
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "other");
    });
}

#[test]
fn recursion_ends_with_an_exception() {
    fn deeper(py: Python<'_>, depth: &mut u64) -> PyResult<()> {
        *depth += 1;
        with_recursion(py, c" in a test", || deeper(py, depth))
    }
    with_python(|py| {
        assert_eq!(with_recursion(py, c" in a test", || Ok(1)).expect("no error"), 1);
        let mut depth = 0;
        let error = raised(py, deeper(py, &mut depth));
        assert!(text(&error).contains("in a test"));
        assert!(depth > 100);
    });
}
