"""What `make bench` measures of _elementtree."""

import collections
import io
import random

PEERS = {'lxml': 'lxml'}


def records(size):
    """Records with short text and a few attributes, about `size` bytes: what many documents are."""
    rng = random.Random('records')
    parts = ['<?xml version="1.0"?>\n<catalog>\n']
    length = 0
    while length < size:
        number = rng.randrange(10**6)
        parts.append(
            f'  <book id="bk{number}" lang="en">\n    <author>Author {number % 97}</author>\n'
            f'    <title>Title {number}</title>\n'
            f'    <price>{number % 1000 / 10}</price>\n  </book>\n'
        )
        length += len(parts[-1])
    return ''.join([*parts, '</catalog>\n']).encode()


def attributes(size):
    """Elements with many attributes and no text."""
    one = '<e ' + ' '.join(f'name{n}="value {n}"' for n in range(12)) + '/>'
    return ('<r>' + one * (size // len(one)) + '</r>').encode()


def text(size, words='some words of plain text and an &amp; now and then\n'):
    """Long text in few elements."""
    one = '<p>' + words * 40 + '</p>'
    return ('<r>' + one * max(size // len(one.encode()), 1) + '</r>').encode()


def deep(size):
    """Elements in one another."""
    return ('<e>' * (size // 7) + '</e>' * (size // 7)).encode()


SMALL = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<note date="2026-11-26" priority="high">\n'
    b'  <to>Alice</to>\n  <from>Bob</from>\n'
    b'  <heading>Reminder</heading>\n  <body>Do not forget the meeting on Monday morning, please.</body>\n'
    b'  <tags><tag>work</tag><tag>meeting</tag></tags>\n</note>\n'
)


def from_string(module, document):
    parser = module.XMLParser()
    parser.feed(document)
    return parser.close()


def pull(module, document, step=16384):
    """What XMLPullParser does with pieces of a document."""
    parser = module.XMLParser()
    queue = collections.deque()
    parser._setevents(queue, ('start', 'end'))
    for at in range(0, len(document), step):
        parser.feed(document[at : at + step])
        while queue:
            queue.popleft()
    parser.close()


def build(module, count=200):
    root = module.Element('root')
    for _ in range(count):
        child = module.SubElement(root, 'child', {'key': 'value'})
        child.text = 'text'
        leaf = module.Element('leaf')
        child.append(leaf)
    return root


def consume(iterable):
    collections.deque(iterable, 0)


def each_item(root, count=200):
    for index in range(count):
        root[index]


def each_attribute(root):
    for child in root:
        child.get('key')
        child.set('key', 'other')
        child.tag  # noqa: B018
        child.text  # noqa: B018


def with_builder(module, count=200):
    builder = module.TreeBuilder()
    builder.start('root', {})
    for _ in range(count):
        builder.start('child', {})
        builder.data('text')
        builder.end('child')
    builder.end('root')
    return builder.close()


def rows(bench, rust, c, peers):
    """Add each row: its name, the size of its input, and a call for each implementation."""
    both = (('rust', rust), ('C', c))
    lxml = peers.get('lxml')
    if lxml is not None:
        from lxml import etree
    documents = {
        'records 110 kB': (records(110_000), 1.6),
        'attributes 110 kB': (attributes(110_000), 1.6),
        'text 110 kB': (text(110_000), 1.6),
        'text 110 kB CJK': (text(110_000, '\u4e2d\u6587\u5b57\u7b26\u4e32 ' * 10), 1.6),
        'deep 7 kB': (deep(7_000), 1.6),
        'small 300 bytes': (SMALL, 1.5),
        # The last one: what it leaves of the heap makes allocations slower.
        'records 10 MB': (records(10_000_000), 1.6),
    }
    for name, (document, goal) in documents.items():
        calls = {key: (from_string, (module, document), {}) for key, module in both}
        if lxml is not None:
            calls['lxml'] = (etree.fromstring, (document,), {})
        bench.row(f'fromstring {name}', len(document), calls, goal)
    document = documents['records 110 kB'][0]
    bench.row('pull 110 kB', len(document), {key: (pull, (m, document), {}) for key, m in both}, 1.3)
    bench.row(
        'parse a file 110 kB',
        len(document),
        {key: (lambda m: m.XMLParser()._parse_whole(io.BytesIO(document)), (m,), {}) for key, m in both},
        1.6,
    )
    bench.row('build 200', 200, {key: (build, (m,), {}) for key, m in both}, 1.3)
    bench.row('TreeBuilder 200', 200, {key: (with_builder, (m,), {}) for key, m in both}, 1.3)
    trees = {key: build(m) for key, m in both}
    for name, work, goal in (
        ('iter', lambda root: consume(root.iter()), 1.0),
        ('iter a tag', lambda root: consume(root.iter('leaf')), 1.0),
        ('itertext', lambda root: consume(root.itertext()), 1.0),
        ('findall', lambda root: root.findall('child'), 1.0),
        ('find', lambda root: root.find('other'), 1.0),
        ('e[i]', each_item, 1.0),
        ('for', consume, 1.0),
        ('attributes', each_attribute, 1.0),
        ('copy', lambda root: root.__copy__(), 1.0),
        ('deepcopy', lambda root: root.__deepcopy__({}), 1.0),
        ('slice', lambda root: root[1:-1], 1.0),
    ):
        bench.row(f'{name} 200', 200, {key: (work, (root,), {}) for key, root in trees.items()}, goal)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with documents, parsers and trees of its own."""

    def reading(module):
        document = records(20_000)
        return from_string, (module, document), {}

    def building(module):
        return build, (module,), {}

    def calling(module):
        return with_builder, (module,), {}

    for name, make in (('fromstring 20 kB', reading), ('build 200', building), ('TreeBuilder 200', calling)):
        bench.thread_row(name, 200, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})


SWEEP_KINDS = {
    'tag': {'str': 'tag'},
    'nothing': {'None': None},
    'document': {
        'records': lambda size, place: records(size),
        'text': lambda size, place: text(size),
        'deep': lambda size, place: deep(size),
    },
    'children': {'n': lambda size, place: size // 100 + 1},
}
SWEEP_CALLS = {
    'Element.build': lambda module: lambda count: build(module, count),
    'SubElement.many': lambda module: lambda count: build(module, count),
    'TreeBuilder.start': lambda module: lambda count: with_builder(module, count),
    'XMLParser.feed': lambda module: lambda document: from_string(module, document),
}
SWEEP = {
    '_set_factories': [('nothing', 'nothing')],
    'Element': [('tag',)],
    'Element.build': [('children',)],
    'SubElement.many': [('children',)],
    'TreeBuilder.start': [('children',)],
    'XMLParser.feed': [('document',)],
}
