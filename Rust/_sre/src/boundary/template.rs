//! `SRE_Template`: a replacement string with groups.

use super::State;
use super::matched::Match;
use super::pattern::PatternRef;
use super::state;
use super::subject::owned;
use cpython_api::exceptions::{PyIndexError, PyRuntimeError, PyTypeError};
use cpython_api::types::{PyBytes, PyList, PyModule, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyErr, PyObject, PyResult, Python, Traversal, Visit,
    entry, instance_slots, method_with, rust_instance,
};
use std::ffi::{CStr, c_int};

unsafe extern "C" {
    /// Joins a list of strings.
    fn sre_join(list: *mut PyObject, is_bytes: c_int) -> *mut PyObject;
    /// An exact `str` or `bytes` copied from an object of another class.
    fn sre_copy_string(string: *mut PyObject) -> *mut PyObject;
}

/// The data of a template.
#[derive(Debug)]
pub(crate) struct Template {
    /// The literal before the first group.
    literal: Py,
    /// The groups, each with the literal after it unless that is empty.
    items: Vec<(usize, Option<Py>)>,
}

impl InstanceData for Template {
    const NAME: &'static CStr = c"_sre.SRE_Template";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(sre_template_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.literal)?;
        visit.references(self.items.iter().filter_map(|(_, literal)| literal.as_ref()))
    }

    fn release(self, py: Python<'_>) {
        self.literal.drop_ref(py);
        self.items.into_iter().filter_map(|(_, literal)| literal).for_each(|literal| literal.drop_ref(py));
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn sre_template_instance() -> rust_instance {
    instance_slots::<Template>()
}

/// Joins a list of strings.
pub(crate) fn join<'py>(list: &Bound<'py, PyList>, is_bytes: bool) -> PyResult<Bound<'py>> {
    // SAFETY: a live list and an attached thread.
    let joined = unsafe { sre_join(list.as_ptr(), is_bytes.into()) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned(list.py(), joined) }
}

impl Template {
    /// The literal before the first group; the whole template, if there are no groups.
    #[inline]
    pub(crate) fn literal<'py>(&self, py: Python<'py>) -> Borrowed<'_, 'py> {
        self.literal.bind(py)
    }

    /// The groups, each with the literal after it.
    #[inline]
    pub(crate) fn items(&self) -> &[(usize, Option<Py>)] {
        &self.items
    }

    /// The replacement for a match.
    pub(crate) fn expand<'py>(&self, py: Python<'py>, found: &Match) -> PyResult<Bound<'py>> {
        let literal = self.literal(py);
        if self.items.is_empty() {
            return Ok(literal.to_owned());
        }
        let list = PyList::empty(py)?;
        list.append(&literal)?;
        for (group, literal) in &self.items {
            if *group >= found.groups() {
                return Err(no_such_group(py));
            }
            let text = found.group(*group, py.None().as_borrowed())?;
            if !text.is_none() {
                list.append(&text)?;
            }
            if let Some(literal) = literal {
                list.append(&literal.bind(py))?;
            }
        }
        join(&list, !literal.is_instance_of::<PyStr>())
    }
}

#[cold]
pub(crate) fn no_such_group(py: Python<'_>) -> PyErr {
    PyIndexError::new_err(py, "no such group")
}

/// Creates a template from literals and groups.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_template_impl(
    module: *mut PyObject,
    _pattern: *mut PyObject,
    template: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let template = unsafe { Arg::<PyList>::new(&template) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_sre.template", move |py| new(state(module.bind(py))?, &template.bind(py))) }
}

#[cold]
fn invalid(py: Python<'_>) -> PyErr {
    PyTypeError::new_err(py, "invalid template")
}

fn is_empty_string(object: &Bound<'_>) -> bool {
    match object.cast::<PyStr>() {
        Ok(string) => string.is_empty(),
        Err(_) => object.as_borrowed().bytes_contents().is_some_and(<[u8]>::is_empty),
    }
}

fn new<'py>(state: &State, template: &Bound<'py, PyList>) -> PyResult<Bound<'py>> {
    let py = template.py();
    let mut parts = template.items();
    let literal = parts.next().ok_or_else(|| invalid(py))?;
    let mut items: Vec<(usize, Option<Bound<'py>>)> = Vec::new();
    if template.len().is_multiple_of(2) {
        return Err(invalid(py));
    }
    while let Some(group) = parts.next() {
        let group = usize::try_from(group.as_ssize()?).map_err(|_| invalid(py))?;
        let literal = parts.next().ok_or_else(|| invalid(py))?;
        items.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
        items.push((group, (!is_empty_string(&literal)).then_some(literal)));
    }
    let items = try_alloc::collect(items.into_iter().map(|(group, literal)| (group, literal.map(Bound::unbind))))
        .map_err(|_| PyErr::no_memory(py))?;
    state.new_template(py, Template { literal: literal.unbind(), items })
}

/// Compiles a replacement string by calling `re._compile_template`.
pub(crate) fn compile<'py>(
    pattern: PatternRef<'_, 'py>,
    template: Borrowed<'_, 'py>,
) -> PyResult<Bound<'py, Instance<Template>>> {
    let py = template.py();
    let function = pattern.data().state(py)?.compile_template(py)?;
    let call = |template: &Bound<'py>| function.call([pattern.to_any().as_any(), template]);
    let compiled = match call(&template) {
        // An unhashable template, such as a bytearray, is converted.
        Err(error) if error.matches::<PyTypeError>(py) => {
            let can_be_copied = if template.is_instance_of::<PyStr>() {
                !template.is_exact_instance_of::<PyStr>()
            } else {
                template.is_buffer() && !template.is_exact_instance_of::<PyBytes>()
            };
            if !can_be_copied {
                return Err(error);
            }
            error.clear(py);
            // SAFETY: a live str, or an object with a buffer, and an attached thread.
            let copy = unsafe { sre_copy_string(template.as_ptr()) };
            // SAFETY: a new reference, or NULL with an exception set.
            let copy = unsafe { owned(py, copy) }?;
            call(&copy)
        }
        result => result,
    }?;
    match compiled.as_borrowed().cast_instance::<Template>() {
        Some(compiled) => Ok(compiled.to_owned()),
        None => {
            Err(PyRuntimeError::with_type_name(c"the result of compiling a replacement string is ", &compiled, 200))
        }
    }
}

/// `match.expand(template)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match_expand_impl(object: *mut PyObject, template: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Match, _>(c"re.Match.expand", object, template, |object, template| {
            let (py, data) = (object.py(), object.data());
            let compiled = compile(data.pattern(py), template)?;
            compiled.data().expand(py, data)
        })
    }
}
