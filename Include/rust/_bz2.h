/* Made from the boundary of Rust/_bz2 by make regen; do not edit. Include Python.h first. */

#ifndef RUST__BZ2_H
#define RUST__BZ2_H

/*
 The state of a module object: its types, created when the module is executed.

 ```text
 [clinic input]
 module _bz2
 class _bz2.BZ2Compressor "PyObject *" "clinic_state()->bz2_compressor_type"
 class _bz2.BZ2Decompressor "PyObject *" "clinic_state()->bz2_decompressor_type"
 [clinic start generated code]
 ```
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

 ```text
 [clinic input]
 @classmethod
 _bz2.BZ2Compressor.__new__

     compresslevel: int = 9
         Compression level, from 1 to 9.
     /

 Create an object that compresses data incrementally.

 For one-shot compression, use the compress() function instead.
 [clinic start generated code]
 ```

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Compressor_impl(PyTypeObject *cls, int compresslevel);

/*
 Compresses more.

 ```text
 [clinic input]
 _bz2.BZ2Compressor.compress

     data: Py_buffer
     /

 Provide data to the compressor, and return compressed data, possibly empty.

 When all data has been provided, call flush() to finish the compression.
 [clinic start generated code]
 ```

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Compressor_compress_impl(PyObject *self_, Py_buffer *data);

/*
 Ends the stream.

 ```text
 [clinic input]
 _bz2.BZ2Compressor.flush

 Finish the compression and return the compressed data that remains.

 The compressor cannot be used after this method has been called.
 [clinic start generated code]
 ```

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

 ```text
 [clinic input]
 @classmethod
 _bz2.BZ2Decompressor.__new__

 Create an object that decompresses data incrementally.

 For one-shot decompression, use the decompress() function instead.
 [clinic start generated code]
 ```

 # Safety

 Only the parsing code may call this.
 */
PyObject *_bz2_BZ2Decompressor_impl(PyTypeObject *cls);

/*
 Decompresses more.

 ```text
 [clinic input]
 _bz2.BZ2Decompressor.decompress

     data: Py_buffer
     max_length: Py_ssize_t=-1

 Decompress data, and return the decompressed data as bytes.

 If max_length is not negative, at most max_length bytes are returned.  If more
 output can be produced without further input, needs_input becomes False, and
 the next call may provide b'' as data.  Otherwise needs_input becomes True.

 Decompressing after the end of the stream raises EOFError.  Data found after
 the end of the stream is saved in unused_data.
 [clinic start generated code]
 ```

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
