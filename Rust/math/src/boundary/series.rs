//! Sums and products over iterables: fsum, sumprod, prod.

use super::integer::limbs;
use super::interrupt::interruptible;
use super::new_float;
use crate::extended::{Fma, TripleLength};
use crate::long_sum::LongSum;
use crate::natural::{self, Natural, ProductSum, ProductTree};
use crate::real;
use crate::sum::{ExactSum, SumError};
use crate::superaccumulator::{LARGE, SmallSuperaccumulator};
use cpython_api::exceptions::{PyMemoryError, PyOverflowError, PyValueError};
use cpython_api::types::{ExactCheck, PyFloat, PyInt, PyList};
use cpython_api::{
    Arg, BLOCK, Borrowed, Bound, Doubles, IntView, Item, Items, Number, Numbers, Pairs, PyErr, PyObject, PyResult,
    Python, entry, into_c_result,
};
use std::mem;

/// The exact sum.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_fsum(_module: *mut PyObject, seq: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python passes an argument that its caller keeps alive.
    let seq: Arg<'_> = unsafe { Arg::new(&seq) };
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"math.fsum", move |py| fsum(seq.bind(py))) }
}

/// Exactly an `int`, of any size.
fn exact_int<'a, 'py>(object: &'a Bound<'py>) -> Option<Borrowed<'a, 'py, PyInt>> {
    PyInt::check_exact(object).then(|| object.as_borrowed().cast_borrowed()).flatten()
}

fn fsum<'py>(seq: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = seq.py();
    let mut items = Items::new(seq)?;
    if !items.in_blocks() {
        return new_float(py, fsum_of_iterator(py, &mut items)?);
    }
    let mut sum = ExactSum::new();
    let mut block = Doubles::new();
    let mut ended = items.next_doubles(&mut block);
    if (block.len() == BLOCK && !ended) || (ended && are_spread(block.as_mut_slice())) {
        if let Some(sum) = sum_of_many(&mut items, &mut block, ended) {
            return new_float(py, sum);
        }
        // No Python code has run: nobody can tell that this is not the beginning.
        items.rewind();
        ended = items.next_doubles(&mut block);
    }
    loop {
        let numbers = block.as_mut_slice();
        // The lower half of a double is zero for a small integer, and sums of these are exact: `add_all` is faster then. The
        // first number stands for all.
        if numbers.first().is_some_and(|number| number.to_bits() as u32 == 0) {
            sum.add_all(numbers).map_err(|error| no_sum(py, error))?;
        } else {
            for number in numbers {
                sum.add(*number).map_err(|error| no_sum(py, error))?;
            }
        }
        if ended || (block.len() < BLOCK && !add_next(py, &mut items, &mut sum)?) {
            break;
        }
        ended = items.next_doubles(&mut block);
    }
    new_float(py, sum.finish().map_err(|error| no_sum(py, error))?)
}

/// Whether there are so many numbers, with so different exponents, that there would be many partial sums.
fn are_spread(numbers: &[f64]) -> bool {
    const FEW: usize = 16;
    /// In bits: six partial sums of 53.
    const FAR: u64 = 300;
    if numbers.len() < FEW {
        return false;
    }
    let exponents = numbers.iter().map(|number| (number.to_bits() >> 52) & 0x7ff).filter(|exponent| *exponent > 0);
    let (least, most) =
        exponents.fold((u64::MAX, 0), |(least, most), exponent| (least.min(exponent), most.max(exponent)));
    most > least.saturating_add(FAR)
}

/// The sum of what an iterator gives.
#[inline(never)]
fn fsum_of_iterator<'py>(py: Python<'py>, items: &mut Items<'py>) -> PyResult<f64> {
    /// So many numbers are added to partial sums first, each while the next one is made.
    const FEW: usize = 32;
    let mut sum = ExactSum::new();
    let mut left = FEW;
    while left > 0 {
        let Some(number) = value_of(items.next_double()?)? else {
            return sum.finish().map_err(|error| no_sum(py, error));
        };
        sum.add(number).map_err(|error| no_sum(py, error))?;
        // After a large number it is so to the end.
        left = if number.abs() < LARGE { left - 1 } else { usize::MAX };
    }
    fsum_of_long_iterator(py, items, &sum)
}

/// The sum of what an iterator gives and of some small numbers.
///
/// Numbers are read some ahead of their additions as long as these cannot fail: after an error the iterator is where C leaves it.
#[inline(never)]
fn fsum_of_long_iterator<'py>(py: Python<'py>, items: &mut Items<'py>, few: &ExactSum) -> PyResult<f64> {
    let mut block = Doubles::new();
    let mut sum = LongSum::new(few);
    loop {
        let count = if sum.is_in_fixed_point() { BLOCK } else { 1 };
        let next = items.read_ahead(&mut block, count, LARGE)?;
        sum.add(block.as_mut_slice()).map_err(|error| no_sum(py, error))?;
        match next {
            Item::Number(_) => {}
            Item::Object(object) => sum.add(&[object.as_f64()?]).map_err(|error| no_sum(py, error))?,
            Item::End => return sum.finish().map_err(|error| no_sum(py, error)),
        }
    }
}

/// The value of an item as a double; `None` at the end.
#[inline(always)]
fn value_of(item: Item<'_>) -> PyResult<Option<f64>> {
    match item {
        Item::Number(number) => Ok(Some(number.as_f64())),
        Item::Object(object) => object.as_f64().map(Some),
        Item::End => Ok(None),
    }
}

/// Adds what comes next; returns whether there was anything.
#[inline(always)]
fn add_next(py: Python<'_>, items: &mut Items<'_>, sum: &mut ExactSum) -> PyResult<bool> {
    let Some(number) = value_of(items.next_item()?)? else { return Ok(false) };
    sum.add(number).map_err(|error| no_sum(py, error))?;
    Ok(true)
}

#[cold]
fn no_sum(py: Python<'_>, error: SumError) -> PyErr {
    match error {
        SumError::Overflow => PyOverflowError::new_err(py, "intermediate overflow in fsum"),
        SumError::InfinityMinusInfinity => PyValueError::new_err(py, "-inf + inf in fsum"),
        SumError::NoMemory => PyMemoryError::new_err(py, "math.fsum partials"),
    }
}

/// The sum of all items, of which `block` are the first, or all; `None` if they are not all ordinary numbers.
#[inline(never)]
fn sum_of_many(items: &mut Items<'_>, block: &mut Doubles, mut ended: bool) -> Option<f64> {
    let mut sum = SmallSuperaccumulator::new();
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
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let p: Arg<'_> = unsafe { Arg::new(&p) };
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let q: Arg<'_> = unsafe { Arg::new(&q) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(fma) = Fma::known()
        && let Some(Some(sum)) = Pairs::read(p.bind(py), q.bind(py), |pairs| sumprod_of_few(py, pairs, fma))
    {
        return into_c_result(sum);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.sumprod", move |py| sumprod(p.bind(py), q.bind(py))) }
}

/// The dot product of few numbers; `None` if one of floats is not finite, or one of ints does not fit 64 bits.
#[inline(always)]
fn sumprod_of_few<'py>(py: Python<'py>, pairs: Pairs<'_>, fma: Fma) -> Option<PyResult<Bound<'py>>> {
    match pairs {
        Pairs::Floats(x, y) => {
            let mut total = TripleLength::default();
            // A sum that starts at the int 0 is never -0.0.
            (total.add_products_by(x, y, fma) == x.len()).then(|| new_float(py, 0.0 + total.round()))
        }
        Pairs::Ints(x, y) => {
            let mut total = 0_i64;
            for (x, y) in x.iter().zip(y) {
                total = total.checked_add(x.checked_mul(*y)?)?;
            }
            Some(PyInt::new(py, total).map(Bound::into_any))
        }
    }
}

fn sumprod<'py>(p: Borrowed<'_, 'py>, q: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = p.py();
    if let (Some(x), Some(y)) = (only_int(p), only_int(q)) {
        return x.mul(&y);
    }
    let (mut p, mut q) = (Items::new(p)?, Items::new(q)?);
    let mut total = DotProduct::new(py);
    let (mut p_numbers, mut q_numbers) = (Numbers::new(), Numbers::new());
    let in_blocks = p.in_blocks() && q.in_blocks();
    let mut next_is_number = true;
    loop {
        let next = if !next_is_number {
            Some((p.next_item()?, q.next_item()?))
        } else if in_blocks {
            let p_ended = p.next_numbers(BLOCK, &mut p_numbers);
            let q_ended = q.next_numbers(p_numbers.len(), &mut q_numbers);
            let rest = p_numbers.len() - q_numbers.len();
            p.step_back(rest);
            total.add_block(&p_numbers, &q_numbers)?;
            if p_ended && q_ended && rest == 0 {
                return total.finish();
            }
            if q_numbers.len() == BLOCK { None } else { Some((p.next_item()?, q.next_item()?)) }
        } else {
            let next = p.next_number_pairs(&mut p_numbers, &mut q, &mut q_numbers)?;
            total.add_block(&p_numbers, &q_numbers)?;
            next
        };
        match next {
            None => {}
            Some((Item::End, Item::End)) => return total.finish(),
            Some((Item::End, _) | (_, Item::End)) => {
                return Err(PyValueError::new_err(py, "Inputs are not the same length"));
            }
            Some((Item::Number(x), Item::Number(y))) => {
                total.add(x, y)?;
                // Once operators may be Python code, each is called before the next items are requested, as in C.
                next_is_number = total.total.is_none();
            }
            Some((x, y)) => {
                total.add_items(x, y)?;
                // Where one item is no plain number, the next one often is none either.
                next_is_number = false;
            }
        }
    }
}

/// The item of a list of one int.
fn only_int<'py>(items: Borrowed<'_, 'py>) -> Option<Bound<'py>> {
    let items = items.cast_exact::<PyList>()?;
    let item = items.get_item(0).filter(PyInt::check_exact)?;
    items.get_item(1).is_none().then_some(item)
}

fn object<'py>(py: Python<'py>, item: Item<'py>) -> PyResult<Bound<'py>> {
    match item {
        Item::Number(number) => number.to_object(py),
        Item::Object(object) => Ok(object),
        Item::End => unreachable!("both ends have been looked for"),
    }
}

/// How many products of floats wait to be added together.
const PENDING: usize = 8;

/// A sum of products: ints exactly and floats in extended precision, as long as all are plain numbers; then Python's own
/// operators take over for good, as they do for an int product of more than 64 bits after a float.
///
/// The C code drops the extended precision at any pair of ints after a float (CPython issue 139074).
struct DotProduct<'py> {
    py: Python<'py>,
    /// What there is once Python's operators have taken over.
    total: Option<Bound<'py>>,
    ints: ProductSum,
    floats: TripleLength,
    floats_used: bool,
    /// Factors of which at least one was a float, that are still to be added to `floats`.
    pending: [[f64; PENDING]; 2],
    pending_len: usize,
}

impl<'py> DotProduct<'py> {
    fn new(py: Python<'py>) -> Self {
        Self {
            py,
            total: None,
            ints: ProductSum::new(),
            floats: TripleLength::default(),
            floats_used: false,
            pending: [[0.0; PENDING]; 2],
            pending_len: 0,
        }
    }

    /// Whether there have been ints only.
    #[inline]
    fn is_int(&self) -> bool {
        self.total.is_none() && !self.floats_used && self.pending_len == 0
    }

    /// Adds the products of a block.
    fn add_block(&mut self, p: &Numbers, q: &Numbers) -> PyResult<()> {
        let len = q.len();
        let (p_kinds, q_kinds) = (p.kinds_of(len), q.kinds_of(len));
        if p_kinds.are_ints() && q_kinds.are_ints() && self.is_int() {
            for (x, y) in p.as_ints().iter().zip(q.as_ints()) {
                self.ints.add_small(*x, *y);
            }
            return Ok(());
        }
        // As long as each pair has a float, until one is not finite.
        let done = if self.total.is_some() || self.pending_len > 0 || !(p_kinds.are_floats() || q_kinds.are_floats()) {
            0
        } else if p_kinds == q_kinds {
            self.floats.add_pairs(p.as_floats().zip(q.as_floats()))
        } else {
            self.add_mixed(p, q)
        };
        self.floats_used |= done > 0;
        (done..len).try_for_each(|index| self.add(p.get(index), q.get(index)))
    }

    /// Adds the products of pairs of which one needs to be a float, until one is not finite; returns how many.
    #[inline(never)]
    fn add_mixed(&mut self, p: &Numbers, q: &Numbers) -> usize {
        let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
        p.copy_as_f64(&mut x[..q.len()]);
        q.copy_as_f64(&mut y[..q.len()]);
        self.floats.add_products(&x[..q.len()], &y[..q.len()])
    }

    #[inline]
    fn add(&mut self, p: Number, q: Number) -> PyResult<()> {
        if self.total.is_none() {
            if let (Some(x), Some(y)) = (as_int(p), as_int(q)) {
                let has_float = self.floats_used || self.pending_len > 0;
                if has_float && x.checked_mul(y).is_none() {
                    self.add_pending()?;
                    return self.add_by_operator(p.to_object(self.py)?, q.to_object(self.py)?);
                }
                self.ints.add_small(x, y);
                return Ok(());
            }
            let [x, y] = &mut self.pending;
            (x[self.pending_len], y[self.pending_len]) = (p.as_f64(), q.as_f64());
            self.pending_len += 1;
            return if self.pending_len == PENDING { self.add_pending() } else { Ok(()) };
        }
        self.add_by_operator(p.to_object(self.py)?, q.to_object(self.py)?)
    }

    /// Adds the pending products. After one that is not finite the others go by Python's operators, to which it is the same whether
    /// the other factor has been a float or an int that fits.
    #[inline]
    fn add_pending(&mut self) -> PyResult<()> {
        if self.pending_len == 0 { Ok(()) } else { self.add_all_pending() }
    }

    #[inline(never)]
    fn add_all_pending(&mut self) -> PyResult<()> {
        let len = mem::take(&mut self.pending_len);
        let [x, y] = self.pending;
        let done = self.floats.add_products(&x[..len], &y[..len]);
        self.floats_used |= done > 0;
        for (x, y) in x[done..len].iter().zip(&y[done..len]) {
            self.add_by_operator(new_float(self.py, *x)?, new_float(self.py, *y)?)?;
        }
        Ok(())
    }

    /// As [`add`](Self::add), where at least one of the two is any object.
    fn add_items(&mut self, p: Item<'py>, q: Item<'py>) -> PyResult<()> {
        self.add_pending()?;
        if self.total.is_none() {
            if is_int_item(&p) && is_int_item(&q) && !self.floats_used {
                return self.add_ints(&p, &q);
            }
            if let Some((x, y)) = float_and_int(&p, &q)?
                && self.floats.add_products(&[x], &[y]) == 1
            {
                self.floats_used = true;
                return Ok(());
            }
        }
        self.add_by_operator(object(self.py, p)?, object(self.py, q)?)
    }

    fn add_ints(&mut self, p: &Item<'py>, q: &Item<'py>) -> PyResult<()> {
        let (p, q) = (IntItem::of(p)?, IntItem::of(q)?);
        let negative = p.is_negative() != q.is_negative();
        let ints = &mut self.ints;
        if let (Some(x), Some(y)) = (p.as_u128(), q.as_u128()) {
            ints.add_u128(negative, x, y);
            return Ok(());
        }
        let (x, y) = (p.limbs(self.py)?, q.limbs(self.py)?);
        interruptible(self.py, |poll| ints.add(negative, &x, &y, poll))
    }

    /// Multiplies and adds as Python's operators do, now and from now on.
    fn add_by_operator(&mut self, p: Bound<'py>, q: Bound<'py>) -> PyResult<()> {
        let total = self.take_total()?;
        self.total = Some(total.add(&p.mul(&q)?)?);
        Ok(())
    }

    /// The sum of all that has been added.
    fn take_total(&mut self) -> PyResult<Bound<'py>> {
        if let Some(total) = self.total.take() {
            return Ok(total);
        }
        let py = self.py;
        if self.floats_used
            && let Some(ints) = self.ints.as_i128()
        {
            if ints != 0 {
                self.floats.add_integer(ints);
            }
            // A sum that starts at the int 0 is never -0.0.
            return new_float(py, 0.0 + self.floats.round());
        }
        if let Some(ints) = self.ints.as_i128()
            && let Ok(ints) = i64::try_from(ints)
            && !self.floats_used
        {
            return PyInt::new(py, ints).map(Bound::into_any);
        }
        let ints = mem::take(&mut self.ints).finish(|negative, magnitude| PyInt::from_limbs(py, negative, magnitude));
        let ints = ints.map_err(|_| PyErr::no_memory(py))??;
        if self.floats_used {
            let floats = PyFloat::new(py, self.floats.round())?;
            return ints.add(&floats);
        }
        Ok(ints.into_any())
    }

    fn finish(&mut self) -> PyResult<Bound<'py>> {
        self.add_pending()?;
        self.take_total()
    }
}

/// The value of an int, or a bool.
#[inline(always)]
fn as_int(number: Number) -> Option<i64> {
    match number {
        Number::Int(value) => Some(value),
        Number::Bool(value) => Some(value.into()),
        Number::Float(_) => None,
    }
}

/// Whether an item is exactly an int, or a bool.
#[inline]
fn is_int_item(item: &Item<'_>) -> bool {
    match item {
        Item::Number(number) => as_int(*number).is_some(),
        Item::Object(object) => PyInt::check_exact(object),
        Item::End => false,
    }
}

/// An int, or a bool.
enum IntItem<'a, 'py> {
    Small(i64),
    Large(IntView<'a, 'py>),
}

impl<'a, 'py> IntItem<'a, 'py> {
    #[inline]
    fn of(item: &'a Item<'py>) -> PyResult<Self> {
        Ok(match item {
            Item::Number(number) => Self::Small(as_int(*number).unwrap_or(0)),
            Item::Object(object) => Self::Large(IntView::new(object.as_borrowed())?),
            Item::End => Self::Small(0),
        })
    }

    fn is_negative(&self) -> bool {
        match self {
            Self::Small(value) => *value < 0,
            Self::Large(view) => view.is_negative(),
        }
    }

    #[inline]
    fn as_u128(&self) -> Option<u128> {
        match self {
            Self::Small(value) => Some(value.unsigned_abs().into()),
            Self::Large(view) => view.as_u128(),
        }
    }

    fn limbs(&self, py: Python<'py>) -> PyResult<Natural> {
        match self {
            Self::Small(value) => natural::from_limb(value.unsigned_abs()).map_err(|_| PyErr::no_memory(py)),
            Self::Large(view) => limbs(py, view),
        }
    }
}

/// The values of a float and an int in either order, if the int is not too large for a double.
fn float_and_int<'py>(p: &Item<'py>, q: &Item<'py>) -> PyResult<Option<(f64, f64)>> {
    // A product does not depend on the order.
    let (float, int) = match (p, q) {
        (Item::Number(Number::Float(float)), Item::Object(int))
        | (Item::Object(int), Item::Number(Number::Float(float))) => (*float, int),
        _ => return Ok(None),
    };
    let Some(int) = exact_int(int) else { return Ok(None) };
    let view = int.view()?;
    let (top, sticky, bits) = view.top_bits();
    let Some(magnitude) = real::int_to_f64(top, sticky, bits) else { return Ok(None) };
    Ok(Some((float, if view.is_negative() { -magnitude } else { magnitude })))
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
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let iterable: Arg<'_> = unsafe { Arg::new(&iterable) };
    // SAFETY: the parsing code passes an argument that its caller keeps alive, or NULL.
    let start: Option<Arg<'_>> = unsafe { Arg::optional(&start) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.prod", move |py| prod(iterable.bind(py), start.map(|start| start.bind(py)))) }
}

fn prod<'py>(iterable: Borrowed<'_, 'py>, start: Option<Borrowed<'_, 'py>>) -> PyResult<Bound<'py>> {
    let py = iterable.py();
    let mut items = Items::new(iterable)?;
    let mut product = Product::new(py, start)?;
    let mut numbers = Numbers::new();
    // An object is mostly followed by others.
    let mut object_before = false;
    loop {
        if items.in_blocks() && !object_before {
            let ended = items.next_numbers(BLOCK, &mut numbers);
            product.multiply_block(&numbers)?;
            if ended {
                return product.finish();
            }
            if numbers.len() == BLOCK {
                continue;
            }
        }
        let item = items.next_item()?;
        object_before = matches!(item, Item::Object(_));
        match item {
            Item::Number(number) => product.multiply(number)?,
            Item::Object(object) => product.multiply_object(object)?,
            Item::End => return product.finish(),
        }
    }
}

/// The largest number of limbs of a product that CPython multiplies.
const SHORT: usize = 8;

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
    /// An `int`, and a number of limbs of which it has no more: at most [`SHORT`]. CPython multiplies such in less time than their
    /// digits can be converted.
    Short(Bound<'py>, usize),
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
        if PyInt::check_exact(&start) {
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
        if let Some(factors) = numbers.ints()
            && self.state.is_int()
        {
            return self.multiply_ints(factors);
        }
        numbers.iter().try_for_each(|number| self.multiply(number))
    }

    /// Multiplies an int product by factors. Those whose product fits in a word are multiplied with each other first.
    fn multiply_ints(&mut self, factors: &[i64]) -> PyResult<()> {
        let mut product = 1_i64;
        for &factor in factors {
            product = match product.checked_mul(factor) {
                Some(product) => product,
                None => {
                    self.multiply(Number::Int(product))?;
                    factor
                }
            };
        }
        self.multiply(Number::Int(product))
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
            (State::Small(_) | State::Short(..), Number::Int(_)) => {
                self.start_tree()?;
                self.multiply_other(number)?;
            }
            (State::Int { negative, magnitude }, Number::Int(factor)) => {
                *negative ^= factor < 0;
                interruptible(self.py, |poll| magnitude.multiply(factor.unsigned_abs(), poll))?;
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
        let int = exact_int(&factor).filter(|_| self.state.is_int());
        let Some(int) = int else { return self.multiply_any(factor) };
        let view = int.view()?;
        if let Some(factor) = view.small() {
            return self.multiply(Number::Int(factor));
        }
        let (product, len) = match &self.state {
            State::Small(1) => (None, view.limb_len()),
            State::Short(product, len) => (Some(product), len + view.limb_len()),
            _ => (None, usize::MAX),
        };
        if len <= SHORT {
            drop(view);
            let product = match product {
                Some(product) => product.mul(&factor)?,
                None => factor,
            };
            self.state = State::Short(product, len);
            return Ok(());
        }
        self.start_tree()?;
        self.multiply_view(&view)
    }

    /// Puts the ints so far into a tree.
    fn start_tree(&mut self) -> PyResult<()> {
        let tree = State::Int { negative: false, magnitude: ProductTree::new() };
        match mem::replace(&mut self.state, tree) {
            State::Small(first) => self.multiply_other(Number::Int(first))?,
            State::Short(first, _) => {
                if let Some(first) = exact_int(&first) {
                    self.multiply_view(&first.view()?)?;
                }
            }
            other => self.state = other,
        }
        Ok(())
    }

    /// Multiplies a tree by an `int`.
    fn multiply_view(&mut self, view: &IntView<'_, 'py>) -> PyResult<()> {
        if let State::Int { negative, magnitude } = &mut self.state {
            *negative ^= view.is_negative();
            if let Some(factor) = view.as_u128() {
                return interruptible(self.py, |poll| magnitude.multiply_u128(factor, poll));
            }
            let factor = limbs(self.py, view)?;
            interruptible(self.py, |poll| magnitude.multiply_number(factor, poll))?;
        }
        Ok(())
    }

    /// Multiplies as Python's operator does.
    fn multiply_any(&mut self, factor: Bound<'py>) -> PyResult<()> {
        self.by_operator |= !matches!(self.state, State::Small(_));
        let product = self.take()?;
        self.state = State::of(product.mul(&factor)?)?;
        self.by_operator |= matches!(self.state, State::Object(_));
        Ok(())
    }

    /// The product so far, as an object.
    fn take(&mut self) -> PyResult<Bound<'py>> {
        match std::mem::replace(&mut self.state, State::Small(1)) {
            State::Small(product) => PyInt::new(self.py, product).map(Bound::into_any),
            State::Int { negative, magnitude } => {
                let limbs = interruptible(self.py, |poll| magnitude.finish(poll))?;
                PyInt::from_limbs(self.py, negative && !limbs.is_empty(), &limbs).map(Bound::into_any)
            }
            State::Float(product) => new_float(self.py, product),
            State::Short(product, _) | State::Object(product) => Ok(product),
        }
    }

    fn finish(mut self) -> PyResult<Bound<'py>> {
        self.take()
    }
}

impl<'py> State<'py> {
    fn is_int(&self) -> bool {
        matches!(self, Self::Small(_) | Self::Short(..) | Self::Int { .. })
    }

    fn of(object: Bound<'py>) -> PyResult<Self> {
        if PyFloat::check_exact(&object) { Ok(Self::Float(object.as_f64()?)) } else { Ok(Self::Object(object)) }
    }
}
