//! Namespaces in XML 1.0: the bindings of prefixes to namespaces.

use std::collections::HashMap;

use crate::error::Error;

const XML_NAMESPACE: &[u8] = b"http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &[u8] = b"http://www.w3.org/2000/xmlns/";

/// The number of prefixes up to which comparing is faster than hashing.
const FEW: usize = 8;

/// The index of the default namespace among the prefixes.
pub(crate) const DEFAULT: usize = 0;

/// A prefix that the document uses.
#[derive(Debug)]
struct Prefix {
    name: Box<[u8]>,
    /// The innermost binding; `None` also for `xmlns=""`.
    binding: Option<usize>,
}

/// A namespace declaration that is in scope.
#[derive(Debug)]
struct Binding {
    prefix: usize,
    /// Where the namespace starts in `uris`; it ends where the next one starts.
    uri: usize,
    /// The binding that this one shadows.
    outer: Option<usize>,
}

/// The prefixes and the declarations in scope.
#[derive(Debug)]
pub(crate) struct Namespaces {
    separator: u8,
    triplets: bool,
    prefixes: Vec<Prefix>,
    /// The index of prefixes, if there are more than a few. The hash map uses random keys.
    index: HashMap<Box<[u8]>, usize>,
    bindings: Vec<Binding>,
    uris: Vec<u8>,
}

impl Namespaces {
    /// The prefix `xml` is bound, and nothing else.
    pub(crate) fn new(separator: u8) -> Result<Self, Error> {
        let mut this = Self {
            separator,
            triplets: false,
            prefixes: Vec::new(),
            index: HashMap::new(),
            bindings: Vec::new(),
            uris: Vec::new(),
        };
        this.prefix(b"")?;
        let xml = this.prefix(b"xml")?;
        this.bind(xml, XML_NAMESPACE)?;
        Ok(this)
    }

    /// Namespaces for the parser of an external entity: only `xml` is bound until it gets its context.
    pub(crate) fn child(&self) -> Result<Self, Error> {
        let mut child = Self::new(self.separator)?;
        child.triplets = self.triplets;
        Ok(child)
    }

    pub(crate) const fn set_triplets(&mut self, triplets: bool) {
        self.triplets = triplets;
    }

    /// The index of a prefix, whose name is empty for the default namespace.
    pub(crate) fn prefix(&mut self, name: &[u8]) -> Result<usize, Error> {
        if let Some(found) = self.find(name) {
            return Ok(found);
        }
        let found = self.prefixes.len();
        if found >= FEW {
            if found == FEW {
                self.index.try_reserve(2 * FEW)?;
                for (at, prefix) in self.prefixes.iter().enumerate() {
                    self.index.insert(try_alloc::copy(&prefix.name)?, at);
                }
            }
            self.index.try_reserve(1)?;
            self.index.insert(try_alloc::copy(name)?, found);
        }
        try_alloc::push(&mut self.prefixes, Prefix { name: try_alloc::copy(name)?, binding: None })?;
        Ok(found)
    }

    fn find(&self, name: &[u8]) -> Option<usize> {
        if self.prefixes.len() <= FEW {
            self.prefixes.iter().position(|prefix| *prefix.name == *name)
        } else {
            self.index.get(name).copied()
        }
    }

    /// The name of a prefix; `None` for the default namespace.
    pub(crate) fn prefix_name(&self, prefix: usize) -> Option<&[u8]> {
        self.prefixes.get(prefix).map(|prefix| &*prefix.name).filter(|name| !name.is_empty())
    }

    /// How many declarations are in scope.
    #[inline]
    pub(crate) const fn depth(&self) -> usize {
        self.bindings.len()
    }

    /// Checks a declaration and puts it in scope.
    pub(crate) fn declare(&mut self, prefix: usize, uri: &[u8]) -> Result<(), Error> {
        let name = self.prefix_name(prefix);
        match name {
            Some(_) if uri.is_empty() => return Err(Error::UndeclaringPrefix),
            Some(b"xmlns") => return Err(Error::ReservedPrefixXmlns),
            _ => {}
        }
        let separator = self.separator;
        if separator != 0 && !is_uri_character(separator) && uri.contains(&separator) {
            return Err(Error::Syntax);
        }
        match (name == Some(b"xml"), uri == XML_NAMESPACE) {
            (true, false) => return Err(Error::ReservedPrefixXml),
            (false, true) => return Err(Error::ReservedNamespaceUri),
            _ if uri == XMLNS_NAMESPACE => return Err(Error::ReservedNamespaceUri),
            _ => {}
        }
        self.bind(prefix, uri)
    }

    /// Puts a declaration in scope.
    pub(crate) fn bind(&mut self, prefix: usize, uri: &[u8]) -> Result<(), Error> {
        let start = self.uris.len();
        try_alloc::extend(&mut self.uris, uri)?;
        let Some(entry) = self.prefixes.get_mut(prefix) else { return Err(Error::UnexpectedState) };
        let outer = entry.binding;
        try_alloc::push(&mut self.bindings, Binding { prefix, uri: start, outer })?;
        let undeclared = prefix == DEFAULT && uri.is_empty();
        entry.binding = if undeclared { None } else { Some(self.bindings.len() - 1) };
        Ok(())
    }

    /// Takes the last declaration out of scope. Returns its prefix.
    pub(crate) fn unbind(&mut self) -> Option<usize> {
        let binding = self.bindings.pop()?;
        self.uris.truncate(binding.uri);
        self.prefixes.get_mut(binding.prefix)?.binding = binding.outer;
        Some(binding.prefix)
    }

    /// The namespace that a prefix is bound to.
    #[inline]
    pub(crate) fn uri(&self, prefix: usize) -> Option<&[u8]> {
        let at = self.prefixes.get(prefix)?.binding?;
        let start = self.bindings.get(at)?.uri;
        let end = self.bindings.get(at + 1).map_or(self.uris.len(), |next| next.uri);
        self.uris.get(start..end)
    }

    /// The index of a prefix that is bound.
    #[inline]
    pub(crate) fn bound(&self, name: &[u8]) -> Option<usize> {
        self.find(name).filter(|&prefix| self.prefixes.get(prefix).is_some_and(|prefix| prefix.binding.is_some()))
    }

    /// Appends the expanded name (and the prefix for triplets) to `out`. Returns where in `out` the local name ends.
    #[inline]
    pub(crate) fn expand(&self, prefix: usize, local: &[u8], out: &mut Vec<u8>) -> Result<usize, Error> {
        let uri = self.uri(prefix).unwrap_or_default();
        let name = self.prefixes.get(prefix).map_or(&[][..], |prefix| &prefix.name);
        try_alloc::reserve(out, uri.len() + local.len() + name.len() + 2)?;
        out.extend_from_slice(uri);
        if self.separator != 0 {
            out.push(self.separator);
        }
        out.extend_from_slice(local);
        let end = out.len();
        // Without a separator expat's string ends before the prefix.
        if self.triplets && self.separator != 0 && !name.is_empty() {
            out.push(self.separator);
            out.extend_from_slice(name);
        }
        Ok(end)
    }

    /// The bindings in scope as expat's context string has them: `prefix=uri`, separated by form feeds.
    pub(crate) fn context(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        for (at, prefix) in self.prefixes.iter().enumerate() {
            if let Some(uri) = self.uri(at) {
                if !out.is_empty() {
                    try_alloc::push(out, b'\x0C')?;
                }
                try_alloc::extend(out, &prefix.name)?;
                try_alloc::push(out, b'=')?;
                try_alloc::extend(out, uri)?;
            }
        }
        Ok(())
    }
}

/// Whether RFC 3986 allows this character in a URI.
const fn is_uri_character(c: u8) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            b'%' | b'-'
                | b'.'
                | b'_'
                | b'~'
                | b':'
                | b'/'
                | b'?'
                | b'#'
                | b'['
                | b']'
                | b'@'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}
