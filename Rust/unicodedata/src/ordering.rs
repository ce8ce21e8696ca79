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

/// Sorts a run by class; `spare` is memory for that. The items of the run are marks in some form.
pub(crate) fn sort<T: Copy>(
    run: &mut [T],
    spare: &mut Buffer<impl Memory<Item = Mark>>,
    to_mark: impl Fn(T) -> Mark,
    from_mark: impl Fn(Mark) -> T,
) -> Result<(), Stop> {
    if run.len() <= SHORT {
        let mut marks = [Mark::default(); SHORT];
        let marks = &mut marks[..run.len()];
        marks.iter_mut().zip(run.iter()).for_each(|(mark, item)| *mark = to_mark(*item));
        insertion_sort(marks);
        run.iter_mut().zip(marks).for_each(|(item, mark)| *item = from_mark(*mark));
        return Ok(());
    }
    // A counting sort: how many marks there are of each class says where the first of them goes.
    let mut places = [0; 256];
    spare.clear();
    spare.extend(run, |item| {
        let mark = to_mark(item);
        places[usize::from(mark.combining())] += 1;
        mark
    })?;
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    for mark in spare.as_slice() {
        let place = &mut places[usize::from(mark.combining())];
        run[*place] = from_mark(*mark);
        *place += 1;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::{Mark, sort};
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
            let mut pairs: Vec<(u32, u8)> = run.iter().map(|mark| (mark.code_point(), mark.combining())).collect();
            let (to_mark, from_mark) = (
                |(code_point, class)| Mark::new(code_point, class),
                |mark: Mark| (mark.code_point(), mark.combining()),
            );
            sort(&mut pairs, &mut spare, to_mark, from_mark).expect("memory");
            assert_eq!(pairs.into_iter().map(to_mark).collect::<Vec<Mark>>(), expected);
            sort(&mut run, &mut spare, |mark| mark, |mark| mark).expect("memory");
            assert_eq!(run, expected);
        }
    }
}
