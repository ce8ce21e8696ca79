"""Tests of the Debian packages that need no build: the templates, and the package properties that they define."""

import pathlib
import re
import shutil
import tempfile
import unittest
from unittest import mock

from build import deb
from build.setup_rust import TOP
from check import try_deb

MAINTAINER = {'DEBFULLNAME': 'A B', 'DEBEMAIL': 'a@example.com', 'SOURCE_DATE_EPOCH': '1700000000'}


class Templates(unittest.TestCase):
    def setUp(self):
        tree = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        shutil.copytree(TOP / 'debian', tree / 'debian')
        for name in (f'{deb.COMPONENT}/LICENSE', 'LICENSE-Rust.txt'):
            (tree / name).parent.mkdir(exist_ok=True)
            (tree / name).write_text(f'text of {name} @NO_TEMPLATE@\n', encoding='utf-8')
        self.enterContext(mock.patch.dict('os.environ', MAINTAINER))
        deb.expand_templates(tree / 'debian', deb.settings('3.15.0rc2', tree))
        files = [file for file in (tree / 'debian').iterdir() if file.is_file()]
        self.files = {file.name: file.read_text(encoding='utf-8') for file in files}

    def test_names(self):
        packages = re.findall(r'^Package: (.*)$', self.files['control'], re.MULTILINE)
        self.assertEqual(packages[0], 'python3.15-nogil-rust')
        # The files of a package are named after it.
        named = {
            re.sub(r'\.(install|postinst|prerm|lintian-overrides|README\.Debian)$', '', name)
            for name in self.files
            if '.' in name
        }
        self.assertEqual(named, set(packages))
        self.assertEqual([name for name in packages if f'{name}.install' not in self.files], [])

    def test_nothing_is_left_to_expand(self):
        for name, text in self.files.items():
            self.assertNotRegex(text.replace('@NO_TEMPLATE@', ''), r'@[A-Z_]+@', name)

    def test_changelog(self):
        text = self.files['changelog']
        self.assertRegex(text, r'^python3\.15-nogil-rust \(3\.15\.0~rc2\+rust\d+\.\d+\.\d+-1\) unstable; ')
        self.assertTrue(text.endswith(' -- A B <a@example.com>  Tue, 14 Nov 2023 22:13:20 +0000\n'), text)

    def test_maintainer_scripts_are_of_their_package(self):
        for package in ('python3.15-nogil-rust', 'python3.15-nogil-rust-venv'):
            for script in ('postinst', 'prerm'):
                self.assertIn(f'dpkg -L {package} ', self.files[f'{package}.{script}'])

    def test_licences(self):
        self.assertIn('text of cpython-source/LICENSE @NO_TEMPLATE@', self.files['copyright'])
        self.assertIn('text of LICENSE-Rust.txt', self.files['copyright'])

    def test_rust(self):
        minimum = re.search(r'^rust-version = "(.+)"', (TOP / 'Cargo.toml').read_text(encoding='utf-8'), re.M)[1]
        self.assertIn(f' rustc (>= {minimum}) | rustc-web (>= {minimum}),\n', self.files['control'])


class Trial(unittest.TestCase):
    def test_names_of_files(self):
        for name in ('/usr/bin/python3.14t', '/usr/lib/python3.14t/os.py', '/usr/share/doc/python3.14-nogil-rust/x',
                     '/usr/lib/pkgconfig/python-3.14t.pc'):  # fmt: skip
            self.assertRegex(name, try_deb.OURS)
        for name in ('/usr/bin/python3.14', '/usr/share/man/man1/python3.14.1.gz', '/usr/bin/pydoc3.14'):
            self.assertNotRegex(name, try_deb.OURS)

    def test_errors_of_lintian(self):
        self.assertEqual(try_deb.count_lintian('W: x: y\nE: x: y\nE: x: z\n'), (0, 2, 0))
        self.assertEqual(try_deb.count_lintian('W: x: y\n'), (1, 0, 0))

    def test_build_dependencies(self):
        text = try_deb.build_dependencies()
        self.assertNotIn('@', text.replace('none@example.com', ''))
        self.assertIn('\n libssl-dev,\n', text)


class Tarball(unittest.TestCase):
    def test_another_file_is_refused(self):
        with tempfile.NamedTemporaryFile() as file:
            with self.assertRaisesRegex(SystemExit, 'another SHA-256'):
                deb.check_tarball(pathlib.Path(file.name), '3.14.7')
            # The tarball of a release that is not in the table cannot be checked.
            deb.check_tarball(pathlib.Path(file.name), '3.14.99')


if __name__ == '__main__':
    unittest.main()
