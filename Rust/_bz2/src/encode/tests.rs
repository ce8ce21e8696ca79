//! Little streams: what reads them, and that the library writes the same.

use super::{MOST, compress};
use crate::decode::Decompress;
use crate::stream::{Action, Compress};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 20) as usize
}

/// Data of many sorts: periodic, random, runs of each length, up to the most there is.
fn samples(seed: &mut u64) -> Vec<Vec<u8>> {
    let mut samples = vec![Vec::new(), vec![7], vec![0; MOST], (0..=255).collect(), b"ab".repeat(MOST / 2)];
    samples.extend((1..40).map(|period| (0..500).map(|index| (index % period) as u8).collect()));
    samples.extend((1..600).step_by(7).map(|run| [vec![b'a'; run], vec![b'b'; run % 9]].concat()));
    for len in [2, 3, 9, 100, 1000, 5000, MOST] {
        samples.push((0..len).map(|_| random(seed) as u8).collect());
        samples.push((0..len).map(|_| b'a' + (random(seed) & 3) as u8).collect());
        let mut words = Vec::new();
        while words.len() < len {
            words.extend_from_slice(&b"the quick brown fox jumps over the lazy dog; "[random(seed) % 44..]);
        }
        words.truncate(len);
        samples.push(words);
        samples.push((0..len).map(|index| b"aaaa"[index % 4] + u8::from(index % 4 == 3 && index % 8 < 5)).collect());
    }
    samples
}

fn library(data: &[u8], level: u8) -> Vec<u8> {
    let mut stream = Compress::new(level.into()).expect("memory");
    let mut room = vec![MaybeUninit::uninit(); 2 * MOST + 100];
    let mut out = OutBuf::new(&mut room);
    stream.step(data, &mut out, Action::Run).expect("no error");
    while !stream.step(&[], &mut out, Action::Finish).expect("no error").ended {}
    out.filled().to_vec()
}

#[test]
fn what_is_compressed_comes_back_and_is_what_the_library_writes() {
    let mut seed = 41;
    let (mut same, mut total) = (0, 0);
    for (index, data) in samples(&mut seed).into_iter().enumerate() {
        let level = 1 + (index % 9) as u8;
        let packed = compress(&data, level).expect("memory");
        let mut room = vec![MaybeUninit::uninit(); MOST + 1];
        let mut out = OutBuf::new(&mut room);
        let step = Decompress::new().step(&packed, &mut out).expect("no error");
        assert!(step.ended && step.consumed == packed.len() && out.filled() == data, "{index}");
        let expected = library(&data, level);
        assert_eq!(packed.len(), expected.len(), "{index}");
        total += 1;
        if packed == expected {
            same += 1;
        } else {
            // The origin lies behind header, mark, checksum and one bit.
            assert_eq!((&packed[..14], &packed[18..]), (&expected[..14], &expected[18..]), "{index}");
        }
    }
    // Only where the data is nothing but repetitions may the origin differ.
    assert!(same * 10 >= total * 9, "{same} of {total}");
}
