//! `decimal` and `numeric` of Unicode 3.2.0. The values of the current version are those of the interpreter's own tables, which
//! C asks.

use crate::TABLES;
use crate::properties;
use crate::version::Version;
use std::ffi::c_int;

/// The value of a character as a decimal digit in Unicode 3.2.0, of which `now` is that of the current version; -1 where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_old_decimal(chr: c_int, now: c_int) -> c_int {
    properties::decimal(&TABLES, Version::V3_2_0, chr as u32, now).unwrap_or(-1)
}

/// The numeric value of a character in Unicode 3.2.0, of which `now` is that of the current version; -1.0 where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_old_numeric(chr: c_int, now: f64) -> f64 {
    properties::numeric(&TABLES, Version::V3_2_0, chr as u32, now).unwrap_or(-1.0)
}
