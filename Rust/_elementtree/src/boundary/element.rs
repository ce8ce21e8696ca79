//! Elements: their data, and how the data is read and changed.
//!
//! The references of an element are stored in fields of the type [`Place`]: the tag, the text, the tail, and those in a separate
//! block for attributes and children. A place is written under the lock of the element, which is the mutex of the object and is
//! never held while Python code runs or a reference is released, except that `None`, which is immortal, can be replaced without the
//! lock by a compare-and-exchange ([`fill`]). Both are needed only after a thread has changed an element of another one for the first
//! time ([`IS_SHARED`]). A place is read without the lock, as CPython reads the items of
//! lists: the reference count of the object is incremented unless it is zero, and then the place is read again to check that it
//! has not changed (`_Py_TryXGetRef` of `pycore_object.h`). A reference that is removed from its place can therefore be released
//! at once. Memory with places that threads may be reading is freed after a quiescent state of all threads (QSBR).

use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyDict, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Declaration, Instance, InstanceData, Own, Py, PyErr, PyObject, PyResult, PyTypeObject,
    Python, RawLock, Thread, Traversal, Visit, WeakrefList, entry_dealloc, instance_slots, is_none_pointer,
    rust_instance,
};
use std::ffi::{CStr, c_int, c_void};
use std::mem::{self, offset_of};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

unsafe extern "C" {
    /// The module's class `Element`, given an instance of it or of a subclass. The instance keeps the class alive.
    fn elementtree_element_base(element: *mut PyObject) -> *mut PyTypeObject;
    /// `_Py_TryXGetRef`: a new reference, or NULL.
    fn elementtree_try_get(place: *mut *mut PyObject) -> *mut PyObject;
    /// Releases references, or NULL, that no other code can see.
    fn elementtree_release_references(references: *const *mut PyObject, count: usize);
    /// A new element with the data, whose references it takes over; NULL with an exception set, and no reference taken.
    fn elementtree_new_element(class: *mut PyTypeObject, data: *const c_void) -> *mut PyObject;
    /// The start of a deallocation: removes an element from the collector's list, and clears weak references to it.
    fn elementtree_begin_dealloc(element: *mut PyObject);
    /// The end of a deallocation: frees the memory, and releases the class.
    fn shim_free_object(element: *mut PyObject);
    /// Sets a flag while the threads of all interpreters are stopped.
    fn elementtree_set_stopped(flag: *mut u8);
    /// `_Py_NewRefWithLock`: a new reference to an object that a locked place keeps, after which the other function succeeds.
    fn elementtree_new_reference(object: *mut PyObject) -> *mut PyObject;
    /// `PyMem_Malloc`
    fn PyMem_Malloc(size: usize) -> *mut c_void;
    /// `PyMem_Free`
    fn PyMem_Free(memory: *mut c_void);
    /// Frees memory after a quiescent state of all threads. It may also process other delayed frees, which release references.
    fn shim_free_delayed(memory: *mut c_void, size: isize);
}

/// Whether an element may be changed by a thread that is not its owner: biased locking (Russell and Detlefs, OOPSLA 2006), with one
/// flag for the elements of all interpreters instead of one for each.
///
/// As long as it is not set, an element is changed by its owner alone, which needs neither the lock nor an atomic exchange. A thread
/// that is about to lock or change an element of another one stops all threads, and sets the flag for ever. Threads are stopped at
/// safepoints only, and the garbage collector changes the owner of an object only then ([`cpython_api::BiasedLock`]): there is none
/// between a thread's comparison with the owner and the end of its change.
static IS_SHARED: AtomicBool = AtomicBool::new(false);

/// Whether the element is changed by this thread alone. The answer holds until the next safepoint.
#[inline]
fn is_biased(element: This<'_, '_>) -> bool {
    !IS_SHARED.load(Ordering::Relaxed) && Thread::current(element.py()).owns(element)
}

/// Makes sure that no thread changes its elements without the lock. The first time, this is a safepoint.
#[inline]
fn share(_py: Python<'_>) {
    if !IS_SHARED.load(Ordering::Relaxed) {
        // SAFETY: the thread is attached, as the token proves. A thread that waits for a lock of this one detaches, so that it counts
        // as stopped. The flag is a byte.
        unsafe { elementtree_set_stopped(IS_SHARED.as_ptr().cast()) };
    }
}

/// A reference that threads share. The lowest bit is set if it is a text that is a list to be joined.
pub(super) type Place = AtomicPtr<PyObject>;

/// The tag bit of a list to be joined.
const JOINED: usize = 1;

/// The number of children that are stored in the block itself.
const FEW: usize = 4;

/// Attributes and children, in the layout of C's `ElementObjectExtra`.
///
/// # Invariants
///
/// - `children` points to `allocated` places: those of the block, or memory from `PyMem_Malloc`. The first `length` have
///   elements of the module's class or a subclass, the others are NULL.
/// - All fields are written under the lock of the element, or by its owner alone. `children` is never set to memory that it has pointed to before.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Block {
    pub(super) attrib: Place,
    length: AtomicUsize,
    allocated: AtomicUsize,
    children: AtomicPtr<Place>,
    few: [Place; FEW],
}

/// The data of an element, in the layout of C's `ElementObject`.
///
/// # Invariants
///
/// - Each place is NULL or has one reference that belongs to the element.
/// - `block` is NULL or points to a `Block` from `PyMem_Malloc`.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Element {
    pub(super) tag: Place,
    pub(super) text: Place,
    pub(super) tail: Place,
    block: AtomicPtr<Block>,
    weak_references: WeakrefList,
}

const _: () =
    assert!(offset_of!(Element, weak_references) == 4 * size_of::<usize>(), "_elementtreemodule.c has another offset");

/// A borrowed element.
pub(super) type This<'a, 'py> = Borrowed<'a, 'py, Instance<Element>>;

/// An allocation failed.
#[derive(Debug)]
pub(super) struct OutOfMemory;

/// The reference of a place that is not shared any more, or NULL.
#[inline]
fn owned(place: &Place) -> *mut PyObject {
    let object = place.load(Ordering::Relaxed).map_addr(|address| address & !JOINED);
    place.store(ptr::null_mut(), Ordering::Relaxed);
    object
}

impl InstanceData for Element {
    const NAME: &'static CStr = c"xml.etree.ElementTree.Element";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(elementtree_Element_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        let mut place = |place: &Place| {
            let object = place.load(Ordering::Relaxed).map_addr(|address| address & !JOINED);
            // SAFETY: a reference of the place (invariants), which stays in it: a `Py` is not given up by itself.
            let object = unsafe { Py::from_owned_or_null(object) };
            object.as_ref().map_or(Ok(()), |object| visit.reference(object))
        };
        place(&self.tag)?;
        place(&self.text)?;
        place(&self.tail)?;
        // SAFETY: NULL, or the block of the element (invariants). No other thread runs during a traversal, and none is stopped
        // while it has the lock of an element.
        let Some(block) = (unsafe { self.block.load(Ordering::Relaxed).as_ref() }) else { return Ok(()) };
        place(&block.attrib)?;
        (0..block.length.load(Ordering::Relaxed)).try_for_each(|index| place(block.child(index)))
    }

    fn release(self, py: Python<'_>) {
        // SAFETY: the data has been moved out of the element.
        unsafe { self.release_references(py) };
    }
}

impl Element {
    /// Releases all references and the block at once.
    ///
    /// # Safety
    ///
    /// - No other thread can reach the data: it is that of an element without references, or not that of an element.
    #[inline]
    unsafe fn release_references(&self, py: Python<'_>) {
        let given_up = [&self.tag, &self.text, &self.tail].map(owned);
        // SAFETY: the references belonged to the places (see `owned`).
        unsafe { elementtree_release_references(given_up.as_ptr(), given_up.len()) };
        let block = self.block.load(Ordering::Relaxed);
        self.block.store(ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: the block is not the element's any more, and no thread reads it (the caller's promise).
        unsafe { release_block(py, block) };
    }
}

/// Releases the references in a block, and frees the block.
///
/// # Safety
///
/// - `block` is NULL or a block of which the caller is the only owner, and that no thread reads.
unsafe fn release_block(py: Python<'_>, block: *mut Block) {
    // SAFETY: NULL, or a block (the caller's promise).
    let Some(owner) = (unsafe { block.as_ref() }) else { return };
    let attrib = owned(&owner.attrib);
    // SAFETY: the reference belonged to the place.
    if let Some(attrib) = unsafe { Bound::from_owned_or_null(py, attrib) } {
        drop::<Bound<'_>>(attrib);
    }
    let children = owner.children.load(Ordering::Relaxed);
    let length = owner.length.load(Ordering::Relaxed);
    // SAFETY: the references of the block (invariants), which has no other owner.
    unsafe { elementtree_release_references(children.cast(), length) };
    if !owner.is_few(children) {
        // SAFETY: memory from this allocator that is not used any more.
        unsafe { PyMem_Free(children.cast()) };
    }
    // SAFETY: a block comes from `PyMem_Malloc` (`new_block`); it has no other owner, and is not used any more.
    unsafe { PyMem_Free(block.cast()) };
}

impl Block {
    /// The place of a child.
    ///
    /// `index` is below `allocated` at every call.
    #[inline]
    fn child(&self, index: usize) -> &Place {
        debug_assert!(index < self.allocated.load(Ordering::Relaxed));
        let children = self.children.load(Ordering::Acquire);
        // SAFETY: the array has that many entries (invariants; the index comes from `length` or from a reservation under the
        // lock).
        let place = unsafe { children.add(index) };
        // SAFETY: the entry is inside of the array, and the memory lives as long as the block is read.
        unsafe { &*place }
    }

    /// Moves the children to a larger array, over-allocated as in C. Returns the old one, if that is separate.
    ///
    /// Called under the lock of the element, or before the element is shared.
    #[cold]
    #[inline(never)]
    fn grow(&self, needed: usize) -> Result<Option<Retired>, OutOfMemory> {
        let (memory, room) = allocate_places(needed)?;
        let length = self.length.load(Ordering::Relaxed);
        // SAFETY: the array has that many entries, which nobody changes meanwhile, and the new one has room for them.
        unsafe { ptr::copy_nonoverlapping(self.children.load(Ordering::Relaxed), memory, length) };
        // SAFETY: the new array has room for that many entries.
        let rest = unsafe { memory.add(length) };
        // SAFETY: the rest of the new array, in which all bits of NULL are zero.
        unsafe { rest.write_bytes(0, room - length) };
        let before = self.allocated.load(Ordering::Relaxed);
        let old = self.children.swap(memory, Ordering::AcqRel);
        self.allocated.store(room, Ordering::Relaxed);
        let is_separate = !self.is_few(old);
        Ok(is_separate.then(|| Retired { memory: old.cast(), size: before * size_of::<Place>() }))
    }

    /// Makes room for more children, as [`grow`](Self::grow).
    #[inline]
    fn reserve(&self, more: usize) -> Result<Option<Retired>, OutOfMemory> {
        let needed = self.length.load(Ordering::Relaxed).checked_add(more).ok_or(OutOfMemory)?;
        if needed > self.allocated.load(Ordering::Relaxed) { self.grow(needed) } else { Ok(None) }
    }

    /// Appends a child, for which there is room.
    #[inline]
    fn push(&self, child: Bound<'_, Instance<Element>>) {
        let length = self.length.load(Ordering::Relaxed);
        self.child(length).store(child.into_ptr(), Ordering::Release);
        self.length.store(length + 1, Ordering::Release);
    }

    /// The memory of the array of children, if that is separate, and of the block.
    ///
    /// # Safety
    ///
    /// - The block has been removed from its element. It is not used after the result is dropped.
    unsafe fn retire(&self) -> (Retired, Retired) {
        let children = self.children.load(Ordering::Relaxed);
        let size = self.allocated.load(Ordering::Relaxed) * size_of::<Place>();
        let array = Retired { memory: if self.is_few(children) { ptr::null_mut() } else { children.cast() }, size };
        (array, Retired { memory: ptr::from_ref(self).cast_mut().cast(), size: size_of::<Self>() })
    }

    #[inline]
    fn is_few(&self, children: *mut Place) -> bool {
        ptr::eq(children, self.few.as_ptr())
    }
}

/// The common slots of the class, except for `tp_dealloc` and `tp_clear`.
#[unsafe(no_mangle)]
pub extern "C" fn elementtree_Element_instance() -> rust_instance {
    rust_instance { dealloc: Some(elementtree_Element_dealloc), clear: Some(clear), ..instance_slots::<Element>() }
}

/// `tp_clear`. Other threads run while the collector calls this, and can reach the element: by `gc.get_objects()`, or by a finalizer
/// of another object. So it changes the element as the methods do.
///
/// # Safety
///
/// - Called as the slot alone.
unsafe extern "C" fn clear(element: *mut PyObject) -> c_int {
    // SAFETY: the slot is called with an element, which its caller keeps for the call.
    let element = unsafe { Arg::<Instance<Element>>::new(&element) };
    // SAFETY: slots are called on an attached thread.
    unsafe { entry_dealloc(Element::NAME, move |py| release_shared(element.bind(py))) };
    0
}

/// Releases all references of an element that other threads may be using.
fn release_shared(element: This<'_, '_>) {
    let data = element.data();
    for place in [&data.tag, &data.text, &data.tail] {
        let old = Locked::new(element).take(place);
        drop(old);
    }
    let Some(block) = Locked::new(element).detach_block() else { return };
    // No thread writes to the block any more, but some may still read it. They do so under the lock, so that a reference is never
    // given up while it is being read.
    let length = block.length.load(Ordering::Relaxed);
    for place in std::iter::once(&block.attrib).chain((0..length).map(|index| block.child(index))) {
        let old = Locked::new(element).take(place);
        drop(old);
    }
    // SAFETY: the block has been removed from the element, and is not used after this.
    drop(unsafe { block.retire() });
}

/// `tp_dealloc`. It recurses for each level of a tree, so it has to use little stack: it does without the guard against panics that
/// the common slot has, as nothing here panics. C recognises the class by this function: a subclass has another `tp_dealloc`, which
/// calls this one.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_dealloc(element: *mut PyObject) {
    // SAFETY: the slot is called once, with an element to which there is no reference.
    unsafe { elementtree_begin_dealloc(element) };
    // SAFETY: the memory of the element lives until the end of this function.
    let this = unsafe { Arg::<Instance<Element>>::new(&element) };
    // SAFETY: slots are called on an attached thread.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: there is no reference to the element, and the collector does not find it any more.
    unsafe { this.bind(py).data().release_references(py) };
    // SAFETY: there is no other reference. The data has no references any more, and needs no `Drop`.
    unsafe { shim_free_object(element) };
}

const _: () = assert!(!std::mem::needs_drop::<Element>(), "the deallocation drops nothing");

/// The data of a new element. The attributes, if there are any, are put into a block.
#[inline]
fn data(tag: Bound<'_>, attrib: Option<Bound<'_>>) -> Result<Element, OutOfMemory> {
    let mut block = ptr::null_mut();
    if let Some(attrib) = attrib {
        block = new_block().ok_or(OutOfMemory)?;
        // SAFETY: a new block, which nobody else has.
        unsafe { &*block }.attrib.store(attrib.into_ptr(), Ordering::Relaxed);
    }
    let py = tag.py();
    Ok(Element {
        tag: Place::new(tag.into_ptr()),
        text: Place::new(py.None().into_ptr()),
        tail: Place::new(py.None().into_ptr()),
        block: AtomicPtr::new(block),
        weak_references: WeakrefList::new(),
    })
}

/// A copy of an element: its tag, text, tail and children are the same objects.
pub(super) fn copy_of<'py>(
    element: This<'_, 'py>,
    tag: Bound<'py>,
    attrib: Option<Bound<'py>>,
) -> PyResult<Bound<'py, Instance<Element>>> {
    let py = element.py();
    let no_memory = |OutOfMemory| PyErr::no_memory(py);
    let data = data(tag, attrib).map_err(no_memory)?;
    let locked = Locked::new(element);
    let result = locked.copy_into(&data);
    drop(locked);
    if let Err(error) = result {
        data.release(py);
        return Err(no_memory(error));
    }
    let class = class_of(element);
    // SAFETY: the class of the module, which the element keeps.
    let class = unsafe { ElementClass::new(&class) };
    with_data(py, class, data)
}

/// A block without attributes and children; `None` if the allocation fails.
#[inline]
fn new_block() -> Option<*mut Block> {
    // SAFETY: the function accepts any size.
    let block = unsafe { PyMem_Malloc(size_of::<Block>()) }.cast::<Block>();
    if block.is_null() {
        return None;
    }
    let value = Block {
        attrib: Place::new(ptr::null_mut()),
        length: AtomicUsize::new(0),
        allocated: AtomicUsize::new(FEW),
        children: AtomicPtr::new(ptr::null_mut()),
        few: [const { Place::new(ptr::null_mut()) }; FEW],
    };
    // SAFETY: memory that is large enough, and aligned for any type.
    unsafe { block.write(value) };
    // SAFETY: the block has been written.
    let block_ref = unsafe { &*block };
    block_ref.children.store(block_ref.few.as_ptr().cast_mut(), Ordering::Relaxed);
    Some(block)
}

/// The module's class of elements, or a subclass.
///
/// # Invariants
///
/// - The class is live for `'a`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ElementClass<'a>(&'a *mut PyTypeObject);

impl<'a> ElementClass<'a> {
    /// Takes an argument.
    ///
    /// # Safety
    ///
    /// - It is the module's class of elements, or a subclass, and the caller of the function keeps it until the function returns.
    #[inline]
    pub(super) unsafe fn new(argument: &'a *mut PyTypeObject) -> Self {
        Self(argument)
    }
}

/// Memory for an array of at least `needed` children, over-allocated as in C, and its length.
fn allocate_places(needed: usize) -> Result<(*mut Place, usize), OutOfMemory> {
    let room = needed.checked_add((needed >> 3) + if needed < 9 { 3 } else { 6 }).ok_or(OutOfMemory)?;
    let size = room.checked_mul(size_of::<Place>()).filter(|size| isize::try_from(*size).is_ok());
    // SAFETY: the function accepts any size.
    let memory = unsafe { PyMem_Malloc(size.ok_or(OutOfMemory)?) }.cast::<Place>();
    if memory.is_null() { Err(OutOfMemory) } else { Ok((memory, room)) }
}

/// Makes an element of the data.
#[inline]
fn with_data<'py>(py: Python<'py>, class: ElementClass<'_>, data: Element) -> PyResult<Bound<'py, Instance<Element>>> {
    // SAFETY: a live class whose objects have such data (invariants), and an attached thread.
    let element = unsafe { elementtree_new_element(*class.0, ptr::from_ref(&data).cast()) };
    // SAFETY: a new reference, or NULL.
    let Some(element) = (unsafe { Bound::from_owned_or_null(py, element) }) else {
        // SAFETY: NULL comes with an exception.
        let error = unsafe { PyErr::already_set(py) };
        data.release(py);
        return Err(error);
    };
    // SAFETY: the class makes elements.
    Ok(unsafe { element.cast_into_unchecked() })
}

/// An element that is being made. No other code can reach it, so it needs no lock.
#[derive(Debug)]
pub(super) struct Draft<'py> {
    data: Element,
    py: Python<'py>,
}

impl<'py> Draft<'py> {
    /// An element without text and children.
    #[inline]
    pub(super) fn new(tag: Bound<'py>, attrib: Option<Bound<'py>>) -> PyResult<Self> {
        let py = tag.py();
        let data = data(tag, attrib).map_err(|OutOfMemory| PyErr::no_memory(py))?;
        Ok(Self { data, py })
    }

    /// Sets the text or the tail; the flag says whether it is a list to be joined.
    #[inline]
    pub(super) fn set_text(&mut self, is_tail: bool, text: Bound<'py>, joined: bool) {
        // The place has had `None`, which is immortal.
        let place = if is_tail { &self.data.tail } else { &self.data.text };
        place.store(value_of(text, joined), Ordering::Relaxed);
    }

    /// Makes room for more children.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> PyResult<&Block> {
        let mut block = self.data.block.load(Ordering::Relaxed);
        if block.is_null() {
            block = new_block().ok_or_else(|| PyErr::no_memory(self.py))?;
            self.data.block.store(block, Ordering::Relaxed);
        }
        // SAFETY: the block of this element, which lives as long as `self` is borrowed.
        let block = unsafe { &*block };
        block.reserve(more).map(|_| block).map_err(|OutOfMemory| PyErr::no_memory(self.py))
    }

    /// Appends a child.
    #[inline]
    pub(super) fn push(&mut self, child: Bound<'py, Instance<Element>>) -> PyResult<()> {
        self.reserve(1)?.push(child);
        Ok(())
    }

    /// Creates the element.
    #[inline]
    pub(super) fn finish(self, class: ElementClass<'_>) -> PyResult<Bound<'py, Instance<Element>>> {
        // SAFETY: a live class whose objects have such data (invariants), and an attached thread.
        let element = unsafe { elementtree_new_element(*class.0, ptr::from_ref(&self.data).cast()) };
        // SAFETY: a new reference, or NULL.
        let Some(element) = (unsafe { Bound::from_owned_or_null(self.py, element) }) else {
            // SAFETY: NULL comes with an exception.
            return Err(unsafe { PyErr::already_set(self.py) });
        };
        // The references are those of the new element.
        mem::forget(self);
        // SAFETY: the class makes elements.
        Ok(unsafe { element.cast_into_unchecked() })
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // SAFETY: no other code can reach the data.
        unsafe { self.data.release_references(self.py) };
    }
}

/// Makes an element.
#[inline]
pub(super) fn new_element<'py>(
    class: ElementClass<'_>,
    tag: Bound<'py>,
    attrib: Option<Bound<'py>>,
) -> PyResult<Bound<'py, Instance<Element>>> {
    let py = tag.py();
    let data = data(tag, attrib).map_err(|OutOfMemory| PyErr::no_memory(py))?;
    with_data(py, class, data)
}

/// The module's class of an element.
#[inline]
pub(super) fn class_of(element: This<'_, '_>) -> *mut PyTypeObject {
    // SAFETY: a live element.
    unsafe { elementtree_element_base(element.as_ptr()) }
}

/// Creates an element of the module's class `Element`, even if `like` is of a subclass.
pub(super) fn new_like<'py>(
    like: This<'_, 'py>,
    tag: Bound<'py>,
    attrib: Option<Bound<'py>>,
) -> PyResult<Bound<'py, Instance<Element>>> {
    let class = class_of(like);
    // SAFETY: the class of the module, which `like` keeps.
    let class = unsafe { ElementClass::new(&class) };
    new_element(class, tag, attrib)
}

/// The object as an element, if it is an instance of this class or a subclass.
#[inline]
pub(super) fn as_element<'a, 'py>(object: Borrowed<'a, 'py>, class: *mut PyTypeObject) -> Option<This<'a, 'py>> {
    if !is_exactly(&object, class) {
        // SAFETY: a live class.
        let class: Borrowed<'_, 'py> = unsafe { Borrowed::from_borrowed_or_null(object.py(), class.cast()) }?;
        // SAFETY: a class is a type.
        let class: Borrowed<'_, 'py, PyType> = unsafe { class.cast_unchecked() };
        if !object.is_instance_of_type(&class) {
            return None;
        }
    }
    // SAFETY: the class and its subclasses make elements.
    Some(unsafe { object.cast_unchecked() })
}

/// Whether the object is of this class, and not of a subclass.
#[inline]
pub(super) fn is_exactly(object: &Bound<'_>, class: *mut PyTypeObject) -> bool {
    object.as_borrowed().has_type(class)
}

/// Whether this is exactly a `dict` without items.
pub(super) fn is_empty_dict(object: &Bound<'_>) -> bool {
    object.cast_exact::<PyDict>().is_some_and(|dict| dict.is_empty())
}

/// Whether two objects are equal, as the containers compare.
#[inline]
pub(super) fn equal<'py>(a: &Bound<'py>, b: &Bound<'py>) -> PyResult<bool> {
    a.exact_eq(b).map_or_else(|| a.eq(b), Ok)
}

/// The exception for an object that is no element.
#[cold]
pub(super) fn no_element(object: &Bound<'_>) -> PyErr {
    let class = match object.get_type().c_name() {
        Ok(class) => class,
        Err(error) => return error,
    };
    let class = class.to_string_lossy();
    PyTypeError::new_err(object.py(), format_args!("expected an Element, not \"{class}\""))
}

/// A new reference to the current object of a place; `None` for NULL. A list to be joined is returned as a list.
#[inline]
pub(super) fn get<'py>(element: This<'_, 'py>, place: &Place) -> Option<Bound<'py>> {
    if let Some(object) = get_whole(element, place) {
        return Some(object);
    }
    if place.load(Ordering::Acquire).is_null() {
        return None;
    }
    Locked::new(element).get(place).map(|(object, _)| object)
}

/// A new reference to the current object of a place; `None` if there is none, if it is a list to be joined, or if a lock is needed.
#[inline]
fn get_whole<'py>(element: This<'_, 'py>, place: &Place) -> Option<Bound<'py>> {
    if let Some(object) = get_own(element.py(), place) {
        return Some(object);
    }
    // SAFETY: a place of a live element. The object is returned only if it has no tag and is still there when its references are
    // counted.
    let object = unsafe { elementtree_try_get(place.as_ptr()) };
    // SAFETY: a new reference, or NULL.
    unsafe { Bound::from_owned_or_null(element.py(), object) }
}

/// A new reference to the current object of a place of an element, if this thread owns it or it is immortal; `None` for a list to be
/// joined.
#[inline]
pub(super) fn get_own<'py>(py: Python<'py>, place: &Place) -> Option<Bound<'py>> {
    let thread = Thread::current(py);
    // SAFETY: a place of an element, which has live objects, and whose objects are released after they are removed; there is no
    // safepoint before the next call.
    unsafe { thread.read(place) }.map(|object| thread.new_reference(object))
}

/// As [`get_own`] for what is exactly a `str`.
#[inline]
pub(super) fn get_own_str<'py>(py: Python<'py>, place: &Place) -> Option<Bound<'py>> {
    let thread = Thread::current(py);
    // SAFETY: as in `get_own`.
    let text = unsafe { thread.read(place) }?;
    text.str_len().map(|_| thread.new_reference(text))
}

/// Replaces the object in a place. Returns the old object, which is released when no lock is held.
#[inline]
pub(super) fn set<'py>(element: This<'_, 'py>, place: &Place, object: Bound<'py>) -> Option<Bound<'py>> {
    match fill(element, place, object, false) {
        Ok(()) => None,
        Err(object) => Locked::new(element).swap(place, object, false),
    }
}

/// Whether the object in a place is equal to another one, as the containers compare.
#[inline]
pub(super) fn place_equals<'py>(element: This<'_, 'py>, place: &Place, other: &Bound<'py>) -> PyResult<bool> {
    // SAFETY: a place of an element, whose object is compared at once.
    let own = unsafe { Thread::current(element.py()).read(place) };
    if let Some(answer) = own.and_then(|object| object.equals(other.as_borrowed())) {
        return Ok(answer);
    }
    get(element, place).map_or(Ok(false), |object| equal(&object, other))
}

/// Whether a place is empty or has `None`, so that a new text replaces none.
#[inline]
pub(super) fn is_none(place: &Place) -> bool {
    let object = place.load(Ordering::Relaxed);
    object.is_null() || is_none_pointer(object)
}

/// Sets the attributes, which are a dict.
pub(super) fn set_attrib<'py>(element: This<'_, 'py>, attrib: Bound<'py>) -> PyResult<()> {
    let py = element.py();
    let mut locked = Locked::new(element);
    let block = locked.block_or_new();
    let old = match block {
        Ok(block) => swap(py, &block.attrib, attrib, false),
        Err(OutOfMemory) => {
            drop(locked);
            return Err(PyErr::no_memory(py));
        }
    };
    drop(locked);
    drop(old);
    Ok(())
}

/// Appends a child.
#[inline]
pub(super) fn append<'py>(element: This<'_, 'py>, child: Bound<'py, Instance<Element>>) -> PyResult<()> {
    let py = element.py();
    let mut locked = Locked::new(element);
    let result = locked.push(child);
    drop(locked);
    result.map_err(|OutOfMemory| PyErr::no_memory(py))
}

/// As [`append`], while the lock of a builder is held: the memory that the children were moved out of is returned, as freeing it
/// may release references of others, and so run Python code.
#[inline]
pub(super) fn append_under_lock<'py>(
    element: This<'_, 'py>,
    child: Bound<'py, Instance<Element>>,
) -> PyResult<Option<Retired>> {
    let mut locked = Locked::new(element);
    let result = locked.push(child);
    let retired = locked.retired.take();
    drop(locked);
    result.map(|()| retired).map_err(|OutOfMemory| PyErr::no_memory(element.py()))
}

/// The current number of children.
#[inline]
pub(super) fn len(element: This<'_, '_>) -> usize {
    readable_block(element).map_or(0, |block| block.length.load(Ordering::Acquire))
}

/// Whether the element has a block (`self->extra` in C).
pub(super) fn has_block(element: This<'_, '_>) -> bool {
    !element.data().block.load(Ordering::Acquire).is_null()
}

/// The block of an element, for reading until this thread detaches or runs Python code.
#[inline]
pub(super) fn readable_block<'a>(element: This<'a, '_>) -> Option<&'a Block> {
    // SAFETY: NULL, or the block of the element. If another thread removes it, it is not freed before this one has reached a
    // quiescent state.
    unsafe { element.data().block.load(Ordering::Acquire).as_ref() }
}

/// The object that was read from a place that has changed meanwhile; it is released when no lock is held.
#[derive(Debug)]
pub(super) struct Stale<'py> {
    _seen: Bound<'py>,
}

/// The current child at an index, if the array did not change meanwhile; `None` past the end.
#[inline]
pub(super) fn try_child<'py>(
    element: This<'_, 'py>,
    index: usize,
) -> Result<Option<Bound<'py, Instance<Element>>>, Stale<'py>> {
    let Some(block) = readable_block(element) else { return Ok(None) };
    if index >= block.length.load(Ordering::Acquire) {
        return Ok(None);
    }
    let children = block.children.load(Ordering::Acquire);
    // SAFETY: the length was read before the pointer, so the array has at least that many entries.
    let place = unsafe { children.add(index) };
    // SAFETY: the memory is not freed before this thread has reached a quiescent state.
    let child = unsafe { elementtree_try_get(place.cast()) };
    // SAFETY: a new reference, or NULL.
    let Some(child) = (unsafe { Bound::from_owned_or_null(element.py(), child) }) else {
        return Ok(Locked::new(element).child(index));
    };
    // The array is still that of the element, so the object was a child.
    if ptr::eq(block.children.load(Ordering::Acquire), children)
        && ptr::eq(element.data().block.load(Ordering::Acquire), block)
    {
        // SAFETY: children are elements (invariants).
        return Ok(Some(unsafe { child.cast_into_unchecked() }));
    }
    Err(Stale { _seen: child })
}

/// The place of the current child at an index, which has to be read at once; `None` past the end.
#[inline]
pub(super) fn child_place<'a>(element: This<'a, '_>, index: usize) -> Option<&'a Place> {
    let block = readable_block(element)?;
    if index >= block.length.load(Ordering::Acquire) {
        return None;
    }
    let children = block.children.load(Ordering::Acquire);
    // SAFETY: the length was read before the pointer, so the array has at least that many entries.
    let place = unsafe { children.add(index) };
    // SAFETY: the entry is inside of the array, whose memory is not freed before this thread has reached a quiescent
    // state.
    Some(unsafe { &*place })
}

/// Whether the element has children.
#[inline]
pub(super) fn has_children(element: This<'_, '_>) -> bool {
    readable_block(element).is_some_and(|block| block.length.load(Ordering::Acquire) != 0)
}

/// Searches for a child with a tag from an index on; `None` if there is none.
pub(super) fn find_child<'py>(
    element: This<'_, 'py>,
    index: &mut usize,
    tag: &Bound<'py>,
) -> PyResult<Option<Bound<'py, Instance<Element>>>> {
    loop {
        if let Some(found) = find_own(element, index, tag) {
            return Ok(found);
        }
        let Some(child) = child(element, *index) else { return Ok(None) };
        if place_equals(child.as_borrowed(), &child.data().tag, tag)? {
            return Ok(Some(child));
        }
        *index += 1;
    }
}

/// As [`find_child`], as far as this thread owns the children and their tags, and the tags are `str`s; `None` at another child.
#[inline]
fn find_own<'py>(
    element: This<'_, 'py>,
    index: &mut usize,
    tag: &Bound<'py>,
) -> Option<Option<Bound<'py, Instance<Element>>>> {
    let thread = Thread::current(element.py());
    loop {
        let Some(place) = child_place(element, *index) else { return Some(None) };
        let child = own_element(thread, place)?;
        // SAFETY: a place of an element; the tag is compared at once.
        let found = unsafe { thread.read(&child.bind(element.py()).data().tag) }?;
        if found.equals(tag.as_borrowed())? {
            return Some(Some(thread.new_reference(child)));
        }
        *index += 1;
    }
}

/// The current child at an index; `None` past the end.
#[inline]
pub(super) fn child<'py>(element: This<'_, 'py>, index: usize) -> Option<Bound<'py, Instance<Element>>> {
    loop {
        if let Ok(child) = try_child(element, index) {
            return child;
        }
    }
}

/// The child in a place, if this thread owns it. It is not used after the next safepoint.
#[inline]
fn own_element<'a>(thread: Thread<'_>, place: &'a Place) -> Option<Own<'a, Instance<Element>>> {
    // SAFETY: the place of a child; callers use the result at once.
    let child = unsafe { thread.read(place) }?;
    // SAFETY: children are elements (invariants).
    Some(unsafe { child.cast_unchecked() })
}

/// The current child at an index if this thread owns it: an object that was a child when the array was read, or when another thread has
/// moved the children to a larger one after that. An object that this thread owns was not freed since then.
#[inline]
pub(super) fn own_child<'py>(element: This<'_, 'py>, index: usize) -> Option<Bound<'py, Instance<Element>>> {
    let thread = Thread::current(element.py());
    own_element(thread, child_place(element, index)?).map(|child| thread.new_reference(child))
}

/// The current object of a place, and whether the element has the only reference to it, if this thread owns it or it is immortal.
#[inline]
fn own<'py>(thread: Thread<'py>, place: &Place) -> Option<(Bound<'py>, bool)> {
    // SAFETY: a place of an element; there is no safepoint before the end of this function.
    let object = unsafe { thread.read(place) }?;
    let is_unique = object.is_unique();
    Some((thread.new_reference(object), is_unique))
}

/// The current object of a place, and whether the element has the only reference to it.
#[inline]
pub(super) fn get_unique<'py>(
    thread: Thread<'py>,
    element: This<'_, 'py>,
    place: &Place,
) -> Option<(Bound<'py>, bool)> {
    own(thread, place).or_else(|| Locked::new(element).get_unique(place))
}

/// As [`get_unique`] for a child; `None` past the end.
#[inline]
pub(super) fn unique_child<'py>(
    thread: Thread<'py>,
    element: This<'_, 'py>,
    index: usize,
) -> Option<(Bound<'py>, bool)> {
    own(thread, child_place(element, index)?).or_else(|| Locked::new(element).unique_child(index))
}

/// The value of a place for an object, whose reference is taken over.
#[inline]
fn value_of(object: Bound<'_>, joined: bool) -> *mut PyObject {
    object.into_ptr().map_addr(|address| address | if joined { JOINED } else { 0 })
}

/// Puts an object into a place of an element that has `None`; the flag says whether it is a list to be joined. It is given back if the
/// place has another object. This needs no lock. It may be a safepoint.
#[inline]
pub(super) fn fill<'py>(
    element: This<'_, 'py>,
    place: &Place,
    object: Bound<'py>,
    joined: bool,
) -> Result<(), Bound<'py>> {
    let py = object.py();
    let old = place.load(Ordering::Relaxed);
    if !is_none_pointer(old) {
        return Err(object);
    }
    let new = value_of(object, joined);
    if is_biased(element) {
        place.store(new, Ordering::Release);
        return Ok(());
    }
    share(py);
    if place.compare_exchange(old, new, Ordering::Release, Ordering::Relaxed).is_ok() {
        return Ok(());
    }
    // SAFETY: the reference that was not put into the place.
    unsafe { Bound::from_owned_or_null(py, new.map_addr(|address| address & !JOINED)) }.map_or(Ok(()), Err)
}

/// As [`fill`], if this thread alone changes the element, for a text whose reference is taken over if the result is true.
#[inline]
pub(super) fn fill_own(element: This<'_, '_>, place: &Place, text: &Py) -> bool {
    let is_free = is_none_pointer(place.load(Ordering::Relaxed)) && is_biased(element);
    if is_free {
        place.store(text.as_ptr(), Ordering::Release);
    }
    is_free
}

/// A new reference to an object, which is counted without a call if this thread owns it.
#[inline]
pub(super) fn reference<'py, T>(thread: Thread<'py>, object: Borrowed<'_, 'py, T>) -> Bound<'py, T> {
    // SAFETY: a live object; the result is not used after the next line.
    match unsafe { thread.own(object.as_ptr()) } {
        // SAFETY: the same object.
        Some(own) => thread.new_reference(unsafe { own.cast_unchecked() }),
        None => object.to_owned(),
    }
}

/// Replaces the object in a place of an element that is locked or not shared yet.
#[inline]
fn swap<'py>(py: Python<'py>, place: &Place, object: Bound<'py>, joined: bool) -> Option<Bound<'py>> {
    let new = value_of(object, joined);
    let mut old = place.load(Ordering::Relaxed);
    // Another thread can replace `None` at the same time (`fill`).
    while is_none_pointer(old) {
        match place.compare_exchange(old, new, Ordering::Release, Ordering::Relaxed) {
            // SAFETY: the reference belonged to the place.
            Ok(none) => return unsafe { Bound::from_owned_or_null(py, none) },
            Err(now) => old = now,
        }
    }
    place.store(new, Ordering::Release);
    let old = old.map_addr(|address| address & !JOINED);
    // SAFETY: the reference belonged to the place.
    unsafe { Bound::from_owned_or_null(py, old) }
}

/// Takes the object in a place of an element that is locked, or of a block that has been removed from its element.
#[inline]
fn take<'py>(py: Python<'py>, place: &Place) -> Option<Bound<'py>> {
    let old = place.swap(ptr::null_mut(), Ordering::AcqRel).map_addr(|address| address & !JOINED);
    // SAFETY: the reference belonged to the place.
    unsafe { Bound::from_owned_or_null(py, old) }
}

/// A block that has been removed from its element. It is freed, and its references are released, when no lock is held.
#[derive(Debug)]
pub(super) struct Taken<'py> {
    _objects: Vec<Bound<'py>>,
}

/// Memory that threads may be reading, which is freed when no lock is held.
#[derive(Debug)]
pub(super) struct Retired {
    memory: *mut c_void,
    size: usize,
}

impl Drop for Retired {
    #[inline]
    fn drop(&mut self) {
        if !self.memory.is_null() {
            // SAFETY: memory from the allocator that belongs to no element any more, and is freed once.
            unsafe { shim_free_delayed(self.memory, self.size as isize) };
        }
    }
}

/// An element that this thread alone can change, under its lock or as its owner: no reference is released, and no Python code runs.
#[derive(Debug)]
pub(super) struct Locked<'a, 'py> {
    _lock: Lock<'a, 'py>,
    // Dropped after the lock.
    retired: Option<Retired>,
    element: This<'a, 'py>,
}

/// The lock itself, unless it is not needed.
#[derive(Debug)]
struct Lock<'a, 'py>(Option<This<'a, 'py>>);

impl Drop for Lock<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(element) = self.0 {
            // SAFETY: acquired by this value.
            unsafe { element.mutex().unlock() };
        }
    }
}

impl<'a, 'py> Locked<'a, 'py> {
    /// Waits for the lock.
    #[inline]
    pub(super) fn new(element: This<'a, 'py>) -> Self {
        if is_biased(element) {
            return Self { _lock: Lock(None), retired: None, element };
        }
        share(element.py());
        // Nothing that runs while it is locked locks it again.
        element.mutex().lock(element.py());
        Self { _lock: Lock(Some(element)), retired: None, element }
    }

    #[inline]
    fn block(&self) -> Option<&'a Block> {
        // SAFETY: NULL, or the block of the element, which others leave while it is locked.
        unsafe { self.element.data().block.load(Ordering::Relaxed).as_ref() }
    }

    /// The block, which is created if there is none.
    #[inline]
    pub(super) fn block_or_new(&mut self) -> Result<&'a Block, OutOfMemory> {
        if let Some(block) = self.block() {
            return Ok(block);
        }
        let block = new_block().ok_or(OutOfMemory)?;
        self.element.data().block.store(block, Ordering::Release);
        // SAFETY: the block of the element, as above.
        Ok(unsafe { &*block })
    }

    /// The object in a place, and whether it is a list to be joined.
    pub(super) fn get(&self, place: &Place) -> Option<(Bound<'py>, bool)> {
        let seen = place.load(Ordering::Relaxed);
        let object = seen.map_addr(|address| address & !JOINED);
        if object.is_null() {
            return None;
        }
        // SAFETY: the place keeps the object while the element is locked.
        let object = unsafe { elementtree_new_reference(object) };
        // SAFETY: a new reference.
        let object = unsafe { Bound::from_owned_or_null(self.element.py(), object) }?;
        Some((object, seen.addr() & JOINED != 0))
    }

    /// As [`get`](Self::get), with whether the element has the only reference.
    fn get_unique(&self, place: &Place) -> Option<(Bound<'py>, bool)> {
        // SAFETY: a place of an element; there is no safepoint before the result is dropped.
        let is_unique = unsafe { Thread::current(self.element.py()).read(place) }.is_some_and(Own::is_unique);
        self.get(place).map(|(object, _)| (object, is_unique))
    }

    /// As [`get_unique`](Self::get_unique) for a child.
    fn unique_child(&self, index: usize) -> Option<(Bound<'py>, bool)> {
        let block = self.block().filter(|block| index < block.length.load(Ordering::Relaxed))?;
        self.get_unique(block.child(index))
    }

    /// Replaces the object in a place; the flag says whether the new one is a list to be joined.
    #[inline]
    pub(super) fn swap(&mut self, place: &Place, object: Bound<'py>, joined: bool) -> Option<Bound<'py>> {
        swap(self.element.py(), place, object, joined)
    }

    /// The number of children.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.block().map_or(0, |block| block.length.load(Ordering::Relaxed))
    }

    /// A child; `None` past the end.
    pub(super) fn child(&self, index: usize) -> Option<Bound<'py, Instance<Element>>> {
        let block = self.block().filter(|block| index < block.length.load(Ordering::Relaxed))?;
        let (child, _) = self.get(block.child(index))?;
        // SAFETY: children are elements (invariants).
        Some(unsafe { child.cast_into_unchecked() })
    }

    /// Makes room for more children.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> Result<&'a Block, OutOfMemory> {
        let block = self.block_or_new()?;
        if let Some(retired) = block.reserve(more)? {
            debug_assert!(self.retired.is_none(), "moved twice under one lock");
            self.retired = Some(retired);
        }
        Ok(block)
    }

    /// Appends a child; the reference is dropped if the allocation fails.
    #[inline]
    pub(super) fn push(&mut self, child: Bound<'py, Instance<Element>>) -> Result<(), OutOfMemory> {
        self.reserve(1)?.push(child);
        Ok(())
    }

    /// Inserts a child before an index, or at the end.
    pub(super) fn insert(&mut self, index: usize, child: Bound<'py, Instance<Element>>) -> Result<(), OutOfMemory> {
        let block = self.reserve(1)?;
        let length = block.length.load(Ordering::Relaxed);
        let index = index.min(length);
        for at in (index..length).rev() {
            block.child(at + 1).store(block.child(at).load(Ordering::Relaxed), Ordering::Release);
        }
        block.child(index).store(child.into_ptr(), Ordering::Release);
        block.length.store(length + 1, Ordering::Release);
        Ok(())
    }

    /// Removes and returns a child; `None` past the end.
    pub(super) fn remove(&mut self, index: usize) -> Option<Bound<'py>> {
        let block = self.block()?;
        let last = block.length.load(Ordering::Relaxed).checked_sub(1).filter(|last| index <= *last)?;
        let removed = block.child(index).load(Ordering::Relaxed);
        for at in index..last {
            block.child(at).store(block.child(at + 1).load(Ordering::Relaxed), Ordering::Release);
        }
        block.length.store(last, Ordering::Release);
        block.child(last).store(ptr::null_mut(), Ordering::Release);
        // SAFETY: the reference belonged to the place.
        unsafe { Bound::from_owned_or_null(self.element.py(), removed) }
    }

    /// Replaces a child, and returns the old one; past the end, returns `None` and gives the new child back.
    pub(super) fn replace(
        &mut self,
        index: usize,
        child: Bound<'py, Instance<Element>>,
    ) -> Result<Option<Bound<'py>>, Bound<'py, Instance<Element>>> {
        let Some(block) = self.block().filter(|block| index < block.length.load(Ordering::Relaxed)) else {
            return Err(child);
        };
        Ok(swap(self.element.py(), block.child(index), child.into_any(), false))
    }

    /// Writes new references to the objects in places of the element.
    ///
    /// # Safety
    ///
    /// - `from` points to that many places with objects, and `to` to memory for as many references.
    #[inline]
    unsafe fn copy_references(&self, from: *const Place, to: *mut *mut PyObject, count: usize) {
        let thread = Thread::current(self.element.py());
        for index in 0..count {
            // SAFETY: there are that many places (the caller's promise).
            let place = unsafe { from.add(index) };
            // SAFETY: the place lives as long as the element is locked.
            let object = unsafe { &*place }.load(Ordering::Relaxed);
            // SAFETY: the place keeps its object while the element is locked; there is no safepoint before the reference is counted.
            let object = match unsafe { thread.own(object) } {
                Some(object) => thread.new_reference(object).into_ptr(),
                // SAFETY: as before.
                None => unsafe { elementtree_new_reference(object) },
            };
            // SAFETY: there is memory for that many references (the caller's promise).
            let to = unsafe { to.add(index) };
            // SAFETY: as before.
            unsafe { to.write(object) };
        }
    }

    /// Copies the text, the tail and the children to an element that nobody else can see.
    fn copy_into(&self, copy: &Element) -> Result<(), OutOfMemory> {
        // As in C, the copy has a block if the element has one.
        if let Some(source) = self.block() {
            let length = self.len();
            let mut block = copy.block.load(Ordering::Relaxed);
            if block.is_null() {
                block = new_block().ok_or(OutOfMemory)?;
                copy.block.store(block, Ordering::Relaxed);
            }
            // SAFETY: the block of the copy (invariants).
            let block = unsafe { &*block };
            if length > FEW {
                let (memory, room) = allocate_places(length)?;
                for index in length..room {
                    // SAFETY: the new array has room for that many entries.
                    let place = unsafe { memory.add(index) };
                    // SAFETY: the new array has room for that many entries, and nobody else knows of it.
                    unsafe { place.write(Place::new(ptr::null_mut())) };
                }
                block.children.store(memory, Ordering::Relaxed);
                block.allocated.store(room, Ordering::Relaxed);
            }
            let from = source.children.load(Ordering::Relaxed);
            let to = block.children.load(Ordering::Relaxed);
            // SAFETY: the element, which is locked, has that many children; the array of the copy has room for them.
            unsafe { self.copy_references(from, to.cast(), length) };
            block.length.store(length, Ordering::Relaxed);
        }
        let data = self.element.data();
        for (from, to) in [(&data.text, &copy.text), (&data.tail, &copy.tail)] {
            if let Some((object, joined)) = self.get(from).filter(|(object, _)| !object.is_none()) {
                // The copy has had `None`, which is immortal.
                to.store(value_of(object, joined), Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Appends new references to the children in a range to an empty vector with room for them.
    pub(super) fn extend_with_children(&self, found: &mut Vec<Bound<'py>>, start: usize, count: usize) {
        let Some(block) = self.block() else { return };
        let is_inside = start.checked_add(count).is_some_and(|end| end <= block.length.load(Ordering::Relaxed));
        if !is_inside || !found.is_empty() || found.capacity() < count {
            return;
        }
        let children = block.children.load(Ordering::Relaxed);
        // SAFETY: the array has that many entries (invariants, and the check above).
        let from = unsafe { children.add(start) };
        // SAFETY: the children are read while the element is locked; the vector has room for `count` references, and a `Bound` is
        // a pointer to an object (`repr(transparent)`).
        unsafe { self.copy_references(from, found.as_mut_ptr().cast(), count) };
        // SAFETY: `count` references have been written.
        unsafe { found.set_len(count) };
    }

    /// New references to all children.
    pub(super) fn children(&self) -> Result<Vec<Bound<'py>>, OutOfMemory> {
        let mut found = Vec::new();
        found.try_reserve_exact(self.len()).map_err(|_| OutOfMemory)?;
        self.extend_with_children(&mut found, 0, self.len());
        Ok(found)
    }

    /// Replaces all children, and returns the old ones. The new ones stay in the vector if the allocation fails.
    ///
    /// # Safety
    ///
    /// - All are elements.
    pub(super) unsafe fn set_children(
        &mut self,
        children: &mut Vec<Bound<'py>>,
    ) -> Result<Vec<Bound<'py>>, OutOfMemory> {
        let before = self.len();
        let mut old = Vec::new();
        old.try_reserve_exact(before).map_err(|_| OutOfMemory)?;
        let block = self.reserve(children.len().saturating_sub(before))?;
        let py = self.element.py();
        let count = children.len();
        for (index, child) in children.drain(..).enumerate() {
            old.extend(swap(py, block.child(index), child, false));
        }
        block.length.store(count, Ordering::Release);
        for index in count..before {
            let removed = block.child(index).swap(ptr::null_mut(), Ordering::AcqRel);
            // SAFETY: the reference belonged to the place.
            old.extend(unsafe { Bound::from_owned_or_null(py, removed) });
        }
        Ok(old)
    }

    /// Takes the block: the element has neither attributes nor children after this. It keeps them if the allocation fails.
    pub(super) fn take_block(self) -> Result<Taken<'py>, OutOfMemory> {
        let py = self.element.py();
        let mut objects = Vec::new();
        if let Some(block) = self.block() {
            let length = block.length.load(Ordering::Relaxed);
            // The references cannot be released while the element is locked.
            objects.try_reserve_exact(length + 1).map_err(|_| OutOfMemory)?;
            self.element.data().block.store(ptr::null_mut(), Ordering::Release);
            for place in std::iter::once(&block.attrib).chain((0..length).map(|index| block.child(index))) {
                // The place is cleared for threads that still read the block.
                objects.extend(take(py, place));
            }
            // SAFETY: the block has been removed from the element, and is not used after this.
            let retired = unsafe { block.retire() };
            drop(self);
            drop(retired);
        }
        Ok(Taken { _objects: objects })
    }

    /// Removes the block from the element.
    fn detach_block(self) -> Option<&'a Block> {
        let block = self.block();
        self.element.data().block.store(ptr::null_mut(), Ordering::Release);
        block
    }

    /// Takes the object in a place.
    fn take(&mut self, place: &Place) -> Option<Bound<'py>> {
        take(self.element.py(), place)
    }

    /// Takes the attributes.
    pub(super) fn take_attrib(&mut self) -> Option<Bound<'py>> {
        take(self.element.py(), &self.block()?.attrib)
    }

    /// The number of children for which memory outside of the block is allocated, and whether there is a block.
    pub(super) fn memory(&self) -> (bool, usize) {
        self.block().map_or((false, 0), |block| {
            let outside = !block.is_few(block.children.load(Ordering::Relaxed));
            (true, if outside { block.allocated.load(Ordering::Relaxed) } else { 0 })
        })
    }
}

/// The size of a block, as in C.
pub(super) const BLOCK_SIZE: usize = size_of::<Block>();

/// A text or a tail.
#[derive(Debug)]
pub(super) enum JoinedText<'py> {
    /// An object that a program has set.
    Whole(Bound<'py>),
    /// A list of pieces that a `TreeBuilder` has collected.
    Pieces(Bound<'py>),
}

/// The current text or tail.
#[inline]
pub(super) fn get_text<'py>(element: This<'_, 'py>, place: &Place) -> JoinedText<'py> {
    if let Some(text) = get_whole(element, place) {
        return JoinedText::Whole(text);
    }
    let found = Locked::new(element).get(place);
    match found {
        Some((pieces, true)) => JoinedText::Pieces(pieces),
        Some((text, false)) => JoinedText::Whole(text),
        None => JoinedText::Whole(element.py().None()),
    }
}
