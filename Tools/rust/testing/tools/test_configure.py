"""Tests of configure, with a stand-in for CPython's source tree whose configure only notes what it is called with."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from build import setup_rust

TOP = pathlib.Path(__file__).resolve().parents[4]

CPYTHON_CONFIGURE = """#!/bin/sh
for argument; do printf '%s\\n' "$argument"; done > arguments
{
    echo 'BUILDPYTHON=python'
    echo 'CC=cc -pipe'
    echo 'AR=ar'
    echo 'LIBRARY=libpython3.14t.a'
    echo 'PY_CFLAGS=-O3 -flto -DX=1'
    echo 'CONFIGURE_CFLAGS_NODIST=-fprofile-use -Wextra'
} > Makefile
{
    echo '*shared*'
    echo '_json _json.c'
    echo '#zlib zlibmodule.c'
    echo '*static*'
    echo 'math mathmodule.c'
} > Modules/Setup.stdlib
exit ${FAIL-0}
"""


class Configure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temp.cleanup)
        # configure is generated from the source tree as it is, whether or not bootstrap has run.
        cls.script = pathlib.Path(temp.name, 'configure')
        # Every tool of this machine, but for those that the tests arrange.
        cls.basics = pathlib.Path(temp.name, 'basics')
        cls.basics.mkdir()
        for folder in os.environ['PATH'].split(os.pathsep):
            for program in pathlib.Path(folder).glob('*'):
                link = cls.basics / program.name
                if not link.is_symlink() and not program.name.startswith(('cargo', 'rustc', 'python')):
                    link.symlink_to(program)
        subprocess.run(['autoconf', '-o', cls.script], cwd=TOP, check=True, env=os.environ | {'TMPDIR': temp.name})

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.top = pathlib.Path(temp.name, 'top')
        self.build = self.top / 'build'
        self.cpython = pathlib.Path(temp.name, 'cpython')
        self.bin = pathlib.Path(temp.name, 'bin')
        for folder in (self.build, self.cpython / 'Include', self.cpython / 'Programs', self.bin):
            folder.mkdir(parents=True)
        shutil.copy2(self.script, self.top)
        for name in ('Modules', 'Tools', 'Rust/cargo-config.toml.in', 'Cargo.toml', 'Makefile.pre.in'):
            target = self.top / name
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(TOP / name)
        self.version(14)
        self.script_file(self.cpython / 'configure', CPYTHON_CONFIGURE)
        self.script_file(self.bin / 'cargo', '#!/bin/sh\necho cargo 1.95.0\n')
        self.script_file(self.bin / 'rustc', '#!/bin/sh\necho "rustc 1.95.0 (hash date)"\n')
        (self.bin / 'python3').symlink_to(sys.executable)
        clang = pathlib.Path(temp.name, 'llvm')
        (clang / 'clang/14/include').mkdir(parents=True)
        (clang / 'clang/14/include/stddef.h').touch()
        (clang / 'libclang.so').touch()
        self.environment = {'PATH': f'{self.bin}:{self.basics}', 'LIBCLANG_PATH': str(clang), 'HOME': temp.name}

    def script_file(self, path, text):
        path.unlink(missing_ok=True)
        path.write_text(text, encoding='utf-8')
        path.chmod(0o755)

    def version(self, minor):
        text = f'#define PY_MAJOR_VERSION        3\n#define PY_MINOR_VERSION        {minor}\n'
        (self.cpython / 'Include/patchlevel.h').write_text(text, encoding='utf-8')

    def configure(self, *arguments, cpython=True, **environment):
        tree = [f'--with-cpython={self.cpython}'] if cpython else []
        return subprocess.run(
            ['../configure', *tree, *arguments],
            cwd=self.build,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )

    def succeed(self, *arguments, **environment):
        done = self.configure(*arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fail_with(self, *words, arguments=('--disable-gil',), cpython=True, **environment):
        done = self.configure(*arguments, cpython=cpython, **environment)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        errors = [line for line in done.stderr.splitlines() if line.startswith('configure: error:')]
        self.assertEqual(len(errors), 1, done.stderr)
        for word in words:
            self.assertIn(word, errors[0])

    def incubate(self, name):
        """Make a module an incubating one, whatever the table says of it today."""
        text = (TOP / 'Modules/Setup.rust').read_text(encoding='utf-8')
        modules = self.top / 'Modules'
        modules.unlink()
        modules.mkdir()
        text = re.sub(rf'^({name} +)\w+', r'\1incubating', text, flags=re.MULTILINE)
        (modules / 'Setup.rust').write_text(text, encoding='utf-8')

    def setup_local(self):
        path = self.build / 'cpython/Modules/Setup.local'
        return path.read_text(encoding='utf-8').splitlines() if path.exists() else None

    def test_default(self):
        output = self.succeed('--disable-gil')
        default = [module.name for module in setup_rust.modules() if module.stage == 'default']
        self.assertIn(f'Rust modules:    {" ".join(default)}\n', output)
        lines = self.setup_local()
        self.assertIn('binascii $(RUST_LIBS)', lines)
        self.assertIn('_rust_binascii $(RUST_LIBS)', lines)
        self.assertIn('_rust $(RUST_LIBS)', lines)
        self.assertIn('C_BINASCII_CFLAGS=-DPyInit_binascii=PyInit__c_binascii', lines)
        self.assertTrue(any(line.startswith('_c_binascii $(C_BINASCII_CFLAGS) binascii.c') for line in lines), lines)
        config = (self.build / '.cargo/config.toml').read_text(encoding='utf-8')
        self.assertIn('CC = { value = "cc -pipe", force = true }', config)
        # What is for LTO and profiling stays C's own.
        self.assertRegex(config, r'CPYTHON_CFLAGS = \{ value = "-O3 -DX=1 -Wextra ?"')

    def test_other_options_reach_cpython_untouched(self):
        options = ['--disable-gil', '--prefix=/o p t', "--with-x=it's", 'CFLAGS=-O2 "-DA=b c" $x', '--enable-shared']
        self.succeed(*options, '--with-rust-modules=binascii', '--without-c-twins', 'CARGOFLAGS=--offline')
        passed = (self.build / 'cpython/arguments').read_text(encoding='utf-8').splitlines()
        self.assertEqual(passed, options)

    def test_without_twins(self):
        self.succeed('--disable-gil', '--without-c-twins')
        self.assertNotIn('_c_', '\n'.join(self.setup_local()))

    def test_make_says_that_there_is_no_rust(self):
        self.succeed()
        for target in (
            'check',
            'check-full',
            'check-stress',
            'regen',
            'bench',
            'difftest',
            'promotion',
            'docs',
            'count',
        ):
            done = subprocess.run(
                ['make', target], cwd=self.build, env=self.environment, text=True, capture_output=True
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, f'make {target}: this build has no Rust modules\n')

    def test_incubating_modules_that_cpython_makes_can_be_chosen(self):
        self.incubate('_json')
        self.succeed('--disable-gil')
        lines = self.setup_local()
        start = lines.index('RUST_SWITCH_CFLAGS=-DPyModuleDef_Init=rust_switch_init')
        self.assertEqual(lines[start - 1], '*shared*')
        # Not one that is missing on this machine, nor one that is built in.
        self.assertEqual(lines[start + 1 :], [f'_json $(RUST_SWITCH_CFLAGS) _json.c {self.build}/rust/switch.o'])
        self.assertIn('RUST_SWITCHED = _json\n', (self.build / 'Makefile').read_text(encoding='utf-8'))
        config = (self.build / '.cargo/config.toml').read_text(encoding='utf-8')
        self.assertIn('RUST_SWITCHED = { value = "_json", force = true }', config)
        self.succeed('--disable-gil', '--with-rust-modules=all')
        self.assertNotIn('RUST_SWITCH_CFLAGS', '\n'.join(self.setup_local()))

    def test_other_flags_compile_again(self):
        self.incubate('_json')
        self.succeed('--disable-gil')
        for name in ('_json.o', 'other.o'):
            (self.build / 'cpython/Modules' / name).touch()
        self.succeed('--disable-gil')
        self.assertTrue((self.build / 'cpython/Modules/_json.o').exists())
        self.succeed('--disable-gil', '--with-rust-modules=all')
        self.assertFalse((self.build / 'cpython/Modules/_json.o').exists())
        self.assertTrue((self.build / 'cpython/Modules/other.o').exists())

    def test_list_and_all(self):
        self.succeed('--disable-gil', '--with-rust-modules=binascii')
        self.assertIn('binascii $(RUST_LIBS)', self.setup_local())
        self.succeed('--disable-gil', '--with-rust-modules=all')
        self.assertIn('binascii $(RUST_LIBS)', self.setup_local())

    def test_none_takes_back_what_an_earlier_run_wrote(self):
        self.succeed('--disable-gil')
        output = self.succeed('--disable-gil', '--with-rust-modules=none')
        self.assertIsNone(self.setup_local())
        self.assertIn('no Rust modules', output)

    def test_a_setup_local_of_the_user_stays(self):
        (self.build / 'cpython/Modules').mkdir(parents=True)
        (self.build / 'cpython/Modules/Setup.local').write_text('*disabled*\n_tkinter\n', encoding='utf-8')
        self.succeed()
        self.assertEqual(self.setup_local(), ['*disabled*', '_tkinter'])

    def test_the_gil_build_needs_no_rust(self):
        for name in ('cargo', 'rustc', 'python3'):
            (self.bin / name).unlink()
        output = self.succeed(LIBCLANG_PATH='/nonexistent')
        self.assertIn('configured with --disable-gil', output)
        self.assertIsNone(self.setup_local())
        self.succeed('--disable-gil', '--with-rust-modules=none', LIBCLANG_PATH='/nonexistent')

    def test_errors(self):
        self.fail_with(
            'no Rust module nonsense', 'binascii', arguments=['--disable-gil', '--with-rust-modules=nonsense']
        )
        self.fail_with('--disable-gil', arguments=['--with-rust-modules=binascii'])
        self.fail_with('--disable-gil', arguments=['--with-rust-modules=all', '--enable-gil'])
        self.fail_with('not a CPython source tree', arguments=['--disable-gil', '--with-cpython=/usr'])
        self.fail_with('./bootstrap', cpython=False)

    def test_tree_of_another_version(self):
        self.version(15)
        self.fail_with('CPython 3.14', '3.15')
        self.succeed()

    def test_tree_that_has_been_built_in(self):
        (self.cpython / 'Programs/python.o').touch()
        self.fail_with('make distclean')

    def test_toolchain_errors(self):
        self.fail_with('libclang', LIBCLANG_PATH='/nonexistent')
        self.script_file(self.bin / 'rustc', '#!/bin/sh\necho rustc 1.63.0\n')
        self.fail_with('Rust 1.63.0 is too old', 'rustup', '--with-rust-modules=none')
        self.script_file(self.bin / 'rustc', '#!/bin/sh\nexit 1\n')
        self.fail_with('does not run')
        (self.bin / 'rustc').unlink()
        self.fail_with('rustc was not found')
        (self.bin / 'cargo').unlink()
        self.fail_with('cargo was not found', 'rustup')

    def test_host_python(self):
        (self.bin / 'python3').unlink()
        self.fail_with('Python 3.10')
        # One that does not run does not hide one that does.
        self.script_file(self.bin / 'python3', '#!/bin/sh\nexit 1\n')
        (self.bin / 'python3.11').symlink_to(sys.executable)
        self.succeed('--disable-gil')

    def test_failure_of_cpython(self):
        self.fail_with("CPython's configure failed", FAIL='1')

    def test_help(self):
        output = self.configure('--help').stdout
        for word in (
            '--with-cpython',
            '--with-rust-modules',
            '--without-c-twins',
            'CARGOFLAGS',
            "CPython's own configure",
        ):
            self.assertIn(word, output)


if __name__ == '__main__':
    unittest.main()
