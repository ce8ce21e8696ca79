"""Tests of ./bootstrap on machines that lack one thing or another.

Each test makes a clone in a temporary folder, with small tarballs in place of CPython's releases, and a PATH that holds
nothing but the basic tools of this machine and stand-ins that the test arranges. Nothing is installed, and nothing is
fetched but from a server that a test starts.

    python3 Tools/rust testing.tools.test_bootstrap
"""

import hashlib
import http.server
import io
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
BASICS = 'cat chmod dirname env find id mkdir mv rm rmdir sed sha256sum true'.split()
LIBRARIES = """ca-certificates libbz2-dev libc6-dev libffi-dev libgdbm-compat-dev libgdbm-dev liblzma-dev libncurses-dev
    libreadline-dev libsqlite3-dev libssl-dev libzstd-dev netbase uuid-dev zlib1g-dev""".split()
URL = 'https://www.python.org/ftp/python/9.9.9/Python-9.9.9.tar.xz'
POOL = 'pool/main/p/python9.9/python9.9_9.9.9.orig.tar.xz'


def make_tarball(version):
    """A release tarball of one CPython file, as bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w:xz') as archive:
        for name, text in {'configure': b'#!/bin/sh\n', 'README.rst': b'Python\n'}.items():
            info = tarfile.TarInfo(f'Python-{version}/{name}')
            info.size = len(text)
            info.uid = 1234  # Not who unpacks it.
            archive.addfile(info, io.BytesIO(text))
    return buffer.getvalue()


TARBALL = make_tarball('9.9.9')
SHA256 = hashlib.sha256(TARBALL).hexdigest()
# Two lines of releases: version, tarball, and whether it is tested.
RELEASES = {
    '9.9.8': (make_tarball('9.9.8'), 'tested'),
    '9.9.9': (TARBALL, 'tested'),
    '9.9.10': (make_tarball('9.9.10'), 'untested'),
    '9.10.0rc2': (make_tarball('9.10.0rc2'), 'tested'),
    '9.10.0': (make_tarball('9.10.0'), 'untested'),
}
TABLE = '# A table.\n\ndefault   9.9\n\n' + ''.join(
    f'{version:<9} {hashlib.sha256(tarball).hexdigest()}  {state}\n' for version, (tarball, state) in RELEASES.items()
)


class Machine(unittest.TestCase):
    """A clone on a machine where everything is there; the tests take things away. It has no apt."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory(prefix='bootstrap-test-')
        self.addCleanup(temp.cleanup)
        self.temp = Path(temp.name)
        self.log = self.temp / 'log'
        self.log.touch()
        self.root = self.temp / 'clone'
        (self.root / 'Tools/rust/build').mkdir(parents=True)
        shutil.copy2(ROOT / 'bootstrap', self.root)
        for name in ('toolchain.sh', 'releases.sh'):
            shutil.copy2(ROOT / 'Tools/rust/build' / name, self.root / 'Tools/rust/build')
        (self.root / 'Cargo.toml').write_text('[workspace.package]\nedition = "2024"\nrust-version = "1.77"\n')
        (self.root / 'configure.ac').write_text('AC_INIT([x], [1])\n')
        (self.root / 'Tools/rust/build/releases.txt').write_text(TABLE)
        self.archive = self.root / 'Python-9.9.9.tar.xz'
        self.archive.write_bytes(TARBALL)
        self.tree = self.root / 'Python-9.9.9'

        self.bin = self.temp / 'bin'
        self.bin.mkdir()
        for name in BASICS:
            (self.bin / name).symlink_to(self.real(name))
        self.tool('tar', f'exec {self.real("tar")} "$@"')
        self.tool('python3', f'exec {shlex.quote(sys.executable)} "$@"')
        self.tool('autoconf', 'echo "configure.ac:1: warning: odd"; shift 2; echo "#!/bin/sh" >"$1"')
        self.tool('cargo', 'echo cargo 1.80.0')
        self.tool('rustc', 'echo "rustc 1.80.0 (051478957 2024-07-21)"')
        for name in 'gcc make pkg-config ar nm objcopy'.split():
            self.tool(name, 'exit 1')
        (self.bin / 'xz').symlink_to(self.real('xz'))
        self.env = {'PATH': str(self.bin), 'HOME': str(self.temp)}

    @staticmethod
    def real(name):
        path = shutil.which(name)
        if path is None:
            raise unittest.SkipTest(f'needs {name}')
        return path

    def tool(self, name, script, folder=None):
        """Puts a command on PATH: the sh lines of `script`, after a line in the log."""
        path = (folder or self.bin) / name
        path.unlink(missing_ok=True)
        log = shlex.quote(str(self.log))
        path.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >>{log}\n{script}\n')
        path.chmod(0o755)

    def lack(self, *names):
        for name in names:
            (self.bin / name).unlink()

    def calls(self, name):
        """The calls of one command so far, each as its arguments."""
        lines = self.log.read_text().splitlines()
        return [line.removeprefix(name).strip() for line in lines if line.split(' ')[0] == name]

    def bootstrap(self, *args, cwd=None):
        # A session of its own: no terminal on which to ask for a password.
        return subprocess.run(
            [self.root / 'bootstrap', *args],
            cwd=cwd or self.root,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=30,
        )

    def succeed(self, *args, **options):
        done = self.bootstrap(*args, **options)
        self.assertEqual(done.stderr, '')
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def fail_with(self, *words, args=(), status=1):
        """Runs bootstrap, which must fail with one line on stderr that has all the words; returns that line."""
        done = self.bootstrap(*args)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertRegex(done.stderr, r'\Abootstrap: error: [^\n]+\n\Z')
        for word in words:
            self.assertIn(str(word), done.stderr)
        self.assertNotIn('ready', done.stdout)
        return done.stderr

    def assert_no_remains(self):
        left = [path.name for path in self.root.iterdir() if path.suffix in {'.part', '.unpacking', '.new'}]
        self.assertEqual(left, [])


class Steps(Machine):
    def test_all_is_done(self):
        stdout = self.succeed()
        self.assertIn('warning: odd', stdout)
        self.assertTrue(stdout.endswith('ready; next: ./configure --disable-gil && make\n'), stdout)
        self.assertEqual((self.tree / 'README.rst').read_text(), 'Python\n')
        self.assertEqual((self.tree / 'configure').stat().st_uid, os.getuid())
        self.assertTrue((self.root / 'configure').is_file())
        self.assert_no_remains()

    def test_nothing_is_done_again(self):
        self.succeed()
        self.log.write_text('')
        start = time.monotonic()
        stdout = self.succeed()
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(stdout, 'bootstrap: ready; next: ./configure --disable-gil && make\n')
        self.assertEqual(self.calls('tar') + self.calls('autoconf'), [])

    def test_a_read_only_clone_that_is_ready(self):
        self.succeed()
        self.root.chmod(0o555)
        self.addCleanup(self.root.chmod, 0o755)
        self.succeed()

    def test_from_another_folder(self):
        for shell in ['dash', 'bash', 'busybox']:
            if path := shutil.which(shell):
                with self.subTest(shell=shell):
                    command = [path, *(['sh'] if shell == 'busybox' else []), 'clone/bootstrap']
                    done = subprocess.run(command, cwd=self.temp, env=self.env, capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ''))
                    self.assertIn(f'cd {self.root} && ./configure', done.stdout)
                    self.assertTrue(self.tree.is_dir())

    def test_help(self):
        self.lack('cargo', 'gcc', 'python3')
        stdout = self.succeed('--help')
        options = ['--tarball', '--no-cpython', '--no-install', '--with-rust-modules=none']
        for word in ['1.77', 'Python-9.9.9/', '(9.9 9.10)', *RELEASES, *options]:
            self.assertIn(word, stdout)
        self.assertEqual(stdout, self.succeed('-h'))
        self.assertFalse(self.tree.exists())

    def test_wrong_usage(self):
        self.fail_with('--frob', '--help', args=['--frob'], status=2)
        self.fail_with('--tarball', args=['--tarball'], status=2)
        self.fail_with('--tarball', '--no-cpython', args=['--tarball', 'x', '--no-cpython'], status=2)
        self.fail_with('--no-cpython', 'a release', args=['9.9', '--no-cpython'], status=2)
        self.fail_with('one release', args=['9.9', '9.10'], status=2)
        for release in ('9.8', '9.9.11', '9', '9.', '9.9.1'):
            self.fail_with(f'{release} is no known release', '9.9 9.10', args=[release], status=2)

    def test_a_path_with_blanks_or_quotes(self):
        for name in ['a clone', "a'b", 'a"b', 'a$b', 'a;b', 'a&b']:
            with self.subTest(name=name):
                self.root = self.root.rename(self.temp / name)
                self.log.write_text('')
                self.fail_with(self.root, 'blanks or quotes')
                # Before anything is installed or downloaded.
                self.assertEqual(self.log.read_text(), '')

    def test_no_clone(self):
        (self.root / 'configure.ac').unlink()
        self.fail_with('configure.ac is missing')
        (self.root / 'Cargo.toml').unlink()
        self.fail_with('Cargo.toml is missing')


class Configure(Machine):
    def test_made_anew_when_an_input_is_newer(self):
        for name in ['configure.ac', 'aclocal.m4', 'm4/rust.m4']:
            with self.subTest(name=name):
                self.succeed()
                path = self.root / name
                path.parent.mkdir(exist_ok=True)
                path.touch()
                stamp = time.time() + 1
                os.utime(path, (stamp, stamp))
                self.log.write_text('')
                self.succeed()
                self.assertEqual(len(self.calls('autoconf')), 1)
                os.utime(path, (1, 1))

    def test_a_release_needs_no_autoconf(self):
        self.succeed()
        self.lack('autoconf')
        self.succeed()
        (self.root / 'configure').unlink()
        self.fail_with('autoconf')

    def test_autoconf_fails(self):
        self.tool('autoconf', 'echo half >"$3"; echo "undefined macro" >&2; exit 1')
        self.fail_with('autoconf fails')
        self.assertFalse((self.root / 'configure').exists())
        self.assert_no_remains()


class Rust(Machine):
    def test_missing(self):
        for name in ['cargo', 'rustc']:
            with self.subTest(name=name):
                self.lack(name)
                self.fail_with(f'{name} not found', '1.77', 'rustup')
                self.tool(name, 'echo rustc 1.77.0')

    def test_installed_but_not_on_path(self):
        folder = self.temp / '.cargo/bin'
        folder.mkdir(parents=True)
        shutil.move(self.bin / 'cargo', folder)
        self.fail_with('not on PATH', '~/.cargo/env')

    def test_versions(self):
        for version in ['1.77.0', '1.77.2', '1.100.0-nightly', '2.0.0']:
            with self.subTest(version=version):
                self.tool('rustc', f'echo "rustc {version} (0123 2024-01-01)"')
                self.succeed()
        for version in ['1.76.9', '1.8.0', '0.99.0']:
            with self.subTest(version=version):
                self.tool('rustc', f'echo "rustc {version} (0123 2024-01-01)"')
                self.fail_with(f'rustc is {version},', '1.77', 'update')

    def test_does_not_run(self):
        for name in ['cargo', 'rustc']:
            with self.subTest(name=name):
                self.tool(name, 'echo no toolchain >&2; exit 1')
                self.fail_with(f"'{name} --version' fails", 'rustup default')
                self.tool(name, 'echo rustc 1.77.0')
        self.tool('rustc', 'echo gibberish')
        self.fail_with('does not tell a version')

    def test_named_by_the_environment(self):
        other = self.temp / 'other tools'
        other.mkdir()
        self.tool('my-cargo', 'echo cargo 1.90.0', other)
        self.tool('my-rustc', 'echo rustc 1.90.0', other)
        self.lack('cargo', 'rustc')
        self.env |= {'CARGO': str(other / 'my-cargo'), 'RUSTC': str(other / 'my-rustc')}
        self.succeed()


class Crates(Machine):
    def test_fetched_once(self):
        crates = self.temp / 'crates'
        self.tool('cargo', f'case $* in *--offline*) [ -e "{crates}" ] ;; fetch*) : >"{crates}" ;; esac')
        self.assertIn('fetching the crates', self.succeed())
        self.assertIn('fetch --locked', self.calls('cargo'))
        self.log.write_text('')
        self.assertNotIn('fetching the crates', self.succeed())
        self.assertNotIn('fetch --locked', self.calls('cargo'))

    def test_no_network(self):
        self.tool('cargo', 'case $1 in fetch) echo error: no route; exit 1 ;; esac')
        self.assertIn('error: no route', self.bootstrap().stdout)
        self.fail_with('cargo cannot fetch the crates', 'vendor')


class NoRust(Machine):
    def test_nothing_of_rust_is_asked_for(self):
        self.lack('cargo', 'rustc')
        for option in ('--with-rust-modules=none', '--with-rust-modules=no', '--without-rust-modules'):
            stdout = self.succeed(option)
            self.assertTrue(stdout.endswith('./configure --disable-gil --with-rust-modules=none && make\n'), stdout)
        self.fail_with('--with-rust-modules=all', args=['--with-rust-modules=all'], status=2)


class Tools(Machine):
    def test_missing_without_apt(self):
        self.lack('gcc', 'make', 'xz')
        line = self.fail_with('not found: gcc make xz;')
        self.assertNotIn('apt-get', line)

    def test_another_compiler(self):
        self.lack('gcc')
        self.tool('my-cc', '')
        self.env['CC'] = 'my-cc -m64'
        self.succeed()
        del self.env['CC']
        self.fail_with('not found: gcc;')
        self.tool('cc', '')
        self.succeed()

    def test_no_python(self):
        self.lack('python3')
        self.fail_with('not found: python3;')
        self.tool('python3.12', 'echo 3.12')
        self.succeed()

    def test_old_python(self):
        self.tool('python3', 'echo 3.9')
        self.fail_with('3.10', 'python3 is 3.9', 'PYTHON_FOR_REGEN')
        self.tool('python3.11', 'echo 3.11')
        self.succeed()

    def test_named_python(self):
        self.env['PYTHON_FOR_REGEN'] = 'python3.8'
        self.fail_with('python3.8 does not run')
        self.tool('python3.8', 'echo 3.8')
        self.fail_with('3.10', 'python3.8 is 3.8')

    def test_python_without_its_library(self):
        self.tool('python3', f'case $* in *difflib*) exit 1 ;; *) exec {shlex.quote(sys.executable)} "$@" ;; esac')
        self.fail_with('not found: python3;')

    def test_hash_without_sha256sum(self):
        self.lack('sha256sum')
        self.succeed()


class Tarball(Machine):
    def test_wrong_hash(self):
        for args in [], ['--no-install']:
            self.archive.write_bytes(TARBALL[:-1])
            bad = hashlib.sha256(TARBALL[:-1]).hexdigest()
            self.fail_with(self.archive, bad, SHA256, 'delete it', args=args)
            self.fail_with(bad, 'releases.txt', '--with-cpython', args=['--tarball', self.archive.name, *args])
            self.assertFalse(self.tree.exists())
            self.assertTrue(self.archive.exists())

    def test_option(self):
        folder = self.temp / 'my files'
        folder.mkdir()
        shutil.move(self.archive, folder / 'py.tar.xz')
        for args in [['--tarball', 'py.tar.xz'], ['--tarball=py.tar.xz'], ['--tarball', str(folder / 'py.tar.xz')]]:
            with self.subTest(args=args):
                self.succeed(*args, cwd=folder)
                self.assertTrue((self.tree / 'configure').exists())
                self.assertFalse(self.archive.exists())
                shutil.rmtree(self.tree)
        self.fail_with('nothing.xz', '--tarball', args=['--tarball', 'nothing.xz'])
        (folder / 'py.tar.xz').write_bytes(b'')
        self.fail_with('py.tar.xz', 'no release in', args=['--tarball', folder / 'py.tar.xz'])

    def test_no_cpython(self):
        self.archive.unlink()
        self.assertIn('--with-cpython=DIR', self.succeed('--no-cpython'))
        self.assertFalse(self.tree.exists())
        self.assertTrue((self.root / 'configure').exists())

    def test_the_tree_alone_is_enough(self):
        self.succeed()
        self.archive.unlink()
        self.succeed()

    def test_interrupted_unpacking_is_redone(self):
        # As a kill leaves it: half a tree under the temporary name.
        half = self.root / 'Python-9.9.9.unpacking/Python-9.9.9'
        half.mkdir(parents=True)
        (half / 'configure').touch()
        self.succeed()
        self.assertEqual((self.tree / 'configure').read_text(), '#!/bin/sh\n')
        self.assert_no_remains()

    def test_signal_while_unpacking(self):
        self.tool('tar', 'kill -TERM $PPID; while :; do case $# in 0) break ;; *) shift ;; esac; done; exit 0')
        done = self.bootstrap()
        self.assertEqual(done.returncode, 143)
        self.assertFalse(self.tree.exists())
        self.assert_no_remains()
        self.tool('tar', f'exec {self.real("tar")} "$@"')
        self.succeed()

    def test_a_tree_that_is_not_whole_is_kept_aside(self):
        self.tree.mkdir()
        (self.tree / 'mine').touch()
        self.assertIn('Python-9.9.9.old', self.succeed())
        self.assertTrue((self.tree / 'configure').exists())
        self.assertTrue((self.root / 'Python-9.9.9.old/mine').exists())
        (self.tree / '.bootstrap-sha256').write_text('another\n')
        self.fail_with('Python-9.9.9', 'delete it')
        self.assertTrue((self.tree / 'configure').exists())

    def test_disk_full(self):
        self.tool('tar', 'echo "tar: x: Cannot write: No space left on device" >&2; echo "tar: more" >&2; exit 2')
        self.fail_with('disk is full', 'MB', self.root)
        self.assertFalse(self.tree.exists())
        self.assert_no_remains()

    def test_tar_fails(self):
        self.tool('tar', 'echo "tar: broken" >&2; echo "tar: more" >&2; exit 2')
        self.fail_with('cannot unpack', 'tar: broken')

    def test_not_the_sources(self):
        self.tool('tar', 'exit 0')
        self.fail_with('does not hold Python-9.9.9/configure')

    @unittest.skipIf(os.getuid() == 0, 'root writes everywhere')
    def test_not_writable(self):
        self.root.chmod(0o555)
        self.addCleanup(self.root.chmod, 0o755)
        self.fail_with('not writable', self.root)


class Download(Machine):
    def setUp(self):
        super().setUp()
        self.source = self.temp / 'good'
        self.archive.rename(self.source)

    def downloader(self, name, flag, source):
        """A command that copies `source` to the file after `flag`, or fails with half a file when there is none."""
        copy = f'cat {shlex.quote(str(source))} >"$2"' if source else 'echo half >"$2"; echo no route >&2; exit 1'
        self.tool(name, f'while [ "$1" != {flag} ]; do shift; done\n{copy}')

    def apt(self, source, roots='http://one/debian/ http://security/ http://one/debian/ http://two/'):
        self.tool('apt-get', f'for root in {roots}; do echo $root; done')
        self.downloader('apt-helper', 'download-file', None)
        copy = f'cat {shlex.quote(str(source))} >"$3"' if source else 'echo half >"$3"; echo E: no >&2; exit 100'
        self.tool('apt-helper', f'while [ "$1" != download-file ]; do shift; done\n{copy}')

    def test_curl_then_wget_then_python(self):
        copy = f'cat {shlex.quote(str(self.source))} >"$4"'
        self.tool('python3', f'case $2 in *urlretrieve*) {copy} ;; *) exec {shlex.quote(sys.executable)} "$@" ;; esac')
        self.downloader('wget', '-O', self.source)
        self.downloader('curl', '-o', self.source)
        for name in ['curl', 'wget', 'python3']:
            with self.subTest(name=name):
                self.log.write_text('')
                self.assertIn(f'downloading {URL}', self.succeed())
                self.assertIn(URL, self.calls(name)[-1])
                self.assertEqual(self.archive.read_bytes(), TARBALL)
                self.assert_no_remains()
                self.archive.unlink()
                shutil.rmtree(self.tree)
                if name != 'python3':
                    self.lack(name)

    def test_apt_comes_first(self):
        self.apt(self.source)
        self.downloader('curl', '-o', None)
        self.assertIn(f'downloading http://one/debian/{POOL}', self.succeed())
        self.assertEqual(len(self.calls('apt-helper')), 1)
        self.assertIn(f'SHA256:{SHA256}', self.calls('apt-helper')[0])
        self.assertEqual(self.calls('curl'), [])
        self.assertEqual(self.archive.read_bytes(), TARBALL)

    def test_every_root_is_tried_once_then_upstream(self):
        self.apt(None)
        self.downloader('curl', '-o', self.source)
        self.succeed()
        uris = [call.split()[-3] for call in self.calls('apt-helper')]
        self.assertEqual(len(uris), 2, uris)
        self.assertEqual(self.calls('apt-helper')[1].count(f'http://two/{POOL}'), 1)
        self.assertEqual(len(self.calls('curl')), 1)

    def test_no_network(self):
        self.apt(None)
        self.downloader('curl', '-o', None)
        self.fail_with('cannot download', f'{URL}: no route', '--tarball')
        self.assertFalse(self.archive.exists())
        self.assertFalse(self.tree.exists())
        self.assert_no_remains()

    def test_the_reason_of_each_source(self):
        self.apt(None)
        message = 'E: Failed to fetch http://one/x.tar.xz  404  Not Found [IP: 1.2.3.4 80]\\nE: Download Failed'
        self.tool(
            'apt-helper',
            f'printf "{message}\\n" >&2; for f; do :; done; touch Python-9.9.9.tar.xz.part.FAILED; exit 100',
        )
        self.tool('curl', 'echo "curl: (6) Could not resolve host: x" >&2; exit 6')
        line = self.fail_with(
            f'http://one/debian/{POOL}: 404, this server does not have the file; http://two/{POOL}: 404,',
            f'{URL}: curl: (6) Could not resolve host: x)',
            'pass it with --tarball',
        )
        self.assertNotIn('disk', line)
        self.assertEqual([path.name for path in self.root.glob('*.tar.xz*')], [])
        stdout = self.bootstrap().stdout
        self.assertIn(f'bootstrap: http://two/{POOL}: 404, this server does not have the file\n', stdout)
        self.tool(
            'apt-helper',
            'printf "E: Failed to fetch http://x  Hash Sum mismatch\\nE: Download Failed\\n" >&2; exit 100',
        )
        self.fail_with(': Hash Sum mismatch; ')

    def serve(self, *versions):
        """Arranges a network that has only these releases, by their names in Debian's pool."""
        self.apt(None, roots='http://one/')
        folder = self.temp / 'served'
        folder.mkdir(exist_ok=True)
        for version in versions:
            (folder / f'python{version}').write_bytes(RELEASES[version.partition('_')[2].replace('~', '')][0])
        script = 'while [ "$1" != download-file ]; do shift; done\nname=${2##*/}; name=${name%.orig.tar.xz}\n'
        missing = ': >"$3.FAILED"; echo "E: Failed to fetch $2  404  Not Found" >&2; exit 100'
        self.tool('apt-helper', f'{script}cat {folder}/$name >"$3" 2>/dev/null || {{ {missing}; }}')
        self.downloader('curl', '-o', None)

    def test_another_release(self):
        self.serve('9.9_9.9.8', '9.10_9.10.0~rc2')
        for version in ('9.9.8', '9.10.0rc2'):
            stdout = self.succeed(version)
            self.assertTrue((self.root / f'Python-{version}/configure').exists())
            self.assertTrue((self.root / f'Python-{version}.tar.xz').exists())
            self.assertTrue(
                stdout.endswith(f'./configure --disable-gil --with-cpython=Python-{version} && make\n'), stdout
            )
        # Side by side.
        self.assertTrue((self.root / 'Python-9.9.8/configure').exists())
        self.fail_with('9.9.10 (http://one/', args=['9.9.10'])
        self.fail_with('9.9.9 (http://one/')

    def test_a_line_of_releases(self):
        self.serve('9.9_9.9.8')
        stdout = self.succeed('9.9')
        self.assertRegex(
            stdout,
            r'CPython 9\.9\.8 is the newest release of 9\.9 that can be downloaded; unavailable: '
            r'9\.9\.10 \(http://one/[^ ]*: 404, [^)]*no route\); 9\.9\.9 \(http://one/',
        )
        self.assertEqual([path.name for path in self.root.glob('*.part*')], [])
        # One that is here is not downloaded, and one that is newer now is.
        self.log.write_text('')
        self.serve('9.9_9.9.10')
        stdout = self.succeed('9.9')
        self.assertNotIn('unavailable', stdout)
        self.assertTrue((self.root / 'Python-9.9.10/configure').exists())
        self.log.write_text('')
        self.succeed('9.9')
        self.assertEqual(self.calls('apt-helper'), [])
        self.fail_with('9.10.0 (', '9.10.0rc2 (', args=['9.10'])

    def test_the_default_is_tested_and_final(self):
        self.serve('9.9_9.9.8', '9.9_9.9.9', '9.9_9.9.10')
        stdout = self.succeed()
        self.assertTrue(self.tree.exists())
        self.assertTrue(stdout.endswith('./configure --disable-gil && make\n'))
        self.fail_with('is 9.9.9, not 9.10', args=['--tarball', str(self.source), '9.10'])

    def test_a_bad_download(self):
        bad = self.temp / 'bad'
        bad.write_bytes(b'<html>log in to this network</html>')
        self.downloader('curl', '-o', bad)
        self.fail_with(hashlib.sha256(bad.read_bytes()).hexdigest(), SHA256, '--tarball')
        self.assertFalse(self.archive.exists())
        self.assert_no_remains()


class Mirrors(http.server.BaseHTTPRequestHandler):
    """Two mirrors and upstream in one server; `files` maps the paths that it has to what they send."""

    files = {}

    def do_GET(self):
        body = self.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class LocalServer(Machine):
    """Downloads from a server on this machine, with the real commands."""

    def setUp(self):
        super().setUp()
        self.archive.unlink()
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Mirrors)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        self.url = f'http://127.0.0.1:{server.server_port}'
        Mirrors.files = {}
        table = self.root / 'Tools/rust/build/releases.sh'
        table.write_text(table.read_text().replace('https://www.python.org', f'{self.url}/upstream'))
        self.upstream = URL.replace('https://www.python.org', '/upstream')
        self.failed = '404, this server does not have the file'

    def apt_helper(self):
        """Installs the real apt-helper, with two mirrors. A proxy of this machine does not reach its own server."""
        self.real('/usr/lib/apt/apt-helper')
        self.tool('apt-get', f'echo {self.url}/lacks/; echo {self.url}/debian')
        direct = "-o 'Acquire::http::Proxy::127.0.0.1=DIRECT'"
        for name in ('apt-config', 'dpkg'):
            if path := shutil.which(name):
                (self.bin / name).symlink_to(path)
        self.tool('apt-helper', f'exec /usr/lib/apt/apt-helper {direct} "$@"')

    def client(self, name):
        if name != 'python3':
            (self.bin / name).symlink_to(self.real(name))

    def test_a_mirror_that_lacks_the_file(self):
        self.apt_helper()
        self.client('curl')
        Mirrors.files = {f'/debian/{POOL}': TARBALL}
        stdout = self.succeed()
        self.assertIn(
            f'bootstrap: downloading {self.url}/lacks/{POOL}\n'
            f'bootstrap: {self.url}/lacks/{POOL}: {self.failed}\n'
            f'bootstrap: downloading {self.url}/debian/{POOL}\n',
            stdout,
        )
        self.assertNotIn('upstream', stdout)
        self.assertEqual(self.archive.read_bytes(), TARBALL)
        self.assert_no_remains()

    def test_mirrors_that_lack_the_file_or_send_another(self):
        self.apt_helper()
        self.client('curl')
        Mirrors.files = {f'/debian/{POOL}': b'<html>log in</html>', self.upstream: TARBALL}
        stdout = self.succeed()
        self.assertIn(f'{self.url}/lacks/{POOL}: {self.failed}\n', stdout)
        self.assertRegex(stdout, rf'{self.url}/debian/{POOL}: .*Hash Sum mismatch')
        self.assertTrue(self.tree.exists())
        self.assert_no_remains()

    def test_every_client_tells_that_the_file_is_missing(self):
        for name in ('curl', 'wget', 'python3'):
            with self.subTest(name):
                self.client(name)
                Mirrors.files = {}
                self.fail_with(f'{self.url}{self.upstream}: {self.failed})')
                Mirrors.files = {self.upstream: b'another file'}
                self.fail_with('sends another file, with SHA-256 ')
                Mirrors.files = {self.upstream: TARBALL}
                self.succeed()
                self.archive.unlink()
                shutil.rmtree(self.tree)
                if name != 'python3':
                    self.lack(name)

    def test_a_server_that_does_not_answer(self):
        self.client('curl')
        release = self.root / 'Tools/rust/build/releases.sh'
        # A port that nobody listens on, and whose number has 404 in it.
        release.write_text(release.read_text().replace(self.url, 'http://127.0.0.1:40404'))
        self.fail_with('http://127.0.0.1:40404/upstream/', ': curl: ', 'connect')


class Debian(Machine):
    """A machine with apt, where all packages are installed and the user is 1000, without sudo."""

    def setUp(self):
        super().setUp()
        self.installed = self.temp / 'installed'
        self.installed.write_text(''.join(f'installed:{name}\n' for name in LIBRARIES))
        self.tool('dpkg-query', f'cat {shlex.quote(str(self.installed))}; echo none: foo >&2; exit 1')
        # Packages installed become known, and so does their command.
        self.tool(
            'apt-get',
            f"""case $* in *install*) ;; *) exit 0 ;; esac
            echo Unpacking
            printf "%s\\n" "frontend $DEBIAN_FRONTEND" >>{shlex.quote(str(self.log))}
            for name; do echo "installed:$name" >>{shlex.quote(str(self.installed))}; done
            cat {shlex.quote(str(self.bin / 'nm'))} >{shlex.quote(str(self.bin / 'make'))}
            chmod 755 {shlex.quote(str(self.bin / 'make'))}""",
        )
        self.user(1000)

    def user(self, number):
        self.tool('id', f'echo {number}')

    def remove(self, *names):
        lines = self.installed.read_text().splitlines(keepends=True)
        self.installed.write_text(''.join(line for line in lines if line.strip().split(':')[1] not in names))

    def test_all_is_there(self):
        self.succeed()
        self.assertEqual(self.calls('apt-get'), [])

    def test_neither_root_nor_sudo(self):
        self.lack('make', 'nm', 'objcopy')
        self.remove('libffi-dev', 'zlib1g-dev', 'libc6-dev')
        line = self.fail_with('as root: apt-get install --no-install-recommends ', '--no-install')
        command = line.split('--no-install-recommends ')[1].split(' (')[0]
        self.assertEqual(command.split(), 'make binutils libc6-dev libffi-dev zlib1g-dev'.split())
        self.assertEqual(self.calls('apt-get'), [])

    def test_removed_packages_and_other_names(self):
        self.remove('libssl-dev', 'uuid-dev')
        with self.installed.open('a') as file:
            file.write('config-files:libssl-dev\ninstalled:uuid-dev-doc\ninstalled:other-uuid-dev\n')
        self.assertIn('libssl-dev uuid-dev (or', self.fail_with())

    def test_every_package_has_a_name(self):
        self.lack('make', 'nm', 'objcopy', 'ar', 'gcc', 'pkg-config', 'tar', 'xz', 'autoconf', 'python3')
        self.remove(*LIBRARIES)
        line = self.fail_with()
        packages = set(line.split('--no-install-recommends ')[1].split(' (')[0].split())
        tools = 'make binutils gcc pkg-config tar xz-utils autoconf python3'
        self.assertEqual(packages, {*tools.split(), *LIBRARIES})

    def test_root(self):
        self.user(0)
        self.lack('make')
        self.remove('libssl-dev')
        stdout = self.succeed()
        self.assertIn('installing make libssl-dev', stdout)
        self.assertNotIn('Unpacking', stdout)
        update, install = self.calls('apt-get')
        self.assertIn('update', update)
        self.assertRegex(install, '^install --no-install-recommends -y .* make libssl-dev$')
        self.assertEqual(self.calls('frontend'), ['noninteractive'])
        self.log.write_text('')
        self.succeed()
        self.assertEqual(self.calls('apt-get'), [])

    def test_sudo(self):
        self.tool('sudo', '[ "$1" != -n ] || shift; exec "$@"')
        self.remove('libssl-dev')
        self.succeed()
        self.assertEqual(len(self.calls('sudo')), 3)  # May I, update, install.
        self.assertEqual(self.calls('frontend'), ['noninteractive'])

    def test_sudo_that_would_ask(self):
        self.tool('sudo', 'echo a password is required >&2; exit 1')
        self.remove('libssl-dev')
        self.fail_with('as root: apt-get install --no-install-recommends libssl-dev ')
        self.assertEqual(self.calls('apt-get'), [])

    def test_installation_fails(self):
        self.user(0)
        self.remove('libssl-dev')
        self.tool('apt-get', 'echo E: unable >&2; exit 100')
        self.assertIn('E: unable', self.bootstrap().stdout)
        self.fail_with('apt-get could not install', 'apt-get install --no-install-recommends libssl-dev')

    def test_installation_does_not_help(self):
        self.user(0)
        self.lack('gcc')
        self.fail_with('not found: gcc', 'though')

    def test_an_old_python_is_not_installed_again(self):
        self.user(0)
        self.tool('python3', 'echo 3.9')
        self.fail_with('python3 is 3.9')
        self.assertEqual(self.calls('apt-get'), [])

    def rust_packages(self, *madison):
        """A machine without Rust, whose apt has these packages."""
        self.lack(*[name for name in ('cargo', 'rustc') if (self.bin / name).exists()])
        lines = ''.join(f' {line} Packages\n' for line in madison)
        (self.temp / 'madison').write_text(lines)
        self.tool('apt-cache', f'sed -n "/^ *$2 |/p" {self.temp}/madison')
        for name in ('cargo', 'rustc'):
            self.tool(f'new-{name}', f'echo {name} 1.96.0')
        install = f'cp {self.bin}/new-cargo {self.bin}/cargo; cp {self.bin}/new-rustc {self.bin}/rustc'
        (self.bin / 'cp').exists() or (self.bin / 'cp').symlink_to(self.real('cp'))
        self.tool('apt-get', f'case $* in *install*rustc*) {install} ;; esac')

    STABLE = 'rustc | 1.63.0+dfsg1-2 | http://one/debian bookworm/main amd64'
    WEB = 'rustc-web | 1.96.0+dfsg1-1~deb12u2 | http://two/debian-security bookworm-security/main amd64'
    OLD_WEB = 'rustc-web | 1.70.0+dfsg3-1~deb12u3 | http://one/debian bookworm/main amd64'
    BACKPORTS = 'rustc | 1.96.1+dfsg1-2~bpo13+1 | http://one/debian trixie-backports/main amd64'

    def test_rust_is_installed(self):
        self.user(0)
        for packages, madison in (
            ('rustc cargo', ['rustc | 1.77.0-1 | http://one/debian forky/main amd64', self.WEB]),
            ('rustc-web cargo-web', [self.STABLE, self.WEB, self.OLD_WEB]),
            ('rustc-web cargo-web', [self.BACKPORTS, self.STABLE, self.WEB]),
            ('-t trixie-backports rustc cargo', [self.BACKPORTS, self.STABLE, self.OLD_WEB]),
        ):
            with self.subTest(packages=packages):
                self.rust_packages(*madison)
                self.log.write_text('')
                self.assertIn(f'installing {packages}\n', self.succeed())
                update, install = self.calls('apt-get')
                self.assertIn('update', update)
                self.assertTrue(install.endswith(f' --no-remove {packages}'), install)

    def test_an_old_rust_stays_installed(self):
        self.user(0)
        self.rust_packages(self.STABLE, self.WEB)
        self.tool('cargo', 'echo cargo 0.66')
        self.tool('rustc', 'echo rustc 1.63.0')
        self.tool('apt-get', 'case $* in *install*) echo E: Packages need to be removed; exit 100 ;; esac')
        self.assertIn('need to be removed', self.bootstrap().stdout)
        self.fail_with(
            'rustc is 1.63.0, but 1.77',
            'run as root: apt-get install --no-install-recommends rustc-web cargo-web\n',
        )

    def test_rust_that_a_user_cannot_install(self):
        self.rust_packages(self.STABLE, self.WEB)
        command = 'run as root: apt-get install --no-install-recommends rustc-web cargo-web\n'
        self.fail_with('cargo not found, but 1.77 or newer is needed', command)
        self.user(0)
        self.fail_with(command, args=['--no-install'])
        self.assertEqual(self.calls('apt-get'), [])

    def test_no_rust_that_is_new_enough(self):
        self.user(0)
        self.rust_packages(self.STABLE, self.OLD_WEB)
        self.fail_with('cargo not found, but 1.77 or newer is needed', 'rustup')
        self.assertEqual([call for call in self.calls('apt-get') if 'install' in call], [])

    def test_a_named_toolchain_is_not_installed(self):
        self.user(0)
        self.rust_packages(self.WEB)
        self.env['RUSTC'] = '/nope'
        self.fail_with('cargo not found', 'RUSTC')
        self.assertEqual(self.calls('apt-get'), [])

    def test_no_install(self):
        self.user(0)
        self.remove('libssl-dev', 'libffi-dev')
        stdout = self.succeed('--no-install')
        self.assertRegex(stdout, 'leave out modules.*libffi-dev libssl-dev')
        self.lack('make')
        line = self.fail_with('not found: make;', 'apt-get install', args=['--no-install'])
        self.assertNotIn('libssl-dev', line)
        self.assertEqual(self.calls('apt-get'), [])


class Table(unittest.TestCase):
    """The real table of releases."""

    TABLE = ROOT / 'Tools/rust/build/releases.txt'

    def ask(self, script):
        script = f'releases={self.TABLE}\n. {self.TABLE.with_suffix(".sh")}\n{script}'
        return subprocess.check_output(['/bin/sh', '-eu', '-c', script], text=True).split('\n')[:-1]

    def test_lines(self):
        rows = [line.split() for line in self.TABLE.read_text().splitlines() if line[:1].isdigit()]
        self.assertEqual(self.ask('known_releases'), [row[0] for row in rows])
        for version, sha256, state in rows:
            self.assertRegex(version, r'\A3\.\d+\.\d+(rc\d)?\Z')
            self.assertRegex(sha256, r'\A[0-9a-f]{64}\Z')
            self.assertIn(state, ('tested', 'untested'))
            self.assertEqual(self.ask(f'sha256_of {version}; release_with_sha256 {sha256}'), [sha256, version])
        # In each line of releases the newest is the last, a candidate before the release.
        keys = [
            tuple(int(n) if n.isdigit() else 99 for n in (row[0].replace('rc', '.') + '.x').split('.')[:4])
            for row in rows
        ]
        self.assertEqual(keys, sorted(keys))
        self.assertEqual(len({row[1] for row in rows}), len(rows))

    def test_default(self):
        (default,) = self.ask('default_release')
        rows = {line.split()[0]: line.split()[2] for line in self.TABLE.read_text().splitlines() if line[:1].isdigit()}
        self.assertEqual(rows[default], 'tested')
        self.assertRegex(default, rf'\A{self.ask("default_line")[0]}\.\d+\Z')
        # A candidate of a bug-fix release would not do, nor one that is not tested.
        with tempfile.NamedTemporaryFile('w') as table:
            table.write('default 9.9\n9.9.1 a tested\n9.9.2rc1 b tested\n9.9.3 c untested\n9.10.0 d tested\n')
            table.flush()
            self.assertEqual(self.ask(f'releases={table.name}; default_release'), ['9.9.1'])
        # Every line of releases has one that is tested.
        for line in self.ask('known_lines')[0].split():
            self.assertTrue(self.ask(f'known_releases {line} tested'))

    def test_names(self):
        script = 'set_release %s; printf "%%s\\n" $CPYTHON_SRCDIR $CPYTHON_ARCHIVE $CPYTHON_POOL $CPYTHON_URL'
        self.assertEqual(
            self.ask(script % '3.15.0rc2'),
            [
                'Python-3.15.0rc2',
                'Python-3.15.0rc2.tar.xz',
                'pool/main/p/python3.15/python3.15_3.15.0~rc2.orig.tar.xz',
                'https://www.python.org/ftp/python/3.15.0/Python-3.15.0rc2.tar.xz',
            ],
        )
        self.assertEqual(
            self.ask(script % '3.14.10')[1:],
            [
                'Python-3.14.10.tar.xz',
                'pool/main/p/python3.14/python3.14_3.14.10.orig.tar.xz',
                'https://www.python.org/ftp/python/3.14.10/Python-3.14.10.tar.xz',
            ],
        )


if __name__ == '__main__':
    unittest.main()
