//! Every level against one plain reading of the rules.

use super::*;
use crate::testing::{Random, exact};

/// Decodes one byte at a time, with nothing but the rules.
fn naive_decode(data: &[u8], strict: bool) -> Result<Vec<u8>, DecodeError> {
    let mut values = Vec::new();
    // The pads since the last data character.
    let mut pads = 0;
    for (position, &byte) in data.iter().enumerate() {
        let in_group = values.len() % 4;
        if byte == b'=' {
            pads += 1;
            let expected = in_group >= 2 && in_group + pads <= 4;
            if strict && !expected {
                match in_group {
                    1 => break,
                    0 if position == 0 => return Err(DecodeError::LeadingPadding),
                    _ => return Err(DecodeError::ExcessPadding),
                }
            }
        } else if let Some(value) = ALPHABET.iter().position(|character| *character == byte) {
            if strict && pads != 0 {
                let complete = in_group + pads == 4;
                return Err(if complete { DecodeError::ExcessData } else { DecodeError::DiscontinuousPadding });
            }
            pads = 0;
            values.push(value as u8);
        } else if strict {
            return Err(DecodeError::NotBase64);
        }
    }
    let in_group = values.len() % 4;
    if in_group == 1 {
        return Err(DecodeError::InvalidLength(values.len()));
    }
    if in_group != 0 && in_group + pads < 4 {
        return Err(DecodeError::IncorrectPadding);
    }
    let bits: Vec<u8> = values.iter().flat_map(|value| (0..6).rev().map(move |bit| value >> bit & 1)).collect();
    Ok(bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect())
}

fn naive_encode(data: &[u8], newline: bool) -> Vec<u8> {
    let mut text = Vec::new();
    for group in data.chunks(3) {
        let bits = group.iter().chain([&0; 3]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        for i in 0..4 {
            text.push(if i <= group.len() { ALPHABET[bits >> (18 - 6 * i) & 63] } else { b'=' });
        }
    }
    text.extend(newline.then_some(b'\n'));
    text
}

fn encode_exact(level: Level, data: &[u8], newline: bool) -> Vec<u8> {
    let len = encoded_len(data.len(), newline).expect("a small length");
    let text = exact(len, |out| encode_at(level, data, newline, out));
    assert_eq!(text.len(), len);
    text
}

fn decode_exact(level: Level, data: &[u8], strict: bool) -> Result<Vec<u8>, DecodeError> {
    let mut result = Ok(());
    let bytes = exact(max_decoded_len(data.len()), |out| result = decode_at(level, data, strict, out));
    result.map(|()| bytes)
}

/// Compares every level and both modes with the oracle.
fn check_decode(data: &[u8]) {
    for strict in [false, true] {
        let expected = naive_decode(data, strict);
        for level in Level::available() {
            let found = decode_exact(level, data, strict);
            assert_eq!(found, expected, "{level:?}, strict: {strict}, {}", data.escape_ascii());
        }
    }
}

#[test]
fn known_texts() {
    // RFC 4648, section 10.
    let cases: [(&[u8], &[u8]); 7] = [
        (b"", b""),
        (b"f", b"Zg=="),
        (b"fo", b"Zm8="),
        (b"foo", b"Zm9v"),
        (b"foob", b"Zm9vYg=="),
        (b"fooba", b"Zm9vYmE="),
        (b"foobar", b"Zm9vYmFy"),
    ];
    for (data, text) in cases {
        for level in Level::available() {
            assert_eq!(encode_exact(level, data, false), text);
            assert_eq!(decode_exact(level, text, true).as_deref(), Ok(data));
        }
    }
}

#[test]
fn errors() {
    use DecodeError::*;
    type Decoded = Result<&'static [u8], DecodeError>;
    // text, lenient result, strict result
    let cases: [(&[u8], Decoded, Decoded); 20] = [
        (b"=", Ok(b""), Err(LeadingPadding)),
        (b"====", Ok(b""), Err(LeadingPadding)),
        (b"\n=", Ok(b""), Err(NotBase64)),
        (b"Zm9v=", Ok(b"foo"), Err(ExcessPadding)),
        (b"Z", Err(InvalidLength(1)), Err(InvalidLength(1))),
        (b"Z===", Err(InvalidLength(1)), Err(InvalidLength(1))),
        (b"Z=g=", Err(IncorrectPadding), Err(InvalidLength(1))),
        (b"Z=!", Err(InvalidLength(1)), Err(InvalidLength(1))),
        (b"Z!", Err(InvalidLength(1)), Err(NotBase64)),
        (b"Zm9vZ", Err(InvalidLength(5)), Err(InvalidLength(5))),
        (b"Zg", Err(IncorrectPadding), Err(IncorrectPadding)),
        (b"Zg=", Err(IncorrectPadding), Err(IncorrectPadding)),
        (b"Zg==", Ok(b"f"), Ok(b"f")),
        (b"Zg===", Ok(b"f"), Err(ExcessPadding)),
        (b"Zg=!=", Ok(b"f"), Err(NotBase64)),
        (b"Zg=g", Err(IncorrectPadding), Err(DiscontinuousPadding)),
        (b"Zg==Zg==", Ok(b"f\x06`"), Err(ExcessData)),
        (b"Zm8=", Ok(b"fo"), Ok(b"fo")),
        (b"Zm8=Zm8=", Err(IncorrectPadding), Err(ExcessData)),
        (b"Zm 9\xffv", Ok(b"foo"), Err(NotBase64)),
    ];
    for (text, lenient, strict) in cases {
        for (strict, expected) in [(false, lenient), (true, strict)] {
            assert_eq!(naive_decode(text, strict).as_deref().map_err(|e| *e), expected, "{}", text.escape_ascii());
            for level in Level::available() {
                let found = decode_exact(level, text, strict);
                assert_eq!(found.as_deref().map_err(|e| *e), expected, "{level:?}: {}", text.escape_ascii());
            }
        }
    }
}

#[test]
fn messages() {
    assert_eq!(DecodeError::IncorrectPadding.to_string(), "Incorrect padding");
    assert_eq!(
        DecodeError::InvalidLength(5).to_string(),
        "Invalid base64-encoded string: number of data characters (5) cannot be 1 more than a multiple of 4"
    );
}

#[test]
fn lengths() {
    const MAX: usize = isize::MAX as usize;
    assert_eq!([0, 1, 2, 3, 4].map(|len| encoded_len(len, false)), [0, 4, 4, 4, 8].map(Some));
    assert_eq!([0, 1, 3].map(|len| encoded_len(len, true)), [1, 5, 5].map(Some));
    assert!(encoded_len((MAX - 3) / 2, true).is_some());
    assert_eq!([(MAX - 3) / 2 + 1, MAX, usize::MAX].map(|len| encoded_len(len, false)), [None; 3]);
    assert_eq!([0, 1, 4, 5].map(max_decoded_len), [0, 3, 3, 6]);
    assert!(max_decoded_len(usize::MAX) > MAX);
}

#[test]
fn encodes_every_length() {
    let mut random = Random::new();
    for len in (0..400).chain([4093, 4094, 4095, 4096]) {
        for newline in [false, true] {
            let data = random.bytes(len);
            let expected = naive_encode(&data, newline);
            for level in Level::available() {
                assert_eq!(encode_exact(level, &data, newline), expected, "{level:?} {len}");
            }
        }
    }
}

#[test]
fn encodes_every_value_in_every_place() {
    for len in [3, 24, 48, 51, 192, 240] {
        for value in 0..64u8 {
            // Four equal values in each group.
            let group = (u32::from(value) * 0x041041).to_be_bytes();
            let data = [group[1], group[2], group[3]].repeat(len / 3);
            for level in Level::available() {
                let text = encode_exact(level, &data, false);
                assert!(text.iter().all(|byte| *byte == ALPHABET[usize::from(value)]), "{level:?} {value}");
                assert_eq!(decode_exact(level, &text, true), Ok(data.clone()));
            }
        }
    }
}

#[test]
fn decodes_clean_texts_of_every_length() {
    let mut random = Random::new();
    for len in (0..400).chain([3070, 3071, 3072, 3073]) {
        let mut text = naive_encode(&random.bytes(len), false);
        check_decode(&text);
        // Cut short, and with more behind.
        for cut in 1..=4.min(text.len()) {
            check_decode(&text[..text.len() - cut]);
        }
        for more in [&b"\n"[..], b"=", b"==", b"A", b"!", b"\r\n"] {
            let kept = text.len();
            text.extend(more);
            check_decode(&text);
            text.truncate(kept);
        }
    }
}

#[test]
fn one_odd_byte_in_every_place() {
    let mut random = Random::new();
    for len in [1, 4, 16, 63, 64, 65, 127, 128, 200, 256, 320] {
        let text: Vec<u8> = (0..len).map(|_| random.pick(&ALPHABET)).collect();
        for place in 0..len {
            for odd in [b'=', b'\n', 0, 0x7f, 0x80, 0xff, b'A' | 0x80, b'-', b'_', b'@', b'[', b'`', b'{', b':'] {
                let mut text = text.clone();
                text[place] = odd;
                check_decode(&text);
            }
        }
    }
}

#[test]
fn every_byte_is_classified() {
    for byte in 0..=255 {
        for len in [4, 32, 64, 256, 260] {
            check_decode(&vec![byte; len]);
        }
        let mut text = [b'A'; 300];
        text[131] = byte;
        check_decode(&text);
    }
}

#[test]
fn random_texts() {
    let mut random = Random::new();
    let alphabets: [&[u8]; 6] = [
        b"=A",
        b"==\nA+/",
        b"ABCDabcd0123+/=",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ\n",
        b"\n\r !-_\x80\xff\0A",
        b"A/B9\n",
    ];
    for round in 0..6000 {
        let len = random.below(if round % 4 == 0 { 12 } else { 400 });
        let alphabet = alphabets[round % alphabets.len()];
        let mut text: Vec<u8> = (0..len).map(|_| random.pick(alphabet)).collect();
        if round % 3 == 0 {
            text.extend(&b"==="[..random.below(4)]);
        }
        check_decode(&text);
    }
}

#[test]
fn lines() {
    let mut random = Random::new();
    for end in [&b"\n"[..], b"\r\n", b"\n\n \t", b"="] {
        for width in [1, 3, 4, 19, 63, 64, 65, 76, 100] {
            for len in [0, 1, 57, 58, 200, 3000, 9001] {
                let text = naive_encode(&random.bytes(len), false);
                let lines: Vec<u8> = text.chunks(width).flat_map(|line| [line, end].concat()).collect();
                check_decode(&lines);
            }
        }
    }
}

#[test]
fn appends_to_what_is_there() {
    for level in Level::available() {
        for (text, strict) in [(&b"Zm9vYg=="[..], true), (b"Zm9v\nYg==", false)] {
            let bytes = exact(3 + max_decoded_len(text.len()), |out| {
                out.extend_from_slice(b"bar");
                assert_eq!(decode_at(level, text, strict, out), Ok(()));
            });
            assert_eq!(bytes, b"barfoob");
        }
        for (text, strict) in [(&b"Zm9vY"[..], true), (b"Zm9v\nY", false)] {
            exact(3 + max_decoded_len(text.len()), |out| {
                out.extend_from_slice(b"bar");
                assert_eq!(decode_at(level, text, strict, out), Err(DecodeError::InvalidLength(5)));
            });
        }
    }
}

#[test]
fn every_alignment() {
    let mut random = Random::new();
    for len in [1023, 1024, 1100, 1231] {
        let data = random.bytes(len);
        let expected = naive_encode(&data, true);
        for (level, offset) in Level::available().flat_map(|level| (0..64).map(move |offset| (level, offset))) {
            let before = random.bytes(offset);
            let text = exact(offset + expected.len(), |out| {
                out.extend_from_slice(&before);
                encode_at(level, &data, true, out);
            });
            assert_eq!(text, [&before[..], &expected].concat(), "{level:?} {len} {offset}");
            let bytes = exact(offset + max_decoded_len(expected.len()), |out| {
                out.extend_from_slice(&before);
                assert_eq!(decode_at(level, &expected, false, out), Ok(()));
            });
            assert_eq!(bytes, [&before[..], &data].concat(), "{level:?} {len} {offset}");
        }
    }
}

#[test]
#[should_panic(expected = "no room")]
fn refuses_to_encode_into_too_little() {
    let mut memory = [core::mem::MaybeUninit::uninit(); 4];
    encode(b"foo", true, &mut OutBuf::new(&mut memory));
}

#[test]
#[should_panic(expected = "no room")]
fn refuses_to_decode_into_too_little() {
    let mut memory = [core::mem::MaybeUninit::uninit(); 2];
    let _ = decode(b"Zg==", true, &mut OutBuf::new(&mut memory));
}
