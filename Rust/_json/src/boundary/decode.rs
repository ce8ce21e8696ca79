//! The scanner: objects from the text of a document.
//!
//! Values are collected on one stack, from which a container is made when its end is reached, with memory of its size. A
//! container of more than `FLUSH` values is made when it has reached that many, so that the stack stays short.
//!
//! Nested containers are read by recursion, which the interpreter limits, as in C.

#![forbid(unsafe_code)]

use crate::boundary::memo::Memo;
use crate::boundary::objects::json_scanner;
use crate::boundary::text::{Ascii, joined_object, text_object};
use crate::scan::{self, Number, skip_whitespace};
use crate::ucs::Text;
use crate::unescape::{self, Decoded, Error, Scanned, Source};
use cpython_api::exceptions::{PyStopIteration, PyValueError};
use cpython_api::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyStr, PyTuple};
use cpython_api::{Borrowed, Bound, Py, PyErr, PyResult, Python, StrData};
use std::ffi::CStr;

/// The number of pending values at which they are moved into their container before its end is reached; a key and its
/// value are two.
const FLUSH: usize = 1 << 13;

/// The Python functions that the scanner calls; `None` for those whose default this module does itself.
pub(super) struct Hooks<'a, 'py> {
    py: Python<'py>,
    strict: bool,
    object_hook: Option<Borrowed<'a, 'py>>,
    object_pairs_hook: Option<Borrowed<'a, 'py>>,
    array_hook: Option<Borrowed<'a, 'py>>,
    parse_float: Option<Borrowed<'a, 'py>>,
    parse_int: Option<Borrowed<'a, 'py>>,
    parse_constant: Borrowed<'a, 'py>,
}

impl<'a, 'py> Hooks<'a, 'py> {
    pub(super) fn new(py: Python<'py>, settings: &'a json_scanner) -> Self {
        let hook = |hook: &'a Py| Some(hook.bind(py)).filter(|hook| !hook.is_none());
        Self {
            py,
            strict: settings.strict != 0,
            object_hook: hook(&settings.object_hook),
            object_pairs_hook: hook(&settings.object_pairs_hook),
            array_hook: hook(&settings.array_hook),
            parse_float: (settings.plain_float == 0).then(|| settings.parse_float.bind(py)),
            parse_int: (settings.plain_int == 0).then(|| settings.parse_int.bind(py)),
            parse_constant: settings.parse_constant.bind(py),
        }
    }
}

/// Decodes the value at `index`; returns it and where it ends.
pub(super) fn decode_value<'py>(
    hooks: &Hooks<'_, 'py>,
    string: Borrowed<'_, 'py, PyStr>,
    index: isize,
) -> PyResult<(Bound<'py>, isize)> {
    fn decode<'py, U: Source>(
        hooks: &Hooks<'_, 'py>,
        string: Borrowed<'_, 'py, PyStr>,
        document: &[U],
        index: usize,
    ) -> PyResult<(Bound<'py>, isize)> {
        if document.get(index).is_some_and(|first| *first == U::from(b'"')) {
            // A string alone needs little of what a decoder has.
            return string_at(string, document, index + 1, index + 1, hooks.strict);
        }
        let mut decoder = Decoder {
            hooks,
            string,
            document,
            ascii: Ascii::of(&string),
            at: index,
            stack: Vec::new(),
            memo: Memo::new(),
            scratch: Decoded::new(),
            digits: Vec::new(),
        };
        let value = decoder.value()?;
        Ok((value, decoder.at as isize))
    }
    let Ok(index) = usize::try_from(index) else {
        return Err(PyValueError::new_err(hooks.py, "idx cannot be negative"));
    };
    match string.data() {
        StrData::Ucs1(document) => decode(hooks, string, document, index),
        StrData::Ucs2(document) => decode(hooks, string, document, index),
        StrData::Ucs4(document) => decode(hooks, string, document, index),
    }
}

/// Decodes the string whose first character is at `start` and that is plain up to `at`; returns it and where it ends.
pub(super) fn scan_string<'py>(
    string: Borrowed<'_, 'py, PyStr>,
    start: isize,
    at: usize,
    strict: bool,
) -> PyResult<(Bound<'py>, isize)> {
    fn scan<'py, U: Source>(
        string: Borrowed<'_, 'py, PyStr>,
        document: &[U],
        start: isize,
        at: usize,
        strict: bool,
    ) -> PyResult<(Bound<'py>, isize)> {
        let py = string.py();
        let Some(start) = usize::try_from(start).ok().filter(|start| *start <= document.len()) else {
            return Err(PyValueError::new_err(py, "end is out of bounds"));
        };
        string_at(string, document, start, at, strict)
    }
    match string.data() {
        StrData::Ucs1(document) => scan(string, document, start, at, strict),
        StrData::Ucs2(document) => scan(string, document, start, at, strict),
        StrData::Ucs4(document) => scan(string, document, start, at, strict),
    }
}

/// Decodes the string whose first unit is at `start` and that is plain up to `at`; returns it and where it ends.
#[inline]
fn string_at<'py, U: Source>(
    string: Borrowed<'_, 'py, PyStr>,
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
) -> PyResult<(Bound<'py>, isize)> {
    let take = |start: &[U], text: Text<'_>, end| Ok((decoded_object(string.py(), start, text)?, end as isize));
    unescape::one_string(document, start, at, strict, take).map_err(|error| string_error(string, error))?
}

/// The object for a string with escapes: `start`, which has been left in the document, and the decoded `text`.
#[inline(always)]
fn decoded_object<'py, U: Source>(py: Python<'py>, start: &[U], text: Text<'_>) -> PyResult<Bound<'py>> {
    if start.is_empty() { text_object(py, text) } else { joined_object(py, [U::text(start), text]) }
}

/// The `str` of a part of the document.
#[inline(always)]
fn part_object<'py, U: Source>(
    py: Python<'py>,
    document: &[U],
    ascii: Option<Ascii<'_>>,
    start: usize,
    end: usize,
) -> PyResult<Bound<'py>> {
    match ascii {
        Some(ascii) => ascii.part(py, start, end),
        None => text_object(py, U::text(&document[start..end])),
    }
}

/// Raises `json.JSONDecodeError`.
#[cold]
fn decode_error(string: Borrowed<'_, '_, PyStr>, message: &str, position: usize) -> PyErr {
    let py = string.py();
    let raise = || {
        let class = py.import_attribute(c"json.decoder", c"JSONDecodeError")?;
        // The start of a string that begins before the text is -1, as in C.
        let (message, position) = (PyStr::new(py, message)?, PyInt::new(py, position as isize)?);
        let exception = class.call([&message, &string, &position])?;
        Ok(PyErr::from_value(&class, &exception))
    };
    match raise() {
        Ok(error) | Err(error) => error,
    }
}

#[cold]
fn string_error(string: Borrowed<'_, '_, PyStr>, error: Error) -> PyErr {
    match error {
        Error::Unterminated(at) => decode_error(string, "Unterminated string starting at", at),
        Error::ControlCharacter(at) => decode_error(string, "Invalid control character at", at),
        Error::Escape(at) => decode_error(string, "Invalid \\escape", at),
        Error::UnicodeEscape(at) => decode_error(string, "Invalid \\uXXXX escape", at),
        Error::NoMemory => PyErr::no_memory(string.py()),
    }
}

/// Raises `StopIteration`, which says that there is no value at this index.
#[cold]
fn no_value(py: Python<'_>, index: usize) -> PyErr {
    match PyInt::new(py, index) {
        Ok(index) => PyStopIteration::from_args(&index),
        Err(error) => error,
    }
}

struct Decoder<'a, 'py, U> {
    hooks: &'a Hooks<'a, 'py>,
    string: Borrowed<'a, 'py, PyStr>,
    document: &'a [U],
    ascii: Option<Ascii<'a>>,
    /// Where reading goes on.
    at: usize,
    /// The values of the containers that are being read.
    stack: Vec<Bound<'py>>,
    memo: Memo<'py>,
    scratch: Decoded,
    digits: Vec<u8>,
}

impl<'py, U: Source> Decoder<'_, 'py, U> {
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.document.get(self.at).map_or(0xFF, |unit| unit.ascii())
    }

    #[inline(always)]
    fn skip_whitespace(&mut self) {
        self.at = skip_whitespace(self.document, self.at);
    }

    #[inline(always)]
    fn push(&mut self, value: Bound<'py>) -> PyResult<()> {
        if self.stack.len() == self.stack.capacity() {
            self.stack.try_reserve(16).map_err(|_| PyErr::no_memory(self.hooks.py))?;
        }
        self.stack.push(value);
        Ok(())
    }

    /// Whether the document goes on with these characters.
    fn starts_with(&self, word: &[u8]) -> bool {
        self.document.get(self.at..).is_some_and(|rest| {
            rest.len() >= word.len() && rest.iter().zip(word).all(|(unit, &byte)| *unit == U::from(byte))
        })
    }

    /// Reads one value. Nothing but the frames of arrays and objects is on the C stack while more are nested.
    #[inline(always)]
    fn value(&mut self) -> PyResult<Bound<'py>> {
        match self.peek() {
            b'{' => self.object(),
            b'[' => self.array(),
            first => self.scalar(first),
        }
    }

    /// Reads a value that holds no others.
    #[inline(never)]
    fn scalar(&mut self, first: u8) -> PyResult<Bound<'py>> {
        match first {
            b'"' => {
                let start = self.at + 1;
                let scanned = unescape::string(self.document, start, self.hooks.strict, &mut self.scratch);
                let scanned = scanned.map_err(|error| string_error(self.string, error))?;
                match scanned {
                    Scanned::Plain(end) => {
                        self.at = end + 1;
                        part_object(self.hooks.py, self.document, self.ascii, start, end)
                    }
                    Scanned::Decoded(end) => {
                        self.at = end;
                        let plain = &self.document[start..][..self.scratch.start_len()];
                        decoded_object(self.hooks.py, plain, self.scratch.text())
                    }
                }
            }
            b'n' if self.starts_with(b"null") => Ok(self.word(4, self.hooks.py.None())),
            b't' if self.starts_with(b"true") => Ok(self.word(4, PyBool::new(self.hooks.py, true).into_any())),
            b'f' if self.starts_with(b"false") => Ok(self.word(5, PyBool::new(self.hooks.py, false).into_any())),
            b'N' if self.starts_with(b"NaN") => self.constant(c"NaN"),
            b'I' if self.starts_with(b"Infinity") => self.constant(c"Infinity"),
            b'-' if self.starts_with(b"-Infinity") => self.constant(c"-Infinity"),
            _ => self.number(),
        }
    }

    #[inline(always)]
    fn word(&mut self, len: usize, value: Bound<'py>) -> Bound<'py> {
        self.at += len;
        value
    }

    #[cold]
    fn constant(&mut self, name: &CStr) -> PyResult<Bound<'py>> {
        let text = PyStr::intern(self.hooks.py, name)?;
        let value = self.hooks.parse_constant.call1(&text)?;
        self.at += name.count_bytes();
        Ok(value)
    }

    #[inline]
    fn number(&mut self) -> PyResult<Bound<'py>> {
        let py = self.hooks.py;
        let start = self.at;
        if let Some(value) = scan::one_digit(self.document, start)
            && self.hooks.parse_int.is_none()
        {
            self.at = start + 1;
            return PyInt::new(py, value).map(Bound::into_any);
        }
        let Some((number, end)) = scan::number(self.document, start) else { return Err(no_value(py, start)) };
        let hook = if let Number::Float(_) = number { self.hooks.parse_float } else { self.hooks.parse_int };
        let value = match (number, hook) {
            (_, Some(hook)) => hook.call1(&part_object(self.hooks.py, self.document, self.ascii, start, end)?),
            (Number::Int(value), None) => PyInt::new(py, value).map(Bound::into_any),
            (Number::BigInt, None) => self.big_int(start, end),
            (Number::Float(decimal), None) => {
                let value = match decimal.to_f64() {
                    Some(value) => value,
                    None => {
                        self.copy_digits(start, end)?;
                        let digits = self.digits.strip_suffix(b"\0").unwrap_or_default();
                        scan::parse_float(digits).unwrap_or(f64::NAN)
                    }
                };
                PyFloat::new(py, value).map(Bound::into_any)
            }
        }?;
        self.at = end;
        Ok(value)
    }

    /// Makes an integer of more than 64 bits: a short one from its limbs, a longer one as C does, from its text.
    #[inline(never)]
    fn big_int(&mut self, start: usize, end: usize) -> PyResult<Bound<'py>> {
        let py = self.hooks.py;
        let units = &self.document[start..end];
        let (negative, digits) = match units {
            [sign, digits @ ..] if *sign == U::from(b'-') => (true, digits),
            digits => (false, digits),
        };
        if let Some(limbs) = scan::limbs(digits) {
            return PyInt::from_limbs(py, negative, &limbs).map(Bound::into_any);
        }
        self.copy_digits(start, end)?;
        let text = CStr::from_bytes_until_nul(&self.digits).unwrap_or_default();
        PyInt::from_decimal(py, text).map(Bound::into_any)
    }

    /// Puts the ASCII characters between two places into `digits`, with a NUL after them.
    fn copy_digits(&mut self, start: usize, end: usize) -> PyResult<()> {
        self.digits.clear();
        self.digits.try_reserve(end - start + 1).map_err(|_| PyErr::no_memory(self.hooks.py))?;
        self.digits.extend(self.document[start..end].iter().map(|unit| unit.ascii()));
        self.digits.push(0);
        Ok(())
    }

    /// Reads an array, whose bracket is the next character.
    #[inline(never)]
    fn array(&mut self) -> PyResult<Bound<'py>> {
        self.hooks.py.with_recursion(c" while decoding a JSON array from a unicode string", || self.items())
    }

    #[inline(always)]
    fn items(&mut self) -> PyResult<Bound<'py>> {
        let py = self.hooks.py;
        let base = self.stack.len();
        let mut list = None;
        self.at += 1;
        self.skip_whitespace();
        if self.peek() != b']' {
            loop {
                let value = self.value()?;
                self.push(value)?;
                if self.stack.len() - base >= FLUSH {
                    self.flush_list(&mut list, base)?;
                }
                if self.after_item(b']', "Illegal trailing comma before end of array")? {
                    break;
                }
            }
        }
        self.at += 1;
        if list.is_none() && self.hooks.array_hook.is_none() {
            return PyList::from_tail(py, &mut self.stack, base).map(Bound::into_any);
        }
        self.finish_array(list, base)
    }

    /// Finishes a list of which a part has been made, or that has a hook.
    #[inline(never)]
    fn finish_array(&mut self, mut list: Option<Bound<'py, PyList>>, base: usize) -> PyResult<Bound<'py>> {
        self.flush_list(&mut list, base)?;
        let Some(list) = list else { return Err(PyErr::no_memory(self.hooks.py)) };
        match self.hooks.array_hook {
            Some(hook) => hook.call1(&list),
            None => Ok(list.into_any()),
        }
    }

    #[inline(never)]
    fn flush_list(&mut self, list: &mut Option<Bound<'py, PyList>>, base: usize) -> PyResult<()> {
        match list {
            Some(list) => list.append_tail(&mut self.stack, base),
            None => {
                *list = Some(PyList::from_tail(self.hooks.py, &mut self.stack, base)?);
                Ok(())
            }
        }
    }

    /// Reads the comma or the bracket after an item, and white space; true for the bracket, which is left.
    #[inline(always)]
    fn after_item(&mut self, bracket: u8, trailing_comma: &str) -> PyResult<bool> {
        self.skip_whitespace();
        let next = self.peek();
        if next == bracket {
            return Ok(true);
        }
        if next != b',' {
            return Err(decode_error(self.string, "Expecting ',' delimiter", self.at));
        }
        let comma = self.at;
        self.at += 1;
        self.skip_whitespace();
        if self.peek() == bracket {
            return Err(decode_error(self.string, trailing_comma, comma));
        }
        Ok(false)
    }

    /// Reads an object, whose bracket is the next character.
    #[inline(never)]
    fn object(&mut self) -> PyResult<Bound<'py>> {
        self.hooks.py.with_recursion(c" while decoding a JSON object from a unicode string", || self.pairs())
    }

    #[inline(always)]
    fn pairs(&mut self) -> PyResult<Bound<'py>> {
        let base = self.stack.len();
        let mut dict = None;
        self.at += 1;
        self.skip_whitespace();
        if self.peek() != b'}' {
            loop {
                let key = self.key()?;
                self.push(key)?;
                let value = self.value()?;
                self.push(value)?;
                if self.hooks.object_pairs_hook.is_some() {
                    self.pair()?;
                } else if self.stack.len() - base >= FLUSH {
                    self.flush_dict(&mut dict, base)?;
                }
                if self.after_item(b'}', "Illegal trailing comma before end of object")? {
                    break;
                }
            }
        }
        self.at += 1;
        self.finish_object(dict, base)
    }

    /// Reads a key and the colon after it. Inlined, it would take a third of the depth that can be read.
    #[inline(never)]
    fn key(&mut self) -> PyResult<Bound<'py>> {
        let py = self.hooks.py;
        if self.peek() != b'"' {
            return Err(decode_error(self.string, "Expecting property name enclosed in double quotes", self.at));
        }
        let start = self.at + 1;
        let (document, ascii) = (self.document, self.ascii);
        let scanned = unescape::string(document, start, self.hooks.strict, &mut self.scratch);
        let key = match scanned.map_err(|error| string_error(self.string, error))? {
            Scanned::Plain(end) => {
                self.at = end + 1;
                let make = || part_object(py, document, ascii, start, end);
                self.memo.get(py, document, start, end, make)?
            }
            Scanned::Decoded(end) => {
                self.at = end;
                let plain = &document[start..][..self.scratch.start_len()];
                let key = decoded_object(py, plain, self.scratch.text())?;
                self.memo.intern(py, &key)?
            }
        };
        self.skip_whitespace();
        if self.peek() != b':' {
            return Err(decode_error(self.string, "Expecting ':' delimiter", self.at));
        }
        self.at += 1;
        self.skip_whitespace();
        Ok(key)
    }

    /// Makes a tuple of the key and the value on top of the stack.
    #[inline(never)]
    fn pair(&mut self) -> PyResult<()> {
        if let Some((value, key)) = self.stack.pop().zip(self.stack.pop()) {
            self.stack.push(PyTuple::pair(&key, &value)?.into_any());
        }
        Ok(())
    }

    #[inline(never)]
    fn flush_dict(&mut self, dict: &mut Option<Bound<'py, PyDict>>, base: usize) -> PyResult<()> {
        match dict {
            Some(dict) => dict.update_from_tail(&mut self.stack, base),
            None => {
                *dict = Some(PyDict::from_tail(self.hooks.py, &mut self.stack, base)?);
                Ok(())
            }
        }
    }

    /// Makes the dict, or what the hooks make of it.
    #[inline(never)]
    fn finish_object(&mut self, mut dict: Option<Bound<'py, PyDict>>, base: usize) -> PyResult<Bound<'py>> {
        if let Some(hook) = self.hooks.object_pairs_hook {
            let pairs = PyList::from_tail(self.hooks.py, &mut self.stack, base)?;
            return hook.call1(&pairs);
        }
        self.flush_dict(&mut dict, base)?;
        let Some(dict) = dict else { return Err(PyErr::no_memory(self.hooks.py)) };
        match self.hooks.object_hook {
            Some(hook) => hook.call1(&dict),
            None => Ok(dict.into_any()),
        }
    }
}
