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

/* Functions on strings. */

/* Whether an object is a str; with an exception set when it is not. */
#define IS_STR(OBJECT) (PyUnicode_Check(OBJECT) || json_refuse(OBJECT))

static inline PyObject *
encode_string(PyObject *string, int ascii)
{
    return json_encode_string(PyUnicode_KIND(string), PyUnicode_DATA(string), PyUnicode_GET_LENGTH(string),
                              PyUnicode_IS_ASCII(string), ascii);
}

static inline PyObject *
scan_string(PyObject *string, Py_ssize_t end, int strict)
{
    PyObject *value = json_scanstring(string, PyUnicode_KIND(string), PyUnicode_DATA(string),
                                      PyUnicode_GET_LENGTH(string), &end, strict);
    return value == NULL ? NULL : rust_tuple_with_int(value, end);
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
    return scan_string(string, end, strict);
}

#else

static PyObject *
py_encode_basestring_ascii(PyObject *Py_UNUSED(module), PyObject *string)
{
    return IS_STR(string) ? encode_string(string, 1) : NULL;
}

static PyObject *
py_encode_basestring(PyObject *Py_UNUSED(module), PyObject *string)
{
    return IS_STR(string) ? encode_string(string, 0) : NULL;
}

static PyObject *
py_scanstring(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *string;
    Py_ssize_t end;
    int strict = 1;
    if (!PyArg_ParseTuple(args, "On|p:scanstring", &string, &end, &strict) || !IS_STR(string)) {
        return NULL;
    }
    return scan_string(string, end, strict);
}

#endif

/* Scanner */

RUST_VECTORCALL(json_scanner_vectorcall, count == 2 && RUST_IS_SMALL_INT(args[1]) && PyUnicode_Check(args[0]),
                json_scan_once(self, args[0], RUST_SMALL_INT(args[1])),
                IS_STR(values[0].object) ? json_scan_once(self, values[0].object, values[1].size) : NULL,
                "On:scan_once", RUST_NAMES("string", "idx"))

RUST_TP_NEW(scanner_new,
            json_scanner_new(type, values[0].object, (PyObject *)&PyFloat_Type, (PyObject *)&PyLong_Type),
            "O:make_scanner", RUST_NAMES("context"))

static const rust_class Scanner = {
    .name = "_json.Scanner", .attribute = "make_scanner", .instance = json_scanner_instance,
    .doc = scanner_doc,
    .tp_new = scanner_new,
    .members = scanner_members,
};

/* Encoder */

#include "upstream/speedups_methods.h"

/* The index in speedups_methods of the function that encodes strings, if it is one of these; see json_encoder. */
#define ENCODER(OBJECT) (int)rust_method_index(OBJECT, speedups_methods)

RUST_VECTORCALL(json_encoder_vectorcall, count == 2 && RUST_IS_SMALL_INT(args[1]),
                json_encode(self, args[0], RUST_SMALL_INT(args[1])),
                json_encode(self, values[0].object, values[1].size), "On:_iterencode",
                RUST_NAMES("obj", "_current_indent_level"))

RUST_TP_NEW(encoder_new, json_encoder_new(type, &values[0].object, ENCODER(values[2].object)), "OOOOUUOOO:make_encoder",
            RUST_NAMES("markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys", "skipkeys",
                       "allow_nan"))

RUST_CLASS_VECTORCALL(encoder_vectorcall, count == 9 && PyUnicode_Check(args[4]) && PyUnicode_Check(args[5]),
                      json_encoder_new((PyTypeObject *)type, args, ENCODER(args[2])))

static const rust_class Encoder = {
    .name = "_json.Encoder", .attribute = "make_encoder", .instance = json_encoder_instance,
    .doc = encoder_doc,
    .tp_new = encoder_new,
    .tp_vectorcall = encoder_vectorcall,
    .members = encoder_members,
};

/* The module */

RUST_CLASSES(json_exec, 0, &Scanner, &Encoder)
RUST_MODULE(_json, RUST_EXEC(json_exec), .m_doc = module_doc, .m_methods = speedups_methods)
