/* The C side of _random: the module definition and the class. The parsing of arguments, the method table and all docstrings
   are those of CPython's _randommodule.c. Methods and the state of objects are implemented in Rust. */

#include "Python.h"
#include "pycore_critical_section.h"
#include "pycore_long.h"
#include "pycore_modsupport.h"
#include "rust/class.h"
#include "rust/_random.h"

typedef PyObject RandomObject;

static PyObject *
random_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    return _random_Random_new(type);
}

/* The parsing code asks the module's state for the class, and compares its tp_new with that of the object's class: keyword
   arguments are refused unless a subclass has a __new__ of its own. Any type with this tp_new gives the same answer. */
typedef struct {
    PyTypeObject *Random_Type;
} _randomstate;

static PyTypeObject type_with_new = {.tp_new = random_new};
static const _randomstate types = {&type_with_new};
#define _randomstate_type(type) ((void)(type), &types)

/* The parsing code would lock the object. Its data needs no lock, and threads would wait for each other. */
#undef Py_BEGIN_CRITICAL_SECTION
#undef Py_END_CRITICAL_SECTION
#define Py_BEGIN_CRITICAL_SECTION(op) {
#define Py_END_CRITICAL_SECTION() }

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/random_methods.h"

/* The class is mutable in CPython 3.14. */
#if PY_VERSION_HEX >= 0x030F0000
#  define RANDOM_FLAGS (Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE)
#else
#  define RANDOM_FLAGS Py_TPFLAGS_BASETYPE
#endif

static const rust_class Random = {
    .name = "_random.Random", .attribute = "Random", .instance = _random_Random_instance,
    .doc = random_doc,
    .flags = RANDOM_FLAGS,
    .without_gc = 1,
    .tp_new = random_new,
    .methods = random_methods,
    .slots = RUST_SLOTS({Py_tp_init, random_init}),
};

RUST_CLASSES(random_exec, 0, &Random)
RUST_MODULE(_random, RUST_EXEC(random_exec), .m_doc = module_doc)
