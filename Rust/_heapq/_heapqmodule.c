/* The C side of _heapq: the module definition. The method table, the parsing of arguments, which locks the list, and all
   docstrings are those of CPython's _heapqmodule.c; what the functions do is in Rust. */

#include "Python.h"
#include "rust/class.h"
#include "rust/_heapq.h"

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/heapq_methods.h"
#include "upstream/heapq_exec.h"

RUST_MODULE(_heapq, RUST_EXEC(heapq_exec), .m_doc = module_doc, .m_methods = heapq_methods)
