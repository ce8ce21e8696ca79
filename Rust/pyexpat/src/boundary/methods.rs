//! The methods of `xmlparser` other than those that parse.

use super::parser::{XmlParser, locked, object, position, raise, raise_code, with, with_state};
use super::{convert, optional_c_str};
use cpython_api::types::{PyBool, PyBytes, PyInt};
use cpython_api::{Bound, PyErr, PyObject, PyTypeObject, c_str_arg, method, method_none};
use std::ffi::{CStr, c_char, c_int, c_ulonglong};
use xml_parser::{Error, ParamEntityParsing, Parser};

/// Sets whether the parser waits for more of a token that did not end.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetReparseDeferralEnabled_impl(
    parser: *mut PyObject,
    enabled: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method_none::<XmlParser>(c"pyexpat.xmlparser.SetReparseDeferralEnabled", parser, move |parser| {
            locked(parser, |core| core.parser.set_reparse_deferral(enabled != 0))?;
            Ok(())
        })
    }
}

/// Whether the parser waits for more of a token that did not end.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_GetReparseDeferralEnabled_impl(parser: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.GetReparseDeferralEnabled", parser, |parser| {
            let py = parser.py();
            let is_enabled = locked(parser, |core| core.parser.reparse_deferral())?;
            Ok(PyBool::new(py, is_enabled).into_any())
        })
    }
}

/// Sets the base for relative system identifiers.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetBase_impl(parser: *mut PyObject, base: *const c_char) -> *mut PyObject {
    // SAFETY: the parsing code passes a NUL-terminated string, and keeps it for the call.
    let base = unsafe { c_str_arg(&base) };
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method_none::<XmlParser>(c"pyexpat.xmlparser.SetBase", parser, move |parser| {
            let py = parser.py();
            let set = locked(parser, |core| core.parser.set_base(Some(base.to_bytes())))?;
            set.map_err(|_| PyErr::no_memory(py))?;
            Ok(())
        })
    }
}

/// The base for relative system identifiers, or `None`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_GetBase_impl(parser: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.GetBase", parser, |parser| {
            let py = parser.py();
            let base =
                locked(parser, |core| core.parser.base().map(|base| convert::text(py, base).map(Bound::into_any)))?;
            base.unwrap_or_else(|| Ok(py.None()))
        })
    }
}

/// The input from the current event on; `None` outside of handlers.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_GetInputContext_impl(parser: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.GetInputContext", parser, |parser| {
            let py = parser.py();
            let context = locked(parser, |core| {
                let (input, offset) = core.parser.input_context().filter(|_| core.in_callback)?;
                Some(PyBytes::new(py, input.get(offset..).unwrap_or_default()))
            })?;
            context.map_or_else(|| Ok(py.None()), |context| context.map(Bound::into_any))
        })
    }
}

/// Makes a parser for an external entity.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_ExternalEntityParserCreate_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    context: *const c_char,
    encoding: *const c_char,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a string or NULL, and keeps it for the call.
    let context = unsafe { optional_c_str(&context) };
    // SAFETY: the parsing code passes a string or NULL, and keeps it for the call.
    let encoding = unsafe { optional_c_str(&encoding) };
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.ExternalEntityParserCreate", parser, move |parser| {
            let py = parser.py();
            let (context, encoding) = (context.map(CStr::to_bytes), encoding.map(CStr::to_bytes));
            let (core, handlers) = locked(parser, |core| {
                let handlers = core.handlers.each_ref();
                let handlers = handlers.map(|handler| handler.as_ref().map(|handler| handler.bind(py).to_owned()));
                (core.external_entity(context, encoding), handlers)
            })?;
            let core = core.map_err(|_| PyErr::no_memory(py))?;
            let intern = parser.data().intern.as_ref().map(|intern| intern.bind(py).to_owned());
            let parent = Some(parser.to_any().to_owned());
            let child = with_state(parser, |state| object(py, state, core, intern, parent))?;
            if let Some(made) = child.as_borrowed().cast_instance::<XmlParser>() {
                with(made, |core| core.handlers = handlers.map(|handler| handler.map(Bound::unbind)))?;
            }
            Ok(child)
        })
    }
}

/// Sets whether external parameter entities are parsed.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetParamEntityParsing_impl(
    parser: *mut PyObject,
    flag: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.SetParamEntityParsing", parser, move |parser| {
            let py = parser.py();
            let parsing = match flag {
                0 => ParamEntityParsing::Never,
                1 => ParamEntityParsing::UnlessStandalone,
                // expat treats all other numbers in the same way.
                _ => ParamEntityParsing::Always,
            };
            let is_set = locked(parser, |core| core.parser.set_param_entity_parsing(parsing))?;
            PyInt::new(py, i64::from(is_set)).map(Bound::into_any)
        })
    }
}

/// Sets whether an external subset is requested although the document has none.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_UseForeignDTD_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    flag: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.UseForeignDTD", parser, move |parser| {
            let py = parser.py();
            let set = locked(parser, |core| {
                core.parser.use_foreign_dtd(flag != 0).map_err(|error| (error, position(&mut core.parser)))
            })?;
            match set {
                Ok(()) => Ok(py.None()),
                Err((error, position)) => {
                    with_state(parser, |state| Err(raise_code(py, state, position, error.code())))
                }
            }
        })
    }
}

/// Sets a limit of the parser, and raises `ExpatError` when it is refused.
///
/// # Safety
///
/// - As for [`method`].
#[inline]
unsafe fn set_limit(
    name: &'static CStr,
    parser: *mut PyObject,
    factor: Option<f32>,
    set: impl FnOnce(&mut Parser) -> bool,
) -> *mut PyObject {
    // SAFETY: the caller passes a parser, and keeps it for the call, on an attached thread (its promise).
    unsafe {
        method::<XmlParser>(name, parser, move |parser| {
            let py = parser.py();
            let refused = locked(parser, |core| (!set(&mut core.parser)).then(|| position(&mut core.parser)))?;
            let Some(position) = refused else { return Ok(py.None()) };
            let message = match factor {
                Some(factor) if factor.is_nan() || factor < 1.0 => "'max_factor' must be at least 1.0",
                _ => "parser must be a root parser",
            };
            with_state(parser, |state| Err(raise(py, state, position, Error::InvalidArgument.code(), message)))
        })
    }
}

/// Sets how many bytes of output activate the protection against entities that expand to far more than they are.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetBillionLaughsAttackProtectionActivationThreshold_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    threshold: c_ulonglong,
) -> *mut PyObject {
    let name = c"pyexpat.xmlparser.SetBillionLaughsAttackProtectionActivationThreshold";
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe { set_limit(name, parser, None, move |parser| parser.set_amplification_threshold(threshold)) }
}

/// Sets how many times the input the output of entities may be.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetBillionLaughsAttackProtectionMaximumAmplification_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    max_factor: f32,
) -> *mut PyObject {
    let name = c"pyexpat.xmlparser.SetBillionLaughsAttackProtectionMaximumAmplification";
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe { set_limit(name, parser, Some(max_factor), move |parser| parser.set_amplification_maximum(max_factor)) }
}

/// Sets how many bytes of memory activate the protection against the disproportionate use of memory.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetAllocTrackerActivationThreshold_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    threshold: c_ulonglong,
) -> *mut PyObject {
    let name = c"pyexpat.xmlparser.SetAllocTrackerActivationThreshold";
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe { set_limit(name, parser, None, move |parser| parser.set_allocation_threshold(threshold)) }
}

/// Sets how many times the input the memory of the parser may be.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_SetAllocTrackerMaximumAmplification_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    max_factor: f32,
) -> *mut PyObject {
    let name = c"pyexpat.xmlparser.SetAllocTrackerMaximumAmplification";
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe { set_limit(name, parser, Some(max_factor), move |parser| parser.set_allocation_maximum(max_factor)) }
}
