//! A streaming parser of XML 1.0 (fifth edition) and Namespaces in XML 1.0 with the observable behaviour of expat.
//!
//! The parser does not validate. The document is fed in pieces of any size with [`Parser::feed`];
//! [`Parser::next_event`] returns one [`Event`] at a time, which corresponds to a handler call of expat. Between two
//! events the parser is in a consistent state: the caller may change the set of requested events
//! ([`Parser::set_handlers`]), create a parser for an external entity, query the position, or drop the parser.
//!
//! ```
//! use xml_parser::{Event, Handlers, Parser};
//!
//! let mut parser = Parser::new(None, None)?;
//! parser.set_handlers(Handlers::START_ELEMENT | Handlers::CHARACTER_DATA);
//! parser.feed(b"<a x='1'>text</a>", true)?;
//! let mut seen = Vec::new();
//! while let Some(event) = parser.next_event()? {
//!     match event {
//!         Event::StartElement(start) => {
//!             seen.extend_from_slice(start.name());
//!             for attribute in start.attributes().iter() {
//!                 seen.extend_from_slice(attribute.name);
//!                 seen.extend_from_slice(attribute.value);
//!             }
//!         }
//!         Event::CharacterData(text) => seen.extend_from_slice(text),
//!         _ => {}
//!     }
//! }
//! assert_eq!(seen, b"ax1text");
//! # Ok::<(), xml_parser::Error>(())
//! ```
//!
//! The names of productions and their numbers are those of the [specification](https://www.w3.org/TR/xml/).
#![forbid(unsafe_code)]

mod accounting;
mod attributes;
mod chars;
mod content;
mod core;
mod declarations;
mod dtd;
mod entities;
mod error;
mod event;
mod grammar;
mod input;
mod model;
mod namespaces;
mod parser;
mod pending;
mod prolog;
mod report;
mod scan;
mod settings;
mod tags;
mod token;
mod value;

pub use error::Error;
pub use event::{Attribute, Attributes, Event, Handlers, StartElement};
pub use model::{ContentModel, ContentNode, ContentType, Quantifier};
pub use parser::Parser;
pub use pending::ParamEntityParsing;
