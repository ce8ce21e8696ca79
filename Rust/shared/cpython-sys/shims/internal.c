/* Shims for CPython's internal API: only those that measurements have shown to be needed. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "shims.h"
#include "pycore_dict.h"
#include "pycore_list.h"
#include "pycore_pymem.h"
#include "pycore_pylifecycle.h"
#include "pycore_long.h"
#include "pycore_object.h"
#include "pycore_object_deferred.h"

PyObject *
shim_dict_from_owned(PyObject **pairs, Py_ssize_t count)
{
    int exact = 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        exact &= PyUnicode_CheckExact(pairs[2 * i]);
    }
    if (!exact) {
        /* The hash and the comparison of other keys may run Python code, which can find the dict by the collector. */
        PyObject *dict = PyDict_New();
        for (Py_ssize_t i = 0; i < count; i++) {
            if (dict != NULL && PyDict_SetItem(dict, pairs[2 * i], pairs[2 * i + 1]) < 0) {
                Py_CLEAR(dict);
            }
            Py_DECREF(pairs[2 * i]);
            Py_DECREF(pairs[2 * i + 1]);
        }
        return dict;
    }
    /* The public way takes a lock for each item and grows the table again and again. */
    PyObject *dict = _PyDict_FromItems(pairs, 2, pairs + 1, 2, count);
    for (Py_ssize_t i = 0; i < 2 * count; i++) {
        Py_DECREF(pairs[i]);
    }
    return dict;
}

/* PyList_New with a length crashes when there is memory for the list but not for its items, as it then frees items that
   were never set. So lists are filled by appending. Nothing else can see a list that is being filled here: other threads
   could find it through the collector alone, which looks while all threads stand still, and this one does not stop. */

/* Gives up all references. Appending takes over the one that there is no room for, too. */
static int
append_owned(PyObject *list, PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (_PyList_AppendTakeRef((PyListObject *)list, items[i]) < 0) {
            while (++i < count) {
                Py_DECREF(items[i]);
            }
            return -1;
        }
    }
    return 0;
}

/* A list of `count` references to None, which is immortal, in memory of exactly its size. */
static PyObject *
list_of_none(Py_ssize_t count)
{
    PyObject *one = PyList_New(0);
    if (one == NULL) {
        return NULL;
    }
    PyObject *list = NULL;
    if (_PyList_AppendTakeRef((PyListObject *)one, Py_None) == 0) {
        list = PySequence_Repeat(one, count);
    }
    Py_DECREF(one);
    return list;
}

/* How many items a list has at least whose memory is reserved at once: appending to a shorter one takes less time. */
#define RESERVED_AT_ONCE 20

PyObject *
shim_list_from_owned(PyObject **items, Py_ssize_t count)
{
    int reserved = count >= RESERVED_AT_ONCE;
    PyObject *list = reserved ? list_of_none(count) : PyList_New(0);
    if (list == NULL) {
        for (Py_ssize_t i = 0; i < count; i++) {
            Py_DECREF(items[i]);
        }
    }
    else if (reserved) {
        for (Py_ssize_t i = 0; i < count; i++) {
            PyList_SET_ITEM(list, i, items[i]);
        }
    }
    else if (append_owned(list, items, count) < 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* Puts a new item at its place in a list that is being filled. */
static inline int
put_item(PyObject *list, int reserved, Py_ssize_t i, PyObject *item)
{
    if (item == NULL) {
        return -1;
    }
    if (reserved) {
        PyList_SET_ITEM(list, i, item);
        return 0;
    }
    return _PyList_AppendTakeRef((PyListObject *)list, item);
}

PyObject *
shim_list_of_numbers(const void *items, Py_ssize_t count, char kind)
{
    int reserved = count >= RESERVED_AT_ONCE;
    PyObject *list = reserved ? list_of_none(count) : PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    int status = 0;
#define PUT(KIND, TYPE, MAKE)                                           \
    case KIND:                                                          \
        for (Py_ssize_t i = 0; i < count && status == 0; i++) {         \
            TYPE value;                                                 \
            memcpy(&value, (const char *)items + i * (Py_ssize_t)sizeof(TYPE), sizeof(TYPE)); \
            status = put_item(list, reserved, i, MAKE(value));          \
        }                                                               \
        break
    switch (kind) {
        PUT('b', int8_t, PyLong_FromLong);
        PUT('B', uint8_t, PyLong_FromLong);
        PUT('h', int16_t, PyLong_FromLong);
        PUT('H', uint16_t, PyLong_FromLong);
        PUT('i', int32_t, PyLong_FromLong);
        PUT('I', uint32_t, PyLong_FromUnsignedLong);
        PUT('q', int64_t, PyLong_FromLongLong);
        PUT('Q', uint64_t, PyLong_FromUnsignedLongLong);
        PUT('f', float, PyFloat_FromDouble);
        PUT('d', double, PyFloat_FromDouble);
    default:
        PyErr_BadInternalCall();
        status = -1;
    }
#undef PUT
    if (status < 0) {
        Py_CLEAR(list);
    }
    return list;
}

int
shim_list_append_owned(PyObject *list, PyObject **items, Py_ssize_t count)
{
    int result;
    Py_BEGIN_CRITICAL_SECTION(list);
    result = append_owned(list, items, count);
    Py_END_CRITICAL_SECTION();
    return result;
}

PyObject *
shim_dict_item_list(PyObject *dict)
{
    PyObject *list = PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    int result = 0;
    Py_BEGIN_CRITICAL_SECTION(dict);
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (result == 0 && PyDict_Next(dict, &position, &key, &value)) {
        PyObject *pair = shim_tuple_of_two(Py_NewRef(key), Py_NewRef(value));
        result = pair == NULL ? -1 : _PyList_AppendTakeRef((PyListObject *)list, pair);
    }
    Py_END_CRITICAL_SECTION();
    if (result < 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* The interpreter does not export this to extension modules, of which the wheel has one; there it is NULL. */
#pragma weak _PyMem_FreeDelayed

static void
free_content(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, NULL));
}

void
shim_free_delayed(void *memory, Py_ssize_t size)
{
    if (_PyMem_FreeDelayed != NULL) {
        _PyMem_FreeDelayed(memory, (size_t)size);
        return;
    }
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *capsule = PyCapsule_New(memory, NULL, free_content);
    PyErr_SetRaisedException(raised);
    /* Without a capsule the memory is lost: a thread may be reading it. */
    _PyObject_XDecRefDelayed(capsule);
}

int
shim_urandom(void *buffer, Py_ssize_t size)
{
    return _PyOS_URandomNonblock(buffer, size);
}

PyObject *
shim_tuple_new_untracked(Py_ssize_t count, PyObject ***items)
{
    PyObject *tuple = PyTuple_New(count);
    if (tuple != NULL && count > 0) {
        _PyObject_GC_UNTRACK(tuple);
        *items = ((PyTupleObject *)tuple)->ob_item;
    }
    return tuple;
}

void
shim_tuple_track(PyObject *tuple)
{
    if (PyTuple_GET_SIZE(tuple) > 0) {
        _PyObject_GC_TRACK(tuple);
    }
}

Py_ssize_t
shim_ints_new(const int64_t *values, Py_ssize_t count, PyObject **items)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        int64_t value = values[i];
        if (-_PY_NSMALLNEGINTS <= value && value < _PY_NSMALLPOSINTS) {
            items[i] = (PyObject *)&_PyLong_SMALL_INTS[_PY_NSMALLNEGINTS + value];
        }
        else if ((items[i] = PyLong_FromLongLong(value)) == NULL) {
            return i;
        }
    }
    return count;
}

Py_ssize_t
shim_unsigned_ints_new(const uint64_t *values, Py_ssize_t count, PyObject **items)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if ((items[i] = PyLong_FromUnsignedLongLong(values[i])) == NULL) {
            return i;
        }
    }
    return count;
}

Py_ssize_t
shim_floats_new(const double *values, Py_ssize_t count, PyObject **items)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if ((items[i] = PyFloat_FromDouble(values[i])) == NULL) {
            return i;
        }
    }
    return count;
}

Py_ssize_t
shim_bytes_of_each(const unsigned char *bytes, Py_ssize_t count, PyObject **items)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if ((items[i] = PyBytes_FromStringAndSize((const char *)&bytes[i], 1)) == NULL) {
            return i;
        }
    }
    return count;
}

const unsigned char *
shim_bytes_contents(PyObject *object, Py_ssize_t *length)
{
    if (!PyBytes_Check(object)) {
        return NULL;
    }
    *length = PyBytes_GET_SIZE(object);
    return (const unsigned char *)PyBytes_AS_STRING(object);
}

void
shim_decref_delayed(PyObject *object)
{
    /* The garbage collector merges the reference counts of queued objects without a test for immortal ones, which would
       become mortal. */
    if (object != NULL && !_Py_IsImmortal(object)) {
        _PyObject_XDecRefDelayed(object);
    }
}

void
shim_defer_refcount_like(PyObject *object, PyObject *other)
{
    if (_PyObject_HasDeferredRefcount(other)) {
        PyUnstable_Object_EnableDeferredRefcount(object);
    }
}
