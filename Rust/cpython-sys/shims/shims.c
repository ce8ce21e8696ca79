#include "shims.h"

#include <string.h>

void
shim_copy_shared(void *target, const void *source, Py_ssize_t size)
{
    memcpy(target, source, (size_t)size);
}

static inline int
read_number(PyObject *object, int64_t *bits)
{
    if (PyFloat_CheckExact(object)) {
        double value = PyFloat_AS_DOUBLE(object);
        memcpy(bits, &value, sizeof(value));
        return SHIM_FLOAT;
    }
    int is_bool = PyBool_Check(object);
    if (!is_bool && !PyLong_CheckExact(object)) {
        return SHIM_OTHER;
    }
    if (PyUnstable_Long_IsCompact((PyLongObject *)object)) {
        *bits = PyUnstable_Long_CompactValue((PyLongObject *)object);
    }
    else {
        int overflow;
        *bits = PyLong_AsLongLongAndOverflow(object, &overflow);
        if (overflow) {
            return SHIM_OTHER;
        }
    }
    return is_bool ? SHIM_BOOL : SHIM_INT;
}

Py_ssize_t
shim_array_numbers(PyObject *const *items, Py_ssize_t count, unsigned char *kinds, int64_t *bits)
{
    Py_ssize_t done = 0;
    while (done < count && (kinds[done] = read_number(items[done], &bits[done])) != SHIM_OTHER) {
        done++;
    }
    return done;
}

Py_ssize_t
shim_list_numbers(PyObject *list, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits)
{
    Py_ssize_t done = 0;
    /* Whoever takes an item out of a list holds this lock, and nothing below can give it up: no call allocates,
       blocks or runs Python code. So the items live as long as they are looked at. */
    Py_BEGIN_CRITICAL_SECTION(list);
    Py_ssize_t rest = PyList_GET_SIZE(list) - start;
    if (rest > 0) {
        PyObject **items = ((PyListObject *)list)->ob_item + start;
        done = shim_array_numbers(items, rest < count ? rest : count, kinds, bits);
    }
    Py_END_CRITICAL_SECTION();
    return done;
}

Py_ssize_t
shim_tuple_numbers(PyObject *tuple, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits)
{
    Py_ssize_t rest = PyTuple_GET_SIZE(tuple) - start;
    if (rest <= 0) {
        return 0;
    }
    return shim_array_numbers(&PyTuple_GET_ITEM(tuple, start), rest < count ? rest : count, kinds, bits);
}

int
shim_iter_number(PyObject *iterator, int64_t *bits, PyObject **item)
{
    PyObject *next = Py_TYPE(iterator)->tp_iternext(iterator);
    if (next == NULL) {
        if (PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
                return SHIM_ERROR;
            }
            PyErr_Clear();
        }
        return SHIM_END;
    }
    int kind = read_number(next, bits);
    if (kind == SHIM_OTHER) {
        *item = next;
    }
    else {
        Py_DECREF(next);
    }
    return kind;
}

PyObject *
shim_list_item(PyObject *list, Py_ssize_t index)
{
    PyObject *item = NULL;
    Py_BEGIN_CRITICAL_SECTION(list);
    if (index < PyList_GET_SIZE(list)) {
        item = Py_NewRef(PyList_GET_ITEM(list, index));
    }
    Py_END_CRITICAL_SECTION();
    return item;
}

PyObject *
shim_tuple_item(PyObject *tuple, Py_ssize_t index)
{
    return index < PyTuple_GET_SIZE(tuple) ? Py_NewRef(PyTuple_GET_ITEM(tuple, index)) : NULL;
}

int
shim_PyBytes_Check(PyObject *object)
{
    return PyBytes_Check(object);
}

int
shim_PyFloat_CheckExact(PyObject *object)
{
    return PyFloat_CheckExact(object);
}

int
shim_PyList_CheckExact(PyObject *object)
{
    return PyList_CheckExact(object);
}

int
shim_PyLong_Check(PyObject *object)
{
    return PyLong_Check(object);
}

int
shim_PyLong_CheckExact(PyObject *object)
{
    return PyLong_CheckExact(object);
}

int
shim_PyTuple_Check(PyObject *object)
{
    return PyTuple_Check(object);
}

int
shim_PyTuple_CheckExact(PyObject *object)
{
    return PyTuple_CheckExact(object);
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
