/* Made from the boundary of Rust/zlib by make regen; do not edit. Include Python.h first. */

#ifndef RUST_ZLIB_H
#define RUST_ZLIB_H

/*
 What each copy of the module keeps: its types and its exception, made when the module is executed.
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

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_compress_impl(PyObject *module, Py_buffer *data, int level, int wbits);

/*
 Decompresses.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_decompress_impl(PyObject *module, Py_buffer *data, int wbits, Py_ssize_t bufsize);

/*
 Makes a `zlib.Compress` object.

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

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_decompressobj_impl(PyObject *module, int wbits, PyObject *zdict);

/*
 Continues an Adler-32.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_adler32_impl(PyObject *_module, Py_buffer *data, unsigned int value);

/*
 Continues a CRC-32.

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

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_compress_impl(PyObject *self_, PyTypeObject *cls, Py_buffer *data);

/*
 Flushes.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_flush_impl(PyObject *self_, PyTypeObject *cls, int mode);

/*
 Copies the object.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_copy_impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress___copy___impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

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

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_decompress_impl(PyObject *self_, PyTypeObject *cls, Py_buffer *data, Py_ssize_t max_length);

/*
 Decompresses the rest.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_flush_impl(PyObject *self_, PyTypeObject *cls, Py_ssize_t length);

/*
 Copies the object.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_copy_impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress___copy___impl(PyObject *self_, PyTypeObject *cls);

/*
 The same for the module `copy`.

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
 Combines two Adler-32 checksums.

 # Safety

 Called by the parsing code alone.
 */
unsigned int zlib_adler32_combine_impl(PyObject *_module, unsigned int adler1, unsigned int adler2, PyObject *len2);

/*
 Combines two CRC-32 checksums.

 # Safety

 Called by the parsing code alone.
 */
unsigned int zlib_crc32_combine_impl(PyObject *_module, unsigned int crc1, unsigned int crc2, PyObject *len2);

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
