//! Every level against a plain reading of the rules.

use super::*;
use crate::alphabet::{BASE32, BASE32_REVERSE, BASE32HEX, BASE32HEX_REVERSE, PAD};
use crate::ignorechars::ByteSet;
use crate::testing::{Random, assert_decoded, assert_encoded, assert_short, every_byte_in_every_place, random_texts};

fn options(wrapcol: usize, padded: bool) -> Options<'static> {
    Options { alphabet: &BASE32, padded, wrapcol }
}

fn naive_encode(data: &[u8], options: Options<'_>) -> Vec<u8> {
    let bits: Vec<u8> = data.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let value = |bits: &[u8]| bits.iter().chain(&[0; 5]).take(5).fold(0, |value, bit| value << 1 | usize::from(*bit));
    let mut text: Vec<u8> = bits.chunks(5).map(|bits| options.alphabet[value(bits)]).collect();
    while options.padded && !text.len().is_multiple_of(8) {
        text.push(PAD);
    }
    match options.wrapcol {
        0 => text,
        width => text.chunks(width.max(8) / 8 * 8).collect::<Vec<_>>().join(&b'\n'),
    }
}

/// Decodes one byte at a time, in the order of `binascii_a2b_base32_impl`.
fn naive_decode(data: &[u8], table: &ReverseTable, rules: &Rules) -> Result<Vec<u8>, DecodeError> {
    let pad_ignored = rules.ignorechars.contains(b'=');
    let (mut bytes, mut bits, mut held, mut pads) = (Vec::new(), Vec::new(), 0, 0);
    for &byte in data {
        if byte == b'=' && rules.padded {
            pads += 1;
            if matches!(held, 2 | 4 | 5 | 7) && held + pads <= 8 || pad_ignored {
                continue;
            }
            match held {
                1 | 3 | 6 => break,
                0 if bytes.is_empty() => return Err(DecodeError::LeadingPadding),
                _ => return Err(DecodeError::ExcessPadding),
            }
        }
        if !table.contains(byte) {
            match byte {
                _ if rules.ignorechars.contains(byte) => continue,
                b'=' => return Err(DecodeError::PaddingNotAllowed),
                _ => return Err(DecodeError::OutsideAlphabet(Encoding::Base32)),
            }
        }
        if pads > 0 && !pad_ignored {
            return Err(if held + pads == 8 { DecodeError::ExcessData } else { DecodeError::DiscontinuousPadding });
        }
        bits.extend((0..5).rev().map(|bit| table.value(byte) >> bit & 1));
        held += 1;
        if bits.len() >= 8 {
            bytes.push(bits.drain(..8).fold(0, |byte, bit| byte << 1 | bit));
        }
        if held == 8 {
            (held, pads) = (0, 0);
        }
    }
    match held {
        1 | 3 | 6 => Err(DecodeError::InvalidLength(Encoding::Base32, bytes.len() / 5 * 8 + held)),
        _ if held != 0 && rules.padded && held + pads < 8 => Err(DecodeError::IncorrectPadding),
        _ if rules.canonical && bits.contains(&1) => Err(DecodeError::NonZeroPaddingBits),
        _ => Ok(bytes),
    }
}

fn check_encode(data: &[u8], options: Options<'_>) -> Vec<u8> {
    let expected = naive_encode(data, options);
    let len = encoded_len(data.len(), options).expect("a small length");
    assert_encoded(&expected, len, |level, out| encode_at(level, data, options, out));
    let taken = short_len(data.len(), options).is_some();
    assert_eq!(taken, data.len() <= SHORT && !expected.contains(&b'\n'));
    let expected: Result<_, std::convert::Infallible> = Ok(expected);
    assert_short(&expected, len, taken, |level, out| encode_short(level, data, options, out));
    let Ok(expected) = expected;
    expected
}

fn check_decode(text: &[u8], table: &ReverseTable, rules: &Rules) {
    let (expected, len) = (naive_decode(text, table, rules), max_decoded_len(text.len()));
    assert_decoded(text, &expected, len, |level, out| decode_at(level, text, table, rules, out));
    let data = text.iter().take_while(|byte| table.contains(**byte)).count();
    let clean = text.len().is_multiple_of(8) && text[data..].iter().all(|byte| *byte == PAD && rules.padded);
    let taken = clean && text.len() <= SHORT_TEXT && expected.is_ok() && text.len() - data < 8;
    let pads = (rules.padded, rules.canonical);
    assert_short(&expected, 64, taken, |level, out| decode_short(level, text, table, pads, out));
}

fn all_rules() -> Vec<Rules> {
    let mut all = Vec::new();
    for ignored in [&b""[..], b"\n", b"\n= ", b"A\xff\0\n"] {
        for (padded, canonical) in [(true, false), (true, true), (false, false), (false, true)] {
            all.push(Rules { padded, canonical, ignorechars: ByteSet::new(ignored) });
        }
    }
    all
}

#[test]
fn known_texts() {
    // RFC 4648, section 10.
    let cases: [(&[u8], &[u8]); 7] = [
        (b"", b""),
        (b"f", b"MY======"),
        (b"fo", b"MZXQ===="),
        (b"foo", b"MZXW6==="),
        (b"foob", b"MZXW6YQ="),
        (b"fooba", b"MZXW6YTB"),
        (b"foobar", b"MZXW6YTBOI======"),
    ];
    for (data, text) in cases {
        assert_eq!(check_encode(data, options(0, true)), text);
        check_decode(text, &BASE32_REVERSE, &Rules::default());
    }
    assert_eq!(naive_encode(b"foob", Options { alphabet: &BASE32HEX, padded: false, wrapcol: 0 }), b"CPNMUOG");
}

#[test]
fn errors() {
    use DecodeError::*;
    let strict = Rules::default();
    let canonical = Rules { canonical: true, ..Rules::default() };
    let unpadded = Rules { padded: false, ..Rules::default() };
    type Case<'a> = (&'a [u8], &'a Rules, Result<&'a [u8], DecodeError>);
    let cases: [Case<'_>; 13] = [
        (b"=", &strict, Err(LeadingPadding)),
        (b"MZXW6YTB=", &strict, Err(ExcessPadding)),
        (b"MY======M", &strict, Err(ExcessData)),
        (b"MY=M", &strict, Err(DiscontinuousPadding)),
        (b"M=", &strict, Err(InvalidLength(Encoding::Base32, 1))),
        (b"MZXW6YTBMZXW6Y", &strict, Err(InvalidLength(Encoding::Base32, 14))),
        (b"MY", &strict, Err(IncorrectPadding)),
        (b"my", &strict, Err(OutsideAlphabet(Encoding::Base32))),
        (b"MY", &unpadded, Ok(b"f")),
        (b"MY======", &unpadded, Err(PaddingNotAllowed)),
        (b"MZ======", &strict, Ok(b"f")),
        (b"MZ======", &canonical, Err(NonZeroPaddingBits)),
        (b"MZXW6YT\n", &strict, Err(OutsideAlphabet(Encoding::Base32))),
    ];
    for (text, rules, expected) in cases {
        assert_eq!(naive_decode(text, &BASE32_REVERSE, rules), expected.map(<[u8]>::to_vec), "{}", text.escape_ascii());
        check_decode(text, &BASE32_REVERSE, rules);
    }
    assert_eq!(
        InvalidLength(Encoding::Base32, 3).to_string(),
        "Invalid base32-encoded string: number of data characters (3) cannot be 1, 3, or 6 more than a multiple of 8"
    );
    assert_eq!(OutsideAlphabet(Encoding::Base32).to_string(), "Only base32 data is allowed");
}

#[test]
fn every_length_both_ways() {
    let mut random = Random::new();
    for len in (0..300).chain([1023, 4095, 4096, 4097, 9000]) {
        let data = random.bytes(len);
        for padded in [false, true] {
            let text = check_encode(&data, options(0, padded));
            let rules = Rules { padded, ..Rules::default() };
            check_decode(&text, &BASE32_REVERSE, &rules);
            check_decode(&text[..text.len().saturating_sub(1)], &BASE32_REVERSE, &rules);
            let text = check_encode(&data, Options { alphabet: &BASE32HEX, padded, wrapcol: 0 });
            check_decode(&text, &BASE32HEX_REVERSE, &rules);
        }
        for wrapcol in [1, 8, 15, 64, 76, 5000, usize::MAX] {
            let text = check_encode(&data, options(wrapcol, len % 2 == 0));
            check_decode(&text, &BASE32_REVERSE, &Rules { ignorechars: ByteSet::new(b"\n"), ..Rules::default() });
        }
    }
}

#[test]
fn every_byte() {
    every_byte_in_every_place(&[8, 64, 72, 128], b'Q', |text| check_decode(text, &BASE32_REVERSE, &Rules::default()));
}

#[test]
fn texts_at_random() {
    let odd = ReverseTable::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ23\xff=\nA", Some(PAD));
    let rules = all_rules();
    let alphabets: [&[u8]; 5] =
        [b"=A", b"AB\n", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOP\n", b"AB= \n\xff\0", b"ABCDEFGHIJKLM23"];
    random_texts(&alphabets, |random, round, mut text| {
        if round % 3 == 0 {
            text.extend(&b"========"[..random.below(8)]);
        }
        let table = if round % 7 == 0 { &odd } else { &BASE32_REVERSE };
        check_decode(&text, table, &rules[random.below(rules.len())]);
    });
}

#[test]
fn lengths() {
    const MAX: usize = isize::MAX as usize;
    assert_eq!([0, 1, 5, 6].map(|len| encoded_len(len, options(0, true))), [0, 8, 8, 16].map(Some));
    assert_eq!([0, 1, 4, 5, 6].map(|len| encoded_len(len, options(0, false))), [0, 2, 7, 8, 10].map(Some));
    assert_eq!(encoded_len(MAX, options(1, true)), None);
    assert_eq!(encoded_len(MAX / 8 * 5, options(0, true)), Some(MAX / 8 * 8));
}
