//! The storage of an array: every operation compared with a `Vec`, and readers without a lock while it changes.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "nothing is taken over from C here")]
mod common;

use common::with_python;
use cpython_api::types::{PyInt, PySlice, UnpackedSlice};
use cpython_api::{ItemStorage, OutBuf, Python, ResizeError};
use std::mem::MaybeUninit;
use std::ops::ControlFlow;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Marsaglia's xorshift64, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 to `most`.
    fn up_to(&mut self, most: usize) -> usize {
        (self.next() % (most as u64 + 1)) as usize
    }

    fn items(&mut self, count: usize) -> Vec<u32> {
        (0..count).map(|_| self.next() as u32).collect()
    }
}

fn bytes(items: &[u32]) -> Vec<u8> {
    items.iter().flat_map(|item| item.to_ne_bytes()).collect()
}

/// The slice from `start` on, up to `stop` if there is one.
fn slice(py: Python<'_>, start: usize, stop: Option<usize>, step: isize) -> UnpackedSlice {
    let int = |number: isize| PyInt::new(py, number).expect("an int").into_any();
    let stop = stop.map(|stop| int(stop as isize));
    let slice = PySlice::new(py, Some(&int(start as isize)), stop.as_ref(), Some(&int(step))).expect("a slice");
    slice.unpack().expect("numbers")
}

fn contents(storage: &ItemStorage<u8>, py: Python<'_>) -> Vec<u8> {
    let items = storage.lock(py);
    items.copy(0..items.len()).expect("memory")
}

#[test]
fn bytes_of_numbers_are_swapped() {
    with_python(|py| {
        let mut random = Random(21);
        // First without vector instructions, unless another test has asked for them.
        for round in 0..2 {
            for (item_size, number_size) in [(1, 1), (2, 2), (4, 4), (8, 8), (8, 4), (16, 8)] {
                for count in 0..70 {
                    let items: Vec<u8> = (0..count * item_size).map(|_| random.next() as u8).collect();
                    let storage = ItemStorage::new(b'x', item_size);
                    storage.lock(py).splice(0..0, &items).expect("memory");
                    storage.try_lock(py).expect("not locked").swap_bytes(number_size);
                    let swapped: Vec<u8> = items.chunks(number_size).flat_map(|n| n.iter().rev()).copied().collect();
                    assert_eq!(contents(&storage, py), swapped, "round {round}: {count} of {item_size}, {number_size}");
                    storage.release(py);
                }
            }
            cpu_level::Level::detect();
        }
    });
}

#[test]
fn all_items_are_copied_unless_they_do_not_fit_or_change() {
    with_python(|py| {
        let storage = ItemStorage::new(b'I', 4);
        let items = bytes(&Random(22).items(5));
        storage.lock(py).splice(0..0, &items).expect("memory");
        let mut room = [const { MaybeUninit::uninit() }; 30];
        let mut out = OutBuf::new(&mut room);
        assert!(storage.try_append_to(py, &mut out));
        assert_eq!(out.filled(), items);
        // There is room for 10 bytes more.
        assert!(!storage.try_append_to(py, &mut out));
        out.truncate(0);
        let locked = storage.lock(py);
        assert!(storage.try_lock(py).is_none());
        assert!(!storage.try_append_to(py, &mut out));
        drop(locked);
        assert!(out.is_empty());
        storage.release(py);
    });
}

#[test]
fn every_operation_does_what_a_vec_does() {
    with_python(|py| {
        let (storage, other) = (ItemStorage::new(b'I', 4), ItemStorage::new(b'I', 4));
        let mut model = Vec::<u32>::new();
        let mut random = Random(20);
        let others = random.items(50);
        other.lock(py).splice(0..0, &bytes(&others)).expect("memory");
        for round in 0..20_000 {
            let start = random.up_to(model.len());
            let end = start + random.up_to(model.len() - start);
            match random.up_to(9) {
                0 => {
                    let count = if round % 50 == 0 { 3_000 } else { 20 };
                    let count = random.up_to(count);
                    let new = random.items(count);
                    storage.lock(py).splice(start..end, &bytes(&new)).expect("memory");
                    model.splice(start..end, new);
                }
                1 => {
                    let new = random.items(1);
                    let len = model.len();
                    storage.lock(py).splice(len..len, &bytes(&new)).expect("memory");
                    model.extend(new);
                }
                2 => {
                    let new = random.items(end - start);
                    storage.lock(py).write(start, &bytes(&new));
                    model[start..end].copy_from_slice(&new);
                }
                3 => {
                    let to = random.up_to(model.len() - (end - start));
                    storage.lock(py).move_within(start..end, to);
                    model.copy_within(start..end, to);
                }
                4 => {
                    storage.lock(py).reverse_with(|block| {
                        let items: Vec<u32> =
                            block.as_chunks().0.iter().map(|item| u32::from_ne_bytes(*item)).collect();
                        let reversed: Vec<u32> = items.into_iter().rev().collect();
                        block.copy_from_slice(&bytes(&reversed));
                    });
                    model.reverse();
                }
                5 if model.len() < 2_000 => {
                    let times = random.up_to(3);
                    storage.lock(py).repeat(times).expect("memory");
                    model = model.repeat(times);
                }
                6 => {
                    let first = random.up_to(others.len());
                    let last = first + random.up_to(others.len() - first);
                    let (mut items, from) = storage.lock_two(&other, py).expect("two storages");
                    items.splice_items(start..end, &from, first..last).expect("memory");
                    model.splice(start..end, others[first..last].iter().copied());
                }
                7 => {
                    let made = match random.up_to(4) {
                        0 if start < end => {
                            let step = 1 + random.up_to(4);
                            let every: Vec<u32> = model[start..end].iter().step_by(step).copied().collect();
                            (storage.to_slice(py, &slice(py, start, Some(end), step as isize)), every)
                        }
                        1 if start < end => {
                            let step = 1 + random.up_to(4);
                            let every = model[start..end].iter().rev().step_by(step).copied().collect();
                            (storage.to_slice(py, &slice(py, end - 1, start.checked_sub(1), -(step as isize))), every)
                        }
                        2 => (storage.to_joined(&storage, py), model.repeat(2)),
                        3 => (storage.to_copy(py), model.clone()),
                        _ => {
                            let times = random.up_to(3);
                            (storage.to_repeated(times, py), model.repeat(times))
                        }
                    };
                    let new = made.0.expect("memory");
                    assert_eq!((contents(&new, py), new.capacity()), (bytes(&made.1), made.1.len()), "round {round}");
                    new.release(py);
                }
                8 => {
                    storage.lock(py).swap_bytes(4);
                    model.iter_mut().for_each(|item| *item = item.swap_bytes());
                }
                _ => {
                    let wanted = model.get(start).copied();
                    assert_eq!(storage.load::<u32>(py, start), wanted, "round {round}");
                    assert_eq!(storage.load::<u64>(py, 0), None, "an item of another size");
                }
            }
            assert_eq!(storage.len(), model.len());
            assert!(storage.capacity() >= model.len());
            assert_eq!(contents(&storage, py), bytes(&model), "round {round}");
            if model.len() > 20_000 {
                storage.lock(py).splice(0..model.len(), &[]).expect("less memory");
                model.clear();
            }
        }
        let mut seen = Vec::new();
        let items = storage.lock(py);
        let all = items.blocks(0..model.len(), |index, block| {
            assert_eq!(index * 4, seen.len());
            seen.extend_from_slice(block);
            ControlFlow::<()>::Continue(())
        });
        assert!(all.is_continue());
        drop(items);
        assert_eq!(seen, bytes(&model));
        storage.release(py);
        other.release(py);
    });
}

#[test]
fn storages_are_compared_by_their_bytes() {
    with_python(|py| {
        let (first, second) = (ItemStorage::new((), 2), ItemStorage::new((), 2));
        let same: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        first.lock(py).splice(0..0, &same).expect("memory");
        second.lock(py).splice(0..0, &same).expect("memory");
        let unequal = |a: &[u8], b: &[u8]| a.chunks(2).zip(b.chunks(2)).position(|(a, b)| a != b);
        for place in [None, Some(0), Some(2_047), Some(2_048), Some(9_999)] {
            if let Some(place) = place {
                second.lock(py).write(place, &[255, 0]);
            }
            let (a, b) = first.lock_two(&second, py).expect("two storages");
            assert_eq!(a.same_bytes(&b, 10_000), place.is_none());
            assert_eq!(a.first_difference(&b, 10_000, unequal), place);
            drop((a, b));
            assert_eq!(first.has_same_bytes(&second, py), place.is_none());
            second.lock(py).splice(0..10_000, &same).expect("memory");
        }
        assert!(first.lock_two(&first, py).is_none());
        assert!(first.has_same_bytes(&first, py));
        second.lock(py).splice(0..1, &[]).expect("memory");
        assert!(!first.has_same_bytes(&second, py), "another length");
        first.release(py);
        second.release(py);
    });
}

#[test]
fn readers_see_items_that_were_stored_while_it_grows_and_shrinks() {
    const READERS: usize = 3;
    // Both halves of an item are equal, so half of one and half of another would be noticed, as would freed memory.
    let item = |number: u32| u64::from(number) << 32 | u64::from(number);
    let storage = ItemStorage::new((), 8);
    let (barrier, done) = (Barrier::new(READERS + 1), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                with_python(|py| {
                    py.detach(|| barrier.wait());
                    let (mut index, mut loads) = (0, 0_u32);
                    while !done.load(Ordering::Relaxed) {
                        // Attached threads reach a quiescent state here, as those of the interpreter do between bytecodes.
                        if loads % 1_000 == 0 {
                            py.detach(|| ());
                        }
                        loads = loads.wrapping_add(1);
                        match storage.load::<u64>(py, index) {
                            Some(found) => {
                                assert_eq!(found, item(found as u32));
                                index += 1;
                            }
                            None => index = 0,
                        }
                    }
                });
            });
        }
        scope.spawn(|| {
            with_python(|py| {
                py.detach(|| barrier.wait());
                for round in 0..60_000_u32 {
                    // Growing from few items gets other memory at once, and an empty storage has none.
                    let count = [1, 40, 700, 0][round as usize % 4];
                    let new: Vec<u8> = (0..count).flat_map(|index| item(round + index).to_ne_bytes()).collect();
                    let mut items = storage.lock(py);
                    let len = items.len();
                    items.splice(0..len, &new).expect("memory");
                }
                done.store(true, Ordering::Relaxed);
            });
        });
    });
    with_python(|py| storage.release(py));
}

#[test]
fn copies_and_comparisons_see_the_items_of_one_moment() {
    // At each moment all items of both storages are equal, so that items of two moments would be noticed.
    let (storage, other) = (ItemStorage::new((), 8), ItemStorage::new((), 8));
    let new = |round: u64, count: usize| round.to_ne_bytes().repeat(count);
    let (barrier, done) = (Barrier::new(3), AtomicBool::new(false));
    let is_of_one_moment = |storage: &ItemStorage<()>, py: Python<'_>| {
        let items = storage.lock(py);
        let all = items.copy(0..items.len()).expect("memory");
        all.chunks_exact(8).all(|item| item == &all[..8])
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                with_python(|py| {
                    py.detach(|| barrier.wait());
                    let full = slice(py, 0, None, 1);
                    while !done.load(Ordering::Relaxed) {
                        py.detach(|| ());
                        for copy in [
                            storage.to_copy(py),
                            storage.to_slice(py, &full),
                            storage.to_repeated(2, py),
                            storage.to_joined(&other, py),
                        ] {
                            let copy = copy.expect("memory");
                            assert!(is_of_one_moment(&copy, py), "items of two moments");
                            copy.release(py);
                        }
                        assert!(storage.has_same_bytes(&other, py), "two storages at two moments");
                    }
                });
            });
        }
        scope.spawn(|| {
            with_python(|py| {
                py.detach(|| barrier.wait());
                for round in 0..20_000 {
                    // Mostly in place, where a reader without the lock would find some of the old items and some of the new ones.
                    let new = new(round, if round % 100 == 0 { 1 } else { 2_000 });
                    let (mut items, mut others) = storage.lock_two(&other, py).expect("two storages");
                    let (len, other_len) = (items.len(), others.len());
                    items.splice(0..len, &new).expect("memory");
                    others.splice(0..other_len, &new).expect("memory");
                }
                done.store(true, Ordering::Relaxed);
            });
        });
    });
    with_python(|py| {
        storage.release(py);
        other.release(py);
    });
}

#[test]
fn a_length_beyond_memory_is_an_error() {
    with_python(|py| {
        let storage = ItemStorage::new((), 16);
        let mut items = storage.lock(py);
        items.splice(0..0, &[7; 32]).expect("memory");
        assert_eq!(items.repeat(usize::MAX), Err(ResizeError::Memory));
        assert_eq!(items.repeat(usize::MAX / 16), Err(ResizeError::Memory));
        assert_eq!(items.len(), 2);
        drop(items);
        storage.release(py);
    });
}
