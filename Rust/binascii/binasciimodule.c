/* The C side of binascii: the module definition. The method table, the parsing of arguments and all docstrings are those of
   CPython's binascii.c; what the functions do, and the state of the module, is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/binascii.h"

#include "upstream/ascii_buffer_converter.h"
#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/binascii_module_methods.h"

RUST_MODULE(binascii, RUST_EXEC(binascii_exec), RUST_STATE, .m_doc = doc_binascii, .m_methods = binascii_module_methods)
