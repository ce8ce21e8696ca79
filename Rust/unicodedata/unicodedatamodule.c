/* The C side of unicodedata: the module definition, the classes, and what asks the interpreter's own tables. The parsing of
   arguments, the method table and all docstrings are those of CPython's unicodedata.c. What functions do is in Rust. */

#include "Python.h"
#include "pycore_modsupport.h"    // _PyArg_CheckPositional()
#include "pycore_ucnhash.h"       // _PyUnicode_Name_CAPI
#if PY_VERSION_HEX >= 0x030F0000
#  include "pycore_unicodectype.h"  // _PyUnicode_IsXidStart()
#endif
#include "rust/class.h"
#include "rust/unicodedata.h"
#include "unidata_version.h"      // UNIDATA_VERSION, of CPython's unicodedata_db.h

#include "upstream/clinic.h"
#include "upstream/docs.h"

/* The longest name that lookup() looks for. */
#define NAME_MAXLEN 256

/* The values of digits and numbers are the interpreter's, which str.isdecimal() and int() use, too. */

PyObject *
unicodedata_UCD_decimal_impl(PyObject *self, int chr, PyObject *default_value)
{
    return unicodedata_decimal(self, chr, Py_UNICODE_TODECIMAL((Py_UCS4)chr), default_value);
}

PyObject *
unicodedata_UCD_digit_impl(PyObject *Py_UNUSED(self), int chr, PyObject *default_value)
{
    return unicodedata_digit(Py_UNICODE_TODIGIT((Py_UCS4)chr), default_value);
}

PyObject *
unicodedata_UCD_numeric_impl(PyObject *self, int chr, PyObject *default_value)
{
    return unicodedata_numeric(self, chr, Py_UNICODE_TONUMERIC((Py_UCS4)chr), default_value);
}

/* A str knows whether it is ASCII. */

PyObject *
unicodedata_UCD_normalize_impl(PyObject *self, PyObject *form, PyObject *input)
{
    return unicodedata_normalize(self, form, input, PyUnicode_IS_ASCII(input));
}

PyObject *
unicodedata_UCD_is_normalized_impl(PyObject *self, PyObject *form, PyObject *input)
{
    return unicodedata_is_normalized(self, form, input, PyUnicode_IS_ASCII(input));
}

PyObject *
unicodedata_UCD_lookup_impl(PyObject *self, const char *name, Py_ssize_t name_length)
{
    if (name_length > NAME_MAXLEN) {
        PyErr_SetString(PyExc_KeyError, "name too long");
        return NULL;
    }
    /* It may be in memory that others write to, and that does not end in NUL. */
    char copy[NAME_MAXLEN + 1];
    memcpy(copy, name, (size_t)name_length);
    copy[name_length] = '\0';
    PyObject *found = unicodedata_lookup(self, copy, name_length);
    if (found == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_KeyError, "undefined character name '%s'", copy);
    }
    return found;
}

/* Without the general parsing of "s#" for what is given most. */
static PyObject *
lookup(PyObject *self, PyObject *arg)
{
    if (PyUnicode_CheckExact(arg) && PyUnicode_IS_COMPACT_ASCII(arg)) {
        return unicodedata_UCD_lookup_impl(self, (const char *)PyUnicode_1BYTE_DATA(arg), PyUnicode_GET_LENGTH(arg));
    }
    return unicodedata_UCD_lookup(self, arg);
}

#undef UNICODEDATA_UCD_LOOKUP_METHODDEF
#define UNICODEDATA_UCD_LOOKUP_METHODDEF {"lookup", lookup, METH_O, unicodedata_UCD_lookup__doc__},

#if PY_VERSION_HEX >= 0x030F0000

PyObject *
unicodedata_isxidstart_impl(PyObject *Py_UNUSED(module), int chr)
{
    return PyBool_FromLong(_PyUnicode_IsXidStart((Py_UCS4)chr));
}

PyObject *
unicodedata_isxidcontinue_impl(PyObject *Py_UNUSED(module), int chr)
{
    return PyBool_FromLong(_PyUnicode_IsXidContinue((Py_UCS4)chr));
}

/* The offsets are those of fields of Rust's Segment, which asserts them. */
static PyMemberDef Segment_members[] = {
    {"start", Py_T_PYSSIZET, SIZEOF_VOID_P, Py_READONLY | Py_RELATIVE_OFFSET, PyDoc_STR("grapheme start")},
    {"end", Py_T_PYSSIZET, 2 * SIZEOF_VOID_P, Py_READONLY | Py_RELATIVE_OFFSET, PyDoc_STR("grapheme end")},
    {NULL, 0, 0, 0, NULL}
};

static const PyType_Slot Segment_slots[] = {
    {Py_tp_str, unicodedata_Segment_str},
    {Py_tp_repr, unicodedata_Segment_repr},
    {0, NULL}
};

static const rust_class Segment = {
    .name = "unicodedata.Segment",
    .instance = unicodedata_Segment_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .members = Segment_members,
    .slots = Segment_slots,
};

static const PyType_Slot GraphemeBreakIterator_slots[] = {
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, unicodedata_GraphemeBreakIterator_next},
    {0, NULL}
};

static const rust_class GraphemeBreakIterator = {
    .name = "unicodedata.GraphemeBreakIterator",
    .instance = unicodedata_GraphemeBreakIterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .slots = GraphemeBreakIterator_slots,
};

static int
add_state(PyObject *module)
{
    PyTypeObject *segment = rust_class_new(module, &Segment);
    PyTypeObject *iterator = segment == NULL ? NULL : rust_class_new(module, &GraphemeBreakIterator);
    int result = iterator == NULL ? -1 : unicodedata_exec(module, (PyObject *)segment, (PyObject *)iterator);
    Py_XDECREF(segment);
    Py_XDECREF(iterator);
    return result;
}

#endif

#include "upstream/unicodedata_functions.h"

/* Since 3.15 the table starts with functions that are no methods. */
#ifndef DB_methods
#  define DB_methods unicodedata_functions
#endif

/* The offset is that of the only field of Rust's Ucd. */
static PyMemberDef UCD_members[] = {
    {"unidata_version", Py_T_STRING_INPLACE, 0, Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {NULL, 0, 0, 0, NULL}
};

static const PyType_Slot UCD_slots[] = {
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {0, NULL}
};

static int
add_ucd(PyObject *module)
{
    const rust_class UCD = {
        .name = "unicodedata.UCD",
        .instance = unicodedata_UCD_instance,
        .flags = Py_TPFLAGS_IMMUTABLETYPE,
        .methods = DB_methods,
        .members = UCD_members,
        .slots = UCD_slots,
    };
    PyTypeObject *type = rust_class_add(module, &UCD);
    if (type == NULL) {
        return -1;
    }
    PyObject *object = unicodedata_UCD_new(type);
    Py_DECREF(type);
    return PyModule_Add(module, "ucd_3_2_0", object);
}

static int
unicodedata_module_exec(PyObject *module)
{
    /* The compiler keeps the address. */
    static _PyUnicode_Name_CAPI capi = {
        .getname = unicodedata_getname,
        .getcode = unicodedata_getcode,
    };
#if PY_VERSION_HEX >= 0x030F0000
    if (add_state(module) < 0) {
        return -1;
    }
#endif
    if (PyModule_AddStringConstant(module, "unidata_version", UNIDATA_VERSION) < 0 || add_ucd(module) < 0) {
        return -1;
    }
    return PyModule_Add(module, "_ucnhash_CAPI", PyCapsule_New(&capi, PyUnicodeData_CAPSULE_NAME, NULL));
}

static PyModuleDef_Slot unicodedata_slots[] = {
    {Py_mod_exec, unicodedata_module_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef unicodedata_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "unicodedata",
    .m_doc = unicodedata_docstring,
    .m_methods = unicodedata_functions,
    .m_slots = unicodedata_slots,
#if PY_VERSION_HEX >= 0x030F0000
    .m_size = sizeof(rust_module),
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
#endif
};

PyMODINIT_FUNC
PyInit__rust_unicodedata(void)
{
    return PyModuleDef_Init(&unicodedata_module);
}

PyMODINIT_FUNC
PyInit_unicodedata(void)
{
    return PyModuleDef_Init(&unicodedata_module);
}
