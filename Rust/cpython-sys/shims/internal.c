/* Shims for what CPython keeps to its own modules. As few as measurements ask for. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "shims.h"
#include "pycore_dict.h"

PyObject *
shim_dict_from_owned(PyObject **pairs, Py_ssize_t count)
{
    /* The public way, PyDict_SetItem into an empty dict, takes a lock for each item and grows the table again and
       again. */
    PyObject *dict = _PyDict_FromItems(pairs, 2, pairs + 1, 2, count);
    for (Py_ssize_t i = 0; i < 2 * count; i++) {
        Py_DECREF(pairs[i]);
    }
    return dict;
}
