//! Every level against a plain reading of the rules.

use super::*;
use crate::alphabet::{BASE85, BASE85_REVERSE, Z85, Z85_REVERSE};
use crate::testing::{
    Random, assert_decoded, assert_encoded, assert_short, every_byte_in_every_place, exact, random_texts,
};

fn naive_encode(data: &[u8], options: Options<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    for group in data.chunks(4) {
        let value = group.iter().chain([&0; 4]).take(4).fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let kept = if options.pad { 5 } else { group.len() + 1 };
        text.extend((0..5).rev().map(|i| options.alphabet[(value / 85u64.pow(i) % 85) as usize]).take(kept));
    }
    match options.wrapcol {
        0 => text,
        width => text.chunks(width.max(5) / 5 * 5).collect::<Vec<_>>().join(&b'\n'),
    }
}

/// Decodes one byte at a time, in the order of `binascii_a2b_base85_impl`.
fn naive_decode(data: &[u8], table: &ReverseTable, rules: &Rules) -> Result<Vec<u8>, DecodeError> {
    let (mut bytes, mut value, mut held, mut at) = (Vec::new(), 0u64, 0, 0);
    while at < data.len() || held != 0 {
        let digit = data.get(at).map_or(84, |byte| table.value(*byte));
        at += 1;
        if digit == INVALID {
            if !rules.ignorechars.contains(data[at - 1]) {
                return Err(DecodeError::OutsideAlphabet(at - 1));
            }
            continue;
        }
        value = value * 85 + u64::from(digit);
        held += 1;
        if held < 5 {
            continue;
        }
        if value > u64::from(u32::MAX) {
            return Err(DecodeError::Overflow(at - 1));
        }
        let kept = 4 - at.saturating_sub(data.len());
        if kept == 0 {
            return Err(DecodeError::IncompleteGroup);
        }
        bytes.extend(&(value as u32).to_be_bytes()[..kept]);
        if rules.canonical && kept < 4 {
            // The same bytes are encoded in the same way.
            let again =
                naive_encode(&bytes[bytes.len() - kept..], Options { alphabet: &BASE85, pad: false, wrapcol: 0 });
            let digits = again.iter().map(|byte| BASE85_REVERSE.value(*byte));
            let upper = digits.fold(0, |value, digit| value * 85 + u64::from(digit));
            if upper != value / 85u64.pow(4 - kept as u32) {
                return Err(DecodeError::NonZeroPaddingBits);
            }
        }
        (value, held) = (0, 0);
    }
    Ok(bytes)
}

fn check_encode(data: &[u8], options: Options<'_>) -> Vec<u8> {
    let expected = naive_encode(data, options);
    let len = encoded_len(data.len(), options).expect("a small length");
    assert_encoded(&expected, len, |level, out| encode_at(level, data, options, out));
    let taken = short_len(data, options).is_some();
    assert_eq!(taken, data.len() <= SHORT && !expected.contains(&b'\n'));
    if taken {
        let expected: Result<_, DecodeError> = Ok(expected.clone());
        assert_short(&expected, len, true, |_, out| encode_short(data, options, out));
    }
    expected
}

fn check_decode(text: &[u8], table: &ReverseTable, rules: &Rules) {
    let (expected, len) = (naive_decode(text, table, rules), max_decoded_len(text.len()));
    assert_decoded(text, &expected, len, |level, out| decode_at(level, text, table, rules, out));
    let clean = text.len().is_multiple_of(5) && text.iter().all(|byte| table.contains(*byte));
    let taken = clean && text.len() <= SHORT_TEXT && expected.is_ok();
    assert_short(&expected, 64, taken, |_, out| decode_short(text, table, out));
}

fn rules(canonical: bool, ignored: &[u8]) -> Rules {
    Rules { canonical, ignorechars: ByteSet::new(ignored) }
}

#[test]
fn known_texts() {
    let plain = Options { alphabet: &BASE85, pad: false, wrapcol: 0 };
    let cases: [(&[u8], &[u8]); 5] = [
        (b"", b""),
        (b"www.python.org", b"cXxL#aCvlSZ*DGca%T"),
        (b"\0\0\0\0", b"00000"),
        (b"\xff\xff\xff\xff", b"|NsC0"),
        (b"\xff", b"{{"),
    ];
    for (data, text) in cases {
        assert_eq!(check_encode(data, plain), text);
        check_decode(text, &BASE85_REVERSE, &rules(true, b""));
    }
    // The example of the specification of Z85.
    let z85 = Options { alphabet: &Z85, ..plain };
    assert_eq!(check_encode(b"\x86\x4f\xd2\x6f\xb5\x59\xf7\x5b", z85), b"HelloWorld");
}

#[test]
fn errors() {
    use DecodeError::*;
    type Case<'a> = (&'a [u8], bool, Result<&'a [u8], DecodeError>);
    let cases: [Case<'_>; 7] = [
        (b"|NsC1", false, Err(Overflow(4))),
        (b"00000~~~~~", false, Err(Overflow(9))),
        (b"|NsC0|", false, Err(Overflow(9))),
        (b"00000 ", false, Err(OutsideAlphabet(5))),
        (b"000000", false, Err(IncompleteGroup)),
        (b"{{", true, Ok(b"\xff")),
        (b"{}", true, Err(NonZeroPaddingBits)),
    ];
    for (text, canonical, expected) in cases {
        assert_eq!(naive_decode(text, &BASE85_REVERSE, &rules(canonical, b"")), expected.map(<[u8]>::to_vec));
        check_decode(text, &BASE85_REVERSE, &rules(canonical, b""));
    }
    assert_eq!(Overflow(9).to_string(), "Base85 overflow in hunk starting at byte 5");
    assert_eq!(OutsideAlphabet(7).to_string(), "bad Base85 character at position 7");
}

#[test]
fn every_length_both_ways() {
    let mut random = Random::new();
    for len in (0..300).chain([1023, 4095, 4096, 4097, 9000]) {
        let data = random.bytes(len);
        for pad in [false, true] {
            let text = check_encode(&data, Options { alphabet: &BASE85, pad, wrapcol: 0 });
            check_decode(&text, &BASE85_REVERSE, &rules(len % 2 == 0, b""));
            check_decode(&text[..text.len().saturating_sub(1)], &BASE85_REVERSE, &rules(len % 2 == 0, b""));
            let text = check_encode(&data, Options { alphabet: &Z85, pad, wrapcol: 0 });
            check_decode(&text, &Z85_REVERSE, &rules(false, b""));
        }
        for wrapcol in [1, 5, 13, 76, 5000, usize::MAX] {
            let text = check_encode(&data, Options { alphabet: &BASE85, pad: len % 2 == 0, wrapcol });
            check_decode(&text, &BASE85_REVERSE, &rules(false, b"\n"));
        }
    }
}

#[test]
fn every_digit_and_every_quotient() {
    // Numbers around each multiple of 85², where a wrong reciprocal shows.
    let multiples = (0..=u32::MAX / 7225).step_by(if cfg!(miri) { 50_000 } else { 1 });
    let numbers: Vec<u8> =
        multiples.flat_map(|q| [q * 7225, (q * 7225).wrapping_sub(1)]).flat_map(u32::to_be_bytes).collect();
    let options = Options { alphabet: &BASE85, pad: false, wrapcol: 0 };
    let len = encoded_len(numbers.len(), options).expect("a small length");
    let expected = exact(len, |out| encode_at(Level::Portable, &numbers, options, out));
    for (text, number) in expected.chunks(5).zip(numbers.chunks(4)).step_by(97) {
        assert_eq!(text, naive_encode(number, options));
    }
    for level in Level::available() {
        assert!(exact(len, |out| encode_at(level, &numbers, options, out)) == expected, "{level:?}");
        let mut result = Ok(());
        let all = exact(max_decoded_len(len), |out| {
            result = decode_at(level, &expected, &BASE85_REVERSE, &rules(true, b""), out);
        });
        assert!(result.is_ok() && all == numbers, "{level:?}");
    }
}

#[test]
fn every_byte() {
    every_byte_in_every_place(&[5, 80, 85, 160], b'9', |text| {
        check_decode(text, &BASE85_REVERSE, &rules(false, b"\n"))
    });
}

#[test]
fn texts_at_random() {
    let alphabets: [&[u8]; 5] =
        [b"|NsC01", b"0123456789abcdefABC\n", b"09az{}~\n", b"0\n", b"0123456789ABCDEFGHIJKLMNOPQRS \n"];
    random_texts(&alphabets, |random, _, text| {
        let ignored: &[u8] = [&b""[..], b"\n", b"\n ", b"0\xff\n"][random.below(4)];
        check_decode(&text, &BASE85_REVERSE, &rules(random.below(2) == 0, ignored));
    });
}
