//! Arrays: their data, and how one is made.

use crate::typecode::{Format, Typecode};
use cpython_api::exceptions::PyBufferError;
use cpython_api::types::{NumberKind, PyBytes, PyList, PyStr};
use cpython_api::{
    Borrowed, Bound, Declaration, Instance, InstanceData, ItemStorage, LockedItems, OutBuf, PyErr, PyResult, Python,
    ResizeError, instance_slots, rust_instance,
};
use std::ffi::CStr;
use std::mem::MaybeUninit;

/// The data of an array. With it objects have the size that they have in C.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Array {
    pub(super) items: ItemStorage<Typecode>,
}

const _: () =
    assert!(ItemStorage::<Typecode>::WEAK_REFERENCES == 4 * size_of::<usize>(), "arraymodule.c has another offset");

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
    /// An array of these items. Nobody else has it.
    pub(super) const fn new(items: ItemStorage<Typecode>) -> Self {
        Self { items }
    }

    /// An array without items, and with room for `count`.
    pub(super) fn with_room(typecode: Typecode, count: usize) -> Option<Self> {
        let mut items = ItemStorage::new(typecode, typecode.format().size());
        items.reserve_exact(count)?;
        Some(Self::new(items))
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

    /// The same without the lock, if nobody changes the items meanwhile. This cannot panic.
    pub(super) fn try_to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py>>> {
        let size = self.items.len() * self.items.item_size();
        let bytes = PyBytes::try_new_with(py, size, |out| self.items.try_append_to(py, out))?;
        Ok(bytes.map(Bound::into_any))
    }

    /// All items, in a list.
    pub(super) fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        const SHORT: usize = 256;
        let mut room = [const { MaybeUninit::uninit() }; SHORT];
        let mut copy = OutBuf::new(&mut room);
        if self.items.try_append_to(py, &mut copy) {
            return list_of(py, self.items.kind(), copy.filled());
        }
        let Snapshot { typecode, bytes } = self.snapshot(py)?;
        list_of(py, typecode, &bytes)
    }

    /// A copy of all items at this moment.
    pub(super) fn snapshot(&self, py: Python<'_>) -> PyResult<Snapshot> {
        let items = self.items.lock(py);
        let bytes = items.copy(0..items.len());
        drop(items);
        Ok(Snapshot { typecode: self.items.kind(), bytes: bytes.ok_or_else(|| PyErr::no_memory(py))? })
    }
}

/// Makes an object of the module's class for the items of an array; `MemoryError` if there are none.
pub(super) fn object_like<'py>(like: This<'_, 'py>, items: Option<ItemStorage<Typecode>>) -> PyResult<Bound<'py>> {
    let py = like.py();
    let items = items.ok_or_else(|| PyErr::no_memory(py))?;
    like.new_like(Array::new(items))
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
        Format::Char => {
            let units = bytes.as_chunks().0;
            let list = PyList::build(py, units.len(), |list| {
                units
                    .iter()
                    .try_for_each(|unit| list.push(PyStr::from_ordinal(py, i32::from_ne_bytes(*unit))?.into_any()))
            });
            return list.map(Bound::into_any);
        }
        format @ (Format::F16 | Format::C32 | Format::C64) => {
            let mut items = bytes.chunks_exact(format.size());
            let list = PyList::build(py, items.len(), |list| {
                items.try_for_each(|item| list.push(super::convert::to_object(py, typecode, item)?))
            });
            return list.map(Bound::into_any);
        }
    };
    PyList::of_numbers(py, bytes, kind).map(Bound::into_any)
}
