"""How the differential fuzzer calls _csv."""

from difftest.generate import Line

CHARACTERS = ',;\t|"\'\\ \r\n\0abz1.5-e\xe9\u4e2d\U0001f600\ud800'


def character(gen):
    """A character that a dialect may have, or what none has."""
    if gen.chance(0.1):
        return gen.pick('None', "''", "'ab'", gen.anything())
    return repr(gen.rng.choice(CHARACTERS))


def options(gen):
    """Keywords of a dialect."""
    found = {}
    for name in ('delimiter', 'quotechar', 'escapechar'):
        if gen.chance(0.4):
            found[name] = character(gen)
    if gen.chance(0.6):
        found['quoting'] = gen.pick('0', '1', '2', '3', '4', '5', gen.of('small'))
    for name in ('doublequote', 'skipinitialspace', 'strict'):
        if gen.chance(0.3):
            found[name] = gen.pick('True', 'False', gen.of('small'))
    if gen.chance(0.3):
        found['lineterminator'] = gen.pick("'\\n'", "''", "'a;\\xe9'", "'abcdefghij'", gen.of('text'))
    return found


def field(gen):
    """Text with special characters."""
    pieces = [
        gen.rng.choice(CHARACTERS) if gen.chance(0.5) else gen.rng.choice('abcx') * gen.rng.choice((1, 2, 16, 33))
        for _ in range(gen.rng.randrange(8))
    ]
    return ''.join(pieces)


def lines(gen):
    """A list of lines, or another iterable of anything."""
    if gen.chance(0.05):
        return gen.anything()
    found = [repr(field(gen) + gen.pick('', '\n', '\r\n', '\r')) for _ in range(gen.rng.randrange(6))]
    if gen.chance(0.05):
        found.append(gen.anything())
    return f'[{", ".join(found)}]'


def item(gen):
    """A field of any kind whose text is the same in every run, without an address."""
    if gen.chance(0.5):
        return repr(field(gen))
    odd = 'None', 'True', "Text('x')", "StrSub('a,b')", "b'ab'", '1j', '(1, None)', 'IntSub(3)', "Text('\"')"
    return gen.pick(gen.integer, gen.floating, gen.text, lambda: gen.pick(*odd))()


def row(gen):
    """A list of fields, or another iterable of such, or none."""
    if gen.chance(0.05):
        return gen.pick('5', 'None', '1.5', "'a,b'", '{1: 2}', "b'ab'", 'range(3)', '{}')
    found = [item(gen) for _ in range(gen.rng.randrange(6))]
    return gen.pick('[{}]', '[{}]', 'iter([{}])', '({})').format(', '.join(found) + (',' if found else ''))


def dialect(gen):
    """What a dialect is made of."""
    return gen.pick("'excel'", "'x'", 'M.Dialect()', "type('D', (), {'delimiter': ';'})", gen.anything())


def file(gen):
    """An object with a write method, or another."""
    return gen.pick("type('File', (), {'write': [].append})", gen.anything())


KINDS = {
    'iterable': lines,
    'fileobj': file,
    'dialect': dialect,
    'name': 'text',
    'fmtparams': 'small',
    'new_limit': 'small',
}
# A limit that stays would cut short what comes after.
SKIP = {'field_size_limit'}


def readers(gen):
    """Read the rows of lines."""
    chosen = options(gen)
    arguments = [lines(gen), *([gen.pick("'excel'", 'd', gen.anything())] if gen.chance(0.2) else [])]
    program = [
        Line('M.Dialect', [], options(gen), target='d'),
        Line('M.reader', arguments, chosen, target='r'),
        *[Line('next(r, None)') for _ in range(5)],
        Line('list(r)'),
    ]
    return [*program, Line('r.line_num'), Line('(r.dialect.quoting, r.dialect.strict)')]


def writers(gen):
    """Write rows, and read them."""
    chosen = options(gen)
    program = [
        Line('[]', target='t'),
        Line("type('File', (), {'write': t.append})", target='f'),
        Line('M.writer', ['f'], chosen, target='w'),
    ]
    for _ in range(gen.rng.randrange(1, 4)):
        program.append(Line('w.writerow', [row(gen)]))
    rows = ', '.join(row(gen) for _ in range(gen.rng.randrange(3)))
    return [
        *program,
        Line('w.writerows', [f'[{rows}]']),
        Line('t'),
        Line('M.reader', ['t'], chosen, target='r'),
        Line('list(r)'),
    ]


def dialects(gen):
    """Make dialects, register them, and look at them."""
    shown = (
        'delimiter',
        'doublequote',
        'escapechar',
        'lineterminator',
        'quotechar',
        'quoting',
        'skipinitialspace',
        'strict',
    )
    given = ', '.join(f'{name!r}: {value}' for name, value in options(gen).items())
    base = gen.pick([], [f"type('D', (), {{{given}}})"], [gen.anything()])
    return [
        Line('M.Dialect', base, options(gen), target='d'),
        Line(f'({", ".join("d." + name for name in shown)})'),
        Line('M.register_dialect', [gen.pick("'x'", gen.of('text')), *gen.pick([], ['d'])], options(gen)),
        Line('M.get_dialect', [gen.pick("'x'", gen.anything())], target='e'),
        Line('e.delimiter'),
        Line('M.unregister_dialect', [gen.pick("'x'", gen.anything())]),
        Line('M.Dialect(d) is d'),
        Line('M.field_size_limit', [gen.pick('131072', '5', '0', gen.anything())]),
        Line(f'list(M.reader({lines(gen)}))'),
        Line('M.field_size_limit', [], {'new_limit': '131072'}),
    ]


PROGRAMS = [readers, readers, writers, writers, dialects]
