"""The Rust _random against its C twin: sequences to the bit, states, exceptions, subclasses, and `random` on top."""

import copy
import functools
import importlib.util
import pickle
import random
import struct
import sys
import unittest
import unittest.mock

import twin
from test.support import script_helper

rust, c = twin.pair('_random')

N = 624


def random_on(module):
    """Return a copy of Lib/random.py that has been imported with this _random."""
    spec = importlib.util.spec_from_file_location(f'random_on{module.__name__}', random.__file__)
    copied = importlib.util.module_from_spec(spec)
    with unittest.mock.patch.dict(sys.modules, {'_random': module, spec.name: copied}):
        spec.loader.exec_module(copied)
    # Objects are pickled by the name of their class.
    sys.modules[spec.name] = copied
    return copied


randoms = {module: random_on(module) for module in (rust, c)}


class IntSub(int):
    """A subclass whose own methods are not called."""

    def __abs__(self):
        raise ZeroDivisionError

    __int__ = __index__ = __hash__ = __abs__


class Hashed:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        if isinstance(self.value, Exception):
            # Raised again and again, it would keep the frames of every time.
            raise self.value.with_traceback(None)
        return self.value


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        if isinstance(self.value, Exception):
            # Raised again and again, it would keep the frames of every time.
            raise self.value.with_traceback(None)
        return self.value


SEEDS = (
    *(
        0,
        1,
        -1,
        2,
        2**31,
        2**32 - 1,
        2**32,
        2**60,
        2**64 - 1,
        2**64,
        -(2**64),
        10**1000,
        -(10**1000),
        1 << 19968,
        1 << 40000,
    ),
    *(True, False, IntSub(5), IntSub(-(2**70)), IntSub(0)),
    *(0.0, -0.0, 1.5, 1e300, float('inf'), 1j, 'text', b'bytes', '', (), (1, 'a'), frozenset({1}), 2.5),
    *(Hashed(3), Hashed(-2), Hashed(2**62), Hashed(KeyError('no hash')), Hashed(1.5), [], {}, bytearray(b'a')),
    *(len, int, Ellipsis, NotImplemented),
)
BITS = (
    *range(130),
    *(1000, 480, 479, 481, 15 * 32, 16 * 30, 19967, 19968, 19969, 32 * 480, 32 * 480 + 1, 32 * 481, 65536, 100_003),
)


class Sequences(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, *steps):
        """Make a generator of each module take the steps, and compare what each returns or raises, and the state."""
        pair = self.rust.Random(1), self.c.Random(1)
        for step in steps:
            ours, theirs = (twin.outcome(step, generator) for generator in pair)
            self.assertEqual(ours, theirs)
        self.assertEqual(*(generator.getstate() for generator in pair))

    def test_interface(self):
        self.assertSameInterface()

    def test_random(self):
        for seed in range(5):
            ours, theirs = self.rust.Random(seed), self.c.Random(seed)
            for _ in range(3000):
                self.assertEqual(struct.pack('d', ours.random()), struct.pack('d', theirs.random()))

    def test_seeds(self):
        for seed in SEEDS:
            with self.subTest(hex(seed)[:50] if isinstance(seed, int) else repr(seed)):
                self.assertSame(lambda g, seed=seed: g.seed(seed), lambda g: g.getstate(), lambda g: g.random())
                self.assertSame(lambda g, seed=seed: type(g)(seed).getstate())
                self.assertSame(lambda g, seed=seed: g.__init__(seed))

    def test_seeds_of_random_length(self):
        rng = twin.generator('seeds')
        for _ in range(300 * twin.LONG):
            seed = rng.getrandbits(rng.randrange(1, 60_000)) * rng.choice((1, -1))
            self.assertEqual(self.rust.Random(seed).getstate(), self.c.Random(seed).getstate())

    def test_no_seed_is_entropy(self):
        for module in (self.rust, self.c):
            generators = [module.Random(), module.Random(None), module.Random()]
            generators[2].seed()
            states = {generator.getstate() for generator in generators}
            self.assertEqual(len(states), 3)
            for state in states:
                self.assertEqual((state[0], state[N]), (0x80000000, N))

    def test_not_seeded(self):
        for module in (self.rust, self.c):
            generator = module.Random.__new__(module.Random)
            self.assertEqual(generator.getstate(), (0,) * (N + 1))
            self.assertEqual([generator.random() for _ in range(700)], [0.0] * 700)
            self.assertEqual(generator.getrandbits(100), 0)

    @unittest.skipIf(rust.Random.__flags__ & twin.IMMUTABLE_TYPE, 'the class is immutable')
    def test_new_replaced(self):
        # Then object.__new__ makes objects that the module has not seen.
        code = (
            'from {} import Random\n'
            'Random.__new__ = lambda cls: object.__new__(cls)\n'
            'print(set(Random.__new__(Random).getstate()))\n'
            'made = Random()\n'
            'made.seed(5)\n'
            'print(made.random(), made.getrandbits(5000) % 1000)\n'
        )
        ours, theirs = (script_helper.assert_python_ok('-c', code.format(module.__name__)) for module in (rust, c))
        self.assertEqual(ours.out, theirs.out)

    def test_getrandbits(self):
        for k in BITS:
            self.assertSame(
                lambda g, k=k: g.getrandbits(k),
                lambda g: g.random(),
                lambda g, k=k: [g.getrandbits(k) for _ in range(9)],
            )

    def test_getrandbits_of_each_position(self):
        for position in (0, 1, 2, 3, 600, 620, 621, 622, 623):
            for k in (1, 32, 33, 64, 65, 96, 97, 32 * 624, 32 * 625, 32 * 1300):
                self.assertSame(
                    *[lambda g: g.getrandbits(32)] * position,
                    lambda g, k=k: g.getrandbits(k),
                    lambda g: g.getstate(),
                    lambda g: g.random(),
                )

    def test_mixed_calls(self):
        rng = twin.generator('calls')
        for _ in range(30 * twin.LONG):
            saved = []
            steps = []
            for _ in range(200):
                kind = rng.randrange(6)
                k = rng.choice((rng.randrange(70), rng.randrange(3000), rng.randrange(60_000)))
                if kind < 2:
                    steps.append(lambda g: g.random())
                elif kind < 4:
                    steps.append(lambda g, k=k: g.getrandbits(k))
                elif kind == 4:
                    steps.append(lambda g, saved=saved: saved.append(g.getstate()) or saved[-1])
                else:
                    steps.append(lambda g, saved=saved: g.setstate(saved[len(saved) // 2]) if saved else None)
            self.assertSame(*steps)

    def test_getrandbits_refused(self):
        for k in (-1, -(2**70), 2**64, 10**30, 1.5, '1', None, Index(-1), Index(5), Index(1.5), Index(KeyError(1))):
            self.assertSame(lambda g, k=k: g.getrandbits(k))
        for arguments in ((), (1, 2)):
            self.assertSame(lambda g, arguments=arguments: g.getrandbits(*arguments))
        self.assertSame(lambda g: g.getrandbits(k=1))
        # At once, without any allocation that could succeed.
        for k in (2**64 - 1, 2**63, 2**62, 2**61 + 1, 2**57, 2**52, 2**50 + 1):
            self.assertSame(lambda g, k=k: g.getrandbits(k))

    def test_wrong_arguments(self):
        for step in (
            lambda g: g.random(1),
            lambda g: g.random(x=1),
            lambda g: g.seed(1, 2),
            lambda g: g.seed(n=1),
            lambda g: g.getstate(1),
            lambda g: g.setstate(),
            lambda g: g.setstate((), ()),
            lambda g: type(g)(1, 2),
            lambda g: type(g)(x=1),
            lambda g: type(g)(1, seed=1),
            lambda g: g.__init__(1, 2),
            lambda g: g.__init__(a=1),
            lambda g: type(g).random(1),
            lambda g: type(g).__new__(),
            lambda g: type(g).__new__(int),
            lambda g: type(g).__new__(type(g), 1, 2, x=3).getstate(),
            lambda g: object.__new__(type(g)),
            lambda g: g.attribute,
            lambda g: setattr(g, 'attribute', 1),
            lambda g: hash(g) == hash(g),
            lambda g: g == g,
            lambda g: g.__dict__,
        ):
            self.assertSame(step)

    def test_setstate(self):
        good = self.c.Random(7).getstate()
        self.assertEqual(len(good), N + 1)

        class TupleSub(tuple):
            def __len__(self):
                raise ZeroDivisionError

            __getitem__ = __iter__ = __len__

        def replaced(index, value):
            return *good[:index], value, *good[index + 1 :]

        states = [good, TupleSub(good), list(good), None, (), good[:-1], (*good, 1), 'a' * (N + 1), ('a',) * (N + 1)]
        for value in (
            0,
            1,
            -1,
            2**32,
            2**32 - 1,
            2**64 - 1,
            2**64,
            2**70,
            -(2**70),
            1.5,
            None,
            '1',
            True,
            IntSub(9),
            Index(1),
        ):
            states += [replaced(0, value), replaced(5, value), replaced(N - 1, value), replaced(N, value)]
        for value in (
            N - 1,
            N,
            N + 1,
            N - 2,
            2**31,
            2**63,
            -(2**63),
            -(2**63) - 1,
            Index(3),
            Index(-3),
            Index(KeyError(1)),
        ):
            states.append(replaced(N, value))
        for state in states:
            with self.subTest(repr(state)[-40:]):
                self.assertSame(
                    lambda g, state=state: g.setstate(state),
                    lambda g: g.getstate(),
                    lambda g: [g.getrandbits(32) for _ in range(1300)],
                )

    def test_setstate_that_fails_changes_nothing(self):
        generator = self.rust.Random(1)
        before = generator.getstate()
        for state in (
            (),
            (*before[:-1], N + 1),
            (*before[:-1], Index(ZeroDivisionError())),
            (*before[:9], None, *before[10:]),
        ):
            with self.assertRaises((ValueError, TypeError, ZeroDivisionError)):
                generator.setstate(state)
            self.assertEqual(generator.getstate(), before)

    def test_python_code_during_a_call_uses_the_generator(self):
        class Busy:
            """An object whose methods use the generator that is being changed."""

            def __init__(self, generator):
                self.generator = generator

            def __hash__(self):
                self.generator.random()
                self.generator.seed(99)
                return 12

            def __index__(self):
                self.generator.random()
                self.generator.setstate(self.generator.getstate())
                return 12

        good = self.c.Random(7).getstate()
        self.assertSame(lambda g: g.seed(Busy(g)), lambda g: g.random())
        self.assertSame(lambda g: g.getrandbits(Busy(g)), lambda g: g.random())
        self.assertSame(lambda g: g.setstate((*good[:-1], Busy(g))), lambda g: g.random())

    def test_subclasses(self):
        for keywords, bases in (
            ({}, ()),
            ({'__slots__': ()}, ()),
            ({'__slots__': ('a', '__weakref__')}, ()),
            ({}, (dict,)),
        ):

            def make(generator, keywords=keywords, bases=bases):
                return type('Sub', (type(generator), *bases), dict(keywords))

            self.assertSame(
                lambda g: make(g)(5).random(),
                lambda g: make(g)(5).getrandbits(99),
                lambda g: make(g)(5, 6),
                lambda g: make(g)(x=1),
                lambda g: make(g).__flags__ & ~(1 << 19),
                lambda g: setattr(make(g)(), 'a', 1),
            )

    def test_subclass_with_its_own_new_and_init(self):
        def make(base):
            class New(base):
                def __new__(cls, *arguments, **keywords):
                    return super().__new__(cls)

            class Init(base):
                def __init__(self, a, b=3):
                    super().__init__(a + b)

            class Both(New, Init):
                def random(self):
                    return super().random() + 1

            return New, Init, Both

        self.assertSame(*[lambda g, n=n: make(type(g))[n](4).random() for n in range(3)])
        for number, arguments, keywords in (
            (0, (1,), {}),
            (0, (), {'x': 1}),
            (1, (4,), {'b': 5}),
            (2, (4,), {}),
            (1, (), {}),
        ):
            self.assertSame(lambda g, n=number, a=arguments, k=keywords: make(type(g))[n](*a, **k).getrandbits(0))

    def test_objects_of_subclasses_die(self):
        import gc
        import weakref

        class Sub(self.rust.Random):
            def __del__(self):
                died.append(self.random())

        died = []
        for _ in range(3):
            generator = Sub(3)
            generator.itself = generator
            reference = weakref.ref(generator)
            del generator
            gc.collect()
            self.assertIsNone(reference())
        self.assertEqual(died, [self.c.Random(3).random()] * 3)
        before = sys.getrefcount(Sub)
        for _ in range(100):
            Sub(1)
        self.assertEqual(sys.getrefcount(Sub), before)

    def test_class_can_be_assigned(self):
        def step(generator):
            first = type('First', (type(generator),), {})
            second = type('Second', (type(generator),), {'random': lambda self: 'second'})
            made = first(1)
            made.__class__ = second
            return made.random(), made.getrandbits(40)

        self.assertSame(step)

    def test_memory(self):
        self.assertSameMemoryErrors(lambda module: lambda: module.Random(10**1000))
        self.assertSameMemoryErrors(lambda module: module.Random(1).getstate)
        self.assertSameMemoryErrors(lambda module: functools.partial(module.Random(1).getrandbits, 10**6))

    def test_allocation_that_fails_takes_no_outputs(self):
        generator = self.rust.Random(1)
        with self.assertRaises(MemoryError):
            generator.getrandbits(2**60)
        self.assertEqual(generator.random(), self.c.Random(1).random())


class ModuleRandom(unittest.TestCase):
    """Lib/random.py on each of the two."""

    def assertSame(self, *steps):
        found = []
        for module in (rust, c):
            generator = randoms[module].Random(2026)
            found.append([twin.outcome(step, generator) for step in steps])
        self.assertEqual(*found)

    def test_every_method(self):
        words = ['red', 'green', 'blue', 'white']
        calls = {
            'random': [()],
            'getrandbits': [(0,), (1,), (53,), (200,)],
            'randbytes': [(0,), (1,), (3,), (4,), (1000,), (65536,)],
            'randrange': [(10,), (1, 2), (-5, 100, 7), (2**70,), (0,), (1.5,)],
            'randint': [(1, 6), (-(10**30), 10**30), (2, 1)],
            'choice': [(words,), (range(10**9),), ([],)],
            'choices': [(words,), (words, [1, 2, 3, 4])],
            'sample': [(words, 2), (range(10**6), 60), (words, 9)],
            'uniform': [(1, 2), (-1e300, 1e300)],
            'triangular': [(), (1, 2, 1.5), (2, 2)],
            'gauss': [(), (1, 2)],
            'normalvariate': [(), (1, 2)],
            'lognormvariate': [()],
            'expovariate': [(), (3,)],
            'vonmisesvariate': [(1, 2), (0, 1e-9)],
            'gammavariate': [(0.5, 1), (1, 1), (2.5, 1), (0, 1)],
            'betavariate': [(1, 2)],
            'paretovariate': [(3,)],
            'weibullvariate': [(1, 2)],
            'binomialvariate': [(), (10, 0.5), (1000, 0.3)],
        }
        public = set(random.__all__) - {'Random', 'SystemRandom', 'seed', 'getstate', 'setstate', 'shuffle'}
        self.assertEqual(public, set(calls))
        for name, variants in calls.items():
            for arguments in variants:
                with self.subTest(name, arguments=arguments):
                    self.assertSame(*[lambda g, n=name, a=arguments: getattr(g, n)(*a)] * 20)

    def test_shuffle(self):
        def step(generator):
            items = list(range(1000))
            generator.shuffle(items)
            return items

        self.assertSame(step, step)

    def test_seeds(self):
        for seed in (1, -1, 2**100, 1.5, 'text', b'bytes', bytearray(b'array'), (), []):
            for version in (1, 2):
                self.assertSame(lambda g, s=seed, v=version: g.seed(s, v), lambda g: g.random())

    def test_states_and_copies(self):
        def saved(generator):
            generator.gauss()
            state = generator.getstate()
            expected = [generator.gauss() for _ in range(5)]
            generator.setstate(state)
            return expected == [generator.gauss() for _ in range(5)], state

        def copies(generator):
            generator.random()
            twins = [copy.copy(generator), copy.deepcopy(generator)]
            twins += [
                pickle.loads(pickle.dumps(generator, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
            ]
            return [made.random() for made in twins], generator.random()

        self.assertSame(saved, copies)

    def test_state_of_one_works_in_the_other(self):
        ours, theirs = (randoms[module].Random(5) for module in (rust, c))
        for _ in range(1000):
            ours.getrandbits(40)
        theirs.setstate(ours.getstate())
        self.assertEqual([ours.random() for _ in range(2000)], [theirs.random() for _ in range(2000)])

    def test_pickled_class_of_the_module_itself(self):
        for module in (rust, c):
            with self.assertRaises(TypeError):
                pickle.dumps(module.Random(), 0)

    def test_subclasses(self):
        def own_random(generator):
            class Own(type(generator)):
                def random(self):
                    return super().random() / 2

            return [Own(3).randrange(1000) for _ in range(5)], Own(3).sample(range(99), 5)

        def own_bits(generator):
            class Own(type(generator)):
                def getrandbits(self, k):
                    return super().getrandbits(k) ^ 1

                def seed(self, *arguments):
                    super().seed(7)

            return [Own(3).randrange(1000) for _ in range(5)], Own().randbytes(10)

        self.assertSame(own_random, own_bits)


if __name__ == '__main__':
    unittest.main()
