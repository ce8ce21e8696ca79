/* The C side of binascii: the module definition. The method table, the parsing of arguments and all docstrings are those of
   CPython's binascii.c; what the functions do, and the state of the module, is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/binascii.h"

#include "upstream/ascii_buffer_converter.h"
#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/binascii_module_methods.h"

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
    .m_size = sizeof(rust_module),
    .m_methods = binascii_module_methods,
    .m_slots = binascii_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
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
