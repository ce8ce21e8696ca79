/* The C side of _json: the module definition, the classes, and the parsing of arguments, which is done by hand where the C
   module does it so. The tables of functions and members and all docstrings are those of CPython's _json.c. What scanner
   and encoder do is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_json.h"

#include <stddef.h>

#include "upstream/docs.h"

/* CPython 3.15 has Argument Clinic's parsing of the functions' arguments. */
#define SINCE_3_15 (PY_VERSION_HEX >= 0x030F0000)

/* The members of both classes are read-only fields of the Rust values. */
typedef json_scanner PyScannerObject;
typedef json_encoder PyEncoderObject;
#pragma push_macro("Py_READONLY")
#undef Py_READONLY
#define Py_READONLY (1 | Py_RELATIVE_OFFSET)
#include "upstream/scanner_members.h"
#include "upstream/encoder_members.h"
#pragma pop_macro("Py_READONLY")

/* Calls.

   json makes an encoder for each document and calls scanner and encoder once, always with positional arguments of the
   expected types. That way is short; all other ways go through a tuple, a dict and PyArg_ParseTupleAndKeywords. */

/* Whether the arguments are an object and an int that fits, which goes to *number. */
static inline int
object_and_number(PyObject *const *args, size_t nargsf, PyObject *kwnames, Py_ssize_t *number)
{
    if (PyVectorcall_NARGS(nargsf) != 2 || kwnames != NULL || !PyLong_CheckExact(args[1])
        || !PyUnstable_Long_IsCompact((PyLongObject *)args[1]))
    {
        return 0;
    }
    *number = PyUnstable_Long_CompactValue((PyLongObject *)args[1]);
    return 1;
}

/* Functions on strings. */

static int
check_string(PyObject *string)
{
    if (!PyUnicode_Check(string)) {
        PyErr_Format(PyExc_TypeError, "first argument must be a string, not %.80s", Py_TYPE(string)->tp_name);
        return -1;
    }
    return 0;
}

static inline PyObject *
encode_string(PyObject *string, int ascii)
{
    return json_encode_string(PyUnicode_KIND(string), PyUnicode_DATA(string), PyUnicode_GET_LENGTH(string),
                              PyUnicode_IS_ASCII(string), ascii);
}

#if SINCE_3_15

/* Argument Clinic parses the arguments of the three functions. */
#include "upstream/clinic.h"

PyObject *
py_encode_basestring_ascii_impl(PyObject *Py_UNUSED(module), PyObject *string)
{
    return encode_string(string, 1);
}

PyObject *
py_encode_basestring_impl(PyObject *Py_UNUSED(module), PyObject *string)
{
    return encode_string(string, 0);
}

PyObject *
py_scanstring_impl(PyObject *Py_UNUSED(module), PyObject *string, Py_ssize_t end, int strict)
{
    return json_scanstring(string, end, strict);
}

#else

static PyObject *
py_encode_basestring_ascii(PyObject *Py_UNUSED(module), PyObject *string)
{
    return check_string(string) < 0 ? NULL : encode_string(string, 1);
}

static PyObject *
py_encode_basestring(PyObject *Py_UNUSED(module), PyObject *string)
{
    return check_string(string) < 0 ? NULL : encode_string(string, 0);
}

static PyObject *
py_scanstring(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *string;
    Py_ssize_t end;
    int strict = 1;
    if (!PyArg_ParseTuple(args, "On|p:scanstring", &string, &end, &strict) || check_string(string) < 0) {
        return NULL;
    }
    return json_scanstring(string, end, strict);
}

#endif

/* Scanner */

static PyObject *
scanner_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"string", "idx", NULL};
    PyObject *string;
    Py_ssize_t index;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:scan_once", names, &string, &index)
        || check_string(string) < 0)
    {
        return NULL;
    }
    return json_scan_once(self, string, index);
}

PyObject *
json_scanner_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t index;
    if (!object_and_number(args, nargsf, kwnames, &index) || !PyUnicode_Check(args[0])) {
        return rust_call_by_tuple(scanner_call, self, args, nargsf, kwnames);
    }
    return json_scan_once(self, args[0], index);
}

static PyObject *
scanner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"context", NULL};
    PyObject *context;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:make_scanner", names, &context)) {
        return NULL;
    }
    return json_scanner_new(type, context, (PyObject *)&PyFloat_Type, (PyObject *)&PyLong_Type);
}

static const rust_class Scanner = {
    .name = "_json.Scanner",
    .instance = json_scanner_instance,
    .doc = scanner_doc,
    .tp_new = scanner_new,
    .members = scanner_members,
};

/* Encoder */

/* Which of this module's functions an encoder of strings is; see json_encoder. */
static int
fast_encode(PyObject *encoder)
{
    if (PyCFunction_Check(encoder)) {
        PyCFunction function = PyCFunction_GetFunction(encoder);
        if (function == py_encode_basestring_ascii) {
            return 1;
        }
        if (function == py_encode_basestring) {
            return 2;
        }
    }
    return 0;
}

static PyObject *
encoder_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", "_current_indent_level", NULL};
    PyObject *object;
    Py_ssize_t indent_level;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:_iterencode", names, &object, &indent_level)) {
        return NULL;
    }
    return json_encode(self, object, indent_level);
}

PyObject *
json_encoder_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t indent_level;
    if (!object_and_number(args, nargsf, kwnames, &indent_level)) {
        return rust_call_by_tuple(encoder_call, self, args, nargsf, kwnames);
    }
    return json_encode(self, args[0], indent_level);
}

/* Makes an encoder with the first six of its arguments as they are and the others as truth values. */
static PyObject *
make_encoder(PyTypeObject *type, PyObject *const *objects, int sort_keys, int skipkeys, int allow_nan)
{
    if (objects[0] != Py_None && !PyDict_Check(objects[0])) {
        PyErr_Format(PyExc_TypeError, "make_encoder() argument 1 must be dict or None, not %.200s",
                     Py_TYPE(objects[0])->tp_name);
        return NULL;
    }
    return json_encoder_new(type, objects, sort_keys, skipkeys, allow_nan, fast_encode(objects[2]));
}

static PyObject *
encoder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys",
                            "skipkeys", "allow_nan", NULL};
    PyObject *objects[6];
    int sort_keys, skipkeys, allow_nan;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOUUppp:make_encoder", names, &objects[0], &objects[1],
                                     &objects[2], &objects[3], &objects[4], &objects[5], &sort_keys, &skipkeys,
                                     &allow_nan))
    {
        return NULL;
    }
    return make_encoder(type, objects, sort_keys, skipkeys, allow_nan);
}

/* Calls of the type itself. */
static PyObject *
encoder_type_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (PyVectorcall_NARGS(nargsf) != 9 || kwnames != NULL || !PyUnicode_Check(args[4]) || !PyUnicode_Check(args[5])) {
        return rust_call_by_tuple(PyType_Type.tp_call, type, args, nargsf, kwnames);
    }
    int truth[3];
    for (int i = 0; i < 3; i++) {
        if ((truth[i] = PyObject_IsTrue(args[6 + i])) < 0) {
            return NULL;
        }
    }
    return make_encoder((PyTypeObject *)type, args, truth[0], truth[1], truth[2]);
}

static const rust_class Encoder = {
    .name = "_json.Encoder",
    .instance = json_encoder_instance,
    .doc = encoder_doc,
    .tp_new = encoder_new,
    .members = encoder_members,
};

/* The module */

#include "upstream/speedups_methods.h"

static int
json_exec(PyObject *module)
{
    PyTypeObject *scanner = rust_class_new(module, &Scanner);
    if (PyModule_Add(module, "make_scanner", (PyObject *)scanner) < 0) {
        return -1;
    }
    PyTypeObject *encoder = rust_class_new(module, &Encoder);
    if (encoder != NULL) {
        /* A slot for it is new in CPython 3.15. Nobody else has seen the class yet. */
        encoder->tp_vectorcall = encoder_type_vectorcall;
    }
    return PyModule_Add(module, "make_encoder", (PyObject *)encoder);
}

static PyModuleDef_Slot json_slots[] = {
#ifdef _Py_ABI_SLOT
    _Py_ABI_SLOT,
#endif
    {Py_mod_exec, json_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef json_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_json",
    .m_doc = module_doc,
    .m_methods = speedups_methods,
    .m_slots = json_slots,
};

PyMODINIT_FUNC
PyInit__rust__json(void)
{
    return PyModuleDef_Init(&json_module);
}

PyMODINIT_FUNC
PyInit__json(void)
{
    return PyModuleDef_Init(&json_module);
}
