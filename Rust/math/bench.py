"""What `make bench` measures of math."""

import random
from array import array

PEERS = {}


def spreading(function):
    """Return the function as one of a sequence of arguments."""

    def call(arguments):
        return function(*arguments)

    return call


def number(bits, salt=0):
    """Return a random odd int of so many bits."""
    return random.Random(f'{bits} {salt}').getrandbits(bits) | 1 | 1 << (bits - 1)


def decimal(size):
    """Return an int that is more than a machine word."""
    return 10**30 + size


class Index:
    """An int by its __index__ alone, which the functions of logarithms take from CPython 3.15 on."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


def doubles(size, salt=0):
    rng = random.Random(f'{size} {salt}')
    return [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-9, 9) for _ in range(size)]


SIZES = (10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000)

# How each function grows: a label, the function, the arguments for a size (bits or items), and the largest size at
# which the slower of the two implementations still ends in a few seconds.
SHAPES = [
    ('random', 'isqrt', lambda n: (number(n),), 1_000_000),
    ('a power of two', 'isqrt', lambda n: (1 << n,), 1_000_000),
    ('all ones', 'isqrt', lambda n: ((1 << n) - 1,), 1_000_000),
    ('random', 'gcd', lambda n: (number(n), number(n, 1)), 100_000),
    ('a short number', 'gcd', lambda n: (number(n), 3), 10_000_000),
    ('a power of two and a short number', 'gcd', lambda n: (1 << n, 3), 10_000_000),
    ('zero', 'gcd', lambda n: (number(n), 0), 10_000_000),
    ('zero first', 'gcd', lambda n: (0, number(n)), 10_000_000),
    ('equal numbers', 'gcd', lambda n: (number(n), number(n)), 10_000_000),
    ('half as long', 'gcd', lambda n: (number(n), number(n // 2, 1)), 100_000),
    ('Mersenne numbers', 'gcd', lambda n: ((1 << n) - 1, (1 << n - 1) - 1), 1_000_000),
    ('many equal numbers', 'gcd', lambda n: [int(str(10**50)) for _ in range(n)], 100_000),
    ('many without a common divisor', 'gcd', lambda n: range(10**20, 10**20 + n), 100_000),
    ('many small ints', 'gcd', lambda n: range(12, 12 * n + 1, 12), 1000),
    ('random', 'lcm', lambda n: (number(n), number(n, 1)), 100_000),
    ('a short number', 'lcm', lambda n: (number(n), 3), 1_000_000),
    ('zero', 'lcm', lambda n: (number(n), 0), 1_000_000),
    ('1 to n', 'lcm', lambda n: range(1, n + 1), 1000),
    ('n', 'factorial', lambda n: (n,), 100_000),
    ('n, n / 2', 'comb', lambda n: (n, n // 2), 100_000),
    ('of a long number', 'comb', lambda n: (number(n), 20), 10_000),
    ('10**30, n', 'comb', lambda n: (10**30, n), 10_000),
    ('n, n / 2', 'perm', lambda n: (n, n // 2), 100_000),
    ('of a long number', 'perm', lambda n: (number(n), 20), 10_000),
    ('10**30, n', 'perm', lambda n: (10**30, n), 10_000),
    *((label, f, make, 10_000_000) for f in ('log', 'log2', 'log10') for label, make in (
        ('random', lambda n: (number(n),)), ('a power of two', lambda n: (1 << n,)))),
    ('long numbers', 'log', lambda n: (number(n), number(n, 1)), 10_000_000),
    ('floats', 'fsum', lambda n: (doubles(n),), 1_000_000),
    ('floats that cancel', 'fsum', lambda n: ([x for y in doubles(n // 2) for x in (y, -y)],), 1_000_000),
    ('floats of all sizes', 'fsum', lambda n: ([2.0 ** (i * 53 % 2000 - 1000) for i in range(n)],), 100_000),
    ('small ints', 'fsum', lambda n: ([3] * n,), 1_000_000),
    ('bools', 'fsum', lambda n: ([True] * n,), 1_000_000),
    ('long ints', 'fsum', lambda n: ([decimal(i) for i in range(n)],), 1_000_000),
    ('floats and a long int at the end', 'fsum', lambda n: ([*doubles(n - 1), 10**200],), 1_000_000),
    ('an array', 'fsum', lambda n: (array('d', doubles(n)),), 1_000_000),
    ('floats', 'sumprod', lambda n: (doubles(n), doubles(n, 1)), 1_000_000),
    ('floats and an array', 'sumprod', lambda n: (doubles(n), array('d', doubles(n, 1))), 1_000_000),
    ('floats and ints', 'sumprod', lambda n: (doubles(n), [3] * n), 1_000_000),
    ('floats and bools', 'sumprod', lambda n: (doubles(n), [True] * n), 1_000_000),
    ('small ints', 'sumprod', lambda n: ([3] * n, [5] * n), 1_000_000),
    ('ints of 60 bits', 'sumprod', lambda n: ([2**60] * n, [2**60 - 1] * n), 100_000),
    ('long ints', 'sumprod', lambda n: ([decimal(i) for i in range(n)], [3] * n), 100_000),
    ('two lists of long ints', 'sumprod', lambda n: ([3**80] * n, [decimal(i) for i in range(n)]), 100_000),
    ('one pair of long numbers', 'sumprod', lambda n: ([number(n)], [number(n, 1)]), 1_000_000),
    ('bools', 'sumprod', lambda n: ([True] * n, [True] * n), 100_000),
    ('floats', 'prod', lambda n: ([1 + x * 1e-9 for x in doubles(n)],), 1_000_000),
    ('small ints', 'prod', lambda n: ([3] * n,), 10_000),
    ('zeros', 'prod', lambda n: ([0] * n,), 100_000),
    ('ones', 'prod', lambda n: ([1] * n,), 1_000_000),
    ('long ints', 'prod', lambda n: ([decimal(i) for i in range(n)],), 1000),
    ('two long numbers', 'prod', lambda n: ([number(n), number(n, 1)],), 1_000_000),
    ('a long number and small ones', 'prod', lambda n: ([number(n), *[3] * 100],), 100_000),
    ('floats and a long int', 'prod', lambda n: ([*[1.0] * n, 10**30],), 1_000_000),
    ('floats', 'dist', lambda n: (doubles(n), doubles(n, 1)), 1_000_000),
    ('tuples', 'dist', lambda n: (tuple(doubles(n)), tuple(doubles(n, 1))), 1_000_000),
    ('long ints', 'dist', lambda n: ([decimal(i) for i in range(n)], doubles(n)), 100_000),
    ('arrays', 'dist', lambda n: (array('d', doubles(n)), array('d', doubles(n, 1))), 1_000_000),
    ('floats', 'hypot', doubles, 1_000_000),
    ('small ints', 'hypot', lambda n: [3] * n, 1_000_000),
    ('long ints', 'hypot', lambda n: [decimal(i) for i in range(n)], 100_000),
    ('bools', 'hypot', lambda n: [True] * n, 100_000),
    *(('a long int', f, lambda n: (number(min(n, 1000)),), 1000) for f in (
        'sin', 'sqrt', 'cbrt', 'floor', 'ceil', 'trunc', 'frexp', 'modf', 'fabs', 'isfinite', 'degrees', 'ulp')),
    *(('long ints', f, lambda n: (number(min(n, 1000)), number(min(n, 1000), 1)), 1000) for f in (
        'atan2', 'copysign', 'fmod', 'isclose', 'remainder', 'nextafter')),
    ('a long exponent', 'ldexp', lambda n: (0.0, number(n)), 10_000_000),
]  # fmt: skip


SWEEP = {
    'comb': [('count', 'half'), ('int', 'few')],
    'dist': [('floats', 'floats')],
    'factorial': [('count',)],
    'gcd': [('int', 'int'), ('ints*',)],
    'hypot': [('floats*',)],
    'lcm': [('int', 'int'), ('ints*',)],
    'ldexp': [('float', 'int')],
    'log': [('float',), ('int',), ('int', 'int')],
    'log10': [('float',), ('int',)],
    'log2': [('float',), ('int',)],
    'perm': [('count', 'half'), ('int', 'few')],
    'prod': [('floats',), ('ints',)],
    'sumprod': [('floats', 'floats'), ('ints', 'ints')],
}


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
    # From CPython 3.15 on.
    if hasattr(c, 'fmax'):
        for function in ('isnormal', 'issubnormal', 'signbit'):
            both(f'{function}(x)', function, 0.7)
        for function in ('fmax', 'fmin'):
            both(f'{function}(x, y)', function, 5.7, 2.3)
        for function in ('log', 'log2', 'log10'):
            both(f'{function}(__index__, 4000 bits)', function, Index(3**2524))
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
    for label, function, make, largest in SHAPES:
        for size in SIZES:
            if size <= min(largest, 10_000):
                both(f'{function}: {label}, {size}', function, *make(size))


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
