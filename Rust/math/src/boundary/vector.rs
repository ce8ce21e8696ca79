//! Lengths of vectors: dist and hypot.

use super::{float, new_float};
use crate::extended::{Fma, norm, norm_by};
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{ExactCheck, PyList, PyTuple};
use cpython_api::{
    Arg, BLOCK, Borrowed, Bound, Doubles, Item, Items, Objects, PyErr, PyObject, PyResult, Python, entry,
};

/// The distance of two points.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_dist_impl(_module: *mut PyObject, p: *mut PyObject, q: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let p: Arg<'_> = unsafe { Arg::new(&p) };
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let q: Arg<'_> = unsafe { Arg::new(&q) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(fma) = Fma::known()
        && let Some(distance) = Doubles::few_differences(p.bind(py), q.bind(py), |vector| norm_by(vector, fma))
    {
        return float(py, distance);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.dist", move |py| dist(p.bind(py), q.bind(py))) }
}

fn dist<'py>(p: Borrowed<'_, 'py>, q: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    if let Some(distance) = quick_dist(p, q) {
        return new_float(p.py(), distance);
    }
    let (p, q) = (point(p)?, point(q)?);
    match quick_dist(p.as_borrowed().to_any(), q.as_borrowed().to_any()) {
        Some(distance) => new_float(p.py(), distance),
        None => dist_of_tuples(&p, &q),
    }
}

/// The distance of points that are lists or tuples of ordinary numbers, as nearly all are.
#[inline]
fn quick_dist(p: Borrowed<'_, '_>, q: Borrowed<'_, '_>) -> Option<f64> {
    let mut differences = Doubles::new();
    if !differences.read_sequence(p) {
        return None;
    }
    subtract(differences.as_mut_slice(), q)?;
    Some(norm(differences.as_mut_slice()))
}

/// Subtracts the coordinates of a list or a tuple of as many ordinary numbers. They are read in blocks, as the memory for all of
/// them would be new to the process in every call.
fn subtract(differences: &mut [f64], q: Borrowed<'_, '_>) -> Option<()> {
    let mut items = match q.cast_borrowed::<PyTuple>() {
        Some(tuple) => Items::of_tuple(&tuple),
        None if PyList::check_exact(&q) => Items::new(q).ok()?,
        None => return None,
    };
    let (mut rest, mut block) = (differences, Doubles::new());
    loop {
        let ended = items.next_doubles(&mut block);
        let (read, after) = rest.split_at_mut_checked(block.len())?;
        read.iter_mut().zip(block.as_mut_slice()).for_each(|(x, y)| *x -= *y);
        rest = after;
        if ended {
            return rest.is_empty().then_some(());
        }
        if block.len() < BLOCK {
            return None;
        }
    }
}

/// The coordinates of a point, which is a tuple or is made one.
fn point<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py, PyTuple>> {
    match object.cast_borrowed::<PyTuple>() {
        Some(tuple) => Ok(tuple.to_owned()),
        None => object.to_tuple(),
    }
}

/// The distance of points that are tuples.
fn dist_of_tuples<'py>(p: &Bound<'py, PyTuple>, q: &Bound<'py, PyTuple>) -> PyResult<Bound<'py>> {
    let (py, len) = (p.py(), p.len());
    if q.len() != len {
        return Err(PyValueError::new_err(py, "both points must have the same number of dimensions"));
    }
    let (mut p, mut q) = (Items::of_tuple(p), Items::of_tuple(q));
    norm_of(py, len, |_| Ok(coordinate(p.next_item()?)? - coordinate(q.next_item()?)?))
}

/// The norm of a vector of that number of entries, which `entry` computes from their indices.
fn norm_of(py: Python<'_>, len: usize, entry: impl FnMut(usize) -> PyResult<f64>) -> PyResult<Bound<'_>> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
    for value in (0..len).map(entry) {
        vector.push(value?);
    }
    new_float(py, norm(&mut vector))
}

fn coordinate(item: Item<'_>) -> PyResult<f64> {
    match item {
        Item::Number(number) => Ok(number.as_f64()),
        Item::Object(object) => object.as_f64(),
        Item::End => unreachable!("a tuple does not change its length"),
    }
}

/// The length of a vector.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_hypot_impl(
    _module: *mut PyObject,
    args: *const *mut PyObject,
    args_length: isize,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an array of that many arguments, which its caller keeps alive.
    let args = unsafe { Objects::from_raw(args, args_length) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(fma) = Fma::known()
        && let Some(length) = Doubles::few_objects(args, |vector| norm_by(vector, fma))
    {
        return float(py, length);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.hypot", move |py| hypot(py, args)) }
}

fn hypot<'py>(py: Python<'py>, args: Objects<'_>) -> PyResult<Bound<'py>> {
    let mut coordinates = Doubles::new();
    if coordinates.read_objects(args) {
        return new_float(py, norm(coordinates.as_mut_slice()));
    }
    norm_of(py, args.len(), |index| args.get(py, index).map_or(Ok(0.0), |object| object.as_f64()))
}
