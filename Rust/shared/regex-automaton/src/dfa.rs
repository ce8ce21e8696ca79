//! The deterministic automaton, whose states are constructed during the search (a lazy DFA, as in RE2 and the Rust
//! crate regex-automata; Cox, "Regular Expression Matching in the Wild", 2010).
//!
//! A state is an ordered list of NFA nodes. In the forward direction the order is the preference of the backtracking
//! matcher: nodes after [`Node::Match`] in the list have a lower priority than the match and are dropped. In the
//! reverse direction the order has no meaning and the list is sorted.
//!
//! Assertions look at the character on either side of the position. A state stores the properties of the last character
//! that its assertions need, and the assertions are evaluated when the next character is read. The end of a match is
//! therefore detected one character late: a transition carries the flag [`MATCH`] if the match ends *before* its
//! character. The position outside the text counts as a character of its own class.

use crate::class::{Context, EDGE_CLASS, Wide, holds};
use crate::closure::{Closure, REACHED, SEARCH};
use crate::escapes::Escapes;
use crate::nfa::Node;
use crate::prefilter::Prefilter;
use crate::sparse::SparseSet;
use crate::{Automaton, Stop, capacity_bytes};
use try_alloc::{NoMemory, extend, filled, push, reserve, resize};

/// The transition leads from a state to itself, as do the transitions of all but a few characters.
pub(crate) const LOOP: u32 = 1 << 28;
/// The pattern matches before the character of this transition.
pub(crate) const MATCH: u32 = 1 << 29;
/// The transition leads to a state that has only the start of a search.
pub(crate) const START: u32 = 1 << 30;
/// The transition leads to the dead state.
pub(crate) const DEAD: u32 = 1 << 31;
/// The transition has not been computed.
pub(crate) const UNKNOWN: u32 = u32::MAX;
/// The state of a transition.
pub(crate) const STATE: u32 = LOOP - 1;

/// A match that ends where the state starts is not accepted (`must_advance`).
pub(crate) const FLAG_ADVANCE: u8 = 1;
/// Only a match that ends at the end of the text is accepted (`match_all`).
pub(crate) const FLAG_FULL: u8 = 2;
/// The pattern may start at any later position too.
pub(crate) const FLAG_SEARCH: u8 = 4;

#[derive(Clone, Copy, Debug)]
struct State {
    offset: u32,
    length: u32,
    flags: u8,
    context: Context,
    /// Assertions have to be evaluated, or the start has to be expanded.
    pending: bool,
    /// The characters that leave the state, if its transitions have the flag [`LOOP`].
    escapes: Escapes,
    /// Whether these characters have been determined.
    examined: bool,
}

/// The minimum number of characters below 256 in a class for which a state is examined.
const LARGE_CLASS: usize = 40;

/// The states of one direction.
#[derive(Debug)]
pub(crate) struct Dfa {
    reverse: bool,
    shift: u32,
    transitions: Vec<u32>,
    states: Vec<State>,
    items: Vec<u32>,
    /// A hash table of the numbers of the states, open addressing.
    table: Vec<u32>,
    starts: Vec<u32>,
    /// The states must not be discarded now.
    keep: bool,
    /// The number of computed transitions, from which thrashing is detected.
    pub(crate) computed: usize,
    /// The number of times that the states have been discarded.
    pub(crate) clears: usize,
}

/// Memory of the computation of one transition.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    visited: SparseSet,
    stack: Vec<u32>,
    resolved: Vec<u32>,
    next: Vec<u32>,
}

impl Dfa {
    pub(crate) fn new(reverse: bool) -> Dfa {
        Dfa {
            reverse,
            shift: 0,
            transitions: Vec::new(),
            states: Vec::new(),
            items: Vec::new(),
            table: Vec::new(),
            starts: Vec::new(),
            keep: false,
            computed: 0,
            clears: 0,
        }
    }

    pub(crate) fn memory_usage(&self) -> usize {
        let lists = capacity_bytes(&self.transitions) + capacity_bytes(&self.items) + capacity_bytes(&self.states);
        lists + capacity_bytes(&self.table)
    }

    /// The transitions, indexed by a state plus a class.
    #[inline(always)]
    pub(crate) fn transitions(&self) -> &[u32] {
        &self.transitions
    }

    /// Makes the rows wide enough for `classes` classes. The states are discarded if the rows were narrower.
    #[inline(always)]
    pub(crate) fn widen(&mut self, classes: usize) -> Result<(), NoMemory> {
        if !self.is_wide_enough(classes) || self.starts.is_empty() { self.make_wider(classes) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn make_wider(&mut self, classes: usize) -> Result<(), NoMemory> {
        let shift = classes.next_power_of_two().trailing_zeros();
        if self.starts.is_empty() || shift > self.shift {
            // Leave room for the classes of characters that have not occurred yet.
            self.shift = (classes + 4).next_power_of_two().trailing_zeros();
            self.clear()?;
        }
        Ok(())
    }

    /// Whether the rows are wide enough.
    #[inline(always)]
    pub(crate) fn is_wide_enough(&self, classes: usize) -> bool {
        classes <= 1 << self.shift
    }

    fn clear(&mut self) -> Result<(), NoMemory> {
        self.transitions.clear();
        self.states.clear();
        self.items.clear();
        self.table.clear();
        self.starts.clear();
        resize(&mut self.starts, 256, UNKNOWN)
    }

    /// Makes the rows wider and returns the new number of a state.
    pub(crate) fn widen_keeping(
        &mut self,
        automaton: &Automaton,
        classes: usize,
        state: u32,
        scratch: &mut Scratch,
    ) -> Result<u32, Stop> {
        let old = self.states[(state >> self.shift) as usize];
        scratch.next.clear();
        extend(&mut scratch.next, &self.items[old.offset as usize..][..old.length as usize])?;
        self.widen(classes)?;
        let next = std::mem::take(&mut scratch.next);
        let id = self.intern(automaton, &next, old.flags, old.context);
        scratch.next = next;
        Ok(id? & STATE)
    }

    /// The state at the start of a scan. `context` describes the character before it in the direction of the scan.
    #[inline(always)]
    pub(crate) fn start(
        &mut self,
        automaton: &Automaton,
        flags: u8,
        context: Context,
        scratch: &mut Scratch,
    ) -> Result<u32, Stop> {
        let key = usize::from(flags) << 5 | usize::from(context);
        match self.starts.get(key) {
            Some(&known) if known != UNKNOWN => Ok(known),
            _ => self.new_start(automaton, flags, context, scratch),
        }
    }

    #[cold]
    #[inline(never)]
    fn new_start(
        &mut self,
        automaton: &Automaton,
        flags: u8,
        context: Context,
        scratch: &mut Scratch,
    ) -> Result<u32, Stop> {
        let key = usize::from(flags) << 5 | usize::from(context);
        let nfa = &automaton.nfa;
        let closure = Closure { nfa, reverse: self.reverse, around: None };
        scratch.visited.reset(nfa.nodes.len())?;
        let mut next = std::mem::take(&mut scratch.next);
        next.clear();
        if flags & FLAG_SEARCH != 0 {
            push(&mut next, SEARCH)?;
        } else {
            let first = if self.reverse { nfa.matched } else { nfa.start };
            closure.add(first, &mut scratch.visited, &mut scratch.stack, &mut next)?;
        }
        if self.reverse {
            next.sort_unstable();
            next.dedup();
        }
        let id = self.intern(automaton, &next, flags & (FLAG_ADVANCE | FLAG_FULL), context);
        scratch.next = next;
        let id = id?;
        if let Some(slot) = self.starts.get_mut(key) {
            *slot = id;
        }
        Ok(id)
    }

    /// Computes the transition of `state` for a class. If the states were discarded, the number of `state` is invalid
    /// afterwards, but that of the result is valid.
    #[cold]
    #[inline(never)]
    pub(crate) fn step(
        &mut self,
        automaton: &Automaton,
        wide: &Wide,
        state: u32,
        class: u16,
        scratch: &mut Scratch,
    ) -> Result<u32, Stop> {
        self.computed += 1;
        let (nfa, classes) = (&automaton.nfa, &automaton.classes);
        let info = self.states[(state >> self.shift) as usize];
        let items = &self.items[info.offset as usize..][..info.length as usize];
        let read = wide.context(classes, class);
        scratch.visited.reset(nfa.nodes.len())?;
        scratch.resolved.clear();
        if info.pending {
            let around = Some(if self.reverse { (read, info.context) } else { (info.context, read) });
            let closure = Closure { nfa, reverse: self.reverse, around };
            for &item in items {
                if item == SEARCH {
                    closure.add(nfa.start, &mut scratch.visited, &mut scratch.stack, &mut scratch.resolved)?;
                    push(&mut scratch.resolved, SEARCH)?;
                } else if self.reverse {
                    match nfa.nodes.get(item as usize) {
                        Some(Node::Assert { at, .. }) => {
                            if holds(*at, read, info.context) {
                                closure.add(item, &mut scratch.visited, &mut scratch.stack, &mut scratch.resolved)?;
                            }
                        }
                        _ => push(&mut scratch.resolved, item)?,
                    }
                } else {
                    closure.add(item, &mut scratch.visited, &mut scratch.stack, &mut scratch.resolved)?;
                }
            }
            scratch.visited.clear();
        } else {
            extend(&mut scratch.resolved, items)?;
        }
        let mut matched = false;
        let mut next = std::mem::take(&mut scratch.next);
        next.clear();
        let closure = Closure { nfa, reverse: self.reverse, around: None };
        let full = info.flags & FLAG_FULL != 0;
        for &item in &scratch.resolved {
            match item {
                REACHED => matched = true,
                SEARCH => push(&mut next, SEARCH)?,
                _ => match &nfa.nodes[item as usize] {
                    Node::Match if info.flags & FLAG_ADVANCE != 0 => {}
                    Node::Match if full => matched |= class == EDGE_CLASS,
                    Node::Match => {
                        matched = true;
                        break;
                    }
                    Node::Char { unit, next: target } if wide.accepts(classes, class, *unit) => {
                        let target = if self.reverse { item } else { *target };
                        let added = next.len();
                        closure.add(target, &mut scratch.visited, &mut scratch.stack, &mut next)?;
                        // Nodes after an unconditional end of the pattern have a lower priority than the match.
                        if !self.reverse
                            && !full
                            && let Some(end) = next[added..].iter().position(|&item| item == nfa.matched)
                        {
                            next.truncate(added + end + 1);
                            break;
                        }
                    }
                    _ => {}
                },
            }
        }
        if self.reverse {
            next.sort_unstable();
            next.dedup();
        }
        let found = if matched { MATCH } else { 0 };
        let result = if next.is_empty() || class == EDGE_CLASS {
            Ok((DEAD, self.clears))
        } else {
            let context = read & if self.reverse { classes.after } else { classes.before };
            let clears = self.clears;
            self.intern(automaton, &next, info.flags & FLAG_FULL, context).map(|id| (id, clears))
        };
        scratch.next = next;
        let (id, clears) = result?;
        if clears == self.clears {
            self.transitions[(state + u32::from(class)) as usize] = id | found;
            if id == state && !self.reverse && !self.keep && self.examine(automaton, wide, state, class, found, scratch)
            {
                return Ok(id | found | LOOP);
            }
        }
        Ok(id | found)
    }

    /// Marks the transitions of a state that leads to itself with [`LOOP`] if at most three characters below 256 lead
    /// elsewhere. `class` is a class that leads back, with the flag `found`.
    fn examine(
        &mut self,
        automaton: &Automaton,
        wide: &Wide,
        state: u32,
        class: u16,
        found: u32,
        scratch: &mut Scratch,
    ) -> bool {
        let classes = &automaton.classes;
        let index = (state >> self.shift) as usize;
        if self.states[index].examined || classes.latin1.iter().filter(|&&other| other == class).count() < LARGE_CLASS {
            return false;
        }
        self.states[index].examined = true;
        let mut escapes = Escapes::default();
        self.keep = true;
        let few = (0..=u8::MAX).all(|ch| {
            let class = classes.latin1[usize::from(ch)];
            let mut transition = self.transitions[(state + u32::from(class)) as usize];
            if transition == UNKNOWN {
                match self.step(automaton, wide, state, class, scratch) {
                    Ok(computed) => transition = computed,
                    Err(_) => return false,
                }
            }
            transition == state | found || escapes.push(ch)
        });
        self.keep = false;
        if !few {
            return false;
        }
        self.states[index].escapes = escapes;
        for transition in &mut self.transitions[state as usize..][..1 << self.shift] {
            if *transition == state | found {
                *transition |= LOOP;
            }
        }
        true
    }

    /// The characters that leave a state whose transitions have the flag [`LOOP`].
    pub(crate) fn escapes(&self, state: u32) -> Escapes {
        self.states[(state >> self.shift) as usize].escapes
    }

    /// The number of the state with these items, with the flag [`START`] where it applies.
    fn intern(&mut self, automaton: &Automaton, items: &[u32], flags: u8, context: Context) -> Result<u32, Stop> {
        let nfa = &automaton.nfa;
        let (mut pending, mut sees) = (false, false);
        for &item in items {
            if item == SEARCH {
                pending = true;
                sees |= automaton.start_asserts;
            } else if item != REACHED && matches!(nfa.nodes[item as usize], Node::Assert { .. }) {
                pending = true;
                sees = true;
            }
        }
        let context = if sees { context } else { 0 };
        let start = if items == [SEARCH] && flags == 0 && automaton.prefilter.as_ref().is_some_and(Prefilter::is_rare) {
            START
        } else {
            0
        };
        let hash = hash(items, flags, context);
        if let Some(id) = self.find(items, flags, context, hash) {
            return Ok(id << self.shift | start);
        }
        let width = 1_usize << self.shift;
        let used = (self.transitions.len() + width + self.items.len() + items.len() + self.table.len()) * 4;
        if used > automaton.dfa_memory && !self.states.is_empty() {
            if self.keep {
                return Err(Stop::Limit);
            }
            self.clear()?;
            self.clears += 1;
        }
        if self.transitions.len() + width > STATE as usize {
            return Err(Stop::Limit);
        }
        reserve(&mut self.transitions, width)?;
        reserve(&mut self.items, items.len())?;
        reserve(&mut self.states, 1)?;
        let id = self.states.len() as u32;
        let state = State {
            offset: self.items.len() as u32,
            length: items.len() as u32,
            flags,
            context,
            pending,
            escapes: Escapes::default(),
            examined: false,
        };
        self.states.push(state);
        self.items.extend_from_slice(items);
        self.transitions.resize(self.transitions.len() + width, UNKNOWN);
        self.enter(id, hash)?;
        Ok(id << self.shift | start)
    }

    fn find(&self, items: &[u32], flags: u8, context: Context, hash: u32) -> Option<u32> {
        let mask = self.table.len().checked_sub(1)?;
        let mut slot = hash as usize & mask;
        loop {
            let id = self.table[slot];
            if id == UNKNOWN {
                return None;
            }
            let state = &self.states[id as usize];
            if state.flags == flags
                && state.context == context
                && &self.items[state.offset as usize..][..state.length as usize] == items
            {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn enter(&mut self, id: u32, hash: u32) -> Result<(), NoMemory> {
        if self.states.len() * 2 > self.table.len() {
            let size = (self.states.len() * 4).next_power_of_two().max(64);
            self.table = filled(UNKNOWN, size)?;
            for other in 0..id {
                let state = &self.states[other as usize];
                let items = &self.items[state.offset as usize..][..state.length as usize];
                let hash = self::hash(items, state.flags, state.context);
                self.place(other, hash);
            }
        }
        self.place(id, hash);
        Ok(())
    }

    fn place(&mut self, id: u32, hash: u32) {
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        while self.table[slot] != UNKNOWN {
            slot = (slot + 1) & mask;
        }
        self.table[slot] = id;
    }
}

fn hash(items: &[u32], flags: u8, context: Context) -> u32 {
    let mut hash = u64::from(flags) << 8 | u64::from(context);
    for &item in items {
        hash = (hash.rotate_left(5) ^ u64::from(item)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    (hash >> 32) as u32 ^ hash as u32
}
