"""Calls of cmath for the checks that run every module under stress and without memory."""

import fractions

ONE = 'acos acosh asin asinh atan atanh cos cosh exp isfinite isinf isnan log log10 phase polar sin sinh sqrt tan tanh'


class Number:
    """An object that Python code makes a number."""

    def __complex__(self):
        return 0.25 + 0.5j

    def __float__(self):
        return 0.25


def calls(module):
    """Every function, as (label, factory of a callable without arguments)."""
    found = []

    def add(name, *args, **kwargs):
        function = getattr(module, name)
        found.append((f'{name} {len(found)}', lambda: lambda: function(*args, **kwargs)))

    third, infinite = fractions.Fraction(1, 3), complex('inf+infj')
    for name in ONE.split():
        for z in (0.7 + 0.3j, 0.5, 1, third, Number(), infinite, 1e308 + 1e308j, 'x', 10**400):
            add(name, z)
    for args in ((0.7 + 0.3j, 2), (Number(), Number()), (1j, 0), (0, 1j), (2, 1)):
        add('log', *args)
        add('isclose', *args)
        add('isclose', *args, rel_tol=0.5, abs_tol=0.1)
    add('isclose', 1, 2, rel_tol=-1.0)
    for args in ((1.5, 0.7), (third, Number()), (1.5, float('inf')), (float('inf'), 0.0), (1j, 2)):
        add('rect', *args)
    return found
