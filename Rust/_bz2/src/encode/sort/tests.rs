//! The order of rotations by comparing each with each.

use super::{AFTER, BEFORE, Ring, Sorter};

fn compare(block: &[u8]) {
    let mut order: Vec<usize> = (0..block.len()).collect();
    let doubled = [block, block].concat();
    order.sort_by_key(|start| &doubled[*start..][..block.len()]);
    let expected: Vec<u8> = order.iter().map(|start| doubled[start + block.len() - 1]).collect();
    let mut text = [&[0; BEFORE][..], block, &[0; AFTER]].concat();
    let mut sorter = Sorter::default();
    let sorted = sorter.sort(Ring::close(&mut text)).expect("memory");
    assert!(sorted.last_bytes().eq(expected), "{block:?}");
    assert_eq!(&doubled[order[sorted.origin]..][..block.len()], block);
}

/// All blocks up to some length of two and of three letters: whatever can go wrong between neighbours does.
#[test]
fn all_short_blocks() {
    for (letters, most) in [(2_usize, 12), (3, 7), (4, 5)] {
        for len in 1..=most {
            for number in 0..letters.pow(len) {
                compare(
                    &(0..len).map(|place| b'a' + (number / letters.pow(place) % letters) as u8).collect::<Vec<_>>(),
                );
            }
        }
    }
}

#[test]
fn long_repetitions() {
    let fibonacci = (0..12).fold((b"a".to_vec(), b"ab".to_vec()), |(a, b), _| (b.clone(), [b, a].concat())).1;
    compare(&fibonacci);
    compare(&fibonacci[..300]);
    for period in [1, 2, 3, 7, 40] {
        let piece: Vec<u8> = (0..period).map(|place| (place * place % 11) as u8).collect();
        compare(&piece.repeat(400 / period));
        for flaw in [0, 150, 299] {
            let mut block = piece.repeat(400 / period);
            block[flaw] ^= 1;
            compare(&block);
        }
    }
    // Slopes on which there is no valley for long.
    compare(&(0..700_usize).map(|place| place as u8).collect::<Vec<_>>());
    compare(&(0..700_usize).rev().map(|place| (place / 3) as u8).collect::<Vec<_>>());
    compare(&[vec![b'x'; 300], b"ay".to_vec(), vec![b'x'; 290], b"az".to_vec(), vec![b'x'; 300]].concat());
}

/// Few pieces again and again: groups of a few valleys and of many, which fall apart bit by bit.
#[test]
fn pieces_in_any_order() {
    let mut seed = 46_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 20) as usize
    };
    for (kinds, len, count) in [(2, 300, 12), (3, 400, 20), (2, 40, 200), (5, 25, 300)] {
        let pieces: Vec<Vec<u8>> = (0..kinds).map(|_| (0..len).map(|_| random() as u8).collect()).collect();
        let block: Vec<u8> = (0..count).flat_map(|_| pieces[random() % kinds].clone()).collect();
        compare(&block);
    }
}
