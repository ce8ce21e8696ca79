//! The order of rotations compared with a naive sort.

use super::{CyclicBlock, GUARD_AFTER, GUARD_BEFORE, RotationSorter};

fn compare(block: &[u8]) {
    let mut order: Vec<usize> = (0..block.len()).collect();
    let doubled = [block, block].concat();
    order.sort_by_key(|start| &doubled[*start..][..block.len()]);
    let expected: Vec<u8> = order.iter().map(|start| doubled[start + block.len() - 1]).collect();
    let mut guarded = [&[0; GUARD_BEFORE][..], block, &[0; GUARD_AFTER]].concat();
    let mut sorter = RotationSorter::default();
    let sorted = sorter.sort(CyclicBlock::new(&mut guarded)).expect("memory");
    assert!(sorted.last_column().eq(expected), "{block:?}");
    assert_eq!(&doubled[order[sorted.orig_ptr]..][..block.len()], block);
}

/// All blocks up to some length over alphabets of two, three and four letters.
#[test]
fn all_short_blocks() {
    for (letters, max_len) in [(2_usize, 12), (3, 7), (4, 5)] {
        for len in 1..=max_len {
            for number in 0..letters.pow(len) {
                compare(
                    &(0..len).map(|place| b'a' + (number / letters.pow(place) % letters) as u8).collect::<Vec<_>>(),
                );
            }
        }
    }
}

#[test]
fn repetitive_blocks() {
    let fibonacci = (0..12).fold((b"a".to_vec(), b"ab".to_vec()), |(a, b), _| (b.clone(), [b, a].concat())).1;
    compare(&fibonacci);
    compare(&fibonacci[..300]);
    for period in [1, 2, 3, 7, 40] {
        let root: Vec<u8> = (0..period).map(|place| (place * place % 11) as u8).collect();
        compare(&root.repeat(400 / period));
        for changed in [0, 150, 299] {
            let mut block = root.repeat(400 / period);
            block[changed] ^= 1;
            compare(&block);
        }
    }
    // Long ascending and descending parts without an LMS position.
    compare(&(0..700_usize).map(|place| place as u8).collect::<Vec<_>>());
    compare(&(0..700_usize).rev().map(|place| (place / 3) as u8).collect::<Vec<_>>());
    compare(&[vec![b'x'; 300], b"ay".to_vec(), vec![b'x'; 290], b"az".to_vec(), vec![b'x'; 300]].concat());
}

/// Random sequences of a few random strings: small and large groups that prefix doubling splits in several rounds.
#[test]
fn sequences_of_a_few_strings() {
    let mut seed = 46_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 20) as usize
    };
    for (kinds, len, count) in [(2, 300, 12), (3, 400, 20), (2, 40, 200), (5, 25, 300)] {
        let strings: Vec<Vec<u8>> = (0..kinds).map(|_| (0..len).map(|_| random() as u8).collect()).collect();
        let block: Vec<u8> = (0..count).flat_map(|_| strings[random() % kinds].clone()).collect();
        compare(&block);
    }
}
