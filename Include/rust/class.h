/* Classes whose objects have Rust data, and modules whose state is a Rust value: what they have in common, so that a module
   defines only what is specific to it. Include Python.h first. The functions are in the Rust library.

       static const rust_class Pair = {
           .name = "example.Pair", .attribute = "Pair", .instance = example_Pair_instance,
           .tp_new = Pair_new,
           .methods = RUST_METHODS(EXAMPLE_PAIR_SWAP_METHODDEF),
           .getset = RUST_GETSET(RUST_READONLY("first", example_Pair_first, "The first of the two.")),
       };

       RUST_CLASSES(add_classes, 0, &Pair)
       RUST_MODULE(example, RUST_EXEC(add_classes), .m_methods = example_methods)

   The tool check.class_size counts the lines of each class. */

#ifndef RUST_CLASS_H
#define RUST_CLASS_H

/* A reference that a Rust value owns, where C reads a field of it: cpython_api::Py. */
typedef PyObject *Py;

/* The slots that are the same for every class. Rust fills them in: cpython_api::instance_slots. */
typedef struct {
    int basicsize;                                      /* negative: the size of the data after that of object */
    Py_ssize_t call_offset;                             /* of the vectorcall pointer in the data, or -1 */
    void (*dealloc)(PyObject *self);
    int (*traverse)(PyObject *self, visitproc visit, void *arg);
    int (*clear)(PyObject *self);
    int (*getbuffer)(PyObject *self, Py_buffer *view, int flags);
    PyGetSetDef *getset;                                /* InstanceData::ATTRIBUTES, or NULL */
} rust_instance;

/* The definition of a class. All fields but name and instance may be left out. */
typedef struct {
    const char *name;                                   /* qualified: "module.Class" */
    const char *attribute;                              /* the attribute of the module that is the class, if there is one */
    rust_instance (*instance)(void);
    const char *doc;
    unsigned int flags;                                 /* besides DEFAULT and HAVE_GC; MANAGED_WEAKREF is enough for
                                                           weak references to objects */
    int without_gc;                                     /* no HAVE_GC, as in the C twin: there is nothing to traverse */
    newfunc tp_new;                                     /* without it, the class cannot be called */
    vectorcallfunc tp_vectorcall;                       /* of the class itself: a call that is faster than by tp_new */
    PyMethodDef *methods;
    PyGetSetDef *getset;                                /* unless Rust has the table */
    PyMemberDef *members;
    int exports_buffer;                                 /* whether objects have InstanceData::buffer */
    setattrofunc tp_setattro;                           /* set without a slot, which would add __setattr__ to the class */
    const PyType_Slot *slots;                           /* further slots, ended by {0, NULL} */
} rust_class;

/* Tables that are written inside the definition of a class. */
#define RUST_METHODS(...) ((PyMethodDef[]){__VA_ARGS__ {NULL, NULL, 0, NULL}})
#define RUST_GETSET(...) ((PyGetSetDef[]){__VA_ARGS__, {NULL, NULL, NULL, NULL, NULL}})
#define RUST_MEMBERS(...) ((PyMemberDef[]){__VA_ARGS__, {NULL, 0, 0, 0, NULL}})
#define RUST_SLOTS(...) ((const PyType_Slot[]){__VA_ARGS__, {0, NULL}})

/* Groups of slots, with functions named PREFIX_len and so on: RUST_ITEMS has the length and the items of a sequence, also as a
   mapping; RUST_CONCATENATION concatenates, repeats and searches it; RUST_BUFFER is the buffer protocol. */
#define RUST_ITEMS(PREFIX)                                                                              \
    {Py_sq_length, PREFIX##_len}, {Py_sq_item, PREFIX##_item}, {Py_sq_ass_item, PREFIX##_ass_item},    \
    {Py_mp_length, PREFIX##_len}, {Py_mp_subscript, PREFIX##_subscript}, {Py_mp_ass_subscript, PREFIX##_ass_subscript}
#define RUST_CONCATENATION(PREFIX)                                                                      \
    {Py_sq_concat, PREFIX##_concat}, {Py_sq_repeat, PREFIX##_repeat}, {Py_sq_contains, PREFIX##_contains}, \
    {Py_sq_inplace_concat, PREFIX##_inplace_concat}, {Py_sq_inplace_repeat, PREFIX##_inplace_repeat}
#define RUST_BUFFER(PREFIX) {Py_bf_getbuffer, PREFIX##_getbuffer}, {Py_bf_releasebuffer, PREFIX##_releasebuffer}

/* The index in a table of methods of the built-in function that an object is; -1 if it is none of them. */
Py_ssize_t rust_method_index(PyObject *object, const PyMethodDef *methods);

/* Whether an object is exactly an int with a compact representation, and its value. */
#define RUST_IS_SMALL_INT(OBJECT) (PyLong_CheckExact(OBJECT) && PyUnstable_Long_IsCompact((PyLongObject *)(OBJECT)))
#define RUST_SMALL_INT(OBJECT) PyUnstable_Long_CompactValue((PyLongObject *)(OBJECT))

/* A tuple of a reference, which is given up whatever happens, and of an int. Since CPython 3.15 the collector does not track it if
   the first item is of a type whose objects it does not track. */
PyObject *rust_tuple_with_int(PyObject *first, Py_ssize_t second);

/* Makes the type; NULL with an exception set when that fails. */
PyTypeObject *rust_class_new(PyObject *module, const rust_class *definition);

/* Makes the classes of a module, and adds those with an attribute name to the module. Stores new references in `classes` and
   returns 0; on failure stores NULLs and returns -1 with an exception set. */
int rust_classes_new(PyObject *module, const rust_class *const *definitions, size_t count, PyObject **classes);

/* Defines the function NAME for Py_mod_exec, which makes the classes and returns CALL: an expression for the status, 0 or -1,
   that can use `module` and `classes`, an array of borrowed references. */
#define RUST_CLASSES(NAME, CALL, ...)                                                                   \
    static int                                                                                         \
    NAME(PyObject *module)                                                                             \
    {                                                                                                  \
        static const rust_class *const definitions[] = {__VA_ARGS__};                                  \
        PyObject *classes[Py_ARRAY_LENGTH(definitions)];                                               \
        int status = rust_classes_new(module, definitions, Py_ARRAY_LENGTH(definitions), classes);     \
        if (status == 0) {                                                                             \
            status = (CALL);                                                                           \
            for (size_t i = 0; i < Py_ARRAY_LENGTH(definitions); i++) {                                \
                Py_DECREF(classes[i]);                                                                 \
            }                                                                                          \
        }                                                                                              \
        return status;                                                                                 \
    }

/* A value that PyArg_ParseTupleAndKeywords() stores: object for O, U and the like, size for n, integer for i and p. */
typedef union {
    PyObject *object;
    Py_ssize_t size;
    int integer;
} rust_value;

#define RUST_MOST_VALUES 9

/* PyArg_ParseTupleAndKeywords() for at most RUST_MOST_VALUES arguments of these formats, and the same for the arguments of a
   vectorcall: 0 with an exception set on failure. The objects are borrowed from the arguments of the caller. */
int rust_parse(PyObject *args, PyObject *kwargs, const char *format, char *const *names, rust_value *values);
int rust_parse_vectorcall(PyObject *const *args, size_t nargsf, PyObject *kwnames, const char *format, char *const *names,
                          rust_value *values);

/* PyArg_ParseTuple() for the tp_new of a class whose arguments have no names: it refuses keywords, unless the class is a subclass
   with an __init__ of its own. */
int rust_parse_positional(PyTypeObject *type, const char *name, PyObject *args, PyObject *kwargs, const char *format,
                          rust_value *values);

#define RUST_NAMES(...) ((char *const []){__VA_ARGS__, NULL})

/* Defines a tp_new that parses its arguments with rust_parse() and returns CALL, an expression that can use `type` and `values`. An
   argument that is not given is zero; RUST_TP_NEW_WITH has another default for the first one, such as {.integer = 15}. */
#define RUST_TP_NEW(NAME, CALL, FORMAT, NAMES) RUST_TP_NEW_WITH(NAME, {NULL}, CALL, FORMAT, NAMES)
#define RUST_TP_NEW_WITH(NAME, DEFAULT, CALL, FORMAT, NAMES)                                            \
    static PyObject *                                                                                  \
    NAME(PyTypeObject *type, PyObject *args, PyObject *kwargs)                                         \
    {                                                                                                  \
        rust_value values[RUST_MOST_VALUES] = {DEFAULT};                                               \
        return rust_parse(args, kwargs, FORMAT, NAMES, values) ? (CALL) : NULL;                        \
    }

/* Defines a tp_new whose arguments have no names. As in C, keywords are ignored for a subclass with an __init__ of its own. CLASS is
   the name of the class in the exception. */
#define RUST_TP_NEW_POSITIONAL(NAME, CALL, CLASS, FORMAT)                                               \
    static PyObject *                                                                                  \
    NAME(PyTypeObject *type, PyObject *args, PyObject *kwargs)                                         \
    {                                                                                                  \
        rust_value values[RUST_MOST_VALUES] = {{NULL}};                                                \
        return rust_parse_positional(type, CLASS, args, kwargs, FORMAT, values) ? (CALL) : NULL;       \
    }

/* Defines a vectorcall function for the instances of a class, which the header of the module declares. If there are no keywords and
   IS_SIMPLE, a condition on `args` and `count`, is true, it returns SIMPLE, an expression that can use these and `self`. Otherwise
   it parses the arguments and returns CALL, an expression that can use `self` and `values`. */
#define RUST_VECTORCALL(NAME, IS_SIMPLE, SIMPLE, CALL, FORMAT, NAMES)                                   \
    PyObject *                                                                                         \
    NAME(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)                      \
    {                                                                                                  \
        Py_ssize_t count = PyVectorcall_NARGS(nargsf);                                                 \
        if (kwnames == NULL && (IS_SIMPLE)) {                                                          \
            return SIMPLE;                                                                             \
        }                                                                                              \
        rust_value values[RUST_MOST_VALUES] = {{NULL}};                                                \
        return rust_parse_vectorcall(args, nargsf, kwnames, FORMAT, NAMES, values) ? (CALL) : NULL;    \
    }

/* Defines a tp_vectorcall for the class `type` in the same way, but passes all other calls to its tp_new and tp_init. */
#define RUST_CLASS_VECTORCALL(NAME, IS_SIMPLE, SIMPLE)                                                  \
    static PyObject *                                                                                  \
    NAME(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)                      \
    {                                                                                                  \
        Py_ssize_t count = PyVectorcall_NARGS(nargsf);                                                 \
        if (kwnames == NULL && (IS_SIMPLE)) {                                                          \
            return SIMPLE;                                                                             \
        }                                                                                              \
        return rust_call_by_tuple(PyType_Type.tp_call, type, args, nargsf, kwnames);                   \
    }

/* Converts the arguments of a vectorcall to a tuple and a dict, and passes these to `call`, a function like tp_call. */
PyObject *rust_call_by_tuple(ternaryfunc call, PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* A getter that calls the function PyObject *get(PyObject *self), which is its closure; and the setter of an attribute that is a
   read-only member in the C twin: it raises AttributeError("readonly attribute"). */
PyObject *rust_get(PyObject *self, void *get);
int rust_refuse_to_set(PyObject *self, PyObject *value, void *get);

/* PyObject_GenericSetDict() for a class whose data has an InstanceDict: the old dict is released when no thread can be about to
   take a reference to it. */
int rust_set_dict(PyObject *self, PyObject *value, void *context);
#define RUST_DICT {"__dict__", PyObject_GenericGetDict, rust_set_dict, NULL, NULL}

/* PyObject_GenericSetAttr() for such a class, with a reference to the dict. CPython's function borrows the dict even while it runs
   Python code, such as the destructor of the old value, which may replace the dict. */
int rust_set_attribute(PyObject *self, PyObject *name, PyObject *value);

/* A read-only member for a field at this offset of the data, which Rust asserts. */
#define RUST_MEMBER(NAME, TYPE, OFFSET, DOC) {NAME, TYPE, OFFSET, Py_READONLY | Py_RELATIVE_OFFSET, PyDoc_STR(DOC)}

/* A bool that C reads without a lock: a member for an AtomicBool at this offset of the data. */
#define RUST_BOOL_MEMBER(NAME, OFFSET, DOC) RUST_MEMBER(NAME, Py_T_BOOL, OFFSET, DOC)

/* The members that say where an InstanceDict is in the data, and the WeakrefList after it: they give the objects of a class a
   __dict__ and weak references. The second is for weak references alone. */
#define RUST_DICT_AND_WEAKREFS(OFFSET)                                                                      \
    RUST_MEMBER("__dictoffset__", Py_T_PYSSIZET, (OFFSET), NULL), RUST_WEAKREFS((OFFSET) + SIZEOF_VOID_P)
#define RUST_WEAKREFS(OFFSET) RUST_MEMBER("__weaklistoffset__", Py_T_PYSSIZET, (OFFSET), NULL)

#define RUST_GETTER(NAME, GET, DOC) {NAME, rust_get, NULL, PyDoc_STR(DOC), (void *)GET}
#define RUST_READONLY(NAME, GET, DOC) {NAME, rust_get, rust_refuse_to_set, PyDoc_STR(DOC), (void *)GET}

/* The start of a Rust value that is the state of a module: the functions that traverse and free it. */
typedef struct rust_state {
    int (*traverse)(struct rust_state *state, visitproc visit, void *arg);
    void (*free)(struct rust_state *state);
} rust_state;

/* The state of a module: RUST_STATE is in its definition. Rust sets it when the module is executed: cpython_api::module_exec. */
typedef struct {
    rust_state *state;
} rust_module;

int rust_module_traverse(PyObject *module, visitproc visit, void *arg);
void rust_module_free(void *module);

#define RUST_STATE .m_size = sizeof(rust_module), .m_traverse = rust_module_traverse, .m_free = rust_module_free

/* Defines a module, and its init functions PyInit_NAME and PyInit__rust_NAME. EXEC is RUST_NO_EXEC, or a sequence of
   RUST_EXEC(function) without commas; the arguments after it initialize further fields of the PyModuleDef. The file of a
   submodule, whose name is not that of its init functions, defines RUST_FULL_NAME before it includes this one. */
#ifdef _Py_ABI_SLOT
#  define RUST_ABI_SLOT _Py_ABI_SLOT,
#else
#  define RUST_ABI_SLOT
#endif
#define RUST_EXEC(FUNCTION) {Py_mod_exec, FUNCTION},
#define RUST_NO_EXEC
#ifndef RUST_FULL_NAME
#  define RUST_FULL_NAME(NAME) #NAME
#endif
#define RUST_MODULE(NAME, EXEC, ...)                                                                    \
    static PyModuleDef_Slot module_slots[] = {                                                         \
        RUST_ABI_SLOT                                                                                  \
        EXEC                                                                                           \
        {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},                          \
        {Py_mod_gil, Py_MOD_GIL_NOT_USED},                                                             \
        {0, NULL}                                                                                      \
    };                                                                                                 \
    static struct PyModuleDef module_definition = {                                                    \
        .m_base = PyModuleDef_HEAD_INIT, .m_name = RUST_FULL_NAME(NAME), .m_slots = module_slots, __VA_ARGS__         \
    };                                                                                                 \
    PyMODINIT_FUNC                                                                                     \
    PyInit__rust_##NAME(void)                                                                          \
    {                                                                                                  \
        return PyModuleDef_Init(&module_definition);                                                   \
    }                                                                                                  \
    PyMODINIT_FUNC                                                                                     \
    PyInit_##NAME(void)                                                                                \
    {                                                                                                  \
        return PyModuleDef_Init(&module_definition);                                                   \
    }

#endif
