/* Made from the boundary of Rust/_bz2 by make regen; do not edit. Include Python.h first. */

#ifndef RUST__BZ2_H
#define RUST__BZ2_H

/*
 The state of a module object: its types, created when the module is executed.
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

 Only the type's `tp_dealloc` may call this.
 */
void _bz2_BZ2Compressor_drop(PyObject *self_);

/*
 Creates a compressor.

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Compressor_impl(PyTypeObject *cls, int compresslevel);

/*
 Compresses more.

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Compressor_compress_impl(PyObject *self_, Py_buffer *data);

/*
 Ends the stream.

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Compressor_flush_impl(PyObject *self_);

/*
 `basicsize` of the spec of `BZ2Decompressor`.
 */
int _bz2_BZ2Decompressor_basicsize(void);

/*
 Drops the Rust part of an object.

 # Safety

 Only the type's `tp_dealloc` may call this.
 */
void _bz2_BZ2Decompressor_drop(PyObject *self_);

/*
 Creates a decompressor.

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Decompressor_impl(PyTypeObject *cls);

/*
 Decompresses more.

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Decompressor_decompress_impl(PyObject *self_, Py_buffer *data, Py_ssize_t max_length);

/*
 The attribute `eof`.

 # Safety

 Only the type's getter may call this.
 */
PyObject *_bz2_BZ2Decompressor_eof(PyObject *self_);

/*
 The attribute `needs_input`.

 # Safety

 Only the type's getter may call this.
 */
PyObject *_bz2_BZ2Decompressor_needs_input(PyObject *self_);

/*
 The attribute `unused_data`.

 # Safety

 Only the type's getter may call this.
 */
PyObject *_bz2_BZ2Decompressor_unused_data(PyObject *self_);

#endif  /* RUST__BZ2_H */
