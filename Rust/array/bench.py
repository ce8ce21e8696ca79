"""What `make bench` measures of array."""

import collections
import random

PEERS = {'numpy': 'numpy'}

SIZES = (10, 1000, 100_000)

SWEEP_KINDS = {
    'code': {'d': 'd'},
    'numbers': {'list': lambda size, place: [i / size for i in range(size)]},
    'packed': {'bytes': lambda size, place: random.Random(size).randbytes(8 * size)},
}
# The number of the format of signed 64-bit integers in little-endian order, see arraymodule.c.
SIGNED_INT64_LE = 12
SWEEP_CALLS = {
    'array.tolist': lambda module: lambda code, data: module.array(code, data).tolist(),
    'array.reverse': lambda module: lambda code, data: module.array(code, data).reverse(),
    '_array_reconstructor.q': lambda module: lambda data: module._array_reconstructor(
        module.array, 'q', SIGNED_INT64_LE, data
    ),
}
SWEEP = dict.fromkeys(('array', 'ArrayType', 'array.tolist', 'array.reverse'), [('code', 'numbers')]) | {
    '_array_reconstructor.q': [('packed',)]
}


def consume(iterable):
    """Take all items, with little time in between."""
    collections.deque(iterable, 0)


def items(code, size):
    """Items of a type code, all different from those that are looked for."""
    rng = random.Random(f'{code} {size}')
    if code == 'w':
        return ''.join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(size))
    if code in 'fd':
        return [rng.random() for _ in range(size)]
    return [rng.randrange(100) for _ in range(size)]


def each(indices):
    """Make a call that gets an item for each index."""

    def work(array):
        for index in indices:
            array[index]

    return work


def store(indices, value):
    def work(array):
        for index in indices:
            array[index] = value

    return work


def rows(bench, rust, c, peers):
    """Add each row: its name, the number of items, and a call for each implementation."""
    numpy = peers.get('numpy')
    both = (('rust', rust), ('C', c))
    for code in 'biqdfw':
        wanted = {'w': '\u9fff', 'f': 2.0, 'd': 2.0}.get(code, 111)
        for size in SIZES:
            content = items(code, size)
            goal = 10 if size > 10 else 1.0
            arrays = {key: m.array(code, content) for key, m in both}
            equals = {key: m.array(code, content) for key, m in both}
            others = {} if numpy is None or code == 'w' else {'numpy': numpy.array(arrays['C'])}

            def calls(name, *arguments, arrays=arrays):
                return {key: (getattr(array, name), arguments, {}) for key, array in arrays.items()}

            more = {key: (lambda data: (data == wanted).sum(), (data,), {}) for key, data in others.items()}
            bench.row(f'count {code} {size}', size, calls('count', wanted) | more, goal)
            bench.row(f'in {code} {size}', size, calls('__contains__', wanted), goal)
            more = {key: (lambda data: (data == data).all(), (data,), {}) for key, data in others.items()}
            same = {key: (array.__eq__, (equals[key],), {}) for key, array in arrays.items()}
            bench.row(f'== {code} {size}', size, same | more, goal)
            more = {key: (lambda data: data[::-1].copy(), (data,), {}) for key, data in others.items()}
            bench.row(f'reverse {code} {size}', size, calls('reverse') | more, 8 if size > 10 else 1.0)
            if code != 'b':
                more = {key: (data.byteswap, (), {}) for key, data in others.items()}
                bench.row(f'byteswap {code} {size}', size, calls('byteswap') | more, 8 if size > 10 else 1.0)
                # Twice, so that the contents stay what they are.
            more = {key: (data.tolist, (), {}) for key, data in others.items()}
            contents = {key: m.array(code, content) for key, m in both}
            bench.row(f'tolist {code} {size}', size, calls('tolist', arrays=contents) | more, 1.0)
            if code != 'w':
                more = {key: (numpy.array, (content, code), {}) for key in others}
                bench.row(
                    f'from list {code} {size}', size, {k: (m.array, (code, content), {}) for k, m in both} | more, 2.0
                )

                def extend(array, content):
                    array.extend(content)
                    del array[:]

                bench.row(
                    f'extend {code} {size}', size,
                    {key: (extend, (m.array(code), content), {}) for key, m in both}, 2.0,
                )  # fmt: skip
            if size == 1000:
                indices = random.Random(1).choices(range(size), k=size)
                more = {key: (each(indices), (data,), {}) for key, data in others.items()}
                bench.row(f'get {code}', size, {k: (each(indices), (a,), {}) for k, a in contents.items()} | more, 1.0)
                value = content[0]
                bench.row(f'set {code}', size, {k: (store(indices, value), (a,), {}) for k, a in contents.items()}, 1.0)
                bench.row(f'iterate {code}', size, {k: (consume, (a,), {}) for k, a in contents.items()}, 1.0)
    for size in SIZES:
        content = items('i', size)
        arrays = {key: m.array('i', content) for key, m in both}
        for name, work in {
            'slice': lambda array: array[1:-1],
            'step': lambda array: array[::3],
            'concat': lambda array: array + array,
            'repeat': lambda array: array * 3,
            'tobytes': lambda array: array.tobytes(),
            'repr': repr,
        }.items():
            bench.row(f'{name} {size}', size, {key: (work, (array,), {}) for key, array in arrays.items()})

        def append(module, content):
            array = module.array('i')
            for item in content:
                array.append(item)

        bench.row(f'append {size}', size, {key: (append, (m, content), {}) for key, m in both}, 1.0)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with an array of its own, or with one that both read."""
    shared = {key: module.array('i', items('i', 1000)) for key, module in (('rust', rust), ('C', c))}

    def append(module, content):
        array = module.array('i')
        for item in content:
            array.append(item)

    def slices(array):
        for start in range(100):
            array[start:-1]

    def byteswap(array):
        for _ in range(100):
            array.byteswap()

    def indices():
        return random.Random(2).choices(range(1000), k=1000)

    def own(make):
        return lambda module, key: (make(), (module.array('i', items('i', 1000)),), {})

    for name, make in {
        'get': own(lambda: each(indices())),
        'set': own(lambda: store(indices(), 5)),
        'append 1000': lambda module, key: (append, (module, items('i', 1000)), {}),
        'iterate 1000': own(lambda: consume),
        'slice 1000': own(lambda: slices),
        'tolist 1000': own(lambda: lambda array: array.tolist()),
        'tobytes 1000': own(lambda: lambda array: array.tobytes()),
        'byteswap 1000': own(lambda: byteswap),
        'get, shared array': lambda module, key: (each(indices()), (shared[key],), {}),
        'slice 1000, shared array': lambda module, key: (slices, (shared[key],), {}),
    }.items():
        bench.thread_row(name, 1000, {
            key: lambda make=make, module=module, key=key: make(module, key)
            for key, module in (('rust', rust), ('C', c))
        })  # fmt: skip
