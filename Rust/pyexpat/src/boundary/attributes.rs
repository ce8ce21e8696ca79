//! The attributes of `xmlparser`.

use super::parser::{Core, This, XmlParser, locked, position, read, read_own};
use crate::handler::Handler;
use cpython_api::exceptions::{PyRuntimeError, PySystemError, PyTypeError, PyValueError};
use cpython_api::types::{PyBool, PyInt};
use cpython_api::{
    Borrowed, Bound, PyObject, PyResult, Python, Setter, into_c_result, method, method_unguarded, setter,
};
use std::ffi::{c_int, c_void};
use xml_parser::Parser;

/// Declares the attributes, each with its names, and what sets it.
macro_rules! attributes {
    ($($attribute:ident $set:ident $($name:literal)+;)*) => {
        #[derive(Clone, Copy, Debug)]
        enum Attribute {
            $($attribute,)*
        }

        impl Attribute {
            const ALL: &[Self] = &[$(Self::$attribute,)*];
        }

        /// The attributes as C has them, without the handlers.
        const PLAIN: &[cpython_api::Attribute] = &[$($(
            // SAFETY: the functions are called with a parser, and this is the number of an attribute.
            unsafe {
                let number = Attribute::$attribute as usize;
                cpython_api::Attribute::new($name, get_attribute::<{ Attribute::$attribute as usize }>, $set, number)
            },
        )+)*];
    };
}

const READ_ONLY: Option<Setter> = None;
const WRITABLE: Option<Setter> = Some(set_attribute);

attributes! {
    ErrorCode READ_ONLY c"ErrorCode";
    LineNumber READ_ONLY c"ErrorLineNumber" c"CurrentLineNumber";
    ColumnNumber READ_ONLY c"ErrorColumnNumber" c"CurrentColumnNumber";
    ByteIndex READ_ONLY c"ErrorByteIndex" c"CurrentByteIndex";
    BufferSize WRITABLE c"buffer_size";
    BufferText WRITABLE c"buffer_text";
    BufferUsed READ_ONLY c"buffer_used";
    NamespacePrefixes WRITABLE c"namespace_prefixes";
    OrderedAttributes WRITABLE c"ordered_attributes";
    SpecifiedAttributes WRITABLE c"specified_attributes";
}

/// All attributes that are computed, the handlers among them.
pub(super) const ATTRIBUTES: &[cpython_api::Attribute] = &{
    let mut table = [cpython_api::Attribute::END; PLAIN.len() + Handler::COUNT + 1];
    let mut index = 0;
    while index < PLAIN.len() {
        table[index] = PLAIN[index];
        index += 1;
    }
    let mut number = 0;
    while number < Handler::COUNT {
        let name = Handler::ALL[number].attribute();
        // SAFETY: the functions are called with a parser, and this is the number of a handler.
        table[index] = unsafe { cpython_api::Attribute::new(name, get_handler, Some(set_handler), number) };
        (index, number) = (index + 1, number + 1);
    }
    table
};

/// The value of an attribute.
enum Value {
    Int(i64),
    Bool(bool),
}

#[inline]
fn value(core: &mut Core, attribute: Attribute, position: impl FnOnce(&mut Parser) -> (u64, u64)) -> Value {
    match attribute {
        Attribute::ErrorCode => Value::Int(core.error.into()),
        Attribute::LineNumber => Value::Int(position(&mut core.parser).0 as i64),
        Attribute::ColumnNumber => Value::Int(position(&mut core.parser).1 as i64),
        Attribute::ByteIndex => Value::Int(core.parser.byte_index()),
        Attribute::BufferSize => Value::Int(core.text.size() as i64),
        Attribute::BufferText => Value::Bool(core.text.is_enabled()),
        Attribute::BufferUsed => Value::Int(core.text.used() as i64),
        Attribute::NamespacePrefixes => Value::Bool(core.namespace_prefixes),
        Attribute::OrderedAttributes => Value::Bool(core.ordered_attributes),
        Attribute::SpecifiedAttributes => Value::Bool(core.specified_attributes),
    }
}

impl Value {
    #[inline]
    fn into_object(self, py: Python<'_>) -> PyResult<Bound<'_>> {
        match self {
            Self::Int(value) => PyInt::new(py, value).map(Bound::into_any),
            Self::Bool(value) => Ok(PyBool::new(py, value).into_any()),
        }
    }
}

fn set(parser: This<'_, '_>, attribute: Attribute, value: Borrowed<'_, '_>) -> PyResult<()> {
    match attribute {
        Attribute::BufferSize => return set_buffer_size(parser, value),
        Attribute::BufferText => return set_buffer_text(parser, value.is_truthy()?),
        _ => {}
    }
    let value = value.is_truthy()?;
    locked(parser, |core| match attribute {
        Attribute::NamespacePrefixes => {
            core.namespace_prefixes = value;
            core.parser.set_namespace_triplets(value);
        }
        Attribute::OrderedAttributes => core.ordered_attributes = value,
        Attribute::SpecifiedAttributes => core.specified_attributes = value,
        _ => {}
    })
}

fn set_buffer_text(parser: This<'_, '_>, enable: bool) -> PyResult<()> {
    let is_enabled = locked(parser, |core| core.text.is_enabled())?;
    if is_enabled == enable {
        return Ok(());
    }
    if !enable {
        super::parse::flush(parser)?;
    }
    locked(parser, |core| core.text.enable(enable))
}

fn set_buffer_size(parser: This<'_, '_>, value: Borrowed<'_, '_>) -> PyResult<()> {
    let py = parser.py();
    if !value.is_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err(py, "buffer_size must be an integer"));
    }
    let size = value.as_long()?;
    if size <= 0 {
        return Err(PyValueError::new_err(py, "buffer_size must be greater than zero"));
    }
    let Ok(size) = c_int::try_from(size) else {
        let message = format_args!("buffer_size must not be greater than {}", c_int::MAX);
        return Err(PyValueError::new_err(py, message));
    };
    let size = size as usize;
    if locked(parser, |core| core.text.size() == size)? {
        return Ok(());
    }
    super::parse::flush(parser)?;
    locked(parser, |core| core.text.resize(size))
}

fn install(parser: This<'_, '_>, handler: Handler, value: Borrowed<'_, '_>) -> PyResult<()> {
    let py = parser.py();
    if handler == Handler::CharacterData {
        super::parse::flush(parser)?;
    }
    let function = (!value.is_none()).then(|| value.to_owned());
    let before = locked(parser, |core| {
        let is_set = function.is_some();
        // As in C, removing the character data handler inside a handler drops the rest of the data instead of passing it to the
        // default handler.
        core.set_handler(handler, is_set || (handler == Handler::CharacterData && core.in_callback));
        let place = core.handlers.get_mut(handler.index())?;
        std::mem::replace(place, function.map(Bound::unbind))
    })?;
    drop(before.map(|before| before.into_bound(py)));
    Ok(())
}

/// The attribute with a number.
fn attribute_of(py: Python<'_>, number: *mut c_void) -> PyResult<Attribute> {
    let attribute = Attribute::ALL.get(number.addr()).copied();
    attribute.ok_or_else(|| PySystemError::new_err(py, "no such attribute"))
}

/// The handler with a number.
fn handler_of(py: Python<'_>, number: *mut c_void) -> PyResult<Handler> {
    Handler::from_number(number.addr()).ok_or_else(|| PySystemError::new_err(py, "no such handler"))
}

/// The value that an attribute is set to; an attempt to delete it raises an exception.
fn given<'a, 'py>(parser: This<'_, '_>, value: Option<Borrowed<'a, 'py>>) -> PyResult<Borrowed<'a, 'py>> {
    value.ok_or_else(|| PyRuntimeError::new_err(parser.py(), "Cannot delete attribute"))
}

/// The attribute of a parser with a number. Each has a function of its own, as reading it takes nanoseconds.
///
/// # Safety
///
/// Called as a getter alone.
unsafe extern "C" fn get_attribute<const NUMBER: usize>(parser: *mut PyObject, _number: *mut c_void) -> *mut PyObject {
    let attribute = const { Attribute::ALL[NUMBER] };
    let is_position = matches!(attribute, Attribute::LineNumber | Attribute::ColumnNumber | Attribute::ByteIndex);
    let read_known = |core: &mut Core| {
        let position = if is_position { core.parser.known_position()? } else { (0, 0) };
        Some(value(core, attribute, |_| position))
    };
    // SAFETY: a getter is called with an object of its class, which its caller keeps for the call, on an attached thread.
    let known = unsafe {
        method_unguarded(parser, (), |parser, ()| {
            read_own(parser, read_known).flatten().map(|value| into_c_result(value.into_object(parser.py())))
        })
    };
    // SAFETY: as above.
    known.unwrap_or_else(|| unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.__getattribute__", parser, move |parser| {
            read(parser, |core| value(core, attribute, position))?.into_object(parser.py())
        })
    })
}

/// Sets an attribute of a parser.
///
/// # Safety
///
/// Called as a setter alone, with an object, or NULL to delete the attribute, and the number of an attribute.
unsafe extern "C" fn set_attribute(parser: *mut PyObject, value: *mut PyObject, attribute: *mut c_void) -> c_int {
    // SAFETY: the setter is called with a parser, and an object or NULL, which its caller keeps, on an attached thread.
    unsafe {
        setter(c"pyexpat.xmlparser.__setattr__", parser, value, move |parser, value| {
            let value = given(parser, value)?;
            set(parser, attribute_of(parser.py(), attribute)?, value)
        })
    }
}

/// A handler of a parser, or `None`.
///
/// # Safety
///
/// Called as a getter alone, with the number of a handler.
unsafe extern "C" fn get_handler(parser: *mut PyObject, handler: *mut c_void) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.__getattribute__", parser, move |parser| {
            let py = parser.py();
            let handler = handler_of(py, handler)?;
            let function = read(parser, |core| core.handler(py, handler))?;
            Ok(function.unwrap_or_else(|| py.None()))
        })
    }
}

/// Sets a handler of a parser.
///
/// # Safety
///
/// Called as a setter alone, with an object, or NULL to delete the attribute, and the number of a handler.
unsafe extern "C" fn set_handler(parser: *mut PyObject, value: *mut PyObject, handler: *mut c_void) -> c_int {
    // SAFETY: the setter is called with a parser, and an object or NULL, which its caller keeps, on an attached thread.
    unsafe {
        setter(c"pyexpat.xmlparser.__setattr__", parser, value, move |parser, value| {
            let value = given(parser, value)?;
            install(parser, handler_of(parser.py(), handler)?, value)
        })
    }
}
