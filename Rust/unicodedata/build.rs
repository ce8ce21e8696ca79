//! Generates the tables from the headers of CPython's unicodedata, and builds the C side, when the crate is built as a Python
//! module.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/hash.rs"]
#[expect(unreachable_pub, reason = "public in the core")]
mod hash;

#[path = "generator/mod.rs"]
mod generator;

fn main() {
    if env::var_os("CARGO_FEATURE_TABLES").is_some() {
        let modules = PathBuf::from(build_support::setting("CPYTHON_SRCDIR")).join("Modules");
        let read = |name: &str| build_support::read_tracked(&modules.join(name));
        let sources = [read("unicodedata_db.h"), read("unicodename_db.h"), read("unicodedata.c")];
        let layout = generator::Database::from_headers(&sources[0], &sources[1], &sources[2])
            .and_then(|database| generator::Layout::new(&database))
            .unwrap_or_else(|error| build_support::fail(format!("the tables of {}: {error}", modules.display())));
        let out = PathBuf::from(build_support::variable("OUT_DIR"));
        build_support::write(&out.join("tables.rs"), &layout.source());
        // For the docstring of the module, which names the version.
        let version = format!("#define UNIDATA_VERSION \"{}\"\n", layout.unidata_version);
        build_support::write(&out.join("unidata_version.h"), &version);
    }
    rerun_if_changed("generator");
    rerun_if_changed("src/hash.rs");
    println!("cargo::rerun-if-changed=build.rs");
    build_support::build_module("unicodedata");
}

fn rerun_if_changed(path: &str) {
    let path = Path::new(path);
    if let Ok(entries) = fs::read_dir(path) {
        for entry in entries.flatten() {
            println!("cargo::rerun-if-changed={}", entry.path().display());
        }
    } else {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}
