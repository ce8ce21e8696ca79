"""Calls of _bisect for the checks that run every module under stress and without memory."""

import functools


@functools.total_ordering
class Number:
    """Compared by Python code."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


class Items:
    """A sequence that is no list."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def insert(self, index, item):
        self.items.insert(index, item)


MAKES = {
    'ints': int,
    'long ints': lambda value: value - 50 << 70,
    'floats': float,
    'strs': '{:03}'.format,
    'wide strs': '\u20ac{:03}'.format,
    'tuples': lambda value: (value, str(value)),
    'objects': Number,
}


def calls(module):
    """Every function, with items of each kind in lists and others, as (label, factory of a callable)."""
    found = []
    # A sequence stays what it is; so each call that inserts has one of its own, made before it is called.
    for kind, make in MAKES.items():
        for name in ('bisect_left', 'bisect_right', 'insort_left', 'insort_right'):
            for container in (list, tuple, Items):
                if name.startswith('insort') and container is tuple:
                    continue

                def factory(name=name, make=make, container=container, **keywords):
                    items = [make(value) for value in range(0, 100, 2)]
                    sequence = container(items)
                    return lambda: getattr(module, name)(sequence, make(51), **keywords)

                found.append((f'{name} {kind} {container.__name__}', factory))
                found.append(
                    (
                        f'{name} {kind} {container.__name__} key',
                        lambda factory=factory: factory(key=lambda item: item),
                    )
                )
    found.append(('bisect mixed', lambda: lambda: module.bisect_left([1, 'a', None, 2.5], 1.5)))
    found.append(('insort long', lambda: functools.partial(_insert, module, list(range(10_000)))))
    found.append(('insort refused', lambda: lambda: module.insort_left((1, 2), 1)))
    found.append(('insort negative', lambda: lambda: module.insort_left([1, 2], 1, -1)))
    return found


def _insert(module, items):
    module.insort_left(items, 100)
    del items[100]
