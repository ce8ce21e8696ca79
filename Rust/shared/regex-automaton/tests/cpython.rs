//! Random patterns and texts, compared with the results of CPython's `re`.
//!
//! The interpreters are those of the build folders `build` and `build315`, or the one that `REGEX_AUTOMATON_PYTHON`
//! names. Without one, the test says so and passes.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Owned, Rows};
use regex_automaton::{Automaton, Cache, Found, Input, MAGIC, Mode, Options, Stop, UNSET};

fn interpreters() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let named = std::env::var_os("REGEX_AUTOMATON_PYTHON").map(PathBuf::from);
    let all = named.into_iter().chain(["build/python", "build315/python"].map(|path| root.join(path)));
    all.filter(|path| {
        let check = format!("import _sre, sys; sys.exit(_sre.MAGIC != {MAGIC})");
        Command::new(path).args(["-c", &check]).status().is_ok_and(|status| status.success())
    })
    .collect()
}

fn numbers(line: &str) -> Vec<u32> {
    line.split_ascii_whitespace().map(|word| word.parse().expect("a number")).collect()
}

/// A match: its span, its `lastindex` and its marks.
type OneMatch = (Found, Vec<usize>);

/// The match with its groups; checks that the search for the span alone agrees.
fn find(automaton: &Automaton, cache: &mut Cache, input: &Input<'_>, groups: usize) -> Option<OneMatch> {
    let mut marks = vec![UNSET; 2 * groups];
    let mut poll = || false;
    let found = automaton.captures(cache, input, &mut marks, &mut poll);
    let span = automaton.search(cache, input, &mut poll);
    assert_eq!(span.map(Some), found.map(|found| found.map(|found| (found.start, found.end))).map(Some));
    match found {
        Ok(found) => found.map(|found| (found, marks)),
        Err(Stop::Bounds) => None,
        Err(stop) => panic!("{stop:?}"),
    }
}

/// All matches, as `finditer` goes through them.
fn find_all(automaton: &Automaton, cache: &mut Cache, input: &Input<'_>, groups: usize) -> Vec<OneMatch> {
    let start = input.pos;
    let mut results = Vec::new();
    let mut input = Input { mode: Mode::Search, must_advance: false, ..*input };
    while let Some(result) = find(automaton, cache, &input, groups) {
        input.pos = result.0.end;
        input.must_advance = result.0.end == result.0.start;
        results.push(result);
    }
    // Two at a time, the same spans.
    let mut input = Input { mode: Mode::Search, must_advance: false, pos: start, ..input };
    let mut spans = Vec::new();
    let mut before = usize::MAX;
    while spans.len() != before {
        before = spans.len();
        assert_eq!(automaton.spans(cache, &mut input, 2, &mut spans, &mut || false), Ok(()));
    }
    assert_eq!(spans, results.iter().map(|result| (result.0.start, result.0.end)).collect::<Vec<_>>());
    results
}

fn shown(result: &OneMatch) -> String {
    let (found, marks) = result;
    let index = found.lastindex.map_or(-1, |index| index as isize);
    let mut words = vec![found.start as isize, found.end as isize, index];
    words.extend(marks.iter().map(|&mark| mark as isize));
    words.iter().map(isize::to_string).collect::<Vec<_>>().join(" ")
}

/// Compares with the output of `dump.py`. Returns how many patterns were supported and how many texts compared.
fn compare(dump: &str, change: impl Fn(&mut Options)) -> (usize, usize, usize) {
    let mut rows = Rows::default();
    for line in dump.lines().filter_map(|line| line.strip_prefix("C ")) {
        let row = numbers(line);
        rows.0.insert(row[0], (row[1], row[2], row[3]));
    }
    let mut options = Options::new(Box::leak(Box::new(rows)));
    change(&mut options);
    let (mut supported, mut refused, mut texts) = (0, 0, 0);
    let mut source = "";
    let mut current: Option<(Automaton, Cache, usize)> = None;
    for line in dump.lines() {
        if line.starts_with('#') {
            source = line;
        } else if let Some(rest) = line.strip_prefix("P ").or_else(|| line.strip_prefix("U ")) {
            let code = numbers(rest);
            current = Automaton::compile(&code[1..], &options)
                .ok()
                .map(|automaton| (automaton, Cache::new(), code[0] as usize));
            supported += usize::from(current.is_some());
            refused += usize::from(current.is_none() && line.starts_with('P'));
        } else if let (Some(rest), Some((automaton, cache, groups))) = (line.strip_prefix("T "), &mut current) {
            let mut fields = rest.split(';');
            let mut head = fields.next().expect("a head").split(' ');
            let kind = head.next().expect("a kind");
            let head: Vec<u32> = head.map(|word| word.parse().expect("a number")).collect();
            let text = Owned::new(&numbers(fields.next().expect("a text")), head[0]);
            let expected = fields.next().expect("results");
            let mode = match kind {
                "match" => Mode::Match,
                "fullmatch" => Mode::Fullmatch,
                _ => Mode::Search,
            };
            let input =
                Input { text: text.text(), pos: head[1] as usize, end: head[2] as usize, mode, must_advance: false };
            let result = if kind == "finditer" {
                find_all(automaton, cache, &input, *groups).iter().map(shown).collect::<Vec<_>>().join("|")
            } else {
                find(automaton, cache, &input, *groups).as_ref().map_or("-".to_string(), shown)
            };
            assert_eq!(result, expected, "{source}\n{line}");
            texts += 1;
        }
    }
    (supported, refused, texts)
}

fn dump(python: &Path, arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dump.py");
    let output = Command::new(python).arg("-B").arg(script).args(arguments).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn same_as_cpython() {
    let count = std::env::var("REGEX_AUTOMATON_PATTERNS").unwrap_or("500".to_string());
    let seed = std::env::var("REGEX_AUTOMATON_SEED").unwrap_or("1".to_string());
    for (python, number) in interpreters().iter().zip(1..) {
        let dump = dump(python, &[&format!("{seed}{number}"), &count]);
        let (supported, refused, texts) = compare(&dump, |_| {});
        assert!(refused * 100 <= supported && texts > 10 * supported, "{supported} {refused} {texts}");
        // Every state of the DFA is discarded at once, and captures come from the Pike VM.
        compare(&dump, |options| {
            options.dfa_memory = 1;
            options.visited_bits = 0;
        });
        // A few states.
        compare(&dump, |options| options.dfa_memory = 1500);
    }
}

#[test]
fn patterns_of_the_library() {
    for python in interpreters() {
        let dump = dump(&python, &["library"]);
        let (supported, refused, texts) = compare(&dump, |_| {});
        // An eighth of the patterns have back-references, look-around or the like.
        assert!(supported > 300 && refused < supported / 4 && texts > 9_000, "{supported} {refused} {texts}");
        compare(&dump, |options| {
            options.dfa_memory = 1;
            options.visited_bits = 0;
        });
    }
}
