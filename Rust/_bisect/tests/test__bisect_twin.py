"""The Rust _bisect against its C twin: places, exceptions, and what items and sequences are asked, in which order."""

import array
import collections
import decimal
import fractions
import itertools
import random
import sys
import unittest

import twin
from compared import Logged, Truth, Undecided

rust, c = twin.pair('_bisect')

NAMES = ('bisect_left', 'bisect_right', 'insort_left', 'insort_right')
SEARCHES = NAMES[:2]
INSERTIONS = NAMES[2:]

# Values of every type, each in ascending order: of one digit and more, of each width of characters, equal ones.
ASCENDING = {
    'int': [-(2**200), -(2**90), -(2**60), -(2**60) + 1, -(2**59), -(2**30), -(2**30) + 1, -2, -1, 0, 0, 1, 2**30 - 1,
            2**30, 2**30 + 1, 2**31, 2**45, 2**59 + 7, 2**60 - 1, 2**60, 2**60 + 1, 2**63, 2**89, 2**90 - 1, 2**90,
            2**200],
    'float': [float('-inf'), -1e300, -1.5, -5e-324, -0.0, 0.0, 5e-324, 1.0, 1.5, 1e300, float('inf')],
    'str': ['', '', '\0', '\0\0', 'a', 'a\0', 'aa', 'aaaaaaaaaaaaaaaaab', 'b', '\x7f', '\xe9', '\xe9\xe9', '\xff',
            '\u0100', '\u20ac', '\u20acx', '\ud800', '\uffff', '\U00010000', '\U0001f600'],
    'bytes': [b'', b'a', b'ab', b'b'],
    'bool': [False, False, True],
    'mixed': [-(2**70), -1.5, -1, False, 0.5, True, 1.5, fractions.Fraction(5, 2), decimal.Decimal(3), 2**70],
    'tuple': [(), (-1,), (0, 'a'), (0, 'a', None), (0, 'b'), (0.5, 2), (1, 2.5), (1, 2.5, 3), (2**70, ()),
              (2**70, (1,))],
    'list': [[], [0], [0, 1], [1]],
}  # fmt: skip


class Sequence:
    """A sequence of another kind, which writes down what it is asked."""

    def __init__(self, items, log):
        self.items, self.log = list(items), log

    def __len__(self):
        self.log.append('len')
        return len(self.items)

    def __getitem__(self, index):
        self.log.append(index)
        return self.items[index]

    def insert(self, index, item):
        self.log.append(('insert', index))
        self.items.insert(index, item)


class ListWithItems(list):
    """A list whose items are not those that are stored."""

    def __getitem__(self, index):
        return -super().__getitem__(index)


class ListWithInsert(list):
    def insert(self, index, item):
        super().insert(index, [item])


class IntSub(int):
    pass


class BackwardsInt(int):
    """An int of another order."""

    def __lt__(self, other):
        return int(self) > int(other)


class StrSub(str):
    pass


class BisectTwin(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, name, make, *args, **kwargs):
        """Call on a sequence of its own each, and compare what it is then, too."""
        found = []
        for module in (self.c, self.rust):
            log = []
            sequence, x = make(log)
            result = twin.outcome(getattr(module, name), sequence, x, *args, **kwargs)
            items = getattr(sequence, 'items', sequence)
            found.append((result, twin.describe(list(items)) if name in INSERTIONS else None, log))
        self.assertEqual(found[1], found[0], (name, make, args, kwargs))
        return found[1]

    def test_interface(self):
        self.assertSameInterface()

    def test_every_kind_in_every_container(self):
        containers = (list, tuple, collections.deque, collections.UserList, ListWithInsert)
        for name, (kind, values), container in itertools.product(NAMES, ASCENDING.items(), containers):
            for x in [*values, *ASCENDING['mixed']]:
                with self.subTest(name=name, kind=kind, container=container.__name__, x=x):
                    self.assertSame(name, lambda log, c=container, v=values, x=x: (c(v), x))

    def test_every_pair_of_kinds(self):
        for (kind, values), (other, items) in itertools.product(ASCENDING.items(), repeat=2):
            for name, x in itertools.product(NAMES, items):
                with self.subTest(name=name, kind=kind, other=other, x=x):
                    self.assertSame(name, lambda log, v=values, x=x: (list(v), x))

    def test_every_kind_in_a_mixed_list(self):
        rng = twin.generator('mixed')
        everything = [value for values in ASCENDING.values() for value in values] + [None, object, 1j]
        for _ in range(3000 * twin.LONG):
            items, x = [rng.choice(everything) for _ in range(rng.randrange(8))], rng.choice(everything)
            self.assertSame(rng.choice(NAMES), lambda log, v=items, x=x: (list(v), x))

    def test_random(self):
        rng = twin.generator('random')
        makers = (
            lambda: rng.randrange(-50, 50),
            lambda: rng.randrange(-(2**62), 2**62),
            lambda: rng.getrandbits(rng.choice((20, 31, 61, 91, 200))) * rng.choice((1, -1)),
            lambda: rng.uniform(-5, 5),
            lambda: ''.join(rng.choices('ab\xe9\u20ac\U0001f600', k=rng.randrange(4))),
            lambda: (rng.randrange(3), rng.choice((0.5, 1.5)), rng.choice('ab')),
        )
        for _ in range(3000 * twin.LONG):
            make = rng.choice(makers)
            values = [make() for _ in range(rng.choice((0, 1, 2, 3, 10, 100)))]
            if rng.random() < 0.9:
                values.sort()
            bounds = rng.choice(((), (rng.randrange(5),), (rng.randrange(5), rng.randrange(len(values) + 1))))
            key = rng.choice(({}, {}, {'key': None}, {'key': lambda value: value}, {'key': str}))
            x = make()
            self.assertSame(rng.choice(NAMES), lambda log, v=values, x=x: (list(v), x), *bounds, **key)

    def test_long_lists(self):
        # Long enough for the search that asks for memory ahead.
        whole = [range(100_000), range(2**30 - 50_000, 2**30 + 50_000)]
        for values in (*map(list, whole), [i / 7 for i in range(50_000)]):
            rng = twin.generator('long')
            for x in [rng.choice(values) for _ in range(100)] + [values[0] - 1, values[-1] + 1]:
                for name in SEARCHES:
                    self.assertTwins(name, values, x)
            for name in INSERTIONS:
                for x in rng.sample(values, 5):
                    self.assertSame(name, lambda log, v=values, x=x: (list(v), x))

    def test_nan(self):
        nan = float('nan')
        for values in ([nan] * 5, [1.0, nan, 2.0, nan, 3.0], [(nan, 1), (nan, 2)], [(nan,), (float('nan'),)]):
            for name, x in itertools.product(NAMES, (nan, 1.5, (nan, 1), (nan, 1.5), (float('nan'), 2), 7)):
                self.assertSame(name, lambda log, v=values, x=x: (list(v), x))

    def test_bounds(self):
        values = [1, 2, 2, 3, 5, 8]
        bounds = (
            0,
            1,
            3,
            6,
            7,
            100,
            -1,
            -2,
            -100,
            2**62,
            2**63 - 1,
            2**63,
            -(2**63),
            -(2**63) - 1,
            None,
            True,
            1.5,
            'a',
        )
        for name, lo, hi in itertools.product(NAMES, bounds, bounds):
            # Up to such a bound a list cannot be counted, but a search halves it.
            for make in (
                lambda log: (list(values), 2),
                lambda log: (tuple(values), 9),
                lambda log: (Sequence(values, log), 2),
            ):
                self.assertSame(name, make, lo, hi)
                self.assertSame(name, make, hi=hi, lo=lo)

    def test_not_a_sequence(self):
        class Items:
            def __getitem__(self, index):
                return index

        class Length:
            def __len__(self):
                return 3

        class BadLength(Items):
            def __len__(self):
                raise ZeroDivisionError

        class NoInsert(Items):
            def __len__(self):
                return 3

        class DictSub(dict):
            def __getitem__(self, index):
                return index

        for a in (None, 3, {}, {1: 2}, set(), iter([]), Items(), Length(), BadLength(), NoInsert(), DictSub({1: 2}),
                  range(9), 'abc', b'abc', bytearray(b'ace'), array.array('d', [1, 2]), memoryview(b'ac'), type,
                  dict.keys({})):  # fmt: skip
            for name, x in itertools.product(NAMES, (1, 'b', None)):
                for bounds in ((), (0, 0), (5, 2), (0, 2), (-1,)):
                    self.assertTwins(name, a, x, *bounds)
                    self.assertTwins(name, a, x, *bounds, key=str)

    def test_arguments(self):
        for name in NAMES:
            for args in ((), ([],), ([], 1, 0, None, None), ([], 1, 0, 0, 0, 0)):
                self.assertTwins(name, *args)
            self.assertTwins(name, a=[1], x=1, lo=0, hi=1, key=None)
            self.assertTwins(name, [1], 1, unknown=1)
            self.assertTwins(name, [1], 1, key=3)
            self.assertTwins(name, [], 1, key=3)

    def test_subclasses(self):
        for name in NAMES:
            self.assertSame(name, lambda log: (ListWithItems([3, 2, 1]), -2))
            self.assertSame(name, lambda log: (ListWithInsert([1, 2, 3]), 2))
            for sub in (IntSub, BackwardsInt):
                for x in (sub(2), 2):
                    self.assertSame(name, lambda log, s=sub, x=x: ([s(1), s(2), s(3)], x))
                    self.assertSame(name, lambda log, s=sub, x=x: ([1, s(2), 3], x))
            self.assertSame(name, lambda log: ([StrSub('a'), 'b', StrSub('c')], 'b'))

    def test_comparisons_are_those_of_c(self):
        for name, kind, size in itertools.product(NAMES, (Logged, Undecided, Truth), (0, 1, 2, 5, 20)):
            for x in range(-1, 2 * size + 1):
                for container in (list, tuple, lambda items: Sequence(items, [])):

                    def make(log, kind=kind, size=size, x=x, container=container):
                        return container([kind(2 * i, log) for i in range(size)]), kind(x, log)

                    self.assertSame(name, make)
                    self.assertSame(name, make, key=lambda item: item)

    def test_one_in_the_middle_is_of_another_type(self):
        for name, x in itertools.product(NAMES, range(0, 40)):

            def make(log, x=x):
                items = list(range(0, 60, 2))
                for index in (3, 11, 14, 15, 16, 22):
                    items[index] = Logged(items[index], log)
                return items, Logged(x, log)

            self.assertSame(name, make)

    def test_exceptions(self):
        class Raises:
            def __lt__(self, other):
                raise ZeroDivisionError('lt')

        class Undecided:
            def __lt__(self, other):
                return NotImplemented

        class NoTruth:
            def __lt__(self, other):
                return self

            def __bool__(self):
                raise ZeroDivisionError('bool')

        def key(item):
            raise ZeroDivisionError('key')

        for name, kind in itertools.product(NAMES, (Raises, Undecided, NoTruth, object)):
            self.assertSame(name, lambda log, k=kind: ([k(), k(), k()], k()))
            self.assertSame(name, lambda log, k=kind: ([1, k(), 3], 2))
        for name in NAMES:
            self.assertSame(name, lambda log: ([1], 2), key=key)
            self.assertSame(name, lambda log: ([], 2), key=key)
            self.assertSame(name, lambda log: ([1, 'a', 2], 2))
            self.assertSame(name, lambda log: ([1, 2], 2), 0, 10)

    def test_deep_recursion(self):
        for module, name in itertools.product((rust, c), NAMES):

            class Deep:
                def __lt__(self, other):
                    return getattr(module, name)([self], other)

            with self.assertRaises(RecursionError):
                getattr(module, name)([Deep()], Deep())

    def test_changed_meanwhile(self):
        # A comparison or a key changes the list: what C makes of it comes out here, too.
        for name, change in itertools.product(NAMES, ('clear', 'pop', 'grow')):

            def make(log, change=change):
                items = []

                class Changes(Logged):
                    def __lt__(self, other):
                        if change == 'grow':
                            items[:0] = [Changes(-1, log)] * 3
                        else:
                            getattr(items, change)()
                        return super().__lt__(other)

                items.extend(Changes(i, log) for i in range(9))
                return items, Changes(4, log)

            self.assertSame(name, make)
        for name in SEARCHES:
            for module in (rust, c):
                items = list(range(100))
                with self.assertRaises(IndexError):
                    getattr(module, name)(items, 60, key=lambda item, items=items: items.clear() or item)

    def test_references_are_given_back(self):
        # A constant is immortal.
        x, values = float('2.5'), [float(i) for i in range(100)]
        item = values[2]
        before = sys.getrefcount(x), sys.getrefcount(item)
        for name in SEARCHES:
            for _ in range(100):
                getattr(rust, name)(values, x)
                getattr(rust, name)(tuple(values), x, key=lambda value: value)
        self.assertEqual((sys.getrefcount(x), sys.getrefcount(item)), before)
        for name in INSERTIONS:
            inserted = list(values)
            getattr(rust, name)(inserted, x)
            self.assertEqual(sys.getrefcount(x), before[0] + 1)
            del inserted
        self.assertEqual(sys.getrefcount(x), before[0])

    def test_growth_is_that_of_c(self):
        mine, theirs = [], []
        for value in random.Random(1).sample(range(1000), 500):
            rust.insort_right(mine, value)
            c.insort_right(theirs, value)
            self.assertEqual(sys.getsizeof(mine), sys.getsizeof(theirs))
        self.assertEqual(mine, theirs)


if __name__ == '__main__':
    unittest.main()
