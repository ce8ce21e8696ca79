//! The linear-time engine of a pattern, the crate `regex-automaton`: when it is compiled, when it is used, and its memory.

use super::ctype::Types;
use crate::core::characters::{is_in, lower_unicode, upper_unicode};
use crate::core::program::Program;
use regex_automaton::{Automaton, Cache, CharTables, Options};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

/// How many characters a search has to go through for the automaton to be used from the start.
const SHORT: usize = 64;
/// How much work, in units of the backtracking matcher, takes as long as compiling an automaton.
const COMPILING: usize = 1 << 11;
/// How much work is done before the automaton may take over if it has been compiled.
const COMPILED: usize = 1 << 8;
/// If the matcher does a unit of work for so many characters or fewer, the automaton is faster.
const CHARACTERS: usize = 16;
/// How much work a search does at most, so that it takes linear time whatever comes next.
const LIMIT: usize = 1 << 14;
/// How many caches are kept. Each takes a few kilobytes for an ordinary pattern.
const CACHES: usize = 4;

/// The character types of this interpreter.
struct Tables;

impl CharTables for Tables {
    fn category(&self, category: u32, character: u32) -> bool {
        is_in(Types, category, character)
    }

    fn lower(&self, character: u32) -> u32 {
        lower_unicode(Types, character)
    }

    fn upper(&self, character: u32) -> u32 {
        upper_unicode(Types, character)
    }
}

/// The automaton of a pattern, and caches that no search has at the moment.
#[derive(Debug)]
pub(crate) struct Linear {
    /// Not compiled yet; `None` inside if the pattern is not supported.
    automaton: OnceLock<Option<Box<Automaton>>>,
    /// Whether the automaton has turned out to be the faster one.
    is_preferred: AtomicBool,
    caches: Mutex<[Option<Box<Cache>>; CACHES]>,
}

impl Linear {
    /// Not compiled yet.
    pub(crate) const fn new() -> Self {
        Self {
            automaton: OnceLock::new(),
            is_preferred: AtomicBool::new(false),
            caches: Mutex::new([const { None }; CACHES]),
        }
    }

    /// The automaton, which is compiled if it is not there; `None` if the pattern is not supported.
    ///
    /// Threads that need it at the same time compile it both, so that none waits for another.
    fn automaton(&self, program: &Program) -> Option<&Automaton> {
        let automaton = match self.automaton.get() {
            Some(automaton) => automaton,
            None => {
                let compiled = Automaton::compile(&program.code, &Options::new(&Tables)).map(Box::new);
                self.automaton.get_or_init(|| compiled)
            }
        };
        automaton.as_deref()
    }

    /// How much work the backtracking matcher does until it is asked whether the automaton takes over; nothing if there is none.
    #[inline]
    pub(crate) fn budget(&self) -> Option<usize> {
        match self.automaton.get() {
            None => Some(COMPILING),
            Some(Some(_)) => Some(COMPILED),
            Some(None) => None,
        }
    }

    /// The automaton for a search that goes through so many characters, if it has turned out to be faster.
    #[inline]
    pub(crate) fn preferred(&self, length: usize) -> Option<&Automaton> {
        if length < SHORT || !self.is_preferred.load(Ordering::Relaxed) {
            return None;
        }
        self.automaton.get()?.as_deref()
    }

    /// The automaton, if it is faster than a matcher that has done so much work for so many characters.
    pub(crate) fn after(&self, program: &Program, work: usize, characters: usize) -> Option<&Automaton> {
        if work < LIMIT && characters / CHARACTERS > work {
            return None;
        }
        let automaton = self.automaton(program);
        self.is_preferred.store(automaton.is_some(), Ordering::Relaxed);
        automaton
    }

    /// A cache that belongs to the caller until it is given back. It is taken out, so that code that runs meanwhile, such as the
    /// handler of a signal, can search with the same pattern.
    pub(crate) fn take(&self) -> Box<Cache> {
        let kept = self.caches.try_lock().ok().and_then(|mut caches| caches.iter_mut().find_map(Option::take));
        kept.unwrap_or_default()
    }

    /// Keeps a cache for the next search, if there is room and no other thread is here.
    pub(crate) fn give_back(&self, cache: Box<Cache>) {
        if let Ok(mut caches) = self.caches.try_lock()
            && let Some(place) = caches.iter_mut().find(|place| place.is_none())
        {
            *place = Some(cache);
        }
    }
}
