/* The C side of _elementtree: the module definition, the classes, and what reads the places of an element by CPython's inline
   functions. The parsing of arguments, the method tables and all docstrings are those of CPython's _elementtree.c. Constructors,
   methods and the data of objects are implemented in Rust. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_critical_section.h"  // PyCriticalSection_Begin()
#include "pycore_dict.h"          // _PyDict_CopyAsDict()
#include "pycore_object.h"        // _Py_TryXGetRef()
#include "pycore_pystate.h"       // _PyEval_StopTheWorldAll()
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

PyObject *
elementtree_try_get(PyObject **place)
{
    /* That of a text can get a list to be joined, whose address has a tag, at any time. */
    PyObject *object = _Py_atomic_load_ptr(place);
    if (object == NULL || ((uintptr_t)object & 1) != 0) {
        return NULL;
    }
    if (!_Py_TryIncrefCompare(place, object)) {
        return NULL;
    }
    /* That does not read the place again for an immortal object, which may have been created where one of the place was freed. */
    return _Py_IsImmortal(object) && _Py_atomic_load_ptr(place) != object ? NULL : object;
}

/* Sets a flag while the threads of all interpreters are stopped: elements of another interpreter have the same flag. */
void
elementtree_set_stopped(uint8_t *flag)
{
    _PyEval_StopTheWorldAll(&_PyRuntime);
    _Py_atomic_store_uint8(flag, 1);
    _PyEval_StartTheWorldAll(&_PyRuntime);
}

PyObject *
elementtree_new_reference(PyObject *object)
{
    return _Py_NewRefWithLock(object);
}

/* The data of an element: boundary/element.rs has the fields. */
typedef struct {
    PyObject *fields[4];
    PyObject *weak_references;
} element_data;

static inline element_data *
data_of(PyObject *element)
{
    return (element_data *)((char *)element + _Py_SIZE_ROUND_UP(sizeof(PyObject), ALIGNOF_MAX_ALIGN_T));
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

int
elementtree_is_dict(PyObject *object)
{
    return IS_DICT(object);
}

PyObject *
elementtree_copy_dict(PyObject *dict)
{
    return COPY_DICT(dict);
}

/* Copies a dict whose keys and values are all exactly str: 1 with a new reference, 0 for any other object, -1 with an exception set.
   The copy is examined, so that the answer is true of it. It needs no lock: another thread can find it by the collector alone, which
   stops this one before it lists objects. Nothing here stops, and there was no other reference when it began. */
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
    int plain = _PyObject_IsUniquelyReferenced(new);
    Py_ssize_t pos = 0;
    while (plain && PyDict_Next(new, &pos, &key, &value)) {
        plain = PyUnicode_CheckExact(key) && PyUnicode_CheckExact(value);
    }
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

static const rust_class element_class = {
    .name = "xml.etree.ElementTree.Element", .attribute = "Element", .instance = elementtree_Element_instance,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = elementtree_Element_new,
    .tp_vectorcall = elementtree_Element_vectorcall,
    .methods = element_methods,
    .getset = element_getsetlist,
    .members = RUST_MEMBERS(RUST_WEAKREFS(4 * SIZEOF_VOID_P)),
    .slots = RUST_SLOTS(
        {Py_tp_repr, elementtree_Element_repr}, {Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_init, elementtree_Element_init},
        {Py_nb_bool, elementtree_Element_bool}, RUST_ITEMS(elementtree_Element)),
};

static const rust_class elementiter_class = {
    .name = "_elementtree._element_iterator", .instance = elementtree_iterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .slots = RUST_SLOTS({Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, elementtree_iterator_next}),
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

static PyMethodDef module_functions[] = {
    {"SubElement", _PyCFunction_CAST(elementtree_SubElement), METH_FASTCALL | METH_KEYWORDS},
    _ELEMENTTREE__SET_FACTORIES_METHODDEF
    {NULL, NULL}
};

RUST_MODULE(_elementtree, RUST_EXEC(add_classes), RUST_STATE, .m_methods = module_functions)
