"""Every public function of a module, in the release that is built, is called by what calls modules: the programs of the
differential fuzzer, Rust/NAME/tests/calls.py and Rust/NAME/bench.py.

A function that a release adds is missing in none of them by chance. RUST_MODULES names the modules.
"""

import functools
import importlib.util
import os
import resource
import sys
import types
import unittest
import warnings

import module_calls
import twin
from difftest import compare, generate, worker

# By this program the fuzzer must have used every argument.
MOST_PROGRAMS = 8000
# Rows of larger input are not run: the same function has a row of small input.
LARGEST = 10_000


# Py_TPFLAGS_DISALLOW_INSTANTIATION
DISALLOW_INSTANTIATION = 1 << 7


def public(module):
    """Return {name: callable} of the functions and classes of a module and of modules in it.

    Exceptions are left out, and classes that cannot be called.
    """
    found = {}
    for name, value in list(vars(module).items()):
        if name.startswith('__') or isinstance(value, type) and issubclass(value, BaseException):
            continue
        if isinstance(value, type) and value.__flags__ & DISALLOW_INSTANTIATION:
            continue
        if isinstance(value, types.ModuleType):
            # Most are the functions that the module itself has.
            found |= {
                f'{name}.{inner}': f for inner, f in public(value).items() if getattr(module, inner, None) is not f
            }
        elif callable(value):
            found[name] = value
    return found


class Recorder(types.ModuleType):
    """A module whose functions note which of their arguments were given in a call that returned."""

    def __init__(self, module, prefix='', called=None):
        super().__init__(module.__name__)
        self.called = {} if called is None else called
        for name, value in list(vars(module).items()):
            if isinstance(value, types.ModuleType):
                self.__dict__[name] = Recorder(value, f'{prefix}{name}.', self.called)
            elif callable(value) and not (isinstance(value, type) and issubclass(value, BaseException)):
                self.__dict__[name] = self.recording(f'{prefix}{name}', value)
            else:
                self.__dict__[name] = value

    def recording(self, name, function):
        """Return the function with a note of each call."""
        signature = generate.signature_of(function)

        @functools.wraps(function, updated=())
        def call(*args, **kwargs):
            value = function(*args, **kwargs)
            given = self.called.setdefault(name, set())
            if signature:
                given.update(signature.bind(*args, **kwargs).arguments)
            return value

        return call


class QuickBench:
    """Runs the rows of a benchmark once in place of measuring them."""

    @staticmethod
    def asks_for(prefix):
        return False

    @staticmethod
    def chooses(*names):
        return True

    @staticmethod
    def random_bytes(size):
        return bytes(size)

    def row(self, name, size, calls, goal=1.0, **options):
        if size <= LARGEST:
            function, args, kwargs = calls['rust']
            function(*args, **kwargs)

    def thread_row(self, name, size, makes):
        pass


def setUpModule():
    # As in the fuzzer, an allocation that is too large fails instead of exhausting the memory of the machine.
    resource.setrlimit(resource.RLIMIT_AS, (worker.MEMORY, worker.MEMORY))
    sys.set_int_max_str_digits(0)


class PublicFunctions(unittest.TestCase):
    def check(self, make_calls):
        """Let `make_calls` call the functions of each module, and compare with what there is."""
        for name in os.environ['RUST_MODULES'].split():
            with self.subTest(name), warnings.catch_warnings():
                warnings.simplefilter('ignore')
                rust, c = twin.pair(name)
                recorder = Recorder(rust)
                make_calls(name, c, recorder)
                missing = sorted(public(c).keys() - recorder.called.keys())
                self.assertEqual(missing, [], f'functions of {name} that are not called')

    def test_calls(self):
        def make_calls(name, c, recorder):
            space = {}
            path = module_calls.RUST / name / 'tests/calls.py'
            exec(compile(path.read_text(encoding='utf-8'), str(path), 'exec'), space)
            for _, make in space['calls'](recorder):
                module_calls.outcome(make())

        self.check(make_calls)

    def test_bench(self):
        def make_calls(name, c, recorder):
            spec = importlib.util.spec_from_file_location(f'bench of {name}', module_calls.RUST / name / 'bench.py')
            bench = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(bench)
            bench.rows(QuickBench(), recorder, c, {})

        self.check(make_calls)

    def test_difftest(self):
        def make_calls(name, c, recorder):
            table = worker.load_table(name)
            programs = generate.Programs(name, c, table)
            helpers = dict(table.get('HELPERS', {}))
            signatures = {f: generate.signature_of(value) for f, value in public(c).items()}
            wanted = {f: set(signature.parameters if signature else ()) for f, signature in signatures.items()}
            unknown = [f for f, kinds in programs.functions.items() if any(kind == 'anything' for _, kind, *_ in kinds)]
            self.assertEqual(unknown, [], 'KINDS has no kind for some argument')
            for number in range(MOST_PROGRAMS):
                compare.run(programs.make('coverage', number), recorder, helpers)
                if number % 100 == 0 and all(f in recorder.called and recorder.called[f] >= wanted[f] for f in wanted):
                    break
            for function, names in wanted.items():
                never = sorted(names - recorder.called.get(function, set()))
                self.assertEqual(never, [], f'arguments of {name}.{function} that no program gives rightly')

        self.check(make_calls)


if __name__ == '__main__':
    unittest.main()
