/* Made from the boundary of Rust/binascii by make regen; do not edit. Include Python.h first. */

#ifndef RUST_BINASCII_H
#define RUST_BINASCII_H

/*
 The most bytes that [`encode`] puts on a line.
 */
#define MAX_LINE 45

/*
 Executes the module.

 # Safety

 Called by the module's `Py_mod_exec` slot alone.
 */
int binascii_exec(PyObject *module);

/*
 Continues a CRC-16.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_crc_hqx_impl(PyObject *_module, Py_buffer *data, unsigned int crc);

/*
 Continues a CRC-32.

 # Safety

 Called by the parsing code alone.
 */
unsigned int binascii_crc32_impl(PyObject *_module, Py_buffer *data, unsigned int crc);

/*
 Decodes quoted-printable text.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_qp_impl(PyObject *_module, Py_buffer *data, int header);

/*
 Encodes as quoted-printable text.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_qp_impl(PyObject *_module, Py_buffer *data, int quotetabs, int istext, int header);

/*
 Decodes one line of uuencoded data.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_uu_impl(PyObject *module, Py_buffer *data);

/*
 Encodes one line of uuencoded data.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_uu_impl(PyObject *module, Py_buffer *data, int backtick);

#if !defined(Py_3_15)
/*
 Decodes base64.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_base64_impl(PyObject *module, Py_buffer *data, int strict_mode);
#endif

#if !defined(Py_3_15)
/*
 Encodes base64.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_base64_impl(PyObject *module, Py_buffer *data, int newline);
#endif

#if !defined(Py_3_15)
/*
 Decodes hexadecimal digits.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_hex_impl(PyObject *module, Py_buffer *hexstr);
#endif

#if !defined(Py_3_15)
/*
 The other name of `a2b_hex`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_unhexlify_impl(PyObject *module, Py_buffer *hexstr);
#endif

#if !defined(Py_3_15)
/*
 Encodes as hexadecimal digits.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_hex_impl(PyObject *_module, Py_buffer *data, PyObject *sep, int bytes_per_sep);
#endif

#if !defined(Py_3_15)
/*
 The other name of `b2a_hex`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_hexlify_impl(PyObject *_module, Py_buffer *data, PyObject *sep, int bytes_per_sep);
#endif

#if defined(Py_3_15)
/*
 Decodes base64.

 `strict_mode` is -1 when it was not given.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_base64_impl(PyObject *module,
                                   Py_buffer *data,
                                   int strict_mode,
                                   int padded,
                                   PyBytesObject *alphabet,
                                   Py_buffer *ignorechars,
                                   int canonical);
#endif

#if defined(Py_3_15)
/*
 Encodes base64.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_base64_impl(PyObject *module,
                                   Py_buffer *data,
                                   int padded,
                                   uintptr_t wrapcol,
                                   int newline,
                                   Py_buffer *alphabet);
#endif

#if defined(Py_3_15)
/*
 Decodes Ascii85.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_ascii85_impl(PyObject *module,
                                    Py_buffer *data,
                                    int foldspaces,
                                    int adobe,
                                    Py_buffer *ignorechars,
                                    int canonical);
#endif

#if defined(Py_3_15)
/*
 Encodes Ascii85.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_ascii85_impl(PyObject *module,
                                    Py_buffer *data,
                                    int foldspaces,
                                    uintptr_t wrapcol,
                                    int pad,
                                    int adobe);
#endif

#if defined(Py_3_15)
/*
 Decodes base85.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_base85_impl(PyObject *module,
                                   Py_buffer *data,
                                   PyBytesObject *alphabet,
                                   Py_buffer *ignorechars,
                                   int canonical);
#endif

#if defined(Py_3_15)
/*
 Encodes base85.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_base85_impl(PyObject *module, Py_buffer *data, int pad, uintptr_t wrapcol, Py_buffer *alphabet);
#endif

#if defined(Py_3_15)
/*
 Decodes base32.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_base32_impl(PyObject *module,
                                   Py_buffer *data,
                                   int padded,
                                   PyBytesObject *alphabet,
                                   Py_buffer *ignorechars,
                                   int canonical);
#endif

#if defined(Py_3_15)
/*
 Encodes base32.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_base32_impl(PyObject *module,
                                   Py_buffer *data,
                                   int padded,
                                   uintptr_t wrapcol,
                                   Py_buffer *alphabet);
#endif

#if defined(Py_3_15)
/*
 Decodes hexadecimal digits.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_hex_impl(PyObject *module, Py_buffer *hexstr, Py_buffer *ignorechars);
#endif

#if defined(Py_3_15)
/*
 The other name of `a2b_hex`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_unhexlify_impl(PyObject *module, Py_buffer *hexstr, Py_buffer *ignorechars);
#endif

#if defined(Py_3_15)
/*
 Encodes as hexadecimal digits.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_hex_impl(PyObject *_module, Py_buffer *data, PyObject *sep, Py_ssize_t bytes_per_sep);
#endif

#if defined(Py_3_15)
/*
 The other name of `b2a_hex`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_hexlify_impl(PyObject *_module, Py_buffer *data, PyObject *sep, Py_ssize_t bytes_per_sep);
#endif

#endif  /* RUST_BINASCII_H */
