//! Every level against one plain reading of the rules.

use super::*;
use crate::alphabet::{BASE64 as ALPHABET, BASE64_REVERSE};
use crate::ignorechars::ByteSet;
use crate::testing::{Random, assert_short, exact};

/// Decodes one byte at a time, in the order of `binascii_a2b_base64_impl`.
fn naive_decode_with(data: &[u8], table: &ReverseTable, strict: bool, rules: &Rules) -> Result<Vec<u8>, DecodeError> {
    let ignored = |byte: u8| strict && rules.ignorechars.contains(byte);
    let mut values = Vec::new();
    // The pads since the last data character.
    let mut pads = 0;
    for &byte in data {
        let in_group = values.len() % 4;
        if byte == b'=' && rules.padded {
            pads += 1;
            let expected = in_group >= 2 && in_group + pads <= 4;
            if strict && !expected && !ignored(b'=') {
                match in_group {
                    1 => break,
                    0 if values.is_empty() => return Err(DecodeError::LeadingPadding),
                    _ => return Err(DecodeError::ExcessPadding),
                }
            }
        } else if table.contains(byte) {
            if strict && pads != 0 && !ignored(b'=') {
                let complete = in_group + pads == 4;
                return Err(if complete { DecodeError::ExcessData } else { DecodeError::DiscontinuousPadding });
            }
            pads = 0;
            values.push(table.value(byte));
        } else if strict && !ignored(byte) {
            let pad = byte == b'=';
            return Err(if pad {
                DecodeError::PaddingNotAllowed
            } else {
                DecodeError::OutsideAlphabet(Encoding::Base64)
            });
        }
    }
    let in_group = values.len() % 4;
    if in_group == 1 {
        return Err(DecodeError::InvalidLength(Encoding::Base64, values.len()));
    }
    if rules.padded && in_group != 0 && in_group + pads < 4 {
        return Err(DecodeError::IncorrectPadding);
    }
    let bits: Vec<u8> = values.iter().flat_map(|value| (0..6).rev().map(move |bit| value >> bit & 1)).collect();
    if rules.canonical && bits[bits.len() / 8 * 8..].contains(&1) {
        return Err(DecodeError::NonZeroPaddingBits);
    }
    Ok(bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect())
}

fn naive_decode(data: &[u8], strict: bool) -> Result<Vec<u8>, DecodeError> {
    naive_decode_with(data, &BASE64_REVERSE, strict, &Rules::default())
}

fn naive_encode_with(data: &[u8], options: Options<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    for group in data.chunks(3) {
        let bits = group.iter().chain([&0; 3]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        for i in 0..4 {
            if i <= group.len() {
                text.push(options.alphabet[bits >> (18 - 6 * i) & 63]);
            } else if options.padded {
                text.push(b'=');
            }
        }
    }
    if options.wrapcol != 0 {
        text = text.chunks(options.wrapcol.max(4) / 4 * 4).collect::<Vec<_>>().join(&b'\n');
    }
    text.extend(options.newline.then_some(b'\n'));
    text
}

fn naive_encode(data: &[u8], newline: bool) -> Vec<u8> {
    naive_encode_with(data, Options::single_line(newline))
}

fn encode_with_exact(level: Level, data: &[u8], options: Options<'_>) -> Vec<u8> {
    let len = encoded_len(data.len(), options).expect("a small length");
    let text = exact(len, |out| encode_at(level, data, options, out));
    assert_eq!(text.len(), len);
    let taken = short_len(level, data.len(), options).is_some();
    assert!(taken || data.len() > PORTABLE || text[..len.saturating_sub(1)].contains(&b'\n'), "{data:?}");
    let expected: Result<_, std::convert::Infallible> = Ok(text);
    assert_short(&expected, len, false, |at, out| encode_short(at, data, options, out));
    let Ok(text) = expected;
    if taken {
        assert_eq!(exact(len, |out| _ = encode_short(level, data, options, out)), text);
    }
    text
}

#[test]
fn avx512_takes_short_texts_of_several_blocks() {
    if Level::detect() < Level::Avx512 {
        return;
    }
    let (level, pads) = (Level::Avx512, (true, false));
    let decode = |text: &[u8], space| {
        let mut done = false;
        let bytes = exact(space, |out| done = decode_short(level, text, &BASE64_REVERSE, pads, out));
        done.then_some(bytes)
    };
    let data: Vec<u8> = (0..SHORT + 49).map(|i| (i * 167 % 251) as u8).collect();
    for len in 0..=data.len() {
        let data = &data[..len];
        let text = naive_encode(data, false);
        // The newline of a last block of 64 characters does not fit its vector.
        assert_eq!(short_len(level, len, Options::single_line(true)).is_some(), len <= SHORT && len % 48 < 46, "{len}");
        assert_eq!(encode_exact(level, data, false), text);
        let found = decode(&text, SHORT_SPACE);
        assert_eq!(found.as_deref(), (text.len() <= SHORT_TEXT).then_some(data), "{len}");
        if found.is_none() {
            continue;
        }
        assert!(text.len() <= 64 || decode(&text, (text.len() - 1) / 64 * 48 + 63).is_none());
        for place in 0..text.len() {
            for character in [b'\n', PAD, 0x80 | text[place]] {
                let mut text = text.clone();
                text[place] = character;
                let expected = naive_decode(&text, true).ok().filter(|_| text.ends_with(b"="));
                assert_eq!(decode(&text, SHORT_SPACE), expected, "{}", text.escape_ascii());
            }
        }
    }
}

fn encode_exact(level: Level, data: &[u8], newline: bool) -> Vec<u8> {
    encode_with_exact(level, data, Options::single_line(newline))
}

fn decode_with_exact(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
) -> Result<Vec<u8>, DecodeError> {
    let mut result = Ok(());
    let bytes = exact(max_decoded_len(data.len()), |out| result = decode_at(level, data, table, strict, rules, out));
    result.map(|()| bytes)
}

fn decode_exact(level: Level, data: &[u8], strict: bool) -> Result<Vec<u8>, DecodeError> {
    decode_with_exact(level, data, &BASE64_REVERSE, strict, &Rules::default())
}

/// Compares every level and both modes with the oracle.
fn check_decode(data: &[u8]) {
    check_decode_with(data, &BASE64_REVERSE, &Rules::default());
}

fn check_decode_with(data: &[u8], table: &ReverseTable, rules: &Rules) {
    for strict in [false, true] {
        let expected = naive_decode_with(data, table, strict, rules);
        for level in Level::available() {
            let found = decode_with_exact(level, data, table, strict, rules);
            assert_eq!(found, expected, "{level:?}, strict: {strict}, {rules:?}, {}", data.escape_ascii());
        }
        let count = data.iter().take_while(|byte| table.contains(**byte)).count();
        let clean = data.len().is_multiple_of(4) && data[count..].iter().all(|byte| *byte == PAD && rules.padded);
        let taken = clean && data.len() <= PORTABLE_TEXT && expected.is_ok() && data.len() - count < 4;
        let pads = (rules.padded, rules.canonical);
        assert_short(&expected, SHORT_SPACE, taken, |level, out| decode_short(level, data, table, pads, out));
        if !strict {
            let taken = data.len() <= PORTABLE_TEXT && expected.is_ok();
            assert_short(&expected, 64, taken, |level, out| decode_short_lenient(level, data, table, pads, out));
        }
    }
}

#[test]
fn alphabets_and_lines() {
    let mut random = Random::new();
    let urlsafe = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let reversed: [u8; 64] = core::array::from_fn(|i| b'~' - i as u8);
    let binary: [u8; 64] = core::array::from_fn(|i| (i as u8).wrapping_mul(37));
    for alphabet in [&ALPHABET, &urlsafe, &reversed, &binary] {
        let table = ReverseTable::new(alphabet, Some(b'='));
        for len in (0..210).chain([1000, 3072, 3073, 10_000]) {
            let data = random.bytes(len);
            for (padded, newline, wrapcol) in [
                (true, false, 0),
                (false, true, 0),
                (true, true, 76),
                (false, false, 1),
                (true, false, 64),
                (true, true, 5000),
            ] {
                let options = Options { alphabet, padded, wrapcol, newline };
                let text = naive_encode_with(&data, options);
                for level in Level::available() {
                    assert_eq!(encode_with_exact(level, &data, options), text, "{level:?} {len} {options:?}");
                }
                let ignorechars = ByteSet::new(b"\n");
                check_decode_with(&text, &table, &Rules { padded, canonical: len % 2 == 0, ignorechars });
            }
        }
    }
}

#[test]
fn random_texts_under_all_rules() {
    let mut random = Random::new();
    let odd = ReverseTable::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz01234567\xff=\nA", Some(b'='));
    let alphabets: [&[u8]; 5] =
        [b"=A", b"AB\n", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\n", b"AB= \n\xff\0", b"AQgw"];
    for round in 0..6000 {
        let len = random.below([20, 100, 3000][(round % 16 / 14) + usize::from(round % 50 == 0)]);
        let alphabet = alphabets[round % alphabets.len()];
        let mut text: Vec<u8> = (0..len).map(|_| random.pick(alphabet)).collect();
        if round % 3 == 0 {
            text.extend(&b"==="[..random.below(4)]);
        }
        let table = if round % 7 == 0 { &odd } else { &BASE64_REVERSE };
        let ignored: &[u8] = [&b""[..], b"\n", b"\n= ", b"A\xff\0\n"][random.below(4)];
        let rules =
            Rules { padded: random.below(2) == 0, canonical: random.below(2) == 0, ignorechars: ByteSet::new(ignored) };
        check_decode_with(&text, table, &rules);
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
        (b"\n=", Ok(b""), Err(OutsideAlphabet(Encoding::Base64))),
        (b"Zm9v=", Ok(b"foo"), Err(ExcessPadding)),
        (b"Z", Err(InvalidLength(Encoding::Base64, 1)), Err(InvalidLength(Encoding::Base64, 1))),
        (b"Z===", Err(InvalidLength(Encoding::Base64, 1)), Err(InvalidLength(Encoding::Base64, 1))),
        (b"Z=g=", Err(IncorrectPadding), Err(InvalidLength(Encoding::Base64, 1))),
        (b"Z=!", Err(InvalidLength(Encoding::Base64, 1)), Err(InvalidLength(Encoding::Base64, 1))),
        (b"Z!", Err(InvalidLength(Encoding::Base64, 1)), Err(OutsideAlphabet(Encoding::Base64))),
        (b"Zm9vZ", Err(InvalidLength(Encoding::Base64, 5)), Err(InvalidLength(Encoding::Base64, 5))),
        (b"Zg", Err(IncorrectPadding), Err(IncorrectPadding)),
        (b"Zg=", Err(IncorrectPadding), Err(IncorrectPadding)),
        (b"Zg==", Ok(b"f"), Ok(b"f")),
        (b"Zg===", Ok(b"f"), Err(ExcessPadding)),
        (b"Zg=!=", Ok(b"f"), Err(OutsideAlphabet(Encoding::Base64))),
        (b"Zg=g", Err(IncorrectPadding), Err(DiscontinuousPadding)),
        (b"Zg==Zg==", Ok(b"f\x06`"), Err(ExcessData)),
        (b"Zm8=", Ok(b"fo"), Ok(b"fo")),
        (b"Zm8=Zm8=", Err(IncorrectPadding), Err(ExcessData)),
        (b"Zm 9\xffv", Ok(b"foo"), Err(OutsideAlphabet(Encoding::Base64))),
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
        DecodeError::InvalidLength(Encoding::Base64, 5).to_string(),
        "Invalid base64-encoded string: number of data characters (5) cannot be 1 more than a multiple of 4"
    );
}

#[test]
fn lengths() {
    const MAX: usize = isize::MAX as usize;
    let len = |len, newline| encoded_len(len, Options::single_line(newline));
    assert_eq!([0, 1, 2, 3, 4].map(|bytes| len(bytes, false)), [0, 4, 4, 4, 8].map(Some));
    assert_eq!([0, 1, 3].map(|bytes| len(bytes, true)), [1, 5, 5].map(Some));
    assert_eq!(len(MAX / 4 * 3, false), Some(MAX / 4 * 4));
    assert_eq!([MAX / 4 * 3 + 1, MAX].map(|bytes| len(bytes, false)), [None; 2]);
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
        // Truncated, and with more data after it.
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
                assert_eq!(decode_at(level, text, &BASE64_REVERSE, strict, &Rules::default(), out), Ok(()));
            });
            assert_eq!(bytes, b"barfoob");
        }
        for (text, strict) in [(&b"Zm9vY"[..], true), (b"Zm9v\nY", false)] {
            exact(3 + max_decoded_len(text.len()), |out| {
                out.extend_from_slice(b"bar");
                assert_eq!(
                    decode_at(level, text, &BASE64_REVERSE, strict, &Rules::default(), out),
                    Err(DecodeError::InvalidLength(Encoding::Base64, 5))
                );
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
                encode_at(level, &data, Options::single_line(true), out);
            });
            assert_eq!(text, [&before[..], &expected].concat(), "{level:?} {len} {offset}");
            let bytes = exact(offset + max_decoded_len(expected.len()), |out| {
                out.extend_from_slice(&before);
                assert_eq!(decode_at(level, &expected, &BASE64_REVERSE, false, &Rules::default(), out), Ok(()));
            });
            assert_eq!(bytes, [&before[..], &data].concat(), "{level:?} {len} {offset}");
        }
    }
}

#[test]
#[should_panic(expected = "out of range for slice")]
fn refuses_to_encode_into_too_little() {
    let mut memory = [core::mem::MaybeUninit::uninit(); 4];
    encode(b"foo", Options::single_line(true), &mut OutBuf::new(&mut memory));
}

#[test]
#[should_panic(expected = "no space")]
fn refuses_to_decode_into_too_little() {
    let mut memory = [core::mem::MaybeUninit::uninit(); 2];
    let _ = decode(b"Zg==", &BASE64_REVERSE, true, &Rules::default(), &mut OutBuf::new(&mut memory));
}
