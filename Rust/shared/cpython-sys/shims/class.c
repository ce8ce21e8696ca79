/* Helpers for classes and modules with Rust data: see class.h. */

#include "shims.h"

/* The slots that rust_class_new fills in itself. */
#define OWN_SLOTS 13
#define MOST_SLOTS 48

/* As PyObject_GetTypeData() finds it for a class whose base is object. */
_Static_assert(_Py_SIZE_ROUND_UP(sizeof(PyObject), ALIGNOF_MAX_ALIGN_T) == SHIM_DATA_OFFSET, "the data of objects is elsewhere");
_Static_assert(_Py_UNLOCKED == SHIM_MUTEX_UNLOCKED && _Py_LOCKED == SHIM_MUTEX_LOCKED, "the states of PyMutex");

/* The tp_alloc of a class whose objects Rust alone makes, which it does without it. Python code can replace the __new__ of a
   class that is not immutable, and object.__new__() then ends here. */
static PyObject *
refuse_to_allocate(PyTypeObject *type, Py_ssize_t Py_UNUSED(count))
{
    PyErr_Format(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
    return NULL;
}

PyTypeObject *
rust_class_new(PyObject *module, const rust_class *definition)
{
    rust_instance instance = definition->instance();
    PyType_Slot slots[OWN_SLOTS + MOST_SLOTS];
    int count = 0;
#define ADD(SLOT, VALUE)                                                \
    do {                                                                \
        if ((VALUE) != NULL) {                                          \
            slots[count++] = (PyType_Slot){SLOT, (void *)(VALUE)};      \
        }                                                               \
    } while (0)
    ADD(Py_tp_dealloc, instance.dealloc);
    ADD(Py_tp_traverse, instance.traverse);
    ADD(Py_tp_clear, definition->without_gc ? NULL : instance.clear);
    /* Rust finds the class among the bases of a subclass by this token. */
    ADD(Py_tp_token, definition->instance);
    ADD(Py_tp_doc, definition->doc);
    ADD(Py_tp_new, definition->tp_new);
    ADD(Py_tp_methods, definition->methods);
    ADD(Py_tp_getset, definition->getset != NULL ? definition->getset : instance.getset);
    ADD(Py_tp_members, definition->members);
    if (definition->exports_buffer) {
        ADD(Py_bf_getbuffer, instance.getbuffer);
    }
    if (instance.call_offset >= 0) {
        ADD(Py_tp_call, PyVectorcall_Call);
    }
#ifdef Py_tp_vectorcall
    ADD(Py_tp_vectorcall, definition->tp_vectorcall);
#endif
#undef ADD
    for (const PyType_Slot *slot = definition->slots; slot != NULL && slot->slot != 0; slot++) {
        if (count >= OWN_SLOTS + MOST_SLOTS - 1) {
            PyErr_Format(PyExc_SystemError, "too many slots: %s", definition->name);
            return NULL;
        }
        slots[count++] = *slot;
    }
    slots[count] = (PyType_Slot){0, NULL};
    PyType_Spec spec = {
        .name = definition->name,
        .basicsize = instance.basicsize,
        .flags = Py_TPFLAGS_DEFAULT | (definition->without_gc ? 0 : Py_TPFLAGS_HAVE_GC) | definition->flags
                 | (definition->tp_new == NULL ? Py_TPFLAGS_DISALLOW_INSTANTIATION : 0),
        .slots = slots,
    };
    int replaceable = instance.dealloc != NULL && !(definition->flags & Py_TPFLAGS_IMMUTABLETYPE);
    if (replaceable && (definition->flags & Py_TPFLAGS_BASETYPE)) {
        PyErr_Format(PyExc_SystemError, "a class with subclasses must be immutable, or its data plain: %s", definition->name);
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    if (type != NULL && type->tp_basicsize - PyType_GetTypeDataSize(type) != SHIM_DATA_OFFSET) {
        PyErr_Format(PyExc_SystemError, "the data is not where it is expected: %s", definition->name);
        Py_CLEAR(type);
    }
    if (type != NULL && instance.call_offset >= 0) {
        /* The public way, a member of the name __vectorcalloffset__, would show as an attribute of the class. Nobody else
           has seen the type. */
        type->tp_vectorcall_offset = SHIM_DATA_OFFSET + instance.call_offset;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    }
    if (type != NULL && replaceable) {
        type->tp_alloc = refuse_to_allocate;
    }
    if (type != NULL && definition->tp_setattro != NULL) {
        type->tp_setattro = definition->tp_setattro;
    }
    return type;
}

int
rust_classes_new(PyObject *module, const rust_class *const *definitions, size_t count, PyObject **classes)
{
    int status = 0;
    for (size_t i = 0; i < count; i++) {
        const rust_class *definition = definitions[i];
        classes[i] = status < 0 ? NULL : (PyObject *)rust_class_new(module, definition);
        if (classes[i] == NULL
            || (definition->attribute != NULL && PyModule_AddObjectRef(module, definition->attribute, classes[i]) < 0))
        {
            status = -1;
        }
    }
    for (size_t i = 0; status < 0 && i < count; i++) {
        Py_CLEAR(classes[i]);
    }
    return status;
}

PyObject *
rust_get(PyObject *self, void *get)
{
    return ((PyObject *(*)(PyObject *))get)(self);
}

int
rust_refuse_to_set(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(value), void *Py_UNUSED(get))
{
    PyErr_SetString(PyExc_AttributeError, "readonly attribute");
    return -1;
}

int
rust_module_traverse(PyObject *module, visitproc visit, void *arg)
{
    rust_module *memory = PyModule_GetState(module);
    return memory == NULL || memory->state == NULL ? 0 : memory->state->traverse(memory->state, visit, arg);
}

void
rust_module_free(void *module)
{
    rust_module *memory = PyModule_GetState(module);
    if (memory != NULL && memory->state != NULL) {
        rust_state *state = memory->state;
        memory->state = NULL;
        state->free(state);
    }
}

int
rust_set_dict(PyObject *self, PyObject *value, void *context)
{
    PyObject **place = value != NULL && PyDict_Check(value) ? _PyObject_GetDictPtr(self) : NULL;
    if (place == NULL) {
        /* This raises the exception. */
        return PyObject_GenericSetDict(self, value, context);
    }
    PyObject *old;
    Py_BEGIN_CRITICAL_SECTION(self);
    old = _Py_atomic_exchange_ptr(place, Py_NewRef(value));
    Py_END_CRITICAL_SECTION();
    /* PyObject_GenericGetAttr() takes a reference to what it has read without a lock. */
    shim_decref_delayed(old);
    return 0;
}

int
rust_set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *dict = PyObject_GenericGetDict(self, NULL);
    if (dict == NULL) {
        return -1;
    }
    int result = _PyObject_GenericSetAttrWithDict(self, name, value, dict);
    Py_DECREF(dict);
    return result;
}

/* Makes a tuple and, if there are keywords, a dict of the arguments of a vectorcall. */
static int
pack_arguments(PyObject *const *args, size_t nargsf, PyObject *kwnames, PyObject **tuple, PyObject **kwargs)
{
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    *kwargs = NULL;
    if ((*tuple = PyTuple_New(count)) == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(*tuple, i, Py_NewRef(args[i]));
    }
    if (kwnames == NULL) {
        return 0;
    }
    int status = (*kwargs = PyDict_New()) == NULL ? -1 : 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(kwnames); i++) {
        status = PyDict_SetItem(*kwargs, PyTuple_GET_ITEM(kwnames, i), args[count + i]);
    }
    if (status < 0) {
        Py_CLEAR(*tuple);
        Py_CLEAR(*kwargs);
    }
    return status;
}

PyObject *
rust_call_by_tuple(ternaryfunc call, PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *tuple, *kwargs;
    if (pack_arguments(args, nargsf, kwnames, &tuple, &kwargs) < 0) {
        return NULL;
    }
    PyObject *result = call(callable, tuple, kwargs);
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return result;
}

int
rust_parse(PyObject *args, PyObject *kwargs, const char *format, char *const *names, rust_value *values)
{
    /* The format determines how many of the pointers are used. */
    return PyArg_ParseTupleAndKeywords(args, kwargs, format, names, &values[0], &values[1], &values[2], &values[3],
                                       &values[4], &values[5], &values[6], &values[7], &values[8]);
}

int
rust_parse_vectorcall(PyObject *const *args, size_t nargsf, PyObject *kwnames, const char *format, char *const *names,
                      rust_value *values)
{
    PyObject *tuple, *kwargs;
    if (pack_arguments(args, nargsf, kwnames, &tuple, &kwargs) < 0) {
        return 0;
    }
    int parsed = rust_parse(tuple, kwargs, format, names, values);
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return parsed;
}

int
rust_parse_positional(PyTypeObject *type, const char *name, PyObject *args, PyObject *kwargs, const char *format,
                      rust_value *values)
{
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) != 0 && type->tp_init == PyBaseObject_Type.tp_init) {
        PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", name);
        return 0;
    }
    return PyArg_ParseTuple(args, format, &values[0], &values[1], &values[2], &values[3], &values[4], &values[5], &values[6],
                            &values[7], &values[8]);
}

Py_ssize_t
rust_method_index(PyObject *object, const PyMethodDef *methods)
{
    PyCFunction function = PyCFunction_Check(object) ? PyCFunction_GetFunction(object) : NULL;
    for (Py_ssize_t i = 0; function != NULL && methods[i].ml_name != NULL; i++) {
        if (methods[i].ml_meth == function) {
            return i;
        }
    }
    return -1;
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

PyTypeObject *
shim_base_by_token(PyTypeObject *type, const void *token)
{
    while (type != NULL && !(PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) && ((PyHeapTypeObject *)type)->ht_token == token)) {
        type = type->tp_base;
    }
    return type;
}

void *
shim_tp_new(PyTypeObject *type)
{
    return (void *)type->tp_new;
}

void *
shim_tp_init(PyTypeObject *type)
{
    return (void *)type->tp_init;
}
