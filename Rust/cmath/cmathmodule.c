/* The C side of cmath: the module definition and the constants. The method table, the parsing of arguments and all
   docstrings are those of CPython's cmathmodule.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/cmath.h"

/* The parsing code asks errno whether a function has failed. The C library's functions set errno, too, even if they
   have not failed; this variable is set by Rust alone. */
static _Thread_local int cmath_errno;
#undef errno
#define errno cmath_errno
#include "upstream/clinic.h"
#undef errno
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
