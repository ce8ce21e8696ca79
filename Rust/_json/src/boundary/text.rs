//! Conversions between the core's text and `str` objects.

use crate::escape::{self, Style};
use crate::ucs::{Text, Ucs};
use crate::writer::Writer;
use cpython_api::types::PyStr;
use cpython_api::{Bound, PyErr, PyResult, Python, StrBuilder, StrData, StrUnit, Value};
use std::mem;

/// The characters of a `str` as the core has them.
#[inline(always)]
pub(super) fn to_text(data: StrData<'_>) -> Text<'_> {
    match data {
        StrData::Ucs1(units) => Text::Ucs1(units),
        StrData::Ucs2(units) => Text::Ucs2(units),
        StrData::Ucs4(units) => Text::Ucs4(units),
    }
}

/// The characters of the core as a `str` has them.
#[inline(always)]
fn to_data(text: Text<'_>) -> StrData<'_> {
    match text {
        Text::Ucs1(units) => StrData::Ucs1(units),
        Text::Ucs2(units) => StrData::Ucs2(units),
        Text::Ucs4(units) => StrData::Ucs4(units),
    }
}

/// The characters of a `str`; `None` for any other object.
#[inline]
pub(super) fn text_of<'a>(object: &'a Bound<'_>) -> Option<Text<'a>> {
    match object.value() {
        Value::Str(data) => Some(to_text(data)),
        _ => None,
    }
}

/// The characters of a `str` if all of them are ASCII.
///
/// # Invariants
///
/// - The bytes are ASCII.
#[derive(Clone, Copy)]
pub(super) struct Ascii<'a>(&'a [u8]);

impl<'a> Ascii<'a> {
    pub(super) fn of(string: &'a Bound<'_, PyStr>) -> Option<Self> {
        match string.data() {
            StrData::Ucs1(units) if string.is_ascii() => Some(Self(units)),
            _ => None,
        }
    }

    /// A `str` of a part. It is not looked at again, as [`text_object`] does.
    #[inline(always)]
    pub(super) fn part<'py>(self, py: Python<'py>, start: usize, end: usize) -> PyResult<Bound<'py>> {
        // SAFETY: they are ASCII (invariants).
        unsafe { PyStr::from_ascii(py, [&self.0[start..end]]) }.map(Bound::into_any)
    }
}

/// A new `str`.
#[inline]
pub(super) fn text_object<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py>> {
    PyStr::from_data(py, to_data(text)).map(Bound::into_any)
}

/// A `str` of one character, which is U+10FFFF at most.
#[inline]
pub(super) fn character_object(py: Python<'_>, character: u32) -> PyResult<Bound<'_>> {
    // In its own width it is not looked at again.
    if let Some(unit) = u8::from_char(character) {
        text_object(py, Text::Ucs1(&[unit]))
    } else if let Some(unit) = u16::from_char(character) {
        text_object(py, Text::Ucs2(&[unit]))
    } else {
        text_object(py, Text::Ucs4(&[character]))
    }
}

/// A new `str` of two texts, one after the other.
#[inline(never)]
pub(super) fn joined_object<'py>(py: Python<'py>, texts: [Text<'_>; 2]) -> PyResult<Bound<'py>> {
    let mut builder = StrBuilder::for_pieces(py, texts.into_iter().map(to_data))?;
    texts.into_iter().for_each(|text| builder.push(to_data(text)));
    Ok(builder.finish().into_any())
}

/// A `str` of the output. The writer is left as it is, or empty.
pub(super) fn from_writer<'py>(py: Python<'py>, out: &mut Writer) -> PyResult<Bound<'py, PyStr>> {
    if let Some(text) = out.single() {
        return PyStr::from_data(py, to_data(text));
    }
    let blocks = mem::take(out).finish().map_err(|_| PyErr::no_memory(py))?;
    let mut builder = StrBuilder::for_pieces(py, blocks.iter().map(|block| to_data(block.text())))?;
    // Each block is freed as soon as it has been copied.
    for block in blocks {
        builder.push(to_data(block.text()));
    }
    Ok(builder.finish())
}

/// The longest text for [`few_to_ascii`] and [`few_to_unicode`].
pub(super) const FEW: usize = 64;
/// From this length on it pays to test first whether the text needs escapes.
const LOOKED_AT: usize = 4;

/// The JSON string for a text, of ASCII characters: the text is ASCII, or all others are escaped.
#[inline]
pub(super) fn to_ascii<'py, U: Ucs>(py: Python<'py>, units: &[U], style: Style) -> PyResult<Bound<'py>> {
    if let Some(text) = plain_to_ascii(py, units, style) {
        return text;
    }
    let len = escape::encoded_len(units, style);
    // SAFETY: all `len` characters are filled, two of which are the quotes; escapes are ASCII, and so are the other
    // characters.
    unsafe { PyStr::from_ascii_with(py, len, |out| escape::fill(units, style, out)) }.map(Bound::into_any)
}

/// The same for a short text. It cannot panic.
#[inline(always)]
pub(super) fn few_to_ascii<'py, U: Ucs>(py: Python<'py>, units: &[U], style: Style) -> PyResult<Bound<'py>> {
    if units.len() >= LOOKED_AT
        && let Some(text) = plain_to_ascii(py, units, style)
    {
        return text;
    }
    let len = escape::encoded_len_of_few(units, style);
    // SAFETY: all `len` characters are filled, two of which are the quotes; escapes are ASCII, and so are the
    // other characters.
    unsafe { PyStr::from_ascii_with(py, len, |out| escape::fill_few(units, style, out)) }.map(Bound::into_any)
}

/// The JSON string for a text of one byte a character that needs no escapes.
#[inline(always)]
fn plain_to_ascii<'py, U: Ucs>(py: Python<'py>, units: &[U], style: Style) -> Option<PyResult<Bound<'py>>> {
    // Text of a wider kind has a character that needs one.
    let bytes = U::as_bytes(units)?;
    if !escape::is_plain(bytes, style) {
        return None;
    }
    // SAFETY: the quotes are ASCII, and so is text that needs no escapes in ASCII, or is ASCII anyway.
    Some(unsafe { PyStr::from_ascii(py, [b"\"", bytes, b"\""]) }.map(Bound::into_any))
}

/// The JSON string for the text of a `str` that is not ASCII, in the width of its characters, which are not escaped.
#[inline]
pub(super) fn to_unicode<'py, U: Ucs + StrUnit>(py: Python<'py>, units: &[U]) -> PyResult<Bound<'py>> {
    if let Some(text) = plain_to_unicode(py, units) {
        return text;
    }
    let style = Style::Unicode;
    let len = escape::encoded_len(units, style);
    // SAFETY: all `len` characters are filled, two of which are the quotes. The characters that are not ASCII are not
    // escaped, so they need the width as in the str.
    unsafe { PyStr::from_units_with::<U>(py, len, |out| escape::fill(units, style, out)) }.map(Bound::into_any)
}

/// The same for a short text. It cannot panic.
#[inline(always)]
pub(super) fn few_to_unicode<'py, U: Ucs + StrUnit>(py: Python<'py>, units: &[U]) -> PyResult<Bound<'py>> {
    if units.len() >= LOOKED_AT
        && let Some(text) = plain_to_unicode(py, units)
    {
        return text;
    }
    let style = Style::Unicode;
    let len = escape::encoded_len_of_few(units, style);
    // SAFETY: as for `to_unicode`.
    unsafe { PyStr::from_units_with::<U>(py, len, |out| escape::fill_few(units, style, out)) }.map(Bound::into_any)
}

/// The JSON string for such a text that needs no escapes.
#[inline(always)]
fn plain_to_unicode<'py, U: Ucs + StrUnit>(py: Python<'py>, units: &[U]) -> Option<PyResult<Bound<'py>>> {
    if !escape::is_plain(units, Style::Unicode) {
        return None;
    }
    let quote: &[U] = &[U::from(b'"')];
    // SAFETY: the characters are those of a str that needs their width.
    Some(unsafe { PyStr::from_units(py, [quote, units, quote]) }.map(Bound::into_any))
}
