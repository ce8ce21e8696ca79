/* The C side of _struct: the module definition and the classes. The parsing of arguments, the method tables and most docstrings are
   those of CPython's _struct.c. What methods do is in Rust. */

#include "Python.h"
#include "pycore_modsupport.h"  // _PyArg_CheckPositional()
#include "rust/class.h"
#include "rust/_struct.h"

typedef PyObject PyStructObject;

/* The parsing code ends in functions with short names. Those of the module get the object of the cache as an argument, and do what
   its methods do. */
#define Struct_impl _struct_Struct_impl
#define Struct___init___impl _struct_Struct___init___impl
#define Struct___sizeof___impl _struct_Struct_sizeof
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

/* The state of the module: that of Rust, and its cache, so that a format in it is found without a call of Rust. */
typedef struct {
    rust_module rust;
    PyObject *cache;
} struct_state;

static int
cache_struct_converter(PyObject *module, PyObject *format, PyStructObject **object)
{
    if (format == NULL) {
        /* The parsing code gives the object back after an error in a later argument. */
        Py_CLEAR(*object);
        return 1;
    }
    PyObject *cache = ((struct_state *)PyModule_GetState(module))->cache;
    if (cache == NULL || !PyUnicode_CheckExact(format) || PyDict_GetItemRef(cache, format, object) == 0) {
        *object = _struct_cached(module, format);
    }
    return *object == NULL ? 0 : Py_CLEANUP_SUPPORTED;
}

/* Rust calls this. Another thread may write to the bytes by a buffer meanwhile. */
Py_ssize_t _struct_bytearray_copy(PyObject *bytearray, void *target, Py_ssize_t limit);

Py_ssize_t
_struct_bytearray_copy(PyObject *bytearray, void *target, Py_ssize_t limit)
{
    Py_ssize_t size;
    /* It is not resized while this lasts. */
    Py_BEGIN_CRITICAL_SECTION(bytearray);
    size = Py_MIN(PyByteArray_GET_SIZE(bytearray), limit);
    memcpy(target, PyByteArray_AS_STRING(bytearray), (size_t)size);
    Py_END_CRITICAL_SECTION();
    return size;
}

/* Nobody changes bytes, and the caller of a method keeps its arguments: no reference is taken, and none given up. */
static inline int
get_buffer(PyObject *object, Py_buffer *view, int flags)
{
    if (flags != PyBUF_SIMPLE || !PyBytes_CheckExact(object)) {
        return PyObject_GetBuffer(object, view, flags);
    }
    *view = (Py_buffer){.buf = PyBytes_AS_STRING(object), .len = PyBytes_GET_SIZE(object), .itemsize = 1, .readonly = 1};
    return 0;
}

#define PyObject_GetBuffer get_buffer
#define Struct_unpack unpack_any
#include "upstream/clinic.h"
#undef Struct_unpack
#undef PyObject_GetBuffer
#include "upstream/docs.h"

/* Struct.unpack() of a short bytearray: its bytes are copied, which takes one lock of it, where exporting a buffer and releasing
   it take two. */
static Py_NO_INLINE PyObject *
unpack_bytearray(PyObject *self, PyObject *bytearray)
{
    enum { SHORT = 256 };
    char copy[SHORT + 1];
    if (PyByteArray_GET_SIZE(bytearray) <= SHORT) {
        Py_ssize_t size = _struct_bytearray_copy(bytearray, copy, SHORT + 1);
        /* It may have grown meanwhile. */
        if (size <= SHORT) {
            Py_buffer view = {.buf = copy, .len = size, .itemsize = 1, .readonly = 1};
            return Struct_unpack_impl(self, &view);
        }
    }
    return unpack_any(self, bytearray);
}

static PyObject *
Struct_unpack(PyObject *self, PyObject *object)
{
    return PyByteArray_CheckExact(object) ? unpack_bytearray(self, object) : unpack_any(self, object);
}

/* The parts that differ between releases. Its Rust part is in boundary/v3_14.rs and boundary/v3_15.rs. */
#if PY_VERSION_HEX >= 0x030F0000
#  define s__doc__ Struct___init____doc__

/* The parsing code for Rust, which cannot call static functions. */
extern const newfunc _struct_Struct_parse_new;
extern const initproc _struct_Struct_parse_init;
const newfunc _struct_Struct_parse_new = Struct;
const initproc _struct_Struct_parse_init = Struct___init__;

#else
#  define _struct_Struct_init Struct___init__
#  define s_pack Struct_pack_impl
#  define s_sizeof _struct_Struct_sizeof_method

static PyObject *
s_pack_into(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_buffer buffer;
    if (_struct_Struct_check_pack_into(self, nargs) < 0) {
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

#  include "upstream/pack.h"
#  include "upstream/pack_into.h"
#endif

#define unpackiter_len _struct_unpack_iterator_length_hint
#include "upstream/module_functions.h"
#include "upstream/s_methods.h"
#include "upstream/unpackiter_methods.h"

RUST_CLASS_VECTORCALL(Struct_vectorcall, count == 1, _struct_Struct_call(type, args[0]))

static const rust_class Struct_class = {
    .name = "_struct.Struct", .attribute = "Struct", .instance = _struct_Struct_instance,
    .doc = s__doc__,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = _struct_Struct_new,
    .tp_vectorcall = Struct_vectorcall,
    .methods = s_methods,
    .members = RUST_MEMBERS(RUST_WEAKREFS(4 * SIZEOF_VOID_P)),
    .slots = RUST_SLOTS({Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_setattro, PyObject_GenericSetAttr},
                        {Py_tp_repr, _struct_Struct_repr}, {Py_tp_init, _struct_Struct_init}),
};

static const rust_class unpack_iterator_class = {
    .name = "_struct.unpack_iterator", .instance = _struct_unpack_iterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .methods = unpackiter_methods,
    .slots = RUST_SLOTS({Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_iter, PyObject_SelfIter},
                        {Py_tp_iternext, _struct_unpack_iterator_next}),
};

static int
make_state(PyObject *module, PyObject **classes)
{
    int status = _struct_exec(module, classes);
    /* A borrowed reference: Rust's state owns the cache. */
    ((struct_state *)PyModule_GetState(module))->cache = status < 0 ? NULL : _struct_cache(module);
    return status;
}

RUST_CLASSES(struct_exec, make_state(module, classes), &Struct_class, &unpack_iterator_class)
RUST_MODULE(_struct, RUST_EXEC(struct_exec), .m_doc = module_doc, .m_methods = module_functions,
            .m_size = sizeof(struct_state), .m_traverse = rust_module_traverse, .m_free = rust_module_free)
