"""Choosing the implementation of a module when a program starts: by option, by environment, in both directions."""

import pathlib
import sys
import textwrap
import unittest

import _rust
from test import support
from test.support import import_helper, script_helper

# Those that can be chosen, by what they are when nothing is: C's are the ones with a module of the plain name. A choice
# that is in force for this process hides what the build can do.
CHOSEN = _rust.choice().source is not None
MODULES = [module for module in _rust.modules() if module.configured]
IN_RUST = [module.name for module in MODULES if module.configured == 'Rust' and module.c]
IN_C = [module.name for module in MODULES if module.configured == 'C']

# Which implementation a module really is: the same as _rust_NAME if both have been made from one PyModuleDef.
import_helper.import_module('ctypes')
PROBE = """
import _rust, ctypes, sys
definition = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object)(('PyModule_GetDef', ctypes.pythonapi))
def probe(name):
    module = __import__(name)
    rust = __import__(f'_rust_{name}')
    return 'Rust' if definition(module) == definition(rust) else 'C'
names = sys.argv[1:]
for name in names:
    found = probe(name)
    assert found == _rust.implementation(name), (name, found, _rust.implementation(name))
    module = sys.modules[name]
    assert module.__name__ == name and module.__spec__.name == name, module
print(*(f'{name}={_rust.implementation(name)}' for name in names), sep=',')
print(*_rust.choice(), sep='|')
"""


def run(*options, code=PROBE, names=None, environment=None):
    """Run a program in a new process; return what it printed, and its warnings."""
    names = [module.name for module in MODULES] if names is None else names
    environment = {'PYTHON_RUST_MODULES': ''} | (environment or {})
    # The test runner's own process may be isolated; its children here are not.
    done = script_helper.assert_python_ok(*options, '-c', code, *names, __isolated=False, **environment)
    return done.out.decode().split('\n'), done.err.decode()


def expected(**changes):
    """Return the line that the probe prints when these modules are other than configured."""
    return ','.join(f'{m.name}={changes.get(m.name, m.configured)}' for m in MODULES)


@unittest.skipIf(CHOSEN, 'a choice is in force for the tests themselves')
class Choosing(unittest.TestCase):
    def check(self, value, line, complaint=None):
        """The option and the environment variable have the same effect, which `_rust` tells."""
        for source, arguments in (
            ('-X rust_modules', {'options': ('-X', f'rust_modules={value}')}),
            ('PYTHON_RUST_MODULES', {'environment': {'PYTHON_RUST_MODULES': value}}),
        ):
            with self.subTest(source=source, value=value):
                output, errors = run(*arguments.pop('options', ()), **arguments)
                self.assertEqual(output[0], line)
                self.assertEqual(output[1], f'{source}|{value}')
                if complaint is None:
                    self.assertEqual(errors, '')
                else:
                    self.assertEqual(errors.count('RuntimeWarning'), 1, errors)
                    self.assertIn(f'sys:1: RuntimeWarning: {source}: ', errors)
                    self.assertIn(complaint, errors)

    def test_nothing_chosen(self):
        output, errors = run()
        self.assertEqual(output[:2], [expected(), 'None|None'])
        self.assertEqual(errors, '')

    def test_default(self):
        self.check('default', expected())

    def test_everything_in_c(self):
        without_twin = [m.name for m in MODULES if m.configured == 'Rust' and not m.c]
        complaint = f'no C twin of {", ".join(without_twin)}' if without_twin else None
        self.check('none', expected(**dict.fromkeys(IN_RUST, 'C')), complaint)

    def test_everything_in_rust(self):
        self.check('all', expected(**dict.fromkeys(IN_C, 'Rust')))

    def test_one_in_c(self):
        for name in IN_RUST:
            self.check(f'-{name}', expected(**{name: 'C'}))

    def test_one_in_rust(self):
        for name in IN_C:
            self.check(f'+{name}', expected(**{name: 'Rust'}))

    def test_lists(self):
        if not (IN_RUST and IN_C):
            self.skipTest('this build has no module of both kinds')
        first, other = IN_RUST[0], IN_C[0]
        self.check(f'-{first}, +{other}', expected(**{first: 'C', other: 'Rust'}))
        every_c = dict.fromkeys(IN_RUST, 'C')
        self.check(f'none,{other}', expected(**every_c | {other: 'Rust'}))
        self.check(f'{other}', expected(**every_c | {other: 'Rust'}))
        every_rust = dict.fromkeys(IN_C, 'Rust')
        self.check(f'all,-{other}', expected(**every_rust | {other: 'C'}))

    def test_unknown_names(self):
        known = ', '.join(module.name for module in MODULES)
        self.check('zlob', expected(), f'there is no Rust module zlob; the known ones are {known}')
        # Without twins there is nothing to choose, but Rust may be asked for.
        name = (IN_RUST or IN_C or [module.name for module in MODULES])[0]
        sign, result = ('-', 'C') if IN_RUST else ('+', 'Rust')
        self.check(f'{sign}{name},-zlob,\u20ac', expected(**{name: result}), 'there is no Rust module -zlob, \u20ac;')
        self.check(' , ', expected(), 'expected default, all, none, or names')

    def test_an_option_without_a_value(self):
        for option in ('rust_modules', 'rust_modules='):
            output, errors = run('-X', option)
            self.assertEqual(output[:2], [expected(), '-X rust_modules|'])
            self.assertIn('expected default, all, none, or names', errors)

    def test_a_value_that_is_no_text(self):
        _, errors = run('-X', b'rust_modules=\xff\xfe', environment={'PYTHONUTF8': '1'})
        self.assertIn('there is no Rust module', errors)

    def test_the_warning_obeys_the_filters(self):
        self.assertEqual(run('-W', 'ignore', '-X', 'rust_modules=zlob')[1], '')
        done = script_helper.assert_python_failure('-W', 'error', '-X', 'rust_modules=zlob', '-c', 'import _rust')
        self.assertIn(b'RuntimeWarning: -X rust_modules: there is no Rust module zlob', done.err)

    def test_a_warning_comes_once_and_only_where_it_matters(self):
        code = textwrap.dedent("""
            import _rust, threading
            for name in {names!r} * 3:
                threading.Thread(target=__import__, args=(name,)).start()
        """)
        names = [module.name for module in MODULES]
        _, errors = run('-X', 'rust_modules=zlob', code=code.format(names=names))
        self.assertEqual(errors.count('RuntimeWarning'), 1, errors)
        self.assertEqual(run('-X', 'rust_modules=zlob', code='pass')[1], '')

    def test_the_option_goes_before_the_environment(self):
        output, errors = run('-X', 'rust_modules=default', environment={'PYTHON_RUST_MODULES': 'none,zlob'})
        self.assertEqual(output[:2], [expected(), '-X rust_modules|default'])
        self.assertEqual(errors, '')

    def test_the_last_option_wins(self):
        self.assertEqual(run('-X', 'rust_modules=zlob', '-X', 'rust_modules=default')[0][0], expected())

    def test_an_ignored_environment(self):
        for option in ('-E', '-I'):
            output, errors = run(option, environment={'PYTHON_RUST_MODULES': 'none,zlob'})
            self.assertEqual((output[:2], errors), ([expected(), 'None|None'], ''), option)
            output, errors = run(option, '-X', 'rust_modules=all')
            self.assertEqual(output[0], expected(**dict.fromkeys(IN_C, 'Rust')), option)

    def test_without_site(self):
        self.assertEqual(run('-S', '-X', 'rust_modules=all')[0][0], expected(**dict.fromkeys(IN_C, 'Rust')))

    def test_child_processes(self):
        code = f'import subprocess, sys; subprocess.run([sys.executable, "-c", {PROBE!r}, *sys.argv[1:]], check=True)'
        output, _ = run(code=code, environment={'PYTHON_RUST_MODULES': 'all'})
        self.assertEqual(output[0], expected(**dict.fromkeys(IN_C, 'Rust')))
        # As with most options, -X is for the process that it is given to.
        self.assertEqual(run('-X', 'rust_modules=all', code=code)[0][0], expected())

    def test_the_environment_counts_at_the_start(self):
        code = 'import _rust, os; os.environ["PYTHON_RUST_MODULES"] = "zlob"\n' + PROBE
        output, errors = run(code=code)
        self.assertEqual((output[0], errors), (expected(), ''))

    def test_interpreters(self):
        code = textwrap.dedent("""
            import _interpreters, sys
            PROBE = {probe!r}
            for kind in ('isolated', 'legacy'):
                for number in range(3):
                    interpreter = _interpreters.create(_interpreters.new_config(kind))
                    error = _interpreters.exec(interpreter, f'import sys; sys.argv = {{sys.argv!r}}\\n' + PROBE)
                    assert error is None, error.formatted
                    _interpreters.destroy(interpreter)
            exec(PROBE)
        """).format(probe=PROBE + 'sys.stdout.flush()\n')
        for value, line in (
            ('default', expected()),
            ('all', expected(**dict.fromkeys(IN_C, 'Rust'))),
            ('none', expected(**dict.fromkeys(IN_RUST, 'C'))),
        ):
            output, errors = run('-X', f'rust_modules={value}', '-W', 'ignore', code=code)
            self.assertEqual(output.count(line), 7, output)
            self.assertEqual(errors, '')

    def test_many_threads_at_the_start(self):
        code = textwrap.dedent("""
            import sys, threading
            names = sys.argv[1:]
            barrier = threading.Barrier(8)
            def work(index):
                barrier.wait()
                for name in names[index % len(names):] + names:
                    __import__(name)
            threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        """)
        for value in ('all', 'none'):
            output, errors = run('-X', f'rust_modules={value}', '-W', 'ignore', code=code + PROBE)
            self.assertEqual(errors, '')
            wanted = dict.fromkeys(IN_C, 'Rust') if value == 'all' else dict.fromkeys(IN_RUST, 'C')
            self.assertEqual(output[0], expected(**wanted))

    def test_reloading_and_importing_anew(self):
        code = textwrap.dedent("""
            import importlib, sys
            for name in sys.argv[1:]:
                importlib.reload(__import__(name))
                del sys.modules[name]
        """)
        for value in ('all', 'none'):
            wanted = dict.fromkeys(IN_C, 'Rust') if value == 'all' else dict.fromkeys(IN_RUST, 'C')
            output, errors = run('-X', f'rust_modules={value}', '-W', 'ignore', code=code + PROBE)
            self.assertEqual((output[0], errors), (expected(**wanted), ''))


class Upstream(unittest.TestCase):
    """Where nothing is chosen, an incubating module is CPython's own in every respect that shows."""

    @unittest.skipIf(CHOSEN, 'a choice is in force for the tests themselves')
    def test_an_incubating_module_is_an_extension_module(self):
        for name in IN_C:
            if f'_c_{name}' in sys.builtin_module_names:
                # One that CPython needs before it can load others.
                continue
            module = __import__(name)
            self.assertTrue(pathlib.Path(module.__file__).name.startswith(f'{name}.cpython-'), name)
            self.assertEqual(module.__spec__.origin, module.__file__)
            self.assertNotIn(name, sys.builtin_module_names)

    def test_functions_belong_to_the_plain_module(self):
        # So that what is pickled with one implementation is read with the other.
        code = 'import binascii, pickle; print(pickle.dumps(binascii.hexlify))'
        if 'binascii' not in IN_RUST:
            self.skipTest('binascii has one implementation here')
        for value in ('none', 'all'):
            self.assertIn('binascii', run('-X', f'rust_modules={value}', code=code)[0][0])
            self.assertNotIn('_c_', run('-X', f'rust_modules={value}', code=code)[0][0])


if __name__ == '__main__':
    support.reap_children()
    unittest.main()
