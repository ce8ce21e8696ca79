"""Compare the events of the XML parser in Rust/shared/xml-parser with those of pyexpat.

    python3 Tools/rust/testing/xml_events.py BINARY [--count N] [--seed N] [FILE...]

BINARY is the example `events` of the crate xml-parser. Each document, given or made at random, is read with several
settings; events, their order, their positions, and the error code with its position have to be the same.
"""

import argparse
import difflib
import os
import random
import subprocess
import sys
import tempfile
import xml.parsers.expat as expat

# Settings: options of the binary, namespaces, size of pieces, encoding, only the default handler, expansion, externals.
SETTINGS = [
    [],
    ['-n'],
    ['-c', '1'],
    ['-c', '7', '-n'],
    ['-d'],
    ['-D', '-c', '3'],
    ['-x'],
    ['-x', '-n', '-c', '5'],
    ['-e', 'iso-8859-1'],
    ['-c', '1', '-r'],
]


def text(value):
    return 'None' if value is None else value.replace('\n', '\\n')


class Dump:
    """The events of one document as lines."""

    def __init__(self, options):
        self.lines = []
        self.options = options
        self.size = int(options[options.index('-c') + 1]) if '-c' in options else None

    def handle(self, parser):
        dump = self

        def add(line):
            at = f'{parser.CurrentLineNumber}:{parser.CurrentColumnNumber}:{parser.CurrentByteIndex}'
            dump.lines.append(f'{line} @{at}')

        def external(context, base, system, public):
            add(f'external {text(context)} {text(base)} {text(system)} {text(public)}')
            child = parser.ExternalEntityParserCreate(context)
            dump.handle(child)
            try:
                with open(os.path.join(dump.folder, system or ''), 'rb') as file:
                    data = file.read()
            except (OSError, ValueError):
                data = b''
            return int(dump.feed(child, data))

        parser.DefaultHandler = None
        if '-D' in self.options:
            parser.DefaultHandler = lambda data: add(f'default {text(data)}')
        else:
            parser.DefaultHandlerExpand = lambda data: add(f'default {text(data)}')
        if '-d' in self.options:
            return
        parser.ordered_attributes = True
        parser.StartElementHandler = lambda name, attributes: add(
            ' '.join(
                [f'start {text(name)}']
                + [f'{text(k)}={text(v)}' for k, v in zip(attributes[::2], attributes[1::2], strict=True)]
            )
        )
        parser.EndElementHandler = lambda name: add(f'end {text(name)}')
        parser.CharacterDataHandler = lambda data: add(f'text {text(data)}')
        parser.CommentHandler = lambda data: add(f'comment {text(data)}')
        parser.ProcessingInstructionHandler = lambda target, data: add(f'pi {text(target)} {text(data)}')
        parser.StartCdataSectionHandler = lambda: add('start-cdata')
        parser.EndCdataSectionHandler = lambda: add('end-cdata')
        parser.StartNamespaceDeclHandler = lambda prefix, uri: add(f'start-ns {text(prefix)} {text(uri)}')
        parser.EndNamespaceDeclHandler = lambda prefix: add(f'end-ns {text(prefix)}')
        parser.XmlDeclHandler = lambda version, encoding, standalone: add(
            f'xmldecl {text(version)} {text(encoding)} {standalone}'
        )
        parser.StartDoctypeDeclHandler = lambda name, system, public, internal: add(
            f'doctype {text(name)} {text(system)} {text(public)} {internal}'
        )
        parser.EndDoctypeDeclHandler = lambda: add('end-doctype')
        parser.ElementDeclHandler = lambda name, model: add(f'element {text(name)}{self.model(model)}')
        parser.AttlistDeclHandler = lambda element, attribute, kind, default, required: add(
            f'attlist {text(element)} {text(attribute)} {text(kind)} {text(default)} {required}'
        )
        parser.EntityDeclHandler = lambda name, parameter, value, base, system, public, notation: add(
            f'entity {text(name)} {parameter} {text(value)} {text(base)} {text(system)} {text(public)} {text(notation)}'
        )
        parser.NotationDeclHandler = lambda name, base, system, public: add(
            f'notation {text(name)} {text(base)} {text(system)} {text(public)}'
        )
        parser.SkippedEntityHandler = lambda name, parameter: add(f'skipped {text(name)} {int(parameter)}')
        if '-x' in self.options:
            parser.ExternalEntityRefHandler = external

    @staticmethod
    def model(model):
        line, queue = '', [model]
        for node in queue:
            kind, quantifier, name, children = node
            line += f' {kind},{quantifier},{text(name)},{len(children)}'
            queue.extend(children)
        return line

    def feed(self, parser, data):
        size = self.size or max(len(data), 1)
        try:
            for at in range(0, max(len(data), 1), size):
                parser.Parse(data[at : at + size], at + size >= len(data))
        except expat.ExpatError as error:
            at = f'{parser.ErrorLineNumber}:{parser.ErrorColumnNumber}:{parser.ErrorByteIndex}'
            self.lines.append(f'error {error.code} @{at}')
            return False
        except LookupError:
            self.lines.append(f'error 18 @{parser.ErrorLineNumber}:{parser.ErrorColumnNumber}:{parser.ErrorByteIndex}')
            return False
        return True

    def run(self, path):
        encoding = self.options[self.options.index('-e') + 1] if '-e' in self.options else None
        parser = expat.ParserCreate(encoding, ' ' if '-n' in self.options else None)
        parser.SetReparseDeferralEnabled('-r' in self.options)
        self.folder = os.path.dirname(path)
        if '-x' in self.options:
            parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        self.handle(parser)
        with open(path, 'rb') as file:
            self.feed(parser, file.read())
        return self.lines


WORDS = ['a', 'b', 'x:a', 'xmlns', 'xml:lang', 'é', 'A1', 'p', 'q', 'xmlns:x', 'xmlns:p', 'p:q', 'id']
PIECES = [
    'text',
    ' ',
    '\n',
    '\r\n',
    '\r',
    ']]',
    ']]>',
    ']',
    '&lt;',
    '&amp;',
    '&#65;',
    '&#x4e2d;',
    '&#0;',
    '&e;',
    '&f;',
    '&u;',
    '&ext;',
    '<!-- c\r\nd -->',
    '<!---->',
    '<!-- a--b -->',
    '<?pi data ?>',
    '<?pi?>',
    '<?xml?>',
    '<![CDATA[a<b]]]]>',
    '<![CDATA[]]>',
    '<![CDATA[\r\n]]',
    '中文字',
    '\U0001f600',
    'é',
    '\x01',
    '\ufffe',
    '<',
    '>',
    '&',
    '%',
    ';',
    '"',
    "'",
    '\t',
    '&undefined;',
    '<a/>',
    '<b x="1"/>',
    '</a>',
    '<x:b xmlns:x="u"/>',
    '&g;',
    'x' * 40,
    '&#1114112;',
]
DECLARATIONS = [
    '<!ENTITY e "ent">',
    '<!ENTITY f "<b>&e;</b>">',
    '<!ENTITY g "&g;">',
    '<!ENTITY u SYSTEM "uu" NDATA n>',
    '<!ENTITY ext SYSTEM "ext.xml">',
    '<!ENTITY % p "<!ENTITY h \'1\'>">',
    '%p;',
    '%q;',
    '<!ENTITY % x SYSTEM "ext.dtd">',
    '%x;',
    '<!ATTLIST a x CDATA "d" y NMTOKENS " a  b ">',
    '<!ATTLIST a id ID #REQUIRED>',
    '<!ATTLIST b x (a|b) "a">',
    '<!ELEMENT a (b|c)*>',
    '<!ELEMENT b (#PCDATA)>',
    '<!ELEMENT c ((a,b?)+,c)>',
    '<!ELEMENT d EMPTY>',
    '<!ELEMENT e ANY>',
    '<!NOTATION n SYSTEM "s">',
    '<!NOTATION m PUBLIC "-//x  y">',
    '<!-- c -->',
    '<?pi d?>',
    ' ',
    '\n',
    '<!ENTITY a "%p;">',
    '<!ATTLIST a n NOTATION (m|n) #IMPLIED>',
    '<!ENTITY lt "x">',
    '<![INCLUDE[',
    ']]>',
    '<!ENTITY r "a\r\nb&#65;&e;">',
    '<!ENTITY e "\n&#13;\n\r<b x=\'\n\'/>">',
    '<!ENTITY % p "\n\r">',
    '<!ATTLIST a q CDATA "&e;&#32;&lt;">',
    '<!ATTLIST a xmlns:z CDATA "zz">',
    '<!ELEMENT f (a|b,c)>',
    '<',
    '>',
    '"',
    '<!ENTITY t PUBLIC "p!\t" "s">',
    '<!ATTLIST a k CDATA #FIXED "f">',
    '<!ELEMENT x:y (#PCDATA|x:z)*>',
    '%',
    '<!',
]
VALUES = ['1', '', 'a b', ' a ', '&lt;', '&e;', '&f;', 'x\ny', 'a&#10;b', '<', 'é', 'urn:x', '&', '\t', 'x' * 30]


def tag(rng):
    attributes = ''.join(
        f'{rng.choice([" ", "  ", chr(10), ""] if rng.random() < 0.1 else [" "])}'
        f'{rng.choice(WORDS)}={(quote := rng.choice(chr(34) + chr(39)))}{rng.choice(VALUES)}{quote}'
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 20 if rng.random() < 0.05 else 1]))
    )
    return rng.choice(WORDS), attributes


def element(rng, depth):
    name, attributes = tag(rng)
    if depth == 0 or rng.random() < 0.2:
        return f'<{name}{attributes}/>'
    inner = ''.join(
        element(rng, depth - 1) if rng.random() < 0.4 else rng.choice(PIECES if rng.random() < 0.4 else PIECES[:12])
        for _ in range(rng.randrange(5))
    )
    if rng.random() < 0.02:
        # Longer than the pieces in which expat reports text that it had to convert.
        inner += rng.choice(['x', 'é', '中文', '\U0001f600', 'aé中']) * rng.randrange(200, 1500)
    return f'<{name}{attributes}>{inner}</{name if rng.random() < 0.97 else "b"}>'


def document(rng):
    """A document that is often well-formed, or nearly so."""
    parts = []
    if rng.random() < 0.4:
        parts.append(
            rng.choice(
                [
                    '<?xml version="1.0"?>',
                    "<?xml version='1.0' encoding='utf-8'?>",
                    '<?xml version="1.0" standalone="yes"?>',
                    '<?xml version="1.0" encoding="iso-8859-1" standalone="no" ?>',
                    '<?xml version="1.0" encoding="us-ascii"?>',
                    '<?xml encoding="utf-8"?>',
                    '<?xml version="1.0" encoding="utf-16"?>',
                    '<?xml version="1.0" foo="x"?>',
                    '<?xml version="1.0" standalone="maybe"?>',
                    ' <?xml version="1.0"?>',
                    '<?xml?>',
                ]
            )
        )
    for _ in range(rng.randrange(2)):
        parts.append(rng.choice(['\n', '<!-- c -->', '<?pi x?>', ' ', '\r\n']))
    if rng.random() < 0.6:
        name = rng.choice(['a', 'x:a'])
        ids = rng.choice(['', '', ' SYSTEM "ext.dtd"', ' PUBLIC "p" "ext.dtd"', ' PUBLIC "p"', ' SYSTEM ""'])
        subset = ''.join(
            rng.choice(DECLARATIONS if rng.random() < 0.6 else DECLARATIONS[:25]) + rng.choice(['', '', '\n'])
            for _ in range(rng.randrange(8))
        )
        space = rng.choice(['', ' '])
        parts.append(f'<!DOCTYPE {name}{ids}{space}[{subset}]>' if subset else f'<!DOCTYPE {name}{ids}>')
    parts.append(element(rng, rng.randrange(5)))
    if rng.random() < 0.2:
        parts.append(rng.choice(['\n', '<!-- c -->', '<?pi x?>', 'x', '<a/>', '\r', ' ', '&lt;', '<!-- ']))
    result = ''.join(parts)
    if rng.random() < 0.3:
        at = rng.randrange(len(result) + 1)
        # Names that only the fifth edition allows are a known difference: no character of such a name.
        piece = rng.choice(PIECES).replace('\U0001f600', '\u2192')
        piece = rng.choice(['', piece, '\0' if at > 3 else 'x', '<', '"', 'x'])
        result = result[:at] + piece + result[at + rng.randrange(3) :]
    if rng.random() < 0.1:
        result = result[: rng.randrange(len(result) + 1)]
    encoding = rng.choice(['utf-8'] * 8 + ['utf-16', 'utf-16-le', 'utf-16-be', 'utf-8-sig', 'latin-1'])
    data = result.encode(encoding, 'replace')
    if rng.random() < 0.05 and not encoding.startswith('utf-16'):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + rng.randrange(2) :]
    return data


EXTERNAL = {
    'ext.xml': [
        '<b>in</b>',
        '<?xml encoding="utf-8"?>t&e;',
        '',
        '<b>',
        '</b>',
        '<?xml version="1.0"?>',
        't\r',
        '&ext;',
        'x]]',
    ],
    'ext.dtd': [
        '<!ENTITY e "dtd"><!ATTLIST a z CDATA "zz">',
        '<?xml version="1.0" encoding="utf-8"?><!ELEMENT a ANY>',
        '',
        '<![IGNORE[ <![ x ]]> ]]><!ENTITY e2 "%p;">',
        '<![INCLUDE[<!ENTITY e "i">]]>',
        '<![%p;[]]>',
        '<!ENTITY',
        '%x;',
        '<!ENTITY % k "INCLUDE"><![%k;[<!ENTITY e "k">]]>',
        '<!ENTITY % v "a%p;b"><!ENTITY e "%v;">',
        ']]>',
        '<![IGNORE[',
        '<!ENTITY % y SYSTEM "ext.xml"><!ENTITY e "1%y;2">',
    ],
}


def compare(binary, paths):
    """Compare all documents with all settings. The number of differences."""
    failures = 0
    for options in SETTINGS:
        for start in range(0, len(paths), 400):
            chunk = paths[start : start + 400]
            output = subprocess.run([binary, *options, *chunk], capture_output=True, check=False)
            if output.returncode != 0:
                print('FAILED', options, output.stderr.decode()[-600:])
                failures += 1
            found = {}
            for line in output.stdout.decode().split('\n'):
                if line.startswith('== '):
                    lines = found[line[3:]] = []
                elif line:
                    lines.append(line)
            for path in chunk:
                expected = [line for line in '\n'.join(Dump(options).run(path)).split('\n') if line]
                if found.get(path) != expected:
                    failures += 1
                    if failures <= int(os.environ.get('SHOW', '8')):
                        with open(path, 'rb') as file:
                            print('----', options, path, file.read()[:1500])
                        lines = found.get(path, [])
                        diff = difflib.unified_diff(expected, lines, 'expat', 'rust', n=1, lineterm='')
                        print('\n'.join(list(diff)[:24]))
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('binary')
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('files', nargs='*')
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = arguments.files
        if not paths:
            for number in range(arguments.count):
                sub = os.path.join(folder, str(number // 20))
                os.makedirs(sub, exist_ok=True)
                if number % 20 == 0:
                    for name, contents in EXTERNAL.items():
                        with open(os.path.join(sub, name), 'w', encoding='utf-8', newline='') as file:
                            file.write(rng.choice(contents))
                path = os.path.join(sub, f'{number}.xml')
                with open(path, 'wb') as file:
                    file.write(document(rng))
                paths.append(path)
        failures = compare(arguments.binary, paths)
    print(f'{expat.EXPAT_VERSION}: {len(paths)} documents, {len(SETTINGS)} settings, {failures} differences')
    return failures != 0


if __name__ == '__main__':
    sys.exit(main())
