//! The boundary to Python: the functions of the module, and its state. Each class is in a file of its own.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source.

use crate::core::characters::{lower_ascii, lower_unicode, upper_unicode};
use crate::core::constants::{MAGIC, MAXGROUPS, MAXREPEAT};
use cpython_api::types::{PyModule, PyType};
use cpython_api::{
    Borrowed, Bound, InstanceData, ModuleState, Py, PyObject, PyResult, Python, SharedRef, Traversal, Visit,
    exec_with_classes,
};
use std::ffi::{CStr, c_int};

pub(crate) mod ahead;
mod ctype;
pub(crate) mod engine;
pub mod find;
pub(crate) mod kept;
pub(crate) mod linear;
pub mod matched;
mod parts;
pub mod pattern;
pub mod scanner;
pub(crate) mod subject;
pub mod substitute;
pub mod template;
mod tuples;

use ctype::Types;

/// The state of the module.
#[derive(Debug)]
pub(crate) struct State {
    pattern_class: Py<PyType>,
    match_class: Py<PyType>,
    scanner_class: Py<PyType>,
    template_class: Py<PyType>,
    /// `re._compile_template`, after its first use.
    compile_template: SharedRef,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_sre";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references([&self.pattern_class, &self.match_class, &self.scanner_class, &self.template_class])?;
        visit.shared(&self.compile_template)
    }

    fn release(self, py: Python<'_>) {
        for class in [self.pattern_class, self.match_class, self.scanner_class, self.template_class] {
            class.drop_ref(py);
        }
        drop(self.compile_template.into_inner().map(|function| function.into_bound(py)));
    }
}

/// The state of the module.
#[inline]
pub(crate) fn state<'a>(module: Borrowed<'a, '_, PyModule>) -> PyResult<&'a State> {
    module.state()
}

impl State {
    fn new_object<'py, T: InstanceData>(py: Python<'py>, class: &Py<PyType>, data: T) -> PyResult<Bound<'py>> {
        match class.bind(py).as_class::<T>() {
            Some(class) => class.object(py, data),
            None => unreachable!("the class of such objects"),
        }
    }

    fn new_scanner<'py>(&self, py: Python<'py>, data: scanner::Scanner) -> PyResult<Bound<'py>> {
        Self::new_object(py, &self.scanner_class, data)
    }

    fn new_template<'py>(&self, py: Python<'py>, data: template::Template) -> PyResult<Bound<'py>> {
        Self::new_object(py, &self.template_class, data)
    }

    fn compile_template<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        self.compile_template.get_or_try_init(py, || py.import_attribute(c"re", c"_compile_template"))
    }
}

/// Creates the state of the module, and adds its constants.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_exec(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes four classes, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |module, [pattern, matches, scanner, template]| {
            module.add_int(c"MAGIC", MAGIC.into())?;
            module.add_int(c"CODESIZE", size_of::<u32>() as i64)?;
            module.add_int(c"MAXREPEAT", MAXREPEAT.into())?;
            module.add_int(c"MAXGROUPS", MAXGROUPS.into())?;
            Ok(State {
                pattern_class: pattern.unbind(),
                match_class: matches.unbind(),
                scanner_class: scanner.unbind(),
                template_class: template.unbind(),
                compile_template: SharedRef::new(None),
            })
        })
    }
}

/// The size of a word of a code list in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn _sre_getcodesize_impl(_module: *mut PyObject) -> c_int {
    size_of::<u32>() as c_int
}

/// Whether a character is an ASCII letter.
#[unsafe(no_mangle)]
pub extern "C" fn _sre_ascii_iscased_impl(_module: *mut PyObject, character: c_int) -> c_int {
    u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphabetic()).into()
}

/// Whether a character differs from its lower case or upper case.
#[unsafe(no_mangle)]
pub extern "C" fn _sre_unicode_iscased_impl(_module: *mut PyObject, character: c_int) -> c_int {
    let character = character as u32;
    (lower_unicode(Types, character) != character || upper_unicode(Types, character) != character).into()
}

/// The lower case of an ASCII letter; any other character as it is.
#[unsafe(no_mangle)]
pub extern "C" fn _sre_ascii_tolower_impl(_module: *mut PyObject, character: c_int) -> c_int {
    lower_ascii(character as u32) as c_int
}

/// The lower case of a character.
#[unsafe(no_mangle)]
pub extern "C" fn _sre_unicode_tolower_impl(_module: *mut PyObject, character: c_int) -> c_int {
    lower_unicode(Types, character as u32) as c_int
}
