"""What `make bench` measures of _functools."""

import collections
import itertools
import operator
import random

PEERS = {}
CacheInfo = collections.namedtuple('CacheInfo', ('hits', 'misses', 'maxsize', 'currsize'))
CALLS = 1000


def every(function, *columns):
    """Call the function for each row of the columns, with little time in between."""
    collections.deque(map(function, *columns), 0)


def identity(*args, **kwargs):
    return args


def cached(module, maxsize=128, typed=False):
    return module._lru_cache_wrapper(identity, maxsize, typed, CacheInfo)


def hits(module, *keys, maxsize=128, typed=False):
    """Ask for results that are there."""
    cache = cached(module, maxsize, typed)
    columns = [list(itertools.islice(itertools.cycle(key), CALLS)) for key in keys]
    return lambda: every(cache, *columns), (), {}


def misses(module, maxsize):
    """Ask for results that are not there, of a cache that is full."""
    cache, numbers = cached(module, maxsize), itertools.count(1000)
    # Calls that fill the cache take longer. With them, a sample would have fewer calls than one of the other
    # implementation, and most of these would run with cold CPU caches.
    every(cache, itertools.islice(numbers, 2 * maxsize))
    return lambda: every(cache, itertools.islice(numbers, CALLS)), (), {}


def shared_hits(module):
    """Return a function that makes the calls of a thread. The cache is shared, and its results are immortal objects."""
    cache = module._lru_cache_wrapper(lambda key: key % 7, 128, False, CacheInfo)
    keys = [key % 100 for key in range(CALLS)]
    return lambda: (every, (cache, list(keys)), {})


def first(a, b=None):
    return a


def calls(function, *columns, **keywords):
    if keywords:
        return lambda: [function(*row, **keywords) for row in zip(*columns, strict=True)], (), {}
    return lambda: every(function, *columns), (), {}


def compare(left, right):
    return (left > right) - (left < right)


SWEEP_CALLS = {
    'reduce.add': lambda module: lambda data: module.reduce(operator.add, data),
    'cmp_to_key.sort': lambda module: lambda data: sorted(data, key=module.cmp_to_key(compare)),
    'partial.call': lambda module: lambda data: module.partial(identity, *data)(1),
    '_lru_cache_wrapper.hit': lambda module: cached(module),
}
SWEEP = dict.fromkeys(('reduce.add', 'cmp_to_key.sort', 'partial.call'), [('ints',)]) | {
    '_lru_cache_wrapper.hit': [('ints*',)],
    '_PlaceholderType': [()],
}


def by_key(module, data, function):
    return lambda: sorted(data, key=module.cmp_to_key(function)), (), {}


def rows(bench, rust, c, peers):
    """Add each row: its name, the number of items, and a call for each implementation."""
    both = (('rust', rust), ('C', c))

    def row(name, size, make, goal=1.0):
        bench.row(name, size, {key: make(module) for key, module in both}, goal)

    numbers, texts = range(100), [f'key {number}' for number in range(100)]
    row('lru_cache hit, ints', CALLS, lambda m: hits(m, numbers), 1.2)
    row('lru_cache hit, strs', CALLS, lambda m: hits(m, texts), 1.2)
    row('lru_cache hit, floats', CALLS, lambda m: hits(m, [number / 3 for number in numbers]), 1.2)
    row('lru_cache hit, two arguments', CALLS, lambda m: hits(m, numbers, texts), 1.2)
    row('lru_cache hit, typed', CALLS, lambda m: hits(m, numbers, typed=True), 1.2)
    row('lru_cache hit, no limit', CALLS, lambda m: hits(m, numbers, maxsize=None), 1.2)
    for maxsize in (0, 128, 10_000):
        row(f'lru_cache miss, maxsize {maxsize}', CALLS, lambda m, maxsize=maxsize: misses(m, maxsize), 1.0)
    bench.thread_row('shared lru_cache hit', CALLS, {key: shared_hits(module) for key, module in both})
    ones = list(range(CALLS))
    row('partial call', CALLS, lambda m: calls(m.partial(first, 1), ones), 1.0)
    row('partial call, builtin', CALLS, lambda m: calls(m.partial(max, 1), ones), 1.0)
    row('partial call, keyword', CALLS, lambda m: calls(m.partial(first, b=1), ones), 1.0)
    row('partial call, two keywords', CALLS, lambda m: calls(m.partial(first, b=1), ones, b=2), 1.0)
    row('partial call, placeholder', CALLS, lambda m: calls(m.partial(first, m.Placeholder, 1), ones), 1.0)
    row('partial', CALLS, lambda m: calls(m.partial, [first] * CALLS, ones), 1.0)
    data = [random.Random(1).random() for _ in range(CALLS)]
    row('cmp_to_key sort', CALLS, lambda m: by_key(m, data, compare), 1.2)
    row('cmp_to_key sort of ten', 10, lambda m: by_key(m, data[:10], compare), 1.2)
    integers = [int(value * 1e6) for value in data]
    row('cmp_to_key sort, operator.sub', CALLS, lambda m: by_key(m, integers, operator.sub), 1.2)
    row('reduce', CALLS, lambda m: (m.reduce, (lambda a, b: a + b, integers), {}), 1.0)
    row('reduce, operator.add', CALLS, lambda m: (m.reduce, (operator.add, integers), {}), 1.0)
    row('reduce of three', 3, lambda m: (m.reduce, (operator.add, (1, 2, 3)), {}), 1.0)
