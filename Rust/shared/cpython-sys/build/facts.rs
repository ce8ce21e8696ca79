//! Static assertions in C of the facts on which the bindings rely, for the C compiler that builds the interpreter.
//!
//! bindgen has these facts from libclang. Here they are parsed from its output: sizes, alignments and offsets, the
//! values of constants, and the types of functions and variables, which are translated back into C. An item that cannot
//! be parsed stops the build, so that none is left out silently.

use std::fmt::Write as _;

/// One number: the C expression, the Rust expression, and the value that bindgen found.
pub(crate) struct Number {
    c: String,
    rust: String,
    value: String,
}

/// One function or variable and its type, written in C.
pub(crate) struct Declaration {
    name: String,
    c_type: String,
}

/// All that is claimed.
pub(crate) struct Facts {
    pub(crate) numbers: Vec<Number>,
    pub(crate) declarations: Vec<Declaration>,
}

/// Reads bindgen's output, which is a stream of tokens with single blanks between most of them.
pub(crate) fn read(bindings: &str) -> Result<Facts, String> {
    let mut numbers = layouts(bindings);
    if numbers.is_empty() {
        return Err("no layout facts were found in bindgen's output: its format has changed".into());
    }
    numbers.extend(constants(bindings)?);
    let mut declarations = Vec::new();
    for item in after(bindings, "pub fn ") {
        declarations.push(function(item)?);
    }
    for item in after(bindings, "pub static mut ").chain(after(bindings, "pub static ")) {
        // The second search finds the `mut` of the first again.
        if item.starts_with("mut ") {
            continue;
        }
        let (name, ty) = item.split_once(" : ").ok_or_else(|| format!("not understood: static {item}"))?;
        declarations.push(Declaration { name: name.to_owned(), c_type: c_type(ty, "")? });
    }
    Ok(Facts { numbers, declarations })
}

/// What stands between each `start` and the next semicolon.
fn after<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split_once(';')).map(|(item, _)| item.trim())
}

/// The sizes, alignments and offsets that bindgen asserts. Each stands in its output as
/// `["Size of T"][size_of::<T>() - 8usize]`, likewise `Alignment of T` and `Offset of field: T::f`.
fn layouts(bindings: &str) -> Vec<Number> {
    let mut found = Vec::new();
    for (start, _) in bindings.match_indices("[\"") {
        let rest = &bindings[start + 2..];
        let Some((label, rest)) = rest.split_once("\"]") else { continue };
        let value = rest.split_once("- ").and_then(|(_, rest)| rest.split_once("usize")).map(|(value, _)| value.trim());
        let Some(value) = value.filter(|value| value.parse::<usize>().is_ok()) else { continue };
        let (c, rust) = if let Some(name) = label.strip_prefix("Size of ") {
            (format!("sizeof({name})"), format!("size_of::<{name}>()"))
        } else if let Some(name) = label.strip_prefix("Alignment of ") {
            (format!("_Alignof({name})"), format!("align_of::<{name}>()"))
        } else if let Some((name, field)) = label.strip_prefix("Offset of field: ").and_then(|l| l.split_once("::")) {
            (format!("offsetof({name}, {field})"), format!("core::mem::offset_of!({name}, {field})"))
        } else {
            continue;
        };
        found.push(Number { c, rust, value: value.to_owned() });
    }
    found
}

/// The constants, each `NAME : u32 = 1`.
fn constants(bindings: &str) -> Result<Vec<Number>, String> {
    let mut found = Vec::new();
    // Another `const` is the unnamed one of a layout assertion.
    for item in after(bindings, "pub const ") {
        let parts = item.split_once(" : ").and_then(|(name, rest)| Some((name, rest.split_once(" = ")?.1)));
        let Some((name, value)) = parts.filter(|(_, value)| value.parse::<usize>().is_ok()) else {
            return Err(format!("not understood: const {item}"));
        };
        found.push(Number { c: name.to_owned(), rust: format!("{name} as usize"), value: value.to_owned() });
    }
    Ok(found)
}

/// A function, `name (arg : T , ...) -> T`.
fn function(item: &str) -> Result<Declaration, String> {
    let (name, signature) = item.split_once(' ').ok_or_else(|| format!("not understood: fn {item}"))?;
    let signature = signature.trim();
    let c_type = signature_in_c(signature, "")?;
    Ok(Declaration { name: name.to_owned(), c_type })
}

/// A signature, `(arg : T , T) -> T`, as the C type of a function, or with the declarator `(*)` of a pointer to one.
fn signature_in_c(signature: &str, declarator: &str) -> Result<String, String> {
    let misread = || format!("not understood: {signature}");
    let close = matching(signature).ok_or_else(misread)?;
    let (arguments, result) = (&signature[1..close], signature[close + 1..].trim());
    let mut parameters = Vec::new();
    for argument in top_level_commas(arguments) {
        // The name, if there is one; a path has no blank in front of its first colons.
        let ty = match argument.split_once(" : ") {
            Some((name, ty)) if !name.contains(['*', ':', '<']) && !name.is_empty() => ty,
            _ => argument,
        };
        parameters.push(if ty == "..." { ty.to_owned() } else { c_type(ty, "")? });
    }
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    let result = match result.strip_prefix("->") {
        Some(ty) => c_type(ty.trim(), "")?,
        None if result.is_empty() => "void".to_owned(),
        None => return Err(misread()),
    };
    Ok(format!("{result} {declarator}({parameters})"))
}

/// The place of the parenthesis that closes the one `text` starts with.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (place, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(place),
            ')' => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The parts of a list of arguments, whose own parentheses may hold commas.
fn top_level_commas(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (place, character) in list.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// A C declaration: the Rust type in C, followed by its declarator.
fn c_type(rust: &str, declarator: &str) -> Result<String, String> {
    let rust = rust.trim();
    if let Some(target) = rust.strip_prefix("* mut ") {
        return c_type(target, &format!("*{declarator}"));
    }
    if let Some(target) = rust.strip_prefix("* const ") {
        // The const belongs to what is pointed to.
        return match target.starts_with('*') {
            true => c_type(target, &format!(" const *{declarator}")),
            false => Ok(format!("const {}", c_type(target, &format!("*{declarator}"))?)),
        };
    }
    if let Some(inner) = rust.strip_prefix(":: core :: option :: Option < unsafe extern \"C\" fn ") {
        let inner = inner.strip_suffix('>').ok_or_else(|| format!("not understood: {rust}"))?;
        return signature_in_c(inner.trim(), &format!("(*{declarator})"));
    }
    let name = match rust.strip_prefix(":: core :: ffi :: ").unwrap_or(rust) {
        "c_void" => "void",
        "c_char" => "char",
        "c_schar" => "signed char",
        "c_uchar" | "u8" => "unsigned char",
        "c_int" => "int",
        "c_uint" => "unsigned int",
        "c_long" => "long",
        "c_ulong" => "unsigned long",
        "c_longlong" => "long long",
        "c_ulonglong" => "unsigned long long",
        "f64" => "double",
        "i64" => "int64_t",
        "u64" => "uint64_t",
        "u32" => "uint32_t",
        "usize" => "size_t",
        name if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => name,
        _ => return Err(format!("not understood: {rust}")),
    };
    Ok(format!("{name} {declarator}"))
}

/// C code in which every fact is a static assertion, and an array with the numbers for a test.
pub(crate) fn in_c(facts: &Facts) -> String {
    let mut text = String::from("#include \"shims.h\"\n#include <stddef.h>\n\n");
    for Number { c, value, .. } in &facts.numbers {
        let _ = writeln!(text, "_Static_assert({c} == {value}, \"{c} is not what the bindings say\");");
    }
    for Declaration { name, c_type } in &facts.declarations {
        let _ = writeln!(
            text,
            "_Static_assert(__builtin_types_compatible_p(__typeof__({name}), {c_type}), \
             \"{name} is not of the type that the bindings say\");"
        );
    }
    text.push_str("\nconst size_t shim_facts[] = {\n");
    for Number { c, .. } in &facts.numbers {
        let _ = writeln!(text, "    {c},");
    }
    text.push_str("};\n");
    text
}

/// Rust that gives a test the same numbers, and the number of declarations.
pub(crate) fn in_rust(facts: &Facts) -> String {
    let mut text = format!("const FACTS: [(&str, usize); {}] = [\n", facts.numbers.len());
    for Number { c, rust, .. } in &facts.numbers {
        let _ = writeln!(text, "    (\"{c}\", {rust}),");
    }
    let _ = writeln!(text, "];\nconst DECLARATIONS: [&str; {}] = [", facts.declarations.len());
    for Declaration { name, .. } in &facts.declarations {
        let _ = writeln!(text, "    \"{name}\",");
    }
    text.push_str("];\n");
    text
}
