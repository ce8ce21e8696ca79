//! The functions that Python calls: the constructor, the methods and slots of both classes, and the function for pickles.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/array.h`.

pub mod array;
pub mod compare;
mod convert;
mod extend;
pub mod iterator;
pub mod methods;
pub mod module;
pub mod pickle;
mod search;
mod slices;
pub mod slots;
mod text;
