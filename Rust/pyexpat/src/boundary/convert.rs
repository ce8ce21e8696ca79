//! The conversion of events of the parser to the arguments of handlers.

use crate::handler::Handler;
use crate::name_table::{self, NameTable};
use cpython_api::exceptions::{PyRecursionError, PySystemError};
use cpython_api::types::{PyDict, PyInt, PyList, PyStr, PyTuple};
use cpython_api::{Borrowed, Bound, Py, PyErr, PyObject, PyResult, Python, StrData};
use std::ffi::c_char;
use xml_parser::{Attributes, ContentModel, Event};

/// The maximum depth of a content model. CPython hashes and compares the nested tuples recursively.
const MAX_MODEL_DEPTH: usize = 5000;

unsafe extern "C" {
    /// `PyUnicode_DecodeUTF8`, with strict errors.
    fn pyexpat_decode_text(text: *const c_char, len: isize) -> *mut PyObject;
}

/// Text as a `str`.
#[inline]
pub(super) fn text<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyStr>> {
    if text.is_ascii() {
        return PyStr::from_data(py, StrData::Ucs1(text));
    }
    // SAFETY: the thread is attached, as the token proves, and the pointer and the length are those of a slice; C raises an
    // exception for invalid UTF-8.
    let object = unsafe { pyexpat_decode_text(text.as_ptr().cast(), text.len() as isize) };
    // SAFETY: a new reference, or NULL with an exception set.
    let Some(object) = (unsafe { Bound::from_owned_or_null(py, object) }) else {
        // SAFETY: NULL comes with an exception.
        return Err(unsafe { PyErr::already_set(py) });
    };
    // SAFETY: the call makes a str.
    Ok(unsafe { object.cast_into_unchecked() })
}

/// Text as a `str`, or `None`.
fn optional<'py>(py: Python<'py>, value: Option<&[u8]>) -> PyResult<Bound<'py>> {
    match value {
        Some(value) => text(py, value).map(Bound::into_any),
        None => Ok(py.None()),
    }
}

/// Where the arguments of a handler are collected.
pub(super) struct Arguments<'a, 'py> {
    pub(super) py: Python<'py>,
    pub(super) intern: Option<Borrowed<'a, 'py, PyDict>>,
    pub(super) names: &'a mut NameTable<Py<PyStr>>,
    pub(super) arguments: &'a mut Vec<Bound<'py>>,
    /// The alternating names and values of attributes.
    pub(super) attributes: &'a mut Vec<Bound<'py>>,
}

impl<'py> Arguments<'_, 'py> {
    #[inline]
    fn push(&mut self, argument: impl Into<Bound<'py>>) -> PyResult<()> {
        if self.arguments.len() == self.arguments.capacity() {
            self.arguments.try_reserve(8).map_err(|_| PyErr::no_memory(self.py))?;
        }
        self.arguments.push(argument.into());
        Ok(())
    }

    #[inline]
    fn text(&mut self, value: &[u8]) -> PyResult<()> {
        let value = text(self.py, value)?.into_any();
        self.push(value)
    }

    fn optional(&mut self, value: Option<&[u8]>) -> PyResult<()> {
        let value = optional(self.py, value)?;
        self.push(value)
    }

    fn int(&mut self, value: i64) -> PyResult<()> {
        let value = PyInt::new(self.py, value)?.into_any();
        self.push(value)
    }

    /// The interned `str` of a name, which is added to the dict `intern` if it is missing.
    #[inline]
    fn interned(&mut self, name: &[u8]) -> PyResult<Bound<'py>> {
        let Some(dict) = self.intern else { return text(self.py, name).map(Bound::into_any) };
        let place = name_table::place(name);
        if let Some(known) = place.and_then(|place| self.names.get(&place)) {
            return Ok(known.bind(self.py).to_owned().into_any());
        }
        let new = text(self.py, name)?;
        let found = dict.set_default(&new, &new)?;
        if let (Some(place), Some(found)) = (place, found.cast_exact::<PyStr>())
            && let Some(before) = self.names.set(&place, found.clone().unbind())
        {
            before.drop_ref(self.py);
        }
        Ok(found)
    }

    #[inline]
    fn name(&mut self, name: &[u8]) -> PyResult<()> {
        let name = self.interned(name)?;
        self.push(name)
    }

    /// As in C, `None` is looked up in the dict, too.
    fn optional_name(&mut self, name: Option<&[u8]>) -> PyResult<()> {
        match (name, self.intern) {
            (Some(name), _) => self.name(name),
            (None, Some(dict)) => {
                let none = self.py.None();
                let found = dict.set_default(&none, &none)?;
                self.push(found)
            }
            (None, None) => self.push(self.py.None()),
        }
    }

    /// The first `count` attributes.
    fn take_attributes(&mut self, attributes: Attributes<'_>, count: usize) -> PyResult<()> {
        self.attributes.try_reserve(2 * count).map_err(|_| PyErr::no_memory(self.py))?;
        for attribute in attributes.iter().take(count) {
            let name = self.interned(attribute.name)?;
            self.attributes.push(name);
            self.attributes.push(text(self.py, attribute.value)?.into_any());
        }
        Ok(())
    }

    /// Collects the arguments for the handler of an event. For a start tag the attributes are collected separately.
    #[inline]
    pub(super) fn collect(&mut self, event: &Event<'_>, specified_only: bool) -> PyResult<()> {
        match *event {
            Event::StartElement(start) => {
                let attributes = start.attributes();
                let count = if specified_only { start.specified() } else { attributes.len() };
                if count > 0 {
                    self.take_attributes(attributes, count)?;
                }
                self.name(start.name())
            }
            Event::EndElement { name } => self.name(name),
            Event::CharacterData(data) | Event::Default(data) | Event::Comment(data) => self.text(data),
            ref other => self.collect_rare(other),
        }
    }

    fn collect_rare(&mut self, event: &Event<'_>) -> PyResult<()> {
        match *event {
            Event::ProcessingInstruction { target, data } => {
                self.name(target)?;
                self.text(data)
            }
            Event::XmlDecl { version, encoding, standalone } => {
                self.optional(version)?;
                self.optional(encoding)?;
                self.int(standalone.map_or(-1, i64::from))
            }
            Event::StartDoctypeDecl { name, system_id, public_id, has_internal_subset } => {
                self.name(name)?;
                self.optional_name(system_id)?;
                self.optional_name(public_id)?;
                self.int(has_internal_subset.into())
            }
            Event::ElementDecl { name, model } => {
                let model = content_model(self.py, model)?;
                self.name(name)?;
                self.push(model)
            }
            Event::AttlistDecl { element, attribute, kind, default, required } => {
                self.name(element)?;
                self.name(attribute)?;
                self.text(kind)?;
                self.optional(default)?;
                self.int(required.into())
            }
            Event::EntityDecl { name, is_parameter, value, base, system_id, public_id, notation } => {
                self.name(name)?;
                self.int(is_parameter.into())?;
                self.optional(value)?;
                [base, system_id, public_id, notation].into_iter().try_for_each(|name| self.optional_name(name))
            }
            Event::UnparsedEntityDecl { name, base, system_id, public_id, notation } => {
                self.name(name)?;
                self.optional_name(base)?;
                self.name(system_id)?;
                self.optional_name(public_id)?;
                self.name(notation)
            }
            Event::NotationDecl { name, base, system_id, public_id } => {
                self.name(name)?;
                [base, system_id, public_id].into_iter().try_for_each(|name| self.optional_name(name))
            }
            Event::StartNamespaceDecl { prefix, uri } => {
                self.optional_name(prefix)?;
                self.optional_name(uri)
            }
            Event::EndNamespaceDecl { prefix } => self.optional_name(prefix),
            Event::SkippedEntity { name, is_parameter } => {
                self.name(name)?;
                self.int(is_parameter.into())
            }
            Event::ExternalEntityRef { context, base, system_id, public_id } => {
                self.optional(context)?;
                [base, system_id, public_id].into_iter().try_for_each(|name| self.optional_name(name))
            }
            _ => Ok(()),
        }
    }
}

/// The handler of an event; `None` for one that a program cannot set. `default` is the default handler that is installed.
#[inline]
pub(super) fn handler_of(event: &Event<'_>, default: Handler) -> Option<Handler> {
    Some(match event {
        Event::XmlDecl { .. } => Handler::XmlDecl,
        Event::StartDoctypeDecl { .. } => Handler::StartDoctypeDecl,
        Event::EndDoctypeDecl => Handler::EndDoctypeDecl,
        Event::ElementDecl { .. } => Handler::ElementDecl,
        Event::AttlistDecl { .. } => Handler::AttlistDecl,
        Event::EntityDecl { .. } => Handler::EntityDecl,
        Event::UnparsedEntityDecl { .. } => Handler::UnparsedEntityDecl,
        Event::NotationDecl { .. } => Handler::NotationDecl,
        Event::StartNamespaceDecl { .. } => Handler::StartNamespaceDecl,
        Event::EndNamespaceDecl { .. } => Handler::EndNamespaceDecl,
        Event::StartElement(_) => Handler::StartElement,
        Event::EndElement { .. } => Handler::EndElement,
        Event::CharacterData(_) => Handler::CharacterData,
        Event::ProcessingInstruction { .. } => Handler::ProcessingInstruction,
        Event::Comment(_) => Handler::Comment,
        Event::StartCdataSection => Handler::StartCdataSection,
        Event::EndCdataSection => Handler::EndCdataSection,
        Event::Default(_) => default,
        Event::SkippedEntity { .. } => Handler::SkippedEntity,
        Event::ExternalEntityRef { .. } => Handler::ExternalEntityRef,
        Event::NotStandalone => Handler::NotStandalone,
        Event::UnknownEncoding { .. } => return None,
    })
}

/// The attributes of a start tag as a dict, or as a list of alternating names and values.
#[inline]
pub(super) fn container<'py>(py: Python<'py>, attributes: &mut Vec<Bound<'py>>, ordered: bool) -> PyResult<Bound<'py>> {
    match (ordered, attributes.is_empty()) {
        (true, true) => PyList::empty(py).map(Bound::into_any),
        (true, false) => PyList::from_tail(py, attributes, 0).map(Bound::into_any),
        (false, true) => PyDict::new(py).map(Bound::into_any),
        (false, false) => PyDict::from_tail(py, attributes, 0).map(Bound::into_any),
    }
}

/// A content model as nested tuples, created from the last node to the first.
fn content_model<'py>(py: Python<'py>, model: ContentModel<'_>) -> PyResult<Bound<'py>> {
    let mut depths = Vec::new();
    let mut made = Vec::new();
    let no_memory = |_| PyErr::no_memory(py);
    depths.try_reserve_exact(model.len()).map_err(no_memory)?;
    depths.resize(model.len(), 0_usize);
    made.try_reserve_exact(model.len()).map_err(no_memory)?;
    made.resize_with(model.len(), || None);
    for index in (0..model.len()).rev() {
        let Some(node) = model.node(index) else { break };
        let children = node.children.clone();
        let depth = depths.get(children.clone()).unwrap_or_default().iter().max().map_or(0, |depth| depth + 1);
        if depth > MAX_MODEL_DEPTH {
            return Err(PyRecursionError::new_err(py, "maximum recursion depth exceeded in conv_content_model"));
        }
        if let Some(place) = depths.get_mut(index) {
            *place = depth;
        }
        let start = children.start;
        let children = PyTuple::new(py, children.len(), |child| {
            let child = made.get_mut(start + child).and_then(Option::take);
            child.ok_or_else(|| PySystemError::new_err(py, "the parser has made a bad content model"))
        })?;
        let kind = PyInt::new(py, i64::from(node.kind as u8))?.into_any();
        let quantifier = PyInt::new(py, i64::from(node.quantifier as u8))?.into_any();
        let name = optional(py, node.name)?;
        let tuple = PyTuple::pack(py, [kind, quantifier, name, children.into_any()])?;
        if let Some(place) = made.get_mut(index) {
            *place = Some(tuple.into_any());
        }
    }
    match made.into_iter().next().flatten() {
        Some(root) => Ok(root),
        None => Err(PySystemError::new_err(py, "the parser has made an empty content model")),
    }
}
