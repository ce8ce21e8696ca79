"""How the differential fuzzer calls pyexpat."""

import pathlib
import re
import sys

from difftest.generate import Line

# The fuzzer executes this file by its name, which is in no variable.
sys.path.insert(0, str(pathlib.Path(sys._getframe().f_code.co_filename).parent))
import expat_events

KINDS = {
    'code': 'small',
    'encoding': lambda gen: gen.pick('None', "'utf-8'", "'utf-16'", "'koi8-r'", "'nothing'", gen.anything()),
    'namespace_separator': lambda gen: gen.pick('None', "''", "' '", "'!'", "'ab'", gen.anything()),
    'intern': lambda gen: gen.pick('None', '{}', "{'a': 'b'}", gen.anything()),
}
SETTINGS = {
    'buffer_text': ('True', 'False'),
    'buffer_size': ('1', '5', '100', '0'),
    'ordered_attributes': ('True', 'False'),
    'specified_attributes': ('True', 'False'),
    'namespace_prefixes': ('True', 'False'),
}
METHODS = {
    'SetBase': ("'base'",),
    'SetParamEntityParsing': ('0', '1', '2'),
    'UseForeignDTD': ('True', 'False'),
    'SetReparseDeferralEnabled': ('True', 'False'),
}
SHOWN = ('ErrorCode', 'CurrentLineNumber', 'CurrentColumnNumber', 'CurrentByteIndex', 'buffer_used', 'buffer_text')


def parsers(gen):
    """Parse a document in pieces, with some handlers, which record what they are called with."""
    options = {}
    if gen.chance(0.4):
        options['namespace_separator'] = gen.pick("' '", "'!'", "''")
    if gen.chance(0.2):
        options['encoding'] = gen.pick('None', "'utf-8'", "'iso-8859-1'", "'koi8-r'", "'nothing'")
    program = [Line('[]', target='t'), Line('M.ParserCreate', [], options, target='p')]
    for name, values in SETTINGS.items():
        if gen.chance(0.2):
            program.append(Line('setattr', ['p', repr(name), gen.rng.choice(values)]))
    for name, values in METHODS.items():
        if gen.chance(0.2):
            program.append(
                Line(f'p.{name}', [gen.pick(gen.rng.choice(values), gen.rng.choice(values), gen.anything())])
            )
    for name in gen.rng.sample(expat_events.HANDLERS, gen.rng.randrange(1, 12)):
        handler = f'lambda *a: t.append(({name!r}, arguments({name!r}, a))) or 1'
        program.append(Line('setattr', ['p', repr(name), handler]))
    document = expat_events.document(gen.rng, mistakes=gen.chance(0.4), dtd=gen.chance(0.4))
    pieces = expat_events.cut(gen.rng, document)
    program += [Line('feed', ['p', repr(pieces)]), Line('t')]
    # In C the order in which the names of one event are added to the dict depends on the compiler.
    program += [Line('p.intern and sorted(p.intern.items(), key=repr)'), Line('p.GetBase()')]
    return [*program, *[Line(f'p.{name}') for name in SHOWN]]


def feed(parser, pieces):
    """Parse the pieces up to the first error: in expat each further call advances the position."""
    for number, piece in enumerate(pieces):
        parser.Parse(piece, number == len(pieces) - 1)


PROGRAMS = [parsers]
HELPERS = {'feed': feed, 'arguments': expat_events.arguments}
# `<!DOC` and a byte above 0x7F, as the programs show documents.
KEYWORD_WITH_LETTER = re.compile(r'<![A-Z]*\\x[89a-f]')
ALLOWED = [
    (
        'where the error is in a keyword that has a letter above 0x7F of an 8-bit encoding',
        lambda line, c, rust, before: KEYWORD_WITH_LETTER.search(line)
        and c.kind == rust.kind == 'raised'
        and c.type == rust.type == 'xml.parsers.expat.ExpatError',
    ),
]
