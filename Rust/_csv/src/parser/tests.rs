//! Lines are read as by one character at a time, in every width and dialect.

use super::{Error, Field, Fields, Parser};
use crate::dialect::{Dialect, Options, QUOTINGS, Quoting};
use crate::ucs::{Text, Unit, Width};

/// Fields as characters, and how they are to be taken.
#[derive(Debug, Default, PartialEq, Eq)]
struct Collected(Vec<(char, Vec<u32>)>);

impl Fields for Collected {
    type Error = ();

    fn field(&mut self, field: Field<'_>) -> Result<(), ()> {
        let (kind, text) = match field {
            Field::Null => ('0', Text::Ucs1(b"")),
            // As when there is no memory.
            Field::Text(text) if text.characters().take(2).eq(b"z1".map(u32::from)) => return Err(()),
            Field::Text(text) => ('t', text),
            // As a text that is no number.
            Field::Number(text) if text.get(0) == Some(u32::from(b'z')) => return Err(()),
            Field::Number(text) => ('n', text),
        };
        self.0.push((kind, text.characters().collect()));
        Ok(())
    }
}

/// A linear congruential generator (Knuth, MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

type Outcome = Result<(), Error<()>>;

/// What came of a line, and everything that can be seen of the parser after it.
type Seen = (Outcome, super::State, bool, Vec<u32>);

fn seen(parser: &Parser, outcome: Outcome) -> Seen {
    (outcome, parser.state, parser.unquoted, parser.field.text().characters().collect())
}

fn units<U: Unit>(line: &[u32]) -> Vec<U> {
    line.iter().map(|&character| U::from_character(character).expect("a character that fits")).collect()
}

#[test]
fn lines_are_read_as_by_characters() {
    let mut random = Random(1);
    for _ in 0..60_000 {
        let wide = random.below(3);
        let special = |random: &mut Random| match wide {
            0 => random.pick(b",\"\\; '\0\xE9").into(),
            1 => random.pick(&[0x2C, 0x22, 0x4E2D, 0xE9, 0x3B]),
            _ => random.pick(&[0x2C, 0x22, 0x1F600, 0xE9, 0x4E2D]),
        };
        let options = Options {
            delimiter: special(&mut random),
            quotechar: (random.below(5) > 0).then(|| special(&mut random)),
            escapechar: (random.below(2) > 0).then(|| special(&mut random)),
            quoting: random.pick(&QUOTINGS),
            doublequote: random.below(3) > 0,
            skipinitialspace: random.below(2) > 0,
            strict: random.below(2) > 0,
        };
        let distinct = Some(options.delimiter) != options.quotechar
            && Some(options.delimiter) != options.escapechar
            && (options.quotechar.is_none() || options.quotechar != options.escapechar);
        if !distinct || (options.quotechar.is_none() && options.quoting != Quoting::None) {
            continue;
        }
        let dialect = Dialect::new(options, Text::Ucs1(b"\r\n")).expect("memory");
        let limit = random.pick(&[usize::MAX, usize::MAX, 30, 5, 1, 0]);
        let (mut one, mut other) = (Parser::default(), Parser::default());
        let (mut fields, mut expected) = (Collected::default(), Collected::default());
        for _ in 0..4 {
            let length = random.pick(&[3, 10, 40]);
            let mut line = Vec::new();
            for _ in 0..random.below(length) {
                let character = match random.below(12) {
                    0..2 => options.delimiter,
                    2..4 => options.quotechar.unwrap_or(0x22),
                    4 => options.escapechar.unwrap_or(0x5C),
                    5 => 0x20,
                    6 if random.below(4) == 0 => random.pick(b"\r\n\0").into(),
                    7 => special(&mut random),
                    _ => u32::from(random.pick(b"abcz1")),
                };
                line.push(character);
            }
            if random.below(4) > 0 {
                line.extend(random.pick(&["\n", "\r\n", "\r", "\n\n"]).chars().map(u32::from));
            }
            let narrowest = line.iter().map(|&character| Width::of(character)).max().unwrap_or_default();
            let outcome = match (narrowest, random.below(2)) {
                (Width::Ucs1, 1) => one.line(&dialect, limit, &units::<u8>(&line), &mut fields),
                (Width::Ucs1 | Width::Ucs2, _) => one.line(&dialect, limit, &units::<u16>(&line), &mut fields),
                _ => one.line(&dialect, limit, &line, &mut fields),
            };
            let by_characters = other.line_by_characters(&dialect, limit, Text::Ucs4(&line), &mut expected);
            let failed = outcome.is_err();
            assert_eq!(fields, expected, "{options:?} {limit} {line:?}");
            assert_eq!(seen(&one, outcome), seen(&other, by_characters), "{options:?} {limit} {line:?}");
            if failed {
                break;
            }
        }
        assert_eq!(one.has_open_field(), other.has_open_field());
        assert_eq!(one.finish(&dialect, &mut fields), other.finish(&dialect, &mut expected));
        assert_eq!(fields, expected);
    }
}

fn records(lines: &[&str], options: Options) -> Vec<Vec<(char, String)>> {
    let dialect = Dialect::new(options, Text::Ucs1(b"\r\n")).expect("memory");
    let mut parser = Parser::default();
    let (mut found, mut fields) = (Vec::new(), Collected::default());
    for line in lines {
        parser.line(&dialect, usize::MAX, line.as_bytes(), &mut fields).expect("no error");
        if parser.is_complete() {
            let record = std::mem::take(&mut fields).0;
            let text = |text: Vec<u32>| text.into_iter().filter_map(char::from_u32).collect();
            found.push(record.into_iter().map(|(kind, field)| (kind, text(field))).collect());
        }
    }
    found
}

#[test]
fn records_of_known_lines() {
    let excel = Options {
        delimiter: u32::from(b','),
        quotechar: Some(u32::from(b'"')),
        escapechar: None,
        quoting: Quoting::Minimal,
        doublequote: true,
        skipinitialspace: false,
        strict: false,
    };
    let text = |text: &str| ('t', text.to_owned());
    let found = records(&["a,\"b\"\"c\",\r\n", "\n", "", "\"x\n", "y\",z"], excel);
    let expected = vec![vec![text("a"), text("b\"c"), text("")], vec![], vec![], vec![text("x\ny"), text("z")]];
    assert_eq!(found, expected);
    let found = records(&["1,\"2\",,\"\"\n"], Options { quoting: Quoting::Strings, ..excel });
    assert_eq!(found, [[('n', "1".to_owned()), text("2"), ('0', String::new()), text("")]]);
}
