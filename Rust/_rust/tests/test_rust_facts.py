"""What `_rust` tells of the build is what the table, Cargo.lock, the compiler and the processor say."""

import contextlib
import io
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import unittest

import _rust

TOP = pathlib.Path(__file__).resolve().parents[3]


def table():
    """Return the stage of each module, as Modules/Setup.rust has it."""
    lines = (TOP / 'Modules/Setup.rust').read_text(encoding='utf-8').splitlines()
    words = [line.partition('#')[0].split() for line in lines]
    return {line[0]: line[1] for line in words if line}


def locked():
    """Return the packages of Cargo.lock: the version and the dependencies by name."""
    text = (TOP / 'Cargo.lock').read_text(encoding='utf-8')
    packages = {}
    for entry in text.split('[[package]]')[1:]:
        name, version = (re.search(rf'^{key} = "(.*)"$', entry, re.MULTILINE)[1] for key in ('name', 'version'))
        block = re.search(r'^dependencies = \[(.*?)\]', entry, re.MULTILINE | re.DOTALL)
        packages[name] = version, re.findall(r'"([^" ]+)[^"]*"', block[1] if block else '')
    return packages


class Facts(unittest.TestCase):
    def test_modules_agree_with_the_table(self):
        stages = table()
        modules = _rust.modules()
        self.assertIs(type(modules), tuple)
        self.assertTrue(modules)
        names = [module.name for module in modules]
        # In the order of the table.
        self.assertEqual(names, [name for name in stages if name in names])
        for module in modules:
            with self.subTest(module=module.name):
                self.assertEqual(module.stage, stages[module.name])
                self.assertEqual(module.rust, f'_rust_{module.name}')
                self.assertIn(module.rust, sys.builtin_module_names)
                # What CPython needs before it can load others is built in with its twin.
                if f'_c_{module.name}' not in sys.builtin_module_names:
                    self.assertEqual(module.configured == 'Rust', module.name in sys.builtin_module_names)
                if module.stage == 'testing':
                    self.assertEqual((module.implementation, module.configured, module.c), (None, None, None))
                if module.c is not None:
                    self.assertIn(module.c, (module.name, f'_c_{module.name}'))
                    self.assertEqual(module.c == module.name, module.implementation == 'C' == module.configured)
        linked = {name.removeprefix('_rust_') for name in sys.builtin_module_names if name.startswith('_rust_')}
        # A submodule is a part of the module above it in the table, and is built in from a release on.
        submodules = {name for name in linked if f'+{name}' in stages}
        self.assertEqual(set(names), linked - submodules)
        self.assertEqual('_math_integer' in submodules, 'math' in names and sys.version_info >= (3, 15))

    def test_the_names_import_what_they_say(self):
        for module in _rust.modules():
            with self.subTest(module=module.name):
                rust = __import__(module.rust)
                self.assertEqual(rust.__spec__.origin, 'built-in')
                if module.c is None:
                    continue
                c = __import__(module.c)
                if f'_c_{module.name}' in sys.builtin_module_names:
                    # What CPython needs before it can load others is built in with its twin.
                    continue
                self.assertNotEqual(c.__spec__.origin, 'built-in')
                self.assertTrue(pathlib.Path(c.__file__).exists())

    def test_versions_agree_with_the_lock_file(self):
        packages = locked()
        build = _rust.build()
        for module in _rust.modules():
            self.assertEqual(module.crate, module.name)
            self.assertEqual(module.version, packages[module.crate][0])
            # Everything that the lock file names below it, but for other platforms and for building.
            reach, todo = set(), [module.crate]
            while todo:
                for name in packages[todo.pop()][1]:
                    if name not in reach:
                        reach.add(name)
                        todo.append(name)
            self.assertLessEqual(set(module.dependencies), reach, module.name)
            # What the crate itself names, but for its tests.
            manifest = tomllib.loads((TOP / f'Rust/{module.name}/Cargo.toml').read_text(encoding='utf-8'))
            for name in manifest['dependencies']:
                if not any((TOP / folder / name).exists() for folder in ('Rust', 'Rust/shared')):
                    self.assertIn(name, module.dependencies)
        for dependency in build.dependencies:
            self.assertEqual(dependency.version, packages[dependency.name][0])
            self.assertRegex(dependency.licence, r'^[A-Za-z0-9.() -]+$')
        used = {name for module in _rust.modules() for name in module.dependencies}
        self.assertEqual([dependency.name for dependency in build.dependencies], sorted(used))

    def test_the_licences_are_those_of_the_handbook(self):
        text = (TOP / 'Doc/dependencies.md').read_text(encoding='utf-8')
        for dependency in _rust.build().dependencies:
            self.assertIn(f'| {dependency.name} | {dependency.version} | {dependency.licence} | linked |', text)

    def test_the_compiler(self):
        build = _rust.build()
        self.assertRegex(build.rustc, r'^rustc \d+\.\d+\.\d+\S*( \(.*\))?$')
        debug = bool(sysconfig.get_config_var('Py_DEBUG'))
        self.assertEqual(build.profile, 'debug' if debug else 'release')
        config = pathlib.Path(sysconfig.get_config_var('abs_builddir') or '.', '../.cargo/config.toml')
        if not config.exists() or not shutil.which('cargo'):
            self.skipTest('the compiler that built this is not here')
        found = re.search(r'^rustc = "(.*)"$', config.read_text(encoding='utf-8'), re.MULTILINE)
        rustc = found[1] if found else 'rustc'
        self.assertEqual(build.rustc, subprocess.run([rustc, '-V'], capture_output=True, text=True).stdout.strip())
        verbose = subprocess.run([rustc, '-vV'], capture_output=True, text=True).stdout
        self.assertIn(f'host: {build.target}\n', verbose)

    def test_the_processor(self):
        processor = _rust.processor()
        self.assertIn(processor.path, ('portable', 'AVX2', 'AVX-512'))
        try:
            text = pathlib.Path('/proc/cpuinfo').read_text(encoding='utf-8')
        except OSError:
            self.skipTest('there is no /proc/cpuinfo')
        flags = set(re.search(r'^(?:flags|Features)\s*: (.*)$', text, re.MULTILINE)[1].split())
        # The kernel has names of its own for some.
        kernel = {
            'sse4.1': 'sse4_1',
            'sse4.2': 'sse4_2',
            'lzcnt': 'abm',
            'sha': 'sha_ni',
            'avx512vbmi2': 'avx512_vbmi2',
        }
        kernel |= {
            name: name.replace('avx512', 'avx512_') for name in ('avx512vnni', 'avx512bitalg', 'avx512vpopcntdq')
        }
        for feature in processor.features:
            self.assertIn(kernel.get(feature, feature), flags)
        if processor.path != 'portable':
            self.assertIn('avx2', processor.features)
        avx512 = {'avx512vbmi2', 'avx512vnni', 'vpclmulqdq'} <= set(processor.features)
        self.assertEqual(processor.path == 'AVX-512', avx512)

    def test_everything_is_immutable(self):
        for value in (*_rust.modules(), _rust.build(), _rust.processor(), _rust.choice(), *_rust.build().dependencies):
            self.assertIsInstance(value, tuple)
            self.assertTrue(type(value).__doc__)
            for name in value.__match_args__:
                self.assertTrue(getattr(type(value), name).__doc__)
                self.assertIsInstance(getattr(value, name), (str, tuple, type(None)))
                with self.assertRaises(AttributeError):
                    setattr(value, name, None)

    def test_implementation(self):
        for module in _rust.modules():
            if module.implementation:
                self.assertEqual(_rust.implementation(module.name), module.implementation)
        for name in ('zlob', '', '_rust', '_rust_binascii', '\ud800'):
            with self.assertRaises(ValueError):
                _rust.implementation(name)
        with self.assertRaisesRegex(ValueError, _rust.modules()[0].name):
            _rust.implementation('zlob')

    def test_the_table_that_is_printed(self):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertIsNone(_rust.status())
        text = output.getvalue()
        for module in _rust.modules():
            self.assertRegex(text, rf'(?m)^{module.name} +{module.stage} .*{module.rust}.* {module.version}\b')
        for word in (_rust.build().rustc, _rust.build().target, _rust.processor().path):
            self.assertIn(word, text)
        for dependency in _rust.build().dependencies:
            self.assertRegex(text, rf'(?m)^{dependency.name} +{re.escape(dependency.version)} +\S')

    def test_sys_version_and_config_vars_do_not_mention_rust(self):
        self.assertNotIn('rust', sys.version.lower())
        # The options are what configure was given, ours among them, without the archive of the build folder.
        self.assertNotIn('librust', str(sysconfig.get_config_vars()))


if __name__ == '__main__':
    unittest.main()
