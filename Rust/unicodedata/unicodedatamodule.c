/* The C side of unicodedata: the module definition, the classes, and what asks the interpreter's own tables. The parsing of
   arguments, the method table and all docstrings are those of CPython's unicodedata.c. What functions do is in Rust. */

#include "Python.h"
#include "pycore_long.h"          // _PyLong_FromUnsignedChar()
#include "pycore_modsupport.h"    // _PyArg_CheckPositional()
#include "pycore_ucnhash.h"       // _PyUnicode_Name_CAPI
#if PY_VERSION_HEX >= 0x030F0000
#  include "pycore_unicodectype.h"  // _PyUnicode_IsXidStart()
#endif
#include "rust/class.h"
#include "rust/unicodedata.h"
#include "unidata_version.h"      // UNIDATA_VERSION, of CPython's unicodedata_db.h

/* The functions are the module's and, but for a few, methods of UCD, too: with an object of that class as `self` they answer for
   Unicode 3.2.0. Those that return text return it as C does: no Python code runs before the str is made of it. */
#define IS_OLD(SELF) (!PyModule_Check(SELF))

/* A str of ASCII. All share those of one character. */
static inline PyObject *
new_text(const char *text)
{
    return text[0] != 0 && text[1] == 0 ? PyUnicode_FromOrdinal(text[0]) : PyUnicode_FromString(text);
}

#define TEXT_IN_RUST(NAME)                                                                             \
    static inline PyObject *                                                                           \
    unicodedata_UCD_##NAME##_impl(PyObject *self, int chr)                                             \
    {                                                                                                  \
        return new_text(unicodedata_##NAME##_of(IS_OLD(self), chr));                                   \
    }

TEXT_IN_RUST(category)
TEXT_IN_RUST(bidirectional)
TEXT_IN_RUST(east_asian_width)

#define NUMBER_IN_RUST(NAME)                                                                           \
    static inline int                                                                                  \
    unicodedata_UCD_##NAME##_impl(PyObject *self, int chr)                                             \
    {                                                                                                  \
        return unicodedata_##NAME##_of(IS_OLD(self), chr);                                             \
    }

NUMBER_IN_RUST(combining)
NUMBER_IN_RUST(mirrored)

/* The result for a character without a value: the default, or an exception. */
static PyObject *
no_value(PyObject *default_value, const char *message)
{
    if (default_value == NULL) {
        PyErr_SetString(PyExc_ValueError, message);
    }
    return Py_XNewRef(default_value);
}

#define VALUE_OF_CHARACTER(NAME, TYPE, NOW, NONE, NEW, MESSAGE)                                        \
    static inline PyObject *                                                                           \
    unicodedata_UCD_##NAME##_impl(PyObject *self, int chr, PyObject *default_value)                    \
    {                                                                                                  \
        TYPE value = NOW((Py_UCS4)chr);                                                                \
        if (IS_OLD(self)) {                                                                            \
            value = unicodedata_old_##NAME(chr, value);                                                \
        }                                                                                              \
        return value == NONE ? no_value(default_value, MESSAGE) : NEW(value);                          \
    }

/* No digit has changed. */
#define unicodedata_old_digit(CHR, NOW) (NOW)

VALUE_OF_CHARACTER(decimal, int, Py_UNICODE_TODECIMAL, -1, PyLong_FromLong, "not a decimal")
VALUE_OF_CHARACTER(digit, int, Py_UNICODE_TODIGIT, -1, PyLong_FromLong, "not a digit")
VALUE_OF_CHARACTER(numeric, double, Py_UNICODE_TONUMERIC, -1.0, PyFloat_FromDouble, "not a numeric character")

/* The bytes of the name of a form, a zero after one of three characters; or 0 for a text that is none. */
static inline uint32_t
form_name(PyObject *form)
{
    uint32_t name = 0;
    if (PyUnicode_IS_ASCII(form)) {
        const char *data = PyUnicode_DATA(form);
        Py_ssize_t length = PyUnicode_GET_LENGTH(form);
        if (length == 3 || (length == 4 && data[3] != 0)) {
            memcpy(&name, data, sizeof(name));
        }
    }
    return name;
}

/* What unicodedata_quick_check() returns. The form is not looked at if there is no text, and ASCII is in every form. */
static inline Py_ssize_t
quick_check(PyObject *self, uint32_t form, PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length == 0) {
        return -1;
    }
    return unicodedata_quick_check(IS_OLD(self), form, PyUnicode_KIND(text), PyUnicode_DATA(text),
                                   PyUnicode_IS_ASCII(text) ? 0 : length);
}

/* Returns YES, or the result for a text that is not in the form for certain: NO has the name, and what the quick check has found. */
#define QUICK_CHECKED(NAME, YES, NO)                                                                   \
    static inline PyObject *                                                                           \
    unicodedata_UCD_##NAME##_impl(PyObject *self, PyObject *form, PyObject *text)                      \
    {                                                                                                  \
        uint32_t name = form_name(form);                                                               \
        Py_ssize_t found = quick_check(self, name, text);                                              \
        return found < 0 ? (YES) : (NO);                                                               \
    }

QUICK_CHECKED(is_normalized, Py_True,
              found % 2 != 0 ? Py_False : unicodedata_is_normalized_from(IS_OLD(self), name, text, found / 2))
/* A text of a subclass is copied. */
QUICK_CHECKED(normalize, PyUnicode_CheckExact(text) ? Py_NewRef(text) : PyUnicode_FromObject(text),
              unicodedata_normalize_from(IS_OLD(self), name, text, found / 2))

#if PY_VERSION_HEX >= 0x030F0000

#define NEW_TEXT_IN_RUST(NAME)                                                                         \
    static inline PyObject *                                                                           \
    unicodedata_##NAME##_impl(PyObject *Py_UNUSED(module), int chr)                                    \
    {                                                                                                  \
        return new_text(unicodedata_##NAME##_of(chr));                                                 \
    }

NEW_TEXT_IN_RUST(block)
NEW_TEXT_IN_RUST(grapheme_cluster_break)
NEW_TEXT_IN_RUST(indic_conjunct_break)

static inline PyObject *
unicodedata_extended_pictographic_impl(PyObject *Py_UNUSED(module), int chr)
{
    return unicodedata_extended_pictographic_of(chr) ? Py_True : Py_False;
}

static inline PyObject *
unicodedata_isxidstart_impl(PyObject *Py_UNUSED(module), int chr)
{
    return PyBool_FromLong(_PyUnicode_IsXidStart((Py_UCS4)chr));
}

static inline PyObject *
unicodedata_isxidcontinue_impl(PyObject *Py_UNUSED(module), int chr)
{
    return PyBool_FromLong(_PyUnicode_IsXidContinue((Py_UCS4)chr));
}

#endif

#include "upstream/clinic.h"
#include "upstream/docs.h"

/* Without the general parsing of "s#" for what is given most. */
static PyObject *
lookup(PyObject *self, PyObject *arg)
{
    if (PyUnicode_CheckExact(arg) && PyUnicode_IS_COMPACT_ASCII(arg)) {
        return unicodedata_UCD_lookup_impl(self, (const char *)PyUnicode_1BYTE_DATA(arg), PyUnicode_GET_LENGTH(arg));
    }
    return unicodedata_UCD_lookup(self, arg);
}

#undef UNICODEDATA_UCD_LOOKUP_METHODDEF
#define UNICODEDATA_UCD_LOOKUP_METHODDEF {"lookup", lookup, METH_O, unicodedata_UCD_lookup__doc__},

/* Without the general conversion to an int: the interpreter has an object for each of these numbers. */
#define SMALL_NUMBER(NAME)                                                                             \
    static PyObject *                                                                                  \
    NAME(PyObject *self, PyObject *arg)                                                                \
    {                                                                                                  \
        if (PyUnicode_CheckExact(arg) && PyUnicode_GET_LENGTH(arg) == 1) {                             \
            int chr = (int)PyUnicode_READ_CHAR(arg, 0);                                                \
            return _PyLong_FromUnsignedChar(unicodedata_##NAME##_of(IS_OLD(self), chr));               \
        }                                                                                              \
        return unicodedata_UCD_##NAME(self, arg);                                                      \
    }

SMALL_NUMBER(combining)
SMALL_NUMBER(mirrored)

#undef UNICODEDATA_UCD_COMBINING_METHODDEF
#define UNICODEDATA_UCD_COMBINING_METHODDEF {"combining", combining, METH_O, unicodedata_UCD_combining__doc__},
#undef UNICODEDATA_UCD_MIRRORED_METHODDEF
#define UNICODEDATA_UCD_MIRRORED_METHODDEF {"mirrored", mirrored, METH_O, unicodedata_UCD_mirrored__doc__},

#if PY_VERSION_HEX >= 0x030F0000

static const rust_class Segment = {
    .name = "unicodedata.Segment", .instance = unicodedata_Segment_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .members = RUST_MEMBERS(
        RUST_MEMBER("start", Py_T_PYSSIZET, SIZEOF_VOID_P, "grapheme start"),
        RUST_MEMBER("end", Py_T_PYSSIZET, 2 * SIZEOF_VOID_P, "grapheme end")),
    .slots = RUST_SLOTS({Py_tp_str, unicodedata_Segment_str}, {Py_tp_repr, unicodedata_Segment_repr}),
};

static const rust_class GraphemeBreakIterator = {
    .name = "unicodedata.GraphemeBreakIterator", .instance = unicodedata_GraphemeBreakIterator_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .slots = RUST_SLOTS({Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, unicodedata_GraphemeBreakIterator_next}),
};

RUST_CLASSES(add_state, unicodedata_exec(module, classes), &Segment, &GraphemeBreakIterator)

#  define STATE_EXEC RUST_EXEC(add_state)
#  define STATE RUST_STATE
#else
#  define STATE_EXEC
#  define STATE .m_size = 0

#endif

#include "upstream/unicodedata_functions.h"

/* Since 3.15 the table starts with functions that are no methods. */
#ifndef DB_methods
#  define DB_methods unicodedata_functions
#endif

static const rust_class UCD = {
    .name = "unicodedata.UCD", .attribute = "UCD", .instance = unicodedata_UCD_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE,
    .methods = DB_methods,
    .members = RUST_MEMBERS(RUST_MEMBER("unidata_version", Py_T_STRING_INPLACE, 0, NULL)),
    .slots = RUST_SLOTS({Py_tp_getattro, PyObject_GenericGetAttr}),
};

RUST_CLASSES(add_ucd, PyModule_Add(module, "ucd_3_2_0", unicodedata_UCD_new((PyTypeObject *)classes[0])), &UCD)

static int
add_constants(PyObject *module)
{
    /* The compiler keeps the address. */
    static _PyUnicode_Name_CAPI capi = {
        .getname = unicodedata_getname,
        .getcode = unicodedata_getcode,
    };
    if (PyModule_AddStringConstant(module, "unidata_version", UNIDATA_VERSION) < 0) {
        return -1;
    }
    return PyModule_Add(module, "_ucnhash_CAPI", PyCapsule_New(&capi, PyUnicodeData_CAPSULE_NAME, NULL));
}

RUST_MODULE(unicodedata, STATE_EXEC RUST_EXEC(add_ucd) RUST_EXEC(add_constants), STATE, .m_doc = unicodedata_docstring,
            .m_methods = unicodedata_functions)
