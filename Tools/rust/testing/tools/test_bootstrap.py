"""Tests of ./bootstrap on machines that lack one thing or another.

Each test makes a clone in a temporary folder, with a small tarball pinned in place of CPython's, and a PATH that holds
nothing but the basic tools of this machine and stand-ins that the test arranges. Nothing is fetched or installed.

    python3 Tools/rust testing.tools.test_bootstrap
"""

import hashlib
import io
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
BASICS = 'cat chmod dirname env find id mkdir mv rm rmdir sed sha256sum true'.split()
LIBRARIES = """ca-certificates libbz2-dev libc6-dev libffi-dev libgdbm-compat-dev libgdbm-dev liblzma-dev libncurses-dev
    libreadline-dev libsqlite3-dev libssl-dev libzstd-dev uuid-dev zlib1g-dev""".split()
URL = 'https://www.python.org/ftp/python/9.9.9/Python-9.9.9.tar.xz'
POOL = 'pool/main/p/python9.9/python9.9_9.9.9.orig.tar.xz'


def make_tarball():
    """A release tarball of one CPython file, as bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w:xz') as archive:
        for name, text in {'configure': b'#!/bin/sh\n', 'README.rst': b'Python\n'}.items():
            info = tarfile.TarInfo(f'Python-9.9.9/{name}')
            info.size = len(text)
            info.uid = 1234  # Not who unpacks it.
            archive.addfile(info, io.BytesIO(text))
    return buffer.getvalue()


TARBALL = make_tarball()
SHA256 = hashlib.sha256(TARBALL).hexdigest()


class Machine(unittest.TestCase):
    """A clone on a machine where everything is there; the tests take things away. It has no apt."""

    def setUp(self):
        temp = tempfile.TemporaryDirectory(prefix='bootstrap test ')
        self.addCleanup(temp.cleanup)
        self.temp = Path(temp.name)
        self.log = self.temp / 'log'
        self.log.touch()
        self.root = self.temp / 'a clone'
        (self.root / 'Tools/rust/build').mkdir(parents=True)
        shutil.copy2(ROOT / 'bootstrap', self.root)
        shutil.copy2(ROOT / 'Tools/rust/build/toolchain.sh', self.root / 'Tools/rust/build')
        (self.root / 'Cargo.toml').write_text('[workspace.package]\nedition = "2024"\nrust-version = "1.77"\n')
        (self.root / 'configure.ac').write_text('AC_INIT([x], [1])\n')
        (self.root / 'Tools/rust/build/cpython.pin').write_text(
            f'# A pin.\nCPYTHON_VERSION=9.9.9\nCPYTHON_SHA256={SHA256}\nCPYTHON_ARCHIVE=Python-9.9.9.tar.xz\n'
            f'CPYTHON_SRCDIR=Python-9.9.9\nCPYTHON_POOL={POOL}\nCPYTHON_URL={URL}\n'
        )
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
        libclang = self.temp / 'libclang'
        (libclang / 'clang/14/include').mkdir(parents=True)
        (libclang / 'clang/14/include/stddef.h').touch()
        (libclang / 'libclang-14.so.1').touch()
        self.env = {'PATH': str(self.bin), 'HOME': str(self.temp), 'LIBCLANG_PATH': str(libclang)}

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
                    command = [path, *(['sh'] if shell == 'busybox' else []), 'a clone/bootstrap']
                    done = subprocess.run(command, cwd=self.temp, env=self.env, capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ''))
                    self.assertIn(f"cd '{self.root}' && ./configure", done.stdout)
                    self.assertTrue(self.tree.is_dir())

    def test_help(self):
        self.lack('cargo', 'gcc', 'python3')
        stdout = self.succeed('--help')
        for word in ['1.77', '9.9.9', '--tarball', '--no-cpython', '--no-install', 'LIBCLANG_PATH']:
            self.assertIn(word, stdout)
        self.assertEqual(stdout, self.succeed('-h'))
        self.assertFalse(self.tree.exists())

    def test_wrong_usage(self):
        self.fail_with('--frob', '--help', args=['--frob'], status=2)
        self.fail_with('--tarball', args=['--tarball'], status=2)
        self.fail_with('--tarball', '--no-cpython', args=['--tarball', 'x', '--no-cpython'], status=2)

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

    def test_no_libclang(self):
        (self.temp / 'libclang/libclang-14.so.1').rename(self.temp / 'libclang/libclang-cpp.so.14')
        self.fail_with('not found: libclang;')
        self.env['LIBCLANG_PATH'] = str(self.temp / 'nowhere')
        self.fail_with('not found: libclang;')

    def test_libclang_named_as_a_file(self):
        self.env['LIBCLANG_PATH'] += '/libclang-14.so.1'
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
        self.fail_with('py.tar.xz', SHA256, args=['--tarball', folder / 'py.tar.xz'])

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
        self.fail_with('cannot download', 'network', URL, '--tarball')
        self.assertFalse(self.archive.exists())
        self.assertFalse(self.tree.exists())
        self.assert_no_remains()

    def test_a_bad_download(self):
        bad = self.temp / 'bad'
        bad.write_bytes(b'<html>log in to this network</html>')
        self.downloader('curl', '-o', bad)
        self.fail_with(hashlib.sha256(bad.read_bytes()).hexdigest(), SHA256, '--tarball')
        self.assertFalse(self.archive.exists())
        self.assert_no_remains()


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
        self.env['LIBCLANG_PATH'] = '/nowhere'
        self.remove(*LIBRARIES)
        line = self.fail_with()
        packages = set(line.split('--no-install-recommends ')[1].split(' (')[0].split())
        tools = 'make binutils gcc pkg-config tar xz-utils autoconf python3 libclang-dev'
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

    def test_no_install(self):
        self.user(0)
        self.remove('libssl-dev', 'libffi-dev')
        stdout = self.succeed('--no-install')
        self.assertRegex(stdout, 'leave out modules.*libffi-dev libssl-dev')
        self.lack('make')
        line = self.fail_with('not found: make;', 'apt-get install', args=['--no-install'])
        self.assertNotIn('libssl-dev', line)
        self.assertEqual(self.calls('apt-get'), [])


class Pin(unittest.TestCase):
    """The real pin file: its names agree with each other and with what sh reads."""

    def test_values(self):
        names = 'VERSION SHA256 ARCHIVE SRCDIR POOL URL'.split()
        script = f'. "$0"; echo {" ".join(f"$CPYTHON_{name}" for name in names)}'
        pin = ROOT / 'Tools/rust/build/cpython.pin'
        version, sha256, archive, srcdir, pool, url = subprocess.check_output(
            ['/bin/sh', '-eu', '-c', script, pin], text=True
        ).split()
        self.assertRegex(sha256, r'\A[0-9a-f]{64}\Z')
        self.assertEqual(srcdir, f'Python-{version}')
        self.assertEqual(archive, f'{srcdir}.tar.xz')
        self.assertTrue(url.endswith(f'/{archive}'))
        self.assertTrue(pool.endswith('.orig.tar.xz'))


if __name__ == '__main__':
    unittest.main()
