//! `pattern.sub` and `pattern.subn`.

use super::ahead::Ahead;
use super::engine::{Cursor, Found, Matches, group, poll};
use super::find::{limit, push};
use super::matched::{self, Match};
use super::pattern::{Pattern, PatternRef};
use super::subject::Subject;
use super::template::{self, Template, join, no_such_group};
use cpython_api::types::{PyBytes, PyInt, PyList, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Instance, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python, StrBuilder, StrData,
    entry,
};

/// The replacement of matches.
enum Replacement<'py> {
    Literal(Bound<'py>),
    Template(Bound<'py, Instance<Template>>),
    Function(Bound<'py>),
}

/// `pattern.sub`, or `pattern.subn` if `is_subn`.
///
/// # Safety
///
/// - `pattern` is an object of the class; it, `replacement` and `string` are objects that the caller keeps for the call.
/// - The thread is attached.
#[inline]
unsafe fn substitute_entry(
    pattern: *mut PyObject,
    replacement: *mut PyObject,
    string: *mut PyObject,
    count: isize,
    is_subn: bool,
) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class, which its caller keeps for the call.
    let pattern = unsafe { Arg::<Instance<Pattern>>::new(&pattern) };
    // SAFETY: the method is called with an object, which its caller keeps for the call.
    let replacement: Arg<'_> = unsafe { Arg::new(&replacement) };
    // SAFETY: the method is called with an object, which its caller keeps for the call.
    let string: Arg<'_> = unsafe { Arg::new(&string) };
    // SAFETY: methods are called on an attached thread.
    unsafe {
        entry(c"re.Pattern.sub", move |py| {
            let (text, count) = substitute(pattern.bind(py), replacement.bind(py), string.bind(py), count)?;
            if !is_subn {
                return Ok(text);
            }
            Ok(PyTuple::pack(py, [text, PyInt::new(py, count)?.into_any()])?.into_any())
        })
    }
}

/// `pattern.sub(repl, string, count)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_sub_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    replacement: *mut PyObject,
    string: *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a pattern and two objects, which its caller keeps, on an attached thread.
    unsafe { substitute_entry(pattern, replacement, string, count, false) }
}

/// `pattern.subn(repl, string, count)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_subn_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    replacement: *mut PyObject,
    string: *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a pattern and two objects, which its caller keeps, on an attached thread.
    unsafe { substitute_entry(pattern, replacement, string, count, true) }
}

/// Whether the object is a string without backslashes.
fn is_literal(replacement: Borrowed<'_, '_>) -> bool {
    let subject = match Subject::new(replacement) {
        Ok(subject) => subject,
        Err(error) => {
            error.clear(replacement.py());
            return false;
        }
    };
    match subject.characters() {
        StrData::Ucs1(units) => memchr::memchr(b'\\', units).is_none(),
        StrData::Ucs2(units) => !units.contains(&u16::from(b'\\')),
        StrData::Ucs4(units) => !units.contains(&u32::from(b'\\')),
    }
}

fn replacement_of<'py>(pattern: PatternRef<'_, 'py>, replacement: Borrowed<'_, 'py>) -> PyResult<Replacement<'py>> {
    if replacement.is_callable() {
        return Ok(Replacement::Function(replacement.to_owned()));
    }
    if is_literal(replacement) {
        return Ok(Replacement::Literal(replacement.to_owned()));
    }
    let compiled = template::compile(pattern, replacement)?;
    if compiled.data().items().is_empty() {
        return Ok(Replacement::Literal(compiled.data().literal(replacement.py()).to_owned()));
    }
    Ok(Replacement::Template(compiled))
}

/// The text with the replacements, and the number of replacements.
fn substitute<'py>(
    pattern: PatternRef<'_, 'py>,
    replacement: Borrowed<'_, 'py>,
    string: Borrowed<'_, 'py>,
    count: isize,
) -> PyResult<(Bound<'py>, usize)> {
    let replacement = replacement_of(pattern, replacement)?;
    let subject = Subject::for_pattern(string, pattern.data().is_bytes)?;
    let mut pieces = Pieces { py: string.py(), literals: Vec::new(), pieces: Vec::new() };
    if pieces.add_literals(&replacement, &subject)? {
        return pieces.substitute(pattern, &subject, &replacement, count);
    }
    substitute_with_objects(pattern, &subject, &replacement, count)
}

/// Substitutes with any kind of replacement: the parts are collected and joined.
fn substitute_with_objects<'py>(
    pattern: PatternRef<'_, 'py>,
    subject: &Subject<'_, 'py>,
    replacement: &Replacement<'py>,
    count: isize,
) -> PyResult<(Bound<'py>, usize)> {
    let py = pattern.py();
    // Appending to a list would take a lock for each part.
    let mut parts = Vec::new();
    let (len, limit) = (subject.len(), limit(count));
    let (mut cursor, mut last, mut done) = (Cursor::new(0), 0, 0);
    let mut ahead = Ahead::default();
    while done < limit {
        if done % 256 == 255 {
            // A search that ends soon does not poll.
            poll(py)?;
        }
        let mut found = Found::new();
        if !ahead.find(py, pattern.data(), subject, len, cursor, &mut found)? {
            break;
        }
        let (start, end) = found.whole();
        if last < start {
            push(&mut parts, subject.slice(last, start)?)?;
        }
        let item = match replacement {
            Replacement::Literal(literal) => literal.clone(),
            Replacement::Template(template) => {
                let made = matched::new(pattern, subject.object(), 0, len, found)?;
                let Some(made) = made.as_borrowed().cast_instance::<Match>() else { unreachable!("a match") };
                template.data().expand(py, made.data())?
            }
            Replacement::Function(function) => {
                let made = matched::new(pattern, subject.object(), 0, len, found)?;
                function.call1(&made)?
            }
        };
        if !item.is_none() {
            push(&mut parts, item)?;
        }
        (last, done) = (end, done + 1);
        cursor = Cursor::after(start, end);
    }
    if last < len {
        push(&mut parts, subject.slice(last, len)?)?;
    }
    if parts.is_empty() {
        return Ok((subject.slice(0, 0)?, done));
    }
    Ok((join(&PyList::from_tail(py, &mut parts, 0)?, subject.is_bytes())?, done))
}

/// The parts of the result, which is assembled without creating an object for each part.
struct Pieces<'py> {
    py: Python<'py>,
    literals: Vec<Bound<'py>>,
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy)]
enum Piece {
    /// A part of the subject.
    Subject(usize, usize),
    /// One of the literals.
    Literal(usize),
}

impl<'py> Pieces<'py> {
    /// Adds the literals of a replacement; false if it is a function, or if a literal is not of the type of the result.
    fn add_literals(&mut self, replacement: &Replacement<'py>, subject: &Subject<'_, 'py>) -> PyResult<bool> {
        let py = self.py;
        let is_bytes = subject.is_bytes();
        let mut add = |literal: Borrowed<'_, 'py>| {
            let is_right = if is_bytes {
                literal.is_exact_instance_of::<PyBytes>()
            } else {
                literal.is_exact_instance_of::<PyStr>()
            };
            if is_right {
                self.literals.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
                self.literals.push(literal.to_owned());
            }
            PyResult::Ok(is_right)
        };
        match replacement {
            Replacement::Literal(literal) => add(literal.as_borrowed()),
            Replacement::Template(template) => {
                if !add(template.data().literal(py))? {
                    return Ok(false);
                }
                for (_, literal) in template.data().items() {
                    if let Some(literal) = literal
                        && !add(literal.bind(py))?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Replacement::Function(_) => Ok(false),
        }
    }

    #[inline]
    fn push(&mut self, piece: Piece) -> PyResult<()> {
        if self.pieces.len() == self.pieces.capacity() {
            self.pieces.try_reserve(1).map_err(|_| PyErr::no_memory(self.py))?;
        }
        self.pieces.push(piece);
        Ok(())
    }

    fn substitute(
        mut self,
        pattern: PatternRef<'_, 'py>,
        subject: &Subject<'_, 'py>,
        replacement: &Replacement<'py>,
        count: isize,
    ) -> PyResult<(Bound<'py>, usize)> {
        let (py, data) = (self.py, pattern.data());
        let mut left = limit(count);
        let (mut cursor, mut last, mut done) = (Cursor::new(0), 0, 0);
        let mut matches = Matches::new(data);
        while left > 0 && !matches.is_done {
            matches.find(py, data, subject, subject.len(), &mut cursor, left)?;
            left -= matches.len();
            done += matches.len();
            for positions in matches.iter() {
                if last < positions[0] {
                    self.push(Piece::Subject(last, positions[0]))?;
                }
                last = positions[1];
                self.push(Piece::Literal(0))?;
                if let Replacement::Template(template) = replacement {
                    self.push_groups(template.data(), positions)?;
                }
            }
        }
        if done == 0 {
            return Ok((subject.slice(0, subject.len())?, 0));
        }
        if last < subject.len() {
            self.push(Piece::Subject(last, subject.len()))?;
        }
        if let [Piece::Literal(_)] = *self.pieces {
            return Ok((self.literals.swap_remove(0), done));
        }
        let text = if subject.is_bytes() { self.join_bytes(subject)? } else { self.join_str(subject)? };
        Ok((text, done))
    }

    /// Adds the groups of a template, and the literals after each.
    fn push_groups(&mut self, template: &Template, positions: &[usize]) -> PyResult<()> {
        let mut literal = 0;
        for (index, after) in template.items() {
            if *index >= positions.len() / 2 {
                return Err(no_such_group(self.py));
            }
            if let Some((start, end)) = group(self.py, positions, *index)? {
                self.push(Piece::Subject(start, end))?;
            }
            if after.is_some() {
                literal += 1;
                self.push(Piece::Literal(literal))?;
            }
        }
        Ok(())
    }

    fn join_bytes(&self, subject: &Subject<'_, 'py>) -> PyResult<Bound<'py>> {
        let StrData::Ucs1(text) = subject.characters() else { unreachable!("bytes") };
        let part = |piece: &Piece| match *piece {
            Piece::Subject(start, end) => text.get(start..end).unwrap_or_default(),
            Piece::Literal(place) => {
                self.literals.get(place).and_then(|literal| literal.as_borrowed().bytes_contents()).unwrap_or_default()
            }
        };
        let len = self.pieces.iter().try_fold(0_usize, |len, piece| len.checked_add(part(piece).len()));
        let text = PyBytes::new_with(self.py, len, |out| {
            self.pieces.iter().for_each(|piece| out.extend_from_slice(part(piece)));
            Ok(())
        })?;
        Ok(text.into_any())
    }

    fn join_str(&self, subject: &Subject<'_, 'py>) -> PyResult<Bound<'py>> {
        let characters = subject.characters();
        let part = |piece: &Piece| match *piece {
            Piece::Subject(start, end) => match characters {
                StrData::Ucs1(units) => StrData::Ucs1(units.get(start..end).unwrap_or_default()),
                StrData::Ucs2(units) => StrData::Ucs2(units.get(start..end).unwrap_or_default()),
                StrData::Ucs4(units) => StrData::Ucs4(units.get(start..end).unwrap_or_default()),
            },
            Piece::Literal(place) => match self.literals.get(place).map(|literal| literal.cast::<PyStr>()) {
                Some(Ok(literal)) => literal.data(),
                _ => StrData::Ucs1(&[]),
            },
        };
        let mut text = StrBuilder::for_pieces(self.py, self.pieces.iter().map(part))?;
        self.pieces.iter().for_each(|piece| text.push(part(piece)));
        Ok(text.finish().into_any())
    }
}
