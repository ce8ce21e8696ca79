"""Tests of the archive that `make dist` makes, and of the bill of materials."""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from unittest import mock

from build import dist, sbom, setup_rust, vendor
from build.crates import foreign, host_target, metadata, reachable

EPOCH = 1_700_000_000


def number(version):
    """Return a version of Rust's compiler as numbers, with three of them."""
    return tuple(map(int, f'{version}.0.0'.split('.')[:3]))


class Pack(unittest.TestCase):
    def pack(self, scratch, names, mode):
        """Return the bytes of an archive of files that are made in this order, with this mode."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=scratch), 'sources-1.0')
        (folder / 'sub').mkdir(parents=True)
        for index, name in enumerate(names):
            (folder / name).write_text(name, encoding='utf-8')
            (folder / name).chmod(mode)
            os.utime(folder / name, (index, index))
        target = folder.parent / 'archive.tar.xz'
        dist.pack(folder, target, EPOCH)
        with tarfile.open(target) as archive:
            entries = archive.getmembers()
        self.assertEqual({(entry.mtime, entry.uid, entry.uname) for entry in entries}, {(EPOCH, 0, '')})
        return target.read_bytes(), [entry.name for entry in entries]

    def test_bytes_follow_from_names_and_contents(self):
        names = ['sub/b', 'a', 'sub/a', 'sub.c']
        with tempfile.TemporaryDirectory() as scratch:
            first, listed = self.pack(scratch, names, 0o644)
            self.assertEqual(first, self.pack(scratch, names[::-1], 0o600)[0])
            self.assertNotEqual(first, self.pack(scratch, names, 0o755)[0])
        wanted = ['', '/a', '/sub', '/sub/a', '/sub/b', '/sub.c']
        self.assertEqual(listed, [f'sources-1.0{name}' for name in wanted])


class Vendor(unittest.TestCase):
    @unittest.skipIf((vendor.TOP / 'vendor').is_dir(), 'the crates are in vendor/, and cargo may have no others')
    def test_cargo_is_told_of_the_crates(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder, home = pathlib.Path(scratch, 'sources'), pathlib.Path(scratch, 'home')
            for name in vendor.workspace():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(vendor.TOP / name, folder / name)
            with mock.patch.dict(os.environ, CARGO_NET_OFFLINE='true'):
                dist.vendor(folder)
            # Cargo needs none of those that it has downloaded.
            command = ['cargo', 'metadata', '--locked', '--offline', '--format-version=1', '--quiet']
            environment = os.environ | {'CARGO_HOME': str(home)}
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_crate_needs_a_newer_rust(self):
        command = ['cargo', 'metadata', '--locked', '--format-version=1', '--quiet']
        done = subprocess.run(command, cwd=setup_rust.TOP, check=True, capture_output=True)
        packages = json.loads(done.stdout)['packages']
        needed = {package['name']: package['rust_version'] or '0' for package in packages}
        least = needed['stdlib']
        self.assertEqual([name for name, version in needed.items() if number(version) > number(least)], [])

    def test_a_failure_is_an_error(self):
        with tempfile.TemporaryDirectory() as scratch, self.assertRaises(SystemExit) as caught:
            dist.vendor(pathlib.Path(scratch))
        self.assertIn('cannot vendor the crates', str(caught.exception))


class BillOfMaterials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = metadata([module.name for module in setup_rust.modules()], host_target())

    def test_components(self):
        document = sbom.document(self.data)
        linked = {(package['name'], package['version']) for package in foreign(reachable(self.data, (None,)))}
        self.assertTrue(linked)
        crates = [component for component in document['components'] if 'purl' in component]
        self.assertEqual({(component['name'], component['version']) for component in crates}, linked)
        for component in crates:
            self.assertRegex(component['hashes'][0]['content'], '^[0-9a-f]{64}$')
        names = {component['name'] for component in document['components']}
        self.assertLessEqual({module.name for module in setup_rust.modules()} | {'rust-std'}, names)

    def test_references(self):
        document = sbom.document(self.data)
        known = {component['bom-ref'] for component in document['components']}
        root = document['metadata']['component']['bom-ref']
        graph = {entry['ref']: entry['dependsOn'] for entry in document['dependencies']}
        self.assertEqual(set(graph), known | {root})
        reached, todo = set(), [root]
        while todo:
            for ref in graph[todo.pop()]:
                if ref not in reached:
                    reached.add(ref)
                    todo.append(ref)
        self.assertEqual(reached, known)

    def test_time(self):
        with mock.patch.dict(os.environ, SOURCE_DATE_EPOCH=str(EPOCH)):
            first = sbom.document(self.data)
            self.assertEqual(first['metadata']['timestamp'], '2023-11-14T22:13:20Z')
            self.assertEqual(first, sbom.document(self.data))
        with mock.patch.dict(os.environ):
            os.environ.pop('SOURCE_DATE_EPOCH', None)
            self.assertNotIn('timestamp', sbom.document(self.data)['metadata'])


if __name__ == '__main__':
    unittest.main()
