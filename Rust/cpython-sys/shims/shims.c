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

static void (*test_drop)(PyObject *object);

static void
test_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    test_drop(object);
    type->tp_free(object);
    Py_DECREF(type);
}

PyTypeObject *
shim_test_type(int basicsize, void (*drop)(PyObject *object))
{
    PyType_Slot slots[] = {{Py_tp_dealloc, test_dealloc}, {0, NULL}};
    PyType_Spec spec = {
        .name = "test.Payload",
        .basicsize = basicsize,
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = slots,
    };
    test_drop = drop;
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
