/* The C side of zlib: the module definition, the classes and the constants. The parsing of arguments, the method tables
   and all docstrings are those of CPython's zlibmodule.c. Functions, methods and the state of objects and of the module
   are implemented in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/option.h"
#include "rust/zlib.h"

/* The numbers of zlib's interface that defaults of arguments refer to; the others stand in the table below. */
#define MAX_WBITS 15
#define DEFLATED 8
#define DEF_MEM_LEVEL 8
#define DEF_BUF_SIZE (16 * 1024)
#define Z_DEFAULT_COMPRESSION (-1)
#define Z_DEFAULT_STRATEGY 0
#define Z_FINISH 4

/* The version of zlib whose interface this is. Programs split it into numbers, and compare one with the other. */
#define ZLIB_VERSION "1.3.1"
#define ZLIB_RUNTIME_VERSION ZLIB_VERSION

static const struct {
    const char *name;
    int value;
} zlib_numbers[] = {
    {"MAX_WBITS", MAX_WBITS},
    {"DEFLATED", DEFLATED},
    {"DEF_MEM_LEVEL", DEF_MEM_LEVEL},
    {"DEF_BUF_SIZE", DEF_BUF_SIZE},
    {"Z_NO_COMPRESSION", 0},
    {"Z_BEST_SPEED", 1},
    {"Z_BEST_COMPRESSION", 9},
    {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
    {"Z_FILTERED", 1},
    {"Z_HUFFMAN_ONLY", 2},
    {"Z_RLE", 3},
    {"Z_FIXED", 4},
    {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
    {"Z_NO_FLUSH", 0},
    {"Z_PARTIAL_FLUSH", 1},
    {"Z_SYNC_FLUSH", 2},
    {"Z_FULL_FLUSH", 3},
    {"Z_FINISH", Z_FINISH},
    {"Z_BLOCK", 5},
    {"Z_TREES", 6},
};

typedef PyObject compobject;
typedef PyObject ZlibDecompressor;

/* CPython 3.15 has clinic input for _ZlibDecompressor(), and other names for these functions. */
#if PY_VERSION_HEX >= 0x030F0000
#  define zlib__ZlibDecompressor_impl zlib_ZlibDecompressor_new
#  define zlib__ZlibDecompressor_decompress_impl zlib_ZlibDecompressor_decompress_impl
#endif

#include "upstream/clinic.h"
#include "upstream/docs.h"
#if PY_VERSION_HEX >= 0x030F0000
#  include "upstream/zlib_getattr.h"
#endif
#include "upstream/zlib_methods.h"
#include "upstream/comp_methods.h"
#include "upstream/Decomp_methods.h"
#include "upstream/ZlibDecompressor_methods.h"

/* CPython 3.14 lets the classes of streams be changed. */
#if PY_VERSION_HEX >= 0x030F0000
#  define STREAM_FLAGS Py_TPFLAGS_IMMUTABLETYPE
#else
#  define STREAM_FLAGS 0
#endif

/* Attributes that are bytes are computed, because another thread may be replacing them. CPython 3.15 computes them, too,
   and setting them raises another message. */
#if PY_VERSION_HEX >= 0x030F0000
#  define DATA RUST_GETTER
#else
#  define DATA RUST_READONLY
#endif

static const rust_class Compress = {
    .name = "zlib.Compress", .instance = zlib_Compress_instance,
    .flags = STREAM_FLAGS,
    .methods = comp_methods,
};

static const rust_class Decompress = {
    .name = "zlib.Decompress", .instance = zlib_Decompress_instance,
    .flags = STREAM_FLAGS,
    .methods = Decomp_methods,
    .getset = RUST_GETSET(
        DATA("unused_data", zlib_Decompress_unused_data, NULL),
        DATA("unconsumed_tail", zlib_Decompress_unconsumed_tail, NULL)),
    .members = RUST_MEMBERS(RUST_BOOL_MEMBER("eof", 0, NULL)),
};

#if PY_VERSION_HEX < 0x030F0000
RUST_TP_NEW_WITH(zlib__ZlibDecompressor, {.integer = MAX_WBITS},
                 zlib_ZlibDecompressor_new(type, values[0].integer, values[1].object), "|iO:_ZlibDecompressor",
                 RUST_NAMES("wbits", "zdict"))
#  define zlib__ZlibDecompressor__doc__ ZlibDecompressor__new____doc__
#endif

static const rust_class ZlibDecompressor_class = {
    .name = "zlib._ZlibDecompressor", .attribute = "_ZlibDecompressor", .instance = zlib_ZlibDecompressor_instance,
    .doc = zlib__ZlibDecompressor__doc__,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_new = zlib__ZlibDecompressor,
    .methods = ZlibDecompressor_methods,
    .getset = RUST_GETSET(
        DATA("unused_data", zlib_ZlibDecompressor_unused_data, ZlibDecompressor_unused_data__doc__)),
    .members = RUST_MEMBERS(
        RUST_BOOL_MEMBER("eof", 0, ZlibDecompressor_eof__doc__),
        RUST_BOOL_MEMBER("needs_input", 1, ZlibDecompressor_needs_input_doc)),
};

/* The module */

static int
choose_profile(PyObject *Py_UNUSED(module))
{
    return rust_choose("rust_zlib", "PYTHON_RUST_ZLIB", zlib_choose_profile);
}

RUST_CLASSES(add_classes, zlib_set_classes(module, (PyTypeObject *)classes[0], (PyTypeObject *)classes[1]), &Compress,
             &Decompress, &ZlibDecompressor_class)

static int
add_constants(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(zlib_numbers); i++) {
        if (PyModule_AddIntConstant(module, zlib_numbers[i].name, zlib_numbers[i].value) < 0) {
            return -1;
        }
    }
    if (PyModule_AddStringConstant(module, "ZLIB_VERSION", ZLIB_VERSION) < 0) {
        return -1;
    }
    if (PyModule_AddStringConstant(module, "ZLIB_RUNTIME_VERSION", ZLIB_RUNTIME_VERSION) < 0) {
        return -1;
    }
#if PY_VERSION_HEX < 0x030F0000
    if (PyModule_AddStringConstant(module, "__version__", "1.0") < 0) {
        return -1;
    }
#endif
    return 0;
}

RUST_MODULE(zlib, RUST_EXEC(choose_profile) RUST_EXEC(zlib_exec) RUST_EXEC(add_classes) RUST_EXEC(add_constants), RUST_STATE,
            .m_doc = zlib_module_documentation, .m_methods = zlib_methods)
