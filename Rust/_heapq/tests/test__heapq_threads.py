"""_heapq in many threads, with one heap for all of them, and lists that other threads change."""

import _rust__heapq as rust
import random
import sys
import unittest

import in_threads

THREADS = 8


class Slow:
    """An object that is compared by Python code."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


MAKES = (
    lambda value: value + 2**40,
    float,
    '{:09}'.format,
    lambda value: (value / 3, [value]),
    Slow,
)


def is_heap(items, suffix):
    for index in range(1, len(items)):
        above, below = items[(index - 1) // 2], items[index]
        if above < below if suffix else below < above:
            return False
    return True


class Threads(unittest.TestCase):
    def test_items_are_neither_lost_nor_doubled(self):
        for make in MAKES[:4]:
            for suffix in ('', '_max'):
                heap, values = [], random.sample(range(100_000), 2000)
                taken = [[] for _ in range(THREADS)]

                def work(part, make=make, suffix=suffix, heap=heap, values=values, taken=taken):
                    for index, value in enumerate(values[part::THREADS]):
                        getattr(rust, f'heappush{suffix}')(heap, make(value))
                        if index % 3 == 2:
                            taken[part].append(getattr(rust, f'heappop{suffix}')(heap))

                in_threads.once(*[lambda part=part: work(part) for part in range(THREADS)])
                self.assertTrue(is_heap(heap, suffix))
                everything = heap + [item for part in taken for item in part]
                self.assertEqual(sorted(everything), sorted(map(make, values)))

    def test_every_function_on_one_list(self):
        # The list is emptied, filled and sorted meanwhile: an operation succeeds, or fails as C documents.
        for make in MAKES:
            heap = []

            def use(heap=heap, make=make):
                for suffix in ('', '_max'):
                    for name, *item in (
                        ('heappush', make(random.randrange(100))),
                        ('heappushpop', make(random.randrange(100))),
                        ('heapify',),
                        ('heapreplace', make(random.randrange(100))),
                        ('heappop',),
                    ):
                        try:
                            getattr(rust, name + suffix)(heap, *item)
                        except IndexError as error:
                            self.assertEqual(str(error), 'index out of range')
                        except RuntimeError as error:
                            self.assertEqual(str(error), 'list changed size during iteration')

            def change(heap=heap, make=make):
                heap[:] = [make(value) for value in range(random.randrange(100))]
                del heap[random.randrange(100) :]
                heap.clear()
                heap.extend(make(value) for value in range(50))
                try:
                    heap.sort()
                except ValueError as error:
                    # list.sort() notices that the list has been changed.
                    self.assertIn('modified', str(error))

            def read(heap=heap):
                for index in range(100):
                    try:
                        item = heap[index]
                    except IndexError:
                        break
                    self.assertGreater(sys.getrefcount(item), 0)

            in_threads.again_and_again(change, change, *[use] * 4, *[read] * 2)
            # What is left is a list of whole objects.
            self.assertEqual([type(item) for item in heap], [type(make(1))] * len(heap))

    def test_lists_of_their_own(self):
        values = random.sample(range(100_000), 1000)

        def work():
            heap = list(map(float, values))
            rust.heapify(heap)
            self.assertEqual([rust.heappop(heap) for _ in values], sorted(values))

        in_threads.once(*[work] * THREADS)


if __name__ == '__main__':
    unittest.main()
