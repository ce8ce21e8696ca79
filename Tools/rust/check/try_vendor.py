"""Put the workspace into a copy of a CPython tree, and build that as a CPython developer does.

try_vendor.py --cpython TREE [--folder FOLDER] [--autoconf AUTOCONF] [--jobs N] [--no-build]

With Rust modules the tree is configured, built, tested, installed, and built again after edits.  Where there are to
be none (with the GIL, without cargo, with --without-rust-modules, and once more in the folder that had them), what
configure writes is compared with what it writes for the release as it was.  What a build without Rust modules does
depends on these files and on sources that have not changed, so nothing is compiled for that.
"""

import argparse
import difflib
import filecmp
import os
import pathlib
import re
import shutil
import sys

from build import vendor
from build.setup_rust import TOP, script
from check.report import Report, count_regrtest

# The output of configure that determines what make does, and config.status, which would write it again.
COMPARED = (
    *('Makefile', 'Makefile.pre', 'pyconfig.h', 'config.status', 'Modules/config.c', 'Modules/ld_so_aix'),
    *('Modules/Setup.bootstrap', 'Modules/Setup.local', 'Modules/Setup.stdlib'),
    *('Misc/python.pc', 'Misc/python-embed.pc', 'Misc/python-config.sh'),
)
# The lines that only this tree has.
ADDED = {'# The Rust modules, where configure has found that they are built.', '-include build-rust/cpython.mk', ''}
TESTS = ('test_zlib', 'test_binascii', 'test_json', 'test_bisect', 'test_sysconfig')
IMPLEMENTATION = """
import sys, zlib, _c_zlib, _rust
assert zlib.__spec__.origin == 'built-in' and _rust.implementation('zlib') == 'Rust', zlib
assert zlib.decompress(_c_zlib.compress(b'Rust' * 100)) == b'Rust' * 100
assert not sys._is_gil_enabled()
"""
CHANGED = """
import _random, _c__random, _rust
assert _rust.implementation('_random') == 'Rust' and _random.__spec__.origin == 'built-in', _random
"""
INSTALLED = """
import pathlib, sysconfig, zlib, _rust
assert _rust.implementation('zlib') == 'Rust'
assert sysconfig.get_config_var('RUST_LIBS') == '', sysconfig.get_config_var('RUST_LIBS')
folder = pathlib.Path(sysconfig.get_path('stdlib'))
assert (folder / 'LICENSE-Rust.txt').exists() and (folder / 'sbom-rust.cdx.json').exists()
"""


class Trial:
    """The release as it was, and the tree with the workspace, side by side."""

    def __init__(self, report, folder, cpython):
        self.report = report
        self.folder = folder
        self.plain = folder / 'plain'
        self.vendored = folder / 'vendored'
        self.plain.mkdir(parents=True)
        (self.plain / 'tree').symlink_to(cpython.resolve())
        shutil.copytree(cpython, self.vendored / 'tree', symlinks=True)

    def check(self, name, good, note=''):
        """Record a step that has one result."""
        self.report.add(name, passed=good, failed=not good, note='' if good else note)

    def put(self):
        """Write the workspace to the tree, and the patches."""
        tree, patches = self.vendored / 'tree', self.folder / 'patches'
        done = self.report.run('make vendor', script('build.vendor', '--patches', patches, tree), show=True)
        if done.returncode:
            return False
        copy = self.folder / 'patched'
        files = [file for _, names in vendor.STEPS for file in names]
        for file in files:
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.plain / 'tree' / file, copy / file)
        for patch in sorted(patches.iterdir()):
            self.report.run(patch.name, ['patch', '-p1', '--fuzz=0', '-d', copy, '-i', patch])
        differ = [file for file in files if not filecmp.cmp(copy / file, tree / file, shallow=False)]
        self.check('the patches are the edits', not differ, ', '.join(differ))
        changed = self.changed_files()
        self.check('no other file has changed', changed == sorted(files), ', '.join(changed))
        return True

    def changed_files(self):
        """Return the files of the release that are not as they were in the tree."""
        plain, tree = (self.plain / 'tree').resolve(), self.vendored / 'tree'
        files = [file.relative_to(plain) for file in plain.rglob('*') if file.is_file() and not file.is_symlink()]
        return sorted(
            str(file)
            for file in files
            if not (tree / file).is_file() or not filecmp.cmp(plain / file, tree / file, shallow=False)
        )

    def regenerate(self, autoconf):
        """Compare configure with what autoconf of the release's own version makes."""
        output = self.folder / 'configure'
        unpacked = pathlib.Path(autoconf).is_dir()
        program = TOP / 'Tools/rust/build/unpacked_autoconf.sh' if unpacked else autoconf
        environment = os.environ | ({'AUTOCONF_ROOT': autoconf} if unpacked else {})
        command = [program, '-o', output, 'configure.ac']
        self.report.run('autoconf', command, cwd=self.vendored / 'tree', env=environment)
        same = output.exists() and filecmp.cmp(output, self.vendored / 'tree/configure', shallow=False)
        self.check('configure is up to date', same, f'{output} differs')

    def configure(self, where, build, cache, *options, **environment):
        """Run CPython's configure in a build folder next to a tree."""
        folder = where / build
        folder.mkdir(exist_ok=True)
        command = ['../tree/configure', f'--cache-file={self.folder}/{cache}.cache', *options]
        name = f'configure {" ".join([where.name, *options])}'
        return self.report.run(name, command, cwd=folder, env=os.environ | environment)

    def configure_both(self, title, build, cache, *options, **environment):
        """Configure the release and the tree with the workspace, and compare what is written."""
        # The release is configured twice, so that both of the runs that are compared have a filled cache: with an empty
        # one CPython's configure writes other results.
        for where in (self.plain, self.plain, self.vendored):
            self.configure(where, build, cache, *options, **environment)
        self.compare(title, build)

    def texts(self, where, build):
        """Return what configure has written, without the names of the folders."""
        found = {}
        for name in COMPARED:
            text = (where / build / name).read_text(encoding='utf-8')
            # config.status has the list of the options that configure knows in no other place.
            found[name] = text.replace(str(where), str(self.plain)).replace(str(where.resolve()), str(self.plain))
        return found

    def compare(self, title, build):
        """Compare what configure has written in two build folders, but for the added lines."""
        old, new = self.texts(self.plain, build), self.texts(self.vendored, build)
        wrong = []
        for name in COMPARED:
            lines = difflib.unified_diff(old[name].splitlines(), new[name].splitlines(), n=0, lineterm='')
            changes = [line for line in lines if not re.match(r'---|\+\+\+|@@', line)]
            allowed = name in ('Makefile', 'Makefile.pre')
            if any(line[0] == '-' or not allowed or line[1:] not in ADDED for line in changes):
                wrong += [f'{name}: {line}' for line in changes]
        self.check(f'{title}: as the release', not wrong, '\n'.join(wrong))
        self.check(f'{title}: no folder of Rust', not (self.vendored / build / 'build-rust').exists())

    def without(self):
        """Configure where there are to be no Rust modules."""
        self.configure_both('with the GIL', 'gil', 'without')
        self.configure_both('without cargo', 'nogil', 'without', '--disable-gil', CARGO='/nonexistent/cargo')
        # config.status also records an option that the release does not know.
        self.configure_both('--without-rust-modules', 'nogil', 'without', '--disable-gil', '--without-rust-modules')

    def build(self, jobs):
        """Build with Rust modules, test, install, edit and build again."""
        build = self.vendored / 'rust'
        if self.configure(self.vendored, 'rust', 'rust', '--disable-gil', '--without-ensurepip').returncode:
            return
        if self.report.run('make', ['make', f'-j{jobs}'], cwd=build).returncode:
            return
        python = [build / 'python', '-B']
        self.report.run('zlib is Rust', [*python, '-c', IMPLEMENTATION])
        self.report.run("CPython's tests", [*python, '-m', 'test', *TESTS], count=count_regrtest, cwd=build)
        before = (build / 'python').stat().st_mtime_ns
        self.report.run('make again', ['make'], cwd=build)
        self.check('nothing was stale', (build / 'python').stat().st_mtime_ns == before)
        with open(self.vendored / 'tree/Rust/zlib/src/lib.rs', 'a', encoding='utf-8') as file:
            file.write('// An edit.\n')
        self.report.run('make after an edit', ['make'], cwd=build)
        self.check('python was linked again', (build / 'python').stat().st_mtime_ns != before)
        table = self.vendored / 'tree/Modules/Setup.rust'
        text = table.read_text(encoding='utf-8')
        table.write_text(re.sub(r'^(_random +)incubating', r'\1default', text, flags=re.MULTILINE), encoding='utf-8')
        self.report.run('make after a change of the table', ['make'], cwd=build)
        self.report.run('_random is Rust', [*python, '-c', CHANGED])
        stage = self.folder / 'stage'
        self.report.run('make install', ['make', 'altinstall', f'DESTDIR={stage}'], cwd=build)
        installed = sorted((stage / 'usr/local/bin').glob('python3.*t'))
        self.report.run('installed modules', [*installed[:1], '-c', INSTALLED])
        # This must leave no trace of the Rust modules.
        self.configure_both('Rust modules removed', 'rust', 'rust', '--disable-gil', '--without-rust-modules')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--cpython', type=pathlib.Path, required=True, help='the source tree, which is only read')
    parser.add_argument('--folder', type=pathlib.Path, default=pathlib.Path('check-vendor'), help='where to work')
    parser.add_argument(
        '--autoconf',
        help='that of the version that the release was made with: a program, or the folder of an unpacked package',
    )
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='how many jobs make runs at once')
    parser.add_argument('--no-build', action='store_true', help='compare only what configure writes without Rust')
    args = parser.parse_args()
    folder = args.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    report = Report()
    trial = Trial(report, folder, args.cpython)
    if trial.put():
        if args.autoconf:
            trial.regenerate(os.path.abspath(args.autoconf))
        else:
            report.add('configure is up to date', skipped=1, note='name it by --autoconf')
        trial.without()
        if not args.no_build:
            trial.build(args.jobs)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
