/* The C side of array: the module definition, the classes, and the constructor. The parsing of arguments, the method tables
   and all docstrings are those of CPython's arraymodule.c. Methods and the data of objects are implemented in Rust. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_modsupport.h"    // _PyArg_NoKeywords()
#include "rust/class.h"
#include "rust/array.h"

typedef PyObject arrayobject;
typedef PyObject arrayiterobject;

/* The parsing code names the type of a parameter by it. Rust has an int, which is compatible with it, but GCC warns of that
   from version 13 on. */
enum machine_format_code { UNKNOWN_FORMAT = -1 };
#if defined(__GNUC__) && __GNUC__ >= 13
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wenum-int-mismatch"
#endif
#include "upstream/clinic.h"
#if defined(__GNUC__) && __GNUC__ >= 13
#  pragma GCC diagnostic pop
#endif
#include "upstream/docs.h"
#include "upstream/array_getsets.h"
#include "upstream/array_methods.h"
#include "upstream/arrayiter_methods.h"
#include "upstream/a_methods.h"

#if PY_VERSION_HEX >= 0x030F0000
#  define TYPECODE "s"
#else
#  define TYPECODE "C"
#endif

/* Rust calls this, too. */
PyObject *array_new(PyTypeObject *type, PyObject *args, PyObject *kwds);

PyObject *
array_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    rust_value typecode, initial = {.object = NULL};
    if ((type->tp_init == PyBaseObject_Type.tp_init && !_PyArg_NoKeywords("array.array", kwds))
        || !PyArg_ParseTuple(args, TYPECODE "|O:array", &typecode, &initial)) {
        return NULL;
    }
    /* Audit hooks get a str, not one of a subclass. */
    PyObject *code = PyUnicode_FromObject(PyTuple_GET_ITEM(args, 0));
    PyObject *result = code == NULL ? NULL : array_array_new(type, code, initial.object);
    Py_XDECREF(code);
    return result;
}

/* A call of the class with a type code of one ASCII character needs no tuple of arguments. */
#define IS_TYPECODE(OBJECT) (PyUnicode_CheckExact(OBJECT) && PyUnicode_GET_LENGTH(OBJECT) == 1    \
                             && PyUnicode_IS_ASCII(OBJECT) && PyUnicode_READ_CHAR(OBJECT, 0) != 0)

RUST_CLASS_VECTORCALL(array_vectorcall, (count == 1 || count == 2) && IS_TYPECODE(args[0]),
                      array_array_new((PyTypeObject *)type, args[0], count == 2 ? args[1] : NULL))

/* Rust calls this: the class of an array, or the base of it that is the module's. */
PyTypeObject *array_base(PyObject *array);

PyTypeObject *
array_base(PyObject *array)
{
    PyTypeObject *type = Py_TYPE(array);
    while (type->tp_repr != array_array_repr || !(type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE)) {
        type = type->tp_base;
    }
    return type;
}

static const rust_class array_class = {
    .name = "array.array", .attribute = "array", .instance = array_array_instance,
    .doc = arraytype_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_new = array_new,
    .tp_vectorcall = array_vectorcall,
    .methods = array_methods,
    .getset = array_getsets,
    .members = RUST_MEMBERS(RUST_WEAKREFS(32)),
    .slots = RUST_SLOTS(
        {Py_tp_repr, array_array_repr}, {Py_tp_getattro, PyObject_GenericGetAttr},
        {Py_tp_richcompare, array_array_richcompare}, {Py_tp_iter, array_array_iter},
        {Py_sq_length, array_array_len}, {Py_sq_concat, array_array_concat}, {Py_sq_repeat, array_array_repeat},
        {Py_sq_item, array_array_item}, {Py_sq_ass_item, array_array_ass_item}, {Py_sq_contains, array_array_contains},
        {Py_sq_inplace_concat, array_array_inplace_concat}, {Py_sq_inplace_repeat, array_array_inplace_repeat},
        {Py_mp_length, array_array_len}, {Py_mp_subscript, array_array_subscript},
        {Py_mp_ass_subscript, array_array_ass_subscript},
        {Py_bf_getbuffer, array_array_getbuffer}, {Py_bf_releasebuffer, array_array_releasebuffer}),
};

static const rust_class arrayiter_class = {
    .name = "array.arrayiterator", .instance = array_arrayiterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .methods = arrayiter_methods,
    .slots = RUST_SLOTS({Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_iter, PyObject_SelfIter},
                        {Py_tp_iternext, array_arrayiterator_next}),
};

/* Rust calls this when the module is executed. */
int array_add_classes(PyObject *module, PyObject **classes);

int
array_add_classes(PyObject *module, PyObject **classes)
{
    static const rust_class *const definitions[] = {&array_class, &arrayiter_class};
    return rust_classes_new(module, definitions, Py_ARRAY_LENGTH(definitions), classes);
}

RUST_MODULE(array, RUST_EXEC(array_module_exec), RUST_STATE, .m_doc = module_doc, .m_methods = a_methods)
