//! The arrays and constants of a C header that is itself generated, so that a few fixed forms are all there is.

use super::Result;

/// The text of a header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    text: &'a str,
}

impl<'a> Header<'a> {
    /// Takes the text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// The value of `#define NAME VALUE`; `None` when there is no such line.
    pub(crate) fn define(self, name: &str) -> Option<&'a str> {
        self.text.lines().find_map(|line| {
            let (found, value) = line.strip_prefix("#define ")?.split_once(' ')?;
            (found == name).then(|| value.trim())
        })
    }

    /// `define` as a number.
    pub(crate) fn number(self, name: &str) -> Result<usize> {
        let value = self.define(name).ok_or_else(|| format!("no definition of {name}"))?;
        value.parse().map_err(|_| format!("{name} is {value}, which is no number"))
    }

    /// The value of `static const unsigned int NAME = VALUE;`.
    pub(crate) fn constant(self, name: &str) -> Result<u32> {
        let start = format!("static const unsigned int {name} = ");
        let value = self.text.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix(';'));
        integer(value.ok_or_else(|| format!("no constant {name}"))?)
    }

    /// What stands between the braces of an array; `None` when there is no such array.
    fn body(self, name: &str) -> Option<&'a str> {
        let start = format!(" {name}[] = {{\n");
        let pointer = format!(" *{name}[] = {{\n");
        let at = self.text.find(&start).map(|at| at + start.len());
        let at = at.or_else(|| self.text.find(&pointer).map(|at| at + pointer.len()))?;
        let body = &self.text[at..];
        Some(&body[..body.find("\n};")?])
    }

    /// Whether there is an array of this name.
    pub(crate) fn has(self, name: &str) -> bool {
        self.body(name).is_some()
    }

    /// The numbers of an array, whatever braces there are within.
    pub(crate) fn numbers(self, name: &str) -> Result<Vec<u32>> {
        let body = self.body(name).ok_or_else(|| format!("no array {name}"))?;
        words(body).map(integer).collect()
    }

    /// The rows of an array of structs of numbers.
    pub(crate) fn rows(self, name: &str) -> Result<Vec<Vec<f64>>> {
        let body = self.body(name).ok_or_else(|| format!("no array {name}"))?;
        let row = |line: &str| words(line).map(real).collect::<Result<Vec<f64>>>();
        body.lines().filter(|line| line.contains('{')).map(row).collect()
    }

    /// The texts of an array of C strings.
    pub(crate) fn strings(self, name: &str) -> Result<Vec<String>> {
        let body = self.body(name).ok_or_else(|| format!("no array {name}"))?;
        let mut texts = Vec::new();
        for line in body.lines() {
            let Some((_, rest)) = line.split_once('"') else { continue };
            let Some((text, _)) = rest.rsplit_once('"') else { return Err(format!("{name}: {line}: an open string")) };
            if text.contains(['"', '\\']) {
                return Err(format!("{name}: {line}: more than a plain string"));
            }
            texts.push(text.to_owned());
        }
        Ok(texts)
    }

    /// The cases of a function of one `switch`: `case KEY: return VALUE;`.
    pub(crate) fn cases(self, function: &str) -> Result<Vec<(u32, u32)>> {
        let at = self.text.find(&format!(" {function}(")).ok_or_else(|| format!("no function {function}"))?;
        let body = &self.text[at..];
        let body = &body[..body.find("\n}").ok_or_else(|| format!("{function} has no end"))?];
        let cases = body.lines().filter_map(|line| {
            let (key, value) = line.trim().strip_prefix("case ")?.split_once(": return ")?;
            let value = value.strip_suffix(';')?;
            Some(integer(key).and_then(|key| Ok((key, integer(value)?))))
        });
        cases.collect()
    }
}

/// The words between blanks, commas and braces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_ascii_whitespace() || matches!(letter, ',' | '{' | '}'))
        .filter(|word| !word.is_empty())
}

/// A decimal or hexadecimal number.
fn integer(word: &str) -> Result<u32> {
    let digits = word.strip_prefix("0x").map_or_else(|| word.parse(), |hex| u32::from_str_radix(hex, 16));
    digits.map_err(|_| format!("{word}: not a number"))
}

fn real(word: &str) -> Result<f64> {
    word.parse().or_else(|_| integer(word).map(f64::from))
}
