/* The C side of math: the module definition, and the arguments of the functions that the C module has no clinic input
   for. The method table, the parsing of all other arguments and all docstrings are those of CPython's mathmodule.c;
   what the functions do is in Rust. */

#include "Python.h"
#include "pycore_bitutils.h"        // _Py_bit_length()
#include "pycore_global_strings.h"  // _Py_ID()
#include "pycore_long.h"            // _PyLong_DigitCount()
#include "pycore_modsupport.h"      // _PyArg_CheckPositional()
#include "pycore_object.h"          // _PyObject_MaybeCallSpecialNoArgs()
#include "pycore_runtime.h"         // _Py_ID()
#include "rust/class.h"
#include "rust/math.h"

#include <float.h>                  // DBL_MAX_EXP

/* PyFloat_AsDouble(), but without the float object that it makes of an int first. */
static Py_NO_INLINE double
as_double(PyObject *number)
{
    if (RUST_IS_SMALL_INT(number)) {
        return (double)RUST_SMALL_INT(number);
    }
    return PyLong_CheckExact(number) ? PyLong_AsDouble(number) : PyFloat_AsDouble(number);
}

/* The generated parsing code of these functions saves registers even when the argument is a float. So it gets another name
   here, and the functions that OF_FLOAT() defines below call it for other arguments alone. */
#define math_degrees parse_degrees
#define math_frexp parse_frexp
#define math_isfinite parse_isfinite
#define math_isinf parse_isinf
#define math_isnan parse_isnan
#define math_modf parse_modf
#define math_radians parse_radians
#define math_ulp parse_ulp
static Py_NO_INLINE PyObject *parse_degrees(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_frexp(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_isfinite(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_isinf(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_isnan(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_modf(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_radians(PyObject *module, PyObject *arg);
static Py_NO_INLINE PyObject *parse_ulp(PyObject *module, PyObject *arg);
#define PyFloat_AsDouble as_double
#include "upstream/clinic.h"
#undef PyFloat_AsDouble
#undef math_degrees
#undef math_frexp
#undef math_isfinite
#undef math_isinf
#undef math_isnan
#undef math_modf
#undef math_radians
#undef math_ulp
#include "upstream/docs.h"

/* The functions of one number. For a float this is a test and a jump. */
#define OF_DOUBLE(NAME)                                             \
    static PyObject *                                               \
    math_##NAME(PyObject *Py_UNUSED(module), PyObject *number)      \
    {                                                               \
        if (PyFloat_CheckExact(number)) {                           \
            return math_##NAME##_impl(PyFloat_AS_DOUBLE(number));   \
        }                                                           \
        double x = as_double(number);                               \
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
OF_DOUBLE(erf)
OF_DOUBLE(erfc)
OF_DOUBLE(exp)
OF_DOUBLE(exp2)
OF_DOUBLE(expm1)
OF_DOUBLE(fabs)
OF_DOUBLE(gamma)
OF_DOUBLE(lgamma)
OF_DOUBLE(log1p)
OF_DOUBLE(sin)
OF_DOUBLE(sinh)
OF_DOUBLE(sqrt)
OF_DOUBLE(tan)
OF_DOUBLE(tanh)

#define OF_FLOAT(NAME, RESULT)                                      \
    static PyObject *                                               \
    math_##NAME(PyObject *module, PyObject *number)                 \
    {                                                               \
        if (PyFloat_CheckExact(number)) {                           \
            return RESULT(math_##NAME##_impl(module, PyFloat_AS_DOUBLE(number))); \
        }                                                           \
        return parse_##NAME(module, number);                        \
    }

OF_FLOAT(degrees, )
OF_FLOAT(frexp, )
OF_FLOAT(isfinite, )
OF_FLOAT(isinf, )
OF_FLOAT(isnan, )
OF_FLOAT(modf, )
OF_FLOAT(radians, )
OF_FLOAT(ulp, PyFloat_FromDouble)

/* Stores the value of a number and returns 0, or returns -1 with an exception set. */
static inline int
read_double(PyObject *number, double *x)
{
    if (PyFloat_CheckExact(number)) {
        *x = PyFloat_AS_DOUBLE(number);
        return 0;
    }
    *x = as_double(number);
    return *x == -1.0 && PyErr_Occurred() ? -1 : 0;
}

/* The functions of two numbers. */
#define OF_TWO_DOUBLES(NAME)                                        \
    static PyObject *                                               \
    math_##NAME(PyObject *module, PyObject *const *args, Py_ssize_t nargs) \
    {                                                               \
        double x, y;                                                \
        if (!_PyArg_CheckPositional(#NAME, nargs, 2, 2) || read_double(args[0], &x) < 0 || read_double(args[1], &y) < 0) { \
            return NULL;                                            \
        }                                                           \
        return math_##NAME##_impl(module, x, y);                    \
    }

OF_TWO_DOUBLES(atan2)
OF_TWO_DOUBLES(copysign)
OF_TWO_DOUBLES(remainder)

/* Ints of up to this number of digits are less than the largest double. */
#define DIGITS_OF_DOUBLE ((DBL_MAX_EXP - 1) / PyLong_SHIFT)

/* The magnitude of an int that is not zero and has DIGITS_OF_DOUBLE digits at most, rounded as PyLong_AsDouble() does, which
   takes longer than a logarithm. */
static inline double
double_of_digits(const PyLongObject *integer)
{
    /* More than a double's 53 bits and the one after them, so that a lower bit that is set only has to be remembered. */
    enum { TOP_BITS = 62 };
    const digit *digits = integer->long_value.ob_digit;
    Py_ssize_t below = _PyLong_DigitCount(integer) - 1;
    int64_t top = digits[below];
    int filled = _Py_bit_length(digits[below]);
    while (below > 0 && filled <= TOP_BITS - PyLong_SHIFT) {
        top = top << PyLong_SHIFT | digits[--below];
        filled += PyLong_SHIFT;
    }
    int exponent = 0;
    if (below > 0) {
        int taken = TOP_BITS - filled, left = PyLong_SHIFT - taken;
        digit next = digits[--below];
        top = top << taken | next >> left;
        exponent = (int)below * PyLong_SHIFT + left;
        digit rest = next & (((digit)1 << left) - 1);
        while (rest == 0 && below > 0) {
            rest = digits[--below];
        }
        top |= rest != 0;
    }
    return ldexp((double)top, exponent);
}

/* Stores the value of a float, or of a positive int that is not too large for one, and tells whether it is one of these. */
static inline int
for_logarithm(PyObject *number, double *x)
{
    if (PyFloat_CheckExact(number)) {
        *x = PyFloat_AS_DOUBLE(number);
        return 1;
    }
    if (PyLong_CheckExact(number)) {
        PyLongObject *integer = (PyLongObject *)number;
        if (PyUnstable_Long_IsCompact(integer)) {
            *x = (double)PyUnstable_Long_CompactValue(integer);
            return *x > 0.0;
        }
        if (_PyLong_IsPositive(integer) && _PyLong_DigitCount(integer) <= DIGITS_OF_DOUBLE) {
            *x = double_of_digits(integer);
            return 1;
        }
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

/* ceil() or floor() of a number that is not exactly a float: what its own method returns, or if it has none, the function's
   result for its value. */
static Py_NO_INLINE PyObject *
round_other(PyObject *number, PyObject *name, PyObject *(*function)(double))
{
    if (PyLong_CheckExact(number)) {
        return Py_NewRef(number);
    }
    PyObject *result = _PyObject_MaybeCallSpecialNoArgs(number, name);
    if (result != NULL || PyErr_Occurred()) {
        return result;
    }
    double x = PyFloat_AsDouble(number);
    if (x == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    return function(x);
}

#define ROUNDING(NAME)                                              \
    static PyObject *                                               \
    math_##NAME(PyObject *Py_UNUSED(module), PyObject *number)      \
    {                                                               \
        if (PyFloat_CheckExact(number)) {                           \
            return math_##NAME##_impl(PyFloat_AS_DOUBLE(number));   \
        }                                                           \
        return round_other(number, &_Py_ID(__##NAME##__), math_##NAME##_impl); \
    }

ROUNDING(ceil)
ROUNDING(floor)

static PyObject *
math_trunc(PyObject *Py_UNUSED(module), PyObject *x)
{
    if (PyFloat_CheckExact(x)) {
        return math_trunc_impl(PyFloat_AS_DOUBLE(x));
    }
    if (PyLong_CheckExact(x)) {
        return Py_NewRef(x);
    }
    PyObject *result = _PyObject_MaybeCallSpecialNoArgs(x, &_Py_ID(__trunc__));
    if (result == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_TypeError, "type %.100s doesn't define __trunc__ method", Py_TYPE(x)->tp_name);
    }
    return result;
}

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

#include "upstream/math_methods.h"
#if PY_VERSION_HEX >= 0x030F0000
#  include "submodule.h"
#endif
#include "upstream/math_exec.h"

RUST_MODULE(math, RUST_EXEC(math_exec), .m_doc = module_doc, .m_methods = math_methods)
