/* The C side of binascii: the module definition and its exceptions. The method table, the parsing of arguments and all
   docstrings are those of CPython's binascii.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/binascii.h"

#include "upstream/ascii_buffer_converter.h"
#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/binascii_module_methods.h"

static int
binascii_exec(PyObject *module)
{
    binascii_state *state = PyModule_GetState(module);
    state->Error = PyErr_NewException("binascii.Error", PyExc_ValueError, NULL);
    if (PyModule_AddObjectRef(module, "Error", state->Error) < 0) {
        return -1;
    }
    state->Incomplete = PyErr_NewException("binascii.Incomplete", NULL, NULL);
    return PyModule_AddObjectRef(module, "Incomplete", state->Incomplete);
}

static int
binascii_traverse(PyObject *module, visitproc visit, void *arg)
{
    binascii_state *state = PyModule_GetState(module);
    Py_VISIT(state->Error);
    Py_VISIT(state->Incomplete);
    return 0;
}

static int
binascii_clear(PyObject *module)
{
    binascii_state *state = PyModule_GetState(module);
    Py_CLEAR(state->Error);
    Py_CLEAR(state->Incomplete);
    return 0;
}

static void
binascii_free(void *module)
{
    (void)binascii_clear(module);
}

static PyModuleDef_Slot binascii_slots[] = {
    {Py_mod_exec, binascii_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef binascii_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "binascii",
    .m_doc = doc_binascii,
    .m_size = sizeof(binascii_state),
    .m_methods = binascii_module_methods,
    .m_slots = binascii_slots,
    .m_traverse = binascii_traverse,
    .m_clear = binascii_clear,
    .m_free = binascii_free,
};

PyMODINIT_FUNC
PyInit__rust_binascii(void)
{
    return PyModuleDef_Init(&binascii_module);
}

PyMODINIT_FUNC
PyInit_binascii(void)
{
    return PyModuleDef_Init(&binascii_module);
}
