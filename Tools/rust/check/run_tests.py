"""What `make test` runs, in the build folder: every test, and the checks.  Closes with counts."""

import argparse
import os
import pathlib
import shutil
import sys

from check import check
from check import records
from check.report import Report, count_cargo, count_regrtest, count_unittest
from build import releases
from build import setup_rust
from build.setup_rust import TOP, script


def upstream_tests(modules):
    """Return the names of CPython's tests that cover the modules, each once.

    A name in upstream.txt may have a condition on the release that is built: `test_math_integer >=3.15`.
    """
    names = {}
    for module in modules:
        for line in (TOP / 'Rust' / module / 'tests/upstream.txt').read_text(encoding='utf-8').splitlines():
            name, *conditions = line.partition('#')[0].split() or ['']
            if name and all(releases.applies(condition, releases.built()) for condition in conditions):
                names[name] = None
    return list(names)


def test_file(tree, name):
    """Return the file or folder of one of CPython's tests by its name."""
    path = tree / 'Lib/test' / name.removeprefix('test.').replace('.', '/')
    return path if path.is_dir() else path.with_suffix('.py')


def unlisted_tests(table, tree):
    """Return what is wrong with upstream.txt: tests that this release lacks, and its tests of a module not listed.

    The list of a module that is still being written may be empty.
    """
    problems = []
    for module in table:
        listed = upstream_tests([module.name])
        if not listed and module.stage != 'default':
            continue
        problems += [f'{module.name}: {name} is not in {tree}' for name in listed if not test_file(tree, name).exists()]
        for name in (module.name, *(name for name, _ in module.submodules)):
            for test in (f'test_{name.lstrip("_")}', f'test.test_free_threading.test_{name.lstrip("_")}'):
                if test_file(tree, test).exists() and test not in listed:
                    problems.append(f'{module.name}: {test} is in {tree} and not in upstream.txt')
    return problems


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
    problems = unlisted_tests([module for module in setup_rust.modules() if module.name in modules], releases.source())
    report.add("names of CPython's tests", passed=not problems, failed=len(problems), note='; '.join(problems))
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
    compared = ' '.join(name for name in modules if name != 'panictest')
    if check.has_twins(default):
        # A module that is incubating may still lack calls.
        # The rows of the benchmarks import scripts of Tools/rust.
        extra = {'PYTHONPATH': f'{testing}{os.pathsep}{TOP / "Tools/rust"}', 'RUST_MODULES': ' '.join(default)}
        command = [*python, '--testdir', testing / 'coverage', 'test_public_functions']
        report.run('every public function is called', command, count=count_regrtest, env=environment | extra)
        # The programs that once found a defect, and a fixed sequence of others; `make difftest` runs new ones.
        command = script('check.difftest', '--seed', '1', '--seconds', '60')
        report.run('fuzzing against the twins', [*command, '--programs', '1000', '--modules', compared])
    else:
        report.add('calls on the twins', skipped=1, note='there are none')


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
    # That of what is installed needs an installation.
    for file in sorted((TOP / 'Tools/rust/testing/tools').glob('test_*.py')):
        name = file.stem.removeprefix('test_')
        if name == 'configure' and not shutil.which('autoconf'):
            report.add(name, skipped=1, note='there is no autoconf')
        elif name != 'install':
            report.run(name, script(f'testing.tools.{file.stem}'), count=count_unittest)
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
