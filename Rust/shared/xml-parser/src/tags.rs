//! Start tags (40), end tags (42) and empty-element tags (44).

use crate::core::{Core, Flow, Item, OpenTag, Place, State, Then, enqueue, input};
use crate::error::Error;
use crate::event::{Handlers, Source, Span};
use crate::namespaces::Namespaces;
use crate::scan::{self, TagError};

impl Core {
    /// An end tag (42).
    #[inline]
    pub(crate) fn end_tag(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let ns = self.namespaces.is_some();
        // The name is nearly always that of the start tag: compare before anything else.
        let open = self.tags.last().copied();
        let scanned = {
            let expected = open.and_then(|open| self.names.get(open.name..open.expanded)).unwrap_or_default();
            let end = 2 + expected.len();
            let matches = !expected.is_empty() && rest.get(2..end) == Some(expected);
            if matches && rest.get(end) == Some(&b'>') {
                Ok((end, end + 1, true))
            } else {
                scan::end_tag(rest, ns).map(|(name, length)| (name, length, rest.get(2..name) == Some(expected)))
            }
        };
        let (name_end, length, matches) = match scanned {
            Ok(found) => found,
            Err(stop) => return self.stopped(place, stop, Error::UnclosedToken),
        };
        self.mark(place, pos, pos + length);
        if self.level == place.start_level {
            return Err(Error::AsyncEntity);
        }
        if !matches {
            return Err(self.error_at(place, pos + 2, Error::TagMismatch));
        }
        let Some(open) = self.tags.pop() else { return Err(Error::UnexpectedState) };
        self.level -= 1;
        let wanted = self.handlers.contains(Handlers::END_ELEMENT);
        let mut name = input(pos + 2, pos + name_end);
        if self.names.len() > open.expanded && wanted {
            name = Span { start: self.scratch.len(), end: 0, source: Source::Scratch };
            let expanded = self.names.get(open.expanded..).unwrap_or_default();
            try_alloc::extend(&mut self.scratch, expanded)?;
            name.end = self.scratch.len();
        }
        self.names.truncate(open.name);
        if !wanted {
            return self.end_by_default(place, length, open.bindings);
        }
        self.unbind(open.bindings)?;
        if self.level == 0 {
            self.state = State::Epilog;
        }
        Ok(self.report(Item::End { name }))
    }

    /// The end of an element that is reported as `Default`, if at all.
    fn end_by_default(&mut self, place: Place, length: usize, bindings: usize) -> Result<Flow, Error> {
        let end = place.pos + length;
        if self.level == 0 {
            self.state = State::Epilog;
        }
        let flow = self.default(place, place.pos, end);
        if matches!(flow, Flow::Next) || self.namespaces.as_ref().is_none_or(|found| found.depth() == bindings) {
            self.unbind(bindings)?;
            return Ok(flow);
        }
        self.position_after_default(place, end)?;
        self.unbind(bindings)?;
        Ok(flow)
    }

    /// Where expat converts text in order to report it as `Default`, the position of the events that follow is the end of
    /// the token.
    pub(crate) fn position_after_default(&mut self, place: Place, end: usize) -> Result<(), Error> {
        if !self.converted || place.in_entity {
            return Ok(());
        }
        enqueue(&mut self.queue, Item::Then(Then::Position(end)))
    }

    /// Takes namespace declarations out of scope and puts the events for it into the queue.
    fn unbind(&mut self, depth: usize) -> Result<(), Error> {
        let Some(namespaces) = &mut self.namespaces else { return Ok(()) };
        while namespaces.depth() > depth {
            let Some(prefix) = namespaces.unbind() else { break };
            let prefix = match namespaces.prefix_name(prefix) {
                Some(name) => {
                    let start = self.scratch.len();
                    try_alloc::extend(&mut self.scratch, name)?;
                    Some(Span { start, end: self.scratch.len(), source: Source::Scratch })
                }
                None => None,
            };
            enqueue(&mut self.queue, Item::EndNamespace { prefix })?;
        }
        Ok(())
    }

    /// A start tag (40) or an empty-element tag (44).
    #[inline]
    pub(crate) fn start_tag(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        let (length, empty) = match self.tag.scan(rest, self.namespaces.is_some()) {
            Ok(found) => found,
            Err(TagError::NoMemory) => return Err(Error::NoMemory),
            Err(TagError::Stop(stop)) => return self.stopped(place, stop, Error::UnclosedToken),
        };
        self.tag.reset();
        self.mark(place, pos, pos + length);
        self.scratch.clear();
        let raw_name = rest.get(1..self.tag.name_end).unwrap_or_default();
        let bindings = self.namespaces.as_ref().map_or(0, Namespaces::depth);
        if !empty {
            // expat counts the element before it processes the attributes.
            self.level += 1;
        }
        if let Err(error) = self.store_attributes(rest, place) {
            return self.tag_error(error, place, length, empty.then_some(bindings));
        }
        let mut name = input(pos + 1, pos + self.tag.name_end);
        if let Some(namespaces) = &self.namespaces
            && let Some((prefix, local)) = element_prefix(namespaces, raw_name, self.tag.colon)
        {
            let Some(prefix) = prefix else {
                return self.tag_error(Error::UnboundPrefix, place, length, empty.then_some(bindings));
            };
            let start = self.scratch.len();
            namespaces.expand(prefix, local, &mut self.scratch)?;
            name = Span { start, end: self.scratch.len(), source: Source::Scratch };
        }
        if empty {
            return self.empty_element(name, place, bindings, length);
        }
        let start = self.names.len();
        try_alloc::extend(&mut self.names, raw_name)?;
        let expanded = self.names.len();
        if name.is_scratch() {
            try_alloc::extend(&mut self.names, self.scratch.get(name.start..name.end).unwrap_or_default())?;
        }
        try_alloc::push(&mut self.tags, OpenTag { name: start, expanded, bindings })?;
        let wanted = self.handlers.contains(Handlers::START_ELEMENT);
        if self.queue.is_empty() {
            return Ok(if wanted { self.report(Item::Start { name }) } else { self.default(place, pos, pos + length) });
        }
        let item = if wanted { Item::Start { name } } else { Item::Default(input(pos, pos + length)) };
        enqueue(&mut self.queue, item)?;
        Ok(Flow::Queue)
    }

    /// The error of a start tag, after the events of its namespace declarations. Those of an empty-element tag go out of
    /// scope first.
    fn tag_error(&mut self, error: Error, place: Place, length: usize, bindings: Option<usize>) -> Result<Flow, Error> {
        if self.queue.is_empty() {
            return Err(error);
        }
        if let Some((at, _)) = self.event {
            enqueue(&mut self.queue, Item::Then(Then::Position(at)))?;
        }
        self.mark(place, place.pos, place.pos + length);
        if let Some(bindings) = bindings {
            self.unbind(bindings)?;
        }
        enqueue(&mut self.queue, Item::Then(Then::Fail(error)))?;
        Ok(Flow::Queue)
    }

    /// The events of an empty-element tag (44).
    fn empty_element(&mut self, name: Span, place: Place, bindings: usize, length: usize) -> Result<Flow, Error> {
        if self.level == 0 {
            self.state = State::Epilog;
        }
        let wanted = self.handlers.contains(Handlers::START_ELEMENT);
        if !wanted && !self.handlers.contains(Handlers::END_ELEMENT) {
            if self.handlers.contains(Handlers::DEFAULT) {
                enqueue(&mut self.queue, Item::Default(input(place.pos, place.pos + length)))?;
                self.position_after_default(place, place.pos + length)?;
            }
        } else {
            if wanted {
                enqueue(&mut self.queue, Item::Start { name })?;
            }
            enqueue(&mut self.queue, if wanted { Item::EmptyEnd { name } } else { Item::End { name } })?;
        }
        self.unbind(bindings)?;
        Ok(Flow::Queue)
    }
}

/// The prefix of an element name, `None` if it is not bound, and the local name. `None` if the element is in no
/// namespace.
fn element_prefix<'a>(namespaces: &Namespaces, name: &'a [u8], colon: usize) -> Option<(Option<usize>, &'a [u8])> {
    if colon > 0 {
        let (prefix, local) = name.split_at_checked(colon - 1)?;
        return Some((namespaces.bound(prefix), local.get(1..).unwrap_or_default()));
    }
    namespaces.uri(crate::namespaces::DEFAULT).map(|_| (Some(crate::namespaces::DEFAULT), name))
}
