"""How the differential fuzzer calls array."""

import re

from difftest.generate import Line

CODES = 'bBhHiIlLqQfdw'


def code(gen):
    return gen.rng.choice(CODES)


def items(gen, typecode, count):
    """Items for a type code, most of them in its range, as an expression."""
    if typecode == 'w':
        return repr(''.join(gen.rng.choices('ab\xe9\u20ac\U0001f600', k=count)))
    if typecode in 'fd':
        return repr([gen.rng.choice((0.0, -0.0, 1.5, 2, 1e300, -3)) for _ in range(count)])
    return repr([gen.rng.randrange(gen.pick(5, 127, 127, 300)) for _ in range(count)])


def value(gen, typecode):
    """An item, or anything else."""
    if gen.chance(0.25):
        found = gen.of(gen.pick('integer', 'floating', 'text', 'index', 'number', 'anything'))
        # An array is one of the module that is called: to each of the two modules the other's is just any object.
        return re.sub(r'\barray\(', 'M.array(', found)
    if typecode == 'w':
        return repr(gen.rng.choice('abc\xe9'))
    return repr(gen.rng.randrange(6))


def part(gen):
    """A slice, or an index."""
    bound = lambda: gen.pick('None', str(gen.rng.randrange(-12, 12)))  # noqa: E731
    return gen.pick(str(gen.rng.randrange(-12, 12)), f'slice({bound()}, {bound()}, {bound()})')


KINDS = {'typecode': lambda gen: repr(code(gen)), 'v': 'integer', 'i': 'small', 'bb': 'anything', 'list': 'anything'}


def arrays(gen):
    """Make an array, change it, and look at all of it."""
    typecode = code(gen)
    program = [Line('M.array', [repr(typecode), items(gen, typecode, gen.rng.choice((0, 1, 3, 10, 40)))], target='a')]
    for _ in range(gen.rng.randrange(1, 8)):
        more = f'M.array({typecode!r}, {items(gen, typecode, gen.rng.randrange(5))})'
        kind = gen.pick(
            ('append', [value(gen, typecode)]),
            ('extend', [more]),
            ('extend', [items(gen, typecode, 3)]),
            ('insert', [str(gen.rng.randrange(-12, 12)), value(gen, typecode)]),
            ('pop', [str(gen.rng.randrange(-12, 12))]),
            ('remove', [value(gen, typecode)]),
            ('count', [value(gen, typecode)]),
            ('index', [value(gen, typecode)]),
            ('__contains__', [value(gen, typecode)]),
            ('reverse', []),
            ('byteswap', []),
            ('clear', []),
            ('tolist', []),
            ('fromlist', [items(gen, typecode, 3)]),
            ('frombytes', [f'bytes({gen.rng.randrange(20)})']),
            ('__getitem__', [part(gen)]),
            ('__setitem__', [part(gen), gen.pick(more, value(gen, typecode))]),
            ('__delitem__', [part(gen)]),
            ('__mul__', [str(gen.rng.randrange(-1, 4))]),
            ('__imul__', [str(gen.rng.randrange(-1, 4))]),
            ('__add__', [more]),
            ('__iadd__', [more]),
            ('__eq__', [more]),
            ('__lt__', [more]),
        )
        program += [Line(f'a.{kind[0]}', kind[1]), Line('a.tobytes')]
    return program


PROGRAMS = [arrays]
ALLOWED = [
    (
        'an item that is appended or inserted is converted once',
        lambda line, c, rust, before: line.partition('(')[0].endswith(('.append', '.insert', '.fromlist'))
        and c.log == rust.log * 2,
    ),
]
