/* The C side of _bisect: the module definition. The method table, the parsing of arguments and all docstrings are those of
   CPython's _bisectmodule.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_bisect.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/bisect_methods.h"

static PyModuleDef_Slot bisect_slots[] = {
    {Py_mod_exec, _bisect_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef bisect_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_bisect",
    .m_doc = module_doc,
    .m_size = sizeof(rust_module),
    .m_methods = bisect_methods,
    .m_slots = bisect_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
};

PyMODINIT_FUNC
PyInit__rust__bisect(void)
{
    return PyModuleDef_Init(&bisect_module);
}

PyMODINIT_FUNC
PyInit__bisect(void)
{
    return PyModuleDef_Init(&bisect_module);
}
