/* Made from the boundary of Rust/cmath by make regen; do not edit. Include Python.h first. */

#ifndef RUST_CMATH_H
#define RUST_CMATH_H

/*
 Arc cosine.
 */
Py_complex cmath_acos_impl(PyObject *_module, Py_complex z);

/*
 Inverse hyperbolic cosine.
 */
Py_complex cmath_acosh_impl(PyObject *_module, Py_complex z);

/*
 Arc sine.
 */
Py_complex cmath_asin_impl(PyObject *_module, Py_complex z);

/*
 Inverse hyperbolic sine.
 */
Py_complex cmath_asinh_impl(PyObject *_module, Py_complex z);

/*
 Arc tangent.
 */
Py_complex cmath_atan_impl(PyObject *_module, Py_complex z);

/*
 Inverse hyperbolic tangent.
 */
Py_complex cmath_atanh_impl(PyObject *_module, Py_complex z);

/*
 Cosine.
 */
Py_complex cmath_cos_impl(PyObject *_module, Py_complex z);

/*
 Hyperbolic cosine.
 */
Py_complex cmath_cosh_impl(PyObject *_module, Py_complex z);

/*
 Exponential.
 */
Py_complex cmath_exp_impl(PyObject *_module, Py_complex z);

/*
 Decimal logarithm.
 */
Py_complex cmath_log10_impl(PyObject *_module, Py_complex z);

/*
 Sine.
 */
Py_complex cmath_sin_impl(PyObject *_module, Py_complex z);

/*
 Hyperbolic sine.
 */
Py_complex cmath_sinh_impl(PyObject *_module, Py_complex z);

/*
 Square root.
 */
Py_complex cmath_sqrt_impl(PyObject *_module, Py_complex z);

/*
 Tangent.
 */
Py_complex cmath_tan_impl(PyObject *_module, Py_complex z);

/*
 Hyperbolic tangent.
 */
Py_complex cmath_tanh_impl(PyObject *_module, Py_complex z);

/*
 Logarithm.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_log_impl(PyObject *_module, Py_complex x, PyObject *y_obj);

/*
 Phase.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_phase_impl(PyObject *_module, Py_complex z);

/*
 Polar coordinates.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_polar_impl(PyObject *_module, Py_complex z);

/*
 Rectangular coordinates.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_rect_impl(PyObject *_module, double r, double phi);

/*
 Neither infinite nor NaN.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isfinite_impl(PyObject *_module, Py_complex z);

/*
 Infinity.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isinf_impl(PyObject *_module, Py_complex z);

/*
 Not a number.

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isnan_impl(PyObject *_module, Py_complex z);

/*
 Nearness.

 # Safety

 Called by the parsing code alone.
 */
int cmath_isclose_impl(PyObject *_module, Py_complex a, Py_complex b, double rel_tol, double abs_tol);

#endif  /* RUST_CMATH_H */
