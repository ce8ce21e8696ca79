"""How the differential fuzzer calls _bisect."""

from difftest.generate import Line

SORTS = ('integer', 'floating', 'text', 'index', 'number', 'anything')


def values(gen):
    """Values of one kind or of several, as expressions; most of them can be compared."""
    kind = gen.pick(*SORTS)
    many = gen.rng.choice((0, 1, 2, 3, 10, 40))
    items = [gen.of(kind) for _ in range(many)]
    if gen.chance(0.3):
        items = [f'({item}, {gen.of(kind)})' for item in items]
    gen.last = items
    return items


def sequence(gen):
    """A list most of the time, in order or not."""
    listed = f'[{", ".join(values(gen))}]'
    # Nothing is ordered by its repr, which may have an address.
    if gen.chance(0.4):
        listed = repr(sorted(gen.rng.choices(range(-50, 50), k=20)))
    return gen.pick(
        listed, listed, listed, listed, f'tuple({listed})', f'ListSub({listed})', f'TupleSub({listed})',
        f'Sequence({listed})',
        f'Items({listed})', f'range({len(gen.last)})', "array('d', [-1.5, 0, 2.5])",
    )  # fmt: skip


def item(gen):
    """What is looked for: one of those that are there, or another."""
    if getattr(gen, 'last', None) and gen.chance(0.4):
        return gen.rng.choice(gen.last)
    return gen.of(gen.pick(*SORTS, 'small'))


def key(gen):
    return gen.pick('None', 'None', 'Hook()', 'abs', 'len', 'type', 'bool', 'tuple')


KINDS = {'a': sequence, 'x': item, 'lo': 'small', 'hi': 'small', 'key': key}


def searches(gen):
    """Search in one sequence, insert into it, and look at it."""
    program = [Line(sequence(gen), target='s')]
    for _ in range(gen.rng.randrange(1, 6)):
        name = gen.pick('bisect_left', 'bisect_right', 'insort_left', 'insort_right')
        arguments = ['s', item(gen), *[gen.small() for _ in range(gen.pick(0, 0, 0, 1, 2))]]
        program += [
            Line(f'M.{name}', arguments, {'key': key(gen)} if gen.chance(0.3) else {}),
            Line('list(s)'),
        ]
    return program


PROGRAMS = [searches]
