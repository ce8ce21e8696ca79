//! Numbers of the safe layer, one by one and in blocks, at work in an interpreter of its own.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{owned, with_python};
use cpython_api::types::{IntoPyInt, PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyTuple};
use cpython_api::{
    BLOCK, Bound, Doubles, IntView, Item, Items, Number, Numbers, Objects, Pairs, Python, times, urandom,
};
use cpython_sys as ffi;

fn bytes<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py> {
    PyBytes::new(py, content).expect("bytes").into_any()
}

fn int(py: Python<'_>, value: impl IntoPyInt) -> Bound<'_> {
    PyInt::new(py, value).expect("an int").into_any()
}

fn float(py: Python<'_>, value: f64) -> Bound<'_> {
    PyFloat::new(py, value).expect("a float").into_any()
}

fn pair<'py>(first: &Bound<'py>, second: &Bound<'py>) -> Bound<'py> {
    PyTuple::pack(first.py(), [first.clone(), second.clone()]).expect("a tuple").into_any()
}

#[test]
fn numbers_make_the_round_trip() {
    with_python(|py| {
        for value in [0.0, -1.0, f64::INFINITY] {
            let object = float(py, value);
            assert!(object.is_exact_instance_of::<PyFloat>() && !object.is_instance_of::<PyInt>());
            assert_eq!(object.as_f64().ok(), Some(value));
            assert_eq!(object.as_complex().ok(), Some((value, 0.0)));
        }
        let z = PyComplex::new(py, -1.0, 2.5).expect("a complex");
        assert_eq!(z.as_complex().ok(), Some((-1.0, 2.5)));
        let floor = PyInt::from_f64(py, -2.5).expect("an int").into_any();
        for (value, small) in [(int(py, -7), -7), (int(py, 9_u64), 9), (floor, -2)] {
            assert!(value.is_exact_instance_of::<PyInt>());
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
                let int = PyInt::from_limbs(py, negative && !limbs.is_empty(), limbs).expect("an int");
                let view = int.view().expect("a view");
                let mut back = vec![7; view.limb_len() + 1];
                view.copy_limbs(&mut back);
                back.truncate(limbs.len());
                assert_eq!(back, limbs);
                assert_eq!(view.is_negative(), negative && !limbs.is_empty());
                let (top, _, bits) = view.top_bits();
                assert_eq!(u32::from(top == 0), u32::from(bits == 0));
            }
        }
        let int = PyInt::from_limbs(py, false, &[1, 0, 1 << 62]).expect("an int");
        let view = int.view().expect("a view");
        assert_eq!(view.top_bits(), (1 << 63, true, 191));
    });
}

#[test]
fn words_make_ints_of_any_length() {
    with_python(|py| {
        // Lengths around those of groups, of what is asked for at a time, and of a top digit that is zero.
        for count in (0..70).chain([479, 480, 481, 494, 495, 496, 959, 960, 961, 1000, 5000]) {
            for top in [0, 1, u32::MAX] {
                let mut words: Vec<u32> = (0..count as u32).map(|index| index.wrapping_mul(0x9e37_79b9)).collect();
                if let Some(last) = words.last_mut() {
                    *last = top;
                }
                let limbs: Vec<u64> = words
                    .chunks(2)
                    .map(|pair| pair.iter().rev().fold(0, |limb, word| limb << 32 | u64::from(*word)))
                    .collect();
                let expected = PyInt::from_limbs(py, false, &limbs).expect("an int");
                let mut left = words.as_slice();
                let pieces = PyInt::from_pieces(py, count, |piece| {
                    let (now, later) = left.split_at(piece.len());
                    piece.copy_from_slice(now);
                    left = later;
                })
                .expect("an int");
                assert!(left.is_empty());
                for found in [PyInt::from_words(py, &words).expect("an int"), pieces] {
                    assert!(found.eq(&expected).expect("an answer"), "{count} {top}");
                }
            }
        }
        let none = PyInt::from_pieces(py, usize::MAX / 64, |_| unreachable!());
        assert!(none.is_err_and(|error| {
            error.clear(py);
            true
        }));
    });
}

#[test]
fn objects_are_longs_as_in_c() {
    with_python(|py| {
        for value in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(int(py, value).as_long().ok(), Some(value));
        }
        for value in [0, 1, u64::MAX, 1 << 63] {
            assert_eq!(int(py, value).as_unsigned_long().ok(), Some(value));
        }
        let too_long = PyInt::from_limbs(py, false, &[0, 1]).expect("an int").into_any();
        for object in [&too_long, &float(py, 1.0)] {
            for error in [object.as_long().map(drop), object.as_unsigned_long().map(drop)] {
                error.expect_err("no long").clear(py);
            }
        }
        int(py, -1).as_unsigned_long().expect_err("negative").clear(py);
    });
}

#[test]
fn the_system_has_entropy_and_times() {
    with_python(|py| {
        let mut buffers = [[0; 64]; 2];
        for buffer in &mut buffers {
            urandom(py, buffer).expect("entropy");
            assert!(buffer.iter().filter(|word| **word == 0).count() < 8);
        }
        assert_ne!(buffers[0], buffers[1]);
        let (time, monotonic) = times(py).expect("times");
        let (later_time, later) = times(py).expect("times");
        assert!(time > 1_700_000_000_000_000_000 && later_time > 0 && later >= monotonic);
    });
}

#[test]
fn items_come_in_blocks_and_one_by_one() {
    with_python(|py| {
        let values = [float(py, 1.5), PyBool::new(py, true).into_any(), int(py, u64::MAX)];
        let (first, mixed) = (pair(&values[0], &values[1]), pair(&values[1], &values[2]));
        let mut numbers = Numbers::new();
        let mut items = Items::new(first.as_borrowed()).expect("items");
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [Number::Float(1.5), Number::Bool(true)]);
        assert!(
            numbers.kinds_of(1).are_floats() && !numbers.kinds_of(2).are_floats() && !numbers.kinds_of(1).are_ints()
        );
        items.step_back(1);
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!((numbers.len(), numbers.get(0)), (1, Number::Bool(true)));
        assert!(matches!(items.next_item(), Ok(Item::End)));
        let mut items = Items::new(mixed.as_borrowed()).expect("items");
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!(numbers.len(), 1);
        assert!(matches!(items.next_item(), Ok(Item::Object(_))));
        assert!(matches!(items.next_item(), Ok(Item::End)));
        // One by one, numbers are the same as in a block.
        let mut items = Items::new(first.as_borrowed()).expect("items");
        assert!(matches!(items.next_item(), Ok(Item::Number(Number::Float(1.5)))));
        assert!(matches!(items.next_item(), Ok(Item::Number(Number::Bool(true)))));
        assert!(matches!(items.next_item(), Ok(Item::End)));
        let iterable = bytes(py, b"ab");
        let mut items = Items::new(iterable.as_borrowed()).expect("items");
        assert!(!items.in_blocks());
        assert!(matches!(items.next_item(), Ok(Item::Number(Number::Int(97)))));
        assert!(matches!(items.next_item(), Ok(Item::Number(Number::Int(98)))));
        assert!(matches!(items.next_item(), Ok(Item::End)));
        // An iterator is read up to the first number that is not below the limit.
        let (mut items, mut ahead) = (Items::new(iterable.as_borrowed()).expect("items"), Doubles::new());
        assert!(matches!(items.read_ahead(&mut ahead, BLOCK, 97.0), Ok(Item::Number(_))));
        assert_eq!(ahead.as_mut_slice(), [97.0]);
        assert!(matches!(items.read_ahead(&mut ahead, BLOCK, f64::INFINITY), Ok(Item::End)));
        assert_eq!(ahead.as_mut_slice(), [98.0]);
        let tuple = iterable.to_tuple().expect("a tuple");
        assert_eq!(tuple.len(), 2);
        assert!(matches!(Items::of_tuple(&tuple).next_item(), Ok(Item::Number(Number::Int(97)))));
    });
}

#[test]
fn pairs_of_two_tuples_have_one_kind() {
    with_python(|py| {
        let (one, two, half, large) = (int(py, 1), int(py, 2), float(py, 0.5), int(py, u64::MAX));
        let kind = |x: &Bound<'_>, y: &Bound<'_>| {
            Pairs::read(x.as_borrowed(), y.as_borrowed(), |pairs| match pairs {
                Pairs::Floats(x, y) => format!("{x:?} {y:?}"),
                Pairs::Ints(x, y) => format!("{x:?} {y:?}"),
            })
        };
        let ints = pair(&one, &two);
        assert_eq!(kind(&ints, &ints).as_deref(), Some("[1, 2] [1, 2]"));
        assert_eq!(kind(&ints, &pair(&half, &half)).as_deref(), Some("[1.0, 2.0] [0.5, 0.5]"));
        assert_eq!(kind(&ints, &pair(&one, &half)), None);
        assert_eq!(kind(&ints, &pair(&large, &one)), None);
        assert_eq!(kind(&ints, &one), None);
    });
}

#[test]
fn a_small_int_is_an_index() {
    with_python(|py| {
        for index in [0_i64, 1, 7, 256, 257, 2_000, (1 << 30) - 1] {
            let found = int(py, index).exact_small_index();
            // SAFETY: a constant.
            let expected = if unsafe { ffi::shim_digit_size } == 4 { usize::try_from(index).ok() } else { None };
            assert_eq!(found, expected);
        }
        for other in [int(py, -1_i64), int(py, -7_i64), int(py, i64::MIN), int(py, u64::MAX), float(py, 1.0)] {
            assert_eq!(other.exact_small_index(), None);
        }
        assert_eq!(PyBool::new(py, true).exact_small_index(), None);
    });
}

#[test]
fn doubles_are_read_without_running_code() {
    with_python(|py| {
        let values = [float(py, 1.5), int(py, i64::MIN), int(py, u64::MAX), PyBool::new(py, true).into_any()];
        let known = [Some(1.5), Some(i64::MIN as f64), Some(u64::MAX as f64), Some(1.0)];
        for (value, expected) in values.iter().zip(known) {
            assert_eq!(value.exact_f64(), expected);
        }
        assert_eq!(values[0].exact_i64(), None);
        assert_eq!(values[1].exact_i64(), Some(i64::MIN));
        assert_eq!(values[2].exact_i64(), None);

        let mut doubles = Doubles::new();
        let plain = pair(&values[1], &values[0]);
        assert!(doubles.read_sequence(plain.as_borrowed()));
        assert_eq!(doubles.as_mut_slice(), [i64::MIN as f64, 1.5]);
        let too_long = PyInt::from_limbs(py, false, &[1; 17]).expect("an int");
        assert_eq!(too_long.exact_f64(), None);
        let odd = pair(&values[0], &too_long);
        assert!(!doubles.read_sequence(odd.as_borrowed()));
        assert!(!doubles.read_sequence(values[0].as_borrowed()));

        // More than there is room for inside, as arguments and as a list.
        let many: Vec<_> = (0..BLOCK + 9).map(|_| values[0].as_ptr()).collect();
        // SAFETY: as many pointers to a live object.
        let objects = unsafe { Objects::from_raw(many.as_ptr(), many.len() as isize) };
        assert!(doubles.read_objects(objects));
        assert_eq!(doubles.as_mut_slice(), [1.5; BLOCK + 9]);
        let content = bytes(py, &[7; BLOCK + 9]);
        // SAFETY: the object is live, and the call returns a new reference.
        let list = owned(py, unsafe { ffi::PySequence_List(content.as_ptr()) });
        assert!(doubles.read_sequence(list.as_borrowed()));
        assert_eq!(doubles.as_mut_slice(), [7.0; BLOCK + 9]);

        let mut items = Items::new(list.as_borrowed()).expect("items");
        for _ in 0..2 {
            assert!(!items.next_doubles(&mut doubles));
            assert_eq!(doubles.len(), BLOCK);
            assert!(items.next_doubles(&mut doubles));
            assert_eq!(doubles.as_mut_slice(), [7.0; 9]);
            items.rewind();
        }
        let mut items = Items::new(odd.as_borrowed()).expect("items");
        assert!(!items.next_doubles(&mut doubles));
        assert_eq!(doubles.as_mut_slice(), [1.5]);
        assert!(matches!(items.next_item(), Ok(Item::Object(_))));
        let mut items = Items::new(content.as_borrowed()).expect("items");
        assert!(!items.next_doubles(&mut doubles));
        assert!(doubles.is_empty());
    });
}
