//! Memory of decompressors, and the pool of streams.

use crate::pool::StreamPool;
use cpython_api::{raw_free, raw_malloc};
use inflate::Memory;
use std::ffi::{c_uint, c_void};

/// Streams between uses, of all objects and functions.
pub(crate) static POOL: StreamPool = StreamPool::new(MEMORY);

/// CPython's raw allocator, which can be used while detached, and which `tracemalloc` traces.
const MEMORY: Memory = {
    extern "C" fn zalloc(_opaque: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
        match (items as usize).checked_mul(size as usize) {
            Some(bytes) => raw_malloc(bytes),
            None => std::ptr::null_mut(),
        }
    }
    unsafe extern "C" fn zfree(_opaque: *mut c_void, memory: *mut c_void) {
        // SAFETY: a stream gives back what it got from `zalloc`, once.
        unsafe { raw_free(memory) }
    }
    // SAFETY: the raw allocator does as the contract says, on any thread, and the first argument is not used.
    unsafe { Memory::new(zalloc, zfree) }
};
