/* The C side of _bz2: the module definition and the classes. The parsing of arguments, the method tables and all
   docstrings are those of CPython's _bz2module.c. Methods and the state of objects are implemented in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_bz2.h"

typedef PyObject BZ2Compressor;
typedef PyObject BZ2Decompressor;

/* The parsing code compares the class that is called with that of the module. There are no subclasses: it is always the
   same. */
typedef struct {
    PyTypeObject *bz2_compressor_type;
    PyTypeObject *bz2_decompressor_type;
} classes;

#define clinic_state() (&(const classes){type, type})
#include "upstream/clinic.h"
#undef clinic_state
#include "upstream/docs.h"
#include "upstream/BZ2Compressor_methods.h"
#include "upstream/BZ2Decompressor_methods.h"

static const rust_class compressor = {
    .name = "_bz2.BZ2Compressor", .attribute = "BZ2Compressor", .instance = _bz2_BZ2Compressor_instance,
    .doc = _bz2_BZ2Compressor__doc__,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .without_gc = 1,
    .tp_new = _bz2_BZ2Compressor,
    .methods = BZ2Compressor_methods,
};

/* unused_data is computed, because another thread may be changing the state. CPython 3.15 computes it, too, and setting it
   raises another message. */
#if PY_VERSION_HEX >= 0x030F0000
#  define UNUSED_DATA RUST_GETTER
#else
#  define UNUSED_DATA RUST_READONLY
#endif

static const rust_class decompressor = {
    .name = "_bz2.BZ2Decompressor", .attribute = "BZ2Decompressor", .instance = _bz2_BZ2Decompressor_instance,
    .doc = _bz2_BZ2Decompressor__doc__,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .without_gc = 1,
    .tp_new = _bz2_BZ2Decompressor,
    .methods = BZ2Decompressor_methods,
    .getset = RUST_GETSET(UNUSED_DATA("unused_data", _bz2_BZ2Decompressor_unused_data, BZ2Decompressor_unused_data__doc__)),
    .members = RUST_MEMBERS(
        RUST_BOOL_MEMBER("eof", 0, BZ2Decompressor_eof__doc__),
        RUST_BOOL_MEMBER("needs_input", 1, BZ2Decompressor_needs_input_doc)),
};

RUST_CLASSES(bz2_exec, 0, &compressor, &decompressor)
RUST_MODULE(_bz2, RUST_EXEC(bz2_exec))
