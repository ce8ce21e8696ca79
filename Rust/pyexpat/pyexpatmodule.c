/* The C side of pyexpat: the module definition, the class, the submodules, and the functions that other C modules call through
   the capsule expat_CAPI. The argument parsing, the tables of methods and of errors, all docstrings and the decoding of
   unknown encodings are those of CPython's pyexpat.c; numbers, types and the version are those of its expat.h. */

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_import.h"
#include "pycore_pyerrors.h"
#include "pycore_traceback.h"
#include "rust/class.h"
#include "rust/pyexpat.h"

#include <stdbool.h>

/* Found next to CPython's own headers. */
#include "../Modules/expat/expat.h"
#include "pyexpat.h"

#include "upstream/XML_COMBINED_VERSION.h"
#include "upstream/HandlerTypes.h"

typedef PyObject xmlparseobject;

#include "upstream/clinic.h"
#include "upstream/docs.h"

/* Version and features of expat */

#include "upstream/ErrorInfo.h"
#include "upstream/error_info_of.h"

static const XML_LChar *
get_error_string(enum XML_Error code)
{
    size_t index = (size_t)(int)code;
    return index < Py_ARRAY_LENGTH(error_info_of) ? error_info_of[index].description : NULL;
}

static const XML_Feature *
feature_list(void)
{
    static const XML_Feature features[] = {
        {XML_FEATURE_SIZEOF_XML_CHAR, "sizeof(XML_Char)", sizeof(XML_Char)},
        {XML_FEATURE_SIZEOF_XML_LCHAR, "sizeof(XML_LChar)", sizeof(XML_LChar)},
        {XML_FEATURE_DTD, "XML_DTD", 0},
        {XML_FEATURE_CONTEXT_BYTES, "XML_CONTEXT_BYTES", 1024},
        {XML_FEATURE_NS, "XML_NS", 0},
        {XML_FEATURE_BILLION_LAUGHS_ATTACK_PROTECTION_MAXIMUM_AMPLIFICATION_DEFAULT, "XML_BLAP_MAX_AMP", 100},
        {XML_FEATURE_BILLION_LAUGHS_ATTACK_PROTECTION_ACTIVATION_THRESHOLD_DEFAULT, "XML_BLAP_ACT_THRES", 8 << 20},
        {XML_FEATURE_GE, "XML_GE", 0},
        {XML_FEATURE_ALLOC_TRACKER_MAXIMUM_AMPLIFICATION_DEFAULT, "XML_AT_MAX_AMP", 100},
        {XML_FEATURE_ALLOC_TRACKER_ACTIVATION_THRESHOLD_DEFAULT, "XML_AT_ACT_THRES", 64 << 20},
        {XML_FEATURE_END, NULL, 0},
    };
    return features;
}

#undef XML_ErrorString
#undef XML_GetFeatureList
#define XML_ErrorString get_error_string
#define XML_GetFeatureList feature_list

#define TEXT_(VALUE) #VALUE
#define TEXT(VALUE) TEXT_(VALUE)
#define EXPAT_VERSION "expat_" TEXT(XML_MAJOR_VERSION) "." TEXT(XML_MINOR_VERSION) "." TEXT(XML_MICRO_VERSION)

/* Unknown encodings, by Python's codecs */

#include "upstream/template_buffer.h"
#include "upstream/PyUnknownEncodingHandler.h"

int
pyexpat_decode_bytes(const char *encoding, int *map)
{
    XML_Encoding info;
    if (PyUnknownEncodingHandler(NULL, encoding, &info) != XML_STATUS_OK) {
        return -1;
    }
    memcpy(map, info.map, sizeof(info.map));
    return 0;
}

PyObject *
pyexpat_decode_text(const char *text, intptr_t len)
{
    return PyUnicode_DecodeUTF8(text, len, "strict");
}

/* Handlers */

_Static_assert(_DummyDecl == 22 && SkippedEntity == 21, "the handlers are numbered as in Rust");

/* The frame that pyexpat.c puts into the traceback of an exception of a handler, without the line, which is another file's. */
void
pyexpat_add_frame(const char *handler)
{
    _PyTraceback_Add(handler, "pyexpat.c", 0);
}

#if PY_VERSION_HEX >= 0x030F0000
#  include "upstream/invalid_expat_handler_rv.h"
#else
static void
invalid_expat_handler_rv(const char *Py_UNUSED(name))
{
}
#endif

void
pyexpat_note_bad_result(const char *handler)
{
    invalid_expat_handler_rv(handler);
}

#include "upstream/xmlparse_methods.h"

static const rust_class xmlparser = {
    .name = "pyexpat.xmlparser", .attribute = "XMLParserType", .instance = pyexpat_xmlparser_instance,
    .doc = Xmlparsetype__doc__,
    .flags = Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .methods = xmlparse_methods,
    .members = RUST_MEMBERS(RUST_MEMBER("intern", _Py_T_OBJECT, 0, NULL)),
};

/* The functions of expat for other C modules. The parser is implemented in Rust; the handlers are C functions. */

struct XML_ParserStruct {
    ExpatParser *parser;
    void *user_data;
    enum XML_Error error;
    /* Whether a call of XML_Parse is in progress, in this thread or another one: a second call fails, as in expat. */
    uint8_t is_parsing;
    int mask;
    XML_StartElementHandler start_element;
    XML_EndElementHandler end_element;
    XML_CharacterDataHandler character_data;
    XML_ProcessingInstructionHandler processing_instruction;
    XML_CommentHandler comment;
    XML_DefaultHandler default_expand;
    XML_StartNamespaceDeclHandler start_namespace;
    XML_EndNamespaceDeclHandler end_namespace;
    XML_StartDoctypeDeclHandler start_doctype;
    XML_UnknownEncodingHandler unknown_encoding;
    void *unknown_encoding_data;
};

static enum XML_Error
get_error_code(XML_Parser self)
{
    return self == NULL ? XML_ERROR_INVALID_ARGUMENT : self->error;
}

static XML_Size
get_column(XML_Parser self)
{
    return self == NULL ? 0 : (XML_Size)pyexpat_capi_column(self->parser);
}

static XML_Size
get_line(XML_Parser self)
{
    return self == NULL ? 0 : (XML_Size)pyexpat_capi_line(self->parser);
}

/* A call in a handler, or in a second thread, fails without an error code. Expat has no message for that, and C modules that
   print it crash. */
static const XML_LChar *
get_message(enum XML_Error code)
{
    return code == XML_ERROR_NONE ? "parser called from a handler or by two threads" : get_error_string(code);
}

/* The memory functions are ignored: Rust code allocates the memory of the parser. */
static XML_Parser
parser_create(const XML_Char *encoding, const XML_Memory_Handling_Suite *Py_UNUSED(suite), const XML_Char *separator)
{
    XML_Parser self = PyMem_Calloc(1, sizeof(struct XML_ParserStruct));
    if (self == NULL) {
        return NULL;
    }
    self->parser = pyexpat_capi_new(encoding, separator == NULL ? -1 : (unsigned char)separator[0]);
    if (self->parser == NULL) {
        PyMem_Free(self);
        return NULL;
    }
    return self;
}

/* As in expat, a call in a handler does nothing. */
static void
parser_free(XML_Parser self)
{
    if (self == NULL || _Py_atomic_load_uint8(&self->is_parsing)) {
        return;
    }
    pyexpat_capi_free(self->parser);
    PyMem_Free(self);
}

static void
set_wanted(XML_Parser self, int handler, int is_wanted)
{
    self->mask = is_wanted ? self->mask | 1 << handler : self->mask & ~(1 << handler);
    pyexpat_capi_set_handlers(self->parser, (unsigned int)self->mask);
}

#define SETTER(NAME, TYPE, FIELD, HANDLER)                  \
    static void                                             \
    NAME(XML_Parser self, TYPE handler)                     \
    {                                                       \
        if (self != NULL) {                                 \
            self->FIELD = handler;                          \
            set_wanted(self, HANDLER, handler != NULL);     \
        }                                                   \
    }

SETTER(set_start_element, XML_StartElementHandler, start_element, StartElement)
SETTER(set_end_element, XML_EndElementHandler, end_element, EndElement)
SETTER(set_character_data, XML_CharacterDataHandler, character_data, CharacterData)
SETTER(set_comment, XML_CommentHandler, comment, Comment)
SETTER(set_default_expand, XML_DefaultHandler, default_expand, DefaultHandlerExpand)
SETTER(set_start_namespace, XML_StartNamespaceDeclHandler, start_namespace, StartNamespaceDecl)
SETTER(set_end_namespace, XML_EndNamespaceDeclHandler, end_namespace, EndNamespaceDecl)
SETTER(set_processing_instruction, XML_ProcessingInstructionHandler, processing_instruction, ProcessingInstruction)
SETTER(set_start_doctype, XML_StartDoctypeDeclHandler, start_doctype, StartDoctypeDecl)
#undef SETTER

static void
set_element(XML_Parser self, XML_StartElementHandler start, XML_EndElementHandler end)
{
    set_start_element(self, start);
    set_end_element(self, end);
}

static void
set_namespace(XML_Parser self, XML_StartNamespaceDeclHandler start, XML_EndNamespaceDeclHandler end)
{
    set_start_namespace(self, start);
    set_end_namespace(self, end);
}

static void
set_unknown_encoding(XML_Parser self, XML_UnknownEncodingHandler handler, void *data)
{
    if (self != NULL) {
        self->unknown_encoding = handler;
        self->unknown_encoding_data = data;
    }
}

static void
set_user_data(XML_Parser self, void *data)
{
    if (self != NULL) {
        self->user_data = data;
    }
}

static enum XML_Status
set_encoding(XML_Parser self, const XML_Char *encoding)
{
    return self != NULL && pyexpat_capi_set_encoding(self->parser, encoding) > 0 ? XML_STATUS_OK : XML_STATUS_ERROR;
}

/* Ignored: names are hashed with random keys, which differ in every process. */
static int
set_hash_salt(XML_Parser self, unsigned long salt)
{
    (void)salt;
    return self != NULL;
}

static XML_Bool
set_hash_salt_16_bytes(XML_Parser self, const uint8_t entropy[16])
{
    return self != NULL && entropy != NULL ? XML_TRUE : XML_FALSE;
}

static XML_Bool
set_reparse_deferral(XML_Parser self, XML_Bool enabled)
{
    return self != NULL && pyexpat_capi_set(self->parser, 0, enabled, 0) > 0;
}

static XML_Bool
set_allocation_threshold(XML_Parser self, unsigned long long bytes)
{
    return self != NULL && pyexpat_capi_set(self->parser, 1, bytes, 0) > 0;
}

static XML_Bool
set_allocation_maximum(XML_Parser self, float factor)
{
    return self != NULL && pyexpat_capi_set(self->parser, 2, 0, factor) > 0;
}

static XML_Bool
set_amplification_threshold(XML_Parser self, unsigned long long bytes)
{
    return self != NULL && pyexpat_capi_set(self->parser, 3, bytes, 0) > 0;
}

static XML_Bool
set_amplification_maximum(XML_Parser self, float factor)
{
    return self != NULL && pyexpat_capi_set(self->parser, 4, 0, factor) > 0;
}

/* Multi-byte encodings, for which C has a conversion function, are not supported: pyexpat.c does not use them. */
static void
decode_unknown(XML_Parser self, const char *name)
{
    if (self->unknown_encoding == NULL) {
        return;
    }
    XML_Encoding info = {.map = {0}};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(info.map); i++) {
        info.map[i] = -1;
    }
    int status = self->unknown_encoding(self->unknown_encoding_data, name, &info);
    if (status && info.convert == NULL) {
        pyexpat_capi_set_unknown_encoding(self->parser, info.map);
    }
    if (info.release != NULL) {
        info.release(info.data);
    }
}

static void
call_handler(XML_Parser self, const ExpatEvent *event)
{
    void *data = self->user_data;
    const char *const *strings = event->strings;
    switch (event->kind) {
#define CALL(HANDLER, FIELD, ...)                   \
    case HANDLER:                                   \
        if (self->FIELD != NULL) {                  \
            self->FIELD(data, __VA_ARGS__);         \
        }                                           \
        break;
    CALL(StartElement, start_element, strings[0], (const XML_Char **)event->attributes)
    CALL(EndElement, end_element, strings[0])
    CALL(CharacterData, character_data, strings[0], event->number)
    CALL(ProcessingInstruction, processing_instruction, strings[0], strings[1])
    CALL(Comment, comment, strings[0])
    CALL(DefaultHandlerExpand, default_expand, strings[0], event->number)
    CALL(StartNamespaceDecl, start_namespace, strings[0], strings[1])
    CALL(EndNamespaceDecl, end_namespace, strings[0])
    CALL(StartDoctypeDecl, start_doctype, strings[0], strings[1], strings[2], event->number)
#undef CALL
    case _DummyDecl:
        decode_unknown(self, strings[0]);
        break;
    default:
        break;
    }
}

static enum XML_Status
parse(XML_Parser self, const char *data, int len, int is_final)
{
    if (self == NULL || len < 0 || (data == NULL && len != 0)) {
        if (self != NULL) {
            self->error = XML_ERROR_INVALID_ARGUMENT;
        }
        return XML_STATUS_ERROR;
    }
    if (_Py_atomic_exchange_uint8(&self->is_parsing, 1)) {
        return XML_STATUS_ERROR;
    }
    intptr_t error = pyexpat_capi_feed(self->parser, data, (size_t)len, is_final);
    while (error == 0) {
        ExpatEvent event;
        error = pyexpat_capi_next(self->parser, &event);
        if (error == 0 && event.kind < 0) {
            break;
        }
        if (error == 0) {
            call_handler(self, &event);
        }
    }
    self->error = error < 0 ? XML_ERROR_NO_MEMORY : (enum XML_Error)error;
    _Py_atomic_store_uint8(&self->is_parsing, 0);
    return error == 0 ? XML_STATUS_OK : XML_STATUS_ERROR;
}

#include "upstream/pyexpat_capsule_destructor.h"

static int
add_capi(PyObject *module)
{
    struct PyExpat_CAPI *capi = PyMem_Calloc(1, sizeof(*capi));
    if (capi == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *capi = (struct PyExpat_CAPI) {
        .magic = PyExpat_CAPI_MAGIC,
        .size = sizeof(*capi),
        .MAJOR_VERSION = XML_MAJOR_VERSION,
        .MINOR_VERSION = XML_MINOR_VERSION,
        .MICRO_VERSION = XML_MICRO_VERSION,
        .ErrorString = get_message,
        .GetErrorCode = get_error_code,
        .GetErrorColumnNumber = get_column,
        .GetErrorLineNumber = get_line,
        .Parse = parse,
        .ParserCreate_MM = parser_create,
        .ParserFree = parser_free,
        .SetCharacterDataHandler = set_character_data,
        .SetCommentHandler = set_comment,
        .SetDefaultHandlerExpand = set_default_expand,
        .SetElementHandler = set_element,
        .SetNamespaceDeclHandler = set_namespace,
        .SetProcessingInstructionHandler = set_processing_instruction,
        .SetUnknownEncodingHandler = set_unknown_encoding,
        .SetUserData = set_user_data,
        .SetStartDoctypeDeclHandler = set_start_doctype,
        .SetEncoding = set_encoding,
        .DefaultUnknownEncodingHandler = PyUnknownEncodingHandler,
        .SetHashSalt = set_hash_salt,
        .SetReparseDeferralEnabled = set_reparse_deferral,
        .SetAllocTrackerActivationThreshold = set_allocation_threshold,
        .SetAllocTrackerMaximumAmplification = set_allocation_maximum,
        .SetBillionLaughsAttackProtectionActivationThreshold = set_amplification_threshold,
        .SetBillionLaughsAttackProtectionMaximumAmplification = set_amplification_maximum,
        .SetHashSalt16Bytes = set_hash_salt_16_bytes,
    };
    PyObject *capsule = PyCapsule_New(capi, PyExpat_CAPSULE_NAME, pyexpat_capsule_destructor);
    if (capsule == NULL) {
        PyMem_Free(capi);
        return -1;
    }
    return PyModule_Add(module, "expat_CAPI", capsule);
}

/* The module */

#define MODULE_NAME "pyexpat"

/* As in pyexpat.c. Under another name than pyexpat the module leaves the entries of sys.modules to the one of that name. */
static PyObject *
add_submodule(PyObject *module, const char *full_name)
{
    PyObject *submodule = PyModule_New(full_name);
    if (submodule == NULL) {
        return NULL;
    }
    const char *imported_as = PyModule_GetName(module);
    if (imported_as == NULL) {
        Py_DECREF(submodule);
        return NULL;
    }
    if (strcmp(imported_as, MODULE_NAME) == 0) {
        PyObject *name = PyUnicode_FromString(full_name);
        if (name == NULL || _PyImport_SetModule(name, submodule) < 0) {
            Py_XDECREF(name);
            Py_DECREF(submodule);
            return NULL;
        }
        Py_DECREF(name);
    }
    /* The module keeps the submodule, which the caller borrows. */
    return PyModule_Add(module, strrchr(full_name, '.') + 1, submodule) < 0 ? NULL : submodule;
}

#include "upstream/add_error.h"
#include "upstream/add_errors_module.h"
#include "upstream/add_model_module.h"
#include "upstream/add_features.h"
#include "upstream/pyexpat_methods.h"

RUST_CLASSES(add_class, pyexpat_make_state(module, classes), &xmlparser)

static int
add_version(PyObject *module)
{
    if (PyModule_AddStringConstant(module, "EXPAT_VERSION", EXPAT_VERSION) < 0) {
        return -1;
    }
    PyObject *version = Py_BuildValue("(iii)", XML_MAJOR_VERSION, XML_MINOR_VERSION, XML_MICRO_VERSION);
    if (PyModule_Add(module, "version_info", version) < 0) {
        return -1;
    }
    return PyModule_AddStringConstant(module, "native_encoding", "UTF-8");
}

static int
add_constants(PyObject *module)
{
    if (PyModule_AddIntMacro(module, XML_PARAM_ENTITY_PARSING_NEVER) < 0
        || PyModule_AddIntMacro(module, XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE) < 0)
    {
        return -1;
    }
    return PyModule_AddIntMacro(module, XML_PARAM_ENTITY_PARSING_ALWAYS);
}

RUST_MODULE(pyexpat, RUST_EXEC(add_class) RUST_EXEC(add_version) RUST_EXEC(add_errors_module) RUST_EXEC(add_model_module)
            RUST_EXEC(add_features) RUST_EXEC(add_constants) RUST_EXEC(add_capi), RUST_STATE,
            .m_doc = pyexpat_module_documentation, .m_methods = pyexpat_methods)
