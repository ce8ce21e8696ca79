"""_random in many threads, with one generator for all of them."""

import _rust__random as rust
import collections
import unittest

import in_threads

THREADS = 8
CALLS = 20_000
N = 624


class Threads(unittest.TestCase):
    def assertShared(self, take, count=CALLS, seed=5):
        """What threads take of one generator is, all together, what one thread takes of an equal one."""
        shared, alone = rust.Random(seed), rust.Random(seed)
        found = [[] for _ in range(THREADS)]

        def work(mine):
            mine += [take(shared) for _ in range(count)]

        in_threads.once(*[lambda mine=mine: work(mine) for mine in found])
        expected = [take(alone) for _ in range(THREADS * count)]
        self.assertEqual(collections.Counter(item for mine in found for item in mine), collections.Counter(expected))
        self.assertEqual(shared.getstate(), alone.getstate())
        # Each thread sees the sequence go forwards.
        place = {item: index for index, item in enumerate(expected)}
        if len(place) == len(expected):
            for mine in found:
                places = [place[item] for item in mine]
                self.assertEqual(places, sorted(places))

    def test_random(self):
        self.assertShared(rust.Random.random)

    def test_one_output(self):
        self.assertShared(lambda generator: generator.getrandbits(32))

    def test_two_outputs_that_are_in_two_blocks(self):
        def take(generator):
            return generator.getrandbits(64)

        self.assertShared(take)
        # From an odd position on, one call in 312 takes the last output of a block and the first of the next.
        shared, alone = rust.Random(1), rust.Random(1)
        shared.getrandbits(1), alone.getrandbits(1)
        found = [[] for _ in range(THREADS)]

        def work(mine):
            mine += [shared.random() for _ in range(CALLS)]

        in_threads.once(*[lambda mine=mine: work(mine) for mine in found])
        expected = [alone.random() for _ in range(THREADS * CALLS)]
        self.assertEqual(sorted(item for mine in found for item in mine), sorted(expected))

    def test_many_outputs(self):
        self.assertShared(lambda generator: generator.getrandbits(100), CALLS // 4)
        self.assertShared(lambda generator: generator.getrandbits(32 * 1000), CALLS // 100)

    def test_state_set_meanwhile(self):
        # Whoever takes two outputs gets two that follow each other in the sequence of one of the seeds.
        generator = rust.Random(0)
        numbers = set()
        states = []
        for seed in range(4):
            alone = rust.Random(seed)
            states.append(alone.getstate())
            numbers |= {alone.random() for _ in range(20_000)}

        def use(change):
            def work():
                # So often that no sequence is used up.
                for choice in range(4):
                    change(choice)
                    for _ in range(500):
                        self.assertIn(generator.random(), numbers)

            return work

        def set_state(choice):
            generator.setstate(states[choice])

        in_threads.again_and_again(*[use(generator.seed)] * 3, *[use(set_state)] * 3)

    def test_states_are_whole(self):
        # A state that is read while others take outputs is one of those that the generator goes through.
        generator = rust.Random(3)

        def use():
            for _ in range(500):
                generator.random()

        def read():
            state = generator.getstate()
            other = rust.Random()
            other.setstate(state)
            self.assertIn(state[N], range(0, N + 1, 2))
            self.assertEqual(other.getstate(), state)
            blocks.add(state[:N])

        blocks = set()
        in_threads.again_and_again(use, use, use, read, read)
        generator.getrandbits(1)
        last = generator.getstate()[:N]
        alone = rust.Random(3)
        while True:
            block = alone.getstate()[:N]
            blocks.discard(block)
            if block == last:
                break
            alone.getrandbits(32 * N)
        self.assertEqual(len(blocks), 0)

    def test_every_method(self):
        generator = rust.Random(1)
        state = generator.getstate()
        calls = (
            generator.random,
            lambda: generator.getrandbits(20),
            lambda: generator.getrandbits(60),
            lambda: generator.getrandbits(5000),
            lambda: generator.seed(),
            lambda: generator.seed(10**100),
            lambda: generator.setstate(state),
            lambda: generator.setstate(generator.getstate()),
            lambda: generator.__init__(3),
        )
        in_threads.again_and_again(*calls)
        generator.seed(1)
        self.assertEqual(generator.getstate(), state)

    def test_generators_of_their_own(self):
        def work():
            generator = rust.Random(9)
            self.assertEqual([generator.random() for _ in range(5000)], expected)

        alone = rust.Random(9)
        expected = [alone.random() for _ in range(5000)]
        in_threads.once(*[work] * THREADS)


if __name__ == '__main__':
    unittest.main()
