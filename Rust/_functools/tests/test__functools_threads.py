"""_functools in many threads: objects that are shared, changed and cleared while others use them."""

import _rust__functools as rust
import collections
import random
import unittest
import weakref

import in_threads

THREADS = 8
CacheInfo = collections.namedtuple('CacheInfo', ('hits', 'misses', 'maxsize', 'currsize'))


def both(*args, **kwargs):
    return args, kwargs


class Key:
    """Hashed like others, and compared by Python code."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Key) and self.value == other.value

    def __hash__(self):
        return self.value % 3


class Partial(unittest.TestCase):
    def test_setstate_during_every_use(self):
        # CPython issue 157841: repr() unlocks what it has not locked.
        made = rust.partial(both, 0, a=0)

        def change():
            number = random.randrange(100)
            made.__setstate__((both, (number,) * (number % 5), {'a': number} if number % 3 else None, None))

        def call():
            args, kwargs = made(1, b=2)
            # What it is called with comes from one state.
            self.assertLessEqual(len({*args[:-1]}), 1)
            self.assertEqual(kwargs['b'], 2)
            if len(args) > 1 and 'a' in kwargs:
                self.assertEqual(kwargs['a'], args[0])

        def look():
            self.assertTrue(repr(made).startswith('functools.partial('))
            self.assertIs(made.func, both)
            self.assertIsInstance(made.args, tuple)
            self.assertIsInstance(made.keywords, dict)
            self.assertEqual(len(made.__reduce__()), 3)
            rust.partial(made, 5)(6)

        in_threads.again_and_again(change, change, call, call, call, look, look, look)

    def test_keywords_and_attributes(self):
        made = rust.partial(both, a=1)

        def change():
            number = random.randrange(10)
            made.keywords[f'k{number}'] = number
            made.keywords.pop(f'k{(number + 5) % 10}', None)
            made.__dict__ = {'x': number}
            made.y = number

        def use():
            self.assertEqual(made()[1]['a'], 1)
            repr(made)
            getattr(made, 'x', None)
            vars(made)
            made.__reduce__()
            rust.partial(made, b=1)()

        in_threads.again_and_again(*[change] * 3, *[use] * 5)

    def test_keywords_are_made_once(self):
        for _ in range(200):
            made, seen = rust.partial(both), []
            in_threads.once(*[lambda made=made, seen=seen: seen.append(made.keywords)] * 4)
            self.assertEqual(len({id(each) for each in seen}), 1)


class LruCache(unittest.TestCase):
    def make(self, function, maxsize, typed=False):
        return rust._lru_cache_wrapper(function, maxsize, typed, CacheInfo)

    def test_results_are_right(self):
        # CPython issue 148180: the links of a cache that is over its maxsize.
        makes = (int, str, float, Key, lambda value: (value, str(value)))
        for maxsize in (None, 0, 1, 2, 7, 50):
            for make in makes:
                cache = self.make(lambda key: [key], maxsize)

                def use(cache=cache, make=make, maxsize=maxsize):
                    for _ in range(10):
                        key = make(random.randrange(60))
                        self.assertEqual(cache(key), [key])
                        if maxsize is not None:
                            self.assertLessEqual(cache.cache_info().currsize, maxsize)

                def clear(cache=cache):
                    cache.cache_clear()

                in_threads.SECONDS, seconds = 0.05, in_threads.SECONDS
                try:
                    in_threads.again_and_again(*[use] * (THREADS - 1), clear)
                finally:
                    in_threads.SECONDS = seconds
                cache.cache_clear()
                self.assertEqual(cache.cache_info()[:2] + cache.cache_info()[3:], (0, 0, 0))

    def test_every_call_is_counted(self):
        calls = 3000
        for maxsize in (None, 0, 1, 20):
            cache = self.make(lambda key: key, maxsize)

            def use(cache=cache):
                for number in range(calls):
                    cache(number % 40)

            in_threads.once(*[use] * THREADS)
            info = cache.cache_info()
            self.assertEqual(info.hits + info.misses, THREADS * calls)

    def test_no_result_is_lost_or_kept(self):
        class Result:
            pass

        cache, seen = self.make(lambda key: Result(), 10), []

        def use():
            for number in range(500):
                seen.append(weakref.ref(cache(number % 30)))

        in_threads.once(*[use] * 4)
        self.assertLessEqual(len({id(ref()) for ref in seen if ref() is not None}), 10)
        cache.cache_clear()
        self.assertEqual([ref for ref in seen if ref() is not None], [])

    def test_functions_that_use_the_cache(self):
        def fibonacci(n):
            if random.random() < 0.01:
                cache.cache_clear()
            return n if n < 2 else cache(n - 1) + cache(n - 2)

        for maxsize in (None, 3, 10):
            cache = self.make(fibonacci, maxsize)
            in_threads.once(*[lambda cache=cache: self.assertEqual(cache(15), 610)] * THREADS)


class Keys(unittest.TestCase):
    def test_objects_change_while_keys_are_compared(self):
        make = rust.cmp_to_key(lambda left, right: len(left) - len(right))
        keys = [make([0] * number) for number in range(10)]

        def change():
            key = random.choice(keys)
            key.obj = [0] * random.randrange(10)

        def compare():
            for left in keys:
                self.assertIn(left < keys[3], (True, False))
                self.assertIsInstance(left.obj, list)

        in_threads.again_and_again(*[change] * 3, *[compare] * 5)

    def test_an_iterator_that_is_shared(self):
        # The iterator of a list: two threads that share that of a range race in CPython.
        numbers = iter(list(range(20_000)))
        sums = []
        in_threads.once(*[lambda: sums.append(rust.reduce(lambda a, b: a + b, numbers, 0))] * THREADS)
        # An iterator may give a number twice, or none of them, to threads that share it.
        self.assertGreater(sum(sums), 0)


if __name__ == '__main__':
    unittest.main()
