"""Calls of _struct for the checks that run every module under stress and without memory."""

import sys
import warnings

RECORDS = {
    'ints': ('<bBhHiIlLqQ', tuple(range(1, 11))),
    'native ints': ('nNP?', (1, 2, 3, True)),
    'floats': ('>efd', (1.5, 2.5, 3.5)),
    'complex': ('<FD', (1j, 2 + 3j)),
    'text': ('<c5s4px', (b'a', b'bytes', b'pas')),
    'long text': ('1000s', (bytes(range(250)) * 4,)),
    'many ints': ('<500I', tuple(range(500))),
    'many floats': ('500d', tuple(map(float, range(500)))),
    'large ints': ('3Q', (2**64 - 1, 2**63, 0)),
    'nothing': ('', ()),
}


class Index:
    """An int by `__index__`."""

    def __index__(self):
        return 5


def calls(module):
    """Every function and method, with every kind of field, as (label, factory of a callable)."""
    found = []
    for label, (form, values) in RECORDS.items():

        def add(name, make, label=label):
            found.append((f'{name} {label}', make))

        shared, size = module.Struct(form), module.calcsize(form)
        data = module.pack(form, *values)
        add('pack', lambda form=form, values=values: lambda: module.pack(form, *values))
        add('unpack', lambda form=form, data=data: lambda: module.unpack(form, data))
        add('Struct', lambda form=form: lambda: repr(module.Struct(form)))
        add('Struct.pack', lambda shared=shared, values=values: lambda: shared.pack(*values))
        add('Struct.unpack', lambda shared=shared, data=data: lambda: shared.unpack(bytearray(data)))
        add('unpack_from', lambda form=form, data=data: lambda: module.unpack_from(form, b'ab' + data, 2))
        add(
            'pack_into',
            lambda form=form, values=values, size=size: lambda: module.pack_into(form, bytearray(size), 0, *values),
        )
        add('iter_unpack', lambda form=form, data=data: lambda: form and [*module.iter_unpack(form, data * 3)])
        add('too few', lambda form=form: lambda: module.pack(form + 'i'))
        add('calcsize', lambda form=form: lambda: module.calcsize(form))
        add('format', lambda shared=shared: lambda: (shared.format, shared.size, shared.__sizeof__()))
    shared = module.Struct('<i')

    def again():
        # A warning of 3.15 needs the object of this frame. Without memory for it, CPython goes on without a frame, and
        # crashes if there is no memory for the file name either (setup_context() in Python/_warnings.c).
        sys._getframe()
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            shared.__init__('<q')
            shared.pack(Index())
            shared.__init__('<i')

    found += [
        ('__index__', lambda: lambda: shared.pack(Index())),
        ('out of range', lambda: lambda: module.pack('<i', 2**40)),
        ('no number', lambda: lambda: module.pack('d', 'text')),
        ('no format', lambda: lambda: module.Struct('$')),
        ('_clearcache', lambda: module._clearcache),
        ('again', lambda: again),
    ]
    return found
