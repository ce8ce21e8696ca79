/* Made from the boundary of Rust/_sre by make regen; do not edit. Include Python.h first. */

#ifndef RUST__SRE_H
#define RUST__SRE_H

/*
 Creates the state of the module, and adds its constants.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int sre_exec(PyObject *module, PyObject *const *classes);

/*
 The size of a word of a code list in bytes.
 */
int _sre_getcodesize_impl(PyObject *_module);

/*
 Whether a character is an ASCII letter.
 */
int _sre_ascii_iscased_impl(PyObject *_module, int character);

/*
 Whether a character differs from its lower case or upper case.
 */
int _sre_unicode_iscased_impl(PyObject *_module, int character);

/*
 The lower case of an ASCII letter; any other character as it is.
 */
int _sre_ascii_tolower_impl(PyObject *_module, int character);

/*
 The lower case of a character.
 */
int _sre_unicode_tolower_impl(PyObject *_module, int character);

/*
 `pattern.match(string, pos, endpos)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_prefixmatch_impl(PyObject *pattern,
                                            PyTypeObject *_cls,
                                            PyObject *string,
                                            Py_ssize_t pos,
                                            Py_ssize_t endpos);

/*
 `pattern.fullmatch(string, pos, endpos)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_fullmatch_impl(PyObject *pattern,
                                          PyTypeObject *_cls,
                                          PyObject *string,
                                          Py_ssize_t pos,
                                          Py_ssize_t endpos);

/*
 `pattern.search(string, pos, endpos)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_search_impl(PyObject *pattern,
                                       PyTypeObject *_cls,
                                       PyObject *string,
                                       Py_ssize_t pos,
                                       Py_ssize_t endpos);

/*
 `pattern.findall(string, pos, endpos)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_findall_impl(PyObject *pattern, PyObject *string, Py_ssize_t pos, Py_ssize_t endpos);

/*
 `pattern.split(string, maxsplit)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_split_impl(PyObject *pattern, PyObject *string, Py_ssize_t maxsplit);

/*
 `pattern.finditer(string, pos, endpos)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_finditer_impl(PyObject *pattern,
                                         PyTypeObject *_cls,
                                         PyObject *string,
                                         Py_ssize_t pos,
                                         Py_ssize_t endpos);

/*
 `pattern.scanner(string, pos, endpos)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_scanner_impl(PyObject *pattern,
                                        PyTypeObject *_cls,
                                        PyObject *string,
                                        Py_ssize_t pos,
                                        Py_ssize_t endpos);

/*
 The `repr` of a match.
 */
extern PyObject *sre_match_text(PyObject *object, intptr_t start, intptr_t end, PyObject *group);

/*
 The common slots of the class.
 */
rust_instance sre_match_instance(void);

/*
 `match.group(*groups)`

 # Safety

 Called by the class's method alone.
 */
PyObject *sre_match_group(PyObject *object, PyObject *const *arguments, Py_ssize_t count);

/*
 `match[group]`

 # Safety

 Called as the slot of the class alone.
 */
PyObject *sre_match_getitem(PyObject *object, PyObject *group);

/*
 `match.groups(default)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Match_groups_impl(PyObject *object, PyObject *default_);

/*
 `match.groupdict(default)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Match_groupdict_impl(PyObject *object, PyObject *default_);

/*
 `match.start(group)`

 # Safety

 Called by the parsing code alone.
 */
Py_ssize_t _sre_SRE_Match_start_impl(PyObject *object, PyObject *group);

/*
 `match.end(group)`

 # Safety

 Called by the parsing code alone.
 */
Py_ssize_t _sre_SRE_Match_end_impl(PyObject *object, PyObject *group);

/*
 `match.span(group)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Match_span_impl(PyObject *object, PyObject *group);

/*
 `copy.copy(match)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Match___copy___impl(PyObject *object);

/*
 `copy.deepcopy(match)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Match___deepcopy___impl(PyObject *object, PyObject *_memo);

/*
 The attribute `lastindex`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *sre_match_lastindex(PyObject *object);

/*
 The attribute `lastgroup`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *sre_match_lastgroup(PyObject *object);

/*
 The attribute `regs`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *sre_match_regs(PyObject *object);

/*
 `repr(match)`

 # Safety

 Called as the slot of the class alone.
 */
PyObject *sre_match_repr(PyObject *object);

/*
 `PyDictProxy_New`
 */
extern PyObject *sre_mapping_proxy(PyObject *dict);

/*
 `Py_HashBuffer`
 */
extern intptr_t sre_hash_code(const uint32_t *code, intptr_t count);

/*
 The words of a code list, at most `count`: stores them and returns their number, or -1 with an exception set.
 */
extern intptr_t sre_code_words(PyObject *list, uint32_t *words, intptr_t count);

/*
 The `repr` of a pattern; flags may be NULL.
 */
extern PyObject *sre_pattern_text(PyObject *pattern, PyObject *flags);

/*
 The common slots of the class.
 */
rust_instance sre_pattern_instance(void);

/*
 Creates a pattern from a code list.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_compile_impl(PyObject *module,
                            PyObject *pattern,
                            int flags,
                            PyObject *code,
                            Py_ssize_t groups,
                            PyObject *groupindex,
                            PyObject *indexgroup);

/*
 The attribute `groupindex`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *sre_pattern_groupindex(PyObject *pattern);

/*
 `repr(pattern)`

 # Safety

 Called as the slot of the class alone.
 */
PyObject *sre_pattern_repr(PyObject *pattern);

/*
 `hash(pattern)`

 # Safety

 Called as the slot of the class alone.
 */
Py_ssize_t sre_pattern_hash(PyObject *pattern);

/*
 `left == right` and `left != right`

 # Safety

 Called as the slot of the class alone.
 */
PyObject *sre_pattern_richcompare(PyObject *left, PyObject *right, int op);

/*
 `copy.copy(pattern)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern___copy___impl(PyObject *pattern);

/*
 `copy.deepcopy(pattern)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern___deepcopy___impl(PyObject *pattern, PyObject *_memo);

/*
 An iterator over the results of `scanner.search()`, until it returns `None`.
 */
extern PyObject *sre_iterator(PyObject *scanner);

/*
 The common slots of the class.
 */
rust_instance sre_scanner_instance(void);

/*
 `scanner.match()`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Scanner_prefixmatch_impl(PyObject *scanner, PyTypeObject *_cls);

/*
 `scanner.search()`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Scanner_search_impl(PyObject *scanner, PyTypeObject *_cls);

/*
 `PyUnicode_Substring`
 */
extern PyObject *sre_substring(PyObject *string, intptr_t start, intptr_t end);

/*
 `pattern.sub(repl, string, count)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_sub_impl(PyObject *pattern,
                                    PyTypeObject *_cls,
                                    PyObject *replacement,
                                    PyObject *string,
                                    Py_ssize_t count);

/*
 `pattern.subn(repl, string, count)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Pattern_subn_impl(PyObject *pattern,
                                     PyTypeObject *_cls,
                                     PyObject *replacement,
                                     PyObject *string,
                                     Py_ssize_t count);

/*
 Joins a list of strings.
 */
extern PyObject *sre_join(PyObject *list, int is_bytes);

/*
 An exact `str` or `bytes` copied from an object of another class.
 */
extern PyObject *sre_copy_string(PyObject *string);

/*
 The common slots of the class.
 */
rust_instance sre_template_instance(void);

/*
 Creates a template from literals and groups.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_template_impl(PyObject *module, PyObject *_pattern, PyObject *template_);

/*
 `match.expand(template)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_sre_SRE_Match_expand_impl(PyObject *object, PyObject *template_);

/*
 `PyUnstable_Object_EnableDeferredRefcount`
 */
extern void sre_defer_reference_counting(PyObject *object);

#endif  /* RUST__SRE_H */
