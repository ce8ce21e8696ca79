//! Content (43): character data, references, comments, processing instructions and CDATA sections.

use crate::chars::Stop;
use crate::core::{Core, Flow, Item, Place, State, Then, enqueue, input};
use crate::error::Error;
use crate::event::Handlers;
use crate::scan::{self, Cdata, Reference, Text};

impl Core {
    /// Reads tokens of content (43) from `pos` on until there is an event or an action. The position after the last
    /// token is in `next`.
    #[inline]
    pub(crate) fn content_run(&mut self, text: &[u8], pos: usize, have_more: bool) -> Result<Flow, Error> {
        let mut place = Place { pos, in_entity: false, have_more, start_level: 0 };
        loop {
            match self.content(text, place)? {
                Flow::Next if self.state == State::Content && self.queue.is_empty() => place.pos = self.next,
                Flow::More => {
                    self.next = place.pos;
                    return Ok(Flow::More);
                }
                flow => return Ok(flow),
            }
        }
    }

    /// Reads one token of content (43).
    #[inline]
    pub(crate) fn content(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        if !place.in_entity {
            self.event = Some((pos, pos));
        }
        match *rest {
            [] => self.content_end(place),
            [b'<', b'/', ..] => self.end_tag(rest, place),
            [b'<', b'!', ..] => self.declaration_in_content(rest, place),
            [b'<', b'?', ..] => self.processing_instruction(text, place),
            [b'<', ..] => self.start_tag(text, place),
            [b'&', ..] => self.reference(rest, place),
            [b'\r'] if !place.in_entity => {
                if place.have_more {
                    return Ok(Flow::More);
                }
                self.mark(place, pos, pos + 1);
                let flow = self.newline(place, pos, pos + 1);
                if matches!((&flow, self.item), (Flow::Event, Item::Default(_))) {
                    self.position_after_default(place, pos + 1)?;
                }
                // The document ends in content, which is an error after this event.
                self.fail_at_end(place)?;
                Ok(flow)
            }
            [b'\r', b'\n', ..] if !place.in_entity => {
                self.mark(place, pos, pos + 2);
                Ok(self.newline(place, pos, pos + 2))
            }
            // In the replacement text of an entity line ends have already been normalized, and a CR comes from `&#13;`.
            [b'\n', ..] | [b'\r', ..] if !place.in_entity || rest.first() == Some(&b'\n') => {
                self.mark(place, pos, pos + 1);
                Ok(self.newline(place, pos, pos + 1))
            }
            _ => match scan::character_data(rest, place.in_entity) {
                Ok(Text::Run(length)) => {
                    self.mark(place, pos, pos + length);
                    if self.handlers.contains(Handlers::CHARACTER_DATA) {
                        Ok(self.text_event(place, pos, pos + length, false))
                    } else {
                        Ok(self.default(place, pos, pos + length))
                    }
                }
                Ok(Text::TrailingBracket) => {
                    if place.have_more {
                        return Ok(Flow::More);
                    }
                    let end = text.len();
                    self.mark(place, pos, end);
                    if self.handlers.contains(Handlers::CHARACTER_DATA) {
                        Ok(self.text_event(place, pos, end, false))
                    } else {
                        Ok(self.default(place, pos, end))
                    }
                }
                Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
            },
        }
    }

    /// The end of the text in content.
    fn content_end(&self, place: Place) -> Result<Flow, Error> {
        if place.have_more {
            Ok(Flow::More)
        } else if place.start_level == 0 {
            Err(Error::NoElements)
        } else if self.level != place.start_level {
            Err(Error::AsyncEntity)
        } else if place.in_entity {
            Ok(Flow::EntityEnd)
        } else {
            Ok(Flow::More)
        }
    }

    /// Records the error of a document that ends after this token; its position is that of the token.
    fn fail_at_end(&mut self, place: Place) -> Result<(), Error> {
        let error = match () {
            () if place.start_level == 0 => Error::NoElements,
            () if self.level != place.start_level => Error::AsyncEntity,
            () => return Ok(()),
        };
        enqueue(&mut self.queue, Item::Then(Then::Fail(error)))
    }

    #[inline]
    fn newline(&mut self, place: Place, start: usize, end: usize) -> Flow {
        if self.handlers.contains(Handlers::CHARACTER_DATA) {
            return self.report(Item::Character(b'\n'));
        }
        self.default(place, start, end)
    }

    /// `<!` in content: a comment (15) or the start of a CDATA section (18).
    fn declaration_in_content(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let result = match rest.get(2) {
            None => Err(Stop::Partial),
            Some(b'-') => scan::comment(rest, &mut self.resume),
            Some(b'[') => {
                return match scan::cdata_open(rest) {
                    Ok(length) => {
                        self.mark(place, pos, pos + length);
                        self.state = State::Cdata;
                        Ok(if self.handlers.contains(Handlers::START_CDATA_SECTION) {
                            self.report(Item::StartCdata)
                        } else {
                            self.default(place, pos, pos + length)
                        })
                    }
                    Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
                };
            }
            Some(_) => Err(Stop::Invalid(2)),
        };
        match result {
            Ok(length) => {
                self.resume = 0;
                self.comment_event(rest, place, length)
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
        }
    }

    /// A comment of this length.
    pub(crate) fn comment_event(&mut self, rest: &[u8], place: Place, length: usize) -> Result<Flow, Error> {
        let pos = place.pos;
        self.mark(place, pos, pos + length);
        if !self.handlers.contains(Handlers::COMMENT) {
            return Ok(self.default(place, pos, pos + length));
        }
        let mut data = self.normalize_lines(rest, 4, length - 3)?;
        if !data.is_scratch() {
            data = input(pos + 4, pos + length - 3);
        }
        Ok(self.report(Item::Comment(data)))
    }

    /// A processing instruction (16) in content.
    fn processing_instruction(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let rest = text.get(place.pos..).unwrap_or_default();
        match scan::pi(rest, self.namespaces.is_none(), &mut self.resume) {
            Ok(pi) => {
                self.resume = 0;
                self.mark(place, place.pos, place.pos + pi.next);
                if pi.is_xml {
                    return Err(Error::MisplacedXmlPi);
                }
                self.pi_event(text, place, pi)
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
        }
    }

    /// A processing instruction that has been scanned.
    pub(crate) fn pi_event(&mut self, text: &[u8], place: Place, pi: scan::Pi) -> Result<Flow, Error> {
        let pos = place.pos;
        self.mark(place, pos, pos + pi.next);
        if !self.handlers.contains(Handlers::PROCESSING_INSTRUCTION) {
            return Ok(self.default(place, pos, pos + pi.next));
        }
        let target = input(pos + 2, pos + pi.target);
        let mut start = target.end;
        let end = pos + pi.next - 2;
        while start < end && text.get(start).is_some_and(|&byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            start += 1;
        }
        let data = self.normalize_lines(text, start, end)?;
        Ok(self.report(Item::Pi { target, data }))
    }

    /// A reference (67) in content.
    fn reference(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        match scan::reference(rest, self.namespaces.is_none()) {
            Ok(Reference::Char(length)) => {
                self.mark(place, pos, pos + length);
                let Some(c) = scan::char_reference_value(rest.get(..length).unwrap_or_default()) else {
                    return Err(Error::BadCharRef);
                };
                if self.handlers.contains(Handlers::CHARACTER_DATA) {
                    let span = self.store(c.encode_utf8(&mut [0; 4]).as_bytes())?;
                    return Ok(self.report(Item::Text(span)));
                }
                Ok(self.default(place, pos, pos + length))
            }
            Ok(Reference::Entity(length)) => {
                self.mark(place, pos, pos + length);
                let name = rest.get(1..length - 1).unwrap_or_default();
                if let Some(c) = scan::predefined_entity(name) {
                    if self.handlers.contains(Handlers::CHARACTER_DATA) {
                        return Ok(self.report(Item::Character(c)));
                    }
                    return Ok(self.default(place, pos, pos + length));
                }
                self.general_entity(name, place, pos + length)
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
        }
    }

    /// Reads one token of a CDATA section (20).
    pub(crate) fn cdata(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        if !place.in_entity {
            self.event = Some((pos, pos));
        }
        match scan::cdata(text.get(pos..).unwrap_or_default(), place.in_entity) {
            Ok(Cdata::Close) => {
                self.mark(place, pos, pos + 3);
                self.state = State::Content;
                if self.handlers.contains(Handlers::END_CDATA_SECTION) {
                    return Ok(self.report(Item::EndCdata));
                }
                Ok(self.default(place, pos, pos + 3))
            }
            Ok(Cdata::Newline(length)) => {
                self.mark(place, pos, pos + length);
                Ok(self.newline(place, pos, pos + length))
            }
            Ok(Cdata::Run(length)) => {
                self.mark(place, pos, pos + length);
                if self.handlers.contains(Handlers::CHARACTER_DATA) {
                    return Ok(self.text_event(place, pos, pos + length, false));
                }
                Ok(self.default(place, pos, pos + length))
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedCdataSection),
        }
    }
}
