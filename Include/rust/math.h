/* Made from the boundary of Rust/math by make regen; do not edit. Include Python.h first. */

#ifndef RUST_MATH_H
#define RUST_MATH_H

/*
 Neither infinity nor NaN.

 # Safety

 Called by the C side alone.
 */
PyObject *math_isfinite_impl(PyObject *_module, double x);

/*
 Infinity.

 # Safety

 Called by the C side alone.
 */
PyObject *math_isinf_impl(PyObject *_module, double x);

/*
 Not a number.

 # Safety

 Called by the C side alone.
 */
PyObject *math_isnan_impl(PyObject *_module, double x);

/*
 Permutations.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_perm_impl(PyObject *_module, PyObject *n, PyObject *k);

/*
 Combinations.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_comb_impl(PyObject *_module, PyObject *n, PyObject *k);

/*
 Greatest common divisor.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_gcd_impl(PyObject *_module, PyObject *const *args, intptr_t args_length);

/*
 Least common multiple.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_lcm_impl(PyObject *_module, PyObject *const *args, intptr_t args_length);

/*
 Integer square root.

 # Safety

 Called by Python alone.
 */
PyObject *math_isqrt(PyObject *_module, PyObject *n);

/*
 The factorial.

 # Safety

 Called by Python alone.
 */
PyObject *math_factorial(PyObject *_module, PyObject *arg);

/*
 The logarithm to any base. The C side counts the arguments: `base` may be NULL.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log_impl(PyObject *_module, PyObject *x, PyObject *base);

/*
 The binary logarithm.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log2_impl(PyObject *_module, PyObject *x);

/*
 The decimal logarithm.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log10_impl(PyObject *_module, PyObject *x);

/*
 Mantissa and exponent.

 # Safety

 Called by the C side alone.
 */
PyObject *math_frexp_impl(PyObject *_module, double x);

/*
 The inverse of frexp.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_ldexp_impl(PyObject *_module, double x, PyObject *i);

/*
 Fraction and integer.

 # Safety

 Called by the C side alone.
 */
PyObject *math_modf_impl(PyObject *_module, double x);

/*
 Multiplication and addition with one rounding.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_fma_impl(PyObject *_module, double x, double y, double z);

/*
 Nearness.

 # Safety

 Called by the parsing code alone.
 */
int math_isclose_impl(PyObject *_module, double a, double b, double rel_tol, double abs_tol);

/*
 The next float.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_nextafter_impl(PyObject *_module, double x, double y, PyObject *steps);

/*
 Rounding up. The C side calls `__ceil__` first.

 # Safety

 Called by the C side alone.
 */
PyObject *math_ceil_impl(double x);

/*
 Rounding down. The C side calls `__floor__` first.

 # Safety

 Called by the C side alone.
 */
PyObject *math_floor_impl(double x);

/*
 Rounding towards zero. The C side calls `__trunc__` of an object that is not a float.

 # Safety

 Called by the C side alone.
 */
PyObject *math_trunc_impl(double x);

/*
 Arc cosine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_acos_impl(double x);

/*
 Inverse hyperbolic cosine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_acosh_impl(double x);

/*
 Arc sine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_asin_impl(double x);

/*
 Inverse hyperbolic sine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_asinh_impl(double x);

/*
 Arc tangent.

 # Safety

 Called by the C side alone.
 */
PyObject *math_atan_impl(double x);

/*
 Inverse hyperbolic tangent.

 # Safety

 Called by the C side alone.
 */
PyObject *math_atanh_impl(double x);

/*
 Cube root.

 # Safety

 Called by the C side alone.
 */
PyObject *math_cbrt_impl(double x);

/*
 Cosine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_cos_impl(double x);

/*
 Hyperbolic cosine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_cosh_impl(double x);

/*
 Error function.

 # Safety

 Called by the C side alone.
 */
PyObject *math_erf_impl(double x);

/*
 Complementary error function.

 # Safety

 Called by the C side alone.
 */
PyObject *math_erfc_impl(double x);

/*
 Exponential.

 # Safety

 Called by the C side alone.
 */
PyObject *math_exp_impl(double x);

/*
 Power of two.

 # Safety

 Called by the C side alone.
 */
PyObject *math_exp2_impl(double x);

/*
 Exponential less one.

 # Safety

 Called by the C side alone.
 */
PyObject *math_expm1_impl(double x);

/*
 Absolute value.

 # Safety

 Called by the C side alone.
 */
PyObject *math_fabs_impl(double x);

/*
 Gamma function.

 # Safety

 Called by the C side alone.
 */
PyObject *math_gamma_impl(double x);

/*
 Logarithm of the gamma function.

 # Safety

 Called by the C side alone.
 */
PyObject *math_lgamma_impl(double x);

/*
 Logarithm of one more.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log1p_impl(double x);

/*
 Sine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_sin_impl(double x);

/*
 Hyperbolic sine.

 # Safety

 Called by the C side alone.
 */
PyObject *math_sinh_impl(double x);

/*
 Square root.

 # Safety

 Called by the C side alone.
 */
PyObject *math_sqrt_impl(double x);

/*
 Tangent.

 # Safety

 Called by the C side alone.
 */
PyObject *math_tan_impl(double x);

/*
 Hyperbolic tangent.

 # Safety

 Called by the C side alone.
 */
PyObject *math_tanh_impl(double x);

/*
 Arc tangent of a quotient.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_atan2_impl(PyObject *_module, double y, double x);

/*
 Sign of another number.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_copysign_impl(PyObject *_module, double x, double y);

/*
 Remainder of truncated division.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_fmod_impl(PyObject *_module, double x, double y);

/*
 Power.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_pow_impl(PyObject *_module, double x, double y);

/*
 Remainder of rounded division.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_remainder_impl(PyObject *_module, double x, double y);

/*
 Radians to degrees.

 # Safety

 Called by the C side alone.
 */
PyObject *math_degrees_impl(PyObject *_module, double x);

/*
 Degrees to radians.

 # Safety

 Called by the C side alone.
 */
PyObject *math_radians_impl(PyObject *_module, double x);

/*
 Unit in the last place.
 */
double math_ulp_impl(PyObject *_module, double x);

/*
 The natural logarithm of a float, or of a positive number. The C side asks here first, and
 [`math_log_impl`](super::log::math_log_impl) for whatever is neither, as for the others.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log_of_double(double x);

/*
 The binary logarithm of a float, or of a positive number.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log2_of_double(double x);

/*
 The decimal logarithm of a float, or of a positive number.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log10_of_double(double x);

/*
 The exact sum.

 # Safety

 Called by Python alone.
 */
PyObject *math_fsum(PyObject *_module, PyObject *seq);

/*
 The dot product.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_sumprod_impl(PyObject *_module, PyObject *p, PyObject *q);

/*
 The product.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_prod_impl(PyObject *_module, PyObject *iterable, PyObject *start);

#if defined(Py_3_15)
/*
 The larger of two numbers.
 */
double math_fmax_impl(PyObject *_module, double x, double y);
#endif

#if defined(Py_3_15)
/*
 The smaller of two numbers.
 */
double math_fmin_impl(PyObject *_module, double x, double y);
#endif

#if defined(Py_3_15)
/*
 Neither zero, subnormal, infinite nor NaN.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_isnormal_impl(PyObject *_module, double x);
#endif

#if defined(Py_3_15)
/*
 Not zero, and smaller than all normal numbers.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_issubnormal_impl(PyObject *_module, double x);
#endif

#if defined(Py_3_15)
/*
 The sign bit.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_signbit_impl(PyObject *_module, double x);
#endif

/*
 The distance of two points.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_dist_impl(PyObject *_module, PyObject *p, PyObject *q);

/*
 The length of a vector.

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_hypot_impl(PyObject *_module, PyObject *const *args, intptr_t args_length);

#endif  /* RUST_MATH_H */
