"""What `make bench` measures of math."""

import random

PEERS = {}


def spreading(function):
    """Return the function as one of a sequence of arguments."""

    def call(arguments):
        return function(*arguments)

    return call


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""
    rng = random.Random(7)

    def both(name, function, *args, goal=0.97, **kwargs):
        calls = {'rust': (getattr(rust, function), args, kwargs), 'C': (getattr(c, function), args, kwargs)}
        bench.row(name, 1, calls, goal)

    for function in (
        'acos',
        'asin',
        'asinh',
        'atan',
        'atanh',
        'cbrt',
        'ceil',
        'cos',
        'cosh',
        'degrees',
        'erf',
        'erfc',
        'exp',
        'exp2',
        'expm1',
        'fabs',
        'floor',
        'frexp',
        'gamma',
        'isfinite',
        'isinf',
        'isnan',
        'lgamma',
        'log',
        'log10',
        'log1p',
        'log2',
        'modf',
        'radians',
        'sin',
        'sinh',
        'sqrt',
        'tan',
        'tanh',
        'trunc',
        'ulp',
    ):
        both(f'{function}(x)', function, 0.7)
    both('acosh(x)', 'acosh', 1.7)
    for function in ('atan2', 'copysign', 'fmod', 'isclose', 'log', 'nextafter', 'pow', 'remainder', 'hypot'):
        both(f'{function}(x, y)', function, 5.7, 2.3)
    both('fma(x, y, z)', 'fma', 1.5, 2.5, 3.5)
    both('ldexp(x, i)', 'ldexp', 1.5, 3)
    both('sin(int)', 'sin', 3)
    for function in ('log', 'log2', 'log10'):
        for label, n in (('int', 12345), ('int of 60 bits', 2**60 - 5), ('int of 4000 bits', 3**2524)):
            both(f'{function}({label})', function, n)
    both('ceil(int)', 'ceil', 7)
    both('floor(1e300)', 'floor', 1e300)
    both('isclose(rel_tol)', 'isclose', 5.7, 5.8, rel_tol=0.1)
    both('nextafter(steps)', 'nextafter', 5.7, 2.3, steps=7)
    both('fsum of an iterator', 'fsum', range(1000))
    both('prod of an iterator', 'prod', range(1, 15))
    for size in (3, 100, 10_000):
        floats = [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-9, 9) for _ in range(size)]
        others = [rng.random() for _ in range(size)]
        ints = [rng.randrange(1000) for _ in range(size)]
        goal = 1.5 if size > 3 else 0.97
        both(f'fsum {size}', 'fsum', floats, goal=goal)
        both(f'sumprod floats {size}', 'sumprod', floats, others, goal=goal)
        both(f'sumprod ints {size}', 'sumprod', ints, ints, goal=goal)
        both(f'sumprod mixed {size}', 'sumprod', floats, ints, goal=goal)
        both(f'prod floats {size}', 'prod', others, goal=goal)
        both(f'prod ints {size}', 'prod', [n + 1 for n in ints], goal=goal)
        both(f'dist {size}', 'dist', floats, others, goal=goal)
        # One expression of the interpreter spreads the arguments, whatever their number.
        spread = {key: (spreading(module.hypot), (floats,), {}) for key, module in (('rust', rust), ('C', c))}
        bench.row(f'hypot {size}', 1, spread, goal)
    for n in (10, 100, 1000, 10_000, 100_000):
        both(f'factorial({n})', 'factorial', n, goal=1.5 if n >= 1000 else 0.97)
    for n, k in ((10, 5), (60, 30), (200, 4), (200, 100), (10_000, 5000), (1_000_000, 1000), (2**62, 500)):
        goal = 1.5 if n > 200 else 0.97
        both(f'comb({n}, {k})', 'comb', n, k, goal=goal)
        both(f'perm({n}, {k})', 'perm', n, k, goal=goal)
    for bits in (20, 60, 128, 1000, 10_000, 100_000):
        goal = 1.5 if bits >= 1000 else 0.97
        a, b = rng.getrandbits(bits) | 1, rng.getrandbits(bits) | 1
        both(f'isqrt {bits} bits', 'isqrt', a, goal=goal)
        both(f'gcd {bits} bits', 'gcd', a, b, goal=goal)
        both(f'lcm {bits} bits', 'lcm', a, b, goal=goal)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with numbers of its own."""
    for function in ('fsum', 'sumprod', 'dist'):

        def make(module, function=function):
            rng = random.Random(3)
            lists = [[rng.uniform(-1, 1) for _ in range(1000)] for _ in range(1 if function == 'fsum' else 2)]
            return getattr(module, function), tuple(lists), {}

        bench.thread_row(
            f'{function} 1000', 1000, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)}
        )
    for function in ('sin', 'isqrt'):

        def make(module, function=function):
            return getattr(module, function), (float('0.7') if function == 'sin' else int('9' * 300),), {}

        bench.thread_row(function, 1, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
