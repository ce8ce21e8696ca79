//! Takes the bindings that are committed for the CPython that is built, and holds what they claim against the C compiler.
//!
//! bindgen, which `bindgen-cpython` runs for maintainers, sees the headers through libclang. Its layout tests make rustc
//! agree with libclang; the facts collected here make the compiler that builds the interpreter agree with both, first as
//! `_Static_assert`s in this build, then in `tests/facts.rs`.

#[path = "build/facts.rs"]
mod facts;
#[path = "build/names.rs"]
mod names;

use build_support::{Cpython, fail, read_tracked, variable, write};
use std::env;
use std::path::{Path, PathBuf};

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

/// The committed bindings for the CPython that is built, or those that a build with `--with-bindgen` has generated.
fn bindings(cpython: &Cpython) -> String {
    println!("cargo::rerun-if-env-changed=CPYTHON_BINDINGS");
    let generated = env::var("CPYTHON_BINDINGS").ok().filter(|path| !path.is_empty());
    let name = format!("3.{}-{}.rs", cpython.minor, variable("CARGO_CFG_TARGET_POINTER_WIDTH"));
    let path = match &generated {
        Some(path) => PathBuf::from(path),
        None => Path::new("bindings").join(&name),
    };
    match (path.exists(), generated) {
        (true, _) => {}
        (false, Some(path)) => fail(format!("{path}, the bindings, has not been generated: run make")),
        (false, None) => {
            fail(format!("there are no bindings for this platform ({name}): configure with --with-bindgen"))
        }
    }
    let bindings = read_tracked(&path);
    let names = names::read(&read_tracked(Path::new("names.txt")));
    if let Some(name) = names.unwrap_or_else(|reason| fail(reason)).missing(&bindings) {
        fail(format!("{} does not have {name}: run make regen", path.display()));
    }
    bindings
}
