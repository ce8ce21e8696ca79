//! Holds every layout that Rust relies on against the C compiler that builds the interpreter.

#![expect(clippy::print_stdout, reason = "the number of facts checked is what this test is asked for")]

use cpython_sys::*;

include!(concat!(env!("OUT_DIR"), "/layout_facts.rs"));

unsafe extern "C" {
    static shim_layout_facts: [usize; FACTS.len()];
}

#[test]
fn layouts_are_those_of_the_c_compiler() {
    // SAFETY: layout_facts.c defines the array from the same list of facts, and nothing writes to it.
    let measured = unsafe { &shim_layout_facts };
    for ((expression, rust), c) in FACTS.iter().zip(measured) {
        assert_eq!(rust, c, "{expression}: Rust says {rust}, the C compiler says {c}");
    }
    println!("{} layout facts checked", FACTS.len());
}

#[test]
fn structs_with_visible_fields_are_among_the_facts() {
    for expected in ["sizeof(PyMutex)", "offsetof(PyMutex, _bits)", "_Alignof(Py_buffer)", "offsetof(Py_buffer, len)"] {
        assert!(FACTS.iter().any(|(expression, _)| *expression == expected), "{expected} is not checked");
    }
}
