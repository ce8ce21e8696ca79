//! Generates the bindings from the configured headers, and holds what they claim against the C compiler.
//!
//! bindgen sees the headers through libclang. Its layout tests make rustc agree with libclang; the facts collected
//! here make the compiler that builds the interpreter agree with both, first as `_Static_assert`s in this build, then
//! in `tests/facts.rs`.

#[path = "build/facts.rs"]
mod facts;

use build_support::{Cpython, fail, variable, write};
use std::path::PathBuf;

/// The C functions that the safe layer calls. Nothing else is bound.
const FUNCTIONS: &[&str] = &[
    "PyBool_FromLong",
    "PyBuffer_Release",
    "PyBytes_AsString",
    "PyBytes_FromStringAndSize",
    "PyBytes_Size",
    "PyComplex_AsCComplex",
    "PyComplex_FromCComplex",
    "PyCriticalSection_Begin",
    "PyCriticalSection_End",
    "PyDict_Contains",
    "PyDict_DelItem",
    "PyDict_New",
    "PyDict_SetDefaultRef",
    "PyDict_SetItem",
    "PyDict_Size",
    "PyErr_CheckSignals",
    "PyErr_Clear",
    "PyErr_ExceptionMatches",
    "PyErr_FormatUnraisable",
    "PyErr_GetRaisedException",
    "PyErr_NoMemory",
    "PyErr_Occurred",
    "PyErr_SetObject",
    "PyErr_SetRaisedException",
    "PyErr_SetString",
    "PyEval_RestoreThread",
    "PyEval_SaveThread",
    "PyException_SetContext",
    "PyFloat_AsDouble",
    "PyFloat_FromDouble",
    "PyImport_ImportModuleAttr",
    "PyList_Append",
    "PyList_Extend",
    "PyList_GetItemRef",
    "PyList_Size",
    "PyList_Sort",
    "PyLongWriter_Create",
    "PyLongWriter_Discard",
    "PyLongWriter_Finish",
    "PyLong_Export",
    "PyLong_FreeExport",
    "PyLong_FromDouble",
    "PyLong_FromLongLong",
    "PyLong_FromSsize_t",
    "PyLong_FromString",
    "PyLong_FromUnsignedLong",
    "PyLong_FromUnsignedLongLong",
    "PyLong_FromVoidPtr",
    "PyLong_GetNativeLayout",
    "PyMapping_Items",
    "PyMem_Free",
    "PyMem_RawFree",
    "PyMem_RawMalloc",
    "PyModule_GetState",
    "PyMutex_Lock",
    "PyMutex_Unlock",
    "PyNumber_Absolute",
    "PyNumber_Add",
    "PyNumber_FloorDivide",
    "PyNumber_Index",
    "PyNumber_Multiply",
    "PyNumber_Subtract",
    "PyNumber_TrueDivide",
    "PyOS_double_to_string",
    "PyObject_CallOneArg",
    "PyObject_CheckBuffer",
    "PyObject_GetBuffer",
    "PyObject_GetIter",
    "PyObject_GetTypeData",
    "PyObject_Size",
    "PyObject_Vectorcall",
    "PySequence_Fast",
    "PySequence_Repeat",
    "PySequence_Size",
    "PySequence_Tuple",
    "PyTuple_New",
    "PyTuple_Pack",
    "PyTuple_SetItem",
    "PyTuple_Size",
    "PyType_GenericAlloc",
    "PyType_GetModuleState",
    "PyUnicode_Append",
    "PyUnicode_Concat",
    "PyUnicode_FromKindAndData",
    "PyUnicode_GetLength",
    "PyUnicode_InternFromString",
    "PyUnicode_New",
    "Py_AddPendingCall",
    "Py_DecRef",
    "Py_EnterRecursiveCall",
    "Py_GetConstant",
    "Py_IncRef",
    "Py_IsNone",
    "Py_LeaveRecursiveCall",
    "_PyBytes_Resize",
];

/// What only the tests of the safe layer call, to run an interpreter of their own.
const TEST_FUNCTIONS: &[&str] = &[
    "PyByteArray_FromStringAndSize",
    "PyDict_GetItemRef",
    "PyInitConfig_Create",
    "PyInitConfig_Free",
    "PyInitConfig_SetStr",
    "PyInterpreterState_Main",
    "PyList_New",
    "PyLong_AsLong",
    "PyObject_IsTrue",
    "PyObject_Str",
    "PyObject_Type",
    "PySequence_List",
    "PyThreadState_Clear",
    "PyThreadState_DeleteCurrent",
    "PyThreadState_Get",
    "PyThreadState_GetUnchecked",
    "PyThreadState_New",
    "PyUnicode_AsUTF8",
    "PyUnicode_FromOrdinal",
    "PyUnicode_FromString",
    "Py_InitializeFromInitConfig",
    "Py_REFCNT",
];

/// Exception types, and the constants of the buffer protocol.
const VARIABLES: &[&str] = &[
    "PyBUF_SIMPLE",
    "PyExc_BufferError",
    "PyExc_EOFError",
    "PyExc_MemoryError",
    "PyExc_OSError",
    "PyExc_OverflowError",
    "PyExc_RuntimeError",
    "PyExc_StopIteration",
    "PyExc_SystemError",
    "PyExc_TypeError",
    "PyExc_ValueError",
    "Py_CONSTANT_FALSE",
    "Py_CONSTANT_NONE",
    "Py_CONSTANT_TRUE",
    "Py_DTSF_ADD_DOT_0",
    "SHIM_.*",
];

/// Structs whose fields or size Rust uses, and plain typedefs. Every other type is opaque.
const TYPES: &[&str] = &[
    "PyCriticalSection",
    "PyLongExport",
    "PyLongLayout",
    "PyMutex",
    "Py_UCS4",
    "Py_buffer",
    "Py_complex",
    "Py_ssize_t",
    "Py_uintptr_t",
    "shim_value",
];

fn main() {
    let cpython = Cpython::from_env();
    cpython.emit_cfgs();
    if !cpython.gil_disabled {
        fail("the Rust modules are for the free-threaded build only: configure with --disable-gil");
    }
    let out = PathBuf::from(variable("OUT_DIR"));

    let bindings = bindings(&cpython);
    let facts = facts::read(&bindings).unwrap_or_else(|reason| fail(reason));
    write(&out.join("bindings.rs"), &bindings);
    write(&out.join("facts.c"), &facts::in_c(&facts));
    write(&out.join("facts.rs"), &facts::in_rust(&facts));

    println!("cargo::rerun-if-changed=shims");
    cpython.c_build().include("shims").file("shims/shims.c").file(out.join("facts.c")).compile("cpython_shims");
    cpython
        .c_build()
        .include("shims")
        .include(cpython.srcdir.join("Include/internal"))
        .file("shims/internal.c")
        .file("shims/values.c")
        .compile("cpython_internal_shims");
}

fn bindings(cpython: &Cpython) -> String {
    let mut builder = bindgen::Builder::default()
        .header("shims/shims.h")
        .clang_args(cpython.preprocessor_flags())
        .clang_args(cpython.include_dirs().map(|dir| format!("-I{}", dir.display())))
        .rust_edition(bindgen::RustEdition::Edition2024)
        // rustfmt may be missing where a distribution builds.
        .formatter(bindgen::Formatter::None)
        // Our names are those of the C API, whose doc comments are not ours to carry.
        .generate_comments(false)
        .use_core()
        .layout_tests(true)
        // A type that is neither listed here nor defined in lib.rs as opaque is an error of rustc, so that no struct
        // is ever relied upon by accident.
        .allowlist_recursively(false)
        .allowlist_function("shim_.*");
    for name in FUNCTIONS.iter().chain(TEST_FUNCTIONS) {
        builder = builder.allowlist_function(name);
    }
    for name in VARIABLES {
        builder = builder.allowlist_var(name);
    }
    for name in TYPES {
        builder = builder.allowlist_type(name);
    }
    match builder.generate() {
        Ok(bindings) => bindings.to_string(),
        Err(error) => fail(format!("bindgen could not read CPython's headers: {error}")),
    }
}
