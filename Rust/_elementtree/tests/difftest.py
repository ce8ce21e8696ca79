"""How the differential fuzzer calls _elementtree."""

from difftest.generate import Line

TAGS = ("'a'", "'b'", "'{u}c'", 'None', "''")
MARKUP = (
    '<a>',
    '</a>',
    '<b x="1">',
    '</b>',
    '<c/>',
    '<p:d xmlns:p="u" p:y="&amp;"/>',
    'text',
    '\n',
    '&lt;',
    '&#65;',
    '&e;',
    '<!-- c -->',
    '<?pi data?>',
    '<![CDATA[raw]]>',
    '\u4e2d',
    '<',
    '&',
    ']]>',
)


def tag(gen):
    return gen.pick(*TAGS, "'a'", "'b'", repr(''.join(gen.rng.choices('ab{}*/.[]@\u4e2d', k=3))))


def element(gen):
    """A new element."""
    return f'M.Element({tag(gen)}' + gen.pick('', ", {'x': '1'}", ", y='2'") + ')'


def document(gen):
    """A random document, which may be well-formed."""
    inner = ''.join(gen.rng.choices(MARKUP, k=gen.rng.randrange(6)))
    return repr(gen.pick('', '<?xml version="1.0"?>', '<!DOCTYPE r [<!ENTITY e "v">]>') + f'<r>{inner}</r>')


def part(gen):
    bound = lambda: gen.pick('None', str(gen.rng.randrange(-5, 5)))  # noqa: E731
    return gen.pick(str(gen.rng.randrange(-5, 5)), f'slice({bound()}, {bound()}, {bound()})')


KINDS = {
    'tag': tag,
    'path': tag,
    'key': 'text',
    'value': 'text',
    'index': 'small',
    'default': 'text',
    'data': 'text',
    'text': 'text',
    'target': 'text',
    'subelement': element,
    'elements': 'anything',
    'attrib': 'anything',
    'attrs': 'anything',
    'state': 'anything',
    'memo': 'anything',
    'namespaces': 'anything',
}


def trees(gen):
    """Create a tree, change it, and read all of it."""
    program = [Line('M.Element', ["'r'"], target='r')]
    for _ in range(gen.rng.randrange(1, 10)):
        kind = gen.pick(
            ('append', [element(gen)]),
            ('append', [element(gen)]),
            ('extend', [f'[{element(gen)}, {element(gen)}]']),
            ('insert', [str(gen.rng.randrange(-4, 4)), element(gen)]),
            ('__delitem__', [part(gen)]),
            ('__setitem__', [str(gen.rng.randrange(-4, 4)), element(gen)]),
            ('find', [tag(gen)]),
            ('findtext', [tag(gen)]),
            ('set', [gen.of('text'), gen.of('text')]),
            ('get', [gen.of('text')]),
            ('keys', []),
            ('items', []),
            ('clear', []),
            ('__len__', []),
            ('__sizeof__', []),
        )
        program += [Line(f'r.{kind[0]}', kind[1])]
        program += [Line('[(e.tag, e.text, e.tail, e.attrib, len(e)) for e in r.iter()]')]
    return program


def documents(gen):
    """Parse a document in pieces."""
    text = document(gen)
    program = [Line('M.XMLParser', [], target='p')]
    cut = gen.rng.randrange(30)
    program += [
        Line('p.feed', [f'{text}[:{cut}]']),
        Line('p.feed', [f'{text}[{cut}:]']),
        Line('p.close', [], target='r'),
    ]
    return [*program, Line('[(e.tag, e.text, e.tail, e.attrib) for e in r.iter()]')]


PROGRAMS = [trees, documents]


def without_position(text):
    return text.partition(': line')[0]


ALLOWED = [
    (
        'where a parser is that is fed again after an error',
        lambda line, c, rust, before: line.partition('(')[0].endswith(('p.feed', 'p.close'))
        and c.kind == rust.kind == 'raised'
        and c.type == rust.type == 'xml.etree.ElementTree.ParseError'
        and without_position(c.detail) == without_position(rust.detail),
    ),
]
