//! Helpers for the fuzz targets.

#![forbid(unsafe_code)]

use outbuf::OutBuf;
use std::mem::MaybeUninit;

/// Has `write` fill a buffer of exactly `capacity` bytes, and returns what it wrote and its result.
pub fn written<T>(capacity: usize, write: impl FnOnce(&mut OutBuf<'_>) -> T) -> (Vec<u8>, T) {
    let mut memory = vec![MaybeUninit::uninit(); capacity];
    let mut out = OutBuf::new(&mut memory);
    let result = write(&mut out);
    (out.filled().to_vec(), result)
}

/// Takes the first byte for choices, and the rest for data.
pub fn choices(input: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, rest) = input.split_first()?;
    Some((first, rest))
}
