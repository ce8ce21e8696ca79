//! Differences between the releases of CPython. The functions that only later releases have are in `v3_15.rs`.

#![forbid(unsafe_code)]

use crate::boundary::error::Failure;
use cpython_api::OutOfMemory;

/// The release for which this is built.
const PY_VERSION_HEX: u32 = match u32::from_str_radix(env!("PY_VERSION_HEX"), 10) {
    Ok(number) => number,
    Err(_) => panic!("the build script sets a decimal number"),
};

/// Whether `zlib.Decompress` has the fixes of CPython 3.14.8, which 3.15.0rc2 lacks:
///
/// - gh-158169: `unconsumed_tail` is empty after the end of the stream.
/// - gh-156173: `flush()` raises `zlib.error` for damaged data.
pub(crate) const HAS_FIXES_OF_3_14_8: bool = has_fixes_of_3_14_8(PY_VERSION_HEX);

/// The error when there is no memory for a first block of output of `size` bytes, where the caller chooses the size.
///
/// CPython 3.15 makes the block with a `PyBytesWriter`, whose exceptions it keeps.
pub(crate) fn no_first_block(size: usize) -> Failure {
    const V3_15_0A1: u32 = 0x030f_00a1;
    // The size of a bytes object without contents, in the free-threaded build.
    const EMPTY_BYTES: usize = 49;
    if PY_VERSION_HEX < V3_15_0A1 {
        OutOfMemory.into()
    } else if size > isize::MAX as usize - EMPTY_BYTES {
        Failure::Overflow("byte string is too large")
    } else {
        Failure::Memory("")
    }
}

const fn has_fixes_of_3_14_8(release: u32) -> bool {
    const V3_14_8: u32 = 0x030e_08f0;
    const V3_15_0A1: u32 = 0x030f_00a1;
    const V3_15_0RC2: u32 = 0x030f_00c2;
    release >= V3_14_8 && !(release >= V3_15_0A1 && release <= V3_15_0RC2)
}

const _: () = {
    assert!(!has_fixes_of_3_14_8(0x030e_07f0) && has_fixes_of_3_14_8(0x030e_08f0));
    assert!(!has_fixes_of_3_14_8(0x030f_00c2) && has_fixes_of_3_14_8(0x030f_00f0));
};
