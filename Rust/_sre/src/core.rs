//! The matching engine, which does not depend on Python.

#![forbid(unsafe_code)]

pub mod characters;
pub mod choice;
pub mod constants;
pub mod direct;
pub mod dispatch;
pub mod first;
pub mod frame;
pub mod guard;
pub mod item;
pub mod matcher;
pub mod program;
pub mod repeat;
pub mod search;
pub mod set;
pub mod straight;
#[cfg(test)]
mod tests;
pub mod text;
pub mod translate;
pub mod word_search;
pub mod words;
