//! The tokens of the prolog and of the DTD.

use crate::chars::{COLON, NAME_START, NON_ASCII, NOT_XML, NameKind, SPACE, Stop, class, name_sequence, sequence};
use crate::scan;

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A string in quotes.
    Literal,
    /// `<!NAME`.
    DeclOpen,
    /// `>`.
    DeclClose,
    /// `<![`.
    SectionOpen,
    /// `]]>`.
    SectionClose,
    Pi(scan::Pi),
    XmlDecl,
    Comment,
    /// `<` and the start of a name, which is not part of the token.
    InstanceStart,
    Space,
    /// `%` that is not a reference.
    Percent,
    /// `%name;`.
    ParamEntityRef,
    Comma,
    Or,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    CloseParenQuestion,
    CloseParenAsterisk,
    CloseParenPlus,
    /// `#NAME`.
    PoundName,
    Name,
    /// A name with a colon, when namespaces are on.
    PrefixedName,
    Nmtoken,
    NameQuestion,
    NameAsterisk,
    NamePlus,
    /// The end of the text.
    End,
}

/// The outcome of the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// A token of this length.
    Token(Token, usize),
    /// The rest of the text is this token, which may continue in further input.
    AtEnd(Token),
    Stop(Stop),
}

impl From<Result<Scan, Stop>> for Scan {
    fn from(result: Result<Scan, Stop>) -> Self {
        result.unwrap_or_else(Scan::Stop)
    }
}

/// Scans one token; `text` starts with it. `colon` says whether the colon is a name character, `resume` is as for
/// [`scan::comment`].
pub(crate) fn prolog(text: &[u8], colon: bool, resume: &mut usize) -> Scan {
    let Some(&first) = text.first() else { return Scan::Token(Token::End, 0) };
    let one = |token| Scan::Token(token, 1);
    match first {
        b'"' | b'\'' => literal(text, first, resume).into(),
        b'<' => markup(text, colon, resume).into(),
        b' ' | b'\t' | b'\r' | b'\n' => space(text),
        b'%' => percent(text, colon).into(),
        b',' => one(Token::Comma),
        b'[' => one(Token::OpenBracket),
        b']' => close_bracket(text),
        b'(' => one(Token::OpenParen),
        b')' => close_paren(text),
        b'|' => one(Token::Or),
        b'>' => one(Token::DeclClose),
        b'#' => pound_name(text, colon).into(),
        _ => name(text, colon).into(),
    }
}

fn literal(text: &[u8], quote: u8, resume: &mut usize) -> Result<Scan, Stop> {
    *resume = (*resume).max(1);
    loop {
        let at = *resume;
        let &byte = text.get(at).ok_or(Stop::Partial)?;
        if byte == quote {
            return match text.get(at + 1) {
                None => Ok(Scan::AtEnd(Token::Literal)),
                Some(b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'%' | b'[') => Ok(Scan::Token(Token::Literal, at + 1)),
                Some(_) => Err(Stop::Invalid(at + 1)),
            };
        }
        match class(byte) {
            class if class & NON_ASCII != 0 => *resume += sequence(text, at)?,
            class if class & NOT_XML != 0 => return Err(Stop::Invalid(at)),
            _ => *resume += 1,
        }
    }
}

fn markup(text: &[u8], colon: bool, resume: &mut usize) -> Result<Scan, Stop> {
    match *text.get(1).ok_or(Stop::Partial)? {
        b'!' => match *text.get(2).ok_or(Stop::Partial)? {
            b'-' => Ok(Scan::Token(Token::Comment, scan::comment(text, resume)?)),
            b'[' => Ok(Scan::Token(Token::SectionOpen, 3)),
            _ => declaration(text, colon),
        },
        b'?' => {
            let pi = scan::pi(text, colon, resume)?;
            Ok(Scan::Token(if pi.is_xml { Token::XmlDecl } else { Token::Pi(pi) }, pi.next))
        }
        // Whether a byte above 0x7F starts a name is decided when content is scanned.
        byte if is_decl_name(byte, colon) || matches!(byte, 0xC2..=0xF4) => Ok(Scan::Token(Token::InstanceStart, 0)),
        _ => Err(Stop::Invalid(1)),
    }
}

/// Whether an ASCII byte can start a name.
fn is_decl_name(byte: u8, colon: bool) -> bool {
    class(byte) & NAME_START != 0 || (colon && class(byte) & COLON != 0)
}

fn declaration(text: &[u8], colon: bool) -> Result<Scan, Stop> {
    let mut at = 2;
    loop {
        let &byte = text.get(at).ok_or(Stop::Partial)?;
        if is_decl_name(byte, colon) {
            at += 1;
        } else if at == 2 {
            return Err(Stop::Invalid(at));
        } else if class(byte) & SPACE != 0 {
            return Ok(Scan::Token(Token::DeclOpen, at));
        } else if byte == b'%' {
            return match text.get(at + 1).ok_or(Stop::Partial)? {
                b' ' | b'\t' | b'\r' | b'\n' | b'%' => Err(Stop::Invalid(at)),
                _ => Ok(Scan::Token(Token::DeclOpen, at)),
            };
        } else {
            return Err(Stop::Invalid(at));
        }
    }
}

fn space(text: &[u8]) -> Scan {
    if text == b"\r" {
        return Scan::AtEnd(Token::Space);
    }
    let mut at = text.iter().position(|&byte| class(byte) & SPACE == 0).unwrap_or(text.len());
    if at == text.len() && text.last() == Some(&b'\r') {
        // Perhaps the first half of a line end.
        at -= 1;
    }
    Scan::Token(Token::Space, at)
}

fn percent(text: &[u8], colon: bool) -> Result<Scan, Stop> {
    match text.get(1).ok_or(Stop::Partial)? {
        b' ' | b'\t' | b'\r' | b'\n' | b'%' => return Ok(Scan::Token(Token::Percent, 1)),
        _ => {}
    }
    let at = scan::name_rest(text, scan::name_start(text, 1, colon)?, colon)?;
    match text.get(at) {
        Some(b';') => Ok(Scan::Token(Token::ParamEntityRef, at + 1)),
        _ => Err(Stop::Invalid(at)),
    }
}

fn close_bracket(text: &[u8]) -> Scan {
    match *text {
        [_] => Scan::AtEnd(Token::CloseBracket),
        [_, b']'] => Scan::Stop(Stop::Partial),
        [_, b']', b'>', ..] => Scan::Token(Token::SectionClose, 3),
        _ => Scan::Token(Token::CloseBracket, 1),
    }
}

fn close_paren(text: &[u8]) -> Scan {
    match text.get(1) {
        None => Scan::AtEnd(Token::CloseParen),
        Some(b'*') => Scan::Token(Token::CloseParenAsterisk, 2),
        Some(b'?') => Scan::Token(Token::CloseParenQuestion, 2),
        Some(b'+') => Scan::Token(Token::CloseParenPlus, 2),
        Some(b' ' | b'\t' | b'\r' | b'\n' | b'>' | b',' | b'|' | b')') => Scan::Token(Token::CloseParen, 1),
        Some(_) => Scan::Stop(Stop::Invalid(1)),
    }
}

fn pound_name(text: &[u8], colon: bool) -> Result<Scan, Stop> {
    let at = match scan::name_rest(text, scan::name_start(text, 1, colon)?, colon) {
        Err(Stop::Partial) => return Ok(Scan::AtEnd(Token::PoundName)),
        result => result?,
    };
    match text.get(at) {
        Some(b' ' | b'\t' | b'\r' | b'\n' | b')' | b'>' | b'%' | b'|') => Ok(Scan::Token(Token::PoundName, at)),
        _ => Err(Stop::Invalid(at)),
    }
}

fn name(text: &[u8], colon: bool) -> Result<Scan, Stop> {
    let first = text.first().copied().unwrap_or(0);
    let (mut at, mut token) = match class(first) {
        class if class & NON_ASCII != 0 => match name_sequence(text, 0)? {
            (length, NameKind::Start) => (length, Token::Name),
            (length, NameKind::Inner) => (length, Token::Nmtoken),
            (_, NameKind::No) => return Err(Stop::Invalid(0)),
        },
        _ if is_decl_name(first, colon) => (1, Token::Name),
        _ if first == b':' || first.is_ascii_digit() || matches!(first, b'-' | b'.') => (1, Token::Nmtoken),
        _ => return Err(Stop::Invalid(0)),
    };
    loop {
        at = match scan::name_rest(text, at, colon) {
            Err(Stop::Partial) => return Ok(Scan::AtEnd(token)),
            result => result?,
        };
        let quantified = match text.get(at) {
            Some(b'>' | b')' | b',' | b'|' | b'[' | b'%' | b' ' | b'\t' | b'\r' | b'\n') => {
                return Ok(Scan::Token(token, at));
            }
            Some(b':') => {
                at += 1;
                if token == Token::Name {
                    let &after = text.get(at).ok_or(Stop::Partial)?;
                    token = match class(after) {
                        class if class & NON_ASCII != 0 => match name_sequence(text, at)? {
                            (_, NameKind::No) => return Err(Stop::Invalid(at)),
                            _ => Token::PrefixedName,
                        },
                        class if class & crate::chars::NAME != 0 => Token::PrefixedName,
                        _ => Token::Nmtoken,
                    };
                } else {
                    token = Token::Nmtoken;
                }
                continue;
            }
            Some(b'?') => Token::NameQuestion,
            Some(b'*') => Token::NameAsterisk,
            Some(b'+') => Token::NamePlus,
            _ => return Err(Stop::Invalid(at)),
        };
        if token == Token::Nmtoken {
            return Err(Stop::Invalid(at));
        }
        return Ok(Scan::Token(quantified, at + 1));
    }
}

/// An ignored conditional section (64): the position after `]]>`; `text` starts after `<![IGNORE[`.
pub(crate) fn ignored_section(text: &[u8], resume: &mut (usize, usize)) -> Result<usize, Stop> {
    loop {
        let (at, level) = *resume;
        let &byte = text.get(at).ok_or(Stop::Partial)?;
        match byte {
            b'<' => {
                let mut length = 1;
                if *text.get(at + 1).ok_or(Stop::Partial)? == b'!' {
                    length = 2;
                    if *text.get(at + 2).ok_or(Stop::Partial)? == b'[' {
                        length = 3;
                        resume.1 += 1;
                    }
                }
                resume.0 += length;
            }
            b']' => {
                let mut length = 1;
                if *text.get(at + 1).ok_or(Stop::Partial)? == b']' {
                    length = 2;
                    if *text.get(at + 2).ok_or(Stop::Partial)? == b'>' {
                        length = 3;
                        if level == 0 {
                            return Ok(at + length);
                        }
                        resume.1 -= 1;
                    }
                }
                resume.0 += length;
            }
            _ => match class(byte) {
                class if class & NON_ASCII != 0 => resume.0 += sequence(text, at)?,
                class if class & NOT_XML != 0 => return Err(Stop::Invalid(at)),
                _ => resume.0 += 1,
            },
        }
    }
}
