//! The linear-time engine of a pattern, from the crate `regex-automaton`: when it is compiled and used, and its caches.

#![forbid(unsafe_code)]

use super::ctype::Types;
use crate::core::characters::{is_in, lower_unicode, upper_unicode};
use regex_automaton::{Automaton, Cache, CharTables, CompileError, Options};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use try_alloc::{NoMemory, boxed};

/// The minimum number of characters for a search to start in the automaton.
const SHORT: usize = 64;
/// The amount of work, in units of the backtracking matcher, that takes as long as compiling an automaton.
const COMPILING: usize = 1 << 11;
/// The amount of work before the automaton may take over if it has been compiled.
const COMPILED: usize = 1 << 8;
/// The automaton is faster if the matcher does at least one unit of work per this number of characters.
const CHARACTERS: usize = 16;
/// The amount of work after which the automaton takes over in any case, so that a search takes linear time.
const LIMIT: usize = 1 << 14;
/// The maximum number of caches in the pool. Each takes a few kilobytes for an ordinary pattern.
const CACHES: usize = 4;
/// A cache that takes more bytes than this is freed after the search. The states of both automata in it, forward and backward, fit in
/// 8 MB; the rest is work space that depends on the length of the match and can reach hundreds of MB. A search that fills
/// it takes longer than computing the states again.
const KEPT_BYTES: usize = 16 << 20;

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

/// The automaton of a pattern, if it is needed.
#[derive(Debug)]
pub(crate) struct Linear {
    /// The automaton once it has been compiled; `Some(None)` if the pattern is not supported.
    compiled: OnceLock<Option<Box<Compiled>>>,
    /// Whether the automaton has been faster in an earlier search.
    is_preferred: AtomicBool,
}

/// An automaton, and a pool of caches.
#[derive(Debug)]
struct Compiled {
    automaton: Automaton,
    caches: Mutex<[Option<Box<Cache>>; CACHES]>,
}

impl Linear {
    /// An automaton that has not been compiled yet.
    pub(crate) const fn new() -> Self {
        Self { compiled: OnceLock::new(), is_preferred: AtomicBool::new(false) }
    }

    /// The automaton, which is compiled when it is first needed; `None` if the pattern is not supported.
    ///
    /// Threads that need it at the same time may each compile it, so that none waits for another.
    fn automaton(&self, code: &[u32]) -> Result<Option<&Automaton>, NoMemory> {
        let compiled = match self.compiled.get() {
            Some(compiled) => compiled,
            None => {
                let compiled = match Automaton::compile(code, &Options::new(&Tables)) {
                    Ok(automaton) => Some(boxed(Compiled { automaton, caches: Mutex::new([const { None }; CACHES]) })?),
                    Err(CompileError::Unsupported) => None,
                    Err(CompileError::Memory) => return Err(NoMemory),
                };
                self.compiled.get_or_init(|| compiled)
            }
        };
        Ok(compiled.as_ref().map(|compiled| &compiled.automaton))
    }

    /// The work that the backtracking matcher may do before the automaton is considered; `None` if the pattern is not supported.
    #[inline]
    pub(crate) fn budget(&self) -> Option<usize> {
        match self.compiled.get() {
            None => Some(COMPILING),
            Some(Some(_)) => Some(COMPILED),
            Some(None) => None,
        }
    }

    /// The automaton, if a search in this number of characters should start in it.
    #[inline]
    pub(crate) fn preferred(&self, length: usize) -> Option<&Automaton> {
        if length < SHORT || !self.is_preferred.load(Ordering::Relaxed) {
            return None;
        }
        Some(&self.compiled.get()?.as_ref()?.automaton)
    }

    /// The automaton, if it is faster than the matcher, which has done this amount of work for this number of characters.
    pub(crate) fn after(&self, code: &[u32], work: usize, characters: usize) -> Result<Option<&Automaton>, NoMemory> {
        if work < LIMIT && characters / CHARACTERS > work {
            return Ok(None);
        }
        let automaton = self.automaton(code)?;
        self.is_preferred.store(automaton.is_some(), Ordering::Relaxed);
        Ok(automaton)
    }

    /// A search has exceeded a limit of the automaton, so that the next one starts in the matcher.
    #[cold]
    pub(crate) fn give_up(&self) {
        self.is_preferred.store(false, Ordering::Relaxed);
    }

    fn caches(&self) -> Option<&Mutex<[Option<Box<Cache>>; CACHES]>> {
        Some(&self.compiled.get()?.as_ref()?.caches)
    }

    /// Takes a cache out of the pool, or creates one. No lock is held during the search, so that code that runs meanwhile, such
    /// as a signal handler, can search with the same pattern.
    pub(crate) fn take(&self) -> Result<Box<Cache>, NoMemory> {
        let kept = self.caches().and_then(|caches| caches.try_lock().ok());
        let kept = kept.and_then(|mut caches| caches.iter_mut().find_map(Option::take));
        kept.map_or_else(|| boxed(Cache::new()), Ok)
    }

    /// Puts a cache into the pool, if it is not too large, there is room and no other thread holds the lock of the pool.
    pub(crate) fn give_back(&self, cache: Box<Cache>) {
        if cache.memory_usage() <= KEPT_BYTES
            && let Some(Ok(mut caches)) = self.caches().map(Mutex::try_lock)
            && let Some(place) = caches.iter_mut().find(|place| place.is_none())
        {
            *place = Some(cache);
        }
    }
}
