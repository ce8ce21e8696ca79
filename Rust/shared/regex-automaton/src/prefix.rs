//! The search for a literal prefix in a text of bytes.

use std::cell::OnceCell;

use memchr::{arch::all::packedpair::Pair, memchr, memmem};
use try_alloc::{NoMemory, collect};

/// The number of positions that are searched without a [`PrefixFinder`], which takes longer to prepare.
const NEAR: usize = 1024;

/// A literal prefix whose characters are bytes.
#[derive(Debug)]
pub(crate) struct BytePrefix {
    bytes: Vec<u8>,
    /// The index of the byte that is the rarest one in typical text.
    rare: usize,
}

/// A substring searcher, which a scan prepares when it first needs one. It borrows the prefix. One that is stored with the
/// prefix would have to own a copy, and the crate `memchr` does not report that the allocation for it has failed.
#[derive(Default)]
pub(crate) struct PrefixFinder<'a>(OnceCell<memmem::Finder<'a>>);

impl BytePrefix {
    /// A prefix whose characters are all below 256.
    pub(crate) fn new(prefix: &[u32]) -> Result<BytePrefix, NoMemory> {
        let bytes = collect(prefix.iter().map(|&ch| ch as u8))?;
        let rare = Pair::new(&bytes).map_or(0, |pair| usize::from(pair.index1()));
        Ok(BytePrefix { bytes, rare })
    }

    /// The first position of the prefix. `finder` is always used with the same prefix.
    ///
    /// It is not inlined, because that makes the search with other prefilters slower.
    #[inline(never)]
    pub(crate) fn find<'a>(&'a self, finder: &PrefixFinder<'a>, text: &[u8]) -> Option<usize> {
        if let Some(finder) = finder.0.get() {
            return finder.find(text);
        }
        let near = text.get(..NEAR + self.bytes.len()).unwrap_or(text);
        if let Some(found) = self.find_near(near) {
            return Some(found);
        }
        let finder = finder.0.get_or_init(|| memmem::Finder::new(&self.bytes));
        finder.find(text.get(NEAR..)?).map(|found| NEAR + found)
    }

    /// Searches for the rarest byte, and compares the others. In the worst case the time is proportional to the product of
    /// both lengths.
    fn find_near(&self, text: &[u8]) -> Option<usize> {
        let rare = *self.bytes.get(self.rare)?;
        let mut at = 0;
        loop {
            at += memchr(rare, text.get(at + self.rare..)?)?;
            if text.get(at..)?.starts_with(&self.bytes) {
                return Some(at);
            }
            at += 1;
        }
    }
}
