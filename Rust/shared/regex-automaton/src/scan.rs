//! The scans of a text with the lazy DFA: forward for the end of the match, backward for its start.

use crate::char_at::CharAt;
use crate::class::{Context, EDGE, EDGE_CLASS, FINAL_LINE_FEED, FINAL_LINE_FEED_CLASS, UNKNOWN_CLASS};
use crate::dfa::{DEAD, FLAG_ADVANCE, FLAG_FULL, FLAG_SEARCH, LOOP, MATCH, START, STATE, UNKNOWN};
use crate::prefix::PrefixFinder;
use crate::{Automaton, Cache, Mode, Stop};
use try_alloc::NoMemory;

/// The number of characters between two calls of the poll function.
pub(crate) const POLL_INTERVAL: usize = 1 << 16;

/// The task of the Pike VM.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) start: usize,
    /// The pattern may start at any later position too.
    pub(crate) search: bool,
    /// The match has to end at the end of the text.
    pub(crate) full: bool,
    /// The match must not be empty at the start position.
    pub(crate) advance: bool,
    /// The marks are needed.
    pub(crate) marks: bool,
}

/// One search.
pub(crate) struct Scan<'a, 't, T> {
    pub(crate) automaton: &'t Automaton,
    pub(crate) cache: &'a mut Cache,
    pub(crate) text: &'t [T],
    /// Where the text ends for the pattern (`endpos`).
    pub(crate) end: usize,
    pub(crate) poll: &'a mut dyn FnMut() -> bool,
    pub(crate) finder: &'a PrefixFinder<'t>,
}

/// How a scan with the DFA ended without a result.
enum Halt {
    Stop(Stop),
    /// States are computed so often that simulating the NFA is cheaper.
    Thrashing,
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Halt {
        Halt::Stop(stop)
    }
}

impl From<NoMemory> for Halt {
    fn from(error: NoMemory) -> Halt {
        Halt::Stop(error.into())
    }
}

impl<T: CharAt> Scan<'_, '_, T> {
    /// The class of the character at `at`, or of the position after the text.
    pub(crate) fn class_at(&mut self, at: usize) -> Result<u16, Stop> {
        let automaton = self.automaton;
        if at >= self.end {
            return Ok(EDGE_CLASS);
        }
        let ch = self.text[at].get();
        if ch == 10 && at + 1 == self.end && automaton.classes.after & FINAL_LINE_FEED != 0 {
            return Ok(FINAL_LINE_FEED_CLASS);
        }
        self.cache.wide.class(&automaton.classes, ch, automaton.tables)
    }

    /// The class of the character before `at`, or of the position before the text.
    fn class_before(&mut self, at: usize) -> Result<u16, Stop> {
        if at == 0 { Ok(EDGE_CLASS) } else { self.class_at(at - 1) }
    }

    /// The contexts on both sides of a position.
    pub(crate) fn around(&mut self, at: usize) -> Result<(Context, Context), Stop> {
        let classes = &self.automaton.classes;
        if (classes.before | classes.after) == 0 {
            return Ok((0, 0));
        }
        let before = self.class_before(at)?;
        let after = self.class_at(at)?;
        let (before, after) = (self.cache.wide.context(classes, before), self.cache.wide.context(classes, after));
        // The row of the edge class has the bit if an assertion needs it on either side.
        debug_assert!(classes.before & EDGE == 0 || at != 0 || before & EDGE != 0);
        Ok((before & classes.before, after & classes.after))
    }

    /// The state for a scan that has passed the character of class `passed`.
    #[inline(always)]
    fn start_state(&mut self, reverse: bool, flags: u8, passed: u16) -> Result<u32, Stop> {
        let classes = &self.automaton.classes;
        let mask = if reverse { classes.after } else { classes.before };
        let context = if mask == 0 { 0 } else { self.cache.wide.context(classes, passed) & mask };
        let Cache { forward, backward, scratch, .. } = &mut *self.cache;
        let dfa = if reverse { backward } else { forward };
        dfa.start(self.automaton, flags, context, scratch)
    }

    /// The transition for a class, computed if it is not known. The state is replaced when the rows were widened.
    fn transition(&mut self, reverse: bool, state: &mut u32, class: u16) -> Result<u32, Stop> {
        let count = self.cache.wide.count(&self.automaton.classes);
        let Cache { forward, backward, scratch, wide, .. } = &mut *self.cache;
        let dfa = if reverse { backward } else { forward };
        if !dfa.is_wide_enough(count) {
            *state = dfa.widen_keeping(self.automaton, count, *state, scratch)?;
        }
        let known = dfa.transitions()[(*state + u32::from(class)) as usize];
        if known != UNKNOWN { Ok(known) } else { dfa.step(self.automaton, wide, *state, class, scratch) }
    }

    /// The end of the preferred match that starts at `from`, or with [`FLAG_SEARCH`] of the leftmost one from there on,
    /// and how far the text was read.
    fn forward(&mut self, from: usize, flags: u8) -> Result<(Option<usize>, usize), Halt> {
        let automaton = self.automaton;
        let (text, end) = (self.text, self.end);
        let count = self.cache.wide.count(&automaton.classes);
        self.cache.forward.widen(count)?;
        let (computed, clears) = (self.cache.forward.computed, self.cache.forward.clears);
        let mut at = from;
        let mut found = None;
        let mut state = self.enter(&mut at, flags)?;
        if at > end {
            return Ok((None, end));
        }
        // A final line feed may have another class than other line feeds.
        let body = end.saturating_sub(usize::from(automaton.classes.after & FINAL_LINE_FEED != 0));
        let prefilter = automaton.prefilter.as_ref();
        // The start state of a search is the same at every position if no assertion depends on the preceding character.
        let skips = automaton.classes.before == 0;
        let mut polled = at;
        while at < end {
            let limit = body.min(polled + POLL_INTERVAL);
            let transitions = self.cache.forward.transitions();
            let block = &text[..limit.max(at)];
            while at < block.len() {
                let class = self.cache.wide.known(&automaton.classes, block[at].get());
                if !T::NARROW && class == UNKNOWN_CLASS {
                    break;
                }
                let transition = transitions[(state + u32::from(class)) as usize];
                if transition < LOOP {
                    state = transition;
                    at += 1;
                } else if transition < START {
                    state = transition & STATE;
                    at += 1;
                    if transition & LOOP != 0
                        && let Some(bytes) = T::bytes(block)
                    {
                        let escape = self.cache.forward.escapes(state).find(&bytes[at..]);
                        at = escape.map_or(bytes.len(), |escape| at + escape);
                    }
                    if transition & MATCH != 0 {
                        found = Some(at - 1);
                    }
                } else if transition < DEAD && skips {
                    // The state has only the start of a search: skip to the next position at which a match can start.
                    state = transition & STATE;
                    match prefilter.and_then(|prefilter| prefilter.find(self.finder, &text[..end], at + 1)) {
                        Some(candidate) => at = candidate,
                        None => return Ok((found, end)),
                    }
                } else if transition >= DEAD && transition != UNKNOWN {
                    if transition & MATCH != 0 {
                        found = Some(at);
                    }
                    return Ok((found, at));
                } else {
                    break;
                }
            }
            if at >= polled + POLL_INTERVAL {
                polled = at;
                if (self.poll)() {
                    return Err(Stop::Interrupted.into());
                }
                continue;
            }
            if at >= end {
                break;
            }
            let class = self.class_at(at)?;
            let transition = self.transition(false, &mut state, class)?;
            if transition & MATCH != 0 {
                found = Some(at);
            }
            if transition & DEAD != 0 {
                return Ok((found, at));
            }
            at += 1;
            state = transition & STATE;
            let dfa = &self.cache.forward;
            if dfa.clears != clears && (dfa.computed - computed) > (at - from) / 8 {
                return Err(Halt::Thrashing);
            }
            if transition & START != 0 {
                state = self.enter(&mut at, FLAG_SEARCH)?;
                if at > end {
                    return Ok((found, at));
                }
                polled = polled.max(at);
            }
        }
        let transition = self.transition(false, &mut state, EDGE_CLASS)?;
        if transition & MATCH != 0 {
            found = Some(end);
        }
        Ok((found, end))
    }

    /// The start state at `at`. A search first moves `at` to the next position at which the pattern can start; if there
    /// is none, `at` is past the end afterwards.
    #[inline(always)]
    fn enter(&mut self, at: &mut usize, flags: u8) -> Result<u32, Stop> {
        if flags == FLAG_SEARCH
            && let Some(prefilter) = &self.automaton.prefilter
        {
            match prefilter.find(self.finder, &self.text[..self.end], *at) {
                Some(candidate) => *at = candidate,
                None => *at = self.end + 1,
            }
        }
        if *at > self.end {
            return Ok(0);
        }
        if self.automaton.classes.before == 0 {
            return Ok(self.start_state(false, flags, EDGE_CLASS)? & STATE);
        }
        let passed = self.class_before(*at)?;
        let count = self.cache.wide.count(&self.automaton.classes);
        self.cache.forward.widen(count)?;
        Ok(self.start_state(false, flags, passed)? & STATE)
    }

    /// The first position from `from` on at which a match that ends at `to` starts.
    fn backward(&mut self, from: usize, to: usize) -> Result<Option<usize>, Halt> {
        let automaton = self.automaton;
        let text = self.text;
        let passed = self.class_at(to)?;
        let count = self.cache.wide.count(&automaton.classes);
        self.cache.backward.widen(count)?;
        let (computed, clears) = (self.cache.backward.computed, self.cache.backward.clears);
        let mut state = self.start_state(true, 0, passed)? & STATE;
        let mut at = to;
        let mut found = None;
        let mut polled = at;
        loop {
            // The last character of the text may have a class of its own.
            if at < self.end {
                let transitions = self.cache.backward.transitions();
                let limit = from.max(polled.saturating_sub(POLL_INTERVAL));
                while at > limit {
                    let class = self.cache.wide.known(&automaton.classes, text[at - 1].get());
                    if !T::NARROW && class == UNKNOWN_CLASS {
                        break;
                    }
                    let transition = transitions[(state + u32::from(class)) as usize];
                    if transition < MATCH {
                        state = transition;
                    } else if transition < START {
                        found = Some(at);
                        state = transition & STATE;
                    } else {
                        break;
                    }
                    at -= 1;
                }
                if at + POLL_INTERVAL <= polled {
                    polled = at;
                    if (self.poll)() {
                        return Err(Stop::Interrupted.into());
                    }
                }
            }
            let class = self.class_before(at)?;
            let transition = self.transition(true, &mut state, class)?;
            if transition & MATCH != 0 {
                found = Some(at);
            }
            if transition & DEAD != 0 || at == from {
                return Ok(found);
            }
            at -= 1;
            state = transition & STATE;
            let dfa = &self.cache.backward;
            if dfa.clears != clears && (dfa.computed - computed) > (to - at) / 8 {
                return Err(Halt::Thrashing);
            }
        }
    }

    /// The span of the match.
    #[inline]
    pub(crate) fn span(&mut self, pos: usize, mode: Mode, advance: bool) -> Result<Option<(usize, usize)>, Stop> {
        match self.span_by_dfa(pos, mode, advance) {
            Ok(span) => Ok(span),
            Err(Halt::Stop(stop)) => Err(stop),
            Err(Halt::Thrashing) => self.pike(self.task(pos, mode, advance, false)),
        }
    }

    fn task(&self, start: usize, mode: Mode, advance: bool, marks: bool) -> Task {
        Task { start, search: self.searches(mode), full: mode == Mode::Fullmatch, advance, marks }
    }

    /// Whether a match may start at a later position than the first one.
    fn searches(&self, mode: Mode) -> bool {
        mode == Mode::Search && !self.automaton.anchored
    }

    fn span_by_dfa(&mut self, pos: usize, mode: Mode, advance: bool) -> Result<Option<(usize, usize)>, Halt> {
        let automaton = self.automaton;
        if self.end - pos < automaton.minimum {
            return Ok(None);
        }
        let mut flags = 0;
        // Only an empty match can violate `must_advance`.
        if advance && automaton.minimum == 0 {
            flags |= FLAG_ADVANCE;
        }
        if mode == Mode::Fullmatch {
            flags |= FLAG_FULL;
        }
        let search = self.searches(mode);
        if search {
            flags |= FLAG_SEARCH;
            if automaton.literal
                && let Some(prefilter) = &automaton.prefilter
            {
                let found = prefilter.find(self.finder, &self.text[..self.end], pos);
                return Ok(found.map(|start| (start, start + prefilter.len())));
            }
        }
        let mut pos = pos;
        if flags == FLAG_SEARCH
            && let Some(prefilter) = &automaton.prefilter
        {
            // Try the candidates one by one, which needs no backward scan, as long as the failed attempts read few
            // characters in relation to the distance covered.
            let (first, mut read) = (pos, 0);
            while read <= 64 + (pos - first) / 2 {
                let Some(candidate) = prefilter.find(self.finder, &self.text[..self.end], pos) else {
                    return Ok(None);
                };
                match self.forward(candidate, 0)? {
                    (Some(end), _) => return Ok(Some((candidate, end))),
                    (None, at) => read += at - candidate + 1,
                }
                pos = candidate + 1;
            }
        }
        let (Some(end), _) = self.forward(pos, flags)? else { return Ok(None) };
        if !search {
            return Ok(Some((pos, end)));
        }
        if let Some(length) = automaton.fixed_length {
            return Ok(Some((end - length, end)));
        }
        match self.backward(pos, end)? {
            Some(start) => Ok(Some((start, end))),
            None => Err(Halt::Thrashing),
        }
    }

    /// The span and the marks of the match; the marks are in the cache's memory.
    pub(crate) fn captures(&mut self, pos: usize, mode: Mode, advance: bool) -> Result<Option<(usize, usize)>, Stop> {
        let Some((start, end)) = self.span(pos, mode, advance)? else { return Ok(None) };
        if self.one_pass(start, end)? {
            return Ok(Some((start, end)));
        }
        if self.can_backtrack(start, end) && self.backtrack(start, end)? {
            return Ok(Some((start, end)));
        }
        // Find the same match again: it is the preferred one that starts at `start`.
        let mut task = self.task(start, mode, advance && start == pos, true);
        task.search = false;
        self.pike(task)
    }
}
