"""Import and use modules in many interpreters at once, with a GIL setting of their own where that applies.

many_interpreters.py [--c] MODULE...    3 times 50 interpreters in threads, then 50 one after the other

The results must be those of the main interpreter. Modules take turns in being imported first, in interpreters of both
kinds.

With --c the C twins are used. The closing line says how many blocks of CPython's allocators and how many bytes of
malloc one of the last 50 interpreters did not free, on average. CPython itself leaks a few blocks, so that a leak of
the Rust modules shows only in comparison with the twins. Blocks that malloc keeps for a thread count as used unless
GLIBC_TUNABLES=glibc.malloc.tcache_count=0 is set.
"""

import _interpreters
import ctypes
import faulthandler
import gc
import pathlib
import sys
import threading

import module_calls

INTERPRETERS = 50
THREADS = 5
ROUNDS = 3
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


class MallocInfo(ctypes.Structure):
    """The struct mallinfo2 of malloc.h."""

    names = 'arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost'
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]


def memory_in_use():
    """Return the blocks of CPython's allocators and the bytes of malloc in use, 0 if the C library cannot tell."""
    gc.collect()
    blocks = sys.getallocatedblocks()
    try:
        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        return blocks, 0
    mallinfo2.restype = MallocInfo
    info = mallinfo2()
    return blocks, info.uordblks + info.hblkhd


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

    def work(first, step):
        for index in range(first, INTERPRETERS, step):
            use(codes[index // len(KINDS) % len(codes)], KINDS[index % len(KINDS)], problems)

    for _ in range(ROUNDS):
        threads = [threading.Thread(target=work, args=(first, THREADS)) for first in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # In threads the number of streams whose memory zlib keeps for the next one depends on how the threads interleave.
    before = memory_in_use()
    work(0, 1)
    after = memory_in_use()
    blocks, size = ((new - old) / INTERPRETERS for new, old in zip(after, before, strict=True))
    for problem in problems[:20]:
        print(f'PROBLEM {problem}')
    count = (ROUNDS + 1) * INTERPRETERS
    print(f'{count} interpreters; not freed by one: {blocks:.2f} blocks, {size:.0f} bytes of malloc')
    sys.exit(bool(problems))


if __name__ == '__main__':
    main()
