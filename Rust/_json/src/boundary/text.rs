//! Conversions between the core's text and `str` objects.

use crate::escape::{self, Output, Style};
use crate::ucs::{Text, Ucs};
use crate::writer::Writer;
use cpython_api::types::PyStr;
use cpython_api::{Bound, PyErr, PyResult, Python, StrBuilder, StrData, Value};
use std::convert::Infallible;
use std::mem::{self, MaybeUninit};

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

/// The JSON string for a text, which is ASCII if it says so. Not inlined, as its memory for short strings would be part of
/// every call.
#[inline(never)]
pub(super) fn encode_string<'py>(
    py: Python<'py>,
    text: Text<'_>,
    is_ascii: bool,
    style: Style,
) -> PyResult<Bound<'py>> {
    if text.len() > escape::SMALL {
        return encode_long_string(py, text, style);
    }
    if text.len() <= escape::TINY_TEXT && style == Style::Ascii {
        match text {
            Text::Ucs1(units) => return encode_tiny(py, units, style),
            Text::Ucs2(units) => return encode_tiny(py, units, style),
            Text::Ucs4(units) => return encode_tiny(py, units, style),
        }
    }
    escape::small(text, style, |text| match text {
        Text::Ucs1(units) if is_ascii || style == Style::Ascii => {
            // SAFETY: escapes are ASCII, and so are the other characters.
            unsafe { PyStr::from_ascii(py, [units]) }.map(Bound::into_any)
        }
        _ => text_object(py, text),
    })
}

/// The JSON string for a very short text. If characters beyond ASCII are not to be escaped, it has none.
#[inline(always)]
pub(super) fn encode_tiny<'py, U: Ucs>(py: Python<'py>, units: &[U], style: Style) -> PyResult<Bound<'py>> {
    let len = escape::tiny_len(units, style);
    let fill = |out: &mut [MaybeUninit<u8>]| {
        let mut places = out.iter_mut();
        escape::tiny(units, style, |byte| {
            if let Some(place) = places.next() {
                place.write(byte);
            }
        });
    };
    // SAFETY: all of so many characters are filled, two of which are the quotes; escapes are ASCII, and so is the text otherwise.
    unsafe { PyStr::from_ascii_with(py, len, fill) }.map(Bound::into_any)
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
