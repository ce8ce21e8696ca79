//! Every level against one plain reading of the rules.

use super::*;
use crate::testing::{Random, exact};

fn naive_encode(data: &[u8], sep: u8, bytes_per_sep: isize) -> Vec<u8> {
    let mut text = Vec::new();
    let group = bytes_per_sep.unsigned_abs();
    for (i, byte) in data.iter().enumerate() {
        // How many bytes there are between this place and the end from which groups are counted.
        let counted = if bytes_per_sep > 0 { data.len() - i } else { i };
        if i != 0 && group != 0 && counted % group == 0 {
            text.push(sep);
        }
        text.extend(format!("{byte:02x}").into_bytes());
    }
    text
}

fn naive_decode(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    if text.len() % 2 == 1 {
        return Err(DecodeError::OddLength);
    }
    let value = |byte: u8| char::from(byte).to_digit(16).ok_or(DecodeError::NonHexDigit);
    text.chunks(2).map(|pair| Ok((value(pair[0])? * 16 + value(pair[1])?) as u8)).collect()
}

fn encode_exact(level: Level, data: &[u8]) -> Vec<u8> {
    let len = encoded_len(data.len()).expect("a small length");
    let text = exact(len, |out| encode_at(level, data, out));
    assert_eq!(text.len(), len);
    text
}

fn encode_with_sep_exact(level: Level, data: &[u8], sep: u8, bytes_per_sep: isize) -> Vec<u8> {
    let len = encoded_len_with_sep(data.len(), bytes_per_sep).expect("a small length");
    let text = exact(len, |out| encode_with_sep_at(level, data, sep, bytes_per_sep, out));
    assert_eq!(text.len(), len);
    text
}

fn decode_exact(level: Level, text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut result = Ok(());
    let bytes = exact(decoded_len(text.len()), |out| result = decode_at(level, text, out));
    result.map(|()| bytes)
}

fn check_decode(text: &[u8]) {
    let expected = naive_decode(text);
    for level in Level::available() {
        assert_eq!(decode_exact(level, text), expected, "{level:?} {}", text.escape_ascii());
    }
}

#[test]
fn known_texts() {
    for level in Level::available() {
        assert_eq!(encode_exact(level, b"\xb9\x01\xef"), b"b901ef");
        assert_eq!(encode_with_sep_exact(level, b"\xb9\x01\xef", b':', 1), b"b9:01:ef");
        assert_eq!(encode_with_sep_exact(level, b"\xb9\x01\xef", b'_', 2), b"b9_01ef");
        assert_eq!(encode_with_sep_exact(level, b"\xb9\x01\xef", b'_', -2), b"b901_ef");
        assert_eq!(decode_exact(level, b"B901eF").as_deref(), Ok(&b"\xb9\x01\xef"[..]));
        assert_eq!(decode_exact(level, b"b90"), Err(DecodeError::OddLength));
        assert_eq!(decode_exact(level, b"g"), Err(DecodeError::OddLength));
        assert_eq!(decode_exact(level, b"0g"), Err(DecodeError::NonHexDigit));
    }
    assert_eq!(DecodeError::OddLength.to_string(), "Odd-length string");
    assert_eq!(DecodeError::NonHexDigit.to_string(), "Non-hexadecimal digit found");
}

#[test]
fn lengths() {
    const MAX: usize = isize::MAX as usize;
    let cases = [
        (0, 1, Some(0)),
        (1, 1, Some(2)),
        (2, 1, Some(5)),
        (6, 2, Some(14)),
        (6, -4, Some(13)),
        (6, 0, Some(12)),
        (6, isize::MIN, Some(12)),
        (MAX / 2 - 1, 0, Some(MAX / 2 * 2 - 2)),
        (MAX / 2, 0, None),
        (MAX / 4, 1, Some(MAX / 4 * 3 - 1)),
        (MAX / 3, 1, None),
        (MAX / 2 - 1, 1, None),
        (MAX, 1, None),
        (usize::MAX, -1, None),
        (usize::MAX, 0, None),
    ];
    for (len, bytes_per_sep, expected) in cases {
        assert_eq!(encoded_len_with_sep(len, bytes_per_sep), expected, "{len} {bytes_per_sep}");
    }
    assert_eq!([0, 1, 2, 3, 4].map(decoded_len), [0, 0, 1, 1, 2]);
}

#[test]
fn every_length_both_ways() {
    let mut random = Random::new();
    for len in (0..300).chain([4095, 4096, 4097]) {
        let data = random.bytes(len);
        let expected = naive_encode(&data, 0, 0);
        for level in Level::available() {
            assert_eq!(encode_exact(level, &data), expected, "{level:?} {len}");
        }
        check_decode(&expected);
        check_decode(&expected.to_ascii_uppercase());
        check_decode(&expected[..expected.len().saturating_sub(1)]);
    }
}

#[test]
fn separators() {
    let mut random = Random::new();
    let far = [100, 1000, 1 << 40, -(1 << 40), isize::MAX, isize::MIN, isize::MIN + 1];
    for len in (0..140).chain([200, 255, 256, 257, 1000]) {
        let data = random.bytes(len);
        for bytes_per_sep in (-70..=70).chain(far).chain([len as isize - 1, 1 - len as isize]) {
            let sep = random.next() as u8;
            let expected = naive_encode(&data, sep, bytes_per_sep);
            for level in Level::available() {
                let found = encode_with_sep_exact(level, &data, sep, bytes_per_sep);
                assert_eq!(found, expected, "{level:?} {len} {bytes_per_sep}");
            }
        }
    }
}

#[test]
fn every_byte() {
    let all: Vec<u8> = (0..=255).collect();
    for level in Level::available() {
        assert_eq!(encode_exact(level, &all), naive_encode(&all, 0, 0));
    }
    for len in [2, 32, 64, 66, 128, 130, 254, 256] {
        for place in [0, 1, len / 2, len - 2, len - 1] {
            for byte in 0..=255 {
                let mut text = vec![b'7'; len];
                text[place] = byte;
                check_decode(&text);
            }
        }
    }
}

#[test]
fn one_wrong_digit_in_every_place() {
    for len in [2, 30, 64, 100, 126, 128, 192, 300] {
        for place in 0..len {
            for wrong in [b'g', b'G', b'/', b':', b'@', b'`', 0, b' ', 0x80 | b'0', 0xff] {
                let mut text = vec![b'c'; len];
                text[place] = wrong;
                check_decode(&text);
            }
        }
    }
}

#[test]
fn appends_to_what_is_there() {
    for level in Level::available() {
        let text = exact(5, |out| {
            out.push(b'x');
            encode_at(level, b"\x01\x02", out);
        });
        assert_eq!(text, b"x0102");
        let text = exact(6, |out| {
            out.push(b'x');
            encode_with_sep_at(level, b"\x01\x02", b'-', 1, out);
        });
        assert_eq!(text, b"x01-02");
        let bytes = exact(3, |out| {
            out.push(b'x');
            assert_eq!(decode_at(level, b"4142", out), Ok(()));
        });
        assert_eq!(bytes, b"xAB");
    }
}

#[test]
fn every_alignment() {
    let mut random = Random::new();
    for len in [511, 512, 527, 600] {
        let data = random.bytes(len);
        let expected = naive_encode(&data, 0, 0);
        for (level, offset) in Level::available().flat_map(|level| (0..64).map(move |offset| (level, offset))) {
            let before = random.bytes(offset);
            let text = exact(offset + expected.len(), |out| {
                out.extend_from_slice(&before);
                encode_at(level, &data, out);
            });
            assert_eq!(text, [&before[..], &expected].concat(), "{level:?} {len} {offset}");
        }
    }
}

#[test]
#[should_panic(expected = "no space")]
fn refuses_to_encode_into_too_little() {
    let mut memory = [core::mem::MaybeUninit::uninit(); 7];
    encode_with_sep(b"abc", b':', 1, &mut OutBuf::new(&mut memory));
}

#[test]
#[should_panic(expected = "no space")]
fn refuses_to_decode_into_too_little() {
    let mut memory = [core::mem::MaybeUninit::uninit(); 1];
    let _ = decode(b"4142", &mut OutBuf::new(&mut memory));
}

/// Decodes one byte at a time, in the order of `binascii_a2b_hex_impl` in 3.15.
fn naive_decode_ignoring(text: &[u8], ignored: &ByteSet) -> Result<Vec<u8>, DecodeError> {
    let mut digits = Vec::new();
    for byte in text {
        match char::from(*byte).to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None if ignored.contains(*byte) => {}
            None => return Err(DecodeError::NonHexDigit),
        }
    }
    if digits.len() % 2 == 1 {
        return Err(DecodeError::OddNumberOfDigits);
    }
    Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[test]
fn characters_to_ignore() {
    let mut random = Random::new();
    for round in 0..4000 {
        let len = random
            .below([9, 70, 300, 5000][(round % 20 / 18) + usize::from(round % 2 == 0) + usize::from(round % 50 == 0)]);
        let alphabet: &[u8] =
            [&b"0123456789abcdefABCDEF"[..], b"0fA:", b"0f\n \xff\0", b"0123456789abcdef0123456789abcdef\n", b" "]
                [round % 5];
        let mut text: Vec<u8> = (0..len).map(|_| random.pick(alphabet)).collect();
        if round % 4 == 0 && len > 0 {
            text[random.below(len)] = random.pick(b"g:\xfe");
        }
        for ignored in [&b""[..], b": ", b"\n \0\xff", b"0:"] {
            let ignored = ByteSet::new(ignored);
            let expected = naive_decode_ignoring(&text, &ignored);
            for level in Level::available() {
                let mut result = Ok(());
                let bytes = exact(decoded_len(len), |out| result = decode_ignoring_at(level, &text, &ignored, out));
                assert_eq!(result.map(|()| bytes), expected, "{level:?} {}", text.escape_ascii());
            }
        }
    }
}

#[test]
fn short_data_and_texts() {
    fn decoded<const N: usize>(text: &[u8]) -> Option<Result<Vec<u8>, DecodeError>> {
        let (pairs, _) = text.as_chunks::<2>();
        let ends = short::Ends::<N>::decode(pairs)?;
        Some(ends.map(|ends| exact(pairs.len(), |out| ends.write(out))))
    }
    for len in 0..=70 {
        let data: Vec<u8> = (0..len as u8).map(|byte| byte.wrapping_mul(37).wrapping_add(1)).collect();
        for bytes_per_sep in (-40..=40).chain([isize::MIN, isize::MAX]) {
            let text = naive_encode(&data, b':', bytes_per_sep);
            for level in Level::available() {
                let Some(groups) = short::Groups::of(&data, bytes_per_sep) else {
                    assert!(len > short::MAX, "{len}");
                    continue;
                };
                assert_eq!(groups.text_len(), text.len());
                let found = exact(text.len(), |out| assert!(short::encode_with_sep(level, &data, b':', groups, out)));
                assert_eq!(found, text, "{level:?} {len} {bytes_per_sep}");
            }
        }
        let text = naive_encode(&data, b':', 0);
        let found = exact(2 * len, |out| _ = short::encode(&data, out));
        assert_eq!(found, if len <= short::MAX { &text[..] } else { b"" });
        for damaged in 0..=2 * len {
            let mut text = text.clone();
            if let Some(digit) = text.get_mut(damaged) {
                *digit = b'g';
            }
            let expected = naive_decode(&text);
            let all = [
                decoded::<1>(&text),
                decoded::<2>(&text),
                decoded::<4>(&text),
                decoded::<8>(&text),
                decoded::<16>(&text),
            ];
            for (found, n) in all.into_iter().zip([1, 2, 4, 8, 16]) {
                assert_eq!(found, (n..=2 * n).contains(&len).then_some(expected.clone()), "{}", text.escape_ascii());
            }
        }
    }
}
