/* The C side of _csv: the module definition, the classes, and the parsing of arguments, which the C module does by hand. The
   tables of functions and methods and all docstrings are those of CPython's _csv.c. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "rust/class.h"
#include "rust/_csv.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"

/* Dialect */

#include "upstream/dialect_kws.h"
#include "upstream/Dialect_reduce.h"
#include "upstream/dialect_methods.h"

/* The values are the dialect from which missing options are taken, and eight options. */
RUST_TP_NEW(Dialect_new, csv_new_dialect(type, &values[0].object), "|OOOOOOOOO", dialect_kws)

static const rust_class Dialect = {
    .name = "_csv.Dialect", .attribute = "Dialect", .instance = csv_dialect_instance,
    .doc = Dialect_Type_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = Dialect_new,
    .methods = dialect_methods,
    .getset = RUST_GETSET(
        RUST_GETTER("delimiter", csv_dialect_delimiter, NULL),
        RUST_GETTER("escapechar", csv_dialect_escapechar, NULL),
        RUST_GETTER("lineterminator", csv_dialect_lineterminator, NULL),
        RUST_GETTER("quotechar", csv_dialect_quotechar, NULL),
        RUST_GETTER("quoting", csv_dialect_quoting, NULL)),
    .members = RUST_MEMBERS(
        RUST_BOOL_MEMBER("skipinitialspace", 1, NULL),
        RUST_BOOL_MEMBER("doublequote", 0, NULL),
        RUST_BOOL_MEMBER("strict", 2, NULL)),
};

/* Reader */

PyObject *
csv_number_float(PyObject *text)
{
    return PyNumber_Float(text);
}

static PyObject *
csv_reader(PyObject *module, PyObject *args, PyObject *keyword_args)
{
    PyObject *iterable, *dialect = NULL;
    if (!PyArg_UnpackTuple(args, "reader", 1, 2, &iterable, &dialect)) {
        return NULL;
    }
    return csv_new_reader(module, iterable, dialect, keyword_args);
}

#include "upstream/Reader_methods.h"

static const rust_class Reader = {
    .name = "_csv.reader", .attribute = "Reader", .instance = csv_reader_instance,
    .doc = Reader_Type_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .methods = Reader_methods,
    .members = RUST_MEMBERS(
        RUST_MEMBER("dialect", _Py_T_OBJECT, 0, NULL),
        RUST_MEMBER("line_num", Py_T_ULONG, SIZEOF_VOID_P, NULL)),
    .slots = RUST_SLOTS({Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, csv_reader_next}),
};

/* Writer */

int
csv_is_number(PyObject *object)
{
    return PyNumber_Check(object);
}

static PyObject *
csv_writer(PyObject *module, PyObject *args, PyObject *keyword_args)
{
    PyObject *file, *dialect = NULL;
    if (!PyArg_UnpackTuple(args, "writer", 1, 2, &file, &dialect)) {
        return NULL;
    }
    return csv_new_writer(module, file, dialect, keyword_args);
}

#include "upstream/Writer_methods.h"

static const rust_class Writer = {
    .name = "_csv.writer", .attribute = "Writer", .instance = csv_writer_instance,
    .doc = Writer_Type_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .methods = Writer_methods,
    .members = RUST_MEMBERS(RUST_MEMBER("dialect", _Py_T_OBJECT, 0, NULL)),
};

/* The module */

static PyObject *
csv_register_dialect(PyObject *module, PyObject *args, PyObject *kwargs)
{
    PyObject *name, *dialect = NULL;
    if (!PyArg_UnpackTuple(args, "register_dialect", 1, 2, &name, &dialect)) {
        return NULL;
    }
    return csv_register(module, name, dialect, kwargs);
}

#include "upstream/csv_methods.h"
#include "upstream/QuoteStyle.h"
#include "upstream/StyleDesc.h"
#include "upstream/quote_styles.h"

static PyType_Slot Error_slots[] = {
    {0, NULL}
};

static PyType_Spec Error_spec = {
    .name = "_csv.Error",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = Error_slots,
};

static int
make_state(PyObject *module, PyObject **classes)
{
    int result = -1;
    PyObject *error = NULL, *dialects = PyDict_New();
    if (dialects == NULL || PyModule_AddObjectRef(module, "_dialects", dialects) < 0) {
        goto done;
    }
    for (const StyleDesc *style = quote_styles; style->name; style++) {
        if (PyModule_AddIntConstant(module, style->name, style->style) < 0) {
            goto done;
        }
    }
    error = PyType_FromModuleAndSpec(module, &Error_spec, PyExc_Exception);
    if (error != NULL && PyModule_AddType(module, (PyTypeObject *)error) == 0) {
        result = csv_make_state(module, classes, dialects, error);
    }
done:
    Py_XDECREF(dialects);
    Py_XDECREF(error);
    return result;
}

RUST_CLASSES(csv_exec, make_state(module, classes), &Dialect, &Reader, &Writer)
RUST_MODULE(_csv, RUST_EXEC(csv_exec), RUST_STATE, .m_doc = csv_module_doc, .m_methods = csv_methods)
