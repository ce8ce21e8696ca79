//! The crates behind each module. Written by `make dependencies` from what cargo says: do not edit.

/// The crate of a module.
#[derive(Clone, Copy, Debug)]
pub struct Behind {
    /// The module, whose crate has the same name.
    pub module: &'static str,
    /// The version of the crate.
    pub version: &'static str,
    /// The crates from elsewhere that it links.
    pub on: &'static [&'static str],
}

/// A crate from elsewhere.
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
/// What is behind each module.
#[rustfmt::skip]
pub const MODULES: &[Behind] = &[
    Behind { module: "_bz2", version: "1.0.0", on: &[] },
    Behind { module: "_json", version: "1.0.0", on: &["itoa", "zmij"] },
    Behind { module: "binascii", version: "1.0.0", on: &["cfg-if", "crc32fast", "zlib-rs"] },
    Behind { module: "cmath", version: "1.0.0", on: &["libc", "num-complex", "num-traits", "pymath"] },
    Behind { module: "math", version: "1.0.0", on: &["libc", "num-complex", "num-traits", "pymath"] },
    Behind { module: "panictest", version: "1.0.0", on: &[] },
    Behind { module: "zlib", version: "1.0.0", on: &["cfg-if", "crc32fast", "zlib-rs"] },
];

/// All crates from elsewhere.
#[rustfmt::skip]
pub const CRATES: &[Crate] = &[
    Crate { name: "cfg-if", version: "1.0.5", licence: "MIT OR Apache-2.0" },
    Crate { name: "crc32fast", version: "1.5.4", licence: "MIT OR Apache-2.0" },
    Crate { name: "itoa", version: "1.0.18", licence: "MIT OR Apache-2.0" },
    Crate { name: "libc", version: "0.2.191", licence: "MIT OR Apache-2.0" },
    Crate { name: "num-complex", version: "0.4.6", licence: "MIT OR Apache-2.0" },
    Crate { name: "num-traits", version: "0.2.19", licence: "MIT OR Apache-2.0" },
    Crate { name: "pymath", version: "0.2.0", licence: "PSF-2.0" },
    Crate { name: "zlib-rs", version: "0.6.8", licence: "Zlib" },
    Crate { name: "zmij", version: "1.0.23", licence: "MIT" },
];
// end

/// What is behind a module.
pub fn behind(module: &str) -> Option<&'static Behind> {
    MODULES.iter().find(|behind| behind.module == module)
}

/// The crates from elsewhere that these modules link.
pub fn linked<'a>(modules: impl Iterator<Item = &'a str> + Clone) -> impl Iterator<Item = &'static Crate> {
    CRATES
        .iter()
        .filter(move |linked| modules.clone().filter_map(behind).any(|behind| behind.on.contains(&linked.name)))
}
