//! For developers: compares the crates `deflate` and `inflate` with the system's zlib. Nothing of this is linked into a product.

pub mod check;
pub mod check_inflate;
pub mod corpus;
pub mod libz;
pub mod random;

use std::time::Duration;

/// The time that this thread has run, which other programs on the machine disturb less than the time of day.
pub fn cpu_time() -> Duration {
    #[repr(C)]
    struct TimeSpec {
        seconds: i64,
        nanoseconds: i64,
    }
    unsafe extern "C" {
        fn clock_gettime(clock: i32, time: *mut TimeSpec) -> i32;
    }
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = TimeSpec { seconds: 0, nanoseconds: 0 };
    // SAFETY: the structure is that of 64-bit Linux, and is there for the call.
    unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.seconds as u64, time.nanoseconds as u32)
}
