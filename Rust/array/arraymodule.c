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

/* The parsing code names the type of a parameter by it. Rust has an int. */
enum machine_format_code { UNKNOWN_FORMAT = -1 };

#include "upstream/clinic.h"
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

static PyObject *
make_array(PyTypeObject *type, PyObject *code, PyObject *initial)
{
    if (PySys_Audit("array.__new__", "OO", code, initial == NULL ? Py_None : initial) < 0) {
        return NULL;
    }
    if (PyUnicode_GET_LENGTH(code) == 1 && PyUnicode_READ_CHAR(code, 0) == 'u'
        && PyErr_WarnEx(PyExc_DeprecationWarning,
                        "The 'u' type code is deprecated and will be removed in Python 3.16", 1) < 0)
    {
        return NULL;
    }
    return array_array_new(type, code, initial);
}

/* Rust calls this, too. */
PyObject *array_new(PyTypeObject *type, PyObject *args, PyObject *kwds);

PyObject *
array_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (type->tp_init == PyBaseObject_Type.tp_init && !_PyArg_NoKeywords("array.array", kwds)) {
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030F0000
    const char *typecode;
#else
    int typecode;
#endif
    PyObject *initial = NULL;
    if (!PyArg_ParseTuple(args, TYPECODE "|O:array", &typecode, &initial)) {
        return NULL;
    }
    /* Audit hooks get a str, not one of a subclass. */
    PyObject *code = PyUnicode_FromObject(PyTuple_GET_ITEM(args, 0));
    PyObject *result = code == NULL ? NULL : make_array(type, code, initial);
    Py_XDECREF(code);
    return result;
}

/* A call of the class with a type code of one ASCII character needs no tuple of arguments. */
static PyObject *
array_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    if (kwnames == NULL && (count == 1 || count == 2) && PyUnicode_CheckExact(args[0])
        && PyUnicode_GET_LENGTH(args[0]) == 1 && PyUnicode_IS_ASCII(args[0]) && PyUnicode_READ_CHAR(args[0], 0) != 0)
    {
        return make_array((PyTypeObject *)type, args[0], count == 2 ? args[1] : NULL);
    }
    return rust_call_by_tuple(PyType_Type.tp_call, type, args, nargsf, kwnames);
}

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

/* The offset in the data of an array: see boundary/array.rs. */
static PyMemberDef array_members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, 32, Py_READONLY | Py_RELATIVE_OFFSET},
    {NULL}
};

static const PyType_Slot array_slots[] = {
    {Py_tp_repr, array_array_repr},
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_richcompare, array_array_richcompare},
    {Py_tp_iter, array_array_iter},
    {Py_sq_length, array_array_len},
    {Py_sq_concat, array_array_concat},
    {Py_sq_repeat, array_array_repeat},
    {Py_sq_item, array_array_item},
    {Py_sq_ass_item, array_array_ass_item},
    {Py_sq_contains, array_array_contains},
    {Py_sq_inplace_concat, array_array_inplace_concat},
    {Py_sq_inplace_repeat, array_array_inplace_repeat},
    {Py_mp_length, array_array_len},
    {Py_mp_subscript, array_array_subscript},
    {Py_mp_ass_subscript, array_array_ass_subscript},
    {Py_bf_getbuffer, array_array_getbuffer},
    {Py_bf_releasebuffer, array_array_releasebuffer},
    {0, NULL}
};

static const rust_class array_class = {
    .name = "array.array",
    .instance = array_array_instance,
    .doc = arraytype_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_new = array_new,
    .tp_vectorcall = array_vectorcall,
    .methods = array_methods,
    .getset = array_getsets,
    .members = array_members,
    .slots = array_slots,
};

static const PyType_Slot arrayiter_slots[] = {
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, array_arrayiterator_next},
    {0, NULL}
};

static const rust_class arrayiter_class = {
    .name = "array.arrayiterator",
    .instance = array_arrayiterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .methods = arrayiter_methods,
    .slots = arrayiter_slots,
};

int array_add_classes(PyObject *module, PyTypeObject **array, PyTypeObject **iterator);

int
array_add_classes(PyObject *module, PyTypeObject **array, PyTypeObject **iterator)
{
    *array = rust_class_add(module, &array_class);
    *iterator = *array == NULL ? NULL : rust_class_new(module, &arrayiter_class);
    if (*iterator == NULL) {
        return -1;
    }
    /* An older name. */
    return PyModule_AddObjectRef(module, "ArrayType", (PyObject *)*array);
}

static PyModuleDef_Slot module_slots[] = {
#ifdef _Py_ABI_SLOT
    _Py_ABI_SLOT,
#endif
    {Py_mod_exec, array_module_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef array_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "array",
    .m_doc = module_doc,
    .m_size = sizeof(rust_module),
    .m_methods = a_methods,
    .m_slots = module_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
};

PyMODINIT_FUNC
PyInit__rust_array(void)
{
    return PyModuleDef_Init(&array_module);
}

PyMODINIT_FUNC
PyInit_array(void)
{
    return PyModuleDef_Init(&array_module);
}
