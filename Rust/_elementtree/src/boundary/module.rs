//! The module: its state, and its functions other than `SubElement`.

use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyAny, PyModule, PyStr, PyTuple, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, ModuleState, Py, PyObject, PyResult, Python, SharedRef, Traversal, Visit, entry,
    exec_with_classes,
};
use std::ffi::{CStr, c_int};

/// The state of the module.
#[derive(Debug)]
pub(super) struct State {
    pub(super) element: Py<PyType>,
    pub(super) iterator: Py<PyType>,
    pub(super) builder: Py<PyType>,
    parser: Py<PyType>,
    pub(super) parse_error: Py,
    pub(super) deepcopy: Py,
    pub(super) element_path: Py,
    pub(super) comment_factory: SharedRef,
    pub(super) pi_factory: SharedRef,
    pub(super) append: Py<PyStr>,
    pub(super) doctype: Py<PyStr>,
    pub(super) find: Py<PyStr>,
    pub(super) findall: Py<PyStr>,
    pub(super) findtext: Py<PyStr>,
    pub(super) iterfind: Py<PyStr>,
    pub(super) tail: Py<PyStr>,
    pub(super) text: Py<PyStr>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_elementtree";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references([&self.element, &self.iterator, &self.builder, &self.parser])?;
        visit.references([&self.parse_error, &self.deepcopy, &self.element_path])?;
        visit.shared(&self.comment_factory)?;
        visit.shared(&self.pi_factory)
    }

    fn release(self, py: Python<'_>) {
        let classes = [self.element, self.iterator, self.builder, self.parser];
        classes.into_iter().for_each(|class| class.drop_ref(py));
        let factories = [self.comment_factory, self.pi_factory].map(SharedRef::into_inner);
        let objects = [self.parse_error, self.deepcopy, self.element_path].map(Some);
        objects.into_iter().chain(factories).flatten().for_each(|object| object.drop_ref(py));
        let names =
            [self.append, self.doctype, self.find, self.findall, self.findtext, self.iterfind, self.tail, self.text];
        names.into_iter().for_each(|name| name.drop_ref(py));
    }
}

/// Makes the state of the module, and adds what is not a function or a class.
///
/// # Safety
///
/// - Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_exec(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes four classes, on an attached thread.
    unsafe { exec_with_classes(module, classes, new_state) }
}

fn new_state<'py>(
    module: &Bound<'py, PyModule>,
    [element, iterator, builder, parser]: [Bound<'py, PyType>; 4],
) -> PyResult<State> {
    let py = module.py();
    let deepcopy = py.import_attribute(c"copy", c"deepcopy")?;
    let element_path = PyModule::import(py, c"xml.etree.ElementPath")?;
    let syntax_error = py.import_attribute(c"builtins", c"SyntaxError")?;
    let name = c"xml.etree.ElementTree.ParseError";
    let parse_error = Bound::<PyType>::new_exception(py, name, None, Some(&syntax_error))?.into_any();
    module.add(c"ParseError", &parse_error)?;
    let intern = |name| PyStr::intern(py, name);
    let (append, doctype, tail, text) = (intern(c"append")?, intern(c"doctype")?, intern(c"tail")?, intern(c"text")?);
    let (find, findall) = (intern(c"find")?, intern(c"findall")?);
    let (findtext, iterfind) = (intern(c"findtext")?, intern(c"iterfind")?);
    // Nothing fails from here on: a failure would leak the references that are already unbound.
    Ok(State {
        element: element.unbind(),
        iterator: iterator.unbind(),
        builder: builder.unbind(),
        parser: parser.unbind(),
        parse_error: parse_error.unbind(),
        deepcopy: deepcopy.unbind(),
        element_path: element_path.unbind(),
        comment_factory: SharedRef::new(None),
        pi_factory: SharedRef::new(None),
        append: append.unbind(),
        doctype: doctype.unbind(),
        find: find.unbind(),
        findall: findall.unbind(),
        findtext: findtext.unbind(),
        iterfind: iterfind.unbind(),
        tail: tail.unbind(),
        text: text.unbind(),
    })
}

/// `_set_factories(comment_factory, pi_factory)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree__set_factories_impl(
    module: *mut PyObject,
    comment_factory: *mut PyObject,
    pi_factory: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let comment_factory = unsafe { Arg::<PyAny>::new(&comment_factory) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let pi_factory = unsafe { Arg::<PyAny>::new(&pi_factory) };
    // SAFETY: Python calls on an attached thread.
    unsafe {
        entry(c"_elementtree._set_factories", move |py| {
            set_factories(module.bind(py), comment_factory.bind(py), pi_factory.bind(py))
        })
    }
}

fn set_factories<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    comment: Borrowed<'_, 'py>,
    pi: Borrowed<'_, 'py>,
) -> PyResult<Bound<'py>> {
    let py = module.py();
    let state = module.state::<State>()?;
    if !comment.is_callable() && !comment.is_none() {
        return Err(PyTypeError::with_type_name(c"Comment factory must be callable, not ", &comment, 100));
    }
    if !pi.is_callable() && !pi.is_none() {
        return Err(PyTypeError::with_type_name(c"PI factory must be callable, not ", &pi, 100));
    }
    let old = [&state.comment_factory, &state.pi_factory].map(|place| place.get(py).unwrap_or_else(|| py.None()));
    let old = PyTuple::pack(py, old)?;
    let given = |factory: Borrowed<'_, 'py>| Some(factory.to_owned()).filter(|factory| !factory.is_none());
    state.comment_factory.set(py, given(comment));
    state.pi_factory.set(py, given(pi));
    Ok(old.into_any())
}
