"""Time the rows of a module's benchmark: Rust, the C twin and the packages from PyPI, interleaved in one process.

pyperf's own runner runs each benchmark in separate processes, one after the other.  That keeps a figure free of what
ran before it, but the speed of the machine varies between two such runs by more than the differences measured
here. So the calls of a row take turns within one process, round by round, and other load affects all of them alike; a
ratio of two implementations is taken from the same rounds.  Pyperf keeps the values (see `results.py`).
"""

import dataclasses
import gc
import math
import os
import random
import statistics
import threading
import time

# The keys that mean our two implementations in the calls of a row; every other one is a package from PyPI.
OURS = ('rust', 'C')


@dataclasses.dataclass
class Row:
    """One line of the table: for each implementation the seconds of one call in every round."""

    name: str
    size: int
    goal: float
    values: dict
    loops: dict = dataclasses.field(default_factory=dict)
    # How many threads did this at once; 0 for a row that has nothing to do with threads.
    threads: int = 0
    # The length of the output of each implementation, where it matters.
    lengths: dict = dataclasses.field(default_factory=dict)

    @property
    def seconds(self):
        """The median of each implementation."""
        return {key: statistics.median(values) for key, values in self.values.items()}

    @property
    def ratio(self):
        """How many times as fast as the C twin."""
        return self.seconds['C'] / self.seconds['rust']

    @property
    def peers(self):
        """The seconds of the packages from PyPI."""
        return {key: value for key, value in self.seconds.items() if key not in OURS}

    @property
    def better(self):
        """The packages from PyPI that are faster and whose output is not longer, by more than a hundredth both."""
        ours = self.lengths.get('rust', 0)
        return [
            key
            for key, seconds in self.peers.items()
            if seconds < 0.99 * self.seconds['rust'] and self.lengths.get(key, 0) <= 1.01 * ours
        ]

    @property
    def is_longer(self):
        """Whether the output is longer than C's, by more than half a percent and 8 bytes."""
        return bool(self.lengths) and self.lengths['rust'] > 1.005 * self.lengths['C'] + 8

    @property
    def noise(self):
        """The standard error of the logarithm of `ratio`, from how the rounds differ."""
        logs = [math.log(c / rust) for c, rust in zip(self.values['C'], self.values['rust'], strict=True)]
        middle = statistics.median(logs)
        # 1.4826 makes the median deviation a standard deviation, 1.2533 that of the mean one of the median.
        spread = 1.4826 * statistics.median(abs(value - middle) for value in logs)
        return 1.2533 * spread / math.sqrt(len(logs))


def geometric_mean(values):
    """Return the geometric mean."""
    return math.exp(statistics.fmean(math.log(value) for value in values))


class Bench:
    """Collects and measures the rows of one module: what `rows` and `threads` of its bench.py get."""

    def __init__(self, pattern, rounds, seconds, show=lambda row: None):
        self.rows = []
        self.thread_rows = []
        self.pattern = pattern
        self.rounds = rounds
        self.seconds = seconds
        self.show = show

    @staticmethod
    def random_bytes(size):
        """Return the same bytes for the same size in every run."""
        return random.Random(size).randbytes(size)

    def row(self, name, size, calls, goal=1.0, compare_lengths=False):
        """Measure one row: `calls` maps an implementation to (function, args, kwargs).

        With `compare_lengths` the length of what they return counts as well as the time.
        """
        if self.pattern not in name:
            return
        if any(row.name == name for row in self.rows):
            raise ValueError(f'there are two rows with the name {name!r}')
        lengths = {}
        if compare_lengths:
            lengths = {key: len(function(*args, **kwargs)) for key, (function, args, kwargs) in calls.items()}
        timers = {key: make_timer(*call) for key, call in calls.items()}
        loops = {key: self.calibrate(timer) for key, timer in timers.items()}
        values = {key: [] for key in calls}
        for _ in range(self.rounds):
            for key, timer in timers.items():
                values[key].append(timer(loops[key]) / loops[key])
        self.rows.append(Row(name, size, goal, values, loops, lengths=lengths))
        self.show(self.rows[-1])

    def thread_row(self, name, size, makes):
        """Measure independent work in one thread and in two.

        `makes` maps an implementation to a function that is called for each thread and returns (function, args, kwargs)
        that is not shared: threads that share an argument contend for its reference count.
        """
        if self.pattern not in name:
            return
        timers = {key: [make_timer(*make()) for _ in range(2)] for key, make in makes.items()}
        loops = {key: self.calibrate(pair[0]) for key, pair in timers.items()}
        rows = [Row(name, size, 1.0, {key: [] for key in makes}, loops, threads) for threads in (1, 2)]
        # A collection stops all threads for as long as it takes to look at everything alive, much of it the bench's.
        collects = gc.isenabled()
        gc.disable()
        for _ in range(self.rounds):
            for row in rows:
                for key, pair in timers.items():
                    row.values[key].append(time_threads(pair[: row.threads], loops[key]) / loops[key])
        if collects:
            gc.enable()
        self.thread_rows.append(tuple(rows))

    def calibrate(self, timer):
        """Return how many calls fill one round's share of the time; what this runs is the warm-up, too."""
        number = 1
        while (taken := timer(number)) < 0.002:
            number *= 2
        return max(1, int(number * self.seconds / self.rounds / taken))


def scaling(rows):
    """Return by implementation how many times the work of one thread two of them do in the same time."""
    one, two = rows
    return {key: 2 * one.seconds[key] / two.seconds[key] for key in one.values}


def run_delay():
    """Return for how many seconds this thread has been ready but without a processor; 0 where nothing says so."""
    try:
        with open('/proc/thread-self/schedstat') as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0


# Threads that have waited for more than this part of the time did not run together. Then it is tried again, so often.
MOST_DELAY = 0.1
TRIES = 4


def time_threads(timers, number):
    """Run the timers in threads that start together; return the seconds that the slowest of them took.

    What counts is how threads hinder each other: by locks, by sharing memory, by page faults. Waiting for a processor
    that another program has does not: it is subtracted. Threads that hardly ever run at the same time do not hinder
    each other, so the try with the least waiting is taken.
    """
    tries = []
    for _ in range(TRIES):
        spans = run_threads(timers, number)
        tries.append((max(delay / span for span, delay in spans), max(span - delay for span, delay in spans)))
        if tries[-1][0] <= MOST_DELAY:
            break
    return min(tries)[1]


def run_threads(timers, number):
    """Run the timers in threads that start together; return for each its seconds, and those without a processor."""
    barrier = threading.Barrier(len(timers))
    enough = len(os.sched_getaffinity(0)) >= len(timers)
    spans = []

    def work(timer):
        # Each thread has its own heap, and allocating its first pages takes longer than all the calls.
        timer(number // 4 + 1)
        barrier.wait()
        delay, start = run_delay(), time.perf_counter()
        timer(number)
        span = time.perf_counter() - start
        spans.append((span, run_delay() - delay if enough else 0))

    threads = [threading.Thread(target=work, args=(timer,)) for timer in timers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spans


def make_timer(function, args, kwargs):
    """Return a function that makes a call so many times, as it would stand in a program, and returns the seconds."""
    names = {f'a{i}': value for i, value in enumerate(args)} | {f'k_{key}': value for key, value in kwargs.items()}
    call = ', '.join([*(f'a{i}' for i in range(len(args))), *(f'{key}=k_{key}' for key in kwargs)])
    source = f"""
def timer(number, function=function, clock=clock, {', '.join(f'{name}={name}' for name in names)}):
    loop = range(number)
    start = clock()
    for _ in loop:
        function({call})
    return clock() - start
"""
    scope = {'function': function, 'clock': time.perf_counter, **names}
    exec(source, scope)
    return scope['timer']
