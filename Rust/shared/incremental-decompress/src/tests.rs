//! [`Incremental`] compared with a naive model, for a toy format.

use super::{Call, Decoder, Incremental, OutOfMemory, Progress, Refusal, Status, Step, UnusedData};
use outbuf::OutBuf;
use std::mem::MaybeUninit;

/// A byte stands for so many copies of itself. Some have a meaning of their own.
const END: u8 = 0;
const INVALID: u8 = 255;
const DICTIONARY: u8 = 254;

/// A decoder of that format. Output that does not fit is held, as by most decoders.
#[derive(Debug, Default)]
struct Toy<const ENDS_WITH_INPUT: bool, const ERRORS_ARE_FINAL: bool> {
    byte: u8,
    left: usize,
    has_dictionary: bool,
}

impl<const I: bool, const F: bool> Decoder for Toy<I, F> {
    type Error = &'static str;

    const ENDS_WITH_INPUT: bool = I;
    const ERRORS_ARE_FINAL: bool = F;

    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Step<Self::Error> {
        let mut consumed = 0;
        loop {
            let count = self.left.min(out.remaining());
            out.extend_repeat(self.byte, count);
            self.left -= count;
            if self.left > 0 || consumed == input.len() {
                return Step { consumed, result: Ok(Status::Running) };
            }
            let byte = input[consumed];
            if byte == DICTIONARY && !self.has_dictionary {
                return Step { consumed, result: Ok(Status::NeedsDictionary) };
            }
            consumed += 1;
            match byte {
                END => return Step { consumed, result: Ok(Status::Ended) },
                INVALID => return Step { consumed, result: Err("invalid") },
                _ => (self.byte, self.left) = (byte, usize::from(byte)),
            }
        }
    }
}

type State<const I: bool, const F: bool> = Incremental<Toy<I, F>, Vec<u8>>;

/// What a caller sees of a call and of the attributes after it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    result: Result<Vec<u8>, String>,
    eof: bool,
    needs_input: bool,
    unused_data: Vec<u8>,
}

fn join(joined: Option<&Vec<u8>>, tail: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    Ok([joined.map_or(&[][..], |joined| joined), tail].concat())
}

fn decompress<const I: bool, const F: bool>(
    state: &mut State<I, F>,
    data: &[u8],
    limit: usize,
    block: usize,
) -> Result<Vec<u8>, String> {
    let mut call: Call<'_, _, _> = state.begin(data).map_err(|refusal| format!("{refusal:?}"))?;
    let mut output = Vec::new();
    loop {
        let mut memory = vec![MaybeUninit::uninit(); block.min(limit - output.len())];
        let mut out = OutBuf::new(&mut memory);
        let progress = call.step(&mut out)?;
        output.extend_from_slice(out.filled());
        match progress {
            Progress::OutputFull if output.len() < limit => {}
            Progress::NeedsDictionary => {
                let (decoder, ..) = call.parts().expect("the stream has not ended");
                decoder.has_dictionary = true;
            }
            _ => break,
        }
    }
    call.end().map_err(|OutOfMemory| "memory")?;
    Ok(output)
}

fn see<const I: bool, const F: bool>(state: &mut State<I, F>, data: &[u8], limit: usize, block: usize) -> Seen {
    let result = decompress(state, data, limit, block);
    let unused_data = state.unused_data().read(join).expect("memory").0.cloned().unwrap_or_default();
    Seen { result, eof: state.eof(), needs_input: state.needs_input(), unused_data }
}

/// The same, with all that has been kept in one list and one byte of output at a time.
struct Model {
    ends_with_input: bool,
    errors_are_final: bool,
    input: Vec<u8>,
    held: Vec<u8>,
    seen: (bool, bool, Vec<u8>),
    failed: bool,
}

impl Model {
    fn decompress(&mut self, data: &[u8], limit: usize) -> Result<Vec<u8>, String> {
        if self.seen.0 {
            return Err(format!("{:?}", Refusal::Ended));
        }
        if self.failed {
            return Err(format!("{:?}", Refusal::Failed));
        }
        self.input.extend_from_slice(data);
        let mut output = Vec::new();
        loop {
            while output.len() < limit && !self.held.is_empty() {
                output.push(self.held.remove(0));
            }
            if !self.held.is_empty() || self.input.is_empty() {
                break;
            }
            match self.input.remove(0) {
                END => {
                    self.seen = (true, false, std::mem::take(&mut self.input));
                    return Ok(output);
                }
                INVALID => {
                    self.input.clear();
                    if self.errors_are_final {
                        (self.failed, self.seen.1) = (true, false);
                    }
                    return Err("invalid".to_string());
                }
                byte => self.held = vec![byte; usize::from(byte)],
            }
        }
        self.seen.1 = self.input.is_empty();
        Ok(output)
    }

    fn see(&mut self, data: &[u8], limit: usize) -> Seen {
        let result = self.decompress(data, limit);
        let (eof, needs_input, unused_data) = self.seen.clone();
        Seen { result, eof, needs_input, unused_data }
    }
}

fn compare<const I: bool, const F: bool>() {
    let mut seed = 5_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 20) as usize % below
    };
    let mut ends = 0;
    for _ in 0..3000 {
        let mut state = State::<I, F>::new(Toy::default());
        let seen = (false, true, Vec::new());
        let mut model =
            Model { ends_with_input: I, errors_are_final: F, input: Vec::new(), held: Vec::new(), seen, failed: false };
        let rare = [20, 60][random(2)];
        for _ in 0..random(30) {
            let data: Vec<u8> = (0..[0, 1, 3, 10][random(4)])
                .map(|_| match random(rare) {
                    0 => [END, INVALID, DICTIONARY][random(3)],
                    _ => 1 + random(5) as u8,
                })
                .collect();
            let limit = [0, 1, 3, 20, 1000][random(5)];
            // When a call ends with its input, how much it returns depends on the space of each step.
            let block = if I { 1000 } else { 1 + random(30) };
            let ours = see(&mut state, &data, limit, block);
            assert_eq!(ours, model.see(&data, limit), "{data:?} {limit} {}", model.ends_with_input);
            ends += usize::from(ours.eof && !ours.unused_data.is_empty());
        }
    }
    assert!(ends > 100, "{ends}");
}

#[test]
fn equals_the_model() {
    compare::<false, false>();
    compare::<false, true>();
    compare::<true, false>();
    compare::<true, true>();
}

/// With output that is full and input that is used up, one kind of format ends the call and the other continues it.
#[test]
fn ends_with_input_or_not() {
    let mut bz2 = State::<true, true>::new(Toy::default());
    assert_eq!(decompress(&mut bz2, &[9], 100, 4), Ok(vec![9; 4]));
    assert!(bz2.needs_input());
    assert_eq!(decompress(&mut bz2, &[], 100, 4), Ok(vec![9; 4]));
    let mut zlib = State::<false, true>::new(Toy::default());
    assert_eq!(decompress(&mut zlib, &[9], 100, 4), Ok(vec![9; 9]));
}

/// Input that is kept, and consumed as slowly as it arrives: 200 MB would be moved 4,000 times.
#[test]
fn pending_input_is_moved_seldom() {
    let mut state = State::<false, true>::new(Toy::default());
    let kept = if cfg!(miri) { 1000 } else { 1 << 20 };
    assert_eq!(decompress(&mut state, &vec![1; kept], 0, 1), Ok(vec![]));
    for _ in 0..if cfg!(miri) { 10 } else { 100_000 } {
        assert_eq!(decompress(&mut state, &[1; 50], 50, 50), Ok(vec![1; 50]));
    }
    assert!(state.pending.bytes().len() <= kept + 50);
}

#[test]
fn unused_data_is_joined_when_it_is_read() {
    let mut unused = UnusedData::<Vec<u8>>::default();
    let mut joins = 0;
    let mut count = |joined: Option<&Vec<u8>>, tail: &[u8]| {
        joins += 1;
        join(joined, tail)
    };
    assert_eq!(unused.read(&mut count), Ok((None, None)));
    for piece in [&b"ab"[..], b"", b"c"] {
        unused.append(piece).expect("memory");
    }
    assert_eq!(unused.read(&mut count), Ok((Some(&b"abc".to_vec()), None)));
    assert_eq!(unused.read(&mut count), Ok((Some(&b"abc".to_vec()), None)));
    unused.append(b"d").expect("memory");
    assert_eq!(unused.read(&mut count), Ok((Some(&b"abcd".to_vec()), Some(b"abc".to_vec()))));
    assert_eq!(joins, 2);
}
