/* Made from the boundary of Rust/_csv by make regen; do not edit. Include Python.h first. */

#ifndef RUST__CSV_H
#define RUST__CSV_H

/*
 When fields are quoted, and which fields of a reader are numbers.
 */
typedef struct Quoting Quoting;



/*
 Makes the state of the module.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes and the dict that it has made.
 */
int csv_make_state(PyObject *module, PyObject *const *classes, PyObject *dialects, PyObject *error);

/*
 The names of all dialects.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_csv_list_dialects_impl(PyObject *module);

/*
 Registers a dialect by a name.

 # Safety

 Called by the C side alone, with this module, an object, an object or NULL, and a dict or NULL.
 */
PyObject *csv_register(PyObject *module, PyObject *name, PyObject *dialect, PyObject *keywords);

/*
 Forgets the dialect with a name.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_csv_unregister_dialect_impl(PyObject *module, PyObject *name);

/*
 The dialect with a name.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_csv_get_dialect_impl(PyObject *module, PyObject *name);

/*
 Returns the limit of the length of fields, and sets a new one if it is given.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_csv_field_size_limit_impl(PyObject *module, PyObject *new_limit);

/*
 Makes a dialect.

 # Safety

 Called by `tp_new` alone, with the class or a subclass, and nine objects or NULLs: the dialect from which missing options are
 taken, and the options.
 */
PyObject *csv_new_dialect(PyTypeObject *cls,
                          PyObject *const *given);

/*
 The slots of the class that are the same for all.
 */
rust_instance csv_dialect_instance(void);

/*
 The character between fields.

 # Safety

 Called as a getter alone.
 */
PyObject *csv_dialect_delimiter(PyObject *dialect);

/*
 The character before one that loses its meaning.

 # Safety

 Called as a getter alone.
 */
PyObject *csv_dialect_escapechar(PyObject *dialect);

/*
 The character around quoted fields.

 # Safety

 Called as a getter alone.
 */
PyObject *csv_dialect_quotechar(PyObject *dialect);

/*
 What a writer writes after each record.

 # Safety

 Called as a getter alone.
 */
PyObject *csv_dialect_lineterminator(PyObject *dialect);

/*
 When fields are quoted, as a number.

 # Safety

 Called as a getter alone.
 */
PyObject *csv_dialect_quoting(PyObject *dialect);

/*
 `PyNumber_Float`
 */
extern PyObject *csv_number_float(PyObject *text);

/*
 The slots of the class that are the same for all.
 */
rust_instance csv_reader_instance(void);

/*
 Makes a reader.

 # Safety

 Called by the C side alone, with this module, an object, an object or NULL, and a dict or NULL.
 */
PyObject *csv_new_reader(PyObject *module, PyObject *iterable, PyObject *dialect, PyObject *keywords);

/*
 The next row.

 # Safety

 Called by the type's slot alone.
 */
PyObject *csv_reader_next(PyObject *reader);

/*
 `PyNumber_Check`
 */
extern int csv_is_number(PyObject *object);

/*
 The slots of the class that are the same for all.
 */
rust_instance csv_writer_instance(void);

/*
 Makes a writer.

 # Safety

 Called by the C side alone, with this module, an object, an object or NULL, and a dict or NULL.
 */
PyObject *csv_new_writer(PyObject *module, PyObject *file, PyObject *dialect, PyObject *keywords);

/*
 Writes a row; returns what the `write` method returns.

 # Safety

 Called by the method alone.
 */
PyObject *csv_writerow(PyObject *writer, PyObject *row);

/*
 Writes rows.

 # Safety

 Called by the method alone.
 */
PyObject *csv_writerows(PyObject *writer, PyObject *rows);

#endif  /* RUST__CSV_H */
