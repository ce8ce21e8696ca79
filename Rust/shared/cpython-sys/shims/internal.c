/* Shims for CPython's internal API: only those that measurements have shown to be needed. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "shims.h"
#include "pycore_dict.h"
#include "pycore_list.h"
#include "pycore_moduleobject.h"
#include "pycore_pymem.h"
#include "pycore_pylifecycle.h"
#include "pycore_long.h"
#include "pycore_object.h"
#include "pycore_object_deferred.h"
#include "pycore_pyatomic_ft_wrappers.h"
#include "pycore_pystate.h"
#include "pycore_tuple.h"

/* What cpython-api's types/int.rs knows of ints. */
_Static_assert(offsetof(PyLongObject, long_value.lv_tag) == SHIM_TYPE_OFFSET + SIZEOF_VOID_P
               && offsetof(PyLongObject, long_value.ob_digit) == SHIM_TYPE_OFFSET + 2 * SIZEOF_VOID_P
               && NON_SIZE_BITS == 3 && SIGN_MASK == 3 && SIGN_ZERO == 1 && IMMORTALITY_BIT_MASK == 4,
               "types/int.rs has another layout of ints");

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

PyObject *
shim_tuple_from_owned(PyObject **items, Py_ssize_t count)
{
    /* PyTuple_New() sets all items to NULL first. */
    return _PyTuple_FromArraySteal(items, count);
}

PyObject *
shim_tuple_of_two(PyObject *first, PyObject *second)
{
    PyObject *items[] = {first, second};
    return _PyTuple_FromArraySteal(items, 2);
}

PyObject *
rust_tuple_with_int(PyObject *first, Py_ssize_t second)
{
    PyObject *integer = PyLong_FromSsize_t(second);
    if (integer == NULL) {
        Py_DECREF(first);
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030F0000
    return _PyTuple_FromPairSteal(first, integer);
#else
    return shim_tuple_of_two(first, integer);
#endif
}

/* What precedes the items of a list in their memory. listobject.c keeps this struct to itself; a test of cpython-api compares it with
   lists that CPython has made. */
typedef struct {
    Py_ssize_t allocated;
    PyObject *ob_item[];
} list_array;

/* An empty list with memory for `count` items, which the caller puts there before it sets the size.

   PyList_New with a length crashes when there is memory for the list but not for its items, as it then frees items that
   were never set. */
static PyListObject *
list_with_room(Py_ssize_t count)
{
    PyListObject *list = (PyListObject *)PyList_New(0);
    if (list == NULL || count == 0) {
        return list;
    }
    list_array *array = NULL;
    if ((size_t)count <= (PY_SSIZE_T_MAX - sizeof(list_array)) / sizeof(PyObject *)) {
        array = PyMem_Malloc(sizeof(list_array) + (size_t)count * sizeof(PyObject *));
    }
    if (array == NULL) {
        Py_DECREF(list);
        PyErr_NoMemory();
        return NULL;
    }
    array->allocated = count;
    list->ob_item = array->ob_item;
    list->allocated = count;
    return list;
}

PyObject *
shim_list_new_untracked(Py_ssize_t count, PyObject ***items)
{
    PyListObject *list = list_with_room(count);
    if (list != NULL) {
        _PyObject_GC_UNTRACK(list);
        *items = list->ob_item;
    }
    return (PyObject *)list;
}

void
shim_list_track(PyObject *list, Py_ssize_t count)
{
    Py_SET_SIZE((PyListObject *)list, count);
    _PyObject_GC_TRACK(list);
}

PyObject *
shim_list_from_owned(PyObject **items, Py_ssize_t count)
{
    PyListObject *list = list_with_room(count);
    if (list == NULL) {
        for (Py_ssize_t i = 0; i < count; i++) {
            Py_DECREF(items[i]);
        }
    }
    else if (count > 0) {
        memcpy(list->ob_item, items, (size_t)count * sizeof(PyObject *));
        Py_SET_SIZE(list, count);
    }
    return (PyObject *)list;
}

/* A new int. */
static inline PyObject *
new_int(int64_t value)
{
    if (-_PY_NSMALLNEGINTS <= value && value < _PY_NSMALLPOSINTS) {
        return (PyObject *)&_PyLong_SMALL_INTS[_PY_NSMALLNEGINTS + value];
    }
    return PyLong_FromLongLong(value);
}

/* No other code sees the list before it has its size: other threads could find it through the collector alone, which looks
   while all threads stand still, and this one does not stop. */
PyObject *
shim_list_of_numbers(const void *items, Py_ssize_t count, char kind)
{
    PyListObject *list = list_with_room(count);
    if (list == NULL) {
        return NULL;
    }
    Py_ssize_t made = 0;
#define PUT(KIND, TYPE, MAKE)                                           \
    case KIND:                                                          \
        for (; made < count; made++) {                                  \
            TYPE value;                                                 \
            memcpy(&value, (const char *)items + made * (Py_ssize_t)sizeof(TYPE), sizeof(TYPE)); \
            if ((list->ob_item[made] = MAKE(value)) == NULL) {          \
                break;                                                  \
            }                                                           \
        }                                                               \
        break
    switch (kind) {
        PUT('b', int8_t, new_int);
        PUT('B', uint8_t, new_int);
        PUT('h', int16_t, new_int);
        PUT('H', uint16_t, new_int);
        PUT('i', int32_t, new_int);
        PUT('I', uint32_t, new_int);
        PUT('q', int64_t, new_int);
        PUT('Q', uint64_t, PyLong_FromUnsignedLongLong);
        PUT('f', float, PyFloat_FromDouble);
        PUT('d', double, PyFloat_FromDouble);
    default:
        PyErr_BadInternalCall();
    }
#undef PUT
    Py_SET_SIZE(list, made);
    if (made < count) {
        Py_CLEAR(list);
    }
    return (PyObject *)list;
}

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

void
shim_set_stopped(char *flag)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    _PyEval_StopTheWorld(interpreter);
    *flag = 1;
    _PyEval_StartTheWorld(interpreter);
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
shim_low_words(PyObject *const *items, Py_ssize_t count, uint32_t *words)
{
    Py_ssize_t done = 0;
#if PYLONG_BITS_IN_DIGIT == 30
    for (; done < count && PyLong_CheckExact(items[done]); done++) {
        const PyLongObject *integer = (PyLongObject *)items[done];
        Py_ssize_t digits = _PyLong_DigitCount(integer);
        if (digits > 2 || _PyLong_IsNegative(integer)) {
            break;
        }
        /* Not a branch for each number of digits: whether random words have one digit or two cannot be predicted. */
        int has_two = digits > 1;
        digit high = integer->long_value.ob_digit[has_two] & -(digit)has_two;
        words[done] = integer->long_value.ob_digit[0] | high << PYLONG_BITS_IN_DIGIT;
    }
#endif
    return done;
}

Py_ssize_t
shim_ints_new(const int64_t *values, Py_ssize_t count, PyObject **items)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if ((items[i] = new_int(values[i])) == NULL) {
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

PyObject *
shim_new_object(PyTypeObject *type, Py_ssize_t size)
{
    if (!_PyType_IS_GC(type)) {
        return PyType_GenericAlloc(type, 0);
    }
    /* Unlike PyType_GenericAlloc(), this does not set the memory to zero. */
    PyObject *object = PyObject_GC_New(PyObject, type);
    if (object == NULL) {
        return NULL;
    }
    Py_ssize_t end = SHIM_DATA_OFFSET + _Py_SIZE_ROUND_UP(size, ALIGNOF_MAX_ALIGN_T);
    if (type->tp_basicsize > end) {
        memset((char *)object + end, 0, (size_t)(type->tp_basicsize - end));
    }
    _PyObject_GC_TRACK(object);
    return object;
}

void
shim_begin_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (_PyType_IS_GC(type) && _PyObject_GC_IS_TRACKED(object)) {
        _PyObject_GC_UNTRACK(object);
    }
    /* Nobody makes another weak reference to an object that is being deallocated. */
    if (type->tp_weaklistoffset != 0
        && FT_ATOMIC_LOAD_PTR(*_PyObject_GET_WEAKREFS_LISTPTR_FROM_OFFSET(object)) != NULL)
    {
        PyObject_ClearWeakRefs(object);
    }
}

void
shim_free_object(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    type->tp_free(object);
    /* The allocation has counted the reference for its thread, too, without an atomic operation. */
    _Py_DECREF_TYPE(type);
}

/* The definition of a module, or NULL. */
static inline PyModuleDef *
module_definition(PyObject *module)
{
#if PY_VERSION_HEX >= 0x030F0000
    return _PyModule_GetDefOrNull(module);
#else
    return _PyModule_GetDef(module);
#endif
}

rust_state **
shim_module_slot(PyObject *module)
{
    PyModuleDef *definition = PyModule_Check(module) ? module_definition(module) : NULL;
    if (definition == NULL || definition->m_traverse != rust_module_traverse) {
        return NULL;
    }
    rust_module *memory = _PyModule_GetState(module);
    return memory == NULL ? NULL : &memory->state;
}

rust_state **
shim_class_slot(PyTypeObject *type)
{
    /* A subclass that Python code has created belongs to no module. */
    for (; type != NULL; type = type->tp_base) {
        PyObject *module = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) ? ((PyHeapTypeObject *)type)->ht_module : NULL;
        rust_state **slot = module == NULL ? NULL : shim_module_slot(module);
        if (slot != NULL) {
            return slot;
        }
    }
    return NULL;
}
