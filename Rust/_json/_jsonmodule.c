/* The C side of _json: the module definition, the types, and the parsing of arguments, which is done by hand because
   the C module does it so. The tables of functions and members, the names and slots of the types and all docstrings
   are those of CPython's _json.c. What scanner and encoder do is in Rust. */

#include "Python.h"
#include "rust/_json.h"

#include <stddef.h>

#include "upstream/docs.h"

/* CPython 3.15 has array_hook, and Argument Clinic's parsing of the functions' arguments. */
#define SINCE_3_15 (PY_VERSION_HEX >= 0x030F0000)

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    json_scanner settings;
} PyScannerObject;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    json_encoder settings;
} PyEncoderObject;

/* The members of both types are read-only settings, which Rust declares. */
#pragma push_macro("offsetof")
#undef offsetof
#define offsetof(type, member) __builtin_offsetof(type, settings.member)
#include "upstream/scanner_members.h"
#include "upstream/encoder_members.h"
#pragma pop_macro("offsetof")

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
    return json_scan_once(&((PyScannerObject *)self)->settings, string, index);
}

static PyObject *
scanner_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t index;
    if (!object_and_number(args, nargsf, kwnames, &index) || !PyUnicode_Check(args[0])) {
        return call_with_tuple(scanner_call, self, args, nargsf, kwnames);
    }
    return json_scan_once(&((PyScannerObject *)self)->settings, args[0], index);
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
    PyScannerObject *self = (PyScannerObject *)type->tp_alloc(type, 0);
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
        || (settings->array_hook = SINCE_3_15 ? attribute(context, "array_hook") : Py_NewRef(Py_None)) == NULL
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
    json_scanner *settings = &((PyScannerObject *)self)->settings;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(settings->object_hook);
    Py_VISIT(settings->object_pairs_hook);
    Py_VISIT(settings->array_hook);
    Py_VISIT(settings->parse_float);
    Py_VISIT(settings->parse_int);
    Py_VISIT(settings->parse_constant);
    return 0;
}

static int
scanner_clear(PyObject *self)
{
    json_scanner *settings = &((PyScannerObject *)self)->settings;
    Py_CLEAR(settings->object_hook);
    Py_CLEAR(settings->object_pairs_hook);
    Py_CLEAR(settings->array_hook);
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

#include "upstream/PyScannerType_slots.h"
#include "upstream/PyScannerType_spec.h"

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
    return json_encode(&((PyEncoderObject *)self)->settings, object, indent_level);
}

static PyObject *
encoder_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t indent_level;
    if (!object_and_number(args, nargsf, kwnames, &indent_level)) {
        return call_with_tuple(encoder_call, self, args, nargsf, kwnames);
    }
    return json_encode(&((PyEncoderObject *)self)->settings, args[0], indent_level);
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
    PyEncoderObject *self = (PyEncoderObject *)type->tp_alloc(type, 0);
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
    json_encoder *settings = &((PyEncoderObject *)self)->settings;
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
    json_encoder *settings = &((PyEncoderObject *)self)->settings;
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

#include "upstream/PyEncoderType_slots.h"
#include "upstream/PyEncoderType_spec.h"

/* The module */

#include "upstream/speedups_methods.h"

/* Makes a type whose objects are called without a tuple of arguments. A slot or a flag of the spec would need a member
   __vectorcalloffset__, which the types of the C module do not have. Nobody else has seen the type yet. */
static PyTypeObject *
make_type(PyType_Spec *spec, Py_ssize_t vectorcall_offset)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(spec);
    if (type != NULL) {
        type->tp_vectorcall_offset = vectorcall_offset;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    }
    return type;
}

static int
json_exec(PyObject *module)
{
    PyTypeObject *scanner = make_type(&PyScannerType_spec, offsetof(PyScannerObject, vectorcall));
    if (PyModule_Add(module, "make_scanner", (PyObject *)scanner) < 0) {
        return -1;
    }
    PyTypeObject *encoder = make_type(&PyEncoderType_spec, offsetof(PyEncoderObject, vectorcall));
    if (encoder != NULL) {
        encoder->tp_vectorcall = encoder_type_vectorcall;
    }
    return PyModule_Add(module, "make_encoder", (PyObject *)encoder);
}

static PyModuleDef_Slot json_slots[] = {
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
