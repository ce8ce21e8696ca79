//! The keys of a document: equal ones become one `str`.
//!
//! C keeps them in a dict, and makes a `str` for every key to look it up there. Here a table finds a key by the
//! characters in the document, without an object. It has one place for each hash, remembers where in the document the
//! key stood first, and hands a key that has to make room to a dict as C's, so that it is not made again. So the work
//! for a key is bounded by its length and one lookup in a dict whatever the document does.

use crate::ucs::Ucs;
use cpython_api::{Bound, PyErr, PyResult, Python, dict_intern, dict_new};

const PLACES: usize = 256;

struct Entry<'py> {
    key: Bound<'py>,
    start: usize,
    len: usize,
}

/// The keys that have been seen.
pub(super) struct Memo<'py> {
    /// For each hash the number of its entry, from one on; zero for none.
    places: [u8; PLACES],
    entries: Vec<Entry<'py>>,
    evicted: Option<Bound<'py>>,
}

impl<'py> Memo<'py> {
    pub(super) fn new() -> Self {
        Self { places: [0; PLACES], entries: Vec::new(), evicted: None }
    }

    /// The `str` for the key that stands at `start..end`, made by `make` unless there is one.
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
        let place = usize::from(U::hash(units)) % PLACES;
        let number = usize::from(self.places[place]);
        if let Some(entry) = number.checked_sub(1).and_then(|index| self.entries.get(index))
            && entry.len == units.len()
            && &document[entry.start..][..entry.len] == units
        {
            return Ok(entry.key.clone());
        }
        self.insert(py, place, (start, units.len()), make()?)
    }

    #[inline(never)]
    fn insert(
        &mut self,
        py: Python<'py>,
        place: usize,
        (start, len): (usize, usize),
        key: Bound<'py>,
    ) -> PyResult<Bound<'py>> {
        let key = match &self.evicted {
            Some(memo) => dict_intern(memo.as_borrowed(), &key)?,
            None => key,
        };
        let entry = Entry { key: key.clone(), start, len };
        let number = usize::from(self.places[place]);
        if let Some(old) = number.checked_sub(1).and_then(|index| self.entries.get_mut(index)) {
            let evicted = std::mem::replace(old, entry);
            self.intern(py, &evicted.key)?;
        } else if let Ok(number) = u8::try_from(self.entries.len() + 1) {
            self.entries.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
            self.entries.push(entry);
            self.places[place] = number;
        } else {
            self.intern(py, &key)?;
        }
        Ok(key)
    }

    /// The equal key that came first, among those that are in no place of the table.
    pub(super) fn intern(&mut self, py: Python<'py>, key: &Bound<'py>) -> PyResult<Bound<'py>> {
        let memo = match &self.evicted {
            Some(memo) => memo,
            None => self.evicted.insert(dict_new(py)?),
        };
        dict_intern(memo.as_borrowed(), key)
    }
}
