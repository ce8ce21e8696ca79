//! Searches for which a backtracking matcher needs exponential or quadratic time take linear time.
//!
//! The work is counted by what the poll function sees and bounded by time only coarsely: a quadratic search of a million
//! characters would take hours.

mod no_tables;

use std::time::{Duration, Instant};

use no_tables::NoTables;
use regex_automaton::{Automaton, Cache, Input, Mode, Options, Stop, Text, UNSET};

const INFO: u32 = 14;
const SUCCESS: u32 = 1;
const MAX: u32 = u32::MAX;

fn options() -> Options {
    Options::new(&NoTables)
}

fn automaton(body: &[u32]) -> Automaton {
    let mut code = vec![INFO, 4, 0, 1, MAX];
    code.extend_from_slice(body);
    code.push(SUCCESS);
    Automaton::compile(&code, &options()).expect("supported")
}

/// `(a+)+$`
fn nested() -> Automaton {
    automaton(&[23, 14, 1, MAX, 17, 0, 24, 6, 1, MAX, 16, 97, 1, 17, 1, 18, 6, 5])
}

/// `\s+$`
fn space() -> Automaton {
    automaton(&[24, 9, 1, MAX, 13, 4, 8, 2, 0, 1, 6, 5])
}

/// `(.*)*x`
fn stars() -> Automaton {
    automaton(&[23, 13, 0, MAX, 17, 0, 24, 5, 0, MAX, 2, 1, 17, 1, 18, 16, 120])
}

/// `(?:[ab.]+@)+[ab.]+\.c` — what is worst in validators of e-mail addresses.
fn address() -> Automaton {
    let set = [13, 7, 16, 46, 22, 97, 98, 0];
    let mut code = vec![23, 18, 1, MAX, 24, 12, 1, MAX];
    code.extend_from_slice(&set);
    code.extend_from_slice(&[1, 16, 64, 18, 24, 12, 1, MAX]);
    code.extend_from_slice(&set);
    code.extend_from_slice(&[1, 16, 46, 16, 99]);
    automaton(&code)
}

fn run(automaton: &Automaton, text: &[u8], mode: Mode) -> (Option<(usize, usize)>, usize) {
    let mut polls = 0;
    let mut marks = vec![UNSET; automaton.marks()];
    let input = Input { text: Text::One(text), pos: 0, end: text.len(), mode, must_advance: false };
    let mut poll = || {
        polls += 1;
        false
    };
    let found = automaton.captures(&mut Cache::new(), &input, &mut marks, &mut poll).expect("a result");
    (found.map(|found| (found.start, found.end)), polls)
}

#[test]
fn grows_linearly() {
    type Fill = fn(usize) -> Vec<u8>;
    let cases: [(&str, Automaton, Fill, bool); 6] = [
        ("nested", nested(), |n| [vec![b'a'; n], vec![b'b']].concat(), false),
        ("nested, hit", nested(), |n| vec![b'a'; n], true),
        ("space", space(), |n| [vec![b' '; n], vec![b'b']].concat(), false),
        ("stars", stars(), |n| vec![b'a'; n], false),
        ("stars, hit", stars(), |n| [vec![b'a'; n], vec![b'x']].concat(), true),
        ("address", address(), |n| b"a.b@".iter().copied().cycle().take(n).collect(), false),
    ];
    for (name, automaton, fill, hit) in &cases {
        for mode in [Mode::Search, Mode::Match] {
            let begin = Instant::now();
            for n in [10, 1_000, 100_000, 1_000_000] {
                let text = fill(n);
                let (found, polls) = run(automaton, &text, mode);
                let expected = hit.then_some((0, text.len()));
                assert_eq!(found, expected, "{name} {n}");
                // The Pike VM polls after 65,536 threads, of which there are at most 40 per character.
                assert!(polls <= 2 + text.len() / 1_000, "{name}: {polls} polls for {n} characters");
            }
            assert!(begin.elapsed() < Duration::from_secs(120), "{name}");
        }
    }
}

#[test]
fn stops_when_asked() {
    let text = vec![b' '; 1 << 20];
    let input = Input { text: Text::One(&text[..]), pos: 0, end: text.len(), mode: Mode::Search, must_advance: false };
    let mut cache = Cache::new();
    for automaton in [space(), stars()] {
        assert_eq!(automaton.search(&mut cache, &input, &mut || true), Err(Stop::Interrupted));
        cache = Cache::new();
    }
}

#[test]
fn refuses_what_it_cannot_do() {
    let compile = |code: &[u32]| Automaton::compile(code, &options()).is_ok();
    assert!(compile(&[16, 97, 1]));
    assert!(!compile(&[16, 97]));
    assert!(!compile(&[]));
    // Back-reference, look-ahead, atomic group, possessive repetition, LOCALE.
    assert!(!compile(&[17, 0, 16, 97, 17, 1, 11, 0, 1]));
    assert!(!compile(&[4, 5, 0, 16, 97, 1, 1]));
    assert!(!compile(&[27, 4, 16, 97, 1, 1]));
    assert!(!compile(&[29, 6, 1, MAX, 16, 97, 1, 1]));
    assert!(!compile(&[36, 97, 1]));
    assert!(!compile(&[6, 8, 1]));
    // a{100000}
    assert!(!compile(&[24, 6, 100_000, 100_000, 16, 97, 1, 1]));
    // Offsets that lead out of the code.
    for op in [7, 13, 14, 23, 24, 26] {
        assert!(!compile(&[op, 200, 1, 2, 16, 97, 1, 1]));
        assert!(!compile(&[op, MAX, 1, 2, 16, 97, 1, 1]));
    }
}
