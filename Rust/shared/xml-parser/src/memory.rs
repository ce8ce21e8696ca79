//! Vectors whose growth may fail.

use crate::error::Error;

/// Makes room for `additional` more elements.
#[inline]
pub(crate) fn reserve<T>(vector: &mut Vec<T>, additional: usize) -> Result<(), Error> {
    vector.try_reserve(additional).map_err(|_| Error::NoMemory)
}

/// Appends one element.
#[inline]
pub(crate) fn push<T>(vector: &mut Vec<T>, value: T) -> Result<(), Error> {
    if vector.len() == vector.capacity() {
        reserve(vector, 1)?;
    }
    vector.push(value);
    Ok(())
}

/// Appends a slice.
#[inline]
pub(crate) fn extend(vector: &mut Vec<u8>, slice: &[u8]) -> Result<(), Error> {
    reserve(vector, slice.len())?;
    vector.extend_from_slice(slice);
    Ok(())
}

/// A copy of a slice.
pub(crate) fn copy(slice: &[u8]) -> Result<Box<[u8]>, Error> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(slice.len()).map_err(|_| Error::NoMemory)?;
    vector.extend_from_slice(slice);
    Ok(vector.into_boxed_slice())
}
