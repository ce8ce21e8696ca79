//! The data after the end of a stream.

use crate::OutOfMemory;

/// The data after the end of a stream, collected in pieces, and joined when it is read.
///
/// `T` is the joined form, such as a `bytes` object. Appending to that each time would copy all of it.
#[derive(Debug)]
pub struct UnusedData<T> {
    joined: Option<T>,
    /// The data after what has been joined.
    tail: Vec<u8>,
}

impl<T> Default for UnusedData<T> {
    fn default() -> Self {
        Self { joined: None, tail: Vec::new() }
    }
}

impl<T> UnusedData<T> {
    /// Appends `data`.
    pub fn append(&mut self, data: &[u8]) -> Result<(), OutOfMemory> {
        if self.tail.is_empty() { self.tail.try_reserve_exact(data.len()) } else { self.tail.try_reserve(data.len()) }
            .map_err(|_| OutOfMemory)?;
        self.tail.extend_from_slice(data);
        Ok(())
    }

    /// All of the data; `None` if there is none. `join` makes the joined form of two parts. Returns also the former joined
    /// form if that has been replaced.
    pub fn read<E>(
        &mut self,
        join: impl FnOnce(Option<&T>, &[u8]) -> Result<T, E>,
    ) -> Result<(Option<&T>, Option<T>), E> {
        let mut replaced = None;
        if !self.tail.is_empty() {
            let joined = join(self.joined.as_ref(), &self.tail)?;
            replaced = self.joined.replace(joined);
            self.tail = Vec::new();
        }
        Ok((self.joined.as_ref(), replaced))
    }

    /// A copy, with `clone` to make another reference to the joined form.
    pub fn try_clone(&self, clone: impl FnOnce(&T) -> T) -> Result<Self, OutOfMemory> {
        let mut copy = Self::default();
        copy.append(&self.tail)?;
        copy.joined = self.joined.as_ref().map(clone);
        Ok(copy)
    }

    /// The joined form, of the data that has been joined.
    pub fn into_joined(self) -> Option<T> {
        self.joined
    }
}
