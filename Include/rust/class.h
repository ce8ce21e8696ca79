/* Classes whose objects have Rust data, and modules whose state is a Rust value: what they have in common, so that a module
   says only what is its own. Include Python.h first. The functions are in the Rust library.

       static PyMethodDef Pair_methods[] = {
           EXAMPLE_PAIR_SWAP_METHODDEF
           {NULL, NULL, 0, NULL}
       };

       static PyGetSetDef Pair_getset[] = {
           RUST_READONLY("first", example_Pair_first, "The first of the two."),
           {NULL, NULL, NULL, NULL, NULL}
       };

       static const rust_class Pair = {
           .name = "example.Pair",
           .instance = example_Pair_instance,
           .tp_new = Pair_new,
           .methods = Pair_methods,
           .getset = Pair_getset,
       };

   rust_class_add(module, &Pair) makes the type and adds it to the module. */

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
} rust_instance;

/* What a module says of a class. All but the first two may be left out. */
typedef struct {
    const char *name;                                   /* with the module's */
    rust_instance (*instance)(void);
    const char *doc;
    unsigned int flags;                                 /* besides DEFAULT and HAVE_GC; MANAGED_WEAKREF is all that weak
                                                           references to objects take */
    int without_gc;                                     /* no HAVE_GC: the twin has none, and there is nothing to traverse */
    newfunc tp_new;                                     /* without it, the class cannot be called */
    vectorcallfunc tp_vectorcall;                       /* of the class: a faster tp_new */
    PyMethodDef *methods;
    PyGetSetDef *getset;
    PyMemberDef *members;
    int exports_buffer;                                 /* whether objects have InstanceData::buffer */
    const PyType_Slot *slots;                           /* any more, ended by {0, NULL} */
} rust_class;

/* Makes the type; NULL with an exception set when that fails. */
PyTypeObject *rust_class_new(PyObject *module, const rust_class *definition);

/* Makes the type and adds it to the module by its own name. The reference is the caller's. */
PyTypeObject *rust_class_add(PyObject *module, const rust_class *definition);

/* A getter of the form PyObject *get(PyObject *self), which stands as the closure, and the setter of an attribute that C
   twins have as a read-only member: it raises AttributeError("readonly attribute"). */
PyObject *rust_get(PyObject *self, void *get);
int rust_refuse_to_set(PyObject *self, PyObject *value, void *get);

/* PyObject_GenericSetDict() for a class whose data has an InstanceDict: the old dict lives on until no thread can be about to take
   a reference to it. */
int rust_set_dict(PyObject *self, PyObject *value, void *context);

/* Makes a tuple and a dict of the arguments of a vectorcall, and calls. */
PyObject *rust_call_by_tuple(ternaryfunc call, PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* A bool that C reads without a lock: a member for an AtomicBool at this offset of the data. */
#define RUST_BOOL_MEMBER(NAME, OFFSET, DOC) {NAME, Py_T_BOOL, OFFSET, Py_READONLY | Py_RELATIVE_OFFSET, PyDoc_STR(DOC)}

/* The members that say where an InstanceDict is in the data, and the WeakrefList after it: they give the objects of a class a
   __dict__ and weak references. */
#define RUST_DICT_AND_WEAKREFS(OFFSET)                                                                      \
    {"__dictoffset__", Py_T_PYSSIZET, (OFFSET), Py_READONLY | Py_RELATIVE_OFFSET, NULL},                   \
    {"__weaklistoffset__", Py_T_PYSSIZET, (OFFSET) + SIZEOF_VOID_P, Py_READONLY | Py_RELATIVE_OFFSET, NULL}

#define RUST_GETTER(NAME, GET, DOC) {NAME, rust_get, NULL, PyDoc_STR(DOC), (void *)GET}
#define RUST_READONLY(NAME, GET, DOC) {NAME, rust_get, rust_refuse_to_set, PyDoc_STR(DOC), (void *)GET}

/* A Rust value starts with the functions for it. */
typedef struct rust_state {
    int (*traverse)(struct rust_state *state, visitproc visit, void *arg);
    void (*free)(struct rust_state *state);
} rust_state;

/* The state of a module: .m_size = sizeof(rust_module), .m_traverse = rust_module_traverse, .m_free = rust_module_free.
   Rust sets it when the module is executed: cpython_api::module_exec. */
typedef struct {
    rust_state *state;
} rust_module;

int rust_module_traverse(PyObject *module, visitproc visit, void *arg);
void rust_module_free(void *module);

#endif
