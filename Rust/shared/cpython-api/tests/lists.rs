//! The order of objects, and lists whose items are compared and moved while they are locked.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "nothing is taken over from C here")]
mod common;

use common::with_python;
use cpython_api::exceptions::*;
use cpython_api::types::*;
use cpython_api::{Bound, Numbered, Python};

/// The value of an expression.
fn eval<'py>(py: Python<'py>, source: &str) -> Bound<'py> {
    let eval = py.import_attribute(c"builtins", c"eval").expect("eval");
    let source = PyStr::new(py, source).expect("a str");
    let globals = PyDict::new(py).expect("a dict");
    eval.call([&source, &globals]).unwrap_or_else(|_| panic!("{}", source.to_string_lossy()))
}

fn list<'py>(py: Python<'py>, source: &str) -> Bound<'py, PyList> {
    eval(py, source).cast_into::<PyList>().expect("a list")
}

fn text(object: &Bound<'_>) -> String {
    object.repr().expect("a str").to_string_lossy().into_owned()
}

/// Objects of the types that are compared without Python code, in no order.
const EXACT: [&str; 5] = [
    "[s * (1 << k) + d for k in (0, 1, 15, 29, 30, 31, 45, 59, 60, 61, 63, 75, 89, 90, 91, 200) for d in (-1, 0, 1)
        for s in (1, -1)]",
    "[0.0, -0.0, 1.5, -1.5, 5e-324, 1e300, float('inf'), float('-inf'), float('nan')]",
    "['', '\\0', 'a', 'a\\0', 'aa', 'ab', 'b', '\\x7f', '\\xe9', '\\xff', '\\u0100', '\\u20ac', '\\ud800', '\\uffff',
        '\\U00010000', 'a' * 40, 'a' * 41, 'a' * 40 + '\\u20ac']",
    "[(), (1,), (1, 'a'), (1, 'b'), (1, 'a', None), (1, 'a', 0), (2,), (1, 1 << 70), (1, 1 << 71)]",
    "[(float('nan'), 1), (0.5, 1), (0.5, 2), (0.5, 2, 3), (0.0,), (-0.0, 5)]",
];

#[test]
fn exact_comparisons_are_those_of_the_types() {
    with_python(|py| {
        for source in EXACT {
            let items: Vec<_> = list(py, source).items().collect();
            for (left, right) in items.iter().flat_map(|left| items.iter().map(move |right| (left, right))) {
                match (left.exact_lt(right), left.lt(right)) {
                    (Some(exact), Ok(less)) => assert_eq!(exact, less, "{} < {}", text(left), text(right)),
                    // A tuple whose first item that differs is of another type.
                    (None, Err(error)) => error.clear(py),
                    _ => panic!("{} < {}", text(left), text(right)),
                }
            }
        }
    });
}

#[test]
fn nothing_else_is_compared_exactly() {
    with_python(|py| {
        for (left, right) in [
            ("1", "1.5"),
            ("True", "2"),
            ("True", "False"),
            ("None", "None"),
            ("b'a'", "b'b'"),
            ("[1]", "[2]"),
            ("1j", "2j"),
            ("(1,)", "(1.5,)"),
            ("((1,),)", "((2,),)"),
            ("(None, 1)", "(Ellipsis, 1)"),
            ("type('I', (int,), {})(1)", "type('I', (int,), {})(2)"),
            ("type('F', (float,), {})(1)", "2.0"),
            ("type('S', (str,), {})('a')", "'b'"),
            ("type('T', (tuple,), {})((1,))", "(2,)"),
        ] {
            assert_eq!(eval(py, left).exact_lt(&eval(py, right)), None, "{left} < {right}");
        }
    });
}

#[test]
fn items_of_a_sequence_are_compared_with_an_object() {
    with_python(|py| {
        let numbers = eval(py, "(1, 2.5, 1 << 70)");
        let other = eval(py, "2");
        let mut by_slot = true;
        let less: Vec<_> =
            (0..3).map(|index| numbers.item_lt(index, None, &other, &mut by_slot).expect("it")).collect();
        assert_eq!(less, [true, false, false]);
        let less: Vec<_> =
            (0..3).map(|index| numbers.lt_item(index, None, &other, &mut by_slot).expect("it")).collect();
        assert_eq!(less, [false, true, true]);
        let negative = eval(py, "int.__neg__");
        assert!(!numbers.lt_item(0, Some(&negative), &other, &mut by_slot).expect("an answer"));
        assert!(by_slot);
        let error = numbers.item_lt(3, None, &other, &mut by_slot).expect_err("past the end");
        assert!(error.matches::<PyIndexError>(py));
        error.clear(py);
        // The type of both does not decide: each is asked once, and then as for any two objects.
        let undecided = "[t := type('T', (), {'log': [], '__lt__': lambda s, o: s.log.append(0) or NotImplemented,
            '__gt__': lambda s, o: s.log.append(1) or True}), t(), t()]";
        let undecided = list(py, undecided);
        let (first, log) = (undecided.get_item(1).expect("it"), PyStr::intern(py, c"log").expect("a str"));
        assert!(undecided.item_lt(2, None, &first, &mut by_slot).expect("an answer") && !by_slot);
        assert!(undecided.item_lt(2, None, &first, &mut by_slot).expect("an answer"));
        assert_eq!(text(&first.getattr(&log).expect("the log")), "[0, 0, 1, 0, 1]");
    });
}

#[test]
fn only_sequences_have_items_by_index() {
    with_python(|py| {
        for (source, has) in [("[]", true), ("()", true), ("{}", false), ("set()", false), ("''", true), ("1", false)] {
            let object = eval(py, source);
            assert_eq!(object.has_sq_item(), has, "{source}");
            if !has {
                let error = object.get_index(0).expect_err("no items");
                assert!(error.matches::<PyTypeError>(py));
                error.clear(py);
            }
        }
        assert_eq!(eval(py, "'abc'").sequence_len().expect("a length"), 3);
        let error = eval(py, "{1: 2}").sequence_len().expect_err("a mapping");
        assert!(error.matches::<PyTypeError>(py));
        error.clear(py);
    });
}

#[test]
fn items_of_a_locked_list() {
    with_python(|py| {
        let numbers = list(py, "[3, 1, 2, 'a']");
        let two = eval(py, "2");
        let comparand = two.as_comparand();
        numbers.with_locked(|items| {
            assert_eq!((items.len(), items.is_empty()), (4, false));
            assert!(matches!((items.lt(0, 1), items.lt(1, 0)), (Ok(Some(false)), Ok(Some(true)))));
            assert!(matches!((items.lt(0, 4), items.lt(4, 0)), (Ok(None), Ok(None))));
            assert_eq!(
                [items.item_exact_lt(1, comparand), items.exact_lt_item(comparand, 1)],
                [Some(true), Some(false)]
            );
            assert_eq!([items.item_exact_lt(4, comparand), items.exact_lt_item(comparand, 3)], [None; 2]);
            items.prefetch(2);
            items.prefetch(usize::MAX);
            items.swap(0, 2);
            items.swap(0, 4);
        });
        assert_eq!(text(&numbers), "[2, 1, 3, 'a']");
        assert!(PyList::empty(py).expect("a list").with_locked(|items| items.is_empty()));
    });
}

#[test]
fn python_code_may_change_a_locked_list() {
    with_python(|py| {
        let changes = list(
            py,
            "(lambda items: (t := type('T', (), {'__lt__': lambda s, o: items.clear() or items.append(s) or True}),
                items.extend([t(), t(), t()]), items)[2])([])",
        );
        changes.with_locked(|items| {
            assert!(matches!(items.lt(0, 2), Ok(Some(true))));
            assert_eq!(items.len(), 1);
            assert!(matches!(items.lt(0, 1), Ok(None)));
        });
        let fails = list(py, "[1, 'a']");
        let Err(raised) = fails.with_locked(|items| items.lt(0, 1)) else { panic!("no exception") };
        let error = raised.into_err(py);
        assert!(error.matches::<PyTypeError>(py));
        error.clear(py);
    });
}

#[test]
fn items_are_inserted_wherever_there_is_a_place() {
    with_python(|py| {
        let none = py.None();
        for len in [0_usize, 1, 5, 100, 1000] {
            for index in [0, 1, len / 2, len.saturating_sub(17), len.saturating_sub(16), len, len + 1, usize::MAX] {
                let numbers = list(py, &format!("list(range({len}))"));
                numbers.insert(index, &none).expect("room");
                let mut expected: Vec<_> = (0..len).map(|value| value.to_string()).collect();
                expected.insert(index.min(len), "None".to_owned());
                assert_eq!(text(&numbers), format!("[{}]", expected.join(", ")));
            }
        }
    });
}

#[test]
fn items_are_exchanged_appended_and_taken_from_the_end() {
    with_python(|py| {
        let numbers = list(py, "list(range(99))");
        let (first, second, third) = (py.None().unbind(), py.None().unbind(), py.None().unbind());
        let (exchanged, refused) = numbers.with_locked(|items| {
            let exchanged = items.exchange(1, first);
            let refused = items.exchange(99, second);
            assert!(items.append(third).is_ok() && items.len() == 100);
            (exchanged, refused)
        });
        assert_eq!(text(&exchanged.expect("a place").into_bound(py)), "1");
        assert!(refused.expect_err("no place").into_bound(py).is_none());
        for left in (0..100).rev() {
            let item = numbers.with_locked(|items| items.pop()).expect("an answer").expect("an item").into_bound(py);
            assert_eq!(text(&item), if left == 1 || left == 99 { "None".to_owned() } else { left.to_string() });
            assert_eq!(numbers.len(), left);
        }
        assert!(numbers.with_locked(|items| items.pop()).expect("an answer").is_none());
    });
}

#[test]
fn numbers_are_reordered_by_their_values() {
    with_python(|py| {
        for (source, reversed) in [
            ("[1, -1 << 59, (1 << 60) - 1, 0]", "[0, 1152921504606846975, -576460752303423488, 1]"),
            ("[1.5, float('nan'), -0.0]", "[-0.0, nan, 1.5]"),
        ] {
            let numbers = list(py, source);
            let passed = numbers.with_locked(|items| {
                items.reorder_numbers(|numbers| match numbers {
                    Numbered::Ints(items) => {
                        assert!(items[0].key == 1 && items[1].key == -1 << 59);
                        items.reverse();
                    }
                    Numbered::Floats(items) => {
                        assert!(items[0].key == 1.5 && items[1].key.is_nan());
                        items.reverse();
                    }
                })
            });
            assert!(passed);
            assert_eq!(text(&numbers), reversed);
        }
        for source in ["[]", "[1, 1 << 60]", "[1, -1 << 60]", "[1, True]", "[1, 2.0]", "[2.0, 1]", "['a']"] {
            let numbers = list(py, source);
            assert!(!numbers.with_locked(|items| items.reorder_numbers(|_| panic!("passed"))), "{source}");
        }
    });
}
