"""Try the usual kinds of build, each in a scratch folder.

    try_builds.py [--folder DIR] --cpython DIR [NAME...]

It takes some minutes a build, and much longer for the optimised one.  The CPython tree is made read-only meanwhile
where that can be enforced, and is compared before and after: a build must leave nothing in it.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from build import setup_rust
from check.report import Report, count_regrtest
from build.setup_rust import TOP, script

# The arguments of configure for each kind of build.
BUILDS = {
    'vpath': ['--disable-gil'],
    'shared': ['--disable-gil', '--enable-shared'],
    'pydebug': ['--disable-gil', '--with-pydebug'],
    'clang': ['--disable-gil', 'CC=clang'],
    'without-c-twins': ['--disable-gil', '--without-c-twins'],
    'optimized': ['--disable-gil', '--enable-optimizations', '--with-lto'],
}
# Builds that must be exactly CPython's own.
PLAIN_BUILDS = {
    'none': ['--disable-gil', '--with-rust-modules=none'],
    'gil': [],
}


def snapshot(tree):
    """Return the files of a tree with their sizes and times."""
    files = (file for file in sorted(tree.rglob('*')) if not file.is_dir())
    return {str(file.relative_to(tree)): (file.lstat().st_size, file.lstat().st_mtime_ns) for file in files}


def without_rust():
    """Return an environment in which no cargo, no rustc and no libclang can be found."""
    folder = tempfile.mkdtemp(prefix='no-rust-')
    for directory in os.environ['PATH'].split(os.pathsep):
        for program in pathlib.Path(directory).glob('*'):
            link = pathlib.Path(folder, program.name)
            if not link.is_symlink() and not program.name.startswith(('cargo', 'rust', 'clang')):
                link.symlink_to(program)
    return os.environ | {'PATH': folder, 'LIBCLANG_PATH': '/nonexistent'}


def run_build(report, name, configure, arguments, folder, environment, *settings):
    """Configure, build and install below `folder`, with `settings` for make; return whether that worked."""
    shutil.rmtree(folder, ignore_errors=True)
    build = folder / 'build'
    build.mkdir(parents=True)
    jobs = f'-j{os.cpu_count()}'
    # The profiled run is short: this only checks that profile-guided optimization works.
    profile = ['PROFILE_TASK=-m test --pgo test_binascii test_struct'] if '--enable-optimizations' in arguments else []
    steps = {
        'configure': [configure, '--quiet', f'--prefix={folder}/installed', *arguments],
        'make': ['make', jobs, *profile, *settings],
        'make install': ['make', 'install', *settings],
    }
    for step, command in steps.items():
        done = report.run(f'{name}: {step}', command, cwd=build, env=environment)
        folder.joinpath(step.replace(' ', '-') + '.log').write_text(done.stdout, encoding='utf-8')
        if done.returncode:
            return False
    return True


def try_rust_build(report, name, arguments, folder, cpython):
    """Build with Rust modules, use the result, and build once more."""
    if not run_build(report, name, TOP / 'configure', [f'--with-cpython={cpython}', *arguments], folder, os.environ):
        return
    build = folder / 'build'
    modules = [module.name for module in setup_rust.modules() if module.stage == 'default']
    environment = os.environ | {
        'PYTHONPATH': str(TOP / 'Tools/rust/testing'),
        'PYTHONPYCACHEPREFIX': str(build / 'pycache'),
        'LD_LIBRARY_PATH': str(build / 'cpython'),
    }
    report.run(
        f'{name}: installed',
        script('testing.tools.test_install', folder / 'installed') + modules,
        env=os.environ | {'LD_LIBRARY_PATH': str(folder / 'installed/lib')},
    )
    for module in modules:
        tests, names = setup_rust.module_tests(module)
        report.run(
            f'{name}: tests of {module}',
            ['./python', '-B', '-m', 'test', '--testdir', tests, *names],
            cwd=build,
            env=environment,
            count=count_regrtest,
        )
    program = (build / 'python').resolve()
    before = program.stat().st_mtime_ns
    done = report.run(f'{name}: make again', ['make'], cwd=build)
    idle = program.stat().st_mtime_ns == before and not re.search(r'^gcc|^clang|Compiling ', done.stdout, re.MULTILINE)
    report.add(f'{name}: make again does nothing', passed=idle, failed=not idle)


def installed_files(folder):
    """Return the files of an installed tree by name."""
    return {str(file.relative_to(folder)) for file in folder.rglob('*') if not file.is_dir()}


def warnings(folder):
    """Return the warnings of a build, without what differs between two folders."""
    log = ''.join(folder.joinpath(name).read_text(encoding='utf-8') for name in ('configure.log', 'make.log'))
    lines = re.findall(r'^.*(?:warning|WARNING):.*$', log, re.MULTILINE)
    return sorted(line.replace(str(folder), '') for line in lines)


def try_plain_build(report, name, arguments, folder, cpython):
    """Build without Rust, on a machine that has none, and compare with what CPython's own configure and make give."""
    environment = without_rust() | {'PYTHONDONTWRITEBYTECODE': '1'}
    # Programs of upstream's own build that ignore the environment would leave byte code in the tree.
    no_bytecode = 'PYTHON_FOR_BUILD=./python -E -B'
    ours, theirs = folder / 'ours', folder / 'upstream'
    own = [argument for argument in arguments if not argument.startswith('--with-rust')]
    if not (
        run_build(
            report, f'{name}: ours', TOP / 'configure', [f'--with-cpython={cpython}', *arguments], ours, environment
        )
        and run_build(report, f'{name}: upstream', cpython / 'configure', own, theirs, environment, no_bytecode)
    ):
        return
    program = next(path.name for path in (theirs / 'installed/bin').glob('python3.*') if 'config' not in path.name)
    listing = 'import sys; print(sorted(sys.builtin_module_names), sorted(sys.stdlib_module_names))'
    modules = [
        subprocess.run([tree / 'installed/bin' / program, '-c', listing], capture_output=True, text=True).stdout
        for tree in (ours, theirs)
    ]
    comparisons = {
        'installed files': (installed_files(ours / 'installed'), installed_files(theirs / 'installed')),
        'modules': modules,
        'warnings': (warnings(ours), warnings(theirs)),
    }
    for what, (mine, upstream) in comparisons.items():
        same = mine == upstream
        note = '' if same or isinstance(mine, str) else f'differing: {sorted(set(mine) ^ set(upstream))[:10]}'
        report.add(f'{name}: {what} are those of upstream', passed=same, failed=not same, note=note)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('names', nargs='*', metavar='NAME', help=f'which builds: {", ".join([*BUILDS, *PLAIN_BUILDS])}')
    parser.add_argument('--folder', type=pathlib.Path, default=pathlib.Path('try-builds'), help='where to build')
    parser.add_argument('--cpython', type=pathlib.Path, required=True, help='a CPython tree as it was unpacked')
    args = parser.parse_args()
    report = Report()
    cpython = args.cpython.resolve()
    before = snapshot(cpython)
    for name in args.names or [*BUILDS, *PLAIN_BUILDS]:
        folder = (args.folder / name).resolve()
        if name in BUILDS:
            try_rust_build(report, name, BUILDS[name], folder, cpython)
        elif name in PLAIN_BUILDS:
            try_plain_build(report, name, PLAIN_BUILDS[name], folder, cpython)
        else:
            sys.exit(f'there is no build {name}')
    same = snapshot(cpython) == before
    report.add('the CPython tree is as it was', passed=same, failed=not same)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
