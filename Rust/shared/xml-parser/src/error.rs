//! Error codes with the numbers and the messages of expat.

use std::fmt;

/// Declares [`Error`] with the number and the message of each code.
macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)*) => {
        /// Why parsing stopped. The discriminants are the values of expat's `enum XML_Error`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Error {
            $($(#[$doc])* $name = $code,)*
        }

        impl Error {
            /// All codes in ascending order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The text that `XML_ErrorString` returns for this code.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$name => $message,)*
                }
            }
        }
    };
}

error_codes! {
    /// `XML_ERROR_NO_MEMORY`: an allocation failed.
    NoMemory = 1, "out of memory";
    /// `XML_ERROR_SYNTAX`: a token that the grammar does not allow at this place.
    Syntax = 2, "syntax error";
    /// `XML_ERROR_NO_ELEMENTS`: the document ended before its root element was complete.
    NoElements = 3, "no element found";
    /// `XML_ERROR_INVALID_TOKEN`: bytes that form no token, or no character.
    InvalidToken = 4, "not well-formed (invalid token)";
    /// `XML_ERROR_UNCLOSED_TOKEN`: the input ended inside a token.
    UnclosedToken = 5, "unclosed token";
    /// `XML_ERROR_PARTIAL_CHAR`: the input ended inside a character.
    PartialChar = 6, "partial character";
    /// `XML_ERROR_TAG_MISMATCH`: the end tag has another name than the start tag.
    TagMismatch = 7, "mismatched tag";
    /// `XML_ERROR_DUPLICATE_ATTRIBUTE`: one start tag has two attributes of the same name.
    DuplicateAttribute = 8, "duplicate attribute";
    /// `XML_ERROR_JUNK_AFTER_DOC_ELEMENT`: markup or text after the root element.
    JunkAfterDocElement = 9, "junk after document element";
    /// `XML_ERROR_PARAM_ENTITY_REF`: a parameter entity reference inside a declaration of the internal subset.
    ParamEntityRef = 10, "illegal parameter entity reference";
    /// `XML_ERROR_UNDEFINED_ENTITY`: a reference to an entity that was not declared.
    UndefinedEntity = 11, "undefined entity";
    /// `XML_ERROR_RECURSIVE_ENTITY_REF`: an entity refers to itself.
    RecursiveEntityRef = 12, "recursive entity reference";
    /// `XML_ERROR_ASYNC_ENTITY`: an element starts or ends in an entity but not in the same one.
    AsyncEntity = 13, "asynchronous entity";
    /// `XML_ERROR_BAD_CHAR_REF`: a character reference to a code point that XML does not allow.
    BadCharRef = 14, "reference to invalid character number";
    /// `XML_ERROR_BINARY_ENTITY_REF`: a reference to an unparsed entity.
    BinaryEntityRef = 15, "reference to binary entity";
    /// `XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF`: a reference to an external entity in an attribute value.
    AttributeExternalEntityRef = 16, "reference to external entity in attribute";
    /// `XML_ERROR_MISPLACED_XML_PI`: `<?xml` anywhere but at the start.
    MisplacedXmlPi = 17, "XML or text declaration not at start of entity";
    /// `XML_ERROR_UNKNOWN_ENCODING`: an encoding that is not built in and for which the caller supplied no map.
    UnknownEncoding = 18, "unknown encoding";
    /// `XML_ERROR_INCORRECT_ENCODING`: a declared encoding whose code units have another width than the input's.
    IncorrectEncoding = 19, "encoding specified in XML declaration is incorrect";
    /// `XML_ERROR_UNCLOSED_CDATA_SECTION`: the input ended inside a CDATA section.
    UnclosedCdataSection = 20, "unclosed CDATA section";
    /// `XML_ERROR_EXTERNAL_ENTITY_HANDLING`: the caller failed an `ExternalEntityRef` event.
    ExternalEntityHandling = 21, "error in processing external entity reference";
    /// `XML_ERROR_NOT_STANDALONE`: the caller failed a `NotStandalone` event.
    NotStandalone = 22, "document is not standalone";
    /// `XML_ERROR_UNEXPECTED_STATE`.
    UnexpectedState = 23, "unexpected parser state - please send a bug report";
    /// `XML_ERROR_ENTITY_DECLARED_IN_PE`: a standalone document refers to an entity declared in a parameter entity.
    EntityDeclaredInPe = 24, "entity declared in parameter entity";
    /// `XML_ERROR_FEATURE_REQUIRES_XML_DTD`.
    FeatureRequiresXmlDtd = 25, "requested feature requires XML_DTD support in Expat";
    /// `XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING`: an option was set after the first `feed`.
    CantChangeFeatureOnceParsing = 26, "cannot change setting once parsing has begun";
    /// `XML_ERROR_UNBOUND_PREFIX`: a name has a prefix that no namespace declaration binds.
    UnboundPrefix = 27, "unbound prefix";
    /// `XML_ERROR_UNDECLARING_PREFIX`: `xmlns:p=""`.
    UndeclaringPrefix = 28, "must not undeclare prefix";
    /// `XML_ERROR_INCOMPLETE_PE`: a declaration starts in a parameter entity but does not end in it.
    IncompletePe = 29, "incomplete markup in parameter entity";
    /// `XML_ERROR_XML_DECL`: a malformed XML declaration.
    XmlDecl = 30, "XML declaration not well-formed";
    /// `XML_ERROR_TEXT_DECL`: a malformed text declaration of an external entity.
    TextDecl = 31, "text declaration not well-formed";
    /// `XML_ERROR_PUBLICID`: a character in a public identifier that production 13 does not allow.
    PublicId = 32, "illegal character(s) in public id";
    /// `XML_ERROR_SUSPENDED`.
    Suspended = 33, "parser suspended";
    /// `XML_ERROR_NOT_SUSPENDED`.
    NotSuspended = 34, "parser not suspended";
    /// `XML_ERROR_ABORTED`: the caller stopped the parser inside an event.
    Aborted = 35, "parsing aborted";
    /// `XML_ERROR_FINISHED`: input after the final piece.
    Finished = 36, "parsing finished";
    /// `XML_ERROR_SUSPEND_PE`.
    SuspendPe = 37, "cannot suspend in external parameter entity";
    /// `XML_ERROR_RESERVED_PREFIX_XML`: a declaration binds `xml` to a foreign namespace.
    ReservedPrefixXml = 38, "reserved prefix (xml) must not be undeclared or bound to another namespace name";
    /// `XML_ERROR_RESERVED_PREFIX_XMLNS`: a declaration of the prefix `xmlns`.
    ReservedPrefixXmlns = 39, "reserved prefix (xmlns) must not be declared or undeclared";
    /// `XML_ERROR_RESERVED_NAMESPACE_URI`: a declaration binds another prefix to a reserved namespace.
    ReservedNamespaceUri = 40, "prefix must not be bound to one of the reserved namespace names";
    /// `XML_ERROR_INVALID_ARGUMENT`.
    InvalidArgument = 41, "invalid argument";
    /// `XML_ERROR_NO_BUFFER`.
    NoBuffer = 42, "a successful prior call to function XML_GetBuffer is required";
    /// `XML_ERROR_AMPLIFICATION_LIMIT_BREACH`: entities expand to far more than the document's own size.
    AmplificationLimitBreach = 43, "limit on input amplification factor (from DTD and entities) breached";
    /// `XML_ERROR_NOT_STARTED`.
    NotStarted = 44, "parser not started";
}

impl Error {
    /// The value of this code in expat's `enum XML_Error`.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The error with this value in `enum XML_Error`; `None` for 0 (no error) and for unknown values.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}

impl From<try_alloc::NoMemory> for Error {
    fn from(_: try_alloc::NoMemory) -> Self {
        Self::NoMemory
    }
}

impl From<std::collections::TryReserveError> for Error {
    fn from(_: std::collections::TryReserveError) -> Self {
        Self::NoMemory
    }
}
