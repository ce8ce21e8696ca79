"""What `make check-full` runs, in the build folder: the checks that take long.  Each part can be named alone.

  panics        a panic in every kind of function is an exception (in a debug build, made below check-full/)
  no-memory     every call with every allocation failing; all calls in threads with tracemalloc on
  refleaks      CPython's -R over CPython's tests of the modules and ours (in the debug build)
  stress        many threads on shared objects and changing buffers
  interpreters  every module in 50 subinterpreters
  symbols       the symbols of `python` compared with those of a C-only build, named by --plain-python
  selftest      planted defects make the checks of `make check` fail, and faults in panictest fail those above
  tutorial      what Doc/adding-a-module.md says, done in a copy of the sources
  fuzz          coverage-guided fuzzing of the pure cores
  asan, tsan    tests and stress in builds with sanitizers, made below check-full/ with the clang that suits rustc

The parts that call modules know how from Rust/NAME/tests/calls.py.
"""

import argparse
import functools
import math
import os
import pathlib
import re
import shlex
import subprocess
import sys

from check import check
from check import fuzz
from check import fault_injection
from check import records
from check import run_tests
from check import sanitizers
from check.report import Report, count_regrtest
from build.setup_rust import TOP, module_tests, script

TESTING = TOP / 'Tools/rust/testing'
PYTHON = pathlib.Path('python').absolute()
DEBUG_BUILD = pathlib.Path('check-full/pydebug').absolute()


def environment():
    """Return the environment in which tests run."""
    return run_tests.test_environment(PYTHONPATH=str(TESTING))


def with_calls(report, args, part):
    """Return the modules that say how they are called; say which do not."""
    names = [name for name in args.modules if (TOP / 'Rust' / name / 'tests/calls.py').exists()]
    for name in args.modules:
        if name not in names and name != 'panictest':
            report.add(f'{part}: {name}', skipped=1, note=f'there is no Rust/{name}/tests/calls.py')
    return names


def run_script(report, name, script, *arguments, seconds, **variables):
    """Run a script of testing/ as one step, in which a hang is a failure; return its output."""
    command = [PYTHON, '-X', 'faulthandler', TESTING / script, *arguments]
    return report.run(name, ['timeout', str(seconds), *command], env=environment() | variables).stdout


def configure_arguments():
    """Return what this build was configured with."""
    output = subprocess.run(['./config.status', '--config'], check=True, capture_output=True, text=True).stdout
    return [word for word in shlex.split(output) if not word.startswith(('--prefix', '--srcdir'))]


def debug_build(report, args):
    """Return the folder of a debug build with the test modules, made on demand; None when it cannot be."""
    if args.debug_build:
        return args.debug_build
    DEBUG_BUILD.mkdir(parents=True, exist_ok=True)
    if not (DEBUG_BUILD / 'config.status').exists():
        arguments = [*configure_arguments(), '--with-pydebug', '--with-rust-test-modules', '--quiet']
        if report.run('configure a debug build', [TOP / 'configure', *arguments], cwd=DEBUG_BUILD).returncode:
            return None
    if report.run('make the debug build', ['make', f'-j{args.jobs}'], cwd=DEBUG_BUILD).returncode:
        return None
    return DEBUG_BUILD


def regrtest(report, name, build, *arguments, **variables):
    """Run CPython's test runner of a build."""
    command = [build / 'python', '-m', 'test', *arguments]
    return report.run(name, command, cwd=build, count=count_regrtest, env=environment() | variables)


def panics(report, args):
    """Run the tests of the module that panics, with the search for leaked references."""
    tests = TOP / 'Rust/panictest/tests'
    build = debug_build(report, args)
    if build:
        regrtest(report, 'panics', build, '--testdir', tests, 'test_panictest')
        regrtest(report, 'panics: references', build, '-R', '3:3', '--testdir', tests, 'test_panictest')
    if 'panictest' in args.modules:
        regrtest(report, 'panics in this build', pathlib.Path.cwd(), '--testdir', tests, 'test_panictest')


def malloc_that_fails(report):
    """Return the library that makes malloc fail when it is preloaded; None when it cannot be built."""
    library = pathlib.Path('check-full/fail_malloc.so').absolute()
    library.parent.mkdir(exist_ok=True)
    compiler = shlex.split(os.environ.get('CC', 'cc'))
    source = TESTING / 'fail_malloc.c'
    # Without -fno-builtin the compiler may optimise the allocations away.
    command = [*compiler, '-shared', '-fPIC', '-O1', '-fno-builtin', source, '-o', library]
    return None if report.run('build the library that makes malloc fail', command).returncode else library


def for_each(report, args, run, names, jobs=None):
    """Call run(name) for each module, as many at once as there are jobs, and say when its result is complete.

    A check that uses all processors for a fixed time must have them for itself: `jobs` is 1 there.
    """

    def one(name):
        run(name)
        args.done(name)

    report.side_by_side(one, names, jobs or args.jobs)


def jobs_of_each(args, names):
    """Return how many jobs there are for each of these modules when they run side by side."""
    return max(args.jobs // len(names), 1)


def failing_allocations(report, args):
    """Sweep over all calls of each module; a sweep uses one processor."""
    preloaded = malloc_that_fails(report)

    def sweep(name):
        run_script(report, f'no memory: {name}', 'no_memory.py', name, str(args.seconds), seconds=600)
        if preloaded:
            arguments = ('no_memory.py', '--malloc', name, str(args.seconds))
            run_script(report, f'no malloc: {name}', *arguments, seconds=600, LD_PRELOAD=str(preloaded))

    for_each(report, args, sweep, with_calls(report, args, 'no memory'))


def threads_with_tracemalloc(report, args):
    """Make all calls of each module in threads with tracemalloc on."""

    def call(name):
        step, limit = f'tracemalloc and threads: {name}', args.seconds * 4 + 120
        run_script(report, step, 'no_memory.py', '--threads', name, str(args.seconds), seconds=limit)

    for_each(report, args, call, with_calls(report, args, 'tracemalloc'), jobs=1)


def no_memory(report, args):
    """Make allocations fail, then trace them by tracemalloc in threads."""
    failing_allocations(report, args)
    threads_with_tracemalloc(report, args)


def refleaks(report, args):
    """Run the search for leaked references, which needs a debug build: only that counts all references."""
    build = debug_build(report, args)
    if not build:
        return
    names = with_calls(report, args, 'references')
    extra = {'RUST_LEAKS': ' '.join(names)}
    regrtest(report, 'references: calls', build, '-R', '3:3', '--testdir', TESTING / 'leaks', 'test_calls', **extra)
    if args.short:
        return
    tested = [module for module in args.modules if module_tests(module)[1] and module != 'panictest']

    def search(module):
        folder, names = module_tests(module)
        options = [f'-j{jobs_of_each(args, tested)}', '--testdir', folder, *names]
        # A leak in every repetition shows in two of them, after two that fill caches. Some caches are filled later,
        # so a leak counts only if it is found with three of each, too.
        few, many = ([build / 'python', '-m', 'test', '-R', times, *options] for times in ('2:2', '3:3'))
        step = f'references: {module}'
        report.run(step, few, again=many, cwd=build, count=count_regrtest, env=environment())

    for_each(report, args, search, tested)
    if args.default:
        names = run_tests.upstream_tests(args.default)
        regrtest(report, "references: CPython's tests", build, f'-j{args.jobs}', '-R', '3:3', *names)


def shared_objects(report, args):
    """Stress each module."""

    def run(name):
        limit = args.seconds * 20 + 180
        run_script(report, f'stress: {name}', 'stress.py', name, str(args.seconds * 2), seconds=limit)

    for_each(report, args, run, with_calls(report, args, 'stress'), jobs=1)


def stress(report, args):
    """Stress each module, and measure how its calls scale."""
    shared_objects(report, args)
    for name in with_calls(report, args, 'scaling'):
        output = run_script(
            report, f'scaling: {name}', 'stress.py', '--scaling', name, str(args.seconds), seconds=args.seconds * 4 + 60
        )
        print(f'        {output.strip()}')


def use_in_interpreters(report, step, arguments):
    """Run the script that uses modules in many interpreters as one step; return its output."""
    # Blocks that malloc keeps for a thread would count as used.
    settings = {'GLIBC_TUNABLES': 'glibc.malloc.tcache_count=0'}
    return run_script(report, step, 'many_interpreters.py', *arguments, seconds=900, **settings)


def many_interpreters(report, args, names):
    """Use modules in many interpreters, all at once, with a step for each; return the output.

    When that fails, each is used alone, which shows the ones that fail; if none fails alone, all count as failed.
    """
    together = f'many interpreters: {len(names)} modules at once'
    output = use_in_interpreters(report, together, names)
    steps = {name: f'many interpreters: {name}' for name in names}
    if not report.steps[together]['failed']:
        for step in steps.values():
            report.combine(step, [together], share=1 / len(names))
    else:
        for name, step in steps.items():
            use_in_interpreters(report, step, [name])
        if not any(report.steps[step]['failed'] for step in steps.values()):
            for step in steps.values():
                report.add(step, failed=1, note='only together with the others')
    for name in names:
        args.done(name)
    return output


def not_freed(output):
    """Return how many blocks and bytes of malloc an interpreter does not free, from the output of the script."""
    found = re.search(r'not freed by one: (-?[\d.]+) blocks, (-?\d+) bytes', output)
    return (float(found[1]), int(found[2])) if found else (math.inf, math.inf)


def smaller(*results):
    """Return the smallest number of blocks and of bytes of several results."""
    return tuple(map(min, zip(*results, strict=True)))


def interpreters(report, args):
    """Use all modules in many interpreters, and compare the memory that is not freed with that of the C twins."""
    names = with_calls(report, args, 'interpreters')
    # Both sides must use the same modules, so an incubating module, which has no _c_ twin, is run separately.
    incubating = [name for name in names if name not in args.default]
    names = [name for name in names if name in args.default]
    if incubating:
        many_interpreters(report, args, incubating)
    if not names:
        return
    ours = not_freed(many_interpreters(report, args, names))
    theirs = math.inf, math.inf
    # The number of blocks differs by up to one between runs; a leak shows in each.
    for attempt in range(8):
        if attempt:
            output = use_in_interpreters(report, f'many interpreters, run {attempt + 1}', names)
            ours = smaller(ours, not_freed(output))
        output = use_in_interpreters(report, 'the C twins in many interpreters', ['--c', *names])
        theirs = smaller(theirs, not_freed(output))
        same = ours[0] <= theirs[0] + 0.5 and ours[1] <= theirs[1] + 8 and max(ours + theirs) < math.inf
        if same:
            break
    blocks, size = zip(ours, theirs, strict=True)
    note = 'an interpreter leaves {} blocks with Rust, {} with C; {} and {} bytes of malloc'.format(*blocks, *size)
    report.add('memory left by interpreters', passed=same, failed=not same, note=note)


def symbols(report, args):
    """`python` shows nothing that a C-only build of the same CPython does not."""
    if not args.plain_python:
        report.add('symbols compared with a C-only build', skipped=1, note='name one by --plain-python')
        return
    ours, plain = (check.symbols('-D', '--defined-only', program) for program in ('cpython/python', args.plain_python))
    # The C implementations are not in this program, so symbols that they export may be missing.
    added = {name for name in ours - plain if not re.fullmatch(r'PyInit_\w+', name)}
    for name in sorted(added)[:20]:
        print(f'        python shows {name}')
    note = f'{len(ours)} symbols, {len(plain)} in the C-only build'
    report.add('symbols compared with a C-only build', passed=not added, failed=bool(added), note=note)


def selftest(report, args):
    """Plant defects in a scratch copy, show those of panictest in a debug build, and check that each is reported."""
    report.run('planted defects', script('check.selftest'), show=True)
    build = debug_build(report, args)
    if build:
        fault_injection.run(report, build, environment(), malloc_that_fails(report))


def fuzzing(report, args):
    """Fuzz every target for the seconds asked for."""
    folder = fuzz.build(report, args.cargo)
    for name in fuzz.targets() if folder else []:
        fuzz.run(report, folder / name, args.seconds, args.record)


def sanitized(sanitizer, report, args):
    """Run the tests of the modules and the stress tests in a build with a sanitizer."""
    rustc = os.environ.get('RUSTC', 'rustc')
    clang, version = sanitizers.find_clang(rustc)
    if not clang:
        report.add(sanitizer.name, skipped=1, note=f'there is no clang-{version}, which shares the LLVM of rustc')
        return
    folder = pathlib.Path('check-full', sanitizer.name).absolute()
    logs = folder / 'reports/report'
    logs.parent.mkdir(parents=True, exist_ok=True)
    settings = environment() | sanitizer.environment(logs, clang)
    std_settings, options = sanitizers.standard_library(report, sanitizer, args.cargo, rustc)
    if args.record and sanitizer.needs_std and not std_settings:
        # What would be recorded as defects of modules may be false reports.
        return
    options.append(f'-j{args.jobs}')
    if not sanitizers.build(
        report, sanitizer, folder, configure_arguments(), options, settings | std_settings, logs, clang
    ):
        return
    sanitizers.judge(report, sanitizer, logs, f'{sanitizer.name}: findings of make')
    python = folder / 'python'
    defect = fault_injection.SANITIZED[sanitizer.name]
    command = ['timeout', '300', python, TESTING / 'stress.py', fault_injection.MODULE, '2']
    # On a loaded machine the threads may not overlap in two seconds.
    for _ in range(5):
        subprocess.run(command, cwd=folder, env=settings | fault_injection.environment(defect), capture_output=True)
        if sanitizers.reports(logs, sanitizer.report_start):
            break
    sanitizers.judge_defect(report, sanitizer, logs, f'{sanitizer.name}: {defect} is found')
    stressed = with_calls(report, args, sanitizer.name)
    tested = [module for module in args.modules if module_tests(module)[1]]
    # The tests of several modules run at once: each module has log files of its own.
    logs_of = {module: logs.parent / module / 'report' for module in args.modules}
    for own in logs_of.values():
        own.parent.mkdir(exist_ok=True)
        # An interrupted run may have left some.
        sanitizers.remove(own)

    def run(step, module, command, **options):
        settings = environment() | sanitizer.environment(logs_of[module], clang)
        report.run(f'{sanitizer.name}: {step} of {module}', command, cwd=folder, env=settings, **options)

    def test(module):
        tests, names = module_tests(module)
        # A report of a sanitizer can leave a process hanging.
        options = [f'-j{jobs_of_each(args, tested)}', '--timeout', '1200', '--testdir', tests, *names]
        run('tests', module, [python, '-m', 'test', *options], count=count_regrtest)

    def stress_and_judge(module):
        if module in stressed:
            run('stress', module, ['timeout', '600', python, TESTING / 'stress.py', module, str(args.seconds)])
        sanitizers.judge(report, sanitizer, logs_of[module], f'{sanitizer.name}: {module}')

    report.side_by_side(test, tested, args.jobs)
    # The threads of a stress test need all processors: as many calls as possible are made in a fixed time.
    for_each(report, args, stress_and_judge, args.modules, jobs=1)


def tutorial(report, args):
    """Follow the tutorial."""
    report.run('the tutorial', script('check.try_tutorial'))


PARTS = {
    'panics': panics,
    'no-memory': no_memory,
    'refleaks': refleaks,
    'stress': stress,
    'interpreters': interpreters,
    'symbols': symbols,
    'selftest': selftest,
    'fuzz': fuzzing,
    'asan': functools.partial(sanitized, sanitizers.ASAN),
    'tsan': functools.partial(sanitized, sanitizers.TSAN),
    'tutorial': tutorial,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    check.add_build_arguments(parser)
    parser.add_argument('parts', nargs='*', metavar='PART', help='which parts (default: all)')
    parser.add_argument('--seconds', type=int, default=5, help='how long a part runs that could run for ever')
    parser.add_argument(
        '--short',
        action='store_true',
        help='-R over the calls of the modules only, not over all tests',
    )
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='how many tests run at once')
    parser.add_argument('--debug-build', type=lambda name: pathlib.Path(name).absolute(), help='use this debug build')
    parser.add_argument('--plain-python', type=pathlib.Path, help="the python of a C-only build, for part `symbols'")
    parser.add_argument('--record', action='store_true', help='write Doc/records')
    parser.set_defaults(done=lambda name: None)
    args = parser.parse_args()
    args.modules, args.default = args.modules.split(), args.default.split()
    unknown = [part for part in args.parts if part not in PARTS]
    if unknown:
        parser.error(f'no such part: {", ".join(unknown)}')
    report = Report()
    for part in args.parts or PARTS:
        PARTS[part](report, args)
    if args.record:
        records.update_from(report, [name for name in args.modules if name != 'panictest'])
    sys.exit(report.close())


if __name__ == '__main__':
    main()
