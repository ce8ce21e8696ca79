//! The profile of zlib's compressor, which `-X rust_zlib=VALUE` or `PYTHON_RUST_ZLIB=VALUE` choose when a program starts.
//!
//! There is one for the process. It is chosen by whichever comes first: the module `zlib` when it is executed, or `_rust`, which
//! shows it.

#![forbid(unsafe_code)]

use deflate::Profile;
use std::collections::TryReserveError;
use std::sync::OnceLock;

/// The name of the option, without its value.
pub const OPTION: &str = "-X rust_zlib";
/// The name of the environment variable.
pub const VARIABLE: &str = "PYTHON_RUST_ZLIB";

/// The names of the profiles.
const NAMES: [(&str, Profile); 2] = [("fast", Profile::Fast), ("exact", Profile::Exact)];

/// How many bytes of an unknown name a warning has.
const MAX_QUOTED: usize = 60;

/// The choice of a process.
#[derive(Debug)]
pub struct Choice {
    profile: Profile,
    source: Option<(&'static str, Box<[u8]>)>,
}

static CHOICE: OnceLock<Choice> = OnceLock::new();

/// The profile in force; the default before it has been chosen.
pub fn profile() -> Profile {
    CHOICE.get().map(|choice| choice.profile).unwrap_or_default()
}

/// The choice, after [`choose`].
pub fn choice() -> Option<&'static Choice> {
    CHOICE.get()
}

/// Chooses the profile, unless that has been done, by the value of the option if there is one, else of the variable. Returns the text
/// of a warning if that is not the name of a profile; then the default is chosen.
pub fn choose(option: Option<&[u8]>, variable: Option<&[u8]>) -> Result<Option<String>, TryReserveError> {
    let option = option.map(|value| (OPTION, value));
    let source = match option.or(variable.map(|value| (VARIABLE, value))) {
        Some((source, value)) => Some((source, copy(value)?)),
        None => None,
    };
    let named = source.as_ref().map(|(_, value)| parse(value));
    let warning = match (&source, named) {
        (Some((source, value)), Some(None)) => Some(warning(source, value)),
        _ => None,
    };
    let choice = Choice { profile: named.flatten().unwrap_or_default(), source };
    // Of several threads one chooses, and warns.
    Ok(if CHOICE.set(choice).is_ok() { warning } else { None })
}

impl Choice {
    /// The name of the profile.
    pub fn name(&self) -> &'static str {
        NAMES.iter().find(|(_, profile)| *profile == self.profile).map_or("", |(name, _)| name)
    }

    /// The option or variable that chose, and its value; `None` for the default.
    pub fn source(&self) -> Option<(&'static str, &[u8])> {
        self.source.as_ref().map(|(source, value)| (*source, &**value))
    }
}

fn copy(bytes: &[u8]) -> Result<Box<[u8]>, TryReserveError> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(copy.into_boxed_slice())
}

fn parse(value: &[u8]) -> Option<Profile> {
    NAMES.iter().find(|(name, _)| name.as_bytes() == value.trim_ascii()).map(|(_, profile)| *profile)
}

fn warning(source: &str, value: &[u8]) -> String {
    let names = NAMES.map(|(name, _)| name).join(", ");
    if value.trim_ascii().is_empty() {
        return format!("{source}: expected the name of a profile: {names}");
    }
    let quoted = String::from_utf8_lossy(&value[..value.len().min(MAX_QUOTED)]);
    let more = if value.len() > MAX_QUOTED { "..." } else { "" };
    format!("{source}: there is no profile {quoted}{more}; the known ones are {names}")
}

#[cfg(test)]
mod tests {
    use super::{NAMES, choice, choose, parse, profile, warning};
    use deflate::Profile;

    #[test]
    fn names() {
        for (name, profile) in NAMES {
            assert_eq!(parse(name.as_bytes()), Some(profile));
        }
        assert_eq!(parse(b" exact "), Some(Profile::Exact));
        for wrong in [&b""[..], b"Exact", b"exact,fast", b"\xff"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn warnings() {
        assert_eq!(warning("V", b"x"), "V: there is no profile x; the known ones are fast, exact");
        assert_eq!(warning("V", b" "), "V: expected the name of a profile: fast, exact");
        assert!(warning("V", &[0xff; 100_000]).len() < 300);
    }

    #[test]
    fn the_first_choice_stays() {
        assert!(choice().is_none());
        assert_eq!(profile(), Profile::Fast);
        assert_eq!(choose(Some(b"exact"), Some(b"wrong")), Ok(None));
        assert_eq!(choose(Some(b"wrong"), None), Ok(None));
        assert_eq!(profile(), Profile::Exact);
        let choice = choice().expect("made above");
        assert_eq!((choice.name(), choice.source()), ("exact", Some(("-X rust_zlib", &b"exact"[..]))));
    }
}
