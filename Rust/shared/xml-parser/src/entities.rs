//! References to general entities in content.

use crate::core::{Core, Flow, Item, Place, State, Then, enqueue, input};
use crate::dtd::{Shared, lock};
use crate::error::Error;
use crate::event::{Handlers, Span};
use crate::grammar::Grammar;
use crate::scan;
use crate::token;

impl Core {
    /// A reference to a general entity that is not predefined; it ends at `end`.
    pub(crate) fn general_entity(&mut self, name: &[u8], place: Place, end: usize) -> Result<Flow, Error> {
        let pos = place.pos;
        let name_span = input(pos + 1, end - 1);
        let shared = self.dtd.clone();
        let dtd = lock(&shared);
        let found = dtd.general.find(name);
        let entity = found.and_then(|index| dtd.general.get(index));
        if !dtd.has_param_entity_refs || dtd.standalone {
            match entity {
                None => return Err(Error::UndefinedEntity),
                Some(entity) if !entity.is_internal => return Err(Error::EntityDeclaredInPe),
                Some(_) => {}
            }
        }
        let (Some(index), Some(entity)) = (found, entity) else {
            return Ok(self.skipped(name_span, place, pos, end));
        };
        if self.is_open(index) {
            return Err(Error::RecursiveEntityRef);
        }
        if entity.notation.is_some() {
            return Err(Error::BinaryEntityRef);
        }
        if entity.text.is_some() {
            if !self.default_expand {
                return Ok(self.skipped(name_span, place, pos, end));
            }
            return Ok(Flow::Entity { entity: index, is_parameter: false, between_declarations: false });
        }
        if !self.handlers.contains(Handlers::EXTERNAL_ENTITY_REF) {
            return Ok(self.default(place, pos, end));
        }
        self.declaration.base = self.store_optional(entity.base.as_ref())?;
        self.declaration.system_id = self.store_optional(entity.system_id.as_ref())?;
        self.declaration.public_id = self.store_optional(entity.public_id.as_ref())?;
        // The context: the namespaces in scope, and the names of the entities that are open.
        let mut context = Vec::new();
        if let Some(namespaces) = &self.namespaces {
            namespaces.context(&mut context)?;
        }
        for at in 0..self.open_general.len().max(index + 1) {
            if let Some(open) = dtd.general.get(at)
                && (at == index || self.is_open(at))
            {
                if !context.is_empty() {
                    try_alloc::push(&mut context, b'\x0C')?;
                }
                try_alloc::extend(&mut context, &open.name)?;
            }
        }
        self.declaration.third = Some(self.store(&context)?);
        enqueue(&mut self.queue, Item::ExternalRef)?;
        enqueue(&mut self.queue, Item::Then(Then::GeneralEntity))?;
        Ok(Flow::Queue)
    }

    /// A reference that is skipped.
    fn skipped(&mut self, name: Span, place: Place, start: usize, end: usize) -> Flow {
        if self.handlers.contains(Handlers::SKIPPED_ENTITY) {
            return self.report(Item::Skipped { name, is_parameter: false });
        }
        self.default(place, start, end)
    }

    /// Stores an optional text.
    pub(crate) fn store_optional(&mut self, text: Option<&Shared>) -> Result<Option<Span>, Error> {
        text.map(|text| self.store(text)).transpose()
    }

    /// Puts the namespaces and the open entities of a context string into effect.
    pub(crate) fn set_context(&mut self, context: &[u8]) -> Result<(), Error> {
        for part in context.split(|&byte| byte == b'\x0C') {
            match memchr::memchr(b'=', part) {
                Some(at) => {
                    let (prefix, uri) = part.split_at(at);
                    if let Some(namespaces) = &mut self.namespaces {
                        let prefix = namespaces.prefix(prefix)?;
                        namespaces.bind(prefix, uri.get(1..).unwrap_or_default())?;
                    }
                }
                None => {
                    let found = lock(&self.dtd).general.find(part);
                    if let Some(found) = found {
                        self.set_open(found, true)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Prepares for an external parameter entity.
    pub(crate) const fn start_parameter_entity(&mut self, in_entity_value: bool) {
        self.grammar = Grammar::external_subset();
        self.grammar.in_entity_value = in_entity_value;
        self.entry = if in_entity_value { State::EntityValueStart } else { State::ParameterEntityStart };
    }

    /// The start of an external general entity (78), where a text declaration may be.
    pub(crate) fn general_entity_start(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        self.mark(place, pos, pos);
        if rest.is_empty() && place.have_more {
            return Ok(Flow::More);
        }
        if rest.starts_with(b"<?") || (rest == b"<" && place.have_more) {
            match scan::pi(rest, self.namespaces.is_none(), &mut self.resume) {
                Ok(pi) => {
                    self.resume = 0;
                    if pi.is_xml {
                        self.mark(place, pos, pos + pi.next);
                        self.state = State::Content;
                        return self.xml_declaration(rest, place, pi.next, true);
                    }
                }
                Err(stop) if crate::prolog::is_partial(stop) => {
                    return self.stopped(place, stop, Error::UnclosedToken);
                }
                Err(_) => {}
            }
        }
        self.state = State::Content;
        Ok(Flow::Next)
    }

    /// An ignored conditional section (63).
    pub(crate) fn ignored_section(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        self.mark(place, pos, pos);
        match token::ignored_section(text.get(pos..).unwrap_or_default(), &mut self.ignore) {
            Ok(length) => {
                self.ignore = (0, 0);
                self.mark(place, pos, pos + length);
                self.state = State::Prolog;
                Ok(self.default(place, pos, pos + length))
            }
            Err(stop) => self.stopped(place, stop, Error::Syntax),
        }
    }
}
