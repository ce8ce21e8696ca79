//! Content models of element type declarations (productions 46 to 51).

use crate::error::Error;

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

/// A node of a content model that is being read.
#[derive(Clone, Copy, Debug)]
struct Part {
    kind: ContentType,
    quantifier: Quantifier,
    name: (usize, usize),
    first_child: usize,
    last_child: usize,
    next: usize,
    children: usize,
}

/// A content model that is being read.
#[derive(Debug, Default)]
pub(crate) struct Scaffold {
    parts: Vec<Part>,
    names: Vec<u8>,
    /// The groups that are open.
    open: Vec<usize>,
}

impl Scaffold {
    pub(crate) fn clear(&mut self) {
        self.parts.clear();
        self.names.clear();
        self.open.clear();
    }

    /// Adds a node to the group that is open.
    fn add(&mut self, kind: ContentType, quantifier: Quantifier, name: (usize, usize)) -> Result<usize, Error> {
        let index = self.parts.len();
        let part = Part { kind, quantifier, name, first_child: 0, last_child: 0, next: 0, children: 0 };
        try_alloc::push(&mut self.parts, part)?;
        let parent = self.open.last().copied();
        let mut previous = None;
        if let Some(parent) = parent.and_then(|parent| self.parts.get_mut(parent)) {
            if parent.children == 0 {
                parent.first_child = index;
            } else {
                previous = Some(parent.last_child);
            }
            parent.last_child = index;
            parent.children += 1;
        }
        if let Some(previous) = previous.and_then(|previous| self.parts.get_mut(previous)) {
            previous.next = index;
        }
        Ok(index)
    }

    /// Opens a group, or adds a model that is one word.
    pub(crate) fn open(&mut self, kind: ContentType) -> Result<(), Error> {
        let index = self.add(kind, Quantifier::None, (0, 0))?;
        Ok(try_alloc::push(&mut self.open, index)?)
    }

    /// Adds an element type.
    pub(crate) fn name(&mut self, name: &[u8], quantifier: Quantifier) -> Result<(), Error> {
        let start = self.names.len();
        try_alloc::extend(&mut self.names, name)?;
        self.add(ContentType::Name, quantifier, (start, self.names.len())).map(|_| ())
    }

    fn top(&mut self) -> Option<&mut Part> {
        let top = *self.open.last()?;
        self.parts.get_mut(top)
    }

    /// Makes the group that is open a choice unless it is mixed. Whether it is one.
    pub(crate) fn make_choice(&mut self) -> bool {
        let Some(top) = self.top().filter(|top| top.kind != ContentType::Mixed) else { return false };
        top.kind = ContentType::Choice;
        true
    }

    pub(crate) fn make_mixed(&mut self) {
        if let Some(top) = self.top() {
            top.kind = ContentType::Mixed;
        }
    }

    /// Closes a group. Whether it was the outermost one.
    pub(crate) fn close(&mut self, quantifier: Quantifier) -> bool {
        if let Some(top) = self.top() {
            top.quantifier = quantifier;
        }
        self.open.pop();
        self.open.is_empty()
    }

    /// Lays the nodes out breadth-first.
    pub(crate) fn build(&mut self, nodes: &mut Vec<Node>, names: &mut Vec<u8>) -> Result<(), Error> {
        std::mem::swap(names, &mut self.names);
        try_alloc::reserve(nodes, self.parts.len())?;
        // The index of the part for each node that has a place in the result.
        let mut order = Vec::new();
        try_alloc::reserve(&mut order, self.parts.len())?;
        order.push(0);
        let mut at = 0;
        while let Some(&index) = order.get(at) {
            let Some(part) = self.parts.get(index) else { break };
            let first = order.len();
            let mut child = part.first_child;
            for _ in 0..part.children {
                order.push(child);
                child = self.parts.get(child).map_or(0, |child| child.next);
            }
            nodes.push(Node {
                kind: part.kind,
                quantifier: part.quantifier,
                name: part.name,
                children: (first, order.len()),
            });
            at += 1;
        }
        Ok(())
    }
}
