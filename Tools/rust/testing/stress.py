"""Call a module from many threads at once, on objects and buffers that all of them share and change.

stress.py MODULE [SECONDS]            no crash, no hang, no SystemError
stress.py --scaling MODULE [SECONDS]  how much two threads do in the time of one
"""

import faulthandler
import gc
import os
import random
import sys
import threading
import time

import module_calls

THREADS = 8


def run_threads(targets, seconds):
    """Call every target repeatedly, each in its own thread; return [(target, problem)] and the number of calls."""
    problems, counts = [], [0] * len(targets)
    end = None

    def begin():
        # Starting the threads may take long in a build with a sanitizer, and is not part of the time.
        nonlocal end
        end = time.monotonic() + seconds

    barrier = threading.Barrier(len(targets), action=begin)

    def run(index, target):
        barrier.wait()
        while time.monotonic() < end:
            try:
                target()
            except (SystemError, AssertionError) as error:
                problems.append(repr(error))
                return
            except Exception:
                # The reason for which a buffer is refused depends on the timing.
                pass
            counts[index] += 1

    threads = [threading.Thread(target=run, args=item) for item in enumerate(targets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems, sum(counts)


def each(functions, *args):
    """Return a target that calls the functions in turn from any of them on, and ignores their exceptions."""

    def target():
        start = random.randrange(len(functions))
        for function in functions[start:] + functions[:start]:
            try:
                function(*args)
            except SystemError:
                raise
            except Exception:
                pass

    return target


def writer(shared):
    """Return a target that changes a bytearray: its content always, its size when nobody holds it."""

    def target():
        shared[:] = random.choice((b'A', b'\xff', b'=', b'0\n')) * (len(shared) // 2 or 1)
        for _ in range(20):
            shared[random.randrange(len(shared))] = random.randrange(256)
        shared.extend(b'x' * random.randrange(5000))
        del shared[random.randrange(1, 5000) :]

    return target


def stress(name, seconds):
    """Stress each kind of thing that the module has; return the problems."""
    module, spec = module_calls.load(name)
    faulthandler.dump_traceback_later(seconds * 10 + float(os.environ.get('RUST_PATIENCE', '120')), exit=True)
    problems = []
    # Each call is made once, and all threads use the same callable and so the same arguments and objects.
    groups = [('calls', [each([make() for _, make in spec.calls])] * THREADS)]
    if spec.buffers:
        shared = bytearray(b'QUJD' * 1000)
        reader = each([function for _, function in spec.buffers], shared)
        groups.append(('buffers', [writer(shared)] * 2 + [reader] * (THREADS - 2)))
    groups += [(label, [each(functions, make())] * THREADS) for label, make, functions in spec.shared]
    for label, targets in groups:
        print(label, flush=True)
        found, count = run_threads([*targets, gc.collect], seconds / len(groups))
        print(f'    {count} rounds')
        problems += [f'{label}: {problem}' for problem in found]
    return problems


def scaling(name, seconds):
    """Print what two threads with work of their own do in the time of one, the best of some tries."""
    module, spec = module_calls.load(name)
    best = 0.0
    for _ in range(5):
        rates = []
        for threads in (1, 2):
            # Factories are called for each thread: nothing but the module is shared.
            targets = [each([make() for _, make in spec.calls]) for _ in range(threads)]
            start = time.perf_counter()
            _, count = run_threads(targets, seconds / 10)
            rates.append(count / (time.perf_counter() - start))
        best = max(best, rates[1] / rates[0])
    print(f'2 threads do {best:.2f} times the work of one')
    return []


def main():
    arguments = sys.argv[1:]
    run = stress
    if arguments[0] == '--scaling':
        run, arguments = scaling, arguments[1:]
    faulthandler.enable()
    problems = run(arguments[0], float(arguments[1]) if arguments[1:] else 5.0)
    for problem in problems[:50]:
        print(f'PROBLEM {problem}')
    sys.exit(bool(problems))


if __name__ == '__main__':
    main()
