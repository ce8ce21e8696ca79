/* Made from the boundary of Rust/math by make regen; do not edit. Include Python.h first. */

#ifndef RUST_MATH_H
#define RUST_MATH_H

/*
 Neither infinity nor NaN.

 ```text
 [clinic input]
 module math
 [clinic start generated code]
 ```

 ```text
 [clinic input]
 math.isfinite

     x: object
     /

 Return True if x is a number, neither an infinity nor a NaN.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_isfinite_impl(double x);

/*
 Infinity.

 ```text
 [clinic input]
 math.isinf

     x: object
     /

 Return True if x is an infinity, of either sign.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_isinf_impl(double x);

/*
 Not a number.

 ```text
 [clinic input]
 math.isnan

     x: object
     /

 Return True if x is a NaN.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_isnan_impl(double x);

/*
 Greatest common divisor.

 ```text
 [clinic input]
 math.gcd

     *integers as args: array

 Return the largest integer that divides all arguments; 0 when all are 0.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_gcd_impl(PyObject *_module, PyObject *const *args, intptr_t args_length);

/*
 Least common multiple.

 ```text
 [clinic input]
 math.lcm

     *integers as args: array

 Return the smallest positive integer that all arguments divide, or 0 when one of them is 0.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_lcm_impl(PyObject *_module, PyObject *const *args, intptr_t args_length);

/*
 Integer square root.

 ```text
 [clinic input]
 math.isqrt

     n: object
     /

 Return the square root of an integer without its fraction.
 [clinic start generated code]
 ```

 # Safety

 Called by Python alone.
 */
PyObject *math_isqrt(PyObject *_module, PyObject *n);

/*
 The factorial.

 ```text
 [clinic input]
 math.factorial

     n as arg: object
     /

 Return the product of the integers from 1 to n.
 [clinic start generated code]
 ```

 # Safety

 Called by Python alone.
 */
PyObject *math_factorial(PyObject *_module, PyObject *arg);

/*
 Permutations.

 ```text
 [clinic input]
 math.perm

     n: object
     k: object = None
     /

 Return how many ways there are to choose k of n items in order.

 It is n! / (n - k)!, and 0 when k is greater than n.  Without k it is n!.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_perm_impl(PyObject *_module, PyObject *n, PyObject *k);

/*
 Combinations.

 ```text
 [clinic input]
 math.comb

     n: object
     k: object
     /

 Return how many ways there are to choose k of n items in any order.

 It is n! / (k! * (n - k)!), and 0 when k is greater than n: the binomial
 coefficient, by which x**k is multiplied in (1 + x)**n.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_comb_impl(PyObject *_module, PyObject *n, PyObject *k);

/*
 The logarithm to any base. The C side counts the arguments: `base` may be NULL.

 # Safety

 Called by the C side alone.
 */
PyObject *math_log_impl(PyObject *_module, PyObject *x, PyObject *base);

/*
 The binary logarithm.

 ```text
 [clinic input]
 math.log2

     x: object
     /

 Return the logarithm of x to base 2.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_log2_impl(PyObject *_module, PyObject *x);

/*
 The decimal logarithm.

 ```text
 [clinic input]
 math.log10

     x: object
     /

 Return the logarithm of x to base 10.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_log10_impl(PyObject *_module, PyObject *x);

/*
 Mantissa and exponent.

 ```text
 [clinic input]
 math.frexp

     x: object
     /

 Return the mantissa and the exponent of x, a pair (m, e).

 Of a finite x that is not zero, m is a float with 0.5 <= abs(m) < 1.0 and e
 an int, so that x is exactly m * 2**e.  Of any other x it is (x, 0).
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_frexp_impl(double x);

/*
 The inverse of frexp.

 ```text
 [clinic input]
 math.ldexp

     x: double
     i: object
     /

 Return x * (2**i), what frexp() has taken apart.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_ldexp_impl(PyObject *_module, double x, PyObject *i);

/*
 Fraction and integer.

 ```text
 [clinic input]
 math.modf

     x: object
     /

 Return the fractional part and the integer part of x.

 Both are floats with the sign of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_modf_impl(double x);

/*
 Multiplication and addition with one rounding.

 ```text
 [clinic input]
 math.fma

     x: double
     y: double
     z: double
     /

 Return x * y + z, rounded once.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_fma_impl(PyObject *_module, double x, double y, double z);

/*
 Nearness.

 ```text
 [clinic input]
 math.isclose

     a: double
     b: double
     *
     rel_tol: double = 1e-09
         how far apart they may be, relative to the larger of the two
     abs_tol: double = 0.0
         how far apart they may be, whatever their size

 Return True if two floats are close to each other by one of the tolerances.

 Infinities are close only to themselves, and a NaN is close to nothing.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_isclose_impl(PyObject *_module, double a, double b, double rel_tol, double abs_tol);

/*
 The next float.

 ```text
 [clinic input]
 math.nextafter

     x: double
     y: double
     /
     *
     steps: object(c_default="NULL") = None

 Return the float that is so many steps away from x, towards y.

 Without steps it is one.  Steps must be an integer that is not negative.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_nextafter_impl(PyObject *_module, double x, double y, PyObject *steps);

/*
 Rounding up. The C side asks `__ceil__` first.

 ```text
 [clinic input]
 math.ceil

     x as number: object
     /

 Return the smallest integer that is not less than x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_ceil_impl(double x);

/*
 Rounding down. The C side asks `__floor__` first.

 ```text
 [clinic input]
 math.floor

     x as number: object
     /

 Return the largest integer that is not greater than x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_floor_impl(double x);

/*
 Rounding towards zero. The C side asks `__trunc__` of whatever is not a float.

 ```text
 [clinic input]
 math.trunc

     x: object
     /

 Return x without its fraction, as its __trunc__ method says.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_trunc_impl(double x);

/*
 Arc cosine.

 ```text
 [clinic input]
 math.acos

     x: object
     /

 Return the angle between 0 and pi whose cosine is x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_acos_impl(double x);

/*
 Inverse hyperbolic cosine.

 ```text
 [clinic input]
 math.acosh

     x: object
     /

 Return the inverse hyperbolic cosine of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_acosh_impl(double x);

/*
 Arc sine.

 ```text
 [clinic input]
 math.asin

     x: object
     /

 Return the angle between -pi/2 and pi/2 whose sine is x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_asin_impl(double x);

/*
 Inverse hyperbolic sine.

 ```text
 [clinic input]
 math.asinh

     x: object
     /

 Return the inverse hyperbolic sine of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_asinh_impl(double x);

/*
 Arc tangent.

 ```text
 [clinic input]
 math.atan

     x: object
     /

 Return the angle between -pi/2 and pi/2 whose tangent is x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_atan_impl(double x);

/*
 Inverse hyperbolic tangent.

 ```text
 [clinic input]
 math.atanh

     x: object
     /

 Return the inverse hyperbolic tangent of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_atanh_impl(double x);

/*
 Cube root.

 ```text
 [clinic input]
 math.cbrt

     x: object
     /

 Return the number whose cube is x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_cbrt_impl(double x);

/*
 Cosine.

 ```text
 [clinic input]
 math.cos

     x: object
     /

 Return the cosine of an angle of x radians.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_cos_impl(double x);

/*
 Hyperbolic cosine.

 ```text
 [clinic input]
 math.cosh

     x: object
     /

 Return the hyperbolic cosine of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_cosh_impl(double x);

/*
 Error function.

 ```text
 [clinic input]
 math.erf

     x: object
     /

 Return the error function at x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_erf_impl(double x);

/*
 Complementary error function.

 ```text
 [clinic input]
 math.erfc

     x: object
     /

 Return 1 - erf(x), without loss of precision for a large x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_erfc_impl(double x);

/*
 Exponential.

 ```text
 [clinic input]
 math.exp

     x: object
     /

 Return e to the power of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_exp_impl(double x);

/*
 Power of two.

 ```text
 [clinic input]
 math.exp2

     x: object
     /

 Return 2 to the power of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_exp2_impl(double x);

/*
 Exponential less one.

 ```text
 [clinic input]
 math.expm1

     x: object
     /

 Return exp(x) - 1, without loss of precision for an x near zero.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_expm1_impl(double x);

/*
 Absolute value.

 ```text
 [clinic input]
 math.fabs

     x: object
     /

 Return x without its sign, as a float.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_fabs_impl(double x);

/*
 Gamma function.

 ```text
 [clinic input]
 math.gamma

     x: object
     /

 Return the gamma function at x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_gamma_impl(double x);

/*
 Logarithm of the gamma function.

 ```text
 [clinic input]
 math.lgamma

     x: object
     /

 Return the natural logarithm of the absolute value of gamma(x).
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_lgamma_impl(double x);

/*
 Logarithm of one more.

 ```text
 [clinic input]
 math.log1p

     x: object
     /

 Return the natural logarithm of 1 + x.

 The result keeps its precision for an x near zero.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_log1p_impl(double x);

/*
 Sine.

 ```text
 [clinic input]
 math.sin

     x: object
     /

 Return the sine of an angle of x radians.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_sin_impl(double x);

/*
 Hyperbolic sine.

 ```text
 [clinic input]
 math.sinh

     x: object
     /

 Return the hyperbolic sine of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_sinh_impl(double x);

/*
 Square root.

 ```text
 [clinic input]
 math.sqrt

     x: object
     /

 Return the square root of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_sqrt_impl(double x);

/*
 Tangent.

 ```text
 [clinic input]
 math.tan

     x: object
     /

 Return the tangent of an angle of x radians.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_tan_impl(double x);

/*
 Hyperbolic tangent.

 ```text
 [clinic input]
 math.tanh

     x: object
     /

 Return the hyperbolic tangent of x.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_tanh_impl(double x);

/*
 Arc tangent of a quotient.

 ```text
 [clinic input]
 math.atan2

     y: double
     x: double
     /

 Return the angle of the point (x, y), between -pi and pi.

 It is that of atan(y/x), but the signs of both tell the quadrant.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_atan2_impl(PyObject *_module, double y, double x);

/*
 Sign of another number.

 ```text
 [clinic input]
 math.copysign

     x: double
     y: double
     /

 Return the absolute value of x with the sign of y, as a float.

 The sign of a zero counts: copysign(1.0, -0.0) is -1.0.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_copysign_impl(PyObject *_module, double x, double y);

/*
 Remainder of truncated division.

 ```text
 [clinic input]
 math.fmod

     x: double
     y: double
     /

 Return x - n*y where the integer n is x/y without its fraction.

 The result has the sign of x, unlike that of x % y.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_fmod_impl(PyObject *_module, double x, double y);

/*
 Power.

 ```text
 [clinic input]
 math.pow

     x: double
     y: double
     /

 Return x to the power of y, as a float.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_pow_impl(PyObject *_module, double x, double y);

/*
 Remainder of rounded division.

 ```text
 [clinic input]
 math.remainder

     x: double
     y: double
     /

 Return x - n*y where the integer n is closest to x/y.

 Of two integers as close, n is the even one. The result is always exact.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_remainder_impl(PyObject *_module, double x, double y);

/*
 Radians to degrees.

 ```text
 [clinic input]
 math.degrees

     x: object
     /

 Return the degrees of an angle of x radians.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_degrees_impl(double x);

/*
 Degrees to radians.

 ```text
 [clinic input]
 math.radians

     x: object
     /

 Return the radians of an angle of x degrees.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_radians_impl(double x);

/*
 Unit in the last place.

 ```text
 [clinic input]
 math.ulp

     x: object
     /

 Return what the least significant bit of x is worth.
 [clinic start generated code]
 ```

 # Safety

 Called by the C side alone.
 */
PyObject *math_ulp_impl(double x);

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

 ```text
 [clinic input]
 math.fsum

     seq: object
     /

 Return the sum of the numbers in the iterable seq, rounded only once.
 [clinic start generated code]
 ```

 # Safety

 Called by Python alone.
 */
PyObject *math_fsum(PyObject *_module, PyObject *seq);

/*
 The dot product.

 ```text
 [clinic input]
 math.sumprod

     p: object
     q: object
     /

 Return the sum of the products of values from two iterables of one length.

 Of floats, and of floats with ints, it is computed with extended precision.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_sumprod_impl(PyObject *_module, PyObject *p, PyObject *q);

/*
 The product.

 ```text
 [clinic input]
 math.prod

     iterable: object
     /
     *
     start: object(c_default="NULL") = 1

 Return the product of the elements of an iterable and of start.

 The elements should be numbers; others may be refused.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_prod_impl(PyObject *_module, PyObject *iterable, PyObject *start);

/*
 The distance of two points.

 ```text
 [clinic input]
 math.dist

     p: object
     q: object
     /

 Return the Euclidean distance between the points p and q.

 Each point is a sequence or an iterable of as many coordinates.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_dist_impl(PyObject *_module, PyObject *p, PyObject *q);

/*
 The length of a vector.

 ```text
 [clinic input]
 math.hypot

     *coordinates as args: array

 Return the Euclidean distance of a point from the origin.

 In two dimensions it is the hypotenuse of a right triangle:

     >>> hypot(3.0, 4.0)
     5.0
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *math_hypot_impl(PyObject *_module, PyObject *const *args, intptr_t args_length);

#endif  /* RUST_MATH_H */
