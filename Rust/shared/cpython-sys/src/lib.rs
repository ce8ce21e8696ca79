//! Raw bindings to the C API of the CPython being built.
//!
//! ```text
//! module crates  ->  cpython-api  ->  cpython-sys  ->  CPython
//!       |                                  ^
//!       +------------- never --------------+
//! ```
//!
//! bindgen has written them from `Python.h`, for the names listed in `names.txt` and nothing else; they are in the folder
//! `bindings`. Types are opaque unless that list says otherwise. The layouts of those that are not
//! are checked three times: rustc against libclang by bindgen's assertions, libclang against the interpreter's own
//! C compiler by static assertions, and rustc against that compiler by `cargo test -p cpython-sys`. The values of
//! constants and the types of functions and variables are held against that compiler too.

#![no_std]

use core::marker::{PhantomData, PhantomPinned};

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// Accessed by pointers only: it cannot be built, moved or shared between threads by Rust.
        #[repr(C)]
        pub struct $name {
            _opaque: [u8; 0],
            _not_send_not_unpin: PhantomData<(*mut u8, PhantomPinned)>,
        }
    )*};
}

opaque! {
    /// A Python object.
    PyObject
    /// A type object.
    PyTypeObject
    /// The state of one thread in one interpreter.
    PyThreadState
    /// One interpreter.
    PyInterpreterState
    /// What an interpreter is to be started with.
    PyInitConfig
    /// An `int` that is being made.
    PyLongWriter
    /// A `str` that is being made.
    PyUnicodeWriter
}

#[expect(missing_docs, non_camel_case_types, non_upper_case_globals, reason = "the names and meanings are CPython's")]
mod bindings {
    use super::{
        PyInitConfig, PyInterpreterState, PyLongWriter, PyObject, PyThreadState, PyTypeObject, PyUnicodeWriter,
    };
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

pub use bindings::*;

mod thread;

pub use thread::thread_id;
