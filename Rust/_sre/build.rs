//! Builds the C side, when the crate is built as a Python module.

fn main() {
    build_support::build_module("_sre");
}
