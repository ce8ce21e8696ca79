/* Made from the boundary of Rust/zlib by make regen; do not edit. Include Python.h first. */

#ifndef RUST_ZLIB_H
#define RUST_ZLIB_H

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
 The slots of the class that are the same for all.
 */
rust_instance zlib_Compress_instance(void);

/*
 Compresses more.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_compress_impl(PyObject *self_, PyTypeObject *_cls, Py_buffer *data);

/*
 Flushes.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_flush_impl(PyObject *self_, PyTypeObject *_cls, int mode);

/*
 Copies the object.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress_copy_impl(PyObject *self_, PyTypeObject *_cls);

/*
 Copies the object for the module `copy`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress___copy___impl(PyObject *self_, PyTypeObject *_cls);

/*
 Copies the object for the module `copy`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Compress___deepcopy___impl(PyObject *self_, PyTypeObject *_cls, PyObject *_memo);

/*
 The slots of the class that are the same for all.
 */
rust_instance zlib_Decompress_instance(void);

/*
 Decompresses more.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_decompress_impl(PyObject *self_, PyTypeObject *_cls, Py_buffer *data, Py_ssize_t max_length);

/*
 Decompresses the rest.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_flush_impl(PyObject *self_, PyTypeObject *_cls, Py_ssize_t length);

/*
 Copies the object.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress_copy_impl(PyObject *self_, PyTypeObject *_cls);

/*
 Copies the object for the module `copy`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress___copy___impl(PyObject *self_, PyTypeObject *_cls);

/*
 Copies the object for the module `copy`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *zlib_Decompress___deepcopy___impl(PyObject *self_, PyTypeObject *_cls, PyObject *_memo);

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
 Chooses the profile of compressors, unless that has been done: by the value of `-X rust_zlib` when it is not NULL, else by that of
 `PYTHON_RUST_ZLIB`. Returns the text of a warning, or None.

 # Safety

 - The thread is attached.
 - Both are NULL or end in NUL.
 */
PyObject *zlib_choose_profile(const char *option,
                              const char *environment);

/*
 Makes the state of the module.

 # Safety

 Called by the module's first `Py_mod_exec` slot alone.
 */
int zlib_exec(PyObject *module);

/*
 Adds the classes to the state of the module.

 # Safety

 - Called by the module's second `Py_mod_exec` slot alone, which passes `zlib.Compress`, a class with the slots of
   `zlib_Compress_instance`, and `zlib.Decompress`, one with those of `zlib_Decompress_instance`.
 */
int zlib_set_classes(PyObject *module, PyTypeObject *compress, PyTypeObject *decompress);

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
 The slots of the class that are the same for all.
 */
rust_instance zlib_ZlibDecompressor_instance(void);

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
 The attribute `unused_data`.

 # Safety

 Called by the type's getter alone.
 */
PyObject *zlib_ZlibDecompressor_unused_data(PyObject *self_);

#endif  /* RUST_ZLIB_H */
