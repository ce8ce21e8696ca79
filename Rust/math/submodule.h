/* In CPython 3.15 math_exec() takes the functions of integers from the module _math_integer, and makes that one
   sys.modules["math.integer"]. This has _c_math take them from _c__math_integer, and _rust_math from _rust__math_integer,
   so that each is one implementation as a whole; sys.modules is left to the module that is imported as math.

   Rust's math includes this before the code of math_exec(), and configure has the C twin start with it. */

#ifndef RUST_MATH_SUBMODULE_H
#define RUST_MATH_SUBMODULE_H

#ifndef Py_BUILD_CORE_BUILTIN
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_import.h"          // _PyImport_SetModuleString()

/* What the name of math starts with, to tell the implementations apart; NULL with an exception set. */
static const char *
name_prefix(PyObject *module)
{
    const char *name = PyModule_GetName(module);
    if (name == NULL) {
        return NULL;
    }
    return strcmp(name, "_c_math") == 0 ? "_c_" : strcmp(name, "_rust_math") == 0 ? "_rust_" : "";
}

static PyObject *
import_submodule(PyObject *module, const char *name)
{
    const char *prefix = name_prefix(module);
    PyObject *full_name = prefix == NULL ? NULL : PyUnicode_FromFormat("%s%s", prefix, name);
    PyObject *submodule = full_name == NULL ? NULL : PyImport_Import(full_name);
    Py_XDECREF(full_name);
    return submodule;
}

static int
set_submodule(PyObject *module, const char *name, PyObject *submodule)
{
    const char *prefix = name_prefix(module);
    if (prefix == NULL) {
        return -1;
    }
    return *prefix == '\0' ? _PyImport_SetModuleString(name, submodule) : 0;
}

/* Both are called in math_exec(PyObject *module) alone. */
#define PyImport_ImportModule(NAME) import_submodule(module, NAME)
#define _PyImport_SetModuleString(NAME, SUBMODULE) set_submodule(module, NAME, SUBMODULE)

#endif
