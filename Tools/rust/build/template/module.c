/* The C side of NAME: the module definition and the method table. What the functions do is in Rust.

   The tables, docstrings and parsing code of the C module are in CPython's source. Include them from there:

     upstream/clinic.h      what Argument Clinic has generated
     upstream/docs.h        the docstrings
     upstream/TABLE.h       the method table TABLE, and any other definition by its name */

#include "Python.h"
#include "rust/class.h"
#include "rust/NAME.h"

#include "clinic/NAME.h"

static PyMethodDef NAME_methods[] = {
    UPPER_EXAMPLE_METHODDEF
    {NULL, NULL, 0, NULL}
};

PyDoc_STRVAR(NAME_doc, "To be written: one line on what the module is for.");

RUST_MODULE(NAME, RUST_NO_EXEC, .m_doc = NAME_doc, .m_methods = NAME_methods)
