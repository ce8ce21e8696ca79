"""Build the Debian packages on minimal Debian systems, install them on others, use them, and purge them.  Needs root.

  build     `make deb` as an unprivileged user without a network
  inspect   lintian; hardening of the C and Rust code; the installed files, with the tests of `make install`
  use       on a fresh system that has Debian's own Python, as an unprivileged user without a network: the modules, a
            virtual environment, a wheel with an extension module built from an sdist; then the packages are purged,
            and no file of them may be left

The committed state of the sources is built.  The first part leaves the packages in `debs` for the others.
"""

import io
import re
import shutil
import subprocess
import sys
import tarfile

from build.setup_rust import TOP, modules
from check.check_bare import CLONE, Machine, count_closing_line, make_parser, parse
from check.report import Report, count_unittest

HOME = '/home/builder'
OUTPUT = f'{CLONE}/rust/deb'
INSTALL = 'apt-get install -y -qq --no-install-recommends'
QUIET = {'DEBIAN_FRONTEND': 'noninteractive'}
# Names that only the files of these packages have.
OURS = re.compile(r'/[^/]*(3\.\d+t|nogil-rust)')

# An sdist with its own PEP 517 backend, as nothing can be downloaded: it compiles a module with sysconfig's variables.
BACKEND = """
import hashlib, pathlib, subprocess, sysconfig, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    module = "demo" + sysconfig.get_config_var("EXT_SUFFIX")
    flags = sysconfig.get_config_var("CFLAGS").split() + sysconfig.get_config_var("CCSHARED").split()
    command = sysconfig.get_config_var("LDSHARED").split() + flags
    include = ["-I" + sysconfig.get_path(name) for name in ("include", "platinclude")]
    subprocess.run([*command, *include, "demo.c", "-o", module], check=True)
    line = sysconfig.get_python_version().replace(".", "")
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    tag = f"cp{line}-cp{line}t-{platform}"
    files = {
        module: pathlib.Path(module).read_bytes(),
        "demo-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n",
        "demo-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: {tag}\\n".encode(),
        "demo-1.0.dist-info/RECORD": b"",
    }
    name = f"demo-1.0-{tag}.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
    return name
"""
MODULE = """
#include <Python.h>

static PyObject *
answer(PyObject *module, PyObject *ignored)
{
    return PyLong_FromLong(42);
}

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "demo", NULL, 0, methods, slots};

PyMODINIT_FUNC
PyInit_demo(void)
{
    return PyModuleDef_Init(&module);
}
"""
SDIST = {
    'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    '[project]\nname = "demo"\nversion = "1.0"\n',
    'PKG-INFO': 'Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n',
    'backend.py': BACKEND,
    'demo.c': MODULE,
}
# Prints the implementations, Rust or C, of the modules in the installed interpreter.
IMPLEMENTATIONS = 'import _rust; print(*sorted({_rust.implementation(name) for name in %r}))'


def write_sdist(file):
    """Write the sdist."""
    with tarfile.open(file, 'w:gz') as archive:
        for name, text in SDIST.items():
            info = tarfile.TarInfo(f'demo-1.0/{name}')
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))


def build_dependencies():
    """Return a control file with the build dependencies of the template debian/control.in."""
    text = (TOP / 'debian/control.in').read_text(encoding='utf-8')
    rust = re.search(r'^rust-version = "(.+)"$', (TOP / 'Cargo.toml').read_text(encoding='utf-8'), re.MULTILINE)[1]
    field = re.search(r'^Build-Depends:\n(?: .*\n)+', text, re.MULTILINE)[0].replace('@RUST@', rust)
    return f'Source: dependencies\nMaintainer: none <none@example.com>\n{field}\nPackage: none\nArchitecture: all\n'


def count_lintian(output):
    """Count the errors that lintian reports; return one pass if there are none."""
    errors = len(re.findall(r'^E: ', output, re.MULTILINE))
    return 0 if errors else 1, errors, 0


def packages(folder):
    """Return the packages in a folder, without the -dbgsym packages."""
    return sorted(file for file in folder.glob('*.deb') if '-dbgsym' not in file.name)


def check_names(machine, files):
    """Record whether all files of the packages have names that no other Python package uses."""
    listed = []
    for file in files:
        output = subprocess.run(['dpkg', '-c', file], check=True, capture_output=True, text=True).stdout
        listed += [line.split()[5].removeprefix('.') for line in output.splitlines() if line[0] != 'd']
    strange = [name for name in listed if not OURS.search(name)]
    for name in strange:
        print(f'        {name}')
    machine.expect('inspect', 'no file can be one of another Python', listed and not strange)


def alone(machine, part, name, command, **options):
    """Run a command as an unprivileged user without a network."""
    return machine.run(part, name, command, **{'folder': HOME, 'user': True, 'network': False} | options)


def build(machine, options):
    """Build the packages; return whether the build succeeded."""

    def prepare(name, command, user=False, folder='/', env=()):
        return machine.run('build', name, command, folder=folder, user=user, env=QUIET | dict(env)) is not None

    root = machine.root
    depends = root / 'src/depends/debian'
    depends.mkdir(parents=True, exist_ok=True)
    (depends / 'control').write_text(build_dependencies(), encoding='utf-8')
    for tarball in TOP.glob('Python-*.tar.xz'):
        shutil.copy(tarball, root / CLONE[1:])
    tools = f'{INSTALL} build-essential autoconf ca-certificates git lintian'
    owner = f'(id builder 2>/dev/null || useradd --create-home --uid 1000 builder) && chown -R builder: {CLONE}'
    if not (
        prepare('tools of the packager', f'apt-get update -qq && {tools}')
        and prepare('build dependencies', f'{INSTALL.replace(" install ", " build-dep ")} /src/depends')
        and prepare('a plain user', owner)
        and prepare('bootstrap --no-install', './bootstrap --no-install', user=True, folder=CLONE)
    ):
        return False
    # make deb needs a configured folder; debian/rules configures the package itself.
    configure = 'test -f Makefile || ./configure --disable-gil'
    if alone(machine, 'build', 'configure', configure, folder=CLONE) is None:
        return False
    env = {'DEB_BUILD_OPTIONS': f'{options} parallel={machine.jobs}'.strip(), 'CARGO_NET_OFFLINE': 'true'}
    env |= {'DEBFULLNAME': 'Rust modules', 'DEBEMAIL': 'packages@example.com'}
    if alone(machine, 'build', 'make deb', 'make deb', folder=CLONE, env=env) is None:
        return False
    kept = machine.folder / 'debs'
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for file in (machine.root / OUTPUT[1:]).glob('*.deb'):
        shutil.copy(file, kept)
    return True


def inspect(machine):
    """Inspect the packages in the system that has built them, and test the installed files."""

    def step(name, command, count):
        alone(machine, 'inspect', name, command, folder=CLONE, count=count)

    check_names(machine, packages(machine.folder / 'debs'))
    step('lintian of the packages', f'lintian --fail-on error {OUTPUT}/*.deb', count_lintian)
    unpacked, rust = f'{HOME}/unpacked', f'{OUTPUT}/*/build/rust/stdlib.o'
    step('unpack the packages', f'for file in {OUTPUT}/*.deb; do dpkg -x $file {unpacked} || exit 1; done', None)
    options = f'--rust-object {rust} --debug {unpacked}/usr/lib/debug'
    step('hardening', f'python3 -B Tools/rust check.hardening {unpacked}/usr {options}', count_closing_line)
    step('hardening is looked for', 'python3 -B Tools/rust testing.tools.test_hardening', count_unittest)
    names = ' '.join(f'{OUTPUT}/{file.name}' for file in packages(machine.folder / 'debs'))
    if machine.run('inspect', 'install them', f'{INSTALL} {names}', env=QUIET) is not None:
        step('what is installed', 'python3 -B Tools/rust testing.tools.test_install /usr', count_closing_line)
    # This is slow: lintian determines the type of each file of CPython's sources and of the crates.
    # The tag is about tables in CPython's own tarball, which Debian's packages of CPython have, too. An override would
    # be an error for the lintian of older releases, which does not know the tag.
    suppressed = '--suppress-tags license-problem-old-unicode' if machine.suite == 'sid' else ''
    step('lintian of the sources', f'lintian --fail-on error {suppressed} {OUTPUT}/*.dsc', count_lintian)


def use(machine):
    """Install the packages on a fresh system, use them and purge them."""
    files = packages(machine.folder / 'debs')
    if not files:
        machine.expect('use', 'there are packages', False)
        return
    root, python = machine.root, f'{files[0].name[:10]}t'
    (root / 'src/debs').mkdir()
    for file in files:
        shutil.copy(file, root / 'src/debs')
    write_sdist(root / 'src/demo-1.0.tar.gz')
    install = f'apt-get update -qq && {INSTALL} python3 gcc libc6-dev /src/debs/*.deb && rm -r /src/debs'
    if machine.run('use', 'install', install, env=QUIET) is None:
        return
    machine.run('use', 'a plain user', 'useradd --create-home --uid 1000 builder')

    def step(name, command, wanted=None):
        printed = alone(machine, 'use', name, command)
        if wanted is not None and printed is not None:
            machine.expect('use', f'{name}: what it prints', printed.strip().endswith(wanted))

    default = [module.name for module in modules() if module.stage == 'default']
    code = IMPLEMENTATIONS % default
    step('the Rust modules', f'{python} -c "{code}"', 'Rust')
    step('the C twins', f'{python} -X rust_modules=none -c "{code}"', 'C')
    step("Debian's own Python", 'python3 -c "import sys, zlib; print(sys.prefix, sys.abiflags)"', '/usr')
    step('a virtual environment', f'{python} -m venv environment')
    step('pip', 'environment/bin/pip --version', f'(python {python[6:-1]})')
    wheel = 'environment/bin/pip wheel --no-index --no-deps -w wheels /src/demo-1.0.tar.gz'
    step('a wheel from an sdist', wheel)
    step('install the wheel', 'environment/bin/pip install --no-index wheels/*.whl')
    code = 'import demo, sys; print(demo.answer(), sys._is_gil_enabled())'
    step('the module of the wheel', f'environment/bin/python -c "{code}"', '42 False')
    # Python run by root writes bytecode next to the modules; purging must remove it.
    machine.run('use', 'run as root', f'{python} -O -c "import email.message" && {python} -O -m venv -h')
    names = ' '.join(file.name.partition('_')[0] for file in files)
    purge = f'rm -r {HOME}/environment {HOME}/wheels && apt-get purge -y -qq {names}'
    machine.run('use', 'remove', purge, network=False, env=QUIET)
    look = f'find / -xdev ( -name "*{python[6:]}*" -o -name "*nogil-rust*" )'.replace('(', r'\(').replace(')', r'\)')
    left = machine.run('use', 'look for what is left', look)
    if left is not None:
        print(left, end='')
        machine.expect('use', 'nothing is left', not left)
    step("Debian's own Python is still there", 'python3 -c "print(1)"', '1')


PARTS = ('build', 'inspect', 'use')


def main():
    parser = make_parser(__doc__, PARTS, 'check-deb')
    parser.add_argument('--options', default='', help='DEB_BUILD_OPTIONS, such as nocheck')
    args = parse(parser, PARTS)
    report = Report()
    for suite in args.suite:
        machine = Machine(suite, (args.folder / suite).absolute(), report, args.jobs)
        if 'build' in args.parts and not (machine.prepare(args.again) and build(machine, args.options)):
            continue
        if 'inspect' in args.parts:
            inspect(machine)
        if 'use' in args.parts and machine.install():
            use(machine)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
