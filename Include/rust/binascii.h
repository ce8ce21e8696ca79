/* Made from the boundary of Rust/binascii by make regen; do not edit. Include Python.h first. */

#ifndef RUST_BINASCII_H
#define RUST_BINASCII_H

/*
 The most bytes that [`encode`] puts on a line.
 */
#define MAX_LINE 45

/*
 What each copy of the module keeps: its exceptions, made when the module is executed.

 ```text
 [clinic input]
 module binascii
 [clinic start generated code]
 ```

 ```text
 [python input]
 class ascii_buffer_converter(CConverter):
     type = 'Py_buffer'
     converter = 'ascii_buffer_converter'
     impl_by_reference = True
     c_default = "{NULL, NULL}"

     def cleanup(self):
         return f"if ({self.name}.obj) {{\n   PyBuffer_Release(&{self.name});\n}}\n"
 [python start generated code]
 ```
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
 Continues a CRC-16.

 ```text
 [clinic input]
 binascii.crc_hqx

     data: Py_buffer
     crc: unsigned_int(bitwise=True)
     /

 Return the CRC-16 of data, continued from crc.

 The polynomial is that of CRC-CCITT, x**16 + x**12 + x**5 + 1, as BinHex 4
 uses it.  Start with 0.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_crc_hqx_impl(PyObject *_module, Py_buffer *data, unsigned int crc);

/*
 Continues a CRC-32.

 ```text
 [clinic input]
 binascii.crc32 -> unsigned_int

     data: Py_buffer
     crc: unsigned_int(bitwise=True) = 0
     /

 Return the CRC-32 of data, continued from crc.

 The checksum is that of zlib, gzip and PNG (RFC 1952).
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
unsigned int binascii_crc32_impl(PyObject *_module, Py_buffer *data, unsigned int crc);

/*
 Decodes quoted-printable text.

 ```text
 [clinic input]
 binascii.a2b_qp

     data: ascii_buffer
     header: bool = False

 Return the bytes that quoted-printable data (RFC 2045, section 6.7) stands for.

 With header true, underscores become spaces (RFC 2047, section 4.2).
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_qp_impl(PyObject *_module, Py_buffer *data, int header);

/*
 Encodes as quoted-printable text.

 ```text
 [clinic input]
 binascii.b2a_qp

     data: Py_buffer
     quotetabs: bool = False
     istext: bool = True
     header: bool = False

 Return data as quoted-printable text (RFC 2045, section 6.7).

 With istext true, line ends stay line ends and white space before them is
 encoded; otherwise CR and LF are encoded like any other byte.  With quotetabs
 true, every space and tab is encoded.  With header true, spaces become
 underscores (RFC 2047, section 4.2).
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_qp_impl(PyObject *_module, Py_buffer *data, int quotetabs, int istext, int header);

/*
 Decodes one line of uuencoded data.

 ```text
 [clinic input]
 binascii.a2b_uu

     data: ascii_buffer
     /

 Return the bytes that one line of uuencoded data stands for.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_uu_impl(PyObject *module, Py_buffer *data);

/*
 Encodes one line of uuencoded data.

 ```text
 [clinic input]
 binascii.b2a_uu

     data: Py_buffer
     /
     *
     backtick: bool = False

 Return one uuencoded line, newline included, for at most 45 bytes.

 With backtick true, zeros become backticks instead of spaces.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_uu_impl(PyObject *module, Py_buffer *data, int backtick);

#if !defined(Py_3_15)
/*
 Decodes base64.

 ```text
 [clinic input]
 binascii.a2b_base64

     data: ascii_buffer
     /
     *
     strict_mode: bool = False

 Return the bytes that base64 data (RFC 4648, section 4) stands for.

   strict_mode
     Refuse whatever is not valid base64: characters outside the alphabet,
     newlines included, and padding that is missing, misplaced or in excess.
     Otherwise such characters are skipped.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_base64_impl(PyObject *module, Py_buffer *data, int strict_mode);
#endif

#if !defined(Py_3_15)
/*
 Encodes base64.

 ```text
 [clinic input]
 binascii.b2a_base64

     data: Py_buffer
     /
     *
     newline: bool = True

 Return data as one line of base64 (RFC 4648, section 4).

 The line ends with a newline unless newline is false.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_base64_impl(PyObject *module, Py_buffer *data, int newline);
#endif

#if !defined(Py_3_15)
/*
 Decodes hexadecimal digits.

 ```text
 [clinic input]
 binascii.a2b_hex

     hexstr: ascii_buffer
     /

 Return the bytes that pairs of hexadecimal digits stand for.

 There must be an even number of digits, in upper or lower case, and nothing
 else.  The function is also called "unhexlify()".
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_a2b_hex_impl(PyObject *module, Py_buffer *hexstr);
#endif

#if !defined(Py_3_15)
/*
 The other name of `a2b_hex`.

 ```text
 [clinic input]
 binascii.unhexlify = binascii.a2b_hex

 Return the bytes that pairs of hexadecimal digits stand for.

 There must be an even number of digits, in upper or lower case, and nothing
 else.  The function is also called "a2b_hex()".
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_unhexlify_impl(PyObject *module, Py_buffer *hexstr);
#endif

#if !defined(Py_3_15)
/*
 Encodes as hexadecimal digits.

 ```text
 [clinic input]
 binascii.b2a_hex

     data: Py_buffer
     sep: object = NULL
         A str or bytes object of length one, put between groups of bytes.
     bytes_per_sep: int = 1
         How many bytes make a group: counted from the right when positive,
         from the left when negative.

 Return data as lower-case hexadecimal digits, two for each byte.

 The function is also called "hexlify()".

 Example:
 >>> binascii.b2a_hex(b'Rust')
 b'52757374'
 >>> binascii.b2a_hex(b'Rust', '-')
 b'52-75-73-74'
 >>> binascii.b2a_hex(b'Rust', b':', -3)
 b'527573:74'
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *binascii_b2a_hex_impl(PyObject *_module, Py_buffer *data, PyObject *sep, int bytes_per_sep);
#endif

#if !defined(Py_3_15)
/*
 The other name of `b2a_hex`.

 ```text
 [clinic input]
 binascii.hexlify = binascii.b2a_hex

 Return data as lower-case hexadecimal digits, two for each byte.

 The function is also called "b2a_hex()".
 [clinic start generated code]
 ```

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
