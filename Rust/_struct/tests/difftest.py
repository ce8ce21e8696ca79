"""How the differential fuzzer calls _struct."""

from difftest.generate import Line

CODES = 'xcbBhHiIlLqQnNPefdFD?sp'


def form(gen):
    """A format, most of the time one that there is, as an expression; its codes are kept."""
    order = gen.pick('', '@', '=', '<', '>', '!')
    gen.codes = []
    text = order
    for _ in range(gen.rng.randrange(6)):
        code = gen.rng.choice(CODES if order in ('', '@') or gen.chance(0.1) else CODES.replace('nNP', ''))
        count = gen.rng.choice(('', '', '', '0', '1', '2', '3', '20'))
        text += gen.pick('', '', '', ' ') + count + code
        if code != 'x':
            gen.codes += code * (1 if code in 'sp' else int(count or 1))
    if gen.chance(0.05):
        text += gen.pick('5', '$', 'Zf', '\0', '\xe9', '9' * 20 + 'x')
    return repr(text.encode() if text.isascii() and gen.chance(0.1) else text)


def value(gen, code):
    """A value that a code may have, as an expression."""
    if gen.chance(0.05):
        return gen.anything()
    if code in 'csp':
        return gen.pick("b'a'", "b'a'", gen.of('buffer'))
    if code in 'efdFD':
        return gen.of(gen.pick('floating', 'number', 'integer'))
    return gen.pick('1', '7', '-1', gen.of('small'), gen.of('integer'), gen.of('index'))


def values(gen):
    """As many values as the last format has, or one more or less."""
    found = [value(gen, code) for code in gen.codes]
    if gen.chance(0.05):
        found = found[1:] if gen.chance(0.5) else [*found, '1']
    return found


def packs(gen):
    """Pack, and unpack what has been packed."""
    text = form(gen)
    program = [
        Line(f'M.Struct({text})', target='o'),
        Line('o.pack', values(gen), target='s'),
        Line('M.pack', [text, *values(gen)]),
        Line('o.unpack(s)'),
        Line('M.unpack', [text, gen.pick('s', 'bytearray(s)', gen.of('buffer'))]),
        Line('list(o.iter_unpack(s * 3))'),
        Line(
            'M.unpack_from',
            [text, gen.pick("b'ab' + s", 's', gen.of('buffer')), gen.pick('0', '1', '2', gen.of('small'))],
        ),
        Line('bytearray(60)', target='t'),
        Line('o.pack_into', ['t', gen.pick('0', '3', '-30', gen.of('small')), *values(gen)]),
        Line('(o.format, o.size, repr(o), o.__sizeof__())'),
    ]
    if gen.chance(0.3):
        program += [Line(f'o.__init__({form(gen)})'), Line('o.pack', values(gen)), Line('(o.format, o.size)')]
    return program


def formats(gen):
    """Sizes of formats."""
    return [Line('M.calcsize', [form(gen)]), Line('M.calcsize', [gen.anything()])]


PROGRAMS = [packs, packs, packs, formats]
