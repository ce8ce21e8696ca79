//! The handlers that a program can set, with the numbers of `enum HandlerTypes` in pyexpat.c.

#![forbid(unsafe_code)]

use std::ffi::CStr;
use xml_parser::Handlers;

/// A text that ends in NUL.
const fn c_str(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("the text does not end in NUL"),
    }
}

/// Declares [`Handler`] with the event of each.
macro_rules! handlers {
    ($($name:ident $event:ident)*) => {
        /// A handler.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names are expat's")]
        pub enum Handler {
            $($name,)*
        }

        impl Handler {
            /// All handlers, by their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name of the handler, which its frame in a traceback has, too.
            #[must_use]
            pub const fn name(self) -> &'static CStr {
                match self {
                    $(Self::$name => c_str(concat!(stringify!($name), "\0")),)*
                }
            }

            /// The name of the attribute of a parser that is the handler.
            #[must_use]
            pub const fn attribute(self) -> &'static CStr {
                match self {
                    _ if matches!(self, Self::DefaultHandlerExpand) => self.name(),
                    $(Self::$name => c_str(concat!(stringify!($name), "Handler\0")),)*
                }
            }

            /// The event of the parser that the handler is called for.
            #[must_use]
            pub const fn event(self) -> Handlers {
                match self {
                    $(Self::$name => Handlers::$event,)*
                }
            }
        }
    };
}

handlers! {
    StartElement START_ELEMENT
    EndElement END_ELEMENT
    ProcessingInstruction PROCESSING_INSTRUCTION
    CharacterData CHARACTER_DATA
    UnparsedEntityDecl UNPARSED_ENTITY_DECL
    NotationDecl NOTATION_DECL
    StartNamespaceDecl START_NAMESPACE_DECL
    EndNamespaceDecl END_NAMESPACE_DECL
    Comment COMMENT
    StartCdataSection START_CDATA_SECTION
    EndCdataSection END_CDATA_SECTION
    Default DEFAULT
    DefaultHandlerExpand DEFAULT
    NotStandalone NOT_STANDALONE
    ExternalEntityRef EXTERNAL_ENTITY_REF
    StartDoctypeDecl START_DOCTYPE_DECL
    EndDoctypeDecl END_DOCTYPE_DECL
    EntityDecl ENTITY_DECL
    XmlDecl XML_DECL
    ElementDecl ELEMENT_DECL
    AttlistDecl ATTLIST_DECL
    SkippedEntity SKIPPED_ENTITY
}

impl Handler {
    /// The number of handlers.
    pub const COUNT: usize = Self::ALL.len();

    /// The handler with a number.
    #[must_use]
    pub fn from_number(number: usize) -> Option<Self> {
        Self::ALL.get(number).copied()
    }

    /// The number of the handler.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The handlers that are installed in the parser.
#[derive(Clone, Copy, Debug)]
pub struct Installed {
    events: Handlers,
    default: Handler,
    expand: bool,
}

impl Installed {
    /// Only the handler for unknown encodings, which a program cannot set.
    pub const NONE: Self = Self { events: Handlers::UNKNOWN_ENCODING, default: Handler::Default, expand: true };

    /// Installs or removes a handler. The two default handlers share one slot; the last call decides which of them is installed,
    /// and whether internal entities are expanded.
    pub const fn set(&mut self, handler: Handler, is_set: bool) {
        if matches!(handler, Handler::Default | Handler::DefaultHandlerExpand) {
            self.default = handler;
            self.expand = matches!(handler, Handler::DefaultHandlerExpand);
        }
        let event = handler.event();
        self.events = if is_set { self.events.with(event) } else { self.events.without(event) };
    }

    /// The events that have a handler.
    #[must_use]
    pub const fn events(&self) -> Handlers {
        self.events
    }

    /// The default handler that was set last.
    #[must_use]
    pub const fn default_handler(&self) -> Handler {
        self.default
    }

    /// Whether internal entities are expanded if a default handler is installed.
    #[must_use]
    pub const fn expands(&self) -> bool {
        self.expand
    }
}

#[cfg(test)]
mod tests {
    use super::{Handler, Installed};
    use xml_parser::Handlers;

    #[test]
    fn numbers_are_indices() {
        for (index, handler) in Handler::ALL.iter().enumerate() {
            assert_eq!((handler.index(), Handler::from_number(index)), (index, Some(*handler)));
        }
        assert_eq!(Handler::from_number(Handler::COUNT), None);
    }

    #[test]
    fn names_are_those_of_attributes() {
        assert_eq!((Handler::XmlDecl.name(), Handler::XmlDecl.attribute()), (c"XmlDecl", c"XmlDeclHandler"));
        assert_eq!(Handler::Default.attribute(), c"DefaultHandler");
        assert_eq!(Handler::DefaultHandlerExpand.attribute(), c"DefaultHandlerExpand");
    }

    #[test]
    fn the_last_default_handler_counts() {
        let mut installed = Installed::NONE;
        assert!(installed.expands());
        installed.set(Handler::Default, true);
        assert_eq!((installed.default_handler(), installed.expands()), (Handler::Default, false));
        installed.set(Handler::DefaultHandlerExpand, true);
        assert_eq!((installed.default_handler(), installed.expands()), (Handler::DefaultHandlerExpand, true));
        assert!(installed.events().contains(Handlers::DEFAULT));
        installed.set(Handler::Default, false);
        assert!(!installed.events().contains(Handlers::DEFAULT) && !installed.expands());
    }
}
