/* The C side of array: the module definition, the classes, and the constructor. The parsing of arguments, the method tables
   and all docstrings are those of CPython's arraymodule.c. Methods and the data of objects are implemented in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/array.h"

typedef PyObject arrayobject;
typedef PyObject arrayiterobject;

/* The type of a parameter in the parsing code. The declaration of the Rust function has int in its place, which is a
   compatible type, but GCC warns of the difference from version 13 on. */
enum machine_format_code { UNKNOWN_FORMAT = -1 };
#if defined(__GNUC__) && __GNUC__ >= 13
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wenum-int-mismatch"
#endif
#include "upstream/clinic.h"
#if defined(__GNUC__) && __GNUC__ >= 13
#  pragma GCC diagnostic pop
#endif
#include "upstream/docs.h"
#include "upstream/array_getsets.h"
#include "upstream/array_methods.h"
#include "upstream/arrayiter_methods.h"
#include "upstream/a_methods.h"

RUST_TP_NEW_POSITIONAL(array_new, array_array_new(type, values[0].object, values[1].object), "array.array", "O|O:array")
RUST_CLASS_VECTORCALL(array_vectorcall, count == 1 || count == 2,
                      array_array_new((PyTypeObject *)type, args[0], count == 2 ? args[1] : NULL))

static const rust_class array_class = {
    .name = "array.array", .attribute = "array", .instance = array_array_instance,
    .doc = arraytype_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_new = array_new,
    .tp_vectorcall = array_vectorcall,
    .methods = array_methods,
    .getset = array_getsets,
    .members = RUST_MEMBERS(RUST_WEAKREFS(4 * SIZEOF_VOID_P)),
    .slots = RUST_SLOTS(
        {Py_tp_repr, array_array_repr}, {Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_iter, array_array_iter},
        {Py_tp_richcompare, array_array_richcompare}, RUST_ITEMS(array_array), RUST_CONCATENATION(array_array),
        RUST_BUFFER(array_array)),
};

static const rust_class arrayiter_class = {
    .name = "array.arrayiterator", .instance = array_arrayiterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .methods = arrayiter_methods,
    .slots = RUST_SLOTS({Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_iter, PyObject_SelfIter},
                        {Py_tp_iternext, array_arrayiterator_next}),
};

RUST_CLASSES(add_classes, array_exec(module, classes), &array_class, &arrayiter_class)
RUST_MODULE(array, RUST_EXEC(add_classes), RUST_STATE, .m_doc = module_doc, .m_methods = a_methods)
