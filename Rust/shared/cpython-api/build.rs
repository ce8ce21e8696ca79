//! Sets the version cfgs, and links the tests with the interpreter they embed.

fn main() {
    build_support::Cpython::from_env().emit_cfgs();
    println!("cargo::rerun-if-env-changed=CPYTHON_EMBED_LDFLAGS");
    if let Ok(flags) = std::env::var("CPYTHON_EMBED_LDFLAGS") {
        for flag in flags.split_whitespace() {
            println!("cargo::rustc-link-arg-tests={flag}");
        }
    }
}
