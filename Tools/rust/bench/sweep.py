"""Time every public function of the Rust modules and of their C twins over sizes and shapes; what `make sweep` runs.

Only what is wrong is printed: where Rust is slower than C, or where its time grows faster with the size.  A run takes
hours, so each module ends with a line that says how much was measured.

What a function is called with follows from the kinds of its parameters.  A kind is a number of shapes: a label and a
function that makes a value of a size, or the value itself where there is no size.  Kinds come from the names of the
required parameters, unless the `bench.py` of the module says otherwise:

  SWEEP        {'function': [(kind, ...), ...]}: lists of kinds; 'kind*' stands for any number of arguments.
               {'.name': kind}: the kind of all parameters of that name
  SWEEP_KINDS  {kind: {label: shape}}: more kinds
  SWEEP_CALLS  {'name': function(module)}: more to call, such as methods of objects with state; a name that starts with
               that of a class, `Compressor.compress`, stands for the class
"""

import argparse
import array
import collections
import importlib.util
import inspect
import itertools
import math
import random
import sys
import time

from bench import bench

LARGEST = 10**8
# Measured again before it is printed, to exclude an effect of another process.
SLOWER = 0.95
# By how much the exponent of growth may be above C's, and from how many seconds on it is looked at: in a shorter call
# what does not depend on the size still counts.
STEEPER = 0.3
GROWS_FROM = 10e-6
# All combinations of the shapes of several parameters, up to so many.
COMBINATIONS = 30


def random_bytes(size, place=0):
    return random.Random(f'{size} {place}').randbytes(size)


def random_int(bits, place=0):
    """Return an odd int of so many bits."""
    return random.Random(f'{bits} {place}').getrandbits(bits) | 1 | 1 << (bits - 1)


def random_floats(size, place=0):
    rng = random.Random(f'{size} {place}')
    return [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-9, 9) for _ in range(size)]


def repeated(text, size):
    """Return so much of the text again and again."""
    return (text * (size // len(text) + 1))[:size]


# One byte, repeated, is the worst case of many decoders.
REPEATED = {
    f'{byte!r} repeated': lambda size, place, byte=byte: byte * size
    for byte in (b'\0', b'\n', b' ', b'=', b'A', b'\xff')
}
CHARACTERS = {'ASCII': 'abcdefg hij', 'quotes': '"', 'control characters': '\1', 'Latin-1': '\xe9', 'CJK': '\u4e2d"'}


def encoded(encode):
    """Return the shapes of an encoding: encoded random data, and the same byte over and over."""
    return {'encoded': lambda size, place: encode(random_bytes(size, place)), **REPEATED}


KINDS = {
    'float': {
        'float': 0.7, 'huge': 1e300, 'subnormal': 5e-324, 'NaN': math.nan, 'infinity': -math.inf, 'zero': -0.0,
        'int': 3, 'bool': True, 'long int': 10**30, 'longer than a float': 10**400,
    },
    'complex': {
        'complex': 0.7 + 0.3j, 'huge': 1e300 - 1e300j, 'subnormal': complex(5e-324, -5e-324), 'zero': 0j,
        'NaN': complex(math.nan, 1), 'infinity': complex(1, math.inf), 'float': 0.7, 'int': 3,
    },
    'checksum': {'checksum': 1},
    'zero': {'zero': 0},
    'int': {
        'random': random_int,
        'power of two': lambda size, place: 1 << size,
        'all ones': lambda size, place: (1 << size) - 1,
        'small': lambda size, place: 3 + place,
        'zero': lambda size, place: 0,
        'negative': lambda size, place: -random_int(size, place),
    },
    'count': {'n': lambda size, place: size},
    'half': {'n / 2': lambda size, place: size // 2},
    'few': {'20': lambda size, place: 20},
    'ints': {
        'small': lambda size, place: [3] * size,
        'long': lambda size, place: [10**30 + i for i in range(size)],
        'equal': lambda size, place: [int(str(10**50)) for _ in range(size)],
    },
    'floats': {
        'list': random_floats,
        'tuple': lambda size, place: tuple(random_floats(size, place)),
        'array': lambda size, place: array.array('d', random_floats(size, place)),
        'deque': lambda size, place: collections.deque(random_floats(size, place)),
        'range': lambda size, place: range(size),
        'all sizes': lambda size, place: [2.0 ** (i * 53 % 2000 - 1000) for i in range(size)],
        'cancelling': lambda size, place: [*itertools.chain(*((x, -x) for x in random_floats(size // 2 + 1)))][:size],
        'equal': lambda size, place: [0.1] * size,
        'ones': lambda size, place: [1] * size,
        'bools': lambda size, place: [True] * size,
        'long ints': lambda size, place: [10**30 + i for i in range(size)],
    },
    'bytes': {
        'random': random_bytes,
        'text': lambda size, place: repeated(b'The quick brown fox jumps over the lazy dog.\r\n', size),
        'bytearray': lambda size, place: bytearray(random_bytes(size, place)),
        'memoryview': lambda size, place: memoryview(random_bytes(size, place)),
        **REPEATED,
    },
    'str': {
        label: lambda size, place, characters=characters: repeated(characters, size)
        for label, characters in CHARACTERS.items()
    },
}  # fmt: skip
NAMES = {
    'float': ('x', 'y', 'z', 'p', 'q', 'a', 'b', 'mu', 'sigma'),
    'int': ('n', 'k'),
    'bytes': ('data', 'string'),
    'floats': ('iterable', 'seq'),
}
# A list of more than this takes gigabytes.
MOST = dict.fromkeys(('floats', 'ints', 'floats*', 'ints*'), 10**7)


def public(module):
    """Return the functions and classes of a module that a program may call, by name; not the exceptions."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith('__')
        and not (isinstance(value, type) and issubclass(value, BaseException))
    }


class Sweep:
    """What is measured of a module."""

    def __init__(self, rust, c, table):
        self.pair = (c, rust)
        self.kinds = KINDS | table.get('SWEEP_KINDS', {})
        self.table = table.get('SWEEP', {})
        self.calls = table.get('SWEEP_CALLS', {})

    def parameters(self, name, function):
        """Return the lists of kinds that a function is called with; none when there is nothing that tells."""
        if name in self.table:
            return self.table[name]
        try:
            expected = inspect.signature(function).parameters.values()
        except ValueError:
            return []
        guessed = {guess: kind for kind, names in NAMES.items() for guess in names}
        required = [item.name for item in expected if item.default is item.empty and item.kind <= 1]
        kinds = [self.table.get(f'.{item}', guessed.get(item)) for item in required]
        return [] if None in kinds or not kinds else [tuple(kinds)]

    def functions(self):
        """Yield (name, (C, Rust), lists of kinds)."""
        c, rust = self.pair
        for name, make in self.calls.items():
            yield name, (make(c), make(rust)), self.table[name]
        for name, function in public(rust).items():
            if hasattr(c, name) and (lists := self.parameters(name, function)):
                yield name, (getattr(c, name), function), lists

    def missing(self):
        """Return the public functions and classes of which nothing is measured."""
        found = {name.partition('.')[0] for name, _, _ in self.functions()}
        return sorted(name for name in public(self.pair[1]).keys() - found if hasattr(self.pair[0], name))

    def series(self):
        """Yield (name with the shapes, (C, Rust), largest size, make); `make(size)` returns the arguments."""
        for name, both, lists in self.functions():
            for kinds in lists:
                for labels in combinations([[*self.kinds[kind.rstrip('*')]] for kind in kinds]):
                    shapes = [self.kinds[kind.rstrip('*')][label] for kind, label in zip(kinds, labels, strict=True)]
                    most = min(MOST.get(kind, LARGEST) for kind in kinds) if any(map(callable, shapes)) else 1
                    yield f'{name}({", ".join(labels)})', both, most, maker(kinds, shapes)


def combinations(shapes):
    """Return all combinations, or of too many those that differ from the first in one place, and the equal ones."""
    if math.prod(map(len, shapes)) <= COMBINATIONS:
        return [*itertools.product(*shapes)]
    firsts = [labels[0] for labels in shapes]
    found = [(*firsts[:i], label, *firsts[i + 1 :]) for i, labels in enumerate(shapes) for label in labels]
    return [*dict.fromkeys(found + [*zip(*shapes, strict=False)])]


def maker(kinds, shapes):
    """Return a function that makes the arguments of a size."""

    def make(size):
        args = []
        for place, (kind, shape) in enumerate(zip(kinds, shapes, strict=True)):
            value = shape(size, place) if callable(shape) else shape
            args += value if kind.endswith('*') else [value]
        return args

    return make


def make_timer(function, args):
    """Return a function that makes a call so many times, whether it fails or not, and returns the seconds."""
    # Few arguments are local variables, as in a program.
    names = [f'a{i}' for i in range(len(args))] if len(args) < 9 else []
    parameters = ''.join(f', {name}=args[{i}]' for i, name in enumerate(names))
    source = f"""
def timer(number, function=function, clock=clock, args=args{parameters}):
    loop = range(number)
    start = clock()
    for _ in loop:
        try:
            function({', '.join(names) or '*args'})
        except Exception:
            pass
    return clock() - start
"""
    scope = {'function': function, 'clock': time.perf_counter, 'args': args}
    exec(source, scope)
    return scope['timer']


def measure(both, args, seconds):
    """Return the least seconds of a call of each, which take turns."""
    timers = [make_timer(function, args) for function in both]
    once = max(timer(1) for timer in timers)
    number = max(1, int(seconds / 20 / max(once, 1e-7)))
    rounds = 10 if number > 1 else min(10, int(seconds / once) + 1)
    taken = [[timer(number) for timer in timers] for _ in range(rounds)]
    return tuple(min(times) / number for times in zip(*taken, strict=True))


def judge(before, now):
    """Return what is wrong with a measurement, (size, seconds of C, seconds of Rust), after that of the size before."""
    size, c, rust = now
    found = ['slower'] if c / rust < SLOWER else []
    if before and before[2] >= GROWS_FROM:
        ratio = math.log(size / before[0])
        exponents = [math.log(after / first) / ratio for after, first in zip(now[1:], before[1:], strict=True)]
        if exponents[1] > exponents[0] + STEEPER and exponents[1] > 1 + STEEPER / 2:
            found.append(f'grows as n^{exponents[1]:.1f} for n^{exponents[0]:.1f}')
    return ', '.join(found)


def sizes(largest):
    """Return the sizes up to the largest: two in a decade."""
    steps = (round(10 ** (step / 2)) for step in itertools.count())
    return itertools.takewhile(lambda size: size <= largest, steps)


def sweep_one(both, largest, make, seconds, longest):
    """Yield (what is wrong, measurement) of each size, until a call takes too long."""
    before = None
    for size in sizes(largest):
        args = make(size)
        now = (size, *measure(both, args, seconds))
        for more in (4, 16):
            if not judge(before, now):
                break
            again = measure(both, args, seconds * more)
            now = (size, *map(min, now[1:], again))
        yield judge(before, now), now
        if max(now[1:]) > longest:
            break
        before = now


def sweep_module(name, args):
    """Measure a module and print what is wrong; return how many rows that were."""
    rust, c = bench.pair(name)
    if c is None:
        print(f'{name}: this build has no C twin to measure against')
        return 0
    sweep = Sweep(rust, c, vars(bench.load_rows(name)))
    measured, wrong = 0, 0
    for label, both, most, make in sweep.series():
        if args.row not in label:
            continue
        for verdict, (size, *seconds) in sweep_one(both, min(most, args.max), make, args.seconds, args.longest):
            measured += 1
            if verdict:
                wrong += 1
                figures = ' | '.join(f'{value * 1e6:.3f}' for value in (*seconds,))
                print(
                    f'| {name} | {label} | {size} | {figures} | {seconds[0] / seconds[1]:.2f} | {verdict} |', flush=True
                )
    print(f'{name}: {measured} measured, {wrong} wrong', flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--modules', default='', help='the modules, separated by blanks')
    parser.add_argument('--max', type=lambda text: int(float(text)), default=LARGEST, help='the largest size')
    parser.add_argument('--row', default='', help='only what has this in its name')
    parser.add_argument('--seconds', type=float, default=0.04, help='time for each measurement')
    parser.add_argument('--longest', type=float, default=1.0, help='no call after one of so many seconds')
    args = parser.parse_args()
    for module in args.modules.split():
        if importlib.util.find_spec(f'_rust_{module}') is None:
            sys.exit(f'{module} is not a Rust module of this build')
    print('| module | call | size | C us | Rust us | times C | |\n| --- | --- | ---: | ---: | ---: | ---: | --- |')
    sys.exit(any([sweep_module(module, args) for module in args.modules.split()]))


if __name__ == '__main__':
    main()
