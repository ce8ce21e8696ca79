//! Conversions between the core's text and `str` objects.

use crate::escape::{self, Output, Style};
use crate::ucs::{Text, Ucs};
use crate::writer::Writer;
use cpython_api::types::PyStr;
use cpython_api::{Bound, PyErr, PyResult, Python, StrBuilder, StrData, Value};
use std::convert::Infallible;
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

/// A new `str`.
#[inline]
pub(super) fn text_object<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py>> {
    PyStr::from_data(py, to_data(text)).map(Bound::into_any)
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

/// The JSON string for a text. Not inlined, as its memory for short strings would be part of every call.
#[inline(never)]
pub(super) fn encode_string<'py>(py: Python<'py>, text: Text<'_>, style: Style) -> PyResult<Bound<'py>> {
    if text.len() <= escape::SMALL {
        return escape::small(text, style, |text| text_object(py, text));
    }
    encode_long_string(py, text, style)
}

/// The same with the exact size counted first, so that memory of the size of the result is written once.
fn encode_long_string<'py>(py: Python<'py>, text: Text<'_>, style: Style) -> PyResult<Bound<'py>> {
    const QUOTE: StrData<'_> = StrData::Ucs1(b"\"");
    let widest = match style {
        Style::Ascii => QUOTE,
        Style::Unicode => to_data(text),
    };
    let plain = escape::plain_prefix(text, style);
    let len = if plain == text.len() { plain } else { escape::encoded_len(text, style) };
    let Some(len) = len.checked_add(2) else { return Err(PyErr::no_memory(py)) };
    let mut builder = Builder(StrBuilder::with_len(py, len, widest)?);
    builder.0.push(QUOTE);
    if plain == text.len() {
        builder.0.push(to_data(text));
    } else {
        let Ok(()) = escape::parts(text, style, &mut builder);
    }
    builder.0.push(QUOTE);
    Ok(builder.0.finish().into_any())
}

struct Builder<'py>(StrBuilder<'py>);

impl Output for Builder<'_> {
    type Error = Infallible;

    #[inline(always)]
    fn plain<U: Ucs>(&mut self, units: &[U], _style: Style) -> Result<(), Infallible> {
        // ASCII characters of a wider kind are narrowed here.
        self.0.push(to_data(U::text(units)));
        Ok(())
    }

    #[inline(always)]
    fn fill<U: Ucs, const N: usize>(&mut self, fill: impl FnOnce(&mut [U; N]) -> usize) -> Result<(), Infallible> {
        let mut units = [U::from(0); N];
        let count = fill(&mut units).min(N);
        self.0.push(to_data(U::text(&units[..count])));
        Ok(())
    }
}
