"""The handler calls of a parser, and random documents for it."""

import re

HANDLERS = [
    'StartElementHandler',
    'EndElementHandler',
    'ProcessingInstructionHandler',
    'CharacterDataHandler',
    'UnparsedEntityDeclHandler',
    'NotationDeclHandler',
    'StartNamespaceDeclHandler',
    'EndNamespaceDeclHandler',
    'CommentHandler',
    'StartCdataSectionHandler',
    'EndCdataSectionHandler',
    'DefaultHandler',
    'DefaultHandlerExpand',
    'NotStandaloneHandler',
    'ExternalEntityRefHandler',
    'StartDoctypeDeclHandler',
    'EndDoctypeDeclHandler',
    'EntityDeclHandler',
    'XmlDeclHandler',
    'ElementDeclHandler',
    'AttlistDeclHandler',
    'SkippedEntityHandler',
]
# Handlers that change what is reported to other handlers.
DEFAULTS = {'DefaultHandler', 'DefaultHandlerExpand', 'NotStandaloneHandler', 'ExternalEntityRefHandler'}
PLAIN = [name for name in HANDLERS if name not in DEFAULTS]

POSITIONS = ('CurrentByteIndex', 'CurrentLineNumber', 'CurrentColumnNumber')
ERRORS = ('ErrorCode', 'ErrorByteIndex', 'ErrorLineNumber', 'ErrorColumnNumber')


def message(error):
    """Return what is compared of an exception."""
    text = re.sub(r'\b_(?:c|rust)_(?=\w+\.)', '', str(error))
    return (type(error).__name__, text, {name: value for name, value in vars(error).items() if name != '__notes__'})


def arguments(name, args):
    """Return what is compared of the arguments of a handler: expat has the prefixes of a context in a random order."""
    if name == 'ExternalEntityRefHandler' and args[0] is not None:
        return ('\f'.join(sorted(args[0].split('\f'))), *args[1:])
    return args


def record(
    module,
    pieces,
    handlers=PLAIN,
    *,
    create=None,
    settings=None,
    methods=(),
    answers=None,
    external=None,
    context=True,
    final=True,
):
    """Parse the pieces and return what happened, as a list.

    `settings` are attributes, `methods` calls of methods before parsing, `answers` what handlers return, and `external`
    the external entities by their system identifiers, each a list of pieces.
    """
    events = []
    answers, external = answers or {}, external or {}

    def install(parser, level):
        def handler(name):
            def called(*args):
                where = tuple(getattr(parser, attribute) for attribute in POSITIONS)
                shown = parser.GetInputContext() if context else None
                events.append((level, name, arguments(name, args), where, shown, parser.buffer_used))
                if name == 'ExternalEntityRefHandler' and args[2] in external:
                    child = parser.ExternalEntityParserCreate(args[0])
                    install(child, level + 1)
                    feed(child, external[args[2]], level + 1)
                return answers.get(name, 1)

            return called

        for name in handlers:
            setattr(parser, name, handler(name))

    def feed(parser, pieces, level):
        last = len(pieces) - 1
        for number, piece in enumerate(pieces):
            try:
                events.append((level, 'Parse', parser.Parse(piece, final and number == last)))
            except Exception as error:
                events.append((level, 'raised', message(error)))
            events.append(tuple(getattr(parser, attribute) for attribute in ERRORS))
            if events[-2][1] == 'raised':
                # In expat each call after an error advances the position, or succeeds if the piece is short.
                break

    parser = module.ParserCreate(**create or {})
    for name, value in (settings or {}).items():
        setattr(parser, name, value)
    for name, *args in methods:
        try:
            events.append((name, getattr(parser, name)(*args)))
        except Exception as error:
            events.append((name, message(error)))
    install(parser, 0)
    feed(parser, pieces, 0)
    if parser.intern is not None:
        events.append(sorted(parser.intern.items(), key=repr))
    return events


def cut(rng, document, most=4):
    """Cut a document into random pieces; some are empty."""
    places = sorted(rng.randrange(len(document) + 1) for _ in range(rng.randrange(most)))
    return [document[start:end] for start, end in zip([0, *places], [*places, len(document)], strict=True)]


NAMES = ('a', 'b', 'name', 'x:y', 'xml:lang', 'é', '中文', 'a.b-c_d', 'x:a')
TEXTS = (
    'text',
    ' ',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '&amp;',
    '&lt;',
    '&#65;',
    '&#x4e2d;',
    '中文',
    'é',
    '😀',
    'x' * 100,
    ']',
    '>',
    '"',
)
# Mistakes.
ODD = ('&', '<', '&nothing;', '&#0;', '&#xd800;', ']]>', '<a', '</a>', '<!--', '<![CDATA[', '\x01', '<?xml?>', '\ufffe')
DECLARATIONS = (
    '<!ELEMENT a (b|name)*>',
    '<!ELEMENT b (#PCDATA|a)*>',
    '<!ELEMENT name (a,(b|c)+,d?)>',
    '<!ELEMENT c EMPTY>',
    '<!ELEMENT d ANY>',
    '<!ATTLIST a x CDATA "one" y (p|q) #REQUIRED z ID #IMPLIED>',
    "<!ATTLIST b xmlns:x CDATA #FIXED 'urn:x' n NMTOKENS '  a  b '>",
    '<!ENTITY e "text &amp; more">',
    '<!ENTITY f "<b>&e;</b>">',
    '<!ENTITY % p "<!ENTITY g \'from p\'>">',
    '%p;',
    '<!ENTITY g "g">',
    '<!ENTITY ext SYSTEM "ext.xml">',
    '<!ENTITY pub PUBLIC "public id" "pub.xml">',
    '<!ENTITY pic SYSTEM "pic.gif" NDATA gif>',
    '<!NOTATION gif SYSTEM "gif">',
    '<!NOTATION png PUBLIC "png id">',
    '<!-- comment -->',
    '<?pi data?>',
    '\n',
)
REFERENCES = ('&e;', '&f;', '&g;', '&ext;', '&pub;', '&pic;')


def attributes(rng, mistakes):
    """Random attributes of a start tag."""
    found = []
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        name = rng.choice((*NAMES, 'xmlns', 'xmlns:x'))
        value = rng.choice(('', '1', 'a  b', 'é', '&lt;', 'a\nb', 'urn:x', '&e;', '中'))
        quote = rng.choice('\'"')
        found.append(rng.choice((' ', '\n ')) + f'{name}={quote}{value}{quote}')
    if not mistakes:
        # Each name once.
        found = list({each.split('=')[0].strip(): each for each in found}.values())
    return ''.join(found)


def content(rng, depth, mistakes, references):
    """Random content of an element."""
    found = []
    for _ in range(rng.randrange(5)):
        kind = rng.random()
        if kind < 0.3 and depth < 5:
            found.append(element(rng, depth + 1, mistakes, references))
        elif kind < 0.38:
            found.append(f'<!-- {rng.choice(TEXTS)} -->'.replace('--', '- -', 0))
        elif kind < 0.46:
            found.append(f'<![CDATA[{rng.choice(TEXTS)}<&>]]>')
        elif kind < 0.52:
            found.append(f'<?{rng.choice(("pi", "target"))} {rng.choice(TEXTS)}?>')
        elif kind < 0.6 and references:
            found.append(rng.choice(REFERENCES))
        elif kind < 0.62 and mistakes:
            found.append(rng.choice(ODD))
        else:
            found.append(''.join(rng.choice(TEXTS) for _ in range(rng.randrange(1, 6))))
    return ''.join(found)


def element(rng, depth=0, mistakes=False, references=False):
    """A random element."""
    name = rng.choice(NAMES)
    if rng.random() < 0.2:
        return f'<{name}{attributes(rng, mistakes)}/>'
    end = rng.choice(NAMES) if mistakes and rng.random() < 0.05 else name
    return f'<{name}{attributes(rng, mistakes)}>{content(rng, depth, mistakes, references)}</{end}>'


def doctype(rng):
    """A random document type declaration."""
    external = rng.choice(('', '', ' SYSTEM "dtd.dtd"', ' PUBLIC "id" "dtd.dtd"'))
    declarations = ''.join(rng.choice(DECLARATIONS) for _ in range(rng.randrange(10)))
    internal = f' [{declarations}]' if rng.random() < 0.9 else ''
    return f'<!DOCTYPE {rng.choice(NAMES)}{external}{internal}>'


def document(rng, *, mistakes=False, dtd=False, encoding=None):
    """A random document, as bytes."""
    found = []
    encoding = encoding or 'utf-8'
    if encoding.lower() not in ('utf-8', 'utf-16') or rng.random() < 0.3:
        standalone = rng.choice(('', '', ' standalone="yes"', " standalone='no'"))
        found.append(f'<?xml version="1.0" encoding="{encoding}"{standalone}?>')
    if dtd:
        found.append(doctype(rng))
    found.append(element(rng, 0, mistakes, dtd))
    found.append(rng.choice(('', '\n', '<!-- end -->', '<?end?>')))
    text = ''.join(found)
    if mistakes:
        # Where it becomes part of a name, it is wrong in the fourth edition of XML alone, which expat follows.
        text = text.replace('😀', 'é')
    if mistakes and rng.random() < 0.3:
        text = text[: rng.randrange(len(text) + 1)]
    if mistakes and rng.random() < 0.3:
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(ODD) + text[place:]
    return text.encode(encoding, 'replace')
