"""Install the wheel in a CPython that has C modules only, and use it there as its users do.

try_wheel.py --wheel FILE [--folder FOLDER] [--cpython DIR] [--python PYTHON]

Without --python, such an interpreter is built below the folder first, or the one from an earlier run is used.  It must
be of the line of CPython that the wheel is for.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

from build import setup_rust
from build.setup_rust import TOP
from check.report import Report, count_regrtest
from check.run_tests import upstream_tests

IMPLEMENTATION = 'import {name}; print("Rust" if "stdlib_rust" in ({name}.__spec__.origin or "") else "C")'
# The time that the line of the .pth file may take when nothing is chosen, in seconds.
COST = """
import pathlib, sysconfig, time
line = compile(pathlib.Path(sysconfig.get_path('purelib'), 'stdlib_rust.pth').read_text(), 'pth', 'exec')
times = []
for _ in range(1000):
    start = time.perf_counter()
    exec(line)
    times.append(time.perf_counter() - start)
print(sorted(times)[500])
"""
HIGHEST_COST = 0.001
TOO_LATE = 'import {name}, stdlib_rust; print({name!r} in stdlib_rust.install(), stdlib_rust.status()[{name!r}])'


def build(report, folder, cpython):
    """Build CPython without Rust modules, unless an earlier run has; return the interpreter, or None."""
    python = folder / 'build/python'
    if not python.exists():
        (folder / 'build').mkdir(parents=True, exist_ok=True)
        options = f'--disable-gil --quiet --with-rust-modules=none --with-cpython={cpython}'
        command = f'{TOP}/configure {options} && make -j{os.cpu_count()}'
        if report.run('a CPython with C modules', ['sh', '-c', command], cwd=folder / 'build').returncode:
            return None
    return python


def listing(folder):
    """Return the files below a folder."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob('*') if '__pycache__' not in file.parts)


def expect(report, name, command, wanted, **options):
    """Run a command whose output must contain a text, or that must fail with it."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    good = wanted in done.stdout
    report.add(name, passed=good, failed=not good, note='' if good else done.stdout.strip())


def use(report, python, names):
    """Choose the modules in every way, and run CPython's tests of them."""
    name = names[0]
    code = IMPLEMENTATION.format(name=name)
    environment = {key: value for key, value in os.environ.items() if not key.startswith('PYTHON')}
    chosen = environment | {'PYTHON_RUST_MODULES': 'default'}
    for title, command, wanted, env in (
        ('nothing is chosen', [python, '-c', code], 'C', environment),
        ('python -m stdlib_rust -c', [python, '-m', 'stdlib_rust', '-c', code], 'Rust', environment),
        ('PYTHON_RUST_MODULES', [python, '-c', code], 'Rust', chosen),
        ('PYTHON_RUST_MODULES with -E', [python, '-E', '-c', code], 'C', chosen),
        ('-X rust_modules', [python, '-X', f'rust_modules={name}', '-c', code], 'Rust', environment),
        ('-X rust_modules=-NAME', [python, '-X', f'rust_modules=-{name}', '-c', code], 'C', environment),
        ('an unknown word', [python, '-X', 'rust_modules=nonsense', '-c', code], 'RuntimeWarning', environment),
        ('too late', [python, '-c', TOO_LATE.format(name=name)], 'True C, imported before install()', environment),
    ):
        expect(report, title, command, wanted, env=env)
    status = subprocess.run([python, '-m', 'stdlib_rust', 'status'], env=environment, capture_output=True, text=True)
    shown = dict(line.split(None, 1) for line in status.stdout.splitlines())
    good = all(shown.get(name) == 'Rust' for name in names)
    report.add('status', passed=good, failed=not good, note='' if good else status.stdout + status.stderr)
    cost = float(subprocess.run([python, '-c', COST], check=True, capture_output=True, text=True).stdout)
    report.add(
        'the cost at start-up', passed=cost < HIGHEST_COST, failed=cost >= HIGHEST_COST, note=f'{cost * 1e6:.1f} us'
    )
    tests = [python, '-m', 'stdlib_rust', '-m', 'test', *upstream_tests(names)]
    report.run("CPython's tests", tests, count=count_regrtest, env=environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--wheel', type=pathlib.Path, required=True)
    parser.add_argument('--folder', type=pathlib.Path, default=pathlib.Path('check-wheel'), help='where to work')
    parser.add_argument('--cpython', type=pathlib.Path, help='the CPython source tree to build')
    parser.add_argument('--python', type=pathlib.Path, help='a CPython that has been built')
    args = parser.parse_args()
    report = Report()
    folder = args.folder.absolute()
    python = args.python or build(report, folder, args.cpython)
    if python:
        shutil.rmtree(folder / 'venv', ignore_errors=True)
        subprocess.run([python, '-m', 'venv', folder / 'venv'], check=True)
        python = folder / 'venv/bin/python'
        site = next((folder / 'venv/lib').glob('python3.*')) / 'site-packages'
        before = listing(site)
        pip = [python, '-m', 'pip', '--disable-pip-version-check']
        if report.run('install', [*pip, 'install', '--no-index', '--no-deps', args.wheel]).returncode == 0:
            use(report, python, [module.name for module in setup_rust.modules() if module.stage == 'default'])
            wrong = [sys.executable, '-B', '-m', 'stdlib_rust', 'status']
            refusal = 'stdlib_rust: stdlib_rust was built for CPython 3.'
            expect(report, 'another Python is refused', wrong, refusal, env=os.environ | {'PYTHONPATH': str(site)})
            report.run('uninstall', [*pip, 'uninstall', '--yes', 'stdlib-rust'])
            same = listing(site) == before
            report.add('nothing is left', passed=same, failed=not same)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
