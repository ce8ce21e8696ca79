//! What the build scripts of the workspace share: where the configured CPython is, with which flags it is compiled,
//! and how a module crate's C side and its Argument Clinic code are built.
//!
//! configure leaves the settings in `.cargo/config.toml` of the build folder, so that cargo sees the same
//! environment whether `make` runs it or a person does.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "standard output is how a build script speaks to cargo")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

/// The CPython minor versions that get a `Py_3_N` cfg, which means "3.N or later".
const MINOR_VERSIONS: std::ops::RangeInclusive<u32> = 14..=15;

/// Stops the build with one line that cargo shows as the error.
pub fn fail(message: impl std::fmt::Display) -> ! {
    println!("cargo::error={message}");
    process::exit(1);
}

/// The CPython that configure has prepared.
#[derive(Debug)]
pub struct Cpython {
    /// CPython's source tree. It is only read.
    pub srcdir: PathBuf,
    /// The folder in which CPython is built, where `pyconfig.h` is.
    pub builddir: PathBuf,
    /// The minor version, 14 for CPython 3.14.
    pub minor: u32,
    /// `PY_VERSION_HEX`, with the bug-fix number and the release level.
    pub version_hex: u32,
    /// Whether this is the free-threaded build.
    pub gil_disabled: bool,
    /// Whether this is a debug build (`--with-pydebug`).
    pub debug: bool,
    cflags: Vec<String>,
}

impl Cpython {
    /// Reads the settings from the environment and the configured headers.
    pub fn from_env() -> Self {
        let srcdir = PathBuf::from(setting("CPYTHON_SRCDIR"));
        let builddir = PathBuf::from(setting("CPYTHON_BUILDDIR"));
        let pyconfig = read_tracked(&builddir.join("pyconfig.h"));
        let patchlevel = read_tracked(&srcdir.join("Include/patchlevel.h"));
        let Some(minor) = macro_value(&patchlevel, "PY_MINOR_VERSION").and_then(|value| value.parse().ok()) else {
            fail("Include/patchlevel.h of the CPython source does not name the minor version");
        };
        let Some(version_hex) = version_hex(&patchlevel) else {
            fail("Include/patchlevel.h of the CPython source does not name the release");
        };
        Self {
            minor,
            version_hex,
            gil_disabled: macro_value(&pyconfig, "Py_GIL_DISABLED") == Some("1"),
            debug: macro_value(&pyconfig, "Py_DEBUG") == Some("1"),
            cflags: setting("CPYTHON_CFLAGS").split_whitespace().map(str::to_owned).collect(),
            srcdir,
            builddir,
        }
    }

    /// Sets `Py_3_14` and so on for the crate being built, `Py_GIL_DISABLED` and `Py_DEBUG`, and the environment variable
    /// `PY_VERSION_HEX`, a decimal number, for `env!`.
    pub fn emit_cfgs(&self) {
        println!("cargo::rustc-env=PY_VERSION_HEX={}", self.version_hex);
        println!("cargo::rustc-check-cfg=cfg(Py_GIL_DISABLED, Py_DEBUG)");
        for minor in MINOR_VERSIONS {
            println!("cargo::rustc-check-cfg=cfg(Py_3_{minor})");
            if minor <= self.minor {
                println!("cargo::rustc-cfg=Py_3_{minor}");
            }
        }
        if self.gil_disabled {
            println!("cargo::rustc-cfg=Py_GIL_DISABLED");
        }
        if self.debug {
            println!("cargo::rustc-cfg=Py_DEBUG");
        }
    }

    /// The folders that hold CPython's public headers.
    pub fn include_dirs(&self) -> [PathBuf; 2] {
        [self.builddir.clone(), self.srcdir.join("Include")]
    }

    /// The C flags that decide what the headers mean, for a parser that is not the compiler itself.
    pub fn preprocessor_flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let mut words = self.cflags.iter();
        while let Some(word) = words.next() {
            if matches!(word.as_str(), "-isystem" | "-include" | "-isysroot" | "-target") {
                flags.extend([Some(word), words.next()].into_iter().flatten().cloned());
            } else if ["-I", "-D", "-U", "--sysroot=", "--target=", "-std=", "-m"].iter().any(|p| word.starts_with(p)) {
                flags.push(word.clone());
            }
        }
        flags
    }

    /// A compilation with the interpreter's compiler, flags and public headers.
    pub fn c_build(&self) -> cc::Build {
        let mut build = cc::Build::new();
        // The flags are CPython's: cc's own for optimisation would only fight with them. Those for warnings are among them;
        // without warnings(true), the first of its own, cc adds -w or -Wextra.
        build.no_default_flags(true).warnings(true).extra_warnings(false).pic(true).flag("-fPIC");
        for flag in &self.cflags {
            build.flag(flag);
        }
        build.flag("-fvisibility=hidden").includes(self.include_dirs());
        // Nothing of the build machine's folders goes into the debugging information of what is generated.
        build.flag(format!("-ffile-prefix-map={}=build", variable("OUT_DIR")));
        // The generated headers have the functions of each release under the condition that Rust has them under.
        for minor in MINOR_VERSIONS.filter(|minor| *minor <= self.minor) {
            build.define(&format!("Py_3_{minor}"), None);
        }
        // For the checks. A build must not fail for what a newer compiler warns of.
        println!("cargo::rerun-if-env-changed=RUST_STDLIB_WERROR");
        if env::var_os("RUST_STDLIB_WERROR").is_some() {
            build.flag("-Werror");
        }
        build
    }
}

/// Builds the C side of the module crate whose build script calls this: `<name>module.c` with `Include/rust/<name>.h`,
/// with the headers it includes from `upstream/`, which are taken from the C twin's source, and with the parsing code
/// that Argument Clinic makes from any clinic input in `Include/rust/<name>.h`. Without its feature `python` a module
/// crate is its pure core, and there is nothing to build.
pub fn build_module(name: &str) {
    if env::var_os("CARGO_FEATURE_PYTHON").is_none() {
        return;
    }
    let cpython = Cpython::from_env();
    cpython.emit_cfgs();
    let top = top();
    let header = top.join(format!("Include/rust/{name}.h"));
    let out = PathBuf::from(variable("OUT_DIR"));
    let clinic = out.join(format!("clinic/{name}.h"));
    // The parsing code of a module with a C twin is the twin's.
    if read_tracked(&header).contains("[clinic input]") {
        run_clinic(&cpython, &top, &header, &clinic);
    }
    build_c_side(&cpython, &top, name, name, &out);
    let table = top.join("Modules/Setup.rust");
    for (submodule, since) in submodules(&read_tracked(&table), name) {
        if since <= cpython.minor {
            build_c_side(&cpython, &top, &submodule, &format!("+{submodule}"), &out.join(&submodule));
        }
    }
}

/// The top folder of the workspace.
fn top() -> PathBuf {
    PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiles `<name>module.c`. `line` is the first word of the module's line in the table; what is generated goes to `out`.
fn build_c_side(cpython: &Cpython, top: &Path, name: &str, line: &str, out: &Path) {
    let source = format!("{name}module.c");
    if read_tracked(Path::new(&source)).contains("\"upstream/") {
        run_upstream(cpython, top, line, &source, &out.join("upstream"));
    }
    let mut build = cpython.c_build();
    if name != "_rust" {
        // The init function for the plain name is in Rust/_rust, where the implementation is chosen; it calls this one.
        build.define(&format!("PyInit_{name}"), format!("rust_init_{name}").as_str());
    }
    build
        .define("Py_BUILD_CORE_MODULE", "1")
        .include(cpython.srcdir.join("Include/internal"))
        .include(top.join("Include"))
        .include(out)
        .file(source)
        .compile(&format!("{name}module"));
}

fn run_clinic(cpython: &Cpython, top: &Path, header: &Path, output: &Path) {
    let tool = top.join("Tools/rust/build/clinic.py");
    for file in [header, &tool] {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let python = setting("PYTHON_FOR_REGEN");
    // No byte code: the source trees may be read-only, and CPython's must stay as it was unpacked.
    let status = Command::new(&python)
        .arg("-B")
        .arg(&tool)
        .arg("--cpython")
        .arg(&cpython.srcdir)
        .arg("--output")
        .arg(output)
        .arg(header)
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(_) => fail(format!("Argument Clinic refused the input in {}", header.display())),
        Err(error) => fail(format!("cannot run {python}: {error}")),
    }
}

/// Takes what `<name>module.c` includes from `upstream/` out of the C twin's source.
fn run_upstream(cpython: &Cpython, top: &Path, name: &str, source: &str, output: &Path) {
    let table = top.join("Modules/Setup.rust");
    let Some(twin) = twin_source(&read_tracked(&table), name) else {
        fail(format!("{}: {name} has no C twin, but {source} includes files from upstream/", table.display()))
    };
    let tool = top.join("Tools/rust/build/upstream.py");
    println!("cargo::rerun-if-changed={}", tool.display());
    let python = setting("PYTHON_FOR_REGEN");
    // No byte code: the source trees may be read-only, and CPython's must stay as it was unpacked.
    let result = Command::new(&python)
        .arg("-B")
        .arg(&tool)
        .arg(source)
        .arg(cpython.srcdir.join("Modules").join(twin))
        .arg("--output")
        .arg(output)
        .output();
    match result {
        Ok(result) if result.status.success() => {
            for file in String::from_utf8_lossy(&result.stdout).lines() {
                println!("cargo::rerun-if-changed={file}");
            }
        }
        Ok(result) => fail(String::from_utf8_lossy(&result.stderr).trim()),
        Err(error) => fail(format!("cannot run {python}: {error}")),
    }
}

/// The C file of a module's twin, from the table `Modules/Setup.rust`.
fn twin_source(table: &str, name: &str) -> Option<String> {
    table.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next()? == name).then(|| words.nth(1).filter(|word| word.ends_with(".c")).map(str::to_owned))?
    })
}

/// The submodules of a module, from the table `Modules/Setup.rust`: the names, and the minor version of the first release
/// that has them.
fn submodules(table: &str, module: &str) -> Vec<(String, u32)> {
    let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines
        .skip_while(|words| words.first() != Some(&module))
        .skip(1)
        .map_while(|words| {
            let (name, release) = (words.first()?.strip_prefix('+')?, words.get(1)?);
            Some((name.to_owned(), release.strip_prefix("3.")?.parse().ok()?))
        })
        .collect()
}

/// A setting that configure has left in the environment.
pub fn setting(name: &str) -> String {
    println!("cargo::rerun-if-env-changed={name}");
    match env::var(name) {
        Ok(value) => value,
        Err(_) => fail(format!("{name} is not set: run configure, then cargo in the folder where configure ran")),
    }
}

/// The environment variables that cargo sets for a build script.
pub fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| fail(format!("cargo has not set {name}")))
}

/// Writes a generated file.
pub fn write(path: &Path, text: &str) {
    // An unchanged file keeps its time, so that nothing that depends on it is rebuilt.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    if let Err(error) = fs::write(path, text) {
        fail(format!("cannot write {}: {error}", path.display()));
    }
}

/// Reads a file, and has cargo run the build script again when it changes.
pub fn read_tracked(path: &Path) -> String {
    println!("cargo::rerun-if-changed={}", path.display());
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => fail(format!("cannot read {}: {error}", path.display())),
    }
}

/// `PY_VERSION_HEX` of `patchlevel.h`, where it is an expression of the other macros.
fn version_hex(patchlevel: &str) -> Option<u32> {
    let number = |name: &str| {
        let value = macro_value(patchlevel, name)?;
        value.strip_prefix("0x").map_or_else(|| value.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())
    };
    let level = number(macro_value(patchlevel, "PY_RELEASE_LEVEL")?)?;
    let [major, minor, micro] = [number("PY_MAJOR_VERSION")?, number("PY_MINOR_VERSION")?, number("PY_MICRO_VERSION")?];
    Some(major << 24 | minor << 16 | micro << 8 | level << 4 | number("PY_RELEASE_SERIAL")?)
}

/// The value of `#define NAME VALUE`, if there is such a line.
fn macro_value<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.lines().find_map(|line| {
        let mut words = line.strip_prefix("#define")?.split_whitespace();
        if words.next()? == name { words.next() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::{macro_value, twin_source, version_hex};

    #[test]
    fn releases_are_numbers() {
        let release = |minor: u32, micro: u32, level: &str, serial: u32| {
            version_hex(&format!(
                "#define PY_RELEASE_LEVEL_GAMMA  0xC     /* x */\n#define PY_RELEASE_LEVEL_FINAL 0xF\n\
                 #define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION {minor}\n#define PY_MICRO_VERSION {micro}\n\
                 #define PY_RELEASE_LEVEL PY_RELEASE_LEVEL_{level}\n#define PY_RELEASE_SERIAL {serial}\n"
            ))
        };
        assert_eq!(release(14, 7, "FINAL", 0), Some(0x030e_07f0));
        assert_eq!(release(15, 0, "GAMMA", 2), Some(0x030f_00c2));
        assert_eq!(release(15, 0, "NONE", 2), None);
    }

    #[test]
    fn twins_are_found_in_the_table() {
        let table = "# math default x.c\nmath  default  mathmodule.c $(FLAGS)\npanictest  testing  -\n";
        assert_eq!(twin_source(table, "math").as_deref(), Some("mathmodule.c"));
        assert_eq!(twin_source(table, "panictest"), None);
        assert_eq!(twin_source(table, "zlib"), None);
    }

    #[test]
    fn macros_are_read_from_headers() {
        let header = "/* #define Py_DEBUG 1 */\n#define Py_GIL_DISABLED 1\n#define PY_MINOR_VERSION        14\n";
        assert_eq!(macro_value(header, "Py_GIL_DISABLED"), Some("1"));
        assert_eq!(macro_value(header, "PY_MINOR_VERSION"), Some("14"));
        assert_eq!(macro_value(header, "Py_DEBUG"), None);
    }
}
