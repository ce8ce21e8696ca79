//! The [`kernels`] with the vector instructions that the processor has: each is compiled for AVX2 as well.

use crate::kernels::{self, Needle};
use crate::typecode::Format;
use cpu_level::Level;

macro_rules! dispatched {
    ($($name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {$(
        #[doc = concat!("[`kernels::", stringify!($name), "`]")]
        #[inline]
        pub fn $name($($argument: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt,sse4.2")]
                fn avx2($($argument: $type),*) $(-> $result)? {
                    kernels::$name($($argument),*)
                }
                if Level::detect() >= Level::Avx2 {
                    // SAFETY: the processor has the features of the level.
                    return unsafe { avx2($($argument),*) };
                }
            }
            kernels::$name($($argument),*)
        }
    )*}
}

dispatched! {
    count(format: Format, bytes: &[u8], needle: Needle) -> usize;
    find(format: Format, bytes: &[u8], needle: Needle) -> Option<usize>;
    find_no_character(bytes: &[u8]) -> Option<usize>;
    first_difference(format: Format, a: &[u8], b: &[u8]) -> Option<usize>;
    reverse(format: Format, bytes: &mut [u8]);
    from_ints(format: Format, values: &[i64], out: &mut [u8]) -> usize;
    from_floats(format: Format, values: &[f64], out: &mut [u8]) -> Option<()>;
}
