//! The parser for the functions of the capsule `expat_CAPI`, which C modules call. It returns one event at a time, with
//! NUL-terminated strings.
//!
//! The handlers are stored and called by C code; the function `parse` in `pyexpatmodule.c` ensures that one call at a time uses a
//! parser.

use super::optional_c_str;
use crate::handler::{Handler, Installed};
use cpython_api::{entry_dealloc, entry_value};
use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong};
use std::ptr;
use xml_parser::{Error, Event, Parser};

/// The name of the capsule, for messages.
const NAME: &CStr = c"pyexpat.expat_CAPI";

/// A parser, with the strings of its last event.
#[derive(Debug)]
pub struct ExpatParser {
    parser: Parser,
    /// The strings of the event, each NUL-terminated.
    text: Vec<u8>,
    /// The offsets of the names and values of attributes in `text`, which are then replaced by their addresses, with NULL at the
    /// end.
    starts: Vec<usize>,
    attributes: Vec<*const c_char>,
}

/// An event for C. Its strings belong to the parser and are valid until the next event.
#[repr(C)]
#[derive(Debug)]
pub struct ExpatEvent {
    /// The number of the handler; `Handler::COUNT` for an unknown encoding; -1 at the end of the input.
    pub kind: c_int,
    /// The length of the first string, or a flag.
    pub number: c_int,
    /// The strings; NULL for missing ones.
    pub strings: [*const c_char; 3],
    /// The attributes of a start tag.
    pub attributes: *const *const c_char,
}

/// The event number for an unknown encoding.
const UNKNOWN_ENCODING: c_int = Handler::COUNT as c_int;

impl ExpatParser {
    /// Takes the next event, or returns an error of expat.
    fn next(&mut self, found: &mut ExpatEvent) -> Result<(), Error> {
        *found = ExpatEvent { kind: -1, number: 0, strings: [ptr::null(); 3], attributes: ptr::null() };
        self.text.clear();
        self.starts.clear();
        let mut text = Text { bytes: &mut self.text };
        let mut strings = [None; 3];
        let Some(event) = self.parser.next_event()? else { return Ok(()) };
        let kind = match event {
            Event::StartElement(start) => {
                strings[0] = text.add(Some(start.name()))?;
                let attributes = start.attributes();
                self.starts.try_reserve(2 * attributes.len()).map_err(|_| Error::NoMemory)?;
                for attribute in attributes.iter() {
                    for part in [attribute.name, attribute.value] {
                        self.starts.extend(text.add(Some(part))?);
                    }
                }
                Handler::StartElement
            }
            Event::EndElement { name } => {
                strings[0] = text.add(Some(name))?;
                Handler::EndElement
            }
            Event::CharacterData(data) => {
                strings[0] = text.add(Some(data))?;
                found.number = data.len() as c_int;
                Handler::CharacterData
            }
            Event::Default(data) => {
                strings[0] = text.add(Some(data))?;
                found.number = data.len() as c_int;
                Handler::DefaultHandlerExpand
            }
            Event::Comment(data) => {
                strings[0] = text.add(Some(data))?;
                Handler::Comment
            }
            Event::ProcessingInstruction { target, data } => {
                strings[0] = text.add(Some(target))?;
                strings[1] = text.add(Some(data))?;
                Handler::ProcessingInstruction
            }
            Event::StartNamespaceDecl { prefix, uri } => {
                strings[0] = text.add(prefix)?;
                strings[1] = text.add(uri)?;
                Handler::StartNamespaceDecl
            }
            Event::EndNamespaceDecl { prefix } => {
                strings[0] = text.add(prefix)?;
                Handler::EndNamespaceDecl
            }
            Event::StartDoctypeDecl { name, system_id, public_id, has_internal_subset } => {
                strings[0] = text.add(Some(name))?;
                strings[1] = text.add(system_id)?;
                strings[2] = text.add(public_id)?;
                found.number = has_internal_subset.into();
                Handler::StartDoctypeDecl
            }
            Event::UnknownEncoding { name } => {
                strings[0] = text.add(Some(name))?;
                self.publish(found, strings)?;
                found.kind = UNKNOWN_ENCODING;
                return Ok(());
            }
            // C has no handlers for the other events, so they are not requested.
            _ => Handler::SkippedEntity,
        };
        self.publish(found, strings)?;
        found.kind = kind.index() as c_int;
        Ok(())
    }

    /// Converts the offsets of strings, which are not moved any more, to addresses.
    fn publish(&mut self, found: &mut ExpatEvent, strings: [Option<usize>; 3]) -> Result<(), Error> {
        let address = |start: usize| self.text.get(start..).map_or(ptr::null(), |text| text.as_ptr().cast::<c_char>());
        found.strings = strings.map(|start| start.map_or(ptr::null(), address));
        self.attributes.clear();
        self.attributes.try_reserve(self.starts.len() + 1).map_err(|_| Error::NoMemory)?;
        self.attributes.extend(self.starts.iter().map(|start| address(*start)));
        self.attributes.push(ptr::null());
        found.attributes = self.attributes.as_ptr();
        Ok(())
    }
}

/// The buffer for the strings of an event.
struct Text<'a> {
    bytes: &'a mut Vec<u8>,
}

impl Text<'_> {
    /// Adds a string with a NUL, and returns its start.
    fn add(&mut self, string: Option<&[u8]>) -> Result<Option<usize>, Error> {
        let Some(string) = string else { return Ok(None) };
        let start = self.bytes.len();
        self.bytes.try_reserve(string.len() + 1).map_err(|_| Error::NoMemory)?;
        self.bytes.extend_from_slice(string);
        self.bytes.push(0);
        Ok(Some(start))
    }
}

/// The parser that a pointer of C points to.
///
/// # Safety
///
/// - The pointer came from [`pyexpat_capi_new`] and has not been freed, and no other call uses it at the same time.
unsafe fn parser<'a>(pointer: *mut ExpatParser) -> &'a mut ExpatParser {
    // SAFETY: live, and used by this call alone (the caller's promise).
    unsafe { &mut *pointer }
}

/// Creates a parser; NULL if an allocation fails. The separator is -1 without namespace processing.
///
/// # Safety
///
/// - The encoding is NULL, or a string that ends in NUL and stays for the call. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_new(encoding: *const c_char, separator: c_int) -> *mut ExpatParser {
    // SAFETY: NULL or a string that stays for the call (the caller's promise).
    let encoding = unsafe { optional_c_str(&encoding) };
    let mut made = ptr::null_mut();
    let place = &mut made;
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry_dealloc(NAME, |_py| {
            let Ok(mut parser) = Parser::new(encoding.map(CStr::to_bytes), u8::try_from(separator).ok()) else {
                return;
            };
            parser.set_handlers(Installed::NONE.events());
            let parser = ExpatParser { parser, text: Vec::new(), starts: Vec::new(), attributes: Vec::new() };
            if let Ok(parser) = try_alloc::boxed(parser) {
                *place = Box::into_raw(parser);
            }
        });
    }
    made
}

/// Frees a parser.
///
/// # Safety
///
/// - The pointer came from [`pyexpat_capi_new`], and is not used any more. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_free(pointer: *mut ExpatParser) {
    // SAFETY: it came from a box, and is freed once (the caller's promise).
    let parser = unsafe { Box::from_raw(pointer) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_dealloc(NAME, |_py| drop(parser)) };
}

/// Sets which handlers there are: a bit each, by their numbers.
///
/// # Safety
///
/// - The pointer came from [`pyexpat_capi_new`] and has not been freed, and no other call uses it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_set_handlers(pointer: *mut ExpatParser, mask: c_uint) {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    let mut installed = Installed::NONE;
    for handler in Handler::ALL.iter().filter(|handler| mask & (1 << handler.index()) != 0) {
        installed.set(*handler, true);
    }
    this.parser.set_handlers(installed.events());
}

/// Sets the encoding that overrides the declared one; 0 when it is refused.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. The encoding is NULL, or a NUL-terminated string that stays for the call. The thread
///   is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_set_encoding(pointer: *mut ExpatParser, encoding: *const c_char) -> c_int {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    // SAFETY: NULL or a string that stays for the call (the caller's promise).
    let encoding = unsafe { optional_c_str(&encoding) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_value(NAME, move |_py| Ok(this.parser.set_encoding(encoding.map(CStr::to_bytes)).is_ok())) }
}

/// Sets reparse deferral (0), or a limit: the threshold (1) and the factor (2) of allocations, and those of amplification (3, 4).
/// 0 when it is refused.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_set(
    pointer: *mut ExpatParser,
    setting: c_int,
    number: c_ulonglong,
    factor: f32,
) -> c_int {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry_value(NAME, move |_py| {
            Ok(match setting {
                0 => {
                    this.parser.set_reparse_deferral(number != 0);
                    number <= 1
                }
                1 => this.parser.set_allocation_threshold(number),
                2 => this.parser.set_allocation_maximum(factor),
                3 => this.parser.set_amplification_threshold(number),
                _ => this.parser.set_amplification_maximum(factor),
            })
        })
    }
}

/// The answer to an unknown encoding: the characters of all bytes.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. There are 256 numbers. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_set_unknown_encoding(pointer: *mut ExpatParser, map: *const c_int) {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    // SAFETY: the map has 256 entries (the caller's promise).
    let map = unsafe { &*map.cast::<[c_int; 256]>() };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry_dealloc(NAME, |_py| {
            // If no map is set, the parser reports an unknown encoding.
            let _refused = this.parser.set_unknown_encoding(map);
        });
    }
}

/// Feeds a piece of input. An error of expat, or 0.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. The buffer has at least that many bytes, or the length is 0. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_feed(
    pointer: *mut ExpatParser,
    data: *const c_char,
    len: usize,
    is_final: c_int,
) -> isize {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    // SAFETY: not empty, so the buffer has that many bytes (the caller's promise).
    let data = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) } };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry_value(NAME, move |_py| {
            Ok(this.parser.feed(data, is_final != 0).map_or_else(|error| isize::from(error.code()), |()| 0))
        })
    }
}

/// Takes the next event. An error of expat, 0, or -1 with an exception set.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. The event can be written. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_next(pointer: *mut ExpatParser, event: *mut ExpatEvent) -> isize {
    let mut found = ExpatEvent { kind: -1, number: 0, strings: [ptr::null(); 3], attributes: ptr::null() };
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    let place = &mut found;
    // SAFETY: the thread is attached (the caller's promise).
    let error = unsafe {
        entry_value(NAME, move |_py| Ok(this.next(place).map_or_else(|error| isize::from(error.code()), |()| 0)))
    };
    // SAFETY: the event can be written (the caller's promise).
    unsafe { event.write(found) };
    error
}

/// The line of the current event or error.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_line(pointer: *mut ExpatParser) -> isize {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_value(NAME, move |_py| Ok(this.parser.line_number() as isize)) }
}

/// The column of the current event or error.
///
/// # Safety
///
/// - As for [`pyexpat_capi_set_handlers`]. The thread is attached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_capi_column(pointer: *mut ExpatParser) -> isize {
    // SAFETY: a parser from `pyexpat_capi_new` that no other call uses (the caller's promise).
    let this = unsafe { parser(pointer) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_value(NAME, move |_py| Ok(this.parser.column_number() as isize)) }
}
