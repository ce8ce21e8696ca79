//! What threads share without a lock for each use: references that are replaced, values that many read, and tuples.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "nothing is taken over from C here")]
mod common;

use common::with_python;
use cpython_api::types::*;
use cpython_api::{
    BiasedLock, Borrowed, Bound, Instance, InstanceData, Own, PyResult, Python, SharedRef, StripedLock, Thread,
    TupleItems, instance_slots, new_object, rust_instance,
};
use cpython_sys as ffi;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::thread;

const THREADS: usize = 4;

/// The value of an expression.
fn eval<'py>(py: Python<'py>, source: &str) -> Bound<'py> {
    let eval = py.import_attribute(c"builtins", c"eval").expect("eval");
    let source = PyStr::new(py, source).expect("a str");
    let globals = PyDict::new(py).expect("a dict");
    eval.call([&source, &globals]).unwrap_or_else(|_| panic!("{}", source.to_string_lossy()))
}

fn tuple<'py>(py: Python<'py>, source: &str) -> Bound<'py, PyTuple> {
    eval(py, source).cast_into::<PyTuple>().expect("a tuple")
}

fn text(object: &Bound<'_>) -> String {
    object.repr().expect("a str").to_string_lossy().into_owned()
}

#[test]
fn an_immortal_object_stays_immortal_after_a_shared_reference_is_replaced() {
    with_python(|py| {
        let place = SharedRef::<PyAny>::new(None);
        for source in ["None", "1", "'a'", "()", "None"] {
            place.set(py, Some(eval(py, source)));
        }
        // The collector gives up the references that are queued.
        eval(py, "__import__('gc').collect()");
        assert_eq!(
            text(&eval(py, "[*map(__import__('sys')._is_immortal, (None, 1, 'a', ()))]")),
            "[True, True, True, True]"
        );
    });
}

#[test]
fn a_shared_reference_is_replaced_while_others_read() {
    let place = SharedRef::<PyList>::new(None);
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (place, barrier) = (&place, &barrier);
            scope.spawn(move || {
                with_python(|py| {
                    py.detach(|| barrier.wait());
                    for round in 0..2_000 {
                        if number == 0 || round % 100 == 0 {
                            place.set(py, Some(eval(py, "[1, 2, 3]").cast_into().expect("a list")));
                        } else if let Some(list) = place.get(py) {
                            assert_eq!(list.len(), 3);
                        }
                    }
                });
            });
        }
    });
    with_python(|py| {
        assert!(!place.is_empty());
        place.set(py, None);
        assert!(place.get(py).is_none());
        let made = place.get_or_try_init(py, || PyList::empty(py)).expect("a list");
        assert!(place.get_or_try_init(py, || unreachable!("there is one")).expect("a list").is(&made));
        place.into_inner().expect("a list").drop_ref(py);
    });
}

#[test]
fn a_striped_lock_has_one_writer_or_many_readers() {
    const ROUNDS: usize = 3_000;
    let lock = StripedLock::new((0_usize, 0_usize), || 0_usize);
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (lock, barrier) = (&lock, &barrier);
            scope.spawn(move || {
                with_python(|py| {
                    py.detach(|| barrier.wait());
                    for round in 0..ROUNDS {
                        if (round + number).is_multiple_of(THREADS) {
                            lock.write(py, |pair, _| {
                                assert_eq!(pair.0, pair.1);
                                pair.0 += 1;
                                thread::yield_now();
                                pair.1 += 1;
                            });
                        } else {
                            lock.read(py, |pair, count| {
                                assert_eq!(pair.0, pair.1);
                                *count += 1;
                            });
                        }
                    }
                });
            });
        }
    });
    let writes = THREADS * ROUNDS / THREADS;
    with_python(|py| {
        let reads = lock.write(py, |_, counts| counts.iter().map(|count| **count).sum::<usize>());
        assert_eq!(reads, THREADS * ROUNDS - writes);
    });
    assert_eq!(lock.into_inner(), (writes, writes));
}

#[test]
fn tuples_lend_their_items() {
    with_python(|py| {
        let items = tuple(py, "(1, 'a', None)");
        assert_eq!(items.as_slice().len(), 3);
        assert!(items.as_slice()[2].is_none());
        assert!(tuple(py, "()").as_slice().is_empty());
        let copy = PyTuple::from_slice(py, items.as_slice()).expect("a tuple");
        assert_eq!(text(&copy), "(1, 'a', None)");
        let kept = TupleItems::new(copy);
        assert!(kept.as_slice(py)[1].is(&items.as_slice()[1]));
        kept.into_tuple().drop_ref(py);
        let [first, second, _] = items.as_slice() else { unreachable!("three items") };
        let function = eval(py, "lambda *a, **k: (a, k)");
        let names = tuple(py, "('x',)");
        assert_eq!(text(&function.vectorcall(&[*first, *second], None).expect("a result")), "((1, 'a'), {})");
        let named = function.vectorcall(&[*first, *second], Some(&names)).expect("a result");
        assert_eq!(text(&named), "((1,), {'x': 'a'})");
    });
}

#[test]
fn equality_without_python_code_is_that_of_the_containers() {
    with_python(|py| {
        let objects = tuple(
            py,
            "(0, 1, -1, 2**40, 2**100, -2**100, True, False, None, 0.0, -0.0, 1.5, float('nan'), '', 'a', '\\u20ac', b'', b'a',
              int, str, (), (1,), (1, 'a'), (1, 'b'), (1, (2, 3)), (1, (2, 4)), [], 1j)",
        );
        let mut known = 0;
        for left in objects.as_slice() {
            for right in objects.as_slice() {
                let Some(equal) = left.exact_eq(right) else { continue };
                known += 1;
                assert_eq!(equal, left.eq(right).expect("an answer"), "{} == {}", text(left), text(right));
            }
        }
        assert!(known > 500, "{known} of {}", objects.len().pow(2));
        assert_eq!(eval(py, "1").exact_eq(&eval(py, "1.0")), None);
        assert_eq!(tuple(py, "(1, 'a')").exact_eq_items(tuple(py, "(1, 'a')").as_slice()), Some(true));
        assert_eq!(tuple(py, "(1, 'a')").exact_eq_items(tuple(py, "(1,)").as_slice()), Some(false));
        assert_eq!(tuple(py, "(1, [])").exact_eq_items(tuple(py, "(1, [])").as_slice()), None);
        for source in ["5", "-1", "2**70", "'a'"] {
            let object = eval(py, source);
            assert_eq!(object.hash_int_or_str(), Some(object.hash().expect("a hash")));
        }
        assert_eq!(eval(py, "True").hash_int_or_str(), None);
        let answer = eval(py, "-2**70").exact_compare_with_zero(CompareOp::Lt).expect("an int");
        assert!(answer.is_truthy().expect("a bool"));
        assert!(eval(py, "1.0").exact_compare_with_zero(CompareOp::Lt).is_none());
    });
}

#[test]
fn dicts_are_seen_at_one_moment() {
    with_python(|py| {
        let dict = eval(py, "{'a': 1, 2: [3]}").cast_into::<PyDict>().expect("a dict");
        let (keys, values, count) = dict.snapshot::<4>().expect("few items");
        assert_eq!(count, 2);
        let all = keys.iter().chain(&values).flatten().map(|object| text(object)).collect::<Vec<_>>();
        assert_eq!(all, ["'a'", "2", "1", "[3]"]);
        assert!(dict.snapshot::<1>().is_none());
        dict.update(&eval(py, "{'a': 5}").cast_into::<PyDict>().expect("a dict")).expect("a status");
        assert_eq!(text(&dict), "{'a': 5, 2: [3]}");
    });
}

#[test]
fn a_repr_in_itself_is_noticed() {
    with_python(|py| {
        let list = eval(py, "[]");
        let nested = list.with_repr_guard(|| list.with_repr_guard(|| Ok(()))).expect("no exception");
        assert_eq!(nested, Some(None));
        let again: PyResult<Option<u8>> = list.with_repr_guard(|| Ok(1));
        assert_eq!(again.expect("no exception"), Some(1));
        let class = list.get_type();
        assert_eq!(text(&class.qualname().expect("a name")), "'list'");
        assert_eq!(text(&class.module_name().expect("a name")), "'builtins'");
        assert!(list.has_type_of(&eval(py, "[1]")) && !list.has_type_of(&eval(py, "()")));
        assert!(list.is_instance_of_type(&class));
        let _: Borrowed<'_, '_> = list.as_borrowed();
    });
}

/// Two numbers that are equal when the lock is not held.
struct Pair(BiasedLock<(usize, usize)>);

impl InstanceData for Pair {
    fn release(self, _py: Python<'_>) {
        let (first, second) = self.0.into_inner();
        assert_eq!(first, second);
    }
}

fn pair(py: Python<'_>) -> Bound<'_, Instance<Pair>> {
    extern "C" fn slots() -> rust_instance {
        instance_slots::<Pair>()
    }
    // SAFETY: the thread is attached.
    let class = unsafe { ffi::shim_test_type(Some(slots)) };
    // SAFETY: the class is that of objects with a `Pair`. The reference is never released.
    let made = unsafe { new_object(py, class, Pair(BiasedLock::new((0, 0)))) }.expect("an object");
    // SAFETY: it was made with a `Pair`.
    unsafe { made.cast_into_unchecked() }
}

#[test]
fn a_biased_lock_is_held_once() {
    with_python(|py| {
        let object = pair(py);
        let object = object.as_borrowed();
        let guard = object.lock_as_owner(|data| &data.0).expect("this thread has made the object");
        assert!(object.lock_as_owner(|data| &data.0).is_none());
        // That revokes the bias.
        assert!(object.try_lock(|data| &data.0).is_none());
        drop(guard);
        assert!(object.lock_as_owner(|data| &data.0).is_none());
        drop(object.try_lock(|data| &data.0).expect("nobody holds it"));
        drop(object.lock(|data| &data.0));
        drop(object.data().0.lock(py));
    });
}

#[test]
fn the_owner_of_a_biased_lock_is_that_of_its_object() {
    with_python(|py| {
        let [object, other] = [pair(py), pair(py)];
        let [object, other] = [object.as_borrowed(), other.as_borrowed()];
        let locked = catch_unwind(AssertUnwindSafe(|| object.lock_as_owner(|_| &other.data().0).is_some()));
        assert!(locked.is_err());
    });
}

#[test]
fn a_biased_lock_serves_one_thread_at_a_time() {
    const ROUNDS: usize = 3_000;
    let object = with_python(|py| pair(py).unbind());
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (object, barrier) = (&object, &barrier);
            scope.spawn(move || {
                with_python(|py| {
                    py.detach(|| barrier.wait());
                    let object = object.bind(py);
                    for round in 0..ROUNDS {
                        let mut pair = loop {
                            let tried = match (round + number) % 3 {
                                0 => object.lock_as_owner(|data| &data.0).or_else(|| object.try_lock(|data| &data.0)),
                                1 => object.try_lock(|data| &data.0),
                                _ => Some(object.lock(|data| &data.0)),
                            };
                            match tried {
                                Some(pair) => break pair,
                                None => py.detach(thread::yield_now),
                            }
                        };
                        assert_eq!(pair.0, pair.1);
                        pair.0 += 1;
                        thread::yield_now();
                        pair.1 += 1;
                    }
                });
            });
        }
    });
    with_python(|py| {
        assert_eq!(*object.bind(py).lock(|data| &data.0), (THREADS * ROUNDS, THREADS * ROUNDS));
        object.drop_ref(py);
    });
}

#[test]
fn a_thread_has_the_number_that_c_has_of_it() {
    let both = || {
        // SAFETY: the function can be called at any time.
        (ffi::thread_id(), unsafe { ffi::shim_thread_id() })
    };
    let (here, in_c) = both();
    assert_eq!(here, in_c);
    let (there, in_c) = thread::spawn(both).join().expect("the thread ends");
    assert_eq!(there, in_c);
    assert_ne!(here, there);
}

fn read<'a>(py: Python<'_>, place: &'a AtomicPtr<ffi::PyObject>) -> Option<Own<'a>> {
    // SAFETY: the place has a live object; the test uses each result at once.
    unsafe { Thread::current(py).read(place) }
}

#[test]
fn a_thread_owns_the_objects_that_it_has_made() {
    with_python(|py| {
        let list = eval(py, "[]");
        let place = AtomicPtr::new(list.as_ptr());
        // SAFETY: a live object.
        let count = || unsafe { ffi::Py_REFCNT(list.as_ptr()) };
        let (thread, before) = (Thread::current(py), count());
        let more = thread.new_reference(read(py, &place).expect("an object of this thread"));
        assert!(more.is(&list) && count() == before + 1);
        thread.release(more);
        assert_eq!(count(), before);
        assert!(thread.owns(list.as_borrowed()) && list.as_borrowed().has_type(list.get_type().as_type_ptr()));
        // SAFETY: a live object, which is used at once.
        assert!(unsafe { thread.own(list.as_ptr()) }.is_some_and(|list| !list.is_none() && list.str_len().is_none()));
        py.detach(|| {
            thread::scope(|scope| {
                scope.spawn(|| with_python(|py| assert!(read(py, &place).is_none(), "an object of another thread")));
            });
        });
        place.store(list.as_ptr().map_addr(|address| address | 1), Ordering::Relaxed);
        assert!(read(py, &place).is_none());
        place.store(py.None().into_ptr(), Ordering::Relaxed);
        assert!(read(py, &place).is_some_and(|object| object.is_none()));
        let text = eval(py, "'text' * 2");
        place.store(text.as_ptr(), Ordering::Relaxed);
        let equal = |other: &Bound<'_>| read(py, &place).and_then(|text| text.equals(other.as_borrowed()));
        assert_eq!(equal(&text), Some(true));
        assert_eq!(equal(&eval(py, "'texttext'")), Some(true));
        assert_eq!(equal(&eval(py, "'textTEXT'")), Some(false));
        assert_eq!(equal(&eval(py, "'text'")), Some(false));
        assert_eq!(equal(&eval(py, "1")), None);
    });
}
