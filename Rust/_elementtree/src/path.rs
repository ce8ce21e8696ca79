//! Whether a tag is a path expression, which `xml.etree.ElementPath` evaluates.

#![forbid(unsafe_code)]

/// Whether the tag has a character of a path expression outside of braces, or a wildcard of namespaces, `{}tag` or `{*}tag`.
pub fn is_path<T: Copy + Into<u32>>(tag: &[T]) -> bool {
    let at = |index: usize| tag.get(index).and_then(|&unit| char::from_u32(unit.into()));
    if tag.len() >= 3 && at(0) == Some('{') && (at(1) == Some('}') || (at(1) == Some('*') && at(2) == Some('}'))) {
        return true;
    }
    let mut outside = true;
    for &unit in tag {
        match char::from_u32(unit.into()) {
            Some('{') => outside = false,
            Some('}') => outside = true,
            Some('/' | '*' | '[' | '@' | '.') if outside => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn tags() {
        for tag in ["", "a", "{x/y}a", "{}", "{a.b}c", "a{*}", "{*", "\u{4e2d}"] {
            assert!(!is_path(tag.as_bytes()), "{tag}");
        }
    }

    #[test]
    fn paths() {
        for tag in [".", "a/b", "*", "a[1]", "@x", "{}a", "{*}a", "{x}a/b", "}."] {
            assert!(is_path(tag.as_bytes()), "{tag}");
        }
        assert!(is_path(&[0x4e2d_u16, u16::from(b'/')]));
    }
}
