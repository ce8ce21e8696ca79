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
//! `unsafe fn` with a `# Safety` section.
//!
//! | to | see |
//! | --- | --- |
//! | prove that a thread is attached, or detach it | [`Python`] |
//! | hold an object: owned, borrowed, or while detached | [`Bound`], [`Borrowed`], [`Py`] |
//! | use an object: attributes, calls, comparison, and the methods of each type | [`types`] |
//! | raise, match, fetch and chain exceptions | [`exceptions`], [`PyErr`], [`PyResult`] |
//! | be called by C: catch panics, turn results into C's sentinels | [`entry`](entry()), [`entry_value`], [`entry_unraisable`], [`entry_dealloc`], [`entry_traverse`], [`into_c_result`] |
//! | take the arguments of C | [`Arg`], [`View`], [`c_str_arg`] |
//! | have a class whose objects hold a Rust value | [`InstanceData`], [`instance_slots`], `Include/rust/class.h` |
//! | keep the state of a module | [`ModuleState`], [`module_exec`] |
//! | show the collector what is owned | [`Visit`] |
//! | read a buffer that other threads may be writing | [`Input`], [`Buffer`], [`read_blocks`] |
//! | make a `bytes` object of known or unknown length | [`types::PyBytes::new_with`], [`BlockOutput`] |
//! | guard state that objects share between threads | [`PyMutex`] |
//!
//! The free functions below are the older interface; each ends in a method of a type.

#![deny(clippy::multiple_unsafe_ops_per_block)]

mod argument;
mod blocks;
mod buffer;
mod bytes;
mod call;
mod containers;
mod doubles;
mod entry;
mod err;
pub mod exceptions;
mod ffi_call;
mod float;
mod gc;
mod handle;
mod instance;
mod int;
mod items;
mod mutex;
mod number;
mod python;
mod raw;
mod state;
mod text;
pub mod types;
mod value;

pub use argument::{Arg, View, c_str_arg};
pub use blocks::{BlockOutput, FIRST_BLOCK, OutOfMemory};
pub use buffer::{Buffer, Input, is_buffer, read_blocks};
pub use bytes::{bytes_as_slice, bytes_with};
pub use call::{Constant, call, call1, constant, import_attribute, with_recursion};
pub use containers::{
    DictPosition, FastSequence, dict_contains, dict_delete, dict_from_end, dict_intern, dict_len, dict_new, dict_read,
    dict_set, dict_update_from_end, list_append, list_append_from_end, list_from_end, list_get, list_sort,
    mapping_items, sequence_repeat, tuple_of_one, tuple_of_two, two_items,
};
pub use cpython_sys::{Py_buffer, Py_complex, Py_ssize_t, PyObject, PyTypeObject};
pub use doubles::Doubles;
pub use entry::{EntryValue, entry, entry_dealloc, entry_traverse, entry_unraisable, entry_value, into_c_result};
pub use err::{ExceptionType, PyErr, PyResult};
pub use float::{FloatRepr, complex_as_parts, complex_new, float_as_double, float_new, is_exact_float};
pub use gc::{Stop, Traversal, Visit};
pub use handle::{Borrowed, Bound, Py};
pub use instance::{
    Instance, InstanceData, Vectorcall, class_state, drop_instance, instance_basicsize, instance_data, instance_slots,
    new_object, rust_instance, type_state,
};
pub use int::{IntView, int_from_limbs};
pub use items::{BLOCK, Item, Items, Number, Numbers, Objects, sequence_tuple};
pub use mutex::{PyMutex, PyMutexGuard};
pub use number::{
    bool_object, check_signals, id, int_from_decimal, int_from_f64, int_from_i64, int_from_isize, int_from_u32,
    int_from_u64, int_repr, is_exact_int, is_int, number_absolute, number_add, number_floor_divide, number_index,
    number_multiply, number_subtract, number_true_divide, small_int, small_number,
};
pub use outbuf::OutBuf;
pub use python::{Interrupted, Python};
pub use raw::{raw_free, raw_malloc};
pub use state::{ModuleState, module_exec, module_state};
pub use text::{
    StrBuilder, StrData, is_str, object_len, str_append, str_as_latin1, str_concat, str_data, str_from_ascii,
    str_from_data, str_interned,
};
pub use value::{Batch, Value, view};

// The older names of the same things, for the modules that have them.
pub use entry::into_c_result as leave;
pub use instance::{
    InstanceData as Payload, drop_instance as drop_payload, instance_basicsize as payload_basicsize,
    instance_data as payload,
};
