/* The order of objects, and the places of the items of a list. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "shims.h"
#include "pycore_bitutils.h"
#include "pycore_critical_section.h"
#include "pycore_gc.h"
#include "pycore_list.h"
#include "pycore_long.h"
#include "pycore_pystate.h"

#include <string.h>

/* Three-way comparison. */
#define LESS (-1)
#define EQUAL 0
#define GREATER 1
#define UNORDERED 2  /* one is a NaN */
#define UNKNOWN 3

/* Stores the value of an int of at most two digits, most of those that are no longer compact, and returns 1; or returns 0. */
static inline int
two_digits(const PyLongObject *number, int64_t *value)
{
    uintptr_t tag = number->long_value.lv_tag, count = tag >> NON_SIZE_BITS;
    if (count > 2) {
        return 0;
    }
    int64_t magnitude = number->long_value.ob_digit[0];
    if (count == 2) {
        magnitude |= (int64_t)number->long_value.ob_digit[1] << PyLong_SHIFT;
    }
    *value = (1 - (int64_t)(tag & _PyLong_SIGN_MASK)) * magnitude;
    return 1;
}

static int
compare_digits(const PyLongObject *a, const PyLongObject *b)
{
    Py_ssize_t left = _PyLong_SignedDigitCount(a), right = _PyLong_SignedDigitCount(b);
    if (left != right) {
        return left < right ? LESS : GREATER;
    }
    int greater = left < 0 ? LESS : GREATER;
    for (Py_ssize_t i = Py_ABS(left); --i >= 0;) {
        digit x = a->long_value.ob_digit[i], y = b->long_value.ob_digit[i];
        if (x != y) {
            return x > y ? greater : -greater;
        }
    }
    return EQUAL;
}

/* Stores the values of two ints of at most two digits each, and returns 1; or returns 0. */
static inline int
values(const PyLongObject *a, const PyLongObject *b, int64_t *left, int64_t *right)
{
    if (_PyLong_BothAreCompact(a, b)) {
        *left = _PyLong_CompactValue(a);
        *right = _PyLong_CompactValue(b);
        return 1;
    }
    return two_digits(a, left) && two_digits(b, right);
}

static inline int
compare_longs(const PyLongObject *a, const PyLongObject *b)
{
    int64_t left, right;
    return values(a, b, &left, &right) ? (left > right) - (left < right) : compare_digits(a, b);
}

/* Without a branch for the order, which compilers make of a test of the above. */
static inline int
long_lt(const PyLongObject *a, const PyLongObject *b)
{
    int64_t left, right;
    return values(a, b, &left, &right) ? left < right : compare_digits(a, b) == LESS;
}

/* Eight characters as a number of the same order. */
static inline uint64_t
first_eight(const Py_UCS1 *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof(word));
#if PY_LITTLE_ENDIAN
    word = _Py_bswap64(word);
#endif
    return word;
}

static int
compare_strs(PyObject *a, PyObject *b)
{
    if (PyUnicode_KIND(a) != PyUnicode_1BYTE_KIND || PyUnicode_KIND(b) != PyUnicode_1BYTE_KIND) {
        return PyUnicode_Compare(a, b);
    }
    const Py_UCS1 *x = PyUnicode_1BYTE_DATA(a), *y = PyUnicode_1BYTE_DATA(b);
    Py_ssize_t left = PyUnicode_GET_LENGTH(a), right = PyUnicode_GET_LENGTH(b);
    if (left >= 8 && right >= 8) {
        uint64_t i = first_eight(x), j = first_eight(y);
        if (i != j) {
            return i < j ? LESS : GREATER;
        }
    }
    int order = memcmp(x, y, (size_t)Py_MIN(left, right));
    if (order != 0) {
        return order < 0 ? LESS : GREATER;
    }
    return (left > right) - (left < right);
}

static int
compare_floats(PyObject *a, PyObject *b)
{
    double x = PyFloat_AS_DOUBLE(a), y = PyFloat_AS_DOUBLE(b);
    return x < y ? LESS : x > y ? GREATER : x == y ? EQUAL : UNORDERED;
}

/* Compares two objects that are both exactly an int, a float or a str. */
static inline int
compare_scalars(PyObject *a, PyObject *b)
{
    const PyTypeObject *type = Py_TYPE(a);
    if (type != Py_TYPE(b)) {
        return UNKNOWN;
    }
    if (type == &PyLong_Type) {
        return compare_longs((PyLongObject *)a, (PyLongObject *)b);
    }
    if (type == &PyUnicode_Type) {
        return compare_strs(a, b);
    }
    return type == &PyFloat_Type ? compare_floats(a, b) : UNKNOWN;
}

/* tuple.__lt__: the first items that are not equal decide, and then the lengths. The items of a tuple are equal if they
   are one object, whatever their type. */
static int
tuple_lt(PyObject *a, PyObject *b)
{
    Py_ssize_t left = PyTuple_GET_SIZE(a), right = PyTuple_GET_SIZE(b);
    for (Py_ssize_t i = 0; i < left && i < right; i++) {
        PyObject *x = PyTuple_GET_ITEM(a, i), *y = PyTuple_GET_ITEM(b, i);
        if (x != y) {
            int order = compare_scalars(x, y);
            if (order != EQUAL) {
                return order == UNKNOWN ? SHIM_UNKNOWN : order == LESS;
            }
        }
    }
    return left < right;
}

static inline int
exact_lt(PyObject *a, PyObject *b)
{
    const PyTypeObject *type = Py_TYPE(a);
    if (type != Py_TYPE(b)) {
        return SHIM_UNKNOWN;
    }
    if (type == &PyLong_Type) {
        return long_lt((PyLongObject *)a, (PyLongObject *)b);
    }
    if (type == &PyFloat_Type) {
        return PyFloat_AS_DOUBLE(a) < PyFloat_AS_DOUBLE(b);
    }
    if (type == &PyUnicode_Type) {
        return compare_strs(a, b) == LESS;
    }
    return type == &PyTuple_Type ? tuple_lt(a, b) : SHIM_UNKNOWN;
}

int
shim_exact_lt(PyObject *a, PyObject *b)
{
    return exact_lt(a, b);
}

/* The truth of what tp_richcompare of the type of both objects returns for a < b; SHIM_UNKNOWN if the types differ or there
   is none, and SHIM_NOT_IMPLEMENTED if it is NotImplemented. */
static inline int
lt_by_slot(PyObject *a, PyObject *b)
{
    richcmpfunc compare = Py_TYPE(a)->tp_richcompare;
    if (compare == NULL || !Py_IS_TYPE(b, Py_TYPE(a))) {
        return SHIM_UNKNOWN;
    }
    PyObject *result = compare(a, b, Py_LT);
    if (result == Py_True || result == Py_False) {
        return result == Py_True;
    }
    if (result == NULL) {
        return -1;
    }
    int truth = result == Py_NotImplemented ? SHIM_NOT_IMPLEMENTED : PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth;
}

/* PyObject_RichCompareBool(a, b, Py_LT). Objects of one type are asked without a look at what else could be. */
static int
object_lt(PyObject *a, PyObject *b)
{
    int result = lt_by_slot(a, b);
    if (result == SHIM_UNKNOWN) {
        return PyObject_RichCompareBool(a, b, Py_LT);
    }
    if (result != SHIM_NOT_IMPLEMENTED) {
        return result;
    }
    richcmpfunc compare = Py_TYPE(b)->tp_richcompare;
    PyObject *reflected = compare == NULL ? Py_NewRef(Py_NotImplemented) : compare(b, a, Py_GT);
    if (reflected == NULL) {
        return -1;
    }
    if (reflected == Py_NotImplemented) {
        PyErr_Format(PyExc_TypeError, "'<' not supported between instances of '%.100s' and '%.100s'",
                     Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
        result = -1;
    }
    else {
        result = PyObject_IsTrue(reflected);
    }
    Py_DECREF(reflected);
    return result;
}

int
shim_item_lt_item(PyObject *list, PyObject *a, PyObject *b, PyObject ***places, Py_ssize_t *size)
{
    /* Those types are not heap types. */
    int result = PyType_HasFeature(Py_TYPE(a), Py_TPFLAGS_HEAPTYPE) ? SHIM_UNKNOWN : exact_lt(a, b);
    if (result != SHIM_UNKNOWN) {
        return result;
    }
    Py_INCREF(a);
    Py_INCREF(b);
    result = object_lt(a, b);
    Py_DECREF(a);
    Py_DECREF(b);
    *places = shim_locked_list_places(list, size);
    return result;
}

int
shim_item_lt(PyObject *sequence, Py_ssize_t index, PyObject *key, PyObject *other, int other_first, int *by_slot)
{
    const PySequenceMethods *methods = Py_TYPE(sequence)->tp_as_sequence;
    PyObject *item = methods != NULL && methods->sq_item != NULL ? methods->sq_item(sequence, index)
                                                                  : PySequence_GetItem(sequence, index);
    if (item != NULL && key != NULL) {
        Py_SETREF(item, PyObject_CallOneArg(key, item));
    }
    if (item == NULL) {
        return -1;
    }
    PyObject *a = other_first ? other : item, *b = other_first ? item : other;
    int result = exact_lt(a, b);
    if (result == SHIM_UNKNOWN) {
        result = *by_slot ? lt_by_slot(a, b) : SHIM_UNKNOWN;
        if (result == SHIM_NOT_IMPLEMENTED) {
            *by_slot = 0;
        }
        if (result >= SHIM_UNKNOWN) {
            result = PyObject_RichCompareBool(a, b, Py_LT);
        }
    }
    Py_DECREF(item);
    return result;
}

int
shim_has_sq_item(PyObject *object)
{
    const PySequenceMethods *methods = Py_TYPE(object)->tp_as_sequence;
    return methods != NULL && methods->sq_item != NULL;
}

PyObject **
shim_locked_list_places(PyObject *list, Py_ssize_t *size)
{
    *size = PyList_GET_SIZE(list);
    return ((PyListObject *)list)->ob_item;
}

/* Whether no other thread reads the items of a list whose lock the caller holds, as in CPython 3.15's list_ass_slice(). The
   first thread that does waits for the lock, to note that the list is shared. */
static int
is_unshared(PyObject *list)
{
    return _Py_IsOwnedByCurrentThread(list) && !_PyObject_GC_IS_SHARED(list);
}

/* How many items PyList_Insert(), which stores one pointer at a time, moves in less time than the function below. */
#define SHORT_TAIL 16

int
shim_list_insert(PyObject *list, Py_ssize_t index, PyObject *item)
{
    int result;
    Py_BEGIN_CRITICAL_SECTION(list);
    if (index < 0 || index >= PyList_GET_SIZE(list) - SHORT_TAIL || !is_unshared(list)) {
        result = PyList_Insert(list, index, item);
    }
    else {
        result = _PyList_AppendTakeRef((PyListObject *)list, Py_NewRef(item));
        /* Making room may have given up the lock, so everything is looked at again. */
        Py_ssize_t last = PyList_GET_SIZE(list) - 1;
        PyObject **items = ((PyListObject *)list)->ob_item;
        if (result == 0 && index < last && items[last] == item) {
            if (is_unshared(list)) {
                memmove(&items[index + 1], &items[index], (size_t)(last - index) * sizeof(PyObject *));
            }
            else {
                for (Py_ssize_t i = last; i > index; i--) {
                    _Py_atomic_store_ptr_release(&items[i], items[i - 1]);
                }
            }
            _Py_atomic_store_ptr_release(&items[index], item);
        }
    }
    Py_END_CRITICAL_SECTION();
    return result;
}

int
shim_locked_list_append(PyObject *list, PyObject *item)
{
    return _PyList_AppendTakeRef((PyListObject *)list, item);
}

int
shim_locked_list_pop(PyObject *list, PyObject **item)
{
    PyListObject *self = (PyListObject *)list;
    Py_ssize_t last = PyList_GET_SIZE(list) - 1;
    *item = NULL;
    if (last > 0 && last >= self->allocated >> 1) {
        /* As list_resize() does when the memory stays. */
        *item = self->ob_item[last];
        Py_SET_SIZE(self, last);
    }
    else if (last >= 0) {
        *item = Py_NewRef(self->ob_item[last]);
        if (PyList_SetSlice(list, last, last + 1, NULL) < 0) {
            Py_CLEAR(*item);
            return -1;
        }
    }
    return 0;
}

int
shim_locked_list_keys(PyObject *list, shim_keyed *keys)
{
    PyObject *const *items = ((PyListObject *)list)->ob_item;
    Py_ssize_t size = PyList_GET_SIZE(list);
    if (size == 0) {
        return SHIM_ITEM_OTHER;
    }
    if (PyLong_CheckExact(items[0])) {
        for (Py_ssize_t i = 0; i < size; i++) {
            if (!PyLong_CheckExact(items[i]) || !two_digits((PyLongObject *)items[i], &keys[i].key)) {
                return SHIM_ITEM_OTHER;
            }
            keys[i].item = items[i];
        }
        return SHIM_ITEM_INT;
    }
    if (PyFloat_CheckExact(items[0])) {
        for (Py_ssize_t i = 0; i < size; i++) {
            if (!PyFloat_CheckExact(items[i])) {
                return SHIM_ITEM_OTHER;
            }
            double value = PyFloat_AS_DOUBLE(items[i]);
            memcpy(&keys[i].key, &value, sizeof(value));
            keys[i].item = items[i];
        }
        return SHIM_ITEM_FLOAT;
    }
    return SHIM_ITEM_OTHER;
}

/* The first eight characters of a str as a number of the same order, with zeros after the end of a shorter one. */
static uint64_t
str_prefix(PyObject *str)
{
    const Py_UCS1 *text = PyUnicode_1BYTE_DATA(str);
    Py_ssize_t length = PyUnicode_GET_LENGTH(str);
    if (length >= 8) {
        return first_eight(text);
    }
    uint64_t word = 0;
    for (Py_ssize_t i = 0; i < 8; i++) {
        word = word << 8 | (i < length ? text[i] : 0);
    }
    return word;
}

/* Stores the key by which items of one kind are ordered and returns 1; or returns 0 if the item is not of the kind: exactly an int
   that fits 60 bits, a float that is not a NaN, or a str (SHIM_ITEM_OTHER) of one byte per character. Strs with the same key
   are compared in full. In a max-heap the order is the reverse one: always what has the smaller key belongs above.

   A sift waits for one key after the other, so each is ready as soon as its memory has been read: branches that are always taken the
   same way are predicted, and the sign, which is not, is a conditional move. Inlined, as the kind is a constant then. */
static inline Py_ALWAYS_INLINE int
read_key(PyObject *item, int kind, int max, int64_t *key)
{
    int64_t value;
    if (kind == SHIM_ITEM_INT) {
        if (!PyLong_CheckExact(item)) {
            return 0;
        }
        const PyLongObject *number = (PyLongObject *)item;
        uintptr_t tag = number->long_value.lv_tag;
        int64_t magnitude = number->long_value.ob_digit[0];
        if (tag >= 2 << NON_SIZE_BITS) {
            if (tag >= 3 << NON_SIZE_BITS) {
                return 0;
            }
            /* Not the value, but of the same order, and the two digits are one word in memory. */
            magnitude |= (int64_t)number->long_value.ob_digit[1] << 32;
        }
        int64_t negative = -magnitude;
        value = (tag & SIGN_NEGATIVE) ? negative : magnitude;
    }
    else if (kind == SHIM_ITEM_FLOAT) {
        if (!PyFloat_CheckExact(item)) {
            return 0;
        }
        double number = PyFloat_AS_DOUBLE(item);
        memcpy(&value, &number, sizeof(value));
        if ((uint64_t)value << 1 > (uint64_t)0x7ff << 53) {
            return 0;
        }
        /* The bits without the sign are ordered as the magnitudes are. Both zeros have the key 0. */
        int64_t negative = (int64_t)(((uint64_t)1 << 63) - (uint64_t)value);
        value = value < 0 ? negative : value;
    }
    else {
        if (!PyUnicode_CheckExact(item) || PyUnicode_KIND(item) != PyUnicode_1BYTE_KIND) {
            return 0;
        }
        uint64_t prefix = PyUnicode_GET_LENGTH(item) >= 8 && PyUnicode_IS_COMPACT_ASCII(item)
                              ? first_eight((const Py_UCS1 *)((PyASCIIObject *)item + 1))
                              : str_prefix(item);
        value = (int64_t)(prefix ^ (uint64_t)1 << 63);
    }
    *key = max ? ~value : value;
    return 1;
}

/* Whether the first item, which has the key x, belongs above the second one. */
static inline Py_ALWAYS_INLINE int
is_above(PyObject *a, int64_t x, PyObject *b, int64_t y, int kind, int max)
{
    if (kind == SHIM_ITEM_OTHER && x == y) {
        return max ? compare_strs(b, a) == LESS : compare_strs(a, b) == LESS;
    }
    return x < y;
}

static inline void
prefetch(const void *address)
{
#if defined(__GNUC__) || defined(__clang__)
    __builtin_prefetch(address);
#else
    (void)address;
#endif
}

/* How many items a heap has at least that is not all in a near cache. */
#define FAR_HEAP (1 << 12)

/* Asks for the memory of the children of four items from an index on, where it has their values, and for the places of their
   children. Not inlined: small heaps need the registers. */
static Py_NO_INLINE void
prefetch_below(PyObject *const *items, Py_ssize_t size, Py_ssize_t index)
{
    Py_ssize_t next = 2 * index + 1;
    if (next + 7 >= size) {
        return;
    }
    for (Py_ssize_t i = next; i < next + 8; i++) {
        prefetch(items[i] + 1);
    }
    for (Py_ssize_t i = 2 * next + 1; i < size && i < 2 * next + 17; i += 8) {
        prefetch(&items[i]);
    }
#if defined(__GNUC__) || defined(__clang__)
    /* Without this, GCC takes the function for one without effects, and leaves out its calls. */
    __asm__ volatile("");
#endif
}

/* Items are moved into a hole, which the item that is sifted fills at the end. Readers that have no lock see one of them twice
   meanwhile: all are alive. */
static inline Py_ALWAYS_INLINE Py_ssize_t
sift_up(PyObject **items, Py_ssize_t top, Py_ssize_t position, int kind, int max)
{
    PyObject *item = items[position];
    int64_t key, other;
    if (!read_key(item, kind, max, &key)) {
        return position;
    }
    Py_ssize_t start = position, left = -1;
    while (position > top) {
        Py_ssize_t parent = (position - 1) >> 1;
        if (!read_key(items[parent], kind, max, &other)) {
            left = position;
            break;
        }
        if (!is_above(item, key, items[parent], other, kind, max)) {
            break;
        }
        _Py_atomic_store_ptr_release(&items[position], items[parent]);
        position = parent;
    }
    if (position != start) {
        _Py_atomic_store_ptr_release(&items[position], item);
    }
    return left;
}

/* condition ? x : y without a branch, which compilers may make of that. */
static inline Py_ALWAYS_INLINE intptr_t
either(int condition, intptr_t x, intptr_t y)
{
    return (x & -(intptr_t)condition) | (y & ((intptr_t)condition - 1));
}

static inline Py_ALWAYS_INLINE Py_ssize_t
sift_down(PyObject **items, Py_ssize_t size, Py_ssize_t top, int kind, int max)
{
    PyObject *item = items[top];
    int64_t key, left, right;
    if (!read_key(item, kind, max, &key)) {
        return top;
    }
    Py_ssize_t position = top;
    int pairs = 1;
    while (position < size >> 1) {
        Py_ssize_t child = 2 * position + 1, next = 2 * child + 1;
        if (pairs && next + 3 < size) {
            /* Which child and which of its children belong above: three comparisons that do not wait for each other take less
               time than two that do. */
            int64_t keys[6];
            if (size >= FAR_HEAP) {
                prefetch_below(items, size, next);
            }
            pairs = read_key(items[child], kind, max, &keys[0]) && read_key(items[child + 1], kind, max, &keys[1])
                    && read_key(items[next], kind, max, &keys[2]) && read_key(items[next + 1], kind, max, &keys[3])
                    && read_key(items[next + 2], kind, max, &keys[4]) && read_key(items[next + 3], kind, max, &keys[5]);
            if (kind == SHIM_ITEM_OTHER) {
                /* One branch, as three would tell the order, too. */
                pairs = pairs && !((keys[0] == keys[1]) | (keys[2] == keys[3]) | (keys[4] == keys[5]));
            }
            if (pairs) {
                int first = keys[0] < keys[1];
                Py_ssize_t below_first = next + !(keys[2] < keys[3]), below_second = next + 2 + !(keys[4] < keys[5]);
                child += !first;
                next = either(first, below_first, below_second);
                _Py_atomic_store_ptr_release(&items[position], items[child]);
                _Py_atomic_store_ptr_release(&items[child], items[next]);
                position = next;
                continue;
            }
        }
        if (!read_key(items[child], kind, max, &left)
            || (child + 1 < size && !read_key(items[child + 1], kind, max, &right))) {
            _Py_atomic_store_ptr_release(&items[position], item);
            return position;
        }
        if (child + 1 < size) {
            child += !is_above(items[child], left, items[child + 1], right, kind, max);
        }
        _Py_atomic_store_ptr_release(&items[position], items[child]);
        position = child;
    }
    /* Most items stay in the leaf or go up by one, which nothing predicts: so this takes no branch. */
    Py_ssize_t parent = (position - 1) >> 1, above = (parent - 1) >> 1;
    if (kind != SHIM_ITEM_OTHER && position > top && parent > top && read_key(items[parent], kind, max, &left)
        && read_key(items[above], kind, max, &right)) {
        int up = key < left;
        if (!(up & (key < right))) {
            PyObject *other = items[parent];
            _Py_atomic_store_ptr_release(&items[position], (PyObject *)either(up, (intptr_t)other, (intptr_t)item));
            _Py_atomic_store_ptr_release(&items[parent], (PyObject *)either(up, (intptr_t)item, (intptr_t)other));
            return -1;
        }
    }
    /* All items on the way are of the kind. */
    while (position > top) {
        parent = (position - 1) >> 1;
        if (!read_key(items[parent], kind, max, &left) || !is_above(item, key, items[parent], left, kind, max)) {
            break;
        }
        _Py_atomic_store_ptr_release(&items[position], items[parent]);
        position = parent;
    }
    _Py_atomic_store_ptr_release(&items[position], item);
    return -1;
}

Py_ssize_t
shim_locked_list_sift_up(PyObject *list, Py_ssize_t top, Py_ssize_t position, int max)
{
    PyObject **items = ((PyListObject *)list)->ob_item;
    const PyTypeObject *type = Py_TYPE(items[position]);
    if (type == &PyLong_Type) {
        return max ? sift_up(items, top, position, SHIM_ITEM_INT, 1) : sift_up(items, top, position, SHIM_ITEM_INT, 0);
    }
    if (type == &PyFloat_Type) {
        return max ? sift_up(items, top, position, SHIM_ITEM_FLOAT, 1) : sift_up(items, top, position, SHIM_ITEM_FLOAT, 0);
    }
    if (type == &PyUnicode_Type) {
        return max ? sift_up(items, top, position, SHIM_ITEM_OTHER, 1) : sift_up(items, top, position, SHIM_ITEM_OTHER, 0);
    }
    return position;
}

Py_ssize_t
shim_locked_list_sift_down(PyObject *list, Py_ssize_t top, int max)
{
    PyObject **items = ((PyListObject *)list)->ob_item;
    Py_ssize_t size = PyList_GET_SIZE(list);
    const PyTypeObject *type = Py_TYPE(items[top]);
    if (type == &PyLong_Type) {
        return max ? sift_down(items, size, top, SHIM_ITEM_INT, 1) : sift_down(items, size, top, SHIM_ITEM_INT, 0);
    }
    if (type == &PyFloat_Type) {
        return max ? sift_down(items, size, top, SHIM_ITEM_FLOAT, 1) : sift_down(items, size, top, SHIM_ITEM_FLOAT, 0);
    }
    if (type == &PyUnicode_Type) {
        return max ? sift_down(items, size, top, SHIM_ITEM_OTHER, 1) : sift_down(items, size, top, SHIM_ITEM_OTHER, 0);
    }
    return top;
}

int
shim_holds_lock(PyObject *object)
{
    uintptr_t tagged = _PyThreadState_GET()->critical_section;
    /* The innermost section is active while its thread is attached. */
    const PyCriticalSection *section = (const PyCriticalSection *)(tagged & ~(uintptr_t)_Py_CRITICAL_SECTION_MASK);
    return section != NULL && section->_cs_mutex == &object->ob_mutex;
}

/* How deep tuples in tuples are compared without Python code. */
#define DEEPEST 4

static int eq_items(PyObject *const *x, PyObject *const *y, Py_ssize_t count, int depth);

static int
exact_eq(PyObject *a, PyObject *b, int depth)
{
    if (a == b) {
        return 1;
    }
    const PyTypeObject *left = Py_TYPE(a), *right = Py_TYPE(b);
    if (left == &PyUnicode_Type) {
        if (right == &PyUnicode_Type) {
            return PyUnicode_Equal(a, b);
        }
    }
    else if (left == &PyLong_Type || left == &PyBool_Type) {
        if (right == &PyLong_Type || right == &PyBool_Type) {
            return compare_longs((PyLongObject *)a, (PyLongObject *)b) == EQUAL;
        }
        if (right == &PyFloat_Type) {
            return SHIM_UNKNOWN;
        }
    }
    else if (left == &PyFloat_Type) {
        if (right == &PyFloat_Type) {
            return PyFloat_AS_DOUBLE(a) == PyFloat_AS_DOUBLE(b);
        }
        if (right == &PyLong_Type || right == &PyBool_Type) {
            return SHIM_UNKNOWN;
        }
    }
    else if (left == &PyTuple_Type) {
        if (right == &PyTuple_Type) {
            Py_ssize_t size = PyTuple_GET_SIZE(a);
            return size != PyTuple_GET_SIZE(b) ? 0
                   : depth == 0 ? SHIM_UNKNOWN
                                : eq_items(&PyTuple_GET_ITEM(a, 0), &PyTuple_GET_ITEM(b, 0), size, depth - 1);
        }
    }
    else if (left == &PyBytes_Type) {
        /* bytes.__eq__ warns of a str or an int when asked to. */
        if (right != &PyBytes_Type) {
            return SHIM_UNKNOWN;
        }
        Py_ssize_t size = PyBytes_GET_SIZE(a);
        return size == PyBytes_GET_SIZE(b) && memcmp(PyBytes_AS_STRING(a), PyBytes_AS_STRING(b), (size_t)size) == 0;
    }
    else if (left != &PyType_Type && a != Py_None) {
        return SHIM_UNKNOWN;
    }
    /* None of these is equal to an object of another of these types. */
    return right == &PyUnicode_Type || right == &PyLong_Type || right == &PyBool_Type || right == &PyFloat_Type
                   || right == &PyTuple_Type || right == &PyType_Type || b == Py_None
               ? 0
               : SHIM_UNKNOWN;
}

static int
eq_items(PyObject *const *x, PyObject *const *y, Py_ssize_t count, int depth)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        int equal = exact_eq(x[i], y[i], depth);
        if (equal != 1) {
            return equal;
        }
    }
    return 1;
}

int
shim_exact_eq(PyObject *a, PyObject *b)
{
    return exact_eq(a, b, DEEPEST);
}

int
shim_exact_eq_items(PyObject *tuple, PyObject *const *items, Py_ssize_t count)
{
    return PyTuple_GET_SIZE(tuple) == count ? eq_items(&PyTuple_GET_ITEM(tuple, 0), items, count, DEEPEST) : 0;
}

PyObject *
shim_compare_with_zero(PyObject *object, int op)
{
    if (!PyLong_CheckExact(object)) {
        return NULL;
    }
    Py_ssize_t count = _PyLong_SignedDigitCount((PyLongObject *)object);
    Py_RETURN_RICHCOMPARE(count, 0, op);
}
