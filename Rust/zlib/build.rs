//! Builds the C side, when the crate is built as a Python module.

fn main() {
    #[cfg(feature = "python")]
    build_support::build_module("zlib");
}
