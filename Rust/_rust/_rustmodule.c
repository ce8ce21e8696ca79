/* The C side of _rust: the module definition, the types of what it returns, and the init functions of all modules whose
   plain name gives Rust, which are where the choice between the implementations is made. */

#include "Python.h"
#include "rust/_rust.h"
#include "rust/option.h"
#include "clinic/_rust.h"

/* Decides for the process what runs on what, before the first module that has two implementations starts. */
static int
decide(void)
{
    if (rust_is_decided()) {
        return 0;
    }
    return rust_choose("rust_modules", "PYTHON_RUST_MODULES", rust_decide);
}

/* Starts the module that a plain name gives, which is Rust or C as `module` is. C's implementation comes from its twin: the
   definition of that module makes one of any name. */
static PyObject *
start(const char *module, const char *twin, PyObject *(*rust)(void))
{
    if (decide() < 0) {
        return NULL;
    }
    if (rust_is_rust(module)) {
        return rust();
    }
    PyObject *imported = PyImport_ImportModule(twin);
    if (imported == NULL) {
        return NULL;
    }
    PyModuleDef *definition = PyModule_GetDef(imported);
    Py_DECREF(imported);
    if (definition == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_ImportError, "%s is not an extension module", twin);
    }
    return (PyObject *)definition;
}

/* The build script of a module crate gives its init function for the plain name this other name. A submodule's
   implementation is that of its MODULE. */
#define PLAIN_MODULE(NAME, MODULE)                                      \
    PyObject *rust_init_##NAME(void);                                   \
    PyMODINIT_FUNC PyInit_##NAME(void);                                 \
    PyMODINIT_FUNC                                                      \
    PyInit_##NAME(void)                                                 \
    {                                                                   \
        return start(#MODULE, "_c_" #NAME, rust_init_##NAME);           \
    }

#include "plain_modules.h"

static PyStructSequence_Field Module_fields[] = {
    {"name", "what users import"},
    {"stage", "default, incubating or testing, as Modules/Setup.rust has it"},
    {"implementation", "'Rust' or 'C': what importing the name gives in this process; None if there is no such name"},
    {"configured", "'Rust' or 'C': what it gives when nothing is chosen"},
    {"rust", "the name that always imports the Rust implementation"},
    {"c", "the name that imports the C implementation, or None"},
    {"crate", "the crate in this project"},
    {"version", "the version of the crate"},
    {"dependencies", "the names of the crates from elsewhere that it links"},
    {NULL, NULL}
};

static PyStructSequence_Field Dependency_fields[] = {
    {"name", "the name of the crate"},
    {"version", "its version"},
    {"licence", "its licence, an SPDX expression"},
    {NULL, NULL}
};

static PyStructSequence_Field Build_fields[] = {
    {"rustc", "what rustc -V says"},
    {"target", "the target triple"},
    {"profile", "release, or debug"},
    {"dependencies", "the crates from elsewhere that are linked"},
    {NULL, NULL}
};

static PyStructSequence_Field Processor_fields[] = {
    {"path", "the code path in use: portable, AVX2 or AVX-512"},
    {"features", "the features that were found, of those that code here or in the dependencies may use"},
    {NULL, NULL}
};

static PyStructSequence_Field Choice_fields[] = {
    {"source", "'-X rust_modules', 'PYTHON_RUST_MODULES' or None"},
    {"value", "its value, or None"},
    {NULL, NULL}
};

static PyStructSequence_Field ZlibProfile_fields[] = {
    {"name", "'fast' or 'exact'"},
    {"source", "'-X rust_zlib', 'PYTHON_RUST_ZLIB' or None"},
    {"value", "its value, or None"},
    {NULL, NULL}
};

static PyStructSequence_Desc descriptions[] = {
    {"_rust.Module", "A Rust module of this build.", Module_fields, 9},
    {"_rust.Dependency", "A crate from elsewhere.", Dependency_fields, 3},
    {"_rust.Build", "How the Rust code was built.", Build_fields, 4},
    {"_rust.Processor", "What the processor can do.", Processor_fields, 2},
    {"_rust.Choice", "What was chosen at the start.", Choice_fields, 2},
    {"_rust.ZlibProfile", "The profile of the compressor of zlib.", ZlibProfile_fields, 3},
};

/* The members of the state in the order of the descriptions. */
static PyTypeObject **
types(rust_state *state, size_t index)
{
    PyTypeObject **all[] = {
        &state->Module, &state->Dependency, &state->Build, &state->Processor, &state->Choice, &state->ZlibProfile,
    };
    Py_BUILD_ASSERT(Py_ARRAY_LENGTH(all) == Py_ARRAY_LENGTH(descriptions));
    return all[index];
}

static int
rust_exec(PyObject *module)
{
    rust_state *state = PyModule_GetState(module);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(descriptions); i++) {
        PyTypeObject *type = PyStructSequence_NewType(&descriptions[i]);
        *types(state, i) = type;
        if (type == NULL || PyModule_AddType(module, type) < 0) {
            return -1;
        }
    }
    return rust_choose("rust_zlib", "PYTHON_RUST_ZLIB", rust_choose_zlib_profile);
}

static int
rust_traverse(PyObject *module, visitproc visit, void *arg)
{
    rust_state *state = PyModule_GetState(module);
    for (size_t i = 0; state != NULL && i < Py_ARRAY_LENGTH(descriptions); i++) {
        Py_VISIT(*types(state, i));
    }
    return 0;
}

static int
rust_clear(PyObject *module)
{
    rust_state *state = PyModule_GetState(module);
    for (size_t i = 0; state != NULL && i < Py_ARRAY_LENGTH(descriptions); i++) {
        Py_CLEAR(*types(state, i));
    }
    return 0;
}

static void
rust_free(void *module)
{
    (void)rust_clear(module);
}

static PyMethodDef rust_methods[] = {
    _RUST_MODULES_METHODDEF
    _RUST_BUILD_METHODDEF
    _RUST_PROCESSOR_METHODDEF
    _RUST_CHOICE_METHODDEF
    _RUST_ZLIB_PROFILE_METHODDEF
    _RUST_IMPLEMENTATION_METHODDEF
    _RUST_STATUS_METHODDEF
    {NULL, NULL, 0, NULL}
};

static PyModuleDef_Slot rust_slots[] = {
    {Py_mod_exec, rust_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

PyDoc_STRVAR(rust_doc,
"What the Rust part of this interpreter is, and which implementation each\n"
"module runs on. The names here are for tools and for people, and may change\n"
"in any release: programs have no use for them.");

static struct PyModuleDef rust_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_rust",
    .m_doc = rust_doc,
    .m_size = sizeof(rust_state),
    .m_methods = rust_methods,
    .m_slots = rust_slots,
    .m_traverse = rust_traverse,
    .m_clear = rust_clear,
    .m_free = rust_free,
};

PyMODINIT_FUNC
PyInit__rust(void)
{
    if (decide() < 0) {
        return NULL;
    }
    return PyModuleDef_Init(&rust_module);
}
