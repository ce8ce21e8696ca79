"""Calls of _heapq for the checks that run every module under stress and without memory."""


class Number:
    """Compared by Python code."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


MAKES = {
    'ints': int,
    'long ints': lambda value: value - 50 << 70,
    'floats': float,
    'strs': '{:09}'.format,
    'wide strs': '\u20ac{:03}'.format,
    'tuples': lambda value: (value, str(value)),
    'objects': Number,
}


def calls(module):
    """Every function, with items of each kind, as (label, factory of a callable)."""
    found = []

    def add(label, make, name, *values, count=30):
        def factory():
            heap = [make(value * 7 % 31) for value in range(count)]
            getattr(module, 'heapify_max' if name.endswith('_max') else 'heapify')(heap)
            # Each call changes the heap by at most one item, and starts with one of its own.
            return lambda: getattr(module, name)(list(heap), *map(make, values))

        found.append((label, factory))

    for kind, make in MAKES.items():
        for suffix in ('', '_max'):
            for name in ('heappush', 'heapreplace', 'heappushpop'):
                add(f'{name}{suffix} {kind}', make, name + suffix, 12)
            for name in ('heappop', 'heapify'):
                add(f'{name}{suffix} {kind}', make, name + suffix)
    add('heapify large', float, 'heapify', count=5000)
    add('heappop of an empty heap', float, 'heappop', count=0)
    found.append(('heapify mixed', lambda: lambda: module.heapify([1, 'a', None, 2.5])))
    found.append(('heappush refused', lambda: lambda: module.heappush((1, 2), 1)))
    return found
