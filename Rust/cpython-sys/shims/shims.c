#include "shims.h"

#include <string.h>

void
shim_copy_shared(void *target, const void *source, Py_ssize_t size)
{
    memcpy(target, source, (size_t)size);
}

int
shim_PyBytes_Check(PyObject *object)
{
    return PyBytes_Check(object);
}

PyTypeObject *
shim_Py_TYPE(PyObject *object)
{
    return Py_TYPE(object);
}

const unsigned char *
shim_PyUnicode_1BYTE_DATA(PyObject *string)
{
    return PyUnicode_KIND(string) == PyUnicode_1BYTE_KIND ? PyUnicode_1BYTE_DATA(string) : NULL;
}

int
shim_PyUnicode_Check(PyObject *object)
{
    return PyUnicode_Check(object);
}
