//! The functions whose signatures CPython 3.15 changes, and those that it adds.
//!
//! C keeps the reverse table of every alphabet in a dict of the module. Here those of the alphabets that the module names are
//! static, and another is made for the call: no state is shared, and no memory grows with the number of alphabets.

use super::{bytes_from, bytes_of, error, error_for, hex, short_bytes, short_bytes_of};
use crate::alphabet::{
    self, ASCII85_REVERSE, BASE32, BASE32_REVERSE, BASE32HEX, BASE32HEX_REVERSE, BASE64, BASE64_REVERSE, BASE85,
    BASE85_REVERSE, ReverseTable, URLSAFE_BASE64, URLSAFE_BASE64_REVERSE, Z85, Z85_REVERSE,
};
use crate::hex::HEX_REVERSE;
use crate::ignorechars::{ByteSet, compact_short};
use crate::{ascii85, base32, base64, base85};
use cpu_level::Level;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyBytes, PyModule};
use cpython_api::{
    Arg, Borrowed, Bound, OutBuf, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, Python, View, entry, into_c_result,
};
use std::ffi::{CStr, c_int};
use std::fmt::Display;
use std::mem::MaybeUninit;

/// The struct of `Python.h`, of which only pointers are passed.
///
/// cbindgen:ignore
#[repr(C)]
#[derive(Debug)]
pub struct PyBytesObject {
    _opaque: [u8; 0],
}

/// The constants that 3.15 adds to the module.
const ALPHABETS: [(&CStr, &[u8]); 10] = [
    (c"BASE64_ALPHABET", &BASE64),
    (c"URLSAFE_BASE64_ALPHABET", &URLSAFE_BASE64),
    (c"CRYPT_ALPHABET", &alphabet::CRYPT),
    (c"UU_ALPHABET", &alphabet::UU),
    (c"BINHEX_ALPHABET", &alphabet::BINHEX),
    (c"BASE85_ALPHABET", &BASE85),
    (c"ASCII85_ALPHABET", &alphabet::ASCII85),
    (c"Z85_ALPHABET", &Z85),
    (c"BASE32_ALPHABET", &BASE32),
    (c"BASE32HEX_ALPHABET", &BASE32HEX),
];

/// Adds the alphabets to the module.
pub(super) fn add_alphabets(module: &Bound<'_, PyModule>) -> PyResult<()> {
    for (name, alphabet) in ALPHABETS {
        let alphabet = PyBytes::new(module.py(), alphabet)?;
        module.add(name, &alphabet)?;
    }
    Ok(())
}

/// The error for an alphabet that does not have `len` characters.
#[cold]
fn wrong_alphabet(py: Python<'_>, len: usize) -> PyErr {
    PyValueError::new_err(py, format_args!("alphabet must have length {len}"))
}

/// The alphabet to encode with: a copy of the argument, or `default` when it was not given.
fn encoding_alphabet<const N: usize>(
    py: Python<'_>,
    argument: Option<View<'_>>,
    default: &[u8; N],
) -> PyResult<[u8; N]> {
    let Some(argument) = argument else {
        return Ok(*default);
    };
    <[u8; N]>::try_from(&argument.input(py)?[..]).map_err(|_| wrong_alphabet(py, N))
}

/// Calls `decode` with the reverse table of an alphabet of `N` characters, or with that of the first of the `known` ones when
/// the argument was not given.
fn with_reverse_table<'py, const N: usize>(
    py: Python<'py>,
    argument: Option<Arg<'_, PyBytes>>,
    pad: Option<u8>,
    known: Known<N>,
    decode: impl FnOnce(&ReverseTable) -> PyResult<Bound<'py>>,
) -> PyResult<Bound<'py>> {
    let Some(argument) = argument else {
        return decode(known[0].1);
    };
    let Ok(alphabet) = <&[u8; N]>::try_from(argument.bind(py).as_bytes()) else {
        return Err(wrong_alphabet(py, N));
    };
    match known.iter().find(|(known, _)| *known == alphabet) {
        Some((_, table)) => decode(table),
        None => decode(&ReverseTable::new(alphabet, pad)),
    }
}

/// Alphabets with their reverse tables: the one that is the default, and another.
type Known<const N: usize> = [(&'static [u8; N], &'static ReverseTable); 2];

/// The alphabets that the module has names for, and their reverse tables.
const KNOWN_BASE64: Known<64> = [(&BASE64, &BASE64_REVERSE), (&URLSAFE_BASE64, &URLSAFE_BASE64_REVERSE)];
const KNOWN_BASE32: Known<32> = [(&BASE32, &BASE32_REVERSE), (&BASE32HEX, &BASE32HEX_REVERSE)];
const KNOWN_BASE85: Known<85> = [(&BASE85, &BASE85_REVERSE), (&Z85, &Z85_REVERSE)];

/// The set of the characters to ignore, which is empty when the argument was not given.
fn ignored(py: Python<'_>, argument: Option<View<'_>>) -> PyResult<ByteSet> {
    match argument {
        Some(argument) if !argument.is_empty() => Ok(ByteSet::new(&argument.input(py)?)),
        _ => Ok(ByteSet::new(b"")),
    }
}

/// The most characters of a text that is short.
const SHORT: usize = 64;

/// A short text without the characters to ignore, if they are few and are not `special`. It is copied to `compacted` if there
/// are any to ignore.
#[inline(always)]
fn without_ignored<'a>(
    py: Python<'_>,
    data: &'a [u8],
    ignorechars: Option<View<'_>>,
    table: &ReverseTable,
    special: &[u8],
    compacted: &'a mut OutBuf<'_>,
) -> Option<&'a [u8]> {
    let Some(ignored) = ignorechars.filter(|ignored| !ignored.is_empty()) else {
        return Some(data);
    };
    compact_short(Level::detected(), data, ignored.short(py, 4)?, table, special, compacted).then(|| compacted.filled())
}

/// The alphabet to encode with, if it can be borrowed.
#[inline(always)]
fn borrowed_alphabet<'a, const N: usize>(
    py: Python<'_>,
    alphabet: Option<View<'a>>,
    default: &'a [u8; N],
) -> Option<&'a [u8; N]> {
    match alphabet {
        None => Some(default),
        Some(alphabet) => alphabet.short(py, N)?.try_into().ok(),
    }
}

/// The arguments of every function: the module and the data.
#[derive(Clone, Copy)]
struct Call<'a> {
    module: Arg<'a, PyModule>,
    data: View<'a>,
}

impl<'a> Call<'a> {
    /// Takes the arguments that the parsing code passes to every function.
    ///
    /// # Safety
    ///
    /// The parsing code passes its module, which its caller keeps for the call, and a view that it fills before the call, and
    /// releases after it.
    unsafe fn new(module: &'a *mut PyObject, data: &'a *mut Py_buffer) -> Self {
        // SAFETY: it is the module that the function belongs to, which lives as long as the call.
        let module = unsafe { Arg::<PyModule>::new(module) };
        // SAFETY: the parsing code has filled the view, and releases it after the call.
        let data = unsafe { View::new(data) };
        Self { module, data }
    }

    /// Encodes the data if it has at most `limit` bytes, in as many bytes as `len` says, unless it says none.
    #[inline(always)]
    fn encode_short(
        self,
        py: Python<'_>,
        limit: usize,
        len: impl FnOnce(&[u8]) -> Option<usize>,
        encode: impl FnOnce(&[u8], &mut OutBuf<'_>) -> bool,
    ) -> Option<*mut PyObject> {
        let data = self.data.short(py, limit)?;
        short_bytes_of(py, len(data)?, |out| encode(data, out)).map(into_c_result)
    }

    /// Encodes the data, in as many bytes as `len` says of its own length; `too_much` is the message where it says none.
    fn encode<'py>(
        self,
        py: Python<'py>,
        too_much: &str,
        len: impl FnOnce(usize) -> Option<usize>,
        encode: impl FnOnce(&[u8], &mut OutBuf<'_>) + Send,
    ) -> PyResult<Bound<'py>> {
        let data: &[u8] = &self.data.input(py)?;
        match len(data.len()) {
            Some(len) => bytes_of(py, Some(len), |out| encode(data, out)),
            None => Err(error(self.module.bind(py), too_much)),
        }
    }
}

/// The arguments of the functions that decode with an alphabet.
#[derive(Clone, Copy)]
struct Decoding<'a> {
    call: Call<'a>,
    alphabet: Option<Arg<'a, PyBytes>>,
    ignorechars: Option<View<'a>>,
}

impl<'a> Decoding<'a> {
    /// Takes the arguments that the parsing code passes to a function that decodes with an alphabet.
    ///
    /// # Safety
    ///
    /// - The parsing code passes its module, and a bytes object or NULL, which its caller keeps for the call.
    /// - It fills the views before the call, or leaves that of `ignorechars` all NULL, and releases them after it.
    unsafe fn new(
        module: &'a *mut PyObject,
        data: &'a *mut Py_buffer,
        alphabet: &'a *mut PyObject,
        ignorechars: &'a *mut Py_buffer,
    ) -> Self {
        // SAFETY: the module lives as long as the call; the view is filled, and released after the call.
        let call = unsafe { Call::new(module, data) };
        // SAFETY: it is NULL or a bytes object that lives as long as the call.
        let alphabet = unsafe { Arg::<PyBytes>::optional(alphabet) };
        // SAFETY: the view is filled, and released after the call, or it is all NULL.
        let ignorechars = unsafe { View::optional(ignorechars) };
        Self { call, alphabet, ignorechars }
    }

    /// Decodes the data if it has at most `limit` characters and `decode` does not return false: with an alphabet that the
    /// module has a name for, and without the characters to ignore. One that is `special` is not ignored here.
    #[inline(always)]
    fn decode_short<const SPACE: usize, const N: usize>(
        self,
        py: Python<'_>,
        limit: usize,
        known: Known<N>,
        special: &[u8],
        decode: impl FnOnce(&[u8], &ReverseTable, &mut OutBuf<'_>) -> bool,
    ) -> Option<*mut PyObject> {
        let table = match self.alphabet {
            None => known[0].1,
            Some(alphabet) => {
                let alphabet = alphabet.bind(py).as_bytes();
                known.iter().find(|(known, _)| known[..] == *alphabet)?.1
            }
        };
        let mut memory = [MaybeUninit::uninit(); SHORT];
        let mut compacted = OutBuf::new(&mut memory);
        let data =
            without_ignored(py, self.call.data.short(py, limit)?, self.ignorechars, table, special, &mut compacted)?;
        short_bytes::<SPACE>(py, |out| decode(data, table, out)).map(into_c_result)
    }

    /// Decodes the data, in at most as many bytes as `max_len` says of its length.
    fn decode<'py, const N: usize, E: Display + Send>(
        self,
        py: Python<'py>,
        (pad, known): (Option<u8>, Known<N>),
        max_len: impl FnOnce(usize) -> usize,
        literal: impl FnOnce(&E) -> Option<&'static str>,
        decode: impl FnOnce(&[u8], &ReverseTable, &mut OutBuf<'_>) -> Result<(), E> + Send,
    ) -> PyResult<Bound<'py>> {
        let data: &[u8] = &self.call.data.input(py)?;
        with_reverse_table(py, self.alphabet, pad, known, |table| {
            let raise = |reason| error_for(self.call.module.bind(py), literal(&reason), reason);
            bytes_from(py, Some(max_len(data.len())), raise, |out| decode(data, table, out))
        })
    }
}

/// The message of an error that is the same for every text.
fn base64_literal(reason: &base64::DecodeError) -> Option<&'static str> {
    reason.literal()
}

/// The same of base85.
fn base85_literal(reason: &base85::DecodeError) -> Option<&'static str> {
    reason.literal()
}

/// Decodes base64.
///
/// `strict_mode` is -1 when it was not given.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    strict_mode: c_int,
    padded: c_int,
    alphabet: *mut PyBytesObject,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    let alphabet = alphabet.cast::<PyObject>();
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Decoding::new(&module, &data, &alphabet, &ignorechars) };
    // An argument of no characters is given all the same.
    let strict = if strict_mode == -1 { call.ignorechars.is_some() } else { strict_mode != 0 };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let pads = (padded != 0, canonical != 0);
    // The lenient mode skips all characters that are not in the alphabet.
    let call = Decoding { ignorechars: call.ignorechars.filter(|_| strict), ..call };
    let short = call.decode_short::<{ base64::SHORT_SPACE }, _>(
        py,
        base64::SHORT_TEXT,
        KNOWN_BASE64,
        b"=",
        |data, table, out| {
            base64::decode_short(Level::detected(), data, table, pads, out)
                || !strict && base64::decode_short_lenient(Level::detected(), data, table, pads, out)
        },
    );
    if let Some(bytes) = short {
        return bytes;
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.a2b_base64", move |py| {
            let rules = base64::Rules {
                padded: padded != 0,
                canonical: canonical != 0,
                ignorechars: ignored(py, call.ignorechars)?,
            };
            call.decode(py, (Some(b'='), KNOWN_BASE64), base64::max_decoded_len, base64_literal, |data, table, out| {
                base64::decode(data, table, strict, &rules, out)
            })
        })
    }
}

/// Encodes base64.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    padded: c_int,
    wrapcol: usize,
    newline: c_int,
    alphabet: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Call::new(&module, &data) };
    // SAFETY: the parsing code fills the view before the call, or leaves it all NULL, and releases it after.
    let alphabet = unsafe { View::optional(&alphabet) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(alphabet) = borrowed_alphabet(py, alphabet, &BASE64) {
        let (level, options) =
            (Level::detected(), base64::Options { alphabet, padded: padded != 0, wrapcol, newline: newline != 0 });
        let len = |data: &[u8]| base64::short_len(level, data.len(), options);
        let encode = |data: &[u8], out: &mut OutBuf<'_>| base64::encode_short(level, data, options, out);
        if let Some(text) = call.encode_short(py, base64::SHORT, len, encode) {
            return text;
        }
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base64", move |py| {
            let alphabet = &encoding_alphabet(py, alphabet, &BASE64)?;
            let options = base64::Options { alphabet, padded: padded != 0, wrapcol, newline: newline != 0 };
            call.encode(
                py,
                "Too much data for base64",
                |len| base64::encoded_len(len, options),
                |data, out| base64::encode(data, options, out),
            )
        })
    }
}

/// Decodes Ascii85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_ascii85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    foldspaces: c_int,
    adobe: c_int,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes these arguments.
    let Call { module, data } = unsafe { Call::new(&module, &data) };
    // SAFETY: the parsing code fills the view before the call, or leaves it all NULL, and releases it after.
    let ignorechars = unsafe { View::optional(&ignorechars) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if adobe == 0 {
        let mut memory = [MaybeUninit::uninit(); SHORT];
        let mut compacted = OutBuf::new(&mut memory);
        let data = data.short(py, SHORT);
        let data =
            data.and_then(|data| without_ignored(py, data, ignorechars, &ASCII85_REVERSE, b"zy", &mut compacted));
        let decode = |data| short_bytes::<SHORT>(py, |out| ascii85::decode_short(data, canonical != 0, out));
        if let Some(bytes) = data.and_then(decode) {
            return into_c_result(bytes);
        }
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.a2b_ascii85", move |py| {
            let rules = ascii85::Rules {
                foldspaces: foldspaces != 0,
                adobe: adobe != 0,
                canonical: canonical != 0,
                ignorechars: ignored(py, ignorechars)?,
            };
            decode_ascii85(module.bind(py), &data.input(py)?, &rules)
        })
    }
}

fn decode_ascii85<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    data: &[u8],
    rules: &ascii85::Rules,
) -> PyResult<Bound<'py>> {
    let raise = |reason: ascii85::DecodeError| error_for(module, reason.literal(), reason);
    let text = ascii85::strip_marks(data, rules).map_err(raise)?;
    let Some(len) = ascii85::max_decoded_len(text) else {
        return Err(error(module, "Too much Ascii85 data"));
    };
    bytes_from(module.py(), Some(len), raise, |out| ascii85::decode(text, rules, out))
}

/// Encodes Ascii85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_ascii85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    foldspaces: c_int,
    wrapcol: usize,
    pad: c_int,
    adobe: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Call::new(&module, &data) };
    let options = ascii85::Options { foldspaces: foldspaces != 0, wrapcol, pad: pad != 0, adobe: adobe != 0 };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let len = |data: &[u8]| ascii85::short_len(data, options);
    let encode = |data: &[u8], out: &mut OutBuf<'_>| ascii85::encode_short(data, options, out);
    if let Some(text) = call.encode_short(py, ascii85::SHORT, len, encode) {
        return text;
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.b2a_ascii85", move |py| {
            call.encode(
                py,
                "Too much data for Ascii85",
                |len| ascii85::max_encoded_len(len, options),
                |data, out| ascii85::encode(data, options, out),
            )
        })
    }
}

/// Decodes base85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_base85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    alphabet: *mut PyBytesObject,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    let alphabet = alphabet.cast::<PyObject>();
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Decoding::new(&module, &data, &alphabet, &ignorechars) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(bytes) = call.decode_short::<SHORT, _>(py, SHORT, KNOWN_BASE85, b"", base85::decode_short) {
        return bytes;
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.a2b_base85", move |py| {
            let rules = base85::Rules { canonical: canonical != 0, ignorechars: ignored(py, call.ignorechars)? };
            call.decode(py, (None, KNOWN_BASE85), base85::max_decoded_len, base85_literal, |data, table, out| {
                base85::decode(data, table, &rules, out)
            })
        })
    }
}

/// Encodes base85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_base85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    pad: c_int,
    wrapcol: usize,
    alphabet: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Call::new(&module, &data) };
    // SAFETY: the parsing code fills the view before the call, or leaves it all NULL, and releases it after.
    let alphabet = unsafe { View::optional(&alphabet) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(alphabet) = borrowed_alphabet(py, alphabet, &BASE85) {
        let options = base85::Options { alphabet, pad: pad != 0, wrapcol };
        let len = |data: &[u8]| base85::short_len(data, options);
        let encode = |data: &[u8], out: &mut OutBuf<'_>| base85::encode_short(data, options, out);
        if let Some(text) = call.encode_short(py, base85::SHORT, len, encode) {
            return text;
        }
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base85", move |py| {
            let alphabet = &encoding_alphabet(py, alphabet, &BASE85)?;
            let options = base85::Options { alphabet, pad: pad != 0, wrapcol };
            call.encode(
                py,
                "Too much data for Base85",
                |len| base85::encoded_len(len, options),
                |data, out| base85::encode(data, options, out),
            )
        })
    }
}

/// Decodes base32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_base32_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    padded: c_int,
    alphabet: *mut PyBytesObject,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    let alphabet = alphabet.cast::<PyObject>();
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Decoding::new(&module, &data, &alphabet, &ignorechars) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let pads = (padded != 0, canonical != 0);
    let short = call.decode_short::<SHORT, _>(py, SHORT, KNOWN_BASE32, b"=", |data, table, out| {
        base32::decode_short(Level::detected(), data, table, pads, out)
    });
    if let Some(bytes) = short {
        return bytes;
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.a2b_base32", move |py| {
            let rules = base32::Rules {
                padded: padded != 0,
                canonical: canonical != 0,
                ignorechars: ignored(py, call.ignorechars)?,
            };
            call.decode(py, (Some(b'='), KNOWN_BASE32), base32::max_decoded_len, base64_literal, |data, table, out| {
                base32::decode(data, table, &rules, out)
            })
        })
    }
}

/// Encodes base32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_base32_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    padded: c_int,
    wrapcol: usize,
    alphabet: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes these arguments.
    let call = unsafe { Call::new(&module, &data) };
    // SAFETY: the parsing code fills the view before the call, or leaves it all NULL, and releases it after.
    let alphabet = unsafe { View::optional(&alphabet) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(alphabet) = borrowed_alphabet(py, alphabet, &BASE32) {
        let options = base32::Options { alphabet, padded: padded != 0, wrapcol };
        let len = |data: &[u8]| base32::short_len(data.len(), options);
        let encode = |data: &[u8], out: &mut OutBuf<'_>| base32::encode_short(Level::detected(), data, options, out);
        if let Some(text) = call.encode_short(py, base32::SHORT, len, encode) {
            return text;
        }
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base32", move |py| {
            let alphabet = &encoding_alphabet(py, alphabet, &BASE32)?;
            let options = base32::Options { alphabet, padded: padded != 0, wrapcol };
            call.encode(
                py,
                "Too much data for base32",
                |len| base32::encoded_len(len, options),
                |data, out| base32::encode(data, options, out),
            )
        })
    }
}

/// Decodes hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_hex_impl(
    module: *mut PyObject,
    hexstr: *mut Py_buffer,
    ignorechars: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes these arguments.
    let Call { module, data } = unsafe { Call::new(&module, &hexstr) };
    // SAFETY: the parsing code fills the view before the call, or leaves it all NULL, and releases it after.
    let ignorechars = unsafe { View::optional(&ignorechars) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let short = {
        let mut memory = [MaybeUninit::uninit(); SHORT];
        let mut compacted = OutBuf::new(&mut memory);
        let digits = data.short(py, SHORT);
        let digits =
            digits.and_then(|digits| without_ignored(py, digits, ignorechars, &HEX_REVERSE, b"", &mut compacted));
        digits.and_then(|digits| hex::decode_short(py, digits, crate::hex::odd_length_error))
    };
    match short {
        Some(Ok(bytes)) => return into_c_result(bytes),
        Some(Err(reason)) => return into_c_result::<Bound<'_>>(Err(error(module.bind(py), reason.message()))),
        None => {}
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.a2b_hex", move |py| decode_hex(module.bind(py), &data.input(py)?, &ignored(py, ignorechars)?))
    }
}

#[cfg(Py_3_15)]
fn decode_hex<'py>(module: Borrowed<'_, 'py, PyModule>, digits: &[u8], ignorechars: &ByteSet) -> PyResult<Bound<'py>> {
    bytes_from(
        module.py(),
        Some(crate::hex::decoded_len(digits.len())),
        |reason: crate::hex::DecodeError| error(module, reason.message()),
        |out| crate::hex::decode_ignoring(digits, ignorechars, out),
    )
}

/// The other name of `a2b_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_unhexlify_impl(
    module: *mut PyObject,
    hexstr: *mut Py_buffer,
    ignorechars: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes both functions the same.
    unsafe { binascii_a2b_hex_impl(module, hexstr, ignorechars) }
}

/// Encodes as hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_hex_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code passes NULL or an argument, which its caller keeps for the call.
    let sep = unsafe { Arg::optional(&sep) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    hex::encode(c"binascii.b2a_hex", py, data, sep, bytes_per_sep)
}

/// The other name of `b2a_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_hexlify_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code passes NULL or an argument, which its caller keeps for the call.
    let sep = unsafe { Arg::optional(&sep) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    hex::encode(c"binascii.hexlify", py, data, sep, bytes_per_sep)
}
