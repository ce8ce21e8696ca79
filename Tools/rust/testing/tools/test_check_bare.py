"""Tests of the parts of check_bare.py that need no Debian system."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

from check import check_bare
from build.setup_rust import TOP


class CheckBare(unittest.TestCase):
    def test_the_commands_are_those_of_the_readme(self):
        build, test = check_bare.readme_commands()
        self.assertEqual((build, test), ('./bootstrap && ./configure --disable-gil && make', 'make test'))

    def test_results_are_read_from_the_closing_line(self):
        output = 'x: 5 passed, 0 failed, 1 skipped, 3 s\n\nFailed: y\n\n5296 passed, 2 failed, 7 skipped\n'
        self.assertEqual(check_bare.count_closing_line(output), (5296, 2, 7))
        # A run that breaks off has no such line, and is no success.
        self.assertEqual(check_bare.count_closing_line(output[:60]), (0, 0, 0))

    def test_record(self):
        with tempfile.TemporaryDirectory() as folder:
            record, page = pathlib.Path(folder, 'r.json'), pathlib.Path(folder, 'p.md')
            text = (TOP / 'Doc/building.md').read_text(encoding='utf-8')
            page.write_text(text, encoding='utf-8')
            with mock.patch.multiple(check_bare, RECORD=record, PAGE=page):
                tools = {'rustc': '1.96.0', 'gcc': '14.2.0', 'glibc': '2.41'}
                check_bare.write_record('trixie', 'abc', tools, {'package': {'passed': 9, 'failed': 8, 'skipped': 7}})
                check_bare.write_record('trixie', 'abc', tools, {'readme': {'passed': 1, 'failed': 0, 'skipped': 0}})
                check_bare.write_record('bookworm', 'def', tools, {'readme': {'passed': 2, 'failed': 0, 'skipped': 0}})
            rows = [line for line in page.read_text(encoding='utf-8').splitlines() if line.startswith('| Debian')]
            self.assertEqual([row.split('|')[1].strip() for row in rows], ['Debian 12', 'Debian 13', 'Debian 13'])
            self.assertRegex(rows[2], r'rustc 1.96.0, gcc 14.2.0, glibc 2.41 \| `package` \| abc \| 9 \| 8 \| 7 \|$')
            # The rest of the page is as it was.
            before, _, after = text.partition('<!-- check-bare')
            self.assertTrue(page.read_text(encoding='utf-8').startswith(before))
            self.assertTrue(page.read_text(encoding='utf-8').endswith(after.partition('<!-- end -->')[2]))

    @unittest.skipUnless(shutil.which('git'), 'git is not installed')
    def test_the_commit_is_that_of_the_clone(self):
        def git(*arguments):
            command = ['git', '-C', top, '-c', 'user.name=x', '-c', 'user.email=x', *arguments]
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

        def commit(text):
            git('commit', '-q', '--allow-empty', '-m', text)
            return git('rev-parse', '--short=12', 'HEAD')

        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder, 'top')
            top.mkdir()
            git('init', '-q')
            machine = check_bare.Machine('trixie', pathlib.Path(folder), report=None, jobs=1)
            first = commit('first')
            git('clone', '-q', top, f'{machine.root}{check_bare.CLONE}')
            second = commit('second')
            self.assertEqual(machine.commit(), first)
            with mock.patch.object(check_bare, 'TOP', top):
                machine.prepare(again=True)
            self.assertEqual(machine.commit(), second)


if __name__ == '__main__':
    unittest.main()
