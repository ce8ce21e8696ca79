/* The C side of panictest: the module definition, and one type that has every kind of slot that Rust can be called
   from. */

#include "Python.h"
#include "rust/class.h"
#include "rust/panictest.h"
#include "clinic/panictest.h"

RUST_TP_NEW(Panics_new, panictest_new(type, values[0].object), "|O:Panics", RUST_NAMES(""))

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

static const rust_class Panics = {
    .name = "panictest.Panics", .attribute = "Panics", .instance = panictest_Panics_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = Panics_new,
    .methods = RUST_METHODS(PANICTEST_PANICS_METHOD_METHODDEF),
    .getset = RUST_GETSET({"property", rust_get, Panics_set, NULL, (void *)panictest_get}),
    .slots = RUST_SLOTS({Py_sq_length, Panics_len}, {Py_nb_bool, panictest_len}),
};

/* A class with data that a lock protects, a buffer and a call. This is all the C that it takes: see Doc/adding-a-module.md. */
static const rust_class Holder = {
    .name = "panictest.Holder", .attribute = "Holder", .instance = panictest_Holder_instance,
    .doc = panictest_Holder__doc__,
    .tp_new = panictest_Holder,
    .methods = RUST_METHODS(PANICTEST_HOLDER_EXCHANGE_METHODDEF PANICTEST_HOLDER_ERROR_METHODDEF),
    .getset = RUST_GETSET(RUST_READONLY("item", panictest_Holder_item, "The object that is held.")),
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

RUST_CLASSES(add_types, 0, &Panics, &Holder)
RUST_MODULE(panictest, RUST_EXEC(add_types) RUST_EXEC(panictest_exec), RUST_STATE, .m_methods = panictest_methods)
