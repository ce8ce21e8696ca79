"""The base of tests of configure: a stand-in for CPython's tree, whose configure only notes its arguments."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[4]

CPYTHON_CONFIGURE = """#!/bin/sh
for argument; do printf '%s\\n' "$argument"; done > arguments
{
    echo 'BUILDPYTHON=python'
    echo 'CC=cc -pipe'
    echo 'AR=ar'
    echo 'LIBRARY=libpython3.14t.a'
    echo 'PY_CFLAGS=-O3 -flto -DX=1'
    echo 'CONFIGURE_CFLAGS_NODIST=-fprofile-use -Wextra'
    echo "LIBS=-ldl"
    echo 'MODLIBS=$(RUST_LIBS) $(RUST_LIBS)'
    echo 'RUST_LIBS='
    test -n "$CROSS" || echo 'PYTHON_FOR_BUILD_DEPS=$(BUILDPYTHON)'
    echo "RUNSHARED=$RUNSHARED"
    printf "CONFIG_ARGS=\\t '--disable-gil'\\n"
} > Makefile
cp Makefile Makefile.pre
printf 'S["CONFIG_ARGS"]="%s"\\n' " '--disable-gil'" > config.status
{
    echo '*shared*'
    echo '_json _json.c'
    echo '#zlib zlibmodule.c'
    for name in _bz2 binascii cmath; do echo "$name x.c"; done
    echo '*static*'
    echo 'math mathmodule.c'
} > Modules/Setup.stdlib
exit ${FAIL-0}
"""


class ConfigureCase(unittest.TestCase):
    """Runs configure in a build folder of its own, with a toolchain of scripts."""

    @classmethod
    def setUpClass(cls):
        temp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temp.cleanup)
        # configure is generated from the source tree as it is, whether or not bootstrap has run.
        cls.script = pathlib.Path(temp.name, 'configure')
        # Every tool of this machine, but for those that the tests arrange.
        cls.basics = pathlib.Path(temp.name, 'basics')
        cls.basics.mkdir()
        for folder in os.environ['PATH'].split(os.pathsep):
            for program in pathlib.Path(folder).glob('*'):
                link = cls.basics / program.name
                if not link.is_symlink() and not program.name.startswith(('cargo', 'rustc', 'python')):
                    link.symlink_to(program)
        # As autoconf does, but with the cache outside of the source tree, which may be read-only.
        command = ['autom4te', '--language=autoconf', f'--cache={temp.name}/cache', '-o', cls.script, 'configure.ac']
        subprocess.run(command, cwd=TOP, check=True, env=os.environ | {'TMPDIR': temp.name})

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.top = pathlib.Path(temp.name, 'top')
        self.build = self.top / 'build'
        self.cpython = pathlib.Path(temp.name, 'cpython')
        self.bin = pathlib.Path(temp.name, 'bin')
        for folder in (self.build, self.cpython / 'Include', self.cpython / 'Programs', self.bin):
            folder.mkdir(parents=True)
        shutil.copy2(self.script, self.top)
        files = ('Rust/cargo-config.toml.in', 'Rust/cpython.mk.in', 'Cargo.toml', 'Makefile.pre.in')
        for name in ('Modules', 'Tools', *files):
            target = self.top / name
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(TOP / name)
        self.version('3.14.7')
        self.script_file(self.cpython / 'configure', CPYTHON_CONFIGURE)
        self.script_file(self.bin / 'cargo', '#!/bin/sh\necho cargo 1.95.0\n')
        self.script_file(self.bin / 'rustc', '#!/bin/sh\necho "rustc 1.95.0 (hash date)"\n')
        (self.bin / 'python3').symlink_to(sys.executable)
        self.environment = {'PATH': f'{self.bin}:{self.basics}', 'HOME': temp.name}

    def script_file(self, path, text):
        path.unlink(missing_ok=True)
        path.write_text(text, encoding='utf-8')
        path.chmod(0o755)

    def version(self, version, level='FINAL'):
        text = (
            '#define PY_RELEASE_LEVEL_FINAL  0xF     /* Serial should be 0 here */\n'
            f'#define PY_MAJOR_VERSION        3\n#define PY_MINOR_VERSION        {version.split(".")[1]}\n'
            f'#define PY_RELEASE_LEVEL        PY_RELEASE_LEVEL_{level}\n'
            f'#define PY_VERSION              "{version}"\n#define PY_VERSION_HEX _Py_PACK_FULL_VERSION( \\\n'
        )
        (self.cpython / 'Include/patchlevel.h').write_text(text, encoding='utf-8')

    def configure(self, *arguments, cpython=True, **environment):
        tree = [f'--with-cpython={self.cpython}'] if cpython else []
        return subprocess.run(
            ['../configure', *tree, *arguments],
            cwd=self.build,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )

    def succeed(self, *arguments, **environment):
        done = self.configure(*arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fail_with(self, *words, arguments=('--disable-gil',), cpython=True, **environment):
        done = self.configure(*arguments, cpython=cpython, **environment)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        errors = [line for line in done.stderr.splitlines() if line.startswith('configure: error:')]
        self.assertEqual(len(errors), 1, done.stderr)
        for word in words:
            self.assertIn(word, errors[0])

    def incubate(self, name):
        """Make a module an incubating one, whatever the table says of it today."""
        text = (TOP / 'Modules/Setup.rust').read_text(encoding='utf-8')
        self.table(re.sub(rf'^({name} +)\w+', r'\1incubating', text, flags=re.MULTILINE))

    def table(self, text):
        """Give the clone another table of modules."""
        modules = self.top / 'Modules'
        if modules.is_symlink():
            modules.unlink()
            modules.mkdir()
        (modules / 'Setup.rust').write_text(text, encoding='utf-8')

    def setup_local(self):
        path = self.build / 'cpython/Modules/Setup.local'
        return path.read_text(encoding='utf-8').splitlines() if path.exists() else None

    def cargo_config(self):
        return (self.build / '.cargo/config.toml').read_text(encoding='utf-8')
