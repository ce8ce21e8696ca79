//! From objects to bytes.

use super::object::{Object, format_of, struct_error};
use crate::floats::{self, TooLarge};
use crate::format::{Field, Format, Kind, Layout};
use crate::ints;
use cpython_api::exceptions::PyOverflowError;
use cpython_api::types::{PyByteArray, PyBytes, PyInt};
use cpython_api::{
    BLOCK, Borrowed, Bound, Doubles, IntView, Number, Numbers, Objects, Py_ssize_t, PyErr, PyObject, PyResult, Value,
    View,
};
use std::ffi::c_void;
use std::iter;
use std::ops::Range;

unsafe extern "C" {
    /// Copies the first bytes of a `bytearray`, at most `limit`, and returns how many: in `_structmodule.c`.
    fn _struct_bytearray_copy(bytearray: *mut PyObject, target: *mut c_void, limit: Py_ssize_t) -> Py_ssize_t;
}

/// How many numbers are a few.
const FEW: usize = 8;

/// How many bytes are packed on the stack.
const SHORT: usize = 64;

/// A new `bytes` object of the values.
#[inline]
pub(crate) fn pack<'py>(object: Object<'_, 'py>, values: Objects<'_>) -> PyResult<Bound<'py>> {
    let py = object.py();
    let mut copy = None;
    let format = format_of(object, &mut copy)?;
    check_count(object, format, values.len(), "pack")?;
    let size = format.size();
    if size <= 1 {
        // Objects of one byte are shared.
        let mut byte = [0];
        let out = &mut byte[..size];
        pack_values(object, format, values, out)?;
        return PyBytes::new(py, out).map(Bound::into_any);
    }
    let bytes = PyBytes::new_with(py, Some(size), |out| {
        out.extend_repeat(0, size);
        pack_values(object, format, values, out.filled_mut())
    })?;
    Ok(bytes.into_any())
}

/// Packs the values, and then writes all of them to a buffer.
#[inline]
pub(crate) fn pack_into<'py>(
    object: Object<'_, 'py>,
    buffer: View<'_>,
    offset: isize,
    values: Objects<'_>,
) -> PyResult<Bound<'py>> {
    let py = object.py();
    let mut copy = None;
    let format = format_of(object, &mut copy)?;
    check_count(object, format, values.len(), "pack_into")?;
    let size = format.size();
    let offset = place_of(object, format, buffer.len(), offset, &PACK)?;
    let write = |bytes: &[u8]| buffer.write(py, offset, bytes);
    let written = if size <= SHORT {
        let mut short = [0; SHORT];
        let out = &mut short[..size];
        pack_values(object, format, values, out)?;
        write(out)
    } else {
        let mut long = Vec::new();
        long.try_reserve_exact(size).map_err(|_| PyErr::no_memory(py))?;
        long.resize(size, 0);
        pack_values(object, format, values, &mut long)?;
        write(&long)
    };
    written.map(|()| py.None()).ok_or_else(|| struct_error(object, format_args!("the buffer is not writable")))
}

/// Checks the number of values.
#[inline]
pub(crate) fn check_count(object: Object<'_, '_>, format: &Format, count: usize, name: &str) -> PyResult<()> {
    if count == format.len() {
        return Ok(());
    }
    let expected = format.len();
    Err(struct_error(object, format_args!("{name} expected {expected} items for packing (got {count})")))
}

/// The words of a message about an offset.
pub(crate) struct Words {
    name: &'static str,
    room: &'static str,
    verb: &'static str,
    participle: &'static str,
}

const PACK: Words = Words { name: "pack_into", room: "no space", verb: "pack", participle: "packing" };
pub(crate) const UNPACK: Words =
    Words { name: "unpack_from", room: "not enough data", verb: "unpack", participle: "unpacking" };

/// Where in a buffer a struct is; a negative offset counts from the end. `struct.error` when it does not fit.
#[inline]
pub(crate) fn place_of(
    object: Object<'_, '_>,
    format: &Format,
    len: usize,
    offset: isize,
    words: &Words,
) -> PyResult<usize> {
    let size = format.size();
    let start = match usize::try_from(offset) {
        Ok(start) => start,
        Err(_) => {
            let back = offset.unsigned_abs();
            if back < size {
                let Words { room, verb, .. } = words;
                return Err(struct_error(object, format_args!("{room} to {verb} {size} bytes at offset {offset}")));
            }
            if back > len {
                return Err(struct_error(object, format_args!("offset {offset} out of range for {len}-byte buffer")));
            }
            len - back
        }
    };
    if len.checked_sub(start).is_none_or(|rest| rest < size) {
        let Words { name, participle, .. } = words;
        // Both are at most what a Py_ssize_t can be, so the sum is a size_t.
        let needed = size.wrapping_add(start);
        return Err(struct_error(
            object,
            format_args!(
                "{name} requires a buffer of at least {needed} bytes for {participle} {size} bytes at offset {start} \
                 (actual buffer size is {len})"
            ),
        ));
    }
    Ok(start)
}

/// Numbers that have been read from values.
///
/// They are read before the `__index__` or `__float__` of later values is called. No program can observe the order, as
/// numbers are immutable.
struct Ahead<'a> {
    values: Objects<'a>,
    numbers: Numbers,
    /// The numbers are those of the values from `first` to before `end`.
    first: usize,
    end: usize,
}

impl Ahead<'_> {
    /// Reads the numbers from a value on, if that has not been read.
    #[inline(always)]
    fn read(&mut self, next: usize) {
        if next >= self.end {
            self.numbers.read(self.values.from(next));
            self.first = next;
            self.end = next + self.numbers.len();
        }
    }
}

/// Packs as many values as the format has into as many bytes, which are zero.
fn pack_values(object: Object<'_, '_>, format: &Format, values: Objects<'_>, out: &mut [u8]) -> PyResult<()> {
    let mut ahead = Ahead { values, numbers: Numbers::new(), first: 0, end: 0 };
    let mut next = 0;
    for field in format.fields() {
        let out = &mut out[field.offset..field.offset + field.size * field.repeat];
        if field.repeat > 1 {
            pack_run(object, field, &mut ahead, next, out)?;
            next += field.repeat;
            continue;
        }
        let mut stored = false;
        if field.layout.is_number() {
            ahead.read(next);
            stored = next < ahead.end && store_number(field, ahead.numbers.get(next - ahead.first), out);
        }
        if !stored {
            pack_object(object, field, ahead.values, next, out)?;
        }
        next += 1;
    }
    Ok(())
}

/// Packs the values of a field of several.
#[inline(never)]
fn pack_run(
    object: Object<'_, '_>,
    field: &Field,
    ahead: &mut Ahead<'_>,
    mut next: usize,
    mut out: &mut [u8],
) -> PyResult<()> {
    let end = next + field.repeat;
    while next < end {
        // A double takes any number, so many are stored without a look at what each is.
        if field.kind == Kind::Double && end - next > FEW {
            let values = ahead.values.from(next).first(BLOCK.min(end - next));
            let store = |values: &mut [f64]| floats::store(field, values.iter().copied(), out);
            if let Some(stored) = Doubles::few_objects(values, store) {
                next += stored;
                out = &mut out[stored * field.size..];
                continue;
            }
        }
        if field.layout.is_number() {
            ahead.read(next);
            let ready = ahead.end.min(end) - next.min(ahead.end);
            let stored = store_numbers(field, &ahead.numbers, next - ahead.first, ready, out);
            next += stored;
            out = &mut out[stored * field.size..];
            if stored == ready && ready != 0 {
                continue;
            }
        }
        pack_object(object, field, ahead.values, next, &mut out[..field.size])?;
        next += 1;
        out = &mut out[field.size..];
        if field.layout.is_u64() {
            let stored = store_large(object, field, ahead.values, next..end, out);
            next += stored;
            out = &mut out[stored * field.size..];
        }
    }
    Ok(())
}

/// Stores the integers at the start of a range that fit a `u64` and no `i64`, and returns how many: after one of them there are likely to
/// be more, and reading them ahead would find out each time that they do not fit.
fn store_large(
    object: Object<'_, '_>,
    field: &Field,
    values: Objects<'_>,
    range: Range<usize>,
    out: &mut [u8],
) -> usize {
    let large = |index: usize| {
        let (negative, magnitude) = values.get(object.py(), index)?.exact_u128()?;
        u64::try_from(magnitude).ok().filter(|word| !negative && *word > i64::MAX as u64)
    };
    let words = range.map_while(large);
    words.zip(out.chunks_exact_mut(field.size)).map(|(word, place)| ints::store_word(field, word, place)).count()
}

/// Stores a number; false when it does not fit the field.
#[inline]
fn store_number(field: &Field, number: Number, out: &mut [u8]) -> bool {
    /// Stores an integer if it is one of the type.
    macro_rules! store {
        ($type:ty, $swapped:literal) => {{
            let value = match number {
                Number::Int(value) => value,
                Number::Bool(value) => value.into(),
                Number::Float(_) => return false,
            };
            let (Ok(value), Some(place)) = (<$type>::try_from(value), out.first_chunk_mut()) else { return false };
            *place = (if $swapped { value.swap_bytes() } else { value }).to_ne_bytes();
            true
        }};
    }
    match field.layout {
        Layout::I8 => store!(i8, false),
        Layout::U8 => store!(u8, false),
        Layout::I16 => store!(i16, false),
        Layout::I16Swapped => store!(i16, true),
        Layout::U16 => store!(u16, false),
        Layout::U16Swapped => store!(u16, true),
        Layout::I32 => store!(i32, false),
        Layout::I32Swapped => store!(i32, true),
        Layout::U32 => store!(u32, false),
        Layout::U32Swapped => store!(u32, true),
        Layout::I64 => store!(i64, false),
        Layout::I64Swapped => store!(i64, true),
        Layout::U64 => store!(u64, false),
        Layout::U64Swapped => store!(u64, true),
        Layout::Double | Layout::DoubleSwapped => {
            let Some(place) = out.first_chunk_mut() else { return false };
            let bits = number.as_f64().to_bits();
            *place = (if field.swapped { bits.swap_bytes() } else { bits }).to_ne_bytes();
            true
        }
        Layout::Bool => {
            out[0] = truth(number).into();
            true
        }
        Layout::Pointer => match number {
            Number::Int(value) => ints::store(field, &[value], out) == 1,
            Number::Bool(value) => ints::store(field, &[value.into()], out) == 1,
            Number::Float(_) => false,
        },
        Layout::Half | Layout::HalfSwapped | Layout::Single | Layout::SingleSwapped => {
            floats::store(field, iter::once(number.as_f64()), out) == 1
        }
        Layout::Bytes | Layout::Other => false,
    }
}

fn truth(number: Number) -> bool {
    match number {
        Number::Int(value) => value != 0,
        Number::Bool(value) => value,
        Number::Float(value) => value != 0.0,
    }
}

/// Stores numbers from `start` on, `ready` at most, and returns how many: those before the first that does not fit the field.
#[inline]
fn store_numbers(field: &Field, numbers: &Numbers, start: usize, ready: usize, out: &mut [u8]) -> usize {
    match field.kind {
        Kind::Signed | Kind::Unsigned | Kind::Pointer => {
            // A few kinds, which have just been stored one by one, are looked at one by one: a wider load would wait for the stores.
            let are_ints = if ready <= FEW {
                (start..start + ready).all(|index| matches!(numbers.get(index), Number::Int(_)))
            } else {
                numbers.ints().is_some()
            };
            if are_ints && ready > 1 {
                return ints::store(field, &numbers.as_ints()[start..start + ready], out);
            }
            let mut places = out.chunks_exact_mut(field.size);
            let fits = |index: &usize| {
                places.next().is_some_and(|place| store_number(field, numbers.get(start + index), place))
            };
            (0..ready).take_while(fits).count()
        }
        Kind::Bool => {
            for (place, index) in out.iter_mut().zip(0..ready) {
                *place = truth(numbers.get(start + index)).into();
            }
            ready
        }
        _ => {
            if ready > 1
                && let Some(values) = numbers.floats()
            {
                return floats::store(field, values.skip(start).take(ready), out);
            }
            floats::store(field, (start..start + ready).map(|index| numbers.get(index).as_f64()), out)
        }
    }
}

/// Packs any object.
#[inline]
fn pack_object<'py>(
    object: Object<'_, 'py>,
    field: &Field,
    values: Objects<'_>,
    index: usize,
    out: &mut [u8],
) -> PyResult<()> {
    let py = object.py();
    let Some(value) = values.get(py, index) else { return Ok(()) };
    match field.kind {
        Kind::Bytes => {
            if let Some(text) = value.bytes_contents() {
                let len = text.len().min(field.size);
                out[..len].copy_from_slice(&text[..len]);
                return Ok(());
            }
        }
        Kind::Char => {
            if let Some([byte]) = value.bytes_contents() {
                out[0] = *byte;
                return Ok(());
            }
        }
        Kind::Unsigned if field.size == 8 => {
            if let Some((false, magnitude)) = value.exact_u128()
                && let Ok(word) = u64::try_from(magnitude)
            {
                ints::store_word(field, word, out);
                return Ok(());
            }
        }
        _ => {}
    }
    pack_slowly(object, field, value, out)
}

/// Packs an object in the ways that may run Python code, or raises the exception of a value that does not fit.
#[cold]
fn pack_slowly<'py>(object: Object<'_, 'py>, field: &Field, value: Borrowed<'_, 'py>, out: &mut [u8]) -> PyResult<()> {
    let py = object.py();
    let is_int = value.cast::<PyInt>().is_ok();
    let too_large = |TooLarge: TooLarge, code: &str| {
        if is_int {
            return struct_error(object, format_args!("int too large to convert"));
        }
        PyOverflowError::new_err(py, format_args!("float too large to pack with {code} format"))
    };
    match field.kind {
        Kind::Char => Err(struct_error(object, format_args!("char format requires a bytes object of length 1"))),
        Kind::Bytes => copy_text(object, field, value, out).map(drop),
        Kind::Pascal => {
            let (count, text) = out.split_at_mut(field.size.min(1));
            let len = copy_text(object, field, value, text)?;
            count.fill(len.min(255) as u8);
            Ok(())
        }
        Kind::Signed | Kind::Unsigned => pack_int(object, field, value, out),
        Kind::Pointer => pack_pointer(object, field, value, out, is_int),
        Kind::Bool => match value.is_truthy() {
            Ok(truth) => {
                out[0] = truth.into();
                Ok(())
            }
            Err(error) if is_int && error.matches::<PyOverflowError>(py) => {
                error.clear(py);
                Err(struct_error(object, format_args!("int too large to convert")))
            }
            Err(error) => Err(error),
        },
        Kind::Half | Kind::Float | Kind::Double => {
            let number = value.as_f64().map_err(|error| {
                error.clear(py);
                struct_error(object, format_args!("required argument is not a float"))
            })?;
            match floats::store(field, iter::once(number), out) {
                0 => Err(too_large(TooLarge, field.code())),
                _ => Ok(()),
            }
        }
        Kind::FloatComplex | Kind::DoubleComplex => {
            let parts = value.as_complex().map_err(|error| {
                error.clear(py);
                struct_error(object, format_args!("required argument is not a complex"))
            })?;
            floats::store_complex(field, parts, out).map_err(|error| too_large(error, "f"))
        }
    }
}

/// Copies the bytes of a `bytes` or a `bytearray` for which there is room, and returns how many. They are its own, whatever buffer a
/// subclass exports.
fn copy_text(object: Object<'_, '_>, field: &Field, value: Borrowed<'_, '_>, out: &mut [u8]) -> PyResult<usize> {
    if let Some(text) = value.bytes_contents() {
        let len = text.len().min(out.len());
        out[..len].copy_from_slice(&text[..len]);
        return Ok(len);
    }
    let Ok(bytearray) = value.cast::<PyByteArray>() else {
        return Err(struct_error(object, format_args!("argument for '{}' must be a bytes object", field.code())));
    };
    let (target, limit) = (out.as_mut_ptr().cast(), out.len() as Py_ssize_t);
    // SAFETY: a bytearray, which is live, and an attached thread (invariants); `limit` bytes, which are borrowed by this call alone,
    // can be written at `target`.
    Ok(unsafe { _struct_bytearray_copy(bytearray.as_ptr(), target, limit) } as usize)
}

/// The integer that a value is or has, by `__index__`.
fn integer<'py>(object: Object<'_, 'py>, value: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    if value.cast::<PyInt>().is_ok() {
        return Ok(value.to_owned());
    }
    if value.is_index() {
        return value.index().map(Bound::into_any);
    }
    Err(struct_error(object, format_args!("required argument is not an integer")))
}

/// What an `int` has in common with fields of 8 bytes.
enum Word {
    Signed(i64),
    Unsigned(u64),
    Larger { negative: bool },
}

fn word(int: &Bound<'_>) -> PyResult<Word> {
    Ok(match int.value() {
        Value::Int(value) => Word::Signed(value),
        Value::True => Word::Signed(1),
        Value::False => Word::Signed(0),
        _ => {
            let view = IntView::new(int.as_borrowed())?;
            let negative = view.is_negative();
            match view.as_u128().and_then(|magnitude| u64::try_from(magnitude).ok()) {
                Some(magnitude) if !negative => Word::Unsigned(magnitude),
                _ => Word::Larger { negative },
            }
        }
    })
}

fn pack_int<'py>(object: Object<'_, 'py>, field: &Field, value: Borrowed<'_, 'py>, out: &mut [u8]) -> PyResult<()> {
    let py = object.py();
    let int = match integer(object, value) {
        Ok(int) => int,
        // C takes an OverflowError of `__index__` for its own, but not where it converts byte by byte.
        Err(error) if error.matches::<PyOverflowError>(py) && !(field.swapped && field.size == 8) => {
            error.clear(py);
            return Err(out_of_range(object, field));
        }
        Err(error) => return Err(error),
    };
    match word(&int)? {
        Word::Signed(value) if ints::store(field, &[value], out) == 1 => Ok(()),
        Word::Unsigned(value) if field.kind == Kind::Unsigned && field.size == 8 => {
            ints::store_word(field, value, out);
            Ok(())
        }
        _ => Err(out_of_range(object, field)),
    }
}

fn out_of_range(object: Object<'_, '_>, field: &Field) -> PyErr {
    let (low, high) = ints::limits(field);
    struct_error(object, format_args!("'{}' format requires {low} <= number <= {high}", field.code()))
}

fn pack_pointer<'py>(
    object: Object<'_, 'py>,
    field: &Field,
    value: Borrowed<'_, 'py>,
    out: &mut [u8],
    is_int: bool,
) -> PyResult<()> {
    let py = object.py();
    let int = integer(object, value)?;
    match word(&int)? {
        Word::Signed(value) if ints::store(field, &[value], out) == 1 => Ok(()),
        Word::Unsigned(value) => {
            ints::store_word(field, value, out);
            Ok(())
        }
        _ if is_int => Err(struct_error(object, format_args!("int too large to convert"))),
        Word::Larger { negative: true } => {
            Err(PyOverflowError::new_err(py, "Python int too large to convert to C long"))
        }
        _ => Err(PyOverflowError::new_err(py, "Python int too large to convert to C unsigned long")),
    }
}
