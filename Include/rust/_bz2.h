/* Made from the boundary of Rust/_bz2 by make regen; do not edit. Include Python.h first. */

#ifndef RUST__BZ2_H
#define RUST__BZ2_H

/*
 What each copy of the module keeps: its types, made when the module is executed.

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

 Called by the type's `tp_dealloc` alone.
 */
void _bz2_BZ2Compressor_drop(PyObject *self_);

/*
 Makes a compressor.

 ```text
 [clinic input]
 @classmethod
 _bz2.BZ2Compressor.__new__

     compresslevel: int = 9
         How much to compress, from 1 to 9.
     /

 An object that compresses a stream piece by piece.

 To compress in one call there is the function compress().
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Compressor_impl(PyTypeObject *cls, int compresslevel);

/*
 Compresses more.

 ```text
 [clinic input]
 _bz2.BZ2Compressor.compress

     data: Py_buffer
     /

 Return what there is in compressed form by now, as bytes, possibly none.

 After the last of the data call flush().
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Compressor_compress_impl(PyObject *self_, Py_buffer *data);

/*
 Ends the stream.

 ```text
 [clinic input]
 _bz2.BZ2Compressor.flush

 End the stream and return the rest of it, as bytes.

 The object cannot be used any more after this.
 [clinic start generated code]
 ```

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

 ```text
 [clinic input]
 @classmethod
 _bz2.BZ2Decompressor.__new__

 An object that decompresses a stream piece by piece.

 To decompress in one call there is the function decompress().
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bz2_BZ2Decompressor_impl(PyTypeObject *cls);

/*
 Decompresses more.

 ```text
 [clinic input]
 _bz2.BZ2Decompressor.decompress

     data: Py_buffer
     max_length: Py_ssize_t=-1

 Return what data stands for, as bytes.

 With max_length not negative, at most so many bytes are returned.  When there
 is more to come, needs_input becomes False, and the next call can have b'' as
 its data to get it; when all that was given has been decompressed and
 returned, needs_input becomes True.

 After the end of the stream this raises EOFError.  Data that follows the end
 is kept in unused_data.
 [clinic start generated code]
 ```

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
