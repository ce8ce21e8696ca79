"""What `make bench` measures of _bisect."""

import collections
import itertools
import random

# numpy.searchsorted takes all items in one call.
PEERS = {'numpy': 'numpy', 'sortedcontainers': 'sortedcontainers'}

KINDS = {
    'ints': lambda rng: rng.randrange(1 << 40),
    'small ints': lambda rng: rng.randrange(1 << 28),
    'floats': lambda rng: rng.random(),
    'strs': lambda rng: f'{rng.randrange(10**9):09}',
}
SWEEP_KINDS = {
    'ints in order': {'ints': lambda size, place: [*range(0, 1 << 40, (1 << 40) // size)]},
    'an int': {'int': (1 << 39) + 7},
    'floats in order': {'floats': lambda size, place: [i / size for i in range(size)]},
    'a float': {'float': 0.7},
    'strs in order': {'strs': lambda size, place: [f'{i:09}' for i in range(size)]},
    'a str': {'str': '000000007'},
}
SEARCHED = [('ints in order', 'an int'), ('floats in order', 'a float'), ('strs in order', 'a str')]
SWEEP = dict.fromkeys(('bisect_left', 'bisect_right'), SEARCHED)
SWEEP_CALLS = {}


def inserting(name):
    """Return what makes a call of a module that leaves the list as long as it was."""

    def make(module):
        function = getattr(module, name)

        def work(data, item):
            function(data, item)
            data.pop()

        return work

    return make


for name in ('insort_left', 'insort_right'):
    SWEEP |= {name: [], f'{name}.pop': SEARCHED}
    SWEEP_CALLS[f'{name}.pop'] = inserting(name)

# How many items are looked for in one call, so that they are not the same ones every time.
SEARCHES = 1000


class Point:
    """An object with a comparison of its own."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


def every(function, *columns, **keywords):
    """Call the function for each row of the columns, with little time in between."""
    if keywords:
        return collections.deque((function(*row, **keywords) for row in zip(*columns, strict=False)), 0)
    return collections.deque(map(function, *columns), 0)


def search(function, data, items, **keywords):
    return every, (function, itertools.repeat(data), items), keywords


def insort(function, data, items):
    """Insert the items. A short list is as before after that; a long one becomes longer, by little in all."""
    mine = list(data)

    def work():
        for item in items:
            function(mine, item)
        if len(data) < 1_000_000:
            mine[:] = data

    return work, (), {}


def rows(bench, rust, c, peers):
    """Add each row: its name, the number of items, and a call for each implementation."""
    both = (('rust', rust), ('C', c))
    for kind, make in KINDS.items():
        for size in (10, 1000, 1_000_000):
            rng = random.Random(f'{kind} {size}')
            data = sorted(make(rng) for _ in range(size))
            items = [make(rng) for _ in range(SEARCHES)]
            calls = {key: search(m.bisect_right, data, items) for key, m in both}
            if 'numpy' in peers and kind != 'strs':
                numpy = peers['numpy']
                calls['numpy'] = (numpy.searchsorted, (numpy.array(data), numpy.array(items)), {})
            if 'sortedcontainers' in peers:
                calls['sortedcontainers'] = (
                    every,
                    (peers['sortedcontainers'].SortedList(data).bisect_right, items),
                    {},
                )
            bench.row(f'bisect {kind} {size}', size, calls, 1.5 if size > 10 else 1.0)
            few = items[: min(size, 100)]
            bench.row(
                f'insort {kind} {size}', size, {key: insort(m.insort_right, data, few) for key, m in both},
                1.5 if size > 10 else 1.0,
            )  # fmt: skip
    rng = random.Random('left')
    data = sorted(rng.random() for _ in range(1000))
    items = [rng.random() for _ in range(100)]
    bench.row('insort_left floats 1000', 1000, {key: insort(m.insort_left, data, items) for key, m in both}, 1.5)
    rng = random.Random('others')
    numbers = sorted(rng.randrange(1 << 40) for _ in range(1000))
    items = [rng.randrange(1 << 40) for _ in range(SEARCHES)]
    for name, data, wanted, keywords in (
        ('tuples', [(number, None) for number in numbers], [(item, None) for item in items], {}),
        ('of a tuple', tuple(numbers), items, {}),
        ('of a range', range(0, 1 << 40, 1 << 30), items, {}),
        ('with __lt__', [Point(number) for number in numbers], [Point(item) for item in items], {}),
        ('key=abs', numbers, items, {'key': abs}),
        ('key=lambda', numbers, items, {'key': lambda value: value}),
    ):
        bench.row(f'bisect {name}', 1000, {key: search(m.bisect_left, data, wanted, **keywords) for key, m in both})


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with a list and items of its own."""

    def searching(module):
        rng = random.Random('threads')
        data = sorted(rng.random() for _ in range(1000))
        return search(module.bisect_right, data, [rng.random() for _ in range(SEARCHES)])

    bench.thread_row('bisect floats 1000', 1000, {'rust': lambda: searching(rust), 'C': lambda: searching(c)})
