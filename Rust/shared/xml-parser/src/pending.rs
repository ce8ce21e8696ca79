//! The parts of an incomplete declaration or entity value, and the parsing mode of parameter entities.

use crate::dtd::Shared;

/// `enum XML_ParamEntityParsing`, with its values: whether the external subset and external parameter entities are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ParamEntityParsing {
    /// They are skipped.
    #[default]
    Never = 0,
    /// They are read unless the document says `standalone="yes"`.
    UnlessStandalone = 1,
    /// They are read.
    Always = 2,
}

/// The parts of an incomplete declaration.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) doctype_name: Option<Shared>,
    /// The system identifier of the external subset; empty if it is not needed.
    pub(crate) doctype_system_id: Option<Shared>,
    pub(crate) doctype_public_id: Option<Shared>,
    /// The entity that is declared: whether it is a parameter entity, and its index.
    pub(crate) entity: Option<(bool, usize)>,
    /// The element type of an attribute-list or element type declaration.
    pub(crate) element: Shared,
    pub(crate) attribute: Shared,
    pub(crate) attribute_type: Vec<u8>,
    pub(crate) is_cdata: bool,
    pub(crate) is_id: bool,
    pub(crate) notation_name: Option<Shared>,
    pub(crate) notation_public_id: Option<Shared>,
    /// Whether a content model is read for an event.
    pub(crate) in_element: bool,
    /// The connector of each open group of a content model: `|`, `,` or 0.
    pub(crate) connectors: Vec<u8>,
    /// The token, for a `Default` event that comes after other events.
    pub(crate) token: (usize, usize),
}

/// An entity value that is read. The text that has been read is not in it but in [`Core::value_text`](crate::core::Core),
/// because the parser of an external parameter entity in the value adds to it.
#[derive(Debug)]
pub(crate) struct Value {
    /// Where the value starts and ends, relative to the start of the token.
    pub(crate) at: usize,
    pub(crate) end: usize,
    /// The length of the token.
    pub(crate) length: usize,
    /// The parameter entities that are read, with the position in their text.
    pub(crate) stack: Vec<(usize, Shared, usize)>,
}
