//! Instances of the classes of a module: their Rust part, the instance data.
//!
//! A class is a C table of methods, attributes and slots, and a Rust type that implements [`InstanceData`]. What such
//! classes have in common is here and in `Include/rust/class.h`: making the type, deallocation, traversal, clearing,
//! and the call of instances. An object is CPython's header followed by the data, a plain Rust value that C knows by its
//! size alone (PEP 697).
//!
//! - The module's C file declares the class as a `rust_class`, and names the function of the boundary that returns its
//!   [`rust_instance`], which is [`instance_slots`].
//! - Objects are made by [`new_object`] alone. The class has `Py_TPFLAGS_DISALLOW_INSTANTIATION` or a `tp_new` that
//!   ends there. With `Py_TPFLAGS_BASETYPE` it can be subclassed: the data of a subclass come after these, and its objects are
//!   made by the same `tp_new`. Such a class is immutable (`Py_TPFLAGS_IMMUTABLETYPE`), or its data is [`Plain`].
//! - Methods get the data shared: state that changes is in a [`PyMutex`](crate::PyMutex).

use crate::buffer::class_of;
use crate::entry::{entry_dealloc, entry_traverse};
use crate::gc::{Traversal, Visit};
use crate::types::PyType;
use crate::{Borrowed, Bound, ModuleState, PyErr, PyObject, PyResult, PyTypeObject, Python};
use cpython_sys as ffi;
use std::ffi::{CStr, c_int, c_void};
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr;

pub use ffi::rust_instance;

/// The data of each object of a class.
pub trait InstanceData: Send + Sync + Sized + 'static {
    /// The name of the class, for messages.
    const NAME: &'static CStr = c"an object of a Rust class";

    /// That the data is plain, so that an object is deallocated without Rust.
    const PLAIN: Option<Plain> = None;

    /// That [`release`](Self::release) gives up references and does nothing else, so that a deallocation needs no entry. `make check`
    /// finds one that may panic all the same, which would end the process.
    const CANNOT_PANIC: bool = false;

    /// How an instance is called; `None` when it cannot be.
    const CALL: Option<Vectorcall> = None;

    /// The function by which the class was declared, of a class that is to be found by [`Borrowed::cast_instance`].
    const DECLARATION: Option<Declaration> = None;

    /// The attributes that are computed, if their table is not in C: it ends with [`Attribute::END`].
    const ATTRIBUTES: &'static [Attribute] = &[];

    /// Shows the collector the references that the data owns, of those that never change after the object is made: reading
    /// them takes no lock.
    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        let _ = visit;
        Ok(())
    }

    /// Gives up references so that cycles through this object end. Others may still use the object after this.
    fn clear(&self, py: Python<'_>) {
        let _ = py;
    }

    /// Memory that the object exports as a read-only buffer. It stays the same for the life of the object.
    fn buffer(&self) -> &[u8] {
        &[]
    }

    /// Gives up the references that the data owns. `self` is dropped after that, if this does not consume it.
    fn release(self, py: Python<'_>);
}

/// An attribute that functions get and set, in a table of [`InstanceData::ATTRIBUTES`].
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Attribute(ffi::PyGetSetDef);

impl Attribute {
    /// The end of a table.
    pub const END: Self =
        Self(ffi::PyGetSetDef { name: ptr::null(), get: None, set: None, doc: ptr::null(), closure: ptr::null_mut() });

    /// An attribute without a docstring; without a setter it is read-only. The functions are called with `number`, too.
    ///
    /// # Safety
    ///
    /// - The functions may be called with each object of the class, on an attached thread, and with this number; the setter with an
    ///   object, or with NULL to delete the attribute.
    pub const unsafe fn new(name: &'static CStr, get: Getter, set: Option<Setter>, number: usize) -> Self {
        let closure = ptr::without_provenance_mut(number);
        Self(ffi::PyGetSetDef { name: name.as_ptr(), get: Some(get), set, closure, ..Self::END.0 })
    }

    /// The same attribute with a docstring.
    #[must_use]
    pub const fn with_doc(self, doc: &'static CStr) -> Self {
        Self(ffi::PyGetSetDef { doc: doc.as_ptr(), ..self.0 })
    }

    /// The setter of an attribute that is a read-only member in C: it raises `AttributeError("readonly attribute")`.
    pub const REFUSE: Setter = ffi::rust_refuse_to_set;
}

/// A function that C calls to get an attribute.
pub type Getter = unsafe extern "C" fn(this: *mut PyObject, number: *mut c_void) -> *mut PyObject;

/// A function that C calls to set an attribute.
pub type Setter = unsafe extern "C" fn(this: *mut PyObject, value: *mut PyObject, number: *mut c_void) -> c_int;

/// The table of attributes for C, or NULL if there are none. C only reads it.
const fn attributes<T: InstanceData>() -> *mut ffi::PyGetSetDef {
    match T::ATTRIBUTES {
        [] => ptr::null_mut(),
        [.., last] => {
            assert!(last.0.name.is_null(), "the table of attributes does not end");
            T::ATTRIBUTES.as_ptr().cast_mut().cast()
        }
    }
}

/// The promise that the data of a class is plain: it owns neither references nor memory, and may be all zero.
///
/// Python code can replace the `__new__` of a class that is not immutable, and then `object.__new__` makes objects of its
/// subclasses, whose data nobody has written.
#[derive(Clone, Copy, Debug)]
pub struct Plain(());

impl Plain {
    /// Makes the promise.
    ///
    /// # Safety
    ///
    /// - Memory that is all zero is a value of the data's type.
    pub const unsafe fn new() -> Self {
        Self(())
    }
}

/// The promise that a class was declared by a function: what identifies the class among the bases of another one.
#[derive(Clone, Copy, Debug)]
pub struct Declaration(extern "C" fn() -> rust_instance);

impl Declaration {
    /// Makes the promise.
    ///
    /// # Safety
    ///
    /// - The function returns the [`instance_slots`] of the type that has this as its [`InstanceData::DECLARATION`].
    pub const unsafe fn new(function: extern "C" fn() -> rust_instance) -> Self {
        Self(function)
    }

    /// The token of the class, which `rust_class_new` has set.
    #[inline]
    fn token(self) -> *mut c_void {
        self.0 as *mut c_void
    }
}

/// A function that C calls for the call of an object (PEP 590).
pub type Vectorcall = unsafe extern "C" fn(
    callable: *mut PyObject,
    arguments: *const *mut PyObject,
    count: usize,
    names: *mut PyObject,
) -> *mut PyObject;

/// The type of an object with the data `T`, as in `Bound<'py, Instance<T>>`.
#[derive(Debug)]
pub struct Instance<T>(PhantomData<T>);

impl<T> crate::types::DerefToPyAny for Instance<T> {}

/// The memory of an object after CPython's header, if objects of the class can be called. Otherwise it is a `T`.
#[repr(C)]
struct Callable<T> {
    data: T,
    call: Vectorcall,
}

/// The alignment of that memory, which is that of C's `max_align_t`.
const ALIGNMENT: usize = 16;

/// The slots of a class that are the same for all: for C, which makes the type of them.
pub const fn instance_slots<T: InstanceData>() -> rust_instance {
    rust_instance {
        basicsize: instance_basicsize::<T>(),
        call_offset: if T::CALL.is_some() { offset_of!(Callable<T>, call) as ffi::Py_ssize_t } else { -1 },
        dealloc: if T::PLAIN.is_some() { None } else { Some(dealloc::<T>) },
        traverse: if T::PLAIN.is_some() { None } else { Some(traverse::<T>) },
        clear: if T::PLAIN.is_some() { None } else { Some(clear::<T>) },
        getbuffer: Some(getbuffer::<T>),
        getset: const { attributes::<T>() },
    }
}

/// The `basicsize` of the type spec for objects with a `T`: negative, as it is added to that of `object`.
#[inline]
const fn instance_basicsize<T: InstanceData>() -> c_int {
    const {
        let size = if T::CALL.is_some() { size_of::<Callable<T>>() } else { size_of::<T>() };
        // Without a byte of its own a class would have the layout of `object`: it could be a base that is not in the chain of `tp_base`,
        // and be assigned to `__class__` of other objects.
        let size = if size == 0 { 1 } else { size };
        assert!(align_of::<Callable<T>>() <= ALIGNMENT && size <= c_int::MAX as usize);
        assert!(T::PLAIN.is_none() || !std::mem::needs_drop::<T>());
        -(size as c_int)
    }
}

/// A new object of type `cls`.
///
/// # Safety
///
/// - `cls` is a live type whose spec has `instance_basicsize` of `T` as its `basicsize`, or a subclass of it.
#[inline]
pub unsafe fn new_object<'py, T: InstanceData>(
    py: Python<'py>,
    cls: *mut PyTypeObject,
    data: T,
) -> PyResult<Bound<'py>> {
    let size = -instance_basicsize::<T>();
    // SAFETY: the type is live and has data of this size (the caller's promise), and the thread is attached. The data is written below
    // without a call of the interpreter.
    let object = unsafe { ffi::shim_new_object(cls, size as ffi::Py_ssize_t) };
    if object.is_null() {
        // SAFETY: NULL comes with an exception.
        let error = unsafe { PyErr::already_set(py) };
        data.release(py);
        return Err(error);
    }
    // SAFETY: the objects of the type, and those of a subclass, have the data after the header (the caller's promise).
    let place = unsafe { place::<T>(object) };
    match T::CALL {
        // SAFETY: the memory is large enough for this (`instance_basicsize`), and aligned to 16 bytes. No collector sees the object
        // before this thread calls into the interpreter again.
        Some(call) => unsafe { place.cast::<Callable<T>>().write(Callable { data, call }) },
        // SAFETY: as before.
        None => unsafe { place.write(data) },
    }
    // SAFETY: a new reference.
    unsafe { crate::ffi_call::owned_or_err(py, object) }
}

/// The class of the objects with the data `T`, as C passes it to a function that makes one.
///
/// # Invariants
///
/// - `cls` is live for `'a`, and has the slots that [`instance_slots`] of `T` says, or is a subclass of such a class.
#[derive(Debug)]
pub struct Class<'a, T> {
    cls: *mut PyTypeObject,
    _argument: PhantomData<&'a T>,
}

impl<T> Clone for Class<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Class<'_, T> {}

impl<'a, T: InstanceData> Class<'a, T> {
    /// Takes an argument.
    ///
    /// # Safety
    ///
    /// - The class has the slots that [`instance_slots`] of `T` says, or is a subclass of such a class.
    /// - The caller of the function keeps it until the function returns.
    #[inline]
    pub unsafe fn new(argument: &'a *mut PyTypeObject) -> Self {
        Self { cls: *argument, _argument: PhantomData }
    }

    /// The state of the module that the class was made with.
    #[inline]
    pub fn module_state<S: ModuleState>(self, py: Python<'_>) -> PyResult<&'a S> {
        self.bind(py).module_state()
    }

    /// The handle of the class.
    #[inline]
    pub fn bind<'py>(self, py: Python<'py>) -> Borrowed<'a, 'py, PyType> {
        // SAFETY: the class is live for `'a` (invariants).
        let class: Borrowed<'a, 'py> = unsafe { Borrowed::from_ptr(py, self.cls.cast()) };
        // SAFETY: and a type.
        unsafe { class.cast_unchecked() }
    }

    /// A new object.
    #[inline]
    pub fn object<'py>(self, py: Python<'py>, data: T) -> PyResult<Bound<'py>> {
        // SAFETY: the class is that of objects with a `T` (invariants).
        unsafe { new_object(py, self.cls, data) }
    }
}

/// The class with the data `T` that is `class` or one of its bases, or NULL. It has a layout of its own, so it is in the chain of
/// `tp_base` of every class that inherits from it.
///
/// # Safety
///
/// - `class` is a live type.
#[inline]
unsafe fn base_class<T: InstanceData>(class: *mut PyTypeObject) -> *mut PyTypeObject {
    match T::DECLARATION {
        // SAFETY: a live type (the caller's promise). The token is only compared.
        Some(declaration) => unsafe { ffi::shim_base_by_token(class, declaration.token()) },
        None => ptr::null_mut(),
    }
}

impl<'py> Bound<'py, PyType> {
    /// This class as one of objects with the data `T`, if it is one or a subclass of one.
    #[inline]
    pub fn as_class<T: InstanceData>(&self) -> Option<Class<'_, T>> {
        // SAFETY: a live type (invariants).
        if unsafe { base_class::<T>(self.as_type_ptr()) }.is_null() {
            return None;
        }
        Some(Class { cls: self.as_type_ptr(), _argument: PhantomData })
    }
}

impl<'a, 'py> Borrowed<'a, 'py> {
    /// This object as one with the data `T`, if its class is one of such objects, or a subclass. It runs no Python code.
    #[inline]
    pub fn cast_instance<T: InstanceData>(self) -> Option<Borrowed<'a, 'py, Instance<T>>> {
        // SAFETY: the object is live (invariants).
        let class = unsafe { class_of(self.as_ptr()) };
        // SAFETY: its class is live, too.
        let found = unsafe { base_class::<T>(class) };
        // SAFETY: a class with this token has the slots of `T` (the promise of its `Declaration`), and its objects are made by
        // `new_object`.
        (!found.is_null()).then(|| unsafe { self.cast_unchecked() })
    }
}

impl<'py, T: InstanceData> Bound<'py, Instance<T>> {
    /// A new object of the class with the data `T`, of which the class of this object may be a subclass. The only reference to the
    /// class that is taken is that of the new object.
    #[inline]
    pub fn new_like(&self, data: T) -> PyResult<Bound<'py>> {
        const { assert!(T::DECLARATION.is_some(), "the class cannot be found") };
        // SAFETY: the object is live (invariants).
        let class = unsafe { class_of(self.as_ptr()) };
        // SAFETY: its class is live, too.
        let class = unsafe { base_class::<T>(class) };
        // SAFETY: the class is that of objects with a `T`: one of the bases of the class of an object with a `T` has been declared so
        // (the promise of its `Declaration`). The class of this object keeps it.
        unsafe { new_object(self.py(), class, data) }
    }

    /// Another object as one with the data `T`, if it has the class of this object, or, as [`Borrowed::cast_instance`] finds, one that
    /// has been declared. It runs no Python code.
    #[inline]
    pub fn cast_like<'a>(&self, other: Borrowed<'a, 'py>) -> Option<Borrowed<'a, 'py, Instance<T>>> {
        // Mostly both have the same class, whose bases need not be searched then.
        if other.has_type_of(self) {
            // SAFETY: this object has a `T` (invariants), and so all objects of its class have been made by `new_object` with one.
            return Some(unsafe { other.cast_unchecked() });
        }
        other.cast_instance::<T>()
    }

    /// The class with the data `T`: that of the object, or the base of it.
    #[inline]
    pub fn base_class(&self) -> Borrowed<'_, 'py, PyType> {
        const { assert!(T::DECLARATION.is_some(), "the class cannot be found") };
        // SAFETY: the object is live (invariants).
        let class = unsafe { class_of(self.as_ptr()) };
        // SAFETY: its class is live, too.
        let class = unsafe { base_class::<T>(class) };
        // SAFETY: one of the bases of the class of an object with a `T` has been declared so (the promise of its `Declaration`). Every
        // class that can be assigned to `__class__` of the object has this base, too, so that the object keeps it.
        let class = unsafe { Borrowed::from_borrowed_or_null(self.py(), class.cast()) };
        // SAFETY: not NULL, as before.
        let class = unsafe { class.unwrap_unchecked() };
        // SAFETY: the call finds types.
        unsafe { class.cast_unchecked() }
    }

    /// The state of the module of the class; see [`Borrowed::module_state`].
    #[inline]
    pub fn module_state<S: ModuleState>(&self) -> PyResult<&S> {
        self.base_class().module_state()
    }

    /// `type(self).__basicsize__` if an object of the class with the data `T` had `fields` bytes more than an `object`, as one of an
    /// implementation in C has.
    pub fn basic_size_with(&self, fields: usize) -> PyResult<isize> {
        let basic_size = |class: Bound<'py, PyType>| class.getattr_named(c"__basicsize__")?.as_ssize();
        let more = basic_size(self.as_any().get_type())? - basic_size(self.base_class().to_owned())?;
        // The type is the last field of an `object`.
        Ok((ffi::SHIM_TYPE_OFFSET as usize + size_of::<usize>() + fields) as isize + more)
    }
}

/// The data of `object`.
///
/// # Safety
///
/// - `object` was made by [`new_object`] with a `T`, and is live for `'a`.
#[inline]
pub(crate) unsafe fn instance_data<'a, T: InstanceData>(object: *mut PyObject) -> &'a T {
    // SAFETY: the object has a `T` (the caller's promise).
    let place = unsafe { place::<T>(object) };
    // SAFETY: the data was written when the object was made, and is only shared until it dies.
    unsafe { &*place }
}

impl<'a, T: InstanceData> Borrowed<'a, '_, Instance<T>> {
    /// The data, borrowed for as long as the object is.
    #[inline]
    pub fn data(self) -> &'a T {
        // SAFETY: an `Instance<T>` is an object with a `T`, and lives for `'a` (invariants).
        unsafe { instance_data(self.as_ptr()) }
    }
}

impl<T: InstanceData> Bound<'_, Instance<T>> {
    /// The data, borrowed for as long as this reference is.
    #[inline]
    pub fn data(&self) -> &T {
        self.as_borrowed().data()
    }
}

/// Drops the data of an object that is being deallocated. A panic on the way leaks what is left.
///
/// # Safety
///
/// - `object` was made by [`new_object`] with a `T`, nobody has a reference to it, and this is called once.
/// - The thread is attached.
#[inline]
unsafe fn drop_instance<T: InstanceData>(object: *mut PyObject) {
    // SAFETY: the object has a `T` (the caller's promise).
    let place = unsafe { place::<T>(object) };
    // Read inside, so that the closure is one word.
    // SAFETY: the data is moved out once (the caller's promise).
    let release = move |py: Python<'_>| unsafe { place.read() }.release(py);
    if T::CANNOT_PANIC {
        // SAFETY: the thread is attached (the caller's promise).
        return release(unsafe { Python::assume_attached() });
    }
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry_dealloc(T::NAME, release) };
}

/// `tp_dealloc`
///
/// # Safety
///
/// - C calls this as the slot of a class with instance data `T`, once.
unsafe extern "C" fn dealloc<T: InstanceData>(object: *mut PyObject) {
    // SAFETY: the object is live. After this neither the collector nor a weak reference finds it any more.
    unsafe { ffi::shim_begin_dealloc(object) };
    // SAFETY: all objects of the class come from `new_object`; the slot is called once, on an attached thread.
    unsafe { drop_instance::<T>(object) };
    // SAFETY: the memory is given back, and the reference of the object to its heap type given up.
    unsafe { ffi::shim_free_object(object) };
}

/// `tp_traverse`
///
/// # Safety
///
/// - C calls this as the slot of a class with instance data `T`.
unsafe extern "C" fn traverse<T: InstanceData>(
    object: *mut PyObject,
    visit: ffi::visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the function and its argument belong together, as the collector passes them.
    let mut visit = unsafe { Visit::from_raw(visit, argument) };
    // SAFETY: the object is live.
    let class = unsafe { class_of(object) };
    // SAFETY: the object owns a reference to its type, which lives as long.
    if let Err(stop) = unsafe { visit.pointer(class.cast()) } {
        return stop.into_raw();
    }
    entry_traverse(T::NAME, || {
        // SAFETY: all objects of the class come from `new_object`; it is tracked by the collector, so the data is there.
        let data: &T = unsafe { instance_data(object) };
        crate::gc::into_raw(data.traverse(&mut visit))
    })
}

/// `tp_clear`
///
/// # Safety
///
/// - C calls this as the slot of a class with instance data `T`.
unsafe extern "C" fn clear<T: InstanceData>(object: *mut PyObject) -> c_int {
    // SAFETY: all objects of the class come from `new_object`, and this one is live.
    let data: &T = unsafe { instance_data(object) };
    // SAFETY: the slot is called on an attached thread.
    unsafe { entry_dealloc(T::NAME, |py| data.clear(py)) };
    0
}

/// `bf_getbuffer`
///
/// # Safety
///
/// - C calls this as the slot of a class with instance data `T`, with a view to fill.
unsafe extern "C" fn getbuffer<T: InstanceData>(
    object: *mut PyObject,
    view: *mut ffi::Py_buffer,
    flags: c_int,
) -> c_int {
    let mut memory: (*const u8, usize) = (ptr::null(), 0);
    // SAFETY: all objects of the class come from `new_object`, and this one is live.
    let data: &T = unsafe { instance_data(object) };
    // SAFETY: the slot is called on an attached thread.
    unsafe {
        entry_dealloc(T::NAME, |_| {
            let buffer = data.buffer();
            memory = (buffer.as_ptr(), buffer.len());
        });
    }
    let len = crate::ffi_call::ssize(memory.1);
    // SAFETY: the memory is shared for the life of the object, of which the view takes a reference, and is read-only.
    unsafe { ffi::PyBuffer_FillInfo(view, object, memory.0.cast_mut().cast(), len, 1, flags) }
}

/// The place of the data of an object.
///
/// # Safety
///
/// - `object` is of a type with instance data `T`, or of a subclass.
#[inline]
unsafe fn place<T: InstanceData>(object: *mut PyObject) -> *mut T {
    // SAFETY: the base of the type is `object`, so that its data are the first after the header, also in a subclass.
    unsafe { object.byte_add(ffi::SHIM_DATA_OFFSET as usize) }.cast()
}
