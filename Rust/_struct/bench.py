"""What `make bench` measures of _struct."""

import collections
import random

# numpy unpacks a run of one code into an array, without an object for each; bitstruct has formats of its own.
PEERS = {'numpy': 'numpy', 'bitstruct': 'bitstruct.c'}

# A format, its values, and the dtype of numpy or the format of bitstruct that says the same.
SHORT = {
    'one int': ('<I', (70_000,), None),
    'one float': ('d', (1.5,), None),
    'four shorts': ('>4H', (1, 2, 3, 4), 'u16u16u16u16'),
    'record of five': ('<IHBqd', (1, 2, 3, 4, 5.5), None),
    'record with text': ('<i10sd', (7, b'some text', 2.5), None),
    'header': ('!2sHIIH', (b'BM', 5, 70_000, 3, 54), None),
}
RUNS = {
    '1024I': ('<1024I', 'u4', lambda rng: rng.randrange(1 << 30)),
    '1024I, other order': ('>1024I', '>u4', lambda rng: rng.randrange(1 << 32)),
    '512d': ('512d', 'f8', lambda rng: rng.random()),
    '512d, other order': ('>512d', '>f8', lambda rng: rng.random()),
    '1000B': ('1000B', 'u1', lambda rng: rng.randrange(256)),
    '512f': ('512f', 'f4', lambda rng: rng.random()),
    '512e': ('512e', 'f2', lambda rng: rng.random()),
    '512q': ('512q', 'i8', lambda rng: rng.randrange(-(1 << 50), 1 << 50)),
    '512Q': ('512Q', 'u8', lambda rng: rng.randrange(1 << 63, 1 << 64)),
}
MIXED = {'100 records of five': ('<' + 'IHBqd' * 100, (1, 2, 3, 4, 5.5) * 100)}

SWEEP_KINDS = {
    'run': {'Q': lambda size, place: f'{size}Q'},
    'one': {'Q': 'Q'},
    'values': {'ints': lambda size, place: [1 << 40] * size},
    'packed': {'bytes': lambda size, place: random.Random(size).randbytes(8 * size)},
    'target': {'bytearray': lambda size, place: bytearray(8 * size)},
}
SWEEP = {
    '_clearcache': [()],
    'Struct': [('run',)],
    'calcsize': [('run',)],
    'iter_unpack.all': [('one', 'packed')],
    'pack': [('run', 'values*')],
    'pack_into': [('run', 'target', 'zero', 'values*')],
    'unpack': [('run', 'packed')],
    'unpack_from': [('run', 'packed')],
}
SWEEP_CALLS = {
    'iter_unpack.all': lambda module: lambda form, data: collections.deque(module.iter_unpack(form, data), 0),
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the number of bytes, and a call for each implementation."""
    both = (('rust', rust), ('C', c))
    for name, (form, values, bits) in SHORT.items():
        structs = {key: module.Struct(form) for key, module in both}
        data = c.pack(form, *values)
        target, size = bytearray(data), len(data)

        def row(what, make, goal=1.0, size=size, name=name, structs=structs, more=None):
            calls = {key: make(module, structs[key]) for key, module in both} | (more or {})
            bench.row(f'{what} {name}', size, calls, goal)

        peer = {}
        if bits and 'bitstruct' in peers:
            compiled = peers['bitstruct'].compile(bits)
            peer = {
                'pack': {'bitstruct': (compiled.pack, values, {})},
                'unpack': {'bitstruct': (compiled.unpack, (data,), {})},
            }
        row('Struct.pack', lambda module, o, values=values: (o.pack, values, {}), more=peer.get('pack'))
        row('Struct.unpack', lambda module, o, data=data: (o.unpack, (data,), {}), more=peer.get('unpack'))
        row('Struct.unpack bytearray', lambda module, o, target=target: (o.unpack, (target,), {}))
        row('Struct.unpack_from', lambda module, o, data=data: (o.unpack_from, (data,), {}))
        row(
            'Struct.pack_into',
            lambda module, o, target=target, values=values: (o.pack_into, (target, 0, *values), {}),
        )
        row('pack', lambda module, o, form=form, values=values: (module.pack, (form, *values), {}))
        row('unpack', lambda module, o, form=form, data=data: (module.unpack, (form, data), {}))
        row('calcsize', lambda module, o, form=form: (module.calcsize, (form,), {}))
        many = data * 1000

        def iterate(module, o, many=many):
            return lambda: collections.deque(o.iter_unpack(many), 0), (), {}

        row('iter_unpack 1000 of', iterate, size=size * 1000)
        row('Struct', lambda module, o, form=form: (module.Struct, (form,), {}))
    rng = random.Random(5)
    for name, (form, dtype, make) in RUNS.items():
        values = tuple(make(rng) for _ in range(int(''.join(filter(str.isdigit, form)))))
        data = c.pack(form, *values)
        calls = {key: (module.Struct(form).pack, values, {}) for key, module in both}
        bench.row(f'pack {name}', len(data), calls, 1.2)
        calls = {key: (module.Struct(form).unpack, (data,), {}) for key, module in both}
        if 'numpy' in peers:
            calls['numpy'] = (
                lambda data, dtype, numpy: tuple(numpy.frombuffer(data, dtype).tolist()),
                (data, dtype, peers['numpy']),
                {},
            )
        bench.row(f'unpack {name}', len(data), calls, 1.2)
    for name, (form, values) in MIXED.items():
        data = c.pack(form, *values)
        bench.row(f'pack {name}', len(data), {key: (module.Struct(form).pack, values, {}) for key, module in both}, 1.0)
        bench.row(
            f'unpack {name}', len(data), {key: (module.Struct(form).unpack, (data,), {}) for key, module in both}, 1.0
        )


def threads(bench, rust, c, peers):
    """Add what threads do at once: with a Struct of their own, with one that they share, and with the cache."""
    form, values, _ = SHORT['record of five']
    data = c.pack(form, *values)
    shared = {'rust': rust.Struct(form), 'C': c.Struct(form)}

    def repeat(call, *arguments):
        """Make a call many times, so that the threads meet in the calls and not between them."""

        def work():
            for _ in range(1000):
                call(*arguments)

        return work, (), {}

    def own(values):
        """Return equal objects that no other thread has."""
        return [value + type(value)() for value in values]

    for name, make in {
        'Struct.pack': lambda module, one: repeat(one.pack, *own(values)),
        'Struct.unpack': lambda module, one: repeat(one.unpack, bytes(bytearray(data))),
        'Struct.unpack bytearray': lambda module, one: repeat(one.unpack, bytearray(data)),
        'Struct.pack_into': lambda module, one: repeat(one.pack_into, bytearray(data), 0, *own(values)),
    }.items():
        bench.thread_row(f'{name}', 1000, {
            key: lambda make=make, module=module: make(module, module.Struct(form))
            for key, module in (('rust', rust), ('C', c))
        })  # fmt: skip
        bench.thread_row(f'{name}, shared Struct', 1000, {
            key: lambda make=make, module=module, key=key: make(module, shared[key])
            for key, module in (('rust', rust), ('C', c))
        })  # fmt: skip
    for name, make in {
        'pack': lambda module: repeat(module.pack, form, *own(values)),
        'unpack': lambda module: repeat(module.unpack, form, bytes(bytearray(data))),
        'iter_unpack 1000 of one int': lambda module: (
            lambda struct, data: collections.deque(struct.iter_unpack(data), 0),
            (module.Struct('<I'), bytes(4000)),
            {},
        ),
        'unpack 1024I': lambda module: (module.Struct('<1024I').unpack, (random.Random(6).randbytes(4096),), {}),
    }.items():
        bench.thread_row(name, 1000, {
            key: lambda make=make, module=module: make(module) for key, module in (('rust', rust), ('C', c))
        })  # fmt: skip
