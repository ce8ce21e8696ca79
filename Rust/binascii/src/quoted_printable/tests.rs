//! Quoted-printable against tables, and against a plain reading of the rules that decides byte by byte.

use super::decode::decode_at;
use super::encode::encode_at;
use super::encoded_len::max_encoded_len_at;
use super::{Options, SHORT, decode, decode_short, is_literal, max_encoded_len};
use crate::testing::exact;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// All eight combinations.
fn all_options() -> impl Iterator<Item = Options> {
    (0..8).map(|bits| Options { quotetabs: bits & 1 != 0, istext: bits & 2 != 0, header: bits & 4 != 0 })
}

const TEXT: Options = Options { quotetabs: false, istext: true, header: false };

/// Encodes into a buffer of exactly the size that was asked for, at every level, which must agree.
fn encoded(data: &[u8], options: Options) -> Vec<u8> {
    let at = |level| {
        let mut memory = vec![MaybeUninit::uninit(); max_encoded_len_at(level, data, options).expect("a small input")];
        let mut out = OutBuf::new(&mut memory);
        encode_at(level, data, options, &mut out);
        out.filled().to_vec()
    };
    let result = at(Level::Portable);
    for level in Level::available() {
        assert_eq!(at(level), result, "{} on {data:?}", level.name());
    }
    result
}

/// Decodes into a buffer as large as `data`, at every level, which must agree.
fn decoded(data: &[u8], header: bool) -> Vec<u8> {
    let at = |level| {
        let mut memory = vec![MaybeUninit::uninit(); data.len()];
        let mut out = OutBuf::new(&mut memory);
        decode_at(level, data, header, &mut out);
        out.filled().to_vec()
    };
    let result = at(Level::Portable);
    for level in Level::available() {
        assert_eq!(at(level), result, "{} on {data:?}", level.name());
    }
    result
}

fn encode_oracle(data: &[u8], options: Options) -> Vec<u8> {
    let Options { quotetabs, istext, header } = options;
    let eol: &[u8] = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) if data[..at].ends_with(b"\r") => b"\r\n",
        _ => b"\n",
    };
    let mut done: Vec<u8> = Vec::new();
    let mut line: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let byte = data[at];
        let next = data.get(at + 1).copied();
        if istext && (byte == b'\n' || (byte, next) == (b'\r', Some(b'\n'))) {
            if let Some(white @ (b' ' | b'\t')) = line.last().copied() {
                line.pop();
                line.extend(format!("={white:02X}").bytes());
            }
            done.append(&mut line);
            done.extend(eol);
            at += if byte == b'\r' { 2 } else { 1 };
            continue;
        }
        let quoted = match byte {
            b'\r' | b'\n' => !istext,
            b' ' | b'\t' => quotetabs || next.is_none(),
            b'_' => header,
            b'.' => line.is_empty() && matches!(next, None | Some(b'\r' | b'\n' | 0)),
            _ => byte == b'=' || !byte.is_ascii_graphic(),
        };
        let token = match byte {
            _ if quoted => format!("={byte:02X}").into_bytes(),
            b' ' if header => vec![b'_'],
            _ => vec![byte],
        };
        let may_fill_the_line = !quoted && matches!(next, None | Some(b'\n'));
        if line.len() + token.len() >= 76 && !may_fill_the_line {
            line.push(b'=');
            done.append(&mut line);
            done.extend(eol);
        }
        line.extend(token);
        at += 1;
    }
    done.extend(line);
    done
}

fn decode_oracle(data: &[u8], header: bool) -> Vec<u8> {
    let mut result = Vec::new();
    let mut rest = data.to_vec();
    rest.reverse();
    while let Some(byte) = rest.pop() {
        if byte == b'_' && header {
            result.push(b' ');
        } else if byte != b'=' {
            result.push(byte);
        } else {
            let two: Vec<u8> = rest.iter().rev().take(2).copied().collect();
            match two[..] {
                [] => {}
                [b'\r' | b'\n', ..] => while rest.pop().is_some_and(|skipped| skipped != b'\n') {},
                [b'=', ..] => result.push(rest.pop().expect("it was just seen")),
                [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    let digits = [char::from(high), char::from(low)].iter().collect::<String>();
                    result.push(u8::from_str_radix(&digits, 16).expect("two digits"));
                    rest.truncate(rest.len() - 2);
                }
                _ => result.push(b'='),
            }
        }
    }
    result
}

#[test]
fn table_of_encodings() {
    let data = Options { istext: false, ..TEXT };
    let tabs = Options { quotetabs: true, ..TEXT };
    let header = Options { header: true, ..TEXT };
    let (x72, x73, x74, x75, x76) = ("x".repeat(72), "x".repeat(73), "x".repeat(74), "x".repeat(75), "x".repeat(76));
    for (input, options, expected) in [
        (String::new(), TEXT, String::new()),
        ("a=b\u{7f}\u{1}".into(), TEXT, "a=3Db=7F=01".into()),
        // Line ends follow the first one, and only in text.
        ("a\r\nb\nc".into(), TEXT, "a\r\nb\r\nc".into()),
        ("a\nb\r\nc".into(), TEXT, "a\nb\nc".into()),
        ("\na\r\n".into(), TEXT, "\na\n".into()),
        ("a\rb\r".into(), TEXT, "a\rb\r".into()),
        ("a\r\nb\r".into(), data, "a=0D=0Ab=0D".into()),
        // White space.
        (" a \n\tb\t\r\nc ".into(), TEXT, " a=20\n\tb=09\nc=20".into()),
        (" \n \n".into(), TEXT, "=20\n=20\n".into()),
        ("a \rb".into(), TEXT, "a \rb".into()),
        ("a b\tc".into(), tabs, "a=20b=09c".into()),
        ("a b\t\n ".into(), header, "a_b=09\n=20".into()),
        ("a_b ?\n".into(), header, "a=5Fb_?\n".into()),
        ("_".into(), TEXT, "_".into()),
        // Full stops.
        (".".into(), TEXT, "=2E".into()),
        (".\n.\r\n.\r.\0..\n".into(), TEXT, "=2E\n=2E\n=2E\r.=00..\n".into()),
        ("a.\n. ".into(), TEXT, "a.\n.=20".into()),
        // Lines of one byte.
        ("x\n.\n \n=\n\t\n_\n\u{1}\n.\nab\n".into(), header, "x\n=2E\n_\n=3D\n=09\n=5F\n=01\n=2E\nab\n".into()),
        (
            "x\r\n.\r\n \r\n=\r\n_\r\n\n.\n.\r\n".into(),
            TEXT,
            "x\r\n=2E\r\n=20\r\n=3D\r\n_\r\n\r\n=2E\r\n=2E\r\n".into(),
        ),
        // The end of a line.
        (x76.clone(), TEXT, x76.clone()),
        (format!("{x76}\n"), TEXT, format!("{x76}\n")),
        (format!("{x76}\r\n"), TEXT, format!("{x75}=\r\nx\r\n")),
        (format!("{x76}x"), TEXT, format!("{x75}=\nxx")),
        (format!("{x76}\n"), data, format!("{x76}=\n=0A")),
        (format!("{x72}="), TEXT, format!("{x72}=3D")),
        (format!("{x73}="), TEXT, format!("{x73}=\n=3D")),
        (format!("{x73}=\r\n"), TEXT, format!("{x73}=\r\n=3D\r\n")),
        (format!("{x74} \n"), TEXT, format!("{x74}=20\n")),
        (format!("{x75} \n"), TEXT, format!("{x75}=20\n")),
        (format!("{x75} "), TEXT, format!("{x75}=\n=20")),
        (format!("{x75}.\n.\n"), TEXT, format!("{x75}.\n=2E\n")),
        (format!("{x75}.\r\n"), TEXT, format!("{x75}=\r\n.\r\n")),
    ] {
        let expected = expected.into_bytes();
        assert_eq!(encode_oracle(input.as_bytes(), options), expected, "the oracle on {input:?}");
        assert_eq!(encoded(input.as_bytes(), options), expected, "{input:?} {options:?}");
    }
}

#[test]
fn table_of_decodings() {
    for (input, header, expected) in [
        (&b""[..], false, &b""[..]),
        (b"abc\r\n d ", false, b"abc\r\n d "),
        (b"=41=6a=6A=c3", false, b"Ajj\xc3"),
        // An `=` at the end is dropped, in front of anything unexpected it stays.
        (b"a=", false, b"a"),
        (b"a=4", false, b"a=4"),
        (b"a=4G=G4=", false, b"a=4G=G4"),
        (b"==41=", false, b"=41"),
        (b"===41", false, b"=A"),
        // Soft line breaks.
        (b"a=\nb=\r\nc", false, b"abc"),
        (b"a=\r b\nc", false, b"ac"),
        (b"a=\rbc=41", false, b"a"),
        (b"a=\n", false, b"a"),
        (b"a= \nb", false, b"a= \nb"),
        (b"a_b=_=5F", false, b"a_b=__"),
        (b"a_b=_=5F", true, b"a b= _"),
        (b"\x80\xff\0", false, b"\x80\xff\0"),
    ] {
        assert_eq!(decode_oracle(input, header), expected, "the oracle on {input:?}");
        assert_eq!(decoded(input, header), expected, "{input:?}");
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % bound
    }

    /// Bytes of an alphabet, some of them in runs that reach the end of a line.
    fn bytes(&mut self, count: usize, alphabet: &[u8], longest_run: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let byte = alphabet[self.below(alphabet.len())];
            let run = if self.below(4) == 0 { 1 + self.below(longest_run) } else { 1 };
            bytes.extend(std::iter::repeat_n(byte, run.min(count - bytes.len())));
        }
        bytes
    }
}

/// What random inputs are made of, and how long runs of one byte are.
fn alphabets() -> Vec<(Vec<u8>, usize)> {
    vec![
        ((0..=255).collect(), 1),
        (b"=\r\n\t ._?\0\x80\xff09afAFgG".to_vec(), 3),
        (b"x \n.".to_vec(), 80),
        (b"xxxxxxxxxxxxxxxx =\t".to_vec(), 80),
        (b"x=_ \r\n".to_vec(), 30),
        (b"\xd0\xd1\x80 =_".to_vec(), 30),
        (b"=0a1B2c3D".to_vec(), 1),
        (b"xyz=\r\n".to_vec(), 2),
        (b"abcdefghijklmnopqrstuvwxyz=4".to_vec(), 2),
    ]
}

#[test]
fn random_input_encodes_as_the_rules_say() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for (alphabet, longest_run) in alphabets() {
        for len in (0..400).chain([1000, 4000]) {
            let data = random.bytes(len, &alphabet, longest_run);
            for options in all_options() {
                let expected = encode_oracle(&data, options);
                assert_eq!(encoded(&data, options), expected, "{data:?} {options:?}");
            }
        }
    }
}

#[test]
fn random_input_decodes_as_the_rules_say() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for (alphabet, longest_run) in alphabets() {
        for len in (0..400).chain([1000, 4000]) {
            let data = random.bytes(len, &alphabet, longest_run);
            for header in [false, true] {
                let expected = decode_oracle(&data, header);
                assert_eq!(decoded(&data, header), expected, "{data:?} {header}");
                let mut done = false;
                let short = exact(len, |out| done = decode_short(&data, header, out));
                assert_eq!((short, done), if len <= SHORT { (expected, true) } else { (vec![], false) }, "{data:?}");
            }
        }
    }
}

#[test]
fn encoded_data_decode_to_the_original() {
    let mut random = Random(0x1111_2222_3333_4444);
    for (alphabet, longest_run) in alphabets() {
        for len in 0..300 {
            let data = random.bytes(len, &alphabet, longest_run);
            // Data that is not text keeps its line ends.
            let options = Options { quotetabs: len % 2 == 0, istext: false, header: len % 3 == 0 };
            assert_eq!(decoded(&encoded(&data, options), options.header), data);
        }
    }
}

#[test]
fn the_bound_is_close() {
    let mut random = Random(0x5555_6666_7777_8888);
    let mail: Vec<u8> =
        random.bytes(20_000, b"abcdefghijklmnop =.", 3).chunks(70).flat_map(|x| [x, b"\r\n"].concat()).collect();
    let noise = random.bytes(20_000, &(0..=255).collect::<Vec<u8>>(), 1);
    for data in [mail, noise] {
        for options in all_options() {
            let (len, bound) = (encoded(&data, options).len(), max_encoded_len(&data, options).expect("a small input"));
            assert!(bound <= len + len / 16, "{bound} for {len}, {options:?}");
        }
    }
}

#[test]
fn literal_texts_are_those_that_decode_to_themselves() {
    for text in [&b""[..], b"abc", b"a=3D", b"a_b", b"=", b"0123456789abcdefg=", b"_23456789abcdefgh", b"\xff \n"] {
        for header in [false, true] {
            let decoded = exact(text.len(), |out| decode(text, header, out));
            assert_eq!(is_literal(text, header), decoded == text, "{}", text.escape_ascii());
            let short = exact(text.len(), |out| assert!(decode_short(text, header, out)));
            assert_eq!(short, decoded);
        }
    }
}
