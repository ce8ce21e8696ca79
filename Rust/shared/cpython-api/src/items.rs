//! Going through the items of an iterable, numbers first of all.
//!
//! The items of a list or a tuple are read by index, as their iterators do, but floats and small ints in blocks and
//! without a reference to each. Reading a block runs no Python code, so nothing can see that it is one.

use crate::types::{ExactCheck, PyBool, PyFloat, PyInt, PyList, PyTuple};
use crate::{Borrowed, Bound, Doubles, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

/// How many numbers a block has at most.
pub const BLOCK: usize = 64;

/// A number that was read without running Python code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Exactly a `float`.
    Float(f64),
    /// Exactly an `int`.
    Int(i64),
    /// A `bool`.
    Bool(bool),
}

impl Number {
    #[inline]
    fn new(kind: u8, bits: i64) -> Self {
        match u32::from(kind) {
            ffi::SHIM_ITEM_FLOAT => Self::Float(f64::from_bits(bits as u64)),
            ffi::SHIM_ITEM_INT => Self::Int(bits),
            _ => Self::Bool(bits != 0),
        }
    }

    /// The number as a double, rounded as `float()` does.
    #[inline]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Int(value) => value as f64,
            Self::Bool(value) => f64::from(u8::from(value)),
        }
    }

    /// The number as an object again, equal to the one that was read.
    #[inline]
    pub fn to_object(self, py: Python<'_>) -> PyResult<Bound<'_>> {
        match self {
            Self::Float(value) => PyFloat::new(py, value).map(Bound::into_any),
            Self::Int(value) => PyInt::new(py, value).map(Bound::into_any),
            Self::Bool(value) => Ok(PyBool::new(py, value).into_any()),
        }
    }
}

/// The kinds of several numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Whether all are floats, and there are any.
    #[inline]
    pub fn are_floats(self) -> bool {
        u32::from(self.0) == ffi::SHIM_ITEM_FLOAT
    }

    /// Whether all are ints, and there are any.
    #[inline]
    pub fn are_ints(self) -> bool {
        u32::from(self.0) == ffi::SHIM_ITEM_INT
    }
}

/// A block of numbers.
///
/// # Invariants
///
/// - The first `len` of both arrays are initialised.
#[derive(Debug)]
pub struct Numbers {
    kinds: MaybeUninit<[u8; BLOCK]>,
    bits: MaybeUninit<[i64; BLOCK]>,
    len: usize,
}

impl Default for Numbers {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl Numbers {
    /// An empty block.
    #[inline]
    pub fn new() -> Self {
        // A constant would be copied, with all that is not initialised in it.
        Self { kinds: MaybeUninit::uninit(), bits: MaybeUninit::uninit(), len: black_box(0) }
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    fn kinds(&self) -> &[u8] {
        // SAFETY: that many are initialised (invariants).
        unsafe { slice::from_raw_parts(self.kinds.as_ptr().cast(), self.len) }
    }

    #[inline]
    fn bits(&self) -> &[i64] {
        // SAFETY: that many are initialised (invariants).
        unsafe { slice::from_raw_parts(self.bits.as_ptr().cast(), self.len) }
    }

    /// The number at `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Number {
        Number::new(self.kinds()[index], self.bits()[index])
    }

    /// All of them.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Number> + '_ {
        self.kinds().iter().zip(self.bits()).map(|(kind, bits)| Number::new(*kind, *bits))
    }

    /// The kinds of the first `len`. All are looked at, which takes less time than stopping at the first other one.
    #[inline]
    pub fn kinds_of(&self, len: usize) -> Kinds {
        Kinds(self.kinds()[..len].iter().fold(0, |all, kind| all | kind))
    }

    /// All of them, if they are all floats.
    #[inline]
    pub fn floats(&self) -> Option<impl Iterator<Item = f64> + Clone + '_> {
        self.kinds_of(self.len).are_floats().then(|| self.as_floats())
    }

    /// All of them, if they are all ints.
    #[inline]
    pub fn ints(&self) -> Option<&[i64]> {
        self.kinds_of(self.len).are_ints().then(|| self.bits())
    }

    /// The values as ints. Those of numbers of other kinds mean nothing.
    #[inline]
    pub fn as_ints(&self) -> &[i64] {
        self.bits()
    }

    /// The values as floats. Those of numbers of other kinds mean nothing.
    #[inline]
    pub fn as_floats(&self) -> impl Iterator<Item = f64> + Clone + '_ {
        self.bits().iter().map(|bits| f64::from_bits(*bits as u64))
    }

    /// Writes the first of them as doubles.
    #[inline]
    pub fn copy_as_f64(&self, values: &mut [f64]) {
        if self.kinds_of(values.len()).are_floats() {
            values.iter_mut().zip(self.as_floats()).for_each(|(value, number)| *value = number);
        } else {
            values.iter_mut().zip(self.iter()).for_each(|(value, number)| *value = number.as_f64());
        }
    }

    /// Reads the numbers at the start of `objects`, at most a block.
    #[inline]
    pub fn read(&mut self, objects: Objects<'_>) {
        let count = objects.0.len().min(BLOCK);
        // SAFETY: the objects are live, and both arrays have room for `count`.
        let read = unsafe {
            ffi::shim_array_numbers(
                objects.0.as_ptr(),
                count as ffi::Py_ssize_t,
                self.kinds.as_mut_ptr().cast(),
                self.bits.as_mut_ptr().cast(),
            )
        };
        self.len = read as usize;
    }
}

/// The positional arguments of a call, which the caller keeps alive.
///
/// # Invariants
///
/// - All are live for `'a`.
#[derive(Clone, Copy, Debug)]
pub struct Objects<'a>(&'a [*mut ffi::PyObject]);

impl<'a> Objects<'a> {
    /// Takes arguments as C has them.
    ///
    /// # Safety
    ///
    /// - `start` points to `count` objects, which stay alive and in their places for `'a`; it may be
    ///   anything when `count` is 0.
    #[inline]
    pub unsafe fn from_raw(start: *const *mut ffi::PyObject, count: isize) -> Self {
        match usize::try_from(count) {
            // SAFETY: `start` points to `count` objects, which stay alive and in their places for `'a`.
            Ok(count @ 1..) => Self(unsafe { slice::from_raw_parts(start, count) }),
            _ => Self(&[]),
        }
    }

    /// How many there are.
    #[inline]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The object at `index`.
    #[inline]
    pub fn get<'py>(self, py: Python<'py>, index: usize) -> Option<Borrowed<'a, 'py>> {
        let object = *self.0.get(index)?;
        // SAFETY: the object is live for `'a` (invariants).
        unsafe { Borrowed::from_borrowed_or_null(py, object) }
    }

    /// Where they are.
    #[inline]
    pub(crate) fn as_ptr(self) -> *const *mut ffi::PyObject {
        self.0.as_ptr()
    }

    /// Those from `start` on.
    #[inline]
    pub fn from(self, start: usize) -> Self {
        Self(self.0.get(start..).unwrap_or(&[]))
    }

    /// The first `count`, or all if there are fewer.
    #[inline]
    pub fn first(self, count: usize) -> Self {
        Self(self.0.get(..count).unwrap_or(self.0))
    }
}

/// What comes next out of [`Items`].
#[derive(Debug)]
pub enum Item<'py> {
    /// Exactly a `float` or a `bool`, or an `int` that fits 64 bits, out of any kind of iterable; the object is not kept.
    Number(Number),
    /// Anything else.
    Object(Bound<'py>),
    /// Nothing more.
    End,
}

/// The items of an iterable, in order.
#[derive(Debug)]
pub struct Items<'py> {
    source: Bound<'py>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    List(ffi::Py_ssize_t),
    Tuple(ffi::Py_ssize_t),
    Iterator,
}

impl<'py> Items<'py> {
    /// Starts with `iter(iterable)`, or with the first item of a list or tuple. It may run any Python code.
    #[inline]
    pub fn new(iterable: Borrowed<'_, 'py>) -> PyResult<Self> {
        let way = if PyList::check_exact(&iterable) {
            Way::List(0)
        } else if PyTuple::check_exact(&iterable) {
            Way::Tuple(0)
        } else {
            return Ok(Self { source: iterable.iter()?.into_any(), way: Way::Iterator });
        };
        Ok(Self { source: iterable.to_owned(), way })
    }

    /// The items of a tuple, of a subclass too, whatever its `__iter__`.
    #[inline]
    pub fn of_tuple(tuple: &Bound<'py, PyTuple>) -> Self {
        Self { source: tuple.clone().into_any(), way: Way::Tuple(0) }
    }

    /// Whether items can be read in blocks.
    #[inline]
    pub fn in_blocks(&self) -> bool {
        !matches!(self.way, Way::Iterator)
    }

    /// Fills `numbers` with the numbers that come next, `count` at most, and steps over them. Returns whether they are
    /// the last items. There are none when something else comes next, or nothing, or when items cannot be read in
    /// blocks: then [`next_item`](Self::next_item) tells.
    #[inline]
    pub fn next_numbers(&mut self, count: usize, numbers: &mut Numbers) -> bool {
        let count = count.min(BLOCK) as ffi::Py_ssize_t;
        let (kinds, bits) = (numbers.kinds.as_mut_ptr().cast(), numbers.bits.as_mut_ptr().cast());
        let source = self.source.as_ptr();
        let mut size = 0;
        let (read, index) = match &mut self.way {
            Way::List(index) => {
                // SAFETY: the source is a list, as its way says, the thread is attached, and both arrays have room.
                (unsafe { ffi::shim_list_numbers(source, *index, count, kinds, bits, &mut size) }, index)
            }
            Way::Tuple(index) => {
                // SAFETY: the same for a tuple.
                (unsafe { ffi::shim_tuple_numbers(source, *index, count, kinds, bits, &mut size) }, index)
            }
            Way::Iterator => {
                numbers.len = 0;
                return false;
            }
        };
        numbers.len = read as usize;
        *index += read;
        *index >= size
    }

    /// Fills `doubles` with the numbers that come next, at most a block, and steps over them. Returns whether they are
    /// the last items. There are none when something else comes next than a float or an int that fits, or when items cannot
    /// be read in blocks: then [`next_item`](Self::next_item) tells.
    #[inline]
    pub fn next_doubles(&mut self, doubles: &mut Doubles) -> bool {
        let (is_list, index) = match &mut self.way {
            Way::List(index) => (true, index),
            Way::Tuple(index) => (false, index),
            Way::Iterator => {
                doubles.clear();
                return false;
            }
        };
        // SAFETY: the source is a list or a tuple, as its way says, and the thread is attached.
        let size = unsafe { doubles.read_block(self.source.as_ptr(), is_list, *index) };
        *index += doubles.len() as ffi::Py_ssize_t;
        *index >= size
    }

    /// What comes next out of an iterator, with a number as a double. It may run any Python code.
    #[inline(always)]
    pub fn next_double(&mut self) -> PyResult<Item<'py>> {
        let (mut value, mut item) = (0.0, ptr::null_mut());
        // SAFETY: the source is live and the thread attached; an object that is no iterator is refused.
        let kind = unsafe { ffi::shim_iter_double(self.source.as_ptr(), &mut value, &mut item) };
        if kind as u32 == ffi::SHIM_ITEM_FLOAT {
            return Ok(Item::Number(Number::Float(value)));
        }
        // SAFETY: an item that is stored is a new reference, and an error comes with an exception.
        unsafe { item_of(self.source.py(), kind as u8, 0, item) }
    }

    /// Fills `doubles` with the numbers that come next, `count` at most and a block at most, up to the first that is not below
    /// `limit`, and returns what comes then: the last number again if others may follow. It may run any Python
    /// code.
    #[inline]
    pub fn read_ahead(&mut self, doubles: &mut Doubles, count: usize, limit: f64) -> PyResult<Item<'py>> {
        // SAFETY: the source is live and the thread attached; an object that is no iterator is refused.
        let (kind, item) = unsafe { doubles.read_iterator(self.source.as_ptr(), count, limit) };
        if u32::from(kind) == ffi::SHIM_ITEM_FLOAT {
            return Ok(Item::Number(Number::Float(doubles.as_mut_slice().last().copied().unwrap_or(0.0))));
        }
        // SAFETY: an item that is stored is a new reference, and an error comes with an exception.
        unsafe { item_of(self.source.py(), kind, 0, item) }
    }

    /// Reads one item of these and one of `other` in turn, and fills `numbers` and `others` with them as long as both are
    /// numbers, at most with a block. Returns the first two items that are not both numbers, if there were any. It may run any
    /// Python code.
    #[inline]
    pub fn next_number_pairs(
        &mut self,
        numbers: &mut Numbers,
        other: &mut Self,
        others: &mut Numbers,
    ) -> PyResult<Option<(Item<'py>, Item<'py>)>> {
        const COUNT: ffi::Py_ssize_t = BLOCK as ffi::Py_ssize_t;
        let py = self.source.py();
        numbers.len = 0;
        others.len = 0;
        let (mut x, mut y) = (self.state(numbers), other.state(others));
        // SAFETY: the sources are what their ways say and the thread attached, and there is room for a block.
        let count = unsafe { ffi::shim_number_pairs(&mut x, &mut y, COUNT) } as usize;
        self.set_index(x.index);
        other.set_index(y.index);
        numbers.len = count;
        others.len = count;
        if count == BLOCK {
            return Ok(None);
        }
        // SAFETY: what came next stands after the pairs, and its item is a new reference.
        let first = unsafe { item_at(py, &x, count) }?;
        // SAFETY: what came next in `y` stands after the pairs, too: it has been read, as the item of `x` is no error.
        let second = unsafe { item_at(py, &y, count) }?;
        Ok(Some((first, second)))
    }

    /// These items as C reads them, into `numbers`.
    #[inline]
    fn state(&self, numbers: &mut Numbers) -> ffi::shim_numbers {
        let index = match self.way {
            Way::List(index) | Way::Tuple(index) => index,
            Way::Iterator => -1,
        };
        ffi::shim_numbers {
            source: self.source.as_ptr(),
            index,
            kinds: numbers.kinds.as_mut_ptr().cast(),
            bits: numbers.bits.as_mut_ptr().cast(),
            item: ptr::null_mut(),
        }
    }

    #[inline]
    fn set_index(&mut self, next: ffi::Py_ssize_t) {
        if let Way::List(index) | Way::Tuple(index) = &mut self.way {
            *index = next;
        }
    }

    /// Goes back to the first item of a list or a tuple.
    #[inline]
    pub fn rewind(&mut self) {
        if let Way::List(index) | Way::Tuple(index) = &mut self.way {
            *index = 0;
        }
    }

    /// Goes back over the last `count` items of a block.
    #[inline]
    pub fn step_back(&mut self, count: usize) {
        if let Way::List(index) | Way::Tuple(index) = &mut self.way {
            *index = (*index - count as ffi::Py_ssize_t).max(0);
        }
    }

    /// What comes next: a number wherever a block would have had one. It may run any Python code.
    #[inline]
    pub fn next_item(&mut self) -> PyResult<Item<'py>> {
        let py = self.source.py();
        let (mut bits, mut item) = (0, ptr::null_mut());
        let source = self.source.as_ptr();
        let kind = match &mut self.way {
            Way::List(index) => {
                *index += 1;
                // SAFETY: the source is a list, as its way says, and the thread attached.
                unsafe { ffi::shim_list_number(source, *index - 1, &mut bits, &mut item) }
            }
            Way::Tuple(index) => {
                *index += 1;
                // SAFETY: the same for a tuple.
                unsafe { ffi::shim_tuple_number(source, *index - 1, &mut bits, &mut item) }
            }
            // SAFETY: the source is live and the thread attached; an object that is no iterator is refused.
            Way::Iterator => unsafe { ffi::shim_iter_number(source, &mut bits, &mut item) },
        };
        // SAFETY: an item that is stored is a new reference, and an error comes with an exception.
        unsafe { item_of(py, kind as u8, bits, item) }
    }
}

/// What a shim has read.
///
/// # Safety
///
/// - `object` is a new reference if the kind is `SHIM_ITEM_OTHER`, and an exception is set if it is `SHIM_ITEM_ERROR`.
#[inline(always)]
unsafe fn item_of(py: Python<'_>, kind: u8, bits: i64, object: *mut ffi::PyObject) -> PyResult<Item<'_>> {
    match u32::from(kind) {
        // SAFETY: a new reference (the caller's promise).
        ffi::SHIM_ITEM_OTHER => Ok(unsafe { Bound::from_owned_or_null(py, object) }.map_or(Item::End, Item::Object)),
        ffi::SHIM_ITEM_END => Ok(Item::End),
        // SAFETY: an exception is set (the caller's promise).
        ffi::SHIM_ITEM_ERROR => Err(unsafe { PyErr::already_set(py) }),
        _ => Ok(Item::Number(Number::new(kind, bits))),
    }
}

/// What has been read into a place.
///
/// # Safety
///
/// - The place has a kind, and bits if that is a number; if it is another object, that is a new reference; if it is an error, an
///   exception is set.
#[inline]
unsafe fn item_at<'py>(py: Python<'py>, read: &ffi::shim_numbers, place: usize) -> PyResult<Item<'py>> {
    // SAFETY: there is such a place (the caller's promise).
    let kind = unsafe { read.kinds.add(place) };
    // SAFETY: it has a kind (the caller's promise).
    let kind = unsafe { *kind };
    let is_number = matches!(u32::from(kind), ffi::SHIM_ITEM_FLOAT | ffi::SHIM_ITEM_INT | ffi::SHIM_ITEM_BOOL);
    // SAFETY: there is such a place (the caller's promise).
    let bits = unsafe { read.bits.add(place) };
    // SAFETY: a number has bits (the caller's promise).
    let bits = if is_number { unsafe { *bits } } else { 0 };
    // SAFETY: the item is a new reference if it is another object, and an exception is set if it is an error (the
    // caller's promise).
    unsafe { item_of(py, kind, bits, read.item) }
}
