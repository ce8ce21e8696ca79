/* The C side of _bisect: the module definition. The method table, the parsing of arguments and all docstrings are those of
   CPython's _bisectmodule.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_bisect.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/bisect_methods.h"

RUST_MODULE(_bisect, RUST_EXEC(_bisect_exec), RUST_STATE, .m_doc = module_doc, .m_methods = bisect_methods)
