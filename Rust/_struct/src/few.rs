//! Sequences of which most are short: few items are in their place, and more of them in memory of their own.

#![forbid(unsafe_code)]

use std::collections::TryReserveError;
use std::fmt;

/// Any number of items, up to `N` of them in their place.
#[derive(Clone)]
pub enum Few<T, const N: usize> {
    /// The items in the first places, and their number.
    Short([T; N], u8),
    /// All items, when there are more.
    Long(Vec<T>),
}

impl<T: Copy + Default, const N: usize> Few<T, N> {
    const FITS: () = assert!(N <= u8::MAX as usize, "the number of items is a byte");

    /// A copy of the items.
    #[inline]
    pub fn try_from_slice(items: &[T]) -> Result<Self, TryReserveError> {
        const { Self::FITS };
        let mut copy = [T::default(); N];
        if let Some(place) = copy.get_mut(..items.len()) {
            place.copy_from_slice(items);
            return Ok(Self::Short(copy, items.len() as u8));
        }
        let mut copy = Vec::new();
        copy.try_reserve_exact(items.len())?;
        copy.extend_from_slice(items);
        Ok(Self::Long(copy))
    }

    /// Adds an item.
    #[inline]
    pub fn try_push(&mut self, item: T) -> Result<(), TryReserveError> {
        match self {
            Self::Short(items, len) => {
                if let Some(place) = items.get_mut(usize::from(*len)) {
                    *place = item;
                    *len += 1;
                    return Ok(());
                }
                let mut all = Vec::new();
                all.try_reserve_exact(4 * N)?;
                all.extend_from_slice(items);
                all.push(item);
                *self = Self::Long(all);
            }
            Self::Long(items) => {
                items.try_reserve(1)?;
                items.push(item);
            }
        }
        Ok(())
    }

    /// The last item.
    #[inline]
    pub fn last_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Short(items, len) => items[..usize::from(*len)].last_mut(),
            Self::Long(items) => items.last_mut(),
        }
    }
}

impl<T, const N: usize> Few<T, N> {
    /// All items.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::Short(items, len) => &items[..usize::from(*len)],
            Self::Long(items) => items,
        }
    }
}

impl<T: Copy + Default, const N: usize> Default for Few<T, N> {
    #[inline]
    fn default() -> Self {
        const { Self::FITS };
        Self::Short([T::default(); N], 0)
    }
}

impl<T: PartialEq, const N: usize> PartialEq for Few<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Eq, const N: usize> Eq for Few<T, N> {}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Few<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn items_stay_when_they_become_many() {
        let mut few = Few::<u8, 2>::default();
        assert_eq!(few.last_mut(), None);
        for count in 1..20 {
            few.try_push(count).expect("memory");
            assert_eq!(few.as_slice(), (1..=count).collect::<Vec<_>>());
            assert_eq!(few.last_mut(), Some(&mut count.clone()));
            assert_eq!(matches!(few, Few::Short(..)), count <= 2);
            assert_eq!(Few::try_from_slice(few.as_slice()), Ok(few.clone()));
        }
        *few.last_mut().expect("an item") = 77;
        assert_eq!(few.as_slice()[17..], [18, 77]);
    }
}
