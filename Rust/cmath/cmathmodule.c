/* The C side of cmath: the module definition and the constants. The method table, the parsing of arguments and all
   docstrings are those of CPython's cmathmodule.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/cmath.h"

/* The parsing code reads from errno whether a function has failed. The C library's functions set errno, too, even if they
   have not failed; this variable is set by Rust alone. */
static _Thread_local int cmath_errno;

/* The parsing code calls PyErr_Occurred() after each conversion to a complex number. An object that is exactly a complex
   cannot fail to convert; this tells the test after it so, and the compiler leaves out both calls. It is not 0 between
   the two alone. */
static _Thread_local int converted;

static inline Py_complex
as_complex(PyObject *number)
{
    if (PyComplex_CheckExact(number)) {
        converted = 1;
        return ((PyComplexObject *)number)->cval;
    }
    return PyComplex_AsCComplex(number);
}

static inline int
error_occurred(void)
{
    if (converted) {
        converted = 0;
        return 0;
    }
    return PyErr_Occurred() != NULL;
}

#undef errno
#define errno cmath_errno
#define PyComplex_AsCComplex as_complex
#define PyErr_Occurred() error_occurred()
#include "upstream/clinic.h"
#undef errno
#undef PyComplex_AsCComplex
#undef PyErr_Occurred
#include "upstream/docs.h"
#include "upstream/cmath_methods.h"

/* Called by Rust when a function fails: with 1 for EDOM, with 2 for ERANGE. */
void
cmath_set_errno(int error)
{
    cmath_errno = error == 1 ? EDOM : ERANGE;
}

static int
cmath_exec(PyObject *module)
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
    if (PyModule_Add(module, "infj", PyComplex_FromDoubles(0.0, Py_INFINITY)) < 0) {
        return -1;
    }
    return PyModule_Add(module, "nanj", PyComplex_FromDoubles(0.0, fabs(Py_NAN)));
}

RUST_MODULE(cmath, RUST_EXEC(cmath_exec), .m_doc = module_doc, .m_methods = cmath_methods)
