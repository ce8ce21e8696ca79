//! Normalization (UAX #15).
//!
//! Text that the quick check accepts is copied in runs. From the last boundary before a character that it does not accept, text
//! is decomposed, put into canonical order, and composed, until it goes on with characters that the form does not change. A
//! boundary is a starter for which the quick check says yes: nothing before it composes with it or is moved across it, so that
//! what is on both sides of it can be normalized by itself.
//!
//! The output has two bytes a character as long as that is enough. When it is not, the work starts again with four.

#![forbid(unsafe_code)]

pub use crate::buffer::Stop;
use crate::buffer::{Buffer, Memory};
use crate::decomposition::{self, Utf16};
use crate::hangul;
use crate::hash;
use crate::ordering::{self, Mark};
use crate::quick_check::{Form, Known, Unit, first_not_yes, first_not_yes_far, first_not_yes_near, next_not_yes};
use crate::tables::{Class, Tables};
use crate::version::Version;

/// Memory is exhausted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMemory;

/// Up to that number of characters are normalized without allocating memory, if the output is not longer than `SHORT`.
const SHORT_TEXT: usize = 24;
const SHORT: usize = 64;
/// How many characters a starter and its marks are then.
const SHORT_SEGMENT: usize = 16;

/// Normalized text, in some width that is enough for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Two bytes a character, and how many characters there are.
    Short([u16; SHORT], usize),
    /// Two bytes a character.
    Ucs2(Vec<u16>),
    /// Four bytes a character.
    Ucs4(Vec<u32>),
}

/// Normalizes text. `None` when the quick check says that it is in the form already.
pub fn normalize<U: Unit>(
    tables: &Tables,
    version: Version,
    form: Form,
    text: &[U],
) -> Result<Option<Output>, NoMemory> {
    match first_not_yes(tables, text, form) {
        first if first == text.len() => Ok(None),
        first => normalize_from(tables, version, form, text, first).map(Some),
    }
}

/// Normalizes text whose first character that the quick check does not accept is `first`.
pub fn normalize_from<U: Unit>(
    tables: &Tables,
    version: Version,
    form: Form,
    text: &[U],
    first: usize,
) -> Result<Output, NoMemory> {
    let work = Work { tables, version, form };
    if U::LARGEST <= 0xFFFF && text.len() <= SHORT_TEXT {
        // Memory is not allocated for text that is as short as most identifiers and words.
        if let Ok((units, len)) = work.run(text, first, [0_u16; SHORT], [Mark::default(); SHORT_SEGMENT]) {
            return Ok(Output::Short(units, len));
        }
    }
    if U::LARGEST <= 0xFFFF {
        match work.run(text, first, memory(text.len())?, Vec::new()) {
            Ok((out, len)) => return Ok(Output::Ucs2(cut(out, len))),
            Err(Stop::TooWide) => {}
            Err(Stop::NoMemory | Stop::Full) => return Err(NoMemory),
        }
    }
    let (out, len) = work.run(text, first, memory(text.len())?, Vec::new()).map_err(|_| NoMemory)?;
    Ok(Output::Ucs4(cut(out, len)))
}

/// Memory for the output of a text of `len` characters.
fn memory<W: Unit>(len: usize) -> Result<Vec<W>, NoMemory> {
    let mut memory = Vec::new();
    // A few more characters than there are: most often the text gets a little longer, or not at all.
    memory.grow(len + len / 8 + 8).map_err(|_| NoMemory)?;
    Ok(memory)
}

fn cut<W>(mut memory: Vec<W>, len: usize) -> Vec<W> {
    memory.truncate(len);
    memory
}

/// What the quick check answers, with the index of the first character that it does not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The text is in the form.
    Yes,
    /// It is not.
    No(usize),
    /// The check does not tell.
    Maybe(usize),
}

/// Whether text is in a form, by the quick check alone.
///
/// This cannot panic.
#[inline]
pub fn quick_check<U: Unit>(tables: &Tables, version: Version, form: Form, text: &[U]) -> Answer {
    quick_check_near(tables, version, form, text).unwrap_or_else(|| quick_check_far(tables, version, form, text))
}

/// As [`quick_check`]; `None` if the characters near the start do not tell.
#[inline(always)]
pub fn quick_check_near<U: Unit>(tables: &Tables, version: Version, form: Form, text: &[U]) -> Option<Answer> {
    first_not_yes_near(tables, text, form).map(|first| answer(tables, version, form, text, first))
}

/// As [`quick_check`], of a text of which [`quick_check_near`] does not tell.
#[inline]
pub fn quick_check_far<U: Unit>(tables: &Tables, version: Version, form: Form, text: &[U]) -> Answer {
    answer(tables, version, form, text, first_not_yes_far(tables, text, form))
}

/// The answer for a text of which this is the first character that is not certainly in the form.
#[inline(always)]
fn answer<U: Unit>(tables: &Tables, version: Version, form: Form, text: &[U], first: usize) -> Answer {
    let Some(&unit) = text.get(first) else { return Answer::Yes };
    // What stops the quick check is a mark in the wrong place if it is not its answer. Older versions have other answers.
    if version == Version::Current && !tables.class(unit.into()).is_maybe(form) {
        Answer::No(first)
    } else {
        Answer::Maybe(first)
    }
}

/// Whether text is in a form.
pub fn is_normalized<U: Unit>(tables: &Tables, version: Version, form: Form, text: &[U]) -> Result<bool, NoMemory> {
    match quick_check(tables, version, form, text) {
        Answer::Yes => Ok(true),
        Answer::No(_) => Ok(false),
        Answer::Maybe(first) => is_normalized_from(tables, version, form, text, first),
    }
}

/// Whether text is in a form, of which the quick check does not tell and has stopped at `first`.
pub fn is_normalized_from<U: Unit>(
    tables: &Tables,
    version: Version,
    form: Form,
    text: &[U],
    first: usize,
) -> Result<bool, NoMemory> {
    Ok(match normalize_from(tables, version, form, text, first)? {
        Output::Short(out, len) => is_same(text, out.get(..len).unwrap_or_default()),
        Output::Ucs2(out) => is_same(text, &out),
        Output::Ucs4(out) => is_same(text, &out),
    })
}

fn is_same<U: Unit, W: Unit>(text: &[U], out: &[W]) -> bool {
    text.len() == out.len() && text.iter().zip(out).all(|(&a, &b)| a.into() == b.into())
}

/// The parameters of the normalization of a text.
#[derive(Clone, Copy)]
struct Work<'a> {
    tables: &'a Tables,
    version: Version,
    form: Form,
}

/// After this many boundaries in a row (characters that do not combine with the one before), text is copied in runs
/// again.
const CALM: usize = 16;
/// After this many if the last two characters that are not in the form are as far from each other as that.
const CALM_IF_FAR: usize = 2;
const FAR: usize = 32;

impl Work<'_> {
    /// Normalizes a text that is in the form up to `stop`. Returns the output, and how long it is.
    #[inline]
    fn run<U: Unit, M: Memory<Item: Unit>, S: Memory<Item = Mark>>(
        self,
        text: &[U],
        stop: usize,
        out: M,
        marks: S,
    ) -> Result<(M, usize), Stop> {
        let (out, marks, spare) = (Buffer::new(out), Buffer::new(marks), Buffer::new(Vec::new()));
        let is_disordered = false;
        if self.form.composes() {
            let sink = Composer { work: self, out, segment: marks, is_whole: false, spare, last: 0, is_disordered };
            self.with_sink(text, stop, sink)
        } else {
            let sink = Decomposer { work: self, out, run: 0, last: 0, is_disordered, marks: spare };
            self.with_sink(text, stop, sink)
        }
    }

    fn with_sink<U: Unit, S: Sink>(self, text: &[U], stop: usize, mut sink: S) -> Result<(S::Memory, usize), Stop> {
        let (mut at, mut stop) = (0, stop);
        let low = self.form.low(self.tables);
        let is_boundary = |unit| unit < low || self.tables.class(unit).is_boundary(self.form);
        let mut known = Known::new(low);
        let mut calm = CALM;
        while at < text.len() {
            let boundary = self.boundary_before(text, at, stop);
            sink.copy(&text[at..boundary])?;
            at = boundary;
            while let Some(&unit) = text.get(at) {
                let unit = unit.into();
                let class = self.tables.class(unit);
                if !class.is_boundary(self.form) && hangul::decompose(unit).is_none() {
                    let marks = if class.is_starter() { 0 } else { sink.push_marks(&text[at..])? };
                    if marks == 0 {
                        self.push(&mut sink, unit, class)?;
                    }
                    at += marks.max(1);
                    continue;
                }
                let run = sink.push_run(&text[at..], calm, is_boundary)?;
                at += run.taken;
                if run.boundaries == calm && at > stop && text.get(at).is_some_and(|&unit| is_boundary(unit.into())) {
                    break;
                }
            }
            sink.finish_segment()?;
            let before = stop;
            stop = next_not_yes(self.tables, text, at, self.form, &mut known);
            if stop == text.len() {
                sink.copy(&text[at..])?;
                break;
            }
            // The next character that is not in the form is often as far away as the last one.
            calm = if stop - before < FAR { CALM } else { CALM_IF_FAR };
        }
        Ok(sink.into_output())
    }

    /// The last boundary before `stop`, or `start`.
    fn boundary_before<U: Unit>(self, text: &[U], start: usize, stop: usize) -> usize {
        let is_boundary = |unit: &U| self.tables.class((*unit).into()).is_boundary(self.form);
        text[start..stop].iter().rposition(is_boundary).map_or(start, |place| start + place)
    }

    /// Decomposes a character that is neither a boundary nor a Hangul syllable.
    #[inline(always)]
    fn push<S: Sink>(self, sink: &mut S, code_point: u32, class: Class) -> Result<(), Stop> {
        // It has no decomposition, such as marks and jamo.
        if class.is_yes(self.form.decomposed()) {
            return sink.push(code_point, class);
        }
        let code_point = decomposition::corrected(self.tables, self.version, code_point);
        match decomposition::full(self.tables, self.version, code_point, self.form.is_compatibility()) {
            None if self.version == Version::Current => sink.push(code_point, class),
            None => sink.push(code_point, self.tables.class(code_point)),
            Some(units) => self.push_all(sink, units),
        }
    }

    #[inline(always)]
    fn push_all<S: Sink>(self, sink: &mut S, units: Utf16) -> Result<(), Stop> {
        for code_point in units {
            // The most common part of a decomposition is a letter of ASCII.
            if code_point < 0x80 {
                sink.push_boundary(code_point)?;
            } else {
                sink.push(code_point, self.tables.class(code_point))?;
            }
        }
        Ok(())
    }

    /// The character that two compose to.
    #[inline]
    fn compose(self, first: u32, second: u32) -> Option<u32> {
        if let Some(syllable) = hangul::compose(first, second) {
            return Some(syllable);
        }
        let slots = self.tables.pair_slots;
        let mask = slots.len().wrapping_sub(1);
        let mut slot = hash::pair(first, second) as usize & mask;
        loop {
            // An empty slot has the number of no pair.
            let number = usize::from(*slots.get(slot)?);
            let &(a, b, composite) = self.tables.pairs.get(number)?;
            if (a, b) == (first, second) {
                return Some(composite);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Some characters at the start of a text.
struct Run {
    /// How many there are.
    taken: usize,
    /// How many of the last ones are boundaries.
    boundaries: usize,
}

/// What takes decomposed text and makes the output.
trait Sink {
    /// The memory of the output.
    type Memory;

    /// Takes text that is in the form, after a boundary or at the start.
    fn copy<U: Unit>(&mut self, text: &[U]) -> Result<(), Stop>;
    /// Takes characters from the start of a text, which is a boundary or a Hangul syllable: boundaries, as they are, and syllables
    /// or their jamo. It ends after `calm` boundaries in a row, or before.
    fn push_run<U: Unit>(&mut self, text: &[U], calm: usize, is_boundary: impl Fn(u32) -> bool) -> Result<Run, Stop>;
    /// Takes the marks without a decomposition at the start of a text, if there is a faster way for many. Returns how many these
    /// are.
    #[inline(always)]
    fn push_marks<U: Unit>(&mut self, _text: &[U]) -> Result<usize, Stop> {
        Ok(0)
    }
    /// Takes a starter of a decomposition that composes with nothing before it.
    fn push_boundary(&mut self, code_point: u32) -> Result<(), Stop>;
    /// Takes any character of a decomposition.
    fn push(&mut self, code_point: u32, class: Class) -> Result<(), Stop>;
    /// Ends a segment, before a boundary or at the end.
    fn finish_segment(&mut self) -> Result<(), Stop>;
    /// The output, and how long it is.
    fn into_output(self) -> (Self::Memory, usize);
}

/// Copies text that is not wider than the output.
#[inline]
fn copy<U: Unit, M: Memory<Item: Unit>>(out: &mut Buffer<M>, text: &[U]) -> Result<(), Stop> {
    // The text has the width of the output, or a narrower one.
    if U::LARGEST > M::Item::LARGEST {
        return Err(Stop::TooWide);
    }
    out.extend(text, |unit| M::Item::truncated(unit.into()))
}

/// Copies boundaries, up to the first character that is none. They are not wider than the output. Returns how many these are.
#[inline(always)]
fn copy_boundaries<U: Unit, M: Memory<Item: Unit>>(
    out: &mut Buffer<M>,
    text: &[U],
    is_boundary: impl Fn(u32) -> bool,
) -> Result<usize, Stop> {
    out.extend_while(text, |unit| is_boundary(unit.into()).then(|| ([M::Item::truncated(unit.into())], 1)))
}

/// Appends a character.
#[inline(always)]
fn write<M: Memory<Item: Unit>>(out: &mut Buffer<M>, code_point: u32) -> Result<(), Stop> {
    out.push(M::Item::try_from(code_point).map_err(|_| Stop::TooWide)?)
}

/// Makes the decomposed forms.
struct Decomposer<'a, M> {
    work: Work<'a>,
    out: Buffer<M>,
    /// Where the run of marks at the end of the output starts, if there is one.
    run: usize,
    /// The class of the last character.
    last: u8,
    is_disordered: bool,
    marks: Buffer<Vec<Mark>>,
}

impl<M: Memory<Item: Unit>> Decomposer<'_, M> {
    /// Puts the last run of marks into canonical order.
    #[cold]
    fn sort(&mut self) -> Result<(), Stop> {
        let run = self.out.as_mut_slice().get_mut(self.run..).unwrap_or_default();
        let tables = self.work.tables;
        let to_mark = |unit: M::Item| {
            let code_point = unit.into();
            Mark::new(code_point, tables.class(code_point).combining())
        };
        ordering::sort(run, &mut self.marks, to_mark, |mark| M::Item::truncated(mark.code_point()))?;
        self.is_disordered = false;
        Ok(())
    }

    #[inline(always)]
    fn end_run(&mut self) -> Result<(), Stop> {
        self.last = 0;
        if self.is_disordered { self.sort() } else { Ok(()) }
    }
}

impl<M: Memory<Item: Unit>> Sink for Decomposer<'_, M> {
    type Memory = M;

    fn copy<U: Unit>(&mut self, text: &[U]) -> Result<(), Stop> {
        copy(&mut self.out, text)
    }

    #[inline(always)]
    fn push_run<U: Unit>(&mut self, text: &[U], calm: usize, is_boundary: impl Fn(u32) -> bool) -> Result<Run, Stop> {
        if U::LARGEST > M::Item::LARGEST {
            return Err(Stop::TooWide);
        }
        self.end_run()?;
        if text.first().is_some_and(|&unit| hangul::decompose(unit.into()).is_none()) {
            // Most scripts have no syllables, and are copied faster without looking for them.
            let text = text.get(..calm).unwrap_or(text);
            let taken = copy_boundaries(&mut self.out, text, is_boundary)?;
            return Ok(Run { taken, boundaries: taken });
        }
        let mut boundaries = 0;
        let taken = self.out.extend_while(text, |unit| {
            let unit = unit.into();
            if let Some(syllable) = hangul::decompose(unit) {
                boundaries = 0;
                // The output has two bytes a character at least, and so room for jamo.
                return Some((syllable.padded().map(M::Item::truncated), syllable.count()));
            }
            if boundaries == calm || !is_boundary(unit) {
                return None;
            }
            boundaries += 1;
            Some(([unit, 0, 0].map(M::Item::truncated), 1))
        })?;
        Ok(Run { taken, boundaries })
    }

    #[inline(always)]
    fn push_marks<U: Unit>(&mut self, text: &[U]) -> Result<usize, Stop> {
        if U::LARGEST > M::Item::LARGEST {
            return Err(Stop::TooWide);
        }
        if self.last == 0 {
            self.run = self.out.len();
        }
        let Work { tables, form, .. } = self.work;
        // Copies, so that the loop has them in registers.
        let (mut last, mut is_disordered) = (self.last, self.is_disordered);
        let taken = self.out.extend_while(text, |unit| {
            let class = tables.class(unit.into());
            if class.is_starter() || !class.is_yes(form) {
                return None;
            }
            is_disordered |= last > class.combining();
            last = class.combining();
            Some(([M::Item::truncated(unit.into())], 1))
        })?;
        (self.last, self.is_disordered) = (last, is_disordered);
        Ok(taken)
    }

    #[inline(always)]
    fn push_boundary(&mut self, code_point: u32) -> Result<(), Stop> {
        self.end_run()?;
        write(&mut self.out, code_point)
    }

    #[inline(always)]
    fn push(&mut self, code_point: u32, class: Class) -> Result<(), Stop> {
        let combining = class.combining();
        if combining == 0 {
            return self.push_boundary(code_point);
        }
        if self.last == 0 {
            self.run = self.out.len();
        }
        self.is_disordered |= self.last > combining;
        self.last = combining;
        write(&mut self.out, code_point)
    }

    #[inline]
    fn finish_segment(&mut self) -> Result<(), Stop> {
        self.end_run()
    }

    fn into_output(self) -> (M, usize) {
        self.out.into_parts()
    }
}

/// Makes the composed forms.
struct Composer<'a, M, S> {
    work: Work<'a>,
    out: Buffer<M>,
    /// What may still be reordered and composed: most often a starter and its marks.
    segment: Buffer<S>,
    /// Whether the segment is one character of the text, which may have a decomposition.
    is_whole: bool,
    spare: Buffer<Vec<Mark>>,
    last: u8,
    is_disordered: bool,
}

impl<M: Memory<Item: Unit>, S: Memory<Item = Mark>> Composer<'_, M, S> {
    #[inline(always)]
    fn append(&mut self, code_point: u32, combining: u8) -> Result<(), Stop> {
        self.is_disordered |= combining != 0 && self.last > combining;
        self.last = combining;
        self.segment.push(Mark::new(code_point, combining))
    }

    /// Decomposes the only character of the segment, whose marks may change places with those that follow.
    #[inline]
    fn decompose_first(&mut self) -> Result<(), Stop> {
        self.is_whole = false;
        let Some(first) =
            self.segment.as_slice().first().map(|first| first.code_point()).filter(|first| *first >= 0x80)
        else {
            return Ok(());
        };
        let Work { tables, version, form } = self.work;
        let Some(units) = decomposition::full(tables, version, first, form.is_compatibility()) else { return Ok(()) };
        self.segment.clear();
        for code_point in units {
            self.append(code_point, tables.class(code_point).combining())?;
        }
        Ok(())
    }

    /// Puts each run of marks of the segment into canonical order.
    #[cold]
    fn sort(&mut self) -> Result<(), Stop> {
        let mut rest = self.segment.as_mut_slice();
        while !rest.is_empty() {
            let marks = rest.iter().take_while(|mark| mark.combining() != 0).count();
            let (run, after) = rest.split_at_mut(marks);
            ordering::sort(run, &mut self.spare, |mark| mark, |mark| mark)?;
            let starters = after.iter().take_while(|mark| mark.combining() == 0).count();
            rest = &mut after[starters..];
        }
        Ok(())
    }

    /// Composes the segment, and appends it to the output.
    fn end_segment(&mut self) -> Result<(), Stop> {
        if self.is_disordered {
            self.sort()?;
            self.is_disordered = false;
        }
        self.last = 0;
        // The starter that characters compose with, and its place in the output.
        let mut starter: Option<(u32, usize)> = None;
        // The class of the last character after it that has not been composed.
        let mut last = 0;
        for &mark in self.segment.as_slice() {
            let (code_point, combining) = (mark.code_point(), mark.combining());
            if let Some((first, place)) = &mut starter
                && (last == 0 || last < combining)
                && let Some(composite) = self.work.compose(*first, code_point)
            {
                *first = composite;
                let unit = M::Item::try_from(composite).map_err(|_| Stop::TooWide)?;
                if let Some(place) = self.out.as_mut_slice().get_mut(*place) {
                    *place = unit;
                }
                continue;
            }
            if combining == 0 {
                starter = Some((code_point, self.out.len()));
            }
            last = combining;
            write(&mut self.out, code_point)?;
        }
        self.segment.clear();
        Ok(())
    }
}

impl<M: Memory<Item: Unit>, S: Memory<Item = Mark>> Sink for Composer<'_, M, S> {
    type Memory = M;

    fn copy<U: Unit>(&mut self, text: &[U]) -> Result<(), Stop> {
        copy(&mut self.out, text)
    }

    #[inline(always)]
    fn push_run<U: Unit>(&mut self, text: &[U], calm: usize, is_boundary: impl Fn(u32) -> bool) -> Result<Run, Stop> {
        if U::LARGEST > M::Item::LARGEST {
            return Err(Stop::TooWide);
        }
        let mut taken = 0;
        while let Some((syllable, len)) = hangul::compose_first(text.get(taken..).unwrap_or_default()) {
            // The compatibility decomposition of what comes after a pair can start with a trailing consonant.
            if len == 2 && text.get(taken + len).is_some_and(|&next| !is_boundary(next.into())) {
                break;
            }
            if taken == 0 {
                self.finish_segment()?;
                self.is_whole = false;
            }
            write(&mut self.out, syllable)?;
            taken += len;
        }
        let Some(&first) = text.first().filter(|_| taken == 0) else { return Ok(Run { taken, boundaries: 0 }) };
        if !self.is_whole {
            // Often one that composes with what comes next.
            self.push_boundary(first.into())?;
            self.is_whole = true;
            return Ok(Run { taken: 1, boundaries: 1 });
        }
        self.finish_segment()?;
        let text = text.get(..calm).unwrap_or(text);
        let taken = copy_boundaries(&mut self.out, text, is_boundary)?;
        // What comes next may compose with the last one.
        if let Some(last) = self.out.pop() {
            self.append(last.into(), 0)?;
        }
        Ok(Run { taken, boundaries: taken })
    }

    #[inline(always)]
    fn push_boundary(&mut self, code_point: u32) -> Result<(), Stop> {
        self.finish_segment()?;
        self.is_whole = false;
        self.append(code_point, 0)
    }

    #[inline(always)]
    fn push(&mut self, code_point: u32, class: Class) -> Result<(), Stop> {
        if class.is_starter() && !class.is_second() {
            return self.push_boundary(code_point);
        }
        if self.is_whole {
            self.decompose_first()?;
        }
        self.append(code_point, class.combining())
    }

    #[inline(always)]
    fn finish_segment(&mut self) -> Result<(), Stop> {
        match *self.segment.as_slice() {
            [] => Ok(()),
            [only] => {
                self.segment.clear();
                self.last = 0;
                write(&mut self.out, only.code_point())
            }
            _ => self.end_segment(),
        }
    }

    fn into_output(self) -> (M, usize) {
        self.out.into_parts()
    }
}
