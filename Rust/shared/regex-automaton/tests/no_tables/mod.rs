//! Tables for patterns without Unicode categories and for characters without case.

use regex_automaton::CharTables;

pub(crate) struct NoTables;

impl CharTables for NoTables {
    fn category(&self, _: u32, _: u32) -> bool {
        false
    }
    fn lower(&self, ch: u32) -> u32 {
        ch
    }
    fn upper(&self, ch: u32) -> u32 {
        ch
    }
}
