"""_elementtree in many threads, which share trees, iterators, builders and parsers.

C's _elementtree does not stand the programs of `PROGRAMS`: it reads freed memory and crashes.
`python test__elementtree_threads.py MODULE NAME` runs one of them with a module.
"""

import collections
import copy
import ctypes
import faulthandler
import gc
import importlib
import random
import sys
import threading
import unittest
from test.support.script_helper import assert_python_ok

import in_threads

THREADS = 8


def clear_and_append(module):
    """Children are read while the element is emptied and filled: python/cpython issues 145568 and 146022."""
    shared = module.Element('shared')

    def change():
        shared.clear()
        for _ in range(random.randrange(20)):
            shared.append(module.Element('child'))

    def read():
        for index in (0, 1, -1):
            try:
                if shared[index].tag != 'child':
                    raise AssertionError('what was never there')
            except IndexError:
                pass

    in_threads.again_and_again(change, change, *[read] * (THREADS - 2))


def texts(module):
    """Text, tag and attributes are read while they are replaced: issue 149816."""
    shared = module.Element('tag0')

    def change():
        shared.tag = f'tag{random.random()}'
        shared.text = f'text{random.random()}'
        shared.attrib = {f'key{random.random()}': 'value'}
        shared.set('key', f'{random.random()}')

    def read():
        if not shared.tag.startswith('tag') or (shared.text or 'text')[:4] != 'text':
            raise AssertionError('what was never there')
        shared.get('key')
        shared.items()

    in_threads.again_and_again(change, change, *[read] * (THREADS - 2))


def texts_of_none(module):
    """A text that is None is set by several threads at the same time: no object is lost, and none is released twice."""
    shared = module.Element('tag')
    created, released = collections.deque(), collections.deque()

    class Text:
        def __init__(self):
            created.append(None)

        def __del__(self):
            released.append(None)

    def change():
        for _ in range(100):
            shared.text = Text()
            shared.text = None

    in_threads.again_and_again(*[change] * THREADS)
    gc.collect()
    if len(created) != len(released):
        raise AssertionError(f'{len(created)} created, {len(released)} released')


def one_builder(module):
    """A builder is fed by all."""
    shared = module.TreeBuilder()
    shared.start('root', {})

    def feed():
        for call in (
            lambda: shared.start('a', {'b': 'c'}),
            lambda: shared.data('text'),
            lambda: shared.data('more'),
            lambda: shared.end('a'),
            lambda: shared.comment('c'),
            lambda: shared.close(),
        ):
            try:
                call()
            except (IndexError, module.ParseError, RuntimeError):
                pass

    in_threads.again_and_again(*[feed] * THREADS)


def one_parser(module):
    """A parser is used by all: issue 157090."""
    shared = [module.XMLParser()]

    def feed():
        parser = shared[0]
        for part in (b'<root>', b'<a b="c">text</a>', b'<!-- c -->', b'<a/>' * 50):
            try:
                parser.feed(part)
            except (module.ParseError, RuntimeError):
                shared[0] = module.XMLParser()

    def finish():
        try:
            shared[0].flush()
            shared[0].close()
        except (module.ParseError, RuntimeError):
            pass
        shared[0] = module.XMLParser()

    in_threads.again_and_again(finish, *[feed] * (THREADS - 1))


def one_iterator(module):
    """An iterator is used by all, while the tree changes."""
    root = module.Element('root')
    for _ in range(50):
        module.SubElement(module.SubElement(root, 'a'), 'b').text = 'text'
    shared = [root.iter()]

    def step():
        try:
            next(shared[0])
        except StopIteration:
            shared[0] = root.iter() if random.random() < 0.5 else root.itertext()

    def change():
        del root[random.randrange(20) :]
        for _ in range(random.randrange(40)):
            module.SubElement(module.SubElement(root, 'a'), 'b').text = 'text'

    in_threads.again_and_again(change, *[step] * (THREADS - 1))


PROGRAMS = {
    program.__name__: program
    for program in (clear_and_append, texts, texts_of_none, one_builder, one_parser, one_iterator)
}


class Anything:
    """Every method of elements that all threads share."""

    def __init__(self, module):
        self.module = module
        self.root = module.Element('root', {'a': 'b'})
        self.fill()
        self.iterator = self.root.iter()

    def fill(self):
        for number in range(5):
            child = self.module.SubElement(self.root, f't{number % 2}', n=str(number))
            child.text = f'text{number}'
            self.module.SubElement(child, 'leaf')

    def new(self):
        return self.module.Element(f't{random.randrange(3)}', n='new')

    def run(self):
        root = self.root
        start, stop = random.randrange(-6, 6), random.randrange(-6, 6)
        calls = [
            lambda: root.append(self.new()),
            lambda: root.extend([self.new(), self.new()]),
            lambda: root.extend(root[:3]),
            lambda: root.insert(start, self.new()),
            lambda: root.remove(root[start]),
            lambda: root.find('t1'),
            lambda: root.find('.//leaf'),
            lambda: root.findtext('t0'),
            lambda: root.findall('t0'),
            lambda: list(root.iter('leaf')),
            lambda: list(root.iter()),
            lambda: list(root.itertext()),
            lambda: next(self.iterator, None),
            lambda: root.get('a'),
            lambda: root.set('a', str(start)),
            lambda: root.set(str(start), 'x'),
            root.keys,
            root.items,
            lambda: root.attrib,
            lambda: setattr(root, 'attrib', {'a': 'b'}),
            lambda: setattr(root, 'text', str(start)),
            lambda: setattr(root, 'tag', str(start)),
            lambda: root.text,
            lambda: root.tag,
            lambda: len(root),
            lambda: root[start],
            lambda: root[start:stop],
            lambda: root[start : stop : random.choice((2, -1, -2))],
            lambda: root.__setitem__(start, self.new()),
            lambda: root.__setitem__(slice(start, stop), [self.new()]),
            lambda: root.__setitem__(slice(start, stop, 2), [self.new()]),
            lambda: root.__delitem__(start),
            lambda: root.__delitem__(slice(start, stop)),
            lambda: root.__delitem__(slice(start, stop, 2)),
            lambda: copy.copy(root),
            lambda: copy.deepcopy(root),
            root.__getstate__,
            lambda: root.__setstate__({'tag': 'a', '_children': [self.new()], 'attrib': {'a': 'b'}}),
            lambda: self.module.SubElement(root, 'sub', x='y'),
            lambda: root.__init__('again', {'c': 'd'}),
            root.__sizeof__,
            root.clear,
            self.fill,
            lambda: repr(root),
            lambda: setattr(self, 'iterator', root.iter()),
            lambda: root.makeelement('a', {}),
        ]
        try:
            random.choice(calls)()
            del root[40:]
        except (IndexError, ValueError, TypeError):
            pass
        except RuntimeError as error:
            # A deep copy iterates over the attributes while others set some.
            if 'dictionary' not in str(error):
                raise


def owner_of(thing):
    """The field ob_tid of an object: the thread that owns it, see Include/cpython/object.h."""
    return ctypes.c_size_t.from_address(id(thing))


def data_of(thing):
    """The bytes of an object after its header."""
    return ctypes.string_at(id(thing), type(thing).__basicsize__)[object.__basicsize__ :]


class OwnerChanges(unittest.TestCase):
    """The collector gives an iterator to another thread in the middle of a call.

    gc_restore_tid() of Python/gc_free_threading.c does so if that thread has taken over the memory of this one,
    which has deleted its thread state. The call has to go on as that of a thread that is not the owner: it revokes
    the bias of the lock.
    """

    def setUp(self):
        self.rust = importlib.import_module('_rust__elementtree')
        objects, is_over = [], threading.Event()
        thread = threading.Thread(target=lambda: (objects.append([]), is_over.wait()))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(is_over.set)
        while not objects:
            pass
        self.other = owner_of(objects[0]).value
        self.kept = []

        # The flag of a revoked bias is the only byte that the last step changes from 0 to 1 if it is another thread's.
        shared = self.rust.Element('root').iter()
        next(shared)
        before = data_of(shared)
        in_threads.once(lambda: next(shared, None))
        changes = zip(before, data_of(shared), strict=True)
        [self.flag] = [at for at, change in enumerate(changes) if change == (0, 1)]

    def give_away(self, iterator):
        owner = owner_of(iterator)
        self.addCleanup(setattr, owner, 'value', owner.value)
        owner.value = self.other
        # The count of references from other threads does not become negative.
        self.kept.append([iterator] * 100)

    def assertRevoked(self, iterator, expected):
        self.assertEqual(data_of(iterator)[self.flag], 0)
        self.assertEqual(next(iterator, None), expected)
        self.assertEqual(data_of(iterator)[self.flag], 1)

    def test_in_a_comparison_of_a_tag(self):
        class Tag:
            def __eq__(_, other):
                self.give_away(iterator)
                return False

            __hash__ = None

        root = self.rust.Element('root')
        expected = self.rust.SubElement(root, 'sought')
        self.rust.SubElement(root, 'child').tag = Tag()
        self.rust.SubElement(root, 'child')
        iterator = root.iter('sought')
        self.assertIs(next(iterator), expected)
        self.assertRevoked(iterator, None)

    def test_in_the_truth_of_a_text(self):
        class Text:
            def __bool__(_):
                self.give_away(iterator)
                return False

        root = self.rust.Element('root')
        root.text = 'first'
        self.rust.SubElement(root, 'child').text = Text()
        self.rust.SubElement(root, 'child').text = 'last'
        iterator = root.itertext()
        self.assertEqual(next(iterator), 'first')
        self.assertRevoked(iterator, 'last')

    def test_in_a_finalizer(self):
        class Child(self.rust.Element):
            def __del__(_):
                self.give_away(iterator)

        root = self.rust.Element('root')
        root.append(Child('child'))
        iterator = root.iter()
        next(iterator)
        next(iterator)
        root.clear()
        # The iterator has the last reference to the child.
        self.assertRevoked(iterator, None)


class Threads(unittest.TestCase):
    def test_programs(self):
        rust = importlib.import_module('_rust__elementtree')
        for name, program in PROGRAMS.items():
            with self.subTest(name):
                program(rust)

    def test_every_method(self):
        rust = importlib.import_module('_rust__elementtree')
        work = Anything(rust)
        in_threads.again_and_again(*[work.run] * THREADS)
        in_threads.again_and_again(gc.collect, *[work.run] * (THREADS - 1))

    def test_children_are_appended_once(self):
        rust = importlib.import_module('_rust__elementtree')
        shared = rust.Element('root')

        def append(part):
            for index in range(2000):
                rust.SubElement(shared, f'{part * 2000 + index}')

        in_threads.once(*[lambda part=part: append(part) for part in range(THREADS)])
        self.assertEqual(sorted(int(child.tag) for child in shared), list(range(2000 * THREADS)))

    def test_an_iterator_returns_each_element_once(self):
        # The lock of an iterator is biased towards the thread that has created it, until another thread uses it.
        rust = importlib.import_module('_rust__elementtree')
        root = rust.Element('root')
        for index in range(20_000):
            rust.SubElement(root, 'child', {'index': f'{index}'}).text = f'{index}'
        for method in [lambda: root.iter('child'), root.itertext] * 10:
            with self.subTest(method):
                is_started, made, found = threading.Event(), [], []

                def own(method=method, is_started=is_started, made=made, found=found):
                    iterator = method()
                    first = [next(iterator) for _ in range(1000)]
                    made.append(iterator)
                    is_started.set()
                    found.append([*first, *iterator])

                def share(is_started=is_started, made=made, found=found):
                    is_started.wait()
                    found.append([*made[0]])

                in_threads.once(own, *[share] * 3)
                indices = [int(one if isinstance(one, str) else one.get('index')) for part in found for one in part]
                self.assertEqual(sorted(indices), list(range(20_000)))

    def test_destructors_use_the_builder(self):
        # Memory that children were moved out of is freed together with what else waits to be freed, such as a dict that
        # has the last reference to this object.
        rust = importlib.import_module('_rust__elementtree')
        builder = rust.TreeBuilder()
        parser = rust.XMLParser(target=builder)
        calls = 0

        class Last:
            def __del__(self):
                nonlocal calls
                calls += 1
                try:
                    builder.close()
                except AssertionError:
                    pass

        class Holder:
            pass

        faulthandler.dump_traceback_later(60, exit=True)
        self.addCleanup(faulthandler.cancel_dump_traceback_later)
        parser.feed('<r>')
        for _ in range(50):
            holder = Holder()
            holder.x = 1
            holder.__dict__ = {'d': Last()}
            holder.__dict__ = {}
            parser.feed(('<a>' + '<b/>' * 40 + '</a>') * 300)
        self.assertGreater(calls, 0)

    def test_documents_in_many_threads(self):
        rust = importlib.import_module('_rust__elementtree')
        document = '<r>' + ''.join(f'<e{n} a{n}="{n}">{n}</e{n}>' for n in range(500)) + '</r>'

        def parse():
            parser = rust.XMLParser()
            parser.feed(document)
            root = parser.close()
            if [(child.tag, child.text, len(child.attrib)) for child in root] != [
                (f'e{n}', f'{n}', 1) for n in range(500)
            ]:
                raise AssertionError('another tree')

        in_threads.again_and_again(*[parse] * THREADS)


class Bias(unittest.TestCase):
    def test_the_first_change_of_an_element_of_another_thread(self):
        # The threads of a process change elements without a lock until then, so each try takes a process of its own.
        script = """if True:
            import sys, threading
            import _rust__elementtree as rust

            COUNT = 20_000
            root = rust.Element('root')
            half = threading.Event()

            def other():
                half.wait()
                for _ in range(COUNT):
                    root.append(rust.Element('other'))

            sys.setswitchinterval(1e-5)
            thread = threading.Thread(target=other)
            thread.start()
            for number in range(COUNT):
                root.append(rust.Element('own'))
                if number == COUNT // 10:
                    half.set()
            thread.join()
            assert len(root) == 2 * COUNT, len(root)
            assert sum(child.tag == 'own' for child in root) == COUNT
        """
        for _ in range(5):
            assert_python_ok('-c', script)


if __name__ == '__main__':
    if len(sys.argv) == 3:
        PROGRAMS[sys.argv[2]](importlib.import_module(sys.argv[1]))
    else:
        unittest.main()
