/* Made from the boundary of Rust/unicodedata by make regen; do not edit. Include Python.h first. */

#ifndef RUST_UNICODEDATA_H
#define RUST_UNICODEDATA_H

/*
 The slots of the class that are the same for all.
 */
rust_instance unicodedata_UCD_instance(void);

/*
 Makes the object for Unicode 3.2.0.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the class that it has made.
 */
PyObject *unicodedata_UCD_new(PyTypeObject *cls);

/*
 The `General_Category` of a character.
 */
const char *unicodedata_category_of(int is_old, int chr);

/*
 The `Bidi_Class` of a character.
 */
const char *unicodedata_bidirectional_of(int is_old, int chr);

/*
 The `East_Asian_Width` of a character.
 */
const char *unicodedata_east_asian_width_of(int is_old, int chr);

/*
 The `Decomposition_Mapping` of a character.

 # Safety

 Called by the parsing code alone.
 */
PyObject *unicodedata_UCD_decomposition_impl(PyObject *owner, int chr);

/*
 The `Canonical_Combining_Class` of a character.
 */
uint8_t unicodedata_combining_of(int is_old, int chr);

/*
 The `Bidi_Mirrored` property of a character.
 */
uint8_t unicodedata_mirrored_of(int is_old, int chr);

#if defined(Py_3_15)
/*
 The block that a character is in.
 */
const char *unicodedata_block_of(int chr);
#endif

#if defined(Py_3_15)
/*
 The `Grapheme_Cluster_Break` of a character.
 */
const char *unicodedata_grapheme_cluster_break_of(int chr);
#endif

#if defined(Py_3_15)
/*
 The `Indic_Conjunct_Break` of a character.
 */
const char *unicodedata_indic_conjunct_break_of(int chr);
#endif

#if defined(Py_3_15)
/*
 Whether a character is `Extended_Pictographic`.
 */
int unicodedata_extended_pictographic_of(int chr);
#endif

/*
 Makes the state of the module.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int unicodedata_exec(PyObject *module, PyObject *const *classes);

/*
 The slots of the class that are the same for all.
 */
rust_instance unicodedata_Segment_instance(void);

/*
 The slots of the class that are the same for all.
 */
rust_instance unicodedata_GraphemeBreakIterator_instance(void);

/*
 `iter_graphemes`

 # Safety

 Called by the parsing code alone.
 */
PyObject *unicodedata_iter_graphemes_impl(PyObject *module, PyObject *text, Py_ssize_t start, Py_ssize_t end);

/*
 The slot `tp_iternext`.

 # Safety

 Called by the type's slot alone.
 */
PyObject *unicodedata_GraphemeBreakIterator_next(PyObject *iterator);

/*
 `str(segment)`

 # Safety

 Called by the type's slot alone.
 */
PyObject *unicodedata_Segment_str(PyObject *segment);

/*
 `repr(segment)`

 # Safety

 Called by the type's slot alone.
 */
PyObject *unicodedata_Segment_repr(PyObject *segment);

/*
 `name`

 # Safety

 Called by the parsing code alone.
 */
PyObject *unicodedata_UCD_name_impl(PyObject *owner, int chr, PyObject *default_value);

/*
 `lookup` of a name of `len` bytes.

 # Safety

 Called by the parsing code alone.
 */
PyObject *unicodedata_UCD_lookup_impl(PyObject *owner, const char *name, Py_ssize_t len);

/*
 Writes the name of a code point to `buffer`, with NUL at the end. Returns 0 when it has none, or one that is too long. `any` says
 whether it may be that of an alias or a named sequence, which have code points for private use.

 # Safety

 - `buffer` points to `len` bytes.
 */
int unicodedata_getname(uint32_t code_point,
                        char *buffer,
                        int len,
                        int any);

/*
 Finds the code point of a name. Returns 0 when there is none. `with_sequences` says whether it may be one for private use that
 stands for a named sequence.

 # Safety

 - `name` points to `len` bytes, which nobody changes meanwhile, and `code_point` to a number.
 */
int unicodedata_getcode(const char *name,
                        int len,
                        uint32_t *code_point,
                        int with_sequences);

/*
 Whether a text is in a form, by the quick check: -1 if it is. If not, twice the index of the first character that is not in the form
 for certain, and 1 more if the quick check says no. That is 0 if there is no form of this name, which is as [`Form::from_name`] takes
 it.

 # Safety

 - `data` points to `len` characters of `kind` bytes, which are those of a `str`.
 */
Py_ssize_t unicodedata_quick_check(int is_old,
                                   uint32_t form,
                                   int kind,
                                   const void *data,
                                   Py_ssize_t len);

/*
 `normalize` of a text that is not in the form, or not for certain, from the character at `first` on.

 # Safety

 Called by the C side alone, with a `str` object.
 */
PyObject *unicodedata_normalize_from(int is_old, uint32_t form, PyObject *text, Py_ssize_t first);

/*
 `is_normalized` of a text of which the quick check does not tell, and has stopped at `first`.

 # Safety

 Called by the C side alone, with a `str` object.
 */
PyObject *unicodedata_is_normalized_from(int is_old, uint32_t form, PyObject *text, Py_ssize_t first);

/*
 The value of a character as a decimal digit in Unicode 3.2.0, of which `now` is that of the current version; -1 where there is none.
 */
int unicodedata_old_decimal(int chr,
                            int now);

/*
 The numeric value of a character in Unicode 3.2.0, of which `now` is that of the current version; -1.0 where there is none.
 */
double unicodedata_old_numeric(int chr,
                               double now);

#endif  /* RUST_UNICODEDATA_H */
