"""What `make bench` measures of pyexpat."""

import random

PEERS = {'lxml': 'lxml.etree'}

ASCII = (
    '<row id="{0}" name="item {0}"><cell>text number {0}</cell><cell>more &amp; more</cell>'
    '<p>Some longer text that stands in a paragraph\nof several lines, as in most documents.</p></row>\n'
)
CJK = ASCII.replace('text number', '文字编号').replace(
    'longer text that stands in a paragraph', '较长的文字放在一个段落里面占几行'
)
SMALL = (
    b'<?xml version="1.0"?><order id="17"><customer name="A. Person"/><item sku="a1" count="2">A thing</item>'
    b'<item sku="b2" count="1">Another thing</item><note>Please deliver &lt;soon&gt; to the house with the red door,'
    b' and call before you come.</note><paid>yes</paid><total>17.50</total></order>'
)


def document(row, size):
    """A document of about so many bytes."""
    count = size // len(row.format(0).encode())
    return f'<doc>{"".join(row.format(number) for number in range(count))}</doc>'.encode()


def attributes(size):
    """A document of empty elements with attributes."""
    rng = random.Random(21)
    element = '<e {}/>'.format(' '.join(f'a{number}="{rng.randrange(10**6)}"' for number in range(10)))
    return f'<doc>{element * (size // len(element))}</doc>'.encode()


def deep(size):
    """A document of nested elements."""
    return b'<a>' * (size // 7) + b'</a>' * (size // 7)


def one_argument(text):
    """A handler of text, or of the end of an element."""


def two_arguments(name, attributes):
    """A handler of the start of an element."""


def parse(module, text, *handlers, **settings):
    """Return a call that parses a document with some handlers."""

    def work():
        parser = module.ParserCreate()
        for name in handlers:
            setattr(parser, name, two_arguments if name == 'StartElementHandler' else one_argument)
        for name, value in settings.items():
            setattr(parser, name, value)
        parser.Parse(text, True)

    return work, (), {}


def lxml_parse(etree, text):
    """Return a call that parses a document with a target of lxml that does nothing."""

    class Target:
        start, end, data = (staticmethod(function) for function in (two_arguments, one_argument, one_argument))

        def close(self):
            """End the document."""

    return lambda: etree.fromstring(text, etree.XMLParser(target=Target(), huge_tree=True)), (), {}


SWEEP_KINDS = {'XML': {'text': lambda size, place: document(ASCII, size), 'deep': lambda size, place: deep(size)}}
SWEEP_CALLS = {
    'XMLParserType.Parse': lambda module: lambda text: module.ParserCreate().Parse(text, True),
    'XMLParserType.handlers': lambda module: lambda text: parse(
        module, text, 'StartElementHandler', 'EndElementHandler', 'CharacterDataHandler'
    )[0](),
}
SWEEP = dict.fromkeys(SWEEP_CALLS, [('XML',)]) | {'ParserCreate': [()], '.code': 'error code'}
SWEEP_KINDS['error code'] = {'an error': 3, 'none': 1000}

SIZES = (('100 kB', 100_000), ('10 MB', 10_000_000))
START_AND_TEXT = ('StartElementHandler', 'CharacterDataHandler')


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""

    def row(name, text, goal, *handlers, **settings):
        calls = {key: parse(module, text, *handlers, **settings) for key, module in (('rust', rust), ('C', c))}
        if 'lxml' in peers and len(handlers) > 1:
            calls['lxml'] = lxml_parse(peers['lxml'], text)
        bench.row(name, len(text), calls, goal)

    for label, kind in (('ASCII', ASCII), ('CJK', CJK)):
        for size, bytes_ in SIZES:
            text = document(kind, bytes_)
            row(f'no handlers, {size}, {label}', text, 1.5)
            row(f'start and text, {size}, {label}', text, 1.3, *START_AND_TEXT)
    text = document(ASCII, 100_000)
    elements = ('StartElementHandler', 'EndElementHandler')
    row(
        'start, end and text with buffer_text, 100 kB',
        text,
        1.3,
        *START_AND_TEXT,
        'EndElementHandler',
        buffer_text=True,
    )
    named = attributes(100_000)
    row('start and end, 100 kB of attributes', named, 1.3, *elements)
    row(
        'ordered_attributes, 100 kB of attributes',
        attributes(100_000),
        1.3,
        'StartElementHandler',
        ordered_attributes=True,
    )
    row('start and end, 100 kB, deep', deep(100_000), 1.3, *elements)
    row('no handlers, 300 bytes', SMALL, 1.3)
    row('start and text, 300 bytes', SMALL, 1.0, *START_AND_TEXT)

    def attributes_of(module):
        parser = module.ParserCreate()
        return lambda: (parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)

    bench.row('ParserCreate', 1, {key: (m.ParserCreate, (), {}) for key, m in (('rust', rust), ('C', c))}, 1.0)
    bench.row('3 attributes', 1, {key: (attributes_of(m), (), {}) for key, m in (('rust', rust), ('C', c))}, 0.9)
    bench.row('ErrorString', 1, {key: (m.ErrorString, (3,), {}) for key, m in (('rust', rust), ('C', c))}, 0.97)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with a document, parsers and handlers of its own."""

    def parsing(module):
        return parse(module, document(ASCII, 20_000))

    def calling(module):
        text = document(ASCII, 20_000)

        def work():
            parser = module.ParserCreate()
            parser.StartElementHandler = lambda name, attributes: None
            parser.CharacterDataHandler = lambda text: None
            parser.Parse(text, True)

        return work, (), {}

    for name, make in (('no handlers, 20 kB', parsing), ('start and text, 20 kB', calling)):
        bench.thread_row(name, 20_000, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
