//! Random code lists, compared with a plain backtracking matcher that follows `SRE(match)` in
//! `Modules/_sre/sre_lib.h` statement by statement.

mod no_tables;

use no_tables::NoTables;
use regex_automaton::{Automaton, Cache, Found, Input, Mode, Options, Text, UNSET};

const SUCCESS: u32 = 1;
const ANY: u32 = 2;
const ANY_ALL: u32 = 3;
const AT: u32 = 6;
const BRANCH: u32 = 7;
const IN: u32 = 13;
const JUMP: u32 = 15;
const LITERAL: u32 = 16;
const MARK: u32 = 17;
const MAX_UNTIL: u32 = 18;
const MIN_UNTIL: u32 = 19;
const NOT_LITERAL: u32 = 20;
const NEGATE: u32 = 21;
const RANGE: u32 = 22;
const REPEAT: u32 = 23;
const REPEAT_ONE: u32 = 24;
const MIN_REPEAT_ONE: u32 = 26;
const MAXREPEAT: u32 = u32::MAX;

/// `SRE_REPEAT`.
struct Repeat {
    count: i64,
    pattern: usize,
    prev: Option<usize>,
    last_ptr: Option<usize>,
}

/// `SRE_STATE`.
struct State<'a> {
    code: &'a [u32],
    text: &'a [u8],
    end: usize,
    start: usize,
    ptr: usize,
    match_all: bool,
    must_advance: bool,
    mark: Vec<Option<usize>>,
    lastmark: i64,
    lastindex: i64,
    repeats: Vec<Repeat>,
    repeat: Option<usize>,
    /// The steps that are left: a few pairs of pattern and text take exponential time.
    budget: u32,
}

type Saved = (i64, i64, Vec<Option<usize>>);

impl State<'_> {
    /// `LASTMARK_SAVE` and, where it applies, `MARK_PUSH`.
    fn save(&self, marks: bool) -> Saved {
        let kept = if marks { (self.lastmark + 1) as usize } else { 0 };
        (self.lastmark, self.lastindex, self.mark[..kept].to_vec())
    }

    /// `LASTMARK_RESTORE` and `MARK_POP`.
    fn restore(&mut self, saved: &Saved) {
        (self.lastmark, self.lastindex) = (saved.0, saved.1);
        self.mark[..saved.2.len()].copy_from_slice(&saved.2);
    }

    fn word(&self, at: usize) -> bool {
        self.text[at].is_ascii_alphanumeric() || self.text[at] == b'_'
    }

    fn at(&self, at: u32, ptr: usize) -> bool {
        let that = ptr > 0 && self.word(ptr - 1);
        let this = ptr < self.end && self.word(ptr);
        match at {
            0 | 2 => ptr == 0,
            1 => ptr == 0 || self.text[ptr - 1] == b'\n',
            3 => this != that,
            4 => this == that,
            5 => ptr == self.end || (ptr + 1 == self.end && self.text[ptr] == b'\n'),
            6 => ptr == self.end || self.text[ptr] == b'\n',
            _ => ptr == self.end,
        }
    }

    /// The length of a character test in the code.
    fn unit_length(&self, pc: usize) -> usize {
        match self.code[pc] {
            ANY | ANY_ALL => 1,
            IN => 1 + self.code[pc + 1] as usize,
            _ => 2,
        }
    }

    fn unit(&self, pc: usize, ptr: usize) -> bool {
        if ptr >= self.end {
            return false;
        }
        let ch = u32::from(self.text[ptr]);
        match self.code[pc] {
            ANY => ch != 10,
            ANY_ALL => true,
            LITERAL => ch == self.code[pc + 1],
            NOT_LITERAL => ch != self.code[pc + 1],
            _ => {
                // IN <skip> [NEGATE] RANGE <low> <high> FAILURE
                let negate = self.code[pc + 2] == NEGATE;
                let range = pc + 3 + usize::from(negate);
                (self.code[range] <= ch && ch <= self.code[range + 1]) != negate
            }
        }
    }

    fn count(&self, pc: usize, from: usize, max: u32) -> i64 {
        let mut ptr = from;
        while (max == MAXREPEAT || ptr - from < max as usize) && self.unit(pc, ptr) {
            ptr += 1;
        }
        (ptr - from) as i64
    }

    /// `SRE(match)` from `self.ptr`. `None` when the budget is used up.
    fn run(&mut self, mut pc: usize, toplevel: bool) -> Option<bool> {
        let mut ptr = self.ptr;
        loop {
            self.budget = self.budget.checked_sub(1)?;
            match self.code[pc] {
                SUCCESS => {
                    if toplevel && ((self.match_all && ptr != self.end) || (self.must_advance && ptr == self.start)) {
                        return Some(false);
                    }
                    self.ptr = ptr;
                    return Some(true);
                }
                MARK => {
                    let i = i64::from(self.code[pc + 1]);
                    if i & 1 != 0 {
                        self.lastindex = i / 2 + 1;
                    }
                    if i > self.lastmark {
                        for j in self.lastmark + 1..i {
                            self.mark[j as usize] = None;
                        }
                        self.lastmark = i;
                    }
                    self.mark[i as usize] = Some(ptr);
                    pc += 2;
                }
                AT => {
                    if !self.at(self.code[pc + 1], ptr) {
                        return Some(false);
                    }
                    pc += 2;
                }
                JUMP => pc += 1 + self.code[pc + 1] as usize,
                BRANCH => {
                    let marks = self.repeat.is_some();
                    let saved = self.save(marks);
                    let mut branch = pc + 1;
                    while self.code[branch] != 0 {
                        self.ptr = ptr;
                        if self.run(branch + 1, toplevel)? {
                            return Some(true);
                        }
                        self.restore(&saved);
                        branch += self.code[branch] as usize;
                    }
                    return Some(false);
                }
                REPEAT_ONE => {
                    let (tail, min, max) =
                        (pc + 1 + self.code[pc + 1] as usize, i64::from(self.code[pc + 2]), self.code[pc + 3]);
                    let mut count = self.count(pc + 4, ptr, max);
                    let saved = self.save(self.repeat.is_some());
                    while count >= min {
                        self.ptr = ptr + count as usize;
                        if self.run(tail, toplevel)? {
                            return Some(true);
                        }
                        self.restore(&saved);
                        count -= 1;
                    }
                    return Some(false);
                }
                MIN_REPEAT_ONE => {
                    let (tail, min, max) =
                        (pc + 1 + self.code[pc + 1] as usize, i64::from(self.code[pc + 2]), self.code[pc + 3]);
                    let mut count = if min == 0 { 0 } else { self.count(pc + 4, ptr, min as u32) };
                    if count < min {
                        return Some(false);
                    }
                    let saved = self.save(self.repeat.is_some());
                    while max == MAXREPEAT || count <= i64::from(max) {
                        self.ptr = ptr + count as usize;
                        if self.run(tail, toplevel)? {
                            return Some(true);
                        }
                        self.restore(&saved);
                        if self.count(pc + 4, ptr + count as usize, 1) == 0 {
                            break;
                        }
                        count += 1;
                    }
                    return Some(false);
                }
                REPEAT => {
                    let repeat = Repeat { count: -1, pattern: pc + 1, prev: self.repeat, last_ptr: None };
                    let prev = self.repeat;
                    self.repeats.push(repeat);
                    self.repeat = Some(self.repeats.len() - 1);
                    self.ptr = ptr;
                    let matched = self.run(pc + 1 + self.code[pc + 1] as usize, toplevel)?;
                    self.repeat = prev;
                    return Some(matched);
                }
                MAX_UNTIL => return self.max_until(pc, ptr, toplevel),
                MIN_UNTIL => return self.min_until(pc, ptr, toplevel),
                _ => {
                    if !self.unit(pc, ptr) {
                        return Some(false);
                    }
                    pc += self.unit_length(pc);
                    ptr += 1;
                }
            }
        }
    }

    /// The innermost repetition: its number, the count of this iteration, its limits and its item.
    fn innermost(&self) -> (usize, i64, i64, u32, usize) {
        let number = self.repeat.expect("inside a repetition");
        let repeat = &self.repeats[number];
        let pattern = repeat.pattern;
        (number, repeat.count + 1, i64::from(self.code[pattern + 1]), self.code[pattern + 2], pattern + 3)
    }

    /// Runs the item of a repetition; a failure restores the count and `self.ptr`.
    fn iterate(&mut self, number: usize, count: i64, item: usize, toplevel: bool) -> Option<bool> {
        let ptr = self.ptr;
        self.repeats[number].count = count;
        let matched = self.run(item, toplevel)?;
        if !matched {
            self.repeats[number].count = count - 1;
            self.ptr = ptr;
        }
        Some(matched)
    }

    fn max_until(&mut self, pc: usize, ptr: usize, toplevel: bool) -> Option<bool> {
        let (number, count, min, max, item) = self.innermost();
        self.ptr = ptr;
        if count < min {
            return self.iterate(number, count, item, toplevel);
        }
        if (count < i64::from(max) || max == MAXREPEAT) && Some(ptr) != self.repeats[number].last_ptr {
            let saved = self.save(true);
            let last_ptr = self.repeats[number].last_ptr.replace(ptr);
            let matched = self.iterate(number, count, item, toplevel)?;
            self.repeats[number].last_ptr = last_ptr;
            if matched {
                return Some(true);
            }
            self.restore(&saved);
        }
        self.repeat = self.repeats[number].prev;
        let matched = self.run(pc + 1, toplevel)?;
        self.repeat = Some(number);
        Some(matched)
    }

    fn min_until(&mut self, pc: usize, ptr: usize, toplevel: bool) -> Option<bool> {
        let (number, count, min, max, item) = self.innermost();
        self.ptr = ptr;
        if count < min {
            return self.iterate(number, count, item, toplevel);
        }
        self.repeat = self.repeats[number].prev;
        let saved = self.save(self.repeat.is_some());
        let matched = self.run(pc + 1, toplevel)?;
        self.repeat = Some(number);
        if matched {
            return Some(true);
        }
        self.restore(&saved);
        self.ptr = ptr;
        if (count >= i64::from(max) && max != MAXREPEAT) || Some(ptr) == self.repeats[number].last_ptr {
            return Some(false);
        }
        let last_ptr = self.repeats[number].last_ptr.replace(ptr);
        let matched = self.iterate(number, count, item, toplevel)?;
        self.repeats[number].last_ptr = last_ptr;
        Some(matched)
    }
}

type OneMatch = (Found, Vec<usize>);

/// The general case of `SRE(search)`, and the conversion of the marks by `pattern_new_match`. The outer `None` is a text
/// that takes too long.
#[expect(clippy::option_option, reason = "no match and no result are different")]
fn reference(code: &[u32], groups: usize, text: &[u8], input: &Input<'_>) -> Option<Option<OneMatch>> {
    let mut state = State {
        code,
        text,
        end: input.end,
        start: input.pos,
        ptr: input.pos,
        match_all: input.mode == Mode::Fullmatch,
        must_advance: input.must_advance,
        mark: vec![None; 2 * groups],
        lastmark: -1,
        lastindex: -1,
        repeats: Vec::new(),
        repeat: None,
        budget: 20_000,
    };
    let mut toplevel = true;
    loop {
        if state.run(0, toplevel)? {
            break;
        }
        if input.mode != Mode::Search || state.start >= input.end {
            return Some(None);
        }
        state.start += 1;
        state.ptr = state.start;
        (state.lastmark, state.lastindex, state.repeat) = (-1, -1, None);
        toplevel = false;
    }
    let mut marks = vec![UNSET; 2 * groups];
    for group in 0..groups {
        let (open, close) = (state.mark[2 * group], state.mark[2 * group + 1]);
        if let (Some(open), Some(close)) = (open, close)
            && (2 * group + 1) as i64 <= state.lastmark
        {
            (marks[2 * group], marks[2 * group + 1]) = (open, close);
        }
    }
    let lastindex = usize::try_from(state.lastindex).ok();
    Some(Some((Found { start: state.start, end: state.ptr, lastindex }, marks)))
}

/// An xorshift generator: the same patterns in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % u64::from(limit)) as u32
    }
}

/// Writes code lists as `_compile()` does.
struct Writer {
    random: Random,
    code: Vec<u32>,
    groups: u32,
}

impl Writer {
    fn skip(&mut self) -> usize {
        self.code.push(0);
        self.code.len() - 1
    }

    fn patch(&mut self, at: usize) {
        self.code[at] = (self.code.len() - at) as u32;
    }

    fn unit(&mut self) {
        let ch = 97 + self.random.below(3);
        match self.random.below(8) {
            0 => self.code.push(ANY),
            1 => self.code.push(ANY_ALL),
            2 => self.code.extend([NOT_LITERAL, ch]),
            3 => self.code.extend([IN, 5, RANGE, ch, 99, 0]),
            4 => self.code.extend([IN, 6, NEGATE, RANGE, ch, 99, 0]),
            _ => self.code.extend([LITERAL, ch]),
        }
    }

    fn sequence(&mut self, depth: u32) {
        for _ in 0..self.random.below(4) {
            self.item(depth);
        }
    }

    fn limits(&mut self) -> (u32, u32) {
        const LIMITS: [(u32, u32); 8] =
            [(0, 1), (0, MAXREPEAT), (1, MAXREPEAT), (2, 2), (0, 2), (2, MAXREPEAT), (1, 3), (0, 0)];
        LIMITS[self.random.below(8) as usize]
    }

    fn item(&mut self, depth: u32) {
        match self.random.below(if depth == 0 { 4 } else { 9 }) {
            0 | 1 => self.unit(),
            2 => {
                let at = self.random.below(8);
                self.code.extend([AT, at]);
            }
            3 => {
                let (min, max) = self.limits();
                self.code.push(if self.random.below(3) == 0 { MIN_REPEAT_ONE } else { REPEAT_ONE });
                let skip = self.skip();
                self.code.extend([min, max]);
                self.unit();
                self.code.push(SUCCESS);
                self.patch(skip);
            }
            4 | 5 => {
                let group = self.groups;
                self.groups += 1;
                self.code.extend([MARK, 2 * group]);
                self.sequence(depth - 1);
                self.code.extend([MARK, 2 * group + 1]);
            }
            6 => {
                self.code.push(BRANCH);
                let mut jumps = Vec::new();
                for _ in 0..2 + self.random.below(2) {
                    let skip = self.skip();
                    self.sequence(depth - 1);
                    self.code.push(JUMP);
                    jumps.push(self.skip());
                    self.patch(skip);
                }
                self.code.push(0);
                for jump in jumps {
                    self.patch(jump);
                }
            }
            _ => {
                let (min, max) = self.limits();
                self.code.push(REPEAT);
                let skip = self.skip();
                self.code.extend([min, max]);
                self.item(depth - 1);
                self.sequence(depth - 1);
                self.patch(skip);
                self.code.push(if self.random.below(3) == 0 { MIN_UNTIL } else { MAX_UNTIL });
            }
        }
    }
}

#[test]
fn same_as_the_backtracking_matcher() {
    let mut writer = Writer { random: Random(0x2545_f491_4f6c_dd1d), code: Vec::new(), groups: 0 };
    let options = Options::new(&NoTables);
    let (mut compared, mut matched, mut refused) = (0, 0, 0);
    for _ in 0..6_000 {
        writer.code.clear();
        writer.groups = 0;
        writer.item(4);
        writer.sequence(3);
        writer.code.push(SUCCESS);
        let (code, groups) = (writer.code.clone(), writer.groups as usize);
        let Ok(automaton) = Automaton::compile(&code, &options) else {
            refused += 1;
            continue;
        };
        let mut cache = Cache::new();
        for _ in 0..6 {
            let length = writer.random.below(8);
            let text: Vec<u8> = (0..length).map(|_| b"aaabbc\nd"[writer.random.below(8) as usize]).collect();
            let pos = writer.random.below(length + 1).saturating_sub(writer.random.below(3)) as usize;
            let end = pos + writer.random.below(length + 1 - pos as u32) as usize;
            let end = if writer.random.below(2) == 0 { text.len() } else { end };
            for mode in [Mode::Match, Mode::Fullmatch, Mode::Search] {
                for must_advance in [false, true] {
                    let input = Input { text: Text::One(&text), pos, end, mode, must_advance };
                    let Some(expected) = reference(&code, groups, &text, &input) else { continue };
                    let mut marks = vec![UNSET; 2 * groups];
                    let found = automaton.captures(&mut cache, &input, &mut marks, &mut || false).expect("a result");
                    let result = found.map(|found| (found, marks));
                    assert_eq!(result, expected, "{code:?} {input:?}");
                    let span = automaton.search(&mut cache, &input, &mut || false).expect("a result");
                    assert_eq!(span, found.map(|found| (found.start, found.end)), "{code:?} {input:?}");
                    compared += 1;
                    matched += usize::from(found.is_some());
                }
            }
        }
    }
    // The test must not become empty.
    assert!(compared > 150_000 && matched > 30_000 && refused < 300, "{compared} {matched} {refused}");
}

/// Code lists that no compiler creates are refused or matched, without a panic.
#[test]
fn damaged_code_lists() {
    const CODES: [u32; 12] = [0, 1, 7, 15, 17, 18, 19, 23, 24, 97, 65_537, u32::MAX];
    let mut writer = Writer { random: Random(0x9e37_79b9_7f4a_7c15), code: Vec::new(), groups: 0 };
    let options = Options { node_limit: 300, ..Options::new(&NoTables) };
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..4_000 {
        writer.code.clear();
        writer.groups = 0;
        writer.item(4);
        writer.sequence(3);
        writer.code.push(SUCCESS);
        for _ in 0..8 {
            let mut code = writer.code.clone();
            for _ in 0..1 + writer.random.below(2) {
                let at = writer.random.below(code.len() as u32) as usize;
                code[at] = match writer.random.below(3) {
                    0 => CODES[writer.random.below(12) as usize],
                    1 => code[at].wrapping_add(1),
                    _ => writer.random.below(44),
                };
            }
            let Ok(automaton) = Automaton::compile(&code, &options) else {
                refused += 1;
                continue;
            };
            accepted += 1;
            let mut marks = vec![UNSET; 2];
            for text in [&b""[..], b"a\n", b"abcabcab\naab"] {
                let input =
                    Input { text: Text::One(text), pos: 0, end: text.len(), mode: Mode::Search, must_advance: false };
                let found = automaton.captures(&mut Cache::new(), &input, &mut marks, &mut || false);
                assert!(found.is_ok(), "{code:?}");
            }
        }
    }
    assert!(accepted > 4_000 && refused > 4_000, "{accepted} {refused}");
}
