"""_bisect in many threads, with lists that other threads change."""

import _rust__bisect as rust
import random
import unittest

import in_threads

THREADS = 8


class Slow:
    """An object that is compared by Python code."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


class Threads(unittest.TestCase):
    def test_items_are_inserted_in_order(self):
        # Where no Python code is asked, searching and inserting is one step for other threads.
        for make in (int, lambda value: value / 7, '{:05}'.format, lambda value: (value, 'x')):
            shared, values = [], random.sample(range(100_000), 4000)

            def work(part, shared=shared, values=values, make=make):
                for index, value in enumerate(values[part::THREADS]):
                    (rust.insort_left if index % 2 else rust.insort_right)(shared, make(value))

            in_threads.once(*[lambda part=part: work(part) for part in range(THREADS)])
            self.assertEqual(shared, sorted(map(make, values)))

    def test_list_replaced_and_cleared_meanwhile(self):
        # The list is emptied and filled all the time: a place is found, or the list has become shorter.
        for make in (float, lambda value: 2**40 + value, '{:020}'.format, lambda value: (value / 3, []), Slow):
            shared = []

            def change(shared=shared, make=make):
                shared[:] = [make(value) for value in range(random.randrange(200))]
                del shared[random.randrange(200) :]
                shared.clear()
                shared.extend(make(value) for value in range(50))

            def look(shared=shared, make=make):
                for function in (rust.bisect_left, rust.bisect_right):
                    try:
                        self.assertGreaterEqual(function(shared, make(random.randrange(200))), 0)
                        function(shared, make(1), 0, 100, key=lambda item: item)
                    except IndexError:
                        continue

            def insert(shared=shared, make=make):
                try:
                    rust.insort_right(shared, make(random.randrange(200)))
                    rust.insort_left(shared, make(random.randrange(200)), key=lambda item: item)
                except IndexError:
                    pass

            in_threads.again_and_again(change, change, *[look] * 3, *[insert] * 3)

    def test_long_list_is_read_while_items_are_moved(self):
        # A thread reads items without the lock while others move them.
        shared = [float(value) for value in range(20_000)]

        def insert():
            rust.insort_right(shared, random.uniform(0, 20_000))
            del shared[random.randrange(20_000)]

        def read():
            for _ in range(100):
                self.assertIs(type(shared[random.randrange(19_000)]), float)

        in_threads.again_and_again(insert, insert, *[read] * 4)
        self.assertTrue(all(type(item) is float for item in shared))


if __name__ == '__main__':
    unittest.main()
