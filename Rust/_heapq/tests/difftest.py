"""How the differential fuzzer calls _heapq."""

from difftest.generate import Line

SORTS = ('integer', 'floating', 'text', 'index', 'number', 'anything', 'small')


def item(gen):
    value = gen.of(getattr(gen, 'sort', None) or gen.pick(*SORTS))
    return f'({value}, {gen.of(gen.pick(*SORTS))})' if getattr(gen, 'paired', False) and gen.chance(0.9) else value


def heap(gen):
    """A list of values of one kind most of the time."""
    gen.sort = gen.pick(None, *SORTS)
    gen.paired = gen.chance(0.3)
    items = ', '.join(item(gen) for _ in range(gen.rng.choice((0, 1, 2, 3, 10, 40))))
    return gen.pick(f'[{items}]', f'[{items}]', f'[{items}]', f'ListSub([{items}])')


KINDS = {'heap': heap, 'item': item}


def heaps(gen):
    """Use one heap again and again, and look at it."""
    program = [Line(heap(gen), target='h')]
    suffix = gen.pick('', '_max')
    for _ in range(gen.rng.randrange(1, 8)):
        name = gen.pick('heappush', 'heappop', 'heapify', 'heapreplace', 'heappushpop')
        arguments = ['h', item(gen)] if name in ('heappush', 'heapreplace', 'heappushpop') else ['h']
        program += [Line(f'M.{name}{suffix}', arguments), Line('list(h)')]
    return program


PROGRAMS = [heaps]
