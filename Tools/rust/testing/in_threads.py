"""Run functions of a test in threads at the same time."""

import threading

# The time for which threads run that repeat their work until a deadline, in seconds.
SECONDS = 0.3


def once(*works):
    """Call each function once, each in its own thread; raise the first exception of any of them."""
    errors = []
    barrier = threading.Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def again_and_again(*works):
    """Call each function in its own thread until the time is over or one has failed; raise its exception."""
    stop = threading.Event()

    def repeat(work):
        def run():
            try:
                while not stop.is_set():
                    work()
            finally:
                stop.set()

        return run

    once(*map(repeat, works), lambda: stop.wait(SECONDS) or stop.set())
