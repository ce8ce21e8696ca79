"""How the differential fuzzer calls _functools."""

from difftest.generate import Line


def function(gen):
    return gen.pick('(lambda *a, **k: (a, k))', 'max', 'pow', 'int', '(lambda a, b: a)', 'dict', 'len', gen.of('small'))


def argument(gen):
    return gen.pick('M.Placeholder', *(gen.of(gen.pick('integer', 'floating', 'text', 'anything')) for _ in range(3)))


def arguments(gen, most=4):
    """Positional arguments, then keywords."""
    given = [argument(gen) for _ in range(gen.rng.randrange(most))]
    for name in ('a', 'b', 'base'):
        if gen.chance(0.15):
            given.append(f'{name}={argument(gen)}')
    return given


KINDS = {'function': function, 'argument': argument}


def partials(gen):
    """Make a partial object, perhaps of another one, and use it."""
    program = [Line('M.partial', [function(gen), *arguments(gen)], target='p')]
    if gen.chance(0.5):
        program.append(Line('M.partial', ['p', *arguments(gen)], target='q'))
    used = 'q' if len(program) > 1 else 'p'
    for _ in range(gen.rng.randrange(1, 4)):
        program.append(Line(used, arguments(gen)))
    if gen.chance(0.4):
        state = gen.pick(
            f'(max, (1, {argument(gen)}), {{"a": {argument(gen)}}}, None)',
            f'(pow, ({argument(gen)},), None, {{}})',
            f'({argument(gen)}, (), {{}}, {{}})',
            '(max, [1], {}, {})',
            '(max, (1,))',
        )
        program += [Line('p.__setstate__', [state]), Line('p', arguments(gen))]
    return [*program, Line('(p.func is max, p.args, p.keywords)')]


def caches(gen):
    """Use a cache again and again, and look at it."""
    size = gen.pick('None', '0', '1', '2', '3', '10', gen.of('anything'))
    made = ['(lambda *a, **k: (a, k))', size, gen.pick('True', 'False', gen.of('anything')), 'lambda *a: a']
    program = [Line('M._lru_cache_wrapper', made, target='c')]
    keys = [gen.of(gen.pick('integer', 'floating', 'text', 'number', 'anything', 'small')) for _ in range(5)]
    for _ in range(gen.rng.randrange(1, 12)):
        given = [gen.pick(*keys) for _ in range(gen.rng.choice((0, 1, 1, 1, 2)))]
        if gen.chance(0.2):
            given.append(f'k={gen.pick(*keys)}')
        program.append(Line('c', given))
        if gen.chance(0.1):
            program.append(Line('c.cache_clear', []))
    return [*program, Line('c.cache_info', [])]


def keys(gen):
    """Compare what cmp_to_key makes."""
    order = gen.pick('(lambda a, b: (a > b) - (a < b))', '(lambda a, b: a)', 'max', gen.of('small'))
    program = [Line('M.cmp_to_key', [order], target='k')]
    program.append(Line('k', [argument(gen)], target='x'))
    program.append(Line('k', [argument(gen)], target='y'))
    if gen.chance(0.2):
        program.append(Line('setattr', ['x', '"obj"', argument(gen)]))
    operator = gen.pick('<', '<=', '==', '!=', '>', '>=')
    return [*program, Line(f'x {operator} {gen.pick("y", "y", argument(gen))}'), Line('x.obj')]


PROGRAMS = [partials, caches, keys]
