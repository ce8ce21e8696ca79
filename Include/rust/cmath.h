/* Made from the boundary of Rust/cmath by make regen; do not edit. Include Python.h first. */

#ifndef RUST_CMATH_H
#define RUST_CMATH_H

/*
 Arc cosine.

 ```text
 [clinic input]
 module cmath
 [clinic start generated code]
 ```

 ```text
 [clinic input]
 cmath.acos

     z: Py_complex
     /

 Return the arc cosine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_acos_impl(PyObject *_module, Py_complex z);

/*
 Inverse hyperbolic cosine.

 ```text
 [clinic input]
 cmath.acosh

     z: Py_complex
     /

 Return the inverse hyperbolic cosine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_acosh_impl(PyObject *_module, Py_complex z);

/*
 Arc sine.

 ```text
 [clinic input]
 cmath.asin

     z: Py_complex
     /

 Return the arc sine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_asin_impl(PyObject *_module, Py_complex z);

/*
 Inverse hyperbolic sine.

 ```text
 [clinic input]
 cmath.asinh

     z: Py_complex
     /

 Return the inverse hyperbolic sine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_asinh_impl(PyObject *_module, Py_complex z);

/*
 Arc tangent.

 ```text
 [clinic input]
 cmath.atan

     z: Py_complex
     /

 Return the arc tangent of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_atan_impl(PyObject *_module, Py_complex z);

/*
 Inverse hyperbolic tangent.

 ```text
 [clinic input]
 cmath.atanh

     z: Py_complex
     /

 Return the inverse hyperbolic tangent of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_atanh_impl(PyObject *_module, Py_complex z);

/*
 Cosine.

 ```text
 [clinic input]
 cmath.cos

     z: Py_complex
     /

 Return the cosine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_cos_impl(PyObject *_module, Py_complex z);

/*
 Hyperbolic cosine.

 ```text
 [clinic input]
 cmath.cosh

     z: Py_complex
     /

 Return the hyperbolic cosine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_cosh_impl(PyObject *_module, Py_complex z);

/*
 Exponential.

 ```text
 [clinic input]
 cmath.exp

     z: Py_complex
     /

 Return e to the power of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_exp_impl(PyObject *_module, Py_complex z);

/*
 Decimal logarithm.

 ```text
 [clinic input]
 cmath.log10

     z: Py_complex
     /

 Return the logarithm of z to base 10.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_log10_impl(PyObject *_module, Py_complex z);

/*
 Sine.

 ```text
 [clinic input]
 cmath.sin

     z: Py_complex
     /

 Return the sine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_sin_impl(PyObject *_module, Py_complex z);

/*
 Hyperbolic sine.

 ```text
 [clinic input]
 cmath.sinh

     z: Py_complex
     /

 Return the hyperbolic sine of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_sinh_impl(PyObject *_module, Py_complex z);

/*
 Square root.

 ```text
 [clinic input]
 cmath.sqrt

     z: Py_complex
     /

 Return the square root of z, the one to the right of the imaginary axis.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_sqrt_impl(PyObject *_module, Py_complex z);

/*
 Tangent.

 ```text
 [clinic input]
 cmath.tan

     z: Py_complex
     /

 Return the tangent of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_tan_impl(PyObject *_module, Py_complex z);

/*
 Hyperbolic tangent.

 ```text
 [clinic input]
 cmath.tanh

     z: Py_complex
     /

 Return the hyperbolic tangent of z.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_tanh_impl(PyObject *_module, Py_complex z);

/*
 Logarithm.

 ```text
 [clinic input]
 cmath.log

     z as x: Py_complex
     base as y_obj: object = NULL
     /

 log(z[, base]) -> the logarithm of z to a base, which is e unless given.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_log_impl(PyObject *_module, Py_complex x, PyObject *y_obj);

/*
 Phase.

 ```text
 [clinic input]
 cmath.phase

     z: Py_complex
     /

 Return the phase of z: the angle of its direction, between -pi and pi.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_phase_impl(PyObject *_module, Py_complex z);

/*
 Polar coordinates.

 ```text
 [clinic input]
 cmath.polar

     z: Py_complex
     /

 Return the polar coordinates of z: its distance from 0, and its phase.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_polar_impl(PyObject *_module, Py_complex z);

/*
 Rectangular coordinates.

 ```text
 [clinic input]
 cmath.rect

     r: double
     phi: double
     /

 Return the complex number with the polar coordinates r and phi.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_rect_impl(PyObject *_module, double r, double phi);

/*
 Neither infinite nor NaN.

 ```text
 [clinic input]
 cmath.isfinite

     z: Py_complex
     /

 Return True if both parts of z are finite.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isfinite_impl(PyObject *_module, Py_complex z);

/*
 Infinity.

 ```text
 [clinic input]
 cmath.isinf

     z: Py_complex
     /

 Return True if one of the parts of z is an infinity.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isinf_impl(PyObject *_module, Py_complex z);

/*
 Not a number.

 ```text
 [clinic input]
 cmath.isnan

     z: Py_complex
     /

 Return True if one of the parts of z is a NaN.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isnan_impl(PyObject *_module, Py_complex z);

/*
 Nearness.

 ```text
 [clinic input]
 cmath.isclose

     a: Py_complex
     b: Py_complex
     *
     rel_tol: double = 1e-09
         how far apart they may be, relative to the larger of the two
     abs_tol: double = 0.0
         how far apart they may be, whatever their size

 Return True if two complex numbers are close to each other by one of the tolerances.

 Infinities are close only to themselves, and a NaN is close to nothing.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *cmath_isclose_impl(PyObject *_module, Py_complex a, Py_complex b, double rel_tol, double abs_tol);

#endif  /* RUST_CMATH_H */
