//! Numbers of the safe layer, one by one and in blocks, at work in an interpreter of its own.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{owned, with_python};
use cpython_api::{
    BLOCK, Bound, Doubles, FloatRepr, IntView, Item, Items, Number, Numbers, Objects, Python, bool_object,
    check_signals, complex_as_parts, complex_new, float_as_double, float_new, int_from_f64, int_from_i64,
    int_from_limbs, int_from_u64, is_exact_float, is_exact_int, is_int, number_absolute, number_add,
    number_floor_divide, number_index, number_multiply, number_subtract, number_true_divide, small_int, small_number,
    tuple_of_two,
};
use cpython_sys as ffi;

fn bytes<'py>(py: Python<'py>, content: &[u8]) -> Bound<'py> {
    // SAFETY: the content has as many bytes as it says, and the call returns a new reference.
    owned(py, unsafe { ffi::PyBytes_FromStringAndSize(content.as_ptr().cast(), content.len() as isize) })
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
        let values = [float_new(py, 1.5), Ok(bool_object(py, true)), int_from_u64(py, u64::MAX)]
            .map(|value| value.expect("one"));
        let first = tuple_of_two(values[0].clone(), values[1].clone()).expect("a tuple");
        let mixed = tuple_of_two(values[1].clone(), values[2].clone()).expect("a tuple");
        let mut numbers = Numbers::new();
        let mut items = Items::new(first.as_borrowed()).expect("items");
        items.next_numbers(BLOCK, &mut numbers);
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [Number::Float(1.5), Number::Bool(true)]);
        assert!(numbers.are_floats(1) && !numbers.are_floats(2));
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
        let tuple = iterable.to_tuple().expect("a tuple");
        assert_eq!(tuple.len(), 2);
        assert!(matches!(Items::of_tuple(&tuple).next_item(), Ok(Item::Number(Number::Int(97)))));
    });
}

#[test]
fn doubles_are_read_without_running_code() {
    with_python(|py| {
        let values =
            [float_new(py, 1.5), int_from_i64(py, i64::MIN), int_from_u64(py, u64::MAX), Ok(bool_object(py, true))]
                .map(|value| value.expect("one"));
        let known = [Some(1.5), Some(i64::MIN as f64), Some(u64::MAX as f64), Some(1.0)];
        for (value, expected) in values.iter().zip(known) {
            assert_eq!(small_number(value.as_borrowed()), expected);
        }
        assert_eq!(small_int(values[0].as_borrowed()), None);
        assert_eq!(small_int(values[1].as_borrowed()), Some(i64::MIN));
        assert_eq!(small_int(values[2].as_borrowed()), None);

        let mut doubles = Doubles::new();
        let plain = tuple_of_two(values[1].clone(), values[0].clone()).expect("a tuple");
        assert!(doubles.read_sequence(plain.as_borrowed()));
        assert_eq!(doubles.as_mut_slice(), [i64::MIN as f64, 1.5]);
        let too_long = int_from_limbs(py, false, &[1; 17]).expect("an int");
        assert_eq!(small_number(too_long.as_borrowed()), None);
        let odd = tuple_of_two(values[0].clone(), too_long).expect("a tuple");
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
