//! The one static library that holds the selected modules.
//!
//! Rust cannot link several Rust static libraries into one program (rust-lang/rust issue 104707), so the module crates
//! are ordinary libraries and this one combines them. It contains no code: naming a crate makes the linker keep
//! what its C side exports.

#![forbid(unsafe_code)]

#[cfg(feature = "modules")]
use _rust as _;
// regen: crates
#[cfg(feature = "_bisect")]
use _bisect as _;
#[cfg(feature = "_bz2")]
use _bz2 as _;
#[cfg(feature = "_csv")]
use _csv as _;
#[cfg(feature = "_elementtree")]
use _elementtree as _;
#[cfg(feature = "_functools")]
use _functools as _;
#[cfg(feature = "_heapq")]
use _heapq as _;
#[cfg(feature = "_json")]
use _json as _;
#[cfg(feature = "_random")]
use _random as _;
#[cfg(feature = "_sre")]
use _sre as _;
#[cfg(feature = "_struct")]
use _struct as _;
#[cfg(feature = "array")]
use array as _;
#[cfg(feature = "binascii")]
use binascii as _;
#[cfg(feature = "cmath")]
use cmath as _;
#[cfg(feature = "math")]
use math as _;
#[cfg(feature = "panictest")]
use panictest as _;
#[cfg(feature = "pyexpat")]
use pyexpat as _;
#[cfg(feature = "unicodedata")]
use unicodedata as _;
#[cfg(feature = "zlib")]
use zlib as _;
// end
