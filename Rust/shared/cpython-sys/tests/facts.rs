//! Holds every number that Rust relies on against the C compiler that builds the interpreter, and tells how many facts
//! there are. The types of functions and variables have been checked by that compiler when it built the crate.

#![expect(clippy::print_stdout, reason = "the number of facts checked is what this test is asked for")]

use cpython_sys::*;

include!(concat!(env!("OUT_DIR"), "/facts.rs"));

unsafe extern "C" {
    static shim_facts: [usize; FACTS.len()];
}

#[test]
fn numbers_are_those_of_the_c_compiler() {
    // SAFETY: facts.c defines the array from the same list of facts, and nothing writes to it.
    let measured = unsafe { &shim_facts };
    for ((expression, rust), c) in FACTS.iter().zip(measured) {
        assert_eq!(rust, c, "{expression}: Rust says {rust}, the C compiler says {c}");
    }
    let constants = FACTS.iter().filter(|(expression, _)| !expression.contains('(')).count();
    println!(
        "{} layouts, {constants} constants, {} functions and variables checked",
        FACTS.len() - constants,
        DECLARATIONS.len()
    );
}

#[test]
fn layouts_constants_and_functions_of_all_kinds_are_checked() {
    for expected in
        ["sizeof(PyMutex)", "offsetof(PyMutex, _bits)", "_Alignof(Py_buffer)", "offsetof(Py_buffer, len)", "SHIM_DICT"]
    {
        assert!(FACTS.iter().any(|(expression, _)| *expression == expected), "{expected} is not checked");
    }
    for expected in ["PyBytes_FromStringAndSize", "PyTuple_Pack", "shim_copy_shared", "PyExc_ValueError"] {
        assert!(DECLARATIONS.contains(&expected), "{expected} is not checked");
    }
}
