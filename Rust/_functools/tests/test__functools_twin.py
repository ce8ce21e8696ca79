"""The Rust _functools against its C twin: results, exceptions, attributes, and what is asked of keys."""

import collections
import copy
import gc
import itertools
import operator
import pickle
import random
import re
import sys
import textwrap
import unittest
import weakref
from test.support import script_helper

import twin

rust, c = twin.pair('_functools')

MODULES = (rust, c)
CacheInfo = collections.namedtuple('CacheInfo', ('hits', 'misses', 'maxsize', 'currsize'))
VALUES = (
    0,
    1,
    -1,
    2**62,
    2**100,
    True,
    False,
    None,
    1.0,
    1.5,
    float('nan'),
    'a',
    '\u20ac',
    b'a',
    (),
    (1,),
    (1, 'a'),
    int,
)


def both(*args, **kwargs):
    return args, kwargs


class Key:
    """Tells when it is hashed and compared."""

    def __init__(self, log, value, number):
        self.log, self.value, self.number = log, value, number

    def __hash__(self):
        self.log.append(('hash', self.number))
        return self.value

    def __eq__(self, other):
        self.log.append(('eq', self.number, getattr(other, 'number', None)))
        if self.value == 13:
            raise ZeroDivisionError
        return isinstance(other, Key) and self.number % 10 == other.number % 10


class DictSub(dict):
    pass


class TupleSub(tuple):
    def __iter__(self):
        return iter(('from', 'iter'))


class FunctoolsTwin(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, work, *args):
        """`work` has the same outcome with both modules."""
        ours, theirs = (twin.outcome(work, module, *args) for module in MODULES)
        if ours != theirs:
            self.fail(f'{work.__name__}{args!r:.300}:\n  C    {str(theirs)[:600]}\n  Rust {str(ours)[:600]}')
        return ours

    def test_interface(self):
        # A property in place of a member, other offsets, and a vectorcall function: see Doc/differences.md.
        known = [f'partial.{name}:kind' for name in ('func', 'args', 'keywords')]
        known += [
            'partial:__dictoffset__',
            'partial:__weakrefoffset__',
            '_lru_cache_wrapper:flags',
            'K.obj:kind',
            'K:flags',
        ]
        known += ['_lru_cache_wrapper:__dictoffset__', '_lru_cache_wrapper:__weakrefoffset__']
        self.assertSameInterface(*known, hidden=lambda module: {'K': type(module.cmp_to_key(max))})

    def test_attributes(self):
        names = ('func', 'args', 'keywords', '__dict__', '__weakref__', 'nonsense', '__module__')
        self.assertSameAttributes(lambda module: module.partial(both, 1, a=2), *names)
        self.assertSameAttributes(lambda module: module.cmp_to_key(max)(3), 'obj', 'nonsense', '__text_signature__')
        names = ('__dict__', 'cache_info', 'nonsense', '__wrapped__', '__module__')
        self.assertSameAttributes(lambda module: module._lru_cache_wrapper(both, 2, False, CacheInfo), *names)

        def set_dict(module, value):
            made = module.partial(both)
            made.__dict__ = value
            made.x = 1
            return made.__dict__ is value, made.__dict__, made.__reduce__()[2][3]

        for value in ({}, {'a': 1}, DictSub(b=1), None, 3):
            self.assertSame(set_dict, value)

    def test_placeholder(self):
        for args, kwargs in (((), {}), ((1,), {}), ((), {'a': 1})):
            self.assertSame(lambda m, a=args, k=kwargs: m._PlaceholderType(*a, **k) is m.Placeholder)
        self.assertSame(lambda m: (repr(m.Placeholder), m.Placeholder.__reduce__(), m.Placeholder == m.Placeholder))
        self.assertSame(lambda m: type('Sub', (m._PlaceholderType,), {}))
        self.assertSame(lambda m: setattr(m.Placeholder, 'a', 1))

    def test_partial(self):
        rng = twin.generator('partial')
        functions = (both, max, int, dict, len, operator.add, collections.namedtuple('T', 'a b'), both.__call__)

        def arguments(module):
            args = [rng.choice((module.Placeholder, 1, 'x', (2,), 3.5)) for _ in range(rng.choice((0, 0, 1, 2, 3, 12)))]
            kwargs = {
                name: rng.choice((1, 'y'))
                for name in rng.sample(('a', 'b', 'key', 'base', 'c', 'd', 'e', 'f'), k=rng.choice((0, 0, 1, 2, 8)))
            }
            return args, kwargs

        def work(module):
            found = []
            made = module.partial(function, *first[0], **first[1])
            for args, kwargs in uses:
                found += [twin.outcome(made, *args, **kwargs), twin.outcome(made.__call__, *args, **kwargs), repr(made)]
                found.append((made.args, made.keywords, made.func is function))
                try:
                    made = module.partial(made, *args, **kwargs)
                except TypeError as error:
                    found.append(str(error))
            return found

        for _ in range(1500 * twin.LONG):
            function = rng.choice(functions)
            state = rng.getstate()
            results = []
            for module in MODULES:
                # The same arguments, but for the placeholder.
                rng.setstate(state)
                first, uses = arguments(module), [arguments(module) for _ in range(3)]
                results.append(twin.outcome(work, module))
            self.assertEqual(*results)

    def test_partial_arguments(self):
        for args, kwargs in (((), {}), ((3,), {}), ((), {'func': max}), ((max,), {'func': 1}), (('a', 1), {})):
            self.assertSame(lambda m, a=args, k=kwargs: m.partial(*a, **k)(1, 2))
        self.assertSame(lambda m: m.partial(both, a=m.Placeholder))
        self.assertSame(lambda m: m.partial(both, m.Placeholder))
        self.assertSame(lambda m: m.partial(both, 1, m.Placeholder))
        self.assertSame(lambda m: m.partial(both, **{f'a{i}': m.Placeholder for i in range(9)}))
        self.assertSame(lambda m: m.partial(both, m.Placeholder, m.Placeholder, 1)(0))
        self.assertSame(lambda m: m.partial(m.partial(both, m.Placeholder, 1), m.Placeholder, 2)(0))
        self.assertSame(lambda m: m.partial(both, **{'a': 1, 'b': 2})(1, **{'b': 3, 'c': 4}))
        self.assertSame(lambda m: m.partial(both, 1)(*range(300), **{f'a{i}': i for i in range(300)}))

        def mutated(module):
            made = module.partial(both, a=1)
            made.keywords['b'] = 2
            first = made(c=3)
            made.keywords.clear()
            return first, made(c=3), module.partial(made, d=4)()

        self.assertSame(mutated)

        def odd_keywords(module):
            made = module.partial(both)
            made.keywords[1] = 2
            # CPython 3.15 has the function say it, where one does.
            return re.search('keywords must be strings', str(twin.outcome(made)))[0]

        self.assertSame(odd_keywords)

        def kept(module):
            kwargs = {'a': 1}
            made = module.partial(both, **kwargs)
            kwargs['a'] = 2
            result = made()[1]
            result['a'] = 3
            return made.keywords, made.keywords is made.keywords

        self.assertSame(kept)

    def test_partial_keywords(self):
        """Calls before the dict of the keywords has been seen, and after it has been changed."""

        class Name(str):
            __slots__ = ()

        calls = [{}, {'a': 5}, {'b': 6, 'z': 7}, {f'x{i}': i for i in range(12)}]
        for kwargs in ({'a': 1}, {'b': 2, 'a': 1}, {f'a{i}': i for i in range(7)}, {Name('a'): 1}):
            for first, second in itertools.product(calls, repeat=2):

                def work(module, kwargs=kwargs, first=first, second=second):
                    made = module.partial(both, module.Placeholder, 2, **kwargs)
                    outer = module.partial(made, 3, **first)
                    found = [made(1, **first), outer(**second), outer(4, **second), repr(outer)]
                    made.keywords['a'] = 8
                    return found, made(1, **second), outer(), outer.keywords, module.partial(made, 1)(**first)

                self.assertSame(work)

        def cycle(module):
            class Value:
                pass

            value = Value()
            value.made = module.partial(both, value=value)
            watched = weakref.ref(value)
            del value
            gc.collect()
            return watched() is None

        self.assertSame(cycle)

    def test_partial_without_vectorcall(self):
        class Callable:
            def __call__(self, *args, **kwargs):
                return args, kwargs

        for args in itertools.product(((), (1,), (1, 2)), repeat=2):
            self.assertSame(lambda m, a=args: m.partial(Callable(), *a[0])(*a[1], x=1))
            self.assertSame(lambda m, a=args: m.partial(Callable(), *a[0], y=2)(*a[1], x=1))

    def test_partial_state(self):
        states = [
            (max, (1,), {}, None),
            (max, (1,), None, {}),
            (both, (1, 2), {'a': 1}, {'x': 2}),
            (both, TupleSub((1, 2)), DictSub(a=1), DictSub(x=2)),
            (both, (), {}, {}, 1),
            (1, (), {}, {}),
            (both, [], {}, {}),
            (both, (), [], {}),
            (both, (), {}, []),
            (),
            None,
            [both, (), {}, {}],
        ]

        def work(module, state):
            made = module.partial(len, 'abc')
            made.y = 1
            found = [twin.outcome(made.__setstate__, state)]
            found += [made.func is len, made.args, made.keywords, made.__dict__, repr(made).replace(hex(id(both)), '')]
            found += [made.__reduce__()[1:], twin.outcome(made, 1), twin.outcome(made, z=1)]
            return [str(each) for each in found]

        for state in states:
            self.assertSame(work, state)
        self.assertSame(lambda m: m.partial(max).__setstate__((both, (1, m.Placeholder), {}, {})))
        self.assertSame(lambda m: m.partial(max).__setstate__((both, (m.Placeholder, 1), {}, {})))

        def placeholders(module):
            made = module.partial(max)
            made.__setstate__((both, (module.Placeholder, 1), {'a': 1}, None))
            return twin.outcome(made), made(5, 6, b=2), module.partial(made, 7)()

        self.assertSame(placeholders)

    def test_partial_repr(self):
        def recursive(module):
            made = module.partial(max)
            found = []
            for state in ((made, (), {}, {}), (max, (made,), {}, {}), (max, (), {'a': made}, {})):
                made.__setstate__(state)
                found.append(repr(made))
                made.__setstate__((max, (), {}, {}))
            return found

        self.assertSame(recursive)

        class Bad:
            def __repr__(self):
                raise ZeroDivisionError

            __str__ = __repr__

        self.assertSame(lambda m: repr(m.partial(max, 1, Bad())))
        self.assertSame(lambda m: repr(m.partial(max, a=Bad())))
        self.assertSame(lambda m: repr(m.partial(Bad)))

        def subclass(module):
            class Sub(module.partial):
                pass

            Sub.__module__ = 'there'
            first = repr(Sub(max, '\u20ac', a='\U0001f600'))
            Sub.__qualname__ = 'else'
            Sub.__module__ = 3
            return first, repr(Sub(max))

        self.assertSame(subclass)

    def test_partial_subclass(self):
        def work(module):
            class Sub(module.partial):
                x = 1

            class Slots(module.partial):
                __slots__ = ('a', 'b')

            found = []
            for cls in (Sub, Slots):
                made = cls(both, 1, k=2)
                made.a = 5
                found += [made(3), made.__dict__, module.partial(made, 4)(5), cls(module.partial(both, 1), 2)()]
                found += [type(copy.copy(made)) is cls, copy.copy(made)(6), weakref.ref(made)() is made]
                made.__setstate__((both, (9,), {}, {'z': 1}))
                found += [made(), made.__dict__]
            return found

        self.assertSame(work)

    def test_partial_descriptor(self):
        def work(module):
            class Class:
                method = module.partial(both, 1)

            made = Class.__dict__['method']
            instance = Class()
            return [
                type(made.__get__(instance)).__name__,
                made.__get__(None) is made,
                twin.outcome(made.__get__, None, None),
                Class.method(2),
                len(instance.method(2)[0]),
                module.partial[int].__args__,
            ]

        self.assertSame(work)

    def test_partial_weakrefs_and_cycles(self):
        for module in MODULES:
            made = module.partial(both)
            ref = weakref.ref(made)
            self.assertIs(ref(), made)
            del made
            self.assertIsNone(ref())
            items = []
            made = module.partial(both, items, k=items)
            items.append(made)
            made.x = made
            made.__setstate__((made, (made,), {'a': made}, {'b': made}))
            ref = weakref.ref(made)
            del made, items
            gc.collect()
            gc.collect()
            self.assertIsNone(ref())

    def test_dict_replaced_while_an_attribute_is_set(self):
        # C goes on with a dict that has been freed, as for a function or an exception.
        script = textwrap.dedent("""
            import gc, _rust__functools as functools

            def replace():
                shared.__dict__ = {{}}
                gc.collect()
                keep.extend({{str(i): 1 for i in range(8)}} for _ in range(2000))

            class Value:
                def __del__(self):
                    replace()

            class Name(str):
                def __eq__(self, other):
                    replace()
                    return str.__eq__(self, other)

                __hash__ = str.__hash__

            shared = {}
            keep = []
            for _ in range(50):
                shared.x = Value()
                shared.x = 1
                keep.clear()
                shared.x = Value()
                del shared.x
                keep.clear()
                shared.x = Value()
                setattr(shared, Name('x'), 1)
                keep.clear()
        """)
        for make in ('functools.partial(int)', 'functools._lru_cache_wrapper(int, None, False, tuple)'):
            with self.subTest(make):
                script_helper.assert_python_ok('-c', script.format(make))

    def test_attributes_that_are_set(self):
        class Property:
            def __get__(self, instance, owner):
                return 'got'

            def __set__(self, instance, value):
                raise LookupError(value)

        class Name(str):
            pass

        def run(make):
            def work(module):
                thing = make(module)
                found = [
                    twin.outcome(operation, *arguments)
                    for names in (
                        ('x', Name('y'), 'property', '__dict__', '__class__', 'func', '__doc__', 'slot', 5, None),
                    )
                    for name in names
                    for operation, arguments in (
                        (delattr, (thing, name)),
                        (setattr, (thing, name, 1)),
                        (setattr, (thing, name, 2)),
                        (getattr, (thing, name)),
                        (object.__setattr__, (thing, name, 3)),
                        (type(thing).__setattr__, (thing, name, 4)),
                        (getattr, (thing, name)),
                        (type(thing).__delattr__, (thing, name)),
                        (delattr, (thing, name)),
                    )
                ]
                return found, sorted(map(str, thing.__dict__))

            return [work(module) for module in (c, rust)]

        def sub(module):
            class Sub(module.partial):
                __slots__ = ('slot',)
                property = Property()

            return Sub(int)

        def setting(module):
            class Sub(module.partial):
                def __setattr__(self, name, value):
                    super().__setattr__(name, [value])

            return Sub(int)

        for make in (
            lambda module: module.partial(int),
            lambda module: module._lru_cache_wrapper(int, None, False, tuple),
            sub,
            setting,
        ):
            self.assertEqual(*run(make))

    def test_cmp_to_key(self):
        for args, kwargs in (
            ((), {}),
            ((1,), {}),
            ((max, 2), {}),
            ((), {'mycmp': max}),
            ((), {'x': 1}),
            ((1,), {'mycmp': 1}),
        ):
            self.assertSame(lambda m, a=args, k=kwargs: callable(m.cmp_to_key(*a, **k)))
        for args, kwargs in (
            ((), {}),
            ((1,), {}),
            ((1, 2), {}),
            ((), {'obj': 1}),
            ((), {'x': 1}),
            ((1,), {'obj': 1}),
            ((1,), {'x': 1}),
        ):
            self.assertSame(lambda m, a=args, k=kwargs: m.cmp_to_key(max)(*a, **k).obj)
        operators = (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)
        results = (-1, 0, 1, 2**70, -(2**70), 0.5, -0.0, True, None, 'a', [], float('nan'))
        for compare, result in itertools.product(operators, results):
            self.assertSame(lambda m, o=compare, r=result: o(m.cmp_to_key(lambda a, b: r)(1), m.cmp_to_key(max)(2)))
        for compare in operators:
            self.assertSame(lambda m, o=compare: o(m.cmp_to_key(max), m.cmp_to_key(max)))
            self.assertSame(lambda m, o=compare: o(m.cmp_to_key(max)(1), 1))
            self.assertSame(lambda m, o=compare: o(1, m.cmp_to_key(max)(1)))
            self.assertSame(lambda m, o=compare: o(m.cmp_to_key(lambda a, b: 1 // 0)(1), m.cmp_to_key(max)(1)))
            self.assertSame(lambda m, o=compare: o(m.cmp_to_key(3)(1), m.cmp_to_key(max)(1)))
        self.assertSame(lambda m: hash(m.cmp_to_key(max)(1)))
        self.assertSame(lambda m: m.cmp_to_key(max).obj)
        self.assertSame(lambda m: type(m.cmp_to_key(max))())

        def change(module):
            make = module.cmp_to_key(lambda a, b: a - b)
            one, two = make(1), make(2)
            found = [one < two]
            one.obj = 3
            found += [one < two, one.obj]
            del one.obj
            found += [one.obj, twin.outcome(operator.lt, one, two), twin.outcome(operator.lt, two, one)]
            del one.obj
            one.obj = 0
            return [*found, one < two, two < one]

        self.assertSame(change)
        rng = random.Random(1)
        data = [rng.randrange(50) for _ in range(300)]
        self.assertSame(lambda m: sorted(data, key=m.cmp_to_key(lambda a, b: b - a)))

    def test_reduce(self):
        for items in ([], [1], [1, 2], range(10), {}, {1: 2}, 'abc', None, 3):
            for initial in ((), (5,), ('x',)):
                self.assertSame(lambda m, i=items, n=initial: m.reduce(lambda a, b: (a, b), i, *n))
        self.assertSame(lambda m: m.reduce(lambda a, b: a + b, [1, 2], initial=3))
        self.assertSame(lambda m: m.reduce(lambda a, b: a + b, [1, 2], nonsense=3))
        self.assertSame(lambda m: m.reduce(function=max, iterable=[1, 2]))
        for args in ((), (1,), (max,), (1, [1, 2]), (max, [1], 2, 3)):
            self.assertSame(lambda m, a=args: m.reduce(*a))

        class Refuses:
            def __iter__(self):
                raise self.error

        for error in (TypeError('mine'), ValueError('mine')):
            Refuses.error = error
            self.assertSame(lambda m: m.reduce(max, Refuses()))

        def fails(after):
            yield from range(after)
            raise ZeroDivisionError

        for after in range(4):
            self.assertSame(lambda m, n=after: m.reduce(lambda a, b: a + b, fails(n)))
            self.assertSame(lambda m, n=after: m.reduce(lambda a, b: 1 // (b - n), range(9), 0))

    def test_lru_cache_arguments(self):
        for args in (
            (both, 1, False, CacheInfo),
            (1, 1, False, CacheInfo),
            (both, 'a', False, CacheInfo),
            (both, -5, 1, CacheInfo),
            (both, 2**70, 0, CacheInfo),
            (both, 1.5, 0, CacheInfo),
            (both, True, 0, CacheInfo),
            (both, 1, 0),
            (both,),
            (),
            (both, None, [], CacheInfo),
            (both, 1, 0, CacheInfo, 1),
            (both, sys.maxsize, 0, CacheInfo),
        ):
            self.assertSame(lambda m, a=args: m._lru_cache_wrapper(*a).cache_info())
        self.assertSame(
            lambda m: m._lru_cache_wrapper(user_function=both, maxsize=3, typed=1, cache_info_type=CacheInfo)(1)
        )
        self.assertSame(lambda m: m._lru_cache_wrapper(both, 3, 1, cache_info_type=max).cache_info())
        self.assertSame(lambda m: m._lru_cache_wrapper(both, None, 1, cache_info_type=lambda *a: a).cache_info())
        self.assertSame(lambda m: m._lru_cache_wrapper(both, 1, 1, 5).cache_info())

    def test_lru_cache(self):
        rng = twin.generator('lru_cache')
        for maxsize in (None, 0, 1, 2, 3, 5, 10, 40):
            for typed in (False, True):
                for _ in range(12 * twin.LONG):
                    values = rng.sample(VALUES, k=rng.randrange(1, len(VALUES)))
                    steps = []
                    for _ in range(150):
                        args = [rng.choice(values) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))]
                        names = rng.sample('abc', k=rng.choice((0, 0, 0, 1, 2)))
                        steps.append((args, {name: rng.choice(values) for name in names}, rng.random() < 0.01))

                    def work(module, maxsize=maxsize, typed=typed, steps=steps):
                        calls = []
                        cache = module._lru_cache_wrapper(
                            lambda *a, **k: calls.append((a, k)) or len(calls), maxsize, typed, CacheInfo
                        )
                        found = []
                        for args, kwargs, clear in steps:
                            found += [cache(*args, **kwargs), cache.cache_info()]
                            if clear:
                                cache.cache_clear()
                        return found, calls

                    self.assertSame(work)

    def test_lru_cache_keys(self):
        # How often keys are hashed and compared, and in which order.
        rng = twin.generator('keys')
        for maxsize in (None, 1, 3, 8):
            for count in (1, 2):
                steps = [[(rng.randrange(3), rng.randrange(30)) for _ in range(count)] for _ in range(120)]

                def work(module, maxsize=maxsize, steps=steps):
                    log = []
                    cache = module._lru_cache_wrapper(lambda *a: None, maxsize, False, CacheInfo)
                    for step in steps:
                        cache(*[Key(log, *each) for each in step])
                    hashes = [entry for entry in log if entry[0] == 'hash']
                    return hashes, cache.cache_info()

                self.assertSame(work)

        def raising(module):
            log = []
            cache = module._lru_cache_wrapper(lambda *a: None, 3, False, CacheInfo)
            cache(Key(log, 13, 1))
            return (
                twin.outcome(cache, Key(log, 13, 2)),
                twin.outcome(cache, []),
                twin.outcome(cache, 1, a={}),
                cache.cache_info(),
            )

        self.assertSame(raising)

    def test_lru_cache_failures(self):
        def work(module):
            def function(x):
                if x < 0:
                    raise ValueError(x)
                return x

            cache = module._lru_cache_wrapper(function, 2, False, CacheInfo)
            found = [twin.outcome(cache, x) for x in (1, -1, -1, 2, 3, 1)]
            return found, cache.cache_info(), twin.outcome(cache), twin.outcome(cache, 1, 2), twin.outcome(cache, y=1)

        self.assertSame(work)

    def test_lru_cache_reentrant(self):
        for maxsize in (None, 1, 2, 5):

            def work(module, maxsize=maxsize):
                depth, calls = 0, 0

                def function(x):
                    nonlocal depth, calls
                    calls += 1
                    if depth < 2:
                        depth += 1
                        cache(x)
                        cache(x + 1)
                        depth -= 1
                    if x == 3:
                        cache.cache_clear()
                    return calls

                cache = module._lru_cache_wrapper(function, maxsize, False, CacheInfo)
                return [(cache(x), cache.cache_info()) for x in (1, 1, 2, 3, 1, 2, 4, 3)]

            self.assertSame(work)

    def test_lru_cache_keys_that_use_the_cache(self):
        for action in ('clear', 'call', 'info'):

            def work(module, action=action):
                class Evil:
                    active = True

                    def __init__(self, value):
                        self.value = value

                    def __hash__(self):
                        return 5

                    def __eq__(self, other):
                        if Evil.active:
                            Evil.active = False
                            if action == 'clear':
                                cache.cache_clear()
                            elif action == 'call':
                                cache(Evil(77))
                            else:
                                cache.cache_info()
                            Evil.active = True
                        return self.value == other.value

                cache = module._lru_cache_wrapper(lambda x: x.value, 3, False, CacheInfo)
                return [cache(Evil(x)) for x in (1, 2, 1, 3, 4, 1, 2, 5, 5)]

            self.assertSame(work)

    def test_lru_cache_protocols(self):
        def work(module):
            cache = module._lru_cache_wrapper(both, 2, False, CacheInfo)
            cache.__qualname__ = 'name'
            cache.x = [1]

            class Class:
                method = module._lru_cache_wrapper(lambda self, y: y, 2, False, CacheInfo)

            instance = Class()
            return [
                cache.__reduce__(),
                copy.copy(cache) is cache,
                copy.deepcopy(cache) is cache,
                cache.__dict__,
                weakref.ref(cache)() is cache,
                instance.method(3),
                instance.method(3),
                Class.method.cache_info(),
                type(instance.method).__name__,
                Class.method.__get__(None) is Class.method,
                twin.outcome(pickle.dumps, module._lru_cache_wrapper(both, 2, False, CacheInfo)),
            ]

        self.assertSame(work)

    def test_lru_cache_cycles(self):
        for module in MODULES:
            for maxsize in (None, 0, 2):
                cache = module._lru_cache_wrapper(lambda x: x, maxsize, False, CacheInfo)
                items = [cache]
                items_ref = weakref.ref(cache)
                cache.x = items
                cache(cache)
                del cache, items
                gc.collect()
                gc.collect()
                self.assertIsNone(items_ref())

    @unittest.skipIf(twin.DEBUG_BUILD, 'the C twin fails an assertion when a finalizer calls a cache in garbage')
    def test_lru_cache_order_of_release(self):
        def work(module):
            gone = []

            class Result:
                def __init__(self, number):
                    self.number = number

                def __del__(self):
                    gone.append((self.number, cache.cache_info()))
                    cache(0)

            cache = module._lru_cache_wrapper(Result, 2, False, CacheInfo)
            for number in range(5):
                cache(number)
            cache.cache_clear()
            return gone[:4], cache.cache_info()

        self.assertSame(work)

    def test_memory_errors(self):
        def partials(module):
            return lambda: module.partial(both, 1, a=2)(3, b=4)

        def caches(module):
            cache = module._lru_cache_wrapper(both, 2, True, CacheInfo)
            return lambda: [cache(number, k=1) for number in range(3)]

        for make in (partials, caches, lambda module: lambda: module.reduce(lambda a, b: a, [1, 2, 3])):
            self.assertSameMemoryErrors(make)


if __name__ == '__main__':
    unittest.main()
