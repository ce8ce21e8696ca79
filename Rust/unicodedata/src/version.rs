//! This version of Unicode, and version 3.2.0.

#![forbid(unsafe_code)]

use crate::tables::{Change, Tables};

/// A version of Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// That of the tables.
    Current,
    /// Version 3.2.0, which IDNA 2003 (RFC 3490) uses.
    V3_2_0,
}

impl Version {
    /// What was different in this version.
    #[inline]
    pub(crate) fn change(self, tables: &Tables, code_point: u32) -> Change {
        match self {
            Self::Current => Change::NONE,
            Self::V3_2_0 => tables.change(code_point),
        }
    }

    /// Whether the version has no such character.
    #[inline]
    pub fn is_unassigned(self, tables: &Tables, code_point: u32) -> bool {
        self.change(tables, code_point).category == 0
    }
}
