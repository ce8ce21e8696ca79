/* The C side of _sre: the module definition, the classes, and wrappers of C functions that cpython-api does not have. The
   argument parsing, the tables of functions and methods, and all docstrings are those of CPython's _sre/sre.c. */

#include "Python.h"
#include <ctype.h>              // isalnum(), tolower(), toupper()
#include "rust/class.h"
#include "rust/_sre.h"

typedef PyObject PatternObject;
typedef PyObject MatchObject;
typedef PyObject ScannerObject;

/* CPython 3.15 has another name for match(), which is an alias there. */
#define _sre_SRE_Pattern_match_impl _sre_SRE_Pattern_prefixmatch_impl
#define _sre_SRE_Scanner_match_impl _sre_SRE_Scanner_prefixmatch_impl

#include "upstream/clinic.h"
#include "upstream/docs.h"

#ifdef Py_DEBUG
/* This method counts steps of the C engine. */
#  undef _SRE_SRE_PATTERN__FAIL_AFTER_METHODDEF
#  define _SRE_SRE_PATTERN__FAIL_AFTER_METHODDEF

PyObject *
_sre_SRE_Pattern__fail_after_impl(PatternObject *Py_UNUSED(self), int Py_UNUSED(count), PyObject *Py_UNUSED(exception))
{
    PyErr_SetNone(PyExc_NotImplementedError);
    return NULL;
}
#endif

/* Calls of C functions */

int
sre_character_types(uint32_t character)
{
    return (Py_UNICODE_ISALNUM(character) ? 1 : 0) | (Py_UNICODE_ISDECIMAL(character) ? 2 : 0)
           | (Py_UNICODE_ISSPACE(character) ? 4 : 0);
}

uint32_t
sre_lower(uint32_t character)
{
    return Py_UNICODE_TOLOWER(character);
}

uint32_t
sre_upper(uint32_t character)
{
    return Py_UNICODE_TOUPPER(character);
}

int
sre_locale_isalnum(uint8_t byte)
{
    return isalnum(byte) != 0;
}

uint8_t
sre_locale_tolower(uint8_t byte)
{
    return (uint8_t)tolower(byte);
}

uint8_t
sre_locale_toupper(uint8_t byte)
{
    return (uint8_t)toupper(byte);
}

/* Copies two or more characters in pieces that may overlap, which is faster than a call of memcpy(). */
static inline void
copy_characters(char *to, const char *from, size_t length)
{
    if (length > 16) {
        memcpy(to, from, length);
    }
    else if (length >= 8) {
        uint64_t first, last;
        memcpy(&first, from, 8);
        memcpy(&last, from + length - 8, 8);
        memcpy(to, &first, 8);
        memcpy(to + length - 8, &last, 8);
    }
    else if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + length - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + length - 4, &last, 4);
    }
    else {
        to[0] = from[0];
        to[1] = from[1];
        to[length - 1] = from[length - 1];
    }
}

PyObject *
sre_substring(PyObject *string, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t length = end - start, whole = PyUnicode_GET_LENGTH(string);
    /* A part of an ASCII string is ASCII, which PyUnicode_Substring() would check again. */
    if (PyUnicode_IS_ASCII(string) && start >= 0 && end <= whole && length > 0 && length < whole) {
        const char *characters = (const char *)PyUnicode_DATA(string) + start;
        if (length == 1) {
            return PyUnicode_FromOrdinal(*characters);
        }
        PyObject *part = PyUnicode_New(length, 127);
        if (part != NULL) {
            copy_characters((char *)PyUnicode_DATA(part), characters, (size_t)length);
        }
        return part;
    }
    return PyUnicode_Substring(string, start, end);
}

/* The value of a small int that is not negative, -1 for any other object. */
static inline Py_ssize_t
small_word(PyObject *item)
{
    return PyLong_Check(item) && PyUnstable_Long_IsCompact((PyLongObject *)item)
           ? PyUnstable_Long_CompactValue((PyLongObject *)item) : -1;
}

/* Stores a word of a code list; an exception is set if -1 is returned. */
static int
code_word(PyObject *item, uint32_t *word)
{
    Py_INCREF(item);
    unsigned long value = PyLong_AsUnsignedLong(item);
    Py_DECREF(item);
    if (value == (unsigned long)-1 && PyErr_Occurred()) {
        return -1;
    }
    if (value > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "regular expression code size limit exceeded");
        return -1;
    }
    *word = (uint32_t)value;
    return 0;
}

Py_ssize_t
sre_code_words(PyObject *list, uint32_t *words, Py_ssize_t count)
{
    Py_ssize_t i = 0;
    int status = 0;
    Py_BEGIN_CRITICAL_SECTION(list);
    /* Another thread, or the conversion of an item, may have removed items. */
    while (status == 0 && i < count && i < PyList_GET_SIZE(list)) {
        PyObject **items = &PyList_GET_ITEM(list, 0);
        Py_ssize_t end = Py_MIN(count, PyList_GET_SIZE(list));
        Py_ssize_t value;
        for (; i < end && (value = small_word(items[i])) >= 0; i++) {
            words[i] = (uint32_t)value;
        }
        if (i < end) {
            status = code_word(items[i], &words[i]);
            i++;
        }
    }
    Py_END_CRITICAL_SECTION();
    return status < 0 ? -1 : i;
}

PyObject *
sre_join(PyObject *list, int is_bytes)
{
    PyObject *empty = Py_GetConstant(is_bytes ? Py_CONSTANT_EMPTY_BYTES : Py_CONSTANT_EMPTY_STR);
    PyObject *result = is_bytes ? PyBytes_Join(empty, list) : PyUnicode_Join(empty, list);
    Py_DECREF(empty);
    return result;
}

PyObject *
sre_copy_string(PyObject *string)
{
    return PyUnicode_Check(string) ? PyUnicode_FromObject(string) : PyBytes_FromObject(string);
}

PyObject *
sre_iterator(PyObject *scanner)
{
    /* PyObject_GetAttrString(), which C calls, would leave a string in each call that is freed much later. */
    PyObject *name = PyUnicode_InternFromString("search");
    PyObject *search = name == NULL ? NULL : PyObject_GetAttr(scanner, name);
    Py_XDECREF(name);
    if (search == NULL) {
        return NULL;
    }
    PyObject *iterator = PyCallIter_New(search, Py_None);
    Py_DECREF(search);
    return iterator;
}

void
sre_defer_reference_counting(PyObject *object)
{
    PyUnstable_Object_EnableDeferredRefcount(object);
}

PyObject *
sre_mapping_proxy(PyObject *dict)
{
    return PyDictProxy_New(dict);
}

Py_hash_t
sre_hash_code(const uint32_t *code, Py_ssize_t count)
{
    return Py_HashBuffer(code, count * (Py_ssize_t)sizeof(*code));
}

PyObject *
sre_pattern_text(PyObject *pattern, PyObject *flags)
{
    return flags == NULL ? PyUnicode_FromFormat("re.compile(%.200R)", pattern)
                         : PyUnicode_FromFormat("re.compile(%.200R, %S)", pattern, flags);
}

PyObject *
sre_match_text(PyObject *match, Py_ssize_t start, Py_ssize_t end, PyObject *group)
{
    return PyUnicode_FromFormat("<%s object; span=(%zd, %zd), match=%.50R>", Py_TYPE(match)->tp_name, start, end, group);
}

/* Pattern */

#include "upstream/pattern_methods.h"

static const rust_class pattern_class = {
    .name = "re.Pattern", .doc = pattern_doc, .instance = sre_pattern_instance, .methods = pattern_methods,
    .flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .getset = RUST_GETSET(
        RUST_GETTER("groupindex", sre_pattern_groupindex, "A dictionary mapping group names to group numbers.")),
    .members = RUST_MEMBERS(
        RUST_MEMBER("pattern", _Py_T_OBJECT, 0, "The pattern string from which the RE object was compiled."),
        RUST_MEMBER("flags", Py_T_INT, 3 * sizeof(void *), "The regex matching flags."),
        RUST_MEMBER("groups", Py_T_PYSSIZET, sizeof(void *), "The number of capturing groups in the pattern."),
        RUST_WEAKREFS(2 * sizeof(void *))),
    .slots = RUST_SLOTS({Py_tp_repr, sre_pattern_repr}, {Py_tp_hash, sre_pattern_hash},
                        {Py_tp_richcompare, sre_pattern_richcompare}),
};

/* Match */

/* group() is METH_FASTCALL here, so that no tuple of its arguments is made. */
#define match_group _PyCFunction_CAST(sre_match_group)
#pragma push_macro("METH_VARARGS")
#undef METH_VARARGS
#define METH_VARARGS METH_FASTCALL
#include "upstream/match_methods.h"
#pragma pop_macro("METH_VARARGS")

static const rust_class match_class = {
    .name = "re.Match", .doc = match_doc, .instance = sre_match_instance, .methods = match_methods,
    .flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .getset = RUST_GETSET(
        RUST_GETTER("lastindex", sre_match_lastindex, "The integer index of the last matched capturing group."),
        RUST_GETTER("lastgroup", sre_match_lastgroup, "The name of the last matched capturing group."),
        RUST_GETTER("regs", sre_match_regs, NULL)),
    .members = RUST_MEMBERS(
        RUST_MEMBER("string", _Py_T_OBJECT, 0, "The string passed to match() or search()."),
        RUST_MEMBER("re", _Py_T_OBJECT, sizeof(void *), "The regular expression object."),
        RUST_MEMBER("pos", Py_T_PYSSIZET, 3 * sizeof(void *), "The index into the string at which the RE engine started looking for a match."),
        RUST_MEMBER("endpos", Py_T_PYSSIZET, 4 * sizeof(void *), "The index into the string beyond which the RE engine will not go.")),
    .slots = RUST_SLOTS({Py_tp_repr, sre_match_repr}, {Py_mp_subscript, sre_match_getitem}),
};

/* Scanner */

#include "upstream/scanner_methods.h"

static const rust_class scanner_class = {
    .name = "_sre.SRE_Scanner", .instance = sre_scanner_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .methods = scanner_methods,
    .members = RUST_MEMBERS(RUST_MEMBER("pattern", _Py_T_OBJECT, 0, NULL)),
};

/* Template */

static const rust_class template_class = {
    .name = "_sre.SRE_Template", .instance = sre_template_instance,
    .flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

/* The module */

#include "upstream/copyright.h"
#include "upstream/_functions.h"

RUST_CLASSES(sre_module_exec,
             PyModule_AddStringConstant(module, "copyright", copyright) < 0 ? -1 : sre_exec(module, classes),
             &pattern_class, &match_class, &scanner_class, &template_class)
RUST_MODULE(_sre, RUST_EXEC(sre_module_exec), RUST_STATE, .m_methods = _functions)
