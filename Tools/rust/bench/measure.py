"""Time the rows of a module's benchmark: Rust, the C twin and the packages from PyPI, interleaved in one process.

pyperf's own runner runs each benchmark in separate processes, one after the other.  That keeps a figure free of what
ran before it, but the speed of the machine varies between two such runs by more than the differences measured
here. So the calls of a row take turns within one process, round by round, and other load affects all of them alike; a
ratio of two implementations is taken from the same rounds.  Pyperf keeps the values (see `results.py`).

How many rounds a row gets follows from its values (sequential sampling until a confidence interval is narrow enough,
Chow and Robbins, 1965): rounds of samples of a few milliseconds, until the ratio to C is known well enough, or the time
is up. A row whose ratio is far from its limits needs less precision, and one near a limit gets more time.
"""

import dataclasses
import gc
import math
import os
import random
import re
import statistics
import threading
import time

# The keys of the Rust and the C implementation in the calls of a row; every other key is a package from PyPI.
OURS = ('rust', 'C')
# Below this ratio a row counts as slower than C: two runs of the same code differ by as much.
SLOWER = 0.97
# If two threads scale with Rust less than this times as well as with the C twin, Rust counts as scaling worse.
LESS_SCALING = 0.95
# The seconds of one sample, unless a single call takes longer; in rows of threads, the second.
SAMPLE = 0.003
THREAD_SAMPLE = 0.02
# The least number of values: a single one decides too much about the median of fewer. Slow calls and packages get no
# more than these.
FEWEST = 5
# The confidence level of the interval of a ratio; the widest interval of five values has 0.9375.
CONFIDENCE = 0.93
# The greatest width of half of the interval at which a row ends, and the one for a row whose limits are further away
# than FAR times half of the interval.
PRECISE = 0.02
COARSE = 0.05
FAR = 4
# A ratio nearer to a limit than CLEAR times half of the interval may be on the other side of the limit: the interval is
# computed after each round, and each time it may miss the ratio. Such a row may take NEAR times as long as others.
CLEAR = 2
NEAR = 4
# A row of threads gets at most so many times the least number of rounds, since each may take several tries.
MOST_THREAD_ROUNDS = 2


@dataclasses.dataclass
class Row:
    """One line of the table: for each implementation the seconds of one call in every round."""

    name: str
    size: int
    goal: float
    values: dict
    loops: dict = dataclasses.field(default_factory=dict)
    # The number of threads that ran this at the same time; 0 for a row without threads.
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
        logs = self.logs()
        middle = statistics.median(logs)
        # 1.4826 makes the median deviation a standard deviation, 1.2533 that of the mean one of the median.
        spread = 1.4826 * statistics.median(abs(value - middle) for value in logs)
        return 1.2533 * spread / math.sqrt(len(logs))

    def logs(self):
        """Return the logarithm of the ratio of each round."""
        return [math.log(c / rust) for c, rust in zip(self.values['C'], self.values['rust'], strict=True)]

    @property
    def margin(self):
        """The margin of error of `ratio`: half of its confidence interval, relative to it."""
        return math.expm1(margin(self.logs()))

    def limits(self):
        """Return the ratios that the row is judged by."""
        return [SLOWER, self.goal] if self.goal > 1 else [SLOWER]


def margin(values):
    """Return half the width of the confidence interval of the median.

    Its ends are two of the values: a value is as likely below the median as above it, however the values are
    distributed, so the binomial distribution says how likely the median is outside (David and Nagaraja, Order
    Statistics, 3rd edition, 7.1).
    """
    values, below, outside = sorted(values), 0, 0.0
    while (outside := outside + 2 * math.comb(len(values), below) / 2 ** len(values)) <= 1 - CONFIDENCE:
        below += 1
    # With too few values for such an interval, it is the whole range.
    first = max(below - 1, 0)
    return (values[-1 - first] - values[first]) / 2


@dataclasses.dataclass(frozen=True)
class Precision:
    """How well a ratio is known: its margin of error and its distance to the nearest limit, both as logarithms."""

    margin: float
    distance: float

    def is_clear(self):
        """Tell whether it is clear on which side of its limits the ratio is."""
        return CLEAR * self.margin < self.distance

    def is_settled(self):
        """Tell whether that is clear and the margin small enough."""
        return self.is_clear() and self.margin < (COARSE if FAR * self.margin < self.distance else PRECISE)


def precision(ratio, logs, limits):
    """Return how well a ratio is known, given its logarithm in each round."""
    return Precision(margin(logs), min(abs(math.log(ratio / limit)) for limit in limits))


def geometric_mean(values):
    """Return the geometric mean."""
    return math.exp(statistics.fmean(math.log(value) for value in values))


class Bench:
    """Collects and measures the rows of one module: what `rows` and `threads` of its bench.py get."""

    def __init__(self, pattern, rounds, seconds, show=lambda row: None):
        """Measure the rows in whose names the regular expression is found, in at least so many rounds.

        A row takes at most so many seconds, or NEAR times as many where the result is near a limit.
        """
        self.rows = []
        self.thread_rows = []
        self.pattern = re.compile(pattern)
        self.rounds = rounds
        self.seconds = seconds
        self.show = show

    def asks_for(self, prefix):
        """Tell whether the pattern itself begins with this prefix of names."""
        return self.pattern.pattern.removeprefix('^').startswith(prefix)

    def chooses(self, *names):
        """Tell whether a row with one of these names is measured."""
        return any(self.pattern.search(name) for name in names)

    @staticmethod
    def random_bytes(size):
        """Return the same bytes for the same size in every run."""
        return random.Random(size).randbytes(size)

    def row(self, name, size, calls, goal=1.0, length=None):
        """Measure one row: `calls` maps an implementation to (function, args, kwargs).

        With `length`, a function that returns the length of the output of an implementation, that counts as well as
        the time.
        """
        if not self.chooses(name):
            return
        if any(row.name == name for row in self.rows):
            raise ValueError(f'there are two rows with the name {name!r}')
        timers = {key: make_timer(*call) for key, call in calls.items()}
        timers = {key: timer for key, timer in timers.items() if key in OURS or works(name, key, timer)}
        lengths = {key: length(key) for key in timers} if length else {}
        loops = {key: calibrate(timer, min(SAMPLE, self.seconds)) for key, timer in timers.items()}
        row = Row(name, size, goal, {key: [] for key in timers}, loops, lengths=lengths)
        taken, order, shuffle = 0, list(timers), random.Random(0).shuffle
        while not self.is_enough(row, taken):
            # In a fixed order, periodic events such as another program's turn could always affect the same call.
            shuffle(order)
            for key in order:
                if key in OURS or len(row.values[key]) < FEWEST:
                    seconds = sample(timers[key], loops[key])
                    taken += seconds
                    row.values[key].append(seconds / loops[key])
        self.rows.append(row)
        self.show(row)

    def is_enough(self, row, taken):
        """Tell whether a row that has taken so many seconds needs no further round."""
        rounds = len(row.values['rust'])
        if rounds < min(FEWEST, self.rounds):
            return False
        known = precision(row.ratio, row.logs(), row.limits())
        if taken > self.seconds:
            return known.is_clear() or taken > NEAR * self.seconds
        return rounds >= self.rounds and known.is_settled()

    def thread_row(self, name, size, makes):
        """Measure work in one thread and in two.

        `makes` maps an implementation to a function that is called for each thread and returns (function, args,
        kwargs): objects of its own, unless the name says that something is shared, since threads that share an argument
        contend for its reference count.
        """
        if not self.chooses(name):
            return
        timers = {key: [make_timer(*make()) for _ in range(2)] for key, make in makes.items()}
        loops = {key: calibrate(pair[0], min(THREAD_SAMPLE, self.seconds)) for key, pair in timers.items()}
        rows = [Row(name, size, 1.0, {key: [] for key in makes}, loops, threads) for threads in (1, 2)]
        # A garbage collection stops all threads while it traverses all live objects, many of which belong to the
        # benchmark.
        collects = gc.isenabled()
        gc.disable()
        for done in range(1, MOST_THREAD_ROUNDS * self.rounds + 1):
            for row in rows:
                for key, pair in timers.items():
                    row.values[key].append(time_threads(pair[: row.threads], loops[key]) / loops[key])
            if done >= self.rounds and scaling_precision(rows).is_settled():
                break
        if collects:
            gc.enable()
        self.thread_rows.append(tuple(rows))


def works(row, peer, timer):
    """Tell whether a peer accepts the input of a row, by one call; print its error if it does not."""
    try:
        timer(1)
    except Exception as error:
        print(f'    {row} is measured without {peer}: {error}', flush=True)
        return False
    return True


def calibrate(timer, seconds):
    """Return how many calls take so many seconds; these calls are the warm-up, too."""
    number, least = 1, min(0.002, seconds)
    while (taken := sample(timer, number)) < least:
        number = max(2 * number, min(int(number * least / max(taken, 1e-9)), 100 * number))
    return max(1, int(number * seconds / taken))


def sample(timer, number):
    """Return the seconds of so many calls, without the time in which another program had the processor."""
    delay = run_delay()
    seconds = timer(number)
    return max(seconds - (run_delay() - delay), 0.01 * seconds)


def scaling(rows):
    """Return by implementation how many times the work of one thread two of them do in the same time."""
    one, two = rows
    return {key: 2 * one.seconds[key] / two.seconds[key] for key in one.values}


def scaling_precision(rows):
    """Return how well the scaling of Rust divided by that of the C twin is known."""
    one, two = (row.logs() for row in rows)
    logs = [after - before for before, after in zip(one, two, strict=True)]
    figures = scaling(rows)
    return precision(figures['rust'] / figures['C'], logs, [LESS_SCALING])


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
