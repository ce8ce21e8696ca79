/* The C side of _functools: the module definition, the classes, and the parsing of arguments, which is done by hand where the
   C module does it so. The tables of functions and methods, all docstrings, and the functions that do not look into the
   objects are those of CPython's _functoolsmodule.c. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_functools.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"

/* Placeholder */

#include "upstream/placeholder_repr.h"
#include "upstream/placeholder_reduce.h"
#include "upstream/placeholder_methods.h"

static const rust_class placeholder_class = {
    .name = "functools._PlaceholderType", .attribute = "_PlaceholderType", .instance = functools_placeholder_instance,
    .doc = placeholder_doc,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = functools_placeholder_new,
    .methods = placeholder_methods,
    .slots = RUST_SLOTS({Py_tp_repr, placeholder_repr}),
};

/* partial */

#define partial_reduce functools_partial_reduce
#define partial_setstate functools_partial_setstate
#include "upstream/partial_descr_get.h"
#include "upstream/partial_methods.h"

RUST_CLASS_VECTORCALL(partial_vectorcall, count > 0, functools_partial_call(type, args, nargsf))

static const rust_class partial_class = {
    .name = "functools.partial", .attribute = "partial", .instance = functools_partial_instance,
    .doc = partial_doc,
    .flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = functools_partial_new,
    .tp_vectorcall = partial_vectorcall,
    .methods = partial_methods,
    .getset = RUST_GETSET(
        RUST_READONLY("func", functools_partial_func, "function object to use in future partial calls"),
        RUST_READONLY("args", functools_partial_args, "tuple of arguments to future partial calls"),
        RUST_READONLY("keywords", functools_partial_keywords, "dictionary of keyword arguments to future partial calls"),
        RUST_DICT),
    .members = RUST_MEMBERS(RUST_DICT_AND_WEAKREFS(SIZEOF_VOID_P),
                            RUST_MEMBER("__vectorcalloffset__", Py_T_PYSSIZET, 15 * SIZEOF_VOID_P, NULL)),
    .slots = RUST_SLOTS({Py_tp_repr, functools_partial_repr}, {Py_tp_getattro, PyObject_GenericGetAttr},
                        {Py_tp_setattro, rust_set_attribute}, {Py_tp_descr_get, partial_descr_get}),
};

/* The objects of cmp_to_key */

#include "upstream/keyobject_text_signature.h"

RUST_VECTORCALL(functools_key_vectorcall, count == 1, functools_key_call(self, args[0]),
                functools_key_call(self, values[0].object), "O:K", RUST_NAMES("obj"))

static const rust_class keyobject_class = {
    .name = "functools.KeyWrapper", .instance = functools_key_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .getset = RUST_GETSET(
        {"obj", rust_get, functools_key_set_object, PyDoc_STR("Value wrapped by a key function."), functools_key_object},
        {"__text_signature__", keyobject_text_signature, NULL, NULL, NULL}),
    .slots = RUST_SLOTS({Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_richcompare, functools_key_richcompare}),
};

/* lru_cache */

#include "upstream/lru_cache_descr_get.h"
#include "upstream/lru_cache_reduce.h"
#include "upstream/lru_cache_copy.h"
#include "upstream/lru_cache_deepcopy.h"
#include "upstream/lru_cache_methods.h"

RUST_TP_NEW(lru_cache_new,
            functools_lru_cache_new(type, values[0].object, values[1].object, values[2].integer, values[3].object),
            "OOpO:lru_cache", RUST_NAMES("user_function", "maxsize", "typed", "cache_info_type"))

static const rust_class lru_cache_class = {
    .name = "functools._lru_cache_wrapper", .attribute = "_lru_cache_wrapper", .instance = functools_lru_cache_instance,
    .doc = lru_cache_doc,
    .flags = Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = lru_cache_new,
    .methods = lru_cache_methods,
    .getset = RUST_GETSET(RUST_DICT),
    .members = RUST_MEMBERS(RUST_DICT_AND_WEAKREFS(0)),
    .tp_setattro = rust_set_attribute,
    .slots = RUST_SLOTS({Py_tp_descr_get, lru_cache_descr_get}),
};

/* The module */

#include "upstream/_functools_methods.h"

RUST_CLASSES(functools_module_exec, functools_exec(module, classes), &placeholder_class, &partial_class, &lru_cache_class,
             &keyobject_class)
RUST_MODULE(_functools, RUST_EXEC(functools_module_exec), RUST_STATE, .m_doc = _functools_doc,
            .m_methods = _functools_methods)
