"""The checks of `make check`, run in the build folder: everything that does not need to run the modules."""

import argparse
import importlib.util
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from check import deny, docs
from check.report import Report
from build.setup_rust import TOP, script

FUZZ = TOP / 'Rust/fuzz/Cargo.toml'
LINTERS = TOP / 'Tools/rust/check/linters.txt'
# The symbols of a Rust object: names of both mangling schemes, and those of the runtime.
RUST_SYMBOL = re.compile(r'^(_R[A-Za-z]|_ZN.*17h[0-9a-f]{16}E|rust_|__rust|__rg_)')


def add_build_arguments(parser):
    """Add the options by which the Makefile tells what is built."""
    parser.add_argument('--cargo', default='cargo')
    parser.add_argument('--cargoflags', default='', help='more options for cargo')
    parser.add_argument('--modules', default='', help='the Rust modules of this build, separated by blanks')
    parser.add_argument('--default', default='', help='those that the plain name imports')


def has_twins(default):
    """Tell whether the C twins of the default modules are built here; that of an incubating one is CPython's."""
    setup = pathlib.Path('cpython/Modules/Setup.local').read_text(encoding='utf-8')
    return all(f'\n_c_{name} ' in setup for name in default)


def cargo_commands(args):
    """Return a function that gives the start of a cargo command line."""

    def cargo(command):
        manifest = ['--manifest-path', TOP / 'Cargo.toml']
        return [args.cargo, command, '--locked', '--quiet', *manifest, *shlex.split(args.cargoflags)]

    return cargo


def symbols(*arguments, kind=None):
    """Return the names that nm prints, or those of a kind."""
    output = subprocess.run(['nm', '-P', *arguments], check=True, capture_output=True, text=True).stdout
    lines = [line.split() for line in output.splitlines() if line.strip()]
    return {words[0] for words in lines if kind in (None, words[1])}


def check_symbols(report, modules, default, build):
    """The library defines the init functions and nothing else globally, no program shows a symbol of Rust's, and
    everything that a program asks for is there.
    """
    setup = (build / 'cpython/Modules/Setup.local').read_text(encoding='utf-8')
    expected = {f'PyInit_{name}' for name in re.findall(r'^(\w+) .*\$\(RUST_LIBS\)', setup, re.MULTILINE)}
    selected = {f'PyInit__rust_{name}' for name in modules} | {f'PyInit_{name}' for name in default}
    if selected - expected:
        report.add('exported symbols', failed=1, note=f'Setup.local lacks {", ".join(sorted(selected - expected))}')
        return
    found = symbols('-g', '--defined-only', build / 'rust/stdlib.o')
    problems = [f'{name} is exported' for name in found - expected] + [
        f'{name} is missing' for name in expected - found
    ]
    programs = [build / 'cpython/python', *(build / 'cpython').glob('libpython*.so.*')]
    for program in programs:
        problems += [
            f'{program.name} shows {name}'
            for name in symbols('-D', '--defined-only', program)
            if RUST_SYMBOL.match(name)
        ]
    # A program can be linked although a weak symbol is defined nowhere. Symbols of the C library have a version.
    shown = set().union(*(symbols('-D', '--defined-only', program) for program in programs))
    for program in programs:
        wanted = symbols('-D', '-u', program, kind='U')
        if any('@' in name for name in wanted):
            problems += [f'{program.name} asks for {name}' for name in wanted - shown if '@' not in name]
    for problem in problems:
        print(f'        {problem}')
    report.add('exported symbols', passed=not problems, failed=bool(problems))


def check_autoconf(report):
    """configure.ac gives no warning."""
    if not shutil.which('autoconf'):
        report.add('autoconf warnings', skipped=1, note='there is no autoconf')
        return
    with tempfile.TemporaryDirectory() as folder:
        # The command that autoconf runs; its cache must not be in a source tree that may be read-only.
        done = subprocess.run(
            [
                'autom4te',
                '--language=autoconf',
                f'--cache={folder}/cache',
                '-Wall',
                '-o',
                f'{folder}/configure',
                'configure.ac',
            ],
            cwd=TOP,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {'TMPDIR': folder},
        )
    print(done.stdout, end='')
    bad = bool(done.returncode or done.stdout)
    report.add('autoconf warnings', passed=not bad, failed=bad)


def linters(build):
    """Return the folder with the programs of the linters, which are installed from PyPI; None when they cannot be."""
    folder = build / 'rust/linters'
    stamp = folder / 'installed.txt'
    wanted = LINTERS.read_text(encoding='utf-8')
    if not stamp.exists() or stamp.read_text(encoding='utf-8') != wanted:
        if importlib.util.find_spec('ensurepip') is None:
            return None
        subprocess.run([sys.executable, '-m', 'venv', '--clear', folder], check=True)
        done = subprocess.run(
            [folder / 'bin/python', '-m', 'pip', 'install', '-q', '-r', LINTERS],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return None
        stamp.write_text(wanted, encoding='utf-8')
    return folder / 'bin'


def check_scripts(report, build):
    """Python and shell scripts are linted."""
    programs = linters(build)
    if programs is None:
        report.add('scripts', skipped=1, note='the linters cannot be installed without a network')
        return
    report.run(
        'Python scripts',
        [
            programs / 'ruff',
            'check',
            '--quiet',
            '--no-cache',
            '--config',
            TOP / 'Tools/rust/check/ruff.toml',
            TOP / 'Tools',
            TOP / 'Rust',
        ],
    )
    report.run(
        'shell scripts',
        [
            programs / 'shellcheck',
            '-x',
            'bootstrap',
            'Tools/rust/build/toolchain.sh',
            'Tools/rust/build/configure_in_cpython.sh',
            'Tools/rust/build/unpacked_autoconf.sh',
            'Tools/rust/build/releases.sh',
            '.ci/run',
        ],
        cwd=TOP,
    )


def check_policy(report, environment):
    """Every crate of the lock file keeps to deny.toml: its licence, one version of each, and its registry."""
    if deny.program() is None:
        report.add('cargo deny', skipped=1, note='cargo-deny is not installed')
        return
    report.run('cargo deny', script('check.deny'), env=environment)


def check_handbook(report):
    """The handbook can be made a site of, without a warning: no link in it leads nowhere."""
    try:
        docs.programs()
    except SystemExit as error:
        report.add('handbook', skipped=1, note=str(error))
        return
    report.run('handbook', script('check.docs', 'html'))


def check_fuzz_lock(report, cargo, environment):
    """The lock file of the fuzz targets is up to date with the crates that they use."""
    name = 'lock file of the fuzz targets'
    command = [cargo, 'metadata', '--locked', '--quiet', '--format-version=1', '--manifest-path', FUZZ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment | {'CARGO_NET_RETRY': '0'})
    if 'lock file' in done.stderr:
        report.add(name, failed=1, note=done.stderr)
    elif done.returncode:
        # Its own dependencies are not vendored.
        report.add(name, skipped=1, note='cargo cannot fetch the crates')
    else:
        report.add(name, passed=1)


def run_checks(report, cargo, modules, default, build):
    """Run all of them."""
    environment = os.environ | {'RUST_STDLIB_WERROR': '1', 'CARGO': str(cargo('run')[0])}
    if shutil.which('cargo-fmt') or shutil.which('rustfmt'):
        fmt = [cargo('fmt')[0], 'fmt', '--check', '--manifest-path']
        report.run('rustfmt', [*fmt, TOP / 'Cargo.toml', '--all'])
        report.run('rustfmt of the fuzz targets', [*fmt, FUZZ])
    else:
        report.add('rustfmt', skipped=1, note='rustfmt is not installed')
    if shutil.which('cargo-clippy'):
        features = ','.join(f'stdlib/{name}' for name in modules)
        report.run(
            'clippy',
            [*cargo('clippy'), '--workspace', '--all-targets', '--features', features, '--', '-Dwarnings'],
            env=environment,
        )
    else:
        report.add('clippy', skipped=1, note='clippy is not installed')
    check_fuzz_lock(report, cargo('metadata')[0], environment)
    report.run('headers and generated lists', script('build.headers', 'check'), env=environment)
    report.run('exports are declared', script('check.check_exports'))
    report.run('no panic leaves Rust', script('check.check_panic_free'))
    report.run('lines of C for each class', script('check.class_size', 'check'))
    report.run('counts of unsafe', script('check.count_unsafe', 'check'))
    report.run('dependencies', script('check.dependencies', 'check'), env=environment)
    for page in ('bench.measurements', 'check.promotion'):
        report.run(f'pages of the records: {page}', script(page, 'check'))
    check_symbols(report, modules, default, build)
    check_autoconf(report)
    check_scripts(report, build)
    check_policy(report, environment)
    check_handbook(report)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_build_arguments(parser)
    args = parser.parse_args()

    report = Report()
    run_checks(report, cargo_commands(args), args.modules.split(), args.default.split(), pathlib.Path.cwd())
    sys.exit(report.close())


if __name__ == '__main__':
    main()
