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

static struct PyModuleDef _csv_module;

/* Dialect */

#include "upstream/dialect_kws.h"

static PyObject *
Dialect_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    /* As in dialect_kws: the dialect that others are taken from, and eight options. */
    PyObject *given[9] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOOOOOOOO", dialect_kws, &given[0], &given[1], &given[2], &given[3],
                                     &given[4], &given[5], &given[6], &given[7], &given[8]))
    {
        return NULL;
    }
    PyObject *module = PyType_GetModuleByDef(type, &_csv_module);
    return module == NULL ? NULL : csv_new_dialect(type, module, given);
}

#include "upstream/Dialect_reduce.h"
#include "upstream/dialect_methods.h"

/* The offsets are those of fields of Rust's Dialect, which asserts them. */
static PyMemberDef Dialect_members[] = {
    RUST_BOOL_MEMBER("skipinitialspace", 1, NULL),
    RUST_BOOL_MEMBER("doublequote", 0, NULL),
    RUST_BOOL_MEMBER("strict", 2, NULL),
    {NULL, 0, 0, 0, NULL}
};

static PyGetSetDef Dialect_getset[] = {
    RUST_GETTER("delimiter", csv_dialect_delimiter, NULL),
    RUST_GETTER("escapechar", csv_dialect_escapechar, NULL),
    RUST_GETTER("lineterminator", csv_dialect_lineterminator, NULL),
    RUST_GETTER("quotechar", csv_dialect_quotechar, NULL),
    RUST_GETTER("quoting", csv_dialect_quoting, NULL),
    {NULL, NULL, NULL, NULL, NULL}
};

static const rust_class Dialect_class = {
    .name = "_csv.Dialect",
    .instance = csv_dialect_instance,
    .doc = Dialect_Type_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = Dialect_new,
    .methods = dialect_methods,
    .getset = Dialect_getset,
    .members = Dialect_members,
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

/* The offsets are those of fields of Rust's Reader, which asserts them. */
static PyMemberDef Reader_members[] = {
    {"dialect", _Py_T_OBJECT, 0, Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {"line_num", Py_T_ULONG, SIZEOF_VOID_P, Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {NULL, 0, 0, 0, NULL}
};

static const PyType_Slot Reader_slots[] = {
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, csv_reader_next},
    {0, NULL}
};

static const rust_class Reader_class = {
    .name = "_csv.reader",
    .instance = csv_reader_instance,
    .doc = Reader_Type_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .methods = Reader_methods,
    .members = Reader_members,
    .slots = Reader_slots,
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

/* The offset is that of a field of Rust's Writer, which asserts it. */
static PyMemberDef Writer_members[] = {
    {"dialect", _Py_T_OBJECT, 0, Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {NULL, 0, 0, 0, NULL}
};

static const rust_class Writer_class = {
    .name = "_csv.writer",
    .instance = csv_writer_instance,
    .doc = Writer_Type_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .methods = Writer_methods,
    .members = Writer_members,
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

/* Makes a class and adds it to the module by a name that is not the class's own. */
static PyObject *
add_class(PyObject *module, const char *name, const rust_class *definition)
{
    PyObject *type = (PyObject *)rust_class_new(module, definition);
    if (type != NULL && PyModule_AddObjectRef(module, name, type) < 0) {
        Py_CLEAR(type);
    }
    return type;
}

static int
csv_exec(PyObject *module)
{
    int result = -1;
    PyObject *reader = NULL, *writer = NULL, *dialects = NULL, *error = NULL;
    PyObject *dialect = add_class(module, "Dialect", &Dialect_class);
    if (dialect == NULL || (reader = add_class(module, "Reader", &Reader_class)) == NULL
        || (writer = add_class(module, "Writer", &Writer_class)) == NULL || (dialects = PyDict_New()) == NULL
        || PyModule_AddObjectRef(module, "_dialects", dialects) < 0)
    {
        goto done;
    }
    for (const StyleDesc *style = quote_styles; style->name; style++) {
        if (PyModule_AddIntConstant(module, style->name, style->style) < 0) {
            goto done;
        }
    }
    error = PyType_FromModuleAndSpec(module, &Error_spec, PyExc_Exception);
    if (error != NULL && PyModule_AddType(module, (PyTypeObject *)error) == 0) {
        result = csv_make_state(module, dialect, reader, writer, dialects, error);
    }
done:
    Py_XDECREF(dialect);
    Py_XDECREF(reader);
    Py_XDECREF(writer);
    Py_XDECREF(dialects);
    Py_XDECREF(error);
    return result;
}

static PyModuleDef_Slot csv_slots[] = {
#ifdef _Py_ABI_SLOT
    _Py_ABI_SLOT,
#endif
    {Py_mod_exec, csv_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef _csv_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_csv",
    .m_doc = csv_module_doc,
    .m_size = sizeof(rust_module),
    .m_methods = csv_methods,
    .m_slots = csv_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
};

PyMODINIT_FUNC
PyInit__rust__csv(void)
{
    return PyModuleDef_Init(&_csv_module);
}

PyMODINIT_FUNC
PyInit__csv(void)
{
    return PyModuleDef_Init(&_csv_module);
}
