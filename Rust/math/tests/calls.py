"""Calls of math for the checks that run every module under stress and without memory."""

import fractions

ONE = (
    'acos asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs floor frexp gamma isfinite '
    'isinf isnan lgamma log log10 log1p log2 modf radians sin sinh sqrt tan tanh trunc ulp'
)
TWO = 'atan2 copysign fmod hypot isclose log nextafter pow remainder'


class Number:
    """An object that Python code makes a number."""

    def __float__(self):
        return 0.25

    def __index__(self):
        return 6

    def __mul__(self, other):
        return other

    __rmul__ = __mul__


class Index:
    """An object that Python code makes an int, and not a float."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Iterable:
    """An iterable whose items come one by one."""

    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


def shown(value):
    """Return what a long int is told by: Python does not write one with thousands of digits."""
    return (value.bit_length(), value % (2**61 - 1)) if type(value) is int and value >> 1000 else value


def calls(module):
    """Every function, with small and large arguments, as (label, factory of a callable without arguments)."""
    found = []

    def add(name, *args, **kwargs):
        function = getattr(module, name)
        found.append((f'{name} {len(found)}', lambda: lambda: shown(function(*args, **kwargs))))

    third, large = fractions.Fraction(1, 3), 3**700
    for name in ONE.split():
        for x in (0.5, 1, third, 'x'):
            add(name, x)
    for x in (1.5, 3, third, 0.5):
        add('acosh', x)
    for name in TWO.split():
        add(name, 5.5, 2)
        add(name, third, Number())
    # Refused: outside the domain, and too large.
    add('sqrt', -1.0)
    add('log', -1.0)
    add('log', 0)
    add('exp', 1000.0)
    add('fmod', 1.0, 0.0)
    add('ceil', float('inf'))
    add('floor', float('nan'))
    for name in ('log', 'log2', 'log10', 'sin', 'floor'):
        add(name, large)
    add('log', large, 10)
    add('log', 10**400, Number())
    add('floor', 1e300)
    add('ldexp', 1.5, 10)
    add('ldexp', 1.5, large)
    add('fma', 1.5, 2.5, -3.0)
    add('nextafter', 1.0, 2.0, steps=5)
    add('isclose', 1.0, 1.1, rel_tol=0.2, abs_tol=0.1)
    # Numbers in each kind of container: few, more than fit a block, and some that are not plain.
    floats, ints = [index / 7 for index in range(200)], list(range(1, 201))
    odd = [*floats, third, Number(), large]
    for items in ([], floats[:3], floats, ints, odd, [1e308, 1e308], [*floats, float('inf')]):
        for make in (list, tuple, Iterable):
            add('fsum', make(items))
            add('prod', make(items))
            add('sumprod', make(items), make(ints[: len(items)]))
            add('dist', make(items), make(ints[: len(items)]))
    add('prod', ints, start=large)
    add('prod', [large] * 10)
    add('prod', floats[1:], start=third)
    for items in (floats[:2], floats[:3], floats, [*floats[:5], third, Number()]):
        add('hypot', *items)
    # Integers: of a word, and of many limbs, on which each way to multiply and divide is taken.
    a, b = 7**9000, 7**30 * 11**7000
    for n, m in ((12, 18), (2**59 + 1, 2**58 - 1), (3**60, 3**50), (7**400, 7**30 * 11**300), (a, b)):
        add('gcd', n, m)
        add('lcm', n, m)
        add('gcd', n, m, Number())
        add('lcm', n, m, Number())
        add('isqrt', n)
    add('isqrt', -1)
    add('gcd', 1.5, 2)
    for n in (10, 30, 1000, 4000):
        add('factorial', n)
        add('perm', n)
        add('comb', n, n // 2)
        add('perm', n, n // 2)
    for n, k in ((2**62, 60), (3**60, 20), (10, 11), (Number(), 2), (5, -1), (2**200, 2**100)):
        add('comb', n, k)
        add('perm', n, k)
    add('factorial', -1)
    add('factorial', 2**70)
    # From CPython 3.15 on.
    if hasattr(module, 'fmax'):
        for name in ('isnormal', 'issubnormal', 'signbit'):
            for x in (5e-324, -1, third, 'x', large):
                add(name, x)
        for name in ('fmax', 'fmin'):
            add(name, 5.5, 2)
            add(name, third, Number())
            add(name, large, 1)
        for name in ('log', 'log2', 'log10'):
            add(name, Index(large))
        add('log', Index(large), Index(10))
    return found


def shared(module):
    """Functions of a list that another thread changes all the time, and of an iterator that all threads take from."""

    def change(items):
        items.extend([0.5, 2, 3**90, 1e300] * 60)
        items[5:70] = [1.0] * 65
        del items[::3]
        if len(items) > 2000:
            items.clear()

    functions = [
        change,
        module.fsum,
        module.prod,
        lambda items: module.sumprod(items, items),
        lambda items: module.dist(items, items),
        lambda items: module.dist(items, tuple(items)),
    ]
    taking = [module.fsum, module.prod, lambda items: module.sumprod(items, items)]
    return [
        ('a list', lambda: [1.5] * 500, functions),
        ('an iterator', lambda: iter([1.5, 2] * 500_000), taking),
    ]
