//! Sparse sets (Briggs and Torczon, "An Efficient Representation for Sparse Sets", LOPLAS 2, 1993).

use try_alloc::{NoMemory, reserve, resize};

/// A set of numbers below a limit that is emptied in constant time and keeps the order of insertion.
#[derive(Debug, Default)]
pub(crate) struct SparseSet {
    dense: Vec<u32>,
    sparse: Vec<u32>,
}

impl SparseSet {
    /// Empties the set and makes room for the numbers below `limit`.
    pub(crate) fn reset(&mut self, limit: usize) -> Result<(), NoMemory> {
        self.dense.clear();
        if self.sparse.len() < limit {
            // `insert` relies on this room whenever `sparse` is large enough, so it is reserved first.
            reserve(&mut self.dense, limit)?;
            resize(&mut self.sparse, limit, 0)?;
        }
        Ok(())
    }

    /// Empties the set.
    pub(crate) fn clear(&mut self) {
        self.dense.clear();
    }

    /// Adds `value`. Returns whether it was missing.
    pub(crate) fn insert(&mut self, value: u32) -> bool {
        let index = self.sparse[value as usize];
        if self.dense.get(index as usize) == Some(&value) {
            return false;
        }
        self.sparse[value as usize] = self.dense.len() as u32;
        self.dense.push(value);
        true
    }

    /// The members, in the order of insertion.
    pub(crate) fn members(&self) -> &[u32] {
        &self.dense
    }

    /// The number of members.
    pub(crate) fn len(&self) -> usize {
        self.dense.len()
    }

    /// The member that was added at this place.
    pub(crate) fn get(&self, index: usize) -> Option<u32> {
        self.dense.get(index).copied()
    }
}
