/* Made from the boundary of Rust/binascii by make regen; do not edit. Include Python.h first. */

#ifndef RUST_BINASCII_H
#define RUST_BINASCII_H

/*
 What each copy of the module keeps: its exceptions, made when the module is executed.
 */
typedef struct {
  /*
   `binascii.Error`
   */
  PyObject *Error;
  /*
   `binascii.Incomplete`
   */
  PyObject *Incomplete;
} binascii_state;

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

/*
 Decodes base64.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_base64_impl(PyObject *module, Py_buffer *data, int strict_mode);

/*
 Encodes base64.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_base64_impl(PyObject *module, Py_buffer *data, int newline);

/*
 Decodes hexadecimal digits.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_hex_impl(PyObject *module, Py_buffer *hexstr);

/*
 The other name of `a2b_hex`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_unhexlify_impl(PyObject *module, Py_buffer *hexstr);

/*
 Encodes as hexadecimal digits.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_hex_impl(PyObject *_module, Py_buffer *data, PyObject *sep, int bytes_per_sep);

/*
 The other name of `b2a_hex`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_hexlify_impl(PyObject *module, Py_buffer *data, PyObject *sep, int bytes_per_sep);

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

#endif  /* RUST_BINASCII_H */
