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
    "PyBuffer_FillInfo",
    "PyBuffer_Release",
    "PyByteArray_FromStringAndSize",
    "PyBytes_AsString",
    "PyBytes_FromObject",
    "PyBytes_FromStringAndSize",
    "PyBytes_Size",
    "PyCallable_Check",
    "PyCapsule_GetDestructor",
    "PyCapsule_GetName",
    "PyCapsule_GetPointer",
    "PyCapsule_New",
    "PyComplex_AsCComplex",
    "PyComplex_FromCComplex",
    "PyCriticalSection_Begin",
    "PyCriticalSection_End",
    "PyDict_Contains",
    "PyDict_Copy",
    "PyDict_DelItem",
    "PyDict_GetItemRef",
    "PyDict_Keys",
    "PyDict_New",
    "PyDict_SetDefaultRef",
    "PyDict_SetItem",
    "PyDict_Size",
    "PyErr_CheckSignals",
    "PyErr_Clear",
    "PyErr_ExceptionMatches",
    "PyErr_FormatUnraisable",
    "PyErr_GetRaisedException",
    "PyErr_NewExceptionWithDoc",
    "PyErr_NoMemory",
    "PyErr_Occurred",
    "PyErr_SetObject",
    "PyErr_SetRaisedException",
    "PyErr_SetString",
    "PyEval_RestoreThread",
    "PyEval_SaveThread",
    "PyException_GetCause",
    "PyException_GetContext",
    "PyException_SetCause",
    "PyException_SetContext",
    "PyFloat_AsDouble",
    "PyFloat_FromDouble",
    "PyFrozenSet_New",
    "PyImport_ImportModule",
    "PyImport_ImportModuleAttr",
    "PyIndex_Check",
    "PyIter_Check",
    "PyIter_NextItem",
    "PyList_Append",
    "PyList_AsTuple",
    "PyList_Extend",
    "PyList_New",
    "PyList_SetItem",
    "PyList_Size",
    "PyList_Sort",
    "PyLongWriter_Create",
    "PyLongWriter_Finish",
    "PyLong_AsLongLong",
    "PyLong_AsSsize_t",
    "PyLong_Export",
    "PyLong_FreeExport",
    "PyLong_FromDouble",
    "PyLong_FromLongLong",
    "PyLong_FromSsize_t",
    "PyLong_FromString",
    "PyLong_FromUnsignedLongLong",
    "PyLong_GetNativeLayout",
    "PyMapping_Items",
    "PyMem_RawFree",
    "PyMem_RawMalloc",
    "PyMemoryView_FromObject",
    "PyModule_AddObjectRef",
    "PyModule_AddType",
    "PyModule_GetState",
    "PyMutex_IsLocked",
    "PyMutex_Lock",
    "PyMutex_Unlock",
    "PyNumber_Absolute",
    "PyNumber_Add",
    "PyNumber_AsSsize_t",
    "PyNumber_FloorDivide",
    "PyNumber_Index",
    "PyNumber_Multiply",
    "PyNumber_Remainder",
    "PyNumber_Subtract",
    "PyNumber_TrueDivide",
    "PyObject_Call",
    "PyObject_CallNoArgs",
    "PyObject_CallOneArg",
    "PyObject_CheckBuffer",
    "PyObject_DelItem",
    "PyObject_GetAttr",
    "PyObject_GetBuffer",
    "PyObject_GetItem",
    "PyObject_GetIter",
    "PyObject_GetOptionalAttr",
    "PyObject_GetTypeData",
    "PyObject_HasAttrWithError",
    "PyObject_Hash",
    "PyObject_IsInstance",
    "PyObject_IsSubclass",
    "PyObject_IsTrue",
    "PyObject_Repr",
    "PyObject_RichCompare",
    "PyObject_RichCompareBool",
    "PyObject_SetAttr",
    "PyObject_SetItem",
    "PyObject_Size",
    "PyObject_Str",
    "PyObject_Type",
    "PyObject_Vectorcall",
    "PyObject_VectorcallMethod",
    "PySequence_Contains",
    "PySequence_Fast",
    "PySequence_GetItem",
    "PySequence_Repeat",
    "PySequence_Size",
    "PySequence_Tuple",
    "PySet_Add",
    "PySet_Contains",
    "PySet_Discard",
    "PySet_New",
    "PySet_Size",
    "PySlice_AdjustIndices",
    "PySlice_New",
    "PySlice_Unpack",
    "PyTuple_New",
    "PyTuple_Pack",
    "PyTuple_Size",
    "PyType_GenericAlloc",
    "PyType_GetFullyQualifiedName",
    "PyType_GetName",
    "PyUnicodeWriter_Create",
    "PyUnicodeWriter_Discard",
    "PyUnicodeWriter_Finish",
    "PyUnicodeWriter_WriteUTF8",
    "PyUnicode_Append",
    "PyUnicode_AsUTF8AndSize",
    "PyUnicode_Concat",
    "PyUnicode_Equal",
    "PyUnicode_FromKindAndData",
    "PyUnicode_FromStringAndSize",
    "PyUnicode_GetLength",
    "PyUnicode_InternFromString",
    "PyUnicode_New",
    "PyWeakref_GetRef",
    "PyWeakref_NewRef",
    "Py_AddPendingCall",
    "Py_DecRef",
    "Py_EnterRecursiveCall",
    "Py_GetConstant",
    "Py_IncRef",
    "Py_IsNone",
    "Py_IsTrue",
    "Py_LeaveRecursiveCall",
    "_PyBytes_Resize",
];

/// What only the tests of the safe layer call, to run an interpreter of their own.
const TEST_FUNCTIONS: &[&str] = &[
    "PyInitConfig_Create",
    "PyInitConfig_Free",
    "PyInitConfig_SetStr",
    "PyInterpreterState_Main",
    "PyLong_AsLong",
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
    "PyExc_ArithmeticError",
    "PyExc_AttributeError",
    "PyExc_BaseException",
    "PyExc_BufferError",
    "PyExc_EOFError",
    "PyExc_Exception",
    "PyExc_ImportError",
    "PyExc_IndexError",
    "PyExc_KeyError",
    "PyExc_LookupError",
    "PyExc_MemoryError",
    "PyExc_NotImplementedError",
    "PyExc_OSError",
    "PyExc_OverflowError",
    "PyExc_RecursionError",
    "PyExc_ReferenceError",
    "PyExc_RuntimeError",
    "PyExc_StopIteration",
    "PyExc_SystemError",
    "PyExc_TypeError",
    "PyExc_UnicodeDecodeError",
    "PyExc_UnicodeEncodeError",
    "PyExc_UnicodeError",
    "PyExc_ValueError",
    "PyExc_ZeroDivisionError",
    "Py_CONSTANT_NONE",
    "SHIM_.*",
];

/// Structs whose fields or size Rust uses, and plain typedefs. Every other type is opaque.
const TYPES: &[&str] = &[
    "PyCapsule_Destructor",
    "PyCriticalSection",
    "PyLongExport",
    "PyLongLayout",
    "PyMutex",
    "Py_UCS4",
    "Py_buffer",
    "Py_complex",
    "Py_hash_t",
    "Py_ssize_t",
    "Py_uintptr_t",
    "rust_instance",
    "rust_state",
    "shim_keyed",
    "shim_value",
    "visitproc",
];

/// Where `rust/class.h` is, which the modules include, too.
const INCLUDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../Include");

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
    println!("cargo::rerun-if-changed={INCLUDE}/rust/class.h");
    cpython
        .c_build()
        .include("shims")
        .include(INCLUDE)
        .file("shims/class.c")
        .file("shims/shims.c")
        .file(out.join("facts.c"))
        .compile("cpython_shims");
    cpython
        .c_build()
        .include("shims")
        .include(INCLUDE)
        .include(cpython.srcdir.join("Include/internal"))
        .file("shims/internal.c")
        .file("shims/ordering.c")
        .file("shims/values.c")
        .compile("cpython_internal_shims");
}

fn bindings(cpython: &Cpython) -> String {
    let mut builder = bindgen::Builder::default()
        .header("shims/shims.h")
        .clang_args(cpython.preprocessor_flags())
        .clang_arg(format!("-I{INCLUDE}"))
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
