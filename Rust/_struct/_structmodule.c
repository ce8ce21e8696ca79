/* The C side of _struct: the module definition, the classes, and their constructor, which differs from release to release. The
   parsing of arguments and all docstrings are those of CPython's _struct.c. What methods do is in Rust. */

#include "Python.h"
#include "pycore_modsupport.h"  // _PyArg_CheckPositional()
#include "rust/class.h"
#include "rust/_struct.h"

#include <stdbool.h>

typedef PyObject PyStructObject;

/* The parsing code ends in functions with short names. Those of the module get the object of the cache as an argument, and do what
   its methods do. */
#define Struct_pack_impl _struct_Struct_pack_impl
#define Struct_pack_into_impl _struct_Struct_pack_into_impl
#define Struct_unpack_impl _struct_Struct_unpack_impl
#define Struct_unpack_from_impl _struct_Struct_unpack_from_impl
#define Struct_iter_unpack_impl _struct_Struct_iter_unpack_impl
#define _clearcache_impl _struct__clearcache_impl
#define calcsize_impl(module, object) _struct_Struct_size(object)
#define pack_impl(module, ...) Struct_pack_impl(__VA_ARGS__)
#define pack_into_impl(module, ...) Struct_pack_into_impl(__VA_ARGS__)
#define unpack_impl(module, ...) Struct_unpack_impl(__VA_ARGS__)
#define unpack_from_impl(module, ...) Struct_unpack_from_impl(__VA_ARGS__)
#define iter_unpack_impl(module, ...) Struct_iter_unpack_impl(__VA_ARGS__)
#define Struct_impl rust_struct_Struct_impl
#define Struct___init___impl rust_struct_Struct___init___impl
#define Struct___sizeof___impl rust_struct_Struct___sizeof___impl

static int cache_struct_converter(PyObject *module, PyObject *format, PyStructObject **object);

#include "upstream/clinic.h"
#include "upstream/docs.h"

/* The state of the module: that of Rust, and the cache, which the former owns. */
typedef struct {
    rust_module rust;
    PyObject *cache;
} struct_state;

/* Looks into the cache, without a call of Rust where the format is there. */
static PyObject *
find_struct(PyObject *module, PyObject *format)
{
    struct_state *state = PyModule_GetState(module);
    PyObject *object = NULL;
    if (state->cache != NULL && PyDict_GetItemRef(state->cache, format, &object) != 0) {
        return object;
    }
    return _struct_cached(module, format);
}

static int
cache_struct_converter(PyObject *module, PyObject *format, PyStructObject **object)
{
    if (format == NULL) {
        /* The parsing code gives the object back after an error in a later argument. */
        Py_CLEAR(*object);
        return 1;
    }
    if (PyBytes_Check(format)) {
        /* Comparing bytes and str as keys would be a BytesWarning under -bb. */
        PyObject *text = PyUnicode_DecodeASCII(PyBytes_AS_STRING(format), PyBytes_GET_SIZE(format), "surrogateescape");
        if (text == NULL) {
            return 0;
        }
        *object = find_struct(module, text);
        Py_DECREF(text);
    }
    else {
        *object = find_struct(module, format);
    }
    return *object == NULL ? 0 : Py_CLEANUP_SUPPORTED;
}

#if PY_VERSION_HEX >= 0x030F0000

/* CPython 3.15: __new__ sets the format. A second one is deprecated. */

static int
set_format(PyObject *self, PyObject *format)
{
    PyObject *text;
    if (PyUnicode_Check(format)) {
        text = PyUnicode_FromObject(format);
    }
    else if (PyBytes_Check(format)) {
        text = PyUnicode_DecodeASCII(PyBytes_AS_STRING(format), PyBytes_GET_SIZE(format), "surrogateescape");
    }
    else {
        PyErr_Format(PyExc_TypeError, "Struct() argument 1 must be a str or bytes object, not %T", format);
        return -1;
    }
    if (text == NULL) {
        return -1;
    }
    int result = _struct_Struct_compile(self, text);
    Py_DECREF(text);
    return result;
}

PyObject *
Struct_impl(PyTypeObject *type, PyObject *format)
{
    PyObject *self = _struct_Struct_new(type);
    if (self != NULL && set_format(self, format) < 0) {
        Py_CLEAR(self);
    }
    return self;
}

static int Struct_tp_init(PyObject *self, PyObject *args, PyObject *kwargs);

/* The argument `format` if it is the only one, as a new reference; NULL without an exception if not. */
static PyObject *
only_argument(PyObject *args, PyObject *kwargs, Py_ssize_t count)
{
    PyObject *format = NULL;
    if (count != 1) {
        return NULL;
    }
    if (PyTuple_GET_SIZE(args) == 1) {
        return Py_NewRef(PyTuple_GET_ITEM(args, 0));
    }
    /* NULL comes with an exception or without. */
    (void)PyDict_GetItemStringRef(kwargs, "format", &format);
    return format;
}

static PyObject *
Struct_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_new != Struct_tp_new) {
        /* Called by the __new__ of a subclass. */
        return Struct(type, args, kwargs);
    }
    int has_own_init = type->tp_init != Struct_tp_init;
    Py_ssize_t count = PyTuple_GET_SIZE(args) + (kwargs == NULL ? 0 : PyDict_GET_SIZE(kwargs));
    PyObject *format = only_argument(args, kwargs, count);
    if (format == NULL && PyErr_Occurred()) {
        return NULL;
    }
    if (format == NULL && has_own_init) {
        int result = count > 1
            ? PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "Struct() takes at most 1 argument (%zd given)", count)
            : PyErr_WarnEx(PyExc_DeprecationWarning, "Struct() missing required argument 'format' (pos 1)", 1);
        if (result < 0) {
            return NULL;
        }
    }
    PyObject *self = _struct_Struct_new(type);
    if (self != NULL && format != NULL && set_format(self, format) < 0) {
        /* An __init__ of its own may give another format. */
        PyObject *exception = has_own_init ? PyErr_GetRaisedException() : NULL;
        if (exception == NULL
            || PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "Invalid 'format' argument for Struct.__new__(): %S",
                                exception) < 0)
        {
            Py_CLEAR(self);
        }
        Py_XDECREF(exception);
    }
    Py_XDECREF(format);
    return self;
}

/* Whether the object has this format, a str or a bytes. */
static int
has_format(PyObject *self, PyObject *format)
{
    PyObject *text = _struct_Struct_format(self);
    if (text == NULL) {
        return -1;
    }
    int same = 0;
    if (PyUnicode_Check(format)) {
        same = PyUnicode_Equal(text, format);
    }
    else if (PyBytes_Check(format)) {
        same = PyBytes_GET_SIZE(format) == PyUnicode_GET_LENGTH(text)
               && memcmp(PyBytes_AS_STRING(format), PyUnicode_1BYTE_DATA(text), PyBytes_GET_SIZE(format)) == 0;
    }
    Py_DECREF(text);
    return same;
}

int
Struct___init___impl(PyStructObject *self, PyObject *format)
{
    int same = 0;
    if (_struct_Struct_is_ready(self)) {
        same = has_format(self, format);
        if (same < 0) {
            return -1;
        }
        if (!same) {
            const char *message = _struct_Struct_init_called(self, 0)
                ? "Re-initialization of Struct by calling the __init__() method will not work in future Python versions"
                : "Different format arguments for __new__() and __init__() methods of Struct";
            if (PyErr_WarnEx(PyExc_FutureWarning, message, 1) < 0) {
                return -1;
            }
        }
    }
    if (!same && set_format(self, format) < 0) {
        return -1;
    }
    (void)_struct_Struct_init_called(self, 1);
    return 0;
}

static int
Struct_tp_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (Py_TYPE(self)->tp_init == Struct_tp_init && !_struct_Struct_init_called(self, 0)
        && _struct_Struct_is_ready(self))
    {
        /* The call that follows __new__, which has set the format. */
        (void)_struct_Struct_init_called(self, 1);
        return 0;
    }
    return Struct___init__(self, args, kwargs);
}

static PyObject *
Struct_get_format(PyObject *self, void *Py_UNUSED(closure))
{
    if (!_struct_Struct_is_ready(self)) {
        PyErr_Format(PyExc_AttributeError, "'%T' object has no attribute 'format'", self);
        return NULL;
    }
    return _struct_Struct_format(self);
}

#  define FORMAT_AND_SIZE_SETTER rust_refuse_to_set

#else

/* CPython 3.14: __init__ sets the format, as often as it is called. */

#  define Struct_tp_init Struct___init__

static PyObject *
Struct_tp_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    return _struct_Struct_new(type);
}

int
Struct___init___impl(PyStructObject *self, PyObject *format)
{
    PyObject *text;
    if (PyUnicode_Check(format)) {
        text = PyUnicode_AsASCIIString(format);
    }
    else if (PyBytes_Check(format)) {
        text = Py_NewRef(format);
    }
    else {
        PyErr_Format(PyExc_TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s",
                     _PyType_Name(Py_TYPE(format)));
        return -1;
    }
    if (text == NULL) {
        return -1;
    }
    int result = _struct_Struct_compile(self, text);
    Py_DECREF(text);
    return result;
}

static PyObject *
s_pack(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    return Struct_pack_impl(self, args, nargs);
}

static PyObject *
s_pack_into(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_buffer buffer;
    if ((nargs < 2 || nargs - 2 != _struct_Struct_len(self)) && _struct_Struct_check_pack_into(self, nargs) < 0) {
        return NULL;
    }
    /* As PyArg_Parse() does for "w*", without reading a format. */
    if (PyObject_GetBuffer(args[0], &buffer, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "argument must be read-write bytes-like object, not %.50s",
                     Py_IsNone(args[0]) ? "None" : Py_TYPE(args[0])->tp_name);
        return NULL;
    }
    PyObject *result = NULL;
    Py_ssize_t offset = PyNumber_AsSsize_t(args[1], PyExc_IndexError);
    if (offset != -1 || !PyErr_Occurred()) {
        result = Struct_pack_into_impl(self, &buffer, offset, args + 2, nargs - 2);
    }
    PyBuffer_Release(&buffer);
    return result;
}

/* Returns the object for the first argument, from the cache or a new one. */
static PyObject *
struct_of_first(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *object = NULL;
    if (nargs == 0) {
        PyErr_SetString(PyExc_TypeError, "missing format argument");
    }
    else {
        (void)cache_struct_converter(module, args[0], &object);
    }
    return object;
}

static PyObject *
pack(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *object = struct_of_first(module, args, nargs);
    if (object == NULL) {
        return NULL;
    }
    PyObject *result = s_pack(object, args + 1, nargs - 1);
    Py_DECREF(object);
    return result;
}

static PyObject *
pack_into(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *object = struct_of_first(module, args, nargs);
    if (object == NULL) {
        return NULL;
    }
    PyObject *result = s_pack_into(object, args + 1, nargs - 1);
    Py_DECREF(object);
    return result;
}

static PyObject *
Struct_get_format(PyObject *self, void *Py_UNUSED(closure))
{
    return _struct_Struct_format(self);
}

#  define FORMAT_AND_SIZE_SETTER NULL

#endif

/* What the twin has in an object, and for each code of a format: __sizeof__() reports the same. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t size;
    Py_ssize_t len;
    void *pointers[3];
#if PY_VERSION_HEX >= 0x030F0000
    bool init_called;
#endif
} twin_object;

typedef struct {
    const void *definition;
    Py_ssize_t numbers[3];
} twin_code;

static PyTypeObject *struct_base(PyTypeObject *type);

static PyObject *
sizeof_struct(PyObject *self)
{
    Py_ssize_t codes = _struct_Struct_codes(self);
    if (codes < 0) {
        return NULL;
    }
    /* A subclass has more. */
    size_t more = (size_t)(Py_TYPE(self)->tp_basicsize - struct_base(Py_TYPE(self))->tp_basicsize);
    return PyLong_FromSize_t(sizeof(twin_object) + more + ((size_t)codes + 1) * sizeof(twin_code));
}

#if PY_VERSION_HEX >= 0x030F0000

PyObject *
Struct___sizeof___impl(PyStructObject *self)
{
    return sizeof_struct(self);
}

#else

static PyObject *
s_sizeof(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return sizeof_struct(self);
}

#endif

static PyObject *
Struct_repr(PyObject *self)
{
    PyObject *format = _struct_Struct_format(self);
    if (format == NULL) {
        return NULL;
    }
    PyObject *text = PyUnicode_FromFormat("%s(%R)", _PyType_Name(Py_TYPE(self)), format);
    Py_DECREF(format);
    return text;
}

static PyObject *
Struct_get_size(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromSsize_t(_struct_Struct_size(self));
}

/* bytes, which most often are unpacked, are read without a buffer. */

static PyObject *
unpack_bytes_or_buffer(PyObject *self, PyObject *arg)
{
    return PyBytes_CheckExact(arg) ? _struct_Struct_unpack_bytes(self, arg) : Struct_unpack(self, arg);
}

static PyObject *
unpack_from_bytes_or_buffer(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (kwnames == NULL && nargs >= 1 && PyBytes_CheckExact(args[0])) {
        if (nargs == 1) {
            return _struct_Struct_unpack_bytes_from(self, args[0], 0);
        }
        if (nargs == 2 && PyLong_CheckExact(args[1]) && PyUnstable_Long_IsCompact((PyLongObject *)args[1])) {
            return _struct_Struct_unpack_bytes_from(self, args[0],
                                                    PyUnstable_Long_CompactValue((PyLongObject *)args[1]));
        }
    }
    return Struct_unpack_from(self, args, nargs, kwnames);
}

static PyObject *
unpack_bytes_or_buffer_as(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 2 || !PyBytes_CheckExact(args[1])) {
        return unpack(module, args, nargs);
    }
    PyObject *object;
    if (!cache_struct_converter(module, args[0], &object)) {
        return NULL;
    }
    PyObject *result = _struct_Struct_unpack_bytes(object, args[1]);
    Py_DECREF(object);
    return result;
}

#undef STRUCT_UNPACK_METHODDEF
#define STRUCT_UNPACK_METHODDEF {"unpack", unpack_bytes_or_buffer, METH_O, Struct_unpack__doc__},
#undef STRUCT_UNPACK_FROM_METHODDEF
#define STRUCT_UNPACK_FROM_METHODDEF \
    {"unpack_from", _PyCFunction_CAST(unpack_from_bytes_or_buffer), METH_FASTCALL | METH_KEYWORDS, \
     Struct_unpack_from__doc__},
#undef UNPACK_METHODDEF
#define UNPACK_METHODDEF {"unpack", _PyCFunction_CAST(unpack_bytes_or_buffer_as), METH_FASTCALL, unpack__doc__},

#include "upstream/s_methods.h"

static PyGetSetDef Struct_getset[] = {
    {"format", Struct_get_format, FORMAT_AND_SIZE_SETTER, PyDoc_STR("struct format string"), NULL},
    {"size", Struct_get_size, FORMAT_AND_SIZE_SETTER, PyDoc_STR("struct size in bytes"), NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

/* The offset is that of a field of Rust's Struct, which asserts it. */
static PyMemberDef Struct_members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, 32, Py_READONLY | Py_RELATIVE_OFFSET},
    {NULL}
};

static const PyType_Slot Struct_slots[] = {
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_setattro, PyObject_GenericSetAttr},
    {Py_tp_repr, Struct_repr},
    {Py_tp_init, Struct_tp_init},
    {0, NULL}
};

static const rust_class Struct_class = {
    .name = "_struct.Struct",
    .instance = _struct_Struct_instance,
#if PY_VERSION_HEX >= 0x030F0000
    .doc = Struct___init____doc__,
#else
    .doc = s__doc__,
#endif
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = Struct_tp_new,
    .methods = s_methods,
    .getset = Struct_getset,
    .members = Struct_members,
    .slots = Struct_slots,
};

static PyTypeObject *
struct_base(PyTypeObject *type)
{
    while (type->tp_repr != Struct_repr || !(type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE)) {
        type = type->tp_base;
    }
    return type;
}

static PyObject *
unpackiter_len(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return _struct_unpack_iterator_length_hint(self);
}

#include "upstream/unpackiter_methods.h"

static const PyType_Slot unpack_iterator_slots[] = {
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, _struct_unpack_iterator_next},
    {0, NULL}
};

static const rust_class unpack_iterator_class = {
    .name = "_struct.unpack_iterator",
    .instance = _struct_unpack_iterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .methods = unpackiter_methods,
    .slots = unpack_iterator_slots,
};

#include "upstream/module_functions.h"

static int
struct_exec(PyObject *module)
{
    PyTypeObject *structs = rust_class_add(module, &Struct_class);
    PyTypeObject *iterators = structs == NULL ? NULL : rust_class_new(module, &unpack_iterator_class);
    struct_state *state = PyModule_GetState(module);
    state->cache = iterators == NULL ? NULL : _struct_exec(module, (PyObject *)structs, (PyObject *)iterators);
    Py_XDECREF(structs);
    Py_XDECREF(iterators);
    /* The state of Rust keeps it. */
    Py_XDECREF(state->cache);
    return state->cache == NULL ? -1 : 0;
}

static PyModuleDef_Slot struct_slots[] = {
    {Py_mod_exec, struct_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef struct_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_struct",
    .m_doc = module_doc,
    .m_size = sizeof(struct_state),
    .m_methods = module_functions,
    .m_slots = struct_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
};

PyMODINIT_FUNC
PyInit__rust__struct(void)
{
    return PyModuleDef_Init(&struct_module);
}

PyMODINIT_FUNC
PyInit__struct(void)
{
    return PyModuleDef_Init(&struct_module);
}
