"""What `make bench` measures of _heapq."""

import collections
import functools
import itertools
import random

PEERS = {}

KINDS = {
    'ints': lambda rng: rng.randrange(1 << 40),
    'small ints': lambda rng: rng.randrange(1 << 28),
    'floats': lambda rng: rng.random(),
    'strs': lambda rng: f'{rng.randrange(10**9):09}',
    'tuples': lambda rng: (rng.randrange(1 << 20), rng.random()),
    'with __lt__': lambda rng: Point(rng.random()),
}
SWEEP_KINDS = {
    'heap': {
        label: lambda size, place, make=make: [make(random.Random(f'{size} {i}')) for i in range(size)]
        for label, make in KINDS.items()
        if label != 'with __lt__'
    }
}
SWEEP = {'heapify': [('heap',)], 'heapify_max': [('heap',)]}
SWEEP_CALLS = {}


def keeping_size(module, name, suffix):
    """Return a call of a function that leaves the heap as long as it was."""
    function, push = getattr(module, name + suffix), getattr(module, f'heappush{suffix}')

    def work(heap):
        if name == 'heappop':
            push(heap, function(heap))
        else:
            function(heap, heap[-1])
            if name == 'heappush':
                heap.pop()

    return work


for name in ('heappop', 'heappush', 'heappushpop', 'heapreplace'):
    for suffix in ('', '_max'):
        SWEEP[f'{name}{suffix}.again'] = [('heap',)]
        SWEEP_CALLS[f'{name}{suffix}.again'] = functools.partial(keeping_size, name=name, suffix=suffix)
GOALS = {'tuples': 1.5, 'with __lt__': 1.0}


class Point:
    """An object with a comparison of its own."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


def every(function, *columns):
    """Call the function for each row of the columns, with little time in between."""
    collections.deque(map(function, *columns), 0)


def push(module, data, suffix=''):
    """Push all items into an empty heap."""

    def work():
        every(getattr(module, f'heappush{suffix}'), itertools.repeat([]), data)

    return work, (), {}


def pop(module, data, suffix=''):
    """Pop all items from a heap."""
    heap = list(data)
    getattr(module, f'heapify{suffix}')(heap)

    def work():
        every(getattr(module, f'heappop{suffix}'), itertools.repeat(list(heap), len(heap)))

    return work, (), {}


def replace(module, data, suffix=''):
    """Replace the item at the top again and again."""
    heap = list(data)
    getattr(module, f'heapify{suffix}')(heap)

    def work():
        every(getattr(module, f'heapreplace{suffix}'), itertools.repeat(list(heap)), data)

    return work, (), {}


def pushpop(module, data, suffix=''):
    heap = list(data)
    getattr(module, f'heapify{suffix}')(heap)

    def work():
        every(getattr(module, f'heappushpop{suffix}'), itertools.repeat(list(heap)), data)

    return work, (), {}


def heapify(module, data, suffix=''):
    return lambda: getattr(module, f'heapify{suffix}')(list(data)), (), {}


WORKS = {'heappush': push, 'heappop': pop, 'heapreplace': replace, 'heappushpop': pushpop, 'heapify': heapify}


def rows(bench, rust, c, peers):
    """Add each row: its name, the number of items, and a call for each implementation."""
    both = (('rust', rust), ('C', c))
    for kind, make in KINDS.items():
        for size in (1000, 100_000):
            rng = random.Random(f'{kind} {size}')
            data = [make(rng) for _ in range(size)]
            for name, work in WORKS.items():
                # A random item is compared with two or three others: most of the time of heappush is that of a call.
                goal = 1.0 if name == 'heappush' else GOALS.get(kind, 2)
                bench.row(f'{name} {kind} {size}', size, {key: work(m, data) for key, m in both}, goal)
            # Each item goes up to the top.
            falling = sorted(data, reverse=True)
            calls = {key: push(m, falling) for key, m in both}
            bench.row(f'heappush {kind} falling {size}', size, calls, GOALS.get(kind, 2))
    rng = random.Random(1)
    data = [KINDS['floats'](rng) for _ in range(1000)]
    for name, work in WORKS.items():
        bench.row(f'{name}_max floats 1000', 1000, {key: work(m, data, '_max') for key, m in both}, 2)
        bench.row(f'{name} ints in order 1000', 1000, {key: work(m, range(1000)) for key, m in both})


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with a heap of its own."""

    def popping(module):
        rng = random.Random('threads')
        return pop(module, [rng.random() for _ in range(1000)])

    bench.thread_row('heappop floats 1000', 1000, {'rust': lambda: popping(rust), 'C': lambda: popping(c)})
