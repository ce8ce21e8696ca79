"""How the differential fuzzer calls math."""


def count(gen):
    """An int up to which can be counted in no time, or one that is refused."""
    if gen.chance(0.8):
        return repr(gen.rng.choice((0, 1, 2, 5, 20, 21, 33, 34, 66, 67, 127, 128, 300)))
    return gen.pick('-1', '-2**70', '2**80', '2**200', 'Index(5)', 'Index(Failure)', 'IntSub(9)', 'True', '5.0', 'None')


# Any other int would be counted up to.
count.only = True


def point(gen):
    """Coordinates, as a tuple most of the time."""
    items = ', '.join(gen.of('number') for _ in range(gen.rng.choice((0, 1, 2, 3, 3, 5, 20))))
    return gen.pick(f'tuple([{items}])', f'tuple([{items}])', f'[{items}]', f'TupleSub([{items}])', f'Items([{items}])')


def floats(gen):
    """Many floats, among them those that cancel each other."""
    rng = gen.rng
    values = [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-30, 30) for _ in range(rng.choice((1, 2, 10, 33, 100)))]
    values += [-value for value in values[: rng.randrange(len(values) + 1)]]
    rng.shuffle(values)
    return repr(values)


def numbers(gen):
    """Numbers of one sort or of several."""
    sort = gen.rng.randrange(4)
    if sort == 0:
        return floats(gen)
    if sort == 1:
        return repr([gen.rng.randrange(-(2**40), 2**40) for _ in range(gen.rng.randrange(40))])
    return gen.iterable('whole' if sort == 2 else 'number')


KINDS = {
    'factorial.n': count,
    'comb.k': count,
    'perm.n': count,
    'perm.k': count,
    'comb.n': 'whole',
    'gcd.integers': 'whole',
    'lcm.integers': 'whole',
    'isqrt.n': 'whole',
    'ldexp.i': 'whole',
    'nextafter.steps': 'whole',
    'hypot.coordinates': 'number',
    'dist.p': point,
    'dist.q': point,
    'fsum.seq': numbers,
    'prod.iterable': numbers,
    'sumprod.p': numbers,
    'sumprod.q': numbers,
}
POSITIONAL = {'log': ['number', 'number'], 'log2': ['number'], 'log10': ['number'], 'hypot': ['number'] * 4}
FOUND = [
    ["M.nextafter(float('-inf'), 1, steps=10216096843045586183)"],
    ["M.nextafter(float('-inf'), float('inf'), steps=2**64 - 1)"],
]
