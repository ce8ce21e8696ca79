#include "shims.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

void
shim_copy_shared(void *target, const void *source, Py_ssize_t size)
{
    memcpy(target, source, (size_t)size);
}

int
shim_equal_shared(const void *a, const void *b, Py_ssize_t size)
{
    return memcmp(a, b, (size_t)size) == 0;
}

void
shim_move_shared(void *target, const void *source, Py_ssize_t size)
{
    memmove(target, source, (size_t)size);
}

int
shim_PyBytes_Check(PyObject *object)
{
    return PyBytes_Check(object);
}

_Static_assert(offsetof(PyObject, ob_type) == SHIM_TYPE_OFFSET, "SHIM_TYPE_OFFSET");
_Static_assert(offsetof(PyBytesObject, ob_sval) == SHIM_BYTES_OFFSET, "SHIM_BYTES_OFFSET");

/* What cpython-api's thread.rs knows of objects. */
_Static_assert(offsetof(PyObject, ob_tid) == 0 && offsetof(PyObject, ob_mutex) == SIZEOF_VOID_P + 2
               && offsetof(PyObject, ob_ref_local) == SIZEOF_VOID_P + 4 && offsetof(PyObject, ob_ref_shared) == SIZEOF_VOID_P + 8
               && offsetof(PyASCIIObject, length) == 3 * SIZEOF_VOID_P + 8, "thread.rs has another layout of objects");
_Static_assert(_Py_IMMORTAL_REFCNT_LOCAL == UINT32_MAX, "thread.rs has another count for immortal objects");

size_t
shim_thread_id(void)
{
    return _Py_ThreadId();
}

const char *
shim_tp_name(PyTypeObject *type)
{
    return type->tp_name;
}

int
shim_PyUnicode_Check(PyObject *object)
{
    return PyUnicode_Check(object);
}

int
shim_PyUnicode_character(PyObject *object)
{
    if (!PyUnicode_CheckExact(object) || PyUnicode_GET_LENGTH(object) != 1) {
        return -1;
    }
    return (int)PyUnicode_READ_CHAR(object, 0);
}

PyTypeObject *
shim_test_type(rust_instance (*instance)(void))
{
    const rust_class definition = {
        .name = "test.Instance",
        .instance = instance,
        .flags = Py_TPFLAGS_MANAGED_WEAKREF,
    };
    return rust_class_new(NULL, &definition);
}

static int *test_moved;

static int
test_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    int result = PyBuffer_FillInfo(view, self, "abc", 3, 1, flags);
    view->internal = view;
    return result;
}

static void
test_releasebuffer(PyObject *Py_UNUSED(self), Py_buffer *view)
{
    *test_moved += view->internal != view;
}

PyObject *
shim_test_exporter(int *moved)
{
    PyType_Slot slots[] = {
        {Py_bf_getbuffer, test_getbuffer},
        {Py_bf_releasebuffer, test_releasebuffer},
        {0, NULL}
    };
    PyType_Spec spec = {.name = "test.Exporter", .flags = Py_TPFLAGS_DEFAULT, .slots = slots};
    PyObject *type = PyType_FromSpec(&spec);
    PyObject *object = type == NULL ? NULL : PyObject_CallNoArgs(type);
    Py_XDECREF(type);
    test_moved = moved;
    return object;
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
        /* PyUnicode_1BYTE_DATA would read flags that have just been written one by one, and wait until they are stored.
           A new ASCII string has its characters after the header. */
        assert(PyUnicode_IS_COMPACT_ASCII(string));
        *data = (unsigned char *)((PyASCIIObject *)string + 1);
    }
    return string;
}

PyObject *
shim_PyUnicode_New_wide(Py_ssize_t length, Py_UCS4 max_character, void **data)
{
    PyObject *string = PyUnicode_New(length, max_character);
    if (string != NULL) {
        /* As above; the characters of other strings come after a longer header. */
        assert(PyUnicode_IS_COMPACT(string) && !PyUnicode_IS_ASCII(string));
        *data = (PyCompactUnicodeObject *)string + 1;
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

int
shim_PyUnicode_IS_ASCII(PyObject *string)
{
    return PyUnicode_IS_ASCII(string);
}

int
shim_audit(const char *event, PyObject *const *arguments, int count)
{
    /* The format says how many are used. Without its parentheses a single tuple would be taken for the arguments. */
    static const char *const formats[SHIM_MOST_AUDITED + 1] = {"", "(O)", "(OO)", "(OOO)"};
    return PySys_Audit(event, formats[count], arguments[0], arguments[1], arguments[2]);
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

/* read_int() for an int that is not small: a function of its own, so that those which inline read_int() stay short. */
static Py_NO_INLINE int
read_other_int(PyObject *object, int64_t *value)
{
    enum { FULL = 63 / PyLong_SHIFT };
    const _PyLongValue *integer = &((PyLongObject *)object)->long_value;
    size_t count = integer->lv_tag >> _PyLong_NON_SIZE_BITS;
    if (count > FULL + 1) {
        return 0;
    }
    if (count == FULL + 1 && integer->ob_digit[FULL] >> (63 % PyLong_SHIFT) != 0) {
        int overflow;
        *value = PyLong_AsLongLongAndOverflow(object, &overflow);
        return !overflow;
    }
    int64_t magnitude = 0;
    for (size_t i = count; i-- > 0; ) {
        magnitude = magnitude << PyLong_SHIFT | integer->ob_digit[i];
    }
    *value = (integer->lv_tag & _PyLong_SIGN_MASK) == 0 ? magnitude : -magnitude;
    return 1;
}

/* The value of an int, unless it takes more than 64 bits. */
static inline int
read_int(PyObject *object, int64_t *value)
{
    if (PyUnstable_Long_IsCompact((PyLongObject *)object)) {
        *value = PyUnstable_Long_CompactValue((PyLongObject *)object);
        return 1;
    }
    return read_other_int(object, value);
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
    for (;;) {
        /* Usually all items are floats or none is, so floats have a loop of their own. */
        for (; done < count && PyFloat_CheckExact(items[done]); done++) {
            double value = PyFloat_AS_DOUBLE(items[done]);
            memcpy(&bits[done], &value, sizeof(value));
            kinds[done] = SHIM_ITEM_FLOAT;
        }
        if (done == count || (kinds[done] = read_number(items[done], &bits[done])) == SHIM_ITEM_OTHER) {
            return done;
        }
        done++;
    }
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

/* read_double() for what is neither a float nor a small int: a function of its own, so that the loops over those stay short. */
static Py_NO_INLINE int
read_other_double(PyObject *object, double *value)
{
    if (PyLong_CheckExact(object)) {
        /* Rounded as float() does, and without an error as long as the digits have fewer bits than a double's range. */
        size_t digits = ((PyLongObject *)object)->long_value.lv_tag >> _PyLong_NON_SIZE_BITS;
        if (digits <= DBL_MAX_EXP / PyLong_SHIFT) {
            *value = PyLong_AsDouble(object);
            return 1;
        }
    }
    else if (PyBool_Check(object)) {
        *value = object == Py_True;
        return 1;
    }
    return 0;
}

static inline int
is_small_int(PyObject *object)
{
    return PyLong_CheckExact(object) && PyUnstable_Long_IsCompact((PyLongObject *)object);
}

static inline int
read_double(PyObject *object, double *value)
{
    if (PyFloat_CheckExact(object)) {
        *value = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    if (is_small_int(object)) {
        *value = (double)PyUnstable_Long_CompactValue((PyLongObject *)object);
        return 1;
    }
    return read_other_double(object, value);
}

Py_ssize_t
shim_array_doubles(PyObject *const *items, Py_ssize_t count, double *values)
{
    Py_ssize_t done = 0;
    while (done < count) {
        /* Usually all items are of the same type, so each type has a loop of its own. */
        Py_ssize_t before = done;
        for (; done < count && PyFloat_CheckExact(items[done]); done++) {
            values[done] = PyFloat_AS_DOUBLE(items[done]);
        }
        for (; done < count && is_small_int(items[done]); done++) {
            values[done] = (double)PyUnstable_Long_CompactValue((PyLongObject *)items[done]);
        }
        if (done == before) {
            if (!read_other_double(items[done], &values[done])) {
                break;
            }
            done++;
        }
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

static Py_ssize_t
read_differences(PyObject *const *x, PyObject *const *y, Py_ssize_t size, double *differences)
{
    for (Py_ssize_t i = 0; i < size; i++) {
        double minuend, subtrahend;
        if (!read_double(x[i], &minuend) || !read_double(y[i], &subtrahend)) {
            return -1;
        }
        differences[i] = minuend - subtrahend;
    }
    return size;
}

Py_ssize_t
shim_few_differences(PyObject *x, PyObject *y, Py_ssize_t count, double *differences)
{
    Py_ssize_t done = -1;
    if (PyTuple_Check(x) && PyTuple_Check(y)) {
        Py_ssize_t size = PyTuple_GET_SIZE(x);
        if (size <= count && size == PyTuple_GET_SIZE(y)) {
            done = read_differences(&PyTuple_GET_ITEM(x, 0), &PyTuple_GET_ITEM(y, 0), size, differences);
        }
    }
    else if (PyList_CheckExact(x) && PyList_CheckExact(y)) {
        /* As in shim_list_numbers. */
        Py_BEGIN_CRITICAL_SECTION2(x, y);
        Py_ssize_t size = PyList_GET_SIZE(x);
        if (size <= count && size == PyList_GET_SIZE(y)) {
            done = read_differences(((PyListObject *)x)->ob_item, ((PyListObject *)y)->ob_item, size, differences);
        }
        Py_END_CRITICAL_SECTION2();
    }
    return done;
}

static inline int
read_bits(PyObject *object, int64_t *bits)
{
    double value;
    if (!read_double(object, &value)) {
        return 0;
    }
    memcpy(bits, &value, sizeof(value));
    return 1;
}

/* Reads one pair: of doubles if one of the two is a float, and of ints if both are. */
static inline int
read_pair(PyObject *x, PyObject *y, int64_t *first, int64_t *second)
{
    if (PyLong_CheckExact(x) && PyLong_CheckExact(y)) {
        return read_int(x, first) && read_int(y, second) ? SHIM_ITEM_INT : SHIM_ITEM_OTHER;
    }
    if (!PyFloat_CheckExact(x) && !PyFloat_CheckExact(y)) {
        return SHIM_ITEM_OTHER;
    }
    return read_bits(x, first) && read_bits(y, second) ? SHIM_ITEM_FLOAT : SHIM_ITEM_OTHER;
}

static int
read_pairs(PyObject *const *x, PyObject *const *y, Py_ssize_t size, int64_t *first, int64_t *second)
{
    if (size == 0) {
        return SHIM_ITEM_OTHER;
    }
    int kind = read_pair(x[0], y[0], &first[0], &second[0]);
    for (Py_ssize_t i = 1; i < size && kind != SHIM_ITEM_OTHER; i++) {
        if (read_pair(x[i], y[i], &first[i], &second[i]) != kind) {
            return SHIM_ITEM_OTHER;
        }
    }
    return kind;
}

int
shim_few_pairs(PyObject *x, PyObject *y, Py_ssize_t count, int64_t *first, int64_t *second, Py_ssize_t *size)
{
    int kind = SHIM_ITEM_OTHER;
    if (PyTuple_CheckExact(x) && PyTuple_CheckExact(y)) {
        *size = PyTuple_GET_SIZE(x);
        if (*size <= count && *size == PyTuple_GET_SIZE(y)) {
            kind = read_pairs(&PyTuple_GET_ITEM(x, 0), &PyTuple_GET_ITEM(y, 0), *size, first, second);
        }
    }
    else if (PyList_CheckExact(x) && PyList_CheckExact(y)) {
        /* As in shim_list_numbers. */
        Py_BEGIN_CRITICAL_SECTION2(x, y);
        *size = PyList_GET_SIZE(x);
        if (*size <= count && *size == PyList_GET_SIZE(y)) {
            kind = read_pairs(((PyListObject *)x)->ob_item, ((PyListObject *)y)->ob_item, *size, first, second);
        }
        Py_END_CRITICAL_SECTION2();
    }
    return kind;
}

/* The next item of an iterator, a new reference; or NULL and SHIM_ITEM_END or SHIM_ITEM_ERROR. */
static inline PyObject *
next_of(PyObject *iterator, int *end)
{
    /* The class of an object can change, and a class can lose its __next__, after iter() has made sure of it. */
    iternextfunc iternext = Py_TYPE(iterator)->tp_iternext;
    if (iternext == NULL) {
        PyErr_Format(PyExc_TypeError, "'%.100s' object is not an iterator", Py_TYPE(iterator)->tp_name);
        *end = SHIM_ITEM_ERROR;
        return NULL;
    }
    PyObject *next = iternext(iterator);
    if (next == NULL) {
        *end = SHIM_ITEM_END;
        if (PyErr_Occurred()) {
            if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
                PyErr_Clear();
            }
            else {
                *end = SHIM_ITEM_ERROR;
            }
        }
    }
    return next;
}

static inline int
iter_double(PyObject *iterator, double *value, PyObject **item)
{
    int end;
    PyObject *next = next_of(iterator, &end);
    if (next == NULL) {
        return end;
    }
    if (!read_double(next, value)) {
        *item = next;
        return SHIM_ITEM_OTHER;
    }
    Py_DECREF(next);
    return SHIM_ITEM_FLOAT;
}

int
shim_iter_double(PyObject *iterator, double *value, PyObject **item)
{
    return iter_double(iterator, value, item);
}

int
shim_iter_doubles(PyObject *iterator, Py_ssize_t count, double limit, double *values, Py_ssize_t *done,
                  PyObject **item)
{
    int kind = SHIM_ITEM_FLOAT;
    Py_ssize_t read;
    for (read = 0; read < count; read++) {
        kind = iter_double(iterator, &values[read], item);
        if (kind != SHIM_ITEM_FLOAT) {
            break;
        }
        /* A NaN is not below it either. */
        if (!(fabs(values[read]) < limit)) {
            read++;
            break;
        }
    }
    *done = read;
    return kind;
}

int
shim_small_int(PyObject *object, int64_t *value)
{
    return PyLong_CheckExact(object) && read_int(object, value);
}

const int shim_digit_size = sizeof(digit);

int
shim_int_magnitude(PyObject *object, uint64_t *words)
{
    if (!PyLong_CheckExact(object)) {
        return 0;
    }
    PyLongObject *integer = (PyLongObject *)object;
    if (PyUnstable_Long_IsCompact(integer)) {
        Py_ssize_t value = PyUnstable_Long_CompactValue(integer);
        words[0] = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        words[1] = 0;
        return value < 0 ? -1 : 1;
    }
    size_t count = integer->long_value.lv_tag >> _PyLong_NON_SIZE_BITS;
    if (count > 128 / PyLong_SHIFT + 1) {
        return 0;
    }
    /* Only the highest digit can be one too many. */
    digit highest = integer->long_value.ob_digit[count - 1];
    if (count == 128 / PyLong_SHIFT + 1 && highest >> (128 % PyLong_SHIFT) != 0) {
        return 0;
    }
    uint64_t low = 0, high = 0;
    for (size_t i = count; i-- > 0; ) {
        high = high << PyLong_SHIFT | low >> (64 - PyLong_SHIFT);
        low = low << PyLong_SHIFT | integer->long_value.ob_digit[i];
    }
    words[0] = low;
    words[1] = high;
    return 1 - (int)(integer->long_value.lv_tag & _PyLong_SIGN_MASK);
}

int
shim_int_words(PyObject *object, uint64_t *words, int capacity)
{
    if (!PyLong_CheckExact(object)) {
        return -1;
    }
    PyLongObject *integer = (PyLongObject *)object;
    if (PyUnstable_Long_IsCompact(integer)) {
        Py_ssize_t value = PyUnstable_Long_CompactValue(integer);
        words[0] = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        return value < 0 ? 3 : value == 0 ? 0 : 2;
    }
    size_t count = integer->long_value.lv_tag >> _PyLong_NON_SIZE_BITS;
    const digit *digits = integer->long_value.ob_digit;
    if (count > (size_t)capacity * 64 / PyLong_SHIFT) {
        return -1;
    }
    /* Two digits at once are never more than a word. */
    int used = 0, filled = 0;
    uint64_t word = 0;
    for (size_t i = 0; i < count; i += 2) {
        uint64_t pair = digits[i];
        if (i + 1 < count) {
            pair |= (uint64_t)digits[i + 1] << PyLong_SHIFT;
        }
        word |= pair << filled;
        filled += 2 * PyLong_SHIFT;
        if (filled >= 64) {
            words[used++] = word;
            filled -= 64;
            word = pair >> (2 * PyLong_SHIFT - filled);
        }
    }
    if (word != 0) {
        words[used++] = word;
    }
    return 2 * used + ((integer->long_value.lv_tag & _PyLong_SIGN_MASK) == 2);
}

int
shim_int_sign(PyObject *object)
{
    if (!PyLong_CheckExact(object)) {
        return 2;
    }
    return 1 - (int)(((PyLongObject *)object)->long_value.lv_tag & _PyLong_SIGN_MASK);
}

static inline int
iter_number(PyObject *iterator, int64_t *bits, PyObject **item)
{
    int end;
    PyObject *next = next_of(iterator, &end);
    if (next == NULL) {
        return end;
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

int
shim_iter_number(PyObject *iterator, int64_t *bits, PyObject **item)
{
    return iter_number(iterator, bits, item);
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

static inline int
list_number(PyObject *list, Py_ssize_t index, int64_t *bits, PyObject **item)
{
    if (index >= PyList_GET_SIZE(list)) {
        return SHIM_ITEM_END;
    }
    /* One item is had without the list's lock, which costs more than a reference. */
    PyObject *object = PyList_GetItemRef(list, index);
    if (object == NULL) {
        /* Another thread has just taken it out of the list. */
        PyErr_Clear();
        return SHIM_ITEM_END;
    }
    int kind = read_number(object, bits);
    if (kind == SHIM_ITEM_OTHER) {
        *item = object;
    }
    else {
        Py_DECREF(object);
    }
    return kind;
}

int
shim_list_number(PyObject *list, Py_ssize_t index, int64_t *bits, PyObject **item)
{
    return list_number(list, index, bits, item);
}

static inline int
tuple_number(PyObject *tuple, Py_ssize_t index, int64_t *bits, PyObject **item)
{
    if (index >= PyTuple_GET_SIZE(tuple)) {
        return SHIM_ITEM_END;
    }
    PyObject *object = PyTuple_GET_ITEM(tuple, index);
    int kind = read_number(object, bits);
    if (kind == SHIM_ITEM_OTHER) {
        *item = Py_NewRef(object);
    }
    return kind;
}

int
shim_tuple_number(PyObject *tuple, Py_ssize_t index, int64_t *bits, PyObject **item)
{
    return tuple_number(tuple, index, bits, item);
}

/* Reads the next item into a place, and returns its kind. */
static inline int
next_number(shim_numbers *numbers, Py_ssize_t place)
{
    int64_t *bits = &numbers->bits[place];
    int kind;
    if (numbers->index < 0) {
        kind = iter_number(numbers->source, bits, &numbers->item);
    }
    else if (PyTuple_Check(numbers->source)) {
        kind = tuple_number(numbers->source, numbers->index++, bits, &numbers->item);
    }
    else {
        kind = list_number(numbers->source, numbers->index++, bits, &numbers->item);
    }
    numbers->kinds[place] = kind;
    return kind;
}

static inline int
is_number(int kind)
{
    return kind & (SHIM_ITEM_FLOAT | SHIM_ITEM_INT | SHIM_ITEM_BOOL);
}

/* Whether it is the iterator of an array, which runs no Python code. No class that Python code makes has the flag. */
static int
is_array_iterator(PyObject *iterator)
{
    const PyTypeObject *type = Py_TYPE(iterator);
    return PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_IMMUTABLETYPE)
           && strcmp(type->tp_name, "array.arrayiterator") == 0;
}

Py_ssize_t
shim_number_pairs(shim_numbers *x, shim_numbers *y, Py_ssize_t count)
{
    Py_ssize_t done = 0;
    if (x->index >= 0 && y->index < 0 && PyList_CheckExact(x->source) && is_array_iterator(y->source)) {
        /* It cannot be seen that items of the list are read ahead. */
        Py_ssize_t size, start = x->index;
        Py_ssize_t ahead = shim_list_numbers(x->source, start, count, x->kinds, x->bits, &size);
        for (; done < ahead; done++) {
            if (!is_number(next_number(y, done))) {
                x->index = start + done + 1;
                return done;
            }
        }
        x->index = start + done;
    }
    for (; done < count; done++) {
        int x_kind = next_number(x, done);
        if (x_kind == SHIM_ITEM_ERROR) {
            break;
        }
        int y_kind = next_number(y, done);
        if (!is_number(x_kind) || !is_number(y_kind)) {
            break;
        }
    }
    return done;
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

#define DEFINE_CHECK(NAME) int shim_##NAME(PyObject *object) { return NAME(object); }
DEFINE_CHECK(PyAnySet_Check)
DEFINE_CHECK(PyBool_Check)
DEFINE_CHECK(PyByteArray_Check)
DEFINE_CHECK(PyBytes_CheckExact)
DEFINE_CHECK(PyCapsule_CheckExact)
DEFINE_CHECK(PyComplex_Check)
DEFINE_CHECK(PyDict_Check)
DEFINE_CHECK(PyDict_CheckExact)
DEFINE_CHECK(PyFloat_Check)
DEFINE_CHECK(PyFrozenSet_Check)
DEFINE_CHECK(PyList_Check)
DEFINE_CHECK(PyMemoryView_Check)
DEFINE_CHECK(PyModule_Check)
DEFINE_CHECK(PySet_Check)
DEFINE_CHECK(PySlice_Check)
DEFINE_CHECK(PyType_Check)
DEFINE_CHECK(PyUnicode_CheckExact)
DEFINE_CHECK(PyWeakref_Check)

int
shim_PyObject_TypeCheck(PyObject *object, PyObject *type)
{
    return PyType_Check(type) && PyObject_TypeCheck(object, (PyTypeObject *)type);
}

double
shim_PyFloat_AS_DOUBLE(PyObject *object)
{
    return PyFloat_AS_DOUBLE(object);
}

int
shim_PyLong_IsNegative(PyObject *integer)
{
    return PyLong_IsNegative(integer) == 1;
}

int
shim_times(int64_t *time, int64_t *monotonic)
{
    PyTime_t now, ticks;
    if (PyTime_Time(&now) < 0 || PyTime_Monotonic(&ticks) < 0) {
        return -1;
    }
    *time = now;
    *monotonic = ticks;
    return 0;
}

int
shim_hash_int_or_str(PyObject *object, Py_hash_t *hash)
{
    if (PyUnicode_CheckExact(object)) {
        *hash = PyObject_Hash(object);
        return 1;
    }
    if (PyLong_CheckExact(object)) {
        if (PyUnstable_Long_IsCompact((PyLongObject *)object)) {
            Py_ssize_t value = PyUnstable_Long_CompactValue((PyLongObject *)object);
            *hash = value == -1 ? -2 : value;
        }
        else {
            *hash = PyObject_Hash(object);
        }
        return 1;
    }
    return 0;
}

PyObject *const *
shim_tuple_items(PyObject *tuple, Py_ssize_t *count)
{
    *count = PyTuple_GET_SIZE(tuple);
    return ((PyTupleObject *)tuple)->ob_item;
}

PyObject *
shim_tuple_from_borrowed(PyObject *const *items, Py_ssize_t count)
{
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(items[i]));
    }
    return tuple;
}

Py_ssize_t
shim_dict_snapshot(PyObject *dict, PyObject **keys, PyObject **values, Py_ssize_t capacity)
{
    Py_ssize_t count = -1;
    Py_BEGIN_CRITICAL_SECTION(dict);
    if (PyDict_GET_SIZE(dict) <= capacity) {
        PyObject *key, *value;
        Py_ssize_t position = 0;
        for (count = 0; PyDict_Next(dict, &position, &key, &value); count++) {
            keys[count] = Py_NewRef(key);
            values[count] = Py_NewRef(value);
        }
    }
    Py_END_CRITICAL_SECTION();
    return count;
}
