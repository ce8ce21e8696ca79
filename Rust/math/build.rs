//! Builds the C side, when the crate is built as a Python module.

fn main() {
    if std::env::var_os("CARGO_FEATURE_PYTHON").is_some() {
        build_support::build_module("math");
    }
}
