//! Reads `names.txt`, the names of the C API that are bound.

/// The names by kind.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) functions: Vec<String>,
    pub(crate) variables: Vec<String>,
    pub(crate) types: Vec<String>,
}

/// Reads the text of the file: lines with one name each, below their kind in brackets.
pub(crate) fn read(text: &str) -> Result<Names, String> {
    let mut names = Names::default();
    let mut kind = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line, kind) {
            ("[functions]" | "[variables]" | "[types]", _) => kind = line,
            (name, "[functions]") => names.functions.push(name.to_owned()),
            (name, "[variables]") => names.variables.push(name.to_owned()),
            (name, "[types]") => names.types.push(name.to_owned()),
            (line, _) => return Err(format!("names.txt: {line} is below no kind of names")),
        }
    }
    Ok(names)
}

impl Names {
    /// A name that bindgen's output does not have.
    pub(crate) fn missing(&self, bindings: &str) -> Option<&str> {
        let lacks =
            |name: &&String, forms: &[&str]| !forms.iter().any(|form| bindings.contains(&format!("{form} {name} ")));
        let functions = self.functions.iter().find(|name| lacks(name, &["pub fn"]));
        let variables = self.variables.iter().find(|name| lacks(name, &["pub static mut", "pub static", "pub const"]));
        let types = self.types.iter().find(|name| lacks(name, &["pub type", "pub struct", "pub union"]));
        functions.or(variables).or(types).map(String::as_str)
    }
}
