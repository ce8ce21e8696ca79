//! Memory that is filled by one comparison for each item: an array, or a vector that grows.

#![forbid(unsafe_code)]

/// Why there is no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// There is no memory.
    NoMemory,
    /// An array is full.
    Full,
    /// A character is wider than the output.
    TooWide,
}

/// Initialised memory for items.
pub(crate) trait Memory: AsRef<[Self::Item]> + AsMut<[Self::Item]> {
    /// The type of an item.
    type Item: Copy + Default;

    /// Makes room for at least that number of further items.
    fn grow(&mut self, more: usize) -> Result<(), Stop>;
}

impl<T: Copy + Default> Memory for Vec<T> {
    type Item = T;

    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) -> Result<(), Stop> {
        self.try_reserve(more.max(16)).map_err(|_| Stop::NoMemory)?;
        // As much as there is, so that the time of all calls is linear in the number of items.
        self.resize(self.capacity(), T::default());
        Ok(())
    }
}

impl<T: Copy + Default, const N: usize> Memory for [T; N] {
    type Item = T;

    #[inline]
    fn grow(&mut self, _more: usize) -> Result<(), Stop> {
        Err(Stop::Full)
    }
}

/// Memory, and how many items there are at its start.
#[derive(Debug)]
pub(crate) struct Buffer<M> {
    memory: M,
    len: usize,
}

impl<M: Memory> Buffer<M> {
    /// An empty one.
    pub(crate) fn new(memory: M) -> Self {
        Self { memory, len: 0 }
    }

    /// Appends an item.
    #[inline(always)]
    pub(crate) fn push(&mut self, item: M::Item) -> Result<(), Stop> {
        if self.len == self.memory.as_ref().len() {
            self.memory.grow(1)?;
        }
        if let Some(place) = self.memory.as_mut().get_mut(self.len) {
            *place = item;
            self.len += 1;
        }
        Ok(())
    }

    /// Appends the results of a function for some values.
    #[inline(always)]
    pub(crate) fn extend<U: Copy>(&mut self, values: &[U], mut item: impl FnMut(U) -> M::Item) -> Result<(), Stop> {
        if self.memory.as_ref().len() - self.len < values.len() {
            self.memory.grow(values.len())?;
        }
        if let Some(places) = self.memory.as_mut().get_mut(self.len..).and_then(|rest| rest.get_mut(..values.len())) {
            for (place, value) in places.iter_mut().zip(values) {
                *place = item(*value);
            }
            self.len += values.len();
        }
        Ok(())
    }

    /// Appends what a function returns for some values, up to the first for which that is nothing: the first so many of `N` items.
    /// Returns how many values these are.
    #[inline(always)]
    pub(crate) fn extend_while<U: Copy, const N: usize>(
        &mut self,
        values: &[U],
        mut items: impl FnMut(U) -> Option<([M::Item; N], usize)>,
    ) -> Result<usize, Stop> {
        let mut taken = 0;
        loop {
            // A copy, so that the loop has it in a register.
            let (mut len, memory) = (self.len, self.memory.as_mut());
            let mut is_full = false;
            for value in values.get(taken..).unwrap_or_default() {
                let Some((items, count)) = items(*value) else { break };
                let Some(places) = memory.get_mut(len..).and_then(<[_]>::first_chunk_mut) else {
                    is_full = true;
                    break;
                };
                *places = items;
                len += count;
                taken += 1;
            }
            self.len = len;
            if !is_full {
                return Ok(taken);
            }
            self.memory.grow(N)?;
        }
    }

    /// Removes the last item.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<M::Item> {
        let last = *self.as_slice().last()?;
        self.len -= 1;
        Some(last)
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
    pub(crate) fn as_slice(&self) -> &[M::Item] {
        self.memory.as_ref().get(..self.len).unwrap_or_default()
    }

    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [M::Item] {
        self.memory.as_mut().get_mut(..self.len).unwrap_or_default()
    }

    /// The memory, and how many items there are.
    pub(crate) fn into_parts(self) -> (M, usize) {
        (self.memory, self.len)
    }
}
