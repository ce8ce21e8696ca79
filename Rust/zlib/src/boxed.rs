//! A box that is made only if there is memory for it.

#![forbid(unsafe_code)]

use std::collections::TryReserveError;
use std::ops::{Deref, DerefMut};

/// A value in memory of its own, so that moving it is moving a pointer.
#[derive(Debug)]
pub struct Boxed<T>(Box<[T; 1]>);

impl<T> Boxed<T> {
    /// Moves `value` to the heap, if there is memory.
    pub fn new(value: T) -> Result<Self, TryReserveError> {
        let mut values = Vec::new();
        values.try_reserve_exact(1)?;
        values.push(value);
        match values.into_boxed_slice().try_into() {
            Ok(value) => Ok(Self(value)),
            Err(_) => unreachable!("there is one value"),
        }
    }
}

impl<T> Deref for Boxed<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        let [value] = &*self.0;
        value
    }
}

impl<T> DerefMut for Boxed<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        let [value] = &mut *self.0;
        value
    }
}
