//! bzip2: what is fed in pieces decodes as what is fed at once, damage is an error, and what is encoded decodes to what
//! it was.
#![no_main]

use _bz2::compress::Compress;
use _bz2::decompress::Decompress;
use _bz2::stream::Error;
use fuzz::choices;
use libfuzzer_sys::fuzz_target;
use outbuf::OutBuf;
use std::mem::MaybeUninit;

/// The most that is decoded: a short stream can stand for hundreds of megabytes.
const MOST: usize = 1 << 20;

/// Decodes with at most `piece` bytes of input and `room` of output a step; returns the output and how it ended.
fn decode(data: &[u8], piece: usize, room: usize) -> (Vec<u8>, Result<Option<usize>, Error>) {
    let mut stream = Decompress::new();
    let (mut output, mut position) = (Vec::new(), 0_usize);
    let mut memory = vec![MaybeUninit::uninit(); room];
    while output.len() < MOST {
        let input = &data[position..data.len().min(position.saturating_add(piece))];
        let mut out = OutBuf::new(&mut memory);
        let step = match stream.step(input, &mut out) {
            Ok(step) => step,
            Err(error) => return (output, Err(error)),
        };
        position += step.consumed;
        output.extend_from_slice(out.filled());
        if step.ended {
            return (output, Ok(Some(position)));
        }
        if step.consumed == 0 && out.is_empty() {
            assert!(input.is_empty(), "no step forward");
            break;
        }
    }
    output.truncate(MOST);
    (output, Ok(None))
}

/// Encodes in pieces, with so much room a step.
fn encode(data: &[u8], level: u8, piece: usize, room: usize) -> Vec<u8> {
    let mut stream = Compress::new(level);
    let (mut output, mut position) = (Vec::new(), 0);
    let mut memory = vec![MaybeUninit::uninit(); room];
    loop {
        if position == data.len() {
            stream.finish().expect("memory");
        }
        let input = &data[position..data.len().min(position.saturating_add(piece))];
        let mut out = OutBuf::new(&mut memory);
        let step = stream.step(input, &mut out).expect("memory");
        position += step.consumed;
        output.extend_from_slice(out.filled());
        if step.ended {
            return output;
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    // With the magic in front, every input gets further.
    let magic = [b"BZh9\x31\x41\x59\x26\x53\x59", data].concat();
    for document in [data, &magic] {
        let (whole, ended) = decode(document, usize::MAX, 4096);
        let (pieces, ended_in_pieces) =
            decode(document, 1 + usize::from(choice & 15), 1 + usize::from(choice >> 4) * 17);
        if whole.len() == MOST || pieces.len() == MOST {
            continue;
        }
        assert_eq!(ended_in_pieces, ended);
        // The output of a step that ends in an error is not looked at, and the smaller steps got further.
        if ended.is_err() {
            assert!(pieces.starts_with(&whole) || whole.starts_with(&pieces));
        } else {
            assert_eq!(pieces, whole);
        }
    }
    let level = 1 + choice % 9;
    let stream = encode(data, level, usize::MAX, 4096);
    assert_eq!(encode(data, level, 1 + usize::from(choice & 15), 1 + usize::from(choice >> 4) * 17), stream);
    // A few bytes again and again become a few blocks.
    let repeated = data.repeat(250_000 / data.len().max(1));
    for data in [data, &repeated[..repeated.len() * usize::from(choice % 16 == 0)]] {
        let stream = encode(data, level, usize::MAX, 4096);
        let (decoded, ended) = decode(&stream, usize::MAX, 4096);
        assert!(decoded == data && ended == Ok(Some(stream.len())));
    }
});
