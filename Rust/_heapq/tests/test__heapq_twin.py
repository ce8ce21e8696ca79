"""The Rust _heapq against its C twin: heaps, results, exceptions, and which items are compared, in which order."""

import itertools
import sys
import unittest

import twin
from compared import Logged, Truth, Undecided

rust, c = twin.pair('_heapq')

WITH_ITEM = ('heappush', 'heapreplace', 'heappushpop')
WITHOUT = ('heappop', 'heapify')
NAMES = [name + suffix for name in WITH_ITEM + WITHOUT for suffix in ('', '_max')]

MAKES = {
    'int': lambda rng: rng.randrange(-20, 20),
    'two digits': lambda rng: rng.randrange(-(2**59), 2**59),
    'any int': lambda rng: rng.getrandbits(rng.choice((20, 31, 60, 61, 91, 200))) * rng.choice((1, -1)),
    'float': lambda rng: rng.choice((rng.uniform(-5, 5), rng.uniform(-5, 5), 0.0, -0.0, float('inf'))),
    'nan': lambda rng: rng.choice((1.0, 2.0, 3.0, float('nan'))),
    'str': lambda rng: ''.join(rng.choices('abc\xe9', k=rng.randrange(12))),
    'long str': lambda rng: rng.choice(('', 'a', 'aaaaaaa', 'aaaaaaaa', 'a' * 20)) + ''.join(rng.choices('a\0b', k=3)),
    'wide str': lambda rng: ''.join(rng.choices('ab\u20ac\U0001f600', k=rng.randrange(4))),
    'bytes': lambda rng: rng.randbytes(2),
    'bool': lambda rng: rng.random() < 0.5,
    'number': lambda rng: rng.choice((rng.randrange(9), rng.uniform(0, 9), True, 2**70)),
    'tuple': lambda rng: (rng.randrange(3), rng.choice((0.5, 1.5)), rng.choice('ab')),
    'short tuple': lambda rng: tuple(rng.randrange(3) for _ in range(rng.randrange(4))),
    'nested': lambda rng: ((rng.randrange(3),), rng.randrange(3)),
    'list': lambda rng: [rng.randrange(3), rng.randrange(3)],
    'anything': lambda rng: rng.choice((1, 2.5, 'a', None, (1,), (1, 'a'), (1, None), [1], b'a', True)),
}


class Greater(Undecided):
    """A subclass, which is asked first."""


class ListSub(list):
    """A list whose own methods are not called."""

    def __len__(self):
        raise ZeroDivisionError

    def __getitem__(self, index):
        raise ZeroDivisionError

    append = pop = insert = __setitem__ = __getitem__


class IntSub(int):
    pass


class HeapqTwin(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, make, *steps):
        """Make calls, each (name, factory of the item or nothing), on a list for each module; compare after each."""
        found = []
        for module in (self.c, self.rust):
            log, results = [], []
            heap = make(log)
            for name, *item in steps:
                result = twin.outcome(getattr(module, name), heap, *[factory(log) for factory in item])
                results.append((name, result, twin.describe(list.copy(heap))))
                results.append((list(log), sys.getsizeof(heap)))
            found.append(results)
        self.assertEqual(found[1], found[0])
        return found[1]

    def test_interface(self):
        self.assertSameInterface()

    def test_every_kind(self):
        rng = twin.generator('kinds')
        for kind, make in MAKES.items():
            for _ in range(60 * twin.LONG):
                items = [make(rng) for _ in range(rng.choice((0, 1, 2, 3, 4, 7, 15, 16, 17, 40, 100)))]
                with self.subTest(kind=kind, items=items):
                    suffix = rng.choice(('', '_max'))
                    steps = [(f'heapify{suffix}',)] if rng.random() < 0.8 else []
                    for _ in range(12):
                        name = rng.choice(NAMES) if rng.random() < 0.2 else rng.choice(WITH_ITEM + WITHOUT) + suffix
                        item = make(rng)
                        steps.append((name, lambda log, item=item: item) if name.startswith(WITH_ITEM) else (name,))
                    self.assertSame(lambda log, items=items: list(items), *steps)

    def test_every_size(self):
        rng = twin.generator('sizes')
        for kind in ('int', 'two digits', 'float', 'nan', 'str', 'long str', 'tuple', 'number'):
            for size in (*range(40), 127, 128, 1000, 2499, 2500, 2501, 4095, 4096, 4097, 5000):
                items = [MAKES[kind](rng) for _ in range(size)]
                for suffix in ('', '_max'):
                    self.assertSame(lambda log, items=items: list(items), (f'heapify{suffix}',), (f'heappop{suffix}',))

    def test_identity(self):
        # Of equal items that are not one object, each has the place that it has in C.
        items = [float(value % 3) for value in range(3000)]
        for suffix in ('', '_max'):
            mine, theirs = list(items), list(items)
            getattr(rust, f'heapify{suffix}')(mine)
            getattr(c, f'heapify{suffix}')(theirs)
            self.assertEqual(list(map(id, mine)), list(map(id, theirs)))
            for _ in range(1000):
                self.assertIs(getattr(rust, f'heappop{suffix}')(mine), getattr(c, f'heappop{suffix}')(theirs))
            self.assertEqual(list(map(id, mine)), list(map(id, theirs)))

    def test_comparisons_are_those_of_c(self):
        rng = twin.generator('comparisons')
        kinds = (Logged, Undecided, Truth)
        for kind, size in itertools.product(kinds, (0, 1, 2, 3, 7, 8, 20, 100, 3000)):
            values = [rng.randrange(size + 1) for _ in range(size)]
            chosen = rng.randrange(size + 1)
            for suffix in ('', '_max'):

                def make(log, kind=kind, values=values):
                    return [kind(value, log) for value in values]

                def item(log, kind=kind, value=chosen):
                    return kind(value, log)

                steps = [
                    (name + suffix, item) if name in WITH_ITEM else (name + suffix,) for name in WITH_ITEM + WITHOUT
                ]
                self.assertSame(make, (f'heapify{suffix}',), *steps[: None if size < 200 else 2])
        for _ in range(300 * twin.LONG):
            # Types that are mixed, so that a subclass is asked first, and exact types in between.
            values = [rng.randrange(20) for _ in range(20)]
            chosen = [rng.choice((Undecided, Greater, Logged)) for _ in values]

            def make(log, values=values, chosen=chosen):
                return [kind(value, log) for kind, value in zip(chosen, values, strict=True)]

            self.assertSame(make, ('heapify',), ('heappop',), ('heapify_max',), ('heappop_max',))

    def test_exact_types_among_others(self):
        rng = twin.generator('among')

        class Number(Logged):
            def __lt__(self, other):
                other = getattr(other, 'value', other)
                self.log.append(('lt', self.value, other))
                return self.value < other

            def __gt__(self, other):
                self.log.append(('gt', self.value, other))
                return self.value > other

        for _ in range(300 * twin.LONG):
            values = [(rng.random() < 0.3, rng.randrange(50)) for _ in range(rng.randrange(40))]

            def make(log, values=values):
                return [Number(value, log) if other else value for other, value in values]

            self.assertSame(
                make, ('heapify',), ('heappush', lambda log: 7), ('heappop',), ('heapreplace', lambda log: 9)
            )
            self.assertSame(make, ('heapify_max',), ('heappush_max', lambda log: 7), ('heappop_max',))

    def test_list_of_another_class(self):
        for name in NAMES:
            item = [lambda log: 3] if name.startswith(WITH_ITEM) else []
            self.assertSame(lambda log: ListSub([1, 2, 5, 4]), (name, *item))
            self.assertSame(lambda log: [IntSub(3), 1, IntSub(2), 0], (name, *item))

    def test_arguments(self):
        for name in NAMES:
            for args in ((), ([],), ([], 1, 1), ((), 1), ((),), (None,), ({}, 1), ('ab',), (range(3), 1)):
                self.assertTwins(name, *args)
            self.assertTwins(name, heap=[1], item=1)
            self.assertTwins(name, [1], item=1)

    def test_empty(self):
        for name in NAMES:
            item = [lambda log: 3] if name.startswith(WITH_ITEM) else []
            self.assertSame(lambda log: [], (name, *item), (name, *item))

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

        for kind, name in itertools.product((Raises, Undecided, NoTruth, object), NAMES):
            item = [lambda log, kind=kind: kind()] if name.startswith(WITH_ITEM) else []
            self.assertSame(lambda log, kind=kind: [kind(), kind(), kind()], (name, *item), (name, *item))
            self.assertSame(lambda log, kind=kind: [1, kind(), 'a', 3, kind()], (name, *item), (name, *item))
        for suffix in ('', '_max'):
            self.assertSame(lambda log: [3, 'a', 1.5, None, (1,)], (f'heapify{suffix}',), (f'heappop{suffix}',))

    def test_list_changed_by_a_comparison(self):
        changes = {
            'clear': lambda heap, items: heap.clear(),
            'pop': lambda heap, items: heap.pop(),
            'append': lambda heap, items: heap.append(items[0]),
            'replace': lambda heap, items: heap.__setitem__(slice(None), [*reversed(heap)]),
            'other objects': lambda heap, items: heap.__setitem__(slice(None), items),
            'grow and shrink': lambda heap, items: (heap.extend(items * 50), heap.__delitem__(slice(len(items), None))),
            'sort': lambda heap, items: heap.sort(key=lambda item: -item.value),
        }
        for (label, change), name, at in itertools.product(changes.items(), NAMES, range(8)):

            def make(log, change=change, at=at):
                heap = []

                class Changes(Logged):
                    def __lt__(self, other):
                        result = super().__lt__(other)
                        if len(log) == at + 1:
                            change(heap, [Changes(value, log) for value in range(12)])
                        return result

                heap.extend(Changes(value, log) for value in (1, 5, 2, 7, 6, 3, 4, 9, 8, 11, 10, 12))
                return heap

            def item(log):
                return Logged(6, log)

            with self.subTest(change=label, name=name, at=at):
                self.assertSame(make, (name, item) if name.startswith(WITH_ITEM) else (name,))

    def test_reentrance(self):
        # A comparison uses the same heap.
        for inner, outer in itertools.product(NAMES, repeat=2):

            def run(module, inner=inner, outer=outer):
                heap, log = [], []

                class Uses(Logged):
                    def __lt__(self, other):
                        result = super().__lt__(other)
                        if len(log) == 2:
                            item = [Uses(4, log)] if inner.startswith(WITH_ITEM) else []
                            log.append(twin.outcome(getattr(module, inner), heap, *item))
                        return result

                heap.extend(Uses(value, log) for value in (1, 5, 2, 7, 6, 3, 4))
                item = [Uses(3, log)] if outer.startswith(WITH_ITEM) else []
                return twin.outcome(getattr(module, outer), heap, *item), twin.describe(heap), log

            self.assertEqual(run(rust), run(c), (inner, outer))

    def test_deep_recursion(self):
        for module in (rust, c):

            class Deep:
                def __lt__(self, other):
                    module.heapify([self, other])
                    return True

            with self.assertRaises(RecursionError):
                module.heapify([Deep(), Deep()])

    def test_references_are_given_back(self):
        item = object.__new__(type('Item', (), {'__lt__': lambda self, other: False}))
        number = float('7.25')
        for some, others in (
            (item, [type(item)() for _ in range(20)]),
            (number, [float(value) for value in range(20)]),
        ):
            before = sys.getrefcount(some)
            for suffix in ('', '_max'):
                heap = list(others)
                for name in WITH_ITEM * 20:
                    getattr(rust, name + suffix)(heap, some)
                getattr(rust, f'heapify{suffix}')(heap)
                while heap:
                    getattr(rust, f'heappop{suffix}')(heap)
                with self.assertRaises(IndexError):
                    getattr(rust, f'heapreplace{suffix}')(heap, some)
            self.assertEqual(sys.getrefcount(some), before)


if __name__ == '__main__':
    unittest.main()
