/* The C side of panictest: the module definition, and one type that has every kind of slot that Rust can be called
   from. */

#include "Python.h"
#include "rust/panictest.h"
#include "clinic/panictest.h"

typedef struct {
    PyObject_HEAD
    PyObject *item;
} Panics;

static PyObject *
Panics_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *item = NULL;
    if (!PyArg_ParseTuple(args, "|O:Panics", &item)) {
        return NULL;
    }
    Panics *self = (Panics *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->item = Py_XNewRef(item);
    if (panictest_new((PyObject *)self) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int
Panics_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Panics *)self)->item);
    return panictest_traverse(self);
}

static int
Panics_clear(PyObject *self)
{
    Py_CLEAR(((Panics *)self)->item);
    return 0;
}

static void
Panics_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    panictest_dealloc(self);
    (void)Panics_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
Panics_get(PyObject *self, void *Py_UNUSED(closure))
{
    return panictest_get(self);
}

static int
Panics_set(PyObject *self, PyObject *Py_UNUSED(value), void *Py_UNUSED(closure))
{
    return panictest_set(self);
}

static Py_ssize_t
Panics_len(PyObject *self)
{
    return panictest_len(self);
}

static PyMethodDef Panics_methods[] = {
    PANICTEST_PANICS_METHOD_METHODDEF
    {NULL, NULL, 0, NULL}
};

static PyGetSetDef Panics_properties[] = {
    {"property", Panics_get, Panics_set, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static PyType_Slot Panics_slots[] = {
    {Py_tp_new, Panics_new},
    {Py_tp_traverse, Panics_traverse},
    {Py_tp_clear, Panics_clear},
    {Py_tp_dealloc, Panics_dealloc},
    {Py_tp_methods, Panics_methods},
    {Py_tp_getset, Panics_properties},
    {Py_sq_length, Panics_len},
    {Py_nb_bool, panictest_len},
    {0, NULL}
};

static PyType_Spec Panics_spec = {
    .name = "panictest.Panics",
    .basicsize = sizeof(Panics),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = Panics_slots,
};

static PyMethodDef panictest_methods[] = {
    PANICTEST_ARM_METHODDEF
    PANICTEST_FUNCTION_METHODDEF
    PANICTEST_DETACHED_METHODDEF
    PANICTEST_PENDING_METHODDEF
    PANICTEST_DEFECT_METHODDEF
    {NULL, NULL, 0, NULL}
};

static int
add_type(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &Panics_spec, NULL);
    int result = PyModule_AddObjectRef(module, "Panics", type);
    Py_XDECREF(type);
    return result;
}

static PyModuleDef_Slot panictest_slots[] = {
    {Py_mod_exec, add_type},
    {Py_mod_exec, panictest_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef panictest_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "panictest",
    .m_methods = panictest_methods,
    .m_slots = panictest_slots,
};

PyMODINIT_FUNC
PyInit__rust_panictest(void)
{
    return PyModuleDef_Init(&panictest_module);
}
