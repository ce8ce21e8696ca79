//! Between the text of the core and `str` objects.

use crate::units::Text;
use crate::writer::Writer;
use cpython_api::{Bound, PyErr, PyResult, Python, StrBuilder, StrData, str_from_data};
use std::mem;

/// The characters of a `str` as the core has them.
#[inline(always)]
pub(super) fn to_text(data: StrData<'_>) -> Text<'_> {
    match data {
        StrData::Ucs1(units) => Text::One(units),
        StrData::Ucs2(units) => Text::Two(units),
        StrData::Ucs4(units) => Text::Four(units),
    }
}

/// The characters of the core as a `str` has them.
#[inline(always)]
pub(super) fn to_data(text: Text<'_>) -> StrData<'_> {
    match text {
        Text::One(units) => StrData::Ucs1(units),
        Text::Two(units) => StrData::Ucs2(units),
        Text::Four(units) => StrData::Ucs4(units),
    }
}

/// A `str` of what has been written. The writer is cleared, or empty.
pub(super) fn from_writer<'py>(py: Python<'py>, out: &mut Writer) -> PyResult<Bound<'py>> {
    if let Some(text) = out.single() {
        return str_from_data(py, to_data(text));
    }
    let blocks = mem::take(out).finish().map_err(|_| PyErr::no_memory(py))?;
    let mut builder = StrBuilder::for_pieces(py, blocks.iter().map(|block| to_data(block.text())))?;
    // Each block is given back as soon as it has been copied.
    for block in blocks {
        builder.push(to_data(block.text()));
    }
    Ok(builder.finish())
}

/// A `str` of the text in quotes.
pub(super) fn quoted<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py>> {
    let quote = StrData::Ucs1(b"\"");
    let pieces = [quote, to_data(text), quote];
    let mut builder = StrBuilder::for_pieces(py, pieces.into_iter())?;
    pieces.into_iter().for_each(|piece| builder.push(piece));
    Ok(builder.finish())
}
