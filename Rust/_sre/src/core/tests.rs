//! Compares the engine with recorded results of the C module, and runs it with code lists that no compiler creates.

mod standard;

use super::characters::CharacterTypes;
use super::constants::{MAXREPEAT, at, category, op};
use super::direct::Direct;
use super::matcher::{Error, Interrupted, Matcher};
use super::program::{Program, Straight};
use super::text::Unit;
use super::translate::{self, translate, validate};
use standard::Standard;

fn program(code: &[u32], groups: isize) -> Result<Box<Program>, translate::Error> {
    let program = translate(code, groups, Standard);
    // A list that has been validated can be translated.
    assert_eq!(validate(code, groups, Standard).err(), program.as_ref().err().copied());
    program
}

fn numbers<T: std::str::FromStr>(words: &str) -> Vec<T> {
    words.split_whitespace().map(|word| word.parse().unwrap_or_else(|_| panic!("{word} is no number"))).collect()
}

/// The result of a match: the positions of the match and of its groups, and the last group.
fn find<C: Unit>(program: &Program, text: &[C], mode: &str, start: usize, polls: usize) -> Result<Vec<i64>, Error> {
    let mut left = polls;
    let mut poll = || {
        left = left.checked_sub(1).ok_or(Interrupted)?;
        Ok(())
    };
    let mut matcher = Matcher::new(program, text, start, text.len(), Standard, &mut poll)?;
    matcher.match_all = mode == "fullmatch";
    let is_found = if mode == "search" { matcher.search()? } else { matcher.match_here()? };
    if !is_found {
        return Ok(Vec::new());
    }
    let mut found = vec![matcher.start as i64, matcher.end as i64];
    for group in 0..program.groups {
        let (start, end) = matcher.group(group).map_or((-1, -1), |(start, end)| (start as i64, end as i64));
        found.extend([start, end]);
    }
    found.push(matcher.last_index().into());
    Ok(found)
}

/// The same with the code list as it is; `None` if that is not supported.
fn find_directly<C: Unit>(code: &[u32], groups: usize, text: &[C], mode: &str, start: usize) -> Option<Vec<i64>> {
    let mut direct = Direct::new(code, groups, text, text.len(), mode == "fullmatch", Standard)?;
    let Some((start, end)) = direct.find(start, mode == "search")? else { return Some(Vec::new()) };
    let mut found = vec![start as i64, end as i64];
    for group in 0..groups {
        let (start, end) = direct.group(group).map_or((-1, -1), |(start, end)| (start as i64, end as i64));
        found.extend([start, end]);
    }
    found.push(direct.last_index().into());
    Some(found)
}

/// Each case is run with the three widths of text, and with the code list if that is supported.
#[test]
fn finds_what_the_c_module_finds() {
    let mut failures = Vec::new();
    let (mut all, mut supported) = (0, 0);
    let more = std::env::var("SRE_CASES").ok().map(|path| std::fs::read_to_string(path).expect("a file of cases"));
    let cases = more.as_deref().unwrap_or(include_str!("tests/cases.txt"));
    for (line, case) in cases.lines().enumerate() {
        let [groups, code, range, text, expected] = case.split(';').collect::<Vec<_>>()[..] else {
            panic!("line {} is no case", line + 1)
        };
        let [mode, start, end] = range.split(' ').collect::<Vec<_>>()[..] else { panic!("no range: {range}") };
        let (start, end): (usize, usize) = (start.parse().expect("a start"), end.parse().expect("an end"));
        let (code, groups) = (numbers::<u32>(code), groups.parse().expect("a number of groups"));
        let program = program(&code, groups);
        let program = program.unwrap_or_else(|error| panic!("line {}: {error:?}", line + 1));
        let text: Vec<u8> = numbers(text);
        let text = text.get(..end).expect("a text");
        let expected: Vec<i64> = numbers(expected);
        let found = [
            find(&program, text, mode, start, 100_000),
            find(&program, &text.iter().map(|byte| u16::from(*byte)).collect::<Vec<_>>(), mode, start, 100_000),
            find(&program, &text.iter().map(|byte| u32::from(*byte)).collect::<Vec<_>>(), mode, start, 100_000),
        ];
        let direct = find_directly(&code, groups as usize, text, mode, start);
        (all, supported) = (all + 1, supported + u32::from(direct.is_some()));
        if found.iter().any(|found| found.as_ref() != Ok(&expected))
            || direct.as_ref().is_some_and(|found| *found != expected)
        {
            failures.push(format!("line {}: {case}\n  found {found:?}, directly {direct:?}", line + 1));
        }
    }
    assert!(supported * 4 > all, "the code list has been run for {supported} of {all} cases");
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.iter().take(5).cloned().collect::<String>()
    );
}

/// A generator of numbers (xorshift, by G. Marsaglia).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) as u32) % bound
    }
}

#[test]
fn programs_that_depend_on_the_locale() {
    const LOC_WORD: [u32; 5] = [op::IN, 4, op::CATEGORY, category::LOC_WORD, op::FAILURE];
    const WORD: [u32; 5] = [op::IN, 4, op::CATEGORY, category::WORD, op::FAILURE];
    let repeat = |item: &[u32]| {
        let skip = item.len() as u32 + 4;
        [&[op::REPEAT_ONE, skip, 1, MAXREPEAT], item, &[op::SUCCESS]].concat()
    };
    let lists = [
        (LOC_WORD.to_vec(), true),
        (repeat(&LOC_WORD), true),
        (vec![op::IN_LOC_IGNORE, 4, op::LITERAL, 97, op::FAILURE], true),
        (vec![op::LITERAL_LOC_IGNORE, 97], true),
        (repeat(&[op::NOT_LITERAL_LOC_IGNORE, 97]), true),
        (vec![op::AT, at::LOC_BOUNDARY], true),
        (vec![op::AT, at::LOC_NON_BOUNDARY], true),
        (vec![op::MARK, 0, op::MARK, 1, op::GROUPREF_LOC_IGNORE, 0], true),
        (WORD.to_vec(), false),
        (repeat(&WORD), false),
        (vec![op::LITERAL_IGNORE, 97], false),
        (vec![op::AT, at::BOUNDARY], false),
        (vec![op::MARK, 0, op::MARK, 1, op::GROUPREF_IGNORE, 0], false),
    ];
    for (mut code, expected) in lists {
        code.push(op::SUCCESS);
        let program = program(&code, 1).expect("a valid list");
        assert_eq!(program.has_locale, expected, "{code:?}");
    }
}

#[test]
fn random_code_is_refused_or_runs() {
    let mut random = Random(1);
    let mut valid = 0;
    for _ in 0..200_000 {
        let len = 1 + random.below(12);
        let mut word = || match random.below(8) {
            0..=5 => random.below(44),
            6 => random.below(4),
            _ => u32::MAX - random.below(3),
        };
        let code: Vec<u32> = (0..len).map(|_| word()).chain([op::SUCCESS]).collect();
        let Ok(program) = program(&code, 2) else { continue };
        valid += 1;
        for mode in ["match", "fullmatch", "search"] {
            let found = find(&program, b"ab\x01\x02\x10", mode, 0, 3);
            assert!(!matches!(found, Err(Error::Program)), "{code:?}: {found:?}");
        }
    }
    assert!(valid > 1000, "{valid} of the lists are valid");
}

/// Compares a program that never backtracks with the same program as the backtracking matcher runs it, and with the search that
/// needs no matcher.
#[test]
fn programs_without_backtracking_find_what_the_backtracking_matcher_finds() {
    const ATOMS: [&[u32]; 8] = [
        &[op::LITERAL, 97],
        &[op::LITERAL, 10],
        &[op::NOT_LITERAL, 97],
        &[op::ANY],
        &[op::IN, 6, op::LITERAL, 97, op::LITERAL, 98, op::FAILURE],
        &[op::IN, 4, op::CATEGORY, category::UNI_WORD, op::FAILURE],
        &[op::IN, 4, op::CATEGORY, category::UNI_SPACE, op::FAILURE],
        &[op::IN, 4, op::CATEGORY, category::UNI_DIGIT, op::FAILURE],
    ];
    const ASSERTIONS: [u32; 7] = [
        at::BEGINNING,
        at::BEGINNING_LINE,
        at::END,
        at::END_LINE,
        at::END_STRING,
        at::UNI_BOUNDARY,
        at::UNI_NON_BOUNDARY,
    ];
    let mut random = Random(3);
    let (mut straight, mut found_soon) = (0, 0);
    for _ in 0..20_000 {
        let mut code = Vec::new();
        let len = 1 + random.below(4);
        let group = (random.below(len), random.below(len));
        for place in 0..len {
            if place == group.0 {
                code.extend([op::MARK, 0]);
            }
            let atom = ATOMS[random.below(8) as usize];
            match random.below(5) {
                0 => code.extend(atom),
                1 => code.extend([op::AT, ASSERTIONS[random.below(7) as usize]]),
                _ => {
                    let (min, max) = [(0, 1), (0, MAXREPEAT), (1, MAXREPEAT), (2, 2), (1, 2)][random.below(5) as usize];
                    let opcode = if random.below(6) == 0 { op::POSSESSIVE_REPEAT_ONE } else { op::REPEAT_ONE };
                    code.extend([opcode, atom.len() as u32 + 4, min, max]);
                    code.extend(atom);
                    code.push(op::SUCCESS);
                }
            }
            if place == group.1 {
                code.extend([op::MARK, 1]);
            }
        }
        code.push(op::SUCCESS);
        let made = program(&code, 1).expect("valid code");
        if !made.is_straight_on::<u8>() {
            continue;
        }
        straight += 1;
        let mut other = program(&code, 1).expect("valid code");
        other.straight = Straight::default();
        for _ in 0..8 {
            let text: Vec<u8> = (0..random.below(7)).map(|_| b"ab1 \n"[random.below(5) as usize]).collect();
            let wide: Vec<u16> =
                text.iter().map(|byte| [u16::from(*byte), 0x431][usize::from(*byte == b'b')]).collect();
            for mode in ["match", "fullmatch", "search"] {
                let expected = find(&other, &text, mode, 0, 0);
                assert_eq!(find(&made, &text, mode, 0, 0), expected, "{code:?}, {text:?}, {mode}");
                assert_eq!(
                    find(&made, &wide, mode, 0, 0),
                    find(&other, &wide, mode, 0, 0),
                    "{code:?}, {wide:?}, {mode}"
                );
                let kind = (mode == "search", mode == "fullmatch");
                let mut marks = [-1, -1];
                let set_mark = |mark: u32, position| marks[mark as usize] = position as i64;
                if let Some(found) = made.find_soon(Standard, &text, (0, text.len()), kind, set_mark) {
                    found_soon += 1;
                    let found = found.map(|(start, end)| vec![start as i64, end as i64, marks[0], marks[1], 1]);
                    assert_eq!(Ok(found.unwrap_or_default()), expected, "{code:?}, {text:?}, {mode}");
                }
            }
        }
    }
    assert!(straight > 3_000 && found_soon > 50_000, "{straight} programs, {found_soon} matches without a matcher");
}

/// Compares branches of literals and sets, which have a table if there are many, with the same branches without it.
#[test]
fn tables_of_alternatives_do_not_change_matches() {
    let mut random = Random(4);
    for _ in 0..3_000 {
        let mut code = vec![op::BRANCH];
        let count = 1 + random.below(80);
        let mut jumps = Vec::new();
        for _ in 0..count {
            let start = code.len();
            code.push(0);
            for _ in 0..=random.below(3) {
                match random.below(12) {
                    0 => code.extend([op::IN, 6, op::LITERAL, 97, op::LITERAL, 98, op::FAILURE]),
                    _ => code.extend([op::LITERAL, 97 + random.below(4)]),
                }
            }
            code.push(op::JUMP);
            jumps.push(code.len());
            code.push(0);
            code[start] = (code.len() - start) as u32;
        }
        let end = code.len();
        jumps.iter().for_each(|jump| code[*jump] = (end + 1 - jump) as u32);
        code.push(op::FAILURE);
        if random.below(3) == 0 {
            code.extend([op::LITERAL, 97]);
        }
        code.push(op::SUCCESS);
        let made = program(&code, 0).expect("valid code");
        let mut other = program(&code, 0).expect("valid code");
        (other.first_word, other.dispatches) = (None, Vec::new());
        for _ in 0..8 {
            let text: Vec<u8> = (0..random.below(7)).map(|_| b"abcd "[random.below(5) as usize]).collect();
            let wide: Vec<u16> =
                text.iter().map(|byte| [u16::from(*byte), 0x431][usize::from(*byte == b'b')]).collect();
            for mode in ["match", "fullmatch", "search"] {
                assert_eq!(
                    find(&made, &text, mode, 0, 0),
                    find(&other, &text, mode, 0, 0),
                    "{code:?}, {text:?}, {mode}"
                );
                assert_eq!(
                    find(&made, &wide, mode, 0, 0),
                    find(&other, &wide, mode, 0, 0),
                    "{code:?}, {wide:?}, {mode}"
                );
            }
        }
    }
}

/// A branch of words.
fn branch(words: &[Vec<u32>]) -> Vec<u32> {
    let mut code = vec![op::BRANCH];
    let mut jumps = Vec::new();
    for word in words {
        code.push(2 * word.len() as u32 + 3);
        code.extend(word.iter().flat_map(|character| [op::LITERAL, *character]));
        code.push(op::JUMP);
        jumps.push(code.len());
        code.push(0);
    }
    let end = code.len();
    jumps.iter().for_each(|jump| code[*jump] = (end + 1 - jump) as u32);
    code.extend([op::FAILURE, op::SUCCESS]);
    code
}

/// The spans of all matches, and of those that are found by the table of words.
fn spans<C: Unit>(program: &Program, text: &[C]) -> [Vec<(usize, usize)>; 2] {
    let mut poll = || Ok(());
    let mut matcher = Matcher::new(program, text, 1, text.len(), Standard, &mut poll).expect("a matcher");
    let (mut all, mut by_words) = (Vec::new(), Vec::new());
    while matcher.search().expect("a search") {
        all.push((matcher.start, matcher.end));
        matcher.start = matcher.end;
    }
    let words = program.words(text.len()).expect("a table");
    let mut start = 1;
    loop {
        // The search ends now and then, as it does when a batch is complete.
        matcher.start = start;
        let found = matcher.find_words(words, |from, to| {
            by_words.push((from, to));
            start = to;
            Ok(by_words.len() % 7 != 0)
        });
        if !found.expect("a search") {
            return [all, by_words];
        }
    }
}

#[test]
fn the_table_of_words_finds_what_the_matcher_finds() {
    let mut random = Random(5);
    for _ in 0..500 {
        let letters = 2 + random.below(4);
        let words: Vec<Vec<u32>> = (0..=random.below(64))
            .map(|_| {
                (0..=random.below(7)).map(|_| [97, 98, 255, 32, 99, 100][random.below(letters) as usize]).collect()
            })
            .collect();
        let made = program(&branch(&words), 0).expect("valid code");
        let text: Vec<u8> =
            (0..512 + random.below(200)).map(|_| b"ab\xff cd"[random.below(letters + 1) as usize % 6]).collect();
        let [all, by_words] = spans(&made, &text);
        assert_eq!(all, by_words, "{words:?}, {text:?}");
        let wide: Vec<u16> = text.iter().map(|byte| [u16::from(*byte), 0x161][usize::from(*byte == b'c')]).collect();
        let [all, by_words] = spans(&made, &wide);
        assert_eq!(all, by_words, "{words:?}, {wide:?}");
    }
    for (words, length) in [(vec![vec![97]; 65], 600), (vec![vec![97, 256]; 3], 600), (vec![vec![97]; 3], 500)] {
        assert!(program(&branch(&words), 0).expect("valid code").words(length).is_none());
    }
}

#[test]
fn changed_code_is_refused_or_runs() {
    let mut random = Random(2);
    for case in include_str!("tests/cases.txt").lines() {
        let mut fields = case.split(';');
        let (Some(groups), Some(code)) = (fields.next(), fields.next()) else { panic!("no case: {case}") };
        let code: Vec<u32> = numbers(code);
        for _ in 0..50 {
            let mut changed = code.clone();
            let place = random.below(changed.len() as u32) as usize;
            match random.below(3) {
                0 => changed[place] = random.below(48),
                1 => drop(changed.remove(place)),
                _ => changed[place] = changed[place].wrapping_add(random.below(5)).wrapping_sub(2),
            }
            if let Ok(program) = program(&changed, groups.parse().expect("a number")) {
                let found = find(&program, b"ab01 _\n", "search", 0, 3);
                assert!(!matches!(found, Err(Error::Program)), "{changed:?}: {found:?}");
            }
        }
    }
}

#[test]
fn code_that_the_c_module_does_not_check_is_checked() {
    // A prefix with which the pattern does not start, and a skip that exceeds its length.
    let prefix = |skip| vec![op::INFO, 8, 1, 1, 1, 1, skip, 97, 0, op::LITERAL, 97, op::SUCCESS];
    assert!(program(&prefix(1), 0).is_ok());
    assert_eq!(program(&prefix(2), 0).err(), Some(translate::Error::Invalid));
    assert_eq!(program(&prefix(1_000_000), 0).err(), Some(translate::Error::Invalid));
    // A REPEAT_ONE whose item has no width: an infinite loop in C.
    let repeat = [op::REPEAT_ONE, 6, 0, MAXREPEAT, op::AT, 0, op::SUCCESS, op::SUCCESS];
    assert_eq!(program(&repeat, 0).err(), Some(translate::Error::Invalid));
}

#[test]
fn deep_nesting_takes_no_stack() {
    // Optional groups nested 100,000 deep.
    let depth = 100_000_u32;
    let mut code = Vec::new();
    for level in 0..depth {
        code.extend([op::ATOMIC_GROUP, 3 * (depth - level) - 1]);
    }
    code.extend((0..=depth).map(|_| op::SUCCESS));
    let program = program(&code, 0).expect("valid code");
    assert_eq!(find(&program, b"a", "match", 0, 0), Ok(vec![0, 0, 0]));
}

#[test]
fn exponential_matches_can_be_interrupted() {
    // (a*)*b
    let code = [
        op::REPEAT,
        10,
        0,
        MAXREPEAT,
        op::REPEAT_ONE,
        6,
        0,
        MAXREPEAT,
        op::LITERAL,
        97,
        op::SUCCESS,
        op::MAX_UNTIL,
        op::LITERAL,
        98,
        op::SUCCESS,
    ];
    let program = program(&code, 0).expect("valid code");
    assert_eq!(find(&program, &[97_u8; 100], "match", 0, 2), Err(Error::Interrupted));
    assert_eq!(find(&program, b"aab", "match", 0, 0), Ok(vec![0, 3, 0]));
}

/// The table of a set that ignores case has the characters whose lower case is in the set.
#[test]
fn folds_the_table_of_a_set() {
    use super::characters::{lower_ascii, lower_unicode};
    use super::set::{Fold, Set};
    let mut random = Random(0x5eed);
    for _ in 0..200 {
        let bits: Vec<u32> = (0..8).map(|_| random.below(u32::MAX)).collect();
        let members = [&[op::CHARSET], bits.as_slice(), &[op::FAILURE]].concat();
        let contains = |character: u32| bits[character as usize / 32] >> (character % 32) & 1 != 0;
        for (fold, lower) in [
            (Fold::None, &(|character| character) as &dyn Fn(u32) -> u32),
            (Fold::Ascii, &lower_ascii),
            (Fold::Unicode, &|character| lower_unicode(Standard, character)),
        ] {
            let set = Set::new(&members, 0, fold, Standard).expect("memory");
            let table = set.table().expect("a table");
            for character in 0..256 {
                assert_eq!(table[character as usize], contains(lower(character)), "{character} {fold:?}");
            }
        }
    }
}
