/* The C side of zlib: the module definition, the types, the constants. The parsing of arguments, the method tables,
   the names and flags of the types and all docstrings are those of CPython's zlibmodule.c. What the functions and
   methods do is in Rust, and so is what an object holds: C knows that by its size alone. */

#include "Python.h"
#include "rust/zlib.h"

/* The numbers of zlib's interface that defaults of arguments refer to; the others stand in the table below. */
#define MAX_WBITS 15
#define DEFLATED 8
#define DEF_MEM_LEVEL 8
#define DEF_BUF_SIZE (16 * 1024)
#define Z_DEFAULT_COMPRESSION (-1)
#define Z_DEFAULT_STRATEGY 0
#define Z_FINISH 4

/* The version of zlib whose interface this is. Programs split it into numbers, and compare one with the other. */
#define ZLIB_VERSION "1.3.1"
#define ZLIB_RUNTIME_VERSION ZLIB_VERSION

static const struct {
    const char *name;
    int value;
} zlib_numbers[] = {
    {"MAX_WBITS", MAX_WBITS},
    {"DEFLATED", DEFLATED},
    {"DEF_MEM_LEVEL", DEF_MEM_LEVEL},
    {"DEF_BUF_SIZE", DEF_BUF_SIZE},
    {"Z_NO_COMPRESSION", 0},
    {"Z_BEST_SPEED", 1},
    {"Z_BEST_COMPRESSION", 9},
    {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
    {"Z_FILTERED", 1},
    {"Z_HUFFMAN_ONLY", 2},
    {"Z_RLE", 3},
    {"Z_FIXED", 4},
    {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
    {"Z_NO_FLUSH", 0},
    {"Z_PARTIAL_FLUSH", 1},
    {"Z_SYNC_FLUSH", 2},
    {"Z_FULL_FLUSH", 3},
    {"Z_FINISH", Z_FINISH},
    {"Z_BLOCK", 5},
    {"Z_TREES", 6},
};

typedef PyObject compobject;
typedef PyObject ZlibDecompressor;

/* CPython 3.15 has clinic input for _ZlibDecompressor(), and other names for these functions. */
#if PY_VERSION_HEX >= 0x030F0000
#  define zlib__ZlibDecompressor_impl zlib_ZlibDecompressor_new
#  define zlib__ZlibDecompressor_decompress_impl zlib_ZlibDecompressor_decompress_impl
#endif

#include "upstream/clinic.h"
#include "upstream/docs.h"
#if PY_VERSION_HEX >= 0x030F0000
#  include "upstream/zlib_getattr.h"
#endif
#include "upstream/zlib_methods.h"
#include "upstream/comp_methods.h"
#include "upstream/Decomp_methods.h"
#include "upstream/ZlibDecompressor_methods.h"

/* Attributes are computed, because another thread may be changing what they show, and refuse to be set in the words
   of a read-only member. */
static int
refuse_to_set(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(value), void *Py_UNUSED(closure))
{
    PyErr_SetString(PyExc_AttributeError, "readonly attribute");
    return -1;
}

/* In CPython 3.15 the attributes that are bytes are computed in C, too, and have another message. */
#if PY_VERSION_HEX >= 0x030F0000
#  define REFUSE_TO_SET_DATA NULL
#else
#  define REFUSE_TO_SET_DATA refuse_to_set
#endif

#define GETTER(NAME, FUNCTION)                                  \
    static PyObject *                                           \
    NAME(PyObject *self, void *Py_UNUSED(closure))              \
    {                                                           \
        return FUNCTION(self);                                  \
    }

/* What is freed with any object of these types. */
static void
free_object(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* zlib.Compress */

static int
Compress_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void
Compress_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    zlib_Compress_drop(self);
    free_object(self);
}

static PyType_Slot Comptype_slots[] = {
    {Py_tp_dealloc, Compress_dealloc},
    {Py_tp_traverse, Compress_traverse},
    {Py_tp_methods, comp_methods},
    {0, NULL}
};

/* zlib.Decompress */

GETTER(Decompress_get_unused_data, zlib_Decompress_unused_data)
GETTER(Decompress_get_unconsumed_tail, zlib_Decompress_unconsumed_tail)
GETTER(Decompress_get_eof, zlib_Decompress_eof)

static PyGetSetDef Decompress_getset[] = {
    {"unused_data", Decompress_get_unused_data, REFUSE_TO_SET_DATA, NULL, NULL},
    {"unconsumed_tail", Decompress_get_unconsumed_tail, REFUSE_TO_SET_DATA, NULL, NULL},
    {"eof", Decompress_get_eof, refuse_to_set, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static int
Decompress_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(zlib_Decompress_zdict(self));
    return 0;
}

static void
Decompress_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    zlib_Decompress_drop(self);
    free_object(self);
}

static PyType_Slot Decomptype_slots[] = {
    {Py_tp_dealloc, Decompress_dealloc},
    {Py_tp_traverse, Decompress_traverse},
    {Py_tp_methods, Decomp_methods},
    {Py_tp_getset, Decompress_getset},
    {0, NULL}
};

/* zlib._ZlibDecompressor */

#if PY_VERSION_HEX < 0x030F0000
static PyObject *
ZlibDecompressor_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"wbits", "zdict", NULL};
    int wbits = MAX_WBITS;
    PyObject *zdict = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iO:_ZlibDecompressor", keywords, &wbits, &zdict)) {
        return NULL;
    }
    return zlib_ZlibDecompressor_new(type, wbits, zdict);
}
#endif

GETTER(ZlibDecompressor_get_eof, zlib_ZlibDecompressor_eof)
GETTER(ZlibDecompressor_get_unused_data, zlib_ZlibDecompressor_unused_data)
GETTER(ZlibDecompressor_get_needs_input, zlib_ZlibDecompressor_needs_input)

static PyGetSetDef ZlibDecompressor_getset[] = {
    {"eof", ZlibDecompressor_get_eof, refuse_to_set,
     ZlibDecompressor_eof__doc__, NULL},
    {"unused_data", ZlibDecompressor_get_unused_data, REFUSE_TO_SET_DATA,
     ZlibDecompressor_unused_data__doc__, NULL},
    {"needs_input", ZlibDecompressor_get_needs_input, refuse_to_set,
     ZlibDecompressor_needs_input_doc, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static int
ZlibDecompressor_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(zlib_ZlibDecompressor_zdict(self));
    return 0;
}

static void
ZlibDecompressor_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    zlib_ZlibDecompressor_drop(self);
    free_object(self);
}

static PyType_Slot ZlibDecompressor_type_slots[] = {
    {Py_tp_dealloc, ZlibDecompressor_dealloc},
    {Py_tp_traverse, ZlibDecompressor_traverse},
    {Py_tp_methods, ZlibDecompressor_methods},
    {Py_tp_getset, ZlibDecompressor_getset},
#if PY_VERSION_HEX >= 0x030F0000
    {Py_tp_new, zlib__ZlibDecompressor},
    {Py_tp_doc, (char *)zlib__ZlibDecompressor__doc__},
#else
    {Py_tp_new, ZlibDecompressor_new},
    {Py_tp_doc, (char *)ZlibDecompressor__new____doc__},
#endif
    {0, NULL}
};

#include "upstream/Comptype_spec.h"
#include "upstream/Decomptype_spec.h"
#include "upstream/ZlibDecompressor_type_spec.h"

/* The module */

/* Makes a type whose objects are of a size that only Rust knows. */
static PyTypeObject *
make_type(PyObject *module, PyType_Spec spec, int basicsize)
{
    spec.basicsize = basicsize;
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

static int
zlib_exec(PyObject *module)
{
    zlib_state *state = PyModule_GetState(module);
    state->Comptype = make_type(module, Comptype_spec, zlib_Compress_basicsize());
    state->Decomptype = make_type(module, Decomptype_spec, zlib_Decompress_basicsize());
    state->ZlibDecompressorType = make_type(module, ZlibDecompressor_type_spec, zlib_ZlibDecompressor_basicsize());
    if (state->Comptype == NULL || state->Decomptype == NULL || state->ZlibDecompressorType == NULL) {
        return -1;
    }
    state->error = PyErr_NewException("zlib.error", NULL, NULL);
    if (PyModule_AddObjectRef(module, "error", state->error) < 0) {
        return -1;
    }
    if (PyModule_AddObjectRef(module, "_ZlibDecompressor", (PyObject *)state->ZlibDecompressorType) < 0) {
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(zlib_numbers); i++) {
        if (PyModule_AddIntConstant(module, zlib_numbers[i].name, zlib_numbers[i].value) < 0) {
            return -1;
        }
    }
    if (PyModule_AddStringConstant(module, "ZLIB_VERSION", ZLIB_VERSION) < 0) {
        return -1;
    }
    if (PyModule_AddStringConstant(module, "ZLIB_RUNTIME_VERSION", ZLIB_RUNTIME_VERSION) < 0) {
        return -1;
    }
#if PY_VERSION_HEX < 0x030F0000
    if (PyModule_AddStringConstant(module, "__version__", "1.0") < 0) {
        return -1;
    }
#endif
    return 0;
}

static int
zlib_traverse(PyObject *module, visitproc visit, void *arg)
{
    zlib_state *state = PyModule_GetState(module);
    Py_VISIT(state->Comptype);
    Py_VISIT(state->Decomptype);
    Py_VISIT(state->ZlibDecompressorType);
    Py_VISIT(state->error);
    return 0;
}

static int
zlib_clear(PyObject *module)
{
    zlib_state *state = PyModule_GetState(module);
    Py_CLEAR(state->Comptype);
    Py_CLEAR(state->Decomptype);
    Py_CLEAR(state->ZlibDecompressorType);
    Py_CLEAR(state->error);
    return 0;
}

static void
zlib_free(void *module)
{
    (void)zlib_clear(module);
}

static PyModuleDef_Slot zlib_slots[] = {
    {Py_mod_exec, zlib_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef zlib_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "zlib",
    .m_doc = zlib_module_documentation,
    .m_size = sizeof(zlib_state),
    .m_methods = zlib_methods,
    .m_slots = zlib_slots,
    .m_traverse = zlib_traverse,
    .m_clear = zlib_clear,
    .m_free = zlib_free,
};

PyMODINIT_FUNC
PyInit__rust_zlib(void)
{
    return PyModuleDef_Init(&zlib_module);
}

PyMODINIT_FUNC
PyInit_zlib(void)
{
    return PyModuleDef_Init(&zlib_module);
}
