"""A panic in Rust becomes SystemError, or goes to sys.unraisablehook; nothing is printed, lost or left half done."""

import gc
import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import textwrap
import threading
import unittest
import weakref

from test import support
from test.support import threading_helper

try:
    import _rust_panictest as panictest
except ModuleNotFoundError:
    raise unittest.SkipTest('not configured --with-rust-test-modules') from None

TEXTS = {
    'literal': 'a literal',
    'formatted': 'formatted for ',
    'index': 'out of range',
    'value': 'src/panics.rs:',
    'bomb': 'src/panics.rs:',
}


def execute():
    """Make and execute another copy of the module."""
    spec = importlib.util.spec_from_loader('_rust_panictest', importlib.machinery.BuiltinImporter)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# What can be raised: the place, the name in the message, the call.
RAISING = [
    ('function', 'panictest.function', panictest.function),
    ('function', 'panictest.detached', panictest.detached),
    ('method', 'panictest.Panics.method', lambda: panictest.Panics().method()),
    ('get', 'panictest.Panics.property', lambda: panictest.Panics().property),
    ('set', 'panictest.Panics.property', lambda: setattr(panictest.Panics(), 'property', 1)),
    ('new', 'panictest.Panics', panictest.Panics),
    ('new', 'panictest.Panics', lambda: panictest.Panics([])),
    ('len', 'panictest.Panics.__len__', lambda: len(panictest.Panics())),
    ('len', 'panictest.Panics.__len__', lambda: bool(panictest.Panics())),
    ('exec', 'panictest', execute),
]


class Raising(unittest.TestCase):
    def test_every_place_with_every_payload(self):
        for place, name, call in RAISING:
            for kind, text in TEXTS.items():
                with self.subTest(place=place, kind=kind):
                    panictest.arm(place, kind)
                    with support.captured_stderr() as stderr, self.assertRaises(SystemError) as caught:
                        call()
                    message = str(caught.exception)
                    self.assertTrue(message.startswith(f'{name}: internal error, please report it: '), message)
                    self.assertIn(text, message)
                    self.assertIn('panics.rs', message)
                    self.assertIsNone(caught.exception.__context__)
                    self.assertEqual(stderr.getvalue(), '')
                    # It was armed once, and everything still works.
                    call()

    def test_the_exception_that_was_set_is_the_context(self):
        with self.assertRaisesRegex(ValueError, 'set before'):
            panictest.pending()
        for kind in TEXTS:
            panictest.arm('pending', kind)
            with self.assertRaises(SystemError) as caught:
                panictest.pending()
            context = caught.exception.__context__
            self.assertIs(type(context), ValueError)
            self.assertEqual(str(context), 'set before')

    def test_the_exception_that_is_handled_is_the_context(self):
        try:
            raise KeyError('handled')
        except KeyError as error:
            panictest.arm('function')
            with self.assertRaises(SystemError) as caught:
                panictest.function()
            self.assertIs(caught.exception.__context__, error)

    def test_arguments(self):
        for arguments in (('nowhere',), ('function', 'nothing')):
            with self.assertRaises(ValueError):
                panictest.arm(*arguments)


class Unraisable(unittest.TestCase):
    def check(self, unraisable, name):
        self.assertIs(unraisable.exc_type, SystemError)
        self.assertIn(f'{name}: internal error', str(unraisable.exc_value))
        self.assertIn(name, unraisable.err_msg)

    def test_deallocation(self):
        for kind in TEXTS:
            item = []
            before = sys.getrefcount(item)
            with support.catch_unraisable_exception() as caught:
                panictest.arm('dealloc', kind)
                panictest.Panics(item)
                self.check(caught.unraisable, 'panictest.Panics')
            # What the object held is given up all the same.
            self.assertEqual(sys.getrefcount(item), before)

    def test_deallocation_leaves_the_exception_alone_that_is_on_its_way(self):
        def fail():
            _local = panictest.Panics()
            raise KeyError('on its way')

        with support.catch_unraisable_exception() as caught:
            panictest.arm('dealloc')
            with self.assertRaises(KeyError) as raised:
                fail()
            raised.exception.__traceback__ = None
            gc.collect()
            self.check(caught.unraisable, 'panictest.Panics')
        # A failing constructor ends its object while its exception is set.
        panictest.arm('new')
        with self.assertRaises(SystemError):
            panictest.Panics()

    def test_traversal(self):
        objects = [panictest.Panics([index]) for index in range(10)]
        for kind in TEXTS:
            with support.catch_unraisable_exception() as caught:
                panictest.arm('traverse', kind)
                gc.collect()
                # It is told of at the next moment at which this thread looks for such work.
                for _ in range(1000):
                    if caught.unraisable:
                        break
                self.check(caught.unraisable, 'panictest.Panics')
        self.assertEqual([bool(item) for item in objects], [False] * 10)

    def test_no_hook(self):
        # What is ignored is printed by Python's own hook, and nothing by Rust.
        code = """
            import _rust_panictest as panictest, gc
            panictest.arm('dealloc')
            panictest.Panics()
            panictest.arm('function')
            try:
                panictest.function()
            except SystemError:
                pass
        """
        done = subprocess.run(
            [sys.executable, '-c', textwrap.dedent(code)],
            capture_output=True,
            text=True,
            env=os.environ | {'RUST_BACKTRACE': '1'},
        )
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertTrue(done.stderr.startswith('Exception ignored in panictest.Panics:\n'), done.stderr)
        self.assertIn('\nSystemError: panictest.Panics: internal error', done.stderr)
        self.assertNotIn("thread '", done.stderr)
        self.assertNotIn('backtrace', done.stderr)


class State(unittest.TestCase):
    """Module state: none before the module is executed, nor after that has failed."""

    def test_before_and_after_execution(self):
        spec = importlib.util.spec_from_loader('_rust_panictest', importlib.machinery.BuiltinImporter)
        module = importlib.util.module_from_spec(spec)
        with self.assertRaisesRegex(SystemError, 'panictest has not been executed'):
            module.error()
        spec.loader.exec_module(module)
        self.assertTrue(issubclass(module.error(), Exception))
        self.assertIsNot(module.error(), panictest.error())
        # CPython does not execute it again, and the state stays.
        error = module.error()
        spec.loader.exec_module(module)
        self.assertIs(module.error(), error)

    def test_after_failed_execution(self):
        spec = importlib.util.spec_from_loader('_rust_panictest', importlib.machinery.BuiltinImporter)
        module = importlib.util.module_from_spec(spec)
        panictest.arm('exec')
        with self.assertRaises(SystemError):
            spec.loader.exec_module(module)
        with self.assertRaisesRegex(SystemError, 'panictest has not been executed'):
            module.error()

    def test_by_the_class(self):
        self.assertIs(panictest.Holder(None).error(), panictest.error())

    def test_objects_outlive_the_module(self):
        module = execute()
        holder, error = module.Holder(None), module.error()
        del module
        gc.collect()
        self.assertIs(holder.error(), error)


class Classes(unittest.TestCase):
    """Objects with Rust data."""

    def test_item(self):
        holder = panictest.Holder(item=1)
        self.assertEqual((holder.item, holder.exchange(2), holder.item), (1, 1, 2))
        with self.assertRaisesRegex(AttributeError, 'readonly attribute'):
            holder.item = 3

    def test_call(self):
        holder = panictest.Holder('item')
        self.assertEqual((holder(), holder.__call__(), type(holder).__call__(holder)), ('item',) * 3)
        for call in (lambda: holder(1), lambda: holder(key=1), lambda: holder(1, key=1)):
            with self.assertRaisesRegex(TypeError, 'take no arguments'):
                call()
        self.assertNotIn('__vectorcalloffset__', vars(panictest.Holder))

    def test_buffer(self):
        holder = panictest.Holder(None)
        count = sys.getrefcount(holder)
        view = memoryview(holder)
        self.assertEqual((bytes(view), view.readonly, view.obj), (b'held', True, holder))
        self.assertGreater(sys.getrefcount(holder), count)
        with self.assertRaises(TypeError):
            view[0] = 1
        with self.assertRaises(BufferError):
            holder.__buffer__(1)  # PyBUF_WRITABLE
        # The memory is there as long as the view is.
        del holder
        gc.collect()
        self.assertEqual(bytes(view), b'held')
        with self.assertRaises(TypeError):
            memoryview(panictest.Panics())

    def test_no_other_way_to_an_object(self):
        # An object without data, or with that of another class, would be one with arbitrary memory for its data.
        for cls in (panictest.Holder, panictest.Panics):
            for make in (object.__new__, lambda cls: type('Sub', (cls,), {})):
                with self.subTest(cls=cls), self.assertRaises(TypeError):
                    make(cls)

    def test_no_way_by_a_replaced_new(self):
        # object.__new__ refuses a class only as long as that has a __new__ of its own in C. It is that of the class of
        # another process, so that it is not missing here.
        code = """if True:
            from _rust_panictest import Holder
            Holder.__new__ = lambda cls: None
            try:
                object.__new__(Holder)
            except TypeError as error:
                print(error)
        """
        done = subprocess.run([sys.executable, '-c', code], check=True, capture_output=True, text=True)
        self.assertEqual(done.stdout, "cannot create 'panictest.Holder' instances\n")

        class Other:
            pass

        other = execute().Holder
        for cls in (Other, panictest.Panics, other):
            for object_ in (panictest.Holder(None), Other()):
                if type(object_) is not cls:
                    with self.subTest(cls=cls, object=object_), self.assertRaises(TypeError):
                        object_.__class__ = cls
        for method in (panictest.Holder.exchange, panictest.Holder.item.__get__, panictest.Holder.__call__):
            with self.assertRaises(TypeError):
                method(Other(), None)

    def test_collection(self):
        # A cycle through the lock alone: only tp_traverse and tp_clear of Rust can end it.
        class Canary:
            pass

        first = panictest.Holder(None)
        second = panictest.Holder([first, canary := Canary()])
        first.exchange(second)
        alive = weakref.ref(canary)
        self.assertIn(second, gc.get_referents(first))
        del canary
        gc.collect()
        self.assertIsNotNone(alive())
        del first, second
        gc.collect()
        self.assertIsNone(alive())

        own = panictest.Holder(canary := Canary())
        alive = weakref.ref(canary)
        holder = panictest.Holder(own)
        own.exchange((canary, holder))
        del own, holder, canary
        gc.collect()
        self.assertIsNone(alive())

    def test_long_chains(self):
        holder = None
        for _ in range(200_000):
            holder = panictest.Holder(holder)
        del holder

    def test_threads(self):
        holder = panictest.Holder(None)
        stop = threading.Event()

        def work():
            while not stop.is_set():
                holder.exchange([holder])
                holder.item, holder(), bytes(holder)

        threads = [threading.Thread(target=work) for _ in range(3)]
        with threading_helper.start_threads(threads, unlock=stop.set):
            for _ in range(20):
                gc.collect()


class Memory(unittest.TestCase):
    def test_panics_leave_nothing_behind(self):
        # -R finds references; the payloads and messages are in Rust's memory.
        resource = __import__('resource')

        def rounds(count):
            for _ in range(count):
                for kind in TEXTS:
                    panictest.arm('function', kind)
                    try:
                        panictest.function()
                    except SystemError:
                        pass

        rounds(2000)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rounds(10_000)
        # 10,000 payloads of 1,000 bytes would be 10 MB.
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 5000)


if __name__ == '__main__':
    unittest.main()
