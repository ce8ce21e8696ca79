//! Builds the C side, when the crate is built as a Python module.

fn main() {
    build_support::build_module("math");
    // CPython 3.15 has mathmodule.c include it, and the C twin.
    println!("cargo::rerun-if-changed=submodule.h");
}
