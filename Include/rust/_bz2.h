/* Made from the boundary of Rust/_bz2 by make regen; do not edit. Include Python.h first. */

#ifndef RUST__BZ2_H
#define RUST__BZ2_H

/*
 The slots of `BZ2Compressor` that are the same for all classes.
 */
rust_instance _bz2_BZ2Compressor_instance(void);

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
 The slots of `BZ2Decompressor` that are the same for all classes.
 */
rust_instance _bz2_BZ2Decompressor_instance(void);

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
 The attribute `unused_data`.

 # Safety

 Only the class's getter may call this.
 */
PyObject *_bz2_BZ2Decompressor_unused_data(PyObject *self_);

#endif  /* RUST__BZ2_H */
