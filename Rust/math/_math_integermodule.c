/* The C side of math.integer, a submodule of math since CPython 3.15. The method table, the parsing of arguments and all
   docstrings are those of CPython's mathintegermodule.c; the functions are those that math itself has before 3.15. */

#include "Python.h"

#define RUST_FULL_NAME(NAME) "math.integer"
#include "rust/class.h"
#include "rust/math.h"

#define math_integer_comb_impl math_comb_impl
#define math_integer_factorial math_factorial
#define math_integer_gcd_impl math_gcd_impl
#define math_integer_isqrt math_isqrt
#define math_integer_lcm_impl math_lcm_impl
#define math_integer_perm_impl math_perm_impl

#include "upstream/clinic.h"
#include "upstream/docs.h"
#include "upstream/math_integer_methods.h"
#include "upstream/math_integer_exec.h"

RUST_MODULE(_math_integer, RUST_EXEC(math_integer_exec), .m_doc = module_doc, .m_methods = math_integer_methods)
