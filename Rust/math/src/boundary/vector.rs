//! Lengths of vectors: dist and hypot.

use crate::extended::norm;
use cpython_api::{
    Borrowed, Bound, Doubles, ExceptionType, Item, Items, Objects, PyErr, PyObject, PyResult, Python, entry,
    float_as_double, float_new, sequence_tuple,
};

/// The distance of two points.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_dist_impl(_module: *mut PyObject, p: *mut PyObject, q: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        entry(c"math.dist", |py| {
            if let Some(distance) = quick_dist(py, p, q) {
                return float_new(py, distance);
            }
            let (p, q) = (point(py, p)?, point(py, q)?);
            match quick_dist(py, p.as_borrowed().as_ptr(), q.as_borrowed().as_ptr()) {
                Some(distance) => float_new(py, distance),
                None => dist(&p, &q),
            }
        })
    }
}

/// The distance of points that are lists or tuples of ordinary numbers, as nearly all are.
///
/// # Safety
///
/// - Both are objects that somebody else keeps alive.
#[inline]
unsafe fn quick_dist(py: Python<'_>, p: *mut PyObject, q: *mut PyObject) -> Option<f64> {
    // SAFETY: handed on.
    let (p, q) = unsafe { (Borrowed::from_borrowed_or_null(py, p)?, Borrowed::from_borrowed_or_null(py, q)?) };
    let (mut left, mut right) = (Doubles::new(), Doubles::new());
    if !left.read_sequence(p) || !right.read_sequence(q) || left.len() != right.len() {
        return None;
    }
    let differences = left.as_mut_slice();
    differences.iter_mut().zip(right.as_mut_slice()).for_each(|(x, y)| *x -= *y);
    Some(norm(differences))
}

/// The coordinates of a point, which is a tuple or is made one.
///
/// # Safety
///
/// - `object` is an object that somebody else keeps alive.
unsafe fn point<'py>(py: Python<'py>, object: *mut PyObject) -> PyResult<Bound<'py>> {
    // SAFETY: handed on.
    let Some(object) = (unsafe { Borrowed::from_borrowed_or_null(py, object) }) else {
        unreachable!("an argument is an object")
    };
    if Items::of_tuple(object).is_some() { Ok(object.to_owned()) } else { sequence_tuple(object) }
}

/// The distance of points that are tuples.
fn dist<'py>(p: &Bound<'py>, q: &Bound<'py>) -> PyResult<Bound<'py>> {
    let py = p.py();
    let (Some(mut p), Some(mut q)) = (Items::of_tuple(p.as_borrowed()), Items::of_tuple(q.as_borrowed())) else {
        unreachable!("both are tuples")
    };
    let len = p.tuple_len().unwrap_or(0);
    if q.tuple_len() != Some(len) {
        let message = c"both points must have the same number of dimensions";
        return Err(PyErr::new(ExceptionType::ValueError.bind(py), message));
    }
    let mut differences = Vec::new();
    differences.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
    for _ in 0..len {
        let x = coordinate(p.next_item()?)?;
        differences.push(x - coordinate(q.next_item()?)?);
    }
    float_new(py, norm(&mut differences))
}

fn coordinate(item: Item<'_>) -> PyResult<f64> {
    match item {
        Item::Number(number) => Ok(number.as_f64()),
        Item::Object(object) => float_as_double(object.as_borrowed()),
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
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        let args = Objects::from_raw(args, args_length);
        entry(c"math.hypot", |py| {
            let mut coordinates = Doubles::new();
            if coordinates.read_objects(args) {
                return float_new(py, norm(coordinates.as_mut_slice()));
            }
            let mut coordinates = Vec::new();
            coordinates.try_reserve_exact(args.len()).map_err(|_| PyErr::no_memory(py))?;
            for index in 0..args.len() {
                if let Some(object) = args.get(py, index) {
                    coordinates.push(float_as_double(object)?);
                }
            }
            float_new(py, norm(&mut coordinates))
        })
    }
}
