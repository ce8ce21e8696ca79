/* The C side of NAME: the module definition and the method table. What the functions do is in Rust.

   The tables, docstrings and parsing code of the C module are in CPython's source. Include them from there:

     upstream/clinic.h      what Argument Clinic has generated
     upstream/docs.h        the docstrings
     upstream/TABLE.h       the method table TABLE, and any other definition by its name */

#include "Python.h"
#include "rust/NAME.h"

#include "clinic/NAME.h"

static PyMethodDef NAME_methods[] = {
    UPPER_EXAMPLE_METHODDEF
    {NULL, NULL, 0, NULL}
};

static PyModuleDef_Slot NAME_slots[] = {
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

PyDoc_STRVAR(NAME_doc, "To be written: one line on what the module is for.");

static struct PyModuleDef NAME_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "NAME",
    .m_doc = NAME_doc,
    .m_size = 0,
    .m_methods = NAME_methods,
    .m_slots = NAME_slots,
};

PyMODINIT_FUNC
PyInit__rust_NAME(void)
{
    return PyModuleDef_Init(&NAME_module);
}

PyMODINIT_FUNC
PyInit_NAME(void)
{
    return PyModuleDef_Init(&NAME_module);
}
