/* The C side of _json: the module definition, the types with their members, and the parsing of arguments, which is done
   by hand because the names and places in its messages are not those that Argument Clinic gives. What scanner and
   encoder do is in Rust. */

#include "Python.h"
#include "rust/_json.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    json_scanner settings;
} ScannerObject;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    json_encoder settings;
} EncoderObject;

/* Calls.

   json makes an encoder for each document and calls scanner and encoder once, always with positional arguments of the
   expected types. That way is short; all other ways go through a tuple, a dict and PyArg_ParseTupleAndKeywords. */

static PyObject *
call_with_tuple(ternaryfunc call, PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    PyObject *result = NULL, *kwargs = NULL;
    PyObject *tuple = PyTuple_New(count);
    if (tuple == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    }
    if (kwnames != NULL) {
        if ((kwargs = PyDict_New()) == NULL) {
            goto done;
        }
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(kwnames); i++) {
            if (PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[count + i]) < 0) {
                goto done;
            }
        }
    }
    result = call(callable, tuple, kwargs);

done:
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return result;
}

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
    if (check_string(string) < 0) {
        return NULL;
    }
    return json_encode_string(PyUnicode_KIND(string), PyUnicode_DATA(string), PyUnicode_GET_LENGTH(string),
                              PyUnicode_IS_ASCII(string), ascii);
}

PyDoc_STRVAR(encode_basestring_ascii_doc,
"encode_basestring_ascii(string) -> string\n"
"\n"
"Write a str as a JSON string of ASCII characters alone.");

static PyObject *
encode_basestring_ascii(PyObject *Py_UNUSED(module), PyObject *string)
{
    return encode_string(string, 1);
}

PyDoc_STRVAR(encode_basestring_doc,
"encode_basestring(string) -> string\n"
"\n"
"Write a str as a JSON string.");

static PyObject *
encode_basestring(PyObject *Py_UNUSED(module), PyObject *string)
{
    return encode_string(string, 0);
}

PyDoc_STRVAR(scanstring_doc,
"scanstring(string, end, strict=True) -> (string, end)\n"
"\n"
"Read the JSON string that begins right behind its opening quote, at index end.\n"
"\n"
"The result is what the string says and the index behind its closing quote. With\n"
"strict false, control characters may stand in it as they are.");

static PyObject *
scanstring(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *string;
    Py_ssize_t end;
    int strict = 1;
    if (!PyArg_ParseTuple(args, "On|p:scanstring", &string, &end, &strict) || check_string(string) < 0) {
        return NULL;
    }
    return json_scanstring(string, end, strict);
}

/* Scanner */

#define SCANNER_MEMBER(name) offsetof(ScannerObject, settings.name)

static PyMemberDef scanner_members[] = {
    {"strict", Py_T_BOOL, SCANNER_MEMBER(strict), Py_READONLY, "strict"},
    {"object_hook", _Py_T_OBJECT, SCANNER_MEMBER(object_hook), Py_READONLY, "object_hook"},
    {"object_pairs_hook", _Py_T_OBJECT, SCANNER_MEMBER(object_pairs_hook), Py_READONLY},
    {"parse_float", _Py_T_OBJECT, SCANNER_MEMBER(parse_float), Py_READONLY, "parse_float"},
    {"parse_int", _Py_T_OBJECT, SCANNER_MEMBER(parse_int), Py_READONLY, "parse_int"},
    {"parse_constant", _Py_T_OBJECT, SCANNER_MEMBER(parse_constant), Py_READONLY, "parse_constant"},
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(ScannerObject, vectorcall), Py_READONLY},
    {NULL}
};

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
    return json_scan_once(&((ScannerObject *)self)->settings, string, index);
}

static PyObject *
scanner_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t index;
    if (!object_and_number(args, nargsf, kwnames, &index) || !PyUnicode_Check(args[0])) {
        return call_with_tuple(scanner_call, self, args, nargsf, kwnames);
    }
    return json_scan_once(&((ScannerObject *)self)->settings, args[0], index);
}

/* The attribute of this name, which is interned first: an attribute's name is interned in the end, and a new string that
   cannot be, because memory has run out, is kept for ever. */
static PyObject *
attribute(PyObject *object, const char *name)
{
    PyObject *interned = PyUnicode_InternFromString(name);
    if (interned == NULL) {
        return NULL;
    }
    PyObject *value = PyObject_GetAttr(object, interned);
    Py_DECREF(interned);
    return value;
}

static PyObject *
scanner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"context", NULL};
    PyObject *context;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:make_scanner", names, &context)) {
        return NULL;
    }
    ScannerObject *self = (ScannerObject *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->vectorcall = scanner_vectorcall;
    json_scanner *settings = &self->settings;
    PyObject *strict = attribute(context, "strict");
    if (strict == NULL) {
        goto error;
    }
    int truth = PyObject_IsTrue(strict);
    Py_DECREF(strict);
    if (truth < 0) {
        goto error;
    }
    settings->strict = (char)truth;
    if ((settings->object_hook = attribute(context, "object_hook")) == NULL
        || (settings->object_pairs_hook = attribute(context, "object_pairs_hook")) == NULL
        || (settings->parse_float = attribute(context, "parse_float")) == NULL
        || (settings->parse_int = attribute(context, "parse_int")) == NULL
        || (settings->parse_constant = attribute(context, "parse_constant")) == NULL)
    {
        goto error;
    }
    settings->plain_float = settings->parse_float == (PyObject *)&PyFloat_Type;
    settings->plain_int = settings->parse_int == (PyObject *)&PyLong_Type;
    return (PyObject *)self;

error:
    Py_DECREF(self);
    return NULL;
}

static int
scanner_traverse(PyObject *self, visitproc visit, void *arg)
{
    json_scanner *settings = &((ScannerObject *)self)->settings;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(settings->object_hook);
    Py_VISIT(settings->object_pairs_hook);
    Py_VISIT(settings->parse_float);
    Py_VISIT(settings->parse_int);
    Py_VISIT(settings->parse_constant);
    return 0;
}

static int
scanner_clear(PyObject *self)
{
    json_scanner *settings = &((ScannerObject *)self)->settings;
    Py_CLEAR(settings->object_hook);
    Py_CLEAR(settings->object_pairs_hook);
    Py_CLEAR(settings->parse_float);
    Py_CLEAR(settings->parse_int);
    Py_CLEAR(settings->parse_constant);
    return 0;
}

static void
scanner_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    (void)scanner_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyDoc_STRVAR(scanner_doc, "Reads JSON values: called with a str and an index, it returns the value there and its end.");

static PyType_Slot scanner_slots[] = {
    {Py_tp_doc, (void *)scanner_doc},
    {Py_tp_new, scanner_new},
    {Py_tp_call, scanner_call},
    {Py_tp_members, scanner_members},
    {Py_tp_traverse, scanner_traverse},
    {Py_tp_clear, scanner_clear},
    {Py_tp_dealloc, scanner_dealloc},
    {0, NULL}
};

static PyType_Spec scanner_spec = {
    .name = "_json.Scanner",
    .basicsize = sizeof(ScannerObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = scanner_slots,
};

/* Encoder */

#define ENCODER_MEMBER(name) offsetof(EncoderObject, settings.name)

static PyMemberDef encoder_members[] = {
    {"markers", _Py_T_OBJECT, ENCODER_MEMBER(markers), Py_READONLY, "markers"},
    {"default", _Py_T_OBJECT, ENCODER_MEMBER(defaultfn), Py_READONLY, "default"},
    {"encoder", _Py_T_OBJECT, ENCODER_MEMBER(encoder), Py_READONLY, "encoder"},
    {"indent", _Py_T_OBJECT, ENCODER_MEMBER(indent), Py_READONLY, "indent"},
    {"key_separator", _Py_T_OBJECT, ENCODER_MEMBER(key_separator), Py_READONLY, "key_separator"},
    {"item_separator", _Py_T_OBJECT, ENCODER_MEMBER(item_separator), Py_READONLY, "item_separator"},
    {"sort_keys", Py_T_BOOL, ENCODER_MEMBER(sort_keys), Py_READONLY, "sort_keys"},
    {"skipkeys", Py_T_BOOL, ENCODER_MEMBER(skipkeys), Py_READONLY, "skipkeys"},
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(EncoderObject, vectorcall), Py_READONLY},
    {NULL}
};

/* Which of this module's functions an encoder of strings is; see json_encoder. */
static int
fast_encode(PyObject *encoder)
{
    if (PyCFunction_Check(encoder)) {
        PyCFunction function = PyCFunction_GetFunction(encoder);
        if (function == encode_basestring_ascii) {
            return 1;
        }
        if (function == encode_basestring) {
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
    return json_encode(&((EncoderObject *)self)->settings, object, indent_level);
}

static PyObject *
encoder_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t indent_level;
    if (!object_and_number(args, nargsf, kwnames, &indent_level)) {
        return call_with_tuple(encoder_call, self, args, nargsf, kwnames);
    }
    return json_encode(&((EncoderObject *)self)->settings, args[0], indent_level);
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
    EncoderObject *self = (EncoderObject *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->vectorcall = encoder_vectorcall;
    json_encoder *settings = &self->settings;
    settings->markers = Py_NewRef(objects[0]);
    settings->defaultfn = Py_NewRef(objects[1]);
    settings->encoder = Py_NewRef(objects[2]);
    settings->indent = Py_NewRef(objects[3]);
    settings->key_separator = Py_NewRef(objects[4]);
    settings->item_separator = Py_NewRef(objects[5]);
    settings->sort_keys = (char)sort_keys;
    settings->skipkeys = (char)skipkeys;
    settings->allow_nan = allow_nan;
    settings->fast_encode = fast_encode(objects[2]);
    return (PyObject *)self;
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
        return call_with_tuple(PyType_Type.tp_call, type, args, nargsf, kwnames);
    }
    int truth[3];
    for (int i = 0; i < 3; i++) {
        if ((truth[i] = PyObject_IsTrue(args[6 + i])) < 0) {
            return NULL;
        }
    }
    return make_encoder((PyTypeObject *)type, args, truth[0], truth[1], truth[2]);
}

static int
encoder_traverse(PyObject *self, visitproc visit, void *arg)
{
    json_encoder *settings = &((EncoderObject *)self)->settings;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(settings->markers);
    Py_VISIT(settings->defaultfn);
    Py_VISIT(settings->encoder);
    Py_VISIT(settings->indent);
    Py_VISIT(settings->key_separator);
    Py_VISIT(settings->item_separator);
    return 0;
}

static int
encoder_clear(PyObject *self)
{
    json_encoder *settings = &((EncoderObject *)self)->settings;
    Py_CLEAR(settings->markers);
    Py_CLEAR(settings->defaultfn);
    Py_CLEAR(settings->encoder);
    Py_CLEAR(settings->indent);
    Py_CLEAR(settings->key_separator);
    Py_CLEAR(settings->item_separator);
    return 0;
}

static void
encoder_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    (void)encoder_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyDoc_STRVAR(encoder_doc,
"Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)");

static PyType_Slot encoder_slots[] = {
    {Py_tp_doc, (void *)encoder_doc},
    {Py_tp_new, encoder_new},
    {Py_tp_vectorcall, encoder_type_vectorcall},
    {Py_tp_call, encoder_call},
    {Py_tp_members, encoder_members},
    {Py_tp_traverse, encoder_traverse},
    {Py_tp_clear, encoder_clear},
    {Py_tp_dealloc, encoder_dealloc},
    {0, NULL}
};

static PyType_Spec encoder_spec = {
    .name = "_json.Encoder",
    .basicsize = sizeof(EncoderObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = encoder_slots,
};

/* The module */

static PyMethodDef json_methods[] = {
    {"encode_basestring_ascii", encode_basestring_ascii, METH_O, encode_basestring_ascii_doc},
    {"encode_basestring", encode_basestring, METH_O, encode_basestring_doc},
    {"scanstring", scanstring, METH_VARARGS, scanstring_doc},
    {NULL, NULL, 0, NULL}
};

static int
json_exec(PyObject *module)
{
    if (PyModule_Add(module, "make_scanner", PyType_FromSpec(&scanner_spec)) < 0) {
        return -1;
    }
    return PyModule_Add(module, "make_encoder", PyType_FromSpec(&encoder_spec));
}

static PyModuleDef_Slot json_slots[] = {
    {Py_mod_exec, json_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

PyDoc_STRVAR(json_doc, "What json is too slow for in Python: reading and writing JSON.");

static struct PyModuleDef json_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_json",
    .m_doc = json_doc,
    .m_methods = json_methods,
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
