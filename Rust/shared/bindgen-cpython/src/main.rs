//! Writes the bindings of `cpython-sys`, `bindings/3.N-BITS.rs`, from the `Python.h` and `pyconfig.h` of the CPython that
//! configure prepared. `make regen` runs it; with `--check` it writes nothing and says whether the file is stale.
//!
//! The file depends on the line of CPython releases and the width of a pointer alone: every build proves it against the
//! compiler at hand, so that a platform for which it is wrong does not build. Such a platform is built by
//! `configure --with-bindgen`, for which `--output FILE --target TARGET` writes another file.

#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "this is a command")]

#[path = "../../cpython-sys/build/names.rs"]
mod names;

use build_support::Cpython;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let (mut check, mut output, mut target) = (false, None, None);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--output" => output = arguments.next().map(PathBuf::from),
            "--target" => target = arguments.next(),
            _ => {
                eprintln!("usage: bindgen-cpython [--check] [--output FILE] [--target TARGET]");
                return ExitCode::from(2);
            }
        }
    }
    match update(output, target.as_deref(), check) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bindgen-cpython: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Brings the file up to date. False when it is stale and must not be written.
fn update(output: Option<PathBuf>, target: Option<&str>, check: bool) -> Result<bool, Box<dyn Error>> {
    let cpython = Cpython::from_env();
    let sys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cpython-sys");
    let committed = || sys.join(format!("bindings/3.{}-{}.rs", cpython.minor, usize::BITS));
    let path = output.unwrap_or_else(committed);
    let bindings = generate(&cpython, &sys, target)?;
    if fs::read_to_string(&path).is_ok_and(|old| old == bindings) {
        return Ok(true);
    }
    if check {
        eprintln!("{}: stale, run make regen", path.display());
        return Ok(false);
    }
    fs::write(&path, bindings).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(true)
}

fn generate(cpython: &Cpython, sys: &Path, target: Option<&str>) -> Result<String, Box<dyn Error>> {
    let include = sys.join("../../../Include");
    let header = sys.join("shims/shims.h");
    let mut builder = bindgen::Builder::default()
        .header(header.to_str().ok_or("the path of the sources is not UTF-8")?)
        .clang_args(cpython.preprocessor_flags())
        .clang_arg(format!("-I{}", include.display()))
        .clang_args(cpython.include_dirs().map(|dir| format!("-I{}", dir.display())))
        .clang_args(target.map(|target| format!("--target={target}")))
        .rust_target(env!("CARGO_PKG_RUST_VERSION").parse().map_err(|error| format!("{error}"))?)
        .rust_edition(bindgen::RustEdition::Edition2024)
        // The build script reads this form.
        .formatter(bindgen::Formatter::None)
        // Our names are those of the C API, whose doc comments are not ours to carry.
        .generate_comments(false)
        .disable_header_comment()
        .use_core()
        .layout_tests(true)
        // A type that is neither listed nor defined in lib.rs as opaque is an error of rustc, so that no struct is ever
        // relied upon by accident.
        .allowlist_recursively(false)
        .allowlist_function("shim_.*")
        .allowlist_var("SHIM_.*");
    let names = names::read(&fs::read_to_string(sys.join("names.txt"))?)?;
    for name in &names.functions {
        builder = builder.allowlist_function(name);
    }
    for name in &names.variables {
        builder = builder.allowlist_var(name);
    }
    for name in &names.types {
        builder = builder.allowlist_type(name);
    }
    let bindings = builder.generate().map_err(|error| format!("bindgen could not read CPython's headers: {error}"))?;
    let bindings = lines(&bindings.to_string());
    if let Some(name) = names.missing(&bindings) {
        return Err(format!("CPython's headers do not declare {name}, which names.txt lists").into());
    }
    let head = format!("// Written by make regen from the headers of CPython 3.{}: do not edit.\n\n", cpython.minor);
    Ok(head + &bindings)
}

/// Puts each item of bindgen's output, which is one line, on a line of its own.
fn lines(bindings: &str) -> String {
    let mut text = bindings.trim().to_owned();
    for end in ["; ", "} "] {
        for start in ["pub const ", "pub type ", "pub struct ", "pub union ", "unsafe extern ", "# [", "const _ "] {
            text = text.replace(&format!("{end}{start}"), &format!("{}\n{start}", end.trim_end()));
        }
    }
    text + "\n"
}
