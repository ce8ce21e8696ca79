"""Make every call of a module while the n-th allocation fails, for every n, and all allocations after it.

no_memory.py MODULE [SECONDS]    the sweep over CPython's allocators, for at most so long a call
no_memory.py --malloc MODULE [SECONDS]    the same over the C library's, which fail_malloc.c, preloaded, makes fail
no_memory.py --threads MODULE [SECONDS]    all calls in threads, with tracemalloc on

MemoryError or success are right; any other exception is not, but for what the call raises anyway.
"""

import ctypes
import faulthandler
import functools
import gc
import sys
import threading
import time
import tracemalloc

import module_calls

# The number of calls in a row without a failed allocation after which all allocations of the call have been tried.
UNREACHED = 6
# The highest number of an allocation of a call that is made to fail.
MOST = 3000


def cpython_failures():
    """Return what starts failures of CPython's allocators, and what ends them."""
    import _testcapi

    return _testcapi.set_nomemory, _testcapi.remove_mem_hooks


def malloc_failures():
    """Return the same for malloc and its kin."""
    try:
        fail = ctypes.CDLL(None).fail_malloc
    except AttributeError:
        sys.exit('fail_malloc.c is not preloaded')
    fail.argtypes, fail.restype = (ctypes.c_long, ctypes.c_long), None
    return fail, lambda: fail(-1, 0)


def sweep(call, usual, also, deadline, failures):
    """Fail each allocation of `call` in turn; return (how many calls, [problem])."""
    start_failing, stop_failing = failures
    count, problems = 0, []
    allowed = (MemoryError, *also) + ((type(usual),) if usual else ())
    for only_one in (True, False):
        reached = 0
        for start in range(MOST):
            if time.monotonic() > deadline:
                break
            count += 1
            is_reached = False
            try:
                # Nothing but the call may allocate from here to the end of the hooks.
                start_failing(start, start + 1 if only_one else 0)
                try:
                    call()
                finally:
                    stop_failing()
            except BaseException as error:
                # An exception in `also` means that an allocation failed, unless the call raises the same one anyway.
                is_reached = type(error) is MemoryError or (isinstance(error, also) and repr(error) != repr(usual))
                if not isinstance(error, allowed) or type(error) is SystemError:
                    problems.append(f'allocation {start}: {error!r}')
            if is_reached:
                reached = start
            elif start > reached + UNREACHED:
                break
    return count, problems


def usual_exception(call):
    """Return what the call raises when there is memory."""
    try:
        call()
    except Exception as error:
        return error.with_traceback(None)
    return None


def collect():
    """Free all that nobody refers to: what the first collection has cleared is freed by the second one.

    The memory of the keys of a dict that the collector clears waits until all threads have gone on.
    """
    gc.collect()
    gc.collect()


def sweep_module(name, seconds, failures=cpython_failures):
    """Sweep over every call three times, to find blocks that stay allocated; return the problems."""
    module, spec = module_calls.load(name)
    failures = failures()
    total, problems = 0, []
    for label, make in spec.calls:
        # Printed first, so that a crash says what it was in.
        print(label, flush=True)
        deadline = time.monotonic() + seconds
        usual = usual_exception(make())
        grown = []
        for _ in range(4):
            collect()
            before = sys.getallocatedblocks()
            count, found = sweep(make(), usual, spec.also_without_memory, deadline, failures)
            collect()
            grown.append(sys.getallocatedblocks() - before)
            total += count
            problems += [f'{label}: {problem}' for problem in found]
        # The first time fills caches; a leak grows every time.
        if min(grown[1:]) > 0 and time.monotonic() < deadline:
            problems.append(f'{label}: memory blocks are not freed: {grown}')
    print(f'{len(spec.calls)} calls, made {total} times')
    return problems


def threads_with_tracemalloc(name, seconds):
    """Make all calls in four threads with tracemalloc on, while it is switched off and on."""
    module, spec = module_calls.load(name)
    faulthandler.dump_traceback_later(seconds * 4 + 60, exit=True)
    end = time.monotonic() + seconds
    problems = []

    def work():
        while time.monotonic() < end:
            for label, make in spec.calls:
                try:
                    make()()
                except SystemError as error:
                    problems.append(f'{label}: {error!r}')
                except Exception:
                    pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    tracemalloc.start(5)
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        gc.collect()
        tracemalloc.take_snapshot()
    for thread in threads:
        thread.join()
    tracemalloc.stop()
    return problems


def main():
    arguments = sys.argv[1:]
    run = sweep_module
    if arguments[0] == '--threads':
        run, arguments = threads_with_tracemalloc, arguments[1:]
    elif arguments[0] == '--malloc':
        run, arguments = functools.partial(sweep_module, failures=malloc_failures), arguments[1:]
    faulthandler.enable()
    problems = run(arguments[0], float(arguments[1]) if arguments[1:] else 5.0)
    for problem in problems[:50]:
        print(f'PROBLEM {problem}')
    sys.exit(bool(problems))


if __name__ == '__main__':
    main()
