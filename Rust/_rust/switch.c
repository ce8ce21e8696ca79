/* What makes an incubating module one that can be chosen: linked into the C extension module of that name, which is
   CPython's own source compiled with PyModuleDef_Init renamed to rust_switch_init. The module's init function ends in
   that call, so this is where it is decided which implementation the name gives. Everything here is public C API. */

#include "Python.h"

Py_LOCAL_SYMBOL PyObject *rust_switch_init(PyModuleDef *definition);

/* 1 if `name` is to be Rust, 0 if C, -1 with an exception set. */
static int
is_rust(const char *name)
{
    PyObject *function = PyImport_ImportModuleAttrString("_rust", "implementation");
    if (function == NULL) {
        /* An interpreter that has no Rust loads this one too. */
        if (!PyErr_ExceptionMatches(PyExc_ModuleNotFoundError)) {
            return -1;
        }
        PyErr_Clear();
        return 0;
    }
    PyObject *answer = PyObject_CallFunction(function, "s", name);
    Py_DECREF(function);
    if (answer == NULL) {
        return -1;
    }
    int result = PyUnicode_EqualToUTF8(answer, "Rust");
    Py_DECREF(answer);
    return result;
}

PyObject *
rust_switch_init(PyModuleDef *definition)
{
    switch (is_rust(definition->m_name)) {
        case -1:
            return NULL;
        case 0:
            return PyModuleDef_Init(definition);
    }
    PyObject *name = PyUnicode_FromFormat("_rust_%s", definition->m_name);
    PyObject *module = name == NULL ? NULL : PyImport_Import(name);
    Py_XDECREF(name);
    if (module == NULL) {
        return NULL;
    }
    /* The definition makes a module of any name, and outlives the one that it is taken from. */
    PyModuleDef *rust = PyModule_GetDef(module);
    if (rust == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_ImportError, "_rust_%s is not an extension module", definition->m_name);
    }
    Py_DECREF(module);
    return (PyObject *)rust;
}
