"""What `make test` runs, in the build folder: every test, and the checks.  Closes with counts."""

import argparse
import functools
import os
import pathlib
import shutil
import sys
import threading

from check import check
from check import records
from check.report import Report, count_cargo, count_regrtest, count_unittest
from build import releases
from build import setup_rust
from build.setup_rust import TOP, script

TESTING = TOP / 'Tools/rust/testing'
# The exit status of CPython's test runner when the files that it was given have no tests, EXITCODE_NO_TESTS_RAN.
NO_TESTS_RAN = 4


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


def run_script_tests(report, jobs):
    """Run the tests of Tools/rust, each file in a process, the largest first: larger ones tend to take longer."""

    def run(file):
        name = file.stem.removeprefix('test_')
        if name.startswith('configure') and not shutil.which('autoconf'):
            report.add(name, skipped=1, note='there is no autoconf')
        else:
            report.run(name, script(f'testing.tools.{file.stem}'), count=count_unittest)

    files = (TESTING / 'tools').glob('test_*.py')
    # test_install.py needs an installed tree.
    files = [file for file in files if file.stem != 'test_install']
    report.side_by_side(run, sorted(files, key=lambda file: file.stat().st_size, reverse=True), jobs)


def test_environment(**extra):
    """Return the environment of tests: byte code is kept, out of the source trees.

    Compiling the modules that a test imports takes longer than the test, in a sanitizer build ten times as long.
    """
    kept = {name: value for name, value in os.environ.items() if name != 'PYTHONDONTWRITEBYTECODE'}
    return kept | {'PYTHONPYCACHEPREFIX': os.path.abspath('cpython/pycache')} | extra


def in_place(names, default):
    """Return what makes modules that are incubating take the place of C's; the others do already."""
    return {} if names[0] in default else {'PYTHON_RUST_MODULES': ','.join(f'+{name}' for name in names)}


def check_in_place(report, names, default):
    """Check that Rust is what CPython's tests will test: those of C's would pass as well."""
    code = f'import _rust; print({{_rust.implementation(name) for name in {names}}})'
    report.run(
        f'{", ".join(names)}: the Rust modules are tested',
        [os.path.abspath('python'), '-c', code],
        count=lambda output: (1, 0, 0) if output.strip() == "{'Rust'}" else (0, 1, 0),
        env=test_environment(**in_place(names, default)),
    )


def upstream_groups(modules, default):
    """Return the modules in the groups whose tests run in the same environment."""
    incubating = [name for name in modules if name not in default and upstream_tests([name])]
    return [names for names in (default, incubating) if names]


def run_upstream(report, names, default, jobs):
    """Run CPython's tests of a group of modules as one step."""
    check_in_place(report, names, default)
    command = [os.path.abspath('python'), '-m', 'test', f'-j{jobs}', *upstream_tests(names)]
    environment = test_environment(**in_place(names, default))
    report.run(f"CPython's tests on {', '.join(names)}", command, count=count_regrtest, env=environment)


def size(test):
    """Return the size of one of CPython's tests; larger ones tend to take longer."""
    path = test_file(releases.source(), test)
    return sum(file.stat().st_size for file in (path.rglob('*.py') if path.is_dir() else [path]) if file.exists())


def upstream_jobs(report, names, default, done):
    """Return functions that run the tests of a group of modules, each test once, the largest first.

    A test counts for each module that lists it. The step of a module is there when the last of its tests is over, and
    `done` is called with its name.
    """
    check_in_place(report, names, default)
    kind = 'default' if names[0] in default else 'incubating'
    environment = test_environment(**in_place(names, default))
    steps = {name: [f'{test}, {kind}' for test in upstream_tests([name])] for name in names}
    left = {name: set(titles) for name, titles in steps.items()}
    lock = threading.Lock()

    def run(test):
        title = f'{test}, {kind}'
        command = [os.path.abspath('python'), '-m', 'test', '-j1', test]
        # In 3.15 a decorator for functions hides the class of test_free_threading.test_json.
        report.run(title, command, count=count_regrtest, nothing_ran=NO_TESTS_RAN, env=environment)
        with lock:
            complete = [name for name, titles in left.items() if titles == {title}]
            for titles in left.values():
                titles.discard(title)
        for name in complete:
            report.combine(f"CPython's tests on {name}", steps[name])
            done('upstream', name)

    return [functools.partial(run, test) for test in sorted(upstream_tests(names), key=size, reverse=True)]


def run_module_tests(report, module, jobs):
    """Run our tests of a module."""
    folder, names = setup_rust.module_tests(module)
    command = [os.path.abspath('python'), '-m', 'test', f'-j{jobs}', '--testdir', folder, *names]
    environment = test_environment(PYTHONPATH=str(TESTING))
    report.run(f'tests of {module}', command, count=count_regrtest, env=environment)


def run_coverage(report, default, jobs):
    """Check that every public function of the modules is called; one that is incubating may still lack calls.

    Whether it is incubating is said by its stage, not by the default of the build, which may be all modules.
    """
    complete = [module.name for module in setup_rust.modules() if module.stage == 'default' and module.name in default]
    name = 'every public function is called'
    if not complete:
        report.add(name, skipped=1, note='all modules of this build are incubating')
        return
    # The rows of the benchmarks import scripts of Tools/rust.
    extra = {'PYTHONPATH': f'{TESTING}{os.pathsep}{TOP / "Tools/rust"}', 'RUST_MODULES': ' '.join(complete)}
    command = [os.path.abspath('python'), '-m', 'test', f'-j{jobs}', '--testdir', TESTING / 'coverage']
    report.run(name, [*command, 'test_public_functions'], count=count_regrtest, env=test_environment(**extra))


def run_difftest(report, modules, name='fuzzing against the twins'):
    """Run the programs that once found a defect, and a fixed sequence of others; `make difftest` runs new ones."""
    command = script('check.difftest', '--seed', '1', '--seconds', '60')
    report.run(name, [*command, '--programs', '1000', '--modules', ' '.join(modules)])


def check_names(report, modules):
    """Check the lists of CPython's tests."""
    problems = unlisted_tests([module for module in setup_rust.modules() if module.name in modules], releases.source())
    report.add("names of CPython's tests", passed=not problems, failed=len(problems), note='; '.join(problems))


def run_python_tests(report, modules, default, jobs):
    """Run CPython's tests of the modules, those that are incubating in the place of C's, and ours."""
    check_names(report, modules)
    for names in upstream_groups(modules, default):
        run_upstream(report, names, default, jobs)
    # Several modules at once: the files of one differ too much in length to keep all processors busy.
    report.side_by_side(lambda module: run_module_tests(report, module, 1), ['_rust', *modules], jobs)
    if check.has_twins(default):
        run_coverage(report, default, jobs)
        run_difftest(report, [name for name in modules if name != 'panictest'])
    else:
        report.add('calls on the twins', skipped=1, note='there are none')


def run_tests_apart(report, modules, default, jobs, done=lambda kind, module: None, kinds=('upstream', 'tests')):
    """Run the same tests with a step for each module, as many at once as there are jobs, each in a single process.

    `done` is called with the kind of record and the module as soon as its step is there.
    """
    check_names(report, modules)
    work = []
    if 'upstream' in kinds:
        for names in upstream_groups(modules, default):
            work += upstream_jobs(report, names, default, done)

    def test(module):
        run_module_tests(report, module, 1)
        done('tests', module)

    if 'tests' in kinds:
        work += [functools.partial(test, module) for module in ['_rust', *modules]]
    if check.has_twins(default):
        work.append(lambda: run_coverage(report, default, 1))
        compared = [name for name in modules if name != 'panictest']
        for part in range(min(jobs, len(compared))):
            some = compared[part::jobs]
            title = f'fuzzing against the twins: {", ".join(some)}'
            work.append(functools.partial(run_difftest, report, some, title))
    else:
        report.add('calls on the twins', skipped=1, note='there are none')
    report.side_by_side(lambda function: function(), work, jobs)


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
    run_script_tests(report, args.jobs)
    (run_tests_apart if args.record else run_python_tests)(report, modules, default, args.jobs)
    check.run_checks(report, cargo, modules, default, pathlib.Path.cwd())
    if args.record:
        if check.has_twins(default):
            records.update_from(report, [name for name in modules if name != 'panictest'])
        else:
            records.update_from(report, default, {'without-twins': records.STEPS['upstream']})
    sys.exit(report.close())


if __name__ == '__main__':
    main()
