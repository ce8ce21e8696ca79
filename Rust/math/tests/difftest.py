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


def contained(gen, items):
    """Items in a container of any kind."""
    listed = f'[{", ".join(items)}]'
    return gen.pick(
        listed, f'tuple({listed})', f'iter({listed})', f'(x for x in {listed})',
        f'map(Hook(), {listed})', f'Items({listed})',
        f'Sequence({listed})', f'ListSub({listed})', f'TupleSub({listed})', f'dict(enumerate({listed})).values()',
        f'dict.fromkeys({listed})', f"array('d', map(float, {listed}))", f'range({len(items)})',
    )  # fmt: skip


def first_factors(gen):
    """The one side of a dot product, which tells the other one how long it is and of what.

    At least one of each pair is a float, or none of all: for pairs of ints among others C is less exact than Rust
    (CPython issue 139074), and the tests compare with the exact sum.
    """
    gen.length = gen.rng.choice((0, 1, 2, 3, 5, 63, 64, 65, 100))
    sort = gen.pick('floating', 'whole', 'number', 'same')
    gen.other = {'floating': 'number', 'whole': gen.pick('whole', 'floating'), 'number': 'floating', 'same': 'whole'}[
        sort
    ]
    return factors(gen, 'whole' if sort == 'same' else sort)


def other_factors(gen):
    if not hasattr(gen, 'other'):
        # The first one has been left out.
        gen.length, gen.other = 2, 'floating'
    length = gen.length + (gen.rng.choice((-1, 1, 60)) if gen.chance(0.1) else 0)
    gen.length = max(length, 0)
    return factors(gen, gen.other)


first_factors.only = other_factors.only = True


def factors(gen, sort):
    items = [plain(gen, sort) for _ in range(gen.length)]
    if sort == 'floating':
        # No container that would make ints of them.
        listed = f'[{", ".join(items)}]'
        return gen.pick(
            listed,
            f'tuple({listed})',
            f'iter({listed})',
            f'Items({listed})',
            f'dict(enumerate({listed})).values()',
            f"array('d', {listed})",
        )
    return contained(gen, items) if gen.length < 50 or sort != 'number' else f'[{", ".join(items)}]'


def plain(gen, sort):
    """A number, most of the time one that can be added up."""
    if sort == 'floating' and gen.chance(0.9):
        return repr(gen.rng.choice((gen.rng.uniform(-1, 1), 1e100, -1e100, 0.1, -0.01, 3e15)))
    if sort == 'whole' and gen.chance(0.9):
        return repr(gen.rng.randrange(-(2 ** (bits := gen.pick(4, 31, 64, 120))), 2**bits))
    return getattr(gen, sort)()


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
    'sumprod.p': first_factors,
    'sumprod.q': other_factors,
}
POSITIONAL = {'log': ['number', 'number'], 'log2': ['number'], 'log10': ['number'], 'hypot': ['number'] * 4}
FOUND = [
    ["M.nextafter(float('-inf'), 1, steps=10216096843045586183)"],
    ["M.nextafter(float('-inf'), float('inf'), steps=2**64 - 1)"],
]


def no_memory(line, c, rust, before):
    """Tell a product of a string and an int of gigabytes, for which the memory suffices in one of two calls."""
    return 'prod(' in line and 'MemoryError' in (c.type, rust.type)


ALLOWED = [('a string of gigabytes', no_memory)]
