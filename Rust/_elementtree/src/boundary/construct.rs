//! The creation of elements: the constructor, and `SubElement`.

use super::attributes::{checked, copy_dict, is_dict};
use super::element::{ElementClass, Locked, OutOfMemory, This, append, as_element, new_element, set, set_attrib};
use super::module::State;
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyDict, PyModule, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, CallArguments, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python, entry,
    method_value,
};
use std::ffi::{CStr, c_int};

/// `tp_new`: an element without a tag.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_new(
    class: *mut PyTypeObject,
    _args: *mut PyObject,
    _kwds: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the constructor is called for the class of elements, or a subclass, which its caller keeps.
    let class = unsafe { ElementClass::new(&class) };
    // SAFETY: constructors are called on an attached thread.
    unsafe { entry(c"Element", move |py| new_element(class, py.None(), None).map(Bound::into_any)) }
}

/// `tp_vectorcall`: a call of the class takes no tuple and no dict of arguments.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_vectorcall(
    class: *mut PyObject,
    arguments: *const *mut PyObject,
    nargsf: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the arguments of this call.
    let arguments = unsafe { CallArguments::new(&class, arguments, nargsf, names) };
    let class = class.cast();
    // SAFETY: the slot, which subclasses do not inherit, is called for the class of elements, which its caller keeps.
    let class = unsafe { ElementClass::new(&class) };
    // SAFETY: classes are called on an attached thread.
    unsafe {
        entry(c"Element", |py| {
            let (tag, attrib) = element_arguments(py, arguments.positional(py))?;
            let attrib = merge(attrib, keywords(py, &arguments)?)?;
            new_element(class, tag.to_owned(), attrib).map(Bound::into_any)
        })
    }
}

/// `tp_init`
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_init(
    element: *mut PyObject,
    args: *mut PyObject,
    kwds: *mut PyObject,
) -> c_int {
    // SAFETY: the slot is called with the tuple of the arguments, which its caller keeps for the call.
    let args = unsafe { Arg::<PyTuple>::new(&args) };
    // SAFETY: the slot is called with the dict of the keyword arguments, which its caller keeps for the call, or NULL.
    let kwds = unsafe { Arg::<PyDict>::optional(&kwds) };
    // SAFETY: the slot is called with an element, which its caller keeps, on an attached thread.
    unsafe {
        method_value(c"Element.__init__", element, |element| {
            let py = element.py();
            let (tag, attrib) = element_arguments(py, args.bind(py).as_slice())?;
            // The dict belongs to the caller.
            let keywords = kwds.map(|kwds| kwds.bind(py).copy()).transpose()?;
            let attrib = merge(attrib, keywords)?;
            fill(element, tag.to_owned(), attrib)
        })
    }
}

fn fill<'py>(element: This<'_, 'py>, tag: Bound<'py>, attrib: Option<Bound<'py>>) -> PyResult<()> {
    if let Some(attrib) = attrib {
        // As in C, a second call removes the children.
        let taken = Locked::new(element).take_block();
        drop(taken.map_err(|OutOfMemory| PyErr::no_memory(element.py()))?);
        set_attrib(element, attrib)?;
    }
    let (py, data) = (element.py(), element.data());
    drop(set(element, &data.tag, tag));
    drop(set(element, &data.text, py.None()));
    drop(set(element, &data.tail, py.None()));
    Ok(())
}

/// `SubElement(parent, tag, attrib, **extra)`
///
/// # Safety
///
/// - Called as the function of the module alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_SubElement(
    module: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the arguments of this call.
    let arguments = unsafe { CallArguments::new(&module, arguments, count as usize, names) };
    // SAFETY: functions are called with this module, which their caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: functions are called on an attached thread.
    unsafe { entry(c"SubElement", |py| subelement(module.bind(py), &arguments)) }
}

fn subelement<'py>(module: Borrowed<'_, 'py, PyModule>, arguments: &CallArguments<'_>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let class: *mut PyTypeObject = module.state::<State>()?.element.as_ptr().cast();
    let (parent, tag, attrib) = match arguments.positional(py) {
        [parent, tag] => (*parent, *tag, None),
        [parent, tag, attrib] => (*parent, *tag, Some(*attrib)),
        others => return Err(wrong_count(py, "SubElement", 2, 3, others.len())),
    };
    let Some(parent) = as_element(parent, class) else {
        return Err(wrong_type(c"SubElement() argument 1 must be xml.etree.ElementTree.Element, not ", parent));
    };
    if let Some(attrib) = attrib.filter(|attrib| !attrib.is_instance_of::<PyDict>()) {
        return Err(wrong_type(c"SubElement() argument 3 must be dict, not ", attrib));
    }
    let attrib = merge(attrib, keywords(py, arguments)?)?;
    // SAFETY: the class of elements, which the module keeps.
    let class = unsafe { ElementClass::new(&class) };
    let element = new_element(class, tag.to_owned(), attrib)?;
    append(parent, element.clone())?;
    Ok(element.into_any())
}

/// The tag and the attributes that are positional arguments of `Element()`.
#[inline]
fn element_arguments<'a, 'py>(
    py: Python<'py>,
    arguments: &[Borrowed<'a, 'py>],
) -> PyResult<(Borrowed<'a, 'py>, Option<Borrowed<'a, 'py>>)> {
    match arguments {
        [tag] => Ok((*tag, None)),
        [tag, attrib] if is_dict(attrib) => Ok((*tag, Some(*attrib))),
        [_, attrib] if cfg!(Py_3_15) => {
            let class = attrib.get_type().fully_qualified_name()?;
            let class = class.to_string_lossy();
            let message = format_args!("Element() argument 2 must be dict or frozendict, not {class}");
            Err(PyTypeError::new_err(py, message))
        }
        [_, attrib] => Err(wrong_type(c"Element() argument 2 must be dict, not ", *attrib)),
        others => Err(wrong_count(py, "Element", 1, 2, others.len())),
    }
}

/// The exception of `PyArg_ParseTuple` for a number of arguments.
#[cold]
fn wrong_count(py: Python<'_>, name: &str, least: usize, most: usize, count: usize) -> PyErr {
    let (relation, limit) = if count < least { ("at least", least) } else { ("at most", most) };
    let plural = if limit == 1 { "" } else { "s" };
    PyTypeError::new_err(py, format_args!("{name}() takes {relation} {limit} argument{plural} ({count} given)"))
}

/// The exception of `PyArg_ParseTuple` for an argument of another type.
#[cold]
fn wrong_type(message: &'static CStr, argument: Borrowed<'_, '_>) -> PyErr {
    if argument.is_none() {
        let message = message.to_string_lossy();
        return PyTypeError::new_err(argument.py(), format_args!("{message}None"));
    }
    PyTypeError::with_type_name(message, &argument, 50)
}

/// A dict of the keyword arguments; `None` if there are none.
#[inline]
fn keywords<'py>(py: Python<'py>, arguments: &CallArguments<'_>) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(names) = arguments.names(py) else { return Ok(None) };
    let keywords = PyDict::new(py)?;
    let values = arguments.all(py).iter().skip(arguments.positional(py).len());
    for (name, value) in names.as_slice().iter().zip(values) {
        keywords.set_item(name, value)?;
    }
    Ok(Some(keywords))
}

/// The attributes of a new element: a copy of a dict, and then the keywords, a dict that nobody else uses. `None` if there are none.
#[inline]
fn merge<'py>(attrib: Option<Borrowed<'_, 'py>>, keywords: Option<Bound<'py, PyDict>>) -> PyResult<Option<Bound<'py>>> {
    let attrib = match (attrib, &keywords) {
        (Some(attrib), _) => Some(copy_dict(&attrib)?),
        (None, Some(keywords)) => pop_attrib(keywords)?,
        (None, None) => None,
    };
    if let (Some(attrib), Some(keywords)) = (&attrib, &keywords) {
        attrib.update(keywords)?;
    }
    Ok(attrib.or(keywords).filter(|merged| !merged.is_empty()).map(Bound::into_any))
}

/// Removes the keyword `attrib`, whose value is a dict, and copies this.
fn pop_attrib<'py>(keywords: &Bound<'py, PyDict>) -> PyResult<Option<Bound<'py, PyDict>>> {
    let name = PyStr::intern(keywords.py(), c"attrib")?;
    let Some(attrib) = keywords.get_item(&name)? else { return Ok(None) };
    keywords.del_item(&name)?;
    copy_dict(&checked(attrib, 100)?).map(Some)
}
