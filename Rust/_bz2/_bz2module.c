/* The C side of _bz2: the module definition and the types. The parsing of arguments, the method tables, the names and
   flags of the types and all docstrings are those of CPython's _bz2module.c. Methods and the
   state of objects are implemented in Rust; C knows only the size of the state. */

#include "Python.h"
#include "rust/_bz2.h"

static struct PyModuleDef bz2_module;

static _bz2_state *
state_of_type(PyTypeObject *type)
{
    return PyModule_GetState(PyType_GetModuleByDef(type, &bz2_module));
}

typedef PyObject BZ2Compressor;
typedef PyObject BZ2Decompressor;

#define clinic_state() (state_of_type(type))
#include "upstream/clinic.h"
#undef clinic_state
#include "upstream/docs.h"
#include "upstream/BZ2Compressor_methods.h"
#include "upstream/BZ2Decompressor_methods.h"

/* Attributes are computed, because another thread may be changing the state. Setting one raises the exception of a
   read-only member. */
static int
refuse_to_set(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(value), void *Py_UNUSED(closure))
{
    PyErr_SetString(PyExc_AttributeError, "readonly attribute");
    return -1;
}

/* In CPython 3.15 unused_data is computed in C, too, and has another message. */
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

static void
free_object(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* BZ2Compressor */

static void
BZ2Compressor_dealloc(PyObject *self)
{
    _bz2_BZ2Compressor_drop(self);
    free_object(self);
}

static PyType_Slot bz2_compressor_type_slots[] = {
    {Py_tp_dealloc, BZ2Compressor_dealloc},
    {Py_tp_methods, BZ2Compressor_methods},
    {Py_tp_new, _bz2_BZ2Compressor},
    {Py_tp_doc, (char *)_bz2_BZ2Compressor__doc__},
    {0, NULL}
};

/* BZ2Decompressor */

GETTER(BZ2Decompressor_get_eof, _bz2_BZ2Decompressor_eof)
GETTER(BZ2Decompressor_get_unused_data, _bz2_BZ2Decompressor_unused_data)
GETTER(BZ2Decompressor_get_needs_input, _bz2_BZ2Decompressor_needs_input)

static PyGetSetDef BZ2Decompressor_getset[] = {
    {"eof", BZ2Decompressor_get_eof, refuse_to_set,
     BZ2Decompressor_eof__doc__, NULL},
    {"unused_data", BZ2Decompressor_get_unused_data, REFUSE_TO_SET_DATA,
     BZ2Decompressor_unused_data__doc__, NULL},
    {"needs_input", BZ2Decompressor_get_needs_input, refuse_to_set,
     BZ2Decompressor_needs_input_doc, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static void
BZ2Decompressor_dealloc(PyObject *self)
{
    _bz2_BZ2Decompressor_drop(self);
    free_object(self);
}

static PyType_Slot bz2_decompressor_type_slots[] = {
    {Py_tp_dealloc, BZ2Decompressor_dealloc},
    {Py_tp_methods, BZ2Decompressor_methods},
    {Py_tp_doc, (char *)_bz2_BZ2Decompressor__doc__},
    {Py_tp_getset, BZ2Decompressor_getset},
    {Py_tp_new, _bz2_BZ2Decompressor},
    {0, NULL}
};

#include "upstream/bz2_compressor_type_spec.h"
#include "upstream/bz2_decompressor_type_spec.h"

/* The module */

/* Creates a type whose objects have a size that only Rust knows, and adds it to the module. */
static PyTypeObject *
add_type(PyObject *module, PyType_Spec spec, int basicsize)
{
    spec.basicsize = basicsize;
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    if (type != NULL && PyModule_AddType(module, type) < 0) {
        Py_CLEAR(type);
    }
    return type;
}

static int
bz2_exec(PyObject *module)
{
    _bz2_state *state = PyModule_GetState(module);
    state->bz2_compressor_type = add_type(module, bz2_compressor_type_spec, _bz2_BZ2Compressor_basicsize());
    if (state->bz2_compressor_type == NULL) {
        return -1;
    }
    state->bz2_decompressor_type = add_type(module, bz2_decompressor_type_spec, _bz2_BZ2Decompressor_basicsize());
    return state->bz2_decompressor_type == NULL ? -1 : 0;
}

static int
bz2_traverse(PyObject *module, visitproc visit, void *arg)
{
    _bz2_state *state = PyModule_GetState(module);
    Py_VISIT(state->bz2_compressor_type);
    Py_VISIT(state->bz2_decompressor_type);
    return 0;
}

static int
bz2_clear(PyObject *module)
{
    _bz2_state *state = PyModule_GetState(module);
    Py_CLEAR(state->bz2_compressor_type);
    Py_CLEAR(state->bz2_decompressor_type);
    return 0;
}

static void
bz2_free(void *module)
{
    (void)bz2_clear(module);
}

static PyModuleDef_Slot bz2_slots[] = {
    {Py_mod_exec, bz2_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef bz2_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_bz2",
    .m_size = sizeof(_bz2_state),
    .m_slots = bz2_slots,
    .m_traverse = bz2_traverse,
    .m_clear = bz2_clear,
    .m_free = bz2_free,
};

PyMODINIT_FUNC
PyInit__rust__bz2(void)
{
    return PyModuleDef_Init(&bz2_module);
}

PyMODINIT_FUNC
PyInit__bz2(void)
{
    return PyModuleDef_Init(&bz2_module);
}
