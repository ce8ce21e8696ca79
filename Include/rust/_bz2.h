/* Made from the boundary of Rust/_bz2 by make regen; do not edit. Include Python.h first. */

#ifndef RUST__BZ2_H
#define RUST__BZ2_H

/*
 What each copy of the module keeps: its types, made when the module is executed.
 */
typedef struct {
  /*
   `BZ2Compressor`
   */
  PyTypeObject *bz2_compressor_type;
  /*
   `BZ2Decompressor`
   */
  PyTypeObject *bz2_decompressor_type;
} _bz2_state;

/*
 `basicsize` of the spec of `BZ2Compressor`.
 */
int _bz2_BZ2Compressor_basicsize(void);

/*
 Drops the Rust part of an object.

 # Safety

 Called by the type's `tp_dealloc` alone.
 */
void _bz2_BZ2Compressor_drop(PyObject *self_);

/*
 Makes a compressor.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Compressor_impl(PyTypeObject *cls, int compresslevel);

/*
 Compresses more.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Compressor_compress_impl(PyObject *self_, Py_buffer *data);

/*
 Ends the stream.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Compressor_flush_impl(PyObject *self_);

/*
 `basicsize` of the spec of `BZ2Decompressor`.
 */
int _bz2_BZ2Decompressor_basicsize(void);

/*
 Drops the Rust part of an object.

 # Safety

 Called by the type's `tp_dealloc` alone.
 */
void _bz2_BZ2Decompressor_drop(PyObject *self_);

/*
 Makes a decompressor.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Decompressor_impl(PyTypeObject *cls);

/*
 Decompresses more.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Decompressor_decompress_impl(PyObject *self_, Py_buffer *data, Py_ssize_t max_length);

/*
 The attribute `eof`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *_bz2_BZ2Decompressor_eof(PyObject *self_);

/*
 The attribute `needs_input`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *_bz2_BZ2Decompressor_needs_input(PyObject *self_);

/*
 The attribute `unused_data`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *_bz2_BZ2Decompressor_unused_data(PyObject *self_);

#endif  /* RUST__BZ2_H */
