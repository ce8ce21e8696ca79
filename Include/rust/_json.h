/* Made from the boundary of Rust/_json by make regen; do not edit. Include Python.h first. */

#ifndef RUST__JSON_H
#define RUST__JSON_H

/*
 A scanner. C reads the fields that are members of the class.

 It needs no `clear`: a scanner refers only to older objects, so a reference cycle with it has another object that
 refers to it and can be cleared, as with a tuple.
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
  Py object_hook;
  /*
   Called with the pairs of each object, or `None`.
   */
  Py object_pairs_hook;
  /*
   Called with each list, or `None`, which it always is before CPython 3.15.
   */
  Py array_hook;
  /*
   Called with the text of each float.
   */
  Py parse_float;
  /*
   Called with the text of each integer.
   */
  Py parse_int;
  /*
   Called with `NaN`, `Infinity` or `-Infinity`.
   */
  Py parse_constant;
} json_scanner;

/*
 An encoder. C reads the fields that are members of the class. It needs no `clear`, as a scanner does not.
 */
typedef struct {
  /*
   A dict with the containers that are being written, by their `id`, or `None`.
   */
  Py markers;
  /*
   Called with what is of no known type.
   */
  Py defaultfn;
  /*
   Called with each `str`.
   */
  Py encoder;
  /*
   What each level is indented by, or `None`.
   */
  Py indent;
  /*
   Between key and value: a `str`.
   */
  Py key_separator;
  /*
   Between items: a `str`.
   */
  Py item_separator;
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
   Which of the module's functions `encoder` is, by its index in their table: 0 is `encode_basestring_ascii`, 1
   `encode_basestring`, and any other number something else.
   */
  int fast_encode;
} json_encoder;

/*
 The slots of the class of scanners.
 */
rust_instance json_scanner_instance(void);

/*
 The slots of the class of encoders.
 */
rust_instance json_encoder_instance(void);

/*
 A new scanner with the attributes of `context`. The other two are the classes `float` and `int`.

 # Safety

 Called by the C side alone, with the class of scanners and objects that live for the call.
 */
PyObject *json_scanner_new(PyTypeObject *cls, PyObject *context, PyObject *float_, PyObject *int_);

/*
 A new encoder. The objects are the nine arguments of the class, in their order.

 # Safety

 Called by the C side alone, with the class of encoders and nine objects that live for the call; the fifth and the sixth are
 `str`.
 */
PyObject *json_encoder_new(PyTypeObject *cls,
                           PyObject *const *objects,
                           int fast_encode);

/*
 Raises the exception for an object that is no `str`; returns 0.

 # Safety

 Called by the C side alone, with an object that lives for the call.
 */
int json_refuse(PyObject *object);

/*
 Decodes the JSON value at `index` of a `str`; returns it and the index after it.

 # Safety

 Called by the C side alone, with a scanner and a str that live for the call.
 */
PyObject *json_scan_once(PyObject *scanner, PyObject *string, intptr_t index);

/*
 Decodes the string whose first character is at `end` of a `str`, and stores the index after it there. The `str` has
 `length` characters of `kind` bytes each from `data` on.

 # Safety

 Called by the C side alone, with a str that lives for the call, its storage, and a variable of its own.
 */
PyObject *json_scanstring(PyObject *string, int kind, const void *data, intptr_t length, intptr_t *end, int strict);

/*
 The JSON string for a `str`; with `ascii` not zero, of ASCII characters alone. The `str` has `length` characters of
 `kind` bytes each from `data` on; `is_ascii` is not zero when it is flagged as ASCII.

 # Safety

 Called by the C side alone, with the storage of a str that lives for the call.
 */
PyObject *json_encode_string(int kind, const void *data, intptr_t length, int is_ascii, int ascii);

/*
 Encodes an object; returns the text as the only item of a tuple.

 # Safety

 Called by the C side alone, with an encoder and an object that live for the call.
 */
PyObject *json_encode(PyObject *encoder, PyObject *object, intptr_t indent_level);

/*
 The call of a scanner: parses the arguments, and calls `json_scan_once`.
 */
extern PyObject *json_scanner_vectorcall(PyObject *callable,
                                         PyObject *const *args,
                                         uintptr_t nargsf,
                                         PyObject *kwnames);

/*
 The call of an encoder: parses the arguments, and calls `json_encode`.
 */
extern PyObject *json_encoder_vectorcall(PyObject *callable,
                                         PyObject *const *args,
                                         uintptr_t nargsf,
                                         PyObject *kwnames);

#endif  /* RUST__JSON_H */
