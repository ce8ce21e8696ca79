"""What `make bench` measures of _random: the methods, and Lib/random.py on top of each implementation."""

import collections
import importlib.util
import itertools
import random
import sys
import unittest.mock

PEERS = {}
SWEEP_CALLS = {
    f'Random.{name}': lambda module, name=name: getattr(module.Random(1), name)
    for name in ('random', 'getrandbits', 'seed')
}
SWEEP = {'Random.random': [()], 'Random.getrandbits': [('count',)], 'Random.seed': [('int',)]}

CALLS = 1000


def random_on(module):
    """Return a copy of Lib/random.py that has been imported with this _random."""
    spec = importlib.util.spec_from_file_location('random', random.__file__)
    copied = importlib.util.module_from_spec(spec)
    with unittest.mock.patch.dict(sys.modules, {'_random': module}):
        spec.loader.exec_module(copied)
    return copied


def again(function, *arguments):
    """Return a call that calls the function many times, with little time in between."""

    def work():
        collections.deque(map(function, *(itertools.repeat(argument, CALLS) for argument in arguments)), 0)

    def work_without_arguments():
        for _ in itertools.repeat(None, CALLS):
            function()

    return (work if arguments else work_without_arguments), (), {}


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""
    modules = {'rust': rust, 'C': c}
    generators = {key: random_on(module).Random(1) for key, module in modules.items()}

    def add(name, size, make, goal):
        bench.row(name, size, {key: make(generator) for key, generator in generators.items()}, goal)

    add('random()', CALLS, lambda g: again(g.random), 1.0)
    for k in (1, 32, 53, 128, 1000):
        add(f'getrandbits({k})', CALLS, lambda g, k=k: again(g.getrandbits, k), 1.0)
    add('getrandbits(524288)', 1, lambda g: (g.getrandbits, (524288,), {}), 5)
    # int.to_bytes(), which Random.randbytes() calls, takes a third of the time of C.
    add('randbytes(65536)', 1, lambda g: (g.randbytes, (65536,), {}), 2)
    add('randbytes(16)', CALLS, lambda g: again(g.randbytes, 16), 1.0)
    add('randrange(10)', CALLS, lambda g: again(g.randrange, 10), 1.0)
    add('randrange(1000, 10**12)', CALLS, lambda g: again(g.randrange, 1000, 10**12), 1.0)
    for size in (10, 1000):
        add(f'shuffle({size})', size, lambda g, size=size: (g.shuffle, (list(range(size)),), {}), 1.0)
    add('gauss()', CALLS, lambda g: again(g.gauss, 0, 1), 1.0)
    add('uniform()', CALLS, lambda g: again(g.uniform, 0, 1), 1.0)
    add('choice of 100', CALLS, lambda g: again(g.choice, range(100)), 1.0)
    add('choices of 100, k=1000', CALLS, lambda g: (g.choices, (range(100),), {'k': 1000}), 1.0)
    add('sample of 10**6, 100', 100, lambda g: (g.sample, (range(10**6), 100), {}), 1.0)
    add('seed(1)', 1, lambda g: (g.seed, (1,), {}), 1.0)
    add('seed of 10,000 bits', 1, lambda g: (g.seed, (3**6309,), {}), 1.0)
    add('getstate()', 1, lambda g: (g.getstate, (), {}), 1.0)
    states = {key: generator.getstate() for key, generator in generators.items()}
    calls = {key: (generator.setstate, (states[key],), {}) for key, generator in generators.items()}
    bench.row('setstate()', 1, calls, 1.0)
    bench.thread_row('shared random()', CALLS, {key: lambda g=g: again(g.random) for key, g in generators.items()})
