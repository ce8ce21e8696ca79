//! Every level against a plain reading of the rules.

use super::*;
use crate::testing::{Random, assert_decoded, assert_encoded, assert_short, every_byte_in_every_place, random_texts};

const PLAIN: Options = Options { foldspaces: false, wrapcol: 0, pad: false, adobe: false };

fn naive_encode(data: &[u8], options: Options) -> Vec<u8> {
    let mut text = if options.adobe { b"<~".to_vec() } else { Vec::new() };
    for group in data.chunks(4) {
        let value = group.iter().chain([&0; 4]).take(4).fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let whole = group.len() == 4;
        match value {
            0 if whole || options.pad => text.push(b'z'),
            0x2020_2020 if whole && options.foldspaces => text.push(b'y'),
            _ => {
                let kept = if options.pad { 5 } else { group.len() + 1 };
                text.extend((0..5).rev().map(|i| b'!' + (value / 85u64.pow(i) % 85) as u8).take(kept));
            }
        }
    }
    if options.adobe {
        text.extend(b"~>");
    }
    if options.wrapcol != 0 {
        let width = options.wrapcol.max(if options.adobe { 2 } else { 1 });
        text = text.chunks(width).collect::<Vec<_>>().join(&b'\n');
        if options.adobe && text.ends_with(b"~\n>") {
            let len = text.len();
            text[len - 3..].copy_from_slice(b"\n~>");
        }
    }
    text
}

/// Decodes one byte at a time, in the order of `binascii_a2b_ascii85_impl`.
fn naive_decode(data: &[u8], rules: &Rules) -> Result<Vec<u8>, DecodeError> {
    let (mut bytes, mut value, mut held, mut at, mut short) = (Vec::new(), 0u64, 0, 0, false);
    while at < data.len() || held != 0 {
        let byte = data.get(at).copied();
        at += 1;
        match byte.unwrap_or(b'u') {
            byte @ b'!'..=b'u' => {
                value = value * 85 + u64::from(byte - b'!');
                held += 1;
                if value > u64::from(u32::MAX) {
                    return Err(DecodeError::Overflow);
                }
            }
            byte if byte == b'z' || byte == b'y' && rules.foldspaces => {
                if held != 0 {
                    return Err(DecodeError::ShortFormInside(byte));
                }
                value = if byte == b'z' { 0 } else { 0x2020_2020 };
                (held, short) = (5, true);
            }
            byte if rules.ignorechars.contains(byte) => {}
            byte => return Err(DecodeError::OutsideAlphabet(byte)),
        }
        if held < 5 {
            continue;
        }
        let kept = 4 - at.saturating_sub(data.len());
        if kept == 0 {
            return Err(DecodeError::IncompleteGroup);
        }
        bytes.extend(&(value as u32).to_be_bytes()[..kept]);
        if rules.canonical && kept == 4 && value == 0 && !short {
            return Err(DecodeError::LongZeros);
        }
        if rules.canonical && kept < 4 {
            let again = naive_encode(&bytes[bytes.len() - kept..], PLAIN);
            let upper = again.iter().fold(0, |value, byte| value * 85 + u64::from(byte - b'!'));
            if upper != value / 85u64.pow(4 - kept as u32) {
                return Err(DecodeError::NonZeroPaddingBits);
            }
        }
        (value, held, short) = (0, 0, false);
    }
    Ok(bytes)
}

fn check_encode(data: &[u8], options: Options) -> Vec<u8> {
    let expected = naive_encode(data, options);
    let len = max_encoded_len(data.len(), options).expect("a small length");
    assert_encoded(&expected, len, |level, out| encode_at(level, data, options, out));
    if let Some(len) = short_len(data, options) {
        let expected: Result<_, DecodeError> = Ok(expected.clone());
        assert_short(&expected, len, true, |_, out| encode_short(data, options, out));
    } else {
        let other = |character: &u8| b"\nzy<~".contains(character);
        assert!(data.len() > SHORT || options.pad || expected.iter().any(other), "{}", expected.escape_ascii());
    }
    expected
}

fn check_decode(text: &[u8], rules: &Rules) {
    let (expected, len) = (naive_decode(text, rules), max_decoded_len(text).expect("a small length"));
    assert_decoded(text, &expected, len, |level, out| decode_at(level, text, rules, out));
    let clean = text.len().is_multiple_of(5) && text.iter().all(|byte| ASCII85_REVERSE.contains(*byte));
    let taken = clean && text.len() <= SHORT_TEXT && expected.is_ok();
    assert_short(&expected, 64, taken, |_, out| decode_short(text, rules.canonical, out));
}

fn rules(canonical: bool, foldspaces: bool, ignored: &[u8]) -> Rules {
    Rules { foldspaces, adobe: false, canonical, ignorechars: ByteSet::new(ignored) }
}

#[test]
fn known_texts() {
    let cases: [(&[u8], &[u8]); 6] = [
        (b"", b""),
        (b"www.python.org", b"GB\\6`E-ZP=Df.1GEb>"),
        (b"\0\0\0\0", b"z"),
        (b"\0\0", b"!!!"),
        (b"    ", b"+<VdL"),
        (b"\xff\xff\xff\xff", b"s8W-!"),
    ];
    for (data, text) in cases {
        assert_eq!(check_encode(data, PLAIN), text);
        check_decode(text, &rules(true, false, b""));
    }
    assert_eq!(check_encode(b"    ", Options { foldspaces: true, ..PLAIN }), b"y");
    assert_eq!(check_encode(b"\0\0", Options { pad: true, ..PLAIN }), b"z");
    assert_eq!(check_encode(b"    x", Options { adobe: true, ..PLAIN }), b"<~+<VdLGQ~>");
    assert_eq!(check_encode(b"    ", Options { adobe: true, wrapcol: 8, ..PLAIN }), b"<~+<VdL\n~>");
}

#[test]
fn errors() {
    use DecodeError::*;
    type Case<'a> = (&'a [u8], bool, Result<&'a [u8], DecodeError>);
    let cases: [Case<'_>; 10] = [
        (b"s8W-\"", false, Err(Overflow)),
        (b"s8W-!s", false, Err(Overflow)),
        (b"!z", false, Err(ShortFormInside(b'z'))),
        (b"!y", false, Err(OutsideAlphabet(b'y'))),
        (b"v", false, Err(OutsideAlphabet(b'v'))),
        (b"z!", false, Err(IncompleteGroup)),
        (b"!!!!!", true, Err(LongZeros)),
        (b"!!!!!", false, Ok(b"\0\0\0\0")),
        (b"!!", true, Ok(b"\0")),
        (b"!#", true, Err(NonZeroPaddingBits)),
    ];
    for (text, canonical, expected) in cases {
        assert_eq!(
            naive_decode(text, &rules(canonical, false, b"")),
            expected.map(<[u8]>::to_vec),
            "{}",
            text.escape_ascii()
        );
        check_decode(text, &rules(canonical, false, b""));
    }
    assert_eq!(ShortFormInside(b'z').to_string(), "'z' inside Ascii85 5-tuple");
    assert_eq!(OutsideAlphabet(0xe9).to_string(), "Non-Ascii85 digit found: \u{e9}");
}

#[test]
fn marks() {
    let adobe = Rules { adobe: true, ..rules(false, false, b"") };
    for (text, expected) in [
        (&b"<~z~>"[..], Ok(&b"z"[..])),
        (b"z~>", Ok(b"z")),
        (b"<~>", Ok(b"<")),
        (b"~>", Ok(b"")),
        (b"<~~>", Ok(b"")),
        (b"<~z", Err(DecodeError::MissingSuffix)),
        (b">", Err(DecodeError::MissingSuffix)),
        (b"", Err(DecodeError::MissingSuffix)),
    ] {
        assert_eq!(strip_marks(text, &adobe), expected);
        assert_eq!(strip_marks(text, &rules(false, false, b"")), Ok(text));
    }
}

/// Random groups, some of which have a short form.
fn groups(random: &mut Random, len: usize, share: usize) -> Vec<u8> {
    let mut data = random.bytes(len);
    for group in data.chunks_mut(4) {
        match random.below(share) {
            0 => group.fill(0),
            1 => group.fill(b' '),
            _ => {}
        }
    }
    data
}

#[test]
fn every_length_both_ways() {
    let mut random = Random::new();
    for len in (0..300).chain([1023, 4095, 4096, 4097, 9000]) {
        for share in [1, 2, 3, 20, 1000] {
            let data = groups(&mut random, len, share);
            for (foldspaces, pad) in [(false, false), (true, true)] {
                let text = check_encode(&data, Options { foldspaces, pad, ..PLAIN });
                check_decode(&text, &rules(len % 2 == 0, foldspaces, b""));
                check_decode(&text[..text.len().saturating_sub(1)], &rules(len % 2 == 0, foldspaces, b""));
            }
            for wrapcol in [1, 2, 5, 76, 5000] {
                for adobe in [false, true] {
                    let text = check_encode(&data, Options { wrapcol, adobe, foldspaces: true, pad: len % 2 == 0 });
                    let adobe = Rules { adobe, ..rules(false, true, b"\n") };
                    if let Ok(text) = strip_marks(&text, &adobe) {
                        check_decode(text, &adobe);
                    }
                }
            }
        }
    }
}

#[test]
fn every_byte() {
    every_byte_in_every_place(&[5, 80, 85, 160], b'9', |text| check_decode(text, &rules(true, true, b"\n")));
}

#[test]
fn texts_at_random() {
    let alphabets: [&[u8]; 5] = [b"s8W-!\"", b"!", b"!z\n", b"yz\n", b"0123456789ABCDEFGHIJKLMNOPQRS \n"];
    random_texts(&alphabets, |random, _, text| {
        let ignored: &[u8] = [&b""[..], b"\n", b"\nyz", b"0\xff\n "][random.below(4)];
        check_decode(&text, &rules(random.below(2) == 0, random.below(2) == 0, ignored));
    });
}
