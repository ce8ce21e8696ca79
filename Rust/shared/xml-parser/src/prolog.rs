//! The prolog (22), the end of the document, and XML declarations (23, 77).

use crate::chars::Stop;
use crate::core::{Core, Declaration, Declared, Flow, Item, Place, Then, enqueue, input};
use crate::dtd::lock;
use crate::error::Error;
use crate::event::{Handlers, Span};
use crate::grammar::Role;
use crate::input::Encoding;
use crate::pending::ParamEntityParsing;
use crate::token::{self, Scan, Token};

impl Core {
    /// Reads one token of the prolog or of a DTD. `between` says whether an internal parameter entity that is read was
    /// referred to between declarations.
    pub(crate) fn prolog(&mut self, text: &[u8], place: Place, between: bool) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        if self.value.is_some() {
            return self.read_entity_value(rest, place);
        }
        self.mark(place, pos, pos);
        let scan = token::prolog(rest, self.namespaces.is_none(), &mut self.resume);
        let (token, length) = match scan {
            Scan::Stop(stop) => return self.stopped(place, stop, Error::UnclosedToken),
            Scan::AtEnd(_) | Scan::Token(Token::End, _) if place.have_more => return Ok(Flow::More),
            Scan::AtEnd(token) => (token, rest.len()),
            Scan::Token(Token::End, _) => return self.prolog_end(place, between),
            Scan::Token(token, length) => (token, length),
        };
        self.resume = 0;
        self.mark(place, pos, pos + length);
        let role = self.grammar.advance(token, rest.get(..length).unwrap_or_default());
        match (role, token) {
            (Role::Comment, _) => self.comment_event(rest, place, length),
            (Role::Pi, Token::Pi(pi)) => self.pi_event(text, place, pi),
            (Role::None, _) => Ok(self.default(place, pos, pos + length)),
            (Role::XmlDecl, _) => self.xml_declaration(rest, place, length, false),
            (Role::TextDecl, _) => self.xml_declaration(rest, place, length, true),
            (Role::Error, Token::ParamEntityRef) => Err(Error::ParamEntityRef),
            (Role::Error, Token::XmlDecl) => Err(Error::MisplacedXmlPi),
            (Role::Error, _) => Err(Error::Syntax),
            _ => self.declaration(role, rest.get(..length).unwrap_or_default(), place),
        }
    }

    /// The end of the text in the prolog or in a DTD.
    fn prolog_end(&mut self, place: Place, between: bool) -> Result<Flow, Error> {
        if place.in_entity && !between {
            return Ok(Flow::EntityEnd);
        }
        if !self.is_parameter_entity && !place.in_entity {
            return Err(Error::NoElements);
        }
        if self.grammar.advance(Token::End, b"") == Role::Error {
            return Err(Error::IncompletePe);
        }
        Ok(if place.in_entity { Flow::EntityEnd } else { Flow::More })
    }

    /// Reads one token after the root element (27).
    pub(crate) fn epilog(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        self.mark(place, pos, pos);
        let (token, length) = match token::prolog(rest, self.namespaces.is_none(), &mut self.resume) {
            Scan::Stop(stop) => return self.stopped(place, stop, Error::UnclosedToken),
            Scan::Token(Token::End, _) => return Ok(Flow::More),
            Scan::AtEnd(Token::Space) => (Token::Space, rest.len()),
            Scan::AtEnd(_) => return Err(Error::JunkAfterDocElement),
            Scan::Token(token, length) => (token, length),
        };
        self.resume = 0;
        match token {
            Token::Space => {
                self.mark(place, pos, pos + length);
                Ok(self.default(place, pos, pos + length))
            }
            Token::Comment => self.comment_event(rest, place, length),
            Token::Pi(pi) => self.pi_event(text, place, pi),
            _ => Err(Error::JunkAfterDocElement),
        }
    }

    /// An XML declaration (23), or a text declaration (77) if `is_text`, of this length.
    pub(crate) fn xml_declaration(
        &mut self,
        rest: &[u8],
        place: Place,
        length: usize,
        is_text: bool,
    ) -> Result<Flow, Error> {
        let pos = place.pos;
        let malformed = if is_text { Error::TextDecl } else { Error::XmlDecl };
        let found = parse_declaration(rest.get(..length - 2).unwrap_or_default(), is_text)
            .map_err(|at| self.error_at(place, pos + at, malformed))?;
        if !is_text && found.standalone == Some(true) {
            lock(&self.dtd).standalone = true;
            if self.param_entity_parsing == ParamEntityParsing::UnlessStandalone {
                self.param_entity_parsing = ParamEntityParsing::Never;
            }
        }
        let span = |(start, end): (usize, usize)| input(pos + start, pos + end);
        self.declaration =
            Declaration { second: found.version.map(span), third: found.encoding.map(span), ..Declaration::default() };
        self.declared = Declared::Nothing;
        if let Some((start, end)) = found.encoding
            && self.protocol_encoding.is_none()
        {
            let name = rest.get(start..end).unwrap_or_default();
            self.declared = match Encoding::named(name) {
                Some(encoding) => Declared::Known(encoding),
                None => Declared::Unknown(pos + start),
            };
        }
        if self.handlers.contains(Handlers::XML_DECL) {
            enqueue(&mut self.queue, Item::XmlDecl { standalone: found.standalone })?;
        } else if matches!(self.default(place, pos, pos + length), Flow::Event) {
            enqueue(&mut self.queue, self.item)?;
        }
        enqueue(&mut self.queue, Item::Then(Then::XmlDecl))?;
        Ok(Flow::Queue)
    }

    /// The name of the encoding in the declaration.
    pub(crate) const fn encoding_name(&self) -> Option<Span> {
        self.declaration.third
    }
}

/// The parts of an XML declaration, as positions.
#[derive(Debug, Default)]
struct XmlDecl {
    version: Option<(usize, usize)>,
    encoding: Option<(usize, usize)>,
    standalone: Option<bool>,
}

/// One `name="value"` of an XML declaration: name and value.
type PseudoAttribute = ((usize, usize), (usize, usize));

/// Reads the next part of an XML declaration from `at` on; `None` at the end. The error is the position of the first
/// invalid character.
fn pseudo_attribute(text: &[u8], at: &mut usize) -> Result<Option<PseudoAttribute>, usize> {
    let is_space = |at: usize| matches!(text.get(at), Some(b' ' | b'\t' | b'\r' | b'\n'));
    if *at == text.len() {
        return Ok(None);
    }
    if !is_space(*at) {
        return Err(*at);
    }
    let mut here = *at;
    while is_space(here) {
        here += 1;
    }
    if here == text.len() {
        return Ok(None);
    }
    let name = here;
    while !is_space(here) && text.get(here) != Some(&b'=') {
        if text.get(here).is_none_or(|byte| !byte.is_ascii()) {
            return Err(here);
        }
        here += 1;
    }
    let name_end = here;
    while is_space(here) {
        here += 1;
    }
    if text.get(here) != Some(&b'=') || name_end == name {
        return Err(here);
    }
    here += 1;
    while is_space(here) {
        here += 1;
    }
    let Some(&quote @ (b'"' | b'\'')) = text.get(here) else { return Err(here) };
    here += 1;
    let value = here;
    loop {
        match text.get(here) {
            Some(&byte) if byte == quote => break,
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_') => here += 1,
            _ => return Err(here),
        }
    }
    *at = here + 1;
    Ok(Some(((name, name_end), (value, here))))
}

/// Reads an XML declaration; `text` is the declaration without the `?>` at its end.
fn parse_declaration(text: &[u8], is_text: bool) -> Result<XmlDecl, usize> {
    let part = |(start, end): (usize, usize)| text.get(start..end).unwrap_or_default();
    let mut found = XmlDecl::default();
    let mut at = 5;
    let Some((mut name, mut value)) = pseudo_attribute(text, &mut at)? else { return Err(at) };
    if part(name) == b"version" {
        found.version = Some(value);
        // A version has at least one character (production 26), for expat since 2.8.4.
        if value.0 == value.1 {
            return Err(value.0);
        }
        match pseudo_attribute(text, &mut at)? {
            Some(next) => (name, value) = next,
            // A text declaration has to have an encoding.
            None => return if is_text { Err(at) } else { Ok(found) },
        }
    } else if !is_text {
        return Err(name.0);
    }
    if part(name) == b"encoding" {
        if !text.get(value.0).is_some_and(u8::is_ascii_alphabetic) {
            return Err(value.0);
        }
        found.encoding = Some(value);
        match pseudo_attribute(text, &mut at)? {
            Some(next) => (name, value) = next,
            None => return Ok(found),
        }
    }
    if part(name) != b"standalone" || is_text {
        return Err(name.0);
    }
    found.standalone = Some(match part(value) {
        b"yes" => true,
        b"no" => false,
        _ => return Err(value.0),
    });
    while text.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    if at != text.len() {
        return Err(at);
    }
    Ok(found)
}

/// Whether an incomplete token can be completed by more input.
pub(crate) const fn is_partial(stop: Stop) -> bool {
    matches!(stop, Stop::Partial | Stop::PartialChar)
}
