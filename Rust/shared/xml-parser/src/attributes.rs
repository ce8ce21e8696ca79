//! The attributes of a start tag: values, namespace declarations, defaults, expanded names, and the check for duplicates.

use std::collections::HashSet;

use crate::core::{Core, Item, Place, enqueue, input};
use crate::dtd::{Dtd, ElementType, Shared, lock};
use crate::error::Error;
use crate::event::{AttributeSpan, Handlers, Source, Span};
use crate::namespaces::DEFAULT;
use crate::scan::{self, RawAttribute, Reference};

/// The number of attributes up to which comparing each with each is faster than hashing.
const FEW: usize = 12;

/// The name of an attribute.
#[inline]
fn raw_name(rest: &[u8], attribute: RawAttribute) -> &[u8] {
    rest.get(attribute.name.0..attribute.name.1).unwrap_or_default()
}

/// The index of the first attribute that has the name of an earlier one.
fn duplicate(rest: &[u8], attributes: &[RawAttribute]) -> Result<Option<usize>, Error> {
    if attributes.len() <= FEW {
        for (at, &attribute) in attributes.iter().enumerate().skip(1) {
            let name = raw_name(rest, attribute);
            if attributes.iter().take(at).any(|&earlier| raw_name(rest, earlier) == name) {
                return Ok(Some(at));
            }
        }
        return Ok(None);
    }
    let mut seen = HashSet::new();
    seen.try_reserve(attributes.len())?;
    Ok(attributes.iter().position(|&attribute| !seen.insert(raw_name(rest, attribute))))
}

/// The prefix that an attribute declares; `None` if it is not a namespace declaration.
fn declared_prefix(name: &[u8]) -> Option<&[u8]> {
    match name.strip_prefix(b"xmlns")? {
        [] => Some(b""),
        [b':', prefix @ ..] => Some(prefix),
        _ => None,
    }
}

impl Core {
    /// Converts the attributes of the scanned tag to those of the event. `rest` starts with the tag.
    #[inline]
    pub(crate) fn store_attributes(&mut self, rest: &[u8], place: Place) -> Result<(), Error> {
        self.attributes.clear();
        self.prefixed.clear();
        self.specified = 0;
        self.id_attribute = None;
        if self.tag.attributes.is_empty() && !self.has_attlists {
            return Ok(());
        }
        let raw = std::mem::take(&mut self.tag.attributes);
        let result = self.store_raw(rest, place, &raw);
        self.tag.attributes = raw;
        result
    }

    fn store_raw(&mut self, rest: &[u8], place: Place, raw: &[RawAttribute]) -> Result<(), Error> {
        let duplicate = duplicate(rest, raw)?;
        let good = raw.get(..duplicate.unwrap_or(raw.len())).unwrap_or_default();
        try_alloc::reserve(&mut self.attributes, raw.len())?;
        if self.namespaces.is_none() && !self.has_attlists && good.iter().all(|attribute| attribute.plain) {
            let pos = place.pos;
            self.attributes.extend(good.iter().map(|attribute| AttributeSpan {
                name: input(pos + attribute.name.0, pos + attribute.name.1),
                value: input(pos + attribute.value.0, pos + attribute.value.1),
            }));
            self.specified = self.attributes.len();
        } else {
            let dtd = self.dtd.clone();
            let dtd = lock(&dtd);
            let element = match self.has_attlists {
                true => dtd.element(rest.get(1..self.tag.name_end).unwrap_or_default()),
                false => None,
            };
            self.store_with_declarations(rest, place, good, element, &dtd)?;
            if duplicate.is_none() {
                self.add_defaults(element, raw.is_empty())?;
            }
        }
        if let Some(at) = duplicate {
            let start = raw.get(at).map_or(0, |attribute| attribute.name.0);
            return Err(self.error_at(place, place.pos + start, Error::DuplicateAttribute));
        }
        self.expand_names(rest, place)
    }

    /// Stores the specified attributes, with normalization by the DTD and namespace processing.
    fn store_with_declarations(
        &mut self,
        rest: &[u8],
        place: Place,
        raw: &[RawAttribute],
        element: Option<&ElementType>,
        dtd: &Dtd,
    ) -> Result<(), Error> {
        self.specified_definitions.clear();
        if let Some(element) = element
            && !raw.is_empty()
        {
            try_alloc::resize(&mut self.specified_definitions, element.len(), false)?;
        }
        for &attribute in raw {
            let name = raw_name(rest, attribute);
            let found = element.and_then(|element| element.attribute(name));
            let is_cdata = found.is_none_or(|(_, definition)| definition.is_cdata);
            if let Some((index, _)) = found
                && let Some(specified) = self.specified_definitions.get_mut(index)
            {
                *specified = true;
            }
            let value = if attribute.plain && is_cdata {
                input(place.pos + attribute.value.0, place.pos + attribute.value.1)
            } else {
                let text = rest.get(attribute.value.0..attribute.value.1).unwrap_or_default();
                self.attribute_value(text, place, place.pos + attribute.value.0, is_cdata, dtd, false)?
            };
            if self.namespaces.is_some()
                && let Some(prefix) = declared_prefix(name)
            {
                let raw_value = rest.get(attribute.value.0..attribute.value.1).unwrap_or_default();
                self.declare(prefix, value, raw_value)?;
            } else {
                if attribute.colon > 0 {
                    let colon = attribute.colon - attribute.name.0;
                    try_alloc::push(&mut self.prefixed, (self.attributes.len(), colon))?;
                }
                let name = input(place.pos + attribute.name.0, place.pos + attribute.name.1);
                try_alloc::push(&mut self.attributes, AttributeSpan { name, value })?;
            }
        }
        self.specified = self.attributes.len();
        if let Some(id) = element.and_then(|element| element.id.as_ref()) {
            let pos = place.pos;
            self.id_attribute = self.attributes.iter().position(|attribute| {
                let name = attribute.name;
                !name.is_scratch() && rest.get(name.start - pos..name.end - pos) == Some(&**id)
            });
        }
        Ok(())
    }

    /// Puts a namespace declaration in scope and its event into the queue.
    fn declare(&mut self, prefix_name: &[u8], value: Span, raw_value: &[u8]) -> Result<(), Error> {
        let Some(namespaces) = &mut self.namespaces else { return Ok(()) };
        let uri =
            if value.is_scratch() { self.scratch.get(value.start..value.end).unwrap_or_default() } else { raw_value };
        let prefix = namespaces.prefix(prefix_name)?;
        namespaces.declare(prefix, uri)?;
        let undeclared = prefix == DEFAULT && value.start == value.end;
        let prefix = if prefix == DEFAULT { None } else { Some(self.store(prefix_name)?) };
        enqueue(&mut self.queue, Item::StartNamespace { prefix, uri: (!undeclared).then_some(value) })
    }

    /// Adds the defaults of attributes that the tag does not have (3.3.2). `all` says that the tag has no attributes.
    fn add_defaults(&mut self, element: Option<&ElementType>, all: bool) -> Result<(), Error> {
        let Some(element) = element else { return Ok(()) };
        // Without namespaces, the defaults are only needed for the event.
        if element.defaults.is_empty() || self.namespaces.is_none() && !self.handlers.contains(Handlers::START_ELEMENT)
        {
            return Ok(());
        }
        let base = self.store(&element.default_text)?.start;
        let scratch = |start, end| Span { start: base + start, end: base + end, source: Source::Scratch };
        try_alloc::reserve(&mut self.attributes, element.defaults.len())?;
        for default in &element.defaults {
            if !all && self.specified_definitions.get(default.definition).copied().unwrap_or(false) {
                continue;
            }
            let (name, value) = (scratch(default.name, default.value), scratch(default.value, default.end));
            if self.namespaces.is_some() {
                let text = element.default_text.get(default.name..default.value).unwrap_or_default();
                if let Some(prefix) = declared_prefix(text) {
                    self.declare(prefix, value, b"")?;
                    continue;
                }
                if let Some(colon) = memchr::memchr(b':', text) {
                    try_alloc::push(&mut self.prefixed, (self.attributes.len(), colon))?;
                }
            }
            self.attributes.push(AttributeSpan { name, value });
        }
        Ok(())
    }

    /// Expands the names of attributes that have a prefix, and looks for two with the same namespace and local name.
    fn expand_names(&mut self, rest: &[u8], place: Place) -> Result<(), Error> {
        let Some(namespaces) = &self.namespaces else { return Ok(()) };
        // The start and the end of the expanded names, without the prefix of a triplet.
        let mut expanded = std::mem::take(&mut self.expanded);
        expanded.clear();
        try_alloc::reserve(&mut expanded, self.prefixed.len())?;
        let mut unbound = false;
        for &(at, colon) in &self.prefixed {
            let Some(attribute) = self.attributes.get_mut(at) else { continue };
            let span = attribute.name;
            let copy;
            let name = if span.is_scratch() {
                copy = try_alloc::copy(self.scratch.get(span.start..span.end).unwrap_or_default())?;
                &*copy
            } else {
                rest.get(span.start - place.pos..span.end - place.pos).unwrap_or_default()
            };
            let (prefix, local) = name.split_at_checked(colon).unwrap_or_default();
            let Some(prefix) = namespaces.bound(prefix) else {
                unbound = true;
                break;
            };
            let start = self.scratch.len();
            let end = namespaces.expand(prefix, local.get(1..).unwrap_or_default(), &mut self.scratch)?;
            attribute.name = Span { start, end: self.scratch.len(), source: Source::Scratch };
            expanded.push((start, end));
        }
        let name = |&(start, end): &(usize, usize)| self.scratch.get(start..end).unwrap_or_default();
        let duplicate = if expanded.len() <= FEW {
            expanded
                .iter()
                .enumerate()
                .any(|(at, span)| expanded.iter().take(at).any(|other| name(other) == name(span)))
        } else {
            let mut seen = HashSet::new();
            seen.try_reserve(expanded.len())?;
            !expanded.iter().all(|span| seen.insert(name(span)))
        };
        self.expanded = expanded;
        match () {
            () if duplicate => Err(Error::DuplicateAttribute),
            () if unbound => Err(Error::UnboundPrefix),
            () => Ok(()),
        }
    }

    /// The value of an attribute as it is reported (3.3.3). `start` is its position in the input.
    pub(crate) fn attribute_value(
        &mut self,
        value: &[u8],
        place: Place,
        start: usize,
        is_cdata: bool,
        dtd: &Dtd,
        in_declaration: bool,
    ) -> Result<Span, Error> {
        let from = self.scratch.len();
        try_alloc::reserve(&mut self.scratch, value.len())?;
        let mut stack: Vec<(usize, Shared, usize)> = Vec::new();
        let mut outer = 0;
        loop {
            let (entity_text, at) = match stack.last() {
                Some((_, text, at)) => (Some(text.clone()), *at),
                None => (None, outer),
            };
            let text = entity_text.as_ref().map_or(value, |text| &**text);
            let inside = entity_text.is_some();
            let rest = text.get(at..).unwrap_or_default();
            let position = place_of(place, inside);
            let last_is_space = |scratch: &[u8]| scratch.len() == from || scratch.last() == Some(&b' ');
            let mut opened = None;
            let length = match *rest {
                [] => {
                    let Some((entity, ..)) = stack.pop() else { break };
                    self.set_open(entity, false)?;
                    continue;
                }
                [b'\r', b'\n', ..] if !position.in_entity => {
                    if is_cdata || !last_is_space(&self.scratch) {
                        try_alloc::push(&mut self.scratch, b' ')?;
                    }
                    2
                }
                [b' ' | b'\t' | b'\r' | b'\n', ..] => {
                    if is_cdata || !last_is_space(&self.scratch) {
                        try_alloc::push(&mut self.scratch, b' ')?;
                    }
                    1
                }
                [b'<', ..] => return Err(self.error_at(position, start + at, Error::InvalidToken)),
                [b'&', ..] => match scan::reference(rest, self.namespaces.is_none()) {
                    Ok(Reference::Char(length)) => {
                        let Some(c) = scan::char_reference_value(rest.get(..length).unwrap_or_default()) else {
                            return Err(self.error_at(position, start + at, Error::BadCharRef));
                        };
                        if is_cdata || c != ' ' || !last_is_space(&self.scratch) {
                            try_alloc::extend(&mut self.scratch, c.encode_utf8(&mut [0; 4]).as_bytes())?;
                        }
                        length
                    }
                    Ok(Reference::Entity(length)) => {
                        let name = rest.get(1..length - 1).unwrap_or_default();
                        if let Some(c) = scan::predefined_entity(name) {
                            try_alloc::extend(&mut self.scratch, &[c])?;
                        } else {
                            opened =
                                self.entity_in_attribute(name, dtd, in_declaration).map_err(
                                    |(error, here)| match here {
                                        true => self.error_at(position, start + at, error),
                                        false => error,
                                    },
                                )?;
                        }
                        length
                    }
                    Err(crate::chars::Stop::Invalid(bad)) => {
                        return Err(self.error_at(position, start + at + bad, Error::InvalidToken));
                    }
                    Err(_) => return Err(self.error_at(position, start + at, Error::InvalidToken)),
                },
                _ => {
                    let length = rest
                        .iter()
                        .position(|&byte| matches!(byte, b'&' | b'<' | b' ' | b'\t' | b'\r' | b'\n'))
                        .unwrap_or(rest.len());
                    try_alloc::extend(&mut self.scratch, rest.get(..length).unwrap_or_default())?;
                    length
                }
            };
            match stack.last_mut() {
                Some((_, _, at)) => *at += length,
                None => outer += length,
            }
            if inside {
                self.accounting.add_indirect(length)?;
                self.accounting.check_memory(self.scratch.capacity())?;
            }
            if let Some((entity, text)) = opened {
                self.set_open(entity, true)?;
                try_alloc::push(&mut stack, (entity, text, 0))?;
            }
        }
        if !is_cdata && self.scratch.len() > from && self.scratch.last() == Some(&b' ') {
            self.scratch.pop();
        }
        Ok(Span { start: from, end: self.scratch.len(), source: Source::Scratch })
    }

    /// The replacement text of an entity that an attribute value refers to; `None` for one that is skipped. The flag of
    /// an error says whether its position is that of the reference.
    fn entity_in_attribute(
        &self,
        name: &[u8],
        dtd: &Dtd,
        in_declaration: bool,
    ) -> Result<Option<(usize, Shared)>, (Error, bool)> {
        let found = dtd.general.find(name);
        let entity = found.and_then(|index| dtd.general.get(index));
        let must_be_declared = if in_declaration {
            self.grammar.is_document()
                && if dtd.standalone { !self.in_internal_entity } else { !dtd.has_param_entity_refs }
        } else {
            !dtd.has_param_entity_refs || dtd.standalone
        };
        let (Some(index), Some(entity)) = (found, entity) else {
            return if must_be_declared { Err((Error::UndefinedEntity, false)) } else { Ok(None) };
        };
        if must_be_declared && !entity.is_internal {
            return Err((Error::EntityDeclaredInPe, false));
        }
        if self.is_open(index) {
            return Err((Error::RecursiveEntityRef, true));
        }
        if entity.notation.is_some() {
            return Err((Error::BinaryEntityRef, true));
        }
        match &entity.text {
            Some(text) => Ok(Some((index, text.clone()))),
            None => Err((Error::AttributeExternalEntityRef, true)),
        }
    }

    /// Whether a general entity is being read.
    pub(crate) fn is_open(&self, entity: usize) -> bool {
        self.open_general.get(entity).copied().unwrap_or(false)
    }

    /// Sets whether a general entity is being read.
    pub(crate) fn set_open(&mut self, entity: usize, open: bool) -> Result<(), Error> {
        if entity >= self.open_general.len() {
            let missing = entity + 1 - self.open_general.len();
            try_alloc::reserve(&mut self.open_general, missing)?;
            self.open_general.resize(entity + 1, false);
        }
        if let Some(flag) = self.open_general.get_mut(entity) {
            *flag = open;
        }
        Ok(())
    }
}

/// The place of a token inside the entities of a value: errors have a position of their own only outside of entities.
const fn place_of(place: Place, inside: bool) -> Place {
    Place { in_entity: place.in_entity || inside, ..place }
}
