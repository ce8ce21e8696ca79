"""Tests of the package in the wheel that need no wheel, and of how the wheel is packed."""

import base64
import hashlib
import pathlib
import sys
import tempfile
import types
import unittest
import warnings
import zipfile
from unittest import mock

from build import setup_rust
from build import wheel
from build.setup_rust import TOP

BUILD = types.SimpleNamespace(
    PYTHON=sys.version_info[:2],
    LIBRARY='__init__.py',
    STAGES={'zlib': 'default', 'math': 'default', '_heapq': 'incubating'},
    INITS={'zlib': ['zlib'], 'math': ['math', '_math_integer'], '_heapq': ['_heapq']},
)


class Package(unittest.TestCase):
    def setUp(self):
        # What the build generates.
        self.enterContext(mock.patch.dict(sys.modules, {'stdlib_rust._build': BUILD}))
        self.enterContext(mock.patch.object(sys, 'path', [str(TOP / 'Lib'), *sys.path]))
        import stdlib_rust

        self.package = stdlib_rust
        self.addCleanup(sys.modules.pop, 'stdlib_rust')
        self.addCleanup(stdlib_rust.uninstall)
        self.enterContext(mock.patch.object(stdlib_rust, '_build', BUILD))

    def install(self, words):
        """Install as a Python does that the modules were built for."""
        with mock.patch.object(self.package, 'reason_against', return_value=None):
            return self.package.install(words)

    def test_words(self):
        for words, chosen in {
            'default': {'zlib', 'math'},
            '': {'zlib', 'math'},
            'none': set(),
            'all': {'zlib', 'math', '_heapq'},
            '+_heapq': {'zlib', 'math', '_heapq'},
            '-zlib': {'math'},
            'zlib': {'zlib'},
            'zlib, _heapq': {'zlib', '_heapq'},
            'all,-math': {'zlib', '_heapq'},
            'none,+math': {'math'},
        }.items():
            self.assertEqual(self.package.choose(words), chosen, words)

    def test_unknown_words(self):
        with self.assertWarnsRegex(RuntimeWarning, r'unknown in rust_modules: nonsense, -other \(known: zlib, math, '):
            self.assertEqual(self.package.choose('nonsense,-other,math'), {'math'})

    def test_finder(self):
        finder = self.package._finder
        self.install('math')
        self.assertIs(sys.meta_path[0], finder)
        self.assertEqual(finder.find_spec('_math_integer').origin, self.package.LIBRARY)
        self.assertIsNone(finder.find_spec('zlib'))
        self.install('none')
        self.assertIsNone(finder.find_spec('math'))
        self.assertEqual(sys.meta_path.count(finder), 1)
        self.package.uninstall()
        self.assertNotIn(finder, sys.meta_path)

    def test_a_file_of_that_name(self):
        self.install('zlib')
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, 'zlib.py').touch()
            found = self.package._finder.find_spec
            with (
                mock.patch.object(sys, 'path', [folder, *sys.path]),
                mock.patch.object(sys, 'builtin_module_names', ()),
            ):
                self.assertIsNone(found('zlib'))
                # As for any built-in module, a file does not count then.
                with mock.patch.object(sys, 'builtin_module_names', ('zlib',)):
                    self.assertEqual(found('zlib').origin, self.package.LIBRARY)

    def test_modules_that_are_imported_already(self):
        with mock.patch.dict(sys.modules, {'zlib': types.ModuleType('zlib')}):
            sys.modules.pop('_heapq', None)
            self.assertEqual(self.install('zlib,_heapq'), ['zlib'])
            found = self.package.status()
        self.assertEqual(found['zlib'], 'C, imported before install()')
        self.assertEqual(found['_heapq'], 'Rust')

    def test_another_python(self):
        with mock.patch.object(BUILD, 'PYTHON', (3, 99)), self.assertRaisesRegex(ImportError, 'CPython 3.99, free-thr'):
            self.package.install()
        self.assertNotIn(self.package._finder, sys.meta_path)

    def test_start(self):
        line = compile(wheel.PTH, 'pth', 'exec')
        for flag, options, environment, words in (
            (0, {}, {}, None),
            (0, {'rust_modules': 'zlib'}, {'PYTHON_RUST_MODULES': 'none'}, 'zlib'),
            (0, {}, {'PYTHON_RUST_MODULES': 'all'}, 'all'),
            (1, {}, {'PYTHON_RUST_MODULES': 'all'}, None),
            (0, {'rust_modules': True}, {}, None),
        ):
            with (
                mock.patch.object(self.package, 'install') as install,
                mock.patch.object(self.package.sys, 'flags', types.SimpleNamespace(ignore_environment=flag)),
                mock.patch.object(sys, '_xoptions', options, create=True),
                mock.patch.dict('os.environ', environment, clear=True),
            ):
                exec(line)
            self.assertEqual(install.call_args_list, [mock.call(words)] if words else [])

    def test_a_start_in_another_python_warns(self):
        with (
            mock.patch.object(BUILD, 'PYTHON', (3, 99)),
            mock.patch.object(sys, '_xoptions', {'rust_modules': 'all'}, create=True),
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.simplefilter('always')
            self.package.install_as_chosen()
        self.assertEqual([warning.category for warning in caught], [RuntimeWarning])


class Wheel(unittest.TestCase):
    def test_facts(self):
        names = [name for module in setup_rust.modules() for name in (module.name, *(n for n, _ in module.submodules))]
        facts = {}
        exec(wheel.facts(names, 'library.so'), facts)
        self.assertEqual(facts['INITS']['math'], ['math', '_math_integer'])
        self.assertEqual(facts['STAGES']['zlib'], 'default')
        exec(wheel.facts(['math'], 'library.so'), facts)
        self.assertEqual((facts['INITS'], facts['STAGES']), ({'math': ['math']}, {'math': 'default'}))

    def test_record(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder, target = pathlib.Path(scratch, 'content'), pathlib.Path(scratch, 'x.whl')
            (folder / 'package').mkdir(parents=True)
            (folder / 'package/a.py').write_bytes(b'a = 1\n')
            wheel.pack(folder, target, 'x-1.dist-info')
            first = target.read_bytes()
            with zipfile.ZipFile(target) as archive:
                self.assertEqual(archive.namelist(), ['package/a.py', 'x-1.dist-info/RECORD'])
                record = archive.read('x-1.dist-info/RECORD').decode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(b'a = 1\n').digest()).rstrip(b'=').decode()
            self.assertEqual(record, f'package/a.py,sha256={digest},6\nx-1.dist-info/RECORD,,\n')
            wheel.pack(folder, target, 'x-1.dist-info')
            self.assertEqual(target.read_bytes(), first)


if __name__ == '__main__':
    unittest.main()
