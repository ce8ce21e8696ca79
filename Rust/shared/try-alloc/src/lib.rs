//! Allocation that reports a lack of memory to its caller.
//!
//! `Box::new`, `Arc::new`, `Vec::push` and `collect` abort the process when memory cannot be allocated, and an interpreter has to raise
//! `MemoryError` instead. The standard library has `Vec::try_reserve`; the functions and types that return a `Result` for the
//! others are unstable.
//!
//! - `arc.rs`: a pointer to a value with a reference count.
//! - `lib.rs`: boxes, vectors, and entries of maps.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed test panics"))]

mod arc;

pub use arc::Arc;

use std::alloc::Layout;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::Hash;

/// Memory could not be allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

impl fmt::Display for NoMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory could not be allocated")
    }
}

impl std::error::Error for NoMemory {}

/// `Box::new`.
///
/// # Errors
///
/// [`NoMemory`]; the value is dropped.
pub fn boxed<T>(value: T) -> Result<Box<T>, NoMemory> {
    let layout = Layout::new::<T>();
    if layout.size() == 0 {
        // A value without a size takes no memory.
        return Ok(Box::new(value));
    }
    // SAFETY: the size of the layout is not 0.
    let memory = unsafe { std::alloc::alloc(layout) }.cast::<T>();
    if memory.is_null() {
        return Err(NoMemory);
    }
    // SAFETY: the memory has the size and the alignment of `T`, and nobody else uses it.
    unsafe { memory.write(value) };
    // SAFETY: the memory is a block of the global allocator with the layout of `T`, holds a `T`, and has no other owner.
    Ok(unsafe { Box::from_raw(memory) })
}

/// `Vec::reserve`.
///
/// # Errors
///
/// [`NoMemory`]; the vector is as it was.
#[inline]
pub fn reserve<T>(vector: &mut Vec<T>, additional: usize) -> Result<(), NoMemory> {
    vector.try_reserve(additional).map_err(|_| NoMemory)
}

/// `Vec::push`.
///
/// # Errors
///
/// [`NoMemory`]; the vector is as it was, and the value is dropped.
#[inline]
pub fn push<T>(vector: &mut Vec<T>, value: T) -> Result<(), NoMemory> {
    if vector.len() == vector.capacity() {
        reserve(vector, 1)?;
    }
    vector.push(value);
    Ok(())
}

/// `Vec::extend_from_slice`.
///
/// # Errors
///
/// [`NoMemory`]; the vector is as it was.
#[inline]
pub fn extend<T: Copy>(vector: &mut Vec<T>, slice: &[T]) -> Result<(), NoMemory> {
    reserve(vector, slice.len())?;
    vector.extend_from_slice(slice);
    Ok(())
}

/// `Vec::resize`.
///
/// # Errors
///
/// [`NoMemory`]; the vector is as it was.
#[inline]
pub fn resize<T: Copy>(vector: &mut Vec<T>, length: usize, value: T) -> Result<(), NoMemory> {
    reserve(vector, length.saturating_sub(vector.len()))?;
    vector.resize(length, value);
    Ok(())
}

/// A vector without elements that has room for exactly `capacity`.
///
/// # Errors
///
/// [`NoMemory`].
pub fn with_capacity<T>(capacity: usize) -> Result<Vec<T>, NoMemory> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(capacity).map_err(|_| NoMemory)?;
    Ok(vector)
}

/// `vec![value; length]`.
///
/// # Errors
///
/// [`NoMemory`].
pub fn filled<T: Copy>(value: T, length: usize) -> Result<Vec<T>, NoMemory> {
    let mut vector = with_capacity(length)?;
    vector.resize(length, value);
    Ok(vector)
}

/// A copy of a slice.
///
/// # Errors
///
/// [`NoMemory`].
pub fn copy<T: Copy>(slice: &[T]) -> Result<Box<[T]>, NoMemory> {
    let mut vector = with_capacity(slice.len())?;
    vector.extend_from_slice(slice);
    // The capacity is the length, so that nothing is allocated again.
    Ok(vector.into_boxed_slice())
}

/// `Iterator::collect` into a vector.
///
/// # Errors
///
/// [`NoMemory`]; the rest of the iterator is dropped.
pub fn collect<T>(iterator: impl IntoIterator<Item = T>) -> Result<Vec<T>, NoMemory> {
    let iterator = iterator.into_iter();
    let mut vector = with_capacity(iterator.size_hint().0)?;
    for value in iterator {
        push(&mut vector, value)?;
    }
    Ok(vector)
}

/// `Iterator::collect` of results into a vector, up to the first error.
///
/// # Errors
///
/// The first error of the iterator, or [`NoMemory`]; the rest of the iterator is dropped.
pub fn try_collect<T, E: From<NoMemory>>(iterator: impl IntoIterator<Item = Result<T, E>>) -> Result<Vec<T>, E> {
    let iterator = iterator.into_iter();
    let mut vector = with_capacity(iterator.size_hint().0)?;
    for value in iterator {
        push(&mut vector, value?)?;
    }
    Ok(vector)
}

/// `HashMap::entry`. There is room for the insertion, which allocates nothing.
///
/// # Errors
///
/// [`NoMemory`]; the map is as it was, and the key is dropped.
#[inline]
pub fn entry<K: Eq + Hash, V>(map: &mut HashMap<K, V>, key: K) -> Result<Entry<'_, K, V>, NoMemory> {
    map.try_reserve(1).map_err(|_| NoMemory)?;
    Ok(map.entry(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes() {
        assert_eq!(*boxed([1_u8; 1000]).unwrap(), [1; 1000]);
        assert_eq!(boxed(()), Ok(Box::new(())));
        assert_eq!(boxed(String::from("dropped")).unwrap().len(), 7);
    }

    #[test]
    fn vectors() {
        let mut vector = Vec::new();
        push(&mut vector, 1).unwrap();
        extend(&mut vector, &[2, 3]).unwrap();
        resize(&mut vector, 5, 9).unwrap();
        assert_eq!(vector, [1, 2, 3, 9, 9]);
        resize(&mut vector, 2, 0).unwrap();
        assert_eq!(*copy(&vector).unwrap(), [1, 2]);
        assert_eq!(filled(7, 3).unwrap(), [7, 7, 7]);
        assert_eq!(collect((0..10).filter(|n| n % 3 == 0)), Ok(vec![0, 3, 6, 9]));
    }

    #[test]
    fn results() {
        assert_eq!(try_collect((0..3).map(Ok::<_, NoMemory>)), Ok(vec![0, 1, 2]));
        let mut asked = 0;
        let until_error = try_collect((0..10).map(|n| {
            asked = n;
            if n < 4 { Ok(n) } else { Err(NoMemory) }
        }));
        assert_eq!((until_error, asked), (Err(NoMemory), 4));
    }

    #[test]
    fn maps() {
        let mut map = HashMap::new();
        entry(&mut map, "key").unwrap().or_insert(1);
        *entry(&mut map, "key").unwrap().or_insert(2) += 5;
        assert_eq!(map["key"], 6);
    }

    #[test]
    fn too_large() {
        assert_eq!(with_capacity::<u64>(usize::MAX / 8), Err(NoMemory));
        assert_eq!(filled(0_u64, usize::MAX / 8), Err(NoMemory));
        assert_eq!(reserve(&mut vec![1_u8], usize::MAX), Err(NoMemory));
        assert_eq!(resize(&mut vec![1_u8], usize::MAX, 0), Err(NoMemory));
    }
}
