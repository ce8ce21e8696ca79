//! The safe layer between the module crates and CPython's C API, for the free-threaded build.
//!
//! ```text
//! module crates  ->  cpython-api  ->  cpython-sys  ->  CPython
//!       |                                  ^
//!       +------------- never --------------+
//! ```
//!
//! A module crate that needs a C function which is not here gets a wrapper here first, with a test. A wrapper is a
//! safe function only if no caller can break memory with it; where the guarantee is the caller's, it is an
//! `unsafe fn` that says what is owed.
//!
//! - [`Python`] is the proof that this thread is attached to an interpreter.
//! - [`Bound`], [`Borrowed`] and [`Py`] are references to objects: owned, lent, and owned without an attached thread.
//! - [`PyErr`] is the proof that an exception is set, and [`PyResult`] carries it.
//! - [`entry`](entry()) is the one way in from C: it catches panics and turns results into C's sentinels.
//! - [`Input`] reads a buffer that other threads may be writing; [`bytes_with`] fills a new `bytes` object in place.
//! - [`PyMutex`] guards state that objects share between threads.

mod buffer;
mod bytes;
mod entry;
mod err;
mod float;
mod handle;
mod int;
mod items;
mod module;
mod mutex;
mod number;
mod python;
mod text;

pub use buffer::{Input, read_blocks};
pub use bytes::{bytes_as_slice, bytes_with};
pub use cpython_sys::{Py_buffer, Py_complex, PyObject};
pub use entry::{EntryValue, entry};
pub use err::{ExceptionType, PyErr, PyResult};
pub use float::{FloatRepr, complex_as_parts, complex_new, float_as_double, float_new, is_exact_float};
pub use handle::{Borrowed, Bound, Py};
pub use int::{IntView, int_from_limbs};
pub use items::{BLOCK, Item, Items, Number, Numbers, Objects, sequence_tuple};
pub use module::module_state;
pub use mutex::{PyMutex, PyMutexGuard};
pub use number::{
    bool_new, check_signals, int_from_f64, int_from_i64, int_from_u32, int_from_u64, is_exact_int, is_int,
    number_absolute, number_add, number_floor_divide, number_index, number_multiply, number_subtract,
    number_true_divide, pair,
};
pub use outbuf::OutBuf;
pub use python::Python;
pub use text::{is_str, object_len, str_as_latin1};
