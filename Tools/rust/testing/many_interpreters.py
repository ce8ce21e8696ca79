"""Import and use modules in many interpreters at once, with a GIL setting of their own where that applies.

many_interpreters.py [--c] MODULE...    50 interpreters in threads: the results of the main one in each

Modules take turns in being imported first, in interpreters of both kinds.

With --c the C twins are used. The closing line says by how many kB an interpreter makes the process larger: CPython
itself leaks megabytes, so that a leak of the Rust modules shows only in comparison with the twins.
"""

import _interpreters
import faulthandler
import gc
import pathlib
import resource
import sys
import threading

import module_calls

INTERPRETERS = 50
THREADS = 5
ROUNDS = 4
KINDS = ('isolated', 'legacy')

CODE = """if True:
    import sys
    sys.path.insert(0, {folder!r})
    import module_calls
    expected = {expected!r}
    names = list(expected)
    for name in names[{first}:] + names[:{first}]:
        module, spec = module_calls.load(name, {prefix!r})
        found = [module_calls.outcome(make()) for _, make in spec.calls]
        if found != expected[name]:
            wrong = [pair for pair in zip(found, expected[name]) if pair[0] != pair[1]]
            raise AssertionError(f'{{name}}: {{wrong[:3]}}')
"""


def use(code, kind, problems):
    """Make an interpreter, run the code in it, end it."""
    try:
        config = _interpreters.new_config(kind)
        interpreter = _interpreters.create(config)
        try:
            error = _interpreters.exec(interpreter, code)
        finally:
            _interpreters.destroy(interpreter)
        if error is not None:
            problems.append(f'{kind}: {error.formatted}')
    except BaseException as error:
        problems.append(f'{kind}: {error!r}')


def main():
    faulthandler.enable()
    faulthandler.dump_traceback_later(900, exit=True)
    names, prefix = sys.argv[1:], '_rust_'
    if names[:1] == ['--c']:
        names, prefix = names[1:], '_c_'
    expected = {}
    for name in names:
        module, spec = module_calls.load(name, prefix)
        expected[name] = [module_calls.outcome(make()) for _, make in spec.calls]
    folder = str(pathlib.Path(__file__).parent)
    codes = [CODE.format(folder=folder, expected=expected, prefix=prefix, first=first) for first in range(len(names))]
    problems = []
    memory = []
    for _ in range(ROUNDS):

        def work(first):
            for index in range(first, INTERPRETERS, THREADS):
                use(codes[index // len(KINDS) % len(codes)], KINDS[index % len(KINDS)], problems)

        threads = [threading.Thread(target=work, args=(first,)) for first in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gc.collect()
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    for problem in problems[:20]:
        print(f'PROBLEM {problem}')
    growth = (memory[-1] - memory[0]) // ((ROUNDS - 1) * INTERPRETERS)
    print(f'{ROUNDS} times {INTERPRETERS} interpreters; growth of one in kB: {growth}')
    sys.exit(bool(problems))


if __name__ == '__main__':
    main()
