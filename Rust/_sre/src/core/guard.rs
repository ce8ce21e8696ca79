//! Analysis of a complete program: tests of the first characters of alternatives and of the tails of repeats.

use super::characters::CharacterTypes;
use super::program::{At, Behind, Instruction, Item, LoneRun, Program};

impl Program {
    /// Adds the results of the analysis to the program.
    pub(super) fn finish<T: CharacterTypes>(&mut self, types: T) {
        self.is_anchored = matches!(self.instructions.first(), Some(Instruction::At(At::Beginning)));
        for place in 0..self.alternatives.len() {
            let guard = self.guard(self.alternatives[place].body as usize);
            self.alternatives[place].guard = guard;
        }
        self.find_dispatches();
        self.first_word = self.first_word();
        for place in 0..self.instructions.len() {
            let (Instruction::RepeatOne(repeat) | Instruction::MinRepeatOne(repeat)) = self.instructions[place] else {
                continue;
            };
            let guard = self.guard(place + 1);
            let item = self.repeats[repeat as usize].item;
            let disjoint = guard.map_or((false, false), |guard| Item::are_disjoint([item, guard], self, types));
            let repeat = &mut self.repeats[repeat as usize];
            (repeat.guard, repeat.disjoint) = (guard, disjoint);
            repeat.at = match self.instructions.get(place + 1) {
                Some(Instruction::At(at)) => Some(*at),
                _ => None,
            };
        }
        self.leading = self.leading_item().or_else(|| self.first_of_word(types));
        self.lone_run = self.find_lone_run(types);
        self.behind = self.find_behind();
        self.straight = self.find_out_whether_straight(types);
    }

    /// The item, if the pattern consists of an item that is repeated at least once, with or without word boundaries around it.
    fn find_lone_run<T: CharacterTypes>(&self, types: T) -> Option<LoneRun> {
        let (place, boundary) = match *self.instructions {
            [Instruction::RepeatOne(place) | Instruction::PossessiveRepeatOne(place), Instruction::Success] => {
                (place, None)
            }
            [
                Instruction::At(at @ (At::Boundary | At::UniBoundary)),
                Instruction::RepeatOne(place) | Instruction::PossessiveRepeatOne(place),
                Instruction::At(other),
                Instruction::Success,
            ] if at == other => (place, Some(at)),
            _ => return None,
        };
        let repeat = self.repeats.get(place as usize)?;
        let is_run = repeat.min == 1 && repeat.max == usize::MAX && self.groups == 0;
        let is_valid = boundary.is_none_or(|at| repeat.item.is_of_words(self, at, types));
        (is_run && is_valid).then_some(LoneRun { item: repeat.item, boundary })
    }

    /// The assertion, if the program starts with a look-behind assertion of a literal.
    fn find_behind(&mut self) -> Option<Behind> {
        let Instruction::Assert { back, after } = *self.instructions.first()? else { return None };
        let (start, len) = match *self.instructions.get(1..after as usize)? {
            [Instruction::Literal { start, len }, Instruction::Success] => (start, len),
            [Instruction::Item(Item::Literal(character)), Instruction::Success] => {
                self.literals.try_reserve(1).ok()?;
                self.literals.push(character);
                (self.literals.len() as u32 - 1, 1)
            }
            _ => return None,
        };
        (len == back).then_some(Behind { start, len, after })
    }

    /// The repeated item, if the program starts with an unbounded repeat and has no back-references and conditionals.
    fn leading_item(&self) -> Option<Item> {
        let asks = |instruction: &Instruction| {
            matches!(instruction, Instruction::GroupRef { .. } | Instruction::GroupRefExists { .. })
        };
        let first = self.instructions.iter().find(|instruction| !matches!(instruction, Instruction::Mark(_)))?;
        let (Instruction::RepeatOne(place)
        | Instruction::MinRepeatOne(place)
        | Instruction::PossessiveRepeatOne(place)) = *first
        else {
            return None;
        };
        let repeat = self.repeats.get(place as usize)?;
        (repeat.max == usize::MAX && !self.instructions.iter().any(asks)).then_some(repeat.item)
    }

    /// The item after a word boundary at the start of the program, if it matches word characters only.
    fn first_of_word<T: CharacterTypes>(&self, types: T) -> Option<Item> {
        let mut instructions =
            self.instructions.iter().filter(|instruction| !matches!(instruction, Instruction::Mark(_)));
        let Instruction::At(at @ (At::Boundary | At::UniBoundary)) = *instructions.next()? else { return None };
        let item = match *instructions.next()? {
            Instruction::Item(item) => item,
            Instruction::RepeatOne(place) | Instruction::PossessiveRepeatOne(place) => {
                self.repeats.get(place as usize).filter(|repeat| repeat.min > 0)?.item
            }
            _ => return None,
        };
        item.is_of_words(self, at, types).then_some(item)
    }

    /// The test of the first character that the code from an instruction on matches, if it is a single item.
    fn guard(&self, start: usize) -> Option<Item> {
        let mut pc = start;
        for _ in 0..8 {
            match *self.instructions.get(pc)? {
                Instruction::Item(item) => return Some(item),
                Instruction::Literal { start, .. } => {
                    return self.literals.get(start as usize).map(|character| Item::Literal(*character));
                }
                Instruction::RepeatOne(place) | Instruction::PossessiveRepeatOne(place) => {
                    let repeat = self.repeats.get(place as usize)?;
                    return (repeat.min > 0).then_some(repeat.item);
                }
                // A conditional may see a mark that was set before a failure.
                Instruction::Mark(_) if !self.has_conditional => pc += 1,
                Instruction::AtomicGroup { .. } => pc += 1,
                Instruction::Jump(target) => pc = target as usize,
                _ => return None,
            }
        }
        None
    }
}
