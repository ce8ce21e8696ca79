//! Lengths of vectors: dist and hypot.

use crate::extended::norm;
use cpython_api::{
    BLOCK, Borrowed, Bound, ExceptionType, Item, Items, Numbers, Objects, PyErr, PyObject, PyResult, Python, entry,
    float_as_double, float_new, sequence_tuple,
};

/// The absolute values of coordinates, and what the norm has to know of them.
struct Vector {
    inline: [f64; BLOCK],
    heap: Vec<f64>,
    len: usize,
    max: f64,
    has_nan: bool,
}

impl Vector {
    /// Room for `len` coordinates.
    fn new(py: Python<'_>, len: usize) -> PyResult<Self> {
        let mut heap = Vec::new();
        if len > BLOCK {
            heap.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
            heap.resize(len, 0.0);
        }
        Ok(Self { inline: [0.0; BLOCK], heap, len: 0, max: 0.0, has_nan: false })
    }

    #[inline]
    fn coordinates(&mut self) -> &mut [f64] {
        if self.heap.is_empty() { &mut self.inline } else { &mut self.heap }
    }

    #[inline]
    fn push(&mut self, coordinate: f64) {
        let x = coordinate.abs();
        let at = self.len;
        self.coordinates()[at] = x;
        self.len += 1;
        self.has_nan |= x.is_nan();
        if x > self.max {
            self.max = x;
        }
    }

    #[inline]
    fn norm(&mut self) -> f64 {
        let (len, max, has_nan) = (self.len, self.max, self.has_nan);
        norm(&mut self.coordinates()[..len], max, has_nan)
    }
}

/// The distance of two points.
///
/// ```text
/// [clinic input]
/// math.dist
///
///     p: object
///     q: object
///     /
///
/// Return the Euclidean distance between the points p and q.
///
/// Each point is a sequence or an iterable of as many coordinates.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_dist_impl(_module: *mut PyObject, p: *mut PyObject, q: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        entry(c"math.dist", |py| {
            let (p, q) = (point(py, p)?, point(py, q)?);
            dist(py, p, q)
        })
    }
}

/// The coordinates of a point, which is a tuple or is made one.
///
/// # Safety
///
/// - `object` is an object that somebody else keeps alive.
unsafe fn point<'py>(py: Python<'py>, object: *mut PyObject) -> PyResult<Items<'py>> {
    // SAFETY: handed on.
    let Some(object) = (unsafe { Borrowed::from_borrowed_or_null(py, object) }) else {
        unreachable!("an argument is an object")
    };
    match Items::of_tuple(object) {
        Some(items) => Ok(items),
        None => Items::new(sequence_tuple(object)?.as_borrowed()),
    }
}

fn dist<'py>(py: Python<'py>, mut p: Items<'py>, mut q: Items<'py>) -> PyResult<Bound<'py>> {
    let len = p.tuple_len().unwrap_or(0);
    if q.tuple_len() != Some(len) {
        let message = c"both points must have the same number of dimensions";
        return Err(PyErr::new(ExceptionType::ValueError.bind(py), message));
    }
    let mut vector = Vector::new(py, len)?;
    let (mut p_numbers, mut q_numbers) = (Numbers::new(), Numbers::new());
    while vector.len < len {
        p.next_numbers(BLOCK, &mut p_numbers);
        q.next_numbers(p_numbers.len(), &mut q_numbers);
        p.step_back(p_numbers.len() - q_numbers.len());
        for (x, y) in p_numbers.iter().zip(q_numbers.iter()) {
            vector.push(x.as_f64() - y.as_f64());
        }
        if q_numbers.is_empty() {
            let x = coordinate(p.next_item()?)?;
            vector.push(x - coordinate(q.next_item()?)?);
        }
    }
    float_new(py, vector.norm())
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
/// ```text
/// [clinic input]
/// math.hypot
///
///     *coordinates as args: array
///
/// Return the Euclidean distance of a point from the origin.
///
/// In two dimensions it is the hypotenuse of a right triangle:
///
///     >>> hypot(3.0, 4.0)
///     5.0
/// [clinic start generated code]
/// ```
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
        entry(c"math.hypot", |py| {
            let args = Objects::from_raw(args, args_length);
            let mut vector = Vector::new(py, args.len())?;
            let mut numbers = Numbers::new();
            while vector.len < args.len() {
                numbers.read(args.from(vector.len));
                numbers.iter().for_each(|number| vector.push(number.as_f64()));
                if numbers.is_empty()
                    && let Some(object) = args.get(py, vector.len)
                {
                    vector.push(float_as_double(object)?);
                }
            }
            float_new(py, vector.norm())
        })
    }
}
