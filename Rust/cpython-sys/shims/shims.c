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

PyObject *
shim_PyBytes_new(Py_ssize_t size, unsigned char **start)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes != NULL) {
        *start = (unsigned char *)PyBytes_AS_STRING(bytes);
    }
    return bytes;
}

int
shim_PyBytes_owns(PyObject *object, const void *memory)
{
    return PyBytes_Check(object) && PyBytes_AS_STRING(object) == memory;
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

static void
add_note(PyObject *exception, PyObject *note)
{
    if (note != NULL) {
        /* A name that is interned only while it is looked up is kept for ever when memory runs out then. */
        PyObject *name = PyUnicode_InternFromString("add_note"), *result = NULL;
        if (name != NULL) {
            result = PyObject_CallMethodObjArgs(PyExc_BaseException, name, exception, note, NULL);
            Py_DECREF(name);
        }
        Py_DECREF(note);
        if (result != NULL) {
            Py_DECREF(result);
            PyErr_SetRaisedException(exception);
            return;
        }
    }
    _PyErr_ChainExceptions1(exception);
}

void
shim_add_note_of_item(PyObject *container, PyObject *key, Py_ssize_t index)
{
    PyObject *exception = PyErr_GetRaisedException();
    if (exception == NULL) {
        return;
    }
    add_note(exception, key != NULL ? PyUnicode_FromFormat("when serializing %T item %R", container, key)
                                    : PyUnicode_FromFormat("when serializing %T item %zd", container, index));
}

void
shim_add_note_of_object(PyObject *object)
{
    PyObject *exception = PyErr_GetRaisedException();
    if (exception == NULL) {
        return;
    }
    add_note(exception, PyUnicode_FromFormat("when serializing %T object", object));
}

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
    else if (PyList_Check(object) || PyTuple_Check(object)) {
        value->tag = SHIM_LIST;
        value->kind = PyList_CheckExact(object) || PyTuple_CheckExact(object);
    }
    else if (PyDict_Check(object)) {
        value->tag = SHIM_DICT;
        value->kind = PyDict_CheckExact(object);
    }
    else if (PyFloat_Check(object)) {
        value->tag = SHIM_FLOAT;
        value->real = PyFloat_AS_DOUBLE(object);
    }
    else {
        value->tag = SHIM_OTHER;
    }
}

static inline int
is_scalar(const shim_value *value)
{
    return value->tag >= SHIM_NONE && value->tag <= SHIM_FLOAT;
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

Py_ssize_t
shim_dict_items(PyObject *dict, Py_ssize_t *position, shim_value *values, Py_ssize_t pairs, int *done)
{
    Py_ssize_t found = 0, count = 0, next = *position;
    Py_BEGIN_CRITICAL_SECTION(dict);
    /* First the pointers and then the objects: their memory arrives while other work is done. */
    while (found < pairs && PyDict_Next(dict, &next, &values[2 * found].object, &values[2 * found + 1].object)) {
        prefetch(values[2 * found].object);
        prefetch(values[2 * found + 1].object);
        /* Where to go on behind this pair. */
        values[2 * found].length = next;
        found++;
    }
    while (count < found) {
        shim_value *pair = &values[2 * count];
        *position = pair->length;
        view(Py_NewRef(pair[0].object), &pair[0]);
        view(Py_NewRef(pair[1].object), &pair[1]);
        count++;
        if (!is_scalar(&pair[1])) {
            break;
        }
    }
    Py_END_CRITICAL_SECTION();
    /* Whatever is done with a value that is no scalar may add to the dict. */
    *done = count == found && found < pairs && (count == 0 || is_scalar(&values[2 * count - 1]));
    return count;
}

int
shim_dict_set_owned(PyObject *dict, PyObject **pairs, Py_ssize_t count)
{
    int result = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *key = pairs[2 * i], *value = pairs[2 * i + 1];
        if (result == 0) {
            result = PyDict_SetItem(dict, key, value);
        }
        Py_DECREF(key);
        Py_DECREF(value);
    }
    return result;
}

/* How many items ahead of the one that is looked at memory is asked for. */
#define AHEAD 6

static inline Py_ssize_t
take_items(PyObject *const *items, Py_ssize_t size, shim_value *values, Py_ssize_t count)
{
    Py_ssize_t taken = 0;
    if (count > size) {
        count = size;
    }
    while (taken < count) {
        if (taken + AHEAD < size) {
            prefetch(items[taken + AHEAD]);
        }
        view(Py_NewRef(items[taken]), &values[taken]);
        taken++;
        if (!is_scalar(&values[taken - 1])) {
            break;
        }
    }
    return taken;
}

Py_ssize_t
shim_list_items(PyObject *list, Py_ssize_t index, shim_value *values, Py_ssize_t count)
{
    Py_ssize_t rest, taken = 0;
    if (!PyList_Check(list)) {
        rest = PyTuple_GET_SIZE(list) - index;
        return rest > 0 ? take_items(&PyTuple_GET_ITEM(list, index), rest, values, count) : 0;
    }
    Py_BEGIN_CRITICAL_SECTION(list);
    rest = PyList_GET_SIZE(list) - index;
    if (rest > 0) {
        taken = take_items(((PyListObject *)list)->ob_item + index, rest, values, count);
    }
    Py_END_CRITICAL_SECTION();
    return taken;
}

void
shim_PyErr_Format_repr(PyObject *exception, const char *prefix, PyObject *object)
{
    PyErr_Format(exception, "%s%R", prefix, object);
}

void
shim_PyErr_Format_type(PyObject *exception, const char *prefix, PyObject *object, int limit)
{
    PyErr_Format(exception, "%s%.*s", prefix, limit, Py_TYPE(object)->tp_name);
}

int
shim_PyLong_Check(PyObject *object)
{
    return PyLong_Check(object);
}

PyObject *
shim_PyLong_Type_repr(PyObject *integer)
{
    return PyLong_Type.tp_repr(integer);
}

PyObject *
shim_PyUnicode_New_ascii(Py_ssize_t length, unsigned char **data)
{
    PyObject *string = PyUnicode_New(length, 0x7F);
    if (string != NULL) {
        *data = PyUnicode_1BYTE_DATA(string);
    }
    return string;
}

void *
shim_PyUnicode_DATA(PyObject *string)
{
    return PyUnicode_DATA(string);
}

int
shim_PyUnicode_KIND(PyObject *string)
{
    return PyUnicode_KIND(string);
}

void
shim_release(shim_value *values, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_DECREF(values[i].object);
    }
}

PyObject *
shim_tuple_of_one(PyObject *item)
{
    PyObject *tuple = PyTuple_New(1);
    if (tuple == NULL) {
        Py_DECREF(item);
        return NULL;
    }
    PyTuple_SET_ITEM(tuple, 0, item);
    return tuple;
}

PyObject *
shim_tuple_of_two(PyObject *first, PyObject *second)
{
    PyObject *tuple = PyTuple_New(2);
    if (tuple == NULL) {
        Py_DECREF(first);
        Py_DECREF(second);
        return NULL;
    }
    PyTuple_SET_ITEM(tuple, 0, first);
    PyTuple_SET_ITEM(tuple, 1, second);
    return tuple;
}

int
shim_tuple_two_items(PyObject *tuple, PyObject **first, PyObject **second)
{
    if (!PyTuple_Check(tuple) || PyTuple_GET_SIZE(tuple) != 2) {
        return 0;
    }
    *first = Py_NewRef(PyTuple_GET_ITEM(tuple, 0));
    *second = Py_NewRef(PyTuple_GET_ITEM(tuple, 1));
    return 1;
}

void
shim_view(PyObject *object, shim_value *value)
{
    view(object, value);
}

/* The value of an int, unless it takes more than 64 bits. */
static inline int
read_int(PyObject *object, int64_t *value)
{
    if (PyUnstable_Long_IsCompact((PyLongObject *)object)) {
        *value = PyUnstable_Long_CompactValue((PyLongObject *)object);
        return 1;
    }
    int overflow;
    *value = PyLong_AsLongLongAndOverflow(object, &overflow);
    return !overflow;
}

static inline int
read_number(PyObject *object, int64_t *bits)
{
    if (PyFloat_CheckExact(object)) {
        double value = PyFloat_AS_DOUBLE(object);
        memcpy(bits, &value, sizeof(value));
        return SHIM_ITEM_FLOAT;
    }
    if (PyLong_CheckExact(object)) {
        return read_int(object, bits) ? SHIM_ITEM_INT : SHIM_ITEM_OTHER;
    }
    if (PyBool_Check(object)) {
        *bits = Py_IsTrue(object);
        return SHIM_ITEM_BOOL;
    }
    return SHIM_ITEM_OTHER;
}

Py_ssize_t
shim_array_numbers(PyObject *const *items, Py_ssize_t count, unsigned char *kinds, int64_t *bits)
{
    Py_ssize_t done = 0;
    while (done < count && (kinds[done] = read_number(items[done], &bits[done])) != SHIM_ITEM_OTHER) {
        done++;
    }
    return done;
}

Py_ssize_t
shim_list_numbers(PyObject *list, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits,
                  Py_ssize_t *size)
{
    Py_ssize_t done = 0;
    /* Whoever takes an item out of a list holds this lock, and nothing below can give it up: no call allocates,
       blocks or runs Python code. So the items live as long as they are looked at. */
    Py_BEGIN_CRITICAL_SECTION(list);
    *size = PyList_GET_SIZE(list);
    Py_ssize_t rest = *size - start;
    if (rest > 0) {
        PyObject **items = ((PyListObject *)list)->ob_item + start;
        done = shim_array_numbers(items, rest < count ? rest : count, kinds, bits);
    }
    Py_END_CRITICAL_SECTION();
    return done;
}

Py_ssize_t
shim_tuple_numbers(PyObject *tuple, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits,
                   Py_ssize_t *size)
{
    *size = PyTuple_GET_SIZE(tuple);
    Py_ssize_t rest = *size - start;
    return rest <= 0 ? 0 : shim_array_numbers(&PyTuple_GET_ITEM(tuple, start), rest < count ? rest : count, kinds, bits);
}

static inline int
read_double(PyObject *object, double *value)
{
    if (PyFloat_CheckExact(object)) {
        *value = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    int64_t integer;
    if (PyLong_CheckExact(object) && read_int(object, &integer)) {
        *value = (double)integer;
        return 1;
    }
    return 0;
}

Py_ssize_t
shim_array_doubles(PyObject *const *items, Py_ssize_t count, double *values)
{
    Py_ssize_t done = 0;
    while (done < count && read_double(items[done], &values[done])) {
        done++;
    }
    return done;
}

Py_ssize_t
shim_list_doubles(PyObject *list, Py_ssize_t start, Py_ssize_t count, double *values, Py_ssize_t *size)
{
    Py_ssize_t done = 0;
    /* As in shim_list_numbers. */
    Py_BEGIN_CRITICAL_SECTION(list);
    *size = PyList_GET_SIZE(list);
    Py_ssize_t rest = *size - start;
    if (rest > 0) {
        PyObject **items = ((PyListObject *)list)->ob_item + start;
        done = shim_array_doubles(items, rest < count ? rest : count, values);
    }
    Py_END_CRITICAL_SECTION();
    return done;
}

Py_ssize_t
shim_tuple_doubles(PyObject *tuple, Py_ssize_t start, Py_ssize_t count, double *values, Py_ssize_t *size)
{
    *size = PyTuple_GET_SIZE(tuple);
    Py_ssize_t rest = *size - start;
    return rest <= 0 ? 0 : shim_array_doubles(&PyTuple_GET_ITEM(tuple, start), rest < count ? rest : count, values);
}

int
shim_small_int(PyObject *object, int64_t *value)
{
    return PyLong_CheckExact(object) && read_int(object, value);
}

int
shim_iter_number(PyObject *iterator, int64_t *bits, PyObject **item)
{
    PyObject *next = Py_TYPE(iterator)->tp_iternext(iterator);
    if (next == NULL) {
        if (PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
                return SHIM_ITEM_ERROR;
            }
            PyErr_Clear();
        }
        return SHIM_ITEM_END;
    }
    int kind = read_number(next, bits);
    if (kind == SHIM_ITEM_OTHER) {
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
