//! Arrays: their data, and how one is made.

use crate::typecode::{Format, Typecode};
use cpython_api::exceptions::PyBufferError;
use cpython_api::types::{NumberKind, PyBytes, PyList, PyTuple};
use cpython_api::{
    Borrowed, Bound, Declaration, Instance, InstanceData, ItemStorage, LockedItems, PyErr, PyResult, Python,
    ResizeError, WeakrefList, instance_slots, rust_instance,
};
use std::ffi::CStr;
use std::mem::offset_of;

/// The data of an array. With it objects have the size that they have in C.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Array {
    pub(super) items: ItemStorage<Typecode>,
    weak_references: WeakrefList,
}

const _: () =
    assert!(offset_of!(Array, weak_references) == 3 * size_of::<usize>() + 8, "arraymodule.c has another offset");

/// A borrowed reference to an array.
pub(super) type This<'a, 'py> = Borrowed<'a, 'py, Instance<Array>>;

impl InstanceData for Array {
    const NAME: &'static CStr = c"array.array";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(array_array_instance) });

    fn release(self, py: Python<'_>) {
        self.items.release(py);
    }
}

/// The slots of arrays that are the same for all classes.
#[unsafe(no_mangle)]
pub extern "C" fn array_array_instance() -> rust_instance {
    instance_slots::<Array>()
}

/// Another object as an array, if it is one.
#[inline]
pub(super) fn as_array<'a, 'py>(array: This<'_, 'py>, other: Borrowed<'a, 'py>) -> Option<This<'a, 'py>> {
    // Mostly both have the same class, whose base classes need not be searched then.
    if other.has_type_of(array.as_any()) {
        // SAFETY: an object of the class of an array is one, too.
        return Some(unsafe { other.cast_unchecked::<Instance<Array>>() });
    }
    other.cast_instance::<Array>()
}

/// The exception for a number of items that cannot be.
#[cold]
pub(super) fn resize_error(py: Python<'_>, error: ResizeError) -> PyErr {
    match error {
        ResizeError::Exported => PyBufferError::new_err(py, "cannot resize an array that is exporting buffers"),
        ResizeError::Memory => PyErr::no_memory(py),
    }
}

/// A type code of an array.
pub(super) fn code(array: This<'_, '_>) -> Typecode {
    array.data().items.kind()
}

impl Array {
    /// An array without items, and with room for `count`. Nobody else has it.
    pub(super) fn with_room(typecode: Typecode, count: usize) -> Option<Self> {
        let mut items = ItemStorage::new(typecode, typecode.format().size());
        items.reserve_exact(count)?;
        Some(Self { items, weak_references: WeakrefList::new() })
    }

    /// Changes the items under the lock, and raises the exception for a number of items that cannot be.
    pub(super) fn change<'a, 'py>(
        &'a self,
        py: Python<'py>,
        change: impl FnOnce(&mut LockedItems<'a, 'py, Typecode>) -> Result<(), ResizeError>,
    ) -> PyResult<()> {
        let mut items = self.items.lock(py);
        let result = change(&mut items);
        drop(items);
        result.map_err(|error| resize_error(py, error))
    }

    /// Appends items.
    pub(super) fn append(&self, py: Python<'_>, bytes: &[u8]) -> PyResult<()> {
        self.change(py, |items| items.splice(items.len()..items.len(), bytes))
    }

    /// The items as a `bytes` object.
    pub(super) fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        let len = self.items.len();
        let bytes = PyBytes::new_with(py, Some(len * self.items.item_size()), |out| {
            let items = self.items.lock(py);
            // There may be fewer now: then the object becomes shorter.
            let len = len.min(items.len());
            items.append_to(0..len, out);
            Ok(())
        })?;
        Ok(bytes.into_any())
    }

    /// All items, in a list.
    pub(super) fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        const SHORT: usize = 256;
        let items = self.items.lock(py);
        let size = items.len() * items.item_size();
        if size > SHORT {
            drop(items);
            let Snapshot { typecode, bytes } = self.snapshot(py)?;
            return list_of(py, typecode, &bytes);
        }
        let mut bytes = [0; SHORT];
        items.read(0, &mut bytes[..size]);
        drop(items);
        list_of(py, self.items.kind(), &bytes[..size])
    }

    /// A copy of all items at this moment.
    pub(super) fn snapshot(&self, py: Python<'_>) -> PyResult<Snapshot> {
        let items = self.items.lock(py);
        let bytes = items.copy(0..items.len());
        drop(items);
        Ok(Snapshot { typecode: self.items.kind(), bytes: bytes.ok_or_else(|| PyErr::no_memory(py))? })
    }
}

/// Makes an object of the module's class for the data of an array; `MemoryError` if there is none.
pub(super) fn object_like<'py>(like: This<'_, 'py>, array: Option<Array>) -> PyResult<Bound<'py>> {
    let py = like.py();
    let array = array.ok_or_else(|| PyErr::no_memory(py))?;
    like.new_like(array)
}

/// A new array with the items of one that is locked, in a range.
pub(super) fn copy_of(
    py: Python<'_>,
    items: &LockedItems<'_, '_, Typecode>,
    typecode: Typecode,
    range: std::ops::Range<usize>,
) -> Option<Array> {
    let array = Array::with_room(typecode, range.len())?;
    // There is room: this cannot fail.
    let _ = array.items.lock(py).splice_items(0..0, items, range);
    Some(array)
}

/// A copy of the items of an array.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) typecode: Typecode,
    pub(super) bytes: Vec<u8>,
}

impl Snapshot {
    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() / self.typecode.format().size()
    }

    /// The item at an index, as an object.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub(super) fn get<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py>> {
        let size = self.typecode.format().size();
        super::convert::to_object(py, self.typecode, &self.bytes[index * size..(index + 1) * size])
    }
}

/// Lists of up to this number of items are filled from a tuple.
const SHORT_LIST: usize = 20;

/// A list of a few items. It is extended by a tuple of them, and so allocates its memory once; appending would reallocate it several
/// times. The tuple itself mostly comes from the interpreter's free list.
fn short_list<'py>(py: Python<'py>, typecode: Typecode, bytes: &[u8]) -> PyResult<Bound<'py>> {
    let list = PyList::empty(py)?;
    let items = bytes.chunks_exact(typecode.format().size());
    if items.len() > 0 {
        let items = PyTuple::build(py, items.len(), |tuple| {
            items.into_iter().try_for_each(|item| tuple.push(super::convert::to_object(py, typecode, item)?))
        })?;
        list.extend(&items)?;
    }
    Ok(list.into_any())
}

/// A list of items.
fn list_of<'py>(py: Python<'py>, typecode: Typecode, bytes: &[u8]) -> PyResult<Bound<'py>> {
    let kind = match typecode.format() {
        Format::I8 => NumberKind::I8,
        Format::U8 => NumberKind::U8,
        Format::I16 => NumberKind::I16,
        Format::U16 => NumberKind::U16,
        Format::I32 => NumberKind::I32,
        Format::U32 => NumberKind::U32,
        Format::I64 => NumberKind::I64,
        Format::U64 => NumberKind::U64,
        Format::F32 => NumberKind::F32,
        Format::F64 => NumberKind::F64,
        format @ (Format::F16 | Format::C32 | Format::C64 | Format::Char) => {
            if bytes.len() <= SHORT_LIST * format.size() {
                return short_list(py, typecode, bytes);
            }
            let items = bytes.chunks_exact(format.size()).map(|item| super::convert::to_object(py, typecode, item));
            let mut objects = Vec::new();
            objects.try_reserve_exact(items.len()).map_err(|_| PyErr::no_memory(py))?;
            for item in items {
                objects.push(item?);
            }
            return PyList::from_tail(py, &mut objects, 0).map(Bound::into_any);
        }
    };
    PyList::of_numbers(py, bytes, kind).map(Bound::into_any)
}
