//! Analysis of a complete program: tests of the first characters of alternatives and of the tails of repeats.

use super::characters::CharacterTypes;
use super::program::{At, Instruction, Item, Program};

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
        self.leading = self.leading_item();
        self.straight = self.find_out_whether_straight(types);
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
