"""Tests of what puts the workspace into a CPython tree, with a stand-in for the tree, and of what runs there."""

import contextlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from build import releases, vendor

TOP = pathlib.Path(__file__).resolve().parents[4]
SCRIPT = TOP / 'Tools/rust/build/configure_in_cpython.sh'
# What the edits look for, between other lines.
TREE = {
    'configure.ac': 'AC_INIT\n# Check for --with-pydebug\nAC_OUTPUT\n\nmv config.c Modules\nthe end\n',
    'configure': (
        "opts='\nwith_pydebug\n'\nhelp:\n  --with-pydebug          build it\n\n# Check for --with-pydebug\n"
        'with_pydebug=x\nmv config.c Modules\nthe end\n'
    ),
    'Makefile.pre.in': 'all:\n# IF YOU PUT ANYTHING HERE IT WILL GO AWAY\n# End:\n',
    'Include/patchlevel.h': '#define PY_VERSION              "3.14.7"\n',
}
CONFIGURE = '#!/bin/sh\nprintf "%s\\n" "$@" > arguments\ntouch cpython.mk\nexit ${FAIL-0}\n'


class Vendor(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.folder = pathlib.Path(temp.name)
        self.tree = self.folder / 'tree'
        self.write(TREE)
        # Few files are enough.
        files = [pathlib.Path(name) for name in ('Cargo.toml', 'Modules/Setup.rust', 'Rust/cpython.m4')]
        for name, value in (('workspace', lambda: files), ('make_configure', lambda target: target.touch())):
            patch = mock.patch.object(vendor, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def write(self, files):
        for name, text in files.items():
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).write_text(text, encoding='utf-8')

    def read(self, name):
        return (self.tree / name).read_text(encoding='utf-8')

    def refuse(self, *words):
        """Run on the tree, which must stay as it is."""
        before = {file: file.read_bytes() for file in self.tree.rglob('*') if file.is_file()}
        with self.assertRaises(vendor.VendorError) as caught:
            vendor.vendor(self.tree)
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual({file: file.read_bytes() for file in self.tree.rglob('*') if file.is_file()}, before)

    def test_lines_are_added_and_none_is_changed(self):
        patch = vendor.vendor(self.tree)
        self.assertNotRegex(patch, r'(?m)^-(?!-- a/)')
        self.assertRegex(self.read('configure.ac'), r'PY_RUST_OPTIONS\n\n# Check for --with-pydebug\n')
        self.assertTrue(self.read('configure.ac').endswith('\nPY_RUST_CONFIGURE\nthe end\n'))
        self.assertIn('-include build-rust/cpython.mk\n\n# IF YOU PUT', self.read('Makefile.pre.in'))
        lines = self.read('configure').splitlines()
        self.assertLess(lines.index('with_bindgen'), lines.index('with_pydebug'))
        self.assertTrue((self.tree / 'Rust/Makefile.pre.in').exists())
        self.assertTrue((self.tree / 'Rust/configure').exists())
        added = sum(len(self.read(name).splitlines()) - len(TREE[name].splitlines()) for name in TREE)
        self.assertEqual(vendor.changed_lines(patch), added)
        self.assertLess(added, vendor.HIGHEST_COUNT)
        page = (TOP / 'Doc/building.md').read_text(encoding='utf-8')
        self.assertIn(f'These are {added} lines, and no line is changed or removed.', page)

    def test_the_release_that_is_built(self):
        tree = releases.source()
        if tree is None:
            self.skipTest('this is no build folder')
        edits = vendor.read_edits(vendor.EDITS.read_text(encoding='utf-8'))
        self.assertEqual({edit.file for edit in edits}, {file for _, files in vendor.STEPS for file in files})
        for edit in edits:
            text = (tree / edit.file).read_text(encoding='utf-8')
            self.assertEqual(len(edit.apply(text)), len(text) + len(edit.text))

    def test_a_missing_anchor_is_named(self):
        for name, line in (
            ('configure', '  --with-pydebug          build it\n'),
            ('configure.ac', 'mv config.c Modules\n'),
            ('Makefile.pre.in', '# IF YOU PUT ANYTHING HERE IT WILL GO AWAY\n'),
        ):
            with self.subTest(name):
                self.write({name: TREE[name].replace(line, '')})
                self.refuse(f'{name}: no line where one should match: ', line.split()[0])
                self.write(TREE)

    def test_an_anchor_that_is_there_twice_is_named(self):
        self.write({'configure.ac': TREE['configure.ac'] * 2})
        self.refuse('configure.ac: 2 lines where one should match: # Check for --with-pydebug')

    def test_trees_that_are_refused(self):
        self.write({'Include/patchlevel.h': '#define PY_VERSION "3.13.2"\n'})
        self.refuse('for CPython 3.14 and 3.15', 'is 3.13.2')
        self.write({'Include/patchlevel.h': ''})
        self.refuse('is not a CPython source tree')
        (self.tree / 'Include/patchlevel.h').unlink()
        self.refuse('is not a CPython source tree')

    def test_a_release_is_written_to_once(self):
        vendor.vendor(self.tree)
        self.refuse('has a folder Rust already')

    def test_edits_of_another_version_are_not_doubled(self):
        self.write({'configure.ac': TREE['configure.ac'].replace('AC_OUTPUT', 'RUST_OLD\nAC_OUTPUT')})
        self.refuse('configure.ac: another version of this script has edited it')

    @unittest.skipUnless(shutil.which('patch'), 'patch is not installed')
    def test_the_patches_apply_to_the_release(self):
        patches = self.folder / 'patches'
        vendor.vendor(self.tree, patches)
        after = {name: self.read(name) for name in TREE}
        self.write(TREE)
        names = sorted(file.name for file in patches.iterdir())
        self.assertEqual([name.partition('-')[0] for name in names], ['0001', '0002'])
        for name in names:
            command = ['patch', '-p1', '--fuzz=0', '-d', self.tree, '-i', patches / name]
            done = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertNotIn('offset', done.stdout)
        self.assertEqual({name: self.read(name) for name in TREE}, after)

    def git(self, *arguments):
        who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org']
        command = ['git', '-C', self.tree, *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    @unittest.skipUnless(shutil.which('git'), 'git is not installed')
    def test_steps_are_commits_in_a_checkout(self):
        environment = {f'GIT_{role}_{key}': 'a@b' for role in ('AUTHOR', 'COMMITTER') for key in ('NAME', 'EMAIL')}
        self.git('init', '-q')
        # What is ignored there, and belongs to the workspace, is committed all the same.
        self.write({'.gitignore': '*.m4\n'})
        self.git('add', '.')
        self.git('commit', '-q', '-m', 'CPython')
        with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(io.StringIO()):
            vendor.vendor(self.tree)
            subjects = self.git('log', '--format=%s').splitlines()
            self.assertEqual(subjects, ['Regenerate configure', vendor.STEPS[0][0], 'Add the Rust modules', 'CPython'])
            self.assertEqual(self.git('status', '--porcelain', '--ignored'), '')
            self.assertEqual(self.git('show', '--name-only', '--format=', 'HEAD').split(), ['configure'])
            # Once more, after a change of the workspace.
            self.write({'Rust/cpython.m4': 'old\n'})
            self.git('commit', '-q', '-a', '-m', 'Older')
            vendor.vendor(self.tree)
        self.assertEqual(self.git('log', '--format=%s').splitlines(), ['Add the Rust modules', 'Older', *subjects])

    @unittest.skipUnless(shutil.which('git'), 'git is not installed')
    def test_a_checkout_with_changes_is_refused(self):
        self.git('init', '-q')
        self.refuse('has changes that are not committed')


class Workspace(unittest.TestCase):
    def test_files_that_a_build_needs_are_in_it(self):
        names = {str(name) for name in vendor.workspace()}
        self.assertLessEqual(
            {
                'Cargo.lock',
                'Include/rust/zlib.h',
                'Modules/Setup.rust',
                'Rust/cpython.mk.in',
                'Rust/shared/cpython-sys/bindings/3.14-64.rs',
                'Rust/zlib/src/lib.rs',
                'Tools/rust/__main__.py',
                'Tools/rust/build/configure_in_cpython.sh',
            },
            names,
        )
        self.assertFalse([name for name in names if re.search('__pycache__|/target/', name)])

    def test_without_git(self):
        with mock.patch('shutil.which', lambda name: None), mock.patch.object(vendor, 'git', side_effect=OSError):
            names = {str(name) for name in vendor.workspace()}
        self.assertLessEqual({'Cargo.lock', 'Rust/zlib/src/lib.rs', 'Tools/rust/__main__.py'}, names)

    def test_no_name_of_it_is_one_of_the_release(self):
        tree = releases.source()
        if tree is None:
            self.skipTest('this is no build folder')
        self.assertEqual([name for name in vendor.workspace() if (tree / name).exists()], [])


class ConfigureInCpython(unittest.TestCase):
    """The script that CPython's configure calls at its end."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.tree = pathlib.Path(temp.name, 'tree')
        self.build = pathlib.Path(temp.name, 'build')
        self.bin = pathlib.Path(temp.name, 'bin')
        for folder in (self.tree / 'Rust', self.tree / 'Tools', self.build, self.bin):
            folder.mkdir(parents=True)
        (self.tree / 'Tools/rust').symlink_to(TOP / 'Tools/rust')
        (self.tree / 'Cargo.toml').symlink_to(TOP / 'Cargo.toml')
        self.program(self.tree / 'Rust/configure', CONFIGURE)
        self.program(self.bin / 'cargo', '#!/bin/sh\necho cargo 1.95.0\n')
        self.program(self.bin / 'rustc', '#!/bin/sh\necho "rustc 1.95.0 (hash date)"\n')
        (self.bin / 'python3').symlink_to(sys.executable)
        for name in ('sh', 'sed', 'rm', 'mkdir', 'uname', 'touch'):
            (self.bin / name).symlink_to(next(p for f in ('/usr/bin', '/bin') if (p := pathlib.Path(f, name)).exists()))

    def program(self, path, text):
        path.write_text(text, encoding='utf-8')
        path.chmod(0o755)

    def run_script(self, gil, modules, *arguments, **environment):
        return subprocess.run(
            ['/bin/sh', '../tree/Tools/rust/build/configure_in_cpython.sh', '../tree', gil, modules, *arguments],
            cwd=self.build,
            env={'PATH': str(self.bin), 'SHELL': '/bin/sh'} | environment,
            capture_output=True,
            text=True,
        )

    def arguments(self):
        return (self.build / 'build-rust/arguments').read_text(encoding='utf-8').splitlines()

    def left_alone(self, reason, gil='yes', modules='auto', **environment):
        done = self.run_script(gil, modules, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout.count('\n'), 1, done.stdout)
        self.assertIn(f'no Rust modules: {reason}', done.stdout)
        self.assertEqual(list(self.build.iterdir()), [])

    def test_rust_is_taken_when_it_is_there(self):
        done = self.run_script('yes', 'auto', '--disable-gil', 'CC=gcc -x')
        self.assertEqual(done.returncode, 0, done.stderr)
        arguments = self.arguments()
        self.assertEqual(arguments[:2], ['--disable-gil', 'CC=gcc -x'])
        # The last of two options that contradict each other is the one that counts.
        self.assertIn('--with-rust-modules=default', arguments[2:])
        self.assertIn('--srcdir=../../tree', arguments)
        self.assertIn('--with-cpython-builddir=..', arguments)

    def test_without_what_they_need_nothing_is_written(self):
        self.left_alone('they are for the free-threaded build', gil='no')
        self.left_alone('--with-rust-modules=none', modules='none')
        self.left_alone('cargo was not found', CARGO='/nonexistent')
        self.program(self.bin / 'rustc', '#!/bin/sh\necho "rustc 1.50.0 (hash date)"\n')
        self.left_alone('they need Rust 1.')
        (self.bin / 'rustc').unlink()
        self.left_alone('they need Rust 1.')
        self.program(self.bin / 'rustc', '#!/bin/sh\necho "rustc 1.95.0 (hash date)"\n')
        (self.bin / 'python3').unlink()
        self.left_alone('their Argument Clinic needs Python')
        (self.bin / 'cargo').unlink()
        self.left_alone('cargo was not found')

    def test_requested_modules_are_left_to_their_configure(self):
        done = self.run_script('no', 'zlib', CARGO='/nonexistent', FAIL='3')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('--with-rust-modules=zlib', self.arguments())

    def test_an_earlier_run_is_undone(self):
        self.run_script('yes', 'auto')
        kept = self.tree / 'Rust/kept'
        self.program(self.tree / 'Rust/configure', CONFIGURE.replace('> arguments', f'> {kept}'))
        done = self.run_script('no', 'auto', '--with-rust-modules=all')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        options = [line for line in kept.read_text(encoding='utf-8').splitlines() if 'rust-modules' in line]
        self.assertEqual(options[-1], '--with-rust-modules=none')
        self.assertEqual(list(self.build.iterdir()), [])

    def test_quiet(self):
        self.assertEqual(self.run_script('no', 'auto', silent='yes').stdout, '')
        self.run_script('yes', 'auto', silent='yes')
        self.assertIn('--silent', self.arguments())


if __name__ == '__main__':
    unittest.main()
