/* The C side of _heapq: the module definition. The method table, the parsing of arguments, which locks the list, and all
   docstrings are those of CPython's _heapqmodule.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/_heapq.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/heapq_methods.h"
#include "upstream/heapq_exec.h"

static PyModuleDef_Slot heapq_slots[] = {
    {Py_mod_exec, heapq_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef heapq_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_heapq",
    .m_doc = module_doc,
    .m_size = 0,
    .m_methods = heapq_methods,
    .m_slots = heapq_slots,
};

PyMODINIT_FUNC
PyInit__rust__heapq(void)
{
    return PyModuleDef_Init(&heapq_module);
}

PyMODINIT_FUNC
PyInit__heapq(void)
{
    return PyModuleDef_Init(&heapq_module);
}
