/* The C side of math.integer, a submodule of math since CPython 3.15. The method table, the parsing of arguments and all
   docstrings are those of CPython's mathintegermodule.c; the functions are those that math itself has before 3.15. */

#include "Python.h"
#include "rust/math.h"

#define math_integer_comb_impl math_comb_impl
#define math_integer_factorial math_factorial
#define math_integer_gcd_impl math_gcd_impl
#define math_integer_isqrt math_isqrt
#define math_integer_lcm_impl math_lcm_impl
#define math_integer_perm_impl math_perm_impl

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/math_integer_methods.h"
#include "upstream/math_integer_exec.h"

static PyModuleDef_Slot math_integer_slots[] = {
    {Py_mod_exec, math_integer_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef math_integer_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "math.integer",
    .m_doc = module_doc,
    .m_size = 0,
    .m_methods = math_integer_methods,
    .m_slots = math_integer_slots,
};

PyMODINIT_FUNC
PyInit__rust__math_integer(void)
{
    return PyModuleDef_Init(&math_integer_module);
}

PyMODINIT_FUNC
PyInit__math_integer(void)
{
    return PyModuleDef_Init(&math_integer_module);
}
