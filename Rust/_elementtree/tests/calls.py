"""Calls of _elementtree for the checks that run every module under stress and without memory."""

import copy
import io

DOCUMENT = (
    '<!DOCTYPE r [<!ENTITY e "value">]><r xmlns:p="u">text&e;<p:a b="c" p:d="\u4e2d"/><!-- c -->'
    + ''.join(f'<e{n % 7} n="{n}">text {n}</e{n % 7}>\n' for n in range(40))
    + '<?pi data?></r>'
)


# Declarations, an encoding that Python decodes, and many names and prefixes.
DECLARATIONS = (
    b'<?xml version="1.0" encoding="koi8-r"?><!DOCTYPE r SYSTEM "s" [<!ENTITY % p "<!ENTITY e \'\xc1\'>">%p;'
    b'<!ATTLIST r a CDATA "&e;" b NMTOKEN " c "><!ENTITY x SYSTEM "x"><!ELEMENT r ANY>]>'
    b'<r '
    + b' '.join(b'xmlns:n%d="urn:%d" n%d:a="%d"' % (n, n, n, n) for n in range(16))
    + b'>\xc1&e;'
    + b'\n  <n1:b/>\n  <n2:c d="&e;">\xc2</n2:c>' * 20
    + b'</r>'
)


def tree(module):
    """A tree with text, attributes and some depth."""
    root = module.Element('root', {'a': 'b'})
    for number in range(12):
        child = module.SubElement(root, f't{number % 3}', {'n': 'x'}, more='y')
        child.text, child.tail = 'text', 'tail'
        module.SubElement(child, 'leaf').text = 'deep'
    return root


def parse(module, **options):
    parser = module.XMLParser(**options)
    parser.feed(DOCUMENT)
    return parser.close()


class Target:
    """Methods that do nothing."""

    def start(self, tag, attrib):
        pass

    def end(self, tag):
        pass

    def data(self, text):
        pass

    def close(self):
        return 'closed'


class Everything(Target):
    """A target with all optional methods, too."""

    start_ns = end_ns = comment = pi = doctype = lambda self, *args: None


def pull(module, document, events):
    """Record events, as XMLPullParser does; the document is fed in pieces."""
    parser, queue = module.XMLParser(), []
    parser._setevents(queue, events)
    for at in range(0, len(document), 200):
        parser.feed(document[at : at + 200])
    parser.flush()
    parser.close()
    return len(queue)


def with_entity(module):
    parser = module.XMLParser(encoding='utf-8')
    parser.entity['x'] = 'value'
    parser.feed(b'<!DOCTYPE a SYSTEM "b"><a>text&x;')
    parser.feed(b'more</a>')
    return parser.close().text


def pieces(module):
    """Pass text in several pieces, which are collected in a list, for elements of the module and others."""
    builder = module.TreeBuilder()
    builder.start('a', {})
    for data in 'x', 'y', 'z':
        builder.data(data)
    builder.start('b', None)
    builder.data(['list'])
    builder.end('b')
    builder.data('tail')
    builder.end('a')
    other = module.TreeBuilder(lambda tag, attrib: Node(tag), insert_comments=True, insert_pis=True)
    other.start('a', {})
    other.start('b', {})
    other.data('x')
    other.end('b')
    other.comment('c')
    other.pi('p', 'q')
    other.data('y')
    other.end('a')
    return len(builder.close()), other.close()


class Node(list):
    """An element that is not of the class of the module."""

    text = tail = None

    def __init__(self, tag):
        self.tag = tag


def build(module):
    builder = module.TreeBuilder(comment_factory=lambda text: module.Element('comment'), insert_comments=True)
    builder.start('a', {'b': 'c'})
    builder.data('x')
    builder.data('y')
    builder.comment('c')
    builder.pi('target')
    builder.start('d', {})
    builder.end('d')
    builder.end('a')
    return len(builder.close())


def calls(module):
    """Every function and method, as (label, factory of a callable without arguments)."""
    found = []
    for label, work in {
        'append': lambda r: r.append(r[0]),
        'extend': lambda r: r.extend(r[:5]),
        'insert': lambda r: r.insert(3, r[0]),
        'remove': lambda r: r.remove(r[5]),
        'find': lambda r: r.find('t2').tag,
        'find no': lambda r: r.find('x'),
        'findtext': lambda r: r.findtext('t1'),
        'findall': lambda r: len(r.findall('t1')),
        'iter': lambda r: sum(1 for _ in r.iter()),
        'find path': lambda r: r.find('t1/leaf').text,
        'findtext path': lambda r: r.findtext('t1/leaf', 'none'),
        'findall path': lambda r: len(r.findall('./t1[leaf]/leaf')),
        'iterfind': lambda r: sum(1 for _ in r.iterfind('t1/leaf', {'p': 'u'})),
        'iter other': lambda r: sum(1 for _ in r.iter('\u4e2d')),
        'insert at the end': lambda r: r.insert(99, r[0]),
        'tag': lambda r: setattr(r, 'tag', 'x'),
        'tail': lambda r: (setattr(r, 'tail', 'x'), r.tail),
        'repr': repr,
        'iter tag': lambda r: sum(1 for _ in r.iter('leaf')),
        'itertext': lambda r: ''.join(r.itertext()),
        'get': lambda r: r.get('a'),
        'set': lambda r: r[0][0].set('k', 'v'),
        'keys': lambda r: r.keys(),
        'items': lambda r: r.items(),
        'attrib': lambda r: r[0][0].attrib,
        'item': lambda r: r[3].tag,
        'slice': lambda r: len(r[1:5]),
        'set item': lambda r: r.__setitem__(2, r[0]),
        'set slice': lambda r: r.__setitem__(slice(1, 5), r[:9]),
        'set step': lambda r: r.__setitem__(slice(0, 6, 2), r[:3]),
        'delete': lambda r: r.__delitem__(2),
        'delete step': lambda r: r.__delitem__(slice(0, 9, 2)),
        'delete backwards': lambda r: r.__delitem__(slice(9, None, -3)),
        'set slice, no element': lambda r: r.__setitem__(slice(1, 5), [r[0], 5]),
        'wrong size': lambda r: r.__setitem__(slice(0, 6, 2), r[:9]),
        'clear': lambda r: r.clear(),
        'copy': lambda r: len(copy.copy(r)),
        'deepcopy': lambda r: len(copy.deepcopy(r)),
        'state': lambda r: len(r.__getstate__()),
        'set state': lambda r: r.__setstate__({'tag': 'a', '_children': [r[0]], 'attrib': {'b': 'c'}}),
        'set a wrong state': lambda r: r.__setstate__('\u4e2d' * 300),
        'set wrong children': lambda r: r.__setstate__({'tag': 'a', '_children': [r[0], 5]}),
        'makeelement': lambda r: r.makeelement('a', {'b': 'c'}).tag,
        'sizeof': lambda r: r.__sizeof__(),
        'wrong item': lambda r: r.append(5),
        'past the end': lambda r: r[99],
    }.items():

        def factory(work=work):
            # Each call changes a copy of its own.
            root = tree(module)
            return lambda: work(copy.copy(root))

        found.append((label, factory))
    found += [
        ('Element', lambda: lambda: module.Element('a', {'b': 'c'}, d='e').tag),
        ('SubElement', lambda: lambda: module.SubElement(module.Element('a'), 'b', {'c': 'd'}).tag),
        ('TreeBuilder', lambda: lambda: build(module)),
        ('parse', lambda: lambda: len(parse(module))),
        ('parse for a target', lambda: lambda: parse(module, target=Target())),
        ('parse a file', lambda: lambda: len(module.XMLParser()._parse_whole(io.StringIO(DOCUMENT)))),
        ('malformed', lambda: lambda: module.XMLParser().feed('<a></b>')),
        ('parse declarations', lambda: lambda: len(module.XMLParser()._parse_whole(io.BytesIO(DECLARATIONS)))),
        ('parse for all methods', lambda: lambda: parse(module, target=Everything())),
        ('declarations for all methods', lambda: lambda: module.XMLParser(target=Everything()).feed(DECLARATIONS)),
        ('pull', lambda: lambda: pull(module, DOCUMENT, None)),
        (
            'pull everything',
            lambda: lambda: pull(module, DOCUMENT, ('start', 'end', 'start-ns', 'end-ns', 'comment', 'pi')),
        ),
        ('pull declarations', lambda: lambda: pull(module, DECLARATIONS, ('start', 'end-ns'))),
        ('pull an unknown event', lambda: lambda: pull(module, DOCUMENT, (b'\xff',))),
        ('an entity', lambda: lambda: with_entity(module)),
        ('an undefined entity', lambda: lambda: module.XMLParser().feed('<!DOCTYPE a SYSTEM "b"><a>&c;')),
        ('an unknown encoding', lambda: lambda: module.XMLParser(encoding='x').feed('<a/>')),
        ('pieces of text', lambda: lambda: pieces(module)),
        ('version', lambda: lambda: module.XMLParser().version),
    ]
    return found


def shared(module):
    """A tree, a builder and a parser, which threads use at the same time."""

    def renewed():
        return [module.XMLParser()]

    def finish(box):
        box[0].close()
        box[0] = module.XMLParser()

    return [
        (
            'a tree',
            lambda: tree(module),
            [
                ('append', lambda root: root.append(module.Element('x'))),
                ('delete', lambda root: root.__delitem__(slice(0, 2))),
                ('item', lambda root: root[0].tag),
                ('iter', lambda root: sum(1 for _ in root.iter())),
                ('find', lambda root: root.find('x')),
                ('copy', copy.copy),
                ('text', lambda root: (setattr(root, 'text', 'a'), root.text)),
                ('attributes', lambda root: (root.set('a', 'b'), root.get('a'))),
                ('clear', lambda root: root.clear()),
            ],
        ),
        (
            'a builder',
            module.TreeBuilder,
            [
                ('start', lambda builder: builder.start('a', {})),
                ('data', lambda builder: builder.data('text')),
                ('end', lambda builder: builder.end('a')),
                ('comment', lambda builder: builder.comment('text')),
                ('close', lambda builder: builder.close()),
            ],
        ),
        (
            'a parser',
            renewed,
            [
                ('feed', lambda box: box[0].feed('<a>text')),
                ('flush', lambda box: box[0].flush()),
                ('finish', finish),
            ],
        ),
    ]
