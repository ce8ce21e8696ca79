//! The table that `make status` prints.

use crate::crates::{self, Crate};
use crate::{Module, Plain};
use std::fmt::Write as _;

/// The facts about the build and the machine.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The modules, with whether the plain name gives Rust.
    pub modules: &'a [(Module, bool)],
    /// What `rustc -V` says.
    pub rustc: &'a str,
    /// The target triple.
    pub target: &'a str,
    /// `release` or `debug`
    pub profile: &'a str,
    /// The name of the code path in use.
    pub path: &'a str,
    /// The features of the processor.
    pub features: &'a str,
    /// Where the choice comes from, and its value.
    pub choice: Option<(&'a str, &'a str)>,
    /// The profile of the compressor of zlib.
    pub zlib_profile: &'a str,
    /// Where it comes from, and its value.
    pub zlib_choice: Option<(&'a str, &'a str)>,
}

/// The name under which the C implementation can be imported.
pub fn c_name(module: Module, is_rust: bool) -> Option<String> {
    match module.plain {
        Plain::C if !is_rust => Some(module.name.to_owned()),
        _ if module.has_c_name => Some(format!("_c_{}", module.name)),
        _ => None,
    }
}

/// The implementation that the plain name gives, in words.
pub fn implementation(module: Module, is_rust: bool) -> Option<&'static str> {
    match module.plain {
        Plain::Nothing => None,
        _ if is_rust => Some("Rust"),
        _ => Some("C"),
    }
}

/// The whole text, without a newline at its end.
pub fn status(facts: &Facts<'_>) -> String {
    let mut rows = vec![["module", "stage", "import gives", "Rust is", "C is", "crate", "built on"].map(str::to_owned)];
    for &(module, is_rust) in facts.modules {
        let used = crates::of_module(module.name);
        let chosen = is_rust != (module.plain == Plain::Rust);
        let mark = if chosen { ", chosen" } else { "" };
        rows.push([
            module.name.to_owned(),
            module.stage.to_owned(),
            implementation(module, is_rust).map_or("-".to_owned(), |name| format!("{name}{mark}")),
            format!("_rust_{}", module.name),
            c_name(module, is_rust).unwrap_or_else(|| "-".to_owned()),
            used.map_or(String::new(), |used| format!("{} {}", module.name, used.version)),
            used.map_or(String::new(), |used| used.dependencies.join(" ")),
        ]);
    }
    let mut text = table(&rows);
    let mut say = |args: std::fmt::Arguments<'_>| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{args}");
    };
    if let Some((source, value)) = facts.choice {
        say(format_args!("\nchosen by   {source}={value}"));
    } else {
        say(format_args!("\nchosen by   nothing: -X rust_modules and PYTHON_RUST_MODULES can"));
    }
    if facts.modules.iter().any(|(module, _)| module.name == "zlib") {
        let (profile, option, variable) = (facts.zlib_profile, zlib_profile::OPTION, zlib_profile::VARIABLE);
        match facts.zlib_choice {
            Some((source, value)) => say(format_args!("zlib        {profile} profile: {source}={value}")),
            None => say(format_args!("zlib        {profile} profile: {option} and {variable} can choose")),
        }
    }
    say(format_args!("compiler    {}, {}, {}", facts.rustc, facts.target, facts.profile));
    say(format_args!("code path   {}", facts.path));
    say(format_args!("processor   {}\n", facts.features));
    let mut rows = vec![["crate", "version", "licence"].map(str::to_owned)];
    for Crate { name, version, licence } in crates::linked(facts.modules.iter().map(|(module, _)| module.name)) {
        rows.push([name, version, licence].map(|&cell| cell.to_owned()));
    }
    text.push_str(&table(&rows));
    text.truncate(text.trim_end().len());
    text
}

/// Columns as wide as their widest cell, two blanks apart.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let start = text.len();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(text, "{cell:width$}  ");
        }
        text.truncate(start + text[start..].trim_end().len());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Facts, status};
    use crate::{Module, Plain};

    #[test]
    fn the_table_shows_each_module_and_the_choice() {
        let module = |name, stage, plain, switchable, has_c_name| Module { name, stage, plain, switchable, has_c_name };
        let modules = [
            (module("binascii", "default", Plain::Rust, true, true), true),
            (module("zlib", "incubating", Plain::C, true, false), true),
            (module("_sre", "incubating", Plain::C, true, true), true),
            (module("math", "incubating", Plain::C, true, true), false),
            (module("cmath", "default", Plain::Rust, false, false), true),
            (module("panictest", "testing", Plain::Nothing, false, false), false),
        ];
        let facts = Facts {
            modules: &modules,
            rustc: "rustc 1.0",
            target: "t",
            profile: "release",
            path: "AVX2",
            features: "avx avx2",
            choice: Some(("-X rust_modules", "+zlib")),
            zlib_profile: "exact",
            zlib_choice: Some(("PYTHON_RUST_ZLIB", "exact")),
        };
        let text = status(&facts);
        let line = |start: &str| {
            let line = text.lines().find(|line| line.starts_with(start)).expect(start);
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert!(line("binascii").starts_with("binascii default Rust _rust_binascii _c_binascii binascii 1."));
        assert!(line("zlib  ").starts_with("zlib incubating Rust, chosen _rust_zlib - zlib 1."));
        assert!(line("_sre").starts_with("_sre incubating Rust, chosen _rust__sre _c__sre _sre 1."));
        assert!(line("cmath").starts_with("cmath default Rust _rust_cmath - cmath 1."));
        assert!(line("math").starts_with("math incubating C _rust_math math math 1."));
        assert!(line("panictest").starts_with("panictest testing - _rust_panictest - panictest 1."));
        assert_eq!(line("chosen by"), "chosen by -X rust_modules=+zlib");
        assert!(text.contains("\nzlib        exact profile: PYTHON_RUST_ZLIB=exact\n"), "{text}");
        assert_eq!(line("compiler"), "compiler rustc 1.0, t, release");
        assert!(line("crc32fast").ends_with("MIT OR Apache-2.0"));
        assert!(!text.contains("itoa"), "{text}");
        assert!(!text.ends_with('\n'));
        let without = status(&Facts { choice: None, zlib_profile: "fast", zlib_choice: None, ..facts });
        assert!(without.contains("fast profile: -X rust_zlib and PYTHON_RUST_ZLIB can choose"), "{without}");
        assert!(without.contains("chosen by   nothing"));
    }
}
