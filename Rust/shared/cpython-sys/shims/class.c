/* What classes and modules with Rust data have in common: see class.h. */

#include "shims.h"

/* The slots that rust_class_new fills in itself. */
#define OWN_SLOTS 12
#define MOST_SLOTS 48

/* Where the data starts: as PyObject_GetTypeData has it for a class whose base is object. It is there in the objects of
   subclasses, too. */
#define DATA_OFFSET _Py_SIZE_ROUND_UP(sizeof(PyObject), ALIGNOF_MAX_ALIGN_T)
_Static_assert(DATA_OFFSET == SHIM_DATA_OFFSET, "the data of objects starts where Rust expects it");
_Static_assert(_Py_UNLOCKED == SHIM_MUTEX_UNLOCKED && _Py_LOCKED == SHIM_MUTEX_LOCKED, "the states of PyMutex");

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
    ADD(Py_tp_doc, definition->doc);
    ADD(Py_tp_new, definition->tp_new);
    ADD(Py_tp_methods, definition->methods);
    ADD(Py_tp_getset, definition->getset);
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
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    if (type != NULL && type->tp_basicsize - PyType_GetTypeDataSize(type) != DATA_OFFSET) {
        PyErr_Format(PyExc_SystemError, "the data of %s is not where it should be", definition->name);
        Py_CLEAR(type);
    }
    if (type != NULL && instance.call_offset >= 0) {
        /* The public way, a member of the name __vectorcalloffset__, would show as an attribute of the class. Nobody else
           has seen the type. */
        type->tp_vectorcall_offset = DATA_OFFSET + instance.call_offset;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    }
    return type;
}

PyTypeObject *
rust_class_add(PyObject *module, const rust_class *definition)
{
    PyTypeObject *type = rust_class_new(module, definition);
    if (type != NULL && PyModule_AddType(module, type) < 0) {
        Py_CLEAR(type);
    }
    return type;
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
        /* It says what is wrong. */
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

PyObject *
rust_call_by_tuple(ternaryfunc call, PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    PyObject *result = NULL, *kwargs = NULL;
    PyObject *tuple = PyTuple_New(count);
    if (tuple == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    }
    if (kwnames != NULL) {
        if ((kwargs = PyDict_New()) == NULL) {
            goto done;
        }
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(kwnames); i++) {
            if (PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[count + i]) < 0) {
                goto done;
            }
        }
    }
    result = call(callable, tuple, kwargs);

done:
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return result;
}

rust_state **
shim_module_slot(PyObject *module)
{
    PyModuleDef *definition = PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
    if (definition == NULL || definition->m_traverse != rust_module_traverse) {
        PyErr_Clear();
        return NULL;
    }
    rust_module *memory = PyModule_GetState(module);
    return memory == NULL ? NULL : &memory->state;
}

rust_state **
shim_class_slot(PyTypeObject *type)
{
    PyObject *module = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) ? ((PyHeapTypeObject *)type)->ht_module : NULL;
    return module == NULL ? NULL : shim_module_slot(module);
}

void
shim_begin_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (PyType_IS_GC(type)) {
        PyObject_GC_UnTrack(object);
    }
    if (type->tp_weaklistoffset != 0) {
        PyObject_ClearWeakRefs(object);
    }
}

void
shim_free_object(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    type->tp_free(object);
    Py_DECREF(type);
}
