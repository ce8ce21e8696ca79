//! What any object can be asked: attributes, items, calls, comparison, numbers, and so on.
//!
//! Each of these may run any Python code, unless it says otherwise.

use crate::buffer::class_of;
use crate::ffi_call::{infallible, new_reference, ssize, status};
use crate::types::{PyDict, PyInt, PyIterator, PyList, PyStr, PyTuple, PyType};
use crate::{Bound, PyErr, PyResult};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;

/// An object of any type.
#[derive(Debug)]
pub struct PyAny(());

/// How two objects are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// The operator that C passes to `tp_richcompare`; `None` for a number that is none.
    pub fn from_raw(op: std::ffi::c_int) -> Option<Self> {
        [Self::Lt, Self::Le, Self::Eq, Self::Ne, Self::Gt, Self::Ge].get(usize::try_from(op).ok()?).copied()
    }
}

/// Attributes.
impl<'py> Bound<'py> {
    /// `self.name`
    #[inline]
    pub fn getattr(&self, name: &Bound<'py, PyStr>) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyObject_GetAttr(self, name))
    }

    /// `self.name`, or `None` when there is no such attribute.
    #[inline]
    pub fn getattr_opt(&self, name: &Bound<'py, PyStr>) -> PyResult<Option<Bound<'py>>> {
        let mut found = ptr::null_mut();
        // SAFETY: both objects are live and the thread attached (invariants); the result is written to a variable of its type.
        let status = unsafe { ffi::PyObject_GetOptionalAttr(self.as_ptr(), name.as_ptr(), &mut found) };
        // SAFETY: -1 comes with an exception.
        unsafe { crate::ffi_call::status_or_err(self.py(), status) }?;
        // SAFETY: a new reference, or NULL when there is none.
        Ok(unsafe { Bound::from_owned_or_null(self.py(), found) })
    }

    /// Whether there is an attribute. An exception other than `AttributeError` is propagated.
    #[inline]
    pub fn hasattr(&self, name: &Bound<'py, PyStr>) -> PyResult<bool> {
        status!(self.py(), PyObject_HasAttrWithError(self, name)).map(|found| found != 0)
    }

    /// `self.name = value`
    #[inline]
    pub fn setattr(&self, name: &Bound<'py, PyStr>, value: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyObject_SetAttr(self, name, value)).map(drop)
    }

    /// `del self.name`
    #[inline]
    pub fn delattr(&self, name: &Bound<'py, PyStr>) -> PyResult<()> {
        status!(self.py(), PyObject_SetAttr(self, name, None::<&Bound<'py>>)).map(drop)
    }
}

/// Items.
impl<'py> Bound<'py> {
    /// `self[key]`
    #[inline]
    pub fn get_item(&self, key: &Bound<'py, impl Sized>) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyObject_GetItem(self, key))
    }

    /// `self[key] = value`
    #[inline]
    pub fn set_item(&self, key: &Bound<'py, impl Sized>, value: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyObject_SetItem(self, key, value)).map(drop)
    }

    /// `del self[key]`
    #[inline]
    pub fn del_item(&self, key: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyObject_DelItem(self, key)).map(drop)
    }

    /// `value in self`
    #[inline]
    pub fn contains(&self, value: &Bound<'py, impl Sized>) -> PyResult<bool> {
        status!(self.py(), PySequence_Contains(self, value)).map(|found| found != 0)
    }

    /// `self[index]` of a sequence, for an index from 0 on.
    #[inline]
    pub fn sequence_item(&self, index: usize) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PySequence_GetItem(self, ssize(index)))
    }

    /// `len(self)`
    #[inline]
    pub fn len(&self) -> PyResult<usize> {
        status!(self.py(), PyObject_Size(self)).map(|len| len as usize)
    }

    /// `iter(self)`
    #[inline]
    pub fn iter(&self) -> PyResult<Bound<'py, PyIterator>> {
        let iterator = new_reference!(self.py(), PyObject_GetIter(self))?;
        // SAFETY: the call makes sure that the result is an iterator.
        Ok(unsafe { iterator.cast_into_unchecked() })
    }

    /// `self * count`, of a sequence.
    #[inline]
    pub fn repeat(&self, count: isize) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PySequence_Repeat(self, count))
    }

    /// `list(self.items())` of a mapping. The class of an exact `dict` is not asked.
    #[inline]
    pub fn mapping_items(&self) -> PyResult<Bound<'py, PyList>> {
        if let Some(dict) = self.cast_exact::<PyDict>() {
            return dict.items();
        }
        let items = new_reference!(self.py(), PyMapping_Items(self))?;
        // SAFETY: the call makes a list.
        Ok(unsafe { items.cast_into_unchecked() })
    }

    /// `tuple(self)`
    #[inline]
    pub fn to_tuple(&self) -> PyResult<Bound<'py, PyTuple>> {
        let tuple = new_reference!(self.py(), PySequence_Tuple(self))?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }
}

/// Calls.
impl<'py> Bound<'py> {
    /// `self()`
    #[inline]
    pub fn call0(&self) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyObject_CallNoArgs(self))
    }

    /// `self(argument)`
    #[inline]
    pub fn call1(&self, argument: &Bound<'py, impl Sized>) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyObject_CallOneArg(self, argument))
    }

    /// `self(*arguments)`
    #[inline]
    pub fn call<const N: usize>(&self, arguments: [&Bound<'py>; N]) -> PyResult<Bound<'py>> {
        let pointers = arguments.map(Bound::as_ptr);
        // SAFETY: all objects are live and the thread attached (invariants); there are `N` pointers, and no names.
        let result = unsafe { ffi::PyObject_Vectorcall(self.as_ptr(), pointers.as_ptr(), N, ptr::null_mut()) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(self.py(), result) }
    }

    /// `self(*arguments, **keywords)`, with each keyword and its value.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, PyResult, types::PyStr};
    /// # fn example<'py>(print: &Bound<'py>, text: &Bound<'py>) -> PyResult<()> {
    /// let end = PyStr::intern(print.py(), c"end")?;
    /// print.call_with(&[text], &[(&end, text)])?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn call_with(
        &self,
        arguments: &[&Bound<'py>],
        keywords: &[(&Bound<'py, PyStr>, &Bound<'py>)],
    ) -> PyResult<Bound<'py>> {
        let py = self.py();
        let names = PyTuple::new(py, keywords.len(), |index| Ok(keywords[index].0.as_any().clone()))?;
        let mut all = Vec::new();
        all.try_reserve_exact(arguments.len() + keywords.len()).map_err(|_| PyErr::no_memory(py))?;
        all.extend(arguments.iter().map(|argument| argument.as_ptr()));
        all.extend(keywords.iter().map(|(_, value)| value.as_ptr()));
        // SAFETY: all objects are live and the thread attached (invariants). There are as many positional arguments as are
        // said, then the values of as many keywords as there are names, which are strings.
        let result = unsafe { ffi::PyObject_Vectorcall(self.as_ptr(), all.as_ptr(), arguments.len(), names.as_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(py, result) }
    }

    /// `self(*arguments, **keywords)`, with a tuple and a dict.
    #[inline]
    pub fn call_tuple(
        &self,
        arguments: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyObject_Call(self, arguments, keywords))
    }

    /// `self.name(*arguments)`
    #[inline]
    pub fn call_method<const N: usize>(
        &self,
        name: &Bound<'py, PyStr>,
        arguments: [&Bound<'py>; N],
    ) -> PyResult<Bound<'py>> {
        // The object comes before the arguments; an array of N + 1 cannot be named.
        let mut pointers = [ptr::null_mut(); 8];
        let count = N + 1;
        if count > pointers.len() {
            return self.getattr(name)?.call(arguments);
        }
        pointers[0] = self.as_ptr();
        for (place, argument) in pointers[1..].iter_mut().zip(arguments) {
            *place = argument.as_ptr();
        }
        // SAFETY: all objects are live and the thread attached (invariants); there are `count` pointers, and no names.
        let result =
            unsafe { ffi::PyObject_VectorcallMethod(name.as_ptr(), pointers.as_ptr(), count, ptr::null_mut()) };
        // SAFETY: a new reference, or NULL with an exception set.
        unsafe { crate::ffi_call::owned_or_err(self.py(), result) }
    }
}

/// Comparison, truth, hash, text.
impl<'py> Bound<'py> {
    /// `self op other`: any object, as for NumPy's arrays.
    #[inline]
    pub fn rich_compare(&self, other: &Bound<'py, impl Sized>, op: CompareOp) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyObject_RichCompare(self, other, op as std::ffi::c_int))
    }

    /// Whether `self op other`. One object is equal to itself without being asked, as in the containers.
    #[inline]
    pub fn compare(&self, other: &Bound<'py, impl Sized>, op: CompareOp) -> PyResult<bool> {
        status!(self.py(), PyObject_RichCompareBool(self, other, op as std::ffi::c_int)).map(|result| result != 0)
    }

    /// Whether `self == other`, as the containers compare.
    #[inline]
    pub fn eq(&self, other: &Bound<'py, impl Sized>) -> PyResult<bool> {
        self.compare(other, CompareOp::Eq)
    }

    /// Whether `self < other`.
    #[inline]
    pub fn lt(&self, other: &Bound<'py, impl Sized>) -> PyResult<bool> {
        self.compare(other, CompareOp::Lt)
    }

    /// `bool(self)`
    #[inline]
    pub fn is_truthy(&self) -> PyResult<bool> {
        status!(self.py(), PyObject_IsTrue(self)).map(|truth| truth != 0)
    }

    /// `hash(self)`
    #[inline]
    pub fn hash(&self) -> PyResult<isize> {
        let hash = infallible!(self.py(), PyObject_Hash(self));
        // SAFETY: -1 is returned with an exception only.
        if hash == -1 { Err(unsafe { PyErr::already_set(self.py()) }) } else { Ok(hash) }
    }

    /// `repr(self)`
    #[inline]
    pub fn repr(&self) -> PyResult<Bound<'py, PyStr>> {
        let text = new_reference!(self.py(), PyObject_Repr(self))?;
        // SAFETY: the call makes sure that the result is a str.
        Ok(unsafe { text.cast_into_unchecked() })
    }

    /// `str(self)`
    #[inline]
    pub fn str(&self) -> PyResult<Bound<'py, PyStr>> {
        let text = new_reference!(self.py(), PyObject_Str(self))?;
        // SAFETY: the call makes sure that the result is a str.
        Ok(unsafe { text.cast_into_unchecked() })
    }

    /// `type(self)`. It runs no Python code.
    #[inline]
    pub fn get_type(&self) -> Bound<'py, PyType> {
        // SAFETY: the object is live and the thread attached (invariants).
        let class = unsafe { ffi::PyObject_Type(self.as_ptr()) };
        // SAFETY: a new reference, which every live object has.
        let class = unsafe { Bound::from_owned_or_null(self.py(), class) };
        let Some(class) = class else { unreachable!("every object has a type") };
        // SAFETY: the type of an object is a type.
        unsafe { class.cast_into_unchecked() }
    }

    /// `isinstance(self, class)`
    #[inline]
    pub fn is_instance(&self, class: &Bound<'py, impl Sized>) -> PyResult<bool> {
        status!(self.py(), PyObject_IsInstance(self, class)).map(|result| result != 0)
    }

    /// Whether the object's type is `class` or a subclass. It runs no Python code.
    #[inline]
    pub fn is_instance_of_type(&self, class: &Bound<'py, PyType>) -> bool {
        self.is_instance_of_class(class)
    }

    /// Whether the object's type is `class` or a subclass. It runs no Python code; false when `class` is not a type.
    #[inline]
    pub(crate) fn is_instance_of_class(&self, class: &Bound<'py>) -> bool {
        infallible!(self.py(), shim_PyObject_TypeCheck(self, class)) != 0
    }

    /// `callable(self)`. It runs no Python code.
    #[inline]
    pub fn is_callable(&self) -> bool {
        infallible!(self.py(), PyCallable_Check(self)) != 0
    }

    /// `id(self)`
    #[inline]
    pub fn id(&self) -> PyResult<Bound<'py, PyInt>> {
        PyInt::new(self.py(), self.as_ptr().addr())
    }

    /// `self is None`
    #[inline]
    pub fn is_none(&self) -> bool {
        ptr::eq(self.as_ptr(), &raw const ffi::_Py_NoneStruct)
    }
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident $function:ident)*) => {
        /// Operators.
        impl<'py> Bound<'py> {$(
            $(#[$doc])*
            #[inline]
            pub fn $name(&self, other: &Bound<'py, impl Sized>) -> PyResult<Bound<'py>> {
                new_reference!(self.py(), $function(self, other))
            }
        )*}
    };
}

operators! {
    /// `self + other`
    add PyNumber_Add
    /// `self - other`
    sub PyNumber_Subtract
    /// `self * other`
    mul PyNumber_Multiply
    /// `self // other`
    floor_div PyNumber_FloorDivide
    /// `self / other`
    true_div PyNumber_TrueDivide
    /// `self % other`
    rem PyNumber_Remainder
}

/// Numbers.
impl<'py> Bound<'py> {
    /// `abs(self)`
    #[inline]
    pub fn abs(&self) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PyNumber_Absolute(self))
    }

    /// `operator.index(self)`: an `int`, not one of a subclass.
    #[inline]
    pub fn index(&self) -> PyResult<Bound<'py, PyInt>> {
        let index = new_reference!(self.py(), PyNumber_Index(self))?;
        // SAFETY: the call makes sure that the result is an int.
        Ok(unsafe { index.cast_into_unchecked() })
    }

    /// Whether the object has `__index__`. It runs no Python code.
    #[inline]
    pub fn is_index(&self) -> bool {
        infallible!(self.py(), PyIndex_Check(self)) != 0
    }

    /// The value of `float(self)` for a number: its own, or that of `__float__` or `__index__`.
    #[inline]
    pub fn as_f64(&self) -> PyResult<f64> {
        let value = infallible!(self.py(), PyFloat_AsDouble(self));
        if value == -1.0 && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// The value of `operator.index(self)` where it fits; `OverflowError` where not.
    #[inline]
    pub fn as_i64(&self) -> PyResult<i64> {
        let value = infallible!(self.py(), PyLong_AsLongLong(self));
        if value == -1 && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// The value of `operator.index(self)` as a `long` of C; `OverflowError` with C's message where it does not fit.
    #[inline]
    pub fn as_long(&self) -> PyResult<std::ffi::c_long> {
        let value = infallible!(self.py(), PyLong_AsLong(self));
        if value == -1 && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// The value of an `int` as a length or an index; `TypeError` for any other object.
    #[inline]
    pub fn as_ssize(&self) -> PyResult<isize> {
        let value = infallible!(self.py(), PyLong_AsSsize_t(self));
        if value == -1 && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// The value of an `int` as an `unsigned long` of C; `TypeError` for any other object.
    #[inline]
    pub fn as_unsigned_long(&self) -> PyResult<std::ffi::c_ulong> {
        if let Some(value) = self.exact_i64().and_then(|value| std::ffi::c_ulong::try_from(value).ok()) {
            return Ok(value);
        }
        self.as_unsigned_long_by_call()
    }

    /// [`as_unsigned_long`](Self::as_unsigned_long) without a look at the int before the call. For ints that have one digit or two at
    /// random, that look is a branch that the processor cannot predict.
    #[inline]
    pub fn as_unsigned_long_by_call(&self) -> PyResult<std::ffi::c_ulong> {
        let value = infallible!(self.py(), PyLong_AsUnsignedLong(self));
        if value == std::ffi::c_ulong::MAX && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// The value of an `int` as an `unsigned long long` of C; `TypeError` for any other object.
    #[inline]
    pub fn as_unsigned_long_long(&self) -> PyResult<u64> {
        let value = infallible!(self.py(), PyLong_AsUnsignedLongLong(self));
        if value == u64::MAX && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }

    /// The value of `operator.index(self)` as a length or an index; `IndexError` where it does not fit.
    #[inline]
    pub fn as_index(&self) -> PyResult<isize> {
        let value = infallible!(
            self.py(),
            PyNumber_AsSsize_t(
                self,
                <crate::exceptions::PyIndexError as crate::exceptions::ExceptionClass>::class(self.py())
            )
        );
        if value == -1 && error_occurred(self) {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok(value)
    }
}

#[inline]
fn error_occurred(object: &Bound<'_>) -> bool {
    !infallible!(object.py(), PyErr_Occurred()).is_null()
}

/// Answers without Python code.
impl<'py> Bound<'py> {
    /// Whether `self == other`, as the containers compare; `None` where Python code has to decide. It runs no Python code, takes no
    /// reference and makes no object.
    #[inline]
    pub fn exact_eq(&self, other: &Bound<'py>) -> Option<bool> {
        if self.is(other) {
            return Some(true);
        }
        answer(infallible!(self.py(), shim_exact_eq(self, other)))
    }

    /// The hash of what is exactly an `int` or a `str`; `None` for any other object. It runs no Python code.
    #[inline]
    pub fn hash_int_or_str(&self) -> Option<isize> {
        let mut hash = 0;
        // SAFETY: a live object and an attached thread (invariants); the hash is written to a variable of its type.
        let known = unsafe { ffi::shim_hash_int_or_str(self.as_ptr(), &mut hash) };
        (known != 0).then_some(hash)
    }

    /// `self op 0` of an `int`, not of a subclass; `None` for any other object.
    #[inline]
    pub fn exact_compare_with_zero(&self, op: CompareOp) -> Option<Bound<'py>> {
        let result = infallible!(self.py(), shim_compare_with_zero(self, op as std::ffi::c_int));
        // SAFETY: a new reference, or NULL.
        unsafe { Bound::from_owned_or_null(self.py(), result) }
    }

    /// Whether both objects have the same type.
    #[inline]
    pub fn has_type_of(&self, other: &Bound<'py>) -> bool {
        // SAFETY: a live object (invariants).
        let [class, other] = [self, other].map(|object| unsafe { class_of(object.as_ptr()) });
        ptr::eq(class, other)
    }

    /// Has the references to this object, which nobody else has yet, counted as those to `other` are: if these are deferred, as those
    /// to functions of modules, references on the stacks of threads are not counted, and the collector alone frees the object.
    #[inline]
    pub fn defer_refcount_like(&self, other: &Bound<'py>) {
        infallible!(self.py(), shim_defer_refcount_like(self, other));
    }
}

impl<'py> Bound<'py, PyTuple> {
    /// As [`exact_eq`](Bound::exact_eq) for another tuple of these items.
    #[inline]
    pub fn exact_eq_items(&self, items: &[crate::Borrowed<'_, 'py>]) -> Option<bool> {
        // SAFETY: a live tuple, that many live objects, and an attached thread (invariants). A `Borrowed` is a pointer to an object
        // (`repr(transparent)`).
        answer(unsafe { ffi::shim_exact_eq_items(self.as_ptr(), items.as_ptr().cast(), ssize(items.len())) })
    }
}

#[inline]
fn answer(result: std::ffi::c_int) -> Option<bool> {
    match result {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Locking, and depth.
impl<'py> Bound<'py> {
    /// Runs `body` in a critical section of this object.
    ///
    /// It keeps other threads out that enter one of the same object, as the methods of `list` and `dict` do. The section is
    /// given up while this thread waits for another lock or detaches, so it proves nothing to the compiler, and no borrowed
    /// reference relies on it.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, PyResult, types::PyDict};
    /// fn setdefault<'py>(dict: &Bound<'py, PyDict>, key: &Bound<'py>, value: &Bound<'py>) -> PyResult<()> {
    ///     dict.with_critical_section(|| if dict.contains_key(key)? { Ok(()) } else { dict.set_item(key, value) })
    /// }
    /// ```
    #[inline]
    pub fn with_critical_section<R>(&self, body: impl FnOnce() -> R) -> R {
        struct Section(MaybeUninit<ffi::PyCriticalSection>);
        impl Drop for Section {
            #[inline]
            fn drop(&mut self) {
                // SAFETY: begun below, on this thread, at this place. Sections that were begun later have ended: each is a
                // local of a call inside `body`.
                unsafe { ffi::PyCriticalSection_End(self.0.as_mut_ptr()) };
            }
        }
        let mut section = Section(MaybeUninit::uninit());
        // SAFETY: the object is live and the thread attached (invariants). The section stays in its place until it ends.
        unsafe { ffi::PyCriticalSection_Begin(section.0.as_mut_ptr(), self.as_ptr()) };
        body()
    }

    /// Runs `body`, which makes the `repr` of this object; `None` if this thread is making it already, as for an object that
    /// contains itself.
    pub fn with_repr_guard<R>(&self, body: impl FnOnce() -> PyResult<R>) -> PyResult<Option<R>> {
        struct Leave<'a, 'py>(&'a Bound<'py>);
        impl Drop for Leave<'_, '_> {
            fn drop(&mut self) {
                // SAFETY: entered below; a live object and an attached thread (invariants). An exception that is set stays.
                unsafe { ffi::Py_ReprLeave(self.0.as_ptr()) };
            }
        }
        if status!(self.py(), Py_ReprEnter(self))? != 0 {
            return Ok(None);
        }
        let _leave = Leave(self);
        body().map(Some)
    }

    /// `self[index]` of a sequence.
    #[inline]
    pub fn get_index(&self, index: usize) -> PyResult<Bound<'py>> {
        new_reference!(self.py(), PySequence_GetItem(self, ssize(index)))
    }

    /// `self.name`, by a name that is interned here.
    #[inline]
    pub fn getattr_named(&self, name: &CStr) -> PyResult<Bound<'py>> {
        self.getattr(&PyStr::intern(self.py(), name)?)
    }
}
