//! `slice`

use crate::ffi_call::{new_reference, ssize, status_or_err};
use crate::types::python_type;
use crate::{Bound, PyResult, Python};
use cpython_sys as ffi;

python_type! {
    /// `slice`
    PySlice, "slice", shim_PySlice_Check
}

/// The items of a sequence that a slice names: `count` of them, from `start` on, `step` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceIndices {
    /// The first index.
    pub start: isize,
    /// The index after the last.
    pub stop: isize,
    /// From one index to the next, never 0.
    pub step: isize,
    /// How many there are.
    pub count: usize,
}

impl PySlice {
    /// `slice(start, stop, step)`
    #[inline]
    pub fn new<'py>(
        py: Python<'py>,
        start: Option<&Bound<'py>>,
        stop: Option<&Bound<'py>>,
        step: Option<&Bound<'py>>,
    ) -> PyResult<Bound<'py, Self>> {
        let slice = new_reference!(py, PySlice_New(start, stop, step))?;
        // SAFETY: the call makes a slice.
        Ok(unsafe { slice.cast_into_unchecked() })
    }
}

/// The numbers of a slice, before it is known how long the sequence is.
#[derive(Clone, Copy, Debug)]
pub struct UnpackedSlice {
    start: isize,
    stop: isize,
    step: isize,
}

impl UnpackedSlice {
    /// The indices for a sequence of `len` items.
    #[inline]
    pub fn adjust(self, len: usize) -> SliceIndices {
        let Self { mut start, mut stop, step } = self;
        // SAFETY: the call reads and writes variables of its types. The step is not 0.
        let count = unsafe { ffi::PySlice_AdjustIndices(ssize(len), &mut start, &mut stop, step) };
        SliceIndices { start, stop, step, count: usize::try_from(count).unwrap_or(0) }
    }
}

impl Bound<'_, PySlice> {
    /// The numbers of the slice. It may run the `__index__` of any object.
    #[inline]
    pub fn unpack(&self) -> PyResult<UnpackedSlice> {
        let (mut start, mut stop, mut step) = (0, 0, 0);
        // SAFETY: a live slice and an attached thread (invariants); the results are written to variables of their type.
        let status = unsafe { ffi::PySlice_Unpack(self.as_ptr(), &mut start, &mut stop, &mut step) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), status) }?;
        Ok(UnpackedSlice { start, stop, step })
    }

    /// The indices for a sequence of `len` items. It may run the `__index__` of any object, and `len` is that before it: a
    /// sequence that can change meanwhile is asked again.
    #[inline]
    pub fn indices(&self, len: usize) -> PyResult<SliceIndices> {
        Ok(self.unpack()?.adjust(len))
    }
}
