//! The data of parsers, and the exceptions for errors of documents.

use super::module::State;
use crate::names::Names;
use cpython_api::types::{PyDict, PyInt, PyStr, PyTuple};
use cpython_api::{
    Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyErr, PyMutex, Python, SharedRef, Traversal, Visit,
    instance_slots, rust_instance,
};
use std::ffi::CStr;
use std::fmt::{self, Write};
use std::mem::offset_of;
use xml_parser::{Error, Parser};

/// A borrowed parser.
pub(super) type This<'a, 'py> = Borrowed<'a, 'py, Instance<XmlParser>>;

/// The methods of a target.
#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    StartNs,
    EndNs,
    Start,
    Data,
    End,
    Comment,
    Pi,
    Close,
    Doctype,
}

/// Their names.
pub(super) const METHODS: [&CStr; 9] =
    [c"start_ns", c"end_ns", c"start", c"data", c"end", c"comment", c"pi", c"close", c"doctype"];

/// The parser and its buffers.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) parser: Parser,
    pub(super) names: Names<Py>,
}

/// The state of the parser object.
#[derive(Debug)]
pub(super) enum Place {
    /// `__init__` was not called.
    Nowhere,
    Here(Box<Machine>),
    /// A call is using the parser.
    InUse,
}

/// The data of a parser.
#[derive(Debug)]
#[repr(C)]
pub(super) struct XmlParser {
    pub(super) entity: SharedRef<PyDict>,
    pub(super) target: SharedRef,
    pub(super) methods: [SharedRef; METHODS.len()],
    pub(super) place: PyMutex<Place>,
}

const _: () = assert!(
    offset_of!(XmlParser, entity) == 0 && offset_of!(XmlParser, target) == size_of::<usize>(),
    "_elementtreemodule.c has other offsets"
);

impl XmlParser {
    /// A method of the target, if it is defined.
    #[inline]
    pub(super) fn method<'py>(&self, py: Python<'py>, method: Method) -> Option<Bound<'py>> {
        self.methods.get(method as usize)?.get(py)
    }
}

impl InstanceData for XmlParser {
    const NAME: &'static CStr = c"xml.etree.ElementTree.XMLParser";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(elementtree_XMLParser_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.shared(&self.entity)?;
        visit.shared(&self.target)?;
        // The names are strings, which are not tracked by the collector.
        self.methods.iter().try_for_each(|method| visit.shared(method))
    }

    fn clear(&self, py: Python<'_>) {
        self.entity.set(py, None);
        self.target.set(py, None);
        self.methods.iter().for_each(|method| method.set(py, None));
    }

    fn release(self, py: Python<'_>) {
        self.entity.into_inner().into_iter().for_each(|object| object.drop_ref(py));
        let objects = [self.target].into_iter().chain(self.methods);
        objects.filter_map(SharedRef::into_inner).for_each(|object| object.drop_ref(py));
        if let Place::Here(machine) = self.place.into_inner() {
            machine.names.into_values().for_each(|name| name.drop_ref(py));
        }
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn elementtree_XMLParser_instance() -> rust_instance {
    instance_slots::<XmlParser>()
}

/// Text of an error message. Bytes that are not UTF-8 are shown as replacement characters.
#[derive(Debug)]
pub(super) struct Lossy<'a>(pub(super) &'a [u8]);

impl fmt::Display for Lossy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.utf8_chunks().try_for_each(|chunk| {
            f.write_str(chunk.valid())?;
            if chunk.invalid().is_empty() { Ok(()) } else { f.write_char(char::REPLACEMENT_CHARACTER) }
        })
    }
}

/// The exception for an error at a position.
pub(super) fn error_at(this: This<'_, '_>, error: Error, message: impl fmt::Display, line: u64, column: u64) -> PyErr {
    let py = this.py();
    let raise = || {
        let class = this.module_state::<State>()?.parse_error.bind(py);
        let text = PyStr::format(py, format_args!("{message}: line {line}, column {column}"))?;
        let raised = class.call1(&text)?;
        raised.setattr(&PyStr::intern(py, c"code")?, &PyInt::new(py, i64::from(error.code()))?)?;
        let position = [PyInt::new(py, line)?.into_any(), PyInt::new(py, column)?.into_any()];
        raised.setattr(&PyStr::intern(py, c"position")?, &PyTuple::pack(py, position)?)?;
        Ok(PyErr::from_value(&class, &raised))
    };
    raise().unwrap_or_else(|error| error)
}

/// The exception for an error of the document.
pub(super) fn parse_error(this: This<'_, '_>, parser: &mut Parser, error: Error) -> PyErr {
    if error == Error::NoMemory {
        return PyErr::no_memory(this.py());
    }
    let (line, column) = (parser.line_number(), parser.column_number());
    error_at(this, error, error.message(), line, column)
}
