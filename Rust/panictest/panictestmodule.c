/* The C side of panictest: the module definition, and one type that has every kind of slot that Rust can be called
   from. */

#include "Python.h"
#include "rust/class.h"
#include "rust/panictest.h"
#include "clinic/panictest.h"

static PyObject *
Panics_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *item = NULL;
    if (!PyArg_ParseTuple(args, "|O:Panics", &item)) {
        return NULL;
    }
    return panictest_new(type, item);
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
    {"property", rust_get, Panics_set, NULL, (void *)panictest_get},
    {NULL, NULL, NULL, NULL, NULL}
};

static const PyType_Slot Panics_slots[] = {
    {Py_sq_length, Panics_len},
    {Py_nb_bool, panictest_len},
    {0, NULL}
};

static const rust_class Panics = {
    .name = "panictest.Panics",
    .instance = panictest_Panics_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = Panics_new,
    .methods = Panics_methods,
    .getset = Panics_properties,
    .slots = Panics_slots,
};

/* A class with data behind a lock, a buffer and a call. This is all the C that it takes: see Doc/adding-a-module.md. */

static PyMethodDef Holder_methods[] = {
    PANICTEST_HOLDER_EXCHANGE_METHODDEF
    PANICTEST_HOLDER_ERROR_METHODDEF
    {NULL, NULL, 0, NULL}
};

static PyGetSetDef Holder_getset[] = {
    RUST_READONLY("item", panictest_Holder_item, "The object that is held."),
    {NULL, NULL, NULL, NULL, NULL}
};

static const rust_class Holder = {
    .name = "panictest.Holder",
    .instance = panictest_Holder_instance,
    .doc = panictest_Holder__doc__,
    .tp_new = panictest_Holder,
    .methods = Holder_methods,
    .getset = Holder_getset,
    .exports_buffer = 1,
};

static PyMethodDef panictest_methods[] = {
    PANICTEST_ERROR_METHODDEF
    PANICTEST_ARM_METHODDEF
    PANICTEST_FUNCTION_METHODDEF
    PANICTEST_DETACHED_METHODDEF
    PANICTEST_PENDING_METHODDEF
    PANICTEST_DEFECT_METHODDEF
    {NULL, NULL, 0, NULL}
};

static int
add_types(PyObject *module)
{
    const rust_class *const classes[] = {&Panics, &Holder};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(classes); i++) {
        PyTypeObject *type = rust_class_add(module, classes[i]);
        if (type == NULL) {
            return -1;
        }
        Py_DECREF(type);
    }
    return 0;
}

static PyModuleDef_Slot panictest_slots[] = {
    {Py_mod_exec, add_types},
    {Py_mod_exec, panictest_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef panictest_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "panictest",
    .m_size = sizeof(rust_module),
    .m_methods = panictest_methods,
    .m_slots = panictest_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
};

PyMODINIT_FUNC
PyInit__rust_panictest(void)
{
    return PyModuleDef_Init(&panictest_module);
}
