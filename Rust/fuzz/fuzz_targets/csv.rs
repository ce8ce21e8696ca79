//! Lines are read alike in every width of text, and as by one character at a time; what is written reads as what it was.
#![no_main]

use _csv::dialect::{Dialect, Options, QUOTINGS, Quoting};
use _csv::parser::{Error, Field, Fields, Parser};
use _csv::record::Record;
use _csv::ucs::Text;
use libfuzzer_sys::fuzz_target;

/// The fields of a row: how each is to be taken, and its characters.
#[derive(Debug, Default, PartialEq)]
struct Row(Vec<(char, Vec<u32>)>);

impl Fields for Row {
    type Error = ();

    fn field(&mut self, field: Field<'_>) -> Result<(), ()> {
        let (kind, text) = match field {
            Field::Null => ('0', Text::Ucs1(b"")),
            Field::Text(text) => ('t', text),
            Field::Number(text) => ('n', text),
        };
        self.0.push((kind, text.characters().collect()));
        Ok(())
    }
}

type Outcome = (Row, Result<(), Error<()>>, bool);

fn read<T>(lines: &[T], mut line: impl FnMut(&mut Parser, &T, &mut Row) -> Result<(), Error<()>>) -> Vec<Outcome> {
    let mut parser = Parser::default();
    let mut found = Vec::new();
    for each in lines {
        let mut row = Row::default();
        let outcome = line(&mut parser, each, &mut row);
        let failed = outcome.is_err();
        found.push((row, outcome, parser.is_complete()));
        if failed {
            break;
        }
    }
    found
}

/// What a writer writes with options that lose nothing reads as the same fields.
fn check_written(options: Options, fields: &[&[u8]]) {
    let dialect = Dialect::new(options, Text::Ucs1(b"\r\n")).expect("memory");
    let mut record = Record::default();
    let written = fields.iter().try_for_each(|field| record.field(&dialect, Text::Ucs1(field), false));
    if written.and_then(|()| record.finish(&dialect, Text::Ucs1(b"\r\n"))).is_err() {
        return;
    }
    let Text::Ucs1(line) = record.text() else { panic!("a wider record") };
    let (mut parser, mut row) = (Parser::default(), Row::default());
    parser.line(&dialect, usize::MAX, line, &mut row).expect("a record");
    assert!(parser.is_complete());
    let found: Vec<_> = row.0.into_iter().map(|(_, text)| text).collect();
    let expected: Vec<Vec<u32>> =
        fields.iter().map(|field| field.iter().map(|byte| u32::from(*byte)).collect()).collect();
    assert_eq!(found, expected, "{options:?}");
}

fuzz_target!(|input: &[u8]| {
    let Some((&[delimiter, quotechar, escapechar, choice, limit], data)) = input.split_first_chunk() else { return };
    let options = Options {
        delimiter: delimiter.into(),
        quotechar: (choice & 1 != 0).then_some(quotechar.into()),
        escapechar: (choice & 2 != 0).then_some(escapechar.into()),
        quoting: QUOTINGS[usize::from(choice >> 5) % QUOTINGS.len()],
        doublequote: choice & 4 != 0,
        skipinitialspace: choice & 8 != 0,
        strict: choice & 16 != 0,
    };
    let newline = |character: Option<u32>| character == Some(10) || character == Some(13);
    let characters = [Some(options.delimiter), options.quotechar, options.escapechar];
    let distinct =
        (0..3).all(|one| (0..one).all(|other| characters[one].is_none() || characters[one] != characters[other]));
    let quotes = options.quoting == Quoting::None || options.quotechar.is_some();
    if characters.into_iter().any(newline) || !distinct || !quotes {
        return;
    }
    let dialect = Dialect::new(options, Text::Ucs1(b"\r\n")).expect("memory");
    let limit = if limit < 128 { usize::MAX } else { usize::from(limit - 128) };
    // A line may end without a newline, or go on after one.
    let lines: Vec<&[u8]> = data.split_inclusive(|byte| *byte == b'\n' || *byte == 0xFF).collect();
    let two: Vec<Vec<u16>> = lines.iter().map(|line| line.iter().map(|byte| u16::from(*byte)).collect()).collect();
    let four: Vec<Vec<u32>> = lines.iter().map(|line| line.iter().map(|byte| u32::from(*byte)).collect()).collect();
    let expected = read(&lines, |parser, line, row| parser.line_by_characters(&dialect, limit, Text::Ucs1(line), row));
    assert_eq!(read(&lines, |parser, line, row| parser.line(&dialect, limit, line, row)), expected);
    assert_eq!(read(&two, |parser, line, row| parser.line(&dialect, limit, line, row)), expected);
    assert_eq!(read(&four, |parser, line, row| parser.line(&dialect, limit, line, row)), expected);

    // Spaces that are skipped, and escapes of newlines, do not come back.
    let fields: Vec<&[u8]> = data.split(|byte| *byte == 0xFE).collect();
    let spaces = options.skipinitialspace || data.contains(&b'\n') || data.contains(&b'\r');
    if !spaces && options.quoting != Quoting::All {
        check_written(options, &fields);
    }
});
