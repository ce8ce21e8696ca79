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
    'mistake': b'<a><b></a>',
    'nothing': b'',
}


def parser(module, handlers=True, **settings):
    """A parser with all handlers."""
    found = module.ParserCreate(namespace_separator=' ')
    for name, value in settings.items():
        setattr(found, name, value)

    def reference(context, *_):
        found.ExternalEntityParserCreate(context).Parse(b'text' if context else b'<!ELEMENT b ANY>', True)
        return 1

    if handlers:
        for name in dir(found):
            if name.endswith('Handler') and name != 'DefaultHandler':
                setattr(found, name, lambda *args: 1)
        found.ExternalEntityRefHandler = reference
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
        add(f'{label}, file', lambda d=document: lambda: parser(module).ParseFile(io.BytesIO(d)))
    add('str', lambda: lambda: parser(module).Parse('<a>é</a>', True))
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
