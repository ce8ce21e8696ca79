"""Tests of new_module.py, and of what follows the tutorial: that it notices when the page is wrong."""

import contextlib
import io
import pathlib
import re
import subprocess
import tempfile
import unittest
from unittest import mock

from build import new_module, setup_rust
from check import try_tutorial

TOP = pathlib.Path(__file__).resolve().parents[4]
SETUP = """*@MODULE_BUILDTYPE@*
@MODULE__BISECT_TRUE@_bisect _bisectmodule.c
@MODULE_ZLIB_TRUE@zlib zlibmodule.c
#@MODULE_NOT_TRUE@not notmodule.c
@MODULE_PYEXPAT_TRUE@pyexpat pyexpat.c $(MODULE_PYEXPAT_CFLAGS)  # and more
"""


class NewModule(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.cpython = pathlib.Path(temp.name, 'cpython')
        for folder in ('Modules', 'Include'):
            (self.cpython / folder).mkdir(parents=True)
        (self.cpython / 'Modules/Setup.stdlib.in').write_text(SETUP, encoding='utf-8')
        self.top = pathlib.Path(temp.name, 'top')
        self.top.mkdir()

    def refuse(self, *arguments):
        """Run the script, which must change nothing; return what it says."""
        before = sorted((TOP / 'Rust').iterdir())
        script = setup_rust.script('build.new_module')
        done = subprocess.run([*script, *arguments], capture_output=True, text=True, cwd=self.top)
        self.assertEqual(sorted((TOP / 'Rust').iterdir()), before)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        return done.stderr

    def test_names_that_are_refused(self):
        tree = f'--cpython={self.cpython}'
        for name in ('Zlib', '9a', 'a-b', 'a.b', '', 'é'):
            self.assertIn('is no name of a module', self.refuse(name, tree))
        self.assertIn('Rust/binascii exists already', self.refuse('binascii', tree))
        self.assertIn('another crate in Cargo.lock', self.refuse('libc', tree))
        message = self.refuse('not', tree)
        self.assertIn('CPython has no extension module not; it has _bisect, pyexpat, zlib', message)
        # A name that no module has, also when there are more modules one day.
        self.assertIn('no CPython source tree', self.refuse('no_such_module', f'--cpython={self.top}'))

    def test_every_step_is_announced(self):
        output, commands = io.StringIO(), []

        def run(command, **options):
            # What takes long is announced before it begins.
            commands.append((command, output.getvalue().splitlines()[-1]))

        with (
            mock.patch.object(new_module.subprocess, 'run', run),
            mock.patch.object(new_module.headers, 'gather'),
            contextlib.redirect_stdout(output),
        ):
            new_module.regenerate()
        said = [line for _, line in commands]
        self.assertEqual(len(set(said)), len(commands))
        for word, line in zip(('Cargo.lock', 'headers', 'unsafe', 'dependencies'), said, strict=True):
            self.assertIn(word, line)

    def test_help(self):
        script = setup_rust.script('build.new_module', '--help')
        self.assertIn('Rust/NAME', subprocess.run(script, capture_output=True, text=True, check=True).stdout)

    def test_twin_line(self):
        flags = '$(MODULE__BISECT_CFLAGS) $(MODULE__BISECT_LDFLAGS)'
        self.assertEqual(new_module.twin_line('_bisect', self.cpython), f'_bisectmodule.c {flags}')
        line = new_module.twin_line('pyexpat', self.cpython)
        self.assertEqual(line, 'pyexpat.c $(MODULE_PYEXPAT_CFLAGS) $(MODULE_PYEXPAT_LDFLAGS)')

    def test_files(self):
        with mock.patch.object(new_module, 'TOP', self.top), contextlib.redirect_stdout(io.StringIO()):
            new_module.fill('_bisect', '_bisectmodule.c')
        files = {str(path.relative_to(self.top)) for path in self.top.rglob('*') if path.is_file()}
        for name in ('_bisectmodule.c', 'src/core.rs', 'src/boundary.rs', 'tests/test__bisect_twin.py', 'bench.py'):
            self.assertIn(f'Rust/_bisect/{name}', files)
        for name in files:
            text = (self.top / name).read_text(encoding='utf-8')
            # Nothing is left of the template's own words.
            self.assertIsNone(re.search(r'NAME|UPPER|PREFIX|SOURCE|Title', text), name)
        self.assertIn('_BISECT_EXAMPLE_METHODDEF', (self.top / 'Rust/_bisect/_bisectmodule.c').read_text())
        self.assertIn('`Modules/_bisectmodule.c` of CPython.', (self.top / 'Rust/_bisect/src/lib.rs').read_text())

    def test_lines_are_inserted_in_order(self):
        file = self.top / 'list'
        for line, expected in (
            ('+a', 'x\n+a\n+b\n+d\ny\n'),
            ('+c', 'x\n+b\n+c\n+d\ny\n'),
            ('+e', 'x\n+b\n+d\n+e\ny\n'),
        ):
            file.write_text('x\n+b\n+d\ny\n', encoding='utf-8')
            with mock.patch.object(new_module, 'TOP', self.top), contextlib.redirect_stdout(io.StringIO()):
                new_module.insert_sorted(file, line, lambda other: other.startswith('+'))
            self.assertEqual(file.read_text(encoding='utf-8'), expected)


class Tutorial(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.tree = pathlib.Path(temp.name)
        (self.tree / 'file').write_text('one\ntwo\nthree\n', encoding='utf-8')

    def follow(self, page):
        with contextlib.redirect_stdout(io.StringIO()):
            return try_tutorial.follow(page, self.tree)

    def wrong(self, page, message):
        with self.assertRaisesRegex(try_tutorial.Wrong, message):
            self.follow(page)

    def test_a_page_that_is_right(self):
        page = (
            'Text.\n\n```console\n$ cat file\none\n...\n$ echo; true\n```\n\n```diff file=file\n-two\n+2\n```\n'
            '```console\n$ grep -c 2 file\n1\n$ echo a b c\n... b ...\n$ true\n...\n```\n'
            '```text file=file\nnew\n```\n```console\n$ cat file\nnew\n```\n```sh\nfalse\n```\n'
        )
        self.assertEqual(self.follow(page), 5)

    def test_a_page_that_is_wrong(self):
        self.wrong('nothing\n```sh\nfalse\n```\n', 'nothing to follow')
        self.wrong('x\n```console\n$ echo a\nb\n```\n', r'line 2: \$ echo a\nprints\na\n')
        self.wrong('```console\n$ echo a\n```\n', 'prints\na\n')
        self.wrong('```console\n$ echo ab\n... c ...\n```\n', 'prints')
        self.wrong('```console\n$ echo a; false\n...\n```\n', 'exits with 1')
        self.wrong('```console\n$ echo a\n...\n$ false\n```\n', 'exits with 1')
        self.wrong('```text file=missing\nnew\n```\n', 'missing')
        self.wrong('```diff file=file\n-four\n+4\n```\n', 'does not have this once:\nfour')
        self.wrong('```diff file=file\n+4\n```\n', 'lines to remove')
        (self.tree / 'file').write_text('two\ntwo\n', encoding='utf-8')
        self.wrong('```diff file=file\n-two\n+2\n```\n', 'once')

    def test_the_page_itself_is_understood(self):
        page = (TOP / 'Doc/adding-a-module.md').read_text(encoding='utf-8')
        kinds = [kind for _, kind, _, _ in try_tutorial.blocks(page)]
        self.assertGreaterEqual(kinds.count('console'), 6)
        self.assertGreaterEqual(kinds.count('rust'), 2)
        self.assertEqual(len(re.findall(r'^```\w', page, re.MULTILINE)), len(kinds))


if __name__ == '__main__':
    unittest.main()
