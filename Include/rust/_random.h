/* Made from the boundary of Rust/_random by make regen; do not edit. Include Python.h first. */

#ifndef RUST__RANDOM_H
#define RUST__RANDOM_H

/*
 The slots of the class that are the same for all.
 */
rust_instance _random_Random_instance(void);

/*
 Makes an object whose state is all zero, as C's is until it is seeded.

 # Safety

 Called as `tp_new` alone.
 */
PyObject *_random_Random_new(PyTypeObject *cls);

/*
 `Random(seed)`, for `tp_init`; `seed` may be NULL.

 # Safety

 Called by the parsing code alone.
 */
int random_init_impl(PyObject *random, PyObject *seed);

/*
 `random.seed(n)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_random_Random_seed_impl(PyObject *random, PyObject *n);

/*
 `random.random()`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_random_Random_random_impl(PyObject *random);

/*
 `random.getrandbits(k)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_random_Random_getrandbits_impl(PyObject *random, uint64_t k);

/*
 `random.getstate()`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_random_Random_getstate_impl(PyObject *random);

/*
 `random.setstate(state)`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_random_Random_setstate_impl(PyObject *random, PyObject *state);

#endif  /* RUST__RANDOM_H */
