/* Functions for what the C API offers only as macros or inline functions, so that no line of CPython's headers is
   typed again in Rust. bindgen reads this file; it is also what brings in Python.h. Alphabetical. */

#ifndef RUST_CPYTHON_SHIMS_H
#define RUST_CPYTHON_SHIMS_H

#include "Python.h"
#include "rust/class.h"

/* Where the data of an object of a rust_class is, whatever subclass it is of: after the header, aligned as malloc aligns. */
#define SHIM_DATA_OFFSET 32

/* Copies `size` bytes that another thread may be writing. The copy may be torn, but the race stays in C's memcpy,
   where neither compiler can draw conclusions from it. */
void shim_copy_shared(void *target, const void *source, Py_ssize_t size);

/* Whether `size` bytes are equal that other threads may be writing. */
int shim_equal_shared(const void *a, const void *b, Py_ssize_t size);

/* As shim_copy_shared, where target and source may overlap. */
void shim_move_shared(void *target, const void *source, Py_ssize_t size);

/* Frees memory from PyMem_Malloc after all threads that may be reading from it without a lock have gone on to something
   else. It may give up references. `size` says how much there is. */
void shim_free_delayed(void *memory, Py_ssize_t size);

int shim_PyBytes_Check(PyObject *object);

/* Where an object has the pointer to its type, and a bytes object its bytes: two calls less for each function that takes one
   and returns one. shims.c holds both against the headers. */
#if SIZEOF_VOID_P == 8
#define SHIM_TYPE_OFFSET 24
#define SHIM_BYTES_OFFSET 48
#else
#define SHIM_TYPE_OFFSET 16
#define SHIM_BYTES_OFFSET 28
#endif

/* The name that C has of a type, for as long as the type lives and is not renamed. */
const char *shim_tp_name(PyTypeObject *type);

int shim_PyUnicode_Check(PyObject *object);

/* The character of a str (not of a subclass) that has one; -1 for anything else. */
int shim_PyUnicode_character(PyObject *object);

/* For the tests of the safe layer: a class of no module. */
PyTypeObject *shim_test_type(rust_instance (*instance)(void));

/* For the same: an object whose buffer holds "abc", and which counts the views that are released at another address than
   they were filled at. */
PyObject *shim_test_exporter(int *moved);

/* What the caller of shim_view looks at first: which of the built-in types an object has, in the order in which the
   type checks are made. */
#define SHIM_OTHER 0
#define SHIM_NONE 1
#define SHIM_TRUE 2
#define SHIM_FALSE 3
#define SHIM_STR 4      /* kind, data and length */
#define SHIM_INT 5      /* integer */
#define SHIM_BIG_INT 6  /* an int that is no long long */
#define SHIM_FLOAT 7    /* real */
#define SHIM_LIST 8     /* or a tuple: length; kind is zero for a subclass of either */
#define SHIM_DICT 9     /* or a frozendict: length; kind is zero for a subclass of either */

/* An object, with what its type has: the fields that its tag names are set. */
typedef struct {
    PyObject *object;
    const void *data;
    Py_ssize_t length;
    Py_ssize_t next;  /* of a dict's key: where the next pair begins */
    long long integer;
    double real;
    int tag;
    int kind;
} shim_value;

/* Looks at the next keys and values of a dict whose lock the caller holds, at most `pairs` of them, and stops after the
   first value that is other than None, bool, str, int, float or an empty list, tuple or dict. `*done` says whether there
   are certainly no more now. The objects are borrowed from the dict, for as long as nothing gives up the lock. */
Py_ssize_t shim_locked_dict_items(PyObject *dict, Py_ssize_t *position, shim_value *values, Py_ssize_t pairs, int *done);

/* Makes a dict of `count` pairs of references, which are given up whatever happens. */
PyObject *shim_dict_from_owned(PyObject **pairs, Py_ssize_t count);

/* Moves `count` pairs of references into the dict. All of them are given up, whatever happens. */
int shim_dict_set_owned(PyObject *dict, PyObject **pairs, Py_ssize_t count);

/* The same for the items from `index` on of a list, or of a tuple, which needs no lock. */
Py_ssize_t shim_locked_list_items(PyObject *list, Py_ssize_t index, shim_value *values, Py_ssize_t count, int *done);

/* A list with memory for `count` items at `*items`, where the caller puts references; it has none yet, and the collector does
   not know it. shim_list_track() says how many have been put there, and shows it to the collector. */
PyObject *shim_list_new_untracked(Py_ssize_t count, PyObject ***items);
void shim_list_track(PyObject *list, Py_ssize_t count);

/* Makes a list of `count` references, which are given up whatever happens. */
PyObject *shim_list_from_owned(PyObject **items, Py_ssize_t count);

/* A list of `count` numbers in memory that nobody else writes to, which need not be aligned. The kind is that of the struct
   module, in standard sizes: one of bBhHiIqQfd. */
PyObject *shim_list_of_numbers(const void *items, Py_ssize_t count, char kind);

/* Appends `count` references to a list. All of them are given up, whatever happens. */
int shim_list_append_owned(PyObject *list, PyObject **items, Py_ssize_t count);

/* list(dict.items()) of an exact dict. */
PyObject *shim_dict_item_list(PyObject *dict);

/* Raises `exception` with `prefix` and then the repr of an object, or so much of the name of its type. */
void shim_PyErr_Format_repr(PyObject *exception, const char *prefix, PyObject *object);
void shim_PyErr_Format_type(PyObject *exception, const char *prefix, PyObject *object, int limit);

int shim_PyLong_Check(PyObject *object);

/* int.__repr__, whatever the type of the int says. */
PyObject *shim_PyLong_Type_repr(PyObject *integer);

/* A new str of ASCII characters, which `*data` points to and the caller fills before anybody else sees it. */
PyObject *shim_PyUnicode_New_ascii(Py_ssize_t length, unsigned char **data);

/* The same of characters that are not all ASCII, and whose largest is in the class of `max_character`. */
PyObject *shim_PyUnicode_New_wide(Py_ssize_t length, Py_UCS4 max_character, void **data);

/* The memory of a str that is being filled. */
void *shim_PyUnicode_DATA(PyObject *string);

int shim_PyUnicode_KIND(PyObject *string);

int shim_PyUnicode_IS_ASCII(PyObject *string);

/* Calls the audit hooks with the first `count` of 3 arguments. */
#define SHIM_MOST_AUDITED 3
int shim_audit(const char *event, PyObject *const *arguments, int count);

/* A tuple of two references, which are given up whatever happens. */
PyObject *shim_tuple_of_two(PyObject *first, PyObject *second);

/* The two items of a tuple that has two, as new references. */
int shim_tuple_two_items(PyObject *tuple, PyObject **first, PyObject **second);

/* Looks at an object. `value->object` is the object, and the caller keeps it alive. */
void shim_view(PyObject *object, shim_value *value);

/* What the functions that read numbers say of an object. Each is a bit, so that the kinds of many are joined by `|`. */
#define SHIM_ITEM_OTHER 0   /* none of the following */
#define SHIM_ITEM_FLOAT 1   /* exactly a float: its bits */
#define SHIM_ITEM_INT 2     /* exactly an int that fits 64 bits: its value */
#define SHIM_ITEM_BOOL 4    /* a bool: its value */
#define SHIM_ITEM_END 8     /* no object any more */
#define SHIM_ITEM_ERROR 16  /* an exception is set */

/* These read numbers until one is SHIM_ITEM_OTHER, without running any Python code, and return how many were read.
   `size` gets the length of the list or tuple, which that of the list was meanwhile. */
Py_ssize_t shim_array_numbers(PyObject *const *items, Py_ssize_t count, unsigned char *kinds, int64_t *bits);
Py_ssize_t shim_list_numbers(PyObject *list, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits,
                             Py_ssize_t *size);
Py_ssize_t shim_tuple_numbers(PyObject *tuple, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits,
                              Py_ssize_t *size);

/* The same as doubles, of what is exactly a float, a bool, or an int of about 1,000 bits at most. */
Py_ssize_t shim_array_doubles(PyObject *const *items, Py_ssize_t count, double *values);
Py_ssize_t shim_list_doubles(PyObject *list, Py_ssize_t start, Py_ssize_t count, double *values, Py_ssize_t *size);
Py_ssize_t shim_tuple_doubles(PyObject *tuple, Py_ssize_t start, Py_ssize_t count, double *values, Py_ssize_t *size);

/* Subtracts the items of two lists or two tuples that have the same length, `count` at most, and returns it; or -1 for any
   others. */
Py_ssize_t shim_few_differences(PyObject *x, PyObject *y, Py_ssize_t count, double *differences);

/* Reads two lists or two tuples that have the same length, at least 1 and at most `count`. Returns SHIM_ITEM_FLOAT if each
   pair has a float: then the bits of doubles have been stored; SHIM_ITEM_INT if all are ints that fit 64 bits; and
   SHIM_ITEM_OTHER in all other cases. */
int shim_few_pairs(PyObject *x, PyObject *y, Py_ssize_t count, int64_t *first, int64_t *second, Py_ssize_t *size);

/* As shim_iter_number, but stores any such number as a double, and returns SHIM_ITEM_FLOAT. */
int shim_iter_double(PyObject *iterator, double *value, PyObject **item);

/* Asks an iterator for numbers as doubles, `count` at most, up to the first that is not below `limit`, and stores how many
   have been read. Returns SHIM_ITEM_FLOAT, or what came next instead of a number: SHIM_ITEM_OTHER stores the object, a new
   reference. */
int shim_iter_doubles(PyObject *iterator, Py_ssize_t count, double limit, double *values, Py_ssize_t *done,
                      PyObject **item);

/* Stores the value of what is exactly an int that fits 64 bits, and returns 1; or returns 0. */
int shim_small_int(PyObject *object, int64_t *value);

/* sizeof(digit): 4, or 2 in a build with --enable-big-digits=15. */
extern const int shim_digit_size;

/* Stores the magnitude of what is exactly an int of 128 bits at most, the low word first, and returns 1, or -1 if the int is
   negative; or returns 0. */
int shim_int_magnitude(PyObject *object, uint64_t *words);

/* Stores the magnitude of what is exactly an int, the low word first, in `capacity` words that are zero, and returns how many
   words it has and whether the int is negative: twice their number, and one more if it is; or -1 for any other object and
   a larger int. */
int shim_int_words(PyObject *object, uint64_t *words, int capacity);

/* The sign of what is exactly an int: -1, 0 or 1; or 2 for any other object. */
int shim_int_sign(PyObject *object);

/* Asks an iterator for the next object and returns its kind. Only SHIM_ITEM_OTHER stores the object, a new reference. */
int shim_iter_number(PyObject *iterator, int64_t *bits, PyObject **item);

/* New references to one item; NULL past the end, with no exception. */
PyObject *shim_list_item(PyObject *list, Py_ssize_t index);
PyObject *shim_tuple_item(PyObject *tuple, Py_ssize_t index);

/* As shim_iter_number for the item at an index of a list or a tuple; SHIM_ITEM_END past the end. */
int shim_list_number(PyObject *list, Py_ssize_t index, int64_t *bits, PyObject **item);
int shim_tuple_number(PyObject *tuple, Py_ssize_t index, int64_t *bits, PyObject **item);

/* One of two iterables that are read in turn: the next index into a list or a tuple, or -1 of an iterator. */
typedef struct {
    PyObject *source;
    Py_ssize_t index;
    unsigned char *kinds;
    int64_t *bits;
    /* The last item if it is SHIM_ITEM_OTHER, a new reference. */
    PyObject *item;
} shim_numbers;

/* Reads a number of each in turn, `count` pairs at most and until an item is none, and returns how many pairs of numbers
   there are. If they are fewer than `count`, the kinds of one more pair say what came then. The second one is not read
   after SHIM_ITEM_ERROR of the first. */
Py_ssize_t shim_number_pairs(shim_numbers *x, shim_numbers *y, Py_ssize_t count);

int shim_PyFloat_CheckExact(PyObject *object);

int shim_PyList_CheckExact(PyObject *object);

int shim_PyLong_CheckExact(PyObject *object);

int shim_PyTuple_Check(PyObject *object);

int shim_PyTuple_CheckExact(PyObject *object);

/* The type checks of the C API that are macros. */
#define SHIM_CHECK(NAME) int shim_##NAME(PyObject *object)
SHIM_CHECK(PyAnySet_Check);
SHIM_CHECK(PyBool_Check);
SHIM_CHECK(PyByteArray_Check);
SHIM_CHECK(PyBytes_CheckExact);
SHIM_CHECK(PyCapsule_CheckExact);
SHIM_CHECK(PyComplex_Check);
SHIM_CHECK(PyDict_Check);
SHIM_CHECK(PyDict_CheckExact);
SHIM_CHECK(PyFloat_Check);
SHIM_CHECK(PyFrozenSet_Check);
SHIM_CHECK(PyList_Check);
SHIM_CHECK(PyMemoryView_Check);
SHIM_CHECK(PyModule_Check);
SHIM_CHECK(PySet_Check);
SHIM_CHECK(PySlice_Check);
SHIM_CHECK(PyType_Check);
SHIM_CHECK(PyUnicode_CheckExact);
SHIM_CHECK(PyWeakref_Check);

/* Whether the type of an object is `type` or a subclass; no when `type` is no type. */
int shim_PyObject_TypeCheck(PyObject *object, PyObject *type);

/* The value of a float. */
double shim_PyFloat_AS_DOUBLE(PyObject *object);

int shim_PyLong_IsNegative(PyObject *integer);

/* A tuple of `count` references, which are given up whatever happens. */
PyObject *shim_tuple_from_owned(PyObject **items, Py_ssize_t count);

/* Where the state of a module is, or that of the module of a class; NULL when it is none with a rust_module. */
rust_state **shim_module_slot(PyObject *module);
rust_state **shim_class_slot(PyTypeObject *type);

/* Fills a buffer from the system's source of entropy, without waiting for it to be initialised. */
int shim_urandom(void *buffer, Py_ssize_t size);

/* The time since 1970 and that of the monotonic clock, in nanoseconds. */
int shim_times(int64_t *time, int64_t *monotonic);

/* The class that rust_class_new has made with this token: `type` or the first such base, which `type` keeps. NULL if there is none. */
PyTypeObject *shim_base_by_token(PyTypeObject *type, const void *token);

/* The functions in two slots of a type, to be compared with others. */
void *shim_tp_new(PyTypeObject *type);
void *shim_tp_init(PyTypeObject *type);

/* A new object of a type that rust_class_new has made, or of a subclass, whose `size` bytes of data the caller writes before it calls
   into the interpreter again. What a subclass adds to them is zero. The collector tracks the object if its type has HAVE_GC. */
PyObject *shim_new_object(PyTypeObject *type, Py_ssize_t size);

/* The start of a deallocation: takes the object out of the collector's sight, and clears its weak references. */
void shim_begin_dealloc(PyObject *object);

/* The end of a deallocation: gives the memory back, and the reference to the heap type. */
void shim_free_object(PyObject *object);

/* What the functions that compare say besides 0 and 1. */
#define SHIM_UNKNOWN 2          /* Python code has to decide */
#define SHIM_NOT_IMPLEMENTED 3

/* Whether a < b for two objects of the same of the types int, float, str and tuple, not of subclasses; SHIM_UNKNOWN for all
   others, and for tuples whose first items that differ are not ints, floats or strs, both. It runs no Python code, takes
   no reference, makes no object, and cannot fail. */
int shim_exact_lt(PyObject *a, PyObject *b);

/* Whether a < b for two items of a list whose lock the caller holds, which keeps them alive. Where Python code is asked, which
   may give the lock up, references do, and it is looked again where the items are. */
int shim_item_lt_item(PyObject *list, PyObject *a, PyObject *b, PyObject ***places, Py_ssize_t *size);

/* Whether key(sequence[index]) < other, or other < key(sequence[index]); without a key if that is NULL. The index is not
   negative. As long as `*by_slot`, tp_richcompare of the type of both objects is asked first, as by bisect; it becomes 0
   when that returns NotImplemented. */
int shim_item_lt(PyObject *sequence, Py_ssize_t index, PyObject *key, PyObject *other, int other_first, int *by_slot);

/* Whether PySequence_GetItem() finds a slot to call. */
int shim_has_sq_item(PyObject *object);

/* Where the items of a list are whose lock the caller holds, and how many. */
PyObject **shim_locked_list_places(PyObject *list, Py_ssize_t *size);

/* list.append(item) of a list whose lock the caller holds. The reference is given up, whatever happens. */
int shim_locked_list_append(PyObject *list, PyObject *item);

/* The same for list.pop(): stores the last item, or NULL if there is none. */
int shim_locked_list_pop(PyObject *list, PyObject **item);

/* An item and its value, an integer or the bits of a double. */
typedef struct {
    int64_t key;
    PyObject *item;
} shim_keyed;

/* Stores all items of a list whose lock the caller holds if all are ints that fit 60 bits, or floats, exactly: then it
   returns SHIM_ITEM_INT or SHIM_ITEM_FLOAT. */
int shim_locked_list_keys(PyObject *list, shim_keyed *keys);

/* Move an item of a binary heap to its place, in a list whose lock the caller holds, as heapq does: up, at most to `top`; or down
   to a leaf, along the children that belong above the others, and up again. In a max-heap what is greater belongs above. They run
   no Python code, and return -1; or the index at which the item is on its way up or down when it is to be compared with
   one for which exact_lt() may not suffice: they compare ints that fit 60 bits, floats that are no NaNs, and strs of one byte per
   character. The indices are those of items. */
Py_ssize_t shim_locked_list_sift_up(PyObject *list, Py_ssize_t top, Py_ssize_t position, int max);
Py_ssize_t shim_locked_list_sift_down(PyObject *list, Py_ssize_t top, int max);

/* Whether the innermost critical section of this thread is one of the object. */
int shim_holds_lock(PyObject *object);

/* list.insert(index, item) of an index that is not negative. */
int shim_list_insert(PyObject *list, Py_ssize_t index, PyObject *item);

/* The contents of a bytes object and their length; NULL for any other object. */
const unsigned char *shim_bytes_contents(PyObject *object, Py_ssize_t *length);

/* A tuple of `count` items that are still NULL, and where they are. Nothing finds it before it is tracked: it may be given up
   before all items are set, but not be shown. */
PyObject *shim_tuple_new_untracked(Py_ssize_t count, PyObject ***items);
void shim_tuple_track(PyObject *tuple);

/* Stores the lower 32 bits of the objects that are exactly ints from 0 to 2**60 - 1, up to the first that is none, and returns how many
   they are. */
Py_ssize_t shim_low_words(PyObject *const *items, Py_ssize_t count, uint32_t *words);

/* Make objects of numbers until one fails with an exception set; return how many. */
Py_ssize_t shim_ints_new(const int64_t *values, Py_ssize_t count, PyObject **items);
Py_ssize_t shim_unsigned_ints_new(const uint64_t *values, Py_ssize_t count, PyObject **items);
Py_ssize_t shim_bytes_of_each(const unsigned char *bytes, Py_ssize_t count, PyObject **items);
Py_ssize_t shim_floats_new(const double *values, Py_ssize_t count, PyObject **items);

/* _Py_ThreadId(), for targets where thread_id() of the crate cannot do without a call. */
size_t shim_thread_id(void);

/* Sets a flag while all other threads of the interpreter are stopped: detached, or where they may run Python code. */
void shim_set_stopped(char *flag);

/* The states of a PyMutex that no thread waits for. */
#define SHIM_MUTEX_UNLOCKED 0
#define SHIM_MUTEX_LOCKED 1

/* Gives up a reference once no thread is left that may have read the pointer and has not taken a reference of its own yet. */
void shim_decref_delayed(PyObject *object);

/* Whether a == b, as the containers compare: one object is equal to itself. SHIM_UNKNOWN if Python code has to decide, which it
   has not for ints, bools, floats, strs, bytes, None and classes, and for tuples of these, exactly. It runs no Python code, takes
   no reference, makes no object, and cannot fail. */
int shim_exact_eq(PyObject *a, PyObject *b);

/* The same for a tuple and another one with these items. */
int shim_exact_eq_items(PyObject *tuple, PyObject *const *items, Py_ssize_t count);

/* Whether an object is exactly an int or a str; then `*hash` is its hash. */
int shim_hash_int_or_str(PyObject *object, Py_hash_t *hash);

/* The items of a tuple, which keeps them alive. */
PyObject *const *shim_tuple_items(PyObject *tuple, Py_ssize_t *count);

/* A tuple of other references to the items. */
PyObject *shim_tuple_from_borrowed(PyObject *const *items, Py_ssize_t count);

/* Stores new references to the keys and to the values of a dict that has at most `capacity` items, as it is at one moment, and returns
   their number; or returns -1 for a larger one. */
Py_ssize_t shim_dict_snapshot(PyObject *dict, PyObject **keys, PyObject **values, Py_ssize_t capacity);

/* Whether an int is less than, equal to or greater than 0, as PyObject_RichCompare has it: a new reference to a bool; NULL with
   no exception for what is not exactly an int. */
PyObject *shim_compare_with_zero(PyObject *object, int op);

/* Has the object counted as another one is: if that one's references are deferred, so are those to the object. */
void shim_defer_refcount_like(PyObject *object, PyObject *other);

#endif
