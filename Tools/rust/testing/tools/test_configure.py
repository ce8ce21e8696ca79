"""Tests of configure: its options, the modules that it chooses, and the CPython tree."""

import re
import shutil
import subprocess
import sys
import unittest

from build import setup_rust
from testing.tools.configure_case import CPYTHON_CONFIGURE, ConfigureCase


class Configure(ConfigureCase):
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
        self.assertIn('MODULE__C_BINASCII_DEPS=$(MODULE_BINASCII_DEPS)', lines)
        # zlib is not made on this machine as C, so its twin cannot be made either: no line is left for it.
        self.assertNotRegex('\n'.join(lines), '(?i)c_zlib')
        self.assertIn('zlib $(RUST_LIBS)', lines)
        twins = [name for name in default if name != 'zlib']
        self.assertIn(f'C twins:         {" ".join(f"_c_{name}" for name in twins)} \n', output)
        self.assertIn('what they need: zlib', output)
        self.assertIn(f'RUST_C_TWINS = {{ value = "{" ".join(twins)}", force = true }}', self.cargo_config())
        config = (self.build / '.cargo/config.toml').read_text(encoding='utf-8')
        self.assertIn('CC = { value = "cc -pipe", force = true }', config)
        # What is for LTO and profiling stays C's own.
        self.assertRegex(config, r'CPYTHON_CFLAGS = \{ value = "-O3 -DX=1 -Wextra ?"')
        # What libpython needs comes after it, and of libc more than Rust's compiler links by itself.
        library = f'{self.build}/rust/librust_stdlib.a'
        embed = f'"{self.build}/cpython/libpython3.14t.a {library} {library} -ldl -Wl,-export-dynamic -lc"'
        self.assertIn(f'CPYTHON_EMBED_LDFLAGS = {{ value = {embed}', config)
        self.assertNotIn(str(self.build), '\n'.join(lines))

    def test_other_options_reach_cpython_untouched(self):
        options = ['--disable-gil', '--prefix=/o p t', "--with-x=it's", 'CFLAGS=-O2 "-DA=b c" $x', '--enable-shared']
        self.succeed(*options, '--with-rust-modules=binascii', '--without-c-twins', 'CARGOFLAGS=--offline')
        passed = (self.build / 'cpython/arguments').read_text(encoding='utf-8').splitlines()
        self.assertEqual(passed, options)

    def test_options_in_sysconfig(self):
        self.succeed('--disable-gil', '--with-rust-modules=zlib,math', 'CARGOFLAGS=-Z a&b|c')
        own = f" '--with-cpython={self.cpython}' '--with-rust-modules=zlib,math' 'CARGOFLAGS=-Z a&b|c'"
        for name, start in (
            ('Makefile', 'CONFIG_ARGS=\t'),
            ('Makefile.pre', 'CONFIG_ARGS=\t'),
            ('config.status', 'S["CONFIG_ARGS"]="'),
        ):
            text = (self.build / 'cpython' / name).read_text(encoding='utf-8')
            self.assertIn(f"{start}{own} '--disable-gil'", text)

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
        rule = '_json $(RUST_SWITCH_CFLAGS) _json.c $(RUST_SWITCH_LIBS)'
        self.assertEqual(lines[start + 1 :], ['RUST_SWITCH_LIBS=', rule])
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

    def makefile_variables(self, *names):
        text = (self.build / 'Makefile').read_text(encoding='utf-8')
        return [re.search(rf'^{name} = (.*)$', text, re.MULTILINE)[1] for name in names]

    def test_submodules_from_their_release_on(self):
        self.succeed('--disable-gil')
        self.assertNotIn('_math_integer', '\n'.join(self.setup_local()))
        self.assertNotIn('submodule.h', '\n'.join(self.setup_local()))
        self.assertNotIn('_math_integer', ' '.join(self.makefile_variables('RUST_INITS', 'RUST_PLAIN_INITS')))
        for version in ('3.15.0', '3.16.0'):
            self.version(version)
            output = self.succeed('--disable-gil', '--with-unsupported-cpython')
            lines = self.setup_local()
            for line in (
                '_math_integer $(RUST_LIBS)',
                '_rust__math_integer $(RUST_LIBS)',
                'C_MATH_CFLAGS=-DPyInit_math=PyInit__c_math -include $(RUST_SRCDIR)/math/submodule.h',
                'C_MATH__math_integer_CFLAGS=-DPyInit__math_integer=PyInit__c__math_integer',
                'MODULE__C__MATH_INTEGER_DEPS=$(MODULE__MATH_INTEGER_DEPS)',
            ):
                self.assertEqual(lines.count(line), 1, line)
            twin = '_c__math_integer $(C_MATH__math_integer_CFLAGS) mathintegermodule.c'
            self.assertTrue(any(line.startswith(twin) for line in lines), lines)
            # It comes with its module, whose crate it is in.
            self.assertNotIn('_math_integer', output)
            inits, plain, modules, features = self.makefile_variables(
                'RUST_INITS', 'RUST_PLAIN_INITS', 'RUST_MODULES', 'RUST_FEATURES'
            )
            self.assertIn(' math _math_integer ', inits)
            self.assertIn(' math _math_integer ', plain)
            self.assertNotIn('_math_integer', modules + features)
            self.assertIn('RUST_SUBMODULES = { value = "_math_integer", force = true }', self.cargo_config())
        self.succeed('--disable-gil', '--without-c-twins', '--with-unsupported-cpython')
        self.assertNotIn('_c_', '\n'.join(self.setup_local()))
        self.succeed('--disable-gil', '--with-rust-modules=zlib', '--with-unsupported-cpython')
        self.assertNotIn('_math_integer', '\n'.join(self.setup_local()))

    def test_a_module_that_is_needed_to_load_others_is_built_in(self):
        bootstrap = self.cpython / 'Modules/Setup.bootstrap.in'
        bootstrap.parent.mkdir()
        bootstrap.write_text('_functools _functoolsmodule.c\n', encoding='utf-8')
        self.incubate('_functools')
        self.succeed('--disable-gil')
        lines = self.setup_local()
        built_in = lines[: lines.index('*shared*')]
        for line in (
            '_functools $(RUST_LIBS)',
            'C__FUNCTOOLS_CFLAGS=-DPyInit__functools=PyInit__c__functools',
            'MODULE__C__FUNCTOOLS_DEPS=$(MODULE__FUNCTOOLS_DEPS)',
            '_c__functools $(C__FUNCTOOLS_CFLAGS) _functoolsmodule.c',
        ):
            self.assertEqual(built_in.count(line), 1, line)

    def test_submodules_of_an_incubating_module(self):
        self.incubate('math')
        self.version('3.15.0')
        self.succeed('--disable-gil')
        lines = self.setup_local()
        self.assertIn('_rust__math_integer $(RUST_LIBS)', lines)
        self.assertNotIn('_math_integer $(RUST_LIBS)', lines)
        self.assertNotIn('_c__math_integer', '\n'.join(lines))
        inits, plain = self.makefile_variables('RUST_INITS', 'RUST_PLAIN_INITS')
        self.assertIn('_math_integer', inits)
        self.assertNotIn('_math_integer', plain)
        self.assertIn('RUST_SUBMODULES = { value = "", force = true }', self.cargo_config())

    def test_several_submodules(self):
        self.table(
            'binascii default binascii.c\n'
            '# A comment.\n'
            '+old 3.9 old.c\n'
            '+new 3.15 new.c -lnew\n'
            '+newer 3.16 newer.c\n'
            'zlib default zlibmodule.c\n'
            '+_extra 3.14 extra.c\n'
        )
        self.version('3.15.0')
        self.succeed('--disable-gil')
        lines = self.setup_local()
        names = [line.split()[0] for line in lines if line.endswith('$(RUST_LIBS)') and not line.startswith('_rust')]
        self.assertEqual(names, ['binascii', 'old', 'new', 'zlib', '_extra'])
        self.assertIn('_c_new $(C_BINASCII_new_CFLAGS) new.c -lnew', lines)
        # The C module is not made on this machine: it has no twin, nor have its submodules.
        self.assertNotRegex('\n'.join(lines), '(?i)c_zlib|c__extra')
        self.assertEqual(self.makefile_variables('RUST_MODULES'), ['binascii zlib'])

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

    def test_lines_of_the_user_in_setup_local_stay_above_ours(self):
        (self.build / 'cpython/Modules').mkdir(parents=True)
        (self.build / 'cpython/Modules/Setup.local').write_text('*disabled*\n_tkinter\n', encoding='utf-8')
        for _ in range(2):
            self.succeed('--disable-gil')
            lines = self.setup_local()
            self.assertEqual(lines[:2], ['*disabled*', '_tkinter'])
            self.assertEqual(lines.count('binascii $(RUST_LIBS)'), 1)
        self.succeed('--disable-gil', '--with-rust-modules=none')
        self.assertEqual(self.setup_local(), ['*disabled*', '_tkinter'])

    def test_in_the_tree_of_cpython(self):
        # As CPython's configure calls it, in a folder below the one that it has configured.
        tree = self.top
        for name in ('configure', 'Makefile.pre.in'):
            (tree / name).rename(tree / 'Rust' / name)
        shutil.copytree(self.cpython / 'Include', tree / 'Include')
        # Its make must not find there what makes it run configure again.
        rule = r'Makefile: again\nagain:\n\t@test ! -e build-rust/cpython.mk\n'
        self.script_file(
            tree / 'configure', CPYTHON_CONFIGURE.replace('} > Makefile\n', f'printf "{rule}"\n}} > Makefile\n')
        )
        (self.build / 'Modules').mkdir()
        (self.build / 'Modules/Setup.local').write_text('# mine\n', encoding='utf-8')
        subprocess.run(['../configure'], cwd=self.build, check=True)
        # It is no error here that CPython has been built in its source tree.
        (tree / 'Programs').mkdir()
        (tree / 'Programs/python.o').touch()
        below = self.build / 'build-rust'
        below.mkdir()
        arguments = ['--disable-gil', '--srcdir=../..', '--with-cpython=../..', '--with-cpython-builddir=..']

        def configure(*more):
            command = ['../../Rust/configure', *arguments, *more]
            done = subprocess.run(command, cwd=below, env=self.environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return (self.build / 'Modules/Setup.local').read_text(encoding='utf-8').splitlines()

        lines = configure()
        self.assertEqual(lines[0], '# mine')
        self.assertIn('binascii $(RUST_LIBS)', lines)
        self.assertTrue((below / 'cpython').samefile(self.build))
        self.assertFalse((below / 'cpython/arguments').read_text(encoding='utf-8').strip())
        self.assertIn('RUST_SWITCHED = ', (below / 'cpython.mk').read_text(encoding='utf-8'))
        makefile = (below / 'Makefile').read_text(encoding='utf-8')
        self.assertIn('config.status: $(srcdir)/Rust/configure ', makefile)
        self.assertIn(
            f'CPYTHON_SRCDIR = {{ value = "{tree}"', (below / '.cargo/config.toml').read_text(encoding='utf-8')
        )
        self.assertEqual(configure(), lines)
        self.assertTrue((below / 'cpython.mk').exists())
        self.assertEqual(configure('--with-rust-modules=none'), ['# mine'])
        self.assertFalse((below / 'cpython.mk').exists())

    def test_make_vendor(self):
        self.succeed('--disable-gil')
        for tree, words in (('', 'make vendor DEST=TREE'), (self.cpython, 'is not a CPython source tree')):
            # Without this file it is not one.
            (self.cpython / 'Include/patchlevel.h').unlink(missing_ok=True)
            command = ['make', '-s', 'vendor', f'DEST={tree}']
            done = subprocess.run(command, cwd=self.build, env=self.environment, capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)
            self.assertNotIn('Traceback', done.stderr)

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

    def test_releases(self):
        for version, level in (
            ('3.14.0rc1', 'GAMMA'),
            ('3.14.0', 'FINAL'),
            ('3.14.123', 'FINAL'),
            ('3.14.7+', 'FINAL'),
            ('3.15.0rc2', 'GAMMA'),
            ('3.15.2', 'FINAL'),
        ):
            with self.subTest(version=version):
                self.version(version, level)
                self.assertIn(f'CPython:         {version} from', self.succeed('--disable-gil'))

    def test_releases_that_are_not_supported(self):
        for version, level, words in (
            ('3.13.9', 'FINAL', '3.14 and 3.15'),
            ('3.16.0', 'FINAL', '3.14 and 3.15'),
            ('3.15.0b4', 'BETA', 'first release candidate'),
            ('3.14.0a1+', 'ALPHA', 'first release candidate'),
        ):
            with self.subTest(version=version):
                self.version(version, level)
                self.fail_with(words, f'is {version};', '--with-unsupported-cpython')
                self.succeed('--disable-gil', '--with-unsupported-cpython')
                # Without Rust it is CPython's own matter.
                self.succeed()

    def test_which_tree_without_a_name(self):
        def configure():
            done = self.configure('--disable-gil', cpython=False)
            errors = re.findall('^configure: error: (.*)', done.stderr, re.MULTILINE)
            return errors[0] if errors else re.search('^CPython: +(.*) from (.*),', done.stdout, re.MULTILINE)[2]

        self.assertIn('./bootstrap', configure())
        other, another, default = (self.top / f'Python-{name}' for name in ('3.15.0rc2', '3.14.9', '3.14.7'))
        shutil.copytree(self.cpython, other)
        self.assertEqual(configure(), str(other))
        shutil.copytree(self.cpython, another)
        self.assertIn('several', configure())
        shutil.copytree(self.cpython, default)
        self.assertEqual(configure(), str(default))

    def test_tree_that_has_been_built_in(self):
        (self.cpython / 'Programs/python.o').touch()
        self.fail_with('make distclean')

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
