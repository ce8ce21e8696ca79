/* Objects of the common built-in types, seen at one glance, and the items of containers.

   Nothing here takes a reference: an item lives as long as its container holds it, and whoever takes one out of a list
   or a dict holds the container's lock. So the caller has locked the container, and does nothing that could give the
   lock up until it has done with the items: no call here runs Python code, makes an object, gives up a reference or
   waits. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "shims.h"
#include "pycore_dict.h"

/* CPython 3.15 has frozendict. */
#ifndef PyAnyDict_Check
#  define PyAnyDict_Check PyDict_Check
#  define PyAnyDict_CheckExact PyDict_CheckExact
#endif

static inline void
view(PyObject *object, shim_value *value)
{
    value->object = object;
    if (PyUnicode_Check(object)) {
        value->tag = SHIM_STR;
        value->kind = PyUnicode_KIND(object);
        value->data = PyUnicode_DATA(object);
        value->length = PyUnicode_GET_LENGTH(object);
    }
    else if (Py_IsNone(object)) {
        value->tag = SHIM_NONE;
    }
    else if (Py_IsTrue(object)) {
        value->tag = SHIM_TRUE;
    }
    else if (Py_IsFalse(object)) {
        value->tag = SHIM_FALSE;
    }
    else if (PyLong_Check(object)) {
        if (PyUnstable_Long_IsCompact((PyLongObject *)object)) {
            value->tag = SHIM_INT;
            value->integer = PyUnstable_Long_CompactValue((PyLongObject *)object);
        }
        else {
            int overflow;
            value->integer = PyLong_AsLongLongAndOverflow(object, &overflow);
            value->tag = overflow ? SHIM_BIG_INT : SHIM_INT;
        }
    }
    else if (PyFloat_CheckExact(object)) {
        value->tag = SHIM_FLOAT;
        value->real = PyFloat_AS_DOUBLE(object);
    }
    else if (PyList_Check(object)) {
        value->tag = SHIM_LIST;
        value->kind = PyList_CheckExact(object);
        value->length = PyList_GET_SIZE(object);
    }
    else if (PyTuple_Check(object)) {
        value->tag = SHIM_LIST;
        value->kind = PyTuple_CheckExact(object);
        value->length = PyTuple_GET_SIZE(object);
    }
    else if (PyAnyDict_Check(object)) {
        value->tag = SHIM_DICT;
        value->kind = PyAnyDict_CheckExact(object);
        value->length = PyDict_GET_SIZE(object);
    }
    else if (PyFloat_Check(object)) {
        value->tag = SHIM_FLOAT;
        value->real = PyFloat_AS_DOUBLE(object);
    }
    else {
        value->tag = SHIM_OTHER;
    }
}

/* Whether an object is written without looking into others: a scalar, or a container that is empty. */
static inline int
is_leaf(const shim_value *value)
{
    if (value->tag <= SHIM_FLOAT) {
        return value->tag != SHIM_OTHER;
    }
    return value->length == 0 && value->kind != 0;
}

/* Asks for the memory of an object, which is to be looked at soon. */
static inline void
prefetch(PyObject *object)
{
#if defined(__GNUC__)
    __builtin_prefetch(object);
#else
    (void)object;
#endif
}

void
shim_view(PyObject *object, shim_value *value)
{
    view(object, value);
}

/* How many items ahead of the one that is looked at memory is asked for. */
#define AHEAD 6

/* Looks at a pair, after which `next` comes; returns whether its value is a leaf. */
static inline int
view_pair(PyObject *key, PyObject *item, Py_ssize_t next, shim_value *pair)
{
    pair[0].next = next;
    view(key, &pair[0]);
    view(item, &pair[1]);
    return is_leaf(&pair[1]);
}

Py_ssize_t
shim_locked_dict_items(PyObject *dict, Py_ssize_t *position, shim_value *values, Py_ssize_t pairs, int *done)
{
    Py_ssize_t count = 0, next = *position;
    *done = 1;
    if (!PyAnyDict_Check(dict)) {
        return 0;
    }
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    if (((PyDictObject *)dict)->ma_values == NULL && DK_IS_UNICODE(keys)) {
        /* PyDict_Next would also touch each key for its hash. */
        PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
        Py_ssize_t size = keys->dk_nentries;
        for (Py_ssize_t i = next; i < size && i < next + AHEAD; i++) {
            prefetch(entries[i].me_value);
        }
        while (next < size) {
            if (count == pairs) {
                *done = 0;
                break;
            }
            if (size - next > AHEAD) {
                prefetch(entries[next + AHEAD].me_value);
            }
            PyObject *key = entries[next].me_key, *value = entries[next].me_value;
            next++;
            if (value == NULL) {
                continue;
            }
            if (!view_pair(key, value, next, &values[2 * count++])) {
                *done = next >= size;
                break;
            }
        }
    }
    else {
        PyObject *key, *value;
        while (PyDict_Next(dict, &next, &key, &value)) {
            if (!view_pair(key, value, next, &values[2 * count++]) || count == pairs) {
                *done = 0;
                break;
            }
        }
    }
    *position = next;
    return count;
}

Py_ssize_t
shim_locked_list_items(PyObject *list, Py_ssize_t index, shim_value *values, Py_ssize_t count, int *done)
{
    PyObject *const *items;
    Py_ssize_t size, taken = 0;
    if (PyList_Check(list)) {
        items = ((PyListObject *)list)->ob_item;
        size = PyList_GET_SIZE(list);
    }
    else {
        items = &PyTuple_GET_ITEM(list, 0);
        size = PyTuple_GET_SIZE(list);
    }
    while (taken < count && index < size) {
        if (size - index > AHEAD) {
            prefetch(items[index + AHEAD]);
        }
        view(items[index++], &values[taken++]);
        if (!is_leaf(&values[taken - 1])) {
            break;
        }
    }
    *done = index >= size;
    return taken;
}
