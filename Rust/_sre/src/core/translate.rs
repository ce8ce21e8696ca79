//! The validation of a code list, and its translation to a program.
//!
//! Both are the same traversal. A pattern is only validated when it is compiled, which allocates memory for nested blocks alone;
//! the first match translates it.
//!
//! Lists come from `Lib/re/_compiler.py`, but a program can pass any list. It is read once, with the checks of the C module:
//! blocks are nested, jumps lead to the ends of blocks, and arguments are in range. Open blocks are on an explicit stack, so that
//! their depth is not limited. Two checks are added to those of the C module: the item of a `REPEAT_ONE` has to be one character
//! wide, and the pattern has to start with the prefix of the `INFO` block.

use super::characters::CharacterTypes;
use super::constants::{MAXGROUPS, MAXREPEAT, at, category, info, op};
use super::program::{Alternative, At, Instruction, Item, Loop, Program, RepeatOne, Start};
use super::set::{Fold, Set};
use std::sync::OnceLock;
use try_alloc::boxed;

/// Why a code list cannot be translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The list is not valid.
    Invalid,
    /// An allocation failed.
    NoMemory,
}

type Result<T> = std::result::Result<T, Error>;

/// A block whose end has not been reached.
#[derive(Clone, Copy)]
struct Block {
    /// The end of its code.
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Program,
    /// An alternative; the common end of all alternatives, if known; and the number of unresolved jumps before the branch.
    Alternative {
        place: u32,
        end: Option<usize>,
        jumps: usize,
    },
    /// The body of a loop.
    Loop {
        place: u32,
        is_possessive: bool,
    },
    /// The body of an atomic group or an assertion.
    Body {
        instruction: usize,
    },
    /// The yes-branch of a conditional; `skip` is the index of the skip argument.
    Yes {
        instruction: usize,
        skip: usize,
        has_jump: bool,
    },
    /// The no-branch of a conditional.
    No {
        jump: usize,
    },
}

/// The traversal of a code list, which creates a program if `BUILD` is set and only validates the list otherwise.
///
/// Its methods are inlined so that the compiler keeps the position in a register; what is not a plain value is therefore elsewhere.
struct Translation<'a, 'b, T, const BUILD: bool> {
    types: T,
    code: &'a [u32],
    position: usize,
    groups: usize,
    /// The end of the innermost open block.
    end: usize,
    /// The open blocks.
    blocks: &'b mut Blocks,
    /// The unresolved jumps at the ends of alternatives of open branches.
    jumps: &'b mut Vec<usize>,
    /// The index after the skipped part of the prefix; `NONE` without a prefix, and once it has been reached.
    prefix_end: usize,
    /// `None` if the list is only validated.
    program: Option<&'b mut Program>,
}

/// The number of blocks that are stored without an allocation.
const FEW: usize = 4;

/// A stack of blocks.
struct Blocks {
    few: [Block; FEW],
    len: usize,
    many: Vec<Block>,
}

impl Blocks {
    const fn new() -> Self {
        Self { few: [Block { end: 0, kind: Kind::Program }; FEW], len: 0, many: Vec::new() }
    }

    #[inline(always)]
    fn push(&mut self, block: Block) -> Result<()> {
        match self.few.get_mut(self.len) {
            Some(place) => *place = block,
            None => push(&mut self.many, block)?,
        }
        self.len += 1;
        Ok(())
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Block> {
        self.len = self.len.checked_sub(1)?;
        self.few.get(self.len).copied().or_else(|| self.many.pop())
    }

    /// The innermost block.
    #[inline(always)]
    fn last(&mut self) -> Option<&mut Block> {
        self.few.get_mut(self.len.checked_sub(1)?).or_else(|| self.many.last_mut())
    }
}

/// No index of a code list.
const NONE: usize = usize::MAX;

fn push<V>(list: &mut Vec<V>, value: V) -> Result<()> {
    if list.len() == list.capacity() {
        // Most patterns have few sets, which are large.
        let few = if size_of::<V>() > 64 { 2 } else { 8 };
        list.try_reserve(list.len().max(few)).map_err(|_| Error::NoMemory)?;
    }
    list.push(value);
    Ok(())
}

/// Validates the code list of a pattern with the given number of groups.
pub fn validate<T: CharacterTypes>(code: &[u32], groups: isize, types: T) -> Result<()> {
    let (mut blocks, mut jumps) = (Blocks::new(), Vec::new());
    Translation::<T, false>::new(code, groups, types, &mut blocks, &mut jumps)?.run()
}

/// Translates the code list of a pattern with the given number of groups.
pub fn translate<T: CharacterTypes>(code: &[u32], groups: isize, types: T) -> Result<Box<Program>> {
    let (mut blocks, mut jumps) = (Blocks::new(), Vec::new());
    let mut translation = Translation::<T, true>::new(code, groups, types, &mut blocks, &mut jumps)?;
    let mut program = boxed(Program::new(translation.groups)).map_err(|_| Error::NoMemory)?;
    translation.program = Some(&mut program);
    translation.run()?;
    program.finish(types);
    Ok(program)
}

impl<'a, 'b, T: CharacterTypes, const BUILD: bool> Translation<'a, 'b, T, BUILD> {
    fn new(
        code: &'a [u32],
        groups: isize,
        types: T,
        blocks: &'b mut Blocks,
        jumps: &'b mut Vec<usize>,
    ) -> Result<Self> {
        let groups = u32::try_from(groups).ok().filter(|groups| *groups <= MAXGROUPS).ok_or(Error::Invalid)? as usize;
        let Some((&op::SUCCESS, body)) = code.split_last() else { return Err(Error::Invalid) };
        Ok(Self { types, code, position: 0, groups, end: body.len(), blocks, jumps, prefix_end: NONE, program: None })
    }

    fn run(mut self) -> Result<()> {
        let end = self.end;
        self.blocks.push(Block { end, kind: Kind::Program })?;
        if self.code.first() == Some(&op::INFO) && end > 0 {
            self.position = 1;
            self.info(end, true)?;
        }
        loop {
            // The end is always reached: `prefix` has seen the literals before it.
            if BUILD && self.prefix_end == self.position {
                self.end_prefix();
            }
            if self.position < self.end {
                self.instruction(self.end)?;
                continue;
            }
            let block = self.blocks.pop().ok_or(Error::Invalid)?;
            let Some(outer) = self.blocks.last() else {
                self.emit(Instruction::Success)?;
                break;
            };
            self.end = outer.end;
            self.close(block, self.end)?;
        }
        Ok(())
    }

    /// The instruction after the skipped part of the prefix comes next.
    #[inline(always)]
    fn end_prefix(&mut self) {
        let place = self.len();
        if let Some(Start::Prefix { entry, .. }) = self.program().map(|program| &mut program.start) {
            *entry = place;
        }
        self.prefix_end = NONE;
    }

    /// The program, if it is created.
    #[inline(always)]
    fn program(&mut self) -> Option<&mut Program> {
        if BUILD { self.program.as_deref_mut() } else { None }
    }

    /// The number of instructions so far.
    #[inline(always)]
    fn len(&self) -> usize {
        if BUILD { self.program.as_ref().map_or(0, |program| program.instructions.len()) } else { 0 }
    }

    /// The next word, before `end`.
    #[inline(always)]
    fn word(&mut self, end: usize) -> Result<u32> {
        if self.position >= end {
            return Err(Error::Invalid);
        }
        let word = *self.code.get(self.position).ok_or(Error::Invalid)?;
        self.position += 1;
        Ok(word)
    }

    /// Reads a skip, a word with the distance from its own index, and returns its target, which is at most `end`.
    #[inline(always)]
    fn skip(&mut self, end: usize) -> Result<usize> {
        let place = self.position;
        let skip = self.word(end)? as usize;
        place.checked_add(skip).filter(|target| *target <= end).ok_or(Error::Invalid)
    }

    /// Appends to a list of the program.
    #[inline(always)]
    fn add<V>(&mut self, list: impl FnOnce(&mut Program) -> &mut Vec<V>, value: V) -> Result<()> {
        self.program().map_or(Ok(()), |program| push(list(program), value))
    }

    /// Changes the program.
    #[inline(always)]
    fn note(&mut self, change: impl FnOnce(&mut Program)) {
        if let Some(program) = self.program() {
            change(program);
        }
    }

    /// Changes an instruction whose target is now known. `set` returns false for any other instruction.
    #[inline(always)]
    fn patch(&mut self, place: usize, set: impl FnOnce(&mut Instruction) -> bool) -> Result<()> {
        let is_set = self.program().is_none_or(|program| program.instructions.get_mut(place).is_some_and(set));
        if is_set { Ok(()) } else { Err(Error::Invalid) }
    }

    #[inline(always)]
    fn emit(&mut self, instruction: Instruction) -> Result<()> {
        // Indices of instructions have 32 bits.
        if self.len() >= u32::MAX as usize {
            return Err(Error::NoMemory);
        }
        self.add(|program| &mut program.instructions, instruction)
    }

    #[inline(always)]
    fn place(&self) -> u32 {
        self.len() as u32
    }

    /// Opens a block that ends `before` words before `target`.
    #[inline(always)]
    fn open(&mut self, target: usize, before: usize, kind: Kind) -> Result<()> {
        let end = target.checked_sub(before).filter(|end| *end >= self.position).ok_or(Error::Invalid)?;
        self.end = end;
        self.blocks.push(Block { end, kind })
    }

    #[inline(always)]
    fn set(&mut self, end: usize, fold: Fold) -> Result<Item> {
        let place = self.position;
        let after = self.skip(end)?;
        let members_end = after.checked_sub(1).filter(|last| *last > place).ok_or(Error::Invalid)?;
        self.members(members_end)?;
        if self.code.get(members_end) != Some(&op::FAILURE) {
            return Err(Error::Invalid);
        }
        self.position = after;
        let (code, types) = (self.code, self.types);
        let Some(program) = self.program() else { return Ok(Item::Never) };
        let mut set = Set::new(code, place + 1, fold, types).map_err(|_| Error::NoMemory)?;
        program.has_locale |= set.table().is_none();
        if set.needs_members() {
            let kept = &mut program.members;
            let members = code.get(place + 1..after).unwrap_or_default();
            kept.try_reserve(members.len()).map_err(|_| Error::NoMemory)?;
            set = set.at(kept.len());
            kept.extend_from_slice(members);
        }
        let number = program.sets.len() as u32;
        push(&mut program.sets, set)?;
        Ok(Item::In(number))
    }

    /// Checks the members of a set, which end at `end`.
    #[inline(always)]
    fn members(&mut self, end: usize) -> Result<()> {
        while self.position < end {
            match self.word(end)? {
                op::NEGATE => {}
                op::LITERAL => drop(self.word(end)?),
                op::RANGE | op::RANGE_UNI_IGNORE => {
                    self.word(end)?;
                    self.word(end)?;
                }
                op::CHARSET => self.advance(8, end)?,
                op::BIGCHARSET => {
                    let count = self.word(end)?;
                    let numbers = self.position;
                    self.advance(64, end)?;
                    let numbers = self.code.get(numbers..self.position).unwrap_or_default();
                    let is_valid = |word: &u32| word.to_ne_bytes().iter().all(|number| u32::from(*number) < count);
                    if !numbers.iter().all(is_valid) {
                        return Err(Error::Invalid);
                    }
                    self.advance((count as usize).checked_mul(8).ok_or(Error::Invalid)?, end)?;
                }
                op::CATEGORY => {
                    if self.word(end)? > category::UNI_NOT_LINEBREAK {
                        return Err(Error::Invalid);
                    }
                }
                _ => return Err(Error::Invalid),
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn advance(&mut self, words: usize, end: usize) -> Result<()> {
        let position = self.position.checked_add(words).filter(|position| *position <= end);
        self.position = position.ok_or(Error::Invalid)?;
        Ok(())
    }

    /// The item with this opcode and its arguments; `None` for other opcodes.
    #[inline(always)]
    fn item(&mut self, opcode: u32, end: usize) -> Result<Option<Item>> {
        Ok(Some(match opcode {
            op::ANY => Item::Any,
            op::ANY_ALL => Item::AnyAll,
            op::LITERAL => Item::Literal(self.word(end)?),
            op::NOT_LITERAL => Item::NotLiteral(self.word(end)?),
            op::LITERAL_IGNORE => Item::LiteralIgnore(self.word(end)?),
            op::NOT_LITERAL_IGNORE => Item::NotLiteralIgnore(self.word(end)?),
            op::LITERAL_UNI_IGNORE => Item::LiteralUniIgnore(self.word(end)?),
            op::NOT_LITERAL_UNI_IGNORE => Item::NotLiteralUniIgnore(self.word(end)?),
            op::LITERAL_LOC_IGNORE | op::NOT_LITERAL_LOC_IGNORE => {
                self.note(|program| program.has_locale = true);
                let character = self.word(end)?;
                if opcode == op::LITERAL_LOC_IGNORE {
                    Item::LiteralLocIgnore(character)
                } else {
                    Item::NotLiteralLocIgnore(character)
                }
            }
            op::IN => self.set(end, Fold::None)?,
            op::IN_IGNORE => self.set(end, Fold::Ascii)?,
            op::IN_UNI_IGNORE => self.set(end, Fold::Unicode)?,
            op::IN_LOC_IGNORE => self.set(end, Fold::Locale)?,
            _ => return Ok(None),
        }))
    }

    /// Translates the instruction at the position, in a block that ends at `end`.
    #[inline(always)]
    fn instruction(&mut self, end: usize) -> Result<()> {
        let opcode = self.word(end)?;
        if opcode == op::LITERAL {
            return self.literal(end);
        }
        if let Some(item) = self.item(opcode, end)? {
            return self.emit(Instruction::Item(item));
        }
        match opcode {
            op::MARK => {
                let mark = self.word(end)?;
                if mark as usize >= 2 * self.groups {
                    return Err(Error::Invalid);
                }
                self.emit(Instruction::Mark(mark))
            }
            op::SUCCESS => self.emit(Instruction::Success),
            op::FAILURE => self.emit(Instruction::Failure),
            op::AT => {
                let at = position(self.word(end)?).ok_or(Error::Invalid)?;
                if matches!(at, At::LocBoundary | At::LocNonBoundary) {
                    self.note(|program| program.has_locale = true);
                }
                self.emit(Instruction::At(at))
            }
            op::INFO => self.info(end, false),
            op::BRANCH => self.branch(end),
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => self.repeat_one(opcode, end),
            op::REPEAT | op::POSSESSIVE_REPEAT => self.repeat(opcode, end),
            op::ATOMIC_GROUP => {
                let target = self.skip(end)?;
                let instruction = self.len();
                self.emit(Instruction::AtomicGroup { after: 0 })?;
                self.open(target, 1, Kind::Body { instruction })
            }
            op::ASSERT | op::ASSERT_NOT => {
                let target = self.skip(end)?;
                let back = self.word(end)?;
                let instruction = self.len();
                self.emit(match opcode {
                    op::ASSERT => Instruction::Assert { back, after: 0 },
                    _ => Instruction::AssertNot { back, after: 0 },
                })?;
                self.open(target, 1, Kind::Body { instruction })
            }
            op::GROUPREF => self.group_ref(end, Fold::None),
            op::GROUPREF_IGNORE => self.group_ref(end, Fold::Ascii),
            op::GROUPREF_UNI_IGNORE => self.group_ref(end, Fold::Unicode),
            op::GROUPREF_LOC_IGNORE => self.group_ref(end, Fold::Locale),
            op::GROUPREF_EXISTS => {
                let group = self.group(end)?;
                let place = self.position;
                let skip = self.word(end)? as usize;
                // The skip is relative to the group argument before it.
                let target = skip.checked_sub(1).and_then(|skip| place.checked_add(skip));
                let target = target.filter(|target| *target <= end).ok_or(Error::Invalid)?;
                let instruction = self.len();
                self.note(|program| program.has_conditional = true);
                self.emit(Instruction::GroupRefExists { group, otherwise: 0 })?;
                self.open(target, 0, Kind::Yes { instruction, skip: place, has_jump: false })
            }
            op::JUMP => match self.blocks.last() {
                // The jump over the no-branch: the last instruction of the yes-branch, of two words.
                Some(Block { kind: Kind::Yes { has_jump, .. }, .. }) if self.position + 1 == end => {
                    *has_jump = true;
                    self.position = end;
                    Ok(())
                }
                _ => Err(Error::Invalid),
            },
            _ => Err(Error::Invalid),
        }
    }

    /// Translates a sequence of literals.
    #[inline(always)]
    fn literal(&mut self, end: usize) -> Result<()> {
        let start = self.program().map_or(0, |program| program.literals.len());
        let first = self.word(end)?;
        let mut len = 1;
        while self.position < end
            && !(BUILD && self.prefix_end == self.position)
            && self.code.get(self.position) == Some(&op::LITERAL)
        {
            self.position += 1;
            let character = self.word(end)?;
            if len == 1 {
                self.add(|program| &mut program.literals, first)?;
            }
            self.add(|program| &mut program.literals, character)?;
            len += 1;
        }
        if len == 1 {
            return self.emit(Instruction::Item(Item::Literal(first)));
        }
        let fits = |number| u32::try_from(number).map_err(|_| Error::NoMemory);
        self.emit(Instruction::Literal { start: fits(start)?, len: fits(len)? })
    }

    #[inline(always)]
    fn group(&mut self, end: usize) -> Result<u32> {
        let group = self.word(end)?;
        if (group as usize) < self.groups { Ok(group) } else { Err(Error::Invalid) }
    }

    #[inline(always)]
    fn group_ref(&mut self, end: usize, fold: Fold) -> Result<()> {
        let group = self.group(end)?;
        if fold == Fold::Locale {
            self.note(|program| program.has_locale = true);
        }
        self.emit(Instruction::GroupRef { group, fold })
    }

    /// Reads an `INFO` block, which is used at the start of the pattern only.
    #[inline(always)]
    fn info(&mut self, end: usize, is_start: bool) -> Result<()> {
        let target = self.skip(end)?;
        let flags = self.word(end)?;
        let min_width = self.word(end)?;
        self.word(end)?;
        let (has_prefix, is_all) = (flags & info::PREFIX != 0, flags & info::LITERAL != 0);
        let has_set = flags & info::CHARSET != 0;
        if flags & !(info::PREFIX | info::LITERAL | info::CHARSET) != 0
            || has_prefix && has_set
            || is_all && !has_prefix
        {
            return Err(Error::Invalid);
        }
        if has_prefix {
            let len = self.word(end)? as usize;
            let skip = self.word(end)? as usize;
            let characters = self.position;
            self.advance(len, target)?;
            let overlap = self.position;
            self.advance(len, target)?;
            let is_less = |overlap: &u32| (*overlap as usize) < len;
            if !self.code.get(overlap..self.position).unwrap_or_default().iter().all(is_less) {
                return Err(Error::Invalid);
            }
            if is_start && len > 0 {
                self.prefix(characters, len, skip, is_all, target)?;
            }
        }
        if has_set {
            let last = target.checked_sub(1).filter(|last| *last >= self.position).ok_or(Error::Invalid)?;
            self.members(last)?;
            if self.code.get(last) != Some(&op::FAILURE) {
                return Err(Error::Invalid);
            }
            self.position = target;
        }
        if self.position != target {
            return Err(Error::Invalid);
        }
        if is_start {
            self.note(|program| program.min_width = min_width as usize);
        }
        Ok(())
    }

    /// Reads the prefix in the `INFO` block of the pattern that starts at `target`.
    #[inline(always)]
    fn prefix(&mut self, characters: usize, len: usize, skip: usize, is_all: bool, target: usize) -> Result<()> {
        let characters = self.code.get(characters..characters + len).unwrap_or_default();
        let skipped = skip.checked_mul(2).and_then(|words| self.code.get(target..target.checked_add(words)?));
        let mut skipped = skipped.ok_or(Error::Invalid)?.chunks_exact(2).zip(characters);
        if skip > len || !skipped.all(|(words, character)| *words == [op::LITERAL, *character]) {
            return Err(Error::Invalid);
        }
        if let Some(program) = self.program() {
            // The INFO block is the first one, so there are no literals yet.
            program.literals.try_reserve_exact(len).map_err(|_| Error::NoMemory)?;
            program.literals.extend_from_slice(characters);
            program.start = Start::Prefix { len, bytes: OnceLock::new(), skip, is_all, entry: 0 };
        }
        self.prefix_end = target + 2 * skip;
        Ok(())
    }

    #[inline(always)]
    fn branch(&mut self, end: usize) -> Result<()> {
        let place = self.program().map_or(0, |program| program.alternatives.len()) as u32;
        let target = self.skip(end)?;
        self.emit(Instruction::Branch(place))?;
        // A branch needs at least one alternative, which determines the common end.
        self.alternative(target, None, None, self.jumps.len())
    }

    /// Opens an alternative, whose skip leads to `target`.
    #[inline(always)]
    fn alternative(&mut self, target: usize, before: Option<u32>, end: Option<usize>, jumps: usize) -> Result<()> {
        let place = self.program().map_or(0, |program| program.alternatives.len()) as u32;
        let body = self.place();
        let alternative = Alternative { body, next: None, guard: None, dispatch: None };
        self.add(|program| &mut program.alternatives, alternative)?;
        let before = before.and_then(|before| self.program()?.alternatives.get_mut(before as usize));
        if let Some(before) = before {
            before.next = Some(place);
        }
        self.open(target, 2, Kind::Alternative { place, end, jumps })
    }

    #[inline(always)]
    fn repeat_one(&mut self, opcode: u32, end: usize) -> Result<()> {
        let target = self.skip(end)?;
        let (min, max) = self.bounds(end)?;
        let item_end = target.checked_sub(1).filter(|last| *last >= self.position).ok_or(Error::Invalid)?;
        let item = match self.word(item_end)? {
            op::FAILURE => Item::Never,
            opcode => self.item(opcode, item_end)?.ok_or(Error::Invalid)?,
        };
        if self.position != item_end || self.word(end)? != op::SUCCESS {
            return Err(Error::Invalid);
        }
        let place = self.program().map_or(0, |program| program.repeats.len()) as u32;
        let repeat = RepeatOne { item, min, max, guard: None, at: None, disjoint: (false, false) };
        self.add(|program| &mut program.repeats, repeat)?;
        self.emit(match opcode {
            op::REPEAT_ONE => Instruction::RepeatOne(place),
            op::MIN_REPEAT_ONE => Instruction::MinRepeatOne(place),
            _ => Instruction::PossessiveRepeatOne(place),
        })
    }

    #[inline(always)]
    fn bounds(&mut self, end: usize) -> Result<(usize, usize)> {
        let (min, max) = (self.word(end)?, self.word(end)?);
        if min > max {
            return Err(Error::Invalid);
        }
        Ok((min as usize, if max == MAXREPEAT { usize::MAX } else { max as usize }))
    }

    #[inline(always)]
    fn repeat(&mut self, opcode: u32, end: usize) -> Result<()> {
        let target = self.skip(end)?;
        let (min, max) = self.bounds(end)?;
        let place = self.program().map_or(0, |program| program.loops.len()) as u32;
        let is_possessive = opcode == op::POSSESSIVE_REPEAT;
        self.emit(if is_possessive { Instruction::PossessiveRepeat(place) } else { Instruction::Repeat(place) })?;
        let body = self.place();
        self.add(|program| &mut program.loops, Loop { body, until: 0, min, max })?;
        self.open(target, 0, Kind::Loop { place, is_possessive })
    }

    /// Translates the end of a block, in a block that ends at `end`.
    #[inline(always)]
    fn close(&mut self, block: Block, end: usize) -> Result<()> {
        let after = self.place();
        match block.kind {
            Kind::Program => Ok(()),
            Kind::Loop { place, is_possessive } => {
                let until = match (self.word(end)?, is_possessive) {
                    (op::SUCCESS, true) => Instruction::Success,
                    (op::MAX_UNTIL, false) => Instruction::MaxUntil,
                    (op::MIN_UNTIL, false) => Instruction::MinUntil,
                    _ => return Err(Error::Invalid),
                };
                let repeat = self.program().and_then(|program| program.loops.get_mut(place as usize));
                if let Some(repeat) = repeat {
                    repeat.until = after;
                }
                self.emit(until)
            }
            Kind::Body { instruction } => {
                if self.word(end)? != op::SUCCESS {
                    return Err(Error::Invalid);
                }
                self.emit(Instruction::Success)?;
                let place = self.place();
                self.patch(instruction, |instruction| match instruction {
                    Instruction::AtomicGroup { after }
                    | Instruction::Assert { after, .. }
                    | Instruction::AssertNot { after, .. } => {
                        *after = place;
                        true
                    }
                    _ => false,
                })
            }
            Kind::Alternative { place, end: common, jumps } => {
                if self.word(end)? != op::JUMP {
                    return Err(Error::Invalid);
                }
                let target = self.skip(end)?;
                if common.is_some_and(|common| common != target) {
                    return Err(Error::Invalid);
                }
                if BUILD {
                    let jump = self.len();
                    push(self.jumps, jump)?;
                }
                self.emit(Instruction::Jump(0))?;
                let next = self.position;
                let next_target = self.skip(end)?;
                if next_target != next {
                    return self.alternative(next_target, Some(place), Some(target), jumps);
                }
                if self.position != target {
                    return Err(Error::Invalid);
                }
                let after = self.place();
                while self.jumps.len() > jumps {
                    self.land(None, after)?;
                }
                Ok(())
            }
            Kind::Yes { instruction, skip, has_jump } => {
                let mut jump = None;
                if has_jump {
                    // The skip is the last word.
                    self.position -= 1;
                    jump = Some((self.len(), self.skip(end)?));
                    self.emit(Instruction::Jump(0))?;
                }
                debug_assert!(self.position > skip, "the block comes after its skip");
                let place = self.place();
                self.patch(instruction, |instruction| match instruction {
                    Instruction::GroupRefExists { otherwise, .. } => {
                        *otherwise = place;
                        true
                    }
                    _ => false,
                })?;
                match jump {
                    Some((jump, target)) => self.open(target, 0, Kind::No { jump }),
                    None => Ok(()),
                }
            }
            Kind::No { jump } => self.land(Some(jump), after),
        }
    }

    /// Sets the target of a jump, or of the newest unresolved jump of a branch.
    #[inline(always)]
    fn land(&mut self, jump: Option<usize>, place: u32) -> Result<()> {
        let jump = jump.or_else(|| self.jumps.pop()).ok_or(Error::Invalid)?;
        self.patch(jump, |instruction| match instruction {
            Instruction::Jump(target) => {
                *target = place;
                true
            }
            _ => false,
        })
    }
}

/// The position of an argument of `AT`.
pub(super) fn position(argument: u32) -> Option<At> {
    Some(match argument {
        at::BEGINNING | at::BEGINNING_STRING => At::Beginning,
        at::BEGINNING_LINE => At::BeginningLine,
        at::END => At::End,
        at::END_LINE => At::EndLine,
        at::END_STRING => At::EndString,
        at::BOUNDARY => At::Boundary,
        at::NON_BOUNDARY => At::NonBoundary,
        at::LOC_BOUNDARY => At::LocBoundary,
        at::LOC_NON_BOUNDARY => At::LocNonBoundary,
        at::UNI_BOUNDARY => At::UniBoundary,
        at::UNI_NON_BOUNDARY => At::UniNonBoundary,
        _ => return None,
    })
}
