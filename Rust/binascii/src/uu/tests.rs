//! Uuencoding against a table, against the format's definition read bit by bit, and against itself.

use super::{Error, Level, data_chars, decode_at, decoded_len, encode_at, encoded_len};
use crate::testing::{Random, exact};
use outbuf::OutBuf;

type Outcome = Result<Vec<u8>, Error>;

/// What `code` makes of `input` at every level, which must be the same, in a buffer of exactly `capacity` bytes: it is
/// to be filled, or left empty after an error. Around the input lies what would be garbage if it were read.
fn at_each_level(
    input: &[u8],
    capacity: usize,
    code: impl Fn(Level, &[u8], &mut OutBuf<'_>) -> Result<(), Error>,
) -> Outcome {
    let mut outcomes = Level::available().map(|level| {
        // Another alignment for another length.
        let before = input.len() % 67;
        let memory = [&[0xff; 67][..before], input, &[0xff; 128]].concat();
        let mut result = Ok(());
        let written = exact(capacity, |out| {
            result = code(level, &memory[before..][..input.len()], out);
        });
        assert_eq!(written.len(), if result.is_ok() { capacity } else { 0 }, "{level:?} {input:?}");
        (level, result.map(|()| written))
    });
    let (_, first) = outcomes.next().expect("every processor has a level");
    for (level, outcome) in outcomes {
        assert_eq!(outcome, first, "{level:?} {input:?}");
    }
    first
}

fn encoded(data: &[u8], backtick: bool) -> Outcome {
    let capacity = encoded_len(data.len()).unwrap_or(0);
    at_each_level(data, capacity, |level, data, out| encode_at(level, data, backtick, out))
}

fn decoded(line: &[u8]) -> Outcome {
    at_each_level(line, decoded_len(line).unwrap_or(0), decode_at)
}

fn bits_of(value: u32, count: u32) -> impl Iterator<Item = bool> {
    (0..count).rev().map(move |position| value >> position & 1 == 1)
}

fn value_of(bits: &[bool], width: usize) -> u8 {
    (0..width).fold(0, |value, position| value << 1 | u8::from(bits.get(position) == Some(&true)))
}

fn encode_oracle(data: &[u8], backtick: bool) -> Outcome {
    if data.len() > 45 {
        return Err(Error::LineTooLong);
    }
    let letter = |value: u8| if backtick && value == 0 { b'`' } else { b' ' + value };
    let mut bits: Vec<bool> = data.iter().flat_map(|byte| bits_of((*byte).into(), 8)).collect();
    bits.resize(data.len().div_ceil(3) * 24, false);
    let mut line = vec![letter(data.len() as u8)];
    line.extend(bits.chunks(6).map(|group| letter(value_of(group, 6))));
    line.push(b'\n');
    Ok(line)
}

fn decode_oracle(data: &[u8]) -> Outcome {
    let (first, mut text) = data.split_first().ok_or(Error::MissingLength)?;
    let len = usize::from(first.wrapping_sub(32) % 64);
    let mut bits = Vec::new();
    while bits.len() < len * 8 {
        let value = match text.first() {
            None | Some(b'\r' | b'\n') => 0,
            Some(character @ 32..=96) => (character - 32) % 64,
            Some(_) => return Err(Error::IllegalChar),
        };
        text = text.get(1..).unwrap_or_default();
        bits.extend(bits_of(value.into(), 6));
    }
    match text.iter().find(|character| !b" `\r\n".contains(character)) {
        Some(_) => Err(Error::TrailingGarbage),
        None => Ok(bits.chunks(8).take(len).map(|byte| value_of(byte, 8)).collect()),
    }
}

fn pick(random: &mut Random, count: usize, alphabet: &[u8]) -> Vec<u8> {
    (0..count).map(|_| random.pick(alphabet)).collect()
}

#[test]
fn table_of_encodings() {
    for (data, backtick, expected) in [
        (&b""[..], false, &b" \n"[..]),
        (b"", true, b"`\n"),
        (b"x", false, b"!>   \n"),
        (b"x", true, b"!>```\n"),
        (b"Cat", false, b"#0V%T\n"),
        (b"\0\0\0", true, b"#````\n"),
        (b"\xff\xff\xff\xff", false, b"$_____P  \n"),
    ] {
        assert_eq!(encode_oracle(data, backtick).as_deref(), Ok(expected), "the oracle on {data:?}");
        assert_eq!(encoded(data, backtick).as_deref(), Ok(expected), "{data:?}");
    }
    assert_eq!(encoded(&[0; 46], false), Err(Error::LineTooLong));
    assert_eq!(encoded_len(usize::MAX), Err(Error::LineTooLong));
}

#[test]
fn table_of_decodings() {
    for (line, expected) in [
        (&b""[..], Err(Error::MissingLength)),
        (b" \n", Ok(&b""[..])),
        (b"`", Ok(b"")),
        (b"#0V%T\n", Ok(b"Cat")),
        (b"#0V%T``  \r\n", Ok(b"Cat")),
        // Fewer bytes than there are characters for, and more.
        (b"!0V%T", Err(Error::TrailingGarbage)),
        (b"!0V  ", Ok(b"C")),
        (b"$0V%T", Ok(b"Cat\0")),
        (b"#0V", Ok(b"C`\0")),
        (b"#0\nV ", Ok(b"@\x0d\x80")),
        (b"#0V%a", Err(Error::IllegalChar)),
        (b"#0V%\x1f", Err(Error::IllegalChar)),
        (b"#0V%Tx", Err(Error::TrailingGarbage)),
        // An error in the data is reported before one in what follows the data.
        (b"#\xff   x", Err(Error::IllegalChar)),
        // The length character is taken as it comes.
        (b"\0", Ok(&[0; 32])),
        (b"\x1f", Ok(&[0; 63])),
    ] {
        let expected = expected.map(<[u8]>::to_vec);
        assert_eq!(decode_oracle(line), expected, "the oracle on {line:?}");
        assert_eq!(decoded(line), expected, "{line:?}");
    }
}

#[test]
fn every_length_of_random_bytes_goes_there_and_back() {
    let mut random = Random::new();
    let all: Vec<u8> = (0..=255).collect();
    for _ in 0..40 {
        for len in 0..=48 {
            let data = if random.below(3) == 0 {
                pick(&mut random, len, b"\0\0\0\x03\xf0")
            } else {
                pick(&mut random, len, &all)
            };
            for backtick in [false, true] {
                let line = encoded(&data, backtick);
                assert_eq!(line, encode_oracle(&data, backtick), "{data:?}");
                if let Ok(line) = line {
                    assert_eq!(decoded(&line), Ok(data.clone()));
                }
            }
        }
    }
}

#[test]
fn random_lines_decode_as_the_definition_says() {
    let mut random = Random::new();
    let all: Vec<u8> = (0..=255).collect();
    let legal: Vec<u8> = (b' '..=b'`').chain(*b"\r\n").collect();
    let mut accepted = 0;
    for round in 0..60_000 {
        let len = random.below(100);
        let mut line = match round % 4 {
            0 => pick(&mut random, len, &all),
            1 => pick(&mut random, len, b" `\r\n\x1f!a_"),
            _ => pick(&mut random, len, &legal),
        };
        // Most random lines would have garbage after their data: begin some with a fitting length.
        if let Some(first) = line.first_mut()
            && round % 3 != 0
        {
            *first = b' ' + ((len * 3 / 4 + random.below(2)) % 64) as u8;
        }
        let expected = decode_oracle(&line);
        accepted += u32::from(expected.is_ok());
        assert_eq!(decoded(&line), expected, "{line:?}");
    }
    assert!(accepted > 10_000, "{accepted}");
}

#[test]
fn every_byte_counts_at_every_position() {
    for len in [1, 45, 47, 48, 49, 63] {
        let chars = data_chars(len);
        let mut line = vec![b' ' + len as u8];
        line.extend((0..chars).map(|i| b' ' + (i * 7 % 65) as u8));
        line.extend(b" `\r\n".repeat(16));
        for position in 1..line.len() {
            for byte in 0..=255 {
                let before = std::mem::replace(&mut line[position], byte);
                assert_eq!(decoded(&line), decode_oracle(&line), "{line:?}");
                line[position] = before;
            }
        }
    }
}

#[test]
fn text_may_end_anywhere() {
    for first in 0..=255 {
        for count in 0..=150 {
            let line = [vec![first], b"!A_^".repeat(38)[..count].to_vec()].concat();
            assert_eq!(decoded(&line), decode_oracle(&line), "{line:?}");
            let line = [vec![first], vec![b'`'; count]].concat();
            assert_eq!(decoded(&line), decode_oracle(&line), "{line:?}");
        }
    }
}
