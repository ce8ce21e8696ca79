//! Writes `Include/rust/<module>.h` from the boundary of each module crate, `src/boundary.rs` and any files below
//! `src/boundary/`. `make regen` runs it; with `--check` it writes nothing and says which headers are stale.
//!
//! cbindgen reads the boundary files alone, not the crate with its dependencies: a boundary names only C types, types
//! of its own, and those of `Python.h`, which the C side includes first.

#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "this is a command")]

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1).peekable();
    let check = arguments.next_if(|argument| argument == "--check").is_some();
    let Some(top) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: headergen [--check] SOURCE-TREE [MODULE...]");
        return ExitCode::from(2);
    };
    let modules: Vec<String> = arguments.collect();
    match modules.iter().map(|module| update(&top, module, check)).collect::<Result<Vec<bool>, _>>() {
        Ok(fresh) if fresh.iter().all(|fresh| *fresh) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("headergen: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Brings the header of `module` up to date. False when it is stale and must not be written.
fn update(top: &Path, module: &str, check: bool) -> Result<bool, Box<dyn Error>> {
    let path = top.join(format!("Include/rust/{module}.h"));
    let header = generate(top, module)?;
    if fs::read(&path).is_ok_and(|old| old == header) {
        return Ok(true);
    }
    if check {
        eprintln!("{}: stale, run make regen", path.display());
        return Ok(false);
    }
    fs::write(&path, header).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(true)
}

fn generate(top: &Path, module: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let src = top.join(format!("Rust/{module}/src"));
    let mut files = vec![src.join("boundary.rs")];
    add_files(&src.join("boundary"), &mut files)?;
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        style: cbindgen::Style::Type,
        documentation: true,
        // Clinic input has to come through line by line.
        documentation_style: cbindgen::DocumentationStyle::C,
        documentation_length: cbindgen::DocumentationLength::Full,
        no_includes: true,
        include_guard: Some(format!("RUST_{}_H", module.to_ascii_uppercase())),
        header: Some(format!(
            "/* Made from the boundary of Rust/{module} by make regen; do not edit. Include Python.h first. */"
        )),
        line_length: 120,
        // Functions that differ between releases of CPython. The build defines the macro for the C side.
        defines: HashMap::from([("Py_3_15".to_owned(), "Py_3_15".to_owned())]),
        ..cbindgen::Config::default()
    };
    for file in &files {
        // cbindgen leaves out a type that no function mentions, but the state of a module is one that C allocates.
        config.export.include.extend(public_structs(&fs::read_to_string(file)?));
    }
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in &files {
        builder = builder.with_src(file);
    }
    let mut header = Vec::new();
    builder.generate().map_err(|error| format!("{module}: {error}"))?.write(&mut header);
    Ok(header)
}

/// Adds the files of a folder, if there is one, and of the folders in it, by name.
fn add_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn public_structs(source: &str) -> impl Iterator<Item = String> {
    source.lines().filter_map(|line| {
        let name = line.strip_prefix("pub struct ")?;
        Some(name.split(|c: char| !c.is_alphanumeric() && c != '_').next()?.to_owned())
    })
}
