//! Values, containers, text, numbers and calls of the safe layer, at work in an interpreter of its own.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]
#![expect(clippy::multiple_unsafe_ops_per_block, reason = "some calls of C follow each other")]

mod common;

use common::{owned, with_python};
use cpython_api::exceptions::{PyDeprecationWarning, PyStopIteration, PyTypeError, PyValueError, warn};
use cpython_api::types::{NumberKind, PyBool, PyDict, PyFloat, PyInt, PyList, PyStr, PyTuple};
use cpython_api::{
    Batch, Borrowed, Bound, DictPosition, ListPosition, PyErr, PyResult, Python, StrBuilder, StrData, Value, audit,
};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::mem::MaybeUninit;
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
    PyInt::new(py, value).expect("an int").into_any()
}

fn string<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyStr> {
    let units: Vec<u32> = text.chars().map(u32::from).collect();
    PyStr::from_data(py, StrData::Ucs4(&units)).expect("a str")
}

fn list<'py>(py: Python<'py>, items: impl IntoIterator<Item = Bound<'py>>) -> Bound<'py, PyList> {
    PyList::from_tail(py, &mut items.into_iter().collect(), 0).expect("a list")
}

fn references(object: &Bound<'_>) -> isize {
    // SAFETY: the object is live.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) }
}

fn builtin<'py>(py: Python<'py>, name: &CStr) -> Bound<'py> {
    py.import_attribute(c"builtins", name).expect("a builtin")
}

#[test]
fn numbers_are_made_and_printed() {
    with_python(|py| {
        assert_eq!(text(&int(py, i64::MIN)), "-9223372036854775808");
        let big = PyInt::from_decimal(py, c"123456789012345678901234567890").expect("an int");
        assert_eq!(text(&big), "123456789012345678901234567890");
        let address = big.id().expect("an int");
        assert_eq!(text(&address), big.as_ptr().addr().to_string());
    });
}

#[test]
fn text_is_read_and_made_in_every_width() {
    with_python(|py| {
        for (sample, width) in [("", 1), ("abc", 1), ("\u{e9}", 1), ("\u{20ac}x", 2), ("x\u{1f600}", 4)] {
            let object = string(py, sample);
            assert_eq!(text(&object), sample);
            let found = match object.data() {
                StrData::Ucs1(units) => (1, units.len()),
                StrData::Ucs2(units) => (2, units.len()),
                StrData::Ucs4(units) => (4, units.len()),
            };
            assert_eq!(found, (width, sample.chars().count()));
        }
        for (pieces, whole) in [([b"\"".as_slice(), b"abc", b"\""], "\"abc\""), ([b"", b"a", b""], "a"), ([b""; 3], "")]
        {
            // SAFETY: all of them are ASCII.
            let object = unsafe { PyStr::from_ascii(py, pieces) };
            assert_eq!(text(&object.expect("a str")), whole);
        }
        let (a, b) = (string(py, "a"), string(py, "\u{20ac}"));
        assert_eq!(text(&a.concat(&b).expect("a str")), "a\u{20ac}");
        raised(py, a.concat(&int(py, 1)));
        assert_eq!(text(&a.clone().append(&b).expect("a str")), "a\u{20ac}");
        assert!(text(&raised(py, a.clone().append(&int(py, 1)))).contains("internal"));
        let repeated = b.repeat(3).expect("a str");
        assert_eq!(text(&repeated), "\u{20ac}\u{20ac}\u{20ac}");
        raised(py, py.None().repeat(3));
    });
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
            let dict = PyDict::new(py).expect("a dict");
            dict.set_item(&built, &built).expect("set");
            assert!(dict.contains_key(&string(py, &expected)).expect("asked"));
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

/// The fields of a list after its header, and what precedes the items in their memory.
fn fields_of_list(list: &Bound<'_, PyList>) -> (usize, usize, usize) {
    let size = list.get_type().getattr_named(c"__basicsize__").expect("a size").as_ssize().expect("an int");
    // SAFETY: the last fields of a list are the number of items, where they are, and for how many there is room; so listobject.h
    // says. Items that are there have the size of their memory before them.
    unsafe {
        let fields = list.as_ptr().byte_add(size as usize).cast::<usize>().sub(3);
        let items = fields.add(1).cast::<*const usize>().read();
        (fields.read(), fields.add(2).read(), if items.is_null() { 0 } else { items.sub(1).read() })
    }
}

#[test]
fn lists_have_memory_as_the_interpreter_allocates_it() {
    with_python(|py| {
        for count in [0, 1, 2, 7, 100, 5000] {
            let numbers = vec![1_000_u64; count];
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
            let made = [
                PyList::of_numbers(py, &bytes, NumberKind::U64).expect("a list"),
                list(py, (0..count).map(|_| int(py, 1_000))),
                PyList::build(py, count, |items| items.extend_u64(&numbers)).expect("a list"),
            ];
            let (source, globals) = (string(py, &format!("[1000] * {count}")), PyDict::new(py).expect("a dict"));
            let expected = builtin(py, c"eval").call([source.as_any(), globals.as_any()]).expect("a list");
            let expected = expected.cast_into::<PyList>().expect("a list");
            for made in made {
                assert_eq!(fields_of_list(&made), fields_of_list(&expected));
                assert!(made.eq(&expected).expect("an answer"));
            }
        }
    });
}

#[test]
fn lists_and_tuples_move_references() {
    with_python(|py| {
        let item = list(py, []);
        let mut items = vec![int(py, 1), item.clone().into_any(), item.clone().into_any()];
        let made = PyList::from_tail(py, &mut items, 1).expect("a list");
        assert_eq!((items.len(), references(&item)), (1, 3));
        assert_eq!(text(&made), "[[], []]");
        made.append(&int(py, 5)).expect("appended");
        let mut more = vec![int(py, 6)];
        made.append_tail(&mut more, 0).expect("extended");
        assert!(more.is_empty());
        assert_eq!(text(&made.get_item(3).expect("there")), "6");
        assert!(made.get_item(4).is_none());
        drop(made);
        assert_eq!(references(&item), 1);
        let pair = PyTuple::pack(py, [int(py, 1), item.clone().into_any()]).expect("a tuple");
        let (first, second) = pair.as_pair().expect("two");
        assert_eq!((text(&first), text(&second)), ("1".to_owned(), "[]".to_owned()));
        drop((pair, second));
        let one = PyTuple::pack(py, [first]).expect("a tuple");
        assert_eq!(text(&one), "(1,)");
        assert!(one.as_pair().is_none());
        assert_eq!(references(&item), 1);
    });
}

#[test]
fn dicts_are_filled_and_asked() {
    with_python(|py| {
        let value = list(py, []);
        let mut items = vec![int(py, 0)];
        for key in ["a", "b", "a", "c", "d", "e", "f", "g"] {
            items.extend([string(py, key).into_any(), value.clone().into_any()]);
        }
        let dict = PyDict::from_tail(py, &mut items, 1).expect("a dict");
        assert_eq!((items.len(), dict.len()), (1, 7));
        assert_eq!(references(&value), 8);
        items.extend([string(py, "h").into_any(), int(py, 1), string(py, "a").into_any(), int(py, 2)]);
        dict.update_from_tail(&mut items, 1).expect("filled");
        assert_eq!((items.len(), references(&value)), (1, 7));
        assert_eq!(text(&dict), "{'a': 2, 'b': [], 'c': [], 'd': [], 'e': [], 'f': [], 'g': [], 'h': 1}");
        // What cannot be a key gives all references up.
        for update in [true, false] {
            let (no_key, x) = (list(py, []).into_any(), string(py, "x").into_any());
            items.extend([int(py, 5), value.clone().into_any(), no_key, value.clone().into_any(), x, py.None()]);
            let result = match update {
                true => dict.update_from_tail(&mut items, 1),
                false => PyDict::from_tail(py, &mut items, 1).map(drop),
            };
            assert!(text(&raised(py, result)).contains("unhashable"));
            assert_eq!((items.len(), references(&value)), (1, 8));
        }
        // Other keys than strings.
        items.extend([int(py, 1), int(py, 2), int(py, 3), int(py, 4)]);
        assert_eq!(text(&PyDict::from_tail(py, &mut items, 1).expect("a dict")), "{1: 2, 3: 4}");
        assert!(
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| PyDict::from_tail(py, &mut items, 0))).is_err()
        );
        assert_eq!(items.len(), 1);
        let (a, x) = (string(py, "a"), string(py, "x"));
        assert!(dict.contains_key(&a).expect("asked") && !dict.contains_key(&x).expect("asked"));
        let memo = PyDict::new(py).expect("a dict");
        let keys = [0; 2].map(|_| string(py, "long key"));
        let [first, second] = keys.map(|key| memo.set_default(&key, &key).expect("a str"));
        assert!(first.is(&second));
        assert_eq!(text(&memo.mapping_items().expect("a list")), "[('long key', 'long key')]");
        let ordered = py.import_attribute(c"collections", c"OrderedDict").expect("a type");
        let ordered = ordered.call1(&memo).expect("a dict");
        assert_eq!(text(&ordered.mapping_items().expect("a list")), "[('long key', 'long key')]");
        raised(py, int(py, 1).mapping_items());
    });
}

#[test]
fn values_are_what_they_are() {
    with_python(|py| {
        let view = |object: &Bound<'_>| format!("{:?}", object.value());
        assert_eq!(view(&py.None()), "None");
        assert_eq!(view(&PyBool::new(py, true)), "True");
        assert_eq!(view(&PyBool::new(py, false)), "False");
        assert_eq!(view(&string(py, "ab")), "Str(Ucs1([97, 98]))");
        assert_eq!(view(&string(py, "\u{20ac}")), "Str(Ucs2([8364]))");
        for value in [0, -1, 1 << 40, i64::MAX, i64::MIN] {
            assert_eq!(view(&int(py, value)), format!("Int({value})"));
        }
        assert_eq!(view(&PyInt::from_decimal(py, c"9223372036854775808").expect("an int")), "BigInt");
        assert_eq!(view(&PyFloat::new(py, -0.5).expect("a float")), "Float(-0.5)");
        assert_eq!(view(&list(py, [])), "Sequence { exact: true, len: 0 }");
        assert_eq!(view(&PyTuple::pack(py, [py.None()]).expect("a tuple")), "Sequence { exact: true, len: 1 }");
        assert_eq!(view(&PyDict::new(py).expect("a dict")), "Dict { exact: true, len: 0 }");
        let ordered = py.import_attribute(c"collections", c"OrderedDict").expect("a type");
        assert_eq!(view(&ordered.call0().expect("a dict")), "Dict { exact: false, len: 0 }");
        assert_eq!(view(&ordered), "Other");
    });
}

/// How many items are read from a place on, what the last of them is, and whether there may be more.
fn items(sequence: &Bound<'_>, start: usize) -> (usize, String, bool) {
    let (mut position, mut last) = (ListPosition::at(start), String::new());
    let look = |_: Borrowed<'_, '_>, value: Value<'_>| {
        last = format!("{value:?}");
        ControlFlow::<()>::Continue(())
    };
    // SAFETY: a list in its section, or a tuple; nothing is done but looking.
    let read = sequence.with_list_section(|| unsafe { position.read(sequence, &mut Batch::new(), look) });
    assert_eq!(read, ControlFlow::Continue(()));
    (position.index() - start, last, !position.is_done())
}

/// The keys that are read next, until one that is asked for has been seen, and whether there may be more.
fn keys(dict: &Bound<'_>, position: &mut DictPosition, until: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let look = |(_, key): (Borrowed<'_, '_>, Value<'_>), _: (Borrowed<'_, '_>, Value<'_>)| {
        found.push(format!("{key:?}"));
        if found.last().is_some_and(|key| key == until) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    // SAFETY: nothing is done but looking.
    let read = dict.with_critical_section(|| unsafe { position.read(dict, &mut Batch::new(), look) });
    assert_eq!(read.is_break(), found.last().is_some_and(|key| key == until));
    (found, !position.is_done())
}

#[test]
fn batches_end_after_a_container_with_items() {
    with_python(|py| {
        let inner = list(py, [int(py, 0)]);
        let mut values: Vec<Bound<'_>> = (0..40).map(|value| int(py, value)).collect();
        values.insert(3, inner.clone().into_any());
        let object = list(py, values);
        let sequence = object.fast_sequence(c"no").expect("a list");
        assert!(sequence.is(&object));
        assert_eq!(items(&sequence, 0), (4, "Sequence { exact: true, len: 1 }".to_owned(), true));
        assert_eq!(references(&inner), 2);
        let (count, last, more) = items(&sequence, 4);
        assert_eq!((last, more), (format!("Int({})", count + 2), true));
        assert!(count < 37 && items(&sequence, 4 + count) == (37 - count, "Int(39)".to_owned(), false));
        assert_eq!(items(&sequence, 41), (0, String::new(), false));
        assert_eq!(items(&sequence, usize::MAX), (0, String::new(), false));
        // Reading can end at an item.
        let mut batch = Batch::new();
        let mut position = ListPosition::at(3);
        let take = |item: Borrowed<'_, '_>, _: Value<'_>| ControlFlow::Break(item.as_ptr());
        // SAFETY: nothing is done but looking.
        let taken = sequence.with_list_section(|| unsafe { position.read(&sequence, &mut batch, take) });
        assert_eq!((taken.break_value(), position.index()), (Some(inner.as_ptr()), 4));
        position = ListPosition::at(40);
        // SAFETY: as above.
        let last = sequence.with_list_section(|| unsafe { position.read(&sequence, &mut batch, take) });
        assert!(last.is_break() && position.is_done());
        position.resume();
        // SAFETY: as above.
        let none = sequence.with_list_section(|| unsafe { position.read(&sequence, &mut batch, take) });
        assert!(none.is_continue() && position.is_done());
        drop(sequence);
        let tuple = PyTuple::pack(py, [int(py, 1), int(py, 2)]).expect("a tuple");
        let sequence = tuple.fast_sequence(c"no").expect("a tuple");
        assert_eq!((items(&sequence, 0).0, items(&sequence, 1).0), (2, 1));
        let error = raised(py, int(py, 1).fast_sequence(c"no sequence"));
        assert_eq!(text(&error), "no sequence");
        drop(object);
        assert_eq!(references(&inner), 1);
    });
}

#[test]
fn a_list_is_read_while_inner_sections_begin_and_end() {
    with_python(|py| {
        let inner = list(py, [int(py, 0)]);
        let object = list(py, [inner.clone().into_any(), int(py, 1)]);
        let read = object.with_list_section(|| {
            let first = items(&inner, 0);
            // A section of the same object does not wait for itself.
            (first, items(&object, 0), items(&object, 1))
        });
        assert_eq!((read.0.0, read.1.0, read.2), (1, 1, (1, "Int(1)".to_owned(), false)));
        assert_eq!(text(&object.repr().expect("text")), "[[0], 1]");
    });
}

#[test]
fn ascii_text_is_written_in_place() {
    with_python(|py| {
        for len in 2..40 {
            let expected: String = ('!'..).take(len).collect();
            let fill = |out: &mut [MaybeUninit<u8>]| {
                assert_eq!(out.len(), expected.len());
                out.iter_mut().zip(expected.bytes()).for_each(|(to, from)| _ = to.write(from));
            };
            // SAFETY: all is filled, with ASCII.
            let object = unsafe { PyStr::from_ascii_with(py, len, fill) }.expect("a str");
            assert_eq!(text(&object), expected);
            // The same with every length of the pieces, of which the last is copied by its ends.
            let (start, end) = expected.as_bytes().split_at(1);
            // SAFETY: both are ASCII.
            let object = unsafe { PyStr::from_ascii(py, [start, end]) }.expect("a str");
            assert_eq!(text(&object), expected);
        }
    });
}

#[test]
fn one_wide_character_at_any_place_is_seen() {
    with_python(|py| {
        for len in 1..40 {
            for at in 0..len {
                let units: Vec<u8> = (0..len).map(|index| if index == at { 0xE9 } else { b'a' }).collect();
                let expected: String = units.iter().copied().map(char::from).collect();
                assert_eq!(text(&PyStr::from_data(py, StrData::Ucs1(&units)).expect("a str")), expected);
            }
        }
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
                    _ => string(py, &format!("k{value}")).into_any(),
                };
                expected.push(format!("{:?}", key.value()));
                pairs.extend([key, if value == 2 { inner.clone().into_any() } else { int(py, value) }]);
            }
            let dict = PyDict::new(py).expect("a dict");
            for pair in pairs.chunks(2) {
                dict.set_item(&pair[0], &pair[1]).expect("set");
            }
            dict.del_item(&pairs[8]).expect("deleted");
            expected.remove(4);
            drop(pairs);
            let mut position = DictPosition::default();
            let (mut found, mut more) = keys(&dict, &mut position, "");
            assert_eq!((found.len(), more, references(&inner)), (3, true, 2));
            while more {
                // The pair after the one where it breaks off comes next.
                let next = keys(&dict, &mut position, &expected[7]);
                found.extend(next.0);
                more = next.1;
            }
            assert_eq!(found, expected);
            assert_eq!(keys(&dict, &mut position, ""), (Vec::new(), false));
        }
        assert_eq!(references(&inner), 1);
        assert_eq!(keys(&inner, &mut DictPosition::default(), ""), (Vec::new(), false));
    });
}

#[test]
fn calls_and_exceptions() {
    with_python(|py| {
        let (len, max) = (builtin(py, c"len"), builtin(py, c"max"));
        assert_eq!(text(&len.call1(&string(py, "abc")).expect("a length")), "3");
        let (one, two) = (int(py, 1), int(py, 2));
        assert_eq!(text(&max.call([&one, &two]).expect("an int")), "2");
        raised(py, len.call1(&one));
        raised(py, py.import_attribute(c"builtins", c"no_such_name"));

        let error = PyErr::from_value(&builtin(py, c"StopIteration"), &one);
        assert!(error.matches::<PyStopIteration>(py));
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "1");
        let error = PyTypeError::with_type_name(c"not ", &one, 2);
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "not in");
        let error = PyValueError::with_repr(c"bad: ", &string(py, "x"));
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "bad: 'x'");

        let error = PyValueError::new_err(py, "inner").set_aside(py, || Ok(()));
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "inner");
        let error = PyValueError::new_err(py, "inner").set_aside(py, || Err(PyTypeError::new_err(py, "other")));
        assert_eq!(text(&raised(py, Err::<(), _>(error))), "other");
    });
}

#[test]
fn recursion_ends_with_an_exception() {
    fn deeper(py: Python<'_>, depth: &mut u64) -> PyResult<()> {
        *depth += 1;
        py.with_recursion(c" in a test", || deeper(py, depth))
    }
    with_python(|py| {
        assert_eq!(py.with_recursion(c" in a test", || Ok(1)).expect("no error"), 1);
        let mut depth = 0;
        let error = raised(py, deeper(py, &mut depth));
        assert!(text(&error).contains("in a test"));
        assert!(depth > 100);
    });
}

#[test]
fn warnings_become_exceptions() {
    with_python(|py| {
        let filter = |action: &str| {
            let set = py.import_attribute(c"warnings", c"simplefilter").expect("a function");
            set.call([string(py, action).as_any()]).expect("a filter");
        };
        filter("ignore");
        assert!(warn::<PyDeprecationWarning>(py, "old").is_ok());
        filter("error");
        let message = string(py, "\u{20ac} is old");
        let warning = raised(py, warn::<PyDeprecationWarning>(py, &message));
        filter("default");
        assert!(warning.is_instance_of::<PyDeprecationWarning>());
        assert_eq!(text(&warning), "\u{20ac} is old");
    });
}

#[test]
fn hooks_get_the_arguments() {
    with_python(|py| {
        // The hook stays for the rest of the process. It raises an exception for arguments other than strs, of the event of this test
        // alone.
        let source = string(py, "lambda event, arguments: event == 'test.event' and ''.join(arguments)");
        let hook = builtin(py, c"eval").call([source.as_any(), &PyDict::new(py).expect("a dict")]).expect("a function");
        py.import_attribute(c"sys", c"addaudithook").expect("a function").call([&hook]).expect("a hook");
        assert!(audit(py, c"test.event", []).is_ok());
        assert!(audit(py, c"test.event", [&string(py, "a"), &string(py, "b"), &string(py, "c")]).is_ok());
        let error = raised(py, audit(py, c"test.event", [&string(py, "a"), &int(py, 2)]));
        assert_eq!(text(&error), "sequence item 1: expected str instance, int found");
        // A single tuple is one argument.
        let globals = PyDict::new(py).expect("a dict");
        let pair = builtin(py, c"eval").call([string(py, "('a', 'b')").as_any(), &globals]).expect("a tuple");
        let error = raised(py, audit(py, c"test.event", [&pair]));
        assert_eq!(text(&error), "sequence item 0: expected str instance, tuple found");
    });
}

#[test]
fn a_text_knows_whether_it_is_ascii() {
    with_python(|py| {
        for (sample, is_ascii) in [("", true), ("abc\u{7f}", true), ("\u{e9}", false), ("\u{20ac}", false)] {
            assert_eq!(string(py, sample).is_ascii(), is_ascii);
        }
    });
}
