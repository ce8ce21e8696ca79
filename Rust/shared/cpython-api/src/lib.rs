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
//! - [`entry`](entry()) is the way in from C: it catches panics and turns results into C's sentinels.
//!   [`entry_unraisable`] and [`entry_traverse`] are for functions that cannot raise.
//! - [`Input`] reads a buffer that other threads may be writing; [`bytes_with`] fills a new `bytes` object in place.
//! - [`BlockOutput`] takes output of unknown length, and becomes a `bytes` object at the end.
//! - [`Payload`] is the Rust part of the objects of a heap type.
//! - [`PyMutex`] guards state that objects share between threads.

mod blocks;
mod buffer;
mod bytes;
mod call;
mod containers;
mod doubles;
mod entry;
mod err;
mod float;
mod handle;
mod int;
mod items;
mod module;
mod mutex;
mod number;
mod object;
mod python;
mod raw;
mod text;
mod value;

pub use blocks::{BlockOutput, FIRST_BLOCK, OutOfMemory};
pub use buffer::{Buffer, Input, is_buffer, read_blocks};
pub use bytes::{bytes_as_slice, bytes_with};
pub use call::{Constant, Place, call, call1, constant, import_attribute, with_recursion};
pub use containers::{
    DictPosition, FastSequence, dict_contains, dict_delete, dict_from_end, dict_intern, dict_len, dict_new, dict_read,
    dict_set, dict_update_from_end, list_append, list_append_from_end, list_from_end, list_get, list_sort,
    mapping_items, sequence_repeat, tuple_of_one, tuple_of_two, two_items,
};
pub use cpython_sys::{Py_buffer, Py_complex, Py_ssize_t, PyObject, PyTypeObject};
pub use doubles::Doubles;
pub use entry::{EntryValue, entry, entry_traverse, entry_unraisable, leave};
pub use err::{ExceptionType, PyErr, PyResult};
pub use float::{FloatRepr, complex_as_parts, complex_new, float_as_double, float_new, is_exact_float};
pub use handle::{Borrowed, Bound, Py};
pub use int::{IntView, int_from_limbs};
pub use items::{BLOCK, Item, Items, Number, Numbers, Objects, sequence_tuple};
pub use module::module_state;
pub use mutex::{PyMutex, PyMutexGuard};
pub use number::{
    bool_object, check_signals, id, int_from_decimal, int_from_f64, int_from_i64, int_from_isize, int_from_u32,
    int_from_u64, int_repr, is_exact_int, is_int, number_absolute, number_add, number_floor_divide, number_index,
    number_multiply, number_subtract, number_true_divide, small_int, small_number,
};
pub use object::{Payload, class_state, drop_payload, new_object, payload, payload_basicsize, type_state};
pub use outbuf::OutBuf;
pub use python::Python;
pub use raw::{raw_free, raw_malloc};
pub use text::{
    StrBuilder, StrData, is_str, object_len, str_append, str_as_latin1, str_concat, str_data, str_from_ascii,
    str_from_data, str_interned,
};
pub use value::{Batch, Value, view};
