/* Made from the boundary of Rust/pyexpat by make regen; do not edit. Include Python.h first. */

#ifndef RUST_PYEXPAT_H
#define RUST_PYEXPAT_H

/*
 A parser, with the strings of its last event.
 */
typedef struct ExpatParser ExpatParser;

/*
 An event for C. Its strings belong to the parser and are valid until the next event.
 */
typedef struct {
  /*
   The number of the handler; `Handler::COUNT` for an unknown encoding; -1 at the end of the input.
   */
  int kind;
  /*
   The length of the first string, or a flag.
   */
  int number;
  /*
   The strings; NULL for missing ones.
   */
  const char *strings[3];
  /*
   The attributes of a start tag.
   */
  const char *const *attributes;
} ExpatEvent;

/*
 Makes the state of the module.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int pyexpat_make_state(PyObject *module, PyObject *const *classes);

/*
 Makes a parser.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_ParserCreate_impl(PyObject *module,
                                    const char *encoding,
                                    const char *namespace_separator,
                                    PyObject *intern);

/*
 The message of an error number.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_ErrorString_impl(PyObject *_module, long code);

/*
 Creates a parser; NULL if an allocation fails. The separator is -1 without namespace processing.

 # Safety

 - The encoding is NULL, or a string that ends in NUL and stays for the call. The thread is attached.
 */
ExpatParser *pyexpat_capi_new(const char *encoding, int separator);

/*
 Frees a parser.

 # Safety

 - The pointer came from [`pyexpat_capi_new`], and is not used any more. The thread is attached.
 */
void pyexpat_capi_free(ExpatParser *pointer);

/*
 Sets which handlers there are: a bit each, by their numbers.

 # Safety

 - The pointer came from [`pyexpat_capi_new`] and has not been freed, and no other call uses it at the same time.
 */
void pyexpat_capi_set_handlers(ExpatParser *pointer, unsigned int mask);

/*
 Sets the encoding that overrides the declared one; 0 when it is refused.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. The encoding is NULL, or a NUL-terminated string that stays for the call. The thread
   is attached.
 */
int pyexpat_capi_set_encoding(ExpatParser *pointer,
                              const char *encoding);

/*
 Sets reparse deferral (0), or a limit: the threshold (1) and the factor (2) of allocations, and those of amplification (3, 4).
 0 when it is refused.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. The thread is attached.
 */
int pyexpat_capi_set(ExpatParser *pointer,
                     int setting,
                     unsigned long long number,
                     float factor);

/*
 The answer to an unknown encoding: the characters of all bytes.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. There are 256 numbers. The thread is attached.
 */
void pyexpat_capi_set_unknown_encoding(ExpatParser *pointer, const int *map);

/*
 Feeds a piece of input. An error of expat, or 0.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. The buffer has at least that many bytes, or the length is 0. The thread is attached.
 */
intptr_t pyexpat_capi_feed(ExpatParser *pointer,
                           const char *data,
                           uintptr_t len,
                           int is_final);

/*
 Takes the next event. An error of expat, 0, or -1 with an exception set.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. The event can be written. The thread is attached.
 */
intptr_t pyexpat_capi_next(ExpatParser *pointer, ExpatEvent *event);

/*
 The line of the current event or error.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. The thread is attached.
 */
intptr_t pyexpat_capi_line(ExpatParser *pointer);

/*
 The column of the current event or error.

 # Safety

 - As for [`pyexpat_capi_set_handlers`]. The thread is attached.
 */
intptr_t pyexpat_capi_column(ExpatParser *pointer);

/*
 The common slots of the class.
 */
rust_instance pyexpat_xmlparser_instance(void);

/*
 `PyUnicode_DecodeUTF8`, with strict errors.
 */
extern PyObject *pyexpat_decode_text(const char *text, intptr_t len);

/*
 Sets whether the parser waits for more of a token that did not end.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetReparseDeferralEnabled_impl(PyObject *parser, int enabled);

/*
 Whether the parser waits for more of a token that did not end.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_GetReparseDeferralEnabled_impl(PyObject *parser);

/*
 Sets the base for relative system identifiers.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetBase_impl(PyObject *parser, const char *base);

/*
 The base for relative system identifiers, or `None`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_GetBase_impl(PyObject *parser);

/*
 The input from the current event on; `None` outside of handlers.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_GetInputContext_impl(PyObject *parser);

/*
 Makes a parser for an external entity.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_ExternalEntityParserCreate_impl(PyObject *parser,
                                                            PyTypeObject *_cls,
                                                            const char *context,
                                                            const char *encoding);

/*
 Sets whether external parameter entities are parsed.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetParamEntityParsing_impl(PyObject *parser, int flag);

/*
 Sets whether an external subset is requested although the document has none.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_UseForeignDTD_impl(PyObject *parser, PyTypeObject *_cls, int flag);

/*
 Sets how many bytes of output activate the protection against entities that expand to far more than they are.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetBillionLaughsAttackProtectionActivationThreshold_impl(PyObject *parser,
                                                                                     PyTypeObject *_cls,
                                                                                     unsigned long long threshold);

/*
 Sets how many times the input the output of entities may be.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetBillionLaughsAttackProtectionMaximumAmplification_impl(PyObject *parser,
                                                                                      PyTypeObject *_cls,
                                                                                      float max_factor);

/*
 Sets how many bytes of memory activate the protection against the disproportionate use of memory.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetAllocTrackerActivationThreshold_impl(PyObject *parser,
                                                                    PyTypeObject *_cls,
                                                                    unsigned long long threshold);

/*
 Sets how many times the input the memory of the parser may be.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_SetAllocTrackerMaximumAmplification_impl(PyObject *parser,
                                                                     PyTypeObject *_cls,
                                                                     float max_factor);

/*
 Adds the frame of a handler to the traceback of the exception that is set.
 */
extern void pyexpat_add_frame(const char *handler);

/*
 Adds a note to the current exception that names the handler whose result was invalid.
 */
extern void pyexpat_note_bad_result(const char *handler);

/*
 Stores the characters of all bytes in a single-byte encoding. Returns 0, or -1 with an exception set.
 */
extern int pyexpat_decode_bytes(const char *encoding, int *map);

/*
 Parses a piece of a document.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_Parse_impl(PyObject *parser, PyTypeObject *_cls, PyObject *data, int isfinal);

/*
 Parses a file.

 # Safety

 Called by the parsing code alone.
 */
PyObject *pyexpat_xmlparser_ParseFile_impl(PyObject *parser, PyTypeObject *_cls, PyObject *file);

#endif  /* RUST_PYEXPAT_H */
