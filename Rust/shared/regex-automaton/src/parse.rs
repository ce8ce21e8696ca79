//! The syntax tree of a code list.
//!
//! The layout is the one that `_compile()` in `Lib/re/_compiler.py` emits and `_validate_inner()` in
//! `Modules/_sre/sre.c` checks. A pattern with a construct that the automaton cannot express is unsupported.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::CompileError;
use crate::ast::Ast;
use crate::factor::factor;
use crate::opcode::*;
use crate::unit::{Fold, Unit, set_is_supported};
use try_alloc::{copy, entry, push};

/// Nesting deeper than this is not supported: the parser and the compiler recurse.
const MAX_DEPTH: usize = 64;

/// More different character tests than this are not supported.
const MAX_UNITS: usize = 1024;

/// A parsed code list.
pub(crate) struct Parsed {
    pub(crate) ast: Vec<Ast>,
    pub(crate) units: Vec<Unit>,
    /// Twice the number of the highest group that occurs.
    pub(crate) marks: usize,
    /// Bit `1 << code` for each assertion that occurs.
    pub(crate) assertions: u32,
}

struct Parser<'a> {
    code: &'a [u32],
    units: Vec<Unit>,
    /// The numbers of the character tests by their codes.
    unit_numbers: HashMap<&'a [u32], u32>,
    marks: usize,
    assertions: u32,
}

type Result<T> = std::result::Result<T, CompileError>;

pub(crate) fn parse(code: &[u32]) -> Result<Parsed> {
    let mut parser = Parser { code, units: Vec::new(), unit_numbers: HashMap::new(), marks: 0, assertions: 0 };
    let Some((&SUCCESS, body)) = code.split_last() else { return Err(CompileError::Unsupported) };
    let mut start = 0;
    if body.first() == Some(&INFO) {
        start = 1 + parser.operand(1)? as usize;
    }
    let ast = parser.sequence(start, body.len(), 0)?;
    let Parser { units, marks, assertions, .. } = parser;
    Ok(Parsed { ast, units, marks, assertions })
}

impl Parser<'_> {
    fn sequence(&mut self, start: usize, end: usize, depth: usize) -> Result<Vec<Ast>> {
        if depth > MAX_DEPTH || end > self.code.len() {
            return Err(CompileError::Unsupported);
        }
        let mut seq = Vec::new();
        let mut i = start;
        while i < end {
            let (node, next) = self.item(i, end, depth)?;
            push(&mut seq, node)?;
            i = next;
        }
        if i == end { Ok(seq) } else { Err(CompileError::Unsupported) }
    }

    fn operand(&self, index: usize) -> Result<u32> {
        self.code.get(index).copied().ok_or(CompileError::Unsupported)
    }

    fn item(&mut self, i: usize, end: usize, depth: usize) -> Result<(Ast, usize)> {
        let op = self.operand(i)?;
        if let Some((unit, next)) = self.unit(op, i)? {
            return Ok((unit, next));
        }
        match op {
            FAILURE => Ok((Ast::Fail, i + 1)),
            AT => {
                let at = self.operand(i + 1)?;
                if !matches!(at, AT_BEGINNING..=AT_END_STRING | AT_UNI_BOUNDARY | AT_UNI_NON_BOUNDARY) {
                    return Err(CompileError::Unsupported);
                }
                self.assertions |= 1 << at;
                Ok((Ast::At(at), i + 2))
            }
            MARK => {
                let mark = self.operand(i + 1)?;
                if mark > 1 << 16 {
                    return Err(CompileError::Unsupported);
                }
                self.marks = self.marks.max((mark as usize / 2 + 1) * 2);
                Ok((Ast::Mark(mark), i + 2))
            }
            BRANCH => {
                let mut alternatives = Vec::new();
                let mut j = i + 1;
                let mut target = None;
                loop {
                    let skip = self.operand(j)? as usize;
                    if skip == 0 {
                        break;
                    }
                    if skip < 3 || self.operand(j + skip - 2)? != JUMP {
                        return Err(CompileError::Unsupported);
                    }
                    let jump = j + skip - 1 + self.operand(j + skip - 1)? as usize;
                    if *target.get_or_insert(jump) != jump {
                        return Err(CompileError::Unsupported);
                    }
                    push(&mut alternatives, self.sequence(j + 1, j + skip - 2, depth + 1)?)?;
                    j += skip;
                }
                if target.is_some_and(|target| target != j + 1) {
                    return Err(CompileError::Unsupported);
                }
                Ok((Ast::Branch(factor(alternatives, &self.units, 0)?), j + 1))
            }
            REPEAT_ONE | MIN_REPEAT_ONE | REPEAT => {
                let skip = self.operand(i + 1)? as usize;
                let (min, max) = (self.operand(i + 2)?, self.operand(i + 3)?);
                let last = if op == REPEAT { i + 1 + skip } else { i + skip };
                if last >= end || last < i + 4 || min > max {
                    return Err(CompileError::Unsupported);
                }
                let body = self.sequence(i + 4, last, depth + 1)?;
                let until = self.operand(last)?;
                let greedy = match op {
                    REPEAT => match until {
                        MAX_UNTIL => true,
                        MIN_UNTIL => false,
                        _ => return Err(CompileError::Unsupported),
                    },
                    _ => {
                        if until != SUCCESS || !matches!(body[..], [Ast::Unit(_) | Ast::Fail]) {
                            return Err(CompileError::Unsupported);
                        }
                        op == REPEAT_ONE
                    }
                };
                Ok((Ast::Repeat { min, max, greedy, body }, last + 1))
            }
            _ => Err(CompileError::Unsupported),
        }
    }

    /// The character test at `i`, and the index after it; `None` if the opcode is not that of a test.
    fn unit(&mut self, op: u32, i: usize) -> Result<Option<(Ast, usize)>> {
        let fold = match op {
            IN | LITERAL | NOT_LITERAL => Fold::None,
            IN_IGNORE | LITERAL_IGNORE | NOT_LITERAL_IGNORE => Fold::Ascii,
            _ => Fold::Unicode,
        };
        let (unit, next) = match op {
            ANY => (Unit::Any, i + 1),
            ANY_ALL => (Unit::AnyAll, i + 1),
            LITERAL | LITERAL_IGNORE | LITERAL_UNI_IGNORE => {
                (Unit::Literal { ch: self.operand(i + 1)?, negate: false, fold }, i + 2)
            }
            NOT_LITERAL | NOT_LITERAL_IGNORE | NOT_LITERAL_UNI_IGNORE => {
                (Unit::Literal { ch: self.operand(i + 1)?, negate: true, fold }, i + 2)
            }
            IN | IN_IGNORE | IN_UNI_IGNORE => {
                let next = i + 1 + self.operand(i + 1)? as usize;
                let set = self.code.get(i + 2..next).ok_or(CompileError::Unsupported)?;
                if !set_is_supported(set) {
                    return Err(CompileError::Unsupported);
                }
                (Unit::In { set: copy(set)?, fold }, next)
            }
            _ => return Ok(None),
        };
        let number = match entry(&mut self.unit_numbers, &self.code[i..next])? {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                if self.units.len() >= MAX_UNITS {
                    return Err(CompileError::Unsupported);
                }
                push(&mut self.units, unit)?;
                *vacant.insert(self.units.len() as u32 - 1)
            }
        };
        Ok(Some((Ast::Unit(number), next)))
    }
}
