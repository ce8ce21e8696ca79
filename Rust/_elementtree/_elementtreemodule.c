/* The C side of _elementtree: the module definition, the classes, their constructors, and what reads and locks the places of an
   element. The parsing of arguments, the method tables and all docstrings are those of CPython's _elementtree.c. Methods and the
   data of objects are implemented in Rust. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_dict.h"          // _PyDict_CopyAsDict()
#include "pycore_long.h"          // _PyLong_IsNonNegativeCompact()
#include "pycore_object.h"        // _Py_TryXGetRef()
#include "pycore_pystate.h"       // _PyEval_StopTheWorld()
#include "rust/class.h"
#include "rust/_elementtree.h"

typedef PyObject ElementObject;
typedef PyObject TreeBuilderObject;
typedef PyObject XMLParserObject;

#if PY_VERSION_HEX >= 0x030F0000
#  define IS_DICT PyAnyDict_Check
#  define COPY_DICT _PyDict_CopyAsDict
#else
#  define IS_DICT PyDict_Check
#  define COPY_DICT PyDict_Copy
#endif

/* Whether this is the module's class of elements. The tp_dealloc of a subclass is always subtype_dealloc() of typeobject.c. */
static inline int
is_element_class(PyTypeObject *type)
{
    return type->tp_dealloc == elementtree_Element_dealloc;
}

/* The module's class of elements that a class is or derives from. */
static PyTypeObject *
element_base(PyTypeObject *type)
{
    while (!is_element_class(type)) {
        type = type->tp_base;
    }
    return type;
}

/* The parsing code takes the class from the state of the module. */
typedef struct {
    PyTypeObject *Element_Type;
} element_state;

#define clinic_state() (&(element_state){element_base(Py_TYPE(self))})
#include "upstream/clinic.h"
#undef clinic_state

#include "upstream/docs.h"
#include "upstream/get_attrib_from_keywords.h"
#include "upstream/element_methods.h"
#include "upstream/element_getsetlist.h"
#include "upstream/treebuilder_methods.h"
#include "upstream/xmlparser_methods.h"
#include "upstream/xmlparser_getsetlist.h"

/* --- Functions for Rust --------------------------------------------------------------------------------------------- */

PyTypeObject *
elementtree_element_base(PyObject *element)
{
    return element_base(Py_TYPE(element));
}

int
elementtree_is_instance(PyObject *object, PyTypeObject *type)
{
    return PyObject_TypeCheck(object, type);
}

size_t
elementtree_basic_size(PyObject *element)
{
    PyTypeObject *type = Py_TYPE(element);
    Py_ssize_t alignment = element_base(type)->tp_basicsize - (Py_ssize_t)(sizeof(PyObject) + 5 * sizeof(void *));
    return (size_t)(type->tp_basicsize - alignment);
}

PyObject *
elementtree_try_get(PyObject **place)
{
    /* The place is read once: that of a text can get a list to be joined, whose address has a tag, at any time. */
    PyObject *object = _Py_atomic_load_ptr(place);
    if (object == NULL || ((uintptr_t)object & 1) != 0) {
        return NULL;
    }
    return _Py_TryIncrefCompare(place, object) ? object : NULL;
}

PyObject *
elementtree_new_reference(PyObject *object)
{
    return _Py_NewRefWithLock(object);
}

/* What boundary/thread.rs and boundary/element.rs know of objects. */
_Static_assert(offsetof(PyObject, ob_tid) == 0 && offsetof(PyObject, ob_mutex) == SIZEOF_VOID_P + 2
               && offsetof(PyObject, ob_ref_local) == SIZEOF_VOID_P + 4 && offsetof(PyObject, ob_ref_shared) == SIZEOF_VOID_P + 8
               && offsetof(PyObject, ob_type) == 2 * SIZEOF_VOID_P + 8 && _Py_IMMORTAL_REFCNT_LOCAL == UINT32_MAX
               && offsetof(PyASCIIObject, length) == 3 * SIZEOF_VOID_P + 8, "boundary/thread.rs has another layout of objects");
_Static_assert(_Py_UNLOCKED == 0 && _Py_LOCKED == 1, "boundary/element.rs has another mutex");

uintptr_t
elementtree_thread(void)
{
    return _Py_ThreadId();
}

void
elementtree_lock(PyObject *element)
{
    PyMutex_Lock(&element->ob_mutex);
}

void
elementtree_unlock(PyObject *element)
{
    PyMutex_Unlock(&element->ob_mutex);
}

/* Whether the object in a place is equal to another one that is exactly a str; -1 if only Python code can tell. */
int
elementtree_place_equals(PyObject **place, PyObject *other)
{
    if (_Py_atomic_load_ptr(place) == other) {
        return 1;
    }
    if (!PyUnicode_CheckExact(other)) {
        return -1;
    }
    PyObject *object = _Py_TryXGetRef(place);
    if (object == NULL) {
        return -1;
    }
    int equal = PyUnicode_CheckExact(object) ? PyUnicode_Equal(object, other) : -1;
    Py_DECREF(object);
    return equal;
}

/* The data of an element, which is in the layout of boundary/element.rs. */
typedef struct {
    PyObject *attrib;
    uintptr_t length, allocated;
    PyObject **children;
} element_block;

typedef struct {
    PyObject *tag, *text, *tail;
    element_block *block;
    PyObject *weak_references;
} element_data;

static inline element_data *
data_of(PyObject *element)
{
    return (element_data *)((char *)element + _Py_SIZE_ROUND_UP(sizeof(PyObject), ALIGNOF_MAX_ALIGN_T));
}

/* The current child at an index if it is owned by this thread or immortal: a new reference, or NULL. An object that is owned by
   this thread was not freed since it was read, as only this thread frees it. So it was a child when the array was read, or when
   another thread has moved the children to a larger one after that. */
static inline PyObject *
get_own_child(PyObject *element, size_t index)
{
    element_block *block = _Py_atomic_load_ptr_acquire(&data_of(element)->block);
    if (block == NULL || index >= _Py_atomic_load_uintptr_acquire(&block->length)) {
        return NULL;
    }
    /* The length was read before the pointer to the array, which therefore has at least that many entries. */
    PyObject **children = _Py_atomic_load_ptr_acquire(&block->children);
    PyObject *child = _Py_atomic_load_ptr(&children[index]);
    return child != NULL && _Py_TryIncrefFast(child) ? child : NULL;
}

/* The current child at an index, without a lock: 1 with a new reference, 0 if there is none. -1 if the array has changed
   meanwhile, with a new reference to the object that was read, or NULL: then the lock has to be taken. */
static inline int
get_child(PyObject *element, size_t index, PyObject **child)
{
    element_data *data = data_of(element);
    *child = NULL;
    element_block *block = _Py_atomic_load_ptr_acquire(&data->block);
    if (block == NULL || index >= _Py_atomic_load_uintptr_acquire(&block->length)) {
        return 0;
    }
    /* The length was read before the pointer to the array, which therefore has at least that many entries. */
    PyObject **children = _Py_atomic_load_ptr_acquire(&block->children);
    *child = _Py_TryXGetRef(&children[index]);
    /* If the array is still that of the element, the object was a child. */
    return *child != NULL && _Py_atomic_load_ptr_acquire(&block->children) == children
           && _Py_atomic_load_ptr_acquire(&data->block) == block ? 1 : -1;
}

/* Searches from `*index` on for a child with a tag that is a str: 1 with a new reference to the child, 0 if there is none. -1 if
   the child at `*index` could not be compared, with a new reference to the object that was read, or NULL. */
int
elementtree_find_child(PyObject *element, size_t *index, PyObject *tag, PyObject **child)
{
    *child = NULL;
    if (!PyUnicode_CheckExact(tag)) {
        return -1;
    }
    for (;; ++*index) {
        int found = get_child(element, *index, child);
        if (found <= 0) {
            return found;
        }
        PyObject **place = &data_of(*child)->tag;
        if (_Py_atomic_load_ptr(place) == tag) {
            return 1;
        }
        PyObject *other = _Py_TryXGetRef(place);
        if (other == NULL || !PyUnicode_CheckExact(other)) {
            Py_XDECREF(other);
            return -1;
        }
        int equal = PyUnicode_Equal(other, tag);
        Py_DECREF(other);
        if (equal) {
            return equal;
        }
        Py_DECREF(*child);
        *child = NULL;
    }
}

/* The value of an attribute: 1 with a new reference, 0 if there is none, -1 with an exception set. -2 if another thread owns
   the dict of the attributes: then the lock has to be taken. */
int
elementtree_get_attribute(PyObject *element, PyObject *key, PyObject **value)
{
    *value = NULL;
    element_block *block = _Py_atomic_load_ptr_acquire(&data_of(element)->block);
    PyObject *attrib = block == NULL ? NULL : _Py_atomic_load_ptr(&block->attrib);
    if (attrib == NULL) {
        return 0;
    }
    if (!_Py_TryIncrefCompare(&block->attrib, attrib)) {
        return -2;
    }
    int found = PyDict_GetItemRef(attrib, key, value);
    Py_DECREF(attrib);
    return found;
}

/* Sets an attribute: 0, or -1 with an exception set. -2 if there is no dict yet, or another thread owns it. */
int
elementtree_set_attribute(PyObject *element, PyObject *key, PyObject *value)
{
    element_block *block = _Py_atomic_load_ptr_acquire(&data_of(element)->block);
    PyObject *attrib = block == NULL ? NULL : elementtree_try_get(&block->attrib);
    if (attrib == NULL) {
        return -2;
    }
    int status = PyDict_SetItem(attrib, key, value);
    Py_DECREF(attrib);
    return status;
}

/* Copies references from places of an element that is locked. */
void
elementtree_copy_references(PyObject *const *from, PyObject **to, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = _Py_NewRefWithLock(from[i]);
    }
}

/* Releases references that no other code can see. */
void
elementtree_release_references(PyObject *const *references, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Py_XDECREF(references[i]);
    }
}

/* A new element with the data, whose references it takes over; NULL with an exception set, and no reference taken. */
PyObject *
elementtree_new_element(PyTypeObject *type, const void *new_data)
{
    const element_data *data = new_data;
    PyObject *element;
    if (is_element_class(type)) {
        if ((element = PyObject_GC_New(PyObject, type)) != NULL) {
            *data_of(element) = *data;
            _PyObject_GC_TRACK(element);
        }
    }
    /* A subclass may have slots, which have to be zero. */
    else if ((element = PyType_GenericAlloc(type, 0)) != NULL) {
        *data_of(element) = *data;
    }
    return element;
}

/* The start of the deallocation of an element: afterwards neither the collector nor a weak reference finds it. */
void
elementtree_begin_dealloc(PyObject *element)
{
    if (_PyObject_GC_IS_TRACKED(element)) {
        _PyObject_GC_UNTRACK(element);
    }
    if (_Py_atomic_load_ptr(&data_of(element)->weak_references) != NULL) {
        PyObject_ClearWeakRefs(element);
    }
}

/* Sets a flag while all other threads of the interpreter are stopped. A thread stops only where it may run Python code or wait. */
void
elementtree_set_stopped(char *flag)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    _PyEval_StopTheWorld(interpreter);
    *flag = 1;
    _PyEval_StartTheWorld(interpreter);
}

int
elementtree_is_dict(PyObject *object)
{
    return IS_DICT(object);
}

PyObject *
elementtree_dict_items(PyObject *dict)
{
    return PyDict_Items(dict);
}

/* Copies a dict whose keys and values are all exactly str: 1 with a new reference, 0 for any other object, -1 with an exception set.
   The copy is examined, so that the answer is true of it. */
int
elementtree_copy_plain_dict(PyObject *dict, PyObject **copy)
{
    *copy = NULL;
    if (!PyDict_CheckExact(dict)) {
        return 0;
    }
    PyObject *new = PyDict_Copy(dict), *key, *value;
    if (new == NULL) {
        return -1;
    }
    int plain = 1;
    Py_ssize_t pos = 0;
    /* The collector lists the copy, too: another thread can find it there. */
    Py_BEGIN_CRITICAL_SECTION(new);
    while (plain && PyDict_Next(new, &pos, &key, &value)) {
        plain = PyUnicode_CheckExact(key) && PyUnicode_CheckExact(value);
    }
    Py_END_CRITICAL_SECTION();
    if (plain) {
        *copy = new;
    }
    else {
        Py_DECREF(new);
    }
    return plain;
}

int
elementtree_state_items(PyObject *state, PyObject **items)
{
    static char *names[] = {"tag", "attrib", "text", "tail", "_children", NULL};
    /* A copy, which no other code can change, and which keeps the items alive. */
    PyObject *copy = PyDict_Copy(state), *args = copy == NULL ? NULL : PyTuple_New(0);
    int found = args != NULL && PyArg_ParseTupleAndKeywords(args, copy, "|$OOOOO", names, &items[0], &items[1], &items[2],
                                                            &items[3], &items[4]);
    for (int i = 0; found && i < 5; i++) {
        Py_XINCREF(items[i]);
    }
    Py_XDECREF(args);
    Py_XDECREF(copy);
    return found ? 0 : -1;
}

PyObject *
elementtree_decode(const char *text, size_t size)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "strict");
}

/* --- Element -------------------------------------------------------------------------------------------------------- */

/* Replaces a dict of attributes, or NULL, by a new one that has the keywords, too; NULL if there are none. */
static int
merge_keywords(PyObject **attrib, PyObject *kwds)
{
    PyObject *merged = NULL;
    if (*attrib != NULL) {
        if ((merged = COPY_DICT(*attrib)) == NULL) {
            return -1;
        }
        if (kwds != NULL && PyDict_Update(merged, kwds) < 0) {
            Py_DECREF(merged);
            return -1;
        }
    }
    else if (kwds != NULL && (merged = get_attrib_from_keywords(kwds)) == NULL) {
        return -1;
    }
    *attrib = merged;
    return 0;
}

/* The same for the keywords of a vectorcall. */
static int
merge_names(PyObject **attrib, PyObject *names, PyObject *const *values)
{
    if (names == NULL) {
        return merge_keywords(attrib, NULL);
    }
    PyObject *kwds = PyDict_New();
    if (kwds == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        if (PyDict_SetItem(kwds, PyTuple_GET_ITEM(names, i), values[i]) < 0) {
            Py_DECREF(kwds);
            return -1;
        }
    }
    int status = merge_keywords(attrib, kwds);
    Py_DECREF(kwds);
    return status;
}

int
elementtree_Element_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyObject *tag, *attrib = NULL;
#if PY_VERSION_HEX >= 0x030F0000
    if (!PyArg_ParseTuple(args, "O|O:Element", &tag, &attrib)) {
        return -1;
    }
    if (attrib != NULL && !PyAnyDict_Check(attrib)) {
        PyErr_Format(PyExc_TypeError, "Element() argument 2 must be dict or frozendict, not %T", attrib);
        return -1;
    }
#else
    if (!PyArg_ParseTuple(args, "O|O!:Element", &tag, &PyDict_Type, &attrib)) {
        return -1;
    }
#endif
    return merge_keywords(&attrib, kwds) < 0 ? -1 : elementtree_Element_fill(self, tag, attrib);
}

/* A call of the class needs no tuple and no dict of arguments. */
static PyObject *
element_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    if ((count == 1 || count == 2) && (count == 1 || IS_DICT(args[1]))) {
        PyObject *attrib = count == 2 ? args[1] : NULL;
        return merge_names(&attrib, names, args + count) < 0
            ? NULL : elementtree_Element_make((PyTypeObject *)type, args[0], attrib);
    }
    return rust_call_by_tuple(PyType_Type.tp_call, type, args, nargsf, names);
}

/* A child that another thread may own, or that does not exist. */
static Py_NO_INLINE PyObject *
shared_item(PyObject *self, Py_ssize_t index)
{
    PyObject *child = NULL;
    if (index >= 0 && get_child(self, (size_t)index, &child) > 0) {
        return child;
    }
    Py_XDECREF(child);
    return elementtree_Element_item(self, index);
}

/* Reading a child that exists needs no call of Rust. As a size_t, a negative index is larger than any length. */
static PyObject *
element_item(PyObject *self, Py_ssize_t index)
{
    PyObject *child = get_own_child(self, (size_t)index);
    return child != NULL ? child : shared_item(self, index);
}

static PyObject *
element_subscript(PyObject *self, PyObject *key)
{
    if (PyLong_CheckExact(key) && _PyLong_IsNonNegativeCompact((PyLongObject *)key)) {
        Py_ssize_t index = _PyLong_CompactValue((PyLongObject *)key);
        PyObject *child = get_own_child(self, (size_t)index);
        return child != NULL ? child : shared_item(self, index);
    }
    return elementtree_Element_subscript(self, key);
}

static const rust_class element_class = {
    .name = "xml.etree.ElementTree.Element", .attribute = "Element", .instance = elementtree_Element_instance,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = elementtree_Element_new,
    .tp_vectorcall = element_vectorcall,
    .methods = element_methods,
    .getset = element_getsetlist,
    .members = RUST_MEMBERS(RUST_WEAKREFS(4 * SIZEOF_VOID_P)),
    .slots = RUST_SLOTS(
        {Py_tp_repr, elementtree_Element_repr}, {Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_init, elementtree_Element_init},
        {Py_sq_length, elementtree_Element_len}, {Py_sq_item, element_item}, {Py_sq_ass_item, elementtree_Element_ass_item},
        {Py_nb_bool, elementtree_Element_bool}, {Py_mp_length, elementtree_Element_len}, {Py_mp_subscript, element_subscript},
        {Py_mp_ass_subscript, elementtree_Element_ass_subscript}),
};

static PyObject *
elementiter_next(PyObject *self)
{
    return elementtree_iterator_next(self, _Py_ThreadId());
}

static const rust_class elementiter_class = {
    .name = "_elementtree._element_iterator", .instance = elementtree_iterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .slots = RUST_SLOTS({Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, elementiter_next}),
};

/* --- TreeBuilder and XMLParser -------------------------------------------------------------------------------------- */

static const rust_class treebuilder_class = {
    .name = "xml.etree.ElementTree.TreeBuilder", .attribute = "TreeBuilder", .instance = elementtree_TreeBuilder_instance,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = elementtree_TreeBuilder_new,
    .methods = treebuilder_methods,
    .slots = RUST_SLOTS({Py_tp_init, _elementtree_TreeBuilder___init__}),
};

static const rust_class xmlparser_class = {
    .name = "xml.etree.ElementTree.XMLParser", .attribute = "XMLParser", .instance = elementtree_XMLParser_instance,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = elementtree_XMLParser_new,
    .methods = xmlparser_methods,
    .getset = xmlparser_getsetlist,
    .members = RUST_MEMBERS(
        RUST_MEMBER("entity", _Py_T_OBJECT, 0, NULL), RUST_MEMBER("target", _Py_T_OBJECT, SIZEOF_VOID_P, NULL)),
    .slots = RUST_SLOTS({Py_tp_init, _elementtree_XMLParser___init__}),
};

/* --- The module ----------------------------------------------------------------------------------------------------- */

RUST_CLASSES(add_classes, elementtree_exec(module, classes), &element_class, &elementiter_class, &treebuilder_class,
             &xmlparser_class)

/* Raises the exception for invalid arguments. */
static PyObject *
refuse_subelement(PyObject *element, PyObject *args, PyObject *Py_UNUSED(kwds))
{
    PyObject *parent, *tag, *attrib;
    if (PyArg_ParseTuple(args, "O!O|O!:SubElement", element, &parent, &tag, &PyDict_Type, &attrib)) {
        PyErr_BadArgument();
    }
    return NULL;
}

static PyObject *
subelement(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyTypeObject *element = elementtree_element_class(module);
    if (element == NULL) {
        return NULL;
    }
    if (count < 2 || count > 3 || !PyObject_TypeCheck(args[0], element) || (count == 3 && !PyDict_Check(args[2]))) {
        return rust_call_by_tuple(refuse_subelement, (PyObject *)element, args, (size_t)count, NULL);
    }
    PyObject *attrib = count == 3 ? args[2] : NULL;
    return merge_names(&attrib, names, args + count) < 0
        ? NULL : elementtree_subelement(element, args[0], args[1], attrib);
}

static PyMethodDef module_functions[] = {
    {"SubElement", _PyCFunction_CAST(subelement), METH_FASTCALL | METH_KEYWORDS},
    _ELEMENTTREE__SET_FACTORIES_METHODDEF
    {NULL, NULL}
};

RUST_MODULE(_elementtree, RUST_EXEC(add_classes), RUST_STATE, .m_methods = module_functions)
