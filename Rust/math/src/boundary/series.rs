//! Sums and products over iterables: fsum, sumprod, prod.

use super::watch::watched;
use crate::accumulator::Accumulator;
use crate::extended::Triple;
use crate::natural::ProductTree;
use crate::real;
use crate::sum::{ExactSum, SumError};
use cpython_api::{
    BLOCK, Borrowed, Bound, Doubles, ExceptionType, IntView, Item, Items, Number, Numbers, PyErr, PyObject, PyResult,
    Python, entry, float_as_double, float_new, int_from_i64, int_from_limbs, is_exact_float, is_exact_int, number_add,
    number_multiply,
};

/// The exact sum.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_fsum(_module: *mut PyObject, seq: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python calls on an attached thread, with an argument that it keeps alive.
    unsafe { entry(c"math.fsum", |py| fsum(argument(py, seq))) }
}

/// An argument of a call.
///
/// # Safety
///
/// - `object` is an object that somebody else keeps alive.
unsafe fn argument<'a, 'py>(py: Python<'py>, object: *mut PyObject) -> Borrowed<'a, 'py> {
    // SAFETY: handed on.
    match unsafe { Borrowed::from_borrowed_or_null(py, object) } {
        Some(object) => object,
        None => unreachable!("an argument is an object"),
    }
}

fn fsum<'py>(seq: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = seq.py();
    let mut items = Items::new(seq)?;
    let mut sum = ExactSum::new();
    if items.in_blocks() {
        let mut block = Doubles::new();
        let mut ended = items.next_doubles(&mut block);
        if !ended && block.len() == BLOCK {
            if let Some(sum) = sum_of_many(&mut items, &mut block) {
                return float_new(py, sum);
            }
            // No Python code has run: nobody can tell that this is not the beginning.
            items.rewind();
            ended = items.next_doubles(&mut block);
        }
        loop {
            for number in block.as_mut_slice() {
                sum.add(*number).map_err(|error| no_sum(py, error))?;
            }
            if ended || (block.len() < BLOCK && !add_next(py, &mut items, &mut sum)?) {
                break;
            }
            ended = items.next_doubles(&mut block);
        }
    } else {
        while add_next(py, &mut items, &mut sum)? {}
    }
    float_new(py, sum.finish().map_err(|error| no_sum(py, error))?)
}

/// Adds what comes next; returns whether there was anything.
#[inline(always)]
fn add_next(py: Python<'_>, items: &mut Items<'_>, sum: &mut ExactSum) -> PyResult<bool> {
    let number = match items.next_item()? {
        Item::Number(number) => number.as_f64(),
        Item::Object(object) => float_as_double(object.as_borrowed())?,
        Item::End => return Ok(false),
    };
    sum.add(number).map_err(|error| no_sum(py, error))?;
    Ok(true)
}

#[cold]
fn no_sum(py: Python<'_>, error: SumError) -> PyErr {
    match error {
        SumError::Overflow => PyErr::new(ExceptionType::OverflowError.bind(py), c"intermediate overflow in fsum"),
        SumError::InfinityMinusInfinity => PyErr::new(ExceptionType::ValueError.bind(py), c"-inf + inf in fsum"),
        SumError::NoMemory => PyErr::new(ExceptionType::MemoryError.bind(py), c"math.fsum partials"),
    }
}

/// The sum of all items, of which `block` are the first; `None` if they are not all ordinary numbers.
fn sum_of_many(items: &mut Items<'_>, block: &mut Doubles) -> Option<f64> {
    let mut sum = Accumulator::new();
    let mut ended = false;
    loop {
        sum.add(block.as_mut_slice()).ok()?;
        if ended {
            return Some(sum.finish());
        }
        ended = items.next_doubles(block);
        if !ended && block.len() < BLOCK {
            return None;
        }
    }
}

/// The dot product.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_sumprod_impl(
    _module: *mut PyObject,
    p: *mut PyObject,
    q: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe { entry(c"math.sumprod", |py| sumprod(argument(py, p), argument(py, q))) }
}

fn sumprod<'py>(p: Borrowed<'_, 'py>, q: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = p.py();
    let (mut p, mut q) = (Items::new(p)?, Items::new(q)?);
    let mut total = DotProduct::new(py);
    let (mut p_numbers, mut q_numbers) = (Numbers::new(), Numbers::new());
    let in_blocks = p.in_blocks() && q.in_blocks();
    loop {
        if in_blocks {
            let p_ended = p.next_numbers(BLOCK, &mut p_numbers);
            let q_ended = q.next_numbers(p_numbers.len(), &mut q_numbers);
            let rest = p_numbers.len() - q_numbers.len();
            p.step_back(rest);
            let done = total.add_floats(&p_numbers, &q_numbers);
            for index in done..q_numbers.len() {
                total.add(p_numbers.get(index), q_numbers.get(index))?;
            }
            if p_ended && q_ended && rest == 0 {
                return total.finish();
            }
            if q_numbers.len() == BLOCK {
                continue;
            }
        }
        match (p.next_item()?, q.next_item()?) {
            (Item::End, Item::End) => return total.finish(),
            (Item::End, _) | (_, Item::End) => {
                return Err(PyErr::new(ExceptionType::ValueError.bind(py), c"Inputs are not the same length"));
            }
            (Item::Number(x), Item::Number(y)) => total.add(x, y)?,
            (x, y) => total.add_objects(object(py, x)?, object(py, y)?)?,
        }
    }
}

fn object<'py>(py: Python<'py>, item: Item<'py>) -> PyResult<Bound<'py>> {
    match item {
        Item::Number(number) => number.to_object(py),
        Item::Object(object) => Ok(object),
        Item::End => unreachable!("both ends have been looked for"),
    }
}

/// A sum of products, by the rules of sumprod: ints are added exactly while all are ints; then floats in extended
/// precision while at least one of each pair is a float; then Python's own operators take over for good.
struct DotProduct<'py> {
    py: Python<'py>,
    /// What the phases that are over have given; `None` as long as that is the int `ints`.
    total: Option<Bound<'py>>,
    /// Whether ints that fit are still added up in `ints`.
    int_phase: bool,
    ints: i64,
    /// Whether floats are still added up in `floats`.
    float_phase: bool,
    floats: Triple,
    floats_used: bool,
    /// Products of ints that Python's operators would add to `total`, an int as long as this is `Some`.
    wide: Option<i128>,
}

impl<'py> DotProduct<'py> {
    fn new(py: Python<'py>) -> Self {
        Self {
            py,
            total: None,
            int_phase: true,
            ints: 0,
            float_phase: true,
            floats: Triple::default(),
            floats_used: false,
            wide: Some(0),
        }
    }

    /// Adds the products of a block in which each pair has a float, until one is not finite; returns how many.
    fn add_floats(&mut self, p: &Numbers, q: &Numbers) -> usize {
        let len = q.len();
        if !self.float_phase || len == 0 || !(p.are_floats(len) || q.are_floats(len)) {
            return 0;
        }
        self.int_phase = false;
        let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
        p.copy_as_f64(&mut x[..len]);
        q.copy_as_f64(&mut y[..len]);
        let done = self.floats.add_products(&x[..len], &y[..len]);
        self.floats_used |= done > 0;
        done
    }

    fn add(&mut self, p: Number, q: Number) -> PyResult<()> {
        if self.int_phase {
            if let (Number::Int(x), Number::Int(y)) = (p, q)
                && let Some(sum) = x.checked_mul(y).and_then(|product| self.ints.checked_add(product))
            {
                self.ints = sum;
                return Ok(());
            }
            self.int_phase = false;
        }
        if self.float_phase {
            if (matches!(p, Number::Float(_)) || matches!(q, Number::Float(_)))
                && self.floats.add_products(&[p.as_f64()], &[q.as_f64()]) == 1
            {
                self.floats_used = true;
                return Ok(());
            }
            self.end_float_phase()?;
        }
        if let (Number::Int(x), Number::Int(y), Some(wide)) = (p, q, self.wide) {
            let product = i128::from(x) * i128::from(y);
            if let Some(sum) = wide.checked_add(product) {
                self.wide = Some(sum);
                return Ok(());
            }
            self.add_wide()?;
            self.wide = Some(product);
            return Ok(());
        }
        self.add_objects(p.to_object(self.py)?, q.to_object(self.py)?)
    }

    fn add_objects(&mut self, p: Bound<'py>, q: Bound<'py>) -> PyResult<()> {
        self.int_phase = false;
        if self.float_phase {
            if let Some((x, y)) = float_and_int(p.as_borrowed(), q.as_borrowed())?
                && self.floats.add_products(&[x], &[y]) == 1
            {
                self.floats_used = true;
                return Ok(());
            }
            self.end_float_phase()?;
        }
        self.add_wide()?;
        let product = number_multiply(p.as_borrowed(), q.as_borrowed())?;
        self.add_to_total(product)?;
        self.wide = None;
        Ok(())
    }

    /// Adds as Python's operator does.
    fn add_to_total(&mut self, summand: Bound<'py>) -> PyResult<()> {
        let total = self.take_total()?;
        self.total = Some(number_add(total.as_borrowed(), summand.as_borrowed())?);
        Ok(())
    }

    fn take_total(&mut self) -> PyResult<Bound<'py>> {
        self.total.take().map_or_else(|| int_from_i64(self.py, self.ints), Ok)
    }

    fn end_float_phase(&mut self) -> PyResult<()> {
        if self.float_phase {
            self.float_phase = false;
            if self.floats_used {
                // As Python adds an int and a float. Nothing but the ints has come before.
                self.total = Some(float_new(self.py, self.ints as f64 + self.floats.round())?);
                self.wide = None;
            }
        }
        Ok(())
    }

    fn add_wide(&mut self) -> PyResult<()> {
        if let Some(wide) = self.wide.filter(|wide| *wide != 0) {
            let magnitude = wide.unsigned_abs();
            let limbs = [magnitude as u64, (magnitude >> 64) as u64];
            let wide = int_from_limbs(self.py, wide < 0, &limbs)?;
            self.add_to_total(wide)?;
            self.wide = Some(0);
        }
        Ok(())
    }

    fn finish(mut self) -> PyResult<Bound<'py>> {
        self.end_float_phase()?;
        self.add_wide()?;
        self.take_total()
    }
}

/// The values of a float and an int in either order, if the int is not too large for a double.
fn float_and_int(p: Borrowed<'_, '_>, q: Borrowed<'_, '_>) -> PyResult<Option<(f64, f64)>> {
    let value = |float: Borrowed<'_, '_>, int: Borrowed<'_, '_>| -> PyResult<Option<(f64, f64)>> {
        if !is_exact_float(float) || !is_exact_int(int) {
            return Ok(None);
        }
        let view = IntView::new(int)?;
        let (top, sticky, bits) = view.top_bits();
        let Some(magnitude) = real::int_to_f64(top, sticky, bits) else { return Ok(None) };
        let int = if view.is_negative() { -magnitude } else { magnitude };
        Ok(Some((float_as_double(float)?, int)))
    };
    // A product does not depend on the order.
    Ok(value(p, q)?.or(value(q, p)?))
}

/// The product.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_prod_impl(
    _module: *mut PyObject,
    iterable: *mut PyObject,
    start: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with arguments that its caller keeps alive.
    unsafe { entry(c"math.prod", |py| prod(argument(py, iterable), Borrowed::from_borrowed_or_null(py, start))) }
}

fn prod<'py>(iterable: Borrowed<'_, 'py>, start: Option<Borrowed<'_, 'py>>) -> PyResult<Bound<'py>> {
    let py = iterable.py();
    let mut items = Items::new(iterable)?;
    let mut product = Product::new(py, start)?;
    let mut numbers = Numbers::new();
    let in_blocks = items.in_blocks();
    loop {
        if in_blocks {
            let ended = items.next_numbers(BLOCK, &mut numbers);
            product.multiply_block(&numbers)?;
            if ended {
                return product.finish();
            }
            if numbers.len() == BLOCK {
                continue;
            }
        }
        match items.next_item()? {
            Item::Number(number) => product.multiply(number)?,
            Item::Object(object) => product.multiply_object(object)?,
            Item::End => return product.finish(),
        }
    }
}

/// A product. Ints are multiplied exactly, so in any order, and floats one after the other.
struct Product<'py> {
    py: Python<'py>,
    state: State<'py>,
    /// Whether Python's operator has taken over for good, which has its own choice of two NaNs.
    by_operator: bool,
}

enum State<'py> {
    /// Ints that fit.
    Small(i64),
    Int {
        negative: bool,
        magnitude: ProductTree,
    },
    Float(f64),
    Object(Bound<'py>),
}

impl<'py> Product<'py> {
    fn new(py: Python<'py>, start: Option<Borrowed<'_, 'py>>) -> PyResult<Self> {
        let Some(start) = start else { return Ok(Self { py, state: State::Small(1), by_operator: false }) };
        let mut product = Self { py, state: State::Small(1), by_operator: false };
        if is_exact_int(start) {
            product.multiply_object(start.to_owned())?;
        } else {
            product.state = State::of(start.to_owned())?;
        }
        Ok(product)
    }

    fn multiply_block(&mut self, numbers: &Numbers) -> PyResult<()> {
        let product = match &self.state {
            // The first float makes a float of the product.
            State::Small(product) => Some(*product as f64),
            State::Float(product) => Some(*product),
            _ => None,
        };
        if let Some(product) = product
            && !numbers.is_empty()
            && let Some(factors) = numbers.floats()
        {
            let result = real::times_all(product, factors);
            if !(self.by_operator && result.is_nan()) {
                self.state = State::Float(result);
                return Ok(());
            }
        }
        numbers.iter().try_for_each(|number| self.multiply(number))
    }

    #[inline(always)]
    fn multiply(&mut self, number: Number) -> PyResult<()> {
        if let (State::Small(product), Number::Int(factor)) = (&mut self.state, number)
            && let Some(result) = product.checked_mul(factor)
        {
            *product = result;
            return Ok(());
        }
        self.multiply_other(number)
    }

    /// As [`multiply`](Self::multiply), where more is to do than one multiplication of words.
    #[inline(never)]
    fn multiply_other(&mut self, number: Number) -> PyResult<()> {
        match (&mut self.state, number) {
            (State::Small(product), Number::Int(_)) => {
                let (negative, mut tree) = (*product < 0, ProductTree::new());
                let first = product.unsigned_abs();
                watched(self.py, |watch| tree.multiply(first, watch))?;
                self.state = State::Int { negative, magnitude: tree };
                self.multiply_other(number)?;
            }
            (State::Int { negative, magnitude }, Number::Int(factor)) => {
                *negative ^= factor < 0;
                watched(self.py, |watch| magnitude.multiply(factor.unsigned_abs(), watch))?;
            }
            (State::Float(product), Number::Float(factor)) if !(self.by_operator && product.is_nan()) => {
                *product = real::times(*product, factor);
            }
            (State::Float(product), Number::Int(factor)) => *product = real::times(*product, factor as f64),
            // As Python multiplies an int by a float: the int is made a float first, by the same rounding.
            (State::Small(product), Number::Float(factor)) => self.state = State::Float(*product as f64 * factor),
            _ => {
                let factor = number.to_object(self.py)?;
                self.multiply_any(factor)?;
            }
        }
        Ok(())
    }

    fn multiply_object(&mut self, factor: Bound<'py>) -> PyResult<()> {
        if !is_exact_int(factor.as_borrowed()) || !matches!(self.state, State::Small(_) | State::Int { .. }) {
            return self.multiply_any(factor);
        }
        let view = IntView::new(factor.as_borrowed())?;
        if let Some(factor) = view.small() {
            return self.multiply(Number::Int(factor));
        }
        if let State::Small(product) = self.state {
            let mut tree = ProductTree::new();
            watched(self.py, |watch| tree.multiply(product.unsigned_abs(), watch))?;
            self.state = State::Int { negative: product < 0, magnitude: tree };
        }
        if let State::Int { negative, magnitude } = &mut self.state {
            *negative ^= view.is_negative();
            let limbs = super::integer::limbs(self.py, &view)?;
            watched(self.py, |watch| magnitude.multiply_number(limbs, watch))?;
        }
        Ok(())
    }

    /// Multiplies as Python's operator does.
    fn multiply_any(&mut self, factor: Bound<'py>) -> PyResult<()> {
        self.by_operator |= !matches!(self.state, State::Small(_));
        let product = self.take()?;
        self.state = State::of(number_multiply(product.as_borrowed(), factor.as_borrowed())?)?;
        self.by_operator |= matches!(self.state, State::Object(_));
        Ok(())
    }

    /// The product so far, as an object.
    fn take(&mut self) -> PyResult<Bound<'py>> {
        match std::mem::replace(&mut self.state, State::Small(1)) {
            State::Small(product) => int_from_i64(self.py, product),
            State::Int { negative, magnitude } => {
                let limbs = watched(self.py, |watch| magnitude.finish(watch))?;
                int_from_limbs(self.py, negative && !limbs.is_empty(), &limbs)
            }
            State::Float(product) => float_new(self.py, product),
            State::Object(product) => Ok(product),
        }
    }

    fn finish(mut self) -> PyResult<Bound<'py>> {
        self.take()
    }
}

impl<'py> State<'py> {
    fn of(object: Bound<'py>) -> PyResult<Self> {
        if is_exact_float(object.as_borrowed()) {
            Ok(Self::Float(float_as_double(object.as_borrowed())?))
        } else {
            Ok(Self::Object(object))
        }
    }
}
