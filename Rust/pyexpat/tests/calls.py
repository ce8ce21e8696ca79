"""Calls of pyexpat for the checks that run every module under stress and without memory."""

import io

DOCUMENTS = {
    'small': b'<a b="c"><d>text</d><e/></a>',
    'namespaces': b'<x:a xmlns:x="urn:x" x:b="c"><x:c/></x:a>',
    'DTD': b'<!DOCTYPE a [<!ELEMENT a (b|c)*><!ATTLIST a d CDATA "e"><!ENTITY f "text">]><a>&f;</a>',
    'unknown encoding': b'<?xml version="1.0" encoding="koi8-r"?><a>\xc1\xc2</a>',
    'external': b'<!DOCTYPE a SYSTEM "a.dtd" [<!ENTITY e SYSTEM "e.xml">]><a>&e;</a>',
    'characters': '<é a="中">é中😀</é>'.encode(),
    'long': b'<a>' + b'text and <b c="d">more</b>\n' * 200 + b'</a>',
    'many attributes': b'<a ' + b' '.join(b'b%d="c"' % n for n in range(20)) + b'>\r\n</a>',
    'many namespaces': b'<a '
    + b' '.join(b'xmlns:n%d="urn:%d" n%d:a="b"' % (n, n, n) for n in range(20))
    + b'><n1:b xmlns="urn:default"/></a>',
    'parameter entities': b"""<!DOCTYPE a [
        <!ENTITY % nested "<!ENTITY e 'x&#233;&#38;#38;'>"> %nested;
        <!ENTITY g "[&e;]">
        <!ATTLIST a b CDATA "&g;" c NMTOKENS " d  e " f (g|h) #IMPLIED i ID #REQUIRED xmlns:j CDATA "urn:j">
        <!ATTLIST k l NOTATION (m) #IMPLIED>
    ]><a n="&g;&amp;&#65;">&g;<k o=" p "/></a>""",
    'declarations': b"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
        <!DOCTYPE a PUBLIC "-//x//y  z//EN" "b" [
        <!NOTATION n PUBLIC "p"><!NOTATION o SYSTEM "s"><!NOTATION q PUBLIC "p" "s">
        <!ENTITY u SYSTEM "u" NDATA n><!ENTITY v PUBLIC "v" "w">
        <!ELEMENT a ((b|c)+,(d?,e*)+,f)*><!ELEMENT b (#PCDATA|c|d)*><!ELEMENT c EMPTY><!ELEMENT d ANY>
        <?pi data?><!-- a comment\r\n -->
        ]><a><?pi da\rta?><!-- a\r\ncomment --><![CDATA[x\r\ny]]>&v;</a><!-- the end -->""",
    'external subset': b"""<!DOCTYPE a SYSTEM "subset.dtd" [<!ENTITY % p SYSTEM "p.ent">%p;]>
        <a xmlns:x="urn:x">&whole;&declared;&x;</a>""",
    'UTF-16': '<?xml version="1.0" encoding="utf-16"?><a b="\u4e2d">\U0001f600</a>'.encode('utf-16'),
    'Latin-1': b'<?xml version="1.0" encoding="iso-8859-1"?><a b="\xe9">' + b'\xe9' * 1500 + b'</a>',
    'ASCII': b'<?xml version="1.0" encoding="us-ascii"?><a>text</a>',
    'undefined': b'<!DOCTYPE a SYSTEM "s"><a b="&c;">&d;</a>',
    'mistake': b'<a><b></a>',
    'nothing': b'',
}

# The external entities of the documents, by their system identifiers.
EXTERNAL = {
    'subset.dtd': b"""<?xml version="1.0" encoding="utf-8"?>
        <!ENTITY % part SYSTEM "part.ent"><!ENTITY % internal "in">
        <!ENTITY whole "[%part;%internal;]">
        <![IGNORE[ <![ x ]]> ]]><![INCLUDE[ <!ELEMENT b (c, (d | %internal;))> ]]>
        <!ENTITY x SYSTEM "x.xml">""",
    'part.ent': b'text %internal; &#65;',
    'p.ent': b'<!ENTITY declared "text"><!ATTLIST a b CDATA "&declared;">',
    'x.xml': b'<?xml version="1.0" encoding="utf-8"?><x:b>text</x:b>',
}


class _NoMemory(type):
    """The type of a class whose instances are the ExpatErrors that say "out of memory"."""

    def __instancecheck__(cls, error):
        return type(error).__name__ == 'ExpatError' and getattr(error, 'code', None) == 1


class NoMemory(metaclass=_NoMemory):
    """The ExpatError with the code XML_ERROR_NO_MEMORY, which C raises, too."""


ALSO_WITHOUT_MEMORY = (NoMemory,)


def parser(module, handlers=True, **settings):
    """A parser with all handlers."""
    found = module.ParserCreate(namespace_separator=' ')
    for name, value in settings.items():
        setattr(found, name, value)

    # The parsers of the entities that are being read, each created by the one before.
    parsers = [found]

    def reference(context, base, system_id, public_id):
        text = EXTERNAL.get(system_id, b'text' if context else b'<!ELEMENT b ANY>')
        parsers.append(parsers[-1].ExternalEntityParserCreate(context))
        try:
            parsers[-1].Parse(text, True)
        finally:
            parsers.pop()
        return 1

    if handlers:
        for name in dir(found):
            if name.endswith('Handler') and name != 'DefaultHandler':
                setattr(found, name, lambda *args: 1)
        found.ExternalEntityRefHandler = reference
    return found


def with_subset(module):
    """A parser that reads external parameter entities and reports prefixes."""
    found = parser(module, namespace_prefixes=True)
    found.SetParamEntityParsing(module.XML_PARAM_ENTITY_PARSING_ALWAYS)
    found.SetBase('base')
    return found


def foreign(module):
    """A parser that reads an external subset although the document names none."""
    found = with_subset(module)
    found.UseForeignDTD()
    found.ExternalEntityRefHandler = lambda context, *_: found.ExternalEntityParserCreate(context).Parse(
        b'<!ENTITY whole "text">', True
    )
    return found


def unexpanded(module):
    """A parser with the default handler alone, which prevents the expansion of entities."""
    found = module.ParserCreate()
    found.DefaultHandler = lambda data: None
    return found


def calls(module):
    """Every function, with each kind of input, as (label, factory of a callable without arguments)."""
    found = []

    def add(label, factory):
        found.append((label, factory))

    for label, document in DOCUMENTS.items():
        add(f'{label}, no handlers', lambda d=document: lambda: parser(module, False).Parse(d, True))
        add(f'{label}, handlers', lambda d=document: lambda: parser(module).Parse(d, True))
        add(
            f'{label}, settings',
            lambda d=document: lambda: parser(module, buffer_text=True, ordered_attributes=True).Parse(d, True),
        )
        add(f'{label}, external subset', lambda d=document: lambda: with_subset(module).Parse(d, True))
        add(f'{label}, unexpanded', lambda d=document: lambda: unexpanded(module).Parse(d, True))
        add(f'{label}, file', lambda d=document: lambda: parser(module).ParseFile(io.BytesIO(d)))
    add('str', lambda: lambda: module.ParserCreate('x').Parse('<a>é</a>', True))
    add('bytearray', lambda: lambda: parser(module).Parse(bytearray(b'<a/>'), True))
    add('ParserCreate', lambda: module.ParserCreate)
    add('ParserCreate with an encoding', lambda: lambda: module.ParserCreate('utf-8', '!', {}))
    add('ErrorString', lambda: lambda: module.ErrorString(3))
    shown = (
        'ErrorCode',
        'CurrentLineNumber',
        'CurrentColumnNumber',
        'CurrentByteIndex',
        'buffer_size',
        'buffer_used',
        'intern',
    )
    add('foreign DTD', lambda: lambda: foreign(module).Parse(b'<a>&whole;</a>', True))
    add(
        'pieces',
        lambda: lambda: [
            p.Parse(DOCUMENTS['parameter entities'][n : n + 9]) for p in [parser(module)] for n in range(0, 360, 9)
        ],
    )
    one = parser(module)
    add('attributes', lambda: lambda: [getattr(one, name) for name in shown])
    add('base', lambda: lambda: (one.SetBase('base'), one.GetBase()))
    add('settings', lambda: lambda: (one.UseForeignDTD(), one.SetParamEntityParsing(2), one.GetInputContext()))
    add('deferral', lambda: lambda: (one.SetReparseDeferralEnabled(False), one.GetReparseDeferralEnabled()))
    add('a subparser', lambda: lambda: one.ExternalEntityParserCreate(None))
    add('a bad file', lambda: lambda: one.ParseFile(io.StringIO('text')))
    add('a bad value', lambda: lambda: setattr(one, 'buffer_size', 0))

    def raising(*args):
        raise LookupError

    def failing():
        bad = module.ParserCreate()
        bad.StartElementHandler = raising
        return bad.Parse(b'<a/>', True)

    add('an exception', lambda: failing)
    return found


def shared(module):
    """A parser that threads use at the same time."""

    def new():
        return [parser(module)]

    def renew(box):
        box[0] = parser(module)

    def change(box):
        box[0].StartElementHandler = lambda *args: None
        box[0].CharacterDataHandler = None

    return [
        (
            'a parser',
            new,
            [
                ('parse', lambda box: box[0].Parse(DOCUMENTS['small'])),
                ('final', lambda box: box[0].Parse(DOCUMENTS['DTD'], True)),
                ('position', lambda box: (box[0].CurrentLineNumber, box[0].CurrentByteIndex)),
                ('handlers', change),
                ('a subparser', lambda box: box[0].ExternalEntityParserCreate(None).Parse(b'<!ELEMENT b ANY>')),
                ('another one', renew),
            ],
        ),
    ]
