//! The keys of a document: equal ones become one `str`.
//!
//! C keeps them in a dict, the memo, and makes a `str` for every key to look it up there. Here a hash table with open
//! addressing and linear probing finds a key by its characters in the document, without making an object or asking for
//! its hash. The hash is not keyed, so a document can be made in which many keys collide; therefore a key is looked for
//! in few places, and one that finds none of them free goes into a dict as C's. So the work for a key is bounded by its
//! length and one lookup in a dict.

#![forbid(unsafe_code)]

use crate::ucs::{Ucs, equal};
use cpython_api::types::PyDict;
use cpython_api::{Bound, PyErr, PyResult, Python};

/// Up to this many keys are compared one after the other; for more there is a hash table.
const FEW: usize = 4;
/// How many places a table starts with.
const FIRST: usize = 128;
/// How many places are probed for a key.
const PROBES: usize = 8;

struct Entry<'py> {
    key: Bound<'py>,
    hash: u32,
    start: usize,
    len: usize,
}

/// The keys that have been seen.
pub(super) struct Memo<'py> {
    /// The numbers of the entries, from one on; zero for none. The length is a power of two.
    places: Vec<u32>,
    entries: Vec<Entry<'py>>,
    /// Keys for which no place was free. Their entries are kept for a larger table.
    collided: Option<Bound<'py, PyDict>>,
}

impl<'py> Memo<'py> {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), entries: Vec::new(), collided: None }
    }

    /// The `str` for the key that is at `start..end`, made by `make` unless there is one.
    #[inline]
    pub(super) fn get<U: Ucs>(
        &mut self,
        py: Python<'py>,
        document: &[U],
        start: usize,
        end: usize,
        make: impl FnOnce() -> PyResult<Bound<'py>>,
    ) -> PyResult<Bound<'py>> {
        let units = &document[start..end];
        let hash = U::hash(units);
        let is_equal = |entry: &Entry<'_>| {
            entry.hash == hash && entry.len == units.len() && equal(&document[entry.start..][..entry.len], units)
        };
        if self.places.is_empty() {
            for entry in &self.entries {
                if is_equal(entry) {
                    return Ok(entry.key.clone());
                }
            }
        }
        let mut is_full = false;
        for place in probes(hash, self.places.len()) {
            let number = self.places[place] as usize;
            let Some(entry) = number.checked_sub(1).and_then(|index| self.entries.get(index)) else {
                is_full = false;
                break;
            };
            if is_equal(entry) {
                return Ok(entry.key.clone());
            }
            is_full = true;
        }
        self.insert(py, Entry { key: make()?, hash, start, len: units.len() }, is_full)
    }

    /// Adds a key that is in none of its places. Only if they are all taken can it be in the dict.
    #[inline(never)]
    fn insert(&mut self, py: Python<'py>, entry: Entry<'py>, is_full: bool) -> PyResult<Bound<'py>> {
        let key = entry.key.clone();
        if is_full {
            let first = self.intern(py, &key)?;
            if !first.is(&key) {
                return Ok(first);
            }
        }
        self.entries.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
        self.entries.push(entry);
        if self.entries.len() > FEW {
            if self.entries.len() > self.places.len() / 2 {
                self.grow(py)?;
            } else if !is_full {
                self.put(py, self.entries.len() - 1)?;
            }
        }
        Ok(key)
    }

    /// Puts the number of an entry into the first of its places that is free, or its key into the dict.
    fn put(&mut self, py: Python<'py>, index: usize) -> PyResult<()> {
        let Some(entry) = self.entries.get(index) else { return Ok(()) };
        for place in probes(entry.hash, self.places.len()) {
            if let Some(place @ 0) = self.places.get_mut(place)
                && let Ok(number) = u32::try_from(index + 1)
            {
                *place = number;
                return Ok(());
            }
        }
        let key = entry.key.clone();
        self.intern(py, &key).map(drop)
    }

    /// Doubles the number of places. The keys of entries that find none of them free go into the dict.
    #[cold]
    fn grow(&mut self, py: Python<'py>) -> PyResult<()> {
        let count = (self.places.len() * 2).max(FIRST);
        let mut places = Vec::new();
        places.try_reserve_exact(count).map_err(|_| PyErr::no_memory(py))?;
        places.resize(count, 0);
        self.places = places;
        (0..self.entries.len()).try_for_each(|index| self.put(py, index))
    }

    /// The equal key that came first among those in the dict.
    pub(super) fn intern(&mut self, py: Python<'py>, key: &Bound<'py>) -> PyResult<Bound<'py>> {
        let collided = match &self.collided {
            Some(collided) => collided,
            None => self.collided.insert(PyDict::new(py)?),
        };
        collided.set_default(key, key)
    }
}

/// The places where a key with this hash may be.
#[inline(always)]
fn probes(hash: u32, places: usize) -> impl Iterator<Item = usize> {
    let first = hash as usize;
    (0..PROBES.min(places)).map(move |probe| (first + probe) & (places - 1))
}
