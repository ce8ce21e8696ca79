//! A vector that is filled by one comparison for each item.

#![forbid(unsafe_code)]

/// Why there is no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// There is no memory.
    NoMemory,
    /// A character is wider than the output.
    TooWide,
}

/// Items, and initialised memory for more of them.
#[derive(Debug)]
pub(crate) struct Buffer<T> {
    items: Vec<T>,
    len: usize,
}

impl<T: Copy + Default> Buffer<T> {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { items: Vec::new(), len: 0 }
    }

    /// An empty one with room for `capacity` items.
    pub(crate) fn with_capacity(capacity: usize) -> Result<Self, Stop> {
        let mut made = Self::new();
        made.grow(capacity)?;
        Ok(made)
    }

    /// Makes room for at least that number of further characters.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) -> Result<(), Stop> {
        self.items.try_reserve(more.max(16)).map_err(|_| Stop::NoMemory)?;
        // As much as there is, so that the time of all calls is linear in the number of items.
        self.items.resize(self.items.capacity(), T::default());
        Ok(())
    }

    /// Appends an item.
    #[inline(always)]
    pub(crate) fn push(&mut self, item: T) -> Result<(), Stop> {
        if self.len == self.items.len() {
            self.grow(1)?;
        }
        if let Some(place) = self.items.get_mut(self.len) {
            *place = item;
            self.len += 1;
        }
        Ok(())
    }

    /// Appends the results of a function for some values.
    #[inline(always)]
    pub(crate) fn extend<U: Copy>(&mut self, values: &[U], item: impl Fn(U) -> T) -> Result<(), Stop> {
        if self.items.len() - self.len < values.len() {
            self.grow(values.len())?;
        }
        if let Some(places) = self.items.get_mut(self.len..).and_then(|rest| rest.get_mut(..values.len())) {
            for (place, value) in places.iter_mut().zip(values) {
                *place = item(*value);
            }
            self.len += values.len();
        }
        Ok(())
    }

    /// How many items there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[T] {
        self.items.get(..self.len).unwrap_or_default()
    }

    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        self.items.get_mut(..self.len).unwrap_or_default()
    }

    /// The items alone.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        self.items.truncate(self.len);
        self.items
    }
}
