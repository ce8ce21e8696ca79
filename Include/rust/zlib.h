/* Made from the boundary of Rust/zlib by make regen; do not edit. Include Python.h first. */

#ifndef RUST_ZLIB_H
#define RUST_ZLIB_H

/*
 What each copy of the module keeps: its types and its exception, made when the module is executed.

 ```text
 [clinic input]
 module zlib
 class zlib.Compress "PyObject *" "&Comptype"
 class zlib.Decompress "PyObject *" "&Decomptype"
 class zlib.ZlibDecompressor "PyObject *" "&ZlibDecompressorType"
 [clinic start generated code]
 ```
 */
typedef struct {
  /*
   `zlib.Compress`
   */
  PyTypeObject *Comptype;
  /*
   `zlib.Decompress`
   */
  PyTypeObject *Decomptype;
  /*
   `zlib._ZlibDecompressor`
   */
  PyTypeObject *ZlibDecompressorType;
  /*
   `zlib.error`
   */
  PyObject *error;
} zlib_state;

/*
 Compresses.

 ```text
 [clinic input]
 zlib.compress

     data: Py_buffer
         What is to be compressed.
     /
     level: int(c_default="Z_DEFAULT_COMPRESSION") = Z_DEFAULT_COMPRESSION
         How much to try, from 0 to 9, or -1 for the usual.
     wbits: int(c_default="MAX_WBITS") = MAX_WBITS
         The size of the window, and the container.

 Return data in compressed form, as bytes.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_compress_impl(PyObject *module, Py_buffer *data, int level, int wbits);

/*
 Decompresses.

 ```text
 [clinic input]
 zlib.decompress

     data: Py_buffer
         What has been compressed.
     /
     wbits: int(c_default="MAX_WBITS") = MAX_WBITS
         The size of the window, and the container.
     bufsize: Py_ssize_t(c_default="DEF_BUF_SIZE") = DEF_BUF_SIZE
         How much output to make room for at first.

 Return what data stood for before it was compressed, as bytes.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_decompress_impl(PyObject *module, Py_buffer *data, int wbits, Py_ssize_t bufsize);

/*
 Makes a `zlib.Compress` object.

 ```text
 [clinic input]
 zlib.compressobj

     level: int(c_default="Z_DEFAULT_COMPRESSION") = Z_DEFAULT_COMPRESSION
         How much to try, from 0 to 9, or -1 for the usual, which is 6: the
         higher, the slower and the smaller the result.
     method: int(c_default="DEFLATED") = DEFLATED
         The algorithm.  There is one, DEFLATED.
     wbits: int(c_default="MAX_WBITS") = MAX_WBITS
         The binary logarithm of the window's size, 9 to 15, for a stream in
         the zlib container; the same negative for a raw stream; the same
         plus 16 for the gzip container.
     memLevel: int(c_default="DEF_MEM_LEVEL") = DEF_MEM_LEVEL
         How much memory to use, from 1 to 9: the more, the faster and the
         smaller the result.
     strategy: int(c_default="Z_DEFAULT_STRATEGY") = Z_DEFAULT_STRATEGY
         What kind of data to expect: Z_DEFAULT_STRATEGY, Z_FILTERED,
         Z_HUFFMAN_ONLY, Z_RLE or Z_FIXED.
     zdict: Py_buffer = NULL
         A dictionary: bytes with sequences that the data is likely to have.

 Return an object that compresses a stream piece by piece.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_compressobj_impl(PyObject *module,
                                int level,
                                int method,
                                int wbits,
                                int memLevel,
                                int strategy,
                                Py_buffer *zdict);

/*
 Makes a `zlib.Decompress` object.

 ```text
 [clinic input]
 zlib.decompressobj

     wbits: int(c_default="MAX_WBITS") = MAX_WBITS
         The size of the window, and the container.
     zdict: object(c_default="NULL") = b''
         The dictionary that the data was compressed with.

 Return an object that decompresses a stream piece by piece.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_decompressobj_impl(PyObject *module, int wbits, PyObject *zdict);

/*
 Continues an Adler-32.

 ```text
 [clinic input]
 zlib.adler32

     data: Py_buffer
     value: unsigned_int(bitwise=True) = 1
         The checksum of what comes before data.
     /

 Return the Adler-32 checksum of data, an integer.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_adler32_impl(PyObject *_module, Py_buffer *data, unsigned int value);

/*
 Continues a CRC-32.

 ```text
 [clinic input]
 zlib.crc32 -> unsigned_int

     data: Py_buffer
     value: unsigned_int(bitwise=True) = 0
         The checksum of what comes before data.
     /

 Return the CRC-32 checksum of data, an integer.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
unsigned int zlib_crc32_impl(PyObject *_module, Py_buffer *data, unsigned int value);

/*
 `basicsize` of the type's spec.
 */
int zlib_Compress_basicsize(void);

/*
 Drops the Rust part of an object.

 # Safety

 Called by the type's `tp_dealloc` alone.
 */
void zlib_Compress_drop(PyObject *self_);

/*
 Compresses more.

 ```text
 [clinic input]
 zlib.Compress.compress

     cls: defining_class
     data: Py_buffer
         What is to be compressed.
     /

 Return what there is in compressed form by now, as bytes.

 Some of the data may stay in the object's buffers.  The flush() method
 empties them.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_compress_impl(PyObject *self_, PyTypeObject *cls, Py_buffer *data);

/*
 Flushes.

 ```text
 [clinic input]
 zlib.Compress.flush

     cls: defining_class
     mode: int(c_default="Z_FINISH") = zlib.Z_FINISH
         How: Z_FINISH ends the stream, and the object cannot be used any
         more.  After Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH or Z_BLOCK
         more data can follow.
     /

 Return what is left in the object's buffers in compressed form, as bytes.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_flush_impl(PyObject *self_, PyTypeObject *cls, int mode);

/*
 Copies the object.

 ```text
 [clinic input]
 zlib.Compress.copy

     cls: defining_class

 Return an independent copy of the object in its current state.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_copy_impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

 ```text
 [clinic input]
 zlib.Compress.__copy__

     cls: defining_class

 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress___copy___impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

 ```text
 [clinic input]
 zlib.Compress.__deepcopy__

     cls: defining_class
     memo: object
     /

 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress___deepcopy___impl(PyObject *self_, PyTypeObject *cls, PyObject *_memo);

/*
 `basicsize` of the type's spec.
 */
int zlib_Decompress_basicsize(void);

/*
 Drops the Rust part of an object.

 # Safety

 Called by the type's `tp_dealloc` alone.
 */
void zlib_Decompress_drop(PyObject *self_);

/*
 What `tp_traverse` has to visit besides the type: the dictionary, or NULL.

 # Safety

 Called by the type's `tp_traverse` alone.
 */
PyObject *zlib_Decompress_zdict(PyObject *self_);

/*
 Decompresses more.

 ```text
 [clinic input]
 zlib.Decompress.decompress

     cls: defining_class
     data: Py_buffer
         What is to be decompressed.
     /
     max_length: Py_ssize_t = 0
         The most bytes to return, if not 0.  Input that is not needed for
         them is kept in the attribute unconsumed_tail.

 Return what data stands for, as bytes.

 Some of it may stay in the object's buffers.  The flush() method empties
 them.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_decompress_impl(PyObject *self_, PyTypeObject *cls, Py_buffer *data, Py_ssize_t max_length);

/*
 Decompresses the rest.

 ```text
 [clinic input]
 zlib.Decompress.flush

     cls: defining_class
     length: Py_ssize_t(c_default="DEF_BUF_SIZE") = zlib.DEF_BUF_SIZE
         How much output to make room for at first.
     /

 Return what the rest of the input stands for, as bytes.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_flush_impl(PyObject *self_, PyTypeObject *cls, Py_ssize_t length);

/*
 Copies the object.

 ```text
 [clinic input]
 zlib.Decompress.copy

     cls: defining_class

 Return an independent copy of the object in its current state.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_copy_impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

 ```text
 [clinic input]
 zlib.Decompress.__copy__

     cls: defining_class

 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress___copy___impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

 ```text
 [clinic input]
 zlib.Decompress.__deepcopy__

     cls: defining_class
     memo: object
     /

 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress___deepcopy___impl(PyObject *self_, PyTypeObject *cls, PyObject *_memo);

/*
 The attribute `eof`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_Decompress_eof(PyObject *self_);

/*
 The attribute `unused_data`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_Decompress_unused_data(PyObject *self_);

/*
 The attribute `unconsumed_tail`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_Decompress_unconsumed_tail(PyObject *self_);

/*
 `basicsize` of the type's spec.
 */
int zlib_ZlibDecompressor_basicsize(void);

/*
 Drops the Rust part of an object.

 # Safety

 Called by the type's `tp_dealloc` alone.
 */
void zlib_ZlibDecompressor_drop(PyObject *self_);

/*
 What `tp_traverse` has to visit besides the type: the dictionary, or NULL.

 # Safety

 Called by the type's `tp_traverse` alone.
 */
PyObject *zlib_ZlibDecompressor_zdict(PyObject *self_);

/*
 Makes an object, of parsed arguments.

 # Safety

 Called by the type's `tp_new` alone.
 */
PyObject *zlib_ZlibDecompressor_new(PyTypeObject *cls, int wbits, PyObject *zdict);

/*
 Decompresses more.

 ```text
 [clinic input]
 zlib.ZlibDecompressor.decompress

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
PyObject *zlib_ZlibDecompressor_decompress_impl(PyObject *self_, Py_buffer *data, Py_ssize_t max_length);

/*
 The attribute `eof`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_ZlibDecompressor_eof(PyObject *self_);

/*
 The attribute `needs_input`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_ZlibDecompressor_needs_input(PyObject *self_);

/*
 The attribute `unused_data`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_ZlibDecompressor_unused_data(PyObject *self_);

#endif  /* RUST_ZLIB_H */
