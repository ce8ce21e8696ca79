//! Entity values (9): replacement text, with character and parameter entity references expanded (4.5).

use std::sync::Mutex;

use try_alloc::Arc;

use crate::chars::Stop;
use crate::core::{Core, Flow, Item, Place, State, Then, enqueue};
use crate::dtd::{Shared, lock};
use crate::error::Error;
use crate::event::Handlers;
use crate::pending::Value;
use crate::scan::{self, Reference};
use crate::token::{self, Scan, Token};

impl Core {
    /// Starts to read the value of an internal entity, whose literal is given.
    pub(crate) fn start_entity_value(&mut self, token: &[u8], place: Place) -> Result<Flow, Error> {
        if self.value_text.is_none() {
            self.value_text = Some(Arc::try_new(Mutex::new(Vec::new()))?);
        }
        let length = token.len();
        self.value = Some(Value { at: 1, end: length - 1, length, stack: Vec::new() });
        self.read_entity_value(token, place)
    }

    /// Continues with the value; `rest` starts with the token.
    pub(crate) fn read_entity_value(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let Some(mut value) = self.value.take() else { return Err(Error::UnexpectedState) };
        let Some(shared) = self.value_text.take() else { return Err(Error::UnexpectedState) };
        let mut whole = lock(&shared);
        let result = match self.value_failed.take() {
            Some(error) => Err(error),
            None => self.expand_value(rest, place, &mut value, &mut whole),
        };
        let is_part = self.grammar.in_entity_value || result == Ok(true);
        let text = if is_part { Vec::new() } else { std::mem::take(&mut *whole) };
        drop(whole);
        // A parser with which the text is shared may still add to it, and must not add to the next value.
        if is_part || !std::mem::take(&mut self.value_is_shared) {
            self.value_text = Some(shared);
        }
        if let Ok(true) = result {
            // An external parameter entity has to be read first. The token is not complete.
            self.value = Some(value);
            self.next = place.pos;
            return Ok(Flow::Queue);
        }
        for (entity, ..) in &value.stack {
            if let Some(entity) = lock(&self.dtd).parameter.get_mut(*entity) {
                entity.open = false;
            }
        }
        self.next = place.pos + value.length;
        if self.grammar.in_entity_value {
            // The text is a part of the value in which this entity stands.
            result?;
            return Ok(Flow::More);
        }
        let default = self.internal_entity_declared(place, Shared::new(text)?)?;
        if let Err(error) = result {
            if self.queue.is_empty() {
                return Err(error);
            }
            enqueue(&mut self.queue, Item::Then(Then::Fail(error)))?;
            return Ok(Flow::Queue);
        }
        Ok(if default { self.default(place, place.pos, place.pos + value.length) } else { Flow::Queue })
    }

    /// Appends the expanded value to `whole`. Returns true if an external parameter entity has to be read before it can
    /// continue.
    fn expand_value(
        &mut self,
        rest: &[u8],
        place: Place,
        value: &mut Value,
        whole: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        let outer = rest.get(..value.end).unwrap_or_default();
        let shared = self.dtd.clone();
        let mut guard = lock(&shared);
        let dtd = &mut *guard;
        loop {
            let (entity_text, at) = match value.stack.last() {
                Some((_, text, at)) => (Some(text.clone()), *at),
                None => (None, value.at),
            };
            let inside = entity_text.is_some();
            let text = entity_text.as_ref().map_or(outer, |text| &**text);
            let rest = text.get(at..).unwrap_or_default();
            let position = Place { in_entity: place.in_entity || inside, ..place };
            let here = place.pos + at;
            let mut opened = None;
            let length = match *rest {
                [] => {
                    let Some((entity, ..)) = value.stack.pop() else { return Ok(false) };
                    if let Some(entity) = dtd.parameter.get_mut(entity) {
                        entity.open = false;
                    }
                    continue;
                }
                [b'\r', b'\n', ..] if !position.in_entity => {
                    try_alloc::push(whole, b'\n')?;
                    2
                }
                [b'\r', ..] if !position.in_entity => {
                    try_alloc::push(whole, b'\n')?;
                    1
                }
                [b'&', ..] => match scan::reference(rest, self.namespaces.is_none()) {
                    Ok(Reference::Char(length)) => {
                        let Some(c) = scan::char_reference_value(rest.get(..length).unwrap_or_default()) else {
                            return Err(self.error_at(position, here, Error::BadCharRef));
                        };
                        try_alloc::extend(whole, c.encode_utf8(&mut [0; 4]).as_bytes())?;
                        length
                    }
                    Ok(Reference::Entity(length)) => {
                        try_alloc::extend(whole, rest.get(..length).unwrap_or_default())?;
                        length
                    }
                    Err(Stop::Invalid(bad)) => return Err(self.error_at(position, here + bad, Error::InvalidToken)),
                    Err(_) => return Err(self.error_at(position, here, Error::InvalidToken)),
                },
                [b'%', ..] => {
                    let length = match token::prolog(rest, self.namespaces.is_none(), &mut 0) {
                        Scan::Token(Token::ParamEntityRef, length) => length,
                        Scan::Stop(Stop::Invalid(bad)) => {
                            return Err(self.error_at(position, here + bad, Error::InvalidToken));
                        }
                        Scan::Token(_, length) => {
                            return Err(self.error_at(position, here + length, Error::InvalidToken));
                        }
                        _ => return Err(self.error_at(position, here, Error::InvalidToken)),
                    };
                    if !self.is_parameter_entity && !position.in_entity {
                        return Err(self.error_at(position, here, Error::ParamEntityRef));
                    }
                    let name = rest.get(1..length - 1).unwrap_or_default();
                    match dtd.parameter.find(name) {
                        None => dtd.keep_processing = dtd.standalone,
                        Some(index) => {
                            let is_declared = self.pending.entity == Some((true, index));
                            let Some(entity) = dtd.parameter.get_mut(index) else {
                                return Err(Error::UnexpectedState);
                            };
                            if entity.open || is_declared {
                                return Err(self.error_at(position, here, Error::RecursiveEntityRef));
                            }
                            if entity.system_id.is_none() {
                                entity.open = true;
                                opened = Some((index, entity.text.clone().unwrap_or_default()));
                            } else if self.handlers.contains(Handlers::EXTERNAL_ENTITY_REF) {
                                entity.open = true;
                                self.external_reference(entity)?;
                                dtd.param_entity_read = false;
                                enqueue(&mut self.queue, Item::Then(Then::EntityValue { entity: index }))?;
                                match value.stack.last_mut() {
                                    Some((_, _, at)) => *at += length,
                                    None => value.at += length,
                                }
                                self.expanding_value = true;
                                return Ok(true);
                            } else {
                                dtd.keep_processing = dtd.standalone;
                            }
                        }
                    }
                    length
                }
                _ => {
                    // At least one character, which in replacement text may be a CR.
                    let stop = rest.iter().skip(1).position(|&byte| matches!(byte, b'&' | b'%' | b'\r'));
                    let length = stop.map_or(rest.len(), |at| at + 1);
                    try_alloc::extend(whole, rest.get(..length).unwrap_or_default())?;
                    length
                }
            };
            match value.stack.last_mut() {
                Some((_, _, at)) => *at += length,
                None => value.at += length,
            }
            if inside {
                self.accounting.add_indirect(length)?;
            }
            if let Some((entity, text)) = opened {
                try_alloc::push(&mut value.stack, (entity, text, 0))?;
            }
        }
    }

    /// An external parameter entity that stands in an entity value. It is read when it is complete.
    pub(crate) fn entity_value_text(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        if self.value.is_some() {
            return self.read_entity_value(rest, place);
        }
        self.mark(place, pos, pos);
        if place.have_more {
            return Ok(Flow::More);
        }
        let mut at = 0;
        loop {
            let from = rest.get(at..).unwrap_or_default();
            self.mark(place, pos + at, pos + at);
            match token::prolog(from, self.namespaces.is_none(), &mut 0) {
                Scan::Stop(Stop::Invalid(_)) => return Err(Error::InvalidToken),
                Scan::Stop(Stop::Partial) => return Err(Error::UnclosedToken),
                Scan::Stop(Stop::PartialChar) => return Err(Error::PartialChar),
                Scan::AtEnd(_) | Scan::Token(Token::End, _) => break,
                Scan::Token(Token::XmlDecl, length) if self.state == State::EntityValueStart => {
                    self.mark(place, pos + at, pos + at + length);
                    self.state = State::EntityValue;
                    let place = Place { pos: pos + at, ..place };
                    return self.xml_declaration(from, place, length, false);
                }
                Scan::Token(Token::InstanceStart, _) => return Err(Error::Syntax),
                Scan::Token(_, length) => at += length,
            }
        }
        let length = rest.len();
        self.value = Some(Value { at: 0, end: length, length, stack: Vec::new() });
        self.read_entity_value(rest, place)
    }
}
