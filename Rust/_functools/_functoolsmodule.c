/* The C side of _functools: the module definition, the classes, and the parsing of arguments, which is done by hand where the
   C module does it so. The tables of functions and methods, all docstrings, and the functions that do not look into the
   objects are those of CPython's _functoolsmodule.c. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_functools.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"

static struct PyModuleDef _functools_module;

/* The module that a class, or the class that it is derived from, belongs to. */
static inline PyObject *
module_of(PyTypeObject *type)
{
    return PyType_GetModuleByDef(type, &_functools_module);
}

/* PyObject_GenericSetAttr() for an object with an InstanceDict. That borrows the dict even while it runs Python code, such as the
   destructor of the old value, which may replace the dict. */
static int
set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *dict = PyObject_GenericGetDict(self, NULL);
    if (dict == NULL) {
        return -1;
    }
    int result = _PyObject_GenericSetAttrWithDict(self, name, value, dict);
    Py_DECREF(dict);
    return result;
}

/* Placeholder */

#include "upstream/placeholder_repr.h"
#include "upstream/placeholder_reduce.h"
#include "upstream/placeholder_methods.h"

static PyObject *
placeholder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) || (kwargs && PyDict_GET_SIZE(kwargs))) {
        PyErr_SetString(PyExc_TypeError, "PlaceholderType takes no arguments");
        return NULL;
    }
    PyObject *module = module_of(type);
    return module == NULL ? NULL : functools_placeholder(module);
}

static const PyType_Slot placeholder_slots[] = {
    {Py_tp_repr, placeholder_repr},
    {0, NULL}
};

static const rust_class placeholder_class = {
    .name = "functools._PlaceholderType",
    .instance = functools_placeholder_instance,
    .doc = placeholder_doc,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = placeholder_new,
    .methods = placeholder_methods,
    .slots = placeholder_slots,
};

/* partial */

#include "upstream/partial_descr_get.h"

static PyObject *
partial_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *module = module_of(type);
    return module == NULL ? NULL : functools_partial_new(type, module, args, kwargs);
}

static PyObject *
partial_reduce(PyObject *self, PyObject *Py_UNUSED(args))
{
    return functools_partial_reduce(self);
}

static PyObject *
partial_setstate(PyObject *self, PyObject *state)
{
    return functools_partial_setstate(self, state);
}

#include "upstream/partial_methods.h"

static PyMemberDef partial_members[] = {
    RUST_DICT_AND_WEAKREFS(8),
    {"__vectorcalloffset__", Py_T_PYSSIZET, 88, Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {NULL, 0, 0, 0, NULL}
};

static PyGetSetDef partial_getset[] = {
    RUST_READONLY("func", functools_partial_func, "function object to use in future partial calls"),
    RUST_READONLY("args", functools_partial_args, "tuple of arguments to future partial calls"),
    RUST_READONLY("keywords", functools_partial_keywords,
                  "dictionary of keyword arguments to future partial calls"),
    {"__dict__", PyObject_GenericGetDict, rust_set_dict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static const PyType_Slot partial_slots[] = {
    {Py_tp_repr, functools_partial_repr},
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_setattro, set_attribute},
    {Py_tp_descr_get, partial_descr_get},
    {0, NULL}
};

static const rust_class partial_class = {
    .name = "functools.partial",
    .instance = functools_partial_instance,
    .doc = partial_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = partial_new,
    .methods = partial_methods,
    .getset = partial_getset,
    .members = partial_members,
    .slots = partial_slots,
};

/* The objects of cmp_to_key */

static PyObject *
keyobject_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", NULL};
    PyObject *object;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:K", names, &object)) {
        return NULL;
    }
    return functools_key_call(self, object);
}

PyObject *
functools_key_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (PyVectorcall_NARGS(nargsf) != 1 || kwnames != NULL) {
        return rust_call_by_tuple(keyobject_call, self, args, nargsf, kwnames);
    }
    return functools_key_call(self, args[0]);
}

#include "upstream/keyobject_text_signature.h"

static int
keyobject_set_object(PyObject *self, PyObject *value, void *Py_UNUSED(context))
{
    return functools_key_set_object(self, value);
}

static PyGetSetDef keyobject_getset[] = {
    {"obj", rust_get, keyobject_set_object, PyDoc_STR("Value wrapped by a key function."),
     (void *)functools_key_object},
    {"__text_signature__", keyobject_text_signature, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static const PyType_Slot keyobject_slots[] = {
    {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_richcompare, functools_key_richcompare},
    {0, NULL}
};

static const rust_class keyobject_class = {
    .name = "functools.KeyWrapper",
    .instance = functools_key_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .getset = keyobject_getset,
    .slots = keyobject_slots,
};

/* lru_cache */

#include "upstream/lru_cache_descr_get.h"
#include "upstream/lru_cache_reduce.h"
#include "upstream/lru_cache_copy.h"
#include "upstream/lru_cache_deepcopy.h"
#include "upstream/lru_cache_methods.h"

static PyObject *
lru_cache_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"user_function", "maxsize", "typed", "cache_info_type", NULL};
    PyObject *function, *maxsize_object, *cache_info_type;
    int typed;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOpO:lru_cache", names, &function, &maxsize_object, &typed,
                                     &cache_info_type))
    {
        return NULL;
    }
    if (!PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "the first argument must be callable");
        return NULL;
    }
    Py_ssize_t maxsize = -1;
    if (PyIndex_Check(maxsize_object)) {
        maxsize = PyNumber_AsSsize_t(maxsize_object, PyExc_OverflowError);
        if (maxsize == -1 && PyErr_Occurred()) {
            return NULL;
        }
        maxsize = Py_MAX(maxsize, 0);
    }
    else if (maxsize_object != Py_None) {
        PyErr_SetString(PyExc_TypeError, "maxsize should be integer or None");
        return NULL;
    }
    PyObject *module = module_of(type);
    return module == NULL ? NULL : functools_lru_cache_new(type, module, function, cache_info_type, maxsize, typed);
}

static PyMemberDef lru_cache_members[] = {
    RUST_DICT_AND_WEAKREFS(0),
    {NULL, 0, 0, 0, NULL}
};

static PyGetSetDef lru_cache_getset[] = {
    {"__dict__", PyObject_GenericGetDict, rust_set_dict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static const PyType_Slot lru_cache_slots[] = {
    {Py_tp_descr_get, lru_cache_descr_get},
    {0, NULL}
};

static const rust_class lru_cache_class = {
    .name = "functools._lru_cache_wrapper",
    .instance = functools_lru_cache_instance,
    .doc = lru_cache_doc,
    .flags = Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = lru_cache_new,
    .methods = lru_cache_methods,
    .getset = lru_cache_getset,
    .members = lru_cache_members,
    .slots = lru_cache_slots,
};

/* The module */

#include "upstream/_functools_methods.h"

static int
functools_module_exec(PyObject *module)
{
    int result = -1;
    PyTypeObject *placeholder = NULL, *partial = NULL, *lru_cache = NULL, *key = NULL;
    PyObject *kwd_mark = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type);
    if (kwd_mark != NULL && (placeholder = rust_class_add(module, &placeholder_class)) != NULL
        && (partial = rust_class_add(module, &partial_class)) != NULL
        && (lru_cache = rust_class_add(module, &lru_cache_class)) != NULL
        && (key = rust_class_new(module, &keyobject_class)) != NULL)
    {
        /* Among the slots it would give the class a __setattr__ of its own, which C's has not. Nobody else has seen the type. */
        lru_cache->tp_setattro = set_attribute;
        result = functools_exec(module, kwd_mark, placeholder, (PyObject *)partial, (PyObject *)key);
    }
    Py_XDECREF(kwd_mark);
    Py_XDECREF(placeholder);
    Py_XDECREF(partial);
    Py_XDECREF(lru_cache);
    Py_XDECREF(key);
    return result;
}

static PyModuleDef_Slot functools_slots[] = {
#ifdef _Py_ABI_SLOT
    _Py_ABI_SLOT,
#endif
    {Py_mod_exec, functools_module_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

static struct PyModuleDef _functools_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_functools",
    .m_doc = _functools_doc,
    .m_size = sizeof(rust_module),
    .m_methods = _functools_methods,
    .m_slots = functools_slots,
    .m_traverse = rust_module_traverse,
    .m_free = rust_module_free,
};

PyMODINIT_FUNC
PyInit__rust__functools(void)
{
    return PyModuleDef_Init(&_functools_module);
}

PyMODINIT_FUNC
PyInit__functools(void)
{
    return PyModuleDef_Init(&_functools_module);
}
