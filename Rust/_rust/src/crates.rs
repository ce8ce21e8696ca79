//! The crates that each module uses. Written by `make dependencies` from the output of cargo: do not edit.

/// The crate of a module.
#[derive(Clone, Copy, Debug)]
pub struct ModuleCrates {
    /// The module, whose crate has the same name.
    pub module: &'static str,
    /// The version of the crate.
    pub version: &'static str,
    /// The crates from outside the workspace that it links.
    pub dependencies: &'static [&'static str],
}

/// A crate from outside the workspace.
#[derive(Clone, Copy, Debug)]
pub struct Crate {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its licence, an SPDX expression.
    pub licence: &'static str,
}

// regen: crates
/// The crates of each module.
#[rustfmt::skip]
pub const MODULES: &[ModuleCrates] = &[
    ModuleCrates { module: "_bisect", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "_bz2", version: "1.0.0", dependencies: &["cfg-if", "crc32fast"] },
    ModuleCrates { module: "_csv", version: "1.0.0", dependencies: &["zmij"] },
    ModuleCrates { module: "_elementtree", version: "1.0.0", dependencies: &["memchr", "simdutf8"] },
    ModuleCrates { module: "_functools", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "_heapq", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "_json", version: "1.0.0", dependencies: &["zmij"] },
    ModuleCrates { module: "_random", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "_sre", version: "1.0.0", dependencies: &["memchr"] },
    ModuleCrates { module: "_struct", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "array", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "binascii", version: "1.0.0", dependencies: &["cfg-if", "crc32fast"] },
    ModuleCrates { module: "cmath", version: "1.0.0", dependencies: &["libc", "num-complex", "num-traits", "pymath"] },
    ModuleCrates { module: "math", version: "1.0.0", dependencies: &["libc", "num-complex", "num-traits", "pymath"] },
    ModuleCrates { module: "panictest", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "pyexpat", version: "1.0.0", dependencies: &["memchr", "simdutf8"] },
    ModuleCrates { module: "unicodedata", version: "1.0.0", dependencies: &[] },
    ModuleCrates { module: "zlib", version: "1.0.0", dependencies: &["cfg-if", "crc32fast"] },
];

/// All crates from elsewhere.
#[rustfmt::skip]
pub const CRATES: &[Crate] = &[
    Crate { name: "cfg-if", version: "1.0.5", licence: "MIT OR Apache-2.0" },
    Crate { name: "crc32fast", version: "1.5.4", licence: "MIT OR Apache-2.0" },
    Crate { name: "libc", version: "0.2.191", licence: "MIT OR Apache-2.0" },
    Crate { name: "memchr", version: "2.8.3", licence: "Unlicense OR MIT" },
    Crate { name: "num-complex", version: "0.4.6", licence: "MIT OR Apache-2.0" },
    Crate { name: "num-traits", version: "0.2.19", licence: "MIT OR Apache-2.0" },
    Crate { name: "pymath", version: "0.2.0", licence: "PSF-2.0" },
    Crate { name: "simdutf8", version: "0.1.5", licence: "MIT OR Apache-2.0" },
    Crate { name: "zmij", version: "1.0.23", licence: "MIT" },
];
// end

/// The crates of a module.
pub fn of_module(module: &str) -> Option<&'static ModuleCrates> {
    MODULES.iter().find(|used| used.module == module)
}

/// The crates from outside the workspace that these modules link.
pub fn linked<'a>(modules: impl Iterator<Item = &'a str> + Clone) -> impl Iterator<Item = &'static Crate> {
    CRATES.iter().filter(move |linked| {
        modules.clone().filter_map(of_module).any(|used| used.dependencies.contains(&linked.name))
    })
}
