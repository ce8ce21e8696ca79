"""Check that the long checks report each of the defects that the module panictest can be told to show.

Every check first runs on a call without a defect, where it must pass, since a check that always fails detects nothing.
"""

import os
import re
import subprocess

from build.setup_rust import TOP

TESTING = TOP / 'Tools/rust/testing'
MODULE = 'panictest'


def script(name, *arguments):
    """Return what makes the command of a check, a script of testing/, from the program that runs it."""
    return lambda python: ['timeout', '300', python, '-B', '-X', 'faulthandler', TESTING / name, *arguments]


def references(python):
    tests = TESTING / 'leaks'
    return [python, '-B', '-m', 'test', '-R', '2:2', '--testdir', tests, 'test_calls']


NO_MEMORY = script('no_memory.py', MODULE, '5')
NO_MALLOC = script('no_memory.py', '--malloc', MODULE, '5')
STRESS = script('stress.py', MODULE, '2')
INTERPRETERS = script('many_interpreters.py', MODULE)
# The name of the defect, the check that must report it, and a pattern of its report.
DEFECTS = [
    ('leak', references, r'test_calls leaked \[.*\] memory blocks'),
    ('leak without memory', NO_MEMORY, r'memory blocks are not freed'),
    ('hide no memory', NO_MEMORY, r'PROBLEM .*RuntimeError'),
    ('panic', NO_MEMORY, r'PROBLEM .*SystemError'),
    ('abort without memory', NO_MALLOC, r'memory allocation of 1000 bytes failed'),
    ('panic', STRESS, r'PROBLEM .*SystemError'),
    ('deadlock', STRESS, r'Timeout \('),
    ('share state', INTERPRETERS, r'PROBLEM .*AssertionError'),
]
# Found by the reports of the build with the sanitizer of this name.
SANITIZED = {'asan': 'overrun', 'tsan': 'race'}


def environment(defect):
    """Return the environment that selects a defect. The checks report a hang after five seconds."""
    return {'RUST_DEFECT': defect, 'RUST_LEAKS': MODULE, 'RUST_PATIENCE': '5'}


def run(report, build, settings, preloaded):
    """Show each defect in a debug build; `preloaded` is the library that makes malloc fail, if there is one."""
    python = build / 'python'

    def checked(command, defect):
        more = {'LD_PRELOAD': str(preloaded)} if command is NO_MALLOC else {}
        return subprocess.run(
            command(python),
            cwd=build,
            env=settings | environment(defect) | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors='replace',
        )

    sound = {}
    for defect, command, says in DEFECTS:
        if command is NO_MALLOC and not preloaded:
            report.add(f'{defect} is found', skipped=1, note='what makes malloc fail could not be built')
            continue
        if command not in sound:
            done = checked(command, 'none')
            sound[command] = done.returncode == 0
            if done.returncode:
                print(done.stdout)
        done = checked(command, defect)
        line = re.search(f'^.*{says}', done.stdout, re.MULTILINE)
        found = sound[command] and done.returncode != 0 and line is not None
        name = command(python)[-1] if command is references else os.path.basename(command(python)[6])
        note = line[0][-150:] if line else f'nothing says {says}: {done.stdout}'
        report.add(f'{defect} is found by {name}', passed=found, failed=not found, note=note)
