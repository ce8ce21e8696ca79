//! Parses the value of `-X rust_modules=VALUE` and `PYTHON_RUST_MODULES=VALUE`.
//!
//! The value is a list, separated by commas, of what `configure --with-rust-modules` takes as well: `default`, `all`,
//! `none`, or the names of the modules that shall be Rust. `+NAME` and `-NAME` add to the set before them and take from
//! it; the value starts with the default set. So `-zlib` is the default with `zlib` in C.

use crate::{Module, Plain};
use std::fmt::Write as _;

/// One bit for each module, in the order of the build: whether the plain name gives Rust.
pub type Set = u64;

/// Why a part of a value has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint<'a> {
    /// The value is empty.
    Empty,
    /// This is neither the name of a module nor one of the words.
    Unknown(&'a [u8]),
    /// This module has one implementation only in this build.
    Fixed(&'static str, Plain),
}

/// The modules whose plain name gives Rust when nothing is chosen.
pub fn default_set(modules: &[Module]) -> Set {
    set(modules, |module| module.plain == Plain::Rust)
}

fn set(modules: &[Module], is_in: impl Fn(&Module) -> bool) -> Set {
    modules.iter().enumerate().fold(0, |all, (index, module)| all | (Set::from(is_in(module)) << index))
}

/// Reads a value. A word that is not understood has no effect and is reported to `complain`.
pub fn parse<'a>(value: &'a [u8], modules: &[Module], mut complain: impl FnMut(Complaint<'a>)) -> Set {
    let default = default_set(modules);
    let words = || value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|word| !word.is_empty());
    if words().next().is_none() {
        complain(Complaint::Empty);
        return default;
    }
    let mut wanted = default;
    let mut started = false;
    for word in words() {
        let (name, is_rust, is_plain) = match word {
            b"default" | b"all" | b"none" => {
                wanted = match word {
                    b"all" => set(modules, |module| module.plain != Plain::Nothing),
                    b"none" => 0,
                    _ => default,
                };
                started = true;
                continue;
            }
            [b'+', name @ ..] => (name, true, false),
            [b'-', name @ ..] => (name, false, false),
            name => (name, true, true),
        };
        let found = modules.iter().position(|m| m.name.as_bytes() == name && m.plain != Plain::Nothing);
        let Some(index) = found else {
            complain(Complaint::Unknown(word));
            continue;
        };
        if is_plain && !started {
            wanted = 0;
        }
        started = true;
        wanted = wanted & !(1 << index) | Set::from(is_rust) << index;
    }
    for (index, module) in modules.iter().enumerate() {
        let differs = (wanted ^ default) >> index & 1 != 0;
        if differs && !module.switchable {
            complain(Complaint::Fixed(module.name, module.plain));
            wanted ^= 1 << index;
        }
    }
    wanted
}

/// How many complaints of one kind are spelled out, and how much of a word: the value may be as long as it likes.
const MOST: usize = 8;
const LONGEST: usize = 60;

/// The text of a warning about a value; `None` when nothing is wrong with it.
pub fn warning(source: &str, value: &[u8], modules: &[Module]) -> Option<String> {
    let (mut unknown, mut only_c, mut only_rust) = (List::default(), List::default(), List::default());
    let mut empty = false;
    parse(value, modules, |complaint| match complaint {
        Complaint::Empty => empty = true,
        Complaint::Unknown(word) => unknown.add(word),
        Complaint::Fixed(name, Plain::Rust) => only_rust.add(name.as_bytes()),
        Complaint::Fixed(name, _) => only_c.add(name.as_bytes()),
    });
    let mut text = String::from(source);
    let mut separator = ": ";
    let mut say = |args: std::fmt::Arguments<'_>| {
        // Writing to a String does not fail.
        let _ = write!(text, "{separator}{args}");
        separator = "; ";
    };
    if empty {
        say(format_args!("expected default, all, none, or names of modules"));
    }
    if unknown.count > 0 {
        say(format_args!("there is no Rust module {}; the known ones are {}", unknown.text, names(modules)));
    }
    if only_rust.count > 0 {
        say(format_args!("this build has no C twin of {}", only_rust.text));
    }
    if only_c.count > 0 {
        say(format_args!("this build cannot put Rust in the place of {}", only_c.text));
    }
    (empty || unknown.count + only_rust.count + only_c.count > 0).then_some(text)
}

/// The modules that can be named.
pub fn names(modules: &[Module]) -> String {
    let mut list = List { limit: usize::MAX, ..List::default() };
    modules.iter().filter(|module| module.plain != Plain::Nothing).for_each(|module| list.add(module.name.as_bytes()));
    list.text
}

/// Words with commas between them, the first few.
struct List {
    text: String,
    count: usize,
    limit: usize,
}

impl Default for List {
    fn default() -> Self {
        Self { text: String::new(), count: 0, limit: MOST }
    }
}

impl List {
    fn add(&mut self, word: &[u8]) {
        self.count += 1;
        if self.count > self.limit {
            if self.count == self.limit + 1 {
                self.text.push_str(", ...");
            }
            return;
        }
        if self.count > 1 {
            self.text.push_str(", ");
        }
        self.text.push_str(&String::from_utf8_lossy(&word[..word.len().min(LONGEST)]));
        if word.len() > LONGEST {
            self.text.push_str("...");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Complaint, Set, default_set, parse, warning};
    use crate::{Module, Plain};

    const fn module(name: &'static str, plain: Plain, switchable: bool) -> Module {
        Module { name, stage: "default", plain, switchable, has_c_name: false }
    }

    const MODULES: [Module; 6] = [
        module("a", Plain::Rust, true),
        module("b", Plain::Rust, false),
        module("c", Plain::C, true),
        module("d", Plain::C, false),
        module("t", Plain::Nothing, false),
        module("e", Plain::Rust, true),
    ];
    const DEFAULT: Set = 0b10_0011;

    fn read(value: &str) -> (Set, Vec<String>) {
        let mut complaints = Vec::new();
        let chosen = parse(value.as_bytes(), &MODULES, |complaint| {
            complaints.push(match complaint {
                Complaint::Empty => "empty".to_owned(),
                Complaint::Unknown(word) => String::from_utf8_lossy(word).into_owned(),
                Complaint::Fixed(name, plain) => format!("{name} {plain:?}"),
            });
        });
        (chosen, complaints)
    }

    #[test]
    fn words_and_names() {
        assert_eq!(default_set(&MODULES), DEFAULT);
        let fine = |value, expected| assert_eq!(read(value), (expected, vec![]), "{value}");
        fine("default", DEFAULT);
        fine("-a", 0b10_0010);
        fine("+c", 0b10_0111);
        fine("-a, +c ,,-e", 0b00_0110);
        fine("b,c", 0b00_0110);
        fine("b,a,-a", 0b00_0010);
        fine("none,default", DEFAULT);
        fine("-a,b", 0b10_0010);
        fine("none,b", 0b00_0010);
    }

    #[test]
    fn invalid_values_are_reported_and_change_nothing() {
        let wrong = |value, expected, complaints: &[&str]| {
            let complaints: Vec<String> = complaints.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(read(value), (expected, complaints), "{value}");
        };
        wrong("", DEFAULT, &["empty"]);
        wrong(" ,, ", DEFAULT, &["empty"]);
        wrong("x", DEFAULT, &["x"]);
        wrong("x,-a", 0b10_0010, &["x"]);
        wrong("x,b,c", 0b00_0110, &["x"]);
        wrong("A,+,-,+-a,--a", DEFAULT, &["A", "+", "-", "+-a", "--a"]);
        wrong("t,+t", DEFAULT, &["t", "+t"]);
        wrong("none", 0b00_0010, &["b Rust"]);
        wrong("all", 0b10_0111, &["d C"]);
        wrong("d", 0b00_0010, &["b Rust", "d C"]);
    }

    #[test]
    fn any_value_is_read() {
        // No value of three words out of these may panic or set a bit that there is no module for.
        let words = ["", "all", "none", "default", "a", "-a", "+c", "-b", "d", "zz", "-", "\u{e9}"];
        for first in words {
            for second in words {
                for third in words {
                    let (chosen, _) = read(&format!("{first},{second},{third}"));
                    assert_eq!(chosen & !0b10_0111, 0);
                    assert_eq!(chosen >> 1 & 1, 1, "b has no twin");
                }
            }
        }
    }

    #[test]
    fn the_warning_lists_what_is_known() {
        assert_eq!(warning("-X rust_modules", b"-a", &MODULES), None);
        assert_eq!(
            warning("-X rust_modules", b"x,-y,all", &MODULES).as_deref(),
            Some(
                "-X rust_modules: there is no Rust module x, -y; the known ones are a, b, c, d, e; \
                 this build cannot put Rust in the place of d"
            )
        );
        assert_eq!(warning("V", b"none", &MODULES).as_deref(), Some("V: this build has no C twin of b"));
        assert_eq!(warning("V", b"", &MODULES).as_deref(), Some("V: expected default, all, none, or names of modules"));
        let long = warning("V", "x,".repeat(100_000).as_bytes(), &MODULES).expect("a warning");
        assert!(long.contains("x, x, ...;") && long.len() < 200, "{long}");
        let wide = warning("V", "\u{e9}".repeat(100_000).as_bytes(), &MODULES).expect("a warning");
        assert!(wide.len() < 400, "{wide}");
    }
}
