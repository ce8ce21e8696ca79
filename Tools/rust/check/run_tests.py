"""What `make test` runs, in the build folder: every test, and the checks.  Closes with counts."""

import argparse
import os
import pathlib
import shutil
import sys

from check import check
from check import records
from check.report import Report, count_cargo, count_regrtest, count_unittest
from build.setup_rust import TOP, script


def upstream_tests(modules):
    """Return the names of CPython's tests that cover the modules, each once."""
    names = {}
    for module in modules:
        lines = (TOP / 'Rust' / module / 'tests/upstream.txt').read_text(encoding='utf-8').splitlines()
        names |= dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith('#'))
    return list(names)


def run_cargo_tests(report, cargo):
    """Run the tests of every crate; those of the bindings once more to say what they checked."""
    # The C side of the crates is compiled with -Werror here, so that no warning of ours is missed.
    environment = os.environ | {'RUST_STDLIB_WERROR': '1'}
    report.run(
        'cargo test',
        [*cargo('test'), '--workspace', '--exclude', 'stdlib', '--exclude', 'deflate-difftest'],
        count=count_cargo,
        env=environment,
    )
    done = report.run(
        'the bindings against the C compiler',
        [*cargo('test'), '-p', 'cpython-sys', '--test', 'facts', '--', '--nocapture'],
        count=count_cargo,
        env=environment,
    )
    facts = [line for line in done.stdout.splitlines() if line.endswith(' checked')]
    print('        ' + ''.join(facts))


def run_python_tests(report, modules, default, jobs, apart=False):
    """Run CPython's tests of the modules, those that are incubating in the place of C's, and ours.

    Tests that several modules share run once, or with `apart` for each of them.
    """
    python = [os.path.abspath('python'), '-m', 'test', f'-j{jobs}']
    testing = TOP / 'Tools/rust/testing'
    # Byte code stays out of the source trees.
    environment = os.environ | {'PYTHONPYCACHEPREFIX': os.path.abspath('cpython/pycache')}
    incubating = [name for name in modules if name not in default and upstream_tests([name])]
    for names in [[name] for name in (*default, *incubating)] if apart else [default, incubating]:
        if names:
            extra = {'PYTHON_RUST_MODULES': ','.join(f'+{name}' for name in names)} if names[0] in incubating else {}
            # Tests of C's would pass as well.
            code = f'import _rust; print({{_rust.implementation(name) for name in {names}}})'
            report.run(
                f'{", ".join(names)}: Rust is what is tested',
                [python[0], '-c', code],
                count=lambda output: (1, 0, 0) if output.strip() == "{'Rust'}" else (0, 1, 0),
                env=environment | extra,
            )
            title = f"CPython's tests on {', '.join(names)}"
            report.run(title, [*python, *upstream_tests(names)], count=count_regrtest, env=environment | extra)
    for module in ['_rust', *modules]:
        folder = TOP / 'Rust' / module / 'tests'
        names = sorted(file.stem for file in folder.glob('test_*.py'))
        extra = {'PYTHONPATH': str(testing)}
        command = [*python, '--testdir', folder, *names]
        report.run(f'tests of {module}', command, count=count_regrtest, env=environment | extra)
    # The programs that once found a defect, and a fixed sequence of others; `make difftest` runs new ones.
    compared = ' '.join(name for name in modules if name != 'panictest')
    if check.has_twins(default):
        command = script('check.difftest', '--seed', '1', '--seconds', '60')
        report.run('fuzzing against the twins', [*command, '--programs', '1000', '--modules', compared])
    else:
        report.add('fuzzing against the twins', skipped=1, note='there are none')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    check.add_build_arguments(parser)
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='how many tests run at once')
    parser.add_argument('--record', action='store_true', help='write Doc/records')
    args = parser.parse_args()
    modules, default = args.modules.split(), args.default.split()

    cargo = check.cargo_commands(args)
    report = Report()
    run_cargo_tests(report, cargo)
    for name in ('bootstrap', 'bench', 'check_bare', 'difftest', 'new_module', 'sweep', 'twin', 'upstream'):
        report.run(name, script(f'testing.tools.test_{name}'), count=count_unittest)
    if shutil.which('autoconf'):
        report.run('configure', script('testing.tools.test_configure'), count=count_unittest)
    else:
        report.add('configure', skipped=1, note='there is no autoconf')
    run_python_tests(report, modules, default, args.jobs, apart=args.record)
    check.run_checks(report, cargo, modules, default, pathlib.Path.cwd())
    if args.record:
        if check.has_twins(default):
            records.update_from(report, [name for name in modules if name != 'panictest'])
        else:
            records.update_from(report, default, {'without-twins': records.STEPS['upstream']})
    sys.exit(report.close())


if __name__ == '__main__':
    main()
