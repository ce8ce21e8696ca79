//! The canonical ordering of marks (The Unicode Standard, section 3.11): a stable sort by combining class of each run of
//! characters that are no starters, in time that is linear in its length.

#![forbid(unsafe_code)]

use crate::buffer::{Buffer, Memory, Stop};

/// A character and its combining class, of which the class counts first in comparisons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark(u32);

impl Mark {
    /// Both in one word.
    #[inline(always)]
    pub fn new(code_point: u32, combining: u8) -> Self {
        Self(u32::from(combining) << 24 | code_point)
    }

    /// The character.
    #[inline(always)]
    pub fn code_point(self) -> u32 {
        self.0 & 0xFF_FFFF
    }

    /// Its combining class.
    #[inline(always)]
    pub fn combining(self) -> u8 {
        (self.0 >> 24) as u8
    }
}

/// Longer runs are sorted by counting.
const SHORT: usize = 16;

/// Sorts a run by class; `spare` is memory for that.
pub(crate) fn sort(run: &mut [Mark], spare: &mut Buffer<impl Memory<Item = Mark>>) -> Result<(), Stop> {
    if run.len() <= SHORT {
        insertion_sort(run);
        return Ok(());
    }
    spare.clear();
    spare.extend(run, |mark| mark)?;
    counting_sort(spare.as_slice(), |place, mark| run[place] = mark);
    Ok(())
}

/// Sorts a run by class into other memory: `put` is called with the new index of each mark. The run itself is left in any order.
pub(crate) fn sort_into(run: &mut [Mark], mut put: impl FnMut(usize, Mark)) {
    if run.len() > SHORT {
        return counting_sort(run, put);
    }
    insertion_sort(run);
    run.iter().enumerate().for_each(|(place, mark)| put(place, *mark));
}

fn insertion_sort(run: &mut [Mark]) {
    for end in 1..run.len() {
        let mark = run[end];
        let mut place = end;
        while place > 0 && run[place - 1].combining() > mark.combining() {
            run[place] = run[place - 1];
            place -= 1;
        }
        run[place] = mark;
    }
}

fn counting_sort(run: &[Mark], mut put: impl FnMut(usize, Mark)) {
    let mut places = [0; 256];
    for mark in run {
        places[usize::from(mark.combining())] += 1;
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    for mark in run {
        let place = &mut places[usize::from(mark.combining())];
        put(*place, *mark);
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, sort, sort_into};
    use crate::buffer::Buffer;

    #[test]
    fn marks_of_a_class_keep_their_order() {
        let mut spare = Buffer::new(Vec::new());
        let mut random = 1_u32;
        for len in [0, 1, 2, 3, 15, 16, 17, 40, 1000] {
            let mut run: Vec<Mark> = (0..len)
                .map(|index| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    Mark::new(index, (random >> 29) as u8 * 30 + 1)
                })
                .collect();
            let mut expected = run.clone();
            expected.sort_by_key(|mark| mark.combining());
            let mut other = run.clone();
            sort_into(&mut run.clone(), |place, mark| other[place] = mark);
            assert_eq!(other, expected);
            sort(&mut run, &mut spare).expect("memory");
            assert_eq!(run, expected);
        }
    }
}
