/* The C side of math: the module definition, the method table, and the arguments that Argument Clinic cannot take, or
   not at the price of C: the one argument of most functions, the optional base of log(), and the methods that are asked
   before a number is made a float. What the functions do is in Rust. */

#include "Python.h"
#include "pycore_global_strings.h"  // _Py_ID()
#include "pycore_modsupport.h"      // _PyArg_CheckPositional()
#include "pycore_object.h"          // _PyObject_MaybeCallSpecialNoArgs()
#include "pycore_runtime.h"         // _Py_ID()
#include "rust/math.h"

#include "clinic/math.h"

/* The functions of one number. For a float this is a test and a jump. Clinic's code for them would save registers
   first. */
#define OF_DOUBLE(NAME)                                             \
    static PyObject *                                               \
    math_##NAME(PyObject *Py_UNUSED(module), PyObject *number)      \
    {                                                               \
        if (PyFloat_CheckExact(number)) {                           \
            return math_##NAME##_impl(PyFloat_AS_DOUBLE(number));   \
        }                                                           \
        double x = PyFloat_AsDouble(number);                        \
        if (x == -1.0 && PyErr_Occurred()) {                        \
            return NULL;                                            \
        }                                                           \
        return math_##NAME##_impl(x);                               \
    }

OF_DOUBLE(acos)
OF_DOUBLE(acosh)
OF_DOUBLE(asin)
OF_DOUBLE(asinh)
OF_DOUBLE(atan)
OF_DOUBLE(atanh)
OF_DOUBLE(cbrt)
OF_DOUBLE(cos)
OF_DOUBLE(cosh)
OF_DOUBLE(degrees)
OF_DOUBLE(erf)
OF_DOUBLE(erfc)
OF_DOUBLE(exp)
OF_DOUBLE(exp2)
OF_DOUBLE(expm1)
OF_DOUBLE(fabs)
OF_DOUBLE(frexp)
OF_DOUBLE(gamma)
OF_DOUBLE(isfinite)
OF_DOUBLE(isinf)
OF_DOUBLE(isnan)
OF_DOUBLE(lgamma)
OF_DOUBLE(log1p)
OF_DOUBLE(modf)
OF_DOUBLE(radians)
OF_DOUBLE(sin)
OF_DOUBLE(sinh)
OF_DOUBLE(sqrt)
OF_DOUBLE(tan)
OF_DOUBLE(tanh)
OF_DOUBLE(ulp)

/* Stores the value of a float, or of a small positive int, and tells whether it is one of these. */
static inline int
for_logarithm(PyObject *number, double *x)
{
    if (PyFloat_CheckExact(number)) {
        *x = PyFloat_AS_DOUBLE(number);
        return 1;
    }
    if (PyLong_CheckExact(number) && PyUnstable_Long_IsCompact((PyLongObject *)number)) {
        *x = (double)PyUnstable_Long_CompactValue((PyLongObject *)number);
        return *x > 0.0;
    }
    return 0;
}

#define LOGARITHM(NAME)                                             \
    static PyObject *                                               \
    math_##NAME(PyObject *module, PyObject *number)                 \
    {                                                               \
        double x;                                                   \
        if (for_logarithm(number, &x)) {                            \
            return math_##NAME##_of_double(x);                      \
        }                                                           \
        return math_##NAME##_impl(module, number);                  \
    }

LOGARITHM(log2)
LOGARITHM(log10)

/* Stores the value of a number for ceil() or floor() and returns NULL; or returns what its own method has returned; or
   returns NULL with an exception set. */
static inline PyObject *
ask_special(PyObject *number, PyObject *name, double *x)
{
    if (PyFloat_CheckExact(number)) {
        *x = PyFloat_AS_DOUBLE(number);
        return NULL;
    }
    PyObject *result = _PyObject_MaybeCallSpecialNoArgs(number, name);
    if (result == NULL && !PyErr_Occurred()) {
        *x = PyFloat_AsDouble(number);
    }
    return result;
}

#define ROUNDING(NAME)                                              \
    static PyObject *                                               \
    math_##NAME(PyObject *Py_UNUSED(module), PyObject *number)      \
    {                                                               \
        double x = -1.0;                                            \
        PyObject *result = ask_special(number, &_Py_ID(__##NAME##__), &x); \
        if (result != NULL || (x == -1.0 && PyErr_Occurred())) {    \
            return result;                                          \
        }                                                           \
        return math_##NAME##_impl(x);                               \
    }

ROUNDING(ceil)
ROUNDING(floor)

static PyObject *
math_trunc(PyObject *Py_UNUSED(module), PyObject *x)
{
    if (PyFloat_CheckExact(x)) {
        return math_trunc_impl(PyFloat_AS_DOUBLE(x));
    }
    PyObject *result = _PyObject_MaybeCallSpecialNoArgs(x, &_Py_ID(__trunc__));
    if (result == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_TypeError, "type %.100s doesn't define __trunc__ method", Py_TYPE(x)->tp_name);
    }
    return result;
}

PyDoc_STRVAR(math_log_doc,
"log(x, [base=math.e])\n\
Return the logarithm of x to a base, which is e unless another is given.");

static PyObject *
math_log(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("log", nargs, 1, 2)) {
        return NULL;
    }
    double x;
    if (nargs == 1 && for_logarithm(args[0], &x)) {
        return math_log_of_double(x);
    }
    return math_log_impl(module, args[0], nargs == 2 ? args[1] : NULL);
}

static PyMethodDef math_methods[] = {
    MATH_ACOS_METHODDEF
    MATH_ACOSH_METHODDEF
    MATH_ASIN_METHODDEF
    MATH_ASINH_METHODDEF
    MATH_ATAN_METHODDEF
    MATH_ATAN2_METHODDEF
    MATH_ATANH_METHODDEF
    MATH_CBRT_METHODDEF
    MATH_CEIL_METHODDEF
    MATH_COMB_METHODDEF
    MATH_COPYSIGN_METHODDEF
    MATH_COS_METHODDEF
    MATH_COSH_METHODDEF
    MATH_DEGREES_METHODDEF
    MATH_DIST_METHODDEF
    MATH_ERF_METHODDEF
    MATH_ERFC_METHODDEF
    MATH_EXP_METHODDEF
    MATH_EXP2_METHODDEF
    MATH_EXPM1_METHODDEF
    MATH_FABS_METHODDEF
    MATH_FACTORIAL_METHODDEF
    MATH_FLOOR_METHODDEF
    MATH_FMA_METHODDEF
    MATH_FMOD_METHODDEF
    MATH_FREXP_METHODDEF
    MATH_FSUM_METHODDEF
    MATH_GAMMA_METHODDEF
    MATH_GCD_METHODDEF
    MATH_HYPOT_METHODDEF
    MATH_ISCLOSE_METHODDEF
    MATH_ISFINITE_METHODDEF
    MATH_ISINF_METHODDEF
    MATH_ISNAN_METHODDEF
    MATH_ISQRT_METHODDEF
    MATH_LCM_METHODDEF
    MATH_LDEXP_METHODDEF
    MATH_LGAMMA_METHODDEF
    {"log", _PyCFunction_CAST(math_log), METH_FASTCALL, math_log_doc},
    MATH_LOG1P_METHODDEF
    MATH_LOG10_METHODDEF
    MATH_LOG2_METHODDEF
    MATH_MODF_METHODDEF
    MATH_NEXTAFTER_METHODDEF
    MATH_PERM_METHODDEF
    MATH_POW_METHODDEF
    MATH_PROD_METHODDEF
    MATH_RADIANS_METHODDEF
    MATH_REMAINDER_METHODDEF
    MATH_SIN_METHODDEF
    MATH_SINH_METHODDEF
    MATH_SQRT_METHODDEF
    MATH_SUMPROD_METHODDEF
    MATH_TAN_METHODDEF
    MATH_TANH_METHODDEF
    MATH_TRUNC_METHODDEF
    MATH_ULP_METHODDEF
    {NULL, NULL, 0, NULL}
};

static int
math_exec(PyObject *module)
{
    const struct {
        const char *name;
        double value;
    } constants[] = {
        {"pi", Py_MATH_PI}, {"e", Py_MATH_E}, {"tau", Py_MATH_TAU}, {"inf", Py_INFINITY}, {"nan", fabs(Py_NAN)},
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++) {
        if (PyModule_Add(module, constants[i].name, PyFloat_FromDouble(constants[i].value)) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyModuleDef_Slot math_slots[] = {
    {Py_mod_exec, math_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

PyDoc_STRVAR(math_doc, "Functions of real numbers and of integers: those of the C library, and more.");

static struct PyModuleDef math_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "math",
    .m_doc = math_doc,
    .m_size = 0,
    .m_methods = math_methods,
    .m_slots = math_slots,
};

PyMODINIT_FUNC
PyInit__rust_math(void)
{
    return PyModuleDef_Init(&math_module);
}

PyMODINIT_FUNC
PyInit_math(void)
{
    return PyModuleDef_Init(&math_module);
}
