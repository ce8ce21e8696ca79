"""Calls of _functools for the checks that run every module under stress and without memory."""

import collections

CacheInfo = collections.namedtuple('CacheInfo', ('hits', 'misses', 'maxsize', 'currsize'))


class Number:
    """A key that is compared and hashed by Python code, like many others."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Number) and self.value == other.value

    def __hash__(self):
        return 7


def both(*args, **kwargs):
    return args, kwargs


def compare(left, right):
    return (left > right) - (left < right)


def calls(module):
    """Every function and class, as (label, factory of a callable)."""
    found = []

    def add(label, factory):
        found.append((label, factory))

    partial, placeholder = module.partial, module.Placeholder
    add('reduce', lambda: lambda: module.reduce(lambda a, b: a + b, range(10)))
    add('reduce of text', lambda: lambda: module.reduce(str.__add__, iter('abc'), 'x'))
    add('reduce of nothing', lambda: lambda: module.reduce(both, ()))
    add('reduce of no iterable', lambda: lambda: module.reduce(both, 1))
    add('partial', lambda: lambda: partial(both, 1, a=2)(3, b=4))
    add('partial of partial', lambda: lambda: partial(partial(both, 1, a=2), 3, a=5)(b=4))
    add('partial without arguments', lambda: lambda: partial(both)())
    add('partial with many', lambda: lambda: partial(both, *range(20), **{f'a{i}': i for i in range(20)})(1, a3=2))
    add('partial with placeholders', lambda: lambda: partial(both, placeholder, 2, placeholder, 4)(1, 3, 5, a=6))
    add('partial, too few', lambda: lambda: partial(both, placeholder, 2)())
    add('partial repr', lambda: lambda: repr(partial(both, 'a', b=[1])))
    for label, state in (('', (both, (1,), {'a': 2}, {'x': 3})), (' refused', (both, 1, {}, {}))):

        def set_state(state=state):
            made = partial(both)
            return lambda: (made.__setstate__(state), made(2, b=3), made.__reduce__(), made.keywords, repr(made))

        add(f'partial.__setstate__{label}', set_state)

    for size in (None, 0, 1, 3):
        for typed in (False, True):

            def use(size=size, typed=typed):
                cache = module._lru_cache_wrapper(both, size, typed, CacheInfo)

                def work():
                    for key in (1, 'a', 2.5, (1, 'b'), None, 1, Number(1), Number(2), Number(1)):
                        cache(key)
                        cache(key, 2, c=key)
                    return cache.cache_info()

                return work

            add(f'lru_cache {size} {typed}', use)
    add('lru_cache new', lambda: lambda: module._lru_cache_wrapper(both, 2, True, CacheInfo)(1))
    clear = module._lru_cache_wrapper(both, 2, True, CacheInfo)
    add('cache_clear', lambda: lambda: (clear(1), clear(2), clear.cache_clear(), clear.cache_info()))
    add('sort by cmp_to_key', lambda: lambda: sorted('hello', key=module.cmp_to_key(compare)))

    def change_key():
        make = module.cmp_to_key(compare)
        left, right = make(1), make(2)

        def work():
            left.obj = 3
            return left < right, left >= right, right.obj, make(obj=4).obj

        return work

    add('keys', change_key)
    return found
