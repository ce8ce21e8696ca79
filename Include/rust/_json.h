/* Made from the boundary of Rust/_json by make regen; do not edit. Include Python.h first. */

#ifndef RUST__JSON_H
#define RUST__JSON_H

/*
 The settings of a scanner. All objects are there from the first call on.
 */
typedef struct {
  /*
   Whether control characters in strings are refused.
   */
  char strict;
  /*
   Whether `parse_float` is `float` itself.
   */
  char plain_float;
  /*
   Whether `parse_int` is `int` itself.
   */
  char plain_int;
  /*
   Called with each dict, or `None`.
   */
  PyObject *object_hook;
  /*
   Called with the pairs of each object, or `None`.
   */
  PyObject *object_pairs_hook;
  /*
   Called with each list, or `None`, which it always is before CPython 3.15.
   */
  PyObject *array_hook;
  /*
   Called with the text of each float.
   */
  PyObject *parse_float;
  /*
   Called with the text of each integer.
   */
  PyObject *parse_int;
  /*
   Called with `NaN`, `Infinity` or `-Infinity`.
   */
  PyObject *parse_constant;
} json_scanner;

/*
 The settings of an encoder. All objects are there from the first call on.
 */
typedef struct {
  /*
   A dict with the containers that are being written, by their `id`, or `None`.
   */
  PyObject *markers;
  /*
   Called with what is of no known type.
   */
  PyObject *defaultfn;
  /*
   Called with each `str`.
   */
  PyObject *encoder;
  /*
   What each level is indented by, or `None`.
   */
  PyObject *indent;
  /*
   Between key and value.
   */
  PyObject *key_separator;
  /*
   Between items.
   */
  PyObject *item_separator;
  /*
   Whether keys are sorted.
   */
  char sort_keys;
  /*
   Whether keys of other types are left out.
   */
  char skipkeys;
  /*
   Whether NaN and the infinities may be written.
   */
  int allow_nan;
  /*
   Which of this module's functions `encoder` is: 1 is `encode_basestring_ascii`, 2 `encode_basestring`, 0 neither.
   */
  int fast_encode;
} json_encoder;

/*
 Decodes the JSON value at `index` of a `str`: a tuple of the value and of where it ends.

 # Safety

 Called by the C side alone, which passes a scanner and a str that live for the call.
 */
PyObject *json_scan_once(const json_scanner *scanner, PyObject *string, intptr_t index);

/*
 Decodes the string whose first character is at `end` of a `str`: a tuple of it and of where it ends.

 # Safety

 Called by the C side alone, which passes a str that lives for the call.
 */
PyObject *json_scanstring(PyObject *string, intptr_t end, int strict);

/*
 The JSON string for a `str`; with `ascii` not zero, of ASCII characters alone. The `str` has `length` characters of
 `kind` bytes each from `data` on; `is_ascii` is not zero when it is flagged as ASCII.

 # Safety

 Called by the C side alone, which passes the storage of a str that lives for the call.
 */
PyObject *json_encode_string(int kind, const void *data, intptr_t length, int is_ascii, int ascii);

/*
 Encodes an object: a tuple of the one `str`.

 # Safety

 Called by the C side alone, which passes an encoder and an object that live for the call.
 */
PyObject *json_encode(const json_encoder *encoder, PyObject *object, intptr_t indent_level);

#endif  /* RUST__JSON_H */
