//! Writes down what configure has selected, for both sides of the crate, and builds the C side.

use build_support::{fail, setting, variable, write};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    if env::var_os("CARGO_FEATURE_PYTHON").is_none() {
        return;
    }
    let out = PathBuf::from(variable("OUT_DIR"));
    let table = Path::new(&variable("CARGO_MANIFEST_DIR")).join("../../Modules/Setup.rust");
    println!("cargo::rerun-if-changed={}", table.display());
    println!("cargo::rerun-if-changed=build.rs");
    let stages = stages(&table);
    let [modules, default, switched, twins, submodules] =
        ["RUST_MODULES", "RUST_DEFAULT", "RUST_SWITCHED", "RUST_C_TWINS", "RUST_SUBMODULES"].map(setting);
    let is_in = |list: &str, name| list.split_whitespace().any(|word| word == name);

    let mut rust = String::from("&[\n");
    let mut c = String::new();
    for name in modules.split_whitespace() {
        let Some((_, stage)) = stages.iter().find(|(known, _)| known == name) else {
            fail(format!("{} has no line for {name}", table.display()));
        };
        let has_c_name = is_in(&twins, name);
        let (plain, switchable) = match stage.as_str() {
            "testing" => ("Nothing", false),
            _ if is_in(&default, name) => ("Rust", has_c_name),
            // One that is built in has a twin of its own, and is chosen here, too.
            _ => ("C", is_in(&switched, name) || has_c_name),
        };
        if plain == "Rust" || has_c_name {
            let _ = writeln!(c, "PLAIN_MODULE({name}, {name})");
            // In the table, the submodules are in the lines after that of the module.
            let lines = stages.iter().skip_while(|(known, _)| known != name).skip(1);
            for submodule in lines.map_while(|(line, _)| line.strip_prefix('+')) {
                if is_in(&submodules, submodule) {
                    let _ = writeln!(c, "PLAIN_MODULE({submodule}, {name})");
                }
            }
        }
        let _ = writeln!(
            rust,
            "    Module {{ name: {name:?}, stage: {stage:?}, plain: Plain::{plain}, switchable: {switchable}, \
             has_c_name: {has_c_name} }},"
        );
    }
    rust.push_str("]\n");
    write(&out.join("selection.rs"), &rust);
    write(&out.join("plain_modules.h"), &c);

    println!("cargo::rustc-env=RUST_VERSION={}", rustc_version());
    for name in ["TARGET", "PROFILE"] {
        println!("cargo::rustc-env=RUST_{name}={}", variable(name));
    }
    build_support::build_module("_rust");
}

/// The names and stages of the table.
fn stages(table: &Path) -> Vec<(String, String)> {
    let text = match fs::read_to_string(table) {
        Ok(text) => text,
        Err(error) => fail(format!("cannot read {}: {error}", table.display())),
    };
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        })
        .collect()
}

/// What the compiler says of its version: cargo names the compiler that it uses.
fn rustc_version() -> String {
    let rustc = variable("RUSTC");
    match Command::new(&rustc).arg("-V").output() {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => fail(format!("{rustc} -V does not run")),
    }
}
