"""Tests of configure: the Rust toolchain, its flags, and the configuration of cargo."""

import re
import subprocess
import unittest

from testing.tools.configure_case import CPYTHON_CONFIGURE, ConfigureCase


class ConfigureRust(ConfigureCase):
    def test_toolchain_named_by_path(self):
        other = self.build / 'rust-1.96'
        other.mkdir()
        for name in ('cargo', 'rustc'):
            (self.bin / name).rename(other / name)
        for folder in (str(other), 'rust-1.96'):
            output = self.succeed('--disable-gil', f'RUSTC={folder}/rustc', f'CARGO={folder}/cargo')
            self.assertIn(f'Rust toolchain:  1.95.0, {other}/cargo,', output)
            self.assertIn(f'rustc = "{other}/rustc"\n', self.cargo_config())
        self.fail_with('/nope was not found', arguments=['--disable-gil', 'CARGO=/nope', f'RUSTC={other}/rustc'])
        self.fail_with('/nope was not found', arguments=['--disable-gil', f'CARGO={other}/cargo', 'RUSTC=/nope'])
        # A folder, and a program that does not run.
        self.fail_with('/usr was not found', arguments=['--disable-gil', 'CARGO=/usr', f'RUSTC={other}/rustc'])
        self.script_file(other / 'cargo', '#!/bin/sh\nexit 1\n')
        self.fail_with(
            'cargo does not run', arguments=['--disable-gil', f'CARGO={other}/cargo', f'RUSTC={other}/rustc']
        )
        # One by another name on PATH.
        self.script_file(self.bin / 'cargo-1.96', '#!/bin/sh\n')
        output = self.succeed('--disable-gil', 'CARGO=cargo-1.96', f'RUSTC={other}/rustc')
        self.assertIn(f'{self.bin}/cargo-1.96,', output)

    def test_lines_of_the_user_stay_in_the_configuration_of_cargo(self):
        mine = (
            '[source.crates-io]\nreplace-with = "vendored-sources"\n\n[source.vendored-sources]\ndirectory = "vendor"\n'
        )
        file = self.build / '.cargo/config.toml'
        file.parent.mkdir()
        file.write_text(mine, encoding='utf-8')
        distclean = ['make', 'distclean']
        for _ in range(2):
            self.succeed('--disable-gil')
            self.assertTrue(self.cargo_config().startswith(f'{mine}# '), self.cargo_config())
            self.assertEqual(self.cargo_config().count('[build]'), 1)
        subprocess.run(distclean, cwd=self.build, env=self.environment, check=True, capture_output=True)
        self.assertEqual(self.cargo_config(), mine)
        file.write_text('[build]\njobs = 1\n', encoding='utf-8')
        done = self.configure('--disable-gil')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("a table [build] that is not configure's", done.stderr)
        self.assertEqual(self.cargo_config(), '[build]\njobs = 1\n')
        file.unlink()
        self.succeed('--disable-gil')
        subprocess.run(distclean, cwd=self.build, env=self.environment, check=True, capture_output=True)
        self.assertFalse(file.parent.exists())

    def test_a_build_folder_finds_the_vendored_crates_of_the_source_folder(self):
        file = self.top / '.cargo/config.toml'
        file.parent.mkdir()
        file.write_text('[source.vendored-sources]\ndirectory = "vendor"\n', encoding='utf-8')
        for _ in range(2):
            self.succeed('--disable-gil')
            lines = self.cargo_config().splitlines()
            self.assertEqual(lines[-2:], ['[source.vendored-sources]', f'directory = "{self.top}/vendor"'])
            self.assertEqual(self.cargo_config().count('vendor"'), 1)
        self.assertEqual(file.read_text(encoding='utf-8').count('\n'), 2)

    def test_flags_for_rust(self):
        self.succeed('--disable-gil', 'RUSTFLAGS=-C opt-level=2 --cfg=a="b"')
        remap = [f'--remap-path-prefix={self.top}=.', f'--remap-path-prefix={self.environment["HOME"]}/.cargo=cargo']
        remap.append(f'--remap-path-prefix={self.build}=build')
        flags = ', '.join(f'"{flag}"' for flag in [*remap, '-C', 'opt-level=2', '--cfg=a=\\"b\\"'])
        self.assertIn(f'rustflags = [{flags}]\n', self.cargo_config())
        report = '#!/bin/sh\necho "<$RUSTFLAGS>"\necho "<$CARGO_ENCODED_RUSTFLAGS>"\nexit 3\n'
        self.script_file(self.bin / 'cargo', report)

        def cargo_sees(*arguments, **environment):
            command = ['make', '--old-file=Makefile', 'rust', 'PYTHON_FOR_REGEN=true', *arguments]
            environment = self.environment | environment
            done = subprocess.run(command, cwd=self.build, env=environment, text=True, capture_output=True)
            return re.findall('^<(.*)>', done.stdout, re.MULTILINE)

        self.assertEqual(cargo_sees(), ['', ''])
        for seen in (cargo_sees('RUSTFLAGS=-g -O'), cargo_sees(RUSTFLAGS='-g -O')):
            self.assertEqual(seen, [' '.join([*remap, '-g', '-O']), ''])
        # A make that is run by make.
        self.assertEqual(cargo_sees(RUSTFLAGS=' '.join(remap)), [' '.join(remap), ''])
        encoded = '\x1f'.join([*remap, '-C', 'a b'])
        for flags in ('-C\x1fa b', encoded):
            self.assertEqual(cargo_sees(CARGO_ENCODED_RUSTFLAGS=flags), ['', encoded])

    def test_debugging_information(self):
        for flags, value in (
            ('-O3', 'false'),
            ('-g -O3', '"line-tables-only"'),
            ('-O2 -g3', '"full"'),
            ('-ggdb', '"full"'),
            ('-g -g0', 'false'),
            ('-g1', '"line-tables-only"'),
            ('-fgnu -gno-strict', 'false'),
        ):
            with self.subTest(flags=flags):
                script = CPYTHON_CONFIGURE.replace('PY_CFLAGS=-O3', f'PY_CFLAGS={flags}')
                self.script_file(self.cpython / 'configure', script)
                self.succeed('--disable-gil')
                self.assertIn(f'[profile.release]\ndebug = {value}\n', self.cargo_config())

    def test_cross_build(self):
        libdir, log = self.build / 'rustlib', self.build / 'rustc.log'
        libdir.mkdir()
        rustc = f'case $* in *target-libdir*) echo {libdir} ;; *) echo rustc 1.95.0 ;; esac\n'
        self.script_file(self.bin / 'rustc', f'#!/bin/sh\necho "$*" >>{log}\n{rustc}')
        cross = ['--disable-gil', '--host=aarch64-linux-gnu', '--build=x86_64-linux-gnu']
        self.fail_with('aarch64-unknown-linux-gnu', 'libstd-rust-dev', 'RUST_TARGET', arguments=cross, CROSS='1')
        (libdir / 'libstd-0123.rlib').touch()
        for host, target in (
            ('aarch64-linux-gnu', 'aarch64-unknown-linux-gnu'),
            ('i686-linux-gnu', 'i686-unknown-linux-gnu'),
            ('i386-pc-linux-gnu', 'i686-unknown-linux-gnu'),
            ('aarch64-unknown-linux-musl', 'aarch64-unknown-linux-musl'),
            ('arm-linux-gnueabihf', 'armv7-unknown-linux-gnueabihf'),
            ('riscv64-linux-gnu', 'riscv64gc-unknown-linux-gnu'),
            ('powerpc64le-linux-gnu', 'powerpc64le-unknown-linux-gnu'),
            ('s390x-linux-gnu', 's390x-unknown-linux-gnu'),
        ):
            with self.subTest(host=host):
                output = self.succeed('--disable-gil', f'--host={host}', '--build=x86_64-linux-gnu', CROSS='1')
                self.assertIn(f'target {target}\n', output)
                self.assertIn(f'--target {target}\n', log.read_text(encoding='utf-8'))
        for_build = '\nCPYTHON_MAKE_VARIABLES += PYTHON_FOR_BUILD'
        self.succeed(*cross, 'RUST_TARGET=aarch64-linux-android', CROSS='1')
        makefile = (self.build / 'Makefile').read_text(encoding='utf-8')
        self.assertIn('\nRUST_TARGET = aarch64-linux-android\n', makefile)
        # The interpreter of --with-build-python is CPython's own setting.
        self.assertNotIn(for_build, makefile)
        self.succeed('--disable-gil')
        makefile = (self.build / 'Makefile').read_text(encoding='utf-8')
        self.assertIn('\nRUST_TARGET = \n', makefile)
        self.assertIn(for_build, makefile)

    def test_bindgen(self):
        arguments = ('--disable-gil', '--with-bindgen')
        self.succeed('--disable-gil', LIBCLANG_PATH='/nonexistent')
        self.assertIn('CPYTHON_BINDINGS = { value = "", force = true }', self.cargo_config())
        self.fail_with('libclang', 'libclang-dev', arguments=arguments, LIBCLANG_PATH='/nonexistent')
        clang = self.top.parent / 'llvm'
        (clang / 'clang/14/include').mkdir(parents=True)
        (clang / 'clang/14/include/stddef.h').touch()
        (clang / 'libclang.so').touch()
        self.succeed(*arguments, LIBCLANG_PATH=str(clang))
        self.assertIn(f'CPYTHON_BINDINGS = {{ value = "{self.build}/rust/bindings.rs"', self.cargo_config())
        self.assertNotIn('bindgen', (self.build / 'cpython/arguments').read_text(encoding='utf-8'))
        # libclang-cpp is another library.
        (clang / 'libclang.so').rename(clang / 'libclang-cpp.so.14')
        self.fail_with('libclang', arguments=arguments, LIBCLANG_PATH=str(clang))

    def test_toolchain_errors(self):
        self.script_file(self.bin / 'rustc', '#!/bin/sh\necho rustc 1.63.0\n')
        self.fail_with('Rust 1.63.0 is too old', 'rustup', '--with-rust-modules=none')
        self.script_file(self.bin / 'rustc', '#!/bin/sh\nexit 1\n')
        self.fail_with('does not run')
        (self.bin / 'rustc').unlink()
        self.fail_with('rustc was not found')
        (self.bin / 'cargo').unlink()
        self.fail_with('cargo was not found', 'rustup')


if __name__ == '__main__':
    unittest.main()
