"""Run the commands of the section for packagers in Doc/building.md, without a network where that can be arranged."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from build import vendor
from build.setup_rust import TOP
from check import try_tutorial

PAGE = TOP / 'Doc/building.md'


def without_network():
    """Return the start of a command that runs another without a network; nothing if this user may not do that."""
    start = ['unshare', '--net']
    if not shutil.which(start[0]) or subprocess.run([*start, 'true'], stderr=subprocess.DEVNULL).returncode:
        return []
    return start


def blocks():
    """Return the console blocks of the section."""
    section = re.search(r"^### A packager's commands$(.*?)^## ", PAGE.read_text(encoding='utf-8'), re.DOTALL | re.M)
    return [text for _, kind, _, text in try_tutorial.blocks(section[1]) if kind == 'console']


class Commands(unittest.TestCase):
    def run_block(self, text, folder):
        environment = os.environ | {'SOURCE': str(TOP), 'CARGO_NET_OFFLINE': 'true'}
        # What make exports is for the commands that it runs itself.
        for name in ('MAKEFLAGS', 'MAKELEVEL', 'MFLAGS'):
            environment.pop(name, None)
        for command, expected in try_tutorial.commands(text):
            done = subprocess.run(
                [*without_network(), 'sh', '-c', command], cwd=folder, env=environment, capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 0, f'{command}\n{done.stdout}{done.stderr}')
            self.assertTrue(try_tutorial.matches(expected, done.stdout), f'{command}\n{done.stdout}')

    @unittest.skipIf((TOP / 'vendor').is_dir(), 'the crates are in vendor/, and cargo may have no others')
    def test_in_the_source_tree(self):
        with tempfile.TemporaryDirectory() as temp:
            tree, home = pathlib.Path(temp, 'tree'), pathlib.Path(temp, 'home')
            for name in vendor.workspace():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(TOP / name, tree / name)
            self.run_block(blocks()[0], tree)
            # Cargo finds all crates there, and needs none of those that it has downloaded.
            command = ['cargo', 'metadata', '--locked', '--offline', '--format-version=1', '--quiet']
            environment = os.environ | {'CARGO_HOME': str(home)}
            done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_in_a_build_folder(self):
        if not pathlib.Path('cpython/python').exists() or not pathlib.Path('rust/stdlib.o').exists():
            self.skipTest('this is no folder in which Rust modules have been built')
        if list(pathlib.Path('cpython').glob('libpython*.so*')):
            self.skipTest('the libraries are those of libpython here')
        try:
            self.run_block(blocks()[1], pathlib.Path.cwd())
        finally:
            for name in ('LICENSE-Rust.txt', 'sbom-rust.cdx.json'):
                pathlib.Path(name).unlink(missing_ok=True)

    def test_wrong_blocks_are_noticed(self):
        with tempfile.TemporaryDirectory() as temp:
            self.run_block('$ echo a\na\n', temp)
            for text in ('$ echo a\nb\n', '$ false\n'):
                with self.assertRaises(AssertionError):
                    self.run_block(text, temp)


if __name__ == '__main__':
    unittest.main()
