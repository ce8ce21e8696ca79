//! Content models of element type declarations (productions 46 to 51).

/// `enum XML_Content_Type`, with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ContentType {
    /// `EMPTY`.
    Empty = 1,
    /// `ANY`.
    Any = 2,
    /// `(#PCDATA|a|b)*`: the children are names.
    Mixed = 3,
    /// An element type.
    Name = 4,
    /// `(a|b)`.
    Choice = 5,
    /// `(a,b)`.
    Sequence = 6,
}

/// `enum XML_Content_Quant`, with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Quantifier {
    /// Exactly once.
    None = 0,
    /// `?`.
    Optional = 1,
    /// `*`.
    Repeat = 2,
    /// `+`.
    Plus = 3,
}

/// A node of a content model as it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: ContentType,
    pub(crate) quantifier: Quantifier,
    pub(crate) name: (usize, usize),
    pub(crate) children: (usize, usize),
}

/// A content model as an array of nodes. Node 0 is the root; the children of a node are consecutive and come after it, so
/// that a program can build a tree from the last node to the first without recursion.
#[derive(Clone, Copy, Debug)]
pub struct ContentModel<'a> {
    pub(crate) nodes: &'a [Node],
    pub(crate) names: &'a [u8],
}

/// One node of a content model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentNode<'a> {
    /// The type of the node.
    pub kind: ContentType,
    /// How often it may occur.
    pub quantifier: Quantifier,
    /// The name of the element type, only for [`ContentType::Name`].
    pub name: Option<&'a [u8]>,
    /// The indices of the children.
    pub children: std::ops::Range<usize>,
}

impl<'a> ContentModel<'a> {
    /// The number of nodes, which is at least one.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node; never for a model that the parser reports.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node with this index.
    #[must_use]
    pub fn node(&self, index: usize) -> Option<ContentNode<'a>> {
        let node = self.nodes.get(index)?;
        let name = match node.kind {
            ContentType::Name => self.names.get(node.name.0..node.name.1),
            _ => None,
        };
        Some(ContentNode {
            kind: node.kind,
            quantifier: node.quantifier,
            name,
            children: node.children.0..node.children.1,
        })
    }
}
