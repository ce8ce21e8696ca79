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
//! | be called by C: catch panics, turn results into C's sentinels | [`entry`](entry()), [`entry_value`], [`entry_next`], [`entry_unraisable`], [`entry_dealloc`], [`entry_traverse`], [`into_c_result`] |
//! | be called for an object of a class: methods, slots, setters | [`method`](method()), [`method_none`], [`method_value`], [`method_next`], [`setter`] |
//! | take the arguments of C | [`Arg`], [`View`], [`c_str_arg`] |
//! | have a class whose objects hold a Rust value | [`InstanceData`], [`instance_slots`], [`Class`], `Include/rust/class.h` |
//! | keep the state of a module | [`ModuleState`], [`module_exec`], [`exec_with_classes`] |
//! | show the collector what is owned | [`Visit`] |
//! | look at the type and the value of an object, or of many in one go | [`Value`], [`ListPosition`], [`DictPosition`] |
//! | read numbers out of sequences and arguments | [`Items`], [`Doubles`], [`Pairs`], [`Objects`], [`IntView`] |
//! | read and make the characters of a `str` | [`StrData`], [`StrUnit`], [`StrBuilder`] |
//! | read a buffer that other threads may be writing | [`Input`], [`Buffer`], [`HeldBuffer`], [`read_blocks`] |
//! | make a tuple or a list item by item | [`types::PyTuple::build`], [`types::PyList::build`] |
//! | make a `bytes` object of known or unknown length | [`types::PyBytes::new_with`], [`BlockOutput`] |
//! | compare and move the items of a list | [`LockedList`] |
//! | guard state that objects share between threads | [`PyMutex`], [`SpinLock`], [`BiasedLock`], [`StripedLock`], [`SharedRef`] |
//! | use objects that the current thread owns without counting references | [`Thread`], [`Own`] |
//! | be called by vectorcall | [`CallArguments`] |
//! | keep items of one size that can be read without a lock, and export them | [`ItemStorage`] |
//! | ask the system for entropy and times, call audit hooks, warn | [`urandom`], [`times`], [`audit`], [`exceptions::warn`] |

mod argument;
mod batch;
mod biased_lock;
mod blocks;
mod buffer;
mod doubles;
mod entry;
mod err;
pub mod exceptions;
mod ffi_call;
mod gc;
mod handle;
mod instance;
mod int;
mod item_storage;
mod items;
mod lock;
mod locked_list;
mod method;
mod mutex;
mod order;
mod pairs;
mod python;
mod raw;
mod seq_lock;
mod shared_ref;
mod spin_lock;
mod state;
mod striped_lock;
mod system;
mod text;
mod thread;
pub mod types;
mod value;
mod vectorcall;

pub use argument::{Arg, View, c_str_arg};
pub use batch::{Batch, DictPosition, ListPosition};
pub use biased_lock::BiasedLock;
pub use blocks::{BlockOutput, FIRST_BLOCK, OutOfMemory};
pub use buffer::{Buffer, HeldBuffer, Input, read_blocks};
pub use cpython_sys::{Py_buffer, Py_complex, Py_ssize_t, PyObject, PyTypeObject};
pub use doubles::Doubles;
pub use entry::{
    EntryValue, entry, entry_dealloc, entry_next, entry_traverse, entry_unraisable, entry_value, into_c_result,
};
pub use err::{PyErr, PyResult};
pub use gc::{Stop, Traversal, Visit};
pub use handle::{Borrowed, Bound, Py};
pub use instance::{
    Attribute, Class, Declaration, Getter, Instance, InstanceData, Plain, Setter, Vectorcall, instance_slots,
    new_object, rust_instance,
};
pub use int::IntView;
pub use item_storage::{ItemStorage, LockedItems, ResizeError, StoredItem};
pub use items::{BLOCK, Item, Items, Kinds, Number, Numbers, Objects};
pub use lock::{Lock, LockGuard, RawLock};
pub use locked_list::{Comparand, Keyed, LockedList, Numbered, Raised};
pub use method::{
    Arguments, Nullable, method, method_next, method_none, method_none_with, method_unguarded, method_value,
    method_value_with, method_with, setter,
};
pub use mutex::{PyMutex, PyMutexGuard, RawMutex};
pub use outbuf::OutBuf;
pub use pairs::Pairs;
pub use python::{Interrupted, Python};
pub use raw::{copy_shared, raw_free, raw_malloc};
pub use shared_ref::{InstanceDict, SharedRef, WeakrefList};
pub use spin_lock::{RawSpinLock, SpinLock, SpinLockGuard};
pub use state::{ModuleState, exec_with_classes, module_exec, module_exec_with, module_state};
pub use striped_lock::StripedLock;
pub use system::{audit, times, urandom};
pub use text::{StrBuilder, StrData, StrUnit, character};
pub use thread::{Own, Thread, is_none_pointer};
pub use value::Value;
pub use vectorcall::{CallArguments, TupleItems};
