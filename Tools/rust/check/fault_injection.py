"""Make the mistakes that the module panictest has for it, and see that the long checks find each.

Every check first runs on a call without a mistake, where it must pass: a check that always fails finds nothing.
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
    return [python, '-B', '-m', 'test', '-R', '3:3', '--testdir', tests, 'test_calls']


NO_MEMORY = script('no_memory.py', MODULE, '5')
NO_MALLOC = script('no_memory.py', '--malloc', MODULE, '5')
STRESS = script('stress.py', MODULE, '2')
INTERPRETERS = script('many_interpreters.py', MODULE)
# The name of the mistake, the check that must find it, and what that must say.
MISTAKES = [
    ('leak', references, r'test_calls leaked \[.*\] memory blocks'),
    ('leak without memory', NO_MEMORY, r'memory blocks are left behind'),
    ('hide no memory', NO_MEMORY, r'PROBLEM .*RuntimeError'),
    ('panic', NO_MEMORY, r'PROBLEM .*SystemError'),
    ('abort without memory', NO_MALLOC, r'memory allocation of 1000 bytes failed'),
    ('panic', STRESS, r'PROBLEM .*SystemError'),
    ('deadlock', STRESS, r'Timeout \('),
    ('share state', INTERPRETERS, r'PROBLEM .*AssertionError'),
]
# Found by the reports of the build with the sanitizer of this name.
SANITIZED = {'asan': 'overrun', 'tsan': 'race'}


def environment(mistake):
    """Return what tells the checks which mistake to make. A hang is one after some seconds."""
    return {'RUST_DEFECT': mistake, 'RUST_LEAKS': MODULE, 'RUST_PATIENCE': '5'}


def run(report, build, settings, preloaded):
    """Make each mistake in a debug build; `preloaded` is the library that makes malloc fail, if there is one."""
    python = build / 'python'

    def checked(command, mistake):
        more = {'LD_PRELOAD': str(preloaded)} if command is NO_MALLOC else {}
        return subprocess.run(
            command(python),
            cwd=build,
            env=settings | environment(mistake) | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors='replace',
        )

    sound = {}
    for mistake, command, says in MISTAKES:
        if command is NO_MALLOC and not preloaded:
            report.add(f'{mistake} is found', skipped=1, note='what makes malloc fail could not be built')
            continue
        if command not in sound:
            done = checked(command, 'none')
            sound[command] = done.returncode == 0
            if done.returncode:
                print(done.stdout)
        done = checked(command, mistake)
        line = re.search(f'^.*{says}', done.stdout, re.MULTILINE)
        found = sound[command] and done.returncode != 0 and line is not None
        name = command(python)[-1] if command is references else os.path.basename(command(python)[6])
        note = line[0][-150:] if line else f'nothing says {says}: {done.stdout}'
        report.add(f'{mistake} is found by {name}', passed=found, failed=not found, note=note)
